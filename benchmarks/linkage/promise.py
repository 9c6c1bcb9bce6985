"""Whether a stated probability is kept: stated against true share of kept pairs, on seeds that nothing was tuned on.

Truth is the generator's; how a probability is learnt belongs to `padanan.linkage.calibration`.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from benchmarks.linkage.generator import DEFAULT, HARD, Profile, generate, unseen
from padanan.linkage import LinkageConfig, LinkResult, decision, link, measure
from padanan.linkage.prepare import prepare_register
from padanan.linkage.result import AUTOMATIC

GOAL, LEAST, BINS = 0.02, 50, 20
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


def answers(truth: Path) -> dict[str, str | None]:
    """Each record's resident, by their keys."""
    table = pq.read_table(truth)
    return dict(zip(table.column("record_key").to_pylist(), table.column("register_key").to_pylist(), strict=True))


def pairs_against_truth(result: LinkResult, truth: dict[str, str | None]) -> tuple[Floats, Bools, Bools, Floats]:
    """(stated probability, it is the person, it was merged without a person, the model's own probability) of every kept pair."""
    table = result.pairs.select(["record_key", "register_key", "status", "peluang", "bobot"])
    keys = zip(table.column("record_key").to_pylist(), table.column("register_key").to_pylist(), strict=True)
    right = np.array([truth[record] == register for record, register in keys])
    merged = np.array([status == AUTOMATIC for status in table.column("status").to_pylist()])
    own = decision.probability(np.rint(table.column("bobot").to_numpy() * 100).astype(np.int64))
    return table.column("peluang").to_numpy(), right, merged, own


def seen(
    folder: Path, profile: Profile, seed: int, config: LinkageConfig, sizes: tuple[int, int] = (20_000, 200_000)
) -> tuple[Floats, Bools, Bools, Floats]:
    """`pairs_against_truth` of one made-up list."""
    made = generate(folder, *sizes, profile, seed)
    prepared = prepare_register(made.register, folder / f"siap-{made.list.stem}", made.register.name)
    return pairs_against_truth(link(made.list, made.register, config, prepared=prepared), answers(made.truth))


def lines(folder: Path, seeds: tuple[int, ...], config: LinkageConfig) -> tuple[str, bool]:
    """Markdown of every profile, its seeds together; and whether each keeps the goal, merged pairs counted or left out."""
    head = "| data | pasangan | galat kalibrasi | terbesar | yang tidak digabungkan | galat kalibrasi | terbesar "
    head += "| galat menurut model saja |"
    out = [head, "|---" * 8 + "|"]
    kept, detail = True, []
    for name, of in (("biasa", lambda _: DEFAULT), ("sulit", lambda _: HARD), ("baru", unseen)):
        parts = [seen(folder, of(seed), seed, config) for seed in seeds]
        stated, right, merged, own = (np.concatenate([part[k] for part in parts]) for k in range(4))
        cells = []
        for mask in (np.ones(len(stated), dtype=bool), ~merged):
            table = measure.calibration(stated[mask], right[mask], BINS)
            error, most = measure.expected_error(table, LEAST)
            kept &= error <= GOAL
            cells += [f"{int(mask.sum())}", f"{error:.4f}", f"{most:.4f}"]
        cells.append(f"{measure.expected_error(measure.calibration(own[~merged], right[~merged], BINS), LEAST)[0]:.4f}")
        out.append(f"| {name} | " + " | ".join(cells) + " |")
        detail += [f"\nPeluang pasangan yang tidak digabungkan, {name}:\n", "| dinyatakan | benar | n |", "|---|---|---|"]
        detail += [f"| {r['dinyatakan']:.3f} | {r['benar']:.3f} | {r['n']} |" for r in table.to_pylist() if r["n"] >= LEAST]
    return "\n".join([*out, *detail]), kept
