"""The suppressed figures of a decree: people by wilayah, desil, sex, age and program, no cell that tells of fewer than five.

Which cells are covered is `base.suppress`' method; how a page shows them is no matter of here.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import duckdb

from padanan.base.suppress import ALL, Cell, Sum, cover

FILE = "agregat.json"
DIMENSIONS = ("desil", "jk", "kelompok_umur")
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
    """The figures of a prepared file as JSON: a list of {tingkat, kode_wilayah, dimensi, nilai, jumlah | null, ditutup}."""
    con = duckdb.connect(str(database), read_only=True)
    try:
        values, parents = _counts(con)
    finally:
        con.close()
    # How many people a decree holds stands in its seal.
    covered = cover(cast("Mapping[Cell, int]", values), _sums(values, parents), fixed={("provinsi", "31", ALL, ALL)})
    rows = [
        {
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
    return json.dumps(rows, ensure_ascii=False, separators=(",", ":")) + "\n"


Place = tuple[str, str]


def _counts(con: duckdb.DuckDBPyConnection) -> tuple[dict[tuple[str, str, str, str], int], dict[Place, Place]]:
    """Cells (level, code, dimension, value) -> people, and each place's parent."""
    values: dict[tuple[str, str, str, str], int] = {}
    names, expressions = list(LEVELS), list(LEVELS.values())
    for level, code in LEVELS.items():
        parts = [f"select {code} as kode, '{ALL}' as dimensi, '{ALL}' as nilai, count(*) as n from sasaran group by all"]
        if level != WHOLE_ONLY:
            parts += [
                f"select {code}, '{one}', coalesce({one}::varchar, '{UNKNOWN}'), count(*) from sasaran group by all"
                for one in DIMENSIONS
            ]
            each = "(select *, unnest(program_semua) as p from sasaran)"
            parts.append(f"select {code}, 'program', p, count(*) from {each} group by all")
        for kode, dimension, value, count in con.execute(" union all ".join(parts)).fetchall():
            values[level, kode, dimension, value] = count
    parents: dict[Place, Place] = {}
    for upper, lower in zip(range(3), range(1, 4), strict=True):
        pair = f"select distinct {expressions[upper]}, {expressions[lower]} from sasaran"
        for above, below in con.execute(pair).fetchall():
            parents[names[lower], below] = (names[upper], above)
    for level, kode, dimension, value in list(values):
        if dimension == "program":
            total = values[level, kode, ALL, ALL]
            values[level, kode, f"program:{value}", REST] = total - values[level, kode, dimension, value]
    return values, parents


def _sums(values: dict[tuple[str, str, str, str], int], parents: dict[Place, Place]) -> list[Sum]:
    """Every sum that a reader can do: a place is its parts, a total is its values, a program and the rest are everybody."""
    below: dict[tuple[str, str, str, str], list[Cell]] = defaultdict(list)
    across: dict[tuple[str, str, str, str], list[Cell]] = defaultdict(list)
    sums: list[Sum] = []
    for cell in values:
        level, kode, dimension, value = cell
        if (parent := parents.get((level, kode))) is not None and (*parent, dimension, value) in values:
            below[(*parent, dimension, value)].append(cell)
        if dimension in DIMENSIONS:
            across[level, kode, ALL, ALL].append(cell)
        elif value == REST:
            program = (level, kode, "program", dimension.partition(":")[2])
            sums.append(Sum((level, kode, ALL, ALL), (program, cell)))
    for total, parts in across.items():
        for one in DIMENSIONS:
            sums.append(Sum(total, tuple(cell for cell in parts if isinstance(cell, tuple) and cell[2] == one)))
    sums += [Sum(total, tuple(parts)) for total, parts in below.items()]
    return sums
