"""The workbook of one kelurahan: instructions, Verifikasi, Validasi, corrections at the source, and the prelist.

What a sealed sheet is stands in `padanan/forms/sealed_book`; which rows there are is decided in `rows`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from padanan.base import disk
from padanan.base.errors import PadananError
from padanan.base.format import fingerprint
from padanan.contracts.agencies import load_agencies
from padanan.contracts.contract import expectations_dir
from padanan.contracts.field_parts import AT_SOURCE, VISIT
from padanan.forms.sealed_book import Layout, Row, formats, neutral, sealed, sealed_rows, workbook, write_sheet

GUIDE = "Petunjuk"
_TITLES = {
    "id_tugas": "No. tugas",
    "nama": "Nama",
    "nik": "NIK",
    "no_kk": "No. KK",
    "tgl_lahir": "Tanggal lahir",
    "jk": "L/P",
    "alamat": "Alamat",
    "rt": "RT",
    "rw": "RW",
    "sumber": "Menurut daftar",
    "alasan": "Alasan",
    "rincian": "Rincian",
    "tindak_lanjut": "Yang diminta",
    "pemilik": "Penanggung jawab",
    "pelaku": "Semua pelaku",
    "tenggat": "Tenggat",
    "kode": "Kode alasan",
    "jumlah_tugas": "Banyak tugas",
    "status": "Status",
    "status_identitas": "Status identitas",
    "pertanyaan": "Pertanyaan",
    "hasil": "Hasil",
    "nik_benar": "NIK menurut dokumen",
    "alamat_benar": "Alamat yang benar",
    "tanggal": "Tanggal (YYYY-MM-DD)",
    "petugas": "Nama petugas",
    "catatan": "Catatan",
    "domisili": "Tinggal di alamat ini",
}
_WIDTHS = {
    "id_tugas": 18, "nama": 26, "nik": 19, "no_kk": 19, "tgl_lahir": 12, "jk": 5, "alamat": 28, "rt": 5, "rw": 5, "sumber": 20,
    "alasan": 44, "rincian": 22, "tindak_lanjut": 24, "pemilik": 20, "pelaku": 26, "tenggat": 16, "kode": 20, "hasil": 16,
    "nik_benar": 19, "alamat_benar": 26, "tanggal": 13, "petugas": 18, "catatan": 26, "domisili": 12, "jumlah_tugas": 9,
    "pertanyaan": 44,
}  # fmt: skip
SEEN = ("nama", "nik", "no_kk", "tgl_lahir", "jk", "alamat", "rt", "rw")
_ASKED = ("id_tugas", *SEEN, "sumber", "alasan", "rincian", "tindak_lanjut", "pemilik", "pelaku", "tenggat")
_HIDDEN = ("kode", "id_orang", "record_key", "berkas")
_LOCKED = (*_ASKED, *_HIDDEN)
_CURE = "isi hanya kolom berwarna pada berkas hasil 'padanan worklist make'"
_NOTE = "Isi hanya kolom berwarna. Sel lain terkunci; berkas dengan sel terkunci yang berubah ditolak."

VERIFICATION = Layout(
    sheet="Verifikasi",
    purpose="tugas",
    opened=("hasil", "nik_benar", "alamat_benar", "tanggal", "petugas", "catatan"),
    locked=_LOCKED,
    hidden=_HIDDEN,
    choices={"hasil": ("ditemukan", "pindah", "meninggal", "tidak_ditemukan", "menolak")},
    titles=_TITLES,
    widths=_WIDTHS,
    note=f"Verifikasi lapangan oleh kader dasawisma (DPPAPP). {_NOTE}",
    cure=_CURE,
    opened_first=False,
)
VALIDATION = replace(
    VERIFICATION,
    sheet="Validasi",
    opened=("hasil", "domisili", "tanggal", "petugas", "catatan"),
    choices={"hasil": ("layak", "tidak_layak", "perlu_ditinjau"), "domisili": ("ya", "tidak")},
    note=f"Validasi lapangan oleh pendamsos (Dinsos). {_NOTE}",
)
CORRECTION = replace(
    VERIFICATION,
    sheet="Perbaikan sumber",
    opened=("hasil", "tanggal", "petugas", "catatan"),
    choices={"hasil": ("diperbaiki", "sudah_benar", "tidak_dapat_diperbaiki")},
    note=f"Diperbaiki oleh penanggung jawab di sumbernya; tidak perlu kunjungan. {_NOTE}",
)
PRELIST = Layout(
    sheet="Prelist",
    purpose="prelist",
    opened=(),
    locked=(
        *SEEN,
        "pertanyaan",
        "status_identitas",
        "status",
        "jumlah_tugas",
        "alasan",
        "tenggat",
        "kode",
        "id_orang",
        "berkas",
    ),
    hidden=("id_orang", "berkas"),
    titles=_TITLES,
    widths={**_WIDTHS, "kode": 40},
    note="Satu baris terbuka per orang yang perlu dilihat di lapangan, dengan satu pertanyaan dan semua alasannya (§3.1.3.4.e).",
    cure=_CURE,
)
SHEETS = {"Verifikasi": VERIFICATION, "Validasi": VALIDATION, "Perbaikan sumber": CORRECTION}


@dataclass(frozen=True)
class Stamp:
    """What every file of a revision carries: period, revision and fingerprint of the contracts."""

    label: str
    revisi: int
    contracts: str

    @property
    def mark(self) -> str:
        """The sealed text that ties a row to its revision."""
        return f"{self.label}/rev-{self.revisi}/{fingerprint(self.contracts)}"


def write(
    path: Path, place: str, stamp: Stamp, tasks: Sequence[Mapping[str, str]], people: Sequence[Mapping[str, str]]
) -> dict[str, int]:
    """Writes one workbook, mode 0600; the same rows give the same bytes.

    Returns:
        Rows by kind: `lapangan`, `sumber`, `prelist`, counted as they were written.

    Raises:
        PadananError: Verifikasi and Validasi did not get the same rows.
    """
    book = workbook(path, "Daftar tugas lapangan", constant_memory=True)
    styles = formats(book)
    visits = [sealed_row(VERIFICATION, row, stamp) for row in tasks if row["saluran"] == VISIT]
    corrections = [sealed_row(VERIFICATION, row, stamp) for row in tasks if row["saluran"] == AT_SOURCE]
    lines = [sealed_row(PRELIST, row, stamp) for row in people]
    _guide(book, place, stamp, len(visits), len(corrections), len(lines))
    verify = write_sheet(book, VERIFICATION, visits, styles)
    validate = write_sheet(book, VALIDATION, visits, styles)
    if verify != validate:
        raise PadananError("lembar Verifikasi dan Validasi tidak sama banyak", file=path.name, cure="jalankan ulang")
    counts = {
        VISIT: verify,
        AT_SOURCE: write_sheet(book, CORRECTION, corrections, styles),
        "prelist": write_sheet(book, PRELIST, lines, styles),
    }
    book.close()
    disk.chmod(path, 0o600)
    return counts


def sealed_row(layout: Layout, row: Mapping[str, str], stamp: Stamp) -> tuple[dict[str, str], str]:
    """A row's locked cells with the stamp, neutral to a spreadsheet, and their seal."""
    cells = {name: neutral(row[name]) for name in layout.locked if name != "berkas"} | {"berkas": stamp.mark}
    return cells, sealed(layout, cells)


def _guide(book: Any, place: str, stamp: Stamp, visits: int, corrections: int, lines: int) -> None:
    agencies = load_agencies(expectations_dir())
    texts = [
        ("Periode dan revisi", f"{stamp.label}, revisi {stamp.revisi}"),
        ("Nilai hash kontrak", fingerprint(stamp.contracts)),
        ("Isi", f"{visits} tugas lapangan, {corrections} perbaikan di sumber, {lines} orang di prelist"),
        (
            "Verifikasi",
            f"Diisi kader dasawisma, {agencies.of('verifikasi').first()}: temui orangnya, pilih hasil, tulis NIK dan "
            "alamat menurut dokumen.",
        ),
        ("Validasi", f"Diisi pendamsos, {agencies.of('validasi').first()}, untuk tugas yang sama: pilih hasil dan domisili."),
        ("Perbaikan sumber", "Diperbaiki penanggung jawab di datanya sendiri, tanpa kunjungan."),
        ("Bendera", "Catatan meninggal, pindah atau ganda sering keliru: periksa, bantuan tidak dihentikan karenanya."),
        ("Tanpa NIK", "Orang tanpa NIK tetap dilayani dan tetap di daftar; arahkan ke Disdukcapil."),
        (
            "Kerahasiaan",
            "Memuat data pribadi (UU 27/2022). Hanya untuk petugas yang tercatat menerima; hapus sesudah masa berlakunya.",
        ),
    ]
    guide(book, GUIDE, f"Daftar tugas lapangan: {place}", texts)


def guide(book: Any, name: str, title: str, texts: Sequence[tuple[str, str]]) -> None:
    """The sheet that says what the workbook holds: a title, then what each thing is."""
    sheet = book.add_worksheet(name)
    bold, wrap = book.add_format({"bold": True, "font_size": 13}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 90)
    sheet.write_string(0, 0, title, bold)
    for number, (what, text) in enumerate(texts, 2):
        sheet.write_string(number, 0, what, wrap)
        sheet.write_string(number, 1, text, wrap)
    sheet.protect("")


def filled(path: Path, stamp: Stamp) -> Iterator[tuple[str, Row]]:
    """Rows of a filled-in workbook that carry an answer: (sheet, row), seals and answers checked.

    Raises:
        PadananError: a locked cell was edited, a file of another revision, a formula, a word that is no choice; with the cell.
    """
    for name, layout in SHEETS.items():
        for row in sealed_rows(path, layout):
            if row.cells["berkas"] != stamp.mark:
                raise PadananError(
                    "berkas ini dari revisi atau kontrak lain",
                    file=path.name,
                    place=f"lembar {name} baris {row.number}",
                    cure="pakai berkas revisi yang sedang berjalan",
                )
            for column, words in layout.choices.items():
                if row.cells[column] and row.cells[column] not in words:
                    raise PadananError(
                        f"isi bukan salah satu dari: {', '.join(words)}",
                        file=path.name,
                        place=f"lembar {name} sel {layout.cell(column, row.number)}",
                        cure="pilih dari daftar pilihan sel itu",
                    )
            if any(row.cells[column] for column in layout.opened):
                yield name, row
