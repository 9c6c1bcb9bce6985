"""What labelled records say that the model has not learnt from: held-out weights, the calibration table, clerical answers.

Thresholds are chosen in `threshold`; how a table is told to a reader belongs to the report.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from padanan.linkage import comparison, model, threshold
from padanan.linkage.judged import Judged
from padanan.linkage.measure import wilson
from padanan.linkage.pairs import Pairs
from padanan.linkage.selection import Answers

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

FEW, KEPT, BROKEN = "terlalu sedikit label", "sesuai", "lain dari yang dinyatakan"
# Labels from which on a line of the table says something, and a difference too small to be a broken promise.
FEW_LABELS, TOLERANCE = 50, 0.005
# Narrow where decisions fall: most pairs are either hopeless or nearly sure.
EDGES = (0.0, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 1.0)


def weights(judged: Judged, part: Pairs) -> tuple[Ints, Ints]:
    """Weights of pairs by what other labels teach, and the labelled records that may be judged by them.

    The labels are cut in two by content; pairs of one half are weighed with m of the other half's labels. u and the priors
    come from pairs without labels and stay. A logistic model was fitted on the first half only: the second one judges it.

    Args:
        judged: a finished run. part: the pairs that compete (`Judged.labelled`).

    Returns:
        (weight of every pair, labelled records), weights in hundredths of a bit.
    """
    data, config = judged.setting.data, judged.setting.config
    rows = np.flatnonzero(data.training)
    fold = np.full(len(data), -1, dtype=np.int8)
    order = np.argsort(data.tie[rows], kind="stable")
    cut = int(len(rows) * config.fit_share)
    fold[rows[order[:cut]]], fold[rows[order[cut:]]] = 0, 1
    weight = part.weight.copy()
    if judged.model.extra is not None:
        return weight, rows[fold[rows] == 1]
    here = np.flatnonzero(data.training[part.left])
    patterns = model.Patterns.of(part.packed[here])
    true, half = judged.setting.true(part, judged.right)[here], fold[part.left[here]]
    plain = model.score(patterns, judged.model).total
    begin = model.start_m(config)
    nik = next(k for k, c in enumerate(comparison.COLUMNS) if c.name == "nik")
    for k in (0, 1):
        taught = model.level_counts(patterns.levels, patterns.counted(true & (half != k)))
        m = model.with_refused(model.normalised(taught, config.smoothing, begin), begin, config.refused)
        m[nik] = judged.model.m[nik]
        moved = model.score(patterns, replace(judged.model, m=m)).total - plain
        mine = half == k
        weight[here[mine]] += moved[patterns.inverse[mine]]
    return weight, rows


def table(chance: Floats, correct: Bools, mass: Floats, record: Ints) -> list[dict[str, Any]]:
    """Stated against observed share by bin of the stated probability.

    Args:
        chance: stated probability of each outcome. correct: it is the person. mass: how much it counts.
        record: the label that it is an outcome of.

    Returns:
        One row per bin of `EDGES`: bawah, atas (of the bin), n (outcomes), label (labels behind them), dinyatakan (mean),
        teramati, and its 95% interval (Wilson, on the effective number of outcomes, Kish 1965: present and absent ones weigh
        differently). Shares are None in an empty bin.
    """
    place = np.clip(np.searchsorted(np.array(EDGES[1:-1]), chance, side="right"), 0, len(EDGES) - 2)
    rows = []
    for k, (low, high) in enumerate(pairwise(EDGES)):
        mine = place == k
        n, total = int(mine.sum()), float(mass[mine].sum())
        row: dict[str, Any] = {"bawah": low, "atas": high, "n": n, "label": len(np.unique(record[mine]))}
        row |= dict.fromkeys(("dinyatakan", "teramati", "teramati_bawah", "teramati_atas"))
        if total > 0:
            seen = float(mass[mine & correct].sum()) / total
            effective = total**2 / max(float((mass[mine] ** 2).sum()), 1e-12)
            limits = wilson(seen * effective, effective)
            stated = float((mass[mine] * chance[mine]).sum()) / total
            names = ("dinyatakan", "teramati", "teramati_bawah", "teramati_atas")
            row |= {name: round(min(max(value, 0.0), 1.0), 6) for name, value in zip(names, (stated, seen, *limits), strict=True)}
        rows.append(row)
    return rows


def verdict(row: Mapping[str, Any]) -> str:
    """`FEW`, `KEPT` or `BROKEN`: what observation says of the probability that a row of `table` states.

    A row of too few labels is never called kept; one without their number (revisions of before) counts its outcomes.
    """
    if not row["n"] or row.get("label", row["n"]) < FEW_LABELS:
        return FEW
    near = abs(row["dinyatakan"] - row["teramati"]) <= TOLERANCE
    return KEPT if near or row["teramati_bawah"] <= row["dinyatakan"] <= row["teramati_atas"] else BROKEN


def clerical(answers: Answers, limits: threshold.Thresholds) -> Mapping[str, Any]:
    """People's answers as truth for the model: what it would have done alone with the pairs they decided.

    Returns:
        Counts padan and bukan, and for both thresholds (otomatis, klerikal) how many of each lie at or above it. Only pairs
        that a person saw are counted, so these are not shares of the whole list.
    """
    out: dict[str, Any] = {"padan": int(answers.same.sum()), "bukan": int((~answers.same).sum())}
    for name, at in (("otomatis", limits.upper), ("klerikal", limits.lower)):
        above = answers.weight >= at
        out[f"padan_{name}"] = int((above & answers.same).sum())
        out[f"bukan_{name}"] = int((above & ~answers.same).sum())
    return out
