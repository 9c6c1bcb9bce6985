"""What each dbt model and test of a home costs when it is asked again, and which joins its plan compares pair by pair.

Sizes, budgets and exponents are `growth`'s.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from padanan.base.errors import PadananError
from padanan.base.home import CHECKOUT, Home

PAIRWISE = ("BLOCKWISE_NL_JOIN", "NESTED_LOOP_JOIN", "CROSS_PRODUCT")
"""DuckDB's operators that hold each row of one side against each of the other."""
ONE_ROW = ("UNGROUPED_AGGREGATE", "SIMPLE_AGGREGATE", "DUMMY_SCAN")
"""Operators that give one row and say nothing of it."""
AS_WRITTEN = "build_side_probe_side"
"""What `macros/kept_table.sql` asks DuckDB to leave alone while it builds a kept table."""
MANY, FEW = 10_000, 100
"""Rows of the larger side from which on such a join counts, and of the smaller side up to which it is a list and no table."""


@dataclass(frozen=True)
class Crossing:
    """A pairwise join in a plan: by which operator, and the rows that DuckDB expects on each side."""

    operator: str
    left: int
    right: int

    def __str__(self) -> str:
        return f"{self.operator} atas {self.left} x {self.right} baris"

    @property
    def wrong(self) -> bool:
        """Whether it grows with the square of the people."""
        return max(self.left, self.right) > MANY and min(self.left, self.right) > FEW


@dataclass(frozen=True)
class Node:
    """A model or test: seconds of processor time that its query took, and its pairwise joins."""

    name: str
    kind: str
    cpu: float
    crossings: tuple[Crossing, ...]

    @property
    def faults(self) -> list[str]:
        """Its joins that compare two tables pair by pair."""
        return [f"{self.kind} {self.name}: {one}" for one in self.crossings if one.wrong]


def nodes(home: Home, work: Path, only: Collection[str] = (), times: int = 1) -> list[Node]:
    """Every model and test that reads or writes the warehouse, asked once more of a published home.

    Args:
        work: a private folder, for what dbt compiles.
        only: names of those to ask; none stands for all.
        times: how often each is asked. Its cost is the least: what else the machine does only ever adds to it.

    Raises:
        PadananError: dbt does not compile, or a query fails.
    """
    compiled = _compiled(home, work)
    found = []
    with duckdb.connect(str(home.warehouse_db), read_only=True) as con:
        con.execute("set TimeZone = 'Asia/Jakarta'")
        con.execute("set enable_progress_bar = false")
        con.execute("set preserve_insertion_order = false")
        con.execute("set threads = 2")
        con.execute("set memory_limit = '3GB'")
        con.execute(f"set temp_directory = '{work / 'tmp'}'")
        built = {str(row[0]) for row in con.execute("select table_name from information_schema.tables").fetchall()}
        for name, kind, sql, kept in _queries(compiled, built):
            if only and name not in only:
                continue
            con.execute(f"set disabled_optimizers = '{AS_WRITTEN if kept else ''}'")
            try:
                plan = json.loads(con.execute(f"explain (format json) {sql}").fetchall()[0][1])
                crossed = tuple(crossings(plan))
                # What is wrong by its plan need not be waited for.
                spent = 0.0 if any(one.wrong for one in crossed) else min(_spent(con, sql) for _ in range(times))
            except duckdb.Error as error:
                raise PadananError(
                    f"{kind} {name} tidak dapat dihitung ({type(error).__name__})", cure="jalankan 'make check'"
                ) from None
            found.append(Node(name, kind, spent, crossed))
    return found


def _spent(con: duckdb.DuckDBPyConnection, sql: str) -> float:
    """Seconds of processor time of a query whose rows are stored, as dbt stores them: every column is computed."""
    begun = time.process_time()
    con.execute(f"create or replace temp table hasil as {sql}")
    return time.process_time() - begun


def crossings(plan: list[dict[str, Any]]) -> Iterator[Crossing]:
    """The pairwise joins of a plan, as `explain (format json)` gives it."""
    for step in plan:
        children = step.get("children", [])
        if step.get("name") in PAIRWISE and len(children) == 2:
            yield Crossing(step["name"], *(_expected(one) for one in children))
        yield from crossings(children)


def _expected(step: dict[str, Any]) -> int:
    """Rows that DuckDB expects of a step; of one that says nothing (a union), those of what it is made of."""
    if step.get("name") in ONE_ROW:
        return 1
    told = step.get("extra_info", {}).get("Estimated Cardinality")
    return int(told) if told else sum(_expected(one) for one in step.get("children", []))


def _compiled(home: Home, work: Path) -> dict[str, Any]:
    target = work / "dbt"
    done = subprocess.run(
        [sys.executable, "-m", "dbt.cli.main", "compile", "--quiet", "--target-path", str(target), "--log-level-file", "none"],
        cwd=CHECKOUT / "dbt_project", env={**os.environ, "PADANAN_HOME": str(home.root)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise PadananError("dbt tidak dapat menyusun kueri", file="dbt_project", cure="jalankan 'make check'")
    manifest: dict[str, Any] = json.loads((target / "manifest.json").read_text(encoding="utf-8"))
    return manifest


def _queries(manifest: dict[str, Any], built: set[str]) -> Iterator[tuple[str, str, str, bool]]:
    """Name, kind and query of each model and test of the main job, and whether it is a table that is kept.

    Models that only unit tests build are none of it.
    """
    nodes = manifest["nodes"]
    for node in nodes.values():
        if node["resource_type"] not in ("model", "test") or not (sql := str(node.get("compiled_code") or "").strip()):
            continue
        read = [nodes[one]["name"] for one in node["depends_on"]["nodes"] if one in nodes]
        if built.issuperset([*read, *([node["name"]] if node["resource_type"] == "model" else [])]):
            kept = node["config"].get("materialized") == "kept"
            yield str(node["name"]), str(node["resource_type"]), sql.rstrip(";"), kept
