"""Addenda of a decree (§3.1.3.4.i): which people stand on one, until when, by whose authority, and the proof of its folder.

Who may be on one, and what is proposed and decided, is `padanan/feedback`'s work; the decree itself never changes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.keys import load_ring
from padanan.base.period import Periode
from padanan.base.signing import genuine
from padanan.base.sshsig import SUFFIX
from padanan.base.tabular import row_hash, scratch
from padanan.records.chain import canonical
from padanan.records.kinds import ADDENDA
from padanan.records.log import Log
from padanan.records.seal_keys import SEAL_SPACE, file_signed
from padanan.records.seals import SEAL, Seal, seal_folder

PROPOSED, DECIDED = "usul", "putus"
ENTER, WITHDRAW = "masuk", "tarik"
"""What a proposal is for: people enter, or are taken off an addendum."""
ACCEPTED, REJECTED = "diterima", "ditolak"
FOLDER, PAPERS = "adendum", "lampiran"
PEOPLE = "adendum.parquet"
PURPOSE = "segel adendum"
WHAT, CURE = "adendum", "pulihkan folder decree dan decisions/adendum dari cadangan"


def log_of(home: Home) -> Log:
    """`decisions/adendum/register.jsonl`: what was proposed and decided; people as pseudonyms alone."""
    return Log(home, ADDENDA, "register")


def paper_path(home: Home, digest: str) -> Path:
    """Where the paper of an authority lies, under its SHA-256."""
    return home.decisions / ADDENDA.folder / PAPERS / digest


def folder_of(home: Home, periode: Periode, ke: int, number: int) -> Path:
    """`decree/<period>/adendum/ke-<n>/adendum-<k>`: beside the decree that it adds to, never inside it."""
    return home.decree(periode) / FOLDER / f"ke-{ke}" / f"adendum-{number}"


def seal_text(seal: Mapping[str, Any]) -> str:
    """What the seal's own signature is over."""
    return canonical({name: value for name, value in seal.items() if name != "tanda"})


@dataclass(frozen=True)
class Addendum:
    """One addendum as the register tells it.

    Attributes:
        periode, ke: the decree that it adds to. number: its own, from 1 within that decree.
        people: who was put on it, by today's pseudonym. off: those who were taken off, with the first day they are not on it.
        begins, ends: its first and last day. authority: number, day and SHA-256 of the paper.
    """

    periode: Periode
    ke: int
    number: int
    year: int
    people: frozenset[str]
    begins: date
    ends: date
    authority: Mapping[str, str]
    record: Mapping[str, Any]
    off: Mapping[str, date] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What people write: `2025-S2/1/adendum-1`."""
        return f"{self.periode.label}/{self.ke}/adendum-{self.number}"

    @property
    def told(self) -> str:
        """Its authority, for people."""
        return f"{self.authority['nomor']}, {self.authority['tanggal']}"

    def on(self, day: date) -> frozenset[str]:
        """Who stands on it on a day."""
        if not self.begins <= day <= self.ends:
            return frozenset()
        return frozenset(one for one in self.people if one not in self.off or day < self.off[one])


@dataclass(frozen=True)
class Proposal:
    """A proposal with its place in the register, from 1, and what was decided about it, if anything was."""

    number: int
    record: Mapping[str, Any]
    decision: Mapping[str, Any] | None

    @property
    def kind(self) -> str:
        """`masuk` or `tarik`."""
        return str(self.record["isi"])

    @property
    def rejected(self) -> bool:
        """Whether it was decided against."""
        return self.decision is not None and self.decision["putusan"] == REJECTED

    def people(self, home: Home) -> list[str]:
        """Whom it is about, by today's pseudonyms."""
        return today_of(home, list(self.record["orang"]), self.record)

    def lapsed(self, decree: Seal, today: date) -> str | None:
        """Why nobody can enter by it any more; None while it can be decided. A withdrawal never lapses."""
        if self.kind == WITHDRAW:
            return None
        if int(self.record["tahun"]) != today.year:
            return f"usul ini dari tahun anggaran {self.record['tahun']}"
        if self.record["penetapan"] != decree_of(decree):
            return "penetapan yang berlaku sudah berganti"
        return None

    def waits(self, decree: Seal, today: date) -> bool:
        """Whether it can still be decided for."""
        return self.decision is None and self.lapsed(decree, today) is None


def decree_of(seal: Seal) -> dict[str, Any]:
    """How a record names a decree."""
    return {"periode": seal.periode.key, "ke": seal.ke}


def proposals(home: Home, known_at: date | None = None) -> list[Proposal]:
    """Every proposal, oldest first, as known on a day: what was proposed or decided after it was not known then.

    Raises:
        PadananError: the register was changed.
    """
    found = proposals_of(log_of(home).read().records)
    if known_at is None:
        return found
    return [
        replace(one, decision=None) if one.decision is not None and decided_on(one.decision) > known_at else one
        for one in found
        if decided_on(one.record) <= known_at
    ]


def proposals_of(records: Sequence[Mapping[str, Any]]) -> list[Proposal]:
    """The proposals among the register's records, oldest first."""
    decided = {int(one["usul"]): one for one in records if one["jenis"] == DECIDED}
    return [Proposal(number, one, decided.get(number)) for number, one in enumerate(records, 1) if one["jenis"] == PROPOSED]


def addenda(home: Home, known_at: date | None = None) -> list[Addendum]:
    """Every addendum that was decided up to a day, in the order of the decisions.

    Raises:
        PadananError: the register was changed, or its pseudonyms are of a key that the ring lacks.
    """
    records = [
        one
        for one in log_of(home).settled().records
        if one["jenis"] == DECIDED and one["putusan"] == ACCEPTED and (known_at is None or decided_on(one) <= known_at)
    ]
    off: dict[tuple[Any, ...], dict[str, date]] = {}
    for one in records:
        if one["isi"] == WITHDRAW:
            gone = off.setdefault(_place(one), {})
            gone |= dict.fromkeys(today_of(home, one["orang"], one), date.fromisoformat(str(one["mulai"])))
    return [
        Addendum(
            Periode.parse(one["penetapan"]["periode"]),
            int(one["penetapan"]["ke"]),
            int(one["adendum"]),
            int(one["tahun"]),
            frozenset(today_of(home, one["orang"], one)),
            date.fromisoformat(str(one["mulai"])),
            date.fromisoformat(str(one["sampai"])),
            one["rujukan"],
            one,
            off.get(_place(one), {}),
        )
        for one in records
        if one["isi"] == ENTER
    ]


def in_force(home: Home, day: date, known_at: date | None = None) -> dict[str, Addendum]:
    """Who stands on an addendum on a day: pseudonym -> addendum; nobody stands on two.

    Raises:
        PadananError: see `addenda`.
    """
    return {one: addendum for addendum in addenda(home, known_at) for one in sorted(addendum.on(day))}


def decided_on(record: Mapping[str, Any]) -> date:
    """The day of a record."""
    return date.fromisoformat(str(record["waktu"])[:10])


def today_of(home: Home, names: Sequence[str], record: Mapping[str, Any]) -> list[str]:
    """Today's pseudonyms of those that a record names."""
    ring, made = load_ring(home), str(record["kunci_hmac"])
    return list(names) if made == ring.names[-1] else [ring.today(one, made) for one in names]


def _place(record: Mapping[str, Any]) -> tuple[Any, ...]:
    return record["penetapan"]["periode"], record["penetapan"]["ke"], record["adendum"]


def proved(home: Home, one: Addendum) -> Path:
    """The folder of an addendum, after its bytes were compared with the register.

    Raises:
        PadananError: a file is missing, was changed or forged.
    """
    for fault in _faults(home, one):
        raise fault
    return folder_of(home, one.periode, one.ke, one.number)


def genuine_folder(folder: Path) -> bool:
    """Whether a folder's seal was written with a key of ours, whatever the register says of it."""
    try:
        seal: dict[str, Any] = json.loads((folder / SEAL).read_text(encoding="utf-8"))
        return genuine(PURPOSE, seal_text(seal), seal["tanda"])
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False


def faults_of_addenda(home: Home) -> tuple[int, list[PadananError]]:
    """How many addenda there are, and what is wrong: files missing or changed, papers, folders that no record names."""
    try:
        log_of(home).read()
    except PadananError:
        return 0, []  # named where the records themselves are proved
    try:
        every = addenda(home)
    except PadananError as error:
        return 0, [error]
    found = [fault for one in every for fault in _faults(home, one)]
    known = {folder_of(home, one.periode, one.ke, one.number) for one in every}
    for folder in sorted((home.root / "decree").glob(f"????-??-??/{FOLDER}/ke-*/adendum-*")):
        if folder not in known:
            found.append(
                PadananError(
                    "adendum belum terdaftar: prosesnya mati sebelum mencatatnya; belum berlaku",
                    file=folder.relative_to(home.root),
                    cure="ulangi 'padanan mendesak tetapkan' atas usulnya; foldernya dibuat lagi",
                )
            )
    return len(every), found


def _faults(home: Home, one: Addendum) -> Iterator[PadananError]:
    folder = folder_of(home, one.periode, one.ke, one.number)
    name = folder.relative_to(home.root)
    paper = paper_path(home, str(one.authority["sha256"]))
    if not paper.is_file() or file_sha256(paper) != one.authority["sha256"]:
        what = "berubah" if paper.exists() else "hilang"
        yield PadananError(f"surat rujukan adendum {what}", file=paper.relative_to(home.root), cure=CURE)
    if not (folder / SEAL).is_file() or file_sha256(folder / SEAL) != one.record["segel_sha256"] or not genuine_folder(folder):
        what = "berubah" if (folder / SEAL).exists() else "hilang"
        yield PadananError(f"segel {WHAT} {what}", file=name / SEAL, cure=CURE)
        return
    seal = json.loads((folder / SEAL).read_text(encoding="utf-8"))
    if not file_signed(home, folder / SEAL, SEAL_SPACE):
        yield PadananError("tanda Ed25519 segel hilang atau palsu", file=name / f"{SEAL}{SUFFIX}", cure=CURE)
    files = {seal["file"]: seal["sha256"], **seal["berkas"]}
    for file, digest in files.items():
        path = folder / file
        if not path.is_file() or file_sha256(path) != digest:
            yield PadananError(f"berkas {WHAT} {'berubah' if path.exists() else 'hilang'}", file=name / file, cure=CURE)
            return
    if strange := {path.name for path in folder.iterdir()} - {*files, SEAL, SEAL + SUFFIX}:
        cause = f"{len(strange)} berkas tidak tercatat di segel {WHAT}"
        yield PadananError(cause, file=name, cure="keluarkan berkas itu")
    con = scratch(home)
    try:
        if row_hash(con, folder / seal["file"]) != seal["row_hash"]:
            yield PadananError(f"baris {WHAT} berubah", file=name / seal["file"], cure=CURE)
    finally:
        con.close()
    decree = Seal(one.periode, one.ke, seal_folder(home, one.periode, one.ke), {})
    if not decree.path.is_file() or file_sha256(decree.path) != seal["penetapan"]["segel_sha256"]:
        yield PadananError("penetapan yang ditambah adendum ini berubah atau hilang", file=name, cure=CURE)


def last_day_of(year: int) -> date:
    """The last day of a budget year."""
    return date(year + 1, 1, 1) - timedelta(days=1)
