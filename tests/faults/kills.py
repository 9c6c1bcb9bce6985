"""SIGKILL at random moments of real processes: the main job through its command line, the work of `works` in forked children.

A moment is a share of the processor time that the undisturbed work takes, so that a busy machine moves none; the killed work is
done again as a person would, and must come to the undisturbed result.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from padanan.base.home import CHECKOUT
from tests.faults import town
from tests.faults.breaker import DONE, NAMED, Outcome, in_child
from tests.faults.scenarios import Scenario, contracts, everything, plans
from tests.faults.sweep import LINE, drafts, repair
from tests.faults.works import WORKS, states

MAIN = "putaran utama"
KINDS = ("SIGKILL seluruhnya", "SIGKILL induk saja")
"""The whole group of processes at once, as a power switch or the kernel's memory killer; or the parent, leaving its children."""
TICK = 1 / os.sysconf("SC_CLK_TCK")
# How many kills each gets beside the others: the dearer one trial is, the fewer.
WEIGHTS = {
    MAIN: 6, "reviu": 30, "penetapan": 14, "dokumen": 8, "laporan": 4, "daftar lapangan": 20, "paket produsen": 10, "retensi": 28,
    "penyaluran": 14, "umpan balik": 16, "adendum": 26, "lembar kembali": 24,
}  # fmt: skip
WAIT = 20.0  # seconds that orphans have to end in
TRIES = 5
RECOVERED, CURED, WRONG = "pulih", "ditolak bernama", "salah"


@dataclass
class Tally:
    """What came of the kills of one work: outcomes by kind, and a line for each that was wrong."""

    name: str
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    missed: int = 0
    seconds: float = 0
    cpu: float = 0


@dataclass(frozen=True)
class Work:
    """Some work as the killer sees it.

    Attributes:
        start: begins it below a folder, in a process group of its own; the process's number.
        finish: does it again, or what is left of it, unkilled.
        result: what must be equal, and every record readable.
        known: what the undisturbed work came to and the processor time it took, where that is known already.
    """

    name: str
    prepare: Callable[[Path], None]
    start: Callable[[Path], int]
    finish: Callable[[Path], Outcome]
    result: Callable[[Path], dict[str, str]]
    known: Callable[[], tuple[dict[str, str], float]] | None = None


def forked(scenario: Scenario) -> Work:
    """A scenario's work in a child of this process, which has imported everything."""

    def start(root: Path) -> int:
        child = os.fork()
        if child:
            return child
        code = 1
        try:
            os.setsid()
            _quiet()
            scenario.act(root)
            code = 0
        finally:
            os._exit(code)

    def prepare(root: Path) -> None:
        _done(in_child(scenario.prepare, root), scenario.name)

    return Work(scenario.name, prepare, start, lambda root: in_child(scenario.act, root), scenario.result)


def _quiet() -> None:
    nowhere = os.open(os.devnull, os.O_RDWR)
    for stream in (1, 2):
        os.dup2(nowhere, stream)


def main_job() -> Work:
    """`python -m orchestration.run`: landing of what waits, two dbt calls, linkage, publication, report, in one group."""

    def prepare(root: Path) -> None:
        town.copy(states()[town.DELIVERED], root)

    def start(root: Path) -> int:
        process = subprocess.Popen(
            [sys.executable, *town.JOB], cwd=CHECKOUT, env=town.environment(root), start_new_session=True,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        return process.pid

    def finish(root: Path) -> Outcome:
        # A file that was open when the process died is put into the inbox again, as its receipt says.
        landed = in_child(_land_again, root)
        if landed.code != DONE:
            return landed
        done = subprocess.run(
            [sys.executable, *town.JOB], cwd=CHECKOUT, env=town.environment(root), capture_output=True, text=True, check=False
        )
        text = done.stderr.strip()
        return Outcome(DONE if done.returncode == 0 else NAMED, text, ())

    def known() -> tuple[dict[str, str], float]:
        state = states()[town.PUBLISHED]
        return published(state), town.spent(state)

    return Work(MAIN, prepare, start, finish, published, known)


def _land_again(root: Path) -> None:
    from padanan.landing.inbox import process_inbox
    from tests.faults.scenarios import _left_open

    home = town.home_of(root)
    for _ in range(3):
        for name in contracts():
            for fault in process_inbox(home, contracts(), name, plans=plans()).faults:
                raise fault.error
        left = set(_left_open(home))
        for path in home.root.glob("inbox/*/*"):
            if path.name in left:
                os.utime(path)
        if not left:
            return


def published(root: Path) -> dict[str, str]:
    """Everything that is published and its names, byte by byte; of landing that each delivery stands once; reports by name."""
    found = {name: state for name, state in everything(root).items() if name.startswith(("published/", "identitas/"))}
    home = root / "data"
    for folder in sorted(home.glob("landing/*/*/delivery=*")):
        found[folder.relative_to(home).as_posix()] = " ".join(sorted(path.name for path in folder.iterdir()))
    for path in sorted(home.glob("reports/*/*/*")):
        if path.name != "run.json":
            found[path.relative_to(home).as_posix()] = "ada"
    return found


def works() -> dict[str, Work]:
    """By name."""
    return {MAIN: main_job(), **{one.name: forked(one) for one in WORKS}}


def _done(outcome: Outcome, what: str) -> None:
    if outcome.code != DONE:
        raise SystemExit(f"{what}: {outcome.code} {outcome.text}")


def shares(kills: int, names: Iterable[str]) -> dict[str, int]:
    """How many kills each work gets, by `WEIGHTS`; at least one."""
    weights = {name: WEIGHTS[name] for name in names}
    unit = kills / sum(weights.values())
    found = {name: max(1, round(unit * weight)) for name, weight in weights.items()}
    lightest = max(found, key=found.__getitem__)
    return found | {lightest: max(1, found[lightest] + kills - sum(found.values()))}


class Killer:
    """One work, prepared once, done twice undisturbed (the two must be equal), then killed again and again."""

    def __init__(self, work: Work, folder: Path, rng: random.Random, say: Callable[[str], None]) -> None:
        self.work, self.folder, self.rng, self.say = work, folder, rng, say
        self.tally = Tally(work.name)
        self.base = folder / "dasar"
        self.base.mkdir(parents=True, mode=0o700)
        work.prepare(self.base)
        if work.known is not None:
            self.expected, self.total = work.known()
        else:
            self.expected, self.total = self._undisturbed()
        self.tally.cpu = round(self.total, 2)

    def _undisturbed(self) -> tuple[dict[str, str], float]:
        trial = self._trial()
        total, code = self._until_the_end(self.work.start(trial))
        if code:
            _done(self.work.finish(trial), f"{self.work.name}, tanpa gangguan (berakhir {code})")
        expected = self.work.result(trial)
        again = self._trial()
        _done(self.work.finish(again), f"{self.work.name}, tanpa gangguan kedua")
        if expected != (second := self.work.result(again)):
            differ = sorted(set(expected.items()) ^ set(second.items()))
            raise SystemExit(f"{self.work.name}: dua kali tanpa gangguan berbeda: {differ[:4]}")
        return expected, total

    def _trial(self) -> Path:
        trial = self.folder / "coba"
        shutil.rmtree(trial, ignore_errors=True)
        shutil.copytree(self.base, trial, symlinks=True)
        return trial

    def _until_the_end(self, pid: int) -> tuple[float, int]:
        spent = 0.0
        while True:
            spent = max(spent, spent_by(pid))
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                return max(spent, TICK), os.waitstatus_to_exitcode(status)
            time.sleep(0.005)

    def kill(self, at: float, kind: str) -> None:
        """One kill at a share of the work, then the recovery."""
        trial = self._trial()
        pid = self.work.start(trial)
        when = self.total * at
        while spent_by(pid) < when:
            ended, _ = os.waitpid(pid, os.WNOHANG)
            if ended:
                # It was faster than before: a kill after the end proves nothing, and is drawn again.
                self.tally.missed += 1
                if self.tally.missed > 1000:
                    raise SystemExit(f"{self.work.name}: tidak sempat dihentikan")
                self.kill(at * self.rng.uniform(0.3, 0.95), kind)
                return
            time.sleep(0.002)
        time.sleep(self.rng.uniform(0, TICK))
        name = f"{self.work.name}: {kind} pada {at:.4f} dari {self.total:.2f} dtk CPU"
        children = _children(pid)
        with suppress(ProcessLookupError):
            (os.killpg if kind == KINDS[0] else os.kill)(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        self._orphans(children, name)
        self.tally.outcomes[kind, self._recovered(trial, name)] += 1

    def _orphans(self, children: list[psutil.Process], name: str) -> None:
        _, alive = psutil.wait_procs(children, timeout=WAIT)
        for child in alive:
            self.tally.faults.append(f"{name}: anak {child.name()} masih berjalan {WAIT:.0f} dtk sesudah induknya mati")
            child.kill()

    def _recovered(self, trial: Path, name: str) -> str:
        cured = False
        for _ in range(TRIES):
            outcome = self.work.finish(trial)
            if outcome.code == DONE:
                break
            if outcome.code != NAMED or not LINE.fullmatch(outcome.text):
                return self._wrong(f"{name}: pemulihan: {outcome.text.strip()[-600:]}")
            if "records repair" not in outcome.text:
                return self._wrong(f"{name}: pemulihan ditolak: {outcome.text}")
            cured = True
            _done(in_child(repair, trial), "records repair")
        else:
            return self._wrong(f"{name}: sesudah {TRIES} kali masih ditolak")
        proof = in_child(_every_record_reads, trial)
        if proof.code != DONE:
            return self._wrong(f"{name}: catatan tidak terbaca: {proof.text.strip()[-300:]}")
        result = {path: state for path, state in self.work.result(trial).items() if ".terpotong-" not in path}
        if result != self.expected:
            differ = sorted(set(result.items()) ^ set(self.expected.items()))
            return self._wrong(f"{name}: hasil berbeda: {differ[:4]}")
        if left := drafts(trial):
            return self._wrong(f"{name}: sisa {left[:2]}")
        return CURED if cured else RECOVERED

    def _wrong(self, line: str) -> str:
        self.tally.faults.append(line)
        self.say(f"SALAH {line}")
        if KEEP:
            kept = Path(KEEP) / f"{self.work.name.replace(' ', '-')}-{len(self.tally.faults)}"
            shutil.copytree(self.folder / "coba", kept, symlinks=True, dirs_exist_ok=True)
        return WRONG


KEEP = os.environ.get("PADANAN_FAULTS_KEEP")
"""A folder in which the home of each wrong trial is kept."""


def _every_record_reads(root: Path) -> None:
    from padanan.records.log import prove_all

    prove_all(town.home_of(root))


def _children(pid: int) -> list[psutil.Process]:
    with suppress(psutil.Error):
        return psutil.Process(pid).children(recursive=True)
    return []


def spent_by(pid: int) -> float:
    """Seconds of processor time of a process, of what it waited for and of its living children."""
    total = 0.0
    with suppress(psutil.Error):
        parent = psutil.Process(pid)
        for one in (parent, *parent.children(recursive=True)):
            with suppress(psutil.Error):
                total += sum(one.cpu_times()[:4])
    return total


def run(
    kills: int, seed: int, folder: Path, *, only: Sequence[str], say: Callable[[str], None], until: float | None = None
) -> Iterator[Tally]:
    """All kills, work by work; the same seed draws the same moments.

    Args:
        only: names of works; none for all. until: by the monotonic clock, when no further kill begins.

    Yields:
        The tally of each work when it is through.
    """
    known = works()
    chosen = [name for name in known if not only or name in only]
    for number, (name, count) in enumerate(shares(kills, chosen).items()):
        if not count or (until is not None and time.monotonic() > until):
            continue
        begun, rng = time.monotonic(), random.Random(f"{seed}/{name}")
        try:
            killer = Killer(known[name], folder / f"{number}", rng, say)
        except SystemExit as broken:
            yield Tally(name, faults=[str(broken)])
            continue
        # One in each stretch of the work, in any order: what time cuts off is no end of it.
        moments = [((place + rng.random()) / count, KINDS[rng.random() < 0.4]) for place in range(count)]
        rng.shuffle(moments)
        for place, (at, kind) in enumerate(moments, 1):
            if until is not None and time.monotonic() > until:
                break
            killer.kill(at, kind)
            if place % 5 == 0 or name == MAIN:
                say(f"{name}: {place}/{count} kali, {len(killer.tally.faults)} salah, {time.monotonic() - begun:.0f} dtk")
        killer.tally.seconds = round(time.monotonic() - begun, 1)
        shutil.rmtree(folder / f"{number}", ignore_errors=True)
        yield killer.tally
