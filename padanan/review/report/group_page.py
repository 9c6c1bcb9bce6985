"""The page of sex, age and disability: gaps and data sasaran by group, each split adding up to its total (F47).

Counting is in `groups`, covering in `suppress` and `crosstab`.
"""

from __future__ import annotations

from dataclasses import replace

from padanan.base import format as id_format
from padanan.base.suppress import ALL, Cell, Cover
from padanan.pages.layout import page
from padanan.pages.page import Page
from padanan.pages.table import RULE, Column, Table, count, heads, row, rule_cell, share, table, text
from padanan.pages.table import Cell as Shown
from padanan.published.groups import (
    OUTSIDE,
    PARTS,
    SPLIT_NAMES,
    SPLITS,
    UNKNOWN,
    Groups,
    SplitCounts,
    covered_counts,
    groups,
    merged_columns,
)
from padanan.published.opened import LATER
from padanan.published.report import Report
from padanan.published.wilayah import ROOT
from padanan.review.report.crosstab import crosstab

MARK = "*"
_MERGED = f"{MARK} Termasuk yang tidak diketahui: terlalu sedikit untuk ditulis sendiri."


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
    made = covered_counts(found, split)

    def cells(value: str) -> list[Shown]:
        line = [_count(made, value, "orang")]
        for part, whole in PARTS.items():
            hidden = (value, part) in made.covered or (value, whole) in made.covered
            line.append(_count(made, value, part))
            line.append(share(made.values.get((value, part)), made.whole(value, part) if not hidden else None, hidden))
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


def _count(made: SplitCounts, value: str, measure: str) -> Shown:
    cell = count(made.values.get((value, measure), 0), made.covered.get((value, measure)), nilai=measure)
    return with_unknown(cell) if made.counts_unknown(value, measure) else cell


def with_unknown(cell: Shown) -> Shown:
    """A cell that counts the unknown too, marked in the workbook as well; the table's note says what its mark means."""
    return replace(cell, text=f"{cell.text}{MARK}", value=None)


def _by_kota(report: Report, found: Groups, split: str) -> Table:
    kotas = [*report.facts.kota_names, OUTSIDE]
    counts = {(kota, value): found.by_kota.get((split, value, kota), 0) for kota in kotas for value in SPLITS[split]}
    # Merged above, merged here, and with the same value: two tables would else tell what each of them keeps.
    above = covered_counts(found, split)
    into = above.into if "sasaran" in above.merged else merged_columns(counts, kotas, list(SPLITS[split]))
    names = [value for value in SPLITS[split] if value != UNKNOWN or not into]
    if into:
        counts |= {(kota, into): counts[kota, into] + counts[kota, UNKNOWN] for kota in kotas}
    # The sums by kota stand on the index, those by value in the table above: what is open there is known, what is covered
    # there stays covered.
    marks = {(kota, ALL): report.tree.covered.get(((*ROOT, kota), "sasaran")) for kota in kotas}
    marks |= {(ALL, value): above.covered.get((value, "sasaran")) for value in names}
    if into and (UNKNOWN, "sasaran") in above.covered and "sasaran" not in above.merged:
        marks[ALL, into] = above.covered[UNKNOWN, "sasaran"]
    known: set[Cell] = {(ALL, ALL), *(cell for cell, mark in marks.items() if mark is None)}
    also: dict[Cell, Cover] = {cell: mark for cell, mark in marks.items() if mark is not None}
    made = crosstab(counts, kotas, names, known=known, also=also)
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
        row(rule_cell(rules[rule_id]), count(people), *(cell for split in splits for cell in _groups_of(found, rule_id, split)),
            aturan=rule_id)
        for rule_id, people in order
    ]  # fmt: skip
    return table(
        "tabel-celah-kelompok",
        "Orang dengan celah menurut aturan, jenis kelamin dan umur",
        columns,
        rows,
        note=f"Jumlah di bawah 5 ditulis <5; sel yang membuatnya dapat dihitung balik ditutup. {_MERGED}",
    )


def _groups_of(found: Groups, rule_id: str, split: str) -> list[Shown]:
    """The people of one rule by the values of a split; each rule is a sum of its own."""
    names = list(SPLITS[split])
    counts = {(rule_id, value): found.by_rule.get((rule_id, split, value), 0) for value in names}
    into = merged_columns(counts, [rule_id], names)
    if into:
        counts[rule_id, into] += counts.pop((rule_id, UNKNOWN))
    shown = [value for value in names if (rule_id, value) in counts]
    made = crosstab(counts, [rule_id], shown, sums_down=False, known={(rule_id, ALL)})
    cells = []
    for place, value in enumerate(names):
        mark = made.covered.get((rule_id, value)) if value in shown else Cover.MERGED
        cell = count(counts.get((rule_id, value), 0), mark, css="awal" if place == 0 else "")
        cells.append(with_unknown(cell) if value == into else cell)
    return cells
