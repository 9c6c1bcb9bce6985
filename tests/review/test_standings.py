"""Every standing that a revision can have is told alike by card, block to sign, PDF and documents, whichever way it came about.

The standings come from the one list that there is, `padanan.records.standing.STANDINGS`: a new one fails here until it is shown.
"""

import re
import shutil
from datetime import timedelta

import docx
import pytest

from padanan.decree.approve import open_change
from padanan.decree.documents import documents_folder, write_documents
from padanan.decree.freeze import freeze_draft
from padanan.published.proof import faults_of_made
from padanan.records import steps
from padanan.records.review_log import read_log
from padanan.records.standing import CHANGING, REDONE, REPLACED, RETURNED, STANDINGS, standing
from padanan.review.decision.actions import Decision, decide
from padanan.review.report.pdf import FILE
from padanan.run.follow import follow, stale
from padanan.run.report import render_report
from tests.pdf_back import text_of
from tests.review.browser import asked
from tests.review.decided_by_hand import (
    APPROVER,
    ASISTEN,
    NOW,
    PROPOSER,
    REPORTER,
    SEALED_AT,
    accept_all,
    copy_of,
    demo_home,
    publish,
    scan,
    seal,
    wish,
)
from tests.review.pages_back import Page
from tests.review.published_by_hand import PERIODE

LATER = {steps.REPORT: REPORTER, steps.DISCUSS: ASISTEN, steps.DRAFT: REPORTER, steps.RETURN: ASISTEN}


def take(home, *actions):
    """Accepts, then takes those steps, a day apart."""
    accept_all(home)
    for day, action in enumerate(actions, 1):
        reasons = ("bahas lagi di wilayah",) if action == steps.RETURN else ()
        step = Decision(PERIODE, 1, action, actor=LATER[action], reasons=reasons)
        decide(home, step, now=NOW + timedelta(days=day))


def decreed(home):
    take(home, steps.REPORT, steps.DISCUSS, steps.DRAFT)
    seal(home)


def changing(home):
    decreed(home)
    options = {"proposer": PROPOSER, "approver": APPROVER, "scan": scan(home, "perubahan")}
    open_change(home, PERIODE, "perbaikan NIK Dukcapil", now=SEALED_AT + timedelta(days=3), **options)


def replaced(home):
    accept_all(home)
    publish(home, revisi=2, people=200)
    accept_all(home, 2, NOW + timedelta(days=9))


# Standing -> how revision 1 comes to it.
WAYS = {
    steps.NOT_REVIEWED: lambda home: None,
    RETURNED: lambda home: take(home, steps.REPORT, steps.RETURN),
    REDONE: lambda home: decide(home, wish(home, "perbaiki"), now=NOW),
    REPLACED: replaced,
    steps.REVIEWED: accept_all,
    steps.REPORTED: lambda home: take(home, steps.REPORT),
    steps.DISCUSSED: lambda home: take(home, steps.REPORT, steps.DISCUSS),
    steps.DRAFTED: lambda home: take(home, steps.REPORT, steps.DISCUSS, steps.DRAFT),
    steps.DECREED: decreed,
    CHANGING: changing,
}


OFTEN = (steps.NOT_REVIEWED, RETURNED, steps.REVIEWED, steps.DECREED, CHANGING)
"""Those that differ most; `make test-long` takes all."""


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A published revision with its report and documents, made before anybody decided."""
    home = demo_home(tmp_path_factory.mktemp("keadaan") / "data")
    publish(home, people=300)
    freeze_draft(home, PERIODE, 1)
    render_report(home, PERIODE, 1)
    write_documents(home, PERIODE, 1)
    return home


@pytest.fixture
def home(template, tmp_path):
    return copy_of(template, tmp_path / "data")


def words_of(path):
    """The text of a DOCX, tables too."""
    document = docx.Document(path)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return " ".join(" ".join([*(line.text for line in document.paragraphs), *cells]).split())


def test_the_list_of_standings_is_whole():
    assert {steps.NOT_REVIEWED, *steps.STATES} <= set(STANDINGS) == set(WAYS)
    assert len({item.name for item in STANDINGS.values()}) == len(STANDINGS)


@pytest.mark.feature("F15")
@pytest.mark.parametrize("key", [key if key in OFTEN else pytest.param(key, marks=pytest.mark.panjang) for key in STANDINGS])
def test_card_pages_and_documents_agree(home, tmp_path, key):
    before = Page(home.reports(PERIODE, 1) / "index.html").texts["rekomendasi"]
    WAYS[key](home)
    follow(home, PERIODE)
    log, words = read_log(home, PERIODE), STANDINGS[key]
    assert standing(log, 1).key == key and stale(home, PERIODE) == []
    folder = home.reports(PERIODE, 1)
    page = Page(folder / "index.html")
    card = next(found for tag, found in page.tags if found.get("id") == "kartu")
    assert card["data-keadaan"] == key
    assert page.texts["keadaan"] == f"Keadaan: {words.name}." and words.after in page.texts["berikut"]
    assert f"Keadaan reviu: <strong>{words.name}</strong>" in page.source
    said = " ".join(page.texts["rekomendasi"].split())
    printed = " ".join(text_of(folder / FILE).split())
    assert f"Keadaan reviu: {words.name}." in printed and said in printed
    sentence = standing(log, 1).sentence
    papers = {name: words_of(documents_folder(home, PERIODE, 1) / f"{name}.docx") for name in ("laporan-asisten", "berita-acara")}
    for name, text in papers.items():
        if words.decided:
            assert f"Padanan revisi 1: {words.name}." in text and before not in text, name
        else:
            assert " ".join(before.split()) in text, name
        assert (f"{sentence} Keadaan sekarang: {words.name}." if sentence else "Belum ada keputusan reviu") in text, name
    # Who decided, when and why stands on the card, or beside the advice where it was sent back.
    assert (said == sentence) is words.decided
    if sentence:
        assert sentence in " ".join(re.sub("<[^>]+>", " ", page.source).split())
    shutil.copytree(folder / "font", tmp_path / "font")
    bottom = asked(folder / "index.html", 1280, 800, "document.getElementById('kartu').getBoundingClientRect().bottom", tmp_path)
    assert 300 < bottom <= 800, f"kartu berakhir pada {bottom} piksel"


@pytest.mark.feature("F15")
def test_a_waiver_alone_shows_what_is_still_open(home):
    one = wish(home, "kecualikan", waivers=accepted_waivers(home)[:1])
    decide(home, one, now=NOW)
    assert stale(home, PERIODE) == [1]
    follow(home, PERIODE)
    said = Page(home.reports(PERIODE, 1) / "index.html").texts["putusan"]
    assert "1 penghalang atau catatan kecil sudah dikecualikan" in said and "masih terbuka" in said


def accepted_waivers(home):
    from tests.review.decided_by_hand import waivers_of

    return waivers_of(home)


def test_what_was_never_made_is_not_made_by_a_decision(home):
    shutil.rmtree(home.reports(PERIODE, 1))
    shutil.rmtree(documents_folder(home, PERIODE, 1))
    accept_all(home)
    assert follow(home, PERIODE) == [] and not home.reports(PERIODE, 1).exists()


@pytest.mark.feature("F15")
def test_an_edited_draft_survives_and_the_new_one_stands_beside_it(home):
    folder = documents_folder(home, PERIODE, 1)
    paper, note = folder / "laporan-asisten.docx", folder / "catatan sekretariat.txt"
    paper.write_bytes(paper.read_bytes() + b"disunting")
    note.write_text("nomor surat menyusul")
    edited = paper.read_bytes()
    accept_all(home)
    for _ in range(2):
        follow(home, PERIODE)
        assert paper.read_bytes() == edited and note.read_text() == "nomor surat menyusul"
        new = words_of(folder / "laporan-asisten.baru.docx")
        assert "direviu dan diterima" in new
        assert not [name for name in folder.iterdir() if ".baru-" in name.name]
    assert faults_of_made(home)[1] == [], "a file of people's is no fault of ours"
    fresh = folder / "laporan-asisten.baru.docx"
    fresh.write_bytes(fresh.read_bytes() + b"juga disunting")
    write_documents(home, PERIODE, 1)
    assert fresh.read_bytes().endswith(b"juga disunting") and paper.read_bytes() == edited
    assert (folder / "laporan-asisten.baru-2.docx").exists()
