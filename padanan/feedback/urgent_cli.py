"""`padanan mendesak daftar|usulkan|tetapkan|batalkan|berkas|salurkan`: the urgent list and the addenda made of it.

What the commands do stands in `urgent`, `urgent_steps` and `addendum_names`; no name and no number of anybody is printed.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import Any

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.base.typed import day_argument, signed_options
from padanan.records.refusal import Refusal, fields_as_options


def add_parsers(commands: Any) -> None:
    """Adds `mendesak`."""
    parser = commands.add_parser(
        "mendesak",
        help="daftar mendesak: orang yang perlu dibantu tahun ini juga, dan adendum penetapan yang memuatnya",
        description="Orang yang menurut kunjungan perlu diintervensi program dengan cepat (Kepsekda 75/2023 §3.1.3.4.i) masuk "
        "adendum penetapan yang berlaku untuk tahun anggaran berjalan: satu petugas mengusulkan, petugas lain menetapkan "
        "dengan surat rujukan. Isi penetapannya tidak berubah.",
    )
    actions = parser.add_subparsers(dest="tindakan", metavar="TINDAKAN", required=True)
    show = actions.add_parser(
        "daftar",
        help="lihat siapa yang dapat diusulkan, sebab yang lain tidak, usul yang menunggu, dan adendum yang ada",
        description="Pengenal, tanpa nama dan tanpa nomor siapa pun.",
    )
    show.add_argument("--as-of", type=day_argument, metavar="YYYY-MM-DD", help="keadaan pada hari itu; bawaan: hari ini")
    show.set_defaults(run=_show)
    propose = actions.add_parser(
        "usulkan",
        help="usulkan orang dari daftar mendesak masuk adendum",
        description="Semua yang disebut harus dapat diusulkan; bila tidak, tidak ada yang tercatat.",
    )
    propose.add_argument("id", nargs="*", metavar="ID", help="pengenal orang dari 'padanan mendesak daftar'")
    propose.add_argument("--all", action="store_true", help="semua yang dapat diusulkan")
    signed_options(propose, "pengusul")
    propose.set_defaults(run=_propose)
    decide = actions.add_parser(
        "tetapkan",
        help="tetapkan atau tolak satu usul",
        description="Menetapkan usul dengan surat rujukan, atau menolaknya dengan --reject. Yang buktinya berubah sesudah "
        "diusulkan tidak ikut masuk. Pengusul tidak dapat menetapkan usulnya sendiri.",
    )
    decide.add_argument("nomor", metavar="NOMOR", type=int, help="nomor usul")
    decide.add_argument("--number", metavar="NOMOR", help="nomor surat atau keputusan yang mendasari adendum")
    decide.add_argument("--date", type=day_argument, metavar="YYYY-MM-DD", help="tanggal surat itu, pada tahun anggaran berjalan")
    decide.add_argument("--scan", type=Path, metavar="FILE", help="pindaian surat itu")
    decide.add_argument("--until", type=day_argument, metavar="YYYY-MM-DD", help="hari terakhir adendum; bawaan: 31 Desember")
    decide.add_argument("--reject", action="store_true", help="tolak usul itu")
    signed_options(decide, "penetap")
    decide.set_defaults(run=_decide)
    undo = actions.add_parser(
        "batalkan",
        help="usulkan orang keluar dari adendum; petugas lain menetapkannya dengan 'tetapkan'",
        description="Sampai ditetapkan petugas lain, orangnya tetap pada adendum.",
    )
    undo.add_argument("adendum", metavar="ADENDUM", help="adendumnya, misalnya 2025-S2/1/adendum-1")
    undo.add_argument("id", nargs="*", metavar="ID", help="pengenal orang pada adendum itu")
    undo.add_argument("--all", action="store_true", help="semua orang pada adendum itu")
    signed_options(undo, "pengusul")
    undo.set_defaults(run=_undo)
    names = actions.add_parser(
        "berkas",
        help="tulis berkas nama orang pada adendum; memuat data pribadi, punya masa berlaku",
        description="Berkas dicatat pada register penyerahan; siapa menerimanya dicatat dengan 'padanan worklist hand-over'.",
    )
    names.add_argument("adendum", metavar="ADENDUM", help="adendumnya, misalnya 2025-S2/1/adendum-1")
    names.add_argument(
        "--expires", type=day_argument, metavar="YYYY-MM-DD", help="hari terakhir berkas; bawaan: menurut lapangan.yaml"
    )
    names.add_argument("--again", action="store_true", help="buat lagi, juga bila pernah dibuat atau sudah kedaluwarsa")
    names.set_defaults(run=_names)
    door = actions.add_parser(
        "salurkan",
        help="sajikan orang pada adendum lewat API sampai adendumnya berakhir",
        description="Dibaca instansi yang hibahnya memuat layanan adendum, terpisah dari data sasaran penetapan. Yang dibatalkan "
        "tidak disajikan lagi sejak saat itu.",
    )
    door.add_argument("adendum", metavar="ADENDUM", help="adendumnya, misalnya 2025-S2/1/adendum-1")
    door.add_argument("--again", action="store_true", help="buat lagi berkasnya, misalnya sesudah pemulihan")
    door.set_defaults(run=_at_door)


@contextmanager
def _placed() -> Iterator[None]:
    """A refusal names the option or the argument that its field came from."""
    with fields_as_options():
        try:
            yield
        except Refusal as refusal:
            place = {"adendum": "ADENDUM", "id": "ID", "usul": "NOMOR"}.get(refusal.field)
            raise refusal.at(refusal.file, place) if place else refusal from None


def _show(args: argparse.Namespace) -> int:
    from padanan.base.format import day, number
    from padanan.feedback.urgent import BARRED, doubted, flagged, require_decree
    from padanan.records import addenda

    home, today = Home.from_env().seen(), args.as_of or datetime.now(JAKARTA).date()
    decree, found = require_decree(home, today), flagged(home, today)
    ready = [one for one in found if one.barred is None]
    print(
        f"Daftar mendesak per {day(today)}, penetapan yang berlaku {decree.periode.label} ke-{decree.ke}: "
        f"{number(len(ready))} orang dapat diusulkan dari {number(len(found))} yang ditandai kunjungan"
    )
    for one in ready:
        notes = [
            f"kunjungan {one.visited}",
            "warga baru" if one.newcomer else "",
            f"perlu {', '.join(one.programs)}" if one.programs else "",
            "TERCATAT MENINGGAL oleh Disdukcapil" if one.recorded_dead else "",
            "musyawarah menyatakan TIDAK LAYAK" if one.refused_by_meeting else "",
        ]
        print(f"  {one.id} {'; '.join(note for note in notes if note)}")
    for why, count in sorted(
        Counter(one.barred for one in found if one.barred).items(), key=lambda item: list(BARRED).index(item[0])
    ):
        print(f"Tidak dapat diusulkan, {BARRED[why]}: {number(count)} orang")
        print("\n".join(f"  {one.id}" for one in found if one.barred == why))
    for proposal in addenda.proposals(home, today):
        print(_told(home, proposal, proposal.lapsed(decree, today)))
    doubt = doubted(home, today)
    for addendum in addenda.addenda(home, today):
        print(_addendum(addendum, today))
        for who in sorted(addendum.on(today)):
            print(f"  {who}{f' KINI {doubt[who]}' if who in doubt else ''}")
    if doubt:
        print(
            f"{number(len(doubt))} orang pada adendum yang berlaku bertanda KINI: tetap pada adendumnya "
            "sampai dikeluarkan dua petugas: padanan mendesak batalkan"
        )
    return 0


def _told(home: Home, proposal: Any, lapsed: str | None) -> str:
    record, decision = proposal.record, proposal.decision
    what = f"membatalkan adendum-{record['adendum']}" if proposal.kind == "tarik" else "masuk adendum"
    by = f"{record['oleh']['id']}{_after(record)}"
    said = f"Usul {proposal.number} {what}, {len(record['orang'])} orang, oleh {by}: {record['alasan']}"
    if decision is not None:
        state = "ditolak" if proposal.rejected else "ditetapkan"
        return f"{said} [{state} {decision['oleh']['id']}: {decision['alasan']}]"
    return f"{said} [{f'gugur: {lapsed}' if lapsed else 'menunggu putusan'}]"


def _after(record: Any) -> str:
    numbers = ", ".join(map(str, record.get("menyusul", ())))
    return f", menyusul usul {numbers} yang ditolak" if numbers else ""


def _addendum(one: Any, today: date) -> str:
    there = len(one.on(today))
    if today > one.ends:
        state = f"berakhir {one.ends}"
    elif there:
        state = f"berlaku sampai {one.ends}, {there} orang"
    else:
        state = "dibatalkan"
    gone = f", {len(one.off)} orang dibatalkan" if one.off and there else ""
    return f"{one.name}: {state}{gone}; rujukan {one.told}"


def _chosen(args: argparse.Namespace) -> list[str] | None:
    if bool(args.id) == args.all:
        raise PadananError("siapa yang dimaksud tidak jelas", place="ID", cure="sebut pengenal orangnya, atau --all saja")
    return None if args.all else args.id


def _propose(args: argparse.Namespace) -> int:
    from padanan.feedback.urgent_steps import propose

    with _placed():
        record = propose(Home.from_env().ensure(), _chosen(args), by=args.by, reason=args.reason, now=datetime.now(JAKARTA))
    print(f"Usul {record['no']} tercatat, {len(record['orang'])} orang, menunggu: padanan mendesak tetapkan {record['no']}")
    if _after(record):
        print(f"Orang dan bukti yang sama pernah ditolak{_after(record)}.")
    return 0


def _decide(args: argparse.Namespace) -> int:
    from padanan.feedback.urgent_steps import LEFT_OUT, Authority, decide

    paper = (args.number, args.date, args.scan)
    if any(paper) and not all(paper):
        raise PadananError("surat rujukan tidak lengkap", place="--number, --date, --scan", cure="isi ketiganya")
    if args.reject and any((*paper, args.until)):
        raise PadananError(
            "penolakan tidak punya surat rujukan", place="--reject", cure="hapus --number, --date, --scan dan --until"
        )
    authority = Authority(args.number.strip(), args.date, args.scan) if all(paper) else None
    home = Home.from_env().ensure()
    with _placed():
        found = decide(
            home, args.nomor, by=args.by, reason=args.reason, now=datetime.now(JAKARTA), accept=not args.reject,
            authority=authority, until=args.until,
        )  # fmt: skip
    record = found.record
    if args.reject:
        print(f"Usul {args.nomor} ditolak.")
    elif found.folder is None:
        print(f"{len(record['orang'])} orang keluar dari adendum-{record['adendum']} mulai {record['mulai']}.")
        print("Berkas nama yang sudah dibuat masih memuatnya: buat lagi dengan --again, dan minta yang lama kembali.")
    else:
        print(f"Adendum-{record['adendum']} ditetapkan: {len(record['orang'])} orang, sampai {record['sampai']}.")
        for who, why in sorted(found.left_out.items()):
            print(f"  tidak ikut: {who} {LEFT_OUT[why]}")
        print(f"  folder {found.folder.relative_to(home.root)}")
    return 0


def _undo(args: argparse.Namespace) -> int:
    from padanan.feedback.urgent_steps import propose_withdrawal

    chosen = _chosen(args)
    with _placed():
        record = propose_withdrawal(
            Home.from_env().ensure(), args.adendum, chosen, by=args.by, reason=args.reason, now=datetime.now(JAKARTA)
        )
    print(f"Usul {record['no']} tercatat, {len(record['orang'])} orang, menunggu: padanan mendesak tetapkan {record['no']}")
    return 0


def _names(args: argparse.Namespace) -> int:
    from padanan.base.format import number
    from padanan.feedback.addendum_names import write

    home = Home.from_env().ensure()
    with _placed():
        folder, facts = write(home, args.adendum, now=datetime.now(JAKARTA), expires=args.expires, again=args.again)
    print(f"{number(facts['jumlah']['orang'])} orang, berlaku sampai {facts['kedaluwarsa']}: {folder.relative_to(home.root)}")
    if missing := int(facts["jumlah"]["tanpa_nama"]):
        print(f"  {number(missing)} orang tanpa nama: kiriman yang menyebutnya sudah dimusnahkan; cari lewat ID ORANG-nya")
    _tell_doubted(facts)
    print("Catat penerimanya dengan 'padanan worklist hand-over'.")
    return 0


def _at_door(args: argparse.Namespace) -> int:
    from padanan.base.format import number
    from padanan.feedback.addendum_names import show_at_door

    home = Home.from_env().ensure()
    with _placed():
        folder, facts = show_at_door(home, args.adendum, now=datetime.now(JAKARTA), again=args.again)
    print(f"{number(facts['jumlah']['orang'])} orang disajikan sampai {facts['kedaluwarsa']}: {folder.relative_to(home.root)}")
    _tell_doubted(facts)
    return 0


def _tell_doubted(facts: Any) -> None:
    # Files of before have no such count.
    if count := int(facts["jumlah"].get("berketerangan", 0)):
        print(
            f"  {count} orang di antaranya kini meninggal, pindah, berkonflik atau bersengketa menurut kunjungan: lihat 'padanan "
            "mendesak daftar', lalu usulkan keluar dengan 'padanan mendesak batalkan'"
        )
