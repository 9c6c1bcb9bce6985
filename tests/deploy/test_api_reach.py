"""What the unit of the API lets it write and see is enough for it: tried by a process that the rights of files hold to that."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from padanan.base.home import CHECKOUT, Home
from tests.deploy.test_units import DEPLOY
from tests.deploy.tools import tool
from tests.distribution.agencies_by_hand import BASE, PURPOSE, serving
from tests.distribution.decree_by_hand import PERIODE, nik_of, seal_decree
from tests.distribution.process import free_port, token_of

HOME = "/var/lib/padanan/"
# Root writes everywhere by these; without them it is held to rights as anybody.
POWERS = "-dac_override,-dac_read_search,-fowner"


def _names(key: str) -> set[str]:
    text = (DEPLOY / "systemd" / "padanan-api.service").read_text(encoding="utf-8")
    places = " ".join(re.findall(rf"^{key}=(.*)$", text, re.M)).split()
    return {place.lstrip("-").removeprefix(HOME) for place in places if HOME in place}


@pytest.mark.feature("F20")
def test_the_api_serves_takes_files_and_hides_the_rest_with_what_its_unit_leaves_it(tmp_path: Path) -> None:
    """A token, a page, a look-up and an upload; everything but two folders read-only, and most of the home not there at all."""
    from padanan.distribution.shelf import publish_decree

    home = Home(tmp_path / "data").ensure()
    (home.root / "demo.json").write_text("{}")
    seal_decree(home, PERIODE)
    publish_decree(home, PERIODE)
    with serving(home) as inside:
        inside.grant(baris="sasaran", wilayah=["31"])
        agency = inside.agency()
    (home.root / "inbox" / "klj").mkdir(exist_ok=True)
    writable, hidden = _names("ReadWritePaths"), _names("InaccessiblePaths")
    assert writable == {"distribusi", "inbox"} and "warehouse" in hidden and "identitas" in hidden
    changed = []
    for path in [home.root, *home.root.rglob("*")]:
        top = path.relative_to(home.root).parts[:1]
        if path.is_dir() and not (top and top[0] in writable):
            changed.append(path)
            path.chmod(0o000 if top and top[0] in hidden else 0o500)
    port = free_port()
    command = [sys.executable, "-m", "padanan.cli", "api", "serve", "--port", str(port)]
    if os.geteuid() == 0:
        command = [tool("setpriv"), "--bounding-set", POWERS, "--inh-caps", POWERS, "--", *command]
    env = os.environ | {"PADANAN_HOME": str(home.root), "PYTHONPATH": str(CHECKOUT)}
    process = subprocess.Popen(command, cwd=CHECKOUT, env=env, stderr=subprocess.PIPE, text=True)
    url = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            assert process.poll() is None, process.stderr.read() if process.stderr else ""
            try:
                httpx.get(f"{url}/openapi.json", timeout=30)
                break
            except httpx.TransportError:
                time.sleep(0.1)
        bearer = {"Authorization": f"Bearer {token_of(url, agency.id, agency.secret)}"}
        page = httpx.get(f"{url}{BASE}/sasaran", params={"tujuan": PURPOSE, "batas": 3}, headers=bearer, timeout=60)
        assert (page.status_code, len(page.json()["data"])) == (200, 3)
        asked = {"nik": nik_of(101), "tujuan": PURPOSE}
        assert httpx.post(f"{url}{BASE}/sasaran/cari", json=asked, headers=bearer, timeout=60).status_code == 200
        sent = httpx.post(
            f"{url}/v1/umpan-balik?kontrak=klj&periode_data=2025-10&bentuk=csv",
            content=b"a;b\n",
            headers={**bearer, "Content-Type": "application/octet-stream"},
            timeout=60,
        )
        assert sent.status_code == 201, sent.text
    finally:
        process.terminate()
        process.wait(timeout=60)
        for path in changed:
            path.chmod(stat.S_IRWXU)
