"""The same person several times within a registry or between registries, for people whom no resident explains.

Matching against Adminduk belongs to `pipeline`; what a cluster means for benefits belongs to the review.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
from scipy.sparse import coo_matrix  # type: ignore[import-untyped]
from scipy.sparse.csgraph import connected_components  # type: ignore[import-untyped]

from padanan.base.errors import PadananError
from padanan.base.sql import literal
from padanan.linkage import blocking, comparison, decision, doubt, inputs, model, prepare, toolkit
from padanan.linkage.config import LinkageConfig, load_linkage_config
from padanan.linkage.pairs import Pairs, Right
from padanan.linkage.register import slices

Ints = npt.NDArray[np.int64]
UInt64s = npt.NDArray[np.uint64]
Bools = npt.NDArray[np.bool_]

MAX_SOURCES = 63
# A pair this unlikely, in hundredths of a bit, is not shown to the user's own comparisons: they can't bring it back.
_HOPELESS = -1600


@dataclass(frozen=True)
class ClusterResult:
    """Clusters of records.

    Attributes:
        members: record_key, entity_key, producer, klaster_id, anggota (size), one row per record, ordered by record_key.
        pairs: record_key_a, record_key_b, bobot, peluang, status ('sama' | 'mungkin_sama'), kuat (enough to join them), ditahan
            (a person must say, whatever it weighs: `doubt`), pola, kunci.
        model: fitted model. upper: weight from which records were joined, in hundredths of a bit.
    """

    members: pa.Table
    pairs: pa.Table
    model: model.Model
    upper: int
    notes: tuple[str, ...] = ()


def merge_one_per_source(n: int, a: Ints, b: Ints, weight: Ints, tie: UInt64s, source: Ints) -> Ints:
    """Clusters that hold at most one record per source: best edges first, an edge that would break it is left out.

    Args:
        n: number of records.
        a, b, weight: edges; higher weight first.
        tie: per record, decides between equal weights.
        source: per record, 0..62.

    Returns:
        Cluster number of each record.
    """
    return merge_disjoint(n, a, b, weight, tie, np.left_shift(np.uint64(1), source.astype(np.uint64)))


def merge_disjoint(n: int, a: Ints, b: Ints, weight: Ints, tie: UInt64s, held: UInt64s) -> Ints:
    """`merge_one_per_source` for nodes that may stand in several sources: `held` has a bit for each (it is not changed)."""
    component = np.arange(n)
    held = held.copy()
    low, high = np.minimum(tie[a], tie[b]), np.maximum(tie[a], tie[b])
    order = np.lexsort((high, low, -weight))
    a, b = a[order], b[order]
    while len(a):
        x, y = component[a], component[b]
        open_ = (x != y) & ((held[x] & held[y]) == 0)
        a, b, x, y = a[open_], b[open_], x[open_], y[open_]
        if len(a) == 0:
            break
        rank = np.arange(len(a))
        best = np.full(n, len(a), dtype=np.int64)
        # The last write wins: backwards leaves each cluster's best edge.
        best[np.stack([x, y], axis=1)[::-1].ravel()] = np.repeat(rank[::-1], 2)
        here = (best[x] == rank) & (best[y] == rank)
        keep, gone = np.minimum(x[here], y[here]), np.maximum(x[here], y[here])
        held[keep] |= held[gone]
        target = np.arange(n)
        target[gone] = keep
        component = target[component]
    return component


def merge_all(n: int, a: Ints, b: Ints) -> Ints:
    """Connected components of the edges."""
    graph = coo_matrix((np.ones(len(a), dtype=np.int8), (a, b)), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def cluster(
    people: prepare.Source,
    config: LinkageConfig | None = None,
    *,
    fitted: model.Model | None = None,
    identity: pa.Table | None = None,
    one_per_source: bool = True,
) -> ClusterResult:
    """Groups records that are one person.

    Args:
        people: staging columns plus `producer`, of all records to be compared (those in no Adminduk, and some labelled).
        config: parameters; default `expectations/linkage.yaml`.
        fitted: a model of `link`, whose m is held here; without it and without labels m is learnt, beginning at the
            configuration's, and nobody is joined: every pair waits for a person.
        identity: (record_key, id) of records whose person is known; two of one id are labelled pairs, their NIK hidden.
        one_per_source: True between registries; False looks for the same person twice within them.

    Returns:
        The same clusters whatever the order of rows; ids come from content (smallest entity_key), not from numbering.

    Raises:
        PadananError: no record_key or producer, or more than 63 producers.
    """
    config = config or load_linkage_config()
    con = inputs.connect(config)
    try:
        if not isinstance(people, pa.Table):  # what overflows lies beside the list, not in the folder one works in
            con.execute(f"set temp_directory={literal(Path(people).parent / '.tumpah')}")
        return _cluster(con, people, config, fitted, identity, one_per_source)
    finally:
        con.close()


def _cluster(
    con: duckdb.DuckDBPyConnection,
    people: prepare.Source,
    config: LinkageConfig,
    fitted: model.Model | None,
    identity: pa.Table | None,
    one_per_source: bool,
) -> ClusterResult:
    relation = prepare.relation_sql(con, people, "orang_mentah")
    absent = prepare.missing_columns(con, relation, "daftar")
    if "producer" not in prepare.columns_of(con, relation):
        raise PadananError("kolom producer tidak ada pada daftar klaster", cure="sertakan kode produsen setiap baris")
    con.register("orang_siap", prepare.prepare_table(con, relation))
    con.register(
        "kenal",
        identity
        if identity is not None
        else pa.table({"record_key": pa.array([], pa.string()), "id": pa.array([], pa.string())}),
    )
    con.execute(
        f"""create temp table orang as select row_number() over (order by o.record_key) - 1 as row, o.* exclude (nik),
            coalesce(k.id, '') as id,
        case when k.id is null then o.nik end as nik, m.producer from orang_siap o left join kenal k using (record_key)
        join (select record_key, any_value(producer) as producer from {relation} group by record_key) m using (record_key)"""
    )
    table = con.sql("select record_key, entity_key, producer, id from orang order by row").to_arrow_table()
    n = table.num_rows
    producers = table.column("producer").combine_chunks().dictionary_encode()
    names = producers.dictionary.to_pylist()
    if len(names) > MAX_SOURCES:
        raise PadananError("produsen lebih dari 63", cure="bagi daftar klaster")
    rank = np.argsort(np.argsort(np.array(names, dtype=object).astype(str))) if names else np.empty(0, dtype=np.int64)
    source = rank[producers.indices.to_numpy(zero_copy_only=False)].astype(np.int64) if n else np.empty(0, dtype=np.int64)
    side = comparison.people_of(con.sql("select * from orang order by row").to_arrow_table())
    found = blocking.find(
        side.values,
        lambda: slices(side.values),
        n,
        cap=config.block_cap,
        per_record=config.candidates_per_record,
        within=True,
        small=config.small_register,
    )
    a, b = found.left.astype(np.int64), found.right.astype(np.int64)
    wanted = (source[a] != source[b]) if one_per_source else (source[a] == source[b])
    a, b, keys = a[wanted], b[wanted], found.keys[wanted]
    packed = _either_way(comparison.compare(con, side, side, a, b, comparison.Limits.of(config)))
    coded = table.column("id").combine_chunks().dictionary_encode()
    known = np.array([bool(v) for v in coded.dictionary.to_pylist()], dtype=bool)
    index = coded.indices.to_numpy(zero_copy_only=False)
    labelled = known[index[a]] & known[index[b]] if n else np.empty(0, dtype=bool)
    true = labelled & (index[a] == index[b])
    enough = int(true.sum()) >= config.training_min
    if fitted is None and not enough:
        # A NIK holds place, birth date and sex: with nothing to learn from, people born on one day passed for one person.
        nik = comparison.column("nik")
        packed = packed & np.int32(~((1 << nik.bits) - 1 << nik.shift))
    patterns = model.Patterns.of(packed)
    residue = patterns.counted(~labelled)
    expected = max(0.02 * float(residue.sum()), 1.0)
    # A logistic model carries the m it was compared with.
    start = config if fitted is None else config.model_copy(update={"m_start": _as_start(fitted)})
    random = None if enough else _chance(con, side, config)
    learnt = model.fit(
        patterns,
        residue,
        patterns.counted(true) if enough else None,
        expected,
        start,
        random,
        strangers=_possible(source, between=one_per_source),
        learn=fitted is None,
    )
    weight = model.score(patterns, learnt).total[patterns.inverse]
    if config.plug_ins:
        weight = weight + _plug_ins(con, people, table.column("record_key"), a, b, weight, true if enough else None, config)
    held = _held(side, a, b, packed)
    open_ = labelled & ~held
    upper = _upper(weight, open_, true, config) if enough else _bits(config.cluster_probability)
    # Nobody is joined by shares that nothing was learnt from: whole families once were.
    strong = (weight >= upper) & ~held & (enough or fitted is not None)
    merged = (
        merge_one_per_source(n, a[strong], b[strong], weight[strong], side.tie, source)
        if one_per_source
        else merge_all(n, a[strong], b[strong])
    )
    members = _members(con, table, merged)
    kept = weight >= _bits(config.cluster_possible)
    same = merged[a[kept]] == merged[b[kept]]
    record = np.array(table.column("record_key").to_pylist(), dtype=object)
    pairs = pa.table(
        {
            "record_key_a": pa.array(record[a[kept]], pa.string()),
            "record_key_b": pa.array(record[b[kept]], pa.string()),
            "bobot": weight[kept] / 100.0,
            "peluang": np.round(decision.probability(weight[kept]), 6),
            "status": pa.array(np.where(same & strong[kept], "sama", "mungkin_sama").astype(object), pa.string()),
            "kuat": strong[kept],
            "ditahan": held[kept],
            "pola": packed[kept],
            "kunci": keys[kept],
        }
    )
    notes = (f"kolom tidak ada dan dianggap kosong: {', '.join(absent)}",) if absent else ()
    return ClusterResult(members, pairs, learnt, upper, notes)


def _either_way(packed: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
    """Levels of pairs of one kind: neither side is the register, so that more words than the other has are fewer of it."""
    name = comparison.column("nama")
    more, part = name.levels.index("kata_lebih"), name.levels.index("sebagian")
    longer = comparison.level_of(packed, name) == more
    return np.asarray(packed + (longer * ((part - more) << name.shift)).astype(np.int32))


def _held(side: comparison.People, a: Ints, b: Ints, packed: npt.NDArray[np.int32]) -> Bools:
    """Pairs that only a person may join."""
    n = len(a)
    none, zero = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int8)
    marks = np.zeros(n, dtype=np.uint8)
    marks[doubt.first_day(side, a, b)] = doubt.DAY.bit
    keys = np.zeros(n, dtype=np.uint32)
    pairs = Pairs(a, b, keys, packed, none, none, np.zeros((n, 0), dtype=np.int64), zero, zero, none, marks)
    given, many = np.unique(side["given"], return_counts=True)

    def borne(asked: Ints) -> npt.NDArray[np.float64]:
        return np.asarray(many[np.searchsorted(given, asked)], dtype=np.float64)

    right = Right(np.arange(len(side)), side["kk"], side.tie, side["given"], side.name.letters)
    return doubt.held(doubt.marked(pairs, side, right, borne, doubt.least_borne(len(side))))


def _chance(con: duckdb.DuckDBPyConnection, side: comparison.People, config: LinkageConfig) -> npt.NDArray[np.float64] | None:
    """Level shares of random pairs of different records."""
    n = len(side)
    if n < 2:
        return None
    dice = np.random.default_rng(20240701)
    a = dice.integers(0, n, 200_000)
    b = (a + dice.integers(1, n, 200_000)) % n
    packed = comparison.compare(con, side, side, a, b, comparison.Limits.of(config))
    patterns = model.Patterns.of(packed)
    return model.normalised(model.level_counts(patterns.levels, patterns.counts), config.smoothing)


def _plug_ins(
    con: duckdb.DuckDBPyConnection,
    people: prepare.Source,
    keys: pa.ChunkedArray,
    a: Ints,
    b: Ints,
    weight: Ints,
    true: Bools | None,
    config: LinkageConfig,
) -> Ints:
    """Hundredths of a bit that the user's own comparisons add to pairs of whatever chance; `true` are labelled pairs."""
    bits = np.zeros(len(weight), dtype=np.int64)
    here = np.flatnonzero(weight >= _HOPELESS)
    chance = decision.probability(weight[here])
    sure = chance > 0.99 if true is None else true[here]
    for spec in config.plug_ins:
        column = pd.DataFrame({spec.column: inputs.raw_column(con, people, spec.column, keys, "daftar klaster")})
        level = toolkit.plug_in_level(spec, column, column, a[here], b[here])
        bits[here] += model.centibits(toolkit.plug_in_bits(spec, level, sure, 1.0 - chance, config.smoothing))[level]
    return bits


def _possible(source: Ints, *, between: bool) -> float:
    """How many pairs of records there are, of different sources or of the same one."""
    same = float(sum(k * (k - 1) // 2 for k in np.bincount(source).tolist()))
    n = len(source)
    return n * (n - 1) / 2 - same if between else same


def _as_start(fitted: model.Model) -> dict[str, dict[str, float]]:
    return {
        c.name: {level: float(fitted.m[k, i + 1]) for i, level in enumerate(c.levels[1:])}
        for k, c in enumerate(comparison.COLUMNS)
    }


def _bits(p: float) -> int:
    return round(100 * float(np.log2(p / (1 - p))))


def _upper(weight: Ints, labelled: Bools, true: Bools, config: LinkageConfig) -> int:
    """Smallest weight at or above the asked probability where labelled pairs keep the asked precision."""
    order = np.argsort(-weight[labelled], kind="stable")
    at, hit = weight[labelled][order], true[labelled][order]
    floor = _bits(config.cluster_possible)
    if len(at) == 0:
        return _bits(config.cluster_probability)
    last = np.r_[at[1:] != at[:-1], True]
    precision = (np.cumsum(hit) / np.arange(1, len(at) + 1))[last]
    good = np.flatnonzero(precision >= config.precision)
    return max(int(at[last][good[-1]]), floor) if len(good) else _bits(config.cluster_probability)


def _members(con: duckdb.DuckDBPyConnection, table: pa.Table, merged: Any) -> pa.Table:
    con.register("gabung", table.append_column("k", pa.array(merged, pa.int64())))
    got = con.sql(
        """select record_key, entity_key, producer, 'k' || md5('klaster|' || min(entity_key) over w) as klaster_id,
            count(*) over w as anggota
        from gabung window w as (partition by k) order by record_key"""
    ).to_arrow_table()
    con.unregister("gabung")
    return got
