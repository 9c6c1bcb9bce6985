"""The annex of a sealed decree: its counts are those of the sealed table, in DOCX, PDF and workbook alike (F17, F18)."""

import hashlib
import io
import json
import re
import shutil
import zipfile
from datetime import date

import docx
import duckdb
import openpyxl
import pytest
from pypdf import PdfReader

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.decree.approve import approve
from padanan.decree.documents import write_annex
from padanan.decree.verify import prove
from padanan.published.groups import BORN
from tests.decree.sealed_by_hand import PERIODE, SEAL, seal_by_hand
from tests.pdf_back import accessible, lone_rows
from tests.review.decided_by_hand import SEALED_AT, approval, to_draft
from tests.review.published_by_hand import CANARY_NAME, CANARY_NIK

NIK_LIKE = re.compile(r"(?<!\d)\d{15,16}(?!\d)")


@pytest.fixture(scope="module")
def annex(tmp_path_factory):
    """(home, folder, seal, hashes) of a decree with its annex."""
    home = Home(tmp_path_factory.mktemp("lampiran") / "data").ensure()
    folder, seal = seal_by_hand(home)
    return home, folder, seal, write_annex(folder, seal)


@pytest.fixture(scope="module")
def tables(annex):
    """The annex's DOCX tables as lists of texts."""
    document = docx.Document(annex[1] / "lampiran.docx")
    return [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]


def ask(annex, query):
    con = duckdb.connect()
    # The sealed table holds no birth date; the truth of these people is what they were made from.
    people = f"(select id_orang, tgl_lahir from read_parquet('{annex[0].published(PERIODE, 1)}/padanan_orang.parquet'))"
    frozen = f"read_parquet('{annex[1]}/data_sasaran.parquet')"
    con.execute(f"create view beku as select * from {frozen} left join {people} using (id_orang)")
    return con.execute(query).fetchall()


def count(text):
    assert re.fullmatch(r"\d{1,3}(\.\d{3})*", text), text
    return int(text.replace(".", ""))


@pytest.mark.feature("F17")
def test_files_and_hashes(annex):
    _, folder, _, hashes = annex
    assert set(hashes) == {"lampiran.docx", "lampiran.pdf", "lampiran.xlsx"}
    for name, digest in hashes.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
        assert (folder / name).stat().st_mode & 0o777 == 0o600


@pytest.mark.feature("F17")
def test_every_place_counts_what_the_sealed_table_counts(annex, tables):
    workbook = openpyxl.load_workbook(annex[1] / "lampiran.xlsx")
    truth = dict(ask(annex, "select kode_kelurahan, count(*) from beku group by all"))
    shown = {row[0]: row[4] for row in workbook["Kelurahan"].iter_rows(min_row=8, values_only=True)}
    villages = {code: value for code, value in shown.items() if code.count(".") == 3}
    assert len(villages) == 267
    covered = 0
    for code, value in villages.items():
        real = truth.get(code, 0)
        if isinstance(value, str):
            covered += 1
            assert value == "ditutup" or (value == "<5" and 1 <= real <= 4), code
        else:
            assert value == real and not 1 <= real <= 4, code
    assert covered, "contoh ini harus memuat sel kecil"
    # The DOCX shows the same cells in the same order.
    from_docx = [row[2] for table in tables if table[0] == ["Kecamatan", "Kelurahan", "Orang"] for row in table[1:-1]]
    from_book = [row[4] for row in workbook["Kelurahan"].iter_rows(min_row=8, values_only=True)]
    assert [text if text in ("<5", "ditutup") else count(text) for text in from_docx] == from_book


@pytest.mark.feature("F17")
def test_total_kota_and_splits(annex, tables):
    [(people, families, without)] = ask(
        annex, "select count(*), count(distinct id_keluarga), count(*) filter (id_keluarga is null) from beku"
    )
    kota = next(table for table in tables if table[0][:2] == ["No", "Kota/kabupaten administrasi"])
    assert count(kota[-1][2]) == people == sum(count(row[2]) for row in kota[1:-1])
    by_kota = ask(
        annex,
        """select kota, count(*) from beku join (select distinct kode_kota, kota from
        read_csv('dbt_project/seeds/ref_wilayah.csv', all_varchar=true)) using (kode_kota) group by all""",
    )
    assert {row[1]: count(row[2]) for row in kota[1:-1]} == dict(by_kota)
    text = docx.Document(annex[1] / "lampiran.docx").paragraphs
    sentence = next(p.text for p in text if "orang, dalam" in p.text)
    assert [int(n.replace(".", "")) for n in re.findall(r"[\d.]+(?= \()|[\d.]+(?= orang belum)", sentence)] == [
        people,
        families,
        without,
    ]
    queries = {
        "Jenis kelamin": """select case jk when 'L' then 'Laki-laki' when 'P' then 'Perempuan' else 'Tidak diketahui' end,
            count(*) from beku group by all""",
        "Kelompok umur": """select case when tgl_lahir is null then 'Tidak diketahui'
            when tgl_lahir > date '2025-12-15' - interval 18 year then 'Anak (di bawah 18 tahun)'
            when tgl_lahir > date '2025-12-15' - interval 60 year then 'Dewasa (18–59 tahun)'
            else 'Lansia (60 tahun ke atas)' end, count(*) from beku group by all""",
        "Desil kesejahteraan": "select 'Desil ' || desil, count(*) from beku group by all",
        "Status identitas": """select case status_identitas when 'terdaftar' then 'Terdaftar di Adminduk'
            when 'sementara_nik' then 'Sementara: NIK sah, belum ditemukan di Adminduk'
            else 'Sementara: tanpa NIK yang dapat dipakai, atau identitas berbeda' end, count(*) from beku group by all""",
    }
    for name, query in queries.items():
        table = next(table for table in tables if table[0][0] == name)
        truth = dict(ask(annex, query))
        for label, shown, share in table[1:-1]:
            if shown in ("<5", "ditutup"):
                assert share == "–" and (shown == "ditutup" or 1 <= truth[label] <= 4)
            else:
                assert count(shown) == truth.get(label, 0) and not 1 <= truth.get(label, 0) <= 4, (name, label)
        assert set(truth) <= {row[0] for row in table[1:-1]}
        assert count(table[-1][1]) == people


@pytest.mark.feature("F17")
def test_a_person_of_eighteen_and_of_sixty_on_the_day():
    """Ages are whole years on the cut-off's day, also in a snapshot from before: born that day 18 or 60 years ago is no child and
    is elderly."""
    con = duckdb.connect()
    con.execute("create table beku (tgl_lahir date)")
    con.execute("insert into beku values ('2007-12-15'), ('2007-12-16'), ('1965-12-15'), ('1965-12-16'), (null), ('2026-01-01')")
    day = date(2025, 12, 15)
    shown = con.execute(f"select {BORN} from beku", [day]).fetchall()
    assert [row[0] for row in shown] == ["dewasa", "anak", "lansia", "dewasa", "tidak_diketahui", "tidak_diketahui"]


@pytest.mark.feature("F17")
def test_pdf_says_what_the_docx_says_is_tagged_and_has_no_watermark(annex, tables):
    reader = PdfReader(annex[1] / "lampiran.pdf")
    assert accessible(reader) and not lone_rows(reader)
    assert reader.metadata.title == "Lampiran Keputusan Gubernur tentang Data Sasaran"
    pages = [page.extract_text() for page in reader.pages]
    seal = annex[2]
    mark = "-".join(seal["row_hash"][i : i + 4] for i in range(0, 64, 4))
    for text in pages:
        assert mark in text and "periode 2025-S2 · revisi 1" in text and "RANCANGAN" not in text
    words = " ".join(" ".join(pages).split())
    for table in tables:
        for row in table:
            for cell in row:
                assert " ".join(cell.split()) in words, cell
    assert "NOMOR 812 TAHUN 2025" in words and "15 Desember 2025" in words


@pytest.mark.feature("F50")
def test_nothing_of_a_person_and_no_address(annex):
    for path in annex[1].glob("lampiran.*"):
        content = path.read_bytes()
        texts = [PdfReader(io.BytesIO(content)).pages[n].extract_text() for n in range(2)] if path.suffix == ".pdf" else []
        if path.suffix != ".pdf":
            with zipfile.ZipFile(path) as package:
                texts = [package.read(name).decode("utf-8", "ignore") for name in package.namelist()]
                assert all("TargetMode" not in text for text in texts)
        for text in texts:
            plain = re.sub(r"<[^>]*>", " ", text)  # XML namespaces stand inside the tags
            assert not NIK_LIKE.search(plain) and CANARY_NIK not in text and CANARY_NAME not in text
            assert "://" not in plain


@pytest.mark.feature("F17")
def test_same_seal_same_bytes(annex):
    _, folder, seal, hashes = annex
    again = folder.with_name(".tmp-ulang")
    again.mkdir()
    shutil.copy(folder / "data_sasaran.parquet", again)
    assert write_annex(again, seal) == hashes
    shutil.rmtree(again)


@pytest.mark.feature("F18")
def test_data_that_are_not_the_seals_get_no_annex(tmp_path):
    home = Home(tmp_path / "data").ensure()
    folder, seal = seal_by_hand(home, people=600)
    with pytest.raises(PadananError, match=r"data_sasaran\.parquet.*bukan yang dinyatakan segel"):
        write_annex(folder, {**seal, "sha256": "0" * 64})
    con = duckdb.connect()
    rest = f"select * from read_parquet('{folder}/data_sasaran.parquet') offset 1"
    con.execute(f"copy ({rest}) to '{folder}/x.parquet' (format parquet)")
    (folder / "data_sasaran.parquet").unlink()
    (folder / "x.parquet").rename(folder / "data_sasaran.parquet")
    fewer = {**seal, "sha256": hashlib.sha256((folder / "data_sasaran.parquet").read_bytes()).hexdigest()}
    with pytest.raises(PadananError, match="berbeda dari tabel terbitan"):
        write_annex(folder, fewer)
    assert not list(folder.glob("lampiran.*"))


@pytest.mark.feature("F17")
def test_a_second_decree_says_what_it_changes(tmp_path):
    home = Home(tmp_path / "data").ensure()
    folder, seal = seal_by_hand(home, people=600)
    (folder / "segel.json").write_text(json.dumps(seal))
    second = folder.with_name("ke-2")
    second.mkdir()
    shutil.copy(folder / "data_sasaran.parquet", second)
    write_annex(second, {**seal, "ke": 2, "nomor": "15 TAHUN 2026", "tanggal": "2026-01-20"})
    head = docx.Document(second / "lampiran.docx").tables[0]
    text = "\n".join(row.cells[1].text for row in head.rows)
    assert "NOMOR 15 TAHUN 2026" in text and "20 Januari 2026" in text
    assert "PERUBAHAN ATAS KEPUTUSAN GUBERNUR NOMOR 812 TAHUN 2025 TENTANG DATA SASARAN" in text
    assert SEAL["nomor"] == "812" and PERIODE.label == "2025-S2"


@pytest.mark.feature("F18")
def test_the_approval_seals_the_annex_and_makes_it_again(published):
    """With the real annex: sealed, proved from the log alone, and one changed byte in it is named."""
    to_draft(published)
    folder = approve(published, approval(), now=SEALED_AT)
    seal = json.loads((folder / "segel.json").read_text())
    assert set(seal["lampiran"]) == {"lampiran.docx", "lampiran.pdf", "lampiran.xlsx"}
    assert prove(published, PERIODE, again=True).faults == []
    pages = [page.extract_text() for page in PdfReader(folder / "lampiran.pdf").pages]
    head = "-".join(seal["kepala_log"][i : i + 4] for i in range(0, 64, 4))
    # A fingerprint in running text may break at one of its dashes.
    assert head in "".join("".join(pages).split()) and not any("RANCANGAN" in text for text in pages)
    path = folder / "lampiran.xlsx"
    path.chmod(0o600)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    assert any("lampiran.xlsx" in str(fault) for fault in prove(published, PERIODE).faults)
