"""One asset per kind of feedback: takes in its inbox, makes events of what landed, shows what was sent back or is in dispute.

Landing is `padanan/landing`'s, events and faults `padanan/feedback`'s.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from orchestration.contracts import column_schema, kinds_of
from orchestration.defs.distribution.files import FILES
from orchestration.defs.partitions import PER_PERIODE
from orchestration.guard import explained
from orchestration.heads import asset_spec, check_spec
from orchestration.links import place
from orchestration.resources import AlarmResource, RumahResource
from orchestration.stages import FEEDBACK
from padanan.base.period import Periode, periode_of
from padanan.contracts.contract import Contract
from padanan.contracts.feedback import load_feedback


def feedback_key(contract_id: str) -> dg.AssetKey:
    """`feedback/<contract_id>`."""
    return dg.AssetKey([FEEDBACK, contract_id])


def feedback_asset(contract: Contract) -> dg.AssetsDefinition:
    """The asset `feedback/<contract_id>` with its checks.

    - `baris_utuh` (ERROR, blocking): rows that landed = events + rows sent back, for every delivery of the period.
    - `baris_dikembalikan` (WARN): rows were sent back to be corrected.
    - `berkas_diterima` (WARN): every file of the inbox was taken in.
    """
    key = feedback_key(contract.id)

    @dg.multi_asset(
        name=f"feedback_{contract.id}",
        specs=[
            asset_spec(
                key,
                f"{contract.name}: peristiwa yang dikirim {contract.owner}. {contract.description}",
                kinds={*kinds_of(contract), "parquet"},
                deps=[FILES],
                version=contract.version,
                tags={"jenis": contract.kind},
                metadata={"dagster/column_schema": column_schema(contract), "dasar_hukum": contract.legal_basis},
            )
        ],
        check_specs=[
            check_spec("baris_utuh", key, "Baris mendarat = peristiwa + baris dikembalikan.", blocking=True),
            check_spec("baris_dikembalikan", key, "Tidak ada baris yang dikembalikan untuk diperbaiki."),
            check_spec("berkas_diterima", key, "Setiap berkas di inbox diterima; yang rusak dikarantina dan disebut."),
        ],
        backfill_policy=PER_PERIODE,
    )
    def take_in(
        context: dg.AssetExecutionContext, rumah: RumahResource, alarm: AlarmResource
    ) -> Iterator[dg.MaterializeResult[None]]:
        periode = Periode.parse(context.partition_key)
        with explained(f"pengambilan umpan balik {contract.id}"):
            result = _take_in(context, rumah, alarm, contract.id, periode)
        yield result

    return take_in


def _take_in(
    context: dg.AssetExecutionContext, rumah: RumahResource, alarm: AlarmResource, contract_id: str, periode: Periode
) -> dg.MaterializeResult[None]:
    from padanan.contracts.feedback import load_deliverable
    from padanan.feedback.intake import take_all
    from padanan.landing.inbox import process_inbox
    from padanan.records.returned import taken as registered

    home, key = rumah.home(), feedback_key(contract_id)
    landed = process_inbox(home, load_deliverable(), contract_id)
    bad = [receipt for receipt in landed.receipts if receipt.status in ("karantina", "ditolak", "ditahan")]
    for fault in landed.faults:
        context.log.warning(str(fault.error))
    taken = take_all(home, only=contract_id, progress=context.log.info)
    records = [one for one in registered(home, contract_id) if periode_of(str(one["periode_data"])) == periode]
    total = {name: sum(int(one[name]) for one in records) for name in ("baris", "peristiwa", "ditolak", "sengketa", "periksa")}
    lost = total["baris"] - total["peristiwa"] - total["ditolak"]
    alerts = {
        f"umpan_balik|{contract_id}|{one.sha16}": alarm.alert(
            "Umpan balik dikembalikan sebagian",
            f"{contract_id}: {one.refused} dari {one.rows} baris dikembalikan. Perbaikan: sampaikan tanda terima isinya",
            level="peringatan",
            perihal=contract_id,
        )
        for one in taken
        if one.refused
    }
    for line in alarm.send_once(home, alerts):
        context.log.warning(line)
    metadata: dict[str, Any] = {f"jumlah_{name}": count for name, count in total.items()}
    metadata |= {"kiriman": len(records), "dagster/partition_row_count": total["peristiwa"]}
    if taken:
        metadata["tanda_terima"] = dg.MetadataValue.md("\n".join(f"- `{place(home, one.page)}`" for one in taken))
    results = (
        ("baris_utuh", lost == 0, dg.AssetCheckSeverity.ERROR, {"teramati": lost, "ambang": 0}),
        ("baris_dikembalikan", not total["ditolak"], dg.AssetCheckSeverity.WARN, {"teramati": total["ditolak"], "ambang": 0}),
        (
            "berkas_diterima",
            not (bad or landed.faults),
            dg.AssetCheckSeverity.WARN,
            {"bermasalah": len(bad), "tertinggal_di_inbox": len(landed.faults)},
        ),
    )
    return dg.MaterializeResult(
        asset_key=key,
        metadata=metadata,
        check_results=[
            dg.AssetCheckResult(asset_key=key, check_name=name, passed=passed, severity=severity, metadata=facts)
            for name, passed, severity, facts in results
        ],
    )


feedback_assets = [feedback_asset(contract) for contract in load_feedback().values()]
