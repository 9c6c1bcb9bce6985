"""The addresses that tell of no single person: decrees, suppressed figures, one's own contract; and the way back in, feedback.

Rows of people are `bnba`'s, tokens `app`'s.
"""

from __future__ import annotations

from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from padanan.base.period import JAKARTA
from padanan.distribution.api import models, problems
from padanan.distribution.api.bnba import Period
from padanan.distribution.api.door import Door, authorized, decree_of, known_parameters
from padanan.distribution.audit import used_rows
from padanan.distribution.clients import AGGREGATE, FEEDBACK
from padanan.distribution.feedback_in import Upload, receipt_of, receive
from padanan.distribution.gate import Refused, nothing_there, require_place, within
from padanan.distribution.grants import Grant
from padanan.distribution.shelf import Opened

router = APIRouter(prefix="/v1", dependencies=[Depends(known_parameters)])
ERRORS = problems.documented(400, 401, 429, 503)


def _told(opened: Opened) -> dict[str, Any]:
    names = ("nomor", "tanggal", "jumlah_orang", "row_hash", "kunci_segel", "segel_sha256")
    facts = {name: opened.facts[name] for name in names}
    return {"periode": opened.periode.label, "ke": opened.ke, **facts, "perubahan_sejak": list(opened.facts["sejak"])}


@router.get(
    "/penetapan",
    response_model=models.Decrees,
    responses=ERRORS,
    tags=["penetapan"],
    summary="Penetapan yang berlaku",
    operation_id="daftar",
)
def daftar(request: Request) -> Any:
    """Setiap periode dengan penetapannya yang berlaku, terbaru dahulu."""
    door, _ = authorized(request, None)
    return {"penetapan": [_told(one) for one in door.shelf.periods()]}


@router.get(
    "/penetapan/{periode}",
    response_model=models.Decree,
    responses={**ERRORS, **problems.documented(404)},
    tags=["penetapan"],
    summary="Segel dan jumlah satu penetapan",
    operation_id="penetapan",
)
def penetapan(request: Request, periode: Period) -> Any:
    """Segel dan jumlah; berkas segelnya dibuktikan dengan ssh-keygen (docs/api.md)."""
    door, _ = authorized(request, None)
    return _told(decree_of(door, periode))


@router.get(
    "/penetapan/{periode}/agregat",
    response_model=None,
    responses={200: {"model": models.Aggregate}, **ERRORS, **problems.documented(403, 404)},
    tags=["penetapan"],
    summary="Angka tertutup menurut wilayah",
    operation_id="agregat",
)
def agregat(
    request: Request,
    periode: Period,
    wilayah: Annotated[
        str | None, Query(max_length=20, description="wilayah itu dan yang di dalamnya", examples=["31.75"])
    ] = None,
    dimensi: Annotated[
        str | None,
        Query(max_length=40, description="desil, jk, kelompok_umur, program, jumlah_program, pasangan; program.desil; * jumlah"),
    ] = None,
) -> Any:
    """Jumlah orang; sel di bawah lima orang, dan sel yang membukanya lewat pengurangan, ditutup."""
    door, _ = authorized(request, AGGREGATE)
    opened = decree_of(door, periode)
    if wilayah is not None:
        require_place(wilayah)
    if dimensi is not None and dimensi not in {one["dimensi"] for one in opened.aggregate}:
        raise Refused(400, "filter-tidak-dikenal", "Dimensi tidak dikenal.")
    rows = [
        one
        for one in opened.aggregate
        if (wilayah is None or within(one["kode_wilayah"], wilayah)) and dimensi in (None, one["dimensi"])
    ]
    content = orjson.dumps({"periode": opened.periode.label, "ke": opened.ke, "data": rows})
    return Response(content, media_type="application/json")


@router.get(
    "/kontrak",
    response_model=models.Contract,
    responses=ERRORS,
    tags=["klien"],
    summary="Hibah dan batas klien ini",
    operation_id="kontrak",
)
def kontrak(request: Request) -> Any:
    """Apa yang boleh dilakukan klien ini hari ini."""
    door, bearer = authorized(request, None)
    grants = door.book.of(bearer.client.id, bearer.client.agency, bearer.client.body, door.clock().astimezone(JAKARTA).date())
    return {
        "klien": bearer.client.id,
        "lingkup": sorted(bearer.scopes),
        "hibah": [_grant(door, one) for one in grants],
        "permintaan_per_menit": door.catalogue.batas.requests_a_minute,
        "halaman_terbesar": door.catalogue.batas.page,
    }


def _grant(door: Door, grant: Grant) -> dict[str, Any]:
    terms = grant.terms
    columns = {name: door.catalogue.kolom[name] for name in terms.kolom if name in door.catalogue.kolom}
    return {
        "hibah": terms.hibah,
        "versi": grant.version,
        **{name: getattr(terms, name) for name in ("instansi", "lembaga", "program", "baris", "dasar_hukum", "simpan_hari")},
        **{name: list(getattr(terms, name)) for name in ("wilayah", "layanan", "tujuan")},
        "kolom": [{"nama": name, "klasifikasi": one.klasifikasi, "arti": one.arti} for name, one in columns.items()],
        "surat": terms.surat.nomor,
        "keputusan": terms.keputusan.nomor,
        "mulai": terms.mulai.isoformat(),
        "sampai": terms.sampai.isoformat(),
        "baris_per_hari": terms.baris_per_hari or door.catalogue.batas.rows_a_day,
        "baris_terpakai_hari_ini": used_rows(door.store, terms.hibah, door.clock()),
    }


@router.post(
    "/umpan-balik",
    status_code=201,
    response_model=models.Receipt,
    responses={**ERRORS, **problems.documented(403, 404, 413, 415)},
    tags=["umpan balik"],
    summary="Kirim berkas realisasi atau umpan balik",
    operation_id="kirim_umpan_balik",
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def umpan_balik(
    request: Request,
    kontrak: Annotated[str, Query(pattern=r"^[a-z][a-z0-9_]{1,40}$", description="id kontrak pengirim", examples=["klj"])],
    periode_data: Annotated[
        str, Query(pattern=r"^[0-9]{4}(-(0[1-9]|1[0-2])|-TW[1-4]|-S[12])?$", description="periode datanya", examples=["2026-10"])
    ],
    bentuk: Annotated[str, Query(pattern=r"^(csv|xlsx|parquet)$", examples=["csv"])],
    jumlah_baris: Annotated[int | None, Query(ge=0, le=100_000_000, description="jumlah baris menurut pengirim")] = None,
) -> Any:
    """Berkasnya masuk kotak masuk produsen dan dibaca seperti kiriman lain; tanda terima ini membuktikan kedatangannya."""
    door, bearer = await run_in_threadpool(authorized, request, FEEDBACK)
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/octet-stream":
        raise Refused(415, "jenis-isi", "Kirim berkas sebagai application/octet-stream.")
    upload = await run_in_threadpool(receive, door.home, door.store, bearer.client, kontrak, bentuk)
    try:
        async for part in request.stream():
            if upload.size + len(part) > door.catalogue.batas.upload_mib << 20:
                raise Refused(413, "terlalu-besar", "Isi permintaan melampaui batas.")
            await run_in_threadpool(upload.write, part)
        done: Upload = upload
        return await run_in_threadpool(
            done.finish, door.writer, door.clock(), str(request.state.request_id), periode_data, jumlah_baris
        )
    finally:
        await run_in_threadpool(upload.discard)


@router.get(
    "/umpan-balik/{nomor}",
    response_model=models.Receipt,
    responses={**ERRORS, **problems.documented(403, 404)},
    tags=["umpan balik"],
    summary="Tanda terima satu berkas",
    operation_id="tanda_terima",
)
def tanda_terima(request: Request, nomor: Annotated[str, Path(pattern=r"^ub-[0-9]{8}-[0-9a-f]{16}$")]) -> Any:
    """Hanya milik klien sendiri."""
    door, bearer = authorized(request, FEEDBACK)
    found = receipt_of(door.store, bearer.client, nomor)
    if found is None:
        raise nothing_there()
    return found
