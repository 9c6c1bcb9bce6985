"""The decision form as a workbook: its cells, locked ones under a seal, drop-downs; written, and read back cell by cell.

What a filled-in form means is read in `form`; nothing is decided here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from xlsxwriter.utility import xl_rowcol_to_cell

from padanan.base.book import FONT_SIZE, READ_SIZE, height, on_paper
from padanan.base.commit import writing
from padanan.base.errors import PadananError
from padanan.base.format import fingerprint
from padanan.base.shown import safe_name
from padanan.forms.sealed_book import Layout, formats, proved, rows_of, sealed_all, workbook, write_sheet
from padanan.forms.sealed_cells import checked, first_edited, is_formula, open_workbook, seal
from padanan.records.refusal import Refusal
from padanan.review.decision.offered import Blocker, Offer

MAIN, WAIVERS, LISTS = "Keputusan", "Pengecualian", "Daftar"
CURE = "pakai formulir hasil 'padanan review form'; isi hanya sel berwarna"
# Field -> (label, hint), in the order of the sheet; the first four are filled in and locked.
FIXED = {
    "periode": ("Periode penetapan", ""),
    "revisi": ("Revisi", ""),
    "sidik": ("Nilai hash laporan", "Cocokkan dengan yang tercetak di setiap halaman laporan"),
    "terbuka": ("Baris pengecualian", "Satu penghalang, satu aturan di semua kota, atau catatan kecil satu produsen"),
}
OPEN = {
    "keputusan": ("Keputusan", "Pilih dari daftar"),
    "pengusul": ("Diusulkan oleh", "Keputusan reviu: satu orang mengusulkan …"),
    "penyetuju": ("Disetujui oleh", "… orang lain menyetujui"),
    "oleh": ("Dilakukan oleh", "Hanya untuk laporan, pembahasan, pengembalian dan draft"),
    "alasan": ("Alasan", "Wajib untuk padanan ulang dan pengembalian; satu baris satu alasan"),
    "pindaian": ("Berkas pindaian", "Nama berkas berita acara bertanda tangan, di folder yang sama dengan formulir ini"),
    "sidik_pindaian": ("Nilai hash pindaian (SHA-256)", "Boleh kosong"),
}
TOP = 3


def _waivers(label: str, revisi: str) -> Layout:
    """The sheet with one row a penghalang; its seals hold for one revision."""
    return Layout(
        sheet=WAIVERS,
        purpose=f"formulir|{label}|{revisi}",
        opened=("kecualikan", "alasan"),
        locked=("nama", "definisi", "kota_nama", "angka", "produsen", "aturan", "kota"),
        hidden=("produsen", "aturan", "kota"),
        choices={"kecualikan": ("ya", "tidak")},
        titles={
            "kecualikan": "Kecualikan?",
            "alasan": "Alasan",
            "nama": "Produsen",
            "definisi": "Aturan",
            "kota_nama": "Kota",
            "angka": "Angka",
        },
        widths={"kecualikan": 12, "alasan": 26, "nama": 22, "definisi": 30, "kota_nama": 15, "angka": 21},
        filters=True,
        note="Pilih ya dan tulis alasannya (20 huruf dan 3 kata atau lebih). Baris “semua kota” dan “Catatan kecil” berlaku bagi "
        "semua isinya dengan satu alasan. Yang tidak dikecualikan biarkan kosong.",
        cure=CURE,
    )


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
    with writing(path, mode=0o600) as draft:
        book = workbook(draft, f"Formulir keputusan reviu {made.periode.label} revisi {made.revisi}")
        line = {"font_size": FONT_SIZE, "valign": "top"}
        style = {
            "title": book.add_format({"bold": True, "font_size": FONT_SIZE + 2}),
            "note": book.add_format({**line, "italic": True, "text_wrap": True}),
            "line": book.add_format({**line, "italic": True}),
            "label": book.add_format({**line, "bold": True, "num_format": "@", "text_wrap": True}),
            # Shows nothing, see `sealed_book.Styles`.
            "seal": book.add_format({"num_format": ";;;"}),
            "fixed": book.add_format({**line, "num_format": "@", "text_wrap": True}),
            "open": book.add_format(
                {**line, "num_format": "@", "locked": False, "bg_color": "#FFF8DC", "border": 1, "text_wrap": True}
            ),
        }
        _write_main(book.add_worksheet(MAIN), made, style)
        layout = _waivers(made.periode.label, str(made.revisi))
        rows = sealed_all(layout, map(_cells, made.blockers))
        write_sheet(book, layout, rows, formats(book, READ_SIZE), f"{_foot(made)} · {WAIVERS}")
        lists = book.add_worksheet(LISTS)
        for column, items in enumerate((made.words, made.reviewers)):
            for row, text in enumerate(items):
                lists.write_string(row, column, text)
        lists.hide()
        lists.protect("")
        book.close()


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
    sheet.write_string(*_SEAL_CELL, seal("formulir", texts), style["seal"])
    widths = (28, 56, 46)
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    sheet.set_column(3, 3, 8, None, {"hidden": True})
    told = dict(zip(FIXED, fixed, strict=True))
    for field, (label, hint) in (FIXED | OPEN).items():
        needed = height(zip((label, told.get(field, ""), hint), (widths[0] * 0.9, *widths[1:]), strict=True))
        # Room to write by hand: reasons are several lines.
        sheet.set_row(rows[field], max(needed, {"alasan": 96.0}.get(field, 34.0 if field in OPEN else 0.0)))
    on_paper(sheet, f"{_foot(made)} · {MAIN}")
    sheet.protect("")


def _foot(made: Offer) -> str:
    return f"Formulir keputusan reviu · {made.periode.label} revisi {made.revisi}"


def _cells(item: Blocker) -> dict[str, str]:
    cells = {
        "nama": item.producer_name,
        "definisi": f"{item.definition} ({item.rule})",
        "kota_nama": item.kota_text,
        "angka": item.figures,
        "produsen": item.producer,
        "aturan": item.rule,
        "kota": item.kota,
    }
    return {name: _text(text) for name, text in cells.items()}


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
    found = _text(sheet[xl_rowcol_to_cell(*_SEAL_CELL)].value)
    key, expected = checked("formulir", [text for _, text in locked], found)
    if key is None:
        place = first_edited(found, expected)
        where = _at(MAIN, locked[place][0]) if place is not None else f"lembar {MAIN}"
        raise Refusal("sel terkunci berubah", field="formulir", file=name, place=where, cure=CURE)
    raw = sheet[cells["alasan"]].value
    values["alasan"] = [line for line in str(raw).splitlines() if line.strip()] if raw is not None else []
    return values, {field: _at(MAIN, cell) for field, cell in cells.items()}


def _read_waivers(sheet: Any, name: str, values: dict[str, Any], places: dict[str, str]) -> list[dict[str, str]]:
    layout = _waivers(values["periode"], values["revisi"])
    items: list[dict[str, str]] = []
    seen: set[tuple[str, ...]] = set()
    try:
        for row in proved(rows_of(sheet, name, layout), name, layout):
            locked = tuple(row.cells[column] for column in layout.locked)
            if locked in seen:
                raise Refusal(
                    "baris penghalang kembar",
                    field="formulir",
                    file=name,
                    place=_at(WAIVERS, layout.cell(layout.locked[0], row.number)),
                    cure=CURE,
                )
            seen.add(locked)
            for field in layout.opened:
                places[f"pengecualian.{len(items)}.{field}"] = _at(WAIVERS, layout.cell(field, row.number))
            items.append(dict(row.cells))
    except Refusal:
        raise
    except PadananError as error:
        raise Refusal(
            error.cause, field="formulir", file=name, place=f"lembar {WAIVERS} {error.place or ''}".strip(), cure=error.cure
        ) from None
    if str(len(items)) != values["terbuka"]:
        raise Refusal("baris penghalang hilang", field="formulir", file=name, place=f"lembar {WAIVERS}", cure=CURE)
    return items


def _text(value: object) -> str:
    return "" if value is None else " ".join(str(value).split())
