"""Sends an alert once for each fault, and again after a month if the fault is still there.

What is a fault and how a message reaches its sinks (`alert.py`) is not decided here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from padanan.base import locks
from padanan.base.commit import write_once
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.upkeep.alert import Alert, AlertResult

SENT = "isyarat.json"
REPEAT_DAYS = 30


def send_once(
    home: Home,
    faults: Mapping[str, Alert],
    send: Callable[[Alert], AlertResult],
    *,
    day: date | None = None,
    scope: str | None = None,
) -> dict[str, AlertResult]:
    """Sends what was not sent within the last `REPEAT_DAYS` days; what looks every minute must not cry every minute.

    Args:
        faults: alert by the fault's name, the same at each look; never a file name or a value. All that stand, not only new ones.
        send: hands one alert to the sinks. A fault that no sink took is tried again at the next look.
        day: today, by default in Jakarta.
        scope: the beginning that all names of these faults share; a remembered one that is not among them any more has been
            mended and is told anew when it comes back.

    Returns:
        The result of each alert that was sent now, by fault.

    Raises:
        ValueError: a fault's name does not begin with its scope.
    """
    now = day or datetime.now(JAKARTA).date()
    if scope is not None and any(not name.startswith(scope) for name in faults):
        raise ValueError(f"a fault outside its scope {scope!r}")
    done: dict[str, AlertResult] = {}
    with _known(home) as known:
        if scope is not None:
            for name in [name for name in known if name.startswith(scope) and name not in faults]:
                del known[name]
        for name, alert in faults.items():
            before = known.get(name)
            if before is not None and now < date.fromisoformat(before) + timedelta(days=REPEAT_DAYS):
                continue
            done[name] = send(alert)
            if done[name].sent or not done[name].failed:
                known[name] = now.isoformat()
    return done


@contextmanager
def _known(home: Home) -> Iterator[dict[str, str]]:
    """What was sent and when, under a lock: sensors, runs and the watcher look at the same time."""
    folder = home.root / "logs"
    path = folder / SENT
    with locks.held(folder / f".{SENT}.kunci"):
        try:
            known: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            known = {}
        before = dict(known)
        yield known
        if known != before:
            write_once(path, json.dumps(known, sort_keys=True) + "\n")
