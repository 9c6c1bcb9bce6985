"""The PDF/UA of a filled DOCX: the same words, set by Typst.

Reading the DOCX is in `blocks`, layout in `naskah.typ`.
"""

from __future__ import annotations

from pathlib import Path

from padanan.base.typeset import typeset
from padanan.decree.documents import blocks
from padanan.decree.documents.docx import AUTHOR

TEMPLATE = Path(__file__).with_name("naskah.typ")


def as_pdf(docx: bytes, *, watermark: str | None = None) -> bytes:
    """A tagged PDF of a filled DOCX.

    Args:
        docx: the file's content.
        watermark: a word across every page.
    """
    return typeset(TEMPLATE, {**blocks.read(docx), "tanda": watermark, "penulis": AUTHOR})
