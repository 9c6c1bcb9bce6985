"""What one report is made of: the figures of a revision with the names, covers and earlier scores that the pages need.

Gathering it is `render`'s work, laying it out the pages'.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property

from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.base.suppress import Cell, Cover
from padanan.contracts.contract import Contract
from padanan.contracts.criteria import Criteria, load_criteria
from padanan.contracts.parts import INTEGRATED, REFERENCE, reference, registries, with_role
from padanan.contracts.renstra import load_renstra
from padanan.contracts.rules import KINDS
from padanan.published import activity, facts, overlap, targeting, wilayah
from padanan.published.cells.everything import Counts, declare
from padanan.published.cells.model import Cells
from padanan.published.comparison import compare
from padanan.published.deliveries import ProducerDeliveries, deliveries
from padanan.published.evidence_groups import record_groups
from padanan.published.facts import Facts, KotaCount
from padanan.published.followup import FollowUp, follow_up
from padanan.published.gap_places import GapPlaces
from padanan.published.gap_places import build as count_places
from padanan.published.groups import groups
from padanan.published.history import History, Scores, history
from padanan.published.newcomers import with_newcomers
from padanan.published.opened import NotPublished, Published
from padanan.published.sensitivity import Sensitivity, measure

UNTOLD = "Terbitan ini belum mencatat kriterianya."


@dataclass(frozen=True)
class Report:
    """Everything the pages need."""

    home: Home
    source: Published
    contracts: Mapping[str, Contract]
    facts: Facts
    deliveries: Mapping[str, ProducerDeliveries]
    overlaps: Mapping[str, overlap.Overlap]
    tree: wilayah.Tree
    covers: Mapping[str, Mapping[Cell, Cover]]
    cells: Cells
    counts: Counts
    criteria: Criteria
    history: History
    follow_ups: tuple[FollowUp, ...]

    @property
    def sensitivity(self) -> Sensitivity | None:
        """Whom other criteria would select; None for a publication from before its criteria were recorded."""
        return self.counts.sensitivity

    @property
    def before(self) -> Scores:
        """The scores that changes are measured against; empty when nothing was published before."""
        point = self.history.compared
        return point.scores if point else {}

    @property
    def before_name(self) -> str | None:
        """What they belong to, in words."""
        point = self.history.compared
        return None if point is None else publication_name(self.source.periode, point.periode, point.revisi)

    @property
    def criteria_told(self) -> list[str]:
        """The criteria of this publication in sentences, the first of which says who agreed them."""
        told = self.source.manifest.get("kriteria")
        return [str(one) for one in told["kalimat"]] if told else [UNTOLD]

    @property
    def agreed(self) -> bool:
        """Whether TKPK agreed the criteria; without it no penetapan is possible."""
        return bool((self.source.manifest.get("kriteria") or {}).get("disepakati"))

    @property
    def cutoff(self) -> date:
        """The cut-off day of the revision: the names and ages that hold are those of that day."""
        return date.fromisoformat(str(self.source.manifest["cutoff"])[:10])

    def covered(self, item: KotaCount) -> bool:
        """Whether a (producer, rule, kota) count may not be printed. Nor may then that it passes a threshold: with the
        kota's rate of another rule beside it, "more than 2%" would bound a count below 5 from below.
        """
        return (item.rule.id, item.kota) in self.covers[item.producer]

    @cached_property
    def places(self) -> GapPlaces:
        """The gaps down to the kelurahan; counted when first asked for, while the publication is open."""
        return count_places(self.source, self.facts, self.tree, self.covers, self.blockers)

    def due(self, days: int) -> date:
        """The last day for what a contract gives so many days, counted from the cut-off of the revision."""
        return self.cutoff + timedelta(days=days)

    @property
    def blockers(self) -> list[KotaCount]:
        """The penghalang that may be named with their kota, most people first."""
        found = [item for item in self.facts.blockers if not self.covered(item)]
        return sorted(found, key=lambda item: (-item.orang, -item.gagal, item.producer, item.rule.id, item.kota))

    @property
    def small_blockers(self) -> list[KotaCount]:
        """The penghalang whose count is covered: told per producer and rule, never per kota."""
        return [item for item in self.facts.blockers if self.covered(item)]


def publication_name(own: Periode, periode: Periode, revisi: int) -> str:
    """`revisi 1` within the report's own period, else `periode 2025-S1 revisi 3`."""
    return f"revisi {revisi}" if periode == own else f"periode {periode.label} revisi {revisi}"


def producer_page(contract_id: str) -> str:
    """The file name of a producer's page."""
    return f"produsen-{contract_id.replace('_', '-')}.html"


def kota_page(code: str) -> str:
    """The file name of a kota's page."""
    return f"kota-{code.replace('.', '-')}.html"


def in_order(contracts: Mapping[str, Contract]) -> dict[str, Contract]:
    """The register, the other registries, then the programs, by name."""

    def place(contract: Contract) -> tuple[bool, int, str]:
        return REFERENCE not in contract.roles, KINDS.index(contract.kind), contract.name

    return {contract.id: contract for contract in sorted(contracts.values(), key=place)}


def gather(home: Home, contracts: dict[str, Contract], source: Published) -> Report:
    """Counts a published revision and reads what its pages name beside the counts."""
    contracts = with_newcomers(contracts, source.manifest)
    counted = facts.collect(source, contracts)
    past = history(home, source, contracts)
    earlier = [found for found in (past.last_period, past.last_revision) if found]
    counts = _counts(home, contracts, source, counted, past, earlier)
    cells = Cells.of(declare(source, contracts, counts))
    return Report(
        home=home,
        source=source,
        contracts=contracts,
        facts=counted,
        deliveries=deliveries(home, contracts, source),
        counts=counts,
        overlaps={unit: cells.overlap(found) for unit, found in counts.overlaps.items()},
        tree=cells.tree(counts.tree),
        covers=cells.rules(counted),
        cells=cells,
        criteria=load_criteria(),
        history=past,
        follow_ups=tuple(follow_up(home, source, found, publication_name(source.periode, *found)) for found in earlier),
    )


def _counts(
    home: Home,
    contracts: Mapping[str, Contract],
    source: Published,
    counted: Facts,
    past: History,
    earlier: Sequence[tuple[Periode, int]],
) -> Counts:
    """Everything that is covered together, as it was counted."""
    integrated, before = with_role(contracts, INTEGRATED), past.last_period
    own = (source.periode, source.revisi)
    programs = updated = None
    with suppress(NotPublished):
        programs = targeting.measure(source, contracts, counted.rows)
    with suppress(NotPublished):
        if integrated is not None and before is not None:
            name = publication_name(source.periode, *before)
            updated = activity.measure(home, source, integrated.id, before, name, load_renstra().active)
    return Counts(
        tree=wilayah.build(source),
        facts=counted,
        groups=groups(source, str(source.manifest["cutoff"])[:10]),
        overlaps=overlap.build(source, registries(contracts)),
        targeting=programs,
        activity=updated,
        sensitivity=measure(source, reference(contracts).id, {item.id: item.name for item in contracts.values()}),
        comparisons=tuple(compare(home, found, own) for found in earlier),
        record_groups=record_groups(source),
    )
