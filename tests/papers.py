"""Signed papers as a scanner makes them, for tests that attach one.

What a broken or empty paper is refused with is tested with `scans`.
"""

import io

from pypdf import PdfWriter


def pdf(text: str = "berita acara", pages: int = 1) -> bytes:
    """A whole PDF of blank pages; another text makes other bytes."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=595, height=842)
    writer.add_metadata({"/Title": text})
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()
