"""A signed paper must open and have a page; reading it is a child's work."""

import io

import pytest
from PIL import Image

from padanan.base.home import Home
from padanan.records.refusal import Refusal
from padanan.records.scan_probe import look
from padanan.records.scans import read_scan
from tests.papers import pdf


def picture(kind, size=(800, 1100), **options):
    out = io.BytesIO()
    Image.new("L", size, 255).save(out, kind, **options)
    return out.getvalue()


TIFF = picture("TIFF", save_all=True, append_images=[Image.new("L", (800, 1100))])


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return Home(tmp_path_factory.mktemp("pindaian") / "data").ensure()


@pytest.mark.parametrize(
    ("content", "kind", "pages"),
    [(pdf(pages=3), "pdf", "3"), (picture("PNG"), "png", "1"), (picture("JPEG"), "jpg", "1"), (TIFF, "tif", "2")],
    ids=["pdf", "png", "jpeg", "tiff"],
)
def test_a_paper_that_opens_is_kept_with_its_pages(home, tmp_path, content, kind, pages):
    path = tmp_path / "berita acara"
    path.write_bytes(content)
    found = read_scan(home, path)
    assert (found["jenis"], found["halaman"]) == (kind, pages)


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7\nberita acara",
        pdf()[:-200],
        pdf(pages=0),
        picture("PNG")[:100],
        b"\xff\xd8\xff" + bytes(500),
        b"II*\x00" + bytes(500),
        picture("PNG", (40, 40)),
    ],
    ids=["words", "cut PDF", "no page", "cut PNG", "no JPEG", "no TIFF", "an icon"],
)
def test_what_does_not_open_or_shows_nothing_is_refused(home, tmp_path, content):
    path = tmp_path / "pindaian"
    path.write_bytes(content)
    with pytest.raises(Refusal, match=r"tidak dapat dibuka sebagai .* atau tidak berhalaman"):
        read_scan(home, path)


def test_only_the_reader_of_what_a_picture_says_it_is_opens_it(tmp_path):
    """Pillow knows forty kinds, some of them without a mark of their own; a paper is of the four that we keep."""
    path = tmp_path / "pindaian"
    for kind, name in (("PNG", "png"), ("JPEG", "jpg"), ("TIFF", "tif"), ("BMP", "bmp")):
        path.write_bytes(picture(kind))
        pages = {other: look(work=tmp_path, path=str(path), kind=other)["pages"] for other in ("png", "jpg", "tif")}
        assert pages == {other: int(other == name) for other in pages}
