"""What is compared and with which levels, and where each level stands in the integer of a pair.

How a level is found belongs to `comparison`; what it weighs is learnt in `model`.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Column:
    """One comparison: its name, its levels (0 is always "missing") and its place in the packed integer."""

    name: str
    label: str
    levels: tuple[str, ...]
    labels: tuple[str, ...]
    shift: int
    bits: int


def _columns() -> tuple[Column, ...]:
    spec = (
        (
            "nik",
            "NIK",
            3,
            (
                ("sama", "sama"),
                ("satu_salah", "beda satu angka atau dua angka bertukar"),
                ("awal_sama", "12 angka awal sama, nomor urut beda"),
                ("beda", "berbeda"),
            ),
        ),
        ("kk", "Nomor KK", 2, (("sama", "sama"), ("satu_salah", "beda satu angka atau dua angka bertukar"), ("beda", "berbeda"))),
        (
            "nama",
            "Nama",
            4,
            (
                ("sama", "sama"),
                ("bunyi_sama", "bunyinya sama"),
                ("huruf_hidup", "sama panjang, hanya huruf yang bunyinya serupa beda"),
                ("mirip", "sangat mirip"),
                ("sebagian", "sebagian kata sama"),
                ("kata_lebih", "semua kata sama, di daftar ada kata lebih"),
                ("agak_mirip", "agak mirip"),
                ("kata_depan_sama", "kata pertama atau dua kata sama, masing-masing punya kata lain"),
                ("beda", "berbeda"),
            ),
        ),
        (
            "lahir",
            "Tanggal lahir",
            3,
            (
                ("sama", "sama"),
                ("tertukar", "hari dan bulan tertukar"),
                ("dua_bagian", "dua dari tiga bagian sama"),
                ("taksiran", "tahun sama, salah satu 1 Januari"),
                ("tahun_sama", "hanya tahun sama"),
                ("beda", "berbeda"),
            ),
        ),
        ("jk", "Jenis kelamin", 2, (("sama", "sama"), ("beda", "berbeda"))),
        ("ibu", "Nama ibu", 3, (("sama", "sama"), ("mirip", "sangat mirip"), ("agak_mirip", "agak mirip"), ("beda", "berbeda"))),
        ("alamat", "Alamat", 2, (("sama", "sama"), ("jalan_sama", "jalan sama, nomor atau kelurahan beda"), ("beda", "berbeda"))),
        (
            "wilayah",
            "RT, RW, kelurahan",
            3,
            (
                ("rt_sama", "RT, RW dan kelurahan sama"),
                ("rw_sama", "RW dan kelurahan sama"),
                ("kelurahan_sama", "kelurahan sama"),
                ("kecamatan_sama", "kecamatan sama"),
                ("beda", "berbeda"),
            ),
        ),
    )
    out, shift = [], 0
    for name, label, bits, levels in spec:
        out.append(
            Column(name, label, ("kosong", *(k for k, _ in levels)), ("tidak ada datanya", *(v for _, v in levels)), shift, bits)
        )
        shift += bits
    return tuple(out)


COLUMNS = _columns()
WIDTH = 1 << max(column.bits for column in COLUMNS)
"""Levels that any one column has room for: tables by (column, level) are this wide."""
BITS = sum(column.bits for column in COLUMNS)
