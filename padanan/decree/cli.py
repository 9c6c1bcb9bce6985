"""`padanan verify`: compares published revisions and drafts with their hashes.

Freezing is a Dagster job; approving belongs to the review.
"""

from __future__ import annotations

import argparse
from typing import Any

from padanan.decree.freeze import draft_folder, verify_draft, verify_published
from padanan.home import Home
from padanan.period import Periode
from padanan.runplan import published_revisions


def add_parsers(commands: Any) -> None:
    """Adds `verify`."""
    parser = commands.add_parser("verify", help="cocokkan terbitan dan rancangan dengan sidik jarinya")
    parser.add_argument("--periode", help="periode penetapan, misalnya 2025-S2 (bawaan: semua yang terbit)")
    parser.set_defaults(run=_verify)


def dashed(digest: str) -> str:
    """A fingerprint in groups of four, which no eye or pattern takes for a NIK."""
    return "-".join(digest[index : index + 4] for index in range(0, len(digest), 4))


def _verify(args: argparse.Namespace) -> int:
    home = Home.from_env()
    published = home.root / "published"
    periods = (
        [Periode.parse(args.periode)]
        if args.periode
        else [Periode.parse(path.name) for path in sorted(published.glob("????-??-??"))]
    )
    count = 0
    for periode in periods:
        for revisi, _manifest in published_revisions(home, periode):
            manifest = verify_published(home, periode, revisi)
            print(
                f"{periode} rev-{revisi}: {len(manifest['tables'])} tabel sesuai, masukan {dashed(manifest['inputs_hash'][:16])}"
            )
            count += 1
            if draft_folder(home, periode, revisi).exists():
                seal = verify_draft(home, periode, revisi)
                print(
                    f"  rancangan: {seal['jumlah_orang']} orang, sidik {dashed(seal['row_hash'][:32])}, status {seal['status']}"
                )
    print(f"{count} revisi diperiksa, semua sesuai." if count else "Belum ada yang terbit.")
    return 0
