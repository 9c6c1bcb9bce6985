"""`padanan report`: makes a report again, says where it lies, and says in Indonesian what is missing."""

import os

import pytest

from padanan.cli import main
from tests.review.published_by_hand import PERIODE, write_published


@pytest.fixture
def padanan(home, monkeypatch):
    monkeypatch.setenv("PADANAN_HOME", str(home.root))
    return lambda *words: main(["report", *words])


@pytest.mark.feature("F10")
def test_render_then_open(padanan, home, capsys):
    write_published(home, people=200)
    write_published(home, people=200, revisi=2)
    assert padanan("render", "--periode", "2025-S2", "--revisi", "1") == 0
    told = capsys.readouterr()
    page = home.reports(PERIODE, 1) / "index.html"
    assert told.out.strip() == str(page) and page.exists()
    assert [line[:5] for line in told.err.splitlines()] == ["[1/3]", "[2/3]", "[3/3]"]
    assert padanan("open") == 1  # the newest revision has no report yet
    assert "padanan report render --periode 2025-S2 --revisi 2" in capsys.readouterr().err
    assert padanan("render") == 0 and padanan("open") == 0
    assert capsys.readouterr().out.split()[-1] == os.fspath(home.reports(PERIODE, 2) / "index.html")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "belum ada yang terbit"),
        (("--periode", "2025-S2"), "belum ada revisi terbit"),
        (("--periode", "2025"), "tidak dikenal"),
    ],
)
def test_what_is_missing_is_said(padanan, capsys, words, message):
    assert padanan("render", *words) == 1
    assert message in capsys.readouterr().err


def test_an_unknown_revision_names_those_that_exist(padanan, home, capsys):
    write_published(home, people=100)
    assert padanan("render", "--revisi", "7") == 1
    assert "pilih revisi yang terbit: 1" in capsys.readouterr().err
