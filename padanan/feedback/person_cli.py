"""`padanan person ID --as-of HARI --known-at HARI`: what holds of one person on a day, as it was known on a day.

How it is computed is `state`'s and `lines`'; no name and no number of anybody is printed.
"""

from __future__ import annotations

import argparse
import json
from datetime import datetime
from typing import Any

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.base.typed import day_argument

LABELS = {
    "meninggal_tercatat": "tercatat meninggal (lampid)",
    "meninggal_terverifikasi": "meninggal menurut verivali",
    "verivali_hasil": "hasil verivali yang disepakati",
    "verivali_pada": "hari hasil verivali itu",
    "konflik": "instansi berbeda hasil",
    "muskel_usulan": "usulan muskel",
    "muskel_hasil": "hasil muskel",
    "boleh_masuk": "boleh masuk data sasaran sebagai warga baru",
    "kode_kelurahan": "kelurahan menurut umpan balik",
    "pindah_keluar": "pindah ke luar DKI",
    "desil": "desil balikan",
    "program": "program yang tersalur",
    "rupiah": "rupiah tersalur",
    "siap": "program yang siap bayar",
    "di_panti": "tinggal di panti",
    "pengaduan": "pengaduan",
}


def add_parsers(commands: Any) -> None:
    """Adds `person`."""
    parser = commands.add_parser(
        "person",
        help="lihat keadaan satu orang pada suatu hari, sebagaimana diketahui pada suatu hari",
        description="Keadaan seseorang dari peristiwa yang kembali dari lapangan: apa yang terjadi sampai --as-of, dari yang "
        "tercatat sampai --known-at. Jawaban untuk hari yang sudah lewat tidak berubah oleh peristiwa yang tercatat kemudian.",
    )
    parser.add_argument("id", metavar="ID", help="pengenal orang pada daftar tugas (bukan NIK)")
    parser.add_argument("--as-of", type=day_argument, metavar="YYYY-MM-DD", help="terjadi sampai hari itu; bawaan: semua")
    parser.add_argument("--known-at", type=day_argument, metavar="YYYY-MM-DD", help="tercatat sampai hari itu; bawaan: semua")
    parser.add_argument("--json", action="store_true", help="keluarkan JSON")
    parser.set_defaults(run=_show)


def _show(args: argparse.Namespace) -> int:
    from padanan.base.tabular import scratch
    from padanan.contracts.feedback import load_catalogue, load_feedback
    from padanan.feedback.lines import REASONS, open_lines
    from padanan.feedback.state import DISPUTES, HOLDING, STATE, Moment, open_state
    from padanan.feedback.urgent import addenda_of

    if args.id.isdigit():
        raise PadananError("pengenal orang bukan NIK", place="ID", cure="pakai ID ORANG dari daftar tugas")
    home = Home.from_env().seen()
    con = scratch(home)
    try:
        open_state(con, home, load_feedback(), Moment(args.as_of, args.known_at))
        today = args.as_of or args.known_at or datetime.now(JAKARTA).date()
        open_lines(con, home, load_catalogue(), today=today, known_at=args.known_at)
        state = _rows(con, f"select * from {STATE} where id_orang = ?", args.id)
        events = _rows(
            con,
            "select terjadi, dicatat, kontrak, hasil, instansi, program, masa, nilai, "
            f"id_peristiwa in (select id_peristiwa from {HOLDING}) as berlaku, id_peristiwa "
            "from satu where id_orang = ? and (?::date is null or terjadi <= ?) order by terjadi, id_peristiwa",
            args.id,
            args.as_of,
            args.as_of,
        )
        reasons = _rows(
            con, f"select kode, dibuka, status, sebab, tenggat from {REASONS} where id_orang = ? order by kode", args.id
        )
        on = [
            {"adendum": one.name, "mulai": one.begins, "sampai": one.ends, "rujukan": one.told, "dibatalkan": off,
             "berlaku": one.begins <= today <= one.ends and (off is None or today < off)}
            for one, off in addenda_of(home, args.id, args.known_at)
        ]  # fmt: skip
        disputes = _rows(con, f"select id_peristiwa, sebab from {DISPUTES} where id_orang = ? order by 1", args.id)
    finally:
        con.close()
    if not (state or events or reasons or on):
        raise PadananError(
            "orang itu tidak punya peristiwa atau baris prelist pada hari itu", place="ID", cure="periksa ID dan kedua harinya"
        )
    if args.json:
        told = {
            "keadaan": state[0] if state else None,
            "peristiwa": events,
            "prelist": reasons,
            "sengketa": disputes,
            "adendum": on,
        }
        print(json.dumps(told, ensure_ascii=False, indent=1, default=str))
        return 0
    print(f"Orang {args.id}")
    for name, label in LABELS.items():
        value = state[0][name] if state else None
        if value not in (None, False, 0):
            print(f"  {label}: {'ya' if value is True else value}")
    print(f"Peristiwa: {len(events)}")
    for one in events:
        more = " ".join(str(one[name]) for name in ("program", "masa", "nilai") if one[name] is not None)
        mark = "" if one["berlaku"] else " [tidak berlaku]"
        print(f"  {one['terjadi']} (tercatat {one['dicatat']}) {one['kontrak']}: {one['hasil']} {more}".rstrip() + mark)
    for one in reasons:
        why = f" ({one['sebab']})" if one["sebab"] else ""
        print(f"  prelist {one['kode']}: {one['status']}{why}, dibuka {one['dibuka']}")
    for one in on:
        ended = f"dibatalkan {one['dibatalkan']}" if one["dibatalkan"] else f"{one['mulai']} sampai {one['sampai']}"
        mark = "" if one["berlaku"] else " [tidak berlaku]"
        print(f"  adendum {one['adendum']}: {ended}, rujukan {one['rujukan']}{mark}")
    for one in disputes:
        print(f"  sengketa {one['id_peristiwa']}: {one['sebab'].replace('_', ' ')}")
    return 0


def _rows(con: Any, query: str, *parameters: Any) -> list[dict[str, Any]]:
    cursor = con.execute(query, list(parameters))
    names = [column[0] for column in cursor.description]
    return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
