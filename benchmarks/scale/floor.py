"""The floor under the main job: the same files parsed into DuckDB, each scanned once for ten counts, one join by NIK; no more.

It knows nothing of contracts and mends nothing: what the job costs beyond it is what it does for people. Run as a process of
its own (`python -m benchmarks.scale.floor HOME`), so that its processor time is its own.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from python_calamine import CalamineWorkbook

from padanan.base.sql import ident, literal

COUNTS = 10
"""Columns of each file that are counted."""
_JOINED = "with acuan as (select nik, any_value(nama) as nama from {register} where nik is not null group by 1) "


@dataclass(frozen=True)
class Original:
    """A file as its producer sent it, and how it is laid out: whoever writes a script for one file knows that."""

    contract: str
    path: Path
    layout: Mapping[str, Any]


def originals(home: Path) -> Iterator[Original]:
    """Everything that landed."""
    for manifest in sorted(home.glob("landing/*/*/*/manifest.json")):
        told = json.loads(manifest.read_text(encoding="utf-8"))
        for path in sorted((manifest.parent / "original").iterdir()):
            if path.suffix.lower() in (".csv", ".txt", ".parquet", ".xlsx"):
                yield Original(str(told["contract_id"]), path, told["facts"])


def parse(con: duckdb.DuckDBPyConnection, file: Original, table: str, work: Path) -> int:
    """Reads a file as it is into a table of texts; the rows.

    Args:
        work: a folder for what must be transcoded first.
    """
    path, layout = file.path, file.layout
    if path.suffix.lower() == ".xlsx":
        rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=True)
        top, begin = int(layout["baris_judul"]) - 1, int(layout["garis_judul"])
        head = [next((label for label in labels[::-1] if label), "") for labels in zip(*rows[top:begin], strict=True)]
        columns = [[str(row[place]) for row in rows[begin:]] for place in range(len(head))]
        given = pa.table({f"{name}_{place}": column for place, (name, column) in enumerate(zip(head, columns, strict=True))})
        con.register("lembar", given)
        con.execute(f"create table {table} as from lembar")
        con.unregister("lembar")
    elif path.suffix.lower() == ".parquet":
        con.execute(f"create table {table} as from read_parquet({literal(path)}, hive_partitioning = false)")
    else:
        if not str(layout["encoding"]).startswith("utf-8"):
            # DuckDB knows no cp1252.
            whole = work / "utf-8.csv"
            whole.write_text(path.read_text(str(layout["encoding"]), "replace"), encoding="utf-8")
            path = whole
        con.execute(
            f"create table {table} as from read_csv({literal(path)}, all_varchar = true, ignore_errors = true, header = true, "
            f"delim = {literal(layout['pemisah'])}, quote = '\"', skip = {int(layout['garis_judul']) - 1}, "
            "hive_partitioning = false)"
        )
    return int(con.execute(f"select count(*) from {table}").fetchall()[0][0])


def number_and_name(columns: Sequence[str]) -> tuple[str, str] | None:
    """The columns of NIK and name by their labels; None where a file has none of either."""
    words = {column: re.sub(r"_?[0-9]+$", "", column).upper().replace("N I K", "NIK") for column in columns}
    nik = next((column for column, label in words.items() if re.search(r"\bNIK\b|NO\.? KTP", label.replace("_", " "))), None)
    name = next((column for column, label in words.items() if re.search("NAMA|NM|KEPALA", label)), None)
    return (nik, name) if nik and name else None


def count(con: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """Ten counts of a table in one scan; its columns."""
    columns = [str(row[0]) for row in con.execute(f"describe {table}").fetchall()]
    told = ", ".join(f"count({ident(name)}), count(distinct {ident(name)})" for name in columns[: COUNTS // 2])
    con.execute(f"select {told} from {table}").fetchall()
    return columns


def run(home: Path) -> dict[str, float]:
    """Parses, counts and joins; rows, files, wall and processor seconds, megabytes."""
    begun, rows, files = time.perf_counter(), 0, 0
    with duckdb.connect(config={"threads": 2}) as con, tempfile.TemporaryDirectory(dir=home / "logs") as work:
        people: list[str] = []
        register = None
        for number, file in enumerate(originals(home)):
            table = f"berkas_{number}"
            rows += parse(con, file, table, Path(work))
            files += 1
            found = number_and_name(count(con, table))
            if found:
                nik, name = map(ident, found)
                people.append(f"select {nik}::varchar as nik, {name}::varchar as nama from {table}")
                register = table if file.contract == "adminduk" else register
        whole = f"({' union all '.join(people)})"
        acuan = next(one for one in people if one.endswith(f" from {register}"))
        con.execute(
            f"{_JOINED.format(register=f'({acuan})')} select count(*), avg(jaro_winkler_similarity(s.nama, a.nama)) "
            f"from {whole} s join acuan a on a.nik = s.nik"
        ).fetchall()
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "baris": rows, "berkas": files, "wall": time.perf_counter() - begun, "cpu": used.ru_utime + used.ru_stime,
        "rss": used.ru_maxrss / 1024,
    }  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Prints the figures as one line of JSON."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale.floor", description=__doc__)
    parser.add_argument("home", metavar="HOME", type=Path, help="data home yang kirimannya sudah mendarat")
    args = parser.parse_args(argv)
    print(json.dumps({name: round(value, 2) for name, value in run(args.home).items()}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
