"""`python -m tests.faults.bench` (make bench-faults): the table of faults and what became of them, part by part.

What is broken stands in `kills`, `sweep` and `environment`; here they are run, counted and printed.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults import environment, kills, scenarios, sweep, works

PARTS = ("bunuh", "operasi", "lingkungan")
"""Kills at random moments; every disk operation of the second half broken; what the machine and other people do."""


@dataclass(frozen=True)
class Line:
    """One line of the table."""

    part: str
    kind: str
    count: int
    recovered: int
    refused: int
    wrong: int


@dataclass
class Table:
    """The lines so far, and what was wrong."""

    lines: list[Line] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    untried: list[str] = field(default_factory=list)

    def killed(self, tally: kills.Tally) -> None:
        """Adds what came of a work's kills."""
        for kind in kills.KINDS:
            found = [tally.outcomes[kind, one] for one in (kills.RECOVERED, kills.CURED, kills.WRONG)]
            if any(found):
                self.lines.append(Line(tally.name, kind, sum(found), *found))
        self.faults += tally.faults

    @property
    def code(self) -> int:
        """The exit code: 1 when anything was wrong."""
        return int(bool(self.faults))

    def swept(self, report: sweep.Report) -> None:
        """Adds what came of a sample of a work's operations; a fault is told by the way of breaking that it names."""
        for way, count in sorted(report.trials.items()):
            wrong = min(count, sum(f": {way} pada " in line for line in report.faults))
            self.lines.append(Line(report.name, f"operasi: {way}", count, count - wrong, 0, wrong))
        self.faults += report.faults

    def found(self, findings: environment.Findings) -> None:
        """Adds what the machine and other people did."""
        for part, kind in sorted({(one[0], one[1]) for one in findings.outcomes}):
            some = [findings.outcomes[part, kind, one] for one in (kills.RECOVERED, environment.REFUSED, kills.WRONG)]
            self.lines.append(Line(part, kind, sum(some), *some))
        self.faults += findings.faults
        self.untried += findings.untried

    def text(self) -> str:
        """The table in Markdown, its last line the sum."""
        rows = [*self.lines, Line("semua", "", *(sum(getattr(one, name) for one in self.lines) for name in COUNTS))]
        head = "| bagian | gangguan | kali | pulih | ditolak bernama | salah |\n|---|---|---|---|---|---|"
        return "\n".join(
            [
                head,
                *(f"| {one.part} | {one.kind} | {one.count} | {one.recovered} | {one.refused} | {one.wrong} |" for one in rows),
            ]
        )


COUNTS = ("count", "recovered", "refused", "wrong")


def warm() -> None:
    """Imports what the forked children need, before anything is forked and without starting a thread."""
    import importlib

    for name in (*scenarios.WARM, *works.WARM):
        importlib.import_module(name)
    scenarios.contracts()
    scenarios.plans()


def sweeps(count: int, seed: int, folder: Path, only: Sequence[str], say: Callable[[str], None]) -> Iterator[sweep.Report]:
    """A sample of the operations of each work, broken one after another."""
    fsync, os.fsync = os.fsync, lambda _: None  # type: ignore[assignment]
    try:
        for number, scenario in enumerate(works.WORKS):
            if only and scenario.name not in only:
                continue
            report = sweep.sample(scenario, folder / str(number), count, random.Random(f"{seed}/{scenario.name}"))
            say(f"{scenario.name}: {len(report.broken)} dari {len(report.operations)} operasi, {len(report.faults)} salah")
            yield report
    finally:
        os.fsync = fsync


def main(argv: Sequence[str]) -> int:
    """Runs and prints; the exit code is 1 when anything was wrong."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.bench")
    parser.add_argument("--kills", type=int, default=200, help="how many SIGKILLs over all works")
    parser.add_argument("--seed", type=int, default=1, help="draws the moments; it is printed")
    parser.add_argument("--part", choices=PARTS, action="append", help="only this part (may be repeated)")
    parser.add_argument("--only", action="append", default=[], help="only this work, by its name in the table (may be repeated)")
    parser.add_argument("--operations", type=int, default=24, help="how many disk operations of each work are broken")
    parser.add_argument("--minutes", type=float, help="no kill begins later; the table says how many there were")
    parser.add_argument("--town", type=Path, help="where the made-up town is kept for the next time")
    args = parser.parse_args(argv)
    begun = time.monotonic()

    def say(line: str) -> None:
        print(f"  [{time.monotonic() - begun:6.0f} dtk] {line}", file=sys.stderr, flush=True)

    table = Table()
    until = begun + args.minutes * 60 if args.minutes else None
    with tempfile.TemporaryDirectory(prefix="faults-") as temporary:
        folder = Path(temporary).resolve()
        folder.chmod(0o700)
        say("kota uji disiapkan")
        works.ready((args.town or folder / "kota").resolve())
        warm()
        parts = args.part or PARTS
        if "bunuh" in parts:
            say(f"{args.kills} kali SIGKILL, benih {args.seed}")
            for tally in kills.run(args.kills, args.seed, folder / "bunuh", only=args.only, say=say, until=until):
                table.killed(tally)
                say(f"{tally.name}: {dict(tally.outcomes)}, {tally.missed} terlalu lambat, {tally.seconds} dtk")
        if "operasi" in parts:
            for report in sweeps(args.operations, args.seed, folder / "operasi", args.only, say):
                table.swept(report)
        if "lingkungan" in parts:
            table.found(environment.run(folder / "lingkungan", works.states(), args.seed, only=args.only, say=say))
    print(table.text())
    print("\n".join([*(f"tidak dicoba: {one}" for one in table.untried), *table.faults]))
    return table.code


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
