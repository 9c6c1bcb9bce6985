"""What is proved again by itself: the seal behind the shown files, whom they hold, and the record of accesses."""

import pytest

from padanan.distribution.daily import counted, prove_accesses, seal_faults
from padanan.distribution.state.store import FILE, open_store
from padanan.records.seals import newest_seal
from tests.distribution.decree_by_hand import PEOPLE, PERIODE
from tests.distribution.test_audit import unlocked


@pytest.mark.feature("F20")
def test_the_seal_and_everything_made_from_it_agree(decreed):
    assert seal_faults(decreed, PERIODE) == []
    assert counted(decreed, PERIODE) == {"segel": PEOPLE, "berkas": PEOPLE, "agregat": PEOPLE}


@pytest.mark.parametrize(
    ("name", "told"),
    [("segel.json", "isi segel berubah"), ("segel.json.sig", "Ed25519"), ("data_sasaran.parquet", "data_sasaran.parquet"),
     ("bnba.parquet", "bnba.parquet")],
)  # fmt: skip
def test_one_changed_byte_is_named(decreed, name, told):
    path = newest_seal(decreed, PERIODE).folder / name
    path.chmod(0o600)
    content = path.read_bytes()
    if name == "segel.json":
        changed = content.replace(b'"nomor": "', b'"nomor": "9', 1)
    else:
        middle = len(content) // 2
        changed = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
    assert changed != content
    path.write_bytes(changed)
    assert any(told in fault for fault in seal_faults(decreed, PERIODE))


def test_a_home_without_an_api_has_nothing_to_prove(decreed):
    proof = prove_accesses(decreed)
    assert (proof.events, proof.faults) == (0, []) and not (decreed.distribusi / FILE).exists()


@pytest.mark.feature("F50")
def test_accesses_are_proved_their_head_signed_and_a_changed_one_found(served, monkeypatch):
    monkeypatch.setenv("PADANAN_API_DB", served.door.store.engine.url.render_as_string(hide_password=False))
    served.agency()
    proof = prove_accesses(served.home)
    assert proof.events > 0 and not proof.faults
    assert list((served.home.distribusi / "audit").glob("kepala-*.json.sig"))
    store = open_store(served.home)
    unlocked(store)
    with store.writing() as con:
        con.exec_driver_sql("update audit set isi = replace(isi, 'jenis', 'jenus') where no = 1")
    store.close()
    assert prove_accesses(served.home).faults
