"""Serves the report's pages read-only on this machine, so that links in the Dagster UI open: files below `reports/` only.

Pages are made by `render.py` and opened from disk just as well; no page is made, listed or changed by a request.
"""

from __future__ import annotations

import html
import os
import re
import shutil
import stat
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

from padanan.base.errors import PadananError, safe_reason
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.pages.address import CYCLE_FOLDER, CYCLE_PAGE, HOST, PORT, URL, base_address, port

# What a report's folder offers; records of runs (JSON) and whatever else lies there stay inside.
TYPES = {
    ".html": "text/html; charset=utf-8",
    ".pdf": "application/pdf",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".woff2": "font/woff2",
}
HEADERS = {
    # The pages carry the same policy; here it also forbids being framed, and running anything a file might hold.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; font-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    # A report is made anew under its old name when the review goes on.
    "Cache-Control": "no-store",
}
PERIOD = re.compile(r"[0-9]{4}-0[17]-01")
REVISION = re.compile(r"rev-([0-9]{1,6})")
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,80}")
SLOW_SECONDS = 30
PAGE = """<!doctype html>
<html lang="id"><head><meta charset="utf-8"><title>{title}</title>
<style>body {{ font: 1.1rem/1.6 sans-serif; max-width: 40rem; margin: 2rem auto; padding: 0 1rem }}</style></head>
<body><h1>{title}</h1>{body}</body></html>
"""


class _Handler(BaseHTTPRequestHandler):
    """One request; GET and HEAD only."""

    server: ReportServer
    server_version = "Padanan"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = SLOW_SECONDS

    def do_GET(self) -> None:
        """A file or the index."""
        self._answer()

    def do_HEAD(self) -> None:
        """The same without its bytes."""
        self._answer()

    def __getattr__(self, name: str) -> Any:
        # BaseHTTPRequestHandler looks for do_<METHOD>: every other method has one answer.
        if name.startswith("do_"):
            return self._not_allowed
        raise AttributeError(name)

    def _not_allowed(self) -> None:
        self.close_connection = True
        self._text(
            HTTPStatus.METHOD_NOT_ALLOWED, "Hanya untuk dibaca", "<p>Laporan tidak menerima kiriman.</p>", Allow="GET, HEAD"
        )

    def _answer(self) -> None:
        if self.headers.get("Content-Length", "0") != "0" or "Transfer-Encoding" in self.headers:
            self.close_connection = True
        if _host(self.headers.get("Host", "")) not in self.server.hosts:
            # A page of another site that lets its own name point here would otherwise read the reports.
            self._text(HTTPStatus.MISDIRECTED_REQUEST, "Alamat tidak dikenal", f"<p>Setel {URL} ke alamat yang dipakai.</p>")
            return
        parts = _parts(self.path)
        if parts == [""]:
            self._text(HTTPStatus.OK, "Laporan mutu", _index(self.server.root))
        elif parts is not None and len(parts) in (2, 3) and _is_revision(parts) and not any(parts[2:]):
            # Relative, so that it is also right below a path of a proxy.
            self._redirect("index.html" if len(parts) == 3 else f"{parts[1]}/index.html")
        elif parts is None or not _is_page(parts):
            self._missing()
        else:
            self._file(parts)

    def _file(self, parts: list[str]) -> None:
        try:
            with _opened(self.server.root, parts) as handle:
                facts = os.fstat(handle.fileno())
                self._head(HTTPStatus.OK, TYPES[Path(parts[-1]).suffix], facts.st_size)
                if self.command == "GET":
                    shutil.copyfileobj(handle, self.wfile)
        except (FileNotFoundError, NotADirectoryError, PermissionError, IsADirectoryError):
            self._missing()
        except OSError as error:
            if isinstance(error, ConnectionError | TimeoutError):
                raise
            self._missing()  # ELOOP: a link, which is never followed

    def _missing(self) -> None:
        self._text(HTTPStatus.NOT_FOUND, "Tidak ada", "<p>Laporan itu tidak ada.</p>")

    def _redirect(self, path: str) -> None:
        self._head(HTTPStatus.FOUND, TYPES[".html"], 0, Location=path)

    def _text(self, status: HTTPStatus, title: str, body: str, **headers: str) -> None:
        content = PAGE.format(title=html.escape(title), body=body).encode()
        self._head(status, TYPES[".html"], len(content), **headers)
        if self.command != "HEAD":
            self.wfile.write(content)

    def _head(self, status: HTTPStatus, kind: str, size: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(size), **HEADERS, **headers}.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What the library refuses by itself (a broken request line), without repeating any of it."""
        self.close_connection = True
        self.command = getattr(self, "command", None) or "GET"
        self.request_version = self.protocol_version  # the library's guess for a broken line, 0.9, has no status line
        self._text(HTTPStatus(code), "Permintaan ditolak", "<p>Permintaan itu tidak dikenal.</p>")

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing is logged: an address may hold anything."""


class ReportServer(ThreadingHTTPServer):
    """The server; `root` is `reports/` of the home, `hosts` the names under which it answers."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, home: Home, port_number: int) -> None:
        self.root = home.root / "reports"
        self.hosts = frozenset({HOST, "localhost", urlsplit(base_address()).hostname or HOST})
        super().__init__((HOST, port_number), _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A reader that went away is no news; anything else is told by its class alone."""
        error = sys.exc_info()[1]
        if error is not None and not isinstance(error, ConnectionError | TimeoutError):
            print(f"GALAT laporan: {safe_reason(error)}", file=sys.stderr, flush=True)


def serve(home: Home, *, parent: int | None = None) -> None:
    """Serves until stopped.

    Args:
        home: whose `reports/` is served.
        parent: a process id; when that process is no longer this one's parent, the server stops.

    Raises:
        PadananError: the port is taken or no number.
    """
    number = port()
    try:
        server = ReportServer(home, number)
    except OSError as error:
        raise PadananError(
            f"port {number} untuk laporan tidak dapat dipakai ({safe_reason(error)})",
            cure=f"hentikan program yang memakainya, atau setel {PORT} ke nomor lain",
        ) from None
    with server:
        if parent is not None:
            threading.Thread(target=_stop_with, args=(parent, server), daemon=True).start()
        print(f"Laporan: {base_address()}", flush=True)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


def _stop_with(parent: int, server: ReportServer) -> None:
    while os.getppid() == parent:
        time.sleep(1)
    server.shutdown()


def _host(header: str) -> str:
    try:
        return (urlsplit(f"//{header}").hostname or "").lower()
    except ValueError:
        return ""


def _parts(target: str) -> list[str] | None:
    """The path's parts; None for what no link of ours looks like."""
    path = target.split("?", 1)[0].split("#", 1)[0]
    if not path.startswith("/"):
        return None
    try:
        return [unquote(part, errors="strict") for part in path[1:].split("/")]
    except UnicodeDecodeError:
        return None


def _is_revision(parts: list[str]) -> bool:
    return bool(PERIOD.fullmatch(parts[0]) and REVISION.fullmatch(parts[1]))


def _is_page(parts: list[str]) -> bool:
    """`<period>/rev-<n>/<name>` or one folder deeper, `<period>/siklus/<name>`; plain names and known kinds only."""
    cycle = len(parts) == 3 and bool(PERIOD.fullmatch(parts[0])) and parts[1] == CYCLE_FOLDER
    return (
        (cycle or (len(parts) in (3, 4) and _is_revision(parts)))
        and all(NAME.fullmatch(part) for part in parts[2:])
        and Path(parts[-1]).suffix in TYPES
    )


@contextmanager
def _opened(root: Path, parts: list[str]) -> Iterator[BinaryIO]:
    """A regular file, opened part by part from the root without following a link anywhere on the way.

    Raises:
        OSError: it is not there, is a link or something else than a file, or a folder on the way is one.
    """
    folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY)
    try:
        for name in parts[:-1]:
            inner = os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW, dir_fd=folder)
            os.close(folder)
            folder = inner
        # NONBLOCK: a named pipe would otherwise hold the request.
        handle = os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    finally:
        os.close(folder)
    with os.fdopen(handle, "rb") as opened:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise FileNotFoundError(parts[-1])
        yield opened


def _index(root: Path) -> str:
    """Every report by period and revision, newest first."""
    found: list[tuple[str, int]] = []
    for page in root.glob("*/rev-*/index.html"):
        period, revision = page.parent.parent.name, REVISION.fullmatch(page.parent.name)
        if (
            revision
            and PERIOD.fullmatch(period)
            and not any(part.is_symlink() for part in (page, page.parent, page.parent.parent))
        ):
            found.append((period, int(revision[1])))
    cycles = [
        page.parent.parent.name
        for page in root.glob(f"*/{CYCLE_FOLDER}/{CYCLE_PAGE}")
        if PERIOD.fullmatch(page.parent.parent.name)
        and not any(part.is_symlink() for part in (page, page.parent, page.parent.parent))
    ]
    if not found and not cycles:
        return "<p>Belum ada laporan: jalankan job padanan_periode.</p>"
    lines = [
        f'<li><a href="{period}/{CYCLE_FOLDER}/{CYCLE_PAGE}">Siklus pemutakhiran {Periode.parse(period).label}</a></li>'
        for period in sorted(cycles, reverse=True)
    ]
    lines += [
        f'<li><a href="{period}/rev-{number}/index.html">{Periode.parse(period).label} revisi {number}</a></li>'
        for period, number in sorted(found, reverse=True)
    ]
    return f"<ul>{''.join(lines)}</ul>"
