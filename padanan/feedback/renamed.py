"""By which identifier a newcomer who entered the padanan is known there: what each publication says of them, the newest first.

Who enters is `entrants`' question; what people decided about newcomers and what was computed stands in `links`.
"""

from __future__ import annotations

from datetime import date

import duckdb

from padanan.base.digest import known_sha256
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.keys import load_ring, register_today
from padanan.base.sql import literal
from padanan.contracts.feedback import NEWCOMERS
from padanan.feedback.links import LINKED
from padanan.published.revisions import published_periods, published_revisions
from padanan.records.tombstone import read_nisan

RENAMED = "berganti"
"""The table that `open_renamed` makes."""


def open_renamed(con: duckdb.DuckDBPyConnection, home: Home, known_at: date | None = None) -> None:
    """Makes the table `berganti(lama, baru, sementara)` from the publications whose cut-off lies before a day.

    `lama` is the provisional identifier, or one under which an earlier publication had them; `baru` the one of the newest
    publication that names them. A run reads what stood before its own cut-off: made anew it finds the same.

    Raises:
        PadananError: a publication was changed.
    """
    con.execute(f"create or replace table {RENAMED} (lama varchar, baru varchar, sementara varchar)")
    ring = load_ring(home)
    # The oldest first: what a later publication says takes the place of what stands.
    for periode in published_periods(home):
        # Of a period the newest revision that was known then: a run made anew does not read its own publication.
        revisions = published_revisions(home, periode)
        if not any(NEWCOMERS in manifest.get("tables", {}) for _, manifest in revisions):
            continue
        known = [
            (number, manifest)
            for number, manifest in revisions
            if known_at is None or str(manifest["cutoff"]) < known_at.isoformat()
        ]
        if not known:
            continue
        revisi, manifest = known[-1]
        facts = manifest["tables"].get(NEWCOMERS)
        if not facts or not facts["rows"] or read_nisan(home.published(periode, revisi)) is not None:
            continue
        path = home.published(periode, revisi) / f"{NEWCOMERS}.parquet"
        if not path.is_file() or known_sha256(path) != facts["sha256"]:
            raise PadananError(
                f"berkas terbitan {'berubah' if path.exists() else 'hilang'}",
                file=path.relative_to(home.root),
                cure="pulihkan folder published dari cadangan; 'padanan verify' menyebut semua yang berubah",
            )
        columns = ("id_lama", "id_orang", "id_sementara")
        if manifest["key_id"] == ring.names[-1]:
            said = ", ".join(columns)
        else:
            register_today(con, ring, str(manifest["key_id"]))
            said = ", ".join(f"hmac_kini({name}) as {name}" for name in columns)
        con.execute(f"create or replace temp table berganti_kini as select {said} from read_parquet({literal(path)})")
        con.execute(f"delete from {RENAMED} where sementara in (select id_sementara from berganti_kini)")
        con.execute(f"delete from {RENAMED} where lama in (select id_lama from berganti_kini)")
        con.execute(f"insert into {RENAMED} select * from berganti_kini")


def apply(con: duckdb.DuckDBPyConnection) -> None:
    """Puts today's identifier in the place of an earlier one, in the table `peristiwa`; `berganti` must stand."""
    con.execute(
        f"update peristiwa set id_orang = b.baru, cara = case when cara = 'baru' then '{LINKED}' else cara end "
        f"from {RENAMED} b where peristiwa.id_orang = b.lama and (b.baru <> b.lama or cara = 'baru')"
    )
