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

from padanan.contracts.contract import Column, Contract
from padanan.synthetic import names as name_tools
from padanan.synthetic.arrow import choose, date_text, digits, join, put, where
from padanan.synthetic.base import CANARY, HEAD, Bools, Int32s, Int64s, civil
from padanan.synthetic.faults import is_fault
from padanan.synthetic.rows import Rows, member_number
from padanan.synthetic.world import World

WITHOUT_CERTIFICATE = 0.2289
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
    written: pa.StringArray | None = None

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
    return name_texts(c.world, c.rows, c.names, c.dice("nama"))[0] if c.written is None else c.written


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
    text = put(text, odd, choose(["32/13/1980", "SEKITAR 1980", "1980-13-45", "LUPA"], (c.dice("tgl") % 4)[odd]))
    # Day, month and year or the other way round, of this century or the last: nothing decides.
    short = is_fault(rows, "tgl_enam_angka")
    return put(text, short, choose(["010203", "111210", "120711", "050607"], (c.dice("tgl") % 4)[short]))


@builds("jenis_kelamin")
def _sex(c: Context, column: Column) -> pa.StringArray:
    rows = c.rows
    female = rows.female ^ is_fault(rows, "jk_salah")
    text = choose([c.raw_code(column, "L"), c.raw_code(column, "P")], female.astype(np.int64))
    odd = is_fault(rows, "jk_tak_dikenal")
    return put(text, odd, choose(["", "X", "9", None], (c.dice("jk") % 4)[odd]))


@builds("disabilitas")
def _disability(c: Context, column: Column) -> pa.StringArray:
    """As the world knows it; the field asks one person in three hundred wrongly."""
    told = c.world.disabled[c.rows.person] ^ (c.dice("disabilitas") % 300 == 0)
    return choose([c.raw_code(column, "tidak"), c.raw_code(column, "ya")], told.astype(np.int64))


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


@builds("no_akta_lahir")
def _birth_certificate(c: Context, column: Column) -> pa.StringArray:
    """The number, for all but the share of children of the poorer 40% that has none (BPS 2018, in Renstra Kemensos 2020-2024)."""
    serial = c.dice("no_akta_lahir")
    return digits(3_171_000_000 + serial % 1_000_000, 10, null=serial % 10_000 < WITHOUT_CERTIFICATE * 10_000)


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
        return _job(c, dice)
    label = column.name.split("_")[-1].upper()
    return choose([f"{label} A", f"{label} B", f"{label} C"], dice % 3)


def _job(c: Context, dice: Int64s) -> pa.StringArray:
    """A job; who goes to school is a pupil, who is too young for either has none."""
    young = (c.rows.day - c.rows.birth) / 365.2425 < 15
    text = put(choose(JOBS, dice % len(JOBS)), young, "BELUM/TIDAK BEKERJA")
    return put(text, c.world.student[c.rows.person], "PELAJAR/MAHASISWA")


def _age_band(c: Context, column: Column) -> pa.StringArray:
    year, _, _ = civil(c.rows.birth)
    now = 1970 + c.today / 365.2425
    numbers = [int(part) for part in column.name.split("_") if part.isdigit()]
    low, high = (0, numbers[0] - 1) if "dibawah" in column.name else (numbers[0], numbers[1] if len(numbers) > 1 else 200)
    age = (now - year).astype(np.int64)
    return choose([c.raw_code(column, "tidak"), c.raw_code(column, "ya")], ((age >= low) & (age <= high)).astype(np.int64))
