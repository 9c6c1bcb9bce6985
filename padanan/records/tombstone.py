"""The tombstone (nisan): what says that a folder's content was destroyed, when and by which rule, with its hashes and counts.

A tombstone counts only when the signed register of destruction names it; whoever deletes files by hand leaves none.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.records.kinds import DESTRUCTION
from padanan.records.log import logs

NISAN = "nisan.json"
FOLDER = "retensi"
DESTROYED = "musnah"


def read_nisan(folder: Path) -> dict[str, Any] | None:
    """A folder's tombstone, None while its content is there.

    Raises:
        PadananError: it can't be read.
    """
    try:
        data = json.loads((folder / NISAN).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        data = None
    if not isinstance(data, dict):
        raise PadananError("nisan tidak terbaca", file=folder / NISAN, cure="pulihkan dari cadangan") from None
    return data


def nisan_hash(folder: Path) -> str:
    """SHA-256 of the tombstone's bytes."""
    return file_sha256(folder / NISAN)


def destruction_records(home: Home) -> list[Mapping[str, Any]]:
    """Every record of the register of destruction, oldest first.

    Raises:
        PadananError: the register was changed.
    """
    return [record for log in logs(home, DESTRUCTION) for record in log.read().records]


def proved(home: Home, folder: Path, records: list[Mapping[str, Any]] | None = None) -> dict[str, Any] | None:
    """The tombstone of a folder after the register was asked; None when there is none.

    Raises:
        PadananError: the register does not know it, or its manifest was changed since: that is no destruction by rule.
    """
    nisan = read_nisan(folder)
    if nisan is None:
        return None
    place, mark = folder.relative_to(home.root).as_posix(), nisan_hash(folder)
    known = destruction_records(home) if records is None else records
    if not any(record.get("tempat") == place and record.get("nisan_sha256") == mark for record in known):
        raise PadananError(
            "nisan tidak tercatat pada register pemusnahan",
            file=folder.relative_to(home.root) / NISAN,
            cure="jalankan 'padanan retention run' untuk menyelesaikan pemusnahan yang terputus, atau pulihkan dari cadangan",
        )
    manifest = folder / "manifest.json"
    if nisan.get("manifest_sha256"):
        digest = file_sha256(manifest) if manifest.exists() else None
        if digest != nisan["manifest_sha256"]:
            raise PadananError(
                f"manifest {'berubah' if digest else 'hilang'} sejak isinya dimusnahkan",
                file=manifest.relative_to(home.root),
                cure="pulihkan dari cadangan",
            )
    return nisan


def gone(nisan: Mapping[str, Any]) -> str:
    """`sudah dimusnahkan menurut retensi (24 bulan sejak diterima) pada 2027-11-01`."""
    return f"sudah dimusnahkan menurut retensi ({nisan.get('aturan', '–')}) pada {str(nisan.get('waktu', '–'))[:10]}"
