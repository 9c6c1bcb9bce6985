"""What the documents claim: the feature table is the tests' own, pictures exist, commands and snippets run as they stand."""

import argparse
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from benchmarks.quality.data import TABLE, build
from padanan.base.yaml_source import YamlSource
from padanan.cli import build_parser
from padanan.generated.features import marked_features, render_readme

CHECKOUT = Path(__file__).resolve().parents[2]


def test_feature_table_is_the_markers_own():
    assert render_readme(CHECKOUT) == (CHECKOUT / "README.md").read_text(encoding="utf-8"), "run `make render`"


def test_every_marker_names_a_known_feature():
    known = {item["id"] for item in YamlSource(CHECKOUT / "docs" / "features.yaml").data["features"]}
    assert len(known) == 59
    assert set(marked_features(CHECKOUT / "tests")) <= known


def test_local_links_of_the_readme_lead_somewhere():
    text = (CHECKOUT / "README.md").read_text(encoding="utf-8")
    for link in re.findall(r"\]\((?!http)([^)#]+)\)", text):
        assert (CHECKOUT / link).exists(), link


def test_make_targets_named_in_the_readme_exist():
    targets = set(re.findall(r"^([a-z-]+):", (CHECKOUT / "Makefile").read_text(), flags=re.MULTILINE))
    assert set(re.findall(r"(?<!worklist )(?<!kit )make ([a-z-]+)", (CHECKOUT / "README.md").read_text())) <= targets


SNIPPETS = re.compile(r"^```(\w*)\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)
IN_REMARK = re.compile(r"(padanan [a-z -]+?…?)(?=[:;,]|$)")


def commands(path):
    """Every `padanan …` of a document's code: its words, without the remark; `…` stands for what the command's example says."""
    text = (CHECKOUT / path).read_text(encoding="utf-8")
    inside = [line for _, block in SNIPPETS.findall(text) for line in block.splitlines()]
    found = [line.partition("  #")[0] for line in inside if line.startswith("padanan ")]
    found += [remark.strip() for line in inside for remark in IN_REMARK.findall(line.partition("#")[2])]
    found += [code for code in re.findall(r"`(padanan [^`|]+)`", SNIPPETS.sub("", text)) if code != "padanan …"]
    return found


@pytest.mark.parametrize("document", ["README.md", "expectations/README.md", "docs/operations.md", "docs/panduan-reviu.md"])
def test_commands_in_documents_are_commands(document):
    """The words name a command; a line that is written out is also read by its parser, with every option."""
    for command in commands(document):
        words = shlex.split(command.replace("FILE.tar.gz", "x.tar.gz"))
        parser, rest = build_parser(), words[1:]
        while rest and (choices := _choices(parser)) and rest[0] in choices:
            parser, rest = choices[rest.pop(0)], rest
        assert parser.prog != "padanan", command
        if "…" in command or not rest:
            continue
        known = {option for action in parser._actions for option in action.option_strings}
        assert {word for word in rest if word.startswith("--")} <= known, command
        if document == "README.md":
            build_parser().parse_args(words[1:])


def _choices(parser):
    return next((action.choices for action in parser._actions if isinstance(action, argparse._SubParsersAction)), None)


@pytest.mark.lambat
def test_the_great_expectations_snippet_runs(tmp_path):
    """Read from the document and run in a clean shell on a small warehouse that stands where the data home says."""
    rows = 500
    warehouse = tmp_path / "data" / "warehouse" / "padanan.duckdb"
    warehouse.parent.mkdir(parents=True)
    build(warehouse, rows, "dtks")
    with duckdb.connect(str(warehouse)) as con:
        con.execute(f"alter table {TABLE} rename to stg_dtks__individu")
    ((_, code),) = [
        found for found in SNIPPETS.findall((CHECKOUT / "expectations/README.md").read_text()) if found[0] == "python"
    ]
    assert "rows = 20000" in code
    code = code.replace("rows = 20000", f"rows = {rows}")
    code += "import sys\nprint('kirim', context.variables.analytics_enabled, 'posthog' in sys.modules)\n"
    shutil.copytree(CHECKOUT / "expectations" / "gx", tmp_path / "expectations" / "gx")
    environment = {
        "PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "PYTHONPATH": str(CHECKOUT), "PADANAN_HOME": str(tmp_path / "data"),
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert '"success"' in done.stdout and "kirim False False" in done.stdout
    assert sorted(path.name for path in tmp_path.iterdir()) == ["data", "expectations"]
