"""One run at a time writes to the warehouse, from the very first look of the queue at fresh storage on.

The incident: the first backfill of two periods started both, because the pool had no row yet, and one failed.
"""

import dagster as dg
import pytest
from dagster._core.launcher import RunLauncher
from dagster._core.remote_origin import RegisteredCodeLocationOrigin, RemoteJobOrigin, RemoteRepositoryOrigin
from dagster._core.run_coordinator import SubmitRunContext
from dagster._core.storage.dagster_run import DagsterRunStatus
from dagster._core.test_utils import create_test_daemon_workspace_context
from dagster._core.workspace.load_target import EmptyWorkspaceTarget
from dagster._daemon.run_coordinator import QueuedRunCoordinatorDaemon

from orchestration.policies import POOL_WAREHOUSE


class Noted(RunLauncher):
    """Launches nothing: the run counts as started until the test ends it."""

    def __init__(self):
        super().__init__()
        self.launched = []

    def launch_run(self, context):
        self.launched.append(context.dagster_run.run_id)

    def terminate(self, run_id):
        raise NotImplementedError


def queued(instance, job, *keys):
    location = RegisteredCodeLocationOrigin("padanan")
    origin, ids = RemoteJobOrigin(RemoteRepositoryOrigin(location, "__repository__"), job.name), []
    with create_test_daemon_workspace_context(EmptyWorkspaceTarget(), instance) as process:
        for key in keys:
            run = instance.create_run_for_job(job_def=job, tags={"dagster/partition": key}, remote_job_origin=origin)
            instance.run_coordinator.submit_run(SubmitRunContext(run, process.create_request_context()))
            ids.append(run.run_id)
    return ids


def look(instance):
    """One iteration of the real queue daemon; the runs that it started."""
    launcher = Noted()
    launcher.register_instance(instance)
    instance._run_launcher = launcher
    with create_test_daemon_workspace_context(EmptyWorkspaceTarget(), instance) as process:
        with QueuedRunCoordinatorDaemon(interval_seconds=1) as daemon:
            list(daemon.run_iteration(process))
    return launcher.launched


@pytest.mark.lambat
@pytest.mark.feature("F18")
def test_two_periods_backfilled_on_fresh_storage_start_one_after_the_other(instance, repository):
    first, second = queued(instance, repository.get_job("padanan_periode"), "2025-01-01", "2025-07-01")
    assert look(instance) == [first]
    assert look(instance) == []
    assert instance.get_run_by_id(second).status == DagsterRunStatus.QUEUED
    instance.report_run_failed(instance.get_run_by_id(first))
    assert look(instance) == [second]


def test_landing_needs_no_writer_and_is_not_held_up(instance, repository):
    runs = queued(instance, repository.get_job("landing_produsen"), "2025-01-01", "2025-07-01")
    assert look(instance) == runs


def test_a_limit_that_a_person_has_set_stays(instance):
    instance.event_log_storage.set_concurrency_slots(POOL_WAREHOUSE, 0)
    with dg.DagsterInstance.get() as again:
        assert {pool.name: pool.limit for pool in again.event_log_storage.get_pool_limits()} == {POOL_WAREHOUSE: 0}
