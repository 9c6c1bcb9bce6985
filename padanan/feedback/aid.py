"""Aid given (F28, F29): who may stand on a pay list and why others may not, and money that reconciles to the rupiah.

Which events hold is `state`'s; nothing here pays anybody or takes anybody's aid away.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from padanan.base import disk
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.base.sql import literal
from padanan.base.tabular import scratch
from padanan.contracts import cells
from padanan.contracts.contract import load_contracts
from padanan.contracts.feedback import REFUSED, load_feedback
from padanan.feedback.people import Known, newest
from padanan.feedback.state import DISPUTES, HOLDING, STATE, Moment, open_state
from padanan.feedback.urgent import open_added, open_decreed, require_decree
from padanan.published.proof import prove_opened
from padanan.records.ledger import manifests
from padanan.records.returned import FAULTS, folder_of, proved_events, taken
from padanan.records.seals import in_force

AID = "realisasi"
UNKNOWN = "tidak terbaca"
"""In the place of a program or month that is none."""
MAY = "siap dibayar"
WHY_NOT = {
    "meninggal": "meninggal menurut verivali",
    "konflik": "hasil instansi berbeda, menunggu putusan",
    "sengketa": "peristiwanya bersengketa, menunggu putusan",
    "belum_siap": "rekening atau persyaratan belum lengkap, atau belum dilaporkan",
}
"""Why a target person is on no pay list, the first that holds."""
DECREED, ADDED = "penetapan", "adendum"
"""By what somebody is a target row: the decree in force, or an addendum in force (F27)."""


@dataclass(frozen=True)
class PayList:
    """Who may be paid of a program, by what each is a target row (`DECREED`, `ADDED`); how many may not, by `WHY_NOT`.

    `basis` says whose people `DECREED` are; before there is any decree those whom the newest publication selected.
    """

    program: str
    people: tuple[str, ...]
    barred: dict[str, int]
    sources: tuple[str, ...] = ()
    basis: str = ""


def pay_list(home: Home, program: str, moment: Moment | None = None, *, today: date | None = None) -> PayList:
    """The people of the decree in force who receive a program and are ready for it; and who is on an addendum.

    What a later publication selects is a draft until it is decreed: it brings nobody onto a pay list and takes nobody off. Which
    programs people receive is told by the newest publication; of whom it does not know, by the decree.

    Somebody of an addendum is a row of the programs that they receive, that the visit named, or whose agency told of their
    readiness; who is selected too stands there once, by the decree.

    Args:
        today: the day on which addenda must be in force; by default that of `moment`, else this one.

    Raises:
        PadananError: no such program, nothing is published, or an event or the decree was changed.
    """
    programs = {one.id for one in load_contracts().values() if one.kind == "program"}
    if program not in programs:
        raise PadananError(f"program '{program[:40]}' tidak dikenal", cure=f"pakai salah satu: {', '.join(sorted(programs))}")
    known = newest(home)
    if known is None:
        raise PadananError("belum ada yang terbit", file="published", cure="jalankan job padanan_periode")
    prove_opened(home, known.periode, known.revisi)
    folder = home.published(known.periode, known.revisi)
    con = scratch(home)
    try:
        moment = moment or Moment()
        open_state(con, home, load_feedback(), moment)
        day = today or moment.as_of or datetime.now(JAKARTA).date()
        open_added(con, home, day, moment.known_at)
        basis = _open_target(con, home, known, folder, day)
        mine = f"list_contains(string_split({{}}, ','), {literal(program)})"
        con.execute(
            f"""create or replace table bayar as
            with sasaran as (
              select s.id_orang, '{DECREED}' as sumber from target s
              left join read_parquet({literal(folder / "padanan_orang.parquet")}) o using (id_orang)
              where {mine.format("case when o.id_orang is null then s.program else o.program end")}),
            tambahan as (
              select a.id_orang, '{ADDED}' as sumber from {ADDED} a
              left join read_parquet({literal(folder / "padanan_orang.parquet")}) o using (id_orang)
              where (coalesce({mine.format("o.program")}, false) or coalesce({mine.format("a.program")}, false)
                  or a.id_orang in (select id_orang from {HOLDING} where kontrak = 'kesiapan' and program = {literal(program)}))
                and a.id_orang not in (select id_orang from target))
            select s.id_orang, s.sumber, case when coalesce(k.meninggal_terverifikasi, false) then 'meninggal'
              when coalesce(k.konflik, false) then 'konflik'
              when s.id_orang in (select id_orang from {DISPUTES} where id_orang is not null) then 'sengketa'
              when not coalesce(list_contains(string_split(k.siap, ','), {literal(program)}), false) then 'belum_siap'
              end as sebab
            from (from sasaran union all from tambahan) s left join {STATE} k using (id_orang)"""
        )
        rows = con.execute("select id_orang, sumber from bayar where sebab is null order by 1").fetchall()
        barred = dict(con.execute("select sebab, count(*) from bayar where sebab is not null group by 1 order by 1").fetchall())
    finally:
        con.close()
    return PayList(program, tuple(one[0] for one in rows), barred, tuple(one[1] for one in rows), basis)


def _open_target(con: duckdb.DuckDBPyConnection, home: Home, known: Known, folder: Path, day: date) -> str:
    """Makes the table `target(id_orang, program)`, one row a person, and says whose people they are."""
    if in_force(home, day) is None:
        source = literal(folder / "sasaran.parquet")
        con.execute(f"create or replace table target as select id_orang, program from read_parquet({source}) where terpilih")
        return f"terbitan {known.periode.label} revisi {known.revisi}, belum ada penetapan"
    seal = require_decree(home, day)
    open_decreed(con, home, seal)
    con.execute("create or replace table target as from ditetapkan")
    return f"penetapan {seal.periode.label} ke-{seal.ke}"


def write_pay_list(found: PayList, path: Path) -> None:
    """Writes the identifiers and by what each is a target row; the agency joins them with its own. No name or number is in it."""
    with disk.filling(path):
        lines = (f"{one},{source}\n" for one, source in zip(found.people, found.sources, strict=True))
        disk.write_text(path, "id_orang,sumber\n" + "".join(lines))


@dataclass(frozen=True)
class Money:
    """Rupiah of one program and month: told by its sender, taken as events, sent back; and how it went out.

    `told` = `taken` + `sent_back`, to the rupiah; of what was taken `paid`, `failed` and `returned`; `unknown` went to people
    whom the padanan does not know yet.
    """

    program: str
    month: str
    told: int
    taken: int
    sent_back: int
    paid: int
    failed: int
    returned: int
    unknown: int

    @property
    def difference(self) -> int:
        """What is not accounted for; anything but zero is a fault of this program."""
        return self.told - self.taken - self.sent_back


def reconcile(home: Home) -> list[Money]:
    """Every program and month of all deliveries of `realisasi` that were taken in, counted in landing, events and faults apart.

    A row whose amount can't be read tells no rupiah; its receipt names it.

    Raises:
        PadananError: an event was changed, or a landed delivery is gone.
    """
    folders = {str(item["sha16"]): item["folder"] for item in manifests(home, AID)}
    con = scratch(home)
    try:
        con.execute(
            "create table uang (program varchar, masa varchar, asal varchar, hasil varchar, cara varchar, rupiah hugeint)"
        )
        for record in taken(home, AID):
            _add(con, home, record, folders)
        rows = con.execute(
            """select coalesce(program, '?'), coalesce(masa, '?'), sum(rupiah) filter (asal = 'kiriman'),
              sum(rupiah) filter (asal = 'peristiwa'), sum(rupiah) filter (asal = 'dikembalikan'),
              sum(rupiah) filter (asal = 'peristiwa' and hasil = 'tersalur'),
              sum(rupiah) filter (asal = 'peristiwa' and hasil = 'gagal'),
              sum(rupiah) filter (asal = 'peristiwa' and hasil = 'kembali'),
              sum(rupiah) filter (asal = 'peristiwa' and cara = 'baru') from uang group by 1, 2 order by 1, 2"""
        ).fetchall()
    finally:
        con.close()
    return [Money(str(one[0]), str(one[1]), *(int(value or 0) for value in one[2:])) for one in rows]


def _add(con: duckdb.DuckDBPyConnection, home: Home, record: Mapping[str, Any], folders: Mapping[str, Path]) -> None:
    sha16 = str(record["sha16"])
    part = folders.get(sha16, Path("-")) / "part.parquet"
    if not part.exists():
        raise PadananError(
            "kiriman realisasi tidak ada lagi, uangnya tidak dapat dicocokkan",
            file=f"landing/{AID}",
            cure="pulihkan folder landing dari cadangan, atau pakai rekonsiliasi yang sudah dicetak",
        )
    # A cell that says something else than a program or a month may say anything: it is told by what it is not.
    programs = ", ".join(literal(one.id) for one in load_contracts().values() if one.kind == "program")
    program = f"case when lower(trim(program)) in ({programs}) then lower(trim(program)) else {literal(UNKNOWN)} end"
    month = f"case when regexp_full_match(trim(masa), '20[0-9]{{2}}-(0[1-9]|1[0-2])') then trim(masa) else {literal(UNKNOWN)} end"
    landed = (
        f"select _baris, {program} as program, {month} as masa, {cells.whole('nominal')} as rupiah "
        f"from read_parquet({literal(part)})"
    )
    refused = literal(folder_of(home, AID, sha16) / FAULTS)
    con.execute(f"create or replace temp table mendarat as {landed}")
    con.execute("insert into uang select program, masa, 'kiriman', null, null, rupiah from mendarat where rupiah is not null")
    con.execute(
        "insert into uang select m.program, m.masa, 'dikembalikan', null, null, m.rupiah from mendarat m "
        f"join (select distinct baris from read_parquet({refused}) where akibat = '{REFUSED}') f on f.baris = m._baris "
        "where m.rupiah is not null"
    )
    con.execute(
        "insert into uang select program, masa, 'peristiwa', hasil, cara, nilai from "
        f"read_parquet({literal(proved_events(home, AID, record))})"
    )
