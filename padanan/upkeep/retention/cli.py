"""The sub-commands `retention` and `register`: arguments in, tables and papers out.

What is due is in `things`, destroying in `destroy`, the papers in `paper`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.base.typed import day_argument, year_argument

if TYPE_CHECKING:
    from padanan.upkeep.retention.things import Thing


def add_parsers(commands: Any) -> None:
    """Adds `retention` and `register`."""
    parser = commands.add_parser(
        "retention",
        help="masa simpan: lihat apa yang habis masanya, musnahkan, cetak berita acaranya",
        description="Masa simpan kiriman mentah ada di kontraknya, yang lain di expectations/retensi.yaml. Yang masih dibutuhkan "
        "periode yang belum ditetapkan tidak pernah dimusnahkan. Dari yang dimusnahkan tersisa nisan: sidik dan jumlahnya.",
    )
    parser.add_argument(
        "--dry-run", action="store_true", help="hanya tampilkan apa yang akan dimusnahkan; tidak ada yang berubah"
    )
    parser.add_argument("--as-of", type=day_argument, metavar="YYYY-MM-DD", help="anggap hari ini tanggal itu (hanya melihat)")
    parser.set_defaults(run=_dry)
    actions = parser.add_subparsers(dest="aksi", metavar="TINDAKAN", help="tanpa TINDAKAN: sama dengan --dry-run")
    state = actions.add_parser("status", help="masa simpan per kumpulan data, dan revisi yang tidak dapat diputar ulang")
    state.set_defaults(run=_status)
    go = actions.add_parser("run", help="musnahkan yang habis masa simpannya")
    go.add_argument("--by", metavar="NAMA", help="yang memusnahkan")
    go.add_argument("--witness", metavar="NAMA", help="yang menyaksikan, orang lain")
    go.add_argument("--dry-run", action="store_true", default=argparse.SUPPRESS, help="hanya tampilkan")
    go.set_defaults(run=_run)
    paper = actions.add_parser("berita-acara", help="cetak berita acara pemusnahan (Markdown) dari registernya")
    paper.add_argument("--year", type=year_argument, help="bawaan: tahun ini")
    paper.add_argument("--out", type=Path, metavar="FILE", help="tulis ke berkas (bawaan: layar)")
    paper.set_defaults(run=_paper)

    register = commands.add_parser(
        "register",
        help="register kegiatan pemrosesan data pribadi (UU 27/2022 pasal 31)",
        description="Menulis setiap kumpulan data (tujuan, dasar hukum, klasifikasi, masa simpan, tempat) dan setiap penerima.",
    )
    register.add_argument("--out", type=Path, metavar="FILE", help="tulis ke berkas (bawaan: layar)")
    register.add_argument("--json", action="store_true", help="keluarkan JSON")
    register.set_defaults(run=_register)


def _found(day: date) -> tuple[Home, list[Thing]]:
    from padanan.contracts.feedback import load_deliverable
    from padanan.contracts.retention import load_rules
    from padanan.upkeep.retention.things import things, unruled

    home, contracts = Home.from_env().seen(), load_deliverable()
    for name in unruled(home, contracts):
        print(f"PERHATIAN landing/{name}: tidak punya kontrak, jadi tidak punya masa simpan; tidak pernah dimusnahkan.")
    return home, things(home, contracts, load_rules(contracts), day)


def _day(args: argparse.Namespace) -> date:
    return args.as_of or datetime.now(JAKARTA).date()


def _dry(args: argparse.Namespace) -> int:
    day = _day(args)
    home, found = _found(day)
    _print_due(home, found, day)
    print("Tidak ada yang diubah. Musnahkan dengan 'padanan retention run --by NAMA --witness NAMA'.")
    return 0


def _print_due(home: Home, found: Sequence[Thing], day: date) -> None:
    from padanan.base.format import day as tanggal
    from padanan.base.format import number

    due = [thing for thing in found if thing.due(day)]
    kept = [thing for thing in found if thing.over(day) and thing.held and not thing.destroyed]
    print(f"Masa simpan per {tanggal(day)}: {number(len(due))} habis masanya, {number(len(kept))} ditahan.")
    for thing in due:
        print(f"  {thing.place(home)}: {thing.rule.words}, sampai {tanggal(thing.expires)}")
    for thing in kept:
        print(f"  DITAHAN {thing.place(home)}: {thing.held}")


def _status(args: argparse.Namespace) -> int:
    from padanan.base.format import number
    from padanan.contracts.feedback import load_deliverable
    from padanan.contracts.retention import load_rules
    from padanan.published.revisions import periods, published_revisions
    from padanan.records.seals import closed
    from padanan.upkeep.retention.things import replayable

    day = _day(args)
    home, found = _found(day)
    contracts = load_deliverable()
    head = ("kumpulan data", "masa simpan", "ada", "habis", "ditahan", "nisan")
    rows = []
    for rule in load_rules(contracts).values():
        own = [thing for thing in found if thing.rule.dataset == rule.dataset]
        rows.append(
            (
                rule.dataset,
                rule.words,
                number(sum(not thing.destroyed for thing in own)),
                number(sum(thing.due(day) for thing in own)),
                number(sum(thing.over(day) and thing.held is not None and not thing.destroyed for thing in own)),
                number(sum(thing.destroyed for thing in own)),
            )
        )
    width = [max(len(row[index]) for row in (head, *rows)) for index in range(len(head))]
    for row in (head, tuple("-" * one for one in width), *rows):
        print("  ".join(c.rjust(width[i]) if i > 1 else c.ljust(width[i]) for i, c in enumerate(row)).rstrip())
    print()
    for periode in periods(home):
        for revisi, _ in published_revisions(home, periode):
            lost = replayable(home, periode, revisi)
            seal = closed(home, periode)
            state = "ditetapkan" if seal else "belum ditetapkan"
            if lost:
                shown = ", ".join(lost[:5]) + (f" dan {len(lost) - 5} lain" if len(lost) > 5 else "")
                print(f"{periode} rev-{revisi} ({state}): TIDAK dapat diputar ulang, sudah dimusnahkan menurut retensi: {shown}")
            else:
                print(f"{periode} rev-{revisi} ({state}): dapat diputar ulang")
    return 0


def _run(args: argparse.Namespace) -> int:
    from padanan.base.format import number
    from padanan.contracts.feedback import load_deliverable
    from padanan.contracts.retention import load_rules
    from padanan.upkeep.retention.destroy import run

    day = _day(args)
    if args.dry_run:
        return _dry(args)
    if args.as_of is not None:
        raise PadananError("pemusnahan hanya menurut hari ini", cure="hapus --as-of, atau pakai --dry-run")
    if not args.by or not args.witness:
        raise PadananError("pemusnahan butuh dua orang yang berbeda", cure="isi --by dan --witness dengan dua nama")
    home, found = _found(day)
    _print_due(home, found, day)
    contracts = load_deliverable()
    outcome = run(
        home, contracts, load_rules(contracts), by=args.by, witness=args.witness, tell=lambda line: print(f"  {line} …")
    )
    for fault in outcome.faults:
        print(fault, file=sys.stderr)
    size = sum(int(record.get("ukuran") or 0) for record in outcome.records)
    print(
        f"Dimusnahkan: {number(len(outcome.records))} hal, {number(size)} bita"
        + (f", dan {number(outcome.expired)} folder daftar kerja atau paket yang kedaluwarsa" if outcome.expired else "")
        + (f"; {number(outcome.completed)} di antaranya menyelesaikan putaran yang terputus" if outcome.completed else "")
        + "."
    )
    if outcome.records:
        print("Langkah berikutnya: 'padanan retention berita-acara'; musnahkan juga cadangan yang lebih tua dari masa simpan.")
    return 1 if outcome.faults else 0


def _paper(args: argparse.Namespace) -> int:
    from padanan.upkeep.retention.paper import destruction_paper

    home = Home.from_env().seen()
    _out(destruction_paper(home, args.year or datetime.now(JAKARTA).year), args.out)
    return 0


def _register(args: argparse.Namespace) -> int:
    from padanan.contracts.feedback import load_deliverable
    from padanan.contracts.retention import load_rules
    from padanan.upkeep.retention.paper import processing_register, register_text

    contracts = load_deliverable()
    data = processing_register(Home.from_env().seen(), contracts, load_rules(contracts))
    if args.json:
        import json

        _out(json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n", args.out)
    else:
        _out(register_text(data), args.out)
    return 0


def _out(text: str, path: Path | None) -> None:
    from padanan.upkeep.calendar.show import write_text

    if path is None:
        print(text)
        return
    write_text(path, text)
    print(f"Ditulis: {path}")
