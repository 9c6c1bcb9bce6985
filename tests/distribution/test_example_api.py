"""What `make dev` serves of the API: its three lines are run as they are printed, and no home with real deliveries is touched."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from padanan.base.errors import PadananError
from padanan.base.home import CHECKOUT, Home
from padanan.synthetic.decree import seal_decree
from padanan.synthetic.example_api import BODY, COLUMNS, chosen, prepared
from tests.distribution.process import free_port

PARENT = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, signal.SIG_DFL)
from orchestration.dev import serve_api
ok = serve_api(int(sys.argv[1]))
print("siap" if ok else "gagal", flush=True)
os.execv(sys.executable, [sys.executable, "-c", "import time; time.sleep(600)"])
"""


def listens(port):
    import socket

    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.lambat
@pytest.mark.feature("F20")
def test_the_three_lines_work_as_they_are_printed_and_the_server_ends_with_the_ui(tmp_path, monkeypatch):
    """On a demo's home with a decree; the same lines come for the example's own."""
    home = Home(tmp_path / "data").ensure()
    (home.root / "demo.json").write_text("{}")
    seal_decree(home)
    monkeypatch.setenv("PADANAN_HOME", str(home.root))
    port = free_port()
    env = os.environ | {"PYTHONPATH": str(CHECKOUT), "PADANAN_API_DB": "postgresql://nobody@127.0.0.1:1/real"}
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(port)], cwd=CHECKOUT, env=env, stdout=subprocess.PIPE, text=True
    ) as parent:
        try:
            said = [parent.stdout.readline().rstrip("\n") for _ in range(6)]
            assert "BUATAN" in said[0] and said[5] == "siap"
            lines = said[2:5]
            assert [("curl" in line) for line in lines] == [True] * 3
            script = f"{lines[0]}\n{lines[1]}\necho\n{lines[2]}\n"
            done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True, timeout=60)
            page, figures = map(json.loads, done.stdout.splitlines())
            assert len(page["data"]) == 3 and list(page["data"][0]) == COLUMNS
            assert all("klj" in row["program"] for row in page["data"])
            assert {row["kode_wilayah"][:2] for row in figures["data"]} == {"31"} and any(
                row["ditutup"] for row in figures["data"]
            )
            parent.send_signal(signal.SIGKILL)
            parent.wait(timeout=20)
            for _ in range(100):
                if not listens(port):
                    break
                time.sleep(0.1)
            assert not listens(port)
        finally:
            parent.kill()


def test_a_port_that_is_taken_is_told_and_the_ui_goes_on(tmp_path):
    import socket

    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        command = [sys.executable, "-m", "padanan.synthetic.example_api", "--port", str(other.getsockname()[1])]
        command += ["--folder", str(tmp_path / "contoh")]
        done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 1 and done.stderr.startswith("GALAT") and not done.stdout


def test_a_home_with_real_deliveries_is_never_touched(tmp_path, monkeypatch):
    real = Home(tmp_path / "data").ensure()
    (real.root / "landing" / "klj").mkdir()
    before = sorted(path.relative_to(real.root) for path in real.root.rglob("*"))
    monkeypatch.setenv("PADANAN_API_DB", "postgresql://nobody@127.0.0.1:1/real")
    made = chosen(real, tmp_path / "contoh")
    assert made.root == tmp_path / "contoh" / "data" and "PADANAN_API_DB" not in os.environ
    assert os.environ["PADANAN_KEY_FILE"].startswith(str(tmp_path / "contoh"))
    periode, secrets = prepared(made)
    assert periode.label == "2025-S2" and set(secrets) == {"contoh-dinsos", "contoh-dinkes", "contoh-yayasan"}
    assert sorted(path.relative_to(real.root) for path in real.root.rglob("*")) == before
    with pytest.raises(PadananError, match="demo"):
        prepared(real)
    with pytest.raises(PadananError, match="demo"):
        seal_decree(real)


def test_each_start_gives_new_secrets_and_the_body_reads_through_an_agency(tmp_path):
    from padanan.distribution.clients import all_clients
    from padanan.distribution.state.store import open_store

    made = chosen(Home(tmp_path / "data"), tmp_path / "contoh")
    first, again = prepared(made)[1], prepared(made)[1]
    assert all(first[name] != again[name] for name in first)
    store = open_store(made)
    body = next(one for one in all_clients(store) if one.body)
    store.close()
    assert (body.body, body.agency, body.scopes) == (BODY, "dinsos", frozenset({"sasaran:agregat"}))
    seal = json.loads(next(made.root.glob("decree/*/ke-1/segel.json")).read_text())
    assert seal["nomor"].endswith("(BUATAN)")
