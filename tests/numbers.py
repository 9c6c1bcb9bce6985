"""A person's number as it would stand in a log, a receipt or an answer: sixteen digits alone.

A few digits of it are no proof: hashes and request ids hold any four digits now and then. Which numbers a test uses stays there.
"""

import re

# As people write it too: in groups, with spaces or points between them.
_ALONE = re.compile(r"(?<![0-9A-Za-z])(?:\d[ .]?){15}\d(?![0-9A-Za-z])")


def numbers_in(text: str) -> list[str]:
    """Every NIK or No KK of `text`, in its order; digits inside a hash or an id are none."""
    return _ALONE.findall(text)
