"""The workbook of one kelurahan: instructions, Verifikasi, Validasi, corrections at the source, and a sheet for the machine.

What a sealed sheet is stands in `padanan/forms/sealed_book`; which rows there are is decided in `rows`, what an answer may be in
`findings`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from padanan.base import disk
from padanan.base.errors import PadananError
from padanan.base.format import day, fingerprint
from padanan.contracts.agencies import load_agencies
from padanan.contracts.contract import expectations_dir
from padanan.contracts.field_parts import AT_SOURCE, VISIT
from padanan.forms.answers import DATE_LOOK, NIK_LENGTH, shown
from padanan.forms.sealed_book import Layout, formats, guide, neutral, sealed_all, workbook, write_sheet
from padanan.review.worklist.asked import BOLD_LINES

GUIDE = "Petunjuk"
RESULTS: Mapping[str, tuple[str, ...]] = {
    "Verifikasi": ("ditemukan", "ditemukan_perlu_segera", "pindah", "meninggal", "tidak_ditemukan", "menolak"),
    "Validasi": ("layak", "layak_perlu_segera", "tidak_layak", "perlu_ditinjau"),
    "Perbaikan sumber": ("diperbaiki", "sudah_benar", "tidak_dapat_diperbaiki"),
}
"""What may be answered on each sheet; people write and read the words with blanks."""
URGENT = "_perlu_segera"
"""What a result ends with when the person needs help at once (§3.1.3.4.i)."""
YES_NO = ("ya", "tidak")
_CURE = "isi hanya kolom berwarna pada berkas hasil 'padanan worklist make'"
_DATE_FORMAT = "[$-421]d mmm yyyy"


def _list_of(words: Sequence[str]) -> str:
    told = [shown(word) for word in words]
    return f"{', '.join(told[:-1])} atau {told[-1]}"


def _checks(earliest: date | None) -> dict[str, dict[str, Any]]:
    """What a spreadsheet asks of an open cell as it is typed; `findings` asks again, and more."""
    checks: dict[str, dict[str, Any]] = {
        "nik_benar": {
            "validate": "custom",
            "value": f"=AND(ISTEXT({{cell}}),LEN({{cell}})={NIK_LENGTH},ISNUMBER(VALUE({{cell}})))",
            "error_title": f"NIK {NIK_LENGTH} angka",
            "error_message": f"Tulis {NIK_LENGTH} angka menurut KTP atau kartu keluarga, tanpa titik.",
        },
        "petugas": {
            "validate": "length",
            "criteria": ">=",
            "value": 2,
            "error_title": "Nama petugas",
            "error_message": "Tulis nama orang yang datang.",
        },
    }
    if earliest:
        checks["tanggal"] = {
            "validate": "date",
            "criteria": "between",
            "minimum": earliest,
            "maximum": "=TODAY()",
            "error_title": "Tanggal kunjungan",
            "error_message": f"Tulis hari, bulan, tahun, misalnya {DATE_LOOK}; antara {day(earliest)} dan hari ini.",
        }
    return checks


def layouts(earliest: date | None = None) -> dict[str, Layout]:
    """The sheets that are filled in, by name.

    Args:
        earliest: no visit was before; None where a workbook is only read.
    """
    checks = _checks(earliest)
    note = "Isi hanya kolom berwarna; tulis tanggal dan nama petugas pada setiap orang yang didatangi."
    titles = {
        "hasil": "Hasil (lihat kata di atas)",
        "orang": "Rumah dan orang",
        "tanya": "Yang ditanyakan",
        "nik_benar": "NIK menurut KTP atau KK, 16 angka",
        "alamat_benar": "Alamat yang benar, bila lain",
        "domisili": "Tinggal di alamat ini? (ya atau tidak)",
        "tanggal": "Tanggal",
        "petugas": "Nama petugas",
        "catatan": "Catatan",
        "sumber": "Menurut daftar",
        "celah": "Yang diperbaiki",
        "diminta": "Yang diminta, oleh siapa, paling lambat",
    }

    def layout(sheet: str, opened: tuple[str, ...], widths: Mapping[str, float], said: str, **more: Any) -> Layout:
        return Layout(
            sheet=sheet,
            opened=opened,
            choices={"hasil": tuple(shown(word) for word in RESULTS[sheet])} | more.pop("choices", {}),
            titles=titles,
            widths=widths,
            checks={name: check for name, check in checks.items() if name in opened},
            number_formats={"tanggal": _DATE_FORMAT},
            bold={"orang": BOLD_LINES},
            note=f"{said} Hasil: {_list_of(RESULTS[sheet])}.",
            cure=_CURE,
            opened_first=False,
            **more,
        )

    visit = {"purpose": "kunjungan", "locked": ("orang", "tanya", "rumah", "id_orang", "berkas")}
    visit |= {"hidden": ("rumah", "id_orang", "berkas"), "group": "rumah"}
    agencies = load_agencies(expectations_dir())
    made = (
        layout(
            "Verifikasi",
            ("hasil", "nik_benar", "alamat_benar", "tanggal", "petugas", "catatan"),
            {"orang": 26, "tanya": 31, "hasil": 12, "nik_benar": 19, "alamat_benar": 13, "tanggal": 13, "petugas": 10,
             "catatan": 10},
            f"Verifikasi oleh kader dasawisma ({agencies.of('verifikasi').singkat}). {note}",
            **visit,
        ),
        layout(
            "Validasi",
            ("hasil", "domisili", "tanggal", "petugas", "catatan"),
            {"orang": 26, "tanya": 33, "hasil": 15, "domisili": 13, "tanggal": 13, "petugas": 14, "catatan": 20},
            f"Validasi oleh pendamsos ({agencies.of('validasi').singkat}). {note}",
            choices={"domisili": YES_NO},
            **visit,
        ),
        layout(
            "Perbaikan sumber",
            ("hasil", "tanggal", "petugas", "catatan"),
            {"sumber": 14, "orang": 26, "celah": 26, "diminta": 20, "hasil": 14, "tanggal": 13, "petugas": 11, "catatan": 10},
            "Diperbaiki oleh penanggung jawab di datanya sendiri; tidak perlu kunjungan. Isi hanya kolom berwarna.",
            purpose="tugas",
            locked=("sumber", "orang", "celah", "diminta", "id_tugas", "berkas"),
            hidden=("id_tugas", "berkas"),
            group="sumber",
        ),
    )  # fmt: skip
    return {one.sheet: one for one in made}


MACHINE = Layout(
    sheet="Untuk mesin",
    purpose="mesin",
    opened=(),
    locked=("nomor", "saluran", "id_orang", "id_tugas", "kode", "alasan", "rincian", "sumber", "tindak_lanjut", "pemilik",
            "pelaku", "tenggat", "record_key", "berkas"),
    widths={"alasan": 44, "kode": 30},
    note="Satu baris satu tugas. Dibaca program ketika berkas kembali; jangan diubah.",
    cure=_CURE,
)  # fmt: skip
"""Which tasks stand behind each line of the other sheets: what reading back relies on. It is hidden, and not printed."""


@dataclass(frozen=True)
class Stamp:
    """What every file of a revision carries: period, revision and fingerprint of the contracts; `cutoff` is its last delivery."""

    label: str
    revisi: int
    contracts: str
    cutoff: date

    @property
    def mark(self) -> str:
        """The sealed text that ties a row to its revision."""
        return f"{self.label}/rev-{self.revisi}/{fingerprint(self.contracts)}"

    @classmethod
    def of(cls, label: str, revisi: int, manifest: Mapping[str, Any]) -> Stamp:
        """The stamp of a publication."""
        return cls(label, revisi, manifest["expectations_version"], date.fromisoformat(str(manifest["cutoff"])[:10]))

    @property
    def told(self) -> str:
        """The same for people, at the foot of each page."""
        return f"{self.label} revisi {self.revisi}"


def write(
    path: Path, place: str, stamp: Stamp, tasks: Sequence[Mapping[str, str]], people: Sequence[Mapping[str, str]]
) -> dict[str, int]:
    """Writes one workbook, mode 0600; the same rows give the same bytes.

    Args:
        tasks: all tasks of the file; those of the field stand in the sheet for the machine, behind the people.
        people: who is visited, each once, in the order of the way.

    Returns:
        Rows by kind: `lapangan` and `sumber` tasks, `prelist` people, counted as they were written.

    Raises:
        PadananError: Verifikasi and Validasi did not get the same people, or a task of the field has none.
    """
    book = workbook(path, "Daftar tugas lapangan", streamed=True, rows=len(tasks) + 2 * len(people))
    styles = formats(book)
    sheets = layouts(stamp.cutoff)
    foot = f"{stamp.told} · {place} · memuat data pribadi, serahkan kembali atau musnahkan"
    corrections = [_corrected(row) for row in tasks if row["saluran"] == AT_SOURCE]
    visits = [row for row in tasks if row["saluran"] == VISIT]
    behind = [{**row, "nomor": f"{number} dari {len(tasks)}"} for number, row in enumerate([*visits, *corrections], 1)]
    _guide(book, place, stamp, len(people), len(corrections))
    lines = list(stamped(sheets["Verifikasi"], map(_line, people), stamp))
    verify = write_sheet(book, sheets["Verifikasi"], lines, styles, f"{foot} · Verifikasi")
    validate = write_sheet(book, sheets["Validasi"], lines, styles, f"{foot} · Validasi")
    if verify != validate or {row["id_orang"] for row in visits} != {row["id_orang"] for row in people}:
        raise PadananError("lembar Verifikasi dan Validasi tidak memuat orang yang sama", file=path.name, cure="jalankan ulang")
    layout = sheets["Perbaikan sumber"]
    written = write_sheet(book, layout, stamped(layout, corrections, stamp), styles, f"{foot} · Perbaikan")
    told = write_sheet(book, MACHINE, stamped(MACHINE, behind, stamp), styles, foot)
    book.get_worksheet_by_name(MACHINE.sheet).hide()
    book.close()
    disk.chmod(path, 0o600)
    return {VISIT: told - written, AT_SOURCE: written, "prelist": verify}


def _line(row: Mapping[str, str]) -> dict[str, str]:
    return {**row, "tanya": f"{row['tanya']}\nPaling lambat {row['tenggat']}."}


def _corrected(row: Mapping[str, str]) -> dict[str, str]:
    detail = f"\n({row['rincian']})" if row["rincian"] else ""
    asked = f"{row['tindak_lanjut']}\n{row['pelaku']}\n{row['tenggat']}"
    return {**row, "celah": f"{row['alasan']}{detail}", "diminta": asked}


def stamped(layout: Layout, rows: Iterable[Mapping[str, str]], stamp: Stamp) -> Iterator[tuple[Mapping[str, str], str]]:
    """Rows' locked cells with the stamp, neutral to a spreadsheet, each with its seal."""
    names = [name for name in layout.locked if name != "berkas"]
    return sealed_all(layout, ({name: neutral(row[name]) for name in names} | {"berkas": stamp.mark} for row in rows))


def _guide(book: Any, place: str, stamp: Stamp, people: int, corrections: int) -> None:
    agencies = load_agencies(expectations_dir())
    texts = [
        ("Periode dan revisi", stamp.told),
        ("Nilai hash kontrak", fingerprint(stamp.contracts)),
        ("Isi", f"{people} orang untuk didatangi, {corrections} perbaikan di sumber"),
        (
            "Verifikasi",
            f"Diisi kader dasawisma, {agencies.of('verifikasi').first()}: temui orangnya, tanyakan, pilih hasil, tulis NIK dan "
            "alamat menurut dokumen.",
        ),
        ("Validasi", f"Diisi pendamsos, {agencies.of('validasi').first()}, bagi orang yang sama: pilih hasil dan domisili."),
        ("Urutan", "Menurut RW, RT dan alamat. Nomor 12.1 berarti rumah ke-12, orang pertama; garis tebal membuka rumah baru."),
        ("Hasil", "Pilih dari daftar, juga bila tidak bertemu. Setiap hasil disertai tanggal dan nama petugas."),
        (
            "Perlu segera",
            "'ditemukan perlu segera' atau 'layak perlu segera': orangnya perlu dibantu tahun ini juga; pejabat memutuskannya.",
        ),
        ("NIK", f"{NIK_LENGTH} angka menurut KTP atau kartu keluarga; kosongkan bila dokumennya tidak ada."),
        ("Tanggal", f"Hari, bulan, tahun: {DATE_LOOK}, 12-1-2026 atau 12/01/2026."),
        ("Perbaikan sumber", "Diperbaiki penanggung jawab di datanya sendiri, tanpa kunjungan."),
        ("Bendera", "Catatan meninggal, pindah atau ganda sering keliru: periksa, bantuan tidak dihentikan karenanya."),
        ("Tanpa NIK", "Orang tanpa NIK tetap dilayani dan tetap di daftar; arahkan ke Disdukcapil."),
        ("Mencetak", "Kertas A4 mendatar, cetak lembar Verifikasi atau Validasi saja. Huruf dan lebar kolom sudah diatur."),
        ("Mengembalikan", "Salin isian kertas ke berkas ini, simpan sebagai XLSX, serahkan kepada yang memberikannya."),
        (
            "Kerahasiaan",
            "Memuat data pribadi (UU 27/2022). Hanya untuk petugas yang tercatat menerima; hapus sesudah masa berlakunya.",
        ),
    ]
    guide(book, GUIDE, f"Daftar tugas lapangan: {place}", texts, stamp.told)
