"""What argparse finds is told in Indonesian, with its cure, and without what was typed."""

from __future__ import annotations

import argparse
import re

import pytest

from padanan.base.arguments import Parser
from padanan.cli import build_parser, main

NIK = "3171014107800001"


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    with pytest.raises(SystemExit) as left:
        main(list(words))
    assert left.value.code == 2
    usage, *_, fault = capsys.readouterr().err.splitlines()
    assert usage.startswith("pemakaian: padanan") and NIK not in fault
    return fault


@pytest.mark.parametrize(
    ("words", "cause", "cure"),
    [
        (["kti"], "perintah tidak dikenal", "mungkin maksudnya kit"),
        ([NIK], "perintah tidak dikenal", "pakai salah satu dari deliver, "),
        (["kit"], "perintahnya belum disebut", "tulis salah satu dari make"),
        (["release"], "belum diisi: HASH, --by, --reason", "isi"),
        (
            ["kit", "make", "--periode", "2025-S2", f"--foo={NIK}", NIK, "kedua"],
            "pilihan --foo tidak dikenal; 2 kata berlebih",
            "",
        ),
        (["kit", "make", "--peri", "2025-S2"], "belum diisi: --periode", ""),
        (["kit", "make", "--periode"], "--periode tanpa nilai", "tulis nilainya"),
        (["kit", "make", "--periode", "2025-S2", "--revisi", NIK + "x"], "--revisi: bukan angka", "tulis angka"),
        (["kit", "make", "--periode", "2025-S2", f"--again={NIK}"], "--again tidak memakai nilai", ""),
        (["calendar", "--year", "25"], "--year: tahun tidak terbaca", "tulis empat angka, misalnya 2026"),
        (["api", "serve", "--workers", "99"], "--workers: angkanya di luar batas", "tulis 1 sampai 64"),
        (["calendar", "--as-of", NIK], "--as-of: tanggal tidak terbaca", "tulis seperti 2025-12-15"),
        (["decree", "seal", "--as-of", "x"], None, ""),
    ],
)
def test_every_fault_of_a_command_line(
    words: list[str], cause: str | None, cure: str, capsys: pytest.CaptureFixture[str]
) -> None:
    fault = said(capsys, *words)
    assert fault.startswith("GALAT: ") and ". Perbaikan: " in fault
    found, _, told = fault.removeprefix("GALAT: ").partition(". Perbaikan: ")
    assert cause in (None, found) and told.startswith(cure)
    assert not re.search(r"\b(the|argument|invalid|required|expected|choose)\b", fault)


def test_two_that_exclude_each_other(capsys: pytest.CaptureFixture[str]) -> None:
    parser = Parser(prog="padanan")
    group = parser.add_mutually_exclusive_group(required=True)
    group.add_argument("--satu", action="store_true")
    group.add_argument("--dua", action="store_true")
    for words, cause in ((["--satu", "--dua"], "--dua dan --satu tidak dapat bersama"), ([], "salah satu dari --satu, --dua")):
        with pytest.raises(SystemExit):
            parser.parse_args(words)
        assert cause in capsys.readouterr().err


def test_every_command_is_such_a_parser_and_its_help_is_indonesian() -> None:
    waiting, seen = [build_parser()], 0
    while waiting:
        one = waiting.pop()
        seen += 1
        assert isinstance(one, Parser), one.prog
        text = one.format_help()
        assert "usage:" not in text and "options:" not in text and "show this help" not in text, one.prog
        for action in one._actions:
            if isinstance(action, argparse._SubParsersAction):
                waiting += action.choices.values()
    assert seen > 60
