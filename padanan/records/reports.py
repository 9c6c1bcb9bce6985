"""What is recorded of LP3KE and the other reports of a year: matrices that were made and came back, duties that were done.

What a form asks and who is late stands in `padanan/feedback/lp3ke`; no value of a person is in a record.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import Quarter
from padanan.records.kinds import REPORTS
from padanan.records.log import Log, logs
from padanan.records.tombstone import destruction_records

MADE, ACCEPTED, DONE = "dibuat", "diterima", "selesai"
RETURNED = "diterima"
"""The folder below `lp3ke/` that holds the rows of accepted Matriks 3."""


def log_of(home: Home, year: int) -> Log:
    """`decisions/lp3ke/<year>.jsonl`: of the year that the report speaks of; append-only, chained and signed."""
    return Log(home, REPORTS, str(year))


def all_records(home: Home) -> list[Mapping[str, Any]]:
    """Every record of every year, oldest year first.

    Raises:
        PadananError: a register was changed.
    """
    return [record for log in logs(home, REPORTS) for record in log.read().records]


def records_of(home: Home, quarter: Quarter, event: str) -> list[Mapping[str, Any]]:
    """The records of one quarter and event, oldest first."""
    found = log_of(home, quarter.year).read().records
    return [one for one in found if one["peristiwa"] == event and one.get("triwulan") == quarter.label]


def accepted(home: Home, quarter: Quarter) -> dict[str, Mapping[str, Any]]:
    """Workbook -> what of it was accepted last; one of an older edition counts where no newer one came back."""
    return {str(record["buku"]): record for record in records_of(home, quarter, ACCEPTED)}


def newest_edition(home: Home, quarter: Quarter) -> Mapping[str, Any] | None:
    """The last edition that was made of a quarter; its `buku` are the workbooks that must come back."""
    return next(iter(reversed(records_of(home, quarter, MADE))), None)


def done_on(home: Home) -> dict[str, date]:
    """Duty -> the day on which it was done, as recorded last."""
    return {str(one["kewajiban"]): date.fromisoformat(one["tanggal"]) for one in all_records(home) if one["peristiwa"] == DONE}


def faults_of_returned(home: Home) -> tuple[int, list[PadananError]]:
    """How many files of accepted rows are recorded, and each that is missing or changed; what retention destroyed is no fault."""
    try:
        known = {str(one["rincian"]["berkas"]): str(one["rincian"]["sha256"]) for one in _with_rows(home)}
        gone = {str(one.get("tempat")) for one in destruction_records(home)}
    except PadananError:
        return 0, []  # named where the records themselves are proved
    faults = []
    for name, digest in known.items():
        path = home.root / name
        if not path.is_file() and name in gone:
            continue
        if not path.is_file() or file_sha256(path) != digest:
            cause = f"isian Matriks 3 yang diterima {'berubah' if path.exists() else 'hilang'}"
            faults.append(PadananError(cause, file=name, cure="pulihkan berkas itu dari cadangan"))
    return len(known), faults


def _with_rows(home: Home) -> Iterator[Mapping[str, Any]]:
    return (one for one in all_records(home) if one["peristiwa"] == ACCEPTED and one.get("rincian"))
