"""The workbook of the clerical queue: its columns, its locked and open cells, written and read back.

What may stand in the cells is checked in `clerical`; no pair is chosen here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import xlsxwriter
from openpyxl.utils import get_column_letter  # type: ignore[import-untyped]

from padanan.errors import PadananError
from padanan.sealed_cells import is_formula, open_workbook

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
    "geser_ambang",
    *(f"{side}_{name}" for name in _SIDES for side in ("daftar", "acuan")),
    "uraian",
)
LOCKED = (*_SHOWN, *_TECHNICAL)
OPEN = ("keputusan", "alasan")
COLUMNS = (*OPEN, *LOCKED, "segel")
HEAD_ROWS = 2
_NOTE = (
    "Isi hanya kolom keputusan (padan, bukan, ragu) dan alasan. Yang teratas paling menentukan ambang. "
    "Sel lain terkunci; berkas dengan sel terkunci yang berubah ditolak."
)


@dataclass(frozen=True)
class Row:
    """One row read back: its number in the sheet, locked cells, seal, and what the reviewer wrote."""

    number: int
    cells: Mapping[str, str]
    seal: str
    decision: str
    reason: str


def cell_name(column: str, row: int) -> str:
    """`B7` of a column's name and a row."""
    return f"{get_column_letter(COLUMNS.index(column) + 1)}{row}"


def write(path: Path, rows: Iterable[Mapping[str, str]], seal: Callable[[list[str]], str]) -> None:
    """Writes the queue; every cell is text, so that no NIK is damaged and no value can be a formula."""
    temporary = path.with_name(f".{path.name}.tmp")
    workbook = xlsxwriter.Workbook(str(temporary), {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})
    sheet = workbook.add_worksheet(SHEET)
    head = workbook.add_format({"bold": True, "locked": True, "text_wrap": True, "bottom": 1})
    plain = workbook.add_format({"num_format": "@", "locked": True})
    open_ = workbook.add_format({"num_format": "@", "locked": False, "bg_color": "#FFF8DC"})
    sheet.write_string(0, 0, _NOTE, workbook.add_format({"italic": True}))
    for place, name in enumerate(COLUMNS):
        sheet.write_string(1, place, name, head)
    count = 0
    for number, cells in enumerate(rows, HEAD_ROWS):
        values = [cells[name] for name in LOCKED]
        for place, text in enumerate(("", "", *values, seal(values))):
            if place < len(OPEN):
                sheet.write_blank(number, place, None, open_)
            else:
                sheet.write_string(number, place, text, plain)
        count += 1
    sheet.data_validation(
        HEAD_ROWS,
        0,
        HEAD_ROWS + max(count, 1) - 1,
        0,
        {"validate": "list", "source": ["padan", "bukan", "ragu"], "ignore_blank": True},
    )
    first_technical = COLUMNS.index(_TECHNICAL[0])
    sheet.set_column(0, 0, 12)
    sheet.set_column(1, 1, 36)
    sheet.set_column(2, first_technical - 1, 18)
    sheet.set_column(first_technical, len(COLUMNS) - 1, 8, None, {"hidden": True})
    sheet.freeze_panes(HEAD_ROWS, len(OPEN))
    sheet.protect("", {"format_columns": True, "sort": False})
    workbook.close()
    temporary.chmod(0o600)
    temporary.replace(path)


def read(path: Path) -> Iterator[Row]:
    """Rows of a queue, formulas kept as formulas.

    Raises:
        PadananError: not a workbook, not a queue, or a cell with a formula (named).
    """
    cure = "pakai berkas hasil 'padanan klerikal export' dan isi hanya kolom keputusan dan alasan"
    workbook = open_workbook(path, (SHEET,), cure)
    sheet = workbook[SHEET]
    head = tuple(str(cell.value or "") for cell in sheet[HEAD_ROWS])
    if head[: len(COLUMNS)] != COLUMNS or any(head[len(COLUMNS) :]):
        raise PadananError("judul kolom berubah", file=path.name, place=f"baris {HEAD_ROWS}", cure=cure)
    for cells in sheet.iter_rows(min_row=HEAD_ROWS + 1):
        if all(cell.value is None for cell in cells):
            continue
        for cell in cells:
            if is_formula(cell):
                raise PadananError("sel berisi rumus", file=path.name, place=f"sel {cell.coordinate}", cure="tulis teks biasa")
        texts = [
            " ".join(str(cell.value).split()) if n < len(OPEN) and cell.value is not None else _text(cell.value)
            for n, cell in enumerate(cells[: len(COLUMNS)])
        ]
        texts += [""] * (len(COLUMNS) - len(texts))
        values = dict(zip(COLUMNS, texts, strict=True))
        number = int(cells[0].row or 0)
        yield Row(number, values, values["segel"], values["keputusan"].lower(), values["alasan"])


def _text(value: object) -> str:
    return "" if value is None else str(value)
