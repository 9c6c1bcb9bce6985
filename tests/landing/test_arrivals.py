"""What a period has of each producer: carried forward, too old, late, after the cut-off; and that every face says the same."""

from __future__ import annotations

import json
import random
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from padanan.base.errors import DeliveryError, PadananError
from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode, periode_end, periode_of
from padanan.contracts.contract import Contract
from padanan.contracts.due import YEARLY
from padanan.contracts.plan import YearPlan, load_plans
from padanan.landing.landed import landed
from padanan.landing.status import render, status
from padanan.published.deliveries import deliveries
from padanan.records.active import active_deliveries
from padanan.records.arrivals import arrivals, cutoff_of
from padanan.records.ledger import carried_by_decision, carry, release, released, releases
from padanan.run.plan import make_plan
from padanan.run.publication import manifest_of
from padanan.upkeep.calendar.year import DELIVERY, build
from tests.signed import write_manifest

PERIODS = [Periode(2025, 1), Periode(2025, 2), Periode(2026, 1), Periode(2026, 2), Periode(2027, 1)]
RETIRED = ("dtks", "p3ke_individu", "p3ke_keluarga")


@pytest.fixture(scope="module")
def plans() -> dict[int, YearPlan]:
    """The plans on file and one more year, so that five half-years have one."""

    known = dict(load_plans())
    known[2027] = known[2026].model_copy(
        update={"year": 2027, "decree_dates": {"2027-S1": date(2027, 6, 30), "2027-S2": date(2027, 12, 15)}}
    )
    return known


def put(
    home: Home,
    contract_id: str,
    periode_data: str,
    received: date,
    *,
    status: str = "diterima",
    late: bool = False,
    part: str | None = None,
    file: str = "kiriman.csv",
) -> str:
    """A landed (or, by its status, quarantined) delivery's manifest."""
    sha16 = f"{random.Random(f'{contract_id}{periode_data}{received}{status}{part}').getrandbits(64):016x}"
    aside = status in ("karantina", "ditolak")
    folder = (
        home.root / "quarantine" / contract_id / sha16
        if aside
        else home.landing(contract_id) / f"period={periode_data}" / f"delivery={sha16}"
    )
    folder.mkdir(parents=True)
    flags = [{"rule_id": "volume_berubah", "akibat": "tahan", "tempat": None, "pesan": "uji", "perbaikan": "uji"}]
    facts = {
        "contract_id": contract_id, "sha16": sha16, "sha256": sha16 * 4, "file": file, "periode_data": periode_data,
        "diterima": f"{received}T09:00:00+07:00", "bagian": part, "status": status, "late": late, "rows_in": 10, "rows_on": 10,
        "rows_aside": {}, "flags": flags if status == "ditahan" else [],
    }  # fmt: skip
    write_manifest(folder, facts)
    return sha16


def of(home: Home, contracts: dict[str, Contract], contract_id: str, periode: Periode, plans: dict[int, YearPlan]) -> Any:
    return arrivals(home, contracts, periode, plans=plans, day=date(2028, 1, 1))[contract_id]


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("2025", "2025-12-31"),
        ("2025-S1", "2025-06-30"),
        ("2025-S2", "2025-12-31"),
        ("2025-TW1", "2025-03-31"),
        ("2025-Q4", "2025-12-31"),
        ("2024-02", "2024-02-29"),
        ("2025-10-17", "2025-10-17"),
    ],
)
def test_the_last_day_of_the_data(text: str, end: str) -> None:
    assert periode_end(text).isoformat() == end


@pytest.mark.feature("F08")
def test_last_years_delivery_stands_in_and_counts_as_not_delivered(
    home: Home, contracts: dict[str, Contract], plans: dict[int, YearPlan]
) -> None:
    """The case that once passed as "tepat waktu": BSPS of November 2025 in a run for 2026-S2."""
    put(home, "bsps", "2025-11", date(2025, 11, 10))
    own = of(home, contracts, "bsps", Periode(2025, 2), plans)
    assert own.delivered and own.state == "tepat waktu" and own.carried == ()
    later = of(home, contracts, "bsps", Periode(2026, 2), plans)
    assert [item.periode_data for item in later.used] == ["2025-11"] == [item.periode_data for item in later.carried]
    assert not later.delivered and later.missing and later.state == "lewat tenggat" and later.received is None
    row = next(
        item
        for item in status(home, contracts, Periode(2026, 2), today=date(2026, 11, 20), plans=plans)["produsen"]
        if item["contract_id"] == "bsps"
    )
    assert (row["datang"], row["keadaan"], row["terbawa"][0]["periode_data"]) == (False, "lewat tenggat", "2025-11")
    text = render(status(home, contracts, Periode(2026, 2), today=date(2026, 11, 20), plans=plans))
    expected = sum(contract.in_force(Periode(2026, 2)) for contract in contracts.values())
    assert "terbawa 2025-11" in text and f"0 dari {expected} kontrak sudah mengirim untuk periode ini; 1 dibaca" in text


@pytest.mark.parametrize(("contract_id", "age"), [("pbi_jkn", 7), ("pkh", 9), ("klj", 12), ("bsps", 18), ("adminduk", 9)])
def test_beyond_its_age_nothing_is_read_to_the_day(
    home: Home, contracts: dict[str, Contract], plans: dict[int, YearPlan], contract_id: str, age: int
) -> None:
    """Cut-off 15 December 2026: data that end `age` months before it are read, those that end a day earlier are not."""
    assert contracts[contract_id].greatest_age == age
    month = 12 * 2026 + 12 - 1 - age
    edge = date(month // 12, month % 12 + 1, 15)
    just, over = edge.isoformat(), (edge - timedelta(days=1)).isoformat()
    put(home, contract_id, over, edge)
    stale = of(home, contracts, contract_id, Periode(2026, 2), plans)
    assert stale.used == () and [item.periode_data for item in stale.too_old] == [over] and stale.missing
    put(home, contract_id, just, edge)
    read = of(home, contracts, contract_id, Periode(2026, 2), plans)
    assert [item.periode_data for item in read.used] == [just] and read.too_old == ()


@pytest.mark.feature("F08")
def test_a_person_may_let_one_period_read_what_is_too_old(
    home: Home, contracts: dict[str, Contract], plans: dict[int, YearPlan]
) -> None:
    sha16 = put(home, "klj", "2025-05", date(2025, 5, 10))
    s2 = Periode(2026, 2)
    assert of(home, contracts, "klj", s2, plans).used == ()
    for by, reason in ((" ", "x"), ("Uji", ""), ("Uji", "NIK 3174011308900001")):
        with pytest.raises(DeliveryError):
            carry(home, contracts, sha16, s2, by=by, reason=reason)
    with pytest.raises(DeliveryError, match="lebih baru"):
        carry(home, contracts, sha16, Periode(2024, 2), by="Uji", reason="uji")
    with pytest.raises(DeliveryError, match="tidak ada"):
        carry(home, contracts, "ffffffff", s2, by="Uji", reason="uji")
    record = carry(
        home, contracts, sha16[:8], s2, by="Ketua Uji", reason="berita acara 3/2026", when=datetime(2026, 11, 1, tzinfo=JAKARTA)
    )
    assert (record["keputusan"], record["periode"], record["oleh"]) == ("pakai_lama", s2.key, "Ketua Uji")
    read = of(home, contracts, "klj", s2, plans)
    assert [item.sha16 for item in read.carried] == [sha16] and read.too_old == () and read.missing, "still not delivered"
    assert of(home, contracts, "klj", Periode(2027, 1), plans).used == (), "one period was decided, not every one"
    assert carry(home, contracts, sha16, s2, by="Lain", reason="lagi") == record and len(releases(home)) == 1
    assert carried_by_decision(home, date(2026, 10, 31)) == set() and released(home) == set()
    path = home.decisions / "pelepasan" / "kiriman.jsonl"
    carry(home, contracts, sha16, Periode(2027, 1), by="Ketua Uji", reason="lagi")
    path.write_text(path.read_text().replace("Ketua", "Kepala", 1))
    with pytest.raises(PadananError, match="catatan pelepasan berubah"):
        carried_by_decision(home)


def test_a_release_is_no_leave_to_read_old_data(home: Home, contracts: dict[str, Contract], plans: dict[int, YearPlan]) -> None:
    sha16 = put(home, "klj", "2025-05", date(2025, 5, 10), status="ditahan")
    release(home, contracts, sha16, by="Ketua", reason="uji")
    assert of(home, contracts, "klj", Periode(2025, 1), plans).delivered
    assert of(home, contracts, "klj", Periode(2026, 2), plans).used == ()


def test_what_comes_after_the_cutoff_is_told_and_not_read(
    home: Home, contracts: dict[str, Contract], plans: dict[int, YearPlan]
) -> None:
    put(home, "klj", "2025-10", date(2025, 12, 16), late=True)
    item = of(home, contracts, "klj", Periode(2025, 2), plans)
    assert (item.used, item.state, item.delivered, item.received) == ((), "datang setelah batas", False, date(2025, 12, 16))
    assert item.days_late == 31


def test_a_correction_of_a_delivery_in_time_is_in_time(
    home: Home, contracts: dict[str, Contract], plans: dict[int, YearPlan]
) -> None:
    put(home, "klj", "2025-10", date(2025, 10, 12))
    fixed = put(home, "klj", "2025-10", date(2025, 12, 1), late=True)
    item = of(home, contracts, "klj", Periode(2025, 2), plans)
    assert [one.sha16 for one in item.used] == [fixed]
    assert (item.state, item.received, item.days_late) == ("tepat waktu", date(2025, 10, 12), 0)


def test_a_part_that_is_carried_makes_the_whole_not_delivered(
    home: Home, contracts: dict[str, Contract], plans: dict[int, YearPlan]
) -> None:
    put(home, "klj", "2026-10", date(2026, 10, 12), part="3171")
    put(home, "klj", "2026-05", date(2026, 5, 12), part="3172")
    item = of(home, contracts, "klj", Periode(2026, 2), plans)
    assert [(one.bagian, one.carried) for one in item.used] == [("3171", False), ("3172", True)] and not item.delivered


def test_a_bad_delivery_stands_until_a_good_one_makes_it_good(
    home: Home, contracts: dict[str, Contract], plans: dict[int, YearPlan]
) -> None:
    put(home, "klj", "2025-10", date(2025, 10, 10), status="karantina")
    assert of(home, contracts, "klj", Periode(2025, 2), plans).aside
    put(home, "klj", "2025-09", date(2025, 10, 11))
    assert of(home, contracts, "klj", Periode(2025, 2), plans).aside, "another month's delivery mends nothing"
    put(home, "klj", "2025-10", date(2025, 10, 12), part="3172")
    assert of(home, contracts, "klj", Periode(2025, 2), plans).aside, "nor does another part's"
    put(home, "klj", "2025-10", date(2025, 10, 12))
    item = of(home, contracts, "klj", Periode(2025, 2), plans)
    assert item.aside == () and item.delivered
    put(home, "klj", "2025-10", date(2025, 10, 13), status="karantina")
    assert len(of(home, contracts, "klj", Periode(2025, 2), plans).aside) == 1, "a bad correction is told beside the good one"


def test_a_part_with_a_broken_letter_stands_when_the_next_part_comes(
    home: Home, contracts: dict[str, Contract], plans: dict[int, YearPlan]
) -> None:
    """Six files of six kota: the fourth's letter is broken, and the fifth, a second later, hid it from `status`."""
    put(home, "p3ke_keluarga", "2025-10", date(2025, 10, 10), part="3171", file="satu.xlsx")
    sha16 = put(home, "p3ke_keluarga", "2025-10", date(2025, 10, 10), status="karantina", file="dua.xlsx")
    folder = home.root / "quarantine" / "p3ke_keluarga" / sha16
    write_manifest(folder, json.loads((folder / "manifest.json").read_text()) | {"periode_data": None, "diterima": None})
    put(home, "p3ke_keluarga", "2025-10", date(2025, 10, 10), part="3173", file="tiga.xlsx")
    assert [item["sha16"] for item in of(home, contracts, "p3ke_keluarga", Periode(2025, 2), plans).aside] == [sha16]
    put(home, "p3ke_keluarga", "2025-10", date(2025, 10, 10), part="3172", file="dua.xlsx")
    assert not of(home, contracts, "p3ke_keluarga", Periode(2025, 2), plans).aside


def _years(home: Home, contracts: dict[str, Contract], plans: dict[int, YearPlan], seed: int) -> None:
    """Five half-years of deliveries with gaps, late ones, held and quarantined ones, corrections and missing months."""
    rng = random.Random(seed)
    for periode in PERIODS:
        for contract_id, contract in contracts.items():
            put_one = contract_id == "adminduk" or rng.random() < 0.55
            if not contract.in_force(periode) or not put_one:
                continue
            months = range(6) if contract.cadence == "bulanan" else rng.sample(range(6), k=rng.choice((1, 1, 2)))
            for offset in months:
                if contract_id != "adminduk" and rng.random() < 0.3:
                    continue
                month = date(periode.year, periode.start.month + offset, 1)
                last = cutoff_of(periode, plans)
                latest = last if contract_id == "adminduk" else last + timedelta(days=20)
                received = min(month + timedelta(days=rng.randrange(0, 70)), latest)
                kind = "diterima" if contract_id == "adminduk" else rng.choice(("diterima",) * 6 + ("ditahan", "karantina"))
                late = rng.random() < 0.2
                sha16 = put(home, contract_id, f"{month:%Y-%m}", received, status=kind, late=late)
                if kind == "ditahan" and rng.random() < 0.5:
                    release(
                        home,
                        contracts,
                        sha16,
                        by="Ketua",
                        reason="uji",
                        when=datetime.combine(received, datetime.min.time(), JAKARTA),
                    )


@pytest.mark.feature("F08")
@pytest.mark.parametrize("seed", range(4))
def test_every_face_says_the_same_of_five_half_years(
    home: Home, contracts: dict[str, Contract], plans: dict[int, YearPlan], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Status, run plan, manifest, report, calendar and Dagster's check: who delivered, who is carried forward, from when."""
    _years(home, contracts, plans, seed)
    for module in ("padanan.records.arrivals", "padanan.landing.status", "padanan.run.plan", "padanan.contracts.plan"):
        monkeypatch.setattr(f"{module}.load_plans", lambda *_: plans)
    carried_seen = missing_seen = 0
    for periode in PERIODS:
        day = periode.end
        found = arrivals(home, contracts, periode, plans=plans, day=day)
        delivered = {name for name, item in found.items() if item.delivered}
        carried = {name: sorted(one.periode_data for one in item.carried) for name, item in found.items() if item.carried}
        lacking = {name for name, item in found.items() if item.missing}
        carried_seen, missing_seen = carried_seen + len(carried), missing_seen + len(lacking)

        # An oracle of its own: whoever has an accepted delivery of the period, in time for its cut-off.
        cutoff, freed = cutoff_of(periode, plans), {(r["contract_id"], r["sha16"]) for r in releases(home)}
        expected = set()
        for path in home.root.glob("landing/*/period=*/delivery=*/manifest.json"):
            facts = json.loads(path.read_text())
            contract, own = contracts[facts["contract_id"]], periode_of(facts["periode_data"])
            same = own.year == periode.year and own <= periode if contract.cadence == YEARLY else own == periode
            good = facts["status"] == "diterima" or (facts["contract_id"], facts["sha16"]) in freed
            if contract.in_force(periode) and same and good and facts["diterima"][:10] <= cutoff.isoformat():
                expected.add(contract.id)
        assert delivered == expected
        assert lacking == {name for name, contract in contracts.items() if contract.in_force(periode)} - expected

        told = {row["contract_id"]: row for row in status(home, contracts, periode, today=day, plans=plans)["produsen"]}
        assert {name for name, row in told.items() if row["datang"]} == delivered
        assert {
            name: sorted(one["periode_data"] for one in row["terbawa"]) for name, row in told.items() if row["terbawa"]
        } == carried

        plan = make_plan(home, contracts, periode)
        assert {contract.id for contract in plan.data.contracts if contract.missing} == lacking
        manifest = manifest_of(plan, {}, {}, {})
        assert set(manifest["missing"]) == lacking
        named: dict[str, list[str]] = {}
        for one in manifest["terbawa"]:
            named.setdefault(one["contract"], []).append(one["periode_data"])
        assert {name: sorted(months) for name, months in named.items()} == carried
        assert {one["contract"] for one in manifest["deliveries"]} == delivered | set(carried)

        pages = deliveries(home, contracts, SimpleNamespace(periode=periode, manifest=manifest))  # type: ignore[arg-type]
        assert {name for name, item in pages.items() if item.delivered} == delivered
        assert {name: list(item.carried) for name, item in pages.items() if item.carried} == carried
        for name, item in pages.items():
            if item.delivered:
                assert item.state == found[name].state.replace(" ", "_"), (periode, name)
            assert (item.state == "terbawa") == (name in carried)

        calendar = build(home, contracts, periode.year, day=day, plans=plans)
        states = {
            entry.key.split()[1]: entry.state
            for entry in calendar.entries
            if entry.kind == DELIVERY and entry.key.split()[0] == periode.label
        }
        for name, state in states.items():
            if contracts[name].cadence != YEARLY:
                assert (state in ("tepat waktu", "terlambat")) == (name in delivered), (periode, name, state)

        for name in contracts:
            check = landed(home, contracts, name, periode)
            assert check.present == (name not in lacking) and list(check.carried) == carried.get(name, [])
            assert check.rows_lost == 0

        read = active_deliveries(home, contracts, periode, cutoff)
        for item in read:
            contract = contracts[item.contract_id]
            whole_months = (
                (cutoff.year - periode_end(item.periode_data).year) * 12 + cutoff.month - periode_end(item.periode_data).month
            )
            assert not item.carried or whole_months <= contract.greatest_age, "nothing older than its contract's age"
    assert carried_seen > 10 and missing_seen > 20, "the made-up years hold what is tested"
