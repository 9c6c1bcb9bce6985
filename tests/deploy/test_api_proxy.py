"""The API behind the proxy of `deploy/nginx`, over TLS: a token, a page, a stream; and what neither log nor disk gets to hold."""

from __future__ import annotations

import base64
import json
import re
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest

from padanan.base.home import Home
from padanan.distribution.catalogue import load_catalogue
from padanan.distribution.server import described
from tests.deploy.proxied import API, CONF, Echo, Proxy, proxied
from tests.distribution.agencies_by_hand import BASE, PURPOSE, serving
from tests.distribution.decree_by_hand import PEOPLE, PERIODE, nik_of, seal_decree
from tests.distribution.process import server

NIK = nik_of(101)


@dataclass
class Behind:
    """A real API process behind a real nginx, and an agency's papers."""

    proxy: Proxy
    client: str
    secret: str
    folder: Path

    def ask(self, path: str, method: str = "GET", **more: Any) -> tuple[int, dict[str, str], bytes]:
        return self.proxy.ask(API, path, method=method, **more)

    def token(self) -> str:
        basic = base64.b64encode(f"{self.client}:{self.secret}".encode()).decode()
        status, _, body = self.ask(
            "/oauth/token",
            "POST",
            body=b"grant_type=client_credentials",
            more={"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"},
        )
        assert status == 200, body
        return str(json.loads(body)["access_token"])


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    """A decree, an agency with a grant for everybody, the API and nginx."""
    from padanan.distribution.shelf import publish_decree

    folder = tmp_path_factory.mktemp("balik")
    home = Home(folder / "data").ensure()
    (home.root / "demo.json").write_text("{}")
    seal_decree(home, PERIODE)
    publish_decree(home, PERIODE)
    with serving(home) as inside:
        inside.grant(baris="sasaran", wilayah=["31"])
        agency = inside.agency()
    with server(home) as (_, url), proxied(tmp_path_factory.mktemp("nginx"), 9, int(url.rpartition(":")[2])) as proxy:
        yield Behind(proxy, agency.id, agency.secret, proxy.log.parent)


@pytest.mark.feature("F20")
def test_a_token_and_a_page_over_tls_and_the_request_is_found_again_by_its_number(behind: Behind) -> None:
    bearer = {"Authorization": f"Bearer {behind.token()}"}
    status, headers, body = behind.ask(f"{BASE}/sasaran?tujuan={PURPOSE}&batas=5", more=bearer)
    assert status == 200 and len(json.loads(body)["data"]) == 5
    assert "max-age" in headers["strict-transport-security"] and "nginx/" not in headers.get("server", "")
    assert headers["x-request-id"] in behind.proxy.written()


@pytest.mark.feature("F20")
def test_a_stream_comes_through_whole_and_lies_on_no_disk(behind: Behind) -> None:
    context = ssl.create_default_context(cafile=behind.folder / "fullchain.pem")
    context.check_hostname = False
    url = f"https://127.0.0.1:{behind.proxy.secure}{BASE}/sasaran?tujuan={PURPOSE}&bentuk=ndjson"
    headers = {"Authorization": f"Bearer {behind.token()}", "Host": API}
    with httpx.Client(verify=context, http2=False) as client:
        behind.proxy.asked += 1
        text = client.get(url, headers=headers).text
    assert len(text.splitlines()) == PEOPLE
    assert not [path for path in (behind.folder / "proxy").rglob("*") if path.is_file()]


@pytest.mark.feature("F50")
def test_no_number_of_anybody_reaches_a_log_wherever_a_client_writes_it(behind: Behind) -> None:
    """In the body, where it belongs; in query, path, name and header, where it does not; and when the API is not there."""
    bearer = {"Authorization": f"Bearer {behind.token()}", "Content-Type": "application/json"}
    body = json.dumps({"nik": NIK, "tujuan": PURPOSE}).encode()
    assert behind.ask(f"{BASE}/sasaran/cari", "POST", body=body, more=bearer)[0] == 200
    for path in (f"{BASE}/sasaran?nik={NIK}", f"{BASE}/sasaran/{NIK}", f"/{NIK}", f"/v1/umpan-balik/{NIK}"):
        assert behind.ask(path, more={**bearer, "Referer": f"https://x/{NIK}", "User-Agent": NIK})[0] in (400, 404)
    behind.ask("/oauth/token", "POST", who=f"{NIK}:x", body=urlencode({"client_id": NIK}).encode())
    behind.proxy.written()
    written = "".join(path.read_text(errors="replace") for path in behind.folder.glob("*.log"))
    assert f"{BASE}/sasaran/cari" in written
    for number in (NIK, NIK[:10]):
        assert number not in written


@pytest.mark.feature("F50")
def test_every_address_of_the_description_is_logged_by_name_and_nothing_else(behind: Behind) -> None:
    from padanan.distribution.spdci.routes import router

    known = {*described()["paths"], *(str(route.path) for route in router.routes)}
    for path in sorted(known):
        asked = path.replace("{periode}", "2025-S2").replace("{nomor}", "ub-20260101-0123456789abcdef")
        behind.ask(asked)
        last = behind.proxy.written().splitlines()[-1]
        shown = path.replace("{periode}", "2025-S2").replace("{nomor}", "NOMOR")
        assert f" GET {shown} " in last, path


def test_a_body_beyond_the_limit_is_refused_as_the_api_would(behind: Behind) -> None:
    status, headers, body = behind.ask(f"{BASE}/sasaran/cari", "POST", body=b"x" * 70_000)
    told = json.loads(body)
    assert (status, told["kode"], headers["content-type"]) == (413, "terlalu-besar", "application/problem+json")
    assert headers["x-request-id"] in told["instance"]
    # Where files belong they pass the proxy: it is the API that asks for a token.
    path = "/v1/umpan-balik?kontrak=klj&periode_data=2025-10&bentuk=csv"
    assert behind.ask(path, "POST", body=b"x" * 70_000)[0] == 401


def test_the_limits_of_proxy_and_api_agree() -> None:
    from padanan.distribution.api.app import BODY_LIMIT
    from padanan.distribution.api.requests import ROOM

    sizes = re.findall(r"client_max_body_size (\d+)([km]);", CONF.read_text(encoding="utf-8"))
    letter = (load_catalogue().permohonan.letter_kib << 10) * 4 // 3 + ROOM
    assert sizes == [
        (str(BODY_LIMIT >> 10), "k"), (str(load_catalogue().batas.upload_mib), "m"), (str(-(-letter // (1 << 20))), "m"),
    ]  # fmt: skip


def test_without_tls_a_system_is_refused_and_not_led_on(behind: Behind) -> None:
    behind.proxy.asked += 1
    answer = httpx.get(f"http://127.0.0.1:{behind.proxy.plain}/v1/penetapan", headers={"Host": API})
    assert answer.status_code == 403


def test_the_api_is_told_who_asked_by_the_proxy_alone(tmp_path: Path) -> None:
    echo = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=echo.serve_forever, daemon=True).start()
    try:
        with proxied(tmp_path, echo.server_port) as proxy:
            claimed = {"X-Forwarded-For": "10.9.9.9", "Forwarded": "for=10.9.9.9", "Authorization": "Bearer abc"}
            inside = json.loads(proxy.ask(API, "/v1/penetapan?x=1", more=claimed)[2])
    finally:
        echo.shutdown()
    headers = inside["headers"]
    assert headers["x-forwarded-for"] == "127.0.0.1" and headers["x-forwarded-proto"] == "https"
    assert "forwarded" not in headers and headers["authorization"] == "Bearer abc" and inside["path"] == "/v1/penetapan?x=1"


def test_an_api_that_is_not_there_is_told_as_a_problem(tmp_path: Path) -> None:
    with proxied(tmp_path, 9) as proxy:
        status, headers, body = proxy.ask(API, f"/v1/penetapan?nik={NIK}")
        proxy.written()
        written = "".join(path.read_text(errors="replace") for path in tmp_path.glob("*.log"))
    assert (status, json.loads(body)["kode"], headers["retry-after"]) == (503, "layanan-belum-siap", "30")
    assert NIK not in written
