"""The address of open prelist lines: an agency that verifies reads those that it goes to itself, and nobody else's.

It needs the scope `prelist:baca`, a grant and a purpose; how the lines are asked and written down is `serve`'s.
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response, StreamingResponse

from padanan.distribution.api import bnba, models
from padanan.distribution.api.door import authorized, known_parameters
from padanan.distribution.api.serve import MEDIA, Call, answered, called, streamed
from padanan.distribution.clients import PRELIST
from padanan.distribution.gate import Ask, Refused
from padanan.distribution.prelist import SERVICE
from padanan.distribution.reading import page

router = APIRouter(prefix="/v1", dependencies=[Depends(known_parameters)], tags=["prelist"])
PAGE: dict[int | str, dict[str, Any]] = {**bnba.PAGE, 200: {**bnba.PAGE[200], "model": models.LinesPage}}


@router.get("/prelist", responses=PAGE, response_model=None, summary="Baris prelist terbuka instansi itu", operation_id="prelist")
def prelist(
    request: Request,
    tujuan: bnba.Purpose = None,
    hibah: bnba.GrantName = None,
    kolom: bnba.Columns = None,
    wilayah: bnba.Place = None,
    batas: bnba.Size = 100,
    kursor: bnba.CursorText = None,
    bentuk: bnba.Form = "json",
) -> Response:
    """Baris yang didatangi instansi ini menurut potret hari itu, yang didahulukan lebih dahulu; kolom orangnya menurut hibah."""
    door, bearer = authorized(request, PRELIST)
    if bentuk != "json" and kursor is not None:
        raise Refused(400, "parameter-tidak-dikenal", "Aliran tidak memakai kursor.")
    ask = Ask(SERVICE, tujuan, hibah, bnba.listed(kolom), wilayah)
    call = called(door, bearer, SERVICE, ask, bnba.request_id(request), cursor=kursor)
    if bentuk != "json":
        return StreamingResponse(streamed(call, bentuk), media_type=MEDIA[bentuk], headers=call.headers)
    limit = min(batas, door.catalogue.batas.page)
    rows = answered(call, lambda one: page(one.opened, one.service, one.permission, after=one.after, size=limit))
    return bnba.paged(call, rows, limit, of=_of(call))


def _of(call: Call) -> dict[str, Any]:
    return {"per": call.opened.facts["per"], "ke": call.opened.ke}
