"""`python -m orchestration.run --periode 2025-S2`: one job on the persistent Dagster instance, with progress.

What the job does is in `defs/`; the same job can be started from the UI.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO
from uuid import uuid4

from orchestration.environment import prepare
from orchestration.guard import told
from padanan.base import disk
from padanan.base.arguments import Parser
from padanan.base.errors import PadananError, safe_reason
from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode

if TYPE_CHECKING:
    import dagster as dg

JOBS = ("padanan_periode", "rancangan_periode", "landing_produsen", "tugas_periode")


@dataclass(frozen=True)
class RunOutcome:
    """How a run ended: `line` is empty on success, else the one line of cause and cure."""

    ok: bool
    line: str
    run_id: str
    revisi: int | None
    record: Path | None
    wall: float
    unchanged: bool = False


@contextmanager
def quiet_output(log: Path) -> Iterator[TextIO]:
    """Sends what libraries print to `log` and gives the person's own terminal stream.

    dbt, Dagster and GX print hundreds of lines; a person wants one per step.
    """
    disk.mkdir(log.parent, parents=True, exist_ok=True)
    sys.stdout.flush()
    sys.stderr.flush()
    terminal = os.fdopen(os.dup(1), "w", buffering=1)
    saved = os.dup(1), os.dup(2)
    handle = disk.opened(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    os.close(handle)
    try:
        yield terminal
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os.dup2(saved[0], 1)
        os.dup2(saved[1], 2)
        os.close(saved[0])
        os.close(saved[1])
        terminal.close()


def run_job(
    job: str,
    periode: Periode,
    *,
    home: Home,
    batas: str | None = None,
    revisi: int | None = None,
    rebuild: bool = False,
    instance: dg.DagsterInstance | None = None,
    quiet: bool = False,
) -> RunOutcome:
    """Runs a job for a period in this process and measures it.

    Args:
        job: one of `JOBS`.
        batas: cut-off day (ISO) for `padanan_periode`.
        revisi: the revision that `rancangan_periode` freezes; by default the newest.
        rebuild: build the warehouse of `padanan_periode` also when nothing changed.
        instance: by default the persistent one of DAGSTER_HOME.
        quiet: prints no progress (tests).

    Returns:
        The outcome; `record` is the `run.json` that was written.
    """
    import dagster as dg

    from orchestration.definitions import defs
    from orchestration.failures import explain_run
    from orchestration.measure import Recorder, stage_table, write_run_json
    from orchestration.revisions import UNCHANGED
    from orchestration.warehouse import release

    home.ensure()
    run_id = str(uuid4())
    started = datetime.now(JAKARTA)
    with quiet_output(home.root / "logs" / f"run-{run_id}.log") as terminal:

        def show(line: str) -> None:
            if not quiet:
                print(line, file=terminal, flush=True)

        resolved = defs().resolve_job_def(job)
        own_instance = instance is None
        instance = instance or dg.DagsterInstance.get()
        recorder = Recorder(show, total=len(list(resolved.all_node_defs)))
        show(f"Padanan {periode.label}: job {job}, run {run_id[:8]}")
        instance.add_event_listener(run_id, recorder)
        recorder.sampler.start()
        clock = time.perf_counter()
        try:
            result = resolved.execute_in_process(
                instance=instance,
                partition_key=periode.key,
                run_id=run_id,
                run_config=_run_config(job, batas, revisi, rebuild),
                tags={"padanan/mulai_dari": "baris-perintah"},
                raise_on_error=False,
            )
        finally:
            recorder.sampler.stop()
            release(home)
        wall = time.perf_counter() - clock
        tags = dict(instance.get_run_by_id(run_id).tags)  # type: ignore[union-attr]
        number = int(tags["padanan/revisi"]) if "padanan/revisi" in tags else None
        line = "" if result.success else explain_run(instance, run_id)
        unchanged = UNCHANGED in tags
        record = _record_path(home, job, periode, number, run_id, ok=result.success and not unchanged)
        facts: dict[str, Any] = {
            "run_id": run_id,
            "job": job,
            "periode": periode.key,
            "label": periode.label,
            "revisi": number,
            "mulai": started.isoformat(),
            "berhasil": result.success,
            "sebab": line,
        }
        write_run_json(record, facts, recorder, wall)
        if own_instance:
            instance.dispose()
        show("")
        show(stage_table(recorder.stages(), wall, recorder.sampler.overall))
        if unchanged:
            show(f"\nTidak ada masukan yang berubah: revisi {number} {periode.label} tetap (--rebuild membangun gudangnya lagi).")
    return RunOutcome(result.success, line, run_id, number, record, wall, unchanged)


def _run_config(job: str, batas: str | None, revisi: int | None, rebuild: bool) -> dict[str, Any]:
    told = {**({"batas": batas} if batas else {}), **({"bangun_ulang": True} if rebuild else {})}
    if job == "padanan_periode" and told:
        return {"ops": {"landing__rencana": {"config": told}}}
    if job == "rancangan_periode" and revisi:
        return {"ops": {f"decree__{name}": {"config": {"revisi": revisi}} for name in ("rancangan", "dokumen")}}
    return {}


def _record_path(home: Home, job: str, periode: Periode, revisi: int | None, run_id: str, *, ok: bool) -> Path:
    if not ok or revisi is None:
        return home.root / "logs" / f"run-{run_id}.json"
    name = "run.json" if job == "padanan_periode" else f"run-{job}.json"
    return home.reports(periode, revisi) / name


def main(argv: list[str] | None = None) -> int:
    """The command line; exit code 0 when the job succeeded, else 1 with one line on stderr."""
    prepare()
    parser = Parser(
        prog="python -m orchestration.run", description="Menjalankan satu job Dagster untuk satu periode, dengan kemajuannya."
    )
    parser.add_argument("--periode", required=True, help="periode penetapan, misalnya 2025-S2")
    parser.add_argument("--job", choices=JOBS, default="padanan_periode", help="job yang dijalankan")
    parser.add_argument("--cutoff", help="tanggal batas kiriman (ISO); bawaan: hari penetapan")
    parser.add_argument("--revisi", type=int, help="revisi yang dibekukan (rancangan_periode); bawaan: terbaru")
    parser.add_argument("--rebuild", action="store_true", help="bangun gudang lagi walaupun tidak ada masukan yang berubah")
    options = parser.parse_args(argv)
    try:
        home = Home.from_env()
        outcome = run_job(
            options.job,
            Periode.parse(options.periode),
            home=home,
            batas=options.cutoff,
            revisi=options.revisi,
            rebuild=options.rebuild,
        )
    except PadananError as error:
        print(error, file=sys.stderr)
        return 1
    except Exception as error:
        print(
            told(error) or f"GALAT: run tidak dapat dimulai ({safe_reason(error)}). Perbaikan: jalankan make check, lalu ulangi",
            file=sys.stderr,
        )
        return 1
    if not outcome.ok:
        print(outcome.line, file=sys.stderr)
        return 1
    print(f"\nSelesai. Catatan run: {outcome.record}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
