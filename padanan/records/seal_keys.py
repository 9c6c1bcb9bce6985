"""Which Ed25519 keys sealed when: the public halves in `decisions/kunci`, so that old seals verify after a change of the key.

The key's file and the signature's format are `base.sshsig`'s; what is signed belongs to its maker.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from padanan.base import disk
from padanan.base.commit import write_once
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.base.sshsig import (
    SUFFIX,
    SealKey,
    fingerprint,
    load_seal_key,
    new_seal_key,
    private_text,
    seal_key_file,
    verify,
    write_seal_key,
)
from padanan.records.key_register import log_of

BEGUN, CHANGED = "segel_mulai", "segel_diganti"
SEAL_SPACE, AUDIT_SPACE = "padanan-segel", "padanan-audit"
"""What separates a signature over a decree's seal from one over a day of the audit (`ssh-keygen -Y … -n`)."""
IDENTITY = "padanan"
"""The signer's name in `allowed_signers` (`ssh-keygen -Y verify -I`)."""
_CURE = "pulihkan berkas kunci segel dari cadangannya, atau ganti dengan 'padanan key rotate-seal'"


def sealing_key(home: Home, now: datetime | None = None) -> SealKey:
    """The key that seals; made and registered where this home never had one.

    Raises:
        PadananError: the home's key is lost or another one lies in its place; a new one would not be known to anybody.
    """
    path, said = seal_key_file(), publics(home)
    key = load_seal_key(path)
    if key is None and said:
        raise PadananError(f"berkas kunci segel ({fingerprint(said[-1])}) hilang", file=path, cure=_CURE)
    if key is None:
        write_seal_key(new_seal_key(), path)
        key = load_seal_key(path)
        assert key is not None
    if not said:
        with log_of(home).writing() as transaction:
            if not _publics(transaction.log.records):
                entry = {"tindakan": BEGUN, "publik": key.public, "sidik": fingerprint(key.public)}
                transaction.commit(transaction.compose([entry], now or datetime.now(JAKARTA)))
        said = publics(home)
    if key.public != said[-1]:
        raise PadananError(
            f"kunci segel pada berkas ({fingerprint(key.public)}) bukan yang terdaftar ({fingerprint(said[-1])})",
            file=path,
            cure=_CURE,
        )
    return key


def rotate_sealing_key(home: Home, *, by: str, reason: str, now: datetime) -> SealKey:
    """Replaces the key; its public half stays in the register, its private half is gone: nothing is signed with it again.

    Also where the old key was lost. The new public half is registered before the file is changed; a kill in between is told by
    `sealing_key` and mended by doing it again.
    """
    path, key = seal_key_file(), new_seal_key()
    disk.mkdir(path.parent, parents=True, exist_ok=True)
    with log_of(home).writing() as transaction:
        said = _publics(transaction.log.records)
        entry: dict[str, Any] = {"tindakan": CHANGED if said else BEGUN, "publik": key.public, "sidik": fingerprint(key.public)}
        entry |= {"oleh": by, "alasan": reason, **({"dari": fingerprint(said[-1])} if said else {})}
        transaction.commit(transaction.compose([entry], now))
        write_once(path, private_text(key), mode=0o600)
    return key


def publics(home: Home) -> tuple[str, ...]:
    """The public keys of a home, oldest first; the last one is in use."""
    return _publics(log_of(home).read().records)


def _publics(records: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(str(one["publik"]) for one in records if one["tindakan"] in (BEGUN, CHANGED))


def allowed_signers(home: Home) -> str:
    """The file that `ssh-keygen -Y verify -f` reads: every key that ever sealed; to be handed out on paper or by another way
    than the decree itself."""
    spaces = f'namespaces="{SEAL_SPACE},{AUDIT_SPACE}"'
    return "".join(f"{IDENTITY} {spaces} {one}\n" for one in publics(home))


def sign_file(path: Path, key: SealKey, namespace: str, *, mode: int | None = None) -> Path:
    """Writes `<file>.sig` beside a file that is complete."""
    target = path.with_name(path.name + SUFFIX)
    write_once(target, key.sign(path.read_bytes(), namespace), mode=mode)
    return target


def sign_seal(home: Home, sealed: Path, wanted: str) -> None:
    """Writes `segel.json.sig`, mode 0400, with the key whose fingerprint the penetapan's record names.

    Raises:
        PadananError: the key was replaced since then.
    """
    key = sealing_key(home)
    if fingerprint(key.public) != wanted:
        raise PadananError(
            "kunci segel diganti sejak penetapan ini dicatat; segelnya tidak dapat ditandai dengan kunci yang dicatat",
            file=sealed.name + SUFFIX,
            cure="pulihkan berkas kunci segel yang lama dari cadangannya, lalu ulangi penetapan",
        )
    sign_file(sealed, key, SEAL_SPACE, mode=0o400)


def file_signed(home: Home, path: Path, namespace: str) -> bool:
    """Whether `<file>.sig` is there and is a key's of this home over the file as it stands."""
    with suppress(OSError, ValueError):
        return verify(path.read_bytes(), path.with_name(path.name + SUFFIX).read_text("ascii"), namespace, publics(home))
    return False
