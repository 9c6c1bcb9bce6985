"""Parquet deliveries to raw text columns; the footer's row count is the control total.

Rendering of typed cells as text stands here once; what the text means belongs to staging.
"""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from padanan.base.duck import private_duckdb
from padanan.base.errors import no_space_guard
from padanan.base.sql import ident, literal
from padanan.landing.header import find_header, require_header
from padanan.landing.raw import LINE, NUMERIC, DamagedFile, Flag, RawTable, RejectWriter, Spec, oddly_packed

# Lists, structures and maps, as DuckDB names their types: their text would be read as a name or number.
_NESTED = re.compile(r"\]$|^(?:STRUCT|MAP|UNION)\(")
_RESEND = "tulis ulang berkas Parquet dari sumber lalu kirim ulang"
FLOATS = {"FLOAT", "DOUBLE"}
INTEGERS = {"TINYINT", "SMALLINT", "INTEGER", "BIGINT", "HUGEINT", "UTINYINT", "USMALLINT", "UINTEGER", "UBIGINT", "UHUGEINT"}


def read_parquet(path: Path, spec: Spec, work: Path) -> RawTable:
    """Reads a Parquet file as text.

    Integers and whole floats come without `.0`, dates as ISO, timestamps at midnight as dates. `_baris` is the
    row's number from 1. A floating identity column is marked in `_sel_angka` (a double keeps 15 digits); a whole
    number only where the text is shorter than 16 digits, because an int64 loses leading zeros but no digit.

    Raises:
        DamagedFile: not Parquet, or cut; packed in a way that is not opened; no agreed column; several values in a cell; rows
            read differ from the footer's count.
    """
    try:
        meta = pq.read_metadata(path)
        names = [field.name for field in pq.read_schema(path)]
    except (pa.ArrowException, OSError, UnicodeDecodeError):  # the last: a column's name in other bytes
        raise DamagedFile("berkas Parquet rusak atau terpotong", _RESEND) from None
    if other := oddly_packed(meta):
        raise DamagedFile(
            f"berkas Parquet dimampatkan dengan {', '.join(other)}, yang tidak dibuka",
            "tulis ulang dengan kompresi zstd, snappy, gzip, atau tanpa kompresi, lalu kirim ulang",
        )
    header = require_header(find_header([names], spec), spec, "berkas Parquet")
    columns = tuple(sorted(header.mapping, key=header.mapping.__getitem__))
    target = work / "mentah.parquet"
    rejects = RejectWriter(work / "tak_terbaca.parquet")
    rejects.close()
    try:
        with no_space_guard("kiriman Parquet"), private_duckdb(work, meta.num_rows) as con:
            source = f"read_parquet({literal(path)}, file_row_number = true)"
            types = {row[0]: str(row[1]) for row in con.execute(f"describe select * from {source}").fetchall()}
            picked = [(name, names[header.mapping[name]]) for name in columns]
            nested = [name for name, column in picked if _NESTED.search(types[column])]
            if nested:
                raise DamagedFile(
                    f"kolom {', '.join(nested)} memuat beberapa nilai dalam satu sel",
                    "tulis satu nilai (teks, bilangan, atau tanggal) di setiap sel lalu kirim ulang",
                    place=f"kolom {nested[0]}",
                )
            select = [f"{as_text(column, types[column])} as {ident(name)}" for name, column in picked]
            marks = [mark for name, column in picked if (mark := numeric_mark(name, column, types[column], spec))]
            numeric = f"nullif(concat_ws(',', {', '.join(marks)}), '')" if marks else "null::varchar"
            con.execute(
                f"copy (select {', '.join(select)}, file_row_number + 1 as {LINE}, {numeric} as {NUMERIC} from {source}) "
                f"to {literal(target)} (format parquet, compression lz4, dictionary_size_limit 1)"
            )
    except duckdb.Error:
        # DuckDB's message may print a value.
        raise DamagedFile("isi berkas Parquet tidak terbaca sampai akhir", _RESEND) from None
    rows = pq.read_metadata(target).num_rows
    if rows != meta.num_rows:
        raise DamagedFile(
            f"jumlah baris tidak cocok: {meta.num_rows} menurut berkas, {rows} terbaca", _RESEND, rule="total_kendali"
        )
    flags = []
    floats = [name for name, column in picked if name in spec.id_like and types[column] in FLOATS]
    if floats:
        flags.append(
            Flag(
                "id_angka",
                "peringatan",
                f"kolom identitas bertipe pecahan: {', '.join(floats)}; digit ke-16 dan seterusnya hilang",
                "tulis kolom identitas sebagai teks",
            )
        )
    return RawTable(
        path=target,
        rejects=rejects.path,
        columns=columns,
        labels=header.labels,
        counted=meta.num_rows,
        facts={"bentuk": "parquet", "baris_judul": 0, "kelompok_baris": meta.num_row_groups},
        control={"baris_menurut_berkas": meta.num_rows, "baris_terbaca": rows, "baris_tak_terbaca": 0},
        flags=flags,
        missing=tuple(sorted(spec.required - set(header.mapping))),
        unagreed=header.unagreed,
    )


def as_text(column: str, kind: str) -> str:
    """SQL that renders one typed column as the text a person would have written."""
    cell = ident(column)
    if kind in FLOATS:
        return (
            f"case when {cell} = trunc({cell}) and abs({cell}) < 1e18 then cast(cast({cell} as bigint) as varchar) "
            f"else cast({cell} as varchar) end"
        )
    if kind.startswith("TIMESTAMP"):
        return f"regexp_replace(cast({cell} as varchar), ' 00:00:00([+]00)?$', '')"
    if kind == "BLOB":
        return f"coalesce(try(decode({cell})), cast({cell} as varchar))"
    return f"cast({cell} as varchar)"


def numeric_mark(name: str, column: str, kind: str, spec: Spec) -> str | None:
    """SQL that yields the standard name where a cell's number type may have lost digits, else NULL."""
    if kind in FLOATS or kind.startswith("DECIMAL"):
        return f"case when {ident(column)} is not null then {literal(name)} end"
    if kind in INTEGERS and name in spec.id_like:
        return f"case when length(cast({ident(column)} as varchar)) < 16 then {literal(name)} end"
    return None
