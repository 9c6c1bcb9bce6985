"""The page Wilayah: the maps of what the decree asks for, and the kota, whose pages lead to their kecamatan and kelurahan.

Which cells are covered is decided in `wilayah`, `gap_places` and `suppress`.
"""

from __future__ import annotations

from padanan.pages.layout import page
from padanan.pages.page import Page
from padanan.published.report import Report
from padanan.review.report.map_pages import main_maps
from padanan.review.report.place_pages import kota_table


def region_page(report: Report) -> dict[str, Page]:
    """`wilayah.html`."""
    return {"wilayah.html": page(report, "wilayah.html.j2", {"wilayah": kota_table(report)}, **main_maps(report))}
