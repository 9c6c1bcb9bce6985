"""The page of sex, age and disability: gaps and data sasaran by group, each split adding up to its total (F47).

Counting is in `groups`, covering in `suppress` and `crosstab`.
"""

from __future__ import annotations

from padanan.base import format as id_format
from padanan.base.suppress import ALL, Cell, Cover
from padanan.pages.layout import page
from padanan.pages.page import Page
from padanan.pages.table import RULE, Column, Table, count, heads, row, rule_cell, share, table, text
from padanan.pages.table import Cell as Shown
from padanan.published.groups import _PARTS, OUTSIDE, SPLIT_NAMES, SPLITS, Groups, covered_counts, groups
from padanan.published.opened import LATER
from padanan.published.report import Report
from padanan.published.wilayah import ROOT
from padanan.review.report.crosstab import crosstab


def group_page(report: Report) -> dict[str, Page]:
    """`kelompok.html`."""
    cutoff = str(report.source.manifest["cutoff"])[:10]
    found = groups(report.source, cutoff)
    tables: dict[str, Table] = {}
    for split in found.splits:
        tables[f"{split}"] = _split(found, split)
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


def _split(found: Groups, split: str) -> Table:
    values, covered = covered_counts(found, split)

    def cells(value: str) -> list[Shown]:
        line = [count(values[value, "orang"], covered.get((value, "orang")), nilai="orang")]
        for part in _PARTS:
            hidden = (value, part) in covered or (value, "orang") in covered
            line.append(count(values[value, part], covered.get((value, part)), nilai=part))
            line.append(share(values[value, part], values[value, "orang"], hidden))
        return line

    columns = heads(SPLIT_NAMES[split], "Orang#", "Dengan celah#", "Bagian dengan celah#", "Data sasaran#", "Bagian sasaran#")
    return table(
        f"tabel-{split}",
        f"Orang menurut {SPLIT_NAMES[split].lower()}",
        columns,
        [row(text(name), *cells(value), kelompok=value) for value, name in SPLITS[split].items()],
        foot=[row(text("Jumlah"), *cells(ALL), kelompok="semua")],
    )


def _by_kota(report: Report, found: Groups, split: str) -> Table:
    kotas = [*report.facts.kota_names, OUTSIDE]
    names = list(SPLITS[split])
    counts = {(kota, value): found.by_kota.get((split, value, kota), 0) for kota in kotas for value in names}
    # The sums by kota stand on the index, those by value in the table above: what is open there is known, what is covered
    # there stays covered.
    _, above = covered_counts(found, split)
    marks = {(kota, ALL): report.tree.covered.get(((*ROOT, kota), "sasaran")) for kota in kotas}
    marks |= {(ALL, value): above.get((value, "sasaran")) for value in names}
    known: set[Cell] = {(ALL, ALL), *(cell for cell, mark in marks.items() if mark is None)}
    also: dict[Cell, Cover] = {cell: mark for cell, mark in marks.items() if mark is not None}
    made = crosstab(counts, kotas, names, known=known, also=also)
    columns = (Column("Kota"), Column("Jumlah", "n"), *(Column(name, "n") for name in SPLITS[split].values()))
    rows = [
        row(text(report.facts.kota_names.get(kota, "Tidak terpetakan ke DKI")), *made.line(kota, names), kota=kota)
        for kota in kotas
    ]
    foot = [row(text("Jumlah"), *made.line(ALL, names), kota="semua")]
    caption = f"Data sasaran menurut kota dan {SPLIT_NAMES[split].lower()}"
    return table(f"tabel-{split}-kota", caption, columns, rows, foot=foot)


def _by_rule(report: Report, found: Groups) -> Table:
    rules = {item.rule.id: item.rule for item in report.facts.rules}
    order = sorted(report.facts.people_by_rule.items(), key=lambda item: (-item[1], item[0]))
    splits = ("jk", "umur")
    columns = [RULE, Column("Orang", "n")]
    columns += [Column(name, "n awal" if place == 0 else "n", group=SPLIT_NAMES[split])
                for split in splits for place, name in enumerate(SPLITS[split].values())]  # fmt: skip
    rows = []
    for rule_id, people in order:
        cells = []
        for split in splits:
            names = list(SPLITS[split])
            counts = {(rule_id, value): found.by_rule.get((rule_id, split, value), 0) for value in names}
            made = crosstab(counts, [rule_id], names, sums_down=False, known={(rule_id, ALL)})
            for place, value in enumerate(names):
                cell = count(counts[rule_id, value], made.covered.get((rule_id, value)), css="awal" if place == 0 else "")
                cells.append(cell)
        rows.append(row(rule_cell(rules[rule_id]), count(people), *cells, aturan=rule_id))
    return table(
        "tabel-celah-kelompok",
        "Orang dengan celah menurut aturan, jenis kelamin dan umur",
        columns,
        rows,
        note="Jumlah di bawah 5 ditulis <5; sel yang membuatnya dapat dihitung balik ditutup.",
    )
