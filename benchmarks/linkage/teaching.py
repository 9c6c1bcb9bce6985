"""What answers to the clerical queue settle beside themselves: the first ones, answered by truth, and the list judged again.

The queue's order is `padanan.evidence.clerical`'s, what answers teach is `padanan.linkage.lessons`'.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.linkage.generator import HARD, Pairing, generate
from benchmarks.linkage.promise import answers as answers_of
from padanan.evidence.clerical import order_of
from padanan.linkage import LinkageConfig, LinkResult, link, measure
from padanan.linkage.prepare import prepare_register
from padanan.linkage.result import AUTOMATIC, POSSIBLE

ANSWERS = 300
GOAL_PRECISION = 0.9995


@dataclass(frozen=True)
class Taught:
    """One list before and after its first answers.

    Attributes:
        waiting: records before. given: answers. asked_on: how many of these pairs stood first because they settle others.
        settled: further records that no longer wait. merged, wrong: of them merged, and merged wrongly. missed: of them no
            longer asked about although their person is the candidate.
        precision, recall: (before, after) of what is merged.
        reasons: records before, by why they wait.
    """

    waiting: int
    given: int
    asked_on: int
    settled: int
    merged: int
    wrong: int
    missed: int
    precision: tuple[float, float]
    recall: tuple[float, float]
    reasons: dict[str, int]


def queue_of(result: LinkResult) -> list[dict[str, Any]]:
    """The pairs that wait, in the order in which they are asked."""
    rows = [{**row, "producer": ""} for row in result.pairs.to_pylist() if row["status"] == POSSIBLE]
    return sorted(rows, key=lambda row: order_of(row, result.thresholds))


def taught(made: Pairing, folder: Path, config: LinkageConfig, answers: int = ANSWERS) -> Taught:
    """Answers the first pairs by truth and judges the list again."""
    prepared = prepare_register(made.register, folder / f"siap-{made.list.stem}", made.register.name)
    truth, answer = pq.read_table(made.truth), answers_of(made.truth)
    before = link(made.list, made.register, config, prepared=prepared)
    first = queue_of(before)[:answers]
    words = ["padan" if answer[row["record_key"]] == row["register_key"] else "bukan" for row in first]
    told = pa.table({name: [row[name] for row in first] for name in ("entity_key", "register_key")})
    after = link(made.list, made.register, config, prepared=prepared, decisions=told.append_column("keputusan", pa.array(words)))
    asked = {row["record_key"] for row in first}
    now = {row["record_key"]: row for row in after.records.to_pylist()}
    waited = [row for row in before.records.to_pylist() if row["status"] == POSSIBLE]
    rest = [now[row["record_key"]] for row in waited if row["record_key"] not in asked]
    done = [row for row in rest if row["status"] != POSSIBLE]
    merged = [row for row in done if row["status"] == AUTOMATIC]
    qualities = [measure.evaluate(result, truth) for result in (before, after)]
    return Taught(
        len(waited),
        len(first),
        sum(row["menyelesaikan"] > 0 for row in first),
        len(done),
        len(merged),
        sum(answer[row["record_key"]] != row["register_key"] for row in merged),
        sum(row["status"] != AUTOMATIC and answer[row["record_key"]] == row["calon_key"] for row in done),
        (qualities[0].precision, qualities[1].precision),
        (qualities[0].recall, qualities[1].recall),
        dict(Counter(row["alasan"] for row in waited).most_common()),
    )


def lines(folder: Path, sizes: tuple[tuple[int, int], ...], seed: int, config: LinkageConfig) -> tuple[str, bool]:
    """Markdown of the hard set at each size, and whether precision is kept."""
    head = ("data", "menunggu", "keputusan", "yang mengajari", "ikut selesai", "digabung", "salah", "hilang", "presisi", "recall")
    out, kept = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"], True
    why = []
    for people, residents in sizes:
        got = taught(generate(folder, people, residents, HARD, seed), folder, config)
        kept &= got.precision[1] >= GOAL_PRECISION
        cells = (got.waiting, got.given, got.asked_on, got.settled, got.merged, got.wrong, got.missed)
        spans = [f"{before:.5f} → {after:.5f}" for before, after in (got.precision, got.recall)]
        out.append(f"| {people} x {residents} sulit | " + " | ".join([*map(str, cells), *spans]) + " |")
        why += [f"\nYang menunggu pada {people} x {residents}, menurut alasannya:\n", "| alasan | catatan |", "|---|---|"]
        why += [f"| {reason} | {number} |" for reason, number in got.reasons.items()]
    return "\n".join([*out, *why]), kept
