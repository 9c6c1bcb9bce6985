"""Addenda at the door: who stands on one of a decree at this moment, opened in memory from files that a register proves.

Who may read which of it is `gate`'s; the decree's own prepared files never hold anybody of an addendum.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field
from datetime import date

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from padanan.base.home import Home
from padanan.base.keys import load_ring, register_hmac, register_today
from padanan.base.sql import ident, literal
from padanan.distribution.catalogue import Catalogue
from padanan.distribution.prepare import PURPOSE
from padanan.distribution.shelf import SETTINGS, Opened
from padanan.forms.addendum_files import AS_PUT, proved_door, shown_at_door
from padanan.records import addenda
from padanan.records.addenda import Addendum
from padanan.records.chain import canonical

SERVICE = "adendum"
EXTRA = ("adendum", "rujukan", "sampai")
"""Columns that the service brings by itself: which addendum, by whose authority, until when."""
STATE = "keadaan"
"""The fact that names who stands there: a cursor of before a change is of another question."""
KEPT = 8


@dataclass
class AddedShelf:
    """The opened addenda of a server. The register is looked at on each request: whoever was taken off is served no more."""

    home: Home
    catalogue: Catalogue
    _file: tuple[int, ...] | None = None
    _every: tuple[Addendum, ...] = ()
    _opened: dict[str, Opened] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def of(self, decree: Opened, day: date) -> Opened | None:
        """The addenda of a period's decree that are in force on a day and were given to the door; None where there are none.

        Those of the decree before a perubahan count on; whom the perubahan took in is served with its data alone.

        Raises:
            PadananError: the register was changed, or a file is not the one that was given.
        """
        with self._lock:
            there = [
                (one, sorted(one.on(day)))
                for one in self._all()
                if one.periode == decree.periode and one.ke <= decree.ke and one.on(day) and shown_at_door(self.home, one)
            ]
            if not there:
                return None
            facts = [decree.ke, *([one.name, one.record["hash"], people] for one, people in there)]
            state = hashlib.sha256(canonical({"f": facts}).encode()).hexdigest()[:32]
            if state not in self._opened:
                while len(self._opened) >= KEPT:
                    # What is still read by somebody closes with its last reader.
                    del self._opened[next(iter(self._opened))]
                self._opened[state] = self._open(decree, there, state)
            return self._opened[state]

    def _all(self) -> tuple[Addendum, ...]:
        path = addenda.log_of(self.home).path
        try:
            found = path.stat()
        except FileNotFoundError:
            return ()
        file = (found.st_ino, found.st_mtime_ns, found.st_size)
        if file != self._file:
            self._every, self._file = tuple(addenda.addenda(self.home)), file
        return self._every

    def _open(self, decree: Opened, there: list[tuple[Addendum, list[str]]], state: str) -> Opened:
        # What is made with the key is made in a database of its own: the one that is served from never holds it.
        con = duckdb.connect()
        try:
            rows, names = self._rows(con, decree, there)
        finally:
            con.close()
        served = duckdb.connect()
        served.register("isi", rows)
        served.execute(f"create table {SERVICE} as select * from isi order by urut")
        served.unregister("isi")
        for name, value in SETTINGS.items():
            if name != "lock_configuration":
                served.execute(f"set {ident(name)} = {literal(str(value))}")
        served.execute("set lock_configuration = true")
        columns = [name for name in self.catalogue.kolom if name in names]
        facts = {"kolom": columns, "sejak": [], STATE: state}
        return Opened(decree.periode, decree.ke, facts, (), served, {SERVICE: rows.num_rows})

    def _rows(
        self, con: duckdb.DuckDBPyConnection, decree: Opened, there: list[tuple[Addendum, list[str]]]
    ) -> tuple[pa.Table, set[str]]:
        ring = load_ring(self.home)
        register_hmac(con, ring)
        arms: list[str] = []
        names: set[str] = set()
        con.execute("create table kini (adendum varchar, id varchar)")
        for one, people in there:
            path, facts = proved_door(self.home, one)
            names |= set(pq.read_schema(path).names)
            register_today(con, ring, str(facts["kunci_hmac"]))
            now = f"replace (hmac_kini(id_orang) as id_orang, hmac_kini({AS_PUT}) as {AS_PUT})"
            con.execute(f"create table isi_{len(arms)} as select * {now} from read_parquet({literal(path)})")
            con.executemany("insert into kini values (?, ?)", [[one.name, who] for who in people])
            arms.append(f"select * from isi_{len(arms)}")
        cursor = decree.con.cursor()
        try:
            people = [who for _, some in there for who in some]
            taken_in = cursor.execute("select id_orang from sasaran where id_orang in (select unnest(?::varchar[]))", [people])
            con.register("ditetapkan", taken_in.to_arrow_table())
        finally:
            cursor.close()
        rows = con.sql(
            f"""select row_number() over (order by id_orang) - 1 as urut, *,
              unhex(hmac_hex({literal(PURPOSE)} || '|' || id_orang)) as sidik_orang,
              coalesce(list_filter(string_split(program, ','), lambda x: x <> ''), []) as program_semua
            from ({" union all by name ".join(arms)}) s
            where exists (select 1 from kini k where k.adendum = s.adendum and k.id = s.{AS_PUT})
              and id_orang not in (select id_orang from ditetapkan) order by urut"""
        ).to_arrow_table()
        return rows, names
