"""Somebody who may put files into an inbox, type into a form or call a command tries to reach further than that.

What other tests try already is listed in docs/security.md; here are the ways that none of them went.
"""

from __future__ import annotations

import csv
import io
import os
import zipfile
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.keys import key_file
from padanan.base.period import JAKARTA, Periode, periode_of
from padanan.cli import main
from padanan.contracts.contract import load_contracts
from padanan.landing.land import deliver
from padanan.landing.raw import DamagedFile, Spec
from padanan.landing.readers import read_file
from padanan.landing.reading import _check_parquet
from padanan.review.decision import inbox
from tests.fuzz.recipe import parts_of
from tests.landing.deliveries import dtks_row
from tests.pdf_back import text_of
from tests.review.decided_by_hand import demo_home, publish

CAME = datetime(2025, 10, 10, 9, tzinfo=JAKARTA)
SQL = (
    "'; drop table berteks; --", '"; copy (select 1) to \'bocor.txt\'; --', "x') union all select 1 --", 'a""b', "$1", "?", "{}",
    "'||(select content from read_text('/etc/passwd'))||'", "\\", "%s", "/*",
)  # fmt: skip
MARKUP = ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>', "{{ 7*7 }}", "&lt;b&gt;", "]]>")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    monkeypatch.setenv("PADANAN_HOME", str(tmp_path / "data"))
    return Home.from_env().ensure()


def text_file(path: Path, rows: list[dict[str, str]], extra: tuple[str, ...] = ()) -> Path:
    """A DTKS delivery as CSV; `extra` are headings that nobody agreed on."""
    columns = load_contracts()["dtks"].columns
    out = io.StringIO()
    writer = csv.writer(out, delimiter="|")
    writer.writerow([*(column.source for column in columns), *extra])
    writer.writerows([[*(row.get(column.name, "") for column in columns), *("x" for _ in extra)] for row in rows])
    path.write_text(out.getvalue(), encoding="utf-8")
    return path


def files_of(folder: Path) -> set[Path]:
    return {path for path in folder.rglob("*") if path.is_file()}


@pytest.mark.feature("F02", "F50")
def test_sql_in_values_and_headings_is_landed_as_text(home: Home, tmp_path: Path) -> None:
    rows = [dtks_row(number, nama=text, alamat=text, id_sumber=text) for number, text in enumerate(SQL)]
    before = set(Path.cwd().iterdir())
    receipt = deliver(home, load_contracts(), "dtks", text_file(tmp_path / "dtks_2025-10.csv", rows, SQL), diterima=CAME)
    assert receipt.status in ("diterima", "ditahan"), receipt.flags
    query = f"select nama, alamat, id_sumber from '{receipt.folder}/part.parquet' order by _baris"
    assert duckdb.execute(query).fetchall() == [(text,) * 3 for text in SQL]
    assert set(Path.cwd().iterdir()) == before and not list(tmp_path.rglob("bocor*"))


def test_sql_in_the_names_of_parquet_columns_reaches_no_statement(home: Home, tmp_path: Path) -> None:
    contract = load_contracts()["adminduk"]
    told = [column.source for column in contract.columns]
    # Headings are compared by their letters and digits alone, so that a quote in one is the producer's column all the same.
    quoted = {name: f'{name[:1]}"{name[1:]}' for name in told}
    table = {quoted[name]: ["a", "b"] for name in told} | {text: ["x", "y"] for text in SQL}
    path = tmp_path / "adminduk_2025-10.parquet"
    pq.write_table(pa.table(table), path)
    work = tmp_path / "kerja"
    work.mkdir()
    raw = read_file(path, Spec.of(contract), work)
    assert raw.counted == 2 and set(raw.columns) == set(contract.column_names) and not raw.missing
    assert all(pq.read_table(raw.path).column(name).to_pylist() == ["a", "b"] for name in raw.columns)


@pytest.mark.parametrize("packed", ["brotli", "gzip", "lz4", "zstd", "snappy", "none"])
def test_a_delivery_is_not_unpacked_by_a_decoder_that_can_be_broken(tmp_path: Path, packed: str) -> None:
    """CVE-2026-111497: Brotli's decoder, as DuckDB and Arrow bring it along, writes past its buffer; the footer tells before."""
    contract = load_contracts()["adminduk"]
    path = tmp_path / "adminduk_2025-10.parquet"
    pq.write_table(pa.table({column.source: ["a", "b"] for column in contract.columns}), path, compression=packed)
    if packed != "brotli":
        assert read_file(path, Spec.of(contract), tmp_path).counted == 2
        return
    with pytest.raises(DamagedFile, match="BROTLI") as caught:
        read_file(path, Spec.of(contract), tmp_path)
    assert "zstd" in caught.value.cure and not (tmp_path / "mentah.parquet").exists()


def test_a_child_s_own_rows_are_not_unpacked_by_it_either(tmp_path: Path) -> None:
    """A reader that was taken over would hand its stream on to the program itself."""
    schema = pa.schema([("nama", pa.string())])
    for packed, refused in (("lz4", False), ("brotli", True)):
        pq.write_table(pa.table({"nama": ["a"]}, schema=schema), tmp_path / "mentah.parquet", compression=packed)
        with pytest.raises(DamagedFile, match="tidak menurut bentuknya") if refused else nullcontext():
            _check_parquet(tmp_path / "mentah.parquet", schema, 1 << 20)


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_markup_in_headings_sheets_and_names_is_text_on_receipts(home: Home, tmp_path: Path, form: str) -> None:
    """Paper and page: neither a browser nor the typesetter may take a producer's word for an order."""
    hostile = (*MARKUP, '#read("/etc/passwd")', "$ integral $")
    if form == "csv":
        whose, path = "dtks", text_file(tmp_path / "dtks_2025-10.csv", [dtks_row(1)], hostile)
    else:
        whose, path = "klj", tmp_path / "klj_2025-10.xlsx"
        book = openpyxl.Workbook()
        book.active.title = "<script>alert(1)"  # type: ignore[union-attr]
        names = [column.source for column in load_contracts()["klj"].columns]
        for row in ([*names, *hostile], ["x"] * (len(names) + len(hostile))):
            book.active.append(row)  # type: ignore[union-attr]
        book.save(path)
    receipt = deliver(home, load_contracts(), whose, path, diterima=CAME)
    page = receipt.paper.read_text(encoding="utf-8")
    for order in ("<script>alert", "<img src=x", "<svg onload", ">49<", "root:"):
        assert order not in page, order
    assert "root:" not in text_of(receipt.paper.with_suffix(".pdf"))


@pytest.mark.parametrize(
    "said", [*MARKUP, "terima\n2026-01-01 DITERIMA palsu", "\x1b[2Jterima", "3171010101010001", "=HYPERLINK(1)"]
)
def test_what_somebody_types_into_a_form_is_told_as_text(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, said: str
) -> None:
    """In the line of a log, on the receipt's page and its paper: one line, no order, no number that may be somebody's."""
    root = demo_home(tmp_path / "reviu")
    publish(root, people=20)
    monkeypatch.setenv("PADANAN_HOME", str(root.root))
    folder = inbox.folder_of(root)
    folder.mkdir()
    quoted = '"' + said.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\x1b", "\\e") + '"'
    (folder / "a.yaml").write_text(f"keputusan: {quoted}\n")
    (folder / "b.yaml").write_text(f"{quoted}: x\n")
    for result in inbox.process(root):
        page = result.receipt.read_text(encoding="utf-8")
        assert not result.accepted and result.line.isprintable() and "3171010101010001" not in result.line + page
        assert "<script>alert" not in page and "<img src" not in page and "<svg onload" not in page and "\x1b" not in page


OUTSIDE = ("../../luar", "/tmp/luar", "..", "landing/../../luar", "dtks\0x", "~/luar", "dtks/../dtks")


@pytest.mark.parametrize("word", OUTSIDE)
def test_no_word_of_a_command_leads_out_of_the_home(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    path = text_file(tmp_path / "dtks_2025-10.csv", [dtks_row(1)])
    before = files_of(tmp_path)
    for words in (
        ["deliver", str(path), "--producer", word],
        ["deliver", str(path), "--producer", "dtks", "--periode-data", word],
        ["review", "show", "--periode", word],
        ["decree", "documents", "--periode", word],
        ["status", "--periode", word],
        ["release", "dtks", word, "--by", "Uji", "--reason", "alasan yang cukup panjang"],
    ):
        assert ended(words) != 0, words
    said = capsys.readouterr().err
    assert "Traceback" not in said
    made = {one for one in files_of(tmp_path) - before if not one.is_relative_to(home.root) and one.parent != key_file().parent}
    assert made == set() and not Path("/tmp/luar").exists()


def ended(words: list[str]) -> int:
    """How a command ended, whether it returns or exits."""
    try:
        return main(words)
    except SystemExit as left:
        return int(left.code or 0)


def test_members_of_a_workbook_that_lead_out_write_nothing_there(home: Home, tmp_path: Path) -> None:
    """Some readers unpack; ours reads members where they are, and copies one whose parts have unusual names as a zip."""
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    book.active.append([column.source for column in load_contracts()["klj"].columns])  # type: ignore[union-attr]
    book.save(buffer)
    path = tmp_path / "asal" / "klj_2025-10.xlsx"
    path.parent.mkdir()
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts_of(buffer.getvalue()):
            archive.writestr(name.replace("workbook.xml", "workbook2.xml"), data.replace(b"workbook.xml", b"workbook2.xml"))
        for name in ("../luar.txt", "/tmp/luar-padanan.txt", "..\\..\\luar2.txt", "xl/../../luar3.txt"):
            archive.writestr(name, "x")
    deliver(home, load_contracts(), "klj", path, diterima=CAME)
    assert not list(tmp_path.rglob("luar*")) and not Path("/tmp/luar-padanan.txt").exists()


@pytest.fixture
def open_umask() -> Iterator[None]:
    """As a careless shell leaves it."""
    before = os.umask(0)
    yield
    os.umask(before)


def test_whatever_the_shell_allows_files_are_their_owners_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, open_umask: None
) -> None:
    monkeypatch.setenv("PADANAN_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("PADANAN_KEY_FILE", str(tmp_path / "kunci" / "hmac.key"))
    path = text_file(tmp_path / "dtks_2025-10.csv", [dtks_row(number) for number in range(5)])
    assert main(["deliver", str(path), "--producer", "dtks", "--periode-data", "2025-10"]) == 0
    made = [*(tmp_path / "data").rglob("*"), tmp_path / "data", tmp_path / "kunci", tmp_path / "kunci" / "hmac.key"]
    assert len(made) > 15
    assert {oct(one.stat().st_mode & 0o777) for one in made if one.is_dir()} == {"0o700"}
    assert {oct(one.stat().st_mode & 0o077) for one in made if one.is_file()} == {"0o0"}


@pytest.mark.parametrize("word", ["../x", "2025-S2/..", "2025-S2\0", "２０２５-S2", "2025-S2\n", "", "2025-S2;x", "2025-10/.."])
def test_a_word_for_a_period_becomes_a_period_or_nothing(word: str) -> None:
    """A period names folders: what it is called there is made of numbers, never of what was typed."""
    for read in (Periode.parse, periode_of):
        try:
            label = read(word).label
        except (PadananError, ValueError):
            continue
        assert label == "2025-S2" and label.isascii() and word.strip() in ("2025-S2", "２０２５-S2")
