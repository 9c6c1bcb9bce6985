"""A real PostgreSQL: started as root or not, read by both paths, absent without leaving a trace."""

from __future__ import annotations

import dataclasses
import os
import pwd
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pyarrow.parquet as pq
import pytest

from padanan.base.duck import private_duckdb
from padanan.base.errors import SourceUnavailable
from padanan.base.home import CHECKOUT, Home
from padanan.contracts.contract import Contract
from padanan.landing.postgres_reader import read_postgres
from padanan.landing.raw import DamagedFile, Spec
from padanan.landing.receipt import Receipt
from padanan.synthetic.embedded_postgres import NOBODY, EmbeddedPostgres

NAMES = ("nik", "nama", "lahir", "nominal")


def spec(**form: str) -> Spec:
    return Spec(
        {name: (name.upper(), name) for name in NAMES}, frozenset(NAMES), frozenset({"nik"}), {"jenis": "postgresql", **form}
    )


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(tmp_path_factory.mktemp("pg") / "data") as running:
        with psycopg.connect(running.libpq) as con:
            con.execute("create schema uji")
            con.execute(
                "create table uji.orang (nik bigint primary key, nama text, lahir date, nominal double precision, rahasia text)"
            )
            con.execute(
                "insert into uji.orang select 317000000000000 + g * 1000, case when g % 3 > 0 then 'nama: ''é'' ' || g end, "
                "date '2000-01-01' + g, g / 2.0, 'x' from generate_series(300, 1, -1) g"
            )
        yield running


@pytest.mark.feature("F04")
@pytest.mark.parametrize(
    "form", [{"skema": "uji", "tabel": "orang"}, {"kueri": "select * from uji.orang where nama like '%:%' or true order by nik;"}]
)
def test_both_paths_give_the_same_rows(server: EmbeddedPostgres, tmp_path: Path, form: dict[str, str]) -> None:
    tables, hashes = [], set()
    for fast in (True, False):
        pull = read_postgres(server.url, spec(**form), tmp_path, fast=fast)
        tables.append(pq.read_table(pull.table.path).to_pylist())
        hashes.add(pull.sha256)
        assert pull.table.counted == 300 and [one[:9] for one in pull.table.unagreed] == ["••••••• ("]
    assert tables[0] == tables[1] and len(hashes) == 1
    first = tables[0][0]
    assert [first[name] for name in NAMES] == ["317000000001000", "nama: 'é' 1", "2000-01-02", "0.5"]
    assert (first["_baris"], first["_sel_angka"]) == (1, "nik,nominal")
    assert tables[0][2]["nama"] is None and tables[0][1]["nominal"] == "1"


@pytest.mark.parametrize("fast", [True, False])
def test_a_query_that_writes_is_refused_by_the_server(server: EmbeddedPostgres, tmp_path: Path, fast: bool) -> None:
    with psycopg.connect(server.libpq, autocommit=True) as con:
        con.execute("create sequence if not exists uji.nomor")
        with pytest.raises(SourceUnavailable):
            read_postgres(
                server.url,
                spec(kueri="select nextval('uji.nomor') as nik, 'a' as nama, '' as lahir, '' as nominal"),
                tmp_path,
                fast=fast,
            )
        assert con.execute("select is_called from uji.nomor").fetchone() == (False,)


@pytest.mark.parametrize("fast", [True, False])
def test_many_batches_keep_the_order_of_the_query(server: EmbeddedPostgres, tmp_path: Path, fast: bool) -> None:
    """Enough rows for several batches of the copy and for a second thread: the number of a row is its place in the query."""
    rows = 300_000
    kueri = f"select g as nik, repeat('n', 90) || g as nama, '' as lahir, '' as nominal from generate_series({rows}, 1, -1) g"
    pull = read_postgres(server.url, spec(kueri=kueri), tmp_path, fast=fast)
    with private_duckdb(tmp_path) as con:
        query = f"select count(*), count(*) filter (nik::bigint + _baris = {rows + 1}) from read_parquet('{pull.table.path}')"
        assert con.execute(query).fetchall() == [(rows, rows)]


def test_a_source_that_changes_meanwhile_is_read_in_one_snapshot(
    server: EmbeddedPostgres, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The counts around the fast copy differ: the pull is repeated in one transaction, and still agrees."""
    import padanan.landing.postgres_reader as reader

    counts = iter([299, 300])
    monkeypatch.setattr(reader, "_count", lambda *_: next(counts))
    assert read_postgres(server.url, spec(skema="uji", tabel="orang"), tmp_path).table.counted == 300
    monkeypatch.setattr(reader, "_count", lambda *_: 300)
    monkeypatch.setattr(reader, "_copy", lambda *_: 298)
    monkeypatch.setattr(reader, "_stream", lambda *_: (300, 299))
    with pytest.raises(DamagedFile) as caught:
        read_postgres(server.url, spec(skema="uji", tabel="orang"), tmp_path)
    assert caught.value.rule == "total_kendali"


def test_empty_table_and_missing_table(server: EmbeddedPostgres, tmp_path: Path) -> None:
    empty = read_postgres(server.url, spec(kueri="select * from uji.orang where false"), tmp_path)
    assert empty.table.counted == 0 and empty.table.columns == NAMES
    with pytest.raises(SourceUnavailable, match="Perbaikan"):
        read_postgres(server.url, spec(tabel="tidak_ada"), tmp_path)


@pytest.mark.feature("F04")
def test_a_pull_order_lands_and_repeats_as_duplicate(
    server: EmbeddedPostgres,
    take: Callable[..., Receipt],
    tmp_path: Path,
    contracts: dict[str, Contract],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    columns = contracts["carik"].columns
    with psycopg.connect(server.libpq) as con:
        con.execute("create schema if not exists carik")
        con.execute("create table carik.semua as select " + ", ".join(f"'isi {c.name}' as \"{c.source}\"" for c in columns))
    form = {"jenis": "postgresql", "url_env": ["UJI_CARIK_URL"], "kueri": "select * from carik.semua"}
    known = {"carik": dataclasses.replace(contracts["carik"], form=form)}
    order = tmp_path / "oktober.tarik.yaml"
    order.write_text("url_env: UJI_CARIK_URL\nperiode_data: 2025-10\n")
    monkeypatch.setenv("UJI_CARIK_URL", server.url)
    first = take(order, "carik", contracts=known)
    assert first.status == "diterima" and first.rows_on == 1
    assert {path.name for path in (first.folder / "original").iterdir()} == {"oktober.tarik.yaml", "tarikan.parquet"}
    assert take(order, "carik", contracts=known).status == "duplikat"
    with psycopg.connect(server.libpq) as con:
        con.execute("insert into carik.semua select * from carik.semua")
    second = take(order, "carik", contracts=known, day="2025-10-12")
    assert second.status == "diterima" and second.rows_aside["baris_kembar"] == 1


@pytest.mark.parametrize("url", ["postgresql+psycopg://orang:kata-sandi@127.0.0.1:1/x", "bukan alamat", None])
def test_no_postgresql_leaves_nothing(
    take: Callable[..., Receipt], home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, url: str | None
) -> None:
    order = tmp_path / "oktober.tarik.yaml"
    order.write_text("url_env: PADANAN_CARIK_URL\nperiode_data: 2025-10\n")
    if url is None:
        monkeypatch.delenv("PADANAN_CARIK_URL", raising=False)
    else:
        monkeypatch.setenv("PADANAN_CARIK_URL", url)
    with pytest.raises(SourceUnavailable) as caught:
        take(order, "carik")
    message = str(caught.value)
    assert "oktober.tarik.yaml" in message and "Perbaikan:" in message and "\n" not in message
    assert "kata-sandi" not in message and "127.0.0.1" not in message
    assert [path for path in home.landing("carik").rglob("*") if path.is_file()] == []
    assert not (home.root / "quarantine" / "carik").exists()


def test_data_survive_a_restart_and_two_servers_never_share_a_folder(tmp_path: Path) -> None:
    """Below a 0700 folder, as in a private home; modes of the folders above stay as they were."""
    private = tmp_path / "rumah"
    private.mkdir(mode=0o700)
    users = pwd.getpwall()
    before = [(parent.stat().st_mode, parent.stat().st_uid) for parent in (private, *private.parents)]
    with EmbeddedPostgres(private / "pg") as first:
        with psycopg.connect(first.libpq) as con:
            con.execute("create table t as select 7 as a")
        with pytest.raises(SourceUnavailable, match="dipakai proses lain"):
            EmbeddedPostgres(private / "pg").start()
    with EmbeddedPostgres(private / "pg") as again, psycopg.connect(again.libpq) as con:
        assert con.execute("select a from t").fetchone() == (7,)
    assert [(parent.stat().st_mode, parent.stat().st_uid) for parent in (private, *private.parents)] == before
    assert (private / "pg").stat().st_uid == os.geteuid() and (private / "pg").stat().st_mode & 0o077 == 0
    assert pwd.getpwall() == users
    with pytest.raises(SourceUnavailable):
        _ = again.url


STARTED = """
import sys, time
sys.path.insert(0, {checkout!r})
from padanan.synthetic.embedded_postgres import EmbeddedPostgres
with EmbeddedPostgres({folder!r}) as server:
    print(server._process.pid, flush=True)
    {end}
"""


def test_as_an_ordinary_user_and_a_killed_parent_takes_its_server_along(tmp_path: Path) -> None:
    """As root the ordinary user is `nobody`; otherwise it is whoever runs the tests."""
    folder = tmp_path / "pg"
    code = STARTED.format(checkout=str(CHECKOUT), folder=str(folder), end="time.sleep(60)")
    process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    pid = int(process.stdout.readline())
    owner = Path(f"/proc/{pid}").stat().st_uid
    assert owner == (NOBODY if os.geteuid() == 0 else os.geteuid()) and owner != 0
    process.kill()
    process.wait()
    process.stdout.close()
    for _ in range(100):
        status = Path(f"/proc/{pid}/stat")
        if not status.exists() or status.read_text().rsplit(")", 1)[1].split()[0] == "Z":
            break
        time.sleep(0.1)
    else:
        pytest.fail("the server outlived its killed parent")
    with EmbeddedPostgres(folder) as server:
        assert server.url


def test_an_order_may_name_only_the_variables_that_the_contract_allows(
    take: Callable[..., Receipt], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else whoever may write to the inbox could have any secret of the environment used as an address."""
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "rahasia")
    for contract_id, allowed in (("carik", "pakai PADANAN_CARIK_URL"), ("dtks", "sepakati namanya di kontrak")):
        order = tmp_path / f"{contract_id}.tarik.yaml"
        order.write_text("url_env: AWS_SECRET_ACCESS_KEY\nperiode_data: 2025-10\n")
        receipt = take(order, contract_id)
        (flag,) = receipt.flags
        assert receipt.status == "karantina" and "tidak disepakati" in flag["pesan"] and allowed in flag["perbaikan"]
        assert "rahasia" not in receipt.paper.read_text()
