"""The same person twice: residents of Adminduk who look alike, records of one registry that became one person, NIK of two people.

Nothing is merged here: groups are counted and listed by key for whoever keeps the registry; clusters of provisional persons
are made in `resolve`.
"""

from __future__ import annotations

from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa

from padanan.base import disk
from padanan.base.sql import literal
from padanan.base.tabular import copy_to
from padanan.evidence import sources
from padanan.linkage import LinkageConfig
from padanan.linkage.clusters import cluster, merge_all
from padanan.linkage.comparison import column, level_of
from padanan.linkage.model import Model

IN_REGISTER, IN_LIST, TWO_PEOPLE = "ganda_adminduk", "ganda_daftar", "nik_dua_orang"
# Residents who share one of these with a few others are worth comparing; 11 million are never paired with each other.
_KEYS = ("dob, skeleton", "dob, mother_skeleton", "dob, kk", "kk, skeleton")
_MOST = 6
# Names that are the same, sound the same or are one typing error apart: brothers and twins are no doubles.
_NAMES = ("sama", "bunyi_sama", "mirip")
SCHEMA = pa.schema([("record_key", pa.string()), ("kelompok", pa.string()), ("bobot", pa.float64()), ("peluang", pa.float64())])


def arrange(
    con: duckdb.DuckDBPyConnection,
    reference: sources.Reference,
    register: Path,
    config: LinkageConfig,
    fitted: Model | None,
    work: Path,
) -> None:
    """Table `ganda`(producer, jenis, kelompok, record_key, anggota, bobot, peluang), one row a record of a group.

    Needs `rekaman`, `penduduk`, `tautan` and `klaster` of this run.

    Args:
        reference: the register's contract.
        register: the prepared register.
        config: parameters of the linkage. fitted: a model with labels; without one Adminduk is compared with itself by the
            configuration's shares.
        work: folder for files of this run.
    """
    con.register("mirip", residents(con, reference, register, config, fitted, work))
    con.execute(
        f"""create temp table ganda as
        with orang as not materialized (
            select r.producer, r.acuan, r.record_key, r.entity_key, coalesce(t.id_orang, r.id_awal) as id_orang, r.nik_serupa
            from rekaman r left join tautan t using (record_key)
            -- A program's list names a person every month; registries name each person once.
            where r.berkeluarga or r.acuan
        ),
        -- What stands once is nobody's double: found by numbers first, for texts of tens of millions fill the memory.
        berulang as (
            select * from orang where hash(producer, id_orang) in (
                select hash(producer, id_orang) from orang group by 1 having count(*) > 1)
        ),
        kembar as (
            select producer, id_orang from berulang group by all
            having count(distinct case when acuan then record_key else entity_key end) > 1
        ),
        senomor as (
            select * from orang where nik_serupa is not null and hash(producer, nik_serupa) in (
                select hash(producer, nik_serupa) from orang where nik_serupa is not null group by 1 having count(*) > 1)
        ),
        nik as (
            select producer, nik_serupa from senomor group by all having count(distinct id_orang) > 1
        ),
        semua as (
            select {literal(reference.id)} as producer, '{IN_REGISTER}' as jenis, kelompok, record_key, bobot, peluang from mirip
            union all
            select producer, '{IN_LIST}', id_orang, record_key, null, null
            from berulang semi join kembar using (producer, id_orang)
            union all
            select producer, '{TWO_PEOPLE}', min(id_orang) over (partition by producer, nik_serupa), record_key, null, null
            from senomor semi join nik using (producer, nik_serupa)
        )
        select producer, jenis, kelompok, record_key, count(*) over (partition by producer, jenis, kelompok)::integer as anggota,
            bobot, peluang
        from semua"""
    )
    con.unregister("mirip")


def residents(
    con: duckdb.DuckDBPyConnection,
    reference: sources.Reference,
    register: Path,
    config: LinkageConfig,
    fitted: Model | None,
    work: Path,
) -> pa.Table:
    """Residents of Adminduk that are possibly one person, as `SCHEMA`; the group's id comes from content.

    Only residents who share name and birth date, or the like, are compared. Their NIK differ by nature and say nothing.
    """
    path = work / "penduduk_mirip.parquet"
    source = f"read_parquet({literal(register)})"
    arms = " union ".join(
        f"""select record_key from {source} semi join (select {keys} from {source} group by {keys}
        having count(*) between 2 and {_MOST}) using ({keys})"""
        for keys in _KEYS
    )
    names = sources.staged_columns(config, without=("nik_bersih",))
    n = copy_to(
        con,
        f"""select s.record_key, p.id_penduduk as entity_key, {literal(reference.id)} as producer, s.family_id, {names}
        from {reference.model} s join penduduk p on p.register_key = s.record_key semi join ({arms}) m on
            m.record_key = s.record_key""",
        path,
    )
    if n < 2:
        return SCHEMA.empty_table()
    got = cluster(path, config, fitted=fitted, one_per_source=False)
    disk.unlink(path)
    name = column("nama")
    levels = level_of(got.pairs.column("pola").to_numpy(), name)
    likely = got.pairs.column("peluang").to_numpy() >= config.double_probability
    likely &= ~got.pairs.column("ditahan").to_numpy()
    pairs = got.pairs.filter(pa.array(likely & np.isin(levels, [name.levels.index(level) for level in _NAMES])))
    keys = np.unique(np.r_[pairs.column("record_key_a").to_numpy(), pairs.column("record_key_b").to_numpy()].astype(str))
    a, b = (np.searchsorted(keys, pairs.column(f"record_key_{side}").to_numpy().astype(str)) for side in "ab")
    group = merge_all(len(keys), a, b)
    con.register("mirip_anggota", pa.table({"record_key": pa.array(keys, pa.string()), "k": group}))
    con.register("mirip_pasangan", pairs)
    found = con.sql(
        """select g.record_key, 'k' || md5('ganda|' || min(p.id_penduduk) over (partition by g.k)) as kelompok, w.bobot, w.peluang
        from mirip_anggota g join penduduk p on p.register_key = g.record_key
        join (select record_key, max(bobot) as bobot, max(peluang) as peluang from (
            select record_key_a as record_key, bobot, peluang from mirip_pasangan
            union all select record_key_b, bobot, peluang from mirip_pasangan) group by record_key) w
            on w.record_key = g.record_key
        order by g.record_key"""
    ).to_arrow_table()
    con.unregister("mirip_anggota")
    con.unregister("mirip_pasangan")
    return found.cast(SCHEMA)
