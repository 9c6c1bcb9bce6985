"""Proving the audit and handing it out: the whole chain, the signed heads of days, an export, and who read one person's data.

Adding to it is `audit`'s; nothing is mended here.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from padanan.base import disk
from padanan.base.commit import write_once
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.keys import PSEUDONYM, KeyRing, load_ring
from padanan.base.period import JAKARTA, Periode
from padanan.base.signing import genuine
from padanan.base.sshsig import SUFFIX
from padanan.distribution.audit import CURE, HEAD_PURPOSE, PERSON_BYTES, event_hash, head_text
from padanan.distribution.prepare import PURPOSE
from padanan.distribution.shelf import Shelf
from padanan.distribution.state import tables
from padanan.distribution.state.store import Store
from padanan.records.chain import EMPTY_HEAD, canonical
from padanan.records.seal_keys import AUDIT_SPACE, file_signed, sealing_key, sign_file

BLOCK = 2_000
HEADS = "audit"
_LIKE = "kepala-????-??-??.json"


@dataclass
class AuditProof:
    """What was found: how many events, the head, and the faults."""

    events: int = 0
    head: str = EMPTY_HEAD
    days: int = 0
    open_starts: int = 0
    faults: list[PadananError] = field(default_factory=list)


def events(store: Store, *, people: bool = False) -> Iterator[tuple[int, str, bytes | None, str]]:
    """Every event in the order of its number: number, content, pseudonyms (where asked for), hash."""
    last = 0
    columns = [tables.audit.c.no, tables.audit.c.isi, tables.audit.c.orang, tables.audit.c.hash]
    while True:
        with store.reading() as con:
            block = con.execute(select(*columns).where(tables.audit.c.no > last).order_by(tables.audit.c.no).limit(BLOCK)).all()
        for number, content, served, digest in block:
            last = number
            yield int(number), str(content), bytes(served) if people and served is not None else None, str(digest)
        if len(block) < BLOCK:
            return


def verify_audit(home: Home, store: Store) -> AuditProof:
    """Compares every event with the one before it, with the signed head and with every day's head that was exported."""
    proof, waiting, at = AuditProof(), set[str](), dict[int, str]()
    heads = dict(_exported(home, proof))
    for number, content, served, digest in events(store, people=True):
        proof.events += 1
        cause = _fault(number, content, served, digest, proof)
        if cause:
            proof.faults.append(PadananError(cause, place=f"audit no. {number}", cure=CURE))
            return proof
        said = json.loads(content)
        if said["jenis"] == "mulai":
            waiting.add(said["permintaan"])
        elif said["jenis"] in ("selesai", "putus"):
            waiting.discard(said["permintaan"])
        proof.head = digest
        if number in heads:
            at[number] = digest
    proof.open_starts = len(waiting)
    with store.reading() as con:
        head = con.execute(select(tables.head)).one()
    signed = genuine(HEAD_PURPOSE, head_text(head.no, head.hash), head.tanda, head.kunci) or (head.no == 0 and not proof.events)
    if not signed or (head.no, head.hash) != (proof.events, proof.head):
        proof.faults.append(PadananError("kepala audit tidak sama dengan kejadian terakhirnya", place="audit_kepala", cure=CURE))
    for number, digest in heads.items():
        if digest != at.get(number, EMPTY_HEAD if number == 0 else None):
            proof.faults.append(
                PadananError("audit tidak lagi memuat kepala yang diekspor", place=f"audit no. {number}", cure=CURE)
            )
    return proof


def _fault(number: int, content: str, served: bytes | None, digest: str, proof: AuditProof) -> str | None:
    try:
        said = json.loads(content)
        if number != proof.events or said["no"] != number:
            return "kejadian hilang atau disisipkan"
        if canonical(said) != content or event_hash(content) != digest:
            return "kejadian berubah"
        if said["sebelum"] != proof.head:
            return "rantai terputus: kejadian sebelumnya berubah atau hilang"
        people = said.get("orang")
        found = [len(served) // PERSON_BYTES, hashlib.sha256(served).hexdigest()] if served else None
    except (ValueError, KeyError, TypeError):
        return "kejadian tidak terbaca"
    return None if found == people else "daftar orang pada kejadian berubah"


def _exported(home: Home, proof: AuditProof) -> Iterator[tuple[int, str]]:
    for path in sorted((home.distribusi / HEADS).glob(_LIKE)):
        name = path.relative_to(home.root)
        if not file_signed(home, path, AUDIT_SPACE):
            proof.faults.append(PadananError("kepala harian berubah atau tanpa tanda", file=name, cure=CURE))
            continue
        proof.days += 1
        said = json.loads(path.read_text(encoding="utf-8"))
        yield int(said["no"]), str(said["hash"])


def export_head(home: Home, store: Store, now: datetime) -> Path:
    """Writes and signs the day's head, `distribusi/audit/kepala-<day>.json` with its `.sig`; to be kept elsewhere too.

    Repeated on one day it names the newest event.

    Raises:
        PadananError: the audit does not prove; a head over a broken chain is never signed.
    """
    proof = verify_audit(home, store)
    for fault in proof.faults:
        raise fault
    day = now.astimezone(JAKARTA).date()
    folder = home.distribusi / HEADS
    disk.mkdir(folder, parents=True, exist_ok=True)
    path = folder / f"kepala-{day.isoformat()}.json"
    said = {"hari": day.isoformat(), "no": proof.events, "hash": proof.head, "waktu": now.isoformat(timespec="seconds")}
    # The signature of the older content goes first: a kill in between leaves a head that is told as unsigned, not a wrong one.
    disk.unlink(path.with_name(path.name + SUFFIX), missing_ok=True)
    write_once(path, json.dumps(said, indent=1, sort_keys=True) + "\n", mode=0o600)
    sign_file(path, sealing_key(home, now), AUDIT_SPACE, mode=0o600)
    return path


def export_events(store: Store, target: Path, *, since: date | None = None, until: date | None = None) -> int:
    """Writes the events of some days as NDJSON, content and hash as they are chained, without the pseudonyms of people.

    Returns:
        How many were written.
    """
    count = 0

    def lines() -> Iterator[str]:
        nonlocal count
        for _, content, _, digest in events(store):
            said = json.loads(content)
            day = datetime.fromisoformat(said["waktu"]).astimezone(JAKARTA).date()
            if (since is None or day >= since) and (until is None or day <= until):
                count += 1
                yield canonical({**said, "hash": digest}) + "\n"

    write_once(target, "".join(lines()), mode=0o600)
    return count


def readers_of(store: Store, ring: KeyRing, person: str) -> Iterator[dict[str, Any]]:
    """Who was served the data of one person, oldest first (UU 27/2022: who had my data): client, purpose, columns, grant, time.

    Args:
        person: the id_orang; the pseudonyms of every key that was ever in use are looked for.
    """
    wanted = {bytes.fromhex(one) for one in pseudonyms(ring, person)}
    for _, content, served, _ in events(store, people=True):
        if served is not None and any(_holds(served, one) for one in wanted):
            said = json.loads(content)
            yield {
                name: said.get(name)
                for name in (
                    "waktu",
                    "klien",
                    "hibah",
                    "hibah_versi",
                    "tujuan",
                    "layanan",
                    "kolom",
                    "periode",
                    "ke",
                    "permintaan",
                )
            }


def pseudonyms(ring: KeyRing, person: str) -> list[str]:
    """The audit's pseudonyms of a person, by every key since the first (see `keys.KeyRing`)."""
    found, text = [], f"{PURPOSE}|{person}"
    for key in ring.keys:
        text = hmac.new(key, text.encode(), "sha256").hexdigest()[:PSEUDONYM]
        found.append(text)
    return found


def _holds(served: bytes, one: bytes) -> bool:
    place = served.find(one)
    while place >= 0 and place % PERSON_BYTES:
        place = served.find(one, place + 1)
    return place >= 0


def count_events(store: Store) -> int:
    """How many events there are."""
    with store.reading() as con:
        return int(con.execute(select(func.count()).select_from(tables.audit)).scalar_one())


def ring_of(home: Home) -> KeyRing:
    """The keys whose pseudonyms the audit may hold."""
    return load_ring(home)


def people_of(home: Home, nik: str) -> list[str]:
    """The id_orang of everybody who bears a NIK in any decree that is or was shown.

    Raises:
        PadananError: it is no NIK, or nobody bears it.
    """
    if len(nik) != 16 or not (nik.isascii() and nik.isdigit()):
        raise PadananError("NIK bukan 16 digit", cure="tulis NIK pada masukan baku, tanpa spasi")
    found: set[str] = set()
    shelf = Shelf(home)
    try:
        for name, ke in shelf.pointer().get("ada", ()):
            opened = shelf.exactly(Periode.parse(name), int(ke))
            if opened is not None:
                rows = opened.con.execute("select id_orang from nik where nik = ?", [nik]).fetchall()
                found |= {row[0] for row in rows}
    finally:
        shelf.close()
    if not found:
        raise PadananError("NIK itu tidak ada pada penetapan yang disalurkan", cure="periksa nomornya")
    return sorted(found)
