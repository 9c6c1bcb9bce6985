"""What the child process of `scans` does: opens a scanned paper as a reader would, and counts its pages.

It says nothing of what the paper shows; what too few pages mean is told by who asked.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PIL import Image
from pypdf import PdfReader
from pypdf.errors import PyPdfError


def look(*, work: Path, path: str, kind: str) -> dict[str, Any]:
    """`pages` of a PDF or a picture; 0 for what is damaged, locked or has none, or a picture of less than 100 dots a side."""
    try:
        return {"pages": _pdf(path) if kind == "pdf" else _picture(path, kind)}
    except MemoryError:
        raise
    except (PyPdfError, OSError, ValueError, TypeError, KeyError, AttributeError, IndexError, SyntaxError, RecursionError):
        # What pypdf and Pillow meet in broken files: no class of theirs covers it.
        return {"pages": 0}


def _pdf(path: str) -> int:
    reader = PdfReader(path)
    # A page without a box could not be shown; the first is enough, a long paper is not read whole.
    return len(reader.pages) if len(reader.pages) and reader.pages[0].mediabox.width > 0 else 0


def _picture(path: str, kind: str) -> int:
    # Only the reader of what its first bytes say it is: the others of Pillow are tried by nobody.
    with Image.open(path, formats=_FORMATS[kind]) as picture:
        picture.load()
        return getattr(picture, "n_frames", 1) if min(picture.size) >= _LEAST else 0


_LEAST = 100
_FORMATS = {"jpg": ("JPEG",), "png": ("PNG",), "tif": ("TIFF",)}
