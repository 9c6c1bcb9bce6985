"""Templates that officials edit: the shipped ones are those the script builds, and a wrong tag is named with its file."""

import io
import zipfile

import docx
import pytest

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.decree.documents import docx as filling
from padanan.decree.documents.make_templates import TEMPLATES, build

NEEDED = {
    "lampiran.docx": {"jumlah_orang", "jumlah_orang_terbilang", "kota", "wilayah", "jenis_kelamin", "umur", "desil",
                      "status_identitas", "nomor", "tanggal", "tentang"},
    "keputusan.docx": {"jumlah_orang", "jumlah_orang_terbilang", "nomor", "tanggal", "tentang", "sidik_data", "mengingat"},
    "laporan-asisten.docx": {"saran", "pokok", "produsen", "penghalang", "pengecualian", "celah", "keputusan_reviu",
                             "jumlah_orang"},
    "berita-acara.docx": {"saran", "pokok", "penghalang", "pengecualian", "celah", "langkah", "kepala_log"},
}  # fmt: skip


def figures(path):
    """A value for every tag: texts, and empty lists where the template loops."""
    loops = {"kota", "wilayah", "jenis_kelamin", "umur", "desil", "status_identitas", "keadaan", "pokok", "produsen",
             "penghalang", "pengecualian", "celah", "langkah", "alasan_saran", "kriteria", "dasar_data", "mengingat"}  # fmt: skip
    return {name: [] if name in loops else f"isi-{name}" for name in filling.tags(path)}


@pytest.fixture
def home(tmp_path):
    return Home(tmp_path / "data").ensure()


@pytest.mark.feature("F17")
def test_shipped_templates_are_the_built_ones(tmp_path):
    build(tmp_path)
    assert {path.name for path in filling.SHIPPED.glob("*")} == set(TEMPLATES)
    for name in TEMPLATES:
        assert (tmp_path / name).read_bytes() == (filling.SHIPPED / name).read_bytes(), (
            f"{name}: run python -m padanan.decree.documents.make_templates"
        )


@pytest.mark.feature("F17")
@pytest.mark.parametrize("name", sorted(NEEDED))
def test_shipped_templates_hold_the_needed_tags(name):
    path = filling.SHIPPED / name
    assert NEEDED[name] | set(filling.IDENTITY) <= filling.tags(path)
    filled = docx.Document(io.BytesIO(filling.render(path, figures(path), watermark="RANCANGAN")))
    assert "{{" not in "".join(p.text for p in filled.paragraphs)


def edited(home, name, change):
    """The shipped template copied to <home>/templates and changed."""
    folder = home.root / "templates"
    folder.mkdir(exist_ok=True)
    document = docx.Document(filling.SHIPPED / name)
    change(document)
    document.save(folder / name)
    return filling.template_path(name, home)


@pytest.mark.feature("F17")
def test_an_officials_template_is_used(home, tmp_path, monkeypatch):
    path = edited(home, "keputusan.docx", lambda d: d.add_paragraph("Catatan kantor: {{ jumlah_orang }} orang"))
    assert path == home.root / "templates" / "keputusan.docx"
    filled = docx.Document(io.BytesIO(filling.render(path, figures(path))))
    assert filled.paragraphs[-1].text == "Catatan kantor: isi-jumlah_orang orang"
    other = tmp_path / "lain"
    other.mkdir()
    (other / "keputusan.docx").write_bytes(path.read_bytes())
    monkeypatch.setenv("PADANAN_TEMPLATES", str(other))
    assert filling.template_path("keputusan.docx", home) == other / "keputusan.docx"
    assert filling.template_path("lampiran.docx", home) == filling.SHIPPED / "lampiran.docx"
    monkeypatch.setenv("PADANAN_TEMPLATES", str(tmp_path / "hilang"))
    with pytest.raises(PadananError, match="folder templat tidak ada"):
        filling.template_path("keputusan.docx", home)


@pytest.mark.feature("F17")
@pytest.mark.parametrize(
    "text, message",
    [
        ("{{ jumlah_orng }}", r"keputusan\.docx templat: tanda \{\{ jumlah_orng \}\} tidak dikenal"),
        ("{{ jumlah_orang", r"keputusan\.docx templat: tanda templat tidak terbaca"),
        ("{%p for x in %}", r"keputusan\.docx templat: tanda templat tidak terbaca"),
        ("{{ periode.__class__.__mro__ }}", r"keputusan\.docx templat: tanda"),
        ("{{ jumlah_orang | tak_ada }}", r"keputusan\.docx templat: tanda templat tidak terbaca .*tak_ada"),
    ],
)
def test_a_wrong_tag_is_named_with_its_file(home, text, message):
    known = figures(filling.SHIPPED / "keputusan.docx")
    path = edited(home, "keputusan.docx", lambda d: d.add_paragraph(text))
    with pytest.raises(PadananError, match=message):
        filling.render(path, known)


@pytest.mark.feature("F17")
def test_a_misspelled_field_of_a_line_is_named(home):
    def change(document):
        table = document.tables[1]
        table.rows[2].cells[1].paragraphs[0].runs[0].text = "{{ baris.namaa }}"

    path = edited(home, "lampiran.docx", change)
    known = figures(filling.SHIPPED / "lampiran.docx") | {"kota": [{"nama": "Kota", "orang": "1", "bagian": "1%"}]}
    with pytest.raises(PadananError, match=r"lampiran\.docx templat: .*namaa.* tidak dikenal"):
        filling.render(path, known)


@pytest.mark.feature("F17")
def test_no_page_without_its_origin(home):
    def change(document):
        for paragraph in document.sections[0].footer.paragraphs:
            paragraph.clear()

    known = figures(filling.SHIPPED / "keputusan.docx")
    path = edited(home, "keputusan.docx", change)
    with pytest.raises(PadananError, match=r"sidik_terbitan .*tidak ada di kepala atau kaki"):
        filling.render(path, known)


def test_a_file_that_is_no_docx(home):
    folder = home.root / "templates"
    folder.mkdir()
    (folder / "keputusan.docx").write_text("bukan zip")
    with pytest.raises(PadananError, match=r"keputusan\.docx: bukan berkas DOCX"):
        filling.render(filling.template_path("keputusan.docx", home), {})


@pytest.mark.feature("F17")
def test_same_figures_same_bytes():
    path = filling.SHIPPED / "laporan-asisten.docx"
    first = filling.render(path, figures(path), watermark="RANCANGAN")
    assert filling.render(path, figures(path), watermark="RANCANGAN") == first
    with zipfile.ZipFile(io.BytesIO(first)) as package:
        assert {info.date_time for info in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    assert 'string="RANCANGAN"' in header(first)
    assert 'string="RANCANGAN"' not in header(filling.render(path, figures(path)))


def header(content):
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return "".join(package.read(name).decode() for name in package.namelist() if name.startswith("word/header"))
