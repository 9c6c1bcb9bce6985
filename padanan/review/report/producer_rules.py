"""A producer's rules on its page: each a bar against its threshold with its trend, its records, and the people it touches.

Rules by what stays wrong in the penetapan while their gaps stay; the page itself is in `producer_pages`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from padanan.base import format as id_format
from padanan.contracts.parts import SUPPORTING
from padanan.contracts.rules import Rule
from padanan.pages import svg
from padanan.pages.table import RULE, Cell, Column, Row, Table, count, counted, limit, row, rule_cell, share, text
from padanan.published.cells.places import rule_key, touched_key
from padanan.published.facts import RuleCount
from padanan.published.report import Report
from padanan.review.report import trend
from padanan.review.report.quality_tables import todo

_NOTE = (
    "Batang: catatan gagal (gelap) dan lulus (terang), garis tegak ambangnya. Tiap batang berskala sendiri; ujung bergerigi "
    "berarti yang lulus masih berlanjut. ■ di atas ambang."
)
_TODO = Column("Tindak lanjut", more=("Penanggung jawab", "Tenggat"))


def ordered(report: Report, contract_id: str) -> list[RuleCount]:
    """The producer's rules that found something, most failing records first."""
    found = [item for item in report.facts.of(contract_id) if item.gagal]
    return sorted(found, key=lambda item: (-item.gagal, item.rule.id))


def rules_table(report: Report, contract_id: str) -> Table:
    """Every rule that found something, a body for each thing that stays wrong; those with a penghalang first."""
    contract, found = report.contracts[contract_id], ordered(report, contract_id)
    people = contract.kind != SUPPORTING
    courses = any(len(trend.measured(report, item)) > 1 for item in found)
    columns = _columns(report, people, courses)
    bodies = []
    for effect, items in _by_effect(report, contract_id, found):
        head = Row((Cell(f"Bila tetap: {effect}", span=len(columns)),), "induk")
        bodies.append((head, *(_line(report, item, people, courses) for item in items)))
    notes = [_NOTE]
    if people:
        notes.append("Orang dihitung sekali dalam tiap baris.")
    else:
        notes.append("Data pendukung tidak dipadankan, jadi orangnya tidak dihitung.")
    if found and not courses:
        notes.append(f"{trend.FIRST_TIME.capitalize()}.")
    return Table(
        "tabel-aturan",
        f"Aturan kontrak versi {contract.version}",
        columns,
        tuple(bodies),
        note=" ".join(notes),
        label="Celah menurut aturan",
    )


def _columns(report: Report, people: bool, courses: bool) -> tuple[Column, ...]:
    records = [Column(name, "n", group="Catatan") for name in ("gagal", "dari", "bagian", "ambang")]
    touched = [
        Column("semua", "n", group="Orang tersentuh"),
        Column("data sasaran", "n", group="Orang tersentuh"),
        Column(f"dari {id_format.number(report.facts.selected)}", "n", group="Orang tersentuh"),
    ]
    course = [Column("Tren", more=("Tren (poin)", "Dibanding"))]
    return (RULE, Column("Gagal dan lulus"), *records, *(touched if people else ()), *(course if courses else ()), _TODO)


def _by_effect(report: Report, contract_id: str, found: Iterable[RuleCount]) -> list[tuple[str, list[RuleCount]]]:
    blocked = {item.rule.id for item in report.facts.blockers if item.producer == contract_id}
    grouped: dict[str, list[RuleCount]] = {}
    for item in found:
        grouped.setdefault(item.rule.if_left, []).append(item)

    def weight(items: Sequence[RuleCount]) -> tuple[bool, int, int]:
        over = any(item.rule.id in blocked for item in items)
        return (not over, -max(item.terpilih for item in items), -max(item.gagal for item in items))

    return sorted(grouped.items(), key=lambda pair: (*weight(pair[1]), pair[0]))


def _line(report: Report, item: RuleCount, people: bool, courses: bool) -> Row:
    over = item.rate > item.rule.threshold
    part, allowed = id_format.percent(item.gagal, item.total), id_format.threshold(item.rule.threshold)
    title = (
        f"{id_format.number(item.gagal)} gagal dan {id_format.number(item.total - item.gagal)} lulus; {part}, ambang {allowed}"
    )
    picture = svg.against(item.gagal, item.total, item.rule.threshold, title)
    cells = [
        rule_cell(item.rule),
        Cell("", title, picture=picture),
        counted(report.cells, rule_key(item.producer, item.rule.id), nilai="gagal"),
        count(item.total, nilai="total"),
        share(item.gagal, item.total, css="buruk" if over else "", symbol="■" if over else ""),
        limit(item.rule.threshold),
    ]
    if people:
        everybody, reached = (touched_key(item.producer, item.rule.id, selected=chosen) for chosen in (False, True))
        cells += [
            counted(report.cells, everybody, nilai="orang"),
            counted(report.cells, reached, nilai="sasaran"),
            share(item.terpilih, report.facts.selected, report.cells.mark(reached) is not None),
        ]
    if courses:
        cells.append(_trend(report, item))
    return row(*cells, _todo(report, item.rule), aturan=item.rule.id)


def _todo(report: Report, rule: Rule) -> Cell:
    """What to do, and below it who, until when."""
    what, who, until = todo(report, rule)
    return text(what.text, "teks", note=f"{who.text}, {until.text}", more=(who.stored, until.stored))


def _trend(report: Report, item: RuleCount) -> Cell:
    found, moved = trend.measured(report, item), trend.moved(report, item)
    if moved is None or len(found) < 2:
        return Cell("pertama kali diukur", None, "redup", more=(None, None))
    told = "; ".join(f"{name} {id_format.percent(value, 1)}" for name, value in found)
    picture = svg.spark([value for _, value in found], item.rule.threshold, told)
    return Cell(moved[0], None, "satu", picture=picture, more=(moved[0], moved[1]))
