"""Fixtures of the door: decrees that are made once, a server over a copy, and both kinds of database for its state.

The PostgreSQL is the wheel's own, started once; where it is missing the tests say so.
"""

import pytest

from padanan.base.home import Home
from padanan.distribution.shelf import publish_decree
from tests.distribution.agencies_by_hand import serving
from tests.distribution.decree_by_hand import BEFORE, PERIODE, copy_home, seal_decree


@pytest.fixture(scope="session")
def decreed_once(tmp_path_factory):
    """A home with the decrees of two periods; the newer one can be asked for its changes."""
    root = tmp_path_factory.mktemp("penetapan") / "data"
    home = Home(root).ensure()
    (root / "demo.json").write_text("{}")
    seal_decree(home, BEFORE)
    seal_decree(home, PERIODE, shift=60)
    publish_decree(home, PERIODE)
    return home


@pytest.fixture
def decreed(decreed_once, tmp_path):
    """A home of one's own."""
    return copy_home(decreed_once, tmp_path / "data")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path):
    """An empty database for the state, of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'keadaan.sqlite'}"
    return request.getfixturevalue("postgres_database")


@pytest.fixture
def served(decreed, database):
    """A server over a home of one's own."""
    with serving(decreed, database) as found:
        yield found
