"""Usul-sanggah: what somebody proposes or objects about a person, with its day of answer, and the reasoned answer of another one.

It opens a visit like any other reason (`lines`) and changes nobody's status; its events stand beside those of deliveries.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

import duckdb

from padanan.base.home import Home
from padanan.base.keys import load_ring
from padanan.base.typed import has_long_number
from padanan.records.decided import clean_reason, worded_reason
from padanan.records.kinds import FEEDBACK
from padanan.records.log import Log
from padanan.records.people import load_reviewers
from padanan.records.refusal import Refusal

NAME = "usul_sanggah"
RECORDED, ANSWERED = "catat", "jawab"
PROPOSAL, OBJECTION = "usul", "sanggah"
FROM = ("warga", "rt", "instansi")
ACCEPTED, REFUSED = "diterima", "ditolak"


@dataclass(frozen=True)
class Objection:
    """One usul or sanggah.

    Attributes:
        nomor: `us-<year>-<number>`. cara: how the person is known (`baru` for a newcomer's provisional identifier).
        tiket: the complaint that it came through. due: the last day of the answer.
        answered: the day of the answer; result and keputusan (the number of a decision) are null before it.
    """

    nomor: str
    arah: str
    dari: str
    id_orang: str
    cara: str
    tiket: str | None
    came: date
    recorded: date
    due: date
    answered: date | None = None
    result: str | None = None
    keputusan: str | None = None

    def late(self, today: date) -> bool:
        """Whether it was answered after its day, or still waits then."""
        return (self.answered or today) > self.due


def log_of(home: Home) -> Log:
    """`decisions/umpan_balik/usul_sanggah.jsonl`."""
    return Log(home, FEEDBACK, NAME)


def listed(home: Home, known_at: date | None = None) -> list[Objection]:
    """Everything recorded up to a day, oldest first.

    Raises:
        PadananError: the register was changed.
    """
    return _listed(home, log_of(home).read().records, known_at)


def _listed(home: Home, records: Any, known_at: date | None = None) -> list[Objection]:
    ring, found = load_ring(home), dict[str, Objection]()

    def today(name: str | None, record: Mapping[str, Any]) -> str | None:
        made = str(record["kunci_hmac"])
        return name if name is None or made == ring.names[-1] else ring.today(name, made)

    for record in records:
        day = date.fromisoformat(str(record["waktu"])[:10])
        if known_at is not None and day > known_at:
            continue
        nomor = str(record["nomor"])
        if record["jenis"] == RECORDED:
            came, due = (date.fromisoformat(record[name]) for name in ("tanggal", "tenggat"))
            person = str(today(record["id_orang"], record))
            ticket = today(record["tiket"], record)
            found[nomor] = Objection(nomor, record["arah"], record["dari"], person, record["cara"], ticket, came, day, due)
        else:
            found[nomor] = replace(found[nomor], answered=day, result=record["hasil"], keputusan=record["keputusan"])
    return list(found.values())


def add_events(con: duckdb.DuckDBPyConnection, home: Home, known_at: date | None = None) -> None:
    """Adds one event each to the table `peristiwa`, with the day on which it was brought forward and that of its record.

    Raises:
        PadananError: see `listed`.
    """
    rows = [
        (one.nomor, one.nomor, one.nomor, NAME, one.came, one.recorded, one.id_orang, one.cara, one.arah, one.dari)
        for one in listed(home, known_at)
    ]
    if rows:
        con.executemany(
            "insert into peristiwa by name select ? as id_peristiwa, ? as kunci, ? as isi, ? as kontrak, '' as sha16, "
            "0 as baris, ?::date as terjadi, ?::date as dicatat, ? as id_orang, ? as cara, ? as hasil, ? as sifat, "
            "false as mendesak",
            rows,
        )


def record(
    home: Home,
    *,
    arah: str,
    dari: str,
    id_orang: str,
    cara: str,
    tiket: str | None,
    day: date,
    days: int,
    by: str,
    reason: str,
    now: datetime,
) -> Objection:
    """Records an usul or a sanggah about a person.

    Args:
        day: on which it was brought forward. days: until its answer.

    Raises:
        Refusal: a word is unknown, the day lies ahead, the reason is missing, or the person may not record it.
    """
    if arah not in (PROPOSAL, OBJECTION):
        raise Refusal("arah tidak dikenal", field="arah", cure=f"tulis {PROPOSAL} atau {OBJECTION}")
    if dari not in FROM:
        raise Refusal("asal tidak dikenal", field="dari", cure=f"tulis salah satu: {', '.join(FROM)}")
    if day > now.date():
        raise Refusal("tanggalnya sesudah hari ini", field="tanggal", cure="tulis hari disampaikannya")
    person = load_reviewers(home).acting(by, "pengusul", now.date(), field="oleh")
    why = worded_reason(reason, field="alasan")
    with log_of(home).writing() as transaction:
        for one in _listed(home, transaction.log.records):
            if one.answered is None and (one.arah, one.dari, one.id_orang, one.tiket, one.came) == (
                arah,
                dari,
                id_orang,
                tiket,
                day,
            ):
                raise Refusal(
                    f"sudah dicatat sebagai {one.nomor} dan belum dijawab",
                    field="orang",
                    cure="jawab yang itu; bila memang disampaikan lagi, tulis hari disampaikannya",
                )
        begin = f"us-{now.year}-"
        taken = sum(one["jenis"] == RECORDED and one["nomor"].startswith(begin) for one in transaction.log.records)
        entry = {
            "jenis": RECORDED,
            "nomor": f"{begin}{taken + 1:04}",
            "arah": arah,
            "dari": dari,
            "id_orang": id_orang,
            "cara": cara,
            "tiket": tiket,
            "kunci_hmac": load_ring(home).names[-1],
            "tanggal": day.isoformat(),
            "tenggat": (day + timedelta(days)).isoformat(),
            "oleh": person.named(),
            "alasan": why,
        }
        transaction.commit(transaction.compose([entry], now))
        return _listed(home, transaction.log.records)[-1]


def answer(home: Home, nomor: str, result: str, *, by: str, reason: str, decision: str | None = None, now: datetime) -> Objection:
    """Answers one, with reasons, by another person than who recorded it.

    Args:
        decision: the number of a decision that follows from it or that it rests on.

    Raises:
        Refusal: there is no such number, it was answered, one person would do both, or the answer gives no reason.
    """
    if result not in (ACCEPTED, REFUSED):
        raise Refusal("hasil tidak dikenal", field="hasil", cure=f"tulis {ACCEPTED} atau {REFUSED}")
    people = load_reviewers(home)
    person = people.acting(by, "penyetuju", now.date(), field="oleh")
    why = worded_reason(reason, field="alasan")
    paper = clean_reason(decision, field="nomor") if decision else None
    with log_of(home).writing() as transaction:
        records = transaction.log.records
        asked = next((one for one in records if one["jenis"] == RECORDED and one["nomor"] == nomor), None)
        if asked is None:
            shown = "" if has_long_number(nomor) else f" '{nomor[:20]}'"
            raise Refusal(f"nomor{shown} tidak ada", field="nomor", cure="lihat dengan 'padanan usul-sanggah daftar'")
        if any(one["jenis"] == ANSWERED and one["nomor"] == nomor for one in records):
            raise Refusal(f"{nomor} sudah dijawab", field="nomor", cure="catat usul atau sanggah baru bila ada bukti baru")
        if asked["oleh"]["id"] == person.id:
            raise Refusal("yang mencatat tidak dapat menjawabnya sendiri", field="oleh", cure="mintakan jawaban orang lain")
        entry = {
            "jenis": ANSWERED,
            "nomor": nomor,
            "hasil": result,
            "keputusan": paper,
            "kunci_hmac": load_ring(home).names[-1],
            "oleh": person.named(),
            "alasan": why,
        }
        transaction.commit(transaction.compose([entry], now))
        return next(one for one in _listed(home, transaction.log.records) if one.nomor == nomor)
