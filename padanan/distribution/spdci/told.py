"""After a decree stands on the shelf: its notices are laid, and what is due is sent; how it went is told in numbers.

Who is told what is `notices`', trying again `callbacks`'; a running API goes on sending what waits.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import func, select

from padanan.base.home import Home
from padanan.distribution.api.door import open_door
from padanan.distribution.spdci.callbacks import Send, announce_newest, deliver_due, post
from padanan.distribution.spdci.names import load_names
from padanan.distribution.state import tables
from padanan.distribution.state.copy import state_exists
from padanan.distribution.state.store import Store, open_store


@dataclass(frozen=True)
class Told:
    """Callbacks by what became of them: laid now, arrived now, waiting for another try, given up for good."""

    laid: int = 0
    arrived: int = 0
    waiting: int = 0
    given_up: int = 0


def tell_subscribers(home: Home, url: str, *, send: Send | None = None) -> Told:
    """Lays the notices of the newest decree and sends what is due; repeated it tells nobody twice.

    A home whose API was never used has no subscriber, and no state is made for it.

    Args:
        url: the API's public address.
        send: by default the real sending.

    Raises:
        PadananError: the state does not answer, or the API is held after a restore.
    """
    if not state_exists(home):
        return Told()
    door = open_door(home, url)
    try:
        laid = announce_newest(door)
        arrived = deliver_due(door, load_names(), send or post)
        waiting, lost = _left(door.store)
    finally:
        door.close()
    return Told(laid, arrived, waiting, lost)


def given_up(home: Home) -> int:
    """Callbacks that were given up after their last try."""
    if not state_exists(home):
        return 0
    store = open_store(home)
    try:
        return _left(store)[1]
    finally:
        store.close()


def _left(store: Store) -> tuple[int, int]:
    own = tables.spdci_outgoing.c.berikut
    with store.reading() as con:
        waiting, lost = (con.execute(select(func.count()).where(one)).scalar_one() for one in (own.is_not(None), own.is_(None)))
    return int(waiting), int(lost)
