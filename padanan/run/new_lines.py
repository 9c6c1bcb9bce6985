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

from padanan.base.commit import building
from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError, no_space_guard
from padanan.base.format import day, fingerprint
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.base.sql import literal
from padanan.base.tabular import scratch
from padanan.contracts.feedback import load_catalogue, load_feedback
from padanan.contracts.field_parts import VISIT
from padanan.contracts.field_rules import load_field_rules
from padanan.feedback.asked_rows import WILAYAH
from padanan.feedback.lines import LINES, open_lines, revision_known
from padanan.feedback.reasons import words_of
from padanan.feedback.state import Moment, open_state
from padanan.feedback.told_rows import SHOWN, TOLD, tell
from padanan.forms import handover
from padanan.published.revisions import read_manifest
from padanan.review.worklist import asked, book
from padanan.review.worklist.rows import Place


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
    earlier, target = handover.later(home, handover.WORKLISTS, periode, revisi)
    given = set() if again else {str(name) for one in earlier for name in one.facts["garis"]}
    con = scratch(home)
    try:
        lines = _lines(con, home, today, home.published(periode, revisi) / "prelist.parquet", given)
    finally:
        con.close()
    if not lines:
        return None, {}
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
    open_state(con, home, load_feedback(), Moment(today, today))
    open_lines(con, home, load_catalogue(), today=today, known_at=today)
    con.execute("create table sudah (id_garis varchar)")
    if given:
        con.executemany("insert into sudah values (?)", [[one] for one in sorted(given)])
    con.execute(
        f"""create table baru as select * from {LINES} where id_garis not in (select id_garis from sudah)
        and id_orang not in (select id_orang from read_parquet({literal(prelist)}) where status = 'terbuka')"""
    )
    tell(con, home, load_feedback(), "select id_orang from baru")
    listed = ", ".join(f"s.{name}" for name in (*SHOWN, "tgl_lahir"))
    cursor = con.execute(
        f"""select b.id_orang, b.id_garis, b.kode_alasan, b.tenggat, b.pelaku, b.kode_kelurahan, w.kelurahan, {listed}
        from baru b left join {TOLD} s on s.id_orang = b.id_orang
        left join (select distinct kode_kelurahan, kelurahan from read_csv({literal(WILAYAH)}, all_varchar=true, header=true)) w
          on w.kode_kelurahan = b.kode_kelurahan
        order by b.kode_kelurahan nulls last, b.prioritas, b.tenggat, b.id_orang"""
    )
    names = [one[0] for one in cursor.description or ()]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _files(lines: list[dict[str, Any]], today: date) -> Iterator[tuple[Place, list[dict[str, str]], list[dict[str, str]]]]:
    """The rows of each workbook: people, and one task behind each."""
    rules = load_field_rules()
    by_place: dict[str | None, list[dict[str, Any]]] = {}
    for line in lines:
        by_place.setdefault(line["kode_kelurahan"], []).append(line)
    for code, found in by_place.items():
        people, tasks = [], []
        for number, line in enumerate(found, 1):
            codes = str(line["kode_alasan"]).split(",")
            row = {name: "" if line[name] is None else str(line[name]) for name in (*SHOWN, "tgl_lahir")}
            row |= {"id_orang": str(line["id_orang"]), "kode": str(line["kode_alasan"]), "rumah": str(number), "orang_ke": "1"}
            why = "; ".join(words_of(codes).values())
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
