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

from padanan.base.suppress import ALL
from padanan.published.cells.declared import Declared
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
PAIR = "pasangan"
"""Of all of DKI: who receives both of two programs, value `a+b` with the names in their order."""
UNKNOWN = "tidak_diketahui"
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
# Of a kelurahan only the total: its cells are so small that covering them would cover everything above.
WHOLE_ONLY = "kelurahan"


def aggregate_text(database: Path) -> str:
    """The figures of a prepared file as JSON, rows of satuan, tingkat, kode_wilayah, dimensi, nilai, jumlah | null, ditutup."""
    con = duckdb.connect(str(database), read_only=True)
    try:
        rows = _rows(PEOPLE, *_counts(con, "sasaran", DIMENSIONS, programs=True))
        rows += _rows(FAMILIES, *_counts(con, _FAMILIES, {"desil": "desil"}, programs=False))
    finally:
        con.close()
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")) + "\n"


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


def _rows(
    unit: str, values: dict[tuple[str, str, str, str], int], parents: dict[Place, Place]
) -> list[dict[str, str | int | None]]:
    declared = Declared()
    for cell, value in values.items():
        # How many people a decree holds stands in its seal; the other figures of all of DKI stand on its first pages.
        declared.count(cell, value, total=cell[0] == "provinsi" and cell[3] != REST)
        declared.weights[cell] = WEIGHTS[list(LEVELS).index(cell[0]) + 1]
        if cell[3] == REST:
            declared.unseen.add(cell)
        if cell[2] == PAIR and cell in declared.key:
            declared.yielding.add(cell)
    for total, parts in _sums(values, parents):
        declared.sum(total, parts)
    covered = Cells.of(declared).solved.marks
    return [
        {
            "satuan": unit,
            "tingkat": cell[0],
            "kode_wilayah": cell[1],
            "dimensi": cell[2],
            "nilai": cell[3],
            "jumlah": None if cell in covered else values[cell],
            "ditutup": covered[cell].text if cell in covered else None,
        }
        for cell in sorted(values)
        if cell[3] != REST
    ]


Place = tuple[str, str]


def _counts(
    con: duckdb.DuckDBPyConnection, source: str, dimensions: Mapping[str, str], *, programs: bool
) -> tuple[dict[tuple[str, str, str, str], int], dict[Place, Place]]:
    """Cells (level, code, dimension, value) -> people, and each place's parent."""
    values: dict[tuple[str, str, str, str], int] = {}
    names, expressions = list(LEVELS), list(LEVELS.values())
    for level, code in LEVELS.items():
        parts = [f"select {code} as kode, '{ALL}' as dimensi, '{ALL}' as nilai, count(*) as n from {source} group by all"]
        if level != WHOLE_ONLY:
            parts += [
                f"select {code}, '{name}', coalesce(({one})::varchar, '{UNKNOWN}'), count(*) from {source} group by all"
                for name, one in dimensions.items()
            ]
        if level != WHOLE_ONLY and programs:
            each = f"(select *, unnest(program_semua) as p from {source})"
            parts.append(f"select {code}, 'program', p, count(*) from {each} group by all")
        if level == "provinsi" and programs:
            both = f"(select p, unnest(program_semua) as q from (select program_semua, unnest(program_semua) as p from {source}))"
            parts.append(f"select '31', '{PAIR}', p || '+' || q, count(*) from {both} where p < q group by all")
        for kode, dimension, value, count in con.execute(" union all ".join(parts)).fetchall():
            values[level, kode, dimension, value] = count
    parents: dict[Place, Place] = {}
    for upper, lower in zip(range(3), range(1, 4), strict=True):
        pair = f"select distinct {expressions[upper]}, {expressions[lower]} from {source}"
        for above, below in con.execute(pair).fetchall():
            parents[names[lower], below] = (names[upper], above)
    for level, kode, dimension, value in list(values):
        if dimension == "program":
            total = values[level, kode, ALL, ALL]
            values[level, kode, f"program:{value}", REST] = total - values[level, kode, dimension, value]
        elif dimension == PAIR:
            together = values[level, kode, dimension, value]
            for one in value.split("+"):
                values[level, kode, f"{PAIR}:{value}:{one}", REST] = values[level, kode, "program", one] - together
    return values, parents


Figure = tuple[str, str, str, str]


def _sums(values: dict[Figure, int], parents: dict[Place, Place]) -> list[tuple[Figure, tuple[Figure, ...]]]:
    """Every sum that a reader can do: a place is its parts, a total is its values, a program and the rest are everybody."""
    below: dict[Figure, list[Figure]] = defaultdict(list)
    across: dict[tuple[Figure, str], list[Figure]] = defaultdict(list)
    sums: list[tuple[Figure, tuple[Figure, ...]]] = []
    for cell in values:
        level, kode, dimension, value = cell
        whole = (level, kode, ALL, ALL)
        # What is left over in a place where nobody receives the program has no cell of its own: it is the place's whole.
        if value != REST and (parent := parents.get((level, kode))) is not None and (*parent, dimension, value) in values:
            below[(*parent, dimension, value)].append(cell)
        if dimension in DIMENSIONS:
            across[whole, dimension].append(cell)
        elif value == REST and dimension.startswith(f"{PAIR}:"):
            _, pair, one = dimension.split(":")
            sums.append(((level, kode, "program", one), ((level, kode, PAIR, pair), cell)))
        elif value == REST:
            sums.append((whole, ((level, kode, "program", dimension.partition(":")[2]), cell)))
    sums += [(total, tuple(parts)) for (total, _), parts in across.items()]
    sums += [(total, tuple(parts)) for total, parts in below.items()]
    return sums
