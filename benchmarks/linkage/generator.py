"""A register, a list and their truth: households, namesakes, twins, absent people and the field's faults, by seed.

This makes data for measuring the matcher alone; the deliveries of a whole period belong to `padanan/synthetic`.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchmarks.linkage.vocabulary import DESIGN_SEED, GENERIC_FEMALE, GENERIC_MALE, vocabulary, zipf

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Profile:
    """Rates of faults in the list, each a share of records; `absent` of the residue is in no register."""

    absent: float = 0.08
    name_typo: float = 0.11
    name_typo2: float = 0.02
    name_drop: float = 0.06
    name_initial: float = 0.04
    name_swap: float = 0.02
    name_spelling: float = 0.10
    name_title: float = 0.03
    dob_missing: float = 0.02
    dob_swap: float = 0.02
    dob_day: float = 0.03
    dob_year: float = 0.03
    dob_first: float = 0.02
    kk_missing: float = 0.15
    kk_other: float = 0.08
    kk_edit: float = 0.02
    mother_missing: float = 0.25
    mother_typo: float = 0.12
    moved: float = 0.06
    kel_missing: float = 0.01
    rt_missing: float = 0.15
    rt_wrong: float = 0.06
    address_missing: float = 0.15
    address_variant: float = 0.30
    address_other: float = 0.05
    jk_missing: float = 0.02
    jk_wrong: float = 0.01
    nik_missing: float = 0.55
    nik_edit: float = 0.25
    nik_relative: float = 0.10
    nik_other: float = 0.05


DEFAULT = Profile()
HARD = replace(
    DEFAULT,
    kk_missing=0.5,
    mother_missing=1.0,
    rt_missing=0.6,
    address_missing=0.5,
    dob_missing=0.12,
)


def unseen(seed: int) -> Profile:
    """A profile drawn by seed from half to one and a half of the default rates; absence from 4% to 15%."""
    rng = np.random.default_rng([seed, 5])
    rates = {key: float(value * rng.uniform(0.5, 1.5)) for key, value in asdict(DEFAULT).items()}
    rates["absent"] = float(rng.uniform(0.04, 0.15))
    total = rates["nik_missing"] + rates["nik_edit"] + rates["nik_relative"] + rates["nik_other"]
    for key in ("nik_missing", "nik_edit", "nik_relative", "nik_other"):
        rates[key] *= min(1.0, 0.98 / total)
    return Profile(**rates)


@dataclass(frozen=True)
class Pairing:
    """Paths of one made-up pair of tables: `truth` has record_key, register_key (NULL when absent), residue."""

    register: Path
    list: Path
    truth: Path


def _households(rng: np.random.Generator, people: int) -> dict[str, npt.NDArray[Any]]:
    count = people
    kids = np.minimum(rng.poisson(1.6, count), 6)
    kind = rng.choice(3, count, p=[0.10, 0.75, 0.15])  # single, couple, one parent
    kids[kind == 0] = 0
    elders = (rng.random(count) < 0.12).astype(np.int64)
    size = np.where(kind == 0, 1, np.where(kind == 1, 2, 1)) + kids + elders
    size = size[: int(np.searchsorted(np.cumsum(size), people)) + 1]
    n_family = len(size)
    family = np.repeat(np.arange(n_family), size)[:people]
    first = np.concatenate([[0], np.cumsum(size)[:-1]])
    slot = np.arange(people) - first[family]
    kind = kind[:n_family][family]
    adults = np.where(kind == 1, 2, 1)
    role = np.where(slot == 0, 0, np.where((slot == 1) & (kind == 1), 1, np.where(slot < adults + kids[:n_family][family], 2, 3)))
    head_age = rng.uniform(24, 70, n_family)
    mother_age = np.maximum(19, head_age - rng.normal(3, 4, n_family))
    age = np.where(role == 0, head_age[family], np.where(role == 1, mother_age[family], 0.0))
    child = role == 2
    order = slot - adults
    age = np.where(child, np.maximum(0.2, mother_age[family] - 20 - 3.1 * order - rng.uniform(0, 2.5, people)), age)
    age = np.where(role == 3, np.minimum(97, head_age[family] + 20 + rng.uniform(0, 12, people)), age)
    female = rng.random(people) < 0.5
    female = np.where((role == 0) & (kind == 1), False, np.where(role == 1, True, female))
    day = np.datetime64("2024-07-01") - (age * 365.25).astype(np.int64).astype("timedelta64[D]")
    born = day.astype("datetime64[D]")
    year = born.astype("datetime64[Y]")
    early = rng.random(people) < np.where(age > 55, 0.08, 0.01)
    born = np.where(early, year.astype("datetime64[D]"), born)
    twin = child & (np.roll(role, 1) == 2) & (np.roll(family, 1) == family) & (rng.random(people) < 0.012)
    born[twin] = np.roll(born, 1)[twin]
    mother = np.full(people, -1, dtype=np.int64)
    wife = np.full(n_family, -1, dtype=np.int64)
    wife[family[role == 1]] = np.flatnonzero(role == 1)
    lone = (role == 0) & (kind == 2) & female
    wife[family[lone]] = np.flatnonzero(lone)
    mother[child] = wife[family[child]]
    return {"family": family, "role": role, "female": female, "born": born, "mother": mother, "n_family": np.array(n_family)}


def _names(rng: np.random.Generator, female: Bools, family: Ints, seed: int) -> pa.Array:
    words = vocabulary(seed)
    n = len(female)
    n_male, n_female, n_second = len(words.male), len(words.female), len(words.second)
    # Numbers of tokens, never the tokens themselves: eleven million names are too many Python strings.
    given = np.where(
        female,
        n_male + rng.choice(n_female, n, p=zipf(n_female, 0.95)),
        rng.choice(n_male, n, p=zipf(n_male, 0.95)),
    )
    pick = rng.choice(n_second, n, p=zipf(n_second, 0.8))
    shared = rng.choice(n_second, int(family.max()) + 1, p=zipf(n_second, 0.8))
    pick = np.where(rng.random(n) < 0.25, shared[family], pick)
    pick3 = rng.choice(n_second, n, p=zipf(n_second, 0.8))
    count = rng.choice(3, n, p=[0.17, 0.58, 0.25])
    generic = np.where(female, len(GENERIC_MALE) + rng.integers(0, 3, n), rng.integers(0, 3, n))
    seconds = pa.array(words.second)
    table = pa.table(
        {
            "i": np.arange(n),
            "g": pa.array([*GENERIC_MALE, *GENERIC_FEMALE]).take(pa.array(generic, mask=~(rng.random(n) < 0.16))),
            "a": pa.array([*words.male, *words.female]).take(pa.array(given)),
            "b": seconds.take(pa.array(pick, mask=count < 1)),
            "c": seconds.take(pa.array(pick3, mask=count < 2)),
        }
    )
    con = duckdb.connect()
    con.register("t", table)
    return con.sql("select concat_ws(' ', g, a, b, c) as nama from t order by i").to_arrow_table().column(0).combine_chunks()


def _serials(group: Ints) -> Ints:
    order = np.argsort(group, kind="stable")
    ordered = group[order]
    new = np.ones(len(group), dtype=bool)
    new[1:] = ordered[1:] != ordered[:-1]
    start = np.maximum.accumulate(np.where(new, np.arange(len(group)), 0))
    out = np.empty(len(group), dtype=np.int64)
    out[order] = np.arange(len(group)) - start + 1
    return out


_TYPO = """case when ({name}_kind % 4) = 0 then left({text}, p) || chr((65 + {name}_letter)::int) || substr({text}, p + 2)
    when ({name}_kind % 4) = 1 then left({text}, p) || substr({text}, p + 2)
    when ({name}_kind % 4) = 2 then left({text}, p) || substr({text}, p + 2, 1) || substr({text}, p + 1, 1) || substr({text},
        p + 3)
    else left({text}, p) || chr((65 + {name}_letter)::int) || substr({text}, p + 1) end"""


def _typo(text: str, name: str, where: str) -> str:
    position = f"({name}_place % greatest(length({text}) - 1, 1))::int"
    body = _TYPO.format(text=text, name=name).replace("p +", f"{position} +").replace(", p)", f", {position})")
    return f"case when {where} then {body} else {text} end"


def generate(
    out: Path, n_list: int, n_register: int, profile: Profile = DEFAULT, seed: int = DESIGN_SEED, step1: float = 0.5
) -> Pairing:
    """Writes one register and one list as Parquet, reusing them when they exist.

    Args:
        out: folder; the file names carry the arguments.
        n_list: records of the residue (NIK missing or wrong).
        n_register: persons in the register.
        profile: fault rates.
        seed: people and tokens; `DESIGN_SEED` is the one the matcher was designed on.
        step1: records with a good NIK, as a share of `n_list`, drawn from the same families.
    """
    out.mkdir(parents=True, exist_ok=True)
    label = f"{n_list}x{n_register}-s{seed}-{abs(hash_of(profile)):08x}-{step1}"
    pairing = Pairing(out / f"register-{label}.parquet", out / f"list-{label}.parquet", out / f"truth-{label}.parquet")
    if pairing.truth.exists():
        return pairing
    rng = np.random.default_rng([seed, n_list, n_register])
    total = int(n_list * (1 + step1))
    n_absent = int(n_list * profile.absent)
    people = n_register + n_absent
    world = _households(rng, people)
    family, born, female = world["family"], world["born"], world["female"]
    n_family = int(world["n_family"])
    kel = rng.choice(267, n_family, p=zipf(267, 0.4))
    kec = kel // 6
    region = 317100 + (kec % 5) * 100 + 1 + kec % 9
    year = born.astype("datetime64[Y]").astype(np.int64) + 1970
    month = born.astype("datetime64[M]").astype(np.int64) % 12 + 1
    dom = (born - born.astype("datetime64[M]")).astype(np.int64) + 1
    nik_region = np.where(
        rng.random(people) < 0.35, 320100 + rng.integers(0, 40, people) * 100 + rng.integers(1, 20, people), region[family]
    )
    head = nik_region * 1_000_000 + (dom + 40 * female) * 10_000 + month * 100 + year % 100
    nik = head * 10_000 + _serials(head)
    issued = rng.integers(0, 5000, n_family)
    kk_head = region * 1_000_000 + (1 + issued % 28) * 10_000 + (1 + issued // 28 % 12) * 100 + 8 + issued % 16
    kk = kk_head * 10_000 + 100 + _serials(kk_head)
    names = _names(rng, female, family, seed)
    mothers = _names(rng, np.ones(people, dtype=bool), np.arange(people), seed)
    known = world["mother"] >= 0
    # Place of each one's mother in the names followed by the mothers who live elsewhere.
    mother = np.where(known, world["mother"], people + np.arange(people))
    # Siblings whose mother lives elsewhere still share her.
    child = (world["role"] == 2) & ~known
    anchor = np.full(n_family, -1, dtype=np.int64)
    anchor[family[child][::-1]] = np.flatnonzero(child)[::-1]
    mother[child] = mother[anchor[family[child]]]
    mother_name = pa.chunked_array([names.cast(pa.large_string()), mothers.cast(pa.large_string())]).combine_chunks()
    mother_name = mother_name.take(pa.array(mother))
    del mothers, mother

    chosen_families = rng.permutation(n_family)
    rank = np.empty(n_family, dtype=np.int64)
    rank[chosen_families] = np.arange(n_family)
    listed = np.zeros(people, dtype=bool)
    order = np.argsort(rank[family], kind="stable")
    keep = rng.random(people) < 0.85
    order = order[keep[order]][:total]
    listed[order] = True
    listed_families = np.unique(family[order])
    whole = rng.random(n_family) < profile.absent * n_list / total * 0.5
    absent = np.zeros(people, dtype=bool)
    candidates = order[whole[family[order]]][: n_absent // 2]
    absent[candidates] = True
    rest = order[~whole[family[order]]]
    absent[rng.choice(rest, n_absent - len(candidates), replace=False)] = True
    present = order[~absent[order]]
    good = np.zeros(people, dtype=bool)
    good[rng.choice(present, total - n_list, replace=False)] = True
    del listed_families

    street_fam = rng.integers(0, 900, n_family)
    tokens = pa.array(vocabulary(seed).second)
    street = tokens.take(pa.array((kel * 37 + street_fam % 11) % 2500))
    number_fam = rng.integers(1, 200, n_family)
    rw_fam, rt_fam = rng.integers(1, 13, n_family), rng.integers(1, 15, n_family)
    con = duckdb.connect()
    con.execute(f"set threads=2; set memory_limit='5GB'; set temp_directory='{out}/.kerja'; set enable_progress_bar=false")
    base = pa.table(
        {
            "i": np.arange(people),
            "nik": nik,
            "kk": kk[family],
            "nama": names,
            "ibu": mother_name,
            "tgl": pa.array(born),
            "female": female,
            "kel": kel[family],
            "rt": rt_fam[family],
            "rw": rw_fam[family],
            "street": street.take(pa.array(family)),
            "number": number_fam[family],
            "family": family,
            "role": world["role"],
            "absent": absent,
        }
    )
    con.register("base", base)
    con.execute(
        """create macro kel_code(k) as '31.' || (71 + (k // 6) % 5) || '.'
        || lpad((1 + (k // 6) % 9)::varchar, 2, '0') || '.' || (1001 + k)"""
    )
    con.execute(
        f"""copy (select md5('a' || {seed} || i) as record_key, md5('ea' || {seed} || i) as entity_key, lpad(nik::varchar, 16,
            '0') as nik_bersih,
        lpad(kk::varchar, 16, '0') as kk_bersih, nama as nama_bersih, ibu as nama_ibu_bersih, tgl as tgl_lahir,
        case when female then 'P' else 'L' end as jk, 'JL ' || street || ' NO ' || number as alamat_jalan, lpad(rt::varchar, 3,
            '0') as rt,
        lpad(rw::varchar, 3, '0') as rw, kel_code(kel) as kode_kelurahan, lpad(kk::varchar, 16, '0') as family_id
        from base where not absent order by hash(i)) to '{pairing.register}' (format parquet)"""
    )
    p, n = profile, len(order)
    # A relative: the next or previous person of the family.
    near = np.where(
        (order + 1 < people) & (family[np.minimum(order + 1, people - 1)] == family[order]), order + 1, np.maximum(order - 1, 0)
    )
    has_near = family[near] == family[order]
    residue = ~good[order]
    fate = rng.random(n)
    edges = np.cumsum([p.nik_missing, p.nik_edit, p.nik_relative, p.nik_other])
    nik_list = nik[order].copy()
    place = 10 ** rng.integers(0, 16, n)
    digit = nik_list // place % 10
    substituted = nik_list + ((digit + rng.integers(1, 10, n)) % 10 - digit) * place
    low_place = 10 ** rng.integers(0, 15, n)
    low, high = nik_list // low_place % 10, nik_list // (low_place * 10) % 10
    swapped = nik_list + (high - low) * low_place + (low - high) * low_place * 10
    edited = np.where((rng.random(n) < 0.6) | (low == high), substituted, swapped)
    other = nik[rng.integers(0, people, n)]
    new_nik = np.select(
        [fate < edges[0], fate < edges[1], (fate < edges[2]) & has_near, fate < edges[3]],
        [np.full(n, -1), edited, nik[near], other],
        -1,
    )
    new_nik = np.where((fate >= edges[3]) & (rng.random(n) < 0.5), rng.integers(10**15, 10**16, n), new_nik)
    nik_list = np.where(residue, new_nik, nik_list)
    kk_list = kk[family[order]].copy()
    dice = rng.random(n)
    kk_place = 10 ** rng.integers(0, 16, n)
    kk_digit = kk_list // kk_place % 10
    kk_list = np.select(
        [
            dice < p.kk_missing,
            dice < p.kk_missing + p.kk_other * (1 - p.kk_missing),
            dice < p.kk_missing + (p.kk_other + p.kk_edit) * (1 - p.kk_missing),
        ],
        [
            np.full(n, -1),
            kk[rng.integers(0, n_family, n)],
            kk_list + ((kk_digit + 1 + rng.integers(0, 9, n)) % 10 - kk_digit) * kk_place,
        ],
        kk_list,
    )
    moved = rng.random(n_family) < p.moved
    new_kel = rng.choice(267, n_family, p=zipf(267, 0.4))
    born_list = born[order].copy()
    y, m, d = year[order], month[order], dom[order]
    dice = rng.random(n)
    edges = np.cumsum([p.dob_missing, p.dob_swap, p.dob_day, p.dob_year, p.dob_first])
    swap = (dice >= edges[0]) & (dice < edges[1]) & (d <= 12)
    months = (born_list.astype("datetime64[Y]") + (d - 1).astype("timedelta64[Y]") * 0).astype("datetime64[M]") + (
        np.where(swap, d, m) - 1
    ).astype("timedelta64[M]")
    born_list = np.where(swap, months.astype("datetime64[D]") + (m - 1).astype("timedelta64[D]"), born_list)
    day = (dice >= edges[1]) & (dice < edges[2])
    born_list = np.where(day, born_list + rng.choice([-10, -3, -2, -1, 1, 2, 3, 10], n).astype("timedelta64[D]"), born_list)
    off = (dice >= edges[2]) & (dice < edges[3])
    shifted = (y - 1970 + rng.choice([-10, -2, -1, 1, 2, 10], n)).astype("datetime64[Y]").astype("datetime64[M]") + (
        m - 1
    ).astype("timedelta64[M]")
    born_list = np.where(off, shifted.astype("datetime64[D]") + (np.minimum(d, 28) - 1).astype("timedelta64[D]"), born_list)
    jan = (dice >= edges[3]) & (dice < edges[4])
    born_list = np.where(jan, (y - 1970).astype("datetime64[Y]").astype("datetime64[D]"), born_list)
    no_dob = dice < edges[0]
    columns: dict[str, Any] = {
        "i": order,
        "j": np.arange(n),
        "residue": residue,
        "nik2": pa.array(nik_list, mask=nik_list < 0),
        "kk2": pa.array(kk_list, mask=kk_list < 0),
        "tgl2": pa.array(born_list.astype("datetime64[D]"), mask=no_dob),
        "kel2": np.where(moved, new_kel, kel)[family[order]],
        "moved": moved[family[order]],
        "jk2": pa.array(
            np.where(female[order] ^ (rng.random(n) < p.jk_wrong), "P", "L"), pa.string(), mask=rng.random(n) < p.jk_missing
        ),
        # Addresses are written per family by the same hand.
        "no_rt": (rng.random(n_family) < p.rt_missing)[family[order]],
        "wrong_rt": (rng.random(n_family) < p.rt_wrong)[family[order]],
        "no_address": (rng.random(n_family) < p.address_missing)[family[order]],
        "other_address": (rng.random(n_family) < p.address_other)[family[order]],
        "variant": (rng.random(n_family) < p.address_variant)[family[order]],
        "other_rt": rng.integers(1, 15, n),
        "other_street": tokens.take(pa.array(rng.integers(0, 2500, n))),
        "no_kel": rng.random(n) < p.kel_missing,
        "no_mother": rng.random(n) < p.mother_missing,
    }
    for name in ("n1", "n2", "m1"):
        columns[f"{name}_kind"], columns[f"{name}_letter"], columns[f"{name}_place"] = (
            rng.integers(0, 4, n),
            rng.integers(0, 26, n),
            rng.integers(0, 10_000, n),
        )
    for rate in ("name_typo", "name_typo2", "name_drop", "name_initial", "name_swap", "name_spelling", "mother_typo"):
        columns[rate] = rng.random(n) < getattr(p, rate)
    columns["drop_last"] = rng.random(n) < 0.6
    con.register("draw", pa.table(columns))
    spelling = "replace(replace(replace(replace(nama, 'MUHAMMAD', 'MOH'), 'U', 'OE'), 'ABDUL', 'ABD'), 'SITI', 'ST')"
    con.execute(
        f"""create table l0 as select d.*, b.* exclude (i), case when name_spelling then {spelling} else nama end as nama1,
        case when name_spelling then replace(ibu, 'SITI', 'ST') else ibu end as ibu1 from draw d join base b using (i)"""
    )
    con.execute("""create table l1 as select *, string_split(nama1, ' ') as parts from l0""")
    con.execute(
        """create table l2 as select *, case when len(parts) < 2 then nama1
        when name_drop and drop_last then array_to_string(parts[:len(parts)-1], ' ') when name_drop then
            array_to_string(parts[2:], ' ')
        when name_initial then array_to_string(parts[:len(parts)-1], ' ') || ' ' || left(parts[len(parts)], 1)
        when name_swap then parts[len(parts)] || ' ' || array_to_string(parts[:len(parts)-1], ' ') else nama1 end as nama2
            from l1"""
    )
    con.execute(
        f"""create table l3 as select *, {_typo("nama2", "n1", "name_typo")} as nama3,
        {_typo("ibu1", "m1", "mother_typo")} as ibu3 from l2"""
    )
    con.execute(f"create table l4 as select *, {_typo('nama3', 'n2', 'name_typo2')} as nama4 from l3")
    con.execute(
        f"""copy (select md5('l' || {seed} || i) as record_key, md5('el' || {seed} || i) as entity_key, lpad(nik2::varchar, 16,
            '0') as nik_bersih,
        lpad(kk2::varchar, 16, '0') as kk_bersih, nullif(trim(nama4), '') as nama_bersih, case when no_mother then null
            else ibu3 end as nama_ibu_bersih,
        tgl2 as tgl_lahir, jk2 as jk,
        case when no_address then null when moved or other_address then 'JL ' || other_street || ' ' || number
             when variant then 'JALAN ' || replace(street, 'U', 'OE') || ' NO.' || number
                 else 'JL ' || street || ' NO ' || number end as alamat_jalan,
        case when no_rt then null when moved or wrong_rt then lpad(other_rt::varchar, 3, '0') else lpad(rt::varchar, 3,
            '0') end as rt,
        case when no_rt then null when moved then lpad((other_rt % 12 + 1)::varchar, 3, '0') else lpad(rw::varchar, 3, '0') end
            as rw,
        case when no_kel then null else kel_code(kel2) end as kode_kelurahan,
        md5('f' || family) as family_id from l4 order by hash(j)) to '{pairing.list}' (format parquet)"""
    )
    con.execute(
        f"""copy (select md5('l' || {seed} || i) as record_key, case when absent then null else md5('a' || {seed} || i) end
            as register_key, residue
        from l4 order by 1) to '{pairing.truth}' (format parquet)"""
    )
    con.close()
    return pairing


def hash_of(profile: Profile) -> int:
    """A number that names the profile's rates."""
    import zlib

    return zlib.crc32(repr(sorted(asdict(profile).items())).encode())
