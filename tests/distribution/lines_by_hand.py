"""Open prelist lines by hand, as feedback hands them over: three hundred people of three kota, by who goes to them."""

from __future__ import annotations

from datetime import date

import duckdb

from padanan.base.home import Home
from padanan.distribution.prelist import Shown, publish_lines

DAY = date(2026, 9, 30)
COUNT = 300
GROUPS = (("DPPAPP", "Dinsos"), ("Dinsos",), ("DPPAPP",))
PLACES = ("31.74.06.1001", "31.74.01.1001", "31.71.01.1001", None)


def line(number: int, *, shift: int = 0) -> dict[str, object]:
    """What a test expects of a line; `shift` makes another day's lines."""
    place, actors = PLACES[number % len(PLACES)], GROUPS[number % len(GROUPS)]
    return {
        "id_garis": f"garis-{number + shift:05}",
        "id_orang": f"orang-{number + shift:05}",
        "kode_alasan": "pengaduan,lampid_pindah",
        "alasan": "Pengaduan warga; Disdukcapil mencatat pindah",
        "prioritas": 1 + number % 5,
        "dibuka": "2026-08-01",
        "tenggat": "2026-09-15" if number % 2 else "2026-10-15",
        "terlambat": bool(number % 2),
        "keadaan": "terbuka",
        "pelaku": actors,
        "nik": f"31740617031{number:05}",
        "no_kk": f"31740617032{number:05}",
        "nama": f"NAMA {number}",
        "tgl_lahir": "1980-01-02",
        "jk": "L",
        "alamat": f"JALAN {number}",
        "rt": "001",
        "rw": "002",
        "kode_kota": place and place[:5],
        "kode_kecamatan": place and place[:8],
        "kode_kelurahan": place,
    }


def in_order(lines: list[dict[str, object]]) -> list[dict[str, object]]:
    """The order in which they are served: who is seen first, then by due day and person."""
    return sorted(lines, key=lambda one: (one["prioritas"], one["tenggat"], one["id_orang"]))


def shown_to(agency: str, codes: list[str], *, shift: int = 0, count: int = COUNT) -> list[dict[str, object]]:
    """The lines of an agency within some places."""
    found = [line(number, shift=shift) for number in range(count)]
    return in_order(
        [
            one
            for one in found
            if agency in one["pelaku"]  # type: ignore[operator]
            and ("31" in codes or any(str(one["kode_kelurahan"]).startswith(code) for code in codes))
        ]
    )


def publish_by_hand(home: Home, *, shift: int = 0, count: int = COUNT, day: date = DAY) -> Shown:
    """Shows them."""
    with duckdb.connect() as con:
        rows = [line(number, shift=shift) for number in range(count)]
        kinds = dict.fromkeys(rows[0], "varchar") | {
            "prioritas": "integer", "dibuka": "date", "tenggat": "date", "terlambat": "boolean", "pelaku": "varchar[]",
            "tgl_lahir": "date",
        }  # fmt: skip
        con.execute(f"create table garis ({', '.join(f'{name} {kind}' for name, kind in kinds.items())})")
        con.executemany(
            f"insert into garis values ({', '.join('?' * len(kinds))})",
            [[list(value) if isinstance(value, tuple) else value for value in one.values()] for one in rows],
        )
        return publish_lines(home, con, "garis", day, len(rows))
