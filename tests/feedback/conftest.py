"""A home with one published period, and files of feedback about its people; and the same with its decree."""

from __future__ import annotations

import os
import shutil
from datetime import date
from pathlib import Path

import pytest

from padanan.base.home import Home
from padanan.decree.freeze import freeze_draft
from padanan.synthetic.year_decree import accept, seal
from tests.feedback.field import Field
from tests.pipeline import PERIODE, period_once

KEPT = ("landing", "published", "identitas", "decree")
DELIVERED = "postgres"
"""The server that one producer's rows were fetched from: a thousand files that nothing behind the landing opens."""
DECREED_ON = date(2025, 12, 15)


def copied(source: Path, home: Path) -> Home:
    """A demo's home of one's own; what is never rewritten is shared with the others."""
    for entry in sorted(source.iterdir()):
        if entry.name == DELIVERED:
            continue
        if entry.is_dir():
            copy = os.link if entry.name in KEPT else shutil.copy2
            shutil.copytree(entry, home / entry.name, copy_function=copy)
        else:
            shutil.copy2(entry, home / entry.name)
    (home / "demo.json").write_text("{}")
    return Home(home)


@pytest.fixture
def field(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Field:
    """A home of its own with the published period of the default profile."""
    source, key, _ = period_once(tmp_path_factory, "default")
    home = copied(source, tmp_path / "data")
    monkeypatch.setenv("PADANAN_HOME", str(home.root))
    monkeypatch.setenv("PADANAN_KEY_FILE", str(key))
    return Field(home.ensure(), key)


@pytest.fixture(scope="session")
def sealed_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    """The published period with its decree, sealed by the example officials; its key and the key of its seals."""
    source, key, _ = period_once(tmp_path_factory, "default")
    root = tmp_path_factory.mktemp("ditetapkan")
    home = copied(source, root / "data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PADANAN_HOME", str(home.root))
        patch.setenv("PADANAN_KEY_FILE", str(key))
        patch.setenv("PADANAN_SEAL_KEY_FILE", str(root / "kunci" / "segel"))
        for place in ("freeze", "approve"):  # the fixture's plan names no berita acara of its criteria
            patch.setattr(f"padanan.decree.{place}.require_agreed", lambda *_: None)
        accept(home.ensure(), PERIODE, 1, DECREED_ON)
        freeze_draft(home, PERIODE, 1)
        seal(home, PERIODE, 1, DECREED_ON, "981 Tahun 2025")
    return home.root, key, root / "kunci" / "segel"


@pytest.fixture
def decreed(sealed_once: tuple[Path, Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Field:
    """A home of its own with the decree in force."""
    source, key, seal_key = sealed_once
    home = copied(source, tmp_path / "data")
    monkeypatch.setenv("PADANAN_HOME", str(home.root))
    monkeypatch.setenv("PADANAN_KEY_FILE", str(key))
    monkeypatch.setenv("PADANAN_SEAL_KEY_FILE", str(seal_key))
    return Field(home.ensure(), key)
