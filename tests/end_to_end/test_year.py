"""The made-up year as `make demo-year` lives it: it ends well, and what its home holds can be asked and proved afterwards.

The figures are held against the truth by the command itself; here that it does so, and that no output names anybody.
"""

import json
from datetime import timedelta

import duckdb
import pytest

from padanan.base.home import Home
from tests.end_to_end.conftest import run_module
from tests.numbers import numbers_in

pytestmark = pytest.mark.panjang
RESIDENTS = "800"


@pytest.fixture(scope="module")
def year(tmp_path_factory):
    base = tmp_path_factory.mktemp("tahun")
    home, key = base / "data", base / "kunci" / "hmac.key"
    done = run_module("orchestration.demo_year", "--scale", RESIDENTS, "--seed", "1", home=home, key=key)

    def ask(*words):
        return run_module("padanan.cli", *words, home=home, key=key)

    return Home(home), ask, done


def test_the_year_ends_with_both_errors_lower_and_every_promise_kept(year) -> None:
    home, _, done = year
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert "Baris prelist terbuka per orang, paling banyak: 1" in done.stdout
    for word in ("kekeliruan eksklusi", "kekeliruan inklusi", "LP3KE", "adendum-1", "Peringatan dini"):
        assert word in done.stdout, word
    assert len(list((home.root / "lp3ke").glob("*/rev-1/manifest.json"))) == 4
    assert len(list(home.root.glob("decree/*/ke-1/segel.json"))) == 2


def test_afterwards_everything_is_proved_and_nobody_is_named(year) -> None:
    _, ask, done = year
    proved = ask("verify")
    assert proved.returncode == 0, proved.stdout + proved.stderr
    told = done.stdout + done.stderr + proved.stdout
    for words in (("prelist",), ("siklus", "pilah"), ("peringatan", "daftar"), ("mendesak", "daftar"), ("bayar", "rekon")):
        answer = ask(*words)
        assert answer.returncode == 0, f"{words}: {answer.stderr}"
        told += answer.stdout + answer.stderr
    assert not numbers_in(told)


def test_a_person_of_the_year_is_told_as_known_on_each_day(year) -> None:
    """Whose payment came on a day was not yet paid as known the day before, also when it is asked a year later."""
    home, ask, _ = year
    events = home.root / "umpan_balik" / "realisasi" / "*" / "peristiwa.parquet"
    ((who, known),) = duckdb.execute(
        f"select id_orang, min(dicatat) from '{events}' where hasil = 'tersalur' and cara <> 'baru' "
        "and id_orang is not null group by 1 order by 2, 1 limit 1"
    ).fetchall()
    before = ask("person", who, "--known-at", (known - timedelta(1)).isoformat(), "--json")
    after = ask("person", who, "--known-at", known.isoformat(), "--json")
    assert json.loads(after.stdout)["keadaan"]["rupiah"] > 0
    if before.returncode:
        assert "tidak punya peristiwa" in before.stderr
    else:
        assert json.loads(before.stdout)["keadaan"]["rupiah"] == 0
    for path in (home.root / "logs").glob("*.log"):
        assert not numbers_in(path.read_text(encoding="utf-8", errors="replace")), path.name
