"""Requests over HTTP: a body submits with its own client, reads the state of its own alone, and gets data after every step.

What may be typed is tested in `test_request_form`, the order of steps in `test_requests`, the description in `test_fuzz`.
"""

import base64
from datetime import datetime

import pytest

from padanan.base.errors import PadananError
from padanan.base.period import JAKARTA
from padanan.distribution.clients import REQUEST
from padanan.distribution.grants import give
from padanan.distribution.requests.flow import terms_of
from padanan.distribution.requests.register import DECIDE, FORUM, NAME, read_requests
from tests.distribution.agencies_by_hand import PURPOSE
from tests.distribution.requests_by_hand import BODY, ask, asked, go
from tests.numbers import numbers_in
from tests.papers import pdf
from tests.review.decided_by_hand import APPROVER, REPORTER

PATH = "/v1/permohonan"


def sent(letter="surat", **changes):
    """The body of a request."""
    data = asked(**changes)
    data["surat"] = data["surat"] | {"berkas": base64.b64encode(pdf(letter)).decode()}
    return {name: value for name, value in data.items() if name != "lembaga"}


def post(agency, data, **headers):
    return agency.web.post(PATH, json=data, headers=agency.headers | headers)


@pytest.fixture
def body(served):
    """The foundation's client."""
    return served.agency("yayasan", "dinsos", BODY)


@pytest.mark.feature("F22")
def test_a_body_submits_follows_its_request_and_reads_after_the_last_step(served, body):
    answer = post(body, sent())
    assert answer.status_code == 201, answer.text
    told = answer.json()
    assert (told["keadaan"], told["menunggu"], told["lembaga"], told["terkait"]) == ("diajukan", "forum", BODY, [])
    assert told["isi"]["wilayah"] == ["31.74"] and "berkas" not in told["isi"]["surat"]
    number = told["nomor"]
    states = []
    for step in (FORUM, DECIDE, NAME):
        assert body.rows().status_code == 404
        go(served.home, number, step)
        states.append(body.get(f"{PATH}/{number}").json()["keadaan"])
    assert states == ["direkomendasikan", "disetujui", "ditunjuk"]
    wanted = terms_of(served.home, number, grant="yayasan", client="yayasan", basis="Pergub contoh")
    now = datetime.now(JAKARTA)
    give(served.home, wanted, served.door.catalogue, proposer=REPORTER, approver=APPROVER, reason="uji", now=now)
    rows = body.get("/v1/penetapan/2025-S2/sasaran", tujuan=PURPOSE, batas=1000)
    assert rows.status_code == 200 and set(rows.json()["data"][0]) == {"nama", "kode_kelurahan"}
    told = body.get(f"{PATH}/{number}").json()
    assert (told["keadaan"], told["hibah"], told["instansi"], told["menunggu"]) == ("dihibahkan", "yayasan", "dinsos", None)
    assert [step["langkah"] for step in told["langkah"]] == ["ajukan", FORUM, DECIDE, NAME]
    assert not [name for name in ("Bima", "Sari", "contoh.") if name in str(told)], "officials are nobody's to know here"
    [event] = [one for one in served.events() if one["jenis"] == "permohonan"]
    assert (event["permohonan"], event["klien"]) == (number, "yayasan")


@pytest.mark.feature("F22")
def test_nobody_reads_or_guesses_another_ones_request(served, body):
    number = post(body, sent()).json()["nomor"]
    other = served.agency("lain", "dinsos", "Perkumpulan Lain")
    absent = other.get(f"{PATH}/p-2026-9999")
    foreign = other.get(f"{PATH}/{number}")
    assert absent.status_code == foreign.status_code == 404
    assert absent.json() | {"instance": ""} == foreign.json() | {"instance": ""}
    assert other.get(PATH).json() == {"permohonan": []}
    # A request on paper that names a client shows it to that client only where the body is its own.
    ask(served.home, served.home.root / "uji", lembaga="Badan Ketiga", klien="lain", letter="b", program="pkh")
    assert other.get(PATH).json() == {"permohonan": []}
    stolen = post(other, sent())
    assert stolen.status_code == 409 and number not in stolen.text, "the same letter: refused, whose it is not told"
    narrow = served.agency("sempit", "dinsos", "Badan Sempit", scopes=["sasaran:bnba"])
    assert post(narrow, sent("x")).json()["kode"] == narrow.get(PATH).json()["kode"] == "lingkup-kurang"
    assert served.web.post(PATH, json=sent("x")).status_code == 401


@pytest.mark.feature("F22")
def test_an_agency_gets_no_such_scope(served):
    with pytest.raises(PadananError, match="lembaga"):
        served.agency("dinsos-x", "dinsos", None, scopes=[REQUEST])


@pytest.mark.feature("F22")
def test_what_is_wrong_is_a_problem_with_every_field_and_no_value(served, body):
    wrong = sent(program="tidak_ada", kolom=["agama"], pemohon="3171000000000001")
    answer = post(body, wrong)
    problem = answer.json()
    assert answer.status_code == 400 and answer.headers["content-type"] == "application/problem+json"
    assert all(f"{name}: " in problem["detail"] for name in ("program", "kolom", "pemohon"))
    assert not numbers_in(answer.text) and "agama" not in answer.text
    good = sent()
    letter = good["surat"]
    for data, status in (
        ({**good, "lembaga": "Yayasan Lain"}, 400),
        ({**good, "klien": "dinsos-klj"}, 400),
        ({**good, "surat": {**letter, "berkas": "bukan base64!"}}, 400),
        ({**good, "surat": {**letter, "berkas": base64.b64encode(b"MZ bukan pindaian").decode()}}, 400),
        ({**good, "surat": {**letter, "berkas": base64.b64encode(b"%PDF-1.7 rusak").decode()}}, 400),
        ({**good, "surat": "x"}, 400),
        ([], 400),
        ({**good, "surat": {**letter, "berkas": "A" * (8 << 20)}}, 413),
    ):
        assert post(body, data).status_code == status, status
    assert body.web.post(PATH, content=b"{", headers=body.headers | {"content-type": "application/json"}).status_code == 400
    assert body.web.post(PATH, content=b"{}", headers=body.headers | {"content-type": "text/plain"}).status_code == 415
    assert body.get(PATH, lembaga="x").json()["kode"] == "parameter-tidak-dikenal"
    assert not read_requests(served.home) and not list(served.home.distribusi.glob(".*surat*"))


@pytest.mark.feature("F22")
def test_a_copy_of_a_refused_request_is_told_as_linked(served, body):
    number = post(body, sent()).json()["nomor"]
    assert post(body, sent()).json()["kode"] == "permohonan-berjalan"
    go(served.home, number, FORUM)
    go(served.home, number, DECIDE, result="tolak")
    told = body.get(f"{PATH}/{number}").json()
    assert told["keadaan"] == "ditolak" and told["keputusan"]["hasil"] == "tolak" and told["keputusan"]["alasan"]
    copy = post(body, sent()).json()
    assert copy["terkait"] == [number] and copy["keadaan"] == "diajukan"


def test_the_example_of_the_description_is_a_request(served, body):
    """What the description shows, with a letter and days of its own, is taken."""
    schemas = served.web.get("/openapi.json").json()["components"]["schemas"]
    data = {name: one["examples"][0] for name, one in schemas["RequestSent"]["properties"].items() if "examples" in one}
    data["profil"] = {name: one["examples"][0] for name, one in schemas["ProfileSent"]["properties"].items()}
    good = sent()
    answer = post(body, data | {name: good[name] for name in ("surat", "mulai", "sampai")})
    assert answer.status_code == 201, answer.text
