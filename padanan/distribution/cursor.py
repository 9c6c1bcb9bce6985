"""Cursors of pages: where the next one begins, for which decree, grant and question; sealed: nobody reads or makes one.

What a cursor has to agree with is asked in `api.serve`.
"""

from __future__ import annotations

import base64
import json
import os
from dataclasses import asdict, dataclass
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from padanan.base.signing import sign, signer

_NONCE = 12


@dataclass(frozen=True)
class Cursor:
    """Where a reading stands.

    Attributes:
        period, ke: the decree that it began on; a newer one does not mix into it.
        asked: a hash of client, grant with version, columns and filters.
        after: the place of the last row that was served.
    """

    period: str
    ke: int
    asked: str
    after: int

    def text(self) -> str:
        """The cursor as a client carries it."""
        nonce = os.urandom(_NONCE)
        sealed = _cipher(signer()).encrypt(nonce, json.dumps(asdict(self)).encode(), None)
        return base64.urlsafe_b64encode(nonce + sealed).decode().rstrip("=")


def read_cursor(text: str) -> Cursor | None:
    """The cursor of a text; None for what we did not make, or made with a key that is not in use any more."""
    try:
        content = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        opened = _cipher(signer()).decrypt(content[:_NONCE], content[_NONCE:], None)
        return Cursor(**json.loads(opened))
    except (ValueError, TypeError, InvalidTag):
        return None


@lru_cache(maxsize=4)
def _cipher(key_name: str) -> AESGCM:
    return AESGCM(bytes.fromhex(sign("kursor distribusi", "kunci", by=key_name)))
