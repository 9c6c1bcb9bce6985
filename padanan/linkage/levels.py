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
                ("awal_sama", "12 angka awal sama"),
                ("beda", "berbeda"),
            ),
        ),
        ("kk", "Nomor KK", 2, (("sama", "sama"), ("satu_salah", "beda satu angka atau dua angka bertukar"), ("beda", "berbeda"))),
        (
            "nama",
            "Nama",
            3,
            (
                ("sama", "sama"),
                ("bunyi_sama", "bunyinya sama"),
                ("mirip", "sangat mirip"),
                ("sebagian", "sebagian kata sama"),
                ("agak_mirip", "agak mirip"),
                ("kata_depan_sama", "kata pertama sama"),
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
        ("alamat", "Alamat", 2, (("sama", "sama"), ("jalan_sama", "jalan sama, nomor beda"), ("beda", "berbeda"))),
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
BITS = sum(column.bits for column in COLUMNS)
