"""Whether an identifier is somebody's, and which line of the prelist an usul or sanggah led to.

Who a delivered row speaks of is `people`'s; lines are opened by `lines`.
"""

from __future__ import annotations

from datetime import date

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.sql import literal
from padanan.base.tabular import scratch
from padanan.contracts.feedback import load_catalogue, load_feedback
from padanan.feedback.lines import REASONS, open_lines
from padanan.feedback.objections import NAME
from padanan.feedback.people import newest
from padanan.feedback.state import Moment, open_state
from padanan.published.proof import prove_opened


def kind_of(home: Home, id_orang: str) -> str:
    """How somebody is known: `id_orang` by the newest publication, `baru` by events alone.

    Raises:
        PadananError: nobody has that identifier, or it is a NIK.
    """
    if id_orang.isdigit():
        raise PadananError("pengenal orang bukan NIK", place="ID", cure="pakai ID ORANG dari daftar tugas")
    con = scratch(home)
    try:
        if (known := newest(home)) is not None:
            prove_opened(home, known.periode, known.revisi)
            people = f"read_parquet({literal(home.published(known.periode, known.revisi) / 'padanan_orang.parquet')})"
            if con.execute(f"select 1 from {people} where id_orang = ?", [id_orang]).fetchall():
                return "id_orang"
        open_state(con, home, load_feedback())
        if con.execute("select 1 from peristiwa where id_orang = ? and cara = 'baru'", [id_orang]).fetchall():
            return "baru"
    finally:
        con.close()
    raise PadananError("pengenal itu tidak dikenal", place="ID", cure="salin ID ORANG dari daftar tugas")


def lines_of(home: Home, today: date) -> dict[str, str]:
    """Number of an usul or sanggah -> the state of its reason on the prelist."""
    con = scratch(home)
    try:
        open_state(con, home, load_feedback(), Moment(today, today))
        open_lines(con, home, load_catalogue(), today=today, known_at=today)
        found = con.execute(
            f"select p.id_peristiwa, r.status from peristiwa p join {REASONS} r on r.id_orang = p.id_orang and r.kode = '{NAME}' "
            f"where p.kontrak = '{NAME}'"
        ).fetchall()
        return {str(nomor): str(status) for nomor, status in found}
    finally:
        con.close()
