"""Where people live, as producers write it: streets, RT and RW, names and codes of kelurahan, kecamatan, kota.

Persons and families are written in `columns`, programs in `columns_program`.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from padanan.contracts.contract import Column
from padanan.synthetic.arrow import choose, digits, join, put, where
from padanan.synthetic.base import CANARY, Bools, Int64s
from padanan.synthetic.columns import Context, builds
from padanan.synthetic.faults import is_fault
from padanan.synthetic.wilayah import NEIGHBOURS

# fmt: off
STREETS = (
    "MELATI", "KENANGA", "ANGGREK", "MAWAR", "CEMPAKA", "FLAMBOYAN", "DAHLIA", "TERATAI", "SERUNI", "BOUGENVILLE",
    "KAMBOJA", "ASOKA", "AKASIA", "CENDANA", "MAHONI", "BERINGIN", "KETAPANG", "RAMBUTAN", "MANGGA", "DURIAN", "SALAK",
    "JAMBU", "NANGKA", "SAWO", "KELAPA", "PISANG", "DELIMA", "MANGGIS", "MERPATI", "KUTILANG", "CENDRAWASIH", "GARUDA",
    "RAJAWALI", "ELANG", "NURI", "PERKUTUT", "BANGAU", "WALET", "MERAPI", "KRAKATAU", "SEMERU", "BROMO", "RINJANI",
    "LAWU", "SINDORO", "SUMBING", "CIREMAI", "MUSI", "BARITO", "KAPUAS", "MAHAKAM", "SERAYU", "CITARUM", "CISADANE",
    "BRANTAS", "DAMAI", "RUKUN", "MAKMUR", "SEJAHTERA", "BAHAGIA", "SENTOSA", "HARAPAN", "BAKTI", "SUCI",
)
# fmt: on
ROMAN = ("", " I", " II", " III", " IV", " V", " VI", " VII", " VIII", " IX", " X")


def _street(c: Context) -> pa.StringArray:
    rows, world = c.rows, c.world
    who = rows.person
    style = c.dice("alamat") % 6
    name = choose(STREETS, world.street[who] % len(STREETS))
    roman = choose(ROMAN, world.street[who] // len(STREETS) % len(ROMAN))
    front = choose(["JL. ", "JALAN ", "JLN ", "GG. ", "GANG ", "JL "], style)
    number = digits((world.number[who] + rows.copy).astype(np.int64), 1)
    text = join(front, name, roman, choose([" NO. ", " NO ", ", NOMOR "], style % 3), number)
    canary = world.kind[who] == CANARY
    return put(text, canary, join("JL. KANARI ", where(c.names.take(pa.array(who)), canary), " NO. 9"))


@builds("alamat")
def _address(c: Context, column: Column) -> pa.StringArray:
    rows = c.rows
    text = _street(c)
    gone = is_fault(rows, "jalan_hilang")
    text = put(text, gone, "")
    if c.contract.column("rt") is not None:
        return put(text, gone, choose(["", None, "-"], (c.dice("jalan") % 3)[gone]))
    rt, rw = _rt_rw(c)
    style = c.dice("rtrw") % 4
    padded_rt, padded_rw = digits(rt, 3), digits(rw, 3)
    plain_rt, plain_rw = digits(rt, 1), digits(rw, 1)
    forms = [
        join("RT ", padded_rt, "/RW ", padded_rw),
        join("RT.", plain_rt, "/RW.", plain_rw),
        join("RT ", padded_rt, " RW ", padded_rw),
        join("RW ", padded_rw, " RT ", padded_rt),
    ]
    part = forms[0]
    for number in (1, 2, 3):
        part = pc.if_else(pa.array(style == number), forms[number], part)
    broken = is_fault(rows, "rt_rw_rusak")
    part = put(part, broken, "RT AA/RW BB")
    only_rw = is_fault(rows, "rt_hilang")
    part = put(part, only_rw, join("RW ", where(padded_rw, only_rw)))
    only_rt = is_fault(rows, "rw_hilang")
    part = put(part, only_rt, join("RT ", where(padded_rt, only_rt)))
    dash = f" {c.form['garis_alamat']} " if c.form.get("garis_alamat") else " "
    return pc.utf8_trim_whitespace(join(text, dash, part))


def _rt_rw(c: Context) -> tuple[Int64s, Int64s]:
    who = c.rows.person
    return c.world.rt[who].astype(np.int64), c.world.rw[who].astype(np.int64)


@builds("rt")
def _rt(c: Context, column: Column) -> pa.StringArray:
    text = digits(_rt_rw(c)[0], 3)
    text = put(text, is_fault(c.rows, "rt_hilang"), "")
    return put(text, is_fault(c.rows, "rt_rw_rusak"), "AA")


@builds("rw")
def _rw(c: Context, column: Column) -> pa.StringArray:
    text = digits(_rt_rw(c)[1], 3)
    return put(text, is_fault(c.rows, "rw_hilang"), "")


def _outside(c: Context) -> tuple[Bools, Int64s]:
    out = is_fault(c.rows, "luar_dki")
    return out, (c.dice("luar") % len(NEIGHBOURS))[out]


@builds("kelurahan")
def _kelurahan(c: Context, column: Column) -> pa.StringArray:
    return _place(c, column, "kel_name", "kelurahan", "KELURAHAN ZQWX", "SUKAMAJU LOR")


@builds("kecamatan")
def _kecamatan(c: Context, column: Column) -> pa.StringArray:
    return _place(c, column, "kec_name", "kecamatan", None, "SUKAMAJU")


def _place(c: Context, column: Column, attribute: str, level: str, unknown: str | None, away: str) -> pa.StringArray:
    rows, wilayah = c.rows, c.world.wilayah
    names = getattr(wilayah, attribute)
    text = choose(names, rows.kel)
    spelled = is_fault(rows, "wilayah_ejaan")
    if spelled.any():
        table = [(wilayah.spelling.get((level, name)) or (name,))[0] for name in names]
        text = put(text, spelled, choose(table, rows.kel[spelled]))
    if unknown is not None:
        text = put(text, is_fault(rows, "wilayah_tak_dikenal"), unknown)
    if level == "kecamatan" and c.contract.column("kode_kelurahan") is None:
        clash = is_fault(rows, "wilayah_bertentangan")
        text = put(text, clash, choose(names, (rows.kel[clash].astype(np.int64) + 100) % len(names)))
    text = put(text, is_fault(rows, "luar_dki"), away)
    return put(text, is_fault(rows, "kelurahan_hilang"), "")


@builds("kota")
def _kota(c: Context, column: Column) -> pa.StringArray:
    rows, wilayah = c.rows, c.world.wilayah
    style = str(c.form.get("nama_kota", "KOTA ADM. "))
    table = [("KAB. ADM. " if name.startswith("KEP") and style else style) + name for name in wilayah.kota_name]
    text = choose(table, rows.kel)
    out, number = _outside(c)
    away = [
        f"{kind.upper()} {name}".upper() for kind, name, _ in (wilayah.region_kota[code.replace(".", "")] for code in NEIGHBOURS)
    ]
    text = put(text, out, choose(away, number))
    return put(text, is_fault(rows, "kelurahan_hilang"), "")


@builds("provinsi")
def _provinsi(c: Context, column: Column) -> pa.StringArray:
    out, number = _outside(c)
    away = [c.world.wilayah.region_kota[code.replace(".", "")][2].upper() for code in NEIGHBOURS]
    text = put(choose(["DKI JAKARTA"], np.zeros(len(c.rows), dtype=np.int64)), out, choose(away, number))
    return put(text, is_fault(c.rows, "kelurahan_hilang"), "")


@builds("kode_kelurahan")
def _kode_kelurahan(c: Context, column: Column) -> pa.StringArray:
    rows, wilayah = c.rows, c.world.wilayah
    table = [code if c.form.get("kode_bertitik") else code.replace(".", "") for code in wilayah.kel_code]
    text = choose(table, rows.kel)
    clash = is_fault(rows, "wilayah_bertentangan")
    text = put(text, clash, choose(table, (rows.kel[clash].astype(np.int64) + 100) % len(table)))
    out, number = _outside(c)
    text = put(text, out, choose([code.replace(".", "") + "012003" for code in NEIGHBOURS], number))
    text = put(text, is_fault(rows, "wilayah_tak_dikenal"), "3199999999")
    return put(text, is_fault(rows, "kelurahan_hilang"), "")


@builds("kode_kota")
def _kode_kota(c: Context, column: Column) -> pa.StringArray:
    wilayah = c.world.wilayah
    bps = (column.code_system or "").upper() == "BPS"
    table = list(wilayah.kota_bps) if bps else [code.replace(".", "") for code in wilayah.kota_code]
    text = choose(table, c.rows.kel)
    out, number = _outside(c)
    text = put(text, out, choose([code.replace(".", "") for code in NEIGHBOURS], number))
    return put(text, is_fault(c.rows, "kelurahan_hilang"), "")


@builds("kelompok_dasawisma")
def _dasawisma(c: Context, column: Column) -> pa.StringArray:
    rt, rw = _rt_rw(c)
    flower = choose([street.title() for street in STREETS], c.world.street[c.rows.person] % len(STREETS))
    return join(flower, ".", digits(rt, 3), ".", digits(rw, 3), ".", digits(c.rows.card % 9 + 1, 3))
