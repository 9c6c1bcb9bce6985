"""Damage to a workbook in a few bytes: a zip whose bytes are changed fails by its checksums, so an input is a list of edits.

The first byte 0xFF says that the rest is the file itself. What a workbook holds belongs to the targets.
"""

from __future__ import annotations

import io
import re
import warnings
import zipfile

RAW = 0xFF
TOKENS: tuple[bytes, ...] = (
    b"", b"0", b"-1", b"1", b"1048576", b"1048577", b"99999999999999999999", b"1e400", b"NaN", b"1.5", b"TRUE", b"#REF!", b"=1+1",
    b"A0", b"XFD1048576", b"ZZZZ9", b"A1:XFD1048576", b"B2:A1", b"s", b"b", b"e", b"n", b"d", b"str", b"inlineStr", b"hidden",
    b"veryHidden", b"&#0;", b"&#x1F600;", b"&amp;", b"&x;", b"\xff\xfe", b"\x00", b"]]>", b"<!--", b"<f>1+1</f>", b"<v/>",
    b"<v>1</v>",
    b"<c/>", b"<row/>", b'<row r="2"><c r="A2"><v>1</v></c></row>', b"<c><v>7</v></c>", b'<c r="B3" t="e"><v>#N/A</v></c>',
    b'<mergeCells count="1"><mergeCell ref="A1:C9"/></mergeCells>', b"<is><t>x</t></is>", b"</row>", b"</sheetData>",
    b"../../../etc/passwd", b"/etc/passwd", b"file:///etc/passwd", b"xl/worksheets/sheet1.xml", b"xl/chartsheets/sheet1.xml",
    b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/chartsheet", b"2025-13-45", b"1900-01-00",
    b"3171010101010001",
    b"\xe2\x80\xae", b"_x0000_", b"_x000D_", b" ", b"\n", b"\r", b"<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>",
    b"2958466", b"-2958466", b"60", b"0.9999999999", b"14", b"22", b"45",
)  # fmt: skip
_TEXT, _ATTRIBUTE, _ELEMENT = re.compile(rb">([^<]*)<"), re.compile(rb'="([^"]*)"'), re.compile(rb"<[^>]*>")
_ROW = re.compile(rb"<(?:row|c|sheet|si|Relationship)\b.*?(?:/>|</(?:row|c|sheet|si|Relationship)>)", re.DOTALL)
MOST = 4 << 20


class Taken:
    """Reads numbers and texts off the front of some bytes; zeros when they are used up."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def byte(self) -> int:
        self.at += 1
        return self.data[self.at - 1] if self.at <= len(self.data) else 0

    def two(self) -> int:
        return self.byte() << 8 | self.byte()

    def text(self) -> bytes:
        """A token, or some bytes of the input."""
        kind = self.byte()
        if kind < 0xC0:
            return TOKENS[kind % len(TOKENS)]
        size = kind - 0xC0
        self.at += size
        return self.data[self.at - size : self.at]

    def left(self) -> bool:
        return self.at < len(self.data)


def parts_of(book: bytes) -> list[tuple[str, bytes]]:
    """The parts of a workbook, in their order."""
    with zipfile.ZipFile(io.BytesIO(book)) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


def damaged(parts: list[tuple[str, bytes]], recipe: bytes) -> bytes:
    """The workbook after the edits that the bytes tell (at most 24), as a file; 0xFF in front: the rest is the file."""
    if recipe[:1] == bytes((RAW,)):
        return recipe[1:]
    now, taken = list(parts), Taken(recipe)
    cut: int | None = None
    for _ in range(24):
        if not taken.left() or not now:
            break
        kind, place = taken.byte() % 12, taken.byte() % len(now)
        name, data = now[place]
        at = taken.two() * len(data) >> 16
        if kind in (0, 1):
            text = taken.text()
            data = data[:at] + text + data[at + (len(text) if kind else 0) :]
        elif kind == 2:
            data = data[:at] + data[at + 1 + taken.byte() :]
        elif kind == 3:
            size, times = 1 + taken.two() % 2000, 1 + taken.byte() % 40
            data = data[:at] + data[at : at + size] * times + data[at + size :]
        elif kind in (4, 5):
            data = _put(_TEXT if kind == 4 else _ATTRIBUTE, data, at, taken.text())
        elif kind == 6:
            found = _near(_ELEMENT, data, at)
            data = data if found is None else data[: found.start()] + data[found.end() :]
        elif kind == 7:
            found = _near(_ROW, data, at)
            if found is not None:
                whole = found[0] * (taken.byte() % 4)
                data = data[: found.start()] + whole + data[found.end() :]
        elif kind == 8:
            now.append((name, data)) if taken.byte() % 2 else now.pop(place)
            continue
        elif kind == 9:
            name = taken.text().decode("latin-1") or "x"
        elif kind == 10:
            data = now[taken.byte() % len(now)][1]
        else:
            cut = taken.two()
        now[place] = (name, data[:MOST])
    out = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        warnings.simplefilter("ignore", UserWarning)  # a part that is there twice is meant
        for name, data in now:
            info = zipfile.ZipInfo("x")
            info.filename, info.compress_type = name, zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    whole = out.getvalue()
    return whole if cut is None else whole[: cut * len(whole) >> 16]


def _near(pattern: re.Pattern[bytes], data: bytes, at: int) -> re.Match[bytes] | None:
    return pattern.search(data, at) or pattern.search(data)


def _put(pattern: re.Pattern[bytes], data: bytes, at: int, text: bytes) -> bytes:
    found = _near(pattern, data, at)
    return data if found is None else data[: found.start(1)] + text + data[found.end(1) :]
