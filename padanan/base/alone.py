"""Work that is done once at a time in each home: what it looks at does not change before it has written.

How a lock is held is `locks`'; what the work is belongs to its owner.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from padanan.base.home import Home
from padanan.base.locks import held

Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def one_at_a_time(
    name: str,
) -> Callable[[Callable[Concatenate[Home, Given], Answer]], Callable[Concatenate[Home, Given], Answer]]:
    """A function of a home that waits for another one of the same name.

    Args:
        name: of its lock, in the warehouse's folder.
    """

    def alone(work: Callable[Concatenate[Home, Given], Answer]) -> Callable[Concatenate[Home, Given], Answer]:
        @wraps(work)
        def waits(home: Home, /, *args: Given.args, **given: Given.kwargs) -> Answer:
            with held(home.warehouse / f".{name}.lock"):
                return work(home, *args, **given)

        return waits

    return alone
