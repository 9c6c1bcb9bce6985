"""The calendar as a page: a strip of twelve months, then every duty in tables; in a report or as a file of its own.

What is due is computed in `year`. In a report "today" is the revision's cut-off day, so that its bytes do not change.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from markupsafe import Markup, escape

from padanan.base.format import day as tanggal
from padanan.base.format import number
from padanan.contracts.due import OVERDUE
from padanan.contracts.feedback import NEWCOMERS
from padanan.feedback.lp3ke.duties import KINDS as REPORTING
from padanan.pages.layout import bare_environment, page
from padanan.pages.page import Page
from padanan.pages.table import Cell, Row, Table, dated, heads, row, table, text
from padanan.published.report import Report
from padanan.upkeep.calendar.show import SYMBOLS, lateness
from padanan.upkeep.calendar.year import (
    DECREE,
    DELIVERY,
    DUTY,
    FOLLOW_UP,
    KINDS,
    MEETING,
    MONTH,
    PLAN,
    Entry,
    YearCalendar,
    build,
)

NAME, TEMPLATE = "kalender.html", "kalender.html.j2"
TONES = {"tepat waktu": "baik", "terlambat": "awas", "belum jatuh tempo": "redup"}
# Worst first: what a mark of several duties shows.
WORST = ("lewat tenggat", "ditolak", "karantina", "ditahan", "terlambat", "belum jatuh tempo", "tepat waktu")
LEGEND = ("tepat waktu", "terlambat", "lewat tenggat", "belum jatuh tempo", "ditahan")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "Mei", "Jun", "Jul", "Agu", "Sep", "Okt", "Nov", "Des")
# Table id -> caption, the kinds of duties in it, and what is asked.
TABLES = {
    "penetapan": (
        "Penetapan, rakor dan rencana data",
        (DECREE, MEETING, PLAN),
        "Dua penetapan (§3.1.4.a) dan dua rakor (§3.2.2.b) setahun.",
    ),
    "laporan": (
        "Pemantauan, evaluasi dan pelaporan",
        REPORTING,
        "LP3KE setiap triwulan, LP2KD setahun sekali (§3.6), laporan sebulan sesudah program berakhir (§3.1.4.c).",
    ),
    "kiriman": (
        "Kiriman untuk penetapan",
        (DELIVERY,),
        "Dinsos dan DPPAPP dua bulan sebelum penetapan (§3.1.4.b); lainnya menurut kontrak.",
    ),
    "bulanan": ("Kiriman bulanan", (MONTH,), "Satu kiriman setiap bulan, paling lambat akhir bulan itu atau tanggal kontrak."),
    "tahunan": (
        "Kewajiban tahunan bantuan sosial",
        (DUTY,),
        "Data penerima setiap program sedikitnya sekali setahun (§2.4.1.a).",
    ),
    "tindak-lanjut": ("Tindak lanjut rakor", (FOLLOW_UP,), "Yang diputuskan rapat koordinasi."),
}


def calendar_pages(report: Report) -> Mapping[str, Page]:
    """The page maker for a report: the period's year as it stood on the revision's cut-off day."""
    cutoff = date.fromisoformat(str(report.source.manifest["cutoff"])[:10])
    # Newcomers are read like a delivery, and owed by nobody.
    producers = {name: contract for name, contract in report.contracts.items() if name != NEWCOMERS}
    calendar = build(report.home, producers, report.source.periode.year, day=cutoff)
    return {NAME: page(report, TEMPLATE, tables(calendar), bingkai="dasar.html.j2", **_facts(calendar))}


def standalone(calendar: YearCalendar) -> str:
    """The same page without a report."""
    template = bare_environment().get_template(TEMPLATE)
    return template.render(t=tables(calendar), bingkai="dasar_mandiri.html.j2", **_facts(calendar))


def tables(calendar: YearCalendar) -> dict[str, Table]:
    """Every duty, in one table a kind; a kind without duties has none."""
    columns = heads("Perihal", "Tenggat", "Keadaan", "Catatan", "Penanggung jawab", "Dasar")
    found = {}
    for name, (caption, kinds, note) in TABLES.items():
        rows = [_row(entry) for entry in calendar.entries if entry.kind in kinds]
        if rows:
            found[name] = table(f"tabel-kalender-{name}", f"{caption}, {number(len(rows))} kewajiban", columns, rows, note=note)
    return found


def _row(entry: Entry) -> Row:
    return row(
        text(entry.subject),
        dated(entry.due, short=True),
        Cell(entry.state, None, f"satu {TONES.get(entry.state, 'buruk')}", SYMBOLS[entry.state]),
        text(lateness(entry)),
        text(entry.owner),
        text(entry.basis),
        kunci=entry.key,
    )


def _facts(calendar: YearCalendar) -> dict[str, Any]:
    counts = calendar.counted()
    return {
        "tahun": calendar.year,
        "per": calendar.day,
        "isyarat": calendar.signals,
        "lewat": counts.get(OVERDUE, 0),
        "jumlah": [(state, number(count), TONES.get(state, "buruk"), SYMBOLS[state]) for state, count in counts.items()],
        "pita": strip(calendar),
        "legenda": [(SYMBOLS[state], state, TONES.get(state, "buruk")) for state in LEGEND],
        "judul_tabel": {name: caption for name, (caption, _, _) in TABLES.items()},
    }


def strip(calendar: YearCalendar) -> Markup:
    """Twelve months side by side, one line a kind, one mark a due date; a line where the day stands."""
    kinds = [kind for kind in KINDS if any(entry.kind == kind and entry.due for entry in calendar.entries)]
    left, month, head, line = 128, 62, 30, 34
    width, height = left + 12 * month + 12, head + line * len(kinds) + 12
    title = f"Tenggat tahun {calendar.year} menurut bulan"
    counts = ", ".join(f"{count} {state}" for state, count in calendar.counted().items())
    out = [
        f'<svg class="pita-tahun" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-labelledby="pita-t pita-d" font-size="13"><title id="pita-t">{escape(title)}</title>'
        f'<desc id="pita-d">{escape(f"Keadaan {tanggal(calendar.day)}: {counts}. Rinciannya pada tabel di bawah.")}</desc>'
    ]
    for index, name in enumerate(MONTHS):
        x = left + index * month
        if index % 2 == 0:
            out.append(f'<rect x="{x}" y="0" width="{month}" height="{height}" fill="#f4f6f7"/>')
        out.append(f'<text x="{x + month / 2:.0f}" y="19" text-anchor="middle" fill="#1c2227">{name}</text>')
    for place, kind in enumerate(kinds):
        y = head + place * line + line / 2
        out.append(f'<line x1="{left}" x2="{width - 12}" y1="{y:.0f}" y2="{y:.0f}" stroke="#c9d0d6"/>')
        out.append(f'<text x="0" y="{y + 4:.0f}" fill="#1c2227">{escape(kind[:1].upper() + kind[1:])}</text>')
        days: dict[date, list[Entry]] = {}
        for entry in calendar.entries:
            if entry.kind == kind and entry.due is not None:
                days.setdefault(min(max(entry.due, date(calendar.year, 1, 1)), date(calendar.year, 12, 31)), []).append(entry)
        out += [_mark(_place(day, left, month), y, entries) for day, entries in sorted(days.items())]
    if calendar.day.year == calendar.year:
        now = f"{_place(calendar.day, left, month):.1f}"
        out.append(
            f'<line x1="{now}" x2="{now}" y1="24" y2="{height}" stroke="#a01f24" stroke-width="1.5" stroke-dasharray="4 3"/>'
        )
    out.append("</svg>")
    return Markup("".join(out))  # nosec B704  # parts are numbers, constants and escaped texts


def _place(day: date, left: int, month: int) -> float:
    return left + (day.month - 1) * month + (day.day - 0.5) / 31 * month


def _mark(x: float, y: float, entries: Sequence[Entry]) -> str:
    state = min((entry.state for entry in entries), key=WORST.index)
    shape = {
        "tepat waktu": f'<circle cx="{x:.1f}" cy="{y:.0f}" r="6" fill="currentColor"/>',
        "terlambat": f'<path d="M{x:.1f} {y - 7:.0f}l7 12h-14z" fill="currentColor"/>',
        "lewat tenggat": f'<rect x="{x - 6:.1f}" y="{y - 6:.0f}" width="12" height="12" fill="currentColor"/>',
        "belum jatuh tempo": f'<circle cx="{x:.1f}" cy="{y:.0f}" r="5.5" fill="#fff" stroke="currentColor" stroke-width="2"/>',
    }.get(state, f'<path d="M{x:.1f} {y - 8:.0f}l8 8l-8 8l-8 -8z" fill="currentColor"/>')
    label = f'<text x="{x:.1f}" y="{y - 9:.0f}" text-anchor="middle" font-size="11" fill="currentColor">{len(entries)}</text>'
    return f'<g class="{TONES.get(state, "buruk")}">{shape}{label if len(entries) > 1 else ""}</g>'
