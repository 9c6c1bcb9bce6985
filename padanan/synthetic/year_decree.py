"""The review meeting and the penetapan of a made-up year, as the example officials take them, in a demo's home alone.

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
from padanan.published.blockers import judge
from padanan.records.decided import fingerprint_of
from padanan.records.steps import ACCEPT, DISCUSS, DRAFT, EVERYWHERE, MINORS, REPORT
from padanan.review.decision.actions import Decision, decide
from padanan.review.decision.waived import Waiver

PROPOSER, APPROVER, REPORTER, ASISTEN, DECREER = (
    f"contoh.{name}" for name in ("pengusul", "penyetuju", "pelapor", "asisten", "penetap")
)


def accept(home: Home, periode: Periode, revisi: int, day: date) -> None:
    """Waives what holds an acceptance, each producer's rule once, accepts, reports, discusses and drafts, on a day.

    Raises:
        PadananError: the home is not a demo's, or the log or publication is broken.
        Refusal: a condition of a step is not met.
    """
    if not home.demo_marker.exists():
        raise PadananError("reviu buatan hanya untuk data home demo", file=home.root, cure="pakai folder kosong")
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
    opened = datetime.combine(day, time(8), JAKARTA)
    meeting = Decision(
        periode, revisi, ACCEPT, fingerprint=fingerprint_of(home, periode, revisi), proposer=PROPOSER, approver=APPROVER,
        scan=_paper(home, periode), waivers=waivers,
    )  # fmt: skip
    decide(home, meeting, now=opened)
    for later, (action, actor) in enumerate(((REPORT, REPORTER), (DISCUSS, ASISTEN), (DRAFT, REPORTER)), 1):
        decide(home, Decision(periode, revisi, action, actor=actor), now=opened + timedelta(hours=later))


def seal(home: Home, periode: Periode, revisi: int, day: date, number: str) -> Path:
    """Records the made-up penetapan of a drafted revision; the sealed folder."""
    now = datetime.combine(day, time(15), JAKARTA)
    return approve(home, Approval(periode, revisi, 1, number, day, DECREER), now=now)


def _paper(home: Home, periode: Periode) -> Path:
    paper, out = PdfWriter(), io.BytesIO()
    paper.add_blank_page(width=595, height=842)
    paper.add_metadata({"/Title": f"Berita acara reviu buatan {periode.label}"})
    paper.write(out)
    path = home.truth / f"berita-acara-{periode.key}.pdf"
    disk.mkdir(path.parent, parents=True, exist_ok=True, mode=0o700)
    disk.write_bytes(path, out.getvalue())
    return path
