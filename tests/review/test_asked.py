"""What the field reads of a person: one plain question of all reasons, in the order of lapangan.yaml."""

from datetime import date

import pytest

from padanan.contracts.field_rules import load_field_rules
from padanan.review.worklist import asked
from tests.review.worklist_by_hand import PERSON, QUESTIONS

DAY = date(2025, 12, 15)
SITI = {**PERSON, "nama": "SITI AMINAH", "alamat": "JL MAWAR NO 3"}


@pytest.mark.feature("F24")
def test_all_reasons_are_one_question_and_then_what_to_look_at_and_write():
    told = asked.question(SITI, ["alamat_tidak_lengkap", "nik_kosong"], QUESTIONS, DAY)
    assert told == (
        "Apakah Ibu SITI AMINAH tinggal di JL MAWAR NO 3, RT 003, RW 005? Mohon lihat KTP dan KK, lalu tulis NIK-nya; tulis "
        "alamat lengkapnya."
    )
    assert asked.question(SITI, ["bendera_ganda"], QUESTIONS, DAY) == "Siapa Ibu SITI AMINAH?"
    assert asked.question(SITI, ["lain"], QUESTIONS, DAY) == ""


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"jk": "L"}, "Bapak SITI AMINAH"),
        ({"jk": ""}, "Bapak/Ibu SITI AMINAH"),
        ({"tgl_lahir": "2008-12-16"}, "anak SITI AMINAH"),
        ({"tgl_lahir": "2008-12-15"}, "Ibu SITI AMINAH"),
        ({"tgl_lahir": ""}, "Ibu SITI AMINAH"),
        ({"nama": ""}, "orang ini"),
    ],
)
def test_a_person_is_addressed_by_sex_and_age(changes, told):
    assert asked.addressed({**SITI, **changes}, DAY) == told


def test_what_no_list_holds_is_said_and_not_left_out():
    nobody = {**PERSON, "nama": "", "nik": "", "no_kk": "", "tgl_lahir": "", "jk": "", "alamat": "", "rt": "", "rw": ""}
    assert asked.card(nobody, "7.1") == (
        "7.1   RW … / RT …\nalamat tidak tercatat\nnama tidak tercatat\ntanggal lahir tidak tercatat\nNIK tidak tercatat\n"
        "KK tidak tercatat"
    )
    assert asked.where(nobody) == "kelurahan ini"
    assert asked.card(SITI).splitlines()[2] == "SITI AMINAH" and 2 in asked.BOLD_LINES


@pytest.mark.feature("F24")
def test_each_question_of_the_rules_reads_as_a_sentence():
    for item in load_field_rules().pertanyaan:
        told = item.asked("Ibu SITI AMINAH", "JL MAWAR NO 3")
        assert told.endswith("?") and "{" not in told and "SITI AMINAH" in told, item.id
        assert item.mohon and not item.mohon.endswith(".") and item.mohon[0].islower(), item.id
        assert item.asked().count("?") == 1 and "SITI" not in item.asked()
