"""Append-only registers under `decisions/<folder>/`: one JSON line a record, chained and signed as the review log is.

What a record means belongs to its owner (rakor, destruction); the chain's spelling, hash and mark are the review log's own.
"""

from __future__ import annotations

import fcntl
import hmac
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from padanan.delivery.commit import write_once
from padanan.errors import PadananError, no_space_guard
from padanan.home import Home
from padanan.keys import key_id, load_key
from padanan.review.log import EMPTY_HEAD, canonical, content_hash, sign

CURE = "pulihkan folder decisions dari cadangan; catatan hanya ditambah, tidak disunting"


@dataclass(frozen=True)
class Register:
    """One file of records, `decisions/<folder>/<name>.jsonl`, with its signed head beside it."""

    home: Home
    folder: str
    name: str

    @property
    def path(self) -> Path:
        """The records; below `decisions/`, so that they are no input of a run (`runplan.decisions_version`)."""
        return self.home.decisions / self.folder / f"{self.name}.jsonl"

    @property
    def head_path(self) -> Path:
        """The signed head: it tells that the newest records were cut off."""
        return self.path.with_suffix(".kepala.json")

    def read(self) -> tuple[Mapping[str, Any], ...]:
        """Every record, oldest first, after the chain was proved.

        A torn last line (a kill while it was written) is no record and is left to the next `append`.

        Raises:
            PadananError: a record was changed, removed or forged, with its line; or the key is another one.
        """
        # The head first: a record that is added while we read is then one too many, never one that the head misses.
        head_text = self.head_path.read_bytes() if self.head_path.exists() else None
        content = self.path.read_bytes() if self.path.exists() else b""
        records: list[Mapping[str, Any]] = []
        head = EMPTY_HEAD
        for number, line in enumerate(content.split(b"\n")[:-1], 1):
            record = self._proved(line, number, head)
            records.append(record)
            head = str(record["hash"])
        self._check_head(head_text, records)
        return tuple(records)

    def append(self, entries: Sequence[Mapping[str, Any]], now: datetime) -> tuple[Mapping[str, Any], ...]:
        """Adds records, one writer at a time; what a killed writer left unfinished is taken off first.

        Raises:
            PadananError: the register is not intact; nothing is added to a broken chain.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = os.open(self.path.with_name(f".{self.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            known = self.read()
            head, added = (str(known[-1]["hash"]) if known else EMPTY_HEAD), []
            for place, entry in enumerate(entries, len(known) + 1):
                record = {
                    **entry,
                    "no": place,
                    "waktu": now.isoformat(timespec="seconds"),
                    "kunci": key_id(load_key()),
                    "sebelum": head,
                }
                head = content_hash(record)
                added.append({**record, "hash": head, "tanda": sign(self.folder, head)})
            self._write(added)
            self._write_head(len(known) + len(added), head)
        finally:
            os.close(lock)
        return tuple(added)

    def _write(self, records: Sequence[Mapping[str, Any]]) -> None:
        content = "".join(canonical(record) + "\n" for record in records).encode()
        with no_space_guard("catatan keputusan"):
            descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
            try:
                before = os.pread(descriptor, os.fstat(descriptor).st_size, 0)
                size = before.rfind(b"\n") + 1
                os.ftruncate(descriptor, size)
                try:
                    os.pwrite(descriptor, content, size)
                    os.fsync(descriptor)
                except OSError:
                    os.ftruncate(descriptor, size)
                    raise
            finally:
                os.close(descriptor)

    def _proved(self, line: bytes, number: int, before: str) -> Mapping[str, Any]:
        def broken(cause: str, cure: str = CURE) -> PadananError:
            return PadananError(cause, file=self.path.relative_to(self.home.root), place=f"baris {number}", cure=cure)

        try:
            text = line.decode()
            record: dict[str, Any] = json.loads(text)
            intact = canonical(record) == text and record["hash"] == content_hash(record) and record["no"] == number
            intact = intact and record["sebelum"] == before
            key, mark = str(record["kunci"]), str(record["tanda"])
        except (ValueError, KeyError, TypeError, AttributeError):
            raise broken("catatan berubah atau hilang") from None
        if not intact:
            raise broken("catatan berubah atau hilang")
        if key != key_id(load_key()):
            raise broken("catatan ditandai kunci lain", "atur PADANAN_KEY_FILE ke kunci yang dipakai saat itu")
        if not hmac.compare_digest(mark, sign(self.folder, record["hash"])):
            raise broken("tanda catatan palsu: ditulis tanpa kunci")
        return record

    def _head_mark(self, number: int, digest: str) -> str:
        return sign(f"kepala {self.folder}", f"{self.name}|{number}|{digest}")

    def _check_head(self, text: bytes | None, records: Sequence[Mapping[str, Any]]) -> None:
        """The head may lag behind a kill, but it never names a record that is not there."""
        name = self.head_path.relative_to(self.home.root)
        if text is None:
            # Records of the first call carry one time; a kill before its head is no loss.
            if len({record["waktu"] for record in records}) > 1:
                raise PadananError("kepala catatan hilang", file=name, cure=CURE)
            return
        try:
            head = json.loads(text)
            number, digest, mark = int(head["no"]), str(head["hash"]), str(head["tanda"])
        except (ValueError, KeyError, TypeError):
            raise PadananError("kepala catatan berubah", file=name, cure=CURE) from None
        if not hmac.compare_digest(mark, self._head_mark(number, digest)):
            raise PadananError("kepala catatan berubah", file=name, cure=CURE)
        if not 1 <= number <= len(records) or records[number - 1]["hash"] != digest:
            raise PadananError(f"catatan ke-{number} hilang atau diganti", file=self.path.relative_to(self.home.root), cure=CURE)

    def _write_head(self, number: int, digest: str) -> None:
        if number:
            head = {"no": number, "hash": digest, "tanda": self._head_mark(number, digest)}
            write_once(self.head_path, json.dumps(head, sort_keys=True) + "\n")


def registers(home: Home, folder: str) -> list[Register]:
    """Every register of a folder, by name."""
    return [Register(home, folder, path.stem) for path in sorted((home.decisions / folder).glob("*.jsonl"))]
