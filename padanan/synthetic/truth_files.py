"""The truth tables of a period (records, faults, counts, canaries) as Parquet.

What the truth is was decided while the deliveries were made (`maker`, `truth`).
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.synthetic.base import CANARY
from padanan.synthetic.maker import Made
from padanan.synthetic.world import World


def program_conflicts(made: list[Made]) -> None:
    """ganda_antar_program: the same resident matched in two programs that exclude each other."""
    programs = {item.contract.id: item for item in made if item.contract.kind == "program"}
    people = {key: np.unique(item.matched[(item.matched >= 0) & item.keep]) for key, item in programs.items()}
    for key, item in programs.items():
        if not any(rule.id == "ganda_antar_program" for rule in item.contract.rules):
            continue
        others = set(item.contract.program.get("tidakBersama") or ())
        others |= {k for k, other in programs.items() if key in (other.contract.program.get("tidakBersama") or ())}
        hit = np.zeros(len(item.matched), dtype=bool)
        for other in others & set(programs):
            hit |= np.isin(item.matched, people[other]) & (item.matched >= 0)
        item.settled["ganda_antar_program"] = hit


def write_truth(home: Home, periode: Periode, world: World, made: list[Made], faults_by_rule: dict[str, int]) -> None:
    """records, faults, counts and canaries of the period."""
    folder = home.truth / periode.key
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    records, faults, counts = [], [], []
    for item in made:
        records.append(item.records)
        counts.append({"producer": item.contract.id, **{k: item.counts[k] for k in ("rows_in", "rows_readable", "duplicates")}})
        for rule, flag in item.settled.items():
            at = np.flatnonzero(flag & item.keep)
            faults_by_rule[rule] = faults_by_rule.get(rule, 0) + len(at)
            if len(at):
                some = item.records.select(["producer", "file", "baris"]).take(pa.array(at))
                faults.append(
                    some.append_column("rule_id", pa.array([rule], pa.string()).take(pa.array(np.zeros(len(at), dtype=np.int64))))
                )
    empty = pa.schema([("producer", pa.string()), ("file", pa.string()), ("baris", pa.int64()), ("rule_id", pa.string())])
    pq.write_table(pa.concat_tables(records), folder / "records.parquet")
    pq.write_table(pa.concat_tables(faults) if faults else empty.empty_table(), folder / "faults.parquet")
    pq.write_table(pa.Table.from_pylist(counts), folder / "counts.parquet")
    canary = np.flatnonzero(world.kind == CANARY)
    names = world.names.take(pa.array(canary)).to_pylist()
    pq.write_table(
        pa.table(
            {
                "id_truth_person": canary.astype(np.int64),
                "nama": names,
                "nik": [f"{value:016d}" for value in world.nik[canary].tolist()],
                "no_kk": [f"{value:016d}" for value in world.kk1[canary].tolist()],
                "alamat": [f"JL. KANARI {name} NO. 9" for name in names],
            }
        ),
        folder / "canaries.parquet",
    )
