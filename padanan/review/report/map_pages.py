"""The maps of the kelurahan, one page a kind, with the tables that say the same; and what the page Wilayah shows of them.

Counts and covers come from `published.gap_places`, the drawing from `pages.map_svg`.
"""

from __future__ import annotations

from dataclasses import dataclass

from padanan.base.suppress import ALL
from padanan.pages.layout import page
from padanan.pages.map_shapes import Shapes, shapes
from padanan.pages.map_svg import COVERED, EMPTY, Map, Shown, choropleth, definitions
from padanan.pages.page import Page
from padanan.pages.table import Table, count, heads, row, share, table, text
from padanan.published.cells.places import rule_key
from padanan.published.gap_places import NO_ADDRESS, NO_NIK, Layer
from padanan.published.report import Report, kota_page, producer_page
from padanan.published.wilayah import KELURAHAN_DEPTH, ROOT, UNKNOWN, Path
from padanan.review.report.place_pages import figure_cells, village_anchor
from padanan.review.report.producer_pages import kota_cells, kota_columns

# Maps of single producers: the largest lists, and only where enough kelurahan are open to tell something.
MOST_PRODUCERS, LEAST_OPEN = 4, 60
HIGHEST = 10


@dataclass(frozen=True)
class Kind:
    """One kind of map: its page, its title, what is counted of what, and the rule it is of (none: another count)."""

    file: str
    title: str
    part: str
    whole: str
    told: str
    rule: str = ""


KINDS = {
    "nik": Kind("peta-nik-kosong.html", "NIK kosong", "Catatan tanpa NIK", "Catatan",
                "Bagian catatan semua produsen yang NIK-nya kosong", NO_NIK),
    "alamat": Kind("peta-alamat-tidak-lengkap.html", "Alamat tidak lengkap", "Catatan tanpa alamat lengkap", "Catatan",
                   "Bagian catatan semua produsen yang alamatnya tidak lengkap", NO_ADDRESS),
    "penghalang": Kind("peta-penghalang.html", "Penghalang", "Catatan pada penghalang", "Catatan",
                       "Bagian catatan yang gagal pada sedikitnya satu penghalang kotanya"),
    "sasaran": Kind("peta-sasaran.html", "Bagian sasaran", "Orang masuk data sasaran", "Orang",
                    "Bagian orang yang masuk data sasaran"),
    "belum": Kind("peta-belum-terlayani.html", "Belum terlayani", "Orang belum terlayani", "Orang dalam data sasaran",
                  "Bagian orang dalam data sasaran yang belum menerima program apa pun"),
}  # fmt: skip


def layer_of(report: Report, kind: str) -> Layer | None:
    """What a kind of map shows; None where the publication does not tell."""
    places = report.places
    rule = KINDS[kind].rule
    if rule:
        return places.rules.get((ALL, rule))
    return {"penghalang": places.blocked, "sasaran": places.selected, "belum": places.unserved}[kind]


def map_pages(report: Report) -> dict[str, Page]:
    """A page a kind that the publication tells of."""
    found = _shapes(report)
    return {kind.file: _page(report, found, name) for name, kind in KINDS.items() if layer_of(report, name) is not None}


def main_maps(report: Report) -> dict[str, object]:
    """What the page Wilayah shows: the two maps of what the decree asks for, and the way to all."""
    found = _shapes(report)
    shown = [name for name, kind in KINDS.items() if kind.rule and layer_of(report, name) is not None]
    return {
        "pola": definitions(found),
        "peta": [_figure(report, found, name) for name in shown],
        "semua": [kind for name, kind in KINDS.items() if layer_of(report, name) is not None],
        "sumber": found.source,
    }


def _villages(report: Report) -> dict[str, Path]:
    return {path[-1]: path for path in report.places.places if len(path) == KELURAHAN_DEPTH and path[-1] != UNKNOWN}


def _shapes(report: Report) -> Shapes:
    return shapes(_villages(report))


def _shown(report: Report, layer: Layer) -> dict[str, Shown]:
    found = {}
    for code, path in _villages(report).items():
        figure = layer.at(path)
        covered = figure.mark is not None or figure.whole_mark is not None
        why = COVERED if covered else EMPTY if figure.share is None else ""
        link = f"{kota_page(path[1])}#{village_anchor(code)}"
        found[code] = Shown(report.places.places[path], link, figure.share, why)
    return found


def _map(report: Report, found: Shapes, layer: Layer, name: str, title: str, *, linked: bool = True) -> Map:
    return choropleth(found, _shown(report, layer), name, title, report.facts.kota_names, linked=linked)


def _figure(report: Report, found: Shapes, name: str) -> dict[str, object]:
    kind, layer = KINDS[name], layer_of(report, name)
    assert layer is not None
    return {"jenis": kind, "peta": _map(report, found, layer, f"peta-{name}", f"{kind.told} menurut kelurahan")}


def _page(report: Report, found: Shapes, name: str) -> Page:
    kind, layer = KINDS[name], layer_of(report, name)
    assert layer is not None
    tables = {"kota": _by_kota(report, kind, layer), "tertinggi": _highest(report, kind, layer)}
    each: list[dict[str, object]] = []
    if kind.rule:
        tables["produsen"] = _by_producer(report, kind)
        each = _each(report, found, kind)
    return page(
        report,
        "peta.html.j2",
        tables,
        jenis=kind,
        pola=definitions(found),
        utama=_figure(report, found, name),
        masing=each,
        sumber=found.source,
    )


def _each(report: Report, found: Shapes, kind: Kind) -> list[dict[str, object]]:
    """The maps of single producers, most records first."""
    made: list[dict[str, object]] = []
    for producer in sorted(report.facts.rows, key=lambda name: (-report.facts.rows[name], name)):
        layer = report.places.rules.get((producer, kind.rule))
        if layer is None or len(made) == MOST_PRODUCERS:
            continue
        shares = [layer.at(path).share for path in _villages(report).values()]
        if layer.parts[ROOT] and sum(one is not None for one in shares) >= LEAST_OPEN:
            name = report.contracts[producer].name
            title = f"{kind.title} pada {name} menurut kelurahan"
            drawn = _map(report, found, layer, f"peta-{len(made)}", title, linked=False)
            made.append({"nama": name, "berkas": producer_page(producer), "peta": drawn})
    return made


def _by_kota(report: Report, kind: Kind, layer: Layer) -> Table:
    rows = []
    for path in [path for path in report.places.places if len(path) == 2]:
        link = kota_page(path[1]) if path[1] != UNKNOWN else ""
        rows.append(row(text(report.places.places[path], link=link), *figure_cells(layer, path, whole=True), wilayah=path[1]))
    foot = [row(text("Jumlah"), *figure_cells(layer, ROOT, whole=True), wilayah="semua")]
    return table(
        "tabel-kota", f"{kind.title} menurut kota", heads("Kota", f"{kind.part}#", f"{kind.whole}#", "Bagian#"), rows, foot=foot
    )


def _highest(report: Report, kind: Kind, layer: Layer) -> Table:
    places = report.places.places
    open_ = [(path, layer.at(path).share) for path in _villages(report).values()]
    order = sorted(((path, found) for path, found in open_ if found), key=lambda item: (-item[1], item[0]))[:HIGHEST]
    rows = [
        row(
            text(places[path], link=f"{kota_page(path[1])}#{village_anchor(path[-1])}"),
            text(places[path[:2]]),
            text(places[path[:3]]),
            *figure_cells(layer, path, whole=True),
            wilayah=path[-1],
        )
        for path, _ in order
    ]
    columns = heads("Kelurahan", "Kota", "Kecamatan", f"{kind.part}#", f"{kind.whole}#", "Bagian#")
    return table("tabel-tertinggi", f"{len(rows)} kelurahan dengan bagian tertinggi yang tidak ditutup", columns, rows)


def _by_producer(report: Report, kind: Kind) -> Table:
    rows = []
    for producer in report.contracts:
        for item in report.facts.of(producer) if producer in report.facts.rows else ():
            if item.rule.id == kind.rule:
                name = text(report.contracts[producer].name, link=producer_page(producer))
                rows.append(
                    row(
                        name,
                        count(item.gagal, key=rule_key(producer, item.rule.id)),
                        share(item.gagal, item.total),
                        *kota_cells(report, producer, item.rule.id),
                        produsen=producer,
                    )
                )
    columns = [*heads("Produsen", "Jumlah#", "Bagian#"), *kota_columns(report)]
    return table("tabel-produsen", f"{kind.title} menurut produsen dan kota: catatan dan bagiannya", columns, rows)
