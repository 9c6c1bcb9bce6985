"""The same over a decree that was sealed, prepared and shown, with grants of the register: nothing of the door is replaced."""

import pytest

from padanan.distribution.spdci.partners import register
from tests.distribution.agencies_by_hand import PURPOSE
from tests.distribution.spdci.world import Book, Client, World, by_id, names, predicate, stated

pytestmark = pytest.mark.feature("F20")


@pytest.fixture
def state(tmp_path):
    """The embedded database is enough."""
    return f"sqlite:///{tmp_path / 'keadaan.sqlite'}"


def test_a_search_over_a_sealed_decree(decreed, state):
    from tests.distribution.agencies_by_hand import serving

    with serving(decreed, state) as served:
        agency = served.agency()
        served.grant(kolom=["id_orang", "id_keluarga", "nik", "nama", "kode_kelurahan", "program"])
        client = Client(agency.id, agency.token)
        now = served.door.clock()
        register(served.door.writer, client=agency.id, by="Uji", now=now, key_name="kunci-1", public=client.public)
        world = World(served.door, served.web, Book())
        rows = agency.rows(batas=1000).json()["data"]
        everybody = world.one(client, query_type="predicate", query=[], pagination={"page_size": 1000})
        assert everybody["status"] == "succ" and len(rows) > 1
        assert sorted(names(everybody)) == sorted(row["nama"] for row in rows)
        unique = next(row for row in rows if row["nik"] and sum(other["nik"] == row["nik"] for other in rows) == 1)
        found = agency.find(unique["nik"])
        searched = world.one(client, authorize={"purpose": {"code": PURPOSE}}, **by_id(unique["nik"]))
        if found.status_code == 200:
            assert names(searched) == [unique["nama"]]
        groups = world.one(client, response_entity="Group", query_type="predicate", query=[], pagination={"page_size": 1000})
        members = sum(one["group_size"] for one in groups["data"]["reg_records"])
        assert 0 < members <= len(rows)
        hidden = world.one(client, **predicate(stated("poverty_score", "ge", 0)))
        assert hidden["status_reason_code"] == "rjct.filter.invalid"
