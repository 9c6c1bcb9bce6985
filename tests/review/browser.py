"""Headless Chromium and axe-core for tests that look at pages as a browser does; both are looked for, never bundled.

axe-core comes once from npm into `.cache`, at one version whose bytes are proved; afterwards nothing needs a network.
"""

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from padanan.base.home import CHECKOUT

AXE_VERSION = "4.12.1"
AXE_SHA512 = "s7iGf5GaVMxEG0ENN9x+xTr7GFZCb1ZP/1uATUpCEK2X78nDB3RwbtFCo9pGAf9ru+VwoQ464DkaLEeRM08wJA=="
CACHE = CHECKOUT / ".cache"
TIMEOUT = 300
# Runs in each page, inside a frame of the wanted width (a window is never narrower than some 500 pixels), and tells its parent.
RUN_AXE = """
addEventListener('load', () => axe.run(document, {resultTypes: ['violations']}).then(
  found => ({lebar: innerWidth, aturan: found.passes.length, pelanggaran: found.violations.map(
    item => ({id: item.id, berapa: item.nodes.length, contoh: item.nodes.slice(0, 3).map(node => node.html.slice(0, 200))}))}),
  error => ({galat: String(error)})
).then(found => parent.postMessage(found, '*')));
"""
# Shows one page after the other at each width and leaves nothing but the findings, so that dumping it is cheap.
HARNESS = """<!doctype html><html lang="id"><title>axe</title><body><script>
const work = WORK, found = {};
let frame = null, at = -1;
function next() {
  if (frame) frame.remove();
  at += 1;
  if (at === work.length) {
    document.body.textContent = 'HASIL' + btoa(unescape(encodeURIComponent(JSON.stringify(found)))) + 'HASIL';
    return;
  }
  frame = document.createElement('iframe');
  frame.style = 'border:0;height:900px;width:' + work[at][1] + 'px';
  frame.src = work[at][0];
  document.body.append(frame);
}
addEventListener('message', event => { found[work[at].join(' ')] = event.data; next(); });
next();
</script></body></html>"""


def chromium() -> str:
    """Chromium's command; the test is skipped without it."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("chromium tidak ada")
    return found


def run_chromium(*words: str) -> str:
    """One headless run; its standard output."""
    command = [chromium(), "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-extensions", *words]
    done = subprocess.run(command, capture_output=True, text=True, timeout=TIMEOUT, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout


def axe() -> str:
    """The text of axe-core; the test is skipped when it is not in the cache and npm can't bring it."""
    package = CACHE / f"axe-core-{AXE_VERSION}.tgz"
    if not package.exists():
        npm = shutil.which("npm")
        if npm is None:
            pytest.skip("npm tidak ada, dan axe-core belum ada di .cache")
        CACHE.mkdir(exist_ok=True)
        own = CACHE / f"axe-{os.getpid()}"
        own.mkdir(exist_ok=True)
        words = [npm, "pack", f"axe-core@{AXE_VERSION}", "--silent", "--pack-destination", str(own)]
        done = subprocess.run(words, cwd=own, capture_output=True, text=True, timeout=TIMEOUT, check=False)
        if done.returncode != 0:
            pytest.skip("npm tidak dapat mengambil axe-core")
        (own / package.name).replace(package)
        shutil.rmtree(own)
    digest = base64.b64encode(hashlib.sha512(package.read_bytes()).digest()).decode()
    assert digest == AXE_SHA512, f"{package} bukan axe-core {AXE_VERSION} yang dikenal; hapus lalu ulangi"
    with tarfile.open(package) as archive:
        member = archive.extractfile("package/axe.min.js")
        assert member is not None
        return member.read().decode("utf-8")


def asked(page: Path, width: int, height: int, expression: str, folder: Path) -> object:
    """The value of a JavaScript expression on a page that is shown in a frame of that size.

    The page is copied into `folder`, which has the report's fonts, without its policy, which forbids scripts.
    """
    text, taken = re.subn(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page.read_text(encoding="utf-8"))
    assert taken == 1
    tell = f"addEventListener('load', () => document.fonts.ready.then(() => parent.postMessage({expression}, '*')));"
    (folder / page.name).write_text(text.replace("</body>", f"<script>{tell}</script></body>"), encoding="utf-8")
    frame = folder / "zz-ukur.html"
    answer = "'HASIL' + btoa(JSON.stringify(event.data)) + 'HASIL'"
    show = f"addEventListener('message', event => {{ document.body.textContent = {answer} }})"
    frame.write_text(
        f'<!doctype html><html lang="id"><title>ukur</title><body><script>{show};</script>'
        f'<iframe style="border:0;width:{width}px;height:{height}px" src="{page.name}"></iframe></body></html>',
        encoding="utf-8",
    )
    dumped = run_chromium(
        f"--window-size={width + 100},{height + 200}", "--virtual-time-budget=60000", "--dump-dom", frame.as_uri()
    )
    found = re.search(r"HASIL([A-Za-z0-9+/=]+)HASIL", dumped)
    assert found, "halaman tidak menjawab"
    return json.loads(base64.b64decode(found[1]))


def violations(pages: list[Path], widths: tuple[int, ...], script: str, folder: Path) -> dict[str, list[dict]]:
    """What axe-core objects to on each page at each width, by `page width`.

    The pages are copied into `folder`, which has the report's fonts, without their policy, which forbids scripts.
    """
    for page in pages:
        text, taken = re.subn(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page.read_text(encoding="utf-8"))
        assert taken == 1
        added = f"<script>{script}</script><script>{RUN_AXE}</script></body>"
        (folder / page.name).write_text(text.replace("</body>", added), encoding="utf-8")
    work = [[page.name, width] for page in pages for width in widths]
    harness = folder / "zz-axe.html"
    harness.write_text(HARNESS.replace("WORK", json.dumps(work)), encoding="utf-8")
    dumped = run_chromium(
        f"--window-size={max(widths) + 100},1000", "--virtual-time-budget=600000", "--dump-dom", harness.as_uri()
    )
    found = re.search(r"HASIL([A-Za-z0-9+/=]+)HASIL", dumped)
    assert found, "axe-core tidak selesai"
    results = json.loads(base64.b64decode(found[1]))
    assert len(results) == len(work)
    for name, result in results.items():
        assert "galat" not in result, (name, result)
        assert result["lebar"] == int(name.split()[1]) and result["aturan"] > 15, (name, result)
    return {name: result["pelanggaran"] for name, result in results.items()}
