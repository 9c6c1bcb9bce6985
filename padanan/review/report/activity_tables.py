"""The tables of activeness: how much of DTKS was updated since the period before, by kota and kecamatan, each with its n (F46).

Counting is in `padanan/published/activity`; the indicator that reads them is in `renstra`.
"""

from __future__ import annotations

from collections.abc import Mapping

from padanan.base.format import decimal, number, threshold
from padanan.base.suppress import ALL, LIMIT, Cell, Cover, Sum, cover
from padanan.contracts.parts import INTEGRATED, with_role
from padanan.contracts.renstra import load_renstra
from padanan.pages.table import Cell as Shown
from padanan.pages.table import Column, Row, Table, count, heads, row, share, table, text
from padanan.published.activity import Activity, Updates, measure
from padanan.published.groups import OUTSIDE
from padanan.published.report import Report, publication_name

_COLUMNS = ("Catatan#", "Diperbarui#", "Bagian diperbarui#", "Kelurahan dinilai#", "Kelurahan aktif#")
_MEASURES = ("catatan", "diperbarui", "tetap")
_STATES = {True: Shown("aktif", css="baik", symbol="●"), False: Shown("belum aktif", css="awas", symbol="▲"),
           None: Shown("tidak diukur", css="redup", symbol="○")}  # fmt: skip


def activity(report: Report) -> Activity | None:
    """The updates of DTKS since the period before; None where they can't be measured."""
    counted = with_role(report.contracts, INTEGRATED)
    earlier = report.history.last_period
    if counted is None or earlier is None:
        return None
    name = publication_name(report.source.periode, *earlier)
    return measure(report.home, report.source, counted.id, earlier, name, load_renstra().active)


def active_kotas(report: Report, found: Activity | None) -> tuple[int, int]:
    """Active kota, and those of which that can be said."""
    states = [found.active(kota) for kota in report.facts.kota_names] if found else []
    return sum(state is True for state in states), sum(state is not None for state in states)


def activity_tables(report: Report, found: Activity) -> dict[str, Table]:
    """`keaktifan` by kota and `keaktifan_kecamatan`."""
    marks = _covered(found)
    rule = found.rule
    note = (
        f"Dibandingkan dengan {found.since}: catatan yang masuk, keluar, atau berubah NIK, nomor KK, hubungan keluarga atau "
        f"kelurahannya. Kelurahan aktif bila sedikitnya {threshold(rule.share)} dari sedikitnya {number(rule.least)} catatannya, "
        f"dan sedikitnya {number(rule.updated)} catatan, diperbarui; kota aktif bila sedikitnya "
        f"{decimal(rule.kelurahan * 100)}% kelurahan yang dinilai aktif."
    )
    kotas = [*report.facts.kota_names, *([OUTSIDE] if OUTSIDE in found.kotas else [])]
    rows = [_line(_kota(report, kota), (kota,), found.kotas.get(kota, Updates()), marks, _STATES[found.active(kota)])
            for kota in kotas]  # fmt: skip
    total = Updates()
    for part in found.kotas.values():
        total.add(part)
    foot = [_line("Jumlah", (ALL,), total, marks, Shown(""))]
    columns = heads("Kota", *_COLUMNS, "Keadaan")
    names = {line["kode"]: line["nama"] for line in report.source.rows(_DISTRICTS)}
    districts = [
        _line(f"{names.get(place[1], 'Tidak diketahui')}, {_kota(report, place[0])}", place, updates, marks)
        for place, updates in sorted(found.places.items())
    ]
    by_district: tuple[Column, ...] = heads("Kecamatan", *_COLUMNS)
    return {
        "keaktifan": table("tabel-keaktifan", "Pemutakhiran DTKS menurut kota", columns, rows, foot=foot, note=note),
        "keaktifan_kecamatan": table(
            "tabel-keaktifan-kecamatan", "Pemutakhiran DTKS menurut kecamatan", by_district, districts
        ),
    }  # fmt: skip


_DISTRICTS = "select distinct kode_kecamatan as kode, kecamatan as nama from wilayah"


def _kota(report: Report, code: str) -> str:
    return report.facts.kota_names.get(code, "Tidak terpetakan ke DKI")


def _line(name: str, path: tuple[str, ...], found: Updates, marks: Mapping[Cell, Cover], *more: Shown) -> Row:
    records, updated = marks.get((path, "catatan")), marks.get((path, "diperbarui"))
    cells = (
        count(found.records, records),
        count(found.updated, updated),
        share(found.updated, found.records, bool(records or updated)),
        count(found.judged),
        count(found.active),
    )
    return row(text(name), *cells, *more, baris="/".join(path))


def _covered(found: Activity) -> Mapping[Cell, Cover]:
    """Small counts and what would tell them: a place is its updated records and the others, a kota its kecamatan."""
    values: dict[Cell, int] = {}
    sums: list[Sum] = []
    paths: dict[tuple[str, ...], list[tuple[str, ...]]] = {(ALL,): [(kota,) for kota in found.kotas]}
    paths |= {(kota,): [place for place in found.places if place[0] == kota] for kota in found.kotas}
    counted: dict[tuple[str, ...], Updates] = {**{(kota,): own for kota, own in found.kotas.items()}, **found.places}
    for path, own in counted.items():
        values |= {(path, "catatan"): own.records, (path, "diperbarui"): own.updated, (path, "tetap"): own.records - own.updated}
    for measured in _MEASURES:
        values[(ALL,), measured] = sum(values[(kota,), measured] for kota in found.kotas)
        sums += [Sum((path, measured), tuple((part, measured) for part in parts)) for path, parts in paths.items()]
    lines = [*paths, *found.places]
    sums += [Sum((path, "catatan"), ((path, "diperbarui"), (path, "tetap"))) for path in lines]
    return cover(values, sums, fixed={((ALL,), name) for name in _MEASURES if values[(ALL,), name] >= LIMIT})
