"""What a decision form is made for: one revision as it stands now, with its open penghalang and the groups they can be waived in.

Writing and reading forms belong to `form` (and `form_book` for workbooks).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from padanan.base.format import number
from padanan.base.period import Periode
from padanan.published.blockers import Judged
from padanan.published.facts import KotaCount
from padanan.records.review_log import ReviewLog
from padanan.records.steps import EVERYWHERE, MINORS
from padanan.review.decision.show import HIDDEN_KOTA, figures, kota_text


@dataclass(frozen=True)
class Blocker:
    """One row that may be waived, as a form shows it: what names it (`waived.Waiver`), and the texts for people."""

    producer: str
    rule: str
    kota: str
    producer_name: str
    definition: str
    kota_text: str
    figures: str


@dataclass(frozen=True)
class Offer:
    """What a form is made for: one revision as it stands now."""

    periode: Periode
    revisi: int
    fingerprint: str
    words: tuple[str, ...]
    reviewers: tuple[str, ...]
    blockers: tuple[Blocker, ...]


def offered(
    judged: Judged, log: ReviewLog, revisi: int, producers: Mapping[str, str], kotas: Mapping[str, str]
) -> tuple[Blocker, ...]:
    """The rows of a form, by producer: its catatan kecil as one, a rule open in several kota as one, then each
    penghalang. One whose count the report covers has no row of its own: it is waived with its rule.

    Args:
        producers: contract id -> name.
        kotas: kode_kota -> name.
    """
    still, minors = judged.open(log, revisi), judged.open_minors(log, revisi)
    rows: list[tuple[tuple[str, int, str, str], Blocker]] = []
    for producer, count in Counter(item.producer for item in minors).items():
        rules = {item.rule.name for item in minors if item.producer == producer}
        told = f"Catatan kecil: {', '.join(sorted(rules))}"
        figure = f"{number(count)} gabungan aturan dan kota di atas ambang dengan catatan yang sedikit"
        rows.append(
            ((producer, 0, "", ""), Blocker(producer, MINORS, EVERYWHERE, producers[producer], told, "semua kota", figure))
        )
    of_rule: dict[tuple[str, str], list[KotaCount]] = {}
    for item in still:
        of_rule.setdefault((item.producer, item.rule.id), []).append(item)
    for (producer, rule_id), items in of_rule.items():
        rule, name = items[0].rule, producers[producer]
        told = f"{rule.name}: {rule.definisi}"
        named = [item for item in items if not judged.hidden(item)]
        if len(items) > 1 or not named:
            # Which kota have covered counts, and how many of them pass the threshold, would give the counts away.
            place, figure = "semua kota di bawah ini", f"{number(len(items))} penghalang"
            if len(named) < len(items):
                place = f"semua kota, termasuk {HIDDEN_KOTA}" if named else HIDDEN_KOTA
                figure = "penghalang; jumlahnya ditutup"
            group = Blocker(producer, rule_id, EVERYWHERE, name, told, place, figure)
            rows.append(((producer, 1, rule_id, ""), group))
        for item in named:
            single = Blocker(producer, rule_id, item.kota, name, told, kota_text(item.kota, kotas), figures(item))
            rows.append(((producer, 1, rule_id, f" {item.kota}"), single))
    return tuple(row for _, row in sorted(rows, key=lambda one: one[0]))
