"""Words that the whole generator shares: array types, codes, days, serial numbers within groups.

Nothing here draws a random number or knows a registry.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import numpy.typing as npt

Bools = npt.NDArray[np.bool_]
Int8s = npt.NDArray[np.int8]
Int16s = npt.NDArray[np.int16]
Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]

FAR = np.int32(2**30)
NONE = np.int32(-1)
BASE = date(2024, 7, 1)
BASE_DAY = (BASE - date(1970, 1, 1)).days
HORIZON_DAYS = 915  # to the end of 2026
HEAD, HUSBAND, WIFE, CHILD, CHILD_IN_LAW, GRANDCHILD, PARENT, OTHER_KIN = 1, 2, 3, 4, 5, 6, 7, 9
RESIDENT, DE_FACTO, CANARY = 0, 1, 2


def days(day: date) -> int:
    """Days since 1970-01-01, the unit of every date in this package."""
    return (day - date(1970, 1, 1)).days


def civil(day: Int32s) -> tuple[Int64s, Int64s, Int64s]:
    """Year, month and day of dates given in days."""
    stamp = day.astype("datetime64[D]")
    month = stamp.astype("datetime64[M]")
    year = stamp.astype("datetime64[Y]").astype(np.int64) + 1970
    return year, month.astype(np.int64) % 12 + 1, (stamp - month).astype(np.int64) + 1


def serials(group: Int64s) -> Int64s:
    """1, 2, 3 … within equal values of `group`, in order of appearance."""
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    new = np.ones(len(group), dtype=bool)
    new[1:] = ordered[1:] != ordered[:-1]
    start = np.maximum.accumulate(np.where(new, np.arange(len(group)), 0))
    out = np.empty(len(group), dtype=np.int64)
    out[order] = np.arange(len(group)) - start + 1
    return out
