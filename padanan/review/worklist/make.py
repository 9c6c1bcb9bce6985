"""Makes the worklists of a revision: every task in exactly one file, the files together all tasks, put into place as a whole.

Rows come from `rows`, workbooks from `book`; who receives a file stands in `padanan/forms/handover`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from padanan.base.commit import building
from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError, no_space_guard
from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode
from padanan.base.side_by_side import processes_for, spread
from padanan.forms import handover
from padanan.review.worklist import book, tkpk
from padanan.review.worklist.rows import Rows, newest_plan

KIND = handover.WORKLISTS
EVERY = 50


def make(
    home: Home,
    periode: Periode,
    revisi: int | None = None,
    *,
    now: datetime,
    expires: date | None = None,
    again: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[Path, dict[str, Any]]:
    """Writes `worklists/<period>/rev-<n>/` with one workbook a kelurahan, the rest by producer, and TKPK's by kecamatan.

    Args:
        expires: the last day on which the files may exist; by default today and the days of `lapangan.yaml`.
        again: make the files anew although they stand or have expired.

    Returns:
        The folder and its manifest; files that stand already are left alone.

    Raises:
        PadananError: see `newest_plan`; or the files do not add up to the published tables; nothing is put into place then.
    """
    plan, published = newest_plan(home, periode, revisi)
    target = handover.folder_of(home, KIND, periode, plan.revisi)
    standing = handover.standing(home, KIND, periode, plan.revisi, again=again)
    if standing and not again:
        return target, dict(standing.facts)
    last_day = handover.last_day(now, plan.data.lapangan.berlaku_hari, expires)
    stamp = book.Stamp(periode.label, plan.revisi, plan.data.expectations_version, plan.cutoff)
    with building(target.parent) as temporary, no_space_guard("daftar kerja lapangan"):
        with Rows(home, plan, published) as rows:
            expected = rows.totals()
            files = _files(rows, temporary, stamp, processes_for(sum(expected.values())), progress)
            # Tables of before TKPK's list was published have none of it.
            if (published / "daftar_belum_masuk.parquet").exists():
                lists = tkpk.Lists(rows.con, plan, published)
                waiting = lists.totals()
                files |= _lists(lists, temporary, stamp, processes_for(sum(waiting.values())), progress)
                expected |= waiting
            _account(expected, files)
        facts = {
            "periode": periode.label,
            "revisi": plan.revisi,
            "sidik_kontrak": plan.data.expectations_version,
            "inputs_hash": plan.inputs_hash,
            "dibuat": now.astimezone(JAKARTA).date().isoformat(),
            "kedaluwarsa": last_day.isoformat(),
            "jumlah": {name: _written(files, name) for name in expected},
            "berkas": files,
        }
        handover.place(home, KIND, temporary, target, facts, now)
    return target, facts


@dataclass(frozen=True)
class _File:
    """One workbook to be written, with all that a process of its own needs for it; `place` is what its kind of book asks for."""

    path: Path
    place: Any
    stamp: book.Stamp
    rows: Mapping[str, list[dict[str, str]]]


def _write_tasks(file: _File) -> tuple[str, dict[str, Any]]:
    place = file.place
    named = f"Kelurahan {place.name}" if place.code else f"tanpa kelurahan, {place.name}"
    counts = book.write(file.path, named, file.stamp, file.rows["tasks"], file.rows["people"])
    return file.path.name, {**counts, "sha256": file_sha256(file.path)}


def _write_list(file: _File) -> tuple[str, dict[str, Any]]:
    counts = tkpk.write(file.path, file.place, file.stamp, file.rows)
    return file.path.name, {**counts, "sha256": file_sha256(file.path)}


def _files(
    rows: Rows, folder: Path, stamp: book.Stamp, processes: int, progress: Callable[[str], None]
) -> dict[str, dict[str, Any]]:
    asked = (
        _File(folder / f"{leaf.place.stem}.xlsx", leaf.place, stamp, {"tasks": leaf.tasks, "people": leaf.people})
        for leaf in rows.files()
    )
    files = {}
    for number, (name, facts) in enumerate(spread(_write_tasks, asked, processes), 1):
        files[name] = facts
        if number % EVERY == 0:
            progress(f"{number} berkas ditulis")
    return files


def _lists(
    lists: tkpk.Lists, folder: Path, stamp: book.Stamp, processes: int, progress: Callable[[str], None]
) -> dict[str, dict[str, Any]]:
    asked = (_File(folder / f"{place.stem}.xlsx", place, stamp, rows) for place, rows in lists.files())
    files = dict(spread(_write_list, asked, processes))
    progress(f"{len(files)} berkas TKPK ditulis")
    return files


def _written(files: dict[str, dict[str, Any]], name: str) -> int:
    return sum(item.get(name, 0) for item in files.values())


def _account(expected: dict[str, int], files: dict[str, dict[str, Any]]) -> None:
    """Rows written, counted by the sheets, against rows published, counted by a query."""
    for name, published in expected.items():
        written = _written(files, name)
        if written != published:
            raise PadananError(
                f"daftar kerja tidak utuh: {name} terbit {published}, tertulis {written}",
                file=KIND,
                cure="jalankan ulang job padanan_periode; bila tetap begitu, laporkan kepada pengelola sistem",
            )
