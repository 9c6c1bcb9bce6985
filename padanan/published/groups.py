"""People by sex, age and disability: everyone, those with a gap, and those in the data sasaran (F47, §3.6.2.g).

Sex and age come from the published people; disability only from a published table of counts, never from a person's row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from padanan.base.suppress import ALL, Cover, small
from padanan.published.opened import NotPublished, Published

UNKNOWN = "tidak_diketahui"
OUTSIDE = "-"
DISABILITY_TABLE = "pilah_disabilitas"
# Split -> its values with their names. Child: UU 35/2014; elderly: UU 13/1998.
SPLITS: Mapping[str, Mapping[str, str]] = {
    "jk": {"L": "Laki-laki", "P": "Perempuan", UNKNOWN: "Tidak diketahui"},
    "umur": {
        "anak": "Anak (di bawah 18 tahun)",
        "dewasa": "Dewasa (18–59 tahun)",
        "lansia": "Lansia (60 tahun ke atas)",
        UNKNOWN: "Tidak diketahui",
    },
    "disabilitas": {"ya": "Penyandang disabilitas", "tidak": "Bukan penyandang disabilitas", UNKNOWN: "Tidak diketahui"},
}
SPLIT_NAMES = {"jk": "Jenis kelamin", "umur": "Kelompok umur", "disabilitas": "Disabilitas"}
MEASURES = ("orang", "celah", "sasaran")
OLDEST = 120

# A person's value in a split; $1 is the day on which ages are counted.
SEX = f"case when jk in ('L', 'P') then jk else '{UNKNOWN}' end"
AGE = "kelompok_umur"
# Publications from before the birth day stayed in the warehouse hold it in the place of the group (dbt's macro `age_group`).
BORN = f"""case when tgl_lahir is null or tgl_lahir > $1::date or tgl_lahir < $1::date - interval {OLDEST} year then '{UNKNOWN}'
    when tgl_lahir > $1::date - interval 18 year then 'anak'
    when tgl_lahir > $1::date - interval 60 year then 'dewasa' else 'lansia' end"""
_GROUPED = f"""
select {SEX} as jk,
  {{age}} as umur,
  o.id_orang, coalesce(k.kode_kota, '{OUTSIDE}') as kota
from padanan_orang o left join (select distinct kode_kota from wilayah) k on k.kode_kota = o.kode_kota
"""
_CUBE = """
select g.jk, g.umur, g.kota, coalesce(s.terpilih, false) as sasaran, c.id_orang is not null as celah, count(*) as n
from ({people}) g left join sasaran s using (id_orang) left join (select distinct id_orang from celah) c using (id_orang)
group by all
"""
_RULES = """
select rule_id, g.jk, g.umur, count(distinct id_orang) as n from ({people}) g join celah using (id_orang) group by all
"""
_DISABILITY = f"""
select case when d.disabilitas in ('ya', 'tidak') then d.disabilitas else '{UNKNOWN}' end as disabilitas,
  coalesce(k.kode_kota, '{OUTSIDE}') as kota, d.terpilih as sasaran, d.ada_celah as celah, sum(d.jumlah)::bigint as n
from {DISABILITY_TABLE} d left join (select distinct kode_kota from wilayah) k on k.kode_kota = d.kode_kota
group by all
"""


@dataclass(frozen=True)
class Groups:
    """Counts of people: (split, value, measure), (split, value, kota) of the data sasaran, (rule, split, value) with a gap."""

    whole: Mapping[tuple[str, str, str], int]
    by_kota: Mapping[tuple[str, str, str], int]
    by_rule: Mapping[tuple[str, str, str], int]
    splits: tuple[str, ...]


def groups(source: Published, cutoff: str) -> Groups:
    """Counts one publication; ages are those of the cut-off day."""
    whole: dict[tuple[str, str, str], int] = {}
    by_kota: dict[tuple[str, str, str], int] = {}
    by_rule: dict[tuple[str, str, str], int] = {}
    splits = ["jk", "umur"]
    day = () if source.has("padanan_orang", AGE) else (cutoff,)
    people = _GROUPED.format(age=BORN if day else AGE)
    cube = [(row, splits) for row in source.rows(_CUBE.format(people=people), *day)]
    # Not published then, as a table or a column of it: the page says so.
    with suppress(NotPublished):
        cube += [(row, ["disabilitas"]) for row in source.rows(_DISABILITY)]
        splits = [*splits, "disabilitas"]
    for row, own in cube:
        for split in own:
            for measure in MEASURES:
                if measure == "orang" or row[measure]:
                    _add(whole, (split, row[split], measure), row["n"])
            if row["sasaran"]:
                _add(by_kota, (split, row[split], row["kota"]), row["n"])
    for row in source.rows(_RULES.format(people=people), *day):
        for split in ("jk", "umur"):
            _add(by_rule, (row["rule_id"], split, row[split]), row["n"])
    return Groups(whole, by_kota, by_rule, tuple(splits))


def _add(counts: dict[tuple[str, str, str], int], key: tuple[str, str, str], number: int) -> None:
    counts[key] = counts.get(key, 0) + number


# Printed measure -> what it is a part of; the rest is a cell too, because a reader can subtract.
PARTS = {"celah": "orang", "sasaran": "orang"}
BOTH = "bersama"
"""Stands for a value and the unknown together, where only some of their measures are merged."""


@dataclass(frozen=True)
class SplitCounts:
    """The counts of one split by (value, measure) with their sums; `cells` says which are covered.

    Men and women, children and the elderly are always told (§3.6.2.g): so few unknown people that covering them would cost
    another value its figure are counted with the largest one, `into`, in the measures `merged`, and the page says so.
    """

    values: Mapping[tuple[str, str], int]
    shown: Mapping[str, tuple[str, ...]]
    into: str = ""
    merged: frozenset[str] = frozenset()
    covered: Mapping[tuple[str, str], Cover] = field(default_factory=dict)

    def counts_unknown(self, value: str, measure: str) -> bool:
        """Whether this cell counts the unknown too."""
        return value == self.into and measure in self.merged

    def whole_of(self, value: str, part: str) -> tuple[str, str]:
        """The cell that the part of a value is a share of."""
        together = self.counts_unknown(value, part) and not self.counts_unknown(value, PARTS[part])
        return BOTH if together else value, PARTS[part]

    def whole(self, value: str, part: str) -> int:
        """What the part of a value is a share of."""
        return self.values[self.whole_of(value, part)]


def split_counts(found: Groups, split: str) -> SplitCounts:
    """The counts of one split, the unknown merged where they are few."""
    names = list(SPLITS[split])
    counts = {(value, measure): found.whole.get((split, value, measure), 0) for value in names for measure in ("orang", *PARTS)}
    into, merged = _merged(counts, [value for value in names if value != UNKNOWN])
    for part, whole in PARTS.items():
        for value in names:
            counts[value, f"bukan_{part}"] = counts[value, whole] - counts[value, part]
    values: dict[tuple[str, str], int] = {}
    shown: dict[str, tuple[str, ...]] = {}
    for measure in ("orang", *PARTS, *(f"bukan_{part}" for part in PARTS)):
        shown[measure] = tuple(value for value in names if value != UNKNOWN or measure not in merged)
        for value in shown[measure]:
            with_unknown = value == into and measure in merged
            values[value, measure] = counts[value, measure] + (counts[UNKNOWN, measure] if with_unknown else 0)
        values[ALL, measure] = sum(counts[value, measure] for value in names)
    if merged and "orang" not in merged:
        values[BOTH, "orang"] = values[into, "orang"] + values[UNKNOWN, "orang"]
    return SplitCounts(values, shown, into, frozenset(merged))


def _merged(counts: Mapping[tuple[str, str], int], others: list[str]) -> tuple[str, set[str]]:
    """Into which value the unknown go, and in which measures; in none where there are none or enough of them."""
    into = max(others, key=lambda value: counts[value, "orang"])
    every = {"orang", *PARTS, *(f"bukan_{part}" for part in PARTS)}
    if small(counts[UNKNOWN, "orang"]):
        return into, every
    found: set[str] = set()
    for part, whole in PARTS.items():
        if small(counts[UNKNOWN, part]) or small(counts[UNKNOWN, whole] - counts[UNKNOWN, part]):
            found |= {part, f"bukan_{part}"}
    return into if found else "", found


def merged_columns(counts: Mapping[tuple[str, str], int], rows: Sequence[str], columns: Sequence[str]) -> str:
    """The column that counts the unknown of a (row, column) table too, "" where their own column stays.

    A table with sums both ways merges the whole column: of single cells the column's sum would tell the rest.
    """
    if not any(small(counts.get((row, UNKNOWN), 0)) for row in rows):
        return ""
    return max((name for name in columns if name != UNKNOWN), key=lambda name: sum(counts.get((row, name), 0) for row in rows))


@dataclass(frozen=True)
class Merged:
    """People by (row, value of a split); the value `into` counts the unknown too, "" where they stand apart."""

    counts: Mapping[tuple[str, str], int]
    values: tuple[str, ...]
    into: str


def by_kota(found: Groups, split: str, kotas: Sequence[str]) -> Merged:
    """The data sasaran of one split by kota: merged above, merged here with the same value, else both tables tell the unknown."""
    counts = {(kota, value): found.by_kota.get((split, value, kota), 0) for kota in kotas for value in SPLITS[split]}
    above = split_counts(found, split)
    into = above.into if "sasaran" in above.merged else merged_columns(counts, kotas, list(SPLITS[split]))
    if into:
        counts |= {(kota, into): counts[kota, into] + counts.pop((kota, UNKNOWN)) for kota in kotas}
    return Merged(counts, tuple(value for value in SPLITS[split] if value != UNKNOWN or not into), into)


def by_rule(found: Groups, rule_id: str, split: str) -> Merged:
    """The people with a gap of one rule by the values of a split, likewise."""
    names = list(SPLITS[split])
    counts = {(rule_id, value): found.by_rule.get((rule_id, split, value), 0) for value in names}
    into = merged_columns(counts, [rule_id], names)
    if into:
        counts[rule_id, into] += counts.pop((rule_id, UNKNOWN))
    return Merged(counts, tuple(value for value in names if (rule_id, value) in counts), into)
