"""The code location, loaded once for all tests of this folder."""

import pytest


@pytest.fixture(scope="session")
def repository():
    from orchestration.definitions import defs

    return defs().get_repository_def()
