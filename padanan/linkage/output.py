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

from padanan.linkage import calibration, comparison, decision, doubt, heldout, inputs, lessons, model
from padanan.linkage.judged import Judged
from padanan.linkage.pairs import Pairs
from padanan.linkage.result import AUTOMATIC, POSSIBLE, REJECTED, TAUGHT, TAUGHT_NOT, LinkResult
from padanan.linkage.rulings import words
from padanan.linkage.threshold import Thresholds

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


_STATUS = pa.array([AUTOMATIC, POSSIBLE, REJECTED])
_CLASSES = pa.array(model.CLASSES)
_HOLDING = tuple(mark for mark in doubt.MARKS if mark.holds)
_DOUBLE, _NOBODY, _MARKED, _TORN = 3, 4, 5, 5 + len(_HOLDING)
_TAUGHT, _TAUGHT_NOT = _TORN + 1, _TORN + 2
_REASON = pa.array(
    [
        "di atas ambang otomatis",
        "perlu dilihat orang",
        "di bawah ambang",
        "penduduk ini sudah padan lewat NIK dengan baris lain",
        "tidak ada calon",
        *(mark.told for mark in _HOLDING),
        "beberapa penduduk hampir sama cocoknya",
        TAUGHT,
        TAUGHT_NOT,
    ]
)


def build(judged: Judged, limits: Thresholds, learnt: calibration.Calibrated, seconds: Mapping[str, float]) -> LinkResult:
    """The result of a finished run, with the probabilities it states and the CPU seconds that its steps took."""
    data, pairs, config = judged.setting.data, judged.pairs, judged.setting.config
    won, final = judged.decide()
    lower, upper = limits.lower, limits.upper
    held = judged.taken(False)
    mine = ~data.training[pairs.left]
    asked = judged.asked()
    status = np.full(len(pairs.left), 2, dtype=np.int8)
    status[won & (final >= upper) & ~asked] = 0
    status[won & (final >= lower) & ((final < upper) | asked)] = 1
    # A list in which nobody's name is longer than the register's calls a twin's a stranger's: a clerk would ask.
    status[won & (pairs.marks & doubt.TWIN.bit != 0) & (status == 2)] = 1
    taught = lessons.learn(judged, learnt.curve, final, status == 1)
    status[taught.verdict > 0], status[taught.verdict < 0] = 0, 2
    torn = judged.torn(won, final, lower) & (status == 2) & (taught.verdict == 0)
    status[torn] = 1
    # The person of this pair was found by NIK for another record of the list: perhaps the same person twice.
    double = mine & held & (final >= upper)
    settled = np.zeros(len(data), dtype=bool)
    settled[pairs.left[status == 0]] = True
    status[double & ~settled[pairs.left]] = 1
    why = _why(status, asked, pairs.marks, double, torn)
    why[taught.verdict > 0], why[taught.verdict < 0] = _TAUGHT, _TAUGHT_NOT
    order = np.lexsort((judged.right.tie[pairs.right], -final, status, pairs.left))
    order = order[mine[order] & ((final[order] >= config.keep_floor * 100) | (status[order] < 2))]
    left = pairs.left[order]
    first = np.r_[True, left[1:] != left[:-1]] if len(left) else np.empty(0, dtype=bool)
    place = np.arange(len(left)) - np.maximum.accumulate(np.where(first, np.arange(len(left)), 0)) if len(left) else left
    order = order[place < config.keep_per_record]
    kept, kept_final, kept_status = pairs.take(order), final[order], status[order]
    keys = inputs.register_keys(judged.setting.con, judged.setting.register_sql, judged.right.row[kept.right])
    given = judged.answers()
    chance = _stated(judged, learnt.curve, order, won, final, (status == 1) & ~won)
    chance = np.where(np.isnan(taught.chance[order]), chance, np.asarray(np.round(taught.chance[order], 6), dtype=np.float64))
    settles = np.where(kept_status == 1, taught.settles[order], 0.0)
    table = _pair_table(judged, kept, kept_final, kept_status, keys, chance, settles)
    records = _record_table(judged, kept, kept_final, chance, kept_status, why[order], keys)
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
        "diajarkan_padan": int((taught.verdict > 0).sum()),
        "diajarkan_bukan": int((taught.verdict < 0).sum()),
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
        tuple(learnt.table),
        heldout.clerical(given, limits),
    )


def _stated(judged: Judged, curve: calibration.Curve, order: Ints, won: Bools, final: Ints, lost: Bools) -> Floats:
    """Probability of the pairs at `order`.

    What a person decided is as sure as a person. Of a pair that waits although it lost its resident to another record of the
    list (perhaps the same person twice: `lost`) simulation tells nothing: there the model's own probability stands.
    """
    kept = judged.pairs.take(order)
    own = lost[order] | (words(kept, judged.ruled, judged.right) != 0)
    stated = np.where(own, decision.probability(final[order]), curve.of(final[order], won[order]))
    return np.asarray(np.round(stated, 6), dtype=np.float64)


def _pair_table(
    judged: Judged, kept: Pairs, final: Ints, status: npt.NDArray[Any], keys: pa.Array, chance: Floats, settles: Floats
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
        "peluang": chance,
        "menyelesaikan": settles,
        "kunci": kept.keys,
        "pola": kept.packed,
        "pembanding": _CLASSES.take(pa.array(kept.rival)),
        "kerabat": kept.kin,
        "penanda": kept.marks,
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


def _why(
    status: npt.NDArray[np.int8], asked: Bools, marks: npt.NDArray[np.uint8], double: Bools, torn: Bools
) -> npt.NDArray[np.int8]:
    """Place in `_REASON` of each pair."""
    why = status.copy()
    waits = status == 1
    why[waits & torn] = _TORN
    for k, mark in reversed(list(enumerate(_HOLDING))):
        why[waits & asked & (marks & mark.bit != 0)] = _MARKED + k
    why[waits & double] = _DOUBLE
    return why


def _record_table(
    judged: Judged,
    kept: Pairs,
    final: Ints,
    chance: Floats,
    status: npt.NDArray[np.int8],
    why: npt.NDArray[np.int8],
    keys: pa.Array,
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
    weights = np.r_[final, 0]
    state = np.where(has, np.r_[status, np.int8(2)][safe], 2)
    reason = np.where(has, np.r_[why, np.int8(2)][safe], _NOBODY)
    return pa.table(
        {
            "record_key": data.left_over,
            "entity_key": data.entity.take(pa.array(rows)),
            "status": _STATUS.take(pa.array(state)),
            "register_key": keys.take(pa.array(safe, mask=state != 0)),
            "calon_key": keys.take(pa.array(safe, mask=~has)),
            "bobot": pa.array(weights[safe] / 100.0, mask=~has),
            "peluang": pa.array(np.r_[chance, 0.0][safe], mask=~has),
            "alasan": _REASON.take(pa.array(reason)),
            "wakil": data.record.take(pa.array(rows)),
        }
    )
