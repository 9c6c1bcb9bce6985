"""The tables of ketepatan sasaran: poverty programs and kota, each figure with both its denominators (F46).

Counting is in `padanan/published/targeting`; the rows behind the figures, with names, are in TKPK's worklist.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress

from padanan.base.suppress import ALL, Cover, small
from padanan.contracts.contract import Contract
from padanan.pages.table import Cell, Row, Table, count, heads, row, share, table, text
from padanan.published.groups import OUTSIDE
from padanan.published.opened import NotPublished
from padanan.published.report import Report
from padanan.published.targeting import INSIDE, OUT, Targeting, measure
from padanan.published.wilayah import ROOT
from padanan.review.report.crosstab import Crosstab, crosstab

_COLUMNS = ("Penerima#", "Masuk data sasaran#", "Bagian penerima#", "Data sasaran#", "Bagian data sasaran#")
_SIDES = (INSIDE, OUT)


def targeting(report: Report) -> Targeting | None:
    """The figures of a publication; None where it is older than what they are counted from."""
    with suppress(NotPublished):
        return measure(report.source, report.contracts, report.facts.rows)
    return None


def targeting_tables(report: Report, found: Targeting) -> dict[str, Table]:
    """`ketepatan` by program and `ketepatan_kota` by kota."""
    return {"ketepatan": by_program(report.contracts, found), "ketepatan_kota": _by_kota(report, found)}


def by_program(contracts: Mapping[str, Contract], found: Targeting) -> Table:
    """Each program's recipients; the last line counts everybody once."""
    totals = {INSIDE: found.inside, OUT: found.people - found.inside}
    made = crosstab(found.by_program, found.programs, _SIDES, totals=totals)
    rows = [_line(made, name, contracts[name].name, found.selected, None) for name in found.programs]
    return table(
        "tabel-ketepatan",
        "Ketepatan sasaran menurut program untuk penduduk miskin",
        heads("Program", *_COLUMNS),
        rows,
        foot=[_line(made, ALL, "Orang berbeda", found.selected, None)],
        note="Penerima: yang tidak dihentikan, ditolak atau baru memohon. Program per keluarga mencatat satu orang tiap "
        "keluarga. Satu orang dapat menerima beberapa program.",
    )


def _by_kota(report: Report, found: Targeting) -> Table:
    kotas = [*report.facts.kota_names, OUTSIDE]
    made = crosstab(found.by_kota, kotas, _SIDES)
    rows = [
        _line(
            made,
            kota,
            report.facts.kota_names.get(kota, "Tidak terpetakan ke DKI"),
            found.target.get(kota, 0),
            report.tree.covered.get(((*ROOT, kota), "sasaran")),
        )
        for kota in kotas
    ]
    return table(
        "tabel-ketepatan-kota",
        "Ketepatan sasaran menurut kota tempat tinggal penerima",
        heads("Kota", *_COLUMNS),
        rows,
        foot=[_line(made, ALL, "Jumlah", found.selected, None)],
    )


def _line(made: Crosstab, key: str, name: str, selected: int, mark: Cover | None) -> Row:
    """One line; the people of the data sasaran whom the program does not reach are few nowhere, or the share goes."""
    inside, people = made.values[key, INSIDE], made.values[key, ALL]
    hidden = (key, INSIDE) in made.covered
    cells: tuple[Cell, ...] = (
        made.cell(key, ALL),
        made.cell(key, INSIDE),
        share(inside, people, hidden or (key, ALL) in made.covered or (key, OUT) in made.covered),
        count(selected, mark),
        share(inside, selected, hidden or mark is not None or small(selected - inside)),
    )
    return row(text(name), *cells, baris=key)
