"""Asks the code location's GraphQL the way the UI does: workspace.yaml, a code server of its own, a real schema."""

import asyncio
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from dagster._core.definitions.job_base import InMemoryJob
from dagster._core.events import DagsterEvent, DagsterEventType
from dagster._core.execution.api import execute_run
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import WorkspaceFileTarget

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def graphql(instance=None):
    """Yields `ask(query, **variables)`, which returns `data` and raises on any error; `ask.process` is for daemons."""
    # A second of imports, also for whoever only collects these tests.
    from dagster_graphql.schema import create_schema

    with instance or dg.DagsterInstance.get() as current:
        with WorkspaceProcessContext(current, WorkspaceFileTarget(paths=[str(ROOT / "workspace.yaml")])) as process:
            schema = create_schema()

            def ask(query, **variables):
                request = process.create_request_context()
                result = asyncio.run(schema.execute_async(query, context_value=request, variable_values=variables))
                assert not result.errors, result.errors
                return result.data

            ask.process = process
            yield ask


LAUNCHABLE = """{ assetNodes { assetKey { path } jobNames isExecutable partitionDefinition { name }
  assetChecksOrError { ... on AssetChecks { checks { name jobNames canExecuteIndividually } } } } }"""

PLAN = """query($pipeline: PipelineSelector!) { executionPlanOrError(pipeline: $pipeline, mode: "default") { __typename
  ... on ExecutionPlan { assetKeys { path } } ... on PythonError { message } ... on PipelineNotFoundError { message } } }"""

LAUNCH = """mutation($params: ExecutionParams!) { launchPipelineExecution(executionParams: $params) { __typename
  ... on LaunchRunSuccess { run { runId status } } ... on PythonError { message } } }"""

PLACE = {"repositoryName": "__repository__", "repositoryLocationName": "padanan"}


def launched_alone(ask):
    """What the UI sends when one asset is materialised: by key, the selector of the asset's implicit job.

    The job is the hidden one that holds all assets; every check that this job knows of the asset goes with it.
    """
    found = {}
    for node in ask(LAUNCHABLE)["assetNodes"]:
        if not node["isExecutable"]:
            continue
        (job,) = (name for name in node["jobNames"] if name.startswith("__"))
        path = node["assetKey"]["path"]
        checks = [
            {"name": check["name"], "assetKey": {"path": path}}
            for check in node["assetChecksOrError"].get("checks", ())
            if not check["jobNames"] or job in check["jobNames"]
        ]
        found["/".join(path)] = {
            **PLACE,
            "pipelineName": job,
            "assetSelection": [{"path": path}],
            "assetCheckSelection": checks,
        }
    return found


def launch(ask, selector, partition):
    """Starts what `launched_alone` gave for a partition; the run's id."""
    tags = [{"key": "dagster/partition", "value": partition}]
    params = {"selector": selector, "mode": "default", "runConfigData": {}, "executionMetadata": {"tags": tags}}
    answer = ask(LAUNCH, params=params)["launchPipelineExecution"]
    assert answer["__typename"] == "LaunchRunSuccess", (selector["assetSelection"], answer.get("message", "")[:800])
    return answer["run"]["runId"]


def run_queued(instance, repository, run_id):
    """Runs a launched run in this process, as a run worker does, with the subset that was launched; whether it succeeded."""
    run = instance.get_run_by_id(run_id)
    instance.report_dagster_event(
        DagsterEvent(event_type_value=DagsterEventType.PIPELINE_STARTING.value, job_name=run.job_name), run_id=run_id
    )
    job = repository.get_job(run.job_name).get_subset(
        asset_selection=run.asset_selection, asset_check_selection=run.asset_check_selection
    )
    return execute_run(InMemoryJob(job), instance.get_run_by_id(run_id), instance, raise_on_error=False).success
