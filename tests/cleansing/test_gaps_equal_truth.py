"""The set of (record, rule) in `gap` is the generator's truth, nothing more and nothing less, in three profiles.

What the generator injects is its own knowledge; it never reads a rule's predicate.
"""

import duckdb
import pytest

from tests.pipeline import generate_and_land, landed_rows, to_published

PROFILES = {"default": 4000, "clean": 3000, "hard": 4000}


@pytest.fixture(scope="module", params=sorted(PROFILES))
def run(request, tmp_path_factory):
    base = tmp_path_factory.mktemp(f"truth-{request.param}")
    home, key = base / "data", base / "key"
    generate_and_land(home, key, residents=PROFILES[request.param], seed=7, profile=request.param)
    published = to_published(home, key)
    con = duckdb.connect()
    landed_rows(con, home)
    for name in ("gap", "padanan_record", "row_account"):
        con.execute(f"create view {name} as from read_parquet('{published / name}.parquet')")
    for name in ("faults", "records", "counts"):
        con.execute(f"create view t_{name} as from read_parquet('{home / 'truth' / '2025-07-01' / name}.parquet')")
    yield request.param, con
    con.close()


@pytest.mark.feature("F09")
def test_gap_is_the_truth(run):
    _, con = run
    # Truth knows who is matched by NIK. Whoever has a record matched by evidence too is left out of the rules after the padanan.
    differing = con.execute("""
        with after as (select distinct rule_id from gap where tahap = 'padanan'),
             lewat_bukti as (select distinct id_orang from padanan_record where status = 'padan_bukti'),
             luar as (select record_key from padanan_record semi join lewat_bukti using (id_orang)),
             t as (select distinct producer, rule_id, record_key from t_faults join landed using (producer, file, baris)
                   where rule_id not in (from after) or record_key not in (from luar)),
             g as (select producer, rule_id, record_key from gap where tahap <> 'padanan' or record_key not in (from luar))
        select producer, rule_id, count(*) filter (t.record_key is null) as extra,
               count(*) filter (g.record_key is null) as missing
        from g full join t using (producer, rule_id, record_key)
        where g.record_key is null or t.record_key is null group by all order by all
    """).fetchall()
    assert differing == []


@pytest.mark.feature("F09")
def test_every_rule_is_put_to_the_test(run):
    profile, con = run
    rules = con.execute("select count(distinct rule_id) from gap").fetchall()[0][0]
    if profile == "clean":
        lawful = {"nik_vs_tgl_lahir", "nik_vs_jk", "luar_dki"}
        found = {row[0] for row in con.execute("select distinct rule_id from t_faults").fetchall()}
        assert found & lawful, "even a clean Jakarta has lawful quirks"
    else:
        assert rules >= 28, f"only {rules} rules met a fault: the test proves too little"


@pytest.mark.feature("F12")
def test_every_delivered_row_is_counted_and_has_one_status(run):
    _, con = run
    assert con.execute("select count(*) from row_account where not seimbang").fetchall() == [(0,)]
    differing = con.execute("""
        with a as (select producer, sum(masuk) as masuk from row_account where tahap = 'landing' group by 1),
             t as (select producer, sum(rows_in) as rows_in from t_counts group by 1)
        select * from a full join t using (producer) where masuk is distinct from rows_in
    """).fetchall()
    assert differing == []
    assert (
        con.execute("""
        select (select count(*) from landed), (select count(*) from padanan_record),
               (select count(distinct record_key) from padanan_record where status is not null)
    """).fetchall()[0]
        == (con.execute("select count(*) from landed").fetchall()[0][0],) * 3
    )


@pytest.mark.feature("F12")
def test_a_nik_match_is_the_right_person(run):
    """Padan by NIK means the truth's own resident; whoever is in no Adminduk is never padan with someone."""
    _, con = run
    wrong, padan = con.execute("""
        with residents as (
            select r.id_truth_person, p.id_orang from t_records r join landed using (producer, file, baris)
            join padanan_record p using (record_key) where r.producer = 'adminduk' and p.status = 'padan_nik'
        )
        select count(*) filter (
                   not exists (select 1 from residents s where s.id_orang = p.id_orang
                               and s.id_truth_person is not distinct from r.id_truth_person)
               ), count(*)
        from t_records r join landed l on (l.producer, l.file, l.baris) = (r.producer, r.file, r.baris)
        join padanan_record p on p.record_key = l.record_key
        where p.status = 'padan_nik' and r.producer <> 'adminduk'
    """).fetchall()[0]
    assert padan > 1000
    assert wrong == 0
