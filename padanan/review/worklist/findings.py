"""A worklist that came back: what each line found, and every fault at once, each with its sheet, row, cell and cure.

How a single answer is read stands in `padanan/forms/answers`; what a finding does to a task or a person is `padanan/run/sheets`'
question.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from padanan.base.errors import PadananError
from padanan.contracts.field_parts import VISIT
from padanan.forms import answers
from padanan.forms.answers import Refused, shown
from padanan.forms.sealed_book import Fault, Layout, Row, judged, looked_at
from padanan.forms.sealed_cells import open_workbook
from padanan.review.worklist.book import MACHINE, RESULTS, YES_NO, Stamp, layouts

_NEEDED = {"hasil": "hasil", "tanggal": "tanggal", "petugas": "nama petugas"}
"""Without these no answer can be believed: what was found, when, by whom."""


@dataclass(frozen=True)
class Finding:
    """One right line: whom or which record it speaks of, the tasks behind it, and its answers by column (dates as ISO text).

    `hasil` is a word of `RESULTS`; `card` says who it is, as it went out.
    """

    sheet: str
    row: int
    key: str
    tasks: tuple[str, ...]
    answers: Mapping[str, str]
    card: str = ""

    def place(self, column: str) -> str:
        """Where an answer of it stands."""
        return f"lembar {self.sheet} baris {self.row} sel {layouts()[self.sheet].cell(column, self.row)}"


@dataclass(frozen=True)
class ReadBack:
    """A workbook read: its right lines, and the faults of the others, in the order of the sheets."""

    findings: tuple[Finding, ...]
    faults: tuple[Fault, ...]
    wrong: frozenset[tuple[str, int]]
    """The lines that have a fault, as (sheet, row)."""
    lines: int = 0
    """All lines of the three sheets: right ones, wrong ones, and those that nobody filled in."""
    blank: int = 0
    gone: int = 0
    """Lines that went out and did not come back."""

    def count(self, sheet: str) -> int:
        """How many right lines a sheet has."""
        return sum(item.sheet == sheet for item in self.findings)


def read_back(path: Path, stamp: Stamp, today: date) -> ReadBack:
    """Reads a filled-in workbook; a wrong line is named and left out, the right ones stay right.

    Args:
        stamp: the revision that it must be of.
        today: no visit is later.

    Raises:
        PadananError: the file as a whole can't be trusted: none of ours, another revision, a heading or the sheet for the machine
            was changed.
    """
    sheets = layouts()
    book = open_workbook(path, [*sheets, MACHINE.sheet], MACHINE.cure)
    keys = _machine(book[MACHINE.sheet], path.name, stamp)
    found: list[Finding] = []
    faults: list[Fault] = []
    wrong: set[tuple[str, int]] = set()
    lines = blank = lost = 0
    for name, layout in sheets.items():
        seen: dict[str, int] = {}
        for row in judged(looked_at(book[name], path.name, layout), layout):
            if not row.faults and row.cells["berkas"] != stamp.mark:
                raise _other_revision(path.name, f"lembar {name} baris {row.number}")
            lines += 1
            told, own = _judged(layout, row, stamp.cutoff, today)
            key = row.cells[_key_of(layout)]
            if not row.faults and key in seen:
                cause = f"baris ini sama dengan baris {seen[key]}"
                own.append(Fault(f"baris {row.number}", cause, "hapus salah satunya; satu orang satu baris"))
            seen.setdefault(key, row.number)
            if not row.faults and key not in keys[_key_of(layout)]:
                own.append(Fault(f"baris {row.number}", "baris ini berasal dari berkas lain", "kembalikan ke berkas asalnya"))
            if own:
                faults += [_placed(fault, name, row.number) for fault in own]
                wrong.add((name, row.number))
            elif told:
                found.append(Finding(name, row.number, key, keys[_key_of(layout)][key], told, row.cells["orang"]))
            else:
                blank += 1
        # A line that is gone is somebody whom nobody asks about again.
        if gone := len(keys[_key_of(layout)].keys() - seen.keys()):
            lost += gone
            faults.append(Fault(f"lembar {name}", f"{gone} baris hilang", "pakai lagi berkas aslinya; baris tidak dihapus"))
    return ReadBack(tuple(found), tuple(faults), frozenset(wrong), lines, blank, lost)


def _key_of(layout: Layout) -> str:
    return "id_orang" if "id_orang" in layout.locked else "id_tugas"


def _other_revision(file: str, place: str) -> PadananError:
    cure = "pakai berkas revisi yang sedang berjalan"
    return PadananError("berkas ini dari revisi atau kontrak lain", file=file, place=place, cure=cure)


def _machine(sheet: Any, file: str, stamp: Stamp) -> dict[str, dict[str, tuple[str, ...]]]:
    """The tasks behind each line: by person for visits, by task for corrections.

    Raises:
        PadananError: the sheet was changed, is not whole, or belongs to another revision.
    """
    rows = []
    for row in judged(looked_at(sheet, file, MACHINE), MACHINE):
        if row.faults:
            fault = _placed(row.faults[0], MACHINE.sheet, row.number)
            raise fault.error(file)
        if row.cells["berkas"] != stamp.mark:
            raise _other_revision(file, f"lembar {MACHINE.sheet} baris {row.number}")
        rows.append(row.cells)
    whole = {f"{number} dari {len(rows)}" for number in range(1, len(rows) + 1)}
    if {cells["nomor"] for cells in rows} != whole:
        raise PadananError("baris hilang atau bertambah", file=file, place=f"lembar {MACHINE.sheet}", cure=MACHINE.cure)
    keys: dict[str, dict[str, tuple[str, ...]]] = {"id_orang": {}, "id_tugas": {}}
    for cells in rows:
        name = "id_orang" if cells["saluran"] == VISIT else "id_tugas"
        keys[name][cells[name]] = (*keys[name].get(cells[name], ()), cells["id_tugas"])
    return keys


def _placed(fault: Fault, sheet: str, row: int) -> Fault:
    place = fault.place if fault.place == f"baris {row}" else f"baris {row} {fault.place}"
    return replace(fault, place=f"lembar {sheet} {place}")


def _judged(layout: Layout, row: Row, earliest: date, latest: date) -> tuple[dict[str, str], list[Fault]]:
    """The answers of a row, and everything that is wrong with it; a row that nobody filled in has neither."""
    faults = list(row.faults)
    readers: Mapping[str, Callable[[Any], str]] = {
        "hasil": lambda value: answers.word_of(value, RESULTS[layout.sheet]),
        "domisili": lambda value: answers.word_of(value, YES_NO),
        "nik_benar": answers.nik_of,
        "alamat_benar": answers.remark_of,
        "catatan": answers.remark_of,
        "tanggal": lambda value: answers.date_of(value, earliest, latest).isoformat(),
        "petugas": answers.name_of,
    }
    told: dict[str, str] = {}
    formulas = {fault.place for fault in row.faults}
    filled = [column for column in layout.opened if row.cells[column]]
    for column in filled:
        place = f"sel {layout.cell(column, row.number)}"
        if place in formulas:
            continue
        try:
            told[column] = readers[column](row.raw[column])
        except Refused as refused:
            faults.append(Fault(place, refused.cause, refused.cure))
    faults += list(_missing(layout, row, told)) if filled else []
    return told, faults


def _missing(layout: Layout, row: Row, told: Mapping[str, str]) -> Iterator[Fault]:
    whose = f"hasil {shown(told['hasil'])}" if "hasil" in told else "baris terisi"
    for column, what in _NEEDED.items():
        if not row.cells[column]:
            cure = f"isi {what}; bila baris ini tidak jadi dilaporkan, kosongkan semua kolom berwarnanya"
            yield Fault(f"sel {layout.cell(column, row.number)}", f"{whose} tanpa {what}", cure)
