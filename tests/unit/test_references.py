"""Nothing refers into nowhere: files that are named exist, links of the documents lead somewhere, papers outside are not cited.

Paragraphs of the decree (§3.1.3.2.c) and numbers of docs/features.yaml are real and stay.
"""

import re
import subprocess
from pathlib import Path

from padanan.base.home import CHECKOUT

TEXT = {".py", ".md", ".sql", ".yaml", ".yml", ".toml", ".j2", ".typ", ".in", ".sh", ".cfg"}
OUTSIDE = re.compile(
    r"\bSPEC §|(?<![\w/.-])(?:design|platform|style|registries|protection|cleansing-rules|bantuan-reguler|linkage)\.md\b"
    r"|\b(?:design|house) rule \d|\b[Ii]ssue #?\d|\brules? \d+ of the (?:design|house)\b|\bdomain/\w"
)
# A path of the checkout in prose or code: its first folder is one of ours and its name ends like a file.
NAMED = re.compile(
    r"(?<![\w/.{*-])((?:padanan|orchestration|docs|expectations|dbt_project|tests|benchmarks|scripts)/"
    r"[\w./-]*?\w\.(?:py|md|sql|ya?ml|toml|svg|png|j2|typ|csv|json))\b"
)
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")
# Made at run time or by a test in its own folder.
MADE = {"tests/test_contoh.py", "orchestration/defs/review/contoh.py", "expectations/dtks.json", "expectations/klj.json"}
HERE = "tests/unit/test_references.py"


def tracked():
    listed = subprocess.run(["git", "ls-files"], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    return [Path(name) for name in listed.stdout.splitlines()]


def lines():
    """(file, line number, line) of every tracked text; the changes of the past name the past."""
    for name in tracked():
        if name.as_posix() in (HERE, "CHANGELOG.md") or not (CHECKOUT / name).is_file():
            continue
        if name.suffix in TEXT or name.name in ("Makefile", "run"):
            for number, line in enumerate((CHECKOUT / name).read_text(encoding="utf-8").splitlines(), 1):
                yield name, number, line


def test_no_paper_outside_the_project_is_cited():
    found = [f"{name}:{number}: {match[0]}" for name, number, line in lines() if (match := OUTSIDE.search(line))]
    assert found == []


def test_files_that_are_named_exist():
    found = [
        f"{name}:{number}: {path}"
        for name, number, line in lines()
        for path in NAMED.findall(line)
        if path not in MADE and not (CHECKOUT / path).exists()
    ]
    assert found == []


def test_links_of_the_documents_lead_somewhere():
    found = [
        f"{name}:{number}: {target}"
        for name, number, line in lines()
        if name.suffix == ".md"
        for target in LINK.findall(line)
        if "://" not in target and not target.startswith("mailto:") and not (CHECKOUT / name.parent / target).exists()
    ]
    assert found == []


def test_words_that_readers_stumbled_over_are_gone():
    """A digest is a `nilai hash`, never a fingerprint of a person's finger; a course over time is a `tren`."""
    old = re.compile(r"\b[Ss]idik jari\b|\bLintasan\b")
    found = [f"{name}:{number}" for name, number, line in lines() if old.search(line)]
    assert found == []
