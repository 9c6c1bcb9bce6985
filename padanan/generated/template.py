"""The blank workbook of a contract: its columns as headings, drop-downs of its codes, and a sheet that says what each cell means.

What a filled one is read as stands in `padanan/landing`; files that go out filled, and come back, are `padanan/forms`'.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from padanan.base import disk
from padanan.base.book import height, on_paper
from padanan.base.errors import PadananError
from padanan.base.format import letter
from padanan.contracts.contract import FEEDBACK, Column, Contract
from padanan.contracts.feedback import load_catalogue
from padanan.feedback.judge import asked
from padanan.forms.sealed_book import formats, workbook

GUIDE, CODES = "Petunjuk", "Kode"
FORM = "xlsx"
OUTCOMES = {"tolak": "kembali", "sengketa": "menunggu putusan", "periksa": "dilihat"}
"""What follows from a rule, as the sender is told."""
_ROWS = 1_048_576  # of a sheet
_INLINE = 255  # characters of a list that stands in the validation itself
_NAME = 31  # characters of a sheet's name
_DAY = "dd/mm/yyyy"
_WIDTHS = (30.0, 11.0, 44.0, 57.0)


def file_name(contract: Contract) -> str:
    """The name of the blank workbook; a filled one is named as the contract's pattern says."""
    return f"{contract.id}_templat.xlsx"


def offers_workbook(contract: Contract) -> bool:
    """Whether the contract takes workbooks at all."""
    kinds = contract.form.get("jenis", ())
    return FORM in ((kinds,) if isinstance(kinds, str) else tuple(kinds))


def write_template(contract: Contract, path: Path, expectations: Path | None = None) -> None:
    """Writes the blank workbook of a contract; the same contract gives the same bytes.

    A cell is text where leading zeros or sixteen digits would be lost as a number. Drop-downs and the length of a NIK warn and
    let the writer go on: what a document says is written as it stands, and judged when it lands.

    Args:
        path: the file to write; its folder exists.

    Raises:
        PadananError: the contract takes no workbooks.
    """
    if not offers_workbook(contract):
        raise PadananError(
            f"kontrak {contract.id} tidak dikirim sebagai XLSX",
            file=contract.path.name,
            cure="ekspor dari sistemnya; kolomnya ada di docs/register-data.md",
        )
    book = workbook(path, f"Templat {contract.name}")
    styles = formats(book)
    name = str(contract.form.get("lembar") or contract.id)[:_NAME]
    sheet = book.add_worksheet(name)
    words = {column.name: offered(column) for column in contract.columns if column.codes}
    for place, column in enumerate(contract.columns):
        look = _DAY if column.type == "date" else "@" if column.type == "string" else "0"
        sheet.set_column(place, place, min(max(len(column.source) + 4, 14), 34), styles.cell(opened=True, number_format=look))
        sheet.write_string(0, place, column.source, styles.cell(opened=False, head=True))
        sheet.write_comment(0, place, _told(column), {"x_scale": 2, "author": "Padanan"})
        if check := _check(column, words, place):
            sheet.data_validation(1, place, _ROWS - 1, place, check)
    sheet.freeze_panes(1, 0)
    on_paper(sheet, f"{contract.name} · versi {contract.version}", head_row=0)
    _guide(book, styles, contract, expectations)
    _codes(book, styles, contract.columns, words)
    sheet.activate()
    book.close()
    disk.chmod(path, 0o644)


def offered(column: Column) -> tuple[str, ...]:
    """The word to write for each value of a column's codes: the value itself where it may be written, else the first one."""
    found: dict[str, str] = {}
    for word, value in column.codes.items():
        said = value.replace("_", " ").upper()
        if value not in found or word.upper() == said:
            found[value] = word
    return tuple(found.values())


def _check(column: Column, words: dict[str, tuple[str, ...]], place: int) -> dict[str, Any] | None:
    """What the spreadsheet asks as a cell is typed; it warns, and the cell may stay."""
    cell = f"{letter(place)}2"
    warned: dict[str, Any] = {"error_type": "warning", "error_title": column.source[:32]}
    if column.name in words:
        listed = words[column.name]
        source: Any = list(listed) if len(",".join(listed)) <= _INLINE else _range(list(words).index(column.name), len(listed))
        return {"validate": "list", "source": source, "error_message": "Pakai salah satu isian pada daftar.", **warned}
    if column.type == "date":
        return {
            "validate": "custom", "value": f"=ISNUMBER({cell})",
            "error_message": "Tulis hari/bulan/tahun, misalnya 12/01/2026.", **warned,
        }  # fmt: skip
    if column.type in ("integer", "number"):
        return {"validate": "custom", "value": f"=ISNUMBER({cell})", "error_message": "Tulis angka saja.", **warned}
    if "nik" in column.name.split("_") or column.name == "no_kk":
        return {
            "validate": "custom", "value": f"=LEN({cell})=16",
            "error_message": "Nomor 16 angka, ditulis sebagai teks; kosongkan bila tidak ada.", **warned,
        }  # fmt: skip
    return None


def _told(column: Column) -> str:
    return f"{'WAJIB. ' if column.required else ''}{column.definition}. {_how(column)}"


def _how(column: Column) -> str:
    """How a cell of the column is written, in a few words."""
    if column.codes:
        return "Pilih dari daftar"
    if column.type == "date":
        return "Tanggal: hari/bulan/tahun"
    if column.type in ("integer", "number"):
        return "Angka" if column.type == "number" else "Bilangan bulat, tanpa titik"
    return "Teks, angka nol di depan tetap ditulis" if column.id_like or column.name.startswith(("nik", "no_kk")) else "Teks"


def _guide(book: Any, styles: Any, contract: Contract, expectations: Path | None) -> None:
    sheet, named = book.add_worksheet(GUIDE), contract.id.replace("_", "-")
    for place, width in enumerate(_WIDTHS):
        sheet.set_column(place, place, width)
    facts = (
        ("Kontrak", f"{contract.name} ({contract.id}), versi {contract.version}"),
        ("Dikirim oleh", contract.owner),
        ("Untuk apa", contract.description),
        ("Dasar hukum", contract.legal_basis),
        ("Cara mengisi", "Satu baris satu catatan, mulai baris kedua lembar pertama. Jangan mengubah judul kolom. Sel yang tidak "
         "ada isinya dibiarkan kosong; isilah seperti pada dokumen, juga bila tampak keliru."),
        ("Nama berkas", f"Diawali {named}, lalu masa datanya, misalnya {named}-2026-01.xlsx"),
        ("Isi pribadi", "Berkas terisi memuat data pribadi: kirim hanya lewat jalur yang disepakati, jangan lewat surel."),
    )  # fmt: skip
    sheet.write_string(0, 0, f"Templat {contract.name}", styles.bold)
    row = 2
    line = styles.cell(opened=False)
    for what, told in facts:
        sheet.set_row(row, height([(what, _WIDTHS[0]), (told, sum(_WIDTHS[1:]))]))
        sheet.write_string(row, 0, what, styles.cell(opened=False, head=True))
        sheet.merge_range(row, 1, row, len(_WIDTHS) - 1, told, line)
        row += 1
    columns = [
        (column.source, "wajib" if column.required else "", _how(column), column.definition) for column in contract.columns
    ]
    row = _listed(sheet, styles, row + 1, ("Kolom", "Wajib", "Cara menulis", "Isinya"), columns)
    if contract.kind == FEEDBACK:
        rules = [
            (rule.id.replace("_", " "), OUTCOMES[rule.outcome], rule.cause, rule.cure)
            for rule in asked(contract, load_catalogue(expectations))
        ]
        _listed(sheet, styles, row + 1, ("Yang diperiksa", "Akibat", "Sebab", "Perbaikan"), rules)
    on_paper(sheet, f"{contract.name} · versi {contract.version}")


def _listed(sheet: Any, styles: Any, row: int, head: Sequence[str], rows: Iterable[Sequence[str]]) -> int:
    for place, text in enumerate(head):
        sheet.write_string(row, place, text, styles.cell(opened=False, head=True))
    for cells in rows:
        row += 1
        sheet.set_row(row, height(zip(cells, _WIDTHS, strict=True)))
        for place, text in enumerate(cells):
            sheet.write_string(row, place, text, styles.cell(opened=False))
    return row + 1


def _codes(book: Any, styles: Any, columns: Sequence[Column], words: dict[str, tuple[str, ...]]) -> None:
    """The sheet of all codes: what the long drop-downs point to, and what people look up."""
    if not words:
        return
    sheet = book.add_worksheet(CODES)
    named = {column.name: column.source for column in columns}
    for place, (name, listed) in enumerate(words.items()):
        sheet.set_column(place, place, 24)
        sheet.write_string(0, place, named[name], styles.cell(opened=False, head=True))
        for row, word in enumerate(listed, 1):
            sheet.write_string(row, place, word, styles.cell(opened=False))
    on_paper(sheet, CODES, head_row=0)


def _range(place: int, count: int) -> str:
    name = letter(place)
    return f"={CODES}!${name}$2:${name}${count + 1}"
