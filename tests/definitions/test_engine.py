"""The engine is a resource: PADANAN_MESIN exchanges what computes, and no asset knows which it is."""

from __future__ import annotations

from typing import Any

import duckdb
import pytest
from dagster_dbt import DbtCliResource

from orchestration.dbt_bridge import PadananDbt, SparkDbt
from orchestration.dbt_child import _target
from orchestration.defs.resources import resources
from orchestration.resources import MesinResource
from padanan.base.home import Home
from padanan.base.warehouse import row_counts
from padanan.spark.handover import hand_over
from padanan.spark.session import database_folder


def _engine(monkeypatch: pytest.MonkeyPatch, name: str | None) -> dict[str, Any]:
    if name is None:
        monkeypatch.delenv("PADANAN_MESIN", raising=False)
    else:
        monkeypatch.setenv("PADANAN_MESIN", name)
    monkeypatch.setenv("PADANAN_ENV", "dev")
    return dict(resources.load_fn().resources or {})


@pytest.mark.feature("F14")
def test_the_engine_is_chosen_by_resource(monkeypatch: pytest.MonkeyPatch) -> None:
    """Unset is one machine; both engines fill the same names, and a misspelt one is refused with the right ones."""
    alone, cluster = _engine(monkeypatch, None), _engine(monkeypatch, "spark")
    assert type(alone["dbt"]) is PadananDbt and alone["dbt"].target is None and not alone["mesin"].spark
    assert type(cluster["dbt"]) is SparkDbt and cluster["dbt"].target == "spark" and cluster["mesin"].spark
    assert set(alone) == set(cluster)
    with pytest.raises(ValueError, match=r"PADANAN_MESIN: 'sprak' tidak dikenal\. Perbaikan: isi duckdb atau spark"):
        _engine(monkeypatch, "sprak")


@pytest.mark.feature("F14")
def test_spark_is_asked_for_no_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The session reads the seeds; dbt's child knows from its arguments that it has to start one."""
    seen: list[list[str]] = []
    monkeypatch.setattr(DbtCliResource, "cli", lambda self, args, **_: seen.append(list(args)))
    for dbt in (PadananDbt(project_dir="dbt_project"), SparkDbt(project_dir="dbt_project", target="spark")):
        dbt.cli(["build"])
    assert seen == [["build"], ["build", "--exclude-resource-type", "seed"]]
    assert _target(["dbt", "build", "--target", "spark"]) == "spark"
    assert _target(["dbt", "build"]) is None and _target(["dbt", "--target"]) is None


@pytest.mark.feature("F14")
def test_one_machine_needs_no_workers() -> None:
    """Without Spark the linkage is given nobody and runs as ever."""
    with MesinResource().workers(Home.from_env()) as workers:
        assert workers is None


@pytest.mark.feature("F14")
def test_what_spark_built_stands_in_the_warehouse(tmp_path) -> None:
    """A finished table replaces the one of that name, an unfinished one is not there, others stay; rows are counted as ever."""
    home = Home(tmp_path).ensure()
    with duckdb.connect(str(home.warehouse_db)) as con:
        con.execute("create table lama as select 1 as k; create table lain as select 2 as k")
    for name, rows, done in (("lama", 3, True), ("baru", 2, True), ("setengah", 1, False)):
        folder = database_folder(home) / name
        folder.mkdir(parents=True)
        duckdb.execute(f"copy (select unnest(range({rows})) as k) to '{folder}/part-0.parquet'")
        if done:
            (folder / "_SUCCESS").touch()
    assert hand_over(home) == ["baru", "lama"]
    assert hand_over(home) == ["baru", "lama"]
    assert row_counts(home) == {"baru": 2, "lain": 1, "lama": 3}
