"""GET /v1/prelist: an agency that verifies reads its own open lines by its grant, from one snapshot, each written down first."""

from __future__ import annotations

import io
import json
import shutil
from datetime import date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from padanan.base.errors import PadananError
from padanan.base.period import JAKARTA
from padanan.distribution import prelist
from padanan.distribution.clients import add_client, revoke_client
from padanan.distribution.grants import revoke
from padanan.distribution.prelist import KEPT, OWN, folder_of, pointer_path, read_pointer
from padanan.records.refusal import Refusal
from tests.distribution.agencies_by_hand import PURPOSE
from tests.distribution.lines_by_hand import DAY, publish_by_hand, shown_to
from tests.review.decided_by_hand import PROPOSER

PATH = "/v1/prelist"
COLUMNS = ["id_orang", "nama", "alamat", "kode_kelurahan"]
GRANT = {"hibah": "garis-dinsos", "klien": "dinsos-garis", "layanan": ["prelist"], "wilayah": ["31"], "kolom": COLUMNS}


@pytest.fixture
def agency(served):
    publish_by_hand(served.home)
    served.door.limited = lambda *_: None
    served.grant(**GRANT)
    return served.agency("dinsos-garis")


def every(agency, size=50, **more):
    rows, cursor, pages = [], None, []
    while True:
        page = agency.rows(PATH, batas=size, **more, **({"kursor": cursor} if cursor else {})).json()
        rows += page["data"]
        pages.append(page)
        if (cursor := page["berikutnya"]) is None:
            return rows, pages


@pytest.mark.feature("F20", "F24")
def test_an_agency_reads_its_own_lines_those_seen_first_before(served, agency):
    rows, pages = every(agency)
    mine = shown_to("Dinsos", ["31"])
    assert [row["id_garis"] for row in rows] == [one["id_garis"] for one in mine] and len(rows) == 200
    assert rows[0] == {name: mine[0][name] for name in (*COLUMNS, *OWN)}
    assert set(pages[0]) == {"per", "ke", "hibah", "kolom", "data", "berikutnya"}
    assert (pages[0]["per"], pages[0]["ke"], pages[0]["hibah"]) == (DAY.isoformat(), 1, "garis-dinsos/1")
    assert pages[0]["kolom"] == list(dict.fromkeys((*COLUMNS, *OWN)))
    served.grant(
        hibah="garis-dppapp", klien="dppapp-garis", instansi="dppapp", layanan=["prelist"], wilayah=["31.74"], kolom=["nama"]
    )
    other, _ = every(served.agency("dppapp-garis", "dppapp"))
    assert [row["id_garis"] for row in other] == [one["id_garis"] for one in shown_to("DPPAPP", ["31.74"])] and other
    assert set(other[0]) == {"nama", *OWN}
    served.grant(hibah="garis-capil", klien="capil", instansi="disdukcapil", layanan=["prelist"], wilayah=["31"], kolom=["nama"])
    assert every(served.agency("capil", "disdukcapil"))[0] == [], "no line is its own"


@pytest.mark.feature("F21", "F24")
def test_every_row_is_in_the_audit_before_it_is_sent(served, agency):
    rows, _ = every(agency, size=100)
    told = [one for one in served.events() if one.get("layanan") == "prelist"]
    assert [one["jenis"] for one in told] == ["mulai", "selesai"] * 3
    assert sum(one["baris"] for one in told if one["jenis"] == "selesai") == len(rows) == 200
    assert {one["tujuan"] for one in told} == {PURPOSE} and {tuple(one["kolom"]) for one in told} == {
        tuple(dict.fromkeys((*COLUMNS, *OWN)))
    }

    def broken(*_):
        raise OSError("penuh")

    served.door.writer.add = broken
    answer = agency.rows(PATH)
    assert answer.status_code in (500, 503) and "NAMA" not in answer.text


@pytest.mark.feature("F21")
@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"tujuan": None}, 403, "tujuan-wajib"),
        ({"tujuan": "lain"}, 403, "tujuan-tidak-diizinkan"),
        ({"kolom": "nik"}, 403, "kolom-tidak-diizinkan"),
        ({"kolom": "entah"}, 400, "kolom-tidak-dikenal"),
        ({"wilayah": "32.01"}, 400, "filter-tidak-dikenal"),
        ({"program": "klj"}, 400, "parameter-tidak-dikenal"),
        ({"hibah": "lain"}, 404, "tidak-ditemukan"),
        ({"kursor": "abc"}, 400, "kursor-usang"),
        ({"kursor": "abc", "bentuk": "ndjson"}, 400, "parameter-tidak-dikenal"),
        ({"batas": "0"}, 400, "permintaan-tidak-sah"),
    ],
)
def test_what_the_grant_does_not_say_is_refused_and_written_down(agency, asked, status, code):
    given = {"tujuan": PURPOSE} | asked
    answer = agency.get(PATH, **{name: value for name, value in given.items() if value is not None})
    assert (answer.status_code, answer.json()["kode"]) == (status, code)


@pytest.mark.feature("F21")
def test_the_scope_and_the_service_are_needed(served, agency):
    served.grant(hibah="lain", klien="dinsos-lain", layanan=["sasaran"])
    assert served.agency("dinsos-lain").rows(PATH).json()["kode"] == "tidak-ditemukan"
    without = served.agency("dinsos-tanpa", scopes=["sasaran:bnba"])
    assert without.rows(PATH).json()["kode"] == "lingkup-kurang"
    assert agency.get(f"{PATH}").json()["kode"] == "tujuan-wajib"
    assert agency.rows().status_code == 404, "a grant of lines opens no data sasaran"


@pytest.mark.feature("F21")
def test_only_agencies_that_verify_get_scope_and_service(served):
    now = datetime.now(JAKARTA)
    for who in ({"agency": "dinkes"}, {"agency": "dinsos", "body": "Yayasan Contoh"}):
        with pytest.raises(PadananError, match="hanya bagi instansi yang memverifikasi"):
            add_client(served.door.writer, client="salah", scopes=["prelist:baca"], by="Uji", now=now,
                       secret_until=now.date(), **who)  # fmt: skip
    with pytest.raises(Refusal, match="hanya bagi instansi yang memverifikasi"):
        served.grant(instansi="dinkes", layanan=["prelist"])


@pytest.mark.feature("F20")
def test_a_paging_goes_on_with_its_snapshot_while_a_new_one_is_shown(served, agency):
    first = agency.rows(PATH, batas=50).json()
    assert publish_by_hand(served.home, shift=1000, day=date(2026, 10, 1)).number == 2
    fresh = agency.rows(PATH, batas=50).json()
    assert (fresh["ke"], fresh["per"]) == (2, "2026-10-01") and fresh["data"][0]["id_garis"].startswith("garis-01")
    rows, cursor = list(first["data"]), first["berikutnya"]
    while cursor:
        page = agency.rows(PATH, batas=50, kursor=cursor).json()
        assert page["ke"] == 1
        rows, cursor = rows + page["data"], page["berikutnya"]
    assert [row["id_garis"] for row in rows] == [one["id_garis"] for one in shown_to("Dinsos", ["31"])]


@pytest.mark.feature("F20")
def test_old_snapshots_go_with_their_names_and_their_cursors_begin_anew(served, agency):
    page = agency.rows(PATH, batas=50).json()
    for number in range(2, KEPT + 2):
        assert publish_by_hand(served.home, shift=number).number == number
    answer = agency.rows(PATH, batas=50, kursor=page["berikutnya"])
    assert (answer.status_code, answer.json()["kode"]) == (400, "kursor-usang")
    kept = sorted(path.name for path in folder_of(served.home, 1).parent.iterdir())
    assert kept == [f"ke-{number}" for number in range(2, KEPT + 2)] and len(kept) == KEPT
    assert agency.rows(PATH).json()["ke"] == KEPT + 1


def test_the_same_lines_of_the_same_day_stay_the_snapshot_they_are(served):
    assert publish_by_hand(served.home).fresh
    again = publish_by_hand(served.home)
    assert (again.number, again.fresh) == (1, False) and read_pointer(served.home) == {"kini": 1, "ada": [1]}
    assert publish_by_hand(served.home, count=299).number == 2


def test_names_that_a_killed_run_left_behind_go_with_the_next_run_even_if_nothing_changed(served):
    publish_by_hand(served.home)
    left = folder_of(served.home, 7)
    shutil.copytree(folder_of(served.home, 1), left)
    assert not publish_by_hand(served.home).fresh and not left.exists()


@pytest.mark.feature("F21")
@pytest.mark.parametrize("how", ["grant", "client", "changed"])
def test_what_is_taken_back_is_closed_between_two_pages(served, agency, how):
    page = agency.rows(PATH, batas=50).json()
    if how == "grant":
        revoke(served.home, "garis-dinsos", by=PROPOSER, reason="selesai", now=datetime.now(JAKARTA))
    elif how == "client":
        revoke_client(served.door.writer, agency.id, by="Uji", now=datetime.now(JAKARTA))
    else:
        served.grant(**{**GRANT, "kolom": ["nama"]})
    answer = agency.rows(PATH, batas=50, kursor=page["berikutnya"])
    assert answer.status_code == {"grant": 404, "client": 401, "changed": 400}[how] and "NAMA" not in answer.text


@pytest.mark.feature("F20")
def test_the_streams_are_the_pages(agency):
    rows, _ = every(agency)
    assert [json.loads(one) for one in agency.rows(PATH, bentuk="ndjson").text.splitlines()] == rows
    for content in (pa.ipc.open_stream(agency.rows(PATH, bentuk="arrow").content).read_all(),
                    pq.read_table(io.BytesIO(agency.rows(PATH, bentuk="parquet").content))):  # fmt: skip
        assert content.column_names == list(rows[0]) and content.column("id_garis").to_pylist() == [
            one["id_garis"] for one in rows
        ]


@pytest.mark.feature("F20")
def test_a_cursor_of_the_lines_opens_no_decree_and_the_other_way_round(served, agency):
    served.grant(hibah="sasaran", klien="dinsos-garis", baris="sasaran", wilayah=["31"], layanan=["sasaran"])
    line, person = agency.rows(PATH, batas=5, hibah="garis-dinsos").json(), agency.rows(batas=5, hibah="sasaran").json()
    assert agency.rows(PATH, batas=5, hibah="garis-dinsos", kursor=person["berikutnya"]).json()["kode"] == "kursor-usang"
    assert agency.rows(batas=5, hibah="sasaran", kursor=line["berikutnya"]).json()["kode"] == "kursor-usang"


def test_without_a_snapshot_there_is_nothing_and_a_changed_one_is_not_read(served):
    served.grant(**GRANT)
    agency = served.agency("dinsos-garis")
    assert agency.rows(PATH).json()["kode"] == "tidak-ditemukan"
    publish_by_hand(served.home)
    path = folder_of(served.home, 1) / prelist.DATABASE
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    assert agency.rows(PATH).json()["kode"] == "layanan-belum-siap"
    said = json.loads(pointer_path(served.home).read_text())
    pointer_path(served.home).write_text(json.dumps(said | {"kini": 7}))
    assert agency.rows(PATH).json()["kode"] == "layanan-belum-siap"


def test_a_line_that_stands_twice_or_is_missing_is_never_shown(served, monkeypatch):
    from tests.distribution import lines_by_hand

    real = lines_by_hand.line
    monkeypatch.setattr(lines_by_hand, "line", lambda number, shift=0: real(min(number, 298), shift=shift))
    with pytest.raises(PadananError, match="tidak satu baris per orang"):
        publish_by_hand(served.home)
    assert read_pointer(served.home) == {}
