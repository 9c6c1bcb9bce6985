"""The report's form: private, offline, readable by everyone, said in Indonesian, the same bytes each time."""

import re
import shutil

import pytest

from padanan.base.period import Periode
from padanan.run.report import render_report
from tests.contrast import contrast
from tests.review.published_by_hand import CANARY_NAME, CANARY_NIK, PERIODE, write_published
from tests.signed import write_manifest


@pytest.mark.feature("F50")
def test_no_person_and_nothing_like_a_nik(pages):
    for name, page in pages.items():
        assert not re.search(r"(?<!\d)\d{15,16}(?!\d)", page.source), name
        assert CANARY_NIK not in page.source and CANARY_NAME not in page.source, name
        assert not re.search(r"\b[0-9a-f]{32}\b", page.source), f"{name}: sebuah kunci orang atau catatan"


@pytest.mark.feature("F10")
def test_opens_from_a_file(pages, rendered):
    for name, page in pages.items():
        text = page.source.replace("<!doctype html>", "")
        for font in re.findall(r'url\("([^"]*)"\)', text):
            assert re.fullmatch(r"font/[A-Za-z0-9-]+\.woff2", font) and (rendered[1] / font).is_file(), (name, font)
        text = re.sub(r'url\("font/[A-Za-z0-9-]+\.woff2"\)', "", text)
        text = re.sub(r"url\(#h\w\)", "", text)  # a map's hatching, on the page itself
        assert not re.search(r"https?:|//[a-z]|@import|url\(", text), name
        policy = next(found["content"] for tag, found in page.tags if tag == "meta" and "http-equiv" in found)
        assert policy == "default-src 'none'; style-src 'unsafe-inline'; font-src 'self'; img-src data:", name
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
            if found.get("tabindex", "-1") != "-1":
                assert found["role"] == "region" and found["aria-label"], name
        assert page.links[0] == "#utama" and "utama" in page.ids


def test_contrast_of_text_and_bars(pages):
    """AA: 4.5 for text on white and on the striped rows; 3 for a bar against white and against its neighbour's gap."""
    colors = dict(re.findall(r"--(\w+): (#[0-9a-f]{6})\b", pages["index.html"].source)) | {"kertas": "#ffffff"}

    def ratio(one: str, other: str) -> float:
        return contrast(colors[one], colors[other])

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
    assert re.search(r"Terima (padanan ini|dengan \d+ pengecualian): tidak ada penghalang", text)
    assert "Tidak ada penghalang." in text and "Belum mengirim: " in text


@pytest.mark.feature("F10")
def test_dimensions_are_said_with_symbol_word_and_number(pages):
    cells = pages["mutu.html"].rows("tabel-mutu", "produsen")
    assert cells["adminduk"][7] == "○ tidak diukur"  # Adminduk can't contradict itself
    assert re.fullmatch(r"■ penghalang[\d,]+% −[\d,]+ poin", cells["dtks"][2])
    assert cells["dtks"][6].startswith("▲ terlambat") and cells["carik"][6].startswith("● tepat waktu")
    assert "belum ada kiriman" in cells["pip"][2] and "tidak diukur" in cells["pip"][2]
    assert "Perubahan dibandingkan dengan revisi 1." in pages["mutu.html"].source


def test_the_first_report_has_nothing_to_compare_with(home):
    write_published(home, people=300)
    folder = render_report(home, PERIODE, 1).parent
    assert "Belum ada terbitan sebelumnya" in (folder / "mutu.html").read_text()
    assert not [
        path.name for path in folder.glob("*.html") if re.search(r" poin\b", path.read_text()) and path.name != "metode.html"
    ]


def test_a_new_period_is_compared_with_the_period_before(home):
    write_published(home, people=300)
    write_published(home, people=300, periode=Periode(2026, 1), worse=2)
    page = render_report(home, Periode(2026, 1), 1).with_name("mutu.html")
    assert "Perubahan dibandingkan dengan periode 2025-S2 revisi 1." in page.read_text()


@pytest.mark.feature("F08")
def test_deliveries_late_held_missing_and_not_in_force(pages, home):
    rows = {
        attrs["data-produsen"]: (attrs["data-keadaan"], " ".join(cell[2] for cell in cells))
        for attrs, cells in pages["kiriman.html"].tables["tabel-kiriman"]
        if "data-produsen" in attrs
    }
    assert rows["dtks"][0] == "terlambat" and "turun 31%" in rows["dtks"][1]
    assert rows["carik"][0] == "tepat_waktu" and "10 Okt 2025" in rows["carik"][1] and "15 Okt 2025" in rows["carik"][1]
    assert rows["pkh"][0] == rows["kjmu"][0] == "ditahan" and "naik 80%" in rows["pkh"][1]
    assert rows["pip"][0] == "belum_ada"
    assert "Kiriman ditahan atau dikarantina: " in pages["index.html"].source
    write_published(home, people=300, periode=Periode(2026, 1))
    later = render_report(home, Periode(2026, 1), 1).with_name("kiriman.html").read_text()
    assert re.search(r'data-produsen="p3ke_keluarga" data-keadaan="terbawa"', later)  # pinned, so it is said
    assert 'data-produsen="dtsen" data-keadaan="tidak_berlaku"' not in later


def test_a_retired_producer_is_not_missed(home):
    """DTKS ends with 2025: in 2026 its absence is `tidak berlaku`, no alarm."""
    import json

    folder = write_published(home, people=300, periode=Periode(2026, 1))
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["deliveries"] = [item for item in manifest["deliveries"] if item["contract"] != "dtks"]
    write_manifest(folder, manifest)
    index = render_report(home, Periode(2026, 1), 1)
    text = index.read_text()
    assert 'data-produsen="dtks" data-keadaan="tidak_berlaku"' in index.with_name("kiriman.html").read_text()
    assert "(DTKS)" not in text[text.index("Belum mengirim") : text.index("Angka pokok</h2>")]


@pytest.mark.feature("F10")
def test_same_inputs_same_bytes(rendered):
    home, folder = rendered

    def written():
        return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}

    before = written()
    shutil.rmtree(folder)
    render_report(home, PERIODE, 2)
    assert written() == before


@pytest.mark.feature("F10")
def test_fingerprint_on_every_page_in_dashed_groups(pages, rendered):
    import hashlib

    digest = hashlib.sha256((rendered[0].published(PERIODE, 2) / "manifest.json").read_bytes()).hexdigest()
    dashed = "-".join(digest[i : i + 4] for i in range(0, 64, 4))
    assert all(dashed in page.source for page in pages.values())


def test_only_the_owner_can_read_it(rendered):
    modes = {path.is_dir(): path.stat().st_mode & 0o777 for path in rendered[1].rglob("*")}
    assert modes == {True: 0o700, False: 0o600}


def test_the_font_may_be_given_on_and_is_small(rendered):
    """OFL 1.1 asks that its text goes with every copy."""
    fonts = {path.name: path for path in (rendered[1] / "font").iterdir()}
    assert "SIL OPEN FONT LICENSE Version 1.1" in fonts["OFL.txt"].read_text()
    files = [path for name, path in fonts.items() if name.endswith(".woff2")]
    assert 1 <= len(files) <= 2 and all(path.stat().st_size <= 60_000 and path.read_bytes()[:4] == b"wOF2" for path in files)


def test_small_enough_to_be_sent(tmp_path):
    """267 kelurahan and every contract of the checkout as a producer: no page over 400 KB, 10 MB in all."""
    from padanan.base.home import Home
    from padanan.contracts.contract import load_contracts

    home = Home(tmp_path / "data").ensure()
    producers = load_contracts()
    assert len(producers) >= 20
    write_published(home, people=8_000, all_contracts=True, periode=PERIODE.previous())
    write_published(home, people=8_000, all_contracts=True)
    folder = render_report(home, PERIODE, 1).parent
    sizes = {path.name: path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    assert len([name for name in sizes if name.startswith("produsen-") and name.endswith(".html")]) == len(producers)
    pages = {name: size for name, size in sizes.items() if not name.endswith((".pdf", "celah-wilayah.xlsx", "tabel.xlsx"))}
    assert max(pages.values()) < 400_000, max(pages.items(), key=lambda item: item[1])
    # The two that hold every figure of all pages and of all kelurahan are no pages.
    assert sizes["tabel.xlsx"] < 700_000 and sizes["celah-wilayah.xlsx"] < 1_100_000
    assert sum(sizes.values()) < 10_000_000
