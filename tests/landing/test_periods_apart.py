"""Periods do not disturb each other: what touches no input of a period leaves its inputs hash as it was."""

from __future__ import annotations

import dataclasses
import json
import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from padanan.base.errors import NoSpace, PadananError, SourceUnavailable
from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode
from padanan.contracts.contract import Contract
from padanan.contracts.version import expectations_version
from padanan.evidence.decisions import log_of, touching
from padanan.landing.landed import landed
from padanan.landing.receipt import Receipt
from padanan.records import anchors
from padanan.records.ledger import carry, release
from padanan.run.plan import make_plan
from tests.landing.deliveries import arrives

Take = Callable[..., Receipt]
S1, S2, NEXT = Periode(2025, 1), Periode(2025, 2), Periode(2026, 2)


@pytest.fixture
def two_periods(
    take: Take, dtks_file: Callable[..., Path], home: Home, contracts: dict[str, Contract], monkeypatch: pytest.MonkeyPatch
) -> Callable[[Periode], str]:
    """DTKS of both halves of 2025, standing in for Adminduk too; gives a period's inputs hash."""
    take(dtks_file("dtks_2025-05.csv", rows=20), day="2025-04-20")
    take(dtks_file("dtks_2025-10.csv", rows=21))
    monkeypatch.setattr("padanan.run.plan.reference", lambda known: known["dtks"])
    return lambda periode: make_plan(home, contracts, periode).inputs_hash


def decide(home: Home, entity_key: str, producer: str = "dtks") -> None:
    row = {
        "sumber": producer, "entity_key": entity_key, "sidik": "s", "register_key": "r", "id_penduduk": "p", "keputusan": "padan",
        "nama": "Petugas", "alasan": "uji",
    }  # fmt: skip
    log_of(home).append([row], datetime(2025, 11, 1, 8, tzinfo=JAKARTA))


def entity_keys(home: Home, month: str) -> set[str]:
    import pyarrow.parquet as pq

    (part,) = home.landing("dtks").glob(f"period={month}/*/part.parquet")
    return set(pq.read_table(part, columns=["_entity_key"])["_entity_key"].to_pylist())


def test_a_release_touches_only_the_period_that_reads_it(
    two_periods: Callable[[Periode], str], take: Take, dtks_file: Callable[..., Path], home: Home, contracts: dict[str, Contract]
) -> None:
    held = take(dtks_file("dtks_2025-11.csv", rows=45), day="2025-11-10")
    assert held.status == "ditahan"
    before = two_periods(S1), two_periods(S2)
    release(home, contracts, held.sha16, by="Ketua", reason="uji")
    after = two_periods(S1), two_periods(S2)
    assert after[0] == before[0] and after[1] != before[1]


def test_letting_one_period_read_old_data_leaves_the_others(
    two_periods: Callable[[Periode], str], take: Take, home: Home, contracts: dict[str, Contract]
) -> None:
    before = two_periods(S1), two_periods(S2)
    [sha16] = [path.name.removeprefix("delivery=") for path in home.landing("dtks").glob("period=2025-05/*")]
    carry(home, contracts, sha16, NEXT, by="Ketua", reason="uji")
    assert (two_periods(S1), two_periods(S2)) == before


def test_a_bad_or_later_delivery_leaves_earlier_periods(
    two_periods: Callable[[Periode], str], take: Take, dtks_file: Callable[..., Path]
) -> None:
    before = two_periods(S1), two_periods(S2)
    assert take(dtks_file("dtks_2025-10 rusak.csv", without=("nik",))).status == "karantina"
    assert take(dtks_file("dtks_2026-10.csv", rows=22), day="2026-10-10").status in ("diterima", "ditahan")
    assert (two_periods(S1), two_periods(S2)) == before


@pytest.mark.feature("F14")
def test_a_clerical_decision_is_an_input_of_the_periods_that_hold_its_record(
    two_periods: Callable[[Periode], str], home: Home
) -> None:
    only_s2 = entity_keys(home, "2025-10") - entity_keys(home, "2025-05")
    both = entity_keys(home, "2025-10") & entity_keys(home, "2025-05")
    start = two_periods(S1), two_periods(S2)
    decide(home, "tidak ada di mana pun")
    decide(home, next(iter(both)), producer="carik")
    assert (two_periods(S1), two_periods(S2)) == start, "no record of theirs"
    decide(home, next(iter(only_s2)))
    second = two_periods(S1), two_periods(S2)
    assert second[0] == start[0] and second[1] != start[1]
    decide(home, next(iter(both)))
    third = two_periods(S1), two_periods(S2)
    assert third[0] != second[0] and third[1] != second[1]


def test_touching_keeps_every_decision_in_order(two_periods: Callable[[Periode], str], home: Home) -> None:
    keys = sorted(entity_keys(home, "2025-10"))
    for key in (keys[3], "x", keys[1], keys[3]):
        decide(home, key)
    (part,) = home.landing("dtks").glob("period=2025-10/*/part.parquet")
    assert [row["entity_key"] for row in touching(home, {"dtks": [part], "carik": []})] == [keys[3], keys[1], keys[3]]


def test_another_years_plan_opens_no_revision(tmp_path: Path) -> None:
    for name in ("rules.yaml", "plans/2025.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("a: 1\n")
    before = expectations_version(tmp_path)
    (tmp_path / "plans" / "2027.yaml").write_text("tahun: 2027\n")
    assert expectations_version(tmp_path) == before


def order(home: Home, contract_id: str, month: str) -> Path:
    """A pull order whose server does not answer."""
    path = home.inbox(contract_id) / f"{contract_id}_{month}.tarik.yaml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"url_env: PADANAN_CARIK_URL\nperiode_data: '{month}'\n")
    return arrives(home, contract_id, path, f"{month}-10T09:00:00+07:00")


@pytest.mark.feature("F04")
def test_an_order_of_another_period_warns_and_stays(
    home: Home, contracts: dict[str, Contract], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pull order of 2026-10 without an answer once failed a run of 2025."""
    monkeypatch.setenv("PADANAN_CARIK_URL", "postgresql+psycopg://x@127.0.0.1:1/x")
    path = order(home, "carik", "2026-10")
    report = landed(home, contracts, "carik", S2)
    assert len(report.warnings) == 1 and "PostgreSQL" in report.warnings[0] and report.facts["tetap_di_inbox"] == 1
    assert path.exists()
    with pytest.raises(SourceUnavailable):
        landed(home, contracts, "carik", NEXT)


def test_the_accepted_delivery_is_used_when_a_newer_order_has_no_answer(
    take: Take, dtks_file: Callable[..., Path], home: Home, contracts: dict[str, Contract], monkeypatch: pytest.MonkeyPatch
) -> None:
    accepted = take(dtks_file())
    monkeypatch.setenv("PADANAN_CARIK_URL", "postgresql+psycopg://x@127.0.0.1:1/x")
    order(home, "dtks", "2025-11")
    form = {**contracts["dtks"].form, "url_env": ["PADANAN_CARIK_URL"]}
    report = landed(home, {**contracts, "dtks": dataclasses.replace(contracts["dtks"], form=form)}, "dtks", S2)
    assert report.present and report.deliveries == 1 and len(report.warnings) == 1
    assert accepted.folder.exists()


def test_a_full_disk_is_no_fault_of_one_file(
    dtks_file: Callable[..., Path], home: Home, contracts: dict[str, Contract], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = home.inbox("dtks")
    folder.mkdir()
    (folder / "dtks_2025-10.csv").write_bytes(dtks_file().read_bytes())

    def full(*_: object, **__: object) -> None:
        raise NoSpace("ruang simpan habis", cure="kosongkan")

    monkeypatch.setattr("padanan.landing.inbox.deliver", full)
    with pytest.raises(NoSpace):
        landed(home, contracts, "dtks", S2)


@pytest.mark.parametrize(
    "letter", ["diterima: 2025-13-45\n", "diterima: [1, 2]\n", "periode_data: {a: 1}\n", "- daftar\n", "\x00"]
)
def test_a_letter_that_breaks_its_reader_stops_nobody(
    dtks_file: Callable[..., Path], home: Home, contracts: dict[str, Contract], letter: str
) -> None:
    folder = home.inbox("dtks")
    folder.mkdir()
    for name in ("dtks_2025-09.csv", "dtks_2025-10.csv"):
        (folder / name).write_bytes(dtks_file("x.csv", rows=20 if "09" in name else 21).read_bytes())
    (folder / "dtks_2025-09.csv.pengantar.yaml").write_text(letter)
    arrives(home, "dtks", folder / "dtks_2025-10.csv", "2025-10-10T09:00:00+07:00")
    report = landed(home, contracts, "dtks", S2)
    assert report.present and report.facts["diproses_sekarang"] + report.facts["tetap_di_inbox"] == 2
    assert report.facts["kiriman_diterima"] == 1
    assert all("2025-13-45" not in line for line in report.warnings)


def test_now_is_never_an_input(two_periods: Callable[[Periode], str], monkeypatch: pytest.MonkeyPatch) -> None:
    before = two_periods(S2)

    class Later(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime(2031, 1, 1, tzinfo=JAKARTA)

    monkeypatch.setattr("padanan.records.arrivals.datetime", Later)
    assert two_periods(S2) == before


def test_a_run_without_the_decisions_of_the_last_one_is_refused(two_periods: Callable[[Periode], str], home: Home) -> None:
    """Decisions deleted whole leave nothing that is broken in itself: the next run made another padanan without a word."""
    decide(home, sorted(entity_keys(home, "2025-10"))[0])
    two_periods(S2)
    folder = home.published(S2, 1)
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"revisi": 1, anchors.ENTRY: anchors.seen(home)}))
    two_periods(S2)
    shutil.rmtree(home.decisions / "klerikal")
    with pytest.raises(PadananError, match="keputusan klerikal yang ada ketika revisi 1 terbit hilang"):
        two_periods(S2)
