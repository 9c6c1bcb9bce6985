"""`make test-scale`: the main job at two sizes; fails when a step, model or test grows faster than its rows or costs too much.

What is allowed stands in `growth`, how a model is measured in `nodes`.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.scale.growth import STEP_BUDGETS, WHOLE, WHOLE_BUDGET, Growth, compared, slowness
from benchmarks.scale.nodes import Node, nodes
from padanan.base.errors import PadananError
from padanan.base.home import CHECKOUT, Home
from padanan.base.period import Periode

SIZES, PERIODE = (50_000, 200_000), Periode(2025, 2)
SHOWN = 12
TIMES = 3
"""How often a model or test that seems to grow or cost too much is asked again, at both sizes: a second of one query is a quarter
more where a neighbour works, and then the growth is the machine's."""


@dataclass(frozen=True)
class Measured:
    """What one size cost: seconds of processor time by step and of the floor on the same files, and the nodes."""

    home: Home
    steps: dict[str, float]
    nodes: list[Node]
    floor: float

    def again(self, names: Collection[str]) -> dict[str, float]:
        """The least that each of these models and tests takes of `TIMES` more, and of the time before."""
        with tempfile.TemporaryDirectory(dir=self.home.root) as work:
            asked = {node.name: node.cpu for node in nodes(self.home, Path(work), names, TIMES)}
        return {node.name: min(node.cpu, asked[node.name]) for node in self.nodes if node.name in asked}


def measured(root: Path, residents: int, profile: str) -> Measured:
    """Makes the deliveries of so many residents, runs the main job and asks every model and test once more.

    Raises:
        PadananError: the run failed.
    """
    env = {**os.environ, "PADANAN_HOME": str(root), "PADANAN_DAGSTER_STORAGE": str(root / "dagster")}
    command = [
        sys.executable,
        "-m",
        "orchestration.demo",
        "--scale",
        str(residents),
        "--profile",
        profile,
        "--periode",
        PERIODE.label,
    ]
    done = subprocess.run(
        command, cwd=CHECKOUT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise PadananError(f"run {residents} penduduk gagal", cure=done.stderr.strip()[-400:] or "jalankan 'make demo'")
    home = Home(root)
    record = json.loads((home.reports(PERIODE, 1) / "run.json").read_text(encoding="utf-8"))
    steps = {stage["line"]: float(stage["cpu"]) for stage in record["tahap"]}
    # Before and after the nodes: one look at the machine's pace is a look at a moment.
    before = _floor(root)
    with tempfile.TemporaryDirectory(dir=root) as work:
        found = nodes(home, Path(work))
    return Measured(home, steps, found, (before + _floor(root)) / 2)


def _floor(root: Path) -> float:
    command = [sys.executable, "-m", "benchmarks.scale.floor", str(root)]
    done = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=False)
    if done.returncode:
        raise PadananError("lantai tidak dapat diukur", cure="jalankan 'python -m benchmarks.scale.floor HOME'")
    return float(json.loads(done.stdout)["cpu"])


def main(argv: Sequence[str] | None = None) -> int:
    """Prints what costs most and what is not allowed; 1 where anything is not."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scale", description=__doc__)
    parser.add_argument("--profile", default="default", help="default, clean, atau hard")
    parser.add_argument("--sizes", type=int, nargs=2, default=SIZES, metavar="N", help="jumlah penduduk, yang kecil dahulu")
    args = parser.parse_args(argv)
    small_size, large_size = args.sizes
    begun = time.monotonic()
    sizes: list[Measured] = []
    with tempfile.TemporaryDirectory(prefix="skala-") as folder:
        os.environ["PADANAN_KEY_FILE"] = str(Path(folder) / "kunci" / "hmac.key")
        for count in (small_size, large_size):
            print(f"{count} penduduk: kiriman, job utama, setiap model dan uji sekali lagi", flush=True)
            sizes.append(measured(Path(folder) / str(count), count, args.profile))
            if crossed := [fault for node in sizes[-1].nodes for fault in node.faults]:
                # At the larger size such a join would be waited for in vain.
                return _verdict(crossed, begun)
        residents, slow = (small_size, large_size), slowness(sizes[1].floor, large_size)
        print(f"\nlantai di samping job: {sizes[1].floor:.1f} CPU dtk, anggaran dikali {slow:.2f}")
        costs = _costs(sizes, residents, slow)
    steps = [{**size.steps, WHOLE: sum(size.steps.values())} for size in sizes]
    whole = compared(steps[0], steps[1], residents, {**STEP_BUDGETS, WHOLE: WHOLE_BUDGET}, slow)
    _tell("tahap", whole)
    _tell(f"model dan uji ({len(costs)}, yang termahal)", sorted(costs, key=lambda one: -one.large)[:SHOWN])
    faults = [fault for one in (*whole, *costs) for fault in one.faults]
    return _verdict(faults, begun)


def _costs(sizes: Sequence[Measured], residents: tuple[int, int], slow: float) -> list[Growth]:
    """Every model and test at both sizes; those beyond what is allowed are asked again before that is said of them."""
    small, large = ({node.name: node.cpu for node in size.nodes} for size in sizes)
    costs = compared(small, large, residents, {}, slow)
    if not (suspects := [one.name for one in costs if one.faults]):
        return costs
    print(f"ditanyakan {TIMES} kali lagi: {', '.join(suspects)}", flush=True)
    small, large = ({**before, **size.again(suspects)} for before, size in zip((small, large), sizes, strict=True))
    return compared(small, large, residents, {}, slow)


def _verdict(faults: Sequence[str], begun: float) -> int:
    print(f"{time.monotonic() - begun:.0f} dtk")
    for fault in faults:
        print(f"GALAT: {fault}", file=sys.stderr)
    print("skala terjaga" if not faults else f"SKALA TIDAK TERJAGA: {len(faults)} hal")
    return 1 if faults else 0


def _tell(title: str, costs: Sequence[Growth]) -> None:
    print(f"\n{title:<52}{'kecil':>8}{'besar':>8}{'pangkat':>9}{'per juta':>10}")
    for one in costs:
        print(f"{one.name[:51]:<52}{one.small:>8.1f}{one.large:>8.1f}{one.exponent:>9.2f}{one.per_million:>10.1f}")


if __name__ == "__main__":
    raise SystemExit(main())
