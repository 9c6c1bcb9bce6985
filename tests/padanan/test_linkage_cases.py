"""Kinds of Jakarta life: what is merged without a person is right, and whoever evidence can't tell apart is asked about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pyarrow.parquet as pq
import pytest

from benchmarks.linkage import case_table, cases
from benchmarks.linkage.case_table import Fate
from benchmarks.linkage.generator import Pairing
from padanan.linkage import LinkResult, explain, load_linkage_config

EACH = 10


@dataclass(frozen=True)
class Lived:
    """A small town in which every kind of life was lived `EACH` times, and what became of it."""

    made: Pairing
    fates: Mapping[str, Fate]
    result: LinkResult
    kind: Mapping[str, str]

    def told(self, kind: str) -> list[str]:
        """The waterfalls of the records of one kind."""
        keys = [key for key, name in self.kind.items() if name == kind]
        return [explain.explain(self.result, key) for key in keys]


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """Seed 7, which nothing was tuned on."""
    folder = tmp_path_factory.mktemp("kasus")
    made = cases.make(folder, 7, each=EACH, residue=2_500, register=16_000)
    fates, result = case_table.fates(made, folder, load_linkage_config())
    truth = pq.read_table(made.truth)
    return Lived(made, fates, result, dict(zip(*(truth.column(n).to_pylist() for n in ("record_key", "kind")), strict=True)))


def test_the_truth_set_holds_every_kind_equally_often(lived: Lived) -> None:
    """Twenty-five kinds at least, all three answers among them, each as often as asked (twins sought together twice)."""
    assert len(cases.KINDS) >= 25 and {k.answer for k in cases.KINDS.values()} == {cases.RIGHT, cases.NEVER, cases.ASK}
    assert {name: fate.n for name, fate in lived.fates.items()} == {
        name: EACH * (2 if name == "kembar_dua" else 1) for name in cases.KINDS
    }


@pytest.mark.feature("F14")
@pytest.mark.parametrize("kind", sorted(cases.KINDS))
def test_a_kind_of_life_is_merged_rightly_or_asked_about(lived: Lived, kind: str) -> None:
    """Of few records none may be merged wrongly; where evidence can't decide all of them wait for a person."""
    fate, answer = lived.fates[kind], cases.KINDS[kind].answer
    assert fate.wrong == 0, fate
    if answer == cases.ASK:
        assert fate.asked == fate.n, fate
    if answer == cases.NEVER:
        assert fate.right == 0, fate


@pytest.mark.feature("F14")
def test_people_whom_evidence_can_decide_are_still_merged(lived: Lived) -> None:
    """Caution is no excuse: wrong digits, swapped days, other spellings and other cards find their person without anybody."""
    for kind in ("nik_satu_angka", "nik_tertukar", "hari_bulan", "ejaan", "tanpa_kartu", "kembar_dua", "nik_orang_tua"):
        assert lived.fates[kind].right >= 0.8 * lived.fates[kind].n, (kind, lived.fates[kind])


@pytest.mark.feature("F14")
@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("baku_tanpa_alamat", "01-01"),
        ("baku_tanpa_alamat", "satu kata"),
        ("kembar_absen_kata", "kembar"),
        ("senama_rt", "hanya nama dan wilayah"),
        ("bayi_absen", "tanggal lahir lain"),
    ],
)
def test_what_a_clerk_would_see_is_said_in_words(lived: Lived, kind: str, word: str) -> None:
    """The waterfall names the default date, the common word, the twin, the card mate; no number or name stands in it."""
    told = lived.told(kind)
    assert sum(any(word in line for line in text.splitlines() if line.startswith("Perhatikan")) for text in told) >= 0.8 * EACH


@pytest.mark.feature("F14")
def test_the_queue_says_why_a_likely_pair_waits(lived: Lived) -> None:
    """The reason of a record that waits above the threshold is the clerk's, not "perlu dilihat orang"."""
    rows = lived.result.records.to_pylist()
    reasons = {lived.kind[row["record_key"]]: row["alasan"] for row in rows if row["status"] == "mungkin_padan"}
    assert "kembar" in reasons["kembar_absen_kata"] and "hanya nama" in reasons["senama_rt"]
    assert "sama cocoknya" in reasons["ganda"] or "perlu dilihat" in reasons["ganda"]


@pytest.mark.feature("F14")
def test_a_default_date_weighs_less_than_a_birthday(lived: Lived) -> None:
    """Everybody of unknown birthday was born on 1 January: an equal one is worth less than the same level of another day."""
    pairs = lived.result.pairs.to_pandas()
    chance = pairs[pairs["pembanding"] != "serumah"]
    default, other = (chance[((chance["penanda"] & 16) != 0) == first]["bit_kelangkaan"] for first in (True, False))
    assert len(default) > 10 and default.mean() < other.mean() - 0.5
