"""Fixtures of the door: decrees that are made once, a server over a copy, and both kinds of database for its state.

The PostgreSQL is the wheel's own, started once; where it is missing the tests say so.
"""

import itertools

import pytest
from sqlalchemy import create_engine, make_url

from padanan.base.errors import SourceUnavailable
from padanan.base.home import Home
from padanan.distribution.shelf import publish_decree
from tests.distribution.agencies_by_hand import serving
from tests.distribution.decree_by_hand import BEFORE, PERIODE, copy_home, seal_decree

_numbers = itertools.count(1)


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


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory):
    """The address of a PostgreSQL; a real one, from the wheel that the demo uses."""
    from padanan.synthetic.embedded_postgres import embedded_postgres

    try:
        with embedded_postgres(tmp_path_factory.mktemp("postgres")) as url:
            yield url
    except SourceUnavailable as missing:
        pytest.skip(f"PostgreSQL tidak terpasang: {missing.cause}")


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request, tmp_path):
    """An empty database for the state, of either kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'keadaan.sqlite'}"
    server = request.getfixturevalue("postgres_server")
    name = f"keadaan_{next(_numbers)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as con:
        con.exec_driver_sql(f"create database {name}")
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def served(decreed, database):
    """A server over a home of one's own."""
    with serving(decreed, database) as found:
        yield found
