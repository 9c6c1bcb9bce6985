"""The steps of an addendum: one official proposes people of the urgent list, another decides by an authority's paper.

Who may be proposed is `urgent`'s question, what the sealed folder holds `addendum_folder`'s; the register proves both.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from padanan.base.home import Home
from padanan.base.keys import load_ring
from padanan.base.period import JAKARTA, Periode
from padanan.feedback import addendum_folder
from padanan.feedback.urgent import BARRED, Flagged, flagged, names_now, require_decree
from padanan.records import addenda
from padanan.records.addenda import ACCEPTED, DECIDED, ENTER, PROPOSED, REJECTED, WITHDRAW, Addendum, Proposal
from padanan.records.decided import clean_reason, paper_facts
from padanan.records.log import Transaction
from padanan.records.people import Reviewer, load_reviewers
from padanan.records.refusal import Refusal
from padanan.records.scans import keep_paper, read_scan

PROPOSER, DECIDER = "pengusul", "penetap"
CHANGED = "bukti_berubah"
LEFT_OUT = BARRED | {CHANGED: "peristiwanya berubah sesudah diusulkan"}
"""Why somebody of a proposal did not enter when it was decided for."""
SHOWN = 12
_LIST = "lihat dengan 'padanan mendesak daftar'"


@dataclass(frozen=True)
class Authority:
    """The paper by which an addendum is decided: its number, its day, its scan."""

    number: str
    day: date
    scan: Path


@dataclass(frozen=True)
class Decided:
    """What became of a proposal: the record; for an addendum its folder, and who did not enter with the reason."""

    record: Mapping[str, Any]
    folder: Path | None = None

    @property
    def left_out(self) -> Mapping[str, str]:
        """Pseudonym -> key of `LEFT_OUT`."""
        return dict(self.record.get("gugur", {}))


def propose(home: Home, people: Sequence[str] | None, *, by: str, reason: str, now: datetime) -> Mapping[str, Any]:
    """Proposes people for an addendum of the decree in force, all or nothing; a flag alone enters nobody.

    Args:
        people: identifiers; None for everybody who may be proposed.

    Returns:
        The record; `menyusul` names rejected proposals about one of these people on the same evidence.

    Raises:
        Refusal: somebody named may not be proposed (with the reason), nobody can be, or `by` may not propose.
        PadananError: nothing was decreed, or something was changed.
    """
    today = _day(now)
    person, why = _acting(home, by, PROPOSER, today), _reason(reason)
    log = addenda.log_of(home)
    with log.writing() as transaction:
        decree = require_decree(home, today)
        known = {one.id: one for one in flagged(home, today)}
        chosen = _named(known, people)
        entry: dict[str, Any] = {
            "jenis": PROPOSED,
            "isi": ENTER,
            "penetapan": addenda.decree_of(decree),
            "tahun": today.year,
            "kunci_hmac": load_ring(home).names[-1],
            "orang": {one.id: one.evidence for one in chosen},
            "oleh": person.named(),
            "alasan": why,
        }
        if before := _rejected(transaction, entry):
            entry["menyusul"] = before
        return _written(transaction, entry, now)


def propose_withdrawal(
    home: Home, name: str, people: Sequence[str] | None, *, by: str, reason: str, now: datetime
) -> Mapping[str, Any]:
    """Proposes to take people off an addendum in force; until another official decides they stay on it.

    Args:
        name: `2025-S2/1/adendum-1`. people: identifiers; None for everybody who is on it.

    Raises:
        Refusal: no such addendum, nobody is on it any more, somebody named isn't, or the same waits already.
    """
    today = _day(now)
    person, why = _acting(home, by, PROPOSER, today), _reason(reason)
    with addenda.log_of(home).writing() as transaction:
        one = named(home, name)
        there = one.on(today)
        if not there:
            raise Refusal(f"{one.name} tidak memuat siapa pun lagi pada hari ini", field="adendum", cure=_LIST)
        # A newcomer who turned out to be somebody known stands there as they were put on it.
        linked = {person: who for who, person in names_now(home).items() if who in there}
        chosen = sorted(there) if people is None else [linked.get(who, who) for who in _typed(people)]
        if strange := [who for who in chosen if who not in there]:
            raise Refusal(
                f"{len(strange)} orang tidak ada pada {one.name}: {', '.join(who[:SHOWN] for who in strange[:5])}",
                field="id", cure=_LIST,
            )  # fmt: skip
        waiting = {
            who
            for other in addenda.proposals_of(transaction.log.records)
            if other.decision is None and other.kind == WITHDRAW and _about(other, one)
            for who in other.people(home)
        }
        if twice := sorted(waiting & set(chosen)):
            raise Refusal(f"pembatalan {len(twice)} orang ini sudah menunggu putusan", field="id", cure=_LIST)
        entry = {
            "jenis": PROPOSED,
            "isi": WITHDRAW,
            "penetapan": {"periode": one.periode.key, "ke": one.ke},
            "adendum": one.number,
            "kunci_hmac": load_ring(home).names[-1],
            "orang": chosen,
            "oleh": person.named(),
            "alasan": why,
        }
        return _written(transaction, entry, now)


def decide(
    home: Home,
    number: int,
    *,
    by: str,
    reason: str,
    now: datetime,
    accept: bool = True,
    authority: Authority | None = None,
    until: date | None = None,
) -> Decided:
    """Decides a proposal. For one to enter, everybody is looked at anew: who may not, or of whom evidence changed, stays out.

    The addendum's folder is put in place first and counts for nothing until the register names it; a process that died in
    between is finished by deciding again.

    Args:
        number: the proposal's place in the register, from 1.
        authority: needed where people enter.
        until: the last day of the addendum; by default, and at the latest, 31 December of the budget year.

    Raises:
        Refusal: no such proposal, it is decided, its proposer would decide, it lapsed, nobody of it may enter, or the paper, its
            day or `until` is wrong.
        PadananError: something was changed; a folder that is not ours stands in the addendum's place.
    """
    today = _day(now)
    why = _reason(reason)
    with addenda.log_of(home).writing() as transaction:
        proposal = _proposal(transaction, number)
        person = _acting(home, by, DECIDER, today)
        if person.id == proposal.record["oleh"]["id"]:
            raise Refusal("pengusul tidak dapat memutuskan usulnya sendiri", field="oleh", cure="mintakan putusan orang lain")
        entry: dict[str, Any] = {
            "jenis": DECIDED,
            "usul": number,
            "isi": proposal.kind,
            "penetapan": proposal.record["penetapan"],
            "kunci_hmac": load_ring(home).names[-1],
            "putusan": ACCEPTED if accept else REJECTED,
            "oleh": person.named(),
            "alasan": why,
        }
        if (authority or until) and (not accept or proposal.kind == WITHDRAW):
            raise Refusal(
                "hanya adendum baru yang punya surat rujukan dan hari terakhir",
                field="nomor",
                cure="hapus --number, --date, --scan dan --until",
            )
        if not accept:
            return Decided(_written(transaction, entry, now))
        if proposal.kind == WITHDRAW:
            return Decided(_written(transaction, entry | _off(home, proposal, today), now))
        return _enter(home, transaction, proposal, entry, authority, until, now)


def _enter(
    home: Home,
    transaction: Transaction,
    proposal: Proposal,
    entry: dict[str, Any],
    authority: Authority | None,
    until: date | None,
    now: datetime,
) -> Decided:
    today = _day(now)
    decree = require_decree(home, today)
    if cause := proposal.lapsed(decree, today):
        raise Refusal(f"usul gugur: {cause}", field="usul", cure="tolak usul ini dengan --reject, lalu ajukan usul baru")
    ends = _ends(today, until)
    if authority is None:
        cure = "isi --number, --date dan --scan surat atau keputusan yang mendasarinya"
        raise Refusal("adendum tanpa surat rujukan", field="nomor", cure=cure)
    first = max(date(today.year, 1, 1), date.fromisoformat(str(decree.data["tanggal"])))
    paper = paper_facts(authority.number, authority.day, first, now)
    scan = read_scan(home, authority.scan)
    enters, left = _still(home, proposal, today)
    if not enters:
        reasons = ", ".join(sorted({LEFT_OUT[one] for one in left.values()}))
        cure = "tolak dengan --reject, lalu lihat daftarnya lagi"
        raise Refusal(f"usul gugur: tidak seorang pun dapat masuk ({reasons})", field="usul", cure=cure)
    place = sum(one.periode == decree.periode and one.ke == decree.ke for one in addenda.addenda(home)) + 1
    entry |= {
        "adendum": place,
        "tahun": today.year,
        "mulai": today.isoformat(),
        "sampai": ends.isoformat(),
        "rujukan": {**paper, **scan},
        "orang": [one.id for one in enters],
        "gugur": left,
    }
    keep_paper(authority.scan, addenda.paper_path(home, scan["sha256"]), scan, mode=0o400)
    folder, digest = addendum_folder.make(home, decree, proposal, entry, enters, now)
    return Decided(_written(transaction, entry | {"segel_sha256": digest}, now), folder)


def _still(home: Home, proposal: Proposal, today: date) -> tuple[list[Flagged], dict[str, str]]:
    """Who of a proposal may still enter, on the evidence it was made on; and why the others may not."""
    known = {one.id: one for one in flagged(home, today, but=proposal.number)}
    enters, left = [], {}
    for name, proof in zip(proposal.people(home), proposal.record["orang"].values(), strict=True):
        one = known.get(name)
        if one is not None and one.barred is not None:
            left[name] = one.barred
        elif one is None or one.evidence != proof:
            left[name] = CHANGED
        else:
            enters.append(one)
    return sorted(enters, key=lambda one: one.id), left


def _off(home: Home, proposal: Proposal, today: date) -> dict[str, Any]:
    name = f"{Periode.parse(proposal.record['penetapan']['periode']).label}/{proposal.record['penetapan']['ke']}"
    one = named(home, f"{name}/adendum-{proposal.record['adendum']}")
    people = [who for who in proposal.people(home) if who in one.on(today)]
    if not people:
        raise Refusal("orang pada usul ini tidak ada lagi pada adendumnya", field="usul", cure="tolak usul ini dengan --reject")
    return {"adendum": one.number, "orang": people, "mulai": today.isoformat()}


def _ends(today: date, until: date | None) -> date:
    last = addenda.last_day_of(today.year)
    day = until or last
    if not today <= day <= last:
        raise Refusal(
            f"adendum hanya untuk tahun anggaran berjalan; {day.isoformat()} sebelum hari ini atau sesudah {last.isoformat()}",
            field="akhir",
            cure=f"pilih --until antara hari ini dan {last.isoformat()}, atau kosongkan",
        )
    return day


def named(home: Home, name: str) -> Addendum:
    """The addendum of a name.

    Raises:
        Refusal: there is none.
    """
    for one in addenda.addenda(home):
        if one.name.lower() == name.strip().lower():
            return one
    cure = f"tulis misalnya 2025-S2/1/adendum-1; {_LIST}"
    raise Refusal(f"adendum '{name.strip()[:40]}' tidak ada", field="adendum", cure=cure)


def _named(known: Mapping[str, Flagged], people: Sequence[str] | None) -> list[Flagged]:
    if people is None:
        found = [one for one in known.values() if one.barred is None]
        if not found:
            raise Refusal("tidak seorang pun dapat diusulkan", field="id", cure=f"{_LIST}: di sana tertulis sebabnya")
        return found
    chosen = _typed(people)
    if any(one.isdigit() for one in chosen):
        raise Refusal("pengenal orang bukan NIK", field="id", cure="pakai ID ORANG dari 'padanan mendesak daftar'")
    if strange := [one for one in chosen if one not in known]:
        told = ", ".join(who[:SHOWN] for who in strange[:5])
        raise Refusal(
            f"{len(strange)} orang tidak ditandai perlu segera oleh kunjungan mana pun: {told}",
            field="id",
            cure="kunjungannya mengisi PERLU SEGERA pada berkas verivali; tanpa itu tidak ada yang diusulkan",
        )
    if barred := [(one, known[one].barred) for one in chosen if known[one].barred is not None]:
        told = "; ".join(f"{who[:SHOWN]} {BARRED[str(why)]}" for who, why in barred[:5])
        raise Refusal(f"{len(barred)} orang tidak dapat diusulkan: {told}", field="id", cure="keluarkan dari usul ini")
    return [known[one] for one in sorted(chosen)]


def _typed(people: Sequence[str]) -> list[str]:
    # Identifiers are hexadecimal: who types them in capitals means the same.
    chosen = [one.strip().lower() for one in people]
    if not chosen or len(set(chosen)) != len(chosen):
        cure = "sebut setiap orang sekali"
        raise Refusal("tidak ada orang yang disebut, atau satu orang disebut dua kali", field="id", cure=cure)
    return chosen


def _rejected(transaction: Transaction, entry: Mapping[str, Any]) -> list[int]:
    wanted = set(entry["orang"].items())
    return [
        one.number
        for one in addenda.proposals_of(transaction.log.records)
        if one.rejected and one.kind == ENTER and wanted & set(one.record["orang"].items())
    ]


def _proposal(transaction: Transaction, number: int) -> Proposal:
    found = next((one for one in addenda.proposals_of(transaction.log.records) if one.number == number), None)
    if found is None:
        raise Refusal(f"usul nomor {number} tidak ada", field="usul", cure=_LIST)
    if found.decision is not None:
        raise Refusal(f"usul nomor {number} sudah diputuskan", field="usul", cure="ajukan usul baru bila ada bukti baru")
    return found


def _about(proposal: Proposal, one: Addendum) -> bool:
    record = proposal.record
    return bool(record["penetapan"] == {"periode": one.periode.key, "ke": one.ke} and record["adendum"] == one.number)


def _acting(home: Home, by: str, role: str, today: date) -> Reviewer:
    return load_reviewers(home).acting(by, role, today, field="oleh")


def _reason(text: str) -> str:
    if not (said := clean_reason(text, field="alasan")):
        raise Refusal("alasan kosong", field="alasan", cure="tulis apa dasarnya, tanpa NIK")
    return said


def _day(now: datetime) -> date:
    return now.astimezone(JAKARTA).date()


def _written(transaction: Transaction, entry: Mapping[str, Any], now: datetime) -> Mapping[str, Any]:
    written = transaction.compose([entry], now)
    transaction.commit(written)
    return written[0]
