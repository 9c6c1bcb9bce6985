"""Where a revision stands, in words: what was decided, when, by whom, why, and what comes next.

All of it is read off the log; report, documents and agenda say it with these words. What may be done is checked in `actions`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from padanan.base.format import day, number
from padanan.base.period import JAKARTA
from padanan.records import steps
from padanan.records.review_log import ReviewLog

# Beside the states of `steps`: sent back by the discussion, sent back for a padanan ulang, accepted before another revision was,
# and decreed with a perubahan opened since.
RETURNED, REDONE, REPLACED, CHANGING = "dikembalikan", "padanan_ulang", "digantikan", "perubahan_dibuka"


@dataclass(frozen=True)
class Words:
    """How a standing is told: `name` as in "keadaan: …", `after` what comes next, `tone` as a CSS class; whether it decided."""

    name: str
    after: str
    tone: str = "baik"
    decided: bool = True


STANDINGS: Mapping[str, Words] = {
    steps.NOT_REVIEWED: Words("belum direviu", "isi formulir keputusan dan tandatangani berita acaranya", "", False),
    RETURNED: Words("dikembalikan dari pembahasan, belum direviu lagi", "TKPK mereviu revisi ini sekali lagi", "", False),
    REDONE: Words("direviu, diminta padanan ulang", "produsen memperbaiki datanya; padanan ulang membuka revisi baru", "awas"),
    REPLACED: Words("digantikan: revisi lain diterima sesudahnya", "lanjutkan revisi yang diterima terakhir", "awas"),
    steps.REVIEWED: Words(steps.STATE_TEXT[steps.REVIEWED], "laporkan hasilnya kepada Asisten Kesra"),
    steps.REPORTED: Words(steps.STATE_TEXT[steps.REPORTED], "bahas penetapannya dengan Asisten Kesra"),
    steps.DISCUSSED: Words(steps.STATE_TEXT[steps.DISCUSSED], "susun draf Keputusan Gubernur"),
    steps.DRAFTED: Words(steps.STATE_TEXT[steps.DRAFTED], "setelah Gubernur menetapkan, catat nomor dan tanggalnya"),
    steps.DECREED: Words(steps.STATE_TEXT[steps.DECREED], "data sasaran sudah disegel; perubahannya harus dibuka lebih dahulu"),
    CHANGING: Words("ditetapkan, perubahannya dibuka", "jalankan padanan ulang, lalu reviu revisi barunya", "awas"),
}
"""Every standing there is, in the order of the review; whoever tells a state tells one of these."""


@dataclass(frozen=True)
class Standing:
    """A revision's standing: its key in `STANDINGS`, and the decision as one sentence (empty while there is none)."""

    key: str
    sentence: str

    @property
    def words(self) -> Words:
        """How it is told."""
        return STANDINGS[self.key]


def standing(log: ReviewLog, revisi: int) -> Standing:
    """Where a revision stands, and who decided that, when and why."""
    key = _key(log, revisi)
    return Standing(key, _sentence(log, revisi, key))


def _key(log: ReviewLog, revisi: int) -> str:
    state = steps.state_of(log, revisi)
    if steps.refined(log, revisi):
        return REDONE
    if state == steps.NOT_REVIEWED:
        return RETURNED if _last(log, revisi, steps.RETURN) else state
    if state == steps.DECREED:
        decreed = [record for record in log.records if record["tindakan"] == steps.DECREE]
        return CHANGING if steps.change_open(log) is not None and decreed[-1]["revisi"] == revisi else state
    return state if steps.acceptance(log, revisi) is not None else REPLACED


def _sentence(log: ReviewLog, revisi: int, key: str) -> str:
    """The decision, with what followed it; a person who acts for two steps is named at each."""
    if key == steps.NOT_REVIEWED:
        return ""
    told = {RETURNED: steps.RETURN, REDONE: steps.REFINE, REPLACED: steps.ACCEPT}.get(key)
    if told is not None:
        found = _last(log, revisi, told)
        return "" if found is None else f"{_what(found)} {_when(found)}{_why(found)}."
    parts = [_what(found) + " " + _when(found) for found in _standing_steps(log, revisi)]
    if key == CHANGING and (change := steps.change_open(log)) is not None:
        parts.append(f"{_what(change)} {_when(change)}{_why(change)}")
    return f"{'; '.join(parts)}."


def _standing_steps(log: ReviewLog, revisi: int) -> list[Mapping[str, Any]]:
    """The acceptance that stands and what was last done after it; of a penetapan only that."""
    own = steps.records_of(log, revisi)
    decreed = _last(log, revisi, steps.DECREE)
    if decreed is not None:
        return [decreed]
    accepted = steps.acceptance(log, revisi)
    later = [record for record in own if accepted is not None and record["no"] > accepted["no"]]
    return [record for record in (accepted, *later[-1:]) if record is not None]


def _last(log: ReviewLog, revisi: int, action: str) -> Mapping[str, Any] | None:
    return next((record for record in reversed(steps.records_of(log, revisi)) if record["tindakan"] == action), None)


def _what(record: Mapping[str, Any]) -> str:
    action, revisi = record["tindakan"], record["revisi"]
    if action == steps.ACCEPT:
        waived = record.get("dikecualikan")
        told = f" ({number(waived)} penghalang atau catatan kecil dikecualikan)" if waived else ""
        return f"Reviu menerima padanan revisi {revisi}{told}"
    if action == steps.DECREE:
        when = day(date.fromisoformat(str(record["tanggal"])))
        return f"Ditetapkan dengan Keputusan Gubernur nomor {record['nomor']} tanggal {when} (ke-{record['ke']}), dicatat"
    if action == steps.OPEN_CHANGE:
        return f"perubahan ke-{record['ke']} dibuka"
    return {
        steps.REFINE: f"Reviu meminta padanan ulang atas revisi {revisi}",
        steps.RETURN: f"Pembahasan mengembalikan revisi {revisi} ke reviu",
        steps.REPORT: "dilaporkan kepada Asisten Kesra",
        steps.DISCUSS: "dibahas",
        steps.DRAFT: "draf Keputusan Gubernur disusun",
    }[action]


def _when(record: Mapping[str, Any]) -> str:
    who = people(record)
    return f"pada {moment(record)}" + (f" ({who})" if who else "")


def _why(record: Mapping[str, Any]) -> str:
    reasons = reason(record.get("alasan"))
    return f": {reasons}" if reasons else ""


def people(record: Mapping[str, Any]) -> str:
    """Who took part, as the record named them then."""
    found = []
    for role in ("pengusul", "penyetuju", "oleh", "penetap"):
        person = record.get(role)
        if isinstance(person, Mapping):
            found.append(str(person.get("nama") or person.get("id")))
        elif person:
            found.append(str(person))
    return "; ".join(found)


def reason(reasons: Any) -> str:
    """Reasons as one text, without the full stop that a sentence brings."""
    if isinstance(reasons, str):
        return reasons.rstrip(". ")
    return "; ".join(str(item).rstrip(". ") for item in reasons) if isinstance(reasons, Sequence) else ""


def moment(record: Mapping[str, Any]) -> str:
    """The day of a record, in Jakarta."""
    found = datetime.fromisoformat(str(record["waktu"]))
    return day(found.astimezone(JAKARTA).date() if found.tzinfo else found.date())


def mark(log: ReviewLog, revisi: int) -> str:
    """What tells one standing, with all that was decided on the way, from another; a page made from it carries it."""
    found = standing(log, revisi)
    return sha256(f"{found.key}|{found.sentence}|{len(steps.records_of(log, revisi))}".encode()).hexdigest()[:12]
