"""Both dbt calls over one small landing: statuses, persons, families, overlaps, gaps, criteria and the account of rows.

One dbt run serves every test of this file.
"""

from __future__ import annotations

import json
from typing import Any

import duckdb
import pytest

from padanan.contracts.contract import load_contracts
from padanan.contracts.dbt_yaml import staging_model
from padanan.contracts.parts import stage_models
from padanan.contracts.rule_binding import rows
from padanan.published.groups import BORN
from padanan.published.tables import tables

BUDI, SITI, ANAK = "3171011207800001", "3171015303820002", "3171014105100003"
KK, KK_BARU = "3171010101100001", "3171010101200009"
PLACE = {"kelurahan": "GAMBIR", "kecamatan": "GAMBIR", "kota": "JAKARTA PUSAT"}
ADMINDUK = {
    **PLACE, "no_kk": KK, "nik": BUDI, "nama": "BUDI SANTOSO", "status_dasar": "1", "tgl_lahir": "1980-07-12",
    "jenis_kelamin": "1", "shdk": "1", "alamat": "JL KENANGA NO 3", "rt": "003", "rw": "005", "kode_kelurahan": "3171011001",
}  # fmt: skip
DTKS = {
    **PLACE, "id_sumber": "D1", "provinsi": "DKI JAKARTA", "kode_kota": "3173", "alamat": "JL KENANGA", "rt": "3", "rw": "5",
    "no_kk": KK, "nik": BUDI, "nama": "BUDI SANTOSO", "tgl_lahir": "1980-07-12", "jenis_kelamin": "L", "shdk": "1",
}  # fmt: skip
P3KE = {
    **PLACE, "id_keluarga_sumber": "P1", "provinsi": "DKI JAKARTA", "kode_kelurahan": "3171011001",
    "alamat": "JL KENANGA RT 003/RW 005",
    "nik": BUDI, "nama": "BUDI SANTOSO", "tgl_lahir": "1980-07-12", "jenis_kelamin": "1", "desil": "2",
}  # fmt: skip
PROGRAM = {
    **PLACE, "no_kk": KK, "nik": SITI, "nama": "SITI AMINAH", "tgl_lahir": "13/03/1982", "jenis_kelamin": "P",
    "alamat": "JL KENANGA NO 3 RT 003/RW 05", "periode_program": "2025-07", "nominal": "300000", "status": "EKSISTING",
}  # fmt: skip

ISTRI = {"nik": SITI, "nama": "SITI AMINAH", "tgl_lahir": "1982-03-13", "jenis_kelamin": "2"}


def person(base: dict[str, str], **changes: Any) -> dict[str, Any]:
    """A row like another one, with other values."""
    return {**base, **changes}


@pytest.fixture(scope="session")
def gudang(gudang_factory: Any) -> Any:
    """Ten people in six registries and two programs, through both dbt calls."""
    home = gudang_factory("pipeline")
    home.land(
        "adminduk",
        [
            ADMINDUK,
            person(
                ADMINDUK,
                nik=SITI,
                nama="Hj. SITI AMINAH, S.Pd",
                jenis_kelamin="2",
                tgl_lahir="1982-03-13",
                shdk="3",
                status_dasar="2",
            ),
            person(ADMINDUK, nik=ANAK, nama="RINA SANTOSO", jenis_kelamin="2", tgl_lahir="2010-05-01", shdk="1", no_kk=KK_BARU),
            person(ADMINDUK, nik="", nama="TANPA NOMOR", shdk="4"),
            person(ADMINDUK, nik="", nama="ORANG LAIN", tgl_lahir="1999-01-02", shdk="4"),
        ],
        aside=2,
    )
    home.land(
        "dtks",
        [
            DTKS,
            # the child is still on the old card here
            person(DTKS, id_sumber="D2", nik=ANAK, nama="RINA SANTOSO", tgl_lahir="2010-05-01", jenis_kelamin="P", shdk="4"),
            # a resident's NIK on somebody else
            person(DTKS, id_sumber="D3", nik=SITI, nama="JOKO PURNOMO", tgl_lahir="1955-11-30", shdk="4"),
            # well formed, but no resident has it
            person(
                DTKS,
                id_sumber="D4",
                nik="3171012207850077",
                nama="ENDANG LESTARI",
                tgl_lahir="1985-07-22",
                shdk="4",
                kelurahan="ENTAH",
            ),
            person(DTKS, id_sumber="D5", nik="-", nama="SLAMET", tgl_lahir="1950-01-05", shdk="4"),
        ],
    )
    home.land(
        "p3ke_keluarga",
        [
            P3KE,
            person(
                P3KE, id_keluarga_sumber="P9", nik="3171012207850077", nama="ENDANG LESTARI", tgl_lahir="1985-07-22", desil="9"
            ),
        ],
    )
    home.land(
        "p3ke_individu",
        [
            person(P3KE, id_sumber="1", shdk="1"),
            person(P3KE, id_sumber="2", shdk="3", desil="3", **ISTRI),
            person(P3KE, id_sumber="1", shdk="1", desil="11", nik="", nama="SEBATANG KARA", id_keluarga_sumber="P7"),
        ],
    )  # fmt: skip
    home.land("klj", [PROGRAM, person(PROGRAM, periode_program="2025-08")])
    home.land("kaj", [person(PROGRAM), person(PROGRAM, nik=ANAK, nama="RINA SANTOSO", tgl_lahir="01/05/2010")])
    home.plan()
    home.build_output = home.both_calls()
    return home


@pytest.mark.feature("F50")
@pytest.mark.parametrize("table", [*stage_models(load_contracts()), "padanan_record", "padanan_orang"])
def test_rules_are_bound_to_the_rows_that_dbt_builds(gudang: Any, table: str) -> None:
    """`padanan contracts check` binds to the YAML's columns and types; the built relations have them."""
    described = {row[0]: row[1] for row in gudang.rows(f"describe {table}")}
    contracts = load_contracts()
    held = stage_models(contracts).get(table)
    like = staging_model(contracts[held[0]].unit) if held else table
    assert described == {name: kind.upper() for name, kind in rows()[like].items()}


@pytest.mark.feature("F12")
def test_every_record_has_exactly_one_status(gudang: Any) -> None:
    """§3.1.3.4.b: a record matches, differs, is not found, or has no usable NIK; none is lost, none doubled."""
    got = dict(gudang.rows("select nama_bersih, r.status_nik from padanan_record r join stg_dtks__individu s using (record_key)"))
    assert got == {
        "BUDI SANTOSO": "padan_nik",
        "RINA SANTOSO": "padan_nik",
        "JOKO PURNOMO": "nik_padan_identitas_beda",
        "ENDANG LESTARI": "nik_tidak_ditemukan",
        "SLAMET": "tanpa_nik",
    }
    assert gudang.rows("select count(*), count(distinct record_key), count(status) from padanan_record") == [(19, 19, 19)]
    # None of these three is in Adminduk; the evidence gives each its one final word.
    final = dict(gudang.rows("select nama_bersih, r.status from padanan_record r join stg_dtks__individu s using (record_key)"))
    assert {final[name] for name in ("JOKO PURNOMO", "ENDANG LESTARI", "SLAMET")} == {"tidak_padan"}


def test_adminduk_is_its_own_reference(gudang: Any) -> None:
    """Adminduk's usable rows are matched by definition; those without NIK become provisional persons, each their own."""
    got = gudang.rows(
        "select metode, count(*), count(distinct id_orang) from padanan_record where producer = 'adminduk' group by 1 order by 1"
    )
    assert got == [("acuan", 3, 3), ("kunci_sumber", 2, 2)]


def test_a_person_without_resident_is_one_person_across_registries(gudang: Any) -> None:
    """ENDANG's NIK is in no register of residents; DTKS and P3KE agree on who she is."""
    got = gudang.rows(
        """select status_identitas, jumlah_rekaman, ada_dtks, ada_p3ke, ada_adminduk, nik from padanan_orang
        where nama = 'ENDANG LESTARI'"""
    )
    assert got == [("sementara_nik", 2, True, True, False, "3171012207850077")]


def test_wrong_owner_of_a_nik_is_a_person_of_its_own(gudang: Any) -> None:
    """A NIK pasted on another man must not make him the resident; his own NIK stays unknown."""
    got = gudang.rows("select status_identitas, kombinasi from padanan_orang where nama = 'JOKO PURNOMO'")
    assert got == [("sementara", 2)]


@pytest.mark.feature("F13")
def test_overlap_adds_up_to_the_union(gudang: Any) -> None:
    """§2.4.1.c: sums by kota, kecamatan and kelurahan are the same union; unknown places are counted, not dropped."""
    union = gudang.rows("select count(*) from padanan_orang where kombinasi > 0")[0][0]
    sums = gudang.rows("select tingkat, sum(jumlah)::int from overlap where satuan = 'orang' group by 1 order by 1")
    assert sums == [("kecamatan", union), ("kelurahan", union), ("kota", union)]
    assert union == gudang.rows("select count(distinct id_orang) from padanan_record where producer not in ('klj', 'kaj')")[0][0]
    three = gudang.rows(
        "select jumlah::int from overlap where satuan = 'orang' and tingkat = 'kota' and p3ke and dtks and adminduk"
    )
    assert three == [(1,)]


def test_families_are_kept_apart_and_linked(gudang: Any) -> None:
    """The DTKS family holds a child whose Adminduk card is a new one: linked to the old card's family, recorded as split."""
    got = gudang.rows(
        """select k.jumlah_anggota, k.jumlah_kartu_adminduk, k.terpecah, len(string_split(k.kartu_anggota, ';')), o.nama
        from padanan_keluarga k join padanan_orang o on o.id_orang = k.id_orang_kepala where k.sumber = 'dtks'"""
    )
    assert got == [(5, 2, True, 2, "BUDI SANTOSO")]
    assert gudang.rows("select count(*), count(distinct id_keluarga) from padanan_keluarga where sumber = 'p3ke'") == [(3, 3)]
    assert gudang.rows("select count(*) from padanan_keluarga where sumber in ('klj', 'kaj')") == [(0,)]


@pytest.mark.feature("F09")
def test_gap_rows_name_the_rule_and_the_kind(gudang: Any) -> None:
    """Known faults of this landing, exactly once each."""
    got = gudang.rows(
        """select producer, rule_id, coalesce(rincian, ''), count(*)::int from gap
        where producer in ('p3ke_keluarga', 'p3ke_individu', 'dtks') group by all order by all"""
    )
    assert got == [
        ("dtks", "nik_kosong", "kosong", 1),
        ("dtks", "nik_vs_jk", "", 1),
        ("dtks", "nik_vs_tgl_lahir", "", 1),
        ("dtks", "wilayah_tidak_dikenal", "tidak_dikenal", 1),
        ("p3ke_individu", "anggota_tanpa_keluarga", "", 1),
        ("p3ke_individu", "desil_beda_dalam_keluarga", "", 2),
        ("p3ke_individu", "desil_tidak_sah", "", 1),
        ("p3ke_individu", "meninggal_di_adminduk", "", 1),
        ("p3ke_individu", "nik_kosong", "kosong", 1),
        ("p3ke_keluarga", "keluarga_tanpa_anggota", "", 1),
    ]


@pytest.mark.feature("F13")
def test_program_doubles_and_clashes(gudang: Any) -> None:
    """SITI is twice in KLJ, and KLJ and KAJ exclude each other; both are found after the padanan."""
    got = gudang.rows("select producer, rule_id, count(*)::int from gap where rule_id like 'ganda_%' group by all order by all")
    assert got == [("kaj", "ganda_antar_program", 1), ("klj", "ganda_antar_program", 2), ("klj", "ganda_dalam_program", 2)]
    assert gudang.rows("select program, jumlah_program from padanan_orang where nama = 'SITI AMINAH'") == [("kaj,klj", 2)]


def test_sasaran_lists_everybody_with_a_reason(gudang: Any) -> None:
    """A person recorded as dead stays selected with a flag; others carry the first criterion that failed."""
    got = {
        row[0]: row[1:]
        for row in gudang.rows(
            "select nama, terpilih, kriteria_gagal, s.desil, bendera from sasaran s join padanan_orang using (id_orang)"
        )
    }
    assert got["SITI AMINAH"] == (True, None, 3, "meninggal_di_adminduk,desil_keluarga_beda")
    assert got["BUDI SANTOSO"] == (True, None, 2, "desil_keluarga_beda")
    assert got["RINA SANTOSO"] == (False, "desil_diketahui", None, None)
    # only the family file tells her desil
    assert got["ENDANG LESTARI"] == (False, "desil_di_bawah_batas", 9, None)
    assert gudang.rows("select count(*), count(versi_kriteria) from sasaran") == gudang.rows(
        "select count(*), count(*) from padanan_orang"
    )


@pytest.mark.feature("F50")
def test_identities_are_those_of_the_selected_and_of_people_with_tasks_or_on_tkpks_list(gudang: Any) -> None:
    """Each of them once, with what the fullest record says of the address; nobody else."""
    assert gudang.rows(
        """select count(*), count(distinct i.id_orang), bool_and(i.terpilih = s.terpilih and i.nama is not distinct from o.nama
            and i.nik is not distinct from o.nik and i.tgl_lahir is not distinct from o.tgl_lahir)
        from identitas i join sasaran s using (id_orang) join padanan_orang o using (id_orang)"""
    ) == gudang.rows(
        """select count(*), count(*), true from padanan_orang where id_orang in (select id_orang from sasaran where terpilih)
        or id_orang in (select id_orang from tugas) or id_orang in (select id_orang from daftar_belum_masuk)"""
    )
    [(street, card)] = gudang.rows("select alamat, no_kk from identitas where nama = 'SITI AMINAH'")
    assert street and street.startswith("JL") and card == KK


@pytest.mark.feature("F40")
def test_the_answered_registrys_own_ids_stand_beside_the_names_byte_for_byte(gudang: Any) -> None:
    """Every record of P3KE of somebody named is there once, with its family; of anybody else there is nothing."""
    listed = gudang.rows(
        """select id_orang, n.keluarga, n.orang, n.shdk from (select id_orang, unnest(nomor_balikan) as n from identitas)
        order by all"""
    )
    assert listed == gudang.rows(
        """select r.id_orang, p.id_keluarga_sumber, p.id_sumber, r.shdk from padanan_record r
        join stg_p3ke__individu p using (record_key) join identitas i using (id_orang) where p.id_sumber is not null
        order by all"""
    )
    assert len(listed) > 0 and all(family and person for _, family, person, _ in listed)


def test_the_age_group_is_that_of_the_cutoff_day(gudang: Any) -> None:
    """dbt's macro as compiled, and the report's reading of publications that held the birth date, say the same on the edges."""
    compiled = next((gudang.home / "logs").rglob("compiled/**/padanan_orang.sql")).read_text()
    macro = compiled.split("as tahun_lahir,")[1].split("as kelompok_umur,")[0]
    day = json.loads((gudang.home / "warehouse" / "rencana.json").read_text())["cutoff"]
    year, rest = int(day[:4]), day[4:]
    with duckdb.connect() as con:
        for born, expected in (
            (day, "anak"), (f"{year - 18}{rest}", "dewasa"), (f"{year - 60}{rest}", "lansia"), (f"{year - 120}{rest}", "lansia"),
        ):  # fmt: skip
            for sql in (macro, BORN.replace("$1", f"'{day}'")):
                found = f"select (select {sql} from (select date '{born}' + {{}} as tgl_lahir))".format
                assert con.execute(found(0)).fetchall() == [(expected,)], (born, sql)
                other = {"dewasa": "anak", "lansia": "dewasa", "anak": "tidak_diketahui"}[expected]
                if born[:4] == str(year - 120):
                    assert con.execute(found(-1)).fetchall() == [("tidak_diketahui",)]
                else:
                    assert con.execute(found(1)).fetchall() == [(other,)], (born, sql)
        assert con.execute(f"select {macro} from (select null::date as tgl_lahir)").fetchall() == [("tidak_diketahui",)]


@pytest.mark.feature("F34")
def test_a_flag_never_stops_aid(gudang: Any) -> None:
    """SITI is recorded as dead and stands twice in KLJ: two programs, two kinds of evidence each, and she stays selected."""
    got = gudang.rows(
        """select b.program, bukti, b.terpilih, s.terpilih, b.jumlah_rekaman
        from bendera_periksa b join sasaran s using (id_orang)
        join padanan_orang o using (id_orang) where o.nama = 'SITI AMINAH' order by all"""
    )
    assert got == [
        ("kaj", "ganda", True, True, 1),
        ("kaj", "meninggal", True, True, 1),
        ("klj", "ganda", True, True, 2),
        ("klj", "meninggal", True, True, 2),
    ]


@pytest.mark.feature("F35")
def test_whoever_has_no_nik_stays_in_the_prelist(gudang: Any) -> None:
    """Four people of whom no record gives a NIK are listed for Disdukcapil and keep their open line."""
    got = gudang.rows(
        """select o.nama, p.status, p.kode_alasan like '%tanpa_dokumen%' from tanpa_dokumen t
        join padanan_orang o using (id_orang) join prelist p using (id_orang) order by all"""
    )
    names = ["ORANG LAIN", "SEBATANG KARA", "SLAMET", "TANPA NOMOR"]
    assert got == [(name, "terbuka", True) for name in names]


def test_every_desil_is_kept(gudang: Any) -> None:
    """BUDI's decile is the same in both P3KE files; an impossible one is no decile."""
    got = dict(gudang.rows("select nama, desil_semua from padanan_orang"))
    assert got["BUDI SANTOSO"] == "p3ke_individu:2;p3ke_keluarga:2"
    assert got["SEBATANG KARA"] is None


def test_row_account_counts_each_stage(gudang: Any) -> None:
    """Landing took seven lines of Adminduk and set two aside; every later stage hands on what it got."""
    got = gudang.rows(
        "select tahap, masuk, lanjut, disisihkan, alasan, seimbang from row_account where producer = 'adminduk' order by 1"
    )
    assert got == [
        ("cleansing", 5, 5, 0, None, True),
        ("landing", 7, 5, 2, "tidak_terbaca:2", True),
        ("padanan", 5, 5, 0, None, True),
        ("sasaran", 5, 5, 0, None, True),
    ]
    assert gudang.rows("select count(*) from row_account where not seimbang") == [(0,)]


def test_summary_adds_up_to_the_gap_table(gudang: Any) -> None:
    """Counts by producer, rule and kota re-add to the gap rows."""
    assert gudang.rows("select sum(jumlah_gagal)::int from ringkasan_mutu") == gudang.rows("select count(*)::int from gap")


def test_raw_value_stays_beside_the_cleansed_one(gudang: Any) -> None:
    """A title is dropped from the name, the repair is said, the raw text is untouched."""
    got = gudang.rows(
        "select nama_mentah, nama_bersih, nama_perbaikan from stg_adminduk__penduduk where nik_bersih = '" + SITI + "'"
    )
    assert got == [("Hj. SITI AMINAH, S.Pd", "SITI AMINAH", "huruf_besar,tanda_baca,gelar")]


@pytest.mark.feature("F50")
def test_nothing_of_a_person_leaves_the_tables(gudang: Any) -> None:
    """dbt's output, logs and compiled SQL hold no NIK, No KK, name or address."""
    kept = [path for path in (gudang.home / "logs").rglob("*") if path.is_file()]
    assert kept, "dbt wrote no target folder: this test would prove nothing"
    texts = [gudang.build_output, *(path.read_text(errors="replace") for path in kept)]
    for value in (SITI, ANAK, KK, "SEBATANG KARA", "ENDANG LESTARI", "JL KENANGA"):
        assert not [text for text in texts if value in text]


def test_same_rows_with_other_threads(gudang: Any, gudang_factory: Any) -> None:
    """One and two threads give the same tables, row for row."""
    names = list(tables())
    before = [gudang.rows(f"select * from {name} order by all") for name in names]
    done = gudang.dbt("run", "--select", "tag:panggilan_1", "tag:panggilan_2", PADANAN_THREADS="1")
    assert [gudang.rows(f"select * from {name} order by all") for name in names] == before
    # What dbt once read of the project holds for this data home and these threads too: reading it anew is 3 s of each call.
    assert "partial parsing" not in gudang.build_output + done.stdout
