"""The page of sex, age and disability: gaps and data sasaran by group, each split adding up to its total (F47).

Counting is in `groups`, covering in `published.cells`.
"""

from __future__ import annotations

from dataclasses import replace

from padanan.base import format as id_format
from padanan.base.suppress import ALL, Cover
from padanan.pages.layout import page
from padanan.pages.page import Page
from padanan.pages.table import RULE, Column, Table, count, counted, heads, row, rule_cell, share, table, text
from padanan.pages.table import Cell as Shown
from padanan.published.cells.people import split_key
from padanan.published.groups import (
    OUTSIDE,
    PARTS,
    SPLIT_NAMES,
    SPLITS,
    UNKNOWN,
    Groups,
    SplitCounts,
    by_kota,
    by_rule,
    split_counts,
)
from padanan.published.opened import LATER
from padanan.published.report import Report
from padanan.review.report.crosstab import crosstab

MARK = "*"
_MERGED = f"{MARK} Termasuk yang tidak diketahui: terlalu sedikit untuk ditulis sendiri."


def group_page(report: Report) -> dict[str, Page]:
    """`kelompok.html`."""
    cutoff = str(report.source.manifest["cutoff"])[:10]
    found = report.counts.groups
    tables: dict[str, Table] = {}
    for split in found.splits:
        tables[f"{split}"] = _split(report, found, split)
        tables[f"{split}_kota"] = _by_kota(report, found, split)
    tables["aturan"] = _by_rule(report, found)
    made = page(
        report,
        "kelompok.html.j2",
        tables,
        pilah=[{"id": split, "nama": SPLIT_NAMES[split]} for split in found.splits],
        tanggal_umur=id_format.day(cutoff),
        belum=LATER,
        tanpa_disabilitas="disabilitas" not in found.splits,
    )
    return {"kelompok.html": made}


def _split(report: Report, found: Groups, split: str) -> Table:
    made = report.cells.split(split, split_counts(found, split))

    def cells(value: str) -> list[Shown]:
        line = [_count(made, split, value, "orang")]
        for part, whole in PARTS.items():
            hidden = (value, part) in made.covered or (value, whole) in made.covered
            line.append(_count(made, split, value, part))
            keys = split_key(split, value, part), split_key(split, *made.whole_of(value, part))
            told = share(made.values.get((value, part)), made.whole(value, part) if not hidden else None, hidden)
            line.append(replace(told, ratio=keys))
        return line

    columns = heads(SPLIT_NAMES[split], "Orang#", "Dengan celah#", "Bagian dengan celah#", "Data sasaran#", "Bagian sasaran#")
    # Where the unknown are merged in every measure, a line of its own says nothing.
    names = {value: name for value, name in SPLITS[split].items() if value != UNKNOWN or "orang" not in made.merged}
    return table(
        f"tabel-{split}",
        f"Orang menurut {SPLIT_NAMES[split].lower()}",
        columns,
        [row(text(name), *cells(value), kelompok=value) for value, name in names.items()],
        foot=[row(text("Jumlah"), *cells(ALL), kelompok="semua")],
        note=_MERGED if made.merged else "",
    )


def _count(made: SplitCounts, split: str, value: str, measure: str) -> Shown:
    mark, key = made.covered.get((value, measure)), split_key(split, value, measure)
    cell = count(made.values.get((value, measure), 0), mark, nilai=measure, key=None if mark is Cover.MERGED else key)
    return with_unknown(cell) if made.counts_unknown(value, measure) else cell


def with_unknown(cell: Shown) -> Shown:
    """A cell that counts the unknown too, marked in the workbook as well; the table's note says what its mark means."""
    return replace(cell, text=f"{cell.text}{MARK}", value=None)


def _by_kota(report: Report, found: Groups, split: str) -> Table:
    kotas = [*report.facts.kota_names, OUTSIDE]
    into = by_kota(found, split, kotas).into
    made = crosstab(report.cells, f"pilah kota/{split}")
    names = made.columns
    shown = {value: f"{name}{MARK}" if value == into else name for value, name in SPLITS[split].items()}
    columns = (Column("Kota"), Column("Jumlah", "n"), *(Column(shown[value], "n") for value in names))
    rows = [
        row(text(report.facts.kota_names.get(kota, "Tidak terpetakan ke DKI")), *made.line(kota, names), kota=kota)
        for kota in kotas
    ]
    foot = [row(text("Jumlah"), *made.line(ALL, names), kota="semua")]
    caption = f"Data sasaran menurut kota dan {SPLIT_NAMES[split].lower()}"
    return table(f"tabel-{split}-kota", caption, columns, rows, foot=foot, note=_MERGED if into else "")


def _by_rule(report: Report, found: Groups) -> Table:
    rules = {item.rule.id: item.rule for item in report.facts.rules}
    order = sorted(report.facts.people_by_rule.items(), key=lambda item: (-item[1], item[0]))
    splits = ("jk", "umur")
    columns = [RULE, Column("Orang", "n")]
    columns += [Column(name, "n awal" if place == 0 else "n", group=SPLIT_NAMES[split])
                for split in splits for place, name in enumerate(SPLITS[split].values())]  # fmt: skip
    rows = [
        row(
            rule_cell(rules[rule_id]),
            counted(report.cells, ("orang gagal", rule_id)),
            *(cell for split in splits for cell in _groups_of(report, found, rule_id, split)),
            aturan=rule_id,
        )
        for rule_id, _ in order
    ]
    return table(
        "tabel-celah-kelompok",
        "Orang dengan celah menurut aturan, jenis kelamin dan umur",
        columns,
        rows,
        note=f"Jumlah di bawah 5 ditulis <5; sel yang membuatnya dapat dihitung balik ditutup. {_MERGED}",
    )


def _groups_of(report: Report, found: Groups, rule_id: str, split: str) -> list[Shown]:
    """The people of one rule by the values of a split; each rule is a sum of its own."""
    into = by_rule(found, rule_id, split).into
    made = crosstab(report.cells, f"orang gagal/{rule_id}/{split}")
    cells = []
    for place, value in enumerate(SPLITS[split]):
        css = "n awal" if place == 0 else "n"
        cell = made.cell(rule_id, value) if value in made.columns else count(0, Cover.MERGED)
        cell = replace(cell, css=css)
        cells.append(with_unknown(cell) if value == into else cell)
    return cells
