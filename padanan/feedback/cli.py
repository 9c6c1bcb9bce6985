"""`padanan umpan-balik ambil|status`: what came back from the field, taken in and told.

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
