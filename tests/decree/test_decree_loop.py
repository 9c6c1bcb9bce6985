"""The whole way without Dagster: refine, revision 2, waive, accept, report, discuss, draft, seal; and the same seal again."""

import json
from dataclasses import replace
from datetime import date, timedelta

import pytest

from padanan.base.errors import PadananError, SealedPeriod
from padanan.decree.approve import approve, open_change, replay
from padanan.decree.freeze import freeze_draft
from padanan.decree.verify import prove
from padanan.published.blockers import judge
from padanan.records.refusal import Refusal
from padanan.records.review_log import read_log
from padanan.records.seals import approved, closed, seals
from padanan.records.steps import acceptance, requests, state_of
from padanan.review.decision.actions import Decision, decide
from tests.review.decided_by_hand import (
    APPROVER,
    ASISTEN,
    NOW,
    PROPOSER,
    SEALED_AT,
    accept_all,
    annex,
    approval,
    publish,
    seal,
    to_draft,
    waivers_of,
    wish,
)
from tests.review.published_by_hand import PERIODE


def state(home, revisi):
    return state_of(read_log(home, PERIODE), revisi)


@pytest.mark.feature("F15", "F18")
def test_from_faulty_deliveries_to_a_sealed_decree_and_the_same_seal_again(published, tmp_path):
    home = published
    decide(home, wish(home, "perbaiki"), now=NOW)
    request = requests(read_log(home, PERIODE))
    assert [(item["jenis"], item["dari_revisi"], item["alasan"]) for item in request] == [
        ("perbaikan", 1, ["NIK DTKS harus dilengkapi"])
    ]
    with pytest.raises(Refusal, match="sudah dikembalikan"):
        accept_all(home)
    publish(home, 2, people=600, permintaan=request)
    assert {path.name for path in home.published(PERIODE).glob("rev-*")} == {"rev-1", "rev-2"}, "the refined revision is kept"

    wishes = waivers_of(home, 2)
    assert wishes
    with pytest.raises(Refusal, match=r"masih ada \d+ penghalang dan \d+ catatan kecil terbuka"):
        decide(home, wish(home, "terima", 2), now=NOW)
    decide(home, wish(home, "kecualikan", 2, waivers=wishes[:-1]), now=NOW)
    with pytest.raises(Refusal, match=r"masih ada \d+ catatan kecil terbuka"):
        decide(home, wish(home, "terima", 2), now=NOW)
    decide(home, wish(home, "terima", 2, waivers=wishes[-1:]), now=NOW)
    assert judge(home, PERIODE, 2).open(read_log(home, PERIODE), 2) == ()
    for number, (action, actor, expected) in enumerate(
        (("laporkan", "contoh.pelapor", "dilaporkan"), ("bahas", ASISTEN, "dibahas"), ("draf", "contoh.pelapor", "draft"))
    ):
        decide(home, Decision(PERIODE, 2, action, actor=actor), now=NOW + timedelta(days=number))
        assert state(home, 2) == expected
    freeze_draft(home, PERIODE, 2)
    folder = seal(home, 2)
    assert state(home, 2) == "ditetapkan"

    data = json.loads((folder / "segel.json").read_text())
    assert data["kepala_log"] == read_log(home, PERIODE).head
    assert (data["nomor"], data["tanggal"], data["ke"], data["revisi"]) == ("721 Tahun 2025", "2025-12-15", 1, 2)
    assert data["pengusul"]["id"] == PROPOSER and data["penyetuju"]["id"] == APPROVER
    assert data["lampiran"].keys() == {"lampiran.txt"}
    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    assert modes.pop("bnba.parquet") == 0o600 and set(modes.values()) == {0o400}
    assert data["bnba"]["jumlah"] == data["jumlah_orang"]
    assert {path.name for path in folder.parent.iterdir()} == {"ke-1", "rancangan"}, "nothing half-made is left"
    assert prove(home, PERIODE, again=True, annex=annex).faults == []

    again = tmp_path / "ulang"
    again.mkdir()
    (sealed,) = seals(home, PERIODE)
    assert replay(home, sealed, again, annex=annex).read_bytes() == (folder / "segel.json").read_bytes()
    assert (again / "data_sasaran.parquet").read_bytes() == (folder / "data_sasaran.parquet").read_bytes()


def test_the_discussion_may_send_it_back_and_the_acceptance_is_void(published):
    home = published
    accept_all(home)
    decide(home, Decision(PERIODE, 1, "laporkan", actor="contoh.pelapor"), now=NOW)
    with pytest.raises(Refusal, match="tanpa alasan"):
        decide(home, Decision(PERIODE, 1, "kembalikan", actor=ASISTEN), now=NOW)
    decide(home, Decision(PERIODE, 1, "kembalikan", actor=ASISTEN, reasons=("P3KE belum lengkap",)), now=NOW)
    log = read_log(home, PERIODE)
    assert state_of(log, 1) == "belum_direviu" and acceptance(log, 1) is None
    with pytest.raises(Refusal, match="tidak dapat diambil"):
        decide(home, Decision(PERIODE, 1, "bahas", actor=ASISTEN), now=NOW)
    decide(home, wish(home, "terima"), now=NOW)
    assert state(home, 1) == "direviu"


def test_no_step_is_skipped(published):
    home = published
    for action, actor in (("laporkan", "contoh.pelapor"), ("bahas", ASISTEN), ("draf", "contoh.pelapor")):
        with pytest.raises(Refusal, match="tidak dapat diambil"):
            decide(home, Decision(PERIODE, 1, action, actor=actor), now=NOW)
    freeze_draft(home, PERIODE, 1)
    with pytest.raises(Refusal, match="belum berupa draft"):
        seal(home)
    assert read_log(home, PERIODE).records == ()


@pytest.mark.feature("F18")
def test_a_sealed_period_is_closed_until_a_change_is_opened_and_closed_again_by_its_seal(published):
    home = published
    to_draft(home)
    seal(home)
    publish(home, 2, people=600)
    with pytest.raises(SealedPeriod):
        freeze_draft(home, PERIODE, 2)
    with pytest.raises(Refusal, match="sudah ditetapkan"):
        accept_all(home, 2)
    with pytest.raises(Refusal, match="tanpa alasan"):
        open_change(home, PERIODE, " ", proposer=PROPOSER, approver=APPROVER, now=SEALED_AT)
    with pytest.raises(Refusal, match="sendiri"):
        open_change(home, PERIODE, "pemekaran", proposer=APPROVER, approver=APPROVER, now=SEALED_AT)
    open_change(home, PERIODE, "data DTSEN diperbaiki", proposer=PROPOSER, approver=APPROVER, now=SEALED_AT)
    assert closed(home, PERIODE) is None
    assert requests(read_log(home, PERIODE))[-1]["jenis"] == "perubahan"
    with pytest.raises(Refusal, match="sudah dibuka"):
        open_change(home, PERIODE, "lagi", proposer=PROPOSER, approver=APPROVER, now=SEALED_AT)
    with pytest.raises(Refusal, match="sudah usang"):
        decide(home, wish(home, "terima", 1), now=SEALED_AT)
    to_draft(home, 2, SEALED_AT)
    with pytest.raises(Refusal, match="berikutnya ke-2"):
        approve(home, approval(2, 3), now=SEALED_AT, annex=annex)
    with pytest.raises(Refusal, match="nomor ini sudah dipakai"):
        approve(home, approval(2, 2, number="721 Tahun 2025"), now=SEALED_AT, annex=annex)
    seal(home, 2, 2)
    assert [item.ke for item in approved(home, 2025)] == [1, 2]
    assert closed(home, PERIODE).ke == 2, "the seal closes the period again"
    assert prove(home, PERIODE, again=True, annex=annex).faults == []


def test_repeating_an_approval_changes_nothing_and_another_number_is_refused(published):
    to_draft(published)
    folder = seal(published)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert seal(published) == folder
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    with pytest.raises(Refusal, match="ke-1 sudah ditetapkan"):
        approve(published, approval(number="9 Tahun 2025"), now=SEALED_AT, annex=annex)


def test_a_crash_between_log_and_rename_is_made_good_by_repeating(published, monkeypatch):
    to_draft(published)

    def killed(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("padanan.decree.approve.publish", killed)
        with pytest.raises(KeyboardInterrupt):
            seal(published)
    assert seals(published, PERIODE) == ()
    (fault,) = prove(published, PERIODE).faults
    assert "penetapan ke-1 hilang" in str(fault)
    head = read_log(published, PERIODE).head
    folder = seal(published)
    assert json.loads((folder / "segel.json").read_text())["kepala_log"] == head == read_log(published, PERIODE).head
    assert prove(published, PERIODE, again=True, annex=annex).faults == []


def test_a_failing_annex_seals_nothing(published):
    to_draft(published)
    head = read_log(published, PERIODE).head

    def broken(_folder, _seal):
        raise PadananError("templat rusak", cure="perbaiki")

    with pytest.raises(PadananError, match="templat rusak"):
        approve(published, approval(), now=SEALED_AT, annex=broken)
    assert read_log(published, PERIODE).head == head
    assert [path.name for path in published.decree(PERIODE).iterdir()] == ["rancangan"]
    seal(published)


@pytest.mark.feature("F18")
@pytest.mark.parametrize(
    "given, said",
    [
        ({"number": "Kepgub 7 untuk 3172016507800001"}, "memuat nomor panjang"),
        ({"day": date(2025, 10, 2)}, "sebelum kiriman terbaru"),
    ],
    ids=["a NIK in its number", "before its own data"],
)
def test_a_decree_bears_a_number_and_follows_its_data(published, given, said):
    """It stands in answers of the API, in registers and on every seal, and nothing takes it back."""
    to_draft(published)
    with pytest.raises(Refusal, match=said):
        approve(published, replace(approval(), **given), now=SEALED_AT, annex=annex)
    assert approved(published, 2025) == ()


@pytest.mark.feature("F18")
def test_the_governor_may_sign_before_the_planned_day(published):
    """The cut-off of a revision is that day until somebody says otherwise; its newest delivery is older."""
    to_draft(published)
    folder = approve(published, replace(approval(), day=date(2025, 11, 20)), now=SEALED_AT, annex=annex)
    assert json.loads((folder / "segel.json").read_text())["tanggal"] == "2025-11-20"
