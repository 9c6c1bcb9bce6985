"""Workbooks that go out and come back: locked cells under a keyed seal, and no cell with a formula.

Which cells a workbook has, and what a filled-in one means, belongs to whoever sends it out.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]

from padanan.base.errors import PadananError
from padanan.base.keys import keys_by_id, load_key

WHOLE, SINGLE = 32, 4


def seal(purpose: str, cells: Sequence[str]) -> str:
    """32 hex digits over all cells, then 4 for each, so that an edited one can be named.

    Args:
        purpose: what the cells belong to; the same cells of another form have another seal.
    """
    return _seal(load_key(), purpose, cells)


def checked(purpose: str, cells: Sequence[str], found: str) -> tuple[str | None, str]:
    """Proves a seal that came back, perhaps made with a key that was in use before.

    Returns:
        The short name of the key that made it, None when none of ours did; and the seal that the cells should have.
    """
    expected = {name: _seal(key, purpose, cells) for name, key in keys_by_id().items()}
    for name, seal_ in expected.items():
        if hmac.compare_digest(seal_.encode(), found.encode()):
            return name, seal_
    # The key that fits most single cells is the one it was made with.
    return None, max(expected.values(), key=lambda seal_: sum(one == other for one, other in zip(seal_, found, strict=False)))


def _seal(key: bytes, purpose: str, cells: Sequence[str]) -> str:
    def mark(text: str) -> str:
        return hmac.digest(key, f"{purpose}|{text}".encode(), "sha256").hex()

    single = "".join(mark(f"{place}|{text}")[:SINGLE] for place, text in enumerate(cells))
    return mark(json.dumps(list(cells), ensure_ascii=False))[:WHOLE] + single


def first_edited(found: str, expected: str) -> int | None:
    """The first cell that differs from its seal; None when that can't be told (the seal itself was edited)."""
    if len(found) != len(expected):
        return None
    for place, start in enumerate(range(WHOLE, len(expected), SINGLE)):
        if found[start : start + SINGLE] != expected[start : start + SINGLE]:
            return place
    return None


def open_workbook(path: Path, sheets: Sequence[str], cure: str) -> Any:
    """A workbook read with its formulas kept as formulas.

    Raises:
        PadananError: no such file, no workbook, or a sheet is missing.
    """
    if not path.exists():
        raise PadananError("berkas tidak ada", file=path.name, cure="periksa jalur berkas")
    try:
        workbook = openpyxl.load_workbook(path, data_only=False)
    except Exception:  # whatever openpyxl's readers of zip and XML meet in a broken file: no class of theirs covers it
        raise PadananError("bukan berkas XLSX yang utuh", file=path.name, cure=cure) from None
    for sheet in sheets:
        if sheet not in workbook.sheetnames:
            raise PadananError(f"lembar {sheet} tidak ada", file=path.name, cure=cure)
    return workbook


def is_formula(cell: Any) -> bool:
    """Whether a cell holds a formula, also one typed as text."""
    return cell.data_type == "f" or (isinstance(cell.value, str) and cell.value.startswith("="))
