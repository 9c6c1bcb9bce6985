"""What answers teach about pairs alike: who is settled with them, who never is, and which answer is worth asking first."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from benchmarks.linkage import case_table, cases, teaching
from benchmarks.linkage.generator import HARD, generate
from padanan.linkage import doubt, lessons, link, load_linkage_config
from padanan.linkage.comparison import COLUMNS
from padanan.linkage.pairs import Pairs
from padanan.linkage.prepare import prepare_register
from padanan.linkage.result import AUTOMATIC, POSSIBLE, TAUGHT

CONFIG = load_linkage_config()


def _lessons(prior: float, open_: int, yes: int = 0, no: int = 0) -> lessons.Lessons:
    counts = (np.array([value]) for value in (7, open_, yes, no))
    return lessons.Lessons(*counts, np.array([prior]), CONFIG.answer_strength, CONFIG.answers_min, CONFIG.precision)


@pytest.mark.feature("F14")
@pytest.mark.parametrize(
    ("prior", "yes", "no", "verdict"),
    [
        (0.999, 20, 0, 1),  # sure by itself, and twenty say so
        (0.999, 19, 0, 0),  # one too few
        (0.999, 40, 1, 0),  # one answer against it: it stays open,
        (0.9999, 700, 1, 0),  # however many there are for it
        (0.90, 40, 0, 0),  # forty answers do not show 99.5% where the evidence says 90%
        (0.001, 0, 20, -1),
        (0.001, 1, 40, 0),
        (0.10, 0, 40, 0),
    ],
)
def test_only_answers_that_agree_on_what_is_sure_settle(prior: float, yes: int, no: int, verdict: int) -> None:
    """The share's lower bound must exceed the wanted precision, and nobody has said otherwise."""
    assert _lessons(prior, 100, yes, no).verdict.tolist() == [verdict]


@pytest.mark.feature("F14")
def test_an_answer_moves_the_probability_of_pairs_alike_and_of_no_other() -> None:
    """Twenty answers weigh as much as the probability itself; another pattern's pairs keep theirs."""
    told = _lessons(0.8, 50, 10, 10)
    code, chance = np.array([7, 8]), np.array([0.8, 0.8])
    assert told.moved(code, chance) == pytest.approx([(20 * 0.8 + 10) / 40, 0.8])
    assert _lessons(0.8, 50).moved(code, chance) == pytest.approx(chance)


@pytest.mark.feature("F14")
def test_the_first_pairs_of_a_large_sure_pattern_are_asked_first() -> None:
    """As many as are needed, chosen by content; each is expected to settle its share of the others; a small or contradicted
    pattern settles nobody."""
    needed, gain = _lessons(0.9995, 200).needed()
    assert needed[0] == CONFIG.answers_min and 0.9 * 180 / 20 < gain[0] < 180 / 20
    assert _lessons(0.9995, 200, 15).needed()[0].tolist() == [5]
    for poor in (_lessons(0.9995, 20), _lessons(0.9995, 200, 5, 1), _lessons(0.5, 60)):
        assert poor.needed()[1].tolist() == [0.0]
    code = np.r_[np.full(200, 7), np.full(10, 9)]
    open_ = np.ones(210, dtype=bool)
    open_[:50] = False
    tie = np.random.default_rng(3).permutation(210).astype(np.uint64)
    both = lessons.Lessons.of(code, open_, np.zeros(210, dtype=np.int64), np.full(210, 0.9995), CONFIG)
    got = lessons.expected(both, code, open_, tie)
    first = np.flatnonzero(got)
    assert len(first) == 20 and (first >= 50).all() and (first < 200).all()
    assert tie[first].max() < np.delete(tie[50:200], first - 50).min()


def _pairs(marks: list[int], kin: list[int]) -> Pairs:
    n = len(marks)
    zero = np.zeros(n, dtype=np.int64)
    packed = np.full(n, sum(1 << c.shift for c in COLUMNS), dtype=np.int32)
    return Pairs(
        zero, zero, zero.astype(np.uint32), packed, zero, zero, np.zeros((n, 0), dtype=np.int64), zero.astype(np.int8),
        np.array(kin, dtype=np.int8), zero, np.array(marks, dtype=np.uint8),
    )  # fmt: skip


@pytest.mark.feature("F14")
def test_twins_namesakes_and_card_mates_are_asked_one_by_one() -> None:
    """No answer about another's twin says anything; a bare name whose relatives are on the card is no bare name."""
    bits = [doubt.TWIN.bit, doubt.MATE.bit, doubt.BARE.bit, doubt.BARE.bit, doubt.DATE.bit, 0, doubt.DATE.bit | doubt.TWIN.bit]
    pairs = _pairs(bits, [1, 1, 0, 1, 0, 0, 1])
    assert lessons.teachable(pairs).tolist() == [False, False, False, True, True, True, False]
    sure = np.full(len(bits), 0.999)
    code = lessons.pattern(pairs, sure)
    assert len(set(code.tolist())) == 7
    assert (lessons.pattern(pairs, np.full(len(bits), 0.97)) != code).all()


@pytest.fixture(scope="module")
def hard(tmp_path_factory: pytest.TempPathFactory) -> teaching.Taught:
    """A list of many wrong years, whose queue has a large pattern; its first sixty answers by truth."""
    folder = tmp_path_factory.mktemp("ajar")
    config = CONFIG.model_copy(update={"answers_min": 12})
    return teaching.taught(generate(folder, 6000, 40_000, replace(HARD, dob_year=0.12), 3), folder, config, 60)


@pytest.mark.feature("F14")
def test_answers_settle_others_and_merge_nobody_wrongly(hard: teaching.Taught) -> None:
    """More are settled than were asked for it; precision stays."""
    assert hard.given == 60 and 0 < hard.asked_on <= 60
    assert hard.settled > hard.asked_on and hard.wrong == 0 and hard.missed == 0
    assert hard.precision[1] >= teaching.GOAL_PRECISION and hard.recall[1] > hard.recall[0]


@pytest.mark.feature("F14")
def test_a_pair_that_reviewers_doubt_waits_although_its_pattern_is_settled(tmp_path: Path) -> None:
    """'ragu' takes no side and keeps its own pair open; the others of its pattern go, and their reason says why."""
    made = generate(tmp_path, 6000, 40_000, replace(HARD, dob_year=0.12), 3)
    config = CONFIG.model_copy(update={"answers_min": 12})
    prepared = prepare_register(made.register, tmp_path, made.register.name)
    before = link(made.list, made.register, config, prepared=prepared)
    queue = teaching.queue_of(before)
    first = [row for row in queue if row["menyelesaikan"] > 0]
    top = [row for row in first if row["menyelesaikan"] == first[0]["menyelesaikan"]]
    words = pa.table({name: [row[name] for row in top] for name in ("entity_key", "register_key")})
    words = words.append_column("keputusan", pa.array(["padan"] * len(top)))
    all_ = link(made.list, made.register, config, prepared=prepared, decisions=words)
    went = all_.records.filter(pc.equal(all_.records.column("alasan"), TAUGHT))
    assert went.num_rows > 0 and set(went.column("status").to_pylist()) == {AUTOMATIC}
    assert all_.measures["diajarkan_padan"] >= went.num_rows / 2
    doubted = next(row for row in queue if row["record_key"] == went.column("record_key")[0].as_py())
    more = pa.table({name: [row[name] for row in (*top, doubted)] for name in ("entity_key", "register_key")})
    again = link(
        made.list, made.register, config, prepared=prepared,
        decisions=more.append_column("keputusan", pa.array(["padan"] * len(top) + ["ragu"])),
    )  # fmt: skip
    state = dict(zip(again.records.column("record_key").to_pylist(), again.records.column("status").to_pylist(), strict=True))
    assert state[doubted["record_key"]] == POSSIBLE
    assert sum(state[key] == AUTOMATIC for key in went.column("record_key").to_pylist()) == went.num_rows - 1


@pytest.mark.feature("F14")
def test_no_answer_settles_the_kinds_that_evidence_cannot_decide(tmp_path: Path) -> None:
    """A queue full of absent twins and namesakes, answered by truth in its own order: still all of them are asked."""
    made = cases.make(tmp_path, 7, each=15, residue=3_000, register=20_000)
    prepared = prepare_register(made.register, tmp_path, made.register.name)
    config = CONFIG.model_copy(update={"answers_min": 5})
    step1 = case_table.by_nik(made, prepared, config)
    before = link(made.list, made.register, config, prepared=prepared, step1=step1)
    truth = pq.read_table(made.truth).to_pylist()
    answer = {row["record_key"]: row["register_key"] for row in truth}
    undecidable = {row["record_key"] for row in truth if row["kind"] and cases.KINDS[row["kind"]].answer == cases.ASK}
    queue = [row for row in teaching.queue_of(before) if row["record_key"] not in undecidable]
    words = ["padan" if answer[row["record_key"]] == row["register_key"] else "bukan" for row in queue]
    told = pa.table({name: [row[name] for row in queue] for name in ("entity_key", "register_key")})
    told = told.append_column("keputusan", pa.array(words))
    after = link(made.list, made.register, config, prepared=prepared, step1=step1, decisions=told)
    waited = {row["record_key"] for row in before.records.to_pylist() if row["status"] == POSSIBLE} & undecidable
    now = {row["record_key"]: row for row in after.records.to_pylist()}
    assert len(waited) > 50
    assert not [key for key in waited if "petugas selalu" in now[key]["alasan"]]
    assert sum(now[key]["status"] == AUTOMATIC and now[key]["register_key"] != answer[key] for key in waited) == 0
