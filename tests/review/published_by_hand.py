# ruff: noqa: E501
"""A small published revision made by hand: every table with its real columns, at any number of people.

Tests of the report read it; what dbt really publishes is tested end to end.
"""

import json
from pathlib import Path

import duckdb

from padanan.base.home import CHECKOUT, Home
from padanan.base.period import Periode
from padanan.base.tabular import file_sha256
from padanan.contracts.contract import load_contracts
from padanan.published.groups import AGE, BORN
from padanan.published.identities import ENTRY, FILE
from padanan.published.tables import tables
from tests.signed import write_manifest

PERIODE = Periode(2025, 2)
SEED = CHECKOUT / "dbt_project" / "seeds" / "ref_wilayah.csv"
PRODUCERS = ("adminduk", "dtks", "carik", "dtsen", "p3ke_individu", "p3ke_keluarga", "klj")
# producer -> share of people it holds, in percent; and rule -> share of its records that fail, in percent.
COVERAGE = {"adminduk": 95, "dtks": 30, "carik": 60, "dtsen": 50, "p3ke_individu": 20, "p3ke_keluarga": 6, "klj": 3}
FAULTS = {
    "nik_kosong": (4, "blok", "K"),
    "nik_vs_tgl_lahir": (2, "peringatan", "C"),
    "alamat_tidak_lengkap": (18, "peringatan", "K"),
    "kk_format": (3, "peringatan", "V"),
    "nik_ganda_sama": (1, "peringatan", "U"),
}
AFTER = {"meninggal_di_adminduk": (2, "peringatan", "A")}
# A canary never stands in a published column that the report reads; a page that holds it read too much.
CANARY_NIK, CANARY_NAME, CANARY_STREET = "3171999999999901", "ZZYZX KANARI", "JALAN KANARI ZZYZX 7"
CUTOFF = "2025-12-15"


def write_published(
    home: Home,
    *,
    people: int = 4000,
    revisi: int = 1,
    periode: Periode = PERIODE,
    worse: int = 1,
    rules: bool = True,
    all_contracts: bool = False,
    named: bool = False,
) -> Path:
    """Writes published/<period>/rev-<n> and its identities; `worse` multiplies the fault rates.

    With `named` it is a publication from before the names lay apart: birth dates in the tables, no age group, no identities.

    With `all_contracts` every contract is a producer, and each of its rules fails somewhere.
    """
    folder = home.published(periode, revisi)
    folder.mkdir(parents=True)
    con = duckdb.connect()
    contracts = load_contracts() if all_contracts else {}
    producers = tuple(contracts) or PRODUCERS
    con.execute("create macro acak(a, b) as cast(hash(a::varchar || '|' || b::varchar) % 1000 as integer) / 10.0")
    con.execute("create macro kunci(a) as md5(a::varchar)")
    con.execute(
        f"create table w as select *, row_number() over (order by kode_kelurahan) - 1 as n from read_csv('{SEED}', all_varchar=true)"
    )
    run = f"'{periode.key}' as periode, {revisi} as revisi"
    con.execute(f"""
        create table manusia as
        select i, kunci('orang' || i) as id_orang, kunci('kel' || (i // 4)) as keluarga, w.*,
          -- the last 2 per cent live nowhere we know, 1 per cent has only a kota
          case when acak(i, 'mana') < 2 then 0 when acak(i, 'mana') < 3 then 1 else 3 end as tingkat
        from range({people}) t(i)
        -- crowded and empty kelurahan, so that small cells exist
        join w on w.n = cast(floor(267 * pow(acak(i // 4, 'tempat') / 100, 2)) as bigint)""")
    parts = []
    for producer in producers:
        unit = "keluarga" if producer == "p3ke_keluarga" else "orang"
        parts.append(f"""
            select '{producer}' as producer, '{unit}' as unit, i, id_orang, kunci('{producer}' || i) as record_key, keluarga,
              case when tingkat >= 1 then kode_kota end as kode_kota, case when tingkat = 3 then kode_kecamatan end as kode_kecamatan,
              case when tingkat = 3 then kode_kelurahan end as kode_kelurahan
            from manusia where acak(i, '{producer}') < {COVERAGE.get(producer, 4)}""")
    con.execute("create table r as " + " union all ".join(parts))
    con.execute(f"""
        create table padanan_record as
        select {run}, r.*, record_key as entity_key, 'delivery' as delivery,
          case when acak(record_key, 'nik_kosong') < {4 * worse} then 'padan_bukti'
               when i not in (select i from r where producer = 'adminduk') then 'tidak_padan'
               when acak(record_key, 'beda') < 3 then 'mungkin_padan' else 'padan_nik' end as status,
          '{CANARY_NIK}' as nik_bersih, '{CANARY_NAME}' as nama_bersih
        from r""")
    gaps = []
    for rule, (share, level, dimension) in (FAULTS | AFTER).items():
        where = "status = 'padan_nik' and producer <> 'adminduk'" if rule in AFTER else "true"
        if rule == "kk_format" or rule == "nik_vs_tgl_lahir":
            where += " and producer not in ('p3ke_keluarga', 'p3ke_individu')"
        stage = "padanan" if rule in AFTER else "cleansing"
        if contracts:
            known = [name for name, contract in contracts.items() if any(found.id == rule for found in contract.rules)]
            where += " and producer in ('" + "', '".join(known) + "')"
        gaps.append(f"""select {run}, producer, unit, record_key, entity_key, delivery, '{rule}' as rule_id, '{level}' as level,
            '{dimension}' as dimensi, cast(null as varchar) as rincian, kode_kota, kode_kecamatan, kode_kelurahan, '{stage}' as tahap
            from padanan_record where acak(record_key, '{rule}') < {share * worse} and {where}""")
    faults = [
        (producer, rule) for producer, contract in contracts.items() for rule in contract.rules if rule.id not in FAULTS | AFTER
    ]
    for producer, rule in faults:
        gaps.append(f"""select {run}, producer, unit, record_key, entity_key, delivery, '{rule.id}' as rule_id, '{rule.level}' as level,
            '{rule.dimension}' as dimensi, cast(null as varchar) as rincian, kode_kota, kode_kecamatan, kode_kelurahan,
            '{rule.stage}' as tahap from padanan_record where producer = '{producer}' and acak(record_key, '{rule.id}') < 3""")
    con.execute("create table gap as " + " union all ".join(gaps))
    registries = {"p3ke": 1, "dtks": 2, "carik": 4, "dtsen": 8, "adminduk": 16}
    bits = " + ".join(f"max(case when registri = '{name}' then {bit} else 0 end)" for name, bit in registries.items())
    con.execute(f"""
        create table padanan_orang as
        select {run}, m.id_orang, case when max(r.producer = 'adminduk') then 'terdaftar' when m.i % 3 = 0 then 'sementara' else 'sementara_nik' end
          as status_identitas, '{CANARY_NIK}' as nik, '{CANARY_NAME}' as nama,
          any_value(r.kode_kota) as kode_kota, any_value(r.kode_kecamatan) as kode_kecamatan, any_value(r.kode_kelurahan) as kode_kelurahan,
          {bits} as kombinasi,
          case when acak(m.id_orang, 'jk') < 0.5 then null when acak(m.id_orang, 'jk') < 50 then 'L' else 'P' end as jk,
          case when acak(m.id_orang, 'umur') >= 1
            then date '1930-01-01' + cast(floor(acak(m.id_orang, 'umur') * 340) as integer) end as tgl_lahir
        from manusia m join (select *, case when producer like 'p3ke%' then 'p3ke' else producer end as registri from r) r using (id_orang)
        group by m.id_orang, m.i""")
    if not named:
        group = BORN.replace("$1", f"'{CUTOFF}'")
        con.execute(
            f"create or replace table padanan_orang as select *, year(tgl_lahir)::integer as tahun_lahir, {group} as {AGE} from padanan_orang"
        )
    con.execute(f"""
        create table anggota_keluarga as
        select {run}, kunci(keluarga || sumber) as id_keluarga, id_orang, record_key, producer, sumber,
          kode_kota, kode_kecamatan, kode_kelurahan, keluarga
        from (select *, case when producer like 'p3ke%' then 'p3ke' else producer end as sumber from r)
        where sumber in ('p3ke', 'dtks', 'carik', 'dtsen', 'adminduk')""")
    con.execute(f"""
        create table padanan_keluarga as
        select {run}, id_keluarga, any_value(sumber) as sumber, 1 as jumlah_kepala, false as terpecah, keluarga as id_keluarga_gabung,
          any_value(kode_kota) as kode_kota from anggota_keluarga group by id_keluarga, keluarga""")
    con.execute(f"""
        create table keluarga_bit as select keluarga, any_value(kode_kota) as kode_kota,
          {bits.replace("registri", "sumber")} as kombinasi from anggota_keluarga group by keluarga""")
    flags = ", ".join(f"kombinasi & {bit} <> 0 as {name}" for name, bit in registries.items())
    con.execute(f"""
        create table overlap as
        select {run}, satuan, 'kota' as tingkat, coalesce(kode_kota, 'tidak diketahui') as kode_wilayah, kombinasi, {flags}, count(*)::bigint as jumlah
        from (select 'orang' as satuan, kode_kota, kombinasi from padanan_orang union all select 'keluarga', kode_kota, kombinasi from keluarga_bit)
        where kombinasi > 0 group by all""")
    con.execute(f"""
        create table sasaran as
        select {run}, o.id_orang, kriteria_gagal is null as terpilih, kriteria_gagal, status_identitas, '{CANARY_NIK}' as nik,
          '{CANARY_NAME}' as nama, o.jk, {"o.tgl_lahir" if named else f"o.tahun_lahir, o.{AGE}"},
          case when status_identitas = 'terdaftar' then kunci(keluarga) end as id_keluarga, kode_kota, kode_kecamatan, kode_kelurahan,
          case when acak(o.id_orang, 'desil') >= 20 then 1 + cast(floor((acak(o.id_orang, 'desil') - 20) / 12.5) as integer) % 4 end as desil
        from (select *, case when kode_kota is null then 'berdomisili_di_dki' when acak(id_orang, 'desil') < 20 then 'desil_diketahui'
          when acak(id_orang, 'desil') + acak(id_orang, '{periode.key}') / 20 < 70 then 'desil_di_bawah_batas' end as kriteria_gagal
          from padanan_orang) o
        join (select id_orang, keluarga from manusia) m using (id_orang)""")
    con.execute(f"""
        create table daftar_tanpa_program as
        select {run}, id_orang, case when acak(id_orang, 'sebab') < 30 then 'tidak_tersinkron' when acak(id_orang, 'sebab') < 32 then 'tanpa_nik'
          when acak(id_orang, 'sebab') < 60 then 'alamat_tidak_lengkap' else 'tidak_diketahui' end as sebab, program,
          case when acak(id_orang, 'program') < 20 then 0 else 1 end::bigint as program_diterima, kode_kota
        from sasaran, (values ('klj', 60), ('pkh', 25)) t (program, bagian) where terpilih and acak(id_orang, 'program') < bagian
        union all select {run}, id_orang, 'tidak_diketahui', null, 0::bigint, kode_kota from sasaran
        where terpilih and acak(id_orang, 'program') > 98""")
    con.execute(f"""
        create table tidak_didatangi as
        select {run}, id_orang, case when acak(id_orang, 'kunjungan') < 10 then 'diperbaiki_di_sumber' when acak(id_orang, 'kunjungan') < 15
          then 'program_tanpa_batas_desil' else 'diperbaiki_di_sumber,program_tanpa_batas_desil' end as alasan, kode_kota
        from padanan_orang where acak(id_orang, 'kunjungan') < 20""")
    con.execute(f"""
        create table bendera_periksa as
        select {run}, id_orang, program, bukti, '{CANARY_NIK}' as catatan, kode_kota
        from padanan_orang, (values ('klj', 'meninggal', 1), ('klj', 'ganda', 2), ('klj', 'pindah', 0.2)) t (program, bukti, bagian)
        where acak(id_orang, bukti) < bagian or (bukti = 'ganda' and acak(id_orang, 'meninggal') < 0.5)""")
    con.execute(f"""
        create table tanpa_dokumen as select {run}, id_orang, kode_kota from padanan_orang
        where status_identitas = 'sementara' and acak(id_orang, 'dokumen') < 25""")
    con.execute(f"""
        create table dokumen_kurang as select {run}, id_orang, dokumen, kode_kota
        from sasaran, (values ('kk', 20), ('akta', 35)) t (dokumen, bagian) where terpilih and acak(id_orang, 'berkas') < bagian""")
    con.execute(f"""
        create table pilah_disabilitas as
        select {run}, coalesce(kode_kota, '') as kode_kota, disabilitas, terpilih, ada_celah, count(*)::bigint as jumlah
        from (select s.kode_kota, s.terpilih, s.id_orang in (select id_orang from gap join padanan_record using (record_key)) as ada_celah,
          case when acak(s.id_orang, 'difabel') < 2 then 'ya' when acak(s.id_orang, 'difabel') < 60 then 'tidak' else 'tidak_diketahui' end
            as disabilitas from sasaran s) group by all""")
    con.execute(f"""
        create table row_account as
        select {run}, tahap, producer, count(*) + any_value(extra) as masuk, count(*) as lanjut, any_value(extra) as disisihkan, true as seimbang
        from r, (values ('landing', 3), ('cleansing', 0), ('padanan', 0)) t(tahap, extra) group by tahap, producer""")
    made = {row[0] for row in con.execute("select table_name from duckdb_tables()").fetchall()}
    for name in (name for name in tables() if name in made):
        con.execute(f"copy (from {name} order by all) to '{folder / name}.parquet' (format parquet)")
    counts = con.execute("select producer, rule_id, count(*) from gap group by all order by all").fetchall()
    rows = dict(con.execute("select producer, count(*) from r group by all").fetchall())
    manifest = {
        "periode": periode.key,
        "label": periode.label,
        "revisi": revisi,
        "cutoff": CUTOFF,
        "inputs_hash": "1234567890123456" * 4,
        "code_version": "1234567890123456",
        "kriteria_versi": "1.0.0",
        "kriteria": {
            "disepakati": {"nomor": "BA-UJI/2024", "tanggal": "2024-11-28"}, "batas": 4, "tingkat": "rentan",
            "kalimat": ["Kriteria disepakati dengan berita acara nomor BA-UJI/2024 tanggal 28 November 2024.", "Desil 1 sampai 4."],
            "dasar_hukum": [{"sumber": "DTSEN", "dasar": "Inpres 4/2025"}],
        },
        "deliveries": [
            {"contract": producer, "sha16": f"{index:016x}", "periode_data": "2025-10", "diterima": "2025-10-10T09:00:00+07:00",
             "bagian": None, "rows_on": rows[producer], "contract_version": "1.0.0"}
            for index, producer in enumerate(producers)
        ],
        "tables": {name: {"sha256": file_sha256(folder / f"{name}.parquet")} for name in tables() if name in made},
    }  # fmt: skip
    if not named:
        con.execute(f"""
            create table identitas as
            select {run}, s.id_orang, s.terpilih, '{CANARY_NIK}' as nik, '{CANARY_NIK}' as no_kk, '{CANARY_NAME}' as nama, o.tgl_lahir, o.jk,
              '{CANARY_STREET}' as alamat, '001' as rt, '002' as rw
            from sasaran s join padanan_orang o using (id_orang) where s.terpilih or s.id_orang < '2'""")
        private = home.identitas(periode, revisi)
        private.mkdir(parents=True, mode=0o700)
        con.execute(f"copy (from identitas order by id_orang) to '{private / FILE}' (format parquet)")
        (private / FILE).chmod(0o600)
        manifest[ENTRY] = {
            "rows": con.execute("select count(*) from identitas").fetchone()[0],
            "sha256": file_sha256(private / FILE),
        }
    if rules:
        manifest["rules"] = [{"producer": p, "rule_id": r, "gagal": n, "total": rows[p] - 1} for p, r, n in counts]
    write_manifest(folder, manifest)
    con.close()
    return folder


def write_landing(home: Home, contract_id: str, sha16: str, **facts: object) -> None:
    """A landing manifest beside nothing: the report reads only the manifest."""
    base = home.root / "quarantine" / contract_id / sha16 if facts.get("status") == "karantina" else (
        home.landing(contract_id) / "period=2025-10" / f"delivery={sha16}")  # fmt: skip
    base.mkdir(parents=True)
    manifest = {"contract_id": contract_id, "sha16": sha16, "file": "kiriman.csv", "periode_data": "2025-10", "diterima": "2025-10-10T09:00:00+07:00",
                "bagian": None, "status": "diterima", "late": False, "flags": [], "rows_in": 10, "rows_on": 10, "rows_aside": {}}  # fmt: skip
    write_manifest(base, manifest | facts)


BUSY, ONE_ROW, PART = "31.75", "31.73", "31.74"
# What a record says, and the programs: some of KLJ's rows are those of a program that says nothing of poverty.
SAID = """select * exclude (nik_bersih, nama_bersih) replace (
    case when producer = 'klj' and i % 4 = 0 then 'jakpreneur' else producer end as producer),
  md5('nik' || i) as nik_key, md5('kk' || i // 4) as kk_key, (i % 4 + 1)::integer as shdk,
  case when producer <> 'klj' or i % 7 = 0 then null when i % 5 = 0 then 'henti' else 'eksisting' end as status_program
  from read_parquet('{path}')"""
# Most of a busy kota's records changed; of one kota a single record; of one the card of whoever lives in its first kelurahan.
CHANGED = f"""select * replace (
    case when kode_kota = '{BUSY}' and i % 5 <> 0 then md5('lain' || i) else nik_key end as nik_key,
    case when kode_kota = '{ONE_ROW}' and i = (select min(i) from asal where kode_kota = '{ONE_ROW}' and producer = 'dtks')
      then 9 else shdk end as shdk,
    case when kode_kelurahan = (select min(kode_kelurahan) from asal where kode_kota = '{PART}')
      then md5('kartu') else kk_key end as kk_key)
  from asal where not (producer = 'dtks' and kode_kota = '{BUSY}' and i % 11 = 0)"""


def rewrite(folder, query):
    """Writes the records of a publication anew and signs it again."""
    path = folder / "padanan_record.parquet"
    con = duckdb.connect()
    con.execute(f"create table asal as from read_parquet('{path}')")
    con.execute(f"create table baru as {query.format(path=path)}")
    con.execute(f"copy baru to '{path}' (format parquet)")
    write_manifest(folder, json.loads((folder / "manifest.json").read_text()))
