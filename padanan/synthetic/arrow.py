"""Small Arrow helpers for writing text columns: digits, dates, choices, masked replacement.

Nothing here knows a registry; no function loops over rows in Python.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from padanan.base.period import MONTHS


def digits(values: npt.NDArray[Any], width: int, *, null: npt.NDArray[np.bool_] | None = None) -> pa.StringArray:
    """Whole numbers as text, zero-padded to `width`; NULL where `null`."""
    if width <= 5 and len(values) > 10_000 and int(values.max(initial=0)) < 10**width:
        table = np.array([f"{i:0{width}d}" for i in range(10 ** min(width, 4))])
        if width <= 4:
            out = pa.array(list(table), pa.string()).take(pa.array(values.astype(np.int64)))
            return null_where(out, null) if null is not None else out
    out = pc.utf8_lpad(pc.cast(pa.array(values.astype(np.int64)), pa.string()), width, "0")
    return null_where(out, null) if null is not None else out


def null_where(text: pa.StringArray, mask: npt.NDArray[np.bool_]) -> pa.StringArray:
    """The text with NULL where the mask holds."""
    return pc.if_else(pa.array(mask), pa.scalar(None, pa.string()), text)


def choose(options: Sequence[str | None], index: npt.NDArray[Any]) -> pa.StringArray:
    """One of a few texts per row."""
    return pa.array(list(options), pa.string()).take(pa.array(np.asarray(index, dtype=np.int64)))


def join(*parts: pa.StringArray | str, sep: str = "") -> pa.StringArray:
    """Concatenates texts and constants; a NULL part is left out."""
    wrapped = [pa.scalar(part, pa.string()) if isinstance(part, str) else part for part in parts]
    return pc.binary_join_element_wise(*wrapped, pa.scalar(sep), null_handling="skip")


def put(
    text: pa.StringArray, mask: npt.NDArray[np.bool_], replacement: pa.StringArray | Sequence[str | None] | str | None
) -> pa.StringArray:
    """The text with `replacement` (one value, or one per masked row, in order) where the mask holds."""
    if not mask.any():
        return text
    if replacement is None or isinstance(replacement, str):
        return pc.if_else(pa.array(mask), pa.scalar(replacement, pa.string()), text)
    values = replacement if isinstance(replacement, pa.Array) else pa.array(list(replacement), pa.string())
    return pc.replace_with_mask(text, pa.array(mask), values)


def where(text: pa.StringArray, mask: npt.NDArray[np.bool_]) -> pa.StringArray:
    """The masked rows only."""
    return text.filter(pa.array(mask))


def date_text(day: npt.NDArray[np.int32], form: str | None) -> pa.StringArray:
    """Dates (days since 1970) in a producer's format: ISO by default, dd/mm/yyyy, dd-mm-yyyy, `12 Juli 1980`, serial."""
    if form == "serial":
        return pc.cast(pa.array(day.astype(np.int64) + 25_569), pa.string())
    unique, inverse = np.unique(day, return_inverse=True)
    stamp = unique.astype("datetime64[D]")
    iso = np.datetime_as_string(stamp) if len(stamp) else np.array([], dtype="U10")
    out: list[str]
    if form in (None, "", "iso", "yyyy-mm-dd"):
        out = [str(text) for text in iso]
    else:
        parts = [text.split("-") for text in iso]
        if form == "dd/mm/yyyy":
            out = [f"{d}/{m}/{y}" for y, m, d in parts]
        elif form == "dd-mm-yyyy":
            out = [f"{d}-{m}-{y}" for y, m, d in parts]
        elif form == "mm/dd/yyyy":
            out = [f"{m}/{d}/{y}" for y, m, d in parts]
        elif form == "d bulan yyyy":
            out = [f"{int(d)} {MONTHS[int(m) - 1]} {y}" for y, m, d in parts]
        else:
            raise ValueError(f"unknown date format {form}")
    return pa.array(out, pa.string()).take(pa.array(inverse.astype(np.int64)))
