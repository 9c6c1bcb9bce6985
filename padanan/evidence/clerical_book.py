"""The workbook of the clerical queue: its columns, its locked and open cells.

How a sealed workbook is written and read stands in `padanan/forms/sealed_book`; no pair is chosen here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from padanan.base.commit import writing
from padanan.forms.sealed_book import Layout, Row, formats, neutral, sealed, sealed_rows, workbook, write_sheet

SHEET = "antrean"
_SIDES = (
    "nama_bersih",
    "nama_ibu_bersih",
    "tgl_lahir",
    "jk",
    "nik_bersih",
    "kk_bersih",
    "alamat_jalan",
    "rt",
    "rw",
    "kode_kelurahan",
)
_TECHNICAL = ("record_key", "register_key", "entity_key", "sidik", "id_penduduk")
_SHOWN = (
    "sumber",
    "peluang",
    "bobot",
    "menyelesaikan",
    *(f"{side}_{name}" for name in _SIDES for side in ("daftar", "acuan")),
    "uraian",
)
LAYOUT = Layout(
    sheet=SHEET,
    purpose="klerikal",
    opened=("keputusan", "alasan"),
    locked=(*_SHOWN, *_TECHNICAL),
    hidden=_TECHNICAL,
    choices={"keputusan": ("padan", "bukan", "ragu")},
    widths={"keputusan": 12, "alasan": 36},
    note=(
        "Isi hanya kolom keputusan (padan, bukan, ragu) dan alasan. Kolom menyelesaikan: perkiraan berapa pasangan lain yang "
        "ikut selesai oleh jawaban itu; yang terbanyak di atas. "
        "Sel lain terkunci; berkas dengan sel terkunci yang berubah ditolak."
    ),
    cure="pakai berkas hasil 'padanan clerical export' dan isi hanya kolom keputusan dan alasan",
)
COLUMNS = LAYOUT.columns
HEAD_ROWS = LAYOUT.head_row + 1


def cell_name(column: str, row: int) -> str:
    """`B7` of a column's name and a row."""
    return LAYOUT.cell(column, row)


def write(path: Path, rows: Iterable[Mapping[str, str]]) -> None:
    """Writes the queue; every cell is text, so that no NIK is damaged and no value can be a formula."""
    with writing(path, mode=0o600) as draft:
        book = workbook(draft, "Antrean klerikal")
        safe = ({name: neutral(text) for name, text in cells.items()} for cells in rows)
        write_sheet(book, LAYOUT, ((cells, sealed(LAYOUT, cells)) for cells in safe), formats(book))
        book.close()


def read(path: Path) -> Iterator[Row]:
    """Rows of a queue, each proved against its seal; see `sealed_rows`."""
    return sealed_rows(path, LAYOUT)
