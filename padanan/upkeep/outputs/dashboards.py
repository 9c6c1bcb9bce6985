"""The attack on the public dashboards: every decree's figures, two decrees' one after the other, and Bansos beside its decree.

Of two decrees a reader knows no more of a covered cell than of each alone: who stayed, left and came is free in every cell, so
that any two tables agree. What two open figures differ by is readable, and counted.

Counting is `distribution.aggregate`'s and what is covered is read from the files that were shown; the working out is `attack`'s.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from padanan.base.format import number
from padanan.base.home import Home
from padanan.base.suppress import Cover, small
from padanan.distribution import aggregate, bansos
from padanan.distribution.aggregate import FILE, PEOPLE, Figure, Place
from padanan.distribution.dashboard.figures import shown_decrees
from padanan.distribution.prepare import DATABASE, prepared_folder
from padanan.distribution.shelf import proved
from padanan.published.cells.declared import Declared, Key
from padanan.upkeep.outputs.attack import attack
from padanan.upkeep.outputs.printed import Printed


@dataclass
class Found:
    """What can be worked out of the dashboards.

    Attributes:
        what: which prints were attacked together.
        rebuilt: covered cells, and rests that a reader subtracts to, that are told exactly: there may be none.
        changes: beside the decree before, how many figures differ by one to four people, of how many that both print.
    """

    what: str
    tried: int = 0
    rebuilt: list[Key] = field(default_factory=list)
    changes: tuple[int, int] = (0, 0)

    @property
    def line(self) -> str:
        """In words; counts only."""
        told = f"{self.what}: {number(self.tried)} sel kecil diserang, dapat dihitung balik: {number(len(self.rebuilt))}"
        known, every = self.changes
        return told + (f"; selisih 1–4 orang yang terbaca: {number(known)} dari {number(every)}" if every else "")


def audit_dashboards(home: Home) -> list[Found]:
    """Attacks the figures of every decree that is shown, and counts how far two in a row differ by few.

    Raises:
        PadananError: a prepared file was changed.
    """
    found: list[Found] = []
    before: list[dict[str, Any]] | None = None
    for periode, ke in shown_decrees(home):
        folder = prepared_folder(home, periode, ke)
        proved(home, folder)
        rows = _rows(folder)
        one = attack_decree(f"dasbor {periode.label} ke-{ke}", folder / DATABASE, rows)
        one.changes = readable_changes(before, rows) if before is not None else (0, 0)
        found.append(one)
        before = rows
    return found


def _rows(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder / FILE).read_text(encoding="utf-8"))
    return found


def marks_of(rows: Sequence[Mapping[str, Any]], of: tuple[str, ...] = ()) -> dict[Key, Cover]:
    """The covered figures of people as they were shown, by cell."""
    return {
        (*of, str(row["tingkat"]), str(row["kode_wilayah"]), str(row["dimensi"]), str(row["nilai"])): Cover(row["ditutup"])
        for row in rows
        if row["satuan"] == PEOPLE and row["ditutup"] is not None
    }


def attack_decree(what: str, database: Path, rows: Sequence[Mapping[str, Any]]) -> Found:
    """One decree's figures alone."""
    con = duckdb.connect(str(database), read_only=True)
    try:
        values, parents = aggregate.people_counts(con)
    finally:
        con.close()
    into = Declared()
    aggregate.declare(into, values, parents)
    return _attacked(what, into, marks_of(rows))


def readable_changes(one: Sequence[Mapping[str, Any]], other: Sequence[Mapping[str, Any]]) -> tuple[int, int]:
    """How many figures, printed in both, differ by one to four people, of how many are printed in both."""
    names = ("tingkat", "kode_wilayah", "dimensi", "nilai")
    before, after = (
        {
            tuple(row[name] for name in names): row["jumlah"]
            for row in rows
            if row["satuan"] == PEOPLE and row["jumlah"] is not None
        }
        for rows in (one, other)
    )
    both = before.keys() & after.keys()
    return sum(small(abs(after[cell] - before[cell])) for cell in both), len(both)


def attack_bansos(
    what: str, own: tuple[Sequence[Mapping[str, Any]], Mapping[Figure, int], Mapping[Place, Place]],
    decree: tuple[Sequence[Mapping[str, Any]], Mapping[Figure, int], Mapping[Place, Place]],
) -> Found:  # fmt: skip
    """Dashboard Bansos beside the figures of the decree of the same revision; each as rows shown, counts, and places."""
    into = bansos.together(own[1], own[2], decree[1], decree[2])
    return _attacked(what, into, marks_of(own[0], (bansos.OWN,)) | marks_of(decree[0], (bansos.DECREED,)))


def _attacked(what: str, into: Declared, marks: Mapping[Key, Cover]) -> Found:
    into.key -= set(marks)
    attacked = attack(Printed(), into, marks, wholly=frozenset())
    return Found(what, attacked.tried, attacked.rebuilt)


__all__ = ["Found", "attack_bansos", "attack_decree", "audit_dashboards", "marks_of"]
