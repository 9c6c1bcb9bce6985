"""No tracked file holds a key, a password, a token or a home of data; what looks like one is named here with a reason.

What the program itself may print is tested in `tests/end_to_end/test_privacy_canaries.py`.
"""

from __future__ import annotations

import math
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
KINDS = {
    "private key": re.compile(rb"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----\s*[A-Za-z0-9+/=\\n\s]{40,}"),
    "cloud key": re.compile(rb"\b(?:AKIA|ASIA)[0-9A-Z]{16}\b|\bAIza[0-9A-Za-z_\-]{35}\b"),
    "forge token": re.compile(rb"\bgh[pousr]_[A-Za-z0-9]{36}\b|\bgithub_pat_[A-Za-z0-9_]{50,}|\bglpat-[A-Za-z0-9_\-]{20}\b"),
    "package token": re.compile(rb"\bpypi-[A-Za-z0-9_\-]{50,}|\bnpm_[A-Za-z0-9]{36}\b"),
    "chat token": re.compile(rb"\bxox[abprs]-[A-Za-z0-9\-]{10,}|\b\d{8,10}:AA[A-Za-z0-9_\-]{33}\b"),
    "signed token": re.compile(rb"\beyJ[A-Za-z0-9_\-]{10,}\.eyJ[A-Za-z0-9_\-]{10,}\.[A-Za-z0-9_\-]{20,}"),
    "address with password": re.compile(rb"\b[a-z][a-z0-9+]{2,20}://[^\s:/@'\"{}<>$]+:[^\s@/'\"{}<>$]{3,}@[^\s'\"]+"),
    "assigned secret": re.compile(
        rb"(?i)\b(?:[a-z0-9_]*(?:password|passwd|secret|api_?key|access_?key|auth_?token|kata_?sandi)[a-z0-9_]*)[\"']?\s*[:=]\s*"
        rb"[\"']([A-Za-z0-9+/_\-]{20,})[\"']"
    ),
}
# (file, kind): what it is.
EXPLAINED = {
    (
        "tests/definitions/test_postgres_storage.py",
        "address with password",
    ): "a server that nobody has: its password must not be told",
    (
        "tests/landing/test_landing_postgres.py",
        "address with password",
    ): "a server that nobody has: its password must not be told",
}
KEY_NAMES = re.compile(
    r"(?:^|/)(?:\.env|id_(?:rsa|ed25519|ecdsa)|.*\.(?:pem|p12|pfx|jks|keystore|kdbx|key)|\.netrc|\.pgpass|\.htpasswd)$"
)
DATA_NAMES = re.compile(r"\.(?:sqlite3?|duckdb|db|parquet|xlsx?|tar\.gz|zip|dump|pgdump)$")
DATA_PLACES = ("data/samples/", "tests/", "padanan/decree/", "padanan/pages/", "benchmarks/", "docs/")


@cache
def tracked() -> dict[str, bytes]:
    """Every tracked file; without git every file that is in no ignored folder."""
    names: list[str] = []
    if shutil.which("git") and (ROOT / ".git").exists():
        done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
        names = [name for name in done.stdout.decode().split("\0") if name]
    else:
        ignored = {".venv", ".cache", ".git", "data", "data-year", ".keys", "target", "__pycache__", "node_modules"}
        names = [
            path.relative_to(ROOT).as_posix()
            for path in ROOT.rglob("*")
            if path.is_file() and not ignored & set(path.relative_to(ROOT).parts)
        ]
    found = {name: (ROOT / name).read_bytes() for name in names if (ROOT / name).is_file() and not (ROOT / name).is_symlink()}
    assert len(found) > 1000
    return found


def drawn(secret: bytes) -> bool:
    """Whether a text looks drawn by chance: letters and digits, many different ones."""
    counts = [secret.count(one) for one in set(secret)]
    bits = -sum(count / len(secret) * math.log2(count / len(secret)) for count in counts)
    return bits > 3.5 and bool(re.search(rb"\d", secret)) and bool(re.search(rb"[A-Za-z]", secret))


def secrets(data: bytes, kind: str) -> list[int]:
    """Lines where something of that kind stands."""
    return [
        data.count(b"\n", 0, match.start()) + 1
        for match in KINDS[kind].finditer(data)
        if kind != "assigned secret" or drawn(match[1])
    ]


SAMPLES = {
    "private key": b"-----BEGIN OPENSSH PRIVATE KEY-----\n" + b"b3BlbnNzaC1rZXktdjEAAAAABG5vbmU" * 3,
    "cloud key": b"AKIA" + b"ABCDEFGHIJKLMNOP",
    "forge token": b"ghp_" + b"a1" * 18,
    "package token": b"pypi-" + b"AgEIcHlwaS5vcmc" * 4,
    "chat token": b"xoxb-" + b"1234567890-abc",
    "signed token": b"eyJ" + b"hbGciOiJIUzI1NiJ9.eyJ" + b"zdWIiOiIxMjM0NTY3ODkwIn0." + b"dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P",
    "address with password": b"postgresql" + b"://padanan:rahasia9@db.contoh.id/x",
    "assigned secret": b"client_secret" + b' = "q8Zr2LxN0vT7bYpW4kHs"',
}


@pytest.mark.parametrize("kind", KINDS)
def test_no_tracked_file_holds_one(kind: str) -> None:
    assert secrets(SAMPLES[kind], kind) == [1], "the pattern sees what it is for"
    met = {name: lines for name, data in tracked().items() if (lines := secrets(data, kind))}
    explained = {name for name, what in EXPLAINED if what == kind}
    assert met.keys() == explained, f"if it was ever a real one, change it first, then take it out: {met}"


def test_no_key_file_and_no_data_home_is_tracked() -> None:
    names = list(tracked())
    assert [name for name in names if KEY_NAMES.search(name)] == []
    assert [name for name in names if DATA_NAMES.search(name) and not name.startswith(DATA_PLACES)] == []
    assert [
        name for name in names if name.startswith(("data/", "data-year/", ".keys/")) and not name.startswith("data/samples/")
    ] == []
    assert KEY_NAMES.search("deploy/server.pem") and DATA_NAMES.search("data/warehouse/padanan.duckdb")
