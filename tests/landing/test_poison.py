"""Forty hostile things beside twenty good deliveries: the good ones land as without them, each hostile one has its receipt."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from padanan.base.home import Home
from padanan.base.keys import key_file, load_key
from padanan.base.sandbox import ChildStopped, run
from padanan.contracts.contract import Contract, expectations_dir
from padanan.landing import reading
from padanan.landing.inbox import pending, process_inbox
from padanan.landing.receipt import Receipt
from tests.definitions.test_inbox_sensor import tick
from tests.landing.deliveries import arrives, dtks_row, tree
from tests.landing.hostile import FILES, LETTERS, OLD, put_all

DtksFile = Callable[..., Path]
Contracts = dict[str, Contract]
SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples" / "baik"
# Less than the defaults, so that the test takes seconds: what hangs or swells meets them all the same.
LIMITS = {"memoriMib": 512, "cpuDetik": 2, "cpuDetikPerMib": 0, "waktuDetik": 5, "waktuDetikPerMib": 0}


@pytest.fixture
def small_limits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """`expectations/` with small limits for the reading child; returns the limit on memory in bytes."""
    folder = tmp_path / "expectations"
    folder.mkdir()
    for path in expectations_dir().iterdir():
        if path.name != "delivery.yaml":
            (folder / path.name).symlink_to(path)
    rules = yaml.safe_load((expectations_dir() / "delivery.yaml").read_text())
    rules["pembaca"] |= LIMITS
    (folder / "delivery.yaml").write_text(yaml.safe_dump(rules))
    monkeypatch.setenv("PADANAN_EXPECTATIONS", str(folder))
    return LIMITS["memoriMib"] << 20


def put_good(home: Home, dtks_file: DtksFile) -> dict[str, set[str]]:
    """Twenty deliveries of five producers; names by producer."""
    good: dict[str, set[str]] = {}
    for path in sorted(SAMPLES.iterdir()):
        if not path.name.endswith(".pengantar.yaml"):
            _put(home, path.name.rpartition("_")[0], path.name, path.read_bytes(), good)
    for number in range(15):
        name = f"dtks_{2022 + number // 12}-{number % 12 + 1:02d}.csv"
        rows = [dtks_row(1000 * number + index) for index in range(20)]
        _put(home, "dtks", name, dtks_file("x.csv", rows=rows).read_bytes(), good)
    assert sum(map(len, good.values())) == 20
    return good


def _put(home: Home, contract_id: str, name: str, content: bytes, good: dict[str, set[str]]) -> None:
    path = home.inbox(contract_id) / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    os.utime(path, (OLD, OLD))
    arrives(home, contract_id, path, "2025-11-12T09:00:00+07:00")
    good.setdefault(contract_id, set()).add(name)


def take_in(home: Home, contracts: Contracts) -> tuple[list[Receipt], float]:
    """Every inbox taken in; the receipts, and the seconds of the producer that took longest."""
    receipts, longest = [], 0.0
    for contract_id in contracts:
        start = time.monotonic()
        taken = process_inbox(home, contracts, contract_id)
        longest = max(longest, time.monotonic() - start)
        assert not taken.faults, [str(fault.error) for fault in taken.faults]
        receipts += taken.receipts
    return receipts, longest


def landed(home: Home) -> dict[str, bytes]:
    """What stands below `landing/period=…`, byte by byte."""
    return {name: data for name, data in tree(home.root / "landing").items() if "/period=" in name}


@pytest.mark.lambat
@pytest.mark.feature("F09")
def test_poison_stops_nobody(
    tmp_path: Path, contracts: Contracts, dtks_file: DtksFile, small_limits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[int] = []

    def measured(*arguments: Any, **options: Any) -> Any:
        try:
            told = run(*arguments, **options)
        except ChildStopped as stopped:
            assert stopped.used is not None
            used.append(stopped.used.rss)
            raise
        used.append(told[1].rss)
        return told

    monkeypatch.setattr(reading, "run", measured)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "rahasia-lingkungan")
    alone, beset = Home(tmp_path / "sendiri").ensure(), Home(tmp_path / "racun").ensure()
    put_good(alone, dtks_file)
    good = put_good(beset, dtks_file)
    expected, _ = take_in(alone, contracts)

    load_key()
    hostile = put_all(beset.inbox, dtks_file("y.csv", rows=19).read_bytes())
    (beset.inbox("dtks") / "dtks_2025-01 kunci.csv").symlink_to(key_file())
    os.link(key_file(), beset.inbox("dtks") / "dtks_2025-01 kunci keras.csv")
    hostile |= {("dtks", "dtks_2025-01 kunci.csv"), ("dtks", "dtks_2025-01 kunci keras.csv")}
    assert len(hostile) == len(FILES) + len(LETTERS) + 2 >= 40
    monkeypatch.setenv("PADANAN_HOME", str(beset.root))
    asked = {request.tags["padanan/produsen"] for request in tick()[0]}
    assert asked == {*good, *(contract_id for contract_id, _ in hostile)}, "the sensor ticks through all of them"

    receipts, longest = take_in(beset, contracts)
    assert longest < 60
    bad = [one for one in receipts if one.status in ("karantina", "ditolak")]
    fine = [one for one in receipts if one.status not in ("karantina", "ditolak")]
    assert landed(beset) == landed(alone)
    assert sorted(one.line() for one in fine) == sorted(one.line() for one in expected)
    assert len(bad) == len(hostile), "each hostile one has a receipt of its own"
    for one in bad:
        worst = [flag for flag in one.flags if flag["akibat"] in ("karantina", "tolak")]
        assert worst and all(flag["pesan"] and flag["perbaikan"] for flag in worst), one.manifest["file"]
        assert one.paper.exists() and one.manifest["file"].isprintable()
    assert max(used) <= small_limits
    assert all(pending(beset, contract_id) == [] for contract_id in contracts) and tick()[0] == []
    secret = key_file().read_bytes().strip()
    for name, data in (tree(beset.root / "quarantine") | tree(beset.root / "landing")).items():
        assert secret not in data and b"rahasia-lingkungan" not in data, name
    swollen = [one for one in bad if one.flags[0]["rule_id"] == "pembaca_berhenti"]
    causes = " ".join(one.flags[0]["pesan"] for one in swollen)
    assert len(swollen) >= 5 and "meminta ingatan lebih dari 512 MiB" in causes and all(one.rows_in is None for one in swollen)
