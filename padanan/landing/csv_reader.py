"""Delimited text to raw columns, block by block, every record counted before the parser sees it.

Encodings are decided in `text`, records are split in `csv_scan`; which column means what comes from `header`.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from padanan.landing.csv_scan import Bytes, Ints, scan
from padanan.landing.header import SEARCH_ROWS, Header, find_header, header_flags, require_header
from padanan.landing.raw import DamagedFile, Flag, RawTable, RejectWriter, Spec, raw_schema
from padanan.landing.text import STAND_IN, TextFacts, prepare_text

BLOCK = 24 * 1024 * 1024
HEAD = 1 << 18
CANDIDATES = (";", ",", "|", "\t", "^", "~", ":", STAND_IN)
_FORMULA_TEXT = r'^\s*="([^"]*)"\s*$'
_QUOTED_TWICE = r'^\s*"([^"]*)"\s*$'
_SEP_LINE = re.compile(r"^sep=(.)\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Layout:
    """How one file is laid out: separator, quote, header and the first line of data; `trailing` empty fields behind every row."""

    separator: str
    shown: str
    quote: str | None
    header: Header
    head_lines: int
    title_lines: int
    trailing: int = 0


def read_csv(path: Path, spec: Spec, work: Path) -> RawTable:
    """Reads delimited text with any separator.

    Args:
        path: the delivered file.
        spec: agreed names and form (`pemisah`, `kutip`, `baris_judul`).
        work: a private folder for intermediate files.

    Returns:
        A RawTable; `control` holds the line account: garis = judul + kosong + lanjutan + baris.

    Raises:
        DamagedFile: not text, no header, a column named twice, or counts that can't be reconciled.
    """
    agreed = str(spec.form.get("pemisah") or "")
    odd = (agreed,) if agreed and (len(agreed) > 1 or ord(agreed) > 126) else ()
    text = prepare_text(path, work, odd)
    mapped = np.memmap(text.path, np.uint8, "r")
    head = mapped[text.offset : text.offset + HEAD].tobytes()
    return _Reading(spec, text, _layout(head, spec, agreed, bool(odd)), work).run(mapped, head)


def _layout(head: bytes, spec: Spec, agreed: str, stand_in: bool) -> Layout:
    text = head.decode("utf-8", "replace")
    lines = _physical_lines(text)[:60]
    quote = spec.form.get("kutip", '"') or None
    hint = _SEP_LINE.match(lines[0]) if lines else None
    skip = 1 if hint else 0
    order = [STAND_IN] if stand_in else []
    order += [hint[1]] if hint else []
    order += [agreed] if agreed and not stand_in else []
    order += [candidate for candidate in CANDIDATES if candidate not in order]
    best: tuple[Header, str, int] | None = None
    rows: list[list[str]] = []
    if quote == '"' and _single_quoted(lines[skip:], order):
        quote = "'"
    for separator in order:
        if not any(separator in line for line in lines) and len(spec.columns) > 1:
            continue
        by_line, by_record = _by_line(lines[skip:], separator, quote), _by_record(lines[skip:], separator, quote)
        for records in (by_line, by_record):
            header = find_header([cells for cells, _ in records], spec)
            if header is not None and (best is None or header.score > best[0].score):
                best = (header, separator, records[header.row + header.height - 1][1] + skip)
                # A line with half of a quoted field on it says nothing of how many fields stand behind the last label.
                rows = [
                    cells
                    for cells, end in records[header.row + header.height :]
                    if any(cells) and (records is by_record or not quote or lines[skip + end - 1].count(quote) % 2 == 0)
                ]
    if best is None:
        _refuse_wrapped(lines[skip:], order, spec)
    header = require_header(best[0] if best else None, spec, "berkas")
    assert best is not None
    separator = best[1]
    shown = agreed if separator == STAND_IN and stand_in else separator
    trailing = _trailing(header, rows)
    if trailing:
        unnamed = (*header.unnamed, *range(header.width, header.width + trailing))
        header = replace(
            header, width=header.width + trailing, unnamed=tuple(at for at in unnamed if at < header.width + trailing)
        )
    return Layout(separator, shown, quote, header, best[2], best[2] - header.height, trailing)


def _refuse_wrapped(lines: list[str], separators: list[str], spec: Spec) -> None:
    """Raises DamagedFile where every line as a whole stands between quotes: Excel saved one column of text as CSV."""
    bare = [line.strip().rstrip(",;\t |") for line in lines[: SEARCH_ROWS + 1] if line.strip()]
    if not bare or not all(len(line) > 1 and line[0] == line[-1] == '"' for line in bare):
        return
    rows = [line[1:-1].replace('""', '"') for line in bare]
    if any(find_header([_cells([row], separator, '"')[0][0] for row in rows], spec) for separator in separators):
        raise DamagedFile(
            "setiap baris dibungkus tanda kutip, sehingga terbaca sebagai satu kolom",
            "buka berkas aslinya di Excel lewat Data > Dari Teks/CSV dengan pemisah yang benar, lalu kirim sebagai .xlsx",
            place="garis 1",
        )


def _trailing(header: Header, rows: list[list[str]]) -> int:
    """How many empty fields stand behind every sampled row beyond the header; negative where the header alone ends in them."""
    if header.width < 2:  # half of a quoted field that spans lines looks so
        return 0
    beyond = {len(cells) - header.width for cells in rows}
    more = beyond.pop() if len(beyond) == 1 else 0
    if more < 0:
        return more if set(range(header.width + more, header.width)) <= set(header.unnamed) else 0
    return more if not any(any(cells[header.width :]) for cells in rows) else 0


def _single_quoted(lines: list[str], separators: list[str]) -> bool:
    """Whether fields stand between single quotes (`'NIK'|'NAMA'`): every filled field sampled, at least three in a line."""
    sample = [line for line in lines[: SEARCH_ROWS + 1] if line.strip()]
    for separator in separators:
        fields = [[field.strip() for field in line.split(separator)] for line in sample]
        wide = [cells for cells in fields if len(cells) >= 3]
        if wide and len(wide) == len(fields):
            filled = [cell for cells in wide[1:] or wide for cell in cells if cell]
            if filled and all(len(cell) >= 2 and cell[0] == cell[-1] == "'" for cell in filled):
                return True
    return False


def _physical_lines(text: str) -> list[str]:
    return re.split(r"\r\n|\n|\r", text)


def _by_line(lines: list[str], separator: str, quote: str | None) -> list[tuple[list[str], int]]:
    """Each line on its own (a title may hold a stray quote): cells and the number of lines up to its end."""
    return [
        (_cells([line], separator, quote)[0][0] if line else [""], index + 1)
        for index, line in enumerate(lines[: SEARCH_ROWS + 1])
    ]


def _by_record(lines: list[str], separator: str, quote: str | None) -> list[tuple[list[str], int]]:
    """Records that may span lines: labels with a line break inside."""
    return _cells(lines, separator, quote)[: SEARCH_ROWS + 1]


def _cells(lines: list[str], separator: str, quote: str | None) -> list[tuple[list[str], int]]:
    reader = csv.reader(
        (line + "\n" for line in lines),
        delimiter=separator,
        quotechar=quote or '"',
        quoting=csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
    )
    records = []
    try:
        for cells in reader:
            records.append(([" ".join(cell.split()) for cell in cells] or [""], reader.line_num))
    except csv.Error:
        pass
    return records or [([""], 1)]


class _Reading:
    """One pass over one file."""

    def __init__(self, spec: Spec, text: TextFacts, layout: Layout, work: Path) -> None:
        self.spec, self.text, self.layout = spec, text, layout
        header = layout.header
        self.columns = tuple(sorted(header.mapping, key=header.mapping.__getitem__))
        self.names = [f"k{index}" for index in range(header.width)]
        self.wanted = [self.names[header.mapping[name]] for name in self.columns]
        self.schema = raw_schema(self.columns)
        self.path = work / "mentah.parquet"
        self.rejects = RejectWriter(work / "tak_terbaca.parquet")
        self.rows = self.counted = self.blank = self.continuation = self.reject_lines = 0
        self.unnamed_filled: set[int] = set()
        self.wrapped = {_FORMULA_TEXT: 0, _QUOTED_TWICE: 0}

    def run(self, mapped: Bytes, head: bytes) -> RawTable:
        position, line = self._skip_head(head)
        separator = ord(self.layout.separator)
        quote = ord(self.layout.quote) if self.layout.quote else None
        with pq.ParquetWriter(self.path, self.schema, compression="lz4", use_dictionary=False, write_statistics=False) as writer:
            size = BLOCK
            while position < len(mapped):
                stop = min(position + size, len(mapped))
                block = np.asarray(mapped[position:stop])
                found = scan(
                    block,
                    separator,
                    quote,
                    self.layout.header.width,
                    stop == len(mapped),
                    lone_cr=self.text.cr > 0,
                    nul=self.text.nul > 0,
                )
                if not found.consumed:
                    if stop == len(mapped):
                        break
                    size *= 2
                    continue
                size = BLOCK
                self.counted += len(found.lines) + len(found.rejects)
                self.blank += found.blank
                self.continuation += found.continuation
                for first, span, reason in found.rejects:
                    self._reject(block, found.starts, found.ends, line, first, span, reason)
                if len(found.lines):
                    used = block[: found.consumed]
                    good = used if found.good is None else used[found.good]
                    writer.write_table(self._parse(good, found.lines + line, found.multiline, found.longest, found.continuation))
                position += found.consumed
                line += found.consumed_lines
        self.rejects.close()
        return self._result()

    def _skip_head(self, head: bytes) -> tuple[int, int]:
        """Byte and 1-based line where the data begin."""
        position, line = 0, 0
        pattern = re.compile(rb"\r\n|\n|\r")
        while line < self.layout.head_lines:
            found = pattern.search(head, position)
            position = found.end() if found else len(head)
            line += 1
            if not found:
                break
        return self.text.offset + position, line + 1

    def _reject(self, block: Bytes, starts: Ints, ends: Ints, base: int, first: int, span: int, reason: str) -> None:
        raw = block[int(starts[first]) : int(ends[first + span - 1]) + 1].tobytes()
        content = raw.decode("utf-8", "replace").rstrip("\r\n")
        if self.layout.separator == STAND_IN:
            content = content.replace(STAND_IN, self.layout.shown)
        self.rejects.add(base + first, reason, content)
        self.reject_lines += span

    def _parse(self, good: Bytes, lines: Ints, multiline: bool, longest: int, continuation: int) -> pa.Table:
        """Arrow's parser over records that were already counted; its count must agree."""
        block_size = max(len(good) // 4 + 1, longest * 2 + 1024)
        include = self.names if multiline or self.layout.header.unnamed else self.wanted
        try:
            table = pacsv.read_csv(
                pa.BufferReader(pa.py_buffer(np.ascontiguousarray(good))),
                read_options=pacsv.ReadOptions(column_names=self.names, block_size=min(block_size, 2**31 - 2)),
                parse_options=pacsv.ParseOptions(
                    delimiter=self.layout.separator,
                    quote_char=self.layout.quote or False,
                    double_quote=True,
                    escape_char=False,
                    newlines_in_values=multiline,
                ),
                convert_options=pacsv.ConvertOptions(
                    column_types={name: pa.string() for name in self.names},
                    include_columns=include,
                    strings_can_be_null=False,
                ),
            )
        except pa.ArrowInvalid:
            # Arrow's message holds the row's text.
            raise _unreconciled(int(lines[0]), int(lines[-1])) from None
        if table.num_rows != len(lines) or (multiline and _inner_lines(table) != continuation):
            raise _unreconciled(int(lines[0]), int(lines[-1]))
        for index in self.layout.header.unnamed:
            if index not in self.unnamed_filled and pc.any(pc.greater(pc.binary_length(table[self.names[index]]), 0)).as_py():
                self.unnamed_filled.add(index)
        self.rows += table.num_rows
        columns = [table[name] for name in self.wanted]
        if self.layout.separator == STAND_IN:
            columns = [pc.replace_substring(column, STAND_IN, self.layout.shown) for column in columns]
        if _holds(good, b'="'):
            columns = [self._unwrapped(column) for column in columns]
        if _holds(good, b'"""'):
            # What looks quoted a second time may as well be the value: counted, never changed.
            self.wrapped[_QUOTED_TWICE] += sum(_matching(column, _QUOTED_TWICE) for column in columns)
        return pa.Table.from_arrays(
            [*columns, pa.array(lines, pa.int64()), pa.nulls(len(lines), pa.string())], schema=self.schema
        )

    def _unwrapped(self, column: pa.ChunkedArray) -> pa.ChunkedArray:
        """The text between the quotes of `="0123"`: kept from Excel so."""
        marked = _matching(column, _FORMULA_TEXT)
        self.wrapped[_FORMULA_TEXT] += marked
        return pc.replace_substring_regex(column, _FORMULA_TEXT, r"\1") if marked else column

    def _result(self) -> RawTable:
        control = {
            "garis": self.text.lines,
            "garis_judul": self.layout.head_lines,
            "garis_kosong": self.blank,
            "garis_lanjutan": self.continuation,
            "garis_tak_terbaca": self.reject_lines,
            "baris_terbaca": self.rows,
            "baris_tak_terbaca": self.rejects.count,
        }
        lines = control["garis_judul"] + self.blank + self.continuation + self.reject_lines + self.rows
        if lines != self.text.lines or self.counted != self.rows + self.rejects.count:
            raise DamagedFile(
                f"jumlah baris tidak cocok: {self.text.lines} garis di berkas, {lines} terhitung setelah dibaca",
                "kirim ulang berkas yang utuh, setiap teks bertanda kutip ditutup",
                rule="total_kendali",
            )
        header = self.layout.header
        unnamed = tuple(f"(tanpa judul, kolom {index + 1})" for index in sorted(self.unnamed_filled))
        return RawTable(
            path=self.path,
            rejects=self.rejects.path,
            columns=self.columns,
            labels=header.labels,
            counted=self.counted,
            facts={
                "bentuk": "csv",
                "encoding": self.text.encoding,
                "bom": self.text.bom,
                "pemisah": self.layout.shown,
                "baris_judul": self.layout.title_lines + 1,
                "garis_judul": self.layout.head_lines,
                "akhir_baris": self.text.newline,
                "nul": self.text.nul,
            },
            control=control,
            flags=list(self._flags()),
            missing=tuple(sorted(self.spec.required - set(header.mapping))),
            unagreed=header.unagreed + unnamed,
            positions=header.mapping,
        )

    def _flags(self) -> Iterator[Flag]:
        agreed = self.spec.form.get("pemisah")
        if agreed and agreed != self.layout.shown:
            shown = {"\t": "TAB"}.get(self.layout.shown, self.layout.shown)
            yield Flag(
                "pemisah_beda",
                "peringatan",
                f"pemisah kolom '{shown}', disepakati '{agreed}'",
                f"pakai pemisah '{agreed}' pada kiriman berikutnya",
            )
        yield from header_flags(self.layout.header, self.spec)
        if self.layout.trailing:
            yield Flag(
                "pemisah_ekor",
                "peringatan",
                f"{'satu' if abs(self.layout.trailing) == 1 else abs(self.layout.trailing)} pemisah lebih di "
                f"{'setiap baris' if self.layout.trailing > 0 else 'baris judul'}; kolom kosong di ujungnya dilewati",
                f"hapus pemisah di akhir {'setiap baris' if self.layout.trailing > 0 else 'baris judul'} pada kiriman berikutnya",
            )
        if self.layout.quote == "'" and self.spec.form.get("kutip", '"') != "'":
            yield Flag(
                "kutip_tunggal",
                "peringatan",
                f"isi kolom diapit kutip tunggal pada {self.counted} baris; dibaca tanpa kutip itu",
                'pakai kutip ganda (") pada kiriman berikutnya',
            )
        if self.wrapped[_FORMULA_TEXT]:
            yield Flag(
                "rumus_teks",
                "peringatan",
                f'{self.wrapped[_FORMULA_TEXT]} sel berbentuk ="…"; dibaca isinya saja',
                "ekspor sebagai teks biasa pada kiriman berikutnya",
            )
        if self.wrapped[_QUOTED_TWICE]:
            yield Flag(
                "kutip_rangkap",
                "peringatan",
                f"{self.wrapped[_QUOTED_TWICE]} sel berkutip dua kali; kutip di dalamnya ikut terbaca",
                "ekspor dengan satu pasang kutip pada kiriman berikutnya",
            )
        if self.text.encoding == "utf-8-campur" or self.text.undecodable:
            yield Flag(
                "encoding_campur",
                "peringatan",
                "sebagian huruf tidak terbaca dalam satu encoding",
                "simpan ulang seluruh berkas sebagai UTF-8",
            )
        if self.text.open_end and self.rejects.count:
            yield Flag(
                "akhir_terbuka",
                "peringatan",
                "garis terakhir tidak berakhir dan ada baris tak terbaca: berkas mungkin terpotong",
                "bandingkan jumlah baris dengan sumber lalu kirim ulang berkas utuh",
                f"garis {self.text.lines}",
            )


def _matching(column: pa.ChunkedArray, pattern: str) -> int:
    """How many texts of a column look like the pattern."""
    return int(pc.sum(pc.match_substring_regex(column, pattern)).as_py() or 0)


def _holds(block: Bytes, mark: bytes) -> bool:
    """Whether the bytes occur; the first of them is looked for alone, most files have none."""
    at = np.flatnonzero(block[: len(block) - len(mark) + 1] == mark[0])
    for offset in range(1, len(mark)):
        at = at[block[at + offset] == mark[offset]]
    return bool(len(at))


def _inner_lines(table: pa.Table) -> int:
    """Line ends inside values."""
    total = 0
    for column in table.columns:
        for needle, sign in (("\n", 1), ("\r", 1), ("\r\n", -1)):
            total += sign * int(pc.sum(pc.count_substring(column, needle)).as_py() or 0)
    return total


def _unreconciled(first: int, last: int) -> DamagedFile:
    return DamagedFile(
        "jumlah baris menurut pengurai berbeda dari hitungan garis",
        "periksa tanda kutip di antara baris itu, lalu kirim ulang",
        place=f"garis {first}-{last}",
        rule="total_kendali",
    )
