"""The sweep: every operation of every scenario is broken, the work is done again, and the result must be the undisturbed one.

`python -m tests.faults.sweep` (make faults) breaks all operations in all ways, and each recovery from a kill again at each of
its own operations; `--quick` is what the suite runs: of each kind of operation in each kind of folder one is killed, and every
rename, link and removal; each fourth of them is cut off from power, each fourth killed twice; every folder's removal fails once.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from padanan.records.log import logs
from tests.faults.breaker import DONE, ERRORS, KILL, NAMED, POWER, STUCK, Outcome, in_child, tree
from tests.faults.scenarios import SCENARIOS, Scenario, home_of, warm

LINE = re.compile(r"GALAT[^\n]*\. Perbaikan: [^\n]+")
TRIES = 4
EVERY = 4
# What makes a work visible, or takes it away: the suite breaks each of them.
COMMITS = ("rename", "link", "unlink")
_OWN_NAMES = re.compile(r"\.tmp-[^/]*|[0-9a-f]{16,}")
# Up to so many operations each pair of kills is tried, above each eighth.
MANY = 40
WAYS = ("ENOSPC" + STUCK, KILL, "EIO" + STUCK, POWER, *ERRORS)


@dataclass
class Report:
    """What a scenario's sweep found.

    Attributes:
        operations: (operation, path) of the undisturbed run, in order.
        broken: which of them were broken, from 1.
        trials: how often each way of breaking was tried.
        repaired: how often a person's cure was needed (`records repair`).
        faults: what did not recover, one line each.
    """

    name: str
    operations: list[tuple[str, str]] = field(default_factory=list)
    broken: list[int] = field(default_factory=list)
    trials: Counter[str] = field(default_factory=Counter)
    repaired: int = 0
    seconds: float = 0
    faults: list[str] = field(default_factory=list)


class Sweep:
    """One scenario, its prepared folder and its undisturbed result."""

    TOLD = 30.0  # seconds between two lines of progress

    def __init__(self, scenario: Scenario, work: Path, *, left: Callable[[Path], list[str]] | None = None) -> None:
        self.scenario, self.work, self.left = scenario, work, left or drafts
        self.report, self._spoken = Report(scenario.name), time.monotonic()
        self.base = work / "dasar"
        self.base.mkdir(parents=True)
        self._done(in_child(scenario.prepare, self.base), "persiapan")
        trial = self._trial()
        outcome = in_child(scenario.act, trial)
        self._done(outcome, "tanpa gangguan")
        self.expected = scenario.result(trial)
        self.report.operations = [(what, os.path.relpath(path, trial)) for what, path in outcome.seen]

    def _done(self, outcome: Outcome, what: str) -> None:
        if outcome.code != DONE:
            raise SystemExit(f"{self.scenario.name}, {what}: {outcome.code} {outcome.text}")

    def _trial(self) -> Path:
        trial = self.work / "coba"
        shutil.rmtree(trial, ignore_errors=True)
        shutil.copytree(self.base, trial, symlinks=True)
        return trial

    def broken(self, how: str, at: int, *second: int) -> bool:
        """One trial: broken at an operation, perhaps again in the recovery, then done.

        Returns:
            False when the (last) break came after all operations.
        """
        self._progress(how, at, *second)
        trial, name = self._trial(), f"{how} pada {at}" + "".join(f" lalu {number}" for number in second)
        self.report.trials[how if not second else f"{how} dua kali"] += 1
        outcome = in_child(self.scenario.act, trial, at=at, how=how)
        reached = self._ended(outcome, how, name)
        for number in second:
            reached = self._ended(self._again(trial, number), KILL, name)
        cleared = self.report.operations[at - 1 : at] != [] and self.report.operations[at - 1][0] != "rmtree"
        if how not in (KILL, POWER) and not how.endswith(STUCK) and cleared and (left := self.left(trial)):
            self.fault(name, f"sisa {left[0]} walau proses tidak mati")
        for _ in range(TRIES):
            outcome = self._again(trial)
            if outcome.code == DONE:
                break
            if outcome.code != NAMED or not LINE.fullmatch(outcome.text):
                self.fault(name, f"pemulihan: {outcome.text.strip().splitlines()[-1:]}")
                return reached
            if "records repair" not in outcome.text:
                self.fault(name, f"pemulihan ditolak: {outcome.text}")
                return reached
            self.report.repaired += 1
            self._done(in_child(repair, trial), "records repair")
        result = self.scenario.result(trial)
        # What a repair set aside is kept on purpose.
        result = {path: state for path, state in result.items() if ".terpotong-" not in path}
        if result != self.expected:
            wrong = sorted(set(result.items()) ^ set(self.expected.items()))
            self.fault(name, f"hasil berbeda: {wrong[:3]}")
        if left := self.left(trial):
            self.fault(name, f"sisa {left[0]} sesudah pemulihan")
        return reached

    def _progress(self, how: str, at: int, *second: int) -> None:
        """A whole sweep takes its time: what it is at, now and then, beside the results."""
        if time.monotonic() - self._spoken < self.TOLD:
            return
        self._spoken = time.monotonic()
        of, tried = len(self.report.operations), sum(self.report.trials.values())
        where = f"{how} pada {at}/{of}" + "".join(f" lalu {number}" for number in second)
        print(f"  {self.scenario.name}: {where}, {tried} percobaan, {len(self.report.faults)} gagal", file=sys.stderr, flush=True)

    def _again(self, trial: Path, at: int = 0) -> Outcome:
        return in_child(self.scenario.act, trial, at=at)

    def _ended(self, outcome: Outcome, how: str, name: str) -> bool:
        """Checks how a broken run ended; whether it was broken at all."""
        if outcome.code == DONE:
            return False
        if how in (KILL, POWER):
            if outcome.code == NAMED and "records repair" in outcome.text:
                return False
            if outcome.code != -9:
                self.fault(name, f"berakhir {outcome.code}: {outcome.text.strip().splitlines()[-1:]}")
        elif outcome.code != NAMED or not LINE.fullmatch(outcome.text):
            self.fault(name, f"bukan satu baris sebab dan perbaikan: {outcome.text.strip().splitlines()[-1:]}")
        return True

    def fault(self, name: str, what: str) -> None:
        """Notes what did not recover."""
        at = int(name.partition(" pada ")[2].split()[0])
        place = self.report.operations[at - 1] if at <= len(self.report.operations) else ("?", "?")
        self.report.faults.append(f"{self.scenario.name}: {name} ({place[0]} {place[1]}): {what}")


def repair(root: Path) -> None:
    """The cure that the message names."""
    home = home_of(root)
    for log in logs(home):
        log.repair()


def drafts(root: Path) -> list[str]:
    """What killed runs left."""
    return [name for name in tree(root) if "/.tmp-" in f"/{name}"]


def held_drafts(root: Path) -> list[str]:
    """The same, without folders that are empty: they hold nothing of anybody, and go with the next writer there."""
    return [name for name in drafts(root) if (root / name).is_file()]


def chosen(operations: Sequence[tuple[str, str]], *, quick: bool) -> list[int]:
    """Which operations are broken, from 1: all; or every commit, and the first of each kind in each kind of folder."""
    if not quick:
        return list(range(1, len(operations) + 1))
    found, seen = [], set()
    for at, (what, path) in enumerate(operations, 1):
        kind = what, _OWN_NAMES.sub("#", path).rpartition("/")[0]
        if what in COMMITS or kind not in seen:
            found.append(at)
        seen.add(kind)
    return found


def run(scenario: Scenario, work: Path, *, quick: bool) -> Report:
    """All trials of one scenario."""
    started = time.monotonic()
    sweep = Sweep(scenario, work)
    operations = sweep.report.operations
    points = sweep.report.broken = chosen(operations, quick=quick)
    for number, at in enumerate(points, 1):
        if not sweep.broken(KILL, at):
            sweep.fault(f"{KILL} pada {at}", "operasi tidak tercapai")
        if quick and number % EVERY == 0:
            # The recovery is killed somewhere else each time.
            sweep.broken(KILL, at, 1 + at * 7 % len(operations))
        if not quick or number % EVERY == 1:
            sweep.broken(POWER, at)
    if quick:
        # What can't be removed now must be by whoever comes next, also when nothing else is left to do.
        for at, (what, _) in enumerate(operations, 1):
            if what == "rmtree":
                sweep.broken(ERRORS[0], at)
    else:
        step = 1 if len(points) <= MANY else EVERY * 2
        for how in ERRORS:
            for at in points:
                sweep.broken(how, at)
        for at in points:
            second = 1 + at % step
            while sweep.broken(KILL, at, second):
                second += step
    sweep.report.seconds = round(time.monotonic() - started, 1)
    return sweep.report


def sample(scenario: Scenario, work: Path, count: int, rng: random.Random) -> Report:
    """So many operations of a long scenario, drawn from all of them, each broken in the next way of `WAYS`."""
    started = time.monotonic()
    sweep = Sweep(scenario, work, left=held_drafts)
    operations = len(sweep.report.operations)
    places = rng.sample(range(1, operations + 1), min(count, operations))
    for place, at in enumerate(places):
        sweep.broken(WAYS[place % len(WAYS)], at)
    sweep.report.broken = sorted(places)
    sweep.report.seconds = round(time.monotonic() - started, 1)
    return sweep.report


def told(report: Report) -> Iterator[str]:
    """The report as lines."""
    kinds = Counter(what for what, _ in report.operations)
    yield (
        f"{report.name}: {len(report.operations)} operasi ("
        + ", ".join(f"{count} {what}" for what, count in sorted(kinds.items()))
        + f"); {sum(report.trials.values())} percobaan ("
        + ", ".join(f"{count} {how}" for how, count in report.trials.items())
        + f"), {report.repaired} dengan records repair, {len(report.faults)} gagal, {report.seconds} s"
    )
    yield from report.faults[:20]


def main(argv: Sequence[str]) -> int:
    """Sweeps; the exit code is 1 when anything did not recover."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.sweep")
    parser.add_argument("--quick", action="store_true", help="what the suite runs")
    parser.add_argument("--only", help="one scenario by name")
    parser.add_argument("--operations", action="store_true", help="print the counted operations too")
    parser.add_argument("--json", type=Path, help="write the reports there")
    args = parser.parse_args(argv)
    # A killed process loses nothing that it wrote, and losing power is played by the breaker: nobody waits for the disk.
    os.fsync = lambda _: None  # type: ignore[assignment]
    warm()
    reports = []
    with tempfile.TemporaryDirectory(prefix="faults-") as folder:
        for number, scenario in enumerate(SCENARIOS):
            if args.only in (None, scenario.name):
                reports.append(run(scenario, Path(folder) / str(number), quick=args.quick))
                print("\n".join(told(reports[-1])), flush=True)
                if args.operations:
                    print("\n".join(f"  {at:3} {what:7} {path}" for at, (what, path) in enumerate(reports[-1].operations, 1)))
    if args.json:
        args.json.write_text(json.dumps([vars(report) for report in reports]))
    return int(any(report.faults for report in reports))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
