"""The watcher sees what no sensor can: a failing tick, a dead daemon, a code location that does not load; and cries once."""

import json
import time

import dagster as dg
import pytest
from dagster._core.definitions.run_request import InstigatorType
from dagster._core.remote_origin import (
    InProcessCodeLocationOrigin,
    RemoteInstigatorOrigin,
    RemoteRepositoryOrigin,
)
from dagster._core.scheduler.instigation import InstigatorState, InstigatorStatus, SensorInstigatorData, TickData, TickStatus
from dagster._core.types.loadable_target_origin import LoadableTargetOrigin
from dagster._daemon.types import DaemonHeartbeat
from dagster._utils.error import SerializableErrorInfo

from orchestration import watch
from orchestration.environment import CHECKOUT, prepare
from padanan.base.home import Home

SECRET = "3175094512680007"


@pytest.fixture
def home(monkeypatch, tmp_path):
    for name, value in (("DAGSTER_HOME", CHECKOUT), ("PADANAN_DAGSTER_STORAGE", tmp_path / "dagster"), ("PADANAN_ENV", "dev")):
        monkeypatch.setenv(name, str(value))
    prepare()
    return Home.from_env().ensure()


@pytest.fixture
def workspace(tmp_path):
    """A workspace of one small location, broken or whole."""

    def write(text):
        (tmp_path / "kode.py").write_text(text)
        path = tmp_path / "workspace.yaml"
        path.write_text("load_from:\n  - python_file: {relative_path: kode.py, location_name: uji}\n")
        return path

    return write


WHOLE = "import dagster as dg\ndefs = dg.Definitions()\n"


def alarms(home):
    path = home.root / "logs" / "alarm.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def beat(instance):
    for name in instance.get_required_daemon_types():
        instance.add_daemon_heartbeat(DaemonHeartbeat(time.time(), name, "uji", []))


def tick(instance, status, error=None, name="inbox_sensor", running=InstigatorStatus.RUNNING):
    location = InProcessCodeLocationOrigin(LoadableTargetOrigin(module_name="uji"), location_name="uji")
    origin = RemoteInstigatorOrigin(RemoteRepositoryOrigin(location, "__repository__"), name)
    state = InstigatorState(origin, InstigatorType.SENSOR, running, SensorInstigatorData())
    if not instance.get_instigator_state(state.instigator_origin_id, state.selector_id):
        instance.add_instigator_state(state)
    instance.create_tick(
        TickData(
            instigator_origin_id=state.instigator_origin_id,
            instigator_name=name,
            instigator_type=InstigatorType.SENSOR,
            status=status,
            timestamp=time.time(),
            selector_id=state.selector_id,
            error=error,
        )
    )


def test_all_well_is_silent(home, workspace, capsys):
    with dg.DagsterInstance.get() as instance:
        beat(instance)
        tick(instance, TickStatus.SKIPPED)
    assert watch.main(["--workspace", str(workspace(WHOLE))]) == 0
    assert alarms(home) == [] and capsys.readouterr().err == ""


@pytest.mark.feature("F50")
def test_a_failing_tick_alarms_once_without_its_message_and_anew_after_it_was_mended(home, workspace):
    path = workspace(WHOLE)
    error = SerializableErrorInfo(f"ValueError: nilai {SECRET}", [], "SensorExecutionError", None)
    with dg.DagsterInstance.get() as instance:
        beat(instance)
        tick(instance, TickStatus.FAILURE, error)
        tick(instance, TickStatus.FAILURE, error, name="mati", running=InstigatorStatus.STOPPED)
    assert [watch.main(["--workspace", str(path)]) for _ in range(2)] == [1, 1]
    (alarm,) = alarms(home)
    assert alarm["title"] == "Sensor inbox_sensor gagal" and "SensorExecutionError" in alarm["body"]
    assert "Perbaikan:" in alarm["body"] and SECRET not in str(alarm)
    with dg.DagsterInstance.get() as instance:
        tick(instance, TickStatus.SKIPPED)
    assert watch.main(["--workspace", str(path)]) == 0
    with dg.DagsterInstance.get() as instance:
        tick(instance, TickStatus.FAILURE, error)
    watch.main(["--workspace", str(path)])
    assert len(alarms(home)) == 2


def test_a_daemon_without_heartbeat_is_told(home, workspace):
    assert watch.main(["--workspace", str(workspace(WHOLE))]) == 1
    titles = [alarm["title"] for alarm in alarms(home)]
    assert "Daemon SENSOR tidak hidup" in titles and "Daemon SCHEDULER tidak hidup" in titles


@pytest.mark.feature("F50")
def test_a_code_location_that_does_not_load_alarms_with_our_own_line(home, workspace, capsys):
    with dg.DagsterInstance.get() as instance:
        beat(instance)
    ours = "GALAT expectations/contracts/klj.yaml baris 3: kolom tidak dikenal. Perbaikan: perbaiki kontrak"
    path = workspace(f"raise ValueError({ours!r})\n")
    assert watch.main(["--workspace", str(path)]) == 1
    (alarm,) = alarms(home)
    assert alarm["title"] == "Lokasi kode uji tidak termuat" and alarm["body"] == ours
    assert capsys.readouterr().err.strip() == ours


def test_one_question_without_an_answer_keeps_no_other_from_being_asked(home, workspace, monkeypatch):
    def broken(_):
        raise OSError(5, "disk")

    monkeypatch.setattr(watch, "failing_ticks", broken)
    assert watch.main(["--workspace", str(workspace("raise ValueError('x')\n"))]) == 1
    titles = [alarm["title"] for alarm in alarms(home)]
    assert "Pengamat tidak dapat memeriksa tick" in titles and "Lokasi kode uji tidak termuat" in titles
