"""Names that others gave (files, headings, sheets) as people may see them: nothing that steers a terminal, no number, no person.

Where a name is printed it comes from here; what a file is called on disk is never changed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable

# Nine digits in a row, or sixteen that spaces, dots or dashes group: a NIK or No. KK looks so, a date or a count does not.
LONG_NUMBER = re.compile(r"\d{9,}|\d(?:[ .\-]{0,3}\d){15,}")
MASK = "•"
# A word of one or two letters names nobody.
_WORD = re.compile(r"[^\W\d_]{3,}")
_FILING = """
csv txt xls xlsx xlsm xlsb ods pdf zip rar parquet yaml yml json html xml bak old new part tmp swp filepart crdownload arsip
tarik pengantar copy salinan
data daftar kiriman berkas file laporan lampiran rekap rekapitulasi rincian hasil final akhir awal draf draft rev revisi
perbaikan perubahan koreksi ulang baru lama tambahan susulan kosong uji coba contoh sampel nomor versi
bagian tahap termin gelombang batch jilid periode tahun bulan minggu tanggal triwulan semester
januari februari maret april mei juni juli agustus september oktober november desember
jan feb mar apr jun jul agu agt sep okt nov des
provinsi kota kabupaten kecamatan kelurahan dki jakarta pusat utara barat selatan timur kepulauan seribu
dinas sosial kependudukan catatan sipil pendidikan kesehatan penduduk keluarga individu orang anak lansia disabilitas
bantuan penerima program sasaran kartu sheet lembar kolom baris judul nama alamat keterangan petugas status kode
keputusan putusan formulir berita acara pindaian scan surat thumbs desktop ini store zone identifier
"""
WORDS = frozenset(_FILING.split())
"""Words of filing that names of files, sheets and headings are made of; every other word may be a person's."""


def decoded(name: str) -> str:
    """A file's name as text; bytes that are no UTF-8 become U+FFFD."""
    try:
        raw = os.fsencode(name)
    except UnicodeEncodeError:  # half a surrogate pair: no file bears it, a field of a form may
        raw = name.encode("utf-8", "replace")
    return raw.decode("utf-8", "replace")


def visible(text: str) -> str:
    """A text in which whatever steers a terminal or turns the direction of writing stands as its number (`\\x1b`)."""
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode("ascii") for one in text)


def safe_name(name: str, words: Iterable[str] | None = None) -> str:
    """A name fit for a receipt, a log or a terminal.

    Long digit runs (an id?) are masked; bytes that are no UTF-8 become U+FFFD; control characters stand as their number.

    Args:
        words: also mask every word but those of filing (`WORDS`) and these, letter by letter, for it may be a person's; None
            where whoever reads the name has just typed it.
    """
    text = LONG_NUMBER.sub("…", decoded(name))
    if words is not None:
        known = WORDS.union(*(words_of(word) for word in words))
        text = _WORD.sub(lambda found: found[0] if found[0].casefold() in known else MASK * len(found[0]), text)
    return visible(text)


def words_of(text: str) -> set[str]:
    """The words of a text as `safe_name` compares them."""
    return {word.casefold() for word in _WORD.findall(text)}
