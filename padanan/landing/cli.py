"""The sub-commands `deliver`, `status`, `release` and `carry`: arguments in, tables and receipts out.

What they do stands in `land`, `status` and `ledger`.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from padanan.base.default_period import HELP as PERIODE_HELP
from padanan.base.default_period import chosen_periode
from padanan.base.errors import DeliveryError
from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode
from padanan.base.typed import day_argument

if TYPE_CHECKING:
    from padanan.contracts.contract import Contract
    from padanan.landing.receipt import Receipt

BAD = ("karantina", "ditolak")


def add_parsers(commands: Any) -> None:
    """Adds the four sub-commands to the `padanan` command."""
    take = commands.add_parser(
        "deliver",
        help="terima kiriman produsen",
        description="Menerima satu berkas kiriman, atau dengan --inbox semua yang menunggu di inbox. "
        "Setiap kiriman mendapat tanda terima.",
    )
    take.add_argument(
        "berkas",
        metavar="FILE",
        nargs="?",
        type=Path,
        help="berkas kiriman (CSV, XLSX, Parquet) atau perintah tarik *.tarik.yaml",
    )
    take.add_argument("--inbox", action="store_true", help="proses semua yang menunggu di inbox/<kontrak>/")
    take.add_argument("--producer", metavar="KONTRAK", help="id kontrak; bawaan: dari folder inbox atau nama berkas")
    take.add_argument("--periode-data", metavar="PERIODE", help="periode data, misalnya 2025-10 atau 2025-S2")
    take.add_argument(
        "--diterima",
        metavar="WAKTU",
        help="tetapkan waktu tiba, hanya di data home demo, misalnya 2025-10-10T09:00 (waktu Jakarta); tanda terima menyebutnya "
        "DITETAPKAN. Bawaan: waktu yang dilihat sistem",
    )
    take.add_argument("--part", help="bagian dari kiriman yang dibagi, misalnya kode kota")
    take.add_argument("--rows", type=int, metavar="N", help="jumlah baris menurut produsen (total kendali)")
    take.set_defaults(run=_deliver)

    show = commands.add_parser(
        "status",
        help="lihat apa yang datang, ditahan, dan jatuh tempo",
        description="Menampilkan kiriman satu periode penetapan: yang datang, ditahan, dikarantina, dan yang belum datang.",
    )
    show.add_argument("--periode", help=f"periode penetapan, misalnya 2025-S2; {PERIODE_HELP}")
    show.add_argument("--as-of", type=day_argument, metavar="YYYY-MM-DD", help="anggap hari ini tanggal itu")
    show.add_argument("--json", action="store_true", help="keluarkan JSON")
    show.set_defaults(run=_status)

    free = commands.add_parser(
        "release",
        help="lepas kiriman yang ditahan",
        description="Melepas satu kiriman yang ditahan. Siapa, kapan, dan mengapa dicatat di decisions/ dan tidak dapat diubah.",
    )
    free.add_argument("sidik", metavar="HASH", help="nilai hash kiriman (16 angka pertama) atau awalannya, dari 'padanan status'")
    free.add_argument("--by", required=True, metavar="NAMA", help="nama yang memutuskan")
    free.add_argument("--reason", required=True, metavar="TEKS", help="alasan tertulis")
    free.set_defaults(run=_release)

    old = commands.add_parser(
        "carry",
        help="biarkan satu periode membaca kiriman yang terlalu tua",
        description="Kiriman yang lebih tua dari usia terbesar kontraknya tidak dibaca. Dengan perintah ini seseorang memutuskan "
        "satu periode membacanya juga; produsennya tetap dihitung belum mengirim. Siapa, kapan, dan mengapa dicatat.",
    )
    old.add_argument("sidik", metavar="HASH", help="nilai hash kiriman (16 angka pertama) atau awalannya, dari 'padanan status'")
    old.add_argument("--periode", required=True, help="periode penetapan yang boleh membacanya, misalnya 2026-S2")
    old.add_argument("--by", required=True, metavar="NAMA", help="nama yang memutuskan")
    old.add_argument("--reason", required=True, metavar="TEKS", help="alasan tertulis")
    old.set_defaults(run=_carry)


def _deliver(args: argparse.Namespace) -> int:
    from padanan.contracts.feedback import load_deliverable
    from padanan.landing.inbox import process_inbox
    from padanan.landing.land import deliver

    home = Home.from_env().ensure()
    contracts = load_deliverable()
    if args.diterima is not None and not home.demo_marker.exists():
        raise DeliveryError(
            "waktu tiba hanya dapat ditetapkan di data home demo; di sini yang dipakai waktu yang dilihat sistem",
            place="--diterima",
            cure="hapus --diterima; tanggal menurut produsen ditulis sebagai 'diterima' di surat pengantar",
        )
    if args.inbox:
        chosen = [args.producer] if args.producer else list(contracts)
        if args.producer and args.producer not in contracts:
            raise DeliveryError(f"kontrak '{args.producer}' tidak ada", cure="lihat expectations/contracts/")
        taken = [process_inbox(home, contracts, contract_id) for contract_id in chosen]
        receipts = [receipt for one in taken for receipt in one.receipts]
        faults = [fault for one in taken for fault in one.faults]
        for receipt in receipts:
            _print(receipt)
        for fault in faults:
            print(fault.error, file=sys.stderr)
        if not receipts and not faults:
            print("Tidak ada kiriman yang menunggu di inbox.")
        return 1 if faults or any(receipt.status in BAD for receipt in receipts) else 0
    if args.berkas is None:
        raise DeliveryError("berkas belum disebut", cure="padanan deliver FILE, atau padanan deliver --inbox")
    receipt = deliver(
        home,
        contracts,
        args.producer or guess_producer(args.berkas, home, contracts),
        args.berkas,
        periode_data=args.periode_data,
        diterima=_moment(args.diterima),
        bagian=args.part,
        jumlah_baris=args.rows,
    )
    _print(receipt)
    return 1 if receipt.status in BAD else 0


def guess_producer(path: Path, home: Home, contracts: Mapping[str, Contract]) -> str:
    """The contract of a file: by its inbox folder, else by the one contract whose `pola_nama` fits.

    Raises:
        DeliveryError: none or several fit.
    """
    if path.resolve().parent.parent == (home.root / "inbox").resolve() and path.resolve().parent.name in contracts:
        return path.resolve().parent.name
    fits = [
        contract_id
        for contract_id, contract in contracts.items()
        if contract.form.get("pola_nama") and re.match(str(contract.form["pola_nama"]), path.name, re.IGNORECASE)
    ]
    if len(fits) != 1:
        raise DeliveryError(
            "produsen berkas tidak dikenal" if not fits else f"nama berkas cocok dengan beberapa kontrak: {', '.join(fits)}",
            cure="sebut dengan --producer <id kontrak>",
        )
    return fits[0]


def _moment(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise DeliveryError("--diterima tidak terbaca", cure="tulis seperti 2025-10-10T09:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=JAKARTA)


def _print(receipt: Receipt) -> None:
    print(receipt.line())
    for flag in receipt.flags:
        where = f" [{flag['tempat']}]" if flag["tempat"] else ""
        print(f"  {flag['akibat']} {flag['rule_id']}{where}: {flag['pesan']}. Perbaikan: {flag['perbaikan']}")
        if flag.get("pengelola"):
            print(f"    pengelola: {flag['pengelola']}")
    print(f"  tanda terima: {receipt.paper}")


def _status(args: argparse.Namespace) -> int:
    from padanan.contracts.contract import load_contracts
    from padanan.landing.status import render, status

    day = args.as_of or datetime.now(JAKARTA).date()
    home = Home.from_env().seen()
    chosen = chosen_periode(home, args, args.as_of)
    state = status(home, load_contracts(), chosen.periode, today=day)
    if chosen.note:
        print(chosen.note, file=sys.stderr if args.json else sys.stdout)
    print(json.dumps(state, ensure_ascii=False, indent=1) if args.json else render(state))
    return 0


def _release(args: argparse.Namespace) -> int:
    from padanan.contracts.feedback import load_deliverable
    from padanan.records.ledger import release

    record = release(Home.from_env().ensure(), load_deliverable(), args.sidik, by=args.by, reason=args.reason)
    print(
        f"Dilepas: {record['contract_id']} {record['sha16']} (periode data {record['periode_data']}) "
        f"oleh {record['oleh']} pada {record['waktu']}."
    )
    print("Langkah berikutnya: jalankan ulang periodenya; kiriman ini kini ikut dibaca.")
    return 0


def _carry(args: argparse.Namespace) -> int:
    from padanan.contracts.contract import load_contracts
    from padanan.records.ledger import carry

    periode = Periode.parse(args.periode)
    record = carry(Home.from_env().ensure(), load_contracts(), args.sidik, periode, by=args.by, reason=args.reason)
    print(
        f"Boleh dibaca {periode.label}: {record['contract_id']} {record['sha16']} (periode data {record['periode_data']}), "
        f"diputuskan {record['oleh']} pada {record['waktu']}."
    )
    print(f"Langkah berikutnya: jalankan {periode.label}; kiriman ini dibaca sebagai terbawa dan produsennya tetap ditagih.")
    return 0
