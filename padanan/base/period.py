"""Half-year decree periods and month arithmetic: the one place that turns dates into `2025-S2`.

Deadlines of a producer belong to its contract and the year's plan; here is only the calendar they use.
"""

from __future__ import annotations

import calendar
import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from padanan.base.errors import PadananError

JAKARTA = ZoneInfo("Asia/Jakarta")
MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)


@dataclass(frozen=True, order=True)
class Periode:
    """A periode penetapan (§3.1.4.a: at least two decrees a year, so the period is the half-year)."""

    year: int
    half: int

    @classmethod
    def parse(cls, text: str) -> Periode:
        """Reads `2025-S2` or Dagster's key `2025-07-01`.

        Raises:
            PadananError: the text is neither.
        """
        match = re.fullmatch(r"(\d{4})-[Ss]([12])", text.strip())
        if match:
            return cls(int(match[1]), int(match[2]))
        match = re.fullmatch(r"(\d{4})-(01|07)-01", text.strip())
        if match:
            return cls(int(match[1]), 1 if match[2] == "01" else 2)
        raise PadananError(f"periode '{text[:20]}' tidak dikenal", cure="tulis periode seperti 2025-S2 atau 2025-07-01")

    @property
    def key(self) -> str:
        """Dagster's partition key, the half-year's first day."""
        return f"{self.year}-{1 if self.half == 1 else 7:02d}-01"

    @property
    def label(self) -> str:
        """What commands and file names say: `2025-S2`."""
        return f"{self.year}-S{self.half}"

    @property
    def title(self) -> str:
        """What a paper says: `Semester II Tahun 2025`."""
        return f"Semester {'I' * self.half} Tahun {self.year}"

    @property
    def start(self) -> date:
        """The first day of the half-year."""
        return date(self.year, 1 if self.half == 1 else 7, 1)

    @property
    def end(self) -> date:
        """The last day of the half-year."""
        return date(self.year, 6, 30) if self.half == 1 else date(self.year, 12, 31)

    def previous(self) -> Periode:
        """The half-year before this one."""
        return Periode(self.year, 1) if self.half == 2 else Periode(self.year - 1, 2)

    def following(self) -> Periode:
        """The half-year after this one."""
        return Periode(self.year, 2) if self.half == 1 else Periode(self.year + 1, 1)

    @classmethod
    def of(cls, day: date) -> Periode:
        """The half-year in which a day lies."""
        return cls(day.year, 1 if day.month <= 6 else 2)

    def __str__(self) -> str:
        return self.label


@dataclass(frozen=True, order=True)
class Quarter:
    """A triwulan, the time that LP3KE reports about (§3.6.2.k: every three months)."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Quarter:
        """Reads `2025-TW4`, or the key `2025-10-01`.

        Raises:
            PadananError: the text is neither.
        """
        match = re.fullmatch(r"(\d{4})-(?:[Tt][Ww]|[Qq])([1-4])", text.strip())
        if match:
            return cls(int(match[1]), int(match[2]))
        match = re.fullmatch(r"(\d{4})-(01|04|07|10)-01", text.strip())
        if match:
            return cls(int(match[1]), (int(match[2]) + 2) // 3)
        raise PadananError(f"triwulan '{text[:20]}' tidak dikenal", cure="tulis triwulan seperti 2025-TW4")

    @classmethod
    def of(cls, day: date) -> Quarter:
        """The quarter in which a day lies."""
        return cls(day.year, (day.month + 2) // 3)

    @property
    def start(self) -> date:
        """The first day."""
        return date(self.year, 3 * self.number - 2, 1)

    @property
    def end(self) -> date:
        """The last day."""
        return date(self.year, 3 * self.number, monthrange(self.year, 3 * self.number)[1])

    @property
    def key(self) -> str:
        """What folders are called: the first day."""
        return self.start.isoformat()

    @property
    def label(self) -> str:
        """What commands say: `2025-TW4`."""
        return f"{self.year}-TW{self.number}"

    @property
    def title(self) -> str:
        """What a paper says: `Triwulan IV Tahun 2025`."""
        return f"Triwulan {('I', 'II', 'III', 'IV')[self.number - 1]} Tahun {self.year}"

    @property
    def months(self) -> tuple[str, ...]:
        """The names of its months."""
        return MONTHS[3 * self.number - 3 : 3 * self.number]

    def following(self) -> Quarter:
        """The quarter after this one."""
        return Quarter(self.year, self.number + 1) if self.number < 4 else Quarter(self.year + 1, 1)

    def previous(self) -> Quarter:
        """The quarter before this one."""
        return Quarter(self.year, self.number - 1) if self.number > 1 else Quarter(self.year - 1, 4)

    def __str__(self) -> str:
        return self.label


def last_day_after(end: date, months: int) -> date:
    """The last day of the month that lies so many months after the month of `end`."""
    first = months_before(end.replace(day=1), -months)
    return first.replace(day=monthrange(first.year, first.month)[1])


def months_before(day: date, months: int) -> date:
    """The date `months` months earlier, never past the shorter month's end (31 Aug - 2 = 30 Jun, F08)."""
    index = day.year * 12 + day.month - 1 - months
    year, month = divmod(index, 12)
    month += 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))


def periode_start(periode_data: str) -> date:
    """The first day of a `periode_data`.

    Raises:
        ValueError: it has none of the known forms.
    """
    text = periode_data.strip().upper()
    if match := re.fullmatch(r"(\d{4})(?:-S([12]))?", text):
        return date(int(match[1]), 7 if match[2] == "2" else 1, 1)
    if match := re.fullmatch(r"(\d{4})-(?:TW|Q)([1-4])", text):
        return date(int(match[1]), 3 * int(match[2]) - 2, 1)
    if match := re.fullmatch(r"(\d{4})-(\d{2})(?:-(\d{2}))?", text):
        return date(int(match[1]), int(match[2]), int(match[3] or 1))
    raise ValueError("periode_data")


def periode_end(periode_data: str) -> date:
    """The last day that a `periode_data` speaks of.

    Raises:
        ValueError: it has none of the known forms.
    """
    text, start = periode_data.strip().upper(), periode_start(periode_data)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        return start
    months = 12 if re.fullmatch(r"\d{4}", text) else 6 if "-S" in text else 3 if re.search(r"-(?:TW|Q)", text) else 1
    month = start.month + months - 1
    return date(start.year, month, monthrange(start.year, month)[1])


def periode_of(periode_data: str) -> Periode:
    """The half-year that a `periode_data` begins in."""
    return Periode.of(periode_start(periode_data))
