"""`make fuzz TARGET=… MINUTES=…`: a target under atheris (libFuzzer, guided by the coverage of our own modules), with a table.

What an input may end in is `harness`'s question. The worker is started again after whatever ended it; what it leaves lies in
`.cache/fuzz/<target>/`, found inputs below `temuan/`: mended, they go into the corpus under a name that says what they did.
"""

from __future__ import annotations

import argparse
import collections
import hashlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from padanan.base.home import CHECKOUT
from tests.fuzz.harness import NAMES, Found, judge, load

PLACE, LIBRARY = CHECKOUT / ".cache" / "fuzz", CHECKOUT / ".cache" / "fuzz-lib"
EVERY = 15.0
_STATE = "keadaan.json"


def work(name: str, seconds: float) -> None:
    """One worker: atheris calls the target until its time is up; a fault is kept and counted, and the next input comes."""
    sys.path.append(str(LIBRARY))
    import atheris

    with atheris.instrument_imports(include=["padanan"], enable_loader_override=False):
        target = load(name)
    place = PLACE / name
    state: dict[str, Any] = {"inputs": 0, "seconds": 0.0, "faults": {}, "words": {}, "slowest": 0.0}
    words: collections.Counter[str] = collections.Counter()
    start, told = time.monotonic(), 0.0

    def write() -> None:
        state["seconds"], state["words"] = time.monotonic() - start, dict(words.most_common(40))
        draft = place / f"{_STATE}.baru"
        draft.write_text(json.dumps(state))
        draft.replace(place / _STATE)

    with target.opened() as one:

        def take(data: bytes) -> None:
            nonlocal told
            (place / "kini").write_bytes(data)
            found, account, spent = judge(target, one, data)
            state["inputs"] += 1
            state["slowest"] = max(state["slowest"], spent)
            if account is not None:
                words[account.word] += 1
            if found is not None:
                key = f"{found.kind} {found.where}"
                if key not in state["faults"]:
                    _keep(place, found, data)
                state["faults"][key] = state["faults"].get(key, 0) + 1
            if time.monotonic() - told > 2:
                told = time.monotonic()
                write()
            if time.monotonic() - start > seconds:
                write()
                os._exit(0)

        options = ["-timeout=120", "-rss_limit_mb=6000", "-max_len=65536", "-verbosity=0", "-len_control=20"]
        options += [f"-dict={place / 'kata.txt'}"] if target.tokens else []
        atheris.Setup([sys.argv[0], *options, f"-artifact_prefix={place}/temuan/", str(place / "kumpulan")], take)
        atheris.Fuzz()


def _keep(place: Path, found: Found, data: bytes) -> None:
    digest = hashlib.sha256(data).hexdigest()[:12]
    (place / "temuan" / f"{found.kind}-{digest}").write_bytes(data)
    (place / "temuan" / f"{found.kind}-{digest}.txt").write_text(f"{found.kind} {found.where}\n{found.told}\n")


def run(name: str, minutes: float) -> dict[str, Any]:
    """Fuzzes one target for so long; returns what its line of the table says."""
    target, place, until = load(name), PLACE / name, time.monotonic() + minutes * 60
    for folder in ("kumpulan", "temuan"):
        (place / folder).mkdir(parents=True, exist_ok=True)
    for word, data in target.corpus().items():
        (place / "kumpulan" / word).write_bytes(data)
    quoted = ("".join(f"\\x{byte:02x}" for byte in token) for token in target.tokens)
    (place / "kata.txt").write_text("".join(f'"{token}"\n' for token in quoted if token))
    total: dict[str, Any] = {
        "inputs": 0,
        "seconds": 0.0,
        "faults": collections.Counter(),
        "words": collections.Counter(),
        "slowest": 0.0,
    }
    while (left := until - time.monotonic()) > 2:
        (place / _STATE).unlink(missing_ok=True)
        with (place / "catatan.txt").open("wb") as log:
            command = [sys.executable, "-m", "tests.fuzz.by_hand", "--worker", name, "--seconds", f"{left:.0f}"]
            child = subprocess.Popen(command, stdout=log, stderr=log, cwd=CHECKOUT)
            while child.poll() is None:
                try:
                    child.wait(EVERY)
                except subprocess.TimeoutExpired:
                    _progress(name, place, total)
                if time.monotonic() > until + 180:
                    child.kill()
        state = _state(place)
        for key in ("inputs", "seconds"):
            total[key] += state.get(key, 0)
        total["slowest"] = max(total["slowest"], state.get("slowest", 0.0))
        total["faults"].update(state.get("faults", {}))
        total["words"].update(state.get("words", {}))
        if child.returncode:
            # The process itself died or hung: what it was given last is the input, and no Python of ours saw it.
            if not state.get("inputs"):
                raise SystemExit((place / "catatan.txt").read_text()[-2000:])
            kind = "hang" if child.returncode == 70 else "crash"
            found = Found(kind, f"proses berakhir {child.returncode}", "")
            _keep(place, found, (place / "kini").read_bytes())
            total["faults"][f"{found.kind} {found.where}"] += 1
    return total


def _state(place: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((place / _STATE).read_text())
        return found
    except (OSError, ValueError):
        return {}


def _progress(name: str, place: Path, total: dict[str, Any]) -> None:
    state = _state(place)
    count, seconds = total["inputs"] + state.get("inputs", 0), total["seconds"] + state.get("seconds", 0.0)
    faults = len({*total["faults"], *state.get("faults", {})})
    print(
        f"{name}: {count} masukan, {seconds:.0f} detik, {count / max(seconds, 1):.0f}/detik, temuan {faults}",
        file=sys.stderr,
        flush=True,
    )


def table(found: dict[str, dict[str, Any]]) -> str:
    """What was tried and what came of it, a line a target; faults are counted by their place, not by how often they were met."""
    lines = [
        "| target | inputs | seconds | inputs/s | slowest CPU s | crashes | hangs | rows lost |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for name, one in found.items():
        kinds = collections.Counter(key.split()[0] for key in one["faults"])
        rate = one["inputs"] / max(one["seconds"], 1)
        lines.append(
            f"| {name} | {one['inputs']} | {one['seconds']:.0f} | {rate:.1f} | {one['slowest']:.2f} "
            f"| {kinds['crash']} | {kinds['hang']} | {kinds['lost']} |"
        )
    return "\n".join(lines)


def main() -> int:
    """Runs the targets one after another; 1 when one of them found something."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--target", default="", help="one of them, or several with commas; all by default")
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--worker", default="")
    parser.add_argument("--seconds", type=float, default=0)
    args = parser.parse_args()
    if args.worker:
        work(args.worker, args.seconds)
        return 0
    chosen = [name for name in args.target.split(",") if name] or list(NAMES)
    if unknown := set(chosen) - set(NAMES):
        print(f"GALAT: target {', '.join(sorted(unknown))} tidak dikenal. Perbaikan: pakai {', '.join(NAMES)}.", file=sys.stderr)
        return 2
    found = {name: run(name, args.minutes) for name in chosen}
    print(table(found))
    for name, one in found.items():
        for fault, times in one["faults"].items():
            print(f"{name}: {fault} ({times}x): {PLACE / name / 'temuan'}")
        print(f"{name}: " + ", ".join(f"{word} {times}" for word, times in one["words"].most_common(12)))
    return 1 if any(one["faults"] for one in found.values()) else 0


if __name__ == "__main__":
    raise SystemExit(main())
