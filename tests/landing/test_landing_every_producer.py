"""Every producer's own form, landed from a generated inbox: rows in equal what the generator says it wrote."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.contracts.contract import Contract
from padanan.landing.inbox import process_inbox
from padanan.records.active import active_deliveries
from padanan.synthetic.embedded_postgres import EmbeddedPostgres
from padanan.synthetic.generate import generate

S2 = Periode(2025, 2)


@pytest.mark.feature("F02")
@pytest.mark.feature("F05")
@pytest.mark.feature("F07")
@pytest.mark.parametrize("profile", ["default", "hard"])
def test_rows_in_equal_the_generators_count(
    profile: str, contracts: dict[str, Contract], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Adminduk Parquet, DTKS pipes, P3KE workbooks per kota, Carik tables, and the offices' habits: nothing is lost."""
    home = Home(tmp_path / "rumah").ensure()
    with EmbeddedPostgres(tmp_path / "pg") as server:
        monkeypatch.setenv("PADANAN_CARIK_URL", server.url)
        generate(home, contracts, residents=2000, seed=11, profile=profile, periode=S2, database_url=server.url)
        receipts = [receipt for contract_id in contracts for receipt in process_inbox(home, contracts, contract_id).receipts]
    assert {receipt.status for receipt in receipts} <= {"diterima", "ditahan"}
    entered: Counter[str] = Counter()
    readable: Counter[str] = Counter()
    twins: Counter[str] = Counter()
    lines: dict[tuple[str, str], set[int]] = {}
    for receipt in receipts:
        on = pq.read_table(receipt.folder / "part.parquet", columns=["_baris"])
        aside = pq.read_table(receipt.folder / "rejects.parquet")
        reasons = Counter(aside["alasan"].to_pylist())
        assert receipt.rows_in == on.num_rows + aside.num_rows
        entered[receipt.contract_id] += receipt.rows_in or 0
        twins[receipt.contract_id] += reasons["baris_kembar"]
        readable[receipt.contract_id] += on.num_rows + reasons["baris_kembar"]
        kept = lines.setdefault((receipt.contract_id, receipt.manifest["bagian"] or ""), set())
        kept |= {*on["_baris"].to_pylist(), *aside["_baris"].to_pylist()}
    counts = pq.read_table(home.truth / S2.key / "counts.parquet").to_pylist()
    assert {row["producer"] for row in counts} == {item.id for item in contracts.values() if item.in_force(S2)}
    for row in counts:
        name = row["producer"]
        found = (entered[name], readable[name], twins[name])
        assert found == (row["rows_in"], row["rows_readable"], row["duplicates"]), name
    # Line numbers are the source's own: each row that the truth knows is found under its number.
    truth = pq.read_table(home.truth / S2.key / "records.parquet", columns=["producer", "bagian", "baris"]).to_pylist()
    missing = [row for row in truth if row["baris"] not in lines[(row["producer"], row["bagian"] or "")]]
    assert missing == []
    active = active_deliveries(home, contracts, S2, date(2025, 12, 15))
    assert {item.contract_id for item in active} == set(contracts)
