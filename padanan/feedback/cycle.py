"""The cycle in figures: how many lines of the prelist are open, done, moot, late and in conflict, by who goes there and by place.

How a line opens and closes is `lines`', which of these figures a page covers `cycle_cells`', what it looks like `cycle_page`'s.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Any

import duckdb

from padanan.base.home import Home
from padanan.base.tabular import scratch
from padanan.contracts.feedback import load_catalogue, load_feedback
from padanan.feedback.lines import DONE, LINES, MOOT, REASONS, STANDING, open_lines
from padanan.feedback.links import standing as newcomers
from padanan.feedback.state import DISPUTES, STATE, Moment, open_state

EVERY = "baris_prelist"
"""The table of one row a person who ever had a reason, its line open or closed."""
_STANDING = ", ".join(f"'{one}'" for one in STANDING)


@dataclass(frozen=True)
class Cycle:
    """Figures of one day, as known on it.

    Attributes:
        lines, people: open lines, and the people who have one. late: lines past their day. done, moot: people whose line is
            closed, by a result or because a verified death left nothing to ask.
        reasons: reasons by state. conflicts: people whose agencies differ. disputes: events that wait for a person.
        newcomers: newcomers with a candidate that a person decides.
        by_actor, by_place, by_priority: open and late lines by who goes there, by kelurahan and by priority.
        by_reason: the same by reason; a line counts under each of its own.
        events: how many events there are.
    """

    lines: int
    people: int
    late: int
    done: int
    moot: int
    reasons: dict[str, int]
    conflicts: int
    disputes: int
    newcomers: int
    by_actor: dict[str, tuple[int, int]]
    by_place: dict[str, tuple[int, int]]
    by_priority: dict[str, tuple[int, int]]
    by_reason: dict[str, tuple[int, int]]
    events: int

    def totals(self) -> dict[str, Any]:
        """Counts without a place, for whoever shows a few figures."""
        told = {f"alasan_{name}": count for name, count in self.reasons.items()}
        return {
            "peristiwa": self.events,
            "baris_terbuka": self.lines,
            "terlambat": self.late,
            "baris_selesai": self.done,
            "baris_gugur": self.moot,
            "orang_berbeda_hasil": self.conflicts,
            "peristiwa_bersengketa": self.disputes,
            "warga_baru_menunggu": self.newcomers,
            **told,
        }


@dataclass(frozen=True)
class Standing:
    """The tables of one day in a connection: the state, `alasan_garis`, `garis`, `baris_prelist`; folded once for all who ask."""

    con: duckdb.DuckDBPyConnection
    home: Home
    day: date
    events: int

    def number(self, query: str) -> int:
        """One whole number."""
        return int(self.con.execute(query).fetchall()[0][0])

    def counted(self) -> Cycle:
        """The figures of the day."""
        return Cycle(
            lines=self.number(f"select count(*) from {LINES}"),
            people=self.number(f"select count(distinct id_orang) from {LINES}"),
            late=self.number(f"select count(*) from {LINES} where terlambat"),
            done=self.number(f"select count(*) from {EVERY} where status = '{DONE}'"),
            moot=self.number(f"select count(*) from {EVERY} where status = '{MOOT}'"),
            reasons=dict(self.con.execute(f"select status, count(*) from {REASONS} group by 1 order by 1").fetchall()),
            conflicts=self.number(f"select count(*) from {STATE} where konflik"),
            disputes=self.number(f"select count(*) from {DISPUTES}"),
            newcomers=len({one.sementara for one in newcomers(self.home, self.day).queue}),
            by_actor=self._pairs("pelaku"),
            by_place=self._pairs("kode_kelurahan"),
            by_priority=self._pairs("prioritas::varchar"),
            by_reason=self._pairs("alasan", f"(select unnest(string_split(kode_alasan, ',')) as alasan, terlambat from {LINES})"),
            events=self.events,
        )

    def _pairs(self, column: str, of: str = LINES) -> dict[str, tuple[int, int]]:
        found = self.con.execute(
            f"select coalesce({column}, 'tidak diketahui'), count(*), count(*) filter (terlambat) from {of} group by 1 order by 1"
        ).fetchall()
        return {str(name): (int(opened), int(late)) for name, opened, late in found}


def stand(con: duckdb.DuckDBPyConnection, home: Home, day: date, events: int) -> Standing:
    """Adds `baris_prelist` to a connection that has the lines of a day."""
    con.execute(
        f"""create or replace table {EVERY} as
        select id_orang, dibuka, prioritas, pelaku, kode_kelurahan, status, terlambat from {LINES}
        union all
        select id_orang, min(dibuka), min(prioritas), arg_min(pelaku, (prioritas, kode)), max(kode_kelurahan),
          case when bool_or(status = '{DONE}') then '{DONE}' else '{MOOT}' end, false
        from {REASONS} group by id_orang having not bool_or(status in ({_STANDING}))"""
    )
    return Standing(con, home, day, events)


@contextmanager
def standing_on(home: Home, day: date) -> Iterator[Standing]:
    """The tables of a day, as known on it.

    Raises:
        PadananError: an event, the register or the publication was changed.
    """
    con = scratch(home)
    try:
        events = open_state(con, home, load_feedback(), Moment(day, day))
        open_lines(con, home, load_catalogue(), today=day, known_at=day)
        yield stand(con, home, day, events)
    finally:
        con.close()


def counted(home: Home, day: date) -> Cycle:
    """The figures of a day.

    Raises:
        PadananError: an event, the register or the publication was changed.
    """
    with standing_on(home, day) as found:
        return found.counted()
