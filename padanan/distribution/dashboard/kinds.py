"""The two dashboards: what a decree says (F19), and who receives what by the accepted padanan (F53); never one for the other.

What stands on their pages is `pages`' and `bansos_pages`'.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """One dashboard as its pages and files name it.

    Attributes:
        folder: its folder below `distribusi/`. parts: the bar of every page, file -> name.
        basis: what its figures come from; {nomor}, {tanggal}, {periode} and {ke} are filled in.
        about: the end of every page's title. foot: what every page says below.
        title, concept, definition: Satu Data's.
    """

    folder: str
    parts: Mapping[str, str]
    basis: str
    about: str
    foot: str
    title: str
    concept: str
    definition: str


_LAST = {"unduh.html": "Unduh"}
DECREED = Kind(
    "dasbor",
    {
        "index.html": "Profil",
        "wilayah.html": "Wilayah",
        "program.html": "Program",
        "kebutuhan.html": "Kebutuhan",
        "tren.html": "Tren",
        **_LAST,
    },
    "Keputusan Gubernur nomor {nomor} tanggal {tanggal}",
    "Data sasaran DKI Jakarta",
    "Hanya jumlah dari data yang sudah ditetapkan: tanpa NIK, nama, atau alamat.",
    "Profil data sasaran penanggulangan kemiskinan Provinsi DKI Jakarta",
    "Data sasaran: orang yang memenuhi kriteria yang ditetapkan untuk periode itu",
    "Jumlah orang dan keluarga dalam data sasaran menurut wilayah, desil, umur, jenis kelamin dan program",
)
ACCEPTED = Kind(
    "dasbor-bansos",
    {
        "index.html": "Penerima",
        "program.html": "Program",
        "tumpang-tindih.html": "Tumpang tindih",
        "wilayah.html": "Wilayah",
        **_LAST,
    },
    "padanan {periode} revisi {ke} yang diterima pada reviu tanggal {tanggal}; bukan data sasaran yang ditetapkan Gubernur",
    "Penerima bansos DKI Jakarta",
    "Hanya jumlah dari padanan yang diterima pada reviu, bukan dari Keputusan Gubernur: tanpa NIK, nama, atau alamat.",
    "Penerima bantuan sosial menurut padanan Provinsi DKI Jakarta",
    "Penerima: orang yang tercatat pada daftar penerima paling sedikit satu program yang dipadankan, daerah atau pusat; "
    "bukan data sasaran yang ditetapkan",
    "Jumlah orang dan keluarga penerima menurut program, asal program, banyaknya program dan wilayah",
)
