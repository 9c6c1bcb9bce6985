"""`padanan deliver`, `status` and `release` as a person uses them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.cli import main
from padanan.contracts.contract import load_contracts

DtksFile = Callable[..., Path]


@pytest.fixture
def run(home: Home, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def call(*args: str) -> tuple[int, str, str]:
        code = main(["--home", str(home.root), *args])
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.mark.feature("F03")
def test_deliver_hold_status_release(home: Home, run: Callable[..., tuple[int, str, str]], dtks_file: DtksFile) -> None:
    """A delivery of a year without a plan is held, shown, released, and then counts."""
    arguments = ("deliver", str(dtks_file("dtks_2025-10.csv")), "--diterima", "2025-10-10T09:00")
    code, out, err = run(*arguments)
    assert code == 1 and not out and "--diterima" in err and "Perbaikan: hapus --diterima" in err
    assert not [*home.landing("dtks").glob("period=*")], "who sends late does not set the clock"
    home.demo_marker.write_text('{"periode": "2025-S2", "status": "selesai"}')
    code, out, _ = run(*arguments)
    assert code == 0 and out.startswith("DITERIMA") and "20 masuk = 20 diteruskan + 0 disisihkan" in out
    code, out, _ = run(
        "deliver",
        str(dtks_file("lama.csv", rows=3)),
        "--producer",
        "dtks",
        "--periode-data",
        "2025-11",
        "--diterima",
        "2025-11-03",
    )
    assert code == 0 and "DITAHAN" in out and "volume_berubah" in out and "Perbaikan:" in out
    code, out, _ = run("status", "--periode", "2025-S2", "--as-of", "2025-11-20", "--json")
    state = json.loads(out)
    dtks = next(row for row in state["produsen"] if row["contract_id"] == "dtks")
    assert dtks["tenggat"] == "2025-10-15" and dtks["keadaan"] == "tepat waktu" and dtks["baris"] == 20
    assert dtks["bulan_belum"] == ["2025-07", "2025-08", "2025-09", "2025-11"]
    [held] = state["ditahan"]
    assert held["sebab"][0]["rule_id"] == "volume_berubah"
    adminduk = next(row for row in state["produsen"] if row["contract_id"] == "adminduk")
    assert adminduk["keadaan"] == "lewat tenggat"
    code, out, _ = run("status", "--periode", "2025-S2", "--as-of", "2025-11-20")
    expected = sum(contract.in_force(Periode(2025, 2)) for contract in load_contracts().values())
    assert "lewat tenggat" in out and held["sha16"] in out and f"1 dari {expected} kontrak" in out
    code, out, _ = run("release", held["sha16"][:10], "--by", "Kepala Uji", "--reason", "data memang berkurang")
    assert code == 0 and "Dilepas: dtks" in out
    _, out, _ = run("status", "--periode", "2025-S2", "--as-of", "2025-11-20", "--json")
    after = json.loads(out)
    assert after["ditahan"] == [] and next(row for row in after["produsen"] if row["contract_id"] == "dtks")["baris"] == 3


@pytest.mark.parametrize(
    ("args", "text"),
    [
        (["deliver", "/tidak/ada.csv", "--producer", "dtks"], "berkas tidak ada"),
        (["deliver", "/tidak/ada.csv"], "produsen berkas tidak dikenal"),
        (["deliver"], "berkas belum disebut"),
        (["deliver", "--inbox", "--producer", "tak_ada"], "tidak ada"),
        (["release", "abcdef12", "--by", "A", "--reason", "B"], "kiriman ditahan dengan nilai hash itu tidak ada"),
    ],
)
def test_errors_are_one_line_with_a_cure(run: Callable[..., tuple[int, str, str]], args: list[str], text: str) -> None:
    code, out, err = run(*args)
    assert code == 1 and out == "" and err.count("\n") == 1
    assert text in err and err.startswith("GALAT") and "Perbaikan:" in err


def test_quarantine_is_a_failure_and_the_inbox_is_emptied(
    run: Callable[..., tuple[int, str, str]], dtks_file: DtksFile, home: Home
) -> None:
    inbox = home.inbox("dtks")
    inbox.mkdir()
    (inbox / "dtks_2025-10.csv").write_bytes(b"")
    (inbox / "dtks_2025-09.csv").write_bytes(dtks_file().read_bytes())
    code, out, _ = run("deliver", "--inbox")
    assert code == 1 and "KARANTINA" in out and "DITERIMA" in out and "berkas kosong" in out
    code, out, _ = run("deliver", "--inbox")
    assert code == 0 and "Tidak ada kiriman" in out
    code, out, _ = run("deliver", str(inbox / "dtks_2025-09.csv"))
    assert code == 0 and out.startswith("DUPLIKAT")


def test_help_is_indonesian(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("deliver", "status", "release"):
        with pytest.raises(SystemExit):
            main([command, "--help"])
        assert any(word in capsys.readouterr().out for word in ("kiriman", "Menampilkan", "Melepas"))
