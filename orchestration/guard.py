"""Turns any error into a Dagster failure of one Indonesian line with cause and cure, free of personal values.

The errors themselves are defined in `padanan/base/errors.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from orchestration.policies import patience_with
from padanan.base.errors import PadananError, WarehouseLocked, disk_fault, known, safe_reason

# Dagster's own storage is SQLite, which has words of its own; two first runs at once both make it.
_STORAGE = (
    ("disk is full", "ruang simpan habis ketika Dagster mencatat putaran", "kosongkan ruang pada disk data home lalu ulangi"),
    ("readonly database", "penyimpanan Dagster hanya dapat dibaca", "periksa pemilik dan disk PADANAN_DAGSTER_STORAGE"),
    ("unable to open", "penyimpanan Dagster tidak dapat dibuka", "periksa hak PADANAN_DAGSTER_STORAGE dan batas berkas terbuka"),
    ("database is locked", "penyimpanan Dagster sedang dipakai proses lain", "tunggu proses itu selesai lalu ulangi"),
    ("already exists", "dua proses membuat penyimpanan Dagster bersamaan", "jalankan lagi; tempatnya sudah ada"),
)


def known_error(text: str) -> PadananError | None:
    """The project's error behind a library's wording (DuckDB, dbt, the system), or None."""
    if "Could not set lock on file" in text or "Conflicting lock is held" in text:
        return WarehouseLocked(
            "gudang data sedang dipakai proses lain",
            file="warehouse/padanan.duckdb",
            cure="tunggu proses itu selesai atau tutup program yang membuka berkas gudang, lalu jalankan ulang",
        )
    for said, cause, cure in _STORAGE if "sqlite3." in text else ():
        if said in text:
            return PadananError(cause, cure=cure)
    return disk_fault(RuntimeError(text))


def told(error: BaseException) -> PadananError | None:
    """The one line that any error has whose cause and cure are known, or None."""
    return known_error(f"{type(error).__module__}.{type(error).__name__} {error}") or known(error)


def to_failure(error: BaseException, what: str) -> dg.Failure | dg.RetryRequested:
    """What Dagster is told: a failure whose description is the one line and whose metadata its parts.

    A fault that passes by itself (`policies.PATIENCE`) becomes a request to try the step again, with the failure as its cause:
    that is what Dagster shows when the last try failed too. Asked here and not by each asset, so that no step is forgotten.
    """
    if isinstance(error, dg.Failure | dg.RetryRequested):
        return error
    if not isinstance(error, PadananError):
        error = told(error) or PadananError(
            f"{what} gagal ({safe_reason(error)})",
            cure="jalankan ulang; bila tetap gagal, kirim baris ini kepada pengelola sistem",
        )
    failure = dg.Failure(
        description=str(error),
        metadata={"sebab": error.cause, "perbaikan": error.cure},
        allow_retries=False,
    )
    patience = patience_with(error)
    if patience is None:
        return failure
    again = dg.RetryRequested(max_retries=patience.retries, seconds_to_wait=patience.seconds)
    again.__cause__ = failure
    return again


@contextmanager
def explained(what: str) -> Iterator[None]:
    """Everything raised inside becomes a `dagster.Failure` or a retry; the original message is dropped, not chained.

    DuckDB and drivers put the offending value into their message, and Dagster stores messages.

    Args:
        what: the work, in Indonesian, as the subject of "... gagal".
    """
    try:
        yield
    except Exception as error:
        told = to_failure(error, what)
        raise told from told.__cause__
