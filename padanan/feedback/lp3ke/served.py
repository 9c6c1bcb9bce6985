"""Served people before and after (F57): the data sasaran of two decrees, by kota, small cells covered.

Which cells are covered is decided in `published.cells`; nobody's name or number is read here.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError
from padanan.base.format import number
from padanan.base.home import Home
from padanan.base.sql import literal
from padanan.base.suppress import ALL, Cover
from padanan.base.tabular import scratch
from padanan.published.cells.declared import Declared, Key
from padanan.published.cells.model import Cells
from padanan.published.opened import WILAYAH_SEED
from padanan.records.seals import Seal, changed_tables, seals

UNKNOWN = "tidak diketahui"
WHOLE, SERVED, UNSERVED = "sasaran", "terlayani", "belum terlayani"
MEASURES = (WHOLE, SERVED, UNSERVED)
BEFORE, AFTER = "sebelum", "sesudah"
OUT = "tidak lagi sasaran"
NEW = "baru menjadi sasaran"


@dataclass(frozen=True)
class Served:
    """Counts of two decrees, each as it may be printed.

    Attributes:
        places: (kota or `UNKNOWN` or `ALL`, its name).
        cells: (`BEFORE` or `AFTER`, place, measure) -> text; of one decree alone only `AFTER` is there.
        moves: (standing before, standing after) -> text, over all of DKI.
    """

    before: Seal | None
    after: Seal
    places: tuple[tuple[str, str], ...]
    cells: dict[tuple[str, str, str], str]
    moves: dict[tuple[str, str], str]


def told(seal: Seal) -> str:
    """How a decree is called."""
    return f"Keputusan Gubernur nomor {seal.data['nomor']}, {seal.periode.label} ke-{seal.ke}"


def decrees_until(home: Home, year: int) -> list[Seal]:
    """The decrees in force one after the other, up to the end of a year: of each period the last.

    Raises:
        PadananError: a seal can't be read, or a table of one was changed.
    """
    from padanan.base.period import Periode

    found = []
    for folder in sorted((home.root / "decree").glob("????-??-??")):
        periode = Periode.parse(folder.name)
        if periode.year > year:
            continue
        standing = seals(home, periode)
        found += [standing[-1]] if standing else []
    for seal in found[-2:]:
        for path in changed_tables(seal, file_sha256):
            cure = "pulihkan dari cadangan"
            raise PadananError("berkas penetapan hilang atau berubah", file=path.relative_to(home.root), cure=cure)
    return found


def compare(home: Home, before: Seal | None, after: Seal) -> Served:
    """Who of the data sasaran is served by a program, in one decree or in two, as the decrees themselves say."""
    con = scratch(home)
    try:
        for name, seal in ((BEFORE, before), (AFTER, after)):
            _people(con, name, seal)
        return _printed(con, before, after)
    finally:
        con.close()


def _people(con: duckdb.DuckDBPyConnection, name: str, seal: Seal | None) -> None:
    if seal is None:
        con.execute(f"create table {name} (id_orang varchar, kota varchar, keadaan varchar)")
        return
    path = seal.folder / seal.data["file"]
    columns = {row[0] for row in con.execute(f"describe select * from read_parquet({literal(path)})").fetchall()}
    if "program" not in columns:
        cure = "bandingkan penetapan yang lebih baru"
        raise PadananError("penetapan ini tidak memuat program", file=seal.path.parent.name, cure=cure)
    con.execute(
        f"""create table {name} as select id_orang, coalesce(kode_kota, {literal(UNKNOWN)}) as kota,
        if(coalesce(program, '') = '', {literal(UNSERVED)}, {literal(SERVED)}) as keadaan from read_parquet({literal(path)})"""
    )


def _printed(con: duckdb.DuckDBPyConnection, before: Seal | None, after: Seal) -> Served:
    into = Declared()
    names = dict(
        con.execute(
            f"select kode_kota, any_value(kota) from read_csv({literal(WILAYAH_SEED)}, all_varchar = true) group by 1"
        ).fetchall()
    )
    known = con.execute("select kota from sebelum union select kota from sesudah order by 1").fetchall()
    kotas = [row[0] for row in known]
    ages = [AFTER] if before is None else [BEFORE, AFTER]
    for age in ages:
        _one(con, into, age, kotas)
    moves = _moves(con, into) if before is not None else {}
    covered = Cells.of(into)

    def shown(key: Key) -> str:
        mark: Cover | None = covered.mark(key)
        return mark.text if mark else number(into.values[key])

    cells = {(age, kota, what): shown((age, kota, what)) for age in ages for kota in (*kotas, ALL) for what in MEASURES}
    places = (*((kota, names.get(kota, kota)) for kota in kotas), (ALL, "DKI Jakarta"))
    return Served(before, after, places, cells, {pair: shown(key) for pair, key in moves.items()})


def _one(con: duckdb.DuckDBPyConnection, into: Declared, age: str, kotas: list[str]) -> None:
    """One decree: each kota is its served and its unserved people, all of DKI is its kota."""
    counts = {
        (kota, state): n for kota, state, n in con.execute(f"select kota, keadaan, count(*) from {age} group by 1, 2").fetchall()
    }
    for kota in kotas:
        served, unserved = counts.get((kota, SERVED), 0), counts.get((kota, UNSERVED), 0)
        for what, value in ((WHOLE, served + unserved), (SERVED, served), (UNSERVED, unserved)):
            into.count((age, kota, what), value)
        into.sum((age, kota, WHOLE), [(age, kota, SERVED), (age, kota, UNSERVED)])
    for what in MEASURES:
        into.count((age, ALL, what), sum(into.values[age, kota, what] for kota in kotas), total=True)
        into.sum((age, ALL, what), [(age, kota, what) for kota in kotas])
    into.sum((age, ALL, WHOLE), [(age, ALL, SERVED), (age, ALL, UNSERVED)])


def _moves(con: duckdb.DuckDBPyConnection, into: Declared) -> dict[tuple[str, str], Key]:
    """Where those of one decree stand in the other: each row and each column adds up to a count of its decree."""
    counts = {
        (one, other): n
        for one, other, n in con.execute(
            f"""select coalesce(a.keadaan, {literal(NEW)}), coalesce(b.keadaan, {literal(OUT)}), count(*)
            from sebelum a full join sesudah b using (id_orang) group by 1, 2"""
        ).fetchall()
    }
    keys: dict[tuple[str, str], Key] = {}
    for one in (SERVED, UNSERVED, NEW):
        for other in (SERVED, UNSERVED, OUT):
            if (one, other) != (NEW, OUT):
                keys[one, other] = into.count(("pindah", one, other), counts.get((one, other), 0))
    for state in (SERVED, UNSERVED):
        into.sum((BEFORE, ALL, state), [keys[state, other] for other in (SERVED, UNSERVED, OUT)])
        into.sum((AFTER, ALL, state), [keys[one, state] for one in (SERVED, UNSERVED, NEW)])
    return keys
