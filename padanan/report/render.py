"""Renders the report of one published revision and puts its folder into place as a whole.

What stands on the pages is decided by the page makers; this module only gathers, asks them, writes and renames.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

from padanan.contract import KINDS, Contract, load_contracts
from padanan.criteria import load_criteria
from padanan.errors import no_space_guard
from padanan.home import Home
from padanan.period import Periode
from padanan.report import facts, overlap, pdf, wilayah
from padanan.report.change_page import change_page
from padanan.report.deliveries import deliveries
from padanan.report.evidence_page import evidence_page
from padanan.report.followup import follow_up
from padanan.report.group_page import group_page
from padanan.report.history import history
from padanan.report.index_page import index_page
from padanan.report.list_page import list_page
from padanan.report.method_page import method_page
from padanan.report.model import Page, Report, publication_name
from padanan.report.pdf import write_pdf
from padanan.report.place_pages import place_pages
from padanan.report.producer_pages import producer_pages
from padanan.report.published import Published, open_published
from padanan.report.workbook import FILE, write_workbook


def _calendar_pages(report: Report) -> Mapping[str, Page]:
    """The calendar's own maker; it uses this package's formats, so it can't be imported while the package is being."""
    from padanan.calendar.page import calendar_pages

    return calendar_pages(report)


# Two weights of Source Sans 3, Latin (SIL OFL 1.1): pages look the same on every machine and fetch nothing.
FONTS = Path(__file__).parent / "fonts"
# Each gives pages by file name; a name may come from one maker only. `layout.page` makes one in the frame.
PAGE_MAKERS: tuple[Callable[[Report], Mapping[str, Page]], ...] = (
    index_page,
    producer_pages,
    place_pages,
    evidence_page,
    change_page,
    group_page,
    list_page,
    method_page,
    _calendar_pages,
)


def _silent(line: str) -> None:
    """Says nothing of the progress."""


def render_report(home: Home, periode: Periode, revisi: int, say: Callable[[str], None] = _silent) -> Path:
    """Writes `reports/<period>/rev-<n>/` from the published tables, contracts and delivery manifests.

    The same inputs give the same bytes; an older report of the revision is replaced.

    Args:
        home, periode, revisi: what to report on.
        say: takes a line of progress.

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
        pages = make_pages(report)
        say(f"[3/3] menulis {len(pages)} halaman, {sum(len(page.tables) for page in pages.values())} tabel")
        return _write(home, report, pages)
    finally:
        source.con.close()


def make_pages(report: Report) -> dict[str, Page]:
    """All pages of all makers, by file name.

    Raises:
        ValueError: two makers gave a page of one name.
    """
    pages: dict[str, Page] = {}
    for maker in PAGE_MAKERS:
        made = maker(report)
        if twice := pages.keys() & made.keys():
            raise ValueError(f"two page makers gave {sorted(twice)[0]}")
        pages.update(made)
    return pages


def in_order(contracts: Mapping[str, Contract]) -> dict[str, Contract]:
    """Adminduk, the other registries, then the programs, by name."""

    def place(contract: Contract) -> tuple[bool, int, str]:
        return contract.id != "adminduk", KINDS.index(contract.kind), contract.name

    return {contract.id: contract for contract in sorted(contracts.values(), key=place)}


def gather(home: Home, contracts: dict[str, Contract], source: Published) -> Report:
    """Counts a published revision and reads what its pages name beside the counts."""
    counted = facts.collect(source, contracts)
    past = history(home, source, contracts)
    earlier = [found for found in (past.last_period, past.last_revision) if found]
    return Report(
        home=home,
        source=source,
        contracts=contracts,
        facts=counted,
        deliveries=deliveries(home, contracts, source),
        overlaps=overlap.build(source),
        tree=wilayah.build(source),
        covers={producer: wilayah.rule_cover(counted, producer) for producer in counted.rows},
        criteria=load_criteria(),
        history=past,
        follow_ups=tuple(follow_up(home, source, found, publication_name(source.periode, *found)) for found in earlier),
    )


def _write(home: Home, report: Report, pages: Mapping[str, Page]) -> Path:
    target = home.reports(report.source.periode, report.source.revisi)
    temporary = target.with_name(f".tmp-{target.name}-{os.getpid()}")
    old = target.with_name(f".old-{target.name}-{os.getpid()}")
    try:
        shutil.rmtree(temporary, ignore_errors=True)
        with no_space_guard("laporan mutu"):
            temporary.mkdir(parents=True, mode=0o700)
            for name, page in pages.items():
                (temporary / name).write_text(page.html, encoding="utf-8")
            shutil.copytree(FONTS, temporary / "font", copy_function=shutil.copyfile)
            write_workbook(report, pages, temporary / FILE)
            write_pdf(report, pages, temporary / pdf.FILE)
            # The record of the run that published stands in this folder too.
            for record in target.glob("run*.json"):
                shutil.copyfile(record, temporary / record.name)
            for path in temporary.rglob("*"):
                path.chmod(0o700 if path.is_dir() else 0o600)
            if target.exists():
                target.rename(old)
            temporary.rename(target)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
    return target / "index.html"
