"""Whatever the UI shows has a description that says something, in the users' language, and that its markdown leaves whole."""

import re

import pytest

from padanan.base.home import CHECKOUT

ENGLISH = re.compile(r"\b(the|of|and|is|are|which|when|with)\b")
CODE = re.compile(r"`[^`]*`")


def described(repository):
    """(what, description) of everything that the UI lists with one."""
    graph = repository.asset_graph
    for key in graph.get_all_asset_keys():
        yield f"aset {key.to_user_string()}", graph.get(key).description
    for key in graph.asset_check_keys:
        yield f"pemeriksaan {key.to_user_string()}", graph.get(key).description
    for job in repository.get_all_jobs():
        if not job.name.startswith("__"):
            yield f"job {job.name}", job.description
    for item in [*repository.sensor_defs, *repository.schedule_defs]:
        yield f"otomasi {item.name}", item.description
    for name, resource in repository.get_top_level_resources().items():
        yield f"sumber daya {name}", resource.description
    for key, definition in repository.assets_defs_by_key.items():
        for name, field in config_fields(definition.op):
            yield f"isian {key.to_user_string()} {name}", field.description


def config_fields(op):
    schema = op.config_schema.config_type if op.config_schema else None
    return list(getattr(schema, "fields", {}).items())


@pytest.fixture(scope="module")
def texts(repository):
    return dict(described(repository))


def test_nothing_is_without_a_description(texts):
    assert len(texts) > 850
    assert [what for what, text in texts.items() if not text or len(text.split()) < 3] == []


def test_what_runs_by_itself_is_told_in_the_operators_guide(repository):
    table = (CHECKOUT / "docs" / "operations.md").read_text(encoding="utf-8")
    names = [item.name for item in [*repository.sensor_defs, *repository.schedule_defs]]
    assert len(names) > 12 and "`<contract>_bulanan`" in table
    assert [name for name in names if f"`{name}`" not in table and not name.endswith("_bulanan")] == []


def test_descriptions_are_indonesian(texts):
    """A docstring that Dagster takes for a description would show up here."""
    assert [what for what, text in texts.items() if ENGLISH.search(CODE.sub("", text or ""))] == []


def test_markdown_leaves_every_description_whole(texts):
    """`<periode>` outside of backticks is a tag to markdown, and gone; an odd backtick turns the rest into code.

    Only assets, checks and fields are shown as markdown: elsewhere the backticks themselves would be seen.
    """
    for what, text in texts.items():
        assert "<" not in CODE.sub("", text or ""), what
        assert (text or "").count("`") % 2 == 0, what
        if what.startswith(("job ", "otomasi ", "sumber daya ")):
            assert "`" not in text, what


def test_every_field_that_a_person_fills_in_is_described(repository):
    """The launchpad's fields: number, date and officer of a penetapan, the cut-off of a run."""
    fields = {what for what, _ in described(repository) if what.startswith("isian ")}
    assert {"isian decree/penetapan nomor", "isian landing/rencana batas", "isian decree/rancangan revisi"} <= fields


def test_every_node_of_dbt_is_described_in_its_yaml():
    """Models, seeds, sources and exposures: what `dbt docs` shows; Dagster's words for them come from the same place."""
    from orchestration.dbt_bridge import manifest

    nodes = [*manifest()["nodes"].values(), *manifest()["sources"].values(), *manifest()["exposures"].values()]
    silent = [
        node["unique_id"] for node in nodes if node["resource_type"] not in ("test", "operation") and not node.get("description")
    ]
    assert len(nodes) > 100 and silent == []
