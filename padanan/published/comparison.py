"""Two revisions side by side: who of the data sasaran came in, went out or changed, counted by what happened and by its cause.

It counts people, set-based on `id_orang`; which counts are covered is decided in `cells`, drawing belongs to the report.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.base.tabular import scratch
from padanan.published.pseudonyms import today

CAME_IN, WENT_OUT, CHANGED = DIRECTIONS = ("masuk", "keluar", "berubah")
DIRECTION_TEXT = {CAME_IN: "Masuk", WENT_OUT: "Keluar", CHANGED: "Tetap terpilih, datanya berubah"}
# What happened to the person; a criterion stands as `kriteria:<id>`.
REASON_TEXT = {
    "tautan_berubah": "tautan rekaman ke orang berubah",
    "orang_baru": "orang yang belum ada sebelumnya",
    "orang_hilang": "orang yang tidak lagi disebut sumber mana pun",
    "desil_berubah": "desil berubah",
    "wilayah_berubah": "wilayah berubah",
    "identitas_berubah": "status identitas berubah",
    "keluarga_berubah": "kartu keluarga berubah",
    "data_berubah": "isian lain berubah",
}
# Which input explains it; the first that can.
CAUSE_TEXT = {
    "putusan": "keputusan petugas",
    "kiriman": "kiriman baru atau diganti",
    "aturan": "versi aturan, kontrak atau kriteria",
    "kode": "versi program",
    "tidak_dijelaskan": "tidak dijelaskan",
}
_KINDS = {
    "desil_berubah": ("desil",),
    "wilayah_berubah": ("kode_kelurahan", "kode_kota"),
    "identitas_berubah": ("status_identitas",),
    "keluarga_berubah": ("id_keluarga",),
    # Since the names lie apart a keyed hash of NIK, name and birth date stands for them.
    "data_berubah": ("nik", "nama", "tgl_lahir", "sidik_identitas", "jk", "bendera", "program", "kombinasi"),
}


@dataclass(frozen=True)
class Comparison:
    """Counts of people between two revisions.

    Attributes:
        counts: Arrow table (arah, alasan, sebab, kode_kota, jumlah); one person stands in one row; kode_kota may be "".
        before, after: (period, revision).
        selected: people selected before and after.
        inputs: what differs between the two manifests, as lines for a person.
    """

    before: tuple[Periode, int]
    after: tuple[Periode, int]
    counts: pa.Table
    selected: tuple[int, int]
    inputs: tuple[str, ...]

    def total(self, direction: str) -> int:
        """People of one direction."""
        return sum(row["jumlah"] for row in self.rows(direction))

    def rows(self, direction: str) -> list[dict[str, Any]]:
        """The counts of one direction (few rows: causes times kota)."""
        return [row for row in self.counts.to_pylist() if row["arah"] == direction]


def compare(home: Home, before: tuple[Periode, int], after: tuple[Periode, int]) -> Comparison:
    """Compares two published revisions, of one period or of two.

    Raises:
        PadananError: one is not published, or both are the same.
    """
    if before == after:
        raise PadananError("revisi dibandingkan dengan dirinya sendiri", cure="sebut dua revisi yang berbeda")
    old, new = (_manifest(home, *side) for side in (before, after))
    con = scratch(home)
    try:
        for side, which, other in (("lama", before, new), ("baru", after, old)):
            for name in ("sasaran", "padanan_record", "padanan_orang"):
                con.execute(f"create view {side}_{name} as select * from {today(home, con, which, name, other=other)}")
        _touched(con, old, new)
        con.execute(_people(con))
        counts = con.sql(
            f"""select arah, alasan, case {_cause(old, new)} end as sebab, coalesce(kode_kota, '') as kode_kota,
            count(*)::bigint as jumlah from perubahan left join sebab_orang using (id_orang) group by all order by all"""
        ).to_arrow_table()
        selected = tuple(
            int(con.execute(f"select count(*) from {side}_sasaran where terpilih").fetchall()[0][0]) for side in ("lama", "baru")
        )
    finally:
        con.close()
    return Comparison(before, after, counts, (selected[0], selected[1]), tuple(_inputs(old, new)))


def _manifest(home: Home, periode: Periode, revisi: int) -> Mapping[str, Any]:
    path: Path = home.published(periode, revisi) / "manifest.json"
    if not path.exists():
        raise PadananError(
            f"revisi {revisi} periode {periode} belum terbit",
            file=path.parent.relative_to(home.root),
            cure="lihat revisi yang ada dengan 'padanan verify'",
        )
    data: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return data


def _deliveries(manifest: Mapping[str, Any]) -> set[tuple[str, str]]:
    return {(item["contract"], item["sha16"]) for item in manifest["deliveries"]}


def _touched(con: duckdb.DuckDBPyConnection, old: Mapping[str, Any], new: Mapping[str, Any]) -> None:
    """Table `sebab_orang`(id_orang, pindah, diputus, kiriman): people whose links, decisions or deliveries differ."""
    for side, own, other in (("lama", old, new), ("baru", new, old)):
        pairs = sorted(_deliveries(own) - _deliveries(other))
        con.register(
            f"{side}_kiriman",
            pa.table(
                {"producer": [pair[0] for pair in pairs], "delivery": [pair[1] for pair in pairs]},
                schema=pa.schema([("producer", pa.string()), ("delivery", pa.string())]),
            ),
        )
        method = "metode" if _has(con, f"{side}_padanan_record", "metode") else "null"
        con.execute(
            f"""create table {side}_tautan as
            select producer, entity_key, id_orang, bool_or(coalesce({method} = 'klerikal', false)) as klerikal,
                bool_or(k.delivery is not null) as kiriman
            from {side}_padanan_record r left join {side}_kiriman k using (producer, delivery)
            where id_orang is not null group by all"""
        )
    con.execute(
        """create table sebab_orang as
        with a as (select * from lama_tautan), b as (select * from baru_tautan),
        pindah as (
            select id_orang from a anti join b using (producer, entity_key, id_orang) semi join b using (producer, entity_key)
            union
            select id_orang from b anti join a using (producer, entity_key, id_orang) semi join a using (producer, entity_key)
        ),
        diputus as (
            select distinct unnest([a.id_orang, b.id_orang]) as id_orang from a join b using (producer, entity_key)
            where a.klerikal <> b.klerikal
        ),
        kiriman as (select id_orang from a where kiriman union select id_orang from b where kiriman)
        select id_orang, p.id_orang is not null as pindah, d.id_orang is not null as diputus, k.id_orang is not null as kiriman
        from (from pindah union from diputus union from kiriman)
        left join pindah p using (id_orang) left join diputus d using (id_orang) left join kiriman k using (id_orang)"""
    )


def _has(con: duckdb.DuckDBPyConnection, view: str, column: str) -> bool:
    return column in {row[0] for row in con.execute(f"describe {view}").fetchall()}


def _people(con: duckdb.DuckDBPyConnection) -> str:
    """Table `perubahan`(id_orang, arah, alasan, kode_kota); older publications may lack a column, which then can't differ."""

    def differs(columns: tuple[str, ...]) -> str:
        shared = [name for name in columns if all(_has(con, f"{side}_sasaran", name) for side in ("lama", "baru"))]
        return " or ".join(f"l.{name} is distinct from b.{name}" for name in shared) or "false"

    changes = {kind: differs(columns) for kind, columns in _KINDS.items()}
    kinds = " ".join(f"when {test} then '{kind}'" for kind, test in changes.items())
    desil = changes["desil_berubah"]
    return f"""create table perubahan as
        with semua as (
            select coalesce(l.id_orang, b.id_orang) as id_orang,
                l.id_orang is not null as ada_lama, b.id_orang is not null as ada_baru,
                coalesce(l.terpilih, false) as lama, coalesce(b.terpilih, false) as baru,
                l.kriteria_gagal as gagal_lama, b.kriteria_gagal as gagal_baru, {desil} as beda_desil,
                case {kinds} end as isian
            from lama_sasaran l full join baru_sasaran b using (id_orang)
        )
        select s.id_orang,
            case when baru and not lama then '{CAME_IN}' when lama and not baru then '{WENT_OUT}' else '{CHANGED}' end as arah,
            case
                when lama and baru then isian
                when not (ada_lama and ada_baru) then
                    case when coalesce(t.pindah, false) then 'tautan_berubah' when baru then 'orang_baru' else 'orang_hilang' end
                when beda_desil then 'desil_berubah'
                else 'kriteria:' || coalesce(gagal_lama, gagal_baru)
            end as alasan,
            case when baru then ob.kode_kota else ol.kode_kota end as kode_kota
        from semua s left join sebab_orang t using (id_orang)
        left join lama_padanan_orang ol using (id_orang) left join baru_padanan_orang ob using (id_orang)
        where lama <> baru or (lama and baru and isian is not null)"""


def _cause(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """The SQL branches from the most direct cause to the widest; only inputs that differ can explain anything."""

    def changed(name: str) -> bool:
        return old.get(name) != new.get(name)

    branches = []
    if changed("decisions_version"):
        branches.append("when coalesce(diputus, false) or (coalesce(pindah, false) and not kiriman) then 'putusan'")
    branches.append("when coalesce(kiriman, false) then 'kiriman'")
    if changed("expectations_version") or changed("kriteria_versi"):
        branches.append("else 'aturan'")
    elif changed("code_version"):
        branches.append("else 'kode'")
    elif _deliveries(old) != _deliveries(new):
        # Nothing but deliveries differs: a person none of them names changed through somebody else's record.
        branches.append("else 'kiriman'")
    elif changed("decisions_version"):
        branches.append("else 'putusan'")
    else:
        branches.append("else 'tidak_dijelaskan'")
    return " ".join(branches)


def _inputs(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    before, after = _deliveries(old), _deliveries(new)
    periods = {(item["contract"], item["sha16"]): item["periode_data"] for item in (*old["deliveries"], *new["deliveries"])}
    lines = []
    for producer in sorted({pair[0] for pair in before ^ after}):
        gone, come = (len({pair for pair in side if pair[0] == producer}) for side in (before - after, after - before))
        months = sorted({periods[pair] for pair in before ^ after if pair[0] == producer})
        lines.append(f"kiriman {producer}: {gone} diganti atau tidak dibaca lagi, {come} baru (periode data {', '.join(months)})")
    names = {
        "decisions_version": "keputusan petugas",
        "expectations_version": "aturan, kontrak atau kriteria",
        "code_version": "program",
        "kriteria_versi": "versi kriteria",
        "key_id": "kunci pseudonim",
    }
    lines += [f"{text} berbeda" for name, text in names.items() if old.get(name) != new.get(name)]
    fresh = [item for item in new.get("permintaan", ()) if item not in old.get("permintaan", ())]
    lines += [f"{item['jenis']} diminta atas revisi {item['dari_revisi']}: {'; '.join(item['alasan'])}" for item in fresh]
    return lines


def reason_text(reason: str) -> str:
    """What happened, as people read it."""
    if reason.startswith("kriteria:"):
        return f"kriteria {reason.removeprefix('kriteria:').replace('_', ' ')}"
    return REASON_TEXT[reason]
