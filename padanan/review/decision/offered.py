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
from padanan.records.review_log import ReviewLog
from padanan.records.steps import EVERYWHERE, MINORS
from padanan.review.decision.show import figures, kota_text


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
    """The rows of a form, by producer: its catatan kecil as one, a rule open in several kota as one, then each penghalang.

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
    several = Counter((item.producer, item.rule.id) for item in still)
    for item in still:
        rule, name = item.rule, producers[item.producer]
        if (count := several.pop((item.producer, rule.id), 0)) > 1:
            group = Blocker(
                item.producer, rule.id, EVERYWHERE, name, rule.definisi, "semua kota di bawah ini", f"{number(count)} penghalang"
            )
            rows.append(((item.producer, 1, rule.id, ""), group))
        single = Blocker(
            item.producer,
            rule.id,
            item.kota,
            name,
            rule.definisi,
            kota_text(item.kota, kotas),
            figures(item, hidden=judged.hidden(item)),
        )
        rows.append(((item.producer, 1, rule.id, f" {item.kota}"), single))
    return tuple(row for _, row in sorted(rows, key=lambda one: one[0]))
