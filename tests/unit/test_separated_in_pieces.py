"""A made-up delivery is the same file, and names the same lines, whether it is laid out at once or in pieces."""

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from padanan.contracts.contract import load_contracts
from padanan.synthetic import writers
from padanan.synthetic.writers import Sheet, write_separated

CONTRACT = load_contracts()["dtks"]
CELL = st.none() | st.text(alphabet='aé,|"; ', max_size=4)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(st.tuples(CELL, CELL), min_size=1, max_size=12),
    broken=st.lists(st.integers(0, 11), max_size=5),
    habits=st.sampled_from([{}, {"kutip_semua": True}, {"sandi": "cp1252", "akhir_baris": "crlf", "baris_atas": ["DINAS"]}]),
    piece=st.integers(1, 5),
)
def test_pieces_make_the_same_file(
    rows: list[Any], broken: list[int], habits: dict[str, Any], piece: int, tmp_path: Path
) -> None:
    texts = {
        column.name: pa.array([row[place % 2] for row in rows], pa.string()) for place, column in enumerate(CONTRACT.columns)
    }
    at = np.array([one for one in broken if one < len(rows)], dtype=np.int64)
    made = []
    for size in (1_000_000, piece):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(writers, "AT_ONCE", size)
            numbers = write_separated(tmp_path / "satu.csv", CONTRACT, Sheet(texts, {}, {}, at), habits)
        made.append(((tmp_path / "satu.csv").read_bytes(), numbers.tolist()))
    assert made[0] == made[1]
    lines = made[0][0].decode(habits.get("sandi", "utf-8")).split("\r\n" if habits.get("akhir_baris") else "\n")
    assert len(lines) == len(rows) + len(at) + 2 + len(habits.get("baris_atas", []))
    cut = [number for number, line in enumerate(lines, 1) if line.endswith("terpotong") and "|" in line]
    assert not set(cut) & set(made[0][1]) and len(cut) == len(at)
