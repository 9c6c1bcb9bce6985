"""What was agreed with a client when it joined: its signing key, its callback address, and which messages it already sent.

Who a client is stands in `distribution.clients`; how a signature is looked at is `signing`'s.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import delete, insert, select
from sqlalchemy.exc import IntegrityError

from padanan.base.errors import PadananError
from padanan.distribution.audit import CLIENT, AuditWriter, Event
from padanan.distribution.clients import find_client
from padanan.distribution.spdci import box
from padanan.distribution.spdci.document import is_uri
from padanan.distribution.state import tables
from padanan.distribution.state.store import Store

_KEY_NAME = re.compile(r"[A-Za-z0-9._:/+-]{1,80}")
_LOOPBACK = {"127.0.0.1", "localhost", "::1"}
CALLBACKS = {
    "on-search": "/registry/on-search",
    "on-subscribe": "/registry/on-subscribe",
    "on-unsubscribe": "/registry/on-unsubscribe",
    "txn-on-status": "/registry/txn/on-status",
    "notify": "/registry/notify",
}
"""Actions that we send, and where below the registered address each of them goes."""


@dataclass(frozen=True)
class Partner:
    """One client's agreement; a client without one must sign and has no key, so that it is never answered."""

    client: str
    key_name: str | None = None
    public: bytes | None = None
    address: str | None = None
    must_sign: bool = True

    def may_call(self, uri: str) -> bool:
        """Whether a `sender_uri` is the registered address or one of the callbacks below it."""
        return self.address is not None and uri in {self.address, *(self.address + path for path in CALLBACKS.values())}

    def target(self, action: str, uri: str | None = None) -> str:
        """Where a callback goes: to exactly the `sender_uri` of the request, or to its path below the registered address."""
        assert self.address is not None
        return uri if uri and uri != self.address else self.address + CALLBACKS[action]


def register(
    writer: AuditWriter,
    *,
    client: str,
    by: str,
    now: datetime,
    key_name: str | None = None,
    public: str | None = None,
    address: str | None = None,
    must_sign: bool = True,
    loopback: bool = False,
) -> Partner:
    """Writes down what was agreed, in place of what was.

    Args:
        public: the client's Ed25519 key, base64 of its 32 bytes.
        address: https; http on this machine alone and with `loopback`.
        must_sign: False lets a client send unsigned messages, which the specification's schema leaves open: for trials.

    Raises:
        PadananError: no such client, no key or address of that kind, or nobody could ever sign.
    """
    found = find_client(writer.store, client)
    if found is None or found.revoked is not None:
        raise PadananError("klien ini tidak ada atau sudah dicabut", cure="lihat 'padanan klien list'")
    if (public is None) != (key_name is None) or (must_sign and public is None):
        raise PadananError(
            "kunci publik dan namanya belum lengkap", cure="isi --key-id dan --public-key, atau --unsigned untuk uji coba"
        )
    if public is not None and (_raw(public) is None or not _KEY_NAME.fullmatch(str(key_name))):
        raise PadananError(
            "kunci publik bukan Ed25519 (base64 dari 32 bita)", cure="lihat docs/spdci.md untuk cara menuliskannya"
        )
    if address is not None and not _good(address, loopback):
        raise PadananError(
            "alamat panggilan balik tidak sah",
            cure="pakai https://… tanpa nama pengguna, tanda tanya, pagar, atau garis miring di akhir",
        )
    values = {
        "klien": client,
        "kunci_id": key_name,
        "publik": public,
        "alamat": address,
        "wajib_tanda": int(must_sign),
        "dicatat": now.isoformat(timespec="seconds"),
        "dicatat_oleh": by,
    }
    said = {"klien": client, "tindakan": "spdci", "kunci": key_name, "alamat": address, "wajib_tanda": must_sign, "oleh": by}
    with writer.changing(Event(CLIENT, said)) as con:
        con.execute(delete(tables.spdci_partner).where(tables.spdci_partner.c.klien == client))
        con.execute(insert(tables.spdci_partner).values(values))
    return _partner(values)


def _raw(public: str) -> bytes | None:
    try:
        raw = base64.b64decode(public, validate=True)
    except ValueError:
        return None
    return raw if len(raw) == 32 else None


def _good(address: str, loopback: bool) -> bool:
    if not is_uri(address) or len(address) > 500 or address.endswith("/"):
        return False
    parts = urlsplit(address)
    try:
        plain = parts.username is None and not parts.query and not parts.fragment and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
    return plain and (parts.scheme == "https" or (loopback and parts.scheme == "http" and parts.hostname in _LOOPBACK))


def partner_of(store: Store, client: str) -> Partner:
    """A client's agreement as it stands now."""
    with store.reading() as con:
        row = con.execute(select(tables.spdci_partner).where(tables.spdci_partner.c.klien == client)).first()
    return Partner(client) if row is None else _partner(dict(row._mapping))


def _partner(row: Mapping[str, Any]) -> Partner:
    public = _raw(row["publik"]) if row["publik"] else None
    return Partner(row["klien"], row["kunci_id"], public, row["alamat"], bool(row["wajib_tanda"]))


def first_time(store: Store, client: str, message_id: str, until: int, now: int) -> bool:
    """Remembers a message until a moment; False where it was taken before, by whichever process."""
    known = {"klien": client, "pesan": box.digest("pesan", client, message_id), "sampai": until}
    try:
        with store.writing() as con:
            con.execute(delete(tables.spdci_message).where(tables.spdci_message.c.sampai < now))
            con.execute(insert(tables.spdci_message).values(known))
    except IntegrityError:
        return False
    return True


def forget(store: Store, client: str, message_id: str) -> None:
    """A message that could not be taken after all may be sent again under its id."""
    place = (tables.spdci_message.c.klien == client) & (tables.spdci_message.c.pesan == box.digest("pesan", client, message_id))
    with store.writing() as con:
        con.execute(delete(tables.spdci_message).where(place))
