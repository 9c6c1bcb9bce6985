"""What a program says about its recipients: status, amount, month, stage, number in the list.

Persons and families are written in `columns`, places in `columns_place`.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from padanan.contracts.contract import Column
from padanan.synthetic.arrow import choose, digits, put
from padanan.synthetic.columns import Context, builds
from padanan.synthetic.faults import is_fault


@builds("status")
def _program_status(c: Context, column: Column) -> pa.StringArray:
    raws = list(column.codes) or ["EKSISTING"]
    dice = c.dice("status") % 20
    text = choose(raws, np.where(dice < 15, 0, dice % len(raws)))
    odd = is_fault(c.rows, "status_tak_dikenal")
    return put(text, odd, choose(["", "LAIN-LAIN", "???", None], (c.dice("st") % 4)[odd]))


@builds("nominal")
def _amount(c: Context, column: Column) -> pa.StringArray:
    most = int(c.contract.program.get("nominalMaks", 0) or 0)
    steps = np.array([max(most // 6, 1), max(most // 3, 1), max(most // 2, 1)])
    amount = steps[c.dice("nominal") % 3]
    text = digits(amount, 1)
    odd = is_fault(c.rows, "nominal_tak_wajar")
    return put(text, odd, choose(["0", "-50000", str(most * 10 + 1)], (c.dice("nom") % 3)[odd]))


@builds("periode_program")
def _program_month(c: Context, column: Column) -> pa.StringArray:
    text = choose([c.month], np.zeros(len(c.rows), dtype=np.int64))
    odd = is_fault(c.rows, "periode_tak_wajar")
    return put(text, odd, choose(["", "1999-01", "2025-13", "2099-01", "Q3"], (c.dice("per") % 5)[odd]))


@builds("nomor_urut")
def _ordinal(c: Context, column: Column) -> pa.StringArray:
    return digits(np.arange(1, len(c.rows) + 1), 1)


@builds("tahap")
def _stage(c: Context, column: Column) -> pa.StringArray:
    return choose(["I", "II"], np.full(len(c.rows), int(c.month[5:7]) > 6, dtype=np.int64))
