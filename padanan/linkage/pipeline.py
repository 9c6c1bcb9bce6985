"""One entry, `link`: a list against the prepared register, from candidates to decided pairs with their reasons.

Each step's own logic belongs to its module; reading runs, writing warehouses and wiring belong elsewhere.
"""

from __future__ import annotations

import tempfile
import time
from dataclasses import replace
from pathlib import Path

import duckdb
import pyarrow as pa

from padanan.base.commit import building
from padanan.base.sql import literal
from padanan.linkage import calibration, candidates, inputs, output, prepare, threshold
from padanan.linkage.config import LinkageConfig, load_linkage_config
from padanan.linkage.fit import fit, plug_in_bits
from padanan.linkage.judged import Judged
from padanan.linkage.register import Register
from padanan.linkage.relatives import expand, marked, relatives
from padanan.linkage.result import LinkResult
from padanan.linkage.rulings import Rulings, apply_rulings
from padanan.linkage.shards import Workers

# Hundredths of a bit: a pair that weighs less proves nothing about its relatives, whatever the labels allow.
_SURE_RELATIVE = threshold.bits(0.9)


class Laps:
    """CPU seconds by the name of what they were spent on."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._clock = time.process_time()

    def end(self, name: str) -> None:
        """Keeps the CPU seconds since the last lap."""
        now = time.process_time()
        self.seconds[name] = round(now - self._clock, 3)
        self._clock = now


def link(
    list_table: prepare.Source,
    register: prepare.Source,
    config: LinkageConfig | None = None,
    *,
    step1: pa.Table | None = None,
    cache: Path | None = None,
    snapshot: str | None = None,
    prepared: Path | Register | None = None,
    decisions: pa.Table | None = None,
    workers: Workers | None = None,
) -> LinkResult:
    """Matches the people of a list whom step 1 left over, by evidence.

    Args:
        list_table: Arrow table or Parquet path with staging columns (`inputs`); `record_key` is required, any other column
            may be absent or empty. Records of one `entity_key` are one person and share their link. With a column
            `producer`, several lists are judged in one run: one model, one pair of thresholds, one-to-one in each of them.
        register: the same for Adminduk, one row per resident.
        config: parameters; default `expectations/linkage.yaml`.
        step1: (record_key, register_key) of links by NIK; computed here when None. They train the model, take their
            residents and tell where relatives are.
        cache: where the prepared register is kept; without it, it is prepared for this run only.
        snapshot: hash of the register's content, when the caller knows it.
        prepared: a register prepared before (`prepare_register`), opened by who matches several lists with it; `register` is
            then read for plug-ins only.
        decisions: (entity_key, register_key, keputusan) by people: 'padan' and 'bukan' outrank the model and teach it, any other
            word keeps the pair waiting.
        workers: who finds and compares candidates over shards of the register (`shards`), when not this process alone; they
            read the prepared register under its path.

    Returns:
        The same result for the same rows, whatever their order, the number of threads and the workers.

    Raises:
        PadananError: a missing file or record_key, a double record_key, a plug-in that can't be loaded.
    """
    config = config or load_linkage_config()
    laps = Laps()
    # Names lie there while the engine overflows: beside the register that a home keeps, on its disk.
    given = prepared.path if isinstance(prepared, Register) else prepared
    with building(Path(given).parent if given else Path(tempfile.gettempdir())) as folder:
        ready = prepared or prepare.prepare_register(
            register,
            cache or folder,
            snapshot or inputs.snapshot_hash(register),
            memory=config.memory,
            threads=config.threads,
        )
        con = inputs.connect(config)
        try:
            con.execute(f"set temp_directory={literal(folder)}")
            return _link(
                laps, con, inputs_of(con, list_table, ready, step1, config), config, (list_table, register), decisions, workers
            )
        finally:
            con.close()


def inputs_of(
    con: duckdb.DuckDBPyConnection,
    people: prepare.Source,
    register: Path | Register,
    step1: pa.Table | None,
    config: LinkageConfig,
) -> inputs.Inputs:
    """`inputs.read`, apart so that callers can look at what a run would work on."""
    return inputs.read(con, people, register, step1, config)


def _link(
    laps: Laps,
    con: duckdb.DuckDBPyConnection,
    data: inputs.Inputs,
    config: LinkageConfig,
    raw: tuple[prepare.Source, prepare.Source],
    decisions: pa.Table | None,
    workers: Workers | None,
) -> LinkResult:
    laps.end("masukan")
    setting = candidates.Setting(con, data, config, raw)
    judged = _weighed(setting, laps, decisions, workers)
    limits = threshold.without_labels(config.absent_share, config)
    accepted = None
    for turn in range(max(config.household_rounds, 1)):
        judged = relatives(judged, accepted)
        limits = judged.thresholds(_SURE_RELATIVE)
        accepted = judged.accepted(limits)
        if turn == 0:
            # Expansion renumbers the pairs.
            judged = marked(relatives(expand(judged, accepted), None))
            accepted = judged.accepted(limits)
    judged = relatives(judged, accepted)
    learnt = calibration.learn(judged)
    limits = judged.thresholds(learnt.curve.least(config.automatic_probability))
    laps.end("keputusan")
    return output.build(judged, limits, learnt, laps.seconds)


def _weighed(setting: candidates.Setting, laps: Laps, decisions: pa.Table | None, workers: Workers | None) -> Judged:
    """From blocks to pairs weighed without relatives; the candidates' arrays go as soon as the plausible pairs are taken."""
    if workers is not None:
        compared = candidates.by_workers(setting, workers)
        found = compared.found
    else:
        found = candidates.block(setting)
        laps.end("penyekatan")
        compared = candidates.compare(setting, found)
    laps.end("perbandingan")
    fitted = fit(setting, compared)
    del compared
    pairs = fitted.pairs
    if setting.config.plug_ins:
        pairs = replace(pairs, plug=plug_in_bits(setting, fitted.right, pairs))
    laps.end("model")
    ruled = Rulings.read(setting.con, setting.register_sql, decisions, setting.data.entity)
    return Judged(
        setting,
        fitted.model,
        fitted.completeness,
        fitted.n_pairs,
        found,
        ruled,
        fitted.right,
        apply_rulings(pairs, ruled, fitted.right),
        fitted.trust,
    )
