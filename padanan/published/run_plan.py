"""The run plan as later steps read it: which contracts and which pinned deliveries the warehouse was built from.

Pinning deliveries and choosing the revision's number is `run.plan`'s work.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.contracts.planned import PlanData, stored
from padanan.published.revisions import published_revisions


@dataclass(frozen=True)
class RunPlan:
    """One revision's inputs. `unchanged` says that this revision is published already and nothing has to run."""

    periode: Periode
    revisi: int
    cutoff: date
    inputs_hash: str
    unchanged: bool
    data: PlanData


def rebuild_cure(periode: Periode) -> str:
    """What to do when the warehouse holds another revision than the one that is asked for: names stand nowhere else."""
    return f"bangun gudang untuk periode itu: python -m orchestration.run --periode {periode.label} --rebuild, lalu ulangi"


def read_plan(home: Home) -> RunPlan:
    """The plan that the warehouse was last built from.

    Raises:
        PadananError: no plan was written yet, or it can't be read.
    """
    data = stored(home)
    if data is None:
        raise PadananError(
            "belum ada rencana putaran", file=home.run_plan, cure="jalankan dahulu aset landing/rencana atau job padanan_periode"
        )
    periode = Periode.parse(data.periode)
    unchanged = any(
        number == data.revisi and manifest.get("inputs_hash") == data.inputs_hash
        for number, manifest in published_revisions(home, periode)
    )
    return RunPlan(periode, data.revisi, date.fromisoformat(data.cutoff), data.inputs_hash, unchanged, data)
