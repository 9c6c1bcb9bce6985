"""Fills matrices in as people do, with a spreadsheet library that knows nothing of the code."""

from pathlib import Path

import openpyxl


def opened(path: Path):
    """(workbook, its matrix sheet)."""
    book = openpyxl.load_workbook(path)
    return book, book[next(name for name in book.sheetnames if name.startswith("Matriks"))]


def heads(sheet) -> dict[str, int]:
    """Number row's text -> column, and the row of the numbers itself under `row`."""
    row = next(cells for cells in sheet.iter_rows() if cells[0].value == "(1)")
    return {"row": row[0].row} | {str(cell.value): cell.column for cell in row if cell.value and str(cell.value).startswith("(")}


def right(number: int, source: Path, target: Path, change=None) -> Path:
    """Fills a matrix in rightly, then lets `change(sheet, first row)` spoil it."""
    book, sheet = opened(source)
    first = heads(sheet)["row"] + 1
    for row in range(first, sheet.max_row + 1):
        if number == 1 and sheet.cell(row, 1).value and not str(sheet.cell(row, 1).value)[0].isdigit():
            sheet.cell(row, 2 if row % 2 else 3).value = "√"
            sheet.cell(row, 4).value = "Bappeda"
        if number == 2 and sheet.cell(row, 5 + 0).value:
            sheet.cell(row, 7).value = 1_500_000_000
            sheet.cell(row, 13).value = "Ya, Oktober"
    if change is not None:
        change(sheet, first)
    book.save(target)
    return target
