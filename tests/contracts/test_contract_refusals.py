"""A wrong contract is refused in one Indonesian line that names file, line and field.

Contracts that are right stand in `test_contract_set.py`; what a rule means, in `test_rules_semantics.py`.
"""

import re
import shutil
from pathlib import Path

import duckdb
import pytest

from padanan.base.errors import ContractError
from padanan.base.period import Periode
from padanan.contracts.contract import expectations_dir, load_contracts
from padanan.contracts.rule_use import BITS

KEPT = {"bsps", "carik", "dtsen", "kaj", "kjp_plus", "klj", "kparj", "pip", "pkh", "sembako"}
RULE = """      - name: aturan_sendiri
        type: custom
        engine: padanan
        implementation:
          kolom: [nama]
          dimensi: V
          level: peringatan
          nama: Aturan sendiri
          definisi: Nama terlalu panjang.
          berlaku: "true"
          gagal: {predicate}
          ambang: 0.1
          tindakLanjut: periksa
          penanggungJawab: [produsen]
          hari: 14
slaProperties:
"""


@pytest.fixture
def folder(tmp_path):
    """A copy of expectations/ that a test may spoil, with the contracts these tests speak about (loading all is slow)."""
    target = tmp_path / "expectations"
    shutil.copytree(expectations_dir(), target, ignore=shutil.ignore_patterns("gx", "odcs"))
    for path in (target / "contracts").glob("*.yaml"):
        if path.stem not in KEPT:
            path.unlink()
    return target


def spoil(path: Path, old: str, new: str) -> int:
    """Replaces the one occurrence of `old`; returns the line where it stood."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {path.name}"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def refusal(folder: Path, file: Path) -> tuple[str, int, str]:
    """The refusal: its text, line and field, after checking that it is one line with file, cause and cure."""
    with pytest.raises(ContractError) as caught:
        load_contracts(folder)
    text = str(caught.value)
    assert "\n" not in text
    match = re.fullmatch(r"GALAT (?P<file>.+\.yaml) baris (?P<line>\d+) \((?P<field>[^)]*)\): (.+)\. Perbaikan: (.+)", text)
    assert match, text
    assert Path(match["file"]) == file
    return text, int(match["line"]), match["field"]


# (what is wrong, old text, new text, part of the field, part of the cause); the line is where the old text stood.
FIELD_CASES = [
    ("definition", ", description: Nama peserta didik}", "}", "description", "isian 'description' belum ada"),
    (
        "classification",
        "logicalType: string, required: true, classification: spesifik, description: Nama peserta didik",
        "logicalType: string, required: true, description: Nama peserta didik",
        "classification",
        "isian 'classification' belum ada",
    ),
    (
        "unknown classification",
        "classification: spesifik, description: Nama peserta didik",
        "classification: rahasia, description: Nama peserta didik",
        "classification",
        "'classification' bukan salah satu pilihannya",
    ),
    (
        "code list",
        "description: Jenis kelamin, customProperties: [{property: daftarKode, value: jenis_kelamin}]}",
        "description: Jenis kelamin}",
        "customProperties",
        "kolom jenis_kelamin tanpa daftar kode",
    ),
    (
        "unknown code list",
        "value: status_kjp}",
        "value: status_entah}",
        "customProperties",
        "daftar kode 'status_entah' tidak ada",
    ),
    (
        "unknown type",
        "physicalName: NAMA PESERTA DIDIK, logicalType: string",
        "physicalName: NAMA PESERTA DIDIK, logicalType: teks",
        "logicalType",
        "'logicalType' bukan salah satu pilihannya",
    ),
    ("column twice", "{name: npsn,", "{name: nisn,", "properties", "kolom nisn tertulis dua kali"),
    ("column without a lawful name", "{name: npsn,", "{name: N P S N,", "properties", "'name' tidak menurut bentuknya"),
    ("unknown rule", "{name: nik_kosong,", "{name: nik_entah,", "quality", "aturan 'nik_entah' tidak dikenal"),
    (
        "unknown rule setting",
        "{name: nik_kosong, type: custom, engine: padanan, implementation: {ambang: 0.02}}",
        "{name: nik_kosong, type: custom, engine: padanan, implementation: {ambangg: 0.02}}",
        "implementation",
        "isian 'ambangg' tidak dikenal. Perbaikan: mungkin maksudnya 'ambang'",
    ),
    (
        "exception that says nothing",
        "{name: nik_kosong, type: custom, engine: padanan, implementation: {ambang: 0.02}}",
        "{name: nik_kosong, type: custom, engine: padanan, implementation: {}}",
        "implementation",
        "pengecualian tanpa isi",
    ),
    (
        "exception to a rule that is not here",
        "{name: nik_kosong, type: custom, engine: padanan, implementation: {ambang: 0.02}}",
        "{name: nik_kosong, type: custom, engine: padanan, implementation: {ambang: 0.02, tidakBerlaku: kolomnya lain}}",
        "implementation",
        "aturan yang tidak berlaku tidak dapat diubah",
    ),
    (
        "several owners in one text",
        "{name: nik_kosong, type: custom, engine: padanan, implementation: {ambang: 0.02}}",
        "{name: nik_kosong, type: custom, engine: padanan, implementation: {penanggungJawab: [Dinsos; DPPAPP]}}",
        "penanggungJawab",
        "beberapa penanggung jawab dalam satu teks",
    ),
    (
        "rule of another part",
        "{name: nik_kosong,",
        "{name: keluarga_tanpa_anggota,",
        "quality",
        "butuh kolom id_keluarga_sumber",
    ),
    (
        "unknown key",
        "tenant: Pemerintah Provinsi DKI Jakarta\n",
        "pemilik: Pemerintah\n",
        "pemilik",
        "isian 'pemilik' tidak dikenal",
    ),
    (
        "unknown property",
        "  - {property: keluargaLengkap, value: false}\n",
        "  - {property: keluargaLenkap, value: false}\n",
        "keluargaLenkap",
        "mungkin maksudnya 'keluargaLengkap'",
    ),
    (
        "unknown field of a property",
        "tidakBersama: [kjmu, pip]",
        "takBersama: [kjmu, pip]",
        "program.takBersama",
        "isian 'takBersama' tidak dikenal",
    ),
    ("rule without its column", "{name: nik_kosong,", "{name: desil_tidak_sah,", "quality", "butuh kolom desil"),
    ("no version of ODCS", "apiVersion: v3.1.0", "apiVersion: v2.2.2", "apiVersion", "'apiVersion' bukan salah satu pilihannya"),
    ("id unlike the file", "id: kjp_plus\n", "id: kjp\n", "id", "tidak sama dengan nama berkas"),
    ("no version of its own", "version: 1.0.0\n", "", "version", "isian 'version' belum ada"),
    ("no name", "name: Kartu Jakarta Pintar Plus (KJP Plus)\n", "", "name", "isian 'name' belum ada"),
    ("no cadence", "  - {property: frequency, value: semesteran}\n", "", "slaProperties", "isian 'frequency' belum ada"),
    ("no retention", "  - {property: retention, value: 24, unit: bulan}\n", "", "slaProperties", "isian 'retention' belum ada"),
    (
        "unknown unit",
        "{property: satuan, value: orang}",
        "{property: satuan, value: kelompok}",
        "customProperties",
        "'satuan' bukan salah satu pilihannya",
    ),
    (
        "unknown kind",
        "{property: jenis, value: program}",
        "{property: jenis, value: bansos}",
        "customProperties",
        "'jenis' bukan salah satu pilihannya",
    ),
    ("no most per row", "nominalMaks: 4500000, ", "", "customProperties", "isian 'nominalMaks' belum ada"),
    ("date that is none", 'value: "2023-01-01"', 'value: "1 Januari 2023"', "customProperties", "tanggal berlaku tidak terbaca"),
    (
        "entity key outside the columns",
        "{property: kunciEntitas, value: [nik, nama, tgl_lahir]}",
        "{property: kunciEntitas, value: [nomor_peserta]}",
        "customProperties",
        "kunciEntitas memakai kolom nomor_peserta",
    ),
]
# Fields of the contract's head and foot are shown at the block they belong to, not at a line that no longer exists.
BLOCKS = {"slaProperties": "slaProperties:", "customProperties": "customProperties:", "version": "", "name": ""}


@pytest.mark.feature("F50")
@pytest.mark.parametrize(
    ("old", "new", "field", "cause"), [case[1:] for case in FIELD_CASES], ids=[case[0] for case in FIELD_CASES]
)
def test_wrong_field_is_refused_with_file_line_and_field(folder, old, new, field, cause):
    path = folder / "contracts" / "kjp_plus.yaml"
    stood = spoil(path, old, new)
    text, line, where = refusal(folder, path)
    assert cause in text
    assert field in where
    shown = path.read_text(encoding="utf-8").splitlines()[line - 1]
    at_block = field in BLOCKS and line <= stood and (BLOCKS[field] in shown)
    assert line == stood or at_block, f"line {line} is shown, the fault is on line {stood}"


@pytest.mark.feature("F50")
@pytest.mark.parametrize("name", ["instansi", "dasarHukum", "satuan", "jenis", "berlakuDari", "bentuk", "kunciEntitas"])
@pytest.mark.parametrize("contract_id", ["carik", "klj", "pkh"])
def test_missing_fact_is_refused(folder, contract_id, name):
    """Owner, legal basis, unit, form: a contract without one can't be used."""
    path = folder / "contracts" / f"{contract_id}.yaml"
    kept = re.sub(rf"  - \{{?property: {name}\b.*\n(    [^-].*\n)*", "", path.read_text(encoding="utf-8"))
    path.write_text(kept, encoding="utf-8")
    text, line, where = refusal(folder, path)
    assert f"isian '{name}' belum ada" in text and name in where
    assert path.read_text(encoding="utf-8").splitlines()[line - 1].startswith("customProperties")


def test_an_agency_that_nobody_knows_is_no_owner(folder):
    path = folder / "contracts" / "pip.yaml"
    spoil(path, "{property: dari, value: [kemendikdasmen]}", "{property: dari, value: [kemendikbud]}")
    assert "id instansi 'kemendikbud' tidak dikenal" in refusal(folder, path)[0]


def test_code_column_names_its_system(folder):
    """3171 is Jakarta Pusat at Kemendagri and Jakarta Selatan at BPS."""
    path = folder / "contracts" / "dtsen.yaml"
    stood = spoil(path, "{property: sistemKode, value: BPS}, ", "")
    text, line, _ = refusal(folder, path)
    assert "kolom kode_kota tanpa sistem kode" in text and line == stood


@pytest.mark.feature("F50")
@pytest.mark.parametrize(
    "predicate",
    [
        "cast(nominal_mentah as integer) > 3",
        "nominal_mentah::integer > 3",
        "CAST (nama_bersih AS date) is null",
        "strptime(tgl_lahir_mentah, '%d') is null",
    ],
)
def test_plain_cast_in_a_contract_is_refused(folder, predicate):
    """A failing cast prints the value it failed on, and a value may be a NIK."""
    path = folder / "contracts" / "kaj.yaml"
    spoil(path, "slaProperties:\n", RULE.replace("{predicate}", f'"{predicate}"'))
    text, line, where = refusal(folder, path)
    assert "cast biasa" in text and "try_cast" in text and where.endswith("implementation.gagal")
    assert predicate in path.read_text(encoding="utf-8").splitlines()[line - 1]


def test_plain_cast_in_the_catalogue_is_refused(folder):
    path = folder / "rules.yaml"
    stood = spoil(path, "gagal: right(nik_bersih, 4) = '0000'", "gagal: right(nik_bersih, 4)::integer = 0")
    text, line, where = refusal(folder, path)
    assert "cast biasa" in text and line == stood and where == "rules.nik_urut_nol.gagal"


def test_a_rule_of_its_own_with_safe_casts_is_taken(folder):
    """A contract may carry a rule that no other producer has."""
    path = folder / "contracts" / "kaj.yaml"
    spoil(
        path,
        "slaProperties:\n",
        RULE.replace(
            "{predicate}", "\"try_cast(nominal_mentah as integer) > 3 and try_strptime(tgl_lahir_mentah, '%d') is null\""
        ),
    )
    rules = {rule.id: rule for rule in load_contracts(folder)["kaj"].rules}
    assert rules["aturan_sendiri"].fails_when.startswith("try_cast")
    assert "aturan_sendiri" not in {rule.id for rule in load_contracts(folder)["klj"].rules}


@pytest.mark.parametrize(
    "part", ["nama", "definisi", "level", "dimensi", "gagal", "tindakLanjut", "penanggungJawab", "hari", "ambang"]
)
def test_rule_without_a_part_is_refused(folder, part):
    path = folder / "rules.yaml"
    text = path.read_text(encoding="utf-8")
    head, tail = text.split("  nik_urut_nol:\n")
    body, rest = tail.split("  nik_sementara:\n")
    body = re.sub(rf"    {part}: .*\n", "", body)
    path.write_text(head + "  nik_urut_nol:\n" + body + "  nik_sementara:\n" + rest, encoding="utf-8")
    message, _, where = refusal(folder, path)
    assert f"isian '{part}' belum ada" in message and where == f"rules.nik_urut_nol.{part}"


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("", "kontrak kosong"),
        ("- satu\n- dua\n", "kontrak kosong"),
        ("apiVersion: v3.1.0\nkind: [DataContract\n", "YAML tidak terbaca"),
    ],
    ids=["empty", "a list", "broken YAML"],
)
def test_file_that_is_no_contract(folder, text, cause):
    path = folder / "contracts" / "kaj.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContractError) as caught:
        load_contracts(folder)
    message = str(caught.value)
    assert cause in message and str(path) in message and "baris" in message and "\n" not in message


def test_file_that_is_not_utf8(folder):
    path = folder / "contracts" / "kaj.yaml"
    path.write_bytes(path.read_bytes().replace(b"Kartu Anak", b"Kartu An\xe1k", 1))
    with pytest.raises(ContractError, match="tidak dapat dibaca"):
        load_contracts(folder)


def test_masks_that_go_round_are_refused(folder):
    path = folder / "rules.yaml"
    head = "  nik_kosong:\n    nama: NIK kosong\n"
    spoil(path, head, head + "    masked_by: [nik_format]\n")
    text, line, where = refusal(folder, path)
    assert "melingkar: nik_kosong → nik_format → nik_kosong" in text and where == "rules.nik_kosong.masked_by"
    assert "masked_by: [nik_format]" in path.read_text(encoding="utf-8").splitlines()[line - 1]


@pytest.mark.parametrize(
    ("masker", "cause"),
    [
        ("kk_fromat", "aturan 'kk_fromat' yang tidak ada. Perbaikan: mungkin maksudnya 'kk_format'"),
        ("luar_dki", "ditutup oleh dirinya sendiri"),
        ("ganda_dalam_program", "ditutup ganda_dalam_program, yang dinilai atas baris lain"),
    ],
)
def test_a_masker_that_cannot_mask_is_refused(folder, masker, cause):
    """A rule judged after the padanan can't explain one of staging: its columns are not there."""
    path = folder / "rules.yaml"
    line = spoil(path, "masked_by: [wilayah_tidak_dikenal]", f"masked_by: [{masker}]")
    text, shown, where = refusal(folder, path)
    assert cause in text and (shown, where) == (line, "rules.luar_dki.masked_by.0")


def test_a_key_that_no_rule_has_is_refused(folder):
    path = folder / "rules.yaml"
    line = spoil(path, "keluargaLengkap: true\n    dimensi: C\n    level: peringatan\n    definisi: Keluarga tanpa", "{}")
    text = path.read_text(encoding="utf-8")
    path.write_text(
        text.replace("{}", "keluargaLenkap: true\n    dimensi: C\n    level: peringatan\n    definisi: Keluarga tanpa"),
        encoding="utf-8",
    )
    text, shown, where = refusal(folder, path)
    assert "mungkin maksudnya 'keluargaLengkap'" in text and (shown, where) == (line, "rules.kk_tanpa_kepala.keluargaLenkap")


def test_more_rules_than_the_gap_has_bits_are_refused(folder):
    """The gap table keeps a record's faults as bits of one whole number."""
    path = folder / "rules.yaml"
    entry = path.read_text(encoding="utf-8").split("  nik_urut_nol:\n")[1].split("  nik_sementara:\n")[0]
    before = max(sum(rule.stage == "cleansing" for rule in one.rules) for one in load_contracts(folder).values())

    def more(count):
        added = "".join(f"  tambahan_{n}:\n{entry}" for n in range(count))
        return path.read_text(encoding="utf-8") + added

    text = more(BITS - before)
    path_of_one_more = more(BITS - before + 1)
    path.write_text(text, encoding="utf-8")
    assert max(sum(rule.stage == "cleansing" for rule in one.rules) for one in load_contracts(folder).values()) == BITS
    path.write_text(path_of_one_more, encoding="utf-8")
    with pytest.raises(ContractError, match=rf"{BITS + 1} aturan tahap cleansing pada satu kontrak; .*{BITS}"):
        load_contracts(folder)


def test_the_gaps_number_holds_so_many_bits():
    """The sum that `gap.sql` writes, of a record that breaks every rule: a whole number of 64 bits, each fault readable in it."""
    total = " + ".join(f"case when true then {2**bit} else 0 end" for bit in range(BITS))
    with duckdb.connect() as con:
        assert con.execute(f"select typeof({total})").fetchall() == [("BIGINT",)]
        query = f"select count(*) from (select {total} as n), range({BITS}) as r (bit) where (n >> bit::integer) & 1 = 1"
        assert con.execute(query).fetchall() == [(BITS,)]


@pytest.mark.feature("F06")
@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        (
            "{property: jenis, value: pendukung}",
            "{property: jenis, value: registri}",
            "satuan wilayah hanya untuk data pendukung",
        ),
        (
            "{property: satuan, value: wilayah}",
            "{property: satuan, value: orang}",
            "penyebut hanya untuk data pendukung bersatuan wilayah",
        ),
        ("{property: peran, value: penyebut}", "{property: peran, value: pembilang}", "peran 'pembilang' tidak dikenal"),
        ("{name: jiwa, physicalName", "{name: banyaknya, physicalName", "penyebut tanpa kolom jiwa"),
    ],
)
def test_a_denominator_counts_people_by_place(folder, old, new, cause):
    text = (expectations_dir() / "contracts" / "penduduk_kelurahan.yaml").read_text(encoding="utf-8")
    # Only the part is asked about here: the rules have refusals of their own.
    text = re.sub(r"    quality:\n(?:      - .*\n)+", "", text)
    path = folder / "contracts" / "penduduk_kelurahan.yaml"
    path.write_text(text, encoding="utf-8")
    spoil(path, old, new)
    assert cause in refusal(folder, path)[0]


@pytest.mark.feature("F06")
def test_two_denominators_at_once_are_refused(folder):
    text = (expectations_dir() / "contracts" / "penduduk_kelurahan.yaml").read_text(encoding="utf-8")
    (folder / "contracts" / "penduduk_kelurahan.yaml").write_text(text, encoding="utf-8")
    second = folder / "contracts" / "penduduk_sensus.yaml"
    second.write_text(text.replace("id: penduduk_kelurahan", "id: penduduk_sensus"), encoding="utf-8")
    assert "peran penyebut sudah dipegang" in refusal(folder, second)[0]


@pytest.mark.feature("F06")
@pytest.mark.parametrize(
    ("until", "since", "allowed"),
    [
        ("2025-06-30", "2025-07-01", True),
        ("2025-03-31", "2025-07-01", True),
        # both would be read in 2025-S2
        ("2025-09-30", "2025-10-01", False),
        ("2025-12-31", "2025-07-01", False),
        (None, "2030-01-01", False),
    ],
)
def test_a_denominator_is_succeeded_to(folder, until, since, allowed):
    """One contract may follow another; for one half-year two of them are refused, whichever name comes first."""
    text = (expectations_dir() / "contracts" / "penduduk_kelurahan.yaml").read_text(encoding="utf-8")
    start = '{property: berlakuDari, value: "2023-01-01"}'
    assert text.count(start) == 1
    old, new = folder / "contracts" / "penduduk_kelurahan.yaml", folder / "contracts" / "jumlah_sensus.yaml"
    end = start + (f'\n  - {{property: berlakuSampai, value: "{until}"}}' if until else "")
    old.write_text(text.replace(start, end), encoding="utf-8")
    later = text.replace("id: penduduk_kelurahan", "id: jumlah_sensus").replace(start, start.replace("2023-01-01", since))
    new.write_text(later, encoding="utf-8")
    if allowed:
        assert [item.roles for item in load_contracts(folder).values()].count(("penyebut",)) == 2
    else:
        assert "peran penyebut sudah dipegang kontrak penduduk_kelurahan" in refusal(folder, new)[0]


@pytest.mark.feature("F07")
def test_a_new_program_is_one_more_file(folder):
    """A sixteenth program: its own columns and words, no code; the other contracts stay as they are."""
    before = load_contracts(folder)
    text = (folder / "contracts" / "kparj.yaml").read_text(encoding="utf-8")
    text = text.replace("id: kparj\n", "id: kartu_uji\n").replace("kparj_penerima", "kartu_uji_penerima")
    text = text.replace("physicalName: NAMA_PENERIMA", "physicalName: PENERIMA MANFAAT").replace(
        "nominalMaks: 1800000", "nominalMaks: 77"
    )
    (folder / "contracts" / "kartu_uji.yaml").write_text(text, encoding="utf-8")
    after = load_contracts(folder)
    assert set(after) - set(before) == {"kartu_uji"}
    new = after["kartu_uji"]
    assert new.kind == "program" and new.stage_model == "stg_bansos__penerima"
    assert new.column("nama").source == "PENERIMA MANFAAT"
    rules = {rule.id: rule for rule in new.rules}
    assert "nominal > 77" in rules["nominal_tidak_wajar"].fails_when
    assert {contract_id: after[contract_id].rules for contract_id in before} == {
        contract_id: contract.rules for contract_id, contract in before.items()
    }


def test_a_retired_producer_raises_nothing(folder):
    """Retiring is one line; the contract stays readable for its old periods."""
    path = folder / "contracts" / "bsps.yaml"
    spoil(
        path,
        '  - {property: berlakuDari, value: "2023-01-01"}\n',
        '  - {property: berlakuDari, value: "2023-01-01"}\n  - {property: berlakuSampai, value: "2025-12-31"}\n',
    )
    contract = load_contracts(folder)["bsps"]
    assert contract.in_force(Periode.parse("2025-S2"))
    assert not contract.in_force(Periode.parse("2026-S1"))


def test_overrides_stay_in_their_contract(folder):
    """A threshold, level or deadline of one producer is not another's."""
    path = folder / "contracts" / "bsps.yaml"
    spoil(
        path,
        "slaProperties:\n",
        "    quality:\n      - {name: kk_kosong, type: custom, engine: padanan, "
        "implementation: {ambang: 0.5, hari: 99, level: blok, tindakLanjut: tanya lurah}}\nslaProperties:\n",
    )
    loaded = load_contracts(folder)
    here = next(rule for rule in loaded["bsps"].rules if rule.id == "kk_kosong")
    there = next(rule for rule in loaded["sembako"].rules if rule.id == "kk_kosong")
    assert (here.threshold, here.mostly, here.hari, here.level, here.tindak_lanjut) == (0.5, 0.5, 99, "blok", "tanya lurah")
    assert (there.threshold, there.hari, there.level) == (0.10, 30, "peringatan")
    assert here.fails_when == there.fails_when


def test_masks_fold_into_the_predicate(folder):
    """Without its masker in the same contract a rule is not masked by it."""
    masked = next(rule for rule in load_contracts(folder)["kaj"].rules if rule.id == "kk_format")
    assert "not coalesce(" in masked.applies_when and "kk_bersih is null" in masked.applies_when
    path = folder / "contracts" / "kaj.yaml"
    exception = "{name: kk_kosong, type: custom, engine: padanan, implementation: {tidakBerlaku: KK diisi petugas kami}}"
    spoil(path, "    quality:\n", f"    quality:\n      - {exception}\n")
    assert not any(rule.id == "kk_kosong" for rule in load_contracts(folder)["kaj"].rules)
    bare = next(rule for rule in load_contracts(folder)["kaj"].rules if rule.id == "kk_format")
    assert "kk_bersih is null or kk_bersih in" not in bare.applies_when
