"""recordlinkage as the model, plug-in and measurement layer: its interfaces over our pairs and our pattern table.

Nothing here runs over all pairs in pandas; fast blocking and levels belong to `blocking` and `comparison`.
"""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
from recordlinkage.base import BaseCompareFeature, BaseIndexAlgorithm
from recordlinkage.classifiers import LogisticRegressionClassifier

from padanan.base.errors import PadananError
from padanan.linkage.comparison import COLUMNS
from padanan.linkage.config import PlugIn
from padanan.linkage.levels import WIDTH

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class DuckDBIndex(BaseIndexAlgorithm):  # type: ignore[misc]
    """An index algorithm of recordlinkage that hands out pairs found by `blocking.find`.

    Args:
        left, right: positions of the pairs in the two data frames.
    """

    def __init__(self, left: npt.NDArray[Any], right: npt.NDArray[Any]) -> None:
        super().__init__(verify_integrity=False)
        self._left, self._right = left, right

    def _link_index(self, df_a: pd.DataFrame, df_b: pd.DataFrame) -> pd.MultiIndex:
        # Levels and codes are given as they are: building it from tuples would hash every pair.
        levels: list[Any] = [df_a.index, df_b.index]
        codes: list[Any] = [self._left, self._right]
        return pd.MultiIndex(levels=levels, codes=codes, verify_integrity=False)

    def _dedup_index(self, df_a: pd.DataFrame) -> pd.MultiIndex:
        return self._link_index(df_a, df_a)


class PatternLogistic(LogisticRegressionClassifier):  # type: ignore[misc]
    """`LogisticRegressionClassifier` on the pattern table: each row counts as many times as it has pairs."""

    def fit_counts(self, features: Floats, positive: Floats, negative: Floats) -> PatternLogistic:
        """Fits on one-hot patterns with their true and false pairs."""
        both = np.concatenate([features, features])
        answer = np.r_[np.ones(len(features)), np.zeros(len(features))]
        mass = np.r_[positive, negative]
        used = mass > 0
        self.kernel.fit(both[used], answer[used], sample_weight=mass[used])
        return self


def one_hot(levels: Ints, columns: list[int]) -> tuple[Floats, list[tuple[int, int]]]:
    """Indicator of every (column, level) but the missing one, and which each is."""
    names = [(k, level) for k in columns for level in range(1, len(COLUMNS[k].levels))]
    return np.stack([(levels[:, k] == level).astype(float) for k, level in names], axis=1), names


def logistic_bits(levels: Ints, positive: Floats, negative: Floats, columns: list[int]) -> tuple[Floats, float] | None:
    """Additive bits (column, level) and the intercept of a logistic model; None when one class is empty.

    Args:
        levels: (pattern, column).
        positive, negative: labelled true and false pairs of each pattern.
        columns: which columns it may use.
    """
    if positive.sum() < 1 or negative.sum() < 1:
        return None
    features, names = one_hot(levels, columns)
    model = PatternLogistic(solver="lbfgs", C=1.0, max_iter=300)
    model.fit_counts(features, positive, negative)
    coefficients, intercept = np.asarray(model.kernel.coef_)[0], float(np.asarray(model.kernel.intercept_)[0])
    bits = np.zeros((len(COLUMNS), WIDTH))
    for (k, level), value in zip(names, coefficients, strict=True):
        bits[k, level] = value / np.log(2)
    return np.round(bits, 4), round(intercept / np.log(2), 4)


def plug_in(spec: PlugIn) -> BaseCompareFeature:
    """The user's comparison named in the configuration.

    Raises:
        PadananError: the class can't be imported, or is no `BaseCompareFeature`.
    """
    module, _, name = spec.path.partition(":")
    cure = "periksa perbandingan.tambahan pada expectations/linkage.yaml"
    try:
        kind = getattr(importlib.import_module(module), name)
        feature = kind(spec.column, spec.column, label=spec.label, **spec.arguments)
    except (ImportError, AttributeError, TypeError) as error:
        raise PadananError(f"perbandingan {spec.path} tidak dapat dimuat ({type(error).__name__})", cure=cure) from None
    if not isinstance(feature, BaseCompareFeature):
        raise PadananError(f"{spec.path} bukan BaseCompareFeature dari recordlinkage", cure=cure)
    return feature


def plug_in_level(spec: PlugIn, left: pd.DataFrame, right: pd.DataFrame, i: Ints, j: Ints) -> npt.NDArray[np.int8]:
    """Level of the user's comparison for pairs: 0 missing, 1 the highest limit reached, … , last: below all.

    Args:
        spec: class and limits.
        left, right: frames with the column.
        i, j: positions of the pairs.
    """
    pairs = DuckDBIndex(i, j).index(left, right)
    value = np.asarray(plug_in(spec).compute(pairs, left, right), dtype=float).reshape(-1)
    missing = left[spec.column].isna().to_numpy()[i] | right[spec.column].isna().to_numpy()[j]
    level = np.full(len(i), len(spec.limits) + 1, dtype=np.int8)
    for rank in range(len(spec.limits), 0, -1):
        level[value >= spec.limits[rank - 1]] = rank
    level[missing | np.isnan(value)] = 0
    return level


def plug_in_bits(
    spec: PlugIn, level: npt.NDArray[np.int8], sure: npt.NDArray[np.bool_], doubt: Floats, smoothing: float
) -> Floats:
    """Bits of each level (0, missing, is worth nothing): m from sure pairs, u from the others.

    Args:
        level: of each pair. sure: pairs taken to be one person. doubt: how far each pair is none, 0..1.
    """
    n = len(spec.limits) + 2
    m = np.bincount(level[sure], minlength=n)[1:] + smoothing
    u = np.bincount(level, weights=np.rint(doubt * 1e6), minlength=n)[1:] / 1e6 + smoothing
    return np.asarray(np.r_[0.0, np.log2(m / m.sum()) - np.log2(u / u.sum())])
