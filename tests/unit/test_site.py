"""The picture of the floors and the site of `make docs`: drawn from the contracts, complete, and without addresses outside."""

import importlib.util
import re
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from padanan.base.errors import ContractError
from padanan.generated.floors_picture import PICTURE_PATH, floors, render_picture

ROOT = Path(__file__).resolve().parents[2]
SVG = "{http://www.w3.org/2000/svg}"
_spec = importlib.util.spec_from_file_location("build_site", ROOT / "scripts" / "build_site.py")
site = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(site)

TWO = """[[tool.importlinter.contracts]]
name = "x"
type = "layers"
layers = ["padanan.records", "padanan.review | padanan.decree", "padanan.base"]
"""


def test_the_picture_shows_every_floor_in_order_and_stages_side_by_side(tmp_path):
    assert (ROOT / PICTURE_PATH).read_text(encoding="utf-8") == render_picture(), "run `make render`"
    (tmp_path / "p.toml").write_text(TWO)
    drawn = ET.fromstring(render_picture(tmp_path / "p.toml"))
    assert drawn.find(f"{SVG}title").text and "padanan.review, padanan.decree" in drawn.find(f"{SVG}desc").text
    height = {text.text: int(text.get("y")) for text in drawn.iter(f"{SVG}text") if text.get("y")}
    assert height["records/"] < height["review/"] == height["decree/"] < height["base/"]
    assert len(floors()) > 10
    # A package on no floor may import, and be imported by, anything.
    packages = {path.parent.name for path in (ROOT / "padanan").glob("*/__init__.py")}
    assert {f"padanan.{name}" for name in packages} <= {room.name for floor in floors() for room in floor}, (
        "name it in pyproject.toml"
    )


@pytest.mark.parametrize(("old", "new"), [("padanan.base", "padanan.tidakada"), ('"layers"', '"forbidden"')])
def test_a_contract_that_cannot_be_drawn_is_named(tmp_path, old, new):
    (tmp_path / "p.toml").write_text(TWO.replace(old, new))
    with pytest.raises(ContractError, match=r"p\.toml"):
        floors(tmp_path / "p.toml")


@pytest.fixture
def pages(tmp_path):
    report = tmp_path / "laporan"
    report.mkdir()
    (report / "index.html").write_text("<html></html>")
    (tmp_path / "dbt.html").write_text(f"<html><head></head>{ROOT} getdbt.com</html>")
    site.assemble(tmp_path / "halaman", report, tmp_path / "dbt.html", 2000)
    return tmp_path / "halaman"


def test_the_site_holds_every_document_and_links_that_lead_somewhere(pages):
    listed = re.findall(r"[\w./-]+\.md", str(site.nav(pages)))
    assert len(listed) == len(set(listed))
    assert set(listed) == {path.relative_to(pages).as_posix() for path in pages.rglob("*.md")}
    ours = {path.relative_to(ROOT).as_posix() for path in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]}
    assert ours <= set(listed)
    for page in (pages / name for name in listed):
        for link in site.LINK.findall(page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), (page.name, link)
    assert str(ROOT) not in (pages / "dbt" / "katalog.html").read_text()
    assert site.outside_loads(pages) == []


@pytest.mark.parametrize(
    "load",
    [
        '<script src="https://x.test/a.js"></script>', '<link rel="stylesheet" href="//x.test/a.css">',
        '<img src="http://x.test/a.png">', '<p style="background: url(https://x.test/a)">', "<p>getdbt.com</p>",
    ],
)  # fmt: skip
def test_a_load_from_outside_is_found_and_a_link_is_none(tmp_path, load):
    (tmp_path / "a.html").write_text('<a href="https://x.test/">x</a>')
    assert site.outside_loads(tmp_path) == []
    (tmp_path / "a.html").write_text(load)
    assert len(site.outside_loads(tmp_path)) == 1


def test_a_style_sheet_from_outside_is_found(tmp_path):
    (tmp_path / "a.css").write_text('@import "https://x.test/a.css";')
    assert len(site.outside_loads(tmp_path)) == 1


def test_the_target_stands_in_the_makefile_and_its_pins_name_no_address():
    assert "scripts/build_site.py" in (ROOT / "Makefile").read_text()
    assert "://" not in (ROOT / "requirements-docs.lock").read_text()


@pytest.mark.lengkap
def test_make_docs_builds_the_whole_site():
    done = subprocess.run(["make", "-s", "docs"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    for name in ("index.html", "docs/architecture.html", "docs/tables.html", "dbt/katalog.html", "laporan/index.html"):
        assert (ROOT / ".cache" / "site" / name).is_file(), name
