"""Rows and helpers that the landing tests share."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from padanan.base.home import Home
from padanan.landing.arrival import set_arrival

CANARY_NAME = "ZXQWUNYIL KANARIVSKY"
CANARY_NIK = "3171017609850007"


def dtks_row(index: int, **changes: str) -> dict[str, str]:
    row = {
        "id_sumber": f"ID{index:06d}",
        "provinsi": "DKI JAKARTA",
        "kode_kota": "3171",
        "kota": "JAKARTA SELATAN",
        "kecamatan": "TEBET",
        "kelurahan": ("MANGGARAI", "TEBET BARAT", "MENTENG DALAM")[index % 3],
        "alamat": f"JL. UJI {index}",
        "rt": "003",
        "rw": "004",
        "no_kk": f"31740112{index:08d}",
        "nik": f"31740113{index:08d}",
        "nama": f"ORANG UJI {chr(65 + index % 26)}",
        "tgl_lahir": "1990-01-01",
        "jenis_kelamin": "L",
        "shdk": "1",
    }
    return {**row, **changes}


def arrives(home: Home, contract_id: str, path: Path, moment: str) -> Path:
    """The file came then, and not when a test runs; what its letter says is only a claim."""
    set_arrival(home, contract_id, path, datetime.fromisoformat(moment))
    return path


def tree(folder: Path) -> dict[str, bytes]:
    """Every file below a folder with its bytes."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
