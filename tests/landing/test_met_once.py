"""A file that ends the process that opens it is met once; a kill after the landing makes no false duplicate."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from padanan.base.home import CHECKOUT, Home
from padanan.contracts.contract import Contract
from padanan.landing import inbox, opened
from padanan.landing.inbox import pending, process_inbox
from padanan.landing.letter import LETTER
from tests.definitions.test_inbox_sensor import tick
from tests.landing.deliveries import tree

DtksFile = Callable[..., Path]
Contracts = dict[str, Contract]
# Killed at one moment of taking an inbox in: before the delivery is opened, after, or before what became of it is written down.
KILLED = """
import os, signal, sys
from padanan.base.home import Home
from padanan.contracts.contract import load_contracts
from padanan.landing import inbox, land
from pathlib import Path
def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)
setattr({module}, {name!r}, die)
inbox.process_inbox(Home(Path({home!r})), load_contracts(), "dtks")
"""
MOMENTS = {"opened": ("land", "read_delivery"), "staged": ("land", "stage"), "landed": ("inbox", "_remember")}


def kill_at(home: Home, moment: str) -> None:
    module, name = MOMENTS[moment]
    code = KILLED.format(home=str(home.root), module=module, name=name)
    done = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, check=False)
    assert done.returncode == -signal.SIGKILL


def put(home: Home, file: Path | bytes, name: str) -> Path:
    path = home.inbox("dtks") / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(file if isinstance(file, bytes) else file.read_bytes())
    os.utime(path, (1_700_000_000,) * 2)
    return path


@pytest.mark.feature("F09")
@pytest.mark.parametrize("moment", ["opened", "staged"])
def test_what_a_dead_process_had_open_is_set_aside_and_the_others_go_on(
    home: Home, contracts: Contracts, dtks_file: DtksFile, moment: str
) -> None:
    put(home, dtks_file(rows=20), "dtks_2025-09.csv")
    put(home, dtks_file(rows=21), "dtks_2025-10.csv")
    kill_at(home, moment)
    os.environ["PADANAN_HOME"] = str(home.root)
    assert len(tick()[0]) == 1
    taken = process_inbox(home, contracts, "dtks")
    assert {receipt.manifest["file"]: receipt.status for receipt in taken.receipts} == {
        "dtks_2025-09.csv": "karantina", "dtks_2025-10.csv": "diterima",
    }  # fmt: skip
    (flag,) = taken.receipts[0].flags
    assert flag["rule_id"] == "proses_mati" and "tidak dibuka lagi" in flag["pesan"] and flag["perbaikan"]
    assert (taken.receipts[0].folder / "original" / "dtks_2025-09.csv").exists()
    assert pending(home, "dtks") == [] and process_inbox(home, contracts, "dtks").receipts == ()
    # Put there again, it is a new file: who stopped the process by hand loses nothing, and the producer no day.
    put(home, dtks_file(rows=20), "dtks_2025-09.csv").touch()
    (again,) = process_inbox(home, contracts, "dtks").receipts
    assert (again.status, again.manifest["diterima"]) == ("diterima", taken.receipts[0].manifest["diterima"])


def test_other_bytes_after_a_death_come_when_they_come(home: Home, contracts: Contracts, dtks_file: DtksFile) -> None:
    """Only what our process died over keeps its time; a file that was at fault itself comes anew."""
    put(home, dtks_file(rows=20), "dtks_2025-09.csv")
    kill_at(home, "opened")
    put(home, b"x", "dtks_2025-10.csv")
    died, bad = process_inbox(home, contracts, "dtks").receipts
    put(home, dtks_file(rows=21), "dtks_2025-09.csv").touch()
    put(home, b"x", "dtks_2025-10.csv").touch()
    later = {one.manifest["file"]: one.manifest["diterima"] for one in process_inbox(home, contracts, "dtks").receipts}
    assert all(later[one.manifest["file"]] > one.manifest["diterima"] for one in (died, bad))


def test_a_kill_after_the_second_coming_makes_no_false_duplicate(home: Home, contracts: Contracts, dtks_file: DtksFile) -> None:
    """It is found again by its first time."""
    put(home, dtks_file(rows=20), "dtks_2025-09.csv")
    kill_at(home, "opened")
    process_inbox(home, contracts, "dtks")
    put(home, dtks_file(rows=20), "dtks_2025-09.csv").touch()
    kill_at(home, "landed")
    assert [one.status for one in process_inbox(home, contracts, "dtks").receipts] == ["diterima"]


@pytest.mark.feature("F05")
@pytest.mark.parametrize("kind", ["diterima", "karantina", "ditolak", "duplikat"])
def test_a_kill_before_the_record_makes_no_false_duplicate(
    home: Home, contracts: Contracts, dtks_file: DtksFile, kind: str
) -> None:
    path = put(home, dtks_file(), "dtks_2025-10.csv")
    if kind == "karantina":
        path.write_bytes(b"x")
    elif kind == "ditolak":
        path.unlink()
        os.mkfifo(path)
    elif kind == "duplikat":
        assert process_inbox(home, contracts, "dtks").receipts[0].status == "diterima"
        path = put(home, dtks_file(), "dtks_2025-10 lagi.csv")
        path.with_name(path.name + LETTER).write_text("periode_data: 2025-10\n")
    kill_at(home, "landed")
    before = set(tree(home.root))
    (receipt,) = process_inbox(home, contracts, "dtks").receipts
    assert receipt.status == kind and receipt.paper.exists()
    assert {name for name in tree(home.root) if name not in before} <= {"landing/dtks/inbox.json"}
    assert pending(home, "dtks") == [] and process_inbox(home, contracts, "dtks").receipts == ()


def test_killed_again_while_it_is_set_aside(home: Home, contracts: Contracts, dtks_file: DtksFile) -> None:
    put(home, dtks_file(), "dtks_2025-10.csv")
    kill_at(home, "opened")
    kill_at(home, "landed")
    (receipt,) = process_inbox(home, contracts, "dtks").receipts
    assert receipt.status == "karantina" and len(list((home.root / "quarantine" / "dtks").iterdir())) == 1


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, MemoryError, OSError])
def test_whoever_ends_in_order_leaves_no_mark(
    home: Home, contracts: Contracts, dtks_file: DtksFile, monkeypatch: pytest.MonkeyPatch, error: type[BaseException]
) -> None:
    put(home, dtks_file(), "dtks_2025-10.csv")
    with monkeypatch.context() as patch:

        def stopped(*_: object, **__: object) -> None:
            raise error

        patch.setattr(inbox, "deliver", stopped)
        with contextlib.suppress(KeyboardInterrupt, SystemExit):
            process_inbox(home, contracts, "dtks")
    assert opened.marks(home, "dtks") == [] and opened.cut_off(home, "dtks") == frozenset()
    assert [receipt.status for receipt in process_inbox(home, contracts, "dtks").receipts] == ["diterima"]


def test_a_mark_of_the_living_is_no_fault(home: Home, dtks_file: DtksFile) -> None:
    path = put(home, dtks_file(), "dtks_2025-10.csv")
    with (
        opened.alone(home, "dtks"),
        opened.marked(home, "dtks", opened.Mark(path.name, "x", "2025-10-10T09:00:00+07:00", "sistem")),
    ):
        assert opened.cut_off(home, "dtks") == frozenset()
    (home.landing("dtks") / ".dibuka" / "aneh.json").write_text("rusak")
    assert opened.cut_off(home, "dtks") == frozenset()
