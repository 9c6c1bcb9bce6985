"""Every door for foreign bytes: what once broke it, and new inputs of Hypothesis, the same each time; nothing falls or is lost.

Longer and guided by coverage: `make fuzz TARGET=csv MINUTES=30` (`by_hand`). How an input is judged stands in `harness`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fuzz.harness import NAMES, Account, Lost, Target, judge, load
from tests.fuzz.recipe import TOKENS, damaged, parts_of
from tests.fuzz.xlsx_target import base

# So many new inputs a target: half a minute over all of them.
EXAMPLES = {"csv": 40, "xlsx": 40, "parquet": 40, "letter": 300, "yaml": 60, "form": 40, "deliver": 8, "feedback": 3, "api": 300}
Opened = tuple[Target, Callable[[bytes], Account]]

pytestmark = pytest.mark.lambat


@pytest.fixture(scope="module", params=NAMES)
def opened(request: pytest.FixtureRequest) -> Iterator[Opened]:
    target = load(request.param)
    with target.opened() as one:
        yield target, one


def test_the_corpus_is_taken_or_refused(opened: Opened) -> None:
    target, one = opened
    corpus = target.corpus()
    assert len(corpus) >= 5
    words = set()
    for name, data in corpus.items():
        found, account, _ = judge(target, one, data)
        assert found is None, (name, found)
        assert account is not None and not account.word.startswith("anak berhenti"), (
            name,
            "a cause in words, not a class",
            account,
        )
        words.add(account.word)
    assert len(words) > 1, "seeds that all end alike reach one branch"


def test_new_inputs_are_taken_or_refused(opened: Opened) -> None:
    target, one = opened
    corpus = list(target.corpus().values())
    piece = st.one_of(st.sampled_from((*target.tokens, *TOKENS)), st.binary(max_size=12))
    edit = st.tuples(st.integers(0, 0xFFFF), st.integers(0, 3), st.integers(0, 24), piece)

    @settings(
        max_examples=EXAMPLES[target.name], deadline=None, database=None, derandomize=True,
        phases=[Phase.explicit, Phase.generate], suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.sampled_from(corpus), st.lists(edit, max_size=6))
    def run(data: bytes, edits: list[tuple[int, int, int, bytes]]) -> None:
        for place, kind, size, text in edits:
            at = place * (len(data) + 1) >> 16
            behind = data[at:] if kind == 0 else data[at + len(text) :] if kind == 1 else data[at + size :]
            again = data[at : at + size] * 3 if kind == 3 else b""
            data = data[:at] + again + (text if kind != 2 else b"") + behind
        found, _, _ = judge(target, one, data)
        assert found is None, (found, data[:400])

    run()


def test_the_judge_sees_a_crash_a_hang_and_a_lost_row() -> None:
    def judged(one: Callable[[bytes], Account], limit: float = 10) -> str:
        target = Target("x", limit, None, dict)  # type: ignore[arg-type]
        found, _, _ = judge(target, one, b"")
        return found.kind if found else "-"

    def falls(_: bytes) -> Account:
        raise KeyError

    assert judged(lambda _: Account(2, 1, 1)) == "-"
    assert judged(falls) == "crash"
    assert judged(lambda _: Account(2, 1, 0)) == "lost"
    assert judged(lambda _: Account(), limit=0) == "hang"
    with pytest.raises(Lost):
        Account(1, 0, 0)


def test_a_recipe_damages_a_workbook_and_stays_a_zip() -> None:
    parts = list(base())
    assert parts_of(damaged(parts, b"")) == parts
    changed = parts_of(damaged(parts, b"\x00\x05\x80\x00\x26"))
    assert changed != parts and [name for name, _ in changed] == [name for name, _ in parts]
    assert damaged(parts, b"\xffabc") == b"abc"
