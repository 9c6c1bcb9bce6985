"""Small parts of landing: periods of data, labels, line counts, deadlines."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from padanan.base.commit import publish
from padanan.base.period import JAKARTA, periode_of, periode_start
from padanan.base.shown import safe_name
from padanan.contracts.contract import load_contracts
from padanan.contracts.due import due_date
from padanan.contracts.plan import load_plans
from padanan.landing.header import find_header, heading, normal
from padanan.landing.letter import read_letter
from padanan.landing.raw import DamagedFile, Spec
from padanan.landing.text import prepare_text


@pytest.mark.parametrize(
    ("text", "start", "label"),
    [
        ("2025", date(2025, 1, 1), "2025-S1"),
        ("2025-S2", date(2025, 7, 1), "2025-S2"),
        ("2025-10", date(2025, 10, 1), "2025-S2"),
        ("2025-06-30", date(2025, 6, 30), "2025-S1"),
        ("2025-TW3", date(2025, 7, 1), "2025-S2"),
        ("2025-q1", date(2025, 1, 1), "2025-S1"),
    ],
)
def test_periods_of_data(text: str, start: date, label: str) -> None:
    assert periode_start(text) == start and periode_of(text).label == label


@pytest.mark.parametrize("text", ["", "Oktober", "2025-13", "2025-S3", "10-2025", "../x"])
def test_other_periods_are_refused(text: str) -> None:
    with pytest.raises(ValueError):
        periode_start(text)


def test_period_and_part_from_the_file_name(tmp_path: Path) -> None:
    path = tmp_path / "p3ke_keluarga_3171_2025-06.xlsx"
    path.write_bytes(b"x")
    arrived = datetime(2025, 6, 10, 9, tzinfo=JAKARTA)
    letter = read_letter(path, load_contracts()["p3ke_keluarga"], arrived)
    assert (letter.periode_data, letter.bagian) == ("2025-06", "3171")
    assert (letter.diterima, letter.claimed) == (arrived, None), "the file's own time of change is no proof"
    path.with_name(f"{path.name}.pengantar.yaml").write_text("diterima: 2025-01-02\n")
    letter = read_letter(path, load_contracts()["p3ke_keluarga"], arrived)
    assert (letter.diterima, letter.claimed) == (arrived, datetime(2025, 1, 2, tzinfo=JAKARTA)), "a claim beside the record"


@pytest.mark.parametrize(
    ("written", "count"),
    [("10", 10), ("1234", 1234), ('"1.234"', 1234), ('"1.000"', 1000), ("1.234", 1234), ('"1,234,567"', 1234567), ("10.0", None),
     ("1.000", None), ("12.5", None),
     ('"1.23"', None), ("-3", None), ("[1]", None), ("1e9", None), (".inf", None), ("0x10", 16), ("", None)],
)  # fmt: skip
def test_a_count_is_read_where_it_can_only_mean_one(tmp_path: Path, written: str, count: int | None) -> None:
    path = tmp_path / "dtks_2025-10.csv"
    path.write_bytes(b"x")
    path.with_name(f"{path.name}.pengantar.yaml").write_text(f"jumlah_baris: {written}\n")
    try:
        found = read_letter(path, load_contracts()["dtks"], datetime(2025, 6, 10, 9, tzinfo=JAKARTA)).jumlah_baris
    except DamagedFile:
        found = None
    assert found == count


def test_a_letters_number_is_told_without_a_nik(tmp_path: Path) -> None:
    path = tmp_path / "dtks_2025-10.csv"
    path.write_bytes(b"x")
    letter = path.with_name(f"{path.name}.pengantar.yaml")
    arrived = datetime(2025, 6, 10, 9, tzinfo=JAKARTA)
    for written, told in (
        ("045/12/UJI/2025", "045/12/UJI/2025"),
        ("a.n. 3171010101510001", "a.n. …"),
        ("3171 0101 0151 0001", "…"),
    ):
        letter.write_text(f"nomor_surat: {written}\n")
        assert read_letter(path, load_contracts()["dtks"], arrived).nomor_surat == told


def test_labels() -> None:
    assert normal("NO. KK") == normal("no_kk") == "NOKK"
    assert heading("NIK 3171234567890123\nx", 1, ("nik",)) == "NIK … x (kolom ke-2)"
    assert safe_name("klj_3171234567890123.csv") == "klj_….csv"


def test_an_agreed_name_wins_over_an_alias() -> None:
    spec = Spec({"kk": ("NO", "kk"), "urut": ("URUT", "NO", "urut")}, frozenset({"kk"}), frozenset(), {})
    header = find_header([["NO", "URUT"]], spec)
    assert header is not None and header.mapping == {"kk": 0, "urut": 1}


def test_header_needs_more_than_a_chance_match() -> None:
    spec = Spec({name: (name, name) for name in "abcdefgh"}, frozenset("abcdefgh"), frozenset(), {})
    assert find_header([["a", "1", "2"], ["a", "b", "2"]], spec) is None
    found = find_header([["judul"], ["a", "b", "c", "x"]], spec)
    assert found is not None and (found.row, found.height, found.unagreed) == (1, 1, ("x (kolom ke-4)",))


@pytest.mark.parametrize(
    ("data", "lines", "kinds"),
    [
        (b"a\nb", 2, "LF"),
        (b"a\nb\n", 2, "LF"),
        (b"a\r\nb\r\n", 2, "CRLF"),
        (b"a\rb\r", 2, "CR"),
        (b"a\r\n\rb\n", 3, "LF+CRLF+CR"),
    ],
)
def test_lines_are_counted_on_bytes(tmp_path: Path, data: bytes, lines: int, kinds: str) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(data)
    facts = prepare_text(path, tmp_path)
    assert (facts.lines, facts.newline) == (lines, kinds)


@pytest.mark.feature("F08")
def test_deadlines_follow_the_decree() -> None:
    """DPPAPP and Dinsos two months before, month-end safe; a plan that lacks the year gives none."""
    contracts, plans = load_contracts(), load_plans()
    august = plans[2025].model_copy(update={"decree_dates": {"2025-S1": date(2025, 8, 31), "2025-S2": date(2025, 12, 31)}})
    for contract_id in ("dtks", "carik"):
        assert due_date(contracts[contract_id], "2025-05", {2025: august}) == date(2025, 6, 30)
        assert due_date(contracts[contract_id], "2025-09", {2025: august}) == date(2025, 10, 31)
        assert due_date(contracts[contract_id], "2031-01", plans) is None


def test_a_folder_is_published_once(tmp_path: Path) -> None:
    for number in ("1", "2"):
        folder = tmp_path / f".tmp-{number}"
        folder.mkdir()
        (folder / "isi").write_text(number)
        assert publish(folder, tmp_path / "a" / "b") is (number == "1")
    assert (tmp_path / "a" / "b" / "isi").read_text() == "1"
