"""The dbt project as dbt read it once: what every dbt call of a test starts from, instead of reading all models anew.

dbt itself compares the files and reads again what differs; a test that needs another project makes a copy of its own.
"""

from __future__ import annotations


def parsed() -> dict[str, str]:
    """Environment of a dbt process that starts from the checkout's last parse, prepared as Dagster prepares it."""
    # Imported here: what only asks for a home must not wait for Dagster.
    from orchestration.dbt_bridge import PARSED, prepared_manifest

    found = prepared_manifest().with_name(PARSED)
    return {"DBT_PARTIAL_PARSE_FILE_PATH": str(found)} if found.exists() else {}
