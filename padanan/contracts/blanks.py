"""What stands for "nothing" in a delivered cell: the words and numbers of `expectations/code_lists.yaml`, as patterns for SQL.

The dbt macros read them from the run plan, landing reads them here; which rule a blank breaks belongs to the catalogue.
"""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import Field, StringConstraints

from padanan.base.config import Config, Filled, Text
from padanan.base.sql import literal

# Punctuation and spaces, ASCII and general. A class over all of Unicode (`[^\pL\pN]`) costs RE2 twenty times as much to
# compile, at every mention and for every delivery of a table.
_GAP = r"[\x00-\x2f\x3a-\x40\x5b-\x60\x7b-\x7f\x{a0}\x{2000}-\x{206f}\x{feff}]*"
_INNER = r"[ -/_]*"


class BlankPlan(Config):
    """The list as the run plan carries it: RE2 patterns that match all of a blank text, and numbers that are nobody's."""

    pola: str
    pola_nol: str
    nomor: dict[str, str]


class Blanks(Config):
    """The list of one catalogue version.

    Attributes:
        words: words that say nothing, compared without case, spaces and punctuation.
        zeros: standard columns where zeros alone say nothing too.
        numbers: numbers of sixteen digits that are nobody's, and what each says.
    """

    words: Filled[Text] = Field(validation_alias="kata")
    zeros: Filled[Text] = Field(validation_alias="nol")
    numbers: dict[Annotated[str, StringConstraints(pattern=r"^[0-9]{16}$")], Text] = Field(validation_alias="nomor")

    @property
    def pattern(self) -> str:
        """RE2: matches all of a text that says nothing (spaces and punctuation alone, or one of the words)."""
        spelt = sorted(
            {_INNER.join(re.findall(r"[0-9A-Z]+", word.upper())) for word in self.words}, key=lambda one: (-len(one), one)
        )
        return rf"{_GAP}(?:(?i:{'|'.join(spelt)}){_GAP})?"

    @property
    def zero_pattern(self) -> str:
        """RE2: the same, or zeros and punctuation alone."""
        return rf"{_GAP.replace('[', '[0', 1)}|{self.pattern}"

    def sql(self, expression: str, column: str = "") -> str:
        """Whether a text of the standard column says nothing; null counts as nothing."""
        pattern = self.zero_pattern if column in self.zeros else self.pattern
        return f"({expression} is null or regexp_full_match({expression}, {literal(pattern)}))"

    def plan(self) -> BlankPlan:
        """What the run plan carries for the macros (`dbt_project/macros/kosong.sql`)."""
        return BlankPlan(pola=self.pattern, pola_nol=self.zero_pattern, nomor=dict(self.numbers))
