"""Files in the producers' own forms: separated text, workbooks, Parquet, and the covering letter beside each.

What stands in the cells is decided before; here are headers, titles, quotes, encodings and row numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import yaml

from padanan.base.format import letter
from padanan.contracts.contract import Contract
from padanan.synthetic.arrow import join
from padanan.synthetic.xlsx import Cells, text_bytes, write_xlsx

Int64s = npt.NDArray[np.int64]
AT_ONCE = 500_000
"""Rows of separated text that are laid out together: ten million of forty columns once more would not fit in memory."""


@dataclass
class Sheet:
    """A delivery before it is a file: text by standard column, number and date cells, rows that can't be read.

    `broken` holds positions after which an unreadable line is put (separated text only).
    """

    texts: dict[str, pa.StringArray]
    number: dict[str, npt.NDArray[np.bool_]]
    date: dict[str, npt.NDArray[np.bool_]]
    broken: Int64s

    def __len__(self) -> int:
        return len(next(iter(self.texts.values())))

    def take(self, index: Int64s) -> Sheet:
        """The rows at these positions."""
        at = pa.array(index)
        return Sheet(
            {name: text.take(at) for name, text in self.texts.items()},
            {name: mask[index] for name, mask in self.number.items()},
            {name: mask[index] for name, mask in self.date.items()},
            self.broken,
        )


def labels(contract: Contract, habits: Mapping[str, Any]) -> list[str]:
    """The producer's column headers, in contract order; a habit may use another agreed name."""
    renamed = habits.get("judul", {})
    return [str(renamed.get(column.name, column.source)) for column in contract.columns]


def write_parquet(path: Path, contract: Contract, sheet: Sheet, habits: Mapping[str, Any]) -> Int64s:
    """Parquet of text columns; returns the 1-based row number of each row."""
    fields = labels(contract, habits)
    table = pa.Table.from_arrays([sheet.texts[column.name] for column in contract.columns], names=fields)
    pq.write_table(table, path, compression="zstd", row_group_size=131_072)
    return np.arange(1, len(sheet) + 1)


def _cells(text: pa.StringArray, separator: str, quote_all: bool) -> pa.StringArray:
    text = pc.fill_null(text, "")
    if quote_all:
        if pc.any(pc.match_substring(text, '"')).as_py():
            text = pc.replace_substring(text, '"', '""')
        return join('"', text, '"')
    special = pc.or_(pc.match_substring(text, separator), pc.match_substring(text, '"'))
    if pc.any(special).as_py():
        text = pc.if_else(special, join('"', pc.replace_substring(text, '"', '""'), '"'), text)
    return text


def write_separated(path: Path, contract: Contract, sheet: Sheet, habits: Mapping[str, Any]) -> Int64s:
    """Separated text; returns the 1-based physical line of each row.

    Habits: `kutip_semua`, `sandi` (utf-8, utf-8-sig, cp1252), `akhir_baris`, `baris_atas` (lines above the
    header), `baris_sep` (Excel's `sep=;`).
    """
    separator = str(contract.form.get("pemisah", ","))
    quote_all = bool(habits.get("kutip_semua", False))
    newline = "\r\n" if habits.get("akhir_baris") == "crlf" else "\n"
    above = ([f"sep={separator}"] if habits.get("baris_sep") else []) + [str(line) for line in habits.get("baris_atas", [])]
    header = separator.join(f'"{name}"' if quote_all or separator in name else name for name in labels(contract, habits))
    encoding = str(habits.get("sandi", "utf-8"))
    top = "".join(line + newline for line in [*above, header])
    broken = np.sort(sheet.broken)
    with path.open("wb") as out:
        out.write(top.encode(encoding))
        for start in range(0, len(sheet), AT_ONCE):
            within = broken[(broken >= start) & (broken < start + AT_ONCE)] - start
            cells = [sheet.texts[column.name].slice(start, AT_ONCE) for column in contract.columns]
            lines = join(_lines(cells, within, separator, quote_all), newline)
            if encoding in ("utf-8", "utf-8-sig"):
                out.write(text_bytes(lines))
            else:
                out.write(text_bytes(lines).to_pybytes().decode("utf-8").encode(encoding, "replace"))
    numbers = np.arange(len(sheet), dtype=np.int64)
    return numbers + np.searchsorted(broken, numbers) + len(above) + 2


def _lines(cells: list[pa.StringArray], broken: Int64s, separator: str, quote_all: bool) -> pa.StringArray:
    """Rows as lines, with a line that can't be read as a row behind each position of `broken` (sorted)."""
    parts = [_cells(cell, separator, quote_all) for cell in cells]
    lines = pc.binary_join_element_wise(*parts, pa.scalar(separator))
    if not len(broken):
        return lines
    # A line cut in its second column.
    cut = join(pc.utf8_slice_codeunits(parts[0], 0, 6) if not quote_all else parts[0], separator, "terpotong")
    index = np.sort(np.concatenate([np.arange(len(lines), dtype=np.int64) * 2, broken * 2 + 1]))
    both = pa.concat_arrays([lines, cut.take(pa.array(broken))])
    where = np.where(index % 2 == 0, index // 2, len(lines) + np.searchsorted(broken, index // 2))
    return both.take(pa.array(where))


def write_workbook(path: Path, contract: Contract, sheet: Sheet, habits: Mapping[str, Any]) -> Int64s:
    """A workbook; returns the 1-based sheet row of each row.

    Habits: `baris_atas` (title rows), `judul_gabung` (a merged group row above RT/RW and place columns).
    """
    names = labels(contract, habits)
    head: list[list[str | None]] = [[str(line)] if line else [None] for line in habits.get("baris_atas", [])]
    merges = [f"A{number}:{letter(len(names) - 1)}{number}" for number, line in enumerate(head, 1) if line[0]]
    group = habits.get("judul_gabung")
    if group:
        row = len(head) + 1
        upper: list[str | None] = list(names)
        lower: list[str | None] = [None] * len(names)
        for title, members in group.items():
            positions = [index for index, column in enumerate(contract.columns) if column.name in members]
            for index in positions:
                lower[index] = names[index]
                upper[index] = None
            upper[positions[0]] = str(title)
            merges.append(f"{letter(positions[0])}{row}:{letter(positions[-1])}{row}")
        merges += [f"{letter(i)}{row}:{letter(i)}{row + 1}" for i, text in enumerate(lower) if text is None]
        head += [upper, lower]
    else:
        head.append(list(names))
    columns = [
        Cells(sheet.texts[column.name], sheet.number.get(column.name), sheet.date.get(column.name)) for column in contract.columns
    ]
    lembar = str(contract.form.get("lembar") or habits.get("lembar") or "Sheet1")
    first = write_xlsx(path, head, columns, sheet=lembar, merges=merges)
    return np.arange(first, first + len(sheet), dtype=np.int64)


def write_letter(path: Path, fields: Mapping[str, Any]) -> Path:
    """The covering letter `<file>.pengantar.yaml`."""
    letter_path = path.with_name(path.name + ".pengantar.yaml")
    letter_path.write_text(yaml.safe_dump(dict(fields), allow_unicode=True, sort_keys=True), encoding="utf-8")
    return letter_path


WRITERS = {"csv": write_separated, "xlsx": write_workbook, "parquet": write_parquet}


def kind_of(contract: Contract, habits: Mapping[str, Any]) -> str:
    """The file kind: the habit's choice where the contract accepts several."""
    kinds = contract.form.get("jenis", "csv")
    if isinstance(kinds, str):
        return kinds
    wanted = habits.get("jenis")
    return str(wanted if wanted in kinds else kinds[0])
