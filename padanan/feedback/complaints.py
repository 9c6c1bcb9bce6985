"""Every complaint as it stands on a day: whom it is about, which branch of Kepsekda §3.5 it takes, where it lies, what is late.

Its steps are recorded by `complaint_steps`; a complaint opens a visit (`lines`) and never changes anybody's status.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.keys import load_ring, register_hmac
from padanan.base.sql import literal
from padanan.base.tabular import scratch
from padanan.base.typed import has_long_number
from padanan.contracts.agencies import Agencies, load_agencies
from padanan.contracts.contract import expectations_dir, load_contracts
from padanan.contracts.feedback import Channel, FeedbackCatalogue, load_catalogue, load_feedback
from padanan.feedback.complaint_steps import AT_AGENCY, WAITING, Course, by_ticket, course
from padanan.feedback.lines import LINES, open_lines, revision_known
from padanan.feedback.people import prove_key
from padanan.feedback.state import Moment, open_state
from padanan.published.proof import prove_opened
from padanan.records.delivery_proof import prove_read
from padanan.records.ledger import manifests

CONTRACT = "pengaduan"
UNSERVED, KNOWN, UNKNOWN, URGENT, MISROUTED = BRANCHES = (
    "dikenal_belum_dilayani", "dikenal", "tidak_dikenal", "tidak_dikenal_mendesak", "salah_alamat",
)  # fmt: skip
BRANCH_NAMES = {
    UNSERVED: "Sudah di data, belum dilayani",
    KNOWN: "Sudah di data, tidak ada hak yang terlewat",
    UNKNOWN: "Belum di data",
    URGENT: "Belum di data dan mendesak",
    MISROUTED: "Salah alamat, menunggu disposisi baru",
}


@dataclass(frozen=True)
class Complaint:
    """One complaint on a day.

    Attributes:
        tiket: keyed hash of the ticket number. nomor: the number, None once its rows went by retention.
        masuk: the day on which the citizen complained; both clocks start on it.
        id_orang: whom it is about; None where it names nobody. cabang: one of `BRANCHES`.
        lacks: programs that the person is entitled to and does not receive. advised: ids of the agencies it belongs to.
        line: whether a line of the prelist is open for the person. form: nobody is named, so the form must come back first.
    """

    tiket: str
    nomor: str | None
    kanal: str
    channel: Channel
    jenis: str
    mendesak: bool
    masuk: date
    kode_kelurahan: str | None
    id_orang: str | None
    cabang: str
    lacks: tuple[str, ...]
    advised: tuple[str, ...]
    line: bool
    course: Course

    @property
    def form(self) -> bool:
        """Whether the citizen must fill in the form before anybody can be visited: a name alone leads to nobody."""
        return self.id_orang is None

    @property
    def disposition_due(self) -> date:
        """The last day of the present disposition."""
        return (self.course.since or self.masuk) + timedelta(self.channel.disposisiHari)

    @property
    def answer_due(self) -> date:
        """The last day of the answer: from the citizen's day, however often the complaint was sent on."""
        return self.masuk + timedelta(self.channel.jawabHari)

    @property
    def answered(self) -> date | None:
        """The day of the answer that stands; None while there is none, or the last one was rejected."""
        return self.course.answers[-1][0] if self.course.answers and self.course.state not in (WAITING, AT_AGENCY) else None

    def late(self, today: date) -> tuple[str, ...]:
        """What is past its day, open or done: `disposisi`, `jawab`."""
        found = []
        if self.course.slow or (self.course.state == WAITING and today > self.disposition_due):
            found.append("disposisi")
        if (self.answered or today) > self.answer_due:
            found.append("jawab")
        return tuple(found)

    def overdue(self, today: date) -> bool:
        """Whether something that is still to be done is past its day."""
        waits = self.course.state == WAITING and today > self.disposition_due
        return waits or (self.answered is None and today > self.answer_due)


@dataclass(frozen=True)
class Rules:
    """What complaints are measured by."""

    catalogue: FeedbackCatalogue
    agencies: Agencies

    @classmethod
    def load(cls, folder: Path | None = None) -> Rules:
        """Reads `umpan_balik.yaml` and `instansi.yaml`."""
        return cls(load_catalogue(folder), load_agencies(folder or expectations_dir()))


def ticket_key(home: Home, number: str) -> str:
    """The keyed hash of a ticket number, as landing made it.

    Raises:
        PadananError: the text is empty or may be somebody's NIK.
    """
    said = number.strip().upper()
    if not said or has_long_number(said):
        raise PadananError("nomor tiket kosong atau memuat nomor panjang", place="NOMOR", cure="pakai nomor tiket CRM, bukan NIK")
    with duckdb.connect() as con:
        register_hmac(con, load_ring(home))
        return str(con.execute("select hmac_hex(?)", [f"e|{CONTRACT}|{said}"]).fetchall()[0][0])


def complaints(home: Home, rules: Rules, today: date) -> list[Complaint]:
    """Every complaint that nobody took back, as known on a day; the oldest first.

    Raises:
        PadananError: an event, a register or the publication was changed.
    """
    con = scratch(home)
    try:
        open_state(con, home, load_feedback(), Moment(today, today))
        open_lines(con, home, rules.catalogue, today=today, known_at=today)
        return complaints_in(con, home, rules, today)
    finally:
        con.close()


def complaints_in(con: duckdb.DuckDBPyConnection, home: Home, rules: Rules, today: date) -> list[Complaint]:
    """The same where the state and the lines of the day stand in the connection already."""
    _people(con, home, today)
    _numbers(con, home)
    found = con.execute(
        f"""select t.tiket, n.nomor, t.kanal, t.jenis, t.mendesak, t.masuk, t.kode_kelurahan, t.id_orang,
          o.id_orang is not null as dikenal, coalesce(o.kurang, []) as kurang, o.program,
          t.id_orang in (select id_orang from {LINES}) as garis
        from tiket t left join orang_terbitan o using (id_orang) left join nomor_tiket n using (sha16, baris)
        order by t.masuk, t.tiket"""
    ).fetchall()
    steps = by_ticket(home, today)
    owners = {one.id: one.properties.instansi for one in load_contracts().values() if one.kind == "program"}
    listed = []
    for tiket, nomor, kanal, jenis, urgent, came, place, person, known, lacks, served, line in found:
        channel = rules.catalogue.kanal[kanal]
        so_far = course(came, steps.get(tiket, ()), channel)
        branch = _branch(bool(known), bool(urgent), bool(lacks), so_far)
        programs = sorted(lacks) if lacks else sorted((served or "").split(",")) if known else []
        advised = tuple(dict.fromkeys(owners[one] for one in programs if one in owners)) or _visitors(rules, urgent)
        listed.append(
            Complaint(
                tiket, nomor, kanal, channel, jenis, bool(urgent), came, place, person, branch, tuple(sorted(lacks)), advised,
                bool(line), so_far,
            )
        )  # fmt: skip
    return listed


def _branch(known: bool, urgent: bool, lacks: bool, so_far: Course) -> str:
    if so_far.state == WAITING and so_far.returned:
        return MISROUTED
    if known:
        return UNSERVED if lacks else KNOWN
    return URGENT if urgent else UNKNOWN


def _visitors(rules: Rules, urgent: bool) -> tuple[str, ...]:
    """Who goes to a person that no program answers for: as the line of the prelist says."""
    names = rules.catalogue.garis["pengaduan_mendesak" if urgent else "pengaduan"].pelaku
    return tuple(one for one, agency in rules.agencies.instansi.items() if agency.singkat in names)


def _people(con: duckdb.DuckDBPyConnection, home: Home, today: date) -> None:
    """Makes `tiket` (one row a complaint) and `orang_terbitan` (the people of complaints that the publication has)."""
    first = ", ".join(f"arg_min({source}, (dicatat, id_peristiwa)) as {name}" for name, source in _TICKET.items())
    con.execute(
        f"""create or replace table tiket as
        select kunci as tiket, {first},
          coalesce(bool_or(mendesak), false) as mendesak, min(terjadi) as masuk,
          arg_min(id_orang, (dicatat, id_peristiwa)) filter (id_orang is not null) as id_orang
        from satu where kontrak = '{CONTRACT}' group by kunci"""
    )
    known = revision_known(home, today)
    if known is None:
        con.execute("create or replace table orang_terbitan (id_orang varchar, program varchar, kurang varchar[])")
        return
    periode, revisi, _ = known
    prove_opened(home, periode, revisi)
    prove_key(home, periode, revisi)
    folder = home.published(periode, revisi)
    con.execute(
        f"""create or replace table orang_terbitan as
        select o.id_orang, o.program, k.kurang from read_parquet({literal(folder / "padanan_orang.parquet")}) o
        left join (select id_orang, list(distinct program order by program) as kurang
          from read_parquet({literal(folder / "daftar_tanpa_program.parquet")}) group by 1) k using (id_orang)
        where o.id_orang in (select id_orang from tiket)"""
    )


_TICKET = {"jenis": "hasil", "kanal": "sifat", "kode_kelurahan": "kode_kelurahan", "sha16": "sha16", "baris": "baris"}


def _numbers(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Makes `nomor_tiket`: the ticket numbers, out of the landed rows that are still there."""
    con.execute("create or replace table nomor_tiket (sha16 varchar, baris bigint, nomor varchar)")
    wanted = {str(one[0]) for one in con.execute("select distinct sha16 from tiket").fetchall()}
    for item in manifests(home, CONTRACT):
        part = Path(item["folder"]) / "part.parquet"
        if item["sha16"] in wanted and part.exists():
            prove_read(home, [part.relative_to(home.root).as_posix()])
            con.execute(f"insert into nomor_tiket select ?, _baris, nomor from read_parquet({literal(part)})", [item["sha16"]])


def one(found: list[Complaint], ticket: str) -> Complaint:
    """A complaint by its ticket.

    Raises:
        PadananError: there is none, or it was taken back.
    """
    for each in found:
        if each.tiket == ticket:
            return each
    raise PadananError(
        "pengaduan itu tidak ada atau sudah dibatalkan", place="NOMOR", cure="lihat dengan 'padanan pengaduan daftar'"
    )


def as_json(each: Complaint, today: date) -> Mapping[str, Any]:
    """A complaint for machines; no name, no NIK, nothing of what it says."""
    return {
        "nomor": each.nomor, "kanal": each.kanal, "jenis": each.jenis, "mendesak": each.mendesak, "masuk": each.masuk.isoformat(),
        "cabang": each.cabang, "keadaan": each.course.state, "instansi": each.course.agency, "disarankan": list(each.advised),
        "program_kurang": list(each.lacks), "id_orang": each.id_orang, "prelist": each.line, "formulir": each.form,
        "tenggat_disposisi": each.disposition_due.isoformat(), "tenggat_jawab": each.answer_due.isoformat(),
        "terlambat": list(each.late(today)), "disposisi_ke": len(each.course.dispositions),
    }  # fmt: skip
