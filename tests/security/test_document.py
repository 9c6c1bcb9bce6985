"""docs/security.md keeps its word: each line names a test that is there, each pin read by hand is the one that is installed.

What the lines say is proved by those tests.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from scripts.audit import advisories

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
PROTECTED, _, AFTER = PAGE.partition("## What is not protected")
LINES = [line for line in PROTECTED.splitlines() if line.startswith("|") and not line.startswith(("|---", "| what is"))]
LOCKS = sorted(ROOT.glob("requirements*.lock"))


@cache
def functions(file: str) -> set[str]:
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_every_line_names_a_test_that_is_there() -> None:
    assert len(LINES) > 30
    for line in LINES:
        named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", line)
        assert named, line
        for file, test in named:
            assert (ROOT / file).is_file() and test in functions(file), f"{file}::{test}"


def test_what_is_not_protected_is_said_with_tests_that_are_there() -> None:
    every = {
        name for path in (ROOT / "tests").rglob("test_*.py") for name in re.findall(r"def (test_\w+)", path.read_text("utf-8"))
    }
    named = set(re.findall(r"`(test_\w+)`", AFTER))
    assert named and named <= every


def test_the_pins_read_by_hand_are_those_that_are_installed() -> None:
    """A pin that moved was not read: look for its advisories, then write version and date."""
    pins = dict(re.findall(r"^([a-z0-9-]+)(?:\[[a-z,]+\])?==([^ \\;]+)", (ROOT / "requirements.lock").read_text(), re.MULTILINE))
    read = dict(re.findall(r"^\| ([a-z0-9-]+) \| ([0-9][^ ]*) \|", AFTER, re.MULTILINE))
    assert len(read) > 15 and "30 November 2026" in AFTER
    assert {name: pins[name] for name in read} == read


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_every_pin_has_a_hash_and_no_address(lock: Path) -> None:
    text = lock.read_text(encoding="utf-8")
    pins = re.split(r"^(?=\S+==)", text, flags=re.MULTILINE)[1:]
    assert len(LOCKS) == 5 and pins and all("--hash=sha256:" in pin for pin in pins)
    assert "://" not in text and not re.search(r"^(-e|--(extra-)?index-url|--find-links)", text, re.MULTILINE)


def test_an_audit_that_learnt_nothing_says_so() -> None:
    """pip-audit ends well where the registry told nothing of any package."""
    told = {
        "dependencies": [
            {"name": "a", "skip_reason": "not found"},
            {"name": "b", "version": "1", "vulns": []},
            {"name": "c", "version": "2", "vulns": [{"id": "CVE-1", "fix_versions": ["3"]}, {"id": "CVE-2", "fix_versions": []}]},
        ]
    }
    assert advisories(told) == (
        2,
        ["c 2: CVE-1, diperbaiki pada 3", "c 2: CVE-2, diperbaiki pada belum ada"],
        ["a"],
    )
