"""The long sheet of gaps: producer, rule and place down to the kelurahan, to be filtered (§3.1.3.2.c).

Counting and covering are in `published.gap_places`; a covered count is written as its mark, and its share left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from padanan.base.book import READ_SIZE, Book, height, on_paper
from padanan.base.suppress import ALL
from padanan.contracts.rules import Rule
from padanan.pages.workbook import HEAD_ROW, MADE, SHARE_DIGITS, book_formats, heading, sheet_head
from padanan.published.gap_places import NAMED, Figure, GapPlaces
from padanan.published.report import Report
from padanan.published.wilayah import LEVELS, ROOT, UNKNOWN, UNKNOWN_NAMES
from padanan.published.wilayah import Path as Place

FILE = "celah-wilayah.xlsx"
SHEET = "Celah per wilayah"
EVERYONE = "Semua produsen"
COLUMNS = (
    ("Produsen", 19), ("Aturan", 23), ("Tingkat", 10), ("Kota", 16), ("Kecamatan", 16), ("Kelurahan", 19),
    ("Catatan gagal", 8), ("Catatan dinilai", 8), ("Bagian gagal", 7), ("Kode wilayah", 14), ("Kode aturan", 22),
)  # fmt: skip
WHOLE = "DKI"
TITLE = "Celah menurut produsen, aturan dan wilayah"
NOTE = (
    "Saring kolom Tingkat pada satu tingkat sebelum menjumlahkan: DKI, kota, kecamatan dan kelurahan memuat catatan yang sama. "
    "Jumlah di bawah 5 ditulis <5, sel yang membuatnya dapat dihitung balik “ditutup”; bagiannya kosong. "
    "Tempat tanpa catatan gagal tidak ditulis."
)
READ = 9
"""So many columns are printed; the codes behind them are for machines."""
Line = tuple[Sequence[str], Figure, Sequence[str]]
"""The words before the figures, the figures, and the codes behind them."""


_WIDTHS = tuple(width for _, width in COLUMNS)


def write_gap_book(report: Report, path: Path) -> None:
    """Writes the workbook; the same publication gives the same bytes, and no cell is a formula.

    Args:
        report: the counted revision, its publication still open.
        path: the file to write.
    """
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = Book(path, **options)
    book.set_properties({"title": f"{TITLE}, {report.source.periode.label}", "author": "Padanan", "created": MADE})
    formats = book_formats(book)
    formats |= {"one": book.add_format({"valign": "top", "font_size": READ_SIZE, "text_wrap": True})}
    sheet = book.add_worksheet(SHEET)
    for place, (_, width) in enumerate(COLUMNS):
        sheet.set_column(place, place, width)
    on_paper(sheet, f"{TITLE}, {report.source.periode.label} revisi {report.source.revisi}", head_row=HEAD_ROW, size=READ_SIZE)
    sheet.set_row(HEAD_ROW, height(COLUMNS[:READ], READ_SIZE))
    sheet.freeze_panes(HEAD_ROW + 1, 0)
    sheet_head(sheet, formats, heading(report).frame, TITLE, NOTE, _WIDTHS[:READ])
    for place, (name, _) in enumerate(COLUMNS):
        sheet.write_string(HEAD_ROW, place, name, formats["head"])
    last = HEAD_ROW
    for last, line in enumerate(lines(report), HEAD_ROW + 1):
        _write(sheet, formats, last, line)
    sheet.print_area(0, 0, last, READ - 1)
    sheet.autofilter(HEAD_ROW, 0, last, len(COLUMNS) - 1)
    book.close()


def lines(report: Report) -> Iterator[Line]:
    """Every line in the sheet's order: all producers together, then each in the report's order; the two named rules first."""
    places, facts = report.places, report.facts
    rules = {item.rule.id: item.rule for item in facts.rules}
    for named in NAMED:
        if named in rules:
            yield from _lines(places, ALL, EVERYONE, rules[named])
    for producer, contract in report.contracts.items():
        own = [item.rule for item in facts.of(producer)]
        for rule in sorted(own, key=lambda rule: (rule.id not in NAMED, NAMED.index(rule.id) if rule.id in NAMED else 0)):
            yield from _lines(places, producer, contract.name, rule)


def _lines(places: GapPlaces, producer: str, name: str, rule: Rule) -> Iterator[Line]:
    layer = places.rules[producer, rule.id]
    for path in places.places:
        figure = layer.at(path)
        # A place where nothing fails is no line: four of five lines would say 0, and the whole report must fit into a letter.
        if path != ROOT and not (layer.parts[ROOT] and (figure.part or figure.mark)):
            continue
        for level, names in _levels(places, path):
            yield (name, rule.name, level, *names), figure, (path[-1], rule.id)


def _levels(places: GapPlaces, path: Place) -> Iterator[tuple[str, tuple[str, str, str]]]:
    """The levels at which a place is a line: an unknown one is also its own only part, so that every level adds up."""
    known = [places.places[path[: depth + 1]] for depth in range(1, len(path))]
    if path == ROOT:
        yield WHOLE, ("", "", "")
        return
    for depth in range(len(known), len(LEVELS) + 1 if path[-1] == UNKNOWN else len(known) + 1):
        names = [*known, *(UNKNOWN_NAMES[level] for level in LEVELS[len(known) : depth])]
        names += [""] * (len(LEVELS) - depth)
        yield LEVELS[depth - 1], (names[0], names[1], names[2])


def _write(sheet: Any, formats: dict[str, Any], at: int, line: Line) -> None:
    words, figure, codes = line
    sheet.set_row(at, height(zip(words, _WIDTHS, strict=False), READ_SIZE))
    for place, word in enumerate(words):
        if word:
            sheet.write_string(at, place, word, formats["one"])
    place = len(words)
    for value, mark in ((figure.part, figure.mark), (figure.whole, figure.whole_mark)):
        if mark is not None:
            sheet.write_string(at, place, mark.text, formats["covered"])
        elif value is not None:
            sheet.write_number(at, place, value, formats["count"])
        place += 1
    if figure.share is not None:
        sheet.write_number(at, place, round(figure.share, SHARE_DIGITS), formats["share"])
    for step, code in enumerate(codes, 1):
        if code:
            sheet.write_string(at, place + step, code, formats["one"])
