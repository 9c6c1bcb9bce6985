"""The review in Dagster: the decision is an asset that the penetapan needs; forms and decisions start their runs by sensor."""

import json
import os
import re
import time

import dagster as dg
import openpyxl
import pytest

from orchestration.defs.automation.review_sensors import formulir_sensor, putusan_sensor
from orchestration.defs.decree.approval import penetapan
from orchestration.defs.review.decision import diterima, formulir_reviu, putusan
from orchestration.resources import AlarmResource, RumahResource
from padanan.base.home import Home
from padanan.decree.documents import documents_folder, write_documents
from padanan.decree.freeze import freeze_draft
from padanan.records.review_log import log_path, read_log
from padanan.review.decision.form import write_form
from tests.review.decided_by_hand import accept_all, annex, publish, to_draft
from tests.review.published_by_hand import PERIODE
from tests.review.test_standings import words_of

RESOURCES = {"rumah": RumahResource(), "alarm": AlarmResource(lingkungan="dev", luar=False)}


@pytest.fixture
def home():
    home = Home.from_env().ensure()
    (home.root / "demo.json").write_text("{}")
    publish(home, people=300)
    return home


def materialize(*assets, instance, **options):
    return dg.materialize(
        assets, partition_key=PERIODE.key, resources=RESOURCES, instance=instance, raise_on_error=False, **options
    )


def tick(sensor, cursor=None):
    with dg.DagsterInstance.ephemeral() as instance:
        context = dg.build_sensor_context(instance=instance, cursor=cursor, resources=RESOURCES)
        result = sensor(context)
        if isinstance(result, dg.SkipReason):
            return [], context.cursor
        return list(result.run_requests), result.cursor


def facts(result, key):
    (event,) = result.asset_materializations_for_node(key)
    return {name: value.value for name, value in event.metadata.items()}


def files(home):
    """What stands below `reports/` and when it was written."""
    return {path: path.stat().st_mtime_ns for path in sorted((home.root / "reports").rglob("*")) if path.is_file()}


def read_period(repository, instance):
    """The run that `putusan_sensor` asks for."""
    job = repository.get_job("putusan_periode")
    return job.execute_in_process(instance=instance, partition_key=PERIODE.key, raise_on_error=False)


@pytest.mark.feature("F15")
def test_the_decision_tells_state_and_next_step_and_its_check_only_warns(home):
    with dg.DagsterInstance.ephemeral() as instance:
        before = materialize(putusan, diterima, instance=instance)
        accept_all(home)
        after = materialize(putusan, diterima, instance=instance)
        assert before.success and after.success
        first, second = facts(before, "review__putusan"), facts(after, "review__putusan")
    assert (first["keadaan"], first["diterima"]) == ("belum direviu", False) and first["penghalang_terbuka"] > 0
    assert (second["keadaan"], second["diterima"], second["penghalang_terbuka"]) == ("direviu dan diterima", True, 0)
    assert second["kepala_catatan"].replace("-", "") == read_log(home, PERIODE).head
    checks = [result.get_asset_check_evaluations()[0] for result in (before, after)]
    assert [(check.passed, check.severity) for check in checks] == [
        (False, dg.AssetCheckSeverity.WARN),
        (True, dg.AssetCheckSeverity.WARN),
    ]
    assert "belum direviu" in checks[0].description and "yang diminta: direviu dan diterima" in checks[0].description


@pytest.mark.lambat
@pytest.mark.feature("F15")
def test_report_and_form_have_one_owner_and_follow_the_record_by_the_decisions_job(home, repository):
    """Two assets once wrote the same files: whichever ran last won. The decision reads; the report's asset writes."""
    with dg.DagsterInstance.ephemeral() as instance:
        assert read_period(repository, instance).success
        form = home.reports(PERIODE, 1) / "formulir-keputusan.xlsx"
        offered, written = openpyxl.load_workbook(form)["Pengecualian"].max_row, files(home)
        before = facts(materialize(putusan, instance=instance), "review__putusan")
        opened = before["penghalang_terbuka"] + before["catatan_kecil_terbuka"]
        accept_all(home)
        decided = materialize(putusan, instance=instance)
        assert decided.success and files(home) == written, "the decision's asset wrote into the report"
        assert "Keadaan: belum direviu." in (form.parent / "index.html").read_text()
        result = read_period(repository, instance)
        assert result.success
        report, decision = (facts(result, f"review__{name}") for name in ("laporan_mutu", "putusan"))
    # Report and form follow the record: nothing is open any more, and the sign-off names the head.
    assert offered > openpyxl.load_workbook(form)["Pengecualian"].max_row
    page = (form.parent / "index.html").read_text()
    assert decision["kepala_catatan"] in page
    (said,) = re.findall('<p id="rekomendasi">(.*?)</p>', page)
    assert f"({opened} penghalang atau catatan kecil dikecualikan)" in said and "Keadaan: direviu dan diterima." in page
    # Places are told relative to the home, the page by an address that a browser opens.
    assert (report["berkas"], report["formulir"]) == tuple(
        f"reports/{PERIODE.key}/rev-1/{name}" for name in ("index.html", "formulir-keputusan.xlsx")
    )
    assert report["laporan"] == f"http://127.0.0.1:3001/{PERIODE.key}/rev-1/index.html"


@pytest.mark.lambat
def test_an_accepted_revisions_report_follows_the_record_though_a_newer_one_stands(home, repository):
    """The steps after the acceptance (report, discussion, draft) are those of the accepted revision."""
    accept_all(home)
    publish(home, revisi=2, people=200)
    with dg.DagsterInstance.ephemeral() as instance:
        result = read_period(repository, instance)
        assert result.success and facts(result, "review__laporan_mutu")["revisi"] == 2
        head = facts(result, "review__putusan")["kepala_catatan"]
    for revisi in (1, 2):
        assert head in (home.reports(PERIODE, revisi) / "index.html").read_text(), revisi


@pytest.mark.lambat
@pytest.mark.feature("F15")
def test_documents_that_stand_follow_the_record_by_the_decisions_job(home, repository):
    """The report to the Asisten opened with the advice of before the acceptance; none is made where none stood."""
    with dg.DagsterInstance.ephemeral() as instance:
        assert read_period(repository, instance).success
        folder = documents_folder(home, PERIODE, 1)
        assert not folder.exists()
        freeze_draft(home, PERIODE, 1)
        write_documents(home, PERIODE, 1)
        assert "Belum ada keputusan reviu" in words_of(folder / "laporan-asisten.docx")
        accept_all(home)
        result = read_period(repository, instance)
        assert result.success and facts(result, "decree__dokumen")["revisi"] == 1
    assert "Padanan revisi 1: direviu dan diterima." in words_of(folder / "laporan-asisten.docx")


def test_a_changed_log_fails_the_decision_with_its_line(home):
    accept_all(home)
    path = log_path(home, PERIODE)
    path.write_bytes(path.read_bytes().replace(b"lapangan", b"lapangaN"))
    with dg.DagsterInstance.ephemeral() as instance:
        result = materialize(putusan, diterima, instance=instance)
        failure = result.failure_data_for_node("review__putusan").user_failure_data
    assert not result.success
    assert "catatan reviu berubah" in failure.description and "baris 1" in failure.description


@pytest.mark.feature("F18")
def test_the_penetapan_needs_the_decision_and_seals_nothing_without_it(home, monkeypatch):
    config = {"revisi": 1, "nomor": "721 Tahun 2025", "tanggal": "2025-12-15", "petugas": "contoh.penetap"}
    options = {"run_config": {"ops": {"decree__penetapan": {"config": config}}}}
    with dg.DagsterInstance.ephemeral() as instance:
        result = materialize(penetapan, instance=instance, **options)
        assert not result.success
        assert "belum berupa draft" in result.failure_data_for_node("decree__penetapan").user_failure_data.description
        assert not list(home.decree(PERIODE).glob("ke-*"))
        to_draft(home)
        monkeypatch.setattr("padanan.decree.documents.write_annex", annex)
        result = materialize(penetapan, instance=instance, **options)
        assert result.success
        found = facts(result, "decree__penetapan")
    assert found["ke"] == 1 and found["folder"] == f"decree/{PERIODE.key}/ke-1"
    assert json.loads((home.root / found["folder"] / "segel.json").read_text())["nomor"] == "721 Tahun 2025"


@pytest.mark.feature("F15")
def test_a_form_in_the_inbox_starts_one_run_which_leaves_a_receipt(home):
    assert tick(formulir_sensor)[0] == []
    path = home.inbox("review") / "putusan SARINAH 3175094512680007.yaml"
    write_form(home, PERIODE, 1, path)
    assert tick(formulir_sensor)[0] == [], "it may still be copied"
    os.utime(path, (time.time() - 60,) * 2)
    (request,), cursor = tick(formulir_sensor)
    assert "3175094512680007" not in f"{request.run_key}{cursor}{request.tags}"
    assert tick(formulir_sensor, cursor)[0] == []
    with dg.DagsterInstance.ephemeral() as instance:
        result = formulir_reviu.execute_in_process(instance=instance, resources=RESOURCES)
        events = str(result.all_events)
    assert result.success and "3175094512680007" not in events and "SARINAH" not in events
    assert path.exists() and path.with_name(path.name + ".tanda_terima.html").exists()
    assert tick(formulir_sensor, cursor)[0] == []


@pytest.mark.feature("F15")
def test_each_new_decision_reads_the_period_again(home):
    assert tick(putusan_sensor)[0] == []
    accept_all(home)
    (request,), cursor = tick(putusan_sensor)
    assert request.partition_key == PERIODE.key and request.tags["padanan/periode"] == "2025-S2"
    assert tick(putusan_sensor, cursor)[0] == []
