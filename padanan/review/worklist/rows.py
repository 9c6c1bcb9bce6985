"""Tasks and prelist lines of a published revision beside the names and addresses that the field needs.

What a record says is read from the warehouse, while it holds that very revision, what a person is called from the revision's
identities; what a sheet looks like belongs to `book`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from padanan.base.errors import PadananError
from padanan.base.format import day
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.base.sql import literal
from padanan.base.warehouse import connect_warehouse
from padanan.contracts.field_parts import AT_SOURCE, VISIT
from padanan.linkage.prepare import ADDRESS_STOP
from padanan.published.identities import identities
from padanan.published.revisions import chosen_revision
from padanan.published.run_plan import RunPlan, read_plan, rebuild_cure
from padanan.review.worklist import asked

_OPEN = "status = 'terbuka'"
NOBODY = "padanan"  # stands for the producer of tasks about a person
_NAMES = ("nik", "no_kk", "nama", "tgl_lahir", "jk", "alamat", "rt", "rw")


@dataclass(frozen=True)
class Place:
    """The file a row goes to: a kelurahan, or the rest of one producer without a kelurahan."""

    code: str | None
    name: str
    producer: str | None

    @property
    def stem(self) -> str:
        """The file's name without its ending; never a person's."""
        slug = "-".join("".join(ch if ch.isalnum() else " " for ch in self.name.lower()).split())
        return f"{self.code}-{slug}" if self.code else f"tanpa-kelurahan-{self.producer}"


def newest_plan(home: Home, periode: Periode, revisi: int | None = None) -> tuple[RunPlan, Path]:
    """The run plan and published folder of a revision whose rows still stand in the warehouse.

    Raises:
        PadananError: nothing is published, it was published before tasks were, or the warehouse holds another revision.
    """
    _, number = chosen_revision(home, periode, revisi)
    folder = home.published(periode, number)
    if not (folder / "tugas.parquet").exists():
        raise PadananError(
            "revisi ini terbit sebelum ada tabel tugas", file=folder.relative_to(home.root), cure="jalankan job padanan_periode"
        )
    plan = read_plan(home)
    if (plan.periode.key, plan.revisi) != (periode.key, number) or not plan.unchanged:
        raise PadananError(
            f"gudang berisi {plan.periode.label} rev-{plan.revisi}, yang diminta {periode.label} rev-{number}",
            file="warehouse/padanan.duckdb",
            cure=rebuild_cure(periode),
        )
    return plan, folder


@dataclass(frozen=True)
class Leaf:
    """What goes into one file, every cell text: people to visit, in the order of the way, and all tasks, theirs and others'."""

    place: Place
    people: list[dict[str, str]]
    tasks: list[dict[str, str]]


class Rows:
    """One revision's rows, ready to be read file by file; a context manager that gives the warehouse back."""

    def __init__(self, home: Home, plan: RunPlan, folder: Path) -> None:
        self.terms = {(item.producer or NOBODY, item.kode): item for item in plan.data.lapangan.tugas}
        self.names = {item.id: item.name for item in plan.data.matched}
        self.questions = plan.data.lapangan.pertanyaan
        self.cutoff = plan.cutoff
        self._texts: dict[tuple[str, str], dict[str, str]] = {}
        self.con = connect_warehouse(home)
        try:
            _arrange(self.con, plan, folder, identities(home, plan.periode, plan.revisi))
        except BaseException:
            self.con.close()
            raise

    def __enter__(self) -> Rows:
        return self

    def __exit__(self, *_: object) -> None:
        self.con.close()

    def totals(self) -> dict[str, int]:
        """Counts of the published tables: `lapangan` and `sumber` tasks, `prelist` lines."""
        counted = dict(self.con.execute("select saluran, count(*) from tugas_terbit group by 1").fetchall())
        lines = self.con.execute("select count(*) from prelist_terbit").fetchall()[0][0]
        return {VISIT: counted.get(VISIT, 0), AT_SOURCE: counted.get(AT_SOURCE, 0), "prelist": lines}

    def files(self) -> Iterator[Leaf]:
        """Every file, in the order of places.

        People stand house by house: by RW, RT and address; in a house by age. Tasks of a list stand together.
        """
        places = self.con.execute(
            """select tempat, any_value(kode_kelurahan), any_value(kelurahan), any_value(produsen_berkas) from
            (select tempat, kode_kelurahan, kelurahan, produsen_berkas from isi_tugas
            union all select tempat, kode_kelurahan, kelurahan, produsen_berkas from isi_prelist) group by 1 order by 1"""
        ).fetchall()
        for key, code, name, producer in places:
            tasks = self._rows(
                """select * from isi_tugas where tempat = ?
                order by producer, rw nulls last, rt nulls last, urut_alamat, id_orang, id_tugas""",
                key,
            )
            people = self._rows("select * from isi_prelist where tempat = ? order by rumah, orang_ke", key)
            yield Leaf(
                Place(code, name or producer, producer),
                [self._visited(row) for row in people],
                [self._told(row) for row in tasks],
            )

    def _rows(self, query: str, place: str) -> list[dict[str, Any]]:
        return list(self.con.sql(query, params=[place]).to_arrow_table().to_pylist())

    def _visited(self, row: Mapping[str, Any]) -> dict[str, str]:
        """A person with what is asked of the field."""
        told = _texts(row)
        told["orang"] = asked.card(told, f"{told['rumah']}.{told['orang_ke']}")
        told["tanya"] = asked.question(told, told["kode"].split(","), self.questions, self.cutoff)
        told["tenggat"] = day(row["tenggat"])
        return told

    def _told(self, row: Mapping[str, Any]) -> dict[str, str]:
        """A task with what its codes ask for in words."""
        producer = str(row["producer"])
        told = _texts(row)
        told["tenggat"] = day(row["tenggat"])
        told["sumber"] = self.names.get(producer, "Daftar padanan")
        told["orang"] = asked.card(told)
        return told | self._words(producer, str(row["kode"]))

    def _words(self, producer: str, codes: str) -> dict[str, str]:
        if (producer, codes) not in self._texts:
            found = []
            for code in codes.split(","):
                term = next((self.terms[p, code] for p in (producer, NOBODY) if (p, code) in self.terms), None)
                if term and term not in found:
                    found.append(term)
            agencies = [name for item in found for name in [item.pemilik, *(item.pendukung or "").split("; ")] if name]
            self._texts[producer, codes] = {
                "alasan": "\n".join(item.keterangan for item in found),
                "tindak_lanjut": "\n".join(dict.fromkeys(item.tindak_lanjut for item in found)),
                "pelaku": "; ".join(dict.fromkeys(agencies)),
            }
        return self._texts[producer, codes]


def _texts(row: Mapping[str, Any]) -> dict[str, str]:
    return {name: "" if value is None else str(value) for name, value in row.items()}


# An address as one looks for it: by the name of its street, whatever kind of street it is called, then by its house number.
_NAMED = f"""regexp_replace(regexp_replace(upper(coalesce(alamat, '~')), '\\b({"|".join(sorted(ADDRESS_STOP))})\\b', ' ', 'g'),
    '[^A-Z0-9~]+', ' ', 'g')"""
# Each run of digits as six: 9 before 10.
_SOUGHT = rf"""trim(regexp_replace(regexp_replace({_NAMED}, '(\d+)', '00000\1', 'g'), '\d*(\d{{6}})', '\1', 'g'))"""
_HOUSE = "coalesce(no_kk, case when alamat is null then id_orang else urut_alamat end)"


def _arrange(con: duckdb.DuckDBPyConnection, plan: RunPlan, folder: Path, people: Path) -> None:
    """Temporary tables `isi_tugas` and `isi_prelist`: published rows with what the sources say of the person.

    What a visit answered is asked of nobody again.
    """
    for name in ("tugas", "prelist"):
        published = f"read_parquet({literal(folder / f'{name}.parquet')})"
        con.execute(f"create temp view {name}_terbit as select * from {published} where {_OPEN}")
    models = sorted({contract.stage_model for contract in plan.data.matched if not contract.of_places})
    arms = " union all ".join(
        f"""select record_key, producer, nik_bersih as nik, kk_bersih as no_kk, nama_bersih as nama,
        tgl_lahir::varchar as tgl_lahir, jk, coalesce(alamat_jalan, alamat_mentah) as alamat, rt, rw from {model}"""
        for model in models
    )
    con.execute(f"create temp view semua_dilihat as {arms}")
    con.execute(
        "create temp table dilihat as select * from semua_dilihat where record_key in (select record_key from tugas_terbit)"
    )
    con.execute(
        f"""create temp view orang_dilihat as
        select id_orang, nik, no_kk, nama, tgl_lahir::varchar as tgl_lahir, jk, alamat, rt, rw
        from read_parquet({literal(people)})"""
    )
    wilayah = "(select distinct kode_kelurahan, kelurahan from ref_wilayah)"
    names = ", ".join(f"case when t.jenis = 'rekaman' then d.{name} else o.{name} end as {name}" for name in _NAMES)
    con.execute(
        f"""create temp table isi_tugas as
        with rincian as (
            select record_key, string_agg(rule_id || ': ' || rincian, '; ' order by rule_id) as rincian
            from gap where rincian is not null and rincian <> '' group by record_key
        ),
        -- who is visited is visited where they live, whichever record asks for it
        ditempatkan as (
            select t.*, coalesce(t.producer, '{NOBODY}') as daftar,
                case when t.saluran = '{VISIT}' then p.kode_kelurahan else t.kode_kelurahan end as kelurahan_berkas,
                case when t.saluran = '{VISIT}' then '{NOBODY}' else coalesce(t.producer, '{NOBODY}') end as produsen_berkas
            from tugas_terbit t left join prelist_terbit p on p.id_orang = t.id_orang
        ),
        baris as (
            select t.id_tugas, t.id_orang, coalesce(t.record_key, '') as record_key, t.daftar as producer, t.saluran, t.kode,
                t.pemilik, t.tenggat, r.rincian, {names}, t.kelurahan_berkas as kode_kelurahan, w.kelurahan, t.produsen_berkas,
                coalesce(t.kelurahan_berkas, '~' || t.produsen_berkas) as tempat
            from ditempatkan t left join dilihat d on d.record_key = t.record_key
            left join orang_dilihat o on o.id_orang = t.id_orang
            left join rincian r on r.record_key = t.record_key
            left join {wilayah} w on w.kode_kelurahan = t.kelurahan_berkas
        )
        select *, {_SOUGHT} as urut_alamat from baris"""
    )
    con.execute(
        f"""create temp table isi_prelist as
        with baris as (
            select p.id_orang, p.kode_alasan as kode, p.tenggat, o.nik, o.no_kk, o.nama, o.tgl_lahir, o.jk, o.alamat, o.rt, o.rw,
                p.kode_kelurahan, w.kelurahan, '{NOBODY}' as produsen_berkas, coalesce(p.kode_kelurahan, '~{NOBODY}') as tempat
            from prelist_terbit p left join orang_dilihat o using (id_orang)
            left join {wilayah} w on w.kode_kelurahan = p.kode_kelurahan
        ),
        berurut as (select *, {_SOUGHT} as urut_alamat from baris),
        -- one house: one card in one RT, or one address where no card is known
        serumah as (
            select *, {_HOUSE} as kunci_rumah,
                min(urut_alamat) over (partition by tempat, rw, rt, {_HOUSE}) as urut_rumah
            from berurut
        ),
        rumah as (
            select *, dense_rank() over (
                partition by tempat order by rw nulls last, rt nulls last, urut_rumah, kunci_rumah
            ) as rumah from serumah
        )
        select *, row_number() over (partition by tempat, rumah order by tgl_lahir nulls last, id_orang) as orang_ke from rumah"""
    )
