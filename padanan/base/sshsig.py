"""Ed25519 signatures that anybody verifies with stock OpenSSH (`ssh-keygen -Y verify`), without our software or the HMAC key.

What is signed, and which keys were in use when, belongs to `records.seal_keys`; here are the key's file and the format SSHSIG
(OpenSSH, PROTOCOL.sshsig).
"""

from __future__ import annotations

import base64
import hashlib
import os
import struct
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from padanan.base import disk
from padanan.base.commit import write_first
from padanan.base.errors import PadananError
from padanan.base.keys import key_file

SUFFIX = ".sig"
"""What is put after a signed file's name, as `ssh-keygen -Y sign` does."""
_MAGIC, _VERSION, _HASH, _KIND = b"SSHSIG", 1, b"sha512", b"ssh-ed25519"
_BEGIN, _END, _WIDTH = "-----BEGIN SSH SIGNATURE-----", "-----END SSH SIGNATURE-----", 70
_CURE = "pulihkan berkas kunci segel dari cadangannya, atau atur PADANAN_SEAL_KEY_FILE"


def seal_key_file() -> Path:
    """PADANAN_SEAL_KEY_FILE, or `segel_ed25519` beside the HMAC key: outside the data home."""
    named = os.environ.get("PADANAN_SEAL_KEY_FILE")
    return Path(named).expanduser() if named else key_file().with_name("segel_ed25519")


@dataclass(frozen=True)
class SealKey:
    """A private key; only its public half is ever written elsewhere."""

    private: Ed25519PrivateKey

    @property
    def public(self) -> str:
        """`ssh-ed25519 AAAA…`, as OpenSSH writes it."""
        return public_text(self.private.public_key())

    def sign(self, content: bytes, namespace: str) -> str:
        """The armoured signature of `ssh-keygen -Y sign -n <namespace>`; the same content and key give the same text."""
        mark = _string(_KIND) + _string(self.private.sign(_signed(content, namespace)))
        blob = _string(_blob(self.private.public_key())) + _string(namespace.encode()) + _string(b"") + _string(_HASH)
        text = base64.b64encode(_MAGIC + struct.pack(">I", _VERSION) + blob + _string(mark)).decode()
        lines = [text[start : start + _WIDTH] for start in range(0, len(text), _WIDTH)]
        return "\n".join([_BEGIN, *lines, _END]) + "\n"


def verify(content: bytes, armoured: str, namespace: str, publics: tuple[str, ...]) -> bool:
    """Whether one of these public keys made the signature over exactly this content and namespace."""
    try:
        body = "".join(line for line in armoured.splitlines() if not line.startswith("-----"))
        reader = _Reader(base64.b64decode(body, validate=True))
        if reader.take(len(_MAGIC)) != _MAGIC or reader.number() != _VERSION:
            return False
        key, named, _, algorithm, mark = (reader.string() for _ in range(5))
        inner = _Reader(mark)
        kind, signature = inner.string(), inner.string()
        if (named, algorithm, kind) != (namespace.encode(), _HASH, _KIND) or not reader.done or not inner.done:
            return False
        if key not in {base64.b64decode(one.split()[1]) for one in publics}:
            return False
        blob = _Reader(key)
        blob.string()
        Ed25519PublicKey.from_public_bytes(blob.string()).verify(signature, _signed(content, namespace))
    except (ValueError, IndexError, struct.error, InvalidSignature):
        return False
    return True


def load_seal_key(path: Path) -> SealKey | None:
    """The key of a file; None where there is none.

    Raises:
        PadananError: it is open to others, no key, or another kind of key.
    """
    try:
        if path.stat().st_mode & 0o077:
            raise PadananError("berkas kunci segel dapat dibaca orang lain", file=path, cure="chmod 600 pada berkas itu")
        private = serialization.load_ssh_private_key(path.read_bytes(), None)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError):
        raise PadananError("berkas kunci segel tidak terbaca", file=path, cure=_CURE) from None
    if not isinstance(private, Ed25519PrivateKey):
        raise PadananError("kunci segel bukan Ed25519", file=path, cure=_CURE)
    return SealKey(private)


def new_seal_key() -> SealKey:
    """A fresh key, nowhere written."""
    return SealKey(Ed25519PrivateKey.generate())


def write_seal_key(key: SealKey, path: Path) -> bool:
    """Writes a key in OpenSSH's own format, mode 0600, where no file stands; False when one does."""
    disk.mkdir(path.parent, parents=True, exist_ok=True)
    return write_first(path, private_text(key), mode=0o600)


def private_text(key: SealKey) -> str:
    """OpenSSH's file of a private key without a passphrase."""
    form = serialization.PrivateFormat.OpenSSH
    return key.private.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption()).decode()


def public_text(key: Ed25519PublicKey) -> str:
    """`ssh-ed25519 AAAA…`."""
    return f"{_KIND.decode()} {base64.b64encode(_blob(key)).decode()}"


def fingerprint(public: str) -> str:
    """`SHA256:…`, as `ssh-keygen -l` prints it."""
    digest = hashlib.sha256(base64.b64decode(public.split()[1])).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def _blob(key: Ed25519PublicKey) -> bytes:
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return _string(_KIND) + _string(raw)


def _signed(content: bytes, namespace: str) -> bytes:
    return _MAGIC + b"".join(map(_string, (namespace.encode(), b"", _HASH, hashlib.sha512(content).digest())))


def _string(content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + content


class _Reader:
    """SSH's wire format, read from the front."""

    def __init__(self, content: bytes) -> None:
        self._content = content

    def take(self, size: int) -> bytes:
        found, self._content = self._content[:size], self._content[size:]
        if len(found) != size:
            raise ValueError("too short")
        return found

    def number(self) -> int:
        return int(struct.unpack(">I", self.take(4))[0])

    def string(self) -> bytes:
        return self.take(self.number())

    @property
    def done(self) -> bool:
        return not self._content
