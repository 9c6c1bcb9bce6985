"""After a change of the key the same row is the same event, old numbers are found, and nobody becomes a newcomer by it."""

import shutil
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from padanan.base.errors import PadananError
from padanan.base.keys import load_ring
from padanan.base.period import JAKARTA
from padanan.feedback import people
from padanan.feedback.people import PEOPLE, find
from padanan.upkeep.key.rotate import rotate
from tests.feedback.field import Field

OTHER = {"NIK": "3171014101700003", "NAMA": "DEWI", "TANGGAL LAHIR": "01/01/1970"}
"""Beside whose row an old one comes again: the same bytes would be the same delivery."""
NOW = datetime(2025, 12, 2, 9, tzinfo=JAKARTA)


@pytest.fixture
def turn(field: Field, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Changes the key of this home alone."""
    own = tmp_path / "kunci" / "hmac.key"
    own.parent.mkdir(mode=0o700)
    shutil.copy2(field.key, own)
    monkeypatch.setenv("PADANAN_KEY_FILE", str(own))
    return lambda: (rotate(field.home, by="Pengelola", reason="uji", now=NOW), None)[1]


def test_nothing_is_taken_in_until_the_publication_bears_todays_pseudonyms(field: Field, turn: Callable[[], None]) -> None:
    person = field.people(1)[0]
    field.send("verivali", [field.row("verivali", person)])
    turn()
    with pytest.raises(PadananError, match=r"sebelum kunci diganti.*padanan_periode"):
        field.take()


def test_a_row_sent_again_and_a_number_taken_back_are_those_of_before(
    field: Field, turn: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Nobody is published: who the rows speak of follows from the NIK alone.
    monkeypatch.setattr(people, "published_periods", lambda _: [])
    one = {"NIK": "3171014101700001", "NAMA": "SITI AMINAH", "TANGGAL LAHIR": "01/01/1970"}
    paid = field.row("realisasi", one)
    first = field.returned("realisasi", paid)
    (known,) = {str(event["id_orang"]) for event in field.events(first)}
    waits = field.row("realisasi", one, NOMOR_TRANSAKSI="R2", NOMINAL="100000", MASA="2025-10")
    field.send("realisasi", [waits, field.row("realisasi", one, NOMINAL="999")], name="menunggu")
    turn()
    again = load_ring(field.home).today(known, load_ring(field.home).names[0])
    (late,) = field.take()  # landed with the old key, taken in with the new one
    assert field.faults(late) == {3: {"nomor_sudah_dipakai"}}
    field.returned("realisasi", paid, field.row("realisasi", OTHER, NOMOR_TRANSAKSI="R9"), name="ulang")
    state = field.state(again)
    assert state is not None and state["rupiah"] == 100_000, "R1 has two contents now, so that R2 alone holds"
    field.returned("realisasi", field.row("realisasi", one, NOMOR_TRANSAKSI="R3", NOMINAL="5", MEMBATALKAN="R2"), name="batal")
    assert (field.state(again) or {})["rupiah"] == 5


def test_the_same_payment_counts_once_whichever_key_it_came_with(
    field: Field, turn: Callable[[], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people, "published_periods", lambda _: [])
    one = {"NIK": "3171014101700001", "NAMA": "SITI AMINAH", "TANGGAL LAHIR": "01/01/1970"}
    (event,) = field.events(field.returned("realisasi", field.row("realisasi", one)))
    turn()
    field.returned("realisasi", field.row("realisasi", one), field.row("realisasi", OTHER, NOMOR_TRANSAKSI="R9"), name="ulang")
    again = load_ring(field.home).today(str(event["id_orang"]), load_ring(field.home).names[0])
    assert (field.state(again) or {})["rupiah"] == 300_000


def test_a_worklist_of_before_leads_to_the_same_person(field: Field, turn: Callable[[], None], tmp_path: Path) -> None:
    old = "0" * 31 + "1"
    turn()
    ring = load_ring(field.home)
    now = ring.today(old, ring.names[0])
    with duckdb.connect() as con:
        con.execute(
            f"copy (select 'k' as record_key, 'n' as _nik_key, '{now}' as id_orang, 'acuan' as metode, null::varchar as nik, "
            f"'SITI' as nama, null::date as lahir) to '{tmp_path / 'catatan.parquet'}' (format parquet)"
        )
        con.execute(
            "create table isi as select _baris, id_orang, 'SITI' as nama, null::varchar as _nik_key, null::varchar as nik, "
            f"null::date as tgl_lahir from (values (1, '{old}'), (2, '{now}'), (3, 'lain')) t(_baris, id_orang)"
        )
        find(con, field.home, tmp_path / "catatan.parquet", ("id_orang", "nama"))
        assert con.execute(f"select _baris, id_orang from {PEOPLE} order by 1").fetchall() == [(1, now), (2, now)]
