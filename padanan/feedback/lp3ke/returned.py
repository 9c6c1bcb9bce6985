"""A matrix that came back: its answers, and every fault at once, each with its cell, cause and cure.

How a single answer is read stands in `padanan/forms/answers`; what is recorded of it in `accept`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from padanan.base.errors import PadananError
from padanan.base.period import MONTHS, Quarter
from padanan.feedback.lp3ke import forms
from padanan.feedback.lp3ke.sheets import (
    CURE,
    LAST_QUARTER,
    M3_OPENED,
    SOURCES,
    TICK,
    Book,
    Program,
    Programs,
    form_of,
    layout_of,
)
from padanan.forms import answers
from padanan.forms.answers import Refused, text_of
from padanan.forms.sealed_book import SEAL, Fault, Layout, Row, judged, looked_at
from padanan.forms.sealed_cells import open_workbook

TICKS = frozenset({TICK, "✓", "✔", "v", "x", "ya", "tidak"})
MOST_RUPIAH = 10**15
_MARK = re.compile(r"LP3KE/(\d{4}-TW[1-4])/(matriks-([1-4])[a-z0-9.\-]*)/(\d+)")
_NUMBER = re.compile(r"(\d+) dari \d+")
_TEXT_LENGTH = 2_000
_WHOLE = "pakai lagi berkas aslinya; baris tidak ditambah, dihapus atau diurutkan"


@dataclass(frozen=True)
class Returned:
    """A workbook read: which one it is, the answers of its rows by the row's key, and what is wrong.

    The key is that of the printed row for Matriks 1, the row's place for the others; `hidden` are the locked cells of a row.
    """

    book: Book
    layout: Layout
    answers: Mapping[str, Mapping[str, Any]]
    hidden: Mapping[str, Mapping[str, str]]
    faults: tuple[Fault, ...]


def read_back(path: Path, quarter: Quarter, edition: Mapping[str, Any] | None) -> Returned:
    """Reads a filled-in matrix; faults of rows are collected, none is passed over.

    Args:
        quarter: the triwulan that it must be of.
        edition: what was recorded when the newest edition was made; None where none was.

    Raises:
        PadananError: the file as a whole can't be trusted: none of ours, another quarter or an older edition, headings changed.
    """
    number, sheet = _sheet(path)
    book = _book(sheet, number, path.name, quarter, edition)
    facts = edition["buku"][book.name] if edition else {}
    programs = programs_in(edition or {})
    layout = layout_of(book, form_of(book, programs, str(facts.get("kota") or "XX")), programs)
    faults: list[Fault] = list(_title(sheet, layout))
    found: dict[str, Mapping[str, Any]] = {}
    hidden: dict[str, Mapping[str, str]] = {}
    seen: list[tuple[int, Row]] = []
    for row in judged(looked_at(sheet, path.name, layout), layout):
        told, own = _judged(book, layout, row)
        faults += own
        # A row whose locked cells were edited is there all the same: it is named once, as edited.
        place = _place(row)
        if place is None:
            continue
        if row.made_with and row.cells["berkas"] != book.mark:
            faults.append(Fault(f"sel A{row.number}", "baris ini berasal dari berkas lain", "kembalikan ke berkas asalnya"))
            continue
        seen.append((place, row))
        key = row.cells["kunci"] if number == 1 else str(place)
        if key and told:
            found[key] = told
            hidden[key] = {name: row.cells[name] for name in layout.locked}
    faults += _order(seen, layout, int(facts.get("baris", 0)))
    return Returned(book, layout, found, hidden, tuple(faults))


def programs_in(edition: Mapping[str, Any]) -> Programs:
    """The programs of Matriks 3 as an edition recorded them: later contracts do not change its headings."""
    said = edition.get("program") or {"pusat": [], "daerah": []}
    central, local = (tuple(Program(contract, heading) for contract, heading in said[name]) for name in ("pusat", "daerah"))
    return Programs(central, local)


def _place(row: Row) -> int | None:
    """The row's place as its hidden cell says; None where it says none."""
    match = _NUMBER.fullmatch(row.cells["nomor"])
    return int(match[1]) if match else None


def _sheet(path: Path) -> tuple[int, Any]:
    """Which matrix it is, by its sheet, and the sheet."""
    book = open_workbook(path, [], CURE)
    for number in (1, 2, 3, 4):
        if f"Matriks {number}" in book.sheetnames:
            return number, book[f"Matriks {number}"]
    raise PadananError("lembar Matriks tidak ada", file=path.name, cure=CURE)


def _book(sheet: Any, number: int, file: str, quarter: Quarter, edition: Mapping[str, Any] | None) -> Book:
    """The workbook that most rows say they are of: a cell that somebody changed does not hide it.

    Raises:
        PadananError: it is none of ours, of another quarter, of an older edition.
    """
    marks = Counter(
        value
        for row in sheet.iter_rows(values_only=True)
        for value in row
        if isinstance(value, str) and (match := _MARK.fullmatch(value)) and int(match[3]) == number
    )
    place = f"lembar Matriks {number}"
    if not marks:
        raise PadananError("berkas ini bukan buku kerja LP3KE", file=file, place=place, cure=CURE)
    match = _MARK.fullmatch(marks.most_common(1)[0][0])
    assert match is not None
    own, name, made = Quarter.parse(match[1]), match[2], int(match[4])
    if own != quarter:
        raise PadananError(
            f"berkas ini dari {own.label}, yang diminta {quarter.label}",
            file=file,
            place=place,
            cure=f"serahkan berkas {quarter.label}, atau pakai --quarter {own.label}",
        )
    if edition is None or name not in edition["buku"]:
        cause = f"buku kerja ini tidak tercatat dibuat untuk {quarter.label}"
        raise PadananError(cause, file=file, place=place, cure="buat dengan 'padanan lp3ke make' lalu isi berkasnya")
    if made != edition["edisi"]:
        raise PadananError(
            f"berkas ini edisi ke-{made}, yang terakhir dibuat edisi ke-{edition['edisi']}",
            file=file,
            place=place,
            cure="pindahkan isinya ke berkas edisi terakhir",
        )
    return Book(own, number, made, name, str(edition["buku"][name].get("tempat") or ""))


def _title(sheet: Any, layout: Layout) -> Iterator[Fault]:
    """The lines over the headings are the form's too."""
    for number, text in enumerate((layout.note, *layout.lines), 1):
        if str(sheet.cell(number, 1).value or "") != text:
            yield Fault(f"sel A{number}", "judul matriks berubah", "kembalikan tulisannya, atau pindahkan isi ke berkas aslinya")


def _order(seen: Sequence[tuple[int, Row]], layout: Layout, whole: int) -> list[Fault]:
    """Rows that are gone, came twice, or stand elsewhere; `whole` is how many were made."""
    faults: list[Fault] = []
    known: dict[int, int] = {}
    before = 0
    for place, row in seen:
        cell = f"sel A{row.number}"
        if place in known:
            faults.append(Fault(cell, f"baris ini sama dengan baris {known[place]}", "hapus salah satunya"))
        elif place < before:
            faults.append(Fault(cell, "urutan baris berubah", _WHOLE))
        known.setdefault(place, row.number)
        before = max(before, place)
    gone = sorted(set(range(1, whole + 1)) - set(known))
    if gone:
        after = max((known[place] for place in known if place < gone[0]), default=layout.head_row + 1)
        faults.append(Fault(f"sesudah baris {after}", f"{len(gone)} baris hilang", _WHOLE))
    return faults


def _judged(book: Book, layout: Layout, row: Row) -> tuple[dict[str, Any], list[Fault]]:
    """The answers of one row and what is wrong with it."""
    faults = list(row.faults)
    if not row.made_with and not any(row.cells[name] for name in (*layout.hidden, SEAL)):
        return {}, [Fault(f"sel A{row.number}", "sel terkunci kosong: baris ini ditambahkan", _WHOLE)]
    formulas = {fault.place for fault in row.faults}
    told: dict[str, Any] = {}
    filled = [name for name in layout.opened if row.cells[name]]
    for name in filled:
        place = f"sel {layout.cell(name, row.number)}"
        if place in formulas:
            continue
        try:
            told[name] = _read(book, name, row)
        except Refused as refused:
            faults.append(Fault(place, refused.cause, refused.cure))
    faults += _together(book, layout, row, filled)
    return told, faults


def _read(book: Book, name: str, row: Row) -> Any:
    """One answer.

    Raises:
        Refused: it can't be taken.
    """
    value = row.raw[name]
    if book.number == 1:
        return _m1(name, value, row)
    if book.number == 2:
        return _m2(book.quarter, name, value)
    if book.number == 3:
        return _m3(name, value, row)
    if name == "dampak" and book.quarter.number != LAST_QUARTER:
        cause = f"kolom (7) diisi pada {book.quarter.title}"
        raise Refused(cause, "kosongkan; dampak hanya diisi pada evaluasi triwulan IV")
    return _prose(value)


def _m1(name: str, value: Any, row: Row) -> Any:
    if row.cells["judul"]:
        raise Refused("baris judul diisi", "kosongkan; isi butir di bawahnya")
    if name not in ("ya", "tidak"):
        return _prose(value)
    if text_of(value).casefold() not in TICKS or text_of(value).casefold() in {"ya", "tidak"} - {name}:
        raise Refused("tanda pada status bukan tanda centang", f"beri tanda {TICK} pada salah satu, Ya atau Tidak")
    return TICK


def _m2(quarter: Quarter, name: str, value: Any) -> Any:
    if name == "tujuan":
        text = text_of(value).removesuffix(".0")
        if isinstance(value, bool) or text.split(".")[0] not in ("1", "2", "3") or (len(text) > 1 and text[1] != "."):
            raise Refused("tujuan program di luar 1 sampai 3", "pilih 1, 2 atau 3 menurut tiga strategi program")
        return int(text[0])
    if name == "alokasi":
        return _rupiah(value)
    if name == "waktu":
        return _paid(quarter, text_of(value))
    text = _prose(value)
    if name == "sumber":
        known = next((one for one in SOURCES if text.casefold() == one.casefold()), None)
        return known or text
    return text


def _rupiah(value: Any) -> int:
    """Whole rupiah, kept as a number in the cell."""
    cure = "tulis rupiah bulat sebagai angka, tanpa Rp, titik atau koma"
    if isinstance(value, str | bool) or not isinstance(value, int | float):
        raise Refused("alokasi tersimpan sebagai teks, bukan angka", cure)
    if value != int(value):
        raise Refused("alokasi bukan rupiah bulat", cure)
    if not 0 <= value <= MOST_RUPIAH:
        raise Refused("alokasi di luar kewajaran", f"{cure}; antara 0 dan {MOST_RUPIAH:,}".replace(",", "."))
    return int(value)


def _paid(quarter: Quarter, text: str) -> str:
    """Whether aid was handed out in the quarter, and in which of its months where that is said."""
    cure = f"tulis Ya, Tidak, atau Ya dengan bulannya: Ya, {quarter.months[0]}"
    word, _, rest = text.partition(",")
    if word.strip().casefold() not in ("ya", "tidak"):
        raise Refused("waktu penyaluran tidak menyebut Ya atau Tidak", cure)
    said = word.strip().capitalize()
    months = [one for one in re.split(r"[,;\s]+|dan", rest) if one and one != str(quarter.year)]
    if said == "Tidak" and months:
        raise Refused("waktu penyaluran Tidak disertai bulan", cure)
    named = []
    for month in months:
        known = next((one for one in MONTHS if one.casefold() == month.casefold()), None)
        if known is None or known not in quarter.months:
            raise Refused(f"bulan penyaluran di luar {quarter.title}", cure)
        named.append(known)
    return ", ".join([said, *named])


def _m3(name: str, value: Any, row: Row) -> Any:
    if name == "nik_benar":
        nik = answers.dated_nik_of(value)
        if nik == row.cells["nik"]:
            raise Refused("perbaikan NIK sama dengan NIK kolom (4)", "kosongkan bila NIK kolom (4) sudah benar")
        return nik
    if name == "jk":
        # Tabel 3.5 says "Lelaki" in the instruction and "Laki-laki" in its samples.
        said = text_of(value).casefold().replace(" ", "-")
        return forms.MALE if said in ("lelaki", "laki-laki") else answers.word_of(value, forms.SEXES)
    if name == "hubungan":
        return answers.word_of(value, tuple(forms.RELATIONS.values()))
    if name == "verifikasi":
        return answers.word_of(value, forms.VERIFIED)
    return answers.word_of(value, forms.YES_NO)


def _prose(value: Any) -> str:
    text = answers.remark_of(value)
    if len(text) > _TEXT_LENGTH:
        raise Refused("isi terlalu panjang", f"paling panjang {_TEXT_LENGTH} huruf")
    return text


def _together(book: Book, layout: Layout, row: Row, filled: Sequence[str]) -> Iterator[Fault]:
    """What a row must say as a whole."""

    def at(name: str) -> str:
        return f"sel {layout.cell(name, row.number)}"

    if book.number == 1 and not row.cells["judul"]:
        if {"ya", "tidak"} <= set(filled):
            yield Fault(at("tidak"), "Ya dan Tidak keduanya diisi", "hapus salah satunya")
        elif not {"ya", "tidak"} & set(filled):
            yield Fault(at("ya"), "Ya atau Tidak belum diisi", f"beri tanda {TICK} pada salah satu")
    elif book.number == 2 and filled:
        needed = {"tujuan": "tujuan program", "pd": "perangkat daerah", "program": "program", "waktu": "waktu penyaluran"}
        for name, what in needed.items():
            if name not in filled:
                yield Fault(at(name), f"baris terisi tanpa {what}", f"isi {what}, atau kosongkan seluruh baris")
    elif book.number == 3:
        for name in layout.opened:
            if (name == "ditetapkan" or name not in M3_OPENED) and name not in filled:
                yield Fault(at(name), "Ya atau Tidak belum diisi", "pilih Ya atau Tidak")
    elif book.number == 4 and filled:
        for name, what in {"pd": "perangkat daerah", "program": "nama program"}.items():
            if name not in filled:
                yield Fault(at(name), f"baris terisi tanpa {what}", f"isi {what}, atau kosongkan seluruh baris")


def placed(fault: Fault, book: Book) -> Fault:
    """The fault with its sheet, for a message."""
    return replace(fault, place=f"lembar {book.sheet} {fault.place}")
