"""`padanan umpan-balik sengketa|usul|putus`: what waits for a person, what one proposes, what another decides.

What a case is belongs to `disputes`, how a decision is kept to `decided`; no name and no number of anybody is printed.
"""

from __future__ import annotations

import argparse
from datetime import datetime
from typing import Any

from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.base.typed import signed_options


def add_actions(actions: Any) -> None:
    """Adds the three to `umpan-balik`."""
    show = actions.add_parser(
        "sengketa",
        help="lihat peristiwa yang menunggu putusan orang",
        description="Orang yang hasil instansinya berbeda dan peristiwa yang bersengketa: pengenal, hari, instansi, dan usul "
        "yang menunggu. Tanpa nama dan tanpa nomor siapa pun.",
    )
    show.set_defaults(run=_show)
    propose = actions.add_parser(
        "usul",
        help="usulkan peristiwa mana yang berlaku",
        description="Mengusulkan putusan atas satu kasus. Setiap peristiwanya disebut sekali; orang lain yang memutuskannya.",
    )
    propose.add_argument("id", metavar="ID", help="pengenal kasus dari 'padanan umpan-balik sengketa'")
    propose.add_argument("--berlaku", nargs="+", default=[], metavar="PERISTIWA", help="peristiwa yang berlaku")
    propose.add_argument("--tidak-berlaku", nargs="+", default=[], metavar="PERISTIWA", help="peristiwa yang tidak berlaku")
    signed_options(propose, "pengusul")
    propose.set_defaults(run=_propose)
    decide = actions.add_parser(
        "putus",
        help="putuskan satu usul",
        description="Menerima usul, atau menolaknya dengan --reject. Pengusul tidak dapat memutuskan usulnya sendiri; usul gugur "
        "bila peristiwa kasusnya berubah.",
    )
    decide.add_argument("nomor", metavar="NOMOR", type=int, help="nomor usul")
    decide.add_argument("--reject", action="store_true", help="tolak usul itu; sengketanya tetap menunggu")
    signed_options(decide, "penyetuju")
    decide.set_defaults(run=_decide)


def _show(_: argparse.Namespace) -> int:
    from padanan.feedback import decided, disputes

    home = Home.from_env().seen()
    with disputes.opened(home) as con:
        found = disputes.cases(con)
    proposals = decided.proposals(decided.log_of(home).read().records)
    print(f"Menunggu putusan: {len(found)} kasus")
    for case in found:
        print(f"\n{case.id}: {'hasil instansi berbeda' if case.differs else 'peristiwa bersengketa'}")
        for one in case.events:
            other = " (orang lain)" if one.person not in ("", case.id) else ""
            why = one.why.replace("_", " ")
            print(f"  {one.id} {one.happened} (tercatat {one.recorded}) {one.contract} {one.agency}: {one.result}; {why}{other}")
        for proposal in proposals:
            if proposal.record["id_orang"] == case.id:
                print(f"  {_told(proposal, decided.evidence(case.named))}")
    return 0


def _told(proposal: Any, proof: str) -> str:
    record, decision = proposal.record, proposal.decision
    after = f", menyusul usul {record['menyusul']} yang ditolak" if "menyusul" in record else ""
    said = f"usul {proposal.number} oleh {record['oleh']['id']}{after}: {record['alasan']}"
    if decision is not None:
        return f"{said} [{'ditolak' if proposal.rejected else 'diterima'} {decision['oleh']['id']}: {decision['alasan']}]"
    return f"{said} [{'menunggu putusan' if record['bukti'] == proof else 'gugur: peristiwanya berubah'}]"


def _propose(args: argparse.Namespace) -> int:
    from padanan.feedback import decided, disputes

    home = Home.from_env().ensure()
    record = disputes.propose(
        home, args.id, args.berlaku, args.tidak_berlaku, by=args.by, reason=args.reason, now=datetime.now(JAKARTA)
    )
    written = decided.proposals(decided.log_of(home).read().records)[-1]
    print(f"Usul {written.number} tercatat, menunggu putusan orang lain: padanan umpan-balik putus {written.number}")
    if "menyusul" in record:
        before = next(
            one for one in decided.proposals(decided.log_of(home).read().records) if one.number == int(record["menyusul"])
        )
        same = all(before.record[name] == record[name] for name in (decided.HOLDS, decided.HOLDS_NOT))
        reason = before.decision["alasan"] if before.decision else ""
        print(f"Usul {before.number} atas peristiwa yang sama pernah ditolak: {reason}{'. Isinya sama persis.' if same else ''}")
    return 0


def _decide(args: argparse.Namespace) -> int:
    from padanan.feedback import disputes

    home = Home.from_env().ensure()
    record = disputes.decide(home, args.nomor, by=args.by, reason=args.reason, now=datetime.now(JAKARTA), accept=not args.reject)
    if args.reject:
        print(f"Usul {args.nomor} ditolak; sengketanya tetap menunggu.")
        return 0
    with disputes.opened(home) as con:
        left = sum(one.id == record["id_orang"] for one in disputes.cases(con))
    print(f"Usul {args.nomor} diterima; {'sengketanya selesai' if not left else 'MASIH ADA yang menunggu dari kasus ini'}.")
    return 1 if left else 0
