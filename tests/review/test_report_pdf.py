"""The report on paper: the pages' figures, tagged, with its origin on every page, and no row or signature alone."""

import hashlib
import io
import re
from collections import Counter

import pytest
from pypdf import PdfReader

from padanan.contracts.contract import load_contracts
from padanan.published.opened import open_published
from padanan.published.report import gather, in_order
from padanan.review.report.pdf import FILE, printed_head, producer_pdf
from padanan.review.report.producer_pages import producer_pages
from tests.pdf_back import accessible, lone_rows, rows_by_page
from tests.review.pages_back import count
from tests.review.published_by_hand import CANARY_NAME, CANARY_NIK, PERIODE

DIGEST = re.compile(r"(?:[0-9a-f]{4}-){15}[0-9a-f]{4}")


@pytest.fixture(scope="module")
def reader(rendered):
    return PdfReader(rendered[1] / FILE)


@pytest.fixture(scope="module")
def sheets(reader):
    """The text of every page."""
    return [page.extract_text() for page in reader.pages]


@pytest.mark.feature("F10")
def test_tagged_for_screen_readers(reader):
    assert accessible(reader)
    assert reader.metadata.title == "Laporan mutu data dan pemadanan" and "/CreationDate" not in (reader.metadata or {})


@pytest.mark.feature("F10")
def test_every_page_names_period_revision_and_fingerprint(sheets, rendered):
    digest = hashlib.sha256((rendered[0].published(PERIODE, 2) / "manifest.json").read_bytes()).hexdigest()
    dashed = "-".join(digest[i : i + 4] for i in range(0, 64, 4))
    for number, text in enumerate(sheets, 1):
        assert f"Nilai hash terbitan {dashed}" in text and "periode 2025-S2 · revisi 2" in text
        assert "Kepala log keputusan belum ada keputusan" in text and f"Halaman {number} dari {len(sheets)}" in text


@pytest.mark.feature("F10")
def test_no_row_and_no_signature_stands_alone(reader, sheets):
    counts = rows_by_page(reader)
    assert len(counts) > 30 and any(len(found) > 1 for found in counts), "some table must run over a page's end"
    assert not lone_rows(reader)
    last = sheets[-1]
    assert "Pengesahan reviu" in last and "telah membaca laporan ini" in last and last.count("[nama diisi]") == 4
    assert sum("[nama diisi]" in text for text in sheets) == 1


@pytest.mark.feature("F10")
def test_kelurahan_as_published(sheets, tables):
    """Every kelurahan's line; a name stands in several kecamatan, so lines are compared as a bag."""
    few = r"([\d.]+|<5|ditutup)"
    line = re.compile(rf"^(.+?) {few} {few} (\S+) {few} {few}(?: (?:tidak diukur|\S+)){{1,2}}$")
    shown = Counter(
        (found[1], found[5], found[6]) for text in sheets for row in text.splitlines() if (found := line.match(row.strip()))
    )
    wilayah = "read_csv('dbt_project/seeds/ref_wilayah.csv', all_varchar=true)"
    expected = tables.execute(f"""
        select kelurahan, count(o.id_orang), count(*) filter (s.terpilih) from {wilayah} w
        left join padanan_orang o using (kode_kelurahan) left join sasaran s on s.id_orang = o.id_orang
        group by w.kode_kelurahan, kelurahan""").fetchall()
    assert len(expected) == 267
    covered = 0
    for name, people, selected in expected:
        wanted = [
            key
            for key in shown
            if key[0] == name
            and all(
                text == f"{real:,}".replace(",", ".") or text == "ditutup" or (text == "<5" and 1 <= real <= 4)
                for text, real in zip(key[1:], (people, selected), strict=True)
            )
        ]
        assert wanted, (name, people, selected)
        shown[wanted[0]] -= 1
        covered += any(text in ("<5", "ditutup") for text in wanted[0][1:])
    assert covered, "contoh ini harus memuat sel kecil"


@pytest.mark.feature("F10")
def test_headline_matrix_and_gaps_as_on_the_page(sheets, pages, tables):
    words = " ".join(" ".join(sheets).split())
    assert " ".join(pages["index.html"].texts["rekomendasi"].split()) in words
    for query in (
        "select count(*) from padanan_record",
        "select count(*) from padanan_orang",
        "select count(*) from sasaran where terpilih",
        "select count(distinct id_orang) from gap join padanan_record using (producer, record_key)",
    ):
        assert f"{tables.execute(query).fetchone()[0]:,}".replace(",", ".") in words, query
    for word in ("■ penghalang", "● baik", "○ tidak diukur", "▲ terlambat"):
        assert word in words.replace("\u00a0", " "), word
    for _, cells in pages["mutu.html"].tables["tabel-terbesar"][1:]:
        people = [cell[2] for cell in cells][1]
        assert count(people) and people in words
    for head in ("Tindak lanjut", "Penanggung jawab", "Tenggat", "Neraca baris", "Definisi dan metode", "Kriteria data sasaran"):
        assert head in words


@pytest.mark.feature("F50")
def test_nothing_of_a_person_and_no_address(sheets):
    for text in sheets:
        assert not re.search(r"(?<!\d)\d{15,16}(?!\d)", text) and "://" not in text
        assert CANARY_NIK not in text and CANARY_NAME not in text
        assert not re.search(r"\b[0-9a-f]{32}\b", text)


@pytest.mark.feature("F10")
def test_a_producers_page_alone(rendered, pages):
    source = open_published(rendered[0], PERIODE, 2)
    report = gather(rendered[0], in_order(load_contracts()), source)
    made = producer_pages(report)
    source.con.close()
    for producer, name in (("dtks", "produsen-dtks.html"), ("p3ke_individu", "produsen-p3ke-individu.html")):
        content = producer_pdf(report, made, producer)
        assert content == producer_pdf(report, made, producer)
        reader = PdfReader(io.BytesIO(content))
        text = " ".join(page.extract_text() for page in reader.pages)
        assert accessible(reader) and not lone_rows(reader)
        assert all(DIGEST.search(page.extract_text()) for page in reader.pages)
        own = pages[name].rows("tabel-aturan", "aturan")
        assert own and all(cells[2] in text and cells[3] in text for cells in own.values())
        others = [item.name for item in load_contracts().values() if item.id not in (producer, "adminduk")]
        assert not [other for other in others if other in text], "a producer's report speaks of nobody else"


def test_the_head_of_the_log_is_printed_once_there_are_decisions():
    assert printed_head({"rusak": False, "kepala": None}) == "belum ada keputusan"
    assert printed_head({"rusak": False, "kepala": "ab12-cd34"}) == "ab12-cd34"
    assert "padanan verify" in printed_head({"rusak": True, "kepala": None})
