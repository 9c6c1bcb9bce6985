"""A newcomer whom no register names becomes a person of the next run: by a visit and a musyawarah, compared, and only then."""

from __future__ import annotations

import csv
import json
import stat
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from padanan.base.errors import PadananError
from padanan.base.period import JAKARTA
from padanan.contracts.contract import load_contracts
from padanan.contracts.planned import store, stored
from padanan.evidence.decisions import add_newcomers
from padanan.feedback.links import Pair, decide, record_found, standing
from padanan.feedback.ranking import FILE, hand_over_newcomers
from padanan.feedback.state import open_state
from padanan.landing.land import deliver
from padanan.published.proof import faults_of_published
from padanan.records.field_proof import prove_field
from padanan.review.kit.make import make as make_kits
from padanan.review.worklist.make import make as make_worklists
from padanan.run.feedback_state import feedback_inputs
from padanan.run.plan import make_plan
from padanan.run.report import render_report
from tests.feedback.conftest import copied
from tests.feedback.field import Field
from tests.pipeline import PERIODE, dbt, period_once, step, to_published

WHO = {"pengusul": "contoh.pengusul", "penyetuju": "contoh.penyetuju", "reason": "kartu keluarganya berbeda"}
NOW = datetime(2025, 12, 3, 9, tzinfo=JAKARTA)
CUTOFF = date(2025, 12, 15)
HOME_KELURAHAN = "3171011001"
NAMES = {
    "masuk": "Zvonimir Quackenbush", "tanpa_nik": "Ottoline Featherstone", "musyawarah_saja": "Xanthippe Wolkonsky",
    "kunjungan_saja": "Barnaby Fiennes", "tertaut": "Thaddeus Okonkwo", "antre": "Ulrika Gyllenhaal",
    "meninggal": "Peregrine Valdemar", "berbeda": "Isolde Mandelbaum", "belum_dibandingkan": "Casimir Rutherglen",
}  # fmt: skip
NIK = {"masuk": "3171010302510091"}


def person(name: str) -> dict[str, str]:
    """Somebody of whom no register knows."""
    return {"NIK": NIK.get(name, ""), "NAMA": NAMES[name], "TANGGAL LAHIR": "03/02/1951"}


@dataclass
class Met:
    """The field, and the provisional identifier of each newcomer."""

    field: Field
    ids: dict[str, str]

    def plan(self, cutoff: date = CUTOFF) -> tuple[Any, dict[str, str], list[dict[str, Any]]]:
        """The inputs of a run, why whoever waits waits, and the rows that enter."""
        found = feedback_inputs(self.field.home, cutoff)
        folder = self.field.home.warehouse / "umpan_balik" / cutoff.isoformat() / "warga_baru"
        names = {value: key for key, value in self.ids.items()}
        aside = {names[row["sementara"]]: row["alasan"] for row in rows(folder / "rejects.parquet")}
        return found, aside, rows(folder / "part.parquet")


def rows(path: Path) -> list[dict[str, Any]]:
    cursor = duckdb.execute("from read_parquet(?)", [str(path)])
    names = [one[0] for one in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def deliver_resident(field: Field, who: dict[str, str]) -> None:
    """Adminduk delivers its month once more, after the first cut-off day: with one resident more."""
    home = field.home
    (original,) = home.root.glob("landing/adminduk/*/delivery=*/original/*.parquet")
    facts = json.loads((original.parent.parent / "manifest.json").read_text())
    day, month, year = who["TANGGAL LAHIR"].split("/")
    path = home.root.parent / "adminduk_lagi.parquet"
    rows = f"from read_parquet('{original}', hive_partitioning = false)"
    resident = f"""select * replace ('{who["NIK"]}' as NIK, '{who["NAMA"].upper()}' as NAMA_LGKP, '3171010302510001' as NO_KK,
      '{year}-{month}-{day}' as TGL_LHR, '1' as STAT_HBKEL) {rows} where STATUS = (select mode(STATUS) {rows}) limit 1"""
    duckdb.execute(f"copy (select * {rows} union all ({resident})) to '{path}' (format parquet)")
    receipt = deliver(
        home, load_contracts(), "adminduk", path, periode_data=facts["periode_data"],
        diterima=datetime(2025, 12, 16, 9, tzinfo=JAKARTA),
    )  # fmt: skip
    assert receipt.status == "diterima", receipt.flags


def published_again(met: Met, cutoff: date) -> Path:
    """The period once more, with a later cut-off day."""
    home, key = met.field.home, met.field.key
    store(home, make_plan(home, load_contracts(), PERIODE, cutoff=cutoff).data)
    dbt(home.root, key, 1)
    step(home.root, key, "evidence")
    dbt(home.root, key, 2)
    step(home.root, key, "publish")
    return max(home.published(PERIODE).glob("rev-*"))


def meet(field: Field) -> Met:
    """Nine newcomers of whom the field tells; all but one were compared, one is linked, one waits."""
    seen = [name for name in NAMES if name not in ("musyawarah_saja", "meninggal")]
    visits = [field.row("verivali", person(name), NOMOR=f"V-{name}") for name in seen]
    visits.append(field.row("verivali", person("meninggal"), NOMOR="V-meninggal", HASIL="MENINGGAL"))
    visits.append(field.row("verivali", person("berbeda"), NOMOR="V-lain", VERIFIKATOR="DINSOS", HASIL="PINDAH"))
    spoken = [name for name in NAMES if name != "kunjungan_saja"]
    address = {"ALAMAT": "Jl. Mawar No. 3 RT 001 RW 002", "L/P": "L"}
    talks = [field.row("muskel", {**person(name), **address}, **{"NOMOR USULAN": f"M-{name}"}) for name in spoken]
    taken = [field.returned("verivali", *visits), field.returned("muskel", *talks)]
    ids: dict[str, str] = {}
    for one, given in zip(taken, (visits, talks), strict=True):
        for event in field.events(one):
            assert event["cara"] == "baru"
            ids[next(key for key, name in NAMES.items() if name == given[event["baris"] - 2]["NAMA"])] = event["id_orang"]
    assert len(set(ids.values())) == len(NAMES)
    known = field.people(2)
    record_found(
        field.home,
        [Pair(ids["tertaut"], known[0]["id"], 0.99, 20.0)],
        [Pair(ids["antre"], known[1]["id"], 0.6, 2.0)],
        publication="x",
        rules="y",
        now=NOW,
        compared=set(ids.values()) - {ids["belum_dibandingkan"]},
    )
    return Met(field, ids)


@pytest.fixture
def met(field: Field) -> Met:
    """A home of its own where the field has met them."""
    return meet(field)


@pytest.fixture(scope="module")
def published_once(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, dict[str, str]]:
    """The same with the next revision, which knows them; it is never changed."""
    source, key, _ = period_once(tmp_path_factory, "default")
    home = copied(source, tmp_path_factory.mktemp("warga-baru") / "data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PADANAN_HOME", str(home.root))
        patch.setenv("PADANAN_KEY_FILE", str(key))
        made = meet(Field(home.ensure(), key))
        assert to_published(home.root, key).name == "rev-2"
    return home.root, key, made.ids


@pytest.fixture
def published(published_once: tuple[Path, Path, dict[str, str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Met:
    """A copy of it."""
    source, key, ids = published_once
    home = copied(source, tmp_path / "data")
    monkeypatch.setenv("PADANAN_HOME", str(home.root))
    monkeypatch.setenv("PADANAN_KEY_FILE", str(key))
    return Met(Field(home.ensure(), key), ids)


@pytest.mark.feature("F26")
def test_only_who_was_met_called_layak_and_is_like_nobody_enters(met: Met) -> None:
    found, aside, entered = met.plan()
    assert {row["nama"] for row in entered} == {NAMES["masuk"], NAMES["tanpa_nik"]}
    assert aside == {
        "musyawarah_saja": "verivali_tidak_menemukan",
        "kunjungan_saja": "belum_layak_muskel",
        "tertaut": "sudah_dikenal",
        "antre": "calon_menunggu_putusan",
        "meninggal": "meninggal",
        "berbeda": "bersengketa",
        "belum_dibandingkan": "belum_dibandingkan",
    }
    folder = met.field.home.root / Path(found.newcomers.path).parent
    assert json.loads((folder / "manifest.json").read_text())["rows_in"] == len(aside) + len(entered)
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in folder.iterdir())
    again, _, _ = met.plan()
    assert again == found, "the same events are the same input"
    # Two people say that the one who waited is somebody else: they enter, and no evidence may join them to that person again.
    other = standing(met.field.home).queue[0].id_orang
    decide(met.field.home, met.ids["antre"], other, "bukan", now=NOW + timedelta(days=1), **WHO)
    _, aside, entered = met.plan()
    assert {row["_entity_key"]: row["_bukan"] for row in entered}[met.ids["antre"]] == [other] and "antre" not in aside
    # What went by retention is named, and nobody is made up again from what is left.
    for kind in ("verivali", "muskel"):
        for part in met.field.home.root.glob(f"landing/{kind}/*/*/part.parquet"):
            part.unlink()
    _, aside, entered = met.plan()
    assert not entered and {aside[name] for name in ("masuk", "tanpa_nik", "antre")} == {"isi_terhapus"}
    before, aside, entered = met.plan(date(2025, 12, 1))
    assert (before.newcomers.rows_on, len(aside)) == (0, len(NAMES)), "nobody was compared on that day"


@pytest.mark.feature("F26")
@pytest.mark.feature("F35")
def test_they_are_people_of_the_next_revision(published: Met) -> None:
    met, home = published, published.field.home
    folder = home.published(PERIODE, 2)
    read = {name: rows(folder / f"{name}.parquet") for name in ("padanan_record", "warga_baru", "row_account", "gap")}
    records = {row["entity_key"]: row for row in read["padanan_record"] if row["producer"] == "warga_baru"}
    assert set(records) == {met.ids["masuk"], met.ids["tanpa_nik"]}
    people = {name: records[met.ids[name]]["id_orang"] for name in ("masuk", "tanpa_nik")}
    assert people["tanpa_nik"] == met.ids["tanpa_nik"], "without a NIK the provisional identifier is the person's own"
    assert records[met.ids["masuk"]]["status_nik"] == "nik_tidak_ditemukan"
    assert {row["id_lama"]: row["id_orang"] for row in read["warga_baru"]} == {met.ids[name]: people[name] for name in people}
    account = {row["tahap"]: row for row in read["row_account"] if row["producer"] == "warga_baru"}
    assert set(account) == {"landing", "cleansing", "padanan", "sasaran"} and all(row["seimbang"] for row in account.values())
    assert (account["landing"]["masuk"], account["landing"]["lanjut"], account["landing"]["disisihkan"]) == (9, 2, 7)
    assert "calon_menunggu_putusan:1" in account["landing"]["alasan"]
    assert {row["rule_id"] for row in read["gap"] if row["record_key"] == records[met.ids["tanpa_nik"]]["record_key"]} >= {
        "nik_kosong", "kk_kosong",
    }  # fmt: skip
    persons = {row["id_orang"]: row for row in rows(folder / "padanan_orang.parquet")}
    target = {row["id_orang"]: row for row in rows(folder / "sasaran.parquet")}
    listed = {row["id_orang"]: row["daftar"] for row in rows(folder / "daftar_belum_masuk.parquet")}
    names = {row["id_orang"]: row for row in rows(home.root / f"identitas/{PERIODE.key}/rev-2/identitas.parquet")}
    for one in people.values():
        assert persons[one]["ada_warga_baru"] and persons[one]["kombinasi"] == 0
        assert (persons[one]["di_dki"], persons[one]["sumber_domisili"]) == (True, "warga_baru")
        assert persons[one]["kode_kelurahan"] is not None
        assert target[one]["kriteria_gagal"] == "desil_diketahui" and listed[one] == "belum_berdesil"
        assert names[one]["alamat"] and names[one]["nama"]
    without = {row["id_orang"] for row in rows(folder / "tanpa_dokumen.parquet")}
    assert people["tanpa_nik"] in without and people["masuk"] not in without
    assert names[people["masuk"]]["nik"] == NIK["masuk"]
    # What was known of them by the provisional identifier is known of the person now.
    assert met.field.state(people["masuk"])["verivali_hasil"] == "ditemukan"
    with duckdb.connect() as con:
        open_state(con, home, ["verivali", "muskel"])
        left = con.execute("select id_orang from keadaan where baru").fetchall()
    assert met.ids["masuk"] not in {one for (one,) in left}


@pytest.mark.feature("F26")
def test_report_worklists_and_verification_take_them_as_anybody_else(published: Met) -> None:
    home = published.field.home
    assert render_report(home, PERIODE, 2).is_file()
    assert make_worklists(home, PERIODE, 2, now=NOW)
    assert make_kits(home, PERIODE, 2, now=NOW)
    assert faults_of_published(home, PERIODE, 2)[1] == []


def test_rows_that_were_changed_are_not_published(met: Met) -> None:
    home, key = met.field.home, met.field.key
    step(home.root, key, "plan", PERIODE.label)
    part = home.warehouse / "umpan_balik" / CUTOFF.isoformat() / "warga_baru" / "part.parquet"
    copied = part.read_bytes()
    duckdb.execute(f"copy (select * replace ('Orang Lain' as nama) from read_parquet('{part}')) to '{part}' (format parquet)")
    data = stored(home)
    assert data is not None and data.warga_baru is not None
    with pytest.raises(PadananError, match="berubah"):
        prove_field(home, data)
    part.write_bytes(copied)
    prove_field(home, data)
    # Rows of another plan of the same day are whole and signed, and yet not those that this plan was made with.
    met.field.returned("muskel", met.field.row("muskel", person("kunjungan_saja"), **{"NOMOR USULAN": "M-kemudian"}), name="lagi")
    feedback_inputs(home, CUTOFF)
    with pytest.raises(PadananError, match="bukan yang direncanakan"):
        prove_field(home, data)


@pytest.mark.panjang
@pytest.mark.feature("F26")
def test_whoever_a_register_delivers_later_is_one_person_and_found_by_every_earlier_name(published: Met) -> None:
    """The newcomer of one revision has a NIK that Adminduk delivers in the next: one person, whom both earlier names mean."""
    met, home = published, published.field.home
    earlier = home.published(PERIODE, 2)
    before = {row["id_sementara"]: row["id_orang"] for row in rows(earlier / "warga_baru.parquet")}[met.ids["masuk"]]
    assert before != met.ids["masuk"]
    # The field speaks of them by the identifier of that publication's worklist.
    deliver_resident(met.field, person("masuk"))
    told = {"id": before, "ID ORANG": before, "NAMA": NAMES["masuk"]}
    late = datetime(2025, 12, 18, 9, tzinfo=JAKARTA)
    met.field.returned(
        "verivali",
        met.field.row("verivali", told, NOMOR="V-susulan", **{"TANGGAL KUNJUNGAN": "17/12/2025"}),
        came=late,
        month="2025-12",
    )
    assert met.field.state(before)["verivali_pada"] == date(2025, 12, 17)
    again = published_again(met, date(2025, 12, 20))
    assert make_plan(home, load_contracts(), PERIODE, cutoff=date(2025, 12, 20)).unchanged, (
        "a run reads no publication of its own"
    )
    found = [row for row in rows(again / "padanan_record.parquet") if row["entity_key"] == met.ids["masuk"]]
    (record,) = found
    assert record["status"] == "padan_nik" and record["id_orang"] not in (before, met.ids["masuk"])
    sources = {row["producer"] for row in rows(again / "padanan_record.parquet") if row["id_orang"] == record["id_orang"]}
    assert sources == {"adminduk", "warga_baru"}
    leads = {row["id_lama"]: row["id_orang"] for row in rows(again / "warga_baru.parquet")}
    assert leads[before] == leads[met.ids["masuk"]] == record["id_orang"]
    assert met.field.state(record["id_orang"])["verivali_pada"] == date(2025, 12, 17)
    assert met.field.state(before) is None and met.field.state(met.ids["masuk"]) is None
    # A row that names them by the old worklist's identifier is still about them.
    late = datetime(2025, 12, 22, 9, tzinfo=JAKARTA)
    taken = met.field.returned(
        "verivali",
        met.field.row("verivali", told, NOMOR="V-akhir", **{"TANGGAL KUNJUNGAN": "19/12/2025"}),
        came=late,
        month="2025-12",
    )
    assert [event["id_orang"] for event in met.field.events(taken)] == [record["id_orang"]]
    # Who entered stays, whatever the musyawarah says of them next, until the word by which they entered is taken back.
    said = {"NOMOR USULAN": "M-tetap", "USULAN": "TETAP", "TANGGAL MUSYAWARAH": "20/12/2025"}
    stays = met.field.row("muskel", person("masuk"), **said)
    met.field.returned("muskel", stays, came=late, month="2025-12", name="tetap")
    _, aside, entered = met.plan(date(2025, 12, 31))
    assert "masuk" not in aside and met.ids["masuk"] in {row["_entity_key"] for row in entered}
    void = {**stays, "NOMOR USULAN": "M-batal", "MEMBATALKAN": "M-masuk"}
    met.field.returned("muskel", void, came=late, month="2025-12", name="batal")
    _, aside, _ = met.plan(date(2025, 12, 31))
    assert aside["masuk"] == "dasarnya_batal"


@pytest.mark.panjang
@pytest.mark.feature("F31")
def test_a_newcomer_is_ranked_before_the_next_run_and_selected_by_it(met: Met) -> None:
    home, key = met.field.home, met.field.key
    went = datetime(2025, 12, 5, 9, tzinfo=JAKARTA)
    folder, facts = hand_over_newcomers(home, now=went)
    assert folder is not None and folder.name == "rev-1-susulan-1" and facts["jumlah"] == {"orang": 2}
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}
    with (folder / FILE).open(encoding="utf-8", newline="") as handle:
        handed = {row["NAMA"]: row for row in csv.DictReader(handle)}
    assert handed[NAMES["masuk"]]["NIK"] == NIK["masuk"] and handed[NAMES["tanpa_nik"]]["NIK"] == ""
    assert all(row["ALAMAT"] and row["KODE KELURAHAN"] and row["TANGGAL LAHIR"] == "03/02/1951" for row in handed.values())
    assert hand_over_newcomers(home, now=went) == (None, {}), "nobody goes twice"
    back = [
        {"ID SERAH": handed[NAMES[name]]["ID SERAH"], "TANGGAL PEMERINGKATAN": "06/12/2025", "DESIL": desil}
        for name, desil in (("masuk", "2"), ("tanpa_nik", "7"))
    ]
    taken = met.field.returned("desil", *back, came=datetime(2025, 12, 8, 9, tzinfo=JAKARTA), month="2025-12")
    assert (taken.events, taken.refused) == (2, 0)
    folder = to_published(home.root, key)
    people = {row["id_lama"]: row["id_orang"] for row in rows(folder / "warga_baru.parquet")}
    target = {row["id_orang"]: row for row in rows(folder / "sasaran.parquet")}
    chosen, above = (target[people[met.ids[name]]] for name in ("masuk", "tanpa_nik"))
    assert (chosen["terpilih"], chosen["desil"], chosen["asal_desil"]) == (True, 2, "balikan")
    assert (above["terpilih"], above["kriteria_gagal"]) == (False, "desil_di_bawah_batas")
    # Whom a publication has goes with everybody else, by the name they have there.
    assert hand_over_newcomers(home, now=datetime(2025, 12, 20, 9, tzinfo=JAKARTA)) == (None, {})


def test_two_people_s_no_outranks_evidence_once_for_each_pair(tmp_path: Path) -> None:
    path = tmp_path / "part.parquet"
    with duckdb.connect() as con:
        con.execute(f"copy (select 'p' as _entity_key, ['satu', 'dua', 'hilang'] as _bukan) to '{path}' (format parquet)")
        con.execute("create table rekaman as select 'warga_baru' as producer, 'p' as id_awal, 'p' as entity_key")
        con.execute("create table penduduk as from (values ('r1', 'satu'), ('r2', 'dua')) t (register_key, id_penduduk)")
        con.execute(
            "create table putusan as select 'warga_baru' as producer, 'p' as id_awal, 'r2' as register_key, "
            "'dua' as id_penduduk, 'padan' as keputusan"
        )
        add_newcomers(con, "warga_baru", [path])
        found = con.execute("select register_key, keputusan from putusan order by 1").fetchall()
    assert found == [("r1", "bukan"), ("r2", "padan")], "what a reviewer of the period said stands"
