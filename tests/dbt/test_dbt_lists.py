"""Lists F33-F35, tasks and prelist over tables made by hand: each cause, each kind of evidence and each owner once.

One dbt run of these models serves every test; what comes before them is tested in `test_dbt_pipeline.py`, who is entitled to
which program and every cause of F33 in `test_dbt_unserved.py`.
"""

from __future__ import annotations

import json
from typing import Any

import duckdb
import pytest

from padanan.contracts.rule_binding import ENTITLED, GAP, PERSON, SUSPECT, UNSERVED, VISITED, rows

KEL = "31.71.01.1001"
# Each with one record `r_<name>` in DTKS.
PEOPLE = {
    "budi": {"nik": True, "card": "kk1"},  # served by nobody, and nothing says why
    "siti": {"nik": True, "card": "kk2"},  # her husband's PKH serves the family
    "joko": {"nik": True, "card": "kk2"},  # receives PKH
    "endang": {"nik": True, "status": "sementara_nik"},  # her NIK is in no register
    "karto": {"nik": False, "status": "sementara"},  # no NIK at all
    "wati": {"nik": True, "card": "kk3"},  # incomplete address everywhere
    "tono": {"nik": True, "card": "kk4"},  # KLJ stopped
    "rini": {"nik": True, "card": "kk5"},  # a KLJ record that may be hers waits for a person
    "kaya": {"nik": True, "card": "kk6", "desil": 8, "terpilih": False},  # receives KLJ and PBI, desil above the limit of one
    "mapan": {"nik": True, "card": "kk12", "desil": 8, "terpilih": False},  # receives KLJ only, whose rule has no limit of desil
    "hijrah": {"nik": True, "card": "kk13"},  # one list has an address outside DKI, the register and two others inside
    "ragu": {"nik": True, "card": "kk14"},  # two lists have an address outside DKI
    "jauh": {"nik": True, "card": "kk7", "di_dki": False, "terpilih": False},  # receives KLJ, lives elsewhere
    "mati": {"nik": True, "card": "kk8", "meninggal": True},  # receives KLJ, recorded as dead
    "asing": {"nik": False, "status": "sementara", "terpilih": True},  # who rini's candidate record is, for now
    "lina": {"nik": True, "terpilih": False, "card": "kk9", "bukti": True},  # the register has what DTKS lacks
    "agus": {"nik": True, "card": "kk9", "status": "terdaftar"},  # selected; his card in the register has two heads
    "oka": {"nik": True, "terpilih": False, "card": "kk10"},  # incomplete address everywhere, and nobody asks about this person
    "nina": {"nik": True, "terpilih": False, "card": "kk11", "daftar": "belum_berdesil"},  # a sign of need and no desil
    "rusak": {"nik": False, "status": "sementara", "terpilih": False},  # a NIK that is damaged, not missing
}
# (record, person, producer, unit, status_program, status, status_nik, candidate, holder of the NIK)
PROGRAMS = [
    ("pkh1", "joko", "pkh", "keluarga", "eksisting", "padan_nik", "padan_nik", None, None),
    ("klj1", "tono", "klj", "orang", "henti", "padan_nik", "padan_nik", None, None),
    ("klj2", "asing", "klj", "orang", "baru", "mungkin_padan", "tanpa_nik", "r_rini", None),
    ("klj3", "kaya", "klj", "orang", "eksisting", "padan_nik", "padan_nik", None, None),
    ("pbi1", "kaya", "pbi_jkn", "orang", "eksisting", "padan_nik", "padan_nik", None, None),
    ("klj6", "mapan", "klj", "orang", "eksisting", "padan_nik", "padan_nik", None, None),
    ("klj7", "hijrah", "klj", "orang", "eksisting", "padan_nik", "padan_nik", None, None),
    ("a_hijrah", "hijrah", "adminduk", "orang", None, "padan_nik", "padan_nik", None, None),
    ("c_hijrah", "hijrah", "carik", "orang", None, "padan_nik", "padan_nik", None, None),
    ("s_hijrah", "hijrah", "dtsen", "orang", None, "padan_nik", "padan_nik", None, None),
    ("a_ragu", "ragu", "adminduk", "orang", None, "padan_nik", "padan_nik", None, None),
    ("c_ragu", "ragu", "carik", "orang", None, "padan_nik", "padan_nik", None, None),
    ("s_ragu", "ragu", "dtsen", "orang", None, "padan_nik", "padan_nik", None, None),
    ("p_ragu", "ragu", "p3ke_individu", "orang", None, "padan_nik", "padan_nik", None, None),
    ("klj4", "jauh", "klj", "orang", None, "padan_nik", "padan_nik", None, None),
    ("klj5", "mati", "klj", "orang", "eksisting", "padan_nik", "padan_nik", None, None),
    # the register's own rows, and one of another list
    ("a_lina", "lina", "adminduk", "orang", None, "padan_nik", "padan_nik", None, None),
    ("a_agus", "agus", "adminduk", "orang", None, "padan_nik", "padan_nik", None, None),
    ("c_lina", "lina", "carik", "orang", None, "tidak_padan", "nik_tidak_ditemukan", None, None),
    ("c_agus", "agus", "carik", "orang", None, "padan_nik", "padan_nik", None, None),
]
OUTSIDE = {"r_hijrah", "klj7", "r_ragu", "p_ragu"}  # records whose address lies outside DKI
HEADS = {"kk9": 1, "kk4": 2, "satu": 1}  # heads of families; kk9 and kk4 are cards of the register
GAPS = [
    ("r_wati", "alamat_tidak_lengkap", "peringatan", "jalan"),
    ("r_wati", "rt_rw_format", "peringatan", None),
    ("r_karto", "nik_kosong", "blok", "belum_punya_nik_17_ke_atas"),
    ("klj2", "nik_kosong", "blok", "kosong"),
    ("r_asing", "nik_kosong", "blok", "kosong"),
    ("r_rusak", "nik_format", "blok", None),
    ("klj5", "meninggal_di_adminduk", "peringatan", None),
    ("klj5", "nominal_tidak_wajar", "peringatan", None),
    ("r_lina", "nik_kosong", "blok", "kosong"),  # matched: her NIK is in the register
    ("r_lina", "alamat_tidak_lengkap", "peringatan", "rt"),
    ("r_lina", "kk_tanpa_kepala", "peringatan", None),
    ("r_lina", "rt_rw_format", "peringatan", None),  # nobody answers this one
    ("a_lina", "nik_wilayah", "peringatan", None),  # the register does not answer itself
    ("c_lina", "nik_kosong", "blok", "kosong"),  # not matched: whose NIK it would be is not known
    ("a_agus", "alamat_tidak_lengkap", "peringatan", "rt"),  # another list has it
    ("r_agus", "nik_vs_jk", "peringatan", None),
    ("r_tono", "kk_kepala_ganda", "peringatan", None),  # nor does a card with two heads
    ("r_oka", "alamat_tidak_lengkap", "peringatan", "rw"),
    ("r_budi", "kk_kosong", "peringatan", None),  # his only record: no family card anywhere
    ("r_agus", "kk_kosong", "peringatan", None),  # the register has his card
    ("r_hijrah", "luar_dki", "peringatan", None),
    ("klj7", "luar_dki", "peringatan", None),  # evidence against a recipient: only the field answers it
    ("r_ragu", "luar_dki", "peringatan", None),
    ("klj4", "alamat_tidak_lengkap", "peringatan", "rw"),  # nor a full address of no known kelurahan, as r_jauh's
]


def _by_hand(con: duckdb.DuckDBPyConnection) -> None:
    """The tables that these models read, with the columns that they use."""
    con.execute(
        """create table padanan_record(record_key varchar, id_orang varchar, producer varchar, unit varchar, id_keluarga varchar,
        status_program varchar, status varchar, status_nik varchar, record_key_calon varchar, record_key_acuan varchar,
        kode_kota varchar, kode_kecamatan varchar, kode_kelurahan varchar, kk_key varchar, wilayah_hasil varchar)"""
    )
    con.execute(
        """create table padanan_orang(id_orang varchar, nik varchar, status_identitas varchar, desil integer, di_dki boolean,
        bendera_meninggal boolean, bendera_pindah boolean, tgl_lahir date, jk varchar,
        kode_kota varchar, kode_kecamatan varchar, kode_kelurahan varchar)"""
    )
    con.execute(
        """create table sasaran(id_orang varchar, terpilih boolean, kriteria_gagal varchar, id_keluarga varchar, desil integer,
        kode_kota varchar, kode_kecamatan varchar, kode_kelurahan varchar)"""
    )
    con.execute("create table anggota_keluarga(id_orang varchar, id_keluarga varchar, sumber varchar)")
    con.execute("create table padanan_keluarga(id_keluarga varchar, id_keluarga_gabung varchar, jumlah_kepala bigint)")
    con.execute("create table daftar_belum_masuk(id_orang varchar, daftar varchar)")
    con.executemany("insert into padanan_keluarga values (?, ?, ?)", [[card, card, heads] for card, heads in HEADS.items()])
    con.execute(
        """create table rekaman_pendukung(record_key varchar, producer varchar, kode_kota varchar, kode_kecamatan varchar,
        kode_kelurahan varchar)"""
    )
    con.execute("create table gap(record_key varchar, producer varchar, rule_id varchar, level varchar, rincian varchar)")
    place = ["31.71", "31.71.01", KEL]
    for name, p in PEOPLE.items():
        chosen = p.get("terpilih", True)
        con.execute(
            "insert into padanan_orang values (?,?,?,?,?,?,false,date '1950-01-01','L',?,?,?)",
            [name, "3171" if p["nik"] else None, p.get("status", "terdaftar"), p.get("desil", 2), p.get("di_dki", True),
             p.get("meninggal", False), *place],
        )  # fmt: skip
        row = [name, chosen, None if chosen else "x", p.get("card"), p.get("desil", 2), *place]
        con.execute("insert into sasaran values (?,?,?,?,?,?,?,?)", row)
        if p.get("daftar"):
            con.execute("insert into daftar_belum_masuk values (?, ?)", [name, p["daftar"]])
        if p.get("card") in HEADS:
            con.execute("insert into anggota_keluarga values (?, ?, 'adminduk')", [name, p["card"]])
            con.execute("insert into anggota_keluarga values (?, 'satu', 'dtks')", [name])  # one head, in another list
        # this record's own place is unknown: the person's answers
        con.execute(
            "insert into padanan_record values (?,?,'dtks','orang',?,null,?,'padan_nik',null,null,null,null,null,null,null)",
            [f"r_{name}", name, p.get("card"), "padan_bukti" if p.get("bukti") else "padan_nik"],
        )
    for record, person, producer, unit, state, status, nik, candidate, holder in PROGRAMS:
        con.execute(
            "insert into padanan_record values (?,?,?,?,?,?,?,?,?,?,?,?,?,null,null)",
            [record, person, producer, unit, PEOPLE[person].get("card"), state, status, nik, candidate, holder, *place],
        )
    outside = ", ".join(f"'{key}'" for key in OUTSIDE)
    con.execute(
        f"""update padanan_record set wilayah_hasil = 'luar_dki', kode_kota = null, kode_kecamatan = null, kode_kelurahan = null
        where record_key in ({outside})"""
    )
    for record, rule, level, detail in GAPS:
        con.execute(
            "insert into gap select ?, producer, ?, ?, ? from padanan_record where record_key = ?",
            [record, rule, level, detail, record],
        )


@pytest.fixture(scope="module")
def lists(gudang_factory: Any) -> Any:
    """The five models built once over the tables by hand."""
    home = gudang_factory("daftar")
    data = home.plan()
    # two programs and no list behind them: what the real rules make of people is tested in test_dbt_unserved.py
    data["lapangan"]["hak"] = [
        item | {"berhak": "false" if item["program"] == "pbi_jkn" else "true", "dasar": None}
        for item in data["lapangan"]["hak"]
        if item["program"] in ("klj", "pkh", "pbi_jkn")
    ]
    (home.home / "warehouse" / "rencana.json").write_text(json.dumps(data))
    with duckdb.connect(str(home.home / "warehouse" / "padanan.duckdb")) as con:
        _by_hand(con)
    home.dbt(
        "build", "--select", "keluarga_orang", "layanan_program", "hak_program", "daftar_tanpa_program", "bendera_periksa",
        "tanpa_dokumen", "dokumen_kurang", "celah_terjawab", "orang_lapangan", "tugas", "prelist", "tidak_didatangi",
    )  # fmt: skip
    return home


@pytest.mark.parametrize(
    ("model", "row"),
    [(UNSERVED, UNSERVED), (GAP, GAP), ("orang_lapangan", VISITED), ("hak_program", ENTITLED), (SUSPECT, SUSPECT)],
)
def test_the_judged_row_is_the_described_one(lists: Any, model: str, row: str) -> None:
    """`padanan contracts check` binds the predicates of lapangan.yaml to what the YAML says; the models say it too."""
    (compiled,) = lists.home.glob(f"logs/dbt/target/compiled/**/{model}.sql")
    ctes, found, rest = compiled.read_text(encoding="utf-8").partition("\ndinilai as (\n")
    assert found
    judged = rest.partition("\n)")[0]
    described = {line[0]: line[1] for line in lists.rows(f"describe {ctes}{found}{judged}\n) select * from dinilai")}
    want = {name: kind.upper() for name, kind in rows()[row].items()}
    if row == SUSPECT:  # what the model adds to the person
        want = {name: kind for name, kind in want.items() if name not in rows()[PERSON]}
    assert {name: described.get(name) for name in want} == want


@pytest.mark.feature("F11")
def test_what_the_padanan_answers_is_told_to_the_producer_and_asked_of_nobody(lists: Any) -> None:
    """That it exists is kept, of whom, and where; a record that nobody matched and the register's own are not answered."""
    assert lists.rows("select record_key, rule_id, jawaban from celah_terjawab order by all") == [
        ("a_agus", "alamat_tidak_lengkap", "alamat_di_sumber_lain"),
        ("r_agus", "nik_vs_jk", "nik_sama_dengan_adminduk"),
        ("r_hijrah", "luar_dki", "domisili_di_adminduk"),
        ("r_lina", "alamat_tidak_lengkap", "alamat_di_adminduk"),
        ("r_lina", "kk_tanpa_kepala", "kepala_di_adminduk"),
        ("r_lina", "nik_kosong", "nik_di_adminduk"),
    ]
    tasks = dict(lists.rows("select record_key, kode from tugas where record_key is not null"))
    assert tasks["r_lina"] == "rt_rw_format" and tasks["a_lina"] == "nik_wilayah" and tasks["c_lina"] == "nik_kosong"
    assert not {"a_agus", "r_hijrah"} & set(tasks) and tasks["r_agus"] == "kk_kosong"
    assert tasks["klj7"] == "luar_dki" and tasks["r_ragu"] == "luar_dki", "evidence, and two lists that say so, are the field's"
    columns = {row[0] for row in lists.rows("describe celah_terjawab")}
    assert columns == {"periode", "revisi", "producer", "record_key", "rule_id", "id_orang", "jawaban"}, "where, never what"


@pytest.mark.feature("F24")
def test_only_selected_people_candidates_and_recipients_in_doubt_are_visited(lists: Any) -> None:
    """Everybody else's record is its producer's to mend: the task stays, with another owner, and no line in the prelist."""
    producer = lists.contracts["dtks"].agency
    tasks = {row[0]: row[1:] for row in lists.rows("select record_key, saluran, pemilik from tugas where record_key is not null")}
    assert tasks["r_oka"] == ("sumber", producer)
    assert tasks["r_tono"] == ("lapangan", "DPPAPP"), "selected, and no card in the register says who heads the family"
    groups = dict(lists.rows("select id_orang, golongan from orang_lapangan"))
    assert groups["nina"] == "calon" and groups["kaya"] == "bukti" and groups["karto"] == "terpilih,tanpa_dokumen"
    assert not {"oka", "lina", "rusak"} & set(groups)
    asked = dict(lists.rows("select id_orang, pertanyaan from prelist"))
    assert lists.rows("select kode_alasan from prelist where id_orang = 'jauh'") == [("alamat_tidak_lengkap,bendera_luar_dki",)]
    assert asked["nina"] == "kesejahteraan" and asked["mati"] == "hidup" and asked["jauh"] == "domisili"
    assert asked["karto"] == "dokumen" and asked["wati"] == "alamat" and asked["tono"] == "keluarga"


@pytest.mark.feature("F33")
def test_each_unserved_person_has_the_cause_that_the_data_show(lists: Any) -> None:
    """A family's program serves its members; a stopped one serves nobody; nobody 'did not apply' unproved."""
    got = {row[:2]: row[2] for row in lists.rows("select id_orang, program, sebab from daftar_tanpa_program")}
    unknown = dict.fromkeys(
        [(name, "pkh") for name in ("budi", "tono", "rini", "mati", "asing", "agus", "hijrah", "ragu")], "tidak_diketahui"
    )
    assert got == unknown | {
        ("budi", "klj"): "belum_didahulukan",  # KLJ serves people of a higher desil in the same kecamatan
        ("siti", "klj"): "belum_didahulukan",
        ("joko", "klj"): "belum_didahulukan",
        ("agus", "klj"): "belum_didahulukan",
        ("ragu", "klj"): "belum_didahulukan",
        ("endang", "klj"): "nik_tidak_di_adminduk",
        ("endang", "pkh"): "nik_tidak_di_adminduk",
        ("karto", "klj"): "tanpa_nik",
        ("karto", "pkh"): "tanpa_nik",
        ("asing", "pkh"): "tanpa_nik",
        ("wati", "klj"): "alamat_tidak_lengkap",
        ("wati", "pkh"): "alamat_tidak_lengkap",
        ("tono", "klj"): "dihentikan",
        ("rini", "klj"): "tidak_tersinkron",
        ("mati", "pkh"): "tercatat_meninggal_atau_pindah",
    }


@pytest.mark.feature("F33")
def test_a_cause_that_its_program_gets_as_a_list_is_nobodys_task(lists: Any) -> None:
    """One task a person for all programs of one cause; none where only the program can say more."""
    tasks = dict(lists.rows("select id_orang, kode from tugas where jenis = 'orang' and kode like '%tanpa_program%'"))
    assert tasks == {
        "endang": "tanpa_program_nik_tidak_di_adminduk",
        "karto": "tanpa_dokumen,tanpa_program_tanpa_nik",
        "asing": "tanpa_dokumen,tanpa_program_tanpa_nik",
        "wati": "tanpa_program_alamat_tidak_lengkap",
        "rini": "tanpa_program_tidak_tersinkron",
    }


@pytest.mark.feature("F24")
def test_nobody_is_off_the_prelist_unaccounted_for(lists: Any) -> None:
    """A reason for a visit is on the prelist, answered, mended at the source, or no reason by the program's own rule."""
    got = lists.rows("select id_orang, alasan, kode from tidak_didatangi order by 1")
    assert got == [
        ("mapan", "program_tanpa_batas_desil", "desil_di_atas_batas"),
        ("oka", "diperbaiki_di_sumber", "alamat_tidak_lengkap"),
    ]


@pytest.mark.feature("F34")
def test_flags_name_their_evidence_and_change_nobody(lists: Any) -> None:
    """One row for each person, program and evidence; an unknown status counts as receiving, a stopped one does not."""
    got = lists.rows("select id_orang, program, bukti, terpilih, jumlah_rekaman from bendera_periksa order by all")
    assert got == [
        ("hijrah", "klj", "luar_dki", True, 1),
        ("jauh", "klj", "luar_dki", False, 1),
        ("kaya", "pbi_jkn", "desil_di_atas_batas", False, 1),
        ("mati", "klj", "meninggal", True, 1),
    ]
    assert lists.rows("select count(*) from sasaran where terpilih") == [(13,)]


@pytest.mark.feature("F35")
def test_a_damaged_nik_is_no_missing_document(lists: Any) -> None:
    """Who has no NIK anywhere is listed, with what the cell said; a damaged NIK is its producer's to mend."""
    got = lists.rows("select id_orang, rincian, ada_calon, terpilih from tanpa_dokumen order by 1")
    assert got == [("asing", "kosong", True, True), ("karto", "belum_punya_nik_17_ke_atas", False, True)]


@pytest.mark.feature("F35")
def test_who_has_no_family_card_anywhere_is_the_lurahs_without_a_visit(lists: Any) -> None:
    """One record that has the card is enough; the lurah asks (§2.4.2), and nobody is sent for it."""
    assert lists.rows("select id_orang, dokumen from dokumen_kurang") == [("budi", "kk")]
    assert lists.rows("select kode, saluran, pemilik from tugas where jenis = 'orang' and id_orang = 'budi'") == [
        ("dokumen_kk", "sumber", "kelurahan")
    ]
    assert lists.rows("select count(*) from prelist where id_orang = 'budi'") == [(0,)]


@pytest.mark.feature("F35")
@pytest.mark.parametrize("told", [True, False])
def test_a_birth_certificate_is_missing_only_where_the_register_tells_of_any(gudang_factory: Any, told: bool) -> None:
    """A child of the data sasaran whose record has no number; not an adult, nor anybody where the register names none at all."""
    home = gudang_factory(f"akta-{told}")
    numbers = {"anak": None, "strip": " - ", "punya": "3171000001" if told else None, "dewasa": None, "lain": None}
    home.land("adminduk", [{"no_akta_lahir": number} for number in numbers.values()])
    home.plan()
    landed = duckdb.sql(
        f"select _record_key from read_parquet('{home.home}/landing/adminduk/*/*/part.parquet') order by _baris"
    ).fetchall()
    with duckdb.connect(str(home.home / "warehouse" / "padanan.duckdb")) as con:
        _by_hand(con)
        for (key,), name in zip(landed, numbers, strict=True):
            born = "2007-12-15" if name == "dewasa" else "2007-12-16"
            con.execute(
                "insert into padanan_orang values (?, '3171', 'terdaftar', 2, true, false, false, ?, 'L', null, null, null)",
                [name, born],
            )
            con.execute("insert into sasaran values (?, ?, null, null, 2, null, null, null)", [name, name != "lain"])
            con.execute("insert into padanan_record (record_key, id_orang, producer) values (?, ?, 'adminduk')", [key, name])
    home.dbt("build", "--select", "dokumen_kurang")
    got = home.rows("select id_orang from dokumen_kurang where dokumen = 'akta' order by 1")
    assert got == ([("anak",), ("strip",)] if told else [])


@pytest.mark.feature("F11")
def test_one_task_a_record_with_owner_and_due_date(lists: Any) -> None:
    """Rules of one record are one task; the blocking one, then the shortest, says whose; days count from the cut-off."""
    got = {row[0]: row[1:] for row in lists.rows(
        """select record_key, kode, kode_utama, blok, saluran, pemilik, tenggat::varchar, kode_kelurahan from tugas
        where record_key is not null"""
    )}  # fmt: skip
    owners = {row["kode"]: row["pemilik"] for row in lists.plan()["lapangan"]["tugas"] if row["producer"] == "dtks"}
    producer = owners["nik_format"]
    assert producer == lists.contracts["dtks"].agency
    assert got["r_wati"] == ("alamat_tidak_lengkap,rt_rw_format", "rt_rw_format", False, "lapangan", producer, "2026-01-14", KEL)
    assert got["r_rusak"] == ("nik_format", "nik_format", True, "sumber", producer, "2025-12-29", KEL)
    # a flag that the record's own gap says already is no second reason; one about the person is
    assert got["klj5"][:2] == ("meninggal_di_adminduk,nominal_tidak_wajar", "nominal_tidak_wajar")
    assert got["pbi1"][:2] == ("bendera_desil_di_atas_batas", "bendera_desil_di_atas_batas")
    assert set(got) == {row[0] for row in GAPS} - {"a_agus", "r_hijrah"} | {"pbi1", "klj4"}
    # seventeen records, and seven people of whom KARTO stands in two lists
    assert lists.rows("select count(*), count(distinct id_tugas) from tugas where status = 'terbuka'") == [(24, 24)]
    assert lists.rows("select jenis, count(*) from tugas group by 1 order by 1") == [("orang", 7), ("rekaman", 17)]


@pytest.mark.feature("F24")
def test_one_open_line_a_person_with_its_reason(lists: Any) -> None:
    """Whoever has a field task has one line, with every code; who only needs a correction at the source has none."""
    got = {row[0]: row[1:] for row in lists.rows("select id_orang, kode_alasan, jumlah_tugas, status from prelist")}
    assert got["karto"] == ("tanpa_dokumen,tanpa_program_tanpa_nik", 1, "terbuka"), "the record is its producer's to complete"
    assert got["wati"] == ("alamat_tidak_lengkap,rt_rw_format,tanpa_program_alamat_tidak_lengkap", 2, "terbuka")
    assert "rusak" not in got
    assert set(got) == {row[0] for row in lists.rows("select id_orang from tugas where saluran = 'lapangan'")}


@pytest.mark.feature("F47")
def test_disability_is_counted_from_the_sources_that_ask_and_never_a_persons_column(gudang_factory: Any) -> None:
    """One source's yes outweighs another's no; a card for disabled people is a yes; who nobody asked is unknown."""
    home = gudang_factory("pilah")
    home.land("carik", [{"disabilitas": "T"}, {"disabilitas": "T"}, {"disabilitas": None}])
    home.land("dtsen", [{"disabilitas": " ya "}])
    home.land("kpdj", [{"ragam_disabilitas": None}])
    home.plan()
    landed = f"read_parquet('{home.home}/landing/*/*/*/part.parquet', union_by_name=true, filename=true)"
    people = {("carik", 1): "ani", ("carik", 2): "edi", ("carik", 3): "uda", ("dtsen", 1): "ani", ("kpdj", 1): "ida"}
    with duckdb.connect(str(home.home / "warehouse" / "padanan.duckdb")) as con:
        con.execute("create table padanan_record(record_key varchar, producer varchar, id_orang varchar)")
        for (producer, number), person in people.items():
            con.execute(
                f"insert into padanan_record select _record_key, ?, ? from {landed} where filename like ? and _baris = ?",
                [producer, person, f"%/{producer}/%", number],
            )
        con.execute("create table padanan_orang as select distinct id_orang, '31.71' as kode_kota from padanan_record")
        con.execute("insert into padanan_orang values ('oma', null)")
        con.execute("create table sasaran as select id_orang, id_orang in ('ani', 'oma') as terpilih from padanan_orang")
        con.execute("create table gap as select producer, record_key from padanan_record where id_orang = 'edi'")
    home.dbt("build", "--select", "pilah_disabilitas")
    assert home.rows("select kode_kota, disabilitas, terpilih, ada_celah, jumlah from pilah_disabilitas order by all") == [
        ("", "tidak_diketahui", True, False, 1),
        ("31.71", "tidak", False, True, 1),
        ("31.71", "tidak_diketahui", False, False, 1),
        ("31.71", "ya", False, False, 1),
        ("31.71", "ya", True, False, 1),
    ]
    columns = {
        row[0] for row in home.rows("select column_name from information_schema.columns where table_name = 'pilah_disabilitas'")
    }
    assert not {name for name in columns if "orang" in name or "key" in name}
