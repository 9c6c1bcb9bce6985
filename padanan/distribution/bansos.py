"""The suppressed figures of the accepted padanan's recipients (F53): people and families by program, source, overlap and place.

Counting and the sums are `aggregate`'s; here they are covered together with what the decree of the same revision shows or is
going to show, because a reader subtracts one from the other.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.base.sql import literal
from padanan.base.suppress import ALL, LIMIT, small
from padanan.contracts.contract import Contract, load_contracts
from padanan.distribution import aggregate
from padanan.distribution.aggregate import FAMILIES, FILE, NUMBER, PAIR, PEOPLE, PROGRAM, REST, SOURCE, Figure, Place
from padanan.distribution.prepare import prepared_folder
from padanan.distribution.shelf import proved
from padanan.published.cells.declared import Declared
from padanan.published.cells.model import Cells
from padanan.published.opened import Published, open_published
from padanan.published.proof import verify_published
from padanan.published.revisions import published_periods, revision_numbers
from padanan.records.decided import standing_acceptance
from padanan.records.review_log import read_log
from padanan.records.seals import seals
from padanan.records.steps import acceptance

OWN, DECREED = "padanan", "penetapan"
"""What the cells of either stand under where both are covered together."""
BESIDE = "di_luar_sasaran"
"""Never printed: recipients who are not in the data sasaran, which a reader gets by subtracting the decree's figure."""


@dataclass(frozen=True)
class Accepted:
    """The accepted revision of a period, its publication proved."""

    periode: Periode
    revisi: int
    day: date


@dataclass(frozen=True)
class Counted:
    """What was counted of it and how it is covered.

    Attributes:
        rows: the printed figures as `aggregate.as_rows` gives them, people before families.
        own: the recipients' cells.
        given: how the decree's figures were known: `agregat.json` of a published decree, or counted as its seal will.
    """

    rows: list[dict[str, Any]]
    own: Cells
    given: str


def newest_accepted(home: Home, periode: Periode | None = None) -> Accepted:
    """The accepted revision of a period, by default of the newest period that has one.

    Raises:
        PadananError: none was accepted, or its publication is not what was accepted.
    """
    for one in [periode] if periode is not None else reversed(published_periods(home)):
        log = read_log(home, one)
        if found := _accepted(home, one):
            told = standing_acceptance(home, log, one, found[-1])
            return Accepted(one, found[-1], date.fromisoformat(str(told["waktu"])[:10]))
    raise PadananError(
        f"belum ada revisi padanan yang diterima{f' untuk {periode.label}' if periode is not None else ''}",
        file=f"decisions/reviu/{periode.key}.jsonl" if periode is not None else "decisions/reviu",
        cure="terima dahulu satu revisi pada reviu ('padanan review accept'), atau pilih periode lain dengan --periode",
    )


def has_accepted(home: Home, periode: Periode) -> bool:
    """Whether an acceptance of a published revision of the period stands."""
    return bool(_accepted(home, periode))


def _accepted(home: Home, periode: Periode) -> list[int]:
    log = read_log(home, periode)
    return [revisi for revisi in revision_numbers(home, periode) if acceptance(log, revisi) is not None]


def source_sql(contracts: Mapping[str, Contract]) -> str:
    """SQL: whose programs somebody receives, of the list `program_semua`."""
    central = [one.id for one in contracts.values() if one.kind == "program" and one.properties.program is not None
               and one.properties.program.asal == "pusat"]  # fmt: skip
    listed = f"[{', '.join(literal(one) for one in central)}]::varchar[]"
    some = f"list_has_any(program_semua, {listed})"
    every = f"list_has_all({listed}, program_semua)"
    return f"case when {every} then 'pusat' when {some} then 'keduanya' else 'daerah' end"


def count_accepted(home: Home, found: Accepted) -> Counted:
    """Counts and covers.

    Raises:
        PadananError: a table of the publication was changed or lacks what is counted.
    """
    verify_published(home, found.periode, found.revisi)
    source = open_published(home, found.periode, found.revisi)
    try:
        _tables(source)
        dimensions = {NUMBER: aggregate.DIMENSIONS[NUMBER], SOURCE: source_sql(load_contracts())}
        people, parents = aggregate.counts(source.con, "penerima", dimensions, programs=True)
        families = aggregate.counts(source.con, "penerima_keluarga", {}, programs=True, pairs=False)
        decree, _ = aggregate.people_counts(source.con)
        printed, given = _printed(home, found, source.con)
    finally:
        source.con.close()
    own = cover(people, parents, decree, printed)
    rows = aggregate.as_rows(PEOPLE, people, own.solved.marks)
    in_families = Declared()
    _declare(in_families, *families)
    rows += aggregate.as_rows(FAMILIES, families[0], Cells.of(in_families).solved.marks)
    return Counted(rows, own, given)


def _tables(source: Published) -> None:
    """`penerima`: everybody of the padanan whom a program names; `penerima_keluarga`: their families; `sasaran`, `prioritas`: as
    the decree of this revision counts them.
    """
    programs = "coalesce(list_filter(string_split({}.program, ','), lambda x: x <> ''), [])"
    source.rows(
        f"create temp table penerima as select o.id_orang, s.id_keluarga, o.kode_kota, o.kode_kecamatan, o.kode_kelurahan,"
        f" {programs.format('o')} as program_semua from padanan_orang o left join sasaran s using (id_orang)"
        " where nullif(o.program, '') is not null"
    )
    first = ", ".join(
        f"nullif(arg_min(coalesce({name}, ''), id_orang), '') as {name}"
        for name in ("kode_kota", "kode_kecamatan", "kode_kelurahan")
    )
    # A family receives what any of its recipients does, and is counted where the first of them lives.
    source.rows(
        f"create temp table penerima_keluarga as select {first}, list_sort(list_distinct(flatten(list(program_semua))))"
        " as program_semua from penerima group by coalesce(id_keluarga, id_orang)"
    )
    source.rows(f"create temp table terpilih as select *, {programs.format('s')} as program_semua from sasaran s where terpilih")
    source.rows("drop view sasaran")
    source.rows("create temp table sasaran as from terpilih")
    if source.has("daftar_tanpa_program"):
        source.rows(
            "create temp table prioritas as select t.program as untuk_program, s.* from daftar_tanpa_program t"
            " join terpilih s using (id_orang)"
        )


def _printed(home: Home, found: Accepted, con: duckdb.DuckDBPyConnection) -> tuple[dict[Figure, bool], str]:
    """Whether each figure of people of the decree is printed: of one that was prepared from this revision, else as it will be."""
    for seal in reversed(seals(home, found.periode)):
        folder = prepared_folder(home, seal.periode, seal.ke)
        if int(seal.data["revisi"]) == found.revisi and folder.exists():
            proved(home, folder)
            rows, given = json.loads((folder / FILE).read_text(encoding="utf-8")), f"penetapan ke-{seal.ke}"
            break
    else:
        rows, given = json.loads(aggregate.text_of(con)), "penetapan yang akan dibuat dari revisi ini"
    names = ("tingkat", "kode_wilayah", "dimensi", "nilai")
    return {_cell(row, names): row["ditutup"] is None for row in rows if row["satuan"] == PEOPLE}, given


def _cell(row: Mapping[str, Any], names: Sequence[str]) -> Figure:
    level, place, dimension, value = (str(row[name]) for name in names)
    return level, place, dimension, value


def cover(
    people: Mapping[Figure, int], parents: Mapping[Place, Place], decree: Mapping[Figure, int], printed: Mapping[Figure, bool]
) -> Cells:
    """Covers recipients so that they tell nothing together with the decree's figures either.

    An agency knows its people of the decree, so all that a decree counts is taken as known: where few recipients are beside it
    the figure is covered. Where the decree covers its own, it is covered too unless five or more are beside it: every recipient
    is a greatest value for the decree's figure.

    Args:
        people, parents: recipients of the padanan. decree: the data sasaran of the same revision; see `aggregate.counts`.
        printed: figure of the decree -> whether it is printed; what is not there is not shown at all.
    """
    into = Declared()
    _declare(into, people, parents)
    for cell, part in beside(people, decree).items():
        rest = people[cell] - part
        hidden = not all(printed.get(one, True) for one in _parts(cell, decree))
        if small(rest):
            known = (DECREED, *cell)
            into.values[known] = part
            into.key.add(known)
            into.unseen.add(known)
            into.rest(cell, [known], (BESIDE, *cell))
        if small(rest) or (hidden and rest < LIMIT):
            into.forced.add(cell)
            into.key.discard(cell)
    return Cells.of(into)


def _declare(into: Declared, values: Mapping[Figure, int], parents: Mapping[Place, Place], of: tuple[str, ...] = ()) -> None:
    """Recipients with their sums, and who of those of one source does not receive a program of it."""
    aggregate.declare(into, values, parents, of)
    contracts = load_contracts()
    for level, place, dimension, value in values:
        key = (*of, level, place, dimension, value)
        if dimension == PROGRAM and key in into.key:
            into.yielding.add(key)
        if dimension != PROGRAM or value not in contracts:
            continue
        own = contracts[value].properties.program
        name = own.asal if own is not None else "daerah"
        parts = [cell for one in (name, "keduanya") if (cell := (*of, level, place, SOURCE, one)) in into.values]
        if not parts:
            continue
        whole = (*of, level, place, SOURCE, f"semua_{name}")
        if whole not in into.values:
            into.derived(whole, parts)
        into.rest(whole, [key], (*of, level, place, f"{SOURCE}:{value}", REST))


def beside(people: Mapping[Figure, int], decree: Mapping[Figure, int]) -> dict[Figure, int]:
    """Figure of the recipients -> what the decree counts of the same, wherever a reader can subtract the two."""
    return {cell: sum(decree[one] for one in parts) for cell in people if (parts := _parts(cell, decree))}


def _parts(cell: Figure, decree: Mapping[Figure, int]) -> list[Figure]:
    """The decree's figures that are a part of a figure of the recipients: the same one; of all recipients its one, two, more."""
    level, place, dimension, value = cell
    if value == REST or dimension not in (PROGRAM, PAIR, NUMBER, ALL):
        return []
    listed = [cell] if dimension != ALL else [(level, place, NUMBER, one) for one in ("1", "2", "3+")]
    return [one for one in listed if one in decree]


def together(
    people: Mapping[Figure, int],
    parents: Mapping[Place, Place],
    decree: Mapping[Figure, int],
    places: Mapping[Place, Place],
) -> Declared:
    """Every sum that a reader of both dashboards can do, for the audit: cells of `OWN`, of `DECREED`, and who is `BESIDE`."""
    into = Declared()
    aggregate.declare(into, decree, places, (DECREED,))
    _declare(into, people, parents, (OWN,))
    for cell in beside(people, decree):
        into.rest((OWN, *cell), [(DECREED, *part) for part in _parts(cell, decree)], (BESIDE, *cell))
    return into
