"""Measures a run step by step (rows, wall, CPU, peak memory, bytes) and shows it as one table per stage.

It listens to Dagster's events; it changes nothing in a run.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.execution.plan.objects import StepRetryData

from padanan.base.commit import write_once
from padanan.base.spent import Sampler, Used, used

STAGE_LINES = {
    "landing": "landing (kiriman)",
    "rencana": "landing (rencana)",
    "dbt_panggilan_1": "cleansing, NIK (dbt)",
    "mutu": "cleansing (aturan mutu)",
    "mutu_selesai": "cleansing (aturan mutu)",
    "acuan_siap": "padanan (acuan)",
    "bukti": "padanan (bukti)",
    "dbt_panggilan_2": "padanan (dbt)",
    "review__row_account_baris_utuh": "review (baris utuh)",
    "terbitan": "review (terbitan)",
    "laporan_mutu": "review (laporan)",
    "rancangan": "decree (rancangan)",
    "dokumen": "decree (dokumen)",
}


@dataclass
class Step:
    """One step of a run.

    `rows`: rows passed on; `wall`, `cpu` in seconds; `rss` peak in MiB, and `read`, `written` in bytes, over all processes.
    """

    name: str
    line: str
    rows: int | None = None
    wall: float = 0.0
    cpu: float = 0.0
    rss: float = 0.0
    read: int = 0
    written: int = 0
    ok: bool = False


def is_delivery(step: str) -> bool:
    """Whether a step is one producer's landing (`landing_klj`), of which there are many."""
    return step.startswith("landing_") and not step.startswith("landing__")


def line_of(step: str) -> str:
    """The table line that a step belongs to."""
    if is_delivery(step):
        return STAGE_LINES["landing"]
    return STAGE_LINES.get(step) or STAGE_LINES.get(step.rsplit("__", 1)[-1], step)


def rows_passed_on(step: str, rows: dict[str, int]) -> int | None:
    """Rows that a step hands to the next one, of the row counts by asset key.

    Staging hands on the rows of its `stg_` models, the evidence its links, padanan those of `padanan_record`; the rest what it
    wrote.
    """
    if step == "dbt_panggilan_1":
        rows = {key: count for key, count in rows.items() if key.rsplit("/", 1)[-1].startswith("stg_")}
    if step == "bukti":
        rows = {key: count for key, count in rows.items() if key.endswith("/tautan_bukti")}
    if step == "dbt_panggilan_2":
        rows = {key: count for key, count in rows.items() if key.endswith("/padanan_record")}
    return sum(rows.values()) if rows else None


class Recorder:
    """Listens to one run and prints a line per finished step.

    Args:
        show: prints one line for the person who waits.
        total: steps expected, for the counter; None leaves it out.
    """

    def __init__(self, show: Callable[[str], None], total: int | None = None) -> None:
        self.steps: list[Step] = []
        self.sampler = Sampler()
        self._show = show
        self._total = total
        self._rows: dict[str, dict[str, int]] = {}
        self._started: dict[str, tuple[float, Used]] = {}

    def __call__(self, entry: dg.EventLogEntry) -> None:
        """Dagster's event listener."""
        event = entry.dagster_event
        if event is None or entry.step_key is None:
            return
        kind, step = event.event_type, entry.step_key
        if kind == dg.DagsterEventType.STEP_START:
            self.sampler.reset()
            self._started[step] = (time.perf_counter(), used())
            if not is_delivery(step):
                self._show(f"  …       {line_of(step)} berjalan")
        elif kind == dg.DagsterEventType.ASSET_MATERIALIZATION:
            self._count(step, event)
        elif kind == dg.DagsterEventType.STEP_UP_FOR_RETRY:
            data = event.step_retry_data
            self._show(f"  …       {line_of(step)} dicoba lagi dalam {number(data.seconds_to_wait)} dtk. {_cause(data)}")
        elif kind in (dg.DagsterEventType.STEP_SUCCESS, dg.DagsterEventType.STEP_FAILURE):
            self._finish(step, ok=kind == dg.DagsterEventType.STEP_SUCCESS)

    def _count(self, step: str, event: dg.DagsterEvent) -> None:
        materialization = event.step_materialization_data.materialization
        value = materialization.metadata.get("dagster/row_count")
        if value is not None and isinstance(value.value, int):
            self._rows.setdefault(step, {})[materialization.asset_key.to_user_string()] = value.value

    def _finish(self, name: str, *, ok: bool) -> None:
        self.sampler.sample()
        wall, before = self._started.get(name, (time.perf_counter(), used()))
        spent = used() - before
        step = Step(
            name=name,
            line=line_of(name),
            rows=rows_passed_on(name, self._rows.get(name, {})),
            wall=time.perf_counter() - wall,
            cpu=spent.cpu,
            rss=self.sampler.peak,
            read=spent.read,
            written=spent.written,
            ok=ok,
        )
        self.steps.append(step)
        counter = f"[{len(self.steps):>2}/{self._total}]" if self._total else f"[{len(self.steps):>2}]"
        rows = f"{number(step.rows)} baris" if step.rows is not None else ""
        self._show(f"{counter} {'selesai' if ok else 'GAGAL  '} {name:<28} {rows:>18} {number(step.wall, 1):>8} dtk")

    def stages(self) -> list[Step]:
        """The steps added up per table line, in the order in which they ran; memory is the highest."""
        lines: dict[str, Step] = {}
        for step in self.steps:
            stage = lines.setdefault(step.line, Step(step.line, step.line, ok=True))
            stage.wall += step.wall
            stage.cpu += step.cpu
            stage.rss = max(stage.rss, step.rss)
            stage.read += step.read
            stage.written += step.written
            stage.ok = stage.ok and step.ok
            if step.rows is not None:
                stage.rows = (stage.rows or 0) + step.rows
        return list(lines.values())


def _cause(data: StepRetryData) -> str:
    """The one line of the fault for which a step waits, as `guard` wrote it."""
    cause = data.error.cause if data.error else None
    return cause.message[cause.message.find("GALAT") :].strip() if cause and "GALAT" in cause.message else ""


def number(value: float | None, digits: int = 0) -> str:
    """A number as written in Indonesian: 1.234,5; nothing is a dash."""
    if value is None:
        return "–"
    return f"{value:,.{digits}f}".translate(str.maketrans(",.", ".,"))


def stage_table(stages: list[Step], wall: float, peak: float) -> str:
    """The table that is printed at the end of a run."""
    head = f"{'tahap':<26}{'baris':>14}{'waktu dtk':>12}{'CPU dtk':>10}{'puncak MiB':>12}"
    rows = [
        f"{stage.line:<26}{number(stage.rows):>14}{number(stage.wall, 1):>12}{number(stage.cpu, 1):>10}{number(stage.rss):>12}"
        for stage in stages
    ]
    cpu = sum(stage.cpu for stage in stages)
    foot = f"{'seluruhnya':<26}{'':>14}{number(wall, 1):>12}{number(cpu, 1):>10}{number(peak):>12}"
    rule = "─" * len(head)
    return "\n".join([head, rule, *rows, rule, foot])


def write_run_json(path: Path, facts: dict[str, Any], recorder: Recorder, wall: float) -> None:
    """`run.json`: times of the run, which never enter `published/` (docs/architecture.md)."""
    content = {
        **facts,
        "waktu_dtk": round(wall, 3),
        "puncak_rss_mib": round(recorder.sampler.overall, 1),
        "tahap": [asdict(stage) for stage in recorder.stages()],
        "langkah": [asdict(step) for step in recorder.steps],
    }
    write_once(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
