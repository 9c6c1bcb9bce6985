"""The pictures of docs/operations.md: small, shown, and made by a script that says in one line what it lacks."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PICTURES = sorted((ROOT / "docs" / "img").glob("dagster-*.png"))


def run(home, **more):
    command = [sys.executable, str(ROOT / "scripts" / "screenshot_ui.py"), "--out", str(home / "gambar")]
    env = {**os.environ, "PADANAN_HOME": str(home), "PYTHONPATH": str(ROOT), **more}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=120)


def test_every_picture_is_shown_in_the_manual_and_small():
    manual = (ROOT / "docs" / "operations.md").read_text()
    assert len(PICTURES) >= 9
    for picture in PICTURES:
        assert f"(img/{picture.name})" in manual, picture.name
        assert picture.stat().st_size < 400_000, picture.name


def test_without_chromium_the_script_says_what_to_install(tmp_path):
    done = run(tmp_path, PATH="/nonexistent")
    assert done.returncode == 1 and not done.stdout
    assert done.stderr.strip() == "GALAT: chromium tidak ada. Perbaikan: apt-get install chromium"


@pytest.mark.parametrize("marker", [None, '{"status": "berjalan"}'])
def test_a_home_that_is_no_finished_demo_is_never_pictured(tmp_path, marker):
    """A picture must not show a real delivery."""
    fake = tmp_path / "bin"
    fake.mkdir()
    (fake / "chromium").write_text("#!/bin/sh\nexit 1\n")
    (fake / "chromium").chmod(0o755)
    if marker:
        (tmp_path / "demo.json").write_text(marker)
    done = run(tmp_path, PATH=f"{fake}:{os.environ['PATH']}")
    assert done.returncode == 1 and done.stderr.startswith("GALAT") and "make demo" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1 and not (tmp_path / "gambar").exists()
