"""The data home: where each kind of file lies, who may read it, and which layout version it has.

What is inside those files belongs to the packages that write them.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from padanan.base import disk
from padanan.base.commit import PREFIX, sweep, write_once
from padanan.base.errors import PadananError, os_fault
from padanan.base.period import Periode

FORMAT_VERSION = 1
DEMO_MARKER = "demo.json"
CHECKOUT = Path(__file__).resolve().parents[2]
FOLDERS = (
    "inbox",
    "landing",
    "quarantine",
    "held",
    "warehouse",
    "published",
    "identitas",
    "reports",
    "worklists",
    "kit",
    "lp3ke",
    "serah",
    "adendum",
    "decree",
    "decisions",
    "distribusi",
    "umpan_balik",
    "logs",
)


@dataclass(frozen=True)
class Home:
    """Paths of one data home (PADANAN_HOME; by default `data/` of the checkout)."""

    root: Path

    @classmethod
    def from_env(cls) -> Home:
        """The home that PADANAN_HOME names (`~` and relative paths too), or the checkout's `data/`."""
        return cls(Path(os.environ.get("PADANAN_HOME") or CHECKOUT / "data").expanduser().resolve())

    def ensure(self) -> Home:
        """Makes the folders (mode 0700) and checks the format version.

        Raises:
            PadananError: the home was written by another layout version, or can't be written.
        """
        os.umask(0o077)
        marker = self.root / "format_version"
        try:
            disk.mkdir(self.root, parents=True, exist_ok=True)
            if self.root.stat().st_mode & 0o077:
                disk.chmod(self.root, 0o700)
            if not marker.exists():
                write_once(marker, f"{FORMAT_VERSION}\n")
            for name in FOLDERS:
                disk.mkdir(self.root / name, exist_ok=True)
            for folder in (self.root, *(self.root / "decisions").iterdir()):
                sweep(folder)
            sweep(self.root.parent, prefix=self.restore_prefix)
        except PermissionError:
            raise PadananError(
                "data home tidak dapat ditulis", file=self.root, cure="periksa pemilik folder atau atur PADANAN_HOME"
            ) from None
        except OSError as error:
            raise os_fault(error, "data home") from None
        return self.seen()

    def seen(self) -> Home:
        """This home for a command that only reads: nothing is made, a home that does not exist is an empty one.

        Raises:
            PadananError: the home was written by another layout version.
        """
        marker = self.root / "format_version"
        try:
            found = marker.read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return self
        except (OSError, ValueError):
            found = ""
        if not re.fullmatch(r"[0-9]{1,9}", found):
            raise PadananError(
                "penanda versi data home kosong atau rusak",
                file=marker,
                cure="pulihkan berkas itu dari cadangan; bila semua isi data home lain utuh ('padanan verify' dari salinan), "
                f"tulis angka {FORMAT_VERSION} ke dalamnya",
            )
        if found != str(FORMAT_VERSION):
            raise PadananError(
                f"data home berversi {found[:10]}, program ini memakai versi {FORMAT_VERSION}",
                file=marker,
                cure="pakai data home lain (PADANAN_HOME) atau pulihkan cadangan dengan versi yang sesuai",
            )
        return self

    @property
    def restore_prefix(self) -> str:
        """How the folders beside the home begin in which a backup is unpacked; the parent is anybody's folder."""
        return f"{PREFIX}pulih-{self.root.name}-"

    @property
    def demo_marker(self) -> Path:
        """Written by the demo (`periode` and what it landed); a home without it holds real data."""
        return self.root / DEMO_MARKER

    def inbox(self, contract_id: str) -> Path:
        """Where a producer's files arrive."""
        return self.root / "inbox" / contract_id

    def landing(self, contract_id: str) -> Path:
        """The immutable deliveries of a producer."""
        return self.root / "landing" / contract_id

    @property
    def warehouse(self) -> Path:
        """The folder of the work database."""
        return self.root / "warehouse"

    @property
    def warehouse_db(self) -> Path:
        """The DuckDB file with one writer (docs/architecture.md)."""
        return self.warehouse / "padanan.duckdb"

    @property
    def run_plan(self) -> Path:
        """What the current run reads: contracts resolved, deliveries pinned."""
        return self.warehouse / "rencana.json"

    @property
    def decisions(self) -> Path:
        """Append-only human decisions."""
        return self.root / "decisions"

    @property
    def truth(self) -> Path:
        """Truth tables of synthetic data; never read by the pipeline."""
        return self.root / "truth"

    def published(self, periode: Periode, revisi: int | None = None) -> Path:
        """`published/<period>` or one revision below it."""
        base = self.root / "published" / periode.key
        return base if revisi is None else base / f"rev-{revisi}"

    def identitas(self, periode: Periode, revisi: int | None = None) -> Path:
        """`identitas/<period>` or one revision below it: names and numbers of people, read by `published.identities` alone."""
        base = self.root / "identitas" / periode.key
        return base if revisi is None else base / f"rev-{revisi}"

    def reports(self, periode: Periode, revisi: int) -> Path:
        """The report folder of one revision."""
        return self.root / "reports" / periode.key / f"rev-{revisi}"

    @property
    def distribusi(self) -> Path:
        """What the API reads (files prepared from sealed decrees, the pointer to them) and its own state."""
        return self.root / "distribusi"

    @property
    def umpan_balik(self) -> Path:
        """The events that came back from the field, a folder for each delivery that was taken in; never rewritten."""
        return self.root / "umpan_balik"

    def decree(self, periode: Periode) -> Path:
        """Drafts and seals of one period."""
        return self.root / "decree" / periode.key
