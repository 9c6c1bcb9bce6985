"""`padanan permohonan …`: the requests of non-government bodies, step by step.

What a step needs is `flow`'s; here arguments go in and lines come out.
"""

from __future__ import annotations

import argparse
import sys
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.base.typed import day_argument


def add_parsers(commands: Any) -> None:
    """Adds `permohonan`."""
    parser = commands.add_parser(
        "permohonan",
        help="permohonan data dari lembaga bukan pemerintah: surat, forum, keputusan TKPK, penunjukan, hibah",
        description="Kepsekda 75/2023 §3.1.3.3.e-g. Tanpa setiap langkah, masing-masing oleh orang lain, tidak ada hibah.",
    )
    actions = parser.add_subparsers(dest="tindakan", metavar="TINDAKAN", required=True)
    blank = actions.add_parser("formulir", help="tulis formulir kosong (.xlsx atau .yaml)")
    blank.add_argument("berkas", metavar="FILE", type=Path, help="berkas yang ditulis")
    blank.set_defaults(run=_form)
    new = actions.add_parser("ajukan", help="catat permohonan dari formulir dan pindaian suratnya")
    new.add_argument("berkas", metavar="FILE", type=Path, help="formulir yang sudah diisi")
    new.set_defaults(run=_submit, nomor=None)
    change = actions.add_parser(
        "ubah", help="ganti isi permohonan", description="Persetujuan atas isi yang lama gugur: forum dan keputusan diulang."
    )
    change.add_argument("nomor", metavar="NOMOR", help="misalnya p-2026-0001")
    change.add_argument("berkas", metavar="FILE", type=Path, help="formulir yang sudah diisi")
    change.set_defaults(run=_submit)
    for one in (new, change):
        one.add_argument("--scan", required=True, type=Path, metavar="FILE", help="pindaian surat (PDF atau gambar)")
        one.add_argument("--by", required=True, metavar="ID", help="petugas berperan pengusul yang menerima suratnya")
    _add_steps(actions)
    give = actions.add_parser("hibah", help="catat hibah dari permohonan yang lengkap langkahnya")
    give.add_argument("nomor", metavar="NOMOR", help="misalnya p-2026-0001")
    give.add_argument("--grant", required=True, metavar="HIBAH", help="id hibah yang dibuat")
    give.add_argument("--client", required=True, metavar="KLIEN", help="klien lembaga itu pada perangkat daerah yang ditunjuk")
    give.add_argument("--basis", required=True, metavar="TEKS", help="dasar hukum")
    give.add_argument("--pengusul", required=True, metavar="ID", help="petugas yang mengusulkan")
    give.add_argument("--penyetuju", required=True, metavar="ID", help="petugas lain yang menyetujui")
    give.add_argument("--reason", required=True, metavar="TEKS", help="mengapa")
    give.set_defaults(run=_grant)
    listed = actions.add_parser("daftar", help="permohonan yang ada, keadaan dan tenggat langkah berikutnya")
    listed.add_argument("--late", action="store_true", help="hanya yang langkahnya terlambat")
    listed.set_defaults(run=_list)
    told = actions.add_parser("riwayat", help="isi, sidik, kaitan dan setiap langkah satu permohonan")
    told.add_argument("nomor", metavar="NOMOR", help="misalnya p-2026-0001")
    told.set_defaults(run=_history)


def _add_steps(actions: Any) -> None:
    forum = actions.add_parser("forum", help="catat hasil forum pembahasan bersama perangkat daerah")
    forum.add_argument("--present", required=True, action="append", metavar="ID", help="instansi yang hadir; boleh berulang")
    decide = actions.add_parser("putuskan", help="catat keputusan TKPK")
    decide.add_argument(
        "--knowing", action="append", default=[], metavar="NOMOR", help="permohonan ditolak yang terkait; boleh berulang"
    )
    forum.add_argument("--result", required=True, metavar="HASIL", help="layak atau tidak_layak")
    decide.add_argument("--result", required=True, metavar="HASIL", help="setuju atau tolak")
    for one in (forum, decide):
        one.add_argument("--number", required=True, metavar="NOMOR", help="nomor berita acara atau keputusan")
        one.add_argument("--date", required=True, type=day_argument, metavar="YYYY-MM-DD", help="tanggal dokumennya")
    name = actions.add_parser("tunjuk", help="catat perangkat daerah yang ditunjuk")
    name.add_argument("--agency", required=True, metavar="INSTANSI", help="id instansi yang hadir pada forum")
    for one in (forum, decide, name):
        one.add_argument("--fingerprint", required=True, metavar="SIDIK", help="sidik isi yang dibaca, dari 'riwayat'")
    back = actions.add_parser("tarik", help="catat bahwa lembaga menarik permohonannya")
    for one in (forum, decide, name, back):
        one.add_argument("nomor", metavar="PERMOHONAN", help="misalnya p-2026-0001")
        one.add_argument("--by", required=True, metavar="ID", help="petugas yang mengambil langkah ini")
        one.add_argument("--reason", required=True, metavar="TEKS", help="mengapa")
        one.set_defaults(run=_step)


def _form(args: argparse.Namespace) -> int:
    from padanan.distribution.catalogue import load_catalogue
    from padanan.distribution.requests.form import write_form

    write_form(args.berkas, load_catalogue())
    print(f"Formulir ditulis ke {args.berkas}; sesudah diisi: padanan permohonan ajukan FILE --scan SURAT --by ID")
    return 0


def _submit(args: argparse.Namespace) -> int:
    from padanan.distribution.catalogue import load_catalogue
    from padanan.distribution.requests.flow import submit
    from padanan.distribution.requests.form import read_form
    from padanan.records.refusal import fields_as_options

    home, catalogue, now = Home.from_env().ensure(), load_catalogue(), datetime.now(JAKARTA)
    asked, faults = read_form(args.berkas, catalogue, now.date())
    for fault in faults:
        print(fault.error(args.berkas.name), file=sys.stderr)
    if asked is None:
        return 1
    with fields_as_options():
        one = submit(home, asked, args.scan, catalogue, now=now, by=args.by, number=args.nomor)
    print(f"Permohonan {one.number} dicatat.")
    return _told(home, one.number)


def _step(args: argparse.Namespace) -> int:
    from padanan.distribution.catalogue import load_catalogue
    from padanan.distribution.requests.flow import Step, take
    from padanan.distribution.terms import Paper
    from padanan.records.refusal import fields_as_options

    said = vars(args)
    step = Step(
        paper=Paper(nomor=args.number, tanggal=args.date) if said.get("number") else None,
        result=said.get("result"),
        present=tuple(said.get("present") or ()),
        agency=said.get("agency"),
        knowing=tuple(said.get("knowing") or ()),
        seen=said.get("fingerprint") or "",
    )
    home = Home.from_env().ensure()
    with fields_as_options():
        one = take(
            home, args.nomor, args.tindakan, step, load_catalogue(), by=args.by, reason=args.reason, now=datetime.now(JAKARTA)
        )
    return _told(home, one.number, steps=False)


def _grant(args: argparse.Namespace) -> int:
    from padanan.distribution.catalogue import load_catalogue
    from padanan.distribution.clients import find_client
    from padanan.distribution.grants import give
    from padanan.distribution.requests.flow import terms_of
    from padanan.distribution.state.store import open_store
    from padanan.records.refusal import Refusal, fields_as_options

    home = Home.from_env().ensure()
    terms = terms_of(home, args.nomor, grant=args.grant, client=args.client, basis=args.basis)
    with closing(open_store(home)) as store:
        client = find_client(store, args.client)
    if client is None or client.revoked is not None or (client.agency, client.body) != (terms["instansi"], terms["lembaga"]):
        raise Refusal(
            "klien itu tidak ada, dicabut, atau bukan milik lembaga itu pada perangkat daerah yang ditunjuk",
            field="klien",
            cure=f"buat dengan 'padanan klien add ID --agency {terms['instansi']} --lembaga NAMA', nama tepat seperti permohonan",
        )
    with fields_as_options():
        made = give(
            home,
            terms,
            load_catalogue(),
            proposer=args.pengusul,
            approver=args.penyetuju,
            reason=args.reason,
            now=datetime.now(JAKARTA),
        )
    print(
        f"Hibah {made.terms.hibah} versi {made.version} dicatat dari permohonan {args.nomor}, berlaku sampai {made.terms.sampai}."
    )
    return 0


def _list(args: argparse.Namespace) -> int:
    from padanan.distribution.catalogue import load_catalogue
    from padanan.distribution.requests.register import late, read_requests
    from padanan.distribution.requests.show import line, waiting

    home, clocks, day = Home.from_env().seen(), load_catalogue().permohonan, datetime.now(JAKARTA).date()
    every = read_requests(home)
    behind = late(every, clocks, day)
    if args.late:
        for item in behind:
            whose = f"{item.request.number}, {item.request.asked.lembaga}"
            print(f"{whose}: {item.step} terlambat {item.days} hari, tenggat {item.due}")
        print(f"{len(behind)} langkah terlambat.")
        return 0
    for one in every.values():
        print(line(one, clocks, day))
        for text in waiting(every, one, clocks, day):
            print(f"  {text}")
    print(f"{len(every)} permohonan, {len(behind)} langkah terlambat.")
    return 0


def _history(args: argparse.Namespace) -> int:
    return _told(Home.from_env().seen(), args.nomor)


def _told(home: Home, number: str, *, steps: bool = True) -> int:
    from padanan.distribution.catalogue import load_catalogue
    from padanan.distribution.requests.register import read_requests
    from padanan.distribution.requests.show import history, line, waiting
    from padanan.records.refusal import Refusal

    every, clocks, day = read_requests(home), load_catalogue().permohonan, datetime.now(JAKARTA).date()
    one = every.get(number)
    if one is None:
        raise Refusal("permohonan ini tidak ada", field="permohonan", cure="lihat 'padanan permohonan daftar'")
    for text in (line(one, clocks, day), *waiting(every, one, clocks, day), *(history(one) if steps else ())):
        print(text)
    return 0
