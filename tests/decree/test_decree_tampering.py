"""Tampering, one kind after the other: each is found by `padanan verify` and named, and everything else stays in order."""

import json
from datetime import datetime, timedelta

import duckdb
import pytest

from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError
from padanan.base.folder_proof import seal as resign
from padanan.base.period import JAKARTA
from padanan.base.tabular import write_table
from padanan.cli import main
from padanan.contracts.contract import load_contracts
from padanan.contracts.retention import load_rules
from padanan.decree.freeze import freeze_draft
from padanan.decree.verify import prove
from padanan.published.identities import identities
from padanan.records import chain
from padanan.records.chain import EMPTY_HEAD
from padanan.records.refusal import Refusal
from padanan.records.review_log import log_of, log_path, read_log
from padanan.records.scans import scan_path
from padanan.records.tombstone import NISAN
from padanan.upkeep.retention.destroy import run
from tests.review.decided_by_hand import accept_all, annex, copy_of, demo_home, publish, seal, to_draft
from tests.review.published_by_hand import PERIODE
from tests.signed import sign, write_manifest

KE_1 = "decree/2025-07-01/ke-1"
LOG = "decisions/reviu/2025-07-01.jsonl"
pytestmark = pytest.mark.feature("F18")


@pytest.fixture(scope="module")
def key(tmp_path_factory):
    return tmp_path_factory.mktemp("kunci") / "key"


@pytest.fixture(scope="module")
def sealed_once(tmp_path_factory, key):
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("PADANAN_KEY_FILE", str(key))
        home = demo_home(tmp_path_factory.mktemp("segel") / "data")
        publish(home)
        to_draft(home)
        seal(home)
    return home


@pytest.fixture
def sealed(sealed_once, key, tmp_path, monkeypatch):
    monkeypatch.setenv("PADANAN_KEY_FILE", str(key))
    home = copy_of(sealed_once, tmp_path / "data")
    monkeypatch.setenv("PADANAN_HOME", str(home.root))
    return home


def head_path(home, periode):
    return log_of(home, periode).head_path


def faults(home):
    return [str(fault) for fault in prove(home, PERIODE).faults]


def flip(path, place=None):
    content = bytearray(path.read_bytes())
    content[len(content) // 2 if place is None else place] ^= 1
    path.chmod(0o600)
    path.write_bytes(bytes(content))


def rewrite_chain(home, change):
    """The whole chain again with the key, by somebody who has it."""
    head, lines = EMPTY_HEAD, []
    for record in read_log(home, PERIODE).records:
        fresh = {**change(dict(record)), "sebelum": head}
        head = chain.content_hash(fresh)
        lines.append(chain.canonical({**fresh, "hash": head, "tanda": chain.sign("reviu", head)}))
    log_path(home, PERIODE).write_text("\n".join(lines) + "\n", encoding="utf-8")
    write_head(home, len(lines), head)


def write_head(home, number, digest):
    mark = chain.sign("kepala", f"{PERIODE.key}|{number}|{digest}")
    head_path(home, PERIODE).write_text(json.dumps({"no": number, "hash": digest, "tanda": mark}))


def test_untouched_is_in_order_and_can_be_made_again(sealed):
    proof = prove(sealed, PERIODE, again=True, annex=annex)
    assert proof.faults == [] and any("dibuat ulang sama" in line for line in proof.fine)


@pytest.mark.parametrize("name", ["data_sasaran.parquet", "lampiran.txt"])
def test_one_byte_in_a_sealed_file_or_an_annex(sealed, name):
    flip(sealed.root / KE_1 / name)
    (fault,) = faults(sealed)
    assert "berkas penetapan berubah" in fault and f"{KE_1}/{name}" in fault


def test_every_byte_of_the_seal_counts(sealed):
    path = sealed.root / KE_1 / "segel.json"
    content = path.read_bytes()
    for place in range(0, len(content), 97):
        flip(path, place)
        assert any(f"{KE_1}/segel.json" in fault or KE_1 in fault for fault in faults(sealed)), place
        path.write_bytes(content)
    assert faults(sealed) == []


def test_one_byte_in_the_decision_log(sealed):
    flip(sealed.root / LOG)
    (fault,) = faults(sealed)
    assert "catatan reviu berubah" in fault and LOG in fault and "baris" in fault


def test_the_last_log_record_deleted(sealed):
    path = sealed.root / LOG
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    (fault,) = faults(sealed)
    assert "hilang atau diganti" in fault and LOG in fault


def test_the_last_log_record_deleted_by_somebody_with_the_key(sealed):
    path = sealed.root / LOG
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    lines = path.read_text().splitlines()
    write_head(sealed, len(lines), json.loads(lines[-1])["hash"])
    (fault,) = faults(sealed)
    assert "dipotong: kepala pada segel ke-1 tidak ada lagi" in fault and LOG in fault


def test_the_whole_chain_rewritten_with_the_key(sealed):
    def other_reason(record):
        for item in record.get("pengecualian", ()):
            item["alasan"] = "disetujui rapat"
        return record

    rewrite_chain(sealed, other_reason)
    assert read_log(sealed, PERIODE).records, "the chain itself is in order again"
    (fault,) = faults(sealed)
    assert "ditulis ulang: kepala pada segel ke-1 tidak ada lagi" in fault and LOG in fault


def test_log_and_head_gone(sealed):
    (sealed.root / LOG).unlink()
    head_path(sealed, PERIODE).unlink()
    assert any("kepala pada segel ke-1 tidak ada lagi" in fault for fault in faults(sealed))


def test_a_forged_seal_with_right_hashes_but_without_the_key(sealed):
    folder = sealed.root / KE_1
    flip(folder / "lampiran.txt")
    path = folder / "segel.json"
    data = json.loads(path.read_text())
    data["lampiran"]["lampiran.txt"] = file_sha256(folder / "lampiran.txt")
    path.chmod(0o600)
    path.write_text(json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    assert any("isi segel berubah" in fault for fault in faults(sealed))


@pytest.mark.parametrize("name", ["data_sasaran.parquet", "lampiran.txt", "segel.json"])
def test_a_missing_file_of_a_decree(sealed, name):
    (sealed.root / KE_1 / name).unlink()
    assert any("hilang" in fault and f"{KE_1}/{name}" in fault for fault in faults(sealed))


def test_a_whole_decree_missing_or_with_a_file_too_many(sealed):
    extra = sealed.root / KE_1 / "tambahan.xlsx"
    extra.write_bytes(b"x")
    assert any("tidak tercatat di segel" in fault for fault in faults(sealed))
    extra.unlink()
    (sealed.root / KE_1).rename(sealed.root / "decree" / "disembunyikan")
    assert any("penetapan ke-1 hilang" in fault for fault in faults(sealed))


@pytest.mark.parametrize("gone", [True, False])
def test_a_scan_changed_or_missing(sealed, gone):
    digest = next(record["pindaian"]["sha256"] for record in read_log(sealed, PERIODE).records if "pindaian" in record)
    path = scan_path(sealed, digest)
    path.unlink() if gone else flip(path)
    assert any("pindaian pada catatan ke-1" in fault for fault in faults(sealed))


def test_a_published_table_or_its_manifest_changed(sealed):
    folder = sealed.published(PERIODE, 1)
    flip(folder / "gap.parquet")
    (fault,) = faults(sealed)
    assert "berkas terbitan berubah" in fault and "gap.parquet" in fault
    flip(folder / "gap.parquet")
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text() + "\n")
    assert any("manifest terbitan berubah sejak diputuskan" in fault for fault in faults(sealed))


def test_a_publication_changed_after_it_was_accepted_and_before_any_decree(published):
    accept_all(published)
    folder = published.published(PERIODE, 1)
    manifest = json.loads((folder / "manifest.json").read_text())
    flip(folder / "gap.parquet")
    manifest["tables"]["gap"]["sha256"] = file_sha256(folder / "gap.parquet")
    (folder / "manifest.json").write_text(json.dumps(manifest, sort_keys=True))
    unsigned, decided = faults(published)
    assert "berkas terbitan berubah" in unsigned and "rev-1/manifest.json" in unsigned
    assert "manifest terbitan berubah sejak diputuskan" in decided
    write_manifest(folder, manifest)  # by somebody who has the key
    (fault,) = faults(published)
    assert "manifest terbitan berubah sejak diputuskan" in fault


def test_a_person_added_to_the_selected_with_fitting_hashes_is_refused_at_freeze(published):
    folder = published.published(PERIODE, 1)
    path = folder / "sasaran.parquet"
    with duckdb.connect() as con:
        one = f"select * replace ('seseorang' as id_orang, true as terpilih) from read_parquet('{path}') limit 1"
        written = write_table(con, f"(from read_parquet('{path}')) union all ({one}) order by id_orang", folder / "lain.parquet")
    (folder / "lain.parquet").replace(path)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["tables"]["sasaran"] |= {"rows": written.rows, "sha256": written.sha256, "row_hash": written.row_hash}
    (folder / "manifest.json").write_text(json.dumps(manifest, sort_keys=True))
    with pytest.raises(PadananError, match="berkas terbitan berubah") as refused:
        freeze_draft(published, PERIODE, 1)
    assert "published/2025-07-01/rev-1/manifest.json" in str(refused.value)
    # The signed hash of the manifest made to fit as well: without the key its signature does not.
    mark = folder / "sidik.json"
    signed = json.loads(mark.read_text())
    signed["berkas"]["manifest.json"] = file_sha256(folder / "manifest.json")
    mark.write_text(json.dumps(signed))
    with pytest.raises(PadananError, match="tanda terbitan palsu"):
        freeze_draft(published, PERIODE, 1)
    mark.unlink()
    with pytest.raises(PadananError, match=r"tanpa tanda.*padanan key sign"):
        freeze_draft(published, PERIODE, 1)
    assert not (published.decree(PERIODE) / "rancangan").exists()


def test_a_draft_with_other_people_and_fitting_hashes_is_not_sealed(published):
    to_draft(published)
    folder = published.decree(PERIODE) / "rancangan" / "rev-1"
    path, own = folder / "data_sasaran.parquet", folder / "segel.json"
    with duckdb.connect() as con:
        fewer = f"select * from read_parquet('{path}') order by id_orang limit 5"
        written = write_table(con, fewer, folder / "lain.parquet")
    (folder / "lain.parquet").replace(path)
    own.chmod(0o600)
    own.write_text(json.dumps(json.loads(own.read_text()) | {"sha256": written.sha256, "row_hash": written.row_hash}))
    with pytest.raises(PadananError, match="berkas rancangan berubah"):
        seal(published)
    (folder / "sidik.json").chmod(0o600)
    sign(folder, "segel.json")  # by somebody who has the key
    before = read_log(published, PERIODE).head
    with pytest.raises(PadananError, match="tidak memuat orang yang sama"):
        seal(published)
    assert read_log(published, PERIODE).head == before and not (published.root / KE_1).exists()


def test_a_strange_folder_in_the_decrees_place_leaves_the_log_alone(published):
    to_draft(published)
    (published.root / KE_1).mkdir()
    (published.root / KE_1 / "catatan.txt").write_text("x")
    before = read_log(published, PERIODE).head
    with pytest.raises(PadananError, match="folder penetapan sudah ada"):
        seal(published)
    assert read_log(published, PERIODE).head == before


def test_the_command_names_every_fault_and_ends_with_one(sealed, capsys):
    assert main(["verify"]) == 0
    assert "semua sesuai" in capsys.readouterr().out
    flip(sealed.root / KE_1 / "lampiran.txt")
    flip(sealed.published(PERIODE, 1) / "gap.parquet")
    assert main(["verify", "--periode", "2025-S2"]) == 1
    err = capsys.readouterr().err
    assert "lampiran.txt" in err and "gap.parquet" in err and "2 temuan" in err


def test_what_a_killed_freeze_left_goes_with_the_next_one(published):
    """A half-made snapshot holds people, and no rule of retention finds it."""
    accept_all(published)
    left = published.decree(PERIODE) / "rancangan" / ".tmp-4194305-kill"
    left.mkdir(parents=True)
    (left / "data_sasaran.parquet").write_bytes(b"orang")
    freeze_draft(published, PERIODE, 1)
    assert not left.exists()


def test_the_sealed_names_are_proved_byte_by_byte_and_row_by_row(sealed):
    """The BNBA belongs to the seal: changed or taken away it is named, and nothing else is."""
    path = sealed.root / KE_1 / "bnba.parquet"
    flip(path)
    assert [("bnba.parquet" in text, "berkas penetapan berubah" in text) for text in faults(sealed)] == [(True, True)]
    path.unlink()
    assert [("bnba.parquet" in text, "berkas penetapan hilang" in text) for text in faults(sealed)] == [(True, True)]


def test_a_decree_outlives_the_identities_of_its_revision(sealed, capsys):
    """Destroyed by retention, recorded: the decree is made again from the publication and its own sealed names."""
    shown = capsys.readouterr
    folder = sealed.identitas(PERIODE, 1)
    contracts = load_contracts()
    after = datetime(2026, 12, 31, 12, tzinfo=JAKARTA)
    assert run(sealed, contracts, load_rules(contracts), by="Ani Uji", witness="Budi Uji", now=after).records == []
    gone = run(sealed, contracts, load_rules(contracts), by="Ani Uji", witness="Budi Uji", now=after + timedelta(days=1))
    assert [(item["kumpulan"], item["tempat"]) for item in gone.records if "identitas" in item["tempat"]] == [
        ("identitas", "identitas/2025-07-01/rev-1")
    ]
    assert [path.name for path in folder.iterdir()] == [NISAN]
    with pytest.raises(PadananError, match="identitas sudah dimusnahkan menurut retensi"):
        identities(sealed, PERIODE, 1)
    assert prove(sealed, PERIODE, again=True, annex=annex).faults == []
    flip(sealed.root / KE_1 / "bnba.parquet")
    assert any("bnba.parquet" in text for text in faults(sealed))
    assert shown().err == ""


def test_identities_that_somebody_deleted_were_not_destroyed_by_rule(sealed):
    (sealed.identitas(PERIODE, 1) / "identitas.parquet").unlink()
    assert [("identitas hilang" in text) for text in faults(sealed)] == [True]


def test_a_draft_without_the_names_is_not_sealed(tmp_path, key, monkeypatch):
    """Somebody took the BNBA out of draft and seal, and signed that: it is not what the publication gives."""
    monkeypatch.setenv("PADANAN_KEY_FILE", str(key))
    home = demo_home(tmp_path / "data")
    publish(home)
    to_draft(home)
    draft = home.decree(PERIODE) / "rancangan" / "rev-1"
    data = json.loads((draft / "segel.json").read_text())
    del data["bnba"]
    for name in ("segel.json", "sidik.json", "bnba.parquet"):
        (draft / name).chmod(0o600)
    (draft / "bnba.parquet").unlink()
    (draft / "segel.json").write_text(json.dumps(data))
    resign(draft, draft.relative_to(home.root).as_posix(), ["segel.json"])
    with pytest.raises(Refusal, match="tidak memuat orang yang sama"):
        seal(home)
    assert not (home.root / KE_1).exists()
