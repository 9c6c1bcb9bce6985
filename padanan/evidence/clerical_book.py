"""The workbook of the clerical queue: its columns, its locked and open cells.

How a sealed workbook is written and read stands in `padanan/forms/sealed_book`; no pair is chosen here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from padanan.base.book import READ_SIZE
from padanan.base.commit import writing
from padanan.forms.sealed_book import Layout, Row, formats, neutral, sealed_all, sealed_rows, workbook, write_sheet

SHEET = "antrean"
_TECHNICAL = ("sumber", "record_key", "register_key", "entity_key", "sidik", "id_penduduk")
LAYOUT = Layout(
    sheet=SHEET,
    purpose="klerikal",
    opened=("keputusan", "alasan"),
    locked=("nama_sumber", "peluang", "menyelesaikan", "daftar", "acuan", "uraian", *_TECHNICAL),
    hidden=_TECHNICAL,
    choices={"keputusan": ("padan", "bukan", "ragu")},
    titles={
        "keputusan": "Keputusan",
        "alasan": "Alasan (satu kalimat, tanpa NIK)",
        "nama_sumber": "Dari daftar",
        "peluang": "Peluang orang yang sama",
        "menyelesaikan": "Ikut selesai",
        "daftar": "Menurut daftar itu",
        "acuan": "Menurut register penduduk",
        "uraian": "Yang mendukung dan yang melawan",
    },
    widths={
        "keputusan": 11, "alasan": 18, "nama_sumber": 12, "peluang": 9, "menyelesaikan": 9, "daftar": 22, "acuan": 22,
        "uraian": 23,
    },
    filters=True,
    note=(
        "Apakah keduanya orang yang sama? Isi hanya kolom Keputusan (padan, bukan atau ragu) dan Alasan; sel lain terkunci. "
        "Ikut selesai: perkiraan berapa pasangan lain yang selesai oleh jawaban itu; yang terbanyak di atas."
    ),
    cure="pakai berkas hasil 'padanan clerical export' dan isi hanya kolom keputusan dan alasan",
)  # fmt: skip
COLUMNS = LAYOUT.columns
HEAD_ROWS = LAYOUT.head_row + 1


def cell_name(column: str, row: int) -> str:
    """`B7` of a column's name and a row."""
    return LAYOUT.cell(column, row)


def write(path: Path, rows: Iterable[Mapping[str, str]], told: str = "") -> None:
    """Writes the queue; every cell is text, so that no NIK is damaged and no value can be a formula.

    Args:
        told: period and revision, at the foot of each printed page.
    """
    with writing(path, mode=0o600) as draft:
        book = workbook(draft, "Antrean klerikal")
        safe = ({name: neutral(text) for name, text in cells.items()} for cells in rows)
        rows_and_seals = sealed_all(LAYOUT, safe)
        write_sheet(book, LAYOUT, rows_and_seals, formats(book, READ_SIZE), f"Antrean klerikal {told} · memuat data pribadi")
        book.close()


def read(path: Path) -> Iterator[Row]:
    """Rows of a queue, each proved against its seal; see `sealed_rows`."""
    return sealed_rows(path, LAYOUT)
