"""The CSV reader gives back every row, and says exactly which ones it could not read."""

from __future__ import annotations

import codecs
import tempfile
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from padanan.landing import csv_reader
from padanan.landing.csv_reader import read_csv
from padanan.landing.raw import DamagedFile, RawTable, Spec

SEPARATORS = [";", ",", "|", "\t", "^", "~", "§", "||", "¦"]


def spec_of(names: list[str], separator: str | None = None, **form: object) -> Spec:
    return Spec({name: (name, name) for name in names}, frozenset(names), frozenset(), {"pemisah": separator, **form})


def rows_of(table: RawTable) -> list[list[str]]:
    data = pq.read_table(table.path)
    return [list(row) for row in zip(*(data[name].to_pylist() for name in sorted(table.columns)), strict=True)]


def rejects_of(table: RawTable) -> list[tuple[int, str, str]]:
    data = pq.read_table(table.rejects).to_pylist()
    return [(row["_baris"], row["sebab"], row["isi"]) for row in data]


def read(text: str | bytes, spec: Spec, encoding: str = "utf-8") -> RawTable:
    folder = Path(tempfile.mkdtemp())
    path = folder / "kiriman.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode(encoding))
    return read_csv(path, spec, folder)


def quoted(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


@st.composite
def tables(draw: st.DrawFn) -> tuple[list[list[str]], str, str, str, list[list[bool]]]:
    """Rows, separator, line end, encoding, and which cells are quoted without need."""
    separator = draw(st.sampled_from(SEPARATORS))
    width = draw(st.integers(1, 7))
    letters = 'ab é"' + "\n\r " + ("" if len(separator) > 1 else separator)
    # From five columns on, a row with line ends and separators inside its fields may look like two whole rows; the
    # reader then sets it aside (test below), so a wide table here has the one or the other.
    wide = draw(st.sampled_from(["\n\r", separator])) if width >= 5 else ""
    rich = st.text([letter for letter in letters if letter not in wide], max_size=6)
    plain = st.text([letter for letter in letters if letter not in wide + "\n\r"], max_size=6)
    rows = draw(st.lists(st.lists(st.one_of(plain, rich), min_size=width, max_size=width), min_size=1, max_size=12))
    flags = draw(st.lists(st.lists(st.booleans(), min_size=width, max_size=width), min_size=len(rows), max_size=len(rows)))
    ending = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
    return rows, separator, ending, encoding, flags


def write(rows: list[list[str]], separator: str, ending: str, flags: list[list[bool]], open_end: bool) -> str:
    lines = []
    for row, force in zip(rows, flags, strict=True):
        empty = not any(row)
        cells = [
            quoted(cell) if extra or empty or any(mark in cell for mark in (separator, '"', "\n", "\r")) else cell
            for cell, extra in zip(row, force, strict=True)
        ]
        lines.append(separator.join(cells))
    return ending.join(lines) + ("" if open_end else ending)


@pytest.mark.feature("F05")
@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tables(), st.booleans(), st.integers(0, 2))
# Two halves of a quoted field looked like an empty field more in every row.
@example(([["\r^ ", ""]], "^", "\n", "utf-8", [[False, False]]), False, 0)
def test_any_table_comes_back_row_equal(
    table: tuple[list[list[str]], str, str, str, list[list[bool]]], open_end: bool, titles: int
) -> None:
    """Whatever separator, quoting, line ends inside and outside fields, encoding: the same rows come back."""
    rows, separator, ending, encoding, flags = table
    names = [f"kolom_{index}" for index in range(len(rows[0]))]
    head = ending.join(["Daftar"] * titles + [separator.join(names)]) + ending
    text = head + write(rows, separator, ending, flags, open_end)
    found = read(text, spec_of(names, separator), encoding)
    assert rows_of(found) == rows
    assert found.counted == len(rows)
    assert rejects_of(found) == []


def test_a_record_that_may_be_two_rows_is_set_aside_line_by_line() -> None:
    """Found by the property test: every physical line of this record has all separators, as a stray quote's victims would."""
    names = [f"kolom_{index}" for index in range(5)]
    found = read(";".join(names) + '\n;";;";"\r";;";;"\na;b;c;d;e\n', spec_of(names, ";"))
    assert rows_of(found) == [["a", "b", "c", "d", "e"]]
    assert found.counted == 3
    assert [(line, cause) for line, cause, _ in rejects_of(found)] == [(2, "kutip_tidak_tertutup"), (3, "kutip_tidak_tertutup")]
    assert "".join(content for _, _, content in rejects_of(found)) == ';";;";"";;";;"'


def test_a_field_of_the_only_column_may_end_in_the_separator() -> None:
    """Found by the property test: its second line was taken for a row with a separator too many."""
    found = read('kolom_0\n"\ra\t"\n', spec_of(["kolom_0"], "\t"))
    assert rows_of(found) == [["\ra\t"]] and rejects_of(found) == []


@settings(max_examples=200, deadline=None)
@given(tables(), st.data())
def test_small_blocks_change_nothing(table: tuple[list[list[str]], str, str, str, list[list[bool]]], data: st.DataObject) -> None:
    """Records cut by a block's end are read whole: any block size gives the same rows and the same line numbers."""
    rows, separator, ending, encoding, flags = table
    names = [f"kolom_{index}" for index in range(len(rows[0]))]
    text = separator.join(names) + ending + write(rows, separator, ending, flags, False)
    whole = read(text, spec_of(names, separator), encoding)
    size = csv_reader.BLOCK
    csv_reader.BLOCK = data.draw(st.integers(1, 40))
    try:
        cut = read(text, spec_of(names, separator), encoding)
    finally:
        csv_reader.BLOCK = size
    assert rows_of(cut) == rows_of(whole) == rows
    assert pq.read_table(cut.path)["_baris"] == pq.read_table(whole.path)["_baris"]


@settings(max_examples=200, deadline=None)
@given(st.text(';"a\n\r', max_size=60), st.integers(2, 4))
def test_garbage_is_accounted_for(body: str, width: int) -> None:
    """Any bytes below a header: every line is a row, a reject, blank, or part of one; none is lost."""
    names = [f"kolom_{index}" for index in range(width)]
    try:
        found = read(";".join(names) + "\n" + body, spec_of(names, ";"))
    except DamagedFile as fault:
        assert fault.rule == "total_kendali"
        return
    control = found.control
    assert control["garis"] == (
        control["garis_judul"]
        + control["garis_kosong"]
        + control["garis_lanjutan"]
        + control["garis_tak_terbaca"]
        + control["baris_terbaca"]
    )
    assert found.counted == len(rows_of(found)) + len(rejects_of(found))


def test_one_stray_quote_costs_one_row() -> None:
    """A quote that opens a field and is never closed spoils its own line; 150,000 rows once vanished this way."""
    lines = [f"{i};nama {i};jl. {i}" for i in range(1000)]
    lines[500] = '500;"nama 500;jl. 500'
    found = read("a;b;c\n" + "\n".join(lines) + "\n", spec_of(["a", "b", "c"], ";"))
    assert len(rows_of(found)) == 999
    assert rejects_of(found) == [(502, "kutip_tidak_tertutup", lines[500])]


def test_two_stray_quotes_swallow_nothing_between_them() -> None:
    """Between two stray quotes whole rows would fit one field; with five columns on that is never believed."""
    names = list("abcde")
    lines = [f"{i};b{i};c{i};d{i};e{i}" for i in range(40)]
    lines[10], lines[20] = '10;b10;"c10;d10;e10', '20;b20;c20";d20;e20'
    found = read(";".join(names) + "\n" + "\n".join(lines) + "\n", spec_of(names, ";"))
    assert len(rows_of(found)) == 39
    assert [line for line, _, _ in rejects_of(found)] == [12]


def test_quotes_inside_unquoted_fields_are_text() -> None:
    found = read('a;b\n1;Jl. "Mawar" 5"\n"2";"x ""y"""\n', spec_of(["a", "b"], ";"))
    assert rows_of(found) == [["1", 'Jl. "Mawar" 5"'], ["2", 'x "y"']]


def test_wrong_number_of_fields_is_set_aside_with_its_line() -> None:
    found = read("a;b;c\n1;2;3\n1;2\n1;2;3;4\n4;5;6\n", spec_of(["a", "b", "c"], ";"))
    assert [row[0] for row in rows_of(found)] == ["1", "4"]
    assert rejects_of(found) == [(3, "jumlah_kolom 2, seharusnya 3", "1;2"), (4, "jumlah_kolom 4, seharusnya 3", "1;2;3;4")]


def test_nul_bytes_and_blank_lines() -> None:
    found = read("a;b\n1;2\n\n;\n3;\x004\n5;6\n", spec_of(["a", "b"], ";"))
    assert [row[0] for row in rows_of(found)] == ["1", "5"]
    assert [line for line, _, _ in rejects_of(found)] == [5]
    assert found.control["garis_kosong"] == 2


def test_separator_line_title_rows_and_other_separator() -> None:
    """Excel's `sep=;` line and titles are no data; a separator other than the agreed one is read and reported."""
    found = read("sep=;\nDaftar Penerima\n\nNIK;Nama\n1;A\n", spec_of(["nik", "nama"], ","))
    assert rows_of(found) == [["A", "1"]]
    assert pq.read_table(found.path)["_baris"].to_pylist() == [5]
    assert "pemisah_beda" in {flag.rule_id for flag in found.flags}


def test_two_line_header_and_line_breaks_in_labels() -> None:
    spec = Spec(
        {"nik": ("NIK", "nik"), "rt": ("RT", "rt"), "nama": ("NAMA PENERIMA", "nama")},
        frozenset({"nik"}),
        frozenset(),
        {"pemisah": ";"},
    )
    two = read("NIK;NAMA PENERIMA;ALAMAT;\n;;JALAN;RT\n1;A;J;3\n", spec)
    assert pq.read_table(two.path).select(["nik", "nama", "rt"]).to_pylist() == [{"nik": "1", "nama": "A", "rt": "3"}]
    broken = read('NIK;"NAMA\nPENERIMA";RT\n1;A;3\n', spec)
    assert pq.read_table(broken.path)["_baris"].to_pylist() == [3]


def test_mixed_line_ends() -> None:
    found = read("a;b\r\n1;2\n3;4\r5;6\r\n", spec_of(["a", "b"], ";"))
    assert rows_of(found) == [["1", "2"], ["3", "4"], ["5", "6"]]
    assert found.facts["akhir_baris"] == "LF+CRLF+CR"


def test_encodings_are_decided_by_bom_then_utf8_then_cp1252() -> None:
    spec = spec_of(["a", "b"], ";")
    for encoding, said in (("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("cp1252", "cp1252")):
        found = read("a;b\nJosé;“x”\n", spec, encoding)
        assert rows_of(found) == [["José", "“x”"]], encoding
        assert found.facts["encoding"] == said
    mixed = read("a;b\nJosé;é\nñandú;2\n".encode() + b"Ren\xe9;3\n", spec)
    assert rows_of(mixed)[2] == ["René", "3"]
    assert "encoding_campur" in {flag.rule_id for flag in mixed.flags}


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "berkas_rusak"),
        ("a;b\n1;2\n".encode("utf-16-le") * 20, "berkas_rusak"),
        (bytes(range(1, 32)) * 50, "berkas_rusak"),
        (b"1;2\n3;4\n", "kolom_hilang"),
        (b"a;b;a\n1;2;3\n", "berkas_rusak"),
    ],
)
def test_what_is_no_table_is_damaged(content: bytes, rule: str) -> None:
    with pytest.raises(DamagedFile) as caught:
        read(content, spec_of(["a", "b"], ";"))
    assert caught.value.rule == rule
    assert caught.value.cure


@pytest.mark.parametrize("line", ['"{}"', '"{}";;;', '"{}",,'])
@pytest.mark.parametrize("separator", [";", ",", "|"])
def test_lines_between_quotes_are_said(line: str, separator: str) -> None:
    """What Excel saves of a CSV that it opened as one column; the receipt said that no header was found."""
    names = ["kolom_a", "kolom_b", "kolom_c"]
    rows = [names, ["1", "SITI", "x"], ["2", '""BUDI""', "y"]]
    text = "".join(line.format(separator.join(row)) + "\n" for row in rows)
    with pytest.raises(DamagedFile) as refused:
        read(text, spec_of(names, ";"))
    assert "dibungkus tanda kutip" in refused.value.cause and "SITI" not in str(refused.value)


@pytest.mark.parametrize("mark", [codecs.BOM_UTF8, codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE], ids=repr)
def test_a_file_of_a_byte_order_mark_alone_is_empty(mark: bytes) -> None:
    """What says how its letters are written and has none had ended the reader (found by fuzzing)."""
    with pytest.raises(DamagedFile, match="berkas kosong"):
        read(mark, spec_of(["nik", "nama"], ";"))
