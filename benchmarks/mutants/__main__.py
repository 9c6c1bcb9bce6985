"""`python -m benchmarks.mutants`: makes each mutant of `mutants.yaml` in a copy of the checkout and runs the tests named for it.

A mutant is killed when a test fails; one that stops the tests from being collected is a fault of the table, as is a text that is
not found exactly once. The checkout itself is never changed.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
TABLE = Path(__file__).with_name("mutants.yaml")
LEFT_OUT = (".git", ".venv", ".cache", "data", "node_modules", "__pycache__", "*.egg-info", ".keys", "target")
FAILED, PASSED = 1, 0


def mutants(only: str = "") -> list[dict[str, object]]:
    """The table: file, old and new text, and the tests that have to see it, by id."""
    groups = yaml.safe_load(TABLE.read_text(encoding="utf-8"))["mutants"]
    found = [{"file": group["file"], "tests": group["tests"], **one} for group in groups for one in group["each"]]
    ids = [str(one["id"]) for one in found]
    if twice := {name for name in ids if ids.count(name) > 1}:
        raise SystemExit(f"mutan bernama sama: {', '.join(sorted(twice))}")
    return [one for one in found if only in f"{one['id']} {one['file']}"]


def tests(copy: Path, names: Sequence[str]) -> int:
    """pytest's exit code for these tests in the copy."""
    own = {"PYTHONPATH": str(copy), "TMPDIR": str(copy / ".cache" / "tmp"), "PYTHONDONTWRITEBYTECODE": "1"}
    command = [sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "-p", "no:cacheprovider", *names]
    return subprocess.run(command, cwd=copy, env={**os.environ, **own}, capture_output=True, check=False).returncode


def main() -> int:
    """Prints a line a mutant and the sum; exit code 1 when one survived."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.mutants", description="Mutan dan uji yang harus membunuhnya.")
    parser.add_argument("--only", default="", metavar="KATA", help="hanya mutan yang id atau berkasnya memuat kata ini")
    chosen = mutants(parser.parse_args().only)
    copy = ROOT / ".cache" / f"mutan-{os.getpid()}"
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(*LEFT_OUT), symlinks=True)
    (copy / ".cache" / "tmp").mkdir(parents=True)
    for names in dict.fromkeys(tuple(one["tests"]) for one in chosen):  # type: ignore[arg-type]
        if tests(copy, names) != PASSED:
            raise SystemExit(f"tanpa mutan pun gagal: {' '.join(names)}")
    print(f"{len(chosen)} mutan", flush=True)
    killed = 0
    for one in chosen:
        path = copy / str(one["file"])
        text = path.read_text(encoding="utf-8")
        old, new = str(one["old"]), str(one["new"])
        if text.count(old) != 1:
            print(f"RUSAK   {one['id']}: teksnya ada {text.count(old)} kali di {one['file']}")
            continue
        start = time.monotonic()
        path.write_text(text.replace(old, new), encoding="utf-8")
        code = tests(copy, one["tests"])  # type: ignore[arg-type]
        path.write_text(text, encoding="utf-8")
        word = "mati" if code == FAILED else "HIDUP" if code == PASSED else f"RUSAK ({code})"
        killed += code == FAILED
        print(f"{word:7} {one['id']:34} {time.monotonic() - start:5.1f} s  {' '.join(one['tests'])}", flush=True)  # type: ignore[arg-type]
    print(f"{killed} dari {len(chosen)} mutan mati")
    shutil.rmtree(copy, ignore_errors=True)
    return 0 if killed == len(chosen) else 1


if __name__ == "__main__":
    sys.exit(main())
