"""What became of each kind of life of `cases`: merged rightly, merged wrongly, asked of a person, or left alone.

Nothing is matched here but by `padanan.linkage.link` as a run calls it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.linkage.cases import ASK, KINDS
from benchmarks.linkage.generator import Pairing
from padanan.linkage import LinkageConfig, LinkResult, inputs, link
from padanan.linkage.prepare import prepare_register
from padanan.linkage.result import POSSIBLE

WRONG_MOST = 0.01
ASKED_LEAST = 0.98


@dataclass(frozen=True)
class Fate:
    """Records of one kind by what became of them; by NIK counts as merged."""

    right: int
    wrong: int
    asked: int
    alone: int

    @property
    def n(self) -> int:
        """All of them."""
        return self.right + self.wrong + self.asked + self.alone

    def met(self, answer: str) -> bool:
        """The goal of its kind: nothing merged wrongly, or a person asked."""
        if answer == ASK:
            return self.asked >= ASKED_LEAST * self.n
        return self.wrong <= WRONG_MOST * self.n


def by_nik(made: Pairing, prepared: Path, config: LinkageConfig) -> pa.Table:
    """The links of step 1 as (record_key, register_key)."""
    con = inputs.connect(config)
    try:
        data = inputs.read(con, made.list, prepared, None, config)
        keys = np.sort(pq.read_table(made.list, columns=["record_key"]).column(0).to_numpy(zero_copy_only=False).astype(str))
        theirs = pq.read_table(prepared, columns=["record_key"]).column(0).take(pa.array(data.known_row))
        return pa.table({"record_key": pa.array(keys[data.known_list]), "register_key": theirs})
    finally:
        con.close()


def fates(made: Pairing, folder: Path, config: LinkageConfig) -> tuple[Mapping[str, Fate], LinkResult]:
    """What became of each kind, and the result it is read from."""
    prepared = prepare_register(made.register, folder, inputs.snapshot_hash(made.register))
    step1 = by_nik(made, prepared, config)
    result = link(made.list, made.register, config, prepared=prepared, step1=step1)
    con = duckdb.connect()
    con.register("hasil", result.records)
    con.register("nik", step1)
    rows = con.execute(
        f"""with akhir as (
            select t.kind, t.register_key as benar, coalesce(n.register_key, h.register_key) as jadi, h.status
            from read_parquet('{made.truth}') t left join hasil h using (record_key) left join nik n using (record_key)
            where t.kind <> ''
        )
        select kind, count(*) filter (jadi = benar), count(*) filter (jadi is not null and jadi is distinct from benar),
            count(*) filter (jadi is null and status = '{POSSIBLE}'), count(*) filter (jadi is null and status <> '{POSSIBLE}')
        from akhir group by kind"""
    ).fetchall()
    con.close()
    return {str(kind): Fate(*(int(v) for v in counts)) for kind, *counts in rows}, result


def table(found: Mapping[str, Fate]) -> str:
    """Markdown, a row a kind."""
    lines = ["| keadaan | jawaban | otomatis benar | otomatis salah | antrean | tidak ada | tercapai |", "|---" * 7 + "|"]
    for kind in KINDS.values():
        fate = found[kind.name]
        goal = "ya" if fate.met(kind.answer) else "**tidak**"
        lines.append(f"| {kind.told} | {kind.answer} | {fate.right} | {fate.wrong} | {fate.asked} | {fate.alone} | {goal} |")
    met = sum(found[kind.name].met(kind.answer) for kind in KINDS.values())
    return "\n".join([*lines, f"\n{met} dari {len(KINDS)} keadaan tercapai"])
