"""The calendar, the data home and the pseudonyms; deliveries are tested in tests/landing."""

import hashlib
import hmac
import stat
from datetime import date

import duckdb
import pytest

from padanan.base.errors import NoSpace, PadananError, no_space_guard, safe_reason
from padanan.base.home import Home
from padanan.base.keys import KeyRing, key_file, load_key, register_hmac
from padanan.base.period import Periode, months_before


@pytest.mark.feature("F08")
@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2025, 8, 31), 2, date(2025, 6, 30)),
        (date(2025, 12, 15), 2, date(2025, 10, 15)),
        (date(2024, 4, 30), 2, date(2024, 2, 29)),
        (date(2025, 1, 31), 2, date(2024, 11, 30)),
    ],
)
def test_months_before_never_leaves_the_month(day, months, expected):
    assert months_before(day, months) == expected


@pytest.mark.parametrize("text", ["2025-S2", "2025-07-01", "2025-s2"])
def test_period_has_one_label_and_one_key(text):
    periode = Periode.parse(text)
    assert (periode.label, periode.key) == ("2025-S2", "2025-07-01")
    assert periode.previous().previous() == Periode(2024, 2)


@pytest.mark.parametrize("text", ["2025", "2025-S3", "2025-02-01", ""])
def test_wrong_period_names_the_cure(text):
    with pytest.raises(PadananError, match="2025-S2"):
        Periode.parse(text)


@pytest.mark.feature("F50")
def test_hmac_in_duckdb_equals_the_standard_library(tmp_path, monkeypatch):
    monkeypatch.setenv("PADANAN_KEY_FILE", str(tmp_path / "k" / "key"))
    key = load_key()
    assert stat.S_IMODE((tmp_path / "k" / "key").stat().st_mode) == 0o600
    con = duckdb.connect()
    register_hmac(con, KeyRing((key,)))
    for text in ["", "a", "KANARI é", "x" * 500]:
        got = con.execute("select hmac_hex(?)", [text]).fetchall()[0][0]
        assert got == hmac.new(key, text.encode(), hashlib.sha256).hexdigest()[:32]
    assert con.execute("select hmac_hex(null)").fetchall() == [(None,)]


@pytest.mark.feature("F50")
def test_key_readable_by_others_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "key"
    path.write_text("ab" * 32)
    path.chmod(0o644)
    monkeypatch.setenv("PADANAN_KEY_FILE", str(path))
    with pytest.raises(PadananError, match="chmod 600"):
        load_key()


@pytest.mark.feature("F50")
def test_home_is_private_and_versioned(tmp_path):
    home = Home(tmp_path / "data").ensure()
    assert stat.S_IMODE(home.root.stat().st_mode) == 0o700
    (home.root / "format_version").write_text("99\n")
    with pytest.raises(PadananError, match="versi"):
        home.ensure()


@pytest.mark.feature("F50")
def test_reasons_carry_no_values():
    reason = safe_reason(ValueError("Could not convert string 'KANARI QWXZ' to INT 3171234567890123"))
    assert "KANARI" not in reason and "3171" not in reason


def test_full_disk_becomes_one_line():
    with pytest.raises(NoSpace, match="ruang simpan habis"), no_space_guard("landing"):
        raise OSError(28, "No space left on device")


def test_home_may_start_with_a_tilde_or_be_relative(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path / "saya"))
    monkeypatch.chdir(tmp_path)
    for given, meant in (("~/data rumah", tmp_path / "saya" / "data rumah"), ("data lain", tmp_path / "data lain")):
        monkeypatch.setenv("PADANAN_HOME", given)
        assert Home.from_env().root == meant
        monkeypatch.setenv("PADANAN_KEY_FILE", f"{given}/kunci")
        assert key_file().resolve() == meant / "kunci"


def test_reading_makes_no_home_but_knows_its_version(tmp_path):
    home = Home(tmp_path / "tidak ada")
    assert home.seen() is home and not home.root.exists()
    home.ensure()
    (home.root / "format_version").write_text("99\n")
    with pytest.raises(PadananError, match="data home berversi 99"):
        home.seen()
