"""The cover letters (who receives which matrices, F42) and the cover note (files, counts, rows that the form has no value for).

Letters name no person; the note lists ids of the registry and lies among the files with names.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from padanan.base import disk
from padanan.base.book import FONT_SIZE, on_paper
from padanan.base.format import fingerprint, listed, number
from padanan.base.period import Quarter
from padanan.contracts.lp3ke import Recipient, Reporting
from padanan.feedback.lp3ke.docx import Paper
from padanan.feedback.lp3ke.people import Source
from padanan.feedback.lp3ke.verification import DISAGREE, NOT_FOUND, REFUSED
from padanan.forms.sealed_book import guide, neutral, workbook

NOTE = "catatan-pengantar.xlsx"
LIST = "Tidak ada nilainya"
WORDS = {
    NOT_FOUND: "tidak ditemukan",
    REFUSED: "menolak didata",
    DISAGREE: "hasil berbeda pada hari yang sama, menunggu keputusan",
}
TO_FILL = "[diisi]"


@dataclass(frozen=True)
class Outside:
    """A row of Matriks 3 whose result the form has no value for."""

    book: str
    row: int
    family: str
    person: str
    result: str


def write(
    folder: Path,
    books: Mapping[str, Mapping[str, Any]],
    reporting: Reporting,
    quarter: Quarter,
    edition: int,
    source: Source,
    counts: Mapping[str, int],
    outside: Sequence[Outside],
    notes: Sequence[str],
) -> list[str]:
    """Writes the letters and the note; returns their names."""
    made = []
    for key, recipient in reporting.recipients.items():
        name = f"surat-{key}.docx"
        _letter(folder / name, recipient, books, quarter, source, counts)
        made.append(name)
    _note(folder / NOTE, books, quarter, edition, source, counts, outside, notes)
    return [*made, NOTE]


def _letter(
    path: Path,
    recipient: Recipient,
    books: Mapping[str, Mapping[str, Any]],
    quarter: Quarter,
    source: Source,
    counts: Mapping[str, int],
) -> None:
    title = f"Laporan Pelaksanaan Percepatan Penghapusan Kemiskinan Ekstrem (LP3KE) {quarter.title}"
    paper = Paper(title)
    paper.title(title)
    paper.text(f"Nomor: {TO_FILL}")
    paper.text(f"Tanggal: {TO_FILL}")
    paper.text(f"Kepada Yth. {recipient.kepada}")
    if recipient.oleh:
        paper.text(f"Dari: {recipient.oleh}")
    named = listed([str(one) for one in recipient.matriks])
    paper.text(f"Bersama ini disampaikan LP3KE Matriks {named} Provinsi DKI Jakarta {quarter.title} ({recipient.dasar}).")
    if 3 in recipient.matriks:
        paper.text(f"Matriks 3 memuat {number(counts['orang'])} orang menurut {source.told}.")
    rows = [
        [f"Matriks {matrix}", number(len(own)), number(sum(one["baris"] for one in own))]
        for matrix in recipient.matriks
        for own in [[one for one in books.values() if one["matriks"] == matrix]]
    ]
    paper.table([["Lampiran", "Buku kerja", "Baris"]], rows, [4, 2, 2], spans=False)
    if recipient.tembusan:
        paper.head("Tembusan:")
        for place, name in enumerate(recipient.tembusan, 1):
            paper.text(f"{place}. {name}")
    paper.write(path)


def _note(
    path: Path,
    books: Mapping[str, Mapping[str, Any]],
    quarter: Quarter,
    edition: int,
    source: Source,
    counts: Mapping[str, int],
    outside: Sequence[Outside],
    notes: Sequence[str],
) -> None:
    book = workbook(path, f"Catatan pengantar LP3KE {quarter.title}")
    foot = f"LP3KE {quarter.label} · catatan pengantar · memuat data pribadi"
    texts = [
        ("Triwulan dan edisi", f"{quarter.title}, edisi ke-{edition}"),
        ("Data sasaran", source.told),
        ("Orang", f"{number(counts['orang'])} orang dalam {number(counts['baris'])} baris Matriks 3"),
        ("Tanpa ID P3KE", f"{number(counts['tanpa_id'])} orang: kolom (1) dan (2) kosong"),
        ("Tanpa NIK", f"{number(counts['tanpa_nik'])} orang: kolom (4) kosong; orangnya tetap dilaporkan"),
        ("Tanpa nama", f"{number(counts['tanpa_nama'])} orang tidak punya nama pada berkas identitas"),
        ("Terverifikasi", f"{number(counts['terverifikasi'])} baris"),
        (
            "Tidak ada nilainya",
            f"{number(len(outside))} baris: hasil kunjungan di luar Meninggal, Ditemukan dan Pindah; kolom (8) kosong, barisnya "
            f"pada lembar {LIST}",
        ),
        *(("Catatan", text) for text in notes),
        *(
            (f"Berkas {name}.xlsx", f"{number(one['baris'])} baris, {fingerprint(one['sha256'][:16])}")
            for name, one in books.items()
        ),
    ]
    guide(book, "Catatan", f"Catatan pengantar LP3KE {quarter.title}", texts, foot)
    sheet = book.add_worksheet(LIST)
    head = book.add_format({"bold": True, "border": 1, "text_wrap": True, "font_size": FONT_SIZE})
    cell = book.add_format({"num_format": "@", "border": 1, "font_size": FONT_SIZE})
    for place, (text, width) in enumerate(
        (("Buku kerja", 44), ("Baris", 8), ("ID Keluarga P3KE", 22), ("ID Individu P3KE", 22), ("Hasil", 34))
    ):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, text, head)
    for line, one in enumerate(outside, 1):
        texts_ = (one.book, str(one.row), one.family, one.person, WORDS[one.result])
        for place, text in enumerate(texts_):
            sheet.write_string(line, place, neutral(text), cell)
    sheet.protect("")
    on_paper(sheet, foot, head_row=0)
    book.close()
    disk.chmod(path, 0o600)
