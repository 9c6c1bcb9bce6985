"""The padanan by evidence as assets: one step makes four, and every check tells what was observed and against what."""

import dagster as dg

from orchestration.defs.padanan import evidence


def test_one_step_makes_candidates_model_links_and_clusters() -> None:
    """Split for the reader, not for the machine: nothing is matched twice."""
    assert {key.path[-1] for key in evidence.EVIDENCE} == {"calon_pasangan", "model_bukti", "tautan_bukti", "klaster_bukti"}
    assert set(evidence.bukti.keys) == set(evidence.EVIDENCE)
    assert {(spec.asset_key, spec.name) for spec in evidence.bukti.check_specs} == {
        (evidence.CANDIDATES, "kelengkapan"), (evidence.MODEL, "presisi_harapan"), (evidence.LINKS, "kewajaran"),
    }  # fmt: skip


def test_a_check_warns_with_observed_and_threshold() -> None:
    """A list under the threshold fails the check without stopping the run; a list without labels says so."""
    low = [{"model": "dtks", "teramati": 0.91, "ambang": 0.95}]
    got = evidence._check("kelengkapan", evidence.CANDIDATES, low, 0.91, 0.95)
    assert not got.passed and got.severity is dg.AssetCheckSeverity.WARN
    assert got.metadata["teramati"].value == 0.91 and got.metadata["ambang"].value == 0.95
    good = evidence._check("kelengkapan", evidence.CANDIDATES, [], None, 0.95)
    assert good.passed and good.metadata["teramati"].value == "tidak diukur"
    assert evidence._least({"a": {"x": None}, "b": {"x": 0.98}}, "x") == 0.98
