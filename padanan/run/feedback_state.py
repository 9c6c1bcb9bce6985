"""What the field found, written for the run of a period: people's state as known on its cut-off day, and newcomers' rows.

How a state follows from events is `padanan/feedback/state`, who enters `padanan/feedback/entrants`; what the run does with both
stands in the dbt models.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from padanan.base import disk
from padanan.base.commit import building, replace
from padanan.base.errors import no_space_guard
from padanan.base.folder_proof import seal
from padanan.base.home import Home
from padanan.base.tabular import TableFile, scratch, write_table
from padanan.contracts.feedback import load_catalogue, load_feedback
from padanan.contracts.planned import FeedbackPlan, PlannedDelivery
from padanan.feedback.entrants import ACCOUNT, ASIDE, PART, write_entrants
from padanan.feedback.state import STATE, Moment, open_state

FOLDER = "umpan_balik"
FILE = "keadaan.parquet"
NEWCOMERS = "warga_baru"
"""The folder beside `FILE` with the rows of newcomers, in the form of a landed delivery."""


@dataclass(frozen=True)
class FeedbackInputs:
    """What a run reads of the field: people's states, and newcomers in the form of a delivery (None where nobody was met)."""

    plan: FeedbackPlan
    newcomers: PlannedDelivery | None


def feedback_inputs(home: Home, cutoff: date, expectations: Path | None = None) -> FeedbackInputs | None:
    """Writes `warehouse/umpan_balik/<cutoff>/`: `keadaan.parquet`, `warga_baru/`; None while nothing came back up to that day.

    A column `hasil_berlaku` says that an agreed result of a visit is not older than `hasilBerlakuHari` on the cut-off day. The
    folder is signed (`records/field_proof`); those of other days are removed: they are work data, and hold names.

    Raises:
        PadananError: an event, a landed row or the register was changed.
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
        names = [FILE]
        with no_space_guard("keadaan umpan balik"), building(target.parent) as folder:
            written = write_table(
                con,
                f"select *, {fresh} as hasil_berlaku, {moved} as pindah_terverifikasi from {STATE} order by id_orang",
                folder / FILE,
            )
            disk.chmod(folder / FILE, 0o600)
            disk.mkdir(folder / NEWCOMERS, mode=0o700)
            if (entered := write_entrants(con, home, cutoff, folder / NEWCOMERS)) is not None:
                names += [f"{NEWCOMERS}/{name}" for name in (PART, ASIDE, ACCOUNT)]
            seal(folder, target.relative_to(home.root).as_posix(), names)
            replace(folder, target)
    finally:
        con.close()
    for other in sorted(target.parent.iterdir()):
        if other != target and other.is_dir():
            disk.remove_tree(other)
    path = target.relative_to(home.root).as_posix()
    plan = FeedbackPlan(berkas=f"{path}/{FILE}", sidik=written.row_hash, orang=written.rows)
    return FeedbackInputs(plan, _delivery(f"{path}/{NEWCOMERS}/{PART}", cutoff, entered.rows) if entered else None)


def _delivery(path: str, cutoff: date, rows: TableFile) -> PlannedDelivery:
    return PlannedDelivery(
        sha16=rows.row_hash[:16],
        periode_data=f"{cutoff:%Y-%m}",
        diterima=cutoff.isoformat(),
        path=path,
        rows_on=rows.rows,
        terbawa=False,
    )
