"""Splits by sex, age and disability add up, unknown included; the three lists are counted as published (F47, F33-F35)."""

import json

import pytest

from padanan.published.groups import groups
from padanan.published.opened import open_published
from padanan.run.report import render_report
from tests.review.pages_back import Page, count
from tests.review.published_by_hand import PERIODE, write_published
from tests.signed import write_manifest

COVERED = ("<5", "ditutup")
AGE = """case when tgl_lahir is null or tgl_lahir > date '2025-12-15' or date_diff('day', tgl_lahir, date '2025-12-15') > 43830
  then 'tidak_diketahui' when (tgl_lahir + interval 18 year) > date '2025-12-15' then 'anak'
  when (tgl_lahir + interval 60 year) > date '2025-12-15' then 'dewasa' else 'lansia' end"""
SEX = "coalesce(jk, 'tidak_diketahui')"


def shown_equals(text: str, truth: int) -> bool:
    """An open cell says the truth and is not small; a covered one may be anything, `<5` only what is small."""
    if text == "ditutup":
        return True
    if text == "<5":
        return 1 <= truth <= 4
    return count(text) == truth and not 1 <= truth <= 4


def told(shown: dict[str, str], truth: dict[str, int]) -> None:
    """Each value of a split as a query counts it; the unknown may be counted with one that is marked so, never dropped."""
    unknown = truth.get("tidak_diketahui", 0)
    merged = [value for value, text in shown.items() if text.endswith("*")]
    assert merged == [] or (len(merged) == 1 and unknown and shown.get("tidak_diketahui", "digabung") == "digabung")
    for value, text in shown.items():
        if value in merged:
            assert count(text[:-1]) == truth[value] + unknown, value
        elif text == "digabung":
            assert merged and value == "tidak_diketahui"
        else:
            assert shown_equals(text, truth.get(value, 0)), value


@pytest.mark.feature("F47")
@pytest.mark.parametrize(("split", "sql"), [("jk", SEX), ("umur", AGE)])
def test_each_split_equals_a_query_and_adds_up_with_the_unknown(pages, tables, split, sql):
    shown = pages["kelompok.html"].values(f"tabel-{split}", "kelompok", "nilai")
    query = f"""select {sql}, count(*), count(*) filter (id_orang in (select id_orang from gap join padanan_record
        using (producer, record_key))), count(*) filter (id_orang in (select id_orang from sasaran where terpilih))
        from padanan_orang group by all"""
    truth = {value: dict(zip(("orang", "celah", "sasaran"), numbers, strict=True))
             for value, *numbers in tables.execute(query).fetchall()}  # fmt: skip
    assert set(shown) | {"tidak_diketahui"} == {*truth, "semua"}
    for measure in ("orang", "celah", "sasaran"):
        texts = {value: shown[value][measure] for value in truth if value in shown}
        told(texts, {value: numbers[measure] for value, numbers in truth.items()})
        whole = sum(numbers[measure] for numbers in truth.values())
        assert count(shown["semua"][measure]) == whole
        open_ones = [text.rstrip("*") for text in texts.values() if text != "digabung"]
        assert not set(open_ones) & set(COVERED), "laki-laki, perempuan dan tiap umur selalu terbaca di sini"
        assert sum(map(count, open_ones)) == whole


@pytest.mark.feature("F47")
def test_disability_comes_from_counts_and_adds_up_to_everyone(pages, tables):
    shown = pages["kelompok.html"].values("tabel-disabilitas", "kelompok", "nilai")
    truth = dict(tables.execute("select disabilitas, sum(jumlah)::bigint from pilah_disabilitas group by all").fetchall())
    assert all(shown_equals(shown[value]["orang"], number) for value, number in truth.items())
    assert shown["semua"] == pages["kelompok.html"].values("tabel-jk", "kelompok", "nilai")["semua"]


@pytest.mark.feature("F47")
@pytest.mark.parametrize(("split", "sql"), [("jk", SEX), ("umur", AGE)])
def test_data_sasaran_by_kota_covers_small_cells(pages, tables, split, sql):
    page = pages["kelompok.html"]
    names = {"jk": ["L", "P", "tidak_diketahui"], "umur": ["anak", "dewasa", "lansia", "tidak_diketahui"]}[split]
    found = tables.execute(f"""select coalesce(o.kode_kota, '-'), {sql.replace("jk", "o.jk").replace("tgl_lahir", "o.tgl_lahir")},
        count(*) from padanan_orang o join sasaran s using (id_orang) where s.terpilih group by all""").fetchall()
    truth = {(kota, value): n for kota, value, n in found}
    columns = [cell[2].strip() for cell in page.tables[f"tabel-{split}-kota"][0][1]][2:]
    assert len([name for name in columns if name.endswith("*")]) == 1 and len(columns) == len(names) - 1, (
        "contoh ini punya sel kecil"
    )
    for kota, (_, total, *cells) in page.rows(f"tabel-{split}-kota", "kota").items():
        own = {value: sum(n for (place, key), n in truth.items() if key == value and kota in (place, "semua")) for value in names}
        assert shown_equals(total, sum(own.values()))
        marks = [text in COVERED for text in cells]
        assert sum(marks) != 1 or total in COVERED, (kota, cells)  # one alone could be subtracted
        for value, column, text in zip(names, columns, cells, strict=False):
            assert shown_equals(text, own[value] + (own["tidak_diketahui"] if column.endswith("*") else 0)), (kota, value)
        if kota == "semua":
            assert not any(marks), "jumlah provinsi tidak ditutup"


@pytest.mark.feature("F47")
def test_gaps_by_rule_and_group(pages, tables):
    shown = pages["kelompok.html"].rows("tabel-celah-kelompok", "aturan")
    found = tables.execute(f"""select rule_id, {SEX}, {AGE}, id_orang from gap join padanan_record using (producer, record_key)
        join padanan_orang using (id_orang)""").fetchall()
    people: dict[tuple[str, str], set[str]] = {}
    for rule, sex, age, person in found:
        for key in ("semua", f"jk {sex}", f"umur {age}"):
            people.setdefault((rule, key), set()).add(person)
    order = {"jk": ["L", "P", "tidak_diketahui"], "umur": ["anak", "dewasa", "lansia", "tidak_diketahui"]}
    assert {rule for rule, _ in people} == set(shown)
    for rule, (_, whole, *cells) in shown.items():
        assert shown_equals(whole, len(people[rule, "semua"]))
        for split, names in order.items():
            texts = {name: cells.pop(0) for name in names}
            told(texts, {name: len(people.get((rule, f"{split} {name}"), ())) for name in names})


@pytest.mark.feature("F33")
def test_unserved_people_by_cause_and_kota(pages, tables):
    shown = pages["daftar.html"].rows("tabel-tanpa-program", "sebab")
    truth = dict(tables.execute("select sebab, count(distinct id_orang) from daftar_tanpa_program group by all").fetchall())
    for cause, cells in shown.items():
        if cause != "semua":
            assert shown_equals(cells[4], truth.get(cause, 0)), cause
    (people,) = tables.execute("select count(distinct id_orang) from daftar_tanpa_program").fetchone()
    assert count(shown["semua"][4]) == people < tables.execute("select count(*) from daftar_tanpa_program").fetchone()[0]
    index = pages["index.html"].texts
    assert index["daftar_tanpa_program"].startswith(shown["semua"][4])
    (none,) = tables.execute("select count(distinct id_orang) from daftar_tanpa_program where program_diterima = 0").fetchone()
    assert count(index["daftar_tanpa_program_program_diterima"].split()[0]) == none
    assert people > none > 0


@pytest.mark.feature("F33")
def test_unserved_people_by_program_and_what_was_never_delivered_is_said_once(pages, tables):
    """By program with its agency; that nobody delivers applicants is said once, and who is entitled beside its source."""
    page = pages["daftar.html"]
    shown = page.rows("tabel-tanpa-program-program", "program")
    truth = dict(tables.execute("select coalesce(program, ''), count(*) from daftar_tanpa_program group by all").fetchall())
    assert set(shown) == set(truth) == {"klj", "pkh", ""}
    assert all(count(shown[program][2]) == number for program, number in truth.items())
    assert shown["klj"][1] == "Dinsos" and shown[""][0] == "Tidak berhak atas program yang dapat diukur"
    assert page.source.count("menyampaikan daftar pemohonnya") == 1
    entitled = page.rows("tabel-hak", "program")
    assert entitled["pbi_jkn"][2] == "4" and entitled["klj"][2] == "tanpa batas" and "(belum diperiksa)" in entitled["kaj"][3]
    assert "[U]" not in "".join(cell for cells in entitled.values() for cell in cells)
    assert "tidak ada sumber yang menilai kelayakan rumah" in page.source


@pytest.mark.feature("F24")
def test_who_is_not_visited_is_counted_with_the_reason(pages, tables):
    shown = pages["daftar.html"].rows("tabel-tidak-didatangi", "alasan")
    truth = dict(
        tables.execute("""select a, count(*) from (select unnest(string_split(alasan, ',')) as a
        from tidak_didatangi) group by 1""").fetchall()
    )
    assert {key: count(cells[1]) for key, cells in shown.items() if key != "semua"} == truth
    (people,) = tables.execute("select count(*) from tidak_didatangi").fetchone()
    assert count(shown["semua"][1]) == people < sum(truth.values())


@pytest.mark.feature("F34")
def test_flags_by_evidence_count_distinct_people(pages, tables):
    shown = pages["daftar.html"].rows("tabel-bendera", "bukti")
    truth = dict(tables.execute("select bukti, count(distinct id_orang) from bendera_periksa group by all").fetchall())
    assert all(shown_equals(cells[1], truth.get(key, 0)) for key, cells in shown.items() if key != "semua")
    distinct = tables.execute("select count(distinct id_orang) from bendera_periksa").fetchone()[0]
    assert count(shown["semua"][1]) == distinct < sum(truth.values())
    assert "kiriman penghuni panti" in pages["daftar.html"].source, (
        "of a source that may not have come, zero is not told as a finding"
    )


@pytest.mark.feature("F35")
def test_people_without_documents(pages, tables):
    shown = pages["daftar.html"].rows("tabel-tanpa-dokumen", "kelompok")
    assert shown_equals(shown["semua"][1], tables.execute("select count(*) from tanpa_dokumen").fetchone()[0])


@pytest.mark.feature("F35")
def test_other_documents_are_the_lurahs(pages, tables):
    """A child may lack both: the last line counts everyone once, and the owner is the kelurahan."""
    shown = pages["daftar.html"].rows("tabel-dokumen-kurang", "dokumen")
    truth = dict(tables.execute("select dokumen, count(*) from dokumen_kurang group by all").fetchall())
    assert {name: count(cells[4]) for name, cells in shown.items() if name != "semua"} == truth
    assert count(shown["semua"][4]) == truth["akta"] < sum(truth.values())
    assert shown["akta"][2].startswith("kelurahan") and shown["kk"][2].startswith("kelurahan")


def test_an_older_publication_without_the_lists_says_so(home):
    folder = write_published(home, people=300)
    for name in (
        "daftar_tanpa_program",
        "bendera_periksa",
        "tanpa_dokumen",
        "tidak_didatangi",
        "dokumen_kurang",
        "pilah_disabilitas",
    ):
        (folder / f"{name}.parquet").unlink()
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["tables"] = {name: facts for name, facts in manifest["tables"].items() if (folder / f"{name}.parquet").exists()}
    write_manifest(folder, manifest)
    folder = render_report(home, PERIODE, 1).parent
    page = Page(folder / "daftar.html")
    assert page.source.count("belum diterbitkan waktu itu") == 4 and not page.tables
    assert "Pilah disabilitas: belum diterbitkan waktu itu" in (folder / "kelompok.html").read_text()


def test_an_older_publication_with_birth_dates_is_counted_alike(home):
    """Its tables hold the day and no age group: the same people, the same counts."""
    counted = []
    for revisi, named in ((1, True), (2, False)):
        write_published(home, people=600, revisi=revisi, named=named)
        source = open_published(home, PERIODE, revisi)
        assert source.has("padanan_orang", "kelompok_umur") is not named
        counted.append(groups(source, "2025-12-15"))
        source.con.close()
    assert counted[0] == counted[1] and counted[0].whole["umur", "anak", "orang"] > 0


@pytest.mark.feature("F15")
def test_sign_off_block_names_fingerprint_state_and_log(pages, rendered, home):
    page = pages["index.html"]
    assert "Pengesahan reviu" in page.source and "belum direviu" in page.source and "belum ada keputusan" in page.source
    assert page.source.count("Tanda tangan dan tanggal") == 4
    assert "Contoh" not in page.source[page.source.index("Pengesahan reviu") :]  # examples sign only in a demo's home
    write_published(home, people=300)
    (home.root / "demo.json").write_text("{}")
    (home.decisions / "reviu").mkdir(parents=True, exist_ok=True)
    assert "Bima Contoh" in render_report(home, PERIODE, 1).read_text()
    (home.decisions / "reviu" / f"{PERIODE.key}.jsonl").write_text("bukan log\n")
    assert "Log keputusan reviu tidak dapat dibaca" in render_report(home, PERIODE, 1).read_text()
