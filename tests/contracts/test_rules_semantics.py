"""What every rule says, case by case: hand-written rows, hand-written answers, evaluated in DuckDB.

Predicates come from the contracts, masks folded in, as staging and Great Expectations use them; how staging fills the
columns is tested with the models.
"""

from dataclasses import dataclass, field
from datetime import date
from functools import cache

import duckdb
import pyarrow as pa
import pytest

from padanan.contracts.contract import expectations_dir, load_contracts
from padanan.contracts.rule_binding import PLACES, ROW_OF_STAGE, rows
from padanan.contracts.rules import load_catalogue

REGIONS = {"317101", "320101", "337201", "095001", "095401"}
MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
NIK = "3171011507800003"
KK = "3171010506150007"


def day_exists(digits: str, women: bool) -> bool:
    """Whether DDMMYY is a day in one of the two centuries; a woman's day counts from 41."""
    day, month, year = int(digits[:2]), int(digits[2:4]), int(digits[4:])
    if women and day > 40:
        day -= 40
    if not 1 <= month <= 12 or not 1 <= day <= MONTH_DAYS[month - 1]:
        return False
    return (day, month) != (29, 2) or year % 4 == 0


NOBODY = {
    "9999999999999994": "menolak",
    "9999999999999995": "belum_punya_nik_di_bawah_17",
    "9999999999999996": "belum_punya_nik_17_ke_atas",
    "9999999999999999": "wna_atau_angka_berulang",
    "1234567890123456": "angka_pengganti",
}


def bare(text):
    """What staging leaves of a number that says nothing: nothing."""
    return None if text is None or text.strip() in ("", "-", "0") else text


def stands_for(text):
    """What a number that is nobody's says, as staging tells it."""
    if bare(text) is None:
        return None
    return NOBODY.get(text) or ("angka_pengganti" if text.isdigit() and len(set(text)) == 1 else None)


def named(text):
    """The name columns of a row."""
    letters = "".join(one if one.isalnum() else " " for one in text or "").split()
    return {"nama_mentah": text, "nama_bersih": " ".join(letters).upper() or None}


def nik(text, raw=None, **more):
    """The NIK columns of a row."""
    full = text is not None and text.isascii() and text.isdigit() and len(text) == 16
    row = {"nik_mentah": text if raw is None else raw, "nik_bersih": bare(text), "nik_pengganti": stands_for(text)}
    row["nik_angka16"] = int(text) if full else None
    row["tgl_nik_sah"] = day_exists(text[6:12], True) if full else None
    row["nik_wilayah_dikenal"] = text[:6] in REGIONS if full else None
    return row | more


def kk(text, **more):
    """The family-card columns of a row."""
    full = text is not None and text.isascii() and text.isdigit() and len(text) == 16
    row = {"kk_mentah": text, "kk_bersih": bare(text), "kk_pengganti": stands_for(text)}
    row["kk_angka16"] = int(text) if full else None
    row["tgl_kk_sah"] = day_exists(text[6:12], False) if full else None
    row["kk_wilayah_dikenal"] = text[:6] in REGIONS if full else None
    return row | more


def born(text, parsed=None):
    """The birth-date columns of a row."""
    return {
        "tgl_lahir_mentah": text,
        "tgl_lahir": parsed,
        "tgl_lahir_isi": (text or "").strip() not in ("", "-", "0", "0000-00-00"),
    }


CLEAN_PLACE = {
    "unit": "wilayah",
    "kode_kelurahan": "31.71.01.1001",
    "kode_kecamatan": "31.71.01",
    "kode_kota": "31.71",
    "wilayah_ada": True,
    "wilayah_hasil": "dikenal",
    "jk_mentah": "Perempuan",
    "jk": "P",
    "kelompok_umur_mentah": "0-4",
    "kelompok_umur": "00-04",
    "jiwa_mentah": "40",
    "jiwa": 40,
    "sel_n_baris": 1,
    "sel_lengkap": 32,
    "kel_urut": 1,
    "kel_n_sel": 32,
    "kel_jiwa": 1000,
    "kel_acuan": 1000,
}
CLEAN = {
    "diterima": date(2025, 10, 10),
    "nik_angka": False,
    "nik_persen_nol": 0.1,
    "kk_angka": False,
    "nama_mentah": "Siti Aminah",
    "nama_bersih": "SITI AMINAH",
    "jk_mentah": "L",
    "jk": "L",
    "shdk": 1,
    "alamat_mentah": "Jl. Melati No. 3",
    "alamat_jalan": "MELATI",
    "rt": "003",
    "rw": "005",
    "rt_rw_ada": True,
    "rt_rw_terbaca": True,
    "kelurahan_mentah": "GAMBIR",
    "wilayah_ada": True,
    "wilayah_hasil": "dikenal",
    "desil_mentah": "2",
    "desil": 2,
    "status_mentah": "EKSISTING",
    "status": "eksisting",
    "nominal_mentah": "30000",
    "nominal": 30000,
    "periode_program_mentah": "2025-10",
    "periode_program": "2025-10",
    "family_id": KK,
    "nik_n_baris": 1,
    "nik_beda_orang": False,
    "kel_n_kepala": 1,
    "kel_n_desil": 1,
    "kel_n_pasangan": 3,
    **nik(NIK),
    **kk(KK),
    **born("1980-07-15", date(1980, 7, 15)),
}
CLEAN_PADANAN = {"status": "padan_nik", "status_dasar_adminduk": "hidup", "n_baris_program": 1, "n_program_bentrok": 0}
ACCIDENT = "1234567890123456"


@dataclass(frozen=True)
class Case:
    """`breaks` lists rows (changes to the clean row) that break the rule, `passes` rows that don't."""

    contract: str
    breaks: dict = field(default_factory=dict)
    passes: dict = field(default_factory=dict)


NIK_BLANKS = {
    "null": None,
    "empty": "",
    "dash": "-",
    "zero": "0",
    "zeros": "0" * 16,
    "ones": "1" * 16,
    "nines": "9" * 16,
    "short repeat": "99999",
    "no NIK yet, below 17": "9999999999999995",
    "no NIK yet, 17 and over": "9999999999999996",
    "refused": "9999999999999994",
    "keyboard row": ACCIDENT,
}
TEMPORARY = "0123451507800003"

CASES = {
    "nik_kosong": Case(
        "dtks",
        {name: nik(text) for name, text in NIK_BLANKS.items()},
        {
            "a NIK": nik(NIK),
            "15 digits": nik(NIK[:15]),
            "words": nik("BELUM ADA"),
            "two digits alternating": nik("1212121212121212"),
            "one off the sentinel": nik("9999999999999993"),
        },
    ),
    "nik_rusak_excel": Case(
        "klj",
        {
            "scientific with comma": nik("3,17101E+15"),
            "scientific with point": nik("3.17101E+15"),
            "scientific without plus": nik("3e15"),
            "decimals of nothing": nik(NIK[:15] + ".0"),
            "a lone dot": nik(NIK[:14] + "." + NIK[14:]),
            "a lone comma": nik(NIK[:6] + "," + NIK[6:]),
            "thousands": nik("3.171.011.507.800.003"),
            "thousands with decimals": nik("3,171,011,507,800,003.00"),
            "numeric cell": nik(NIK, nik_angka=True),
            "numeric cell, 17 digits": nik(NIK + "0", nik_angka=True),
            "half of the delivery ends in 0": nik(NIK[:15] + "0", nik_persen_nol=0.5),
            "nearly all end in 0": nik(NIK[:12] + "0000", nik_persen_nol=0.97),
        },
        {
            "text cell": nik(NIK),
            "ends in 0 in a sound delivery": nik(NIK[:15] + "0", nik_persen_nol=0.49),
            "ends in 3 in a damaged delivery": nik(NIK, nik_persen_nol=0.9),
            "share not known": nik(NIK[:15] + "0", nik_persen_nol=None),
            "15 digits that end in 0": nik(NIK[:14] + "0", nik_persen_nol=0.9),
            "15 numeric digits": nik(NIK[:15], nik_angka=True),
            "cell type not known": nik(NIK, nik_angka=None),
            "blank numeric cell": nik(None, nik_angka=True),
            "zeros are blank first": nik("0" * 16, nik_persen_nol=0.9),
            "sentinel in a numeric cell is blank first": nik("9999999999999995", nik_angka=True),
            "a word with E": nik("E15"),
            "irregular groups": nik("317.1011507.800003"),
        },
    ),
    "nik_nol_depan": Case(
        "klj",
        {"15 digits, numeric": nik("950011507800003", nik_angka=True)},
        {
            "15 digits as text": nik("950011507800003"),
            "cell type not known": nik("950011507800003", nik_angka=None),
            "14 digits, numeric": nik("95001150780000", nik_angka=True),
            "16 digits, numeric": nik(NIK, nik_angka=True),
            "fifteen zeros are blank first": nik("0" * 15, nik_angka=True),
            "null": nik(None, nik_angka=True),
        },
    ),
    "nik_format": Case(
        "klj",
        {
            "15 digits as text": nik(NIK[:15]),
            "17 digits": nik(NIK + "1"),
            "a letter O": nik("317101150780000O"),
            "words": nik("DALAM PROSES"),
            "full-width digits": nik(
                "\uff13\uff11\uff17\uff11\uff10\uff11\uff11\uff15\uff10\uff17\uff18\uff10\uff10\uff10\uff10\uff13"
            ),
            "two dashes": nik("--"),
            "14 digits, numeric": nik(NIK[:14], nik_angka=True),
        },
        {
            "a NIK": nik(NIK),
            **{f"blank first: {name}": nik(text) for name, text in NIK_BLANKS.items()},
            "scientific is damaged first": nik("3,17101E+15"),
            "17 digits in a numeric cell are damaged first": nik(NIK + "0", nik_angka=True),
            "15 numeric digits lost a zero first": nik(NIK[:15], nik_angka=True),
        },
    ),
    "nik_tanggal": Case(
        "dtks",
        {
            "day 00": nik("3171010007800003"),
            "day 32": nik("3171013207800003"),
            "day 40": nik("3171014007800003"),
            "day 72": nik("3171017207800003"),
            "month 00": nik("3171011500800003"),
            "month 13": nik("3171011513800003"),
            "31 April": nik("3171013104800003"),
            "30 February": nik("3171013002800003"),
            "29 February 1999": nik("3171012902990003"),
            "29 February 1999, woman": nik("3171016902990003"),
            "not judged by staging": nik(NIK, tgl_nik_sah=None),
        },
        {
            "a day": nik(NIK),
            "29 February 2000 or 1900": nik("3171012902000003"),
            "29 February 1996, woman": nik("3171016902960003"),
            "31 January, woman": nik("3171017101800003"),
            "30 November": nik("3171013011800003"),
            "15 digits": nik("317101000780000"),
            "null": nik(None),
            "equal to the family card": nik("3171010007800003") | kk("3171010007800003"),
            "numeric cell": nik("3171010007800003", nik_angka=True),
            "zeros": nik("0" * 16),
        },
    ),
    "nik_urut_nol": Case(
        "klj",
        {"serial 0000": nik(NIK[:12] + "0000")},
        {
            "serial 0001": nik(NIK[:12] + "0001"),
            "serial 1000": nik(NIK[:12] + "1000"),
            "0000 from Excel": nik(NIK[:12] + "0000", nik_persen_nol=0.8),
            "0000 in a numeric cell": nik(NIK[:12] + "0000", nik_angka=True),
            "15 digits": nik(NIK[:11] + "0000"),
            "null": nik(None),
        },
    ),
    "nik_sementara": Case(
        "dtks",
        {
            "leading 0": nik(TEMPORARY),
            "0949": nik("0949011507800003"),
            "0955": nik("0955011507800003"),
        },
        {
            "old DKI 0950": nik("0950011507800003"),
            "old DKI 0954": nik("0954011507800003"),
            "a NIK": nik(NIK),
            "zeros are blank": nik("0" * 16),
            "15 digits": nik(TEMPORARY[:15]),
            "null": nik(None),
        },
    ),
    "nik_wilayah": Case(
        "dtks",
        {
            "no such region": nik("9899991507800003"),
            "not judged by staging": nik(NIK, nik_wilayah_dikenal=None),
            "no such old DKI region": nik("0950991507800003"),
        },
        {
            "DKI": nik(NIK),
            "elsewhere": nik("3372011507800003"),
            "old DKI": nik("0950011507800003"),
            "temporary": nik(TEMPORARY),
            "15 digits": nik("989999150780000"),
            "null": nik(None),
        },
    ),
    "nik_vs_tgl_lahir": Case(
        "dtks",
        {
            "other day": born("1980-07-16", date(1980, 7, 16)),
            "other month": born("1980-08-15", date(1980, 8, 15)),
            "other year": born("1981-07-15", date(1981, 7, 15)),
            "woman, other day": nik("3171015507800003") | born("1980-07-14", date(1980, 7, 14)) | {"jk": "P"},
            "unknown region does not hide it": nik("9899991507800003") | born("1980-07-16", date(1980, 7, 16)),
        },
        {
            "equal": {},
            "woman, equal": nik("3171015507800003") | {"jk": "P"},
            "1 January 2000": nik("3171010101000003") | born("2000-01-01", date(2000, 1, 1)),
            "no birth date": born(None),
            "birth date not readable": born("31/02/1980"),
            "NIK has no date": nik("3171013207800003") | born("1980-07-16", date(1980, 7, 16)),
            "improbable birth date": born("1900-01-01", date(1900, 1, 1)),
            "born after the delivery": born("2030-07-16", date(2030, 7, 16)),
            "temporary": nik(TEMPORARY) | born("1980-07-16", date(1980, 7, 16)),
            "other people share the NIK": {"nik_n_baris": 2, "nik_beda_orang": True} | born("1980-07-16", date(1980, 7, 16)),
            "null NIK": nik(None),
        },
    ),
    "nik_vs_jk": Case(
        "dtks",
        {
            "man's NIK, woman": {"jk": "P"},
            "woman's NIK, man": nik("3171015507800003"),
        },
        {
            "man": {},
            "woman": nik("3171015507800003") | {"jk": "P"},
            "sex unknown": {"jk": None, "jk_mentah": "?"},
            "NIK has no date": nik("3171013207800003") | {"jk": "P"},
            "temporary": nik(TEMPORARY) | {"jk": "P"},
            "other people share the NIK": {"jk": "P", "nik_n_baris": 2, "nik_beda_orang": True},
            "null NIK": nik(None) | {"jk": "P"},
        },
    ),
    "nik_ganda_sama": Case(
        "dtks",
        {
            "two rows, one person": {"nik_n_baris": 2, "nik_beda_orang": False},
            "difference not judged": {"nik_n_baris": 3, "nik_beda_orang": None},
        },
        {
            "alone": {"nik_n_baris": 1},
            "two people": {"nik_n_baris": 2, "nik_beda_orang": True},
            "not counted": {"nik_n_baris": None, "nik_beda_orang": None},
            "blank NIK, many rows": nik("9999999999999995", nik_n_baris=500),
            "15 digits, two rows": nik(NIK[:15], nik_n_baris=2),
            "pasted family card": nik(KK, nik_n_baris=2),
        },
    ),
    "nik_ganda_beda": Case(
        "dtks",
        {"two people": {"nik_n_baris": 2, "nik_beda_orang": True}},
        {
            "two rows, one person": {"nik_n_baris": 2, "nik_beda_orang": False},
            "alone": {"nik_n_baris": 1, "nik_beda_orang": True},
            "not judged": {"nik_n_baris": 2, "nik_beda_orang": None},
            "blank NIK": nik("9" * 16, nik_n_baris=500, nik_beda_orang=True),
            "pasted family card": nik(KK, nik_n_baris=2, nik_beda_orang=True),
        },
    ),
    "nik_sama_kk": Case(
        "dtks",
        {"pasted": nik(KK)},
        {
            "different": {},
            "no family card": kk(None),
            "both blank": nik("-") | kk("-"),
            "both zeros": nik("0" * 16) | kk("0" * 16),
            "both 15 digits": nik(NIK[:15]) | kk(NIK[:15]),
            "both numeric": nik(KK, nik_angka=True, kk_angka=True),
        },
    ),
    "kk_kosong": Case(
        "dtks",
        {
            "null": kk(None),
            "empty": kk(""),
            "dash": kk("-"),
            "zero": kk("0"),
            "zeros": kk("0" * 16),
            "ones": kk("1" * 16),
            "refused": kk("9999999999999994"),
        },
        {"a card": {}, "15 digits": kk(KK[:15]), "words": kk("HILANG")},
    ),
    "kk_format": Case(
        "klj",
        {
            "15 digits": kk(KK[:15]),
            "17 digits": kk(KK + "1"),
            "words": kk("HILANG"),
            "numeric cell": {"kk_angka": True},
            "no such region": kk("9899990506150007"),
            "issued on day 45": kk("3171014506150007"),
            "issued in month 13": kk("3171010513150007"),
            "region not judged": {"kk_wilayah_dikenal": None},
            "date not judged": {"tgl_kk_sah": None},
        },
        {
            "a card": {},
            "cell type not known": {"kk_angka": None},
            "blank": kk(None),
            "dash": kk("-"),
            "zeros in a numeric cell": kk("0" * 16, kk_angka=True),
            "a NIK pasted over the card": nik("9899991507800003") | kk("9899991507800003"),
        },
    ),
    "kk_tanpa_kepala": Case(
        "carik",
        {"no head": {"kel_n_kepala": 0}},
        {
            "one": {"kel_n_kepala": 1},
            "two": {"kel_n_kepala": 2},
            "not counted": {"kel_n_kepala": None},
            "no family": {"kel_n_kepala": 0, "family_id": None},
        },
    ),
    "kk_kepala_ganda": Case(
        "carik",
        {"two": {"kel_n_kepala": 2}, "five": {"kel_n_kepala": 5}},
        {
            "none": {"kel_n_kepala": 0},
            "one": {"kel_n_kepala": 1},
            "not counted": {"kel_n_kepala": None},
            "no family": {"kel_n_kepala": 2, "family_id": None},
        },
    ),
    "keluarga_tanpa_anggota": Case(
        "p3ke_keluarga",
        {"no member": {"kel_n_pasangan": 0}, "not found": {"kel_n_pasangan": None}},
        {"members": {"kel_n_pasangan": 1}},
    ),
    "anggota_tanpa_keluarga": Case(
        "p3ke_individu",
        {"no family row": {"kel_n_pasangan": 0}, "not found": {"kel_n_pasangan": None}, "no family id": {"family_id": None}},
        {"family row": {"kel_n_pasangan": 1}},
    ),
    "desil_tidak_sah": Case(
        "dtsen",
        {
            "eleven": {"desil_mentah": "11", "desil": None},
            "zero": {"desil_mentah": "0", "desil": None},
            "a half": {"desil_mentah": "4,5", "desil": None},
            "words": {"desil_mentah": "miskin", "desil": None},
        },
        {
            "one": {"desil_mentah": "1", "desil": 1},
            "ten": {"desil_mentah": "10", "desil": 10},
            "blank": {"desil_mentah": "", "desil": None},
            "spaces": {"desil_mentah": "  ", "desil": None},
            "null": {"desil_mentah": None, "desil": None},
        },
    ),
    "desil_beda_dalam_keluarga": Case(
        "p3ke_individu",
        {"two in one family": {"kel_n_desil": 2}},
        {
            "one": {"kel_n_desil": 1},
            "none": {"kel_n_desil": 0},
            "not counted": {"kel_n_desil": None},
            "no family": {"kel_n_desil": 2, "family_id": None},
        },
    ),
    "nama_kosong": Case(
        "dtks",
        {
            "null": {"nama_mentah": None},
            "empty": {"nama_mentah": ""},
            "spaces": {"nama_mentah": "   "},
            "dash": {"nama_mentah": "-"},
            "dots": {"nama_mentah": "..., ."},
            "apostrophe": {"nama_mentah": "'"},
        },
        {"a name": {}, "one letter": {"nama_mentah": "A"}, "a digit": {"nama_mentah": "3"}, "accent": {"nama_mentah": "É"}},
    ),
    "nama_tidak_wajar": Case(
        "dtks",
        {
            name: {"nama_mentah": name}
            for name in (
                *("BUDI 2", "3", "A", "M.", "É", "TEST", "tes", "Test Nama", "COBA", "XXX", "XXXXX", "DUMMY", "NN", "N N"),
                *("NO NAME", "TANPA NAMA", "Anonim", " TEST "),
            )
        },
        {
            name: {"nama_mentah": name}
            for name in (
                *("Siti", "Al", "TESSA", "TESTIANA", "COBAINA", "NNENG", "XX", "ANONIMAWATI", "NUR'AINI", "MARIA S.", "Ménéndez"),
                *("H. ABDUL", "LATEST", "ANI TANPANAMA"),
            )
        }
        | {"null": {"nama_mentah": None}, "dash": {"nama_mentah": "-"}, "spaces": {"nama_mentah": "  "}},
    ),
    "tgl_lahir_ambigu": Case(
        "dtks",
        {"two days": born("10280") | {"tgl_lahir_ambigu": True}},
        {
            "a day": {"tgl_lahir_ambigu": False},
            "not known": {"tgl_lahir_ambigu": None},
            "blank first": born("-") | {"tgl_lahir_ambigu": True},
        },
    ),
    "tgl_lahir_kosong": Case(
        "dtks",
        {
            "null": born(None),
            "empty": born(""),
            "spaces": born("  "),
            "dash": born("-"),
            "zero": born("0"),
            "database zero": born("0000-00-00"),
        },
        {"a day": {}, "not readable": born("31/02/1980"), "words": born("tidak tahu")},
    ),
    "tgl_lahir_tidak_wajar": Case(
        "dtks",
        {
            "not readable": born("31/02/1980"),
            "words": born("tidak tahu"),
            "tomorrow": born("2025-10-11", date(2025, 10, 11)),
            "1900-01-01": born("1900-01-01", date(1900, 1, 1)),
            "121 years old today": born("1904-10-10", date(1904, 10, 10)),
            "far too old": born("1875-01-01", date(1875, 1, 1)),
        },
        {
            "a day": {},
            "born on the day of the delivery": born("2025-10-10", date(2025, 10, 10)),
            "120 years old today": born("1905-10-10", date(1905, 10, 10)),
            "120 years and 364 days": born("1904-10-11", date(1904, 10, 11)),
            "a 1 January": born("1980-01-01", date(1980, 1, 1)),
            "blank": born(""),
            "null": born(None),
            "database zero": born("0000-00-00"),
        },
    ),
    "jk_tidak_dikenal": Case(
        "dtks",
        {"null": {"jk": None, "jk_mentah": None}, "unmapped": {"jk": None, "jk_mentah": "X"}},
        {"man": {"jk": "L"}, "woman": {"jk": "P"}},
    ),
    "alamat_tidak_lengkap": Case(
        "dtks",
        {
            "no street": {"alamat_jalan": None},
            "no RT": {"rt": None},
            "no RW": {"rw": None},
            "null kelurahan": {"kelurahan_mentah": None},
            "blank kelurahan": {"kelurahan_mentah": " "},
            "dash for kelurahan": {"kelurahan_mentah": "-"},
        },
        {"complete": {}, "kelurahan unknown but given": {"kelurahan_mentah": "ENTAH", "wilayah_hasil": "tidak_dikenal"}},
    ),
    "rt_rw_format": Case(
        "dtks",
        {
            "not read": {"rt_rw_ada": True, "rt_rw_terbaca": False},
            "not judged": {"rt_rw_ada": True, "rt_rw_terbaca": None},
        },
        {
            "read": {},
            "none given": {"rt_rw_ada": False, "rt_rw_terbaca": False},
            "not known whether given": {"rt_rw_ada": None, "rt_rw_terbaca": None},
        },
    ),
    "wilayah_tidak_dikenal": Case(
        "dtks",
        {"not found": {"wilayah_hasil": "tidak_dikenal"}, "code against names": {"wilayah_hasil": "bertentangan"}},
        {
            "found": {},
            "by spelling": {"wilayah_hasil": "ejaan"},
            "outside": {"wilayah_hasil": "luar_dki"},
            "none given": {"wilayah_ada": False, "wilayah_hasil": None},
            "not judged": {"wilayah_hasil": None},
        },
    ),
    "luar_dki": Case(
        "dtks",
        {"outside": {"wilayah_hasil": "luar_dki"}},
        {
            "inside": {},
            "by spelling": {"wilayah_hasil": "ejaan"},
            "not found": {"wilayah_hasil": "tidak_dikenal"},
            "none given": {"wilayah_ada": False, "wilayah_hasil": None},
        },
    ),
    "status_tidak_dikenal": Case(
        "kjmu",
        {"blank": {"status": None, "status_mentah": ""}, "unmapped": {"status": None, "status_mentah": "LAIN"}},
        {value: {"status": value} for value in ("eksisting", "baru", "tunda", "henti")},
    ),
    "nominal_tidak_wajar": Case(
        "kjmu",
        {
            "words": {"nominal_mentah": "sembilan juta", "nominal": None},
            "zero": {"nominal_mentah": "0", "nominal": 0},
            "negative": {"nominal_mentah": "-1", "nominal": -1},
            "over the most": {"nominal_mentah": "9000001", "nominal": 9000001},
        },
        {
            "usual": {},
            "the most": {"nominal_mentah": "9.000.000", "nominal": 9000000},
            "blank": {"nominal_mentah": "", "nominal": None},
            "dash": {"nominal_mentah": "-", "nominal": None},
            "null": {"nominal_mentah": None, "nominal": None},
        },
    ),
    "periode_program": Case(
        "kjmu",
        {
            "blank": {"periode_program": None, "periode_program_mentah": ""},
            "before": {"periode_program": "2024-12"},
            "after": {"periode_program": "2028-01"},
        },
        {"first": {"periode_program": "2025-01"}, "last": {"periode_program": "2027-12"}},
    ),
    "meninggal_di_adminduk": Case(
        "dtks",
        {
            "dead": {"status_dasar_adminduk": "mati"},
            "dead, by evidence": {"status": "padan_bukti", "status_dasar_adminduk": "mati"},
        },
        {
            "alive": {},
            "moved": {"status_dasar_adminduk": "pindah"},
            "not known": {"status_dasar_adminduk": None},
            "someone else's NIK": {"status": "nik_padan_identitas_beda", "status_dasar_adminduk": "mati"},
            "not judged": {"status": None, "status_dasar_adminduk": "mati"},
        },
    ),
    "pindah_di_adminduk": Case(
        "dtks",
        {
            "moved": {"status_dasar_adminduk": "pindah"},
            "by evidence": {"status": "padan_bukti", "status_dasar_adminduk": "pindah"},
        },
        {
            "alive": {},
            "dead": {"status_dasar_adminduk": "mati"},
            "not known": {"status_dasar_adminduk": None},
            "possible only": {"status": "mungkin_padan", "status_dasar_adminduk": "pindah"},
        },
    ),
    "ganda_dalam_program": Case(
        "klj",
        {"twice": {"n_baris_program": 2}},
        {"once": {}, "not counted": {"n_baris_program": None}, "no NIK": {"status": "tanpa_nik", "n_baris_program": 2}},
    ),
    "ganda_antar_program": Case(
        "klj",
        {"one other program": {"n_program_bentrok": 1}},
        {"none": {}, "not counted": {"n_program_bentrok": None}, "no NIK": {"status": "tanpa_nik", "n_program_bentrok": 1}},
    ),
    "kelurahan_tidak_diisi": Case(
        "penduduk_kelurahan",
        {
            "nothing of a place": {"kode_kelurahan": None, "wilayah_ada": False, "wilayah_hasil": None},
            "a kota only": {"kode_kelurahan": None, "wilayah_hasil": "dikenal"},
        },
        {"known": {}, "unknown, which another rule says": {"kode_kelurahan": None, "wilayah_hasil": "tidak_dikenal"}},
    ),
    "kelompok_umur_tidak_dikenal": Case(
        "penduduk_kelurahan",
        {"unknown": {"kelompok_umur": None}, "blank": {"kelompok_umur": None, "kelompok_umur_mentah": ""}},
        {"known": {}, "the last": {"kelompok_umur": "75+"}},
    ),
    "jiwa_tidak_sah": Case(
        "penduduk_kelurahan",
        {"text": {"jiwa": None, "jiwa_mentah": "tidak ada"}, "blank": {"jiwa": None, "jiwa_mentah": None}},
        {"a count": {}, "nobody": {"jiwa": 0, "jiwa_mentah": "0"}},
    ),
    "sel_ganda": Case("penduduk_kelurahan", {"two rows": {"sel_n_baris": 2}}, {"one": {}, "not known": {"sel_n_baris": None}}),
    "sel_kurang": Case(
        "penduduk_kelurahan",
        {"one is missing": {"kel_n_sel": 31}},
        {"whole": {}, "said on its first row": {"kel_n_sel": 31, "kel_urut": 2}},
    ),
    "jumlah_beda_acuan": Case(
        "penduduk_kelurahan",
        {
            "more": {"kel_jiwa": 1101, "kel_acuan": 1000},
            "less": {"kel_jiwa": 899, "kel_acuan": 1000},
            "nobody in the register": {"kel_jiwa": 21, "kel_acuan": 0},
        },
        {
            "equal": {},
            "a tenth": {"kel_jiwa": 1100, "kel_acuan": 1000},
            "a few of few": {"kel_jiwa": 30, "kel_acuan": 10},
            "no register": {"kel_jiwa": 5000, "kel_acuan": None},
            "said on its first row": {"kel_jiwa": 5000, "kel_urut": 2},
        },
    ),
}


@cache
def contracts():
    return load_contracts()


def rule_of(contract_id, rule_id):
    return next(rule for rule in contracts()[contract_id].rules if rule.id == rule_id)


@pytest.fixture
def con():
    """A database with the table of each row that rules speak about (staging, places, padanan), empty."""
    with duckdb.connect() as connection:
        described = rows()  # the row that `padanan contracts check` binds to; a predicate on any other column can't bind
        for stage, row in {**ROW_OF_STAGE, "wilayah": PLACES}.items():
            columns = ", ".join(f"{name} {kind}" for name, kind in described[row].items())
            connection.execute(f"create table {stage} (nomor integer, {columns})")
        yield connection


def as_staged(row):
    """A row with what staging says of each raw value that the row names."""
    told = {}
    for column in ("desil", "nominal", "kelurahan"):
        if f"{column}_mentah" in row:
            told[f"{column}_isi"] = (row[f"{column}_mentah"] or "").strip() not in ("", "-")
    if "nama_mentah" in row:
        told |= named(row["nama_mentah"])
    return row | told


def fill(con, stage, rows):
    """Numbers the rows from 0 in the order given; a column that a row does not name is NULL."""
    rows = [as_staged(row) for row in rows]
    names = sorted(set().union(*rows))
    table = pa.table({"nomor": range(len(rows)), **{name: [row.get(name) for row in rows] for name in names}})
    con.register("baris_uji", table)
    con.execute(f"insert into {stage} by name select * from baris_uji")


def table_of(rule):
    return "wilayah" if rule.units == ("wilayah",) else rule.stage


def broken(con, rule, table=None):
    """The numbers of the rows that break a rule; a predicate that is NULL passes, as GX and the gap table have it."""
    query = f"select nomor from {table or table_of(rule)} where ({rule.applies_when}) and ({rule.fails_when}) order by nomor"
    return [number for (number,) in con.execute(query).fetchall()]


def clean(rule):
    if table_of(rule) == "wilayah":
        return CLEAN_PLACE
    return CLEAN_PADANAN if rule.stage == "padanan" else CLEAN


def everything():
    """Every hand-written staging row of this file."""
    rows = [{}]
    for rule_id, case in CASES.items():
        if table_of(rule_of(case.contract, rule_id)) == "cleansing":
            rows += [*case.breaks.values(), *case.passes.values()]
    return [CLEAN | row for row in rows]


@pytest.mark.feature("F09")
@pytest.mark.parametrize("rule_id", CASES)
def test_rule_finds_exactly_the_rows_that_break_it(con, rule_id):
    case = CASES[rule_id]
    rule = rule_of(case.contract, rule_id)
    names = [*(f"breaks: {name}" for name in case.breaks), *(f"passes: {name}" for name in case.passes)]
    fill(con, table_of(rule), [clean(rule) | row for row in [*case.breaks.values(), *case.passes.values()]])
    found = {names[number] for number in broken(con, rule)}
    assert found == {name for name in names if name.startswith("breaks: ")}


def test_every_rule_of_the_catalogue_has_both_kinds_of_case():
    """A rule without a row that breaks it, or without one that passes, is not tested."""
    assert set(CASES) == set(load_catalogue(expectations_dir()))
    assert [rule_id for rule_id, case in CASES.items() if not case.breaks or not case.passes] == []


@pytest.mark.feature("F09")
@pytest.mark.parametrize("contract_id", sorted(load_contracts()))
def test_predicates_read_only_the_agreed_columns_and_pass_the_clean_row(con, contract_id):
    """Every rule of every contract binds to its row; a sound row breaks none of them."""
    fill(con, "cleansing", [CLEAN])
    fill(con, "padanan", [CLEAN_PADANAN])
    fill(con, "wilayah", [CLEAN_PLACE])
    contract = contracts()[contract_id]
    table = "wilayah" if contract.unit == "wilayah" else None
    assert [rule.id for rule in contract.rules if broken(con, rule, table)] == []


@pytest.mark.feature("F09")
def test_a_row_of_nulls_breaks_just_the_completeness_rules(con):
    """NULL must not slip through where it is the fault, nor count where the rule says nothing about it."""
    fill(con, "cleansing", [{"diterima": date(2025, 10, 10)}])
    fill(con, "padanan", [{"status": None}])
    empty = {"nik_kosong", "kk_kosong", "nama_kosong", "tgl_lahir_kosong", "jk_tidak_dikenal", "alamat_tidak_lengkap"}

    def found(contract_id):
        return {rule.id for rule in contracts()[contract_id].rules if broken(con, rule)}

    assert found("dtks") == found("dtsen") == found("carik") == empty
    assert found("kjmu") == empty | {"status_tidak_dikenal", "periode_program"}
    assert found("p3ke_individu") == (empty - {"kk_kosong"}) | {"anggota_tanpa_keluarga"}


@pytest.mark.feature("F09")
@pytest.mark.parametrize("contract_id", ["adminduk", "dtks", "p3ke_individu", "klj", "pkh"])
def test_a_masker_silences_what_it_masks(con, contract_id):
    """One cause is one gap: over all rows of this file no record breaks a rule and one that it masks."""
    rows = everything()
    fill(con, "cleansing", rows)
    trips = {rule.id: set(broken(con, rule)) for rule in contracts()[contract_id].rules if rule.stage == "cleansing"}
    pairs = 0
    for rule in contracts()[contract_id].rules:
        for masker in rule.masked_by:
            pairs += 1
            assert not trips[masker] & trips[rule.id], f"{masker} and {rule.id}"
    assert pairs > 10
    assert len(trips["nik_kosong"]) > 5, "the rows reach the maskers"


@pytest.mark.feature("F09")
@pytest.mark.parametrize("contract_id", ["adminduk", "dtks", "klj"])
def test_masking_hides_a_gap_only_behind_another(con, contract_id):
    """Without masks every hidden gap must show, and each hidden one has a masker that fires on the same row."""
    fill(con, "cleansing", everything())
    bare = load_catalogue(expectations_dir())
    folded = {rule.id: rule for rule in contracts()[contract_id].rules if rule.stage == "cleansing"}
    trips = {rule_id: set(broken(con, rule)) for rule_id, rule in folded.items()}
    hidden = 0
    for rule_id, rule in bare.items():
        if rule_id not in folded or "{" in rule.fails_when:
            continue
        for number in set(broken(con, rule)) - trips[rule_id]:
            hidden += 1
            maskers = [masker for masker in rule.masked_by if number in trips.get(masker, ())]
            assert maskers, f"{rule_id} hides row {number} behind nothing"
        assert trips[rule_id] <= set(broken(con, rule)), rule_id
    assert hidden > 20


RINCIAN = {
    ("dtks", "nik_kosong"): {
        None: "kosong",
        "": "kosong",
        "-": "kosong",
        "9999999999999995": "belum_punya_nik_di_bawah_17",
        "9999999999999996": "belum_punya_nik_17_ke_atas",
        "9999999999999999": "wna_atau_angka_berulang",
        "9999999999999994": "menolak",
        ACCIDENT: "angka_pengganti",
    },
}


def detail(con, rule):
    return [text for (text,) in con.execute(f"select {rule.rincian} from {table_of(rule)} order by nomor").fetchall()]


def test_detail_of_a_blank_nik_keeps_which_blank(con):
    wanted = RINCIAN["dtks", "nik_kosong"]
    fill(con, "cleansing", [CLEAN | nik(text) for text in wanted])
    assert detail(con, rule_of("dtks", "nik_kosong")) == list(wanted.values())


def test_detail_of_an_address_lists_each_missing_part(con):
    gone = {"alamat_jalan": None, "rt": None, "rw": None, "kelurahan_mentah": "-"}
    fill(con, "cleansing", [CLEAN | {name: value} for name, value in gone.items()] + [CLEAN | gone])
    assert detail(con, rule_of("dtks", "alamat_tidak_lengkap")) == ["jalan", "rt", "rw", "kelurahan", "jalan,rt,rw,kelurahan"]


def test_detail_of_a_birth_date_says_why(con):
    rows = [born("31/02/1980"), born("2030-01-01", date(2030, 1, 1)), born("1850-05-05", date(1850, 5, 5))]
    fill(con, "cleansing", [CLEAN | row for row in rows])
    assert detail(con, rule_of("dtks", "tgl_lahir_tidak_wajar")) == ["tidak_terbaca", "masa_depan", "terlalu_tua"]


@pytest.mark.feature("F50")
def test_details_never_carry_a_value(con):
    """A detail goes into the gap table and the report: it names the kind of fault, never what was written."""
    marks = {name: f"KENARI-{name}" for name in ("nik_mentah", "kk_mentah", "nama_mentah", "alamat_mentah", "tgl_lahir_mentah")}
    marks |= {
        "nik_bersih": "KENARI-nik",
        "kk_bersih": "KENARI-kk",
        "kelurahan_mentah": "KENARI-kel",
        "desil_mentah": "KENARI-desil",
    }
    fill(con, "cleansing", [CLEAN | marks])
    fill(con, "wilayah", [CLEAN_PLACE | {"jiwa_mentah": "KENARI-jiwa", "jiwa": None, "kelompok_umur_mentah": "KENARI-umur"}])
    seen = 0
    for contract in contracts().values():
        for rule in contract.rules:
            if rule.rincian and rule.stage == "cleansing":
                seen += 1
                assert "KENARI" not in str(detail(con, rule)), rule.id
    assert seen > 30
