"""The real families of a revision: counted again one by one in Python, reconciled to the rupiah, and covered (F49)."""

from collections import Counter, defaultdict
from decimal import ROUND_HALF_UP, Decimal

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.suppress import ALL
from padanan.contracts.field_rules import load_field_rules
from padanan.published.opened import open_published
from padanan.simulation.covered import FAMILIES, sheet, stopped
from padanan.simulation.document import CLASSES
from padanan.simulation.families import Families, Group, alternatives, paid_each, read_families, reconciled
from padanan.simulation.parameters import Mode, load_parameters
from padanan.simulation.run import simulate
from padanan.simulation.sweep import axis
from tests.pipeline import PERIODE as MADE
from tests.pipeline import period_once
from tests.review.published_by_hand import PERIODE
from tests.unit.test_covering import assert_protected

LINE = Decimal(622153)
PARAMETERS = load_parameters()


@pytest.fixture(scope="module")
def opened(simulated):
    source = open_published(simulated, PERIODE, 1)
    yield source
    source.con.close()


@pytest.fixture(scope="module")
def families(opened):
    return read_families(opened, PARAMETERS, load_field_rules())


def one_by_one(folder):
    """Every family by its key, by hand: (people, children, PKH, BPNT, kota)."""
    con = duckdb.connect()

    def rows(query, name):
        return con.execute(query, [str(folder / f"{name}.parquet")]).fetchall()

    judged = rows("select id_orang, id_keluarga, terpilih, kelompok_umur, kode_kota from read_parquet(?)", "sasaran")
    joined = dict(rows("select id_keluarga, id_keluarga_gabung from read_parquet(?)", "padanan_keluarga"))
    others = defaultdict(set)
    for person, family in rows("select id_orang, id_keluarga from read_parquet(?)", "anggota_keluarga"):
        if family in joined:
            others[person].add(joined[family])
    key_of = {person: card or min(others[person], default=f"sendiri {person}") for person, card, *_ in judged}
    tags = defaultdict(set)
    records = "select producer, id_orang, id_keluarga, status_program from read_parquet(?) where producer in ('pkh', 'sembako')"
    for program, person, card, status in rows(records, "padanan_record"):
        if status not in ("henti", "pemohon", "ditolak"):
            tags[key_of.get(person)].add(program)
            tags[card].add(program)
    found = {}
    for person, _, chosen, age, kota in judged:
        if chosen:
            people, children, _, _, place = found.get(key_of[person], (0, 0, False, False, None))
            mine = tags[key_of[person]]
            place = min([one for one in (place, kota) if one], default=None)
            found[key_of[person]] = people + 1, children + (age == "anak"), "pkh" in mine, "sembako" in mine, place
    return found


def paid(people, children, pkh, bpnt, mode, child=Decimal(1)):
    need = LINE * (people - children) + (LINE * child).quantize(Decimal(1), ROUND_HALF_UP) * children
    month = Decimal(550000) if mode is Mode.AS_PRINTED else Decimal("45833.33")
    left = need - (month if pkh else 0) - (150000 if bpnt else 0)
    return int(max(left, Decimal(0)).quantize(Decimal(1), ROUND_HALF_UP))


@pytest.mark.feature("F49")
@pytest.mark.parametrize("mode", list(Mode))
def test_every_family_is_paid_what_a_count_by_hand_pays(simulated, opened, families, mode):
    hand = one_by_one(simulated.published(PERIODE, 1))
    assert (families.count, families.people) == (len(hand), sum(people for people, *_ in hand.values()))
    by_hand = Counter((people - children, children, pkh, bpnt) for people, children, pkh, bpnt, _ in hand.values())
    counted = Counter()
    for one in families.groups:
        counted[one.adults, one.children, one.tag in ("PKH_BPNT", "PKH"), one.tag in ("PKH_BPNT", "BPNT")] += one.count
    assert counted == by_hand and len({one.tag for one in families.groups}) == len(CLASSES)
    for key, child in (("gkm", Decimal(1)), ("komposisi", Decimal("0.5"))):
        scenario = alternatives(PARAMETERS, LINE, mode)[key]
        total = sum(paid(*one[:4], mode, child) for one in hand.values())
        assert families.total(scenario) == paid_each(opened, scenario) == total


@pytest.mark.feature("F49")
def test_groups_and_families_reconcile_to_the_rupiah_and_a_rupiah_is_noticed(opened, families):
    scenarios = [one for mode in Mode for one in alternatives(PARAMETERS, LINE, mode).values()]
    reconciled(opened, families, scenarios)
    first = next(one for one in families.groups if scenarios[0].top_up(one.adults, one.children, one.tag))
    short = Families(tuple(one for one in families.groups if one is not first), families.people)
    with pytest.raises(PadananError, match=r"berbeda .* rupiah"):
        reconciled(opened, short, scenarios)


def test_nobody_selected_is_lost_or_counted_twice(opened, families):
    assert families.people == opened.value("select count(*) from sasaran where terpilih")
    assert sum(one.count for one in families.groups if one.kind == "kartu") == opened.value(
        "select count(distinct id_keluarga) from sasaran where terpilih and id_keluarga is not null"
    )
    assert {one.kind for one in families.groups} == {"kartu", "registri", "sendiri"}


def test_somebody_counted_twice_stops_the_count(simulated):
    source = open_published(simulated, PERIODE, 1)
    source.con.execute("create table semua as select * from sasaran")
    source.con.execute("create or replace view sasaran as from semua union all (from semua where terpilih limit 1)")
    with pytest.raises(PadananError, match=r"\d+ orang terpilih, tetapi \d+ orang di keluarga"):
        read_families(source, PARAMETERS, load_field_rules())
    source.con.close()


def test_an_aid_that_is_just_the_need_leaves_nothing_to_add():
    scenario = alternatives(PARAMETERS, Decimal(550000), Mode.AS_PRINTED)["gkm"]
    assert (scenario.top_up(1, 0, "PKH"), scenario.nothing(1, 0, "PKH")) == (0, True)
    assert (scenario.top_up(1, 0, "PKH_BPNT"), scenario.nothing(2, 0, "PKH_BPNT")) == (0, False)
    khl = alternatives(PARAMETERS, LINE, Mode.UNIT_CORRECTED)["khl_20"]
    assert (khl.need(3, 2), khl.top_up(3, 2, "TANPA"), khl.top_up(3, 2, "PKH")) == (1391608, 1391608, 1345775)


def test_whoever_stopped_tags_no_family(opened, families):
    """Everybody's status says so: without it more families would be tagged."""
    tagged = sum(one.count for one in families.groups if one.tag != "TANPA")
    fields = load_field_rules()
    loose = read_families(opened, PARAMETERS, type("Fields", (), {"penerima": "true"})())
    assert tagged < sum(one.count for one in loose.groups if one.tag != "TANPA")
    read_families(opened, PARAMETERS, fields)  # as it was, for the tests after this one


@pytest.mark.parametrize("mode", list(Mode))
def test_no_small_cell_can_be_told_and_money_stands_only_beside_printed_counts(families, mode):
    """A reader with every printed figure, the marks and all sums, several scenarios beside each other among them."""
    every = [made for one in Mode for made in alternatives(PARAMETERS, LINE, one).values()]
    every += [alternatives(PARAMETERS, LINE * Decimal(step) / 10, mode)["gkm"] for step in range(3, 16, 3)]
    made = sheet(families, every, 0 if mode is Mode.AS_PRINTED else 4)
    assert_protected(made.cells.declared, made.cells.solved)
    hidden = shown = 0
    for by, rows in made.rows.items():
        for row in rows:
            keys = [made.tag_key(by, row, tag) for tag in (*CLASSES, ALL)]
            keys += [made.people_key(by, row, who) for who in ("dewasa", "anak", ALL)] + [made.stopped_key(by, row)]
            if made.money(by, row) is None:
                hidden += 1
            else:
                shown += 1
                assert not [key for key in keys if made.cells.mark(key)]
    assert hidden and shown
    assert made.cells.value(FAMILIES) == families.count
    for place, scenario in enumerate(every):
        assert made.cells.value(stopped(place)) == families.without(scenario)
        if made.cells.mark(stopped(place)):
            assert made.total(place) is None


def test_a_kind_of_two_families_hides_what_the_scenario_pays():
    """Sixty lone adults and two with twice the aid stop at 0: to the rupiah the sum would tell how many are of which kind."""
    plain = [Group("31.71", "1", "kartu", 3, 0, tag, 50, 0) for tag in CLASSES]
    both, few = Group("31.71", "1", "kartu", 1, 0, "PKH", 60, 0), Group("31.71", "1", "kartu", 1, 0, "PKH_BPNT", 2, 0)
    scenario = alternatives(PARAMETERS, Decimal(500000), Mode.AS_PRINTED)["gkm"]
    people = sum(one.count * one.adults for one in (*plain, both, few))
    told = sheet(Families((*plain, both), people - 2), [scenario])
    hidden = sheet(Families((*plain, both, few), people), [scenario])
    assert told.total(0) == told.families.total(scenario)
    assert hidden.total(0) is None and hidden.money("kota", "31.71") is None


def test_the_few_who_are_left_beside_printed_kinds_are_protected():
    """Of 113 families with PKH sixty of one person and fifty of two stop at 0: who pays to the rupiah tells the other three."""
    plain = [Group("31.71", "1", "kartu", 3, 0, tag, 50, 0) for tag in ("PKH_BPNT", "BPNT", "TANPA")]
    cash = [Group("31.71", "1", "kartu", people, 0, "PKH", count, 0) for people, count in ((1, 60), (2, 50), (5, 3))]
    found = (*plain, *cash)
    families = Families(found, sum(one.count * one.adults for one in found))
    stops, more = (alternatives(PARAMETERS, Decimal(line), Mode.AS_PRINTED)["gkm"] for line in (250_000, 100_000))
    assert [families.without(one) for one in (stops, more)] == [110, 163]
    assert sheet(families, [stops]).total(0) is None


groups = st.lists(
    st.builds(
        Group, st.sampled_from(["31.71", "31.72", "-"]), st.sampled_from(["1", "4", "-"]), st.sampled_from(["kartu", "sendiri"]),
        st.integers(0, 4), st.integers(0, 4), st.sampled_from(CLASSES), st.integers(1, 40), st.just(0),
    ).filter(lambda one: one.adults + one.children > 0),
    min_size=1, max_size=12,
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(groups, st.integers(100_000, 900_000), st.sampled_from(list(Mode)))
def test_rows_add_up_and_a_higher_line_pays_every_family_at_least_as_much(found, line, mode):
    made = Families(tuple(found), sum(one.count * (one.adults + one.children) for one in found))
    low, high = (alternatives(PARAMETERS, Decimal(line + more), mode)["gkm"] for more in (0, 1000))
    for one in found:
        assert 0 <= low.top_up(one.adults, one.children, one.tag) <= high.top_up(one.adults, one.children, one.tag)
    covered = sheet(made, [low, high])
    for by, rows in covered.rows.items():
        whole = [covered.money(by, row) for row in rows]
        if None not in whole and (total := covered.money(by, ALL)) is not None:
            assert sum(whole) == total == made.total(low)
    assert_protected(covered.cells.declared, covered.cells.solved)


def test_a_sweep_over_families_rises_with_the_line(simulated):
    run = simulate(PARAMETERS, Mode.UNIT_CORRECTED, "gkm", [axis("gkm=0.8:1.2:0.2")], (simulated, PERIODE, 1))
    totals = [run.real.sheet.families.total(run.real.sheet.scenarios[place]) for place in run.real.points]
    assert totals == sorted(totals) and totals[1] == run.real.sheet.total(run.real.places[Mode.UNIT_CORRECTED, "gkm"])
    assert run.real.line.month == "2025-09"


def test_a_program_without_a_contract_is_refused(simulated, monkeypatch):
    wrong = PARAMETERS.cash.model_copy(update={"program": "tidak_ada"})
    object.__setattr__(made := load_parameters(), "cash", wrong)
    with pytest.raises(PadananError, match="tidak punya kontrak"):
        simulate(made, published=(simulated, PERIODE, 1))


@pytest.mark.lambat
@pytest.mark.feature("F49")
def test_a_revision_that_the_pipeline_published(tmp_path_factory, monkeypatch):
    home, key, folder = period_once(tmp_path_factory, "default")
    monkeypatch.setenv("PADANAN_KEY_FILE", str(key))
    run = simulate(PARAMETERS, published=(Home(home), MADE, int(folder.name.removeprefix("rev-"))))
    found = run.real.sheet.families
    hand = one_by_one(folder)
    assert (found.count, found.people) == (len(hand), sum(people for people, *_ in hand.values()))
    for mode in Mode:
        scenario = run.real.sheet.scenarios[run.real.places[mode, "gkm"]]
        line = run.real.line.food_line
        assert scenario.adult == line == LINE
        assert found.total(scenario) == sum(paid(*one[:4], mode) for one in hand.values())
    assert_protected(run.real.sheet.cells.declared, run.real.sheet.cells.solved)
