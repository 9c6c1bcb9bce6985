"""The report's pages over HTTP on this machine: what links in the Dagster UI open, and nothing else of the data home."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from pathlib import Path

import pytest

from padanan.base.errors import PadananError
from padanan.base.home import CHECKOUT, Home
from padanan.base.period import Periode
from padanan.pages.address import base_address, page_path, port
from padanan.review.report.server import ReportServer, serve

PERIODE = Periode.parse("2025-S2")
FOLDER = f"/{PERIODE.key}/rev-1"


@contextmanager
def serving(home):
    """Yields `ask(path, method, **headers)` -> (status, headers, body) of a server on a free port."""
    with ReportServer(home, 0) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        number = server.server_address[1]

        def ask(path, method="GET", **headers):
            connection = http.client.HTTPConnection("127.0.0.1", number, timeout=20)
            connection.putrequest(method, path, skip_host="Host" in headers)
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.endheaders()
            answer = connection.getresponse()
            found = answer.status, dict(answer.getheaders()), answer.read()
            connection.close()
            return found

        ask.port = number
        yield ask
        server.shutdown()


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path / "data").ensure()
    folder = home.reports(PERIODE, 1)
    (folder / "font").mkdir(parents=True)
    (folder / "index.html").write_text("<!doctype html><title>Laporan</title>")
    (folder / "laporan-mutu.pdf").write_bytes(b"%PDF-1.7")
    (folder / "font" / "SourceSans3-400.woff2").write_bytes(b"font")
    (folder / "run.json").write_text('{"run_id": "x"}')
    (folder / ".rahasia.html").write_text("tersembunyi")
    (home.root / "rahasia.html").write_text("di luar laporan")
    (home.root / "reports" / "lepas.html").write_text("bukan laporan")
    return home


@pytest.fixture
def ask(home):
    with serving(home) as ask:
        yield ask


def test_a_page_its_font_and_its_paper_are_served_with_headers_that_allow_nothing_else(ask):
    for name, kind in (
        ("index.html", "text/html; charset=utf-8"),
        ("laporan-mutu.pdf", "application/pdf"),
        ("font/SourceSans3-400.woff2", "font/woff2"),
    ):
        status, headers, body = ask(f"{FOLDER}/{name}")
        assert status == 200 and headers["Content-Type"] == kind and int(headers["Content-Length"]) == len(body) > 0
        assert headers["X-Content-Type-Options"] == "nosniff" and headers["Cache-Control"] == "no-store"
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy and "script-src" not in policy


def test_head_is_the_same_without_bytes(ask):
    status, headers, body = ask(f"{FOLDER}/index.html", "HEAD")
    assert status == 200 and body == b"" and int(headers["Content-Length"]) == len(ask(f"{FOLDER}/index.html")[2])


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND"])
def test_nothing_can_be_sent(ask, method):
    status, headers, body = ask(f"{FOLDER}/index.html", method)
    assert status == 405 and headers["Allow"] == "GET, HEAD" and b"Laporan</title>" not in body


@pytest.mark.parametrize(
    "path",
    [
        "/../rahasia.html",
        "/../../etc/passwd",
        f"{FOLDER}/../../../rahasia.html",
        f"{FOLDER}/..%2f..%2f..%2frahasia.html",
        f"{FOLDER}/%2e%2e/%2e%2e/%2e%2e/rahasia.html",
        f"{FOLDER}/..\\..\\rahasia.html",
        f"{FOLDER}/%00index.html",
        f"{FOLDER}/index.html%00.pdf",
        f"{FOLDER}//index.html",
        f"{FOLDER}/.rahasia.html",
        f"{FOLDER}/run.json",
        f"{FOLDER}/font/",
        f"{FOLDER}/font",
        f"/{PERIODE.key}/",
        f"/{PERIODE.key}",
        "/lepas.html",
        "//rahasia.html",
        "/2025-07-01/rev-x/index.html",
        "/%e2%80%ae/rev-1/index.html",
        "/%ff/rev-1/index.html",
        f"{FOLDER}/tidak-ada.html",
        "http://127.0.0.1/rahasia.html",
        "*",
    ],
)
def test_nothing_outside_of_a_report_is_served(ask, path):
    status, _, body = ask(path)
    assert status == 404 and b"rahasia" not in body and b"tersembunyi" not in body and b"bukan laporan" not in body


@pytest.mark.parametrize("where", ["file", "folder", "revision", "period"])
def test_no_link_is_followed(home, where):
    """A link inside `reports/` would show what it points to, wherever that is."""
    outside = home.root / "inbox" / "isi"
    (outside / "rev-1").mkdir(parents=True)
    for folder in (outside, outside / "rev-1"):
        (folder / "index.html").write_text("isi kiriman")
    folder = home.reports(PERIODE, 1)
    path = f"{FOLDER}/index.html"
    if where == "file":
        (folder / "tautan.html").symlink_to(outside / "index.html")
        path = f"{FOLDER}/tautan.html"
    elif where == "folder":
        (folder / "sub").symlink_to(outside)
        path = f"{FOLDER}/sub/index.html"
    elif where == "revision":
        folder.with_name("rev-2").symlink_to(outside)
        path = f"/{PERIODE.key}/rev-2/index.html"
    else:
        (home.root / "reports" / "2026-01-01").symlink_to(outside)
        path = "/2026-01-01/rev-1/index.html"
    with serving(home) as ask:
        status, _, body = ask(path)
        assert status == 404 and b"isi kiriman" not in body
        assert path.encode()[1:] not in ask("/")[2]


def test_a_pipe_does_not_hold_the_server(home, ask):
    os.mkfifo(home.reports(PERIODE, 1) / "pipa.html")
    assert ask(f"{FOLDER}/pipa.html")[0] == 404


def test_the_index_names_periods_and_revisions_and_no_files(home, ask):
    page = home.reports(Periode.parse("2026-S1"), 12) / "index.html"
    page.parent.mkdir(parents=True)
    page.write_text("x")
    status, _, body = ask("/")
    text = body.decode()
    assert status == 200 and text.index("2026-S1 revisi 12") < text.index("2025-S2 revisi 1")
    assert 'href="2025-07-01/rev-1/index.html"' in text and ".pdf" not in text and "lepas" not in text


def test_an_empty_home_says_what_to_run(tmp_path):
    with serving(Home(tmp_path / "kosong").ensure()) as ask:
        assert b"padanan_periode" in ask("/")[2]


@pytest.mark.parametrize(("path", "to"), [(FOLDER, "rev-1/index.html"), (f"{FOLDER}/", "index.html")])
def test_a_revision_leads_to_its_index(ask, path, to):
    status, headers, _ = ask(path)
    assert status == 302 and headers["Location"] == to


@pytest.mark.parametrize(
    "host", ["jahat.invalid", "jahat.invalid:3001", "127.0.0.1.jahat.invalid", "", "[::1", "localhost@jahat.invalid"]
)
def test_another_sites_name_does_not_reach_it(ask, host):
    """A name that its owner points to 127.0.0.1 would let that site's page read the reports."""
    status, _, body = ask(f"{FOLDER}/index.html", Host=host)
    assert status == 421 and b"Laporan</title>" not in body


def test_the_name_of_the_configured_address_does(home, monkeypatch):
    monkeypatch.setenv("PADANAN_LAPORAN_URL", "https://laporan.padanan.invalid/mutu/")
    with serving(home) as ask:
        assert ask(f"{FOLDER}/index.html", Host="laporan.padanan.invalid")[0] == 200
        assert ask(f"{FOLDER}/index.html", Host="LOCALHOST:3001")[0] == 200


def test_a_broken_request_is_refused_without_repeating_it(ask):
    with socket.create_connection(("127.0.0.1", ask.port), timeout=20) as raw:
        raw.sendall(b"GET /3175094512680007 SARINAH HTTP/9.9 x\r\n\r\n")
        answer = b"".join(iter(lambda: raw.recv(4096), b""))
    assert b" 400 " in answer.split(b"\r\n", 1)[0] and b"3175094512680007" not in answer and b"SARINAH" not in answer


def test_the_address_comes_from_the_environment():
    assert base_address({}) == "http://127.0.0.1:3001/"
    assert base_address({"PADANAN_LAPORAN_PORT": "4010"}) == "http://127.0.0.1:4010/"
    assert base_address({"PADANAN_LAPORAN_URL": "https://x.invalid/a"}) == "https://x.invalid/a/"
    assert page_path(PERIODE, 3, "padanan.html") == "2025-07-01/rev-3/padanan.html"
    for wrong in ("x", "0", "70000", "-1", "٣"):
        with pytest.raises(PadananError, match="PADANAN_LAPORAN_PORT"):
            port({"PADANAN_LAPORAN_PORT": wrong})


def test_a_taken_port_is_told_in_one_line(home, monkeypatch):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        monkeypatch.setenv("PADANAN_LAPORAN_PORT", str(other.getsockname()[1]))
        with pytest.raises(PadananError, match="tidak dapat dipakai") as caught:
            serve(home)
    assert "PADANAN_LAPORAN_PORT" in caught.value.cure


PARENT = """
import os, signal, sys, time
# Whoever runs the tests may have been started with it ignored.
signal.signal(signal.SIGTERM, signal.SIG_DFL)
from orchestration.dev import serve_reports
ok = serve_reports()
print("siap" if ok else "gagal", flush=True)
if ok:
    # As `main` does: this process becomes another program, and the server is that program's child.
    os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(600)"])
"""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def answers(number):
    try:
        with socket.create_connection(("127.0.0.1", number), timeout=5):
            return True
    except OSError:
        return False


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_the_server_of_make_dev_stops_with_the_ui(home, how):
    number = free_port()
    env = {**os.environ, "PADANAN_HOME": str(home.root), "PADANAN_LAPORAN_PORT": str(number), "PYTHONPATH": str(CHECKOUT)}
    with subprocess.Popen([sys.executable, "-c", PARENT], cwd=CHECKOUT, env=env, stdout=subprocess.PIPE, text=True) as parent:
        try:
            assert parent.stdout.readline() == f"Laporan: http://127.0.0.1:{number}/\n"
            assert parent.stdout.readline() == "siap\n"
            assert answers(number)
            second = subprocess.run(
                [sys.executable, "-c", PARENT], cwd=CHECKOUT, env=env, capture_output=True, text=True, check=False
            )
            assert second.stdout == "gagal\n" and second.stderr.startswith("GALAT") and "Traceback" not in second.stderr
        finally:
            parent.send_signal(how)
            try:
                parent.wait(30)
            except subprocess.TimeoutExpired:
                state = Path(f"/proc/{parent.pid}/status").read_text()
                parent.kill()
                pytest.fail(f"the program that made the server did not stop: {state}")
    end = time.monotonic() + 60
    while answers(number) and time.monotonic() < end:
        time.sleep(0.2)
    assert not answers(number)


def test_the_cycles_page_and_workbook_are_served_beside_the_revisions(home, ask):
    folder = home.root / "reports" / PERIODE.key / "siklus"
    folder.mkdir()
    (folder / "siklus.html").write_text("<!doctype html><title>Siklus</title>")
    (folder / "siklus.xlsx").write_bytes(b"PK")
    (folder / "catatan.json").write_text("{}")
    assert ask(f"/{PERIODE.key}/siklus/siklus.html")[0] == 200 == ask(f"/{PERIODE.key}/siklus/siklus.xlsx")[0]
    for path in ("siklus/catatan.json", "siklus/font/x.html", "siklus/../../lepas.html", "siklus", "lain/siklus.html"):
        assert ask(f"/{PERIODE.key}/{path}")[0] == 404, path
    text = ask("/")[2].decode()
    assert 'href="2025-07-01/siklus/siklus.html"' in text and "rev-1/index.html" in text
