"""The truth of a made-up year as tables: who lives, where, how poor, on every day, and which person an identifier stands for.

What the field reports of it is `year_files`, how far a decree is from it `year_errors`; no step of the pipeline reads this.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import numpy as np
import pyarrow as pa

from padanan.base.home import Home
from padanan.base.period import Periode, periode_end
from padanan.base.sql import literal
from padanan.base.tabular import scratch
from padanan.published.revisions import read_manifest
from padanan.records.returned import handed_maps
from padanan.synthetic.base import DE_FACTO, FAR, NONE, Int32s, Int64s
from padanan.synthetic.profile import load_profile
from padanan.synthetic.wilayah import load_wilayah
from padanan.synthetic.world import World, build_world

PEOPLE, OWNERS, NEWCOMERS, SENT = "dunia", "milik", "milik_baru", "terkirim"


@dataclass(frozen=True)
class Month:
    """A month of the year: `first` and `last` day, and `received`, the day on which its files come."""

    label: str
    first: date
    last: date

    @property
    def received(self) -> date:
        """The fifth of the next month."""
        return self.last + timedelta(days=5)


def months(first: str, count: int) -> tuple[Month, ...]:
    """So many months in turn, from `YYYY-MM` on."""
    found, day = [], date.fromisoformat(f"{first}-01")
    for _ in range(count):
        last = periode_end(f"{day:%Y-%m}")
        found.append(Month(f"{day:%Y-%m}", day, last))
        day = last + timedelta(days=1)
    return tuple(found)


def open_year(home: Home, *, residents: int, seed: int, profile: str, start: date, count: int) -> duckdb.DuckDBPyConnection:
    """A database in memory with the table `dunia` (one row a person), empty owners, and the macro `dadu(kata, kunci)`.

    `dadu` is a number in [0, 1) that follows from the seed, a word and a key alone, whatever the order of rows.

    Args:
        residents, seed, profile: of the deliveries (`generate`): the same arguments are the same people.
        start: the first day of which the field tells. count: how many months it tells of.
    """
    con = scratch(home)
    world = build_world(residents, seed, load_profile(profile)["penduduk"], load_wilayah())
    con.register("dunia_arrow", _people(world))
    con.execute(f"create table {PEOPLE} as from dunia_arrow")
    con.unregister("dunia_arrow")
    con.execute(
        f"create macro dadu(kata, kunci) as (md5_number_lower(concat_ws('|', '{int(seed)}', kata, kunci)) % 1000003) / 1000003.0"
    )
    # The month of the year in which a person does what they do once, counted from 0.
    con.execute(f"create macro bulan_ke(kata, kunci) as cast(floor(dadu(kata || '/bulan', kunci) * {int(count)}) as integer)")
    con.execute(f"create macro tahun_mulai() as date '{start.isoformat()}'")
    con.execute(f"create table {OWNERS} (id_orang varchar, orang bigint, acuan boolean)")
    con.execute(f"create table {NEWCOMERS} (id_orang varchar, orang bigint)")
    con.execute("create table sasaran_kini (id_orang varchar, program varchar)")
    con.execute("create table warga_kini (id_orang varchar, sendiri boolean)")
    con.execute("create table diserahkan (id_serah varchar, id_orang varchar)")
    con.execute(
        f"create table {SENT} (kontrak varchar, masa varchar, sha16 varchar, urut bigint, orang bigint, nomor varchar, "
        "salah varchar, status varchar, program varchar, masa_bayar varchar, nominal bigint)"
    )
    return con


def _people(world: World) -> pa.Table:
    def day(values: Int32s) -> pa.Array:
        never = (values >= FAR) | (values <= -FAR)
        return pa.array(np.where(never, 0, values).astype(np.int32), pa.int32(), mask=never).cast(pa.date32())

    def sixteen(values: Int64s, there: np.ndarray) -> list[str | None]:
        return [f"{value:016d}" if known else None for value, known in zip(values.tolist(), there.tolist(), strict=True)]

    everyone = np.ones(len(world), dtype=bool)
    codes = np.array([code.replace(".", "") for code in world.wilayah.kel_code])
    mother = np.maximum(world.mother, 0)
    return pa.table(
        {
            "orang": np.arange(len(world), dtype=np.int64),
            "nik": sixteen(world.nik, world.has_nik),
            "no_kk": sixteen(world.kk1, everyone),
            "nik_ibu": sixteen(world.nik[mother], world.mother != NONE),
            "nama": world.names,
            "lahir": day(world.birth),
            "jk": pa.array(np.where(world.female, "P", "L")),
            "mati": day(world.death),
            "pergi": day(world.leave),
            "datang": day(world.arrive),
            "pindah": day(world.move_day),
            "kel1": codes[world.kel1],
            "kel2": codes[world.kel2],
            "desil": world.desil.astype(np.int32),
            # Disdukcapil of DKI hears nothing of people who are not registered there.
            "tercatat": world.kind != DE_FACTO,
        }
    )


def present(day: str, who: str = "d") -> str:
    """SQL: somebody is born, arrived, alive and not moved away on a day."""
    return (
        f"({who}.lahir <= {day} and coalesce({who}.datang, {day}) <= {day} and coalesce({who}.mati > {day}, true) "
        f"and coalesce({who}.pergi > {day}, true))"
    )


def own(con: duckdb.DuckDBPyConnection, home: Home, periode: Periode, revisi: int, truth: Sequence[Periode]) -> None:
    """Fills `milik(id_orang, orang, acuan)`, `sasaran_kini` and `warga_kini(id_orang, sendiri)` by a published revision.

    An identifier is the person most of whose records it holds; `acuan`: the register has them; `sendiri`: of newcomers, that no
    registry has them.

    Args:
        truth: the periods whose deliveries the revision reads.

    Raises:
        PadananError: the manifest was changed.
    """
    con.execute("create or replace table mendarat (record_key varchar, producer varchar, file varchar, baris bigint)")
    for item in read_manifest(home, periode, revisi)["deliveries"]:
        part = home.root / str(item["path"])
        manifest = json.loads(part.with_name("manifest.json").read_text(encoding="utf-8"))
        con.execute(
            f"insert into mendarat select _record_key, ?, ?, _baris from read_parquet({literal(part)})",
            [str(manifest["contract_id"]), str(manifest["file"])],
        )
    truths = ", ".join(literal(home.truth / one.key / "records.parquet") for one in truth)
    folder = home.published(periode, revisi)
    con.execute(
        f"""create or replace table {OWNERS} as
        select id_orang, arg_max(orang, (n, -orang)) as orang, bool_or(acuan) as acuan from (
          select r.id_orang, t.id_truth_person as orang, count(*) as n, bool_or(r.metode = 'acuan') as acuan
          from read_parquet({literal(folder / "padanan_record.parquet")}) r
          join mendarat m on m.record_key = r.record_key
          join read_parquet([{truths}]) t on t.producer = m.producer and t.file = m.file and t.baris = m.baris
          where r.id_orang is not null group by all) group by 1"""
    )
    con.execute(
        "create or replace table warga_kini as select id_orang, kombinasi = 0 as sendiri from "
        f"read_parquet({literal(folder / 'padanan_orang.parquet')}) where ada_warga_baru"
    )
    # Whom the field found and no register names: the person is the one whom the feedback's identifier stands for.
    con.execute(
        f"""insert into {OWNERS} select w.id_orang, arg_min(n.orang, w.id_lama), false
        from read_parquet({literal(folder / "warga_baru.parquet")}) w join {NEWCOMERS} n on n.id_orang = w.id_sementara
        where w.id_orang not in (select id_orang from {OWNERS}) group by 1"""
    )
    con.execute(
        "create or replace table sasaran_kini as select id_orang, program from "
        f"read_parquet({literal(folder / 'sasaran.parquet')}) where terpilih"
    )


def handed(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Fills `diserahkan(id_serah, id_orang)`: under which ids people went to the ranking body."""
    listed = ", ".join(literal(path) for path in handed_maps(home))
    con.execute(f"create or replace table diserahkan as select id_serah, id_orang from read_parquet([{listed}])")


def learn_newcomers(con: duckdb.DuckDBPyConnection) -> None:
    """Fills `milik_baru` from what was sent: which person an identifier of the feedback stands for; `peristiwa` must stand."""
    con.execute(
        f"""create or replace table {NEWCOMERS} as select id_orang, arg_max(orang, (n, -orang)) as orang from (
          select p.id_orang, t.orang, count(*) as n from peristiwa p
          join {SENT} t on t.sha16 = p.sha16 and t.urut = p.baris where p.id_orang is not null and t.orang is not null
            and p.id_orang not in (select id_orang from {OWNERS}) group by all) group by 1"""
    )
