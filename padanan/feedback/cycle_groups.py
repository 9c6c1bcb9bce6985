"""The figures of the cycle by sex and age group (F47, §3.6.2.g): open lines, results, complaints, aid; all splits add up.

Sex and age come from the newest publication. Disability is published as counts alone, never of a person, so no figure of the
cycle can be split by it; the tables say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import duckdb

from padanan.base.home import Home
from padanan.base.suppress import ALL
from padanan.base.tabular import scratch
from padanan.contracts.feedback import load_catalogue, load_feedback
from padanan.feedback.complaint_board import KIND_NAMES
from padanan.feedback.lines import LINES, open_lines
from padanan.feedback.residents import RESIDENTS, open_residents
from padanan.feedback.state import HOLDING, STATE, Moment, open_state
from padanan.pages.table import Table, counted, heads, money, row, table, text
from padanan.published.cells.declared import Declared, Key, crossed
from padanan.published.cells.model import Cells
from padanan.published.groups import SPLIT_NAMES, SPLITS, UNKNOWN

BY = ("jk", "umur")
PEOPLE, RUPIAH = "orang", "rupiah"
NO_DISABILITY = "Disabilitas tidak dipilah: terbitan memuatnya sebagai hitungan saja, tidak pada orangnya (UU 24/2013 pasal 84)."


@dataclass(frozen=True)
class Figure:
    """One figure: what is counted, its columns with their names, and the rows `(id_orang, kolom)` that it counts."""

    title: str
    columns: Mapping[str, str]
    query: str


FIGURES: Mapping[str, Figure] = {
    "baris": Figure(
        "Baris prelist terbuka",
        {"tepat": "Belum lewat", "terlambat": "Terlambat"},
        f"select id_orang, case when terlambat then 'terlambat' else 'tepat' end as kolom from {LINES}",
    ),
    "hasil": Figure(
        "Orang yang didatangi, dengan hasilnya",
        {
            "ditemukan": "Ditemukan",
            "meninggal": "Meninggal",
            "pindah": "Pindah",
            "berbeda": "Instansi berbeda",
            "tanpa_hasil": "Tidak ditemui atau menolak",
        },
        "select id_orang, case when konflik then 'berbeda' else coalesce(verivali_hasil, 'tanpa_hasil') end as kolom "
        f"from {STATE} "
        "where verifikator > 0",
    ),
    "pengaduan": Figure(
        "Pengaduan",
        KIND_NAMES,
        f"select id_orang, hasil as kolom from {HOLDING} where kontrak = 'pengaduan'",
    ),
    "bantuan": Figure(
        "Orang yang bantuannya tersalur", {PEOPLE: "Orang"}, f"select id_orang, '{PEOPLE}' as kolom from {STATE} where rupiah > 0"
    ),
}
Counts = Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Groups:
    """The counts of a day by (figure, split): (value, column) -> how many; rupiah by (split, value)."""

    day: date
    counts: Mapping[tuple[str, str], Counts]
    rupiah: Mapping[tuple[str, str], int]

    def total(self, figure: str, split: str) -> int:
        """All that a figure counts."""
        return sum(self.counts[figure, split].values())


def groups(home: Home, day: date) -> Groups:
    """Counts a day, as known on it.

    Raises:
        PadananError: an event, the register or the publication was changed.
    """
    con = scratch(home)
    try:
        open_state(con, home, load_feedback(), Moment(day, day))
        open_lines(con, home, load_catalogue(), today=day, known_at=day)
        open_residents(con, home, day)
        return counted_groups(con, day)
    finally:
        con.close()


def counted_groups(con: duckdb.DuckDBPyConnection, day: date) -> Groups:
    """`groups` from a state, lines and residents that stand."""
    counts: dict[tuple[str, str], dict[tuple[str, str], int]] = {}
    rupiah: dict[tuple[str, str], int] = {}
    for split in BY:
        value = f"coalesce(w.{split}, '{UNKNOWN}')"
        for name, figure in FIGURES.items():
            rows = con.execute(
                f"select {value}, f.kolom, count(*) from ({figure.query}) f left join {RESIDENTS} w using (id_orang) group by all"
            ).fetchall()
            counts[name, split] = {(str(group), str(column)): int(n) for group, column, n in rows}
        paid = con.execute(
            f"select {value}, cast(sum(s.rupiah) as bigint) from {STATE} s left join {RESIDENTS} w using (id_orang) "
            "where s.rupiah > 0 group by 1"
        ).fetchall()
        rupiah |= {(split, str(group)): int(amount) for group, amount in paid}
    return Groups(day, counts, rupiah)


def key(figure: str, split: str = ALL, value: str = ALL, column: str = ALL) -> Key:
    """A figure by a split's value and its own column; the sums are one whatever the split."""
    return ("siklus", figure, split if value != ALL else ALL, value, column)


def cells_of(found: Groups) -> Cells:
    """All tables in one model: none tells what another hides.

    Raises:
        ValueError: two splits of a figure have different sums.
    """
    into = Declared()
    for (figure, split), counts in found.counts.items():
        columns = _columns(figure, found)
        places = [*SPLITS[split], ALL]
        keys = {(value, column): key(figure, split, value, column) for value in places for column in (*columns, ALL)}
        crossed(into, f"{figure}/{split}", counts, list(SPLITS[split]), columns, keys=keys)
    return Cells.of(into)


def _columns(figure: str, found: Groups) -> list[str]:
    """A figure's columns: those that it names, then what else was counted."""
    known = list(FIGURES[figure].columns)
    met = {column for split in BY for _, column in found.counts[figure, split]}
    return [*known, *sorted(met - set(known))]


def tables(found: Groups) -> list[Table]:
    """One table a figure and split, with its sum at the foot."""
    cells = cells_of(found)
    made = []
    for (figure, split), _ in found.counts.items():
        columns, names = _columns(figure, found), FIGURES[figure].columns
        lines = []
        for value, words in [*SPLITS[split].items(), (ALL, "Semua")]:
            shown = [counted(cells, key(figure, split, value, column)) for column in columns]
            if len(columns) > 1:
                shown.append(counted(cells, key(figure, split, value)))
            if figure == "bantuan":
                amount = sum(n for (of, one), n in found.rupiah.items() if of == split and value in (one, ALL))
                shown.append(money(amount, covered=cells.mark(key(figure, split, value, PEOPLE)) is not None))
            lines.append(row(text(words), *shown))
        titles = [f"{names.get(column, column)}#" for column in columns]
        titles += ["Semua#"] if len(columns) > 1 else []
        titles += ["Rupiah#"] if figure == "bantuan" else []
        title = f"{FIGURES[figure].title} menurut {SPLIT_NAMES[split].lower()}"
        made.append(table(f"siklus-{figure}-{split}", title, heads(SPLIT_NAMES[split], *titles), lines[:-1], foot=lines[-1:]))
    return made
