"""How the bytes of a text delivery become UTF-8 lines: encoding, line ends, NUL bytes, the raw line count.

Separators, quotes and columns belong to `csv_scan` and `csv_reader`; nothing here looks inside a line.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from padanan.landing.raw import DamagedFile

BLOCK = 16 * 1024 * 1024
# ASCII unit separator: stands in for a separator that is not one ASCII byte.
STAND_IN = "\x1f"
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_MARK = "\ue000"
_TEXT_CONTROLS = frozenset(b"\t\n\r\f\x1a\x1b\x00\x1f\x1e")


@dataclass(frozen=True)
class TextFacts:
    """What was decided about a text file's bytes.

    Attributes:
        encoding: `utf-8`, `utf-8-campur` (some bytes were cp1252), `utf-16`, `utf-32` or `cp1252`.
        bom: whether a byte order mark said so.
        path: a file that is strict UTF-8 from `offset` on (the original when nothing had to change).
        lines: physical lines, counted on bytes: LF, CRLF and a lone CR end a line, a last one may lack its end.
        lf, crlf, cr: line ends by kind.
        open_end: the last line has no end.
        nul: NUL bytes.
        undecodable: characters that no encoding explains (kept as U+FFFD).
    """

    encoding: str
    bom: bool
    path: Path
    offset: int
    lines: int
    lf: int
    crlf: int
    cr: int
    open_end: bool
    nul: int
    undecodable: int

    @property
    def newline(self) -> str:
        """`LF`, `CRLF`, `CR`, or the kinds that occur joined by `+`."""
        kinds = [name for name, count in (("LF", self.lf), ("CRLF", self.crlf), ("CR", self.cr)) if count]
        return "+".join(kinds) or "-"


def prepare_text(path: Path, work: Path, separators: tuple[str, ...] = ()) -> TextFacts:
    """Decides the encoding (BOM, strict UTF-8, cp1252) and leaves UTF-8 bytes with counted lines.

    Args:
        path: the delivered file.
        work: a private folder for the transcoded copy.
        separators: separators that are not one ASCII byte; each becomes STAND_IN.

    Raises:
        DamagedFile: empty, binary, or UTF-16 without a byte order mark.
    """
    with path.open("rb") as handle:
        head = handle.read(65536)
    if not head:
        raise DamagedFile("berkas kosong (0 bita)", "kirim ulang berkas yang berisi data")
    encoding, bom = _decide(path, head)
    plain = encoding == "utf-8" and not separators
    if plain:
        offset = len(codecs.BOM_UTF8) if bom else 0
        if path.stat().st_size == offset:
            raise _nothing()
        return _count(path, offset, encoding, bom, 0)
    target = work / "teks.utf8"
    bad = 0
    with target.open("wb") as out:
        for text in _decode(path, encoding):
            bad += text.count("\ufffd") if encoding != "utf-8" else 0
            for separator in separators:
                text = text.replace(separator, STAND_IN)
            out.write(text.encode("utf-8"))
    if not target.stat().st_size:
        raise _nothing()
    return _count(target, 0, encoding, bom, bad)


def _nothing() -> DamagedFile:
    return DamagedFile("berkas kosong (hanya tanda urutan bita)", "kirim ulang berkas yang berisi data")


def _decide(path: Path, head: bytes) -> tuple[str, bool]:
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name, True
    sample = head[:4096]
    if len(sample) >= 4 and sample.count(0) >= 0.3 * len(sample):
        if max(sample[0::2].count(0), sample[1::2].count(0)) >= 0.7 * (len(sample) // 2):
            raise DamagedFile("teks UTF-16 tanpa tanda urutan bita (BOM)", "simpan ulang sebagai CSV UTF-8 lalu kirim ulang")
        raise DamagedFile("bukan berkas teks (banyak bita NUL)", "ekspor ulang data sebagai CSV UTF-8")
    controls = sum(1 for byte in head if byte < 32 and byte not in _TEXT_CONTROLS)
    if controls > 0.02 * len(head):
        raise DamagedFile("bukan berkas teks (isi biner)", "ekspor ulang data sebagai CSV, XLSX, atau Parquet")
    decoder = codecs.getincrementaldecoder("utf-8")("strict")
    try:
        for block in _blocks(path):
            # ASCII is UTF-8, and `isascii` is several times faster than decoding; a cut character needs the decoder.
            if not block.isascii() or decoder.getstate()[0]:
                decoder.decode(block)
        decoder.decode(b"", final=True)
        return "utf-8", False
    except UnicodeDecodeError:
        return ("utf-8-campur" if _mostly_utf8(path) else "cp1252"), False


def _mostly_utf8(path: Path) -> bool:
    """Whether valid multi-byte UTF-8 outweighs the bytes that break it: a damaged UTF-8 file, not cp1252."""
    valid = broken = 0
    decoder = codecs.getincrementaldecoder("utf-8")("padanan_mark")
    for block in _blocks(path):
        text = decoder.decode(block)
        marks = text.count(_MARK)
        broken += marks
        valid += len(text) - len(text.encode("ascii", "ignore")) - marks
    return valid > broken


def _mark(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return _MARK * (error.end - error.start), error.end


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeDecodeError)
    return error.object[error.start : error.end].decode("cp1252", "replace"), error.end


codecs.register_error("padanan_mark", _mark)
codecs.register_error("padanan_cp1252", _as_cp1252)


def _decode(path: Path, encoding: str) -> Iterator[str]:
    name, errors = {
        "utf-8": ("utf-8-sig", "strict"),
        "utf-8-campur": ("utf-8", "padanan_cp1252"),
        "cp1252": ("cp1252", "replace"),
    }.get(encoding, (encoding, "replace"))
    decoder = codecs.getincrementaldecoder(name)(errors)
    for block in _blocks(path):
        yield decoder.decode(block)
    yield decoder.decode(b"", final=True)


def _blocks(path: Path) -> Iterator[bytes]:
    with path.open("rb") as handle:
        while block := handle.read(BLOCK):
            yield block


def _count(path: Path, offset: int, encoding: str, bom: bool, bad: int) -> TextFacts:
    """Counts line ends on bytes alone: the control total that no parser takes part in."""
    newline = pair = returns = nul = 0
    last = b""
    with path.open("rb") as handle:
        handle.seek(offset)
        while block := handle.read(BLOCK):
            data = np.frombuffer(block, np.uint8)
            newline += int(np.count_nonzero(data == 10))
            if b"\r" in block:
                returns += int(np.count_nonzero(data == 13))
                pair += block.count(b"\r\n")
            pair += 1 if last == b"\r" and block[:1] == b"\n" else 0
            if b"\0" in block:
                nul += block.count(b"\0")
            last = block[-1:]
    open_end = last not in (b"\n", b"\r", b"")
    ends = newline + returns - pair
    return TextFacts(
        encoding=encoding,
        bom=bom,
        path=path,
        offset=offset,
        lines=ends + (1 if open_end else 0),
        lf=newline - pair,
        crlf=pair,
        cr=returns - pair,
        open_end=open_end,
        nul=nul,
        undecodable=bad,
    )
