"""What came back is read by the next run: a verified death fails the criterion, an answered line asks nobody again."""

from __future__ import annotations

from datetime import datetime

import duckdb
import pytest

from padanan.base.period import JAKARTA
from tests.feedback.field import Field
from tests.pipeline import to_published


@pytest.mark.feature("F23")
@pytest.mark.feature("F24")
def test_the_next_revision_knows_what_the_field_found(field: Field) -> None:
    dead, seen, disputed, late, gone, told = field.people(6, "p.terpilih and p.kode_kelurahan is not null")
    visits = [
        field.row("verivali", dead, NOMOR="V1", HASIL="MENINGGAL"),
        field.row("verivali", seen, NOMOR="V2"),
        field.row("verivali", disputed, NOMOR="V3", HASIL="MENINGGAL"),
        field.row("verivali", disputed, NOMOR="V4", VERIFIKATOR="DINSOS", HASIL="DITEMUKAN"),
    ]
    field.returned("verivali", *visits, came=datetime(2025, 12, 1, tzinfo=JAKARTA))
    ranked = field.people(1, "not p.terpilih and p.kode_alasan like '%calon_belum_berdesil%'")[0]
    field.returned("desil", field.row("desil", ranked))
    move = {"KODE KELURAHAN ASAL": "3171011001"}
    field.returned("lampid", field.row("lampid", gone, **move), field.row("lampid", told, NOMOR="L2", **move))
    field.returned("verivali", field.row("verivali", gone, NOMOR="V8", HASIL="PINDAH"))
    # After the cut-off of 15 December: the next period's.
    field.returned(
        "verivali", field.row("verivali", late, NOMOR="V5", HASIL="MENINGGAL"), came=datetime(2025, 12, 20, tzinfo=JAKARTA)
    )
    folder = to_published(field.home.root, field.key)
    assert folder.name == "rev-2"
    with duckdb.connect() as con:
        people = f"read_parquet('{folder}/padanan_orang.parquet')"
        proved = {one[0] for one in con.execute(f"select id_orang from {people} where meninggal_terverifikasi").fetchall()}
        target = dict(con.execute(f"select id_orang, terpilih from read_parquet('{folder}/sasaran.parquet')").fetchall())
        lines = dict(con.execute(f"select id_orang, status from read_parquet('{folder}/prelist.parquet')").fetchall())
        tasks = dict(
            con.execute(
                f"select id_orang, string_agg(distinct status) from read_parquet('{folder}/tugas.parquet') "
                "where saluran = 'lapangan' group by 1"
            ).fetchall()
        )
    assert proved == {dead["id"]}
    assert target[ranked["id"]] is True
    assert target[dead["id"]] is False and all(target[one["id"]] for one in (seen, disputed, late, told))
    assert target[gone["id"]] is False
    assert {lines.get(one["id"]) for one in (disputed, late)} == {"terbuka"}
    assert lines[seen["id"]] == tasks[seen["id"]] == "selesai"
