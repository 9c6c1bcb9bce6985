"""The catalogue of feedback: a rule that can't be computed, or stands nowhere, is refused with its line before any file comes."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from padanan.base.errors import ContractError
from padanan.contracts.contract import expectations_dir
from padanan.contracts.feedback import load_catalogue, load_deliverable, load_feedback
from padanan.feedback.binding import check_feedback_rules


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "expectations"
    shutil.copytree(expectations_dir(), copy, ignore=shutil.ignore_patterns("gx", "odcs"))
    return copy


def change(folder: Path, before: str, after: str) -> None:
    path = folder / "umpan_balik.yaml"
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))


def test_the_catalogue_as_it_stands_is_whole() -> None:
    assert check_feedback_rules() == len(load_catalogue().aturan) >= 30
    assert len(load_catalogue().kanal) == 13
    assert set(load_feedback()) <= set(load_deliverable())


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ('gagal: "tanggal < awal - interval 1 year"', 'gagal: "tangal < awal"', "mungkin maksudnya tanggal"),
        ('gagal: "tanggal < awal - interval 1 year"', 'gagal: "tanggal < 5"', "tidak dapat dihitung"),
        ("untuk: [panti], gagal: tanggal_keluar < tanggal", "untuk: [panty], gagal: tanggal_keluar < tanggal", "panty tidak ada"),
        ("gagal: desil not between 1 and 10,", "gagal: coalesce(desil, 0) > 10,", "tidak dikenal"),
        ("akibat: sengketa, sebab: satu nomor", "akibat: buang, sebab: satu nomor", "akibat"),
        ("  jaki: {", "  jakii: {", "kanal"),
        ("  desil: {hasil: \"'desil'\", nilai: desil}\n", "", "tidak berpasangan"),
        ("dari: \"kontrak = 'pengaduan' and mendesak\"", "dari: \"kontrak = 'pengaduan' and darurat\"", "darurat tidak ada"),
        ("kolom: [tanggal, tgl_lahir]", "kolom: [tanggal, hari_lahir]", "tidak berlaku untuk kontrak mana pun"),
    ],
)
def test_a_rule_that_is_wrong_is_named_with_its_line(folder: Path, before: str, after: str, told: str) -> None:
    change(folder, before, after)
    with pytest.raises(ContractError, match=r"umpan_balik\.yaml baris \d+") as error:
        check_feedback_rules(folder)
    assert told in str(error.value)


def test_a_contract_that_is_no_feedback_is_refused(folder: Path) -> None:
    path = folder / "umpan_balik" / "lampid.yaml"
    path.write_text(path.read_text().replace("{property: jenis, value: umpan_balik}", "{property: jenis, value: pendukung}"))
    with pytest.raises(ContractError, match="bukan umpan balik"):
        load_feedback(folder)


def test_two_contracts_of_one_name_are_refused(folder: Path) -> None:
    text = (folder / "umpan_balik" / "lampid.yaml").read_text()
    (folder / "umpan_balik" / "klj.yaml").write_text(text.replace("id: lampid", "id: klj"))
    with pytest.raises(ContractError, match="klj dipakai dua kali"):
        load_deliverable(folder)
