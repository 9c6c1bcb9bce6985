"""What the check `kiriman_ditolak` and its alarms say of deliveries that wait for a person: counts, rules, cures, receipts.

Which deliveries these are is `padanan/records/arrivals.py`'s answer; nothing is judged here.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import dagster as dg

from padanan.base.home import Home
from padanan.landing.inbox import Fault
from padanan.landing.landed import receipt_path
from padanan.landing.receipt import KEEPER, STATUS_TEXT, Receipt, flag_table

if TYPE_CHECKING:
    from orchestration.resources import AlarmResource
    from padanan.upkeep.alert import Alert

STATUSES = ("karantina", "ditolak", "ditahan")
FROM_THE_FILE = {"kolom_tak_disepakati"}
"""Rules whose message repeats words of the file after a colon."""


@dataclass(frozen=True)
class OpenDeliveries:
    """Deliveries of one producer that wait for a person.

    `items`: manifests of quarantined, refused and held ones, `folder` in each; `faults`: files that could not be taken in and
    stay in the inbox; `late`: receipts of deliveries accepted now, after their deadline.
    """

    home: Home
    contract_id: str
    items: tuple[Mapping[str, Any], ...]
    faults: tuple[Fault, ...] = ()
    late: tuple[Receipt, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether nothing waits."""
        return not self.items and not self.faults

    @property
    def counts(self) -> dict[str, int]:
        """How many by status, and `tidak_dapat_diterima`."""
        found = Counter(str(item["status"]) for item in self.items)
        return {**{status: found[status] for status in STATUSES}, "tidak_dapat_diterima": len(self.faults)}

    @property
    def description(self) -> str:
        """One sentence for the check."""
        if self.passed:
            return "Tidak ada kiriman yang menunggu perbaikan atau pelepasan."
        told = ", ".join(f"{count} {name.replace('_', ' ')}" for name, count in self.counts.items() if count)
        return f"Menunggu orang: {told}; sebab dan perbaikannya ada di rincian."

    def metadata(self) -> dict[str, Any]:
        """Counts, and as Markdown each one's own receipt with rules, causes and cures; neither a value nor a file name."""
        waiting = sum(self.counts.values())
        # One figure to draw beside its threshold; the counts by status are to be read.
        counts: dict[str, Any] = {"teramati": waiting, "ambang": 0, **{name: str(count) for name, count in self.counts.items()}}
        if self.passed:
            return counts
        blocks = [self._block(item) for item in self.items]
        blocks += [f"**Tetap di inbox**: {fault.error.cause}. Perbaikan: {fault.error.cure}" for fault in self.faults]
        return {**counts, "rincian": dg.MetadataValue.md("\n\n".join(blocks))}

    def _block(self, item: Mapping[str, Any]) -> str:
        status = str(item["status"])
        lines = [
            f"**{STATUS_TEXT[status]}**, periode data {item['periode_data'] or 'tidak diketahui'}, nilai hash `{item['sha16']}`",
            "",
            f"Tanda terima: `{receipt_path(self.home, item['folder'])}`",
            "",
            *flag_table(_grave(item), places=False),
            "",
            _next(item),
        ]
        return "\n".join(lines)

    def alerts(self, alarm: AlarmResource) -> dict[str, Alert]:
        """One alert a delivery, by a name that stays the same at each look."""
        found = {}
        for item in self.items:
            status = str(item["status"])
            rules = ", ".join(sorted({flag["rule_id"] for flag in _grave(item)}))
            found[f"kiriman|{self.contract_id}|{item['sha16']}|{status}"] = alarm.alert(
                f"Kiriman {self.contract_id} {status}",
                f"GALAT kiriman {self.contract_id} periode data {item['periode_data'] or 'tidak diketahui'}: {status} oleh "
                f"aturan {rules}. Perbaikan: {_next(item)} "
                f"Tanda terima: {receipt_path(self.home, item['folder'])}",
                level="peringatan" if status == "ditahan" else "galat",
                produsen=self.contract_id,
                sidik=item["sha16"],
            )
        for fault in self.faults:
            name = hashlib.sha256(fault.file.encode()).hexdigest()[:16]
            found[f"kiriman|{self.contract_id}|inbox|{name}"] = alarm.alert(
                f"Kiriman {self.contract_id} tetap di inbox",
                f"GALAT inbox/{self.contract_id}: {fault.error.cause}. Perbaikan: {fault.error.cure}",
                produsen=self.contract_id,
            )
        for receipt in self.late:
            found[f"kiriman|{self.contract_id}|{receipt.sha16}|terlambat"] = alarm.alert(
                f"Kiriman {self.contract_id} terlambat",
                f"Kiriman {self.contract_id} periode data {receipt.manifest['periode_data']} diterima setelah tenggat "
                f"{receipt.manifest['deadline']}. Perbaikan: ingatkan produsen; kiriman ini tetap dipakai. "
                f"Tanda terima: {receipt_path(self.home, receipt.folder)}",
                level="peringatan",
                produsen=self.contract_id,
                sidik=receipt.sha16,
            )
        return found


def _next(item: Mapping[str, Any]) -> str:
    """What the pengelola does with it."""
    told = KEEPER.get(str(item["status"]), "Sampaikan tanda terimanya kepada produsen, lalu tunggu kiriman yang diperbaiki.")
    return told.format(sha16=item["sha16"])


def _grave(item: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """The flags that keep a delivery from use; without the names of columns that nobody agreed on.

    In a file without a title line these "names" are the first person's values: they stay in the receipt.
    """
    return [
        {**flag, "pesan": str(flag["pesan"]).partition(":")[0]} if flag["rule_id"] in FROM_THE_FILE else flag
        for flag in item["flags"]
        if flag["akibat"] != "peringatan"
    ]
