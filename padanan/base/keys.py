"""The HMAC key and the pseudonyms made with it: the only place that reads the key file.

Which columns go into a pseudonym is decided by landing; here is only how one is computed.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from padanan.base.commit import sweep, write_first
from padanan.base.errors import PadananError, disk_fault
from padanan.base.home import CHECKOUT, Home

if TYPE_CHECKING:
    import duckdb

KEY_BYTES = 32
BLOCK_BYTES = 64
PSEUDONYM = 32
"""Hex digits of a pseudonym."""
# Of 32 random bytes fewer different ones than this never happen by chance.
_RANDOM_BYTES = 10
# To list a folder, or to put another key into it; merely passing through it harms nobody.
_OPEN_FOLDER = 0o066
_RESTORE = "pulihkan berkas kunci dari cadangan yang terpisah"
_MADE_WITH_A_KEY = (
    "landing/*/period=*/delivery=*",
    "quarantine/*/*/manifest.json",
    "published/*/rev-*",
    "decree/*/ke-*",
    "decisions/*/*.jsonl",
)
_swept: set[Path] = set()


def key_file() -> Path:
    """PADANAN_KEY_FILE, or `.keys/hmac.key` of the checkout: always outside the data home (docs/architecture.md)."""
    return Path(os.environ.get("PADANAN_KEY_FILE") or CHECKOUT / ".keys" / "hmac.key").expanduser()


@dataclass(frozen=True)
class KeyRing:
    """The keys of a home, oldest first: the last one is in use, the others prove what was signed with them.

    A pseudonym is made with all of them in a row: HMAC with the first key over a text, then with each next key over the 32 hex
    digits that the one before gave. So a pseudonym of before a rotation becomes today's by the keys added since (`today`),
    without the text it was made of, and whoever has an old key only can't make today's.
    """

    keys: tuple[bytes, ...]

    @property
    def current(self) -> bytes:
        """The key in use."""
        return self.keys[-1]

    @property
    def names(self) -> tuple[str, ...]:
        """The keys' short names, oldest first."""
        return tuple(map(key_id, self.keys))

    def since(self, name: str) -> tuple[bytes, ...]:
        """The keys that came after one.

        Raises:
            PadananError: the ring does not hold it.
        """
        if name not in self.names:
            raise PadananError(
                f"pseudonim dibuat dengan kunci lain ({name[:8]})", file=key_file(), cure="pulihkan berkas kunci dari cadangannya"
            )
        return self.keys[self.names.index(name) + 1 :]

    def today(self, pseudonym: str, made_with: str) -> str:
        """Today's pseudonym of one that was made when another key was in use; see `since`."""
        for key in self.since(made_with):
            pseudonym = hmac.new(key, pseudonym.encode(), "sha256").hexdigest()[:PSEUDONYM]
        return pseudonym


def load_key() -> bytes:
    """The key in use; see `load_ring`."""
    return load_ring().current


def load_ring(home: Home | None = None) -> KeyRing:
    """Reads the keys; makes the first one, mode 0600, where nothing was ever made with a key.

    Args:
        home: whose key it is; by default that of the environment.

    Raises:
        PadananError: the file is missing although the home holds what was made with a key, it or its folder is open to others, it
            can't be read or made, or a key is too short or no random one.
    """
    path = key_file()
    state = _state(path)
    if state is not None and _known.get(path, (None,))[0] == state:
        return _known[path][1]
    try:
        if not path.exists():
            if holds_anything((home or Home.from_env()).root):
                raise PadananError(
                    "berkas kunci hilang, padahal data home ini sudah ditandai dengannya",
                    file=path,
                    cure="pulihkan berkas kunci dari cadangannya (lihat 'padanan key status'), atau atur PADANAN_KEY_FILE; "
                    "kunci baru memutus setiap keputusan dari orangnya, jadi tidak dibuat",
                )
            # Of two first runs at once one makes it, and the other reads that one's; whole or not at all, on the disk.
            write_first(path, secrets.token_hex(KEY_BYTES) + "\n", mode=0o600)
        if path.parent.stat().st_mode & _OPEN_FOLDER:
            raise PadananError("folder kunci terbuka bagi orang lain", file=path.parent, cure=f"chmod 700 {path.parent}")
        if path.parent not in _swept:
            # A first run that was killed left a second copy of the key beside it.
            sweep(path.parent)
            _swept.add(path.parent)
        if path.stat().st_mode & 0o077:
            raise PadananError("berkas kunci dapat dibaca orang lain", file=path, cure="chmod 600 pada berkas itu")
        ring = parse_ring(path.read_text(encoding="ascii"), path)
        if state is not None:
            _known[path] = state, ring
        return ring
    except ValueError:
        raise PadananError("berkas kunci bukan teks heksadesimal", file=path, cure=_RESTORE) from None
    except OSError as error:
        raise disk_fault(error, "berkas kunci") or PadananError(
            f"berkas kunci tidak dapat dibaca ({error.strerror})", file=path, cure="periksa PADANAN_KEY_FILE"
        ) from None


_known: dict[Path, tuple[tuple[int, ...], KeyRing]] = {}


def _state(path: Path) -> tuple[int, ...] | None:
    """What changes whenever file or folder are written, replaced or opened to others; None where there is no file yet."""
    try:
        found = [one.stat() for one in (path, path.parent)]
    except OSError:
        return None
    return tuple(
        part for one in found for part in (one.st_dev, one.st_ino, one.st_mode, one.st_size, one.st_mtime_ns, one.st_ctime_ns)
    )


def parse_ring(text: str, path: Path) -> KeyRing:
    """The keys of a file: 64 hexadecimal digits a line, the last line is the key in use.

    Raises:
        ValueError: a line is no hexadecimal text.
        PadananError: there is none, one is too short, stands twice, or is no random one (all zeros, a pattern).
    """
    keys = tuple(bytes.fromhex(line.strip()) for line in text.splitlines() if line.strip())
    for number, key in enumerate(keys, 1):
        place = f"baris {number}"
        if len(key) < KEY_BYTES:
            raise PadananError("kunci terlalu pendek", file=path, place=place, cure="pakai 64 digit heksadesimal")
        if len(set(key)) < _RANDOM_BYTES:
            raise PadananError("kunci bukan bilangan acak (nol atau pola)", file=path, place=place, cure=_RESTORE)
    if not keys:
        raise PadananError("berkas kunci kosong", file=path, cure=_RESTORE)
    if len(set(keys)) != len(keys):
        raise PadananError("satu kunci tertulis dua kali", file=path, cure=_RESTORE)
    return KeyRing(keys)


def ring_text(ring: KeyRing) -> str:
    """What `parse_ring` reads."""
    return "".join(key.hex() + "\n" for key in ring.keys)


def holds_anything(root: Path) -> bool:
    """Whether a home holds anything that was signed or named with a key: a delivery, a record, a publication, a decree."""
    return any(next(root.glob(pattern), None) is not None for pattern in _MADE_WITH_A_KEY)


def is_key(found: os.stat_result) -> bool:
    """Whether a file, as it was looked at, is the key's own: a second name (hard link) of it may lie anywhere."""
    try:
        key = key_file().stat()
    except OSError:
        return False
    return (found.st_dev, found.st_ino) == (key.st_dev, key.st_ino)


def keys_by_id() -> dict[str, bytes]:
    """Every key that this program has, by its short name; `load_key`'s is among them."""
    ring = load_ring()
    return dict(zip(ring.names, ring.keys, strict=True))


def key_id(key: bytes) -> str:
    """A short public name of a key, so that a manifest can say which key made its pseudonyms."""
    return hashlib.sha256(b"padanan-key-id" + key).hexdigest()[:8]


def register_hmac(con: duckdb.DuckDBPyConnection, ring: KeyRing) -> None:
    """Adds the macro `hmac_hex(text)`: today's pseudonym, 32 hex digits, NULL for NULL (HMAC-SHA256, RFC 2104; see `KeyRing`)."""
    _register(con, "hmac_hex", ring.keys, "encode(teks)")


def register_today(con: duckdb.DuckDBPyConnection, ring: KeyRing, made_with: str) -> None:
    """Adds the macro `hmac_kini(pseudonym)`: today's of one that was made when another key was in use, NULL for NULL.

    Raises:
        PadananError: the ring does not hold that key.
    """
    _register(con, "hmac_kini", ring.since(made_with), "encode(teks)")


def _register(con: duckdb.DuckDBPyConnection, name: str, keys: Sequence[bytes], first: str) -> None:
    """A macro of one HMAC after the other.

    The keys' pads travel as bound parameters into session variables, so that no key is in any SQL text.
    """
    text, outer = first, "teks"
    for number, key in enumerate(keys):
        block = (key if len(key) <= BLOCK_BYTES else hashlib.sha256(key).digest()).ljust(BLOCK_BYTES, b"\0")
        for pad, byte in (("ipad", 0x36), ("opad", 0x5C)):
            con.execute(f"set variable {name}_{pad}_{number} = ?::blob", [bytes(one ^ byte for one in block)])
        inner = f"unhex(sha256(getvariable('{name}_ipad_{number}') || {text}))"
        outer = f"left(sha256(getvariable('{name}_opad_{number}') || {inner}), {PSEUDONYM})"
        text = f"encode({outer})"
    con.execute(f"create or replace temp macro {name}(teks) as {outer}")
