"""A packed PDF is the same paper: the same words, tags and numbers, a fraction of the bytes."""

import io
import re
from pathlib import Path

import pytest
from pypdf import PdfReader

from padanan.base.pdf_pack import packed
from padanan.base.typeset import typeset
from tests.pdf_back import accessible, rows_by_page

ROWS = [["Nama panjang ke-" + str(at), str(at * 7)] for at in range(900)]


@pytest.fixture(scope="module")
def paper(tmp_path_factory):
    template = tmp_path_factory.mktemp("cetak") / "uji.typ"
    Path(template).write_text(
        '#set document(title: "Uji")\n#set text(lang: "id", region: "ID")\n= Satu\n'
        "#table(columns: 2, table.header[A][B], ..d.baris.flatten())\n= Dua\nAkhir.\n",
        encoding="utf-8",
    )
    return typeset(template, {"baris": ROWS})


def test_the_same_paper_in_fewer_bytes(paper):
    small = packed(paper)
    assert len(small) < len(paper) / 3 and small == packed(paper)
    before, after = PdfReader(io.BytesIO(paper), strict=True), PdfReader(io.BytesIO(small), strict=True)
    assert len(after.pages) == len(before.pages) > 5
    assert [page.extract_text() for page in after.pages] == [page.extract_text() for page in before.pages]
    assert accessible(after) and after.metadata == before.metadata
    # A row's page is a number of an object: objects keep their numbers.
    assert rows_by_page(after) == rows_by_page(before) and sum(rows_by_page(after)[0].values()) >= len(ROWS)
    assert [item.title for item in after.outline] == [item.title for item in before.outline] == ["Satu", "Dua"]
    assert after.trailer["/ID"] == before.trailer["/ID"]


def test_every_object_is_still_there(paper):
    """More objects than one stream holds, so that the second is read too."""
    before, after = PdfReader(io.BytesIO(paper)), PdfReader(io.BytesIO(packed(paper)))
    numbers = before.xref[0].keys()
    assert len(numbers) > 1_000
    for number in numbers:
        one, other = before.get_object(number), after.get_object(number)
        # A reference prints the number of its reader too.
        assert type(one) is type(other) and re.sub(r"\d{10,}", "", str(one)) == re.sub(r"\d{10,}", "", str(other)), number


def test_each_object_lies_where_the_table_says(paper):
    """Some readers trust the place in a stream, others its heads: both name the same object."""
    reader = PdfReader(io.BytesIO(packed(paper)))
    for number, (stream, index) in reader.xref_objStm.items():
        found = reader.get_object(stream)
        heads = found.get_data()[: found["/First"]].split()
        assert int(heads[2 * index]) == number and len(heads) == 2 * found["/N"]
    assert len(reader.xref_objStm) > 1_000


@pytest.mark.parametrize("spoil", [lambda content: packed(content), lambda content: content[:-40], lambda _: b""])
def test_another_kind_of_file_is_refused(paper, spoil):
    with pytest.raises(ValueError, match="cross-reference"):
        packed(spoil(paper))
