"""What every call passes: who it is, how often, and the parts of the server that answer it.

What a BNBA call passes further, grant and audit, is `serve`'s.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from fastapi import Request
from limits import RateLimitItem, RateLimitItemPerMinute

from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode
from padanan.distribution.addendum import AddedShelf
from padanan.distribution.audit import AuditWriter
from padanan.distribution.catalogue import Catalogue, load_catalogue
from padanan.distribution.frequency import FILE, SharedWindow
from padanan.distribution.gate import Refused, nothing_there
from padanan.distribution.grants import GrantBook
from padanan.distribution.hold import refuse_held
from padanan.distribution.oauth import Bearer, TokenServer, bearer_of
from padanan.distribution.shelf import Opened, Shelf
from padanan.distribution.state.store import Store, open_store


@cache
def _per_minute(count: int) -> RateLimitItem:
    return RateLimitItemPerMinute(count)


@dataclass
class Door:
    """The parts of one server. `clock` is replaced by tests alone."""

    home: Home
    store: Store
    catalogue: Catalogue
    shelf: Shelf
    book: GrantBook
    writer: AuditWriter
    tokens: TokenServer
    url: str
    window: SharedWindow
    clock: Callable[[], datetime] = lambda: datetime.now(JAKARTA)
    added: AddedShelf = field(init=False)

    def __post_init__(self) -> None:
        """What is opened of addenda is the server's own."""
        self.added = AddedShelf(self.home, self.catalogue)

    def limited(self, kind: str, name: str, a_minute: int) -> None:
        """Counts a call of somebody.

        Raises:
            Refused: 429, when there were too many within the last minute.
        """
        item = _per_minute(a_minute)
        if not self.window.acquire_entry(item.key_for(kind, name), item.amount, item.get_expiry()):
            raise Refused(429, "terlalu-sering", "Batas permintaan per menit terlampaui; ulangi sesudah waktu pada Retry-After.")

    def close(self) -> None:
        """Ends the server's parts."""
        self.writer.close()
        self.shelf.close()
        self.window.close()
        self.store.close()


def open_door(home: Home, url: str, *, database: str | None = None) -> Door:
    """A server's parts over a home.

    Args:
        url: the public address.
        database: of the state; by default PADANAN_API_DB or the home's own.

    Raises:
        PadananError: state, catalogue or what is shown can't be opened; or the home was restored and nobody looked yet (`hold`).
    """
    refuse_held(home)
    catalogue = load_catalogue()
    with ExitStack() as opened:  # what was opened is closed again where a later part can't be
        store = opened.enter_context(closing(open_store(home, database)))
        shelf = opened.enter_context(closing(Shelf(home)))
        shelf.pointer()
        tokens = TokenServer(store, url, catalogue.batas.token_minutes)
        window = opened.enter_context(closing(SharedWindow(home.distribusi / FILE)))
        door = Door(home, store, catalogue, shelf, GrantBook(home), AuditWriter(store), tokens, url, window)
        opened.pop_all()
    return door


def door_of(request: Request) -> Door:
    """The server's parts, from its state."""
    door: Door = request.app.state.door
    return door


def authorized(request: Request, scope: str | None) -> tuple[Door, Bearer]:
    """Who calls, once token, frequency and scope were looked at.

    Raises:
        Refused: 401 without a good token, 429 too often, 403 without the scope.
    """
    door = door_of(request)
    return door, let_in(door, request.headers.get("authorization", ""), scope)


def let_in(door: Door, header: str, scope: str | None) -> Bearer:
    """The same from the header `Authorization`; token and client are read from the state at each call.

    Raises:
        Refused: see `authorized`.
    """
    kind, _, token = header.partition(" ")
    bearer = bearer_of(door.store, token.strip()) if kind.lower() == "bearer" and token.strip() else None
    if bearer is None:
        raise Refused(401, "token-tidak-berlaku", "Token tidak ada, salah, atau sudah habis masanya.")
    door.limited("permintaan", bearer.client.id, door.catalogue.batas.requests_a_minute)
    if scope is not None and scope not in bearer.scopes:
        raise Refused(403, "lingkup-kurang", f"Token ini tidak memuat lingkup {scope}.")
    return bearer


def known_parameters(request: Request) -> None:
    """Refuses a parameter that the address does not know, or one that stands twice: a filter that is not understood fails closed.

    Raises:
        Refused: 400.
    """
    names = _names(request.scope["route"])
    given = [name for name, _ in request.query_params.multi_items()]
    if set(given) - names or len(set(given)) != len(given):
        raise Refused(400, "parameter-tidak-dikenal", "Parameter tidak dikenal atau ganda.")


def _names(route: Any) -> frozenset[str]:
    def of(dependant: Any) -> set[str]:
        own = {one.alias for one in dependant.query_params}
        return own.union(*(of(one) for one in dependant.dependencies))

    return frozenset(of(route.dependant))


def lines_of(door: Door, number: int | None = None) -> Opened | None:
    """The prelist lines that are shown, or exactly the snapshot that a cursor names."""
    return door.shelf.lines(number)


def decree_of(door: Door, label: str, ke: int | None = None) -> Opened:
    """The decree in force of a period, or exactly the one that a cursor names.

    Raises:
        Refused: 404.
    """
    periode = Periode.parse(label)
    opened = door.shelf.current(periode) if ke is None else door.shelf.exactly(periode, ke)
    if opened is None:
        raise nothing_there()
    return opened


def added_of(door: Door, decree: Opened) -> Opened:
    """The addenda of a decree that are in force at this moment.

    Raises:
        Refused: 404.
    """
    opened = door.added.of(decree, door.clock().astimezone(JAKARTA).date())
    if opened is None:
        raise nothing_there()
    return opened
