"""The addresses of requests: a non-government body submits one with its letter and reads the state of its own, nobody else's.

The steps that follow are taken by officials, with `padanan permohonan`; their rules are `distribution.requests`'.
"""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Path, Request
from starlette.concurrency import run_in_threadpool

from padanan.base import disk
from padanan.base.commit import building
from padanan.base.period import JAKARTA
from padanan.distribution.api import models, problems
from padanan.distribution.api.door import Door, authorized, known_parameters
from padanan.distribution.audit import REQUEST as AUDITED
from padanan.distribution.audit import Event
from padanan.distribution.clients import REQUEST, Client
from padanan.distribution.gate import Refused, nothing_there
from padanan.distribution.requests.asked import Asked, examine
from padanan.distribution.requests.flow import submit
from padanan.distribution.requests.register import Request as Asking
from padanan.distribution.requests.register import read_requests
from padanan.distribution.requests.show import told
from padanan.records.refusal import Refusal

Number = Annotated[str, Path(pattern=r"^p-[0-9]{4}-[0-9]{4,6}$", examples=["p-2026-0001"])]
router = APIRouter(prefix="/v1", dependencies=[Depends(known_parameters)], tags=["permohonan"])
ERRORS = problems.documented(400, 401, 403, 429, 503)
# What a body may hold beside the letter.
ROOM = 64 << 10
_BUSY = "permohonan-berjalan", "Permohonan lain dari lembaga ini untuk program itu, atau dengan surat ini, masih berjalan."


def _own(request: Request) -> tuple[Door, Client]:
    door, bearer = authorized(request, REQUEST)
    if bearer.client.body is None:
        raise Refused(403, "lingkup-kurang", "Hanya klien lembaga bukan pemerintah yang mengajukan permohonan.")
    return door, bearer.client


def _of(one: Asking, client: Client) -> bool:
    return (one.asked.klien, one.asked.lembaga) == (client.id, client.body)


@router.post(
    "/permohonan",
    status_code=201,
    response_model=models.RequestTold,
    responses={**ERRORS, **problems.documented_as(409, *_BUSY), **problems.documented(413, 415)},
    summary="Ajukan permohonan data",
    operation_id="ajukan_permohonan",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": {"$ref": "#/components/schemas/RequestSent"}}},
        }
    },
)
async def ajukan(request: Request) -> Any:
    """Surat dan profil program bagi forum TKPK; lembaganya ialah lembaga klien ini. Data baru terbuka sesudah setiap langkah."""
    door, client = await run_in_threadpool(_own, request)
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise Refused(415, "jenis-isi", "Kirim sebagai application/json.")
    most = (door.catalogue.permohonan.letter_kib << 10) * 4 // 3 + ROOM
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > most:
            raise Refused(413, "terlalu-besar", "Isi permintaan melampaui batas.")
    return await run_in_threadpool(_submitted, door, client, bytes(body), str(request.state.request_id))


def _submitted(door: Door, client: Client, body: bytes, request_id: str) -> dict[str, Any]:
    now = door.clock()
    asked, letter = _read(door, client, body)
    with building(door.home.distribusi) as work:
        disk.write_bytes(work / "surat", letter)
        try:
            made = submit(door.home, asked, work / "surat", door.catalogue, now=now)
        except Refusal as refusal:
            if refusal.field == "lembaga":
                # Which one it is may be another client's affair.
                raise Refused(409, *_BUSY) from None
            raise Refused(400, "permintaan-tidak-sah", f"{refusal.field}: {refusal.cause}; {refusal.cure}.") from None
    said = {"permintaan": request_id, "klien": client.id, "permohonan": made.number, "sidik": made.digest}
    door.writer.add(Event(AUDITED, said))
    day = now.astimezone(JAKARTA).date()
    every = read_requests(door.home)
    return told(every, every[made.number], door.catalogue.permohonan, day)


def _read(door: Door, client: Client, body: bytes) -> tuple[Asked, bytes]:
    """What was sent, as a request of this client's body, and its letter.

    Raises:
        Refused: 400 with every fault, none with its value.
    """
    try:
        data = orjson.loads(body)
    except ValueError:
        raise Refused(400, "permintaan-tidak-sah", "Isi permintaan bukan JSON.") from None
    if not isinstance(data, dict) or {"lembaga", "klien"} & set(data):
        raise Refused(400, "permintaan-tidak-sah", "Isi permintaan bukan permohonan; lembaganya ialah lembaga klien ini.")
    sent = data.get("surat")
    paper = {name: value for name, value in sent.items() if name != "berkas"} if isinstance(sent, dict) else sent
    asked, wrong = examine(
        {**data, "surat": paper, "lembaga": client.body, "klien": client.id},
        door.catalogue,
        door.clock().astimezone(JAKARTA).date(),
    )
    letter = _decoded(sent.get("berkas") if isinstance(sent, dict) else None)
    faults = [f"{one.field}: {one.cause}; {one.cure}." for one in wrong]
    faults += ["surat.berkas: bukan base64; kirim pindaian surat."] * (letter is None)
    if asked is None or letter is None:
        raise Refused(400, "permintaan-tidak-sah", " ".join(faults))
    return asked, letter


def _decoded(text: Any) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True) if isinstance(text, str) else None
    except (binascii.Error, ValueError):
        return None


@router.get(
    "/permohonan",
    response_model=models.RequestsTold,
    responses=ERRORS,
    summary="Permohonan klien ini",
    operation_id="daftar_permohonan",
)
def daftar(request: Request) -> Any:
    """Hanya milik klien sendiri, terlama dahulu."""
    door, client = _own(request)
    every, day = read_requests(door.home), door.clock().astimezone(JAKARTA).date()
    clocks = door.catalogue.permohonan
    return {"permohonan": [told(every, one, clocks, day) for one in every.values() if _of(one, client)]}


@router.get(
    "/permohonan/{nomor}",
    response_model=models.RequestTold,
    responses={**ERRORS, **problems.documented(404)},
    summary="Keadaan satu permohonan",
    operation_id="permohonan",
)
def permohonan(request: Request, nomor: Number) -> Any:
    """Hanya milik klien sendiri; milik klien lain sama dengan tidak ada."""
    door, client = _own(request)
    every = read_requests(door.home)
    one = every.get(nomor)
    if one is None or not _of(one, client):
        raise nothing_there()
    return told(every, one, door.catalogue.permohonan, door.clock().astimezone(JAKARTA).date())
