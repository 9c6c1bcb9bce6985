"""Which prepared decrees and prelist lines agencies see, by pointers that are swapped at once, and read-only connections to them.

Making the files is `prepare`'s and `prelist`'s; a page that was begun on one of them goes on with it (its cursor names it).
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from padanan.base.digest import known_sha256
from padanan.base.errors import PadananError
from padanan.base.folder_proof import FILE as PROOF
from padanan.base.folder_proof import differing, signed_hashes
from padanan.base.home import Home
from padanan.base.locks import held
from padanan.base.period import Periode
from padanan.distribution import pointer, prelist
from padanan.distribution.aggregate import FILE as AGGREGATE
from padanan.distribution.lines import Lines
from padanan.distribution.prepare import DATABASE, FACTS, prepare, prepared_folder
from padanan.published.revisions import periods
from padanan.records.kinds import GRANTS
from padanan.records.log import mend_heads
from padanan.records.seals import Seal, seals

POINTER = "terbit.json"
PURPOSE = "penunjuk distribusi"
WHAT, CURE = "berkas distribusi", "hapus folder itu dari distribusi/siap lalu jalankan 'padanan api publish'"
# Small reads by many: more memory or threads for one of them helps nobody.
SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": False,
    "lock_configuration": True,
    "threads": 1,
    "memory_limit": "96MB",
    "autoinstall_known_extensions": False,
}


def pointer_path(home: Home) -> Path:
    """`distribusi/terbit.json`."""
    return home.distribusi / POINTER


def publish_decree(home: Home, periode: Periode) -> dict[str, Any]:
    """Prepares a period's newest decree and shows it, in one rename of the pointer; repeated it changes nothing.

    Its changes can be asked since the decree before it in the same period, and since the newest of the period before.

    Returns:
        What the pointer says.

    Raises:
        PadananError: nothing is sealed, or files are not what was sealed.
    """
    found = seals(home, periode)
    if not found:
        raise PadananError(f"periode {periode.label} belum ditetapkan", cure="segel dahulu dengan 'padanan decree approve'")
    # A grant or revocation whose writer was killed is laid out by, so its head names it.
    mend_heads(home, GRANTS)
    with held(home.distribusi / ".terbit.lock"):
        seal, before = found[-1], []
        for earlier in (*found[:-1][-1:], *_last_before(home, periode)):
            if "bnba" in earlier.data:
                prepare(home, earlier)
                before.append(earlier)
        folder = prepare(home, seal, before=tuple(before))
        proved(home, folder)
        said = read_pointer(home)
        shown = {name: int(ke) for name, ke in said.get("kini", {}).items()} | {periode.key: seal.ke}
        known = sorted({*map(tuple, said.get("ada", ())), (periode.key, seal.ke)})
        data = {"kini": shown, "ada": [list(one) for one in known]}
        if said != data:
            pointer.write(pointer_path(home), PURPOSE, data)
    return data


def _last_before(home: Home, periode: Periode) -> tuple[Seal, ...]:
    earlier = [one for one in periods(home) if one < periode]
    return next((seals(home, one)[-1:] for one in sorted(earlier, reverse=True) if seals(home, one)), ())


def read_pointer(home: Home) -> dict[str, Any]:
    """`kini`: period key -> ke in force; `ada`: every (period, ke) that was shown. Empty where nothing was.

    Raises:
        PadananError: it was not written by us.
    """
    return pointer.read(home, pointer_path(home), PURPOSE, ("kini", "ada"), cure="hapus lalu 'padanan api publish'")


def proved(home: Home, folder: Path) -> None:
    """Compares prepared files with their signed hashes; a file that did not change since is not read again.

    Raises:
        PadananError: one was changed or is missing.
    """
    hashes = signed_hashes(home.root, folder, what=WHAT, cure=CURE, unsigned=CURE)
    for fault in differing(home.root, folder, hashes, what=WHAT, cure=CURE, digest=known_sha256):
        raise fault


@dataclass(frozen=True)
class Opened:
    """One decree, or one snapshot of lines, as the API reads it: a read-only database that can reach nothing else."""

    periode: Periode
    ke: int
    facts: Mapping[str, Any]
    aggregate: tuple[Mapping[str, Any], ...]
    con: duckdb.DuckDBPyConnection
    sizes: Mapping[str, int]
    lines: Lines | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that this decree has, in the catalogue's order."""
        return tuple(self.facts["kolom"])


def open_prepared(home: Home, periode: Periode, ke: int) -> Opened:
    """Opens a prepared decree after it was proved.

    Raises:
        PadananError: it is not what was prepared.
    """
    folder = prepared_folder(home, periode, ke)
    proved(home, folder)
    facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    rows = tuple(json.loads((folder / AGGREGATE).read_text(encoding="utf-8")))
    con = duckdb.connect(str(folder / DATABASE), read_only=True, config=SETTINGS)
    sizes = {name: con.execute(f"select count(*) from {name}").fetchall()[0][0] for name in ("sasaran", "prioritas")}
    # By what was proved, not by what lies there: a file that the hashes do not name is nobody's.
    lines = Lines(folder, con) if facts["format"] >= 2 else None
    return Opened(periode, ke, facts, rows, con, sizes, lines)


def open_lines(home: Home, number: int) -> Opened:
    """Opens a snapshot of prelist lines after it was proved; its period is that of its day, its `ke` its number.

    Raises:
        PadananError: it is not what was prepared.
    """
    folder = prelist.folder_of(home, number)
    hashes = signed_hashes(home.root, folder, what=WHAT, cure=prelist.CURE, unsigned=prelist.CURE)
    for fault in differing(home.root, folder, hashes, what=WHAT, cure=prelist.CURE, digest=known_sha256):
        raise fault
    facts = json.loads((folder / prelist.FACTS).read_text(encoding="utf-8"))
    con = duckdb.connect(str(folder / prelist.DATABASE), read_only=True, config=SETTINGS)
    sizes = {prelist.SERVICE: int(facts["jumlah_baris"])}
    return Opened(Periode.of(date.fromisoformat(facts["per"])), number, facts, (), con, sizes)


@dataclass
class Shelf:
    """The opened decrees of a server; the pointer is looked at on each request, and a swap closes nothing that is read."""

    home: Home
    _state: tuple[int, ...] | None = None
    _said: dict[str, Any] = field(default_factory=dict)
    _opened: dict[tuple[str, int], Opened] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _lines: dict[int, Opened] = field(default_factory=dict)
    _lines_said: tuple[tuple[int, ...] | None, dict[str, Any]] = (None, {})

    def pointer(self) -> Mapping[str, Any]:
        """The pointer as it stands now; one that breaks while we run leaves the last good one."""
        try:
            found = pointer_path(self.home).stat()
        except FileNotFoundError:
            return {}
        state = (found.st_ino, found.st_mtime_ns, found.st_size)
        with self._lock:
            if state != self._state:
                said = read_pointer(self.home)
                for name, ke in said["kini"].items():  # opened before anybody is led there
                    self._open(name, int(ke))
                self._said, self._state = said, state
            return self._said

    def lines(self, number: int | None = None) -> Opened | None:
        """The prelist lines that are shown, or exactly the snapshot that a cursor names; None where it is shown no more."""
        try:
            found = prelist.pointer_path(self.home).stat()
        except FileNotFoundError:
            return None
        state = (found.st_ino, found.st_mtime_ns, found.st_size)
        with self._lock:
            if state != self._lines_said[0]:
                said = prelist.read_pointer(self.home)
                self._lines_said = state, said
                # What is still read keeps its file until it was read; nobody else is led to it.
                self._lines = {one: opened for one, opened in self._lines.items() if one in said["ada"]}
            said = self._lines_said[1]
            wanted = int(said["kini"]) if number is None else number
            if wanted not in said["ada"]:
                return None
            if wanted not in self._lines:
                self._lines[wanted] = open_lines(self.home, wanted)
            return self._lines[wanted]

    def periods(self) -> list[Opened]:
        """The decrees in force, newest first."""
        said = self.pointer().get("kini", {})
        return [self._get(name, int(ke)) for name, ke in sorted(said.items(), reverse=True)]

    def current(self, periode: Periode) -> Opened | None:
        """The decree in force of a period."""
        ke = self.pointer().get("kini", {}).get(periode.key)
        return None if ke is None else self._get(periode.key, int(ke))

    def exactly(self, periode: Periode, ke: int) -> Opened | None:
        """A decree that is or was in force: what a cursor names."""
        if [periode.key, ke] not in self.pointer().get("ada", ()):
            return None
        return self._get(periode.key, ke)

    def _get(self, name: str, ke: int) -> Opened:
        with self._lock:
            return self._open(name, ke)

    def _open(self, name: str, ke: int) -> Opened:
        if (name, ke) not in self._opened:
            self._opened[name, ke] = open_prepared(self.home, Periode.parse(name), ke)
        return self._opened[name, ke]

    def close(self) -> None:
        """Closes every database."""
        with self._lock:
            for one in (*self._opened.values(), *self._lines.values()):
                one.con.close()
            self._opened.clear()
            self._lines.clear()


__all__ = ["PROOF", "Opened", "Shelf", "open_lines", "open_prepared", "pointer_path", "proved", "publish_decree", "read_pointer"]
