"""The prelist as all that came back leaves it, folded once: figures with their checks, the reviewers' page, the agencies' lines.

How a line opens and closes is `padanan/feedback/lines`.
"""

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, Any

import dagster as dg

from orchestration.calendar_today import today
from orchestration.defs.feedback.kinds import feedback_key
from orchestration.defs.feedback.newcomers import KNOWN
from orchestration.defs.partitions import PER_PERIODE
from orchestration.guard import explained
from orchestration.heads import asset_spec, check_spec, stage_check
from orchestration.links import place
from orchestration.resources import RumahResource
from orchestration.stages import FEEDBACK
from padanan.base.period import Periode
from padanan.contracts.feedback import load_feedback

if TYPE_CHECKING:
    from padanan.distribution.prelist import Shown
    from padanan.feedback.cycle import Cycle

LINES, PAGE, SHOWN = (dg.AssetKey([FEEDBACK, name]) for name in ("prelist_berjalan", "halaman_siklus", "prelist_api"))


def day_of(key: str) -> date:
    """The day whose state is a period's: its last one, or today while it runs."""
    return min(Periode.parse(key).end, today())


@dg.multi_asset(
    name="prelist",
    specs=[
        asset_spec(
            LINES,
            "Prelist yang berjalan (F24): baris terbuka, selesai, gugur, terlambat, bersengketa, dari semua yang kembali.",
            kinds={"duckdb"},
            deps=[*(feedback_key(name) for name in load_feedback()), KNOWN],
        ),
        asset_spec(
            PAGE,
            "Siklus pada satu halaman bagi reviu: baris terbuka, ditutup, terlambat menurut instansi dan kelurahan; tanpa nama.",
            kinds={"html", "xlsx"},
            deps=[LINES],
        ),
        asset_spec(
            SHOWN,
            "Potret baris terbuka bagi instansi yang memverifikasi (GET /v1/prelist); hanya selama ada hibah untuknya.",
            kinds={"duckdb"},
            deps=[LINES],
        ),
    ],
    check_specs=[
        check_spec("satu_baris_per_orang", LINES, "Setiap orang punya paling banyak satu baris prelist terbuka.", blocking=True),
        check_spec(
            "sengketa_diputuskan",
            LINES,
            "Tidak ada peristiwa bersengketa atau hasil instansi yang berbeda yang menunggu putusan.",
        ),
    ],
    can_subset=True,
    backfill_policy=PER_PERIODE,
)
def prelist(
    context: dg.AssetExecutionContext, rumah: RumahResource
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Folds the state of the period's last day, as known on it, and hands its tables to all that were asked for.

    Raises:
        dagster.Failure: an event, a register or the publication was changed; or somebody has two lines: nothing is shown then.
    """
    assets, checks = context.selected_asset_keys, context.selected_asset_check_keys
    with explained("penyusunan prelist berjalan"):
        from padanan.base.errors import PadananError
        from padanan.feedback.cycle import standing_on
        from padanan.feedback.cycle_page import page_of, write_in_home
        from padanan.run.prelist_lines import hand_over_lines

        home, day = rumah.home(), day_of(context.partition_key)
        with standing_on(home, day) as standing:
            found = standing.counted()
            if LINES in assets:
                yield dg.MaterializeResult(asset_key=LINES, metadata={"per": day.isoformat(), **found.totals()})
            yield from (one for one in _judged(found) if dg.AssetCheckKey(LINES, str(one.check_name)) in checks)
            if found.lines != found.people:
                raise PadananError("seseorang punya dua baris prelist terbuka", cure="laporkan kepada pengelola sistem")
            if PAGE in assets:
                page = write_in_home(home, page_of(standing))
                told: dict[str, Any] = {"per": day.isoformat(), "folder": place(home, page.parent), "berkas": page.name}
                yield dg.MaterializeResult(asset_key=PAGE, metadata=told)
            if SHOWN in assets:
                # The agencies go by today's lines; an older period that is made anew takes nothing from them.
                shown = hand_over_lines(standing) if day == today() else None
                yield dg.MaterializeResult(asset_key=SHOWN, metadata=_shown(shown, day))


def _judged(found: "Cycle") -> Iterator[dg.AssetCheckResult]:
    yield dg.AssetCheckResult(
        asset_key=LINES,
        check_name="satu_baris_per_orang",
        passed=found.lines == found.people,
        metadata={"baris": found.lines, "orang": found.people, "ambang": 0},
    )
    yield dg.AssetCheckResult(
        asset_key=LINES,
        check_name="sengketa_diputuskan",
        passed=not (found.disputes or found.conflicts),
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"bersengketa": found.disputes, "orang_berbeda_hasil": found.conflicts, "ambang": 0},
    )


def _shown(shown: "Shown | None", day: date) -> dict[str, Any]:
    if shown is None:
        return {"per": day.isoformat(), "keadaan": "bukan hari ini" if day != today() else "tidak ada hibah prelist"}
    told = {"per": day.isoformat(), "keadaan": "potret baru" if shown.fresh else "potret yang sama"}
    return {**told, "ke": shown.number, "dagster/row_count": shown.lines}


@stage_check("Setiap kiriman umpan balik yang terdaftar ada dan tidak berubah.", asset=LINES, blocking=True)
def peristiwa_utuh(rumah: RumahResource) -> dg.AssetCheckResult:
    """The store of events beside its register."""
    with explained("pembuktian peristiwa"):
        from padanan.records.returned import faults_of_events

        _, faults = faults_of_events(rumah.home(), load_feedback())
    return dg.AssetCheckResult(
        passed=not faults,
        severity=dg.AssetCheckSeverity.ERROR,
        metadata={"kesalahan": dg.MetadataValue.md("\n".join(f"- {one}" for one in faults) or "tidak ada")},
    )
