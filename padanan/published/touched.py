"""How many people of the data sasaran the gaps touch: without NIK, with an incomplete address, with a death note, blocked.

A person counts once however many records of theirs fail; which of it the review must mend is judged by who asks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from padanan.published.facts import KotaCount
from padanan.published.opened import Published

# Rules of the catalogue that a decision is asked about by name, in the order of the card.
ASKED = ("nik_kosong", "alamat_tidak_lengkap", "meninggal_di_adminduk")


@dataclass(frozen=True)
class Touched:
    """Distinct people of the data sasaran: by rule of `ASKED`, and behind the penghalang that block them."""

    by_rule: dict[str, int]
    blocked: int


def blocks_selected(item: KotaCount) -> bool:
    """A penghalang by which a record of somebody selected could not be matched by its NIK: the producer must mend it."""
    return item.rule.level == "blok" and item.terpilih > 0


def touched(source: Published, blockers: Sequence[KotaCount]) -> Touched:
    """Counts one published revision.

    Args:
        source: the opened publication.
        blockers: its penghalang.
    """
    found = source.rows(
        """select c.rule_id, count(distinct c.id_orang) as n from celah c join sasaran s on s.id_orang = c.id_orang
        where s.terpilih and c.rule_id in (select unnest(?::varchar[])) group by all""",
        list(ASKED),
    )
    counts = {str(line["rule_id"]): int(line["n"]) for line in found}
    worst = [item for item in blockers if blocks_selected(item)]
    blocked = source.value(
        """select count(distinct c.id_orang) from celah c join sasaran s on s.id_orang = c.id_orang
        join (select unnest(?::varchar[]) as producer, unnest(?::varchar[]) as rule_id, unnest(?::varchar[]) as kota) b
          on b.producer = c.producer and b.rule_id = c.rule_id and b.kota = coalesce(c.kode_kota, '')
        where s.terpilih""",
        [item.producer for item in worst],
        [item.rule.id for item in worst],
        [item.kota for item in worst],
    )
    return Touched({rule: counts.get(rule, 0) for rule in ASKED}, int(blocked or 0))
