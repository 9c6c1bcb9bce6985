"""What the field found of people, as a table of facts: who, which result, on which day; the reader of Matriks 3's column 8.

Where the facts come from is the giver's business: a Parquet file of the field's store, or what a publication itself knows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

import duckdb

from padanan.base.errors import PadananError, safe_reason
from padanan.base.home import Home
from padanan.base.sql import literal
from padanan.contracts.feedback import load_feedback
from padanan.feedback.lp3ke.forms import DEAD, FOUND, MOVED
from padanan.feedback.state import HOLDING, Moment, open_state

COLUMNS = {"id_orang": "VARCHAR", "hasil": "VARCHAR", "tanggal": "DATE"}
"""The table of facts: a person's key, a word of `RESULTS`, the day of the visit."""
SHOWN = {"meninggal": DEAD, "ditemukan": FOUND, "pindah": MOVED}
NOT_FOUND, REFUSED, DISAGREE = "tidak_ditemukan", "menolak", "hasil_berbeda"
RESULTS = (*SHOWN, NOT_FOUND, REFUSED)
"""The words of the field's worklist; for the last two the form has none: the cell stays blank, the cover note lists the row."""


class Facts(Protocol):
    """A source of verification facts."""

    def relation(self, con: duckdb.DuckDBPyConnection) -> str:
        """SQL of a table with `COLUMNS`, readable from this connection.

        Raises:
            PadananError: the source can't be read or has another shape.
        """
        ...


@dataclass(frozen=True)
class FileFacts:
    """Facts in a Parquet file, as the store of field results writes them."""

    path: Path

    def relation(self, con: duckdb.DuckDBPyConnection) -> str:
        """See `Facts`."""
        source = f"read_parquet({literal(self.path)})"
        try:
            found = {row[0]: row[1] for row in con.execute(f"describe select * from {source}").fetchall()}
        except duckdb.Error as error:
            raise PadananError(
                f"hasil verifikasi tidak terbaca ({safe_reason(error)})",
                file=self.path.name,
                cure="beri berkas Parquet yang utuh",
            ) from None
        if wrong := [name for name, kind in COLUMNS.items() if found.get(name) != kind]:
            raise PadananError(
                f"hasil verifikasi tanpa kolom {wrong[0]} bertipe {COLUMNS[wrong[0]].lower()}",
                file=self.path.name,
                cure=f"beri kolom {', '.join(f'{name} {kind.lower()}' for name, kind in COLUMNS.items())}",
            )
        words = ", ".join(map(literal, RESULTS))
        strange = con.execute(
            f"""select count(*) filter (coalesce(hasil, '') not in ({words})),
            count(*) filter (tanggal is null or id_orang is null) from {source}"""
        ).fetchall()[0]
        if any(strange):
            cause = f"{strange[0]} hasil di luar pilihan" if strange[0] else f"{strange[1]} baris tanpa orang atau tanggal"
            raise PadananError(cause, file=self.path.name, cure=f"hasil ditulis {', '.join(RESULTS)}; setiap baris bertanggal")
        return f"(select id_orang, hasil, tanggal from {source})"


@dataclass(frozen=True)
class PublishedFacts:
    """What a publication itself knows of the field: a death that was verified. A flag of a register is none."""

    people: Path
    day: date

    def relation(self, con: duckdb.DuckDBPyConnection) -> str:
        """See `Facts`."""
        source = f"read_parquet({literal(self.people)})"
        known = {row[0] for row in con.execute(f"describe select * from {source}").fetchall()} if self.people.is_file() else set()
        if "meninggal_terverifikasi" not in known:
            return "(select null::varchar as id_orang, null::varchar as hasil, null::date as tanggal where false)"
        return (
            f"(select id_orang, 'meninggal' as hasil, date {literal(self.day.isoformat())} as tanggal from {source} "
            "where meninggal_terverifikasi)"
        )


@dataclass(frozen=True)
class ReturnedFacts:
    """What visits found, of all that came back (`padanan/feedback`): every result that holds, in dispute ones left out."""

    home: Home
    until: date

    def relation(self, con: duckdb.DuckDBPyConnection) -> str:
        """See `Facts`; the tables of the state stay in the connection."""
        open_state(con, self.home, load_feedback(), Moment(self.until, self.until))
        return f"(select id_orang, hasil, terjadi as tanggal from {HOLDING} where kontrak = 'verivali' and id_orang is not null)"


def newest(con: duckdb.DuckDBPyConnection, sources: Sequence[Facts], until: date, table: str) -> None:
    """Makes a table: each person's result of their newest day, `DISAGREE` where that day has different ones.

    Args:
        until: no later fact counts: the form shows how things stand when it is reported.
    """
    every = " union all ".join(f"select * from {source.relation(con)}" for source in sources)
    con.execute(
        f"""create or replace table {table} as
        with sampai as (select * from ({every}) where tanggal <= date {literal(until.isoformat())}),
        akhir as (select * from sampai qualify tanggal = max(tanggal) over (partition by id_orang))
        select id_orang, case when count(distinct hasil) = 1 then min(hasil) else {literal(DISAGREE)} end as hasil,
            max(tanggal) as tanggal
        from akhir group by id_orang"""
    )
