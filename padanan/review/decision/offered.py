"""What a decision form is made for: one revision as it stands now, with its open penghalang.

Writing and reading forms belong to `form` (and `form_book` for workbooks).
"""

from __future__ import annotations

from dataclasses import dataclass

from padanan.base.period import Periode


@dataclass(frozen=True)
class Blocker:
    """One open penghalang as a form shows it: what names it, and the texts for people."""

    producer: str
    rule: str
    kota: str
    producer_name: str
    definition: str
    kota_text: str
    figures: str


@dataclass(frozen=True)
class Offer:
    """What a form is made for: one revision as it stands now."""

    periode: Periode
    revisi: int
    fingerprint: str
    words: tuple[str, ...]
    reviewers: tuple[str, ...]
    blockers: tuple[Blocker, ...]
