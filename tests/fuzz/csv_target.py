"""Delimited text of any bytes: what is read, refused and counted of a DTKS delivery.

Lines are counted here once more, by a splitter that shares nothing with the reader.
"""

from __future__ import annotations

import codecs
import re
from functools import partial

from padanan.contracts.contract import load_contracts
from padanan.landing.raw import RawTable
from tests.fuzz.harness import Lost, Target
from tests.fuzz.reading import lines_of, reader
from tests.landing.deliveries import dtks_row

_ENDS = re.compile(r"\r\n|\r|\n")
_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
          (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))  # fmt: skip


def count_again(data: bytes, raw: RawTable) -> None:
    """Every line that says something, below the heading, was read or refused; where no quote joins lines, line by line."""
    mark, encoding = next((one for one in _MARKS if data.startswith(one[0])), (b"", "latin-1"))
    text = data[len(mark) :].decode(encoding, "replace")
    lines = _ENDS.split(text)
    if lines[-1] == "":
        lines.pop()
    if raw.control["garis"] != len(lines):
        raise Lost(f"{len(lines)} lines in the file, {raw.control['garis']} in the account")
    good, bad = lines_of(raw)
    if not re.search("[\"']", text):
        said = {number for number, line in enumerate(lines, 1) if line.strip(" \t\x0b\x0c") and number > raw.facts["garis_judul"]}
        if gone := said - good - bad:
            raise Lost(f"lines {sorted(gone)[:5]} say something and are nowhere")


def seeds() -> dict[str, bytes]:
    columns = load_contracts()["dtks"].columns
    head = "|".join(column.source for column in columns)
    rows = ["|".join(f'"{dtks_row(number).get(column.name, "")}"' for column in columns) for number in range(3)]
    bare = [row.replace('"', "") for row in rows]
    made = {
        "kutip": "\n".join([head, *rows, ""]), "polos": "\r\n".join([head, *bare, ""]), "cr": "\r".join([head, *bare]),
        "sep": "\n".join(["sep=;", head.replace("|", ";"), *(row.replace("|", ";") for row in bare)]),
        "banyak_garis": "\n".join([head, rows[0].replace("JL. UJI 0", "JL.\n\"\"UJI\"\""), rows[1]]),
        "judul": "\n".join(["DAFTAR", "", head, *bare, "", "JUMLAH|3"]),
    }  # fmt: skip
    found = {name: text.encode() for name, text in made.items()}
    short = "\n".join(["NIK|NAMA|ALAMAT|KELURAHAN", "3174011300000001|ORANG UJI|JL. UJI 1|TEBET BARAT"])
    return found | {
        "pendek": short.encode(), "utf16": made["polos"].encode("utf-16"), "cp1252": made["polos"].replace("UJI",
        "ÜJÍ").encode("cp1252"),
        "bom": b"\xef\xbb\xbf" + found["kutip"], "utf32": made["polos"].encode("utf-32"), "hanya_bom": b"\xef\xbb\xbf",
    }  # fmt: skip


TOKENS = (b'"', b'""', b"'", b"|", b";", b",", b"\t", b"\n", b"\r", b"\r\n", b"\x00", b"\x1a", b"\x1f", b"\xe9", b"\xc3\xa9",
    b'="', b"sep=",
          b"\xef\xbb\xbf", b"\xff\xfe", b"\xe2\x80\xa8", b"\x85", b"\x0b", b"\x0c", b'"\n"', b"JUMLAH", b"TOTAL", b"NIK",
          b"(3 rows)")  # fmt: skip
TARGET = Target("csv", 10, partial(reader, "dtks", ".csv", count_again), seeds, TOKENS)
