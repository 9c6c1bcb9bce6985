"""A demo wipes only what a demo made: never a real home, never a delivery that somebody added."""

import pytest

from orchestration import demo_home
from padanan.base.errors import PadananError
from padanan.base.home import Home

FACTS = {"skala": 1, "profil": "clean", "seed": 1, "periode": "2025-S2"}


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "rumah")


def deliver(home, name="klj/period=2025-10/delivery=0123456789abcdef"):
    folder = home.root / "landing" / name
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text("{}")


def test_an_empty_home_is_taken_and_marked(home):
    demo_home.make_ready(home, FACTS)
    assert home.demo_marker.exists()


def test_a_home_with_real_data_is_refused_and_untouched(home):
    home.ensure()
    deliver(home)
    with pytest.raises(PadananError, match="bukan buatan demo"):
        demo_home.make_ready(home, FACTS)
    assert len(list(home.root.glob("landing/*/*/*/manifest.json"))) == 1


def test_a_finished_demo_is_wiped_but_nothing_beside_it(home):
    demo_home.make_ready(home, FACTS)
    deliver(home)
    (home.root / "samples").mkdir()
    (home.root / "samples" / "klj.csv").write_text("x")
    demo_home.close(home, FACTS)
    demo_home.make_ready(home, FACTS)
    assert not list(home.root.glob("landing/*"))
    assert (home.root / "samples" / "klj.csv").exists()


@pytest.mark.parametrize("added", ["landing", "inbox", "segel"])
def test_what_somebody_added_to_a_demo_home_keeps_it_from_being_wiped(home, added):
    demo_home.make_ready(home, FACTS)
    deliver(home)
    demo_home.close(home, FACTS)
    if added == "landing":
        deliver(home, "klj/period=2025-11/delivery=fedcba9876543210")
    elif added == "inbox":
        home.inbox("klj").mkdir(parents=True)
        (home.inbox("klj") / "baru.csv").write_text("x")
    else:
        seal = home.root / "decree" / "2025-07-01" / "ke-1"
        seal.mkdir(parents=True)
        (seal / "segel.json").write_text("{}")
    with pytest.raises(PadananError, match="dari luar demo"):
        demo_home.make_ready(home, FACTS)
    assert list(home.root.glob("landing/*/*/*/manifest.json"))


def test_an_interrupted_demo_can_be_started_again(home):
    demo_home.make_ready(home, FACTS)
    deliver(home)
    demo_home.make_ready(home, FACTS)
    assert not list(home.root.glob("landing/*"))


def seal(home, number=1):
    folder = home.root / "decree" / "2025-07-01" / f"ke-{number}"
    folder.mkdir(parents=True)
    (folder / "segel.json").write_text("{}")


@pytest.mark.parametrize("finished", [True, False])
def test_a_demo_that_seals_decrees_knows_its_own_seals(home, finished):
    facts = {**FACTS, demo_home.DECREES: True}
    demo_home.make_ready(home, facts)
    seal(home)
    if finished:
        demo_home.close(home, facts)
    demo_home.make_ready(home, facts)
    assert not list(home.root.glob("decree/*/ke-*"))


def test_a_seal_that_somebody_added_keeps_such_a_home_too(home):
    facts = {**FACTS, demo_home.DECREES: True}
    demo_home.make_ready(home, facts)
    seal(home)
    demo_home.close(home, facts)
    seal(home, 2)
    with pytest.raises(PadananError, match="1 segel penetapan dari luar demo"):
        demo_home.make_ready(home, facts)


def test_an_interrupted_demo_without_decrees_is_kept_with_a_seal(home):
    demo_home.make_ready(home, FACTS)
    seal(home)
    with pytest.raises(PadananError, match="segel penetapan"):
        demo_home.make_ready(home, FACTS)
