"""Fixtures of decree: a publication by hand that every test gets a copy of."""

import pytest

from tests.review.decided_by_hand import copy_of, demo_home, publish


@pytest.fixture(scope="session")
def published_once(tmp_path_factory):
    home = demo_home(tmp_path_factory.mktemp("terbit") / "data")
    publish(home)
    return home


@pytest.fixture
def published(published_once, tmp_path):
    """A demo home with one published revision."""
    return copy_of(published_once, tmp_path / "data")
