"""What a sensor remembers of an inbox between two ticks: which files were asked for, when, and which are to be tried again.

Which files wait is decided in `padanan`; run requests are made by the sensors. No file name ever stands in a cursor or run key.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from padanan.base.errors import safe_reason
from padanan.base.regular import NotRegular, open_regular

FIRST_RETRY_SECONDS = 15 * 60
LAST_RETRY_SECONDS = 6 * 3600

Memory = Mapping[str, Sequence[str | int]]
"""By hashed name: size and times of the file, how often it was asked for, and when last (seconds since 1970)."""


@dataclass(frozen=True)
class Look:
    """One look at an inbox.

    Attributes:
        key: what the run key adds to the producer, or None when nothing is to be started.
        memory: what to remember until the next look.
        faults: one line a file that can't be looked at; it counts as waiting all the same, so that a run tells of it.
    """

    key: str | None
    memory: dict[str, list[str | int]]
    faults: tuple[str, ...]


def retry_delay(tries: int) -> int:
    """Seconds from the n-th try to the next: 15 minutes, doubling up to 6 hours."""
    return min(FIRST_RETRY_SECONDS << min(tries - 1, 10), LAST_RETRY_SECONDS)


def look(waiting: Iterable[Path], before: Memory, state_of: Callable[[Path], str], *, now: float, settle_seconds: float) -> Look:
    """Compares the files that wait with what was remembered.

    A file is asked for once when it stands still, and again with growing delay while it stays: its run failed, or its source
    did not answer. A file that changed is a new file. The key is a hash of names, states and numbers of tries, so that a tick
    that was cut off and comes again asks for the same run.

    Args:
        waiting: the files, in a fixed order.
        before: `memory` of the look before; anything unreadable in it counts as never seen.
        state_of: size and time of a file and of what belongs to it, without any name; may raise OSError.
    """
    memory: dict[str, list[str | int]] = {}
    parts: list[str] = []
    faults: list[str] = []
    for number, path in enumerate(waiting, start=1):
        name = hashlib.sha256(os.fsencode(path.name)).hexdigest()[:16]
        known, tries, at = _remembered(before.get(name))
        try:
            facts = state_of(path)
            still = known == facts or now - os.lstat(path).st_mtime >= settle_seconds
            with open_regular(path) as handle:
                handle.read(1)
        except NotRegular:
            # A link or a pipe is not opened to see whether it can be: its run refuses it by name.
            still = True
        except FileNotFoundError:
            # Taken away since the listing.
            continue
        except OSError as error:
            facts, still = f"!{error.errno}", True
            faults.append(_fault(number, error))
        if known != facts:
            tries = 0
        if not still or (tries and now < at + retry_delay(tries)):
            memory[name] = [facts, tries, at]
            continue
        memory[name] = [facts, tries + 1, int(now)]
        parts.append(f"{name}:{facts}:{tries}")
    key = hashlib.sha256(" ".join(parts).encode()).hexdigest()[:16] if parts else None
    return Look(key, memory, tuple(faults))


def _remembered(found: object) -> tuple[str, int, int]:
    if isinstance(found, list) and len(found) == 3 and isinstance(found[1], int) and isinstance(found[2], int):
        return str(found[0]), found[1], found[2]
    return "", 0, 0


def _fault(number: int, error: OSError) -> str:
    """By its place in the listing: the name may hold a person's."""
    return (
        f"berkas ke-{number} yang menunggu menurut abjad tidak dapat dibaca ({safe_reason(error)}). "
        "Perbaikan: periksa izin, nama, dan disk berkas itu, atau pindahkan dari inbox"
    )
