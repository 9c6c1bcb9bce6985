"""One file of records of a kind: read after it was proved, added to by one writer at a time, mended after a crash.

The chain of hashes is `chain`'s; which kinds there are is said in `kinds`, what a record means by its owner.
"""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from padanan.base import disk
from padanan.base.commit import write_once
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.records.chain import EMPTY_HEAD, Chain
from padanan.records.kinds import KINDS, Kind

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Records:
    """Records of one file, oldest first; `head` is the newest record's hash, 64 zeros when there is none."""

    records: tuple[Record, ...]
    head: str


@dataclass(frozen=True)
class Log:
    """`decisions/<kind>/<name>.jsonl` with its signed head `<name>.kepala.json` beside it."""

    home: Home
    kind: Kind
    name: str

    @property
    def path(self) -> Path:
        """The records."""
        return self.home.decisions / self.kind.folder / f"{self.name}.jsonl"

    @property
    def head_path(self) -> Path:
        """The signed head: it tells that the newest records were cut off."""
        return self.path.with_suffix(".kepala.json")

    @property
    def cure(self) -> str:
        """What to do when the chain is broken."""
        return f"pulihkan folder decisions/{self.kind.folder} dari cadangan; catatan hanya ditambah, tidak disunting"

    @property
    def chain(self) -> Chain:
        """The file's chain."""
        kind = self.kind
        return Chain(self.home.root, self.path, self.head_path, kind.folder, kind.head, self.name, kind.what, self.cure)

    def read(self, *, adopting: bool = False) -> Records:
        """Every record, after the whole chain was proved.

        Raises:
            PadananError: a record was changed, removed, forged or put elsewhere, the last one is torn, the head does not agree,
                the key is another one, or records of before they were signed wait to be adopted; with the line.
        """
        if not adopting:
            self.refuse_old()
        chain = self.chain
        head, content = chain.contents()
        if content and not content.endswith(b"\n"):
            raise self._torn(content.count(b"\n") + 1)
        records = chain.proved(content)
        place, size = _package(records[-1]) if records else (0, 0)
        if place != size:
            raise self._torn(len(records) + 1)
        chain.check_head(head, records, newest=size)
        return Records(records, str(records[-1]["hash"]) if records else EMPTY_HEAD)

    def settled(self) -> Records:
        """`read` beside writers: a record that is being written at this moment is waited for, not taken for a torn one.

        Raises:
            PadananError: see `read`.
        """
        for _ in range(4):
            with suppress(PadananError):
                return self.read()
            time.sleep(0.02)
        return self.read()

    def _torn(self, line: int) -> PadananError:
        return PadananError(
            "catatan terakhir terpotong ketika ditulis; isinya belum berlaku",
            file=self.path.relative_to(self.home.root),
            place=f"baris {line}",
            cure=f"jalankan 'padanan records repair {self.kind.folder}/{self.name}', lalu ulangi pencatatan terakhir",
        )

    def refuse_old(self) -> None:
        """Raises PadananError while records of this kind of before they were signed wait to be adopted."""
        old = self.home.decisions / self.kind.old if self.kind.old else None
        if old is not None and old.exists():
            raise PadananError(
                f"{self.kind.what} dari versi lama belum ditandai",
                file=old.relative_to(self.home.root),
                cure=f"periksa isinya, lalu jalankan 'padanan records adopt {self.kind.folder} --by NAMA'",
            )

    @contextmanager
    def writing(self, *, adopting: bool = False) -> Iterator[Transaction]:
        """Holds the file for one writer; another one waits.

        Args:
            adopting: records of before they were signed are about to be taken in.

        Raises:
            PadananError: the log is not intact; nothing is added to a broken chain.
        """
        with self.chain.locked():
            yield Transaction(self, adopting=adopting)

    def append(self, entries: Sequence[Record], now: datetime) -> tuple[Record, ...]:
        """Adds records that stand or fall together.

        Raises:
            PadananError: see `read`.
        """
        with self.writing() as transaction:
            added = transaction.compose(entries, now)
            transaction.commit(added)
        return added

    def mend_head(self) -> None:
        """Lets the head name the newest record where a writer was killed between the two.

        Until it does, nobody could tell that this record was cut off; whoever adds the next one does the same.

        Raises:
            PadananError: see `read`; the log is only looked at where head and records differ.
        """
        _, content = self.chain.contents()
        try:
            named = self.chain.head_number() == content.count(b"\n")
        except (ValueError, KeyError, TypeError):
            named = False
        if content and not named:
            with self.writing():
                pass

    def repair(self) -> int:
        """Takes a torn tail off the file and keeps it beside it; whole records are never touched.

        Returns:
            How many bytes were set aside; 0 when nothing was torn.

        Raises:
            PadananError: the file is broken elsewhere; that is no crash and stays as it is.
        """
        chain, path = self.chain, self.path
        with chain.locked():
            content = path.read_bytes() if path.exists() else b""
            whole = _whole(content)
            tail = content[len(whole) :]
            # What is broken before the tail is no crash: nothing is touched then.
            records = chain.proved(whole)
            chain.check_head(chain.contents()[0], records, newest=_package(records[-1])[1] if records else 0)
            if tail:
                number = 1
                while (aside := path.with_name(f"{path.name}.terpotong-{number}")).exists():
                    number += 1
                write_once(aside, tail.decode(errors="replace"))
                descriptor = disk.opened(path, os.O_RDWR)
                try:
                    disk.truncate(descriptor, len(whole), path)
                    disk.fsync(descriptor, path)
                finally:
                    os.close(descriptor)
            found = self.read()
            if found.records:
                chain.write_head(len(found.records), found.head)
        return len(tail)


class Transaction:
    """A log while nobody else may add to it: compose records first, write them when everything else is ready."""

    def __init__(self, log: Log, *, adopting: bool = False) -> None:
        self._chain = log.chain
        self.log = log.read(adopting=adopting)
        if self.log.records and self._chain.head_number() != len(self.log.records):
            # A killed writer's records are ahead of it: nothing more is decided before it names them.
            self._chain.write_head(len(self.log.records), self.log.head)

    def compose(self, entries: Sequence[Record], now: datetime) -> tuple[Record, ...]:
        """Records that would follow the log, chained and signed, not yet written; all of one call stand or none."""
        packed = [{**entry, "paket": [place, len(entries)]} for place, entry in enumerate(entries, 1)]
        return self._chain.compose(self.log.records, packed, now)

    def commit(self, records: Sequence[Record]) -> None:
        """Adds composed records; on a full disk the file is cut back to where it was."""
        if not records:
            return
        if self._chain.head_number() != len(self.log.records):
            # None yet: it is written before the first record, so that it never lags by more than one package.
            self._chain.write_head(len(self.log.records), self.log.head)
        self._chain.append(records)
        self.log = Records((*self.log.records, *records), str(records[-1]["hash"]))
        self._chain.write_head(len(self.log.records), self.log.head)


def logs(home: Home, *kinds: Kind) -> list[Log]:
    """Every file of some kinds (by default all), by kind and name; one that only its head tells of is listed too."""
    found = []
    for kind in kinds or KINDS:
        folder = home.decisions / kind.folder
        names = {path.stem for path in folder.glob("*.jsonl")}
        names |= {path.name.removesuffix(".kepala.json") for path in folder.glob("*.kepala.json")}
        found += [Log(home, kind, name) for name in sorted(names)]
    return found


def unadopted(home: Home) -> list[PadananError]:
    """Files of records of before they were signed that nobody adopted yet."""
    found = []
    for kind in KINDS:
        try:
            Log(home, kind, "").refuse_old()
        except PadananError as error:
            found.append(error)
    return found


def mend_heads(home: Home, *kinds: Kind) -> None:
    """`Log.mend_head` of every file of some kinds (by default all).

    Raises:
        PadananError: the first log that is not intact.
    """
    for log in logs(home, *kinds):
        log.mend_head()


def prove_all(home: Home) -> None:
    """Proves every record of every kind: nothing is computed, and nothing decided, beside a register that was tampered with.

    Raises:
        PadananError: the first fault; `padanan verify` names them all.
    """
    for fault in unadopted(home):
        raise fault
    for log in logs(home):
        log.read()


def _package(record: Record) -> tuple[int, int]:
    """Which one of how many records of one call this is."""
    place, size = record.get("paket", (1, 1))
    return int(place), int(size)


def _whole(content: bytes) -> bytes:
    """The content up to its last whole package; a record that can't be read is left for the proof to name."""
    whole = content[: content.rfind(b"\n") + 1]
    while whole:
        start = whole.rfind(b"\n", 0, -1) + 1
        try:
            place, size = _package(json.loads(whole[start:]))
        except (ValueError, KeyError, TypeError, AttributeError):
            return whole
        if place == size:
            return whole
        whole = whole[:start]
    return whole
