"""Deliveries and their truth: reproducible, counted, masked, and right where the files can be read without us."""

import csv
import hashlib
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
import yaml
from python_calamine import CalamineWorkbook
from stdnum.exceptions import ValidationError
from stdnum.id import nik as stdnum_nik

from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.contracts.contract import expectations_dir, load_contracts
from padanan.contracts.due import deadline
from padanan.contracts.plan import load_plans
from padanan.contracts.rules import load_catalogue
from padanan.synthetic import generate

CONTRACTS = load_contracts()
FILES = sorted(set(CONTRACTS) - {"carik"})
S2 = Periode(2025, 2)


def make(root, *, residents=3_000, seed=4, profile="default", periode=S2, ids=FILES):
    home = Home(root)
    summary = generate(home, CONTRACTS, residents=residents, seed=seed, profile=profile, periode=periode, contract_ids=ids)
    return home, summary


@pytest.fixture(scope="module")
def default(tmp_path_factory):
    return make(tmp_path_factory.mktemp("default"))


@pytest.fixture(scope="module")
def hard(tmp_path_factory):
    return make(tmp_path_factory.mktemp("hard"), profile="hard", residents=4_000)


def truth(home, name, periode=S2):
    return pq.read_table(home.truth / periode.key / f"{name}.parquet")


def digest(root: Path) -> dict[str, str]:
    return {
        path.relative_to(root).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def test_same_seed_same_bytes(tmp_path):
    one, _ = make(tmp_path / "a", residents=800)
    two, _ = make(tmp_path / "b", residents=800)
    other, _ = make(tmp_path / "c", residents=800, seed=5)
    assert digest(one.root) == digest(two.root)
    assert digest(one.root) != digest(other.root)


def test_same_people_some_months_later(tmp_path):
    """Two periods of one seed: a person's NIK stays, people die meanwhile, and faults mostly stay where they were."""
    first, _ = make(tmp_path / "s1", periode=Periode(2025, 1), ids=["adminduk"], profile="clean")
    second, _ = make(tmp_path / "s2", periode=S2, ids=["adminduk"], profile="clean")

    def people(home, periode):
        path = next(home.inbox("adminduk").glob("*.parquet"))
        rows = pq.read_table(path).to_pydict()
        records = truth(home, "records", periode).to_pydict()
        return {
            person: (rows["NIK"][line - 1], rows["STATUS"][line - 1])
            for person, line in zip(records["id_truth_person"], records["baris"], strict=True)
        }

    before, after = people(first, Periode(2025, 1)), people(second, S2)
    assert set(before) <= set(after) and len(after) > len(before)
    assert all(before[person][0] == after[person][0] for person in before)
    died = [p for p in before if before[p][1] != after[p][1]]
    assert died and {after[p][1] for p in died} <= {"2", "3"}


def test_clean_has_only_lawful_quirks(tmp_path):
    home, summary = make(tmp_path, profile="clean")
    assert {rule for rule, count in summary.faults.items() if count} == {"nik_vs_tgl_lahir", "nik_vs_jk"}
    counts = truth(home, "counts").to_pydict()
    assert counts["rows_in"] == counts["rows_readable"] and set(counts["duplicates"]) == {0}


@pytest.mark.feature("F03")
def test_every_rule_of_the_catalogue_is_broken_by_someone(hard):
    """A rule that no fault reaches would be proven by nothing."""
    _, summary = hard
    rules = {rule.id for key, contract in CONTRACTS.items() if contract.in_force(S2) for rule in contract.rules}
    assert {rule for rule in rules if summary.faults.get(rule, 0) == 0} == set()


def data_lines(home, contract):
    """Data rows of every file of a contract, counted with the standard library and calamine only."""
    total = 0
    for path in sorted(home.inbox(contract.id).iterdir()):
        if path.suffix == ".parquet":
            total += pq.ParquetFile(path).metadata.num_rows
        elif path.suffix == ".csv":
            raw = path.read_bytes()
            lines = raw.count(b"\n")
            first = next(column.source for column in contract.columns)
            text = raw.decode("cp1252" if b"\x96" in raw else "utf-8-sig").splitlines()
            header = next(i for i, line in enumerate(text) if line.replace('"', "").startswith(first))
            total += lines - header - 1
        elif path.suffix == ".xlsx":
            rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python(skip_empty_area=False)
            names = {column.source for column in contract.columns}
            header = max(i for i, row in enumerate(rows[:15]) if len(names & {str(cell) for cell in row}) >= 2)
            total += len(rows) - header - 1
    return total


@pytest.mark.parametrize("contract_id", [key for key in FILES if CONTRACTS[key].in_force(S2)])
def test_counts_are_those_of_the_files(default, contract_id):
    home, _ = default
    counts = {row["producer"]: row for row in truth(home, "counts").to_pylist()}[contract_id]
    assert counts["rows_in"] == data_lines(home, CONTRACTS[contract_id])
    records = truth(home, "records").filter(pc.field("producer") == contract_id)
    assert counts["rows_readable"] == len(records)
    assert counts["duplicates"] == sum(records["disisihkan"].to_pylist().count(word) for word in ("baris_kembar",))


@pytest.mark.parametrize("contract_id", ["adminduk", "dtks", "dtsen", "pbi_jkn"])
def test_nik_truth_agrees_with_python_stdnum(hard, contract_id):
    """python-stdnum judges NIK by its own code: its verdict must follow from the truth's rules."""
    home, _ = hard
    contract = CONTRACTS[contract_id]
    path = next(p for p in home.inbox(contract_id).iterdir() if p.suffix == ".csv")
    with path.open(encoding="utf-8-sig", newline="") as handle:
        lines = handle.read().split("\n")
    names = next(csv.reader([lines[0]], delimiter=contract.form["pemisah"]))
    at = names.index(contract.column("nik").source)
    faults = {}
    for row in truth(home, "faults").filter(pc.field("producer") == contract_id).to_pylist():
        faults.setdefault(row["baris"], set()).add(row["rule_id"])
    unreadable = {"nik_kosong", "nik_rusak_excel", "nik_nol_depan", "nik_format", "nik_tanggal", "nik_sama_kk"}
    checked = 0
    for record in truth(home, "records").filter(pc.field("producer") == contract_id).to_pylist():
        line, rules = record["baris"], faults.get(record["baris"], set())
        if record["disisihkan"] or "nik_sama_kk" in rules:
            continue
        raw = next(csv.reader([lines[line - 1]], delimiter=contract.form["pemisah"]))[at]
        try:
            birth = stdnum_nik.get_birth_date(stdnum_nik.compact(raw.strip("'\u200b").replace(" ", "")), minyear=1880)
        except (ValidationError, ValueError):
            birth = None
        plain = "".join(ch for ch in raw if ch.isdigit())
        sound = birth is not None and len(plain) == 16
        if "nik_wilayah" in rules or plain[:1] in ("0", "9") or len(set(plain)) == 1:
            continue  # stdnum knows neither our region list nor the sentinels
        assert sound == (not rules & unreadable), (contract_id, sorted(rules))
        checked += 1
    assert checked > 100


def test_no_record_carries_a_rule_that_another_masks(hard):
    home, _ = hard
    masked_by = {rule_id: rule.masked_by for rule_id, rule in load_catalogue(expectations_dir()).items()}
    by_record = {}
    for row in truth(home, "faults").to_pylist():
        by_record.setdefault((row["producer"], row["file"], row["baris"]), set()).add(row["rule_id"])
    assert len(by_record) > 1_000
    for rules in by_record.values():
        for rule in rules:
            assert not rules & set(masked_by[rule]), rules


def test_faults_lie_on_rows_that_landing_keeps(default):
    home, _ = default
    records = truth(home, "records")
    kept = {(r["producer"], r["file"], r["baris"]) for r in records.to_pylist() if not r["disisihkan"]}
    faults = truth(home, "faults")
    keys = set(zip(*(faults[name].to_pylist() for name in ("producer", "file", "baris")), strict=True))
    assert keys <= kept
    assert len(pc.unique(pa.array([f"{a}|{b}|{c}" for a, b, c in kept]))) == len(kept)


@pytest.mark.feature("F50")
def test_canaries_stand_in_every_producer_and_nowhere_by_accident(default):
    home, _ = default
    records = truth(home, "records")
    carriers = set(records.filter(pc.field("canary"))["producer"].to_pylist())
    assert carriers == {key for key in FILES if CONTRACTS[key].in_force(S2) and CONTRACTS[key].unit != "wilayah"}, (
        "places name nobody"
    )
    canaries = truth(home, "canaries").to_pydict()
    assert all(name.startswith("KANARI ") for name in canaries["nama"])
    assert all(value.startswith("317101") for value in canaries["nik"])
    dtks = next(home.inbox("dtks").glob("*.csv")).read_text(encoding="utf-8")
    assert any(nik in dtks for nik in canaries["nik"])


def test_letters_come_before_the_deadline_except_the_late_ones(default):
    home, _ = default
    plans = load_plans()
    late = set()
    for contract_id in FILES:
        for letter in home.inbox(contract_id).glob("*.pengantar.yaml"):
            fields = yaml.safe_load(letter.read_text(encoding="utf-8"))
            received = date.fromisoformat(str(fields["diterima"])[:10])
            if received > deadline(CONTRACTS[contract_id], S2, plans):
                late.add(contract_id)
            assert fields["periode_data"] == f"{received:%Y-%m}"
    assert late == {"kparj"}


def test_retired_producers_do_not_deliver(tmp_path):
    _, summary = make(tmp_path, residents=600, periode=Periode(2026, 1))
    assert "dtsen" in summary.rows
    assert not {"dtks", "p3ke_keluarga", "p3ke_individu"} & set(summary.rows)


def test_a_sixteenth_program_needs_no_code(tmp_path):
    """A program that the generator never heard of is delivered from its contract alone."""
    from dataclasses import replace

    klj = CONTRACTS["klj"]
    pattern = {**klj.form, "pola_nama": "^bantuan_baru.*"}
    contracts = {
        **CONTRACTS,
        "bantuan_baru": replace(klj, id="bantuan_baru", form=pattern, program={**klj.program, "tidakBersama": []}),
    }
    summary = generate(
        Home(tmp_path),
        contracts,
        residents=1_500,
        seed=1,
        profile="default",
        periode=S2,
        contract_ids=["adminduk", "bantuan_baru"],
    )
    assert summary.rows["bantuan_baru"] > 20
    assert np.isin("nik_vs_tgl_lahir", list(summary.faults))
