"""One kit as a byte-equal zip: workbook of rows, report page and PDF, receipts, README.

Rows come from `rows`; which kits are made, and where they lie, is decided in `make`.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from padanan.base import disk
from padanan.base.book import READ_SIZE, height, on_paper
from padanan.base.format import fingerprint
from padanan.base.home import Home
from padanan.base.warehouse import connect_warehouse
from padanan.contracts.contract import Contract
from padanan.contracts.planned import PlannedContract
from padanan.contracts.retention import RECEIPT
from padanan.forms.sealed_book import Styles, formats, neutral, put, workbook
from padanan.pages.folder import FONTS
from padanan.pages.page import Page
from padanan.published.report import Report, producer_page
from padanan.published.run_plan import RunPlan
from padanan.review.kit.page import standalone
from padanan.review.kit.rows import Sheet, sheets, summary
from padanan.review.report.pdf import producer_pdf

DAY = (1980, 1, 1, 0, 0, 0)
SHEET_ROWS = 1_000_000  # below Excel's 1,048,576: the rest goes on in the next sheet
README = "BACA-DULU.txt"
# Of a receipt's papers the one that no person reads.
_MACHINE = ("tanda_terima.json",)
# Where a receipt lies -> what its name in the kit says.
_FATE = {"landing": "", "held": "ditahan", "quarantine": "karantina"}


@dataclass(frozen=True)
class Asked:
    """One kit to be made, with all that a process of its own needs for it.

    Attributes:
        contract: the producer as the run plan holds it. whole: its contract.
        report: what the kit holds of the report (`report_papers`).
        path: the zip to write.
    """

    home: Home
    plan: RunPlan
    contract: PlannedContract
    whole: Contract
    report: Mapping[str, bytes]
    path: Path


def write_kit(asked: Asked) -> dict[str, int]:
    """Writes one zip. Names are sorted and carry no time, so that the same rows give the same bytes.

    Returns:
        Rows of each sheet, and `tanda_terima`.
    """
    home, plan, contract, path = asked.home, asked.plan, asked.contract, asked.path
    parts: dict[str, bytes] = {}
    terms = [item for item in plan.data.lapangan.tugas if item.producer == contract.id]
    counts = {}
    book_path = path.with_suffix(".xlsx.tmp")
    con = connect_warehouse(home)
    try:
        tables = sheets(home, contract, asked.whole, terms, plan.data.lapangan.terjawab)
        foot = f"{contract.name} · {plan.periode.label} revisi {plan.revisi} · memuat data pribadi"
        counts = _book(con, tables, book_path, f"Baris kiriman {contract.id}", foot)
        parts["baris.xlsx"] = book_path.read_bytes()
    finally:
        con.close()
        disk.unlink(book_path, missing_ok=True)
    parts |= asked.report
    receipts = _receipts(home, plan, contract.id)
    parts |= {name: content for papers in receipts for name, content in papers.items()}
    parts[README] = _readme(plan, contract, counts, parts).encode()
    with disk.filling(path), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for name in sorted(parts):
            info = zipfile.ZipInfo(name, DAY)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o600 << 16
            archive.writestr(info, parts[name])
    return {**counts, "tanda_terima": len(receipts)}


def _book(con: duckdb.DuckDBPyConnection, tables: list[Sheet], path: Path, title: str, foot: str) -> dict[str, int]:
    """The workbook of rows: all text, no formula; a full sheet goes on in the next one."""
    book = workbook(path, title, streamed=True)
    styles = formats(book, READ_SIZE)
    counts, look = {}, styles.cell(opened=False)
    for table in tables:
        written, sheet = 0, None
        for row in table.rows(con):
            if sheet is None or written % SHEET_ROWS == 0:
                sheet = _sheet(book, table, written // SHEET_ROWS, styles, foot)
            line = 2 + written % SHEET_ROWS
            cells = [neutral(value or "") for value in row]
            tall = height(zip(cells, table.widths, strict=True), styles.size)
            put(book, sheet, line, tall, cells, [look] * len(cells), written + 1)
            written += 1
        if sheet is None:
            _sheet(book, table, 0, styles, foot)
        counts[table.name.lower().replace(" ", "_")] = written
    book.close()
    return counts


def _sheet(book: Any, table: Sheet, part: int, styles: Styles, foot: str) -> Any:
    sheet = book.add_worksheet(table.name if not part else f"{table.name} {part + 1}")
    for place, width in enumerate(table.widths):
        sheet.set_column(place, place, width)
    last = len(table.columns) - 1
    sheet.set_row(0, height([(table.note, sum(table.widths))], styles.size))
    sheet.merge_range(0, 0, 0, last, table.note, styles.note)
    sheet.set_row(1, height(((name, width * 0.9) for name, width in zip(table.columns, table.widths, strict=True)), styles.size))
    for place, name in enumerate(table.columns):
        sheet.write_string(1, place, name, styles.cell(opened=False, head=True))
    sheet.autofilter(1, 0, 1, last)
    sheet.freeze_panes(2, 0)
    on_paper(sheet, f"{foot} · {table.name}", head_row=1, size=styles.size)
    return sheet


def report_papers(report: Report, pages: Mapping[str, Page], producer: str) -> dict[str, bytes]:
    """The producer's page of the report, standing alone, and the same page as PDF."""
    name = producer_page(producer)
    fonts = {f"font/{path.name}": path for path in FONTS.iterdir()}
    return {
        f"laporan/{name}": standalone(pages[name].html, fonts).encode(),
        f"laporan/{Path(name).with_suffix('.pdf')}": producer_pdf(report, pages, producer),
    }


def _receipts(home: Home, plan: RunPlan, producer: str) -> list[dict[str, bytes]]:
    """The papers of every receipt of the producer up to the cut-off, of held and refused deliveries too."""
    found = []
    for base in _FATE:
        for manifest in sorted((home.root / base / producer).rglob("manifest.json")):
            papers = [path for name in RECEIPT if name not in _MACHINE and (path := manifest.with_name(name)).exists()]
            facts = json.loads(manifest.read_text(encoding="utf-8"))
            received = str(facts.get("diterima") or "")[:10]
            if papers and (not received or received <= plan.cutoff.isoformat()):
                # A file refused first and taken in later has two receipts: what became of it tells them apart.
                address, _, again = manifest.parent.name.removeprefix("delivery=").partition("~")
                parts = (received or "tanpa-tanggal", fingerprint(address), _FATE[base], again)
                name = "-".join(part for part in parts if part)
                found.append({f"tanda-terima/{name}{path.suffix}": path.read_bytes() for path in papers})
    return found


def _readme(plan: RunPlan, contract: PlannedContract, counts: Mapping[str, int], parts: Mapping[str, bytes]) -> str:
    """Three paragraphs, then the files with their counts."""
    out = io.StringIO()
    out.write(f"Paket produsen: {contract.name}\n{plan.periode.label}, revisi {plan.revisi}\n\n")
    out.write(
        f"Paket ini menerangkan apa yang ditemukan pada kiriman {contract.owner} untuk periode {plan.periode.label}: "
        f"{summary(contract)}. Bacalah laporan lebih dulu; isinya sama dengan halaman produsen pada laporan mutu TKPK. Tanda "
        "terima menyebut hitungan baris setiap kiriman.\n\n"
    )
    out.write(
        "Berkas baris.xlsx memuat tiga lembar: celah per baris dengan kolom, nilai dan aturannya, nilai yang diperbaiki waktu "
        "dibaca, dan baris yang disisihkan. Perbaikilah di sumbernya, lalu kirim ulang seluruh berkas dengan kolom nomor bertipe "
        "teks; kiriman baru menggantikan kiriman dengan masa data yang sama. Aturan yang menyebut Adminduk hanya dasar untuk "
        "memeriksa, bukan alasan menghentikan bantuan.\n\n"
    )
    out.write(
        "Paket ini memuat data pribadi dari kiriman produsen ini sendiri dan tidak memuat nilai dari daftar lain. Simpan dengan "
        "hak akses terbatas, jangan diteruskan lewat surat elektronik terbuka, dan hapus sesudah selesai; penyerahannya dicatat "
        "(UU 27/2022).\n\n"
    )
    rows = {"baris.xlsx": ", ".join(f"{name.replace('_', ' ')} {n} baris" for name, n in counts.items())}
    out.write("Isi paket\n")
    for name in sorted(parts):
        size = f"{len(parts[name]):,}".replace(",", ".")
        out.write(f"- {name}: {rows.get(name, f'{size} bita')}\n")
    out.write(f"\nNilai hash revisi: {fingerprint(plan.inputs_hash)}\n")
    return out.getvalue()
