"""The kinds of records there are: where each lies, what it is called, and whether it is an input of a run.

What stands in a record of a kind, and who may write it, belongs to its owner.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One kind of records.

    Attributes:
        folder: below `decisions/`; a kind may hold several files (a period, a year).
        what: the records in messages.
        is_input: whether a record can change what a run of a period computes; what is no input opens no revision.
        head: what separates the signature of its heads from others.
        old: the file, directly below `decisions/`, in which such records lay before they were signed.
    """

    folder: str
    what: str
    is_input: bool
    head: str
    old: str | None = None


REVIEW = Kind("reviu", "catatan reviu", is_input=True, head="kepala")
RELEASES = Kind("pelepasan", "catatan pelepasan", is_input=True, head="kepala pelepasan", old="pelepasan.jsonl")
CLERICAL = Kind("klerikal", "keputusan klerikal", is_input=True, head="kepala klerikal", old="klerikal.jsonl")
MEETINGS = Kind("rakor", "catatan rakor", is_input=False, head="kepala rakor")
DESTRUCTION = Kind("retensi", "register pemusnahan", is_input=False, head="kepala retensi")
HANDOVER = Kind("penyerahan", "register penyerahan", is_input=False, head="kepala penyerahan")
KEYS = Kind("kunci", "register kunci", is_input=False, head="kepala kunci")
GRANTS = Kind("hibah", "register hibah", is_input=False, head="kepala hibah")
REQUESTS = Kind("permohonan", "register permohonan", is_input=False, head="kepala permohonan")
FEEDBACK = Kind("umpan_balik", "catatan umpan balik", is_input=True, head="kepala umpan balik")
COMPLAINTS = Kind("pengaduan", "catatan pengaduan", is_input=False, head="kepala pengaduan")
REPORTS = Kind("lp3ke", "register LP3KE", is_input=False, head="kepala lp3ke")
WARNINGS = Kind("peringatan", "register peringatan dini", is_input=False, head="kepala peringatan")
ADDENDA = Kind("adendum", "register adendum", is_input=False, head="kepala adendum")

KINDS = (
    REVIEW, RELEASES, CLERICAL, MEETINGS, DESTRUCTION, HANDOVER, KEYS, GRANTS, FEEDBACK, REQUESTS, REPORTS, COMPLAINTS, WARNINGS,
    ADDENDA,
)  # fmt: skip
