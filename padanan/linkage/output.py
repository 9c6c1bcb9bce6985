"""From judged pairs to the result's tables: statuses, parts in bits, reasons; and the rulings people made before.

How pairs are judged belongs to `pipeline`; how a reader is told belongs to `explain`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from padanan.base.errors import PadananError
from padanan.linkage import comparison, decision, heldout, model, prepare, selection, threshold
from padanan.linkage.result import AUTOMATIC, POSSIBLE, REJECTED, LinkResult
from padanan.linkage.selection import Answers
from padanan.linkage.threshold import Thresholds

if TYPE_CHECKING:
    from padanan.linkage.pairs import Pairs, Right
    from padanan.linkage.pipeline import _Run

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


_STATUS = pa.array([AUTOMATIC, POSSIBLE, REJECTED])
_CLASSES = pa.array(model.CLASSES)
_REASON = pa.array(
    [
        "di atas ambang otomatis",
        "perlu dilihat orang",
        "di bawah ambang",
        "penduduk ini sudah padan lewat NIK dengan baris lain",
        "tidak ada calon",
    ]
)


def register_keys(con: duckdb.DuckDBPyConnection, register_sql: str, rows: Ints) -> pa.Array:
    """record_key of register rows, in the order given."""
    con.register("baris_kunci", pa.table({"row": rows, "urut": np.arange(len(rows))}))
    got = con.execute(
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
    got = con.execute(
        f"select m.{name} from kunci_perlu k join {relation} m on m.record_key = k.record_key order by k.urut"
    ).to_arrow_table()
    con.unregister("kunci_perlu")
    return got.column(0).to_pandas()


@dataclass(frozen=True)
class Rulings:
    """What people decided: entity number in `kerja`, register row, and whether it is the same person."""

    left: Ints
    row: Ints
    same: Bools

    @classmethod
    def none(cls) -> Rulings:
        """Nobody has decided anything."""
        return cls(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0, dtype=bool))

    @classmethod
    def read(cls, con: duckdb.DuckDBPyConnection, register_sql: str, table: pa.Table | None, entities: pa.Array) -> Rulings:
        """Rulings that concern this run's records."""
        if table is None or table.num_rows == 0:
            return cls.none()
        con.register("putusan", table)
        con.register("entitas", pa.table({"entity_key": entities, "urut": np.arange(len(entities))}))
        got = con.execute(
            f"""select e.urut, r.row, p.keputusan = 'padan' as sama from putusan p join entitas e on e.entity_key = p.entity_key
            join {register_sql} r on r.record_key = p.register_key where p.keputusan in ('padan', 'bukan') order by 1, 2"""
        ).to_arrow_table()
        con.unregister("putusan")
        con.unregister("entitas")
        return cls(
            got.column(0).to_numpy(),
            got.column(1).to_numpy().astype(np.int64),
            got.column(2).to_numpy(zero_copy_only=False).astype(bool),
        )


RULED = 8000  # hundredths of a bit: a person's word outranks any evidence


def _words(pairs: Pairs, ruled: Rulings, right: Right) -> Ints:
    """+1 where a person confirmed the pair, −1 where one refused it, else 0."""
    mine = (pairs.left.astype(np.uint64) << np.uint64(32)) | right.row[pairs.right].astype(np.uint64)
    word = (ruled.left.astype(np.uint64) << np.uint64(32)) | ruled.row.astype(np.uint64)
    return np.isin(mine, word[ruled.same]).astype(np.int64) - np.isin(mine, word[~ruled.same]).astype(np.int64)


def apply_rulings(pairs: Pairs, ruled: Rulings, right: Right) -> Pairs:
    """Lifts confirmed pairs above every threshold, sinks refused ones under every floor; only candidates can be confirmed."""
    if len(ruled.left):
        pairs.base = pairs.base + RULED * _words(pairs, ruled, right)
    return pairs


def answers(run: _Run) -> Answers:
    """The pairs that people decided, with the weight that they would have by evidence alone.

    A pair whose resident NIK already gave to another record of the list is never merged at any threshold: no answer about it
    says where the threshold should lie.
    """
    pairs, data = run.pairs, run.data
    if len(run.ruled.left) == 0:
        return Answers.none()
    words = _words(pairs, run.ruled, run.right)
    plain = pairs.weight - RULED * words
    final = plain + decision.rivalry(pairs.left, plain)
    here = np.flatnonzero((words != 0) & ~data.training[pairs.left] & ~run.taken(False))
    return Answers(final[here], decision.probability(final[here]), words[here] > 0)


def build(run: _Run, limits: Thresholds) -> LinkResult:
    """The result of a finished run."""
    data, pairs, config = run.data, run.pairs, run.config
    won, final = run.decide()
    lower, upper = limits.lower, limits.upper
    held = run.taken(False)
    mine = ~data.training[pairs.left]
    status = np.full(len(pairs.left), 2, dtype=np.int8)
    status[won & (final >= upper)] = 0
    status[won & (final >= lower) & (final < upper)] = 1
    # The person of this pair was found by NIK for another record of the list: perhaps the same person twice.
    double = mine & held & (final >= upper)
    settled = np.zeros(len(data), dtype=bool)
    settled[pairs.left[status == 0]] = True
    status[double & ~settled[pairs.left]] = 1
    order = np.lexsort((run.right.tie[pairs.right], -final, status, pairs.left))
    order = order[mine[order] & ((final[order] >= config.keep_floor * 100) | (status[order] < 2))]
    left = pairs.left[order]
    first = np.r_[True, left[1:] != left[:-1]] if len(left) else np.empty(0, dtype=bool)
    place = np.arange(len(left)) - np.maximum.accumulate(np.where(first, np.arange(len(left)), 0)) if len(left) else left
    order = order[place < config.keep_per_record]
    kept, kept_final, kept_status, kept_double = pairs.take(order), final[order], status[order], double[order]
    kept_held = held[order]
    keys = register_keys(run.con, run.register_sql, run.right.row[kept.right])
    given = answers(run)
    shift = np.where(kept_held, 0.0, _shift(run, limits, given, kept_final))
    table = _pair_table(run, kept, kept_final, kept_status, keys, shift)
    records = _record_table(run, kept, kept_final, kept_status, kept_double, keys)
    n_residue = int((~data.training).sum())
    counts = {
        name: int(pc.sum(pc.equal(records.column("status"), name)).as_py() or 0) for name in (AUTOMATIC, POSSIBLE, REJECTED)
    }
    measures = {
        "baris_daftar": data.n_list,
        "padan_nik": len(data.known_list),
        "residu_entitas": n_residue,
        "latihan": int(data.training.sum()),
        "pasangan": run.n_pairs,
        "rasio_reduksi": run.found.reduction_ratio,
        "kelengkapan_pasangan": run.completeness,
        "batas_blok_terpakai": run.found.cap,
        **counts,
        "presisi_harapan": limits.precision,
        "recall_harapan": limits.recall,
        "f1_terbaik_harapan": limits.best_f1,
        "detik_cpu": dict(run.seconds),
    }
    notes = list(data.notes)
    if not limits.labels:
        notes.append("padanan NIK terlalu sedikit untuk melatih: ambang memakai peluang model, lebih hati-hati")
    if run.found.cap < config.block_cap:
        notes.append(f"blok terlalu besar: batas blok diturunkan menjadi {run.found.cap} agar memori terbatas")
    return LinkResult(
        records,
        table,
        run.model,
        limits,
        measures,
        tuple(notes),
        tuple(p.label for p in config.plug_ins),
        {"konfigurasi": config.digest},
        tuple(heldout.calibration(run)),
        heldout.clerical(given, limits),
    )


def _shift(run: _Run, limits: Thresholds, given: Answers, final: Ints) -> npt.NDArray[np.float64]:
    """Bits by which a person's answer on each kept pair is expected to move the automatic threshold."""
    if not limits.labels:
        return np.zeros(len(final))
    rows = np.flatnonzero(run.data.training)
    outcome = threshold.outcomes(run.labelled()[1], rows)
    share = threshold.assumed_absent(run.absent(), run.config)
    outcomes = selection.Outcomes.of(outcome, share, len(run.data) - len(rows), len(rows))
    limits_now = {
        "precision": threshold.wanted_precision(run.config),
        "strangers": run.config.absent_matched,
        "floor": threshold.bits(run.config.automatic_probability),
    }
    return selection.shift(outcomes, given, limits.upper, final, decision.probability(final), **limits_now)


def _pair_table(
    run: _Run, kept: Pairs, final: Ints, status: npt.NDArray[Any], keys: pa.Array, shift: npt.NDArray[np.float64]
) -> pa.Table:
    patterns = model.Patterns.of(kept.packed)
    scores = model.score(patterns, run.model)
    inverse = patterns.inverse
    ruled = kept.base - scores.total[inverse]
    saingan = final - kept.weight
    columns: dict[str, Any] = {
        "record_key": run.data.record.take(pa.array(kept.left)),
        "entity_key": run.data.entity.take(pa.array(kept.left)),
        "register_key": keys,
        "status": _STATUS.take(pa.array(status)),
        "bobot": final / 100.0,
        "peluang": np.round(decision.probability(final), 6),
        "geser_ambang": shift,
        "kunci": kept.keys,
        "pola": kept.packed,
        "pembanding": _CLASSES.take(pa.array(kept.rival)),
        "kerabat": kept.kin,
        "bit_awal": scores.start[inverse] / 100.0,
    }
    for k, column in enumerate(comparison.COLUMNS):
        columns[f"bit_{column.name}"] = scores.parts[inverse, k] / 100.0
    columns["bit_kelas_lain"] = scores.rest[inverse] / 100.0
    columns["bit_kelangkaan"] = kept.rarity / 100.0
    columns["bit_keluarga"] = kept.kin_bits / 100.0
    for k, spec in enumerate(run.config.plug_ins):
        columns[f"bit_tambahan_{spec.label}"] = kept.plug[:, k] / 100.0
    columns["bit_putusan"] = ruled / 100.0
    columns["bit_saingan"] = saingan / 100.0
    return pa.table(columns)


def _record_table(run: _Run, kept: Pairs, final: Ints, status: npt.NDArray[np.int8], double: Bools, keys: pa.Array) -> pa.Table:
    """One row per left-over record, entity mates included, ordered by record_key."""
    data = run.data
    first = np.r_[True, kept.left[1:] != kept.left[:-1]] if len(kept.left) else np.empty(0, dtype=bool)
    best = np.full(len(data), -1, dtype=np.int64)
    best[kept.left[first]] = np.flatnonzero(first)
    rows = data.left_over_work
    spot = best[rows]
    has = spot >= 0
    safe = np.maximum(spot, 0)
    weights, doubles = np.r_[final, 0], np.r_[double, False]
    state = np.where(has, np.r_[status, np.int8(2)][safe], 2)
    reason = np.where(has & doubles[safe] & (state == 1), 3, np.where(has | (state < 2), state, 4))
    return pa.table(
        {
            "record_key": data.left_over,
            "entity_key": data.entity.take(pa.array(rows)),
            "status": _STATUS.take(pa.array(state)),
            "register_key": keys.take(pa.array(safe, mask=state != 0)),
            "calon_key": keys.take(pa.array(safe, mask=~has)),
            "bobot": pa.array(weights[safe] / 100.0, mask=~has),
            "peluang": pa.array(np.round(decision.probability(weights[safe]), 6), mask=~has),
            "alasan": _REASON.take(pa.array(reason)),
            "wakil": data.record.take(pa.array(rows)),
        }
    )
