"""One writer at a time over all processes, and the check that the warehouse holds the period that a step asks for.

Dagster's queue already keeps runs apart (`dagster.yaml`); this also covers runs started from the command line.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from padanan.base import locks
from padanan.base.errors import PadananError, WarehouseLocked
from padanan.base.period import Periode
from padanan.contracts.planned import PlanData, stored

if TYPE_CHECKING:
    from padanan.base.home import Home

_held: dict[Path, locks.Lock] = {}


def acquire(home: Home) -> None:
    """Takes the writer's lock for this process; the kernel gives it back when the process ends.

    Raises:
        WarehouseLocked: another process holds it.
    """
    path = home.warehouse / ".penulis"
    if path in _held:
        return
    try:
        _held[path] = locks.take(path, wait=False)
    except BlockingIOError:
        raise WarehouseLocked(
            "gudang data sedang dipakai proses lain",
            file="warehouse",
            cure="tunggu proses itu selesai (lihat Runs di Dagster), lalu jalankan ulang",
        ) from None


def release(home: Home) -> None:
    """Gives the lock back before the process ends (command line, tests)."""
    lock = _held.pop(home.warehouse / ".penulis", None)
    if lock is not None:
        lock.release()


def planned(home: Home, periode: Periode) -> PlanData:
    """The run plan on disk, if it is this period's.

    Raises:
        PadananError: there is no plan, or it pins another period.
    """
    cure = f"jalankan job padanan_periode untuk {periode.label}, yang menyusun rencana lebih dulu"
    plan = stored(home)
    if plan is None:
        raise PadananError("belum ada rencana untuk periode ini", file="warehouse/rencana.json", cure=cure)
    if plan.periode != periode.key:
        raise PadananError(f"gudang berisi periode {plan.label}, bukan {periode.label}", file="warehouse/rencana.json", cure=cure)
    return plan
