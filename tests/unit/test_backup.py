"""Backup and restore are tried, not believed: content, rights, damage, forgery, wrong targets, and a home that is at work."""

import hashlib
import io
import json
import os
import signal
import tarfile
import threading
from datetime import datetime

import pytest

from padanan.base import disk
from padanan.base.commit import building, publish, write_once
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.records.kinds import RELEASES
from padanan.records.log import Log
from padanan.upkeep import backup as backup_module
from padanan.upkeep.backup import INDEX, backup
from padanan.upkeep.restore import restore
from padanan.upkeep.snapshot import LEFT_OUT

NOW = datetime(2025, 11, 3, tzinfo=JAKARTA)


def tree(root):
    """Rights, time and bytes of everything that a backup holds."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = path.relative_to(root)
        if name.parts[0] not in LEFT_OUT:
            state = path.stat()
            file = (state.st_mtime_ns, path.read_bytes()) if path.is_file() else ()
            found[name.as_posix()] = (oct(state.st_mode), *file)
    return found


NAMES = "identitas/2025-07-01/rev-1/identitas.parquet"


@pytest.fixture
def home(tmp_path):
    home = Home(tmp_path / "data").ensure()
    part = home.root / "landing" / "klj" / "part.parquet"
    part.parent.mkdir()
    part.write_bytes(bytes(range(256)) * 50)
    (home.root / "landing" / "klj" / "inbox.json").write_text("{}\n")
    (home.root / "inbox" / "klj").mkdir()
    (home.root / "inbox" / "klj" / "kiriman.csv").write_text("a;b\n")
    (home.root / "inbox" / "klj" / "kiriman.csv").chmod(0o644)
    (home.root / "inbox" / "dtks").mkdir()
    draft = home.root / "decree" / "2025-07-01" / "segel.json"
    draft.parent.mkdir()
    draft.write_text("{}\n")
    draft.chmod(0o400)
    os.utime(draft, ns=(1_700_000_000_123_456_789, 1_700_000_000_123_456_789))
    Log(home, RELEASES, "kiriman").append([{"urut": 1}, {"urut": 2}], NOW)
    (home.root / "warehouse" / "padanan.duckdb").write_bytes(b"rebuilt by any run")
    (home.root / "worklists" / "gambir.xlsx").write_bytes(b"names that expire")
    (home.root / "kit" / "klj.zip").write_bytes(b"names that expire")
    (home.root / "identitas" / "2025-07-01" / "rev-1").mkdir(parents=True, mode=0o700)
    (home.root / NAMES).write_bytes(b"names of a revision")
    (home.root / NAMES).chmod(0o600)
    return home


def members(archive_path):
    with tarfile.open(archive_path) as archive:
        return {item.name: (item, archive.extractfile(item).read()) for item in archive}


def write_again(archive_path, found):
    with tarfile.open(archive_path, "w:gz") as archive:
        for item, content in found.values():
            item.size = len(content)
            archive.addfile(item, io.BytesIO(content))


@pytest.mark.feature("F50")
def test_the_restored_home_is_the_home(home, tmp_path):
    index = backup(home, tmp_path / "c.tar.gz")
    again = Home(tmp_path / "again")
    assert restore(tmp_path / "c.tar.gz", again) == index
    assert NAMES in index["files"]
    assert tree(again.root) == tree(home.root)
    assert again.root.stat().st_mode & 0o077 == 0
    assert (again.root / NAMES).stat().st_mode & 0o777 == 0o600
    assert {folder.stat().st_mode & 0o777 for folder in list((again.root / NAMES).parents)[:3]} == {0o700}
    assert (tmp_path / "c.tar.gz").stat().st_mode & 0o077 == 0
    assert len(Log(again, RELEASES, "kiriman").read().records) == 2
    assert not [name for name in index["files"] if name.split("/")[0] in LEFT_OUT] and index["dilewati"] == []


@pytest.mark.feature("F50")
def test_the_key_is_never_in_the_archive(home, tmp_path):
    from padanan.base.keys import load_key

    key = load_key()
    backup(home, tmp_path / "c.tar.gz")
    content = b"".join(content for _, content in members(tmp_path / "c.tar.gz").values())
    assert key not in content and key.hex().encode() not in content


@pytest.mark.parametrize("how", ["cut", "flipped"])
def test_damaged_archive_restores_nothing(home, tmp_path, how):
    (home.root / "landing" / "klj" / "acak.parquet").write_bytes(os.urandom(50_000))
    backup(home, tmp_path / "c.tar.gz")
    content = bytearray((tmp_path / "c.tar.gz").read_bytes())
    if how == "cut":
        del content[len(content) // 2 :]
    else:
        content[len(content) // 2] ^= 0xFF
    (tmp_path / "c.tar.gz").write_bytes(content)
    with pytest.raises(PadananError, match="pakai salinan cadangan lain"):
        restore(tmp_path / "c.tar.gz", Home(tmp_path / "again"))
    assert not (tmp_path / "again").exists() and not list(tmp_path.glob(".tmp-*"))


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


def test_a_file_that_the_index_does_not_name_is_refused(home, tmp_path):
    backup(home, tmp_path / "c.tar.gz")
    found = members(tmp_path / "c.tar.gz")
    stray = tarfile.TarInfo("decisions/kejutan.jsonl")
    write_again(tmp_path / "c.tar.gz", {stray.name: (stray, b"{}\n"), **found})
    with pytest.raises(PadananError, match=r"1 berkas di cadangan tidak ada dalam daftar isinya"):
        restore(tmp_path / "c.tar.gz", Home(tmp_path / "again"))
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("with_hash", [False, True])
def test_a_changed_file_is_refused_also_with_its_hash_computed_again(home, tmp_path, with_hash):
    backup(home, tmp_path / "c.tar.gz")
    found = members(tmp_path / "c.tar.gz")
    name = "landing/klj/part.parquet"
    found[name] = (found[name][0], b"orang lain")
    if with_hash:
        index = json.loads(found[INDEX][1])
        index["files"][name]["sha256"] = hashlib.sha256(b"orang lain").hexdigest()
        found[INDEX] = (found[INDEX][0], json.dumps(index).encode())
    write_again(tmp_path / "c.tar.gz", found)
    with pytest.raises(PadananError, match="tanda cadangan palsu" if with_hash else "berkas di cadangan berubah"):
        restore(tmp_path / "c.tar.gz", Home(tmp_path / "again"))
    assert not (tmp_path / "again").exists()


@pytest.mark.parametrize("there", [False, True])
def test_without_its_key_a_backup_is_not_restored(home, tmp_path, monkeypatch, there):
    index = backup(home, tmp_path / "c.tar.gz")
    other = tmp_path / "kunci-lain"
    monkeypatch.setenv("PADANAN_KEY_FILE", str(other))
    if there:
        other.write_text(hashlib.sha256(b"lain").hexdigest())
        other.chmod(0o600)
    with pytest.raises(PadananError, match=f"kunci cadangan ini .{index['key_id']}. tidak ada di sini"):
        restore(tmp_path / "c.tar.gz", Home(tmp_path / "again"))
    assert not (tmp_path / "again").exists() and other.exists() == there, "no key is made for somebody else's backup"


def test_restore_never_writes_over_a_home(home, tmp_path):
    backup(home, tmp_path / "c.tar.gz")
    with pytest.raises(PadananError, match="tidak kosong"):
        restore(tmp_path / "c.tar.gz", home)


def test_backup_inside_the_home_is_refused(home):
    with pytest.raises(PadananError, match="di dalam data home"):
        backup(home, home.root / "c.tar.gz")


@pytest.mark.parametrize("who", ["restore", "ensure"])
def test_what_a_killed_restore_left_is_swept(home, tmp_path, who):
    backup(home, tmp_path / "c.tar.gz")
    again = Home(tmp_path / "again")
    child = os.fork()
    if child == 0:
        disk.hook = lambda operation, path: os.kill(os.getpid(), signal.SIGKILL) if path.name == INDEX else None
        restore(tmp_path / "c.tar.gz", again)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    left = list(tmp_path.glob(".tmp-*"))
    assert len(left) == 1 and list(left[0].rglob("part.parquet"))
    foreign = tmp_path / ".tmp-pulih-lain-4194305-ab12"
    foreign.mkdir()
    if who == "restore":
        restore(tmp_path / "c.tar.gz", again)
    else:
        again.ensure()
    assert list(tmp_path.glob(".tmp-*")) == [foreign], "another home's is not ours"


def test_what_a_producer_is_still_copying_is_left_out_and_named(home, tmp_path, monkeypatch):
    path = home.root / "inbox" / "klj" / "besar.csv"
    path.write_text("setengah")
    copy = backup_module.copy_hashed

    def slow(source, target):
        digest = copy(source, target)
        if source == path:
            with path.open("a") as handle:
                handle.write(" lagi")
        return digest

    monkeypatch.setattr(backup_module, "copy_hashed", slow)
    index = backup(home, tmp_path / "c.tar.gz")
    assert index["dilewati"] == ["inbox/klj/besar.csv"]
    restore(tmp_path / "c.tar.gz", Home(tmp_path / "again"))
    assert not (tmp_path / "again" / "inbox" / "klj" / "besar.csv").exists()
    assert (tmp_path / "again" / "inbox" / "klj" / "kiriman.csv").exists()


def test_a_home_at_work_is_backed_up_as_of_one_moment(home, tmp_path):
    """Deliveries land, each is released by a record and noted in a list, and reports are replaced, all the while."""
    stop, failed = threading.Event(), []

    def work():
        number = 0
        try:
            while not stop.is_set():
                number += 1
                parent = home.root / "landing" / "dtks" / "period=2025-10"
                with building(parent) as folder:
                    for name in ("part.parquet", "rejects.parquet", "manifest.json"):
                        disk.write_text(folder / name, f"{number} {name}" * 200)
                    publish(folder, parent / f"delivery={number:016d}")
                write_once(home.root / "landing" / "dtks" / "inbox.json", json.dumps({"terakhir": number}))
                Log(home, RELEASES, "dtks").append([{"kiriman": number}], NOW)
        except Exception as error:
            failed.append(error)

    worker = threading.Thread(target=work)
    worker.start()
    try:
        for turn in range(5):
            backup(home, tmp_path / f"{turn}.tar.gz")
    finally:
        stop.set()
        worker.join()
    assert not failed
    for turn in range(5):
        again = Home(tmp_path / f"pulih-{turn}")
        restore(tmp_path / f"{turn}.tar.gz", again)
        landed = {int(path.name.removeprefix("delivery=")) for path in (again.root / "landing/dtks").glob("*/delivery=*")}
        for path in (again.root / "landing/dtks").glob("*/delivery=*"):
            assert {one.name for one in path.iterdir()} == {"part.parquet", "rejects.parquet", "manifest.json"}
        released = {record["kiriman"] for record in Log(again, RELEASES, "dtks").read().records}
        assert released <= landed, "no decision about a delivery that is not there"
        assert max(landed, default=0) - max(released, default=0) <= 1
    assert landed, "the home was at work"


def test_a_home_that_never_stands_still_is_named(home, tmp_path, monkeypatch):
    take = backup_module.take

    def moving(home):
        found = take(home)
        (home.root / "landing" / "klj" / "part.parquet").write_text(str(os.times()))
        return found

    monkeypatch.setattr(backup_module, "take", moving)
    with pytest.raises(PadananError, match="terus berubah selama dicadangkan"):
        backup(home, tmp_path / "c.tar.gz")
    assert not (tmp_path / "c.tar.gz").exists() and not list(tmp_path.glob(".tmp-*"))


def test_the_archive_is_read_once_and_says_what_it_holds(home, tmp_path):
    """The index tells the bytes in the archive, whatever becomes of the file afterwards."""
    index = backup(home, tmp_path / "c.tar.gz")
    found = members(tmp_path / "c.tar.gz")
    assert set(found) == {*index["files"], INDEX}
    assert all(hashlib.sha256(found[name][1]).hexdigest() == facts["sha256"] for name, facts in index["files"].items())
