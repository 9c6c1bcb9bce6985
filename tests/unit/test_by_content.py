"""A loader's answer is given again while no file of its folder changes, and never afterwards."""

from __future__ import annotations

from pathlib import Path

import pytest

from padanan.base.by_content import by_content


class Loader:
    """Counts how often it is asked."""

    def __init__(self, base: Path) -> None:
        self.calls = 0
        self.load = by_content(lambda: base)(self._load)

    def _load(self, base: Path) -> dict[str, str]:
        """Reads."""
        self.calls += 1
        text = (base / "satu.yaml").read_text()
        if text == "rusak":
            raise ValueError(text)
        return {"isi": text}


@pytest.fixture
def loader(tmp_path: Path) -> Loader:
    (tmp_path / "bagian").mkdir()
    (tmp_path / "satu.yaml").write_text("a")
    (tmp_path / "bagian" / "dua.yaml").write_text("b")
    return Loader(tmp_path)


def test_the_same_files_are_read_once_and_the_mapping_is_the_callers_own(loader: Loader, tmp_path: Path) -> None:
    first = loader.load()
    first["lain"] = "x"
    assert loader.load() == loader.load(tmp_path) == {"isi": "a"} and loader.calls == 1


@pytest.mark.parametrize("name", ["satu.yaml", "bagian/dua.yaml", "bagian/baru.yaml"])
def test_any_byte_of_any_file_counts(loader: Loader, tmp_path: Path, name: str) -> None:
    loader.load()
    (tmp_path / name).write_text("c")
    assert loader.load() == {"isi": (tmp_path / "satu.yaml").read_text()} and loader.calls == 2
    (tmp_path / name).unlink()
    if name == "satu.yaml":
        with pytest.raises(FileNotFoundError):
            loader.load()
    else:
        assert loader.load() == {"isi": "a"} and loader.calls == 3


def test_a_fault_is_told_each_time(loader: Loader, tmp_path: Path) -> None:
    (tmp_path / "satu.yaml").write_text("rusak")
    for calls in (1, 2):
        with pytest.raises(ValueError, match="rusak"):
            loader.load()
        assert loader.calls == calls


def test_what_is_no_file_is_left_to_the_loader_and_nothing_is_kept(loader: Loader, tmp_path: Path) -> None:
    (tmp_path / "tautan.yaml").symlink_to(tmp_path / "satu.yaml")
    loader.load()
    loader.load()
    assert loader.calls == 2


def test_each_folder_has_its_own(loader: Loader, tmp_path: Path) -> None:
    other = tmp_path / "bagian"
    (other / "satu.yaml").write_text("z")
    assert loader.load(other) == {"isi": "z"} and loader.load() == {"isi": "a"} and loader.load(other) == {"isi": "z"}
    assert loader.calls == 2
