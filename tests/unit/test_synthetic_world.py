"""The made-up population: lawful NIK, one head per card on every day, the same people in every period."""

from datetime import date

import numpy as np
import pytest
from stdnum.id import nik as stdnum_nik

from padanan.contracts.poverty import newest, published_poverty
from padanan.synthetic.base import CANARY, DE_FACTO, FAR, HEAD, RESIDENT, civil, days
from padanan.synthetic.profile import load_profile
from padanan.synthetic.wilayah import POPULATION, load_wilayah
from padanan.synthetic.world import build_world

RESIDENTS = 6_000


@pytest.fixture(scope="module")
def world():
    return build_world(RESIDENTS, 5, load_profile("default")["penduduk"], load_wilayah())


def test_residents_are_as_many_as_asked(world):
    start = days(date(2024, 7, 1))
    there = (world.kind == RESIDENT) & (world.birth <= start)
    assert int(there.sum()) == RESIDENTS


def test_nik_is_unique_and_tells_the_birth_it_was_issued_for(world):
    assert len(np.unique(world.nik)) == len(world)
    year, month, day = civil(world.nik_birth)
    told = world.nik // 10_000 % 1_000_000
    expected = (day + 40 * world.nik_female) * 10_000 + month * 100 + year % 100
    assert np.array_equal(told, expected)
    sample = [f"{value:016d}" for value in world.nik[world.nik >= 10**15][:500].tolist()]
    assert all(stdnum_nik.compact(value) == value and len(value) == 16 for value in sample)


def test_lawful_corrections_leave_the_nik_as_it_was(world):
    corrected = world.nik_birth != world.birth
    assert 0 < corrected.mean() < 0.05
    assert not corrected[world.kind == CANARY].any()


@pytest.mark.parametrize("day", [date(2024, 8, 1), date(2025, 4, 16), date(2025, 10, 1), date(2026, 10, 1)])
def test_every_card_has_exactly_one_head_on_every_day(world, day):
    """An incident that would break `clean`: a head dies, divorces or leaves and the card keeps no head, or two."""
    at = np.full(len(world), days(day), dtype=np.int32)
    who = np.flatnonzero(world.present(at)).astype(np.int32)
    cards, inverse = np.unique(world.kk_at(at[who], who), return_inverse=True)
    heads = np.bincount(inverse, weights=world.shdk_at(at[who], who) == HEAD)
    assert len(cards) > 1_000
    assert set(heads.tolist()) == {1.0}


def test_kota_weights_follow_the_population(world):
    kota = np.array(world.wilayah.kota_code)[world.kel1[world.kind == RESIDENT]]
    total = sum(POPULATION.values())
    for code, people in POPULATION.items():
        assert abs((kota == code).mean() - people / total) < 0.03


def test_life_goes_on(world):
    changed = world.kk_day < FAR
    assert (world.death < FAR).sum() > 20
    assert (world.leave < FAR).sum() > 20
    assert changed.sum() > 20 and (world.kk1[changed] != world.kk2[changed]).all()
    assert (world.birth > days(date(2024, 7, 1))).sum() > 20
    assert ((world.kind == DE_FACTO) & ~world.has_nik).sum() > 5


def test_names_are_invented_and_varied(world):
    names = world.names.to_pylist()
    assert all(name == name.upper().strip() and "  " not in name for name in names)
    assert len(set(names)) > 0.8 * len(names)
    assert 0.05 < np.mean([" " not in name for name in names]) < 0.30


@pytest.mark.feature("F51")
def test_the_poor_of_the_made_up_jakarta_are_as_many_as_published(world):
    """Desil 1 holds the extremely poor, desil 1 and 2 the poor, as BPS published them for the same month."""
    published = newest(published_poverty(), "extreme", date(2025, 12, 15))
    shares = np.array(load_profile("default")["penduduk"]["desil"])
    assert shares.sum() == pytest.approx(1) and shares[0] * 100 == pytest.approx(published.extreme)
    assert shares[:2].sum() * 100 == pytest.approx(published.poor)
    drawn = np.bincount(world.desil, minlength=11)[1:] / len(world)
    assert drawn == pytest.approx(shares, abs=0.025)
