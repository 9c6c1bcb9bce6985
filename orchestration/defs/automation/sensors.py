"""Sensors: a file in an inbox starts its producer's landing; a failed run raises an alert.

Taking files in is `padanan/landing`; sending alerts is `padanan/upkeep/alert.py`.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import dagster as dg

from orchestration.contracts import landing_key, loaded
from orchestration.defs.automation.jobs import landing_produsen, umpan_balik_periode
from orchestration.defs.feedback.kinds import feedback_key
from orchestration.defs.feedback.newcomers import KNOWN
from orchestration.defs.feedback.prelist import LINES, PAGE, SHOWN
from orchestration.defs.partitions import half_years, periode_at
from orchestration.inbox_watch import look
from orchestration.links import automation_page, run_page
from orchestration.resources import AlarmResource, RumahResource
from orchestration.ticks import INTERVAL_SECONDS, SETTLED_SECONDS, sensor_status
from padanan.base.period import Periode
from padanan.contracts.contract import Contract
from padanan.contracts.feedback import load_feedback


@dg.sensor(
    name="inbox_sensor",
    job=landing_produsen,
    default_status=sensor_status(),
    minimum_interval_seconds=INTERVAL_SECONDS,
    description="Berkas baru di inbox seorang produsen menjalankan penerimaannya, untuk periode datanya bila terbaca.",
)
def inbox_sensor(
    context: dg.SensorEvaluationContext, rumah: RumahResource, alarm: AlarmResource
) -> dg.SensorResult | dg.SkipReason:
    """One run a producer for what is new in its inbox; see `_new_in_inboxes`."""
    return _new_in_inboxes(context, rumah, alarm, loaded(), lambda contract_id: [landing_key(contract_id)])


@dg.sensor(
    name="umpan_balik_sensor",
    job=umpan_balik_periode,
    default_status=sensor_status(),
    minimum_interval_seconds=INTERVAL_SECONDS,
    description="Berkas umpan balik baru di inbox menjalankan pengambilannya, lalu prelist yang berjalan disusun lagi.",
)
def umpan_balik_sensor(
    context: dg.SensorEvaluationContext, rumah: RumahResource, alarm: AlarmResource
) -> dg.SensorResult | dg.SkipReason:
    """One run a kind of feedback for what is new in its inbox; see `_new_in_inboxes`."""
    after = [KNOWN, LINES, PAGE, SHOWN]
    return _new_in_inboxes(context, rumah, alarm, load_feedback(), lambda contract_id: [feedback_key(contract_id), *after])


def _new_in_inboxes(
    context: dg.SensorEvaluationContext,
    rumah: RumahResource,
    alarm: AlarmResource,
    contracts: Mapping[str, Contract],
    assets: Callable[[str], list[dg.AssetKey]],
) -> dg.SensorResult | dg.SkipReason:
    """One run a contract for what is new in its inbox; what stays there is tried again with growing delay.

    A producer whose inbox can't be listed, or a file that can't be read, is a line in the tick's log and an alarm, and never
    keeps the tick from the others.

    Args:
        contracts: whose inboxes. assets: what a run of a contract makes.
    """
    from datetime import UTC, datetime

    from padanan.base.errors import safe_reason
    from padanan.landing.inbox import arrived, pending, state_of
    from padanan.landing.opened import cut_off

    home, now = rumah.home(), datetime.now(UTC)
    periode = periode_at(now)
    seen = memory_of(context.cursor)
    remembered, requests, faults = {}, [], {}
    for contract_id, contract in contracts.items():
        before = seen.get(contract_id, {})
        try:
            waiting = pending(home, contract_id)
            arrived(home, contract, waiting)  # the moment of this tick, though its run may come later
            looked = _with_cut_off(state_of, cut_off(home, contract_id))
            found = look(waiting, before, looked, now=now.timestamp(), settle_seconds=SETTLED_SECONDS)
            own = period_of_files(waiting, contract, periode)
        except Exception as error:
            faults[contract_id] = (
                f"inbox/{contract_id} tidak dapat dilihat ({safe_reason(error)}). "
                "Perbaikan: periksa folder itu, izinnya, dan disknya; produsen lain tetap diterima"
            )
            remembered[contract_id] = before
            continue
        if found.faults:
            faults[contract_id] = f"inbox/{contract_id}: {'; '.join(found.faults)}"
        if found.memory:
            remembered[contract_id] = found.memory
        if found.key is not None:
            requests.append(
                dg.RunRequest(
                    run_key=f"{contract_id}:{found.key}",
                    partition_key=own.key,
                    asset_selection=assets(contract_id),
                    tags={"padanan/produsen": contract_id, "padanan/periode": own.label},
                )
            )
    tell(context, alarm, rumah, "inbox", faults)
    cursor = json.dumps(remembered, sort_keys=True)
    if not requests:
        context.update_cursor(cursor)
        return dg.SkipReason("tidak ada kiriman baru di inbox")
    return dg.SensorResult(run_requests=requests, cursor=cursor)


def inbox_tick(
    context: dg.SensorEvaluationContext,
    rumah: RumahResource,
    alarm: AlarmResource,
    *,
    folder: str,
    what: str,
    pending: Callable[..., Sequence[Path]],
    state_of: Callable[[Path], str],
) -> dg.SensorResult | dg.SkipReason:
    """One run per state of an inbox of papers; a file that may still be copied waits, one that can't be read is told.

    Args:
        folder: below `inbox/`. what: the papers, as run keys and alarms call them.
        pending, state_of: of the inbox: what waits in a home, and what tells a changed file from the same one.
    """
    import time

    from padanan.base.errors import safe_reason

    before = memory_of(context.cursor).get(folder, {})
    try:
        waiting = pending(rumah.home(), settle_seconds=SETTLED_SECONDS)
        found = look(waiting, before, state_of, now=time.time(), settle_seconds=SETTLED_SECONDS)
    except Exception as error:
        text = f"inbox/{folder} tidak dapat dilihat ({safe_reason(error)}). Perbaikan: periksa folder itu, izinnya, dan disknya"
        tell(context, alarm, rumah, what, {folder: text})
        return dg.SkipReason(f"inbox/{folder} tidak dapat dilihat; lihat log tick")
    tell(context, alarm, rumah, what, {folder: f"inbox/{folder}: {'; '.join(found.faults)}"} if found.faults else {})
    cursor = json.dumps({folder: found.memory}, sort_keys=True)
    if found.key is None:
        context.update_cursor(cursor)
        return dg.SkipReason(f"tidak ada {what} baru di inbox/{folder}")
    return dg.SensorResult(run_requests=[dg.RunRequest(run_key=f"{what}:{found.key}")], cursor=cursor)


def _with_cut_off(state_of: Callable[[Path], str], names: frozenset[str]) -> Callable[[Path], str]:
    """A file whose opening ended its process has changed: this tick asks for it, without waiting for its next try."""
    return lambda path: f"{state_of(path)} terputus" if path.name in names else state_of(path)


def period_of_files(paths: Sequence[Path], contract: Contract, current: Periode) -> Periode:
    """The half-year that all waiting files speak of, where their letters name one that has a partition; else the current one.

    A file of last year that comes late is shown in its own period, and not as the state of this one.
    """
    from padanan.base.period import periode_of
    from padanan.landing.inbox import said_of

    said = {said_of(path, contract).periode_data for path in paths}
    found = {periode_of(data) if data else current for data in said}
    only = found.pop() if len(found) == 1 else current
    return only if only.key in half_years.get_partition_keys() else current


def changed_periods(
    context: dg.SensorEvaluationContext, now: Mapping[str, str | int], name: str, unchanged: str
) -> dg.SensorResult | dg.SkipReason:
    """One run for each period whose state is another than at the last tick.

    Args:
        now: period key -> its state; keys that are no partitions are left out.
        name: what the runs' keys begin with.
        unchanged: why nothing is asked for, where nothing is.
    """
    known: dict[str, str | int] = json.loads(context.cursor or "{}")
    keys = set(half_years.get_partition_keys())
    states = {key: state for key, state in now.items() if key in keys}
    requests = [
        dg.RunRequest(run_key=f"{name}:{key}:{state}", partition_key=key, tags={"padanan/periode": Periode.parse(key).label})
        for key, state in states.items()
        if known.get(key) != state
    ]
    cursor = json.dumps(states, sort_keys=True)
    if not requests:
        context.update_cursor(cursor)
        return dg.SkipReason(unchanged)
    return dg.SensorResult(run_requests=requests, cursor=cursor)


def memory_of(cursor: str | None) -> dict[str, dict[str, list[str | int]]]:
    """The cursor of an inbox; one of another make counts as empty, so that a tick never fails for its sake."""
    try:
        found = json.loads(cursor or "{}")
    except ValueError:
        return {}
    return {key: value for key, value in found.items() if isinstance(value, dict)} if isinstance(found, dict) else {}


def tell(
    context: dg.SensorEvaluationContext, alarm: AlarmResource, rumah: RumahResource, scope: str, faults: dict[str, str]
) -> None:
    """Faults of a tick into its log, and once each to the alert sinks."""
    for text in faults.values():
        context.log.error(text)
    alerts = {f"{scope}|{name}": alarm.alert("Inbox bermasalah", f"GALAT {text}", perihal=name) for name, text in faults.items()}
    for line in alarm.send_once(rumah.home(), alerts, scope=f"{scope}|", link=automation_page()):
        context.log.warning(line)


@dg.sensor(
    name="alarm_tik",
    default_status=sensor_status(always=True),
    minimum_interval_seconds=60,
    description="Sensor atau jadwal yang tick terakhirnya gagal dikirim ke berkas alarm, surel, dan webhook yang disetel.",
)
def alarm_tik(context: dg.SensorEvaluationContext, rumah: RumahResource, alarm: AlarmResource) -> dg.SkipReason:
    """What `orchestration.watch` tells of ticks, from inside: this sensor's own failure only the watcher sees."""
    from orchestration.watch import TICK, failing_ticks

    found = failing_ticks(context.instance)
    alerts = {name: alarm.alert(title, body, perihal=name) for name, (title, body) in found.items()}
    for line in alarm.send_once(rumah.home(), alerts, scope=TICK, link=automation_page()):
        context.log.warning(line)
    return dg.SkipReason(f"{len(found)} sensor atau jadwal gagal pada tick terakhirnya")


@dg.run_failure_sensor(
    name="alarm_kegagalan",
    default_status=sensor_status(always=True),
    description="Run yang gagal dikirim ke berkas alarm, surel, dan webhook yang disetel.",
)
def alarm_kegagalan(context: dg.RunFailureSensorContext, alarm: AlarmResource) -> None:
    """Sends the failed step with its one-line cause and cure; never a stack trace or a library's message."""
    from orchestration.failures import explain_run
    from padanan.upkeep.alert import Alert

    run = context.dagster_run
    explanation = explain_run(context.instance, run.run_id)
    result = alarm.send(
        Alert(
            title=f"Run {run.job_name} gagal",
            body=explanation,
            link=run_page(run.run_id),
            tags={
                "job": run.job_name,
                "run": run.run_id,
                "periode": run.tags.get("padanan/periode", run.tags.get("dagster/partition", "-")),
                "lingkungan": alarm.lingkungan,
            },
        )
    )
    for sink, reason in result.failed.items():
        context.log.warning(f"alarm lewat {sink} gagal: {reason}")
