"""Signing what was made before folders were signed: only after every hash and count that it has of itself was compared.

What does not agree is named and left unsigned; what is signed already is not touched.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from padanan.base.commit import write_once
from padanan.base.digest import file_sha256, files_sha256
from padanan.base.errors import PadananError
from padanan.base.folder_proof import FILE, signed_text
from padanan.base.home import Home
from padanan.contracts.retention import RECEIPT
from padanan.decree.freeze import SNAPSHOT
from padanan.landing.letter import PULL
from padanan.records.delivery_proof import RECEIPTS, ROWS, WORDS, hashes_of
from padanan.records.key_register import SIGNED, key_of, log_of
from padanan.records.seals import SEAL
from padanan.records.tombstone import proved

MANIFEST = "manifest.json"
_CURE = "pulihkan folder itu dari cadangan; yang tidak cocok tidak ditandai"


@dataclass
class Outcome:
    """What was signed, by kind, and what was not because it does not agree with itself."""

    signed: dict[str, int] = field(default_factory=dict)
    faults: list[PadananError] = field(default_factory=list)


def sign_old(home: Home, by: str, now: datetime) -> Outcome:
    """Signs every folder that has no signature and agrees with its own hashes and counts; who did it is recorded.

    The record comes last: a kill in between leaves signed folders and no record, and the next call records the rest.

    Raises:
        PadananError: the register of keys is broken.
    """
    key_of(home)
    outcome, marks = Outcome(), []
    for kind, folder, file, names in _unsigned(home):
        try:
            _agrees(home, kind, folder)
        except PadananError as error:
            outcome.faults.append(error)
            continue
        place = folder.relative_to(home.root).as_posix()
        write_once(folder / file, signed_text(folder, place, names, file=file), mode=0o600)
        marks.append((f"{place}/{file}", folder / file))
        outcome.signed[kind] = outcome.signed.get(kind, 0) + 1
    if marks:
        entry = {"tindakan": SIGNED, "oleh": by, "jumlah": outcome.signed, "sidik": files_sha256(marks)}
        log_of(home).append([entry], now)
    return outcome


def _unsigned(home: Home) -> Iterator[tuple[str, Path, str, list[str]]]:
    """(kind, folder, name of the signature, files that it is over) of what has none."""
    root = home.root
    deliveries = [*root.glob("landing/*/period=*/delivery=*"), *root.glob("quarantine/*/*")]
    for folder in sorted(path for path in deliveries if (path / MANIFEST).is_file() and not (path / FILE).exists()):
        names = [name for name in (*WORDS, *ROWS) if (folder / name).is_file()]
        yield "kiriman", folder, FILE, names + (["original/"] if (folder / "original").is_dir() else [])
    for receipt in sorted(root.glob(f"landing/*/{RECEIPTS}/duplikat-*.json")):
        mark = f"{receipt.stem}.{FILE}"
        if not receipt.name.endswith(f".{FILE}") and not receipt.with_name(mark).exists():
            papers = [receipt.with_suffix(Path(name).suffix) for name in RECEIPT]
            yield "tanda terima", receipt.parent, mark, [path.name for path in papers if path.is_file()]
    for kind, pattern, name in (
        ("terbitan", "published/????-??-??/rev-*", MANIFEST),
        ("rancangan", "decree/????-??-??/rancangan/rev-*", SEAL),
    ):
        for folder in sorted(root.glob(pattern)):
            if (folder / name).is_file() and not (folder / FILE).exists():
                yield kind, folder, FILE, [name]


def _agrees(home: Home, kind: str, folder: Path) -> None:
    """Raises PadananError where a folder does not agree with what it says of itself."""
    if kind == "tanda terima":
        return
    name = MANIFEST if kind != "rancangan" else SEAL
    try:
        facts = json.loads((folder / name).read_text(encoding="utf-8"))
        if proved(home, folder) is not None:
            return
        wrong = next(iter({"kiriman": _delivery, "terbitan": _publication, "rancangan": _draft}[kind](folder, facts)), None)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, pa.ArrowException):
        raise PadananError(f"{kind} tidak terbaca", file=folder.relative_to(home.root) / name, cure=_CURE) from None
    if wrong is not None:
        raise PadananError(f"{kind} tidak cocok dengan catatannya sendiri", file=wrong.relative_to(home.root), cure=_CURE)


def _delivery(folder: Path, facts: Any) -> Iterator[Path]:
    originals = [path for path in (folder / "original").glob("*") if path.is_file()]
    # What was pulled from a database is named by its content, not by a file.
    pulled = any(path.name.endswith(PULL) for path in originals)
    if originals and not pulled and facts["sha256"] not in {file_sha256(path) for path in originals}:
        yield folder / "original"
    for name, digest in hashes_of(facts).items():
        if not name.endswith("/") and file_sha256(folder / name) != digest:
            yield folder / name
    if (folder / ROWS[0]).exists() or facts["status"] in ("diterima", "ditahan"):
        counted = (int(facts["rows_on"]), sum(int(count) for count in facts["rows_aside"].values()))
        for name, rows in zip(ROWS, counted, strict=True):
            if pq.read_metadata(folder / name).num_rows != rows:
                yield folder / name


def _publication(folder: Path, facts: Any) -> Iterator[Path]:
    files = {f"{name}.parquet": table for name, table in facts["tables"].items()} | facts.get("files", {})
    yield from (folder / name for name, table in files.items() if file_sha256(folder / name) != table["sha256"])


def _draft(folder: Path, facts: Any) -> Iterator[Path]:
    if file_sha256(folder / SNAPSHOT) != facts["sha256"]:
        yield folder / SNAPSHOT
