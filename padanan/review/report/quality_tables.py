"""The tables of quality: producers by dimension, penghalang, the largest gaps, gaps by rule.

Counting is in `facts`; what a count means in words is in `words`.
"""

from __future__ import annotations

from collections import Counter
from itertools import groupby

from markupsafe import Markup

from padanan.base import format as id_format
from padanan.contracts.rules import DIMENSIONS, Rule
from padanan.pages import words
from padanan.pages.table import (
    PRODUCER_RULE,
    RULE,
    Cell,
    Column,
    Row,
    Table,
    change,
    count,
    counted,
    dated,
    heads,
    limit,
    row,
    rule_cell,
    share,
    table,
    text,
)
from padanan.published.cells.places import people_key, rule_key
from padanan.published.deliveries import ProducerDeliveries
from padanan.published.facts import TOP_BLOCKERS, Facts, KotaCount, RuleCount, largest
from padanan.published.report import Report, producer_page

# Share of its threshold above which a rule calls for attention.
ATTENTION = 0.5
TODO = (Column("Tindak lanjut"), Column("Penanggung jawab"), Column("Tenggat"))


def todo(report: Report, rule: Rule) -> tuple[Cell, ...]:
    """What to do, who, and until when (days of the contract after the cut-off, so that it is the same on every day)."""
    return text(rule.tindak_lanjut, "teks"), text(rule.owners), dated(report.due(rule.hari), short=True)


def matrix(report: Report) -> Table:
    """Producers by dimension: symbol, word, number and change."""
    columns = [Column("Produsen"), Column("Catatan", "n")]
    columns += [Column(name.capitalize(), more=("nilai", "perubahan (poin)")) for name in DIMENSIONS.values()]
    columns = [
        Column(item.name, item.css, tuple(f"{item.name}: {name}" for name in item.more)) if item.more else item
        for item in columns
    ]
    rows = []
    for item in report.deliveries.values():
        contract_id = item.contract.id
        known = contract_id in report.facts.rows
        if not known and not item.in_force:
            continue
        cells = [
            text(item.contract.name, link=producer_page(contract_id) if known else ""),
            count(report.facts.rows.get(contract_id, 0)),
        ]
        if known:
            cells += [_cell(report, item, code) for code in DIMENSIONS]
        else:
            gone = "belum ada kiriman, jadi keenam dimensi tidak diukur"
            cells.append(Cell(gone, None, "redup", "○", span=len(DIMENSIONS)))
        rows.append(row(*cells, produsen=contract_id))
    return table("tabel-mutu", "Produsen menurut enam dimensi mutu", columns, rows)


def _cell(report: Report, item: ProducerDeliveries, code: str) -> Cell:
    contract_id = item.contract.id
    score = item.on_time if code == "T" else report.facts.scores.get((contract_id, code))
    if score is None:
        return Cell(id_format.NOT_MEASURED, None, "nilai-mutu redup", "○", more=(None, None))
    if code == "T":
        word, symbol, css = words.DELIVERY_STATES[item.state]
    else:
        word, symbol, css = judge(report.facts, contract_id, code)
    told, points = ("", None) if code == "T" else change(score, report.before.get((contract_id, code)))
    figure = id_format.percent(round(score * 10**6), 10**6)
    if word == words.UNJUDGED:
        figure = f"{figure} dari n = {id_format.number(judged(report.facts, contract_id, code))}"
    note = Markup("<b>{}</b> {}").format(figure, told) if told else Markup("<b>{}</b>").format(figure)
    return Cell(word, None, f"nilai-mutu {css}", symbol, note, more=(round(score, 6), points))


def judge(facts: Facts, producer: str, code: str) -> tuple[str, str, str]:
    """A dimension in a word: `penghalang` over a threshold, `perhatian` for catatan kecil or over half of one, else `baik`;
    where too few records were judged to say that, `belum dapat dinilai`.
    """
    if any(item.blocker for item in facts.kotas if item.producer == producer and item.rule.dimension == code):
        return "penghalang", "■", "buruk"
    rules = [item for item in facts.of(producer) if item.rule.dimension == code]
    minor = any(item.minor for item in facts.kotas if item.producer == producer and item.rule.dimension == code)
    if minor or any(item.gagal and item.rate > ATTENTION * item.rule.threshold for item in rules):
        return "perhatian", "▲", "awas"
    if judged(facts, producer, code) < words.ENOUGH_TO_JUDGE:
        return words.UNJUDGED, "○", "redup"
    return "baik", "●", "baik"


def judged(facts: Facts, producer: str, code: str) -> int:
    """Records that the dimension's rules spoke about: those of the rule that spoke about most."""
    return max((item.total for item in facts.of(producer) if item.rule.dimension == code), default=0)


def top_blockers(report: Report, most: int = TOP_BLOCKERS) -> Table:
    """The penghalang with most people."""
    found, small = report.blockers, len(report.small_blockers)
    shown = found[:most]
    return table(
        "tabel-penghalang",
        f"{len(shown)} dari {id_format.number(len(found) + small)} penghalang, terbanyak orangnya lebih dahulu",
        (PRODUCER_RULE, *heads("Kota", "Gagal#", "Bagian#", "Ambang#", "Orang#"), *TODO),
        [_blocker(report, item, counted(report.cells, people_key(item.producer, item.rule.id, item.kota))) for item in shown],
        label="Penghalang",
    )


def all_blockers(report: Report) -> Table:
    """Every penghalang that may be named with its kota, a body a producer; people are told of the largest only."""
    order = list(report.contracts)
    found = sorted(report.blockers, key=lambda item: (order.index(item.producer), item.rule.id, item.kota))
    bodies = groupby(found, key=lambda item: item.producer)
    return Table(
        "tabel-penghalang-semua",
        "Penghalang menurut produsen, aturan dan kota",
        (PRODUCER_RULE, *heads("Kota", "Gagal#", "Bagian#", "Ambang#"), *TODO),
        tuple(tuple(_blocker(report, item) for item in items) for _, items in bodies),
        label="Semua penghalang",
    )


def _blocker(report: Report, item: KotaCount, *people: Cell) -> Row:
    return row(
        rule_cell(item.rule, report.contracts[item.producer].name, link=producer_page(item.producer)),
        text(words.kota_name(item.kota, report.facts.kota_names)),
        count(item.gagal, key=rule_key(item.producer, item.rule.id, item.kota)),
        share(item.gagal, item.total, css="buruk", symbol="■"),
        limit(item.rule.threshold),
        *people,
        *todo(report, item.rule),
    )


def largest_gaps(report: Report) -> Table:
    """Them as a table, with who does what until when."""
    found = largest(report.facts)
    rows = [
        row(
            rule_cell(item.rule, report.contracts[item.producer].name, link=producer_page(item.producer)),
            count(item.orang),
            count(item.gagal),
            share(item.gagal, item.total),
            *todo(report, item.rule),
            celah=f"{item.producer}/{item.rule.id}",
        )
        for item in found
    ]
    return table(
        "tabel-terbesar",
        f"{len(found)} celah dengan orang berbeda terbanyak",
        (PRODUCER_RULE, *heads("Orang#", "Catatan gagal#", "Bagian#"), *TODO),
        rows,
        note="Satu orang dihitung sekali dalam tiap baris, berapa pun catatannya; antarbaris orang yang sama dapat muncul lagi.",
        label="Celah terbesar",
    )


def by_rule(report: Report) -> tuple[Table, list[str]]:
    """Rules that found something, most people first, and the names of those that found nothing."""
    facts = report.facts
    grouped: dict[str, list[RuleCount]] = {}
    for item in facts.rules:
        grouped.setdefault(item.rule.id, []).append(item)
    clean = [items[0].rule.name for _, items in sorted(grouped.items()) if not any(item.gagal for item in items)]
    found = {key: items for key, items in grouped.items() if any(item.gagal for item in items)}
    failing = {key: sum(item.gagal for item in items) for key, items in found.items()}
    people = {key: facts.people_by_rule.get(key, 0) for key in found}
    rows = [_rule_row(found[key], people[key]) for key in sorted(found, key=lambda key: (-people[key], -failing[key], key))]
    records = sum(facts.rows.values())
    names = (
        "Dimensi",
        "Tingkat",
        "Gagal#",
        "Dinilai#",
        "Bagian#",
        "Orang#",
        "Produsen#",
        "Tindak lanjut",
        "Penanggung jawab",
        "Hari#",
    )
    foot = [
        row(
            Cell("Jumlah celah (catatan × aturan)", span=3),
            count(facts.gap_rows, nilai="gagal"),
            Cell("", span=7),
            aturan="semua",
        ),
        row(
            Cell("Catatan berbeda dengan celah", span=3),
            count(facts.records_with_gap, name="catatan-celah"),
            count(records),
            share(facts.records_with_gap, records),
            count(facts.people_with_gap, name="orang-celah"),
            Cell("", span=4),
        ),
    ]
    note = "Satu orang dihitung sekali dalam tiap baris; baris terakhir menghitung tiap orang sekali atas semua aturan."
    return table(
        "tabel-aturan", "Celah menurut aturan, semua produsen", (RULE, *heads(*names)), rows, note=note, foot=foot
    ), clean


def _rule_row(items: list[RuleCount], people: int) -> Row:
    rule = items[0].rule
    failed, total = sum(item.gagal for item in items), sum(item.total for item in items)
    days = sorted({item.rule.hari for item in items})
    return row(
        rule_cell(rule),
        text(DIMENSIONS[rule.dimension]),
        text(" / ".join(sorted({item.rule.level for item in items}))),
        count(failed, nilai="gagal"),
        count(total, nilai="total"),
        share(failed, total),
        count(people, nilai="orang"),
        text(f"{sum(item.gagal > 0 for item in items)} dari {len(items)}", "n"),
        text(_most_common([item.rule.tindak_lanjut for item in items]), "teks"),
        text(_most_common([item.rule.owners for item in items])),
        text(f"{days[0]}" if len(days) == 1 else f"{days[0]}–{days[-1]}", "n"),
        aturan=rule.id,
    )


def _most_common(texts: list[str]) -> str:
    """What most contracts say; how many say something else."""
    (found, times), *others = Counter(texts).most_common()
    return f"{found} (lain pada {len(texts) - times} produsen)" if others else found
