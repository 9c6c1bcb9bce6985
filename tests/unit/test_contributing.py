"""CONTRIBUTING.md and the glossary stay true: each command and file exists, each stage and published table has its words.

That the recipes work is proved by the tests which CONTRIBUTING.md names.
"""

import argparse
import re

from orchestration.stages import STAGES
from padanan.base.home import CHECKOUT
from padanan.cli import build_parser
from padanan.contracts.dbt_yaml import published_models

GUIDE = (CHECKOUT / "CONTRIBUTING.md").read_text(encoding="utf-8")
GLOSSARY = (CHECKOUT / "docs/glossary.md").read_text(encoding="utf-8")
# Words of table names that no reader needs explained.
PLAIN = {"record", "daftar", "periksa", "rekaman", "penduduk", "row", "account", "uji"}


def known_commands(parser):
    (chosen,) = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    found = {}
    for name, inner in chosen.choices.items():
        deeper = [action for action in inner._actions if isinstance(action, argparse._SubParsersAction)]
        found[name] = set(deeper[0].choices) if deeper else set()
    return found


def test_every_recipe_names_a_test_that_exists():
    recipes = re.split(r"^## ", GUIDE, flags=re.M)[1:]
    assert [text.splitlines()[0] for text in recipes] == ["A producer", "A rule", "A column of the report", "An asset"]
    for text in recipes:
        tests = re.findall(r"`(tests/[\w/]+/test_\w+\.py)`", text)
        assert tests, text.splitlines()[0]
        assert all((CHECKOUT / name).is_file() for name in tests)


def test_every_command_exists():
    targets = set(re.findall(r"^([a-z-]+):", (CHECKOUT / "Makefile").read_text(encoding="utf-8"), flags=re.M))
    asked = set(re.findall(r"(?:^|`)make ([a-z-]+)", GUIDE, flags=re.M))
    assert asked and asked <= targets
    commands = known_commands(build_parser())
    told = set(re.findall(r"`padanan (\w+) (\w+)`", GUIDE))
    assert told and all(second in commands[first] for first, second in told)


def test_stages_and_published_tables_have_their_words():
    rows = [line.split(" | ") for line in GLOSSARY.splitlines() if line.startswith("| ")][1:]
    assert all(len(row) == 3 and all(cell.strip(" |") for cell in row) for row in rows)
    told = set(re.findall(r"[a-z]+", " ".join(f"{row[0]} {row[2]}" for row in rows).lower()))
    tables = {word for name in published_models() for word in name.split("_")}
    assert len(tables) > 15
    assert not (tables | set(STAGES)) - told - PLAIN
