"""How far a decree is from the truth of its day: exclusion and inclusion error, with numerator and denominator.

Only the made-up world can say this; real targeting errors are estimated from surveys.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import duckdb

from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.published.revisions import read_manifest
from padanan.synthetic.year import OWNERS, PEOPLE, present


@dataclass(frozen=True)
class Errors:
    """Targeting errors of one decree.

    Attributes:
        entitled: people who by truth live, live in DKI and have a desil within the limit on the day. missed: those of them whom
            the decree does not hold; missed_outside: of these, who live in DKI without being registered there.
        selected: identifiers of the decree. dead, away, above: those who by truth are dead, gone (or not yet come), or above the
            limit, each counted once in this order. twice: identifiers beside the first of the same person, in no error.
        newcomers: people who entered the revision as newcomers. alone: of them, whom no registry has by now. entered: whom the
            decree holds; helped: of these, who is entitled by truth; outside: of these, who is not registered in DKI.
    """

    entitled: int
    missed: int
    missed_outside: int
    selected: int
    dead: int
    away: int
    above: int
    twice: int
    newcomers: int
    alone: int
    entered: int
    helped: int
    outside: int

    @property
    def wrong(self) -> int:
        """Selected people who by truth should not be."""
        return self.dead + self.away + self.above

    @property
    def exclusion(self) -> float:
        """missed / entitled."""
        return self.missed / self.entitled if self.entitled else 0.0

    @property
    def inclusion(self) -> float:
        """wrong / selected."""
        return self.wrong / self.selected if self.selected else 0.0


def measured(con: duckdb.DuckDBPyConnection, day: date, limit: int) -> Errors:
    """The errors of the decree that `year.own` read last.

    Args:
        day: on which truth is asked. limit: the highest desil that the criteria select.
    """
    on = f"date '{day.isoformat()}'"
    entitled = f"{present(on)} and d.desil <= {int(limit)}"
    found = con.execute(
        f"""with terpilih as (select s.id_orang, m.orang from sasaran_kini s left join {OWNERS} m using (id_orang)),
          berhak as (select d.orang, d.tercatat, d.orang in (select orang from terpilih where orang is not null) as masuk
            from {PEOPLE} d where {entitled}),
          dinilai as (select t.*, case when d.mati <= {on} then 'mati' when not {present(on)} then 'pergi'
            when d.desil > {int(limit)} then 'atas' else 'benar' end as benar
            from terpilih t left join {PEOPLE} d on d.orang = t.orang),
          baru as (select orang from terpilih where orang is not null and id_orang in (select id_orang from warga_kini))
        select (select count(*) from berhak), (select count(*) from berhak where not masuk),
          (select count(*) from berhak where not masuk and not tercatat), (select count(*) from dinilai),
          (select count(*) from dinilai where benar = 'mati'), (select count(*) from dinilai where benar = 'pergi'),
          (select count(*) from dinilai where benar = 'atas'),
          (select count(orang) - count(distinct orang) from dinilai),
          (select count(*) from warga_kini), (select count(*) from warga_kini where sendiri),
          (select count(*) from dinilai where id_orang in (select id_orang from warga_kini)),
          (select count(*) from berhak where orang in (select orang from baru)),
          (select count(*) from berhak where not tercatat and orang in (select orang from baru))"""
    ).fetchall()[0]
    return Errors(*map(int, found))


def limit_of(home: Home, periode: Periode, revisi: int) -> int:
    """The highest desil that the criteria of a published revision select.

    Raises:
        PadananError: the manifest was changed.
    """
    agreed = read_manifest(home, periode, revisi)["kriteria"]
    return int(agreed["batas_desil"][agreed["tingkat"]])
