"""Clients of the API: which agency (or body through an agency) a system belongs to, and what it proves itself with.

What a client may read is `grants`; tokens are `oauth`'s. A client without a grant reads suppressed figures at most.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from joserfc import jwk
from joserfc.errors import JoseError
from sqlalchemy import bindparam, delete, insert, select, update

from padanan.base.errors import PadananError
from padanan.base.period import JAKARTA
from padanan.base.typed import has_long_number
from padanan.contracts.agencies import load_agencies
from padanan.contracts.contract import expectations_dir
from padanan.distribution.audit import CLIENT, AuditWriter, Event
from padanan.distribution.prelist import verifiers
from padanan.distribution.state import tables
from padanan.distribution.state.store import Store

AGGREGATE, BNBA, PRELIST, FEEDBACK, REQUEST = SCOPES = (
    "sasaran:agregat", "sasaran:bnba", "prelist:baca", "umpan-balik:kirim", "permohonan:ajukan",
)  # fmt: skip
_ID = re.compile(r"[a-z][a-z0-9-]{2,39}")
# Of a random secret of 256 bits nothing is guessed; the cost is what a stolen state would have to pay.
_COST = {"n": 2**12, "r": 8, "p": 1}


@dataclass(frozen=True)
class Client:
    """One client as it stands."""

    id: str
    agency: str
    body: str | None
    scopes: frozenset[str]
    secret: str | None
    secret_until: str | None
    jwks: Mapping[str, Any] | None
    revoked: str | None

    def check_secret(self, secret: str, now: datetime) -> bool:
        """Whether this is the client's secret and still valid."""
        if self.secret is None or self.secret_until is None or now.astimezone(JAKARTA).date().isoformat() > self.secret_until:
            return False
        salt, digest = self.secret.split("$")
        return hmac.compare_digest(_hashed(secret, bytes.fromhex(salt)), digest)


def _hashed(secret: str, salt: bytes) -> str:
    return hashlib.scrypt(secret.encode(), salt=salt, dklen=32, **_COST).hex()


def add_client(
    writer: AuditWriter,
    *,
    client: str,
    agency: str,
    scopes: Sequence[str],
    by: str,
    now: datetime,
    body: str | None = None,
    secret_until: date | None = None,
    keys: Mapping[str, Any] | None = None,
) -> str | None:
    """Makes a client.

    Args:
        agency: id of the register; of a non-government body the agency that it goes through.
        body: the name of a non-government body.
        secret_until: until when a secret that is made now is valid; without `keys`.
        keys: the client's public keys (JWKS), for `private_key_jwt`.

    Returns:
        The secret, shown once and kept nowhere; None with keys.

    Raises:
        PadananError: the id is taken or no id, agency or scope is not known, keys hold a private or weak key, or neither or
            both of secret and keys were asked for.
    """
    if not _ID.fullmatch(client) or has_long_number(client):
        raise PadananError("id klien tidak sah", cure="pakai 3-40 huruf kecil, angka dan garis, misalnya dinsos-siks")
    if agency not in load_agencies(expectations_dir()).instansi:
        raise PadananError(f"instansi '{agency[:40]}' tidak dikenal", cure="pakai id dari expectations/instansi.yaml")
    if not scopes or set(scopes) - set(SCOPES):
        raise PadananError("lingkup tidak dikenal", cure=f"pilih dari {', '.join(SCOPES)}")
    if REQUEST in scopes and body is None:
        raise PadananError(f"lingkup {REQUEST} hanya bagi lembaga bukan pemerintah", cure="isi --lembaga, atau hapus lingkup itu")
    if PRELIST in scopes and (body is not None or agency not in verifiers()):
        raise PadananError(
            f"lingkup {PRELIST} hanya bagi instansi yang memverifikasi",
            cure=f"pakai instansi {', '.join(verifiers())} tanpa --lembaga, atau hapus lingkup itu",
        )
    if body is not None and (has_long_number(body) or not body.strip() or len(body) > 200 or not body.isprintable()):
        raise PadananError("nama lembaga tidak sah", cure="isi --lembaga dengan nama lembaga")
    secret, proof = _proof(secret_until, keys, now)
    values = {
        "id": client,
        "instansi": agency,
        "lembaga": body,
        "lingkup": " ".join(sorted(set(scopes))),
        **proof,
        "dibuat": now.isoformat(timespec="seconds"),
        "dibuat_oleh": by,
    }
    said = {"klien": client, "tindakan": "dibuat", "instansi": agency, "lembaga": body, "oleh": by, "lingkup": values["lingkup"]}
    with writer.changing(Event(CLIENT, said)) as con:
        if con.execute(select(tables.client.c.id).where(tables.client.c.id == client)).first() is not None:
            raise PadananError("id klien sudah dipakai", cure="pakai id lain; klien yang dicabut tidak dihidupkan lagi")
        con.execute(insert(tables.client).values(values))
    return secret


def _proof(secret_until: date | None, keys: Mapping[str, Any] | None, now: datetime) -> tuple[str | None, dict[str, str | None]]:
    """A new secret (None with keys), and the columns that keep what a client proves itself with."""
    if (secret_until is None) == (keys is None):
        raise PadananError(
            "rahasia dan kunci publik, atau tidak keduanya", cure="pilih --secret-until TANGGAL atau --jwks BERKAS"
        )
    if secret_until is not None and secret_until < now.astimezone(JAKARTA).date():
        raise PadananError("masa rahasia sudah lewat", cure="tulis tanggal yang akan datang pada --secret-until")
    if keys is not None:
        return None, {"rahasia": None, "rahasia_sampai": None, "jwks": json.dumps(_public_keys(keys))}
    assert secret_until is not None
    secret, salt = secrets.token_urlsafe(32), secrets.token_bytes(16)
    hashed = f"{salt.hex()}${_hashed(secret, salt)}"
    return secret, {"rahasia": hashed, "rahasia_sampai": secret_until.isoformat(), "jwks": None}


def renew_client(
    writer: AuditWriter,
    client: str,
    *,
    by: str,
    now: datetime,
    secret_until: date | None = None,
    keys: Mapping[str, Any] | None = None,
) -> str | None:
    """Replaces what a client proves itself with; the old secret or keys and its tokens end at once, its grants stay.

    Returns:
        The new secret, shown once and kept nowhere; None with keys.

    Raises:
        PadananError: there is no such client, it is revoked, or see `add_client`.
    """
    secret, proof = _proof(secret_until, keys, now)
    said = {"klien": client, "tindakan": "rahasia diganti" if keys is None else "kunci diganti", "oleh": by}
    with writer.changing(Event(CLIENT, said)) as con:
        open_one = (tables.client.c.id == client) & tables.client.c.dicabut.is_(None)
        if con.execute(update(tables.client).where(open_one).values(proof)).rowcount != 1:
            raise PadananError("klien ini tidak ada atau sudah dicabut", cure="lihat 'padanan klien list'")
        con.execute(delete(tables.token).where(tables.token.c.klien == client))
    return secret


def _public_keys(keys: Mapping[str, Any]) -> dict[str, Any]:
    """A JWKS of public keys that sign well enough."""
    cure = "beri JWKS dengan kunci publik EC P-256, Ed25519 atau RSA sedikitnya 2048 bit"
    try:
        found = jwk.KeySet.import_key_set({"keys": list(keys["keys"])})
        plain = [dict(one.as_dict(private=False)) for one in found.keys]
    except (JoseError, KeyError, TypeError, ValueError, AttributeError):
        raise PadananError("kunci publik klien tidak terbaca", cure=cure) from None
    given: list[Mapping[str, Any]] = list(keys["keys"])
    if any("d" in one for one in given):
        raise PadananError("berkas kunci memuat kunci pribadi", cure="hapus kunci pribadinya; kirim bagian publiknya saja")
    weak = [one for one in plain if not _strong(one)]
    if not plain or weak:
        raise PadananError("kunci publik klien terlalu lemah atau jenisnya tidak dipakai", cure=cure)
    return {"keys": plain}


def _strong(key: Mapping[str, Any]) -> bool:
    if key.get("kty") == "RSA":
        modulus = str(key["n"])
        return len(base64.urlsafe_b64decode(modulus + "=" * (-len(modulus) % 4))) >= 256
    return (key.get("kty"), key.get("crv")) in {("EC", "P-256"), ("EC", "P-384"), ("OKP", "Ed25519")}


def revoke_client(writer: AuditWriter, client: str, *, by: str, now: datetime) -> None:
    """Ends a client at once, its tokens too.

    Raises:
        PadananError: there is no such client, or it is revoked already.
    """
    with writer.changing(Event(CLIENT, {"klien": client, "tindakan": "dicabut", "oleh": by})) as con:
        open_one = (tables.client.c.id == client) & tables.client.c.dicabut.is_(None)
        done = con.execute(
            update(tables.client).where(open_one).values(dicabut=now.isoformat(timespec="seconds"), dicabut_oleh=by)
        )
        if done.rowcount != 1:
            raise PadananError("klien ini tidak ada atau sudah dicabut", cure="lihat 'padanan klien list'")
        con.execute(delete(tables.token).where(tables.token.c.klien == client))


COLUMNS = tuple(
    tables.client.c[name] for name in ("id", "instansi", "lembaga", "lingkup", "rahasia", "rahasia_sampai", "jwks", "dicabut")
)
"""What `client_of` reads, in this order."""
_BY_ID = select(*COLUMNS).where(tables.client.c.id == bindparam("klien"))


def find_client(store: Store, client: str) -> Client | None:
    """A client by its id, revoked ones too."""
    row = store.one(_BY_ID, klien=client)
    return None if row is None else client_of(row)


def all_clients(store: Store) -> list[Client]:
    """Every client that ever was, by id."""
    with store.reading() as con:
        return [client_of(row) for row in con.execute(select(*COLUMNS).order_by(tables.client.c.id)).all()]


def client_of(row: Sequence[Any]) -> Client:
    """A client from its row of `COLUMNS`."""
    name, agency, body, scopes, secret, until, keys, revoked = row
    return Client(name, agency, body, frozenset(scopes.split()), secret, until, json.loads(keys) if keys else None, revoked)
