"""A copy of the checkout in which a test does what CONTRIBUTING.md says, and what runs in it.

What is changed in the copy and what must follow stands in the tests.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from padanan.base.home import CHECKOUT

# Made by a parse of dbt that the copy then need not repeat.
PARSED = ("dbt_project/target/padanan/manifest.json", "dbt_project/target/padanan/padanan.fingerprint")


def copied(copy: Path) -> list[str]:
    """Copies what the version control holds or would hold into `copy`; the names of these files."""
    command = ["git", "ls-files", "-co", "--exclude-standard"]
    names = subprocess.run(command, cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout.splitlines()
    for name in [*names, *PARSED]:
        if (CHECKOUT / name).is_file():
            (copy / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(CHECKOUT / name, copy / name)
    return names


def run(copy: Path, *command: str) -> str:
    """Python with the copy's modules, in the copy; what it prints."""
    environment = {**os.environ, "PYTHONPATH": str(copy), "PADANAN_HOME": str(copy / "data")}
    done = subprocess.run([sys.executable, *command], cwd=copy, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout
