"""The padanan by evidence as assets: one step makes four, and every check tells what was observed and against what."""

from types import SimpleNamespace
from typing import Any

import dagster as dg
import pytest

from orchestration.defs.padanan import evidence
from orchestration.resources import KontrakResource, MesinResource, RumahResource
from orchestration.warehouse import release
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.evidence import Keeping
from padanan.run.code_version import code_version
from tests import planned


def test_one_step_makes_candidates_model_links_and_clusters() -> None:
    """Split for the reader, not for the machine: nothing is matched twice."""
    assert {key.path[-1] for key in evidence.EVIDENCE} == {"calon_pasangan", "model_bukti", "tautan_bukti", "klaster_bukti"}
    assert set(evidence.bukti.keys) == set(evidence.EVIDENCE)
    assert {(spec.asset_key, spec.name) for spec in evidence.bukti.check_specs} == {
        (evidence.CANDIDATES, "kelengkapan"), (evidence.MODEL, "presisi_harapan"), (evidence.LINKS, "kewajaran"),
    }  # fmt: skip


def test_a_check_warns_with_observed_and_threshold_in_percent() -> None:
    """A list under the threshold fails the check without stopping the run; without labels it says so."""
    low = [{"model": "dtks", "teramati": 0.91, "ambang": 0.95}]
    got = evidence._check("kelengkapan", evidence.CANDIDATES, low, 0.91, 0.95)
    assert not got.passed and got.severity is dg.AssetCheckSeverity.WARN
    assert got.metadata["persen"].value == 91.0 and got.metadata["ambang"].value == 95.0
    assert got.description == "Kelengkapan penyekatan terendah 91,0% dari semua daftar berlabel; ambang 95,0%."
    good = evidence._check("kelengkapan", evidence.CANDIDATES, [], None, 0.95)
    assert good.passed and good.metadata["persen"].value == "tidak diukur"
    assert good.description == "Kelengkapan penyekatan tidak diukur: tidak ada daftar berlabel; ambang 95,0%."
    assert evidence._least({"a": {"x": None}, "b": {"x": 0.98}}, "x") == 0.98


def test_fairness_counts_the_groups_that_are_matched_less_often() -> None:
    found = evidence._fairness([{"producer": "dtks", "kelompok": "lansia", "n": 400, "persen": 60.0}], 5.0)
    assert not found.passed and found.severity is dg.AssetCheckSeverity.WARN
    assert found.description == "1 kelompok padan lebih dari 5 poin di bawah keseluruhan; ambang 0."
    assert (found.metadata["teramati"].value, found.metadata["ambang"].value) == (1, 0)
    assert evidence._fairness([], 5.0).passed


@pytest.mark.parametrize(
    ("planned_by", "anew", "keeping"),
    [("this program", False, Keeping.ALL), ("this program", True, Keeping.ANEW), ("another", False, Keeping.NOTHING),
     ("another", True, Keeping.NOTHING)],
)  # fmt: skip
def test_what_was_kept_counts_only_for_the_program_that_planned_and_never_from_scratch(
    monkeypatch: pytest.MonkeyPatch, planned_by: str, anew: bool, keeping: Keeping
) -> None:
    asked: list[Keeping] = []

    def match(*told: Any) -> None:
        asked.append(told[-1])
        raise PadananError("cukup")

    home = Home.from_env().ensure()
    planned.write(home, **({"code_version": code_version()} if planned_by == "this program" else {}))
    monkeypatch.setattr("padanan.evidence.match_period", match)
    monkeypatch.setattr("padanan.published.run_plan.read_plan", lambda _: None)
    monkeypatch.setattr(evidence, "from_scratch", lambda _: anew)
    resources = {"rumah": RumahResource(), "kontrak": KontrakResource(), "mesin": MesinResource()}
    run = dg.materialize([evidence.bukti], partition_key="2025-07-01", resources=resources, raise_on_error=False)
    assert not run.success and asked == [keeping]
    release(home)


def test_whichever_of_the_four_is_asked_for_all_four_are_made_and_told(monkeypatch) -> None:
    """One step writes them together: the history of an asset that was not asked for must not stay behind its files."""
    result = SimpleNamespace(
        counts={"pasangan": 9, "pasangan_disimpan": 5, "rekaman_klaster": 2},
        models={"dtks": {"label": 3, "kelengkapan": 0.99, "presisi_harapan": 0.97}},
        statuses={"padan_bukti": 4}, conflicts=0, warnings=(), low_completeness=(), low_precision=(),
    )  # fmt: skip
    home = Home.from_env().ensure()
    planned.write(home)
    monkeypatch.setattr("padanan.evidence.match_period", lambda *_: result)
    monkeypatch.setattr("padanan.published.run_plan.read_plan", lambda _: None)
    with dg.DagsterInstance.ephemeral() as instance:
        run = dg.materialize(
            [evidence.bukti],
            selection=[evidence.MODEL],
            partition_key="2025-07-01",
            resources={"rumah": RumahResource(), "kontrak": KontrakResource(), "mesin": MesinResource()},
            instance=instance,
        )
        told = {event.asset_key for event in run.get_asset_materialization_events()}
        assert told == set(evidence.EVIDENCE)
        for key in evidence.EVIDENCE:
            assert "2025-07-01" in instance.get_materialized_partitions(key), key
    assert {check.check_name for check in run.get_asset_check_evaluations()} == {"presisi_harapan"}
    release(home)
