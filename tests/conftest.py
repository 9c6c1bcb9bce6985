"""What every test shares: a home and a key of its own, and the rule that CI skips nothing.

Fixtures of one stage belong to that stage's folder.
"""

import itertools
import os
import tempfile
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from padanan.base.sshsig import SealKey, private_text

# Every test signs with one key, so that what one fixture made for many tests is as genuine in each of them.
TEST_KEY = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
SEAL_TEXT = private_text(SealKey(Ed25519PrivateKey.from_private_bytes(bytes.fromhex(TEST_KEY))))
_databases = itertools.count(1)


def write_key(path):
    """The tests' keys, of signatures and of seals, in files of their own, in a folder that nobody else may read."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.write_text(TEST_KEY + "\n")
    path.chmod(0o600)
    # As `write_seal_key` writes it, but for the disk's word that it lies there: thousands of tests ask for it.
    seal = path.with_name("segel_ed25519")
    if not seal.exists():
        seal.write_text(SEAL_TEXT)
        seal.chmod(0o600)
    return path


def pytest_configure(config):
    """What fixtures of a whole session make is signed with the tests' key too, never with the checkout's."""
    folder = Path(tempfile.mkdtemp(prefix="padanan-kunci-"))
    config.add_cleanup(lambda: [path.unlink() for path in folder.iterdir()] and folder.rmdir())
    os.environ["PADANAN_KEY_FILE"] = str(write_key(folder / "key"))


# What takes minutes goes first, so that no worker is left alone with it at the end; what asks for the same demo or the same
# period stands apart, so that no worker waits while the other makes it.
LONG = (
    "tests/end_to_end/test_year.py",
    "tests/end_to_end/test_demo_run.py",
    "tests/end_to_end/test_other_periods.py",
    "tests/cleansing/test_gaps_equal_truth.py",
    "tests/end_to_end/test_each_asset_alone.py",
    "tests/end_to_end/test_review_loop.py",
    "tests/padanan/test_linkage_oracle.py",
    "tests/dbt/test_dbt_project.py",
    "tests/faults/test_every_operation.py",
)


def pytest_collection_modifyitems(items):
    """The long files first, everything else as collected."""
    rank = {name: place for place, name in enumerate(LONG)}
    items.sort(key=lambda item: rank.get(item.nodeid.partition("::")[0], len(LONG)))


@pytest.fixture(autouse=True)
def own_home_and_key(request, tmp_path_factory, monkeypatch):
    """No test may touch the checkout's data home or key; the key's file is the test's own, its content everybody's."""
    base = tmp_path_factory.mktemp("padanan")
    monkeypatch.setenv("PADANAN_HOME", str(base / "data"))
    monkeypatch.setenv("PADANAN_KEY_FILE", str(write_key(base / "key")))


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    """A step that may be tried again is tried once more at once: no test waits for another process to end."""
    monkeypatch.setenv("PADANAN_RETRY_AFTER", "0")


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory):
    """The address of a PostgreSQL; a real one, from the wheel that the demo uses."""
    from padanan.base.errors import SourceUnavailable
    from padanan.synthetic.embedded_postgres import embedded_postgres

    try:
        with embedded_postgres(tmp_path_factory.mktemp("postgres")) as url:
            yield url
    except SourceUnavailable as missing:
        pytest.skip(f"PostgreSQL tidak terpasang: {missing.cause}")


@pytest.fixture
def postgres_database(postgres_server):
    """The address of an empty database of one's own on it."""
    return new_database(postgres_server)


def new_database(server):
    """Makes an empty database on a server and gives its address; none is used twice: who left one may hold it a while longer."""
    from sqlalchemy import create_engine, make_url

    name = f"uji_{next(_databases)}"
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    with engine.connect() as con:
        con.exec_driver_sql(f"create database {name}")
    engine.dispose()
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Under PADANAN_REQUIRE_ALL=1 a skipped test is a failed one: a missing tool must not hide."""
    outcome = yield
    report = outcome.get_result()
    if os.environ.get("PADANAN_REQUIRE_ALL") == "1" and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped under PADANAN_REQUIRE_ALL=1: {report.longrepr}"
