"""The sub-command `simulasi`: arguments in; tables on the screen, page, pictures and workbook into a folder.

What is counted stands in `run`, what is shown of it in `page`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from padanan.base.errors import PadananError


def add_parsers(commands: Any) -> None:
    """Adds `simulasi`."""
    parser = commands.add_parser(
        "simulasi",
        help="simulasi anggaran Bantuan Reguler (Kertas Kebijakan #3)",
        description="Menghitung anggaran Bantuan Reguler: hitungan dokumen dalam kedua mode, sapuan parameter, "
        "dan, dengan --periode atau --revisi, keluarga nyata satu revisi terbit. Parameternya di expectations/simulasi.yaml.",
    )
    parser.add_argument(
        "--mode", choices=["as_printed", "unit_corrected"], default="unit_corrected",
        help="as_printed: dengan salah satuan dokumen; unit_corrected (bawaan): PKH per bulan. Hitungan dokumen memuat keduanya",
    )  # fmt: skip
    parser.add_argument("--alternative", default="gkm", help="nilai bantuan: gkm (bawaan), komposisi, khl_20 atau khl_25")
    parser.add_argument("--survey", metavar="YYYY-MM", help="survei BPS hitungan dokumen (bawaan: menurut simulasi.yaml)")
    parser.add_argument("--periode", help="hitung juga keluarga nyata periode ini, misalnya 2025-S2")
    parser.add_argument("--revisi", type=int, help="revisi terbitnya (bawaan: yang terakhir)")
    parser.add_argument(
        "--sweep", action="append", default=[], metavar="NAMA=DARI:SAMPAI:LANGKAH",
        help="kalikan satu parameter dengan setiap faktor rentang itu; boleh diulang, semuanya dipasangkan. Nama: GKM, KHL, PKH, "
        "BPNT, ANAK, PENDUDUK, KPM",
    )  # fmt: skip
    parser.add_argument("--folder", type=Path, metavar="FOLDER", help="tulis halaman, buku kerja dan gambar ke folder ini")
    parser.set_defaults(run=_simulate)


def _simulate(args: argparse.Namespace) -> int:
    from padanan.base.home import Home
    from padanan.base.period import Periode
    from padanan.pages.table import as_lines
    from padanan.published.revisions import chosen_revision
    from padanan.simulation.page import slip, tables
    from padanan.simulation.parameters import Mode, load_parameters
    from padanan.simulation.run import simulate
    from padanan.simulation.show import write_folder
    from padanan.simulation.sweep import axis

    published = None
    axes = [axis(one) for one in args.sweep]
    parameters = load_parameters(args.survey)
    if args.periode is not None or args.revisi is not None:
        home = Home.from_env()
        published = (home, *chosen_revision(home, Periode.parse(args.periode) if args.periode else None, args.revisi))
        print(f"[1/2] menghitung keluarga {published[1].label} revisi {published[2]}", file=sys.stderr, flush=True)
    found = simulate(parameters, Mode(args.mode), args.alternative, axes, published)
    for made in tables(found).values():
        print("\n".join(as_lines(made)), end="\n\n")
    print("\n".join(slip(found)))
    if args.folder is not None:
        if args.folder.exists() and not args.folder.is_dir():
            raise PadananError("--folder bukan folder", file=args.folder, cure="sebut folder, yang dibuat bila belum ada")
        for path in write_folder(found, args.folder):
            print(f"Ditulis: {path}", file=sys.stderr)
    return 0
