"""One month of a made-up year: its files are made from the truth, delivered as any other, taken in, and held against it.

What the files say is `year_files`; what is printed of a month is `year_words`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

import duckdb

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.base.sql import literal
from padanan.contracts.contract import Contract
from padanan.contracts.feedback import load_catalogue, load_deliverable, load_feedback
from padanan.feedback.intake import Taken, take_all
from padanan.feedback.lines import LINES, REASONS, open_lines
from padanan.feedback.newcomers import Compared, compare
from padanan.feedback.ranking import hand_over_newcomers
from padanan.feedback.state import DISPUTES, STATE, Moment, open_state
from padanan.landing.land import deliver
from padanan.records.returned import FAULTS as FAULT_FILE
from padanan.records.returned import folder_of
from padanan.synthetic.year import SENT, Month, handed, learn_newcomers
from padanan.synthetic.year_files import KINDS, Habits, make_file

USUAL = Habits()
_SIGNED = "case status when 'TERSALUR' then nominal when 'KEMBALI' then -nominal else 0 end"


@dataclass(frozen=True)
class Told:
    """A month in figures.

    Attributes:
        rows: rows sent, by contract. refused: of them sent back. unmeant: how many were sent back without a fault that was put
            in, or taken in with one, by contract and rule: none where generator and intake agree.
        disputes, conflicts: events, and people, that wait for a decision at the month's end.
        compared: newcomers looked up by the linkage that month, linked: those of them who are certainly somebody known.
        handed: newcomers who went to the ranking body that month.
        lines, late: open lines of the prelist and those past their day; reasons: reasons by state; most_lines: the most open
            lines that one person has.
    """

    month: str
    rows: Mapping[str, int]
    refused: int
    unmeant: Mapping[str, int]
    disputes: int
    conflicts: int
    lines: int
    late: int
    reasons: Mapping[str, int]
    most_lines: int
    compared: int
    linked: int
    handed: int


def live_month(con: duckdb.DuckDBPyConnection, home: Home, month: Month, number: int, habits: Habits = USUAL) -> Told:
    """Makes a month's files, delivers them with their day, takes them in and tells what stands then.

    Args:
        con: of `year.open_year`, with the newest revision's owners. number: which month of the year, from 0.

    Raises:
        PadananError: a file was not accepted.
    """
    contracts, deliverable = load_feedback(), load_deliverable()
    _stand(con, home, month.first + timedelta(days=5))
    rows, meant = {}, {}
    for place, kind in enumerate(KINDS):
        made = make_file(con, contracts[kind], month, number, home.truth / "umpan_balik", habits)
        if made is None:
            continue
        path, rows[kind] = made
        came = datetime.combine(month.received, time(8, place), JAKARTA)
        receipt = deliver(home, deliverable, kind, path, periode_data=month.label, diterima=came, jumlah_baris=rows[kind])
        if receipt.status != "diterima":
            flags = ", ".join(str(flag["id"]) for flag in receipt.flags)
            raise PadananError(f"berkas {kind} {month.label} {receipt.status}: {flags}", cure="perbaiki pembuat berkasnya")
        meant[kind] = _remember(con, contracts[kind], month, receipt.sha16)
    taken = take_all(home)
    odd: Counter[str] = Counter()
    for one in taken:
        odd.update(_unmeant(home, one, meant[one.contract_id]))
    found = compare(home, now=datetime.combine(month.received, time(16), JAKARTA))
    # Who is ready for the next run is ranked before it: a family without a desil would wait for the decree after it.
    folder, facts = hand_over_newcomers(home, now=datetime.combine(month.received, time(17), JAKARTA))
    newcomers = int(facts["jumlah"]["orang"]) if folder is not None else 0
    if newcomers:
        handed(con, home)
    return _told(con, home, month, rows, sum(one.refused for one in taken), odd, found, newcomers)


def _stand(con: duckdb.DuckDBPyConnection, home: Home, day: date) -> None:
    """State and lines as people know them on a day, and whom a newcomer's identifier stands for."""
    open_state(con, home, load_feedback(), Moment(day, day))
    open_lines(con, home, load_catalogue(), today=day, known_at=day)
    learn_newcomers(con)


def _remember(con: duckdb.DuckDBPyConnection, contract: Contract, month: Month, sha16: str) -> dict[int, str]:
    """Notes the rows of `berkas` as sent; the rows with a fault, by their line."""
    names = contract.column_names
    money = "upper(status), program, masa, nominal" if contract.id == "realisasi" else "null, null, null, null"
    con.execute(
        f"insert into {SENT} select ?, ?, ?, urut, orang, {names[0]}, salah, {money} from berkas",
        [contract.id, month.label, sha16],
    )
    return {
        int(line): str(rule) for line, rule in con.execute("select urut, salah from berkas where salah is not null").fetchall()
    }


def _unmeant(home: Home, taken: Taken, meant: Mapping[int, str]) -> list[str]:
    """Contract and rule of each row that was sent back without a fault that was put in, or not sent back with one."""
    path = folder_of(home, taken.contract_id, taken.sha16) / FAULT_FILE
    found = duckdb.execute(
        f"select baris, list(aturan) from read_parquet({literal(path)}) where akibat = 'tolak' group by 1"
    ).fetchall()
    said = {int(line): set(rules) for line, rules in found}
    odd = [line for line in sorted(said.keys() | meant.keys()) if meant.get(line) not in said.get(line, ())]
    return [f"{taken.contract_id}: {meant.get(line) or min(said[line])}" for line in odd]


def _told(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    month: Month,
    rows: Mapping[str, int],
    refused: int,
    odd: Mapping[str, int],
    found: Compared,
    newcomers: int,
) -> Told:
    _stand(con, home, month.received)

    def number(query: str) -> int:
        return int(con.execute(query).fetchall()[0][0])

    return Told(
        month.label,
        rows,
        refused,
        odd,
        disputes=number(f"select count(*) from {DISPUTES}"),
        conflicts=number(f"select count(*) from {STATE} where konflik"),
        lines=number(f"select count(*) from {LINES}"),
        late=number(f"select count(*) from {LINES} where terlambat"),
        reasons=dict(con.execute(f"select status, count(*) from {REASONS} group by 1 order by 1").fetchall()),
        most_lines=number(f"select coalesce(max(n), 0) from (select count(*) as n from {LINES} group by id_orang)"),
        compared=found.newcomers,
        linked=found.linked,
        handed=newcomers,
    )


def money(con: duckdb.DuckDBPyConnection, home: Home) -> dict[str, int]:
    """Rupiah of the year: what the payers say, and where it stands in the system; aid that came back counts against.

    Returns:
        `dibayar`: of every payment that was sent, once. `tercatat`: the sum over the people's states. `bersengketa`: waits for a
        decision. `dikembalikan`: in rows that were sent back and did not come again yet.
    """
    open_state(con, home, load_feedback(), Moment())

    def number(query: str) -> int:
        return int(con.execute(query).fetchall()[0][0])

    sent = f"(select * from {SENT} where kontrak = 'realisasi')"
    signed = "case hasil when 'tersalur' then nilai when 'kembali' then -nilai else 0 end"
    return {
        "dibayar": number(
            f"select coalesce(sum({_SIGNED}), 0) from (select nomor, any_value(status) as status, any_value(nominal) as nominal "
            f"from {sent} group by 1)"
        ),
        "tercatat": number(f"select coalesce(sum(rupiah), 0) from {STATE}"),
        "bersengketa": number(
            f"select coalesce(sum({signed}), 0) from satu where kontrak = 'realisasi' and id_peristiwa in "
            f"(select id_peristiwa from {DISPUTES})"
        ),
        "dikembalikan": number(
            f"select coalesce(sum({_SIGNED}), 0) from {sent} where nomor not in (select nomor from {sent} where salah is null)"
        ),
        "penyaluran": number(f"select count(distinct nomor) from {sent} where status = 'TERSALUR'"),
        "gagal": number(f"select count(distinct nomor) from {sent} where status = 'GAGAL'"),
        "kembali": number(f"select count(distinct nomor) from {sent} where status = 'KEMBALI'"),
    }
