"""What is not understood is refused: parameters, filters, columns, cursors; nothing that a client wrote comes back or is kept."""

import logging

import pytest

from padanan.records.refusal import Refusal
from tests.distribution.agencies_by_hand import BASE, PURPOSE
from tests.distribution.decree_by_hand import nik_of
from tests.numbers import numbers_in

INJECTED = ["' or 1=1 --", "31.74' or '1'='1", "klj'); drop table sasaran; --", "id_orang) from sasaran; select nik",
            "1; attach 'x'",
            "read_csv('/etc/passwd')", "%00", "31.74%", "*", "null", "\u202e", "' union select * from nik --"]  # fmt: skip
PARAMETERS = ["tujuan", "hibah", "kolom", "wilayah", "program", "desil", "batas", "kursor", "bentuk"]


@pytest.fixture
def agency(served):
    served.grant(kolom=["id_orang", "nama", "kode_kelurahan", "desil", "program"])
    return served.agency()


@pytest.mark.feature("F50")
@pytest.mark.parametrize("name", PARAMETERS)
def test_sql_in_every_parameter_opens_nothing(agency, name):
    before = agency.rows(batas=1000).json()["data"]
    for text in INJECTED:
        answer = agency.get(f"{BASE}/sasaran", **({"tujuan": PURPOSE} | {name: text}))
        assert answer.status_code in (400, 403, 404), (name, text, answer.text)
        assert text not in answer.text
    for text in INJECTED:
        for body in (
            {"nik": text, "tujuan": PURPOSE},
            {"nik": nik_of(100), "tujuan": text},
            {"nik": nik_of(100), "tujuan": PURPOSE, "kolom": [text]},
        ):
            answer = agency.web.post(f"{BASE}/sasaran/cari", json=body, headers=agency.headers)
            assert answer.status_code in (400, 403, 404) and text not in answer.text
        assert agency.get(f"/v1/penetapan/{text}/sasaran").status_code in (400, 404)
        assert agency.rows(f"{BASE}/sasaran/perubahan", sejak=text).status_code == 400
        assert agency.get(f"{BASE}/agregat", wilayah=text).status_code == 400
    # An empty answer to a misspelt code would read as if nobody lived there.
    assert agency.get(f"{BASE}/agregat", wilayah="31.99").status_code == 400
    assert agency.rows(batas=1000).json()["data"] == before


@pytest.mark.feature("F50")
@pytest.mark.parametrize(
    ("params", "status", "code"),
    [
        ({"wilyah": "31.74"}, 400, "parameter-tidak-dikenal"),
        ({"nik": nik_of(100)}, 400, "parameter-tidak-dikenal"),
        ({"program": "bukan_program"}, 400, "filter-tidak-dikenal"),
        ({"program": "kpdj"}, 403, "filter-tidak-diizinkan"),
        ({"wilayah": "31.99"}, 404, "tidak-ditemukan"),
        ({"wilayah": "32.04"}, 400, "filter-tidak-dikenal"),
        ({"wilayah": "31.74.99"}, 400, "filter-tidak-dikenal"),
        ({"wilayah": "31.71"}, 404, "tidak-ditemukan"),
        ({"desil": "0"}, 400, "filter-tidak-dikenal"),
        ({"desil": "1,dua"}, 400, "filter-tidak-dikenal"),
        ({"kolom": ""}, 400, "kolom-tidak-dikenal"),
        ({"kolom": "id_orang,id_orang"}, 400, "kolom-tidak-dikenal"),
        ({"kolom": "sidik_orang"}, 400, "kolom-tidak-dikenal"),
        ({"kolom": "nik"}, 403, "kolom-tidak-diizinkan"),
        ({"kursor": "AAAA"}, 400, "kursor-usang"),
        ({"tujuan": "lain-lain"}, 403, "tujuan-tidak-diizinkan"),
        ({"tujuan": ""}, 403, "tujuan-wajib"),
        ({"hibah": "hibah-orang"}, 404, "tidak-ditemukan"),
        ({"bentuk": "ndjson", "kursor": "AAAA"}, 400, "parameter-tidak-dikenal"),
    ],
)
def test_what_is_unknown_is_never_taken_for_everything(agency, params, status, code):
    answer = agency.get(f"{BASE}/sasaran", **({"tujuan": PURPOSE} | params))
    assert (answer.status_code, answer.json()["kode"]) == (status, code)


def test_a_parameter_twice_is_refused(agency):
    answer = agency.web.get(f"{BASE}/sasaran?tujuan={PURPOSE}&wilayah=31.74&wilayah=31.71", headers=agency.headers)
    assert answer.status_code == 400


@pytest.mark.feature("F50")
def test_a_filter_may_not_tell_what_its_column_may_not(served):
    agency = served.agency()
    served.grant(kolom=["id_orang"])
    for params in ({"desil": "1"}, {"program": "pkh"}, {"wilayah": "31.74.06.1001"}):
        answer = agency.rows(**params)
        assert (answer.status_code, answer.json()["kode"]) == (403, "filter-tidak-diizinkan"), params
    assert agency.rows(program="klj").status_code == 200, "its own program tells nothing that the grant does not"
    assert agency.rows(wilayah="31.74").status_code == 200


@pytest.mark.feature("F50")
def test_disability_only_to_the_program_that_needs_it(served):
    with pytest.raises(Refusal, match="tidak memerlukan disabilitas"):
        served.grant(kolom=["id_orang", "disabilitas"])
    assert served.grant(hibah="kpdj-a", program="kpdj", kolom=["id_orang", "disabilitas", "program"]).version == 1
    agency = served.agency()
    rows = agency.rows(hibah="kpdj-a", batas=1000).json()["data"]
    assert rows and all("kpdj" in row["program"] for row in rows)
    served.grant(hibah="klj-a")
    rows = agency.rows(hibah="klj-a", batas=1000).json()["data"]
    assert rows and not any("kpdj" in (row["program"] or "") for row in rows), "to be in it says as much"
    assert agency.rows().json()["kode"] == "hibah-ganda"


@pytest.mark.feature("F50")
def test_no_number_in_any_log_audit_or_address(served, caplog):
    agency = served.agency()
    served.grant()
    with caplog.at_level(logging.DEBUG):
        agency.rows()
        agency.rows(bentuk="ndjson")
        for number in (140, 141, 145, 999999):
            agency.find(nik_of(number))
        agency.get(f"{BASE}/sasaran", nik=nik_of(140))
        agency.get(f"/v1/penetapan/{nik_of(140)}/sasaran")
    kept = caplog.text + "".join(str(event) for event in served.events())
    kept = "\n".join(line for line in kept.splitlines() if "HTTP Request" not in line)  # the test's own client
    assert not numbers_in(kept) and "NAMA" not in kept
    addresses = served.web.get("/openapi.json").json()["paths"]
    names = {one["name"] for item in addresses.values() for operation in item.values() for one in operation.get("parameters", ())}
    assert not names & {"nik", "no_kk", "nama", "id_orang"}


def test_large_and_wrong_bodies(agency):
    url = f"{BASE}/sasaran/cari"
    assert agency.web.post(url, content=b"{" + b" " * 70_000 + b"}", headers=agency.headers).status_code == 413
    for content in (
        b"",
        b"[]",
        b"{",
        b"\xff\xfe",
        b'{"nik": 3171000000000100, "tujuan": "x"}',
        b'{"nik":"1","tujuan":"verifikasi-penerima"}',
    ):
        answer = agency.web.post(url, content=content, headers=agency.headers | {"content-type": "application/json"})
        assert answer.status_code == 400 and answer.json()["kode"] == "permintaan-tidak-sah"


def test_too_many_requests_wait(served, monkeypatch):
    agency = served.agency()
    batas = served.door.catalogue.batas.model_copy(update={"requests_a_minute": 3})
    monkeypatch.setattr(served.door, "catalogue", served.door.catalogue.model_copy(update={"batas": batas}))
    answers = [agency.get("/v1/penetapan") for _ in range(4)]
    assert [one.status_code for one in answers] == [200, 200, 200, 429] and answers[-1].headers["Retry-After"]
