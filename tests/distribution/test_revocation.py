"""What is taken back is closed at once: on the next request, between two pages, and in the middle of a stream."""

from datetime import datetime, timedelta

import pytest

from padanan.base.period import JAKARTA
from padanan.distribution import reading
from padanan.distribution.clients import revoke_client
from padanan.distribution.grants import revoke
from tests.distribution.agencies_by_hand import BASE
from tests.review.decided_by_hand import PROPOSER


def take_back(served):
    revoke(served.home, "klj-dinsos", by=PROPOSER, reason="kerja sama berakhir", now=datetime.now(JAKARTA))


@pytest.fixture
def agency(served):
    served.grant(baris="sasaran", wilayah=["31"])
    return served.agency()


@pytest.mark.feature("F21")
def test_on_the_next_request_and_between_two_pages(served, agency):
    page = agency.rows(batas=5).json()
    take_back(served)
    for answer in (agency.rows(), agency.rows(kursor=page["berikutnya"], batas=5), agency.find("3171000000000100"),
                   agency.rows(f"{BASE}/prioritas"), agency.rows(f"{BASE}/sasaran/perubahan", sejak="2025-S1/1")):  # fmt: skip
        assert (answer.status_code, answer.json()["kode"]) == (404, "tidak-ditemukan")
    assert [one["kode"] for one in served.events() if one["jenis"] == "ditolak"] == ["tidak-ditemukan"] * 5


@pytest.mark.feature("F21")
def test_a_changed_grant_ends_a_paging_that_began_before(served, agency):
    page = agency.rows(batas=5).json()
    served.grant(baris="sasaran", wilayah=["31"], kolom=["id_orang"])
    assert agency.rows(kursor=page["berikutnya"], batas=5).json()["kode"] == "kursor-usang"
    assert set(agency.rows(batas=1).json()["data"][0]) == {"id_orang"}


@pytest.mark.feature("F21")
@pytest.mark.parametrize("form", ["ndjson", "arrow", "parquet"])
@pytest.mark.parametrize("how", ["grant", "client"])
def test_in_the_middle_of_a_stream(served, agency, monkeypatch, form, how):
    """Between its chunks the grant is looked at again: what follows is not sent, and what was sent does not look whole."""
    real = reading.chunks

    def in_three(opened, service, permission, *, as_json):
        for batch, people, count in real(opened, service, permission, as_json=as_json):
            third = count // 3
            for place in range(3):
                if place == 1:
                    if how == "grant":
                        take_back(served)
                    else:
                        revoke_client(served.door.writer, agency.id, by="Uji", now=datetime.now(JAKARTA))
                yield batch.slice(place * third, third), people[place * third * 16 : (place + 1) * third * 16], third

    monkeypatch.setattr("padanan.distribution.api.serve.chunks", in_three)
    agency.web._transport.raise_server_exceptions = True  # a broken-off answer is an exception of the server here
    with pytest.raises(Exception) as broken:
        agency.rows(bentuk=form)
    assert type(broken.value).__name__ == "Withdrawn"
    ended = served.events()[-1]
    assert (ended["jenis"], ended["sebab"], ended["baris"]) == ("putus", "hibah-berakhir", 300)
    assert sum(one["baris"] for one in served.events() if one["jenis"] == "sajian") == 300


@pytest.mark.feature("F21")
def test_a_grant_ends_by_itself(served, agency):
    assert agency.rows().status_code == 200
    later = datetime.now(JAKARTA) + timedelta(days=400)
    served.door.clock = lambda: later
    assert agency.rows().status_code == 404


@pytest.mark.feature("F21")
def test_a_revoked_client_has_no_token_any_more(served, agency):
    revoke_client(served.door.writer, agency.id, by="Uji", now=datetime.now(JAKARTA))
    assert agency.rows().status_code == 401
    answer = agency.web.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=(agency.id, agency.secret))
    assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})
