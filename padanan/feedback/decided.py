"""What people decided about events in dispute: proposed by one, decided by another, void once the evidence changed.

The records are kept and proved by `padanan/records`; which events belong to a case, and whether a decision settles it, is
`disputes`' question.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.typed import has_long_number
from padanan.records.kinds import FEEDBACK
from padanan.records.log import Log
from padanan.records.people import load_reviewers

PROPOSED, DECIDED = "usul", "putus"
ACCEPTED, REJECTED = "diterima", "ditolak"
HOLDS, HOLDS_NOT = "berlaku", "tidak_berlaku"
PROPOSER, DECIDER = "pengusul", "penyetuju"
NAME = "putusan"


def log_of(home: Home) -> Log:
    """`decisions/umpan_balik/putusan.jsonl`."""
    return Log(home, FEEDBACK, NAME)


def evidence(events: Sequence[str]) -> str:
    """The fingerprint of the events that a decision rests on, whatever their order."""
    return hashlib.sha256("|".join(sorted(set(events))).encode()).hexdigest()[:16]


def propose(
    home: Home, case: str, holds: Sequence[str], holds_not: Sequence[str], *, by: str, reason: str, now: datetime
) -> Mapping[str, Any]:
    """Proposes which of a case's events hold and which do not; a rejected proposal on the same evidence is named in the record.

    Args:
        case: whose case it is, a person's identifier.

    Raises:
        PadananError: nothing or an event twice is named, another proposal on the same evidence waits, the reason is missing, or
            `by` may not propose.
    """
    named = [*holds, *holds_not]
    if not named or len(set(named)) != len(named):
        raise PadananError("usul tanpa peristiwa, atau satu peristiwa disebut dua kali", cure="sebut setiap peristiwa sekali")
    person = load_reviewers(home).acting(by, PROPOSER, now.date(), field="--by")
    proof = evidence(named)
    entry: dict[str, Any] = {
        "jenis": PROPOSED,
        "id_orang": case,
        HOLDS: sorted(holds),
        HOLDS_NOT: sorted(holds_not),
        "bukti": proof,
        "oleh": person.named(),
        "alasan": _reason(reason),
    }
    with log_of(home).writing() as transaction:
        before = [one for one in proposals(transaction.log.records) if one.rests_on(case, proof)]
        if waiting := [one for one in before if one.decision is None]:
            raise PadananError(
                f"usul nomor {waiting[-1].number} atas peristiwa yang sama masih menunggu putusan",
                cure=f"mintakan putusannya, atau tolak dahulu dengan 'padanan umpan-balik putus {waiting[-1].number} --reject'",
            )
        if rejected := [one for one in before if one.rejected]:
            entry["menyusul"] = rejected[-1].number
        written = transaction.compose([entry], now)
        transaction.commit(written)
    return written[0]


@dataclass(frozen=True)
class Proposal:
    """A proposal with its place in the register, from 1, and what was decided about it, if anything was."""

    number: int
    record: Mapping[str, Any]
    decision: Mapping[str, Any] | None

    @property
    def rejected(self) -> bool:
        """Whether it was decided against."""
        return self.decision is not None and self.decision.get("putusan", ACCEPTED) == REJECTED

    def rests_on(self, case: str, proof: str) -> bool:
        """Whether it is about this case and this very evidence."""
        return bool(self.record["id_orang"] == case and self.record["bukti"] == proof)


def proposals(records: Sequence[Mapping[str, Any]]) -> list[Proposal]:
    """Every proposal of the register's records, oldest first."""
    decided = {int(one["usul"]): one for one in records if one["jenis"] == DECIDED}
    return [Proposal(number, one, decided.get(number)) for number, one in enumerate(records, 1) if one["jenis"] == PROPOSED]


def decide(
    home: Home, number: int, standing: Sequence[str], *, by: str, reason: str, now: datetime, accept: bool = True
) -> Mapping[str, Any]:
    """Decides a proposal, for it or against it.

    Args:
        number: the proposal's place in the register, from 1.
        standing: the case's events as they are now; a proposal that rests on others is void and can only be rejected.

    Raises:
        PadananError: no such proposal, it is decided already, the proposer would decide, or the evidence changed since.
    """
    with log_of(home).writing() as transaction:
        proposal = next((one for one in proposals(transaction.log.records) if one.number == number), None)
        if proposal is None:
            raise unknown(number)
        if proposal.decision is not None:
            raise PadananError(f"usul nomor {number} sudah diputuskan", cure="ajukan usul baru bila ada bukti baru")
        record = proposal.record
        person = load_reviewers(home).acting(by, DECIDER, now.date(), field="--by")
        if person.id == record["oleh"]["id"]:
            raise PadananError("pengusul tidak dapat memutuskan usulnya sendiri", cure="mintakan putusan orang lain")
        if accept and evidence(standing) != record["bukti"]:
            raise PadananError(
                "peristiwa orang ini berubah sesudah diusulkan; usul gugur",
                cure="lihat lagi dengan 'padanan umpan-balik sengketa', lalu ajukan usul baru",
            )
        entry = {
            "jenis": DECIDED,
            "usul": number,
            "id_orang": record["id_orang"],
            "putusan": ACCEPTED if accept else REJECTED,
            HOLDS: record[HOLDS],
            HOLDS_NOT: record[HOLDS_NOT],
            "bukti": record["bukti"],
            "oleh": person.named(),
            "alasan": _reason(reason),
        }
        written = transaction.compose([entry], now)
        transaction.commit(written)
    return written[0]


def unknown(number: int) -> PadananError:
    """No proposal has this number."""
    return PadananError(f"usul nomor {number} tidak ada", cure="lihat nomornya dengan 'padanan umpan-balik sengketa'")


def decisions(home: Home, known_at: date | None = None) -> list[tuple[str, bool]]:
    """(event, whether it holds) of every accepted proposal up to a day; of several about one event the newest counts."""
    found: dict[str, bool] = {}
    for record in log_of(home).read().records:
        if record["jenis"] != DECIDED or record.get("putusan", ACCEPTED) != ACCEPTED:
            continue
        if known_at is not None and str(record["waktu"])[:10] > known_at.isoformat():
            continue
        found |= dict.fromkeys(record[HOLDS], True) | dict.fromkeys(record[HOLDS_NOT], False)
    return sorted(found.items())


def _reason(text: str) -> str:
    said = " ".join(text.split())
    if not said or has_long_number(said):
        raise PadananError("alasan kosong atau memuat nomor panjang", cure="tulis alasan tanpa NIK")
    return said
