"""A new rule is one entry of the catalogue: at run time, with no other file edited, it stands in all places that rules reach."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from io import BytesIO

import duckdb
import openpyxl
import pytest

from padanan.base.home import CHECKOUT, Home
from padanan.cleansing.run import run_suites
from padanan.cleansing.suite import context_files
from padanan.contracts.contract import expectations_dir, load_contracts
from padanan.contracts.rule_binding import check_predicates
from padanan.generated.odcs import odcs
from tests.pipeline import PERIODE, environment, to_published

NEW = "nama_uji_memuat_a"
DEFINITION = "Nama memuat huruf A, hanya untuk pengujian."
ENTRY = f"""  {NEW}:
    nama: Nama memuat huruf A
    kolom: [nama]
    jenis: [program]
    dimensi: V
    level: peringatan
    definisi: {DEFINITION}
    masked_by: [nama_kosong]
    berlaku: nama_bersih is not null
    gagal: contains(nama_bersih, 'A')
    ambang: 0.01
    tindakLanjut: tanyakan kepada penguji
    penanggungJawab: [DPPAPP, Dinsos]
    hari: 5
    pertanyaan: nik
"""
MAKE = """
from padanan.base.home import Home
from padanan.contracts.contract import load_contracts
from padanan.contracts.parts import reference
from padanan.landing.inbox import process_inbox
from padanan.synthetic import generate
from tests.pipeline import PERIODE
home, contracts = Home.from_env().ensure(), load_contracts()
ids = [reference(contracts).id, next(item.id for item in contracts.values() if item.kind == "program")]
generate(home, contracts, residents=1500, seed=5, profile="default", periode=PERIODE, contract_ids=ids)
for contract_id in ids:
    process_inbox(home, contracts, contract_id)
"""


def run(told: dict[str, str], *arguments: str) -> None:
    done = subprocess.run([sys.executable, *arguments], cwd=CHECKOUT, env=told, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-3000:]


def words(blob: bytes) -> str:
    """What stands in the cells of a workbook."""
    book = openpyxl.load_workbook(BytesIO(blob), read_only=True)
    return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell)


def texts(name: str, blob: bytes) -> Iterator[str]:
    """The readable parts of a file: itself, a workbook's cells, or what a ZIP holds."""
    if name.endswith(".xlsx"):
        yield words(blob)
    elif name.endswith(".zip"):
        with zipfile.ZipFile(BytesIO(blob)) as archive:
            for inner in archive.namelist():
                yield from texts(inner, archive.read(inner))
    elif name.endswith((".csv", ".html", ".json", ".txt")):
        yield blob.decode("utf-8")


@pytest.mark.panjang
@pytest.mark.feature("F09")
@pytest.mark.timeout(600)
def test_one_entry_reaches_every_place(tmp_path, monkeypatch):
    folder = tmp_path / "expectations"
    shutil.copytree(expectations_dir(), folder, ignore=shutil.ignore_patterns("gx", "odcs"))
    with (folder / "rules.yaml").open("a", encoding="utf-8") as catalogue:
        catalogue.write(ENTRY)
    monkeypatch.setenv("PADANAN_EXPECTATIONS", str(folder))
    assert check_predicates(folder)
    contracts = load_contracts()
    programs = [item for item in contracts.values() if item.kind == "program" and item.column("nama")]
    assert programs and {item.id for item in contracts.values() if NEW in {rule.id for rule in item.rules}} == {
        item.id for item in programs
    }
    files = context_files(contracts)
    assert all(NEW in files[f"expectations/{item.id}.json"] for item in programs)
    assert NEW in {line["name"] for line in odcs(programs[0])["schema"][0]["quality"]}

    home, program = Home(tmp_path / "data").ensure(), programs[0].id
    told = environment(home.root, tmp_path / "key", PADANAN_EXPECTATIONS=str(folder))
    run(told, "-c", MAKE)
    published = to_published(home.root, tmp_path / "key", PADANAN_EXPECTATIONS=str(folder))
    (judged,) = run_suites(home.warehouse_db, contracts, [program])
    assert judged.disagreeing == ()
    (counted,) = [rule for rule in judged.rules if rule.rule_id == NEW]
    assert counted.gagal == counted.in_gap > 10

    with duckdb.connect() as con:

        def rows(table: str, where: str) -> int:
            found = con.execute(f"select count(*) from read_parquet('{published / table}.parquet') where {where}").fetchone()
            return int(found[0]) if found else 0

        assert rows("gap", f"rule_id = '{NEW}'") == counted.gagal
        assert 0 < rows("tugas", f"kode = '{NEW}' and saluran = 'lapangan' and pemilik = 'DPPAPP'") <= counted.gagal

    for command, action in (("report", "render"), ("worklist", "make"), ("kit", "make")):
        run(told, "-m", "padanan.cli", command, action, "--periode", PERIODE.label)
    pages = "\n".join(path.read_text(encoding="utf-8") for path in home.root.glob("reports/*/rev-1/**/*.html"))
    assert DEFINITION in pages and "tanyakan kepada penguji" in pages and "DPPAPP; Dinsos" in pages
    assert any(DEFINITION in words(path.read_bytes()) for path in sorted(home.root.glob("worklists/**/*.xlsx")))
    kit = [path for path in home.root.glob("kit/**/*") if path.is_file() and program in path.as_posix()]
    assert any(NEW in text for path in kit for text in texts(path.name, path.read_bytes()))
