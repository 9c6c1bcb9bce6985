"""Decision forms: filled in as an official would, taken from the inbox, and refused with cell and cure, fault by fault."""

import io
import os
import shutil
import zipfile
from html import unescape

import openpyxl
import pytest
import yaml

from padanan.base.errors import PadananError
from padanan.cli import main
from padanan.records.refusal import Refusal
from padanan.records.review_log import folder_of, log_path, read_log
from padanan.records.steps import state_of, waivers
from padanan.review.decision import form_book, inbox
from padanan.review.decision.form import write_form
from padanan.review.decision.inbox import pending, process, take
from tests.numbers import numbers_in
from tests.papers import pdf
from tests.review.decided_by_hand import APPROVER, ASISTEN, NOW, PROPOSER, accept_all, copy_of, demo_home, publish
from tests.review.published_by_hand import PERIODE

pytestmark = pytest.mark.feature("F15")
EMPTY_FORM = "formulir-kosong.xlsx"
REASON = "diverifikasi lapangan oleh kelurahan setempat"


@pytest.fixture(scope="module")
def published_once(tmp_path_factory):
    """A published revision, and beside it the form that every test fills in anew."""
    home = demo_home(tmp_path_factory.mktemp("formulir") / "data")
    publish(home)
    write_form(home, PERIODE, 1, home.root / EMPTY_FORM)
    return home


@pytest.fixture
def home(published_once, tmp_path):
    home = copy_of(published_once, tmp_path / "data")
    folder = home.inbox("review")
    folder.mkdir(parents=True)
    (folder / "berita-acara.pdf").write_bytes(pdf("tanda tangan"))
    return home


def cells():
    return {field: f"B{row + 1}" for field, row in form_book._rows().items()}


class Book:
    """A form in the inbox, as somebody fills it in with a spreadsheet program."""

    def __init__(self, home, name="putusan.xlsx"):
        self.path = home.inbox("review") / name
        if read_log(home, PERIODE).records:
            write_form(home, PERIODE, 1, self.path)
        else:
            shutil.copy(home.root / EMPTY_FORM, self.path)
        self.book = openpyxl.load_workbook(self.path)

    def fill(self, **values):
        for field, value in values.items():
            self.book["Keputusan"][cells()[field]] = value
        return self

    def waive(self, reason=REASON, answer="ya"):
        sheet = self.book["Pengecualian"]
        for row in range(3, sheet.max_row + 1):
            sheet.cell(row, 1).value = answer
            sheet.cell(row, 2).value = reason
        return self

    def save(self):
        self.book.save(self.path)
        return self.path


def accepting(home, **changes):
    facts = {"keputusan": "terima", "pengusul": PROPOSER, "penyetuju": APPROVER, "pindaian": "berita-acara.pdf"}
    return Book(home).fill(**(facts | changes)).waive()


def unchanged(home):
    return not log_path(home, PERIODE).exists() and not (folder_of(home) / "lampiran").exists()


def test_a_workbook_waives_and_accepts_in_one_go_and_moves_away_with_its_receipt(home):
    path = accepting(home, pengusul=f"{PROPOSER} | Rara Contoh, Analis data (pengusul)").save()
    (result,) = process(home)
    assert result.accepted, result.line
    log = read_log(home, PERIODE)
    assert [record["tindakan"] for record in log.records] == ["kecualikan", "terima"]
    assert state_of(log, 1) == "direviu" and waivers(log, 1)
    assert not path.exists() and result.receipt.parent.parent == path.parent / "selesai"
    assert {item.name for item in result.receipt.parent.iterdir()} == {
        "putusan.xlsx",
        *(f"putusan.xlsx.tanda_terima.{kind}" for kind in ("html", "pdf", "json")),
    }
    text = result.receipt.read_text()
    assert "Diterima: keputusan tercatat" in text and "laporkan ke Asisten" in text and "padanan review" not in text
    assert process(home) == []


def test_the_same_from_yaml(home):
    path = home.inbox("review") / "putusan.yaml"
    assert write_form(home, PERIODE, 1, path) > 0
    form = yaml.safe_load(path.read_text())
    form |= {"keputusan": "terima", "pengusul": PROPOSER, "penyetuju": APPROVER, "pindaian": "berita-acara.pdf"}
    for item in form["pengecualian"]:
        item |= {"kecualikan": "ya", "alasan": REASON}
    path.write_text(yaml.safe_dump(form))
    assert [record["tindakan"] for record in take(home, path)] == ["kecualikan", "terima"]


def test_refining_and_the_later_steps_by_form(home):
    accept_all(home, now=NOW)
    for word, actor, state in (
        ("laporkan ke Asisten", "contoh.pelapor", "dilaporkan"),
        ("dibahas", ASISTEN, "dibahas"),
        ("kembalikan ke reviu", ASISTEN, "belum_direviu"),
    ):
        path = Book(home, f"{state}.xlsx").fill(keputusan=word, oleh=actor, alasan="P3KE belum lengkap").save()
        take(home, path)
        path.unlink()
        assert state_of(read_log(home, PERIODE), 1) == state
    path = Book(home).fill(keputusan="padanan ulang", pengusul=PROPOSER, penyetuju=APPROVER, pindaian="berita-acara.pdf")
    (record,) = take(home, path.fill(alasan="NIK DTKS kosong\nalamat Carik").save())
    assert record["alasan"] == ["NIK DTKS kosong", "alamat Carik"]


def test_a_form_is_the_same_bytes_each_time_and_private(home, tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        write_form(home, PERIODE, 1, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert (tmp_path / "a.xlsx").stat().st_mode & 0o777 == 0o600
    with pytest.raises(PadananError, match="sudah ada"):
        write_form(home, PERIODE, 1, tmp_path / "a.xlsx")
    with pytest.raises(PadananError, match="jenis formulir"):
        write_form(home, PERIODE, 1, tmp_path / "a.docx")


def test_only_open_cells_are_unlocked_and_the_lists_offer_what_the_state_allows(home):
    book = Book(home).book
    sheet = book["Keputusan"]
    assert sheet.protection.sheet and book["Pengecualian"].protection.sheet
    locked = {field for field, cell in cells().items() if sheet[cell].protection.locked}
    assert locked == {"periode", "revisi", "sidik", "terbuka"}
    lists = book["Daftar"]
    assert [row[0].value for row in lists.iter_rows(max_col=1) if row[0].value] == ["terima", "padanan ulang", "kecualikan saja"]
    assert len(sheet.data_validations.dataValidation) == 4


BAD = {
    "unknown reviewer": ({"pengusul": "siapa.saja"}, "pengusul", "tidak dikenal"),
    "reviewer out of validity": ({"penyetuju": "contoh.lama"}, "penyetuju", "masa berlaku"),
    "reviewer without the role": ({"penyetuju": ASISTEN}, "penyetuju", "tidak berperan penyetuju"),
    "same person twice": ({"pengusul": APPROVER}, "penyetuju", "sendiri"),
    "nobody proposes": ({"pengusul": None}, "pengusul", "belum diisi"),
    "unknown word": ({"keputusan": "setuju saja"}, "keputusan", "kata keputusan"),
    "no word": ({"keputusan": None}, "keputusan", "belum dipilih"),
    "no scan": ({"pindaian": None}, "pindaian", "belum dilampirkan"),
    "scan not there": ({"pindaian": "lain.pdf"}, "pindaian", "tidak ada"),
    "scan elsewhere": ({"pindaian": "../lain.pdf"}, "pindaian", "memuat folder"),
    "wrong hash of the scan": ({"sidik_pindaian": "ab" * 32}, "sidik_pindaian", "tidak sama"),
    "a NIK in the reason": ({"alasan": "NIK 3171 9999 9999 9901 keliru"}, "alasan", "nomor panjang"),
    "no reason for a padanan ulang": ({"keputusan": "padanan ulang"}, None, "pengecualian tidak berlaku"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_wrong_form_stays_with_a_receipt_that_names_the_cell_and_changes_nothing(home, case):
    values, field, cause = BAD[case]
    path = accepting(home, **values).save()
    content = path.read_bytes()
    (result,) = process(home)
    assert not result.accepted
    text = result.receipt.read_text()
    place = f"lembar Keputusan sel {cells()[field]}" if field else "lembar Pengecualian sel A3"
    assert place in text and place in result.line, text
    assert cause.lower() in unescape(text).lower() and "Perbaikan" in text and "Ditolak: tidak ada yang berubah" in text
    assert path.read_bytes() == content and result.receipt == path.with_name("putusan.xlsx.tanda_terima.html")
    assert unchanged(home)
    assert not numbers_in(text + result.line)
    assert pending(home) == [], "a refused form waits until it is changed"
    path.write_bytes(content + b" ")
    assert pending(home) == [path]


def test_a_missing_reason_is_refused_for_a_waiver_and_for_a_padanan_ulang(home):
    book = accepting(home).waive(reason=None)
    with pytest.raises(Refusal, match=r"lembar Pengecualian sel B3.*tanpa alasan"):
        take(home, book.save())
    book = accepting(home, keputusan="padanan ulang").waive(None, None)
    with pytest.raises(Refusal, match=rf"sel {cells()['alasan']}.*tanpa alasan"):
        take(home, book.save())
    book = accepting(home).waive(answer="tidak")
    with pytest.raises(Refusal, match=r"sel A3.*ada alasan"):
        take(home, book.save())
    assert unchanged(home)


def test_open_penghalang_are_counted_and_nothing_is_waived_by_halves(home):
    book = accepting(home)
    book.book["Pengecualian"]["A4"] = None
    book.book["Pengecualian"]["B4"] = None
    with pytest.raises(Refusal, match=rf"sel {cells()['keputusan']}.*masih ada \d+ catatan kecil"):
        take(home, book.save())
    assert unchanged(home)


@pytest.mark.parametrize(
    ("sheet", "cell", "value"),
    [
        ("Keputusan", cells()["sidik"], "0000-1111"),
        ("Keputusan", cells()["revisi"], "2"),
        ("Keputusan", "A5", "lain"),
        ("Pengecualian", "G3", "carik"),
        ("Pengecualian", "F4", "0,1%"),
    ],
)
def test_an_edited_locked_cell_is_named(home, sheet, cell, value):
    book = accepting(home)
    book.book[sheet][cell] = value
    with pytest.raises(Refusal, match=rf"lembar {sheet} sel {cell}: sel terkunci berubah"):
        take(home, book.save())
    assert unchanged(home)


def test_a_deleted_row_and_a_row_of_another_form_are_refused(home):
    book = accepting(home)
    book.book["Pengecualian"].delete_rows(3)
    with pytest.raises(Refusal, match="baris penghalang hilang"):
        take(home, book.save())
    book = accepting(home)
    for column in range(1, 11):
        book.book["Pengecualian"].cell(4, column, book.book["Pengecualian"].cell(3, column).value)
    with pytest.raises(Refusal, match="baris penghalang kembar"):
        take(home, book.save())
    assert unchanged(home)


@pytest.mark.parametrize(("sheet", "cell"), [("Keputusan", cells()["alasan"]), ("Pengecualian", "B3"), ("Daftar", "A1")])
def test_a_formula_anywhere_is_named(home, sheet, cell):
    book = accepting(home)
    book.book[sheet][cell] = '=HYPERLINK("x")'
    with pytest.raises(Refusal, match=rf"lembar {sheet} sel {cell}: sel berisi rumus"):
        take(home, book.save())
    assert unchanged(home)


def test_a_stale_revision_and_a_wrong_fingerprint_are_refused(home):
    path = accepting(home).save()
    publish(home, 2)
    with pytest.raises(Refusal, match=rf"sel {cells()['revisi']}: revisi 1 sudah usang: yang terbaru revisi 2"):
        take(home, path)
    shutil.rmtree(home.published(PERIODE, 2))
    manifest = home.published(PERIODE, 1) / "manifest.json"
    manifest.write_text(manifest.read_text() + "\n")
    with pytest.raises(Refusal, match=rf"sel {cells()['sidik']}: nilai hash bukan milik"):
        take(home, path)
    assert unchanged(home)


def test_the_same_form_twice_is_refused(home):
    path = accepting(home).save()
    content = path.read_bytes()
    process(home)
    head = read_log(home, PERIODE).head
    path.write_bytes(content)
    (result,) = process(home)
    assert not result.accepted and "sudah diproses" in result.line
    assert read_log(home, PERIODE).head == head


def test_a_crash_after_the_log_was_written_only_moves_the_form(home):
    path = accepting(home).save()
    take(home, path)
    head = read_log(home, PERIODE).head
    (result,) = process(home)
    assert result.accepted and not path.exists() and read_log(home, PERIODE).head == head


def test_a_crash_between_receipt_and_move_only_moves_the_form(home):
    path = accepting(home).save()
    content = path.read_bytes()
    (result,) = process(home)
    shutil.move(result.receipt.parent / path.name, path)
    head = read_log(home, PERIODE).head
    (again,) = process(home)
    assert again.accepted and not path.exists() and read_log(home, PERIODE).head == head
    path.write_bytes(content)
    assert not process(home)[0].accepted, "the same form dropped again is told so"


def test_a_scan_that_leads_elsewhere_or_is_no_file_is_refused(home, tmp_path):
    folder = home.inbox("review")
    (tmp_path / "rahasia.pdf").write_bytes(pdf("milik orang lain"))
    (folder / "tautan.pdf").symlink_to(tmp_path / "rahasia.pdf")
    os.mkfifo(folder / "pipa.pdf")
    for name in ("tautan.pdf", "pipa.pdf"):
        path = accepting(home, pindaian=name).save()
        with pytest.raises(Refusal, match="pindaian"):
            take(home, path)
        path.unlink()
    (folder / "formulir.xlsx").symlink_to(home.root / EMPTY_FORM)
    (result,) = process(home)
    assert not result.accepted and "tautan" in result.receipt.read_text() and unchanged(home)
    assert pending(home) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"revisi": "²"}, r"baris \d+ \(revisi\).*tidak terbaca"),
        ({"pindaian": "berita\0acara.pdf"}, r"baris \d+ \(pindaian\)"),
        ({"sidik": "abcd"}, r"baris \d+ \(sidik\).*nilai hash"),
        ({"revisi": 7}, r"baris \d+ \(revisi\).*belum terbit"),
        ({"revisi": "dua"}, r"baris \d+ \(revisi\).*tidak terbaca"),
        ({"periode": "2025"}, r"baris \d+ \(periode\)"),
        ({"putusan": "terima"}, r"baris \d+ \(putusan\).*tidak dikenal"),
        ({"alasan": [1]}, r"baris \d+ \(alasan\)"),
        ({"pengecualian": [{"produsen": "dtks"}]}, r"baris \d+ \(pengecualian.0\)"),
        (
            {"pengecualian": [{"produsen": "dtks", "aturan": "x", "kota": "31.71", "kecualikan": "ya", "alasan": "a"}]},
            r"baris \d+ \(pengecualian.1.kecualikan\).*bukan penghalang",
        ),
    ],
)
def test_a_wrong_yaml_form_names_the_line(home, change, message):
    path = home.inbox("review") / "putusan.yaml"
    write_form(home, PERIODE, 1, path)
    form = yaml.safe_load(path.read_text()) | {
        "keputusan": "terima", "pengusul": PROPOSER, "penyetuju": APPROVER, "pindaian": "berita-acara.pdf",
    }  # fmt: skip
    path.write_text(yaml.safe_dump(form | change))
    with pytest.raises(Refusal, match=message):
        take(home, path)
    assert unchanged(home)


def spoiled(part, change):
    """A workbook whose zip is whole and whose part is not."""
    book, whole = io.BytesIO(), io.BytesIO()
    openpyxl.Workbook().save(whole)
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(book, "w") as target:
        for name in source.namelist():
            if name != part or change is not None:
                target.writestr(name, change if name == part else source.read(name))
    return book.getvalue()


BROKEN = [
    b"",
    b"PK\x03\x04rusak",
    b"\xff\xfe: [",
    b"[" * 5000,
    b"periode: 2025-13-45\n",
    b"a: &a [x, x]\n" + b"".join(b"%c: &%c [*%c, *%c]\n" % (n + 1, n + 1, n, n) for n in range(97, 121)),
    spoiled("xl/worksheets/sheet1.xml", b"<x"),
    spoiled("xl/workbook.xml", b"<x"),
    spoiled("xl/styles.xml", None),
]


@pytest.mark.parametrize("content", BROKEN, ids=range(len(BROKEN)))
@pytest.mark.parametrize("suffix", [".xlsx", ".yaml"])
def test_a_broken_file_is_refused_with_a_receipt(home, content, suffix):
    (home.inbox("review") / f"putusan{suffix}").write_bytes(content)
    (result,) = process(home)
    assert not result.accepted and "Ditolak: tidak ada yang berubah" in result.receipt.read_text()
    assert unchanged(home)


def test_a_fault_that_is_not_the_forms_raises_and_leaves_it_waiting(home):
    path = accepting(home).save()
    own = folder_of(home) / "reviewers.yaml"
    own.parent.mkdir(parents=True, exist_ok=True)
    own.write_text("petugas: [\n")
    with pytest.raises(PadananError, match=r"reviewers\.yaml"):
        process(home)
    assert pending(home) == [path] and not path.with_name(path.name + ".tanda_terima.html").exists()
    own.unlink()
    assert process(home)[0].accepted


def test_a_form_over_which_a_process_died_is_met_once(home, monkeypatch):
    """It would end each tick otherwise, and keep every other form back."""
    path = accepting(home).save()
    (path.with_name("zz.yaml")).write_text("keputusan: apa saja\n")
    child = os.fork()
    if child == 0:
        monkeypatch.setattr(inbox, "take", lambda *_: os._exit(9))
        inbox.process(home)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9
    lines = [result.line for result in process(home)]
    assert len(lines) == 2 and "mati sebelum selesai" in lines[0] and "Perbaikan: simpan lagi" in lines[0]
    assert path.exists() and "mati sebelum selesai" in path.with_name(path.name + inbox.RECEIPT).read_text() and unchanged(home)
    assert pending(home) == [] and process(home) == [], "neither is opened again"
    assert not (path.parent / inbox.OPENED).exists()
    os.utime(path)
    assert process(home)[0].accepted, "saved again it is read"


def test_a_process_that_died_after_the_decision_only_moves_the_form(home, monkeypatch):
    path = accepting(home).save()
    child = os.fork()
    if child == 0:
        monkeypatch.setattr(inbox, "_accepted", lambda *_: os._exit(9))
        inbox.process(home)
        os._exit(0)
    os.waitpid(child, 0)
    head = read_log(home, PERIODE).head
    (result,) = process(home)
    assert result.accepted and not path.exists() and read_log(home, PERIODE).head == head


def test_a_form_that_can_t_be_opened_is_told_once(home, monkeypatch):
    path = accepting(home).save()

    def refused(*_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(inbox, "open_regular", refused)
    (result,) = process(home)
    assert "tidak dapat dibaca" in result.line and "izin" in result.receipt.read_text()
    assert pending(home) == [] and path.exists()


def test_what_is_no_form_is_left_alone_and_a_growing_one_waits(home):
    folder = home.inbox("review")
    (folder / "catatan.txt").write_text("x")
    (folder / "~$putusan.xlsx").write_text("x")
    assert pending(home) == []
    path = accepting(home).save()
    assert pending(home, settle_seconds=60) == [] and pending(home) == [path]


def test_the_commands_take_forms_and_say_what_happened(home, monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("PADANAN_HOME", str(home.root))
    target = home.inbox("review") / "dari-perintah.yaml"
    assert main(["review", "form", "--periode", "2025-S2", str(target)]) == 0
    assert main(["review", "inbox"]) == 1
    assert "belum dipilih" in capsys.readouterr().out
    target.unlink()
    path = accepting(home).save()
    assert main(["review", "import", str(path)]) == 0
    assert "diterima" in capsys.readouterr().out
    assert main(["review", "inbox"]) == 0
