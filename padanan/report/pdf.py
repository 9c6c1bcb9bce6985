"""The review report and a producer's page as PDF/UA: the words and tables of the finished pages, set by Typst.

Figures come from the pages alone; reading them is in `page_blocks`, layout in `laporan.typ`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from padanan.home import Home
from padanan.period import Periode
from padanan.report import format as id_format
from padanan.report.model import Page, Report, kota_page, producer_page
from padanan.report.page_blocks import Block, blocks
from padanan.review.log import EMPTY_HEAD, log_path, read_log
from padanan.typeset import typeset

FILE = "laporan-mutu.pdf"
TEMPLATE = Path(__file__).with_name("laporan.typ")
AGENCY = "Pemerintah Provinsi DKI Jakarta · Tim Koordinasi Penanggulangan Kemiskinan"
# After the index, in this order; a page that a report does not have is left out.
CHAPTERS = ("padanan.html", "perubahan.html")
# Sections of the index that are a picture only.
PICTURES = frozenset({"lintasan"})
PARTIES = ("Sekretariat TKPK", "Diskominfo", "Asisten Kesejahteraan Rakyat Sekda")


def write_pdfs(report: Report, pages: Mapping[str, Page], folder: Path) -> None:
    """Writes `laporan-mutu.pdf` and one PDF a producer; the same pages and log give the same bytes.

    Args:
        report: for the period, revision, fingerprint and places.
        pages: the finished pages by file name.
        folder: where the pages stand.

    Raises:
        PadananError: the decision log is broken.
    """
    head = log_head(report.home, report.source.periode)
    found = blocks(pages["index.html"], without=PICTURES)
    places = [kota_page(node.code) for node in report.tree.root.children]
    for name in (*CHAPTERS, *places, "metode.html"):
        if name in pages:
            found += [{"jenis": "judul", "tingkat": 2, "teks": pages[name].title}, *blocks(pages[name], level=3)]
    found.append(_signatures(report, head))
    (folder / FILE).write_bytes(_set(report, "Laporan mutu data dan pemadanan", found, head))
    for contract_id in report.facts.rows:
        name = producer_page(contract_id)
        (folder / name).with_suffix(".pdf").write_bytes(producer_pdf(report, pages[name], head))


def producer_pdf(report: Report, page: Page, head: str) -> bytes:
    """One producer's page, which its kit takes along; it speaks of nobody else."""
    return _set(report, f"Laporan mutu: {page.title}", blocks(page), head)


def log_head(home: Home, periode: Periode) -> str:
    """The head of a period's decision log as printed."""
    head = read_log(home, periode).head if log_path(home, periode).exists() else EMPTY_HEAD
    return "belum ada keputusan" if head == EMPTY_HEAD else id_format.fingerprint(head)


def _set(report: Report, title: str, found: list[Block], head: str) -> bytes:
    source = report.source
    figures: dict[str, Any] = {
        "judul": title,
        "instansi": AGENCY,
        "keterangan": f"Periode penetapan {source.periode.label} ({id_format.day(source.periode.start)} sampai "
        f"{id_format.day(source.periode.end)}), revisi {source.revisi}, data yang diterima sampai "
        f"{id_format.day(str(source.manifest['cutoff']))}.",
        "periode": source.periode.label,
        "revisi": str(source.revisi),
        "sidik": id_format.fingerprint(source.manifest_sha256),
        "kepala": head,
        "isi": found,
    }
    return typeset(TEMPLATE, figures)


def _signatures(report: Report, head: str) -> Block:
    source = report.source
    return {
        "jenis": "tanda",
        "judul": "Lembar pengesahan",
        "kalimat": [
            f"Laporan ini memuat hasil pembersihan dan pemadanan data periode {source.periode.label} revisi {source.revisi}. "
            "Setiap angkanya dapat dihitung kembali dari tabel terbitan dengan sidik jari "
            f"{id_format.fingerprint(source.manifest_sha256)}.",
            f"Kepala log keputusan reviu ketika laporan dicetak: {head}.",
            "Keputusan reviu (menerima, meminta padanan ulang, atau mengecualikan penghalang) dicatat di log keputusan dengan "
            "nama, waktu dan alasan; tanda tangan di bawah ini menyatakan laporan telah dibaca.",
        ],
        "pihak": list(PARTIES),
    }
