"""`padanan lp3ke make|accept|status|calendar|done` and `padanan lp2kd make`: arguments in, files and lines out.

What the commands do stands in `make`, `accept`, `status`, `duties` and `lp2kd`.
"""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path
from typing import Any

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode, Quarter
from padanan.base.typed import day_argument, year_argument


def quarter_argument(text: str) -> Quarter:
    """`2025-TW4` of the command line, as argparse's `type`."""
    try:
        return Quarter.parse(text)
    except PadananError as error:
        raise argparse.ArgumentTypeError(f"{error.cause}; {error.cure}") from None


def add_parsers(commands: Any) -> None:
    """Adds `lp3ke` and `lp2kd`."""
    parser = commands.add_parser("lp3ke", help="laporan triwulan LP3KE: buat Matriks 1-4, terima kembali, kalender, penerima")
    actions = parser.add_subparsers(dest="tindakan", metavar="TINDAKAN", required=True)
    make = actions.add_parser("make", help="tulis Matriks 1-4 satu triwulan sebagai XLSX dan DOCX, dengan surat pengantarnya")
    _quarter(make)
    make.add_argument("--periode", help="data sasaran periode ini (bawaan: periode akhir triwulan, lalu yang sebelumnya)")
    make.add_argument("--accepted", action="store_true", help="pakai revisi yang diterima walau sudah ada penetapan")
    make.add_argument("--isian", type=Path, metavar="FILE.yaml", help="jawaban Matriks 1, 2 dan 4 yang sudah ditulis")
    make.add_argument("--verification", type=Path, metavar="FILE.parquet", help="hasil verifikasi: id_orang, hasil, tanggal")
    make.add_argument("--expires", type=day_argument, help="hari terakhir berkas boleh ada, YYYY-MM-DD (bawaan: lp3ke.yaml)")
    make.set_defaults(run=_make)
    take = actions.add_parser("accept", help="terima matriks yang sudah diisi; semua kesalahannya disebut sekaligus")
    take.add_argument("berkas", nargs="+", type=Path, metavar="FILE.xlsx", help="buku kerja yang sudah diisi")
    _quarter(take)
    take.add_argument("--by", required=True, metavar="PETUGAS", help="petugas yang menerima")
    take.set_defaults(run=_accept)
    state = actions.add_parser("status", help="buku kerja yang belum kembali, penerima, dan siapa yang terlambat")
    _quarter(state)
    state.add_argument("--as-of", type=day_argument, metavar="YYYY-MM-DD", help="keadaan pada tanggal itu (bawaan: hari ini)")
    state.set_defaults(run=_status)
    year = actions.add_parser("calendar", help="kewajiban pelaporan satu tahun: LP3KE, LP2KD, laporan program, evaluasi")
    year.add_argument("--year", type=year_argument, metavar="TAHUN", help="bawaan: tahun ini")
    year.add_argument("--as-of", type=day_argument, metavar="YYYY-MM-DD", help="keadaan pada tanggal itu (bawaan: hari ini)")
    year.add_argument("--open", action="store_true", help="hanya yang belum selesai")
    year.set_defaults(run=_calendar)
    done = actions.add_parser("done", help="catat kewajiban yang sudah disampaikan atau dilaksanakan")
    done.add_argument("kewajiban", help="menurut 'padanan lp3ke calendar', misalnya '2025-TW4 mendagri'")
    done.add_argument("--date", required=True, type=day_argument, metavar="YYYY-MM-DD", help="hari penyampaian")
    done.add_argument("--by", required=True, metavar="PETUGAS", help="petugas yang mencatat")
    done.add_argument("--note", default="", help="catatan, misalnya nomor surat")
    done.add_argument("--file", type=Path, metavar="FILE", help="laporan atau tanda terimanya; yang dicatat hash-nya")
    done.set_defaults(run=_done)
    yearly = commands.add_parser("lp2kd", help="kerangka Laporan Pelaksanaan Penanggulangan Kemiskinan Daerah")
    steps = yearly.add_subparsers(dest="tindakan", metavar="TINDAKAN", required=True)
    skeleton = steps.add_parser("make", help="tulis kerangka LP2KD satu tahun dengan angka penetapannya")
    skeleton.add_argument("--year", type=year_argument, required=True, metavar="TAHUN", help="tahun pelaksanaan, misalnya 2025")
    skeleton.add_argument("--out", type=Path, metavar="FILE.docx", help="bawaan: lp2kd-TAHUN.docx di folder ini")
    skeleton.set_defaults(run=_lp2kd)


def _quarter(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--quarter", required=True, type=quarter_argument, metavar="TRIWULAN", help="misalnya 2025-TW4")


def _now() -> datetime:
    return datetime.now(JAKARTA)


def _make(args: argparse.Namespace) -> int:
    from padanan.base.format import number
    from padanan.feedback.lp3ke.isian import read_isian
    from padanan.feedback.lp3ke.make import make
    from padanan.feedback.lp3ke.verification import FileFacts

    home = Home.from_env().seen()
    folder, facts = make(
        home,
        args.quarter,
        Periode.parse(args.periode) if args.periode else None,
        now=_now(),
        accepted=args.accepted,
        isian=read_isian(args.isian) if args.isian else None,
        facts=[FileFacts(args.verification)] if args.verification else [],
        expires=args.expires,
        progress=lambda text: print(text, file=sys.stderr),
    )
    counts = facts["jumlah"]
    print(
        f"{number(len(facts['berkas']))} berkas di {folder.relative_to(home.root)} dari {facts['sumber']}: Matriks 3 memuat "
        f"{number(counts['orang'])} orang ({number(counts['tanpa_id'])} tanpa ID P3KE, {number(counts['tanpa_nik'])} tanpa NIK), "
        f"{number(counts['di_luar_pilihan'])} hasil di luar pilihan; berlaku sampai {facts['kedaluwarsa']}"
    )
    for note in facts["catatan"]:
        print(f"PERHATIAN: {note}")
    return 0


def _accept(args: argparse.Namespace) -> int:
    from padanan.base.shown import safe_name
    from padanan.feedback.lp3ke.accept import accept

    home, wrong = Home.from_env(), 0
    for path in args.berkas:
        name = safe_name(path.name)
        try:
            taken = accept(home, path, args.quarter, by=args.by, now=_now())
        except PadananError as error:
            print(error, file=sys.stderr)
            wrong += 1
            continue
        for fault in taken.faults:
            print(fault.error(name), file=sys.stderr)
        if taken.faults:
            wrong += 1
            print(f"{name}: {len(taken.faults)} kesalahan, belum diterima")
        elif taken.again:
            print(f"{name}: sudah diterima sebelumnya, tidak dicatat lagi")
        else:
            print(f"{name}: diterima, {taken.answered} baris terisi")
    return 1 if wrong else 0


def _status(args: argparse.Namespace) -> int:
    from padanan.contracts.agencies import load_agencies
    from padanan.contracts.contract import expectations_dir, load_contracts
    from padanan.contracts.lp3ke import load_reporting
    from padanan.feedback.lp3ke.status import lines

    day = args.as_of or _now().date()
    agencies = load_agencies(expectations_dir())
    for line in lines(Home.from_env().seen(), args.quarter, load_contracts(), agencies, load_reporting(), day):
        print(line)
    return 0


def _calendar(args: argparse.Namespace) -> int:
    from padanan.base.format import day as tanggal
    from padanan.base.format import listed
    from padanan.contracts.agencies import load_agencies
    from padanan.contracts.contract import expectations_dir, load_contracts
    from padanan.contracts.due import OVERDUE, days_late, state_of
    from padanan.contracts.lp3ke import load_reporting
    from padanan.feedback.lp3ke.duties import LP3KE, duties
    from padanan.records.reports import done_on

    day = args.as_of or _now().date()
    year = args.year or day.year
    done = {key: on for key, on in done_on(Home.from_env().seen()).items() if on <= day}
    found = duties(year, load_contracts(), load_agencies(expectations_dir()), load_reporting())
    print(f"Kewajiban pelaporan {year}, keadaan {tanggal(day)}")
    overdue = 0
    for duty in found:
        on = done.get(duty.key)
        state = state_of(on, None, False, duty.due, day)
        overdue += state == OVERDUE
        if args.open and on is not None:
            continue
        late = days_late(on, duty.due, day)
        to = f"; kepada {listed(duty.to)}" if duty.to and duty.kind != LP3KE else ""
        to += f"; tembusan {listed(duty.copies)}" if duty.copies else ""
        print(
            f"  {duty.due.isoformat()}  {duty.key:<24} {state}{f' {late} hari' if late else ''}: {duty.subject} "
            f"({duty.owner}; {duty.basis}){to}"
        )
    print(f"Jumlah: {len(found)} kewajiban, {overdue} lewat tenggat")
    return 0


def _done(args: argparse.Namespace) -> int:
    from padanan.contracts.agencies import load_agencies
    from padanan.contracts.contract import expectations_dir, load_contracts
    from padanan.contracts.lp3ke import load_reporting
    from padanan.feedback.lp3ke.duties import record_done

    record = record_done(
        Home.from_env(), args.kewajiban, args.date, load_contracts(), load_agencies(expectations_dir()), load_reporting(),
        by=args.by, note=args.note, file=args.file, now=_now(),
    )  # fmt: skip
    late = " (terlambat)" if record["tanggal"] > record["tenggat"] else ""
    print(f"{record['kewajiban']}: dicatat selesai {record['tanggal']}, tenggat {record['tenggat']}{late}")
    return 0


def _lp2kd(args: argparse.Namespace) -> int:
    from padanan.base.format import day as tanggal
    from padanan.contracts.contract import load_contracts
    from padanan.contracts.lp3ke import load_reporting
    from padanan.feedback.lp3ke.lp2kd import make

    path = args.out or Path(f"lp2kd-{args.year}.docx")
    facts = make(Home.from_env().seen(), args.year, load_contracts(), load_reporting(), path)
    against = f", dibandingkan dengan {facts['sebelum']}" if facts["sebelum"] else ", belum ada pembandingnya"
    print(f"Ditulis: {path} ({len(facts['penetapan'])} penetapan pada {args.year}{against}; tenggat {tanggal(facts['tenggat'])})")
    return 0
