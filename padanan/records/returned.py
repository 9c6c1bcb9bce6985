"""Which deliveries of feedback were taken in, and the proof of their events: a signed folder each, named in a chained register.

What an event says, and what follows from it, belongs to `padanan/feedback`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError
from padanan.base.folder_proof import differing, signed_hashes
from padanan.base.home import Home
from padanan.records.kinds import FEEDBACK
from padanan.records.log import Log

EVENTS, FAULTS, ACCOUNT = "peristiwa.parquet", "celah.parquet", "akun.json"
SHEETS = "lembar"
"""The folder and the register of the worklists that came back."""
TAKEN = "diambil"
"""What a record of the register says when a delivery was taken in."""
HANDED = "id_serah"
"""What a person is called in a file for the ranking body; it means nothing to anybody else, and comes back unchanged."""
WHAT = "peristiwa umpan balik"
WHAT_SHEET = "akun lembar yang kembali"
CURE = "pulihkan folder umpan_balik dan decisions/umpan_balik dari cadangan"


def handed_maps(home: Home) -> list[Path]:
    """The tables (`id_serah`, `id_orang`) of every file that went to the ranking body, oldest first."""
    return sorted((home.umpan_balik / "serah").glob("????-??-??/rev-*/peta.parquet"))


def folder_of(home: Home, contract_id: str, sha16: str) -> Path:
    """Where the events of a delivery lie."""
    return home.umpan_balik / contract_id / f"delivery={sha16}"


def log_of(home: Home, contract_id: str) -> Log:
    """`decisions/umpan_balik/<contract>.jsonl`: which deliveries were taken in, with the hashes of their events."""
    return Log(home, FEEDBACK, contract_id)


def taken(home: Home, contract_id: str) -> list[Mapping[str, Any]]:
    """The deliveries of a contract that were taken in, oldest first.

    Raises:
        PadananError: the register was changed.
    """
    return [record for record in log_of(home, contract_id).read().records if record["jenis"] == TAKEN]


def proved_events(home: Home, contract_id: str, record: Mapping[str, Any]) -> Path:
    """The events of a delivery, after their bytes were compared with the register.

    Raises:
        PadananError: they are missing or were changed.
    """
    path = folder_of(home, contract_id, str(record["sha16"])) / EVENTS
    if not path.is_file() or file_sha256(path) != record["peristiwa_sha256"]:
        what = "berubah" if path.exists() else "hilang"
        raise PadananError(f"{WHAT} {what}", file=path.relative_to(home.root), cure=CURE)
    return path


def faults_of_events(home: Home, contracts: Iterable[str]) -> tuple[int, list[PadananError]]:
    """How many deliveries were taken in, and what is wrong: files missing or changed, folders that no register names."""
    found: list[PadananError] = []
    count = 0
    for contract_id in contracts:
        try:
            records = taken(home, contract_id)
        except PadananError as error:
            found.append(error)
            continue
        count += len(records)
        for record in records:
            folder = folder_of(home, contract_id, str(record["sha16"]))
            try:
                hashes = signed_hashes(home.root, folder, what=WHAT, cure=CURE)
                found += differing(home.root, folder, hashes, what=WHAT, cure=CURE)
                proved_events(home, contract_id, record)
            except PadananError as error:
                found.append(error)
        known = {str(record["sha16"]) for record in records}
        found += [
            PadananError(
                "peristiwa belum terdaftar: prosesnya mati sebelum mencatatnya",
                file=folder.relative_to(home.root),
                cure="jalankan 'padanan umpan-balik ambil'; pengambilan diselesaikan",
            )
            for folder in sorted((home.umpan_balik / contract_id).glob("delivery=*"))
            if folder.name.removeprefix("delivery=") not in known
        ]
    return count, found


def sheet_folder(home: Home, sha16: str, number: int) -> Path:
    """Where the account of a worklist that came back lies; the same bytes may come several times."""
    return home.umpan_balik / SHEETS / f"kembali={sha16}-{number}"


def faults_of_sheets(home: Home) -> tuple[int, list[PadananError]]:
    """How many worklists came back, and which of their accounts are missing or changed."""
    found: list[PadananError] = []
    try:
        records = log_of(home, SHEETS).read().records
    except PadananError as error:
        return 0, [error]
    for record in records:
        folder = sheet_folder(home, str(record["sha16"]), int(record["ke"]))
        try:
            hashes = signed_hashes(home.root, folder, what=WHAT_SHEET, cure=CURE)
            found += differing(home.root, folder, hashes, what=WHAT_SHEET, cure=CURE)
            if file_sha256(folder / ACCOUNT) != record["akun_sha256"]:
                raise PadananError(f"{WHAT_SHEET} berubah", file=folder.relative_to(home.root), cure=CURE)
        except PadananError as error:
            found.append(error)
    return len(records), found
