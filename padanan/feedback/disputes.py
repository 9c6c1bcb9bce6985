"""Cases that wait for a person: everything of one person that is in dispute or over which agencies differ, as a whole.

What was proposed and decided is kept by `decided`; how a state follows from it is `state`'s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import duckdb

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.tabular import scratch
from padanan.contracts.feedback import load_feedback
from padanan.feedback import decided
from padanan.feedback.state import CONCLUSIVE, DISPUTES, HOLDING, SAME_DAY, STATE, differing, fold, open_state

DIFFER = "instansi_berbeda"
"""Why a visit is in a case when agencies differ."""


@dataclass(frozen=True)
class Event:
    """An event of a case: its identifier, its days, who tells it, what, and why it waits; no name and no number of anybody."""

    id: str
    happened: date
    recorded: date
    contract: str
    agency: str
    result: str
    why: str
    person: str


@dataclass(frozen=True)
class Case:
    """What waits of one person (of what speaks of nobody: of one number); all its events are decided together."""

    id: str
    events: tuple[Event, ...]

    @property
    def named(self) -> list[str]:
        """The events' identifiers."""
        return [one.id for one in self.events]

    @property
    def differs(self) -> bool:
        """Whether agencies differ."""
        return any(DIFFER in one.why for one in self.events)


def cases(con: duckdb.DuckDBPyConnection) -> list[Case]:
    """Every case, in the order of identifiers; `open_state` must have made its tables.

    A number that two people share is of both their cases. Where agencies differ, every visit that says where the person is
    belongs to the case, also one that a later one of its agency outdid: it would come back when the later one falls.
    """
    conclusive = ", ".join(f"'{one}'" for one in CONCLUSIVE)
    found = con.execute(
        f"""with sendiri as (
          select coalesce(d.id_orang, s.kunci) as kasus, s.kunci, s.id_peristiwa, d.sebab
          from {DISPUTES} d join satu s on s.id_peristiwa = d.id_peristiwa),
        kembar as (
          select distinct a.kasus, b.id_peristiwa, b.sebab from sendiri a join sendiri b on b.kunci = a.kunci),
        -- What was decided to hold and now has a rival can be decided anew with it.
        diputus as (select s.* from satu s join putusan p on p.id_peristiwa = s.id_peristiwa where p.berlaku),
        lama as (
          select a.kasus, s.id_peristiwa, a.sebab from sendiri a join diputus s on s.kunci = a.kunci
          union all select a.kasus, s.id_peristiwa, a.sebab from sendiri a join diputus s on s.id_orang = a.kasus
          where s.kontrak = 'lampid' and contains(a.sebab, 'mati')
          union all select a.kasus, s.id_peristiwa, a.sebab from sendiri a join satu e using (id_peristiwa) join diputus s
            on (s.kontrak, s.id_orang, s.terjadi, coalesce(s.program, '')) =
              (e.kontrak, e.id_orang, e.terjadi, coalesce(e.program, '')) where contains(a.sebab, '{SAME_DAY}')),
        berbeda as (
          select h.id_orang as kasus, h.id_peristiwa, '{DIFFER}' as sebab from {HOLDING} h
          join {STATE} k on k.id_orang = h.id_orang where k.konflik and h.kontrak = 'verivali' and h.hasil in ({conclusive})),
        semua as (select kasus, id_peristiwa, string_agg(distinct sebab, ',' order by sebab) as sebab from (
          select kasus, id_peristiwa, sebab from sendiri union all from kembar union all from lama union all from berbeda)
          group by all)
        select a.kasus, s.id_peristiwa, s.terjadi, s.dicatat, s.kontrak, s.instansi, s.hasil, a.sebab, coalesce(s.id_orang, '')
        from semua a join satu s on s.id_peristiwa = a.id_peristiwa order by 1, s.terjadi, 2"""
    ).fetchall()
    by_case: dict[str, list[Event]] = {}
    for case, *cells in found:
        by_case.setdefault(case, []).append(Event(*cells))
    return [Case(case, tuple(events)) for case, events in by_case.items()]


@contextmanager
def opened(home: Home) -> Any:
    """A connection with the state of all that was recorded.

    Raises:
        PadananError: the store or the register was changed.
    """
    con = scratch(home)
    try:
        open_state(con, home, load_feedback())
        yield con
    finally:
        con.close()


def propose(
    home: Home, case_id: str, holds: Sequence[str], holds_not: Sequence[str], *, by: str, reason: str, now: datetime
) -> Mapping[str, Any]:
    """Proposes what holds of a case.

    Raises:
        PadananError: no such case, an event of it is not named or a strange one is, or the case would stay open; see
            `decided.propose`.
    """
    # Identifiers are hexadecimal: who types them in capitals means the same.
    case_id, holds, holds_not = case_id.strip().lower(), _typed(holds), _typed(holds_not)
    with opened(home) as con:
        case = _case(con, case_id)
        if set(case.named) != {*holds, *holds_not}:
            lacking, strange = set(case.named) - {*holds, *holds_not}, {*holds, *holds_not} - set(case.named)
            told = ", ".join(sorted(one[:12] for one in lacking or strange))
            raise PadananError(
                f"{'peristiwa belum disebut' if lacking else 'peristiwa bukan dari kasus ini'}: {told}",
                place="--berlaku dan --tidak-berlaku",
                cure="sebut setiap peristiwa kasus ini sekali; daftarnya pada 'padanan umpan-balik sengketa'",
            )
        _settles(con, case, holds, holds_not)
    return decided.propose(home, case_id, holds, holds_not, by=by, reason=reason, now=now)


def decide(home: Home, number: int, *, by: str, reason: str, now: datetime, accept: bool = True) -> Mapping[str, Any]:
    """Decides a proposal; accepted, the case is settled afterwards.

    Raises:
        PadananError: see `decided.decide`; or the case would stay open.
    """
    with opened(home) as con:
        proposal = next((one for one in decided.proposals(decided.log_of(home).read().records) if one.number == number), None)
        if proposal is None:
            raise decided.unknown(number)
        record = proposal.record
        standing = next((one for one in cases(con) if one.id == record["id_orang"]), Case(str(record["id_orang"]), ()))
        if accept and proposal.decision is None and decided.evidence(standing.named) == record["bukti"]:
            _settles(con, standing, record[decided.HOLDS], record[decided.HOLDS_NOT])
    return decided.decide(home, number, standing.named, by=by, reason=reason, now=now, accept=accept)


def _typed(names: Sequence[str]) -> list[str]:
    return [one.strip().lower() for one in names]


def _case(con: duckdb.DuckDBPyConnection, case_id: str) -> Case:
    for one in cases(con):
        if one.id == case_id:
            return one
    raise PadananError(
        "tidak ada sengketa dengan pengenal itu", place="ID", cure="salin pengenalnya dari 'padanan umpan-balik sengketa'"
    )


def _settles(con: duckdb.DuckDBPyConnection, case: Case, holds: Sequence[str], holds_not: Sequence[str]) -> None:
    """Folds as if it were decided, and looks whether anything of the case still waits; the connection is of no more use then."""
    told = [[name, True] for name in holds] + [[name, False] for name in holds_not]
    con.executemany("delete from putusan where id_peristiwa = ?", [[name] for name, _ in told])
    con.executemany("insert into putusan values (?, ?)", told)
    fold(con)
    con.execute(
        "create or replace temp table teguh as select s.* from satu s join putusan p on p.id_peristiwa = s.id_peristiwa "
        "where p.berlaku"
    )
    dead = "select id_orang, min(terjadi) as pada from teguh where kontrak = 'lampid' and hasil = 'mati' group by 1"
    for query, cause in (
        ("select kunci from teguh group by 1 having count(distinct isi) > 1", "satu nomor berlaku dengan dua isi"),
        (
            "select id_orang from teguh where kontrak = 'lampid' and hasil = 'mati' "
            "group by 1 having count(distinct terjadi) > 1",
            "kematian satu orang berlaku pada dua hari",
        ),
        (
            f"select 1 from teguh t join ({dead}) m on m.id_orang = t.id_orang "
            "where t.kontrak = 'lampid' and t.hasil <> 'mati' and t.terjadi > m.pada",
            "kematian dan catatan sesudahnya sama-sama berlaku",
        ),
        (differing("teguh"), "dua keterangan satu hari yang berbeda sama-sama berlaku"),
    ):
        if con.execute(query).fetchall():
            raise PadananError(f"dengan usul ini {cause}", place="--berlaku", cure="pilih satu yang berlaku")
    people = {one.person for one in case.events} | {case.id}
    if any(one.differs for one in cases(con) if one.id in people):
        raise PadananError(
            "dengan usul ini hasil instansi tetap berbeda; sengketanya tidak selesai",
            place="--berlaku",
            cure="pilih kunjungan yang berlaku dengan satu hasil saja; kunjungan lainnya --tidak-berlaku",
        )
