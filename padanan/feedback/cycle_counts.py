"""What the cycle's page counts, table by table: places, agencies, reasons, priorities, ages and months; each by one query.

Which of these may be printed is `cycle_cells`'; figures that a terminal shows are `cycle`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from padanan.base.period import months_before
from padanan.base.sql import literal
from padanan.feedback.asked_rows import WILAYAH
from padanan.feedback.cycle import EVERY, Cycle, Standing
from padanan.feedback.lines import ACTORS, AWAITING, CONFLICT, DONE, LINES, MOOT, OPEN, REASONS, STANDING

OPENED, LATE = "terbuka", "terlambat"
MEASURES = (OPENED, LATE, DONE, MOOT)
"""Open lines, those past their day, lines that a result closed, and those that a verified death left without a question."""
Place = tuple[str, ...]
NOWHERE = "-"
STATES = (OPEN, AWAITING, CONFLICT, DONE, MOOT)
AGES = {"0 sampai 7 hari": 7, "8 sampai 30 hari": 30, "31 sampai 60 hari": 60, "61 sampai 90 hari": 90, "91 sampai 180 hari": 180}
OLDEST = "lebih dari 180 hari"
MONTHS = 12
_COUNTS = f"""count(*) filter (status in ({", ".join(map(literal, STANDING))})) as terbuka,
  count(*) filter (terlambat) as terlambat, count(*) filter (status = '{DONE}') as selesai,
  count(*) filter (status = '{MOOT}') as gugur"""
# A line stands open from the first of its reasons to the day on which none of them was left; then it may open anew. Distinct
# spans have one order: where two are alike, each of the windows might take another one for the first.
_IN_ORDER = "partition by id_orang order by dibuka, ditutup"
_COURSE = f"""with alasan as (
    select distinct id_orang, dibuka, coalesce(ditutup, date '9999-12-31') as ditutup from {REASONS}),
  sebelum as (select *, max(ditutup) over ({_IN_ORDER}
      rows between unbounded preceding and 1 preceding) as sampai from alasan),
  ke as (select *, sum((sampai is null or dibuka > sampai)::integer) over ({_IN_ORDER}
      rows unbounded preceding) as garis_ke from sebelum),
  jalan as (select min(dibuka) as dibuka, max(ditutup) as ditutup from ke group by id_orang, garis_ke),
  bulan as (select unnest(?::date[]) as mulai, unnest(?::date[]) as akhir)
select b.mulai, count(*) filter (j.dibuka between b.mulai and b.akhir), count(*) filter (j.ditutup between b.mulai and b.akhir),
  count(*) filter (j.dibuka <= b.akhir and j.ditutup > b.akhir), count(*) filter (j.dibuka < b.mulai and j.ditutup >= b.mulai)
from bulan b left join jalan j on true group by all order by 1"""


@dataclass(frozen=True)
class Month:
    """Lines of one month: opened and closed in it, open at its end and open before its first day."""

    start: date
    opened: int
    closed: int
    left: int
    before: int


@dataclass(frozen=True)
class Counts:
    """The page's counts.

    Attributes:
        day: of which the figures are. told: the figures that a terminal shows too.
        places: path of codes (none: all; kota; kota, kecamatan; …) -> measure -> lines. names: path -> name.
        states: lines by state. actors: short names of the agencies of a line -> measure -> lines.
        reasons: (code, state) -> reasons. late_reasons: code -> late lines that have it.
        priorities, ages: name -> (open, late). months: oldest first.
    """

    day: date
    told: Cycle
    places: Mapping[Place, Mapping[str, int]]
    names: Mapping[Place, str]
    states: Mapping[str, int]
    actors: Mapping[tuple[str, ...], Mapping[str, int]]
    reasons: Mapping[tuple[str, str], int]
    late_reasons: Mapping[str, int]
    priorities: Mapping[str, tuple[int, int]]
    ages: Mapping[str, tuple[int, int]]
    months: tuple[Month, ...]


def counts_of(standing: Standing) -> Counts:
    """Counts the tables of a day."""
    con, told = standing.con, standing.counted()
    actors = con.execute(f"select pelaku, {_COUNTS} from {EVERY} group by 1 order by 1").fetchall()
    reasons = con.execute(f"select kode, status, count(*) from {REASONS} group by all").fetchall()
    places, names = _places(standing)
    return Counts(
        day=standing.day,
        told=told,
        places=places,
        names=names,
        states=dict(con.execute(f"select status, count(*) from {EVERY} group by 1").fetchall()),
        actors={tuple(name.split(ACTORS)): dict(zip(MEASURES, found, strict=True)) for name, *found in actors},
        reasons={(code, state): n for code, state, n in reasons},
        late_reasons={name: late for name, (_, late) in told.by_reason.items()},
        priorities=told.by_priority,
        ages=_ages(standing),
        months=_months(standing),
    )


def _places(standing: Standing) -> tuple[dict[Place, dict[str, int]], dict[Place, str]]:
    """Every place of DKI, also where no line is; lines without a kelurahan of DKI stand under `NOWHERE`."""
    con = standing.con
    con.execute(
        f"create or replace temp table wilayah as select distinct kode_kelurahan, kelurahan, kode_kecamatan, kecamatan, "
        f"kode_kota, kota from read_csv({literal(WILAYAH)}, all_varchar=true, header=true)"
    )
    found = con.execute(
        f"""with baris as (
          select coalesce(w.kode_kota, '{NOWHERE}') as kota, coalesce(w.kode_kecamatan, '{NOWHERE}') as kecamatan,
            coalesce(w.kode_kelurahan, '{NOWHERE}') as kelurahan, {_COUNTS}
          from {EVERY} b left join wilayah w on w.kode_kelurahan = b.kode_kelurahan group by all
          union all select kode_kota, kode_kecamatan, kode_kelurahan, 0, 0, 0, 0 from wilayah)
        select kota, kecamatan, kelurahan, {", ".join(f"sum({name})::bigint" for name in MEASURES)}
        from baris group by rollup (kota, kecamatan, kelurahan) order by all nulls first"""
    ).fetchall()
    names: dict[Place, str] = {(): "DKI Jakarta", (NOWHERE,): "Tanpa kelurahan di DKI"}
    for village, named, district, district_name, kota, kota_name in con.execute("from wilayah order by 1").fetchall():
        names |= {(kota,): kota_name, (kota, district): district_name, (kota, district, village): named}
    counted = {tuple(filter(None, row[:3])): dict(zip(MEASURES, row[3:], strict=True)) for row in found}
    return {path: values for path, values in counted.items() if path in names}, names


def _ages(standing: Standing) -> dict[str, tuple[int, int]]:
    """Open lines by how many days they have been open, all ages named."""
    cases = " ".join(f"when hari <= {most} then {literal(name)}" for name, most in AGES.items())
    found = standing.con.execute(
        f"""select case {cases} else {literal(OLDEST)} end, count(*), count(*) filter (terlambat)
        from (select date '{standing.day.isoformat()}' - dibuka as hari, terlambat from {LINES}) group by 1"""
    ).fetchall()
    counted = {name: (opened, late) for name, opened, late in found}
    return {name: counted.get(name, (0, 0)) for name in (*AGES, OLDEST)}


def _months(standing: Standing) -> tuple[Month, ...]:
    """The last `MONTHS` months, the running one up to the day."""
    first = standing.day.replace(day=1)
    starts = [months_before(first, back) for back in range(MONTHS - 1, -1, -1)]
    ends = [date.fromordinal(one.toordinal() - 1) for one in starts[1:]] + [standing.day]
    return tuple(Month(*row) for row in standing.con.execute(_COURSE, [starts, ends]).fetchall())
