"""`padanan verify` and `padanan decree …`: arguments in, one line per proof or fault out.

Freezing is a Dagster job; sealing is `approve`, proving is `verify`.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.base.typed import day_argument, year_argument
from padanan.decree.documents.cli import add_documents
from padanan.records.refusal import fields_as_options


def add_parsers(commands: Any) -> None:
    """Adds `verify` and `decree`."""
    parser = commands.add_parser(
        "verify",
        help="cocokkan kiriman, terbitan, rancangan, catatan dan penetapan dengan sidik dan tandanya",
        description="Menyebut setiap berkas yang berubah atau hilang. Kode keluar 1 bila ada.",
    )
    parser.add_argument("--periode", help="periode penetapan, misalnya 2025-S2 (bawaan: semua)")
    parser.add_argument(
        "--replay",
        action="store_true",
        help="juga buat ulang setiap penetapan dari terbitan dan catatan",
    )
    parser.set_defaults(run=_verify)

    decree = commands.add_parser("decree", help="susun dokumen rancangan, catat penetapan Gubernur dan perubahannya")
    actions = decree.add_subparsers(dest="tindakan", metavar="TINDAKAN", required=True)
    add_documents(actions)

    seal = actions.add_parser(
        "approve",
        help="segel draft yang disetujui Gubernur",
        description="Mencatat nomor dan tanggal Keputusan Gubernur lalu menyegel data sasarannya bersama lampiran.",
    )
    seal.add_argument("--periode", required=True, help="periode penetapan, misalnya 2025-S2")
    seal.add_argument("--revisi", required=True, type=int, help="revisi yang menjadi draft")
    seal.add_argument("--number", required=True, metavar="NOMOR", help="nomor Keputusan Gubernur")
    seal.add_argument("--date", required=True, type=day_argument, metavar="YYYY-MM-DD", help="tanggal penetapan")
    seal.add_argument("--ke", type=int, default=1, metavar="N", help="1 penetapan (bawaan), 2 perubahan pertama")
    seal.add_argument("--by", required=True, metavar="ID", help="petugas berperan penetap, bukan pengusulnya")
    seal.add_argument("--scan", type=Path, metavar="FILE", help="pindaian keputusan yang ditandatangani")
    seal.set_defaults(run=_approve)

    change = actions.add_parser(
        "open-change",
        help="buka perubahan atas keputusan yang sudah ditetapkan",
        description="Membuka periode yang sudah ditetapkan untuk satu revisi baru; tertutup lagi ketika perubahannya disegel.",
    )
    change.add_argument("--periode", required=True, help="periode penetapan, misalnya 2025-S2")
    change.add_argument("--reason", required=True, metavar="TEKS", help="mengapa keputusan diubah")
    change.add_argument("--pengusul", required=True, metavar="ID", help="petugas yang mengusulkan")
    change.add_argument("--penyetuju", required=True, metavar="ID", help="petugas lain yang menyetujui")
    change.add_argument("--scan", type=Path, metavar="FILE", help="pindaian berita acara")
    change.set_defaults(run=_open_change)

    shown = actions.add_parser("list", help="penetapan yang ada")
    shown.add_argument("--year", type=year_argument, help="hanya tahun itu")
    shown.set_defaults(run=_list)


def _verify(args: argparse.Namespace) -> int:
    from padanan.base.errors import PadananError
    from padanan.base.format import fingerprint
    from padanan.contracts.feedback import load_feedback
    from padanan.contracts.planned import stored
    from padanan.decree.documents.edited import changed_templates
    from padanan.decree.verify import prove
    from padanan.forms.handover import faults_of_issues
    from padanan.published.proof import edited_drafts, faults_of_made
    from padanan.published.revisions import periods
    from padanan.records.addenda import faults_of_addenda
    from padanan.records.delivery_proof import faults_of_deliveries
    from padanan.records.kinds import KINDS, REVIEW
    from padanan.records.log import logs, unadopted
    from padanan.records.reports import faults_of_returned
    from padanan.records.returned import faults_of_events, faults_of_sheets

    home = Home.from_env()
    chosen = [Periode.parse(args.periode)] if args.periode else periods(home)
    revisions, faults = 0, 0
    for look in (home.seen, lambda: stored(home)):
        try:
            look()
        except PadananError as error:
            print(error, file=sys.stderr)
            faults += 1
    for log in logs(home, *(kind for kind in KINDS if kind != REVIEW)):
        try:
            found = log.read()
            print(f"{log.kind.what} {log.name}: {len(found.records)} catatan, kepala {fingerprint(found.head[:16])}")
        except PadananError as error:
            print(error, file=sys.stderr)
            faults += 1
    for fault in unadopted(home):
        print(fault, file=sys.stderr)
        faults += 1
    if not args.periode:
        for what, (count, found_faults) in (
            ("kiriman", faults_of_deliveries(home)),
            ("kiriman umpan balik", faults_of_events(home, load_feedback())),
            ("lembar yang kembali", faults_of_sheets(home)),
            ("adendum", faults_of_addenda(home)),
            ("kumpulan berkas keluar", faults_of_issues(home)),
            ("laporan dan dokumen", faults_of_made(home)),
            ("isian Matriks 3 yang diterima", faults_of_returned(home)),
        ):
            if count:
                print(f"{count} {what} diperiksa, {len(found_faults)} temuan")
            for fault in found_faults:
                print(fault, file=sys.stderr)
            faults += len(found_faults)
        for path in changed_templates(home):
            print(f"  {path}: templatnya sudah lain sejak dokumen ini disusun, bukan temuan")
        for path in edited_drafts(home):
            print(f"  {path}: diubah oleh petugas, bukan temuan; berkas ini tidak pernah ditimpa")
    for periode in chosen:
        try:
            proof = prove(home, periode, again=args.replay)
        except PadananError as error:  # a register that all periods need: the next period may say more
            print(error, file=sys.stderr)
            faults += 1
            continue
        for line in proof.fine:
            print(line)
        for fault in proof.faults:
            print(fault, file=sys.stderr)
        revisions += proof.revisions
        faults += len(proof.faults)
    if faults:
        print(f"{revisions} revisi diperiksa, {faults} temuan: lihat di atas.", file=sys.stderr)
        return 1
    print(f"{revisions} revisi diperiksa, semua sesuai." if chosen and revisions else "Belum ada yang terbit.")
    return 0


def _approve(args: argparse.Namespace) -> int:
    from padanan.base.format import fingerprint, number
    from padanan.decree.approve import Approval, approve
    from padanan.records.seals import seals

    home = Home.from_env()
    periode = Periode.parse(args.periode)
    print("Menyiapkan data sasaran dan lampiran …", flush=True)
    with fields_as_options():
        folder = approve(home, Approval(periode, args.revisi, args.ke, args.number.strip(), args.date, args.by, args.scan))
    seal = next(item for item in seals(home, periode) if item.ke == args.ke)
    print(f"Ditetapkan: {periode.label} ke-{args.ke}, nomor {seal.data['nomor']}, {number(seal.data['jumlah_orang'])} orang.")
    print(f"  nilai hash     {fingerprint(seal.data['row_hash'])}")
    print(f"  kepala catatan {fingerprint(seal.data['kepala_log'])}")
    print(f"  folder         {folder.relative_to(home.root)}")
    print("Langkah berikutnya: padanan verify, lalu cadangkan dengan padanan backup.")
    return 0


def _open_change(args: argparse.Namespace) -> int:
    from padanan.base.format import fingerprint
    from padanan.decree.approve import open_change

    periode = Periode.parse(args.periode)
    with fields_as_options():
        record = open_change(
            Home.from_env(),
            periode,
            args.reason,
            proposer=args.pengusul,
            approver=args.penyetuju,
            scan=args.scan,
        )
    print(f"Perubahan ke-{record['ke']} atas {periode.label} dibuka. Kepala catatan: {fingerprint(record['hash'])}")
    print(f"Langkah berikutnya: jalankan padanan_periode untuk {periode.label}, lalu reviu revisi barunya.")
    return 0


def _list(args: argparse.Namespace) -> int:
    from padanan.base.format import fingerprint, number
    from padanan.published.revisions import periods
    from padanan.records.seals import seals

    home = Home.from_env()
    found = [seal for periode in periods(home) if args.year in (None, periode.year) for seal in seals(home, periode)]
    if not found:
        print("Belum ada penetapan.")
    for seal in found:
        data = seal.data
        print(
            f"{seal.periode} ke-{seal.ke}: nomor {data['nomor']}, tanggal {data['tanggal']}, revisi {data['revisi']}, "
            f"{number(data['jumlah_orang'])} orang, kepala catatan {fingerprint(data['kepala_log'])}"
        )
    return 0
