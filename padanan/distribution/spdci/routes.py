"""The eleven addresses of the specification: token, body, the registry's answers and receipts, and errors in its shapes.

What a message asks is worked on by `work`, `subscriptions` and `transactions`; callbacks that others send us are looked at, and,
since we never ask another registry, not kept.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from email import policy
from email.parser import BytesParser
from typing import Any

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from fastapi.routing import APIRoute
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from padanan.base.errors import PadananError, safe_reason
from padanan.distribution import gate
from padanan.distribution.api.door import Door, authorized
from padanan.distribution.clients import BNBA
from padanan.distribution.oauth import Bearer
from padanan.distribution.spdci import callbacks, transactions
from padanan.distribution.spdci.canonical import Unreadable, read
from padanan.distribution.spdci.document import FILE, body_of
from padanan.distribution.spdci.envelope import Taken, acknowledgement, bad, new_id, reply, take, take_callback
from padanan.distribution.spdci.names import Names, load_names
from padanan.distribution.spdci.partners import forget
from padanan.distribution.spdci.rejected import Refused
from padanan.distribution.spdci.subscriptions import subscribed, unsubscribed
from padanan.distribution.spdci.work import Worked, answer, searched

log = logging.getLogger("padanan.api")
SYNC = {"/registry/sync/search": "search", "/registry/sync/txn/status": "txn-status"}
ASYNC = {
    "/registry/search": "search",
    "/registry/subscribe": "subscribe",
    "/registry/unsubscribe": "unsubscribe",
    "/registry/txn/status": "txn-status",
}
RECEIVED = {
    "/registry/on-search": "on-search",
    "/registry/on-subscribe": "on-subscribe",
    "/registry/on-unsubscribe": "on-unsubscribe",
    "/registry/notify": "notify",
    "/registry/txn/on-status": "txn-on-status",
}
BACK = {"search": "on-search", "txn-status": "txn-on-status", "subscribe": "on-subscribe", "unsubscribe": "on-unsubscribe"}
_CODES = {
    401: "err.request.unauthorized",
    403: "err.request.forbidden",
    429: "err.request.too_many_requests",
    503: "err.service.unavailable",
}
_SECONDS = 5.0
"""Between two looks into the queue of callbacks."""


class SpecifiedRoute(APIRoute):
    """An address whose every error is told in the specification's shapes, not as RFC 9457."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        """Wraps what the address does."""
        inner = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await inner(request)
            except Refused as error:
                refused = error
            except gate.Refused as error:
                refused = Refused(_CODES.get(error.status, "err.request.bad"), status=error.status)
            except (PadananError, SQLAlchemyError) as error:
                log.error("%s %s", request.state.request_id, safe_reason(error))
                refused = Refused("err.service.unavailable", status=503)
            except Exception as error:
                if type(error).__name__ == "TooLarge":  # the body's limit of the whole API
                    refused = Refused("err.request.bad", status=413, why="Isi pesan melampaui batas.")
                else:
                    log.error("%s %s", request.state.request_id, safe_reason(error))
                    refused = Refused("err.service.unavailable", status=500)
            return await run_in_threadpool(told, request, refused)

        return handle


def told(request: Request, error: Refused) -> JSONResponse:
    """A refused message: an HTTP error where who sent it is not established, else the answer of its kind of address."""
    door: Door = request.app.state.door
    path = request.scope["route"].path
    headers = {"WWW-Authenticate": "Bearer"} if error.status == 401 else {"Retry-After": "60"} if error.status == 429 else {}
    hard = error.code.startswith("err.request.") and error.status in (401, 403)
    if hard or error.status == 500 or (path in SYNC and error.status in (401, 403)):
        content = {"errors": [{"code": error.code, "message": error.message}]}
        return JSONResponse(content, error.status, headers)
    if path in SYNC:
        bearer = getattr(request.state, "bearer", None)
        client = bearer.client.id if bearer else ""
        # A business fault of the header is an answer; what is no message of the specification is an error of HTTP too.
        status = 200 if error.reason is not None else error.status
        why = error.message if error.reason is not None else f"{error.code}: {error.message}"
        content = reply(door, client, BACK[SYNC[path]], None, load_names(), status="rjct", reason=error.reason, why=why)
        return JSONResponse(content, status, headers)
    status = 400 if error.status in (401, 403) else error.status
    return JSONResponse(acknowledgement(door, "ERR", new_id(), error), status, headers)


@asynccontextmanager
async def sending(app: FastAPI) -> AsyncIterator[None]:
    """Beside the server, one thread sends the callbacks that are due."""
    door: Door | None = getattr(app.state, "door", None)
    ended = threading.Event()

    def run() -> None:
        while door is not None and not ended.wait(_SECONDS):
            try:
                callbacks.deliver_due(door, load_names(), callbacks.post)
            except Exception as error:  # the next look may go well
                log.error("panggilan balik: %s", safe_reason(error))

    thread = threading.Thread(target=run, name="spdci", daemon=True)
    thread.start()
    yield
    ended.set()
    await run_in_threadpool(thread.join)


router = APIRouter(route_class=SpecifiedRoute, tags=["SPDCI"], include_in_schema=False, lifespan=sending)


@router.get("/registry/openapi.yaml")
def document() -> FileResponse:
    """The specification, as it was published."""
    return FileResponse(FILE, media_type="application/yaml")


def _add(path: str, work: Callable[[Request, bytes], Response]) -> None:
    async def address(request: Request) -> Response:
        _, bearer = await run_in_threadpool(authorized, request, BNBA)
        request.state.bearer = bearer
        return await run_in_threadpool(work, request, await request.body())

    address.__doc__ = f"POST {path}"
    router.add_api_route(path, address, methods=["POST"], response_model=None, name=path)


def envelope_of(request: Request, body: bytes, action: str) -> Any:
    """A message as it was sent: JSON, or a file of JSON beside its action (FileInfo) where the specification lists that.

    Raises:
        Refused: it can't be read.
    """
    kind = request.headers.get("content-type", "")
    media = kind.partition(";")[0].strip().lower()
    try:
        if media == "application/json":
            return read(body)
        if media == "multipart/form-data" and request.scope["route"].path not in SYNC:
            return read(_file(kind, body, action))
    except Unreadable:
        raise bad("Isi pesan bukan JSON yang sah.") from None
    raise Refused("err.request.bad", status=415, why="Kirim sebagai application/json.")


def _file(kind: str, body: bytes, action: str) -> bytes:
    head = b"Content-Type: " + kind.encode("latin-1", "replace") + b"\r\nMIME-Version: 1.0\r\n\r\n"
    parsed = BytesParser(policy=policy.HTTP).parsebytes(head + body)
    fields = dict[str, bytes]()
    for part in parsed.iter_parts() if parsed.is_multipart() else ():
        name = part.get_param("name", header="content-disposition")
        if not isinstance(name, str) or name in fields:
            raise bad("Bagian berkas tidak bernama atau ganda.")
        content = part.get_payload(decode=True)
        fields[name] = content if isinstance(content, bytes) else b""
    if not {"action", "fileName"} <= set(fields):
        raise bad("Berkas memuat action dan fileName.")
    if fields["action"].strip() != action.encode():
        raise bad(f"action alamat ini adalah {action}.", "rjct.action.invalid")
    if fields.get("fileFormat", b"json").strip().lower() != b"json":
        raise bad("fileFormat hanya json.")
    return fields["fileName"]


def _synchronous(path: str, action: str) -> None:
    def work(request: Request, body: bytes) -> Response:
        door, bearer, names = _parts(request)
        taken = take(envelope_of(request, body, action), action, door, bearer.client.id, names, sync=True)
        correlation = new_id()
        with _once(door, bearer, taken):
            if action == "search":
                found = searched(door, bearer, taken.message, correlation, str(request.state.request_id), names)
            else:
                transactions.checked(taken.message)
                found = Worked(*transactions.status_of(door.store, bearer.client.id, taken.message))
        return JSONResponse(answer(door, bearer.client.id, BACK[action], found, names))

    _add(path, work)


def _asynchronous(path: str, action: str) -> None:
    def work(request: Request, body: bytes) -> Response:
        door, bearer, names = _parts(request)
        taken = take(envelope_of(request, body, action), action, door, bearer.client.id, names, sync=False)
        correlation = new_id()
        if taken.partner.address is None:
            # Valid, and there is nowhere to call back to: nothing more will follow.
            return JSONResponse(acknowledgement(door, "NACK", correlation))
        with _once(door, bearer, taken):
            content = _queued(door, bearer, taken, action, correlation, names)
            content["uri"] = taken.uri
            callbacks.enqueue(door.store, bearer.client.id, BACK[action], content, int(door.clock().timestamp()))
        return JSONResponse(acknowledgement(door, "ACK", correlation))

    _add(path, work)


def _queued(door: Door, bearer: Bearer, taken: Taken, action: str, correlation: str, names: Names) -> dict[str, Any]:
    message, client = taken.message, bearer.client.id
    if action == "search":
        now = taken.header["message_ts"]
        kept = [
            {"reference_id": one["reference_id"], "timestamp": now, "status": "rcvd"}
            for one in message["search_request"]
            if isinstance(one, Mapping) and isinstance(one.get("reference_id"), str)
        ]
        said = message["transaction_id"]
        transactions.remember(door.store, client, transactions.SEARCH, said, correlation, kept, door.clock(), names)
        return {"do": callbacks.SEARCH, "message": message, "correlation": correlation}
    if action == "txn-status":
        transactions.checked(message)
        return {"do": callbacks.STATUS, "message": message}
    if action == "subscribe":
        worked = subscribed(door, bearer, message, correlation, names)
    else:
        worked = unsubscribed(door, bearer.client, message, correlation)
    return {
        "do": callbacks.READY,
        "message": worked.message,
        "total": worked.total,
        "rejected": worked.rejected,
        "why": worked.why,
    }


def _received(path: str, action: str) -> None:
    def work(request: Request, body: bytes) -> Response:
        door, bearer, names = _parts(request)
        take_callback(envelope_of(request, body, action), action, door, bearer.client.id, names, body_of(path))
        # Valid, and no further update follows from us: that is what NACK says.
        return JSONResponse(acknowledgement(door, "NACK", new_id()))

    _add(path, work)


class _once:
    """A message that could not be worked on after all may come again under its id (MsgHeader, message_id)."""

    def __init__(self, door: Door, bearer: Bearer, taken: Taken) -> None:
        self._door, self._client, self._message = door, bearer.client.id, taken.header["message_id"]

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: Any, error: Any, trace: Any) -> None:
        if error is not None:
            forget(self._door.store, self._client, self._message)


def _parts(request: Request) -> tuple[Door, Bearer, Names]:
    return request.app.state.door, request.state.bearer, load_names()


for _path, _action in SYNC.items():
    _synchronous(_path, _action)
for _path, _action in ASYNC.items():
    _asynchronous(_path, _action)
for _path, _action in RECEIVED.items():
    _received(_path, _action)
