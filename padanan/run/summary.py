"""What a published and frozen revision holds, as lines for a terminal: rows and gaps per producer, statuses, the draft.

Figures come from the published tables and the seal; where to look and what to do next is the caller's to say.
"""

from __future__ import annotations

import json

from padanan.base.format import number
from padanan.base.home import Home
from padanan.base.period import Periode

_PRODUCERS = """
    select r.producer, count(*), coalesce(any_value(g.gaps), 0), coalesce(any_value(g.records), 0)
    from read_parquet($records) r
    left join (
        select producer, count(*) as gaps, count(distinct record_key) as records
        from read_parquet($gap) group by producer
    ) g using (producer)
    group by r.producer order by r.producer
"""
_STATUSES = "select status, count(*) from read_parquet($records) group by status order by count(*) desc, status"


def found(home: Home, periode: Periode, revisi: int) -> list[str]:
    """Two tables with an empty line before and after: producer, rows, gaps, rows with a gap; status of the padanan, rows."""
    import duckdb

    folder = home.published(periode, revisi)
    records, gap = str(folder / "padanan_record.parquet"), str(folder / "gap.parquet")
    with duckdb.connect() as con:
        producers = con.execute(_PRODUCERS, {"records": records, "gap": gap}).fetchall()
        statuses = con.execute(_STATUSES, {"records": records}).fetchall()
    return [
        "",
        f"{'produsen':<24}{'baris':>12}{'gap':>12}{'baris bergap':>15}",
        *(f"{name:<24}{number(rows):>12}{number(gaps):>12}{number(own):>15}" for name, rows, gaps, own in producers),
        "",
        f"{'status padanan':<36}{'baris':>12}",
        *(f"{status:<36}{number(count):>12}" for status, count in statuses),
        "",
    ]


def drafted(home: Home, periode: Periode, revisi: int) -> str:
    """How many people the frozen draft holds, and the beginning of its hash."""
    from padanan.decree.freeze import draft_folder

    seal = json.loads((draft_folder(home, periode, revisi) / "segel.json").read_text(encoding="utf-8"))
    return f"Rancangan {periode.label} revisi {revisi}: {number(seal['jumlah_orang'])} orang, hash {seal['sha256'][:16]}…"
