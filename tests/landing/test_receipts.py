"""The receipt as its reader has it: page, PDF and JSON of the same words, every fault with its place, nothing for a terminal."""

import ast
import json
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from pypdf import PdfReader

from padanan.base.folder_proof import FILE
from padanan.base.home import CHECKOUT, Home
from padanan.contracts.contract import Contract
from padanan.contracts.retention import RECEIPT
from padanan.landing import places
from padanan.landing.places import TOLD, rows_in_words, stretches
from padanan.landing.raw import Spec
from padanan.landing.receipt import WORDS as READING
from padanan.landing.receipt import Receipt, flag_table, receipt_page
from padanan.landing.rule_words import WORDS
from padanan.landing.xlsx_reader import read_xlsx
from padanan.records.delivery_proof import faults_of_deliveries
from tests.landing.conftest import dtks_row
from tests.pdf_back import accessible
from tests.review.browser import axe, violations
from tests.signed import sign

Take = Callable[..., Receipt]
DtksFile = Callable[..., Path]
LANDING = CHECKOUT / "padanan" / "landing"
FOR_A_TERMINAL = re.compile(
    r"\bpadanan (?:release|plan|deliver|carry|status|verify|key|contracts)\b|['`]padanan |(?<!\w)--[a-z]|expectations/|PADANAN_"
)


def broken(dtks_file: DtksFile, rows: int = 60, every: int = 4, name: str = "dtks_2025-10.csv") -> Path:
    """A file in which each `every`-th row lacks a column, one has two too many and two are twins."""
    path = dtks_file(name, rows=rows)
    head, *lines = path.read_text().splitlines()
    lines = [line.rsplit("|", 1)[0] if index % every == 0 else line for index, line in enumerate(lines)]
    lines[1] += "|x|y"
    path.write_text("\n".join([head, *lines, lines[2], lines[2]]) + "\n")
    return path


def words_of(page: Path) -> str:
    """The page's text without tags."""
    body = page.read_text(encoding="utf-8").partition("<body>")[2]
    return " ".join(re.sub(r"<[^>]+>", " ", body).replace("&lt;", "<").replace("&#39;", "'").replace("&amp;", "&").split())


@pytest.mark.feature("F08")
def test_page_pdf_and_json_say_the_same(take: Take, dtks_file: DtksFile) -> None:
    receipt = take(broken(dtks_file))
    page = receipt.folder / "tanda_terima.html"
    assert receipt.paper == page and receipt.status == "ditahan"
    said = json.loads(page.with_suffix(".json").read_text())[READING]
    html = words_of(page)
    reader = PdfReader(page.with_suffix(".pdf"))
    pdf = "".join("".join(one.extract_text().split()) for one in reader.pages)
    assert accessible(reader)

    def texts(value: Any) -> list[str]:
        if isinstance(value, str):
            return [value]
        return [text for item in (value.values() if isinstance(value, Mapping) else value) for text in texts(item)]

    told = [text for text in texts(said) if text]
    assert len(said["kesalahan"]) == len(receipt.flags) >= 2 and said["langkah"]
    for text in told:
        assert " ".join(text.split()) in html, text
        assert "".join(text.split()) in pdf.replace("1/1", ""), text


@pytest.mark.feature("F08")
def test_every_row_at_fault_is_told(take: Take, dtks_file: DtksFile) -> None:
    """Rows 2, 6, 10 … lack a column, row 3 has two too many, the last two are twins: none is left out."""
    receipt = take(broken(dtks_file))
    told = {part["sebab"]: part for flag in receipt.flags for part in flag.get("rincian", ())}
    lacking = next(part for cause, part in told.items() if cause.startswith("jumlah kolom 17"))
    assert lacking["jumlah"] == 15 and lacking["tempat"] == "baris " + ", ".join(str(2 + 4 * k) for k in range(15))
    assert next(part for cause, part in told.items() if cause.startswith("jumlah kolom 20"))["tempat"] == "baris 3"
    assert told["baris kembar"]["tempat"] == "baris 62–63" and told["baris kembar"]["jumlah"] == 2
    page = words_of(receipt.paper)
    assert all(part["tempat"] in page or part["tempat"].capitalize() in page for part in told.values())


@pytest.mark.feature("F08")
def test_of_thousands_the_page_tells_some_and_the_list_all(take: Take, dtks_file: DtksFile, home: Home) -> None:
    receipt = take(broken(dtks_file, rows=9000, every=3))
    assert receipt.status == "ditahan" and receipt.paper.stat().st_size < 60_000
    listed = (receipt.folder / "tanda_terima.csv").read_text(encoding="utf-8").splitlines()
    assert listed[0] == "disisihkan;sebab;lembar_ke;baris_pertama;baris_terakhir"
    rows = [int(row) for line in listed[1:] for first, last in [line.split(";")[-2:]] for row in range(int(first), int(last) + 1)]
    assert len(rows) == sum(receipt.rows_aside.values()) == len(set(rows))
    assert set(range(2, 9002, 3)) <= set(rows)
    told = next(part for flag in receipt.flags for part in flag.get("rincian", ()) if part["sisa"])
    assert told["jumlah"] == 3000 and told["sisa"] == 3000 - TOLD // 2 and "tanda_terima.csv" in told["tempat"]
    assert faults_of_deliveries(home) == (1, []), "the list is signed with the rest"
    (receipt.folder / "tanda_terima.csv").write_text("x")
    assert "berubah" in str(faults_of_deliveries(home)[1])


@pytest.mark.feature("F08")
def test_cells_have_the_addresses_of_the_workbook(take: Take, contracts: dict[str, Contract], tmp_path: Path) -> None:
    """Formulas, merged cells and hidden rows of a sheet that begins in column B are told as Excel shows them."""
    book = openpyxl.Workbook()
    sheet = book.active
    columns = contracts["klj"].columns
    for place, column in enumerate(columns, 2):
        sheet.cell(1, place, column.source)
        for row in range(2, 12):
            value = {"nik": f"317401130101{row:04d}", "nama": "ORANG UJI", "no_kk": f"317401130201{row:04d}"}.get(
                column.name, f"a{row}"
            )
            sheet.cell(row, place, value)
    at = 2 + next(place for place, column in enumerate(columns) if column.name == "alamat")
    letters = openpyxl.utils.get_column_letter(at)
    for row in (4, 5, 9):
        sheet.cell(row, at, "=1+1")
    sheet.row_dimensions[7].hidden = True
    sheet.merge_cells(start_row=10, end_row=11, start_column=at, end_column=at)
    path = tmp_path / "klj_2025-10.xlsx"
    book.save(path)
    raw = read_xlsx(path, Spec.of(contracts["klj"]), tmp_path)
    assert raw.column("alamat") == f"{columns[at - 2].source} (kolom {letters})"
    receipt = take(path, "klj", periode_data="2025-10")
    told = {flag["rule_id"]: [part["tempat"] for part in flag.get("rincian", ())] for flag in receipt.flags}
    assert told["rumus_tanpa_nilai"] == [f"sel {letters}4–{letters}5, {letters}9"]
    assert told["baris_tersembunyi"] == ["baris 7"] and told["sel_gabung"] == [f"{letters}10:{letters}11"]


def test_rows_as_people_write_them() -> None:
    assert stretches([9, 3, 4, 4, 5, 12]) == [(3, 5), (9, 9), (12, 12)] and stretches([]) == []
    assert rows_in_words([(3, 5), (9, 9)]) == "baris 3–5, 9" and rows_in_words([(3, 5)], column="D") == "sel D3–D5"
    two = [(2, 3), (places.SHEET_STEP + 2, places.SHEET_STEP + 2)]
    assert rows_in_words(two, ["Satu", "Dua"]) == "lembar 'Satu' baris 2–3; lembar 'Dua' baris 2"
    scattered = places.cells_detail("rumus", {"D": range(2, 4000, 2)}, [])
    assert scattered is not None and scattered.where == "1.999 sel kolom D, baris 2–3998"


@pytest.mark.feature("F08")
def test_the_reader_knows_what_until_when_and_to_whom(take: Take, dtks_file: DtksFile) -> None:
    held = words_of(take(broken(dtks_file)).paper)
    assert "Ditahan: dtks_2025-10.csv tersimpan, tetapi belum dipakai." in held
    assert "kepada Dinas Komunikasi, Informatika dan Statistik Provinsi DKI Jakarta (Diskominfotik)" in held
    assert "paling lambat 15 Oktober 2025" in held and "jelaskan secara tertulis" in held
    late = words_of(take(broken(dtks_file, name="dtks_2025-10b.csv", rows=70), day="2025-11-20").paper)
    assert "secepatnya (tenggat 15 Oktober 2025 sudah lewat" in late and "paling lambat" not in late
    told = take(dtks_file("dtks_2025-10_baik.csv", rows=60), day="2025-10-11")
    good = words_of(told.paper)
    assert told.status == "diterima"
    assert "Tidak ada yang perlu dilakukan" in good or "Tidak perlu mengirim ulang" in good
    same = words_of(take(dtks_file("dtks_2025-10_baik.csv", rows=60), day="2025-10-12").paper)
    assert "Duplikat" in same and "Tidak ada yang perlu dilakukan" in same


def _calls() -> list[ast.Call]:
    """Each Flag and DamagedFile of the stage, as it is written."""
    found = []
    for path in sorted(LANDING.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("Flag", "DamagedFile"):
                found.append(node)
    return found


@pytest.mark.feature("F08")
def test_no_flag_sends_a_producer_to_a_terminal() -> None:
    """What the pengelola types stands in `keeper`, which is on no receipt."""
    seen = 0
    for call in _calls():
        parts = [*call.args, *(word.value for word in call.keywords if word.arg != "keeper")]
        texts = [node.value for part in parts for node in ast.walk(part) if isinstance(node, ast.Constant)]
        texts = [text for text in texts if isinstance(text, str)]
        seen += len(texts)
        wrong = [text for text in texts if FOR_A_TERMINAL.search(text)]
        assert not wrong, (call.lineno, wrong)
    assert seen > 200


@pytest.mark.feature("F08")
def test_every_rule_has_a_name_in_words() -> None:
    firsts = [call.args[0] for call in _calls() if call.args and getattr(call.func, "id", "") == "Flag"]
    named = [word.value for call in _calls() for word in call.keywords if word.arg == "rule"]
    ids = {node.value for node in (*firsts, *named) if isinstance(node, ast.Constant)}
    assert len(ids) > 40
    assert ids <= set(WORDS) and {"baris_tak_terbaca", "judul_lain"} <= set(WORDS)
    assert all("_" not in name and name[0].isupper() for name in WORDS.values())


@pytest.mark.feature("F08")
def test_a_release_is_told_to_the_keeper_alone(take: Take, dtks_file: DtksFile) -> None:
    take(dtks_file(rows=12))
    again = take(dtks_file("dtks_2025-11.csv", rows=12), day="2025-11-10")
    flag = next(one for one in again.flags if one["rule_id"] == "isi_berulang")
    assert flag["pengelola"] and "walidata" in flag["perbaikan"]
    assert "padanan release" in flag_table([{**flag, "pengelola": "padanan release"}])[-1]
    page = words_of(again.paper)
    assert not FOR_A_TERMINAL.search(page) and flag["pengelola"] not in page


@pytest.mark.feature("F08")
def test_letters_that_no_font_has_keep_no_receipt_back(take: Take, dtks_file: DtksFile) -> None:
    path = dtks_file(rows=12)
    head, *lines = path.read_text().splitlines()
    path.write_text("\n".join([head + "|姓名ひらがな🙂", *(line + "|x" for line in lines)]) + "\n")
    receipt = take(path)
    assert receipt.status == "diterima" and "kolom_tak_disepakati" in {flag["rule_id"] for flag in receipt.flags}
    assert PdfReader(receipt.paper.with_suffix(".pdf")).pages[0].extract_text()


@pytest.mark.feature("F08")
def test_a_home_with_markdown_receipts_still_verifies(take: Take, dtks_file: DtksFile, home: Home) -> None:
    """As deliveries stood before receipts were pages: Markdown and JSON, signed."""
    receipt = take(dtks_file(rows=12))
    for kind in ("html", "pdf"):
        receipt.paper.with_suffix(f".{kind}").unlink()
    (receipt.folder / "tanda_terima.md").write_text("# Tanda terima\n")
    sign(receipt.folder, "manifest.json", "tanda_terima.json", "tanda_terima.md")
    assert faults_of_deliveries(home) == (1, []) and receipt_page(receipt.folder).name == "tanda_terima.md"
    (receipt.folder / "tanda_terima.md").write_text("# Lain\n")
    assert (
        "tanda_terima.md" in str(faults_of_deliveries(home)[1][0].file) and "tanda_terima.md" in RECEIPT and FILE == "sidik.json"
    )


@pytest.mark.feature("F08")
def test_axe_finds_nothing_on_a_receipt(take: Take, dtks_file: DtksFile, tmp_path: Path) -> None:
    """At both widths; beside them one with known faults, for a silent axe-core would find nothing anywhere."""
    pages = []
    for name, receipt in (
        ("salah", take(broken(dtks_file))),
        ("baik", take(dtks_file("dtks_2025-10_baik.csv", rows=60), day="2025-10-11")),
    ):
        pages.append(tmp_path / "asal" / f"{name}.html")
        pages[-1].parent.mkdir(exist_ok=True)
        pages[-1].write_bytes(receipt.paper.read_bytes())
        assert "http" not in pages[-1].read_text().partition("<body>")[2]
    pages.append(tmp_path / "asal" / "rusak.html")
    pages[-1].write_text(pages[0].read_text().replace("<main id", '<main><img src="x"></main><main id'))
    (tmp_path / "uji").mkdir()
    found = violations(pages, (1280, 400), axe(), tmp_path / "uji")
    assert all("image-alt" in {item["id"] for item in found.pop(f"rusak.html {width}")} for width in (1280, 400))
    assert {name: items for name, items in found.items() if items} == {}


def test_rows_of_twins_are_numbered_as_in_the_file(take: Take, dtks_file: DtksFile) -> None:
    path = dtks_file(rows=[dtks_row(index) for index in (1, 2, 2, 3, 3, 3)])
    twins = next(flag for flag in take(path).flags if flag["rule_id"] == "baris_kembar")
    assert [part["tempat"] for part in twins["rincian"]] == ["baris 4, 6–7"]
