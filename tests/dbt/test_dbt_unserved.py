"""Who is entitled to which program, and the cause of not receiving it (F33): each rule at its edge, each cause once, by hand.

One dbt run with the checkout's own `hak.yaml` and `lapangan.yaml` serves every test; the cut-off is 2025-12-15.
"""

from __future__ import annotations

import json
from typing import Any

import duckdb
import pytest

KEL, KEC, KOTA = "31.71.01.1001", "31.71.01", "31.71"
ADULT = "1990-01-01"
# Selected people; each alone on a card `k_<name>` unless it says otherwise.
PEOPLE: dict[str, dict[str, Any]] = {
    # who is entitled
    "genap60": {"lahir": "1965-12-15"},
    "hampir60": {"lahir": "1965-12-16"},
    "enam_akhir": {"lahir": "2018-12-16"},
    "tujuh": {"lahir": "2018-12-15"},
    "bayi": {"lahir": "2025-10-01"},
    "lima": {"lahir": "2019-12-16"},
    "enam": {"lahir": "2019-12-15"},
    "delapanbelas": {"lahir": "2006-12-16"},
    "sembilanbelas": {"lahir": "2006-12-15"},
    "pelajar19": {"lahir": "2006-12-15", "carik": {"pekerjaan": " pelajar/mahasiswa "}},
    "pelajar22": {"lahir": "2003-12-15", "carik": {"pekerjaan": "PELAJAR/MAHASISWA"}},
    "penyandang": {"carik": {"disabilitas": "Y"}},
    "bukan_penyandang": {"carik": {"disabilitas": "T"}},
    "sendiri": {},
    "desil5": {"desil": 5},
    "tanpa_desil": {"desil": None},
    "tanpa_lahir": {"lahir": None},
    "salah_lahir": {"lahir": "1890-01-01"},
    "pulau": {"kota": "31.01"},
    "orang_tua": {"kartu": "k_anak"},
    "anak": {"kartu": "k_anak", "lahir": "2015-01-01"},
    "tak_terpilih": {"lahir": "1950-01-01", "terpilih": False},
    # the Transjakarta card is no Kartu Lansia
    "penumpang": {"lahir": "1950-01-01", "terima": ["kartu_layanan_gratis"]},
    "murid": {"lahir": "2012-01-01", "terima": ["kjp_plus"]},
    "murid_ganda": {"lahir": "2012-01-01", "terima": ["kjp_plus", "pip"]},
    "suami": {"kartu": "k_pkh", "lahir": "1960-01-01", "terima": ["pkh", "kartu_layanan_gratis"]},
    "istri": {"kartu": "k_pkh", "lahir": "1960-01-01"},
    "mampu": {"desil": 4, "terima": ["pbi_jkn"]},  # served, and better off than whoever else of desil 2 is not
    "termiskin": {"desil": 1, "terima": ["pbi_jkn"]},  # served as well, and poorer
    # why not
    "calon": {},
    "tak_terdaftar": {"identitas": "sementara_nik"},
    "tanpa_nik": {"nik": False, "identitas": "sementara"},
    "nik_rusak": {"dasar": {"status": "padan_bukti"}},
    "kk_lama": {"dasar": {"kk": "kk_lain"}},
    "tanpa_kartu": {"adminduk": False},
    "tak_beralamat": {"alamat": False},
    "alamat_lain": {"dasar": {"kel": "31.74.01.1001"}},
    "alamat_kosong": {"dasar": {"kel": None}},
    "meninggal": {"meninggal": True},
    "pindah": {"pindah": True},
    "berhenti": {"henti": ["pbi_jkn"]},
    "ditolak": {"lain": ("pbi_jkn", "ditolak")},
    "pemohon": {"lain": ("pbi_jkn", "pemohon")},
    "belum_dtks": {"dasar": None},
    "saudara": {"kartu": "k_saudara"},
    "saudara_luar": {"kartu": "k_saudara", "dasar": None},
    "paling_miskin_jauh": {"kec": "31.71.99"},
    "sama_miskin": {"desil": 4},
    "tanpa_apa_apa": {"desil": 9, "dasar": None},
}


def _by_hand(con: duckdb.DuckDBPyConnection, landed: dict[str, str]) -> None:
    """The tables that these models read, with the columns that they use."""
    con.execute(
        """create table padanan_record(record_key varchar, id_orang varchar, producer varchar, unit varchar, id_keluarga varchar,
        status_program varchar, status varchar, status_nik varchar, record_key_calon varchar, record_key_acuan varchar,
        kk_key varchar, kode_kelurahan varchar)"""
    )
    con.execute(
        """create table padanan_orang(id_orang varchar, nik varchar, status_identitas varchar, tgl_lahir date, jk varchar,
        desil integer, bendera_meninggal boolean, bendera_pindah boolean, kode_kota varchar, kode_kecamatan varchar,
        kode_kelurahan varchar)"""
    )
    con.execute("create table sasaran(id_orang varchar, terpilih boolean, desil integer, id_keluarga varchar)")
    con.execute("create table anggota_keluarga(id_orang varchar, id_keluarga varchar, sumber varchar)")
    con.execute("create table padanan_keluarga(id_keluarga varchar, id_keluarga_gabung varchar)")
    con.execute("create table gap(record_key varchar, rule_id varchar)")

    def record(key: str, name: str, producer: str, *, unit: str = "orang", state: str | None = None, status: str = "padan_nik",
               candidate: str | None = None, kk: str | None = None, kel: str | None = KEL) -> None:  # fmt: skip
        values = [key, name, producer, unit, None, state, status, "padan_nik", candidate, None, kk, kel]
        con.execute(f"insert into padanan_record values ({', '.join('?' * len(values))})", values)

    for name, p in PEOPLE.items():
        card, desil, lives = p.get("kartu", f"k_{name}"), p.get("desil", 2), p.get("alamat", True)
        con.execute(
            "insert into padanan_orang values (?,?,?,?,?,?,?,?,?,?,?)",
            [name, "3171" if p.get("nik", True) else None, p.get("identitas", "terdaftar"), p.get("lahir", ADULT), "L", desil,
             p.get("meninggal", False), p.get("pindah", False), p.get("kota", KOTA), p.get("kec", KEC), KEL],
        )  # fmt: skip
        registered = p.get("adminduk", True)
        con.execute("insert into sasaran values (?,?,?,?)", [name, p.get("terpilih", True), desil, card if registered else None])
        if registered:
            record(f"a_{name}", name, "adminduk", kk=card)
        if p.get("dasar", {}) is not None:
            base = {"status": "padan_nik", "kk": card, "kel": KEL, **p.get("dasar", {})}
            record(f"d_{name}", name, "dtks", status=base["status"], kk=base["kk"], kel=base["kel"])
        if not lives:
            con.execute(
                "insert into gap values (?, 'alamat_tidak_lengkap'), (?, 'alamat_tidak_lengkap')", [f"a_{name}", f"d_{name}"]
            )
        if name in landed:
            record(landed[name], name, "carik", kk=card)
            if not lives:
                con.execute("insert into gap values (?, 'alamat_tidak_lengkap')", [landed[name]])
        for program in p.get("terima", []):
            record(f"{program}_{name}", name, program, unit="keluarga" if program == "pkh" else "orang", state="eksisting")
        for program in p.get("henti", []):
            record(f"{program}_{name}", name, program, state="henti")
        if "lain" in p:
            record(f"{p['lain'][0]}_{name}", name, p["lain"][0], state=p["lain"][1])
    # a recipient of PBI whose record may be CALON's, for now somebody of its own
    record("pbi_asing", "asing", "pbi_jkn", state="baru", status="mungkin_padan", candidate="d_calon")


@pytest.fixture(scope="module")
def unserved(gudang_factory: Any) -> Any:
    home = gudang_factory("hak")
    said = {name: p["carik"] for name, p in PEOPLE.items() if "carik" in p}
    home.land("carik", list(said.values()))
    home.plan()
    landed = duckdb.sql(
        f"select _record_key from read_parquet('{home.home}/landing/carik/*/*/part.parquet') order by _baris"
    ).fetchall()
    with duckdb.connect(str(home.home / "warehouse" / "padanan.duckdb")) as con:
        _by_hand(con, {name: key for name, (key,) in zip(said, landed, strict=True)})
    home.dbt("build", "--select", "keluarga_orang", "layanan_program", "hak_program", "daftar_tanpa_program")
    return home


@pytest.fixture(scope="module")
def entitled(unserved: Any) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {name: set() for name in PEOPLE}
    for name, program in unserved.rows("select id_orang, program from hak_program"):
        found[name].add(program)
    return found


@pytest.fixture(scope="module")
def causes(unserved: Any) -> dict[tuple[str, str | None], str]:
    return {row[:2]: row[2] for row in unserved.rows("select id_orang, program, sebab from daftar_tanpa_program")}


@pytest.mark.feature("F33")
@pytest.mark.parametrize(
    ("program", "names", "others"),
    [
        ("klj", {"genap60", "penumpang"}, {"hampir60", "tanpa_lahir", "salah_lahir", "sendiri"}),
        ("kaj", {"enam_akhir", "bayi", "lima"}, {"tujuh", "tanpa_lahir"}),
        ("kjp_plus", {"enam", "tujuh", "delapanbelas", "pelajar19"}, {"lima", "sembilanbelas", "pelajar22", "tanpa_lahir"}),
        ("pip", {"enam", "delapanbelas", "pelajar19", "murid_ganda"}, {"lima", "sembilanbelas", "murid"}),
        ("kpdj", {"penyandang"}, {"bukan_penyandang", "sendiri"}),
        ("pbi_jkn", {"sendiri", "sama_miskin", "tanpa_desil", "tanpa_lahir"}, {"desil5", "tanpa_apa_apa"}),
        ("sembako", {"sendiri", "sama_miskin", "tanpa_desil"}, {"desil5"}),
        ("pkh", {"anak", "orang_tua", "penyandang", "genap60", "pelajar19"}, {"sendiri", "hampir60", "pelajar22", "desil5"}),
        ("kartu_layanan_gratis", {"genap60", "penyandang", "murid", "pulau"}, {"hampir60", "sendiri", "tujuh"}),
        ("pangan_murah", {"murid", "murid_ganda"}, {"genap60", "tujuh", "suami"}),
    ],
)
def test_each_program_has_its_own_rule(entitled: dict[str, set[str]], program: str, names: set[str], others: set[str]) -> None:
    """Ages in full years on the day of the cut-off; a family is entitled by one member, whoever receives another card by that."""
    assert names <= {name for name, programs in entitled.items() if program in programs}
    assert not others & {name for name, programs in entitled.items() if program in programs}


@pytest.mark.feature("F33")
def test_only_selected_people_are_judged_and_no_program_without_a_measure(entitled: dict[str, set[str]]) -> None:
    assert entitled["tak_terpilih"] == set()
    assert not {"kparj", "kjmu", "bpms", "bsps", "jakpreneur"} & set().union(*entitled.values())


@pytest.mark.feature("F33")
def test_another_programs_card_does_not_serve(causes: dict[tuple[str, str | None], str]) -> None:
    """Only a Transjakarta card leaves an elderly person unserved by KLJ; PKH serves a family's members, KLJ its holder."""
    assert ("penumpang", "klj") in causes and ("penumpang", "kartu_layanan_gratis") not in causes
    assert ("suami", "pkh") not in causes and ("istri", "pkh") not in causes and ("istri", "kartu_layanan_gratis") in causes
    assert ("mampu", "pbi_jkn") not in causes


@pytest.mark.feature("F33")
@pytest.mark.parametrize(
    ("name", "program", "cause"),
    [
        ("calon", "pbi_jkn", "tidak_tersinkron"),
        ("calon", "sembako", "tidak_diketahui"),  # the candidate is one program's
        ("tak_terdaftar", "pbi_jkn", "nik_tidak_di_adminduk"),
        ("tanpa_nik", "pbi_jkn", "tanpa_nik"),
        ("nik_rusak", "pbi_jkn", "nik_di_dasar_rusak"),
        ("kk_lama", "sembako", "kk_di_dasar_lama"),
        ("kk_lama", "pbi_jkn", "belum_didahulukan"),  # the card is no matter of a program per person
        ("tanpa_kartu", "sembako", "tidak_diketahui"),  # what the register does not say is no difference
        ("tak_beralamat", "pbi_jkn", "alamat_tidak_lengkap"),
        ("alamat_lain", "pbi_jkn", "alamat_di_dasar_lain"),
        ("alamat_kosong", "pbi_jkn", "alamat_di_dasar_lain"),
        ("meninggal", "pbi_jkn", "tercatat_meninggal_atau_pindah"),
        ("pindah", "pbi_jkn", "tercatat_meninggal_atau_pindah"),
        ("berhenti", "pbi_jkn", "dihentikan"),
        ("berhenti", "sembako", "tidak_diketahui"),
        ("ditolak", "pbi_jkn", "ditolak"),
        ("pemohon", "pbi_jkn", "menunggu"),
        ("belum_dtks", "pbi_jkn", "belum_di_dasar"),
        ("saudara_luar", "pbi_jkn", "keluarga_di_dasar"),
        ("genap60", "klj", "baru_berhak"),
        ("genap60", "pbi_jkn", "belum_didahulukan"),
        ("enam", "kjp_plus", "baru_berhak"),
        ("bayi", "kaj", "baru_berhak"),
        ("penumpang", "klj", "tidak_diketahui"),
        ("sendiri", "pbi_jkn", "belum_didahulukan"),
        ("paling_miskin_jauh", "pbi_jkn", "tidak_diketahui"),  # nobody of that kecamatan is served
        ("sama_miskin", "pbi_jkn", "tidak_diketahui"),  # nobody better off is served
        ("tanpa_desil", "pbi_jkn", "tidak_diketahui"),
        ("tanpa_apa_apa", None, "tidak_diketahui"),  # entitled to nothing that is measured, and receives nothing
    ],
)
def test_the_cause_is_the_most_specific_thing_that_data_prove(
    causes: dict[tuple[str, str | None], str], name: str, program: str | None, cause: str
) -> None:
    assert causes[name, program] == cause


@pytest.mark.feature("F33")
def test_every_selected_person_is_served_in_full_or_listed(unserved: Any) -> None:
    """Entitled and not listed is received; who receives nothing is listed, whatever the rules say."""
    lost = """select h.id_orang from hak_program h
        anti join daftar_tanpa_program d on h.id_orang = d.id_orang and h.program = d.program
        where not h.menerima union all select s.id_orang from sasaran s anti join layanan_program l using (id_orang)
        anti join daftar_tanpa_program d using (id_orang) where s.terpilih"""
    assert unserved.rows(lost) == []
    assert unserved.rows(
        "select count(*) from hak_program h semi join daftar_tanpa_program d using (id_orang, program) where menerima"
    ) == [(0,)]
    assert unserved.rows(
        "select distinct program_diterima from daftar_tanpa_program where id_orang in ('murid', 'sendiri') order by 1"
    ) == [(0,), (1,)]


@pytest.mark.feature("F33")
def test_not_applied_is_said_only_of_the_program_that_delivers_its_applicants(gudang_factory: Any) -> None:
    """Who is in none of its rows has not applied; of another program nothing is said, and a stopped recipient once did apply."""
    home = gudang_factory("pemohon")
    data = home.plan()
    data["lapangan"]["pemohon"] = ["pbi_jkn"]
    next(item for item in data["contracts"] if item["id"] == "pbi_jkn")["deliveries"] = [{"sha16": "0" * 16, "path": "-"}]
    (home.home / "warehouse" / "rencana.json").write_text(json.dumps(data))
    with duckdb.connect(str(home.home / "warehouse" / "padanan.duckdb")) as con:
        _by_hand(con, {})
    home.dbt("run", "--select", "keluarga_orang", "layanan_program", "hak_program", "daftar_tanpa_program")
    got = {row[:2]: row[2] for row in home.rows("select id_orang, program, sebab from daftar_tanpa_program")}
    assert got["sendiri", "pbi_jkn"] == "belum_mengajukan" and got["berhenti", "pbi_jkn"] == "dihentikan"
    assert got["sendiri", "sembako"] == "tidak_diketahui"
