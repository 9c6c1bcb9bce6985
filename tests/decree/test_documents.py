"""The drafts: report to the Asisten Kesra, minutes, draft decree and annex say what was frozen and what the review decided."""

import io
import json
import re
import shutil
import zipfile
from datetime import date, datetime
from types import SimpleNamespace

import docx
import duckdb
import pytest
from pypdf import PdfReader

from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.base.suppress import LIMIT
from padanan.base.tabular import write_table
from padanan.cli import main
from padanan.contracts.agencies import load_agencies
from padanan.contracts.contract import expectations_dir
from padanan.contracts.legal_bases import UNCHECKED, load_legal_bases
from padanan.decree.documents import context, documents_folder, facts, write_documents
from padanan.decree.documents.terbilang import terbilang
from padanan.decree.freeze import draft_folder
from padanan.published.blockers import judge
from padanan.published.cells.declared import Declared
from padanan.published.cells.model import Cells
from padanan.published.cells.people import groups
from padanan.published.groups import UNKNOWN, Groups
from padanan.records.review_log import read_log, writing
from tests.pdf_back import accessible, lone_rows
from tests.review.published_by_hand import CANARY_NAME, CANARY_NIK, PERIODE, write_landing, write_published
from tests.signed import sign

NOW = datetime(2025, 11, 20, 9, tzinfo=JAKARTA)
NAMES = ("laporan-asisten", "berita-acara", "rancangan-keputusan", "rancangan-lampiran")
WHO = {"pengusul": {"id": "a", "nama": "Pengusul Contoh"}, "penyetuju": {"id": "b", "nama": "Penyetuju Contoh"}}


def freeze_by_hand(home, revisi=1):
    """A rancangan as `freeze_draft` leaves it; the hand-made manifest has no table hashes that it could compare."""
    published = home.published(PERIODE, revisi)
    folder = draft_folder(home, PERIODE, revisi)
    folder.mkdir(parents=True)
    query = f"select * from read_parquet('{published}/sasaran.parquet') where terpilih order by id_orang"
    written = write_table(duckdb.connect(), query, folder / "data_sasaran.parquet")
    seal = {
        "status": "rancangan", "periode": PERIODE.key, "revisi": revisi, "jumlah_orang": written.rows, "kriteria_versi": "1.0.0",
        "file": "data_sasaran.parquet", "sha256": written.sha256, "row_hash": written.row_hash,
        "published_manifest_sha256": file_sha256(published / "manifest.json"),
    }  # fmt: skip
    (folder / "segel.json").write_text(json.dumps(seal))
    sign(folder, "segel.json")
    return seal


def decide(home, *entries):
    with writing(home, PERIODE) as transaction:
        transaction.commit(transaction.compose(entries, NOW))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """(home, folder of drafts, seal): two waivers, one of a covered penghalang, then an acceptance."""
    base = tmp_path_factory.mktemp("dokumen")
    home = Home(base / "data").ensure()
    write_published(home, worse=2)
    write_landing(home, "dtks", f"{1:016x}", late=True)
    seal = freeze_by_hand(home)
    found = judge(home, PERIODE, 1).found
    large = next(item for item in found if item.gagal >= 10)
    small = next(item for item in found if item.gagal < LIMIT)
    waived = [
        {"producer": b.producer, "aturan": b.rule.id, "kota": b.kota, "alasan": f"alasan {n}"}
        for n, b in enumerate((large, small))
    ]
    decide(home, {"revisi": 1, "tindakan": "kecualikan", "pengecualian": waived, "alasan": ["dua penghalang"], **WHO})
    decide(home, {"revisi": 1, "tindakan": "terima", "alasan": ["lengkap"], **WHO})
    folder = write_documents(home, PERIODE, 1)
    return home, folder, seal


@pytest.fixture(scope="module")
def texts(made):
    """Document name -> its DOCX words and its PDF's pages."""
    found = {}
    for name in NAMES:
        document = docx.Document(made[1] / f"{name}.docx")
        cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
        words = " ".join(" ".join([*(p.text for p in document.paragraphs), *cells]).split())
        found[name] = words, [page.extract_text() for page in PdfReader(made[1] / f"{name}.pdf").pages]
    return found


def ask(made, query):
    con = duckdb.connect()
    for path in made[0].published(PERIODE, 1).glob("*.parquet"):
        con.execute(f"create view {path.stem} as select * from read_parquet('{path}')")
    con.execute(f"create view beku as select * from read_parquet('{draft_folder(made[0], PERIODE, 1)}/data_sasaran.parquet')")
    return con.execute(query).fetchall()


def dotted(value):
    return f"{value:,}".replace(",", ".")


@pytest.mark.feature("F17")
def test_the_decree_sets_as_many_people_as_are_frozen(made, texts):
    [(people,)] = ask(made, "select count(*) from beku")
    assert people == made[2]["jumlah_orang"]
    words = texts["rancangan-keputusan"][0]
    assert f"sebanyak {dotted(people)} ({terbilang(people)}) orang" in words
    for part in ("Menimbang", "Mengingat", "MEMUTUSKAN:", "Menetapkan", "KESATU", "KELIMA", "Ditetapkan di Jakarta", "Tembusan:",
                 "pada tanggal [diisi]", "NOMOR [diisi]", "[nama Gubernur diisi]"):  # fmt: skip
        assert part in words, part
    assert dotted(people) in texts["rancangan-lampiran"][0] and dotted(people) in texts["laporan-asisten"][0]


@pytest.mark.feature("F47")
@pytest.mark.parametrize(("unknown", "lines"), [(3, {"L": (93, True), "P": (80, False)}),
                                                (6, {"L": (90, False), "P": (80, False), UNKNOWN: (6, False)})])  # fmt: skip
def test_men_and_women_are_told_with_the_few_of_unknown_sex(unknown, lines):
    """They are counted with the larger group, which says so; nobody is left out and no figure is covered for their sake."""
    con = duckdb.connect()
    con.execute(f"""create table beku as select case when i < 90 then 'L' when i < 170 then 'P' end as jk
        from range({170 + unknown}) t(i)""")  # fmt: skip
    whole = {("jk", "L", "orang"): 510, ("jk", "P", "orang"): 490, ("jk", UNKNOWN, "orang"): 30}
    whole |= {("jk", "L", "sasaran"): 90, ("jk", "P", "sasaran"): 80, ("jk", UNKNOWN, "sasaran"): unknown}
    counted = Groups(whole, {}, {}, ("jk",))
    declared = Declared()
    groups(declared, counted, [])
    report = SimpleNamespace(source=SimpleNamespace(con=con), cells=Cells.of(declared), counts=SimpleNamespace(groups=counted))
    found = facts._split(report, "jenis_kelamin", date(2025, 12, 15), born=False)
    assert {line.key: (line.value, line.with_unknown) for line in found} == lines
    assert not [line for line in found if line.cover] and sum(line.value for line in found) == 170 + unknown
    told = [context._line("jenis_kelamin", line, 170 + unknown)["nama"] for line in found]
    assert ("Laki-laki (termasuk yang tidak diketahui)" in told) is (unknown < LIMIT) and "Perempuan" in told


@pytest.mark.feature("F17")
def test_agencies_stand_in_full_where_they_are_first_named(texts):
    custodian, secretariat = (load_agencies(expectations_dir()).of(part) for part in ("walidata", "sekretariat"))
    assert (
        f"{secretariat.nama} ({secretariat.singkat}), bersama {custodian.nama} ({custodian.singkat})" in texts["berita-acara"][0]
    )
    assert f"bersama {custodian.nama} ({custodian.singkat})" in texts["rancangan-keputusan"][0]
    assert f"disimpan beku oleh {custodian.singkat} " in texts["rancangan-keputusan"][0]


@pytest.mark.feature("F17")
def test_legal_bases_are_those_of_the_pedoman(texts):
    """What the pedoman cites and rests on; what nobody compared with its document asks the legal office."""
    cited = set(re.findall(r"Nomor (\d+) Tahun (\d{4}) tentang", texts["rancangan-keputusan"][0]))
    assert cited == {("29", "2007"), ("23", "2014"), ("6", "2023"), ("2", "2022"), ("30", "2014"), ("40", "2018"), ("34", "2022"),
                     ("27", "2022"), ("15", "2010"), ("39", "2019"), ("4", "2022"), ("4", "2025"), ("53", "2020")}  # fmt: skip
    words = texts["rancangan-keputusan"][0]
    for base in load_legal_bases(expectations_dir()).dasar:
        assert (f"{base.naskah} {UNCHECKED};" in words) is not base.diperiksa and base.naskah in words and base.sumber
    assert words.count("Mengingat") == 1
    assert "[diisi: bagian hukum memeriksa keberlakuan dan melengkapi dasar hukum ini]" in texts["rancangan-keputusan"][0]


@pytest.mark.feature("F16")
def test_the_report_counts_what_is_published(made, texts):
    document = docx.Document(made[1] / "laporan-asisten.docx")
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in document.tables]
    producers = next(table for table in tables if table[0][0] == "Produsen" and table[0][2] == "Catatan")
    rows = dict(ask(made, "select producer, count(*) from padanan_record group by all"))
    gaps = dict(ask(made, "select producer, count(distinct record_key) from gap group by all"))
    shown = {(row[2], row[3]) for row in producers[1:-1]} - {("–", "–")}
    assert shown == {(dotted(n), dotted(gaps.get(producer, 0))) for producer, n in rows.items()}
    [(distinct,)] = ask(made, "select count(distinct (producer, record_key)) from gap")
    assert producers[-1][2:4] == [dotted(sum(rows.values())), dotted(distinct)]
    assert any(row[1] == "terlambat" for row in producers)
    gap_table = next(table for table in tables if table[0][0] == "Celah")
    people = {n for (n,) in ask(made, """select count(distinct id_orang) from gap join padanan_record using (producer, record_key)
        group by gap.producer, rule_id""")}  # fmt: skip
    assert all(int(row[2].replace(".", "")) in people for row in gap_table[1:] if row[2] != "<5")
    assert all(row[3] and row[4] and row[5] for row in gap_table[1:]), "tindak lanjut, penanggung jawab dan tenggat"
    kota = next(table for table in tables if table[0][0] == "Kota/kabupaten administrasi")
    by_kota = {n for (n,) in ask(made, "select count(*) from beku group by kode_kota")}
    assert {int(row[1].replace(".", "")) for row in kota[1:-1] if row[1] not in ("<5", "ditutup")} <= by_kota


@pytest.mark.feature("F15")
@pytest.mark.feature("F16")
def test_decisions_and_waivers_are_told(made, texts):
    head = read_log(made[0], PERIODE).head
    dashed = "-".join(head[i : i + 4] for i in range(0, 64, 4))
    assert dashed in texts["berita-acara"][0] and dashed in texts["rancangan-lampiran"][0]
    for name in ("berita-acara", "laporan-asisten"):
        words = texts[name][0]
        assert "Reviu menerima padanan revisi 1 pada 20 November 2025 (Pengusul Contoh; Penyetuju Contoh)" in words
        assert (
            "2 penghalang atau catatan kecil dikecualikan dengan alasan dan nama." in words
            and "alasan 0" in words
            and "alasan 1" in words
        )
        total = len(judge(made[0], PERIODE, 1).found)
        assert f"{total} gabungan produsen, aturan dan kota melewati ambang" in words
        assert f"2 dikecualikan, {total - 2} masih terbuka" in words
    document = docx.Document(made[1] / "berita-acara.docx")
    heads = {tuple(cell.text for cell in table.rows[0].cells): table for table in document.tables}
    waived = heads["Produsen", "Aturan", "Kota", "Alasan", "Oleh"]
    places = {row.cells[3].text: row.cells[2].text for row in waived.rows[1:]}
    assert places["alasan 1"] == "ditutup" and places["alasan 0"] != "ditutup", "a covered count is told without its kota"
    assert "Padanan diterima" in texts["berita-acara"][0]


@pytest.mark.feature("F16")
@pytest.mark.feature("F17")
def test_every_page_names_its_origin_and_is_a_draft(made, texts):
    marks = [made[2]["row_hash"], made[2]["published_manifest_sha256"]]
    dashed = ["-".join(mark[i : i + 4] for i in range(0, 64, 4)) for mark in marks]
    for name in NAMES:
        for number, page in enumerate(texts[name][1]):
            assert all(mark in page for mark in dashed), (name, number)
            assert "periode 2025-S2 · revisi 1 · RANCANGAN" in page and page.count("RANCANGAN") >= 2, (name, number)
        with zipfile.ZipFile(made[1] / f"{name}.docx") as package:
            assert 'string="RANCANGAN"' in package.read("word/header1.xml").decode()
        edges = docx.Document(made[1] / f"{name}.docx").sections[0]
        footer = " ".join(p.text for p in edges.footer.paragraphs)
        assert all(mark in footer for mark in dashed) and "periode 2025-S2 · revisi 1" in edges.header.paragraphs[0].text


@pytest.mark.feature("F17")
def test_pdf_repeats_the_docx(texts):
    for name in NAMES:
        words, pages = texts[name]
        said = " ".join(" ".join(pages).split())
        missing = [word for word in set(words.split()) if word not in said]
        # A word may be cut over two lines only at a hyphen or slash of its own.
        assert not [word for word in missing if not re.search(r"[-/]", word)], (name, missing[:10])


@pytest.mark.feature("F17")
def test_pdf_is_tagged_and_no_row_or_signature_stands_alone(made, texts):
    for name in NAMES:
        reader = PdfReader(made[1] / f"{name}.pdf")
        assert accessible(reader) and not lone_rows(reader), name
        for number, page in enumerate(texts[name][1]):
            body = [
                line for line in page.splitlines() if line.strip() and not re.search(r"Nilai hash|Halaman \d|RANCANGAN", line)
            ]
            assert len(body) >= 4, (name, number, body)
    for name, before in (
        ("laporan-asisten", "Demikian dilaporkan"),
        ("berita-acara", "Demikian berita acara"),
        ("rancangan-keputusan", "KELIMA"),
    ):
        page = next(page for page in texts[name][1] if "Ditetapkan di" in page or "Jakarta, [tanggal" in page)
        assert before in page, f"{name}: tanda tangan tanpa teks"


@pytest.mark.feature("F50")
def test_nothing_of_a_person_and_no_address(made, texts):
    for name in NAMES:
        for text in (texts[name][0], *texts[name][1]):
            assert not re.search(r"(?<!\d)\d{15,16}(?!\d)", text) and "://" not in text
            assert CANARY_NIK not in text and CANARY_NAME not in text
        with zipfile.ZipFile(made[1] / f"{name}.docx") as package:
            assert not any(
                'TargetMode="External"' in package.read(part).decode() for part in package.namelist() if part.endswith(".rels")
            )
    assert {path.stat().st_mode & 0o777 for path in made[1].iterdir()} == {0o600}


@pytest.mark.feature("F17")
def test_same_inputs_same_bytes_and_the_command(made, monkeypatch, capsys):
    home, folder, _ = made
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert len(before) == 11, "nine papers, their templates and their signed list"
    monkeypatch.setenv("PADANAN_HOME", str(home.root))
    assert main(["decree", "documents", "--periode", "2025-S2"]) == 0
    assert "dokumen/rev-1/rancangan-keputusan.docx" in capsys.readouterr().out
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert [path.name for path in folder.parent.iterdir()] == ["rev-1"], "no temporary folder is left"


@pytest.mark.feature("F17")
def test_a_wrong_template_leaves_the_older_drafts(made):
    home, folder, _ = made
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    templates = home.root / "templates"
    templates.mkdir()
    try:
        document = docx.Document(io.BytesIO((folder / "berita-acara.docx").read_bytes()))
        document.add_paragraph("{{ jumlah_rumah }}")
        document.save(templates / "berita-acara.docx")
        with pytest.raises(PadananError, match=r"berita-acara\.docx templat: tanda \{\{ jumlah_rumah \}\} tidak dikenal"):
            write_documents(home, PERIODE, 1)
    finally:
        shutil.rmtree(templates)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.feature("F17")
def test_what_is_not_frozen_gets_no_documents(tmp_path, capsys, monkeypatch):
    home = Home(tmp_path / "data").ensure()
    monkeypatch.setenv("PADANAN_HOME", str(home.root))
    write_published(home, people=300)
    assert main(["decree", "documents", "--periode", "2025-S2"]) == 1
    assert "belum punya rancangan yang dibekukan" in capsys.readouterr().err
    seal = freeze_by_hand(home)
    folder = draft_folder(home, PERIODE, 1)
    (folder / "segel.json").write_text(json.dumps({**seal, "published_manifest_sha256": "0" * 64}))
    sign(folder, "segel.json")
    with pytest.raises(PadananError, match="dibekukan dari terbitan lain"):
        write_documents(home, PERIODE, 1)
    (folder / "data_sasaran.parquet").write_bytes(b"PAR1")
    with pytest.raises(PadananError, match="isi rancangan berubah"):
        write_documents(home, PERIODE, 1)
    assert not documents_folder(home, PERIODE, 1).exists()
