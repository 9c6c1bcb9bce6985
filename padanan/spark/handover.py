"""Spark's tables in the warehouse file: whatever reads it after a dbt call finds them there, without knowing the engine.

Views over the Parquet files of Spark; nothing is copied and nothing computed.
"""

from __future__ import annotations

from padanan.base.home import Home
from padanan.base.sql import ident, literal
from padanan.base.warehouse import connect_warehouse
from padanan.spark.session import database_folder

DONE = "_SUCCESS"


def hand_over(home: Home) -> list[str]:
    """Puts a view of every table that Spark has finished into the warehouse.

    Returns:
        The tables' names.

    Raises:
        WarehouseLocked: another process holds the file.
    """
    names = [folder.name for folder in sorted(database_folder(home).iterdir()) if (folder / DONE).exists()]
    con = connect_warehouse(home, read_only=False)
    try:
        known = {row[0] for row in con.execute("select table_name from duckdb_tables() where not internal").fetchall()}
        for name in names:
            if name in known:
                con.execute(f"drop table {ident(name)}")
            files = literal(database_folder(home) / name / "*.parquet")
            con.execute(f"create or replace view {ident(name)} as select * from read_parquet({files})")
    finally:
        con.close()
    return names
