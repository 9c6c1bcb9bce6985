"""The year's data plan (F01): what counts as agreed, faults with their line, and the berita acara that is printed from it."""

import dataclasses
import shutil
from datetime import date

import pytest

from padanan.base.errors import ContractError, PadananError
from padanan.base.period import Periode
from padanan.cli import main
from padanan.contracts.contract import expectations_dir, load_contracts
from padanan.contracts.criteria import load_criteria
from padanan.contracts.field_rules import load_field_rules
from padanan.contracts.plan import all_plans, load_plans
from padanan.contracts.plan_check import agreed_columns, open_plans, plan_faults
from padanan.contracts.plan_minutes import minutes


@pytest.fixture(scope="module")
def contracts():
    return load_contracts()


@pytest.fixture
def folder(tmp_path):
    """A copy of expectations/plans/ that a test may spoil."""
    target = tmp_path / "expectations"
    shutil.copytree(expectations_dir() / "plans", target / "plans")
    return target


def spoil(folder, old, new, year=2026):
    path = folder / "plans" / f"{year}.yaml"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times"
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


@pytest.mark.feature("F01")
def test_the_plans_on_file_are_complete_and_agree_with_the_contracts(contracts):
    plans = load_plans()
    assert {2025, 2026} <= set(plans)
    for plan in plans.values():
        assert [str(fault) for fault in plan_faults(plan, contracts)] == []


@pytest.mark.feature("F01")
@pytest.mark.parametrize(("signed", "counts"), [("2025-12-31", True), ("2026-01-01", False), ("2026-03-05", False)])
def test_a_plan_agreed_in_its_own_year_does_not_count(folder, contracts, signed, counts):
    """No ingest for year Y without a plan dated before 1 January Y."""
    line = spoil(folder, "tanggal: 2025-11-28", f"tanggal: {signed}")
    assert (2026 in load_plans(folder)) is counts
    assert 2025 in load_plans(folder), "another year's plan is not touched by it"
    faults = [str(fault) for fault in plan_faults(all_plans(folder)[2026], contracts)]
    assert len(faults) == (0 if counts else 1)
    if not counts:
        assert f"baris {line} (beritaAcara.tanggal)" in faults[0] and "tidak berlaku" in faults[0]


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ("  2026-S1: 2026-06-30", "  2026-S1: akhir Juni", "bukan tanggal"),
        ("  2026-S1: 2026-06-30", "  2025-S1: 2026-06-30", "bukan dari tahun 2026"),
        ("  2026-S1: 2026-06-30", "  semester: 2026-06-30", "tidak dikenal"),
        ("rakor: [2026-05-20, 2026-11-25]", "rakor: 2026-05-20", "'rakor' bukan daftar"),
        ("selesai: 2026-04-30", "selesai: 2026-03-30", "selesai sebelum mulai"),
        ("peran: walidata, jabatan: Kepala Dinas", "peran: walidata", "isian 'jabatan' belum ada"),
        ("berlakuSampai: 2027-01-31", "berlakuSampai: 2025-01-31", "berakhir sebelum mulai"),
        ("  dashboard:", "  papan:", "tidak dikenal"),
        ("  bpms: [nomor_urut,", "  bpms: [nomor_urut, nomor_urut,", "satu hal tertulis dua kali"),
    ],
)
def test_an_unreadable_field_is_refused_with_its_line(folder, old, new, cause):
    line = spoil(folder, old, new)
    with pytest.raises(ContractError, match=cause) as caught:
        all_plans(folder)
    assert f"baris {line} (" in str(caught.value) and "Perbaikan:" in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "cause"),
    [
        ("  2026-S2: 2026-12-15\n", "", "hanya 1 penetapan direncanakan"),
        ("  2026-S2: 2026-12-15", "  2026-S2: 2027-01-15", "bukan pada tahun 2026"),
        ("  2026-S2: 2026-12-15", "  2026-S2: 2026-06-30", "tidak berurutan"),
        ("rakor: [2026-05-20, 2026-11-25]", "rakor: [2026-05-20]", "hanya 1 rakor"),
        ("peran: walidata", "peran: pengamat", "tanpa Sekretariat TKPK atau walidata"),
        ("  bpms: [nomor_urut,", "  bpms: [nomor_antre, nomor_urut,", "kolom 'nomor_antre' tidak ada di kontrak bpms"),
        ("  bpms: [nomor_urut, nik,", "  bpms: [nomor_urut,", "meminta kolom yang tidak disepakati: nik"),
        ("  bpms: [", "  bpmx: [", "kontrak 'bpmx' tidak ada"),
        ("TKPK, tanggal: 2025-11-27}", "TKPK, tanggal: 2026-07-01}", "disepakati sesudah penetapan pertama"),
        ("  sumberDesil: [dtsen]", "  sumberDesil: [p3ke_individu]", "'p3ke_individu' tidak ada atau tidak berlaku pada 2026"),
        ("  urutanDomisili: [adminduk,", "  urutanDomisili: [adminduk, sensus,", "'sensus' tidak ada"),
    ],
)
def test_an_incomplete_plan_says_what_is_missing_and_where(folder, contracts, old, new, cause):
    line = spoil(folder, old, new)
    faults = [str(fault) for fault in plan_faults(all_plans(folder)[2026], contracts)]
    [fault] = [fault for fault in faults if cause in fault]
    at = int(fault.split("baris ")[1].split(" ")[0])
    # The field itself, or the heading it stands under where the field is missing.
    assert line - 3 <= at <= line, fault


def test_criteria_count_only_when_they_were_agreed(folder, contracts):
    """Without them, with an example in a home of real data, or of after the decree, there are none; `plan check` says so."""
    first, second = Periode(2026, 1), Periode(2026, 2)
    agreed = all_plans(folder)[2026].agreed(first, demo=True)
    assert agreed["disepakati"].nomor == "BA-CONTOH-KRITERIA/2025/TKPK" and agreed["sumber_desil"] == ("dtsen",)
    assert all_plans(folder)[2026].agreed(first, demo=False) is None, "an example counts for nobody real"
    spoil(folder, "  contoh: true\n", "")
    assert all_plans(folder)[2026].agreed(first, demo=False) == agreed
    spoil(folder, "TKPK, tanggal: 2025-11-27}", "TKPK, tanggal: 2026-07-01}")
    late = all_plans(folder)[2026]
    assert late.agreed(first, demo=False) is None and late.agreed(second, demo=False) is not None
    path = folder / "plans" / "2026.yaml"
    text = path.read_text()
    start = text.index("kriteria:\n")
    path.write_text(text[:start] + text[text.index("# The agreed variables") :])
    plan = all_plans(folder)[2026]
    assert plan.agreed(first, demo=True) is None
    assert any("tanpa kriteria data sasaran yang disepakati" in str(fault) for fault in plan_faults(plan, contracts))


def test_the_run_judges_by_what_was_agreed(folder):
    """The plan's limit takes the place of the default in the criteria; a recipient is held to the limit of the program alone."""
    spoil(folder, "rentan: 4}", "rentan: 7}")
    agreed = all_plans(folder)[2026].agreed(Periode(2026, 1), demo=True)
    criteria = load_criteria(None, agreed)
    assert criteria.limit == 7 and criteria.kriteria[-1].lolos == "desil is null or desil <= 7"
    evidence = {item.id: item for item in load_field_rules(None, criteria).measured}
    assert evidence["desil_di_atas_batas"].berlaku == "desil > batas_program"


def test_a_year_with_two_plans_is_refused(folder):
    shutil.copyfile(folder / "plans" / "2026.yaml", folder / "plans" / "2026-lama.yaml")
    with pytest.raises(ContractError, match="punya dua rencana data"):
        all_plans(folder)


def test_all_columns_may_be_agreed_by_one_word(folder, contracts):
    path = folder / "plans" / "2026.yaml"
    text = path.read_text()
    start = text.index("  bpms: [")
    path.write_text(text[:start] + "  bpms: semua\n" + text[text.index("  bsps: [") :])
    plan = all_plans(folder)[2026]
    assert plan_faults(plan, contracts) == []
    assert agreed_columns(plan, contracts["bpms"]) == contracts["bpms"].column_names


def test_a_year_that_is_over_is_not_held_against_todays_contracts():
    plans = all_plans()
    assert [plan.year for plan in open_plans(plans, date(2026, 11, 25))] == [2026]
    assert [plan.year for plan in open_plans(plans, date(2025, 1, 1))] == [2025, 2026]


@pytest.mark.feature("F01")
def test_berita_acara_carries_number_dates_parties_and_variables(contracts):
    plan = load_plans()[2026]
    text = minutes(plan, contracts)
    assert text == minutes(plan, contracts)
    assert f"Nomor: {plan.minutes.number}" in text and "28 November 2025" in text
    assert all(party.institution in text for party in plan.parties)
    assert "| Penetapan periode 2026-S2 | 15 Desember 2026 |" in text
    assert f"{len(contracts['carik'].columns)} variabel: {', '.join(contracts['carik'].column_names)}." in text
    assert "DTKS" not in text, "a contract that is not in force in the year is not agreed"


@pytest.mark.feature("F01")
def test_commands(capsys, tmp_path, monkeypatch, folder, contracts):
    target = tmp_path / "ba.md"
    assert main(["plan", "berita-acara", "2026", "--out", str(target)]) == 0
    assert target.read_text().startswith("# Berita Acara")
    assert main(["plan", "check", "2026"]) == 0 and main(["plan", "show", "2026"]) == 0
    out = capsys.readouterr().out
    assert "Rencana 2026: sah, 2 penetapan, 2 rakor" in out and "(berlaku)" in out
    assert main(["plan", "show", "2031"]) == 1 and "tidak punya rencana data" in capsys.readouterr().err
    for name in ("contracts", "rules.yaml", "code_lists.yaml", "instansi.yaml"):
        (folder / name).symlink_to(expectations_dir() / name)
    spoil(folder, "tanggal: 2025-11-28", "tanggal: 2026-02-01")
    spoil(folder, "rakor: [2026-05-20, 2026-11-25]", "rakor: [2026-05-20]")
    monkeypatch.setenv("PADANAN_EXPECTATIONS", str(folder))
    assert main(["plan", "check", "2026"]) == 1
    shown = capsys.readouterr()
    assert "tidak berlaku" in shown.out and "hanya 1 rakor" in shown.err, "every fault is told, not only the first"
    assert main(["plan", "show", "2026"]) == 0 and "TIDAK BERLAKU" in capsys.readouterr().out
    assert main(["plan", "berita-acara", "2026"]) == 1 and "belum layak ditandatangani" in capsys.readouterr().err


@pytest.mark.feature("F01")
def test_no_run_and_no_landing_in_a_year_whose_plan_came_too_late(folder, tmp_path, contracts):
    from padanan.base.home import Home
    from padanan.landing.checks import before_reading, outcome
    from padanan.landing.letter import Letter, _moment
    from tests.planned import write_plan

    spoil(folder, "tanggal: 2025-11-28", "tanggal: 2026-01-01")
    plans = load_plans(folder)
    letter = Letter("2026-03", _moment("2026-03-10", None))
    flags = list(before_reading(contracts["klj"], letter, plans))
    assert [flag.rule_id for flag in flags] == ["tanpa_rencana"] and outcome(flags) == "ditahan"
    assert "sebelum 1 Januari 2026" in flags[0].cause
    earlier = list(before_reading(contracts["klj"], dataclasses.replace(letter, periode_data="2025-10"), plans))
    assert earlier == []
    with pytest.raises(PadananError, match="tidak punya rencana data"):
        write_plan(Home(tmp_path / "data").ensure(), contracts, Periode(2026, 1), expectations=folder)
