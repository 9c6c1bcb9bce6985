"""What TKPK is advised to do with a revision and, once it decided, what it decided: the first words of report and documents.

The advice follows from the penghalang and the plan's dates alone; that a person decides otherwise is theirs to say.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from padanan.base.format import day, listed, number, percent
from padanan.base.suppress import LIMIT, printed, small
from padanan.contracts.plan import all_plans
from padanan.pages import words
from padanan.published.deliveries import lacking
from padanan.published.facts import KotaCount
from padanan.published.report import Report
from padanan.published.touched import blocks_selected, touched
from padanan.records.review_log import ReviewLog
from padanan.records.standing import Standing, standing

# Share of the data sasaran behind blocked records above which a padanan ulang is advised where there is time for it: past a
# tenth, exceptions would be the rule, and whom the records belong to would be unknown too often to say what they receive.
REDO_SHARE = 0.10
# Rules that the advice names, and producers of a rule; the rest is counted there and stands in the list of penghalang.
MOST_RULES, MOST_PRODUCERS = 2, 2


@dataclass(frozen=True)
class Verdict:
    """`sentence` opens the report: the decision, else the advised act with its reason; `tone` is its CSS class.

    `brief` is the same for a paper that tells the decision's people and day further down.
    """

    standing: Standing
    sentence: str
    tone: str
    reasons: list[str]
    brief: str
    exceptions: int
    """Rows of the decision form that an acceptance needs: one a producer and rule, one a producer for its catatan kecil."""


def verdict(report: Report, log: ReviewLog | None) -> Verdict:
    """The decision that stands in the log, else the advice.

    Args:
        report: the revision's figures.
        log: the period's decisions; None where they can't be read.
    """
    stand = standing(log or ReviewLog((), ""), report.source.revisi)
    advised = advise(report)
    if not stand.words.decided:
        reasons = [stand.sentence, *advised.reasons] if stand.sentence else advised.reasons
        return Verdict(stand, advised.sentence, advised.tone, reasons, advised.sentence, advised.exceptions)
    brief = f"Padanan revisi {report.source.revisi}: {stand.words.name}."
    return Verdict(stand, stand.sentence, stand.words.tone, [], brief, advised.exceptions)


@dataclass(frozen=True)
class Advice:
    """The advised act in one sentence with its reason, and what more a reader should know."""

    sentence: str
    tone: str
    reasons: list[str]
    exceptions: int


def decree_day(report: Report) -> date | None:
    """The day on which the year's plan wants the penetapan; None where no plan that counts names one."""
    plan = all_plans().get(report.source.periode.year)
    return plan.decree_dates.get(report.source.periode.label) if plan and plan.counts else None


def advise(report: Report) -> Advice:
    """What to do: accept, accept with exceptions and ask producers to mend, or ask for a padanan ulang."""
    facts, owed = report.facts, _owed(report)
    every, minors = facts.blockers, facts.minors
    exceptions = len({(item.producer, item.rule.id) for item in every}) + len({item.producer for item in minors})
    if minors:
        owed.insert(0, words.minor_sentence(minors))
    if not every:
        told = "tidak ada penghalang" if minors else words.NO_BLOCKER
        lacking_ = sum(map(len, _lacking(report)))
        extra = f", dengan catatan {number(lacking_)} produsen belum lengkap kirimannya" if lacking_ else ""
        act = f"Terima dengan {number(exceptions)} pengecualian" if exceptions else "Terima padanan ini"
        return Advice(f"{act}: {told}{extra}.", "baik", owed, exceptions)
    producers = {item.producer for item in every}
    told = (
        f"{number(len(every))} penghalang pada {number(len(producers))} dari {number(len(facts.rows))} produsen melewati ambang"
    )
    worst = [item for item in every if blocks_selected(item)] or every
    people, mend = touched(report.source, every).blocked, _mend(report, worst)
    heavy = bool(facts.selected) and people / facts.selected > REDO_SHARE
    due, wanted = report.due(max(item.rule.hari for item in worst)), decree_day(report)
    part = "" if small(people) else f" ({percent(people, facts.selected)})"
    reached = f"catatan {printed(people)} orang sasaran{part} tidak dapat dipadankan lewat NIK"
    if heavy and (wanted is None or due <= wanted):
        by = f" (paling lambat {day(due)})"
        return Advice(f"Minta padanan ulang setelah {mend}{by}: {told}, dan {reached}.", "buruk", _why(report) + owed, exceptions)
    late = f", dan perbaikannya baru selesai {day(due)}, sesudah penetapan" if heavy and wanted else ""
    sentence = f"Terima dengan {number(exceptions)} pengecualian dan minta {mend}: {told}{late}."
    return Advice(sentence, "awas", _why(report) + owed, exceptions)


def _lacking(report: Report) -> tuple[Sequence[str], Sequence[str], Sequence[str]]:
    found = lacking(report.deliveries.values())
    return found.missing, found.held, found.carried


def _owed(report: Report) -> list[str]:
    missing, held, carried = _lacking(report)
    told = (
        ("Belum mengirim", missing),
        ("Belum mengirim, dibaca data periode sebelumnya (terbawa)", carried),
        ("Kiriman ditahan atau dikarantina", held),
    )
    return [f"{what}: {listed(list(names))}." for what, names in told if names]


def _mend(report: Report, items: Sequence[KotaCount]) -> str:
    """Who should mend what, the rules that touch most people first: `PIP dan KJP Plus memperbaiki “NIK ganda”`."""
    weight: dict[tuple[str, str], int] = {}
    for item in items:
        key = (item.rule.id, item.producer)
        weight[key] = weight.get(key, 0) + (item.terpilih or item.orang)
    by_rule: dict[str, list[tuple[int, str]]] = {}
    for (rule, producer), people in weight.items():
        by_rule.setdefault(rule, []).append((-people, producer))
    order = sorted(by_rule, key=lambda rule: (sum(people for people, _ in by_rule[rule]), rule))
    names = {item.rule.id: item.rule.name for item in items}
    told = []
    for rule in order[:MOST_RULES]:
        found = [words.short_name(report.contracts[producer].name) for _, producer in sorted(by_rule[rule])]
        shown = found if len(found) <= MOST_PRODUCERS else [found[0], f"{number(len(found) - 1)} produsen lain"]
        told.append(f"{listed(shown)} memperbaiki “{names[rule]}”")
    return ", serta ".join(told)


def _why(report: Report) -> list[str]:
    """The rules with most penghalang, how many block, how many rest on few records."""
    every = report.facts.blockers
    by_rule: dict[str, int] = {}
    for item in every:
        by_rule[item.rule.id] = by_rule.get(item.rule.id, 0) + 1
    names = {item.rule.id: item.rule.name for item in every}
    top = sorted(by_rule.items(), key=lambda item: (-item[1], item[0]))[:3]
    reasons = [f"Aturan dengan penghalang terbanyak: {listed([f'{names[rule]} ({number(count)})' for rule, count in top])}."]
    if worst := sum(item.rule.level == "blok" for item in every):
        reasons.append(f"{number(worst)} di antaranya bertingkat blok: NIK catatan itu tidak dipakai untuk memadankan.")
    if few := sum(item.gagal < LIMIT for item in every):
        reasons.append(f"{number(few)} di antaranya bersandar pada kurang dari {LIMIT} catatan gagal.")
    return reasons
