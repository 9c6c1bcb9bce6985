"""The four matrices as sheets that are filled in: columns in the order of the form, locked and open cells, lists, widths.

What is printed stands in `forms`, what rows hold in `content` and `people`, what an answer may be in `returned`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from padanan.base.period import Quarter
from padanan.contracts.contract import Contract
from padanan.contracts.lp3ke import Reporting
from padanan.feedback.lp3ke import forms
from padanan.feedback.lp3ke.forms import Form
from padanan.forms.answers import NIK_LENGTH
from padanan.forms.sealed_book import Layout

CURE = "isi hanya sel berwarna pada buku kerja hasil 'padanan lp3ke make'"
TICK = "√"
SHEET = "Matriks {number}"
GUIDE = "Keterangan"
BEHIND = ("nomor", "berkas")
"""What the machine keeps behind every row: its place among how many, and the workbook that it belongs to; sealed."""
SOURCES = ("APBN", "APBD", "APBDes")
M2_COLUMNS = (
    "tujuan", "pd", "kode", "program", "kegiatan", "alokasi", "sumber", "lokasi", "sasaran", "kendala", "besaran", "waktu",
    "durasi",
)  # fmt: skip
M3_LOCKED = ("id_keluarga", "id_individu", "nama", "nik")
M3_OPENED = ("nik_benar", "jk", "hubungan", "verifikasi", "ditetapkan")
M4_COLUMNS = ("pd", "tugas", "program", "indikator", "capaian", "dampak", "keterangan")
M1_COLUMNS = ("ya", "tidak", "pihak", "tantangan", "keterangan")
LAST_QUARTER = 4
_PROVINCE = "Provinsi DKI Jakarta"


@dataclass(frozen=True)
class Program:
    """One column of Matriks 3: the contract that tells of it (None where the form prints a column without one), its heading."""

    contract: str | None
    heading: str
    value: str = ""
    """What the configuration says of everybody; empty where a contract tells."""

    @property
    def column(self) -> str:
        """The column's name inside the workbook."""
        return f"program {self.contract or self.heading}"


@dataclass(frozen=True)
class Programs:
    """The programs of Matriks 3, those of the centre and those of the daerah, in the order of their columns."""

    central: tuple[Program, ...]
    local: tuple[Program, ...]

    @property
    def every(self) -> tuple[Program, ...]:
        """All of them, from left to right."""
        return (*self.central, *self.local)


def programs_of(contracts: Mapping[str, Contract], reporting: Reporting) -> Programs:
    """One column a program contract; the printed headings stand where the form has them, the others extend to the right."""

    def of(origin: str) -> list[Program]:
        found = [item for item in contracts.values() if item.kind == "program" and item.program.get("asal") == origin]
        order = list(reporting.program)
        found.sort(key=lambda item: (order.index(item.id) if item.id in order else len(order), item.id))
        return [Program(item.id, _heading(item, reporting, coded=origin == "daerah")) for item in found]

    printed = tuple(Program(None, heading, value) for heading, value in reporting.printed.items())
    return Programs(tuple(of("pusat")), (*printed, *of("daerah")))


def _heading(contract: Contract, reporting: Reporting, *, coded: bool) -> str:
    line = reporting.program.get(contract.id)
    name = line.kolom if line else contract.name
    if not coded:
        return name
    return f"{name} {line.kode if line and line.kode else '(kode nomenklatur belum diisi)'}"


@dataclass(frozen=True)
class Book:
    """One workbook of one quarter: which matrix and edition, its name among the others, what its title says."""

    quarter: Quarter
    number: int
    edition: int
    name: str
    place: str = ""

    @property
    def mark(self) -> str:
        """The sealed text that ties a row to its workbook."""
        return f"LP3KE/{self.quarter.label}/{self.name}/{self.edition}"

    @property
    def sheet(self) -> str:
        """What its sheet is called."""
        return SHEET.format(number=self.number)

    @property
    def foot(self) -> str:
        """What every printed page names; never a person."""
        secret = " · memuat data pribadi, serahkan kembali atau musnahkan" if self.number == 3 else ""
        return f"LP3KE {self.quarter.label} · {self.sheet}{f' · {self.place}' if self.place else ''}{secret}"


def form_of(book: Book, programs: Programs, kota: str = "XX") -> Form:
    """The printed form of a workbook."""
    if book.number == 3:
        return forms.m3(kota, tuple(one.heading for one in programs.central), tuple(one.heading for one in programs.local))
    return {1: forms.M1, 2: forms.M2, 4: forms.M4}[book.number]


def layout_of(book: Book, form: Form, programs: Programs) -> Layout:
    """The sheet of a workbook."""
    told = f"{_PROVINCE} · {book.quarter.title}" + (f" · {book.place}" if book.place else "")
    common: dict[str, Any] = {
        "sheet": book.sheet,
        "purpose": f"LP3KE {book.number}",
        "cure": CURE,
        "note": form.title,
        "lines": (told, _SAID[book.number].format(quarter=book.quarter.title)),
        "above": form.above,
        "head": form.numbers,
        "opened_first": False,
    }
    if book.number == 1:
        return Layout(
            opened=M1_COLUMNS,
            locked=("uraian", "kunci", "judul", *BEHIND),
            hidden=("kunci", "judul", *BEHIND),
            closed="judul",
            choices={"ya": (TICK,), "tidak": (TICK,)},
            widths={"uraian": 52, "ya": 7, "tidak": 7, "pihak": 22, "tantangan": 22, "keterangan": 24},
            **common,
        )
    if book.number == 2:
        months = tuple(f"Ya, {month}" for month in book.quarter.months)
        return Layout(
            opened=M2_COLUMNS,
            locked=("no", *BEHIND),
            hidden=BEHIND,
            choices={"tujuan": ("1", "2", "3")},
            checks={
                "alokasi": {
                    "validate": "integer",
                    "criteria": ">=",
                    "value": 0,
                    "error_title": "Alokasi (Rp)",
                    "error_message": "Tulis rupiah bulat sebagai angka, tanpa Rp, titik atau koma.",
                },
                "sumber": {"validate": "list", "source": list(SOURCES), "error_type": "information"},
                "waktu": {"validate": "list", "source": ["Ya", "Tidak", *months], "error_type": "information"},
            },
            number_formats={"alokasi": "[$-421]#,##0"},
            widths={
                "no": 5, "tujuan": 9, "pd": 18, "kode": 10, "program": 18, "kegiatan": 16, "alokasi": 14, "sumber": 12,
                "lokasi": 20, "sasaran": 14, "kendala": 14, "besaran": 13, "waktu": 13, "durasi": 13,
            },
            **common,
        )  # fmt: skip
    if book.number == 3:
        columns = tuple(one.column for one in programs.every)
        return Layout(
            opened=(*M3_OPENED, *columns),
            locked=(*M3_LOCKED, "id_orang", *BEHIND),
            hidden=("id_orang", *BEHIND),
            choices={
                "jk": forms.SEXES,
                "hubungan": tuple(forms.RELATIONS.values()),
                "verifikasi": forms.VERIFIED,
                **dict.fromkeys(("ditetapkan", *columns), forms.YES_NO),
            },
            checks={
                "nik_benar": {
                    "validate": "custom",
                    "value": f"=AND(ISTEXT({{cell}}),LEN({{cell}})={NIK_LENGTH},ISNUMBER(VALUE({{cell}})))",
                    "error_title": f"NIK {NIK_LENGTH} angka",
                    "error_message": f"Tulis {NIK_LENGTH} angka menurut KTP, tanpa titik; kosongkan bila NIK kolom (4) benar.",
                }
            },
            widths={
                "id_keluarga": 16, "id_individu": 16, "nama": 22, "nik": 18, "nik_benar": 18, "jk": 11, "hubungan": 14,
                "verifikasi": 11, "ditetapkan": 11, **dict.fromkeys(columns, 10),
            },
            **common,
        )  # fmt: skip
    return Layout(
        opened=M4_COLUMNS,
        locked=("no", *BEHIND),
        hidden=BEHIND,
        shut=() if book.quarter.number == LAST_QUARTER else ("dampak",),
        widths={"no": 5, "pd": 24, "tugas": 28, "program": 24, "indikator": 22, "capaian": 20, "dampak": 20, "keterangan": 20},
        **common,
    )


_SAID = {
    1: f"Beri tanda {TICK} pada Ya atau Tidak untuk setiap butir, tidak keduanya. Isi hanya sel berwarna.",
    2: "Alokasi (7) rupiah bulat sebagai angka; waktu penyaluran (13): Tidak, Ya, atau Ya dengan bulannya pada {quarter}. "
    "Baris kosong di bawah untuk kegiatan lain. Isi hanya sel berwarna; baris tidak ditambah, dihapus atau diurutkan.",
    3: "Isi hanya sel berwarna: kolom (5) sampai (11). Baris tidak ditambah, dihapus atau diurutkan. Kosongkan (8) bila orangnya "
    "tidak ditemukan; ia dicatat pada catatan pengantar.",
    4: "Kolom (7) hanya diisi pada evaluasi triwulan terakhir. Baris kosong di bawah untuk program lain. Isi hanya sel berwarna; "
    "baris tidak ditambah, dihapus atau diurutkan.",
}


def guide_of(book: Book, form: Form) -> Sequence[tuple[str, str]]:
    """What the sheet with instructions says: those of the printed form, then those of the workbook."""
    first = [(form.table, form.title), ("Triwulan", book.quarter.title)]
    back = (
        "Mengembalikan",
        "Simpan sebagai XLSX dan serahkan kepada yang memberikannya. Sel terkunci bersegel: yang berubah ditolak dengan nama "
        "selnya.",
    )
    secret = (
        "Kerahasiaan",
        "Memuat data pribadi (UU 27/2022). Hanya untuk petugas yang tercatat menerima; hapus sesudah masa berlakunya.",
    )
    return [*first, *form.notes, back, *([secret] if book.number == 3 else [])]
