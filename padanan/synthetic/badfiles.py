"""A corpus of damaged deliveries, each with what must become of it: for tests of landing and its receipts.

The rows inside are made-up people of `generate`; nothing here knows how landing decides.
"""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
import yaml
from python_calamine import CalamineWorkbook

from padanan.contract import Contract
from padanan.home import Home
from padanan.period import Periode
from padanan.synthetic.generate import generate
from padanan.synthetic.xlsx import MAX_ROWS

ACCEPTED, HELD, QUARANTINED = "diterima", "ditahan", "karantina"
PERIODE = Periode(2025, 2)
Rows = list[list[str]]


@dataclass(frozen=True)
class BadFile:
    """One damaged delivery.

    Attributes:
        name: what is wrong with it.
        contract_id: whose inbox it belongs in.
        path: the file; its covering letter lies beside it.
        expected: `diterima` (with gaps or rows set aside), `ditahan` or `karantina`.
        rule: the delivery rule that must be named in the receipt, where one decides.
        rows: data rows in the file as a person would count them, None where that can't be said.
        aside: rows that must be set aside, None where it depends on how a reader splits them.
        before: a good delivery of an earlier month that must be taken in first, or None.
    """

    name: str
    contract_id: str
    path: Path
    expected: str
    rule: str | None = None
    rows: int | None = None
    aside: int | None = None
    before: Path | None = None


@dataclass
class _Kit:
    """Good tables to damage, and where to put the results."""

    folder: Path
    tables: dict[str, tuple[list[str], Rows]]
    good: dict[str, Path]
    made: list[BadFile] = field(default_factory=list)

    def path(self, name: str, contract_id: str, suffix: str) -> Path:
        target = self.folder / contract_id / f"{contract_id}_2025-10_{name}.{suffix}"
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        return target

    def add(self, name: str, contract_id: str, path: Path, expected: str, **more: Any) -> None:
        """Registers a file and writes its letter; `letter` overrides fields, `month` the period."""
        letter: dict[str, Any] = {
            "periode_data": more.pop("month", "2025-10"),
            "diterima": "2025-10-10T09:00:00+07:00",
            "nomor_surat": f"UJI/{name}",
        }
        letter.update(more.pop("letter", {}))
        raw_letter = more.pop("raw_letter", None)
        text = raw_letter if raw_letter is not None else yaml.safe_dump(letter, sort_keys=True)
        path.with_name(path.name + ".pengantar.yaml").write_text(text, encoding="utf-8")
        self.made.append(BadFile(name, contract_id, path, expected, **more))

    def before(self, contract_id: str, name: str) -> Path:
        """A copy of the good delivery, dated a month earlier."""
        source = self.good[contract_id]
        target = self.folder / contract_id / f"{contract_id}_2025-09_sebelum_{name}{source.suffix}"
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        shutil.copyfile(source, target)
        letter = {"periode_data": "2025-09", "diterima": "2025-09-10T09:00:00+07:00"}
        target.with_name(target.name + ".pengantar.yaml").write_text(yaml.safe_dump(letter), encoding="utf-8")
        return target


def write_bad_files(
    folder: Path, contracts: Mapping[str, Contract], *, seed: int = 7, residents: int = 2000, full_sheet: bool = False
) -> list[BadFile]:
    """Writes the corpus below `folder/<contract>/`.

    Args:
        full_sheet: also write a sheet with 1,048,576 rows (about 30 MB, some seconds).

    Returns:
        The files in a fixed order, at least 25.
    """
    with tempfile.TemporaryDirectory() as work:
        home = Home(Path(work) / "rumah")
        generate(
            home,
            contracts,
            residents=residents,
            seed=seed,
            profile="clean",
            periode=PERIODE,
            contract_ids=["adminduk", "dtks", "klj", "kjmu"],
        )
        good = {}
        for contract_id in ("adminduk", "dtks", "klj", "kjmu"):
            source = next(path for path in sorted(home.inbox(contract_id).iterdir()) if path.suffix != ".yaml")
            good[contract_id] = folder / ".baik" / source.name
            good[contract_id].parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            shutil.copyfile(source, good[contract_id])
    tables = {
        "dtks": _read_text(good["dtks"], "|", 0),
        "kjmu": _read_text(good["kjmu"], ";", 1),
        "klj": _read_book(good["klj"], contracts["klj"]),
    }
    kit = _Kit(folder, tables, good)
    for make in (*_TEXT, *_BOOKS, *_OTHERS):
        make(kit)
    if full_sheet:
        _full_sheet(kit)
    return kit.made


def _read_text(path: Path, separator: str, above: int) -> tuple[list[str], Rows]:
    lines = path.read_text(encoding="utf-8").splitlines()[above:]
    rows = list(csv.reader(lines, delimiter=separator))
    return rows[0], rows[1:]


def _read_book(path: Path, contract: Contract) -> tuple[list[str], Rows]:
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    names = [column.source for column in contract.columns]
    start = next(index for index, row in enumerate(rows) if [str(cell) for cell in row] == names)
    return names, [[_plain(cell) for cell in row] for row in rows[start + 1 :]]


def _plain(cell: Any) -> str:
    if isinstance(cell, float):
        return str(int(cell))
    if hasattr(cell, "strftime"):
        return str(cell.strftime("%d/%m/%Y"))
    return str(cell)


def _text(
    head: Sequence[str], rows: Sequence[Sequence[str]], separator: str = "|", newline: str = "\n", quote: bool = True
) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator=newline, quoting=csv.QUOTE_ALL if quote else csv.QUOTE_MINIMAL)
    writer.writerow(head)
    writer.writerows(rows)
    return out.getvalue()


def _dtks(kit: _Kit, name: str, data: bytes, expected: str, **more: Any) -> None:
    path = kit.path(name, "dtks", "csv")
    path.write_bytes(data)
    kit.add(name, "dtks", path, expected, **more)


def _some(kit: _Kit, contract_id: str = "dtks", count: int = 60) -> tuple[list[str], Rows]:
    head, rows = kit.tables[contract_id]
    return head, [list(row) for row in rows[:count]]


# --- separated text -------------------------------------------------------------------------------------------------


def _stray_quote(kit: _Kit) -> None:
    head, rows = _some(kit)
    lines = _text(head, rows).splitlines(keepends=True)
    cells = lines[11].split("|")
    cells[6] = '"JL. "KUTIP NYASAR NO. 3"'
    lines[11] = "|".join(cells)
    _dtks(kit, "kutip_nyasar", "".join(lines).encode(), ACCEPTED, rows=60)


def _open_quote(kit: _Kit) -> None:
    head, rows = _some(kit)
    lines = _text(head, rows, quote=False).splitlines(keepends=True)
    cells = lines[21].split("|")
    cells[6] = '"JL. KUTIP TERBUKA'
    lines[21] = "|".join(cells)
    _dtks(kit, "kutip_tak_tertutup", "".join(lines).encode(), ACCEPTED, rows=60, aside=1)


def _line_break(kit: _Kit) -> None:
    head, rows = _some(kit)
    rows[4][6] = "JL. BARIS BARU\nNO. 4"
    _dtks(kit, "baris_baru_dalam_kutip", _text(head, rows).encode(), ACCEPTED, rows=60, aside=0)


def _cut(kit: _Kit) -> None:
    head, rows = _some(kit)
    data = _text(head, rows).encode()
    _dtks(kit, "terpotong", data[: int(len(data) * 0.7)], QUARANTINED, rule="total_kendali", letter={"jumlah_baris": 60})
    _dtks(kit, "terpotong_tanpa_total", data[: int(len(data) * 0.7)], ACCEPTED, aside=1)


def _encodings(kit: _Kit) -> None:
    head, rows = _some(kit)
    rows[3][6] = "JL. CAFÉ – BLOK C NO. 5"
    text = _text(head, rows)
    _dtks(kit, "sandi_cp1252", text.encode("cp1252"), ACCEPTED, rows=60, aside=0)
    _dtks(kit, "utf16", text.encode("utf-16"), ACCEPTED, rows=60, aside=0)
    _dtks(kit, "utf16_tanpa_bom", text.encode("utf-16-le"), QUARANTINED, rule="berkas_rusak")
    mixed = text.encode("utf-8").replace("JL. CAFÉ".encode(), b"JL. CAF\xc9")
    _dtks(kit, "sandi_campur", mixed, ACCEPTED, rows=60, aside=0)


def _header_line_4(kit: _Kit) -> None:
    head, rows = _some(kit)
    text = "DATA TERPADU KESEJAHTERAAN SOSIAL\nPROVINSI DKI JAKARTA\n\n" + _text(head, rows)
    _dtks(kit, "judul_baris_4", text.encode(), ACCEPTED, rows=60, aside=0)


def _double_header(kit: _Kit) -> None:
    head, rows = _some(kit)
    at = head.index("nomor_nik")
    doubled = [[*row, row[at]] for row in rows]
    _dtks(kit, "judul_ganda", _text([*head, head[at]], doubled).encode(), QUARANTINED, rule="berkas_rusak")


def _repeated_header(kit: _Kit) -> None:
    head, rows = _some(kit)
    rows.insert(30, list(head))
    _dtks(kit, "judul_berulang", _text(head, rows).encode(), ACCEPTED, rows=61, aside=1)


def _empty(kit: _Kit) -> None:
    _dtks(kit, "kosong", b"", QUARANTINED, rule="berkas_rusak")
    head, _ = _some(kit)
    _dtks(kit, "judul_saja", _text(head, []).encode(), QUARANTINED, rule="berkas_rusak", rows=0)


def _no_header(kit: _Kit) -> None:
    _, rows = _some(kit)
    _dtks(kit, "tanpa_judul", _text(rows[0], rows[1:]).encode(), QUARANTINED, rule="kolom_hilang")


def _nul(kit: _Kit) -> None:
    head, rows = _some(kit)
    rows[7][6] = "JL. NUL\0NUL NO. 1"
    _dtks(kit, "bita_nul", _text(head, rows).encode(), ACCEPTED, rows=60, aside=1)


def _mixed_newlines(kit: _Kit) -> None:
    head, rows = _some(kit)
    lines = _text(head, rows).splitlines()
    text = "".join(line + ("\r\n" if index % 3 else "\n") for index, line in enumerate(lines))
    _dtks(kit, "akhir_baris_campur", text.encode(), ACCEPTED, rows=60, aside=0)


def _wrong_separator(kit: _Kit) -> None:
    head, rows = _some(kit)
    _dtks(kit, "pemisah_salah", _text(head, rows, separator=";").encode(), ACCEPTED, rows=60, aside=0)


def _swapped(kit: _Kit) -> None:
    head, rows = _some(kit)
    a, b = head.index("nomor_nik"), head.index("nama")
    for row in rows:
        row[a], row[b] = row[b], row[a]
    _dtks(kit, "kolom_tertukar", _text(head, rows).encode(), HELD, rule="kolom_tertukar", rows=60, aside=0)


def _missing_column(kit: _Kit) -> None:
    head, rows = _some(kit)
    at = head.index("nomor_nik")
    _dtks(
        kit,
        "kolom_wajib_hilang",
        _text([*head[:at], *head[at + 1 :]], [[*row[:at], *row[at + 1 :]] for row in rows]).encode(),
        QUARANTINED,
        rule="kolom_hilang",
    )


def _unagreed_column(kit: _Kit) -> None:
    head, rows = _some(kit)
    rows = [[*row, "OPOSISI"] for row in rows]
    data = _text([*head, "pilihan_politik"], rows).encode()
    _dtks(kit, "kolom_tak_disepakati", data, ACCEPTED, rule="kolom_tak_disepakati", rows=60, aside=0)


def _emptied_column(kit: _Kit) -> None:
    head, rows = kit.tables["dtks"]
    at = head.index("nama_ibu_kandung")
    data = _text(head, [[*row[:at], "", *row[at + 1 :]] for row in rows]).encode()
    before = kit.before("dtks", "kolom_kosong")
    _dtks(kit, "kolom_dikosongkan", data, HELD, rule="kolom_kosong", rows=len(rows), aside=0, before=before)


def _fallen_volume(kit: _Kit) -> None:
    head, rows = kit.tables["dtks"]
    keep = rows[: len(rows) * 3 // 10]
    before = kit.before("dtks", "volume")
    _dtks(kit, "volume_jatuh", _text(head, keep).encode(), HELD, rule="volume_berubah", rows=len(keep), aside=0, before=before)


def _ragged(kit: _Kit) -> None:
    head, rows = _some(kit)
    rows[5] = rows[5][:-3]
    rows[9] = [*rows[9], "LEBIH", "LAGI"]
    _dtks(kit, "baris_timpang", _text(head, rows).encode(), ACCEPTED, rows=60, aside=2)
    many = [row[:-3] if index % 5 < 3 else row for index, row in enumerate(_some(kit)[1])]
    _dtks(kit, "baris_timpang_banyak", _text(head, many).encode(), QUARANTINED, rows=60)


def _control_total(kit: _Kit) -> None:
    head, rows = _some(kit)
    data = _text(head, rows).encode()
    _dtks(kit, "total_kendali", data, QUARANTINED, rule="total_kendali", rows=60, letter={"jumlah_baris": 73})


def _twins(kit: _Kit) -> None:
    head, rows = _some(kit)
    data = _text(head, [*rows, *rows[10:14]]).encode()
    _dtks(kit, "baris_kembar", data, ACCEPTED, rule="baris_kembar", rows=64, aside=4)


def _bad_letter(kit: _Kit) -> None:
    head, rows = _some(kit)
    _dtks(kit, "surat_rusak", _text(head, rows).encode(), QUARANTINED, raw_letter="periode_data: [2025-10\n: : :\n")


def _bom_and_sep(kit: _Kit) -> None:
    head, rows = _some(kit, "kjmu", 40)
    path = kit.path("bom_sep", "kjmu", "csv")
    text = "sep=;\r\n" + _text(head, rows, separator=";", newline="\r\n", quote=False)
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    kit.add("bom_sep", "kjmu", path, ACCEPTED, rows=len(rows), aside=0)


def _two_periods(kit: _Kit) -> None:
    head, rows = _some(kit, "kjmu", 40)
    at = (
        head.index("PERIODE")
        if "PERIODE" in head
        else next(i for i, cell in enumerate(rows[0]) if cell[:4] == "2025" and cell[4:5] == "-")
    )
    for index, row in enumerate(rows):
        row[at] = "2025-09" if index % 2 else "2025-10"
    path = kit.path("dua_periode", "kjmu", "csv")
    path.write_text(_text(head, rows, separator=";", quote=False), encoding="utf-8")
    kit.add("dua_periode", "kjmu", path, HELD, rule="dua_periode", rows=len(rows), aside=0)


# --- workbooks ------------------------------------------------------------------------------------------------------


def _book(kit: _Kit, name: str, fill: Callable[[Any, Any, list[str], Rows], None], expected: str, **more: Any) -> None:
    head, rows = _some(kit, "klj", 40)
    path = kit.path(name, "klj", "xlsx")
    book = xlsxwriter.Workbook(str(path), {"in_memory": True})
    sheet = book.add_worksheet("KLJ")
    fill(book, sheet, head, rows)
    book.close()
    kit.add(name, "klj", path, expected, **more)


def _write(sheet: Any, head: Sequence[str], rows: Sequence[Sequence[str]], top: int = 0) -> None:
    for column, label in enumerate(head):
        sheet.write_string(top, column, label)
    for index, row in enumerate(rows, top + 1):
        for column, cell in enumerate(row):
            sheet.write_string(index, column, cell)


def _merged_cells(kit: _Kit) -> None:
    def fill(book: Any, sheet: Any, head: list[str], rows: Rows) -> None:
        sheet.merge_range(0, 0, 0, len(head) - 1, "REKAPITULASI PENERIMA")
        sheet.merge_range(1, 0, 1, 4, "DINAS SOSIAL")
        _write(sheet, head, rows, 3)
        at = head.index("KELURAHAN")
        sheet.merge_range(5, at, 6, at, rows[1][at])

    _book(kit, "sel_gabung", fill, ACCEPTED, rows=40, aside=0)


def _nik_numbers(kit: _Kit) -> None:
    def fill(book: Any, sheet: Any, head: list[str], rows: Rows) -> None:
        _write(sheet, head, rows)
        at = head.index("N I K")
        for index, row in enumerate(rows, 1):
            sheet.write_number(index, at, int(row[at].strip("'")) // 10 * 10)

    _book(kit, "nik_angka", fill, ACCEPTED, rows=40, aside=0)


def _serial_dates(kit: _Kit) -> None:
    def fill(book: Any, sheet: Any, head: list[str], rows: Rows) -> None:
        _write(sheet, head, rows)
        at = head.index("TGL LAHIR")
        for index in range(1, len(rows) + 1):
            sheet.write_number(index, at, 18_000 + index * 7)

    _book(kit, "tanggal_serial", fill, ACCEPTED, rows=40, aside=0)


def _formulas(kit: _Kit) -> None:
    def fill(book: Any, sheet: Any, head: list[str], rows: Rows) -> None:
        _write(sheet, head, rows)
        at = head.index("KELURAHAN")
        for index, row in enumerate(rows[:10], 1):
            sheet.write_formula(index, at, f'=UPPER("{row[at].lower()}")', None, row[at])

    _book(kit, "sel_rumus", fill, ACCEPTED, rows=40, aside=0)


def _missing_sheet_column(kit: _Kit) -> None:
    def fill(book: Any, sheet: Any, head: list[str], rows: Rows) -> None:
        at = head.index("NAMA PENERIMA")
        _write(sheet, [*head[:at], *head[at + 1 :]], [[*row[:at], *row[at + 1 :]] for row in rows])

    _book(kit, "lembar_tanpa_nama", fill, QUARANTINED, rule="kolom_hilang")


def _zip_as_xlsx(kit: _Kit) -> None:
    path = kit.path("zip_bernama_xlsx", "klj", "xlsx")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(zipfile.ZipInfo("data.csv", (2025, 1, 1, 0, 0, 0)), "a;b\n1;2\n")
    kit.add("zip_bernama_xlsx", "klj", path, QUARANTINED, rule="berkas_rusak")


def _cut_book(kit: _Kit) -> None:
    path = kit.path("xlsx_terpotong", "klj", "xlsx")
    data = kit.good["klj"].read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])
    kit.add("xlsx_terpotong", "klj", path, QUARANTINED, rule="berkas_rusak")


def _old_book(kit: _Kit) -> None:
    path = kit.path("xls_lama", "klj", "xlsx")
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 2048)
    kit.add("xls_lama", "klj", path, QUARANTINED, rule="berkas_rusak")


def _html_book(kit: _Kit) -> None:
    path = kit.path("html_bernama_xlsx", "klj", "xlsx")
    path.write_text("<html><body><table><tr><td>NIK</td></tr></table></body></html>", encoding="utf-8")
    kit.add("html_bernama_xlsx", "klj", path, QUARANTINED, rule="berkas_rusak")


def _full_sheet(kit: _Kit) -> None:
    head, rows = _some(kit, "klj", 40)
    path = kit.path("lembar_penuh", "klj", "xlsx")
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = book.add_worksheet("KLJ")
    needed = [head.index(name) for name in ("N I K", "NO. KK", "NAMA PENERIMA", "KELURAHAN")]
    for place, column in enumerate(needed):
        sheet.write_string(0, place, head[column])
    for index in range(1, MAX_ROWS):
        row = rows[index % len(rows)]
        sheet.write_string(index, 0, f"{index:016d}")
        for place, column in enumerate(needed[1:], 1):
            sheet.write_string(index, place, row[column])
    book.close()
    kit.add("lembar_penuh", "klj", path, ACCEPTED, rule="lembar_penuh", rows=MAX_ROWS - 1, aside=0)


# --- Parquet --------------------------------------------------------------------------------------------------------


def _cut_parquet(kit: _Kit) -> None:
    path = kit.path("parquet_terpotong", "adminduk", "parquet")
    data = kit.good["adminduk"].read_bytes()
    path.write_bytes(data[: len(data) // 2])
    kit.add("parquet_terpotong", "adminduk", path, QUARANTINED, rule="berkas_rusak")


def _numeric_parquet(kit: _Kit) -> None:
    table = pq.read_table(kit.good["adminduk"])
    at = table.schema.get_field_index("NIK")
    numbers = table.column("NIK").cast(pa.int64())
    path = kit.path("parquet_nik_angka", "adminduk", "parquet")
    pq.write_table(table.set_column(at, "NIK", numbers), path)
    kit.add("parquet_nik_angka", "adminduk", path, ACCEPTED, rows=len(table), aside=0)


_TEXT: tuple[Callable[[_Kit], None], ...] = (
    _stray_quote,
    _open_quote,
    _line_break,
    _cut,
    _encodings,
    _header_line_4,
    _double_header,
    _repeated_header,
    _empty,
    _no_header,
    _nul,
    _mixed_newlines,
    _wrong_separator,
    _swapped,
    _missing_column,
    _unagreed_column,
    _emptied_column,
    _fallen_volume,
    _ragged,
    _control_total,
    _twins,
    _bad_letter,
    _bom_and_sep,
    _two_periods,
)
_BOOKS: tuple[Callable[[_Kit], None], ...] = (
    _merged_cells,
    _nik_numbers,
    _serial_dates,
    _formulas,
    _missing_sheet_column,
    _zip_as_xlsx,
    _cut_book,
    _old_book,
    _html_book,
)
_OTHERS: tuple[Callable[[_Kit], None], ...] = (_cut_parquet, _numeric_parquet)
