"""Making the dashboards of a home: read the decrees that agencies see, write all pages and downloads, show them in one rename.

What stands on them is `pages`' and `files`'.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from padanan.base import disk
from padanan.base.commit import building
from padanan.base.errors import PadananError, no_space_guard
from padanan.base.home import Home
from padanan.distribution.dashboard.figures import newest, read_figures, shown_decrees
from padanan.distribution.dashboard.files import BOOK, CSV, METADATA, PARQUET, write_files
from padanan.distribution.dashboard.open_data import load_open_data
from padanan.distribution.dashboard.pages import make_pages
from padanan.pages.folder import put_in_place

FOLDER = "dasbor"
SCRIPT = "dasbor.js"


def dashboard_folder(home: Home) -> Path:
    """`distribusi/dasbor`."""
    return home.distribusi / FOLDER


def make_dashboard(home: Home, say: Callable[[str], None] = lambda _: None) -> Path:
    """Writes `distribusi/dasbor/` from the covered figures of every decree that is shown; the same decrees give the same bytes.

    Args:
        say: takes a line of progress.

    Returns:
        The path of `index.html`.

    Raises:
        PadananError: no decree is shown yet, or a prepared file was changed.
    """
    decrees = shown_decrees(home)
    if not decrees:
        raise PadananError("belum ada penetapan yang disalurkan", cure="jalankan dahulu 'padanan api publish --periode …'")
    say(f"[1/2] membaca angka {len(decrees)} penetapan")
    every, data = [read_figures(home, periode, ke) for periode, ke in decrees], load_open_data()
    say("[2/2] menulis halaman dan berkas unduhan")
    target = dashboard_folder(home)
    with no_space_guard("dasbor"), building(target.parent) as folder:
        pages = make_pages(every, data)
        pages["unduh.html"] = write_files(folder, every, newest(every), pages, data)
        for name, page in pages.items():
            disk.write_text(folder / name, page.html)
        disk.copy(Path(__file__).parent / "static" / SCRIPT, folder / SCRIPT)
        put_in_place(home, folder, target, [*pages, SCRIPT, CSV, PARQUET, BOOK, METADATA])
    return target / "index.html"
