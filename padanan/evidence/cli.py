"""`padanan explain` and `padanan klerikal export|import`: why a record was matched, and what people say about unsure ones.

What is computed stands in `published`, `clerical` and `padanan/linkage/explain`.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from padanan.errors import PadananError
from padanan.home import Home
from padanan.period import Periode


def add_parsers(commands: Any) -> None:
    """Adds `explain` and `klerikal`."""
    parser = commands.add_parser("explain", help="mengapa satu rekaman padan, mungkin padan, atau tidak")
    parser.add_argument("produsen", metavar="PRODUSEN", help="kode produsen, misalnya dtks")
    parser.add_argument("record_key", metavar="RECORD_KEY", help="kunci rekaman (boleh awalannya saja)")
    parser.add_argument("--periode", help="periode penetapan, misalnya 2025-S2 (bawaan: yang terakhir terbit)")
    parser.add_argument("--calon", type=int, default=1, help="calon ke berapa yang diuraikan (bawaan: 1, yang terbaik)")
    parser.set_defaults(run=_explain)
    clerical = commands.add_parser("klerikal", help="pasangan yang menunggu keputusan orang")
    actions = clerical.add_subparsers(dest="tindakan", metavar="TINDAKAN", required=True)
    out = actions.add_parser("export", help="tulis antrean ke XLSX, yang paling menentukan ambang lebih dulu")
    out.add_argument("berkas", metavar="FILE.xlsx", type=Path)
    out.add_argument("--periode", required=True, help="periode penetapan, misalnya 2025-S2")
    out.add_argument("--berhak", action="store_true", help="tanpa samaran: hanya untuk petugas yang berhak melihat data pribadi")
    out.set_defaults(run=_export)
    back = actions.add_parser("import", help="baca keputusan dari XLSX yang sudah diisi")
    back.add_argument("berkas", metavar="FILE.xlsx", type=Path)
    back.add_argument("--nama", required=True, help="nama petugas yang memutuskan")
    back.set_defaults(run=_import)


def _explain(args: argparse.Namespace) -> int:
    from padanan.evidence import published
    from padanan.linkage import explain

    home = Home.from_env()
    periode, revisi, folder = published.newest(home, Periode.parse(args.periode) if args.periode else None)
    record = published.record_of(folder, args.produsen, args.record_key)
    print(f"{periode} rev-{revisi}, {args.produsen}: status {record['status']} (lewat NIK: {record['status_nik']})")
    if record["alasan"]:
        print(f"Alasan: {record['alasan']}")
    pairs = published.pairs_of(folder, record["record_key"])
    if not pairs:
        print("Tidak ada calon yang disimpan untuk rekaman ini.")
        return 0
    if not 1 <= args.calon <= len(pairs):
        raise PadananError(f"calon ke-{args.calon} tidak ada", cure=f"pilih 1 sampai {len(pairs)}")
    print(f"Calon {args.calon} dari {len(pairs)}\n")
    print(explain.waterfall(pairs[args.calon - 1], published.thresholds(folder)[args.produsen]))
    return 0


def _export(args: argparse.Namespace) -> int:
    from padanan.evidence.clerical import export

    count = export(Home.from_env(), Periode.parse(args.periode), args.berkas, entitled=args.berhak)
    print(f"{count} pasangan menunggu keputusan ditulis ke {args.berkas.name}" + ("" if args.berhak else " (tersamar)"))
    return 0


def _import(args: argparse.Namespace) -> int:
    from padanan.evidence.clerical import import_decisions

    added, conflicts = import_decisions(Home.from_env().ensure(), args.berkas, args.nama)
    print(f"{added} keputusan dicatat atas nama {args.nama}; berlaku pada putaran berikutnya.")
    if conflicts:
        print(f"{conflicts} pasangan diputuskan berlainan oleh petugas lain: konflik, tidak digabungkan.")
    return 0
