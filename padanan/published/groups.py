"""People by sex, age and disability: everyone, those with a gap, and those in the data sasaran (F47, §3.6.2.g).

Sex and age come from the published people; disability only from a published table of counts, never from a person's row.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass

from padanan.base.suppress import ALL, Cell, Cover, Sum, cover
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
_PARTS = {"celah": "orang", "sasaran": "orang"}


def covered_counts(found: Groups, split: str) -> tuple[dict[Cell, int], dict[Cell, Cover]]:
    """The counts of one split by (value, measure) with their sums, and which of them are covered; the sums stand elsewhere."""
    values: dict[Cell, int] = {}
    sums: list[Sum] = []
    names = list(SPLITS[split])
    measures = ["orang", *_PARTS, *(f"bukan_{part}" for part in _PARTS)]
    for value in names:
        for measure in ("orang", *_PARTS):
            values[value, measure] = found.whole.get((split, value, measure), 0)
        for part, whole in _PARTS.items():
            values[value, f"bukan_{part}"] = values[value, whole] - values[value, part]
            sums.append(Sum((value, whole), ((value, part), (value, f"bukan_{part}"))))
    for measure in measures:
        values[ALL, measure] = sum(values[value, measure] for value in names)
        sums.append(Sum((ALL, measure), tuple((value, measure) for value in names)))
    return values, cover(values, sums, fixed={(ALL, measure) for measure in measures})
