"""Errors of the API as RFC 9457 problems in Indonesian, each with a stable code, and as responses of the OpenAPI description.

Which call meets which of them is decided where it is raised; no value that a client sent is ever repeated.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

MEDIA = "application/problem+json"
TITLES = {
    400: "Permintaan tidak sah",
    401: "Belum dikenal",
    403: "Tidak diizinkan",
    404: "Tidak ditemukan",
    405: "Cara tidak didukung",
    406: "Bentuk tidak didukung",
    409: "Tidak tunggal",
    413: "Terlalu besar",
    415: "Jenis isi tidak didukung",
    429: "Terlalu sering",
    503: "Layanan belum siap",
}
_EXAMPLES = {
    400: ("parameter-tidak-dikenal", "Parameter tidak dikenal atau ganda."),
    401: ("token-tidak-berlaku", "Token tidak ada, salah, atau sudah habis masanya."),
    403: ("tujuan-wajib", "Setiap permintaan data per orang menyebut tujuannya (parameter 'tujuan')."),
    404: ("tidak-ditemukan", "Data itu tidak ada, atau tidak ada hibah yang berlaku untuknya."),
    405: ("cara-tidak-didukung", "Alamat ini tidak mengenal cara itu."),
    409: ("nik-ganda", "Lebih dari satu orang pada penetapan ini memakai NIK itu."),
    413: ("terlalu-besar", "Isi permintaan melampaui batas."),
    415: ("jenis-isi", "Jenis isi tidak didukung."),
    429: ("terlalu-sering", "Batas permintaan per menit terlampaui; ulangi sesudah waktu pada Retry-After."),
    503: ("layanan-belum-siap", "Catatan akses tidak dapat ditulis; data tidak dikirim. Ulangi nanti."),
}


class Problem(BaseModel):
    """RFC 9457; `kode` is what a program decides by."""

    model_config = ConfigDict(extra="forbid")
    type: str = Field(examples=["urn:padanan:galat:tidak-ditemukan"])
    title: str = Field(examples=["Tidak ditemukan"])
    status: int = Field(examples=[404])
    detail: str
    kode: str = Field(examples=["tidak-ditemukan"])
    instance: str = Field(description="X-Request-ID permintaan ini", examples=["urn:uuid:0b0c9a52-6a51-4c55-9a7e-3a5c2f0e9a11"])


def body(status: int, code: str, detail: str, request_id: str) -> dict[str, Any]:
    """A problem as it is sent."""
    return {
        "type": f"urn:padanan:galat:{code}",
        "title": TITLES.get(status, "Galat"),
        "status": status,
        "detail": detail,
        "kode": code,
        "instance": f"urn:uuid:{request_id}",
    }


def response(status: int, code: str, detail: str, request_id: str, headers: Mapping[str, str] | None = None) -> JSONResponse:
    """A problem as a response."""
    return JSONResponse(body(status, code, detail, request_id), status, dict(headers or {}), media_type=MEDIA)


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The responses of an operation, with an example of each."""
    found: dict[int | str, dict[str, Any]] = {}
    for status in statuses:
        found |= documented_as(status, *_EXAMPLES[status])
    return found


def documented_as(status: int, code: str, detail: str) -> dict[int | str, dict[str, Any]]:
    """One response of an operation whose code is its own, with its example."""
    example = body(status, code, detail, "0b0c9a52-6a51-4c55-9a7e-3a5c2f0e9a11")
    content = {MEDIA: {"schema": {"$ref": "#/components/schemas/Problem"}, "example": example}}
    told: dict[str, Any] = {"description": TITLES[status], "content": content}
    if status == 401:
        told["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}, "description": "Bearer"}}
    if status == 429:
        told["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "description": "detik"}}
    return {status: told}
