"""A sixteenth program at run time: one contract, one line of the plan, nothing rendered: its delivery reaches the recipients."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import duckdb
import pytest

from padanan.base.home import CHECKOUT, Home
from padanan.contracts.contract import expectations_dir, load_contracts
from padanan.contracts.plan import all_plans
from padanan.contracts.plan_check import open_plans, plan_faults
from tests.pipeline import DBT, PROJECT, environment
from tests.sixteenth import NEW, add_program, pattern

pytestmark = pytest.mark.feature("F02")

DEFINITIONS = f"""
import dagster as dg
from orchestration.contracts import landing_key, loaded, quality_key, stage_model_key
from orchestration.definitions import defs
graph = defs().get_repository_def().asset_graph
new = landing_key("{NEW}")
print(new in graph.get(stage_model_key(loaded()["{NEW}"])).parent_keys)
print(sorted(key.name for key in graph.get(new).check_keys))
print(len(graph.get(quality_key("{NEW}")).check_keys))
"""

LANDS = f"""
from padanan.base.home import Home
from padanan.contracts.contract import load_contracts
from padanan.contracts.parts import reference
from padanan.landing.inbox import process_inbox
from tests.planned import write_plan
from padanan.synthetic import generate
from tests.pipeline import PERIODE
home, contracts = Home.from_env().ensure(), load_contracts()
ids = [reference(contracts).id, "{NEW}"]
generate(home, contracts, residents=2000, seed=5, profile="default", periode=PERIODE, contract_ids=ids)
for contract_id in ids:
    process_inbox(home, contracts, contract_id)
plan = write_plan(home, contracts, PERIODE)
print([sum(one.rows_on for one in item.deliveries) for item in plan.data.contracts if item.id == "{NEW}"][0])
"""


@pytest.fixture
def world(tmp_path, monkeypatch):
    """(environment of a home whose expectations hold the new program, that home)."""
    folder = tmp_path / "expectations"
    shutil.copytree(expectations_dir(), folder)
    add_program(folder)
    monkeypatch.setenv("PADANAN_EXPECTATIONS", str(folder))
    home = Home(tmp_path / "data").ensure()
    return environment(home.root, tmp_path / "key", PADANAN_EXPECTATIONS=str(folder)), home


def ask(code: str, told: dict[str, str]) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=CHECKOUT, env={**os.environ, **told}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.splitlines()


def test_contract_and_plan_agree(world):
    contracts = load_contracts()
    assert contracts[NEW].stage_model == contracts[pattern().id].stage_model
    assert [fault for plan in open_plans(all_plans()) for fault in plan_faults(plan, contracts)] == []


def test_dagster_shows_its_asset_and_the_edge_to_staging(world):
    told = ask(DEFINITIONS, world[0])
    assert told[-3] == "True"
    assert "baris_utuh" in told[-2] and int(told[-1]) > 20


def test_its_delivery_lands_and_reaches_the_recipients(world):
    told, home = world
    rows = int(ask(LANDS, told)[-1])
    assert rows > 10
    model = load_contracts()[NEW].stage_model
    done = subprocess.run(
        [*DBT, "build", "--select", model, "ref_wilayah", "ref_ejaan_wilayah", "ref_kecamatan_nik", "ref_kota_indonesia",
         "--project-dir", PROJECT, "--profiles-dir", PROJECT],
        cwd=CHECKOUT, env=told, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
    con = duckdb.connect(str(home.warehouse_db), read_only=True)
    found = con.execute(f"select producer, count(*) from {model} group by all").fetchall()
    assert found == [(NEW, rows)]


@pytest.mark.lengkap
@pytest.mark.timeout(3600)
def test_in_a_copy_of_the_checkout_render_and_checks_are_all_it_takes():
    """The script of CONTRIBUTING: by hand a contract and a line of the plan; render, check and fast tests do the rest."""
    done = subprocess.run(
        [sys.executable, "scripts/sixteenth_program.py"], cwd=CHECKOUT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
