"""What one step of a decision asks of those before it: an acceptance that stands, two people, a reason fit to keep.

Which steps there are is said in `steps`; taking one belongs to review and decree.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from padanan.base.digest import file_sha256
from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode
from padanan.base.typed import has_long_number
from padanan.records import steps
from padanan.records.people import Reviewer
from padanan.records.refusal import Refusal
from padanan.records.review_log import ReviewLog

REASON_LENGTH, NUMBER_LENGTH = 600, 100
# A waiver's reason: letters in its words, and different words; "-", "ok ok ok" or one long key press is none.
REASON_LETTERS, REASON_WORDS = 20, 3
_WORD = re.compile(r"[^\W\d_]{2,}")


def standing_acceptance(home: Home, log: ReviewLog, periode: Periode, revisi: int) -> Mapping[str, Any]:
    """The acceptance that later steps stand on, its publication unchanged.

    Raises:
        Refusal: the revision is not accepted (any more), or what was published is not what was accepted.
    """
    accepted = steps.acceptance(log, revisi)
    if accepted is None:
        raise Refusal(
            f"revisi {revisi} belum diterima pada reviu, atau revisi lain diterima sesudahnya",
            field="revisi",
            cure=f"lihat 'padanan review show --periode {periode.label}'",
        )
    if fingerprint_of(home, periode, revisi) != accepted["sidik"]:
        raise Refusal(
            "terbitan berubah sejak diterima", field="revisi", cure="pulihkan folder published dari cadangan; jangan diteruskan"
        )
    return accepted


def fingerprint_of(home: Home, periode: Periode, revisi: int) -> str:
    """The report's fingerprint: SHA-256 of the published manifest.

    Raises:
        Refusal: that revision is not published.
    """
    path = home.published(periode, revisi) / "manifest.json"
    if not path.exists():
        raise Refusal(
            f"revisi {revisi} periode {periode} belum terbit",
            field="revisi",
            cure=f"lihat 'padanan review show --periode {periode.label}'",
        )
    return file_sha256(path)


def different(proposer: Reviewer, approver: Reviewer, *, field: str) -> None:
    """Who proposes never approves.

    Raises:
        Refusal: they are one person.
    """
    if proposer.id == approver.id:
        raise Refusal(
            f"'{approver.id}' mengusulkan dan menyetujui sendiri",
            field=field,
            cure="yang menyetujui harus orang lain",
        )


def clean_reason(text: str, *, field: str) -> str:
    """A reason as it is kept: one line, printable, no number that could be somebody's NIK.

    Raises:
        Refusal: too long, not printable, or with a long number.
    """
    reason = " ".join(text.split())
    if not reason.isprintable() or len(reason) > REASON_LENGTH:
        raise Refusal(
            f"alasan terlalu panjang atau tidak terbaca (paling panjang {REASON_LENGTH} huruf)",
            field=field,
            cure="ringkas alasannya",
        )
    if has_long_number(reason):
        raise Refusal("alasan memuat nomor panjang", field=field, cure="jangan menulis NIK atau nomor KK; sebut jumlahnya saja")
    return reason


def worded_reason(text: str, *, field: str) -> str:
    """A waiver's reason as it is kept: `clean_reason`, and a sentence that somebody else can judge.

    Raises:
        Refusal: see `clean_reason`; or its words hold fewer than 20 letters, or fewer than three are different.
    """
    reason = clean_reason(text, field=field)
    words = _WORD.findall(reason)
    if sum(map(len, words)) < REASON_LETTERS or len({word.casefold() for word in words}) < REASON_WORDS:
        raise Refusal(
            f"alasan terlalu pendek: paling sedikit {REASON_LETTERS} huruf dalam {REASON_WORDS} kata",
            field=field,
            cure="tulis apa sebabnya dan apa yang dilakukan sesudahnya",
        )
    return reason


def paper_facts(number: str, day: date | None, first: date, now: datetime) -> dict[str, str]:
    """Number and day of a decision's paper, as a record keeps them.

    Args:
        first: no such paper was before that day.

    Raises:
        Refusal: no number or an impossible one, or the day is before `first` or still to come.
    """
    if day is None or not number.strip() or has_long_number(number) or not number.isprintable() or len(number) > NUMBER_LENGTH:
        raise Refusal("dokumen tanpa nomor yang sah", field="nomor", cure="isi nomor dan tanggal dokumennya")
    if not first <= day <= now.astimezone(JAKARTA).date():
        raise Refusal(
            f"tanggal dokumen sebelum {first.isoformat()} atau belum tiba", field="tanggal", cure="periksa tanggal dokumennya"
        )
    return {"nomor": number, "tanggal": day.isoformat()}
