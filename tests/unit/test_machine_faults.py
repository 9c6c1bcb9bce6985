"""What the machine refuses is one line with cause and cure, of the command line and of a Dagster step; never a traceback."""

from __future__ import annotations

import errno
import os
import re
import resource
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from padanan.base import disk
from padanan.base.commit import building, sweep
from padanan.base.errors import DiskFault, NoSpace, PadananError, disk_fault, known, no_space_guard
from padanan.base.home import CHECKOUT, Home
from padanan.cli import main

LINE = re.compile(r"GALAT[^\n]*\. Perbaikan: [^\n]+")


def test_the_limit_of_a_step_is_told_apart_from_the_machines() -> None:
    """Eleven million residents met the step's own limit while half of the machine's memory was free; the cure was ulimit."""
    con = duckdb.connect()
    con.execute("set memory_limit='20MB'; set threads=1; set temp_directory=''")
    with pytest.raises(DiskFault, match=r"memori habis ketika menulis bukti: langkah ini diizinkan [0-9.]+ MiB.*linkage\.yaml"):
        with no_space_guard("bukti"):
            con.execute("create temp table t as select range as i, md5(range::varchar) as m from range(5000000)")


@pytest.mark.parametrize("code", ["ENOSPC", "EDQUOT", "EROFS", "EMFILE", "ENFILE", "EFBIG", "EACCES", "EIO", "EEXIST", "ESTALE"])
def test_each_refusal_has_cause_and_cure(code: str) -> None:
    number = getattr(errno, code)
    error = known(OSError(number, os.strerror(number), "/data/landing/klj/part.parquet"))
    assert error is not None and LINE.fullmatch(str(error))
    assert isinstance(error, NoSpace) == (code in ("ENOSPC", "EDQUOT"))
    assert isinstance(error, DiskFault) == (code in ("ENOSPC", "EDQUOT", "EROFS", "EMFILE", "ENFILE"))


@pytest.mark.parametrize("text", ["No space left on device", "Read-only file system", "Too many open files", "File too large"])
def test_a_library_that_says_it_in_its_own_words_is_understood(text: str) -> None:
    with pytest.raises(PadananError, match="ketika menulis tabel"), no_space_guard("tabel"):
        raise RuntimeError(f"IO Error: Could not write file x: {text}")


@pytest.mark.parametrize(
    "error",
    [
        MemoryError(),
        OSError(errno.ENOMEM, os.strerror(errno.ENOMEM)),
        RuntimeError("Out of Memory Error: failed to allocate data of size 16.0 MiB (2.9 GiB/2.9 GiB used)"),
        RuntimeError("can't start new thread"),
    ],
)
def test_no_memory_is_the_machines_fault_and_no_deliverys(error: Exception) -> None:
    told = known(error)
    assert isinstance(told, DiskFault) and not isinstance(told, NoSpace)
    assert LINE.fullmatch(str(told)) and "memori habis" in str(told)


def test_an_error_of_this_program_is_not_put_on_the_machine() -> None:
    assert known(ValueError("angka")) is None and disk_fault(KeyError("x")) is None
    with pytest.raises(ZeroDivisionError), no_space_guard("tabel"):
        _ = 1 // 0


@pytest.mark.parametrize(
    "place", ["inbox/klj/SITI AMINAH.csv", "landing/klj/x/original/SITI AMINAH.csv", "landing/.tmp-1-ab/SITI"]
)
def test_a_producers_file_name_is_not_shown(place: str) -> None:
    assert "SITI" not in str(known(PermissionError(errno.EACCES, "Permission denied", f"/data/{place}")))


def test_two_first_runs_and_a_full_storage_are_told_in_dagster_too() -> None:
    from orchestration.guard import to_failure

    for text in ("table runs already exists", "database or disk is full", "attempt to write a readonly database"):
        told = to_failure(sqlite3.OperationalError(text), "penyimpanan")
        assert "Dagster" in str(told.description) and LINE.fullmatch(str(told.description))
    told = to_failure(OSError(errno.EROFS, "Read-only file system"), "landing")
    assert LINE.fullmatch(str(told.description)) and "hanya dapat dibaca" in str(told.description)


def run(home: Path, key: Path, *command: str, limit: tuple[int, int] | None = None) -> subprocess.CompletedProcess[str]:
    """A command in a process of its own, under a limit of the system."""
    return subprocess.run(
        [sys.executable, "-m", "padanan.cli", *command], cwd=CHECKOUT, capture_output=True, text=True, check=False,
        env={**os.environ, "PADANAN_HOME": str(home), "PADANAN_KEY_FILE": str(key), "PYTHONPATH": str(CHECKOUT)},
        preexec_fn=(lambda: resource.setrlimit(limit[0], (limit[1], limit[1]))) if limit else None,
    )  # fmt: skip


def test_a_file_size_limit_is_one_line(tmp_path: Path) -> None:
    home = Home(tmp_path / "data").ensure()
    (home.root / "held" / "besar").write_bytes(os.urandom(200_000))
    done = run(home.root, tmp_path / "key", "backup", str(tmp_path / "c.tar.gz"), limit=(resource.RLIMIT_FSIZE, 50_000))
    assert done.returncode == 1 and LINE.fullmatch(done.stderr.strip()), done.stderr
    assert "batas ukuran berkas" in done.stderr and not list(tmp_path.glob(".tmp-*"))


@pytest.mark.parametrize("content", ["", "\0\0", "satu\n"])
def test_a_damaged_format_mark_is_named_and_verify_goes_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: str
) -> None:
    home = Home.from_env().ensure()
    (home.root / "format_version").write_text(content)
    home.run_plan.write_text('{"periode": "2025-')
    folder = home.root / "published" / "2025-07-01"
    for name in ("rev-1", "rev-2"):
        (folder / name).mkdir(parents=True)
        (folder / name / "manifest.json").write_text("" if name == "rev-1" else "{")
    assert main(["verify"]) == 1
    lines = capsys.readouterr().err.splitlines()
    for what in ("penanda versi data home", "rencana putaran tidak terbaca", "2025-07-01/rev-1/", "2025-07-01/rev-2/"):
        assert any(what in line and "Perbaikan:" in line for line in lines), (what, lines)
    with pytest.raises(PadananError, match="penanda versi data home kosong atau rusak"):
        home.ensure()


@pytest.mark.parametrize("pid", [4194305, None], ids=["nobodys", "our own"])
def test_what_somebody_holds_is_not_swept_whatever_its_number(tmp_path: Path, pid: int | None) -> None:
    """Two containers share a home: a number there means nothing here, and one that was given again means nothing at all."""
    # Asked here: workers that collect the same tests under other names run none of them.
    number = os.getpid() if pid is None else pid
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.getpid = lambda: number  # type: ignore[assignment]
        with building(tmp_path) as folder:
            disk.write_text(folder / "isi", "x")
            os.write(writer, b"1")
            signal.pause()
    try:
        os.read(reader, 1)
        held = list(tmp_path.iterdir())
        sweep(tmp_path)
        assert list(tmp_path.iterdir()) == held and held[0].name.startswith(f".tmp-{number}-")
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    sweep(tmp_path)
    assert not list(tmp_path.iterdir())
