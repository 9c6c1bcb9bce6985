"""The steps of a complaint (Kepsekda §3.5.f): disposition, answer or return, verification; signed, by whom and when.

Which complaints there are, and how they stand against their channel's clock, is `complaints`'.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from padanan.base.home import Home
from padanan.base.keys import load_ring
from padanan.contracts.agencies import Agencies
from padanan.contracts.feedback import Channel
from padanan.records.decided import clean_reason
from padanan.records.kinds import COMPLAINTS
from padanan.records.log import Log
from padanan.records.people import Reviewer, load_reviewers
from padanan.records.refusal import Refusal

NAME = "langkah"
DISPOSED, ANSWERED, RETURNED, VERIFIED = "disposisi", "jawab", "kembali", "verifikasi"
WAITING, AT_AGENCY, TO_VERIFY, DONE = STATES = ("menunggu_disposisi", "pada_instansi", "menunggu_verifikasi", "selesai")
HANDLED, MISROUTED = "ditangani", "salah_alamat"
ACCEPTED, REJECTED = "terima", "tolak"


@dataclass(frozen=True)
class Course:
    """How far a complaint has come.

    Attributes:
        state: one of `STATES`. agency: where it lies, or lay last.
        since: the day from which the present disposition is waited for: when it came in, or came back misrouted.
        dispositions, answers: the day of each, with the agency. returned: how often it was misrouted.
        slow: whether a disposition came after its day. verified: the day on which the answer was accepted.
        last: the day of the newest step.
        steps: every record, oldest first.
    """

    state: str = WAITING
    agency: str | None = None
    since: date | None = None
    dispositions: tuple[tuple[date, str], ...] = ()
    answers: tuple[tuple[date, str], ...] = ()
    returned: int = 0
    slow: bool = False
    verified: date | None = None
    last: date | None = None
    steps: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)


def log_of(home: Home) -> Log:
    """`decisions/pengaduan/langkah.jsonl`."""
    return Log(home, COMPLAINTS, NAME)


def by_ticket(home: Home, known_at: date | None = None) -> dict[str, list[Mapping[str, Any]]]:
    """The steps recorded up to a day, by complaint, oldest first.

    Raises:
        PadananError: the register was changed.
    """
    return _by_ticket(home, log_of(home).read().records, known_at)


def _by_ticket(
    home: Home, records: Sequence[Mapping[str, Any]], known_at: date | None = None
) -> dict[str, list[Mapping[str, Any]]]:
    ring, found = load_ring(home), dict[str, list[Mapping[str, Any]]]()
    for record in records:
        if known_at is None or str(record["waktu"])[:10] <= known_at.isoformat():
            made = str(record["kunci_hmac"])
            ticket = record["tiket"] if made == ring.names[-1] else ring.today(record["tiket"], made)
            found.setdefault(ticket, []).append(record)
    return found


def course(came: date, steps: Sequence[Mapping[str, Any]], channel: Channel) -> Course:
    """Where a complaint stands after its steps.

    Args:
        came: the day on which the citizen complained.
    """
    state, agency, since, slow, verified = WAITING, None, came, False, None
    sent: list[tuple[date, str]] = []
    answers: list[tuple[date, str]] = []
    returned = 0
    for one in steps:
        day = date.fromisoformat(one["tanggal"])
        if one["jenis"] == DISPOSED:
            state, agency = AT_AGENCY, str(one["instansi"])
            sent.append((day, agency))
            slow = slow or (day - since).days > channel.disposisiHari
        elif one["jenis"] == RETURNED:
            state, since, returned = WAITING, day, returned + 1
        elif one["jenis"] == ANSWERED:
            state = TO_VERIFY
            answers.append((day, str(one["instansi"])))
        elif one["hasil"] == ACCEPTED:
            state, verified = DONE, day
        else:
            state = AT_AGENCY
    last = date.fromisoformat(steps[-1]["tanggal"]) if steps else came
    return Course(state, agency, since, tuple(sent), tuple(answers), returned, slow, verified, last, tuple(steps))


@dataclass(frozen=True)
class Act:
    """Who takes a step, on which day it was taken (not after `now`), and why."""

    by: str
    reason: str
    now: datetime
    day: date | None = None

    @property
    def on(self) -> date:
        """The day of the step."""
        return self.day or self.now.date()


def dispose(
    home: Home, ticket: str, came: date, channel: Channel, agencies: Agencies, agency: str, act: Act
) -> Mapping[str, Any]:
    """Sends a complaint to an agency; the first time or after it came back misrouted.

    Raises:
        Refusal: it lies somewhere already, the agency is unknown, or this person is neither of Diskominfotik nor of the channel.
    """
    if agency not in agencies.instansi:
        raise Refusal(f"instansi '{agency[:40]}' tidak dikenal", field="instansi", cure="pakai id di expectations/instansi.yaml")
    person = load_reviewers(home).acting(act.by, "pengusul", act.now.date(), field="oleh")
    owner = agency_named(person, agencies) == agencies.peran.walidata or person.instansi.casefold() == channel.pemilik.casefold()
    if not owner:
        raise Refusal(
            f"'{person.id}' bukan petugas Diskominfotik atau penanggung jawab kanal {channel.nama}",
            field="oleh",
            cure=f"disposisi dicatat {agencies.of('walidata').singkat} atau {channel.pemilik}",
        )
    return _add(home, ticket, came, channel, (WAITING,), {"jenis": DISPOSED, "instansi": agency}, person, act)


def answer(home: Home, ticket: str, came: date, channel: Channel, agencies: Agencies, result: str, act: Act) -> Mapping[str, Any]:
    """The answer of the agency where a complaint lies, or its return because it is another one's.

    Raises:
        Refusal: it lies nowhere, the person is of another agency, or the result is unknown.
    """
    if result not in (HANDLED, MISROUTED):
        raise Refusal("hasil tidak dikenal", field="hasil", cure=f"tulis {HANDLED} atau {MISROUTED}")
    person = load_reviewers(home).acting(act.by, "pengusul", act.now.date(), field="oleh")
    own = agency_named(person, agencies)
    entry = {"jenis": ANSWERED if result == HANDLED else RETURNED, "instansi": own}

    def fits(so_far: Course) -> None:
        if own is None or own != so_far.agency:
            raise Refusal(
                f"pengaduan ini ada pada {so_far.agency}, bukan pada instansi '{person.id}'",
                field="oleh",
                cure="yang menjawab atau mengembalikan ialah petugas instansi tujuan disposisi",
            )

    return _add(home, ticket, came, channel, (AT_AGENCY,), entry, person, act, fits)


def verify(home: Home, ticket: str, came: date, channel: Channel, agencies: Agencies, result: str, act: Act) -> Mapping[str, Any]:
    """Diskominfo's verification of an answer (§3.5.f.5); where Diskominfo answered itself, the TKPK's secretariat verifies.

    Raises:
        Refusal: there is no answer to verify, or the person is of the agency that answered, or of none that verifies.
    """
    if result not in (ACCEPTED, REJECTED):
        raise Refusal("hasil tidak dikenal", field="hasil", cure=f"tulis {ACCEPTED} atau {REJECTED}")
    person = load_reviewers(home).acting(act.by, "penyetuju", act.now.date(), field="oleh")
    own = agency_named(person, agencies)

    def fits(so_far: Course) -> None:
        if own == so_far.agency or person.id in {one["oleh"]["id"] for one in so_far.steps if one["jenis"] == ANSWERED}:
            raise Refusal(
                "instansi atau orang yang menjawab tidak dapat memverifikasi jawabannya sendiri",
                field="oleh",
                cure="mintakan verifikasi orang lain",
            )
        own_answer = so_far.agency == agencies.peran.walidata
        wanted = agencies.of("sekretariat" if own_answer else "walidata")
        if own is None or agencies.instansi[own] is not wanted:
            raise Refusal(f"jawaban ini diverifikasi {wanted.singkat}", field="oleh", cure=f"pilih petugas {wanted.singkat}")

    return _add(home, ticket, came, channel, (TO_VERIFY,), {"jenis": VERIFIED, "hasil": result}, person, act, fits)


def agency_named(person: Reviewer, agencies: Agencies) -> str | None:
    """The agency's id that a person's `instansi` names, by id, short, full or former name; None where it names none."""
    said = person.instansi.casefold()
    for agency_id, agency in agencies.instansi.items():
        names = (agency_id, agency.singkat, agency.nama, *(one.singkat for one in agency.dahulu))
        if said in {name.casefold() for name in names}:
            return agency_id
    return None


_BEFORE = {
    WAITING: "menunggu disposisi",
    AT_AGENCY: "sedang ditangani instansi",
    TO_VERIFY: "sudah dijawab dan menunggu verifikasi",
    DONE: "sudah selesai",
}


def _add(
    home: Home,
    ticket: str,
    came: date,
    channel: Channel,
    at: Sequence[str],
    entry: Mapping[str, Any],
    person: Reviewer,
    act: Act,
    fits: Any = None,
) -> Mapping[str, Any]:
    why = clean_reason(act.reason, field="alasan")
    if not why:
        raise Refusal("alasan kosong", field="alasan", cure="tulis apa yang diminta atau dilakukan, tanpa nama dan nomor orang")
    log = log_of(home)
    with log.writing() as transaction:
        so_far = course(came, _by_ticket(home, transaction.log.records).get(ticket, ()), channel)
        if so_far.state not in at:
            raise Refusal(
                f"pengaduan ini {_BEFORE[so_far.state]}", field="tiket", cure="lihat keadaannya dengan 'padanan pengaduan daftar'"
            )
        if fits is not None:
            fits(so_far)
        if not (so_far.last or came) <= act.on <= act.now.date():
            raise Refusal(
                "tanggal langkah ini sebelum langkah terdahulu atau sesudah hari ini",
                field="tanggal",
                cure=f"tulis hari antara {(so_far.last or came).isoformat()} dan {act.now.date().isoformat()}",
            )
        full = {
            **entry,
            "tiket": ticket,
            "kunci_hmac": load_ring(home).names[-1],
            "tanggal": act.on.isoformat(),
            "oleh": person.named(),
            "alasan": why,
        }
        written = transaction.compose([full], act.now)
        transaction.commit(written)
    return written[0]
