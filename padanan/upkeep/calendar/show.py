"""The calendar as a table for a terminal and as an .ics file of due dates for an office calendar.

What is due and how it stands is computed in `year`; the page for a browser is made in `page`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date, timedelta
from pathlib import Path

from padanan.base.commit import write_once
from padanan.base.errors import PadananError, no_space_guard
from padanan.base.format import day as tanggal
from padanan.base.format import short_day
from padanan.upkeep.calendar.year import Entry, YearCalendar

OPEN = ("lewat tenggat", "belum jatuh tempo", "ditahan", "karantina", "ditolak")
SYMBOLS = {
    "tepat waktu": "●",
    "terlambat": "▲",
    "datang setelah batas": "▲",
    "lewat tenggat": "■",
    "belum jatuh tempo": "○",
    "ditahan": "◆",
    "karantina": "◆",
    "ditolak": "◆",
}
REMIND_DAYS = 14
LINE = 75


def lateness(entry: Entry) -> str:
    """How many days behind, or when it was done; empty when it is not due yet."""
    if entry.done is not None:
        when = f"selesai {short_day(entry.done)}"
        return f"{when}, {entry.days_late} hari terlambat" if entry.days_late else when
    return f"{entry.days_late} hari lewat" if entry.days_late else ""


def table(calendar: YearCalendar, *, only_open: bool = False) -> str:
    """The calendar for a terminal, by due date."""
    entries = [entry for entry in calendar.entries if not only_open or entry.state in OPEN]
    head = ("tenggat", "jenis", "perihal", "keadaan", "catatan")
    rows = [
        (
            entry.due.isoformat() if entry.due else "-",
            entry.kind,
            entry.subject if len(entry.subject) <= 62 else entry.subject[:61] + "…",
            f"{SYMBOLS.get(entry.state, ' ')} {entry.state}",
            lateness(entry),
        )
        for entry in entries
    ]
    width = [max(len(row[index]) for row in (head, *rows)) for index in range(len(head))]
    out = [f"Kalender {calendar.year}, keadaan {tanggal(calendar.day)}", ""]
    for row in (head, tuple("-" * one for one in width), *rows):
        out.append("  ".join(cell.ljust(width[index]) for index, cell in enumerate(row)).rstrip())
    counts = calendar.counted()
    out += ["", "Jumlah: " + (", ".join(f"{count} {state}" for state, count in counts.items()) or "tidak ada kewajiban")]
    for signal in calendar.signals:
        out.append(f"{signal.level.upper()} {signal.subject}: {signal.text}. Perbaikan: {signal.cure}")
    return "\n".join(out)


def ics(calendar: YearCalendar, stamp: date) -> bytes:
    """The year's due dates as RFC 5545, one all-day event a day and kind, with a reminder two weeks before.

    How a duty stands is left out: an office calendar keeps what it once read, and the same plan gives the same bytes.

    Args:
        stamp: the day that the events are dated from (the plan's berita acara).
    """
    days: dict[tuple[date, str], list[Entry]] = {}
    for entry in calendar.entries:
        if entry.due is not None:
            days.setdefault((entry.due, entry.kind), []).append(entry)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Pemprov DKI Jakarta//Padanan//ID",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:Padanan {calendar.year}",
        "X-WR-TIMEZONE:Asia/Jakarta",
    ]
    for (due, kind), entries in sorted(days.items()):
        uid = hashlib.sha256(f"{calendar.year}|{due.isoformat()}|{kind}".encode()).hexdigest()
        first = entries[0].subject if len(entries) == 1 else f"{len(entries)} {kind}"
        owners = sorted({entry.owner for entry in entries})
        body = [f"{entry.subject} ({entry.owner}; {entry.basis})" for entry in sorted(entries, key=lambda one: one.subject)]
        lines += [
            "BEGIN:VEVENT",
            f"UID:{'-'.join(uid[i : i + 4] for i in range(0, 24, 4))}@padanan",
            f"DTSTAMP:{stamp:%Y%m%d}T000000Z",
            f"DTSTART;VALUE=DATE:{due:%Y%m%d}",
            f"DTEND;VALUE=DATE:{due + timedelta(days=1):%Y%m%d}",
            f"SUMMARY:{_text(f'Tenggat {kind}: {first}')}",
            f"DESCRIPTION:{_text(chr(10).join(body))}",
            f"CATEGORIES:{_text(kind)}",
            "TRANSP:TRANSPARENT",
            *([f"COMMENT:{_text('; '.join(owners))}"] if len(owners) < 4 else []),
            "BEGIN:VALARM",
            "ACTION:DISPLAY",
            f"DESCRIPTION:{_text(f'Tenggat {kind} {tanggal(due)}')}",
            f"TRIGGER:-P{REMIND_DAYS}D",
            "END:VALARM",
            "END:VEVENT",
        ]
    lines.append("END:VCALENDAR")
    return "".join(folded + "\r\n" for line in lines for folded in _folded(line)).encode()


def _text(value: str) -> str:
    return value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,").replace("\n", "\\n")


def _folded(line: str) -> Iterable[str]:
    """RFC 5545 §3.1: at most 75 octets a line, never inside a character."""
    part, size = "", 0
    for letter in line:
        octets = len(letter.encode())
        if size + octets > LINE:
            yield part
            part, size = " ", 1
        part, size = part + letter, size + octets
    yield part


def write_text(path: Path, text: str) -> None:
    """Writes a file that a person asked for, whole or not at all.

    Raises:
        PadananError: the folder can't be written.
    """
    try:
        with no_space_guard("berkas"):
            write_once(path, text)
    except OSError:
        raise PadananError("berkas tidak dapat ditulis", file=path, cure="periksa folder dan haknya") from None
