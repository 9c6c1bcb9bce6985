"""The tables of ketepatan sasaran: poverty programs and kota, each figure with both its denominators (F46).

Counting is in `padanan/published/targeting`; the rows behind the figures, with names, are in TKPK's worklist.
"""

from __future__ import annotations

from collections.abc import Mapping

from padanan.base.suppress import ALL
from padanan.contracts.contract import Contract
from padanan.pages.table import Cell, Row, Table, counted, heads, part_of, row, table, text
from padanan.published.cells.declared import Key
from padanan.published.cells.model import Cells
from padanan.published.cells.places import kota_key, place_key
from padanan.published.groups import OUTSIDE
from padanan.published.report import Report
from padanan.published.targeting import INSIDE, Targeting
from padanan.published.wilayah import ROOT
from padanan.review.report.crosstab import Crosstab, crosstab

_COLUMNS = ("Penerima#", "Masuk data sasaran#", "Bagian penerima#", "Data sasaran#", "Bagian data sasaran#")


def targeting(report: Report) -> Targeting | None:
    """The figures of a publication; None where it is older than what they are counted from."""
    return report.counts.targeting


def targeting_tables(report: Report, found: Targeting) -> dict[str, Table]:
    """`ketepatan` by program and `ketepatan_kota` by kota."""
    return {"ketepatan": by_program(report.cells, report.contracts, found), "ketepatan_kota": _by_kota(report, found)}


def by_program(cells: Cells, contracts: Mapping[str, Contract], found: Targeting) -> Table:
    """Each program's recipients; the last line counts everybody once."""
    made, selected = crosstab(cells, "penerima/program"), place_key(ROOT, "sasaran")
    rows = [_line(made, name, contracts[name].name, selected) for name in found.programs]
    return table(
        "tabel-ketepatan",
        "Ketepatan sasaran menurut program untuk penduduk miskin",
        heads("Program", *_COLUMNS),
        rows,
        foot=[_line(made, ALL, "Orang berbeda", selected)],
        note="Penerima: yang tidak dihentikan, ditolak atau baru memohon. Program per keluarga mencatat satu orang tiap "
        "keluarga. Satu orang dapat menerima beberapa program.",
    )


def _by_kota(report: Report, found: Targeting) -> Table:
    kotas = [*report.facts.kota_names, OUTSIDE]
    made = crosstab(report.cells, "penerima/kota")
    rows = [_line(made, kota, report.facts.kota_names.get(kota, "Tidak terpetakan ke DKI"), kota_key(kota)) for kota in kotas]
    return table(
        "tabel-ketepatan-kota",
        "Ketepatan sasaran menurut kota tempat tinggal penerima",
        heads("Kota", *_COLUMNS),
        rows,
        foot=[_line(made, ALL, "Jumlah", place_key(ROOT, "sasaran"))],
    )


def _line(made: Crosstab, key: str, name: str, selected: Key) -> Row:
    """One line; `selected` is the data sasaran that the program is held against."""
    keys = made.cross.keys
    cells: tuple[Cell, ...] = (
        made.cell(key, ALL),
        made.cell(key, INSIDE),
        part_of(made.cells, keys[key, INSIDE], keys[key, ALL]),
        counted(made.cells, selected),
        part_of(made.cells, keys[key, INSIDE], selected),
    )
    return row(text(name), *cells, baris=key)
