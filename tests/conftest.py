"""What every test shares: a home and a key of its own, and the rule that CI skips nothing.

Fixtures of one stage belong to that stage's folder.
"""

import os

import pytest


@pytest.fixture(autouse=True)
def own_home_and_key(request, tmp_path_factory, monkeypatch):
    """No test may touch the checkout's data home or key."""
    base = tmp_path_factory.mktemp("padanan")
    monkeypatch.setenv("PADANAN_HOME", str(base / "data"))
    monkeypatch.setenv("PADANAN_KEY_FILE", str(base / "key"))


@pytest.fixture(autouse=True)
def no_waiting(monkeypatch):
    """A step that may be tried again is tried once more at once: no test waits for another process to end."""
    monkeypatch.setenv("PADANAN_RETRY_AFTER", "0")


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item, call):
    """Under PADANAN_REQUIRE_ALL=1 a skipped test is a failed one: a missing tool must not hide."""
    outcome = yield
    report = outcome.get_result()
    if os.environ.get("PADANAN_REQUIRE_ALL") == "1" and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome = "failed"
        report.longrepr = f"skipped under PADANAN_REQUIRE_ALL=1: {report.longrepr}"
