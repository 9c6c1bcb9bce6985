"""The annex as a workbook: the same counts as the annex's pages, one sheet a table, for whoever calculates on.

The counts and their covering come from `context`; nothing is counted here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from padanan.base.book import Book, across
from padanan.base.docx import EPOCH
from padanan.decree.documents.context import SPLIT_NAMES
from padanan.decree.documents.docx import AUTHOR

HEAD_ROW = 6


def write_workbook(path: Path, tags: Mapping[str, Any]) -> None:
    """Writes the annex's tables; open counts are numbers, covered ones their mark as text.

    Args:
        path: the file to write.
        tags: the tags of the annex's template.
    """
    workbook = Book(path, in_memory=True, strings_to_formulas=False, strings_to_urls=False)
    workbook.set_properties({"title": "Lampiran: jumlah data sasaran", "author": AUTHOR, "created": EPOCH})
    forms = {
        "judul": workbook.add_format({"bold": True, "font_size": 12, "text_wrap": True}),
        "baris": workbook.add_format({"text_wrap": True}),
        "kepala": workbook.add_format({"bold": True, "bg_color": "#E7EAEE", "border": 1, "text_wrap": True}),
        "teks": workbook.add_format({"border": 1, "num_format": "@"}),
        "angka": workbook.add_format({"border": 1, "num_format": "#,##0", "align": "right"}),
        "tutup": workbook.add_format({"border": 1, "align": "right"}),
    }
    total = ("", "Jumlah", tags["jumlah_orang"])
    _sheet(
        workbook,
        forms,
        tags,
        "Ringkasan",
        ("Kode", "Uraian", "Jumlah"),
        [
            ("orang", "Orang dalam data sasaran", tags["jumlah_orang"]),
            ("keluarga", "Keluarga menurut kartu keluarga", tags["jumlah_keluarga"]),
            ("tanpa_keluarga", "Orang yang belum tercatat dalam kartu keluarga", tags["tanpa_keluarga"]),
        ],
    )
    heads = ("Kode", "Kota/kabupaten administrasi", "Orang")
    _sheet(workbook, forms, tags, "Kota", heads, [*_lines(tags["kota"]), total])
    _sheet(
        workbook,
        forms,
        tags,
        "Kelurahan",
        ("Kode", "Kota/kabupaten administrasi", "Kecamatan", "Kelurahan", "Orang"),
        [
            (line["kode"], kota["nama"], kecamatan["nama"], line["nama"], line["orang"])
            for kota in tags["wilayah"]
            for kecamatan in kota["kecamatan"]
            for line in kecamatan["kelurahan"]
        ],
    )
    for name, title in SPLIT_NAMES.items():
        _sheet(workbook, forms, tags, title, ("Kode", title, "Orang"), [*_lines(tags[name]), total])
    workbook.close()


def _lines(rows: Sequence[Mapping[str, str]]) -> list[tuple[str, ...]]:
    return [(row["kode"], row["nama"], row["orang"]) for row in rows]


def _sheet(
    workbook: Any,
    forms: Mapping[str, Any],
    tags: Mapping[str, Any],
    name: str,
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
) -> None:
    sheet = workbook.add_worksheet(name)
    lines = (
        f"Data sasaran periode {tags['periode']} revisi {tags['revisi']}",
        f"Keputusan Gubernur nomor {tags['nomor']}, tanggal {tags['tanggal']}{tags['tanda_rancangan']}",
        f"Nilai hash terbitan {tags['sidik_terbitan']}",
        f"Nilai hash data sasaran {tags['sidik_data']}",
        tags["keterangan_tutup"],
    )
    widths = [16.0, *[34.0] * (len(heads) - 2), 14.0]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    for number, text in enumerate(lines):
        across(sheet, number, text, forms["baris" if number else "judul"], widths)
    for column, head in enumerate(heads):
        sheet.write_string(HEAD_ROW, column, head, forms["kepala"])
    for number, row in enumerate(rows, HEAD_ROW + 1):
        for column, text in enumerate(row):
            plain = text.replace(".", "")
            if column < len(row) - 1:
                sheet.write_string(number, column, text, forms["teks"])
            elif plain.isdigit():
                sheet.write_number(number, column, int(plain), forms["angka"])
            else:
                sheet.write_string(number, column, text, forms["tutup"])
    sheet.freeze_panes(HEAD_ROW + 1, 0)
    sheet.repeat_rows(HEAD_ROW)
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    origin = f"Periode {tags['periode']} revisi {tags['revisi']} nilai hash data sasaran"
    sheet.set_footer(f"&L&6{origin}\n{tags['sidik_data']}&R&8Halaman &P dari &N")
