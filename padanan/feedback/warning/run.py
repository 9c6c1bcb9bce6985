"""One computation of the early warning: all series up to a day, judged and recorded.

Series are the neighbours' business, so are judging and the register; who is told is the caller's.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from padanan.base.home import Home
from padanan.contracts.early_warning import EarlyWarning, load_early_warning
from padanan.feedback.outreach import Publications
from padanan.feedback.warning import register
from padanan.feedback.warning.field_series import field_series
from padanan.feedback.warning.points import SeriesSet
from padanan.feedback.warning.published_series import published_series


@dataclass(frozen=True)
class Computed:
    """What a computation found: the series, the alerts that began now, all that stand."""

    day: date
    rules: EarlyWarning
    series: SeriesSet
    begun: tuple[register.Alert, ...]
    standing: tuple[register.Alert, ...]


def all_series(
    home: Home, day: date, rules: EarlyWarning, *, today: date, progress: Callable[[str], None] = lambda _: None
) -> SeriesSet:
    """Every series up to a day.

    A publication under review has its cut-off ahead: whoever asks for today sees it, since before its decree is when to look.

    Raises:
        PadananError: an event, a register or a publication was changed.
    """
    publications = Publications(home, rules.outreach.cause)
    progress("[1/2] menghitung deret terbitan")
    found = published_series(publications, date.max if day >= today else day, rules.publications)
    progress("[2/2] menghitung deret umpan balik")
    found.join(field_series(home, day, rules, publications))
    return found


def compute(
    home: Home, day: date, *, now: datetime, rules: EarlyWarning | None = None, progress: Callable[[str], None] = lambda _: None
) -> Computed:
    """Counts, judges and records; the same data on the same day add nothing to the register.

    Raises:
        PadananError: thresholds changed without a new version; or an event, a register or a publication was changed.
    """
    wanted = rules or load_early_warning()
    register.refuse_unversioned(wanted, register.log_of(home).settled().records)
    series = all_series(home, day, wanted, today=now.date(), progress=progress)
    begun = register.recorded(home, wanted, series, now)
    return Computed(day, wanted, series, tuple(begun), tuple(one for one in register.alerts(home) if one.standing))
