"""The documents of a frozen revision: report to the Asisten Kesra, minutes of the review, draft decree with its annex.

Until the penetapan all of them are drafts. Then report and minutes name the decree, the annex is the sealed one, and of the
decree itself only its text as it was drafted stays, marked as that; what people edited is kept by `edited`.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from padanan.base import disk
from padanan.base.commit import building, replace
from padanan.base.errors import PadananError, no_space_guard
from padanan.base.folder_proof import seal as seal_folder
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.contracts.contract import load_contracts
from padanan.decree.documents.annex import annex_tags, decree_before, write_counts
from padanan.decree.documents.context import DRAFT, Identity, clean, decided_mark
from padanan.decree.documents.docx import render, template_path
from padanan.decree.documents.edited import TEMPLATES, keep_edited, templates_used
from padanan.decree.documents.facts import count_target
from padanan.decree.documents.pdf import as_pdf
from padanan.decree.documents.review_tags import decision_tags, report_tags
from padanan.decree.freeze import SNAPSHOT, draft_folder, verify_draft
from padanan.published.opened import open_published
from padanan.published.report import gather, in_order
from padanan.records.review_log import read_log
from padanan.records.seals import Seal, seals

# Template -> the name of the filled files.
DRAFTS = {"laporan-asisten.docx": "laporan-asisten", "berita-acara.docx": "berita-acara", "keputusan.docx": "rancangan-keputusan"}
ANNEX_NAME = "rancangan-lampiran"
ALWAYS_DRAFT = ("keputusan.docx",)
"""The naskah that the Governor signs is not ours: what we wrote of it stays a draft."""


def documents_folder(home: Home, periode: Periode, revisi: int) -> Path:
    """`decree/<period>/dokumen/rev-<n>`."""
    return home.decree(periode) / "dokumen" / f"rev-{revisi}"


def write_documents(home: Home, periode: Periode, revisi: int) -> Path:
    """Writes the documents of a frozen revision, as DOCX and PDF, the annex also as XLSX.

    The same frozen data, log, seal and templates give the same bytes; older ones of the revision are replaced, but a file that
    people changed or added stays, see `edited.keep_edited`.

    Returns:
        The folder of the drafts.

    Raises:
        PadananError: the revision is not frozen or was changed since, the log is broken, or a template has a fault.
    """
    seal = verify_draft(home, periode, revisi)
    decree = next((one for one in reversed(seals(home, periode)) if one.data["revisi"] == revisi), None)
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
        target = count_target(report, snapshot, shown)
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
        **_decided(decree),
    )
    tags |= annex_tags(identity, target, draft=True)
    goal = documents_folder(home, periode, revisi)
    with building(goal.parent) as folder, no_space_guard("dokumen penetapan"):
        for template, name in DRAFTS.items():
            decided = decree is not None and template not in ALWAYS_DRAFT
            mark = None if decided else DRAFT
            told = {**tags, "tanda_rancangan": decided_mark(identity)} if decided else tags
            content = render(template_path(template, home), told, watermark=mark)
            disk.write_bytes(folder / f"{name}.docx", content)
            disk.write_bytes(folder / f"{name}.pdf", as_pdf(content, watermark=mark))
        if decree is None:
            write_counts(home, folder, ANNEX_NAME, tags, draft=True)
        else:
            for name in decree.data["lampiran"]:
                disk.copy(decree.folder / name, folder / name)
        disk.write_text(folder / TEMPLATES, templates_used(home))
        own = keep_edited(home, goal, folder)
        seal_folder(folder, goal.relative_to(home.root).as_posix(), own)
        for path in folder.rglob("*"):
            disk.chmod(path, 0o700 if path.is_dir() else 0o600)
        replace(folder, goal)
    return goal


def _decided(decree: Seal | None) -> dict[str, Any]:
    """Number and day of the decree that sealed the revision."""
    if decree is None:
        return {}
    return {"number": str(decree.data["nomor"]), "day": date.fromisoformat(str(decree.data["tanggal"])[:10])}


def _next_decree(home: Home, periode: Periode, revisi: int) -> int:
    """Which decree of the period these drafts are for: the one that sealed this revision, else the next."""
    stand = seals(home, periode)
    own = [seal.ke for seal in stand if seal.data["revisi"] == revisi]
    return own[-1] if own else (stand[-1].ke if stand else 0) + 1
