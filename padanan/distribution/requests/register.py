"""The register of requests read back: each one's contents, steps and state, what it is linked with, and which steps are late.

Nothing is written here; taking a step is `flow`'s.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.base.typed import letters_of
from padanan.distribution.catalogue import Clocks
from padanan.distribution.requests.asked import Asked
from padanan.records.kinds import GRANTS, REQUESTS
from padanan.records.log import Log

SUBMIT, CHANGE, FORUM, DECIDE, NAME, WITHDRAW = STEPS = ("ajukan", "ubah", "forum", "putuskan", "tunjuk", "tarik")
SUBMITTED, ADVISED, UNADVISED, AGREED, REFUSED, NAMED, GRANTED, WITHDRAWN, LAPSED = (
    "diajukan", "direkomendasikan", "tidak_direkomendasikan", "disetujui", "ditolak", "ditunjuk", "dihibahkan", "ditarik",
    "kedaluwarsa",
)  # fmt: skip
ADVICE = {"layak": ADVISED, "tidak_layak": UNADVISED}
VERDICT = {"setuju": AGREED, "tolak": REFUSED}
OPEN = frozenset({SUBMITTED, ADVISED, UNADVISED, AGREED, NAMED})
# Step -> the states in which it may be taken. There is no way from `ditolak`: nothing revives a refused request.
MOVES: Mapping[str, frozenset[str]] = {
    CHANGE: OPEN,
    FORUM: frozenset({SUBMITTED}),
    DECIDE: frozenset({ADVISED, UNADVISED}),
    NAME: frozenset({AGREED}),
    WITHDRAW: OPEN,
}
STATE_TEXT = {
    SUBMITTED: "diajukan, menunggu forum",
    ADVISED: "dibahas, forum menilai layak",
    UNADVISED: "dibahas, forum menilai tidak layak",
    AGREED: "disetujui TKPK, menunggu penunjukan perangkat daerah",
    REFUSED: "ditolak",
    NAMED: "perangkat daerah ditunjuk, menunggu hibah",
    GRANTED: "dihibahkan",
    WITHDRAWN: "ditarik",
    LAPSED: "kedaluwarsa",
}
# State -> what is waited for.
NEXT = {SUBMITTED: FORUM, ADVISED: DECIDE, UNADVISED: DECIDE, AGREED: NAME, NAMED: "hibah"}
SAME_BODY, SAME_LETTER, SAME_CLIENT = "lembaga yang sama", "surat yang sama", "klien yang sama"


@dataclass(frozen=True)
class Request:
    """One request as it stands.

    Attributes:
        asked, letter, digest: what is asked now, the letter (`sha256`, `jenis`, `halaman`), the fingerprint of both.
        steps: its records, oldest first.
        state: without expiry, see `state_on`.
        taken: approving step -> its record, of the contents as they are now.
        grant: the grant that names it.
    """

    number: str
    asked: Asked
    letter: Mapping[str, str]
    digest: str
    steps: tuple[Mapping[str, Any], ...]
    state: str
    taken: Mapping[str, Mapping[str, Any]]
    grant: str | None = None

    @property
    def agency(self) -> str | None:
        """The agency that was named."""
        return self.taken[NAME]["instansi"] if NAME in self.taken else None

    @property
    def requesters(self) -> frozenset[str]:
        """Who asked, as ids and folded names: none of them decides."""
        asking = [one for one in self.steps if one["langkah"] in (SUBMIT, CHANGE)]
        ids = {one["oleh"]["id"] for one in asking}
        return frozenset(ids | {letters_of(one["isi"]["pemohon"]) for one in asking})

    def since(self) -> date:
        """The day of the newest step."""
        return datetime.fromisoformat(str(self.steps[-1]["waktu"])).astimezone(JAKARTA).date()

    def state_on(self, day: date, clocks: Clocks) -> str:
        """The state on a day: an open request lapses with the end that it asks for, or after too long without a step."""
        gone = day > self.asked.sampai or day > self.since() + timedelta(days=clocks.lapse)
        return LAPSED if gone and self.state in OPEN else self.state

    def due(self, clocks: Clocks) -> tuple[str, date] | None:
        """The step that is waited for, and the last day for it."""
        step = NEXT.get(self.state)
        days = {FORUM: clocks.forum, DECIDE: clocks.decision, NAME: clocks.naming, "hibah": clocks.grant}
        return None if step is None else (step, self.since() + timedelta(days=days[step]))


def log_of(home: Home) -> Log:
    """`decisions/permohonan/permohonan.jsonl`."""
    return Log(home, REQUESTS, "permohonan")


def letter_path(home: Home, digest: str) -> Path:
    """Where the letter with that SHA-256 lies, mode 0600; its own name may say anything and is not kept."""
    return home.decisions / REQUESTS.folder / "surat" / digest


def read_requests(home: Home) -> dict[str, Request]:
    """Every request that was ever made, by number.

    Raises:
        PadananError: the register of requests or that of grants was tampered with.
    """
    return standing(log_of(home).settled().records, granted(home))


def granted(home: Home) -> dict[str, str]:
    """Request -> the first grant that names it, revoked ones too: a request is used once."""
    found: dict[str, str] = {}
    for record in Log(home, GRANTS, "hibah").settled().records:
        if number := record["isi"].get("permohonan"):
            found.setdefault(str(number), str(record["hibah"]))
    return found


def standing(records: Iterable[Mapping[str, Any]], grants: Mapping[str, str]) -> dict[str, Request]:
    """The requests that records tell of."""
    found: dict[str, Request] = {}
    for record in records:
        number = str(record["permohonan"])
        found[number] = _after(found.get(number), record)
    return {
        number: replace(one, state=GRANTED, grant=grants[number]) if number in grants else one for number, one in found.items()
    }


def _after(before: Request | None, record: Mapping[str, Any]) -> Request:
    """A request after one more step."""
    step = record["langkah"]
    if step in (SUBMIT, CHANGE):
        steps = (*(before.steps if before else ()), record)
        asked = Asked.model_validate(dict(record["isi"]))
        # Whatever was approved was another content: every approval is void.
        return Request(str(record["permohonan"]), asked, record["surat"], record["sidik"], steps, SUBMITTED, {})
    assert before is not None
    state = {WITHDRAW: WITHDRAWN, NAME: NAMED}.get(step) or (ADVICE | VERDICT)[record["hasil"]]
    return replace(before, steps=(*before.steps, record), state=state, taken={**before.taken, step: record})


def links(every: Mapping[str, Request], one: Request, states: Iterable[str]) -> dict[str, str]:
    """Other requests of the same body, letter or client that stand in some state: number -> what they have in common."""
    wanted, found = frozenset(states), {}
    for other in every.values():
        if other.number != one.number and other.state in wanted and (why := _common(one, other)):
            found[other.number] = why
    return found


def _common(one: Request, other: Request) -> str:
    if letters_of(one.asked.lembaga) == letters_of(other.asked.lembaga):
        return SAME_BODY
    if one.letter["sha256"] in {step["surat"]["sha256"] for step in other.steps if "surat" in step}:
        return SAME_LETTER
    return SAME_CLIENT if one.asked.klien is not None and one.asked.klien == other.asked.klien else ""


def spelt_otherwise(one: Request, other: Request) -> bool:
    """Whether two names of one body were written differently: shown, never put right."""
    return one.asked.lembaga != other.asked.lembaga and letters_of(one.asked.lembaga) == letters_of(other.asked.lembaga)


@dataclass(frozen=True)
class Late:
    """A step past its day."""

    request: Request
    step: str
    due: date
    days: int


def late(every: Mapping[str, Request], clocks: Clocks, day: date) -> list[Late]:
    """The steps that are late on a day, the latest first."""
    found = []
    for one in every.values():
        due = one.due(clocks)
        if due is not None and one.state_on(day, clocks) in OPEN and day > due[1]:
            found.append(Late(one, due[0], due[1], (day - due[1]).days))
    return sorted(found, key=lambda item: (-item.days, item.request.number))
