"""A reason of the prelist in words, the same on the page, in worklists and at the API.

What opens a reason is said in `umpan_balik.yaml` and `lapangan.yaml`; here nothing is judged.
"""

from __future__ import annotations

from collections.abc import Iterable

from padanan.contracts.contract import expectations_dir
from padanan.contracts.feedback import load_catalogue
from padanan.contracts.rules import load_catalogue as load_rules
from padanan.pages.words import title


def words_of(codes: Iterable[str]) -> dict[str, str]:
    """Code -> words: of feedback as its catalogue says, of a rule its name, of anything else the code itself made readable."""
    opened, rules = load_catalogue().garis, load_rules(expectations_dir())

    def words(code: str) -> str:
        if code in opened:
            return opened[code].alasan
        return rules[code].name if code in rules else title(code)

    return {code: words(code) for code in codes}
