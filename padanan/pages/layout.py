"""The frame of every page: the templates' environment with Indonesian filters, the style and what the head and foot say.

What a page shows is the business of its maker.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from padanan.base import format as id_format
from padanan.contracts.rules import DIMENSIONS
from padanan.pages import words
from padanan.pages.page import Page
from padanan.pages.table import Table
from padanan.published.report import Report

# The report's five main pages by file, in the order of the bar that stands on every page; any other page is reached from the
# last of them.
MAIN_PAGES = {
    "index.html": "Keputusan",
    "mutu.html": "Mutu",
    "pemadanan.html": "Pemadanan",
    "wilayah.html": "Wilayah",
    "lampiran.html": "Lampiran",
}


@lru_cache(maxsize=1)
def bare_environment() -> Environment:
    """The templates with filters and style, for a page that belongs to no revision."""

    def finalize(value: Any) -> Any:
        return words.without_long_runs(value) if isinstance(value, str) and not isinstance(value, Markup) else value

    loader = PackageLoader("padanan.pages", "templates")
    found = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, finalize=finalize
    )
    filters: dict[str, Callable[..., Any]] = {
        "angka": id_format.number,
        "persen": id_format.percent,
        "ambang": id_format.threshold,
        "tanggal": id_format.day,
        "bulan": id_format.month,
        "sidik": id_format.fingerprint,
        "kode": lambda text: Markup("_<wbr>").join(str(text).split("_")),
    }
    found.filters.update(filters)
    found.globals.update(gaya=Markup(style().strip()), dimensi=DIMENSIONS, bagian_laporan=MAIN_PAGES)  # nosec B704  # parts are numbers, constants and escaped texts
    return found


def style() -> str:
    """The style of every page, as it is written."""
    return (Path(__file__).with_name("templates") / "gaya.css").read_text(encoding="utf-8")


def frame(report: Report) -> dict[str, Any]:
    """What the head and foot of every page say: period, revision, cut-off and fingerprint; `r` in the templates."""
    source = report.source
    return {
        "label": source.periode.label,
        "semester": source.periode.title,
        "mulai": source.periode.start,
        "akhir": source.periode.end,
        "revisi": source.revisi,
        "cutoff": str(source.manifest["cutoff"]),
        "sidik_jari": id_format.fingerprint(source.manifest_sha256),
        "kriteria": str(source.manifest.get("kriteria_versi", "–")),
    }


def page(report: Report, template: str, tables: Mapping[str, Table], **context: Any) -> Page:
    """Renders one page; the template finds its tables in `t`, shows them by `m.tabel`, and gives its title by `judul()`.

    A template named after one of `MAIN_PAGES` is marked in the bar as the current one.
    """
    found = bare_environment().get_template(template)
    facts = {"t": tables, "r": frame(report), "halaman": template.removesuffix(".j2"), **context}
    html = found.render(facts)

    def block(name: str) -> str:
        return "".join(found.blocks[name](found.new_context(facts))).strip() if name in found.blocks else ""

    return Page(html, block("judul"), block("tentang"), tuple(tables.values()))
