"""Names that others gave: nothing steers a terminal, no number and no person's name reaches a receipt, a log or an error."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from padanan.base.errors import PadananError
from padanan.base.shown import safe_name, visible
from padanan.landing.header import heading
from tests.pdf_back import text_of

pytestmark = pytest.mark.feature("F50")
NAME = "Siti Kanari Qwxz 3171.0112.3456.7890"
BIDI = "\u202e\u2066\u200f"


@given(st.text())
def test_nothing_that_steers_a_terminal_is_left(text: str) -> None:
    for shown in (visible(text), safe_name(text), safe_name(text, ("dtks",)), heading(text, 0, ())):
        assert shown.isprintable()
    error = PadananError(text, cure=text, file=text, place=text)
    assert str(error).isprintable()


@given(st.text(alphabet=st.characters(categories=("L", "N", "P", "Zs"))))
def test_a_masked_name_keeps_its_length_or_loses_a_number(text: str) -> None:
    shown = safe_name(text, ())
    assert len(shown) == len(visible(text)) or "…" in shown


@pytest.mark.parametrize(
    ("name", "words", "shown"),
    [
        ("dtks_2025-10.csv", ("dtks",), "dtks_2025-10.csv"),
        ("kartu_lansia Rekap Tahap 2 (perbaikan).xlsx", ("klj",), "kartu_lansia Rekap Tahap 2 (perbaikan).xlsx"),
        ("dtks Siti Aminah 2025.csv", ("dtks",), "dtks •••• •••••• 2025.csv"),
        ("dtks_3171011234567890.csv", ("dtks",), "dtks_….csv"),
        ("3171 0112 3456 7890.csv", (), "….csv"),
        ("Siti\x1b[2J\u202efdp.csv", None, "Siti\\x1b[2J\\u202efdp.csv"),
        ("Siti.csv", None, "Siti.csv"),
    ],
)
def test_words_of_filing_are_shown_and_others_masked(name: str, words: tuple[str, ...] | None, shown: str) -> None:
    assert safe_name(name, words) == shown


def test_a_heading_is_told_by_its_place() -> None:
    assert heading("catatan_petugas", 20, ()) == "catatan_petugas (kolom ke-21)"
    assert heading(NAME, 2, ("nama_ibu",)) == "•••• •••••• •••• … (kolom ke-3)"


def test_no_name_reaches_manifest_receipt_or_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A file, its letter and a heading that bear a person's name and number and control characters, taken in from an inbox."""
    from padanan.base.home import Home
    from padanan.cli import main

    home = Home(tmp_path / "data").ensure()
    monkeypatch.setenv("PADANAN_HOME", str(home.root))
    inbox = home.inbox("dtks")
    inbox.mkdir()
    (inbox / f"dtks {NAME}{BIDI}\x1b[31m.csv").write_text("nik|nama|alamat\n1|2|3\n")
    (inbox / f"{NAME}.csv").write_text(f"ID_DTKS|NIK|NAMA|{NAME}\n1|2|3|4\n")
    (inbox / f"{NAME}.csv.pengantar.yaml").write_text("periode_data: bukan\n")
    (inbox / f"dtks_2025-10 {NAME}.csv").write_bytes(b"\x00\x01")
    (inbox / f"~${NAME}.csv").write_text("x")
    assert main(["deliver", "--inbox", "--producer", "dtks"]) == 1
    assert main(["status", "--periode", "2025-S2"]) == 0
    said = capsys.readouterr()
    texts = [said.out, said.err] + [
        text_of(path) if path.suffix == ".pdf" else path.read_text()
        for path in (home.root / "quarantine").rglob("*")
        if path.is_file() and path.parent.name != "original"
    ]
    assert len(texts) > 8
    for text in texts:
        for word in ("Siti", "Kanari", "Qwxz", "3171.0112", "7890", "\x1b", *BIDI):
            assert word not in text, word
    flags = [json.loads(path.read_text()) for path in (home.root / "quarantine").rglob("manifest.json")]
    assert all("•••• •••••• ••••" in item["file"] for item in flags)
