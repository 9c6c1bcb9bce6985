"""The same person twice: residents who look alike are listed, twins and namesakes are not, and nothing is merged."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks.linkage.generator import DEFAULT, generate
from padanan.contracts.contract import load_contracts
from padanan.contracts.parts import reference
from padanan.evidence import doubles, sources
from padanan.linkage import link, load_linkage_config
from padanan.linkage.prepare import prepare_register

N = 60
REGISTER = reference(load_contracts())
MODEL = REGISTER.stage_model


@pytest.mark.feature("F12")
def test_residents_who_stand_twice_are_found_and_twins_are_not(tmp_path: Path) -> None:
    """Sixty residents get a second entry with another NIK, half of them with a typing error in the name: nearly all
    are listed with their first entry, hardly anybody else is."""
    made = generate(tmp_path, 2000, 8000, DEFAULT, 5)
    register = pq.read_table(made.register)
    con = duckdb.connect()
    con.register("asli", register)
    con.execute(
        f"""create table {MODEL} as select *, null::varchar as shdk from asli
        union all by name
        select * exclude (nomor) replace (
            'k' || record_key as record_key, 'k' || entity_key as entity_key, '3171' || right(nik_bersih, 12) as nik_bersih,
            case when nomor % 2 = 0 then nama_bersih else left(nama_bersih, 3) || 'X' || substr(nama_bersih, 4) end
            as nama_bersih), null::varchar as shdk
        from (select *, row_number() over (order by record_key) as nomor from asli where length(nama_bersih) > 8
            and tgl_lahir is not null qualify nomor <= {N})"""
    )
    con.execute(
        f"""alter table {MODEL} add column nik_pengganti varchar;
        alter table {MODEL} add column kk_pengganti varchar;
        alter table {MODEL} add column kk_angka boolean default false;
        alter table {MODEL} add column kk_angka16 bigint;
        update {MODEL} set kk_angka16 = try_cast(kk_bersih as bigint)"""
    )
    con.execute(f"create table penduduk as select record_key as register_key, entity_key as id_penduduk from {MODEL}")
    con.execute(f"copy {MODEL} to '{tmp_path}/acuan.parquet' (format parquet)")
    prepared = prepare_register(tmp_path / "acuan.parquet", tmp_path / "siap", "x")
    config = load_linkage_config()
    fitted = link(made.list, made.register, config).model
    got = doubles.residents(con, sources.Reference(REGISTER.id, MODEL), prepared, config, fitted, tmp_path).to_pylist()
    groups: dict[str, set[str]] = {}
    for row in got:
        groups.setdefault(row["kelompok"], set()).add(row["record_key"])
    right = sum(members == {key, "k" + key} for members in groups.values() for key in members)
    assert right >= 0.9 * N
    assert right >= 0.9 * len(groups)
    assert all(0.9 <= row["peluang"] <= 1 for row in got)
    shuffled = con.sql(f"select * from {MODEL} order by hash(record_key || 'x')").to_arrow_table()
    con.execute(f"drop table {MODEL}")
    con.register(MODEL, shuffled)
    again = doubles.residents(con, sources.Reference(REGISTER.id, MODEL), prepared, config, fitted, tmp_path)
    assert again.to_pylist() == got
    assert isinstance(again, pa.Table)
