"""How good a result is, against truth or clerical labels: precision, recall, F1, calibration, and by group of people.

Thresholds are not chosen here; a figure whose denominator is 0 is NaN, never 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa

from padanan.base.sql import literal
from padanan.linkage import inputs, prepare
from padanan.linkage.config import LinkageConfig
from padanan.linkage.result import AUTOMATIC, LinkResult

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Quality:
    """Measures of one result.

    Attributes:
        precision, recall, f1: of automatic links.
        best_f1, best_at: largest F1 over thresholds on the best candidate, and its weight in bits.
        chosen_f1: F1 at the threshold the labels chose as F1-maximal, without looking at this truth.
        absent_matched: share of records without a person that were linked automatically.
        completeness: share of true pairs among the stored candidates' best (see `LinkResult.measures` for blocking's own).
        records, persons, absent: records judged, of which with and without a person.
    """

    precision: float
    recall: float
    f1: float
    best_f1: float
    best_at: float
    chosen_f1: float
    absent_matched: float
    records: int
    persons: int
    absent: int


def evaluate(result: LinkResult, truth: pa.Table) -> Quality:
    """Measures against truth.

    Args:
        result: of `link`.
        truth: (record_key, register_key or NULL) of every record; others than the result's are ignored.
    """
    con = duckdb.connect()
    con.register("hasil", result.records)
    con.register("benar", truth)
    got = con.execute(
        """select h.record_key, h.status, h.register_key, h.calon_key, coalesce(h.bobot, -1e9) as bobot, b.register_key as benar
        from hasil h join benar b using (record_key) order by bobot desc, h.record_key"""
    ).df()
    con.close()
    persons = got[got["benar"].notna()]
    links = got[got["register_key"].notna()]
    true = pd.MultiIndex.from_frame(persons[["record_key", "benar"]].rename(columns={"benar": "register_key"}))
    made = pd.MultiIndex.from_frame(links[["record_key", "register_key"]])
    ok = (got["calon_key"].notna() & (got["calon_key"] == got["benar"])).to_numpy(dtype=bool)
    weight = got["bobot"].to_numpy(dtype=float)
    hits, taken = np.cumsum(ok), np.arange(1, len(ok) + 1)
    f1 = 2 * hits / np.maximum(taken + len(persons), 1)
    f1 = np.where(weight > -1e8, f1, 0.0)
    absent = got[got["benar"].isna()]
    nan = float("nan")
    chosen = np.flatnonzero(weight >= result.thresholds.best_at / 100)
    import recordlinkage as rl  # two seconds of sklearn and scipy: only who measures pays them

    precision = float(rl.precision(true, made)) if len(made) and len(true) else nan
    recall = float(rl.recall(true, made)) if len(true) else nan
    return Quality(
        precision=precision,
        recall=recall,
        f1=float(rl.fscore(true, made)) if len(made) and len(true) else nan,
        best_f1=float(f1.max()) if len(f1) else nan,
        best_at=float(weight[int(f1.argmax())]) if len(f1) else nan,
        chosen_f1=float(f1[chosen[-1]]) if len(chosen) else nan,
        absent_matched=float((absent["status"] == AUTOMATIC).mean()) if len(absent) else nan,
        records=len(got),
        persons=len(persons),
        absent=len(absent),
    )


def reduction_ratio(pairs: int, left: int, right: int) -> float:
    """Share of the product that blocking left out (recordlinkage's measure)."""
    import recordlinkage as rl

    return float(rl.reduction_ratio(pairs, [range(left), range(right)])) if left and right else float("nan")


def calibration(probability: Floats, correct: Bools, bins: int = 10) -> pa.Table:
    """Stated against true share by bin: batas_bawah, batas_atas, n, dinyatakan, benar (the last two NaN when n = 0)."""
    edges = np.linspace(0.0, 1.0, bins + 1)
    place = np.clip(np.digitize(probability, edges[1:-1]), 0, bins - 1)
    n = np.bincount(place, minlength=bins)
    with np.errstate(invalid="ignore", divide="ignore"):
        stated = np.bincount(place, weights=probability, minlength=bins) / n
        real = np.bincount(place, weights=correct.astype(float), minlength=bins) / n
    return pa.table({"batas_bawah": edges[:-1], "batas_atas": edges[1:], "n": n, "dinyatakan": stated, "benar": real})


def expected_error(table: pa.Table, least: int) -> tuple[float, float]:
    """(expected calibration error, largest gap) of `calibration`'s bins that hold at least so many pairs; NaN without any.

    The error is the mean of |stated − true| over the pairs of those bins (Naeini, Cooper, Hauskrecht 2015).
    """
    n, stated, real = (table.column(name).to_numpy() for name in ("n", "dinyatakan", "benar"))
    here = n >= least
    if not here.any():
        return float("nan"), float("nan")
    gap = np.abs(stated - real)[here]
    return float((gap * n[here]).sum() / n[here].sum()), float(gap.max())


def wilson(hits: float, n: float, z: float = 1.959964) -> tuple[float, float]:
    """95% interval of a share (Wilson); NaN when n = 0."""
    if n <= 0:
        return float("nan"), float("nan")
    p = hits / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * float(np.sqrt(p * (1 - p) / n + z * z / (4 * n * n))) / (1 + z * z / n)
    return middle - half, middle + half


_GROUPS = (
    ("semua", "true"),
    ("nama satu kata", "nama_bersih is not null and position(' ' in trim(nama_bersih)) = 0"),
    ("perempuan", "jk = 'P'"),
    ("usia di atas 60", "date_diff('day', tgl, acuan) > 60 * 365.25"),
    ("anak", "date_diff('day', tgl, acuan) < 18 * 365.25"),
    ("tanpa KK", "kk_bersih is null"),
)


def by_group(people: prepare.Source, matched: pa.Table, day: str, config: LinkageConfig) -> pa.Table:
    """Match rate by group of people.

    Args:
        people: staging columns of the list.
        matched: (record_key, padan BOOLEAN) of every record, NIK matches included.
        day: ISO date at which ages are counted.
        config: from which n and how many points a group is a warning.

    Returns:
        kelompok, n, padan, persen, bawah, atas (95%, percent), selisih_poin, peringatan. A group warns when it has at least
        `group_min` records and even the top of its interval lies more than `group_points` under the overall rate.
    """
    con = inputs.connect(config)
    if not isinstance(people, pa.Table):
        # Names lie there while the engine overflows: beside the list, on its disk.
        con.execute(f"set temp_directory={literal(Path(people).parent)}")
    relation = prepare.relation_sql(con, people, "orang")
    present = prepare.columns_of(con, relation)
    columns = ", ".join(
        (f"o.{name}" if name in present else f"null::varchar as {name}")
        for name in ("nama_bersih", "jk", "kk_bersih", "kode_kelurahan")
    )
    born = "try_cast(o.tgl_lahir as date)" if "tgl_lahir" in present else "null::date"
    con.register("padan", matched)
    con.execute(
        f"""create temp table p as select {columns}, {born} as tgl, ?::date as acuan, h.padan
        from {relation} o join padan h using (record_key)""",
        [day],
    )
    arms = [f"select '{label}' as kelompok, {n} as urut, padan from p where {where}" for n, (label, where) in enumerate(_GROUPS)]
    arms.append("select 'kota ' || left(kode_kelurahan, 5), 100, padan from p where kode_kelurahan is not null")
    rows = con.execute(
        f"""select kelompok, count(*) as n, sum(padan::int)::bigint as padan from ({" union all ".join(arms)})
        group by kelompok, urut order by urut, kelompok"""
    ).fetchall()
    con.close()
    overall = next((hits / n for name, n, hits in rows if name == "semua" and n), float("nan"))
    out: dict[str, list[Any]] = {
        name: [] for name in ("kelompok", "n", "padan", "persen", "bawah", "atas", "selisih_poin", "peringatan")
    }
    for name, n, hits in rows:
        low, high = wilson(hits, n)
        values = (name, n, hits, 100 * hits / n, 100 * low, 100 * high, 100 * (hits / n - overall))
        warn = n >= config.group_min and 100 * high < 100 * overall - config.group_points
        for key, value in zip(out, (*values, warn), strict=True):
            out[key].append(value)
    return pa.table(out)
