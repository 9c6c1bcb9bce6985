"""A copy of the checkout and a shell that knows nothing: what the tests of the clean shell start their commands in.

What the commands must do is said in the tests.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
SOURCES = (
    "dbt_project", "docs", "expectations", "orchestration", "padanan", "dagster.yaml", "profiles.yml", "pyproject.toml",
    "README.md", "workspace.yaml",
)  # fmt: skip
# What each tool may leave: dbt its parsed project, Dagster its storage in the data home.
EXPECTED = ("dbt_project/target", "data/dagster")


@dataclass(frozen=True)
class Shell:
    """A checkout, an empty HOME and a folder elsewhere."""

    checkout: Path
    home: Path
    elsewhere: Path

    @classmethod
    def make(cls, base: Path) -> Shell:
        """Copies the sources below `base`; no data home, no cache."""
        shell = cls(base / "checkout", base / "home", base / "lain")
        for folder in (shell.checkout, shell.home, shell.elsewhere):
            folder.mkdir(parents=True)
        for name in SOURCES:
            source, target = CHECKOUT / name, shell.checkout / name
            if source.is_symlink():
                target.symlink_to(source.readlink())
            elif source.is_dir():
                shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__", "target", "logs"))
            else:
                shutil.copyfile(source, target)
        (shell.checkout / "data" / "samples").mkdir(parents=True)
        return shell

    def environment(self, **more: str) -> dict[str, str]:
        """Only PATH and HOME; PYTHONPATH and DAGSTER_HOME stand for the installation of the checkout in a `.venv` of its own
        (`tests/unit/test_shell_of_the_venv.py`)."""
        path = f"{Path(sys.executable).parent}:/usr/bin:/bin"
        return {
            "PATH": path,
            "HOME": str(self.home),
            "PYTHONPATH": str(self.checkout),
            "DAGSTER_HOME": str(self.checkout),
            **more,
        }

    def run(self, command: str, *arguments: str, cwd: Path | None = None, **more: str) -> subprocess.CompletedProcess[str]:
        """One command; stdout and stderr in `stdout`."""
        return subprocess.run(
            [*command.split(), *arguments],
            cwd=cwd or self.checkout,
            env=self.environment(**more),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=180,
            check=False,
        )

    def strays(self) -> list[str]:
        """Files and empty folders that were not there and are no tool's declared place; empty folders in those too."""
        found = [f"HOME/{path.relative_to(self.home)}" for path in self.home.rglob("*")]
        found += [f"lain/{path.relative_to(self.elsewhere)}" for path in self.elsewhere.rglob("*")]
        for path in self.checkout.rglob("*"):
            name = path.relative_to(self.checkout).as_posix()
            if "__pycache__" in path.parts or name == "data/samples":
                continue
            if path.is_dir():
                if not any(path.iterdir()):
                    found.append(f"{name}/ (kosong)")
            elif (name.startswith("data/") or not (CHECKOUT / name).exists()) and not name.startswith(EXPECTED):
                found.append(name)
        return sorted(found)

    def clean(self) -> None:
        """Removes what the commands before left."""
        for name in ("data", "dbt_project/logs"):
            shutil.rmtree(self.checkout / name, ignore_errors=True)
        (self.checkout / "data" / "samples").mkdir(parents=True)
        for folder in (self.home, self.elsewhere):
            shutil.rmtree(folder)
            folder.mkdir()
