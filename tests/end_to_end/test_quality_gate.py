"""The gate before the padanan on a real warehouse: one producer judged alone, a contradiction that stops all behind."""

import os
import shutil

import dagster as dg
import duckdb
import pytest

from orchestration.contracts import loaded, quality_key
from orchestration.defs.cleansing.gate import GATE
from orchestration.warehouse import release
from padanan.base.home import Home
from tests.end_to_end.conftest import PERIODE, use

KLJ = quality_key("klj")


@pytest.fixture
def home(finished, tmp_path, monkeypatch):
    """A home of its own after a finished run."""
    home = Home(tmp_path / "rumah")
    shutil.copytree(finished.home.root, home.root, symlinks=True, copy_function=copied)
    use(monkeypatch, home.root, finished.key)
    yield home
    release(home)


def copied(source, target):
    """Only what is written again is copied; the rest is linked."""
    return shutil.copy2(source, target) if "/warehouse/" in source or "/dagster/" in source else os.link(source, target)


def materialize(*keys):
    """What the UI's button starts: the assets with their checks, in the implicit job."""
    from orchestration.definitions import defs

    repository = defs().get_repository_def()
    (name,) = repository.get_implicit_asset_job_names()
    job = repository.get_job(name).get_subset(asset_selection=set(keys))
    with dg.DagsterInstance.get() as instance:
        return job.execute_in_process(instance=instance, partition_key=PERIODE.key, raise_on_error=False)


def made(result):
    return {event.asset_key for event in result.get_asset_materialization_events()}


def test_one_producer_is_judged_alone_and_a_contradiction_stops_the_padanan(home, monkeypatch):
    import padanan.cleansing.run as engine

    judged, original = [], engine._run_one
    monkeypatch.setattr(engine, "_run_one", lambda *args: judged.append(args[2].id) or original(*args))
    alone = materialize(KLJ)
    assert alone.success and made(alone) == {KLJ} and judged == ["klj"]
    assert {check.asset_key for check in alone.get_asset_check_evaluations()} == {KLJ}
    assert all(check.passed for check in alone.get_asset_check_evaluations() if check.severity == dg.AssetCheckSeverity.ERROR)
    assert materialize(GATE).success, "judged again for the same plan, by another run than the others"

    release(home)
    with duckdb.connect(str(home.warehouse_db)) as con:
        (lost,) = con.execute("select count(*) from gap_cleansing where producer = 'klj'").fetchone()
        assert lost
        con.execute("delete from gap_cleansing where producer = 'klj'")
    behind = [
        dg.AssetKey(["padanan", "acuan_siap"]),
        dg.AssetKey(["padanan", "padanan_record"]),
        dg.AssetKey(["review", "terbitan"]),
    ]
    published = {path: path.stat().st_mtime_ns for path in (home.root / "published").rglob("*")}
    stopped = materialize(*(quality_key(contract_id) for contract_id in loaded()), GATE, *behind)
    assert not stopped.success
    assert made(stopped) == {quality_key(contract_id) for contract_id in loaded()}
    (failed,) = [
        one for one in stopped.get_asset_check_evaluations() if not one.passed and one.severity == dg.AssetCheckSeverity.ERROR
    ]
    assert (failed.asset_key, failed.check_name) == (KLJ, "gap_sama_dengan_aturan")
    assert failed.description.endswith("aturan berbeda antara tabel celah dan Great Expectations; ambang 0.")
    assert {path: path.stat().st_mtime_ns for path in (home.root / "published").rglob("*")} == published

    later = materialize(GATE, *behind)
    assert not later.success and made(later) == set()
    line = later.failure_data_for_node("cleansing__mutu_selesai").user_failure_data.description
    assert line.startswith("GALAT") and "cleansing/mutu_klj:gap_sama_dengan_aturan" in line
