"""Whose gaps of an earlier publication are still open, mended, no longer delivered, or new: counted by producer and rule.

A gap is one source entity (its stable `entity_key`) at one rule, so a corrected file is recognised as the same people.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.published.opened import Published
from padanan.published.pseudonyms import today

KEY = ("producer", "rule_id", "entity_key")
"""By which a gap is recognised in another publication; one whose `gap` lacks a column of it cannot be followed."""
_QUERY = """
with lalu as (select distinct producer, rule_id, entity_key from {earlier}),
kini as (select distinct producer, rule_id, entity_key from gap),
terkirim as (select distinct producer, entity_key from padanan_record)
select producer, rule_id,
  count(*) filter (l.entity_key is not null and k.entity_key is not null) as terbuka,
  count(*) filter (k.entity_key is null and t.entity_key is not null) as selesai,
  count(*) filter (k.entity_key is null and t.entity_key is null) as hilang,
  count(*) filter (l.entity_key is null) as baru
from lalu l full join kini k using (producer, rule_id, entity_key) left join terkirim t using (producer, entity_key)
group by all order by all
"""


@dataclass(frozen=True)
class Outcome:
    """Gaps of before that are `open`, `mended` or `gone` (no longer delivered), and `fresh` ones."""

    open: int = 0
    mended: int = 0
    gone: int = 0
    fresh: int = 0

    @property
    def before(self) -> int:
        """All gaps of the earlier publication."""
        return self.open + self.mended + self.gone

    @property
    def now(self) -> int:
        """All gaps of this one."""
        return self.open + self.fresh

    def __add__(self, other: Outcome) -> Outcome:
        return Outcome(self.open + other.open, self.mended + other.mended, self.gone + other.gone, self.fresh + other.fresh)


@dataclass(frozen=True)
class FollowUp:
    """The outcomes by (producer, rule id) against one earlier publication."""

    periode: Periode
    revisi: int
    name: str
    outcomes: Mapping[tuple[str, str], Outcome]

    @property
    def total(self) -> Outcome:
        """Over all producers and rules."""
        return summed(self.outcomes.values())

    def by(self, place: int) -> dict[str, Outcome]:
        """Summed by producer (0) or by rule (1)."""
        found: dict[str, Outcome] = {}
        for key, outcome in self.outcomes.items():
            found[key[place]] = found.get(key[place], Outcome()) + outcome
        return found


def summed(outcomes: Iterable[Outcome]) -> Outcome:
    """All of them together."""
    whole = Outcome()
    for outcome in outcomes:
        whole += outcome
    return whole


def follow_up(home: Home, source: Published, earlier: tuple[Periode, int], name: str) -> FollowUp:
    """Compares the gaps of the open publication with those of an earlier one."""
    table = today(home, source.con, earlier, "gap", other=source.manifest)
    found = {
        (row["producer"], row["rule_id"]): Outcome(row["terbuka"], row["selesai"], row["hilang"], row["baru"])
        for row in source.rows(_QUERY.format(earlier=table))
    }
    return FollowUp(*earlier, name, found)
