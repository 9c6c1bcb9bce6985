"""The periode penetapan as Dagster partitions: key `2025-07-01`, label `2025-S2`.

The label comes from `padanan.base.period.Periode` alone; a repeated padanan is a revision, never a partition.
"""

from datetime import datetime

import dagster as dg

from padanan.base.period import JAKARTA, Periode

TIMEZONE = "Asia/Jakarta"

half_years = dg.TimeWindowPartitionsDefinition(
    start="2025-01-01",
    cron_schedule="0 0 1 1,7 *",
    fmt="%Y-%m-%d",
    timezone=TIMEZONE,
    # The window that is running and the coming one exist too: a decree is prepared before its half-year ends.
    end_offset=2,
)

PER_PERIODE = dg.BackfillPolicy.multi_run(max_partitions_per_run=1)
"""One run per period in a backfill: the warehouse file holds one (period, revision) at a time."""


def periode_at(moment: datetime) -> Periode:
    """The half-year in which a moment (with time zone) lies, by Jakarta's calendar."""
    return Periode.of(moment.astimezone(JAKARTA).date())
