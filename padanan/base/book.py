"""How a workbook gets to the disk: through the seam, its overflow beside it and never in a common temporary folder.

What stands in its sheets belongs to who fills it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import xlsxwriter

from padanan.base import disk


class Book(xlsxwriter.Workbook):  # type: ignore[misc]
    """XlsxWriter's workbook; its rows hold people, and what a killed run leaves is swept with the draft folder it lies in."""

    def __init__(self, path: Path, **options: Any) -> None:
        super().__init__(str(path), {"tmpdir": str(path.parent), **options})
        self._place = path

    def close(self) -> None:
        """Writes the file."""
        if self.fileclosed:
            return
        with disk.filling(self._place):
            super().close()
