"""Agencies are one register: every owner has one name, a visit is a visiting agency's, a fault at the source its producer's."""

import re
import shutil

import pytest

from padanan.base.errors import ContractError
from padanan.contracts.agencies import load_agencies
from padanan.contracts.contract import expectations_dir, load_contracts
from padanan.contracts.field_rules import AT_SOURCE, VISIT, field_plan

CONTRACTS = load_contracts()
REGISTER = load_agencies(expectations_dir())
TERMS = field_plan(CONTRACTS).tugas


def test_owners_stand_under_their_short_names():
    short = {agency.singkat for agency in REGISTER.instansi.values()}
    assert {term.pemilik for term in TERMS} <= short
    assert {name for term in TERMS if term.pendukung for name in term.pendukung.split("; ")} <= short


def test_a_visit_is_owned_by_who_visits_and_a_source_by_who_delivers():
    visits = [term for term in TERMS if term.saluran == VISIT]
    assert visits and {term.pemilik for term in visits} <= set(REGISTER.visiting)
    at_source = [term for term in TERMS if term.saluran == AT_SOURCE and term.producer]
    assert at_source and all(term.pemilik == CONTRACTS[term.producer].agency for term in at_source)


def test_the_producer_named_in_a_word_and_by_name_is_one_agency():
    carik = [term for term in TERMS if term.producer == "carik"]
    assert all(term.pemilik not in (term.pendukung or "").split("; ") for term in carik)
    assert "DPPAPP" in {term.pemilik for term in carik}, "it is the producer and the agency of the rules"


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("rules.yaml", r"penanggungJawab: \[produsen, Disdukcapil\]", "penanggungJawab: [produsen, Disdukcapl]", "Disdukcapil"),
        ("contracts/klj.yaml", "property: instansi, value: dinsos", "property: instansi, value: dinsoss", "dinsos"),
        ("instansi.yaml", "singkat: Dinkes", "singkat: Dinsos", "sudah dipakai dinsos"),
        ("instansi.yaml", "singkat: Kemendikdasmen", "singkat: Disdik", "sudah dipakai disdik"),
    ],
)
def test_an_unknown_or_doubled_name_is_refused_at_its_line(tmp_path, file, old, new, said):
    folder = tmp_path / "expectations"
    shutil.copytree(expectations_dir(), folder)
    before = (folder / file).read_text()
    text, times = re.subn(old, new, before, count=1)
    assert times == 1
    (folder / file).write_text(text)
    line = next(
        number for number, pair in enumerate(zip(before.splitlines(), text.splitlines(), strict=True), 1) if len({*pair}) == 2
    )
    with pytest.raises(ContractError, match=rf"{file} baris {line} .*{said}"):
        load_contracts(folder)
