"""Damaged separated text: quotes, cuts, encodings, headers, line ends, columns, letters.

Workbooks and Parquet are `badfiles_books`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from padanan.synthetic.badfiles_kit import ACCEPTED, HELD, QUARANTINED, Kit, separated, some


def _dtks(kit: Kit, name: str, data: bytes, expected: str, **more: Any) -> None:
    path = kit.path(name, "dtks", "csv")
    path.write_bytes(data)
    kit.add(name, "dtks", path, expected, **more)


def _stray_quote(kit: Kit) -> None:
    head, rows = some(kit)
    lines = separated(head, rows).splitlines(keepends=True)
    cells = lines[11].split("|")
    cells[6] = '"JL. "KUTIP NYASAR NO. 3"'
    lines[11] = "|".join(cells)
    _dtks(kit, "kutip_nyasar", "".join(lines).encode(), ACCEPTED, rows=60)


def _open_quote(kit: Kit) -> None:
    head, rows = some(kit)
    lines = separated(head, rows, quote=False).splitlines(keepends=True)
    cells = lines[21].split("|")
    cells[6] = '"JL. KUTIP TERBUKA'
    lines[21] = "|".join(cells)
    _dtks(kit, "kutip_tak_tertutup", "".join(lines).encode(), ACCEPTED, rows=60, aside=1)


def _line_break(kit: Kit) -> None:
    head, rows = some(kit)
    rows[4][6] = "JL. BARIS BARU\nNO. 4"
    _dtks(kit, "baris_baru_dalam_kutip", separated(head, rows).encode(), ACCEPTED, rows=60, aside=0)


def _cut(kit: Kit) -> None:
    head, rows = some(kit)
    data = separated(head, rows).encode()
    _dtks(kit, "terpotong", data[: int(len(data) * 0.7)], QUARANTINED, rule="total_kendali", letter={"jumlah_baris": 60})
    _dtks(kit, "terpotong_tanpa_total", data[: int(len(data) * 0.7)], ACCEPTED, aside=1)


def _encodings(kit: Kit) -> None:
    head, rows = some(kit)
    rows[3][6] = "JL. CAFÉ – BLOK C NO. 5"
    text = separated(head, rows)
    _dtks(kit, "sandi_cp1252", text.encode("cp1252"), ACCEPTED, rows=60, aside=0)
    _dtks(kit, "utf16", text.encode("utf-16"), ACCEPTED, rows=60, aside=0)
    _dtks(kit, "utf16_tanpa_bom", text.encode("utf-16-le"), QUARANTINED, rule="berkas_rusak")
    mixed = text.encode("utf-8").replace("JL. CAFÉ".encode(), b"JL. CAF\xc9")
    _dtks(kit, "sandi_campur", mixed, ACCEPTED, rows=60, aside=0)


def _header_line_4(kit: Kit) -> None:
    head, rows = some(kit)
    text = "DATA TERPADU KESEJAHTERAAN SOSIAL\nPROVINSI DKI JAKARTA\n\n" + separated(head, rows)
    _dtks(kit, "judul_baris_4", text.encode(), ACCEPTED, rows=60, aside=0)


def _double_header(kit: Kit) -> None:
    head, rows = some(kit)
    at = head.index("nomor_nik")
    doubled = [[*row, row[at]] for row in rows]
    _dtks(kit, "judul_ganda", separated([*head, head[at]], doubled).encode(), QUARANTINED, rule="berkas_rusak")


def _repeated_header(kit: Kit) -> None:
    head, rows = some(kit)
    rows.insert(30, list(head))
    _dtks(kit, "judul_berulang", separated(head, rows).encode(), ACCEPTED, rows=61, aside=1)


def _empty(kit: Kit) -> None:
    _dtks(kit, "kosong", b"", QUARANTINED, rule="berkas_rusak")
    head, _ = some(kit)
    _dtks(kit, "judul_saja", separated(head, []).encode(), QUARANTINED, rule="berkas_rusak", rows=0)


def _no_header(kit: Kit) -> None:
    _, rows = some(kit)
    _dtks(kit, "tanpa_judul", separated(rows[0], rows[1:]).encode(), QUARANTINED, rule="kolom_hilang")


def _nul(kit: Kit) -> None:
    head, rows = some(kit)
    rows[7][6] = "JL. NUL\0NUL NO. 1"
    _dtks(kit, "bita_nul", separated(head, rows).encode(), ACCEPTED, rows=60, aside=1)


def _mixed_newlines(kit: Kit) -> None:
    head, rows = some(kit)
    lines = separated(head, rows).splitlines()
    text = "".join(line + ("\r\n" if index % 3 else "\n") for index, line in enumerate(lines))
    _dtks(kit, "akhir_baris_campur", text.encode(), ACCEPTED, rows=60, aside=0)


def _wrong_separator(kit: Kit) -> None:
    head, rows = some(kit)
    _dtks(kit, "pemisah_salah", separated(head, rows, separator=";").encode(), ACCEPTED, rows=60, aside=0)


def _swapped(kit: Kit) -> None:
    head, rows = some(kit)
    a, b = head.index("nomor_nik"), head.index("nama")
    for row in rows:
        row[a], row[b] = row[b], row[a]
    _dtks(kit, "kolom_tertukar", separated(head, rows).encode(), HELD, rule="kolom_tertukar", rows=60, aside=0)


def _missing_column(kit: Kit) -> None:
    head, rows = some(kit)
    at = head.index("nomor_nik")
    _dtks(
        kit,
        "kolom_wajib_hilang",
        separated([*head[:at], *head[at + 1 :]], [[*row[:at], *row[at + 1 :]] for row in rows]).encode(),
        QUARANTINED,
        rule="kolom_hilang",
    )


def _unagreed_column(kit: Kit) -> None:
    head, rows = some(kit)
    rows = [[*row, "OPOSISI"] for row in rows]
    data = separated([*head, "pilihan_politik"], rows).encode()
    _dtks(kit, "kolom_tak_disepakati", data, ACCEPTED, rule="kolom_tak_disepakati", rows=60, aside=0)


def _emptied_column(kit: Kit) -> None:
    head, rows = kit.tables["dtks"]
    at = head.index("nama_ibu_kandung")
    data = separated(head, [[*row[:at], "", *row[at + 1 :]] for row in rows]).encode()
    before = kit.before("dtks", "kolom_kosong")
    _dtks(kit, "kolom_dikosongkan", data, HELD, rule="kolom_kosong", rows=len(rows), aside=0, before=before)


def _fallen_volume(kit: Kit) -> None:
    head, rows = kit.tables["dtks"]
    keep = rows[: len(rows) * 3 // 10]
    before = kit.before("dtks", "volume")
    _dtks(
        kit, "volume_jatuh", separated(head, keep).encode(), HELD, rule="volume_berubah", rows=len(keep), aside=0, before=before
    )


def _ragged(kit: Kit) -> None:
    head, rows = some(kit)
    rows[5] = rows[5][:-3]
    rows[9] = [*rows[9], "LEBIH", "LAGI"]
    _dtks(kit, "baris_timpang", separated(head, rows).encode(), ACCEPTED, rows=60, aside=2)
    many = [row[:-3] if index % 5 < 3 else row for index, row in enumerate(some(kit)[1])]
    _dtks(kit, "baris_timpang_banyak", separated(head, many).encode(), QUARANTINED, rows=60)


def _control_total(kit: Kit) -> None:
    head, rows = some(kit)
    data = separated(head, rows).encode()
    _dtks(kit, "total_kendali", data, QUARANTINED, rule="total_kendali", rows=60, letter={"jumlah_baris": 73})


def _twins(kit: Kit) -> None:
    head, rows = some(kit)
    data = separated(head, [*rows, *rows[10:14]]).encode()
    _dtks(kit, "baris_kembar", data, ACCEPTED, rule="baris_kembar", rows=64, aside=4)


def _bad_letter(kit: Kit) -> None:
    head, rows = some(kit)
    _dtks(kit, "surat_rusak", separated(head, rows).encode(), QUARANTINED, raw_letter="periode_data: [2025-10\n: : :\n")


def _bom_and_sep(kit: Kit) -> None:
    head, rows = some(kit, "kjmu", 40)
    path = kit.path("bom_sep", "kjmu", "csv")
    text = "sep=;\r\n" + separated(head, rows, separator=";", newline="\r\n", quote=False)
    path.write_bytes(b"\xef\xbb\xbf" + text.encode())
    kit.add("bom_sep", "kjmu", path, ACCEPTED, rows=len(rows), aside=0)


def _two_periods(kit: Kit) -> None:
    head, rows = some(kit, "kjmu", 40)
    at = (
        head.index("PERIODE")
        if "PERIODE" in head
        else next(i for i, cell in enumerate(rows[0]) if cell[:4] == "2025" and cell[4:5] == "-")
    )
    for index, row in enumerate(rows):
        row[at] = "2025-09" if index % 2 else "2025-10"
    path = kit.path("dua_periode", "kjmu", "csv")
    path.write_text(separated(head, rows, separator=";", quote=False), encoding="utf-8")
    kit.add("dua_periode", "kjmu", path, HELD, rule="dua_periode", rows=len(rows), aside=0)


TEXT: tuple[Callable[[Kit], None], ...] = (
    _stray_quote,
    _open_quote,
    _line_break,
    _cut,
    _encodings,
    _header_line_4,
    _double_header,
    _repeated_header,
    _empty,
    _no_header,
    _nul,
    _mixed_newlines,
    _wrong_separator,
    _swapped,
    _missing_column,
    _unagreed_column,
    _emptied_column,
    _fallen_volume,
    _ragged,
    _control_total,
    _twins,
    _bad_letter,
    _bom_and_sep,
    _two_periods,
)
