"""What an archive or foreign file is by its bytes, and valid workbooks put into the layout that the reader knows.

Cells and rows belong to `xlsx_reader`; nothing of a sheet is looked at here.
"""

from __future__ import annotations

import codecs
import posixpath
import re
import shutil
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from xml.etree import ElementTree  # nosec B405  # a workbook's parts, in the reading child; expat resolves nothing outside (tests/security/test_xml.py)

from padanan.base.errors import disk_fault
from padanan.landing.raw import DamagedFile

MAX_UNPACKED = 20 * 1024**3
RESAVE = "buka di Excel, simpan sebagai .xlsx tanpa kata sandi, lalu kirim ulang"
# What zip and XML are found to be when they are not whole: bytes, checksums, compression, a part that is named and not there, a
# name or an encoding that nobody knows.
_BROKEN = (
    zipfile.BadZipFile, zlib.error, struct.error, ElementTree.ParseError, EOFError, LookupError, NotImplementedError, OSError,
    RuntimeError, ValueError,
)  # fmt: skip
_WORKBOOK, _RELATIONS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_AS_TABLE = "simpan ulang sebagai .xlsx/.csv lalu kirim ulang"
_MAGIC = (
    (b"%PDF", "PDF"),
    (b"Rar!", "arsip RAR"),
    (b"7z\xbc\xaf\x27\x1c", "arsip 7z"),
    (b"\x1f\x8b", "arsip gzip"),
    (b"BZh", "arsip bzip2"),
    (b"\xfd7zXZ", "arsip xz"),
    (b"SQLite format 3", "basis data SQLite"),
    (b"{\\rtf", "dokumen RTF"),
    (b"\x89PNG", "gambar PNG"),
    (b"\xff\xd8\xff", "gambar JPEG"),
    (b"PGDMP", "cadangan PostgreSQL"),
)
# dBase and FoxPro: version byte, date of the last change, and the type of the first field.
_DBF_VERSIONS, _DBF_TYPES = frozenset(b"\x02\x03\x04\x05\x30\x31\x32\x43\x63\x83\x8b\x8e\xcb\xf5\xfb"), b"CNDLFMIBTYG@+OPVWQ"
# What a mail or a saved page begins with.
_MAIL = re.compile(r"(?i)(?:from|to|subject|date|received|return-path|mime-version|content-type|message-id): ")
_OPEN_DOCUMENT = {"spreadsheet": "berkas ODS", "text": "dokumen ODT", "presentation": "berkas ODP"}


def refuse_foreign(head: bytes) -> None:
    """Raises:
    DamagedFile: the first bytes (a byte order mark skipped) are those of HTML, XML, JSON or another known kind that is no table.
    """
    for magic, name in _MAGIC:
        if head.startswith(magic):
            raise DamagedFile(f"isi berkas {name}, bukan tabel", _open_it(name))
    if _is_dbf(head):
        raise DamagedFile("isi berkas tabel DBF (dBase, FoxPro)", f"buka di Excel atau LibreOffice, {_AS_TABLE}")
    if head and not head.strip(b"\x00"):
        raise DamagedFile(
            "berkas hanya berisi bita nol (salinan atau unduhan gagal)", "salin ulang berkas dari komputer asal lalu kirim ulang"
        )
    text = _text(head).lstrip("\ufeff \t\r\n\x00")
    if _MAIL.match(text):
        raise DamagedFile(
            "isi berkas surel atau halaman tersimpan, bukan tabel", "simpan lampirannya lalu kirim sebagai .xlsx/.csv"
        )
    low = text[:200].lower()
    if re.match(r"(<!--.*?-->\s*)*<(!doctype html|html|head|body|table|meta|script|div)\b", low, re.DOTALL):
        raise DamagedFile("isi berkas halaman HTML, bukan tabel", f"buka di Excel, {_AS_TABLE}")
    if low.startswith(("<?xml", "<!doctype")):
        raise DamagedFile("isi berkas XML, bukan tabel", f"ekspor dari aplikasinya, {_AS_TABLE}")
    if re.match(r'[\[{]\s*([\[{"\]}]|$)', text):
        raise DamagedFile("isi berkas JSON, bukan tabel", f"ekspor dari aplikasinya sebagai tabel, {_AS_TABLE}")


def _is_dbf(head: bytes) -> bool:
    """Whether header and first field are those of a DBF: half of its bytes are zero, as in UTF-16 text."""
    return (
        len(head) > 43
        and head[0] in _DBF_VERSIONS
        and 1 <= head[2] <= 12
        and 1 <= head[3] <= 31
        and int.from_bytes(head[8:10], "little") > 64
        and head[43] in _DBF_TYPES
        and re.match(rb"[A-Za-z_][A-Za-z0-9_]*\x00*$", head[32:43]) is not None
    )


def _text(head: bytes) -> str:
    """The head as text, by its byte order mark."""
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if head.startswith(mark):
            return head[: len(head) // 2 * 2].decode(encoding, "replace")
    return head.decode("utf-8", "replace")


def _open_it(name: str) -> str:
    return "buka arsipnya dan kirim berkas .xlsx/.csv di dalamnya" if name.startswith("arsip") else _AS_TABLE


@contextmanager
def whole(
    cause: str = "berkas .xlsx terpotong atau rusak", cure: str = "salin ulang berkas dari komputer asal lalu kirim ulang"
) -> Iterator[None]:
    """What is met in a broken workbook becomes one cause; a fault of the machine (a full disk) stays what it is.

    Raises:
        DamagedFile: with this cause and cure; the library's own message may quote a cell.
    """
    try:
        yield
    except _BROKEN as error:
        if disk_fault(error) is not None:
            raise
        raise DamagedFile(cause, cure) from None


def check_workbook(path: Path) -> None:
    """Raises:
    DamagedFile: the bytes are no .xlsx workbook (empty, old .xls, locked, another archive, HTML, cut); says what they are.
    """
    with path.open("rb") as handle:
        head = handle.read(512)
    if not head:
        raise DamagedFile("berkas kosong (0 bita)", "kirim ulang berkas yang berisi data")
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise DamagedFile("berkas Excel lama (.xls) atau terkunci kata sandi", RESAVE)
    if not head.startswith(b"PK"):
        what = "halaman HTML" if b"<html" in head.lower() or b"<table" in head.lower() else "bukan buku kerja .xlsx"
        raise DamagedFile(f"isi berkas {what}", RESAVE)
    with whole(), zipfile.ZipFile(path) as archive:
        names = {_slashes(name) for name in archive.namelist()}
        if sum(item.file_size for item in archive.infolist()) > MAX_UNPACKED:
            raise DamagedFile("isi berkas terlalu besar setelah dibuka", "bagi menjadi beberapa berkas lalu kirim ulang")
        kind = _kind(archive, names)
    if kind is not None:
        raise DamagedFile(*kind)


def _kind(archive: zipfile.ZipFile, names: set[str]) -> tuple[str, str] | None:
    """What an archive is when it is no workbook: cause and cure."""
    if "mimetype" in names:
        with archive.open("mimetype") as stream:
            told = stream.read(200).decode("ascii", "replace")
        for part, name in _OPEN_DOCUMENT.items():
            if f"opendocument.{part}" in told:
                return name, _AS_TABLE.replace(".xlsx/.csv", ".xlsx") if part == "spreadsheet" else _AS_TABLE
    if any(name.startswith("xl/") and name.endswith(".bin") and "workbook" in name for name in names):
        return "berkas XLSB (buku kerja biner)", _AS_TABLE.replace(".xlsx/.csv", ".xlsx")
    if any(name.startswith("word/") for name in names):
        return "dokumen Word (.docx)", f"salin tabelnya ke Excel, {_AS_TABLE}"
    if any(name.startswith("ppt/") for name in names):
        return "berkas PowerPoint (.pptx)", f"salin tabelnya ke Excel, {_AS_TABLE}"
    if workbook_part(archive) is None:
        return "arsip zip, bukan buku kerja", "buka arsipnya dan kirim berkas .xlsx/.csv di dalamnya"
    return None


def _slashes(name: str) -> str:
    return name.replace("\\", "/").lstrip("/")


def workbook_part(archive: zipfile.ZipFile) -> str | None:
    """The part that the package calls its workbook (`xl/workbook.xml`, `xl/workbook2.xml`, …); None when there is none."""
    by_name = {_slashes(name): name for name in archive.namelist()}
    if "_rels/.rels" in by_name:
        try:
            root = ElementTree.fromstring(archive.read(by_name["_rels/.rels"]))  # nosec B314  # in the reading child; expat resolves nothing outside (tests/security/test_xml.py)
        except ElementTree.ParseError:
            root = None
        for item in root if root is not None else ():
            target = _slashes(item.get("Target", ""))
            if item.get("Type", "").endswith("/officeDocument") and target in by_name:
                return target
    return _WORKBOOK if _WORKBOOK in by_name else None


def usual_layout(path: Path, work: Path) -> Path:
    """The workbook itself, or a copy in `work` whose parts have their usual names (slashes, `xl/workbook.xml`).

    Raises:
        DamagedFile: the archive can't be read.
    """
    with whole(), zipfile.ZipFile(path) as archive:
        part = workbook_part(archive)
        if part is None or (part == _WORKBOOK and not any("\\" in name for name in archive.namelist())):
            return path
        relations = posixpath.join(posixpath.dirname(part), "_rels", posixpath.basename(part) + ".rels")
        renamed = {part: _WORKBOOK, relations: _RELATIONS}
        target = work / "buku.xlsx"
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
            for item in archive.infolist():
                name = renamed.get(_slashes(item.filename), _slashes(item.filename))
                if name.endswith("/"):
                    continue
                with archive.open(item) as source, out.open(name, "w", force_zip64=True) as sink:
                    if name in ("_rels/.rels", "[Content_Types].xml"):
                        text = source.read().decode("utf-8", "replace")
                        sink.write(text.replace(part, _WORKBOOK).encode("utf-8"))
                    else:
                        shutil.copyfileobj(source, sink, 1 << 20)
        return target


def epoch_1904(path: Path) -> bool:
    """Whether the workbook counts its days from 1904 (old Macintosh workbooks).

    Raises:
        DamagedFile: the archive can't be read.
    """
    with whole(), zipfile.ZipFile(path) as archive, archive.open(_WORKBOOK) as book:
        head = book.read(20_000)
    return re.search(rb'<(?:\w+:)?workbookPr\b[^>]*\bdate1904="(?:1|true)"', head) is not None
