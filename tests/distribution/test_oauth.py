"""Tokens: who gets one and who does not; a secret with an end, a signed assertion used once, scopes that are the client's own."""

import base64
import hmac
import json
import time
from datetime import datetime, timedelta

import pytest
from joserfc import jwk, jwt

from padanan.base.errors import PadananError
from padanan.base.period import JAKARTA
from padanan.distribution.clients import AGGREGATE, BNBA, add_client
from tests.distribution.agencies_by_hand import BASE, URL

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def token(web, **form):
    auth = form.pop("auth", None)
    return web.post("/oauth/token", data={"grant_type": "client_credentials", **form}, auth=auth)


def test_a_secret_opens_by_header_or_form_and_only_it(served):
    agency = served.agency(scopes=["sasaran:agregat"])
    assert token(served.web, client_id=agency.id, client_secret=agency.secret).status_code == 200
    for auth in ((agency.id, "salah"), ("tidak-ada", agency.secret), (agency.id, "")):
        answer = token(served.web, auth=auth)
        assert answer.status_code == 401 and answer.json() == {"error": "invalid_client"}
    answer = token(served.web, auth=(agency.id, agency.secret), scope="sasaran:bnba")
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")
    assert token(served.web, auth=(agency.id, agency.secret), scope="admin").status_code == 400
    assert agency.get(f"{BASE}/agregat").status_code == 200
    denied = agency.rows()
    assert (denied.status_code, denied.json()["kode"]) == (403, "lingkup-kurang")
    other = served.web.post("/oauth/token", data={"grant_type": "password"}, auth=(agency.id, agency.secret))
    assert other.status_code == 400


@pytest.mark.parametrize("sent", [b"Basic YTpi/oAA/", b"Basic YTpi/o\xff\xffAAA=", b"Basic /v7+/g==", b"Basic =", b"Basic \x80"])
def test_a_header_that_is_no_name_and_secret_is_nobody_s(served, sent):
    """Found by fuzzing: what Authlib could not read was answered as a failure of ours, before anybody counted the tries."""
    counted = []
    served.door.limited = lambda *asked: counted.append(asked)
    answer = served.web.post("/oauth/token", data={"grant_type": "client_credentials"}, headers=[(b"authorization", sent)])
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"}) and len(counted) == 1
    agency = served.agency()
    form = {"grant_type": "client_credentials", "client_id": agency.id, "client_secret": agency.secret}
    both = served.web.post("/oauth/token", data=form, headers=[(b"authorization", b"Basic /v7+/g==")])
    assert both.status_code == 401, "one way of saying who one is, and it must be right"


def test_a_token_lives_fifteen_minutes_and_nothing_else_is_one(served, monkeypatch):
    agency = served.agency()
    answer = token(served.web, auth=(agency.id, agency.secret)).json()
    assert answer["expires_in"] == 900
    now = time.time()
    monkeypatch.setattr("padanan.distribution.oauth.time.time", lambda: now + 901)
    expired = agency.get("/v1/penetapan")
    assert expired.status_code == 401 and expired.headers["WWW-Authenticate"] == "Bearer"
    for header in ("", "Bearer", "Bearer ", "Basic abc", f"Bearer {agency.token}x", "Bearer null"):
        assert served.web.get("/v1/penetapan", headers={"Authorization": header}).status_code == 401
    assert served.web.get("/v1/penetapan").status_code == 401


def test_of_secrets_and_tokens_only_hashes_are_kept(served):
    agency = served.agency()
    with served.door.store.reading() as con:
        kept = str([con.exec_driver_sql(f"select * from {name}").all() for name in ("klien", "token", "audit")])
    assert agency.secret not in kept and agency.token not in kept


def test_an_expired_secret_is_none(served, monkeypatch):
    agency = served.agency()
    later = datetime.now(JAKARTA) + timedelta(days=31)

    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return later

    monkeypatch.setattr("padanan.distribution.oauth.datetime", Clock)
    assert token(served.web, auth=(agency.id, agency.secret)).status_code == 401


@pytest.fixture
def signer(served):
    key = jwk.generate_key("EC", "P-256", parameters={"kid": "a"})
    add_client(served.door.writer, client="dinkes-sistem", agency="dinkes", scopes=[AGGREGATE, BNBA], by="Uji",
               now=datetime.now(JAKARTA), keys={"keys": [key.as_dict(private=False)]})  # fmt: skip
    return key


def assertion(key, *, alg="ES256", **changes):
    now = int(time.time())
    claims = {
        "iss": "dinkes-sistem",
        "sub": "dinkes-sistem",
        "aud": f"{URL}/oauth/token",
        "exp": now + 60,
        "jti": str(now),
    } | changes
    return jwt.encode({"alg": alg, "kid": "a"}, {name: value for name, value in claims.items() if value is not None}, key)


def encoded(content):
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def with_assertion(web, text):
    return token(web, client_assertion_type=TYPE, client_assertion=text)


def test_a_signed_assertion_opens_once(served, signer):
    text = assertion(signer)
    assert with_assertion(served.web, text).status_code == 200
    assert with_assertion(served.web, text).status_code in (400, 401), "used before"
    now = int(time.time())
    for changes in ({"aud": "https://lain.go.id"}, {"exp": now - 100}, {"exp": now + 9000}, {"iss": "lain"}, {"sub": "tidak-ada"},
                    {"jti": None}, {"exp": None}):  # fmt: skip
        answer = with_assertion(served.web, assertion(signer, **({"jti": str(changes)} | changes)))
        assert answer.status_code in (400, 401) and answer.json()["error"] == "invalid_client", changes
    other = jwk.generate_key("EC", "P-256", parameters={"kid": "a"})
    assert with_assertion(served.web, assertion(other, jti="x")).status_code in (400, 401)
    assert with_assertion(served.web, "a.b.c").status_code in (400, 401)


def test_a_public_key_is_no_secret_to_sign_with(served, signer):
    good = assertion(signer, jti="hs")
    for head in ({"alg": "HS256", "kid": "a"}, {"alg": "none"}):
        body = f"{encoded(json.dumps(head).encode())}.{good.split('.')[1]}"
        mark = hmac.new(signer.as_pem(private=False), body.encode(), "sha256").digest() if head["alg"] == "HS256" else b""
        assert with_assertion(served.web, f"{body}.{encoded(mark)}").status_code in (400, 401)
    assert with_assertion(served.web, good).status_code == 200, "refused for its signature alone"
    assert token(served.web, client_id="dinkes-sistem", client_secret="x").status_code in (400, 401)


@pytest.mark.parametrize(
    "wrong",
    [
        {"client": "X"},
        {"client": "klien-3171000000000001"},
        {"agency": "bukan"},
        {"scopes": ["admin"]},
        {"scopes": []},
        {"secret_until": None},
        {"body": "Yayasan 3171000000000001"},
        {"keys": {"keys": []}},
        {"secret_until": None, "keys": {"keys": [{"kty": "oct", "k": "YWJj"}]}},
        {"secret_until": None, "keys": {}},
    ],
)
def test_a_client_that_can_not_be(served, wrong):
    now = datetime.now(JAKARTA)
    facts = {"client": "baru", "agency": "dinsos", "scopes": ["sasaran:agregat"], "by": "Uji", "now": now,
             "secret_until": now.date()} | wrong  # fmt: skip
    with pytest.raises(PadananError):
        add_client(served.door.writer, **facts)


def test_a_private_key_is_refused(served):
    key = jwk.generate_key("OKP", "Ed25519")
    with pytest.raises(PadananError, match="kunci pribadi"):
        add_client(served.door.writer, client="baru", agency="dinsos", scopes=["sasaran:agregat"], by="Uji",
                   now=datetime.now(JAKARTA), keys={"keys": [key.as_dict(private=True)]})  # fmt: skip
