"""Without a period, every command speaks of the same one and says why when it is not today's."""

import json
from datetime import date, datetime

import pytest

from padanan.base.default_period import default_periode, year_of
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode
from padanan.cli import main

DAY = date(2026, 11, 28)
TODAY = Periode.of(datetime.now(JAKARTA).date())


@pytest.fixture
def home(monkeypatch):
    monkeypatch.delenv("PADANAN_PERIODE", raising=False)
    return Home.from_env().ensure()


def demo(home, periode="2025-S2"):
    home.demo_marker.write_text(json.dumps({"periode": periode, "status": "selesai"}))


def test_variable_before_demo_before_today(home, monkeypatch):
    assert default_periode(home, DAY).periode == Periode(2026, 2) and default_periode(home, DAY).note is None
    demo(home)
    chosen = default_periode(home, DAY)
    assert chosen.periode == Periode(2025, 2)
    assert "demo" in chosen.note and "bukan periode hari ini (2026-S2)" in chosen.note
    assert year_of(home, None)[0] == 2025 and year_of(home, 2024) == (2024, None) and year_of(home, None, DAY) == (2026, None)
    monkeypatch.setenv("PADANAN_PERIODE", "2024-S1")
    assert default_periode(home, DAY).periode == Periode(2024, 1) and "PADANAN_PERIODE" in default_periode(home, DAY).note
    monkeypatch.setenv("PADANAN_PERIODE", "2026-S2")
    assert default_periode(home, DAY).note is None, "today's period needs no reason"


def test_a_wrong_variable_or_marker_is_named(home, monkeypatch):
    monkeypatch.setenv("PADANAN_PERIODE", "semester dua")
    with pytest.raises(PadananError, match="PADANAN_PERIODE"):
        default_periode(home)
    monkeypatch.setenv("PADANAN_PERIODE", "")
    home.demo_marker.write_text("{")
    with pytest.raises(PadananError, match=r"demo\.json.*penanda demo tidak terbaca"):
        default_periode(home)


def test_commands_after_the_demo_speak_of_its_period(home, capsys):
    demo(home)
    assert main(["status"]) == 0
    out = capsys.readouterr().out
    assert out.startswith("Periode 2025-S2: data home ini berisi demo periode itu, bukan periode hari ini")
    assert main(["status", "--json"]) == 0
    said = capsys.readouterr()
    assert json.loads(said.out)["periode"] == "2025-S2" and "bukan periode hari ini" in said.err
    for command, shown in (
        ("calendar", "Kalender 2025"),
        ("rakor agenda", "periode 2025-S2"),
        ("plan show", "Rencana data 2025"),
    ):
        assert main(command.split()) == 0
        said = capsys.readouterr()
        assert shown in said.out and "bukan periode hari ini" in said.err, command


def test_what_is_typed_needs_no_reason(home, capsys):
    demo(home)
    for arguments, shown in (
        (["--periode", TODAY.label], f"Periode {TODAY.label}, keadaan"),
        (["--as-of", "2026-11-28"], "Periode 2026-S2, keadaan 2026-11-28"),
    ):
        assert main(["status", *arguments]) == 0
        assert capsys.readouterr().out.startswith(shown)


def test_a_home_without_demo_speaks_of_today(home, capsys):
    assert main(["status"]) == 0
    assert capsys.readouterr().out.startswith(f"Periode {TODAY.label}, keadaan")
