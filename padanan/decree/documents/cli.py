"""`padanan decree documents`: fills the templates of a frozen revision.

Approving and verifying are commands of `padanan.decree.cli`.
"""

from __future__ import annotations

import argparse
from typing import Any

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import Periode


def add_documents(commands: Any) -> None:
    """Adds `documents` to the `decree` commands."""
    parser = commands.add_parser(
        "documents",
        help="susun laporan ke Asisten Kesra, berita acara, rancangan Keputusan Gubernur dan lampirannya",
        description="Mengisi templat dengan angka rancangan beku, ke decree/<periode>/dokumen/rev-<n>/ (DOCX, PDF, XLSX). "
        "Templat sendiri diletakkan di folder templates/ pada data home, atau di folder PADANAN_TEMPLATES.",
    )
    parser.add_argument("--periode", required=True, help="periode penetapan, misalnya 2025-S2")
    parser.add_argument("--revisi", type=int, help="revisi yang dibekukan (bawaan: rancangan terbaru)")
    parser.set_defaults(run=_documents)


def _documents(args: argparse.Namespace) -> int:
    from padanan.decree.documents import write_documents
    from padanan.decree.documents.edited import kept

    home, periode = Home.from_env(), Periode.parse(args.periode)
    revisi = args.revisi if args.revisi is not None else _newest(home, periode)
    print(f"Menyusun dokumen periode {periode} revisi {revisi} …", flush=True)
    folder = write_documents(home, periode, revisi)
    people = kept(home, folder)
    for path in sorted(folder.iterdir()):
        mine = f" (diubah petugas, tetap; versi baru: {people[path.name] or 'tidak ada'})" if path.name in people else ""
        print(f"  {path.relative_to(home.root)}{mine}")
    print("Bertanda RANCANGAN sampai ditetapkan; bagian [diisi] dilengkapi pejabat.")
    print("Berkas yang diubah petugas tidak pernah ditimpa.")
    return 0


def _newest(home: Home, periode: Periode) -> int:
    """The newest frozen revision."""
    numbers = [path.name.removeprefix("rev-") for path in (home.decree(periode) / "rancangan").glob("rev-*")]
    found = [int(number) for number in numbers if number.isdigit()]
    if not found:
        raise PadananError(
            f"periode {periode} belum punya rancangan yang dibekukan",
            file=home.decree(periode).relative_to(home.root),
            cure="jalankan job rancangan_periode lebih dahulu",
        )
    return max(found)
