"""The second count of a sheet's rows: found by plain search where the XML is as everybody writes it, by expression elsewhere."""

import re
import zipfile
from pathlib import Path

import pytest

from padanan.landing import sheet_count
from padanan.landing.sheet_count import SheetCount, count_sheet

NS = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
BOOK = (
    f'<workbook {NS} xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships">'
    '<sheets><sheet name="Data" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
RELS = '<Relationships><Relationship Id="rId1" Target="worksheets/sheet1.xml"/></Relationships>'
CELL = '<c r="A{0}" t="inlineStr"><is><t>x</t></is></c>'
PLAIN = "".join(f'<row r="{at}">{CELL.format(at)}</row>' for at in range(1, 5))

SHEETS = {
    "plain": PLAIN,
    "hidden": PLAIN.replace('<row r="2">', '<row r="2" hidden="1">'),
    "blank-rows": PLAIN + '<row r="5"><c r="A5"/></row><row r="6"><c r="A6"><v></v></c></row>',
    "empty-rows-between": '<row r="1"/><row r="2" ht="9"/>' + f'<row r="3">{CELL.format(3)}</row>' + '<row r="4"/>',
    "unnumbered": f"<row spans='1:1'>{CELL.format(1)}</row><row spans='1:1'>{CELL.format(2)}</row>",
    "bare": f"<row>{CELL.format(1)}</row><row>{CELL.format(2)}</row>",
    "prefixed": PLAIN.replace("<row", "<x:row").replace("</row", "</x:row").replace("<c ", "<x:c ").replace("<t>", "<x:t>"),
    "two-prefixes": PLAIN + f'<y:row r="9">{CELL.format(9)}</y:row>',
    "another-prefix-between": f'<y:row r="1">{CELL.format(1)}</y:row>'.join(
        ("<row r='0'><c/></row>", PLAIN.replace('r="1"', 'r="7"'))
    ),
    "prefixed-formulas": '<x:row r="1"><x:c r="A1"><x:f>1+1</x:f><x:v>2</x:v></x:c></x:row>',
    "text-like-an-end": PLAIN.replace("<t>x</t>", "<t>arrow></t>", 1),
    "error": PLAIN + '<row r="5"><c r="A5" t="e"><v>#DIV/0!</v></c></row>',
    "error-quoted-in-a-text": PLAIN.replace("<t>x</t>", '<t>t="e"</t>', 1),
    "formulas": PLAIN
    + '<row r="5"><c r="A5"><f>1+1</f><v>2</v></c><c r="B5"><f>1/2</f></c></row>'
    + '<row r="6"><x:c r="A6"><x:f t="shared" si="0"/><x:v>3</x:v></x:c></row>',
}
EXPECTED = {
    "plain": [1, 2, 3, 4],
    "hidden": [1, 2, 3, 4],
    "blank-rows": [1, 2, 3, 4],
    "empty-rows-between": [3],
    "unnumbered": [1, 2],
    "bare": [1, 2],
    "prefixed": [1, 2, 3, 4],
    "two-prefixes": [1, 2, 3, 4, 9],
    "another-prefix-between": [1, 7, 2, 3, 4],
    "prefixed-formulas": [1],
    "text-like-an-end": [1, 2, 3, 4],
    "error": [1, 2, 3, 4, 5],
    "error-quoted-in-a-text": [1, 2, 3, 4],
    "formulas": [1, 2, 3, 4, 5, 6],
}


def counted(folder: Path, rows: str) -> SheetCount:
    path = folder / "buku.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", BOOK)
        archive.writestr("xl/_rels/workbook.xml.rels", RELS)
        archive.writestr("xl/worksheets/sheet1.xml", f"<worksheet {NS}><sheetData>{rows}</sheetData></worksheet>")
    return count_sheet(path, "Data")


def said(count: SheetCount) -> tuple[object, ...]:
    return (
        count.rows.tolist(), count.errors.tolist(), count.formulas, count.uncached, count.last, count.hidden_rows.tolist(),
        count.formula_cells, count.uncached_cells,
    )  # fmt: skip


@pytest.mark.parametrize("name", SHEETS)
def test_plain_search_and_expression_count_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    found = said(counted(tmp_path, SHEETS[name]))
    assert found[0] == EXPECTED[name]
    # No end is ever found: every row by the expression.
    monkeypatch.setattr(sheet_count, "_END", re.compile(rb"(?!)"))
    assert said(counted(tmp_path, SHEETS[name])) == found


def test_errors_formulas_and_hidden_rows_are_seen(tmp_path: Path) -> None:
    assert said(counted(tmp_path, SHEETS["error"]))[1] == [5]
    assert said(counted(tmp_path, SHEETS["error-quoted-in-a-text"]))[1] == []
    assert said(counted(tmp_path, SHEETS["hidden"]))[5] == [2]
    formulas = said(counted(tmp_path, SHEETS["formulas"]))
    assert formulas[2:4] == (3, 1)
    assert said(counted(tmp_path, SHEETS["prefixed-formulas"]))[2] == 1
    assert formulas[6:] == ({"A": [5, 6], "B": [5]}, {"B": [5]})


def test_rows_that_two_blocks_share_are_counted_once(tmp_path: Path) -> None:
    many = "".join(f'<row r="{at}">{CELL.format(at)}<c r="B{at}"><v>{"1" * 100}</v></c></row>' for at in range(1, 40_001))
    count = counted(tmp_path, many)
    assert count.rows.tolist() == list(range(1, 40_001)) and len(many) > 1 << 22
