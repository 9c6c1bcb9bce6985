"""Which period a command speaks of when nobody names one: the same answer for every command, with its reason.

Finding the newest published period belongs to the commands that read publications.
"""

from __future__ import annotations

import argparse
import json
import os
from dataclasses import dataclass
from datetime import date, datetime

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode

VARIABLE = "PADANAN_PERIODE"
HELP = f"bawaan: {VARIABLE}, lalu periode demo, lalu periode hari ini"


@dataclass(frozen=True)
class Chosen:
    """A period and, where it is not simply the one asked for or that of the day, why it was taken."""

    periode: Periode
    why: str | None = None

    @property
    def note(self) -> str | None:
        """One line for the reader; None when there is nothing to say."""
        return f"Periode {self.periode.label}: {self.why}. Periode lain: --periode." if self.why else None


def default_periode(home: Home, day: date | None = None) -> Chosen:
    """PADANAN_PERIODE, else the period of the demo that filled this home, else the half-year of `day`.

    Args:
        home: the data home; it need not exist.
        day: by default today in Jakarta.

    Raises:
        PadananError: PADANAN_PERIODE or the demo's marker does not name a period.
    """
    today = Periode.of(day or datetime.now(JAKARTA).date())
    given = os.environ.get(VARIABLE, "").strip()
    if given:
        periode, why = _parsed(given, VARIABLE), f"diambil dari {VARIABLE}"
    elif (label := _of_demo(home)) is not None:
        periode, why = _parsed(label, home.demo_marker.name), "data home ini berisi demo periode itu"
    else:
        return Chosen(today)
    return Chosen(periode, None if periode == today else f"{why}, bukan periode hari ini ({today.label})")


def chosen_periode(home: Home, args: argparse.Namespace, asked: date | None) -> Chosen:
    """The period of a command with `--periode` and a date: what was typed, else that of the date, else the default.

    Args:
        home: the data home.
        args: with `periode`, text or None.
        asked: the date that the person typed, or None.
    """
    if args.periode:
        return Chosen(Periode.parse(args.periode))
    return Chosen(Periode.of(asked)) if asked else default_periode(home)


def year_of(home: Home, year: int | None, asked: date | None = None) -> tuple[int, str | None]:
    """The year of a command that speaks of a whole year, and one line for the reader or None.

    Args:
        home: the data home.
        year: the year that the person typed, or None.
        asked: the date that the person typed, or None.
    """
    if year is not None:
        return year, None
    if asked is not None:
        return asked.year, None
    chosen = default_periode(home)
    return chosen.periode.year, f"Tahun {chosen.periode.year}: {chosen.why}." if chosen.why else None


def _parsed(text: str, where: str) -> Periode:
    try:
        return Periode.parse(text)
    except PadananError as error:
        raise PadananError(error.cause, file=where, cure=error.cure) from None


def _of_demo(home: Home) -> str | None:
    try:
        marker = json.loads(home.demo_marker.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        raise PadananError(
            "penanda demo tidak terbaca", file=home.demo_marker, cure=f"sebut --periode atau atur {VARIABLE}"
        ) from None
    found = marker.get("periode") if isinstance(marker, dict) else None
    return str(found) if found else None
