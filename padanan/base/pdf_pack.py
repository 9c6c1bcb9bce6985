"""A PDF with its small objects packed: the tags of a long table are most of a tagged paper, and Typst writes them uncompressed.

Nothing of what the paper says or how it is tagged changes; setting it is in `typeset`.
"""

from __future__ import annotations

import re
import zlib

# Objects of one stream: a reader unpacks a whole stream for one of them.
_TOGETHER = 400
_LEVEL = 6
_HEAD = re.compile(rb"\A\d+ 0 obj\s*")
_KEPT = re.compile(rb"/(?:Root|Info) \d+ 0 R|/ID ?\[[^\]]*\]")


def packed(pdf: bytes) -> bytes:
    """The same objects under the same numbers, those without a stream in object streams (PDF 1.5, ISO 32000-1 7.5.7).

    Args:
        pdf: a file with one classic cross-reference table, as Typst writes it.

    Raises:
        ValueError: the file is not of that kind; that is a fault of this program.
    """
    start = re.search(rb"startxref\s+(\d+)\s+%%EOF\s*\Z", pdf)
    if start is None or pdf[int(start[1]) :][:4] != b"xref":
        raise ValueError("a PDF without a classic cross-reference table")
    table, trailer = pdf[int(start[1]) :].split(b"trailer", 1)
    lines = table.split(b"\n")[2:]
    places = {number: int(line[:10]) for number, line in enumerate(lines) if line[17:18] == b"n"}
    order = sorted(places, key=lambda number: places[number])
    ends = [*(places[number] for number in order[1:]), int(start[1])]
    whole: list[tuple[int, bytes]] = []
    small: list[tuple[int, bytes]] = []
    for number, end in zip(order, ends, strict=True):
        body = _HEAD.sub(b"", pdf[places[number] : end]).strip().removesuffix(b"endobj").strip()
        (whole if body.endswith(b"endstream") else small).append((number, body))
    size = max(order) + 1
    out, where = [pdf[: places[order[0]]]], {0: (0, 0, 65535)}
    at = len(out[0])

    def write(number: int, body: bytes) -> None:
        nonlocal at
        where[number] = (1, at, 0)
        out.append(b"%d 0 obj\n%b\nendobj\n" % (number, body))
        at += len(out[-1])

    for number, body in whole:
        write(number, body)
    for first in range(0, len(small), _TOGETHER):
        group = small[first : first + _TOGETHER]
        for index, (number, _) in enumerate(group):
            where[number] = (2, size, index)
        write(size, _stream_of(group))
        size += 1
    where[size] = (1, at, 0)
    rows = b"".join(
        kind.to_bytes(1, "big") + place.to_bytes(4, "big") + index.to_bytes(2, "big")
        for kind, place, index in (where.get(number, (0, 0, 65535)) for number in range(size + 1))
    )
    kept = b" ".join(_KEPT.findall(trailer))
    out.append(b"%d 0 obj\n" % size + _stream(b"/Type /XRef /Size %d /W [1 4 2] %b" % (size + 1, kept), rows) + b"\nendobj\n")
    out.append(b"startxref\n%d\n%%%%EOF\n" % at)
    return b"".join(out)


def _stream_of(group: list[tuple[int, bytes]]) -> bytes:
    heads, start = [], 0
    for number, body in group:
        heads.append(b"%d %d" % (number, start))
        start += len(body) + 1
    head = b" ".join(heads) + b"\n"
    return _stream(b"/Type /ObjStm /N %d /First %d" % (len(group), len(head)), head + b"\n".join(body for _, body in group))


def _stream(entries: bytes, content: bytes) -> bytes:
    found = zlib.compress(content, _LEVEL)
    return b"<< %b /Filter /FlateDecode /Length %d >>\nstream\n%b\nendstream" % (entries, len(found), found)
