"""A home with one published period, and files of feedback about its people."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from padanan.base.home import Home
from tests.feedback.field import Field
from tests.pipeline import period_once

KEPT = ("landing", "published", "identitas")


@pytest.fixture
def field(tmp_path_factory: pytest.TempPathFactory, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Field:
    """A home of its own with the published period of the default profile; what is never rewritten is shared with the others."""
    source, key, _ = period_once(tmp_path_factory, "default")
    home = tmp_path / "data"
    for entry in sorted(source.iterdir()):
        if entry.is_dir():
            copy = os.link if entry.name in KEPT else shutil.copy2
            shutil.copytree(entry, home / entry.name, copy_function=copy)
        else:
            shutil.copy2(entry, home / entry.name)
    (home / "demo.json").write_text("{}")
    monkeypatch.setenv("PADANAN_HOME", str(home))
    monkeypatch.setenv("PADANAN_KEY_FILE", str(key))
    return Field(Home(home).ensure(), key)
