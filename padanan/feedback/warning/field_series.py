"""Series over what came back: one point a month that has passed, as it was known on its last day, so that no point changes later.

Publications are `published_series`' business; what a person's state is on a day, `state`'s.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import duckdb

from padanan.base.format import month as month_words
from padanan.base.home import Home
from padanan.base.tabular import scratch
from padanan.contracts.early_warning import KECAMATAN, KELURAHAN, KOTA, PROVINCE, EarlyWarning
from padanan.contracts.feedback import load_catalogue, load_feedback
from padanan.feedback import institutions, outreach
from padanan.feedback.complaint_board import KIND_NAMES
from padanan.feedback.lines import LINES, open_lines
from padanan.feedback.residents import NOWHERE, RESIDENTS, kecamatan_of, known_places, kota_of, open_residents
from padanan.feedback.state import HOLDING, STATE, Moment, open_state
from padanan.feedback.warning.points import Known, Point, SeriesSet, Where
from padanan.published.cells.declared import Declared, Key
from padanan.published.cells.model import Cells
from padanan.published.cells.places import place_key
from padanan.published.report import Report
from padanan.published.wilayah import ROOT
from padanan.records.returned import taken

COMPLAINTS = "pengaduan"
ALL_MONTHS = "semua bulan"
Counts = Counter[tuple[str, str]]
"""(kelurahan code or `-`, part) -> how many."""


@dataclass
class Month:
    """What was counted of one month: series -> its counts, and those of its whole where it has one; rows by contract."""

    last: date
    counts: dict[str, Counts] = field(default_factory=dict)
    wholes: dict[str, Counts] = field(default_factory=dict)
    rows: dict[str, tuple[int, int]] = field(default_factory=dict)
    panti: institutions.Residents | None = None
    outreach: outreach.Coverage | None = None

    @property
    def label(self) -> str:
        """`2026-05`."""
        return f"{self.last:%Y-%m}"


def months_until(day: date, most: int) -> list[date]:
    """The last days of the newest months that have passed on a day, oldest first."""
    found = []
    end = day.replace(day=1) - timedelta(days=1)
    for _ in range(most):
        found.append(end)
        end = end.replace(day=1) - timedelta(days=1)
    return found[::-1]


def field_series(home: Home, day: date, rules: EarlyWarning, publications: outreach.Publications) -> SeriesSet:
    """The series of the months that have passed; none from before anything came.

    Args:
        publications: for residents, and for those who lack a program.

    Raises:
        PadananError: an event, the register or a publication was changed.
    """
    found, months, names = SeriesSet(), [], dict[str, tuple[str, str, str]]()
    for last in months_until(day, rules.months):
        con = scratch(home)
        try:
            if not open_state(con, home, load_feedback(), Moment(last, last)):
                continue
            open_lines(con, home, load_catalogue(), today=last, known_at=last)
            open_residents(con, home, last)
            names = known_places(con)
            months.append(_month(con, home, last))
            months[-1].outreach = outreach.covered(con, publications, last, rules.outreach)
        finally:
            con.close()
    for code, (kota, kecamatan, kelurahan) in names.items():
        found.places |= {
            (KOTA, kota_of(code)): kota,
            (KECAMATAN, kecamatan_of(code)): f"Kecamatan {kecamatan}",
            (KELURAHAN, code): f"Kelurahan {kelurahan} ({kecamatan})",
        }
    found.parts |= {(COMPLAINTS, kind): words for kind, words in KIND_NAMES.items()}
    cells = Cells.of(_declared(months, names))
    for one in months:
        before = publications.until(one.last)
        _add(found, one, cells, names, publications.of(*before[-1])[0] if before else None)
        _add_outreach(found, one)
    return found


def _month(con: duckdb.DuckDBPyConnection, home: Home, last: date) -> Month:
    made = Month(last)
    place = f"coalesce(k.kode_kelurahan, w.kode_kelurahan, '{NOWHERE}')"
    with_home = f"{STATE} k left join {RESIDENTS} w using (id_orang)"

    def counts(query: str) -> Counts:
        return Counter({(str(code), str(part)): int(n) for code, part, n in con.execute(query).fetchall()})

    dead = f"select {place}, '', count(*) from {with_home} where k.meninggal_tercatat is not null"
    made.wholes["kematian_belum_diverifikasi"] = counts(f"{dead} group by 1")
    made.counts["kematian_belum_diverifikasi"] = counts(f"{dead} and k.verivali_hasil is null group by 1")
    line = f"select coalesce(kode_kelurahan, '{NOWHERE}'), '', count(*) from {LINES}"
    made.wholes["prelist_terlambat"] = counts(f"{line} group by 1")
    made.counts["prelist_terlambat"] = counts(f"{line} where terlambat group by 1")
    made.counts[COMPLAINTS] = counts(
        f"""select coalesce(p.kode_kelurahan, w.kode_kelurahan, '{NOWHERE}'), p.hasil, count(*)
        from {HOLDING} p left join {RESIDENTS} w using (id_orang) where p.kontrak = '{COMPLAINTS}'
        and p.dicatat between date '{last.replace(day=1).isoformat()}' and date '{last.isoformat()}' group by all"""
    )
    for contract_id in load_feedback():
        own = [one for one in taken(home, contract_id) if str(one["dicatat"])[:7] == made.label]
        if own:
            made.rows[contract_id] = (sum(int(one["ditolak"]) for one in own), sum(int(one["baris"]) for one in own))
    made.panti = institutions.counted_residents(con, last)
    return made


def _key(series: str, month: str, what: str, level: str, code: str, part: str = "") -> tuple[str, ...]:
    return (series, month, what, level, code, part)


def _sums(counts: Counts, names: Iterable[str]) -> Iterator[tuple[str, str, str, int, list[str]]]:
    """(level, code, part, count, kelurahan or kecamatan right below) of every place: the province, its kota, their kecamatan."""
    kecamatan = sorted({kecamatan_of(one) for one in (*names, NOWHERE)})
    kotas = sorted({kota_of(one) for one in (*names, NOWHERE)})
    for part in sorted({part for _, part in counts}):
        own: Counter[str] = Counter()
        for (code, its), number in counts.items():
            if its == part:
                own[kecamatan_of(code if code in names else NOWHERE)] += number
        for one in kecamatan:
            yield KECAMATAN, one, part, own[one], []
        for kota in kotas:
            below = [one for one in kecamatan if kota_of(one) == kota]
            yield KOTA, kota, part, sum(own[one] for one in below), below
        yield PROVINCE, "", part, sum(own.values()), kotas


def _declared(months: Iterable[Month], names: Mapping[str, tuple[str, str, str]]) -> Declared:
    """Every count of people in one model: places add up, what is late or unverified is a part of its whole, months add up."""
    into = Declared()
    monthly: dict[tuple[str, ...], list[Key]] = {}
    for one in months:
        for what, group in (("semua", one.wholes), ("angka", one.counts)):
            for series, counts in group.items():
                for level, code, part, number, below in _sums(counts, names):
                    key = into.count(_key(series, one.label, what, level, code, part), number, total=level == PROVINCE)
                    lower = KECAMATAN if level == KOTA else KOTA
                    if level != KECAMATAN:
                        into.sum(key, [_key(series, one.label, what, lower, place, part) for place in below])
                    if series == COMPLAINTS:
                        monthly.setdefault(_key(series, ALL_MONTHS, what, level, code, part), []).append(key)
                    whole = _key(series, one.label, "semua", level, code, part)
                    if what == "angka" and whole in into.values:
                        into.rest(whole, [key], _key(series, one.label, "sisa", level, code, part))
        if one.panti is not None:
            institutions.declare(into, one.panti)
    for key, parts in monthly.items():
        # The board tells all complaints together: a small month could be subtracted from it.
        into.count(key, sum(into.values[part] for part in parts), total=key[3] == PROVINCE)
        into.sum(key, parts)
    return into


def _add(into: SeriesSet, one: Month, cells: Cells, names: Mapping[str, tuple[str, str, str]], report: Report | None) -> None:
    order, name = one.last.isoformat(), month_words(one.label)

    def put(where: Where, value: Known, whole: Known | None = None) -> None:
        into.add(where, Point(order, name, value, whole))

    for series, counts in one.counts.items():
        for level, code, part, _, _ in _sums(counts, names):
            if code == NOWHERE:
                continue
            whole = _key(series, one.label, "semua", level, code, part)
            base = Known.cell(cells, whole) if cells.has(whole) else _people(report, level, code)
            put(Where(series, level, code, part), Known.cell(cells, _key(series, one.label, "angka", level, code, part)), base)
    for contract_id, (refused, rows) in one.rows.items():
        into.parts["baris_dikembalikan", contract_id] = contract_id
        put(Where("baris_dikembalikan", PROVINCE, "", contract_id), Known.of(refused), Known.of(rows))
    if one.panti is not None and one.panti.delivered:
        put(Where("panti", PROVINCE, ""), Known.cell(cells, institutions.key(one.last)))
        for kota in one.panti.kotas:
            if kota != NOWHERE:
                put(Where("panti", KOTA, kota), Known.cell(cells, institutions.key(one.last, kota=kota)))


def _people(report: Report | None, level: str, code: str) -> Known | None:
    """The residents of a place that the newest publication knows, for figures per thousand."""
    if report is None or level == KECAMATAN:
        return None
    key = place_key(ROOT if level == PROVINCE else (*ROOT, code), "orang")
    return Known.cell(report.cells, key) if report.cells.has(key) else None


def _add_outreach(into: SeriesSet, one: Month) -> None:
    """Days since the last session of each kelurahan, with those there who lack a program.

    A kelurahan that never had one is counted from the first session that any told of; before that nothing is said.
    """
    at = one.outreach
    if at is None or at.first is None:
        return
    for place in at.rows:
        since = (one.last - (place.last.day if place.last else at.first)).days
        into.add(
            Where("tanpa_sosialisasi", KELURAHAN, place.code),
            Point(one.last.isoformat(), month_words(one.label), Known.of(since), Known.cell(at.cells, outreach.key(place.code))),
        )
