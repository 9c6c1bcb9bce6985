"""From judged pairs to the result's tables: statuses, parts in bits, reasons.

How pairs are judged belongs to `judged`; how a reader is told belongs to `explain`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from padanan.linkage import comparison, decision, heldout, inputs, model, selection, threshold
from padanan.linkage.judged import Judged
from padanan.linkage.pairs import Pairs
from padanan.linkage.result import AUTOMATIC, POSSIBLE, REJECTED, LinkResult
from padanan.linkage.selection import Answers
from padanan.linkage.threshold import Thresholds

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


def build(judged: Judged, limits: Thresholds, seconds: Mapping[str, float]) -> LinkResult:
    """The result of a finished run, with the CPU seconds that its steps took."""
    data, pairs, config = judged.setting.data, judged.pairs, judged.setting.config
    won, final = judged.decide()
    lower, upper = limits.lower, limits.upper
    held = judged.taken(False)
    mine = ~data.training[pairs.left]
    status = np.full(len(pairs.left), 2, dtype=np.int8)
    status[won & (final >= upper)] = 0
    status[won & (final >= lower) & (final < upper)] = 1
    # The person of this pair was found by NIK for another record of the list: perhaps the same person twice.
    double = mine & held & (final >= upper)
    settled = np.zeros(len(data), dtype=bool)
    settled[pairs.left[status == 0]] = True
    status[double & ~settled[pairs.left]] = 1
    order = np.lexsort((judged.right.tie[pairs.right], -final, status, pairs.left))
    order = order[mine[order] & ((final[order] >= config.keep_floor * 100) | (status[order] < 2))]
    left = pairs.left[order]
    first = np.r_[True, left[1:] != left[:-1]] if len(left) else np.empty(0, dtype=bool)
    place = np.arange(len(left)) - np.maximum.accumulate(np.where(first, np.arange(len(left)), 0)) if len(left) else left
    order = order[place < config.keep_per_record]
    kept, kept_final, kept_status, kept_double = pairs.take(order), final[order], status[order], double[order]
    kept_held = held[order]
    keys = inputs.register_keys(judged.setting.con, judged.setting.register_sql, judged.right.row[kept.right])
    given = judged.answers()
    shift = np.where(kept_held, 0.0, _shift(judged, limits, given, kept_final))
    table = _pair_table(judged, kept, kept_final, kept_status, keys, shift)
    records = _record_table(judged, kept, kept_final, kept_status, kept_double, keys)
    n_residue = int((~data.training).sum())
    counts = {
        name: int(pc.sum(pc.equal(records.column("status"), name)).as_py() or 0) for name in (AUTOMATIC, POSSIBLE, REJECTED)
    }
    measures = {
        "baris_daftar": data.n_list,
        "padan_nik": len(data.known_list),
        "residu_entitas": n_residue,
        "latihan": int(data.training.sum()),
        "pasangan": judged.n_pairs,
        "rasio_reduksi": judged.found.reduction_ratio,
        "kelengkapan_pasangan": judged.completeness,
        "batas_blok_terpakai": judged.found.cap,
        **counts,
        "presisi_harapan": limits.precision,
        "recall_harapan": limits.recall,
        "f1_terbaik_harapan": limits.best_f1,
        "detik_cpu": dict(seconds),
    }
    notes = list(data.notes)
    if not limits.labels:
        notes.append("padanan NIK terlalu sedikit untuk melatih: ambang memakai peluang model, lebih hati-hati")
    if judged.found.cap < config.block_cap:
        notes.append(f"blok terlalu besar: batas blok diturunkan menjadi {judged.found.cap} agar memori terbatas")
    return LinkResult(
        records,
        table,
        judged.model,
        limits,
        measures,
        tuple(notes),
        tuple(p.label for p in config.plug_ins),
        {"konfigurasi": config.digest},
        tuple(heldout.calibration(judged)),
        heldout.clerical(given, limits),
    )


def _shift(judged: Judged, limits: Thresholds, given: Answers, final: Ints) -> npt.NDArray[np.float64]:
    """Bits by which a person's answer on each kept pair is expected to move the automatic threshold."""
    if not limits.labels:
        return np.zeros(len(final))
    rows = np.flatnonzero(judged.setting.data.training)
    outcome = threshold.outcomes(judged.labelled()[1], rows)
    share = threshold.assumed_absent(judged.absent(), judged.setting.config)
    outcomes = selection.Outcomes.of(outcome, share, len(judged.setting.data) - len(rows), len(rows))
    limits_now = {
        "precision": threshold.wanted_precision(judged.setting.config),
        "strangers": judged.setting.config.absent_matched,
        "floor": threshold.bits(judged.setting.config.automatic_probability),
    }
    return selection.shift(outcomes, given, limits.upper, final, decision.probability(final), **limits_now)


def _pair_table(
    judged: Judged, kept: Pairs, final: Ints, status: npt.NDArray[Any], keys: pa.Array, shift: npt.NDArray[np.float64]
) -> pa.Table:
    patterns = model.Patterns.of(kept.packed)
    scores = model.score(patterns, judged.model)
    inverse = patterns.inverse
    ruled = kept.base - scores.total[inverse]
    saingan = final - kept.weight
    columns: dict[str, Any] = {
        "record_key": judged.setting.data.record.take(pa.array(kept.left)),
        "entity_key": judged.setting.data.entity.take(pa.array(kept.left)),
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
    for k, spec in enumerate(judged.setting.config.plug_ins):
        columns[f"bit_tambahan_{spec.label}"] = kept.plug[:, k] / 100.0
    columns["bit_putusan"] = ruled / 100.0
    columns["bit_saingan"] = saingan / 100.0
    return pa.table(columns)


def _record_table(
    judged: Judged, kept: Pairs, final: Ints, status: npt.NDArray[np.int8], double: Bools, keys: pa.Array
) -> pa.Table:
    """One row per left-over record, entity mates included, ordered by record_key."""
    data = judged.setting.data
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
