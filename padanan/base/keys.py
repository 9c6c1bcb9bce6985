"""The HMAC key and the pseudonyms made with it: the only place that reads the key file.

Which columns go into a pseudonym is decided by landing; here is only how one is computed.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from padanan.base.commit import write_first
from padanan.base.errors import PadananError, disk_fault
from padanan.base.home import CHECKOUT

if TYPE_CHECKING:
    import duckdb

KEY_BYTES = 32
BLOCK_BYTES = 64


def key_file() -> Path:
    """PADANAN_KEY_FILE, or `.keys/hmac.key` of the checkout: always outside the data home (docs/architecture.md)."""
    return Path(os.environ.get("PADANAN_KEY_FILE") or CHECKOUT / ".keys" / "hmac.key").expanduser()


def load_key() -> bytes:
    """Reads the key; makes one, mode 0600, on the first run.

    Returns:
        32 random bytes.

    Raises:
        PadananError: the file is readable by others, too short, or can't be made.
    """
    path = key_file()
    try:
        if not path.exists():
            # Of two first runs at once one makes it, and the other reads that one's; whole or not at all, on the disk.
            write_first(path, secrets.token_hex(KEY_BYTES) + "\n", mode=0o600)
        if path.stat().st_mode & 0o077:
            raise PadananError("berkas kunci dapat dibaca orang lain", file=path, cure="chmod 600 pada berkas itu")
        key = bytes.fromhex(path.read_text().strip())
    except ValueError:
        raise PadananError(
            "berkas kunci bukan teks heksadesimal", file=path, cure="pulihkan berkas kunci dari cadangan yang terpisah"
        ) from None
    except OSError as error:
        raise disk_fault(error, "berkas kunci") or PadananError(
            f"berkas kunci tidak dapat dibaca ({error.strerror})", file=path, cure="periksa PADANAN_KEY_FILE"
        ) from None
    if len(key) < KEY_BYTES:
        raise PadananError("kunci terlalu pendek", file=path, cure="pakai 64 digit heksadesimal")
    return key


def is_key(found: os.stat_result) -> bool:
    """Whether a file, as it was looked at, is the key's own: a second name (hard link) of it may lie anywhere."""
    try:
        key = key_file().stat()
    except OSError:
        return False
    return (found.st_dev, found.st_ino) == (key.st_dev, key.st_ino)


def keys_by_id() -> dict[str, bytes]:
    """Every key that this program has, by its short name; `load_key`'s is among them."""
    key = load_key()
    return {key_id(key): key}


def key_id(key: bytes) -> str:
    """A short public name of a key, so that a manifest can say which key made its pseudonyms."""
    return hashlib.sha256(b"padanan-key-id" + key).hexdigest()[:8]


def register_hmac(con: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """Adds the macro `hmac_hex(text)`: 32 hex digits of HMAC-SHA256 (RFC 2104), NULL for NULL.

    The key's pads travel as bound parameters into session variables, so that the key is in no SQL text.
    """
    block = (key if len(key) <= BLOCK_BYTES else hashlib.sha256(key).digest()).ljust(BLOCK_BYTES, b"\0")
    con.execute("set variable padanan_ipad = ?::blob", [bytes(byte ^ 0x36 for byte in block)])
    con.execute("set variable padanan_opad = ?::blob", [bytes(byte ^ 0x5C for byte in block)])
    con.execute(
        "create or replace temp macro hmac_hex(teks) as left(sha256(getvariable('padanan_opad') || "
        "unhex(sha256(getvariable('padanan_ipad') || encode(teks)))), 32)"
    )
