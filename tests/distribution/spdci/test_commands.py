"""`padanan spdci`: what was agreed is written down, and the queue is looked after without a server."""

import base64

import pytest

from padanan.base.home import Home
from padanan.cli import main
from padanan.distribution.spdci.partners import partner_of
from padanan.distribution.state.store import open_store

pytestmark = pytest.mark.feature("F20")
KEY = base64.b64encode(bytes(range(32))).decode()


@pytest.fixture
def state():
    """Each command opens its own."""
    return None


def agreed(*more):
    return main(["spdci", "agree", "dinsos-siks", *more, "--by", "Pengelola Sistem"])


def test_agreeing(capsys):
    add = ["klien", "add", "dinsos-siks", "--agency", "dinsos", "--scope", "sasaran:bnba", "--secret-until", "2099-06-30"]
    assert main([*add, "--by", "Pengelola Sistem"]) == 0
    said = ["--key-id", "kunci-1", "--public-key", KEY, "--callback", "https://siks.contoh.id/dci"]
    assert agreed(*said) == 0 and "tercatat" in capsys.readouterr().out
    store = open_store(Home.from_env())
    found = partner_of(store, "dinsos-siks")
    assert (found.key_name, found.public, found.must_sign) == ("kunci-1", bytes(range(32)), True)
    # A later one takes its place, whole.
    assert agreed("--unsigned") == 0
    found = partner_of(store, "dinsos-siks")
    assert (found.public, found.address, found.must_sign) == (None, None, False)
    assert agreed("--key-id", "kunci-1") == 1 and agreed() == 1
    assert agreed("--unsigned", "--callback", "http://127.0.0.1:8000") == 1
    store.close()


def test_nothing_to_tell_or_send(capsys):
    assert main(["spdci", "notify"]) == 0 and main(["spdci", "send"]) == 0
    assert capsys.readouterr().out == "0 pemberitahuan disiapkan.\n0 panggilan balik sampai.\n"
