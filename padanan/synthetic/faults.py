"""Which row carries which fault: one fault per field, drawn from the profile's rates, then duplicates made.

Only numbers are decided here (codes, wrong values, copies); how a fault looks as text is `columns`, which rules
it must trip is `truth`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.process import cpdist

from padanan.contracts.contract import Contract
from padanan.synthetic.base import CANARY, HEAD, RESIDENT, Bools, Int32s, Int64s, civil, days
from padanan.synthetic.rows import Draws, Rows
from padanan.synthetic.world import World

# Per field the faults and lawful variants it can carry, in a fixed order: code = position + 1.
FAULTS: dict[str, tuple[str, ...]] = {
    "nik": (
        "nik_kosong",
        "nik_pengganti",
        "nik_ilmiah",
        "nik_angka",
        "nik_nol_depan",
        "nik_pendek",
        "nik_huruf",
        "nik_tanggal",
        "nik_urut_nol",
        "nik_sementara",
        "nik_wilayah",
        "nik_sama_kk",
        "nik_ganda_beda",
        "nik_tak_terdaftar",
        "nik_apostrof",
        "nik_spasi",
        "nik_titik",
        "nik_tak_tercetak",
        "nik_nol_akhir",
    ),
    "kk": ("kk_kosong", "kk_pendek", "kk_wilayah", "kk_tanggal", "kk_angka", "kk_apostrof", "kk_spasi"),
    "nama": (
        "nama_kosong",
        "nama_angka",
        "nama_satu_huruf",
        "nama_uji",
        "nama_gelar_depan",
        "nama_gelar_belakang",
        "nama_singkat",
        "nama_ejaan_lama",
        "nama_tanda_baca",
        "nama_huruf_kecil",
        "nama_salah_ketik",
        "nama_almarhum",
    ),
    "tgl": (
        "tgl_kosong",
        "tgl_masa_depan",
        "tgl_1900",
        "tgl_terlalu_tua",
        "tgl_tak_terbaca",
        "tgl_salah_hari",
        "tgl_tukar",
        "tgl_enam_angka",
    ),
    "jk": ("jk_tak_dikenal", "jk_salah"),
    "shdk": ("kepala_hilang", "kepala_ganda"),
    "alamat": ("jalan_hilang", "rt_hilang", "rw_hilang", "kelurahan_hilang", "rt_rw_rusak"),
    "wilayah": ("wilayah_tak_dikenal", "wilayah_bertentangan", "luar_dki", "wilayah_ejaan"),
    "desil": ("desil_tak_sah", "desil_beda"),
    "status": ("status_tak_dikenal",),
    "nominal": ("nominal_tak_wajar",),
    "periode": ("periode_tak_wajar",),
}
CODE: dict[str, int] = {name: code for names in FAULTS.values() for code, name in enumerate(names, 1)}
FIELD: dict[str, str] = {name: field for field, names in FAULTS.items() for name in names}
# The column a field needs before it can be faulty.
NEEDS = {
    "nik": "nik",
    "kk": "no_kk",
    "nama": "nama",
    "tgl": "tgl_lahir",
    "jk": "jenis_kelamin",
    "shdk": "shdk",
    "alamat": "alamat",
    "wilayah": "kelurahan",
    "desil": "desil",
    "status": "status",
    "nominal": "nominal",
    "periode": "periode_program",
}
NUMERIC_CELLS = ("nik_angka", "nik_nol_depan", "kk_angka")
DATE_1900 = days(date(1900, 1, 1))


def is_fault(rows: Rows, name: str) -> Bools:
    """Rows that carry this fault."""
    codes = rows.fault.get(FIELD[name])
    return np.zeros(len(rows), dtype=bool) if codes is None else codes == CODE[name]


def draw_faults(
    rows: Rows,
    contract: Contract,
    rates: Mapping[str, float],
    draws: Draws,
    periode_key: str,
    *,
    spreadsheet: bool,
    per_family: tuple[str, ...],
    world: World,
) -> None:
    """Sets `rows.fault`: the same people keep their faults from period to period, except those mended meanwhile.

    Args:
        rates: share of rows per fault name.
        spreadsheet: cells can be numbers.
        per_family: fields whose value the whole family shares (Carik's address and card).
    """
    names = set(contract.column_names)
    first = np.zeros(len(world), dtype=np.int32)
    first[world.family[::-1]] = np.arange(len(world), dtype=np.int32)[::-1]
    canary = world.kind[rows.person] == CANARY
    for field, kinds in FAULTS.items():
        codes = np.zeros(len(rows), dtype=np.int8)
        rows.fault[field] = codes
        if NEEDS[field] not in names:
            continue
        share = np.array([max(float(rates.get(kind, 0.0)), 0.0) for kind in kinds])
        for position, kind in enumerate(kinds):
            if kind in NUMERIC_CELLS and not spreadsheet:
                share[position] = 0.0
        if not share.any():
            continue
        index = first[world.family[rows.person]] if field in per_family else rows.person
        u = draws.uniform(f"salah/{field}")[index]
        drawn = np.searchsorted(np.cumsum(share), u, side="right") + 1
        codes[:] = np.where(drawn > len(kinds), 0, drawn)
        mended = draws.uniform(f"dibetulkan/{field}/{periode_key}")[index] < float(rates.get("dibetulkan", 0.0))
        codes[mended | canary] = 0
    _feasible(rows, contract, world)


def _clear(rows: Rows, field: str, mask: Bools) -> None:
    rows.fault[field][mask] = 0


def _feasible(rows: Rows, contract: Contract, world: World) -> None:
    """Takes back faults that a row can't carry, so that every fault left has known consequences."""
    nik, kk = rows.fault["nik"], rows.fault["kk"]
    _clear(rows, "nik", rows.nik < 0)
    old = rows.nik < 10**15
    _clear(rows, "nik", is_fault(rows, "nik_nol_depan") & ~old)
    _clear(rows, "nik", old & np.isin(nik, [CODE["nik_angka"], CODE["nik_sementara"], CODE["nik_ilmiah"]]))
    # A pasted card number: only with a good card, once per card.
    pasted = is_fault(rows, "nik_sama_kk")
    if "no_kk" not in contract.column_names:
        _clear(rows, "nik", pasted)
    else:
        position = np.flatnonzero(pasted)
        keep = np.unique(rows.kk[position], return_index=True)[1]
        drop = np.setdiff1d(position, position[keep])
        nik[drop] = 0
        _clear(rows, "nik", is_fault(rows, "nik_sama_kk") & (kk > 0))
    _clear(rows, "nik", is_fault(rows, "nik_tak_terdaftar") & ((world.nik[rows.person] % 10_000) > 4_000))
    year, month, day = civil(rows.birth)
    _clear(rows, "tgl", is_fault(rows, "tgl_tukar") & ((day > 12) | (day == month)))
    # A slip in the date of a newborn could lie in the future.
    _clear(rows, "tgl", np.isin(rows.fault["tgl"], [CODE["tgl_tukar"], CODE["tgl_salah_hari"]]) & (rows.birth > rows.day - 400))
    _clear(rows, "shdk", is_fault(rows, "kepala_hilang") & (rows.shdk != HEAD))
    _clear(rows, "shdk", is_fault(rows, "kepala_ganda") & ((rows.shdk == HEAD) | (year > 2005)))
    if not {"kode_kelurahan", "kecamatan"} & set(contract.column_names):
        _clear(rows, "wilayah", is_fault(rows, "wilayah_bertentangan"))
    if not {"kota", "provinsi"} & set(contract.column_names):
        _clear(rows, "wilayah", is_fault(rows, "luar_dki"))
    _clear(rows, "alamat", is_fault(rows, "kelurahan_hilang") & (rows.fault["wilayah"] > 0))


def duplicate_rows(rows: Rows, rate: float, draws: Draws, world: World, *, heads: bool, own_address: bool) -> Rows:
    """Adds second records of the same person (another id, same name and birth date): nik_ganda_sama.

    Args:
        own_address: the address stands on the row (not on the family's building).
        heads: heads of families may stand twice (only where families are not complete, else two heads result).
    """
    if rate <= 0:
        return rows
    u = draws.uniform("ganda_sama")[rows.person]
    plain = (rows.nik >= 0) & (rows.fault["nik"] == 0) & (rows.fault["nama"] == 0) & (rows.fault["tgl"] == 0)
    plain &= (world.kind[rows.person] == RESIDENT) & (heads | (rows.shdk != HEAD))
    plain &= (rows.fault["shdk"] == 0) & (rows.fault["jk"] == 0)
    twice = np.flatnonzero(plain & (u < rate))
    if not len(twice):
        return rows
    index = np.concatenate([np.arange(len(rows)), twice])
    copy = np.concatenate([np.zeros(len(rows), dtype=np.int8), np.ones(len(twice), dtype=np.int8)])
    order = np.lexsort((copy, index))
    out = rows.take(index[order])
    out.copy = copy[order]
    # The second record's house number differs, so that it is not an exact duplicate of the first.
    if own_address:
        out.fault["alamat"][out.copy > 0] = 0
    return out


def wrong_owner(rows: Rows, names: pa.StringArray, draws: Draws) -> Int32s:
    """For rows with nik_ganda_beda, the position of a row of the same delivery whose NIK is copied; else -1.

    The two are different in name (Jaro-Winkler < 0.6) and in birth date, and neither carries another fault that
    hides this; a row without a fitting partner loses the fault.
    """
    out = np.full(len(rows), -1, dtype=np.int32)
    taker = np.flatnonzero(is_fault(rows, "nik_ganda_beda") & (rows.copy == 0))
    clean = (rows.fault["nik"] == 0) & (rows.fault["nama"] == 0) & (rows.fault["tgl"] == 0) & (rows.nik >= 0)
    person, count = np.unique(rows.person, return_counts=True)
    once = np.isin(rows.person, person[count == 1])
    rows.fault["nik"][is_fault(rows, "nik_ganda_beda") & ~once] = 0
    givers = np.flatnonzero(clean & once)
    taker = taker[once[taker]]
    if not len(taker):
        return out
    if len(givers) < 2 * len(taker):
        rows.fault["nik"][taker] = 0
        return out
    picked = draws.generator("ganda_beda").permutation(givers)[: len(taker)]
    mine = names.take(pa.array(rows.person[taker])).to_pylist()
    theirs = names.take(pa.array(rows.person[picked])).to_pylist()
    near = cpdist(mine, theirs, scorer=JaroWinkler.normalized_similarity)
    good = (near < 0.6) & (rows.birth[taker] != rows.birth[picked])
    rows.fault["nik"][taker[~good]] = 0
    rows.fault["nama"][taker[good]] = 0
    rows.fault["tgl"][taker[good]] = 0
    out[taker[good]] = picked[good]
    return out


def faulty_nik(rows: Rows, partner: Int32s) -> tuple[Int64s, Int32s, Bools]:
    """What the NIK column holds after the faults.

    Returns:
        The 16-digit number as delivered (-1 when it is not 16 digits), the person whose NIK it is (-1 for
        nobody's), and whether its digits still tell the birth date and sex of `rows.person`'s NIK.
    """
    value = rows.nik.copy()
    owner = np.where(rows.nik >= 0, rows.person, -1).astype(np.int32)
    told = rows.nik >= 0
    for name in ("nik_kosong", "nik_ilmiah", "nik_nol_depan", "nik_pendek", "nik_huruf", "nik_pengganti"):
        here = is_fault(rows, name)
        value[here], owner[here], told[here] = -1, -1, False
    head, serial = value // 10_000, value % 10_000
    here = is_fault(rows, "nik_urut_nol")
    value[here], owner[here] = head[here] * 10_000, -1
    here = is_fault(rows, "nik_tak_terdaftar")
    value[here], owner[here] = head[here] * 10_000 + serial[here] + 5_000, -1
    for name in ("nik_angka", "nik_nol_akhir"):
        here = is_fault(rows, name)
        value[here], owner[here] = value[here] // 10 * 10, -1
    here = is_fault(rows, "nik_wilayah")
    value[here], owner[here] = (990_000 + rows.person[here].astype(np.int64) % 90) * 10**10 + value[here] % 10**10, -1
    here = is_fault(rows, "nik_sementara")
    value[here], owner[here] = value[here] % 10**15, -1
    here = is_fault(rows, "nik_tanggal")
    # Day 00 or 32-39 for men, 72-79 for women: no such day, and the sex is still told.
    person = rows.person.astype(np.int64)
    wrong_day = np.where(rows.female, 72 + person % 8, np.where(person % 3 == 0, 0, 32 + person % 8))
    wrong_month = person % 4 == 1
    region, month_on = value // 10**10, value % 10**8
    tail = value % 10**6
    by_day = region * 10**10 + wrong_day * 10**8 + month_on
    day_digits = value // 10**8 % 100
    by_month = region * 10**10 + day_digits * 10**8 + 13 * 10**6 + tail
    value[here] = np.where(wrong_month, by_month, by_day)[here]
    owner[here], told[here] = -1, False
    here = is_fault(rows, "nik_sama_kk")
    value[here], owner[here], told[here] = rows.kk[here], -1, False
    here = partner >= 0
    value[here] = rows.nik[partner[here]]
    owner[here] = rows.person[partner[here]]
    told[here] = False
    return value, owner, told


def faulty_kk(rows: Rows) -> tuple[Int64s, Bools]:
    """What the card column holds: the 16-digit number as delivered (-1 when not), and where it is not sound."""
    value = rows.kk.copy()
    for name in ("kk_kosong", "kk_pendek"):
        value[is_fault(rows, name)] = -1
    here = is_fault(rows, "kk_wilayah")
    value[here] = 980_000 * 10**10 + value[here] % 10**10
    here = is_fault(rows, "kk_tanggal")
    value[here] = value[here] // 10**10 * 10**10 + (72 + rows.person[here].astype(np.int64) % 8) * 10**8 + value[here] % 10**8
    here = is_fault(rows, "kk_angka")
    value[here] = value[here] // 10 * 10
    unsound = np.isin(rows.fault["kk"], [CODE["kk_pendek"], CODE["kk_wilayah"], CODE["kk_tanggal"], CODE["kk_angka"]])
    return value, unsound


def faulty_birth(rows: Rows, received: int) -> tuple[Int32s, npt.NDArray[np.bool_]]:
    """The birth date as delivered and whether a date stands there at all."""
    birth = rows.birth.copy()
    there = ~np.isin(rows.fault["tgl"], [CODE["tgl_kosong"], CODE["tgl_tak_terbaca"], CODE["tgl_enam_angka"]])
    here = is_fault(rows, "tgl_masa_depan")
    birth[here] = received + 400 + rows.person[here] % 900
    here = is_fault(rows, "tgl_1900")
    birth[here] = DATE_1900
    here = is_fault(rows, "tgl_terlalu_tua")
    birth[here] = DATE_1900 - 365 * 4 - rows.person[here] % 700
    year, month, day = civil(rows.birth)
    here = is_fault(rows, "tgl_salah_hari")
    other = np.where(day > 14, day - 9, day + 9)
    birth[here] = (rows.birth + (other - day))[here]
    here = is_fault(rows, "tgl_tukar")
    if here.any():
        month_index = ((year - 1970) * 12 + day - 1)[here]
        birth[here] = (month_index.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64) + month[here] - 1).astype(
            np.int32
        )
    return birth, there
