"""What both measurements of feedback share: the processor's time of this process and its children, and the steps of a year.

What is measured stands in `__main__` and `year`.
"""

from __future__ import annotations

import resource

STEPS = {
    "mendarat": "deliver",
    "diambil": "take_all",
    "keadaan": "open_state",
    "prelist": "open_lines",
    "berkas (pembuat)": "make_file",
}
"""Step -> the function of `padanan/synthetic/year_month` that does it; files are the generator's, and nobody waits for them."""


def cpu() -> float:
    """Seconds of processor time so far, of this process and of the children that ended."""
    whole = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in whole)
