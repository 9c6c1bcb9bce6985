"""README's claims: the feature table is the tests' own, and the pictures it shows exist."""

import re
from pathlib import Path

from padanan.features import marked_features, render_readme
from padanan.yaml_source import YamlSource

CHECKOUT = Path(__file__).resolve().parents[2]


def test_feature_table_is_the_markers_own():
    assert render_readme(CHECKOUT) == (CHECKOUT / "README.md").read_text(encoding="utf-8"), "run `make render`"


def test_every_marker_names_a_known_feature():
    known = {item["id"] for item in YamlSource(CHECKOUT / "docs" / "features.yaml").data["features"]}
    assert len(known) == 50
    assert set(marked_features(CHECKOUT / "tests")) <= known


def test_local_links_of_the_readme_lead_somewhere():
    text = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    for link in re.findall(r"\]\((?!http)([^)#]+)\)", text):
        assert (CHECKOUT / link).exists(), link


def test_make_targets_named_in_the_readme_exist():
    targets = set(re.findall(r"^([a-z-]+):", (CHECKOUT / "Makefile").read_text(), flags=re.MULTILINE))
    assert set(re.findall(r"(?<!worklist )(?<!kit )make ([a-z-]+)", (CHECKOUT / "README.md").read_text())) <= targets
