"""recordlinkage as the model, plug-in and measurement layer of the padanan by evidence."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import recordlinkage as rl

from padanan.linkage import toolkit


@pytest.mark.feature("F14")
def test_our_pairs_enter_recordlinkage_as_an_index() -> None:
    """A MultiIndex built from levels and codes names the same pairs as one built from tuples."""
    left, right = pd.DataFrame({"a": [1, 2]}, index=["x", "y"]), pd.DataFrame({"a": [1, 2, 3]}, index=["p", "q", "r"])
    pairs = toolkit.DuckDBIndex(np.array([0, 1, 1]), np.array([2, 0, 1])).index(left, right)
    assert list(pairs) == [("x", "r"), ("y", "p"), ("y", "q")]
    compare = rl.Compare()
    compare.exact("a", "a", label="a")
    assert compare.compute(pairs, left, right)["a"].tolist() == [0, 0, 1]
