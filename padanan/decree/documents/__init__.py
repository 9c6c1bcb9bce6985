"""The documents of a period: report to the Asisten Kesra, minutes of the review, draft decree, annex of counts.

Deciding belongs to the review, sealing to `approve`; here a frozen revision is counted, worded and laid out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from padanan.decree.documents.annex import write_annex
    from padanan.decree.documents.drafts import documents_folder, write_documents

__all__ = ["documents_folder", "write_annex", "write_documents"]


def __getattr__(name: str) -> Any:
    """Loads the libraries of PDF, DOCX and XLSX only for who writes documents, not for every command."""
    if name == "write_annex":
        from padanan.decree.documents import annex

        return annex.write_annex
    if name in __all__:
        from padanan.decree.documents import drafts

        return getattr(drafts, name)
    raise AttributeError(name)
