"""The attack on the public dashboards: one decree's figures, two decrees' one after the other, and Bansos beside its decree.

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
from padanan.base.sql import ident, literal
from padanan.base.suppress import ALL, Cover, small
from padanan.base.tabular import scratch
from padanan.distribution import aggregate, bansos
from padanan.distribution.aggregate import FILE, PEOPLE, REST, Figure, Place
from padanan.distribution.dashboard.figures import shown_decrees
from padanan.distribution.prepare import DATABASE, prepared_folder
from padanan.distribution.shelf import proved
from padanan.published.cells.declared import Declared, Key
from padanan.upkeep.outputs.attack import attack
from padanan.upkeep.outputs.printed import Printed

BEFORE, AFTER = "sebelum", "sesudah"
STAYED, LEFT, CAME = "tetap", "pergi", "datang"
_WHOLE = ("provinsi", "31", ALL, ALL)


@dataclass
class Found:
    """What can be worked out of the dashboards.

    Attributes:
        what: which prints were attacked together.
        rebuilt: covered cells, and rests that a reader subtracts to, that are told exactly: there may be none.
        changes: of two decrees, how many figures differ by one to four people, of how many that both print.
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
    """Attacks what is shown: each decree with the one before it, and two in a row together.

    Raises:
        PadananError: a prepared or published file was changed.
    """
    folders = [prepared_folder(home, periode, ke) for periode, ke in shown_decrees(home)]
    for folder in folders:
        proved(home, folder)
    names = [f"dasbor {periode.label} ke-{ke}" for periode, ke in shown_decrees(home)]
    found = []
    for place, folder in enumerate(folders):
        if place == 0:
            found.append(attack_decree(names[0], folder / DATABASE, _rows(folder)))
            continue
        one, other = folders[place - 1], folder
        what = f"{names[place - 1]} dan {names[place]} bersama-sama"
        con = scratch(home)
        try:
            found.append(attack_two(what, con, (one / DATABASE, _rows(one)), (other / DATABASE, _rows(other))))
        finally:
            con.close()
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


def attack_two(
    what: str,
    con: duckdb.DuckDBPyConnection,
    one: tuple[Path, Sequence[Mapping[str, Any]]],
    other: tuple[Path, Sequence[Mapping[str, Any]]],
) -> Found:
    """Two decrees' figures together: in every cell some stayed, some left, some came, and how many did in all is known.

    Who stays but changes place, group or programs left one cell and came into another, so that all three add up as the figures
    do. How many left and came in all is what `perubahan` tells whoever may read it.

    Args:
        con: an empty database of its own. one, other: the prepared file of each and its rows as they were shown.
    """
    into, marks = Declared(), dict[Key, Cover]()
    for name, (database, rows) in ((BEFORE, one), (AFTER, other)):
        con.execute(f"attach {literal(database)} as {ident(name)} (read_only)")
        # Views of the attached tables under the names that counting asks for.
        con.execute("create or replace temp view sasaran as select * from " + f"{ident(name)}.sasaran")
        listed = con.execute(
            "select 1 from duckdb_tables() where table_name = 'prioritas' and database_name = ?", [name]
        ).fetchone()
        con.execute("drop table if exists prioritas")
        if listed:
            con.execute(f"create temp table prioritas as from {ident(name)}.prioritas")
        values, parents = aggregate.counts(
            con, "sasaran", aggregate.dimensions_of(con), programs=True, unserved=listed is not None
        )
        aggregate.declare(into, values, parents, (name,))
        marks |= marks_of(rows, (name,))
    shared = _split(con)
    for name, (values, parents) in shared.items():
        aggregate.declare(into, values, parents, (name,))
        into.unseen |= {(name, *cell) for cell in values}
        into.key -= {(name, *cell) for cell in values}
    into.unguarded |= {(name, *cell) for name, (values, _) in shared.items() for cell in values}
    for name in (LEFT, CAME):
        into.unseen.discard((name, *_WHOLE))
    for name, moved in ((BEFORE, LEFT), (AFTER, CAME)):
        for key in [
            key for key in into.values if isinstance(key, tuple) and key[0] == name and aggregate.UNSERVED not in str(key)
        ]:
            assert isinstance(key, tuple)
            parts = [(part, *key[1:]) for part in (STAYED, moved) if (part, *key[1:]) in into.values]
            if parts and key[4] != REST:
                into.sum(key, parts)
    found = _attacked(what, into, marks)
    found.changes = readable_changes(one[1], other[1])
    return found


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


def _split(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[dict[Figure, int], dict[Place, Place]]]:
    """Counts of who stayed as they were, who left their cells, and who came into them."""
    both = [
        {row[0] for row in con.execute(f"describe {ident(name)}.sasaran").fetchall()} for name in (BEFORE, AFTER)
    ]  # fmt: skip
    counted = ["kode_kota", "kode_kecamatan", "kode_kelurahan", "desil", "jk", "kelompok_umur", "program_semua"]
    counted += [aggregate.DISABILITY] if all(aggregate.DISABILITY in one for one in both) else []
    same = " and ".join(f"a.{ident(name)} is not distinct from b.{ident(name)}" for name in counted)
    columns = ", ".join(map(ident, ("id_orang", *counted)))
    found = {}
    for name, (own, rest) in {STAYED: (BEFORE, None), LEFT: (BEFORE, AFTER), CAME: (AFTER, BEFORE)}.items():
        kind, against = ("semi", AFTER) if rest is None else ("anti", rest)
        con.execute(
            f"create or replace temp table {ident(name)} as select {columns} from {ident(own)}.sasaran a {kind} join"
            f" {ident(against)}.sasaran b on a.id_orang = b.id_orang and {same}"
        )
        con.execute(f"create or replace temp view sasaran as from {ident(name)}")
        found[name] = aggregate.counts(con, name, aggregate.dimensions_of(con), programs=True)
    return found


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


__all__ = ["Found", "attack_bansos", "attack_decree", "attack_two", "audit_dashboards", "marks_of"]
