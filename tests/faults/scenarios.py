"""The work that is broken: landing, publication (first and later), freeze, records, backup, the first run's key, on a small town.

Each is done again after a fault as a person would do it again, and must come to the same result as if nothing had happened.
"""

from __future__ import annotations

import importlib
import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path

from padanan.base.home import Home
from padanan.base.keys import load_key
from padanan.base.period import JAKARTA, Periode
from padanan.contracts.contract import Contract, load_contracts
from padanan.contracts.plan import YearPlan, load_plans
from padanan.published.tables import tables
from padanan.records.kinds import RELEASES
from padanan.records.log import Log
from tests.conftest import write_key
from tests.faults.breaker import tree

PERIODE = Periode(2025, 2)
TABLES = ("sasaran", "padanan_orang", "gap")
NOW = datetime(2025, 11, 3, 9, tzinfo=JAKARTA)


@dataclass(frozen=True)
class Scenario:
    """Some work.

    Attributes:
        prepare: makes what stands before it, below an empty folder.
        act: does it, or what is left of it.
        result: what must be equal, from the folder.
    """

    name: str
    prepare: Callable[[Path], None]
    act: Callable[[Path], None]
    result: Callable[[Path], dict[str, str]]


def home_of(root: Path) -> Home:
    """The trial's home; its key lies beside it."""
    os.environ["PADANAN_KEY_FILE"] = str(root / "kunci" / "hmac.key")
    os.environ["PADANAN_HOME"] = str(root / "data")
    return Home(root / "data")


def everything(root: Path) -> dict[str, str]:
    """The home but its warehouse, which any run makes again."""
    return {name: state for name, state in tree(root / "data").items() if not name.startswith("warehouse/")}


def _key(root: Path) -> None:
    home_of(root)
    os.umask(0o077)
    write_key(root / "kunci" / "hmac.key")


@cache
def contracts() -> Mapping[str, Contract]:
    """The contracts, read once in the process from which the children are forked."""
    return load_contracts()


@cache
def plans() -> Mapping[int, YearPlan]:
    """The years' plans, likewise."""
    return load_plans()


# DuckDB imports pandas when a query is given a parameter.
WARM = (
    "pandas", "pyarrow.parquet", "padanan.landing.inbox", "padanan.landing.stage", "padanan.evidence.decisions",
    "padanan.run.publication", "padanan.decree.freeze", "padanan.upkeep.restore", "tests.landing.deliveries", "tests.planned",
)  # fmt: skip


def warm() -> None:
    """Imports what the children need: forked from here they begin at once."""
    for name in WARM:
        importlib.import_module(name)
    from padanan.base import sandbox
    from padanan.contracts.dbt_yaml import published_models

    contracts()
    plans()
    published_models()
    sandbox._STARTED.append(sandbox._Server())


# Landing: a good file and a damaged one in one inbox.
def _inbox(root: Path) -> None:
    from tests.landing.deliveries import dtks_row

    _key(root)
    home = home_of(root).ensure()
    inbox = home.inbox("dtks")
    inbox.mkdir(mode=0o700)
    columns = contracts()["dtks"].columns
    lines = ["|".join(column.source for column in columns)]
    lines += ["|".join(f'"{dtks_row(index).get(column.name, "")}"' for column in columns) for index in range(12)]
    (inbox / "dtks_a.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    (inbox / "dtks_b.csv").write_bytes(bytes(400))
    for name, day in (("dtks_a", "10"), ("dtks_b", "11")):
        letter = f"periode_data: 2025-10\nditerima: 2025-10-{day}T09:00:00+07:00\n"
        (inbox / f"{name}.csv.pengantar.yaml").write_text(letter, encoding="utf-8")
    for path in inbox.iterdir():
        os.utime(path, (1_760_000_000, 1_760_000_000))


def _land(root: Path) -> None:
    from padanan.base import sandbox
    from padanan.landing.inbox import process_inbox
    from padanan.records.delivery_proof import faults_of_deliveries

    # The process that reads deliveries was started before this child was forked, and serves it all the same.
    sandbox._server = lambda: sandbox._STARTED[-1]
    home = home_of(root)
    for _ in range(3):
        taken = process_inbox(home, contracts(), "dtks", plans=plans())
        for fault in taken.faults:
            raise fault.error
        # What its cure says: a file that was open when the process died is put into the inbox again.
        left = _left_open(home)
        for name in left:
            os.utime(home.inbox("dtks") / name)
        if not left:
            break
    for fault in faults_of_deliveries(home)[1]:
        raise fault


def _left_open(home: Home) -> list[str]:
    """Files that stand in quarantine only because a process died, as `padanan status` names them."""
    aside = [json.loads(path.read_text()) for path in sorted(home.root.glob("quarantine/*/*/manifest.json"))]
    judged = {facts["sha16"] for facts in aside if "proses_mati" not in str(facts["flags"])}
    judged |= {path.name.removeprefix("delivery=") for path in home.root.glob("landing/*/*/delivery=*")}
    return [facts["file"] for facts in aside if facts["sha16"] not in judged]


FACTS = ("status", "periode_data", "sha256", "size", "rows_in", "rows_on", "rows_aside", "columns_seen", "fill")


def _landed(root: Path) -> dict[str, str]:
    """The deliveries and what was set aside; when a file came, and how often it was tried, may differ after a death."""
    home = home_of(root)
    found = {name: state for name, state in everything(root).items() if "/delivery=" in name and not _dated(name)}
    for path in sorted(home.root.glob("landing/*/*/*/manifest.json")):
        facts = json.loads(path.read_text())
        found[path.relative_to(home.root).as_posix()] = json.dumps({name: facts.get(name) for name in FACTS}, sort_keys=True)
    for path in sorted(home.root.glob("quarantine/*/*/manifest.json")):
        facts = json.loads(path.read_text())
        if not any(flag["rule_id"] == "proses_mati" for flag in facts["flags"]):
            found[f"quarantine {facts['sha16']}"] = json.dumps(sorted(flag["rule_id"] for flag in facts["flags"]))
    return found


def _dated(name: str) -> bool:
    """What says when the delivery came, and signs it."""
    return Path(name).name in ("manifest.json", "sidik.json", "tanda_terima.json", "tanda_terima.html", "tanda_terima.pdf")


# Publication and freeze: every published table with its real columns, some rows in one.
def _warehouse(root: Path) -> None:
    import duckdb

    from padanan.contracts.dbt_yaml import described_models, identity_model, published_models
    from tests.planned import plan_data, store

    _key(root)
    home = home_of(root).ensure()
    con = duckdb.connect(str(home.warehouse_db))
    for name in (*published_models(), identity_model()):
        columns = ", ".join(f"{column['name']} {column['data_type']}" for column in described_models()[name]["columns"])
        con.execute(f"create table {name} ({columns})")
    rows = "select '2025-07-01' as periode, 1 as revisi, 'o' || i as id_orang, i % 3 = 0 as terpilih"
    con.execute(f"insert into sasaran by name {rows}, if(i % 3 = 0, 'ORANG ' || i, null) as sidik_identitas from range(10) t(i)")
    con.execute(f"insert into identitas by name {rows}, 'ORANG ' || i as nama from range(10) t(i) where i % 3 = 0")
    con.close()
    (home.warehouse / "bukti").mkdir(mode=0o700)
    (home.warehouse / "bukti" / "model.json").write_text('{"periode": "2025-07-01", "revisi": 1}')
    store(home, plan_data())


def _publish(root: Path) -> None:
    from padanan.published.run_plan import read_plan
    from padanan.run import publication

    home = home_of(root)
    # Every table goes the same way: three of them have each operation there is.
    publication.tables = lambda: {name: key for name, key in tables().items() if name in TABLES}
    publication.publish(home, read_plan(home))


def _published(root: Path) -> None:
    _warehouse(root)
    _publish(root)


# A later revision: its names and tables come beside those that stand, which must not change.
def _second(root: Path) -> None:
    import duckdb

    from tests.planned import plan_data, store

    _published(root)
    home = home_of(root)
    con = duckdb.connect(str(home.warehouse_db))
    for name in ("sasaran", "identitas"):
        con.execute(f"update {name} set revisi = 2")
    con.close()
    (home.warehouse / "bukti" / "model.json").write_text('{"periode": "2025-07-01", "revisi": 2}')
    store(home, plan_data(revisi=2, inputs_hash="cd" * 32))


def _freeze(root: Path) -> None:
    from padanan.decree.freeze import freeze_draft, verify_draft

    freeze_draft(home_of(root), PERIODE, 1)
    verify_draft(home_of(root), PERIODE, 1)


# The record store: two packages of two records each, each added only when it is not there.
def _records_home(root: Path) -> None:
    _key(root)
    home_of(root).ensure()


def _record(root: Path) -> None:
    log = Log(home_of(root), RELEASES, "kiriman")
    for number in (1, 2):
        with log.writing() as transaction:
            if not any(record["urut"] == number for record in transaction.log.records):
                transaction.commit(transaction.compose([{"urut": number}, {"urut": -number}], NOW))
    assert len(log.read().records) == 4


# Backup and restore of a home that holds all of these.
def _full(root: Path) -> None:
    _warehouse(root)
    _publish(root)
    _freeze(root)
    _record(root)


def _backup(root: Path) -> None:
    from padanan.upkeep.backup import backup
    from padanan.upkeep.restore import restore

    home, archive, again = home_of(root), root / "cadangan.tar.gz", Home(root / "pulih")
    if not archive.exists():
        backup(home, archive)
    if not (again.root / "format_version").exists():
        restore(archive, again)


def _restored(root: Path) -> dict[str, str]:
    return tree(root / "pulih")


# The first run: home, mark, key. The key is random, so only its form is compared.
def _nothing(root: Path) -> None:
    home_of(root)


def _first_run(root: Path) -> None:
    from tests.planned import plan_data, store

    home = home_of(root).ensure()
    key = load_key()
    assert key == load_key() and len(key) == 32
    store(home, plan_data(cutoff=date(2025, 12, 15).isoformat()))


def _fresh(root: Path) -> dict[str, str]:
    key = root / "kunci" / "hmac.key"
    return {**tree(root / "data"), "kunci": f"{key.stat().st_mode & 0o777:o} {len(key.read_text())}"}


SCENARIOS = (
    Scenario("landing", _inbox, _land, _landed),
    Scenario("publikasi", _warehouse, _publish, everything),
    Scenario("revisi lanjutan", _second, _publish, everything),
    Scenario("pembekuan", _published, _freeze, everything),
    Scenario("catatan", _records_home, _record, everything),
    Scenario("cadangan", _full, _backup, _restored),
    Scenario("putaran pertama", _nothing, _first_run, _fresh),
)
