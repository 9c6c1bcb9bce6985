"""What the child process of `sealed_cells` does: opens a workbook as this program will, and says how large its sheets are.

What survives here, within the child's limits, is opened again from the same bytes; no cell is looked at.
"""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]

FILE = "formulir.xlsx"


def look(*, work: Path, unpacked: int) -> dict[str, Any]:
    """How many cells each sheet spans; `damaged` for what is no whole workbook, `large` for one that unpacks to too much."""
    try:
        with zipfile.ZipFile(work / FILE) as archive:
            if sum(item.file_size for item in archive.infolist()) > unpacked:
                return {"large": True}
        book = openpyxl.load_workbook(work / FILE, data_only=False)
    except MemoryError:
        raise
    except Exception:  # whatever openpyxl's readers of zip and XML meet in a broken file: no class of theirs covers it
        return {"damaged": True}
    return {"cells": {sheet.title: sheet.max_row * sheet.max_column for sheet in book.worksheets}}
