"""A process that ends with the one that started it, also when that one is killed: what it holds would stay held for ever.

Who starts processes, and what they do, is no matter of here.
"""

from __future__ import annotations

import ctypes
import os
import signal

_PR_SET_PDEATHSIG = 1


def end_with(parent: int, how: signal.Signals = signal.SIGKILL) -> None:
    """Asks the kernel to end this process when its parent dies.

    Args:
        parent: who started it, told by itself: one that died while this process was starting is no longer to be seen from here.

    Raises:
        SystemExit: the parent is gone already.
    """
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, how, 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit(1)
