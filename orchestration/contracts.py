"""The contracts as asset definitions see them: read once per process, described in Dagster's own types.

What a contract means is in `padanan/contracts/contract.py`; runs read the contracts again through the resource `kontrak`.
"""

from __future__ import annotations

import math
import re
from datetime import date, timedelta
from functools import cache
from typing import TYPE_CHECKING

import dagster as dg

from orchestration.stages import CLEANSING, LANDING

if TYPE_CHECKING:
    from padanan.contracts.contract import Contract

KINDS = {"csv": "csv", "xlsx": "excel", "parquet": "parquet", "postgresql": "postgres"}


@cache
def loaded() -> dict[str, Contract]:
    """Contract by id, as on disk when the code location was loaded."""
    from padanan.contracts.contract import load_contracts

    return load_contracts()


def landing_key(contract_id: str) -> dg.AssetKey:
    """`landing/<contract_id>`."""
    return dg.AssetKey([LANDING, contract_id])


def quality_key(contract_id: str) -> dg.AssetKey:
    """`cleansing/mutu_<contract_id>`."""
    return dg.AssetKey([CLEANSING, f"mutu_{contract_id}"])


def stage_model_key(contract: Contract) -> dg.AssetKey:
    """The staging model that holds the contract's rows."""
    return dg.AssetKey([CLEANSING, contract.stage_model])


def owner_of(contract: Contract) -> str:
    """The producer as a Dagster team (`team:dinas_sosial_provinsi_dki_jakarta`)."""
    return "team:" + re.sub(r"[^a-z0-9]+", "_", contract.owner.lower()).strip("_")


def kinds_of(contract: Contract) -> set[str]:
    """The forms that the producer delivers in."""
    forms = contract.form.get("jenis") or []
    forms = [forms] if isinstance(forms, str) else forms
    return {KINDS.get(str(form), str(form)) for form in forms}


def column_schema(contract: Contract) -> dg.TableSchema:
    """The agreed columns with type, definition and classification; never values."""
    return dg.TableSchema(
        columns=[
            dg.TableColumn(
                name=column.name,
                type=column.type,
                description=column.definition,
                constraints=dg.TableColumnConstraints(nullable=not column.required),
                tags={"klasifikasi": column.classification},
            )
            for column in contract.columns
        ]
    )


def freshness_of(contract: Contract, day: date) -> dg.FreshnessPolicy | None:
    """How long ago a producer's landing may lie, by its contract: Dagster's own mark beside the legal calendar.

    A warning after one cadence and a month, a failure after the greatest age. None for a contract that is no longer in force on
    `day` (the day on which the code location was loaded), because nobody waits for it. Dagster counts materialisations, also
    those that found nothing new; whether a delivery is due is the check `tenggat`.
    """
    if not contract.in_force_from <= day <= (contract.in_force_to or day):
        return None
    fail = contract.greatest_age
    # A contract may allow less than a month beyond its cadence: then the warning comes with the cadence itself.
    warn = contract.cadence_months + 1 if contract.cadence_months + 1 < fail else contract.cadence_months
    if warn >= fail:
        return dg.FreshnessPolicy.time_window(fail_window=_months(fail))
    return dg.FreshnessPolicy.time_window(fail_window=_months(fail), warn_window=_months(warn))


def _months(count: int) -> timedelta:
    """Months as days of the mean year, rounded up: never stricter than the calendar."""
    return timedelta(days=math.ceil(count * 365.25 / 12))
