"""The cycle in figures: how many lines of the prelist are open, done, moot, late and in conflict, by who goes there and by place.

How a line opens and closes is `lines`', what these figures look like on a page belongs to whoever shows them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from padanan.base.home import Home
from padanan.base.tabular import scratch
from padanan.contracts.feedback import load_catalogue, load_feedback
from padanan.feedback.lines import LINES, REASONS, open_lines
from padanan.feedback.state import DISPUTES, STATE, Moment, open_state


@dataclass(frozen=True)
class Cycle:
    """Figures of one day, as known on it.

    Attributes:
        lines, people: open lines, and the people who have one. late: lines past their day.
        reasons: reasons by state. conflicts: people whose agencies differ. disputes: events that wait for a person.
        by_actor, by_place: open and late lines by who goes there, and by kelurahan.
        by_reason: the same by reason; a line counts under each of its own.
        events: how many events there are.
    """

    lines: int
    people: int
    late: int
    reasons: dict[str, int]
    conflicts: int
    disputes: int
    by_actor: dict[str, tuple[int, int]]
    by_place: dict[str, tuple[int, int]]
    by_reason: dict[str, tuple[int, int]]
    events: int

    def totals(self) -> dict[str, Any]:
        """Counts without a place, for whoever shows a few figures."""
        told = {f"alasan_{name}": count for name, count in self.reasons.items()}
        return {
            "peristiwa": self.events,
            "baris_terbuka": self.lines,
            "terlambat": self.late,
            "orang_berbeda_hasil": self.conflicts,
            "peristiwa_bersengketa": self.disputes,
            **told,
        }


def counted(home: Home, day: date) -> Cycle:
    """The figures of a day.

    Raises:
        PadananError: an event, the register or the publication was changed.
    """
    con = scratch(home)
    try:
        events = open_state(con, home, load_feedback(), Moment(day, day))
        open_lines(con, home, load_catalogue(), today=day, known_at=day)

        def number(query: str) -> int:
            return int(con.execute(query).fetchall()[0][0])

        def pairs(column: str, of: str = LINES) -> dict[str, tuple[int, int]]:
            found = con.execute(
                f"select coalesce({column}, 'tidak diketahui'), count(*), count(*) filter (terlambat) from {of} "
                "group by 1 order by 1"
            ).fetchall()
            return {str(name): (int(opened), int(late)) for name, opened, late in found}

        return Cycle(
            lines=number(f"select count(*) from {LINES}"),
            people=number(f"select count(distinct id_orang) from {LINES}"),
            late=number(f"select count(*) from {LINES} where terlambat"),
            reasons=dict(con.execute(f"select status, count(*) from {REASONS} group by 1 order by 1").fetchall()),
            conflicts=number(f"select count(*) from {STATE} where konflik"),
            disputes=number(f"select count(*) from {DISPUTES}"),
            by_actor=pairs("pelaku"),
            by_place=pairs("kode_kelurahan"),
            by_reason=pairs("alasan", f"(select unnest(string_split(kode_alasan, ',')) as alasan, terlambat from {LINES})"),
            events=events,
        )
    finally:
        con.close()
