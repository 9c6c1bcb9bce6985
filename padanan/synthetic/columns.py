"""How each standard column of a contract is written: the text a producer would have typed for a row.

Which value is wrong was decided in `faults`; separators, sheets and files are `writers`.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from padanan.contract import Column, Contract
from padanan.synthetic import names as name_tools
from padanan.synthetic.arrow import choose, date_text, digits, join, put, where
from padanan.synthetic.faults import is_fault
from padanan.synthetic.rows import Rows, member_number
from padanan.synthetic.wilayah import NEIGHBOURS
from padanan.synthetic.world import CANARY, HEAD, Bools, Int32s, Int64s, World, civil

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
JOBS = ("WIRASWASTA", "KARYAWAN SWASTA", "BURUH HARIAN LEPAS", "MENGURUS RUMAH TANGGA", "PEDAGANG", "SOPIR", "BELUM BEKERJA")
LOSSY_SHDK = {2: "3", 8: "7", 9: "11", 5: "11", 6: "11"}


@dataclass
class Context:
    """Everything a column needs to be written."""

    world: World
    rows: Rows
    contract: Contract
    form: Mapping[str, Any]
    names: pa.StringArray
    nik_value: Int64s
    kk_value: Int64s
    birth: Int32s
    birth_there: Bools
    today: int
    month: str
    status: npt.NDArray[np.int8]
    spreadsheet: bool

    def dice(self, name: str) -> Int64s:
        """A number per row from person and column name, the same in every period."""
        salt = zlib.crc32(f"{self.contract.id}/{name}".encode())
        mixed = (self.rows.person.astype(np.uint64) + np.uint64(salt)) * np.uint64(0x9E3779B97F4A7C15)
        return ((mixed ^ (mixed >> np.uint64(31))) >> np.uint64(20)).astype(np.int64) & 0x7FFFFFFF

    def raw_code(self, column: Column, standard: str) -> str:
        """The producer's spelling of a standard value: the form's own, else the first of the code list."""
        chosen = self.form.get("kode", {}).get(column.name, {})
        if standard in chosen:
            return str(chosen[standard])
        for raw, value in column.codes.items():
            if value == standard:
                return raw
        return standard


Builder = Callable[[Context, Column], pa.StringArray]
BUILDERS: dict[str, Builder] = {}


def builds(*columns: str) -> Callable[[Builder], Builder]:
    """Registers the writer of one or more standard columns."""

    def register(function: Builder) -> Builder:
        for column in columns:
            BUILDERS[column] = function
        return function

    return register


def build(context: Context, column: Column) -> pa.StringArray:
    """The text of one column; a column nobody knows is filled from its code list or by type."""
    text = BUILDERS.get(column.name, _other)(context, column)
    return text if text.type == pa.string() else pc.cast(text, pa.string())


@builds("nik")
def _nik(c: Context, column: Column) -> pa.StringArray:
    rows = c.rows
    text = digits(np.maximum(c.nik_value, 0), 16, null=c.nik_value < 0)
    right = digits(np.maximum(rows.nik, 0), 16)
    text = put(text, rows.nik < 0, c.form.get("kosong", ""))
    kosong = is_fault(rows, "nik_kosong")
    text = put(text, kosong, choose(["", "-", "0", None], (c.dice("nik_kosong") % 4)[kosong]))
    ganti = is_fault(rows, "nik_pengganti")
    stand_in = [
        "9999999999999994",
        "9999999999999995",
        "9999999999999996",
        "9999999999999999",
        "0000000000000000",
        "1234567890123456",
        "1111111111111111",
    ]
    text = put(text, ganti, choose(stand_in, (c.dice("ganti") % len(stand_in))[ganti]))
    sains = is_fault(rows, "nik_ilmiah")
    lead = pc.utf8_slice_codeunits(where(right, sains), 0, 3)
    text = put(text, sains, join(pc.utf8_slice_codeunits(lead, 0, 1), ",", pc.utf8_slice_codeunits(lead, 1, 3), "E+15"))
    depan = is_fault(rows, "nik_nol_depan")
    text = put(text, depan, pc.utf8_slice_codeunits(where(right, depan), 1, 16))
    pendek = is_fault(rows, "nik_pendek")
    text = put(text, pendek, pc.utf8_slice_codeunits(where(right, pendek), 0, 14))
    huruf = is_fault(rows, "nik_huruf")
    some = where(right, huruf)
    text = put(text, huruf, join(pc.utf8_slice_codeunits(some, 0, 11), "O", pc.utf8_slice_codeunits(some, 12, 16)))
    quote = is_fault(rows, "nik_apostrof")
    text = put(text, quote, join("'", where(right, quote)))
    space = is_fault(rows, "nik_spasi")
    some = where(right, space)
    text = put(
        text,
        space,
        join(
            pc.utf8_slice_codeunits(some, 0, 6),
            " ",
            pc.utf8_slice_codeunits(some, 6, 12),
            " ",
            pc.utf8_slice_codeunits(some, 12, 16),
        ),
    )
    dot = is_fault(rows, "nik_titik")
    some = where(right, dot)
    text = put(
        text,
        dot,
        join(
            pc.utf8_slice_codeunits(some, 0, 6),
            ".",
            pc.utf8_slice_codeunits(some, 6, 12),
            ".",
            pc.utf8_slice_codeunits(some, 12, 16),
        ),
    )
    hidden = is_fault(rows, "nik_tak_tercetak")
    mark = "\u00a0" if c.form.get("sandi") == "cp1252" else "\u200b"
    text = put(text, hidden, join(where(right, hidden), mark))
    if c.form.get("apostrof"):
        plain = (rows.fault["nik"] == 0) & (c.nik_value >= 0)
        text = put(text, plain, join("'", where(text, plain)))
    return text


@builds("no_kk")
def _kk(c: Context, column: Column) -> pa.StringArray:
    rows = c.rows
    text = digits(np.maximum(c.kk_value, 0), 16)
    right = digits(rows.kk, 16)
    kosong = is_fault(rows, "kk_kosong")
    text = put(text, kosong, choose(["", "-", "0", None], (c.dice("kk_kosong") % 4)[kosong]))
    pendek = is_fault(rows, "kk_pendek")
    text = put(text, pendek, pc.utf8_slice_codeunits(where(right, pendek), 0, 15))
    quote = is_fault(rows, "kk_apostrof")
    text = put(text, quote, join("'", where(right, quote)))
    space = is_fault(rows, "kk_spasi")
    some = where(right, space)
    text = put(text, space, join(pc.utf8_slice_codeunits(some, 0, 8), " ", pc.utf8_slice_codeunits(some, 8, 16)))
    if c.form.get("apostrof"):
        plain = rows.fault["kk"] == 0
        text = put(text, plain, join("'", where(text, plain)))
    return text


def name_texts(world: World, rows: Rows, names: pa.StringArray, dice: Int64s) -> tuple[pa.StringArray, pa.StringArray]:
    """Names as written, and as a careful reader would clean them (titles and short forms stay what they are).

    Variants that would drift too far from the name are not made: a short form or old spelling changes one token.
    """
    right = names.take(pa.array(rows.person))
    text, clean = right, right
    voc = name_tools.vocabulary()
    for fault, slots in (("nama_singkat", (0,)), ("nama_ejaan_lama", (1, 0, 2))):
        mask = is_fault(rows, fault)
        if not mask.any():
            continue
        tokens = world.tokens[rows.person[mask]].copy()
        done = np.zeros(len(tokens), dtype=bool)
        for slot in slots:
            changed = voc.variant[tokens[:, slot]]
            use = (changed != tokens[:, slot]) & ~done
            tokens[use, slot] = changed[use]
            done |= use
        variant = name_tools.text(tokens)
        text, clean = put(text, mask, variant), put(clean, mask, variant)
    here = is_fault(rows, "nama_salah_ketik")
    if here.any():
        # Two neighbouring letters swapped near the end.
        some = where(right, here)
        n = pc.utf8_length(some)
        body = pc.utf8_slice_codeunits(some, 0, -2)
        swapped = pc.if_else(pc.greater(n, 8), join(body, pc.utf8_slice_codeunits(pc.utf8_reverse(some), 0, 2)), some)
        text, clean = put(text, here, swapped), put(clean, here, swapped)
    front = is_fault(rows, "nama_gelar_depan")
    titles = np.where(rows.female[front], 1, 0) + 2 * (dice[front] % 3)
    text = put(text, front, join(choose(["H. ", "HJ. ", "DRS. ", "DRA. ", "IR. ", "DR. "], titles), where(right, front)))
    back = is_fault(rows, "nama_gelar_belakang")
    text = put(text, back, join(where(right, back), choose([", S.PD", ", S.E.", ", M.SI", ", S.KOM"], dice[back] % 4)))
    late = is_fault(rows, "nama_almarhum")
    text = put(text, late, join(where(right, late), choose([" (ALM)", " (ALMH)"], rows.female[late].astype(np.int64))))
    dots = is_fault(rows, "nama_tanda_baca")
    text = put(text, dots, join("  ", pc.replace_substring(where(right, dots), " ", "  "), " ."))
    small = is_fault(rows, "nama_huruf_kecil")
    text = put(text, small, pc.utf8_title(where(right, small)))
    none = is_fault(rows, "nama_kosong")
    text = put(text, none, choose(["", None, "-", "."], dice[none] % 4))
    clean = put(clean, none, None)
    number = is_fault(rows, "nama_angka")
    numbered = join(where(right, number), choose([" 2", "01", " 3"], dice[number] % 3))
    text, clean = put(text, number, numbered), put(clean, number, numbered)
    letter = is_fault(rows, "nama_satu_huruf")
    text, clean = put(text, letter, "Q"), put(clean, letter, "Q")
    test = is_fault(rows, "nama_uji")
    fake = choose(["TEST", "COBA", "XXXX", "DUMMY", "TANPA NAMA", "ANONIM", "NO NAME"], dice[test] % 7)
    return put(text, test, fake), put(clean, test, fake)


@builds("nama")
def _name(c: Context, column: Column) -> pa.StringArray:
    return name_texts(c.world, c.rows, c.names, c.dice("nama"))[0]


def _kin_name(c: Context, parent: Int32s, salt: str, female: bool) -> pa.StringArray:
    """The parent's name where the parent is in the family, else an invented one that stays the person's own."""
    world = c.world
    who = c.rows.person
    pool = np.flatnonzero((world.female == female) & (world.kind == 0))
    mixed = (who.astype(np.uint64) + np.uint64(zlib.crc32(salt.encode()))) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(33)
    other = pool[(mixed % np.uint64(max(len(pool), 1))).astype(np.int64)]
    index = np.where(parent[who] >= 0, parent[who], other)
    text = c.names.take(pa.array(index))
    canary = world.kind[who] == CANARY
    return put(text, canary, join("ORTU ", where(c.names.take(pa.array(who)), canary)))


@builds("nama_ibu")
def _mother(c: Context, column: Column) -> pa.StringArray:
    return _kin_name(c, c.world.mother, "ibu", True)


@builds("nama_ayah")
def _father(c: Context, column: Column) -> pa.StringArray:
    return _kin_name(c, c.world.father, "ayah", False)


@builds("nik_ibu", "nik_ayah")
def _kin_nik(c: Context, column: Column) -> pa.StringArray:
    parent = (c.world.mother if column.name == "nik_ibu" else c.world.father)[c.rows.person]
    return digits(np.where(parent >= 0, c.world.nik[np.maximum(parent, 0)], 0), 16, null=parent < 0)


@builds("tgl_lahir")
def _birth(c: Context, column: Column) -> pa.StringArray:
    rows = c.rows
    form = c.form.get("tanggal") or column.date_format
    text = date_text(c.birth, form)
    none = is_fault(rows, "tgl_kosong")
    text = put(text, none, choose(["", "-", "0000-00-00", None], (c.dice("tgl") % 4)[none]))
    odd = is_fault(rows, "tgl_tak_terbaca")
    return put(text, odd, choose(["32/13/1980", "TIDAK TAHU", "1980-13-45", "LUPA"], (c.dice("tgl") % 4)[odd]))


@builds("jenis_kelamin")
def _sex(c: Context, column: Column) -> pa.StringArray:
    rows = c.rows
    female = rows.female ^ is_fault(rows, "jk_salah")
    text = choose([c.raw_code(column, "L"), c.raw_code(column, "P")], female.astype(np.int64))
    odd = is_fault(rows, "jk_tak_dikenal")
    return put(text, odd, choose(["", "X", "9", None], (c.dice("jk") % 4)[odd]))


def shdk_delivered(rows: Rows) -> npt.NDArray[np.int8]:
    """The relation as delivered (SIAK code), head faults included."""
    shdk = rows.shdk.copy()
    shdk[is_fault(rows, "kepala_hilang")] = 9
    shdk[is_fault(rows, "kepala_ganda")] = HEAD
    return shdk


@builds("shdk")
def _shdk(c: Context, column: Column) -> pa.StringArray:
    known = set(column.codes.values())
    table = []
    for code in range(12):
        standard = str(code) if str(code) in known or not known else LOSSY_SHDK.get(code, "11")
        table.append(c.raw_code(column, standard))
    return choose(table, shdk_delivered(c.rows))


@builds("status_dasar")
def _state(c: Context, column: Column) -> pa.StringArray:
    return choose([c.raw_code(column, value) for value in ("hidup", "mati", "pindah", "lain")], c.status)


@builds("status_kawin")
def _married(c: Context, column: Column) -> pa.StringArray:
    age = (c.rows.day - c.rows.birth) / 365.25
    partner = np.isin(c.rows.shdk, (HEAD, 3)) & (age > 22)
    code = np.where(partner, np.where((c.rows.shdk == HEAD) & c.rows.female, 2 + c.dice("kawin") % 2, 1), 0)
    return choose([c.raw_code(column, v) for v in ("belum_kawin", "kawin", "cerai_hidup", "cerai_mati")], code)


@builds("tempat_lahir")
def _birthplace(c: Context, column: Column) -> pa.StringArray:
    region = c.world.birth_region[c.rows.person]
    unique, inverse = np.unique(region, return_inverse=True)
    known = c.world.wilayah.region_kota
    table = [known.get(f"{code:04d}", ("", "JAKARTA", ""))[1].upper() for code in unique]
    return choose(table, inverse)


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


@builds("desil")
def _desil(c: Context, column: Column) -> pa.StringArray:
    rows = c.rows
    text = digits(desil_delivered(rows), 1)
    odd = is_fault(rows, "desil_tak_sah")
    return put(text, odd, choose(["0", "11", "99", "A"], (c.dice("desil") % 4)[odd]))


def desil_delivered(rows: Rows) -> Int64s:
    """The desil as delivered where it is one."""
    desil = rows.desil.astype(np.int64)
    other = is_fault(rows, "desil_beda")
    desil[other] = desil[other] % 10 + 1
    return desil


@builds("id_sumber")
def _id(c: Context, column: Column) -> pa.StringArray:
    rows = c.rows
    if c.contract.family_key == "id_keluarga_sumber" and c.contract.entity_key[:1] == ("id_keluarga_sumber",):
        return digits(member_number(rows), 1)
    number = 10**9 * (1 + zlib.crc32(c.contract.id.encode()) % 8) + rows.person.astype(np.int64) * 10 + rows.copy
    width = int(c.form.get("lebar_id", 0))
    prefix = str(c.form.get("awalan_id", ""))
    text = digits(number, width) if width else digits(number, 10)
    return join(prefix, text) if prefix else text


@builds("id_keluarga_sumber")
def _family_id(c: Context, column: Column) -> pa.StringArray:
    prefix = str(c.form.get("awalan_keluarga", "K"))
    text = join(prefix, digits(np.abs(c.rows.card), 9))
    return put(text, c.rows.card < 0, join(prefix + "X", where(digits(np.abs(c.rows.card), 8), c.rows.card < 0)))


@builds("id_rumah_tangga", "id_bangunan")
def _household_id(c: Context, column: Column) -> pa.StringArray:
    return join("R" if column.name == "id_rumah_tangga" else "B", digits(c.rows.card, 9))


@builds("kelompok_dasawisma")
def _dasawisma(c: Context, column: Column) -> pa.StringArray:
    rt, rw = _rt_rw(c)
    flower = choose([street.title() for street in STREETS], c.world.street[c.rows.person] % len(STREETS))
    return join(flower, ".", digits(rt, 3), ".", digits(rw, 3), ".", digits(c.rows.card % 9 + 1, 3))


@builds("status")
def _program_status(c: Context, column: Column) -> pa.StringArray:
    raws = list(column.codes) or ["EKSISTING"]
    dice = c.dice("status") % 20
    text = choose(raws, np.where(dice < 15, 0, dice % len(raws)))
    odd = is_fault(c.rows, "status_tak_dikenal")
    return put(text, odd, choose(["", "LAIN-LAIN", "???", None], (c.dice("st") % 4)[odd]))


@builds("nominal")
def _amount(c: Context, column: Column) -> pa.StringArray:
    most = int(c.contract.program.get("nominalMaks", 0) or 0)
    steps = np.array([max(most // 6, 1), max(most // 3, 1), max(most // 2, 1)])
    amount = steps[c.dice("nominal") % 3]
    text = digits(amount, 1)
    odd = is_fault(c.rows, "nominal_tak_wajar")
    return put(text, odd, choose(["0", "-50000", str(most * 10 + 1)], (c.dice("nom") % 3)[odd]))


@builds("periode_program")
def _program_month(c: Context, column: Column) -> pa.StringArray:
    text = choose([c.month], np.zeros(len(c.rows), dtype=np.int64))
    odd = is_fault(c.rows, "periode_tak_wajar")
    return put(text, odd, choose(["", "1999-01", "2025-13", "2099-01", "Q3"], (c.dice("per") % 5)[odd]))


@builds("nomor_urut")
def _ordinal(c: Context, column: Column) -> pa.StringArray:
    return digits(np.arange(1, len(c.rows) + 1), 1)


@builds("tahap")
def _stage(c: Context, column: Column) -> pa.StringArray:
    return choose(["I", "II"], np.full(len(c.rows), int(c.month[5:7]) > 6, dtype=np.int64))


def _other(c: Context, column: Column) -> pa.StringArray:
    """Any other column: a value of its code list, a date, a number, or a job."""
    dice = c.dice(column.name)
    if column.name.startswith("usia_"):
        return _age_band(c, column)
    if column.codes:
        raws = list(dict.fromkeys(column.codes))
        return choose(raws, dice % len(raws))
    if column.type == "date":
        return date_text((c.today - 30 - dice % 900).astype(np.int32), c.form.get("tanggal") or column.date_format)
    if column.type in ("integer", "number"):
        return digits(dice % 2, 1) if column.type == "integer" else digits(dice % 40 * 100_000, 1)
    if column.id_like:
        return digits(10_000_000 + dice % 89_999_999, 8)
    if column.name == "pekerjaan":
        return choose(JOBS, dice % len(JOBS))
    label = column.name.split("_")[-1].upper()
    return choose([f"{label} A", f"{label} B", f"{label} C"], dice % 3)


def _age_band(c: Context, column: Column) -> pa.StringArray:
    year, _, _ = civil(c.rows.birth)
    now = 1970 + c.today / 365.2425
    numbers = [int(part) for part in column.name.split("_") if part.isdigit()]
    low, high = (0, numbers[0] - 1) if "dibawah" in column.name else (numbers[0], numbers[1] if len(numbers) > 1 else 200)
    age = (now - year).astype(np.int64)
    return choose([c.raw_code(column, "tidak"), c.raw_code(column, "ya")], ((age >= low) & (age <= high)).astype(np.int64))
