"""Message signatures (MsgSignature): Ed25519 over created, expires and a digest of the canonical {header, message}.

Whose keys are looked at is `partners`', which answer a fault gets `envelope`'s. The specification names the parts, not the
digest: SHA-256 of RFC 8785's spelling, written as RFC 3230 writes a digest (docs/spdci.md).
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from padanan.base.sshsig import SealKey, fingerprint
from padanan.distribution.spdci.canonical import canonical
from padanan.distribution.spdci.names import SignatureRules

ALGORITHM = "ed25519"
HEADERS = "(created) (expires) digest"
_FIELDS = {"namespace", "kidId", "algorithm", "created", "expires", "headers", "signature"}
_PART = re.compile(r'\s*([A-Za-z]{1,20})="([^"\\]{0,400})"\s*')
_LONGEST = 2000


@dataclass(frozen=True)
class Signature:
    """A signature's parts as they were read; times are seconds since 1970."""

    namespace: str
    sender: str
    key: str
    created: int
    expires: int
    mark: bytes


def parse(text: str) -> Signature | None:
    """A signature's text; None for one that lacks a part, has one twice or says something else than the specification."""
    if len(text) > _LONGEST:
        return None
    body = re.sub(r"^Signature:\s*", "", text)
    found: dict[str, str] = {}
    for part in body.split(","):
        match = _PART.fullmatch(part)
        if match is None or match[1] in found:
            return None
        found[match[1]] = match[2]
    named = found.get("kidId", "").split("|")
    if (
        set(found) != _FIELDS
        or len(named) != 3
        or (named[2], found["algorithm"], found["headers"]) != (ALGORITHM, ALGORITHM, HEADERS)
    ):
        return None
    if not all(re.fullmatch(r"[0-9]{1,11}", found[name]) for name in ("created", "expires")):
        return None
    try:
        mark = base64.b64decode(found["signature"], validate=True)
    except ValueError:
        return None
    return Signature(found["namespace"], named[0], named[1], int(found["created"]), int(found["expires"]), mark)


def content(envelope: Mapping[str, Any], created: int, expires: int) -> bytes:
    """What is signed: three lines, the last one the digest of what the envelope says beside its signature."""
    said = {name: envelope[name] for name in ("header", "message") if name in envelope}
    digest = base64.b64encode(hashlib.sha256(canonical(said).encode("utf-8", "surrogatepass")).digest()).decode()
    return f"(created): {created}\n(expires): {expires}\ndigest: SHA-256={digest}".encode()


def holds(found: Signature, envelope: Mapping[str, Any], public: bytes, rules: SignatureRules, now: datetime) -> bool:
    """Whether the key made the signature over exactly this message, and it is valid at this moment.

    Args:
        public: 32 bytes.
    """
    moment = now.timestamp()
    if found.namespace not in rules.namespace or not 0 < found.expires - found.created <= rules.longest:
        return False
    if not found.created - rules.tolerance <= moment <= found.expires + rules.tolerance:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(found.mark, content(envelope, found.created, found.expires))
    except (InvalidSignature, ValueError):
        return False
    return True


def signed(
    header: Mapping[str, Any], message: Any, key: SealKey, sender: str, rules: SignatureRules, now: datetime
) -> dict[str, Any]:
    """An envelope of ours with its signature first, as the specification orders it."""
    envelope: dict[str, Any] = {"header": dict(header)} | ({"message": message} if message is not None else {})
    created = int(now.timestamp())
    expires = created + rules.ours
    mark = base64.b64encode(key.private.sign(content(envelope, created, expires))).decode()
    name = fingerprint(key.public)
    parts = {
        "namespace": rules.namespace[0],
        "kidId": f"{sender}|{name}|{ALGORITHM}",
        "algorithm": ALGORITHM,
        "created": created,
        "expires": expires,
        "headers": HEADERS,
        "signature": mark,
    }
    text = "Signature: " + ", ".join(f'{field}="{value}"' for field, value in parts.items())
    return {"signature": text, **envelope}
