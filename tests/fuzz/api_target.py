"""Requests to the API as bytes off the wire: method, path, headers, body, with and without a token; none may fail inside.

An input is a request line, header lines, an empty line, the body; `{T}` stands for an agency's token, `{B}` for a foundation's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

from padanan.distribution.shelf import publish_decree
from tests.distribution.agencies_by_hand import BASE, PURPOSE, serving
from tests.distribution.decree_by_hand import PERIODE, seal_decree
from tests.distribution.lines_by_hand import publish_by_hand
from tests.fuzz.harness import Account, Target, private_place
from tests.review.decided_by_hand import demo_home

Message = MutableMapping[str, Any]


def scope_of(data: bytes, tokens: Mapping[bytes, str]) -> tuple[Message, bytes] | None:
    """What uvicorn would hand on; None for what it refuses itself."""
    head, _, body = data.partition(b"\n\n")
    for mark, token in tokens.items():
        head = head.replace(mark, token.encode())
    first, *lines = head.split(b"\n")
    method, _, target = first.partition(b" ")
    raw, _, query = target.partition(b"?")
    if (
        not (method.isascii() and method.isalpha())
        or not target.startswith(b"/")
        or not target.isascii()
        or b"\0" in head
        or b"\r" in head
    ):
        return None
    headers = [
        (name.strip().lower(), value.strip()) for name, _, value in (line.partition(b":") for line in lines) if name.strip()
    ]
    headers += [(b"host", b"api.contoh.go.id"), (b"content-length", str(len(body)).encode())]
    scope: Message = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "scheme": "https",
        "method": method.decode().upper(),
        "path": unquote(raw.decode("ascii")), "raw_path": raw, "query_string": query, "root_path": "", "headers": headers,
        "server": ("api.contoh.go.id", 443), "client": ("203.0.113.9", 4711),
    }  # fmt: skip
    return scope, body


async def ask(app: Any, scope: Message, body: bytes) -> int:
    """The status of the answer; what the application raises is raised."""
    sent: list[Message] = []
    parts = [{"type": "http.request", "body": body, "more_body": False}, {"type": "http.disconnect"}]

    async def receive() -> Message:
        if len(parts) > 1:
            return parts.pop(0)
        await asyncio.Event().wait()  # a client that stays for the whole answer
        return parts[0]

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    starts = [one["status"] for one in sent if one["type"] == "http.response.start"]
    if len(starts) != 1 or sent[-1].get("more_body"):
        raise AssertionError("no whole answer")
    return int(starts[0])


@contextmanager
def opened() -> Iterator[Callable[[bytes], Account]]:
    with private_place() as root:
        home = demo_home(root / "data")
        seal_decree(home, PERIODE, people=200)
        publish_decree(home, PERIODE)
        with serving(home) as served, asyncio.Runner() as runner:
            served.door.limited = lambda *_: None
            publish_by_hand(home)
            served.grant(baris="sasaran", wilayah=["31"], layanan=["sasaran", "cari", "perubahan", "prioritas", "prelist"])
            tokens = {b"{T}": served.agency().token, b"{B}": served.agency("yayasan", "dinsos", "Yayasan Acak").token}

            def one(data: bytes) -> Account:
                found = scope_of(data, tokens)
                if found is None:
                    return Account(word="tidak sampai")
                status = runner.run(ask(served.web.app, *found))
                if status >= 500:
                    raise AssertionError(f"status {status}")
                return Account(word=f"status {status}")

            yield one


def seeds() -> dict[str, bytes]:
    token, body_token = b"\nAuthorization: Bearer {T}\n\n", b"\nAuthorization: Bearer {B}\n\n"
    paths = (
        "/v1/penetapan", BASE, f"{BASE}/agregat?wilayah=31.74&dimensi=desil",
        f"{BASE}/sasaran?tujuan={PURPOSE}&batas=2&kolom=nik,nama&desil=1",
        f"{BASE}/sasaran?tujuan={PURPOSE}&bentuk=csv&wilayah=31.74&program=klj", f"{BASE}/sasaran?tujuan={PURPOSE}&kursor=x",
        f"{BASE}/prioritas?tujuan={PURPOSE}&batas=9", f"{BASE}/adendum?tujuan={PURPOSE}",
        f"{BASE}/sasaran/perubahan?sejak=2025-S1/1&tujuan={PURPOSE}",
        f"/v1/prelist?tujuan={PURPOSE}&wilayah=31", "/v1/kontrak", "/v1/umpan-balik/ub-1", "/v1/permohonan", "/openapi.json",
        "/registry/openapi.yaml",
    )  # fmt: skip
    made = {f"get{number}": f"GET {path}".encode() + token for number, path in enumerate(paths)}
    json, raw = b"\nContent-Type: application/json", b"\nContent-Type: application/octet-stream"
    request = (
        '{"lembaga": "Yayasan Acak", "pemohon": "Ketua", "profil": {"kegiatan": "Gizi", "uraian": "Kunjungan", '
        '"bantuan": "Paket", "dana": "Donasi"}, '
        '"program": "klj", "baris": "penerima", "wilayah": ["31.74"], "kolom": ["nama"], "layanan": '
        '["sasaran"], "tujuan": ["verifikasi-penerima"], '
        '"mulai": "2026-03-02", "sampai": "2026-12-31", "surat": {"nomor": "S-1/2026", "tanggal": "2026-02-01"}}'
    )
    envelope = (
        '{"signature": "x", "header": {"version": "1.0.0", "message_id": "1", "message_ts": '
        '"2026-03-02T09:00:00+07:00", "action": "search", '
        '"sender_id": "a", "receiver_id": "b", "total_count": 1}, "message": {"transaction_id": "t", "search_request": []}}'
    )
    return made | {
        "cari": f"POST {BASE}/sasaran/cari".encode() + json + token
        + f'{{"nik": "3171010101010001", "tujuan": "{PURPOSE}"}}'.encode(),
        "token": b"POST /oauth/token\nContent-Type: application/x-www-form-urlencoded\nAuthorization: Basic YTpi\n\n"
        b"grant_type=client_credentials",
        "umpan": b"POST /v1/umpan-balik?kontrak=realisasi&periode_data=2025-11&bentuk=csv&jumlah_baris=1" + raw + token
        + b"NIK,NAMA\n1,2\n",
        "mohon": b"POST /v1/permohonan" + json + body_token + request.encode(), "daftar": b"GET /v1/permohonan" + body_token,
        "spdci": b"POST /registry/sync/search" + json + token + envelope.encode(), "lain": b"PUT /v1/kontrak" + token,
        "dua_kepala": b"GET /v1/kontrak\nAuthorization: Bearer {T}\nAuthorization: Bearer x\n\n",
    }  # fmt: skip


TOKENS = (b"GET ", b"POST ", b"/v1/", b"/v1/penetapan/2025-S2/sasaran", b"/cari", b"/perubahan", b"/prioritas", b"/prelist",
    b"/oauth/token", b"%00", b"%ff", b"%2e%2e%2f",
          b"../", b"?", b"&", b"=", b"kursor=", b"batas=", b"kolom=", b"wilayah=", b"tujuan=" + PURPOSE.encode(), b"sejak=",
          b"Accept: application/x-ndjson\n",
          b"If-None-Match: ", b"Range: bytes=0-", b"Content-Type: application/json\n", b"Authorization: Bearer {T}\n",
          b"Authorization: Basic ", b"DPoP: ", b"X-Forwarded-For: ",
          b'{"', b'": ', b"[" * 50, b"9" * 400, b"1e999", b"NaN", b'"\\ud800"', b"-1", b"' or 1=1 --", b"\xff\xfe")  # fmt: skip
TARGET = Target("api", 10, opened, seeds, TOKENS)
