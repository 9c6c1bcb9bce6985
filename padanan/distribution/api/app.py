"""The application: its addresses, the token endpoint, how errors are told, and the OpenAPI 3.1 description.

What an address does stands in its own module; nothing is read from a home before `create_app` is called.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from typing import Any
from urllib.parse import parse_qsl

from authlib.oauth2.rfc6749.util import extract_basic_authorization
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException

from padanan import __version__
from padanan.base.errors import PadananError, safe_reason
from padanan.distribution.api import bnba, models, open_facts, prelist, problems, requests
from padanan.distribution.api.door import Door, door_of
from padanan.distribution.api.plain import PlainRoute
from padanan.distribution.audit import TOKEN, Event
from padanan.distribution.gate import Refused
from padanan.distribution.oauth import bearer_of
from padanan.distribution.spdci import routes as spdci

log = logging.getLogger("padanan.api")
Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
BODY_LIMIT = 64 * 1024
# These count what they read by themselves.
STREAMED = {"/v1/umpan-balik", "/v1/permohonan"}


class TooLarge(HTTPException):
    """A body beyond what its address takes; what reads a body lets this kind of exception through."""

    def __init__(self) -> None:
        super().__init__(413)


class Envelope:
    """Around every request: its number, the headers of every answer, and the greatest size of a body."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        number = str(uuid.uuid4())
        scope.setdefault("state", {})["request_id"] = number
        seen = 0

        async def counted() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > BODY_LIMIT and scope["path"] not in STREAMED:
                raise TooLarge()
            return message

        async def named(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = number
                headers["Cache-Control"] = "no-store"
                headers["X-Content-Type-Options"] = "nosniff"
                # The template of the address, never the address: what stands in one may be anything.
                route = getattr(scope.get("route"), "path", "-")
                log.debug("%s %s %s %s", number, scope["method"] if route != "-" else "-", route, message["status"])
            await send(message)

        await self._app(scope, counted, named)


def create_app(door: Door, *, closing: bool = False) -> FastAPI:
    """The API over an opened door; the caller closes it, or the application at its end with `closing`."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await run_in_threadpool(door.close if closing else door.writer.close)

    app = FastAPI(
        title="API distribusi data sasaran penanggulangan kemiskinan",
        version=__version__,
        description="Data penetapan bagi instansi menurut hibah (Kepsekda DKI 75/2023 §3.1.3.3). Panduan: docs/api.md.",
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        servers=[{"url": door.url}],
        redirect_slashes=False,
    )
    app.state.door = door
    app.add_middleware(Envelope)
    app.include_router(bnba.router)
    app.include_router(prelist.router)
    app.include_router(open_facts.router)
    app.include_router(requests.router)
    app.include_router(spdci.router)
    _token(app)
    _errors(app)
    _described(app)
    app.router.routes.insert(0, PlainRoute(door, app.router))
    return app


def _token(app: FastAPI) -> None:
    form = {
        "type": "object",
        "required": ["grant_type"],
        "properties": {
            "grant_type": {"type": "string", "enum": ["client_credentials"]},
            "scope": {"type": "string", "maxLength": 200},
            "client_id": {"type": "string", "maxLength": 80},
            "client_secret": {"type": "string", "maxLength": 200},
            "client_assertion_type": {"type": "string", "maxLength": 80},
            "client_assertion": {"type": "string", "maxLength": 8000},
        },
    }
    refused = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/TokenProblem"}}}}

    @app.post(
        "/oauth/token",
        response_model=models.Token,
        responses={
            400: {"description": "Permintaan token tidak sah (RFC 6749)", **refused},
            401: {"description": "Klien tidak dikenal (RFC 6749)", **refused},
            **problems.documented(413, 415, 429, 503),
        },
        tags=["token"],
        summary="Token dengan client credentials",
        operation_id="token",
        openapi_extra={"requestBody": {"required": True, "content": {"application/x-www-form-urlencoded": {"schema": form}}}},
    )
    async def token(request: Request) -> Any:
        """Rahasia klien (Basic atau isian) atau pernyataan bertanda (private_key_jwt) ditukar dengan token 15 menit."""
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
            raise Refused(415, "jenis-isi", "Kirim sebagai application/x-www-form-urlencoded.")
        pairs = parse_qsl((await request.body()).decode("utf-8", "replace"), keep_blank_values=True)
        return await run_in_threadpool(_issue, door_of(request), request, dict(pairs) if len(dict(pairs)) == len(pairs) else {})


def _issue(door: Door, request: Request, form: dict[str, str]) -> JSONResponse:
    # By address and by who is claimed to ask: nobody uses up another one's tries, also behind one proxy or one office's line.
    try:
        basic = extract_basic_authorization({"Authorization": request.headers.get("authorization", "")})[0]
    except ValueError:  # no base64, or not of UTF-8: Authlib expects neither, here and when it looks again
        broken, basic = True, None
    else:
        broken = False
    asking = f"{request.client.host if request.client else '-'} {(basic or form.get('client_id', ''))[:40]}"
    door.limited("token", asking, door.catalogue.batas.tokens_a_minute)
    if broken:
        return JSONResponse({"error": "invalid_client"}, 401, {"WWW-Authenticate": "Basic"})
    status, body, headers = door.tokens.issue(request.headers, form)
    if status == 200:
        # Whose token it is can be told only now; who failed is not known by name.
        bearer = bearer_of(door.store, body["access_token"])
        name = bearer.client.id if bearer else "-"
        door.writer.add(Event(TOKEN, {"permintaan": request.state.request_id, "klien": name, "lingkup": body["scope"]}))
    else:
        # Authlib's descriptions may repeat what was sent.
        body = {"error": body.get("error", "invalid_request")}
    return JSONResponse(body, status, headers)


def _errors(app: FastAPI) -> None:
    def told(request: Request, status: int, code: str, detail: str, headers: dict[str, str] | None = None) -> JSONResponse:
        return problems.response(status, code, detail, request.state.request_id, headers)

    @app.exception_handler(Refused)
    async def refused(request: Request, error: Refused) -> JSONResponse:
        more = {"WWW-Authenticate": "Bearer"} if error.status == 401 else {"Retry-After": "60"} if error.status == 429 else None
        return told(request, error.status, error.code, error.detail, more)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        # Where it is wrong, never what stood there.
        places = sorted({".".join(str(part) for part in one["loc"][:2] if isinstance(part, str))[:60] for one in error.errors()})
        return told(request, 400, "permintaan-tidak-sah", f"Isian tidak sah: {', '.join(places)}.")

    @app.exception_handler(HTTPException)
    async def plain(request: Request, error: HTTPException) -> JSONResponse:
        codes = {404: "tidak-ditemukan", 405: "cara-tidak-didukung", 413: "terlalu-besar"}
        large = "Isi permintaan melampaui batas."
        detail = {404: "Alamat itu tidak ada.", 405: "Alamat ini tidak mengenal cara itu.", 413: large}
        status = error.status_code
        headers = dict(error.headers or {})
        return told(
            request, status, codes.get(status, "permintaan-tidak-sah"), detail.get(status, "Permintaan tidak sah."), headers
        )

    async def unready(request: Request, error: Exception) -> JSONResponse:
        log.error("%s %s", request.state.request_id, safe_reason(error))
        return told(
            request, 503, "layanan-belum-siap", "Catatan akses atau data tidak dapat dibuka; data tidak dikirim. Ulangi nanti."
        )

    app.add_exception_handler(PadananError, unready)
    app.add_exception_handler(SQLAlchemyError, unready)

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, error: Exception) -> JSONResponse:
        log.error("%s %s", request.state.request_id, safe_reason(error))
        return told(request, 500, "galat", "Galat tak terduga; sebut X-Request-ID kepada pengelola.")


def _described(app: FastAPI) -> None:
    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            found = get_openapi(
                title=app.title,
                version=app.version,
                description=app.description,
                routes=app.routes,
                servers=app.servers,
                tags=None,
            )
            schemas = found["components"]["schemas"]
            for model in (problems.Problem, models.TokenProblem, models.RequestSent):
                schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
                schemas |= schema.pop("$defs", {})
                schemas[model.__name__] = schema
            for name in ("HTTPValidationError", "ValidationError"):
                schemas.pop(name, None)
            url = f"{app.state.door.url.rstrip('/')}/oauth/token"
            scopes = {
                "sasaran:agregat": "angka tertutup",
                "sasaran:bnba": "data per orang menurut hibah",
                "prelist:baca": "baris prelist terbuka yang didatangi instansi itu, menurut hibah",
                "umpan-balik:kirim": "kirim berkas",
                "permohonan:ajukan": "ajukan permohonan lembaga bukan pemerintah dan lihat keadaannya",
            }
            found["components"]["securitySchemes"] = {
                "klien": {"type": "oauth2", "flows": {"clientCredentials": {"tokenUrl": url, "scopes": scopes}}}
            }
            for path, item in found["paths"].items():
                for operation in item.values():
                    # A value that does not fit is 400 here, told as a problem.
                    operation["responses"].pop("422", None)
                    if path != "/oauth/token":
                        operation["security"] = [{"klien": []}]
            app.openapi_schema = found
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]
