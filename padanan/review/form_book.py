"""The decision form as a workbook: its cells, locked ones under a seal, drop-downs; written, and read back cell by cell.

What a filled-in form means is read in `form`; nothing is decided here.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import xlsxwriter
from xlsxwriter.utility import xl_rowcol_to_cell

from padanan.delivery.receipt import safe_name
from padanan.errors import PadananError
from padanan.report.format import fingerprint
from padanan.review.refusal import Refusal
from padanan.sealed_cells import first_edited, is_formula, open_workbook, seal

if TYPE_CHECKING:
    from padanan.review.form import Offer

MAIN, WAIVERS, LISTS = "Keputusan", "Pengecualian", "Daftar"
CURE = "pakai formulir hasil 'padanan review form'; isi hanya sel berwarna"
# Field -> (label, hint), in the order of the sheet; the first four are filled in and locked.
FIXED = {
    "periode": ("Periode penetapan", ""),
    "revisi": ("Revisi", ""),
    "sidik": ("Sidik jari laporan", "Cocokkan dengan yang tercetak di setiap halaman laporan"),
    "terbuka": ("Penghalang terbuka", "Satu baris satu penghalang di lembar Pengecualian"),
}
OPEN = {
    "keputusan": ("Keputusan", "Pilih dari daftar"),
    "pengusul": ("Diusulkan oleh", "Keputusan reviu: satu orang mengusulkan …"),
    "penyetuju": ("Disetujui oleh", "… orang lain menyetujui"),
    "oleh": ("Dilakukan oleh", "Hanya untuk laporan, pembahasan, pengembalian dan draft"),
    "alasan": ("Alasan", "Wajib untuk padanan ulang dan pengembalian; satu baris satu alasan"),
    "pindaian": ("Berkas pindaian", "Nama berkas berita acara bertanda tangan, di folder yang sama dengan formulir ini"),
    "sidik_pindaian": ("Sidik pindaian (sha256)", "Boleh kosong"),
}
TOP = 3
HEAD = 1
COLUMNS = ("kecualikan", "alasan", "nama", "definisi", "kota_nama", "angka", "produsen", "aturan", "kota", "segel")
TITLES = ("Kecualikan?", "Alasan", "Produsen", "Aturan", "Kota", "Angka", "produsen", "aturan", "kota", "segel")
_OPEN_COLUMNS = 2
_FIRST_HIDDEN = 6
# A file's bytes follow from its content: no clock in its properties.
CREATED = datetime(2000, 1, 1)


def _rows() -> dict[str, int]:
    return {field: TOP + place for place, field in enumerate((*FIXED, *OPEN))}


def _locked_main(values: list[str]) -> list[tuple[str, str]]:
    """The locked cells of the main sheet with their texts, given the four fixed values."""
    rows = _rows()
    labels = [(xl_rowcol_to_cell(rows[field], 0), text[0]) for field, text in (FIXED | OPEN).items()]
    return [*labels, *((xl_rowcol_to_cell(rows[field], 1), text) for field, text in zip(FIXED, values, strict=True))]


_SEAL_CELL = (TOP + len(FIXED) + len(OPEN) + 1, 3)


def write(path: Path, made: Offer) -> None:
    """Writes a form; every cell is text, so that nothing a person sees can be a formula."""
    temporary = path.with_name(f".{path.name}.tmp")
    workbook = xlsxwriter.Workbook(str(temporary), {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})
    workbook.set_properties({"title": f"Formulir keputusan reviu {made.periode.label} revisi {made.revisi}", "created": CREATED})
    style = {
        "title": workbook.add_format({"bold": True, "font_size": 14}),
        "note": workbook.add_format({"italic": True, "font_color": "#444444", "text_wrap": True, "valign": "top"}),
        "line": workbook.add_format({"italic": True, "font_color": "#444444"}),
        "label": workbook.add_format({"bold": True, "valign": "top", "num_format": "@"}),
        "fixed": workbook.add_format({"num_format": "@", "valign": "top", "text_wrap": True}),
        "open": workbook.add_format(
            {"num_format": "@", "locked": False, "bg_color": "#FFF8DC", "border": 1, "text_wrap": True, "valign": "top"}
        ),
        "head": workbook.add_format({"bold": True, "bottom": 1, "text_wrap": True}),
    }
    _write_main(workbook.add_worksheet(MAIN), made, style)
    _write_waivers(workbook.add_worksheet(WAIVERS), made, style)
    lists = workbook.add_worksheet(LISTS)
    for column, items in enumerate((made.words, made.reviewers)):
        for row, text in enumerate(items):
            lists.write_string(row, column, text)
    lists.hide()
    lists.protect("")
    workbook.close()
    temporary.chmod(0o600)
    temporary.replace(path)


def _write_main(sheet: Any, made: Offer, style: dict[str, Any]) -> None:
    sheet.write_string(0, 0, "Formulir keputusan reviu padanan", style["title"])
    note = "Isi sel berwarna, simpan, lalu taruh bersama pindaian berita acara di inbox/review/. Sel lain terkunci."
    sheet.write_string(1, 0, note, style["line"])
    rows = _rows()
    fixed = [made.periode.label, str(made.revisi), fingerprint(made.fingerprint), str(len(made.blockers))]
    for field, (label, hint) in (FIXED | OPEN).items():
        sheet.write_string(rows[field], 0, label, style["label"])
        sheet.write_string(rows[field], 2, hint, style["note"])
        if field in OPEN:
            sheet.write_blank(rows[field], 1, None, style["open"])
    for field, text in zip(FIXED, fixed, strict=True):
        sheet.write_string(rows[field], 1, text, style["fixed"])
    lists = (("keputusan", "A", made.words), *((field, "B", made.reviewers) for field in ("pengusul", "penyetuju", "oleh")))
    for field, column, items in lists:
        if items:
            source = f"={LISTS}!${column}$1:${column}${len(items)}"
            sheet.data_validation(
                rows[field], 1, rows[field], 1, {"validate": "list", "source": source, "error_title": "Pilih dari daftar"}
            )
    texts = [text for _, text in _locked_main(fixed)]
    sheet.write_string(*_SEAL_CELL, seal("formulir", texts), style["fixed"])
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 64)
    sheet.set_column(2, 2, 52)
    sheet.set_column(3, 3, 8, None, {"hidden": True})
    sheet.set_row(rows["sidik"], 32)
    sheet.set_row(rows["alasan"], 64)
    sheet.set_row(rows["pindaian"], 32)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.set_paper(9)
    sheet.protect("")


def _write_waivers(sheet: Any, made: Offer, style: dict[str, Any]) -> None:
    note = "Pilih ya dan tulis alasannya untuk setiap penghalang yang dikecualikan; yang lain biarkan kosong."
    sheet.write_string(0, 0, note, style["line"])
    for column, title in enumerate(TITLES):
        sheet.write_string(HEAD, column, title, style["head"])
    purpose = _purpose(made.periode.label, str(made.revisi))
    for place, item in enumerate(made.blockers):
        row = HEAD + 1 + place
        locked = [
            item.producer_name,
            f"{item.definition} ({item.rule})",
            item.kota_text,
            item.figures,
            item.producer,
            item.rule,
            item.kota,
        ]
        locked = [_text(text) for text in locked]
        for column in range(_OPEN_COLUMNS):
            sheet.write_blank(row, column, None, style["open"])
        for column, text in enumerate((*locked, seal(purpose, locked)), _OPEN_COLUMNS):
            sheet.write_string(row, column, text, style["fixed"])
    last = HEAD + max(len(made.blockers), 1)
    sheet.data_validation(HEAD + 1, 0, last, 0, {"validate": "list", "source": ["ya", "tidak"], "ignore_blank": True})
    for column, width in enumerate((13, 44, 34, 52, 26, 44)):
        sheet.set_column(column, column, width)
    sheet.set_column(_FIRST_HIDDEN, len(COLUMNS) - 1, 8, None, {"hidden": True})
    sheet.freeze_panes(HEAD + 1, _OPEN_COLUMNS)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(HEAD)
    sheet.set_paper(9)
    sheet.protect("", {"format_columns": True, "format_rows": True})


def _purpose(label: str, revisi: str) -> str:
    return f"formulir|{label}|{revisi}"


def read(path: Path) -> tuple[dict[str, Any], dict[str, str]]:
    """The filled-in values by field, and where each stands.

    Raises:
        Refusal: no form of ours, a formula, or an edited locked cell; the cell is named.
    """
    name = safe_name(path.name)
    try:
        workbook = open_workbook(path, (MAIN, WAIVERS), CURE)
    except PadananError as error:
        raise Refusal(error.cause, field="formulir", file=name, cure=error.cure) from None
    for sheet in workbook.worksheets:
        for cells in sheet.iter_rows():
            for cell in cells:
                if cell.value is not None and is_formula(cell):
                    raise Refusal(
                        "sel berisi rumus",
                        field="formulir",
                        file=name,
                        place=_at(sheet.title, cell.coordinate),
                        cure="tulis teks",
                    )
    values, places = _read_main(workbook[MAIN], name)
    values["pengecualian"] = _read_waivers(workbook[WAIVERS], name, values, places)
    return values, places


def _at(sheet: str, cell: str) -> str:
    return f"lembar {sheet} sel {cell}"


def _read_main(sheet: Any, name: str) -> tuple[dict[str, Any], dict[str, str]]:
    rows = _rows()
    cells = {field: xl_rowcol_to_cell(row, 1) for field, row in rows.items()}
    values: dict[str, Any] = {field: _text(sheet[cell].value) for field, cell in cells.items()}
    fixed = [values[field] for field in FIXED]
    locked = [(cell, _text(sheet[cell].value)) for cell, _ in _locked_main(fixed)]
    expected = seal("formulir", [text for _, text in locked])
    found = _text(sheet[xl_rowcol_to_cell(*_SEAL_CELL)].value)
    if found != expected:
        place = first_edited(found, expected)
        where = _at(MAIN, locked[place][0]) if place is not None else f"lembar {MAIN}"
        raise Refusal("sel terkunci berubah", field="formulir", file=name, place=where, cure=CURE)
    raw = sheet[cells["alasan"]].value
    values["alasan"] = [line for line in str(raw).splitlines() if line.strip()] if raw is not None else []
    return values, {field: _at(MAIN, cell) for field, cell in cells.items()}


def _read_waivers(sheet: Any, name: str, values: dict[str, Any], places: dict[str, str]) -> list[dict[str, str]]:
    purpose = _purpose(values["periode"], values["revisi"])
    if [_text(sheet[xl_rowcol_to_cell(HEAD, column)].value) for column in range(len(TITLES))] != list(TITLES):
        raise Refusal("judul kolom berubah", field="formulir", file=name, place=_at(WAIVERS, f"A{HEAD + 1}"), cure=CURE)
    items: list[dict[str, str]] = []
    seen: set[tuple[str, ...]] = set()
    for row, cells in enumerate(sheet.iter_rows(min_row=HEAD + 2, max_col=len(COLUMNS)), HEAD + 1):
        texts = [_text(cell.value) for cell in cells]
        texts += [""] * (len(COLUMNS) - len(texts))
        if not any(texts):
            continue
        locked, found = texts[_OPEN_COLUMNS:-1], texts[-1]
        expected = seal(purpose, locked)
        if found != expected or tuple(locked) in seen:
            place = first_edited(found, expected)
            column = _OPEN_COLUMNS + place if place is not None else _OPEN_COLUMNS
            raise Refusal(
                "sel terkunci berubah atau baris tidak dikenal",
                field="formulir",
                file=name,
                place=_at(WAIVERS, xl_rowcol_to_cell(row, column)),
                cure=CURE,
            )
        seen.add(tuple(locked))
        for column, field in enumerate(COLUMNS[:_OPEN_COLUMNS]):
            places[f"pengecualian.{len(items)}.{field}"] = _at(WAIVERS, xl_rowcol_to_cell(row, column))
        items.append(dict(zip(COLUMNS, texts, strict=True)))
    if str(len(items)) != values["terbuka"]:
        raise Refusal("baris penghalang hilang", field="formulir", file=name, place=f"lembar {WAIVERS}", cure=CURE)
    return items


def _text(value: object) -> str:
    return "" if value is None else " ".join(str(value).split())
