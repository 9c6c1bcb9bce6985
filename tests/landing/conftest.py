"""Small deliveries for the landing tests; the corpus of bad files comes from padanan.synthetic.badfiles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from padanan.base.home import Home
from padanan.contracts.contract import Contract, load_contracts
from padanan.landing.land import deliver
from padanan.landing.receipt import Receipt
from tests.landing.deliveries import dtks_row


@pytest.fixture(scope="session")
def contracts() -> dict[str, Contract]:
    return load_contracts()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "data").ensure()


@pytest.fixture
def dtks_file(tmp_path: Path, contracts: dict[str, Contract]) -> Callable[..., Path]:
    """Writes a DTKS delivery: pipe-separated, every cell quoted."""

    def write(
        name: str = "dtks_2025-10.csv",
        rows: list[dict[str, str]] | int = 20,
        tail: str = "",
        without: tuple[str, ...] = (),
        extra: str = "",
    ) -> Path:
        columns = [column for column in contracts["dtks"].columns if column.name not in without]
        data = [dtks_row(index) for index in range(rows)] if isinstance(rows, int) else rows
        lines = ["|".join([*(column.source for column in columns), *([extra] if extra else [])])]
        for row in data:
            cells = [row.get(column.name, "") for column in columns] + (["rahasia luar kontrak"] if extra else [])
            lines.append("|".join('"' + cell.replace('"', '""') + '"' for cell in cells))
        path = tmp_path / name
        path.write_text("\n".join(lines) + "\n" + tail, encoding="utf-8")
        return path

    return write


@pytest.fixture
def take(home: Home, contracts: dict[str, Contract]) -> Callable[..., Receipt]:
    """Delivers a file as it would arrive on a day of October 2025."""

    def run(path: Path, contract_id: str = "dtks", day: str = "2025-10-10", **options: object) -> Receipt:
        options.setdefault("diterima", datetime.fromisoformat(f"{day}T09:00:00+07:00"))
        known = options.pop("contracts", contracts)
        return deliver(home, known, contract_id, path, **options)  # type: ignore[arg-type]

    return run
