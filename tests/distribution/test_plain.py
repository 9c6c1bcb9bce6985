"""The short way of a page and a look-up answers as the long one does, and leaves to it whatever is unusual."""

import itertools
from datetime import datetime

import pytest
from starlette.testclient import TestClient

from padanan.base.period import JAKARTA
from padanan.distribution.api import plain
from padanan.distribution.api.app import create_app
from padanan.distribution.api.plain import PlainRoute
from padanan.distribution.clients import revoke_client
from padanan.distribution.grants import revoke
from tests.distribution.agencies_by_hand import BASE, PURPOSE
from tests.distribution.decree_by_hand import TWICE, nik_of
from tests.review.decided_by_hand import PROPOSER

GOOD = [
    {"tujuan": PURPOSE},
    {"tujuan": PURPOSE, "batas": "7", "wilayah": "31.74.06"},
    {"tujuan": PURPOSE, "batas": "1000", "program": "klj"},
    {"tujuan": PURPOSE, "kolom": "nama,id_orang", "hibah": "klj-dinsos"},
    {},
    {"tujuan": "lain"},
    {"tujuan": PURPOSE, "hibah": "tidak-ada"},
    {"tujuan": PURPOSE, "kolom": "tidak_ada"},
    {"tujuan": PURPOSE, "kolom": "nama,nama"},
    {"tujuan": PURPOSE, "kolom": ","},
    {"tujuan": PURPOSE, "kolom": "alamat"},
    {"tujuan": PURPOSE, "wilayah": "31.75"},
    {"tujuan": PURPOSE, "wilayah": "9"},
    {"tujuan": PURPOSE, "program": "tidak_ada"},
    {"tujuan": PURPOSE, "desil": "1"},
    {"tujuan": PURPOSE, "desil": "99"},
    {"tujuan": PURPOSE, "kursor": "AAAA"},
]
ODD = [
    {"tujuan": PURPOSE, "batas": "0"},
    {"tujuan": PURPOSE, "batas": "1001"},
    {"tujuan": PURPOSE, "batas": "+5"},
    {"tujuan": PURPOSE, "batas": "05"},
    {"tujuan": PURPOSE, "batas": ""},
    {"tujuan": PURPOSE, "bentuk": "json"},
    {"tujuan": PURPOSE, "bentuk": "csv"},
    {"tujuan": PURPOSE, "lain": "1"},
    {"tujuan": PURPOSE, "Wilayah": "31.74"},
    {"tujuan": PURPOSE, "desil": "a"},
    {"tujuan": PURPOSE, "desil": "1,,2"},
    {"tujuan": PURPOSE, "desil": ""},
    {"tujuan": PURPOSE, "program": "' or 1=1 --"},
    {"tujuan": PURPOSE, "wilayah": "31.74 "},
    {"tujuan": PURPOSE, "kolom": "nama, id_orang"},
    {"tujuan": "x" * 41},
    {"tujuan": [PURPOSE, PURPOSE]},
    {"tujuan": PURPOSE, "kursor": "ä"},
]


@pytest.fixture
def ways(served, monkeypatch):
    """The same question by both ways -> both answers, and whether the short one took it."""
    served.grant()
    agency, taken = served.agency(), []
    real = PlainRoute._answer

    async def told(self, *given):
        taken.append(given)
        return await real(self, *given)

    monkeypatch.setattr(PlainRoute, "_answer", told)
    long = create_app(served.door)
    del long.router.routes[0]
    long = TestClient(long, raise_server_exceptions=False)

    def asked(method, path, headers=None, more=None, **content):
        taken.clear()
        headers = (agency.headers if headers is None else headers) | (more or {})
        found = [web.request(method, path, headers=headers, **content) for web in (served.web, long)]
        assert len(taken) <= 1
        return *found, bool(taken)

    return asked


def said(answer):
    """Everything of an answer but what differs from one to the next."""
    body = answer.json()
    body.pop("instance", None)
    more = body.pop("berikutnya", "-")
    kept = {name for name in answer.headers if name not in ("x-request-id", "content-length")}
    return answer.status_code, body, more is None, kept, answer.headers.get("x-hibah"), answer.headers.get("x-simpan-sampai")


@pytest.mark.feature("F20")
def test_a_page_by_both_ways(ways):
    for params, short in [*((one, True) for one in GOOD), *((one, False) for one in ODD)]:
        one, other, taken = ways("GET", f"{BASE}/sasaran", params=params)
        assert said(one) == said(other) and taken is short, params
        assert one.status_code < 500 and one.headers["X-Request-ID"] != other.headers["X-Request-ID"]


@pytest.mark.feature("F20")
def test_a_paging_goes_on_over_both_ways(ways):
    names, cursors = [], [{}]
    for turn in itertools.count():
        found = ways("GET", f"{BASE}/sasaran", params={"tujuan": PURPOSE, "batas": "3"} | cursors[-1])
        assert said(found[0]) == said(found[1])
        page = found[turn % 2].json()
        names += [row["id_orang"] for row in page["data"]]
        if page["berikutnya"] is None:
            break
        cursors.append({"kursor": page["berikutnya"]})
    assert names == sorted(set(names)) and len(names) > 20
    changed = ways("GET", f"{BASE}/sasaran", params={"tujuan": PURPOSE, "batas": "3", "wilayah": "31.74"} | cursors[1])
    assert [one.json()["kode"] for one in changed[:2]] == ["kursor-usang"] * 2


@pytest.mark.feature("F20")
def test_places_that_are_not_there_and_tokens_that_are_not_good(ways):
    for path in ("/v1/penetapan/2031-S1/sasaran", "/v1/penetapan/2025-S3/sasaran", f"{BASE}/sasaran/", f"{BASE}/sasarana"):
        one, other, _ = ways("GET", path, params={"tujuan": PURPOSE})
        assert said(one) == said(other) and one.status_code in (400, 404), path
    for token in (None, "Bearer x", "Basic eA==", "Bearer "):
        headers = {} if token is None else {"Authorization": token}
        for method, path in (("GET", f"{BASE}/sasaran"), ("POST", f"{BASE}/sasaran/cari")):
            body = {"json": {"nik": nik_of(140), "tujuan": PURPOSE}} if method == "POST" else {}
            one, other, taken = ways(method, path, headers, **body)
            assert said(one) == said(other) and taken and one.status_code == 401, token
            assert one.headers["WWW-Authenticate"] == "Bearer"


BODIES = [
    (b'{"nik": "%s", "tujuan": "%s"}' % (nik_of(140).encode(), PURPOSE.encode()), True),
    (b'{"nik": "%s", "tujuan": "%s"}' % (TWICE.encode(), PURPOSE.encode()), True),
    (b'{"nik": "%s", "tujuan": "%s"}' % (nik_of(141).encode(), PURPOSE.encode()), True),
    (b'{"nik": "%s", "tujuan": "%s", "kolom": ["nama"], "hibah": "klj-dinsos"}' % (nik_of(140).encode(), PURPOSE.encode()), True),
    (b'{"nik": "%s", "tujuan": "%s", "kolom": ["alamat"]}' % (nik_of(140).encode(), PURPOSE.encode()), True),
    (b'{"nik": "%s", "tujuan": "lain-lagi"}' % nik_of(140).encode(), True),
    (b'{"nik": "1", "tujuan": "verifikasi-penerima"}', False),
    (b'{"nik": 3171000000000100, "tujuan": "verifikasi-penerima"}', False),
    (b'{"nik": "3171000000000100", "tujuan": "verifikasi-penerima", "lain": 1}', False),
    (b'{"nik": "3171000000000100"}', False),
    (b"[]", False),
    (b"{", False),
    (b"", False),
    (b"\xff\xfe", False),
    (b"{" + b" " * 70_000 + b"}", False),
]


@pytest.mark.feature("F20")
def test_a_look_up_by_both_ways(ways):
    kinds = ("application/json", "application/json; charset=utf-8", "text/plain")
    for (body, short), kind in itertools.product(BODIES, kinds):
        one, other, taken = ways("POST", f"{BASE}/sasaran/cari", more={"content-type": kind}, content=body)
        assert said(one) == said(other) and taken is (short and kind == "application/json"), (body[:60], kind)
        assert one.status_code < 500


@pytest.mark.feature("F21")
def test_what_is_taken_back_while_a_page_is_read_is_not_sent(served, ways, monkeypatch):
    """Grant and client are looked at again between the reading and the answer."""
    real, acts = plain.page, []

    def meanwhile(*given, **more):
        rows = real(*given, **more)
        acts.pop()()
        return rows

    monkeypatch.setattr(plain, "page", meanwhile)
    now = datetime.now(JAKARTA)

    acts.append(lambda: revoke(served.home, "klj-dinsos", by=PROPOSER, reason="berakhir", now=now))
    one, other, taken = ways("GET", f"{BASE}/sasaran", params={"tujuan": PURPOSE})
    assert taken and (one.status_code, other.status_code) == (404, 404) and "NAMA" not in one.text
    ended = [one for one in served.events() if one["jenis"] in ("mulai", "selesai", "putus")]
    assert [one["jenis"] for one in ended] == ["mulai", "putus"] and ended[1]["sebab"] == "tidak-ditemukan"
    served.grant()

    acts.append(lambda: revoke_client(served.door.writer, "dinsos-klj", by="Uji", now=now))
    one, _, taken = ways("GET", f"{BASE}/sasaran", params={"tujuan": PURPOSE})
    assert taken and one.status_code == 404 and "NAMA" not in one.text


@pytest.mark.feature("F20")
def test_too_many_calls_and_a_wrong_scope(served, ways, monkeypatch):
    few = served.agency(client="angka-saja", scopes=["sasaran:agregat"])
    one, other, taken = ways("GET", f"{BASE}/sasaran", headers=few.headers, params={"tujuan": PURPOSE})
    assert said(one) == said(other) and taken and one.json()["kode"] == "lingkup-kurang"
    batas = served.door.catalogue.batas.model_copy(update={"requests_a_minute": 1})
    monkeypatch.setattr(served.door, "catalogue", served.door.catalogue.model_copy(update={"batas": batas}))
    one, other, taken = ways("GET", f"{BASE}/sasaran", params={"tujuan": PURPOSE})
    assert [one.status_code, other.status_code] == [200, 429], "counted over both"
    one, other, taken = ways("GET", f"{BASE}/sasaran", params={"tujuan": PURPOSE})
    assert said(one) == said(other) and taken and (one.status_code, one.headers["Retry-After"]) == (429, "60")
