"""What is no table says what it is and how to send it; valid workbooks in an unusual package are read."""

from __future__ import annotations

import errno
import os
import shutil
import struct
import zipfile
from pathlib import Path

import pytest

from padanan.contracts.contract import load_contracts
from padanan.landing import archive as archive_module
from padanan.landing.archive import usual_layout
from padanan.landing.raw import DamagedFile, Spec
from padanan.landing.readers import read_file

CASES = Path(__file__).resolve().parents[1] / "cleansing" / "field_cases"
SPEC = Spec.of(load_contracts()["klj"])


def archive(path: Path, **members: str) -> Path:
    with zipfile.ZipFile(path, "w") as out:
        for name, text in members.items():
            out.writestr(name.replace("__", "/").replace("_dot_", "."), text)
    return path


def dbf(*fields: str) -> bytes:
    """A dBase III table of two rows."""
    head = bytes([3, 125, 10, 5]) + struct.pack("<IHH", 2, 33 + 32 * len(fields), 1 + 20 * len(fields)) + bytes(20)
    head += b"".join(name.encode().ljust(11, b"\0") + b"C" + bytes(4) + bytes([20]) + bytes(15) for name in fields)
    return head + b"\r" + (b" " + b"CONTOH".ljust(20) * len(fields)) * 2 + b"\x1a"


def refused(path: Path, tmp_path: Path) -> tuple[str, str]:
    with pytest.raises(DamagedFile) as caught:
        read_file(path, SPEC, tmp_path)
    return caught.value.cause, caught.value.cure


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"mimetype": "application/vnd.oasis.opendocument.spreadsheet"}, "berkas ODS"),
        ({"xl__workbook_dot_bin": "x"}, "berkas XLSB"),
        ({"word__document_dot_xml": "x"}, "dokumen Word"),
        ({"kiriman_dot_csv": "a|b"}, "arsip zip"),
    ],
)
def test_archives_are_named(tmp_path: Path, members: dict[str, str], said: str) -> None:
    cause, cure = refused(archive(tmp_path / "a.xlsx", **members), tmp_path)
    assert said in cause and ".xlsx" in cure


@pytest.mark.parametrize(
    ("head", "said"),
    [
        (b"\xef\xbb\xbf  <!DOCTYPE html><html>", "HTML"),
        ("\ufeff<table><tr>".encode("utf-16"), "HTML"),
        (b'\xef\xbb\xbf[\n {"nik": "1"}]', "JSON"),
        (b'{"data": []}', "JSON"),
        (b"<?xml version='1.0'?><a/>", "XML"),
        (b"%PDF-1.7 x", "PDF"),
        (b"Rar!\x1a\x07\x00", "arsip RAR"),
        (b"\x1f\x8b\x08\x00", "arsip gzip"),
        (b"From: a@b\nSubject: data\n", "surel"),
        (b"MIME-Version: 1.0\nContent-Type: multipart/related\n", "surel"),
        (b"\x00" * 4000, "bita nol"),
        (dbf("NIK", "NAMA", "ALAMAT"), "DBF"),
    ],
)
def test_foreign_bytes_are_named(tmp_path: Path, head: bytes, said: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(head)
    cause, cure = refused(path, tmp_path)
    assert said in cause and "kirim" in cure


def test_backslash_names_are_read(tmp_path: Path) -> None:
    """Some writers on Windows put backslashes into a package's names."""
    path = tmp_path / "b.xlsx"
    with zipfile.ZipFile(CASES / "X09_klj_baris_tersembunyi.xlsx") as source, zipfile.ZipFile(path, "w") as out:
        for item in source.infolist():
            renamed = zipfile.ZipInfo("x")
            renamed.filename = item.filename.replace("/", "\\")
            out.writestr(renamed, source.read(item))
    with zipfile.ZipFile(path) as made:
        assert any("\\" in item.orig_filename for item in made.infolist())
    assert read_file(path, SPEC, tmp_path).counted == 6


def test_a_full_disk_is_not_called_a_broken_workbook(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A copy that can't be written is the machine's fault: the delivery waits, and is not quarantined."""
    path = tmp_path / "b.xlsx"
    with zipfile.ZipFile(CASES / "X09_klj_baris_tersembunyi.xlsx") as source, zipfile.ZipFile(path, "w") as out:
        for item in source.infolist():
            out.writestr(
                item.filename.replace("/workbook.xml", "/workbook2.xml"),
                source.read(item).replace(b"workbook.xml", b"workbook2.xml"),
            )

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(archive_module.shutil, "copyfileobj", full)
    with pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
        usual_layout(path, tmp_path)


def test_a_usual_workbook_is_not_copied(tmp_path: Path) -> None:
    path = Path(shutil.copy(CASES / "X09_klj_baris_tersembunyi.xlsx", tmp_path / "c.xlsx"))
    assert usual_layout(path, tmp_path) == path
