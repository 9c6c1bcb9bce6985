"""Backup and restore are tried, not believed: content, permissions, damage and wrong targets."""

import io
import tarfile

import pytest

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.upkeep.backup import backup, restore

NAMES = "identitas/2025-07-01/rev-1/identitas.parquet"


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path / "data").ensure()
    (home.root / "landing" / "klj").mkdir()
    (home.root / "landing" / "klj" / "part.parquet").write_bytes(bytes(range(256)) * 50)
    (home.root / "decisions" / "rilis.jsonl").write_text("{}\n")
    (home.root / "warehouse" / "padanan.duckdb").write_bytes(b"rebuilt by any run")
    (home.root / "worklists" / "gambir.xlsx").write_bytes(b"names that expire")
    (home.root / "kit" / "klj.zip").write_bytes(b"names that expire")
    (home.root / "identitas" / "2025-07-01" / "rev-1").mkdir(parents=True, mode=0o700)
    (home.root / NAMES).write_bytes(b"names of a revision")
    (home.root / NAMES).chmod(0o600)
    return home


@pytest.mark.feature("F50")
def test_restore_gives_back_every_file(home, tmp_path):
    index = backup(home, tmp_path / "c.tar.gz")
    again = Home(tmp_path / "again")
    assert restore(tmp_path / "c.tar.gz", again) == index
    assert set(index["files"]) == {"format_version", "landing/klj/part.parquet", "decisions/rilis.jsonl", NAMES}
    for name in index["files"]:
        assert (again.root / name).read_bytes() == (home.root / name).read_bytes()
    assert again.root.stat().st_mode & 0o077 == 0
    assert (again.root / NAMES).stat().st_mode & 0o777 == 0o600
    assert {folder.stat().st_mode & 0o777 for folder in list((again.root / NAMES).parents)[:3]} == {0o700}
    assert (tmp_path / "c.tar.gz").stat().st_mode & 0o077 == 0


@pytest.mark.feature("F50")
def test_the_key_is_never_in_the_archive(home, tmp_path):
    from padanan.base.keys import load_key

    key = load_key()
    backup(home, tmp_path / "c.tar.gz")
    with tarfile.open(tmp_path / "c.tar.gz") as archive:
        content = b"".join(archive.extractfile(item).read() for item in archive if item.isfile())
    assert key not in content and key.hex().encode() not in content


def test_damaged_archive_restores_nothing(home, tmp_path):
    backup(home, tmp_path / "c.tar.gz")
    content = (tmp_path / "c.tar.gz").read_bytes()
    (tmp_path / "c.tar.gz").write_bytes(content[: len(content) // 2])
    with pytest.raises(PadananError, match="pakai salinan cadangan lain"):
        restore(tmp_path / "c.tar.gz", Home(tmp_path / "again"))
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize(
    ("name", "kind"), [("../luar.txt", tarfile.REGTYPE), ("/luar.txt", tarfile.REGTYPE), ("tautan", tarfile.SYMTYPE)]
)
def test_an_archive_that_leads_out_of_the_folder_is_refused(tmp_path, name, kind):
    with tarfile.open(tmp_path / "c.tar.gz", "w:gz") as archive:
        entry = tarfile.TarInfo(name)
        entry.type, entry.linkname = kind, "/etc"
        archive.addfile(entry, io.BytesIO())
    with pytest.raises(PadananError, match="tidak terbaca"):
        restore(tmp_path / "c.tar.gz", Home(tmp_path / "sub" / "again"))
    assert not (tmp_path / "sub" / "again").exists() and not (tmp_path / "sub" / "luar.txt").exists()


def test_restore_never_writes_over_a_home(home, tmp_path):
    backup(home, tmp_path / "c.tar.gz")
    with pytest.raises(PadananError, match="tidak kosong"):
        restore(tmp_path / "c.tar.gz", home)


def test_backup_inside_the_home_is_refused(home):
    with pytest.raises(PadananError, match="di dalam data home"):
        backup(home, home.root / "c.tar.gz")
