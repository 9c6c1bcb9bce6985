"""How often Python looks for cycles among its objects: seldom, in processes that make millions of them and live for minutes.

Nothing else of memory is set here; a process that serves for months (the API) keeps Python's own pace.
"""

from __future__ import annotations

import gc

AFTER = 50_000
"""New objects after which it looks: at its own 700 that was an eighth of what importing and compiling cost."""


def look_seldom() -> None:
    """Sets the pace of this process."""
    gc.set_threshold(AFTER, 20, 20)
