"""What is costly to make and only read: made once for all workers of a test run, under a lock.

What is made belongs to the fixtures that ask for it.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from padanan.base.locks import held


def once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The folder `name`, filled by whichever worker comes first; the others wait for it.

    A failed attempt leaves no mark, so that the next worker's failure tells its own cause.
    """
    root = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    folder, done = root / name, root / f"{name}.done"
    with held(root / f"{name}.lock"):
        if not done.exists():
            # A key may lie in it: private, as the folder of a key must be.
            folder.mkdir(mode=0o700, exist_ok=True)
            make(folder)
            done.touch()
    return folder
