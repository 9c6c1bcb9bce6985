"""Append-only files of records under `decisions/`: a JSON line a record, chained by hashes, signed, a signed head beside them.

Which files there are is said in `kinds`, when several records stand or fall together in `log`; here is one file and its proof.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from padanan.base import disk, locks
from padanan.base.commit import sweep, write_once
from padanan.base.errors import PadananError, no_space_guard
from padanan.base.signing import genuine, known_signer, sign, signer

EMPTY_HEAD = "0" * 64
# What proves a record and is therefore not part of its own hash.
PROOF = ("hash", "tanda")


def canonical(record: Mapping[str, Any]) -> str:
    """A record's only spelling: sorted keys, no spaces, UTF-8."""
    return json.dumps(record, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def content_hash(record: Mapping[str, Any]) -> str:
    """SHA-256 over everything a record says, the hash of the record before included. Anyone can compute it, without the key."""
    return hashlib.sha256(canonical({name: value for name, value in record.items() if name not in PROOF}).encode()).hexdigest()


@dataclass(frozen=True)
class Chain:
    """One file of records.

    Attributes:
        root: the data home; messages name files relative to it.
        path, head_path: the records, and the signed head: it tells that the newest records were cut off.
        purpose, head_purpose: what separates these signatures from those of other files.
        name: how the head names its file.
        what: the records in messages, `catatan reviu`.
        cure: what to do when the chain is broken.
    """

    root: Path
    path: Path
    head_path: Path
    purpose: str
    head_purpose: str
    name: str
    what: str
    cure: str

    @property
    def lock_path(self) -> Path:
        """The lock that whoever writes holds."""
        return self.path.with_name(f".{self.path.stem}.lock")

    def contents(self) -> tuple[bytes | None, bytes]:
        """The bytes of head and records as they stand.

        The head is read first: a record that is added in between is then one too many, never one that the head misses.
        """
        return _bytes(self.head_path), _bytes(self.path) or b""

    def proved(self, content: bytes) -> tuple[Mapping[str, Any], ...]:
        """Every whole line as a record, after the chain was proved; a last line without its end is not looked at.

        Raises:
            PadananError: a record was changed, removed or forged, or the key is another one; with the line.
        """
        if not content:
            return ()  # nothing to prove, and no reason to make a key for a home that holds nothing
        records: list[Mapping[str, Any]] = []
        before = EMPTY_HEAD
        for number, line in enumerate(content.split(b"\n")[:-1], 1):
            records.append(self._proved(line, number, before))
            before = str(records[-1]["hash"])
        return tuple(records)

    def _proved(self, line: bytes, number: int, before: str) -> Mapping[str, Any]:
        try:
            text = line.decode()
            record: dict[str, Any] = json.loads(text)
            intact = canonical(record) == text and record["hash"] == content_hash(record) and record["no"] == number
            previous, marked, mark = record["sebelum"], str(record["kunci"]), str(record["tanda"])
        except (ValueError, KeyError, TypeError, AttributeError):
            raise self.broken(f"{self.what} berubah", number) from None
        if not intact:
            raise self.broken(f"{self.what} berubah", number)
        if previous != before:
            raise self.broken(f"rantai {self.what} terputus: catatan sebelumnya berubah atau hilang", number)
        if not known_signer(marked):
            raise PadananError(
                f"{self.what} ditandai kunci lain ({marked})",
                file=self.path.relative_to(self.root),
                place=f"baris {number}",
                cure="atur PADANAN_KEY_FILE ke kunci yang dipakai saat itu",
            )
        if not genuine(self.purpose, record["hash"], mark, marked):
            raise self.broken(f"tanda {self.what} palsu: ditulis tanpa kunci", number)
        return record

    def broken(self, cause: str, line: int) -> PadananError:
        """The fault at a line of the file."""
        return PadananError(cause, file=self.path.relative_to(self.root), place=f"baris {line}", cure=self.cure)

    def check_head(self, text: bytes | None, records: Sequence[Mapping[str, Any]], *, newest: int) -> None:
        """The signed head may lag behind by what one killed writer added, and never names a record that is not there.

        It is written before the first record and brought up to date before each next one, so that no row of crashes leaves
        records without a head, or more than the newest package ahead of it.

        Args:
            text: the head's bytes, None when there is none.
            newest: how many records the newest package holds.

        Raises:
            PadananError: the head is missing, was changed, names a record that is gone, or is an older one put back.
        """
        name = self.head_path.relative_to(self.root)
        if text is None:
            if records:
                raise PadananError(f"kepala {self.what} hilang", file=name, cure=self.cure)
            return
        try:
            head = json.loads(text)
            number, digest, mark = int(head["no"]), str(head["hash"]), str(head["tanda"])
        except (ValueError, KeyError, TypeError):
            raise PadananError(f"kepala {self.what} berubah", file=name, cure=self.cure) from None
        # Heads of before keys could be rotated do not say which key signed them.
        if not genuine(self.head_purpose, self._head_text(number, digest), mark, head.get("kunci")):
            raise PadananError(f"kepala {self.what} berubah", file=name, cure=self.cure)
        known = EMPTY_HEAD if number == 0 else records[number - 1]["hash"] if 1 <= number <= len(records) else None
        if known != digest:
            raise self.broken(f"{self.what} ke-{number} hilang atau diganti", number)
        if len(records) - number > newest:
            raise PadananError(f"kepala {self.what} lebih tua daripada catatannya", file=name, cure=self.cure)

    def head_number(self) -> int | None:
        """Which record the head names; None when there is no head."""
        text = _bytes(self.head_path)
        return None if text is None else int(json.loads(text)["no"])

    def compose(
        self, known: Sequence[Mapping[str, Any]], entries: Sequence[Mapping[str, Any]], now: datetime
    ) -> tuple[Mapping[str, Any], ...]:
        """Records that would follow the known ones, chained and signed, not yet written."""
        head, out = str(known[-1]["hash"]) if known else EMPTY_HEAD, []
        key = signer()
        for place, entry in enumerate(entries, len(known) + 1):
            # An adopted record brings the time at which it was decided.
            record = {"waktu": now.isoformat(timespec="seconds"), **entry, "no": place, "kunci": key, "sebelum": head}
            head = content_hash(record)
            out.append({**record, "hash": head, "tanda": sign(self.purpose, head)})
        return tuple(out)

    def append(self, records: Sequence[Mapping[str, Any]]) -> None:
        """Adds composed records after the last whole line; on a full disk the file is cut back to where it was."""
        content = "".join(canonical(record) + "\n" for record in records).encode()
        with no_space_guard(self.what):
            descriptor = disk.opened(self.path, os.O_RDWR | os.O_CREAT)
            try:
                before = os.pread(descriptor, os.fstat(descriptor).st_size, 0)
                size = before.rfind(b"\n") + 1
                if size < len(before):
                    disk.truncate(descriptor, size, self.path)
                try:
                    disk.pwrite(descriptor, content, size, self.path)
                    disk.fsync(descriptor, self.path)
                except OSError:
                    disk.truncate(descriptor, size, self.path)
                    raise
            finally:
                os.close(descriptor)
            disk.flush(self.path.parent)

    def write_head(self, number: int, digest: str) -> None:
        """Signs the newest record as the head."""
        mark = sign(self.head_purpose, self._head_text(number, digest))
        head = {"no": number, "hash": digest, "kunci": signer(), "tanda": mark}
        with no_space_guard(self.what):
            write_once(self.head_path, json.dumps(head, sort_keys=True) + "\n", mode=0o600)

    def _head_text(self, number: int, digest: str) -> str:
        return f"{self.name}|{number}|{digest}"

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Holds the file for one writer; another one waits."""
        with locks.held(self.lock_path):
            sweep(self.path.parent)
            yield


def _bytes(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
