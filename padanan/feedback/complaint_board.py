"""The board of progress of complaints (§3.5.f.6-7): counts by channel, kind, branch and agency, small ones covered; no person.

What a complaint is and when it is late is `complaints`'; a single complaint is seen by `padanan pengaduan daftar` only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median

from padanan.base import disk
from padanan.base.commit import write_once
from padanan.base.suppress import ALL, small
from padanan.contracts.feedback import Channel
from padanan.feedback.complaint_steps import STATES
from padanan.feedback.complaints import BRANCH_NAMES, Complaint, Rules
from padanan.pages.layout import bare_environment
from padanan.pages.table import Cell, Table, counted, heads, row, table, text
from padanan.published.cells.declared import Declared, Key, crossed
from padanan.published.cells.model import Cells

FILE, TEMPLATE = "papan-pengaduan.html", "papan_pengaduan.html.j2"
STATE_NAMES = dict(zip(STATES, ("Menunggu disposisi", "Pada instansi", "Menunggu verifikasi", "Selesai"), strict=True))
KIND_NAMES = {
    "salah_sasaran": "Salah sasaran",
    "ktp_pendatang": "KTP pendatang",
    "ganda": "Ganda",
    "belum_menerima": "Belum menerima",
    "lainnya": "Lainnya",
}
LATE, IN_TIME = "lewat", "tepat"
_WHOLE: Key = ("pengaduan", "semua")


@dataclass(frozen=True)
class Split:
    """One way in which complaints are counted: the rows in order with their names, and which row a complaint is in."""

    id: str
    title: str
    rows: Mapping[str, str]
    of: Callable[[Complaint], str]


def splits(rules: Rules, found: Sequence[Complaint]) -> list[Split]:
    """The board's tables; those by agency hold only agencies that a complaint was sent to."""
    agencies = sorted({one.course.agency for one in found if one.course.agency})
    nobody = "belum"
    at = {nobody: "Belum didisposisi"} | {name: rules.agencies.instansi[name].singkat for name in agencies}
    return [
        Split("kanal", "Menurut kanal", {name: one.nama for name, one in rules.catalogue.kanal.items()}, lambda one: one.kanal),
        Split("jenis", "Menurut jenis", KIND_NAMES, lambda one: one.jenis),
        Split("cabang", "Menurut cabang", BRANCH_NAMES, lambda one: one.cabang),
        Split("instansi", "Menurut instansi", at, lambda one: one.course.agency or nobody),
    ]


def cells_of(found: Sequence[Complaint], ways: Sequence[Split], today: date) -> Cells:
    """Every count of the board in the house's model, covered together: no table tells what another hides."""
    into = Declared()
    into.count(_WHOLE, len(found), total=True)
    of_state: dict[tuple[str, str], Key] = {(ALL, name): ("pengaduan", "keadaan", name) for name in STATES} | {(ALL, ALL): _WHOLE}
    of_late: dict[tuple[str, str], Key] = {(ALL, name): ("pengaduan", "waktu", name) for name in (LATE, IN_TIME)}
    for way in ways:
        rows = list(way.rows)
        by_state = Counter((way.of(one), one.course.state) for one in found)
        made = crossed(into, f"{way.id} keadaan", by_state, rows, STATES, keys=of_state)
        ends = {(name, ALL): made.keys[name, ALL] for name in (*rows, ALL)}
        by_late = Counter((way.of(one), LATE if one.overdue(today) else IN_TIME) for one in found)
        crossed(into, f"{way.id} waktu", by_late, rows, (LATE, IN_TIME), keys={**of_late, **ends})
        into.unseen |= {key for (name, column), key in into.crosses[f"{way.id} waktu"].keys.items() if column == IN_TIME}
    return Cells.of(into)


def tables(found: Sequence[Complaint], rules: Rules, ways: Sequence[Split], cells: Cells) -> dict[str, Table]:
    """The board's tables by id."""
    made = {}
    for way in ways:
        states, clock = cells.cross(f"{way.id} keadaan").keys, cells.cross(f"{way.id} waktu").keys
        extra = heads("Penanggung jawab", "Hari disposisi#", "Hari jawab#") if way.id == "kanal" else []
        columns = [*heads(way.title.removeprefix("Menurut ").capitalize()), *extra]
        columns += heads(*(f"{STATE_NAMES[name]}#" for name in STATES), "Semua#", "Lewat waktu#")
        lines = []
        for name, words in [*way.rows.items(), (ALL, "Semua")]:
            more = []
            if way.id == "kanal":
                more = _clock(rules.catalogue.kanal.get(name))
            figures = [counted(cells, states[name, state]) for state in (*STATES, ALL)]
            lines.append(row(text(words), *more, *figures, counted(cells, clock[name, LATE])))
        made[way.id] = table(f"pengaduan-{way.id}", way.title, columns, lines)
    made["waktu"] = _times(found)
    return made


def _clock(channel: Channel | None) -> list[Cell]:
    if channel is None:
        return [text(""), text("", "n"), text("", "n")]
    return [text(channel.pemilik), text(str(channel.disposisiHari), "n"), text(str(channel.jawabHari), "n")]


def _times(found: Sequence[Complaint]) -> Table:
    """Days to the first disposition and to the answer that stands; no figure where fewer than five stand behind it."""
    first = [(one.course.dispositions[0][0] - one.masuk).days for one in found if one.course.dispositions]
    answers = [(one.answered - one.masuk).days for one in found if one.answered is not None]
    lines = []
    for words, days in (("Sampai disposisi pertama", first), ("Sampai jawaban", answers)):
        told = not small(len(days)) and bool(days)
        middle, most = (f"{median(days):g}".replace(".", ","), str(sorted(days)[-5])) if told else ("–", "–")
        lines.append(row(text(words), text(middle, "n"), text(most, "n")))
    note = "Dari hari warga mengadu. Angka ketiga: lima pengaduan menunggu selama itu atau lebih lama."
    return table("pengaduan-waktu", "Lama penanganan, hari", heads("Tahap", "Tengah#", "Terlama#"), lines, note=note)


def page(found: Sequence[Complaint], rules: Rules, today: date) -> str:
    """The board as one HTML page that stands alone."""
    ways = splits(rules, found)
    cells = cells_of(found, ways, today)
    late = cells.cross("kanal waktu").keys[ALL, LATE]
    return str(
        bare_environment()
        .get_template(TEMPLATE)
        .render(
            t=tables(found, rules, ways, cells),
            per=today,
            semua=counted(cells, _WHOLE).text,
            lewat=counted(cells, late).text,
            ada_lewat=bool(cells.value(late)),
        )
    )


def overdue_cell(found: Sequence[Complaint], rules: Rules, today: date) -> Cell:
    """How many complaints wait past their day, as the board prints it: another page says nothing that the board covers."""
    cells = cells_of(found, splits(rules, found), today)
    return counted(cells, cells.cross("kanal waktu").keys[ALL, LATE])


def write_board(folder: Path, found: Sequence[Complaint], rules: Rules, today: date) -> Path:
    """Writes the page into a folder, which is made."""
    disk.mkdir(folder, parents=True, exist_ok=True)
    path = folder / FILE
    write_once(path, page(found, rules, today))
    return path
