"""The tables of activeness: how much of DTKS was updated since the period before, by kota and kecamatan, each with its n (F46).

Counting is in `padanan/published/activity`; the indicator that reads them is in `renstra`.
"""

from __future__ import annotations

from padanan.base.format import decimal, number, threshold
from padanan.base.suppress import ALL
from padanan.pages.table import Cell as Shown
from padanan.pages.table import Column, Row, Table, count, counted, heads, part_of, row, table, text
from padanan.published.activity import Activity, Updates
from padanan.published.cells.matching import update_key
from padanan.published.groups import OUTSIDE
from padanan.published.report import Report

_COLUMNS = ("Catatan#", "Diperbarui#", "Bagian diperbarui#", "Kelurahan dinilai#", "Kelurahan aktif#")
_STATES = {True: Shown("aktif", css="baik", symbol="●"), False: Shown("belum aktif", css="awas", symbol="▲"),
           None: Shown("tidak diukur", css="redup", symbol="○")}  # fmt: skip


def activity(report: Report) -> Activity | None:
    """The updates of DTKS since the period before; None where they can't be measured."""
    return report.counts.activity


def active_kotas(report: Report, found: Activity | None) -> tuple[int, int]:
    """Active kota, and those of which that can be said."""
    states = [found.active(kota) for kota in report.facts.kota_names] if found else []
    return sum(state is True for state in states), sum(state is not None for state in states)


def activity_tables(report: Report, found: Activity) -> dict[str, Table]:
    """`keaktifan` by kota and `keaktifan_kecamatan`."""
    rule = found.rule
    note = (
        f"Dibandingkan dengan {found.since}: catatan yang masuk, keluar, atau berubah NIK, nomor KK, hubungan keluarga atau "
        f"kelurahannya. Kelurahan aktif bila sedikitnya {threshold(rule.share)} dari sedikitnya {number(rule.least)} catatannya, "
        f"dan sedikitnya {number(rule.updated)} catatan, diperbarui; kota aktif bila sedikitnya "
        f"{decimal(rule.kelurahan * 100)}% kelurahan yang dinilai aktif."
    )
    kotas = [*report.facts.kota_names, *([OUTSIDE] if OUTSIDE in found.kotas else [])]
    rows = [_line(report, _kota(report, kota), (kota,), found.kotas.get(kota, Updates()), _STATES[found.active(kota)])
            for kota in kotas]  # fmt: skip
    total = Updates()
    for part in found.kotas.values():
        total.add(part)
    foot = [_line(report, "Jumlah", (ALL,), total, Shown(""))]
    columns = heads("Kota", *_COLUMNS, "Keadaan")
    names = {line["kode"]: line["nama"] for line in report.source.rows(_DISTRICTS)}
    districts = [
        _line(report, f"{names.get(place[1], 'Tidak diketahui')}, {_kota(report, place[0])}", place, updates)
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


def _line(report: Report, name: str, path: tuple[str, ...], found: Updates, *more: Shown) -> Row:
    records, updated = update_key(path, "catatan"), update_key(path, "diperbarui")
    cells = (
        counted(report.cells, records),
        counted(report.cells, updated),
        part_of(report.cells, updated, records),
        count(found.judged),
        count(found.active),
    )
    return row(text(name), *cells, *more, baris="/".join(path))
