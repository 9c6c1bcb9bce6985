"""No path leads from a flag, a score, a complaint or a register's word to a removal: only a visit or a recorded decision does."""

from __future__ import annotations

import itertools
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from padanan.base.home import Home
from padanan.contracts.feedback import load_catalogue, load_feedback
from padanan.feedback.lines import LINES, OPEN, REASONS, STANDING, open_lines
from padanan.feedback.state import CONCLUSIVE, fold, open_state
from tests.feedback.facts import DAY, event, store
from tests.feedback.test_fold import events

WORDS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("lampid", "mati", {}),
    ("lampid", "pindah", {}),
    ("lampid", "datang", {}),
    ("lampid", "lahir", {}),
    ("muskel", "tidak_layak", {"sifat": "keluar"}),
    ("muskel", "layak", {"sifat": "baru"}),
    ("realisasi", "kembali", {"program": "klj", "nilai": 1}),
    ("realisasi", "gagal", {"program": "klj", "nilai": 1}),
    ("pengaduan", "meninggal", {"sifat": "jaki"}),
    ("pengaduan", "ganda", {"sifat": "jaki", "mendesak": True}),
    ("kesiapan", "belum_siap", {"program": "klj"}),
    ("pemohon", "ditolak", {"program": "klj"}),
    ("panti", "keluar", {}),
    ("desil", "desil", {"nilai": 10}),
    ("verivali", "tidak_ditemukan", {}),
    ("verivali", "menolak", {}),
    ("verivali", "tidak_layak", {"sifat": "tidak_layak"}),
    ("verivali", "perlu_ditinjau", {"sifat": "perlu_ditinjau"}),
)
"""Every kind of word that is no visit which met a fact: of registers, of scores, of complaints, of visits that met nobody."""
TODAY = DAY + timedelta(60)


def lines_of(con: duckdb.DuckDBPyConnection, home: Home) -> None:
    fold(con)
    open_lines(con, home, load_catalogue(), today=TODAY)


def told(con: duckdb.DuckDBPyConnection, query: str) -> list[tuple[Any, ...]]:
    return con.execute(query).fetchall()


def test_words_stand_for_every_kind_of_event() -> None:
    assert {one[0] for one in WORDS} == load_feedback().keys() - {"sosialisasi"}
    results = set(load_feedback()["verivali"].column("hasil").codes.values())
    assert {one[1] for one in WORDS if one[0] == "verivali"} | set(CONCLUSIVE) | {"layak"} == results


@pytest.mark.feature("F25")
@pytest.mark.parametrize("length", [1, 2, 3])
def test_no_sequence_of_words_removes_anybody_or_closes_a_line(tmp_path: Any, length: int) -> None:
    """All transitions up to three words in each order, each sequence of a person of its own; in one fold."""
    home = Home(tmp_path)
    made = []
    for number, words in enumerate(itertools.product(WORDS, repeat=length)):
        for step, (kind, result, more) in enumerate(words):
            day = DAY + timedelta(step)
            made.append(event(kind, result, day, day, id_orang=f"o{number}", **{"instansi": "dppapp", **more}))
    con = store(made)
    lines_of(con, home)
    assert told(
        con, "select count(*) from keadaan where meninggal_terverifikasi or boleh_masuk or verivali_hasil is not null"
    ) == [(0,)]
    opened = "select count(*) from alasan_garis"
    assert told(con, opened)[0][0] > 0
    assert told(con, f"{opened} where status <> '{OPEN}'") == [(0,)]
    openers = {(kind, result) for kind, result, more in WORDS if kind in ("lampid", "pengaduan")}
    heard = {one["id_orang"] for one in made if (one["kontrak"], one["hasil"]) in openers}
    disputed = {one[0] for one in told(con, "select distinct id_orang from sengketa")}
    standing = {one[0] for one in told(con, f"select id_orang from {LINES}")}
    assert heard - standing <= disputed, "what waits for a decision opens nothing yet, and closes nothing"


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(events(), st.data())
def test_a_removal_needs_a_visit_that_holds_and_a_rejected_visit_removes_nobody(
    tmp_path: Any, made: list[dict[str, Any]], data: st.DataObject
) -> None:
    ids = sorted({one["id_peristiwa"] for one in made})
    decisions = [(one, data.draw(st.booleans())) for one in ids if data.draw(st.integers(0, 3)) == 0]
    con = store(made, decisions)
    lines_of(con, Home(tmp_path))
    dead = {one[0] for one in told(con, "select id_orang from keadaan where meninggal_terverifikasi")}
    seen = {one[0] for one in told(con, "select id_orang from berlaku where kontrak = 'verivali' and hasil = 'meninggal'")}
    met = {one[0] for one in told(con, "select id_orang from berlaku where kontrak = 'verivali'")}
    refused = {one for one, holds in decisions if not holds}
    assert dead <= seen
    assert not refused & {one[0] for one in told(con, "select id_peristiwa from berlaku")}
    closed = {one[0] for one in told(con, f"select id_orang from {REASONS} where status not in {STANDING}")}
    assert closed <= met
    # Without any visit nothing is closed, whatever is decided about the rest.
    silent = store([one for one in made if one["kontrak"] != "verivali"], decisions)
    lines_of(silent, Home(tmp_path))
    assert told(silent, f"select count(*) from {REASONS} where status not in ('{OPEN}')") == [(0,)]
    assert told(silent, "select count(*) from keadaan where meninggal_terverifikasi") == [(0,)]


def test_a_person_without_nik_stays_on_the_prelist(field: Any) -> None:
    """Found by the worklist's identifier alone, met by neither agency: the line stands."""
    found = duckdb.execute(
        f"""select i.id_orang, i.nama, i.tgl_lahir from '{field.home.root}/identitas/*/rev-*/identitas.parquet' i
        join '{field.home.root}/published/*/rev-*/prelist.parquet' p using (id_orang)
        where i.nik is null and i.nama is not null order by 1 limit 1"""
    ).fetchall()
    assert found, "the demo has people without NIK on its prelist"
    ((who, name, born),) = found
    person = {"NAMA": name, "TANGGAL LAHIR": born.strftime("%d/%m/%Y") if born else "", "ID ORANG": who}
    field.returned("verivali", field.row("verivali", person, HASIL="TIDAK DITEMUKAN"))
    field.returned("verivali", field.row("verivali", person, NOMOR="V2", VERIFIKATOR="DINSOS", HASIL="MENOLAK"))
    with duckdb.connect() as con:
        open_state(con, field.home, load_feedback())
        open_lines(con, field.home, load_catalogue(), today=date(2026, 2, 1))
        assert con.execute(f"select count(*) from {LINES} where id_orang = ?", [who]).fetchall() == [(1,)]
