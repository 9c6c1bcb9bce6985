"""The code location, loaded once for all tests of this folder, and a fresh Dagster instance for each that asks."""

import pytest


@pytest.fixture(scope="session")
def repository():
    from orchestration.definitions import defs

    return defs().get_repository_def()


@pytest.fixture
def instance(tmp_path, monkeypatch):
    """Fresh storage below the project's own dagster.yaml."""
    monkeypatch.setenv("PADANAN_DAGSTER_STORAGE", str(tmp_path / "dagster"))
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    from orchestration.environment import prepare

    prepare()
    import dagster as dg

    with dg.DagsterInstance.get() as found:
        yield found
