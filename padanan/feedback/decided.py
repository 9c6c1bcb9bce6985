"""What people decided about events in dispute: proposed by one, decided by another, void once the evidence changed.

The records are kept and proved by `padanan/records`; which events are in dispute is `state`'s.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.typed import has_long_number
from padanan.records.kinds import FEEDBACK
from padanan.records.log import Log
from padanan.records.people import load_reviewers

PROPOSED, DECIDED = "usul", "putus"
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
    home: Home, id_orang: str, holds: Sequence[str], holds_not: Sequence[str], *, by: str, reason: str, now: datetime
) -> Mapping[str, Any]:
    """Proposes which of a person's disputed events hold and which do not.

    Raises:
        PadananError: nothing or an event twice is named, the reason is missing, or `by` may not propose.
    """
    named = [*holds, *holds_not]
    if not named or len(set(named)) != len(named):
        raise PadananError("usul tanpa peristiwa, atau satu peristiwa disebut dua kali", cure="sebut setiap peristiwa sekali")
    person = load_reviewers(home).acting(by, PROPOSER, now.date(), field="--by")
    entry = {
        "jenis": PROPOSED,
        "id_orang": id_orang,
        HOLDS: sorted(holds),
        HOLDS_NOT: sorted(holds_not),
        "bukti": evidence(named),
        "oleh": person.named(),
        "alasan": _reason(reason),
    }
    return log_of(home).append([entry], now)[0]


def decide(home: Home, number: int, standing: Sequence[str], *, by: str, reason: str, now: datetime) -> Mapping[str, Any]:
    """Decides a proposal.

    Args:
        number: the proposal's place in the register, from 1.
        standing: the person's disputed events as they are now; a proposal that rests on others is void.

    Raises:
        PadananError: no such proposal, it is decided already, the proposer would decide, or the evidence changed since.
    """
    log = log_of(home)
    with log.writing() as transaction:
        records = transaction.log.records
        if not 1 <= number <= len(records) or records[number - 1]["jenis"] != PROPOSED:
            raise PadananError(f"usul nomor {number} tidak ada", cure="lihat nomornya dengan 'padanan umpan-balik sengketa'")
        proposal = records[number - 1]
        if any(one["jenis"] == DECIDED and one["usul"] == number for one in records):
            raise PadananError(f"usul nomor {number} sudah diputuskan", cure="ajukan usul baru bila ada bukti baru")
        person = load_reviewers(home).acting(by, DECIDER, now.date(), field="--by")
        if person.id == proposal["oleh"]["id"]:
            raise PadananError("pengusul tidak dapat memutuskan usulnya sendiri", cure="mintakan putusan orang lain")
        if evidence(standing) != proposal["bukti"]:
            raise PadananError(
                "peristiwa orang ini berubah sesudah diusulkan; usul gugur",
                cure="lihat lagi dengan 'padanan umpan-balik sengketa', lalu ajukan usul baru",
            )
        entry = {
            "jenis": DECIDED,
            "usul": number,
            "id_orang": proposal["id_orang"],
            HOLDS: proposal[HOLDS],
            HOLDS_NOT: proposal[HOLDS_NOT],
            "bukti": proposal["bukti"],
            "oleh": person.named(),
            "alasan": _reason(reason),
        }
        written = transaction.compose([entry], now)
        transaction.commit(written)
    return written[0]


def decisions(home: Home, known_at: date | None = None) -> list[tuple[str, bool]]:
    """(event, whether it holds) of every decision up to a day; of several about one event the newest counts."""
    found: dict[str, bool] = {}
    for record in log_of(home).read().records:
        if record["jenis"] != DECIDED or (known_at is not None and str(record["waktu"])[:10] > known_at.isoformat()):
            continue
        found |= dict.fromkeys(record[HOLDS], True) | dict.fromkeys(record[HOLDS_NOT], False)
    return sorted(found.items())


def _reason(text: str) -> str:
    said = " ".join(text.split())
    if not said or has_long_number(said):
        raise PadananError("alasan kosong atau memuat nomor panjang", cure="tulis alasan tanpa NIK")
    return said
