"""Workbooks that go out and come back: locked cells under a keyed seal, and no cell with a formula.

Which cells a workbook has, and what a filled-in one means, belongs to whoever sends it out.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable, Sequence
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl  # type: ignore[import-untyped]

from padanan.base import disk
from padanan.base.commit import building
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.keys import keys_by_id, load_key
from padanan.base.regular import NotRegular, read_regular
from padanan.base.sandbox import ChildStopped, run
from padanan.contracts.delivery import Forms, load_delivery_rules
from padanan.forms import probe

WHOLE, SINGLE = 32, 4


def seal(purpose: str, cells: Sequence[str]) -> str:
    """32 hex digits over all cells, then 4 for each, so that an edited one can be named.

    Args:
        purpose: what the cells belong to; the same cells of another form have another seal.
    """
    return _seal(load_key(), purpose, cells)


def sealer(purpose: str) -> Callable[[Sequence[str]], str]:
    """`seal` of many rows, with the key read once: looking after its file is a tenth of the work."""
    return partial(_seal, load_key(), purpose)


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

    A child process with limits opens it first (`probe`): who filled it in may have sent anything.

    Raises:
        PadananError: no such file, no regular one, no workbook, a sheet is missing, or it is larger than forms are
            (`formulir` of `delivery.yaml`).
    """
    rules = load_delivery_rules().formulir
    try:
        data = read_regular(path, rules.terbesarKib << 10)
    except NotRegular as odd:
        raise PadananError(f"bukan berkas biasa: {odd.kind}", file=path.name, cure="sebut berkasnya sendiri") from None
    except OSError:
        raise PadananError("berkas tidak ada", file=path.name, cure="periksa jalur berkas") from None
    if data is None:
        raise PadananError(f"berkas lebih besar dari {rules.terbesarKib >> 10} MiB", file=path.name, cure=cure)
    _survives(data, path.name, rules, cure)
    workbook = openpyxl.load_workbook(BytesIO(data), data_only=False)
    # A chart may bear the name of a form's sheet and has no cells.
    for chart in workbook.chartsheets:
        workbook.remove(chart)
    for sheet in sheets:
        if sheet not in workbook.sheetnames:
            raise PadananError(f"lembar {sheet} tidak ada", file=path.name, cure=cure)
    return workbook


def _survives(data: bytes, name: str, rules: Forms, cure: str) -> None:
    with building(Home.from_env().warehouse / "tmp") as work:
        disk.write_bytes(work / probe.FILE, data)
        try:
            told, _ = run(
                "padanan.forms.probe:look", {"unpacked": rules.terbukaMib << 20}, work=work, reads=(), allowance=rules.allowance
            )
        except ChildStopped as stopped:
            raise PadananError(f"buku kerja {stopped.cause}", file=name, cure=cure) from None
    cells = told.get("cells") if isinstance(told, dict) else None
    if cells is None and told.get("large"):
        raise PadananError(f"isi berkas lebih dari {rules.terbukaMib} MiB setelah dibuka", file=name, cure=cure)
    if not cells:
        raise PadananError("bukan berkas XLSX yang utuh", file=name, cure=cure)
    if max(cells.values()) > rules.sel:
        raise PadananError("ada isi jauh di luar tabelnya", file=name, cure=cure)


def is_formula(cell: Any) -> bool:
    """Whether a cell holds a formula, also one typed as text."""
    return cell.data_type == "f" or (isinstance(cell.value, str) and cell.value.startswith("="))
