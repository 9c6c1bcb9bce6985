"""nginx with the file of `deploy/nginx`: its ports, paths, certificate and upstreams replaced by a test's own."""

from __future__ import annotations

import base64
import http.client
import json
import os
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from padanan.base.home import CHECKOUT
from tests.deploy.tools import tool

CONF = CHECKOUT / "deploy" / "nginx" / "padanan.conf"
UI, PAGES, API = "padanan.contoh.go.id", "laporan.padanan.contoh.go.id", "api.padanan.contoh.go.id"


class Echo(BaseHTTPRequestHandler):
    """Answers what it was asked."""

    def do_GET(self) -> None:
        """What was asked, as JSON."""
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
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
    asked: int = 0
    """Requests that have or will have a line in the log."""

    def ask(
        self,
        host: str,
        path: str = "/",
        who: str = "",
        method: str = "GET",
        more: dict[str, str] | None = None,
        body: bytes | None = None,
    ) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of one request over TLS, by a name that is not looked up."""
        self.asked += 1
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        link = http.client.HTTPSConnection("127.0.0.1", self.secure, context=context, timeout=20)
        headers = {"Host": host, **(more or {})}
        if who:
            headers["Authorization"] = "Basic " + base64.b64encode(who.encode()).decode()
        link.request(method, path, body, headers=headers)
        answer = link.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()

    def written(self) -> str:
        """The log once every request has its line: nginx writes it after the answer."""
        end = time.monotonic() + 10
        while (text := self.log.read_text(encoding="utf-8")).count("\n") < self.asked:
            assert time.monotonic() < end, text
            time.sleep(0.02)
        return text


def _free() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def proxied(folder: Path, echo: int, api: int | None = None) -> Iterator[Proxy]:
    """A running nginx.

    Args:
        folder: where it keeps everything.
        echo: the port behind UI and pages, and behind the API where `api` names none.
    """
    nginx, openssl = tool("nginx"), tool("openssl")
    folder.chmod(0o755)
    subprocess.run(
        [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={UI}",
         "-addext", f"subjectAltName=DNS:{API}", "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem"],
        check=True, capture_output=True,
    )  # fmt: skip
    for name, user in (("pengelola", "ani"), ("tkpk", "budi")):
        made = subprocess.run([openssl, "passwd", "-apr1", "rahasia"], check=True, capture_output=True, text=True).stdout.strip()
        (folder / f"{name}.htpasswd").write_text(f"{user}:{made}\n")
    plain, secure = _free(), _free()
    text = CONF.read_text(encoding="utf-8")
    for old, new in (
        ("/etc/padanan/tls/", f"{folder}/"),
        ("/etc/padanan/", f"{folder}/"),
        ("/var/log/nginx/padanan.log", f"{folder}/akses.log"),
        ("/var/log/nginx/padanan-galat.log", f"{folder}/galat-api.log"),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl", f"listen 127.0.0.1:{secure} ssl"),
        ("http://127.0.0.1:3000", f"http://127.0.0.1:{echo}"),
        ("http://127.0.0.1:3001", f"http://127.0.0.1:{echo}"),
        ("http://127.0.0.1:8080", f"http://127.0.0.1:{api or echo}"),
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
