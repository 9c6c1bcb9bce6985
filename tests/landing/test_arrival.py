"""Arrival is what the system saw: a letter only claims one, deadlines are judged by the recorded one, and whoever sets it
instead (demo, test, `--diterima`) is named in manifest and receipt."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from padanan.base.errors import PadananError
from padanan.base.format import moment
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.contracts.contract import Contract
from padanan.landing import arrival
from padanan.landing.arrival import arrivals_of, set_arrival
from padanan.landing.inbox import process_inbox
from padanan.landing.land import deliver
from padanan.landing.letter import LETTER
from padanan.landing.receipt import Receipt
from tests.definitions.test_inbox_sensor import tick

DtksFile = Callable[..., Path]
Contracts = dict[str, Contract]
NOW = datetime(2025, 11, 3, 8, tzinfo=JAKARTA)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The system's clock, which a test turns."""
    hands = [NOW]
    monkeypatch.setattr(arrival, "now", lambda: hands[0])
    return hands


def put(home: Home, file: Path, name: str = "dtks_2025-10.csv", letter: str = "", mtime: datetime | None = None) -> Path:
    path = home.inbox("dtks") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file.read_bytes())
    if letter:
        path.with_name(path.name + LETTER).write_text(letter)
    if mtime:
        os.utime(path, (mtime.timestamp(),) * 2)
    return path


def rules(receipt: Receipt) -> dict[str, str]:
    return {flag["rule_id"]: flag["pesan"] for flag in receipt.flags}


CLAIMS = {
    "none": ("", None),
    "the same day": ("diterima: 2025-11-03T07:00:00+07:00\n", None),
    "two days before": ("diterima: 2025-11-01\n", None),
    "much earlier": ("diterima: 2025-10-10T09:00:00+07:00\n", "jauh lebih awal"),
    "future": ("diterima: 2026-01-01\n", "di masa depan"),
    "next century": ("diterima: 9999-12-31\n", "di masa depan"),
}


@pytest.mark.feature("F08")
@pytest.mark.parametrize("case", CLAIMS)
def test_a_letter_claims_and_the_record_judges(
    home: Home, contracts: Contracts, dtks_file: DtksFile, clock: list[datetime], case: str
) -> None:
    """DTKS of October 2025 is late on 3 November: no letter and no time of change makes it in time."""
    letter, words = CLAIMS[case]
    put(home, dtks_file(), letter=letter, mtime=datetime(2025, 10, 10, tzinfo=JAKARTA))
    (receipt,) = process_inbox(home, contracts, "dtks").receipts
    assert receipt.manifest["diterima"] == NOW.isoformat() and receipt.manifest["diterima_oleh"] == "sistem"
    assert receipt.late and "terlambat" in rules(receipt) and receipt.status == "diterima"
    assert (words in rules(receipt)["pengakuan_tiba"]) if words else ("pengakuan_tiba" not in rules(receipt))
    text = receipt.paper.read_text()
    assert f"<td>{moment(NOW.isoformat())}</td>" in text and ("Diterima menurut surat" in text) is bool(letter)


@pytest.mark.feature("F08")
def test_the_first_look_counts_and_not_the_run_that_comes_later(
    home: Home, contracts: Contracts, dtks_file: DtksFile, clock: list[datetime]
) -> None:
    path = put(home, dtks_file(), mtime=datetime(2020, 1, 1, tzinfo=UTC))
    clock[0] = datetime(2025, 10, 14, 23, 50, tzinfo=JAKARTA)
    os.environ["PADANAN_HOME"] = str(home.root)
    assert len(tick()[0]) == 1
    clock[0] = datetime(2025, 11, 20, tzinfo=JAKARTA)
    path.with_name(path.name + LETTER).write_text("jumlah_baris: 20\n")
    (receipt,) = process_inbox(home, contracts, "dtks").receipts
    assert receipt.manifest["diterima"] == "2025-10-14T23:50:00+07:00" and not receipt.late


def test_another_file_in_its_place_arrives_anew(home: Home, dtks_file: DtksFile, clock: list[datetime]) -> None:
    """Also one of the same size under the same forged time of change."""
    path = put(home, dtks_file(), mtime=NOW)
    first = arrivals_of(home, "dtks", [path])[path.name]
    clock[0] += timedelta(days=30)
    assert arrivals_of(home, "dtks", [path])[path.name] == first
    content = path.read_bytes()
    path.unlink()
    path.write_bytes(content[::-1])
    os.utime(path, (NOW.timestamp(),) * 2)
    assert arrivals_of(home, "dtks", [path])[path.name].moment == clock[0]


@pytest.mark.feature("F03")
def test_of_two_seen_together_the_later_letter_supersedes(
    home: Home, contracts: Contracts, dtks_file: DtksFile, clock: list[datetime]
) -> None:
    put(home, dtks_file(rows=21), "a perbaikan.csv", "periode_data: 2025-10\nditerima: 2025-11-02\n")
    put(home, dtks_file(rows=20), "b.csv", "periode_data: 2025-10\nditerima: 2025-11-01\n")
    receipts = process_inbox(home, contracts, "dtks").receipts
    assert [receipt.rows_in for receipt in receipts] == [20, 21]
    assert receipts[0].manifest["diterima"] < receipts[1].manifest["diterima"]


@pytest.mark.feature("F08")
def test_a_set_arrival_is_said_to_be_set(
    home: Home, contracts: Contracts, dtks_file: DtksFile, clock: list[datetime], tmp_path: Path
) -> None:
    path = put(home, dtks_file(), letter="diterima: 2025-10-10T09:00:00+07:00\n")
    set_arrival(home, "dtks", path, datetime(2025, 10, 10, 9, tzinfo=JAKARTA))
    (inbox,) = process_inbox(home, contracts, "dtks").receipts
    other = Home(tmp_path / "lain").ensure()
    single = deliver(other, contracts, "dtks", dtks_file(), diterima=datetime(2025, 10, 10, 9, tzinfo=JAKARTA))
    for receipt in (inbox, single):
        assert receipt.manifest["diterima"] == "2025-10-10T09:00:00+07:00" and receipt.manifest["diterima_oleh"] == "ditetapkan"
        assert not receipt.late and "pengakuan_tiba" not in rules(receipt)
        assert "(DITETAPKAN, bukan waktu yang dilihat sistem)" in receipt.paper.read_text()
    content = path.read_bytes()
    path.write_bytes(content.replace(b"TEBET", b"GAMBI"))
    assert path.stat().st_size == len(content)
    (corrected,) = process_inbox(home, contracts, "dtks").receipts
    assert corrected.manifest["diterima_oleh"] == "sistem", "it was set for the file that lay there"


def test_a_list_that_can_not_be_read_is_named(home: Home, dtks_file: DtksFile) -> None:
    path = put(home, dtks_file())
    for text in ("rusak", "[]", '{"dtks_2025-10.csv": {"waktu": "kemarin"}}'):
        (home.landing("dtks")).mkdir(exist_ok=True)
        (home.landing("dtks") / arrival.FILE).write_text(text)
        with pytest.raises(PadananError, match="daftar waktu tiba tidak terbaca"):
            arrivals_of(home, "dtks", [path])
