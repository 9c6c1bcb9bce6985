"""A sealed decree by hand with ids of the answered registry, and one edition of LP3KE made from it."""

import json
import shutil
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from padanan.base.digest import file_sha256
from padanan.base.home import Home
from padanan.base.period import JAKARTA, Quarter
from padanan.base.signing import sign
from padanan.base.tabular import row_hash, write_table
from padanan.feedback.lp3ke.make import make
from padanan.records.seal_keys import sign_seal
from padanan.records.seals import SEAL, SEAL_PURPOSE, seal_text
from tests.distribution.decree_by_hand import PERIODE, seal_decree
from tests.review.decided_by_hand import demo_home
from tests.signed import write_manifest

QUARTER = Quarter(2025, 4)
NOW = datetime(2026, 1, 5, 9, tzinfo=JAKARTA)
# Everybody of these kelurahan alone, so that few workbooks are made.
KELURAHAN = ("31.71.01.1001", "31.75.06.1002")


def narrowed(folder: Path, home: Home, query: str = "", *, named: str = "*", where: str = "true") -> None:
    """Rewrites a sealed decree by hand with other rows, and seals it again as an approval would."""
    seal = json.loads((folder / SEAL).read_text())
    con = duckdb.connect()
    target, names = folder / seal["file"], folder / seal["bnba"]["file"]
    con.execute(f"create table s as select * from read_parquet('{target}') where {where}")
    con.execute(f"create table b as select {named} from read_parquet('{names}') where id_orang in (select id_orang from s)")
    for table, path, facts in (("s", target, seal), ("b", names, seal["bnba"])):
        path.chmod(0o600)
        written = write_table(con, f"select * from {table} order by id_orang", path)
        facts |= {"sha256": written.sha256, "row_hash": row_hash(con, path)}
    manifest = home.published(PERIODE, int(seal["revisi"])) / "manifest.json"
    seal["published_manifest_sha256"] = file_sha256(manifest)
    seal["jumlah_orang"] = seal["bnba"]["jumlah"] = con.execute("select count(*) from s").fetchone()[0]
    seal.pop("tanda")
    seal["tanda"] = sign(SEAL_PURPOSE, seal_text(seal))
    (folder / SEAL).chmod(0o600)
    for extra in folder.glob(f"{SEAL}.*"):
        extra.unlink()
    (folder / SEAL).write_text(json.dumps(seal, indent=1, sort_keys=True) + "\n")
    sign_seal(home, folder / SEAL, seal["kunci_segel"])
    con.close()


# Person `i` of the hand-made decree is known by the digits of the name; every third has no id, every seventh two.
IDS = """*, case when cast(split_part(nama, ' ', 2) as integer) % 3 = 0 then [] else list_filter([
  {'keluarga': 'KEL-' || lpad(cast(cast(split_part(nama, ' ', 2) as integer) // 4 as varchar), 5, '0'),
   'orang': 'IND-' || lpad(split_part(nama, ' ', 2), 5, '0'), 'shdk': cast(1 + cast(split_part(nama, ' ', 2) as integer) % 4 as integer)},
  case when cast(split_part(nama, ' ', 2) as integer) % 7 = 0 then {'keluarga': 'KEL-LAIN', 'orang': 'GANDA-' || split_part(nama, ' ', 2), 'shdk': 9::integer} end],
  lambda x: x is not null) end as nomor_balikan"""  # noqa: E501


@dataclass(frozen=True)
class Made:
    """One edition: the home, its folder, its manifest."""

    home: Home
    folder: Path
    facts: dict

    def copy(self, root: Path) -> "Made":
        shutil.copytree(self.home.root, root)
        return Made(Home(root), root / self.folder.relative_to(self.home.root), self.facts)


def with_records(home: Home) -> None:
    """Records, families and verified deaths beside the publication by hand, in which who stopped receiving is said."""
    folder = home.published(PERIODE, 1)
    con = duckdb.connect()
    con.execute(f"create table s as select * from read_parquet('{folder}/sasaran.parquet') where terpilih")
    tables = {
        # Every second recipient of KLJ stopped; PKH is known by the family card alone, of people outside the decree.
        "padanan_record": """select id_orang, 'klj' as producer, null::varchar as id_keluarga,
              case when ascii(id_orang) % 2 = 0 then 'henti' end as status_program
            from s where list_contains(string_split(program, ','), 'klj')
            union all select md5('luar' || id_keluarga), 'pkh', id_keluarga, 'eksisting' from s where ascii(id_keluarga) % 3 = 0
            union all select id_orang, 'dtks', id_keluarga, null from s""",
        "padanan_orang": "select id_orang, ascii(id_orang) % 5 = 0 as meninggal_terverifikasi from s",
        "anggota_keluarga": "select id_orang, 'adminduk' as producer, 4::integer as shdk from s",
    }
    manifest = json.loads((folder / "manifest.json").read_text())
    for name, query in tables.items():
        written = write_table(con, f"select * from ({query}) order by all", folder / f"{name}.parquet")
        manifest["tables"][name] = {"rows": written.rows, "sha256": written.sha256, "row_hash": written.row_hash}
    write_manifest(folder, manifest | {"cutoff": "2025-12-15"})
    con.close()


def decreed(root: Path, *, records: bool = False, **options) -> Home:
    """A home with one decree over `KELURAHAN`; with `records` its publication tells of recipients, families and deaths."""
    home = demo_home(root)
    folder = seal_decree(home, PERIODE, people=4000)
    if records:
        with_records(home)
    listed = "', '".join(KELURAHAN)
    narrowed(folder, home, named=IDS, where=f"kode_kelurahan in ('{listed}')", **options)
    return home


@pytest.fixture(scope="session")
def made_once(tmp_path_factory):
    home = decreed(tmp_path_factory.mktemp("lp3ke") / "data")
    folder, facts = make(home, QUARTER, now=NOW)
    return Made(home, folder, facts)


@pytest.fixture
def made(made_once, tmp_path, monkeypatch):
    """A copy of one's own."""
    copy = made_once.copy(tmp_path / "data")
    monkeypatch.setenv("PADANAN_HOME", str(copy.home.root))
    return copy
