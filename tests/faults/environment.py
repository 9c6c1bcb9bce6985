"""What the machine and other people do to a work: no room, memory or handles, damage, a jumping clock, two at once.

Each trial ends in the undisturbed result, or in one line of file, place, cause and cure; afterwards, with the fault gone, the
work comes to the undisturbed result. What needs a tool that is missing here is told, and counts as nothing.
"""

from __future__ import annotations

import os
import random
import resource
import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from padanan.base.home import CHECKOUT, Home
from tests.faults import town
from tests.faults.breaker import DONE, NAMED, Outcome, in_child
from tests.faults.kills import RECOVERED, WRONG
from tests.faults.scenarios import Scenario
from tests.faults.sweep import LINE, drafts, repair
from tests.faults.works import WORKS

REFUSED = "ditolak bernama"
FAKETIME = next((path for path in Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1")), None)
LIMITED = ("reviu", "penetapan", "daftar lapangan", "retensi", "penyaluran", "umpan balik", "adendum", "lembar kembali")
MIB = 1 << 20


@dataclass
class Findings:
    """Outcomes by (part, kind), and a line for each that was wrong or could not be tried."""

    outcomes: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    untried: list[str] = field(default_factory=list)

    def add(self, part: str, kind: str, outcome: str, why: str = "") -> None:
        """Counts one trial."""
        self.outcomes[part, kind, outcome] += 1
        if outcome == WRONG:
            self.faults.append(f"{part}, {kind}: {why}")


class Trials:
    """One work, prepared once, and its undisturbed result; each trial stands in a folder of its own."""

    def __init__(self, scenario: Scenario, folder: Path, findings: Findings) -> None:
        self.scenario, self.folder, self.findings = scenario, folder, findings
        self.base = folder / "dasar"
        self.base.mkdir(parents=True, mode=0o700)
        self._must(in_child(scenario.prepare, self.base))
        trial = self.copied(folder / "coba")
        self._must(in_child(scenario.act, trial))
        self.expected = scenario.result(trial)

    def _must(self, outcome: Outcome) -> None:
        if outcome.code != DONE:
            raise SystemExit(f"{self.scenario.name}: {outcome.text}")

    def copied(self, root: Path) -> Path:
        """The base at another place."""
        shutil.rmtree(root, ignore_errors=True)
        shutil.copytree(self.base, root, symlinks=True)
        return root

    def judge(self, kind: str, name: str, outcomes: Sequence[Outcome], root: Path) -> None:
        """Counts a disturbed work by how it ended, what was left, and what the next, undisturbed one came to."""
        part = self.scenario.name

        def wrong(why: str) -> None:
            self.findings.add(part, kind, WRONG, f"{name}: {why}")

        for one in outcomes:
            if one.code not in (DONE, NAMED) or (one.code == NAMED and not LINE.fullmatch(one.text)):
                return wrong(f"berakhir {one.code}: {one.text.strip()[-400:]}")
        again = in_child(self.scenario.act, root)
        if again.code == NAMED and "records repair" in again.text:
            in_child(repair, root)
            again = in_child(self.scenario.act, root)
        if again.code != DONE:
            return wrong(f"sesudahnya {again.code}: {again.text.strip()[-400:]}")
        result = {path: state for path, state in self.scenario.result(root).items() if ".terpotong-" not in path}
        if result != self.expected:
            return wrong(f"hasil berbeda: {sorted(set(result.items()) ^ set(self.expected.items()))[:3]}")
        if left := drafts(root):
            return wrong(f"sisa {left[:2]}")
        ended = all(one.code == DONE for one in outcomes)
        self.findings.add(part, kind, RECOVERED if ended else REFUSED)
        return None


def _limited(act: Callable[[Path], None], what: int, limit: Callable[[], int]) -> Callable[[Path], None]:
    def run(root: Path) -> None:
        number = limit()
        _, hard = resource.getrlimit(what)
        resource.setrlimit(what, (number, hard))
        try:
            act(root)
        finally:
            resource.setrlimit(what, (hard, hard))

    return run


def _handles() -> int:
    return max(map(int, (one.name for one in Path("/proc/self/fd").iterdir()))) + 1


def _mapped() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()


def limits(trials: Trials, rng: random.Random) -> None:
    """No file handles, no memory, no large files: from nothing at all to almost enough."""
    act, at = trials.scenario.act, trials.folder / "coba"
    for spare in (1, 4, rng.randint(6, 12), rng.randint(13, 40)):
        root = trials.copied(at)
        broken = _limited(act, resource.RLIMIT_NOFILE, lambda spare=spare: _handles() + spare)  # type: ignore[misc]
        trials.judge("tanpa pegangan berkas", f"{spare} pegangan", [in_child(broken, root)], root)
    for spare in (2, rng.randint(8, 40), rng.randint(60, 300)):
        root = trials.copied(at)
        broken = _limited(act, resource.RLIMIT_AS, lambda spare=spare: _mapped() + spare * MIB)  # type: ignore[misc]
        trials.judge("memori habis", f"{spare} MiB", [in_child(broken, root)], root)
    for size in (100, rng.randint(2_000, 60_000)):
        root = trials.copied(at)
        broken = _limited(act, resource.RLIMIT_FSIZE, lambda size=size: size)  # type: ignore[misc]
        trials.judge("batas ukuran berkas", f"{size} bita", [in_child(broken, root)], root)


@contextmanager
def small_disk(at: Path, size: int) -> Iterator[Callable[[str], None]]:
    """A file system of so many bytes; its options can be changed while it is mounted.

    Raises:
        OSError: this account may not mount.
    """
    at.mkdir(parents=True, exist_ok=True, mode=0o700)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", at], capture_output=True, check=False)
    if done.returncode:
        raise PermissionError("mount")

    def change(option: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{option}", at], check=True, capture_output=True)

    try:
        yield change
    finally:
        subprocess.run(["umount", "-l", at], check=False, capture_output=True)


def disks(trials: Trials, rng: random.Random) -> None:
    """A full disk with more and less room left, and one that was mounted to be read."""
    used = sum(-(-path.stat().st_size // 4096) * 4096 + 4096 for path in trials.base.rglob("*") if not path.is_symlink())
    act = trials.scenario.act
    try:
        for room in (0, rng.randint(4, 60) * 1024, rng.randint(60, 900) * 1024, -1):
            with small_disk(trials.folder / "disk", used + 8 * MIB) as change:
                root = trials.copied(trials.folder / "disk" / "coba")
                kind, name = "disk penuh", f"sisa {room} bita"
                if room < 0:
                    kind = name = "disk hanya baca"
                    change("ro")
                else:
                    state = os.statvfs(root)
                    ballast = trials.folder / "disk" / "beban"
                    with ballast.open("wb") as handle:
                        os.posix_fallocate(handle.fileno(), 0, max(1, state.f_bavail * state.f_frsize - room))
                outcome = in_child(act, root, told=trials.folder / "disk.hasil")
                if room < 0:
                    change("rw")
                else:
                    ballast.unlink()
                    change(f"size={used + 400 * MIB}")
                trials.judge(kind, name, [outcome], root)
    except PermissionError:
        trials.findings.untried.append(f"{trials.scenario.name}: disk penuh dan hanya baca (mount butuh root)")


def together(trials: Trials, rng: random.Random) -> None:
    """Two runs at once, the second begun a moment later: each ends, or says who holds what; nothing stands twice."""
    for number in range(3):
        root = trials.copied(trials.folder / "coba")
        start = [0.0, rng.uniform(0, 0.15)]
        children = []
        for place, delay in enumerate(start):
            told = trials.folder / f"kata-{place}"
            child = os.fork()
            if child == 0:
                time.sleep(delay)
                outcome = in_child(trials.scenario.act, root, told=told.with_suffix(".hasil"))
                told.write_text(f"{outcome.code}\n{outcome.text}")
                os._exit(0)
            children.append((child, told))
        outcomes = []
        for child, told in children:
            os.waitpid(child, 0)
            code, _, text = told.read_text().partition("\n")
            outcomes.append(Outcome(int(code), text, ()))
        trials.judge("dua proses sekaligus", f"percobaan {number}", outcomes, root)


DAMAGED = (
    "published/*/rev-*/sasaran.parquet", "published/*/rev-*/prelist.parquet", "published/*/rev-*/manifest.json",
    "published/*/rev-*/sidik.json", "identitas/*/rev-*/identitas.parquet", "decree/*/ke-1/data_sasaran.parquet",
    "decree/*/ke-1/segel.json", "decisions/reviu/*.jsonl", "landing/verivali/*/*/part.parquet",
    "landing/verivali/*/*/manifest.json", "warehouse/*.duckdb", "warehouse/rencana.json",
)  # fmt: skip


def damage(trials: Trials, rng: random.Random) -> None:
    """A byte flipped, or the end lost, of what a work reads: named with its file, or not read at all; put back, it goes on."""
    for pattern in DAMAGED:
        for how in ("terpotong", "satu bita berubah"):
            root = trials.copied(trials.folder / "coba")
            found = sorted(Home(root / "data").root.glob(pattern))
            if not found:
                continue
            path = found[0]
            content = path.read_bytes()
            mode = path.stat().st_mode
            path.chmod(0o600)
            if how == "terpotong":
                path.write_bytes(content[: rng.randrange(len(content))])
            else:
                place = rng.randrange(len(content))
                path.write_bytes(content[:place] + bytes([content[place] ^ (1 << rng.randrange(8))]) + content[place + 1 :])
            path.chmod(mode)
            outcome = in_child(trials.scenario.act, root)
            name = f"{path.relative_to(root / 'data')} {how}"
            if outcome.code == DONE:
                changed = set(trials.scenario.result(root).items()) ^ set(trials.expected.items())
                used = sorted(one for one in changed if one[0] != path.relative_to(root / "data").as_posix())
                if used:
                    why = f"{name}: dipakai diam-diam: {used[:3]}"
                    trials.findings.add(trials.scenario.name, f"berkas {how}", WRONG, why)
                    continue
            path.chmod(0o600)
            path.write_bytes(content)
            path.chmod(mode)
            trials.judge(f"berkas {how}", name, [outcome], root)


CLOCK = (
    ("daftar lapangan", "2025-12-31 23:59:58", ("worklist", "make", "--periode", town.PERIODE.label)),
    ("paket produsen", "2025-12-31 23:59:57", ("kit", "make", "--periode", town.PERIODE.label, "--producer", "klj")),
    ("umpan balik", "2025-12-31 23:59:58", ("umpan-balik", "ambil")),
    ("penetapan", "2026-06-30 23:59:58", ("decree", "documents", "--periode", town.PERIODE.label)),
    ("retensi", "2026-06-30 23:59:58", ("retention", "run", "--by", "Ani Uji", "--witness", "Budi Uji")),
)


def clocks(states: dict[str, Path], folder: Path, findings: Findings) -> None:
    """Commands that pass midnight and the half-year while they run, then again a day earlier: the clock was put back."""
    if FAKETIME is None:
        findings.untried.append("jam yang melompat (paket faketime tidak terpasang)")
        return
    for part, moment, command in CLOCK:
        root = folder / "jam"
        shutil.rmtree(root, ignore_errors=True)
        town.copy(states[town.HEARD], root)
        back = (datetime.fromisoformat(moment) - timedelta(days=1)).isoformat(sep=" ")
        for when in (moment, back):
            env = town.environment(root) | {
                "LD_PRELOAD": str(FAKETIME),
                "FAKETIME": f"@{when}",
                "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            }
            done = subprocess.run(
                [sys.executable, "-m", "padanan.cli", *command],
                cwd=CHECKOUT,
                env=env,
                capture_output=True,
                text=True,
                check=False,
            )
            told = done.stderr.strip().splitlines()
            named = done.returncode == 1 and bool(told) and LINE.fullmatch(told[-1]) is not None
            whole = in_child(_proved, root)
            if whole.code != DONE or not (done.returncode == 0 or named):
                findings.add(
                    part, "jam melompat", WRONG, f"{' '.join(command)} pada {when}: {done.stderr[-400:]}{whole.text[-400:]}"
                )
            else:
                findings.add(part, "jam melompat", REFUSED if named else RECOVERED)


def _proved(root: Path) -> None:
    from padanan.forms.handover import faults_of_issues
    from padanan.records.log import prove_all

    home = town.home_of(root)
    prove_all(home)
    for fault in faults_of_issues(home)[1]:
        raise fault


SOURCES = ("PostgreSQL mati di tengah", "kiriman masih ditulis")


def sources(folder: Path, findings: Findings) -> None:
    """PostgreSQL stopped while it is read, and a delivery that is still being written while it is taken in."""
    for number, kind in enumerate(SOURCES):
        root = folder / f"sumber-{number}"
        root.mkdir(parents=True, mode=0o700)
        done = subprocess.run(
            [sys.executable, "-m", "tests.faults.sources", str(root), str(number)], cwd=CHECKOUT, env=town.environment(root),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        for word in done.stdout.split():
            findings.add("landing", kind, {"pulih": RECOVERED, "bernama": REFUSED}.get(word, WRONG), done.stdout[-200:])
        if done.returncode:
            findings.add("landing", kind, WRONG, done.stderr[-800:])


def run(folder: Path, states: dict[str, Path], seed: int, *, only: Sequence[str], say: Callable[[str], None]) -> Findings:
    """All of it; `only` names works."""
    findings = Findings()
    known = {one.name: one for one in WORKS}
    for name in LIMITED:
        if only and name not in only:
            continue
        trials = Trials(known[name], folder / name.replace(" ", "-"), findings)
        for each in (limits, disks, together, damage):
            each(trials, random.Random(f"{seed}/{name}/{each.__name__}"))
            say(f"{name}, {each.__name__}: {sum(findings.outcomes.values())} kali, {len(findings.faults)} salah")
        with suppress(OSError):
            shutil.rmtree(trials.folder)
    if not only:
        clocks(states, folder, findings)
        sources(folder, findings)
    return findings
