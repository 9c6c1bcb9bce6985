"""The PDF's first two pages, for the chair: what to decide and why, whom it touches, the largest gaps, the figures, one map.

It says what the first page and a map's page say; how it is laid out is in `laporan.typ`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from padanan.pages.page import Page
from padanan.published.report import Report
from padanan.review.report.index_page import opening
from padanan.review.report.map_pages import KINDS
from padanan.review.report.page_blocks import Block, blocks, picture

TITLE = "Ringkasan untuk Ketua TKPK"
# The map that it shows: the first of them that the report has.
MAPS = ("sasaran", "penghalang")


def brief(report: Report, pages: Mapping[str, Page]) -> dict[str, Any]:
    """What `laporan.typ` sets on them; `pages` are the finished pages by file name."""
    found = opening(report)
    card, criteria = found["k"], found["kriteria"]
    warnings = [] if criteria["disepakati"] else [("■", f"{criteria['kalimat']} {criteria['belum']}")]
    warnings += [("▲", criteria["besar"])] if criteria["besar"] else []
    return {
        "judul": TITLE,
        **{key: card[key] for key in ("kepala", "kalimat", "css", "keadaan", "tanggal", "berikut", "alasan", "orang")},
        "sejauh_ini": card["sejauh_ini"],
        "tersentuh": card["tersentuh"],
        "terbesar": card["terbesar"],
        "peringatan": warnings,
        "celah": [{"judul": one["judul"], "kata": one["kata"], "gambar": picture(str(one["gambar"]))} for one in card["celah"]],
        "pokok": found["pokok"],
        "peta": _map(pages),
    }


def _map(pages: Mapping[str, Page]) -> Block | None:
    """The first map of a kind's own page with its legend and source, under what it shows."""
    for kind in (KINDS[name] for name in MAPS):
        found = blocks(pages[kind.file]) if kind.file in pages else []
        at = next((place for place, block in enumerate(found) if block["jenis"] == "gambar"), None)
        if at is not None:
            source = next(block["teks"] for block in found[at:] if block["jenis"] == "teks")
            return {**found[at]["isi"][0], "judul": f"{kind.told} menurut kelurahan", "sumber": source}
    return None
