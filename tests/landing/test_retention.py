"""Retention (F50): what goes, what stays, who still needs it; killed anywhere, the next run completes it."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import os
import shutil
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from padanan.base import disk
from padanan.base.errors import ContractError, PadananError
from padanan.base.home import FOLDERS, Home
from padanan.base.period import JAKARTA, Periode
from padanan.cli import main
from padanan.contracts.contract import Contract, expectations_dir
from padanan.contracts.retention import Rule, load_rules
from padanan.contracts.version import expectations_version
from padanan.decree.verify import prove
from padanan.forms.handover import folder_of, hand_over, place
from padanan.landing.receipt import Receipt
from padanan.published.opened import open_published
from padanan.published.proof import verify_published
from padanan.records.active import active_deliveries
from padanan.records.chain import Chain
from padanan.records.tombstone import NISAN, destruction_records, proved, read_nisan
from padanan.upkeep.retention import destroy
from padanan.upkeep.retention.destroy import run
from padanan.upkeep.retention.paper import destruction_paper, processing_register, register_text
from padanan.upkeep.retention.things import newest_change, replayable, things
from tests.landing.deliveries import CANARY_NAME, dtks_row, tree
from tests.planned import write_plan
from tests.signed import sign, write_manifest

S2 = Periode(2025, 2)
Take = Callable[..., Receipt]
DtksFile = Callable[..., Path]
# DTKS is kept 24 months from the day it was received, 10 October 2025.
LAST, AFTER = datetime(2027, 10, 10, 23, 59, tzinfo=JAKARTA), datetime(2027, 10, 11, 0, 1, tzinfo=JAKARTA)


@pytest.fixture
def landed(take: Take, dtks_file: DtksFile) -> Receipt:
    """A DTKS delivery whose rows name a person that occurs nowhere else."""
    return take(dtks_file(rows=[dtks_row(0, nama=CANARY_NAME), *(dtks_row(index) for index in range(1, 12))], tail='"rusak\n'))


def go(home: Home, contracts: dict[str, Contract], now: datetime = AFTER) -> destroy.Outcome:
    return run(home, contracts, load_rules(contracts), by="Ani Uji", witness="Budi Uji", now=now)


def publish_by_hand(home: Home, receipt: Receipt, revisi: int = 1) -> Path:
    """A published revision that pinned the delivery."""
    folder = home.published(S2, revisi)
    folder.mkdir(parents=True)
    (folder / "sasaran.parquet").write_bytes(b"tabel")
    pinned = {"contract": "dtks", "sha16": receipt.sha16, "periode_data": "2025-10", "bagian": None,
              "path": (receipt.folder / "part.parquet").relative_to(home.root).as_posix()}  # fmt: skip
    tables = {"sasaran": {"rows": 1, "sha256": hashlib.sha256(b"tabel").hexdigest(), "row_hash": "0"}}
    manifest = {"periode": S2.key, "revisi": revisi, "inputs_hash": "a" * 64, "deliveries": [pinned], "tables": tables}
    write_manifest(folder, manifest)
    return folder


def seal_by_hand(home: Home) -> None:
    folder = home.decree(S2) / "ke-1"
    folder.mkdir(parents=True)
    (folder / "segel.json").write_text(json.dumps({"status": "ditetapkan", "tanggal": "2025-12-15", "revisi": 1}))


@pytest.mark.feature("F50")
@settings(max_examples=200, deadline=None)
@given(st.dates(date(2000, 1, 1), date(2090, 12, 31)), st.integers(1, 120))
def test_time_runs_in_whole_months_and_never_ends_early(start: date, months: int) -> None:
    rule = Rule("x", "x", months, "bulan", "diterima", (), "", "")
    end = rule.expires(start)
    assert end is not None and (end.year * 12 + end.month) - (start.year * 12 + start.month) == months
    assert end.day == start.day or (end + timedelta(days=1)).day == 1
    assert Rule("x", "x", None, "permanen", "", (), "", "").expires(start) is None


@pytest.mark.feature("F50")
def test_the_last_day_still_keeps_and_a_dry_run_changes_nothing(
    home: Home, landed: Receipt, contracts: dict[str, Contract], capsys: pytest.CaptureFixture[str]
) -> None:
    assert not go(home, contracts, LAST).records and (landed.folder / "part.parquet").exists()
    before = tree(home.root)
    for args in (["--dry-run"], ["run", "--dry-run"], ["status"], []):
        assert main(["--home", str(home.root), "retention", "--as-of", "2027-10-11", *args]) == 0
    out = capsys.readouterr().out
    assert out.count("24 bulan sejak diterima, sampai 10 Oktober 2027") == 3 and "1 habis masanya" in out
    assert tree(home.root) == before


@pytest.mark.feature("F50")
def test_the_raw_files_go_and_a_tombstone_keeps_hash_and_counts(
    home: Home, landed: Receipt, contracts: dict[str, Contract]
) -> None:
    manifest = (landed.folder / "manifest.json").read_bytes()
    receipt = (landed.folder / "tanda_terima.html").read_bytes()
    outcome = go(home, contracts)
    assert len(outcome.records) == 1 and not outcome.faults
    assert sorted(path.name for path in landed.folder.iterdir()) == [
        "manifest.json",
        NISAN,
        "sidik.json",
        "tanda_terima.html",
        "tanda_terima.json",
        "tanda_terima.pdf",
    ]
    assert (landed.folder / "manifest.json").read_bytes() == manifest
    assert (landed.folder / "tanda_terima.html").read_bytes() == receipt
    nisan = proved(home, landed.folder)
    assert nisan is not None and nisan["sha256"] == landed.manifest["sha256"]
    assert nisan["hitungan"]["rows_in"] == 13 and nisan["hitungan"]["rows_on"] == 12
    assert {row["nama"] for row in nisan["berkas"]} >= {"part.parquet", "rejects.parquet"}
    assert all(len(row["sha256"]) == 64 for row in nisan["berkas"])
    assert not [name for name, data in tree(home.root).items() if CANARY_NAME.encode() in data]
    [record] = destruction_records(home)
    assert (record["oleh"], record["saksi"], record["kumpulan"]) == ("Ani Uji", "Budi Uji", "landing/dtks")
    after = tree(home.root)
    assert not go(home, contracts).records and tree(home.root) == after, "a second run finds nothing to do"


@pytest.mark.feature("F50")
def test_the_half_made_tombstone_of_a_killed_run_is_not_counted_among_the_files(
    home: Home, landed: Receipt, contracts: dict[str, Contract]
) -> None:
    left = landed.folder / ".tmp-4194305-0a1b2c3d"
    left.mkdir(mode=0o700)
    (left / "isi").write_text("{")
    files = [path for path in landed.folder.rglob("*") if path.is_file() and left not in path.parents]
    [record] = go(home, contracts).records
    nisan = proved(home, landed.folder)
    kept = [path for path in landed.folder.iterdir() if path.name != NISAN]
    assert nisan is not None and record["jumlah_berkas"] == len(nisan["berkas"]) == len(files) - len(kept)
    assert not left.exists()


@pytest.mark.feature("F50")
def test_what_a_killed_run_left_does_not_begin_a_things_time_anew(tmp_path: Path) -> None:
    (tmp_path / "isi.csv").write_text("x")
    os.utime(tmp_path / "isi.csv", (1_700_000_000, 1_700_000_000))
    day = newest_change(tmp_path)
    (tmp_path / ".tmp-4194305-0a1b2c3d").mkdir()
    (tmp_path / ".tmp-4194305-0a1b2c3d" / "isi").write_text("{")
    assert day == date(2023, 11, 15) and newest_change(tmp_path) == day


@pytest.mark.feature("F50")
def test_what_an_open_period_needs_stays_until_it_is_sealed(home: Home, landed: Receipt, contracts: dict[str, Contract]) -> None:
    folder = publish_by_hand(home, landed)
    [held] = [thing for thing in things(home, contracts, load_rules(contracts), AFTER.date()) if thing.path == landed.folder]
    assert held.held and "belum ditetapkan" in held.held and not held.due(AFTER.date())
    assert not go(home, contracts).records and (landed.folder / "part.parquet").exists()
    far = datetime(2040, 1, 1, tzinfo=JAKARTA)
    assert not go(home, contracts, far).records and (folder / "sasaran.parquet").exists()
    assert replayable(home, S2, 1) == []
    seal_by_hand(home)
    assert len(go(home, contracts).records) == 1
    assert replayable(home, S2, 1) == ["kiriman dtks 2025-10"] and (folder / "sasaran.parquet").exists()


@pytest.mark.feature("F50")
def test_what_the_running_half_year_would_read_stays(
    home: Home, take: Take, dtks_file: DtksFile, contracts: dict[str, Contract]
) -> None:
    short = {**contracts, "dtks": _kept_for(contracts["dtks"], "10 hari")}
    receipt = take(dtks_file())
    assert not run(home, short, load_rules(short), by="A", witness="B", now=datetime(2025, 11, 20, tzinfo=JAKARTA)).records
    newer = take(dtks_file("koreksi.csv", rows=21), periode_data="2025-10", day="2025-10-20")
    assert newer.status == "diterima"
    outcome = run(home, short, load_rules(short), by="A", witness="B", now=datetime(2025, 11, 20, tzinfo=JAKARTA))
    assert [record["tempat"] for record in outcome.records] == [receipt.folder.relative_to(home.root).as_posix()]
    active = active_deliveries(home, short, S2, date(2025, 12, 15))
    assert [item.sha16 for item in active] == [newer.sha16] and active[0].destroyed is None


def _kept_for(contract: Contract, retention: str) -> Contract:
    return dataclasses.replace(contract, retention=retention)


@pytest.mark.feature("F50")
def test_a_destroyed_delivery_is_told_and_never_taken_for_missing(
    home: Home,
    landed: Receipt,
    contracts: dict[str, Contract],
    take: Take,
    dtks_file: DtksFile,
    capsys: pytest.CaptureFixture[str],
) -> None:
    publish_by_hand(home, landed)
    seal_by_hand(home)
    go(home, contracts)
    shutil.rmtree(home.decree(S2))
    [active] = active_deliveries(home, contracts, S2, date(2025, 12, 15))
    assert active.sha16 == landed.sha16 and active.destroyed is not None
    with pytest.raises(PadananError, match=r"tidak dapat diputar ulang: kiriman dtks 2025-10 sudah dimusnahkan menurut retensi"):
        write_plan(home, contracts, S2)
    again = take(dtks_file(rows=[dtks_row(0, nama=CANARY_NAME), *(dtks_row(i) for i in range(1, 12))], tail='"rusak\n'))
    assert again.status == "duplikat" and "sudah dimusnahkan" in again.flags[0]["pesan"]
    assert main(["--home", str(home.root), "retention", "status"]) == 0
    assert "TIDAK dapat diputar ulang" in capsys.readouterr().out


@pytest.mark.feature("F50")
def test_verify_says_so_instead_of_tampering_and_a_forged_tombstone_is_found(
    home: Home, landed: Receipt, contracts: dict[str, Contract]
) -> None:
    folder = publish_by_hand(home, landed)
    seal_by_hand(home)
    go(home, contracts)
    shutil.rmtree(home.decree(S2))
    proof = prove(home, S2)
    assert not proof.faults
    assert any("tidak dapat diputar ulang: kiriman dtks 2025-10 sudah dimusnahkan" in line for line in proof.fine)
    text = (landed.folder / NISAN).read_text()
    (landed.folder / NISAN).write_text(text.replace('"rows_on": 12', '"rows_on": 13'))
    [fault] = prove(home, S2).faults
    assert "tidak tercatat pada register pemusnahan" in str(fault)
    (landed.folder / NISAN).write_text(text)
    (landed.folder / "manifest.json").write_text("{}")
    assert any("manifest berubah" in str(fault) for fault in prove(home, S2).faults)
    (folder / "sasaran.parquet").unlink()
    (folder / NISAN).write_text(json.dumps({"aturan": "palsu", "waktu": "2027-01-01"}))
    with pytest.raises(PadananError, match="tidak tercatat"):
        verify_published(home, S2, 1)


@pytest.mark.feature("F50")
def test_published_tables_of_a_sealed_period_go_and_the_decree_stays(
    home: Home, landed: Receipt, contracts: dict[str, Contract]
) -> None:
    folder = publish_by_hand(home, landed)
    (home.decree(S2) / "rancangan" / "rev-1").mkdir(parents=True)
    (home.decree(S2) / "rancangan" / "rev-1" / "data_sasaran.parquet").write_bytes(b"rancangan")
    (home.decree(S2) / "rancangan" / "rev-1" / "segel.json").write_text("{}")
    sign(home.decree(S2) / "rancangan" / "rev-1", "segel.json")
    (home.reports(S2, 1)).mkdir(parents=True)
    (home.reports(S2, 1) / "index.html").write_text("laporan")
    seal_by_hand(home)
    seal = (home.decree(S2) / "ke-1" / "segel.json").read_bytes()
    outcome = go(home, contracts, datetime(2031, 1, 2, tzinfo=JAKARTA))
    assert {record["kumpulan"] for record in outcome.records} == {"landing/dtks", "terbitan", "laporan", "rancangan"}
    assert sorted(path.name for path in folder.iterdir()) == ["manifest.json", NISAN, "sidik.json"]
    assert (home.decree(S2) / "ke-1" / "segel.json").read_bytes() == seal
    assert sorted(path.name for path in (home.decree(S2) / "rancangan" / "rev-1").iterdir()) == [
        NISAN,
        "segel.json",
        "sidik.json",
    ]
    lines = prove(home, S2).fine
    assert any("rev-1: tabel sudah dimusnahkan" in line for line in lines)
    assert any("rancangan sudah dimusnahkan" in line for line in lines)
    with pytest.raises(PadananError, match="sudah dimusnahkan menurut retensi"):
        open_published(home, S2, 1)
    with pytest.raises(PadananError, match="sudah dimusnahkan menurut retensi"):
        verify_published(home, S2, 1)


class Kill(BaseException):
    """A process that dies: no handler of ours catches it."""


@pytest.mark.feature("F50")
@pytest.mark.parametrize("step", range(1, 9))
def test_killed_anywhere_the_next_run_completes(
    home: Home, landed: Receipt, contracts: dict[str, Contract], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, step: int
) -> None:
    """Dies at the n-th touch of the disk; afterwards a run gives the very bytes of an undisturbed one."""
    aside = home.root / "held" / "lama.csv"
    aside.write_bytes(b"daftar")
    os.utime(aside, (1_600_000_000, 1_600_000_000))
    twin = Home(tmp_path / "kembaran")
    shutil.copytree(home.root, twin.root, symlinks=True)
    go(twin, contracts)
    count = 0

    def dying(original: Callable[..., object]) -> Callable[..., object]:
        def call(*args: object, **options: object) -> object:
            nonlocal count
            count += 1
            if count == step:
                raise Kill
            return original(*args, **options)

        return call

    with monkeypatch.context() as patch:
        patch.setattr("padanan.upkeep.retention.destroy.write_once", dying(destroy.write_once))
        patch.setattr("padanan.base.disk.remove_tree", dying(disk.remove_tree))
        patch.setattr(Path, "unlink", dying(Path.unlink))
        patch.setattr("padanan.records.chain.Chain.append", dying(Chain.append))
        patch.setattr("padanan.records.chain.Chain.write_head", dying(Chain.write_head))
        with contextlib.suppress(Kill):
            go(home, contracts)
    go(home, contracts)
    assert _settled(home) == _settled(twin)
    assert proved(home, landed.folder) is not None and not aside.exists()
    assert sorted(record["tempat"] for record in destruction_records(home)) == sorted(
        record["tempat"] for record in destruction_records(twin)
    )


def _settled(home: Home) -> dict[str, bytes]:
    """Everything but the register (its order may differ) and drafts of a killed write."""
    return {
        name: data
        for name, data in tree(home.root).items()
        if not name.startswith("decisions/") and not Path(name).name.startswith(".")
    }


@pytest.mark.feature("F50")
def test_no_symbolic_link_is_followed(home: Home, landed: Receipt, contracts: dict[str, Contract], tmp_path: Path) -> None:
    outside = tmp_path / "luar"
    outside.mkdir()
    (outside / "penting.txt").write_text("tetap")
    (landed.folder / "original" / "tautan").symlink_to(outside)
    (landed.folder / "tautan").symlink_to(outside / "penting.txt")
    assert not go(home, contracts).faults
    assert (outside / "penting.txt").read_text() == "tetap" and not (landed.folder / "original").exists()
    moved = tmp_path / "dipindah"
    shutil.move(home.root / "landing" / "dtks", moved)
    for path in moved.rglob(NISAN):
        path.unlink()
        (path.parent / "part.parquet").write_bytes(b"isi")
    (home.root / "landing" / "dtks").symlink_to(moved)
    outcome = go(home, contracts)
    assert [fault for fault in outcome.faults if "tautan simbolik" in str(fault)] and not outcome.records
    assert list(moved.rglob("part.parquet"))


@pytest.mark.feature("F50")
def test_two_people_and_a_paper(
    home: Home, landed: Receipt, contracts: dict[str, Contract], capsys: pytest.CaptureFixture[str]
) -> None:
    for other in (" ani ", "Ani.", "Àni", "A n i", "-"):
        with pytest.raises(PadananError, match="dua orang yang berbeda"):
            run(home, contracts, load_rules(contracts), by="Ani", witness=other, now=AFTER)
    assert main(["--home", str(home.root), "retention", "run", "--by", "Ani"]) == 1
    assert main(["--home", str(home.root), "retention", "--as-of", "2027-10-11", "run", "--by", "A", "--witness", "B"]) == 1
    assert "hanya menurut hari ini" in capsys.readouterr().err
    assert main(["--home", str(home.root), "retention", "berita-acara", "--year", "2027"]) == 1
    go(home, contracts)
    text = destruction_paper(home, 2027)
    assert "| Ani Uji | Budi Uji |" in text and "24 bulan sejak diterima" in text and "## 11 Oktober 2027" in text
    assert text == destruction_paper(home, 2027)
    path = home.decisions / "retensi" / "2027.jsonl"
    path.write_text(path.read_text().replace("Budi Uji", "Cici Uji"))
    with pytest.raises(PadananError, match="baris 1: register pemusnahan berubah"):
        destruction_paper(home, 2027)


def hand_made_worklist(home: Home) -> Path:
    """A worklist folder as the makers place it, good until 12 October 2027."""
    temporary = home.root / "worklists" / ".tmp"
    temporary.mkdir()
    (temporary / "tebet.xlsx").write_bytes(CANARY_NAME.encode())
    digest = hashlib.sha256(CANARY_NAME.encode()).hexdigest()
    target = folder_of(home, "worklists", S2, 1)
    facts = {"kedaluwarsa": "2027-10-12", "berkas": {"tebet.xlsx": {"sha256": digest}}}
    place(home, "worklists", temporary, target, facts, LAST)
    return target


@pytest.mark.feature("F50")
def test_worklists_go_on_their_own_day_with_their_own_register(home: Home, contracts: dict[str, Contract]) -> None:
    folder = hand_made_worklist(home)
    rules = load_rules(contracts)
    [thing] = [one for one in things(home, contracts, rules, AFTER.date()) if one.rule.dataset == "lembar_kerja"]
    assert thing.expires == date(2027, 10, 12) and not thing.over(date(2027, 10, 12)) and thing.due(date(2027, 10, 13))
    assert go(home, contracts, AFTER).expired == 0 and (folder / "tebet.xlsx").exists()
    outcome = go(home, contracts, datetime(2027, 10, 13, 1, tzinfo=JAKARTA))
    assert outcome.expired == 1 and not outcome.records and not (folder / "tebet.xlsx").exists()
    assert [one.destroyed for one in things(home, contracts, rules, date(2030, 1, 1)) if one.path == folder] == [True]
    assert not [name for name, data in tree(home.root).items() if CANARY_NAME.encode() in data]
    assert go(home, contracts, datetime(2030, 1, 1, tzinfo=JAKARTA)).expired == 0


@pytest.mark.feature("F50")
def test_the_register_lists_every_dataset_and_every_recipient(home: Home, contracts: dict[str, Contract]) -> None:
    rules = load_rules(contracts)
    folder = hand_made_worklist(home)
    hand_over(home, [folder / "tebet.xlsx"], to="Lurah Tebet", purpose="verifikasi", by="Ani", now=LAST)
    hand_over(home, [folder / "tebet.xlsx"], to="DPPAPP", purpose="verifikasi", by="Ani", now=LAST)
    data = processing_register(home, contracts, rules)
    assert {item["kumpulan"] for item in data["kumpulan"]} == set(rules)
    assert {f"landing/{contract_id}" for contract_id in contracts} <= set(rules)
    assert [item["kepada"] for item in data["penerima"]] == ["Lurah Tebet", "DPPAPP"]
    kjp = next(item for item in data["kumpulan"] if item["kumpulan"] == "landing/kjp_plus")
    assert set(kjp["kolom"]) == set(contracts["kjp_plus"].column_names) and kjp["masa_simpan"] == "24 bulan sejak diterima"
    made = {item["kumpulan"]: item for item in data["kumpulan"]}
    assert made["identitas"]["tempat"] == "identitas" and made["identitas"]["masa_simpan"] == "12 bulan sejak akhir periode"
    assert made["identitas"]["kolom"]["identitas.nik"] == "pribadi" and made["identitas"]["klasifikasi"]["pribadi"] > 8
    assert "sasaran.sidik_identitas" in made["terbitan"]["kolom"]
    assert not [name for name in made["terbitan"]["kolom"] if name in ("padanan_orang.nik", "padanan_orang.nama", "sasaran.nama")]
    text = register_text(data)
    assert all(f"landing/{contract_id}" in text for contract_id in contracts) and "Lurah Tebet" in text
    folders = {Path(item["tempat"]).parts[0] for item in data["kumpulan"]}
    assert folders == set(FOLDERS) - {"warehouse"}, "the warehouse is rebuilt by every run"


@pytest.mark.feature("F50")
def test_a_file_that_waits_in_an_inbox_is_not_destroyed(home: Home, contracts: dict[str, Contract], dtks_file: DtksFile) -> None:
    """Old in an inbox but never counted: it stays; once taken in, its copy there goes and is recorded with its hash."""
    inbox = home.inbox("dtks")
    inbox.mkdir()
    waiting, letter = inbox / "dtks_2025-10.csv", inbox / "dtks_2025-10.csv.pengantar.yaml"
    shutil.copyfile(dtks_file(), waiting)
    letter.write_text("periode_data: 2025-10\n")
    for path in (waiting, letter):
        os.utime(path, (1_760_000_000, 1_760_000_000))
    much_later = datetime(2026, 6, 1, tzinfo=JAKARTA)
    assert not go(home, contracts, much_later).records and waiting.exists() and letter.exists()
    digest = hashlib.sha256(waiting.read_bytes()).hexdigest()
    assert main(["--home", str(home.root), "deliver", "--inbox"]) == 0
    records = go(home, contracts, much_later).records
    assert not waiting.exists() and not letter.exists()
    assert digest in {record["nisan_sha256"] for record in records}


def test_wrong_rules_are_named(tmp_path: Path, contracts: dict[str, Contract]) -> None:
    text = (expectations_dir() / "retensi.yaml").read_text()
    for old, new, cause in (
        ("folder: reports, simpan: 60", "folder: reports, simpan: lama", "bukan bilangan"),
        (
            "folder: published, simpan: 60, satuan: bulan",
            "folder: published, simpan: 60, satuan: windu",
            "'satuan' bukan salah satu",
        ),
        (
            "folder: held, simpan: 6, satuan: bulan, sejak: berkas",
            "folder: held, simpan: 6, satuan: bulan, sejak: dulu",
            "'sejak' bukan salah satu",
        ),
    ):
        assert old in text
        (tmp_path / "retensi.yaml").write_text(text.replace(old, new))
        with pytest.raises(ContractError, match=cause) as caught:
            load_rules(contracts, tmp_path)
        assert "baris " in str(caught.value)
    with pytest.raises(ContractError, match="masa simpan"):
        load_rules({"dtks": _kept_for(contracts["dtks"], "selamanya")})


def test_how_long_things_are_kept_opens_no_revision(tmp_path: Path) -> None:
    folder = tmp_path / "expectations"
    shutil.copytree(expectations_dir(), folder, ignore=shutil.ignore_patterns("gx", "contracts"))
    before = expectations_version(folder)
    (folder / "retensi.yaml").write_text("version: 2.0.0\n")
    assert expectations_version(folder) == before
    (folder / "sasaran.yaml").write_text("version: 2.0.0\n")
    assert expectations_version(folder) != before


def test_without_a_tombstone_nothing_is_destroyed(home: Home) -> None:
    assert read_nisan(home.root) is None and proved(home, home.root) is None
