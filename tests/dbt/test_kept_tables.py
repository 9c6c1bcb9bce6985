"""Staging tables kept from run to run: built again when a delivery, a rule, a table before them or the key changed, else not.

What stands in them is said in the other tests of this folder.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.dbt.test_dbt_pipeline import ADMINDUK, DTKS, ISTRI, person

MADE = re.compile(r"OK created sql kept model main\.(\w+) \.*\s*\[(\w+) in")
EVERY = 11
"""Staging models."""


@pytest.fixture(scope="module")
def home(gudang_factory: Any) -> Any:
    """A resident and a row of DTKS, staged."""
    found = gudang_factory("tetap")
    found.land("adminduk", [ADMINDUK])
    found.land("dtks", [DTKS])
    found.plan()
    _stage(found)
    return found


def _stage(home: Any, *arguments: str) -> set[str]:
    """Builds staging once more; which tables were made anew, by what dbt says of each."""
    told = home.dbt("build", "--select", "path:models/staging", "path:seeds", "--exclude-resource-type", "unit_test", *arguments)
    found = MADE.findall(re.sub(r"\x1b\[[0-9;]*m", "", told.stdout))
    assert len(found) == EVERY, told.stdout[-2000:]
    return {name for name, word in found if word == "OK"}


def _planned(home: Any, change: Callable[[dict[str, Any]], None], revisi: int = 2) -> None:
    data = home.plan(revisi)
    change(data)
    (home.home / "warehouse" / "rencana.json").write_text(json.dumps(data))


def test_nothing_is_staged_again_for_a_new_revision(home: Any) -> None:
    """The revision's number is no part of what a delivery says."""
    home.plan(revisi=2)
    assert _stage(home) == set()


def test_a_new_delivery_is_staged_and_nothing_else(home: Any) -> None:
    """The rows of the other producers stay where they are."""
    home.land("dtks", [person(DTKS, **ISTRI, id_sumber="D2", shdk="2")])
    home.plan(revisi=3)
    assert _stage(home) == {"stg_dtks__individu"}
    assert home.rows("select count(*) from stg_dtks__individu") == [(2,)]


def test_what_reads_a_changed_table_is_staged_again(home: Any) -> None:
    """The places are counted beside the register's residents."""
    home.land("adminduk", [person(ADMINDUK, **ISTRI, shdk="3")])
    home.plan(revisi=4)
    assert _stage(home) == {"stg_adminduk__penduduk", "stg_pendukung__wilayah"}


def test_another_key_stages_everything(home: Any) -> None:
    """The same files bear other pseudonyms then."""
    _planned(home, lambda data: data.update(key_id="kunci lain"))
    assert len(_stage(home)) == EVERY


def test_a_code_list_of_the_contract_stages_its_rows(home: Any) -> None:
    """What a cell means is said by the contract."""

    def other(data: dict[str, Any]) -> None:
        contract = next(item for item in data["contracts"] if item["id"] == "dtks")
        contract["columns"]["jenis_kelamin"]["code_list"] = {"L": "2", "P": "1"}

    home.plan()
    _stage(home)
    _planned(home, other)
    assert _stage(home) == {"stg_dtks__individu"}
    assert home.rows("select distinct jk from stg_dtks__individu where jk_mentah = 'L'") == [("2",)]


def test_a_build_from_scratch_keeps_nothing(home: Any) -> None:
    """What `--rebuild` of a run asks for."""
    assert len(_stage(home, "--full-refresh")) == EVERY
