"""The addresses that tell of single people: pages and streams, the look-up by NIK, the changes, the unserved.

Each needs the scope `sasaran:bnba`, a grant and a purpose; how they are asked and written down is `serve`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import Response, StreamingResponse

from padanan.distribution.api import models, problems
from padanan.distribution.api.door import authorized, known_parameters
from padanan.distribution.api.serve import MEDIA, Call, answered, called, streamed
from padanan.distribution.clients import BNBA
from padanan.distribution.gate import Ask, Refused, nothing_there
from padanan.distribution.reading import Rows, changes, find, page

router = APIRouter(prefix="/v1/penetapan/{periode}", dependencies=[Depends(known_parameters)], tags=["data per orang"])
ERRORS = problems.documented(400, 401, 403, 404, 429, 503)

Period = Annotated[str, Path(pattern=models.PERIOD, description="periode penetapan", examples=["2025-S2"])]
Purpose = Annotated[
    str | None,
    Query(
        max_length=40, description="untuk apa data diminta; wajib, salah satu tujuan pada hibah", examples=["verifikasi-penerima"]
    ),
]
GrantName = Annotated[str | None, Query(max_length=40, description="hibah yang dipakai, bila lebih dari satu berlaku")]
Columns = Annotated[
    str | None,
    Query(max_length=800, description="kolom yang diminta, dipisah koma; bawaan: semua kolom hibah", examples=["id_orang,nama"]),
]
Place = Annotated[str | None, Query(max_length=20, description="kode kota, kecamatan atau kelurahan", examples=["31.74"])]
Program = Annotated[str | None, Query(max_length=60, description="penerima program itu", examples=["klj"])]
Desil = Annotated[str | None, Query(max_length=30, description="desil, dipisah koma", examples=["1,2"])]
Size = Annotated[int, Query(alias="batas", ge=1, le=1000, description="baris pada satu halaman")]
CursorText = Annotated[str | None, Query(alias="kursor", max_length=1000, description="'berikutnya' dari halaman sebelumnya")]
Form = Annotated[
    Literal["json", "ndjson", "arrow", "parquet"],
    Query(alias="bentuk", description="json: satu halaman; yang lain: semua baris sebagai aliran"),
]
RENAMED = (
    "Kunci samaran diganti di antara kedua penetapan: id_orang berganti, perubahannya tidak dapat diterapkan. "
    "Ambil seluruh data sasaran (bentuk=ndjson) dan ganti yang tersimpan."
)
PAGE: dict[int | str, dict[str, Any]] = {
    200: {
        "model": models.Page,
        "description": "Satu halaman, atau aliran semua baris",
        "content": {media: {"schema": {"type": "string", "format": "binary"}} for media in MEDIA.values()},
        "headers": {
            "X-Hibah": {"schema": {"type": "string"}, "description": "hibah dan versinya"},
            "X-Simpan-Sampai": {
                "schema": {"type": "string", "format": "date"},
                "description": "sampai kapan data boleh disimpan",
            },
        },
    },
    **ERRORS,
}


def request_id(request: Request) -> str:
    """The number of this request."""
    return str(request.state.request_id)


def listed(text: str | None) -> tuple[str, ...] | None:
    """A comma-separated list; None where nothing was said."""
    return None if text is None else tuple(one.strip() for one in text.split(","))


def numbers(text: str | None) -> tuple[int, ...]:
    """A list of desil.

    Raises:
        Refused: 400.
    """
    parts = listed(text) or ()
    if not all(one.isascii() and one.isdigit() and len(one) <= 2 for one in parts):
        raise Refused(400, "filter-tidak-dikenal", "Desil ditulis sebagai bilangan 1 sampai 10, dipisah koma.")
    return tuple(dict.fromkeys(int(one) for one in parts))


def paged(call: Call, rows: Rows, size: int, *, of: Mapping[str, Any] | None = None) -> Response:
    """A page as JSON: its rows as they were read, a cursor where more may follow.

    Args:
        of: what the rows are of; by default the decree.
    """
    grant = call.permission.grant
    of = {"periode": call.opened.periode.label, "ke": call.opened.ke} if of is None else of
    head = orjson.dumps({**of, "hibah": f"{grant.terms.hibah}/{grant.version}", "kolom": call.names})
    after = call.cursor(rows.last) if rows.count == size and rows.last is not None else None
    lines = rows.lines.rstrip(b"\n").replace(b"\n", b",")
    body = b"".join((head[:-1], b',"data":[', lines, b'],"berikutnya":', orjson.dumps(after), b"}"))
    return Response(body, media_type="application/json", headers=call.headers)


def _rows(request: Request, label: str, ask: Ask, cursor: str | None, size: int, form: str) -> Response:
    door, bearer = authorized(request, BNBA)
    if form != "json" and cursor is not None:
        raise Refused(400, "parameter-tidak-dikenal", "Aliran tidak memakai kursor.")
    call = called(door, bearer, label, ask, request_id(request), cursor=cursor)
    if form != "json":
        return StreamingResponse(streamed(call, form), media_type=MEDIA[form], headers=call.headers)
    limit = min(size, door.catalogue.batas.page)
    rows = answered(call, lambda one: page(one.opened, one.service, one.permission, after=one.after, size=limit))
    return paged(call, rows, limit)


@router.get("/sasaran", responses=PAGE, response_model=None, summary="Data sasaran menurut hibah", operation_id="sasaran")
def sasaran(
    request: Request,
    periode: Period,
    tujuan: Purpose = None,
    hibah: GrantName = None,
    kolom: Columns = None,
    wilayah: Place = None,
    program: Program = None,
    desil: Desil = None,
    batas: Size = 100,
    kursor: CursorText = None,
    bentuk: Form = "json",
) -> Response:
    """Baris dan kolom yang tercantum pada hibah, urut nomor samaran; saringan digabung dengan 'dan'."""
    ask = Ask("sasaran", tujuan, hibah, listed(kolom), wilayah, program, numbers(desil))
    return _rows(request, periode, ask, kursor, batas, bentuk)


@router.get(
    "/prioritas", responses=PAGE, response_model=None, summary="Yang berhak dan belum dilayani program", operation_id="prioritas"
)
def prioritas(
    request: Request,
    periode: Period,
    tujuan: Purpose = None,
    hibah: GrantName = None,
    kolom: Columns = None,
    wilayah: Place = None,
    desil: Desil = None,
    batas: Size = 100,
    kursor: CursorText = None,
    bentuk: Form = "json",
) -> Response:
    """Orang pada data sasaran yang berhak atas program pada hibah dan belum menerimanya, dengan sebabnya (F52)."""
    ask = Ask("prioritas", tujuan, hibah, listed(kolom), wilayah, None, numbers(desil))
    return _rows(request, periode, ask, kursor, batas, bentuk)


@router.get(
    "/adendum", responses=PAGE, response_model=None, summary="Orang pada adendum yang berlaku hari ini", operation_id="adendum"
)
def adendum(
    request: Request,
    periode: Period,
    tujuan: Purpose = None,
    hibah: GrantName = None,
    kolom: Columns = None,
    wilayah: Place = None,
    program: Program = None,
    batas: Size = 100,
    kursor: CursorText = None,
    bentuk: Form = "json",
) -> Response:
    """Terpisah dari data sasaran: yang pada adendum penetapan ini, dengan adendumnya, surat rujukannya, dan hari terakhirnya."""
    ask = Ask("adendum", tujuan, hibah, listed(kolom), wilayah, program)
    return _rows(request, periode, ask, kursor, batas, bentuk)


@router.get(
    "/sasaran/perubahan",
    responses={**PAGE, 200: {**PAGE[200], "content": {}, "description": "Satu halaman perubahan"}},
    response_model=None,
    summary="Perubahan sejak penetapan sebelumnya",
    operation_id="perubahan",
)
def perubahan(
    request: Request,
    periode: Period,
    sejak: Annotated[
        str, Query(pattern=r"^[0-9]{4}-S[12]/[0-9]{1,3}$", description="penetapan pembanding", examples=["2025-S1/1"])
    ],
    tujuan: Purpose = None,
    hibah: GrantName = None,
    kolom: Columns = None,
    batas: Size = 100,
    kursor: CursorText = None,
) -> Response:
    """Yang bertambah, hilang dan berubah bagi hibah ini, dengan sebabnya; yang keluar dari wilayah hibah dihitung hilang."""
    door, bearer = authorized(request, BNBA)
    ask = Ask("perubahan", tujuan, hibah, listed(kolom))
    call = called(door, bearer, periode, ask, request_id(request), cursor=kursor, more=sejak)

    def read(one: Call) -> Rows:
        rows = changes(one.opened, one.permission, sejak, after=one.after, size=batas)
        if rows is None and sejak in one.opened.facts.get("samaran_berganti", ()):
            raise Refused(404, "samaran-berganti", RENAMED)
        if rows is None:
            raise nothing_there()
        return rows

    return paged(call, answered(call, read), batas)


@router.post(
    "/sasaran/cari",
    responses={200: {"model": models.Found}, **ERRORS, **problems.documented(409, 413, 415)},
    response_model=None,
    summary="Cari satu orang dengan NIK",
    operation_id="cari",
)
def cari(request: Request, periode: Period, isi: models.Search) -> Response:
    """NIK hanya di dalam isi permintaan. NIK yang dipakai dua orang tidak dijawab (409): lebih baik tidak daripada orang lain."""
    door, bearer = authorized(request, BNBA)
    ask = Ask("cari", isi.tujuan, isi.hibah, None if isi.kolom is None else tuple(isi.kolom))
    call = called(door, bearer, periode, ask, request_id(request))
    return person(call, answered(call, lambda one: only(one, isi.nik)))


def only(call: Call, nik: str) -> Rows:
    """The one who bears a NIK, or nobody.

    Raises:
        Refused: 409 two people bear it.
    """
    rows = find(call.opened, call.permission, nik)
    if rows.count > 1:
        raise Refused(409, "nik-ganda", "Lebih dari satu orang pada penetapan ini memakai NIK itu.")
    return rows


def person(call: Call, rows: Rows) -> Response:
    """The answer of a look-up.

    Raises:
        Refused: 404 nobody.
    """
    if not rows.count:
        raise nothing_there()
    grant = call.permission.grant
    head = (
        f'{{"periode":"{call.opened.periode.label}","ke":{call.opened.ke},"hibah":"{grant.terms.hibah}/{grant.version}","data":'
    )
    return Response(head.encode() + rows.lines.rstrip(b"\n") + b"}", media_type="application/json", headers=call.headers)
