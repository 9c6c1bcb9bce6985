"""No penetapan without criteria that TKPK agreed; what was agreed stands in draft, annex and seal."""

import json

import docx
import pytest

from padanan.base.errors import PadananError
from padanan.decree.approve import approve
from padanan.decree.freeze import freeze_draft, verify_draft
from padanan.pages.words import without_long_runs
from tests.review.decided_by_hand import SEALED_AT, approval, demo_home, publish, to_draft
from tests.review.published_by_hand import PERIODE

TOLD = {"disepakati": None, "kalimat": ["Kriteria belum disepakati."], "dasar_hukum": []}


@pytest.mark.feature("F18")
@pytest.mark.parametrize("manifest", [{"kriteria": TOLD}, {"kriteria": {}}], ids=["not-agreed", "of-before"])
def test_an_unagreed_selection_is_not_frozen(tmp_path, manifest):
    """The refusal names the plan and what comes after it."""
    home = demo_home(tmp_path / "data")
    publish(home, people=40, **manifest)
    with pytest.raises(PadananError, match="belum disepakati") as caught:
        freeze_draft(home, PERIODE, 1)
    assert f"expectations/plans/{PERIODE.year}.yaml" in str(caught.value) and not (home.decree(PERIODE) / "rancangan").exists()


@pytest.mark.feature("F18")
def test_a_draft_of_unagreed_criteria_is_not_sealed(tmp_path, monkeypatch):
    """A draft from before criteria had to be agreed, or one that was put there by hand."""
    home = demo_home(tmp_path / "data")
    publish(home, people=40, kriteria=TOLD)
    monkeypatch.setattr("padanan.decree.freeze.require_agreed", lambda *_: None)
    to_draft(home)
    with pytest.raises(PadananError, match="belum disepakati"):
        approve(home, approval(), now=SEALED_AT)
    assert not list(home.decree(PERIODE).glob("ke-*"))


@pytest.mark.feature("F17")
def test_draft_annex_and_seal_say_the_criteria_and_the_law_of_each_source(published):
    to_draft(published)
    folder = approve(published, approval(), now=SEALED_AT)
    manifest = json.loads((published.published(PERIODE, 1) / "manifest.json").read_text())["kriteria"]
    assert (
        json.loads((folder / "segel.json").read_text())["kriteria"] == manifest == verify_draft(published, PERIODE, 1)["kriteria"]
    )
    printed = [paragraph.text for paragraph in docx.Document(folder / "lampiran.docx").paragraphs]
    printed += [cell.text for table in docx.Document(folder / "lampiran.docx").tables for row in table.rows for cell in row.cells]
    for sentence in (*manifest["kalimat"], "DTSEN dipakai berdasarkan Instruksi Presiden Nomor 4 Tahun 2025."):
        assert any(without_long_runs(sentence) in text for text in printed), sentence
