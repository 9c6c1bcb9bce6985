"""What a group's linkage gave is kept while everything that it was made of stays the same, and never when anything changed."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from padanan.base.home import Home
from padanan.contracts.contract import load_contracts
from padanan.evidence import decisions, kept, match_period, run
from padanan.evidence.run import FILES
from padanan.linkage import LinkResult
from padanan.published.run_plan import read_plan
from tests.pipeline import generate_and_land, to_published


@dataclass
class Matched:
    """A home that was published once; a copy of its warehouse is matched again and again."""

    root: Path
    key: Path

    def copy(self, folder: Path) -> Home:
        """Its warehouse alone, with what the linkage kept."""
        home, own = Home(folder / "data").ensure(), Home(self.root)
        for name in ("padanan.duckdb", "rencana.json"):
            shutil.copy(own.warehouse / name, home.warehouse / name)
        shutil.copytree(own.warehouse / kept.FOLDER, home.warehouse / kept.FOLDER)
        return home


@pytest.fixture(scope="module")
def matched(tmp_path_factory: pytest.TempPathFactory) -> Matched:
    base = tmp_path_factory.mktemp("bukti-tersimpan")
    made = Matched(base / "data", base / "key")
    generate_and_land(made.root, made.key, residents=1500, seed=23, profile="hard")
    to_published(made.root, made.key)
    return made


@pytest.fixture
def home(matched: Matched, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Home]:
    monkeypatch.setenv("PADANAN_KEY_FILE", str(matched.key))
    yield matched.copy(tmp_path)


@pytest.fixture
def linked(monkeypatch: pytest.MonkeyPatch) -> list[frozenset[str]]:
    """The producers of each group that is linked anew."""
    asked: list[frozenset[str]] = []
    link = run.link

    def counted(path: Path, *arguments: Any, **named: Any) -> LinkResult:
        asked.append(frozenset(pq.read_table(path, columns=["producer"]).column("producer").to_pylist()))
        return link(path, *arguments, **named)

    monkeypatch.setattr(run, "link", counted)
    return asked


def _bytes(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in (*(f"{one}.parquet" for one in FILES), "model.json")}


def _match(home: Home) -> dict[str, bytes]:
    return _bytes(match_period(home, read_plan(home), load_contracts()).folder)


def _groups(home: Home) -> set[str]:
    return {path.name for path in (home.warehouse / kept.FOLDER).iterdir()}


@pytest.mark.feature("F14")
def test_nothing_is_linked_again_and_every_byte_is_the_same(matched: Matched, home: Home, linked: list[frozenset[str]]) -> None:
    """The kept results give the files that linking gave, in another home, and so does linking all of it once more."""
    first = _bytes(Home(matched.root).warehouse / "bukti")
    assert len(_groups(home)) >= 2
    assert _match(home) == first and linked == []
    shutil.rmtree(home.warehouse / kept.FOLDER)
    assert _match(home) == first and len(linked) == len(_groups(home))


@pytest.mark.feature("F14")
def test_only_the_list_that_changed_is_linked_again(home: Home, linked: list[frozenset[str]]) -> None:
    """One letter of one record that step 1 left over: its group is linked, as if nothing had been kept."""
    con = duckdb.connect(str(home.warehouse_db))
    con.execute(
        """update stg_dtsen__individu set nama_bersih = nama_bersih || 'X' where record_key = (
        select min(record_key) from padanan_cocok c join stg_dtsen__individu s using (record_key)
        where c.status <> 'padan_nik' and s.nama_bersih is not null)"""
    )
    con.close()
    found = _match(home)
    assert [group for group in linked if "dtsen" in group] == linked and len(linked) == 1
    shutil.rmtree(home.warehouse / kept.FOLDER)
    assert _match(home) == found and len(linked) == 1 + len(_groups(home))


@pytest.mark.feature("F14")
def test_a_decision_links_its_list_again(home: Home, linked: list[frozenset[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    """What people said of one list's pair reaches that list."""
    asked = decisions.for_linkage

    def said(con: duckdb.DuckDBPyConnection, ids: list[str]) -> pa.Table:
        table = asked(con, ids)
        if "dtks" not in ids:
            return table
        row = con.sql(
            """select producer || '|' || r.id_awal as entity_key, p.register_key, 'bukan' as keputusan from rekaman r, penduduk p
            where producer = 'dtks' and status_nik <> 'padan_nik' order by all limit 1"""
        ).to_arrow_table()
        return pa.concat_tables([table, row.cast(table.schema)])

    monkeypatch.setattr(decisions, "for_linkage", said)
    _match(home)
    assert len(linked) == 1 and "dtks" in linked[0]
    _match(home)
    assert len(linked) == 1


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-7])


def _written(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def _other_threshold(path: Path) -> None:
    _written(path, path.read_text(encoding="utf-8").replace('"upper": ', '"upper": 1'))


def _another(path: Path) -> None:
    """A table of the right shape whose links are others."""
    table = pq.read_table(path)
    pq.write_table(table.slice(0, table.num_rows // 2), path, compression="lz4")


def _pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


DAMAGES: dict[str, Callable[[Path], None]] = {
    "cut": lambda folder: _cut(folder / "pasangan.parquet"),
    "exchanged": lambda folder: _another(folder / "rekaman.parquet"),
    "rewritten": lambda folder: _other_threshold(folder / "hasil.json"),
    "gone": lambda folder: (folder / "hasil.json").unlink(),
    "unsigned": lambda folder: (folder / "sidik.json").unlink(),
    "deep proof": lambda folder: _written(folder / "sidik.json", "[" * 200_000),
    "deep": lambda folder: _written(folder / "hasil.json", "[" * 200_000),
    "pipe": lambda folder: _pipe(folder / "hasil.json"),
    "pipe for a proof": lambda folder: _pipe(folder / "sidik.json"),
    "no proof": lambda folder: _written(folder / "sidik.json", "{"),
}


@pytest.mark.feature("F14")
def test_what_was_kept_and_is_damaged_or_forged_is_made_again(home: Home, linked: list[frozenset[str]]) -> None:
    """Nothing of it is read: the files are those of a home that kept nothing, and what is kept is whole again."""
    expected = _match(home)
    folder = sorted((home.warehouse / kept.FOLDER).iterdir())[0]
    for number, (damage, spoil) in enumerate(sorted(DAMAGES.items()), 1):
        spoil(folder)
        assert _match(home) == expected and len(linked) == number, damage
    assert _match(home) == expected and len(linked) == len(DAMAGES)


@pytest.mark.feature("F14")
def test_a_register_of_other_bytes_and_a_run_from_scratch_count_nothing_kept(home: Home, linked: list[frozenset[str]]) -> None:
    """Whoever asks for everything anew links every list; so does a prepared register of other bytes under the same name."""
    expected, plan = _match(home), read_plan(home)
    groups = len(_groups(home))
    assert linked == []

    def again(keeping: run.Keeping) -> int:
        before = len(linked)
        assert _bytes(match_period(home, plan, load_contracts(), keeping=keeping).folder) == expected
        return len(linked) - before

    assert again(run.Keeping.ANEW) == groups and again(run.Keeping.ALL) == 0
    # Who keeps nothing leaves nothing: plug-ins of the user would else leave what they did not make.
    assert again(run.Keeping.NOTHING) == groups and not _groups(home)
    assert again(run.Keeping.ALL) == groups and again(run.Keeping.ALL) == 0
    (register,) = home.warehouse.glob("acuan/*/acuan-*.parquet")
    pq.write_table(pq.read_table(register), register, compression="zstd")
    assert again(run.Keeping.ALL) == groups


@pytest.mark.feature("F14")
def test_what_an_older_key_signed_or_another_library_computed_counts_no_more(
    matched: Matched, home: Home, linked: list[frozenset[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who holds a key that was changed because it leaked can forge nothing; the last digit may be another library's."""
    groups = len(_groups(home))
    ring = tmp_path / "kunci" / "hmac.key"
    ring.parent.mkdir(mode=0o700)
    ring.write_text(matched.key.read_text(encoding="ascii") + secrets.token_hex(32) + "\n", encoding="ascii")
    ring.chmod(0o600)
    monkeypatch.setenv("PADANAN_KEY_FILE", str(ring))
    _match(home)
    assert len(linked) == groups
    monkeypatch.setattr(kept, "version", lambda name: f"{name} lain")
    _match(home)
    assert len(linked) == 2 * groups


@pytest.mark.feature("F14")
def test_a_folder_of_another_group_is_no_proof(home: Home, linked: list[frozenset[str]]) -> None:
    """A signed result that is put in another group's place proves nothing there; a group that is none any more goes."""
    expected = _match(home)
    one, other = sorted((home.warehouse / kept.FOLDER).iterdir())[:2]
    shutil.copytree(one, other, dirs_exist_ok=True)
    shutil.copytree(one, one.with_name("lama"))
    assert _match(home) == expected and len(linked) == 1
    assert "lama" not in _groups(home)


# Pairs of texts that the engine's own `hash` takes for the same, and rows that a careless text of a row would.
ALIKE = {
    "two digits of a NIK": ([("3171012901900000", "a", None)], [("3171012001900005", "a", None)]),
    "two letters of a name": ([("a", "SITI NUA AISYAHAH", "")], [("a", "SITI NUH AISYAHLH", "")]),
    "values of two rows exchanged": (
        [("a03fa30821986dff10fc66647c84c9c3", "197f8c6f4f427d5b231e6dfbf5c5117a", None),
         ("fc32f8c132c0fb39c91d4f3dad7085a4", "37d7467e0b791777309fc32b609cf3c0", None)],
        [("a03fa30821986dff10fc66647c84c9c3", "37d7467e0b791777309fc32b609cf3c0", None),
         ("fc32f8c132c0fb39c91d4f3dad7085a4", "197f8c6f4f427d5b231e6dfbf5c5117a", None)],
    ),
    "a value and the next column": ([("a", "b", "")], [("a,1:b", "", "")]),
}  # fmt: skip
ROWS = st.lists(st.tuples(*(st.sampled_from([None, "", "a", "b", "ab"]),) * 3), min_size=1, max_size=6)


Rows = Sequence[tuple[str | None, ...]]


def _hashed(folder: Path, rows: Rows, step1: Rows = (), said: str = "x") -> str:
    schema = pa.schema([(name, pa.string()) for name in "pqr"])

    def table(of: Rows) -> pa.Table:
        return pa.Table.from_pylist([dict(zip("pqr", row, strict=True)) for row in of], schema=schema)

    pq.write_table(table(rows), folder / "daftar.parquet")
    with duckdb.connect() as con:
        return kept.sources_hash(con, folder / "daftar.parquet", {"step1": table(step1)}, [said])


@pytest.mark.feature("F14")
@pytest.mark.parametrize("case", sorted(ALIKE))
def test_what_the_engine_takes_for_the_same_is_told_apart(tmp_path: Path, case: str) -> None:
    """In the list and in a table beside it."""
    one, other = ALIKE[case]
    assert _hashed(tmp_path, one) != _hashed(tmp_path, other)
    assert _hashed(tmp_path, one, one) != _hashed(tmp_path, one, other)


@pytest.mark.feature("F14")
@settings(max_examples=60, deadline=None)
@given(rows=ROWS, other=ROWS, order=st.randoms(use_true_random=False))
def test_the_hash_of_the_sources_knows_rows_and_not_their_order(
    tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str | None, ...]], other: list[tuple[str | None, ...]], order: Any
) -> None:
    """Equal for the same rows in whatever order, different for any other rows, tables or texts."""
    folder = tmp_path_factory.mktemp("sidik")

    def hashed(of: Rows, step1: Rows = (), said: str = "x") -> str:
        return _hashed(folder, of, step1, said)

    mixed = order.sample(rows, len(rows))
    assert hashed(mixed) == hashed(rows)
    assert hashed(rows, said="y") != hashed(rows)
    assert hashed(rows, rows) != hashed(rows)
    if sorted(map(repr, other)) != sorted(map(repr, rows)):
        assert hashed(other) != hashed(rows)
