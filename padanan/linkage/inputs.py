"""What one linkage run works on: the list, the prepared register, step-1 links, training records and who still needs a match.

Finding and judging pairs belongs to the other modules; this one only arranges rows.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from padanan.errors import PadananError
from padanan.linkage import prepare
from padanan.linkage.config import LinkageConfig

Ints = npt.NDArray[np.int64]
UInt64s = npt.NDArray[np.uint64]
Bools = npt.NDArray[np.bool_]

_CODES = "nik, kk, name_key, skeleton, t1, t2, t3, mother_skeleton, mother1, dob, kel, rt, rw, street, address"


@dataclass(frozen=True)
class Inputs:
    """Rows of a run. Tables in the connection: `daftar` (list), `acuan` (register's codes), `kerja` (records to be judged).

    Attributes:
        n_list: records of the list.
        record, entity: keys of `kerja`'s rows, in row order.
        family, tie: of `kerja`'s rows.
        training: rows of `kerja` that are labelled; `answer` is their register row, −1 for the others.
        known_list, known_row: every step-1 link as (row of `daftar`, row of the register).
        known_kerja: row of `kerja` of each step-1 link, −1 when it is not a training record.
        known_family, known_card: family in the list and family card in the register of each step-1 link.
        source, known_source: number of the producer of `kerja`'s rows and of each step-1 link; `n_sources` producers.
        notes: what the reader should know about the input, in Indonesian.
    """

    n_list: int
    record: pa.Array
    entity: pa.Array
    family: UInt64s
    tie: UInt64s
    training: Bools
    answer: Ints
    known_list: Ints
    known_row: Ints
    known_kerja: Ints
    known_family: UInt64s
    known_card: UInt64s
    source: Ints
    known_source: Ints
    n_sources: int
    register_path: Path
    notes: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.record)


def snapshot_hash(source: prepare.Source) -> str:
    """Content hash of a register file; of a table, its schema and buffers' hash."""
    digest = hashlib.sha256()
    if isinstance(source, pa.Table):
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, source.schema) as writer:
            writer.write_table(source)
        digest.update(sink.getvalue())
    else:
        path = Path(source)
        if not path.exists():
            raise PadananError("berkas acuan tidak ada", file=path, cure="jalankan tahap cleansing dahulu")
        with path.open("rb") as handle:
            while block := handle.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


def connect(config: LinkageConfig) -> duckdb.DuckDBPyConnection:
    """A connection with the configured limits."""
    con = duckdb.connect()
    con.execute(f"set memory_limit='{config.memory}'; set threads={config.threads}; set enable_progress_bar=false")
    return con


def read(
    con: duckdb.DuckDBPyConnection, people: prepare.Source, register: Path, step1: pa.Table | None, config: LinkageConfig
) -> Inputs:
    """Arranges one run.

    Args:
        con: where the tables are made.
        people: the list, with staging columns (SPEC §5); absent ones count as empty.
        register: prepared register (`prepare.prepare_register`).
        step1: (record_key, register_key) of the links by NIK; None computes them here by the same levels.
        config: how many links may train.

    Raises:
        PadananError: no record_key, or the same record_key twice.
    """
    relation = prepare.relation_sql(con, people, "daftar_mentah")
    absent = prepare.missing_columns(con, relation, "daftar")
    notes = [f"kolom tidak ada dan dianggap kosong: {', '.join(absent)}"] if absent else []
    prepared = prepare.prepare_table(con, relation)
    con.register("daftar_siap", prepared)
    several = "producer" in prepare.columns_of(con, relation)
    sources = f"""(select record_key, dense_rank() over (order by {"coalesce(producer, '')" if several else "1"}) - 1 as sumber
        from {relation})"""
    con.execute(
        f"""create temp table daftar as
        select row_number() over (order by record_key) - 1 as row, d.*, coalesce(s.sumber, 0) as sumber from daftar_siap d
        left join (select record_key, any_value(sumber) as sumber from {sources} group by record_key) s using (record_key)"""
    )
    con.unregister("daftar_siap")
    con.execute(
        f"""create temp table acuan as select file_row_number as row, {_CODES}
        from read_parquet('{register}', file_row_number=true)"""
    )
    n_list, n_keys, n_entities, n_names, n_births = con.execute(
        "select count(*), count(distinct record_key), count(distinct entity_key), count(name), count(dob) from daftar"
    ).fetchall()[0]
    if n_keys != n_list:
        raise PadananError("record_key tidak unik pada daftar", cure="beri satu record_key per baris (lihat landing)")
    for count, what in ((n_names, "nama"), (n_births, "tanggal lahir")):
        if n_list and not count:
            notes.append(f"tidak ada satu pun {what}: padanan hanya dari kolom lain")
    _links(con, register, step1)
    _representatives(con, n_list != n_entities)
    _working(con, config)
    rows = con.execute(
        """select record_key, entity_key, coalesce(family, 0) as family, hash(entity_key) as tie_entitas, latih, jawab, sumber
        from kerja order by row"""
    ).to_arrow_table()
    links = con.execute(
        """select p.row as baris, p.arow, coalesce(k.row, -1) as kerja, coalesce(d.family, 0) as family,
            coalesce(a.kk, 0) as card, d.sumber
        from padan p join daftar d on d.row = p.row join acuan a on a.row = p.arow
        left join (select row, baris from kerja where latih) k on k.baris = p.row order by p.row"""
    ).to_arrow_table()

    def ints(table: pa.Table, name: str, kind: Any = np.int64) -> npt.NDArray[Any]:
        return np.asarray(table.column(name).to_numpy()).astype(kind, copy=False)

    return Inputs(
        int(n_list),
        rows.column("record_key").combine_chunks(),
        rows.column("entity_key").combine_chunks(),
        ints(rows, "family", np.uint64),
        ints(rows, "tie_entitas", np.uint64),
        rows.column("latih").to_numpy(zero_copy_only=False).astype(bool),
        ints(rows, "jawab"),
        ints(links, "baris"),
        ints(links, "arow"),
        ints(links, "kerja"),
        ints(links, "family", np.uint64),
        ints(links, "card", np.uint64),
        ints(rows, "sumber"),
        ints(links, "sumber"),
        int(con.execute("select coalesce(max(sumber), 0) + 1 from daftar").fetchall()[0][0]),
        register,
        tuple(notes),
    )


def _links(con: duckdb.DuckDBPyConnection, register: Path, step1: pa.Table | None) -> None:
    """Table padan(row, arow): the links by NIK."""
    source = f"read_parquet('{register}', file_row_number=true)"
    if step1 is not None:
        con.register("tahap1", step1)
        con.execute(
            f"""create temp table padan as select d.row, a.file_row_number as arow from tahap1 t
                join daftar d on d.record_key = t.record_key
            join (select record_key, file_row_number from {source}) a on a.record_key = t.register_key"""
        )
        con.unregister("tahap1")
        return
    y, m, d = "{0}.dob // 10000", "{0}.dob // 100 % 100", "{0}.dob % 100"

    def same(part: str) -> str:
        return f"({part.format('d')} = {part.format('a')})::int"

    swapped = f"{m.format('d')} = {d.format('a')} and {d.format('d')} = {m.format('a')}"
    con.execute(
        f"""create temp table padan as select row, arow from (
            select d.row, a.row as arow, a.tie,
                case when d.name_key = a.name_key then 3 when jaro_winkler_similarity(d.name, a.name) >= 0.92 then 2
                     when jaro_winkler_similarity(d.name, a.name) >= 0.80 or (d.t1 in (a.t1, a.t2, a.t3)
                        and coalesce(d.t2, d.t1) in (a.t1, a.t2, a.t3) and coalesce(d.t3, d.t1) in (a.t1, a.t2, a.t3)) then 1
                            else 0 end as nama,
                case when d.dob = a.dob then 2 when d.dob is null or a.dob is null then 1
                     when ({y.format("d")} = {y.format("a")} and {swapped}) or {same(y)} + {same(m)} + {same(d)} = 2 then 1
                         else 0 end as lahir
            from daftar d join (select file_row_number as row, tie, nik, name, name_key, t1, t2, t3, dob from {source}
                semi join (select distinct nik from daftar where nik is not null) using (nik)) a on d.nik = a.nik)
        where (nama >= 2 and lahir >= 1) or (nama >= 1 and lahir = 2)
        qualify row_number() over (partition by row order by nama desc, lahir desc, tie) = 1"""
    )


def _representatives(con: duckdb.DuckDBPyConnection, shared: bool) -> None:
    """Table wakil(row): one record per entity; a step-1 link of any of its records is the entity's."""
    if not shared:
        con.execute("create temp view wakil as select row from daftar")
        return
    filled = " + ".join(f"({name} is not null)::int" for name in ("nik", "kk", "name", "mother", "dob", "address", "kel", "rt"))
    con.execute(
        f"""create temp table wakil as select row from (select d.row, row_number() over (partition by entity_key
        order by (p.row is not null) desc, {filled} desc, record_key) as nomor from daftar d left
            join padan p on p.row = d.row) where nomor = 1"""
    )


def _working(con: duckdb.DuckDBPyConnection, config: LinkageConfig) -> None:
    """Table kerja: the residue and the training records (their NIK hidden), in row order of `daftar`."""
    con.execute(
        f"""create temp table kerja as
        with pilih as (
            select d.row as baris, p.arow, p.row is not null as latih from daftar d semi join wakil w on w.row = d.row left
                join padan p on p.row = d.row
        ), contoh as (
            select baris from pilih join daftar d on d.row = baris where latih and d.name is not null
                order by hash(d.entity_key), baris limit {config.training_max}
        )
        select row_number() over (order by p.baris) - 1 as row, p.baris, p.latih, coalesce(p.arow, -1)::bigint as jawab,
            d.* exclude (row, nik), case when p.latih then null else d.nik end as nik
        from pilih p join daftar d on d.row = p.baris where not p.latih or p.baris in (select baris from contoh)"""
    )
