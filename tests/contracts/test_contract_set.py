"""The 22 contracts as a set: they load, they are ODCS, and they say what the registries and programs need.

How a wrong contract is refused stands in `test_contract_refusals.py`.
"""

import json
import re
from functools import cache

import jsonschema
import pytest
import yaml
from open_data_contract_standard.model import OpenDataContractStandard

from padanan.base.home import CHECKOUT
from padanan.base.period import Periode
from padanan.contracts.contract import expectations_dir, load_contracts
from padanan.contracts.feedback import load_deliverable
from padanan.contracts.parts import REFERENCE, reference, registries, stage_models
from padanan.contracts.plan import load_plans
from padanan.contracts.rules import load_catalogue
from padanan.generated.contract_docs import render_register
from padanan.generated.odcs import odcs

DAERAH = ["bpms", "jakpreneur", "kaj", "kartu_layanan_gratis", "kjmu", "kjp_plus", "klj", "kparj", "kpdj", "pangan_murah"]
PUSAT = ["bsps", "pbi_jkn", "pip", "pkh", "sembako"]
SUPPORTING = ["penduduk_kelurahan"]
FAMILY_UNITS = {"p3ke_keluarga", "pkh", "sembako", "bsps"}
CHILD_PROGRAMS = ["kjp_plus", "bpms", "kaj", "kparj", "pip"]

# In the order of the contracts' files.
P3KE_INDIVIDU = """id_keluarga_p3ke provinsi kabupaten_kota kecamatan desa_kelurahan kode_kemdagri desil_kesejahteraan alamat
id_individu nama nik padan_dukcapil jenis_kelamin hubungan_dengan_kepala_keluarga tanggal_lahir status_kawin pekerjaan
pendidikan usia_dibawah_7_tahun usia_7_sd_12 usia_13_sd_15 usia_16_sd_18 usia_19_sd_21 usia_22_sd_59 usia_60_tahun_keatas
penerima_bpnt penerima_bpum penerima_bst penerima_pkh penerima_sembako resiko_stunting"""
P3KE_KELUARGA = """id_keluarga_p3ke provinsi kabupaten_kota kecamatan desa_kelurahan kode_kemdagri desil_kesejahteraan alamat
kepala_keluarga nik padan_dukcapil jenis_kelamin tanggal_lahir pekerjaan pendidikan kepemilikan_rumah
memiliki_simpanan_uang_perhiasan_ternak_lainnya jenis_atap jenis_dinding jenis_lantai sumber_penerangan bahan_bakar_memasak
sumber_air_minum memiliki_fasilitas_buang_air_besar penerima_bpnt penerima_bpum penerima_bst penerima_pkh penerima_sembako
resiko_stunting"""
DTKS = """iddtks provinsi kabupaten_kota kecamatan desa_kelurahan alamat dusun rt rw nomor_kk nomor_nik nama tanggal_lahir
tempat_lahir jenis_kelamin nama_ibu_kandung hubungan_keluarga"""


@cache
def contracts():
    return load_contracts()


# Asked of the contracts, so that a new program is tested without a test being edited.
ALL = sorted(contracts())
PROGRAMS = [item.id for item in contracts().values() if item.kind == "program"]


@cache
def validator():
    schema = json.loads(OpenDataContractStandard.json_schema())
    return jsonschema.validators.validator_for(schema)(schema)


def catalogue():
    return load_catalogue(expectations_dir()).values()


def sources(contract_id):
    return [column.source for column in contracts()[contract_id].columns]


def test_every_contract_file_is_loaded_and_the_shipped_ones_are_there():
    """Six files of five registries, fifteen programs at least: the decree's list."""
    assert list(contracts()) == sorted(path.stem for path in (expectations_dir() / "contracts").glob("*.yaml"))
    assert {*DAERAH, *PUSAT} <= set(PROGRAMS)
    assert len(registries(contracts())) == 5 and len([item for item in contracts().values() if item.registry]) == 6


def test_each_part_is_played_once_and_partners_name_each_other():
    register = reference(contracts())
    assert register.registry.family == "kk" and sum(REFERENCE in item.roles for item in contracts().values()) == 1
    assert [item.place for item in registries(contracts()).values()] == [1, 2, 3, 4, 5]
    pairs = {item.id: item.partner for item in contracts().values() if item.partner}
    assert pairs and all(pairs[other] == one for one, other in pairs.items())
    assert next(iter(stage_models(contracts()))) == register.stage_model


@pytest.mark.parametrize("contract_id", ALL)
def test_is_odcs_3_1(contract_id):
    """The file is ODCS by the standard's own package: its model and its JSON schema."""
    path = contracts()[contract_id].path
    model = OpenDataContractStandard.from_file(str(path))
    assert (model.apiVersion, model.kind, model.id) == ("v3.1.0", "DataContract", contract_id)
    found = validator().iter_errors(yaml.safe_load(path.read_text()))
    errors = [f"{list(error.absolute_path)}: {error.message}" for error in found]
    assert errors == []


@pytest.mark.feature("F50")
@pytest.mark.parametrize("contract_id", ALL)
def test_every_column_is_defined_and_classified(contract_id):
    contract = contracts()[contract_id]
    assert contract.owner and contract.legal_basis and contract.description and contract.retention
    assert re.search(r"(UU|PP|Inpres|Perpres|Permen\w*|Kepsekda DKI) \d+/\d{4}", contract.legal_basis), contract.legal_basis
    for column in contract.columns:
        assert column.classification in ("umum", "pribadi", "spesifik"), column.name
        assert len(column.definition) >= 4, column.name
        if column.code_list:
            assert column.codes and column.code_system, column.name


@pytest.mark.feature("F50")
def test_children_disability_and_money_are_specific_data():
    """UU 27/2022 art. 4 [U]: children, disability, finances; a wrong class would let a grant hand them out."""
    money = re.compile(r"nominal|rekening|penghasilan|desil|simpanan|kepemilikan_rumah|^penerima_")
    other = re.compile(r"disabilitas|stunting|jenjang|golongan|usia_(dibawah_7|7_sd|13_sd|16_sd)|komponen_anak")
    found = 0
    for contract in contracts().values():
        for column in contract.columns:
            if money.search(column.name) or other.search(column.name):
                assert column.classification == "spesifik", f"{contract.id}.{column.name}"
                found += 1
    assert found > 40
    for contract_id in CHILD_PROGRAMS:
        personal = [column.name for column in contracts()[contract_id].columns if column.classification == "pribadi"]
        assert personal == [], f"{contract_id}: a child's data are specific"


@pytest.mark.feature("F50")
def test_identifying_columns_are_never_public():
    identifying = {"nik", "no_kk", "nama", "nama_ibu", "nama_ayah", "nik_ibu", "tgl_lahir", "tempat_lahir", "alamat", "id_sumber"}
    for contract in contracts().values():
        for column in contract.columns:
            if column.name in identifying:
                assert column.classification != "umum", f"{contract.id}.{column.name}"


@pytest.mark.feature("F02")
def test_p3ke_columns_are_those_of_the_registry():
    assert sources("p3ke_individu") == P3KE_INDIVIDU.split()
    assert sources("p3ke_keluarga") == P3KE_KELUARGA.split()
    member = contracts()["p3ke_individu"]
    assert member.entity_key == ("id_keluarga_sumber", "id_sumber"), "id_individu is unique only within its family"
    assert member.column("id_sumber").id_like and member.column("id_keluarga_sumber").id_like


@pytest.mark.feature("F03")
def test_dtks_columns_are_those_of_the_export():
    assert [name for name in sources("dtks") if name in DTKS.split()] == DTKS.split()


def test_units_tell_people_from_families():
    """KLJ counts people, PKH families: the unit is part of the contract."""
    assert {contract.id for contract in contracts().values() if contract.unit == "keluarga"} == FAMILY_UNITS
    for contract in contracts().values():
        if contract.unit == "keluarga":
            assert contract.family_key in contract.column_names, contract.id


def test_in_force_by_period():
    """2025-S1 is DTKS + P3KE, 2025-S2 all, 2026 DTSEN alone."""

    def in_force(label):
        periode = Periode.parse(label)
        return {contract.id for contract in contracts().values() if contract.in_force(periode)}

    old, new = {"dtks", "p3ke_keluarga", "p3ke_individu"}, {"dtsen"}
    assert in_force("2025-S1") == set(ALL) - new
    assert in_force("2025-S2") == set(ALL)
    assert in_force("2026-S1") == in_force("2026-S2") == set(ALL) - old


@pytest.mark.feature("F08")
def test_dinsos_and_dppapp_owe_two_months_before_the_decree():
    """§3.1.4.b names exactly these two duties: the social registry and Carik."""
    assert contracts()["dtks"].deadline["bulanSebelumPenetapan"] == 2
    assert contracts()["carik"].deadline["bulanSebelumPenetapan"] == 2
    for contract in contracts().values():
        assert 0 <= int(contract.deadline["bulanSebelumPenetapan"]) <= 6, contract.id


def test_a_rule_stands_where_its_conditions_are_met():
    """Conditions of more than a column, told by what the contracts are; a rule that no contract has is never asked."""
    found = {rule.id: {c.id for c in contracts().values() if rule.id in {r.id for r in c.rules}} for rule in catalogue()}

    def those(condition):
        return {item.id for item in contracts().values() if condition(item)}

    assert found["nik_kosong"] == those(lambda c: c.column("nik"))
    assert (
        found["ganda_dalam_program"] == found["ganda_antar_program"] == those(lambda c: c.kind == "program" and c.column("nik"))
    )
    assert found["meninggal_di_adminduk"] == those(lambda c: c.column("nik")) - {reference(contracts()).id}
    assert found["keluarga_tanpa_anggota"] == those(lambda c: c.partner and c.unit == "keluarga") != set()
    assert found["anggota_tanpa_keluarga"] == those(lambda c: c.partner and c.unit == "orang") != set()
    assert found["kk_tanpa_kepala"] == those(lambda c: c.column("shdk") and c.family_complete)
    assert found["desil_beda_dalam_keluarga"] == found["desil_tidak_sah"] - those(lambda c: c.unit == "keluarga")
    assert found["desil_beda_dalam_keluarga"] < found["desil_tidak_sah"] == those(lambda c: c.column("desil"))
    assert [rule_id for rule_id, here in found.items() if not here] == []


def test_a_contract_writes_exceptions_only():
    """No entry repeats what the catalogue says: what follows from it is not written again."""
    rules = {rule.id: rule for rule in catalogue()}
    for contract in contracts().values():
        table = yaml.safe_load(contract.path.read_text(encoding="utf-8"))["schema"][0]
        for line in table.get("quality", []):
            assert rules[line["name"]].columns and line["implementation"]
            here = next(rule for rule in contract.rules if rule.id == line["name"])
            told = {"ambang": "threshold", "tindakLanjut": "tindak_lanjut", "level": "level", "hari": "hari"}
            for key, value in line["implementation"].items():
                assert getattr(here, told[key]) == value != getattr(rules[line["name"]], told[key])


@pytest.mark.parametrize("contract_id", ALL)
def test_the_rendered_odcs_has_every_rule(contract_id):
    """expectations/odcs/ is ODCS by the standard's own schema and lists what follows from the catalogue."""
    contract = contracts()[contract_id]
    path = CHECKOUT / "expectations" / "odcs" / contract.path.name
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert data == odcs(contract), "run 'make render'"
    assert [line["name"] for line in data["schema"][0]["quality"]] == [rule.id for rule in contract.rules]
    assert list(validator().iter_errors(data)) == []


@pytest.mark.feature("F07")
@pytest.mark.parametrize("contract_id", PROGRAMS)
def test_program_facts(contract_id):
    contract = contracts()[contract_id]
    assert contract.kind == "program"
    assert contract.program["asal"] in {"pusat", "daerah"}
    assert (contract.program["asal"] == "pusat") == (contract_id in PUSAT) or contract_id not in {*DAERAH, *PUSAT}
    assert re.fullmatch(r"\d{4}-\d{2}", contract.program["mulai"]) and re.fullmatch(r"\d{4}-\d{2}", contract.program["akhir"])
    assert contract.program["mulai"] < "2025-07" < contract.program["akhir"]
    assert set(contract.column("status").codes.values()) == {"eksisting", "baru", "tunda", "henti"}
    has_money = contract.column("nominal") is not None
    assert (contract.program["nominalMaks"] > 0) == has_money, "a program that pays states its most per row"
    for other in contract.program.get("tidakBersama") or []:
        assert contract_id in contracts()[other].program["tidakBersama"], f"{other} does not exclude {contract_id}"


@pytest.mark.feature("F06")
def test_supporting_data_say_what_they_count():
    """Population by kelurahan, sex and age group: the one denominator, agreed in each year's plan, deciding about nobody."""
    (contract,) = [contract for contract in contracts().values() if contract.kind == "pendukung"]
    assert (contract.unit, contract.roles, contract.cadence) == ("wilayah", ("penyebut",), "semesteran")
    assert contract.column_names == ("kode_kelurahan", "kelurahan", "jenis_kelamin", "kelompok_umur", "jiwa")
    assert {column.classification for column in contract.columns} == {"umum"}
    assert len(set(contract.column("kelompok_umur").codes.values())) == 16
    assert contract.stage_model == "stg_pendukung__wilayah"
    for plan in load_plans().values():
        assert plan.variables[contract.id] == contract.column_names


@pytest.mark.parametrize("contract_id", ALL)
def test_labels_lead_to_one_column(contract_id):
    """Readers compare labels without case, spaces and punctuation: two columns must not meet there."""

    def normal(label):
        return re.sub(r"[^0-9A-Z]", "", label.upper())

    owner = {}
    for column in contracts()[contract_id].columns:
        for label in {normal(column.source), *(normal(alias) for alias in column.aliases)}:
            assert owner.setdefault(label, column.name) == column.name, f"{label}: {owner[label]} and {column.name}"


@pytest.mark.parametrize(
    ("contract_id", "name", "periode", "bagian"),
    [
        ("p3ke_keluarga", "p3ke_keluarga_3171_2025-02.xlsx", "2025-02", "3171"),
        ("p3ke_individu", "p3ke-individu-3101-2025-02-perbaikan.xlsx", "2025-02", "3101"),
        ("dtsen", "dtsen_2025-10.csv", "2025-10", None),
        ("kjp_plus", "kjp plus 2025-09.xlsx", "2025-09", None),
        ("kartu_layanan_gratis", "kartu_layanan_gratis_2025-09.xlsx", "2025-09", None),
        ("pkh", "pkh-2025-09.csv", "2025-09", None),
        ("pbi_jkn", "pbi_jkn_2025-10 rev.csv", "2025-10", None),
    ],
)
def test_file_names_give_period_and_part(contract_id, name, periode, bagian):
    match = re.match(contracts()[contract_id].form["pola_nama"], name)
    assert match and match["periode"] == periode
    assert match.groupdict().get("bagian") == bagian


def test_id_columns_are_text():
    """A number in an id column is damage: such a column must not be read as one."""
    for contract in contracts().values():
        for name in ("nik", "no_kk", "id_sumber", "id_keluarga_sumber", "no_rekening", "nisn", "npsn"):
            column = contract.column(name)
            if column:
                assert column.id_like and column.type == "string", f"{contract.id}.{name}"


def test_register_of_datasets_is_current():
    """docs/register-data.md lists every dataset and every column (UU 27/2022 art. 31); it is generated."""
    text = (CHECKOUT / "docs" / "register-data.md").read_text(encoding="utf-8")
    assert text == render_register(load_deliverable()), "run 'make render'"
    for contract in contracts().values():
        section = text.split(f'<a id="{contract.id}"></a>')[1].split("<a id=")[0]
        assert section.count("| `") == len(contract.columns)
