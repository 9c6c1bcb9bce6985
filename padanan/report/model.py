"""What one report is made of: the figures of a revision with the names, covers and earlier scores that the pages need.

Gathering it is `render`'s work, laying it out the pages'.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from padanan.contract import Contract
from padanan.report import format as id_format
from padanan.report import overlap, wilayah
from padanan.report.deliveries import ProducerDeliveries
from padanan.report.facts import Facts, KotaCount
from padanan.report.published import Published
from padanan.report.suppress import Cell, Cover


@dataclass(frozen=True)
class Report:
    """Everything the pages need. `before` are the scores of the revision compared with, named by `before_name`."""

    source: Published
    contracts: Mapping[str, Contract]
    facts: Facts
    deliveries: Mapping[str, ProducerDeliveries]
    overlaps: Mapping[str, overlap.Overlap]
    tree: wilayah.Tree
    covers: Mapping[str, Mapping[Cell, Cover]]
    criteria: Mapping[str, Any]
    before: Mapping[tuple[str, str], float | None]
    before_name: str | None

    def blocker_count(self, item: KotaCount) -> str:
        """A blocker's failing records as printed."""
        mark = self.covers[item.producer].get((item.rule.id, item.kota))
        return mark.text if mark else id_format.number(item.gagal)

    def blocker_share(self, item: KotaCount) -> str | None:
        """A blocker's rate, None where its count is covered."""
        covered = (item.rule.id, item.kota) in self.covers[item.producer]
        return None if covered else id_format.percent(item.gagal, item.total)


def producer_page(contract_id: str) -> str:
    """The file name of a producer's page."""
    return f"produsen-{contract_id.replace('_', '-')}.html"


def kota_page(code: str) -> str:
    """The file name of a kota's page."""
    return f"kota-{code.replace('.', '-')}.html"
