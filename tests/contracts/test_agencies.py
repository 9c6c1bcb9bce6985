"""Agencies are one register: every owner has one name, a visit is a visiting agency's, a fault at the source its producer's."""

import re
import shutil
from datetime import date

import pytest

from padanan.base.errors import ContractError
from padanan.base.home import CHECKOUT
from padanan.contracts.agencies import Agency, load_agencies
from padanan.contracts.contract import expectations_dir, load_contracts
from padanan.contracts.field_parts import AT_SOURCE, VISIT
from padanan.contracts.field_rules import field_plan

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


def test_a_name_holds_until_its_last_day():
    """A paper about a day names the agency as it was called then; afterwards it says what it was called before."""
    housing = REGISTER.instansi["kemen_pkp"]
    assert housing.on(date(2024, 10, 20)).singkat == "Kementerian PUPR"
    assert housing.first(date(2024, 10, 20)) == "Kementerian Pekerjaan Umum dan Perumahan Rakyat (Kementerian PUPR)"
    assert housing.on(date(2024, 10, 21)) is housing.on() is housing
    assert housing.first(date(2025, 6, 1)) == (
        "Kementerian Perumahan dan Kawasan Permukiman (Kementerian PKP; sampai 20 Oktober 2024 Kementerian Pekerjaan Umum dan "
        "Perumahan Rakyat)"
    )
    assert REGISTER.instansi["kemensos"].first() == "Kementerian Sosial (Kemensos)"


def test_of_several_former_names_the_one_of_that_day_holds():
    two = Agency.model_validate(
        {
            "singkat": "C",
            "nama": "Tiga",
            "dahulu": [
                {"singkat": "B", "nama": "Dua", "sampai": date(2020, 12, 31)},
                {"singkat": "A", "nama": "Satu", "sampai": date(2010, 12, 31)},
            ],
        }
    )
    assert [two.on(date(year, 6, 1)).nama for year in (2010, 2011, 2020, 2021)] == ["Satu", "Dua", "Dua", "Tiga"]
    assert two.first(date(2015, 1, 1)) == "Dua (B; sampai 31 Desember 2010 Satu)"


def test_who_delivers_is_told_by_the_register():
    assert CONTRACTS["pbi_jkn"].owner == (
        "Dinas Kesehatan Provinsi DKI Jakarta, dari Kementerian Sosial dan Badan Penyelenggara Jaminan Sosial Kesehatan"
    )
    assert CONTRACTS["dtsen"].owner == "Badan Pusat Statistik, melalui Badan Perencanaan Pembangunan Daerah Provinsi DKI Jakarta"
    told = CONTRACTS["bsps"].parties.first(date(2024, 3, 1))
    assert told.endswith("dari Kementerian Pekerjaan Umum dan Perumahan Rakyat (Kementerian PUPR)")


def test_a_part_is_a_known_agencys(tmp_path):
    text = (expectations_dir() / "instansi.yaml").read_text()
    assert text.count("walidata: diskominfotik") == 1
    (tmp_path / "instansi.yaml").write_text(text.replace("walidata: diskominfotik", "walidata: diskominfo"))
    with pytest.raises(ContractError, match=r"instansi\.yaml.*peran\.walidata.*diskominfo.*mungkin maksudnya 'diskominfotik'"):
        load_agencies(tmp_path)


def test_nobody_else_lists_full_names():
    """Code, templates and contracts name agencies through the register; a second list would age apart."""
    folders = {CHECKOUT / "padanan": ("*.py", "*.j2", "*.typ"), expectations_dir() / "contracts": ("*.yaml",)}
    names = [name for one in REGISTER.instansi.values() for name in (one.nama, *(former.nama for former in one.dahulu))]
    short = [former.singkat for one in REGISTER.instansi.values() for former in one.dahulu]
    found = [
        (path.name, name)
        for folder, patterns in folders.items()
        for pattern in patterns
        for path in folder.rglob(pattern)
        for name in (*names, *short)
        if name in path.read_text(encoding="utf-8")
    ]
    assert found == []
