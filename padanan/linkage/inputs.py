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
import pyarrow.compute as pc

from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError
from padanan.base.sql import literal
from padanan.linkage import comparison, prepare
from padanan.linkage.config import LinkageConfig
from padanan.linkage.register import Register, numbers
from padanan.linkage.sketch import TABLE, Sketch

Ints = npt.NDArray[np.int64]
UInt64s = npt.NDArray[np.uint64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Inputs:
    """Rows of a run; its records are those to be judged, in order of record_key: the residue and the labelled ones.

    Attributes:
        n_list: records of the list.
        work: prepared columns of the records (NIK of the labelled ones hidden), with latih and jawab; `people` as arrays.
        record, entity: keys of the records.
        tie: hash of the entity, for an order that doesn't depend on the row's place.
        training: records that are labelled; `answer` is their register row, −1 for the others.
        known_list, known_row: every step-1 link as (row of the list, row of the register).
        known_work: record of each step-1 link, −1 when it is not a training record.
        known_family, known_card: family in the list and family card in the register of each step-1 link.
        source, known_source: number of the producer of the records and of each step-1 link; `n_sources` producers.
        left_over, left_over_work: keys of the list's records that step 1 left over, and the record that stands for each.
        notes: what the reader should know about the input, in Indonesian.
    """

    n_list: int
    work: pa.Table
    people: comparison.People
    record: pa.Array
    entity: pa.Array
    tie: UInt64s
    training: Bools
    answer: Ints
    known_list: Ints
    known_row: Ints
    known_work: Ints
    known_family: UInt64s
    known_card: UInt64s
    source: Ints
    known_source: Ints
    n_sources: int
    left_over: pa.Array
    left_over_work: Ints
    register: Register
    notes: tuple[str, ...]

    @property
    def family(self) -> UInt64s:
        """Family in the list of each record, 0 when none is known."""
        return np.asarray(self.people["family"])

    def __len__(self) -> int:
        return len(self.record)


def snapshot_hash(source: prepare.Source) -> str:
    """Content hash of a register file; of a table, its schema and buffers' hash."""
    if isinstance(source, pa.Table):
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, source.schema) as writer:
            writer.write_table(source)
        return hashlib.sha256(sink.getvalue()).hexdigest()
    path = Path(source)
    if not path.exists():
        raise PadananError("berkas acuan tidak ada", file=path, cure="jalankan tahap cleansing dahulu")
    return file_sha256(path)


def connect(config: LinkageConfig) -> duckdb.DuckDBPyConnection:
    """A connection with the configured limits."""
    con = duckdb.connect()
    con.execute(f"set memory_limit='{config.memory}'; set threads={config.threads}; set enable_progress_bar=false")
    return con


def read(
    con: duckdb.DuckDBPyConnection,
    people: prepare.Source,
    register: Path | Register,
    step1: pa.Table | None,
    config: LinkageConfig,
) -> Inputs:
    """Arranges one run.

    Args:
        con: where small joins run.
        people: the list, with staging columns (those named here); absent ones count as empty.
        register: prepared register (`prepare.prepare_register`), or one that is open.
        step1: (record_key, register_key) of the links by NIK; None computes them here by the same levels.
        config: how many links may train.

    Raises:
        PadananError: no record_key, or the same record_key twice.
    """
    relation = prepare.relation_sql(con, people, "daftar_mentah")
    absent = prepare.missing_columns(con, relation, "daftar")
    notes = [f"kolom tidak ada dan dianggap kosong: {', '.join(absent)}"] if absent else []
    sketch = Sketch(con, relation)
    n_list = sketch.n
    source, n_sources = _sources(con, relation, n_list)
    file = register if isinstance(register, Register) else Register(register)
    if step1 is not None:
        row, arow = _given(con, file.path, step1)
        card = _cards(file, arow)
    else:
        row, arow, card = _by_nik(con, file, sketch.prepared(np.arange(n_list)))
    answer = np.full(n_list, -1, dtype=np.int64)
    answer[row] = arow
    linked = answer >= 0
    sketch.prepare(np.flatnonzero(~linked | sketch.shared))
    mates = _mates(con, sketch, linked)
    stands = np.ones(n_list, dtype=bool) if mates is None else mates == np.arange(n_list)
    labels = _labels(sketch, stands & linked, config.training_max)
    labelled = np.zeros(n_list, dtype=bool)
    labelled[labels] = True
    chosen = np.flatnonzero((stands & ~linked) | labelled)
    training = labelled[chosen]
    notes += sketch.nowhere()
    work = sketch.prepared(chosen)
    tie = sketch.tie
    hidden = pc.if_else(pa.array(training), pa.scalar(None, pa.uint64()), work.column("nik"))
    work = work.set_column(work.schema.get_field_index("nik"), "nik", hidden)
    work = work.append_column("latih", pa.array(training)).append_column("jawab", pa.array(answer[chosen]))
    place = np.full(n_list, -1, dtype=np.int64)
    place[chosen] = np.arange(len(chosen))
    open_ = place.copy()
    open_[chosen[training]] = -1
    left_work = open_ if mates is None else open_[mates]
    left = np.flatnonzero(left_work >= 0)
    in_training = np.full(n_list, -1, dtype=np.int64)
    in_training[chosen[training]] = place[chosen[training]]
    left_over = sketch.keys(left)
    sketch.close()
    return Inputs(
        n_list,
        work,
        comparison.people_of(work, np.arange(len(chosen))),
        work.column("record_key").combine_chunks(),
        work.column("entity_key").combine_chunks(),
        tie[chosen],
        training,
        answer[chosen],
        row,
        arow,
        in_training[row],
        sketch.family[row],
        card,
        source[chosen],
        source[row],
        n_sources,
        left_over,
        left_work[left],
        file,
        tuple(notes),
    )


def _sources(con: duckdb.DuckDBPyConnection, relation: str, n_list: int) -> tuple[Ints, int]:
    """(number of each record's producer, in order of record_key; how many there are)."""
    if "producer" not in prepare.columns_of(con, relation) or n_list == 0:
        return np.zeros(n_list, dtype=np.int64), 1
    got = con.execute(
        f"""select dense_rank() over (order by coalesce(producer, '')) - 1 as sumber, record_key::varchar as record_key
        from {relation} order by record_key::varchar"""
    ).fetchnumpy()
    source = np.asarray(got["sumber"], dtype=np.int64)
    return source, int(source.max()) + 1


def _cards(file: Register, rows: Ints) -> UInt64s:
    """Family card of register rows, 0 where it is not known."""
    if len(rows) == 0:
        return np.empty(0, dtype=np.uint64)
    wanted, back = np.unique(rows, return_inverse=True)
    return np.asarray(numbers(file.take(wanted, ["kk"]), "kk")[back])


def _given(con: duckdb.DuckDBPyConnection, register: Path, step1: pa.Table) -> tuple[Ints, Ints]:
    """(row of the list, row of the register) of links made before."""
    con.register("tahap1", step1)
    got = con.execute(
        f"""select d.row, a.file_row_number as arow from tahap1 t join {TABLE} d on d.record_key = t.record_key
        join (select record_key, file_row_number from read_parquet({literal(register)}, file_row_number=true)) a
            on a.record_key = t.register_key order by d.row, arow"""
    ).fetchnumpy()
    con.unregister("tahap1")
    return np.asarray(got["row"], dtype=np.int64), np.asarray(got["arow"], dtype=np.int64)


def _by_nik(con: duckdb.DuckDBPyConnection, file: Register, listed: pa.Table) -> tuple[Ints, Ints, UInt64s]:
    """(row of the list, row of the register, its card) of the links by NIK, the best resident of each record."""
    nik = numbers(listed, "nik")
    mine = np.flatnonzero(nik != 0)
    order = mine[np.argsort(nik[mine], kind="stable")]
    wanted, begin, count = np.unique(nik[order], return_index=True, return_counts=True)
    met = file.matching("nik", wanted)
    many = count[met["spot"]]
    arow = np.repeat(met["row"], many)
    place = np.repeat(begin[met["spot"]] - np.r_[0, np.cumsum(many)[:-1]], many) + np.arange(len(arow))
    row = order[place]
    first, names, births = _alike(con, file, listed, row, arow)
    order = np.lexsort((first, -births, -names, row))
    order = order[_same_person(names[order], births[order])]
    order = order[np.r_[True, row[order[1:]] != row[order[:-1]]]] if len(order) else order
    row, arow = row[order], arow[order]
    card = _cards(file, arow)
    kept = ~_mate_fits_better(con, file, listed, (row, arow, card), names[order], births[order])
    return row[kept], arow[kept], card[kept]


def _same_person(names: Ints, births: Ints) -> Bools:
    """Step 1's rule for two rows of one NIK (dbt's `same_person`)."""
    return np.asarray(((names >= 2) & (births >= 1)) | ((names >= 1) & (births == 2)))


def _mate_fits_better(
    con: duckdb.DuckDBPyConnection,
    file: Register,
    listed: pa.Table,
    links: tuple[Ints, Ints, UInt64s],
    names: Ints,
    births: Ints,
) -> Bools:
    """Links by NIK where somebody else on that resident's card fits the record strictly better (dbt's `fits_better`)."""
    row, arow, card = links
    better = np.zeros(len(row), dtype=bool)
    open_ = np.flatnonzero((names < 3) & (card != 0))
    if len(open_) == 0:
        return better
    cards, count = np.unique(card[open_], return_counts=True)
    by_card = open_[np.argsort(card[open_], kind="stable")]
    begin = np.cumsum(count) - count
    met = file.matching("kk", cards, ("name_key", "dob"))
    many = count[met["spot"]]
    place = np.repeat(begin[met["spot"]] - np.r_[0, np.cumsum(many)[:-1]], many) + np.arange(int(many.sum()))
    link, mate = by_card[place], np.repeat(met["row"], many)
    # Nobody fits better without the record's name or its date; few of a card have either, and only their names are read.
    key, born = (np.repeat(met[name], many) for name in ("name_key", "dob"))
    like = (key == numbers(listed, "name_key")[row[link]]) | (born == numbers(listed, "dob")[row[link]])
    like &= mate != arow[link]
    link, mate = link[like], mate[like]
    if len(link) == 0:
        return better
    _, theirs, births_too = _alike(con, file, listed, row[link], mate)
    more, same = theirs > names[link], theirs == names[link]
    fits = (more & (births_too >= births[link])) | (same & (births_too > births[link]))
    better[link[fits | (theirs == 3)]] = True
    return better


def _alike(con: duckdb.DuckDBPyConnection, file: Register, listed: pa.Table, row: Ints, arow: Ints) -> tuple[UInt64s, Ints, Ints]:
    """(tie of the resident, level of the names 0..3, level of the birth dates 0..2) of pairs, as step 1 has them."""
    columns = ["name", "name_key", "t1", "t2", "t3", "dob"]
    rows, back = np.unique(arow, return_inverse=True)
    theirs = file.take(rows, ["tie", *columns]).take(pa.array(back))
    ours = listed.select(columns).take(pa.array(row))
    con.register(
        "sama_nik",
        pa.table(
            {
                "n": np.arange(len(row)),
                "tie": theirs.column("tie"),
                **{f"d_{name}": ours.column(name) for name in columns},
                **{f"a_{name}": theirs.column(name) for name in columns},
            }
        ),
    )
    y, m, d = "{0}_dob // 10000", "{0}_dob // 100 % 100", "{0}_dob % 100"

    def same(part: str) -> str:
        return f"({part.format('d')} = {part.format('a')})::int"

    swapped = f"{m.format('d')} = {d.format('a')} and {d.format('d')} = {m.format('a')}"
    got = con.execute(
        f"""select tie,
            (case when d_name_key = a_name_key then 3 when jaro_winkler_similarity(d_name, a_name) >= 0.92 then 2
                 when jaro_winkler_similarity(d_name, a_name) >= 0.80 or (d_t1 in (a_t1, a_t2, a_t3)
                    and coalesce(d_t2, d_t1) in (a_t1, a_t2, a_t3) and coalesce(d_t3, d_t1) in (a_t1, a_t2, a_t3)) then 1
                        else 0 end)::bigint as nama,
            (case when d_dob = a_dob then 2 when d_dob is null or a_dob is null then 1
                 when ({y.format("d")} = {y.format("a")} and {swapped}) or {same(y)} + {same(m)} + {same(d)} = 2 then 1
                     else 0 end)::bigint as lahir
        from sama_nik order by n"""
    ).fetchnumpy()
    con.unregister("sama_nik")
    return (
        np.asarray(got["tie"], dtype=np.uint64),
        np.asarray(got["nama"], dtype=np.int64),
        np.asarray(got["lahir"], dtype=np.int64),
    )


_FILLED = ("nik", "kk", "name", "mother", "dob", "address", "kel", "rt")


def _mates(con: duckdb.DuckDBPyConnection, sketch: Sketch, linked: Bools) -> Ints | None:
    """Row that stands for each record's entity (a step-1 link of any of its records is the entity's); None if all are single."""
    rows = np.flatnonzero(sketch.shared)
    if not len(rows):
        return None
    listed = sketch.prepared(rows).select(["entity_key", "record_key", *_FILLED])
    con.register("daftar_siap", listed.append_column("row", pa.array(rows)).append_column("padan", pa.array(linked[rows])))
    try:
        filled = " + ".join(f"({name} is not null)::int" for name in _FILLED)
        got = con.execute(
            f"""select row, first_value(row) over (
            partition by entity_key order by padan desc, {filled} desc, record_key) as wakil from daftar_siap"""
        ).fetchnumpy()
    finally:
        con.unregister("daftar_siap")
    mates = np.arange(sketch.n)
    mates[np.asarray(got["row"], dtype=np.int64)] = np.asarray(got["wakil"], dtype=np.int64)
    return mates


def _labels(sketch: Sketch, linked: Bools, most: int) -> Ints:
    """Rows of the labelled records: of those that are linked and have a name the first in the order of their ties."""
    order = np.flatnonzero(linked)
    order = order[np.argsort(sketch.tie[order], kind="stable")]
    found: list[Ints] = []
    begin, size = 0, most + most // 8
    while begin < len(order) and sum(map(len, found)) < most:
        part = order[begin : begin + size]
        sketch.prepare(part)
        found.append(part[sketch.named[part]])
        begin, size = begin + size, 2 * size
    return np.concatenate([np.empty(0, dtype=np.int64), *found])[:most]


def register_keys(con: duckdb.DuckDBPyConnection, register_sql: str, rows: Ints) -> pa.Array:
    """record_key of register rows, in the order given."""
    con.register("baris_kunci", pa.table({"row": rows, "urut": np.arange(len(rows))}))
    got = con.sql(
        f"select r.record_key from baris_kunci b join {register_sql} r on r.row = b.row order by b.urut"
    ).to_arrow_table()
    con.unregister("baris_kunci")
    return got.column(0).combine_chunks()


def raw_column(con: duckdb.DuckDBPyConnection, source: prepare.Source, name: str, keys: pa.Array, what: str) -> Any:
    """A raw column in the order of record keys, for plug-ins.

    Raises:
        PadananError: the table has no such column.
    """
    relation = prepare.relation_sql(con, source, "mentah")
    if name not in prepare.columns_of(con, relation):
        raise PadananError(
            f"kolom {name} untuk perbandingan tambahan tidak ada pada {what}",
            cure="tambahkan kolomnya atau hapus perbandingan itu",
        )
    con.register("kunci_perlu", pa.table({"record_key": keys, "urut": np.arange(len(keys))}))
    got = con.sql(
        f"select m.{name} from kunci_perlu k join {relation} m on m.record_key = k.record_key order by k.urut"
    ).to_arrow_table()
    con.unregister("kunci_perlu")
    return got.column(0).to_pandas()
