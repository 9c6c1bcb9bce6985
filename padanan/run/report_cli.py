"""`padanan report render|open|audit|serve`: the report of a published revision: made again, where it lies, attacked, served.

What stands in it is decided by the page makers.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import Periode


def add_parsers(commands: Any) -> None:
    """Adds `report`."""
    parser = commands.add_parser("report", help="laporan mutu untuk reviu: buat ulang, tunjukkan tempatnya, atau sajikan")
    actions = parser.add_subparsers(dest="tindakan", metavar="TINDAKAN", required=True)
    render = actions.add_parser("render", help="buat laporan satu revisi terbit (HTML, XLSX dan berkas lainnya)")
    show = actions.add_parser("open", help="cetak jalur index.html laporan yang sudah dibuat")
    audit = actions.add_parser("audit", help="baca kembali semua keluaran satu revisi dan coba hitung balik sel yang ditutup")
    for action in (render, show, audit):
        action.add_argument("--periode", help="periode penetapan, misalnya 2025-S2 (bawaan: yang terakhir terbit)")
        action.add_argument("--revisi", type=int, help="nomor revisi (bawaan: yang terakhir terbit)")
    render.set_defaults(run=_render)
    show.set_defaults(run=_open)
    audit.set_defaults(run=_audit)
    serve = actions.add_parser("serve", help="sajikan semua laporan di mesin ini (PADANAN_LAPORAN_PORT), hanya untuk dibaca")
    serve.add_argument("--with-parent", type=int, metavar="PID", help="berhenti bila proses ini, yang menjalankannya, berhenti")
    serve.set_defaults(run=_serve)


def _chosen(args: argparse.Namespace) -> tuple[Home, Periode, int]:
    from padanan.published.revisions import chosen_revision

    home = Home.from_env()
    return home, *chosen_revision(home, Periode.parse(args.periode) if args.periode else None, args.revisi)


def _render(args: argparse.Namespace) -> int:
    from padanan.run.report import render_report

    home, periode, revisi = _chosen(args)
    print(render_report(home, periode, revisi, say=lambda line: print(line, file=sys.stderr, flush=True)))
    return 0


def _audit(args: argparse.Namespace) -> int:
    from padanan.upkeep.outputs.audit import audit
    from padanan.upkeep.outputs.dashboards import audit_dashboards

    home, periode, revisi = _chosen(args)
    found = audit(home, periode, revisi, say=lambda line: print(line, file=sys.stderr, flush=True))
    print("\n".join(found.lines()))
    shown = audit_dashboards(home)
    print("\n".join(one.line for one in shown))
    if any(one.rebuilt for one in shown):
        raise PadananError(
            "dasbor atau agregat memberi tahu sel yang ditutup",
            file="distribusi/siap",
            cure="jangan edarkan dasbor dan agregat penetapan yang disebut di atas; laporkan kepada pengembang Padanan",
        )
    if not found.passed:
        raise PadananError(
            f"keluaran {periode.label} revisi {revisi} memberi tahu sel yang ditutup, atau berbeda dari modelnya",
            file=home.reports(periode, revisi).relative_to(home.root),
            cure="jangan edarkan; buat ulang dengan 'padanan report render', dan laporkan barisnya bila tetap begitu",
        )
    return 0


def _open(args: argparse.Namespace) -> int:
    home, periode, revisi = _chosen(args)
    page = home.reports(periode, revisi) / "index.html"
    if not page.exists():
        raise PadananError(
            f"laporan {periode.label} revisi {revisi} belum dibuat",
            file=page.relative_to(home.root),
            cure=f"jalankan 'padanan report render --periode {periode.label} --revisi {revisi}'",
        )
    print(page)
    return 0


def _serve(args: argparse.Namespace) -> int:
    from padanan.review.report.server import serve

    serve(Home.from_env().ensure(), parent=args.with_parent)
    return 0
