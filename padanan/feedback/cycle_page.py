"""The cycle on one page for the reviewers: lines open, closed, late, by agency, place, reason, age and month; with its workbook.

No person is named, small cells are covered by the house's one model (`cycle_cells`); what is counted is `cycle_counts`'.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from markupsafe import Markup

from padanan.base import disk
from padanan.base.commit import building, replace
from padanan.base.format import day as tanggal
from padanan.base.format import month as bulan
from padanan.base.home import Home
from padanan.base.locks import held
from padanan.base.period import Periode
from padanan.base.suppress import ALL
from padanan.feedback.complaint_board import overdue_cell
from padanan.feedback.complaints import Rules, complaints_in
from padanan.feedback.cycle import Standing
from padanan.feedback.cycle_cells import (
    DIFFER,
    DISPUTED,
    REASONS,
    WAITING,
    agencies_of,
    agency_key,
    cells_of,
    codes_of,
    late_key,
    month_key,
    part_key,
    place_key,
    standing_key,
)
from padanan.feedback.cycle_counts import LATE, MEASURES, NOWHERE, OPENED, Counts, Place, counts_of
from padanan.feedback.lines import AWAITING, CONFLICT, DONE, MOOT, OPEN, STANDING
from padanan.feedback.reasons import words_of
from padanan.pages.address import CYCLE_FOLDER, CYCLE_PAGE
from padanan.pages.layout import bare_environment
from padanan.pages.map_shapes import shapes
from padanan.pages.map_svg import COVERED, EMPTY, Map, Shown, choropleth, definitions
from padanan.pages.page import Page
from padanan.pages.table import Cell, Column, Row, Table, counted, heads, part_of, row, table, text
from padanan.pages.workbook import Heading, write_workbook
from padanan.published.cells.declared import Key
from padanan.published.cells.model import Cells

FOLDER, PAGE, BOOK, TEMPLATE = CYCLE_FOLDER, CYCLE_PAGE, "siklus.xlsx", "siklus.html.j2"
STATE_NAMES = {
    OPEN: "Menunggu kunjungan",
    AWAITING: "Sudah dikunjungi, menunggu musyawarah",
    CONFLICT: "Hasil instansi berbeda, menunggu putusan",
}
FIGURES = ("Terbuka#", "Terlambat#", "Bagian terlambat#", "Selesai#", "Gugur#")
LEAST_OPEN = 60
"""Kelurahan whose share may be printed; with fewer the map would show what is covered and nothing else."""


@dataclass(frozen=True)
class Made:
    """The page, and the folder's counts for whoever tells of it."""

    page: Page
    counts: Counts


def page_of(standing: Standing) -> Made:
    """The page of a day, from its tables.

    Raises:
        PadananError: an event, a register or the publication was changed.
    """
    counts = counts_of(standing)
    cells = cells_of(counts)
    found = complaints_in(standing.con, standing.home, Rules.load(), standing.day)
    late_complaints = overdue_cell(found, Rules.load(), standing.day)
    tables = _tables(counts, cells)
    villages = _villages(counts, cells)
    drawn = _map(counts, cells)
    html = (
        bare_environment()
        .get_template(TEMPLATE)
        .render(
            t=tables,
            kota=[(counts.names[(code,)], *_told(cells, code), made) for code, made in villages.items()],
            per=counts.day,
            angka=_headline(counts, cells, late_complaints),
            ada_terlambat=bool(counts.told.late),
            terbuka=counted(cells, place_key((), OPENED)).text,
            terlambat=counted(cells, place_key((), LATE)).text,
            menunggu=bool(counts.told.conflicts or counts.told.disputes or counts.told.newcomers),
            peta=drawn,
            pola=_patterns(counts) if drawn else Markup(""),
            sumber=shapes(_codes(counts)).source if drawn else "",
            berkas=BOOK,
        )
    )
    every = (*tables.values(), *villages.values())
    return Made(Page(html, "Siklus pemutakhiran", "Baris prelist menurut instansi dan tempat", every), counts)


def write(made: Made, target: Path) -> Path:
    """Puts page and workbook into a folder in one rename; what stood there is replaced.

    Returns:
        The page's path.
    """
    with building(target.parent, prefix=f".{FOLDER}-") as folder:
        disk.write_text(folder / PAGE, made.page.html)
        write_workbook(_heading(made.counts.day), {PAGE: made.page}, folder / BOOK)
        for path in folder.iterdir():
            disk.chmod(path, 0o600)
        replace(folder, target)
    return target / PAGE


def write_in_home(home: Home, made: Made) -> Path:
    """Writes the page where the home keeps it; two runs at once write one after the other."""
    target = folder_of(home, made.counts.day)
    with held(home.warehouse / f".{FOLDER}.lock"):
        disk.mkdir(target.parent, parents=True, exist_ok=True)
        return write(made, target)


def folder_of(home: Home, day: date) -> Path:
    """Where the page of a day stands that nobody asked elsewhere: `reports/<period>/siklus`."""
    return home.root / "reports" / Periode.of(day).key / FOLDER


def _heading(day: date) -> Heading:
    return Heading(
        title=f"Siklus pemutakhiran {day.isoformat()}",
        contents="Tabel siklus pemutakhiran",
        frame=f"Keadaan {tanggal(day)}, sebagaimana diketahui pada hari itu.",
        told=tanggal(day),
        file=BOOK,
    )


def _headline(counts: Counts, cells: Cells, late_complaints: Cell) -> list[dict[str, str]]:
    def figure(name: str, key: Key, note: str) -> dict[str, str]:
        return {"nama": name, "nilai": counted(cells, key).text, "catatan": note}

    return [
        figure("baris terbuka", place_key((), OPENED), "satu baris per orang, dengan semua alasannya"),
        figure("terlambat", place_key((), LATE), "baris terbuka yang lewat tenggat"),
        figure("selesai", place_key((), DONE), "orang yang semua alasannya dijawab hasil lapangan"),
        figure("gugur", place_key((), MOOT), "orang yang meninggal terverifikasi; tidak ada yang perlu ditanyakan"),
        figure("berbeda hasil", (DIFFER,), "orang yang hasil instansinya berbeda, menunggu putusan"),
        figure("bersengketa", (DISPUTED,), "peristiwa yang tidak berlaku sampai diputuskan"),
        figure("warga baru menunggu", (WAITING,), "mungkin sudah ada di data; dua orang memutuskan"),
        {"nama": "pengaduan lewat waktu", "nilai": late_complaints.text, "catatan": "disposisi atau jawabannya masih ditunggu"},
    ]


def _tables(counts: Counts, cells: Cells) -> dict[str, Table]:
    return {
        "instansi": _actors(counts, cells),
        "keadaan": _states(cells),
        "kota": _kotas(counts, cells),
        "alasan": _reasons(counts, cells),
        "prioritas": _split(
            counts, cells, "prioritas", "Menurut prioritas", "Prioritas", list(counts.priorities),
            note="1 didatangi lebih dahulu; 5 adalah prelist terbitan sendiri.",
        ),
        "umur": _split(
            counts, cells, "umur", "Menurut lamanya terbuka", "Lama terbuka", list(counts.ages),
            note="Sejak alasan tertua yang masih terbuka.",
        ),
        "bulan": _months(counts, cells),
    }  # fmt: skip


def _figures(cells: Cells, of: dict[str, Key]) -> list[Cell]:
    opened, late, done, moot = (counted(cells, of[name]) for name in MEASURES)
    return [opened, late, part_of(cells, of[LATE], of[OPENED]), done, moot]


def _actors(counts: Counts, cells: Cells) -> Table:
    each = [
        row(text(one), *_figures(cells, {name: agency_key(counts, one, name) for name in MEASURES}))
        for one in agencies_of(counts)
    ]
    groups = []
    for one in counts.actors:
        name = " dan ".join(one)
        keys = {measure: part_key("pelaku", name, measure) for measure in MEASURES}
        groups.append(row(text(name, note="bersama" if len(one) > 1 else "sendiri"), *_figures(cells, keys), css="anak"))
    head = (row(Cell("Menurut siapa saja yang berkunjung", span=len(FIGURES) + 1), css="induk"),) if groups else ()
    return Table(
        "siklus-instansi", "Menurut instansi yang berkunjung", heads("Instansi", *FIGURES),
        (tuple(each), (*head, *groups)),
        "Baris yang dikunjungi dua instansi terhitung pada keduanya; bagian bawah menghitung setiap baris sekali.",
        (_foot(cells),),
    )  # fmt: skip


def _foot(cells: Cells) -> Row:
    return row(text("Semua"), *_figures(cells, {name: place_key((), name) for name in MEASURES}))


def _states(cells: Cells) -> Table:
    lines = [row(text(STATE_NAMES[one]), counted(cells, part_key("keadaan", one, OPENED))) for one in STANDING]
    foot = [row(text("Semua"), counted(cells, place_key((), OPENED)))]
    return table("siklus-keadaan", "Baris terbuka menurut keadaan", heads("Keadaan", "Terbuka#"), lines, foot=foot)


def _place(cells: Cells, path: Place, head: Cell, css: str = "") -> Row:
    return row(head, *_figures(cells, {name: place_key(path, name) for name in MEASURES}), css=css, wilayah="/".join(path))


def _kotas(counts: Counts, cells: Cells) -> Table:
    kotas = [path for path in counts.places if len(path) == 1]
    lines = [
        _place(cells, path, text(counts.names[path], link="" if path == (NOWHERE,) else f"#kota-{_slug(path[0])}"))
        for path in sorted(kotas, key=lambda one: (one == (NOWHERE,), one))
    ]
    return table("siklus-kota", "Menurut kota dan kabupaten administrasi", heads("Kota", *FIGURES), lines, foot=[_foot(cells)])


def _slug(code: str) -> str:
    return code.replace(".", "-")


def _villages(counts: Counts, cells: Cells) -> dict[str, Table]:
    """A table a kota: each kecamatan with its kelurahan."""
    made = {}
    for kota in sorted(path[0] for path in counts.places if len(path) == 1 and path != (NOWHERE,)):
        bodies = []
        for district in sorted(path for path in counts.places if len(path) == 2 and path[0] == kota):
            below = sorted(path for path in counts.places if len(path) == 3 and path[:2] == district)
            head = _place(cells, district, text(counts.names[district]), "induk")
            bodies.append(
                (
                    head,
                    *(_place(cells, one, Cell(counts.names[one], id=f"kel-{_slug(one[2])}"), "anak") for one in below),
                )
            )
        name = counts.names[(kota,)]
        made[kota] = Table(
            f"siklus-{_slug(kota)}", f"{name} menurut kelurahan", (Column("Kelurahan"), *heads(*FIGURES)), tuple(bodies),
            "Baris tebal adalah kecamatannya.", (_place(cells, (kota,), text("Jumlah")),),
        )  # fmt: skip
    return made


def _told(cells: Cells, kota: str) -> tuple[str, str, str]:
    opened, late = (counted(cells, place_key((kota,), name)).text for name in (OPENED, LATE))
    return f"kota-{_slug(kota)}", opened, late


_REASON_STATES = (OPEN, AWAITING, CONFLICT, DONE, MOOT, ALL)


def _reasons(counts: Counts, cells: Cells) -> Table:
    keys, names = cells.cross(REASONS).keys, words_of(codes_of(counts))
    lines = []
    for code in codes_of(counts):
        more = [counted(cells, keys[code, state]) for state in _REASON_STATES]
        opened, late = counted(cells, standing_key(code)), counted(cells, late_key(code))
        lines.append(row(Cell(names[code], more=(code,)), opened, late, *more))
    none = Cell("", None, "n")
    foot = row(text("Semua alasan"), none, none, *(counted(cells, keys[ALL, one]) for one in _REASON_STATES))
    columns = (
        Column("Alasan", more=("Kode",)),
        Column("Terbuka", "n awal", group="Baris"),
        Column("Terlambat", "n", group="Baris"),
        *(Column(name, "n awal" if place == 0 else "n", group="Alasan") for place, name in enumerate(
            ("Menunggu kunjungan", "Menunggu musyawarah", "Berbeda hasil", "Selesai", "Gugur", "Semua"))),
    )  # fmt: skip
    note = "Satu baris dapat punya beberapa alasan, dan terhitung pada masing-masing."
    return Table("siklus-alasan", "Menurut alasan", columns, (tuple(lines),), note, (foot,) if lines else ())


def _split(counts: Counts, cells: Cells, way: str, caption: str, head: str, names: list[str], *, note: str) -> Table:
    def figures(opened: Key, late: Key) -> list[Cell]:
        return [counted(cells, opened), counted(cells, late), part_of(cells, late, opened)]

    lines = [row(text(one), *figures(part_key(way, one, OPENED), part_key(way, one, LATE))) for one in names]
    foot = [row(text("Semua"), *figures(place_key((), OPENED), place_key((), LATE)))]
    return table(f"siklus-{way}", caption, heads(head, *FIGURES[:3]), lines, note=note, foot=foot)


def _months(counts: Counts, cells: Cells) -> Table:
    lines = []
    for month in counts.months:
        start = month.start.isoformat()
        left = place_key((), OPENED) if month is counts.months[-1] else month_key(start, "terbuka")
        figures = [counted(cells, month_key(start, "dibuka")), counted(cells, month_key(start, "ditutup")), counted(cells, left)]
        lines.append(row(text(bulan(start[:7])), *figures))
    note = (
        "Baris orang: dibuka pada hari alasan pertamanya tercatat, ditutup pada hari alasan terakhirnya terjawab. "
        "Bulan terakhir sampai hari ini."
    )
    columns = heads("Bulan", "Dibuka#", "Ditutup#", "Terbuka pada akhirnya#")
    return table("siklus-bulan", "Perjalanan dua belas bulan", columns, lines, note=note)


def _codes(counts: Counts) -> dict[str, Place]:
    return {path[2]: path for path in counts.places if len(path) == 3}


def _patterns(counts: Counts) -> Markup:
    return definitions(shapes(_codes(counts)))


def _map(counts: Counts, cells: Cells) -> Map | None:
    """The share of late lines by kelurahan; none where too few kelurahan may show theirs."""
    shown = {}
    for code, path in _codes(counts).items():
        opened, late = place_key(path, OPENED), place_key(path, LATE)
        hidden, lines = bool(cells.mark(opened) or cells.mark(late)), counts.places[path][OPENED]
        share = None if hidden or not lines else counts.places[path][LATE] / lines
        why = COVERED if hidden else EMPTY if share is None else ""
        shown[code] = Shown(counts.names[path], f"#kel-{_slug(code)}", share, why)
    if sum(one.share is not None for one in shown.values()) < LEAST_OPEN:
        return None
    kotas = {path[0]: counts.names[path] for path in counts.places if len(path) == 1}
    found = shapes(_codes(counts))
    told = "Bagian baris terbuka yang terlambat menurut kelurahan"
    return choropleth(found, shown, "peta-terlambat", told, kotas, linked=False)


__all__ = ["BOOK", "FOLDER", "PAGE", "Made", "folder_of", "page_of", "write"]
