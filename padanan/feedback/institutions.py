"""Residents of panti on a day (F59): by kota and kind of panti, and those among them whom Adminduk does not know.

Who lives where is what the delivered `panti` rows say; the flag of F34 reads the same state in `dbt_project`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import duckdb

from padanan.base.home import Home
from padanan.base.suppress import ALL
from padanan.base.tabular import scratch
from padanan.contracts.feedback import load_feedback
from padanan.feedback.residents import NOWHERE, RESIDENTS, known_places, kota_of, open_residents
from padanan.feedback.state import HOLDING, Moment, open_state
from padanan.pages.table import Table, counted, heads, row, table, text
from padanan.published.cells.declared import Declared, Key, crossed
from padanan.published.cells.model import Cells
from padanan.published.groups import UNKNOWN

CONTRACT, PEOPLE = "panti", "penghuni"
KINDS: Mapping[str, str] = {
    "anak": "Anak",
    "lansia": "Lansia",
    "disabilitas": "Disabilitas",
    "jiwa": "Gangguan jiwa",
    "telantar": "Orang telantar",
    "lainnya": "Lainnya",
    UNKNOWN: "Tidak diketahui",
}
IN_REGISTER, WITHOUT = "tercatat", "tanpa_acuan"
LISTED: Mapping[str, str] = {IN_REGISTER: "Tercatat di Adminduk", WITHOUT: "Tidak tercatat di Adminduk"}
Counts = Mapping[tuple[str, str], int]


@dataclass(frozen=True)
class Residents:
    """Who lives in panti on a day.

    Attributes:
        kotas: code -> name of each kota of DKI, then those outside or unknown.
        kinds, listed: people by (kota, kind) and (kota, whether Adminduk knows them).
        delivered: whether any row of panti ever came: none is no zero.
    """

    day: date
    kotas: Mapping[str, str]
    kinds: Counts
    listed: Counts
    delivered: bool

    @property
    def people(self) -> int:
        """All residents."""
        return sum(self.kinds.values())


def key(day: date, column: str = ALL, kota: str = ALL) -> Key:
    """Residents on a day by kind or Adminduk, and kota."""
    return (CONTRACT, day.isoformat(), column, kota)


def counted_residents(con: duckdb.DuckDBPyConnection, day: date) -> Residents:
    """Counts the residents of a day; the tables of a state and of `open_residents` must stand for that day."""
    con.execute(
        f"""create or replace table {PEOPLE} as select p.id_orang, coalesce(p.kode_kelurahan, '{NOWHERE}') as kode_kelurahan,
          coalesce(p.sifat, '{UNKNOWN}') as jenis, coalesce(w.terdaftar, false) as terdaftar
        from (select id_orang, last(kode_kelurahan order by terjadi, id_peristiwa) as kode_kelurahan,
            last(sifat order by terjadi, id_peristiwa) as sifat, last(sampai order by terjadi, id_peristiwa) as sampai
          from {HOLDING} where kontrak = '{CONTRACT}' and id_orang is not null group by 1) p
        left join {RESIDENTS} w using (id_orang) where p.sampai is null or p.sampai > date '{day.isoformat()}'"""
    )
    names = {kota_of(code): called[0] for code, called in known_places(con).items()}
    kinds: dict[tuple[str, str], int] = {}
    known: dict[tuple[str, str], int] = {}
    rows = con.execute(f"select kode_kelurahan, jenis, terdaftar, count(*) from {PEOPLE} group by all order by all").fetchall()
    for code, kind, listed, number in rows:
        kota = kota_of(str(code))
        kota = kota if kota in names else NOWHERE
        for counts, column in ((kinds, str(kind)), (known, IN_REGISTER if listed else WITHOUT)):
            counts[kota, column] = counts.get((kota, column), 0) + int(number)
    ((some,),) = con.execute(f"select count(*) from {HOLDING} where kontrak = '{CONTRACT}'").fetchall()
    return Residents(day, {**names, NOWHERE: "Di luar DKI atau tidak diketahui"}, kinds, known, bool(some))


def residents(home: Home, day: date) -> Residents:
    """The residents of a day, as known on it.

    Raises:
        PadananError: an event or the publication was changed.
    """
    con = scratch(home)
    try:
        open_state(con, home, load_feedback(), Moment(day, day))
        open_residents(con, home, day)
        return counted_residents(con, day)
    finally:
        con.close()


def declare(into: Declared, found: Residents) -> None:
    """Declares the residents of a day by kota and kind, and by kota and Adminduk; the sum over the province is a key total."""
    day, kotas = found.day, list(found.kotas)
    sums = {(place, ALL): key(day, kota=place) for place in (*kotas, ALL)}
    for name, counts, columns in (("jenis", found.kinds, KINDS), ("acuan", found.listed, LISTED)):
        keys = {(place, column): key(day, column, place) for place in (*kotas, ALL) for column in columns}
        crossed(into, f"{CONTRACT}/{day.isoformat()}/{name}", counts, kotas, list(columns), keys={**keys, **sums})


def cells_of(found: Residents) -> Cells:
    """The residents of one day, covered; the same day has the same covers wherever it is printed."""
    into = Declared()
    declare(into, found)
    return Cells.of(into)


def tables(found: Residents) -> list[Table]:
    """Residents by kota: all, by kind, and by Adminduk."""
    cells = cells_of(found)
    made = []
    for name, title, columns in (
        ("jenis", "Penghuni panti menurut jenis panti", KINDS),
        ("acuan", "Penghuni panti dan Adminduk", LISTED),
    ):
        lines = [
            row(text(words), *(counted(cells, key(found.day, column, kota)) for column in (*columns, ALL)))
            for kota, words in [*found.kotas.items(), (ALL, "Semua")]
        ]
        made.append(table(f"panti-{name}", title, heads("Kota", *(f"{one}#" for one in columns.values()), "Semua#"), lines))
    return made
