"""Lists that teach nothing: no NIK, no birth date, names and addresses alone, against a register no larger than a town.

Lists with labels belong to `test_linkage_pipeline`.
"""

from __future__ import annotations

import itertools

import numpy as np
import pyarrow as pa
import pytest

from benchmarks.linkage.vocabulary import vocabulary
from padanan.linkage import link, load_linkage_config, measure, model

NOBODY = pa.table({"record_key": pa.array([], pa.string()), "register_key": pa.array([], pa.string())})


def _town(people: int, listed: int, seed: int) -> tuple[pa.Table, pa.Table, pa.Table]:
    """A register of people with names of their own, a list of some of them (half have moved) and of strangers, the truth."""
    dice, words = np.random.default_rng(seed), vocabulary(seed)
    pairs = list(itertools.product(words.male[:150], words.second[:150]))
    names = [" ".join(pairs[k]) for k in dice.permutation(len(pairs))[: people + listed // 10]]
    street = [f"JL {words.second[k]}" for k in dice.integers(0, 400, people + listed)]

    def table(prefix: str, rows: list[int], streets: list[str]) -> pa.Table:
        return pa.table(
            {
                "record_key": [f"{prefix}{k}" for k in rows],
                "nama_bersih": [names[k] for k in rows],
                "alamat_jalan": [f"{one} NO {k % 90 + 1}" for k, one in zip(rows, streets, strict=True)],
            }
        )

    here = list(range(people))
    # A tenth of the list is of people whom the register does not have.
    there = [*range(listed - listed // 10), *range(people, people + listed // 10)]
    truth = {"record_key": [f"l{k}" for k in there], "register_key": [f"r{k}" if k < people else None for k in there]}
    # Half of them live where the register has them.
    moved = [one if k % 2 else street[row] for k, (row, one) in enumerate(zip(there, street[-listed:], strict=True))]
    return table("l", there, moved), table("r", here, street[:people]), pa.table(truth)


@pytest.mark.feature("F14")
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_rare_names_are_not_called_chance_for_want_of_labels(seed: int) -> None:
    """EM took every equal name for chance where next to nothing else could be compared: nearly nobody was even asked about."""
    people, register, truth = _town(3000, 2000, seed)
    got = link(people, register, load_linkage_config().model_copy(update={"memory": "1GB"}), step1=NOBODY)
    quality = measure.evaluate(got, truth)
    assert got.thresholds.labels == 0
    assert quality.chosen_f1 >= 0.9
    assert quality.precision >= 0.999
    assert quality.absent_matched == 0


@pytest.mark.feature("F14")
def test_others_bear_no_more_equal_names_than_the_register_can_give() -> None:
    """What is above the bound goes to "same person" pattern by pattern; no pair is lost, and what lies under it stays."""
    chance = np.array([[10.0, 1.0, 5.0], [80.0, 30.0, 5.0], [10.0, 9.0, 40.0]])
    equal = np.array([True, True, False])
    assert model.at_most(chance, equal, 200.0) == (chance, 1.0)
    got, factor = model.at_most(chance, equal, 20.0)
    assert 0 < factor < 1
    assert float(got[1:, equal].sum()) == pytest.approx(20.0)
    assert got.sum(axis=0) == pytest.approx(chance.sum(axis=0))
    assert np.array_equal(got[:, 2], chance[:, 2])
    assert got[1, 0] / got[2, 0] == pytest.approx(8.0)
