"""Worklists of lines that came since the published ones: whom the feedback opened a line for, with what its own rows say of them.

Lines of the publication itself are `padanan/review/worklist`'s, and so is what a workbook looks like; how a line opens is
`padanan/feedback/lines`'.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from padanan.base.commit import building
from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError, no_space_guard
from padanan.base.format import day, fingerprint
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.base.sql import ident, literal
from padanan.base.tabular import scratch
from padanan.contracts import cells
from padanan.contracts.feedback import load_catalogue, load_feedback
from padanan.contracts.field_parts import VISIT
from padanan.contracts.field_rules import load_field_rules
from padanan.feedback.asked_rows import WILAYAH
from padanan.feedback.lines import LINES, open_lines, revision_known
from padanan.feedback.state import HOLDING, Moment, open_state
from padanan.forms import handover
from padanan.published.revisions import read_manifest
from padanan.records.ledger import manifests
from padanan.review.worklist import asked, book
from padanan.review.worklist.rows import Place

LATER = "susulan"
"""The counts, and the end of the folder's name, of worklists that follow those of a publication."""
_SHOWN = ("nik", "no_kk", "nama", "alamat", "rt", "rw", "jk")


def make_new(
    home: Home, *, now: datetime, expires: date | None = None, again: bool = False
) -> tuple[Path | None, Mapping[str, Any]]:
    """Writes `worklists/<period>/rev-<n>-susulan-<k>/`: a workbook a kelurahan with each open line that no workbook had yet.

    They bear the running revision's stamp, so they come back as its own do. A line that was answered and opened again is another
    one, and comes again.

    Args:
        expires: the last day on which the files may exist; by default today and the days of `lapangan.yaml`.
        again: also lines that an earlier folder of this revision had.

    Returns:
        The folder and its manifest; None and nothing where no line came.

    Raises:
        PadananError: nothing is published yet; an event, the register or the publication was changed; or lines and rows differ.
    """
    today = now.astimezone(JAKARTA).date()
    running = revision_known(home, today)
    if running is None:
        raise PadananError("belum ada revisi terbit", cure="jalankan job padanan_periode")
    periode, revisi, _ = running
    manifest = read_manifest(home, periode, revisi)
    stamp = book.Stamp.of(periode.label, revisi, manifest)
    base = handover.folder_of(home, handover.WORKLISTS, periode, revisi)
    earlier = [one for one in handover.issues(home) if one.folder.name.startswith(f"{base.name}-{LATER}-")]
    given = set() if again else {str(name) for one in earlier for name in one.facts["garis"]}
    con = scratch(home)
    try:
        lines = _lines(con, home, today, home.published(periode, revisi) / "prelist.parquet", given)
    finally:
        con.close()
    if not lines:
        return None, {}
    target = base.with_name(f"{base.name}-{LATER}-{len(earlier) + 1}")
    with building(target.parent) as folder, no_space_guard("daftar kerja lapangan"):
        files: dict[str, dict[str, Any]] = {}
        for place, people, tasks in _files(lines, today):
            path = folder / f"{place.stem}.xlsx"
            named = f"Kelurahan {place.name}" if place.code else "tanpa kelurahan"
            files[path.name] = {**book.write(path, named, stamp, tasks, people), "sha256": file_sha256(path)}
        written = sum(int(one["prelist"]) for one in files.values())
        if written != len(lines):
            raise PadananError(
                f"daftar kerja tidak utuh: {len(lines)} baris baru, tertulis {written}",
                file=handover.WORKLISTS,
                cure="laporkan kepada pengelola sistem",
            )
        facts = {
            "periode": periode.label,
            "revisi": revisi,
            "sidik_kontrak": manifest["expectations_version"],
            "inputs_hash": manifest["inputs_hash"],
            "dibuat": today.isoformat(),
            "kedaluwarsa": handover.last_day(now, load_field_rules().berlaku_hari, expires).isoformat(),
            "jumlah": {"prelist": written},
            "garis": sorted(str(one["id_garis"]) for one in lines),
            "berkas": files,
        }
        handover.place(home, handover.WORKLISTS, folder, target, facts, now)
    return target, facts


def _lines(con: duckdb.DuckDBPyConnection, home: Home, today: date, prelist: Path, given: set[str]) -> list[dict[str, Any]]:
    """Open lines of people whom the publication's worklists do not have, with what the newest row about each says."""
    contracts = load_feedback()
    open_state(con, home, contracts, Moment(today, today))
    open_lines(con, home, load_catalogue(), today=today, known_at=today)
    con.execute("create table sudah (id_garis varchar)")
    if given:
        con.executemany("insert into sudah values (?)", [[one] for one in sorted(given)])
    con.execute(
        f"""create table baru as select * from {LINES} where id_garis not in (select id_garis from sudah)
        and id_orang not in (select id_orang from read_parquet({literal(prelist)}) where status = 'terbuka')"""
    )
    con.execute(
        f"""create table asal as select h.id_orang, h.kontrak, h.sha16, h.baris, h.terjadi, h.id_peristiwa from {HOLDING} h
        where h.id_orang in (select id_orang from baru)"""
    )
    told = " union all ".join(
        [f"select null::varchar as id_orang, {_nothing()}, null::date as terjadi, null::varchar as id_peristiwa where false"]
        + [arm for contract_id in contracts for arm in _told(con, home, contract_id)]
    )
    listed = ", ".join(f"s.{name}" for name in (*_SHOWN, "tgl_lahir"))
    cursor = con.execute(
        f"""with sebutan as (
          select * from ({told}) qualify row_number() over (
            partition by id_orang order by (nama is not null) desc, terjadi desc, id_peristiwa desc) = 1)
        select b.id_orang, b.id_garis, b.kode_alasan, b.tenggat, b.pelaku, b.kode_kelurahan, w.kelurahan, {listed}
        from baru b left join sebutan s on s.id_orang = b.id_orang
        left join (select distinct kode_kelurahan, kelurahan from read_csv({literal(WILAYAH)}, all_varchar=true, header=true)) w
          on w.kode_kelurahan = b.kode_kelurahan
        order by b.kode_kelurahan nulls last, b.prioritas, b.tenggat, b.id_orang"""
    )
    names = [one[0] for one in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _nothing() -> str:
    return ", ".join(f"null::varchar as {name}" for name in _SHOWN) + ", null::date as tgl_lahir"


def _told(con: duckdb.DuckDBPyConnection, home: Home, contract_id: str) -> Iterator[str]:
    """What landed rows of a contract say of the people; a delivery whose content went by retention says nothing."""
    wanted = {one[0] for one in con.execute("select distinct sha16 from asal where kontrak = ?", [contract_id]).fetchall()}
    for item in manifests(home, contract_id) if wanted else ():
        part = Path(item["folder"]) / "part.parquet"
        if item["sha16"] not in wanted or not part.exists():
            continue
        names = set(pq.read_schema(part).names)
        if "nama" not in names:
            continue
        shown = {name: f"trim(p.{ident(name)})" if name in names else "null::varchar" for name in _SHOWN}
        shown["nik"] = cells.sixteen("p.nik") if "nik" in names else "null::varchar"
        born = cells.day("p.tgl_lahir") if "tgl_lahir" in names else "null::date"
        listed = ", ".join(f"{sql} as {name}" for name, sql in shown.items())
        yield (
            f"select a.id_orang, {listed}, {born} as tgl_lahir, a.terjadi, a.id_peristiwa from asal a "
            f"join read_parquet({literal(part)}, hive_partitioning = false) p on p._baris = a.baris "
            f"where a.kontrak = {literal(contract_id)} and a.sha16 = {literal(str(item['sha16']))}"
        )


def _files(lines: list[dict[str, Any]], today: date) -> Iterator[tuple[Place, list[dict[str, str]], list[dict[str, str]]]]:
    """The rows of each workbook: people, and one task behind each."""
    openings = load_catalogue().garis
    rules = load_field_rules()
    by_place: dict[str | None, list[dict[str, Any]]] = {}
    for line in lines:
        by_place.setdefault(line["kode_kelurahan"], []).append(line)
    for code, found in by_place.items():
        people, tasks = [], []
        for number, line in enumerate(found, 1):
            codes = str(line["kode_alasan"]).split(",")
            row = {name: "" if line[name] is None else str(line[name]) for name in (*_SHOWN, "tgl_lahir")}
            row |= {"id_orang": str(line["id_orang"]), "kode": str(line["kode_alasan"]), "rumah": str(number), "orang_ke": "1"}
            why = "; ".join(openings[one].alasan if one in openings else one.replace("_", " ") for one in codes)
            ask = asked.question(row, codes, rules.pertanyaan, today) or f"Apakah {asked.addressed(row, today)} tinggal di sini?"
            row |= {
                "orang": asked.card(row, f"{number}.1"),
                "tanya": f"{why}. {ask}",
                "tenggat": day(line["tenggat"]),
            }
            people.append(row)
            who = str(line["pelaku"] or "")
            tasks.append(
                row
                | {
                    "id_tugas": fingerprint(str(line["id_garis"])[:16]), "saluran": VISIT, "alasan": why, "rincian": "",
                    "sumber": "Umpan balik", "tindak_lanjut": "verifikasi dan validasi lapangan", "pemilik": who, "pelaku": who,
                    "record_key": "",
                }
            )  # fmt: skip
        yield Place(code, line_name(found[0]), "umpan-balik"), people, tasks


def line_name(line: Mapping[str, Any]) -> str:
    """The kelurahan of a line, for people."""
    return str(line["kelurahan"] or "tanpa kelurahan")
