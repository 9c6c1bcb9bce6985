"""The downloads of the dashboards: every figure as CSV and Parquet, the tables as a workbook, and their Satu Data metadata (F58).

The figures are those of the pages, covered alike; no other ones leave here.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from padanan.base import disk
from padanan.base.book import READ_SIZE, Book, across, height, on_paper
from padanan.base.digest import file_sha256
from padanan.distribution.dashboard.figures import Figures
from padanan.distribution.dashboard.names import place_name, value_name
from padanan.distribution.dashboard.open_data import OpenData
from padanan.distribution.dashboard.pages import rendered
from padanan.pages.page import Page
from padanan.pages.table import heads, row, table, text
from padanan.pages.workbook import MADE, book_formats

CSV, PARQUET, BOOK, METADATA = "angka.csv", "angka.parquet", "dasbor.xlsx", "metadata.json"
COLUMNS = {
    "periode": ("periode penetapan atau padanan", "teks"),
    "penetapan_ke": ("urutan keputusan dalam periode itu; pada dasbor Bansos nomor revisi padanan yang diterima", "bilangan"),
    "satuan": ("yang dihitung: orang atau keluarga", "teks"),
    "tingkat": ("provinsi, kota, kecamatan atau kelurahan", "teks"),
    "kode_wilayah": ("kode wilayah Kemendagri; tidak_diketahui bila tidak diketahui", "teks"),
    "wilayah": ("nama wilayah", "teks"),
    "dimensi": ("* (jumlah), desil, jk, kelompok_umur, disabilitas, program, …; program.desil: menurut keduanya", "teks"),
    "nilai": ("nilai dimensi itu; * untuk jumlah", "teks"),
    "arti_nilai": ("nilai itu dengan kata", "teks"),
    "jumlah": ("banyaknya; kosong bila ditutup", "bilangan"),
    "ditutup": ("<5: satu sampai empat; ditutup: membuat sel lain dapat dihitung balik", "teks"),
}
_MEANT = {CSV: "teks UTF-8 dengan koma", PARQUET: "Apache Parquet", BOOK: "semua tabel untuk dibaca dan dicetak"}


def long_rows(every: Sequence[Figures]) -> Iterator[tuple[Any, ...]]:
    """Every printed figure of every decree, in the order of `COLUMNS`."""
    for one in every:
        for (unit, place, dimension, value), figure in sorted(one.cells.items()):
            level = one.levels[place]
            names = (place_name(place, level), dimension, value, value_name(dimension, value))
            mark = figure.mark.text if figure.mark is not None else None
            yield (one.periode.label, one.ke, unit, level, place, *names, figure.value, mark)


def write_files(folder: Path, every: Sequence[Figures], figures: Figures, pages: Mapping[str, Page], data: OpenData) -> Page:
    """Writes the downloads and their metadata.

    Returns:
        The page that leads to them.
    """
    rows = list(long_rows(every))
    target = io.StringIO(newline="")
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
    disk.write_text(folder / CSV, target.getvalue())
    kinds = {"teks": pa.string(), "bilangan": pa.int64()}
    schema = pa.schema([pa.field(name, kinds[kind]) for name, (_, kind) in COLUMNS.items()])
    schema = schema.with_metadata({"judul": figures.kind.title, "dasar": figures.basis, "lisensi": data.licence.code})
    columns = [[one[at] for one in rows] for at in range(len(COLUMNS))]
    arrays = [pa.array(column, kind) for column, kind in zip(columns, schema.types, strict=True)]
    with disk.filling(folder / PARQUET):
        pq.write_table(pa.Table.from_arrays(arrays, schema=schema), folder / PARQUET, compression="zstd")
    _book(folder / BOOK, figures, pages, data)
    told = [{"nama": name, "arti": meant, "sha256": file_sha256(folder / name)} for name, meant in _MEANT.items()]
    metadata = _metadata(every, figures, data, told)
    disk.write_text(folder / METADATA, json.dumps(metadata, indent=1, ensure_ascii=False, sort_keys=True) + "\n")
    return _page(figures, data, metadata, [*told, _of(folder / METADATA)])


def _of(path: Path) -> dict[str, str]:
    return {"nama": path.name, "arti": "metadata Satu Data Indonesia", "sha256": file_sha256(path)}


def _metadata(every: Sequence[Figures], figures: Figures, data: OpenData, files: Sequence[Mapping[str, str]]) -> dict[str, Any]:
    """What Perpres 39/2019 asks of a data set: standard, metadata, reference codes, interoperable formats."""
    return {
        "judul": figures.kind.title,
        "konsep": figures.kind.concept,
        "definisi": figures.kind.definition,
        "klasifikasi_penyajian": "provinsi, kota/kabupaten, kecamatan, kelurahan",
        "ukuran": "jumlah",
        "satuan": ["orang", "keluarga"],
        "periode": [one.label for one in every],
        "dasar": figures.basis,
        "sumber": {"jenis": figures.kind.folder, "periode": figures.periode.label, "urutan": figures.ke},
        "produsen_data": data.producer,
        "walidata": data.keeper,
        "lisensi": {"kode": data.licence.code, "nama": data.licence.name, "alamat": data.licence.address},
        "kode_referensi": {"kode_wilayah": "kode wilayah administrasi pemerintahan Kemendagri"},
        "pelindungan": "sel di bawah 5 dan sel yang membuatnya dapat dihitung balik ditutup",
        "variabel": [
            {"nama": name, "definisi": meaning, "tipe": kind} for name, (meaning, kind) in COLUMNS.items()
        ],
        "berkas": [dict(one) for one in files],
    }  # fmt: skip


def _page(figures: Figures, data: OpenData, metadata: Mapping[str, Any], files: Sequence[Mapping[str, str]]) -> Page:
    columns = table(
        "kolom",
        "Kolom tabel panjang",
        heads("Kolom", "Arti", "Tipe"),
        [row(text(name), text(meaning), text(kind)) for name, (meaning, kind) in COLUMNS.items()],
    )
    shown = [
        ("Produsen data", data.producer), ("Walidata", data.keeper), ("Dasar", metadata["dasar"]),
        ("Periode", ", ".join(metadata["periode"])), ("Satuan", ", ".join(metadata["satuan"])),
        ("Klasifikasi penyajian", metadata["klasifikasi_penyajian"]), ("Lisensi", f"{data.licence.name} ({data.licence.code})"),
    ]  # fmt: skip
    return rendered(figures, data, "dasbor_unduh.html.j2", "unduh.html", [columns], berkas=files, metadata=shown)


def _book(path: Path, figures: Figures, pages: Mapping[str, Page], data: OpenData) -> None:
    """One sheet a page, its tables below each other, set up for A4."""
    book = Book(path, strings_to_formulas=False, strings_to_urls=False, strings_to_numbers=False)
    book.set_properties(
        {"title": f"{figures.kind.title}, {figures.label}", "subject": figures.basis, "author": data.producer, "created": MADE}
    )
    looks = book_formats(book)
    for file, page in pages.items():
        if not page.tables:
            continue
        sheet = book.add_worksheet(file.removesuffix(".html").replace("index", figures.kind.parts["index.html"].lower())[:31])
        on_paper(sheet, f"{page.title}, {figures.label}", size=READ_SIZE)
        widths = [28.0] + [13.0] * (max(len(one.columns) for one in page.tables) - 1)
        for at, width in enumerate(widths):
            sheet.set_column(at, at, width)
        across(sheet, 0, f"{page.title} · {data.licence.code}", looks["title"], widths, READ_SIZE + 3)
        across(sheet, 1, f"Menurut {figures.basis}", looks["line"], widths, READ_SIZE)
        line = 3
        for one in page.tables:
            across(sheet, line, one.caption, looks["caption"], widths, READ_SIZE + 1)
            heading = list(zip((column.full for column in one.columns), widths, strict=False))
            sheet.set_row(line + 1, height(heading, READ_SIZE))
            for at, (name, _) in enumerate(heading):
                sheet.write_string(line + 1, at, name, looks["head"])
            line += 2
            for drawn in one.rows:
                for at, cell in enumerate(drawn.cells):
                    _cell(sheet, line, at, cell.stored, looks, number="n" in cell.css.split())
                line += 1
            line += 1
    book.close()


def _cell(sheet: Any, line: int, at: int, value: Any, looks: Mapping[str, Any], *, number: bool) -> None:
    if isinstance(value, float):
        sheet.write_number(line, at, value, looks["share"])
    elif isinstance(value, int):
        sheet.write_number(line, at, value, looks["count"])
    elif value:
        sheet.write_string(line, at, str(value), looks["covered" if number else "text"])
