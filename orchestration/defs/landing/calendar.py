"""Freshness of every producer as a check on its landing asset: is anything due and not there today?

The answer is `padanan/upkeep/calendar/freshness.py`, the same that `padanan calendar` prints; here it is only shown.
"""

from collections.abc import Iterator

import dagster as dg

from orchestration.calendar_today import metadata_of, sentence_of, today
from orchestration.contracts import landing_key, loaded
from orchestration.guard import explained
from orchestration.links import run_page
from orchestration.resources import AlarmResource, KontrakResource, RumahResource

CHECK = "tenggat"


@dg.multi_asset_check(
    name="tenggat_kiriman",
    specs=[
        dg.AssetCheckSpec(
            CHECK,
            asset=landing_key(contract_id),
            # Of today, not of a period, so not partitioned: what was due in a closed half-year is the period's `kiriman_aktif`.
            description="Tidak ada kiriman semester berjalan yang lewat tenggat menurut kalender (§3.1.4.b dan kontrak).",
        )
        for contract_id in loaded()
    ],
    # One producer's landing asset, started alone, brings its own check with it and not the other nineteen.
    can_subset=True,
)
def tenggat_kiriman(
    context: dg.AssetCheckExecutionContext, rumah: RumahResource, kontrak: KontrakResource, alarm: AlarmResource
) -> Iterator[dg.AssetCheckResult]:
    """One result a selected producer: WARN, because a late producer is a line in the report and never stops a run."""
    with explained("pemeriksaan kalender"):
        from padanan.upkeep.calendar.freshness import freshness
        from padanan.upkeep.calendar.year import build

        contracts = kontrak.all()
        day = today()
        home = rumah.home()
        found = freshness(build(home, contracts, day.year, day=day), contracts)
        late = {
            f"tenggat|{contract_id}|{item.entry.key}": alarm.alert(
                f"Kiriman {contract_id} lewat tenggat",
                f"{item.entry.subject}: {item.entry.state}, tenggat {item.entry.due}, {item.entry.days_late} hari lewat. "
                "Perbaikan: ingatkan produsen; kiriman tiba lewat inbox seperti biasa",
                level="peringatan",
                produsen=contract_id,
            )
            for contract_id, item in found.items()
            if not item.passed and item.entry
        }
        for line in alarm.send_once(home, late, day=day, link=run_page(context.run.run_id)):
            context.log.warning(line)
    for contract_id in loaded():
        if dg.AssetCheckKey(landing_key(contract_id), CHECK) not in context.selected_asset_check_keys:
            continue
        item = found[contract_id]
        yield dg.AssetCheckResult(
            asset_key=landing_key(contract_id),
            check_name=CHECK,
            passed=item.passed,
            severity=dg.AssetCheckSeverity.WARN,
            description=sentence_of(item),
            metadata=metadata_of(item, day),
        )
