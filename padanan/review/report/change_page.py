"""The page of changes: the course of the largest gaps, what became of earlier gaps, and who entered or left the data sasaran.

Comparing people is in `padanan.published.comparison`, comparing gaps in `followup`; here both are laid out.
"""

from __future__ import annotations

from typing import Any

from padanan.base import format as id_format
from padanan.pages import svg, words
from padanan.pages.layout import page
from padanan.pages.page import Page
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
    heads,
    limit,
    row,
    rule_cell,
    share,
    table,
    text,
)
from padanan.published.cells.changes import change_key
from padanan.published.comparison import CAUSE_TEXT, DIRECTION_TEXT, DIRECTIONS, Comparison, reason_text
from padanan.published.facts import NO_KOTA, largest
from padanan.published.followup import FollowUp, Outcome
from padanan.published.report import Report, producer_page
from padanan.review.report import trend

OUTCOMES = ("Celah lalu#", "Masih terbuka#", "Selesai#", "Tidak dikirim lagi#", "Bagian selesai#", "Baru#", "Celah kini#")
TOP_COURSES = 6


def change_page(report: Report) -> dict[str, Page]:
    """`perubahan.html`."""
    tables: dict[str, Table] = {"lintasan": course_table(report)}
    parts = []
    for place, found in enumerate(report.follow_ups):
        comparison = report.counts.comparisons[place]
        own = {
            f"produsen_{place}": by_producer(report, found, f"tabel-lanjutan-produsen-{place}"),
            f"aturan_{place}": _by_rule(report, found, f"tabel-lanjutan-aturan-{place}"),
            f"sasaran_{place}": _people(report, comparison, f"tabel-perubahan-{place}"),
        }
        tables |= own
        parts.append({"nomor": place, "nama": found.name, "kalimat": sentence(found), "masukan": comparison.inputs})
    made = page(
        report,
        "perubahan.html.j2",
        tables,
        bagian=parts,
        lintasan=courses(report),
        tak_terbaca=report.history.unread,
        titik=len(report.history.points) + 1,
    )
    return {"perubahan.html": made}


def sentence(found: FollowUp) -> str:
    """What became of the gaps of before, in one sentence."""
    total, n = found.total, id_format.number
    if not total.before:
        return f"Pada {found.name} tidak ada celah; kini ada {n(total.now)}."
    return (
        f"Dari {n(total.before)} celah pada {found.name}, {n(total.mended)} "
        f"({id_format.percent(total.mended, total.before)}) selesai, "
        f"{n(total.open)} masih terbuka dan {n(total.gone)} tidak dikirim lagi; {n(total.fresh)} celah baru."
    )


def courses(report: Report) -> list[dict[str, Any]]:
    """The largest gaps as pictures; without one where a single publication measured it, which `kalimat` tells."""
    pictures = []
    for place, item in enumerate(largest(report.facts)[:TOP_COURSES]):
        points = [(name, found[0] / found[1] if found and found[1] else None) for name, found in trend.points(report, item)]
        name = f"{item.rule.name}, {report.contracts[item.producer].name}"
        told = "; ".join(f"{at} {id_format.percent(value, 1)}" for at, value in points if value is not None)
        description = f"Bagian gagal: {told}. Ambang {id_format.threshold(item.rule.threshold)}."
        measured = sum(value is not None for _, value in points)
        drawn = svg.course(points, item.rule.threshold, name, description, f"lintasan-{place}") if measured > 1 else None
        now = f"{name}: {id_format.percent(item.gagal, item.total)} (ambang {id_format.threshold(item.rule.threshold)})"
        producer = report.contracts[item.producer].name
        pictures.append({"judul": item.rule.name, "produsen": producer, "gambar": drawn, "kalimat": now})
    return pictures


def course_table(report: Report) -> Table:
    """The failing shares of the largest gaps over the publications."""
    names = [name for name, _ in trend.points(report, report.facts.rules[0])] if report.facts.rules else []
    columns = (
        PRODUCER_RULE,
        Column("Ambang", "n"),
        *(Column(name, "n") for name in names),
        Column("Perubahan", "n", more=("Perubahan (poin)",)),
    )
    rows = []
    for item in largest(report.facts):
        shares = [found for _, found in trend.points(report, item)]
        earlier = next((found[0] / found[1] for found in reversed(shares[:-1]) if found and found[1]), None)
        told, moved = change(item.rate if item.total else None, earlier)
        rows.append(
            row(
                rule_cell(item.rule, report.contracts[item.producer].name, link=producer_page(item.producer)),
                limit(item.rule.threshold),
                *(share(*found) if found else Cell("–", None, "n") for found in shares),
                Cell(told or "–", None, "n", more=(moved,)),
                celah=f"{item.producer}/{item.rule.id}",
            )
        )
    return table(
        "tabel-lintasan",
        "Bagian gagal dari celah terbesar, terbitan demi terbitan",
        columns,
        rows,
        note="r adalah nomor revisi. Periode yang sudah ditetapkan diwakili revisi yang dibekukan.",
    )


def outcome_cells(found: Outcome) -> tuple[Cell, ...]:
    """The cells under `OUTCOMES`."""
    return (
        count(found.before, nilai="lalu"),
        count(found.open, nilai="terbuka"),
        count(found.mended, nilai="selesai"),
        count(found.gone, nilai="hilang"),
        share(found.mended, found.before),
        count(found.fresh, nilai="baru"),
        count(found.now, nilai="kini"),
    )


def by_producer(report: Report, found: FollowUp, name: str) -> Table:
    """What became of the gaps of before, one line a producer."""
    outcomes = found.by(0)
    known = [producer for producer in report.contracts if producer in outcomes]
    rows: list[Row] = []
    for producer in (*known, *sorted(outcomes.keys() - set(known))):
        title = report.contracts[producer].name if producer in report.contracts else producer
        link = producer_page(producer) if producer in report.facts.rows else ""
        rows.append(row(text(title, link=link), *outcome_cells(outcomes[producer]), produsen=producer))
    return table(
        name,
        f"Celah {found.name} menurut produsen",
        heads("Produsen", *OUTCOMES),
        rows,
        note="Satu celah di sini adalah satu data sumber pada satu aturan, dikenali lagi lewat kunci tetapnya, "
        "juga bila berkasnya diganti.",
        foot=[row(text("Jumlah"), *outcome_cells(found.total), produsen="semua")],
    )


def _by_rule(report: Report, found: FollowUp, name: str) -> Table:
    rules = {item.rule.id: item.rule for item in report.facts.rules}
    outcomes = sorted(found.by(1).items(), key=lambda item: (-item[1].now, -item[1].before, item[0]))
    rows = [
        row(
            rule_cell(rules[rule_id]) if rule_id in rules else Cell(rule_id),
            *outcome_cells(outcome),
            aturan=rule_id,
        )
        for rule_id, outcome in outcomes
    ]
    return table(name, f"Celah {found.name} menurut aturan", (RULE, *heads(*OUTCOMES)), rows)


def _people(report: Report, comparison: Comparison, name: str) -> Table:
    kotas = [*report.facts.kota_names, NO_KOTA]

    def line(key: tuple[str, str, str]) -> list[Cell]:
        keys = [change_key(comparison, *key, code) for code in ("*", *kotas)]
        # A kota where nothing of that direction happened has no cell: it is known to be empty.
        return [counted(report.cells, cell) if report.cells.has(cell) else count(0) for cell in keys]

    bodies = []
    for direction in DIRECTIONS:
        whole = (direction, "*", "*")
        body = [row(text(DIRECTION_TEXT[direction]), text("semua"), *line(whole), css="induk", arah=direction)]
        for reason, cause in sorted({(item["alasan"], item["sebab"]) for item in comparison.rows(direction)}):
            body.append(
                row(
                    text(reason_text(reason).capitalize()),
                    text(CAUSE_TEXT[cause]),
                    *line((direction, reason, cause)),
                    css="anak",
                    arah=f"{direction}/{reason}/{cause}",
                )
            )
        bodies.append(tuple(body))
    columns = (
        *heads("Apa yang terjadi", "Sebab", "Orang#"),
        *(Column(words.kota_name(code, report.facts.kota_names), "n") for code in kotas),
    )
    before, after = comparison.selected
    told = counted(report.cells, change_key(comparison, "terpilih", "tetap")).text
    note = (
        f"Sebelumnya {id_format.number(before)} orang terpilih, kini {id_format.number(after)}; {told} di keduanya. "
        "Setiap orang masuk tepat satu baris; jumlah di bawah 5 ditutup."
    )
    return Table(name, f"Orang dalam data sasaran dibandingkan dengan {_name(report, comparison)}", columns, tuple(bodies), note)


def _name(report: Report, comparison: Comparison) -> str:
    return next(item.name for item in report.follow_ups if (item.periode, item.revisi) == comparison.before)
