"""What follows a decision of the review: every report, form and document that says where a revision stands is made again.

Which records there are is the log's business; how a paper looks is its maker's. Nothing is made here that was not made before.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.distribution.shelf import publish_decree, read_pointer
from padanan.published.revisions import published_revisions
from padanan.records.review_log import read_log, states
from padanan.records.seals import newest_seal
from padanan.records.standing import mark

_MARK = re.compile(r'data-tanda="([0-9a-f]*)"')


def stale(home: Home, periode: Periode) -> list[int]:
    """The revisions whose report tells another standing than the log; one that has no report is none of them.

    Raises:
        PadananError: the log is broken.
    """
    log = read_log(home, periode)
    revisions = [revisi for revisi, _ in published_revisions(home, periode)]
    return [revisi for revisi in revisions if _told(home, periode, revisi) not in (None, mark(log, revisi))]


def _told(home: Home, periode: Periode, revisi: int) -> str | None:
    page = home.reports(periode, revisi) / "index.html"
    if not page.exists():
        return None
    found = _MARK.search(page.read_text(encoding="utf-8"))
    return found[1] if found else ""


def follow_documents(home: Home, periode: Periode) -> list[Path]:
    """Writes the documents of a period's revisions again, where there are any; each names the newest record of the log.

    Returns:
        The folders that were written.

    Raises:
        PadananError: the log is broken, a draft was changed since it was frozen, or a template has a fault.
    """
    from padanan.decree.documents import documents_folder, write_documents

    revisions = [revisi for revisi, _ in published_revisions(home, periode)]
    return [write_documents(home, periode, one) for one in revisions if documents_folder(home, periode, one).exists()]


def follow(home: Home, periode: Periode) -> list[Path]:
    """Makes again what tells of a period's decisions: stale reports with their forms, and the documents.

    Returns:
        The first pages and folders that were made.

    Raises:
        PadananError: the log is broken, or something can't be made.
    """
    from padanan.run.report import render_report

    return [*(render_report(home, periode, revisi) for revisi in stale(home, periode)), *follow_documents(home, periode)]


@contextmanager
def followed(say: Callable[[str], None]) -> Iterator[None]:
    """Whatever is decided inside, however it ends, is followed: the periods whose log changed.

    A decision stands once it is in the log. If what follows it can't be made, that is said with its cure, and nothing else fails.

    Args:
        say: takes a line for people.
    """
    home = Home.from_env()
    before = states(home)
    try:
        yield
    finally:
        for key, state in states(home).items():
            if before.get(key) != state:
                _follow(home, Periode.parse(key), say)


def follow_distribution(home: Home, periode: Periode) -> bool:
    """Shows a decree to agencies as soon as it is sealed, where the API is in use.

    Returns:
        Whether another decree is shown than before.

    Raises:
        PadananError: its files are not those that were sealed.
    """
    said = read_pointer(home)
    newest = newest_seal(home, periode)
    if not said or newest is None or said["kini"].get(periode.key) == newest.ke:
        return False
    publish_decree(home, periode)
    return True


def _follow(home: Home, periode: Periode, say: Callable[[str], None]) -> None:
    try:
        if follow_distribution(home, periode):
            say(f"Disalurkan lewat API: {periode.label}")
    except PadananError as error:
        say(f"Penetapan sudah disegel, tetapi belum disalurkan lewat API. {error}")
    try:
        for path in follow(home, periode):
            say(f"Dibuat ulang: {path.relative_to(home.root)}")
    except PadananError as error:
        say(f"Keputusan sudah tercatat, tetapi laporan atau dokumennya belum dibuat ulang. {error}")
        say(f"Sesudah itu: 'padanan report render --periode {periode.label}' dan 'padanan decree documents'.")
