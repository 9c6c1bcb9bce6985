"""What landed is proved: a byte changed in any file of a delivery is named by `verify`, and by the next run if it reads it."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from padanan.base.errors import PadananError
from padanan.base.folder_proof import FILE
from padanan.base.home import Home
from padanan.cli import main
from padanan.landing.receipt import Receipt
from padanan.records.delivery_proof import faults_of_deliveries, prove_landed, prove_read
from padanan.records.kinds import KEYS
from padanan.records.log import Log

pytestmark = pytest.mark.feature("F50")
READ = (
    "part.parquet",
    "rejects.parquet",
    "manifest.json",
    "sidik.json",
    "tanda_terima.json",
    "tanda_terima.html",
    "tanda_terima.pdf",
)


@pytest.fixture
def landed(take: Callable[..., Receipt], dtks_file: Callable[..., Path]) -> Receipt:
    return take(dtks_file())


def flip(path: Path) -> bytes:
    """Changes one byte in the middle, keeps size and time of change, and returns what stood there."""
    before, found = path.read_bytes(), path.stat()
    content = bytearray(before)
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    os.utime(path, ns=(found.st_atime_ns, found.st_mtime_ns))
    return before


def prove(home: Home, receipt: Receipt) -> None:
    prove_landed(home)
    prove_read(home, [(receipt.folder / "part.parquet").relative_to(home.root).as_posix()])


@pytest.mark.parametrize("name", READ)
def test_one_byte_is_named_by_verify_and_by_what_reads_it(
    home: Home, landed: Receipt, name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PADANAN_HOME", str(home.root))
    prove(home, landed)
    assert faults_of_deliveries(home) == (1, []) and main(["verify"]) == 0
    before = flip(landed.folder / name)
    place = (landed.folder / name).relative_to(home.root).as_posix()
    with pytest.raises(PadananError) as refused:
        prove(home, landed)
    assert place in str(refused.value) and "Perbaikan:" in str(refused.value)
    assert main(["verify"]) == 1 and place in capsys.readouterr().err
    (landed.folder / name).write_bytes(before)
    prove(home, landed)


def test_originals_strangers_and_missing_files_are_found_by_verify(home: Home, landed: Receipt) -> None:
    (original,) = (landed.folder / "original").iterdir()
    before = flip(original)
    [fault] = faults_of_deliveries(home)[1]
    assert "original" in str(fault) and original.name not in str(fault), "a file's name may hold a person's"
    original.write_bytes(before)
    (landed.folder / "Budi Contoh.csv").write_text("x")
    [fault] = faults_of_deliveries(home)[1]
    assert "1 berkas yang tidak tercatat" in str(fault) and "Budi" not in str(fault)
    (landed.folder / "Budi Contoh.csv").unlink()
    (landed.folder / "part.parquet").unlink()
    assert "part.parquet: berkas kiriman hilang" in str(faults_of_deliveries(home)[1][0])


def test_a_manifest_that_fits_what_was_changed_needs_the_key(home: Home, landed: Receipt) -> None:
    """Whoever edits rows and makes all hashes fit has no key for the signature; a whole folder put elsewhere is no delivery."""
    path = landed.folder / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"rows_on": 1}))
    from padanan.base.digest import file_sha256

    mark = landed.folder / FILE
    signed = json.loads(mark.read_text())
    signed["berkas"]["manifest.json"] = file_sha256(path)
    mark.write_text(json.dumps(signed))
    with pytest.raises(PadananError, match="tanda kiriman palsu"):
        prove_landed(home)


def test_a_delivery_under_another_period_is_refused(home: Home, landed: Receipt) -> None:
    other = landed.folder.parent.with_name("period=2025-11")
    landed.folder.parent.rename(other)
    with pytest.raises(PadananError, match="untuk folder lain"):
        prove_landed(home)


def test_duplicates_and_quarantine_are_signed_too(
    home: Home, landed: Receipt, take: Callable[..., Receipt], dtks_file: Callable[..., Path]
) -> None:
    again = take(dtks_file(), day="2025-10-11")
    aside = take(dtks_file("dtks_rusak.csv", without=("nik",)))
    assert (again.status, aside.status) == ("duplikat", "karantina") and faults_of_deliveries(home) == (2, [])
    take(dtks_file("dtks_rusak.csv", without=("nik",)))
    assert faults_of_deliveries(home) == (3, []), "an older try moved aside is still what was signed"
    for path in (again.paper, aside.folder / "tanda_terima.html"):
        before = flip(path)
        [fault] = faults_of_deliveries(home)[1]
        assert path.name in str(fault)
        path.write_bytes(before)


def test_what_is_older_than_signatures_is_signed_after_it_was_compared(
    home: Home, landed: Receipt, take: Callable[..., Receipt], dtks_file: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    monkeypatch.setenv("PADANAN_HOME", str(home.root))
    again, other = take(dtks_file(), day="2025-10-11"), take(dtks_file("dtks_2025-11.csv", rows=9), day="2025-11-10")
    for folder in (landed.folder, other.folder):
        manifest = json.loads((folder / "manifest.json").read_text())
        del manifest["files"]
        (folder / "manifest.json").write_text(json.dumps(manifest))
        (folder / FILE).unlink()
    again.paper.with_name(f"{again.paper.stem}.{FILE}").unlink()
    (other.folder / "part.parquet").write_bytes((landed.folder / "part.parquet").read_bytes())
    with pytest.raises(PadananError, match=r"tanpa tanda.*padanan key sign --by NAMA"):
        prove_landed(home)
    assert main(["key", "sign", "--by", "3171011234567890"]) == 1 and "tanpa nomor" in capsys.readouterr().err
    assert main(["key", "sign", "--by", "Pengelola"]) == 1
    said = capsys.readouterr()
    assert "1 kiriman, 1 tanda terima" in said.out
    assert "part.parquet: kiriman tidak cocok dengan catatannya sendiri" in said.err
    assert not (other.folder / FILE).exists()
    begun, record = Log(home, KEYS, "kunci").read().records
    assert begun["tindakan"] == "mulai"
    assert record["oleh"] == "Pengelola" and record["jumlah"] == {"kiriman": 1, "tanda terima": 1}
    flip(landed.folder / "part.parquet")
    with pytest.raises(PadananError, match=r"part\.parquet: berkas kiriman berubah"):
        prove_read(home, [(landed.folder / "part.parquet").relative_to(home.root).as_posix()])
