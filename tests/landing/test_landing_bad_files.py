"""The corpus of damaged deliveries: each ends accepted with gaps, held or in quarantine, told with place, cause and cure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from markupsafe import escape

from padanan.base.home import Home
from padanan.base.shown import safe_name
from padanan.contracts.contract import Contract
from padanan.landing.inbox import pending, process_inbox
from padanan.landing.land import deliver
from padanan.landing.receipt import Receipt
from padanan.synthetic.badfiles import BadFile, write_bad_files


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory, contracts: dict[str, Contract]) -> list[BadFile]:
    return write_bad_files(tmp_path_factory.mktemp("buruk"), contracts)


@pytest.fixture(scope="module")
def outcomes(
    corpus: list[BadFile], contracts: dict[str, Contract], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[tuple[BadFile, Receipt, Home]]]:
    """Every bad file in a home of its own, after the good delivery it is compared with."""
    patch = pytest.MonkeyPatch()
    patch.setenv("PADANAN_KEY_FILE", str(tmp_path_factory.mktemp("kunci") / "key"))
    found = []
    for bad in corpus:
        home = Home(tmp_path_factory.mktemp("rumah") / bad.name).ensure()
        if bad.before is not None:
            assert deliver(home, contracts, bad.contract_id, bad.before).status == "diterima"
        found.append((bad, deliver(home, contracts, bad.contract_id, bad.path), home))
    yield found
    patch.undo()


def test_the_corpus_is_large_enough(corpus: list[BadFile]) -> None:
    assert len(corpus) >= 25


@pytest.mark.feature("F09")
def test_each_ends_as_expected(outcomes: list[tuple[BadFile, Receipt, Home]]) -> None:
    wrong = [
        (bad.name, bad.expected, receipt.status, [flag["rule_id"] for flag in receipt.flags])
        for bad, receipt, _ in outcomes
        if receipt.status != bad.expected or (bad.rule and bad.rule not in {flag["rule_id"] for flag in receipt.flags})
    ]
    assert wrong == []


@pytest.mark.feature("F09")
def test_nothing_is_lost(outcomes: list[tuple[BadFile, Receipt, Home]]) -> None:
    """in = on + aside, counted in the written files, and in = what a person counts."""
    wrong = []
    for bad, receipt, _ in outcomes:
        if receipt.status not in ("diterima", "ditahan"):
            continue
        on = pq.read_metadata(receipt.folder / "part.parquet").num_rows
        aside = pq.read_table(receipt.folder / "rejects.parquet").to_pylist()
        if receipt.rows_in != on + len(aside) or (bad.rows is not None and receipt.rows_in != bad.rows):
            wrong.append((bad.name, receipt.rows_in, on, len(aside), bad.rows))
        if bad.aside is not None and len(aside) != bad.aside:
            wrong.append((bad.name, "disisihkan", len(aside), bad.aside))
        assert all(row["alasan"] and row["sebab"] and row["isi"] is not None and row["_baris"] for row in aside), bad.name
    assert wrong == []


def test_the_original_is_kept_byte_for_byte(outcomes: list[tuple[BadFile, Receipt, Home]]) -> None:
    for bad, receipt, _ in outcomes:
        assert (receipt.folder / "original" / bad.path.name).read_bytes() == bad.path.read_bytes(), bad.name


def test_receipts_say_file_cause_and_cure(outcomes: list[tuple[BadFile, Receipt, Home]]) -> None:
    for bad, receipt, _ in outcomes:
        text = receipt.paper.read_text(encoding="utf-8")
        assert safe_name(bad.path.name, (bad.contract_id,)) in text
        for flag in receipt.flags:
            cause = flag["pesan"].partition(": ")[0]
            told = [cause[1:], flag["perbaikan"][1:], *(part["tempat"] for part in flag.get("rincian", ()))]
            assert all(str(escape(words)).lower() in text.lower() for words in told), (bad.name, flag)
        if receipt.status != "diterima":
            assert any(flag["akibat"] != "peringatan" for flag in receipt.flags), bad.name


@pytest.mark.feature("F50")
def test_receipts_hold_no_value_of_the_rows(outcomes: list[tuple[BadFile, Receipt, Home]]) -> None:
    """No sixteen-digit number, and no name or address that a landed row holds."""
    for bad, receipt, _ in outcomes:
        told = "".join(
            (receipt.folder / name).read_text("utf-8") for name in ("tanda_terima.html", "tanda_terima.json", "manifest.json")
        )
        if receipt.status == "karantina":
            values = set(bad.path.read_bytes().decode("latin-1").replace('"', "|").replace(";", "|").split("|"))
        else:
            part = pq.read_table(receipt.folder / "part.parquet")
            values = {
                value
                for name in ("nik", "no_kk", "nama", "alamat")
                if name in part.column_names
                for value in part[name].to_pylist()
            }
        values = {value for value in values if value and len(value) >= 8 and any(mark.isdigit() or mark == " " for mark in value)}
        # Names of kelurahan are public; the manifest counts rows by them.
        leaked = {value for value in values - set(receipt.manifest["per_kelurahan"]) if value in told}
        assert leaked == set(), (bad.name, len(leaked))


def test_the_inbox_takes_every_file_once(corpus: list[BadFile], contracts: dict[str, Contract], tmp_path: Path) -> None:
    """All DTKS files of the corpus at once: each is taken in, none is pending afterwards, and a touched one is again."""
    home = Home(tmp_path / "rumah").ensure()
    chosen = [bad for bad in corpus if bad.contract_id == "kjmu" or bad.name in ("kosong", "tanpa_judul", "surat_rusak")]
    for bad in chosen:
        folder = home.inbox(bad.contract_id)
        folder.mkdir(exist_ok=True)
        for path in (bad.path, bad.path.with_name(bad.path.name + ".pengantar.yaml")):
            (folder / path.name).write_bytes(path.read_bytes())
    (home.inbox("dtks") / "masih_disalin.csv.part").write_text("x")
    receipts = [receipt for contract_id in ("dtks", "kjmu") for receipt in process_inbox(home, contracts, contract_id).receipts]
    assert len(receipts) == len(chosen)
    assert pending(home, "dtks") == pending(home, "kjmu") == []
    touched = home.inbox("dtks") / next(bad.path.name for bad in chosen if bad.name == "kosong")
    touched.write_bytes(b"x")
    assert pending(home, "dtks") == [touched]
    assert pending(home, "dtks", settle_seconds=60) == []
