"""What stands open for a person: deliveries that were quarantined, refused or held, each with its own receipt.

Counts, rule ids, causes and cures only; which deliveries count is `arrivals`' answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from padanan.delivery.arrivals import Arrival
from padanan.home import Home

HELD = "ditahan"
CURES = {
    HELD: "jelaskan atau perbaiki, lalu lepas dengan 'padanan release {sha16} --oleh NAMA --alasan TEKS', atau kirim ulang",
    "karantina": "perbaiki butir itu lalu kirim ulang; berkas asli disimpan di karantina",
    "ditolak": "penuhi syarat itu lalu kirim ulang; berkas ini tidak disalin",
}


@dataclass(frozen=True)
class Rejected:
    """One delivery that is not used. `receipt` is relative to the data home; `reasons` are (rule id, cause, cure)."""

    contract_id: str
    sha16: str
    status: str
    file: str
    periode_data: str | None
    receipt: str
    reasons: tuple[tuple[str, str, str], ...]

    @property
    def name(self) -> str:
        """Names the fault, the same on every run."""
        return f"kiriman|{self.contract_id}|{self.sha16}|{self.status}"

    @property
    def title(self) -> str:
        """One line: who, what became of it, for which data."""
        return f"Kiriman {self.contract_id} {self.status} (periode data {self.periode_data or 'tidak diketahui'})"

    @property
    def cure(self) -> str:
        """What to do next."""
        return CURES.get(self.status, CURES["karantina"]).format(sha16=self.sha16)

    @property
    def told(self) -> str:
        """Causes and cures in one paragraph."""
        causes = "; ".join(f"{rule}: {cause}" for rule, cause, _ in self.reasons) or "lihat tanda terima"
        return f"{causes}. Perbaikan: {self.cure}. Tanda terima: {self.receipt}"


def rejected(home: Home, arrival: Arrival, fresh: Iterable[Mapping[str, Any]] = ()) -> list[Rejected]:
    """What stands open for a period of one producer, and what was rejected just now whatever its period.

    Args:
        fresh: manifests of deliveries taken in just now, with `folder`.
    """
    found: dict[str, Rejected] = {}
    for item in (*arrival.waiting, *arrival.aside, *(one for one in fresh if one["status"] in CURES)):
        folder: Path = item["folder"]
        flags = [flag for flag in item["flags"] if flag["akibat"] != "peringatan"]
        found[item["sha16"]] = Rejected(
            contract_id=arrival.contract.id,
            sha16=item["sha16"],
            status=str(item["status"]),
            file=str(item["file"]),
            periode_data=item["periode_data"],
            receipt=(folder / "tanda_terima.md").relative_to(home.root).as_posix(),
            reasons=tuple((str(flag["rule_id"]), str(flag["pesan"]), str(flag["perbaikan"])) for flag in flags),
        )
    return [found[sha16] for sha16 in sorted(found)]
