"""Wrong decisions by command, one after the other: each is refused with option, cause and cure, and the log stays as it was."""

from datetime import datetime

import pytest

from padanan.base.errors import ContractError
from padanan.base.format import fingerprint
from padanan.base.period import JAKARTA
from padanan.cli import main
from padanan.records.decided import fingerprint_of
from padanan.records.people import load_reviewers
from padanan.records.refusal import Refusal
from padanan.records.review_log import log_path, read_log
from padanan.records.scans import normal_digest, scan_path
from padanan.review.decision.actions import Decision, decide
from padanan.review.decision.waived import Waiver
from tests.review.decided_by_hand import (
    APPROVER,
    NOW,
    PROPOSER,
    accept_all,
    copy_of,
    demo_home,
    publish,
    scan,
    waivers_of,
    wish,
)
from tests.review.published_by_hand import PERIODE

pytestmark = pytest.mark.feature("F15")


@pytest.fixture(scope="module")
def published_once(tmp_path_factory):
    home = demo_home(tmp_path_factory.mktemp("tolak") / "data")
    publish(home)
    return home


@pytest.fixture
def home(published_once, tmp_path, monkeypatch):
    home = copy_of(published_once, tmp_path / "data")
    monkeypatch.setenv("PADANAN_HOME", str(home.root))
    return home


WAIVE = Waiver("dtks", "nik_kosong", "99.99", "alasan")
WRONG = {
    "unknown proposer": ({"proposer": "siapa"}, "tidak dikenal"),
    "approver out of validity": ({"approver": "contoh.lama"}, "masa berlaku"),
    "approver without the role": ({"approver": "contoh.asisten"}, "tidak berperan"),
    "one person alone": ({"proposer": APPROVER}, "sendiri"),
    "no proposer": ({"proposer": ""}, "belum diisi"),
    "wrong fingerprint": ({"fingerprint": "ab" * 32}, "nilai hash"),
    "half a fingerprint": ({"fingerprint": "abcd"}, "nilai hash"),
    "unpublished revision": ({"revisi": 9}, "belum terbit"),
    "no scan": ({"scan": None}, "belum dilampirkan"),
    "open penghalang": ({"waivers": ()}, "penghalang dan .* catatan kecil terbuka"),
    "no penghalang of this revision": ({"waivers": (WAIVE,)}, "bukan penghalang"),
    "control characters": ({"reasons": ("a\x07b",)}, "tidak terbaca"),
    "a long number": ({"reasons": ("NIK 3171-9999-9999-9901",)}, "nomor panjang"),
    "unknown action": ({"action": "setujui"}, "tidak dikenal"),
}


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_decision_changes_nothing(home, case):
    changes, cause = WRONG[case]
    facts = {"waivers": waivers_of(home)} | changes
    revisi = facts.pop("revisi", None)
    decision = wish(home, facts.pop("action", "terima"), **facts)
    if revisi is not None:
        decision = Decision(**{**vars(decision), "revisi": revisi})
    with pytest.raises(Refusal, match=cause):
        decide(home, decision, now=NOW)
    assert not log_path(home, PERIODE).exists()
    assert not scan_path(home, "x").parent.exists()


@pytest.mark.parametrize("content", [b"", b"MZ program", b"catatan"])
def test_a_scan_that_is_no_paper_is_refused(home, content):
    path = home.root.parent / "pindaian.pdf"
    decision = wish(home, "perbaiki")
    path.write_bytes(content)
    with pytest.raises(Refusal, match="pindaian kosong atau bukan PDF"):
        decide(home, decision, now=NOW)
    assert read_log(home, PERIODE).records == ()


def test_a_waiver_twice_or_without_reason_is_refused(home):
    first, *_ = waivers_of(home)
    with pytest.raises(Refusal, match="tanpa alasan"):
        decide(home, wish(home, "kecualikan", waivers=(Waiver(first.producer, first.rule, first.kota, " "),)), now=NOW)
    with pytest.raises(Refusal, match="sudah dikecualikan"):
        decide(home, wish(home, "kecualikan", waivers=(first, first)), now=NOW)
    decide(home, wish(home, "kecualikan", waivers=(first,)), now=NOW)
    with pytest.raises(Refusal, match="sudah dikecualikan"):
        decide(home, wish(home, "kecualikan", waivers=(first,)), now=NOW)
    assert len(read_log(home, PERIODE).records) == 1


def test_accepting_twice_and_refining_after_the_report_are_refused(home):
    accept_all(home)
    with pytest.raises(Refusal, match="tidak dapat diambil"):
        decide(home, wish(home, "terima"), now=NOW)
    decide(home, Decision(PERIODE, 1, "laporkan", actor="contoh.pelapor"), now=NOW)
    with pytest.raises(Refusal, match="tidak dapat diambil"):
        decide(home, wish(home, "perbaiki"), now=NOW)


def test_a_contract_changed_since_the_run_is_not_judged_with_new_thresholds(home, monkeypatch):
    monkeypatch.setattr("padanan.review.decision.actions.expectations_version", lambda: "lain")
    with pytest.raises(Refusal, match="kontrak atau aturan berubah"):
        accept_all(home)


def test_a_changed_publication_is_neither_accepted_nor_carried_on(home):
    table = home.published(PERIODE, 1) / "overlap.parquet"
    content = table.read_bytes()
    table.write_bytes(content + b"x")
    with pytest.raises(Exception, match=r"overlap\.parquet"):
        accept_all(home)
    table.write_bytes(content)
    accept_all(home)
    manifest = home.published(PERIODE, 1) / "manifest.json"
    manifest.write_text(manifest.read_text() + "\n")
    with pytest.raises(Refusal, match="terbitan berubah sejak diterima"):
        decide(home, Decision(PERIODE, 1, "laporkan", actor="contoh.pelapor"), now=NOW)


def test_a_later_acceptance_ends_an_earlier_one(home):
    accept_all(home)
    publish(home, 2)
    accept_all(home, 2)
    with pytest.raises(Refusal, match="revisi lain diterima sesudahnya"):
        decide(home, Decision(PERIODE, 1, "laporkan", actor="contoh.pelapor"), now=NOW)


def test_example_people_act_only_in_a_demo(home):
    (home.root / "demo.json").unlink()
    with pytest.raises(Refusal, match=r"hanya contoh.*decisions/reviu/reviewers\.yaml"):
        accept_all(home)


def test_the_homes_own_list_and_the_named_file_come_first(home, tmp_path, monkeypatch):
    own = log_path(home, PERIODE).parent / "reviewers.yaml"
    own.parent.mkdir(parents=True)
    person = "{{id: {0}, nama: {0}, jabatan: j, instansi: i, peran: [pengusul, penyetuju], berlaku: {{dari: 2025-01-01}}}}"
    own.write_text("petugas:\n" + "".join(f"  - {person.format(name)}\n" for name in ("satu", "dua")))
    (home.root / "demo.json").unlink()
    decide(home, wish(home, "perbaiki", proposer="satu", approver="DUA"), now=NOW)
    assert read_log(home, PERIODE).records[0]["penyetuju"]["nama"] == "dua"
    named = tmp_path / "petugas.yaml"
    named.write_text(own.read_text().replace("dua", "tiga"))
    monkeypatch.setenv("PADANAN_REVIEWERS", str(named))
    assert set(load_reviewers(home).people) == {"satu", "tiga"}


LINE = "petugas:\n  - {id: a1, nama: Satu, jabatan: j, instansi: i, peran: [pengusul], berlaku: {dari: 2025-01-01}}\n"
BROKEN_LISTS = {
    "petugas: x\n": "'petugas' bukan daftar",
    LINE + LINE.split("\n")[1] + "\n": r"baris 3 \(petugas.1.id\).*dua kali",
    LINE + LINE.split("\n")[1].replace("a1", "a2").replace("Satu", "SATU") + "\n": r"baris 3.*nama ini sudah dipakai",
    LINE.replace("pengusul", "raja"): "bukan salah satu pilihannya.*penetap",
    LINE.replace("id: a1", "id: A 1"): "id petugas tidak sah",
    LINE.replace("Satu", "3171999999999901"): "'nama' bukan teks",
    LINE.replace("Satu", "Satu 3171999999999901"): "nomor panjang",
    LINE.replace("{dari: 2025-01-01}", "{dari: besok}"): "'dari' bukan tanggal",
    LINE.replace("{dari: 2025-01-01}", "{dari: 2025-01-01, sampai: 2024-01-01}"): "berakhir sebelum mulai",
    LINE.replace("jabatan", "pangkat"): "isian 'pangkat' tidak dikenal",
    "petugas: [\n": "YAML tidak terbaca",
}


@pytest.mark.parametrize("text", BROKEN_LISTS)
def test_a_broken_list_of_reviewers_names_line_and_field(home, tmp_path, monkeypatch, text):
    path = tmp_path / "petugas.yaml"
    path.write_text(text)
    monkeypatch.setenv("PADANAN_REVIEWERS", str(path))
    with pytest.raises(ContractError, match=BROKEN_LISTS[text]) as caught:
        load_reviewers(home)
    assert "3171999999999901" not in str(caught.value)


def test_the_examples_of_the_checkout_are_marked_and_cover_every_role(home):
    people = load_reviewers(home).people.values()
    assert all(person.example for person in people)
    assert {role for person in people for role in person.peran} == {"pengusul", "penyetuju", "pelapor", "asisten", "penetap"}


def test_a_fingerprint_is_accepted_as_printed():
    digest = "0123456789abcdef" * 4
    assert normal_digest(fingerprint(digest)) == normal_digest(digest.upper()) == normal_digest(f" {digest} ") == digest
    assert normal_digest(digest[:-1]) == normal_digest("") == ""


def test_the_commands_walk_the_whole_way_and_name_the_option_that_is_wrong(home, capsys):
    sidik = fingerprint(fingerprint_of(home, PERIODE, 1))
    paper = str(scan(home))
    base = ["--periode", "2025-S2", "--fingerprint", sidik, "--pengusul", PROPOSER, "--penyetuju", APPROVER, "--scan", paper]
    assert main(["review", "show", "--periode", "2025-S2"]) == 0
    shown = capsys.readouterr().out
    assert sidik in shown and "belum direviu" in shown and "Langkah berikutnya: kecualikan" in shown
    first, *rest = waivers_of(home)
    named = ["--producer", first.producer, "--rule", first.rule, "--kota", first.kota or "tanpa_alamat"]
    assert main(["review", "waive", *base, *named, "--reason", "verifikasi lapangan oleh kelurahan"]) == 0
    decide(home, wish(home, "kecualikan", waivers=tuple(rest)), now=NOW)
    capsys.readouterr()
    wrong = ["review", "accept", *base]
    wrong[wrong.index(APPROVER)] = "siapa"
    assert main(wrong) == 1
    error = capsys.readouterr().err
    assert error.startswith("GALAT --penyetuju: petugas 'siapa' tidak dikenal") and error.count("\n") == 1
    assert main(["review", "accept", *base, "--revisi", "1"]) == 0
    assert "Kepala catatan" in capsys.readouterr().out
    assert main(["review", "report", "--periode", "2025-S2", "--by", "contoh.pelapor"]) == 0
    assert main(["review", "discuss", "--periode", "2025-S2", "--by", "contoh.asisten", "--result", "kembali"]) == 1
    assert "--reason" in capsys.readouterr().err
    assert main(["review", "discuss", "--periode", "2025-S2", "--by", "contoh.asisten", "--result", "lanjut"]) == 0
    assert main(["review", "draft", "--periode", "2025-S2", "--by", "contoh.pelapor"]) == 0
    assert main(["review", "log", "--periode", "2025-S2"]) == 0
    assert "draft Keputusan Gubernur" in capsys.readouterr().out
    approve = ["decree", "approve", "--periode", "2025-S2", "--revisi", "1", "--number", "1", "--date", "2025-12-15"]
    assert main([*approve, "--by", "contoh.pelapor"]) == 1
    assert "--by" in capsys.readouterr().err
    assert main([*approve, "--by", "contoh.penetap", "--ke", "2"]) == 1
    assert "GALAT --ke: penetapan berikutnya ke-1" in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main([*approve[:-1], "15 Desember", "--by", "contoh.penetap"])
    assert main(["review", "repair", "--periode", "2025-S2"]) == 0
    assert main(["review", "reviewers"]) == 0
    assert main(["decree", "list"]) == 0


def test_who_acts_is_judged_on_the_day_of_the_decision(home):
    early = datetime(2022, 6, 1, tzinfo=JAKARTA)
    with pytest.raises(Refusal, match=r"masa berlaku petugas 'contoh\.pengusul' tidak mencakup 2022-06-01"):
        decide(home, wish(home, "perbaiki"), now=early)
