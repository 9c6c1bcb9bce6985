"""What every reader hands over: a Parquet file of raw text by standard name, counts, and what it saw.

How a format is read belongs to its reader; what the counts mean for the delivery belongs to `land`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from padanan.base.format import letter

# What a reader leaves in its work folder.
RAW = "mentah.parquet"
LINE = "_baris"
NUMERIC = "_sel_angka"
# What Parquet from outside may be packed with. Not Brotli: the decoder in DuckDB and Arrow writes past its buffer for a
# made-up stream (CVE-2026-111497), and whoever reads it would run what the stream says.
_PACKED = frozenset(("UNCOMPRESSED", "SNAPPY", "GZIP", "ZSTD", "LZ4", "LZ4_RAW"))
REJECT_SCHEMA = pa.schema([(LINE, pa.int64()), ("sebab", pa.string()), ("isi", pa.string())])


class DamagedFile(Exception):
    """A delivery that can't be read as a table: it goes to quarantine under `rule`.

    Args:
        cause: what is wrong, without values.
        cure: what the producer does.
        place: line, byte, sheet or column.
        rule: `berkas_rusak`, `kolom_hilang` or `total_kendali`.
        keeper: what the pengelola may do; see `Flag`.
    """

    def __init__(
        self, cause: str, cure: str, *, place: str | None = None, rule: str = "berkas_rusak", keeper: str | None = None
    ) -> None:
        super().__init__(cause)
        self.cause, self.cure, self.place, self.rule, self.keeper = cause, cure, place, rule, keeper


@dataclass(frozen=True)
class Detail:
    """One of several causes behind a flag, how often, and every place in words (`places`).

    `left` is how many stretches of rows the words leave out: the list beside the receipt (`places.LIST`) has them.
    """

    cause: str
    count: int
    where: str
    left: int = 0


@dataclass(frozen=True)
class Flag:
    """One thing that a producer or a person must know about a delivery.

    Attributes:
        rule_id: the delivery rule (`checks`) or a reader's own warning; its name in words is in `rule_words`.
        outcome: `peringatan`, `tahan`, `karantina` or `tolak`.
        place, cause, cure: where, why, what the producer does; never a value of a person, never a command.
        keeper: what the pengelola may do, who alone has a terminal; it is on no receipt.
        details: every place, by cause.
    """

    rule_id: str
    outcome: str
    cause: str
    cure: str
    place: str | None = None
    keeper: str | None = None
    details: tuple[Detail, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """For manifest and receipt."""
        return {
            "rule_id": self.rule_id,
            "akibat": self.outcome,
            "tempat": self.place,
            "pesan": self.cause,
            "perbaikan": self.cure,
            **({"pengelola": self.keeper} if self.keeper else {}),
            **(
                {"rincian": [{"sebab": d.cause, "jumlah": d.count, "tempat": d.where, "sisa": d.left} for d in self.details]}
                if self.details
                else {}
            ),
        }


@dataclass(frozen=True)
class Spec:
    """The part of a contract that a reader needs.

    Attributes:
        columns: per standard name the names it may carry in a delivery, the agreed one first.
        required: standard names that must be there.
        id_like: standard names whose cells must never be numbers.
        form: the contract's `bentuk`.
        dates: standard names of date columns.
    """

    columns: dict[str, tuple[str, ...]]
    required: frozenset[str]
    id_like: frozenset[str]
    form: dict[str, Any]
    dates: frozenset[str] = frozenset()

    @classmethod
    def of(cls, contract: Any) -> Spec:
        """From a `padanan.contracts.contract.Contract`."""
        return cls(
            columns={c.name: (c.source, *c.aliases, c.name) for c in contract.columns},
            required=frozenset(c.name for c in contract.columns if c.required),
            id_like=frozenset(c.name for c in contract.columns if c.id_like),
            form=dict(contract.form),
            dates=frozenset(c.name for c in contract.columns if c.type == "date"),
        )


@dataclass
class RawTable:
    """A delivery as text.

    Attributes:
        path: Parquet: one string column per mapped standard name, `_baris` int64, `_sel_angka` string.
        rejects: Parquet (REJECT_SCHEMA) of rows that can't be read.
        columns: mapped standard names in the order of the delivery.
        labels: per mapped standard name the header text it was found under.
        counted: rows in the source, counted apart from parsing (unreadable ones included).
        facts: encoding, separator, header row and the like, for the manifest.
        control: the line or cell account, for the manifest.
        flags: what the reader noticed.
        missing, unagreed: required columns not there; columns outside the contract (header labels only).
        positions: per mapped standard name its column, from 0.
    """

    path: Path
    rejects: Path
    columns: tuple[str, ...]
    labels: dict[str, str]
    counted: int
    facts: dict[str, Any] = field(default_factory=dict)
    control: dict[str, int] = field(default_factory=dict)
    flags: list[Flag] = field(default_factory=list)
    missing: tuple[str, ...] = ()
    unagreed: tuple[str, ...] = ()
    positions: dict[str, int] = field(default_factory=dict)

    def column(self, name: str) -> str:
        """A column as its producer finds it: the label, and its letter in a workbook or its place in a text file."""
        label = self.labels.get(name, name)
        if name not in self.positions:
            return label
        place = self.positions[name]
        return f"{label} (kolom {letter(place) if self.facts.get('bentuk') == 'xlsx' else f'ke-{place + 1}'})"


class RejectWriter:
    """Collects unreadable rows and writes them in batches."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._lines: list[int] = []
        self._reasons: list[str] = []
        self._content: list[str] = []
        self._writer = pq.ParquetWriter(path, REJECT_SCHEMA)

    def add(self, line: int, reason: str, content: str) -> None:
        """One unreadable row: its source line, why, and its raw text."""
        self._lines.append(line)
        self._reasons.append(reason)
        self._content.append(content)
        self.count += 1
        if len(self._lines) >= 50_000:
            self._flush()

    def _flush(self) -> None:
        columns: Sequence[pa.Array] = (
            pa.array(self._lines, pa.int64()),
            pa.array(self._reasons, pa.string()),
            pa.array(self._content, pa.string()),
        )
        self._writer.write_table(pa.Table.from_arrays(list(columns), schema=REJECT_SCHEMA))
        self._lines, self._reasons, self._content = [], [], []

    def close(self) -> None:
        """Writes what is left."""
        if self._lines:
            self._flush()
        self._writer.close()


def oddly_packed(meta: pq.FileMetaData) -> list[str]:
    """The methods of packing in a Parquet file that are not opened, by its footer, before any page is unpacked."""
    groups = (meta.row_group(index) for index in range(meta.num_row_groups))
    return sorted({group.column(index).compression for group in groups for index in range(group.num_columns)} - _PACKED)


def raw_schema(columns: Sequence[str]) -> pa.Schema:
    """The schema of a RawTable's Parquet file."""
    return pa.schema([*((name, pa.string()) for name in columns), (LINE, pa.int64()), (NUMERIC, pa.string())])
