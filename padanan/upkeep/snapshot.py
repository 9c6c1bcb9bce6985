"""What a data home holds at one moment, while deliveries arrive and people decide: folders, files, and the records' bytes.

Writing an archive of it is `backup`'s business; nothing is copied here but records, which alone are added to in place.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from padanan.base import locks
from padanan.base.commit import PREFIX
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.landing.opened import MARKS
from padanan.records.log import Log, logs

# The warehouse is rebuilt from landing by any run; locks, scratch and the demo's database server are not data;
# worklists, kits and files of addenda hold names that go on a day which an archive would not keep. What the API reads is
# prepared again from the decrees; its state is a database in use, which `backup` copies by the database's own means; the signed
# heads are listed below.
LEFT_OUT = ("warehouse", "dagster", "postgres", "logs", "truth", "worklists", "kit", "adendum", "distribusi")
KEPT_OF_LEFT_OUT = ("distribusi/audit",)
# What refers to others is listed before them: all it names stands by then, and what comes later is only not in the archive.
FIRST = ("decisions", "decree", "reports", "published", "identitas", "landing", "quarantine", "held")
INBOX = "inbox"
PATIENCE_SECONDS = 60.0
_TURN_SECONDS = 0.05


class Moved(Exception):
    """A file or folder changed while it was looked at: the whole snapshot is taken again."""


@dataclass(frozen=True)
class State:
    """What tells that a file is still the one that was listed."""

    inode: int
    size: int
    mtime_ns: int
    mode: int

    @classmethod
    def of(cls, found: os.stat_result) -> State:
        """From what the system says of a file."""
        return cls(found.st_ino, found.st_size, found.st_mtime_ns, stat.S_IMODE(found.st_mode))


@dataclass
class Snapshot:
    """One moment.

    Attributes:
        folders: rights of each folder, by its name relative to the home.
        files: each file but the records, likewise; nothing that comes later is among them.
        records: bytes of what is written in place, with the state that belongs to them.
    """

    folders: dict[str, int] = field(default_factory=dict)
    files: dict[str, State] = field(default_factory=dict)
    records: dict[str, tuple[State, bytes]] = field(default_factory=dict)


def take(home: Home) -> Snapshot:
    """The home at one moment: no record is added meanwhile, and a delivery or publication is in it whole or not at all.

    Raises:
        Moved: a folder changed while it was listed; try again.
        PadananError: records are being written for longer than anybody should wait.
    """
    found = Snapshot()
    with _nobody_writes(home) as known:
        for log in known:
            for path in (log.path, log.head_path):
                try:
                    found.records[path.relative_to(home.root).as_posix()] = (State.of(path.stat()), path.read_bytes())
                except FileNotFoundError:
                    continue
        _list(home, found)
        # What is known of an inbox (`landing/<producer>/*.json`) is replaced at each delivery: it is kept as it stands now.
        for name in [name for name in found.files if _noted(name)]:
            try:
                content = (home.root / name).read_bytes()
            except FileNotFoundError:
                raise Moved(name) from None
            found.records[name] = (found.files.pop(name), content)
    return found


def _noted(name: str) -> bool:
    return name.startswith("landing/") and name.count("/") == 2 and name.endswith(".json")


@contextmanager
def _nobody_writes(home: Home) -> Iterator[list[Log]]:
    """Holds every file of records; where one is held by somebody else, none is held while waiting: nobody waits in a ring."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        with ExitStack() as held:
            known = logs(home)
            try:
                for log in known:
                    held.callback(locks.take(log.chain.lock_path, wait=False).release)
            except BlockingIOError:
                pass
            else:
                if [log.path for log in logs(home)] == [log.path for log in known]:
                    yield known
                    return
        if time.monotonic() > until:
            raise PadananError(
                "catatan keputusan sedang ditulis proses lain", file="decisions", cure="tunggu proses itu selesai lalu ulangi"
            )
        time.sleep(_TURN_SECONDS)


def _list(home: Home, found: Snapshot) -> None:
    rank = {name: place for place, name in enumerate(FIRST)}
    for path in sorted(home.root.iterdir(), key=lambda path: (rank.get(path.name, len(rank)), path.name)):
        name = path.name
        if name in LEFT_OUT or name.startswith(PREFIX) or path.is_symlink():
            continue
        if path.is_dir():
            _list_folder(home, path, found)
        elif path.is_file():
            found.files[name] = State.of(path.stat())
    for inner in KEPT_OF_LEFT_OUT:
        if (home.root / inner).is_dir():
            _list_folder(home, home.root / inner, found)


def _list_folder(home: Home, folder: Path, found: Snapshot) -> None:
    name = folder.relative_to(home.root).as_posix()
    try:
        before = folder.stat()
        found.folders[name] = stat.S_IMODE(before.st_mode)
        inner = []
        with os.scandir(folder) as entries:
            for entry in sorted(entries, key=lambda entry: entry.name):
                # A file that is being opened this moment is not half of a delivery in the archive: it still lies in its inbox.
                if entry.name.startswith(PREFIX) or entry.name == MARKS or entry.is_symlink():
                    continue
                if entry.is_dir(follow_symlinks=False):
                    inner.append(folder / entry.name)
                elif entry.is_file(follow_symlinks=False) and f"{name}/{entry.name}" not in found.records:
                    found.files[f"{name}/{entry.name}"] = State.of(entry.stat(follow_symlinks=False))
        # A producer may copy into an inbox at any time; everywhere else a folder that changed may be listed by halves.
        if not _inbox(name) and _turned(before, folder.stat()):
            raise Moved(name)
        for path in inner:
            _list_folder(home, path, found)
    except FileNotFoundError:
        if not _inbox(name):
            raise Moved(name) from None


def _inbox(name: str) -> bool:
    return name.split("/")[0] == INBOX


def _turned(before: os.stat_result, after: os.stat_result) -> bool:
    return (before.st_ino, before.st_mtime_ns) != (after.st_ino, after.st_mtime_ns)
