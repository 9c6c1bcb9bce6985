"""Says in one line why a run failed, from its stored events.

Raising such lines is `guard.py`.
"""

from __future__ import annotations

import dagster as dg

UNKNOWN_CURE = "buka run itu di Dagster, lalu jalankan ulang setelah penyebabnya hilang"


def explain_run(instance: dg.DagsterInstance, run_id: str) -> str:
    """The first failed step's line, else the failed blocking checks, else the run's end as Dagster saw it."""
    failures = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.STEP_FAILURE).records
    for record in failures:
        event = record.event_log_entry.dagster_event
        if event is None:
            continue
        data = event.step_failure_data
        if data.user_failure_data and data.user_failure_data.description:
            return str(data.user_failure_data.description)
    checks = failed_checks(instance, run_id)
    if checks:
        return (
            f"GALAT: {len(checks)} pemeriksaan penghalang gagal ({', '.join(checks[:3])}). "
            "Perbaikan: lihat jumlah dan tindak lanjutnya di laporan tanda terima, perbaiki kiriman, lalu jalankan ulang"
        )
    if failures:
        step = failures[0].event_log_entry.step_key or "?"
        return f"GALAT {step}: langkah ini gagal. Perbaikan: {UNKNOWN_CURE}"
    return f"GALAT: run berhenti sebelum selesai. Perbaikan: {UNKNOWN_CURE}"


def failed_checks(instance: dg.DagsterInstance, run_id: str) -> list[str]:
    """The ERROR checks that failed in a run, as `asset:check`."""
    records = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.ASSET_CHECK_EVALUATION).records
    found = []
    for record in records:
        event = record.event_log_entry.dagster_event
        evaluation = event.asset_check_evaluation_data if event else None
        if evaluation and not evaluation.passed and evaluation.severity == dg.AssetCheckSeverity.ERROR:
            found.append(f"{evaluation.asset_key.to_user_string()}:{evaluation.check_name}")
    return found
