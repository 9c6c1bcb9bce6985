"""The annex of a decree: made from the seal and the sealed data sasaran, never from a draft.

The drafts are in `drafts`; both fill the same template, the annex without the watermark.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from padanan.base import disk
from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError, no_space_guard
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.contracts.contract import load_contracts
from padanan.decree.documents.context import DRAFT, Identity, clean, identity_tags, numbered, target_tags
from padanan.decree.documents.docx import render, template_path
from padanan.decree.documents.facts import Target, count_target
from padanan.decree.documents.pdf import as_pdf
from padanan.decree.documents.xlsx import write_workbook
from padanan.decree.freeze import SNAPSHOT
from padanan.published.opened import open_published
from padanan.published.report import gather, in_order
from padanan.records.seals import seals


def write_annex(folder: Path, seal: Mapping[str, Any], home: Home | None = None) -> dict[str, str]:
    """Writes the annex of counts beside the sealed data sasaran.

    Args:
        folder: the folder with the sealed data; the decree's own, or one where it is being made.
        seal: its seal: `periode`, `revisi`, `nomor`, `tanggal` (ISO), `sha256`, `row_hash`, and where known `ke`,
            `kepala_log`, `kriteria_versi`, `kriteria`.
        home: the data home; by default the one that the folder lies in.

    Returns:
        File name -> SHA-256 of each file written.

    Raises:
        PadananError: the sealed data are missing or are not those of the seal, the published revision is gone, or a
            template has a fault.
    """
    periode, snapshot = Periode.parse(str(seal["periode"])), folder / SNAPSHOT
    home = home or _home_of(folder, periode)
    shown = Path(SNAPSHOT)
    if not snapshot.is_file() or file_sha256(snapshot) != seal["sha256"]:
        raise PadananError(
            "data sasaran bukan yang dinyatakan segel", file=shown, cure="pulihkan dari cadangan; lampiran tidak dibuat"
        )
    source = open_published(home, periode, int(seal["revisi"]))
    try:
        target = count_target(gather(home, in_order(load_contracts()), source), snapshot, shown)
        published = source.manifest_sha256
        # As sealed; a decree of before criteria were agreed seals none, and its annex says so.
        criteria = seal.get("kriteria") or {}
        version = str(seal.get("kriteria_versi") or source.manifest.get("kriteria_versi", "–"))
    finally:
        source.con.close()
    identity = Identity(
        label=periode.label,
        start=periode.start,
        end=periode.end,
        revisi=int(seal["revisi"]),
        published_sha256=published,
        row_hash=str(seal["row_hash"]),
        log_head=str(seal.get("kepala_log") or "0" * 64),
        criteria_version=version,
        criteria=criteria,
        number=str(seal["nomor"]),
        day=date.fromisoformat(str(seal["tanggal"])[:10]),
        changes=decree_before(home, periode, int(seal.get("ke") or 1)),
    )
    return write_counts(home, folder, "lampiran", annex_tags(identity, target, draft=False))


def annex_tags(identity: Identity, target: Target, *, draft: bool) -> dict[str, Any]:
    """Every tag that the annex's template may name."""
    tags: dict[str, Any] = clean({**target_tags(target), **identity_tags(identity, draft=draft)})
    return tags


def write_counts(home: Home, folder: Path, name: str, tags: Mapping[str, Any], *, draft: bool = False) -> dict[str, str]:
    """Writes `<name>.docx`, `.pdf` and `.xlsx` of the annex; returns file name -> SHA-256."""
    watermark = DRAFT if draft else None
    content = render(template_path("lampiran.docx", home), tags, watermark=watermark)
    with no_space_guard("lampiran"):
        disk.write_bytes(folder / f"{name}.docx", content)
        disk.write_bytes(folder / f"{name}.pdf", as_pdf(content, watermark=watermark))
        write_workbook(folder / f"{name}.xlsx", tags)
    written = [folder / f"{name}.{kind}" for kind in ("docx", "pdf", "xlsx")]
    for path in written:
        disk.chmod(path, 0o600)
    return {path.name: file_sha256(path) for path in written}


def decree_before(home: Home, periode: Periode, ke: int) -> tuple[str, str] | None:
    """Number and date of the period's decree that a `perubahan ke-n` changes; None for the first."""
    if ke < 2:
        return None
    for seal in seals(home, periode):
        if seal.ke == ke - 1:
            day = date.fromisoformat(str(seal.data["tanggal"])[:10])
            return numbered(str(seal.data["nomor"]), day), day.isoformat()
    raise PadananError(
        f"penetapan ke-{ke - 1} tidak ada",
        file=(home.decree(periode) / f"ke-{ke - 1}").relative_to(home.root),
        cure="pulihkan folder decree dari cadangan",
    )


def _home_of(folder: Path, periode: Periode) -> Home:
    """The data home that a decree's folder lies in."""
    for parent in folder.resolve().parents:
        if parent.name == periode.key and parent.parent.name == "decree":
            return Home(parent.parent.parent)
    raise PadananError(
        "folder penetapan tidak di dalam data home", file=folder.name, cure=f"letakkan di decree/{periode.key}/ pada data home"
    )
