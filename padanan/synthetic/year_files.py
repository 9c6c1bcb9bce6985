"""What the field of a made-up year reports each month, by contract: rows from the truth, late, in part wrong, in part faulty.

A wrong row says what an officer believed; a faulty row is one that intake must send back, by the rule it is named after, and
comes again without the fault in the next month. Whom a row may speak of is `year`'s.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb

from padanan.base import disk
from padanan.base.sql import ident, literal
from padanan.contracts.contract import Contract
from padanan.synthetic.year import NEWCOMERS, OWNERS, PEOPLE, SENT, Month, present

FAULT_SHARE = 0.02
"""The share of rows with a fault, half of it for each fault of a contract."""
# Contract -> rule that sends the row back -> the cell that is written wrong, and how.
FAULTS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "lampid": {
        "nik_tanggal_tidak_mungkin": ("nik", "'3171019913990001'"),
        "tanggal_sesudah_diterima": ("tanggal", "strftime(tanggal + interval 2 year, '%d/%m/%Y')"),
    },
    "verivali": {
        "tidak_terbaca_hasil": ("hasil", "'SUDAH DIDATANGI'"),
        "petugas_bernomor": ("petugas", "'Petugas 0812345678'"),
    },
    "muskel": {
        "kelurahan_tak_dikenal": ("kode_kelurahan", "'3199019999'"),
        "tidak_terbaca_usulan": ("usulan", "'DITUNDA'"),
    },
    "realisasi": {
        "tidak_terbaca_nominal": ("nominal", "'tiga ratus ribu'"),
        "masa_tidak_terbaca": ("masa", "'bulan ini'"),
    },
    "pengaduan": {"lokasi_separuh": ("lintang", "'-6.2'"), "tidak_terbaca_kanal": ("kanal", "'TELEPON'")},
    "kesiapan": {"program_tak_dikenal": ("program", "'bantuan'"), "tidak_terbaca_burekol": ("burekol", "'PROSES'")},
    "desil": {"desil_di_luar": ("desil", "'11'"), "tidak_terbaca_desil": ("desil", "'dua'")},
    "panti": {
        "keluar_sebelum_masuk": ("tanggal_keluar", "strftime(tanggal - interval 10 day, '%d/%m/%Y')"),
        "tidak_terbaca_jenis_panti": ("jenis_panti", "'HOTEL'"),
    },
    "sosialisasi": {"peserta_tidak_mungkin": ("peserta", "'-5'"), "kosong_materi": ("materi", "null")},
}  # fmt: skip
KINDS = tuple(FAULTS)
"""The contracts of a month, in the order in which their files are made."""
# Rupiah a month of the programs whose payments are made up [U].
PAID = {"klj": 300_000, "kaj": 300_000, "kpdj": 300_000, "kparj": 300_000, "kjp_plus": 250_000}
PRESSED = f"[{', '.join(map(literal, PAID))}]"
"""The programs that a visit may name as needed at once, as SQL."""
CHANNELS = (
    "JAKI", "TWITTER", "FACEBOOK", "SUREL", "MEDIA SOSIAL GUBERNUR", "SMS", "PENDOPO BALAIKOTA", "INSPEKTORAT", "WALIKOTA",
    "CAMAT", "LURAH", "MEDIA MASSA", "LAPOR 1708",
)  # fmt: skip
JUMP = 7
"""The month, counted from 0, in which street lamps are complained of far more often: the seeded jump of the early warning."""
LAMPS, LAMPS_OF_JUMP = 3, 60
OFFICERS = ("Siti", "Budi", "Rina", "Agus", "Dewi")


@dataclass(frozen=True)
class Habits:
    """How the field works: shares, all of them of the rows that could be so; `limit` is the highest desil that is helped."""

    limit: int = 4
    reported_death: float = 0.93
    late: float = 0.25
    visited: float = 0.4
    second_agency: float = 0.25
    wrong_visit: float = 0.02
    wrong_death: float = 0.003
    not_met: float = 0.06
    refused: float = 0.02
    complains: float = 0.35
    told_on: float = 0.35
    urgent: float = 0.08
    pressing: float = 0.3
    not_ranked: float = 0.05
    misranked: float = 0.03
    failed: float = 0.02
    returned: float = 0.015
    ready: float = 0.9
    in_panti: float = 0.03
    out_of_panti: float = 0.2


def make_file(
    con: duckdb.DuckDBPyConnection, contract: Contract, month: Month, number: int, folder: Path, habits: Habits
) -> tuple[Path, int] | None:
    """Writes a contract's CSV of a month and notes its rows as `berkas(urut, orang, salah, …)`.

    The tables of `year.open_year` and `year.own`, and those of a state and its lines (`keadaan`, `garis`) must stand.

    Args:
        number: which month of the year, from 0. folder: where the file goes.

    Returns:
        The file (`urut` is the line in it, the heads being the first), and how many rows it holds; None when there is nothing
        to tell.
    """
    kind, faults = contract.id, FAULTS[contract.id]
    names = contract.column_names
    again = f"ulang_{kind}"
    con.execute(f"create or replace table baru_berkas as {_ROWS[kind](month, number, habits)}")
    con.execute(f"create table if not exists {again} as select * from baru_berkas limit 0")
    share = " ".join(
        f"when dadu('salah', nomor_salah) < {FAULT_SHARE * (at + 1) / len(faults)} then {literal(rule)}"
        for at, rule in enumerate(faults)
    )
    key = names[0]
    con.execute(
        f"""create or replace table berkas as select 1 + row_number() over (order by {ident(key)}) as urut, * from (
          select *, case {share} end as salah from (select *, '{kind}/' || {ident(key)} as nomor_salah from baru_berkas)
          union all by name select *, null::varchar as salah from {again})"""
    )
    con.execute(
        f"create or replace table {again} as select * exclude (urut, salah, nomor_salah) from berkas where salah is not null"
    )
    rows = int(con.execute("select count(*) from berkas").fetchall()[0][0])
    if not rows:
        return None
    # A column that nobody made anything up for stays blank, as an officer leaves it.
    told = {str(one[0]) for one in con.execute("describe baru_berkas").fetchall()}
    chosen = ", ".join(f"b.{ident(name)}" if name in told else f"null::varchar as {ident(name)}" for name in names)
    cells = []
    for column in contract.columns:
        plain = ident(column.name)
        text = f"strftime({plain}, '%d/%m/%Y')" if column.type == "date" else f"cast({plain} as varchar)"
        wrong = " ".join(f"when {literal(rule)} then {how}" for rule, (cell, how) in faults.items() if cell == column.name)
        cells.append(f"{f'case salah {wrong} else {text} end' if wrong else text} as {ident(column.source)}")
    path = folder / f"{kind}_{month.label}.csv"
    disk.mkdir(folder, parents=True, exist_ok=True, mode=0o700)
    con.execute(
        f"copy (select {', '.join(cells)} from (select b.urut, b.salah, {chosen} from berkas b) order by urut) "
        f"to {literal(path)} (format csv, header, delimiter ',', quote '\"')"
    )
    return path, rows


def _lampid(month: Month, number: int, h: Habits) -> str:
    return f"""
        with kejadian as (
          select orang, 'MATI' as peristiwa, mati as tanggal, null as asal, null as ke from {PEOPLE}
            where dadu('lapor_mati', orang) < {h.reported_death}
          union all select orang, 'LAHIR', lahir, null, kel1 from {PEOPLE}
          union all select orang, 'PINDAH', pergi, kel1, null from {PEOPLE}
          union all select orang, 'PINDAH', pindah, kel1, kel2 from {PEOPLE} where coalesce(pindah < mati, true)
          union all select orang, 'DATANG', datang, null, kel1 from {PEOPLE}),
        dicatat as (select *, date_trunc('month', tanggal + case when dadu('telat' || peristiwa, orang) < {h.late}
            then interval 40 day else interval 0 day end) as bulan from kejadian where tanggal >= tahun_mulai())
        select printf('%s/%s/%07d', k.peristiwa[1:1], strftime(k.tanggal, '%y%m%d'), k.orang) as nomor, k.peristiwa, k.tanggal,
          d.nik, d.nama, d.lahir as tgl_lahir, d.jk as jenis_kelamin, d.no_kk,
          case when k.peristiwa = 'LAHIR' then d.nik_ibu end as nik_ibu, k.asal as kode_kelurahan_asal, k.ke as kode_kelurahan,
          null::varchar as membatalkan, k.orang
        from dicatat k join {PEOPLE} d using (orang) where d.tercatat and k.tanggal >= d.lahir
          and k.bulan = date '{month.first.isoformat()}'"""


def _pengaduan(month: Month, number: int, h: Habits) -> str:
    on = f"date '{month.first.isoformat()}'"
    channels = "[" + ", ".join(map(literal, CHANNELS)) + "]"
    day = f"{on} + cast(floor(dadu('hari_adu', nomor) * 27) as integer)"
    return f"""
        with terpilih as (select distinct m.orang from sasaran_kini s join {OWNERS} m using (id_orang)),
        isi as (
          select printf('B%02d/%07d', {number}, d.orang) as nomor, d.orang, 'BELUM MENERIMA' as jenis,
            dadu('mendesak', d.orang) < {h.urgent} as segera, 'Belum pernah menerima bantuan' as uraian from {PEOPLE} d
          where {present(on)} and d.desil <= {h.limit} and d.orang not in (select orang from terpilih)
            and dadu('adu', d.orang) < {h.complains} and bulan_ke('adu', d.orang) = {number}
          union all select printf('S%02d/%07d', {number}, d.orang), d.orang, 'SALAH SASARAN', false, 'Tidak layak menerima'
          from {PEOPLE} d where d.orang in (select orang from terpilih) and d.lahir < {on}
            and (d.desil > {h.limit} or not {present(on)})
            and dadu('lapor', d.orang) < {h.told_on} and bulan_ke('lapor', d.orang) = {number}
          union all (select printf('X%02d/%07d', {number}, d.orang), d.orang, 'LAINNYA', false, 'Lampu jalan padam'
            from {PEOPLE} d where {present(on)} order by dadu('lampu_{number}', d.orang), d.orang
            limit {LAMPS_OF_JUMP if number == JUMP else LAMPS}))
        select i.nomor, {channels}[1 + cast(floor(dadu('kanal', i.nomor) * {len(CHANNELS)}) as integer)] as kanal,
          {day} as tanggal, i.jenis, d.nik, d.nama, d.lahir as tgl_lahir, d.kel2 as kode_kelurahan,
          null::varchar as lintang, null::varchar as bujur, case when i.segera then 'YA' else 'TIDAK' end as mendesak, i.uraian,
          null::varchar as membatalkan, i.orang
        from isi i left join {PEOPLE} d using (orang)"""


def _verivali(month: Month, number: int, h: Habits) -> str:
    # After the files of the month before came: a result of an earlier day answers no line that opened with them.
    day = f"date '{month.first.isoformat()}' + 6 + cast(floor(dadu('hari_kunjung', kunci) * 20) as integer)"
    officers = "[" + ", ".join(map(literal, OFFICERS)) + "]"
    return f"""
        with pemilik as (from {OWNERS} union all by name from {NEWCOMERS}),
        baris as (select g.id_orang, p.orang, g.status, g.prioritas, p.id_orang in (select id_orang from {OWNERS}) as terdaftar,
            row_number() over (order by g.status = 'konflik' desc, g.prioritas, g.tenggat, g.id_orang) as giliran,
            count(*) over () as semua
          from garis g join pemilik p using (id_orang) where g.status <> 'menunggu_muskel'),
        tugas as (select *, unnest(case when status = 'konflik' or dadu('dua_{number}', id_orang) < {h.second_agency}
            then ['DPPAPP', 'DINSOS'] else [case when dadu('siapa_{number}', id_orang) < 0.7 then 'DPPAPP' else 'DINSOS' end] end)
            as verifikator from baris where giliran <= ceil(semua * {h.visited}) or prioritas <= 2 or status = 'konflik'),
        kunjungan as (select *, {day} as tanggal, dadu('keliru', kunci) as keliru, dadu('bertemu', kunci) as bertemu from
            (select *, verifikator || '/{number}/' || id_orang as kunci from tugas)),
        benar as (select k.*, d.nik, d.nama, d.lahir, d.kel1, d.kel2, d.pindah,
            -- Poor, in no decree, and in such need that an officer says so.
            d.desil <= {h.limit} and k.id_orang not in (select id_orang from sasaran_kini)
              and dadu('segera', d.orang) < {h.pressing} as segera, case
            when d.mati <= k.tanggal then 'MENINGGAL' when d.pergi <= k.tanggal then 'PINDAH'
            when {present("k.tanggal")} then 'DITEMUKAN' else 'TIDAK DITEMUKAN' end as benar
          from kunjungan k join {PEOPLE} d using (orang))
        select printf('V%02d/%s', {number}, md5(kunci)[1:12]) as nomor, verifikator,
          {officers}[1 + cast(floor(dadu('petugas', kunci) * {len(OFFICERS)}) as integer)] as petugas, tanggal,
          case when terdaftar then id_orang end as id_orang, nik, nama, lahir as tgl_lahir,
          case when hasil = 'DITEMUKAN' then case when pindah <= tanggal then kel2 else kel1 end end as kode_kelurahan, hasil,
          case when hasil = 'DITEMUKAN' and segera then 'YA' end as mendesak,
          case when hasil = 'DITEMUKAN' and segera
            then {PRESSED}[1 + cast(floor(dadu('perlu', orang) * {len(PAID)}) as integer)] end as program,
          null::varchar as nik_dokumen, null::varchar as membatalkan, orang
        from (select *, case
            when benar = 'DITEMUKAN' and keliru < {h.wrong_death} then 'MENINGGAL'
            when keliru < {h.wrong_visit} then case benar when 'DITEMUKAN' then 'PINDAH' when 'PINDAH' then 'DITEMUKAN'
              else 'TIDAK DITEMUKAN' end
            when benar = 'DITEMUKAN' and bertemu < {h.refused} then 'MENOLAK'
            when benar = 'DITEMUKAN' and bertemu < {h.refused + h.not_met} then 'TIDAK DITEMUKAN'
            else benar end as hasil from benar) where lahir <= tanggal"""


def _muskel(month: Month, number: int, h: Habits) -> str:
    on = f"date '{month.first.isoformat()}'"
    return f"""
        with usul as (
          select d.orang, 'BARU' as usulan from {PEOPLE} d where {present(on)} and d.desil <= {h.limit}
            and d.orang not in (select orang from {OWNERS}) and bulan_ke('muskel', d.orang) = {number}
            and dadu('muskel', d.orang) < 0.5
          union select b.orang, 'BARU' from keadaan k join {NEWCOMERS} b using (id_orang)
            where k.verivali_hasil = 'ditemukan' and k.muskel_hasil is null
          union select m.orang, case k.verivali_hasil when 'ditemukan' then 'TETAP' else 'KELUAR' end
          from keadaan k join {OWNERS} m using (id_orang) join {PEOPLE} d on d.orang = m.orang
          where k.verivali_hasil is not null and k.muskel_hasil is null and m.acuan and dadu('tetap', m.orang) < 0.15)
        select printf('M%02d/%07d', {number}, u.orang) as nomor, 'BA-{number:02d}/' || d.kel2 as nomor_berita_acara,
          {on} + 7 + cast(floor(dadu('hari_muskel', u.orang) * 20) as integer) as tanggal, d.kel2 as kode_kelurahan, d.nik,
          d.nama, d.lahir as tgl_lahir, d.jk as jenis_kelamin, null::varchar as alamat, u.usulan,
          case when u.usulan <> 'KELUAR' and (d.desil <= {h.limit}) = (dadu('musyawarah', u.orang) >= 0.03) then 'LAYAK'
            else 'TIDAK LAYAK' end as hasil, null::varchar as membatalkan, u.orang
        from usul u join {PEOPLE} d using (orang) where d.lahir < {on}
        qualify row_number() over (partition by u.orang order by usulan) = 1"""


def _desil(month: Month, number: int, h: Habits) -> str:
    return f"""
        with pemilik as (select id_orang, orang from {OWNERS} union all select id_orang, orang from {NEWCOMERS}),
        serah as (select m.orang, min(s.id_serah) as id_serah
          from diserahkan s join pemilik m using (id_orang) left join keadaan k using (id_orang)
          where (k.verivali_hasil = 'ditemukan' or (id_orang in (select id_orang from sasaran_kini) and {number} >= 1))
            and m.orang not in (select orang from {SENT} where kontrak = 'desil' and orang is not null) group by 1)
        select s.id_serah, date '{month.first.isoformat()}' + 14 as tanggal, d.nik,
          d.nama, d.lahir as tgl_lahir, case when dadu('pringkat', d.orang) < {h.misranked}
            then d.desil + case when d.desil < 10 then 1 else -1 end else d.desil end as desil, d.orang
        from serah s join {PEOPLE} d using (orang) where dadu('hilang', d.orang) >= {h.not_ranked}"""


def _recipients() -> str:
    paid = ", ".join(f"({literal(name)}, {rupiah})" for name, rupiah in PAID.items())
    return f"""select distinct m.orang, s.id_orang, p.program, p.rupiah from sasaran_kini s join {OWNERS} m using (id_orang)
        join (values {paid}) p(program, rupiah) on list_contains(string_split(s.program, ','), p.program)"""


def _kesiapan(month: Month, number: int, h: Habits) -> str:
    on = f"date '{month.first.isoformat()}'"
    ready = f"dadu('siap_{number}', orang || program) < {h.ready}"
    return f"""
        with penerima as ({_recipients()}),
        belum as (select t.* from penerima t left join keadaan k using (id_orang)
          where not coalesce(list_contains(string_split(k.siap, ','), t.program), false))
        select printf('K%02d/%07d/%s', {number}, b.orang, b.program) as nomor, b.program, d.nik, d.nama, d.lahir as tgl_lahir,
          {on} + 3 as tanggal, 'YA' as burekol, case when {ready} then 'YA' else 'TIDAK' end as syarat_lengkap,
          case when not ({ready}) then 'fotokopi kartu keluarga' end as kekurangan, null::varchar as membatalkan, b.orang
        from belum b join {PEOPLE} d using (orang) where d.lahir < {on} and d.nik is not null"""


def _realisasi(month: Month, number: int, h: Habits) -> str:
    on = f"date '{month.first.isoformat()}'"
    return f"""
        with penerima as ({_recipients()}),
        siap as (select t.orang, t.program, any_value(t.rupiah) as rupiah from penerima t join keadaan k using (id_orang)
          where list_contains(string_split(k.siap, ','), t.program) and not k.meninggal_terverifikasi group by all),
        bayar as (
          select orang, program, rupiah, '{month.label}' as masa, case when dadu('gagal_{number}', orang || program) < {h.failed}
            then 'GAGAL' else 'TERSALUR' end as status from siap
          union all select orang, program, nominal, masa_bayar, 'KEMBALI' from {SENT}
          where kontrak = 'realisasi' and status = 'TERSALUR' and salah is null and masa = strftime({on} - 1, '%Y-%m')
            and dadu('kembali_{number}', nomor) < {h.returned})
        select printf('R%02d/%s/%07d/%s', {number}, b.status[1:1], b.orang, b.program) as nomor, b.program, d.nik, d.nama,
          d.lahir as tgl_lahir, b.masa, {on} + 9 as tanggal, b.rupiah as nominal, b.status, null::varchar as membatalkan, b.orang
        from bayar b join {PEOPLE} d using (orang) where d.lahir < {on}"""


def _panti(month: Month, number: int, h: Habits) -> str:
    on = f"date '{month.first.isoformat()}'"
    came = "cast({0} as date) + cast(floor(dadu('masuk', d.orang) * 25) as integer)"
    kind = f"""case when d.lahir > {on} - interval 18 year then 'ANAK' when d.lahir < {on} - interval 60 year then 'LANSIA'
        else ['TELANTAR', 'JIWA', 'DISABILITAS'][1 + cast(floor(dadu('jenis_panti', d.orang) * 3) as integer)] end"""
    return f"""
        with isi as (
          select printf('T%02d/%07d', {number}, d.orang) as nomor, d.orang, {came.format(on)} as tanggal,
            null::date as tanggal_keluar, null::varchar as membatalkan from {PEOPLE} d
          where {present(on)} and dadu('panti', d.orang) < {h.in_panti} and bulan_ke('panti', d.orang) = {number}
          union all select printf('TK%02d/%07d', {number}, s.orang), s.orang,
            {came.format("s.masa || '-01'")}, {on} + 2, s.nomor
          from {SENT} s join {PEOPLE} d using (orang) where s.kontrak = 'panti' and s.salah is null and s.nomor like 'T0%'
            and s.masa = strftime({on} - 1, '%Y-%m') and dadu('keluar_panti', s.orang) < {h.out_of_panti})
        select i.nomor, 'Panti ' || {kind} as panti, {kind} as jenis_panti, d.kel2 as kode_kelurahan,
          case when dadu('nik_panti', d.orang) >= 0.2 then d.nik end as nik, d.nama, d.lahir as tgl_lahir,
          d.jk as jenis_kelamin, i.tanggal, i.tanggal_keluar, i.membatalkan, i.orang
        from isi i join {PEOPLE} d using (orang)"""


def _sosialisasi(month: Month, number: int, h: Habits) -> str:
    return f"""
        select printf('S%02d/%03d', {number}, i) as nomor, date '{month.first.isoformat()}' + 5 + cast(i as integer) as tanggal,
          w.kel as kode_kelurahan, 'klj' as program, 'Kartu Lansia Jakarta' as materi,
          20 + cast(floor(dadu('hadir_{number}', i) * 60) as integer) as peserta,
          null::varchar as membatalkan, null::bigint as orang
        from (select kel1 as kel, row_number() over (order by dadu('tempat_{number}', kel1), kel1) - 1 as i
          from (select distinct kel1 from {PEOPLE})) w where i < 12 and dadu('daerah_sosialisasi', kel) < 0.7"""


_ROWS = {
    "lampid": _lampid, "verivali": _verivali, "muskel": _muskel, "realisasi": _realisasi, "pengaduan": _pengaduan,
    "kesiapan": _kesiapan, "desil": _desil, "panti": _panti, "sosialisasi": _sosialisasi,
}  # fmt: skip
