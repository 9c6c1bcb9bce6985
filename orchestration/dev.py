"""`python -m orchestration.dev`: the Dagster UI on this data home, with the settings that every entry point shares.

The Makefile's `make dev` calls it; servers in production run `dagster-webserver` and `dagster-daemon` themselves.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from orchestration.environment import CHECKOUT, prepare


def main() -> None:
    """Replaces this process by `dagster dev`; extra arguments are passed on (`--port 3001`)."""
    prepare()
    beside = Path(sys.executable).parent
    os.environ["PATH"] = f"{beside}{os.pathsep}{os.environ.get('PATH', '')}"
    dagster = shutil.which("dagster", path=str(beside)) or "dagster"
    print("Dagster: http://127.0.0.1:3000 (Ctrl-C untuk berhenti)", flush=True)
    os.chdir(CHECKOUT)
    os.execv(dagster, [dagster, "dev", "-w", str(CHECKOUT / "workspace.yaml"), "-h", "127.0.0.1", *sys.argv[1:]])


if __name__ == "__main__":
    main()
