"""Asks the code location's GraphQL the way the UI does: workspace.yaml, a code server of its own, a real schema."""

import asyncio
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from dagster._core.workspace.context import WorkspaceProcessContext
from dagster._core.workspace.load_target import WorkspaceFileTarget
from dagster_graphql.schema import create_schema

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def graphql(instance=None):
    """Yields `ask(query, **variables)`, which returns `data` and raises on any error; `ask.process` is for daemons."""
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
