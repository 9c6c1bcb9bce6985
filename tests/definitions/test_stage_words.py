"""The seven words are the same everywhere: folders of defs, dbt folders, asset key prefixes, groups, test folders."""

from pathlib import Path

import pytest

from orchestration import stages

ROOT = Path(__file__).resolve().parents[2]


def folders(path):
    return {child.name for child in path.iterdir() if child.is_dir() and not child.name.startswith(("_", "."))}


def test_defs_folders_are_the_stage_words():
    assert folders(ROOT / "orchestration" / "defs") - stages.DEFS_FOLDERS_BESIDE_STAGES == set(stages.STAGES)


def test_dbt_model_folders_are_the_stages_that_hold_sql():
    words = {stages.stage_of_dbt_folder(name) for name in folders(ROOT / "dbt_project" / "models")}
    assert words == set(stages.STAGES) - stages.STAGES_WITHOUT_SQL


def test_asset_key_prefix_and_group_are_the_same_stage_word(repository):
    graph = repository.asset_graph
    prefixes = set()
    for key in graph.get_all_asset_keys():
        node = graph.get(key)
        assert len(key.path) == 2, key
        assert node.group_name == key.path[0], key
        prefixes.add(key.path[0])
    assert prefixes == set(stages.STAGES) - stages.STAGES_WITHOUT_ASSETS


def test_test_folders_carry_stage_words_or_named_exceptions():
    found = folders(ROOT / "tests")
    covered = {stages.TEST_FOLDERS.get(name, name) for name in found} & set(stages.STAGES)
    assert covered == set(stages.STAGES) - stages.STAGES_WITHOUT_TESTS
    assert found - set(stages.STAGES) - set(stages.TEST_FOLDERS) <= stages.TEST_FOLDERS_BESIDE_STAGES


@pytest.mark.parametrize(("folder", "stage"), [("staging", "cleansing"), ("seeds", "cleansing"), ("review", "review")])
def test_dbt_folder_to_stage(folder, stage):
    assert stages.stage_of_dbt_folder(folder) == stage


def test_unknown_dbt_folder_is_refused():
    with pytest.raises(ValueError, match="neither a stage"):
        stages.stage_of_dbt_folder("marts")
