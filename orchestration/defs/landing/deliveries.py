"""One asset per producer: takes in what lies in its inbox and shows which delivery the period uses.

Reading, control totals, quarantine and receipts are in `padanan/landing/`.
"""

from collections.abc import Iterator
from typing import Any

import dagster as dg

from orchestration.calendar_today import today
from orchestration.contracts import column_schema, freshness_of, kinds_of, landing_key, loaded, owner_of
from orchestration.defs.partitions import PER_PERIODE
from orchestration.guard import explained
from orchestration.heads import asset_spec, check_spec
from orchestration.links import run_page
from orchestration.open_deliveries import OpenDeliveries
from orchestration.resources import AlarmResource, KontrakResource, RumahResource
from padanan.base.period import Periode
from padanan.contracts.contract import Contract

REFUSED = "kiriman_ditolak"


def landing_asset(contract: Contract) -> dg.AssetsDefinition:
    """The asset `landing/<contract_id>` with its three checks.

    - `baris_utuh` (ERROR, blocking): rows read = rows on + rows aside for every active delivery.
    - `kiriman_aktif` (WARN): a producer in force delivered for the period; what is carried forward is no delivery.
    - `kiriman_ditolak` (WARN): a delivery is quarantined, refused or held, or stays in the inbox, and no good one came since.
    """
    key = landing_key(contract.id)

    @dg.multi_asset(
        name=f"landing_{contract.id}",
        specs=[
            asset_spec(
                key,
                f"{contract.name}: kiriman aktif {contract.owner} untuk periode ini. {contract.description}",
                kinds=kinds_of(contract),
                owner=owner_of(contract),
                version=contract.version,
                tags={"satuan": contract.unit, "jenis": contract.kind},
                metadata={"dagster/column_schema": column_schema(contract), "dasar_hukum": contract.legal_basis},
                freshness_policy=freshness_of(contract, today()),
            )
        ],
        check_specs=[
            check_spec(
                "baris_utuh",
                key,
                "Baris masuk = baris diteruskan + baris disisihkan, dihitung terpisah.",
                blocking=True,
            ),
            check_spec(
                "kiriman_aktif",
                key,
                "Ada kiriman periode ini yang diterima selama kontrak berlaku; data terbawa tidak dihitung.",
            ),
            check_spec(
                REFUSED,
                key,
                "Tidak ada kiriman dikarantina, ditolak, ditahan, atau tertinggal di inbox tanpa pengganti.",
            ),
        ],
        backfill_policy=PER_PERIODE,
    )
    def land(
        context: dg.AssetExecutionContext, rumah: RumahResource, kontrak: KontrakResource, alarm: AlarmResource
    ) -> Iterator[dg.MaterializeResult[None]]:
        periode = Periode.parse(context.partition_key)
        with explained(f"penerimaan kiriman {contract.id}"):
            result = _land(context, rumah, kontrak, alarm, contract.id, periode)
        yield result

    return land


def _land(
    context: dg.AssetExecutionContext,
    rumah: RumahResource,
    kontrak: KontrakResource,
    alarm: AlarmResource,
    contract_id: str,
    periode: Periode,
) -> dg.MaterializeResult[None]:
    from padanan.landing.landed import landed

    home, contracts = rumah.home(), kontrak.all()
    report = landed(home, contracts, contract_id, periode)
    for line in report.lines:
        context.log.info(line)
    for line in report.warnings:
        context.log.warning(line)
    waiting = OpenDeliveries(home, contract_id, report.waiting, report.faults, report.late)
    for line in alarm.send_once(home, waiting.alerts(alarm), link=run_page(context.run.run_id)):
        context.log.warning(line)
    key = landing_key(contract_id)
    metadata: dict[str, Any] = dict(report.facts)
    if report.receipts:
        metadata["tanda_terima"] = dg.MetadataValue.md("\n".join(f"- `{path}`" for path in report.receipts))
    return dg.MaterializeResult(
        asset_key=key,
        metadata=metadata,
        check_results=[
            dg.AssetCheckResult(
                asset_key=key,
                check_name="baris_utuh",
                passed=report.rows_lost == 0,
                severity=dg.AssetCheckSeverity.ERROR,
                description=report.account_sentence,
                metadata={"teramati": report.rows_lost, "ambang": 0},
            ),
            dg.AssetCheckResult(
                asset_key=key,
                check_name="kiriman_aktif",
                passed=report.present,
                severity=dg.AssetCheckSeverity.WARN,
                description=report.present_sentence,
                metadata={
                    "jumlah_kiriman": report.deliveries,
                    "berlaku": report.in_force,
                    "terbawa": ", ".join(report.carried) or "–",
                },
            ),
            dg.AssetCheckResult(
                asset_key=key,
                check_name=REFUSED,
                passed=waiting.passed,
                severity=dg.AssetCheckSeverity.WARN,
                description=waiting.description,
                metadata=waiting.metadata(),
            ),
        ],
    )


landing_assets = [landing_asset(contract) for contract in loaded().values()]
