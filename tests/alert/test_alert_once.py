"""One alert a fault: not again within a month, anew when it was mended and came back, and not forgotten when no sink took it."""

import os
from datetime import date

import pytest

from padanan.base.home import Home
from padanan.upkeep.alert import Alert, AlertResult
from padanan.upkeep.alert_once import send_once

ALERT = Alert(title="Kiriman klj dikarantina", body="GALAT: sebab. Perbaikan: cara")
TAKEN, LOST = AlertResult(("berkas",), {}), AlertResult((), {"berkas": "penuh"})
DAY = date(2026, 1, 1)


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "data").ensure()


def look(home, *names, day=DAY, result=TAKEN, **options):
    sent = []
    send_once(home, dict.fromkeys(names, ALERT), lambda alert: sent.append(alert) or result, day=day, **options)
    return len(sent)


def test_a_fault_is_told_once_and_again_after_a_month(home):
    days = (DAY, date(2026, 1, 30), date(2026, 1, 31))
    assert [look(home, "kiriman|a", day=day) for day in days] == [1, 0, 1]
    assert look(home, "kiriman|b", day=days[-1]) == 1, "another fault is another alert"


def test_a_mended_fault_is_told_anew_and_other_scopes_are_left_alone(home):
    assert look(home, "inbox|klj", scope="inbox|") == 1 and look(home, "tick|x", scope="tick|") == 1
    assert look(home, scope="inbox|") == 0
    assert look(home, "inbox|klj", scope="inbox|") == 1 and look(home, "tick|x", scope="tick|") == 0
    with pytest.raises(ValueError, match="scope"):
        look(home, "tick|x", scope="inbox|")


def test_what_no_sink_took_is_tried_again(home):
    assert [look(home, "a", result=LOST), look(home, "a"), look(home, "a")] == [1, 1, 0]


def test_two_lookers_at_once_send_one_alert(home):
    """The second waits for the first's note: a child looks while the parent is still sending."""
    read, write = os.pipe()

    def slow(alert):
        if (child := os.fork()) == 0:
            os.write(write, str(look(home, "a")).encode())
            os._exit(0)
        slow.child = child
        assert os.waitpid(child, os.WNOHANG) == (0, 0), "the child waits"
        return TAKEN

    send_once(home, {"a": ALERT}, slow, day=DAY)
    os.waitpid(slow.child, 0)
    assert os.read(read, 9) == b"0"


def test_one_sink_that_took_it_is_enough_and_so_is_having_none(home):
    """Mail is down, the file took it: not again each minute. No sink is set at all: nothing to try again."""
    for name, result in (("a", AlertResult(("berkas",), {"surel": "mati"})), ("b", AlertResult((), {}))):
        assert [look(home, name, result=result), look(home, name, result=result)] == [1, 0], name


def test_a_memory_cut_off_by_a_crash_is_told_anew_and_written_again(home):
    look(home, "a")
    (home.root / "logs" / "isyarat.json").write_text('{"a": "2026-')
    assert [look(home, "a"), look(home, "a")] == [1, 0]
