"""Whether a stated probability is kept: stated against true share of kept pairs, on seeds that nothing was tuned on.

Truth is the generator's; how a probability is learnt belongs to `padanan.linkage.calibration`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from benchmarks.linkage.generator import DEFAULT, HARD, Profile, generate, unseen
from padanan.linkage import LinkageConfig, LinkResult, link, measure
from padanan.linkage.prepare import prepare_register
from padanan.linkage.result import AUTOMATIC

GOAL, LEAST, BINS = 0.02, 50, 20
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def pairs_against_truth(result: LinkResult, truth: dict[str, str | None]) -> tuple[Floats, Bools, Bools]:
    """(stated probability, it is the person, it was merged without a person) of every kept pair."""
    table = result.pairs.select(["record_key", "register_key", "status", "peluang"])
    keys = zip(table.column("record_key").to_pylist(), table.column("register_key").to_pylist(), strict=True)
    right = np.array([truth[record] == register for record, register in keys])
    merged = np.array([status == AUTOMATIC for status in table.column("status").to_pylist()])
    return table.column("peluang").to_numpy(), right, merged


def seen(
    folder: Path, profile: Profile, seed: int, config: LinkageConfig, sizes: tuple[int, int] = (20_000, 200_000)
) -> tuple[Floats, Bools, Bools]:
    """`pairs_against_truth` of one made-up list."""
    made = generate(folder, *sizes, profile, seed)
    prepared = prepare_register(made.register, folder / f"siap-{made.list.stem}", made.register.name)
    truth = pq.read_table(made.truth)
    answer = dict(zip(truth.column("record_key").to_pylist(), truth.column("register_key").to_pylist(), strict=True))
    return pairs_against_truth(link(made.list, made.register, config, prepared=prepared), answer)


def lines(folder: Path, seeds: tuple[int, ...], config: LinkageConfig) -> tuple[str, bool]:
    """Markdown of every profile, its seeds together; and whether each keeps the goal, merged pairs counted or left out."""
    head = "| data | pasangan | galat kalibrasi | terbesar | yang tidak digabungkan | galat kalibrasi | terbesar |"
    out = [head, "|---" * 7 + "|"]
    kept, detail = True, []
    for name, of in (("biasa", lambda _: DEFAULT), ("sulit", lambda _: HARD), ("baru", unseen)):
        parts = [seen(folder, of(seed), seed, config) for seed in seeds]
        stated, right, merged = (np.concatenate([part[k] for part in parts]) for k in range(3))
        cells = []
        for mask in (np.ones(len(stated), dtype=bool), ~merged):
            table = measure.calibration(stated[mask], right[mask], BINS)
            error, most = measure.expected_error(table, LEAST)
            kept &= error <= GOAL
            cells += [f"{int(mask.sum())}", f"{error:.4f}", f"{most:.4f}"]
        out.append(f"| {name} | " + " | ".join(cells) + " |")
        detail += [f"\nPeluang pasangan yang tidak digabungkan, {name}:\n", "| dinyatakan | benar | n |", "|---|---|---|"]
        detail += [f"| {r['dinyatakan']:.3f} | {r['benar']:.3f} | {r['n']} |" for r in table.to_pylist() if r["n"] >= LEAST]
    return "\n".join([*out, *detail]), kept
