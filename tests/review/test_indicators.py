"""The Renstra indicators that need more than a count: daerah aktif by volume of updates, ketepatan sasaran by program (F46)."""

import duckdb
import pytest

from padanan.base.errors import ContractError
from padanan.base.suppress import LIMIT
from padanan.contracts.contract import load_contracts
from padanan.contracts.renstra import Activeness, load_renstra
from padanan.published import activity, targeting
from padanan.published.opened import NotPublished, open_published
from padanan.published.report import gather
from padanan.review.report.activity_tables import active_kotas, activity_tables
from padanan.review.report.renstra import renstra_table
from padanan.review.report.targeting_tables import targeting_tables
from tests.review.published_by_hand import BUSY, CHANGED, ONE_ROW, PART, PERIODE, SAID, rewrite, write_published

RULE = Activeness(bagianDiperbarui=0.1, catatanDiperbarui=5, catatanMinimal=5, bagianKelurahan=0.5)


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """(report, home) of a period whose DTKS changed in some places since the period before."""
    from padanan.base.home import Home

    home = Home(tmp_path_factory.mktemp("indikator") / "data").ensure()
    for periode in (PERIODE.previous(), PERIODE):
        folder = write_published(home, people=6000, periode=periode)
        rewrite(folder, SAID)
    rewrite(folder, CHANGED)
    source = open_published(home, PERIODE, 1)
    yield gather(home, load_contracts(), source), home
    source.con.close()


@pytest.fixture(scope="module")
def found(opened):
    report, home = opened
    return activity.measure(home, report.source, "dtks", report.history.last_period, "periode 2025-S1 revisi 1", RULE)


def records(home, periode):
    """One row an entity of DTKS, read without the code under test."""
    con = duckdb.connect()
    return {
        row[0]: row[1:]
        for row in con.execute(
            f"""select entity_key, nik_key, kk_key, shdk, kode_kelurahan, kode_kota
            from read_parquet('{home.published(periode, 1)}/padanan_record.parquet') where producer = 'dtks'"""
        ).fetchall()
    }


@pytest.mark.feature("F46")
def test_updates_are_what_came_went_or_changed_by_place(opened, found):
    """Counted again in Python, over both publications."""
    _, home = opened
    now, before = records(home, PERIODE), records(home, PERIODE.previous())
    truth = {}
    for key in now.keys() | before.keys():
        kota = (now.get(key) or before[key])[-1] or "-"
        n, changed = truth.get(kota, (0, 0))
        truth[kota] = (n + 1, changed + (now.get(key) != before.get(key)))
    assert {kota: (own.records, own.updated) for kota, own in found.kotas.items()} == truth
    villages = {}
    for key in now.keys() | before.keys():
        *_, village, kota = now.get(key) or before[key]
        if village:
            n, changed = villages.get((kota, village), (0, 0))
            villages[kota, village] = (n + 1, changed + (now.get(key) != before.get(key)))
    for kota in truth:
        judged = [own for (place, _), own in villages.items() if place == kota and own[0] >= RULE.least]
        active = [changed for n, changed in judged if changed >= RULE.updated and changed >= RULE.share * n]
        assert (found.kotas[kota].judged, found.kotas[kota].active) == (len(judged), len(active)), kota
    assert truth[ONE_ROW][1] == 1 and truth[BUSY][1] > 0.2 * truth[BUSY][0]
    assert sum(own.records for own in found.places.values()) == sum(n for n, _ in truth.values())


@pytest.mark.feature("F46")
def test_one_row_or_one_kelurahan_makes_no_kota_active(opened, found):
    """The kota whose every record of one kelurahan changed has one active kelurahan, and is not active by it."""
    report, _ = opened
    assert found.active(BUSY) is True and found.active(ONE_ROW) is False and found.active(PART) is False
    assert found.kotas[PART].active == 1 < found.kotas[PART].judged
    part, whole = active_kotas(report, found)
    assert part == 1 and whole == sum(found.active(kota) is not None for kota in report.facts.kota_names)


@pytest.mark.feature("F46")
def test_a_kelurahan_with_few_records_is_not_judged(opened):
    report, home = opened
    strict = Activeness(bagianDiperbarui=0.1, catatanDiperbarui=5, catatanMinimal=10_000, bagianKelurahan=0.5)
    made = activity.measure(home, report.source, "dtks", report.history.last_period, "x", strict)
    assert made.active(BUSY) is None and active_kotas(report, made) == (0, 0)


@pytest.mark.feature("F46")
def test_without_a_period_before_nothing_is_said(opened):
    """Not 0 of 6, which would accuse every kota."""
    report, home = opened
    assert activity.measure(home, report.source, "dtks", None, "", RULE) is None
    assert activity.measure(home, report.source, "carik_lama", report.history.last_period, "x", RULE) is None
    line = renstra_table(report, None, None).rows[1]
    assert [cell.text for cell in line.cells[1:4]] == ["–", "–", "–"] and "belum diukur" in line.cells[0].note


@pytest.mark.feature("F46")
def test_the_tables_print_the_volume_with_its_n_and_cover_small_counts(opened, found):
    report, _ = opened
    tables = activity_tables(report, found)
    shown = {line.data["baris"]: [cell.text for cell in line.cells] for line in tables["keaktifan"].rows}
    assert shown[BUSY][-1] == "aktif" and shown[PART][-1] == "belum aktif"
    assert shown[ONE_ROW][2] == "<5" and shown[ONE_ROW][3] == "–", "satu catatan yang berubah tidak dicetak"
    hidden = [name for name, cells in shown.items() if cells[2] in ("<5", "ditutup")]
    assert len(hidden) > 1 and "*" not in hidden, "yang satu tidak dapat dihitung dari jumlahnya"
    assert (
        "10% dari sedikitnya 5 catatannya, dan sedikitnya 5 catatan" in tables["keaktifan"].note
        and "50%" in tables["keaktifan"].note
    )
    for line in tables["keaktifan_kecamatan"].rows:
        kota, _, kecamatan = line.data["baris"].partition("/")
        own = found.places[kota, kecamatan]
        if 0 < own.updated < LIMIT or 0 < own.records < LIMIT:
            assert line.cells[3].text == "–", line.data["baris"]
            assert own.active == 0 or own.updated >= LIMIT, "kelurahan aktif memberitahukan jumlah yang ditutup"


@pytest.mark.feature("F46")
def test_the_targets_and_the_threshold_are_the_files(tmp_path):
    renstra = load_renstra()
    assert list(renstra.target.identified.values()) == [30, 40, 50, 60, 100]
    assert list(renstra.target.active.values()) == [30, 40, 50, 70, 70]
    assert renstra.active.least >= LIMIT
    text = (load_contracts()["dtks"].path.parents[1] / "renstra.yaml").read_text()
    for old, new in (("bagianDiperbarui: 0.05", "bagianDiperbarui: 0"), ("catatanDiperbarui: 5", "catatanDiperbarui: 4")):
        (tmp_path / "renstra.yaml").write_text(text.replace(old, new))
        with pytest.raises(ContractError, match=r"renstra\.yaml"):
            load_renstra(tmp_path)


@pytest.fixture(scope="module")
def served(opened):
    report, _ = opened
    return targeting.measure(report.source, report.contracts, report.facts.rows)


@pytest.mark.feature("F46")
def test_ketepatan_counts_who_receives_a_program_for_the_poor(opened, served):
    """Neither who was stopped nor who receives a program that says nothing of poverty; an unknown status receives."""
    report, home = opened
    folder = home.published(PERIODE, 1)
    truth = (
        duckdb.connect()
        .execute(
            f"""select coalesce(s.kode_kota, '-'), s.terpilih, count(*) from read_parquet('{folder}/padanan_record.parquet') r
        join read_parquet('{folder}/sasaran.parquet') s using (id_orang)
        where r.producer = 'klj' and r.status_program is distinct from 'henti' group by all"""
        )
        .fetchall()
    )
    assert served.programs == ("klj",) and "jakpreneur" in report.facts.rows
    assert {(kota, "tepat" if chosen else "luar"): n for kota, chosen, n in truth} == dict(served.by_kota)
    assert served.people == sum(n for *_, n in truth) > served.inside > 0
    assert served.selected == report.facts.selected
    indicator = renstra_table(report, served, None).rows[2]
    assert [cell.value for cell in indicator.cells[1:3]] == [served.inside, served.people]


@pytest.mark.feature("F46")
def test_each_figure_stands_over_both_denominators(opened, served):
    report, _ = opened
    tables = targeting_tables(report, served)
    whole = tables["ketepatan"].rows[-1].cells
    assert [whole[place].value for place in (1, 2, 4)] == [served.people, served.inside, served.selected]
    assert whole[3].value == served.inside / served.people and whole[5].value == served.inside / served.selected
    lines = {line.data["baris"]: line.cells for line in tables["ketepatan_kota"].rows}
    for kota in report.facts.kota_names:
        inside, out = (served.by_kota.get((kota, side), 0) for side in ("tepat", "luar"))
        if 0 < inside < LIMIT or 0 < out < LIMIT:
            assert lines[kota][3].text == "–", "bagian dari jumlah kecil akan memberitahukannya"
        elif lines[kota][2].value is not None:
            assert lines[kota][2].value == inside
    assert lines["*"][1].value == served.people


@pytest.mark.feature("F46")
def test_an_older_publication_without_the_status_of_a_program_says_so(home):
    write_published(home, people=300)
    source = open_published(home, PERIODE, 1)
    with pytest.raises(NotPublished):
        targeting.measure(source, load_contracts(), {"klj": 1})
    source.con.close()
