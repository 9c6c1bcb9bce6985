"""Drafts that officials work on: an edited one outlives every command, is told by name, and nothing decided is called a draft."""

import json
import shutil

import docx
import pytest
from pypdf import PdfReader

from padanan.base.digest import file_sha256
from padanan.cli import main
from padanan.decree.approve import approve
from padanan.decree.documents import documents_folder, write_documents
from padanan.decree.documents.edited import TEMPLATES, changed_templates, kept
from padanan.decree.freeze import freeze_draft
from padanan.published.proof import edited_drafts, faults_of_made
from padanan.records import steps
from padanan.records.seals import newest_seal
from padanan.review.decision.actions import Decision, decide
from padanan.upkeep.backup import backup
from padanan.upkeep.restore import restore
from tests.review.decided_by_hand import (
    ASISTEN,
    NOW,
    REPORTER,
    SEALED_AT,
    accept_all,
    approval,
    copy_of,
    demo_home,
    publish,
    wish,
)
from tests.review.published_by_hand import PERIODE

ACTORS = {steps.REPORT: REPORTER, steps.DISCUSS: ASISTEN, steps.DRAFT: REPORTER}
EDIT = b"disunting"


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    home = demo_home(tmp_path_factory.mktemp("dokumen") / "data")
    publish(home, people=300)
    freeze_draft(home, PERIODE, 1)
    write_documents(home, PERIODE, 1)
    return home


@pytest.fixture
def home(template, tmp_path, monkeypatch):
    found = copy_of(template, tmp_path / "data")
    monkeypatch.setenv("PADANAN_HOME", str(found.root))
    return found


@pytest.fixture
def edited(home):
    """(path, bytes) of a draft that an official changed; beside it a note and a folder of his own."""
    folder = documents_folder(home, PERIODE, 1)
    path = folder / "laporan-asisten.docx"
    path.write_bytes(path.read_bytes() + EDIT)
    (folder / "catatan.txt").write_text("nomor surat menyusul")
    (folder / "arsip").mkdir()
    (folder / "arsip" / "lama.txt").write_text("versi rapat")
    return path, path.read_bytes()


def untouched(edited):
    path, content = edited
    folder = path.parent
    return (
        path.read_bytes() == content
        and (folder / "catatan.txt").read_text() == "nomor surat menyusul"
        and (folder / "arsip" / "lama.txt").read_text() == "versi rapat"
    )


def words_of(path):
    document = docx.Document(path)
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    section = document.sections[0]
    edges = [line.text for part in (section.header, section.footer) for line in part.paragraphs]
    return " ".join(" ".join([*edges, *(line.text for line in document.paragraphs), *cells]).split())


def until(home, *actions):
    accept_all(home)
    for action in actions:
        decide(home, Decision(PERIODE, 1, action, actor=ACTORS[action]), now=NOW)


@pytest.mark.feature("F16")
def test_an_edited_draft_survives_documents_refine_penetapan_backup_and_restore(home, edited, tmp_path, capsys):
    assert main(["decree", "documents", "--periode", "2025-S2"]) == 0
    said = capsys.readouterr().out
    assert "laporan-asisten.docx (diubah petugas, tetap; versi baru: laporan-asisten.baru.docx)" in said
    assert "catatan.txt (diubah petugas, tetap; versi baru: tidak ada)" in said and untouched(edited)
    decide(home, wish(home, "perbaiki"), now=NOW)
    write_documents(home, PERIODE, 1)
    assert untouched(edited)
    archive = tmp_path / "cadangan.tar.gz"
    backup(home, archive)
    other = type(home)(tmp_path / "lain")
    restore(archive, other)
    assert untouched((documents_folder(other, PERIODE, 1) / edited[0].name, edited[1]))


@pytest.mark.feature("F16")
def test_after_the_penetapan_nothing_decided_is_called_a_draft(home, edited):
    until(home, steps.REPORT, steps.DISCUSS, steps.DRAFT)
    approve(home, approval(), now=SEALED_AT)
    folder = write_documents(home, PERIODE, 1)
    sealed = newest_seal(home, PERIODE)
    number = sealed.data["nomor"].upper()
    assert untouched(edited), "the penetapan overwrote an official's text"
    for name in ("laporan-asisten.baru", "berita-acara"):
        words = words_of(folder / f"{name}.docx")
        assert "RANCANGAN" not in words and f"ditetapkan dengan Keputusan Gubernur Nomor {number}" in words, name
    pages = [page.extract_text() for page in PdfReader(folder / "berita-acara.pdf").pages]
    assert all("RANCANGAN" not in page and number in page for page in pages)
    for name, digest in sealed.data["lampiran"].items():
        assert file_sha256(folder / name) == digest, "the annex beside the documents is the sealed one"
        assert not (folder / f"rancangan-{name}").exists()
    draft = words_of(folder / "rancangan-keputusan.docx")
    assert "RANCANGAN" in draft and number in draft, "its text stays a draft: the naskah is the one that was signed"
    assert faults_of_made(home)[1] == []


@pytest.mark.feature("F17")
def test_before_the_penetapan_every_document_is_a_draft(home):
    for path in documents_folder(home, PERIODE, 1).glob("*.docx"):
        assert "RANCANGAN" in words_of(path)


@pytest.mark.feature("F50")
def test_verify_tells_an_edited_draft_and_refuses_a_changed_annex(home, edited, capsys):
    until(home, steps.REPORT, steps.DISCUSS, steps.DRAFT)
    folder = write_documents(home, PERIODE, 1)
    with (folder / "berita-acara.docx").open("ab") as paper:  # since it was written last
        paper.write(EDIT)
    capsys.readouterr()
    assert main(["verify"]) == 0
    said = capsys.readouterr().out
    for name in ("laporan-asisten.docx", "catatan.txt", "berita-acara.docx"):
        assert f"dokumen/rev-1/{name}: diubah oleh petugas, bukan temuan" in said
    assert said.count("diubah oleh petugas") == len(edited_drafts(home)) == 3
    approve(home, approval(), now=SEALED_AT)
    annex = newest_seal(home, PERIODE).folder / "lampiran.docx"
    annex.chmod(0o600)
    annex.write_bytes(annex.read_bytes() + EDIT)
    assert main(["verify"]) == 1 and "lampiran.docx" in capsys.readouterr().err


def test_a_draft_that_is_gone_is_a_fault(home):
    (documents_folder(home, PERIODE, 1) / "berita-acara.pdf").unlink()
    assert "berita-acara.pdf" in str(faults_of_made(home)[1][0])


@pytest.mark.feature("F17")
def test_templates_are_hashed_and_a_change_is_told(home, monkeypatch, capsys):
    folder = documents_folder(home, PERIODE, 1)
    facts = json.loads((folder / TEMPLATES).read_text())
    assert set(facts) == {"berita-acara.docx", "keputusan.docx", "lampiran.docx", "laporan-asisten.docx"}
    assert {item["asal"] for item in facts.values()} == {"bawaan"} and changed_templates(home) == []
    (home.root / "templates").mkdir()
    shutil.copy(folder / "berita-acara.docx", home.root / "templates" / "berita-acara.docx")
    assert changed_templates(home) == [folder.relative_to(home.root)]
    assert main(["verify"]) == 0 and "templatnya sudah lain" in capsys.readouterr().out
    (folder / TEMPLATES).unlink()
    assert TEMPLATES in str(faults_of_made(home)[1][0])


def test_without_a_signature_everything_is_taken_for_peoples(home):
    """Nothing proves what is ours: nothing is overwritten."""
    folder = documents_folder(home, PERIODE, 1)
    before = {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "sidik.json"}
    (folder / "sidik.json").unlink()
    write_documents(home, PERIODE, 1)
    assert {name: (folder / name).read_bytes() for name in before} == before
    assert set(kept(home, folder)) == set(before) and kept(home, folder)["berita-acara.docx"] == "berita-acara.baru.docx"
