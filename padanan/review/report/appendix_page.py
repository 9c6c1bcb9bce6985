"""The page Lampiran: the way to every page that is not a main one, and to the files and folders beside the report.

Pages say themselves what they are; here they are only listed, so that none can be forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping

from padanan.forms.handover import KITS, WORKLISTS, folder_of
from padanan.pages.layout import MAIN_PAGES, page
from padanan.pages.page import Page
from padanan.published.report import Report, kota_page, producer_page
from padanan.review.decision.form import FORM, can_offer
from padanan.review.report.map_pages import KINDS

FILE = "lampiran.html"
# Groups by heading; a page that is named in none stands in the last.
GROUPS: Mapping[str, tuple[str, ...]] = {
    "Mutu data": ("penghalang.html", "aturan.html", "kiriman.html", "neraca.html", "perubahan.html"),
    "Peta": tuple(kind.file for kind in KINDS.values()),
    "Orang dan wilayah": ("daftar.html", "kelompok.html", "penduduk.html", "irisan.html", "indikator.html"),
    "Dasar": ("kriteria.html", "kalender.html", "metode.html", "analis.html"),
}
OTHERS, PRODUCERS, KOTAS = "Lainnya", "Produsen", "Kota dan kabupaten administrasi"


def appendix_page(report: Report, pages: Mapping[str, Page]) -> dict[str, Page]:
    """`lampiran.html`.

    Args:
        report: for the frame, the order of producers and kota.
        pages: every other page of the report by file name.
    """
    left = {name: made for name, made in pages.items() if name not in MAIN_PAGES}
    groups: dict[str, list[dict[str, str]]] = {}
    wanted = dict(GROUPS)
    wanted[KOTAS] = tuple(kota_page(node.code) for node in report.tree.root.children)
    wanted[PRODUCERS] = tuple(producer_page(contract) for contract in report.facts.rows)
    for heading, names in wanted.items():
        groups[heading] = [_line(name, left.pop(name)) for name in names if name in left]
    groups[OTHERS] = [_line(name, made) for name, made in left.items()]
    shown = [{"judul": heading, "halaman": lines} for heading, lines in groups.items() if lines]
    return {FILE: page(report, "lampiran.html.j2", {}, kelompok=shown, formulir=_form(report), folder=_folders(report))}


def _form(report: Report) -> str:
    return FORM if can_offer(report.home, report.source.periode) else ""


def _folders(report: Report) -> list[dict[str, str]]:
    """What is made of a revision beside its report, by the folder of the data home: a page can't lead out of its own folder."""
    home, periode, revisi = report.home, report.source.periode, report.source.revisi
    places = (
        ("Dokumen rancangan", "laporan ke Asisten, berita acara, rancangan Keputusan Gubernur dan lampirannya",
         home.decree(periode) / "dokumen" / f"rev-{revisi}"),
        ("Lembar kerja lapangan", "dibuat bila diminta; memuat nama, diserahkan dengan tanda terima",
         folder_of(home, WORKLISTS, periode, revisi)),
        ("Paket produsen", "dibuat bila diminta; satu zip untuk tiap produsen", folder_of(home, KITS, periode, revisi)),
    )  # fmt: skip
    return [{"nama": name, "tentang": told, "jalur": path.relative_to(home.root).as_posix()} for name, told, path in places]


def _line(name: str, made: Page) -> dict[str, str]:
    return {"berkas": name, "judul": made.title, "tentang": made.about}
