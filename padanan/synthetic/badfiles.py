"""A corpus of damaged deliveries, each with what must become of it: for tests of landing and its receipts.

The rows inside are made-up people of `generate`; nothing here knows how landing decides.
"""

from __future__ import annotations

import csv
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from python_calamine import CalamineWorkbook

from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.contracts.contract import Contract
from padanan.synthetic import badfiles_books
from padanan.synthetic.badfiles_books import BOOKS, OTHERS
from padanan.synthetic.badfiles_kit import ACCEPTED, HELD, QUARANTINED, BadFile, Kit, Rows
from padanan.synthetic.badfiles_text import TEXT
from padanan.synthetic.generate import generate

PERIODE = Periode(2025, 2)
__all__ = ["ACCEPTED", "HELD", "QUARANTINED", "BadFile", "write_bad_files"]


def write_bad_files(
    folder: Path, contracts: Mapping[str, Contract], *, seed: int = 7, residents: int = 2000, full_sheet: bool = False
) -> list[BadFile]:
    """Writes the corpus below `folder/<contract>/`.

    Args:
        full_sheet: also write a sheet with 1,048,576 rows (about 30 MB, some seconds).

    Returns:
        The files in a fixed order, at least 25.
    """
    with tempfile.TemporaryDirectory() as work:
        home = Home(Path(work) / "rumah")
        generate(
            home,
            contracts,
            residents=residents,
            seed=seed,
            profile="clean",
            periode=PERIODE,
            contract_ids=["adminduk", "dtks", "klj", "kjmu"],
        )
        good = {}
        for contract_id in ("adminduk", "dtks", "klj", "kjmu"):
            source = next(path for path in sorted(home.inbox(contract_id).iterdir()) if path.suffix != ".yaml")
            good[contract_id] = folder / ".baik" / source.name
            good[contract_id].parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.copyfile(source, good[contract_id])
    tables = {
        "dtks": _read_text(good["dtks"], "|", 0),
        "kjmu": _read_text(good["kjmu"], ";", 1),
        "klj": _read_book(good["klj"], contracts["klj"]),
    }
    kit = Kit(folder, tables, good)
    for make in (*TEXT, *BOOKS, *OTHERS):
        make(kit)
    if full_sheet:
        badfiles_books.full_sheet(kit)
    return kit.made


def _read_text(path: Path, separator: str, above: int) -> tuple[list[str], Rows]:
    lines = path.read_text(encoding="utf-8").splitlines()[above:]
    rows = list(csv.reader(lines, delimiter=separator))
    return rows[0], rows[1:]


def _read_book(path: Path, contract: Contract) -> tuple[list[str], Rows]:
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    names = [column.source for column in contract.columns]
    start = next(index for index, row in enumerate(rows) if [str(cell) for cell in row] == names)
    return names, [[_plain(cell) for cell in row] for row in rows[start + 1 :]]


def _plain(cell: Any) -> str:
    if isinstance(cell, float):
        return str(int(cell))
    if hasattr(cell, "strftime"):
        return str(cell.strftime("%d/%m/%Y"))
    return str(cell)
