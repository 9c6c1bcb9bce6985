"""The drafts of a frozen revision: report to the Asisten Kesra, minutes of the review, draft decree with its annex.

They carry the watermark always: what a Governor has decided is told by the seal and its annex alone.
"""

from __future__ import annotations

from itertools import count
from pathlib import Path
from typing import Any

from padanan.base import disk
from padanan.base.commit import building, replace
from padanan.base.errors import PadananError, no_space_guard
from padanan.base.folder_proof import FILE as SIDIK
from padanan.base.folder_proof import seal as seal_folder
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.contracts.contract import load_contracts
from padanan.decree.documents.annex import annex_tags, decree_before, write_counts
from padanan.decree.documents.context import DRAFT, Identity, clean
from padanan.decree.documents.docx import render, template_path
from padanan.decree.documents.facts import count_target
from padanan.decree.documents.pdf import as_pdf
from padanan.decree.documents.review_tags import decision_tags, report_tags
from padanan.decree.freeze import SNAPSHOT, draft_folder, verify_draft
from padanan.published.opened import open_published
from padanan.published.proof import edited_in
from padanan.published.report import gather, in_order
from padanan.records.review_log import read_log
from padanan.records.seals import seals

# Template -> the name of the filled files.
DRAFTS = {"laporan-asisten.docx": "laporan-asisten", "berita-acara.docx": "berita-acara", "keputusan.docx": "rancangan-keputusan"}
ANNEX_NAME = "rancangan-lampiran"


def documents_folder(home: Home, periode: Periode, revisi: int) -> Path:
    """`decree/<period>/dokumen/rev-<n>`."""
    return home.decree(periode) / "dokumen" / f"rev-{revisi}"


def write_documents(home: Home, periode: Periode, revisi: int) -> Path:
    """Writes the drafts of a frozen revision, as DOCX and PDF, the annex also as XLSX.

    The same frozen data, log and templates give the same bytes; older drafts of the revision are replaced, but a file that
    people changed or added stays, see `keep_edited`.

    Returns:
        The folder of the drafts.

    Raises:
        PadananError: the revision is not frozen or was changed since, the log is broken, or a template has a fault.
    """
    seal = verify_draft(home, periode, revisi)
    log = read_log(home, periode)
    snapshot = draft_folder(home, periode, revisi) / SNAPSHOT
    shown = snapshot.relative_to(home.root)
    source = open_published(home, periode, revisi)
    try:
        if source.manifest_sha256 != seal["published_manifest_sha256"]:
            raise PadananError(
                "rancangan dibekukan dari terbitan lain",
                file=shown,
                cure="pulihkan terbitan itu, atau buka revisi baru",
            )
        report = gather(home, in_order(load_contracts()), source)
        target = count_target(source, snapshot, shown, report.tree)
        tags: dict[str, Any] = clean({**report_tags(report, log), **decision_tags(report, log)})
    finally:
        source.con.close()
    identity = Identity(
        label=periode.label,
        start=periode.start,
        end=periode.end,
        revisi=revisi,
        published_sha256=source.manifest_sha256,
        row_hash=str(seal["row_hash"]),
        log_head=log.head,
        criteria_version=str(seal["kriteria_versi"]),
        criteria=source.manifest.get("kriteria") or {},
        changes=decree_before(home, periode, _next_decree(home, periode, revisi)),
    )
    counts = annex_tags(identity, target, draft=True)
    tags |= counts
    goal = documents_folder(home, periode, revisi)
    with building(goal.parent) as folder, no_space_guard("dokumen penetapan"):
        for template, name in DRAFTS.items():
            content = render(template_path(template, home), tags, watermark=DRAFT)
            disk.write_bytes(folder / f"{name}.docx", content)
            disk.write_bytes(folder / f"{name}.pdf", as_pdf(content, watermark=DRAFT))
        write_counts(home, folder, ANNEX_NAME, counts, draft=True)
        own = keep_edited(home, goal, folder)
        seal_folder(folder, goal.relative_to(home.root).as_posix(), own)
        for path in folder.iterdir():
            disk.chmod(path, 0o600)
        replace(folder, goal)
    return goal


def keep_edited(home: Home, goal: Path, folder: Path) -> list[str]:
    """Takes every file that people changed or added over into the folder that is being made; ours stands beside it as `.baru`.

    A file of ours that was changed is never ours again: it stays under its name whatever is written later.

    Args:
        goal: the folder that stands, sealed when it was made.
        folder: the new one, holding what we just wrote.

    Returns:
        The names of our own files in `folder`.
    """
    own = sorted(path.name for path in folder.iterdir())
    if not goal.exists():
        return own
    try:
        people = edited_in(home, goal)
    except PadananError:  # nothing proves that a file is still as we made it
        people = sorted(path for path in goal.iterdir() if path.is_file() and path.name != SIDIK)
    for path in people:
        if path.name in own:
            new = _beside(path, {*own, *(one.name for one in people)})
            disk.copy(folder / path.name, folder / new)
            own[own.index(path.name)] = new
        disk.copy(path, folder / path.name)
    return sorted(own)


def _beside(path: Path, taken: set[str]) -> str:
    names = (f"{path.stem}.baru{'' if n == 1 else f'-{n}'}{path.suffix}" for n in count(1))
    return next(name for name in names if name not in taken)


def _next_decree(home: Home, periode: Periode, revisi: int) -> int:
    """Which decree of the period these drafts are for: the one that sealed this revision, else the next."""
    stand = seals(home, periode)
    own = [seal.ke for seal in stand if seal.data["revisi"] == revisi]
    return own[-1] if own else (stand[-1].ke if stand else 0) + 1
