"""An inbox takes regular files only: links, pipes, devices and sockets are refused by name and never opened, ignored names are
passed by with a word in `padanan status`, and no name whatever stops a tick."""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from padanan.base.errors import DeliveryError
from padanan.base.home import Home
from padanan.base.keys import key_file, load_key
from padanan.base.period import Periode
from padanan.contracts.contract import Contract
from padanan.landing.inbox import passed_by, pending, process_inbox
from padanan.landing.letter import LETTER
from padanan.landing.receipt import Receipt
from padanan.landing.status import render, status
from padanan.review.decision import inbox as forms
from tests.landing.deliveries import tree

Take = Callable[..., Receipt]
DtksFile = Callable[..., Path]
Contracts = dict[str, Contract]


def _fifo(path: Path, _: Path) -> None:
    os.mkfifo(path)


def _socket(path: Path, _: Path) -> None:
    at = Path.cwd()
    os.chdir(path.parent)  # an address of a socket holds 107 bytes
    try:
        socket.socket(socket.AF_UNIX).bind(path.name)
    finally:
        os.chdir(at)


def _device(path: Path, _: Path) -> None:
    try:
        os.mknod(path, 0o600 | 0o020000, os.makedev(1, 5))
    except PermissionError:
        pytest.xfail("only root makes devices")


ODD = {
    "pipa": _fifo,
    "soket": _socket,
    "perangkat": _device,
    "tautan": lambda path, secret: path.symlink_to(secret),
    "tautan ke berkas kunci": lambda path, secret: os.link(secret, path),
}


@pytest.fixture
def secret() -> Path:
    load_key()
    return key_file()


@pytest.mark.feature("F08")
@pytest.mark.parametrize("kind", ODD)
def test_what_is_no_regular_file_gets_a_receipt_and_is_never_opened(
    home: Home, contracts: Contracts, dtks_file: DtksFile, secret: Path, kind: str
) -> None:
    inbox = home.inbox("dtks")
    inbox.mkdir()
    (inbox / "dtks_2025-10.csv").write_bytes(dtks_file().read_bytes())
    ODD[kind](inbox / "dtks_2025-09.csv", secret)
    taken = process_inbox(home, contracts, "dtks")
    assert not taken.faults
    assert {receipt.manifest["file"]: receipt.status for receipt in taken.receipts} == {
        "dtks_2025-10.csv": "diterima", "dtks_2025-09.csv": "ditolak",
    }  # fmt: skip
    odd = next(receipt for receipt in taken.receipts if receipt.status == "ditolak")
    (flag,) = odd.flags
    assert flag["rule_id"] == "bukan_berkas" and kind in flag["pesan"] and flag["perbaikan"]
    assert odd.paper.exists() and not (odd.folder / "original").exists()
    assert pending(home, "dtks") == []
    key = secret.read_bytes().strip()
    assert all(key not in data for part in ("quarantine", "landing") for data in tree(home.root / part).values())


@pytest.mark.parametrize("kind", ["pipa", "tautan"])
def test_a_single_delivery_and_its_letter_are_held_to_the_same(
    take: Take, dtks_file: DtksFile, tmp_path: Path, secret: Path, kind: str
) -> None:
    odd = tmp_path / "dtks_2025-10.csv.aneh"
    ODD[kind](odd, secret)
    assert take(odd, periode_data="2025-10").status == "ditolak"
    path = dtks_file()
    ODD[kind](path.with_name(path.name + LETTER), secret)
    receipt = take(path)
    assert receipt.status == "karantina" and receipt.flags[0]["rule_id"] == "pengantar_rusak"
    assert f"bukan berkas biasa: {kind}" in receipt.flags[0]["pesan"]
    assert [one.name for one in (receipt.folder / "original").iterdir()] == [path.name]
    with pytest.raises(DeliveryError, match="folder"):
        take(tmp_path, periode_data="2025-10")


IGNORED = (
    "Thumbs.db", "thumbs.DB", "desktop.ini", "dtks.csv:Zone.Identifier", "~$dtks.xlsx", ".DS_Store", "dtks.csv.part",
    "dtks.csv.filepart", "dtks.csv.crdownload", "dtks.tmp", ".dtks.csv.a1b2c3",
)  # fmt: skip


@pytest.mark.feature("F08")
def test_ignored_names_are_passed_by_with_a_word(home: Home, contracts: Contracts, dtks_file: DtksFile) -> None:
    inbox = home.inbox("dtks")
    inbox.mkdir()
    for name in IGNORED:
        (inbox / name).write_bytes(b"x")
    (inbox / "arsip lama").mkdir()
    (inbox / "dtks_2025-10.csv").write_bytes(dtks_file().read_bytes())
    (inbox / f"dtks_2025-10.csv{LETTER}").write_text("periode_data: 2025-10\n")
    assert [path.name for path in pending(home, "dtks")] == ["dtks_2025-10.csv"]
    assert {item.name for item in passed_by(home, "dtks")} == {*IGNORED, "arsip lama"}
    assert all(item.reason for item in passed_by(home, "dtks"))
    process_inbox(home, contracts, "dtks")
    text = render(status(home, contracts, Periode(2025, 2)))
    assert f"Diabaikan di inbox, bukan kiriman: {len(IGNORED) + 1}" in text and "dtks: Thumbs.db (cuplikan" in text


NAMES = (
    os.fsdecode(b"dtks_2025-10 \xff\xfe.csv"), "dtks_2025-10 \x1b[31m\x07.csv", "dtks_2025-10\n.csv", "dtks_2025-10 \u202e.csv",
    "d" * 251 + ".csv", "é" * 125 + ".csv", "-rf", "dtks_2025-10 'x\";|.csv", "%s%n{0}.csv", " ", "\\",
)  # fmt: skip


@pytest.mark.feature("F08")
@pytest.mark.parametrize("name", NAMES)
def test_no_name_stops_anything_and_each_has_a_receipt(
    home: Home, contracts: Contracts, dtks_file: DtksFile, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    inbox = home.inbox("dtks")
    inbox.mkdir()
    (inbox / name).write_bytes(dtks_file().read_bytes())
    (receipt,) = process_inbox(home, contracts, "dtks").receipts
    assert receipt.status in ("diterima", "karantina") and pending(home, "dtks") == []
    text = receipt.paper.read_text() + receipt.line() + str(receipt.manifest["file"])
    assert receipt.manifest["file"].isprintable() and "\x1b" not in text and "\u202e" not in text
    render(status(home, contracts, Periode(2025, 2), today=datetime.now(UTC).date())).encode()


@pytest.mark.feature("F08")
def test_a_file_larger_than_agreed_is_refused_uncopied(home: Home, contracts: Contracts) -> None:
    inbox = home.inbox("dtks")
    inbox.mkdir()
    with (inbox / "dtks_2025-10.csv").open("wb") as handle:
        handle.truncate(9 << 40)
    (receipt,) = process_inbox(home, contracts, "dtks").receipts
    assert receipt.status == "ditolak" and receipt.flags[0]["rule_id"] == "terlalu_besar"


def test_a_form_that_is_no_regular_file_is_refused_beside_it(home: Home, secret: Path) -> None:
    folder = forms.folder_of(home)
    folder.mkdir()
    os.mkfifo(folder / "pipa.xlsx")
    (folder / "tautan.yaml").symlink_to(secret)
    (folder / ("f" * 250 + ".yaml")).write_text("a: &a 1\nb: *a\n")
    (folder / "Thumbs.db").write_bytes(b"x")
    results = forms.process(home)
    assert [result.accepted for result in results] == [False] * 3 and all(result.receipt.exists() for result in results)
    assert {part for result in results for part in ("pipa", "tautan", "alias") if part in result.receipt.read_text().lower()} == {
        "pipa", "tautan", "alias",
    }  # fmt: skip
    assert forms.pending(home) == [] and [item.name for item in forms.passed_by(home)] == ["Thumbs.db"]
