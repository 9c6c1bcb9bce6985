"""The proxy of `deploy/nginx`, started on free ports with a certificate of its own: TLS, log-in, and what the inside gets to see.

The services behind it are played by one that echoes what it was asked.
"""

from __future__ import annotations

import base64
import http.client
import json
import os
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from padanan.base.home import CHECKOUT
from tests.deploy.tools import tool

CONF = CHECKOUT / "deploy" / "nginx" / "padanan.conf"
UI, PAGES = "padanan.contoh.go.id", "laporan.padanan.contoh.go.id"


class _Echo(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        """What was asked, as JSON."""
        body = json.dumps({"path": self.path, "headers": {k.lower(): v for k, v in self.headers.items()}}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        """Says nothing."""


@dataclass
class Proxy:
    """A running nginx and the two ports it listens on."""

    plain: int
    secure: int
    log: Path

    def ask(
        self, host: str, path: str = "/", who: str = "", method: str = "GET", more: dict[str, str] | None = None
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of one request over TLS."""
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        link = http.client.HTTPSConnection("127.0.0.1", self.secure, context=context, timeout=20)
        headers = {"Host": host, **(more or {})}
        if who:
            headers["Authorization"] = "Basic " + base64.b64encode(who.encode()).decode()
        link.request(method, path, headers=headers)
        answer = link.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()


def _free() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    """nginx with our file, its ports, paths and upstreams replaced by this test's."""
    nginx, openssl = tool("nginx"), tool("openssl")
    folder = tmp_path_factory.mktemp("nginx")
    folder.chmod(0o755)
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={UI}",
         "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"], check=True, capture_output=True,
    )  # fmt: skip
    for name, user in (("pengelola", "ani"), ("tkpk", "budi")):
        made = subprocess.run([openssl, "passwd", "-apr1", "rahasia"], check=True, capture_output=True, text=True).stdout.strip()
        (folder / f"{name}.htpasswd").write_text(f"{user}:{made}\n")
    echo = ThreadingHTTPServer(("127.0.0.1", 0), _Echo)
    threading.Thread(target=echo.serve_forever, daemon=True).start()
    plain, secure = _free(), _free()
    text = CONF.read_text(encoding="utf-8")
    for old, new in (
        ("/etc/padanan/tls/", f"{folder}/"),
        ("/etc/padanan/", f"{folder}/"),
        ("/var/log/nginx/padanan.log", f"{folder}/akses.log"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl", f"listen 127.0.0.1:{secure} ssl"),
        ("http://127.0.0.1:3000", f"http://127.0.0.1:{echo.server_port}"),
        ("http://127.0.0.1:3001", f"http://127.0.0.1:{echo.server_port}"),
    ):
        assert old in text, old
        text = text.replace(old, new)
    (folder / "nginx.conf").write_text(
        # Its workers read below pytest's folder, which is its owner's alone.
        f"{'user root; ' if os.geteuid() == 0 else ''}daemon off; pid {folder}/nginx.pid; "
        f"error_log {folder}/galat.log; events {{}}\nhttp {{ "
        + "".join(f"{kind}_temp_path {folder}/{kind}; " for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        + f"\n{text}\n}}\n"
    )
    server = subprocess.Popen([nginx, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", str(folder / "galat.log")])
    try:
        for _ in range(100):
            with socket.socket() as one:
                if one.connect_ex(("127.0.0.1", secure)) == 0:
                    break
            assert server.poll() is None, (folder / "galat.log").read_text()
            time.sleep(0.1)
        yield Proxy(plain, secure, folder / "akses.log")
    finally:
        server.terminate()
        server.wait(timeout=20)
        echo.shutdown()


def test_without_tls_one_is_sent_to_it(proxy: Proxy) -> None:
    """No page, and no password, goes in the clear."""
    link = http.client.HTTPConnection("127.0.0.1", proxy.plain, timeout=20)
    link.request("GET", "/runs", headers={"Host": UI})
    answer = link.getresponse()
    assert answer.status == 308 and answer.getheader("Location") == f"https://{UI}/runs"


@pytest.mark.parametrize("host", [UI, PAGES])
@pytest.mark.parametrize("who", ["", "ani:salah", "siapa:rahasia"])
def test_nobody_gets_in_without_the_right_password(proxy: Proxy, host: str, who: str) -> None:
    """The inside is not even asked."""
    status, headers, body = proxy.ask(host, who=who)
    assert status == 401 and "basic" in headers["www-authenticate"].lower() and b"headers" not in body


def test_each_list_opens_its_own_door(proxy: Proxy) -> None:
    """A reviewer reads pages and can't start a run; an engineer's list is not the reviewers'."""
    assert proxy.ask(UI, who="ani:rahasia")[0] == 200
    assert proxy.ask(PAGES, who="budi:rahasia")[0] == 200
    assert proxy.ask(UI, who="budi:rahasia")[0] == 401
    assert proxy.ask(PAGES, who="ani:rahasia")[0] == 401


def test_the_inside_gets_no_password_and_the_ui_its_websocket(proxy: Proxy) -> None:
    """The UI follows runs over a websocket; a password in its requests could end up in a log."""
    asked = json.loads(proxy.ask(UI, "/graphql?x=1", "ani:rahasia", more={"Connection": "Upgrade", "Upgrade": "websocket"})[2])
    assert asked["headers"]["upgrade"] == "websocket" and asked["headers"]["connection"] == "upgrade"
    assert asked["headers"]["host"] == UI and "authorization" not in asked["headers"]


def test_pages_are_only_read(proxy: Proxy) -> None:
    """Nothing is posted to the report."""
    assert proxy.ask(PAGES, who="budi:rahasia", method="POST")[0] == 403


def test_browsers_are_told_to_stay_with_tls_and_in_their_own_frame(proxy: Proxy) -> None:
    """Also where the answer is a refusal."""
    for who in ("", "ani:rahasia"):
        headers = proxy.ask(UI, who=who)[1]
        assert "max-age" in headers["strict-transport-security"] and headers["x-frame-options"] == "DENY"


def test_the_log_has_no_query(proxy: Proxy) -> None:
    """What was asked for stands in the query of the UI's links."""
    proxy.ask(UI, "/runs?q=rahasia-negara", "ani:rahasia")
    text = proxy.log.read_text(encoding="utf-8")
    assert " /runs " in text and "rahasia-negara" not in text and "rahasia" not in text.replace("rahasia-negara", "")
