"""What a dbt test says in Dagster: one Indonesian sentence for what it asks, one for what it found.

What a test of the project's own asks stands in its YAML (`dbt_project/tests/_uji.yml`); here are the kinds that YAML repeats.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import dagster as dg

from padanan.base.errors import PadananError
from padanan.base.format import listed, number

KINDS = {
    "kunci_unik": "Tidak ada dua baris dengan {kolom} yang sama.",
    "sama_banyak": "Banyaknya baris sama dengan {dengan}.",
    "not_null": "Kolom {column_name} selalu terisi.",
    "accepted_values": "Kolom {column_name} hanya berisi {values}.",
}
FAILED_ROWS = "dagster_dbt/failed_row_count"


def question(props: Mapping[str, Any]) -> str:
    """What a test asks: its own description, else its kind's sentence with the columns it names.

    Raises:
        PadananError: a test without description and of a kind that has no sentence.
    """
    if props.get("description"):
        return str(props["description"])
    test = props.get("test_metadata") or {}
    if test.get("name") not in KINDS:
        raise PadananError(
            f"uji dbt {props['name']} tanpa uraian",
            file="dbt_project/tests/_uji.yml",
            cure="isi description pada uji itu",
        )
    words = {name: _names(value) for name, value in test["kwargs"].items()}
    return KINDS[test["name"]].format_map(words)


def _names(value: Any) -> str:
    """Columns and values as the UI's markdown leaves them alone."""
    return listed([f"`{item}`" for item in (value if isinstance(value, list) else [value])])


def answer(result: dg.AssetCheckResult) -> dg.AssetCheckResult:
    """The result with its sentence; the rows that failed are its one number."""
    failed = result.metadata.get(FAILED_ROWS)
    found = failed.value if failed is not None else 0 if result.passed else None
    rows = found if isinstance(found, int) else None
    counts: dict[str, Any] = {} if rows is None else {"teramati": rows, "ambang": 0}
    kept = {
        name: value
        for name, value in result.metadata.items()
        if not isinstance(value, dg.IntMetadataValue | dg.FloatMetadataValue)
    }
    return dg.AssetCheckResult(
        passed=result.passed,
        asset_key=result.asset_key,
        check_name=result.check_name,
        severity=result.severity,
        description="Uji tidak dapat dijalankan." if rows is None else f"{number(rows)} baris melanggar; ambang 0.",
        metadata={**counts, **kept},
    )
