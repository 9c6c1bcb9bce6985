"""What the state database keeps of messages lies in it enciphered: a question may hold a NIK, and no person stands there.

The key is made from the project's HMAC key; who asks for what is kept is said in `transactions`, `subscriptions` and `callbacks`.
"""

from __future__ import annotations

import hmac
import os
from typing import Any

import orjson
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from padanan.base.errors import PadananError
from padanan.base.keys import key_id, keys_by_id, load_key, load_ring

_PURPOSE = b"spdci keadaan"
_NONCE = 12


def _cipher(key: bytes) -> AESGCM:
    return AESGCM(hmac.new(key, _PURPOSE, "sha256").digest())


def closed(value: Any, place: str) -> dict[str, Any]:
    """Columns `kunci` and `isi` of a row.

    Args:
        place: the row's own name; what is moved to another row does not open.
    """
    key, nonce = load_key(), os.urandom(_NONCE)
    return {"kunci": key_id(key), "isi": nonce + _cipher(key).encrypt(nonce, orjson.dumps(value), place.encode())}


def opened(row: Any, place: str) -> Any:
    """What `closed` was given.

    Raises:
        PadananError: the row was changed, or its key is gone.
    """
    content = bytes(row.isi)
    key = keys_by_id().get(row.kunci)
    try:
        if key is None:
            raise InvalidTag()
        return orjson.loads(_cipher(key).decrypt(content[:_NONCE], content[_NONCE:], place.encode()))
    except InvalidTag:
        raise PadananError(
            "keadaan SPDCI berubah atau kuncinya tidak ada", cure="pulihkan basis data keadaan API dan kuncinya dari cadangan"
        ) from None


def digest(*parts: str) -> str:
    """64 hex digits by which a name that a client chose is found again; the name itself may be anybody's number."""
    # The oldest key: a name is found again after the key was replaced, a message stays known.
    first = hmac.new(load_ring().keys[0], _PURPOSE, "sha256").digest()
    return hmac.new(first, "\x00".join(parts).encode("utf-8", "surrogatepass"), "sha256").hexdigest()
