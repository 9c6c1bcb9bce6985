"""The scanned, signed paper of a decision: taken into `decisions/reviu/lampiran/` under its own SHA-256.

What the paper says is for people; that a decision names one is asked for in `actions`.
"""

from __future__ import annotations

import re
from pathlib import Path

from padanan.base.commit import building, writing
from padanan.base.digest import copy_hashed, file_sha256
from padanan.base.errors import no_space_guard
from padanan.base.home import Home
from padanan.base.regular import open_regular
from padanan.base.sandbox import ChildStopped, run
from padanan.contracts.delivery import load_delivery_rules
from padanan.records.refusal import Refusal
from padanan.records.review_log import folder_of

FOLDER = "lampiran"
_KINDS = {b"%PDF-": "pdf", b"\xff\xd8\xff": "jpg", b"\x89PNG\r\n": "png", b"II*\x00": "tif", b"MM\x00*": "tif"}
_TEXT_OF_SHA = re.compile(r"[0-9a-f]{64}")


def normal_digest(text: str) -> str:
    """A fingerprint as printed, with or without dashes, as 64 hex digits; empty when it is no SHA-256."""
    bare = re.sub(r"[\s\-–—:·]", "", text).lower()
    return bare if _TEXT_OF_SHA.fullmatch(bare) else ""


def scan_path(home: Home, digest: str) -> Path:
    """Where the scan with that SHA-256 lies."""
    return folder_of(home) / FOLDER / digest


def read_scan(home: Home, path: Path, *, expected: str = "", field: str = "pindaian") -> dict[str, str]:
    """A scan's SHA-256, kind and number of pages, as a record names it; the file's own name stays out (it may say anything).

    Raises:
        Refusal: no such file, empty, neither PDF nor picture, not the one whose hash was given, or it opens without a page.
    """
    try:
        with open_regular(path) as handle:  # a pipe would be waited for, with the log held; a link may lead anywhere
            start = handle.read(8)
        digest = file_sha256(path)
    except OSError:
        raise Refusal("berkas pindaian tidak ada atau tidak terbaca", field=field, cure="periksa nama berkasnya") from None
    kind = next((name for magic, name in _KINDS.items() if start.startswith(magic)), "")
    if not kind:
        raise Refusal(
            "pindaian kosong atau bukan PDF, JPEG, PNG atau TIFF",
            field=field,
            cure="pindai lagi berita acara bertanda tangan",
        )
    if expected and normal_digest(expected) != digest:
        raise Refusal(
            "nilai hash pindaian tidak sama dengan yang ditulis",
            field=f"sidik_{field}",
            cure="lampirkan berkas yang benar, atau kosongkan",
        )
    if not (pages := _pages(home, path, kind)):
        raise Refusal(
            f"pindaian tidak dapat dibuka sebagai {kind.upper()} atau tidak berhalaman",
            field=field,
            cure="pindai lagi berita acara bertanda tangan, tanpa kata sandi, lalu lihat hasilnya sebelum dilampirkan",
        )
    return {"sha256": digest, "jenis": kind, "halaman": str(pages)}


def _pages(home: Home, path: Path, kind: str) -> int:
    """How many pages a child process finds, which may take as much as one that opens a form; 0 also when it is stopped.

    The child works in a folder of its own: it is told where the file is from anywhere.
    """
    path = path.resolve()
    with building(home.warehouse / "tmp") as work:
        try:
            told, _ = run(
                "padanan.records.scan_probe:look",
                {"path": str(path), "kind": kind},
                work=work,
                reads=(path,),
                allowance=load_delivery_rules().formulir.allowance,
            )
        except ChildStopped:
            return 0
    pages = told.get("pages") if isinstance(told, dict) else 0
    return pages if isinstance(pages, int) else 0


def keep_scan(home: Home, path: Path, scan: dict[str, str]) -> None:
    """Copies a scan into the home; the same bytes are kept once.

    Raises:
        Refusal: the file changed since it was read.
    """
    keep_paper(path, scan_path(home, scan["sha256"]), scan, mode=0o400)


def keep_paper(path: Path, target: Path, scan: dict[str, str], *, mode: int) -> None:
    """Copies a scan that was read to its place below a folder of decisions; the same bytes are kept once.

    Raises:
        Refusal: the file changed since it was read.
    """
    if target.exists() and file_sha256(target) == scan["sha256"]:
        return
    with no_space_guard("pindaian"), writing(target, mode=mode) as draft:
        if copy_hashed(path, draft) != scan["sha256"]:
            raise Refusal("berkas pindaian berubah ketika disalin", field="pindaian", cure="ulangi setelah berkasnya utuh")
