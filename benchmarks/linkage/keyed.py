"""The same inputs for every engine: prepared residue, prepared register, labels, and our blocking keys as columns.

What an engine does with them belongs to its own runner.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa

from padanan.linkage import blocking, inputs, prepare
from padanan.linkage.config import LinkageConfig
from padanan.linkage.register import numbers

_CODES = (*blocking.CODES, *blocking.SMALL_CODES)


@dataclass(frozen=True)
class Shared:
    """Parquet files: `left`, `right` with unique_id, prepared columns and keys k0…; `labels` true training pairs."""

    left: Path
    right: Path
    labels: Path
    keys: int


def share(people: Path, register: Path, out: Path, config: LinkageConfig) -> Shared:
    """Writes what Splink needs to work with the same keys, caps and levels as ours.

    Args:
        people: the list. register: the prepared register. out: folder. config: caps.
    """
    out.mkdir(parents=True, exist_ok=True)
    con = inputs.connect(config)
    data = inputs.read(con, people, register, None, config)
    size = con.execute(f"select count(*) from read_parquet('{register}')").fetchall()[0][0]
    arms = _arms(size, config)
    shared = Shared(out / "left.parquet", out / "right.parquet", out / "labels.parquet", len(arms))
    con.register("kerja_siap", data.work.append_column("row", pa.array(np.arange(len(data)))))
    con.execute(
        f"""create table kerja as select * from kerja_siap;
        create table kanan as select file_row_number as row, * from read_parquet('{register}', file_row_number=true)"""
    )
    for side in ("kerja", "kanan"):
        codes = con.sql(f"select row, {', '.join(_CODES)} from {side} order by row").to_arrow_table()
        values = blocking.KeyValues({name: numbers(codes, name) for name in _CODES})
        for number, parts in enumerate(arms):
            value, there = values.of(parts)
            con.register("kunci", pa.table({"row": codes.column("row"), "k": pa.array(value, mask=~there)}))
            con.execute(f"create table k{number}_{side} as select k, row from kunci where k is not null")
            con.unregister("kunci")
    for side, path in (("kerja", shared.left), ("kanan", shared.right)):
        con.execute(f"create or replace table hasil as select * from {side}")
        for number in range(len(arms)):
            good = " intersect ".join(
                f"select k from k{number}_{table} group by k having count(*) <= {config.block_cap}"
                for table in ("kerja", "kanan")
            )
            con.execute(
                f"""create or replace table hasil as select h.*, s.k as k{number} from hasil h
                left join (select k, row from k{number}_{side} where k in ({good})) s using (row)"""
            )
        con.execute(
            f"""copy (select row::varchar as unique_id, {"latih" if side == "kerja" else "false as latih"}, nik, kk, name,
                name_key, skeleton, t1, t2, t3,
            mother, mother_key, mother_skeleton, dob, jk, street, address, kel, rt, rw,
                {", ".join(f"k{n}" for n in range(len(arms)))}
            from hasil order by row) to '{path}' (format parquet)"""
        )
    con.execute(
        f"""copy (select 'a_daftar' as source_dataset_l, row::varchar as unique_id_l, 'b_acuan' as source_dataset_r,
            jawab::varchar as unique_id_r
        from kerja where latih order by row) to '{shared.labels}' (format parquet)"""
    )
    con.execute(f"copy (select row, record_key, latih from kerja order by row) to '{out / 'keys.parquet'}' (format parquet)")
    con.close()
    return shared


def _arms(n_right: int, config: LinkageConfig) -> list[tuple[str, ...]]:
    """The parts of every key that ours would use against a register of this size."""
    return [parts for _, variants in blocking.keys_for(n_right, config.small_register) for parts in variants]


def share_within(people: pa.Table, out: Path, config: LinkageConfig, extra: tuple[str, ...] = ()) -> int:
    """Writes one table with its keys as columns, for engines that look for doubles in it; the number of keys.

    Args:
        people: in the shape of staging. out: folder of `left.parquet`, `labels.parquet` (empty) and `keys.parquet`.
        config: caps. extra: further columns, copied as they are.
    """
    out.mkdir(parents=True, exist_ok=True)
    con = inputs.connect(config)
    con.register("mentah", people)
    con.register("siap", prepare.prepare_table(con, "mentah"))
    con.execute("create table orang as select row_number() over (order by record_key) - 1 as row, * from siap")
    arms = _arms(people.num_rows, config)
    codes = con.sql(f"select row, {', '.join(_CODES)} from orang order by row").to_arrow_table()
    values = blocking.KeyValues({name: numbers(codes, name) for name in _CODES})
    con.execute("create table hasil as select * from orang")
    for number, parts in enumerate(arms):
        value, there = values.of(parts)
        con.register("kunci", pa.table({"row": codes.column("row"), "k": pa.array(value, mask=~there)}))
        # Arrow can't be asked for a range of such large numbers: the keys are copied first.
        con.execute("create or replace table kunci_isi as select k, row from kunci where k is not null")
        con.execute(
            f"""create or replace table hasil as
            with baik as (select k from kunci_isi group by k having count(*) <= {config.block_cap})
            select h.*, s.k as k{number} from hasil h
            left join (select k, row from kunci_isi where k in (select k from baik)) s using (row)"""
        )
        con.unregister("kunci")
    keys = ", ".join((*(f"k{n}" for n in range(len(arms))), *extra))
    further = ", ".join(("record_key", *extra))
    con.execute(
        f"""copy (select row::varchar as unique_id, nik, kk, name, name_key, skeleton, t1, t2, t3, mother, mother_key,
            mother_skeleton, dob, jk, street, address, kel, rt, rw, {keys}
            from hasil join (select {further} from mentah) using (record_key)
        order by row) to '{out / "left.parquet"}' (format parquet)"""
    )
    con.execute(f"copy (select row::varchar as x from orang where false) to '{out / 'labels.parquet'}' (format parquet)")
    con.execute(f"copy (select row, record_key from orang order by row) to '{out / 'keys.parquet'}' (format parquet)")
    con.close()
    return len(arms)
