"""Rules, masks, criteria and field rules that cannot run are refused by `padanan contracts check`, with file, line and name.

What a rule that can run means is in `test_rules_semantics.py`; rules that fail on real rows, in `tests/dbt`.
"""

import re
import shutil
from pathlib import Path

import pytest

from padanan.base.errors import ContractError
from padanan.cli import main
from padanan.contracts.contract import expectations_dir, load_contracts
from padanan.contracts.rule_binding import check_predicates

KEPT = {"adminduk", "bsps", "kaj", "p3ke_individu", "p3ke_keluarga"}
RULE = """      - name: aturan_sendiri
        type: custom
        engine: padanan
        implementation:
          kolom: [nama]
          dimensi: V
          level: peringatan
          nama: Aturan sendiri
          definisi: Nama terlalu panjang.
          tahap: {stage}
          berlaku: {applies}
          gagal: {fails}
          rincian: {detail}
          ambang: 0.1
          tindakLanjut: periksa
          penanggungJawab: [produsen]
          hari: 14
slaProperties:
"""


@pytest.fixture
def folder(tmp_path):
    """A copy of expectations/ that a test may spoil, with a few contracts."""
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


def own_rule(folder: Path, *, fails="true", applies="true", detail="'jenis'", stage="cleansing") -> Path:
    """Writes a rule of its own into a contract."""
    path = folder / "contracts" / "kaj.yaml"
    quoted = {"applies": applies, "fails": fails, "detail": detail}
    text = RULE.format(stage=stage, **{key: '"' + value.replace('"', '\\"') + '"' for key, value in quoted.items()})
    spoil(path, "slaProperties:\n", text)
    return path


def refusal(folder: Path, file: Path) -> tuple[str, int, str]:
    """The refusal: its cause and cure, line and field, after checking that it is one line with all of them."""
    with pytest.raises(ContractError) as caught:
        check_predicates(folder)
    match = re.fullmatch(
        r"GALAT (?P<file>.+\.yaml) baris (?P<line>\d+) \((?P<field>[^)]*)\): (?P<cause>.+)\. Perbaikan: (?P<cure>.+)",
        str(caught.value),
    )
    assert match, str(caught.value)
    assert Path(match["file"]) == file
    return f"{match['cause']} | {match['cure']}", int(match["line"]), match["field"]


# (predicate, what the cause says, what the cure says)
FAULTS = {
    "unknown column": ("nik_bersi is null", "kolom 'nik_bersi' tidak ada pada baris staging", "nik_bersih"),
    "column of another row": ("status_nik = 'x'", "kolom 'status_nik' tidak ada", "docs/tables.md"),
    "unknown prefix": ("b.nik_bersih is null", "awalan 'b.' tidak dikenal", "tanpa awalan"),
    "unknown function": ("lenght(nik_bersih) > 3", "fungsi 'lenght' tidak ada", "length"),
    "syntax": ("nik_bersih is is null", "salah tulis SQL di dekat 'is'", "perbaiki"),
    "unfinished": ("nik_bersih is", "salah tulis SQL", "kurung"),
    "an arrow": ("len(list_filter([desil], x -> x > 1)) > 0", "memakai panah", "lambda x:"),
    "bracket too many": ("nik_angka) or (true", "salah tulis SQL di dekat ')'", "perbaiki"),
    "function of another type": (
        "left(tgl_lahir, 2) = 'a'",
        "fungsi 'left' tidak menerima tipe (DATE, INTEGER_LITERAL) (kolom: tgl_lahir DATE)",
        "tipe",
    ),
    "types apart": (
        "tgl_lahir > 5",
        "tipe DATE dan INTEGER_LITERAL tidak dapat dibandingkan (kolom: tgl_lahir DATE)",
        "try_cast",
    ),
    "literal of another type": ("desil = 'abc'", "diubah ke tipe lain tanpa diminta dan gagal (kolom: desil INTEGER)", "setipe"),
    "text turned into a number": ("nik_bersih = 5", "tanpa diminta dan gagal (kolom: nik_bersih VARCHAR)", "try_cast"),
    "aggregate": ("count(*) > 1", "memakai fungsi agregat count", "satu baris"),
    "aggregate of a column": ("nik_angka and max(desil) > 1", "memakai fungsi agregat max", "satu baris"),
    "window": ("row_number() over () > 1", "memakai fungsi jendela", "satu baris"),
    "sub-query": ("desil in (select 1)", "memakai sub-kueri", "satu baris"),
    "star": ("columns('nik_angka')", "memakai *", "satu baris"),
    "several rows": ("unnest([nik_angka])", "memakai unnest", "satu baris"),
    "two columns": ("nik_angka, kk_angka", "bukan satu syarat", "satu baris"),
    "a query": ("true from padanan_record", "bukan satu syarat", "satu baris"),
    "two statements": ("true; select true", "bukan satu syarat", "satu baris"),
    "comment": ("nik_angka /* lalu */ and kk_angka", "komentar SQL", "#"),
    "parameter": ("desil = ?", "memakai parameter", "satu baris"),
    "unknown value": ("nominal > {nominal_makx}", "nilai '{nominal_makx}' tidak dikenal", "{nominal_maks}"),
    # No probe row leads into these branches; a real one does, and DuckDB's message then holds somebody's NIK.
    "text turned into a number in a branch": (
        "case when not nik_angka then nik_bersih = 5 else false end",
        "teks akan diubah menjadi INTEGER tanpa diminta dan dapat gagal",
        "try_cast",
    ),
    "text turned into a date in a branch": (
        "coalesce(nik_angka, left(trim(tgl_lahir_mentah), 10) = tgl_lahir)",
        "teks akan diubah menjadi DATE tanpa diminta",
        "try_cast",
    ),
    "literal of another type in a branch": (
        "case when not nik_angka then desil = 'tiga' end",
        "nilai yang tertulis akan diubah menjadi INTEGER",
        "setipe",
    ),
    "a number for yes or no": ("nik_angka and desil", "INTEGER dipakai sebagai ya/tidak", "> 0"),
    "the clock": ("diterima < current_date", "memakai current_date, yang hasilnya berbeda di setiap putaran", "diterima"),
    "the clock in a function": ("age(tgl_lahir) > interval 60 year", "memakai age, yang hasilnya berbeda", "diterima"),
    "chance": ("nik_angka and random() < 0.5", "memakai random, yang hasilnya berbeda", "sama"),
    "the session": ("nama_bersih = current_user", "memakai current_user, yang hasilnya berbeda", "sama"),
    "no yes or no": ("desil", "hasilnya INTEGER, bukan ya/tidak (BOOLEAN) (kolom: desil INTEGER)", "BOOLEAN"),
}


@pytest.mark.feature("F50")
@pytest.mark.parametrize(
    ("part", "predicate", "cause", "cure"),
    [("gagal", *fault) for fault in FAULTS.values()]
    + [("berlaku", *FAULTS[name]) for name in ("unknown column", "bracket too many", "no yes or no")],
)
def test_a_contracts_own_rule_that_cannot_run_is_refused(folder, part, predicate, cause, cure):
    path = own_rule(folder, **{"gagal": {"fails": predicate}, "berlaku": {"applies": predicate}}[part])
    text, line, where = refusal(folder, path)
    assert cause in text.split(" | ")[0] and cure in text.split(" | ")[1]
    assert where.endswith(f"implementation.{part}")
    assert path.read_text(encoding="utf-8").splitlines()[line - 1].strip().startswith(f"{part}: ")


@pytest.mark.feature("F50")
@pytest.mark.parametrize(("predicate", "cause", "cure"), FAULTS.values(), ids=FAULTS)
def test_a_catalogue_rule_that_cannot_run_is_refused(folder, predicate, cause, cure):
    """Also when no contract takes the rule up: it is the catalogue's line that is shown."""
    path = folder / "rules.yaml"
    spoil(path, "  nik_urut_nol:\n", "  nik_urut_nol:\n    jenis: [pendukung]\n")
    assert not any(rule.id == "nik_urut_nol" for one in load_contracts(folder).values() for rule in one.rules)
    quoted = predicate.replace("'", "''")
    line = spoil(path, "gagal: right(nik_bersih, 4) = '0000'", f"gagal: '{quoted}'")
    text, shown, where = refusal(folder, path)
    assert (shown, where) == (line, "rules.nik_urut_nol.gagal")
    assert cause in text and cure in text


def test_a_kind_of_fault_is_text(folder):
    path = own_rule(folder, detail="desil")
    text, _, where = refusal(folder, path)
    assert "hasilnya INTEGER, bukan teks (VARCHAR)" in text and where.endswith("rincian")


def test_a_rule_after_the_padanan_speaks_about_its_row(folder):
    path = own_rule(folder, fails="nama_bersih is null", stage="padanan")
    assert "kolom 'nama_bersih' tidak ada pada baris padanan_record" in refusal(folder, path)[0]


def test_a_sound_rule_of_its_own_is_taken(folder):
    own_rule(folder, fails="try_cast(nominal_mentah as integer) > 3", applies="len(list_filter([desil], lambda x: x > 1)) > 0")
    assert check_predicates(folder) > 100


@pytest.mark.parametrize(
    "predicate",
    [
        "desil = '3' and age(diterima, tgl_lahir) > interval 60 year and strftime(diterima, '%Y') = left(periode_data, 4)",
        "nik_bersih || desil = '5'' AS (x' or desil > kel_n_kepala or nominal > 99999999999999999999",
    ],
)
def test_conversions_that_cannot_fail_are_taken(folder, predicate):
    """A written value that fits, a narrower number beside a wider one, words of a plan inside quotes."""
    own_rule(folder, fails=predicate)
    assert check_predicates(folder) > 100


def test_a_value_of_a_program_that_no_predicate_can_compare_is_refused(folder):
    path = folder / "contracts" / "kaj.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(re.sub(r"nominalMaks: \d+", "nominalMaks: tiga juta", text), encoding="utf-8")
    said, line, where = refusal(folder, path)
    assert "'nominalMaks' bukan bilangan bulat" in said and where.endswith("program.nominalMaks")
    assert "nominalMaks" in path.read_text(encoding="utf-8").splitlines()[line - 1]


@pytest.mark.parametrize(
    ("file", "old", "new", "said", "field"),
    [
        (
            "sasaran.yaml",
            "lolos: desil is not",
            "lolos: desill is not",
            "kriteria desil_diketahui: kolom 'desill'",
            "kriteria.3.lolos",
        ),
        (
            "sasaran.yaml",
            "lolos: not ktp_pendatang or '{ktp_pendatang}' = 'masuk'",
            "lolos: desil",
            "kriteria bukan_ktp_pendatang: hasilnya",
            "kriteria.2.lolos",
        ),
        ("lapangan.yaml", "coalesce(status_program", "coalesce(status_prog", "penerima: kolom 'status_prog'", "penerima"),
        ("lapangan.yaml", "not nik_ada", "not nik_adaa", "sebab tanpa_nik: kolom 'nik_adaa'", "tanpaProgram.2.berlaku"),
        ("lapangan.yaml", "berlaku: di_dki =", "berlaku: luar_dki =", "bukti luar_dki: kolom 'luar_dki'", "bukti.3.berlaku"),
    ],
)
def test_criteria_and_field_rules_that_cannot_run_are_refused(folder, file, old, new, said, field):
    line = spoil(folder / file, old, new)
    text, shown, where = refusal(folder, folder / file)
    assert said in text and (shown, where) == (line, field)


def test_the_command_refuses(tmp_path, monkeypatch, capsys):
    """What `make check` runs: one line, exit code not 0."""
    folder = tmp_path / "expectations"
    shutil.copytree(expectations_dir(), folder, ignore=shutil.ignore_patterns("gx", "odcs"))
    path = own_rule(folder, fails="nik_bersi is null")
    monkeypatch.setenv("PADANAN_EXPECTATIONS", str(folder))
    assert main(["contracts", "check"]) != 0
    told = capsys.readouterr()
    lines = [line for line in (told.out + told.err).splitlines() if "GALAT" in line]
    assert len(lines) == 1 and f"{path} baris " in lines[0] and "aturan_sendiri" in lines[0] and "nik_bersih" in lines[0]


def test_the_checkouts_own_predicates_can_run():
    assert check_predicates() > 1000
