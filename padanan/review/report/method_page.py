"""The page of definitions: how to read the figures, every rule, the criteria, and the versions behind them.

Rules and contracts speak for themselves; nothing is counted here.
"""

from __future__ import annotations

from padanan.base import format as id_format
from padanan.contracts.agencies import load_agencies
from padanan.contracts.contract import expectations_dir
from padanan.contracts.rules import DIMENSIONS
from padanan.pages.layout import page
from padanan.pages.page import Page
from padanan.pages.table import RULE, Cell, Table, heads, row, rule_cell, table, text
from padanan.published.report import Report


def method_page(report: Report) -> dict[str, Page]:
    """`metode.html`."""
    manifest = report.source.manifest
    rules = {item.rule.id: item.rule for item in report.facts.rules}
    stored = any("kode_kota" in item for item in manifest.get("rules") or ())
    contracts = [item.contract for item in report.deliveries.values() if item.in_force or item.used]
    tables = {
        "aturan": table(
            "tabel-definisi",
            "Aturan yang berlaku pada periode ini",
            (RULE, *heads("Dimensi", "Tahap", "Definisi")),
            [
                row(rule_cell(rule), text(DIMENSIONS[rule.dimension]), text(rule.stage), text(rule.definisi, "lebar"))
                for _, rule in sorted(rules.items())
            ],
            label="Definisi aturan",
        ),
        "kontrak": table(
            "tabel-kontrak",
            "Kontrak yang dipakai",
            heads("Kontrak", "Versi", "Pemilik", "Satuan", "Aturan#", "Berlaku"),
            [
                row(
                    text(item.name),
                    text(str(item.version)),
                    text(item.owner),
                    text(item.unit),
                    Cell(str(len(item.rules)), len(item.rules), "n"),
                    text(
                        f"{id_format.day(item.in_force_from)} sampai "
                        + (id_format.day(item.in_force_to) if item.in_force_to else "dicabut")
                    ),
                )
                for item in contracts
            ],
            label="Versi kontrak",
        ),
        "instansi": _agencies(report),
    }
    versions = [
        ("Kode program", str(manifest.get("code_version", "–"))),
        ("Kontrak dan aturan", str(manifest.get("expectations_version", "–"))),
        ("Keputusan", str(manifest.get("decisions_version", "–"))),
        ("Masukan putaran", str(manifest.get("inputs_hash", "–"))),
        ("Nilai hash terbitan", report.source.manifest_sha256),
    ]
    made = page(
        report,
        "metode.html.j2",
        tables,
        kriteria_kalimat=report.criteria_told,
        kriteria_semua=report.criteria.kriteria,
        penyebut_kota="Penyebut per kota adalah catatan yang dinilai di kota itu."
        if stored
        else "Penyebut per kota adalah semua catatan produsen itu di kota itu.",
        versi=[(name, id_format.fingerprint(value)) for name, value in versions],
    )
    return {"metode.html": made}


def _agencies(report: Report) -> Table:
    """Every agency by its short and full name of the cut-off day, and what it was called before."""
    rows = []
    for agency_id, agency in load_agencies(expectations_dir()).instansi.items():
        named = agency.on(report.cutoff)
        before = (f"{one.nama} ({one.singkat}), sampai {id_format.day(one.sampai)}" for one in agency.dahulu if one is not named)
        rows.append(row(text(named.singkat), text(named.nama), text("; ".join(before)), instansi=agency_id))
    columns = heads("Disebut", "Nama lengkap", "Nama lain dan hari terakhirnya")
    return table("tabel-instansi", "Instansi yang disebut laporan ini", columns, rows, label="Instansi")
