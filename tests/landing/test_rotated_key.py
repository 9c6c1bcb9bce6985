"""After a change of the key: what landed before is read with today's pseudonyms, and people's releases still hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from padanan.base.home import Home
from padanan.base.keys import load_ring
from padanan.base.period import JAKARTA, Periode
from padanan.contracts.contract import Contract
from padanan.contracts.dbt_yaml import columns_of, published_models
from padanan.contracts.planned import TRANSLATED, PlannedDelivery
from padanan.landing.land import deliver
from padanan.landing.receipt import Receipt
from padanan.published.pseudonyms import HASHED
from padanan.published.pseudonyms import KEYED as PUBLISHED_KEYED
from padanan.records.active import active_deliveries
from padanan.records.delivery_proof import faults_of_deliveries
from padanan.records.key_register import prove_key
from padanan.records.ledger import release, released
from padanan.run.translated import KEYED, translated
from padanan.upkeep.key.rotate import rotate

pytestmark = pytest.mark.feature("F50")
S2, NOW = Periode(2025, 2), datetime(2025, 11, 20, 9, tzinfo=JAKARTA)


@pytest.fixture
def rotated(home: Home, take: Callable[..., Receipt], dtks_file: Callable[..., Path], contracts: dict[str, Contract]) -> Receipt:
    """A held delivery that was released, then the key was changed."""
    take(dtks_file("dtks_2025-09.csv", rows=60), day="2025-09-05")
    first = take(dtks_file())
    assert first.status == "ditahan"
    release(home, contracts, first.sha16, by="Kepala Bidang", reason="sudah dikonfirmasi", when=NOW)
    rotate(home, by="Pengelola", reason="uji", now=NOW)
    return first


def read(home: Home, path: str) -> list[dict[str, object]]:
    return pq.read_table(home.root / path).to_pylist()


def test_rows_of_before_have_the_pseudonyms_of_a_delivery_of_today(
    home: Home, rotated: Receipt, contracts: dict[str, Contract], tmp_path: Path
) -> None:
    ring = prove_key(home)
    active = active_deliveries(home, contracts, S2, date(2025, 12, 15))
    assert [item.sha16 for item in active] == [rotated.sha16] and (("dtks", rotated.sha16) in released(home)), "still released"
    landed = (rotated.folder / "part.parquet").relative_to(home.root).as_posix()
    before = (rotated.folder / "part.parquet").read_bytes()
    path = translated(home, ring, active)[landed]
    assert path == f"{TRANSLATED}/{ring.names[-1]}/{landed}"
    assert (rotated.folder / "part.parquet").read_bytes() == before and faults_of_deliveries(home) == (2, [])
    other = Home(tmp_path / "hari-ini").ensure()
    (original,) = (path for path in (rotated.folder / "original").iterdir() if path.suffix == ".csv")
    fresh = deliver(other, contracts, "dtks", original, periode_data="2025-10", diterima=datetime(2025, 10, 10, tzinfo=JAKARTA))
    for name in KEYED:
        folder = Path(path).parent
        mine, theirs = read(home, (folder / name).as_posix()), pq.read_table(fresh.folder / name).to_pylist()
        assert mine == theirs
        if name == "part.parquet":
            keys = {row["_entity_key"] for row in read(home, path)}
            assert keys.isdisjoint({row["_entity_key"] for row in read(home, landed)}) and len(keys) == 20
    planned = PlannedDelivery(sha16="0", periode_data="2025-10", diterima="x", path=path, rows_on=1, terbawa=False)
    assert planned.landed == landed == planned.model_copy(update={"path": landed}).landed


def test_a_copy_is_made_once_mended_when_changed_and_goes_with_its_delivery(
    home: Home, rotated: Receipt, contracts: dict[str, Contract]
) -> None:
    active = active_deliveries(home, contracts, S2, date(2025, 12, 15))
    (path,) = translated(home, load_ring(home), active).values()
    made = home.root / path
    content, inode = made.read_bytes(), made.stat().st_ino
    translated(home, load_ring(home), active)
    assert made.stat().st_ino == inode
    made.write_bytes(content[:-1] + b"x")
    translated(home, load_ring(home), active)
    assert made.read_bytes() == content
    rotate(home, by="Pengelola", reason="uji lagi", now=NOW)
    (again,) = translated(home, load_ring(home), active).values()
    assert again != path and not made.exists(), "copies of an older key are nobody's"
    translated(home, load_ring(home), [])
    assert not (home.root / again).exists(), "no name outlives its delivery"


def test_every_pseudonym_among_published_columns_is_known_as_one() -> None:
    """One that were not translated would make the same people strangers between two keys, and nobody would see it."""
    named = re.compile(r"(record|entity|nik|kk|register)_key(_.*)?|id_orang.*|id_keluarga.*|sidik_.*|kelompok|kartu_anggota")
    columns = {name for model in published_models() for name in columns_of(model)}
    assert {name for name in columns if named.fullmatch(name)} == (PUBLISHED_KEYED | HASHED) & columns
    assert columns >= PUBLISHED_KEYED | HASHED, "a column that no table has any more"
