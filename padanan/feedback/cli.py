"""`padanan umpan-balik ambil|status|kenali|calon|tautkan`: what came back from the field, taken in and told.

What a delivery is belongs to landing; how a row is judged to `judge`, what waits for a person to `disputes_cli`, how a person's
state is asked to `person_cli`.
"""

from __future__ import annotations

import argparse
import sys
from typing import Any

from padanan.base.home import Home


def add_parsers(commands: Any) -> Any:
    """Adds `umpan-balik`; its actions are returned, for what may know other stages too (`padanan/run`)."""
    from padanan.feedback.disputes_cli import add_actions

    parser = commands.add_parser(
        "umpan-balik",
        help="ambil hasil lapangan yang sudah mendarat, dan lihat keadaannya",
        description="Berkas umpan balik (lampid, verivali, muskel, realisasi, pengaduan, …) diterima seperti kiriman lain dengan "
        "'padanan deliver'. Perintah ini menjadikannya peristiwa dan menulis tanda terima isinya.",
    )
    actions = parser.add_subparsers(dest="tindakan", metavar="TINDAKAN", required=True)
    take = actions.add_parser("ambil", help="ambil semua yang menunggu")
    take.add_argument("--producer", metavar="ID", help="hanya satu jenis, misalnya verivali")
    take.set_defaults(run=_take)
    show = actions.add_parser("status", help="lihat apa yang sudah diambil dan apa yang menunggu")
    show.set_defaults(run=_status)
    compare = actions.add_parser(
        "kenali",
        help="bandingkan warga baru dengan semua orang pada terbitan terbaru",
        description="Yang pasti orang yang sudah ada ditautkan; yang mungkin masuk antrean ('calon') dan diputuskan dua orang; "
        "selebihnya tetap warga baru. Keadaan menurut hari-hari sebelumnya tidak berubah.",
    )
    compare.set_defaults(run=_compare)
    queue = actions.add_parser("calon", help="lihat pasangan warga baru yang menunggu keputusan")
    queue.set_defaults(run=_queue)
    decide = actions.add_parser("tautkan", help="putuskan satu pasangan warga baru: orang yang sama atau bukan")
    decide.add_argument("sementara", metavar="SEMENTARA", help="pengenal sementara warga baru, dari 'calon'")
    decide.add_argument("id", metavar="ID", help="pengenal orang pada terbitan, dari 'calon'")
    decide.add_argument("--result", required=True, metavar="HASIL", help="padan atau bukan")
    decide.add_argument("--pengusul", required=True, metavar="ID", help="petugas yang mengusulkan")
    decide.add_argument("--penyetuju", required=True, metavar="ID", help="petugas lain yang menyetujui")
    decide.add_argument("--reason", required=True, metavar="TEKS", help="mengapa")
    decide.set_defaults(run=_decide)
    add_actions(actions)
    return actions


def _take(args: argparse.Namespace) -> int:
    from padanan.base.format import number
    from padanan.feedback.intake import take_all

    home = Home.from_env().ensure()
    found = take_all(home, only=args.producer, progress=lambda line: print(line, file=sys.stderr, flush=True))
    if not found:
        print("Tidak ada umpan balik yang menunggu. Berkas baru diterima dengan 'padanan deliver FILE'.")
    for one in found:
        print(
            f"{one.contract_id} {one.sha16}: {number(one.rows)} baris = {number(one.events)} peristiwa + {number(one.refused)} "
            f"dikembalikan; {number(one.disputed)} bersengketa, {number(one.looked_at)} diperiksa"
        )
        print(f"  tanda terima: {one.page}")
    return 0


def _status(_: argparse.Namespace) -> int:
    from padanan.base.format import number
    from padanan.contracts.feedback import load_feedback
    from padanan.feedback.intake import waiting
    from padanan.records.returned import taken

    home, contracts = Home.from_env().seen(), load_feedback()
    queue = waiting(home, contracts)
    print(f"{'jenis':12} {'kiriman':>8} {'peristiwa':>10} {'dikembalikan':>13} {'menunggu':>9}")
    for contract in contracts.values():
        done = taken(home, contract.id)
        counted = [sum(int(record[name]) for record in done) for name in ("peristiwa", "ditolak")]
        left = sum(one.id == contract.id for one, _ in queue)
        print(f"{contract.id:12} {len(done):>8} {number(counted[0]):>10} {number(counted[1]):>13} {left:>9}")
    return 0


def _compare(_: argparse.Namespace) -> int:
    from datetime import datetime

    from padanan.base.format import number
    from padanan.base.period import JAKARTA
    from padanan.feedback.newcomers import compare, told

    found = compare(
        Home.from_env().ensure(), now=datetime.now(JAKARTA), progress=lambda line: print(line, file=sys.stderr, flush=True)
    )
    print(", ".join(f"{name.replace('_', ' ')} {number(count)}" for name, count in told(found).items()))
    if found.queued:
        print("Antrean dilihat dengan 'padanan umpan-balik calon'.")
    return 0


def _queue(_: argparse.Namespace) -> int:
    from padanan.base.format import percent
    from padanan.feedback.links import standing

    queue = standing(Home.from_env().seen()).queue
    if not queue:
        print("Tidak ada pasangan yang menunggu keputusan.")
    for one in queue:
        print(f"{one.sementara} {one.id_orang} peluang {percent(one.peluang, 1)}, {one.bobot:.1f} bit")
    return 0


def _decide(args: argparse.Namespace) -> int:
    from datetime import datetime

    from padanan.base.period import JAKARTA
    from padanan.feedback.links import decide
    from padanan.records.refusal import fields_as_options

    with fields_as_options():
        decide(
            Home.from_env().ensure(), args.sementara, args.id, args.result, pengusul=args.pengusul, penyetuju=args.penyetuju,
            reason=args.reason, now=datetime.now(JAKARTA),
        )  # fmt: skip
    print(f"Dicatat: {args.result}.")
    return 0
