"""What the evidence step reads: the warehouse's staging rows beside step 1's results, as Parquet files of this run only.

Nothing is judged here; the warehouse is opened read-only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa

from padanan.base.keys import load_ring, register_hmac
from padanan.base.sql import literal
from padanan.base.tabular import copy_to
from padanan.contracts.parts import REFERENCE
from padanan.contracts.planned import PlanData
from padanan.linkage import prepare
from padanan.linkage.config import LinkageConfig

# Of the staging row; the keys are made here.
PLAIN = tuple(c for c in prepare.COLUMNS if c not in ("record_key", "entity_key", "family_id"))
_FILLED = ("nama_bersih", "tgl_lahir", "jk", "kk_bersih", "alamat_jalan", "kode_kelurahan", "shdk")


@dataclass(frozen=True)
class Reference:
    """The register whose people everybody is matched with: its contract's id and its staging model."""

    id: str
    model: str


@dataclass(frozen=True)
class Listing:
    """One producer's list: its id, staging model, records left over and persons linked by NIK (labels)."""

    id: str
    model: str
    left_over: int
    labels: int


def reference_of(data: PlanData) -> Reference:
    """The contract of a plan that plays the part of the register."""
    found = next(c for c in data.contracts if REFERENCE in c.peran)
    return Reference(found.id, found.stage_model)


def snapshot_of(data: PlanData) -> str:
    """Hash of everything that can change the prepared register: Adminduk's deliveries, code, rules, key, and DuckDB's `hash`."""
    register = next(c for c in data.contracts if REFERENCE in c.peran)
    parts = [duckdb.__version__, *(f"{item.sha16} {item.diterima}" for item in register.deliveries)]
    parts += [data.code_version, data.expectations_version, data.key_id]
    return hashlib.sha256("|".join(parts).encode()).hexdigest()[:16]


def arrange(con: duckdb.DuckDBPyConnection, data: PlanData) -> None:
    """Makes the temporary tables of the evidence step.

    `rekaman`: every record with its status by NIK, provisional person (`id_awal`), source (`sumber`: a registry, else the
    producer), whether it is of the register itself (`acuan`), whether its families are a registry's (`berkeluarga`), and its NIK
    where that is its own or of two people (`nik_serupa`).
    `penduduk`: one row per resident of Adminduk, (register_key, id_penduduk); residents whose NIK can't be
    used are residents too.
    """
    parts = [(c.id, c.registri, REFERENCE in c.peran) for c in data.contracts if c.registri]
    con.execute("create temp table bagian_registri (producer varchar, registri varchar, acuan boolean)")
    con.executemany("insert into bagian_registri values (?, ?, ?)", parts)
    con.execute(
        """create temp table rekaman as
        select c.producer, c.record_key, c.entity_key, c.status as status_nik, c.kerabat_lebih_cocok, c.id_keluarga,
            c.record_key_acuan, c.isian,
            case when coalesce(c.aturan_blok, 'nik_ganda_beda') = 'nik_ganda_beda' then c.nik_key end as nik_serupa,
            coalesce(i.id_orang, c.entity_key_acuan) as id_awal, i.metode as metode_awal,
            coalesce(b.registri, c.producer) as sumber, coalesce(not b.acuan, false) as berkeluarga,
            coalesce(b.acuan, false) as acuan
        from padanan_cocok c left join padanan_identitas i using (record_key) left join bagian_registri b using (producer)"""
    )
    con.execute(
        """create temp table penduduk as
        select record_key as register_key, id_awal as id_penduduk from rekaman
        where acuan and status_nik = 'padan_nik' and record_key = record_key_acuan
        union all
        select min_by(record_key, (9 - isian)::varchar || record_key), id_awal from rekaman
        where acuan and status_nik <> 'padan_nik'
            and id_awal not in (select id_awal from rekaman where acuan and status_nik = 'padan_nik')
        group by id_awal"""
    )


def fingerprints(con: duckdb.DuckDBPyConnection, models: Sequence[str]) -> None:
    """Table `sidik`(record_key, sidik): keyed hash of what a reviewer saw of a left-over record."""
    register_hmac(con, load_ring())
    seen = ("nik_bersih", "kk_bersih", "nama_bersih", "nama_ibu_bersih", "tgl_lahir", "jk", "alamat_jalan", "kode_kelurahan")
    text = " || '|' || ".join(f"coalesce(s.{name}::varchar, '')" for name in seen)
    arms = " union all ".join(
        f"select s.record_key, hmac_hex('sidik|' || {text}) as sidik from {model} s join rekaman r using (record_key) "
        "where r.status_nik <> 'padan_nik'"
        for model in models
    )
    con.execute(f"create temp table sidik as {arms}")


# A number that is nobody's, or a card number that lost digits, is no evidence: strangers share it.
_SOUND = {
    "nik_bersih": "case when s.nik_pengganti is null then s.nik_bersih end",
    "kk_bersih": "case when s.kk_angka16 is not null and s.kk_pengganti is null and not s.kk_angka then s.kk_bersih end",
}


def staged_columns(config: LinkageConfig, without: Sequence[str] = ()) -> str:
    """The columns of a staging row `s` as the linkage reads them; those of `without` are empty."""
    return ", ".join(
        f"null::varchar as {name}" if name in without else f"{_SOUND[name]} as {name}" if name in _SOUND else f"s.{name}"
        for name in (*PLAIN, *plug_in_columns(config))
    )


def write_register(con: duckdb.DuckDBPyConnection, register: Reference, path: Path, config: LinkageConfig) -> None:
    """Adminduk's residents as the linkage reads them; plug-in columns are kept."""
    names = staged_columns(config)
    copy_to(
        con,
        f"""select s.record_key, p.id_penduduk as entity_key, s.family_id, {names}
        from {register.model} s join penduduk p on p.register_key = s.record_key order by s.record_key""",
        path,
    )


def write_list(con: duckdb.DuckDBPyConnection, listings: Sequence[Listing], path: Path, config: LinkageConfig) -> None:
    """Lists that are judged together; persons and families of one producer are its own."""
    names = staged_columns(config)
    arms = " union all ".join(
        f"""select s.record_key, s.producer, s.producer || '|' || r.id_awal as entity_key,
            s.producer || '|' || r.id_keluarga as family_id, {names}
        from {item.model} s join rekaman r using (record_key) where s.producer = {literal(item.id)}"""
        for item in listings
    )
    copy_to(con, arms, path)


def links_by_nik(con: duckdb.DuckDBPyConnection, listings: Sequence[Listing]) -> pa.Table:
    """(record_key, register_key) of step 1, the labels."""
    ids = ", ".join(literal(item.id) for item in listings)
    return con.sql(
        f"""select record_key, record_key_acuan as register_key from rekaman
        where status_nik = 'padan_nik' and producer in ({ids}) order by record_key"""
    ).to_arrow_table()


def listings_of(con: duckdb.DuckDBPyConnection, data: PlanData) -> list[Listing]:
    """The lists of a plan that hold records, Adminduk left out, by id."""
    counted = {
        row[0]: row[1:]
        for row in con.execute(
            """select producer, count(*) filter (status_nik <> 'padan_nik'),
            count(distinct id_awal) filter (status_nik = 'padan_nik') from rekaman group by producer"""
        ).fetchall()
    }
    return [
        Listing(c.id, c.stage_model, *counted[c.id])
        for c in sorted(data.matched, key=lambda c: c.id)
        if REFERENCE not in c.peran and c.id in counted
    ]


def groups_of(listings: Sequence[Listing], config: LinkageConfig) -> list[tuple[str, list[Listing]]]:
    """Which lists are judged together: (name of the model, lists).

    A list with enough links by NIK has a model of its own. The small ones are one run with the labels of all of them; if even
    those are too few, every list joins that run.
    """
    small = [item for item in listings if item.labels < config.training_own]
    own = [item for item in listings if item.labels >= config.training_own]
    if small and sum(item.labels for item in small) < config.training_min:
        small, own = list(listings), []
    groups = [(item.id, [item]) for item in own]
    if small:
        groups.append(("gabungan", small))
    return [(name, items) for name, items in groups if sum(item.left_over for item in items)]


def plug_in_columns(config: LinkageConfig) -> tuple[str, ...]:
    """Columns that the user's own comparisons read and the linkage itself does not."""
    return tuple(sorted({spec.column for spec in config.plug_ins} - set(prepare.COLUMNS)))
