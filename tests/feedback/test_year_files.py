"""The made-up year: its files follow from seed and truth, intake takes every row but those with a fault that was put in, and the
errors of a decree are those of people counted by hand."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest

from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.contracts.feedback import REFUSED, load_catalogue, load_deliverable, load_feedback
from padanan.feedback.intake import take_all
from padanan.feedback.judge import asked, outcomes
from padanan.feedback.lines import open_lines
from padanan.feedback.state import Moment, open_state
from padanan.landing.land import deliver
from padanan.synthetic import year_files
from padanan.synthetic.year import months, open_year
from padanan.synthetic.year_errors import measured
from padanan.synthetic.year_files import FAULTS, KINDS, Habits, make_file
from padanan.synthetic.year_month import live_month, money
from tests.feedback.field import Field

YEAR = months("2026-01", 2)
DAY = date(2026, 1, 6)
# Their rows are about people of a publication; they are taken in with one, below.
KNOWN_ONLY = ("verivali", "desil")


def stand(home: Home, seed: int = 1, found: int = 1) -> duckdb.DuckDBPyConnection:
    """The truth of 600 people: half of them known, selected and paid KLJ, half newcomers who are waited for.

    Args:
        found: which half a visit found: 0 the known, 1 the newcomers.
    """
    con = open_year(home, residents=600, seed=seed, profile="default", start=YEAR[0].first, count=2)
    con.execute("insert into milik select 'o' || orang, orang, true from dunia where orang % 2 = 0")
    con.execute("insert into milik_baru select 'o' || orang, orang from dunia where orang % 2 = 1")
    con.execute("insert into sasaran_kini select 'o' || orang, 'klj,pkh' from dunia where orang % 2 = 0")
    con.execute("insert into diserahkan select md5('serah' || orang), 'o' || orang from dunia")
    open_state(con, home, load_feedback(), Moment(DAY, DAY))
    open_lines(con, home, load_catalogue(), today=DAY)
    con.execute(
        "insert into garis by name select 'o' || orang as id_orang, 'terbuka' as status, 3 as prioritas, "
        "date '2026-03-01' as tenggat from dunia where orang % 2 = 1"
    )
    con.execute(
        f"insert into keadaan by name select 'o' || orang as id_orang, case when orang % 2 = {found} then 'ditemukan' end "
        "as verivali_hasil, "
        f"false as meninggal_terverifikasi, case when orang % 6 = 0 then 'klj' end as siap from dunia where lahir < date '{DAY}'"
    )
    return con


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    monkeypatch.setenv("PADANAN_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("PADANAN_KEY_FILE", str(tmp_path / "key"))
    found = Home(tmp_path / "data").ensure()
    found.demo_marker.write_text("{}")
    yield found


def test_the_same_seed_makes_the_same_bytes(home: Home, tmp_path: Path) -> None:
    contracts = load_feedback()
    made: list[dict[str, bytes]] = []
    for turn, seed in enumerate((1, 1, 2)):
        con = stand(home, seed, found=0)
        files = [make_file(con, contracts[kind], YEAR[0], 0, tmp_path / str(turn), Habits()) for kind in KINDS]
        made.append({kind: one[0].read_bytes() for kind, one in zip(KINDS, files, strict=True) if one})
        con.close()
    assert made[0] == made[1] and made[0].keys() == set(KINDS)
    assert all(made[0][kind] != made[2][kind] for kind in KINDS)


def test_each_fault_is_named_after_a_rule_that_sends_a_row_back() -> None:
    contracts, catalogue = load_feedback(), load_catalogue()
    for kind, faults in FAULTS.items():
        assert set(faults) <= set(outcomes(asked(contracts[kind], catalogue))[REFUSED]), kind
        assert {cell for cell, _ in faults.values()} <= set(contracts[kind].column_names), kind


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in KNOWN_ONLY])
def test_intake_sends_back_the_faults_that_were_put_in_and_nothing_else(
    kind: str, home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(year_files, "FAULT_SHARE", 0.6)
    con, contract = stand(home), load_feedback()[kind]
    sent: set[str] = set()
    seen: set[str] = set()
    for number, month in enumerate(YEAR):
        again = sent
        made = make_file(con, contract, month, number, tmp_path / "berkas", Habits())
        assert made is not None
        path, rows = made
        wrong = con.execute(f"select urut, salah, {contract.column_names[0]} from berkas where salah is not null").fetchall()
        faulty = {line: rule for line, rule, _ in wrong}
        sent = {
            one[0] for one in con.execute(f"select {contract.column_names[0]} from berkas where salah is not null").fetchall()
        }
        with path.open(encoding="utf-8") as handle:
            numbers = [row[contract.columns[0].source] for row in csv.DictReader(handle)]
        assert len(numbers) == len(set(numbers)) == rows and again <= set(numbers) and not again & sent
        came = datetime.combine(month.received, datetime.min.time(), JAKARTA)
        receipt = deliver(home, load_deliverable(), kind, path, periode_data=month.label, diterima=came, jumlah_baris=rows)
        assert receipt.status == "diterima", receipt.flags
        (taken,) = take_all(home)
        found = duckdb.execute(
            "select baris, list(aturan) from read_parquet(?) where akibat = 'tolak' group by 1",
            [str(taken.page.with_name("celah.parquet"))],
        ).fetchall()
        assert {line for line, _ in found} == faulty.keys()
        assert all(faulty[line] in rules for line, rules in found)
        assert taken.events + taken.refused == rows
        seen |= set(faulty.values())
    assert seen == set(FAULTS[kind]) or (seen and kind == "lampid")


def test_the_errors_of_a_decree_counted_by_hand() -> None:
    with duckdb.connect() as con:
        con.execute(
            "create table dunia (orang bigint, lahir date, mati date, pergi date, datang date, desil integer, tercatat boolean)"
        )
        people = [
            # 1, 2 entitled and selected (2 twice); 3 entitled and missed; 4 the same, not registered in DKI
            *((one, "1980-01-01", None, None, None, 4, one != 4) for one in (1, 2, 3, 4)),
            (5, "1980-01-01", "2026-06-30", None, None, 1, True),  # died that very day
            (6, "1980-01-01", None, "2026-06-01", None, 1, True),  # moved away
            (7, "1980-01-01", None, None, None, 5, True),  # above the limit
            (8, "2026-07-01", None, None, None, 1, True),  # not born yet, nowhere
            (9, "1980-01-01", None, None, "2026-07-01", 1, True),  # comes tomorrow
            (10, "1980-01-01", "2026-07-01", None, None, 1, True),  # dies tomorrow: entitled
        ]
        con.executemany("insert into dunia values (?, ?, ?, ?, ?, ?, ?)", people)
        con.execute("create table milik as select 'o' || orang as id_orang, orang from dunia union all select 'o2b', 2")
        con.execute("create table sasaran_kini as select id_orang from milik where orang in (1, 2, 5, 6, 7, 9, 10)")
        # Entered as newcomers: 1, whom registries have by then, and 7, whom none has; 3 entered and was not selected.
        con.execute(
            "create table warga_kini as select * from (values ('o1', false), ('o7', true), ('o3', true)) t(id_orang, sendiri)"
        )
        found = measured(con, date(2026, 6, 30), 4)
    assert (found.entitled, found.missed, found.missed_outside) == (5, 2, 1)
    assert (found.selected, found.dead, found.away, found.above, found.twice) == (8, 1, 2, 1, 1)
    assert (found.exclusion, found.inclusion) == (2 / 5, 4 / 8)
    assert (found.newcomers, found.alone, found.entered, found.helped, found.outside) == (3, 2, 2, 1, 0)


@pytest.mark.lambat
def test_two_months_of_a_published_period(field: Field) -> None:
    from padanan.feedback.ranking import hand_over
    from padanan.synthetic.year import handed, own
    from tests.pipeline import PERIODE, RESIDENTS

    con = open_year(field.home, residents=RESIDENTS["default"], seed=7, profile="default", start=YEAR[0].first, count=len(YEAR))
    own(con, field.home, PERIODE, 1, [PERIODE])
    hand_over(field.home, PERIODE, 1, now=datetime(2025, 12, 22, 9, tzinfo=JAKARTA))
    handed(con, field.home)
    ((identifiers, people),) = con.execute("select count(*), count(distinct orang) from milik").fetchall()
    assert identifiers > 0 and people > identifiers * 0.98
    first, second = (live_month(con, field.home, month, place) for place, month in enumerate(YEAR))
    assert not first.unmeant and not second.unmeant
    assert first.most_lines == second.most_lines == 1
    assert first.rows["verivali"] > 50 and second.rows["realisasi"] > 100 and second.rows["desil"] > 20
    assert second.reasons["selesai"] > first.reasons["selesai"] > 0 and second.lines < first.lines
    told = money(con, field.home)
    assert told["dibayar"] == told["tercatat"] + told["bersengketa"] + told["dikembalikan"] > 0
    assert told["tercatat"] > 0
    # What was paid, once more: from the files' own cells.
    paid: dict[str, int] = {}
    for path in sorted((field.home.truth / "umpan_balik").glob("realisasi_*.csv")):
        with path.open(encoding="utf-8") as handle:
            for row in csv.DictReader(handle):
                if row["NOMINAL"].isdigit() and row["MASA"].startswith("20"):
                    sign = {"TERSALUR": 1, "KEMBALI": -1}.get(row["STATUS"], 0)
                    paid[row["NOMOR TRANSAKSI"]] = sign * int(row["NOMINAL"])
    assert sum(paid.values()) == told["tercatat"] + told["bersengketa"]
    con.close()
