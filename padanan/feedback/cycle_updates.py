"""How much came back of whom by kota and month (F59): the volume of updates, not whether anybody updates at all.

DTKS between two publications is `padanan/published/activity`'s; here are people of whom the field or a register told something.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from padanan.base.format import month as month_words
from padanan.base.home import Home
from padanan.base.suppress import ALL
from padanan.base.tabular import scratch
from padanan.contracts.feedback import load_feedback
from padanan.feedback.outreach import Publications
from padanan.feedback.residents import NOWHERE, RESIDENTS, known_places, kota_of, open_residents
from padanan.feedback.state import HOLDING, Moment, open_state
from padanan.pages.table import Table, counted, heads, row, share, table, text
from padanan.published.cells.declared import Declared, Key, crossed
from padanan.published.cells.model import Cells
from padanan.published.cells.places import place_key
from padanan.published.report import Report
from padanan.published.wilayah import ROOT

TOLD = ("lampid", "verivali", "muskel", "desil", "panti")
"""The contracts whose rows tell something new of a person; aid and complaints update nobody."""


@dataclass(frozen=True)
class Updates:
    """People updated by (kota code or `-`, month), each once a month; `report` holds the residents beside whom they stand."""

    day: date
    months: tuple[str, ...]
    kotas: Mapping[str, str]
    people: Mapping[tuple[str, str], int]
    report: Report | None


def updates(home: Home, day: date, since: date) -> Updates:
    """Counts each month from that of `since` to that of the day, by the day on which a row came.

    Raises:
        PadananError: an event, the register or the publication was changed.
    """
    con = scratch(home)
    try:
        open_state(con, home, load_feedback(), Moment(day, day))
        open_residents(con, home, day)
        labels = _months(since, day)
        names = {kota_of(code): called[0] for code, called in known_places(con).items()}
        told = ", ".join(f"'{one}'" for one in TOLD)
        rows = con.execute(
            f"""select coalesce(nullif(left(coalesce(w.kode_kelurahan, p.kode_kelurahan), 5), ''), '{NOWHERE}'),
              strftime(p.dicatat, '%Y-%m'), count(distinct p.id_orang)
            from {HOLDING} p left join {RESIDENTS} w using (id_orang) where p.kontrak in ({told}) and p.id_orang is not null
            group by all"""
        ).fetchall()
    finally:
        con.close()
    people: dict[tuple[str, str], int] = {}
    for code, label, number in rows:
        if str(label) in labels:
            place = (str(code) if str(code) in names else NOWHERE, str(label))
            people[place] = people.get(place, 0) + int(number)
    publications = Publications(home, "")
    chosen = publications.until(day)
    report = publications.of(*chosen[-1])[0] if chosen else None
    return Updates(day, labels, {**names, NOWHERE: "Di luar DKI atau tidak diketahui"}, people, report)


def _months(since: date, until: date) -> tuple[str, ...]:
    count = (until.year - since.year) * 12 + until.month - since.month + 1
    return tuple(f"{since.year + (since.month - 1 + n) // 12:04d}-{(since.month - 1 + n) % 12 + 1:02d}" for n in range(count))


def key(kota: str, label: str) -> Key:
    """People updated in a kota in a month."""
    return ("diperbarui", label, kota)


def cells_of(found: Updates) -> Cells:
    """The months in one model; a person may stand in several, so months do not add up."""
    into = Declared()
    kotas = list(found.kotas)
    keys = {(kota, label): key(kota, label) for kota in (*kotas, ALL) for label in found.months}
    crossed(into, "diperbarui", found.people, kotas, found.months, keys=keys, sums_across=False)
    for label in found.months:
        if (whole := key(ALL, label)) in into.values and into.values[whole] >= 5:
            into.key.add(whole)
    return Cells.of(into)


def updates_table(found: Updates) -> Table:
    """Kota by month: people updated, and their share of the residents that the newest publication knows there."""
    cells, lines = cells_of(found), []
    for kota, words in [*found.kotas.items(), (ALL, "Semua")]:
        shown = []
        for label in found.months:
            one = counted(cells, key(kota, label))
            shown += [one, share(cells.value(key(kota, label)), *_residents(found.report, kota, covered=one.value is None))]
        lines.append(row(text(words), *shown))
    titles = [title for label in found.months for title in (f"{month_words(label)}#", "Bagian#")]
    note = (
        "Orang yang kabarnya diterima pada bulan itu: lampid, verivali, muskel, desil, panti. Orang yang sama dihitung lagi pada "
        "bulan lain."
    )
    return table(
        "pemutakhiran",
        "Orang yang dimutakhirkan menurut kota dan bulan",
        heads("Kota", *titles),
        lines[:-1],
        foot=lines[-1:],
        note=note,
    )


def _residents(report: Report | None, kota: str, *, covered: bool) -> tuple[int | None, bool]:
    if report is None or kota == NOWHERE:
        return None, True
    key = place_key(ROOT if kota == ALL else (*ROOT, kota), "orang")
    if not report.cells.has(key):
        return None, True
    return report.cells.value(key), covered or report.cells.mark(key) is not None
