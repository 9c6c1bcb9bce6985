"""Takes in one producer's inbox and gathers what Dagster shows of it: counts and paths, never values.

Taking in and choosing the active delivery are `padanan/delivery/`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import dagster as dg

from padanan.contract import Contract
from padanan.home import Home
from padanan.period import Periode
from padanan.report.format import number


@dataclass(frozen=True)
class LandingReport:
    """What `landing/<contract_id>` says about one period.

    `rows_lost`: rows by which in differs from on + aside, over all active deliveries; `present`: there is an active
    delivery, or the contract is not in force; `lines`: one per file that was taken in.
    """

    deliveries: int
    in_force: bool
    rows_lost: int
    present: bool
    row_account: dict[str, int]
    metadata: dict[str, Any]
    lines: tuple[str, ...]

    @property
    def account_sentence(self) -> str:
        """`12.345 baris masuk, 12.300 diteruskan, 45 disisihkan: selisih 0 baris; ambang 0.`"""
        told = ", ".join(f"{number(rows)} {name}" for name, rows in self.row_account.items())
        return f"Baris kiriman aktif: {told}; selisih {number(self.rows_lost)} baris, ambang 0."

    @property
    def present_sentence(self) -> str:
        """`1 kiriman aktif; sedikitnya 1 selama kontrak berlaku.`"""
        if not self.in_force:
            return f"{number(self.deliveries)} kiriman aktif; kontrak tidak berlaku pada periode ini, ambang 0."
        return f"{number(self.deliveries)} kiriman aktif; sedikitnya 1 selama kontrak berlaku."


def landed(home: Home, contracts: Mapping[str, Contract], contract_id: str, periode: Periode) -> LandingReport:
    """Processes `inbox/<contract_id>/` and reports the period's active deliveries.

    Raises:
        SourceUnavailable: a pull order's PostgreSQL does not answer.
        PadananError: a fault of the home; a fault of a file ends in quarantine and a receipt instead.
    """
    from padanan.delivery.active import active_deliveries
    from padanan.delivery.inbox import process_inbox
    from padanan.plan import load_plans

    contract = contracts[contract_id]
    receipts = process_inbox(home, contracts, contract_id)
    taken = Counter(str(receipt.status) for receipt in receipts)
    year = load_plans().get(periode.year)
    cutoff = year.decree_date(periode) if year else periode.end
    active = [item for item in active_deliveries(home, contracts, periode, cutoff) if item.contract_id == contract_id]
    manifests = [item.manifest for item in active]
    account = {
        "masuk": sum(int(m["rows_in"]) for m in manifests),
        "diteruskan": sum(int(m["rows_on"]) for m in manifests),
        "disisihkan": sum(_aside(m) for m in manifests),
    }
    in_force = contract.in_force(periode)
    metadata: dict[str, Any] = {
        "dagster/row_count": account["diteruskan"],
        "dagster/partition_row_count": account["diteruskan"],
        "baris_masuk": account["masuk"],
        "baris_disisihkan": account["disisihkan"],
        "kiriman_aktif": len(active),
        "periode_data": ", ".join(sorted({str(item.periode_data) for item in active})) or "–",
        "berlaku": in_force,
        "diproses_sekarang": sum(taken.values()),
        "terlambat": sum(bool(m.get("late")) for m in manifests),
        **{f"kiriman_{status}": count for status, count in sorted(taken.items())},
    }
    receipts_at = [(item.folder / "tanda_terima.md").relative_to(home.root) for item in active]
    if receipts_at:
        metadata["tanda_terima"] = dg.MetadataValue.md("\n".join(f"- `{path}`" for path in receipts_at))
    return LandingReport(
        deliveries=len(active),
        in_force=in_force,
        rows_lost=sum(abs(int(m["rows_in"]) - int(m["rows_on"]) - _aside(m)) for m in manifests),
        present=bool(active) or not in_force,
        row_account=account,
        metadata=metadata,
        lines=tuple(f"{contract_id}: {status} {count} kiriman" for status, count in sorted(taken.items())),
    )


def _aside(manifest: Mapping[str, Any]) -> int:
    aside = manifest["rows_aside"]
    return sum(int(count) for count in aside.values()) if isinstance(aside, Mapping) else int(aside)
