"""Schemathesis on every operation, with every kind of token: nothing undocumented is answered, and nothing fails inside.

What single cells must answer stands in the other files; here the description and the server are held against each other.
"""

from datetime import datetime, timedelta

import pytest
import schemathesis
import sqlalchemy as sa
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from padanan.base.period import JAKARTA
from padanan.distribution.clients import revoke_client
from padanan.distribution.oauth import token_hash
from padanan.distribution.server import described
from padanan.distribution.state import tables
from tests.distribution.agencies_by_hand import serving
from tests.distribution.decree_by_hand import copy_home
from tests.distribution.lines_by_hand import publish_by_hand

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
    response_headers_conformance,
]
TOKENS = ("good", "body", "none", "expired", "foreign", "revoked")
OPERATIONS = [
    (path, method) for path, item in described()["paths"].items() for method in item if method in ("get", "post", "put", "delete")
]


@pytest.fixture(scope="module")
def fuzzed(decreed_once, tmp_path_factory):
    """(schema, tokens) over a server whose one good client has a grant and may ask as often as it likes."""
    home = copy_home(decreed_once, tmp_path_factory.mktemp("acak") / "data")
    with serving(home) as served:
        served.door.limited = lambda *_: None
        publish_by_hand(home)
        served.grant(baris="sasaran", wilayah=["31"], layanan=["sasaran", "cari", "perubahan", "prioritas", "prelist"])
        good, revoked = served.agency(), served.agency("dicabut")
        revoke_client(served.door.writer, "dicabut", by="Uji", now=datetime.now(JAKARTA))
        expired = served.agency("kedaluwarsa")
        with served.door.store.writing() as con:
            past = int((datetime.now(JAKARTA) - timedelta(hours=1)).timestamp())
            con.execute(sa.update(tables.token).where(tables.token.c.sidik == token_hash(expired.token)).values(sampai=past))
        body = served.agency("yayasan", "dinsos", "Yayasan Acak")
        tokens = {"good": good.token, "body": body.token, "none": None, "expired": expired.token,
                  "foreign": "eyJhbGciOiJub25lIn0.e30.", "revoked": revoked.token}  # fmt: skip
        yield schemathesis.openapi.from_asgi("/openapi.json", served.web.app), tokens


@pytest.mark.lambat
@pytest.mark.feature("F20", "F50")
@pytest.mark.parametrize("kind", TOKENS)
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_operation(fuzzed, path, method, kind):
    schema, tokens = fuzzed
    operation = schema[path][method.upper()]
    headers = {} if tokens[kind] is None else {"Authorization": f"Bearer {tokens[kind]}"}
    may = kind in ("good", "body")
    most = 25 if kind == ("body" if path.startswith("/v1/permohonan") else "good") else 4

    @settings(max_examples=most, deadline=None, database=None, derandomize=True, phases=[Phase.explicit, Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    def ask(case):
        answer = case.call(headers=headers)
        case.validate_response(answer, checks=CHECKS)
        if not may and path != "/oauth/token":
            assert answer.status_code in (400, 401, 415), "nobody without a token learns anything"

    modes = [schemathesis.GenerationMode.POSITIVE]
    if operation.query or operation.path_parameters or operation.body:  # else there is nothing to get wrong
        modes.append(schemathesis.GenerationMode.NEGATIVE)
    for generation in modes:
        given(case=operation.as_strategy(generation_mode=generation))(ask)()
