"""Public data that nobody here made or tuned on: FEBRL and pseudopeople's sample, by every engine.

Reading FEBRL is in `febrl`; each engine runs in `worker` or in its own environment.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.linkage import febrl

ROOT = Path(__file__).resolve().parents[2]
PSEUDOPEOPLE = ROOT / ".cache" / "pseudopeople-venv"
PSEUDOPEOPLE_PIN = "pseudopeople==1.3.1"
YEARS = (2030, 2020)  # the list, the register
# What Splink's EM is blocked on where there is no family card and no sex to block by.
EM = "dob,name_key"

Rows = list[tuple[str, str, dict[str, Any]]]
Run = Callable[..., dict[str, Any]]


def environment(folder: Path, *packages: str) -> Path | str:
    """The interpreter of an environment of its own, made once; or why it can't be made."""
    python = folder / "bin" / "python"
    ready = folder / ".siap"
    if ready.exists():
        return python
    try:
        subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, capture_output=True)
        command = [str(python), "-m", "pip", "install", "--quiet", *packages]
        subprocess.run(command, check=True, capture_output=True, text=True)
    except subprocess.CalledProcessError as error:
        return (str(error.stderr or "").strip().splitlines() or ["pip gagal"])[-1][:120]
    except OSError as error:
        return type(error).__name__
    ready.touch()
    return python


def pseudopeople(folder: Path) -> dict[str, Path] | str:
    """Paths of list, register and truth of the sample town; or why there are none."""
    files = {name: folder / f"pseudopeople-{name}.parquet" for name in ("list", "register", "truth")}
    if all(path.exists() for path in files.values()):
        return files
    python = environment(PSEUDOPEOPLE, PSEUDOPEOPLE_PIN)
    if isinstance(python, str):
        return f"pseudopeople tidak dapat dipasang: {python}"
    done = subprocess.run(
        [str(python), str(ROOT / "benchmarks/linkage/run_pseudopeople.py"), str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        return "pseudopeople gagal: " + (done.stderr.strip().splitlines() or ["?"])[-1][:100]
    # The sample's noise also counts some people twice; which of their rows is the true one nobody can say.
    left, right = (pd.read_parquet(folder / f"sensus-{year}.parquet").drop_duplicates("simulant_id") for year in YEARS)
    pq.write_table(_census(left, "s30"), files["list"])
    pq.write_table(_census(right, "s20"), files["register"])
    there = set(right["simulant_id"])
    answer = [f"s20-{key}" if key in there else None for key in left["simulant_id"]]
    keys = [f"s30-{key}" for key in left["simulant_id"]]
    pq.write_table(
        pa.table({"record_key": keys, "register_key": pa.array(answer, pa.string()), "residue": [True] * len(keys)}),
        files["truth"],
    )
    return files


def _census(frame: pd.DataFrame, prefix: str) -> pa.Table:
    """One census in the shape of staging; the town has one postcode, so that there is no wilayah."""
    made = frame.assign(record=prefix + "-" + frame["simulant_id"], postcode=pd.NA)
    sex = frame["sex"].map({"Male": "L", "Female": "P"})
    return febrl.shaped(
        made.set_index("record"),
        prefix,
        names=("first_name", "middle_initial", "last_name"),
        address=("street_number", "street_name"),
        born="date_of_birth",
        born_format="%m/%d/%Y",
        place="postcode",
        sex=pa.array(sex.where(sex.notna(), None), pa.string()),
    )


def febrl4(folder: Path) -> dict[str, Path]:
    """Paths of list, register and truth of FEBRL4."""
    files = {name: folder / f"febrl4-{name}.parquet" for name in ("list", "register", "truth")}
    left, right, truth = febrl.link4()
    for name, table in zip(files, (left, right, truth), strict=True):
        pq.write_table(table, files[name])
    return files


def linked(label: str, files: dict[str, Path], folder: Path, run: Run, splink: Callable[..., dict[str, Any]] | None) -> Rows:
    """Ours and Splink on one pair of foreign tables."""
    ready = run("prepare", register=files["register"], out=folder, snapshot=files["register"].name)
    paths = {**files, "prepared": ready["path"]}
    rows = [(label, "padanan", run("ours", **paths))]
    if splink is not None:
        rows.append((label, "Splink 5", splink(paths, folder / f"bersama-{label}", EM)))
    return rows


def within(
    number: int, folder: Path, run: Run, splink: Callable[[Path, int, str], dict[str, Any]] | None, *, toolkit: bool
) -> Rows:
    """FEBRL1–3, the same person several times in one file: pairs of ours, Splink's dedupe and recordlinkage's."""
    label = f"FEBRL{number}"
    rows = [(label, "padanan", run("febrl", number=number))]
    if splink is not None:
        out = folder / f"bersama-{label}"
        shared = run("share_within", number=number, out=out)
        got = shared if "error" in shared else splink(out, int(shared["keys"]), EM)
        if "error" not in got:
            judged = run("judge_within", number=number, pairs=out / "splink.parquet", keys=out / "keys.parquet")
            got = {**judged, **got} if "error" not in judged else judged
        rows.append((label, "Splink 5", got))
    if toolkit:
        rows.append((label, "recordlinkage", run("febrl_toolkit", number=number)))
    return rows
