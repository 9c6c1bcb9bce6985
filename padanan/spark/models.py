"""The dbt models of one call, built in a Spark session of this process.

What a model says is `dbt_project/`; which call comes when belongs to whoever runs it.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from padanan.base.home import Home
from padanan.spark.cursor import install
from padanan.spark.session import DBT_PROJECT


@dataclass(frozen=True)
class Built:
    """What became of a model: seconds it took, and the first line of what stopped it (None: built)."""

    model: str
    seconds: float
    trouble: str | None


def build(home: Home, target: Path, select: Sequence[str]) -> list[Built]:
    """Runs the selected models on Spark; the session must have been started (`session.start`).

    Args:
        home: the data home whose run plan and landing they read.
        target: dbt's working folder.
        select: dbt's selectors.

    Returns:
        One line for each model, in the order they ran.
    """
    from dbt.cli.main import dbtRunner

    install()
    os.environ["PADANAN_HOME"] = str(home.root)
    arguments = ["--quiet", "run", "--target", "spark", "--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)]
    arguments += ["--target-path", str(target), "--log-path", str(target), "--log-level-file", "none", "--select", *select]
    done = dbtRunner().invoke(arguments)
    if done.exception is not None:
        raise done.exception
    results = getattr(done.result, "results", [])
    return [
        Built(r.node.name, round(r.execution_time, 2), _first_line(r.message) if r.status not in ("success", "pass") else None)
        for r in results
    ]


def _first_line(message: str | None) -> str:
    lines = [line.strip() for line in (message or "").splitlines() if line.strip()]
    return " ".join(lines[:3])[:400] or "dilewati"
