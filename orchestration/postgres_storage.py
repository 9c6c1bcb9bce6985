"""Dagster's runs, events and schedules in PostgreSQL, with what the house adds to them: labels of periods, the warehouse's pool.

Which database it is says PADANAN_DAGSTER_DB (`environment`); stock `dagster-postgres` reads the same tables.
"""

from __future__ import annotations

from dagster._serdes import ConfigurableClassData
from dagster_postgres import DagsterPostgresStorage, PostgresEventLogStorage, PostgresRunStorage
from dagster_postgres.utils import DagsterPostgresException
from sqlalchemy.exc import SQLAlchemyError

from orchestration.event_storage import HouseEvents
from orchestration.run_storage import PeriodLabels
from padanan.base.errors import PadananError, safe_reason

DRIVER = "postgresql+psycopg://"


class PostgresRuns(PeriodLabels, PostgresRunStorage):
    """Runs, with their periods' labels."""


class PostgresEvents(HouseEvents, PostgresEventLogStorage):
    """The event log, with the warehouse's pool of one."""


class HousePostgresStorage(DagsterPostgresStorage):
    """All three storages in one database.

    Args:
        address: `postgresql://…`, of libpq or as PADANAN_API_DB may be written.

    Raises:
        PadananError: the database does not answer; its address, which may hold a password, is not told.
    """

    def __init__(self, address: str, inst_data: ConfigurableClassData | None = None) -> None:
        # Dagster's own driver is psycopg2; an address that names ours means the same server.
        plain = address.replace(DRIVER, "postgresql://", 1)
        try:
            super().__init__(plain, inst_data=inst_data)
            self._run_storage = PostgresRuns(plain)
            self._event_log_storage = PostgresEvents(plain)
        except (SQLAlchemyError, DagsterPostgresException) as error:
            raise PadananError(
                f"basis data Dagster tidak dapat dibuka ({safe_reason(error)})",
                cure="periksa PADANAN_DAGSTER_DB dan apakah server PostgreSQL berjalan",
            ) from None
