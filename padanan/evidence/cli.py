"""`padanan explain` and `padanan clerical export|import`: why a record was matched, and what people say about unsure ones.

What is computed stands in `published`, `clerical` and `padanan/linkage/explain`.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from padanan.base import disk
from padanan.base.errors import PadananError, no_space_guard, safe_reason
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.base.typed import revision_argument


def add_parsers(commands: Any) -> None:
    """Adds `explain` and `clerical`."""
    parser = commands.add_parser("explain", help="mengapa satu rekaman padan, mungkin padan, atau tidak")
    parser.add_argument("produsen", metavar="PRODUSEN", help="id kontrak produsen")
    parser.add_argument("record_key", metavar="RECORD_KEY", help="kunci rekaman (boleh awalannya saja)")
    parser.add_argument("--periode", help="periode penetapan, misalnya 2025-S2 (bawaan: yang terakhir terbit)")
    parser.add_argument("--candidate", type=int, default=1, help="calon ke berapa yang diuraikan (bawaan: 1, yang terbaik)")
    parser.add_argument("--svg", metavar="FILE.svg", type=Path, help="tulis juga uraiannya sebagai gambar, tanpa nama atau NIK")
    parser.set_defaults(run=_explain)
    model = commands.add_parser("model", help="model padanan dengan bukti yang terbit bersama tiap revisi")
    kinds = model.add_subparsers(dest="tindakan", metavar="TINDAKAN", required=True)
    diff = kinds.add_parser("compare", help="apa yang berubah: m, u, ambang, label, data")
    diff.add_argument("--periode", help="periode penetapan, misalnya 2025-S2 (bawaan: yang terakhir terbit)")
    diff.add_argument("--revisi", type=int, help="revisi yang dilihat (bawaan: yang terakhir)")
    diff.add_argument(
        "--with",
        type=revision_argument,
        dest="other",
        metavar="[PERIODE/]REVISI",
        help="pembanding, misalnya 2025-S1/2, atau 2 pada periode yang sama (bawaan: revisi sebelumnya)",
    )
    diff.set_defaults(run=_compare)
    clerical = commands.add_parser("clerical", help="pasangan yang menunggu keputusan orang")
    actions = clerical.add_subparsers(dest="tindakan", metavar="TINDAKAN", required=True)
    out = actions.add_parser("export", help="tulis antrean ke XLSX, yang jawabannya menyelesaikan paling banyak lebih dulu")
    out.add_argument("berkas", metavar="FILE.xlsx", type=Path, help="berkas yang ditulis")
    out.add_argument("--periode", required=True, help="periode penetapan, misalnya 2025-S2")
    out.add_argument(
        "--unmasked", action="store_true", help="tanpa samaran: hanya untuk petugas yang berhak melihat data pribadi"
    )
    out.set_defaults(run=_export)
    back = actions.add_parser("import", help="baca keputusan dari XLSX yang sudah diisi")
    back.add_argument("berkas", metavar="FILE.xlsx", type=Path, help="berkas yang sudah diisi")
    back.add_argument("--by", required=True, help="nama petugas yang memutuskan")
    back.set_defaults(run=_import)


def _explain(args: argparse.Namespace) -> int:
    from padanan.linkage import explain
    from padanan.published import pairs as published

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
    if not 1 <= args.candidate <= len(pairs):
        raise PadananError(f"calon ke-{args.candidate} tidak ada", cure=f"pilih 1 sampai {len(pairs)}")
    print(f"Calon {args.candidate} dari {len(pairs)}\n")
    pair, limits = pairs[args.candidate - 1], published.thresholds(folder)[args.produsen]
    print(explain.waterfall(pair, limits))
    if args.svg is not None:
        try:
            with no_space_guard("gambar uraian"):
                disk.write_text(args.svg, explain.waterfall_svg(pair, limits) + "\n")
        except OSError as error:
            reason = safe_reason(error)
            raise PadananError(f"gambar tidak dapat ditulis ({reason})", cure="pilih folder yang ada dan dapat ditulis") from None
        print(f"\nGambar ditulis ke {args.svg.name}")
    return 0


def _compare(args: argparse.Namespace) -> int:
    from padanan.published import model_compare
    from padanan.published import pairs as published
    from padanan.published.revisions import earlier_revision

    home = Home.from_env()
    periode, revisi, _ = published.newest(home, Periode.parse(args.periode) if args.periode else None)
    revisi = args.revisi or revisi
    found = earlier_revision(home, periode, revisi)
    if args.other:
        found = (args.other[0] or periode, args.other[1])
    if found is None:
        print(f"{periode} rev-{revisi}: belum ada revisi atau periode sebelumnya untuk dibandingkan.")
        return 0
    before, now = (model_compare.read(home.published(*which)) for which in (found, (periode, revisi)))
    print(f"Model {periode} rev-{revisi} dibandingkan dengan {found[0]} rev-{found[1]}\n")
    print("\n".join(model_compare.lines(model_compare.compare(before, now))))
    return 0


def _export(args: argparse.Namespace) -> int:
    from padanan.evidence.clerical import export

    count = export(Home.from_env(), Periode.parse(args.periode), args.berkas, entitled=args.unmasked)
    print(f"{count} pasangan menunggu keputusan ditulis ke {args.berkas.name}" + ("" if args.unmasked else " (tersamar)"))
    return 0


def _import(args: argparse.Namespace) -> int:
    from padanan.evidence.clerical import import_decisions

    added, conflicts = import_decisions(Home.from_env().ensure(), args.berkas, args.by)
    print(f"{added} keputusan dicatat atas nama {args.by}; berlaku pada putaran berikutnya.")
    if conflicts:
        print(f"{conflicts} pasangan diputuskan berlainan oleh petugas lain: konflik, tidak digabungkan.")
    return 0
