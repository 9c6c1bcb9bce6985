"""Which rules each delivered row must trip, from what the generator put in: fault codes, owners, group counts.

No predicate of `expectations/rules.yaml` and no SQL is used here; only which rule masks which is shared with the rules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from rapidfuzz.distance import JaroWinkler
from rapidfuzz.process import cpdist

from padanan.contracts.contract import Contract
from padanan.synthetic.base import HEAD, Bools, Int8s, Int32s, Int64s, civil
from padanan.synthetic.columns import desil_delivered, shdk_delivered
from padanan.synthetic.faults import is_fault
from padanan.synthetic.rows import Rows
from padanan.synthetic.world import World

# Rules that follow from one injected fault.
FROM_FAULT: dict[str, tuple[str, ...]] = {
    "nik_kosong": ("nik_kosong", "nik_pengganti"),
    "nik_nol_depan": ("nik_nol_depan",),
    "nik_format": ("nik_kosong", "nik_ilmiah", "nik_nol_depan", "nik_pendek", "nik_huruf"),
    "nik_tanggal": ("nik_tanggal",),
    "nik_urut_nol": ("nik_urut_nol",),
    "nik_sementara": ("nik_sementara",),
    "nik_sama_kk": ("nik_sama_kk",),
    "kk_kosong": ("kk_kosong",),
    "nama_kosong": ("nama_kosong",),
    "nama_tidak_wajar": ("nama_angka", "nama_satu_huruf", "nama_uji"),
    "tgl_lahir_kosong": ("tgl_kosong",),
    "tgl_lahir_ambigu": ("tgl_enam_angka",),
    "tgl_lahir_tidak_wajar": ("tgl_masa_depan", "tgl_1900", "tgl_terlalu_tua", "tgl_tak_terbaca"),
    "jk_tidak_dikenal": ("jk_tak_dikenal",),
    "alamat_tidak_lengkap": ("jalan_hilang", "rt_hilang", "rw_hilang", "kelurahan_hilang", "rt_rw_rusak"),
    "rt_rw_format": ("rt_rw_rusak",),
    "wilayah_tidak_dikenal": ("wilayah_tak_dikenal", "wilayah_bertentangan"),
    "luar_dki": ("luar_dki",),
    "desil_tidak_sah": ("desil_tak_sah",),
    "status_tidak_dikenal": ("status_tak_dikenal",),
    "nominal_tidak_wajar": ("nominal_tak_wajar",),
    "periode_program": ("periode_tak_wajar",),
}


@dataclass
class Delivered:
    """What stands in the rows of one contract after faults, as numbers.

    `file` numbers the delivery file of each row; `family` groups rows as staging will (-1: no family).
    """

    world: World
    rows: Rows
    nik: Int64s
    owner: Int32s
    told: Bools
    kk: Int64s
    kk_unsound: Bools
    birth: Int32s
    birth_there: Bools
    clean_name: pa.StringArray
    file: npt.NDArray[np.int16]
    family: Int64s
    pairs: Int64s | None = None
    flags: dict[str, Bools] = field(default_factory=dict)


@dataclass
class Reference:
    """Adminduk as delivered, per person: usable as reference, its state, birth date and how good its name is."""

    usable: Bools
    state: Int8s
    birth: Int32s
    birth_there: Bools
    name_level: Int8s


def families(contract: Contract, rows: Rows, kk: Int64s, kk_fault_empty: Bools) -> Int64s:
    """Family number per row as the source tells it: its own family id, else the card, else none."""
    if contract.column("id_keluarga_sumber") is not None:
        return rows.card.copy()
    if contract.column("no_kk") is None:
        return np.full(len(rows), -1, dtype=np.int64)
    return np.where(kk_fault_empty, -1, kk)


def count_within(group: Int64s, weight: npt.NDArray[np.int64] | None = None) -> npt.NDArray[np.int64]:
    """Rows (or the sum of `weight`) per equal value of `group`, on every row; 0 where the group is -1."""
    _, inverse = np.unique(group, return_inverse=True)
    total = np.bincount(inverse, weights=weight).astype(np.int64)
    return np.where(group == -1, 0, total[inverse])


def cleansing_flags(contract: Contract, d: Delivered, on: Bools) -> None:
    """Fills `d.flags` with every cleansing rule of the contract, before masks.

    Args:
        on: rows that landing keeps (exact duplicates do not count in groups).
    """
    rows, flags, n = d.rows, d.flags, len(d.rows)
    columns = set(contract.column_names)
    for rule, faults in FROM_FAULT.items():
        hit = np.zeros(n, dtype=bool)
        for fault in faults:
            hit |= is_fault(rows, fault)
        flags[rule] = hit
    unregistered = rows.nik < 0
    flags["nik_kosong"] = flags["nik_kosong"] | unregistered
    sixteen = d.nik >= 0
    flags["nik_format"] = (flags["nik_format"] & ~sixteen) | unregistered
    ends_zero = sixteen & (d.nik % 10 == 0)
    spoiled = np.zeros(n, dtype=bool)
    for number in np.unique(d.file):
        here = (d.file == number) & on
        whole = int((sixteen & here).sum())
        if whole >= 20 and int((ends_zero & here).sum()) >= 0.5 * whole:
            spoiled |= ends_zero & (d.file == number)
    flags["nik_rusak_excel"] = is_fault(rows, "nik_ilmiah") | is_fault(rows, "nik_angka") | spoiled
    flags["nik_urut_nol"] = flags["nik_urut_nol"] | (sixteen & (d.nik % 10_000 == 0))
    flags["nik_wilayah"] = is_fault(rows, "nik_wilayah") | is_fault(rows, "nik_sementara")
    flags["nik_vs_tgl_lahir"] = d.told & d.birth_there & (d.birth != d.world.nik_birth[rows.person])
    sex_there = ~is_fault(rows, "jk_tak_dikenal") & ("jenis_kelamin" in columns)
    delivered_female = rows.female ^ is_fault(rows, "jk_salah")
    flags["nik_vs_jk"] = d.told & sex_there & (delivered_female != d.world.nik_female[rows.person])
    same, other = _shared_niks(d, on)
    flags["nik_ganda_sama"], flags["nik_ganda_beda"] = same, other
    flags["kk_format"] = d.kk_unsound | is_fault(rows, "kk_kosong")
    if contract.family_complete:
        heads = count_within(np.where(on, d.family, -1), (shdk_delivered(rows) == HEAD).astype(np.int64))
        flags["kk_tanpa_kepala"] = (d.family != -1) & (heads == 0)
        flags["kk_kepala_ganda"] = (d.family != -1) & (heads >= 2)
    if "desil" in columns:
        flags["desil_beda_dalam_keluarga"] = _mixed_desil(d, on)
    if d.pairs is not None:
        missing = d.pairs == 0
        flags["keluarga_tanpa_anggota"] = missing
        flags["anggota_tanpa_keluarga"] = missing


def _shared_niks(d: Delivered, on: Bools) -> tuple[Bools, Bools]:
    """NIK on several rows: of one person or name, or of different people."""
    n = len(d.rows)
    sixteen = d.nik >= 0
    group = np.where(sixteen & on, d.nik, -1)
    several = count_within(group) > 1
    where = np.flatnonzero(several & on)
    same, other = np.zeros(n, dtype=bool), np.zeros(n, dtype=bool)
    if not len(where):
        return same, other
    table = pa.table(
        {
            "nik": d.nik[where],
            "nama": d.clean_name.take(pa.array(where)),
            "lahir": pa.array(d.birth[where], mask=~d.birth_there[where]),
        }
    )
    groups = table.group_by("nik").aggregate(
        [("nama", "min"), ("nama", "max"), ("nama", "count_distinct"), ("lahir", "count_distinct")]
    )
    low, high = groups["nama_min"].combine_chunks(), groups["nama_max"].combine_chunks()
    near = cpdist(low.to_pylist(), high.to_pylist(), scorer=JaroWinkler.normalized_similarity)
    both = np.asarray(pc.is_valid(low))
    names = np.asarray(groups["nama_count_distinct"])
    births = np.asarray(groups["lahir_count_distinct"])
    different = both & ((near < 0.85) | ((names > 1) & (births > 1)))
    key = np.asarray(groups["nik"])
    order = np.argsort(key)
    verdict = different[order][np.searchsorted(key[order], d.nik[where])]
    other[where] = verdict
    same[where] = ~verdict
    return same, other


def _mixed_desil(d: Delivered, on: Bools) -> Bools:
    valid = ~is_fault(d.rows, "desil_tak_sah") & on & (d.family != -1)
    where = np.flatnonzero(valid)
    pairs = np.unique(np.stack([d.family[where], desil_delivered(d.rows)[where]], axis=1), axis=0)
    family, count = np.unique(pairs[:, 0], return_counts=True)
    return np.asarray(np.isin(d.family, family[count > 1]) & (d.family != -1))


def apply_masks(contract: Contract, flags: dict[str, Bools]) -> dict[str, Bools]:
    """The flags of the contract's own rules; a rule that fires silences those it masks, maskers first."""
    own = [rule.id for rule in contract.rules if rule.id in flags]
    maskers = {rule.id: [name for name in rule.masked_by if name in own] for rule in contract.rules if rule.id in own}
    done: dict[str, Bools] = {}

    def settle(rule: str) -> Bools:
        if rule not in done:
            value = flags[rule]
            for masker in maskers[rule]:
                value = value & ~settle(masker)
            done[rule] = value
        return done[rule]

    return {rule: settle(rule) for rule in own}


def blocked(contract: Contract, settled: Mapping[str, Bools], n: int) -> Bools:
    """Rows that break a `blok` rule: their NIK is not used."""
    out = np.zeros(n, dtype=bool)
    for rule in contract.rules:
        if rule.level == "blok" and rule.id in settled:
            out |= settled[rule.id]
    return out


def matched_resident(contract: Contract, d: Delivered, block: Bools, reference: Reference) -> tuple[Int32s, Int8s]:
    """The resident each row matches by NIK, and the expected status of step 1.

    Returns:
        Person number (-1 none) and status: 0 padan_nik, 1 nik_padan_identitas_beda, 2 nik_tidak_ditemukan,
        3 tanpa_nik. Adminduk's own rows are the reference.
    """
    owner = np.where(block, -1, d.owner)
    found = (owner >= 0) & reference.usable[np.maximum(owner, 0)]
    index = np.flatnonzero(found)
    who = owner[index]
    level = np.minimum(name_level(d.rows)[index], reference.name_level[who])
    both = d.birth_there[index] & reference.birth_there[who]
    agree = birth_level(d.birth[index], reference.birth[who], both)
    padan = ((level >= 2) & (agree >= 1)) | ((level >= 1) & (agree == 2))
    if contract.id == "adminduk":
        padan = np.ones(len(index), dtype=bool)
    status = np.where(block, 3, 0 if contract.id == "adminduk" else 2).astype(np.int8)
    status[index] = np.where(padan, 0, 1)
    matched = np.full(len(owner), -1, dtype=np.int32)
    matched[index[padan]] = who[padan]
    return matched, status


VARIANTS = ("nama_angka", "nama_singkat", "nama_ejaan_lama", "nama_salah_ketik")


def one_slip(rows: Rows, reference: Reference | None) -> None:
    """Takes back faults so that a name written another way meets an equal birth date and an exact reference.

    Whether a short form counts as equal or merely alike is the matcher's business; so no row's truth hangs on it.
    """
    variant = np.zeros(len(rows), dtype=bool)
    for fault in VARIANTS:
        variant |= is_fault(rows, fault)
    rows.fault["tgl"][variant] = 0
    if reference is None:
        return
    who = rows.person
    exact = (reference.name_level[who] == 3) & reference.birth_there[who] & (reference.birth[who] == rows.birth)
    rows.fault["nama"][variant & reference.usable[who] & ~exact] = 0
    rows.fault["tgl"][reference.usable[who] & (reference.name_level[who] < 3)] = 0


def name_level(rows: Rows) -> Int8s:
    """How far a name as written is from the person's own: 3 equal, 2 a variant or a slip, 0 nothing of it."""
    level = np.full(len(rows), 3, dtype=np.int8)
    for fault in VARIANTS:
        level[is_fault(rows, fault)] = 2
    for fault in ("nama_kosong", "nama_satu_huruf", "nama_uji"):
        level[is_fault(rows, fault)] = 0
    return level


def birth_level(mine: Int32s, theirs: Int32s, both: Bools) -> Int8s:
    """2 equal, 1 unknown, day and month swapped, or two of three parts equal; 0 else."""
    (y1, m1, d1), (y2, m2, d2) = civil(mine), civil(theirs)
    parts = (y1 == y2).astype(int) + (m1 == m2) + (d1 == d2)
    swapped = (y1 == y2) & (m1 == d2) & (d1 == m2)
    level = np.where(parts == 3, 2, np.where((parts == 2) | swapped, 1, 0))
    return np.where(both, level, 1).astype(np.int8)
