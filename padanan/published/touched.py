"""How many people of the data sasaran the gaps touch: without NIK, with an incomplete address, with a death note, blocked.

A person counts once however many records of theirs fail; which of it the review must mend is judged by who asks.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from padanan.published.facts import BLOCKED_AT, NO_KOTA, KotaCount, as_table
from padanan.published.opened import Published


@dataclass(frozen=True)
class Touched:
    """Distinct people of the data sasaran: by each rule that was asked for, and behind the penghalang that block them."""

    by_rule: dict[str, int]
    blocked: int


def blocks_selected(item: KotaCount) -> bool:
    """A penghalang by which a record of somebody selected could not be matched by its NIK: the producer must mend it."""
    return item.rule.level == "blok" and item.terpilih > 0


def touched(source: Published, blockers: Sequence[KotaCount], rules: Collection[str] = ()) -> Touched:
    """Counts one published revision.

    Args:
        source: the opened publication.
        blockers: its penghalang.
        rules: ids of rules whose people are asked for.
    """
    found = source.rows(
        """select c.rule_id, count(distinct c.id_orang) as n from celah c join sasaran s on s.id_orang = c.id_orang
        where s.terpilih and c.rule_id in (select unnest(?::varchar[])) group by all""",
        list(rules),
    )
    counts = {str(line["rule_id"]): int(line["n"]) for line in found}
    blocked = source.value(
        f"""select count(distinct c.id_orang) from celah c join sasaran s on s.id_orang = c.id_orang
        join {BLOCKED_AT} b on b.producer = c.producer and b.rule_id = c.rule_id and b.kota = coalesce(c.kode_kota, '{NO_KOTA}')
        where s.terpilih""",
        *as_table(item for item in blockers if blocks_selected(item)),
    )
    return Touched({rule: counts.get(rule, 0) for rule in rules}, int(blocked or 0))


def by_producer(source: Published) -> dict[str, int]:
    """Distinct people of the data sasaran with any gap, by the producer whose record has it."""
    found = source.rows(
        """select c.producer, count(distinct c.id_orang) as n from celah c join sasaran s on s.id_orang = c.id_orang
        where s.terpilih group by all"""
    )
    return {str(line["producer"]): int(line["n"]) for line in found}
