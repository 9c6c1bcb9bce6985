"""The pages by place: one a kota, down to kecamatan and kelurahan, and the table of kota on the index.

Which cells are covered is decided in `wilayah` and `suppress`.
"""

from __future__ import annotations

from dataclasses import replace

from padanan.base.format import NOT_MEASURED
from padanan.base.suppress import ALL
from padanan.pages.layout import page
from padanan.pages.page import Page
from padanan.pages.table import Cell, Column, Row, Table, count, heads, row, share, table, text
from padanan.published import wilayah
from padanan.published.cells.places import place_key
from padanan.published.gap_places import NAMED, Layer
from padanan.published.report import Report, kota_page
from padanan.review.report.matching_tables import overlap_table

_FULL = (
    "Catatan#", "Dengan celah#", "Bagian dengan celah#", "Orang#", "Terdaftar di Adminduk#", "Bagian terdaftar#",
    "Sasaran#", "Penduduk#", "Sasaran per penduduk#",
)  # fmt: skip
_SMALL = tuple(name for name in _FULL if "erdaftar" not in name)


def place_pages(report: Report) -> dict[str, Page]:
    """One page a kota."""
    pages = {}
    for node in report.tree.root.children:
        if node.code != wilayah.UNKNOWN:
            tables = {"kecamatan": _districts(report, node), "kelurahan": _villages(report, node), "peta": _mapped(report, node)}
            tables |= {
                f"irisan_{unit}": overlap_table(data, node.code, f"Irisan {unit} di {node.name}")
                for unit, data in report.overlaps.items()
            }
            pages[kota_page(node.code)] = page(report, "kota.html.j2", tables, nama=node.name)
    return pages


def kota_table(report: Report) -> Table:
    """The kota of DKI and what belongs to none."""
    rows = [
        _row(report, node, text(node.name, link=kota_page(node.code) if node.code != wilayah.UNKNOWN else ""))
        for node in report.tree.root.children
    ]
    foot = [_row(report, report.tree.root, text("Jumlah"))]
    return table("tabel-wilayah", "Menurut kota dan kabupaten administrasi", heads("Kota", *_FULL), rows, foot=foot)


def _districts(report: Report, kota: wilayah.Node) -> Table:
    rows = [_row(report, node, text(node.name, link=f"#{_anchor(node)}" if node.children else "")) for node in kota.children]
    foot = [_row(report, kota, text("Jumlah"))]
    return table("tabel-kecamatan", f"{kota.name} menurut kecamatan", heads("Kecamatan", *_FULL), rows, foot=foot)


def _villages(report: Report, kota: wilayah.Node) -> Table:
    bodies = tuple(
        (
            _row(report, district, Cell(district.name, id=_anchor(district)), "induk", small=True),
            *(_row(report, node, text(node.name), "anak", small=True) for node in district.children),
        )
        for district in kota.children
        if district.children
    )
    columns = (Column("Kelurahan"), *heads(*_SMALL))
    foot = (_row(report, kota, text("Jumlah"), small=True),)
    note = "Baris tebal adalah kecamatannya."
    return Table("tabel-kelurahan", f"{kota.name} menurut kelurahan", columns, bodies, note, foot)


def village_anchor(code: str) -> str:
    """Where a kelurahan's row of the maps' figures stands on its kota's page."""
    return f"kel-{code.replace('.', '-')}"


# What the maps show, as groups of columns: a count and its share.
MAPPED = ("NIK kosong", "Alamat tidak lengkap", "Penghalang", "Data sasaran", "Belum terlayani")


def _mapped(report: Report, kota: wilayah.Node) -> Table:
    """The figures behind the maps, a row a kelurahan; the two that the decree names of all producers together."""
    places = report.places
    named = [(name, places.rules.get((ALL, rule))) for name, rule in zip(MAPPED, NAMED, strict=False)]
    layers = [*named, *zip(MAPPED[2:], (places.blocked, places.selected, places.unserved), strict=True)]
    told = [(name, layer) for name, layer in layers if layer is not None]
    columns = [Column("Kelurahan")]
    for name, _ in told:
        columns += [Column("Orang" if name in MAPPED[3:] else "Catatan", "n awal", group=name), Column("Bagian", "n", group=name)]
    start = (*wilayah.ROOT, kota.code)
    bodies: list[list[Row]] = []
    for path in [path for path in places.places if path[:2] == start and len(path) > 2]:
        district = len(path) < wilayah.KELURAHAN_DEPTH
        if district:
            bodies.append([])
        known = not district and path[-1] != wilayah.UNKNOWN
        head = Cell(places.places[path], id=village_anchor(path[-1]) if known else "")
        cells = [cell for _, layer in told for cell in figure_cells(layer, path)]
        bodies[-1].append(row(head, *cells, css="induk" if district else "anak", wilayah="/".join(path[1:])))
    foot = (row(text("Jumlah"), *(cell for _, layer in told for cell in figure_cells(layer, start)), wilayah=kota.code),)
    note = "Bagian dari semua catatan, dari semua orang (data sasaran), dan dari orang dalam data sasaran (belum terlayani)."
    return Table("tabel-peta", f"{kota.name} pada peta", tuple(columns), tuple(map(tuple, bodies)), note, foot)


def figure_cells(layer: Layer, path: wilayah.Path, *, whole: bool = False) -> tuple[Cell, ...]:
    """A count, what it is a part of where wanted, and the share, as they may be printed."""
    figure = layer.at(path)
    part = layer.cell(path) if layer.cell else None
    of = layer.whole_cell(path) if layer.whole_cell and figure.whole is not None else None
    cells = [count(figure.part, figure.mark, key=part)]
    if whole:
        cells.append(count(figure.whole, figure.whole_mark, key=of))
    return (*cells, replace(share(figure.share, 1), ratio=(part, of) if part and of else None))


def _anchor(node: wilayah.Node) -> str:
    return f"kec-{node.code.replace('.', '-')}" if node.code != wilayah.UNKNOWN else "kec-lain"


def _row(report: Report, node: wilayah.Node, head: Cell, css: str = "", *, small: bool = False) -> Row:
    tree = report.tree
    cells = [head, _count(tree, node, "catatan"), _count(tree, node, "celah"), _share(tree, node, "celah", "catatan")]
    cells.append(_count(tree, node, "orang"))
    if not small:
        cells += [_count(tree, node, "padan"), _share(tree, node, "padan", "orang")]
    cells += [_count(tree, node, "sasaran"), *population_cells(tree, node)]
    return row(*cells, css=css, wilayah="/".join(part for part in node.path if part) or "semua")


def population_cells(tree: wilayah.Tree, node: wilayah.Node) -> tuple[Cell, Cell]:
    """The delivered population of a place and the share of it that is data sasaran; neither where it is not counted whole.

    Above a kelurahan both speak of its measured kelurahan only.
    """
    if not node.measured:
        return (Cell(NOT_MEASURED, None, "n"), Cell(NOT_MEASURED, None, "n"))
    part = "sasaran" if len(node.path) == wilayah.KELURAHAN_DEPTH else "terukur"
    return _count(tree, node, "jiwa"), _share(tree, node, part, "jiwa")


def _count(tree: wilayah.Tree, node: wilayah.Node, measure: str) -> Cell:
    return count(node.values[measure], tree.covered.get((node.path, measure)), key=place_key(node.path, measure))


def _share(tree: wilayah.Tree, node: wilayah.Node, part: str, whole: str) -> Cell:
    hidden = (node.path, part) in tree.covered or (node.path, whole) in tree.covered
    keys = (place_key(node.path, part), place_key(node.path, whole))
    return replace(share(node.values[part], node.values[whole], hidden), ratio=keys)
