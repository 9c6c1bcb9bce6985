"""The errors that people read: one line with file, place, cause and cure, in Indonesian.

Values of people never belong in an error; a library's own message is passed on only through `safe_reason`.
"""

from __future__ import annotations

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from padanan.base.shown import decoded, visible


class PadananError(Exception):
    """A fault that a person can mend.

    Args:
        cause: what is wrong, without any personal value.
        cure: what to do about it.
        file: the file concerned, as its reader knows it.
        place: line, column or field inside the file.
    """

    def __init__(self, cause: str, *, cure: str, file: str | Path | None = None, place: str | None = None) -> None:
        self.cause = visible(" ".join(cause.split()))
        self.cure = visible(" ".join(cure.split()))
        self.file = visible(decoded(str(file))) if file is not None else None
        self.place = visible(place) if place is not None else None
        where = " ".join(part for part in (self.file, self.place) if part)
        head = f"GALAT {where}: " if where else "GALAT: "
        super().__init__(f"{head}{self.cause}. Perbaikan: {self.cure}")

    def __reduce__(self) -> tuple[Any, ...]:
        """A fault goes from one process to another as it is."""
        return _told_again, (type(self), str(self)), self.__dict__


def _told_again(kind: type[PadananError], text: str) -> PadananError:
    # Not `kind(…)`: kinds with more to tell have arguments of their own.
    return kind.__new__(kind, text)


class ContractError(PadananError):
    """A contract, rule, plan or criteria file that can't be used."""


class DeliveryError(PadananError):
    """A delivery that can't be taken in."""


class WarehouseLocked(PadananError):
    """Another process holds the warehouse's only writing place."""


class DiskFault(PadananError):
    """The machine can't write, open files or give memory; nothing was published, and no delivery is to blame."""


class NoSpace(DiskFault):
    """The disk is full, or the account's share of it."""


class SourceUnavailable(PadananError):
    """A source system (PostgreSQL) does not answer."""


class SealedPeriod(PadananError):
    """A run over a period whose decree is sealed."""


def safe_reason(error: BaseException) -> str:
    """The class of an error and its message without digits, quoted text or anything after a value marker.

    DuckDB, pandas and drivers print the offending value; a value may be a NIK or a name, so only the first
    line survives, quoted spans and digit runs removed.
    """
    first = str(error).splitlines()[0] if str(error) else ""
    first = re.sub(r"(\"[^\"]*\"|'[^']*'|`[^`]*`|«[^»]*»)", "…", first)
    first = re.sub(r"\d{3,}", "…", first)
    return f"{type(error).__name__}: {first[:160]}".rstrip(": ")


_AGAIN = "lalu ulangi; tidak ada yang diterbitkan setengah jadi"
# By what the system answers: what is wrong and what to do.
_FULL = {
    errno.ENOSPC: ("ruang simpan habis", f"kosongkan ruang pada disk data home {_AGAIN}"),
    errno.EDQUOT: ("kuota ruang simpan akun ini habis", f"kosongkan ruang atau minta kuota pada pengelola server, {_AGAIN}"),
}
_MACHINE = {
    errno.EROFS: ("disk hanya dapat dibaca", f"pasang kembali disk itu untuk ditulis dan periksa kesehatannya, {_AGAIN}"),
    errno.EMFILE: (
        "proses ini kehabisan pegangan berkas",
        f"naikkan batasnya (ulimit -n 4096, atau LimitNOFILE pada layanan) {_AGAIN}",
    ),
    errno.ENFILE: ("server kehabisan pegangan berkas", f"tutup program lain atau naikkan fs.file-max {_AGAIN}"),
}
_MEMORY = (
    "memori habis",
    f"tutup program lain, atau naikkan batasnya (ulimit -v unlimited, atau MemoryMax pada layanan) {_AGAIN}",
)
# What DuckDB, Arrow and Python say then, beside MemoryError.
_NO_MEMORY = ("Out of Memory Error", "std::bad_alloc", "Cannot allocate memory", "can't start new thread", "allocation failure")
_OF_A_FILE = {
    errno.EFBIG: (
        "berkas melampaui batas ukuran berkas",
        f"naikkan batasnya (ulimit -f unlimited, atau LimitFSIZE pada layanan) {_AGAIN}",
    ),
}
_OTHER = {
    errno.EACCES: ("tidak ada hak atas berkas atau folder", "periksa pemilik dan haknya lalu ulangi"),
    errno.EPERM: ("tidak ada hak atas berkas atau folder", "periksa pemilik dan haknya lalu ulangi"),
    errno.EIO: ("disk gagal membaca atau menulis", "periksa disk itu; bila rusak, pulihkan dari cadangan ke disk lain"),
    errno.ENOENT: ("berkas atau folder tidak ada", "periksa namanya; bila baru saja dihapus proses lain, ulangi"),
    errno.ENOTDIR: ("yang seharusnya folder adalah berkas", "keluarkan berkas itu lalu ulangi"),
    errno.EISDIR: ("yang seharusnya berkas adalah folder", "keluarkan folder itu lalu ulangi"),
    errno.EEXIST: ("berkas atau folder sudah ada", "bila dua proses berjalan bersamaan, ulangi sesudah satu selesai"),
    errno.ENOTEMPTY: ("folder tidak kosong", "bila dua proses berjalan bersamaan, ulangi sesudah satu selesai"),
    errno.ENAMETOOLONG: ("nama berkas terlalu panjang", "beri nama yang lebih pendek"),
    errno.ESTALE: ("disk jaringan tidak menjawab", "periksa sambungannya lalu ulangi"),
    errno.EAGAIN: ("server kehabisan proses", "tutup program lain lalu ulangi"),
    errno.ETXTBSY: ("berkas sedang dipakai program lain", "tutup program itu lalu ulangi"),
}


# DuckDB's own limit, not the machine's.
_ALLOWED = re.compile(r"Out of Memory Error.*/([0-9.]+ [KMGT]iB) used\)", re.DOTALL)
_ALLOWED_CURE = (
    "bila mesinnya punya, naikkan sumber_daya.memori di expectations/linkage.yaml (bukti) atau PADANAN_MEMORY (dbt, terbitan), "
    f"{_AGAIN}"
)


def disk_fault(error: BaseException, what: str | None = None) -> PadananError | None:
    """The machine's fault behind an error, also in DuckDB's, Arrow's and SQLite's wording of it; None when it is another one.

    Args:
        what: what was being written, for the reader.
    """
    if isinstance(error, PadananError):
        return None
    number = error.errno if isinstance(error, OSError) else None
    text = str(error)
    during = f" ketika menulis {what}" if what else ""
    for kind, table in ((NoSpace, _FULL), (DiskFault, _MACHINE), (PadananError, _OF_A_FILE)):
        for code, (cause, cure) in table.items():
            if number == code or (number is None and os.strerror(code) in text):
                return kind(f"{cause}{during}", cure=cure)
    if number is None and (allowed := _ALLOWED.search(text)):
        return DiskFault(f"{_MEMORY[0]}{during}: langkah ini diizinkan {allowed[1]}", cure=_ALLOWED_CURE)
    if isinstance(error, MemoryError) or number == errno.ENOMEM or (number is None and any(one in text for one in _NO_MEMORY)):
        return DiskFault(f"{_MEMORY[0]}{during}", cure=_MEMORY[1])
    return None


def os_fault(error: OSError, what: str | None = None) -> PadananError:
    """Any answer of the system as one line with cause and cure; the file is named as far as its name is the house's own."""
    fault = disk_fault(error, what)
    if fault is not None:
        return fault
    during = f" ({what})" if what else ""
    cause, cure = _OTHER.get(
        error.errno or 0, (f"sistem menolak: {safe_reason(error)}", "periksa disk dan hak berkas lalu ulangi")
    )
    return PadananError(f"{cause}{during}", file=_shown(error.filename), cure=cure)


def known(error: BaseException) -> PadananError | None:
    """What a person is told of an error whose cause and cure are known; None of any other: that is this program's own fault."""
    if isinstance(error, PadananError):
        return error
    return os_fault(error) if isinstance(error, OSError) else disk_fault(error)


def _shown(name: object) -> str | None:
    """A path up to where producers name files: such a name may hold a person's."""
    if not isinstance(name, str | bytes | os.PathLike):
        return None
    parts = Path(os.fsdecode(name)).parts
    for place, part in enumerate(parts):
        if part.startswith(".tmp-") or part == "original":
            return str(Path(*parts[:place]))
        if part in ("inbox", "quarantine"):
            return str(Path(*parts[: place + 2]))
    return str(Path(*parts)) if parts else None


@contextmanager
def no_space_guard(what: str) -> Iterator[None]:
    """Turns what the machine refuses (a full disk, a read-only one, no more files), in whatever wording, into `DiskFault`.

    Args:
        what: what was being written, for the reader.
    """
    try:
        yield
    except Exception as error:
        fault = disk_fault(error, what)
        if fault is not None:
            raise fault from None
        raise
