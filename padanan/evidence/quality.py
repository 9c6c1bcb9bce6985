"""How good the padanan by evidence is in a run: figures of each list, and the match rate of groups of people.

Thresholds and figures come from `padanan/linkage`; what a warning does belongs to `orchestration/`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from padanan.base import disk
from padanan.base.sql import literal
from padanan.base.tabular import copy_to
from padanan.evidence import sources
from padanan.linkage import LinkageConfig, LinkResult
from padanan.linkage.measure import by_group, wilson

SCHEMA = pa.schema(
    [
        ("producer", pa.string()),
        ("jenis", pa.string()),
        ("nama", pa.string()),
        ("n", pa.int64()),
        ("nilai", pa.float64()),
        ("bawah", pa.float64()),
        ("atas", pa.float64()),
        ("peringatan", pa.bool_()),
    ]
)
ALL = "semua"
_MEASURES = ("kelengkapan_pasangan", "rasio_reduksi", "presisi_harapan", "recall_harapan", "f1_terbaik_harapan")


def arrange(
    con: duckdb.DuckDBPyConnection,
    results: Mapping[str, tuple[list[sources.Listing], LinkResult]],
    listings: Sequence[sources.Listing],
    config: LinkageConfig,
    day: date,
    work: Path,
) -> None:
    """Table `ukuran`: rows of `SCHEMA`, `jenis` 'ukuran' (figures of a list), 'kelompok' (percent matched of a group) or
    'klerikal' (people's answers as truth, shares)."""
    rows: list[dict[str, Any]] = []
    for items, result in results.values():
        for item in items:
            rows += _figures(item, result)
    for producer, status, n in con.execute(
        """select r.producer, coalesce(t.status, 'padan_nik'), count(*) from rekaman r left join tautan t using (record_key)
        where not r.acuan group by 1, 2"""
    ).fetchall():
        rows.append(_row(producer, "ukuran", f"rekaman_{status}", n=n, value=float(n)))
    totals: dict[str, list[int]] = {}
    for item in listings:
        for group in _groups(con, item, config, day, work):
            rows.append(_group_row(item.id, group, bool(group["peringatan"])))
            sums = totals.setdefault(group["kelompok"], [0, 0])
            sums[0] += group["n"]
            sums[1] += group["padan"]
    overall = totals[ALL][1] / totals[ALL][0] if totals.get(ALL, [0])[0] else float("nan")
    for name, (n, hits) in totals.items():
        low, high = (100 * limit for limit in wilson(hits, n))
        group = {"kelompok": name, "n": n, "persen": 100 * hits / n, "bawah": low, "atas": high}
        rows.append(_group_row(ALL, group, n >= config.group_min and high < 100 * overall - config.group_points))
    con.register("ukuran_masuk", pa.Table.from_pylist(rows, schema=SCHEMA))
    con.execute("create temp table ukuran as select * from ukuran_masuk")
    con.unregister("ukuran_masuk")


def _groups(
    con: duckdb.DuckDBPyConnection, item: sources.Listing, config: LinkageConfig, day: date, work: Path
) -> list[dict[str, Any]]:
    path = work / "kelompok.parquet"
    copy_to(
        con,
        f"""select record_key, nama_bersih, jk, kk_bersih, kode_kelurahan, tgl_lahir from {item.model}
        where producer = {literal(item.id)}""",
        path,
    )
    matched = con.sql(
        """select r.record_key, coalesce(t.status, 'padan_nik') in ('padan_nik', 'padan_bukti') as padan
        from rekaman r left join tautan t using (record_key) where r.producer = ?""",
        params=[item.id],
    ).to_arrow_table()
    got: list[dict[str, Any]] = by_group(path, matched, day.isoformat(), config).to_pylist()
    disk.unlink(path)
    return got


def _figures(item: sources.Listing, result: LinkResult) -> list[dict[str, Any]]:
    limits = result.thresholds
    values = {name: float(result.measures[name]) for name in _MEASURES}
    values |= {
        "ambang_otomatis_bit": limits.upper / 100,
        "ambang_klerikal_bit": limits.lower / 100,
        "label": float(limits.labels),
    }
    return [_row(item.id, "ukuran", name, value=value) for name, value in values.items()] + _clerical(item, result)


def _clerical(item: sources.Listing, result: LinkResult) -> list[dict[str, Any]]:
    """What people decided as truth for the model alone, of the lists judged together; no rows before anybody has decided."""
    seen = result.clerical
    padan, bukan = int(seen.get("padan", 0)), int(seen.get("bukan", 0))
    if not padan + bukan:
        return []
    rows = [_row(item.id, "klerikal", "padan", n=padan, value=float(padan))]
    rows.append(_row(item.id, "klerikal", "bukan", n=bukan, value=float(bukan)))
    for at in ("otomatis", "klerikal"):
        hits, taken = int(seen[f"padan_{at}"]), int(seen[f"padan_{at}"] + seen[f"bukan_{at}"])
        shares = (("presisi", hits, taken), ("recall", hits, padan), ("f1", 2 * hits, taken + padan))
        for name, part, whole in shares:
            low, high = wilson(part, whole) if name != "f1" else (math.nan, math.nan)
            value = part / whole if whole else None
            rows.append(_row(item.id, "klerikal", f"{name}_{at}", n=whole, value=value, low=low, high=high))
    return rows


def _group_row(producer: str, group: Mapping[str, Any], warn: bool) -> dict[str, Any]:
    n, value, low, high = (group[name] for name in ("n", "persen", "bawah", "atas"))
    return _row(producer, "kelompok", group["kelompok"], n=n, value=value, low=low, high=high, warn=warn)


def _row(
    producer: str,
    kind: str,
    name: str,
    *,
    n: int | None = None,
    value: float | None = None,
    low: float | None = None,
    high: float | None = None,
    warn: bool = False,
) -> dict[str, Any]:
    def clean(number: float | None) -> float | None:
        return None if number is None or not math.isfinite(number) else round(number, 6)

    return {
        "producer": producer,
        "jenis": kind,
        "nama": name,
        "n": n,
        "nilai": clean(value),
        "bawah": clean(low),
        "atas": clean(high),
        "peringatan": warn,
    }
