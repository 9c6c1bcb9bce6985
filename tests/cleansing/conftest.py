"""The dbt project's macros as views over whatever a test writes into their input table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import duckdb
import pytest

from tests.dbt.conftest import gudang_factory  # noqa: F401  (the home with rows of one's own)

Ask = Callable[[str, Sequence[Sequence[str | None]]], list[dict[str, Any]]]
LETTERS = "abcdef"


@pytest.fixture(scope="session")
def bench(gudang_factory: Any) -> Any:  # noqa: F811
    """`bench(view, rows)`: one query of a bench (`dbt_project/models/cleansing/uji`) over many rows."""
    home = gudang_factory("bangku")
    home.plan()
    home.dbt(
        "build", "--exclude-resource-type", "unit_test", "--select", "tag:uji", "ref_wilayah", "ref_ejaan_wilayah",
        "ref_kecamatan_nik", "ref_kota_indonesia",
    )  # fmt: skip
    con = duckdb.connect(str(home.home / "warehouse" / "padanan.duckdb"))

    def ask(view: str, rows: Sequence[Sequence[str | None]]) -> list[dict[str, Any]]:
        con.execute("delete from uji_masukan")
        full = [tuple(row) + (None,) * (len(LETTERS) - len(row)) for row in rows]
        columns = {name: [row[index] for row in full] for index, name in enumerate(LETTERS)}
        import pyarrow as pa

        con.register("baru", pa.table({name: pa.array(values, pa.string()) for name, values in columns.items()}))
        con.execute("insert into uji_masukan select * from baru")
        found = con.sql(f"select * from {view}").to_arrow_table().to_pylist()
        assert len(found) == len(rows)
        return found

    ask.sql = lambda text, values: con.execute(text, values).fetchall()  # type: ignore[attr-defined]
    yield ask
    con.close()
