"""Reads a finished page as plain blocks, so that the PDF says what the page says: headings, texts, lists, pictures, tables.

It understands the few tags that the pages' templates use; how a block looks on paper is in `laporan.typ`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from html.parser import HTMLParser
from typing import Any

from markupsafe import Markup

from padanan.pages.page import Page
from padanan.pages.svg_alone import standalone, told
from padanan.pages.table import Cell, Row, Table
from padanan.pages.words import without_long_runs

Block = dict[str, Any]
HEADINGS = {"h2": 0, "h3": 1, "h4": 2}
TEXTS = {"p": "teks", "li": "butir", "dt": "istilah", "dd": "arti", "figcaption": "judul gambar"}
# What only leads about.
SKIPPED = frozenset({"nav", "style", "script"})
# A picture's class -> how many stand side by side on paper; one of another class has the whole width.
ACROSS = {"lintasan": 3, "peta": 2}
# Letters that a column of pictures is as wide as.
PICTURE_WIDTH = 20
# Taken as a whole: tables, whose rows come from the page's data, and pictures outside them.
_TABLES, _PICTURES = (re.compile(rf"<{tag}\b.*?</{tag}>", re.DOTALL) for tag in ("table", "svg"))
_TABLE = re.compile(r'^<table id="([^"]+)"')
_CLASS = re.compile(r'^<svg class="([a-z]+)')
VOID = frozenset({"br", "wbr", "img", "hr", "meta", "link", "input"})
WIDE = 10
TEXT_WIDTH = (12, 30)


def blocks(page: Page, *, level: int = 2, without: frozenset[str] = frozenset()) -> list[Block]:
    """A page's main part.

    Args:
        page: the finished page with its tables.
        level: the heading level of the page's sections.
        without: ids of sections (of their headings) to leave out.
    """
    reader = _Reader(page, level)
    html = page.html[page.html.index("<main") :]
    html = _TABLES.sub(reader.keep, html)
    reader.feed(_PICTURES.sub(reader.keep, html))
    reader.close()
    return list(_kept(reader.found, without))


def picture(svg: str, shapes: str = "") -> Block:
    """A picture for the typesetter, and what it says; `shapes` is the page's element of definitions."""
    return {"svg": standalone(svg, shapes if "<use " in svg or 'class="p' in svg else ""), "kata": told(svg)}


def _kept(found: list[Block], without: frozenset[str]) -> Iterator[Block]:
    skipping = False
    for block in found:
        if block["jenis"] == "judul" and (not skipping or block["tingkat"] <= skipping):
            skipping = block["tingkat"] if block.get("id") in without else False
        if not skipping:
            yield block


class _Reader(HTMLParser):
    def __init__(self, page: Page, level: int) -> None:
        super().__init__(convert_charrefs=True)
        self.tables = {item.id: item for item in page.tables}
        self.level = level
        self.found: list[Block] = []
        self.main = False
        self.depth = 0
        self.block: Block | None = None
        self.numbers: list[int | None] = []
        self.figures: list[list[str]] | None = None
        self.whole: list[str] = []
        self.shapes = ""
        self.figure: Block | None = None

    def keep(self, found: re.Match[str]) -> str:
        """Keeps an element that is not read tag by tag, and gives the mark that stands in its place."""
        self.whole.append(found[0])
        return f'<img data-utuh="{len(self.whole) - 1}">'

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "main":
            self.main = True
        if not self.main or tag in VOID:
            if tag == "br" and self.block is not None:
                self.block["teks"] += " "
            if self.main and not self.depth and "data-utuh" in given:
                whole = self.whole[int(str(given["data-utuh"]))]
                if (table := _TABLE.match(whole)) is not None:
                    self._table(table[1])
                elif whole.startswith("<svg"):
                    self._picture(whole)
            return
        if self.depth or tag in SKIPPED:
            self.depth += 1
            return
        if tag == "small" and self.block is not None and self.block["teks"].strip():
            self.block["teks"] += " · "  # on the page it is a line of its own
        if tag == "figure":
            self.figure = {"judul": "", "legenda": []}
        if tag in ("ul", "ol"):
            self.numbers.append(0 if tag == "ol" else None)
        if tag == "dl" and "angka" in (given.get("class") or "").split():
            self.found.append({"jenis": "pokok", "baris": []})
            self.figures = self.found[-1]["baris"]
        if tag in HEADINGS:
            self.block = {"jenis": "judul", "tingkat": self.level + HEADINGS[tag], "id": given.get("id"), "teks": ""}
        elif tag in TEXTS:
            small = bool({"ket", "kecil"} & set((given.get("class") or "").split()))
            self.block = {"jenis": TEXTS[tag], "teks": "", "kecil": small, "tebal": given.get("id") == "rekomendasi"}
            if tag == "li" and self.numbers and self.numbers[-1] is not None:
                self.numbers[-1] += 1
                self.block["tanda"] = f"{self.numbers[-1]}."

    def handle_endtag(self, tag: str) -> None:
        if self.depth:
            self.depth -= 1
            return
        if tag == "main":
            self.main = False
        if tag in ("ul", "ol") and self.numbers:
            self.numbers.pop()
        if tag == "figure" and self.figure is not None:
            found, self.figure = self.figure, None
            self._drawn(found)
        if self.block is not None and (tag in HEADINGS or tag in TEXTS):
            self._finish(self.block)
            self.block = None
        elif tag == "dl":
            self.figures = None

    def handle_data(self, data: str) -> None:
        if self.main and not self.depth and self.block is not None:
            self.block["teks"] += data

    def _finish(self, block: Block) -> None:
        block["teks"] = without_long_runs(" ".join(block["teks"].split()))
        if not block["teks"]:
            return
        if self.figure is not None:
            if block["jenis"] == "judul gambar":
                self.figure["judul"] = block["teks"]
            else:
                self.figure["legenda"].append(block)
        elif self.figures is None:
            self.found.append(block)
        elif block["jenis"] == "istilah":
            self.figures.append([block["teks"][:1].upper() + block["teks"][1:]])
        else:
            self.figures[-1].append(block["teks"])

    def _picture(self, svg: str) -> None:
        """A picture beside words belongs to them, one in a figure has a title and a legend, any other stands alone."""
        kind = found[1] if (found := _CLASS.match(svg)) else ""
        if kind == "pola":
            self.shapes = svg
        elif self.block is not None and self.block["jenis"] != "judul gambar":
            self.block["gambar"] = picture(svg, self.shapes)
        elif self.figure is not None:
            self.figure |= picture(svg, self.shapes) | {"jajar": ACROSS.get(kind, 1)}
        else:
            self._drawn(picture(svg, self.shapes) | {"judul": "", "legenda": [], "jajar": ACROSS.get(kind, 1)})

    def _drawn(self, figure: Block) -> None:
        if "svg" not in figure:
            return
        last = self.found[-1] if self.found else None
        if last is None or last["jenis"] != "gambar" or last["jajar"] != figure["jajar"]:
            self.found.append({"jenis": "gambar", "jajar": figure["jajar"], "isi": []})
        self.found[-1]["isi"].append(figure)

    def _table(self, name: str) -> None:
        if name in self.tables:
            self.found.append(table_block(self.tables[name]))


def table_block(table: Table) -> Block:
    """A table as a block; one without rows says so."""
    columns = table.columns
    rows = [_row(row) for row in table.rows]
    pictured = {place for row in rows for place, cell in enumerate(row["sel"]) if cell["gambar"]}
    sizes = [len(body) for body in table.bodies if body]
    if table.foot and sizes:
        sizes[-1] += len(table.foot)
    return {
        "jenis": "tabel",
        "keterangan": table.caption,
        "catatan": without_long_runs(table.note),
        "kolom": [{"nama": column.name, "angka": _numeric(column.css), "grup": column.group} for column in columns],
        "lebar": [_width(rows, place, column.name, _numeric(column.css)) for place, column in enumerate(columns)],
        "baris": rows,
        # Bodies of their own (a kecamatan with its kelurahan) hold together; one body is split by the template.
        "kelompok": sizes if len(sizes) > 1 else None,
        "rapat": len(columns) - len(pictured) >= WIDE,
    }


def _row(row: Row) -> dict[str, Any]:
    return {"tebal": "induk" in row.css.split(), "sel": [_cell(cell) for cell in row.cells]}


def _cell(cell: Cell) -> dict[str, Any]:
    note = cell.note.replace("<wbr>", "").striptags() if isinstance(cell.note, Markup) else cell.note
    return {
        "t": without_long_runs("; ".join(cell.items) if cell.items else cell.text),
        "s": cell.symbol,
        "n": without_long_runs(note),
        "angka": _numeric(cell.css),
        "warna": next((name for name in ("buruk", "awas", "redup") if name in cell.css.split()), None),
        "lebar": cell.span,
        "gambar": None if cell.picture is None else picture(str(cell.picture)),
    }


def _numeric(css: str) -> bool:
    return "n" in css.split()


def _width(rows: Sequence[Mapping[str, Any]], place: int, name: str, numeric: bool) -> dict[str, int]:
    """What a column needs, in letters: `tetap` for numbers (a heading may wrap into two lines), `bagi` a share of the rest."""
    cells = [row["sel"][place] for row in rows if len(row["sel"]) > place and row["sel"][place]["lebar"] == 1]
    if any(cell["gambar"] for cell in cells):
        return {"tetap": PICTURE_WIDTH}
    needed = [max(len(cell["t"]) + 2 * bool(cell["s"]), len(cell["n"])) for cell in cells]
    if numeric:
        return {"tetap": max([*needed, len(name) // 2, *(len(word) for word in name.split())], default=1)}
    low, high = TEXT_WIDTH
    return {"bagi": max(low, min(high, max([*needed, len(name)])))}
