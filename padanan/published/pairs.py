"""Pairs of a published revision, found again by producer and record key, with the thresholds they were judged at.

How a pair is told to a reader belongs to `padanan/linkage/explain`.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import duckdb

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.base.sql import literal
from padanan.linkage.threshold import Thresholds
from padanan.published.revisions import chosen_revision
from padanan.records.tombstone import gone, read_nisan

KEY = re.compile(r"[0-9a-f]{4,32}")


def newest(home: Home, periode: Periode | None) -> tuple[Periode, int, Path]:
    """The newest published revision of a period, by default of the latest period that has one.

    Raises:
        PadananError: nothing is published, or the revision holds no evidence.
    """
    periode, number = chosen_revision(home, periode, None)
    folder = home.published(periode, number)
    if (nisan := read_nisan(folder)) is not None:
        raise PadananError(
            f"tabel terbitan {gone(nisan)}",
            file=folder.relative_to(home.root),
            cure="pakai laporan dan penetapan yang ada",
        )
    if not (folder / "pasangan_bukti.parquet").exists():
        raise PadananError(
            "revisi ini terbit sebelum padanan dengan bukti",
            file=folder.relative_to(home.root),
            cure="jalankan job padanan_periode",
        )
    return periode, number, folder


def thresholds(folder: Path) -> dict[str, Thresholds]:
    """Thresholds of each producer's list, from `model_bukti.json`."""
    body = json.loads((folder / "model_bukti.json").read_text(encoding="utf-8"))
    out = {}
    for group in body["kelompok"].values():
        facts: dict[str, Any] = {name: float("nan") if value is None else value for name, value in group["ambang"].items()}
        for producer in group["daftar"]:
            out[producer] = Thresholds(**facts)
    return out


def pairs_table(folder: Path) -> str:
    """SQL of the pairs of a revision; one of before has no `menyelesaikan`: there it is NULL."""
    file = literal(folder / "pasangan_bukti.parquet")
    return f"(select null::double as menyelesaikan where false union all by name select * from read_parquet({file}))"


def record_of(folder: Path, producer: str, prefix: str) -> dict[str, Any]:
    """The published record that a key, or the beginning of one, names.

    Raises:
        PadananError: the key is malformed, or names no record or several.
    """
    if not KEY.fullmatch(prefix):
        raise PadananError("kunci rekaman tidak sah", cure="tulis 4 sampai 32 angka heksadesimal dari kolom record_key")
    with duckdb.connect() as con:
        found = con.execute(
            f"""select record_key, status, status_nik, metode, alasan_bukti
            from read_parquet({literal(folder / "padanan_record.parquet")})
            where producer = ? and starts_with(record_key, ?) order by record_key limit 2""",
            [producer, prefix],
        ).fetchall()
    if not found:
        raise PadananError(
            f"tidak ada rekaman {producer} dengan kunci itu pada revisi ini",
            cure="periksa kode produsen dan kuncinya (padanan_record)",
        )
    if len(found) > 1:
        raise PadananError("beberapa rekaman berawalan kunci itu", cure="tulis lebih banyak angka dari record_key")
    return dict(zip(("record_key", "status", "status_nik", "metode", "alasan"), found[0], strict=True))


def pairs_of(folder: Path, record_key: str) -> list[dict[str, Any]]:
    """The kept pairs of a record, best first, shaped as `explain.parts` reads them."""
    with duckdb.connect() as con:
        table = con.sql(
            f"""select * from read_parquet({literal(folder / "pasangan_bukti.parquet")}) where record_key = ?
            order by (status = 'tidak_padan'), bobot desc, register_key""",
            params=[record_key],
        ).to_arrow_table()
    return [shaped(row) for row in table.to_pylist()]


def shaped(row: dict[str, Any]) -> dict[str, Any]:
    """A published pair with the user's own comparisons as a column each again."""
    out = {name: value for name, value in row.items() if name not in ("bit_tambahan", "tambahan")}
    for label, bits in json.loads(row["tambahan"] or "{}").items():
        out[f"bit_tambahan_{label}"] = bits
    return out
