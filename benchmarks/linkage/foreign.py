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
# Where there is no birth date either.
EM_NO_DATE = "name_key,street"

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


def _files(folder: Path, label: str) -> dict[str, Path]:
    return {name: folder / f"{label}-{name}.parquet" for name in ("list", "register", "truth")}


def pseudopeople(folder: Path) -> dict[str, dict[str, Path]] | str:
    """Paths of list, register and truth of the sample town, by the name of the pair; or why there are none.

    Two pairs: the census of 2030 against that of 2020, and the W-2 forms of 2030, which know no birth date and no sex, against
    the census of 2030.
    """
    found = {label: _files(folder, label) for label in ("pseudopeople", "pseudopeople W2")}
    if all(path.exists() for files in found.values() for path in files.values()):
        return found
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
    # The sample's noise also counts some people twice, and an employer files one form a job; which of their rows is the true one
    # nobody can say.
    left, right = (pd.read_parquet(folder / f"sensus-{year}.parquet").drop_duplicates("simulant_id") for year in YEARS)
    forms = pd.read_parquet(folder / "w2.parquet").drop_duplicates("simulant_id")
    _pair(found["pseudopeople"], _census(left, "s30"), _census(right, "s20"), left["simulant_id"], right["simulant_id"])
    _pair(found["pseudopeople W2"], _forms(forms, "w2"), _census(left, "s30"), forms["simulant_id"], left["simulant_id"])
    return found


def _pair(files: dict[str, Path], people: pa.Table, register: pa.Table, left: pd.Series, right: pd.Series) -> None:
    """Writes the tables and who is who; `left` and `right` are the town's own numbers, aligned with the tables' rows."""
    answer = dict(zip(right, register.column("record_key").to_pylist(), strict=True))
    truth = {
        "record_key": people.column("record_key"),
        "register_key": pa.array([answer.get(number) for number in left], pa.string()),
        "residue": [True] * people.num_rows,
    }
    for name, table in (("list", people), ("register", register), ("truth", pa.table(truth))):
        pq.write_table(table, files[name])


def _forms(frame: pd.DataFrame, prefix: str) -> pa.Table:
    """One year of W-2 forms in the shape of staging: names and a mailing address."""
    made = frame.assign(record=prefix + "-" + frame["simulant_id"], nothing=pd.NA)
    return febrl.shaped(
        made.set_index("record"),
        prefix,
        names=("first_name", "middle_initial", "last_name"),
        address=("mailing_address_street_number", "mailing_address_street_name"),
        born="nothing",
        born_format="%m/%d/%Y",
        place="nothing",
    )


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
    files = _files(folder, "febrl4")
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
        born = pq.read_table(files["list"], columns=["tgl_lahir"]).column(0)
        dated = born.null_count < len(born)
        rows.append((label, "Splink 5", splink(paths, folder / f"bersama-{label}", EM if dated else EM_NO_DATE)))
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
