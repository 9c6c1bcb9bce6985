"""`padanan worklist make|list|hand-over|expire|check`: worklists for the field, who received them, and when they go.

What the commands do stands in `make`, `book` and `padanan/forms/handover`.
"""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode
from padanan.base.typed import day_argument


def add_parsers(commands: Any) -> Any:
    """Adds `worklist`; its actions are returned, for what may know other stages too (`padanan/run`)."""
    parser = commands.add_parser("worklist", help="daftar tugas lapangan per kelurahan, penyerahan dan masa berlakunya")
    actions = parser.add_subparsers(dest="tindakan", metavar="TINDAKAN", required=True)
    make = actions.add_parser("make", help="tulis buku kerja per kelurahan untuk satu revisi terbit")
    make.add_argument("--periode", required=True, help="periode penetapan, misalnya 2025-S2")
    make.add_argument("--revisi", type=int, help="nomor revisi (bawaan: yang terakhir terbit)")
    make.add_argument(
        "--expires", type=day_argument, help="hari terakhir berkas boleh ada, YYYY-MM-DD (bawaan: menurut lapangan.yaml)"
    )
    make.add_argument("--again", action="store_true", help="tulis lagi walau sudah ada atau sudah kedaluwarsa")
    make.set_defaults(run=_make)
    listed = actions.add_parser("list", help="berkas yang dibuat, siapa penerimanya, sampai kapan")
    listed.add_argument("--periode", help="hanya periode ini")
    listed.set_defaults(run=_list)
    give = actions.add_parser("hand-over", help="catat penyerahan berkas kepada seorang penerima")
    give.add_argument("berkas", nargs="+", type=Path, metavar="FILE", help="berkas di worklists/ atau kit/")
    give.add_argument("--to", required=True, metavar="PENERIMA", help="nama dan jabatan penerima")
    give.add_argument("--purpose", required=True, metavar="KEPERLUAN", help="keperluan, misalnya 'verivali 2025-S2'")
    give.add_argument("--by", required=True, metavar="PETUGAS", help="petugas yang menyerahkan")
    give.set_defaults(run=_hand_over)
    over = actions.add_parser("expire", help="hapus berkas yang masa berlakunya lewat; catatan dan sidiknya tetap")
    over.add_argument("--dry-run", action="store_true", help="hanya sebutkan yang akan dihapus")
    over.set_defaults(run=_expire)
    check = actions.add_parser("check", help="periksa buku kerja yang sudah diisi; semua kesalahannya disebut sekaligus")
    check.add_argument("berkas", type=Path, metavar="FILE.xlsx", help="buku kerja yang sudah diisi")
    check.add_argument("--periode", required=True, help="periode penetapan, misalnya 2025-S2")
    check.add_argument("--revisi", type=int, required=True, help="nomor revisi berkas itu")
    check.set_defaults(run=_check)
    return actions


def _now() -> datetime:
    return datetime.now(JAKARTA)


def _make(args: argparse.Namespace) -> int:
    from padanan.contracts.field_parts import AT_SOURCE, VISIT
    from padanan.review.worklist.make import make

    home = Home.from_env().seen()
    folder, facts = make(
        home, Periode.parse(args.periode), args.revisi, now=_now(), expires=args.expires, again=args.again,
        progress=lambda text: print(text, file=sys.stderr),
    )  # fmt: skip
    counts = facts["jumlah"]
    print(
        f"{len(facts['berkas'])} berkas di {folder.relative_to(home.root)}: {counts[VISIT]} tugas lapangan, "
        f"{counts[AT_SOURCE]} perbaikan di sumber, {counts['prelist']} orang di prelist, "
        f"{counts.get('belum_masuk', 0)} orang belum masuk data sasaran untuk TKPK; berlaku sampai {facts['kedaluwarsa']}"
    )
    return 0


def _list(args: argparse.Namespace) -> int:
    from padanan.base.format import fingerprint
    from padanan.forms import handover

    home = Home.from_env()
    only = Periode.parse(args.periode).label if args.periode else None
    today = _now().date()
    handed = [record for record in handover.register_of(home).read().records if record["peristiwa"] == handover.HANDED]
    shown = 0
    for issue in handover.issues(home):
        if only and issue.facts["periode"] != only:
            continue
        shown += 1
        folder = issue.folder.relative_to(home.root).as_posix()
        state = "dihapus" if issue.deleted else ("KEDALUWARSA, hapus" if issue.expires < today else "berlaku")
        print(f"{folder}: {len(issue.facts['berkas'])} berkas, sampai {issue.facts['kedaluwarsa']} ({state})")
        for record in handed:
            if record["folder"] == folder:
                print(
                    f"  {record['waktu'][:10]} {record['berkas']} kepada {record['kepada']} untuk {record['keperluan']}, "
                    f"oleh {record['oleh']}, nilai hash {fingerprint(record['sha256'][:16])}"
                )
    if not shown:
        print("Belum ada daftar kerja atau paket produsen.")
    return 0


def _hand_over(args: argparse.Namespace) -> int:
    from padanan.forms.handover import hand_over

    records = hand_over(Home.from_env(), args.berkas, to=args.to, purpose=args.purpose, by=args.by, now=_now())
    print(f"{len(records)} penyerahan dicatat kepada {records[0]['kepada']}; berlaku sampai {records[0]['kedaluwarsa']}.")
    return 0


def _expire(args: argparse.Namespace) -> int:
    from padanan.forms.handover import expire, receivers

    home = Home.from_env()
    over = expire(home, _now(), dry_run=args.dry_run)
    for issue in over:
        people = ", ".join(receivers(home, issue)) or "belum diserahkan kepada siapa pun"
        print(
            f"{issue.folder.relative_to(home.root)}: {len(issue.facts['berkas'])} berkas "
            f"{'akan dihapus' if args.dry_run else 'dihapus'}; salinan pada penerima juga harus dihapus: {people}"
        )
    if not over:
        print("Tidak ada berkas yang kedaluwarsa.")
    return 0


def _check(args: argparse.Namespace) -> int:
    from padanan.base.shown import safe_name
    from padanan.published.revisions import published_revisions
    from padanan.review.worklist import book, findings

    periode = Periode.parse(args.periode)
    manifest = dict(published_revisions(Home.from_env(), periode)).get(args.revisi)
    if manifest is None:
        raise PadananError(f"revisi {args.revisi} periode {periode.label} belum terbit", cure="periksa --periode dan --revisi")
    read = findings.read_back(args.berkas, book.Stamp.of(periode.label, args.revisi, manifest), _now().date())
    for fault in read.faults:
        print(fault.error(safe_name(args.berkas.name)), file=sys.stderr)
    told = ", ".join(f"{sheet} {read.count(sheet)} baris terisi benar" for sheet in book.RESULTS)
    verdict = f"{len(read.wrong)} baris belum dapat diterima" if read.faults else "sah"
    print(f"{safe_name(args.berkas.name)}: {verdict}; {told}")
    return 1 if read.faults else 0
