"""What a published and frozen revision holds, as lines for a terminal: rows and gaps per producer, statuses, the draft.

Figures come from the published tables and the seal; where to look and what to do next is the caller's to say.
"""

from __future__ import annotations

import json

from padanan.base.format import number
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.records.seals import SEAL

_PRODUCERS = """
    select r.producer, count(*) as baris, coalesce(any_value(g.gaps), 0) as gap, coalesce(any_value(g.records), 0) as bergap
    from rekaman r
    left join (
        select producer, count(*) as gaps, count(distinct record_key) as records from gap group by producer
    ) g using (producer)
    group by r.producer order by r.producer
"""
_STATUSES = "select status, count(*) as baris from padanan_record group by status order by count(*) desc, status"


def found(home: Home, periode: Periode, revisi: int) -> list[str]:
    """Two tables with an empty line before and after: producer, rows, gaps, rows with a gap; status of the padanan, rows.

    Producers of supporting data stand among the first; only who was matched has a status of the padanan.
    """
    from padanan.published.opened import open_published

    source = open_published(home, periode, revisi)
    try:
        producers = [tuple(row.values()) for row in source.rows(_PRODUCERS)]
        statuses = [tuple(row.values()) for row in source.rows(_STATUSES)]
    finally:
        source.con.close()
    return [
        "",
        f"{'produsen':<24}{'baris':>12}{'gap':>12}{'baris bergap':>15}",
        *(f"{name:<24}{number(rows):>12}{number(gaps):>12}{number(own):>15}" for name, rows, gaps, own in producers),
        "",
        f"{'status padanan':<36}{'baris':>12}",
        *(f"{status:<36}{number(count):>12}" for status, count in statuses),
        "",
    ]


def queued(home: Home, periode: Periode, revisi: int) -> list[str]:
    """How many records wait for a person, and how one is decided."""
    from padanan.published.opened import open_published

    source = open_published(home, periode, revisi)
    try:
        waiting = int(source.value("select count(*) from padanan_record where status = 'mungkin_padan'"))
    finally:
        source.con.close()
    if not waiting:
        return ["Antrean petugas: tidak ada catatan yang menunggu keputusan"]
    return [
        f"Antrean petugas: {number(waiting)} catatan menunggu keputusan; yang jawabannya menyelesaikan paling banyak di atas:",
        f"  padanan clerical export antrean.xlsx --periode {periode.label}",
        "  isi kolom keputusan (padan, bukan, ragu) dan alasan, lalu padanan clerical import antrean.xlsx --by NAMA",
        f"  keputusan berlaku pada putaran berikutnya: .venv/bin/python -m orchestration.run --periode {periode.label}",
    ]


def drafted(home: Home, periode: Periode, revisi: int) -> str:
    """How many people the frozen draft holds, and the beginning of its hash."""
    from padanan.decree.freeze import draft_folder

    seal = json.loads((draft_folder(home, periode, revisi) / SEAL).read_text(encoding="utf-8"))
    return f"Rancangan {periode.label} revisi {revisi}: {number(seal['jumlah_orang'])} orang, hash {seal['sha256'][:16]}…"
