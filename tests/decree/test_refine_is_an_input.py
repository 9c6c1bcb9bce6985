"""What the review asks for is an input of the run plan: a refine opens the next revision, accepting and waiving do not."""

import json
from datetime import datetime
from types import SimpleNamespace

import pytest

from padanan.base.period import JAKARTA
from padanan.contracts.contract import load_contracts
from padanan.contracts.version import expectations_version
from padanan.decree.approve import open_change
from padanan.records.review_log import read_log
from padanan.review.decision.actions import decide
from padanan.run.plan import decisions_version
from tests.planned import write_plan
from tests.review.decided_by_hand import APPROVER, NOW, PROPOSER, SEALED_AT, accept_all, publish, seal, to_draft, wish
from tests.review.published_by_hand import PERIODE
from tests.signed import write_manifest


@pytest.fixture
def plan(published, monkeypatch):
    """Plans the period of `published`, whose newest revision is what the plan gives today."""
    delivery = SimpleNamespace(
        contract_id="adminduk", sha16="a" * 16, periode_data="2025-11", bagian=None, rows_on=1,
        diterima=datetime(2025, 11, 9, tzinfo=JAKARTA), path=published.root / "landing" / "x" / "part.parquet", destroyed=None,
        carried=False, late=False, manifest={},
    )  # fmt: skip
    monkeypatch.setattr("padanan.records.active.active_deliveries", lambda *_: [delivery])
    (published.root / "landing" / "x").mkdir()
    write_manifest(published.root / "landing" / "x", {})
    contracts = load_contracts()

    def run(revisi):
        fresh = write_plan(published, contracts, PERIODE)
        path = published.published(PERIODE, revisi) / "manifest.json"
        manifest = json.loads(path.read_text())
        if fresh.revisi == revisi + 1 and manifest["inputs_hash"].startswith("000"):
            write_manifest(path.parent, manifest | {"inputs_hash": fresh.inputs_hash})
            fresh = write_plan(published, contracts, PERIODE)
        return fresh

    assert run(1).unchanged
    return run


@pytest.mark.feature("F15")
def test_accepting_and_waiving_open_no_revision(plan, published):
    before = decisions_version(published, {})
    accept_all(published)
    assert plan(1).unchanged and plan(1).revisi == 1
    assert decisions_version(published, {}) == before


@pytest.mark.feature("F15")
def test_refining_opens_the_next_revision_which_carries_the_reasons(plan, published):
    decide(published, wish(published, "perbaiki", reasons=("NIK DTKS kosong", "alamat Carik")), now=NOW)
    fresh = plan(1)
    assert (fresh.unchanged, fresh.revisi) == (False, 2)
    assert list(fresh.data.permintaan) == [
        {
            "jenis": "perbaikan",
            "dari_revisi": 1,
            "alasan": ["NIK DTKS kosong", "alamat Carik"],
            "catatan": read_log(published, PERIODE).head,
        }
    ]
    publish(published, 2, people=500)
    assert plan(2).unchanged, "the request was answered by revision 2"


@pytest.mark.feature("F18")
def test_an_opened_change_opens_the_next_revision_of_a_sealed_period(plan, published):
    to_draft(published)
    seal(published)
    open_change(published, PERIODE, "keputusan keliru", proposer=PROPOSER, approver=APPROVER, now=SEALED_AT)
    fresh = plan(1)
    assert (fresh.unchanged, fresh.revisi) == (False, 2)
    assert fresh.data.permintaan[0]["jenis"] == "perubahan"


def test_the_list_of_reviewers_is_no_input(tmp_path):
    (tmp_path / "rules.yaml").write_text("a: 1\n")
    before = expectations_version(tmp_path)
    (tmp_path / "reviewers.yaml").write_text("petugas: []\n")
    assert expectations_version(tmp_path) == before
