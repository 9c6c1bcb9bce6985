"""A quarantined, refused, held or unreadable delivery is a failed check with its receipt and one alarm, until a good one came."""

import json
import shutil
from pathlib import Path

import dagster as dg
import pytest
import yaml

from orchestration.defs.landing.deliveries import landing_asset
from orchestration.resources import AlarmResource, KontrakResource, RumahResource
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.keys import load_key
from padanan.contracts.contract import load_contracts
from padanan.landing import inbox
from padanan.records.ledger import release
from tests.landing.deliveries import CANARY_NAME, CANARY_NIK, arrives

PARTITION = "2025-07-01"
SAMPLES = Path(__file__).resolve().parents[2] / "data" / "samples"


@pytest.fixture
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("PADANAN_HOME", str(tmp_path / "data"))
    return Home.from_env().ensure()


def drop(home, source, name=None, contract_id="dtks", received=None):
    """A sample into the inbox, with its letter; arrived on the day that it names, or on another one."""
    path = home.inbox(contract_id) / (name or source.name)
    path.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, path)
    letter = source.with_name(f"{source.name}.pengantar.yaml").read_text()
    path.with_name(f"{path.name}.pengantar.yaml").write_text(letter)
    return arrives(home, contract_id, path, received or yaml.safe_load(letter)["diterima"])


def land(contract_id="dtks"):
    """One run of the producer's landing: its checks by name, and all that Dagster keeps of it."""
    resources = {"rumah": RumahResource(), "kontrak": KontrakResource(), "alarm": AlarmResource(lingkungan="dev", luar=False)}
    with dg.DagsterInstance.ephemeral() as instance:
        result = dg.materialize(
            [landing_asset(load_contracts()[contract_id])], partition_key=PARTITION, resources=resources, instance=instance
        )
        events = "\n".join(str(record.event_log_entry) for record in instance.get_records_for_run(result.run_id).records)
        return {one.check_name: one for one in result.get_asset_check_evaluations()}, events


def alarms(home):
    path = home.root / "logs" / "alarm.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


@pytest.mark.feature("F09")
def test_a_bad_file_is_a_warning_with_its_own_receipt_beside_green_rows_and_a_good_one_clears_it(home):
    good, bad = SAMPLES / "baik" / "dtks_2025-10.csv", SAMPLES / "buruk" / "dtks_2025-10_kolom_wajib_hilang.csv"
    drop(home, bad, f"{CANARY_NAME} {CANARY_NIK}.csv", received="2025-10-07T09:00:00+07:00")
    checks, events = land()
    check = checks["kiriman_ditolak"]
    assert checks["baris_utuh"].passed and not check.passed and check.severity == dg.AssetCheckSeverity.WARN
    text = check.metadata["rincian"].value
    (receipt,) = (home.root / "quarantine" / "dtks").glob("*/tanda_terima.html")
    assert f"`{receipt.relative_to(home.root)}`" in text and str(home.root) not in text
    flags = json.loads(receipt.with_name("manifest.json").read_text())["flags"]
    assert all(flag["rule_id"] in text and flag["perbaikan"] in text for flag in flags if flag["akibat"] != "peringatan")
    assert check.metadata["karantina"].value == "1" and "1 karantina" in check.description
    land()
    (alarm,) = alarms(home)
    assert alarm["title"] == "Kiriman dtks karantina" and str(receipt.relative_to(home.root)) in alarm["body"]
    assert CANARY_NAME not in events + str(alarm) and CANARY_NIK not in events + str(alarm)
    drop(home, good)
    checks, _ = land()
    assert checks["kiriman_ditolak"].passed and checks["kiriman_aktif"].passed
    assert "rincian" not in checks["kiriman_ditolak"].metadata and checks["kiriman_ditolak"].metadata["karantina"].value == "0"


def test_a_held_delivery_says_how_to_release_it_and_is_green_once_released(home):
    good = SAMPLES / "baik" / "dtks_2025-10.csv"
    drop(home, good)
    path = home.inbox("dtks") / f"{good.name}.pengantar.yaml"
    path.write_text("periode_data: '2029-10'\nditerima: 2029-10-10T09:00:00+07:00\n")
    checks, _ = land()
    manifests = [json.loads(one.read_text()) for one in home.root.glob("*/dtks/**/manifest.json")]
    (manifest,) = manifests
    check = checks["kiriman_ditolak"]
    assert manifest["status"] == "ditahan" and not check.passed and check.metadata["ditahan"].value == "1"
    assert f"padanan release {manifest['sha16']}" in check.metadata["rincian"].value
    (alarm,) = alarms(home)
    assert alarm["tags"]["sidik"] == manifest["sha16"] and "padanan release" in alarm["body"]
    release(home, load_contracts(), manifest["sha16"], by="uji", reason="uji")
    assert land()[0]["kiriman_ditolak"].passed


def test_a_file_that_can_not_be_taken_in_is_told_without_its_name(home, monkeypatch):
    drop(home, SAMPLES / "baik" / "dtks_2025-10.csv")
    path = home.inbox("dtks") / f"{CANARY_NAME[:9]}.csv"
    path.write_bytes(b"x")
    real = inbox.deliver

    def broken(home, contracts, contract_id, one, **options):
        if one == path:
            raise OSError(5, "Input/output error", str(one))
        return real(home, contracts, contract_id, one, **options)

    monkeypatch.setattr(inbox, "deliver", broken)
    checks, events = land()
    check = checks["kiriman_ditolak"]
    assert checks["kiriman_aktif"].passed and not check.passed and check.metadata["tidak_dapat_diterima"].value == "1"
    assert "periksa berkas dan surat pengantarnya" in check.metadata["rincian"].value and CANARY_NAME[:9] not in events
    path.unlink()
    assert land()[0]["kiriman_ditolak"].passed


def test_a_name_as_long_as_the_disk_allows_has_a_receipt(home):
    drop(home, SAMPLES / "baik" / "dtks_2025-10.csv")
    (home.inbox("dtks") / f"{CANARY_NAME[:9]}{'S' * 240}.csv").write_bytes(b"x")
    checks, events = land()
    assert checks["kiriman_aktif"].passed and checks["kiriman_ditolak"].metadata["karantina"].value == "1"
    assert "tanpa_periode" in checks["kiriman_ditolak"].metadata["rincian"].value and CANARY_NAME[:9] not in events


def test_a_late_delivery_is_used_and_told_once(home):
    drop(home, SAMPLES / "baik" / "dtks_2025-10.csv", received="2025-11-20T09:00:00+07:00")
    checks, _ = land()
    land()
    (alarm,) = alarms(home)
    assert alarm["title"] == "Kiriman dtks terlambat" and "tenggat" in alarm["body"] and checks["kiriman_ditolak"].passed


def test_a_key_that_is_open_to_others_is_no_files_fault(home, tmp_path, monkeypatch):
    """The landing fails with the key's cause and cure, not with a file's: that one lands once the key is mended."""
    drop(home, SAMPLES / "baik" / "dtks_2025-10.csv")
    key = tmp_path / "kunci" / "hmac.key"
    key.parent.mkdir(mode=0o700)
    monkeypatch.setenv("PADANAN_KEY_FILE", str(key))
    load_key()
    key.parent.chmod(0o777)
    with pytest.raises(PadananError, match="folder kunci terbuka"):
        inbox.process_inbox(home, load_contracts(), "dtks")
    key.parent.chmod(0o700)
    (receipt,) = inbox.process_inbox(home, load_contracts(), "dtks").receipts
    assert receipt.status == "diterima"


def test_an_empty_inbox_asks_for_no_key(home, tmp_path, monkeypatch):
    key = tmp_path / "kunci" / "hmac.key"
    monkeypatch.setenv("PADANAN_KEY_FILE", str(key))
    assert inbox.process_inbox(home, load_contracts(), "dtks").receipts == ()
    assert not key.exists()
