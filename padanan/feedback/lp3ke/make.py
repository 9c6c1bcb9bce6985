"""Makes one edition of LP3KE: four matrices as XLSX and DOCX, cover letters and the cover note, put into place as a whole.

What rows hold stands in `content` and `people`; who received a file and when it expires is `padanan/forms/handover`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from padanan.base.alone import one_at_a_time
from padanan.base.commit import building
from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError, no_space_guard
from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode, Quarter
from padanan.contracts.agencies import load_agencies
from padanan.contracts.contract import expectations_dir, load_contracts
from padanan.contracts.lp3ke import MATRICES, Reporting, load_reporting
from padanan.feedback.lp3ke import book as writer
from padanan.feedback.lp3ke import content, docx, letters
from padanan.feedback.lp3ke.isian import Isian
from padanan.feedback.lp3ke.people import NO_SOURCE, People, Place, Source, source_of
from padanan.feedback.lp3ke.sheets import Book, Programs, form_of, layout_of, programs_of
from padanan.feedback.lp3ke.verification import Facts
from padanan.forms import handover
from padanan.records import reports

EVERY = 25


@dataclass
class _Edition:
    """What is being made: its files, and what the register and the manifest will say of them."""

    quarter: Quarter
    number: int
    folder: Path
    programs: Programs
    files: dict[str, dict[str, Any]] = field(default_factory=dict)
    books: dict[str, dict[str, Any]] = field(default_factory=dict)
    outside: list[letters.Outside] = field(default_factory=list)

    def book(self, number: int, name: str, place: str = "") -> Book:
        return Book(self.quarter, number, self.number, name, place)

    def keep(self, name: str, rows: int | None = None) -> None:
        self.files[name] = {"sha256": file_sha256(self.folder / name), **({} if rows is None else {"baris": rows})}

    def write(self, book: Book, rows: list[dict[str, Any]], *, kota: str = "", docx_rows: int | None = None) -> None:
        """One matrix as a workbook and as a paper.

        Args:
            docx_rows: how many rows a paper holds at most; None: any number.
        """
        form = form_of(book, self.programs, kota or "XX")
        path = self.folder / f"{book.name}.xlsx"
        writer.write(path, book, form, self.programs, rows, len(rows))
        layout, paper, instead = layout_of(book, form, self.programs), rows, ""
        if docx_rows is not None and len(rows) > docx_rows:
            paper, instead = [], f"{len(rows)} baris, terlalu banyak untuk naskah: lihat buku kerja {path.name}."
        docx.write_matrix(path.with_suffix(".docx"), book, form, layout, paper, instead)
        self.keep(path.name, len(rows))
        self.keep(path.with_suffix(".docx").name)
        self.books[book.name] = {
            "matriks": book.number,
            "tempat": book.place,
            "kota": kota,
            "baris": len(rows),
            "sha256": self.files[path.name]["sha256"],
        }


# The number of an edition is that of the one before it and one more: two at once would take the same.
@one_at_a_time("lp3ke")
def make(
    home: Home,
    quarter: Quarter,
    periode: Periode | None = None,
    *,
    now: datetime,
    accepted: bool = False,
    isian: Isian | None = None,
    facts: Sequence[Facts] = (),
    expires: date | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[Path, Mapping[str, Any]]:
    """Makes the next edition of a quarter's LP3KE from a decree, or an accepted revision.

    Args:
        periode: whose data sasaran; by default that of the quarter's last day, else the one before.
        accepted: the accepted revision although a decree stands.
        isian: answers to Matriks 1, 2 and 4 that somebody wrote down.
        facts: what the field found, beside what the publication knows.
        expires: the last day on which the files may exist.

    Returns:
        Its folder, and its manifest.

    Raises:
        PadananError: the quarter has not begun or is from before the duty, no decree or accepted revision stands, see `People`.
    """
    today = now.astimezone(JAKARTA).date()
    reporting, contracts = load_reporting(), load_contracts()
    _asked(quarter, reporting, today)
    agencies = load_agencies(expectations_dir())
    source = _source(home, quarter, periode, accepted=accepted)
    before = reports.newest_edition(home, quarter)
    number = 1 + (int(before["edisi"]) if before else 0)
    last_day = handover.last_day(now, reporting.days, expires)
    said = _answers(home, quarter, isian)
    target = home.root / handover.REPORTS / quarter.key / f"rev-{number}"
    programs = programs_of(contracts, reporting)
    with building(target.parent) as temporary, no_space_guard("LP3KE"):
        edition = _Edition(quarter, number, temporary, programs)
        with People(home, source, contracts, programs, facts, until=min(today, quarter.end)) as people:
            edition.write(edition.book(1, "matriks-1"), content.m1(said[1]))
            edition.write(edition.book(2, "matriks-2"), content.m2(people, contracts, agencies, reporting, said[2]))
            counts = people.counts()
            _people(edition, people, reporting, progress)
            notes = tuple(people.notes)
        edition.write(edition.book(4, "matriks-4"), content.m4(contracts, agencies, reporting, said[4]))
        written = sum(one["baris"] for one in edition.books.values() if one["matriks"] == 3)
        if written != counts["baris"]:
            raise PadananError(
                f"Matriks 3 tidak utuh: {counts['baris']} baris, {written} tertulis",
                file="lp3ke",
                cure="jalankan lagi; bila tetap begitu, laporkan kepada pengelola",
            )
        for name in letters.write(temporary, edition.books, reporting, quarter, number, source, counts, edition.outside, notes):
            edition.keep(name)
        manifest = {
            "periode": quarter.label,
            "revisi": number,
            "sumber": source.told,
            "dibuat": today.isoformat(),
            "kedaluwarsa": last_day.isoformat(),
            "jumlah": counts,
            "catatan": list(notes),
            "berkas": edition.files,
        }
        handover.place(home, handover.REPORTS, temporary, target, manifest, now)
    # After the files: an edition that the register names is one whose files came into place.
    entry = {
        "peristiwa": reports.MADE,
        "triwulan": quarter.label,
        "edisi": number,
        "periode": source.periode.label,
        "revisi": source.revisi,
        "penetapan": source.seal.ke if source.seal else None,
        "buku": edition.books,
        "program": {
            name: [[one.contract, one.heading] for one in group]
            for name, group in (("pusat", programs.central), ("daerah", programs.local))
        },
        "jumlah": counts,
    }
    reports.log_of(home, quarter.year).append([entry], now)
    return target, manifest


def _asked(quarter: Quarter, reporting: Reporting, today: date) -> None:
    if quarter < reporting.since:
        raise PadananError(
            f"LP3KE {quarter.label} dari sebelum kewajibannya ({reporting.since.label})", cure="pilih triwulan yang lebih baru"
        )
    if quarter.start > today:
        raise PadananError(f"{quarter.label} belum mulai", cure="pilih triwulan yang sedang berjalan atau yang sudah lewat")


def _source(home: Home, quarter: Quarter, periode: Periode | None, *, accepted: bool) -> Source:
    if periode is not None:
        return source_of(home, periode, accepted=accepted)
    own = Periode.of(quarter.end)
    try:
        return source_of(home, own, accepted=accepted)
    except PadananError as missing:
        # A half-year whose decree is still to come is reported about with the one that is in force.
        if not missing.cause.startswith(NO_SOURCE):
            raise
        return source_of(home, own.previous(), accepted=accepted)


def _answers(home: Home, quarter: Quarter, isian: Isian | None) -> dict[int, content.Answers]:
    """What rows hold already: answers that were accepted for this quarter, and over them those that somebody wrote down now."""
    found: dict[int, content.Answers] = {number: {} for number in MATRICES}
    for record in reports.accepted(home, quarter).values():
        if record["matriks"] in (1, 2, 4):
            found[record["matriks"]] = record["jawaban"]
    if isian is not None:
        for number, answers in isian.answers().items():
            found[number] = {**found[number], **answers}
    return found


def _people(edition: _Edition, people: People, reporting: Reporting, progress: Callable[[str], None]) -> None:
    """Matriks 3: one workbook a kelurahan, several where it has more rows than a workbook takes."""
    places = people.places()
    for done, (place, count) in enumerate(places, 1):
        parts = -(-count // reporting.rows)
        rows = people.rows(place)
        for part in range(1, parts + 1):
            name = place.stem + (f"-bagian-{part}" if parts > 1 else "")
            told = _told(place) + (f" · bagian {part} dari {parts}" if parts > 1 else "")
            chunk = list(islice(rows, reporting.rows))
            book = edition.book(3, name, told)
            edition.write(book, chunk, kota=place.kota, docx_rows=reporting.docx_rows)
            form = form_of(book, edition.programs, place.kota)
            first = layout_of(book, form, edition.programs).head_row + 2
            edition.outside += list(_outside(chunk, name, first))
        if done % EVERY == 0 or done == len(places):
            progress(f"Matriks 3: {done} dari {len(places)} kelurahan ditulis")


def _told(place: Place) -> str:
    return f"Kelurahan {place.name}" if len(place.code) == len("31.71.01.1001") else place.name


def _outside(rows: Sequence[Mapping[str, Any]], name: str, first: int) -> Iterator[letters.Outside]:
    """The rows whose result the form has no value for."""
    for line, row in enumerate(rows, first):
        if row["hasil"] is not None and row["verifikasi"] is None:
            yield letters.Outside(name, line, row["id_keluarga"] or "", row["id_individu"] or "", str(row["hasil"]))
