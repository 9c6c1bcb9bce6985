"""No error that Dagster stores, and no line that dbt prints, carries a row's value; each names cause and cure."""

import json
import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import duckdb
import pytest
from dagster._utils.error import serializable_error_info_from_exc_info

from orchestration.dbt_child import PARENT, redact
from orchestration.failures import explain_run
from orchestration.guard import explained, known_error
from orchestration.policies import patience_with
from padanan.base.errors import DeliveryError, NoSpace, SourceUnavailable, WarehouseLocked

NIK, NAME = "3175094512680007", "SARINAH BINTI UJICOBA"


@pytest.mark.feature("F50")
def test_a_cast_error_of_duckdb_becomes_a_failure_without_the_value():
    with pytest.raises(dg.Failure) as caught, explained("uji"):
        duckdb.sql(f"select cast('{NAME}' as integer), cast('{NIK}x' as integer)").fetchall()
    failure = caught.value
    assert "Perbaikan:" in failure.description and "\n" not in failure.description
    stored = serializable_error_info_from_exc_info((type(failure), failure, failure.__traceback__))
    assert NAME not in str(stored) and NIK not in str(stored)
    assert stored.cause is None and stored.context is None


@pytest.mark.lambat
def test_dbt_whose_run_died_while_it_was_starting_does_not_begin():
    """The kernel tells of a parent's death only who asked before it; dbt would go on and keep the warehouse's lock."""
    script = Path(__file__).resolve().parents[2] / "orchestration" / "dbt_child.py"
    codes = {}
    for parent in (os.getpid(), os.getppid()):
        env = {**os.environ, PARENT: str(parent)}
        done = subprocess.run([sys.executable, str(script), "--version"], env=env, capture_output=True, text=True, check=False)
        codes[parent] = (done.returncode, bool(done.stdout))
    assert codes == {os.getpid(): (0, True), os.getppid(): (1, False)}


def test_a_known_error_keeps_its_one_line_and_its_parts():
    with pytest.raises(dg.Failure) as caught, explained("uji"):
        raise DeliveryError("berkas terpotong", file="inbox/klj/a.xlsx", cure="minta kirim ulang")
    assert caught.value.description == "GALAT inbox/klj/a.xlsx: berkas terpotong. Perbaikan: minta kirim ulang"
    assert caught.value.allow_retries is False


PASSING = [SourceUnavailable("PostgreSQL tidak menjawab", cure="nyalakan"), WarehouseLocked("gudang dipakai", cure="tunggu")]


@pytest.mark.parametrize("fault", PASSING, ids=lambda fault: type(fault).__name__)
def test_a_fault_that_passes_by_itself_is_tried_again_and_the_step_then_succeeds(fault):
    tries = []

    @dg.op
    def once_blocked():
        with explained("uji"):
            tries.append(1)
            if len(tries) == 1:
                raise fault

    @dg.job
    def blocked():
        once_blocked()

    result = blocked.execute_in_process()
    assert result.success and len(tries) == 2
    (retry,) = [event for event in result.all_events if event.event_type == dg.DagsterEventType.STEP_UP_FOR_RETRY]
    assert "Perbaikan:" in retry.step_retry_data.error.cause.message


@pytest.mark.parametrize("fault", [*PASSING, NoSpace("ruang habis", cure="kosongkan")], ids=lambda fault: type(fault).__name__)
def test_a_fault_that_stays_fails_with_its_own_line_after_as_many_tries_as_it_is_worth(fault):
    tries = []

    @dg.op
    def blocked_for_ever():
        with explained("uji"):
            tries.append(1)
            raise fault

    @dg.job
    def blocked():
        blocked_for_ever()

    with dg.DagsterInstance.ephemeral() as instance:
        result = blocked.execute_in_process(instance=instance, raise_on_error=False)
        assert not result.success and len(tries) == (2 if fault in PASSING else 1)
        assert explain_run(instance, result.run_id) == str(fault)


def test_a_wait_for_the_warehouse_outlasts_another_step_and_one_for_a_source_is_short(monkeypatch):
    monkeypatch.delenv("PADANAN_RETRY_AFTER")
    source, warehouse = (patience_with(fault) for fault in PASSING)
    assert source.retries * source.seconds < 60
    assert warehouse.retries * warehouse.seconds >= 600
    assert patience_with(DeliveryError("x", cure="y")) is None
    monkeypatch.setenv("PADANAN_RETRY_AFTER", "-1")
    assert patience_with(PASSING[0]) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ('IO Error: Could not set lock on file "/x/padanan.duckdb": Conflicting lock is held', WarehouseLocked),
        ("IO Error: Could not write file: No space left on device", NoSpace),
    ],
)
def test_wordings_of_duckdb_are_known(text, kind):
    assert isinstance(known_error(text), kind)
    assert known_error("Catalog Error: table does not exist") is None


def test_dbt_error_lines_lose_quoted_values_and_long_numbers():
    message = f"Conversion Error: Could not convert string '{NAME}' to INT32, row {NIK}"
    data = {"exc": message, "node_info": {"unique_id": "test.a.b.1234567890"}}
    event = {"info": {"level": "error", "msg": message}, "data": data}
    shown = redact(json.dumps(event))
    assert NAME not in shown and NIK not in shown
    assert json.loads(shown)["data"]["node_info"]["unique_id"] == "test.a.b.1234567890"


def test_dbt_lines_that_carry_no_value_pass_unchanged():
    line = json.dumps({"info": {"level": "info", "msg": "1 of 7 OK created sql table model main.stg_x"}, "data": {}})
    assert redact(line) == line
    assert NAME not in redact(f'Constraint Error: Duplicate key "nama: {NAME}" violates primary key')
