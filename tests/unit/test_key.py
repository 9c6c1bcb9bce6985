"""The key (row "key"): lost, swapped, all zeros, open to others, changed; what was made with it stays attached or is refused."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from padanan.base import keys
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.keys import KeyRing, key_id, load_ring, parse_ring, register_hmac, register_today, ring_text
from padanan.base.period import JAKARTA, Periode
from padanan.base.signing import genuine, sign
from padanan.cli import main
from padanan.forms.sealed_cells import checked, seal
from padanan.records import key_register
from padanan.records.kinds import HANDOVER, KEYS
from padanan.records.log import Log
from padanan.run.plan import make_plan
from padanan.upkeep.key import rotate as rotating
from padanan.upkeep.key.rotate import copy_key, rotate

pytestmark = pytest.mark.feature("F50")
NOW = datetime(2026, 1, 5, 9, tzinfo=JAKARTA)
WHO = {"by": "Pengelola", "reason": "pergantian tahunan", "now": NOW}
OTHER = "60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752"


@pytest.fixture
def key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "brankas" / "kunci"
    monkeypatch.setenv("PADANAN_KEY_FILE", str(path))
    return path


@pytest.fixture
def home(tmp_path: Path, key: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    """A home that bears its key and holds a record."""
    found = Home(tmp_path / "data").ensure()
    monkeypatch.setenv("PADANAN_HOME", str(found.root))
    key_register.key_of(found)
    Log(found, HANDOVER, "register").append([{"peristiwa": "dibuat", "oleh": "x"}], NOW)
    return found


def write(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o600)


def test_a_lost_key_is_never_replaced(home: Home, key: Path, capsys: pytest.CaptureFixture[str]) -> None:
    kept = key.read_text()
    key.unlink()
    for refused in (load_ring, lambda: make_plan(home, {}, Periode(2025, 2)), lambda: sign("x", "y")):
        with pytest.raises(PadananError, match="berkas kunci hilang"):
            refused()
    assert main(["key", "status"]) == 1 and "pulihkan berkas kunci" in capsys.readouterr().err
    assert not key.exists()
    write(key, kept)
    key_register.prove_key(home)


@pytest.mark.parametrize(
    "made",
    [
        "landing/dtks/period=2025-10/delivery=0",
        "published/2025-07-01/rev-1",
        "decree/2025-07-01/ke-1",
        "decisions/reviu/2025-07-01.jsonl",
    ],
)
def test_whatever_was_made_with_a_key_forbids_a_new_one(tmp_path: Path, key: Path, made: str) -> None:
    home = Home(tmp_path / "lain").ensure()
    assert load_ring(home) and key.exists(), "a new home gets its key"
    key.unlink()
    (home.root / made).mkdir(parents=True)
    with pytest.raises(PadananError, match="berkas kunci hilang"):
        load_ring(home)


def test_a_swapped_key_is_refused(home: Home, key: Path) -> None:
    write(key, OTHER)
    with pytest.raises(PadananError, match="ditandai kunci lain"):
        key_register.key_of(home)
    with pytest.raises(PadananError, match="ditandai kunci lain"):
        make_plan(home, {}, Periode(2025, 2))


def test_a_swapped_key_is_refused_by_a_home_of_before_the_register(tmp_path: Path, key: Path) -> None:
    home = Home(tmp_path / "lama").ensure()
    folder = home.root / "landing" / "dtks" / "period=2025-10" / "delivery=0"
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"key_id": "0123abcd"}))
    write(key, OTHER) if key.parent.exists() else (key.parent.mkdir(mode=0o700), write(key, OTHER))
    with pytest.raises(PadananError, match="bukan kunci kiriman yang ada"):
        key_register.key_of(home)
    assert not Log(home, KEYS, "kunci").path.exists()


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("00" * 32, "bukan bilangan acak"),
        ("ab" * 32, "bukan bilangan acak"),
        ("0123456789abcdef" * 4, "bukan bilangan acak"),
        (OTHER[:-2], "terlalu pendek"),
        ("", "kosong"),
        (f"{OTHER}\n{OTHER}", "dua kali"),
        ("bukan kunci", "heksadesimal"),
        (f"{OTHER}\n{'00' * 32}", "bukan bilangan acak"),
    ],
)
def test_a_key_that_is_none_is_refused(home: Home, key: Path, text: str, cause: str) -> None:
    write(key, text)
    with pytest.raises(PadananError, match=cause) as refused:
        load_ring()
    assert str(key) in str(refused.value) and OTHER not in str(refused.value) and "Perbaikan:" in str(refused.value)


@pytest.mark.parametrize("mode", [0o755, 0o750, 0o720, 0o702])
def test_an_open_folder_or_file_is_refused(home: Home, key: Path, mode: int) -> None:
    key.parent.chmod(mode)
    with pytest.raises(PadananError, match=r"folder kunci terbuka.*chmod 700"):
        load_ring()
    key.parent.chmod(0o711)
    assert load_ring(), "passing through harms nobody"
    key.chmod(0o640)
    with pytest.raises(PadananError, match="chmod 600"):
        load_ring()


def test_pseudonyms_of_before_become_todays_in_duckdb_and_python_alike() -> None:
    first, second, third = (bytes.fromhex(OTHER[place:] + OTHER[:place]) for place in (0, 2, 4))
    with duckdb.connect() as con:
        for ring in (KeyRing((first, second)), KeyRing((first, second, third))):
            register_hmac(con, KeyRing((first,)))
            old = con.execute("select hmac_hex('x')").fetchall()[0][0]
            register_hmac(con, ring)
            register_today(con, ring, key_id(first))
            (fresh, translated), none = con.execute("select hmac_hex('x'), hmac_kini(?)", [old]).fetchall()[0], None
            assert fresh == translated == ring.today(old, key_id(first)) != old and len(fresh) == 32
            assert con.execute("select hmac_hex(null), hmac_kini(null)").fetchall() == [(none, none)]
            assert ring.today(fresh, ring.names[-1]) == fresh
    with pytest.raises(PadananError, match="kunci lain"):
        KeyRing((second,)).today(old, key_id(first))


def test_after_a_change_old_signatures_records_and_forms_stand(home: Home, key: Path) -> None:
    mark, cells = sign("uji", "teks"), ["a", "b"]
    form, before = seal("uji", cells), load_ring()
    ring = rotate(home, **WHO)
    assert ring.keys[:-1] == before.keys and load_ring() == ring and key.stat().st_mode & 0o777 == 0o600
    assert genuine("uji", "teks", mark, before.names[-1]) and not genuine("uji", "teks", mark, ring.names[-1])
    assert sign("uji", "teks") != mark == sign("uji", "teks", by=before.names[-1])
    assert checked("uji", cells, form) == (before.names[-1], form)
    key_used, expected = checked("uji", ["a", "lain"], form)
    assert key_used is None and expected[:36] != form[:36] and expected[32:36] == form[32:36], "the edited cell can be named"
    log = Log(home, HANDOVER, "register")
    log.append([{"peristiwa": "dibuat", "oleh": "y"}], NOW)
    assert [record["kunci"] for record in log.read().records] == [before.names[-1], ring.names[-1]]
    changed = key_register.standing(home)
    assert changed is not None and (changed["dari"], changed["kunci_kini"]) == (before.names[-1], ring.names[-1])
    assert (changed["oleh"], changed["alasan"]) == ("Pengelola", "pergantian tahunan")


def test_the_file_of_before_a_change_is_refused(home: Home, key: Path) -> None:
    """Restored from an old copy it would make pseudonyms that nobody's decisions are attached to."""
    old = key.read_text()
    rotate(home, **WHO)
    write(key, old)
    with pytest.raises(PadananError, match="kunci lain"):
        key_register.prove_key(home)


class Kill(BaseException):
    """A process that dies: no handler of ours catches it."""


def _dying(*_: object, **__: object) -> None:
    raise Kill


@pytest.mark.parametrize("where", ["before", "after"])
def test_a_killed_change_is_completed_or_never_was(home: Home, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    before = load_ring()
    with monkeypatch.context() as patch:
        patch.setattr(rotating, "write_once" if where == "before" else "key_of", _dying if where == "before" else _second_dies())
        with pytest.raises(Kill):
            rotate(home, **WHO)
    if where == "before":
        assert load_ring() == before and key_register.key_of(home) == before
        assert key_register.standing(home)["kunci_kini"] == before.names[-1]  # type: ignore[index]
        ring = rotate(home, **WHO)
    else:
        ring = load_ring()
        assert len(ring.keys) == 2 and key_register.prove_key(home) == ring, "a run goes on"
        key_register.key_of(home)
    changed = key_register.standing(home)
    assert changed is not None and (changed["kunci_kini"], changed["oleh"]) == (ring.names[-1], "Pengelola")
    assert len(ring.keys) == 2


def _second_dies():  # type: ignore[no-untyped-def]
    calls: Iterator[int] = iter(range(9))

    def key_of(home: Home) -> KeyRing:
        if next(calls):
            raise Kill
        return key_register.key_of(home)

    return key_of


def test_another_home_of_the_same_key_learns_of_the_change(home: Home, tmp_path: Path) -> None:
    other = Home(tmp_path / "demo").ensure()
    key_register.key_of(other)
    ring = rotate(home, **WHO)
    assert key_register.key_of(other) == ring
    assert key_register.standing(other)["oleh"] == "berkas kunci bersama"  # type: ignore[index]


def test_two_changes_at_once_are_one(home: Home) -> None:
    from padanan.base import locks

    with locks.held(keys.key_file().parent / ".kunci.lock"), pytest.raises(PadananError, match="sedang diganti"):
        rotate(home, **WHO)


def test_status_and_backup(home: Home, key: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["key", "rotate", "--by", "Pengelola", "--reason", "uji"]) == 0
    ring = load_ring()
    assert main(["key", "status"]) == 0
    said = capsys.readouterr().out
    assert str(key) in said and all(f"{name[:4]}-{name[4:]}" in said for name in ring.names)
    assert "3 catatan" in said and not any(one.hex() in said for one in ring.keys)
    safe = tmp_path / "brankas-lain"
    safe.mkdir()
    assert main(["key", "backup", str(safe / "kunci")]) == 0
    assert (safe / "kunci").stat().st_mode & 0o777 == 0o600
    assert parse_ring((safe / "kunci").read_text(), safe) == ring and (safe / "kunci").read_text() == ring_text(ring)
    for target, cause in (
        (home.root / "kunci", "di dalam data home"),
        (key.with_name("kunci-2"), "folder kuncinya sendiri"),
        (safe / "kunci", "sudah ada"),
        (tmp_path / "tidak" / "ada", "folder tujuan tidak ada"),
    ):
        with pytest.raises(PadananError, match=cause):
            copy_key(home, target)
    for wrong in (["--by", "", "--reason", "x"], ["--by", "x", "--reason", "NIK 3171011234567890"]):
        assert main(["key", "rotate", *wrong]) == 1
    assert load_ring() == ring
