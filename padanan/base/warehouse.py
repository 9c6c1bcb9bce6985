"""Opening the warehouse, the one DuckDB file with one writer.

What is in it is built by dbt and the padanan step.
"""

from __future__ import annotations

import duckdb

from padanan.base.errors import PadananError, WarehouseLocked, safe_reason
from padanan.base.home import Home


def connect_warehouse(home: Home, *, read_only: bool = True) -> duckdb.DuckDBPyConnection:
    """Opens the warehouse, saying plainly when another process writes it.

    Raises:
        WarehouseLocked: another process holds the file.
        PadananError: there is no warehouse yet.
    """
    if read_only and not home.warehouse_db.exists():
        raise PadananError("warehouse belum ada", file="warehouse/padanan.duckdb", cure="jalankan job padanan_periode")
    try:
        return duckdb.connect(str(home.warehouse_db), read_only=read_only)
    except duckdb.IOException as error:
        if "lock" in str(error).lower():
            raise WarehouseLocked(
                "warehouse sedang dipakai proses lain",
                file="warehouse/padanan.duckdb",
                cure="tunggu putaran itu selesai atau tutup program yang membukanya, lalu jalankan ulang",
            ) from None
        raise PadananError(
            f"warehouse tidak dapat dibuka ({safe_reason(error)})",
            file="warehouse/padanan.duckdb",
            cure="hapus berkas itu; putaran berikutnya membangunnya kembali dari landing",
        ) from None


def row_counts(home: Home) -> dict[str, int]:
    """Rows of every table and view of the warehouse by its name, counted exactly; the connection is closed again.

    Raises:
        WarehouseLocked: another process holds the file.
        PadananError: there is no warehouse yet.
    """
    with connect_warehouse(home) as con:
        # Views too: another engine's tables stand here as such.
        tables = con.execute(
            "select schema_name, table_name from duckdb_tables() where not internal"
            " union all select schema_name, view_name from duckdb_views() where not internal order by all"
        ).fetchall()
        return {table: con.execute(f'select count(*) from "{schema}"."{table}"').fetchall()[0][0] for schema, table in tables}
