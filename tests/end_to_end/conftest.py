"""One small demo (2,000 residents, all twenty producers) for every end-to-end test, and homes to break.

What a single test needs alone stays in that test.
"""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from orchestration.environment import prepare
from padanan.base.home import Home
from padanan.base.period import Periode
from tests.once import once

ROOT = Path(__file__).resolve().parents[2]
PERIODE = Periode.parse("2025-S2")
# Seconds after which a process is taken for one that hangs: a year of work took 753 on two slow cores that had other work too.
HANGS = 1100
UNSET = ("PADANAN_DAGSTER_STORAGE", "DAGSTER_HOME", "PADANAN_CARIK_URL", "PADANAN_ENV", "DBT_TARGET_PATH")


@dataclass(frozen=True)
class Demo:
    """A finished demo: its home and key, what it printed, and its exit code."""

    home: Home
    key: Path
    stdout: str
    stderr: str
    code: int


def environment(home: Path, key: Path) -> dict[str, str]:
    """A process environment of its own home, key and Dagster storage."""
    kept = {name: value for name, value in os.environ.items() if name not in UNSET}
    return {**kept, "PADANAN_HOME": str(home), "PADANAN_KEY_FILE": str(key), "PYTHONPATH": str(ROOT)}


def run_module(module: str, *arguments: str, home: Path, key: Path, **extra: str) -> subprocess.CompletedProcess[str]:
    """Runs `python -m <module>` as a person would, from the checkout."""
    command = [sys.executable, "-m", module, *arguments]
    env = {**environment(home, key), **extra}
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=HANGS)


def copy_of_demo(tmp_path_factory):
    """A copy of the one demo, which is made once for all workers."""

    def make(folder):
        done = run_module("orchestration.demo", "--scale", "2000", home=folder / "data", key=folder / "key")
        (folder / "keluaran.json").write_text(json.dumps([done.stdout, done.stderr, done.returncode]))

    made, base = once(tmp_path_factory, "demo", make), tmp_path_factory.mktemp("demo")
    shutil.copytree(made / "data", base / "data", symlinks=True)
    shutil.copy(made / "key", base / "key")
    stdout, stderr, code = json.loads((made / "keluaran.json").read_text())
    # Below the checkout paths are printed without it.
    for old, new in ((made, base), (shown(made), shown(base))):
        stdout = stdout.replace(str(old), str(new))
    return Demo(Home(base / "data"), base / "key", stdout, stderr, code)


@pytest.fixture(scope="session")
def demo(tmp_path_factory):
    """The copy that the tests of one worker share, and run jobs in."""
    return copy_of_demo(tmp_path_factory)


@pytest.fixture(scope="module")
def untouched_demo(tmp_path_factory):
    """A copy in which no test has run a job: what the UI shows of the last run is that of the demo."""
    return copy_of_demo(tmp_path_factory)


def shown(path: Path) -> Path:
    """A path as the demo prints it."""
    return path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


@pytest.fixture(autouse=True)
def own_home_and_key(tmp_path, monkeypatch):
    """An empty home, key and Dagster storage; overrides the fixture of the same name for the whole suite."""
    use(monkeypatch, tmp_path / "data", tmp_path / "key")


def use(monkeypatch, home: Path, key: Path) -> None:
    """Points this process at a home."""
    for name in UNSET:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PADANAN_HOME", str(home))
    monkeypatch.setenv("PADANAN_KEY_FILE", str(key))
    for name, value in (("PADANAN_DAGSTER_STORAGE", home / "dagster"), ("DAGSTER_HOME", ROOT), ("PADANAN_ENV", "dev")):
        monkeypatch.setenv(name, str(value))
    prepare()


@pytest.fixture
def finished(demo, monkeypatch):
    """The finished demo's home, for tests that only read it."""
    assert demo.code == 0, demo.stderr + demo.stdout[-3000:]
    use(monkeypatch, demo.home.root, demo.key)
    return demo


@pytest.fixture
def landed(demo, tmp_path, monkeypatch):
    """A home of its own with the demo's deliveries and key, nothing run yet."""
    assert demo.code == 0, demo.stderr
    home = Home(tmp_path / "landed")
    home.ensure()
    for name in ("landing", "held", "quarantine"):
        shutil.copytree(demo.home.root / name, home.root / name, dirs_exist_ok=True, copy_function=os.link)
    shutil.copy(demo.key, tmp_path / "key-landed")
    use(monkeypatch, home.root, tmp_path / "key-landed")
    return home
