"""What the field found, written for the run of a period: the state of people as known on its cut-off day.

How a state follows from events is `padanan/feedback/state`; what the run does with it stands in the dbt models.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

from padanan.base import disk
from padanan.base.commit import building, replace
from padanan.base.errors import no_space_guard
from padanan.base.home import Home
from padanan.base.tabular import scratch, write_table
from padanan.contracts.feedback import load_catalogue, load_feedback
from padanan.contracts.planned import FeedbackPlan
from padanan.feedback.state import STATE, Moment, open_state

FOLDER = "umpan_balik"
FILE = "keadaan.parquet"


def feedback_inputs(home: Home, cutoff: date, expectations: Path | None = None) -> FeedbackPlan | None:
    """Writes `warehouse/umpan_balik/<cutoff>/keadaan.parquet`; None while nothing came back up to that day.

    A column `hasil_berlaku` says that an agreed result of a visit is not older than `hasilBerlakuHari` on the cut-off day.

    Raises:
        PadananError: an event or the register was changed.
    """
    contracts = load_feedback(expectations)
    con = scratch(home)
    try:
        # Events of a day count on that day: what came until the cut-off, and happened until then.
        if not open_state(con, home, contracts, Moment(cutoff, cutoff)):
            return None
        days = load_catalogue(expectations).hasilBerlakuHari
        fresh = f"coalesce(verivali_hasil is not null and verivali_pada + {days} >= date '{cutoff.isoformat()}', false)"
        # A register's word alone moves nobody, nor does a visit that does not know where to.
        moved = "coalesce(verivali_hasil = 'pindah' and pindah_keluar is not null, false)"
        target = home.warehouse / FOLDER / cutoff.isoformat()
        with no_space_guard("keadaan umpan balik"), building(target.parent) as folder:
            written = write_table(
                con,
                f"select *, {fresh} as hasil_berlaku, {moved} as pindah_terverifikasi from {STATE} order by id_orang",
                folder / FILE,
            )
            disk.chmod(folder / FILE, 0o600)
            replace(folder, target)
    finally:
        con.close()
    path = (target / FILE).relative_to(home.root).as_posix()
    return FeedbackPlan(berkas=path, sidik=written.row_hash, orang=written.rows)
