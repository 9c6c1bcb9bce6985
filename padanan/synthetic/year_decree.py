"""Review meeting, penetapan and addenda of a made-up year, as the example officials make them, in a demo's home alone.

Every step is the real one with its conditions; only who takes it, and the blank paper that stands for a signed one, are made up.
"""

from __future__ import annotations

import io
from datetime import date, datetime, time, timedelta
from pathlib import Path

from pypdf import PdfWriter

from padanan.base import disk
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode
from padanan.decree.approve import Approval, approve
from padanan.feedback.urgent import flagged
from padanan.feedback.urgent_steps import Authority, Decided, propose
from padanan.feedback.urgent_steps import decide as decide_urgent
from padanan.published.blockers import judge
from padanan.records.decided import fingerprint_of
from padanan.records.review_log import read_log
from padanan.records.steps import (
    ACCEPT,
    DISCUSS,
    DISCUSSED,
    DRAFT,
    EVERYWHERE,
    MINORS,
    NOT_REVIEWED,
    REPORT,
    REPORTED,
    REVIEWED,
    state_of,
)
from padanan.review.decision.actions import Decision, decide
from padanan.review.decision.waived import Waiver

PROPOSER, APPROVER, REPORTER, ASISTEN, DECREER = (
    f"contoh.{name}" for name in ("pengusul", "penyetuju", "pelapor", "asisten", "penetap")
)


def accept(home: Home, periode: Periode, revisi: int, day: date) -> None:
    """Waives what holds an acceptance, each producer's rule once, accepts, reports, discusses and drafts, on a day.

    Steps that the log has already are not taken again.

    Raises:
        PadananError: the home is not a demo's, or the log or publication is broken.
        Refusal: a condition of a step is not met.
    """
    if not home.demo_marker.exists():
        raise PadananError("reviu buatan hanya untuk data home demo", file=home.root, cure="pakai folder kosong")
    opened = datetime.combine(day, time(8), JAKARTA)
    if state_of(read_log(home, periode), revisi) == NOT_REVIEWED:
        decide(home, _meeting(home, periode, revisi), now=opened)
    steps = ((REVIEWED, REPORT, REPORTER), (REPORTED, DISCUSS, ASISTEN), (DISCUSSED, DRAFT, REPORTER))
    for later, (before, action, actor) in enumerate(steps, 1):
        if state_of(read_log(home, periode), revisi) == before:
            decide(home, Decision(periode, revisi, action, actor=actor), now=opened + timedelta(hours=later))


def _meeting(home: Home, periode: Periode, revisi: int) -> Decision:
    judged = judge(home, periode, revisi)
    rules = sorted({(one.producer, one.rule.id) for one in judged.found})
    waivers = (
        *(
            Waiver(who, rule, EVERYWHERE, f"diverifikasi lapangan sesudah penetapan, butir {n}")
            for n, (who, rule) in enumerate(rules)
        ),
        *(
            Waiver(who, MINORS, EVERYWHERE, "jumlahnya kecil, diperbaiki produsen pada kiriman berikutnya")
            for who in sorted({one.producer for one in judged.minors})
        ),
    )  # fmt: skip
    return Decision(
        periode, revisi, ACCEPT, fingerprint=fingerprint_of(home, periode, revisi), proposer=PROPOSER, approver=APPROVER,
        scan=_paper(home, f"berita-acara-{periode.key}", f"Berita acara reviu buatan {periode.label}"), waivers=waivers,
    )  # fmt: skip


def seal(home: Home, periode: Periode, revisi: int, day: date, number: str) -> Path:
    """Records the made-up penetapan of a drafted revision; the sealed folder."""
    now = datetime.combine(day, time(15), JAKARTA)
    return approve(home, Approval(periode, revisi, 1, number, day, DECREER), now=now)


def add_urgent(home: Home, day: date) -> Decided | None:
    """An addendum of everybody who may be proposed on a day, proposed by one example official and decided by another.

    Returns:
        What was decided; None where nobody may be proposed.
    """
    now = datetime.combine(day, time(9), JAKARTA)
    if not any(one.barred is None for one in flagged(home, day)):
        return None
    number = int(
        propose(home, None, by=PROPOSER, reason="kunjungan menemukan kebutuhan yang tidak dapat menunggu", now=now)["no"]
    )
    letter = Authority(f"{number}/TKPK/{day.year}", day, _paper(home, f"surat-adendum-{day}", f"Surat adendum buatan {day}"))
    return decide_urgent(home, number, by=DECREER, reason="sesuai surat TKPK", now=now + timedelta(hours=1), authority=letter)


def _paper(home: Home, name: str, title: str) -> Path:
    paper, out = PdfWriter(), io.BytesIO()
    paper.add_blank_page(width=595, height=842)
    paper.add_metadata({"/Title": title})
    paper.write(out)
    path = home.truth / f"{name}.pdf"
    disk.mkdir(path.parent, parents=True, exist_ok=True, mode=0o700)
    disk.write_bytes(path, out.getvalue())
    return path
