"""A tiny landing with a run plan, and one dbt run over it, shared by the tests of the dbt project.

Rows are written here as a test needs them; what the models should make of them is said in the tests.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from padanan.base.keys import KeyRing, register_hmac
from padanan.base.period import Periode
from padanan.contracts.contract import load_blanks, load_contracts
from padanan.contracts.criteria import load_criteria
from padanan.contracts.field_rules import field_plan
from padanan.run.plan import planned_contract
from tests import planned
from tests.parsed import parsed

CHECKOUT = Path(__file__).resolve().parents[2]
PROJECT = CHECKOUT / "dbt_project"
KEY = bytes(range(32))
Row = Mapping[str, str | None]


@dataclass
class Gudang:
    """One data home with landed rows: `land` some, `plan`, `build`, then `rows` of a table."""

    home: Path
    periode: str = "2025-S2"

    def __post_init__(self) -> None:
        self.contracts = load_contracts(CHECKOUT / "expectations")
        self._deliveries: dict[str, list[dict[str, Any]]] = {}
        (self.home / "warehouse").mkdir(parents=True, exist_ok=True)

    def land(
        self, contract_id: str, rows: Sequence[Row], *, diterima: str = "2025-10-10", aside: int = 0, bagian: str | None = None
    ) -> None:
        """Writes one delivery in the landing layout; `_sel_angka` may be given as a column of a row."""
        contract = self.contracts[contract_id]
        sha16 = hashlib.sha256(f"{contract_id} {len(self._deliveries.get(contract_id, []))}".encode()).hexdigest()[:16]
        folder = self.home / "landing" / contract_id / "period=2025-10" / f"delivery={sha16}"
        folder.mkdir(parents=True)
        names = contract.column_names
        con = duckdb.connect()
        register_hmac(con, KeyRing((KEY,)))
        con.execute(f"create table t (_baris bigint, _sel_angka varchar, {', '.join(f'{name} varchar' for name in names)})")
        for number, row in enumerate(rows, 1):
            unknown = set(row) - set(names) - {"_sel_angka"}
            assert not unknown, f"{contract_id} has no column {unknown}"
            values = [number, row.get("_sel_angka"), *(row.get(name) for name in names)]
            con.execute(f"insert into t values ({', '.join('?' * len(values))})", values)
        key = " || '|' || ".join(f"upper(trim(coalesce({name}, '')))" for name in contract.entity_key)
        con.execute(
            f"""copy (select * exclude (_sel_angka), _sel_angka,
                hmac_hex('r|{contract_id}|{sha16}|' || _baris) as _record_key,
                hmac_hex('e|{contract_id}|' || {key}) as _entity_key,
                {self._number_key("nik", names)} as _nik_key, {self._number_key("no_kk", names)} as _kk_key
                from t order by _baris)
                to '{folder / "part.parquet"}' (format parquet)"""
        )
        con.execute(
            f"""copy (select range as _baris, null::varchar as _record_key, 'tidak_terbaca' as alasan, 'x' as isi
                from range({aside}))
                to '{folder / "rejects.parquet"}' (format parquet)"""
        )
        manifest = {
            "contract_id": contract_id,
            "rows_in": len(rows) + aside,
            "rows_on": len(rows),
            "rows_aside": {"tidak_terbaca": aside},
        }
        (folder / "manifest.json").write_text(json.dumps(manifest))
        self._deliveries.setdefault(contract_id, []).append(
            {"sha16": sha16, "periode_data": "2025-10", "diterima": diterima, "bagian": bagian,
             "path": (folder / "part.parquet").relative_to(self.home).as_posix(), "rows_on": len(rows)}
        )  # fmt: skip

    @staticmethod
    def _number_key(column: str, names: Sequence[str]) -> str:
        prefix = "nik" if column == "nik" else "kk"
        digits = f"regexp_replace(coalesce({column}, ''), '[^0-9]', '', 'g')"
        return (
            f"case when length({digits}) = 16 then hmac_hex('{prefix}|' || {digits}) end" if column in names else "null::varchar"
        )

    def plan(self, revisi: int = 1) -> dict[str, Any]:
        """Writes `warehouse/rencana.json`."""
        periode = Periode.parse(self.periode)
        given = {name: [planned.delivery(**item) for item in items] for name, items in self._deliveries.items()}
        data = planned.plan_data(
            periode=periode.key, label=periode.label, revisi=revisi, inputs_hash="0" * 64,
            contracts=tuple(planned_contract(item, periode, given.get(item.id, ())) for item in self.contracts.values()),
            sasaran=load_criteria(CHECKOUT / "expectations"), lapangan=field_plan(self.contracts, CHECKOUT / "expectations"),
            kosong=load_blanks(CHECKOUT / "expectations").plan(),
        ).as_json()  # fmt: skip
        (self.home / "warehouse" / "rencana.json").write_text(json.dumps(data))
        return data

    def dbt(self, *arguments: str, check: bool = True, **environment: str) -> subprocess.CompletedProcess[str]:
        """Runs dbt in a process of its own, as the pipeline does."""
        command = [
            sys.executable,
            "-c",
            "from dbt.cli.main import cli; cli(prog_name='dbt')",
            *arguments,
            "--project-dir",
            str(PROJECT),
            "--profiles-dir",
            str(PROJECT),
        ]
        own = {
            "PADANAN_HOME": str(self.home),
            "DBT_TARGET_PATH": str(self.home / "logs" / "dbt" / "target"),
            "DBT_LOG_LEVEL_FILE": "none",
            "DO_NOT_TRACK": "1",
            **parsed(),
        }
        env = {**os.environ, **own, **environment}
        done = subprocess.run(command, cwd=PROJECT, env=env, capture_output=True, text=True, check=False)
        assert not check or done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
        return done

    def match(self) -> None:
        """The padanan by evidence, which runs between the two dbt calls."""
        from padanan.base.home import Home
        from padanan.evidence import match_period
        from padanan.published.run_plan import read_plan

        home = Home(self.home)
        match_period(home, read_plan(home), self.contracts)

    def both_calls(self) -> str:
        """dbt call 1, the evidence, dbt call 2; dbt's output."""
        first = self.dbt("build", "--select", "tag:panggilan_1").stdout
        self.match()
        return first + self.dbt("build", "--select", "tag:panggilan_2").stdout

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Rows of a query over the warehouse."""
        with duckdb.connect(str(self.home / "warehouse" / "padanan.duckdb"), read_only=True) as con:
            return con.execute(query).fetchall()


@pytest.fixture(scope="session")
def gudang_factory(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Makes an empty data home of its own."""

    def make(name: str, periode: str = "2025-S2") -> Gudang:
        return Gudang(tmp_path_factory.mktemp(name), periode)

    return make
