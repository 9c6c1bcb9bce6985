"""The figures of the decree's documents: counted once by SQL over the frozen data sasaran of one revision.

Their wording is in `context`; the figures about deliveries and gaps are those of the review report.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from padanan.base.errors import PadananError, safe_reason
from padanan.base.sql import literal
from padanan.base.suppress import Cover
from padanan.published import groups, wilayah
from padanan.published.cells.people import WITHOUT_FAMILY, target_key
from padanan.published.groups import UNKNOWN, split_counts
from padanan.published.opened import Published
from padanan.published.report import Report

NEEDED = ("jk", "desil", "status_identitas", "id_keluarga", "kode_kota", "kode_kecamatan", "kode_kelurahan")
# Table -> the SQL of its key, and the keys that are shown even when nobody has them.
SPLITS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "jenis_kelamin": (groups.SEX, tuple(groups.SPLITS["jk"])),
    "umur": (groups.AGE, tuple(groups.SPLITS["umur"])),
    "desil": (f"coalesce(desil::varchar, '{UNKNOWN}')", ()),
    "status_identitas": ("status_identitas", ("terdaftar", "sementara_nik", "sementara")),
}
# Tables that the review report shows too: covered there, covered here.
REPORTED: Mapping[str, str] = {"jenis_kelamin": "jk", "umur": "umur"}


@dataclass(frozen=True)
class Count:
    """One line of a table: `cover` is set where too few people stand behind it, or behind what could be subtracted.

    `with_unknown`: the line counts those too of whom the table's value is not known, because they are few.
    """

    key: str
    value: int
    cover: Cover | None = None
    with_unknown: bool = False


@dataclass(frozen=True)
class Target:
    """The frozen data sasaran in figures. `splits` are tables whose lines add up to `people`."""

    people: int
    families: int
    without_family: Count
    day: date
    splits: Mapping[str, tuple[Count, ...]]
    tree: wilayah.Tree


def count_target(report: Report, snapshot: Path, name: Path) -> Target:
    """Counts a frozen snapshot.

    Args:
        report: the published revision it was frozen from: its small cells are covered by the same model as in the report,
            else two documents together would give away what each of them covers.
        snapshot: the frozen Parquet file.
        name: the file as its reader knows it, for messages.

    Raises:
        PadananError: the snapshot can't be read, lacks a column, or counts other people than the published revision.
    """
    source = report.source
    cure = "jangan memakai dokumen ini; pulihkan rancangan dari cadangan, atau bekukan revisi berikutnya"
    try:
        source.con.execute(f"create or replace temp view beku as select * from read_parquet({literal(snapshot)})")
        have = {row["column_name"] for row in source.rows("describe beku")}
    except duckdb.Error as error:
        raise PadananError(f"data sasaran beku tidak terbaca ({safe_reason(error)})", file=name, cure=cure) from None
    # A snapshot from before the names lay apart has the birth date in the place of the age group.
    born = groups.AGE not in have and "tgl_lahir" in have
    if missing := [column for column in (*NEEDED, *(() if born else (groups.AGE,))) if column not in have]:
        raise PadananError(f"data sasaran beku tanpa kolom {', '.join(missing)}", file=name, cure=cure)
    people = source.value("select count(*) from beku")
    _same_places(source, report.tree, people, name, cure)
    day = date.fromisoformat(str(source.manifest["cutoff"])[:10])
    without = source.value("select count(*) from beku where id_keluarga is null")
    return Target(
        people=people,
        families=source.value("select count(distinct id_keluarga) from beku"),
        without_family=Count(UNKNOWN, without, report.cells.mark(WITHOUT_FAMILY)),
        day=day,
        splits={name: _split(report, name, day, born=born) for name in SPLITS},
        tree=report.tree,
    )


def _split(report: Report, name: str, day: date, *, born: bool) -> tuple[Count, ...]:
    key, always = SPLITS[name]
    key = groups.BORN if born and key == groups.AGE else key
    cursor = report.source.con.execute(f"select {key}, count(*) from beku group by all", [day] if "$1" in key else [])
    found: dict[str, int] = dict.fromkeys(always, 0)
    found.update({str(row[0]): int(row[1]) for row in cursor.fetchall()})
    keys = [*always, *sorted((key for key in found if key not in always), key=_place)]
    if name in REPORTED:
        made = report.cells.split(REPORTED[name], split_counts(report.counts.groups, REPORTED[name]))
        if "sasaran" in made.merged:
            found[made.into] += found.pop(UNKNOWN)
        return tuple(
            Count(key, found[key], made.covered.get((key, "sasaran")), made.counts_unknown(key, "sasaran"))
            for key in keys
            if key in found
        )
    return tuple(Count(key, found[key], _mark(report, name, key, found[key])) for key in keys)


def _mark(report: Report, name: str, key: str, number: int) -> Cover | None:
    """What the model says of a count; nobody in it is said as such."""
    return report.cells.mark(target_key(name, key)) if number or report.cells.has(target_key(name, key)) else None


def _place(key: str) -> tuple[bool, int, str]:
    """Numbers by their value, then words, the unknown last."""
    return key == UNKNOWN, int(key) if key.isdigit() else 99, key


def _same_places(source: Published, tree: wilayah.Tree, people: int, name: Path, cure: str) -> None:
    """The frozen people by place are those of the published tables, on which the covering is computed."""
    counted: dict[wilayah.Path, int] = {}
    rows: list[dict[str, Any]] = source.rows(f"select {wilayah.PLACE}, count(*) as n from beku t {wilayah.JOINS} group by all")
    for row in rows:
        path = wilayah.ROOT
        counted[path] = counted.get(path, 0) + row["n"]
        for level in ("kota", "kecamatan", "kelurahan"):
            path = (*path, row[level])
            counted[path] = counted.get(path, 0) + row["n"]
            if row[level] == wilayah.UNKNOWN:
                break
    published = {node.path: node.values["sasaran"] for node in every(tree.root) if node.values["sasaran"]}
    if counted != published or counted.get(wilayah.ROOT, 0) != people:
        raise PadananError("data sasaran beku berbeda dari tabel terbitan revisi itu", file=name, cure=cure)


def every(node: wilayah.Node) -> Iterator[wilayah.Node]:
    """A place and all places below it."""
    yield node
    for child in node.children:
        yield from every(child)
