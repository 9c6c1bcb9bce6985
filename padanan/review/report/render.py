"""Renders the report of one published revision and puts its folder into place as a whole.

What stands on the pages is decided by the page makers; this module only gathers, asks them, writes and renames.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from padanan.base import disk
from padanan.base.commit import building
from padanan.base.errors import no_space_guard
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.contracts.contract import load_contracts
from padanan.pages.folder import put_in_place
from padanan.pages.page import Page
from padanan.pages.workbook import FILE, heading, write_workbook
from padanan.published.opened import open_published
from padanan.published.report import Report, gather, in_order
from padanan.review.report import gap_book, pdf
from padanan.review.report.appendix_page import appendix_page
from padanan.review.report.change_page import change_page
from padanan.review.report.criteria_page import criteria_page
from padanan.review.report.evidence_page import evidence_page
from padanan.review.report.gap_book import write_gap_book
from padanan.review.report.group_page import group_page
from padanan.review.report.index_page import index_page
from padanan.review.report.indicator_page import indicator_page
from padanan.review.report.list_page import list_page
from padanan.review.report.map_pages import map_pages
from padanan.review.report.matching_page import matching_pages
from padanan.review.report.method_page import method_page
from padanan.review.report.pdf import write_pdf
from padanan.review.report.place_pages import place_pages
from padanan.review.report.population_page import population_page
from padanan.review.report.producer_pages import producer_pages
from padanan.review.report.quality_page import quality_pages
from padanan.review.report.region_page import region_page

# Two weights of Source Sans 3, Latin (SIL OFL 1.1): pages look the same on every machine and fetch nothing.
PageMaker = Callable[[Report], Mapping[str, Page]]
"""Gives pages by file name; a name may come from one maker only. `layout.page` makes one in the frame."""
PAGE_MAKERS: tuple[PageMaker, ...] = (
    index_page,
    quality_pages,
    matching_pages,
    region_page,
    producer_pages,
    place_pages,
    map_pages,
    change_page,
    group_page,
    list_page,
    indicator_page,
    population_page,
    criteria_page,
    method_page,
    evidence_page,
)


def silent(line: str) -> None:
    """Says nothing of the progress."""


def write_report(
    home: Home, periode: Periode, revisi: int, say: Callable[[str], None] = silent, more: Sequence[PageMaker] = ()
) -> Path:
    """Writes `reports/<period>/rev-<n>/` from the published tables, contracts and delivery manifests.

    The same inputs give the same bytes; an older report of the revision is replaced.

    Args:
        home, periode, revisi: what to report on.
        say: takes a line of progress.
        more: makers of pages that belong to other packages.

    Returns:
        The path of `index.html`.

    Raises:
        PadananError: the revision is not published, or its tables, manifest and contracts contradict each other.
    """
    contracts = in_order(load_contracts())
    source = open_published(home, periode, revisi)
    try:
        say(f"[1/3] menghitung {periode.label} revisi {revisi}")
        report = gather(home, contracts, source)
        say("[2/3] menyusun halaman")
        pages = make_pages(report, more)
        say(f"[3/3] menulis {len(pages)} halaman, {sum(len(page.tables) for page in pages.values())} tabel")
        return _write(home, report, pages)
    finally:
        source.con.close()


def make_pages(report: Report, more: Sequence[PageMaker] = ()) -> dict[str, Page]:
    """All pages of all makers, by file name.

    Raises:
        ValueError: two makers gave a page of one name.
    """
    pages: dict[str, Page] = {}
    for maker in (*PAGE_MAKERS, *more):
        _add(pages, maker(report))
    _add(pages, appendix_page(report, pages))
    return pages


def _add(pages: dict[str, Page], made: Mapping[str, Page]) -> None:
    if twice := pages.keys() & made.keys():
        raise ValueError(f"two page makers gave {sorted(twice)[0]}")
    pages.update(made)


def _write(home: Home, report: Report, pages: Mapping[str, Page]) -> Path:
    target = home.reports(report.source.periode, report.source.revisi)
    with no_space_guard("laporan mutu"), building(target.parent) as temporary:
        for name, page in pages.items():
            disk.write_text(temporary / name, page.html)
        write_workbook(heading(report), pages, temporary / FILE)
        write_gap_book(report, temporary / gap_book.FILE)
        write_pdf(report, pages, temporary / pdf.FILE)
        # The record of the run that published stands in this folder too.
        for record in target.glob("run*.json"):
            disk.copy(record, temporary / record.name)
        put_in_place(home, temporary, target, [*pages, FILE, gap_book.FILE, pdf.FILE])
    return target / "index.html"
