"""Dagster's run storage that gives every run of a period the period's label as a tag, whoever starts it.

Partition keys stay dates; how a run is stored otherwise is Dagster's own business.
"""

from __future__ import annotations

from collections.abc import Mapping

from dagster import DagsterRun
from dagster._core.storage.runs import SqliteRunStorage
from dagster._core.storage.runs.sql_run_storage import SqlRunStorage

from padanan.base.period import Periode

PERIODE_TAG = "padanan/periode"
"""`2025-S2` on every run of a period; `dagster/partition` beside it holds the key `2025-07-01`."""

KEY_TAGS = ("dagster/partition", "dagster/asset_partition_range_start")
"""Where Dagster notes the partition: a run of one, or of a range that begins there (here always of one period)."""


def period_of(tags: Mapping[str, str]) -> str | None:
    """The label of the period that a run is for, or None if it is for none."""
    if PERIODE_TAG in tags:
        return tags[PERIODE_TAG]
    key = next((tags[name] for name in KEY_TAGS if name in tags), None)
    return Periode.parse(key).label if key else None


class PeriodLabels(SqlRunStorage):
    """UI, backfill, schedule, sensor and command line all store their run here before it starts; before the kind of database."""

    def add_run(self, dagster_run: DagsterRun) -> DagsterRun:
        """Stores the run with its period's label."""
        label = period_of(dagster_run.tags)
        if label and PERIODE_TAG not in dagster_run.tags:
            dagster_run = dagster_run.with_tags({**dagster_run.tags, PERIODE_TAG: label})
        return super().add_run(dagster_run)


class PeriodRunStorage(PeriodLabels, SqliteRunStorage):
    """Runs in SQLite, with their periods' labels."""
