"""What the reader of workbooks noticed, counted, and told as flags of a receipt.

How cells and rows are read belongs to `xlsx_reader`; what a flag leads to, to `checks`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from padanan.base.rows_said import rows_in_words, stretches
from padanan.landing.places import TOLD, cells_detail, detail
from padanan.landing.raw import Detail, Flag

FULL_SHEET = 1_048_576


@dataclass
class Totals:
    """Counts over all sheets that were read; `silent` are rows that hold something by the sheet's XML and nothing as read."""

    rows: int = 0
    counted: int = 0
    blank: int = 0
    formulas: int = 0
    uncached: int = 0
    merged: int = 0
    full: bool = False
    sheets: list[str] = field(default_factory=list)
    hidden_rows: int = 0
    hidden_columns: list[str] = field(default_factory=list)
    epoch_1904: bool = False
    old_serials: int = 0
    silent: list[int] = field(default_factory=list)
    hidden_lines: list[int] = field(default_factory=list)
    formula_cells: dict[str, list[int]] = field(default_factory=dict)
    uncached_cells: dict[str, list[int]] = field(default_factory=dict)
    merged_cells: dict[str, list[str]] = field(default_factory=dict)

    def add_cells(self, kind: str, cells: Mapping[str, Sequence[int]], step: int) -> None:
        """Adds the cells of one sheet."""
        found: dict[str, list[int]] = getattr(self, kind)
        for column, rows in cells.items():
            found.setdefault(column, []).extend(row + step for row in rows)


def noticed(totals: Totals, hidden: int, unread: list[str]) -> Iterator[Flag]:
    """Flags in the order of a receipt.

    Args:
        totals: what was counted.
        hidden: how many hidden sheets carry the agreed labels.
        unread: the other sheets that hold records, as they may be shown.
    """
    if totals.silent:
        yield Flag(
            "baris_kosong_semu",
            "tahan" if len(totals.silent) >= 0.05 * max(totals.rows, 1) else "peringatan",
            f"{len(totals.silent)} baris berisi menurut berkas, tetapi kosong ketika dibaca",
            "periksa baris itu; bila memang kosong, hapus barisnya, bila tidak, simpan ulang berkas di Excel lalu kirim ulang",
            rows_in_words([(totals.silent[0],) * 2], totals.sheets),
            details=_rows("kosong ketika dibaca", totals.silent, totals.sheets),
        )
    if unread:
        yield Flag(
            "lembar_tak_dibaca",
            "tahan",
            f"{len(unread)} lembar tanpa judul yang disepakati memuat baris data dan tidak dibaca: {', '.join(unread[:10])}",
            "beri lembar itu judul kolom yang sama, atau pindahkan isinya ke bawah lembar pertama, lalu kirim ulang; "
            "bila bukan bagian kiriman, hapus lembar itu",
        )
    if totals.hidden_rows:
        yield Flag(
            "baris_tersembunyi",
            "peringatan",
            f"{totals.hidden_rows} baris tersembunyi (saringan atau disembunyikan) ikut dibaca",
            "tampilkan semua baris; hapus yang memang bukan bagian kiriman, lalu kirim ulang",
            details=_rows("tersembunyi", totals.hidden_lines, totals.sheets),
        )
    if totals.hidden_columns:
        yield Flag(
            "kolom_tersembunyi",
            "peringatan",
            f"{len(totals.hidden_columns)} kolom tersembunyi ikut dibaca: {', '.join(dict.fromkeys(totals.hidden_columns))}",
            "tampilkan semua kolom dan periksa isinya",
        )
    if totals.epoch_1904:
        yield Flag(
            "penanggalan_1904",
            "peringatan",
            f"buku kerja menghitung hari sejak 1904; {totals.old_serials} tanggal berbentuk angka dibaca menurut itu",
            "matikan 'Use 1904 date system' di Excel, atau tulis tanggal sebagai teks YYYY-MM-DD",
        )
    if totals.full:
        yield Flag(
            "lembar_penuh",
            "peringatan",
            f"lembar penuh ({FULL_SHEET:,} baris): sisanya mungkin terpotong".replace(",", "."),
            "bandingkan jumlah baris dengan sumber; kirim CSV, atau bagi per kota",
        )
    if totals.uncached:
        held = totals.uncached >= 0.05 * max(totals.rows, 1)
        yield Flag(
            "rumus_tanpa_nilai",
            "tahan" if held else "peringatan",
            f"{totals.uncached} sel rumus tanpa hasil tersimpan, terbaca kosong",
            "salin lalu tempel sebagai nilai, simpan, kirim ulang",
            details=_cells("rumus tanpa hasil", totals.uncached_cells, totals.sheets),
        )
    elif totals.formulas:
        yield Flag(
            "sel_rumus",
            "peringatan",
            f"{totals.formulas} sel berisi rumus; hasil tersimpannya yang dipakai",
            "tempel sebagai nilai pada kiriman berikutnya",
            details=_cells("rumus", totals.formula_cells, totals.sheets),
        )
    if totals.merged:
        yield Flag(
            "sel_gabung",
            "peringatan",
            f"{totals.merged} sel gabung di antara baris data; isinya diteruskan ke baris di bawahnya, kecuali kolom identitas",
            "pisahkan sel gabung dan isi setiap baris",
            details=tuple(
                Detail(f"sel gabung di lembar '{name}'", len(cells), _some(cells))
                for name, cells in totals.merged_cells.items()
                if cells
            ),
        )
    if len(totals.sheets) > 1:
        yield Flag(
            "lembar_ganda",
            "peringatan",
            f"{len(totals.sheets)} lembar memuat judul yang sama; semuanya dibaca",
            "pastikan tidak ada lembar salinan",
        )
    if hidden:
        yield Flag(
            "lembar_tersembunyi",
            "tahan",
            f"{hidden} lembar tersembunyi memuat judul yang sama dan tidak dibaca",
            "tampilkan atau hapus lembar itu lalu kirim ulang",
        )


def _some(cells: Sequence[str]) -> str:
    """Addresses; of very many the first and where the last is."""
    return ", ".join(cells) if len(cells) <= TOLD else f"{', '.join(cells[:TOLD])}, … sampai {cells[-1]}"


def _rows(cause: str, lines: Sequence[int], sheets: Sequence[str]) -> tuple[Detail, ...]:
    found = stretches(lines)
    return (detail(cause, len(lines), found, len(found), sheets),) if found else ()


def _cells(cause: str, cells: Mapping[str, Sequence[int]], sheets: Sequence[str]) -> tuple[Detail, ...]:
    found = cells_detail(cause, cells, sheets)
    return (found,) if found else ()
