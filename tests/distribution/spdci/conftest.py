"""One registry a module: two clients, two grants, a key that seals."""

import itertools
import os

import pytest
from sqlalchemy import create_engine, make_url

from tests.distribution.spdci import world as made

_numbers = itertools.count(1)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def state(request, tmp_path_factory):
    """The address of an empty database of either kind; what does not look at the state says one of them."""
    if request.param == "sqlite":
        return None
    server = request.getfixturevalue("postgres_server")
    name = f"spdci_{next(_numbers)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as con:
        con.exec_driver_sql(f"create database {name}")
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@pytest.fixture(scope="module")
def registry(tmp_path_factory, state):
    """`dinsos-uji` holds every column of its program, `sempit-uji` three in one kota, `tanpa-uji` no grant."""
    folder = tmp_path_factory.mktemp("spdci")
    before = os.environ.get("PADANAN_SEAL_KEY_FILE")
    os.environ["PADANAN_SEAL_KEY_FILE"] = str(folder / "kunci" / "segel_ed25519")
    world = made.build(folder, state)
    for name in ("dinsos-uji", "sempit-uji", "tanpa-uji"):
        world.client(name)
    world.book.give("luas", "dinsos-uji")
    world.book.give("sempit", "sempit-uji", kolom=["id_orang", "nama", "jk"], wilayah=["31.75"])
    yield world
    world.door.close()
    if before is None:
        del os.environ["PADANAN_SEAL_KEY_FILE"]
    else:
        os.environ["PADANAN_SEAL_KEY_FILE"] = before


@pytest.fixture()
def world(registry):
    """The registry, its clock set back, nothing waiting to be sent."""
    registry.door.clock = lambda: made.NOW
    registry.sent.clear()
    registry.answer = 200
    registry.door.window.reset()
    return registry


@pytest.fixture()
def wide(world):
    """The client that holds every column of its program."""
    return world.clients["dinsos-uji"]


@pytest.fixture()
def narrow(world):
    """The client that holds three columns in one kota."""
    return world.clients["sempit-uji"]


@pytest.fixture()
def nobody(world):
    """The client without a grant."""
    return world.clients["tanpa-uji"]
