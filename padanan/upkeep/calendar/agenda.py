"""The agenda of the next rakor (§3.2.2.d.1–5, F48): the state of the cycle as points to speak about, as Markdown or as a page.

What the published tables say comes from `agenda_data`, what is due from `year`; minutes and follow-up are recorded in `rakor`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from padanan.base.format import day as tanggal
from padanan.base.format import number
from padanan.base.home import Home
from padanan.base.markdown import md_table
from padanan.base.period import Periode
from padanan.contracts.contract import Contract
from padanan.contracts.due import NOT_DUE, ON_TIME, state_of
from padanan.contracts.plan import YearPlan, all_plans
from padanan.landing.status import status
from padanan.pages.layout import bare_environment
from padanan.pages.table import Cell, Row, Table, count, dated, heads, row, table, text
from padanan.published.blockers import Judged, judge
from padanan.published.opened import open_published
from padanan.published.report import gather, in_order
from padanan.published.revisions import published_revisions
from padanan.records.review_log import read_log
from padanan.records.standing import standing
from padanan.records.steps import DECREED, waivers
from padanan.upkeep.calendar.agenda_data import Point, from_tables, without_tables
from padanan.upkeep.calendar.rakor import follow_ups
from padanan.upkeep.calendar.show import SYMBOLS, lateness
from padanan.upkeep.calendar.year import DECREE, DELIVERY, FOLLOW_UP, MEETING, MONTH, PLAN, Entry, YearCalendar, build

AHEAD_DAYS = 90
MOST = 20
TO_FILL_BEFORE = "[diisi sekretariat]"
ASKED = ("Tempat", "Pimpinan rapat", "Peserta: perangkat daerah, organisasi masyarakat, swasta, lembaga nonpemerintah (§3.2.2.c)")
"""What no data tell of a meeting, and its secretariat writes."""


@dataclass(frozen=True)
class Agenda:
    """The agenda of one meeting."""

    periode: Periode
    meeting: date | None
    day: date
    points: tuple[Point, ...]


def agenda(home: Home, contracts: Mapping[str, Contract], periode: Periode, *, day: date, meeting: date | None = None) -> Agenda:
    """The agenda for a period as things stood on a day.

    Args:
        meeting: the day of the rakor; by default the next planned one.

    Raises:
        PadananError: a publication, log or register can't be read.
    """
    plans = all_plans()
    plan = plans.get(periode.year)
    calendar = build(home, contracts, periode.year, day=day, plans=plans)
    when = meeting or next((one for one in (plan.meetings if plan else ()) if one >= day), None)
    found = published_revisions(home, periode)
    judged = judge(home, periode, found[-1][0]) if found else None
    same, together, feedback, plan_of_action = _from_tables(home, contracts, periode, found, judged)
    points = (
        _cycle(home, periode, plan, found),
        *same,
        _deliveries(home, contracts, periode, calendar, plans),
        _blockers(home, contracts, periode, found, judged),
        *together,
        *feedback,
        _follow_up(home, day),
        _decisions(home, contracts, periode, calendar, day),
        _coming(calendar, day),
        *plan_of_action,
    )
    return Agenda(periode, when, day, points)


Revisions = Sequence[tuple[int, Mapping[str, Any]]]


def _from_tables(
    home: Home, contracts: Mapping[str, Contract], periode: Periode, found: Revisions, judged: Judged | None
) -> tuple[tuple[Point, ...], ...]:
    if not found or judged is None:
        return without_tables()
    revisi = found[-1][0]
    source = open_published(home, periode, revisi)
    try:
        report = gather(home, in_order(contracts), source)
        return from_tables(report, judged.open(read_log(home, periode), revisi))
    finally:
        source.con.close()


def _cycle(home: Home, periode: Periode, plan: YearPlan | None, found: Revisions) -> Point:
    """§3.2.2.d.1: which data sasaran every program is to aim at."""
    title = "Data sasaran periode ini (§3.2.2.d.1)"
    planned = f" Penetapan direncanakan {tanggal(plan.decree_date(periode))}." if plan and plan.counts else ""
    if not found:
        return Point(title, (f"Belum ada padanan yang terbit untuk {periode.label}.{planned}",))
    log = read_log(home, periode)
    rows = [
        row(
            text(f"Revisi {revisi}"),
            text(standing(log, revisi).words.name),
            count((manifest.get("tables", {}).get("padanan_orang") or {}).get("rows")),
            dated(date.fromisoformat(str(manifest["cutoff"])[:10]), short=True),
        )
        for revisi, manifest in found
    ]
    newest = found[-1][0]
    return Point(
        title,
        (f"Revisi terbaru {periode.label} adalah revisi {newest}: {standing(log, newest).words.name}.{planned}",),
        table("tabel-siklus", "Revisi periode ini", heads("Revisi", "Keadaan", "Orang pada padanan#", "Batas kiriman"), rows),
    )


def _deliveries(
    home: Home, contracts: Mapping[str, Contract], periode: Periode, calendar: YearCalendar, plans: Mapping[int, YearPlan]
) -> Point:
    """§3.2.2.d.2: progress and obstacles."""
    valid = {year: plan for year, plan in plans.items() if plan.counts}
    states = Counter(
        item["keadaan"] for item in status(home, contracts, periode, today=calendar.day, plans=valid, as_of=True)["produsen"]
    )
    told = ", ".join(f"{number(n)} {state}" for state, n in sorted(states.items())) or "tidak ada kontrak yang berlaku"
    months = {f"{periode.year}-{periode.start.month + index:02d}" for index in range(6)}
    open_ones = [
        entry
        for entry in calendar.entries
        if entry.state not in (NOT_DUE, ON_TIME)
        and (
            (entry.kind == DELIVERY and entry.key.split()[0] in (periode.label, str(periode.year)))
            or (entry.kind == MONTH and entry.key.split()[0] in months)
        )
    ]
    lines = (f"Kiriman {periode.label} per {tanggal(calendar.day)}: {told}.",)
    shown = _entries("tabel-kiriman-rakor", "Terlambat, lewat tenggat atau ditahan", open_ones)
    return Point("Kiriman produsen: kemajuan dan kendala (§3.2.2.d.2)", lines, shown)


def _blockers(home: Home, contracts: Mapping[str, Contract], periode: Periode, found: Revisions, judged: Judged | None) -> Point:
    """§3.2.2.d.2: what keeps the padanan from being accepted; by producer and rule, never by kota: no small cell may show."""
    title = "Penghalang mutu data (§3.2.2.d.2)"
    if not found or judged is None:
        return Point(title, ("Belum dinilai: belum ada padanan yang terbit.",))
    revisi = found[-1][0]
    log = read_log(home, periode)
    waiting = judged.open(log, revisi)
    minors = judged.open_minors(log, revisi)
    small = (f"{number(len(minors))} catatan kecil terbuka; dikecualikan sekali per produsen.",) if minors else ()
    if not waiting:
        waived = len(waivers(log, revisi))
        told = f"; {number(waived)} dikecualikan" if waived else ""
        return Point(title, (f"Tidak ada penghalang terbuka pada revisi {revisi}{told}.", *small))
    groups: dict[tuple[str, str], int] = Counter((item.producer, item.rule.id) for item in waiting)
    rules = {item.rule.id: item.rule for item in waiting}
    rows = [
        row(
            text(contracts[producer].name if producer in contracts else producer),
            text(rules[rule_id].name),
            count(places),
            text(rules[rule_id].tindak_lanjut),
            text(rules[rule_id].owners),
        )
        for (producer, rule_id), places in sorted(groups.items(), key=lambda item: (-item[1], item[0]))
    ]
    rest = f" Ditampilkan {MOST} kelompok terbesar dari {number(len(rows))}." if len(rows) > MOST else ""
    lines = (
        f"{number(len(waiting))} penghalang terbuka pada revisi {revisi}; padanan baru dapat diterima bila hilang atau "
        f"dikecualikan tertulis.{rest}",
        *small,
    )
    columns = heads("Produsen", "Aturan", "Kota#", "Tindak lanjut", "Penanggung jawab")
    shown = table("tabel-penghalang-rakor", "Penghalang terbuka menurut produsen dan aturan", columns, rows[:MOST])
    return Point(title, lines, shown)


def _decisions(home: Home, contracts: Mapping[str, Contract], periode: Periode, calendar: YearCalendar, day: date) -> Point:
    """What only people can decide: held deliveries, the review's next step, alarms."""
    lines = [f"{signal.level.capitalize()} {signal.subject}: {signal.text}. Usul: {signal.cure}." for signal in calendar.signals]
    held = status(home, contracts, periode, today=day, as_of=True)["ditahan"]
    if held:
        names = sorted({contracts[item["contract_id"]].name for item in held})
        lines.append(f"{number(len(held))} kiriman ditahan menunggu keputusan pelepasan: {', '.join(names)}.")
    found = published_revisions(home, periode)
    if found:
        stand = standing(read_log(home, periode), found[-1][0])
        if stand.key != DECREED:
            lines.append(f"Revisi {found[-1][0]} {periode.label} menunggu langkah berikutnya: sekarang {stand.words.name}.")
    return Point("Keputusan yang menunggu", tuple(lines) or ("Tidak ada keputusan yang menunggu.",))


def _coming(calendar: YearCalendar, day: date) -> Point:
    until = day + timedelta(days=AHEAD_DAYS)
    coming = [
        entry
        for entry in calendar.entries
        if entry.state == NOT_DUE
        and entry.due
        and entry.due <= until
        and entry.kind in (DECREE, MEETING, PLAN, DELIVERY, FOLLOW_UP)
    ]
    lines = (f"{number(len(coming))} kewajiban jatuh tempo sampai {tanggal(until)}.",)
    return Point("Tenggat berikutnya", lines, _entries("tabel-tenggat-rakor", "Jatuh tempo berikutnya", coming))


def _follow_up(home: Home, day: date) -> Point:
    """§3.2.2.d.2: what earlier meetings asked for."""
    title = "Tindak lanjut rakor sebelumnya (§3.2.2.d.2)"
    items = follow_ups(home, day)
    if not items:
        return Point(title, ("Belum ada tindak lanjut yang tercatat.",))
    rows = []
    for item in items:
        done = item.done if item.done and item.done <= day else None
        state = state_of(done, None, False, item.due, day)
        rows.append(
            row(
                text(item.number),
                text(item.text),
                text(item.owner),
                dated(item.due, short=True),
                Cell(f"selesai {tanggal(done)}" if done else state, None, "", SYMBOLS[state]),
            )
        )
    open_ones = sum(not (item.done and item.done <= day) for item in items)
    lines = (f"{number(open_ones)} dari {number(len(items))} tindak lanjut belum selesai.",)
    columns = heads("Nomor", "Uraian", "Penanggung jawab", "Tenggat", "Keadaan")
    return Point(title, lines, table("tabel-tindak-lanjut", "Tindak lanjut", columns, rows))


def _entries(name: str, caption: str, entries: list[Entry]) -> Table | None:
    if not entries:
        return None
    rows: list[Row] = [
        row(
            text(entry.subject),
            dated(entry.due, short=True),
            Cell(entry.state, None, "satu", SYMBOLS[entry.state]),
            text(lateness(entry)),
            text(entry.owner),
        )
        for entry in entries
    ]
    return table(name, caption, heads("Perihal", "Tenggat", "Keadaan", "Catatan", "Penanggung jawab"), rows)


def title_of(found: Agenda) -> str:
    """`Agenda rapat koordinasi TKPK, periode 2025-S2`."""
    return f"Agenda rapat koordinasi TKPK, periode {found.periode.label}"


def as_markdown(found: Agenda) -> str:
    """The agenda as printable Markdown."""
    when = f"Hari dan tanggal: {tanggal(found.meeting)}" if found.meeting else "Hari dan tanggal: belum direncanakan"
    asked = [f"- {name}: {TO_FILL_BEFORE}" for name in ASKED]
    lines = [f"# {title_of(found)}", "", when, "", *asked, "", f"Disusun dari keadaan {tanggal(found.day)}.", ""]
    for place, point in enumerate(found.points, 1):
        lines += [f"## {place}. {point.title}", "", *(f"- {line}" for line in point.lines), ""]
        if point.table is not None:
            cells = [[f"{cell.symbol} {cell.text}".strip() for cell in one.cells] for one in point.table.rows]
            lines += [*md_table([column.name for column in point.table.columns], cells), ""]
    return "\n".join(lines)


def as_page(found: Agenda) -> str:
    """The same as a page that opens from a file and prints on A4."""
    template = bare_environment().get_template("rakor.html.j2")
    return template.render(
        bingkai="dasar_mandiri.html.j2", a=found, judul_rakor=title_of(found), diminta=ASKED, isian=TO_FILL_BEFORE
    )
