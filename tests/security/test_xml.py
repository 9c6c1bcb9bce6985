"""XML from outside: workbooks and templates that name files of this machine, or that grow without end, give nothing away.

What swells in a delivery is tested in `tests/landing/test_poison.py`, in a form in `tests/review/test_hostile_forms.py`.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest
from docx import Document

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.contracts.contract import load_contracts
from padanan.decree.documents.docx import IDENTITY, render
from padanan.forms.sealed_cells import open_workbook
from padanan.landing.raw import DamagedFile, Spec
from padanan.landing.readers import read_file
from tests.fuzz.recipe import parts_of
from tests.fuzz.xlsx_target import base
from tests.review import worklist_by_hand

SECRET = "ISI-BERKAS-MESIN-INI"
PARTS = [name for name, _ in base()]
_TEXT = re.compile(rb">([^<>\s][^<>]*)<")
Parts = list[tuple[str, bytes]]


@pytest.fixture
def secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that the program could read and nobody sent."""
    monkeypatch.setenv("PADANAN_HOME", str(tmp_path / "data"))
    Home.from_env().ensure()
    path = tmp_path / "rahasia.txt"
    path.write_text(SECRET)
    return path


def naming(parts: Parts, chosen: str, entity: str) -> bytes:
    """The package, one part of which declares `&bocor;` and says it in each of its texts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts:
            if name == chosen:
                at = data.index(b"?>") + 2 if data.startswith(b"<?xml") else 0
                body = _TEXT.sub(rb">\1&bocor;<", data[at:])
                if name.endswith(("workbook.xml", "styles.xml")):  # they hold no text: an attribute may hold an inner entity
                    body = body.replace(b'name="', b'name="&bocor;', 1)
                data = data[:at] + f"<!DOCTYPE x [{entity}]>".encode() + body
            archive.writestr(name, data)
    return out.getvalue()


def entities(path: Path) -> dict[str, str]:
    """Ways to name a file: itself, through a parameter, as a document type of its own."""
    return {
        "berkas": f'<!ENTITY bocor SYSTEM "file://{path}">',
        "parameter": f'<!ENTITY % p SYSTEM "file://{path}">%p;<!ENTITY bocor "x">',
        "umum": f'<!ENTITY bocor PUBLIC "a" "{path}">',
    }


def test_a_delivery_s_parts_name_no_file_of_ours(secret: Path, tmp_path: Path) -> None:
    spec = Spec.of(load_contracts()["klj"])
    for kind, entity in entities(secret).items():
        for part in PARTS:
            work = tmp_path / f"{kind}-{PARTS.index(part)}"
            work.mkdir()
            path = work / "a.xlsx"
            path.write_bytes(naming(list(base()), part, entity))
            said = ""
            try:
                said = str(read_file(path, spec, work))
            except DamagedFile as refused:
                said = str(vars(refused))
            left = b"".join(one.read_bytes() for one in work.iterdir() if one != path)
            assert SECRET not in said and SECRET.encode() not in left, (kind, part)


def test_a_form_s_parts_name_no_file_of_ours(secret: Path, tmp_path: Path) -> None:
    """The parent opens a form again after the child: nothing but the reader's own settings keeps files out there."""
    parts = parts_of(worklist_by_hand.write(tmp_path).read_bytes())
    opened = 0
    for entity in entities(secret).values():
        for part, _ in parts:
            path = tmp_path / "a.xlsx"
            path.write_bytes(naming(parts, part, entity))
            try:
                book = open_workbook(path, [], "-")
            except PadananError as refused:
                assert SECRET not in str(refused)
                continue
            opened += 1
            cells = [str(cell.value) for sheet in book.worksheets for row in sheet.iter_rows() for cell in row]
            facts = [str(book.properties), *book.sheetnames, *map(str, book.named_styles)]
            assert SECRET not in "".join(cells + facts), part
    assert opened, "at least one part is one that nobody reads"


@pytest.mark.parametrize("kind", ["berkas", "parameter", "umum"])
def test_a_template_of_an_official_names_no_file_of_ours(secret: Path, tmp_path: Path, kind: str) -> None:
    document = Document()
    document.add_paragraph("Yth. {{ nama }} di tempat")
    document.add_table(1, 1).cell(0, 0).text = "sel {{ nama }}"
    document.sections[0].header.paragraphs[0].text = " ".join(f"{{{{ {name} }}}}" for name in IDENTITY)
    target = io.BytesIO()
    document.save(target)
    parts = parts_of(target.getvalue())
    path = tmp_path / "utuh.docx"
    path.write_bytes(target.getvalue())
    filled = {"nama": "<w:t>Asep & Co</w:t>", **dict.fromkeys(IDENTITY, "x")}
    with zipfile.ZipFile(io.BytesIO(render(path, filled))) as archive:
        assert b"Asep &amp; Co" in archive.read("word/document.xml"), "what is filled in is text, never XML"
    for part in (name for name, _ in parts if name.startswith("word/") and name.endswith(".xml")):
        path = tmp_path / "a.docx"
        path.write_bytes(naming(parts, part, entities(secret)[kind]))
        # python-docx keeps some parts as they came, and never looks into them.
        try:
            made = render(path, filled)
        except PadananError as refused:
            assert SECRET not in str(refused) and "bukan berkas DOCX yang utuh" in str(refused)
            continue
        assert part not in ("word/document.xml", "word/header1.xml")
        with zipfile.ZipFile(io.BytesIO(made)) as archive:
            assert all(SECRET.encode() not in archive.read(name) for name in archive.namelist()), part
