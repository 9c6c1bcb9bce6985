"""OAuth 2.0 client credentials (RFC 6749 §4.4) with Authlib: a secret or a signed assertion (RFC 7523) for a token of 15 minutes.

Who the clients are is `clients`'; what a token's scopes open is asked at each door.
"""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, InvalidClientError, InvalidScopeError, OAuth2Request
from authlib.oauth2.rfc6749.grants import ClientCredentialsGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc7523 import JWTBearerClientAssertion
from joserfc import jwk
from sqlalchemy import bindparam, delete, insert, select
from sqlalchemy.exc import IntegrityError

from padanan.base.period import JAKARTA
from padanan.distribution.clients import COLUMNS, SCOPES, Client, client_of, find_client
from padanan.distribution.state import tables
from padanan.distribution.state.store import Store

ASSERTION: str = JWTBearerClientAssertion.CLIENT_AUTH_METHOD
# An assertion that is valid for hours would have to be remembered for hours.
ASSERTION_SECONDS = 300


@dataclass(frozen=True)
class Bearer:
    """Who a token belongs to, as that client stands now."""

    client: Client
    scopes: frozenset[str]


class _Known(ClientMixin):  # type: ignore[misc]
    """A client as Authlib asks for one."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.token_endpoint_auth_method = ASSERTION if client.jwks else "client_secret_basic"

    def get_client_id(self) -> str:
        return self.client.id

    def get_default_redirect_uri(self) -> None:
        return None

    def get_allowed_scope(self, scope: str | None) -> str:
        wanted = set(scope.split()) if scope else set(self.client.scopes)
        return " ".join(sorted(wanted & self.client.scopes))

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return False

    def check_client_secret(self, client_secret: str) -> bool:
        return self.client.check_secret(client_secret, datetime.now(JAKARTA))

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == ASSERTION if self.client.jwks else method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type: str) -> bool:
        return False

    def check_grant_type(self, grant_type: str) -> bool:
        return bool(grant_type == ClientCredentialsGrant.GRANT_TYPE)


class _Request(OAuth2Request):  # type: ignore[misc]
    def __init__(self, uri: str, headers: Mapping[str, str], form: Mapping[str, str]) -> None:
        super().__init__("POST", uri, headers={name.title(): value for name, value in headers.items()})
        self._form = dict(form)
        self.payload = BasicOAuth2Payload(self._form)

    @property
    def args(self) -> dict[str, str]:
        return {}

    @property
    def form(self) -> dict[str, str]:
        return self._form


class _Credentials(ClientCredentialsGrant):  # type: ignore[misc]
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post", ASSERTION]


class _Assertion(JWTBearerClientAssertion):  # type: ignore[misc]
    def __init__(self, store: Store, audiences: list[str]) -> None:
        super().__init__(validate_jti=True, leeway=30)
        self._store, self._audiences = store, audiences

    def get_audiences(self) -> list[str]:
        return self._audiences

    def resolve_client_public_key(self, client: _Known) -> jwk.KeySet:
        if client.client.jwks is None:
            raise InvalidClientError(description="client has no public key")
        return jwk.KeySet.import_key_set(dict(client.client.jwks))  # type: ignore[arg-type]

    def validate_jti(self, claims: Mapping[str, Any], jti: str) -> bool:
        now = int(time.time())
        until = claims["exp"]
        if not isinstance(jti, str) or not isinstance(until, int | float) or until > now + ASSERTION_SECONDS + self.leeway:
            return False
        # Kept as a hash: its length is the client's choice.
        digest = hashlib.sha256(jti.encode()).hexdigest()
        try:
            with self._store.writing() as con:
                con.execute(delete(tables.assertion).where(tables.assertion.c.sampai < now - 60))
                con.execute(insert(tables.assertion).values(klien=str(claims["sub"]), jti=digest, sampai=int(until)))
        except IntegrityError:
            return False
        return True


class TokenServer(AuthorizationServer):  # type: ignore[misc]
    """Authlib's server over our state.

    Args:
        url: the public address of the API, what an assertion's `aud` names.
        minutes: how long a token lives.
    """

    def __init__(self, store: Store, url: str, minutes: int) -> None:
        super().__init__(scopes_supported=list(SCOPES))
        self._store, self._uri, self._seconds = store, f"{url.rstrip('/')}/oauth/token", minutes * 60
        self.register_grant(_Credentials)
        self.register_client_auth_method(ASSERTION, _Assertion(store, [self._uri, url.rstrip("/")]))
        self.register_token_generator("default", self._generate)

    def issue(self, headers: Mapping[str, str], form: Mapping[str, str]) -> tuple[int, dict[str, Any], dict[str, str]]:
        """Status, body and headers of the token endpoint's answer."""
        # A request of ours always came over TLS or the machine itself; what the proxy speaks to us is no matter of the protocol.
        uri = self._uri if self._uri.startswith("https://") else "https://" + self._uri.partition("://")[2]
        answer: tuple[int, dict[str, Any], dict[str, str]] = self.create_token_response(_Request(uri, headers, form))
        return answer

    def query_client(self, client_id: str) -> _Known | None:
        found = find_client(self._store, client_id)
        return _Known(found) if found is not None and found.revoked is None else None

    def save_token(self, token: Mapping[str, Any], request: Any) -> None:
        now = int(time.time())
        values = {
            "sidik": token_hash(token["access_token"]),
            "klien": request.client.client.id,
            "lingkup": token["scope"],
            "sampai": now + self._seconds,
        }
        with self._store.writing() as con:
            con.execute(delete(tables.token).where(tables.token.c.sampai < now))
            con.execute(insert(tables.token).values(values))

    def _generate(self, *, client: _Known, scope: str | None, **_: Any) -> dict[str, Any]:
        allowed = client.get_allowed_scope(scope)
        if not allowed:
            raise InvalidScopeError()
        return {
            "token_type": "Bearer",  # nosec B105  # the word of RFC 6749, no secret
            "access_token": secrets.token_urlsafe(32),
            "expires_in": self._seconds,
            "scope": allowed,
        }

    def create_oauth2_request(self, request: Any) -> Any:
        return request

    def create_json_request(self, request: Any) -> Any:
        return request

    def handle_response(self, status: int, body: Any, headers: Any) -> tuple[int, Any, dict[str, str]]:
        return status, body, dict(headers)

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        """Nobody listens."""


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


_BY_TOKEN = (
    select(tables.token.c.lingkup, tables.token.c.sampai, *COLUMNS)
    .join(tables.client, tables.client.c.id == tables.token.c.klien)
    .where(tables.token.c.sidik == bindparam("sidik"))
)


def bearer_of(store: Store, token: str) -> Bearer | None:
    """Who a token belongs to; None for one that is unknown, expired, or of a revoked client."""
    row = store.one(_BY_TOKEN, sidik=token_hash(token))
    if row is None or row[1] <= time.time():
        return None
    client = client_of(row[2:])
    return None if client.revoked is not None else Bearer(client, frozenset(row[0].split()) & client.scopes)
