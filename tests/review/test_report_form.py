"""The report's form: private, offline, readable by everyone, said in Indonesian, the same bytes each time."""

import re
import shutil
import time

import pytest

from padanan.period import Periode
from padanan.report import render_report
from tests.review.published_by_hand import CANARY_NAME, CANARY_NIK, PERIODE, write_published


@pytest.mark.feature("F50")
def test_no_person_and_nothing_like_a_nik(pages):
    for name, page in pages.items():
        assert not re.search(r"(?<!\d)\d{15,16}(?!\d)", page.source), name
        assert CANARY_NIK not in page.source and CANARY_NAME not in page.source, name
        assert not re.search(r"\b[0-9a-f]{32}\b", page.source), f"{name}: sebuah kunci orang atau catatan"


@pytest.mark.feature("F10")
def test_opens_from_a_file(pages, rendered):
    for name, page in pages.items():
        assert not re.search(r"https?:|//[a-z]|@import|url\(", page.source.replace("<!doctype html>", "")), name
        assert not [tag for tag, _ in page.tags if tag in ("script", "link", "iframe", "img", "form")], name
        assert not [found for _, found in page.tags if any(key.startswith("on") for key in found)], name
        for link in page.links:
            target, _, anchor = link.partition("#")
            assert (rendered[1] / (target or name)).exists(), (name, link)
            assert not anchor or anchor in pages[target or name].ids, (name, link)


@pytest.mark.feature("F10")
def test_accessible_structure(pages):
    for name, page in pages.items():
        assert '<html lang="id">' in page.source and 'name="viewport"' in page.source
        assert len(page.ids) == len(set(page.ids)), name
        assert page.headings[0] == 1 and page.headings.count(1) == 1
        assert all(after - before <= 1 for before, after in zip(page.headings, page.headings[1:], strict=False)), name
        assert set(page.tables) == set(page.captions) and all(text.strip() for text in page.captions.values()), name
        for table, rows in page.tables.items():
            for _, cells in rows:
                assert all("scope" in found for tag, found, _ in cells if tag == "th"), (name, table)
                assert cells[0][0] == "th" or not cells[0][2], (name, table)
        for tag, found in page.tags:
            if tag == "svg":
                assert found.get("aria-hidden") == "true" or found.get("aria-label") or found.get("aria-labelledby"), name
            if "tabindex" in found:
                assert found["role"] == "region" and found["aria-label"], name
        assert page.links[0] == "#utama" and "utama" in page.ids


def luminance(color: str) -> float:
    """Relative luminance of `#rrggbb` (WCAG 2.2)."""
    parts = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_contrast_of_text_and_bars(pages):
    """AA: 4.5 for text on white and on the striped rows; 3 for a bar against white and against its neighbour's gap."""
    colors = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})\b", pages["index.html"].source)) | {"kertas": "#ffffff"}

    def ratio(one: str, other: str) -> float:
        light, dark = sorted((luminance(colors[one]), luminance(colors[other])), reverse=True)
        return (light + 0.05) / (dark + 0.05)

    for text in ("tinta", "redup", "tajuk", "tautan", "baik", "awas", "buruk"):
        for ground in ("kertas", "muka"):
            assert ratio(text, ground) >= 4.5, (text, ground)


@pytest.mark.feature("F10")
def test_the_recommendation_comes_first(pages):
    page = pages["index.html"]
    main = page.source[page.source.index('<main id="utama">') :]
    assert main.index('id="rekomendasi"') < main.index("<table")
    sentence = page.texts["rekomendasi"]
    assert sentence.count(".") - len(re.findall(r"\d\.\d", sentence)) == 1 and sentence.endswith(".")
    assert re.search(r"\d+ penghalang pada 7 dari 7 produsen melewati ambang", sentence)


def test_a_clean_revision_can_be_accepted(home):
    write_published(home, people=400, worse=0)
    text = render_report(home, PERIODE, 1).read_text()
    assert "Padanan ini dapat diterima: tidak ada penghalang" in text
    assert "Tidak ada penghalang." in text and "Belum mengirim: " in text


@pytest.mark.feature("F10")
def test_dimensions_are_said_with_symbol_word_and_number(pages):
    cells = pages["index.html"].rows("tabel-mutu", "produsen")
    assert cells["adminduk"][7] == "○ tidak diukur"  # Adminduk can't contradict itself
    assert re.fullmatch(r"■ penghalang[\d,]+% −[\d,]+ poin", cells["dtks"][2])
    assert cells["dtks"][6].startswith("▲ terlambat") and cells["carik"][6].startswith("● tepat waktu")
    assert "belum ada kiriman" in cells["pip"][2] and "tidak diukur" in cells["pip"][2]
    assert "Perubahan dibandingkan dengan revisi 1." in pages["index.html"].source


def test_the_first_report_has_nothing_to_compare_with(home):
    write_published(home, people=300)
    text = render_report(home, PERIODE, 1).read_text()
    assert "Belum ada terbitan sebelumnya" in text and " poin" not in text


def test_a_new_period_is_compared_with_the_period_before(home):
    write_published(home, people=300)
    write_published(home, people=300, periode=Periode(2026, 1), worse=2)
    assert "Perubahan dibandingkan dengan periode 2025-S2 revisi 1." in render_report(home, Periode(2026, 1), 1).read_text()


@pytest.mark.feature("F08")
def test_deliveries_late_held_missing_and_not_in_force(pages, home):
    rows = {
        attrs["data-produsen"]: (attrs["data-keadaan"], " ".join(cell[2] for cell in cells))
        for attrs, cells in pages["index.html"].tables["tabel-kiriman"]
        if "data-produsen" in attrs
    }
    assert rows["dtks"][0] == "terlambat" and "turun 31%" in rows["dtks"][1]
    assert rows["carik"][0] == "tepat_waktu" and "10 Okt 2025" in rows["carik"][1] and "15 Okt 2025" in rows["carik"][1]
    assert rows["pkh"][0] == rows["kjmu"][0] == "ditahan" and "naik 80%" in rows["pkh"][1]
    assert rows["pip"][0] == "belum_ada"
    assert "Kiriman ditahan atau dikarantina: " in pages["index.html"].source
    write_published(home, people=300, periode=Periode(2026, 1))
    later = render_report(home, Periode(2026, 1), 1).read_text()
    assert re.search(r'data-produsen="p3ke_keluarga" data-keadaan="(tepat_waktu|terlambat)"', later)  # pinned, so it is said
    assert 'data-produsen="dtsen" data-keadaan="tidak_berlaku"' not in later


def test_a_retired_producer_is_not_missed(home):
    """DTKS ends with 2025: in 2026 its absence is `tidak berlaku`, no alarm."""
    import json

    folder = write_published(home, people=300, periode=Periode(2026, 1))
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["deliveries"] = [item for item in manifest["deliveries"] if item["contract"] != "dtks"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    text = render_report(home, Periode(2026, 1), 1).read_text()
    assert 'data-produsen="dtks" data-keadaan="tidak_berlaku"' in text
    assert "(DTKS)" not in text[text.index("Belum mengirim") : text.index("Angka pokok</h2>")]


@pytest.mark.feature("F10")
def test_same_inputs_same_bytes(rendered):
    home, folder = rendered
    before = {path.name: path.read_bytes() for path in folder.glob("*")}
    shutil.rmtree(folder)
    render_report(home, PERIODE, 2)
    assert {path.name: path.read_bytes() for path in folder.glob("*")} == before


@pytest.mark.feature("F10")
def test_fingerprint_on_every_page_in_dashed_groups(pages, rendered):
    import hashlib

    digest = hashlib.sha256((rendered[0].published(PERIODE, 2) / "manifest.json").read_bytes()).hexdigest()
    dashed = "-".join(digest[i : i + 4] for i in range(0, 64, 4))
    assert all(dashed in page.source for page in pages.values())


def test_only_the_owner_can_read_it(rendered):
    assert {path.stat().st_mode & 0o777 for path in rendered[1].glob("*")} == {0o600}


def test_fast_and_small(home):
    write_published(home, people=60_000)
    started = time.process_time()
    folder = render_report(home, PERIODE, 1).parent
    assert time.process_time() - started < 10
    sizes = [path.stat().st_size for path in folder.glob("*")]
    assert max(sizes) < 400_000 and sum(sizes) < 10_000_000
