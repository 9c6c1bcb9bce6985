"""Making the dashboards of a home: read the decrees that agencies see, write all pages and downloads, show them in one rename.

What stands on them is `pages`' and `files`'.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from padanan.base import disk
from padanan.base.commit import building
from padanan.base.errors import PadananError, no_space_guard
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.distribution.bansos import count_accepted, newest_accepted
from padanan.distribution.dashboard.bansos_pages import make_bansos_pages
from padanan.distribution.dashboard.figures import Figures, figures_of, newest, read_figures, shown_decrees
from padanan.distribution.dashboard.files import BOOK, CSV, METADATA, PARQUET, write_files
from padanan.distribution.dashboard.kinds import ACCEPTED, DECREED
from padanan.distribution.dashboard.open_data import OpenData, load_open_data
from padanan.distribution.dashboard.pages import make_pages
from padanan.pages.folder import put_in_place
from padanan.pages.page import Page
from padanan.records.decided import standing_acceptance
from padanan.records.review_log import read_log

SCRIPT = "dasbor.js"


def dashboard_folder(home: Home) -> Path:
    """`distribusi/dasbor`."""
    return home.distribusi / DECREED.folder


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
    return _write(home, every, make_pages(every, data), data)


def make_bansos(home: Home, periode: Periode | None = None, say: Callable[[str], None] = lambda _: None) -> Path:
    """Writes `distribusi/dasbor-bansos/` from the accepted padanan of a period, by default the newest that has one.

    Raises:
        PadananError: no revision is accepted, or a file of it was changed.
    """
    found, data = newest_accepted(home, periode), load_open_data()
    say(f"[1/2] menghitung dan menutup: {found.periode.label} revisi {found.revisi}")
    counted = count_accepted(home, found)
    facts = {"nomor": "", "tanggal": found.day.isoformat()}
    figures = figures_of(found.periode, found.revisi, facts, counted.rows, ACCEPTED)
    say(f"[2/2] menulis halaman dan berkas unduhan; ditutup bersama angka {counted.given}")
    return _write(home, [figures], make_bansos_pages(figures, data), data)


def shown_bansos(home: Home) -> Path:
    """The front page of Dashboard Bansos, where the revision that it was made from is still the accepted one.

    Raises:
        PadananError: it was not made yet, or its acceptance does not stand any more.
    """
    folder = home.distribusi / ACCEPTED.folder
    page = folder / "index.html"
    if not page.exists():
        raise PadananError("dasbor Bansos belum dibuat", cure="jalankan 'padanan dasbor bansos'")
    told = json.loads((folder / METADATA).read_text(encoding="utf-8"))["sumber"]
    periode, revisi = Periode.parse(str(told["periode"])), int(told["urutan"])
    standing_acceptance(home, read_log(home, periode), periode, revisi)
    return page


def _write(home: Home, every: Sequence[Figures], pages: dict[str, Page], data: OpenData) -> Path:
    target = home.distribusi / every[0].kind.folder
    with no_space_guard("dasbor"), building(target.parent) as folder:
        pages["unduh.html"] = write_files(folder, every, newest(every), pages, data)
        for name, page in pages.items():
            disk.write_text(folder / name, page.html)
        disk.copy(Path(__file__).parent / "static" / SCRIPT, folder / SCRIPT)
        put_in_place(home, folder, target, [*pages, SCRIPT, CSV, PARQUET, BOOK, METADATA])
    return target / "index.html"
