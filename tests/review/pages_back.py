"""Reads a rendered page back into tables and texts, with the standard library's parser only.

It is the tests' own reader: nothing of the report's code helps it.
"""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

VOID = {"meta", "br", "wbr", "link", "img", "input", "hr", "rect", "circle", "line"}


class Page(HTMLParser):
    """Tables by id as lists of rows; a row is (attributes, cells); a cell is (tag, attributes, text).

    `mains` are the same rows as [text without its smaller second line, colspan, rowspan].
    """

    def __init__(self, path: Path):
        super().__init__(convert_charrefs=True)
        self.source = path.read_text(encoding="utf-8")
        self.tables, self.links, self.ids, self.headings, self.tags, self.texts = {}, [], [], [], [], {}
        self.captions, self.heads = {}, []
        self.caption_mains, self.by_tag = {}, {}
        self.mains = {}
        self._table = self._row = self._cell = None
        self._open: list[tuple[str, dict[str, str]]] = []
        self.feed(self.source)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        self.tags.append((tag, found))
        if "id" in found:
            self.ids.append(found["id"])
            self.texts[found["id"]] = ""
        if tag == "a":
            self.links.append(found.get("href", ""))
        if tag in ("h1", "h2", "h3", "h4"):
            self.headings.append(int(tag[1]))
        if tag == "table":
            self._table = found.get("id", f"tanpa-id-{len(self.tables)}")
            self.tables[self._table] = []
        elif tag == "tr":
            self._row = (found, [])
            self.tables[self._table].append(self._row)
            self.mains.setdefault(self._table, []).append([])
        elif tag in ("td", "th"):
            self._cell = [tag, found, ""]
            self._row[1].append(self._cell)
            self.mains[self._table][-1].append(["", int(found.get("colspan", 1)), int(found.get("rowspan", 1))])
        if tag not in VOID:
            self._open.append((tag, found))

    def handle_endtag(self, tag):
        if tag in VOID:
            return
        assert self._open and self._open[-1][0] == tag, f"<{tag}> ditutup tidak pada tempatnya"
        self._open.pop()
        if tag in ("td", "th"):
            self._cell = None

    def handle_data(self, data):
        if self._cell is not None:
            self._cell[2] += data
            if not any(tag == "small" for tag, _ in self._open):
                self.mains[self._table][-1][-1][0] += data
        for tag, found in self._open:
            if "id" in found:
                self.texts[found["id"]] += data
            self.by_tag[tag] = self.by_tag.get(tag, "") + data
            if tag == "caption" and not any(inner == "span" for inner, _ in self._open):
                self.caption_mains[self._table] = self.caption_mains.get(self._table, "") + data
            if tag == "caption":
                self.captions[self._table] = self.captions.get(self._table, "") + data

    def texts_of(self, tag: str) -> str:
        """All text inside that tag."""
        return self.by_tag.get(tag, "")

    def caption_main(self, table: str) -> str:
        """A table's caption without its note."""
        return self.caption_mains.get(table, "").strip()

    def rows(self, table: str, key: str) -> dict[str, list[str]]:
        """The body rows of a table that carry `data-<key>`, by its value: the texts of their cells."""
        return {
            attrs[f"data-{key}"]: [cell[2].strip() for cell in cells]
            for attrs, cells in self.tables[table]
            if f"data-{key}" in attrs
        }

    def values(self, table: str, key: str, name: str) -> dict[str, dict[str, str]]:
        """Of those rows, the cells that carry `data-<name>`, by its value."""
        return {
            attrs[f"data-{key}"]: {cell[1][f"data-{name}"]: cell[2].strip() for cell in cells if f"data-{name}" in cell[1]}
            for attrs, cells in self.tables[table]
            if f"data-{key}" in attrs
        }


def count(text: str) -> int:
    """`1.234` as the number it is; fails on anything that is not an Indonesian whole number."""
    assert re.fullmatch(r"\d{1,3}(\.\d{3})*", text), f"bukan bilangan: {text!r}"
    return int(text.replace(".", ""))
