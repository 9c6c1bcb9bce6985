"""The short way of the two calls that come by the hundred a second: a page of `sasaran`, a look-up by NIK, on the event loop.

It takes only a question in which nothing is unusual; any other is left to `bnba`, which also says what is wrong with it. Both
go through the same door, grants, audit and reading: what differs is that no thread and no validation by models is needed.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar
from urllib.parse import parse_qsl

import orjson
from fastapi.responses import Response
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute, Match

from padanan.distribution.api import models
from padanan.distribution.api.bnba import listed, numbers, only, paged, person
from padanan.distribution.api.door import Door, let_in
from padanan.distribution.api.serve import Call, answering, permitted, refused
from padanan.distribution.clients import BNBA
from padanan.distribution.gate import Ask, Refused
from padanan.distribution.lines import Rows
from padanan.distribution.reading import page, prepared

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Found = TypeVar("Found")
_PATH = re.compile(r"/v1/penetapan/([0-9]{4}-S[12])/sasaran(/cari)?")
_SIZE = re.compile(r"[1-9][0-9]{0,2}|1000")
# Each value as plainly as it comes; what is longer or other may still be right, and is looked at by the long way.
_VALUES = {
    "tujuan": re.compile(r"[a-z0-9-]{1,40}"),
    "hibah": re.compile(r"[a-z0-9-]{1,40}"),
    "kolom": re.compile(r"[a-z_,]{1,800}"),
    "wilayah": re.compile(r"[0-9.]{1,20}"),
    "program": re.compile(r"[a-z0-9_]{1,60}"),
    "desil": re.compile(r"[0-9,]{1,30}"),
    "batas": _SIZE,
    "kursor": re.compile(r"[A-Za-z0-9_-]{1,1000}"),
}
_LONG_WAY = "padanan.long_way"


@dataclass(frozen=True)
class Question:
    """One call that was understood."""

    label: str
    ask: Ask
    size: int = 0
    cursor: str | None = None
    nik: str | None = None


class PlainRoute(BaseRoute):
    """The short way as a route before all others; it matches nothing but what it understands whole."""

    path = path_format = "/v1/penetapan/{periode}/sasaran"

    def __init__(self, door: Door, long_way: Callable[[Scope, Receive, Send], Awaitable[None]]) -> None:
        self._door, self._long_way = door, long_way

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Whether a call is one of the two."""
        if scope["type"] != "http" or _LONG_WAY in scope or (found := _PATH.fullmatch(scope["path"])) is None:
            return Match.NONE, {}
        if found[2]:
            fits = (
                scope["method"] == "POST" and not scope["query_string"] and _header(scope, b"content-type") == "application/json"
            )
            return (Match.FULL, {"padanan.question": found[1]}) if fits else (Match.NONE, {})
        question = _page_question(found[1], scope["query_string"]) if scope["method"] == "GET" else None
        return (Match.FULL, {"padanan.question": question}) if question is not None else (Match.NONE, {})

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        question = scope["padanan.question"]
        if isinstance(question, str):
            body = await _body(receive)
            found = _search(question, body) if body is not None else None
            if found is None:
                scope[_LONG_WAY] = True
                await self._long_way(scope, _again(body, receive), send)
                return
            question = found
        response = await self._answer(question, _header(scope, b"authorization"), str(scope["state"]["request_id"]))
        await response(scope, receive, send)

    async def _answer(self, question: Question, header: str, request_id: str) -> Response:
        door = self._door
        bearer = await self._state(partial(let_in, door, header, BNBA))
        try:
            call = permitted(door, bearer, question.label, question.ask, request_id, cursor=question.cursor)
        except Refused as refusal:
            await door.writer.adding(refused(bearer, question.ask, request_id, refusal))
            raise
        limit = min(question.size, door.catalogue.batas.page)
        rows = await self._rows(call, partial(_read, nik=question.nik, size=limit))
        return paged(call, rows, limit) if question.nik is None else person(call, rows)

    async def _rows(self, call: Call, read: Callable[[Call], Rows]) -> Rows:
        """`serve.answered` on the event loop; see there."""
        lines = prepared(call.opened, call.service, call.permission)
        # On the loop only what takes no query: a condition that is met for the first time, or an old file, does.
        here = self._door.store.sqlite and lines is not None and lines.known(call.permission)
        steps, failed = answering(call, read), None
        while True:
            take = partial(_step, steps, failed)
            taken = take() if here else await run_in_threadpool(take)
            if isinstance(taken, Rows):
                return taken
            failed = None
            try:
                await self._door.writer.adding(taken)
            except BaseException as error:
                failed = error

    async def _state(self, question: Callable[[], Found]) -> Found:
        """Something that asks the state: SQLite answers at once, a server may keep one waiting."""
        return question() if self._door.store.sqlite else await run_in_threadpool(question)


def _step(steps: Any, failed: BaseException | None) -> Any:
    """The next event, or the rows at the end (a StopIteration can't leave a coroutine)."""
    try:
        return next(steps) if failed is None else steps.throw(failed)
    except StopIteration as ended:
        return ended.value


def _read(call: Call, *, nik: str | None, size: int) -> Rows:
    if nik is not None:
        return only(call, nik)
    return page(call.opened, call.service, call.permission, after=call.after, size=size)


def _header(scope: Scope, name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def _page_question(label: str, query: bytes) -> Question | None:
    """A page that is asked for as the guide shows it; None for anything else."""
    given = parse_qsl(query.decode("latin-1"), keep_blank_values=True)
    said = dict(given)
    if len(said) != len(given):
        return None
    for name, value in given:
        if name not in _VALUES or _VALUES[name].fullmatch(value) is None:
            return None
    try:
        desil = numbers(said.get("desil"))
    except Refused:
        return None
    ask = Ask(
        "sasaran",
        said.get("tujuan"),
        said.get("hibah"),
        listed(said.get("kolom")),
        said.get("wilayah"),
        said.get("program"),
        desil,
    )
    return Question(label, ask, int(said.get("batas", "100")), said.get("kursor"))


def _search(label: str, body: bytes) -> Question | None:
    try:
        found = models.Search.model_validate(orjson.loads(body))
    except (orjson.JSONDecodeError, ValidationError):
        return None
    columns = None if found.kolom is None else tuple(found.kolom)
    return Question(label, Ask("cari", found.tujuan, found.hibah, columns), nik=found.nik)


async def _body(receive: Receive) -> bytes | None:
    """A body that came; None when the client went away."""
    parts = list[bytes]()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def _again(body: bytes | None, receive: Receive) -> Receive:
    """A receive that gives a body that was read already, then what follows it."""
    waiting: list[MutableMapping[str, Any]] = [
        {"type": "http.disconnect"} if body is None else {"type": "http.request", "body": body, "more_body": False}
    ]

    async def given() -> MutableMapping[str, Any]:
        return waiting.pop() if waiting else await receive()

    return given
