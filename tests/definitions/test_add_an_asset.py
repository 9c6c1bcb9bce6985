"""Adding an asset with a check is one new file and `make render`: replayed in a copy of the checkout."""

import json
from pathlib import Path

import pytest

from orchestration.heads import stage_of_module
from tests.replay import copied, run

ROOT = Path(__file__).resolve().parents[2]
NEW, SNAPSHOT = "orchestration/defs/review/contoh.py", "tests/definitions/asset_graph.json"
SOURCE = '''"""An asset that somebody added."""

import dagster as dg

from orchestration.heads import stage_asset, stage_check
from orchestration.stages import REVIEW


@stage_asset("Aset contoh dari uji.", kinds={"json"}, deps=[dg.AssetKey([REVIEW, "terbitan"])])
def contoh(context: dg.AssetExecutionContext) -> dg.MaterializeResult[None]:
    """Makes nothing."""
    return dg.MaterializeResult(metadata={"baris": 1})


@stage_check("Pemeriksaan contoh dari uji.", asset=contoh.key)
def terisi() -> dg.AssetCheckResult:
    """Passes."""
    return dg.AssetCheckResult(passed=True)
'''
NEAREST = ["test_asset_graph_snapshot", "test_stage_words", "test_ui_words", "test_graph_reads_forward"]


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of what the version control holds, with dbt's manifest, so that nothing is parsed again."""
    copy = tmp_path_factory.mktemp("salinan")
    names = copied(copy)
    return copy, names


@pytest.mark.lambat
def test_one_new_file_and_the_render_are_all(checkout):
    copy, names = checkout
    (copy / NEW).write_text(SOURCE)
    run(copy, "-m", "orchestration.snapshot")
    changed = {name for name in names if (ROOT / name).is_file() and (copy / name).read_bytes() != (ROOT / name).read_bytes()}
    assert changed == {SNAPSHOT}, "no other file follows"
    found = json.loads((copy / SNAPSHOT).read_text())
    assert found["assets"]["review/contoh"] == {"deps": ["review/terbitan"], "checks": ["terisi"]}
    assert "review/contoh" in found["jobs"]["padanan_periode"], "its folder puts it into the period's run"
    run(copy, "-m", "pytest", "-q", *(f"tests/definitions/{name}.py" for name in NEAREST))


def test_an_asset_outside_of_a_stages_folder_is_refused():
    assert stage_of_module("orchestration.defs.review.contoh") == "review"
    for module in ("orchestration.defs.automation.jobs", "orchestration.review.contoh", "review.contoh"):
        with pytest.raises(ValueError, match="stands in no stage's folder"):
            stage_of_module(module)
