"""`expectations/lapangan.yaml`: read, resolved from the rule catalogue, and refused with the line when it is wrong."""

from __future__ import annotations

import shutil

import pytest

from padanan.base.errors import ContractError
from padanan.contracts.contract import expectations_dir, load_contracts
from padanan.contracts.field_rules import field_plan, load_field_rules


@pytest.fixture
def folder(tmp_path):
    """The real expectations, to be spoiled."""
    target = tmp_path / "expectations"
    shutil.copytree(expectations_dir(), target, ignore=shutil.ignore_patterns("gx", "odcs"))
    return target


@pytest.mark.feature("F34")
def test_evidence_takes_words_and_days_from_the_rule_it_rests_on():
    rules = load_field_rules()
    by_id = {item.id: item for item in rules.bukti}
    assert by_id["meninggal"].tindak_lanjut == "verivali"
    assert by_id["meninggal"].hari == 30
    assert by_id["desil_di_atas_batas"].berlaku == "desil > batas_program", (
        "the program's own limit, not that of the data sasaran"
    )
    assert (by_id["panti"].berlaku, by_id["panti"].tindak_lanjut) == ("di_panti", "verifikasi domisili")


@pytest.mark.feature("F34")
def test_evidence_without_a_measure_says_why(folder):
    path = folder / "lapangan.yaml"
    text = path.read_text()
    assert "    berlaku: di_panti\n" in text
    text = text.replace("    berlaku: di_panti\n", "    tidakDiukur: belum ada sumber\n", 1)
    path.write_text(text.replace("bendera_panti, ", "", 1))
    (item,) = (one for one in load_field_rules(folder).bukti if one.id == "panti")
    assert item.tidak_diukur == "belum ada sumber", "what no source tells is said, not invented"


@pytest.mark.feature("F11")
def test_every_rule_of_every_contract_has_an_owner_days_and_a_channel():
    contracts = load_contracts()
    terms = {(item.producer, item.kode): item for item in field_plan(contracts).tugas}
    for contract in contracts.values():
        for rule in contract.rules:
            item = terms[contract.id, rule.id]
            assert item.hari == rule.hari
            assert item.pemilik and item.pemilik not in ("produsen", "PD program")
    assert terms["klj", "nik_format"].saluran == "sumber"
    assert terms["klj", "nik_ganda_beda"].saluran == "lapangan"
    assert terms["klj", "nominal_tidak_wajar"].pemilik == "Dinsos"
    assert (None, "tanpa_dokumen") in terms


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ("desil > batas_program", "desil > {batas}", "bukti.4.berlaku"),
        ("aturan: [nik_kosong]", "aturan: [nik_hilang]", "tanpaDokumen.aturan.0"),
        ("    berlaku: di_dki = false", "    berlaku: cast(di_dki as integer) = 0", "bukti.3.berlaku"),
        ('    berlaku: "true"', "    berlaku: nik_ada", "tanpaProgram.16.berlaku"),
        ("    hari: 60\n    saluran: daftar\n  - id: ditolak", "    saluran: daftar\n  - id: ditolak", "tanpaProgram.8.hari"),
        ("    saluran: daftar\n  - id: ditolak", "    saluran: surat\n  - id: ditolak", "tanpaProgram.8.saluran"),
        ("penerima: coalesce", "penerimaan: coalesce", "penerimaan"),
        ("aturan: [alamat_tidak_lengkap]", "aturan: [alamat_lengkap]", "terjawab.2.aturan.0"),
        ("aturan: [kk_tanpa_kepala, ", "aturan: [luar_dki, ", "terjawab.4.aturan.0"),
        ("    aturan: [kk_kosong]\n", "    aturan: [kk_kosonk]\n", "dokumenLain.0.aturan.0"),
        ("    aturan: [kk_kosong]\n", "", "dokumenLain.0"),
        ("    selainProgram: true\n", "", "terjawab.5.aturan.0"),
        ("berlaku: kepala_di_acuan", "berlaku: kepala_di_acuan::int > 0", "terjawab.4.berlaku"),
        ("berlaku: ada_bukti}", "berlaku: ada_bukti::int > 0}", "prelist.golongan.2.berlaku"),
        ("  - id: belum_berdesil", "  - id: belum_desil", "calon.0.id"),
    ],
)
def test_a_wrong_entry_is_named_with_its_line(folder, before, after, place):
    path = folder / "lapangan.yaml"
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))
    with pytest.raises(ContractError) as refused:
        load_field_rules(folder)
    assert f"({place})" in str(refused.value) and "baris " in str(refused.value)


@pytest.mark.feature("F24")
@pytest.mark.parametrize(
    ("before", "after", "cause", "place"),
    [
        ("kode: [bendera_ganda]", "kode: [bendera_gand]", "mungkin maksudnya 'bendera_ganda'", "prelist.pertanyaan.7.kode.0"),
        ("kode: [bendera_ganda]", "kode: [bendera_ganda, luar_dki]", "dua pertanyaan", "prelist.pertanyaan.7.kode.1"),
        ("bendera_luar_dki, ", "", "tanpa pertanyaan: bendera_luar_dki", "prelist.pertanyaan"),
    ],
)
def test_every_reason_to_visit_asks_one_question(folder, before, after, cause, place):
    path = folder / "lapangan.yaml"
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after, 1))
    with pytest.raises(ContractError) as refused:
        field_plan(load_contracts(folder), folder)
    assert cause in str(refused.value) and f"({place})" in str(refused.value)


@pytest.mark.feature("F24")
@pytest.mark.parametrize(
    ("after", "said"),
    [
        ("    pertanyaan: domisil\n", r"rules\.yaml baris \d+ \(rules\.luar_dki\.pertanyaan\).*'domisili'"),
        ("", "tanpa pertanyaan: luar_dki"),
    ],
)
def test_a_rule_whose_cure_is_a_visit_names_its_question(folder, after, said):
    path = folder / "rules.yaml"
    text = path.read_text()
    assert text.count("    pertanyaan: domisili\n") == 1
    path.write_text(text.replace("    pertanyaan: domisili\n", after))
    with pytest.raises(ContractError, match=said):
        field_plan(load_contracts(folder), folder)


def test_delivering_applicants_is_yes_or_no(folder):
    path = folder / "contracts" / "klj.yaml"
    path.write_text(path.read_text().replace("value: {asal: daerah,", "value: {asal: daerah, menyampaikanPemohon: kadang,"))
    with pytest.raises(ContractError, match="menyampaikanPemohon"):
        load_contracts(folder)
