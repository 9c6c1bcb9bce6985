"""What is known of a delivery being taken in, and its manifest and receipts: counts, places, causes, hashes, never values.

When they are written, and where a delivery goes, is decided in `land`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from padanan.base import disk
from padanan.base.digest import file_sha256, tree_sha256
from padanan.base.folder_proof import seal
from padanan.base.home import Home
from padanan.base.keys import KeyRing, key_id
from padanan.base.period import JAKARTA
from padanan.contracts.contract import Contract
from padanan.landing import checks
from padanan.landing.arrival import Arrival, now
from padanan.landing.letter import Letter, shown_name
from padanan.landing.places import LIST, write_list
from padanan.landing.raw import Flag, RawTable
from padanan.landing.receipt import NAME, paper_of, receipt_json
from padanan.landing.stage import Staged


@dataclass
class Delivery:
    """What is known so far about the delivery being taken in.

    `unread` when its content was never looked at; `copied` is the hash of its file as it was copied.
    """

    home: Home
    contract: Contract
    path: Path
    letter: Letter | None = None
    sha256: str = ""
    size: int = 0
    raw: RawTable | None = None
    staged: Staged | None = None
    flags: list[Flag] = field(default_factory=list)
    deadline: date | None = None
    arrival: Arrival = field(default_factory=lambda: Arrival(now()))
    unread: bool = False
    copied: str = ""

    @property
    def sha16(self) -> str:
        """The first 16 digits of its fingerprint: its name among deliveries."""
        return self.sha256[:16]


def manifest_of(item: Delivery, status: str, ring: KeyRing | None) -> dict[str, Any]:
    """All that `manifest.json` holds of a delivery with that outcome; a late one is flagged here."""
    letter, raw, staged = item.letter, item.raw, item.staged
    late = bool(letter and item.deadline and item.arrival.moment.astimezone(JAKARTA).date() > item.deadline)
    if late and item.deadline is not None and status in ("diterima", "ditahan"):
        item.flags.append(
            Flag(
                "terlambat",
                "peringatan",
                f"diterima setelah tenggat {item.deadline.isoformat()}",
                "kirim sebelum tenggat pada periode berikutnya",
            )
        )
    item.flags.sort(key=lambda flag: -checks.ORDER.index(flag.outcome))
    return {
        "format": 1,
        "contract_id": item.contract.id,
        "contract_version": item.contract.version,
        "file": shown_name(item.path.name, item.contract),
        "status": status,
        "periode_data": letter.periode_data if letter else None,
        "diterima": item.arrival.moment.isoformat(),
        "diterima_oleh": item.arrival.by,
        "diterima_surat": letter.claimed.isoformat() if letter and letter.claimed else None,
        "bagian": letter.bagian if letter else None,
        "nomor_surat": letter.nomor_surat if letter else None,
        "jumlah_baris_surat": letter.jumlah_baris if letter else None,
        "sha256": None if item.unread else item.sha256,
        "sha16": item.sha16,
        "size": item.size,
        "facts": raw.facts if raw else {},
        "control": raw.control if raw else {},
        "rows_in": raw.counted if raw else None,
        "rows_on": staged.rows_on if staged else None,
        "rows_aside": staged.aside if staged else {},
        "columns_seen": list(raw.columns) if raw else [],
        "columns_missing": list(raw.missing) if raw else [],
        "columns_unagreed": list(raw.unagreed) if raw else [],
        "fill": {name: round(share, 6) for name, share in staged.fill.items()} if staged else {},
        "per_kelurahan": staged.per_kelurahan if staged else {},
        "flags": [flag.as_dict() for flag in item.flags],
        "late": late,
        "deadline": item.deadline.isoformat() if item.deadline else None,
        "key_id": key_id(ring.current) if ring else None,
    }


def _files(item: Delivery, folder: Path) -> dict[str, dict[str, Any]]:
    """Hash and size of what a manifest answers for; the file itself was hashed in the pass that copied it."""
    original, found = folder / "original", {}
    for name in ("part.parquet", "rejects.parquet"):
        if (folder / name).exists():
            found[name] = {"sha256": file_sha256(folder / name), "size": (folder / name).stat().st_size}
    if original.is_dir():
        sizes = [path.stat().st_size for path in original.iterdir()]
        digest = tree_sha256(original, {original / item.path.name: item.copied})
        found["original/"] = {"sha256": digest, "size": sum(sizes), "berkas": len(sizes)}
    return found


def write(item: Delivery, folder: Path, target: Path, manifest: dict[str, Any]) -> None:
    """Writes manifest and receipts and signs them for the place where they will stand."""
    manifest["files"] = _files(item, folder)
    texts = papers(manifest, item.contract, NAME)
    texts["manifest.json"] = (json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
    for name, content in texts.items():
        disk.write_bytes(folder / name, content)
    listed = [LIST] if (folder / LIST).exists() else []
    seal(folder, target.relative_to(item.home.root).as_posix(), [*texts, *listed])


def papers(manifest: dict[str, Any], contract: Contract, name: str) -> dict[str, bytes]:
    """The receipt of a manifest, its content by file name: page, PDF and JSON of the same words."""
    paper = paper_of(manifest, contract)
    return {
        f"{name}.html": paper.html().encode(),
        f"{name}.pdf": paper.pdf(),
        f"{name}.json": receipt_json(manifest, paper).encode(),
    }


def list_rows(item: Delivery, folder: Path) -> None:
    """Writes the list of all rows set aside where the flags tell of too many; before those rows go where they are not kept."""
    if any(detail.left for flag in item.flags for detail in flag.details):
        write_list(folder / "rejects.parquet", folder / LIST)
