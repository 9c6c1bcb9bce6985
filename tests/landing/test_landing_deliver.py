"""A delivery from the file to its immutable folder: accounts, keys, supersession, rules, and what stays when it fails."""

from __future__ import annotations

import dataclasses
import errno
import hashlib
import hmac
import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

from padanan.base import disk
from padanan.base.errors import DeliveryError, NoSpace, PadananError
from padanan.base.home import CHECKOUT, Home
from padanan.base.keys import load_key
from padanan.base.period import JAKARTA, Periode
from padanan.contracts.contract import Contract
from padanan.contracts.plan import YearPlan, load_plans
from padanan.landing import csv_reader, land, original, reading, reading_child, stage
from padanan.landing.inbox import pending, process_inbox
from padanan.landing.raw import RawTable, Spec
from padanan.landing.receipt import Receipt
from padanan.records.active import active_deliveries
from padanan.records.ledger import release, releases
from tests.landing.deliveries import CANARY_NAME, CANARY_NIK, dtks_row, tree

Take = Callable[..., Receipt]
DtksFile = Callable[..., Path]
S2 = Periode(2025, 2)
CUTOFF = date(2025, 12, 15)


def rules(receipt: Receipt) -> dict[str, str]:
    return {flag["rule_id"]: flag["akibat"] for flag in receipt.flags}


def pseudonym(text: str) -> str:
    return hmac.new(load_key(), text.encode(), hashlib.sha256).hexdigest()[:32]


@pytest.mark.feature("F03")
def test_rows_in_are_rows_on_plus_rows_aside(take: Take, dtks_file: DtksFile) -> None:
    """Counted three times apart: lines of the file, rows of part.parquet, rows of rejects.parquet."""
    rows = [dtks_row(index) for index in range(10)] + [dtks_row(3), dtks_row(3)]
    path = dtks_file(rows=rows, tail='"x"|"terpotong\n\n')
    receipt = take(path)
    assert receipt.status == "diterima"
    part = pq.read_table(receipt.folder / "part.parquet")
    aside = pq.read_table(receipt.folder / "rejects.parquet").to_pylist()
    lines = [line for line in path.read_text().splitlines() if line]
    assert len(lines) - 1 == receipt.rows_in == part.num_rows + len(aside) == 13
    assert receipt.rows_aside == {"tidak_terbaca": 1, "baris_kembar": 2, "bukan_rekaman": 0}
    assert [(row["_baris"], row["alasan"]) for row in aside] == [
        (12, "baris_kembar"),
        (13, "baris_kembar"),
        (14, "tidak_terbaca"),
    ]
    assert aside[2]["isi"] == '"x"|"terpotong'
    assert json.loads(aside[0]["isi"])["id_sumber"] == "ID000003"
    assert len({row["_record_key"] for row in aside[:2]} | set(part["_record_key"].to_pylist())) == 12


@pytest.mark.feature("F05")
def test_landed_columns_are_raw_text_by_standard_name(take: Take, dtks_file: DtksFile, contracts: dict[str, Contract]) -> None:
    receipt = take(dtks_file(rows=[dtks_row(0, nik=" 3174-0113.00000000'", nama='  Bu, "Ani"\nJr ')]))
    part = pq.read_table(receipt.folder / "part.parquet")
    assert part.column_names == [
        *contracts["dtks"].column_names, "_baris", "_sel_angka", "_record_key", "_entity_key", "_nik_key", "_kk_key",
    ]  # fmt: skip
    row = part.to_pylist()[0]
    assert (row["nik"], row["nama"], row["dusun"]) == (" 3174-0113.00000000'", '  Bu, "Ani"\nJr ', None)
    assert row["_baris"] == 2 and row["_sel_angka"] is None
    assert (receipt.folder / "original" / "dtks_2025-10.csv").exists()


@pytest.mark.feature("F50")
def test_keys_are_the_documented_hmacs(take: Take, dtks_file: DtksFile, contracts: dict[str, Contract]) -> None:
    """Recomputed with Python's hmac: record, entity, NIK and family card."""
    receipt = take(dtks_file(rows=[dtks_row(0), dtks_row(1, id_sumber="", nik="123"), dtks_row(2, id_sumber="")]))
    first, second, third = pq.read_table(receipt.folder / "part.parquet").to_pylist()
    text = "\x1f".join(first[name] or "" for name in contracts["dtks"].column_names)
    assert first["_record_key"] == pseudonym(f"r|dtks|{receipt.sha16}|{text}|1")
    assert first["_entity_key"] == pseudonym("e|dtks|ID000000")
    assert first["_nik_key"] == pseudonym(f"nik|{first['nik']}")
    assert first["_kk_key"] == pseudonym(f"kk|{first['no_kk']}")
    assert second["_nik_key"] is None
    # Blank ids must not make one person of many.
    assert second["_entity_key"] != third["_entity_key"]


def test_same_file_twice_is_a_duplicate(take: Take, dtks_file: DtksFile, home: Home) -> None:
    path = dtks_file()
    first = take(path)
    before = tree(first.folder)
    again = take(path, day="2025-10-12")
    assert again.status == "duplikat" and again.folder == first.folder
    assert tree(first.folder) == before
    assert again.paper.exists() and again.paper.parent != first.folder
    assert len(list(home.landing("dtks").glob("period=*/delivery=*"))) == 1


@pytest.mark.feature("F03")
def test_a_correction_supersedes_within_its_period_only(
    take: Take, dtks_file: DtksFile, home: Home, contracts: dict[str, Contract]
) -> None:
    june = take(dtks_file("dtks_2025-09.csv", rows=19), day="2025-09-05")
    first = take(dtks_file("dtks_2025-10.csv", rows=20))
    fixed = take(dtks_file("dtks_2025-10 perbaikan.csv", rows=21), day="2025-10-12")
    late_june = take(dtks_file("dtks_2025-09 ulang.csv", rows=18), day="2025-10-13")
    assert {r.status for r in (june, first, fixed, late_june)} == {"diterima"}
    assert all((r.folder / "part.parquet").exists() for r in (june, first, fixed, late_june))

    def read(cutoff: date) -> list[str]:
        return [item.sha16 for item in active_deliveries(home, contracts, S2, cutoff)]

    assert read(CUTOFF) == [fixed.sha16]
    assert read(date(2025, 10, 11)) == [first.sha16]
    assert read(date(2025, 9, 30)) == [june.sha16]
    assert active_deliveries(home, contracts, Periode(2026, 1), date(2026, 6, 30)) == []  # DTKS is retired


def test_parts_of_one_period_stand_side_by_side(
    take: Take, dtks_file: DtksFile, home: Home, contracts: dict[str, Contract]
) -> None:
    a = take(dtks_file("a.csv", rows=20), periode_data="2025-10", bagian="3171")
    b = take(dtks_file("b.csv", rows=21), periode_data="2025-10", bagian="3172")
    a2 = take(dtks_file("a2.csv", rows=22), periode_data="2025-10", bagian="3171", day="2025-10-12")
    active = active_deliveries(home, contracts, S2, CUTOFF)
    assert [(item.bagian, item.sha16) for item in active] == [("3171", a2.sha16), ("3172", b.sha16)]
    assert a.folder.exists()
    assert (home.root / active[0].path).name == "part.parquet"


@pytest.mark.feature("F08")
@pytest.mark.parametrize(("day", "late"), [("2025-06-30", False), ("2025-07-01", True)])
def test_deadline_is_safe_at_the_end_of_a_month(take: Take, dtks_file: DtksFile, day: str, late: bool) -> None:
    """Decree on 31 August, two months before: 30 June, not 1 July."""
    year = load_plans()[2025]
    plan = year.model_copy(update={"decree_dates": {"2025-S1": date(2025, 8, 31)}})
    receipt = take(dtks_file(), day=day, periode_data="2025-06", plans={2025: plan})
    assert receipt.manifest["deadline"] == "2025-06-30"
    assert receipt.late is late and ("terlambat" in rules(receipt)) is late
    assert receipt.status == "diterima"


def test_november_serves_the_next_decree(take: Take, dtks_file: DtksFile) -> None:
    """Data of a month after the deadline can't be late for it."""
    receipt = take(dtks_file(), periode_data="2025-11", day="2025-11-20")
    assert receipt.manifest["deadline"] == "2026-04-30" and not receipt.late


@pytest.mark.feature("F06")
def test_columns_missing_and_unagreed(take: Take, dtks_file: DtksFile, contracts: dict[str, Contract], home: Home) -> None:
    missing = take(dtks_file("m.csv", without=("nik",)), periode_data="2025-10")
    assert missing.status == "karantina" and rules(missing) == {"kolom_hilang": "karantina"}
    assert "nomor_nik" in missing.flags[0]["pesan"]
    assert (missing.folder / "original" / "m.csv").exists() and not (missing.folder / "part.parquet").exists()

    unagreed = take(dtks_file("u.csv", extra="catatan_petugas"), periode_data="2025-10")
    assert unagreed.status == "diterima" and rules(unagreed) == {"kolom_tak_disepakati": "peringatan"}
    assert "catatan_petugas" in unagreed.flags[0]["pesan"]
    assert "catatan_petugas" not in pq.read_schema(unagreed.folder / "part.parquet").names

    supporting = {"dtks": dataclasses.replace(contracts["dtks"], kind="pendukung")}
    refused = take(dtks_file("p.csv", rows=25, extra="catatan_petugas"), periode_data="2025-10", contracts=supporting)
    assert refused.status == "ditolak"
    assert not (refused.folder / "original").exists()


def test_control_total_of_the_letter(take: Take, dtks_file: DtksFile) -> None:
    path = dtks_file(rows=20)
    letter = path.with_name(path.name + ".pengantar.yaml")
    letter.write_text("periode_data: 2025-10\njumlah_baris: 21\nditerima: 2025-10-10T09:00:00+07:00\nnomor_surat: 12/UJI/2025\n")
    bad = take(path, diterima=None)
    assert bad.status == "karantina" and rules(bad) == {"total_kendali": "karantina", "pengakuan_tiba": "peringatan"}
    letter.write_text("periode_data: 2025-10\njumlah_baris: 20\n")
    assert take(path).status == "diterima"


def test_volume_kelurahan_and_emptied_column(take: Take, dtks_file: DtksFile) -> None:
    take(dtks_file("1.csv", rows=60), periode_data="2025-07", day="2025-07-10")
    less = take(dtks_file("2.csv", rows=45), periode_data="2025-08", day="2025-08-10")
    assert less.status == "diterima" and rules(less) == {"volume_berubah": "peringatan"}
    half = take(dtks_file("3.csv", rows=20), periode_data="2025-09", day="2025-09-10")
    assert half.status == "ditahan" and rules(half) == {"volume_berubah": "tahan"}
    rows = [dtks_row(index, kelurahan="MANGGARAI", alamat="" if index % 3 else "JL. UJI") for index in range(45)]
    empty = take(dtks_file("4.csv", rows=rows), periode_data="2025-09", day="2025-09-11")
    assert empty.status == "ditahan"
    assert rules(empty) == {"kolom_kosong": "tahan", "kelurahan_nihil": "peringatan"}
    gone = next(flag for flag in empty.flags if flag["rule_id"] == "kelurahan_nihil")
    assert "MENTENG DALAM, TEBET BARAT" in gone["pesan"]


@pytest.mark.feature("F01")
def test_without_a_plan_held_and_released_with_a_record(
    take: Take, dtks_file: DtksFile, home: Home, contracts: dict[str, Contract]
) -> None:
    held = take(dtks_file(), plans={})
    assert held.status == "ditahan" and rules(held) == {"tanpa_rencana": "tahan"}
    assert active_deliveries(home, contracts, S2, CUTOFF) == []
    with pytest.raises(DeliveryError):
        release(home, contracts, held.sha16, by=" ", reason="x")
    with pytest.raises(DeliveryError):
        release(home, contracts, "ffffffff", by="Uji", reason="x")
    before = tree(held.folder)
    record = release(home, contracts, held.sha16[:8], by="Ketua Uji", reason="berita acara menyusul")
    assert (record["oleh"], record["alasan"], record["aturan"]) == ("Ketua Uji", "berita acara menyusul", ["tanpa_rencana"])
    assert datetime.fromisoformat(record["waktu"]).tzinfo is not None
    assert tree(held.folder) == before
    assert [item.sha16 for item in active_deliveries(home, contracts, S2, CUTOFF)] == [held.sha16]
    assert release(home, contracts, held.sha16, by="Lain", reason="lagi") == record and len(releases(home)) == 1


def test_a_changed_release_record_is_noticed(take: Take, dtks_file: DtksFile, home: Home, contracts: dict[str, Contract]) -> None:
    for name, month in (("a.csv", "2025-10"), ("b.csv", "2025-09")):
        receipt = take(dtks_file(name, rows=20 if name == "a.csv" else 21), periode_data=month, plans={})
        release(home, contracts, receipt.sha16, by="Ketua", reason="uji")
    path = home.decisions / "pelepasan" / "kiriman.jsonl"
    path.write_text(path.read_text().replace("Ketua", "Kepala", 1))
    with pytest.raises(PadananError, match="catatan pelepasan berubah"):
        releases(home)


@pytest.mark.feature("F50")
def test_adminduk_without_agreement_is_refused_and_not_kept(
    take: Take, tmp_path: Path, contracts: dict[str, Contract], home: Home
) -> None:
    columns = contracts["adminduk"].columns
    path = tmp_path / "adminduk_2025-10.csv"
    path.write_text(
        ",".join(c.source for c in columns) + "\n" + ",".join(CANARY_NIK if c.name == "nik" else "1" for c in columns) + "\n"
    )
    year = load_plans()[2025]
    ended: dict[int, YearPlan] = {2025: year.model_copy(update={"agreements": {}})}
    refused = take(path, "adminduk", plans=ended)
    assert refused.status == "ditolak" and rules(refused) == {"tanpa_perjanjian": "tolak"}
    assert not [name for name, data in tree(home.root).items() if CANARY_NIK.encode() in data]
    assert take(path, "adminduk").status == "diterima"


def test_two_periods_swapped_columns_and_repeated_header(
    take: Take, dtks_file: DtksFile, tmp_path: Path, contracts: dict[str, Contract]
) -> None:
    columns = contracts["kparj"].columns
    months = {"periode_program": ["2025-09", "2025-10"]}

    def line(index: int) -> str:
        return ";".join(months[c.name][index % 2] if c.name in months else f"{c.name}{index}" for c in columns)

    path = tmp_path / "kparj_2025-10.csv"
    path.write_text(";".join(c.source for c in columns) + "\n" + "\n".join(map(line, range(20))) + "\n")
    two = take(path, "kparj")
    assert two.status == "ditahan" and rules(two)["dua_periode"] == "tahan"

    swapped = take(
        dtks_file("s.csv", rows=[dtks_row(i, nik=f"ORANG {i}", nama=f"31740113{i:08d}") for i in range(20)]),
        periode_data="2025-10",
    )
    assert swapped.status == "ditahan" and rules(swapped)["kolom_tertukar"] == "tahan"

    good = dtks_file("h.csv", rows=20)
    header, *rows = good.read_text().splitlines()
    good.write_text("\n".join([header, *rows[:10], header, *rows[10:]]) + "\n")
    repeated = take(good, periode_data="2025-10")
    assert repeated.status == "diterima" and repeated.rows_on == 20 and repeated.rows_aside["bukan_rekaman"] == 1
    assert "baris 12" in repeated.flags[0]["pesan"]


def test_old_content_sent_as_a_new_period_is_held(take: Take, dtks_file: DtksFile) -> None:
    path = dtks_file()
    take(path)
    again = take(path, periode_data="2025-11", day="2025-11-05")
    assert again.status == "ditahan" and rules(again)["isi_berulang"] == "tahan"


def test_most_rows_unreadable_is_quarantine_some_is_held(take: Take, dtks_file: DtksFile) -> None:
    some = take(dtks_file("a.csv", rows=20, tail="x|y\n" * 5), periode_data="2025-10")
    assert some.status == "ditahan" and rules(some) == {"baris_tak_terbaca": "tahan"}
    most = take(dtks_file("b.csv", rows=20, tail="x|y\n" * 50), periode_data="2025-10")
    assert most.status == "karantina" and rules(most) == {"berkas_rusak": "karantina"}


def test_letter_faults_are_told(take: Take, dtks_file: DtksFile, home: Home) -> None:
    nameless = take(dtks_file("berkas.csv"))
    assert nameless.status == "karantina" and rules(nameless) == {"tanpa_periode": "karantina"}
    path = dtks_file("dtks_2025-10.csv", rows=21)
    letter = path.with_name(path.name + ".pengantar.yaml")
    for content in ("[1, 2", "- a", "periode_data: Oktober", "jumlah_baris: banyak"):
        letter.write_text(content)
        assert rules(take(path)) == {"pengantar_rusak": "karantina"}, content
    letter.unlink()
    # The same file again after quarantine is taken anew, and the earlier tries stay.
    assert take(path).status == "diterima"
    assert len(list((home.root / "quarantine" / "dtks").glob(f"{nameless.sha16}*"))) == 1


@pytest.mark.feature("F50")
def test_receipts_and_errors_hold_no_personal_value(
    take: Take, dtks_file: DtksFile, home: Home, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Canaries in good, damaged and crashing deliveries: in none of manifest, receipt, message, output."""
    canary = dtks_row(0, nama=CANARY_NAME, nik=CANARY_NIK)
    messages = []
    for number, tail in enumerate(["", f'"{CANARY_NAME}|"x\n', f"{CANARY_NIK}|{CANARY_NAME}\n" * 40, f"\0{CANARY_NAME}\n"]):
        receipt = take(dtks_file(f"{number}.csv", rows=[canary, dtks_row(number + 1)], tail=tail), periode_data="2025-10")
        messages += [receipt.line(), *(str(flag) for flag in receipt.flags)]
        for name, data in tree(receipt.folder).items():
            if name.endswith((".json", ".md")):
                messages.append(data.decode())
    headless = dtks_file("x.csv", rows=[canary])
    headless.write_text(headless.read_text().split("\n", 1)[1])
    messages.append(str(take(headless, periode_data="2025-10").manifest))

    def crash(*_: object, **__: object) -> None:
        raise duckdb.ConversionException(f"Could not convert string '{CANARY_NAME}' {CANARY_NIK}")

    monkeypatch.setattr(land, "stage", crash)
    with pytest.raises(DeliveryError) as caught:
        take(dtks_file("y.csv", rows=[canary]), periode_data="2025-10")
    messages += [str(caught.value), repr(caught.value), *capsys.readouterr()]
    for message in messages:
        assert CANARY_NAME not in message and CANARY_NIK not in message and "KANARIVSKY" not in message


def full_disk(*_: object, **__: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


@pytest.mark.parametrize(
    ("module", "name"),
    [(original, "copy_hashed"), (stage, "private_duckdb"), (land, "_write"), (disk, "flush")],
)
def test_no_space_lands_nothing(
    take: Take, dtks_file: DtksFile, home: Home, monkeypatch: pytest.MonkeyPatch, module: object, name: str
) -> None:
    path = dtks_file()
    with monkeypatch.context() as patch:
        patch.setattr(module, name, full_disk)
        with pytest.raises(NoSpace, match="Perbaikan: kosongkan ruang"):
            take(path)
    assert list(tree(home.landing("dtks"))) == [] and list(tree(home.root / "quarantine")) == []
    assert take(path).status == "diterima"


def test_no_space_in_the_reading_child_lands_nothing(
    take: Take, dtks_file: DtksFile, home: Home, contracts: dict[str, Contract], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, work = dtks_file(), tmp_path / "kerja"
    work.mkdir()
    with monkeypatch.context() as patch:
        patch.setattr(csv_reader.pq, "ParquetWriter", full_disk)
        told = reading_child.read(work=work, path=str(path), spec=reading._as_json(Spec.of(contracts["dtks"])), longest=1 << 17)
    monkeypatch.setattr(reading, "run", lambda *_, **__: (told, None))
    with pytest.raises(NoSpace, match="Perbaikan: kosongkan ruang"):
        take(path)
    assert list(tree(home.landing("dtks"))) == [] and list(tree(home.root / "quarantine")) == []


KILLED = """
import sys, datetime
sys.path.insert(0, {checkout!r})
from padanan.contracts.contract import load_contracts
from padanan.landing.land import deliver
from padanan.base.home import Home
from pathlib import Path
from typing import Any
contracts = load_contracts()
print("mulai", flush=True)
deliver(Home(Path({home!r})), contracts, "dtks", {path!r}, diterima=datetime.datetime(2025, 10, 10, 9))
print("selesai", flush=True)
"""


@pytest.mark.feature("F05")
def test_sigkill_at_any_moment_leaves_all_or_nothing(take: Take, dtks_file: DtksFile, home: Home) -> None:
    """Killed at random moments: no partial delivery stands, and the next try lands it whole."""
    path = dtks_file(rows=4000)
    code = KILLED.format(checkout=str(CHECKOUT), home=str(home.root), path=str(path))
    choose = random.Random(5)
    landed = 0
    for _ in range(6):
        process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        assert process.stdout is not None and process.stdout.readline() == "mulai\n"
        time.sleep(choose.uniform(0, 0.6))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        for folder in home.landing("dtks").glob("period=*/*"):
            assert folder.name.startswith("delivery=")
            manifest = json.loads((folder / "manifest.json").read_text())
            assert pq.read_metadata(folder / "part.parquet").num_rows == manifest["rows_on"] == 4000
            assert (
                all((folder / f"tanda_terima.{kind}").exists() for kind in ("html", "pdf", "json"))
                and (folder / "original" / path.name).exists()
            )
            landed += 1
    final = take(path)
    assert final.status == ("duplikat" if landed else "diterima")
    assert not list(home.landing("dtks").rglob(".tmp-*")), "what killed runs left was swept"


def test_everything_is_private_and_the_same_in_any_time_zone(
    dtks_file: DtksFile, contracts: dict[str, Contract], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mode 0700 and 0600 throughout; manifest and parquet equal whatever TZ and working folder."""
    path = dtks_file(rows=30)
    moment = datetime.fromtimestamp(1760063400, JAKARTA)
    found = []
    for zone in ("Asia/Jakarta", "America/Los_Angeles"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        home = Home(tmp_path / zone.replace("/", "-")).ensure()
        receipt = land.deliver(home, contracts, "dtks", path, diterima=moment)
        found.append(tree(receipt.folder))
        assert datetime.fromisoformat(receipt.manifest["diterima"]).tzinfo is not None
        modes = {oct(item.stat().st_mode & 0o777) for item in home.root.rglob("*")}
        assert modes == {"0o700", "0o600"}
    monkeypatch.undo()
    time.tzset()
    assert found[0] == found[1]
    assert json.loads(found[0]["manifest.json"])["diterima"] == moment.isoformat()


def test_one_failing_file_does_not_block_the_inbox(
    dtks_file: DtksFile, home: Home, contracts: dict[str, Contract], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others are taken in, the failing one is told and stays pending."""
    inbox = home.inbox("dtks")
    inbox.mkdir()
    for name, rows in (("dtks_2025-08.csv", 20), ("dtks_2025-09.csv", 21), ("dtks_2025-10.csv", 22)):
        (inbox / name).write_bytes(dtks_file("x.csv", rows=rows).read_bytes())
    real = land.stage

    def sometimes(raw: RawTable, *rest: Any) -> Any:
        if raw.counted == 21:
            raise duckdb.IOException("IO Error: x")
        return real(raw, *rest)

    monkeypatch.setattr(land, "stage", sometimes)
    taken = process_inbox(home, contracts, "dtks")
    assert sorted(receipt.rows_on for receipt in taken.receipts) == [20, 22]
    [fault] = taken.faults
    assert isinstance(fault.error, DeliveryError) and "dtks_2025-09" in str(fault.error) and fault.periode_data == "2025-09"
    assert [path.name for path in pending(home, "dtks")] == ["dtks_2025-09.csv"]
    monkeypatch.setattr(land, "stage", real)
    assert [receipt.rows_on for receipt in process_inbox(home, contracts, "dtks").receipts] == [21]


def test_the_same_bytes_for_two_parts_are_not_mixed(take: Take, dtks_file: DtksFile) -> None:
    path = dtks_file()
    assert take(path, bagian="3171").status == "diterima"
    other = take(path, bagian="3172")
    assert other.status == "karantina" and rules(other) == {"isi_berulang": "karantina"}
