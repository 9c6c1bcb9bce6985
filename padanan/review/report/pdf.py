"""The review report and a producer's page as PDF/UA: the words, pictures and tables of the finished pages, set by Typst.

Figures come from the pages alone; reading them is in `page_blocks`, the chair's two pages in `brief`, layout in `laporan.typ`.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from padanan.base import disk
from padanan.base import format as id_format
from padanan.base.pdf_pack import packed
from padanan.base.typeset import typeset
from padanan.pages.page import Page
from padanan.published.report import Report, kota_page, producer_page
from padanan.review.report.brief import brief
from padanan.review.report.page_blocks import Block, blocks
from padanan.review.report.signoff import sign_off

FILE = "laporan-mutu.pdf"
TEMPLATE = Path(__file__).with_name("laporan.typ")
AGENCY = "Pemerintah Provinsi DKI Jakarta · Tim Koordinasi Penanggulangan Kemiskinan"
# After the first page, in this order; a page that a report does not have is left out.
CHAPTERS = (
    "mutu.html", "penghalang.html", "aturan.html", "kiriman.html", "neraca.html", "pemadanan.html", "irisan.html",
    "indikator.html", "wilayah.html", "perubahan.html", "kelompok.html", "daftar.html", "penduduk.html", "kriteria.html",
)  # fmt: skip
# Of the first page: the card and the headline figures stand in the brief, the lines to sign after every chapter.
ELSEWHERE = frozenset({"saran", "alasan", "angka", "tanda"})


def write_pdf(report: Report, pages: Mapping[str, Page], path: Path) -> None:
    """Writes the whole report, the chair's two pages first; the same pages and log give the same bytes.

    Args:
        report: for the period, revision, fingerprint and places.
        pages: the finished pages by file name.
        path: the file to write.

    Raises:
        PadananError: the decision log is broken.
    """
    sign = sign_off(report)
    head = printed_head(sign)
    found = [{"jenis": "judul", "tingkat": 2, "teks": "Keputusan"}, *blocks(pages["index.html"], level=3, without=ELSEWHERE)]
    producers = [producer_page(contract_id) for contract_id in report.facts.rows]
    places = [kota_page(node.code) for node in report.tree.root.children]
    for name in (*CHAPTERS, *producers, *places, "metode.html", "analis.html"):
        if name in pages:
            found += [
                {"jenis": "judul", "tingkat": 2, "teks": pages[name].title},
                *blocks(pages[name], level=3),
            ]
    found.append(_signatures(report, sign))
    disk.write_bytes(path, _set(report, "Laporan mutu data dan pemadanan", found, head, brief(report, pages)))


def producer_pdf(report: Report, pages: Mapping[str, Page], contract_id: str) -> bytes:
    """One producer's page, for its kit; it speaks of nobody else."""
    page = pages[producer_page(contract_id)]
    return _set(report, f"Laporan mutu: {page.title}", blocks(page), printed_head(sign_off(report)))


def printed_head(sign: Mapping[str, Any]) -> str:
    """The head of the decision log as the sign-off block tells it."""
    if sign["rusak"]:
        return "log tidak terbaca, jalankan padanan verify"
    return str(sign["kepala"] or "belum ada keputusan")


def _set(report: Report, title: str, found: list[Block], head: str, opening: Mapping[str, Any] | None = None) -> bytes:
    source = report.source
    figures: dict[str, Any] = {
        "judul": title,
        "instansi": AGENCY,
        "keterangan": f"Periode penetapan {source.periode.title} ({source.periode.label}: "
        f"{id_format.day(source.periode.start)} sampai {id_format.day(source.periode.end)}), revisi {source.revisi}, "
        f"data yang diterima sampai {id_format.day(str(source.manifest['cutoff']))}.",
        "periode": source.periode.label,
        "revisi": str(source.revisi),
        "sidik": id_format.fingerprint(source.manifest_sha256),
        "kepala": head,
        "ringkas": opening,
        "isi": found,
    }
    return packed(typeset(TEMPLATE, figures))


def _signatures(report: Report, sign: Mapping[str, Any]) -> Block:
    source = report.source
    return {
        "jenis": "tanda",
        "judul": "Pengesahan reviu",
        "kalimat": [
            f"Yang bertanda tangan telah membaca laporan ini untuk periode {source.periode.label} revisi {source.revisi}, pada "
            f"terbitan dengan nilai hash {id_format.fingerprint(source.manifest_sha256)}. Setiap angkanya dapat dihitung kembali "
            "dari tabel terbitan itu.",
            f"Keadaan reviu: {sign['keadaan'] or '–'}. Kepala log keputusan: {printed_head(sign)}.",
        ],
        "pihak": [
            {
                "peran": line["peran"][:1].upper() + line["peran"][1:],
                "nama": line["nama"] or "[nama diisi]",
                "jabatan": line["jabatan"] or "[jabatan diisi]",
            }
            for line in sign["baris"]
        ],
    }
