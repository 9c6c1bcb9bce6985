"""The `padanan` command itself: quick to start, and every sub-command explains itself with an example that works."""

import argparse
import re
import shlex
import subprocess
import sys

import pytest

from padanan.base.examples import EXAMPLES
from padanan.base.home import CHECKOUT
from padanan.cli import build_parser

HEAVY = (
    "pandas", "duckdb", "pyarrow", "numpy", "great_expectations", "typst", "jinja2", "babel", "sqlalchemy", "yaml", "psycopg",
    "docx", "docxtpl", "xlsxwriter", "recordlinkage", "sklearn", "scipy", "python_calamine", "dagster", "dbt",
)  # fmt: skip


def parsers(parser=None):
    """Every parser of the tree that runs something: (words, parser)."""
    parser = parser or build_parser()
    subs = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if parser.get_default("run") is not None:
        yield parser
    for action in subs:
        helps = {choice.dest: choice.help for choice in action._choices_actions}
        for name, child in action.choices.items():
            child.padanan_help = helps.get(name)
            yield from parsers(child)


EVERY = {parser.prog: parser for parser in parsers()}


def test_help_needs_no_library():
    """`padanan --help` took 2.4 CPU seconds, because the parser imported the libraries of every sub-command."""
    code = f"import sys, padanan.cli; padanan.cli.build_parser(); print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_report_is_made_without_the_libraries_that_link():
    """Each decision makes reports again: sklearn and scipy's statistics, which none of them needs, took half of their start."""
    code = "import sys, padanan.run.report; print(sorted({'recordlinkage', 'sklearn', 'scipy.stats'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_examples_are_those_of_the_commands_that_exist():
    assert {f"padanan {words}" for words in EXAMPLES} == EVERY.keys() and len(EVERY) > 40


@pytest.mark.parametrize("prog", EVERY)
def test_each_command_has_help_and_an_example_that_parses(prog):
    parser = EVERY[prog]
    assert parser.padanan_help and parser.description, "help and description, in Indonesian"
    examples = re.findall(r"^(?:contoh: |\s+)(padanan .+)$", parser.epilog or "", flags=re.MULTILINE)
    assert examples, "epilog='contoh: padanan …'"
    for example in examples:
        words = shlex.split(example)
        assert " ".join(words).startswith(prog), example
        args = build_parser().parse_args(words[1:])
        assert args.run is parser.get_default("run"), example


@pytest.mark.parametrize("prog", EVERY)
def test_each_argument_is_explained(prog):
    for action in EVERY[prog]._actions:
        assert action.help, f"{prog}: {action.dest} has no help"
