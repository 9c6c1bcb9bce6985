"""Keys are replaced while agencies read: what goes on, what is asked again, and the one thing that is refused by name."""

from datetime import date, datetime, timedelta

import pytest

from padanan import cli
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.keys import key_file
from padanan.base.period import JAKARTA
from padanan.distribution.audit_proof import export_head, people_of, readers_of, ring_of, verify_audit
from padanan.distribution.clients import renew_client
from padanan.distribution.shelf import publish_decree
from padanan.records.seal_keys import publics
from padanan.upkeep.key.rotate import rotate
from tests.distribution.agencies_by_hand import BASE
from tests.distribution.decree_by_hand import BEFORE, PERIODE, nik_of, seal_decree

NOW = datetime.now(JAKARTA)


@pytest.fixture
def agency(served):
    served.grant(baris="sasaran", wilayah=["31"])
    return served.agency()


@pytest.fixture
def rotated(tmp_path):
    """Two decrees with a change of the key between them: everybody is called otherwise in the newer one."""
    home = Home(tmp_path / "dua").ensure()
    (home.root / "demo.json").write_text("{}")
    seal_decree(home, BEFORE)
    rotate(home, by="Uji", reason="penggantian berkala", now=NOW)
    seal_decree(home, PERIODE, shift=60, word="sesudah")
    publish_decree(home, PERIODE)
    return home


@pytest.mark.feature("F20")
def test_changes_across_a_change_of_the_key_are_refused_by_name_and_never_all_removed_all_added(rotated, database):
    from tests.distribution.agencies_by_hand import serving

    with serving(rotated, database) as served:
        served.grant(baris="sasaran", wilayah=["31"])
        one = served.agency()
        answer = one.rows(f"{BASE}/sasaran/perubahan", sejak="2025-S1/1")
        assert (answer.status_code, answer.json()["kode"]) == (404, "samaran-berganti")
        assert "seluruh data sasaran" in answer.json()["detail"]
        assert one.get(BASE).json()["perubahan_sejak"] == []
        # Another decree that was never there is told as ever; the rows themselves are served.
        assert one.rows(f"{BASE}/sasaran/perubahan", sejak="2024-S2/1").json()["kode"] == "tidak-ditemukan"
        assert one.rows(batas=3).status_code == 200
        # The next decree with the same key is compared again.
        seal_decree(rotated, PERIODE, 2, shift=90, word="sesudah")
        publish_decree(rotated, PERIODE)
        assert one.get(BASE).json()["perubahan_sejak"] == ["2025-S2/1"]
        kinds = {row["jenis"] for row in one.rows(f"{BASE}/sasaran/perubahan", sejak="2025-S2/1", batas=1000).json()["data"]}
        assert kinds >= {"tambah", "hapus"}
        found = one.rows(f"{BASE}/sasaran/perubahan", sejak="2025-S2/1", batas=1000).json()["data"]
        assert len([row for row in found if row["jenis"] == "hapus"]) == 30


@pytest.mark.feature("F50")
def test_a_server_goes_on_over_a_change_of_the_key_and_its_audit_proves(served, agency):
    """Tokens hold, a page that was begun is asked anew, and who read somebody before is still found."""
    page = agency.rows(batas=5).json()
    assert agency.find(nik_of(101)).status_code == 200
    export_head(served.home, served.door.store, NOW)
    rotate(served.home, by="Uji", reason="penggantian berkala", now=NOW)
    assert agency.rows(kursor=page["berikutnya"], batas=5).json()["kode"] == "kursor-usang"
    assert agency.rows(batas=5).status_code == 200 and agency.find(nik_of(101)).status_code == 200
    proof = verify_audit(served.home, served.door.store)
    assert not proof.faults and proof.days == 1
    (person,) = people_of(served.home, nik_of(101))
    assert sum(1 for _ in readers_of(served.door.store, ring_of(served.home), person)) >= 2


@pytest.mark.feature("F50")
def test_after_the_first_key_is_lost_nothing_is_guessed(served, agency):
    rotate(served.home, by="Uji", reason="penggantian berkala", now=NOW)
    lines = key_file().read_text().splitlines()
    key_file().write_text(lines[-1] + "\n")
    assert agency.rows(batas=5).status_code == 503
    assert verify_audit(served.home, served.door.store).faults


def test_a_new_seal_key_signs_the_next_head_and_the_old_ones_still_prove(served, agency, monkeypatch):
    export_head(served.home, served.door.store, NOW - timedelta(days=1))
    monkeypatch.setenv("PADANAN_HOME", str(served.home.root))
    assert cli.main(["key", "rotate-seal", "--by", "Uji", "--reason", "penggantian berkala"]) == 0
    export_head(served.home, served.door.store, NOW)
    proof = verify_audit(served.home, served.door.store)
    assert (proof.days, proof.faults, len(publics(served.home))) == (2, [], 2)


@pytest.mark.feature("F21")
def test_a_client_gets_a_new_secret_and_the_old_one_and_its_tokens_end(served, agency):
    until = date.today() + timedelta(days=90)
    secret = renew_client(served.door.writer, agency.id, by="Uji", now=NOW, secret_until=until)
    assert agency.rows().status_code == 401, "a token of before"
    for word, status in ((agency.secret, 401), (secret, 200)):
        answer = served.web.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=(agency.id, word))
        assert answer.status_code == status
    agency.token = answer.json()["access_token"]
    assert agency.rows(batas=1).status_code == 200, "its grant stays"
    assert [one["tindakan"] for one in served.events() if one["jenis"] == "klien"] == ["dibuat", "rahasia diganti"]
    assert secret not in str(served.events())


def test_a_client_that_was_revoked_or_never_was_is_not_renewed(served, agency, monkeypatch, capsys):
    monkeypatch.setenv("PADANAN_API_DB", served.door.store.engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv("PADANAN_HOME", str(served.home.root))
    words = ("klien", "renew", agency.id, "--secret-until", "2099-01-01", "--by", "Uji")
    assert cli.main(list(words)) == 0 and "Rahasia (dicetak sekali" in capsys.readouterr().out
    assert cli.main(["klien", "revoke", agency.id, "--by", "Uji"]) == 0
    assert cli.main(list(words)) == 1 and "sudah dicabut" in capsys.readouterr().err
    with pytest.raises(PadananError, match="tidak ada"):
        renew_client(served.door.writer, "siapa-saja", by="Uji", now=NOW, secret_until=date(2099, 1, 1))
