"""Outreach beside those who lack a program (F55): which kelurahan had no session for how long, and how many people wait there.

Who lacks a program, and why, is F33's list in the publication; when a kelurahan counts as forgotten, `peringatan.yaml`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from padanan.base.commit import building, put
from padanan.base.errors import PadananError, no_space_guard
from padanan.base.format import day as in_words
from padanan.base.home import Home
from padanan.base.period import Periode, months_before
from padanan.base.suppress import ALL
from padanan.base.tabular import scratch
from padanan.contracts.contract import load_contracts
from padanan.contracts.early_warning import Outreach, load_early_warning
from padanan.contracts.feedback import load_feedback
from padanan.feedback.residents import NOWHERE, known_places, kota_of, open_residents
from padanan.feedback.state import HOLDING, Moment, open_state
from padanan.pages.page import Page
from padanan.pages.table import Table, count, counted, heads, row, table, text
from padanan.pages.workbook import Heading, write_workbook
from padanan.published.cells.declared import Declared, Key
from padanan.published.cells.lists import list_key
from padanan.published.cells.model import Cells
from padanan.published.history import counting_publications
from padanan.published.lists import UNSERVED
from padanan.published.opened import Published, open_published
from padanan.published.report import Report, gather
from padanan.published.revisions import read_manifest

CONTRACT, BOOK = "sosialisasi", "sosialisasi.xlsx"
CAUSE = "sebab"


@dataclass(frozen=True)
class Session:
    """The last session of a kelurahan, and how many there were."""

    day: date
    material: str | None
    program: str | None
    attendance: int
    sessions: int


@dataclass(frozen=True)
class Kelurahan:
    """One kelurahan with its people who lack a program: all of them, and those with the cause that outreach answers."""

    code: str
    name: str
    kecamatan: str
    kota: str
    unserved: int
    cause: int
    last: Session | None


@dataclass(frozen=True)
class Coverage:
    """All kelurahan of DKI on a day.

    Attributes:
        cells: the model that covers the people; `key` names them.
        since: sessions before this day count no more. first: the first session that any kelurahan told of; None before any came.
        publication: which list of F33 it is.
    """

    day: date
    rules: Outreach
    since: date
    first: date | None
    publication: str
    rows: tuple[Kelurahan, ...]
    cells: Cells

    def forgotten(self) -> list[Kelurahan]:
        """Those with people who lack a program and without a session since `since`, longest without first.

        A covered figure counts as somebody: none is left out for being small, and being listed tells no more than the mark.
        """
        found = [one for one in self.rows if self.waiting(one) and (one.last is None or one.last.day < self.since)]
        return sorted(found, key=lambda one: (one.last.day if one.last else date.min, one.code))

    def waiting(self, one: Kelurahan) -> bool:
        """Whether people who lack a program may live there, by what is printed."""
        return self.cells.mark(key(one.code)) is not None or one.unserved > 0


def key(kelurahan: str, cause: str = ALL) -> Key:
    """People of a kelurahan who lack a program, or those of one cause."""
    return ("tanpa program di kelurahan", cause, kelurahan)


def sessions(con: duckdb.DuckDBPyConnection) -> dict[str, Session]:
    """The last session of each kelurahan by its code; a state must stand."""
    rows = con.execute(
        f"""select kode_kelurahan, max(terjadi), last(sifat order by terjadi, id_peristiwa),
          last(program order by terjadi, id_peristiwa), last(nilai order by terjadi, id_peristiwa), count(*) from {HOLDING}
        where kontrak = '{CONTRACT}' and kode_kelurahan is not null group by 1"""
    ).fetchall()
    return {
        str(code): Session(day, about, program, int(people or 0), int(many)) for code, day, about, program, people, many in rows
    }


def unserved(source: Published, cause: str) -> dict[str, tuple[int, int]]:
    """People who lack a program by kelurahan (`<kota>/-` where only the kota is known): all, and those of one cause."""
    rows = source.rows(
        f"""select coalesce(w.kode_kelurahan, coalesce(k.kode_kota, '{NOWHERE}') || '/{NOWHERE}') as tempat,
          count(distinct t.id_orang) as n, count(distinct t.id_orang) filter (t.sebab = ?) as sebab
        from {UNSERVED} t left join wilayah w on w.kode_kelurahan = t.kode_kelurahan and w.kode_kota = t.kode_kota
        left join (select distinct kode_kota from wilayah) k on k.kode_kota = t.kode_kota group by all""",
        cause,
    )
    return {str(one["tempat"]): (int(one["n"]), int(one["sebab"])) for one in rows}


def declare(
    into: Declared, found: Mapping[str, tuple[int, int]], codes: Iterable[str], cause: str, report: Report | None
) -> None:
    """Declares people who lack a program down to the kelurahan, linked to what the report prints of their kota.

    What the report prints stays printed and what it covers stays covered: both readers are one.
    """
    every = sorted({*codes, *found})
    for one in every:
        whole, part = found.get(one, (0, 0))
        into.count(key(one), whole)
        into.count(key(one, cause), part)
        into.rest(key(one), [key(one, cause)], ("sebab lain", one))
    kotas = sorted({kota_of(one) for one in every})
    for place in (0, 1):
        column = ALL if place == 0 else cause
        for kota in kotas:
            own = [key(one, column) for one in every if kota_of(one) == kota]
            sum_key = list_key(UNSERVED, CAUSE, column, kota)
            into.count(sum_key, sum(into.values[one] for one in own))
            into.sum(sum_key, own)
            if report is None or not report.cells.has(sum_key) or report.cells.value(sum_key) != into.values[sum_key]:
                continue
            if report.cells.mark(sum_key) is None:
                into.key.add(sum_key)
            else:
                into.forced.add(sum_key)


@dataclass
class Publications:
    """The publications that count, each counted once however many days ask for it."""

    home: Home
    cause: str
    _known: dict[tuple[Periode, int], tuple[Report, Mapping[str, tuple[int, int]] | None]] = field(default_factory=dict)

    def until(self, day: date) -> list[tuple[Periode, int]]:
        """One revision a period, oldest first, whose cut-off is not after a day."""
        every = counting_publications(self.home)
        return [one for one in every if str(read_manifest(self.home, *one)["cutoff"])[:10] <= day.isoformat()]

    def of(self, periode: Periode, revisi: int) -> tuple[Report, Mapping[str, tuple[int, int]] | None]:
        """What a publication counted, and `unserved` of it; None where it is older than that list.

        Raises:
            PadananError: the publication was changed.
        """
        if (periode, revisi) not in self._known:
            source = open_published(self.home, periode, revisi)
            try:
                report = gather(self.home, load_contracts(), source)
                people = unserved(source, self.cause) if source.has(UNSERVED) else None
            finally:
                source.con.close()
            self._known[periode, revisi] = report, people
        return self._known[periode, revisi]


def coverage(home: Home, day: date, rules: Outreach | None = None) -> Coverage:
    """Every kelurahan on a day, as known on it.

    Raises:
        PadananError: nothing is published by that day, or the publication is older than the list of those who lack a program;
            or an event or the publication was changed.
    """
    found = coverage_or_none(home, day, rules)
    if found is None:
        raise PadananError(
            "belum ada daftar orang tanpa program yang terbit pada hari itu",
            file="published",
            cure="jalankan job padanan_periode",
        )
    return found


def coverage_or_none(home: Home, day: date, rules: Outreach | None = None) -> Coverage | None:
    """`coverage`; None where no publication of that day tells who lacks a program."""
    wanted = rules or load_early_warning().outreach
    con = scratch(home)
    try:
        open_state(con, home, load_feedback(), Moment(day, day))
        open_residents(con, home, day)
        return covered(con, Publications(home, wanted.cause), day, wanted)
    finally:
        con.close()


def covered(con: duckdb.DuckDBPyConnection, publications: Publications, day: date, rules: Outreach) -> Coverage | None:
    """`coverage` from a state and residents that stand; None where no publication of that day tells who lacks a program."""
    chosen = publications.until(day)
    if not chosen:
        return None
    report, people = publications.of(*chosen[-1])
    if people is None:
        return None
    held, places = sessions(con), known_places(con)
    into = Declared()
    declare(into, people, places, rules.cause, report)
    rows = tuple(
        Kelurahan(code, kelurahan, kecamatan, kota, *people.get(code, (0, 0)), held.get(code))
        for code, (kota, kecamatan, kelurahan) in places.items()
    )
    first = con.execute(f"select min(terjadi) from {HOLDING} where kontrak = '{CONTRACT}'").fetchall()[0][0]
    name = f"{report.source.periode.label} revisi {report.source.revisi}"
    return Coverage(day, rules, months_before(day, rules.months), first, name, rows, Cells.of(into))


def list_table(found: Coverage, rows: Sequence[Kelurahan] | None = None) -> Table:
    """The kelurahan that are listed, with their last session."""
    programs = {one.id: one.name for one in load_contracts().values()}
    lines = []
    for one in found.forgotten() if rows is None else rows:
        last = one.last
        lines.append(
            row(
                text(one.name),
                text(one.kecamatan),
                text(one.kota),
                counted(found.cells, key(one.code)),
                counted(found.cells, key(one.code, found.rules.cause)),
                text(in_words(last.day) if last else "belum tercatat"),
                count(last.attendance) if last else text("–", "n"),
                text(last.material if last else "–"),
                text(programs.get(last.program or "", last.program or "umum") if last else "–"),
                count(last.sessions if last else 0),
            )
        )
    columns = heads(
        "Kelurahan", "Kecamatan", "Kota", "Belum menerima program#", "Di antaranya belum mengajukan#", "Sosialisasi terakhir",
        "Peserta terakhir#", "Materi", "Program", "Banyaknya sosialisasi#",
    )  # fmt: skip
    note = f"Tanpa sosialisasi sejak {in_words(found.since)}; orang menurut {found.publication}. Peserta: hitungan, bukan orang."
    return table("sosialisasi", "Kelurahan yang belum dijangkau", columns, lines, note=note)


def as_json(found: Coverage) -> dict[str, Any]:
    """The list for a program; a covered count is its mark."""
    rows = []
    for one in found.forgotten():
        last = one.last
        shown = {
            name: counted(found.cells, key(one.code, column)).text
            for name, column in (("tanpa_program", ALL), ("sebab", found.rules.cause))
        }
        rows.append(
            {
                "kode_kelurahan": one.code,
                "kelurahan": one.name,
                "kecamatan": one.kecamatan,
                "kota": one.kota,
                **shown,
                "terakhir": None if last is None else last.day.isoformat(),
                "peserta": None if last is None else last.attendance,
                "materi": None if last is None else last.material,
                "program": None if last is None else last.program,
                "sosialisasi": 0 if last is None else last.sessions,
            }
        )
    told = {
        "hari": found.day.isoformat(),
        "sejak": found.since.isoformat(),
        "terbitan": found.publication,
        "sebab": found.rules.cause,
    }
    return {**told, "kelurahan": rows}


def write_book(found: Coverage, folder: Path) -> Path:
    """Writes the list as a workbook into a folder, which is made.

    Raises:
        PadananError: the folder can't be written.
    """
    told = Heading(
        title="Jangkauan sosialisasi",
        contents="Kelurahan yang belum dijangkau sosialisasi",
        frame=f"Keadaan {in_words(found.day)}; orang tanpa program menurut {found.publication}",
        told=in_words(found.day),
        file=BOOK,
    )
    made = Page("", "Jangkauan sosialisasi", tables=(list_table(found),))
    try:
        with no_space_guard("sosialisasi"), building(folder) as drafts:
            write_workbook(told, {"index.html": made}, drafts / BOOK)
            put(drafts / BOOK, folder / BOOK)
    except OSError:
        raise PadananError("folder --folder tidak dapat ditulis", file=folder, cure="periksa folder dan haknya") from None
    return folder / BOOK
