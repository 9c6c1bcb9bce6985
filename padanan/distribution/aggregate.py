"""The suppressed figures of a decree: people and families by wilayah, desil, sex, age and program, no cell that tells of fewer
than five.

Which cells are covered is decided by `published.cells`; how a page shows them is no matter of here.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import duckdb

from padanan.base.duck import first_row
from padanan.base.suppress import ALL, Cover
from padanan.published.cells.declared import Declared, Key
from padanan.published.cells.model import Cells
from padanan.published.cells.places import WEIGHTS

FILE = "agregat.json"
PEOPLE, FAMILIES = "orang", "keluarga"
NUMBER = "jumlah_program"
DIMENSIONS = {
    "desil": "desil",
    "jk": "jk",
    "kelompok_umur": "kelompok_umur",
    NUMBER: "case when len(program_semua) > 2 then '3+' else len(program_semua)::varchar end",
}
"""Each splits everybody of a place."""
PROGRAM = "program"
PAIR = "pasangan"
"""Of all of DKI and each kota: who receives both of two programs, value `a+b` with the names in their order."""
SOURCE = "asal_program"
"""Of the accepted padanan alone (F53): whose programs people receive, those of the province, of the centre, or of both."""
DISABILITY = "disabilitas"
"""Splits everybody where the decree holds it."""
GROUPS = ("desil", "jk", "kelompok_umur", DISABILITY)
"""Of all of DKI: programs, how many of them, and pairs by group; dimension `program.desil`, value `<program>/1`."""
UNSERVED = "belum_dilayani"
"""Of all of DKI and each kota: who is entitled to a program and does not receive it, by program (F52)."""
NEITHER = "bukan_keduanya"
UNKNOWN = "tidak_diketahui"
Place = tuple[str, str]
Figure = tuple[str, str, str, str]
"""Level, place code, dimension, value."""
REST = "bukan_penerima"
"""Never printed, but a reader can subtract it: who of a place does not get a program."""
_KOTA = f"coalesce(kode_kota, '31.{UNKNOWN}')"
_KECAMATAN = f"coalesce(kode_kecamatan, {_KOTA} || '.{UNKNOWN}')"
# An unknown place is a part of the smallest known one around it, so that every place is its parts.
LEVELS = {
    "provinsi": "'31'",
    "kota": _KOTA,
    "kecamatan": _KECAMATAN,
    "kelurahan": f"coalesce(kode_kelurahan, {_KECAMATAN} || '.{UNKNOWN}')",
}
# Of a kelurahan only the total and how many programs reach people, the latter where so many live in one on average: more cells
# are so small that covering them would cover everything above.
SMALLEST, ENOUGH = "kelurahan", 50
PAIRED = ("provinsi", "kota")
CROSSED_FROM = 250
"""People from which on pairs of programs, splits by group and the kecamatan's splits are counted: of fewer nearly every such cell
would tell of fewer than five, all of them would be covered, and finding out how far took over a minute for thirty people."""


def aggregate_text(database: Path) -> str:
    """The figures of a prepared file as JSON, rows of satuan, tingkat, kode_wilayah, dimensi, nilai, jumlah | null, ditutup."""
    con = duckdb.connect(str(database), read_only=True)
    try:
        return text_of(con)
    finally:
        con.close()


def text_of(con: duckdb.DuckDBPyConnection) -> str:
    """The same, of an open database with the table `sasaran` and, where who is unserved is known, `prioritas`."""
    rows = _rows(PEOPLE, *people_counts(con))
    rows += _rows(FAMILIES, *counts(con, _FAMILIES, {"desil": "desil"}, programs=False))
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")) + "\n"


def people_counts(con: duckdb.DuckDBPyConnection) -> tuple[dict[Figure, int], dict[Place, Place]]:
    """The people of a decree as they are counted for its figures, before anything is covered; see `counts`."""
    return counts(con, "sasaran", dimensions_of(con), programs=True, unserved=_has_priority(con))


def dimensions_of(con: duckdb.DuckDBPyConnection) -> dict[str, str]:
    """What splits everybody of a prepared file; by disability only where the decree holds it."""
    there = {row[0] for row in con.execute("describe sasaran").fetchall()}
    told = f"case when {DISABILITY} then 'ya' when not {DISABILITY} then 'tidak' end"
    return DIMENSIONS | ({DISABILITY: told} if DISABILITY in there else {})


# A family is counted once, where the first of its members lives; who is in none is a family of one.
_FIRST = ", ".join(
    f"arg_min(coalesce({name}::varchar, ''), id_orang) as {name}"
    for name in ("kode_kota", "kode_kecamatan", "kode_kelurahan", "desil")
)
_FAMILIES = (
    "(select nullif(kode_kota, '') as kode_kota, nullif(kode_kecamatan, '') as kode_kecamatan,"
    " nullif(kode_kelurahan, '') as kode_kelurahan, nullif(desil, '') as desil"
    f" from (select {_FIRST} from sasaran group by coalesce(id_keluarga, id_orang)))"
)


def _rows(unit: str, values: Mapping[Figure, int], parents: Mapping[Place, Place]) -> list[dict[str, str | int | None]]:
    declared = Declared()
    declare(declared, values, parents)
    return as_rows(unit, values, Cells.of(declared).solved.marks)


def declare(into: Declared, values: Mapping[Figure, int], parents: Mapping[Place, Place], of: tuple[str, ...] = ()) -> None:
    """Declares counted figures with every sum that a reader can do.

    Args:
        values, parents: see `counts`.
        of: what comes before the name of each cell where figures of several publications are covered together.
    """
    for cell, value in values.items():
        key = (*of, *cell)
        # How many people a decree holds stands in its seal; the other figures of all of DKI stand on its first pages.
        into.count(key, value, total=cell[0] == "provinsi" and cell[3] != REST and "." not in cell[2])
        into.weights[key] = WEIGHTS[list(LEVELS).index(cell[0]) + 1]
        if cell[3] == REST:
            into.unseen.add(key)
        # Pairs and splits yield where they would tell of few: of an unknown sex or age beside all others, say.
        if (cell[2] in (PAIR, DISABILITY, SOURCE) or cell[2] in DIMENSIONS) and key in into.key:
            into.yielding.add(key)
    for total, parts in _sums(values, parents):
        into.sum((*of, *total), [(*of, *part) for part in parts])


def as_rows(
    unit: str, values: Mapping[Figure, int], covered: Mapping[Key, Cover], of: tuple[str, ...] = ()
) -> list[dict[str, str | int | None]]:
    """The figures as they are printed: satuan, tingkat, kode_wilayah, dimensi, nilai, jumlah | null, ditutup."""
    marks = {cell: covered.get((*of, *cell)) for cell in values}
    return [
        {
            "satuan": unit,
            "tingkat": cell[0],
            "kode_wilayah": cell[1],
            "dimensi": cell[2],
            "nilai": cell[3],
            "jumlah": None if mark is not None else values[cell],
            "ditutup": mark.text if mark is not None else None,
        }
        for cell in sorted(values)
        if cell[3] != REST
        for mark in (marks[cell],)
    ]


def counts(
    con: duckdb.DuckDBPyConnection,
    source: str,
    dimensions: Mapping[str, str],
    *,
    programs: bool,
    pairs: bool = True,
    unserved: bool = False,
) -> tuple[dict[Figure, int], dict[Place, Place]]:
    """Cells (level, code, dimension, value) -> people, and each place's parent."""
    values: dict[Figure, int] = {}
    names, expressions = list(LEVELS), list(LEVELS.values())
    each = f"(select *, unnest(program_semua) as p from {source})"
    both = f"(select *, unnest(program_semua) as q from {each})"
    people, places = _size(con, source)
    crossed, enough = people >= CROSSED_FROM, people >= ENOUGH * max(places, 1)
    fine = [level for level in LEVELS if level in PAIRED or (crossed and level != SMALLEST)]
    told = {name: f"coalesce(({one})::varchar, '{UNKNOWN}')" for name, one in dimensions.items()}
    for level, code in LEVELS.items():
        shown = told if level in fine else {NUMBER: told[NUMBER]} if NUMBER in told and enough else {}
        parts = [f"select {code} as kode, '{ALL}' as dimensi, '{ALL}' as nilai, count(*) as n from {source} group by all"]
        parts += [f"select {code}, '{name}', {one}, count(*) from {source} group by all" for name, one in shown.items()]
        if level in fine and programs:
            parts.append(f"select {code}, '{PROGRAM}', p, count(*) from {each} group by all")
        if level in PAIRED and programs and pairs and crossed:
            parts.append(f"select {code}, '{PAIR}', p || '+' || q, count(*) from {both} where p < q group by all")
        if level in PAIRED and unserved:
            # Who receives the program all the same is none of them: what is left over beside both is counted from that.
            # Who is named for no program waits for none, also who receives nothing: an empty list does not hold NULL in DuckDB 2.
            still = "untuk_program is not null and not list_contains(program_semua, untuk_program)"
            waiting = f"(select * from prioritas where {still})"
            parts.append(f"select {code}, '{UNSERVED}', untuk_program, count(distinct id_orang) from {waiting} group by all")
        if level == "provinsi" and programs and crossed:
            for name in GROUPS:
                if name not in told:
                    continue
                by = f"|| '/' || {told[name]}, count(*) from"
                parts.append(f"select '31', '{NUMBER}.{name}', {told[NUMBER]} {by} {source} group by all")
                parts.append(f"select '31', '{PROGRAM}.{name}', p {by} {each} group by all")
                parts.append(f"select '31', '{PAIR}.{name}', p || '+' || q {by} {both} where p < q group by all")
        for kode, dimension, value, count in con.execute(" union all ".join(parts)).fetchall():
            values[level, kode, dimension, value] = count
    parents: dict[Place, Place] = {}
    for upper, lower in zip(range(3), range(1, 4), strict=True):
        pair = f"select distinct {expressions[upper]}, {expressions[lower]} from {source}"
        for above, below in con.execute(pair).fetchall():
            parents[names[lower], below] = (names[upper], above)
    for whole, part, rest in _rests(values):
        values[rest] = values[whole] - values[part]
    return values, parents


def _has_priority(con: duckdb.DuckDBPyConnection) -> bool:
    return first_row(con, "select 1 from duckdb_tables() where table_name = 'prioritas'") is not None


def _size(con: duckdb.DuckDBPyConnection, source: str) -> tuple[int, int]:
    """People, and the kelurahan they live in; how many a decree holds stands in its seal."""
    people, places = con.execute(f"select count(*), count(distinct kode_kelurahan) from {source}").fetchall()[0]
    return int(people), int(places)


def _rests(values: Mapping[Figure, int]) -> list[tuple[Figure, Figure, Figure]]:
    """What a reader subtracts: (whole, part, who is left over), each after those that it stands on.

    Of a program those of a place or group who don't receive it; of a pair those who receive one of the two alone, and those who
    receive neither.
    """
    found: list[tuple[Figure, Figure, Figure]] = []
    pairs: list[tuple[Figure, Figure, Figure]] = []
    for level, kode, dimension, value in values:
        kind, _, group = dimension.partition(".")
        programs, _, of = value.partition("/")
        cell = (level, kode, dimension, value)
        if value == REST:
            continue
        if kind == PROGRAM:
            whole = (level, kode, group, of) if group else (level, kode, ALL, ALL)
            found.append((whole, cell, _rest(cell)))
        elif kind == UNSERVED:
            served = (level, kode, PROGRAM, value)
            pairs.append((_rest(served) if served in values else (level, kode, ALL, ALL), cell, _rest(cell)))
        elif kind == PAIR:
            one, other = (
                (level, kode, dimension.replace(PAIR, PROGRAM), f"{name}/{of}" if group else name) for name in programs.split("+")
            )
            pairs += [(one, cell, _rest(cell, one)), (other, cell, _rest(cell, other))]
            pairs.append((_rest(one), _rest(cell, other), _rest(cell, None)))
    return found + pairs


def _rest(cell: Figure, whole: Figure | None = None) -> Figure:
    """The name of who is left over: of a program, or of a pair those who receive one alone; `whole` None: neither."""
    level, kode, dimension, value = cell
    pair = () if not dimension.startswith(PAIR) else (whole[3] if whole is not None else NEITHER,)
    return (level, kode, ":".join((dimension, value, *pair)), REST)


def _sums(values: Mapping[Figure, int], parents: Mapping[Place, Place]) -> list[tuple[Figure, tuple[Figure, ...]]]:
    """Every sum that a reader can do: a place is its parts, a total is its values, a program and the rest are everybody."""
    below: dict[Figure, list[Figure]] = defaultdict(list)
    across: dict[tuple[Figure, str], list[Figure]] = defaultdict(list)
    for cell in values:
        level, kode, dimension, value = cell
        kind, _, group = dimension.partition(".")
        name, _, of = value.partition("/")
        if value == REST:
            continue
        # What is left over in a place where nobody receives the program has no cell of its own: it is the place's whole.
        if (parent := parents.get((level, kode))) is not None and (*parent, dimension, value) in values:
            below[(*parent, dimension, value)].append(cell)
        if group:
            across[(level, kode, kind, name), dimension].append(cell)
        if dimension in DIMENSIONS or dimension in (DISABILITY, SOURCE):
            across[(level, kode, ALL, ALL), dimension].append(cell)
        elif group and kind == NUMBER:
            across[(level, kode, group, of), dimension].append(cell)
    sums: list[tuple[Figure, tuple[Figure, ...]]] = [(whole, (part, rest)) for whole, part, rest in _rests(values)]
    sums += [(total, tuple(parts)) for (total, _), parts in across.items()]
    sums += [(total, tuple(parts)) for total, parts in below.items()]
    return sums
