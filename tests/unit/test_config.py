"""The one way in which a configuration file becomes an object: every fault with file, line, field and cure, and no value told."""

import subprocess
import sys
from datetime import date

import pytest
from pydantic import Field, field_validator

from padanan.base.config import Config, Filled, Listed, Prose, Text, Version, fault, read_config, typed
from padanan.base.errors import ContractError
from padanan.base.yaml_source import YamlSource


class Part(Config):
    name: Text = Field(validation_alias="nama")
    days: int = Field(validation_alias="hari", ge=1, examples=[30])
    share: float = Field(0.5, validation_alias="ambang", le=1)


class Whole(Config):
    version: Version = Field(validation_alias="versi")
    since: date = Field(validation_alias="sejak")
    parts: Filled[Part] = Field(validation_alias="bagian")
    by_name: dict[str, Part] = Field(default_factory=dict, validation_alias="menurutNama")
    tags: Listed[Text] = ()
    note: Prose | None = Field(None, validation_alias="catatan")
    example: bool = Field(False, validation_alias="contoh")

    @field_validator("parts")
    @classmethod
    def _once(cls, parts: tuple[Part, ...]) -> tuple[Part, ...]:
        for index, part in enumerate(parts):
            if part.name in [one.name for one in parts[:index]]:
                raise fault("nama tertulis dua kali", "hapus salah satunya", at=(index, "nama"))
        return parts


GOOD = """versi: 1
sejak: 2025-01-01
bagian:
  - {nama: pertama, hari: 3}
  - nama: kedua
    hari: 4
    ambang: 1
menurutNama:
  satu: {nama: satu, hari: 1}
tags: [a, b]
catatan: dua
  baris
contoh:
"""


@pytest.fixture
def path(tmp_path):
    target = tmp_path / "berkas.yaml"
    target.write_text(GOOD)
    return target


def test_a_good_file_is_read(path):
    whole = read_config(path, Whole)
    assert (whole.version, whole.since, whole.note, whole.tags) == ("1", date(2025, 1, 1), "dua baris", ("a", "b"))
    assert whole.example is False, "written without a value counts as not written"
    assert whole.parts[1].share == 1.0 and whole.by_name["satu"].days == 1
    with pytest.raises(ValueError, match="frozen"):
        whole.version = "2"


@pytest.mark.parametrize(
    ("old", "new", "line", "field", "words"),
    [
        ("versi: 1\n", "", 1, "versi", ("belum ada", "isi 'versi'")),
        ("versi: 1", "version: 1", 1, "version", ("tidak dikenal", "mungkin maksudnya 'versi'")),
        ("sejak: 2025-01-01", "sejak: '2025-01-01'", 2, "sejak", ("bukan tanggal", "YYYY-MM-DD")),
        ("sejak: 2025-01-01", "sejak: 2025", 2, "sejak", ("bukan tanggal",)),
        ("    hari: 4", "    hari: empat", 6, "bagian.1.hari", ("bukan bilangan bulat", "misalnya 30")),
        ("    hari: 4", "    hari: true", 6, "bagian.1.hari", ("bukan bilangan bulat",)),
        ("    hari: 4", "    hari: 0", 6, "bagian.1.hari", ("terlalu kecil", "paling sedikit 1")),
        ("    hari: 4\n", "", 5, "bagian.1.hari", ("belum ada", "isi 'hari', misalnya 30")),
        ("    ambang: 1", "    ambang: 2", 7, "bagian.1.ambang", ("terlalu besar", "paling banyak 1")),
        ("    ambang: 1", "    ambng: 1", 7, "bagian.1.ambng", ("tidak dikenal", "'ambang'")),
        ("    ambang: 1", "    qqq: 1", 7, "bagian.1.qqq", ("tidak dikenal", "nama, hari, ambang")),
        ("    ambang: 1", "    share: 1", 7, "bagian.1.share", ("tidak dikenal",)),
        ("nama: kedua", "nama: pertama", 5, "bagian.1.nama", ("dua kali", "hapus salah satunya")),
        ("nama: kedua", "nama: ''", 5, "bagian.1.nama", ("kosong",)),
        ("{nama: satu, hari: 1}", "[1]", 9, "menurutNama.satu", ("bukan pasangan nama: nilai",)),
        ("{nama: satu, hari: 1}", "{nama: satu, harii: 1}", 9, "menurutNama.satu", ("hari",)),
        ("tags: [a, b]", "tags: a", 10, "tags", ("bukan daftar",)),
        ("tags: [a, b]", "tags: [a, 3]", 10, "tags.1", ("isian ke-2", "bukan teks")),
        ("contoh:", "contoh: ya", 13, "contoh", ("bukan ya atau tidak", "true atau false")),
    ],
)
def test_every_fault_names_file_line_field_and_cure(path, old, new, line, field, words):
    assert GOOD.count(old) == 1
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(ContractError) as caught:
        read_config(path, Whole)
    told = str(caught.value)
    assert told.startswith(f"GALAT {path} baris {line} ({field}"), told
    assert "Perbaikan: " in told and all(word in told for word in words), told


def test_all_lines_with_a_fault_are_told_at_once(path):
    path.write_text(GOOD.replace("sejak: 2025-01-01", "sejak: x").replace("hari: 3", "hari: x").replace("hari: 4", "hari: x"))
    with pytest.raises(ContractError, match=r"baris 2 \(sejak\).*kesalahan lain: baris 4, 6\)"):
        read_config(path, Whole)


def test_no_value_and_no_number_of_a_person_is_told(path):
    path.write_text(GOOD.replace("hari: 4", "hari: SITI AMINAH").replace("tags: [a, b]", "tags: [{3171012345678901: SITI}]"))
    with pytest.raises(ContractError) as caught:
        read_config(path, Whole)
    assert "SITI" not in str(caught.value) and caught.value.__cause__ is None and caught.value.__suppress_context__
    path.write_text(GOOD.replace("ambang: 1", "'3171012345678901': 1"))
    with pytest.raises(ContractError, match="tidak dikenal") as caught:
        read_config(path, Whole)
    assert "3171012345678901" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "[]", "teks"])
def test_a_file_that_is_no_mapping_is_told(path, text):
    path.write_text(text)
    with pytest.raises(ContractError, match=r"berkas\.yaml baris 1"):
        read_config(path, Whole)


def test_a_field_written_twice_is_refused_with_both_lines(path):
    path.write_text(GOOD + "sejak: 2026-01-01\n")
    with pytest.raises(ContractError, match=r"baris 14: isian 'sejak' tertulis dua kali.*baris 2"):
        YamlSource(path)


def test_a_part_of_a_file(path):
    source = YamlSource(path)
    assert typed(source, Part, at=("bagian", 1)).name == "kedua"
    path.write_text(GOOD.replace("    hari: 4", "    hari: x"))
    with pytest.raises(ContractError, match=r"baris 6 \(bagian\.1\.hari\)"):
        typed(YamlSource(path), Part, at=("bagian", 1))


def test_the_command_line_does_not_pay_for_it():
    """`padanan --help` answers in a blink: pydantic is loaded where a configuration is read."""
    code = "import sys; from padanan.cli import build_parser; build_parser(); print('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_each_reader_of_a_file_has_data_of_its_own_and_an_edited_file_is_read_anew(tmp_path):
    """What was read is kept by the text: neither another reader's changes nor an old text may show."""
    path = tmp_path / "a.yaml"
    path.write_text("a:\n  - nama: satu\n")
    first, second = YamlSource(path), YamlSource(path)
    first.data["a"][0]["nama"] = "lain"
    first.also_by_name(("a",), "nama", None)
    assert second.data == YamlSource(path).data == {"a": [{"nama": "satu"}]}
    assert first.line(("a", "lain")) == 2 and YamlSource(path).line(("a", "lain")) == 1
    path.write_text("# atas\n\na:\n  - nama: dua\n")
    assert YamlSource(path).data == {"a": [{"nama": "dua"}]} and YamlSource(path).line(("a", 0, "nama")) == 4


def test_a_field_written_twice_is_refused_each_time_with_the_file_that_holds_it(tmp_path):
    for name in ("a.yaml", "b.yaml", "a.yaml"):
        (tmp_path / name).write_text("x: 1\ny: 2\nx: 3\n")
        with pytest.raises(ContractError, match=rf"{name} baris 3.*'x' tertulis dua kali.*baris 1"):
            YamlSource(tmp_path / name)
