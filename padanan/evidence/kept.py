"""What a group's linkage gave, kept until anything that it was made of changes: a new month of one list, or a decision about it.

What goes into a linkage, and what becomes of its result, belongs to `run`.
"""

from __future__ import annotations

import hashlib
import json
import platform
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from padanan.base import disk
from padanan.base.commit import building, replace
from padanan.base.duck import first_row
from padanan.base.errors import PadananError
from padanan.base.folder_proof import FILE as PROOF
from padanan.base.folder_proof import differing, seal, signed_hashes
from padanan.base.home import Home
from padanan.base.regular import read_regular
from padanan.base.signing import signer
from padanan.base.sql import ident, literal
from padanan.linkage.model import Model
from padanan.linkage.result import LinkResult
from padanan.linkage.threshold import Thresholds

FOLDER = "bukti_tersimpan"
_RECORDS, _PAIRS, _REST = "rekaman.parquet", "pasangan.parquet", "hasil.json"
_WHAT, _CURE = "bukti tersimpan", "hapus foldernya; pemadanan mengerjakannya lagi"
# A model's fields: its arrays, and what JSON holds as it is.
_ARRAYS, _TOLD = ("m", "u", "prior", "extra"), ("name", "offset", "facts")
_LIBRARIES = ("duckdb", "numpy", "pandas", "pyarrow", "recordlinkage", "scikit-learn", "scipy")
"""What a linkage computes with, beside the program itself; another version may give another last digit."""
_MOST_PROOF, _MOST_REST = 1 << 16, 1 << 28


def sources_hash(con: duckdb.DuckDBPyConnection, rows: Path, tables: Mapping[str, pa.Table], said: Collection[str]) -> str:
    """One hash over everything that a linkage is made of; the order of rows is no part of it, as it is none of the result.

    Args:
        con: any connection; nothing stays in it.
        rows: the list as the linkage reads it (Parquet).
        tables: the other tables that it reads, by name.
        said: texts that pin the rest: register, program, parameters.
    """
    parts = [platform.python_version(), *(f"{name} {version(name)}" for name in _LIBRARIES), *said]
    parts.append(_rows_hash(con, f"read_parquet({literal(rows)})"))
    for name, table in sorted(tables.items()):
        con.register("disidik", table)
        try:
            parts.append(f"{name}={_rows_hash(con, 'disidik')}")
        finally:
            con.unregister("disidik")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _rows_hash(con: duckdb.DuckDBPyConnection, source: str) -> str:
    """Names and types of the columns, how many rows, and the sum of the rows' MD5, in two halves.

    The engine's own `hash` would not do: of texts over twelve bytes it takes some for equal that differ in two digits.
    """
    columns = [(str(row[0]), str(row[1])) for row in con.execute(f"describe select * from {source}").fetchall()]
    halves = f"sum((sidik & {(1 << 64) - 1}::uhugeint)::hugeint), sum((sidik >> 64)::hugeint)"
    found = first_row(con, f"select count(*), {halves} from (select md5_number({_row_text(columns)}) as sidik from {source})")
    return "|".join((*map(" ".join, columns), *map(str, found or ())))


def _row_text(columns: Sequence[tuple[str, str]]) -> str:
    """SQL of a row as a text that no other row has: the bytes of each text (`-`: NULL), then the values.

    Only texts can hold the mark between values, and where one ends is told by its length.
    """
    lengths = ", ".join(
        ["''", *(f"coalesce(strlen({ident(name)})::varchar, '-')" for name, kind in columns if kind == "VARCHAR")]
    )
    values = ", ".join(f"coalesce({ident(name)}::varchar, chr(30))" for name, _ in columns)
    return f"concat_ws(',', {lengths}) || chr(31) || concat_ws(chr(31), {values})"


def linked(home: Home, group: str, sources: str, link: Callable[[], LinkResult], *, anew: bool = False) -> LinkResult:
    """The kept result of a group whose sources are the same, else a new one, which is kept in its place.

    A kept result that is damaged, or was not written with the key in use, is made again and never read.

    Args:
        group: the name of its model.
        sources: `sources_hash`.
        link: makes the result.
        anew: nothing that was kept counts.
    """
    folder = home.warehouse / FOLDER / group
    found = None if anew else _read(home, folder, sources)
    if found is None:
        found = link()
        _keep(home, folder, sources, found)
    return found


def forget_others(home: Home, groups: Collection[str]) -> None:
    """Removes what is kept of groups that are none any more."""
    kept = home.warehouse / FOLDER
    for folder in sorted(kept.iterdir()) if kept.is_dir() else ():
        if folder.name not in groups:
            disk.remove_tree(folder, ignore_errors=True)


def _keep(home: Home, folder: Path, sources: str, result: LinkResult) -> None:
    model = result.model
    rest = {
        "sumber": sources,
        "model": {
            **{name: getattr(model, name) for name in ("name", "offset", "facts")},
            **{
                name: None if (values := getattr(model, name)) is None else values.tolist()
                for name in ("m", "u", "prior", "extra")
            },
        },
        "ambang": asdict(result.thresholds),
        **{name: getattr(result, name) for name in ("measures", "notes", "plug_in_labels", "digests", "calibration", "clerical")},
    }
    with building(folder.parent) as work:
        made = work / "isi"
        disk.mkdir(made)
        for name, table in ((_RECORDS, result.records), (_PAIRS, result.pairs)):
            with disk.filling(made / name):
                pq.write_table(table, made / name, compression="lz4")
        # Python writes a float with all digits that it needs to come back the same.
        disk.write_text(made / _REST, json.dumps(rest, default=_plain) + "\n")
        seal(made, _place(home, folder), (_RECORDS, _PAIRS, _REST))
        replace(made, folder)


def _plain(value: Any) -> Any:
    """Numbers that come from arrays, and mappings that are no dictionaries."""
    return value.item() if isinstance(value, np.generic) else dict(value)


def _place(home: Home, folder: Path) -> str:
    return folder.relative_to(home.root).as_posix()


def _read(home: Home, folder: Path, sources: str) -> LinkResult | None:
    if not folder.is_dir():
        return None
    try:
        # What everything else is proved by is small and a file, and bears the key in use: no honest one bears an older key.
        proof = json.loads(read_regular(folder / PROOF, _MOST_PROOF) or b"null")
        if proof["kunci"] != signer():
            return None
        hashes = signed_hashes(home.root, folder, what=_WHAT, cure=_CURE)
        if set(hashes) != {_RECORDS, _PAIRS, _REST} or any(differing(home.root, folder, hashes, what=_WHAT, cure=_CURE)):
            return None
        rest = json.loads(read_regular(folder / _REST, _MOST_REST) or b"null")
        if rest["sumber"] != sources:
            return None
        told = rest["model"]
        arrays: dict[str, Any] = {name: None if told[name] is None else np.array(told[name], np.float64) for name in _ARRAYS}
        return LinkResult(
            pq.read_table(folder / _RECORDS),
            pq.read_table(folder / _PAIRS),
            Model(**arrays, **{name: told[name] for name in _TOLD}),
            Thresholds(**rest["ambang"]),
            rest["measures"],
            tuple(rest["notes"]),
            tuple(rest["plug_in_labels"]),
            rest["digests"],
            tuple(rest["calibration"]),
            rest["clerical"],
        )
    except (PadananError, OSError, ValueError, KeyError, TypeError, RecursionError, pa.ArrowException):
        return None
