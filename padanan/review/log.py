"""The review log: one append-only, hash-chained file a period, `decisions/reviu/<period>.jsonl`, one decision a line.

It only stores and proves records; what a decision means and who may take it stands in `steps` and `actions`.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from padanan.delivery.commit import write_once
from padanan.errors import PadananError, no_space_guard
from padanan.home import Home
from padanan.keys import key_id, load_key
from padanan.period import Periode

FOLDER = "reviu"
EMPTY_HEAD = "0" * 64
# What proves a record and is therefore not part of its own hash.
PROOF = ("hash", "tanda")
RESTORE = "pulihkan folder decisions/reviu dari cadangan; catatan reviu hanya ditambah, tidak disunting"


@dataclass(frozen=True)
class ReviewLog:
    """A period's decisions, oldest first; `head` is the newest record's hash, 64 zeros when there is none."""

    records: tuple[Mapping[str, Any], ...]
    head: str


def folder_of(home: Home) -> Path:
    """`decisions/reviu`: below `decisions/`, so that accepting or waiving is no input of a run (`runplan.decisions_version`)."""
    return home.decisions / FOLDER


def log_path(home: Home, periode: Periode) -> Path:
    """The log of one period."""
    return folder_of(home) / f"{periode.key}.jsonl"


def head_path(home: Home, periode: Periode) -> Path:
    """The signed head beside the log: it tells that the newest records were cut off, also before a seal holds the head."""
    return folder_of(home) / f"{periode.key}.kepala.json"


def canonical(record: Mapping[str, Any]) -> str:
    """A record's only spelling: sorted keys, no spaces, UTF-8."""
    return json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def content_hash(record: Mapping[str, Any]) -> str:
    """SHA-256 over everything a record says, the hash of the record before included. Anyone can compute it, without the key."""
    return hashlib.sha256(canonical({name: value for name, value in record.items() if name not in PROOF}).encode()).hexdigest()


def sign(purpose: str, text: str) -> str:
    """32 hex digits of HMAC-SHA256 with the project's key: what somebody without the key can't write."""
    return hmac.new(load_key(), f"{purpose}|{text}".encode(), "sha256").hexdigest()[:32]


def read_log(home: Home, periode: Periode) -> ReviewLog:
    """The period's decisions, after the whole chain was proved.

    Raises:
        PadananError: a record was changed, removed or forged, the last line is torn, or the key is another one; with the line.
    """
    path = log_path(home, periode)
    name = path.relative_to(home.root)
    # The head first: a record that is added while we read is then one too many, never one that the head misses.
    head_text = _head_text(home, periode)
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        content = b""
    if content and not content.endswith(b"\n"):
        raise _torn(periode, name, content.count(b"\n") + 1)
    records: list[Mapping[str, Any]] = []
    head = EMPTY_HEAD
    key = key_id(load_key())
    for number, line in enumerate(content.split(b"\n")[:-1], 1):
        record = _proved(line, number, head, key, name)
        records.append(record)
        head = str(record["hash"])
    if records and records[-1]["paket"][0] != records[-1]["paket"][1]:
        raise _torn(periode, name, len(records) + 1)
    _check_head(home, periode, head_text, records)
    return ReviewLog(tuple(records), head)


def _proved(line: bytes, number: int, before: str, key: str, name: Path) -> Mapping[str, Any]:
    def broken(cause: str, cure: str = RESTORE) -> PadananError:
        return PadananError(cause, file=name, place=f"baris {number}", cure=cure)

    try:
        text = line.decode()
        record = json.loads(text)
        intact = isinstance(record, dict) and canonical(record) == text and record["hash"] == content_hash(record)
        package = record["paket"]
        intact = intact and record["no"] == number and 1 <= package[0] <= package[1]
    except (ValueError, KeyError, TypeError, IndexError):
        intact, record = False, {}
    if not intact:
        raise broken("catatan reviu berubah")
    if record["sebelum"] != before:
        raise broken("rantai catatan reviu terputus: catatan sebelumnya berubah atau hilang")
    if record["kunci"] != key:
        raise broken(
            f"catatan reviu ditandai kunci lain ({record['kunci']})", "atur PADANAN_KEY_FILE ke kunci yang dipakai saat itu"
        )
    if not hmac.compare_digest(str(record["tanda"]), sign("reviu", record["hash"])):
        raise broken("tanda catatan reviu palsu: ditulis tanpa kunci")
    assert isinstance(record, dict)
    return record


def _torn(periode: Periode, name: Path, line: int) -> PadananError:
    return PadananError(
        "catatan terakhir terpotong ketika ditulis; keputusan itu belum berlaku",
        file=name,
        place=f"baris {line}",
        cure=f"jalankan 'padanan review repair --periode {periode.label}', lalu ulangi keputusan terakhir",
    )


def _head_text(home: Home, periode: Periode) -> bytes | None:
    try:
        return head_path(home, periode).read_bytes()
    except FileNotFoundError:
        return None


def _check_head(home: Home, periode: Periode, text: bytes | None, records: Sequence[Mapping[str, Any]]) -> None:
    """The signed head may lag behind a crash by one package, but it never names a record that is not there."""
    name = head_path(home, periode).relative_to(home.root)
    if text is None:
        if records and records[-1]["paket"][1] != len(records):
            raise PadananError("kepala catatan reviu hilang", file=name, cure=RESTORE)
        return
    try:
        head = json.loads(text)
        number, digest, mark = int(head["no"]), str(head["hash"]), str(head["tanda"])
    except (ValueError, KeyError, TypeError):
        raise PadananError("kepala catatan reviu berubah", file=name, cure=RESTORE) from None
    if not hmac.compare_digest(mark, sign("kepala", f"{periode.key}|{number}|{digest}")):
        raise PadananError("kepala catatan reviu berubah", file=name, cure=RESTORE)
    if not 1 <= number <= len(records) or records[number - 1]["hash"] != digest:
        raise PadananError(
            f"catatan reviu ke-{number} hilang atau diganti",
            file=log_path(home, periode).relative_to(home.root),
            place=f"baris {number}",
            cure=RESTORE,
        )


class Transaction:
    """The log while nobody else may add to it: compose records first, write them when everything else is ready."""

    def __init__(self, home: Home, periode: Periode) -> None:
        self._home, self._periode = home, periode
        self.log = read_log(home, periode)

    def compose(self, entries: Sequence[Mapping[str, Any]], now: datetime) -> tuple[Mapping[str, Any], ...]:
        """Records that would follow the log, chained and signed, not yet written.

        Args:
            entries: what was decided (`revisi`, `tindakan`, who, why); all of one package stand or none.
            now: the time of the decision.
        """
        head, out = self.log.head, []
        key = key_id(load_key())
        for place, entry in enumerate(entries, 1):
            record = {
                **entry,
                "no": len(self.log.records) + place,
                "paket": [place, len(entries)],
                "periode": self._periode.key,
                "waktu": now.isoformat(timespec="seconds"),
                "kunci": key,
                "sebelum": head,
            }
            head = content_hash(record)
            out.append({**record, "hash": head, "tanda": sign("reviu", head)})
        return tuple(out)

    def commit(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Adds composed records; on a full disk the file is cut back to where it was."""
        path = log_path(self._home, self._periode)
        content = "".join(canonical(record) + "\n" for record in records).encode()
        with no_space_guard("catatan reviu"):
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            try:
                size = os.fstat(descriptor).st_size
                try:
                    rest = memoryview(content)
                    while rest:
                        rest = rest[os.write(descriptor, rest) :]
                    os.fsync(descriptor)
                except OSError:
                    os.ftruncate(descriptor, size)
                    raise
            finally:
                os.close(descriptor)
            _sync(path.parent)
            self.log = ReviewLog((*self.log.records, *records), str(records[-1]["hash"]))
            _write_head(self._home, self._periode, self.log)


@contextmanager
def writing(home: Home, periode: Periode) -> Iterator[Transaction]:
    """Holds the period's log for one writer; another one waits.

    Raises:
        PadananError: the log is not intact; nothing is added to a broken chain.
    """
    with _locked(home, periode):
        yield Transaction(home, periode)


@contextmanager
def _locked(home: Home, periode: Periode) -> Iterator[None]:
    folder = folder_of(home)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor = os.open(folder / f".{periode.key}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def repair(home: Home, periode: Periode) -> int:
    """Takes a torn tail off the log and keeps it beside it; whole records are never touched.

    Returns:
        How many bytes were set aside; 0 when nothing was torn.

    Raises:
        PadananError: the log is broken elsewhere; that is no crash and stays as it is.
    """
    with _locked(home, periode):
        path = log_path(home, periode)
        content = path.read_bytes() if path.exists() else b""
        whole = content[: content.rfind(b"\n") + 1]
        while whole:
            start = whole.rfind(b"\n", 0, -1) + 1
            try:
                place, size = json.loads(whole[start:])["paket"]
            except (ValueError, KeyError, TypeError):
                break
            if place == size:
                break
            whole = whole[:start]
        tail = content[len(whole) :]
        if tail:
            number = 1
            while (aside := path.with_name(f"{path.name}.terpotong-{number}")).exists():
                number += 1
            write_once(aside, tail.decode(errors="replace"))
            with path.open("r+b") as handle:
                handle.truncate(len(whole))
                handle.flush()
                os.fsync(handle.fileno())
        log = read_log(home, periode)
        if log.records:
            _write_head(home, periode, log)
    return len(tail)


def _write_head(home: Home, periode: Periode, log: ReviewLog) -> None:
    number, digest = len(log.records), log.head
    head = {"no": number, "hash": digest, "tanda": sign("kepala", f"{periode.key}|{number}|{digest}")}
    path = head_path(home, periode)
    write_once(path, json.dumps(head, sort_keys=True) + "\n")
    path.chmod(0o600)
    _sync(path.parent)


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
