"""A worklist of one kelurahan by hand, for tests that fill one in.

What comes of a whole town is tested over a demo, in tests/end_to_end.
"""

from datetime import date

import openpyxl

from padanan.contracts.field_parts import Question
from padanan.review.worklist import asked, book

STAMP = book.Stamp("2025-S2", 1, "0123456789abcdef", date(2025, 12, 15))
TODAY = date(2026, 2, 28)
PERSON = {
    "nama": "=HYPERLINK(\"x\")", "nik": "0171010101010001", "no_kk": "3171010101100001", "tgl_lahir": "1980-07-12", "jk": "P",
    "alamat": "-", "rt": "003", "rw": "005", "kode": "alamat_tidak_lengkap", "tenggat": "13 Februari 2026", "rumah": "1",
    "orang_ke": "1", "id_orang": "a" * 32,
}  # fmt: skip
TASK = {
    **PERSON, "id_tugas": "0a1b-2c3d-4e5f-6071", "sumber": "DTKS", "alasan": "+cmd|' /C calc'!A0", "rincian": "@SUM(1)",
    "tindak_lanjut": "verifikasi lapangan", "pemilik": "DPPAPP", "pelaku": "DPPAPP; Dinsos", "record_key": "b" * 32,
    "saluran": "lapangan", "orang": asked.card(PERSON),
}  # fmt: skip
QUESTIONS = (
    Question(
        id="nik", tanya="Apakah {orang} tinggal di {alamat}?", mohon="lihat KTP dan KK, lalu tulis NIK-nya", kode=("nik_kosong",)
    ),
    Question(id="alamat", tanya="Apa alamat lengkap {orang}?", mohon="tulis alamat lengkapnya", kode=("alamat_tidak_lengkap",)),
    Question(id="ganda", tanya="Siapa {orang}?", kode=("bendera_ganda",)),
)


def person(number, **changes):
    """One line: house `number`, its one person."""
    row = {**PERSON, "rumah": str(number), "id_orang": f"{number:032x}", **changes}
    return row | {
        "orang": asked.card(row, f"{row['rumah']}.{row['orang_ke']}"),
        "tanya": asked.question(row, row["kode"].split(","), QUESTIONS, STAMP.cutoff),
    }


def write(folder, people=None, corrections=1):
    """The workbook of these people (by default two), each with one task, and corrections at the source."""
    people = people or [person(1), person(2)]
    tasks = [{**TASK, "id_orang": row["id_orang"], "id_tugas": f"tugas-{n}"} for n, row in enumerate(people, 1)]
    path = folder / "31.71.01.1001-gambir.xlsx"
    tasks += [{**TASK, "id_tugas": f"sumber-{number}", "saluran": "sumber"} for number in range(1, corrections + 1)]
    counts = book.write(path, "Kelurahan Gambir", STAMP, tasks, people)
    assert counts == {"lapangan": len(people), "sumber": corrections, "prelist": len(people)}
    return path


def fill(path, sheet, row, **values):
    """Types into cells by the names of their columns, as openpyxl would store it."""
    workbook = openpyxl.load_workbook(path)
    type_into(workbook, sheet, row, **values)
    workbook.save(path)


def type_into(workbook, sheet, row, **values):
    """`fill` of a workbook that is open."""
    layout = {**book.layouts(), book.MACHINE.sheet: book.MACHINE}[sheet]
    for column, value in values.items():
        cell = workbook[sheet][layout.cell(column, row)]
        cell.value = value
        if isinstance(value, int | float):
            cell.number_format = "General"
