"""The errors that people read: one line with file, place, cause and cure, in Indonesian.

Values of people never belong in an error; a library's own message is passed on only through `safe_reason`.
"""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class PadananError(Exception):
    """A fault that a person can mend.

    Args:
        cause: what is wrong, without any personal value.
        cure: what to do about it.
        file: the file concerned, as its reader knows it.
        place: line, column or field inside the file.
    """

    def __init__(self, cause: str, *, cure: str, file: str | Path | None = None, place: str | None = None) -> None:
        self.cause = " ".join(cause.split())
        self.cure = " ".join(cure.split())
        self.file = str(file) if file is not None else None
        self.place = place
        where = " ".join(part for part in (self.file, place) if part)
        head = f"GALAT {where}: " if where else "GALAT: "
        super().__init__(f"{head}{self.cause}. Perbaikan: {self.cure}")


class ContractError(PadananError):
    """A contract, rule, plan or criteria file that can't be used."""


class DeliveryError(PadananError):
    """A delivery that can't be taken in."""


class WarehouseLocked(PadananError):
    """Another process holds the warehouse's only writing place."""


class NoSpace(PadananError):
    """The disk is full; nothing was published."""


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


@contextmanager
def no_space_guard(what: str) -> Iterator[None]:
    """Turns ENOSPC, also DuckDB's and Arrow's wording of it, into `NoSpace`.

    Args:
        what: what was being written, for the reader.
    """
    try:
        yield
    except PadananError:
        raise
    except Exception as error:
        full = isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
        if full or "No space left on device" in str(error):
            raise NoSpace(
                f"ruang simpan habis ketika menulis {what}",
                cure="kosongkan ruang pada disk data home lalu jalankan ulang; tidak ada yang diterbitkan setengah jadi",
            ) from None
        raise
