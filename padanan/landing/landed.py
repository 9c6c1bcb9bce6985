"""What a period has of one producer after its inbox was taken in: counts, sentences and paths, never values.

Taking in is `inbox.py`, the answer for all producers `padanan/records/arrivals.py`; who shows it is the caller's affair.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from padanan.base.errors import SourceUnavailable
from padanan.base.format import number
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.contracts.contract import Contract
from padanan.contracts.due import concerns
from padanan.landing.inbox import Fault, process_inbox
from padanan.landing.receipt import Receipt, receipt_page
from padanan.records.arrivals import arrivals, unsettled


@dataclass(frozen=True)
class Landed:
    """What `landing/<contract_id>` says about one period.

    `rows_lost`: rows by which in differs from on + aside, over all deliveries that the period reads; `present`: the producer did
    its duty for the period, or owes none; `carried`: the months that stand in for a missing delivery; `lines`: one per kind of
    receipt; `warnings`: one per file that could not be taken in and stays in the inbox (`faults`); `waiting`: manifests of what
    waits for a person, of this period or taken in now; `late`: receipts of what was accepted now, after its deadline;
    `receipts`: papers of the active deliveries, relative to the home.
    """

    deliveries: int
    in_force: bool
    rows_lost: int
    present: bool
    carried: tuple[str, ...]
    row_account: dict[str, int]
    facts: dict[str, Any]
    lines: tuple[str, ...]
    warnings: tuple[str, ...]
    waiting: tuple[Mapping[str, Any], ...]
    faults: tuple[Fault, ...]
    late: tuple[Receipt, ...]
    receipts: tuple[str, ...]

    @property
    def account_sentence(self) -> str:
        """`12.345 baris masuk, 12.300 diteruskan, 45 disisihkan: selisih 0 baris; ambang 0.`"""
        told = ", ".join(f"{number(rows)} {name}" for name, rows in self.row_account.items())
        return f"Baris kiriman aktif: {told}; selisih {number(self.rows_lost)} baris, ambang 0."

    @property
    def present_sentence(self) -> str:
        """`1 kiriman periode ini; sedikitnya 1 selama kontrak berlaku.`"""
        told = f"{number(self.deliveries if self.present else 0)} kiriman periode ini"
        if self.carried:
            told = f"0 kiriman lengkap periode ini, dibaca data {', '.join(self.carried)} (terbawa)"
        if not self.in_force:
            return f"{told}; kontrak tidak berlaku pada periode ini, ambang 0."
        return f"{told}; sedikitnya 1 selama kontrak berlaku."


def landed(home: Home, contracts: Mapping[str, Contract], contract_id: str, periode: Periode) -> Landed:
    """Processes `inbox/<contract_id>/` and reports what the period has of the producer.

    A fault of one file is a warning: it ends in quarantine and a receipt, or stays in the inbox. Only a source that does not
    answer, while the period has nothing of this producer, is raised, to be tried again.

    Raises:
        SourceUnavailable: a pull order of this period's data has no answer, and nothing else stands in for it.
        PadananError: a fault of the home.
    """
    contract = contracts[contract_id]
    taken = process_inbox(home, contracts, contract_id)
    arrival = arrivals(home, {contract_id: contract}, periode)[contract_id]
    for fault in taken.faults:
        if isinstance(fault.error, SourceUnavailable) and not arrival.used and _of_period(contract, fault.periode_data, periode):
            raise fault.error
    now = {receipt.sha16 for receipt in taken.receipts}
    waiting = tuple(
        item
        for item in unsettled(home, contract_id)
        if item["sha16"] in now or _of_period(contract, item["periode_data"], periode)
    )
    statuses = Counter(str(receipt.status) for receipt in taken.receipts)
    active = arrival.used
    manifests = [item.manifest for item in active]
    account = {
        "masuk": sum(int(m["rows_in"]) for m in manifests),
        "diteruskan": sum(int(m["rows_on"]) for m in manifests),
        "disisihkan": sum(_aside(m) for m in manifests),
    }
    carried = tuple(sorted({item.periode_data for item in arrival.carried}))
    facts: dict[str, Any] = {
        "dagster/row_count": account["diteruskan"],
        "dagster/partition_row_count": account["diteruskan"],
        "baris_masuk": account["masuk"],
        "baris_disisihkan": account["disisihkan"],
        "kiriman_aktif": len(active),
        "keadaan": arrival.state,
        "periode_data": ", ".join(sorted({str(item.periode_data) for item in active})) or "–",
        "terbawa": ", ".join(carried) or "–",
        "berlaku": arrival.in_force,
        "diproses_sekarang": sum(statuses.values()),
        "tetap_di_inbox": len(taken.faults),
        "terlambat": sum(item.late for item in active),
        **{f"kiriman_{status}": count for status, count in sorted(statuses.items())},
    }
    return Landed(
        deliveries=len(active),
        in_force=arrival.in_force,
        rows_lost=sum(abs(int(m["rows_in"]) - int(m["rows_on"]) - _aside(m)) for m in manifests),
        present=not arrival.missing,
        carried=carried,
        row_account=account,
        facts=facts,
        lines=tuple(f"{contract_id}: {status} {count} kiriman" for status, count in sorted(statuses.items())),
        # Without the file's name, which may hold a person's.
        warnings=tuple(f"inbox/{contract_id}: {fault.error.cause}. Perbaikan: {fault.error.cure}" for fault in taken.faults),
        waiting=waiting,
        faults=tuple(taken.faults),
        late=tuple(receipt for receipt in taken.receipts if receipt.status == "diterima" and receipt.late),
        receipts=tuple(receipt_path(home, item.folder) for item in active),
    )


def _of_period(contract: Contract, periode_data: str | None, periode: Periode) -> bool:
    return periode_data is None or concerns(contract, periode_data, periode)


def _aside(manifest: Mapping[str, Any]) -> int:
    aside = manifest["rows_aside"]
    return sum(int(count) for count in aside.values()) if isinstance(aside, Mapping) else int(aside)


def receipt_path(home: Home, folder: Path) -> str:
    """The receipt's page of a delivery's folder, relative to the data home."""
    return receipt_page(folder).relative_to(home.root).as_posix()
