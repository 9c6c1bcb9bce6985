"""`padanan.linkage.link` with the workers of a cluster: the links, bits, thresholds and model of the run on one machine."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from benchmarks.linkage.generator import generate
from padanan.linkage import link, prepare
from padanan.spark import workers as spark_workers

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


@pytest.mark.feature("F14")
def test_links_are_those_of_one_machine(spark: SparkSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Six shards on two workers in processes of their own, which know the package only from the session."""
    monkeypatch.setattr(spark_workers, "LEAST_ROWS", 1000)
    made = generate(tmp_path, 1200, 8000)
    prepared = prepare.prepare_register(made.register, tmp_path, "uji")
    workers = spark_workers.SparkWorkers(spark)
    assert len(workers.shards(8000)) == 6
    alone = link(made.list, made.register, prepared=prepared)
    got = link(made.list, made.register, prepared=prepared, workers=workers)
    assert alone.pairs.num_rows > 1000
    assert got.records.equals(alone.records)
    assert got.pairs.equals(alone.pairs)
    assert got.thresholds == alone.thresholds
    assert got.model.to_json() == alone.model.to_json()
