"""A receipt as paper: what came in, what became of it, what is wrong and what to do, as HTML, PDF/UA and JSON of the same words.

What a receipt says belongs to whoever gives it (the landing of deliveries, the inbox of decision forms); nothing is judged here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from padanan.base import disk
from padanan.base.commit import write_once, writing
from padanan.base.typeset import typeset
from padanan.pages.layout import bare_environment

PAGE, PRINT, DATA = "html", "pdf", "json"
TEMPLATE = Path(__file__).with_name("tanda_terima.typ")
GOOD, BAD = "baik", "buruk"


@dataclass(frozen=True)
class Part:
    """One of several causes of a fault: how often, and where each time (`baris 12–40, 57`)."""

    cause: str
    count: str
    where: str


@dataclass(frozen=True)
class Fault:
    """One fault in words: its rule, what it leads to, where it lies, why it is one, what to do; `heavy` where it bars the use."""

    rule: str
    outcome: str
    cause: str
    cure: str
    place: str = ""
    parts: tuple[Part, ...] = ()
    heavy: bool = False


@dataclass(frozen=True)
class Paper:
    """All that a receipt says.

    Attributes:
        title: whose receipt it is.
        verdict: what became of it, in one sentence; `tone` is `baik` or `buruk`.
        steps: what its reader does now, by when, and to whom.
        faults: all of them, heaviest first; None where a receipt has no such section.
        counts, facts: names and values, as they are printed.
        foot: what the paper holds, and what it doesn't.
    """

    title: str
    verdict: str
    tone: str
    steps: tuple[str, ...]
    faults: tuple[Fault, ...] | None = None
    counts: tuple[tuple[str, str], ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    foot: str = ""

    def said(self) -> dict[str, Any]:
        """The words as JSON."""
        return {
            "judul": self.title,
            "putusan": self.verdict,
            "langkah": list(self.steps),
            "kesalahan": [
                {
                    "aturan": fault.rule,
                    "akibat": fault.outcome,
                    "tempat": fault.place,
                    "sebab": fault.cause,
                    "perbaikan": fault.cure,
                    "rincian": [{"sebab": part.cause, "jumlah": part.count, "tempat": part.where} for part in fault.parts],
                }
                for fault in self.faults or ()
            ],
            "hitungan": dict(self.counts),
            "butir": dict(self.facts),
        }

    def html(self) -> str:
        """A page that stands alone: nothing is loaded."""
        return bare_environment().get_template("tanda_terima.html.j2").render(k=self)

    def pdf(self) -> bytes:
        """The same as PDF/UA."""
        return typeset(TEMPLATE, asdict(self))


def sentence(text: object, *, stop: str = ".") -> str:
    """Words as a sentence of a paper: on one line, with a capital and a full stop."""
    said = " ".join(str(text or "").split())
    return said[:1].upper() + said[1:] + (stop if said and said[-1] not in ".…" else "")


def as_json(content: Mapping[str, Any]) -> str:
    """The machine's copy, as every receipt spells it."""
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def write_beside(page: Path, paper: Paper) -> None:
    """Writes page, PDF and JSON under one name, each whole or not at all; the page comes last, so that where it is all are.

    Args:
        page: the path of the page; the others differ in their last suffix.
    """
    write_once(page.with_suffix(f".{DATA}"), as_json(paper.said()))
    with writing(page.with_suffix(f".{PRINT}")) as draft:
        disk.write_bytes(draft, paper.pdf())
    write_once(page, paper.html())
