"""A delivery's own bytes, copied before anything looks into them; what is no regular file, or too large, is not taken at all.

Nothing is read of what the bytes say; refusals become receipts in `land`.
"""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

from padanan.base import disk
from padanan.base.digest import copy_hashed
from padanan.base.errors import DeliveryError
from padanan.base.keys import is_key
from padanan.base.regular import NotRegular, is_regular, odd_kind, read_regular
from padanan.contracts.delivery import load_delivery_rules
from padanan.landing.letter import sidecar_of
from padanan.landing.raw import Flag


class NotTaken(Exception):
    """A delivery that is refused unread: `flag` says why, `digest` stands for its fingerprint."""

    def __init__(self, flag: Flag, digest: str, size: int) -> None:
        super().__init__(flag.cause)
        self.flag, self.digest, self.size = flag, digest, size


def copy_in(path: Path, folder: Path) -> tuple[str, int]:
    """Copies a delivery and its letter into a folder; neither what a link leads to nor the key is ever copied.

    Returns:
        The delivery's SHA-256 and size.

    Raises:
        NotTaken: no regular file, or larger than `delivery.yaml` allows.
        DeliveryError: the disk has no room for it; other deliveries may have.
        OSError: it can't be read, or vanished.
    """
    rules = load_delivery_rules()
    found = os.lstat(path)
    kind = "tautan ke berkas kunci" if is_key(found) else odd_kind(path)
    if kind:
        raise _odd(path, found, kind)
    if found.st_size > rules.kiriman.most:
        raise NotTaken(
            Flag(
                "terlalu_besar",
                "tolak",
                f"berkas lebih besar dari {rules.kiriman.terbesarMib} MiB",
                "bagi menjadi beberapa berkas (bagian) lalu kirim ulang",
            ),
            _stand_in(path, found, "terlalu besar"),
            found.st_size,
        )
    if found.st_size * 2 > shutil.disk_usage(folder).free:
        raise DeliveryError("ruang simpan tidak cukup untuk menyalin berkas ini", cure="kosongkan ruang pada disk data home")
    try:
        digest = copy_hashed(path, folder / path.name)
    except NotRegular as odd:  # put in its place since the look
        raise _odd(path, found, odd.kind) from None
    _copy_letter(path, folder, rules.surat.limits.size)
    return digest, (folder / path.name).stat().st_size


def _copy_letter(path: Path, folder: Path, most: int) -> None:
    """Only a letter that will be read is kept; what is wrong with another is told by the reader of letters."""
    sidecar = sidecar_of(path)
    if sidecar is None or not is_regular(sidecar) or is_key(os.lstat(sidecar)):
        return
    data = read_regular(sidecar, most)
    if data is not None:
        disk.write_bytes(folder / sidecar.name, data)


def _odd(path: Path, found: os.stat_result, kind: str) -> NotTaken:
    flag = Flag(
        "bukan_berkas",
        "tolak",
        f"bukan berkas biasa: {kind}; tidak dibuka",
        "taruh salinan berkasnya sendiri di inbox, bukan tautan, pipa, atau perangkat",
    )
    return NotTaken(flag, _stand_in(path, found, kind), 0)


def _stand_in(path: Path, found: os.stat_result, word: str) -> str:
    facts = f"{word}|{found.st_ino}|{found.st_mtime_ns}|".encode()
    return hashlib.sha256(facts + os.fsencode(path.name)).hexdigest()
