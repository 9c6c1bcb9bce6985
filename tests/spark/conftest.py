"""One session on a cluster of this machine for all of these tests; without pyspark (the base install) there are none of them."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from padanan.base.home import Home

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# `make test-spark` runs them in the environment of requirements-spark.lock; `make test` in that of requirements.lock.
collect_ignore_glob = [] if find_spec("pyspark") else ["test_*.py"]


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A home whose landing and warehouse are empty."""
    return Home(tmp_path_factory.mktemp("home")).ensure()


@pytest.fixture(scope="session")
def spark(home: Home) -> Iterator[SparkSession]:
    """Two workers of one core each, as `make spark` has them."""
    from padanan.spark.session import start

    session = start(home, "local-cluster[2,1,1024]")
    yield session
    session.stop()
