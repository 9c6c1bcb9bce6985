"""Signatures with the project's key: what somebody without the key can't write, over a text whose purpose is named.

What is signed belongs to whoever keeps it (`folder_proof`, the record store); the key itself is read in `keys`.
"""

from __future__ import annotations

import hmac

from padanan.base.errors import PadananError
from padanan.base.keys import key_file, key_id, keys_by_id, load_key


def sign(purpose: str, text: str, *, by: str | None = None) -> str:
    """32 hex digits of HMAC-SHA256 with the key in use: what somebody without the key can't write.

    Args:
        purpose: what separates these signatures from others over the same text.
        by: the short name of an earlier key, where something signed then is made again.

    Raises:
        PadananError: this program does not have that key.
    """
    if by is None:
        return _mark(load_key(), purpose, text)
    key = keys_by_id().get(by)
    if key is None:
        raise PadananError(f"kunci {by[:8]} tidak ada lagi", file=key_file(), cure="pulihkan berkas kunci dari cadangannya")
    return _mark(key, purpose, text)


def signer() -> str:
    """The short name of the key that `sign` uses now."""
    return key_id(load_key())


def known_signer(name: object) -> bool:
    """Whether a signature names a key that this program has: the one in use, or one that was in use before."""
    return str(name) in keys_by_id()


def genuine(purpose: str, text: str, mark: object, name: object = None) -> bool:
    """Whether a signature was made with the key it names; False for a key that this program does not have.

    Args:
        name: None where what is signed does not say it: any key of ours then.
    """
    known = keys_by_id()
    keys = list(known.values()) if name is None else [known[str(name)]] if str(name) in known else []
    return any(hmac.compare_digest(str(mark).encode(), _mark(key, purpose, text).encode()) for key in keys)


def _mark(key: bytes, purpose: str, text: str) -> str:
    return hmac.new(key, f"{purpose}|{text}".encode(), "sha256").hexdigest()[:32]
