"""The main job as a person runs it: `make demo` small, and everything it promises."""

import json

import dagster as dg
import duckdb
import pytest
from dagster._core.storage.asset_check_execution_record import AssetCheckExecutionRecordStatus as Status

from padanan.base.period import Periode
from padanan.contracts.contract import load_contracts
from padanan.decree.documents import documents_folder
from padanan.decree.freeze import draft_folder, verify_draft
from padanan.landing.inbox import pending
from padanan.published.proof import verify_published
from padanan.run.summary import queued
from tests.end_to_end.conftest import shown

PERIODE = Periode.parse("2025-S2")


def query(sql, **parameters):
    with duckdb.connect() as con:
        return con.execute(sql, parameters).fetchall()


def truth(demo, name):
    return str(demo.home.truth / PERIODE.key / f"{name}.parquet")


def published(demo, name, revisi=1):
    return str(demo.home.published(PERIODE, revisi) / f"{name}.parquet")


@pytest.mark.feature("F08")
def test_every_producer_in_force_delivered_and_landed(finished):
    for contract_id, contract in load_contracts().items():
        landed = list(finished.home.landing(contract_id).glob("period=*/delivery=*/manifest.json"))
        assert bool(landed) == contract.in_force(PERIODE), contract_id
        assert pending(finished.home, contract_id) == [], contract_id


@pytest.mark.feature("F08")
def test_nothing_is_lost_between_the_generator_and_landing(finished):
    expected = dict(query(f"select producer, rows_in from read_parquet('{truth(finished, 'counts')}')"))
    found = {}
    for manifest in finished.home.root.glob("landing/*/period=*/delivery=*/manifest.json"):
        facts = json.loads(manifest.read_text())
        aside = sum(facts["rows_aside"].values())
        assert facts["rows_in"] == facts["rows_on"] + aside, manifest
        found[facts["contract_id"]] = found.get(facts["contract_id"], 0) + facts["rows_in"]
    assert found == expected


@pytest.mark.feature("F05")
def test_gap_rows_are_the_injected_faults_and_nothing_else(finished):
    landing = finished.home.root / "landing"
    found = query(
        f"""
        with baris as (
            select record_key, sha16, _baris as baris from (
                select _record_key as record_key, _baris, regexp_extract(filename, 'delivery=([0-9a-f]{{16}})', 1) as sha16
                from read_parquet('{landing}/*/*/*/part.parquet', filename = true, union_by_name = true)
            )
        ), berkas as (
            select contract_id as producer, sha16, file from read_json('{landing}/*/*/*/manifest.json',
                columns = {{contract_id: 'varchar', sha16: 'varchar', file: 'varchar'}})
        ), ada as (
            select g.producer, berkas.file, baris.baris, g.rule_id
            from read_parquet('{published(finished, "gap")}') g join baris using (record_key) join berkas using (sha16)
            where g.tahap = 'cleansing'
        ), harus as (
            select producer, file, baris, rule_id from read_parquet('{truth(finished, "faults")}')
            -- Truth of the rules after the padanan knows matches by NIK only: tests/cleansing compares them.
            where rule_id not in (select rule_id from read_parquet('{published(finished, "gap")}') where tahap = 'padanan')
        )
        select 'palsu' as jenis, producer, rule_id, count(*) from (from ada except from harus) group by all
        union all
        select 'luput', producer, rule_id, count(*) from (from harus except from ada) group by all
        order by all
        """
    )
    assert found == []


def test_published_and_draft_hashes_hold(finished):
    manifest = verify_published(finished.home, PERIODE, 1)
    assert manifest["missing"] == []
    seal = verify_draft(finished.home, PERIODE, 1)
    assert seal["status"] == "rancangan" and seal["jumlah_orang"] > 0


def test_dbt_reads_the_project_once_for_every_home(finished):
    """Whatever was parsed by hand or by a linter meanwhile: a run starts from the parse that its own settings made."""
    logs = [path.read_text(errors="replace") for path in (finished.home.root / "logs").glob("run-*.log")]
    assert any("Running with dbt" in text for text in logs), "dbt left no line: this would prove nothing"
    assert not [text for text in logs if "Unable to do partial parsing" in text]


@pytest.mark.feature("F10")
def test_report_is_written_and_named_in_the_summary(finished):
    report = finished.home.reports(PERIODE, 1) / "index.html"
    assert report.exists()
    assert report.with_name("laporan-mutu.pdf").exists()
    documents = documents_folder(finished.home, PERIODE, 1)
    assert {path.stem for path in documents.glob("*.pdf")} == {path.stem for path in documents.glob("*.docx")}
    assert "rancangan-keputusan" in {path.stem for path in documents.iterdir()}
    for path in (report, draft_folder(finished.home, PERIODE, 1), documents):
        assert str(shown(path)) in finished.stdout
    assert "make dev" in finished.stdout


@pytest.mark.feature("F14")
def test_the_summary_says_how_many_pairs_wait_and_how_one_is_decided(finished):
    """The commands it names are the ones there are."""
    waiting = query(
        f"select count(*) from read_parquet('{published(finished, 'padanan_record')}') where status = 'mungkin_padan'"
    )[0][0]
    told = queued(finished.home, PERIODE, 1)
    # So few people may leave nobody in doubt; that a town of some thousand does not is seen in `test_evidence_clerical`.
    assert (str(waiting) if waiting else "tidak ada catatan") in told[0]
    assert "\n".join(told) in finished.stdout


def test_summary_shows_rows_and_gaps_of_every_producer(finished):
    rows = {}
    for table in ("padanan_record", "rekaman_pendukung"):
        rows |= dict(query(f"select producer, count(*) from read_parquet('{published(finished, table)}') group by all"))
    lines = {line.split()[0]: line.split() for line in finished.stdout.splitlines() if line.strip()}
    for producer, count in rows.items():
        assert lines[producer][1] == f"{count:,}".replace(",", "."), producer


def test_stage_table_is_printed_and_saved(finished):
    record = json.loads((finished.home.reports(PERIODE, 1) / "run.json").read_text())
    assert record["berhasil"] and record["revisi"] == 1
    stages = {stage["line"]: stage for stage in record["tahap"]}
    assert list(stages) == [
        "landing (kiriman)",
        "landing (rencana)",
        "cleansing, NIK (dbt)",
        "cleansing (aturan mutu)",
        "padanan (acuan)",
        "padanan (bukti)",
        "padanan (dbt)",
        "review (baris utuh)",
        "review (terbitan)",
        "review (laporan)",
    ]
    for name, stage in stages.items():
        assert name in finished.stdout
        assert stage["wall"] > 0 and stage["rss"] > 0 and stage["ok"], name
    rows = query(f"select count(*) from read_parquet('{published(finished, 'padanan_record')}')")[0][0]
    supporting = query(f"select count(*) from read_parquet('{published(finished, 'rekaman_pendukung')}')")[0][0]
    assert supporting and stages["cleansing, NIK (dbt)"]["rows"] == rows + supporting
    assert stages["padanan (dbt)"]["rows"] == rows
    assert not (finished.home.published(PERIODE, 1) / "run.json").exists()


@pytest.mark.feature("F18")
def test_running_again_changes_nothing(finished):
    from orchestration.run import run_job

    before = {p.name: p.read_bytes() for p in finished.home.published(PERIODE, 1).iterdir()}
    outcome = run_job("padanan_periode", PERIODE, home=finished.home, quiet=True)
    assert outcome.ok, outcome.line
    assert outcome.revisi == 1 and outcome.unchanged
    # Nothing behind the plan ran: an unchanged run costs the look at the inputs, not the work.
    steps = {step["name"] for step in json.loads(outcome.record.read_text())["langkah"]}
    assert steps == {f"landing_{contract_id}" for contract_id in load_contracts()} | {"landing__rencana", "dbt_panggilan_1"}
    assert json.loads((finished.home.reports(PERIODE, 1) / "run.json").read_text())["tahap"][-1]["line"] == "review (laporan)"
    # The UI goes on showing what the run that built the revision judged, not that this one passed it over.
    from orchestration.definitions import defs

    judged = defs().get_repository_def().get_job("padanan_periode").asset_layer.asset_graph.asset_check_keys
    with dg.DagsterInstance.get() as instance:
        latest = instance.event_log_storage.get_latest_asset_check_execution_by_key(list(judged))
    assert len(latest) > 700
    assert {record.status for record in latest.values()} <= {Status.SUCCEEDED, Status.FAILED}
    assert [p.name for p in finished.home.published(PERIODE).iterdir()] == ["rev-1"]
    assert {p.name: p.read_bytes() for p in finished.home.published(PERIODE, 1).iterdir()} == before
