"""Hostile things that may lie in an inbox: files, letters, names and links after public bug reports, each made in a moment.

What must become of them is told by the tests that deliver them.
"""

from __future__ import annotations

import itertools
import os
import socket
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from padanan.landing.letter import LETTER

SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" '
    'ContentType="application/xml"/><Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
_RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    f'Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
_BOOK = (
    f'<workbook xmlns="{SPREADSHEET}" xmlns:r="{_RELATIONS}"><sheets><sheet name="Sheet1" sheetId="1" r:id="rId1"/></sheets>'
    "</workbook>"
)
_BOOK_RELS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    f'Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" '
    f'Type="{_RELATIONS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>'
)
HEADER = ("nik", "no_kk", "nama", "alamat", "kelurahan")


def workbook(path: Path, rows: str, *, shared: bytes = b"", repeat: int = 1, sheet_repeat: tuple[str, int] = ("", 0)) -> None:
    """A workbook of one sheet with these rows; `repeat` times one shared string, `sheet_repeat` times one piece of XML."""
    head = "".join(f'<c t="inlineStr"><is><t>{name}</t></is></c>' for name in HEADER)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", _RELS)
        archive.writestr("xl/workbook.xml", _BOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", _BOOK_RELS)
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'<worksheet xmlns="{SPREADSHEET}"><sheetData><row r="1">{head}</row>{rows}'.encode())
            piece, count = sheet_repeat
            block = piece.encode() * 10_000
            for _ in range(count // 10_000):
                sheet.write(block)
            sheet.write(b"</sheetData></worksheet>")
        with archive.open("xl/sharedStrings.xml", "w", force_zip64=True) as strings:
            strings.write(f'<sst xmlns="{SPREADSHEET}">'.encode())
            for _ in range(repeat if shared else 0):
                strings.write(shared)
            strings.write(b"</sst>")


def far_cell(path: Path) -> None:
    workbook(path, '<row r="2"><c r="A2"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')


def quadratic(path: Path) -> None:
    """Opened rows that never end: an expression that looks for each row's end reads the rest of the sheet each time."""
    workbook(path, "", sheet_repeat=('<row r="2"><c><v>1</v></c>', 600_000))


def huge_cell(path: Path) -> None:
    text = "A" * (64 << 20)
    workbook(path, f'<row r="2"><c r="A2" t="inlineStr"><is><t>{text}</t></is></c></row>')


def shared_string_bomb(path: Path) -> None:
    """A megabyte of archive that becomes 400 MB of strings."""
    workbook(
        path, '<row r="2"><c r="A2" t="s"><v>0</v></c></row>', shared=b"<si><t>" + b"B" * (20 << 20) + b"</t></si>", repeat=20
    )


def row_bomb(path: Path) -> None:
    workbook(path, "", sheet_repeat=('<row><c t="inlineStr"><is><t>x</t></is></c></row>', 5_000_000))


def entity_bomb(path: Path) -> None:
    names = "abcdefghij"
    entities = f'<!ENTITY a "{"x" * 1000}">' + "".join(
        f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in itertools.pairwise(names)
    )
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", _TYPES)
        archive.writestr("_rels/.rels", f"<!DOCTYPE x [{entities}]>" + _RELS.replace("xl/workbook.xml", "xl/workbook.xml&j;"))
        archive.writestr("xl/workbook.xml", f"<!DOCTYPE x [{entities}]>" + _BOOK.replace("Sheet1", "&j;"))
        archive.writestr("xl/_rels/workbook.xml.rels", _BOOK_RELS)
        archive.writestr("xl/worksheets/sheet1.xml", f'<worksheet xmlns="{SPREADSHEET}"><sheetData/></worksheet>')


def many_members(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(20_000):
            archive.writestr(f"xl/worksheets/{'n' * 60}{number}.xml", b"")


def said_size(path: Path) -> None:
    """An archive whose directory says that one part is exabytes large."""
    workbook(path, "<row/>")
    data = bytearray(path.read_bytes())
    place = data.rindex(b"PK\x01\x02")
    data[place + 24 : place + 28] = struct.pack("<I", 0xFFFFFFF0)
    path.write_bytes(bytes(data))


def parquet_bomb(path: Path) -> None:
    """Kilobytes that become six million rows."""
    schema = pa.schema([(name, pa.string()) for name in HEADER])
    table = pa.table({name: pa.repeat(pa.scalar("x"), 1_000_000) for name in HEADER}, schema=schema)
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for _ in range(6):
            writer.write_table(table)


def parquet_cut(path: Path) -> None:
    pq.write_table(pa.table({name: ["x"] * 100 for name in HEADER}), path)
    data = path.read_bytes()
    path.write_bytes(data[:50] + bytes(reversed(data[50:-8])) + data[-8:])


def _text(content: bytes) -> Callable[[Path], None]:
    return lambda path: path.write_bytes(content) and None


def fifo(path: Path) -> None:
    os.mkfifo(path)


def unix_socket(path: Path) -> None:
    at = Path.cwd()
    os.chdir(path.parent)  # an address of a socket holds 107 bytes
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind(path.name)
    finally:
        os.chdir(at)


def sparse(path: Path) -> None:
    with path.open("wb") as handle:
        handle.truncate(9 << 40)


# So long ago that nobody takes it for a file that is still being copied.
OLD = 1_700_000_000
HEAD = "|".join(HEADER).encode()
FILES: dict[str, Callable[[Path], None]] = {
    "klj_2025-01 sel jauh.xlsx": far_cell,
    "klj_2025-01 kuadrat.xlsx": quadratic,
    "klj_2025-01 sel besar.xlsx": huge_cell,
    "klj_2025-01 teks bersama.xlsx": shared_string_bomb,
    "klj_2025-01 baris.xlsx": row_bomb,
    "klj_2025-01 entitas.xlsx": entity_bomb,
    "klj_2025-01 anggota.xlsx": many_members,
    "klj_2025-01 ukuran.xlsx": said_size,
    "klj_2025-01 terpotong.xlsx": _text(b"PK\x03\x04" + b"\x00" * 200),
    "klj_2025-01 lama.xlsx": _text(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600),
    "adminduk_2025-01 bom.parquet": parquet_bomb,
    "adminduk_2025-01 rusak.parquet": parquet_cut,
    "dtks_2025-01 kutip.csv": _text(HEAD + b"\n" + b'"' * 3_000_000),
    "dtks_2025-01 satu garis.csv": _text(HEAD + b"\n" + b"x" * 40_000_000),
    "dtks_2025-01 kolom.csv": _text(b"|".join(b"k%d" % n for n in range(200_000)) + b"\n"),
    "dtks_2025-01 nul.csv": _text(b"\x00" * 1_000_000),
    "dtks_2025-01 acak.csv": _text(bytes(range(256)) * 4_000),
    "dtks_2025-01 kosong.csv": _text(b""),
    "dtks_2025-01 html.csv": _text(b"<html><table><tr><td>x</td></tr></table></html>"),
    "dtks_2025-01 gzip.csv": _text(b"\x1f\x8b\x08\x00" + b"\x00" * 50),
    "dtks_2025-01 raksasa.csv": sparse,
    "dtks_2025-01 pipa.csv": fifo,
    "dtks_2025-01 soket.csv": unix_socket,
    "dtks_2025-01 nol.csv": lambda path: path.symlink_to("/dev/zero"),
    "dtks_2025-01 hilang.csv": lambda path: path.symlink_to("/tidak/ada"),
    "dtks_2025-01 lingkar.csv": lambda path: path.symlink_to(path.name),
    "dtks_2025-01 folder.csv": lambda path: path.symlink_to("/"),
    "dtks rahasia.tarik.yaml": _text(b"url_env: AWS_SECRET_ACCESS_KEY\nperiode_data: 2025-01\n"),
    "dtks bom.tarik.yaml": _text(b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"),
    "d" * 251 + ".csv": _text(b"x"),
    os.fsdecode(b"dtks \xff\xfe.csv"): _text(b"x"),
    "dtks \x1b[2J\x07\u202e.csv": _text(b"x"),
}
"""By name; the producer is the part of the name before `_` or a space, `dtks` for the others."""

LETTERS: dict[str, Callable[[Path], None]] = {
    "bom": _text(b"a: &a [x, x]\n" + b"".join(b"%c: &%c [*%c, *%c]\n" % (n + 1, n + 1, n, n) for n in range(97, 118))),
    "dalam": _text(b"[" * 60_000),
    "tanggal": _text(b"diterima: 2025-13-45\n"),
    "besar": _text(b"a: " + b"x" * 1_000_000),
    "jenis": _text(b"periode_data: !!python/object/apply:os.system [id]\n"),
    "bilangan": _text(b"jumlah_baris: " + b"9" * 5_000 + b"\n"),
    "pipa": fifo,
    "nol": lambda path: path.symlink_to("/dev/zero"),
}
"""Letters beside a good delivery of DTKS."""


def producer_of(name: str) -> str:
    """Whose inbox a hostile file is put into."""
    known = name.partition("_")[0]
    return known if known in ("klj", "adminduk") else "dtks"


def put_all(inbox: Callable[[str], Path], good: bytes) -> set[tuple[str, str]]:
    """Makes everything; returns (producer, file name) of each."""
    made = set()
    for name, make in FILES.items():
        folder = inbox(producer_of(name))
        folder.mkdir(parents=True, exist_ok=True)
        make(folder / name)
        made.add((producer_of(name), name))
    for word, make in LETTERS.items():
        path = inbox("dtks") / f"dtks_2024-01 surat {word}.csv"
        path.write_bytes(good)
        make(path.with_name(path.name + LETTER))
        made.add(("dtks", path.name))
    for contract_id, name in made:
        for path in (inbox(contract_id) / name, inbox(contract_id) / (name + LETTER)[:255]):
            if path.is_symlink() or path.exists():
                os.utime(path, (OLD, OLD), follow_symlinks=False)
    return made
