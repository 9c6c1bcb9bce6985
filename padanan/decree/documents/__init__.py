"""The documents of a period: report to the Asisten Kesra, minutes of the review, draft decree, annex of counts.

Deciding belongs to the review, sealing to `approve`; here a frozen revision is counted, worded and laid out.
"""

from __future__ import annotations

from padanan.decree.documents.annex import write_annex
from padanan.decree.documents.drafts import documents_folder, write_documents

__all__ = ["documents_folder", "write_annex", "write_documents"]
