"""The page of the population by place: delivered figures, the share of them that is data sasaran, where it isn't measured, and
where the register counts otherwise.

Which kelurahan is counted whole is decided when `penduduk_wilayah` is made, which cells are covered in `wilayah` and `crosstab`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from padanan.base import format as id_format
from padanan.base.format import NOT_MEASURED
from padanan.base.suppress import ALL
from padanan.contracts.contract import Contract
from padanan.contracts.rules import Rule
from padanan.pages.layout import page
from padanan.pages.page import Page
from padanan.pages.table import Cell, Row, Table, counted, heads, row, table, text
from padanan.published import wilayah
from padanan.published.cells.places import place_key
from padanan.published.report import Report, kota_page, producer_page
from padanan.review.report.crosstab import crosstab
from padanan.review.report.place_pages import population_cells

PAGE = "penduduk.html"
UNKNOWN = "tidak diketahui"
_SEXES = {"L": "Laki-laki", "P": "Perempuan", UNKNOWN: "Tidak diketahui"}


# The dimension whose rules hold a population against the register: how many people a kelurahan has according to both.
ACCURACY = "A"


@dataclass(frozen=True)
class Doubt:
    """Measured kelurahan whose population a rule of accuracy finds different; such a kelurahan is a denominator still.

    Attributes:
        rules: those rules of the denominator's contract; without one nothing was compared.
        codes: the kelurahan that break one.
    """

    rules: tuple[Rule, ...]
    codes: frozenset[str]

    def cell(self, leaves: Sequence[wilayah.Node]) -> Cell:
        """What is said of a kelurahan, or of the measured ones of a larger place."""
        measured = [leaf for leaf in leaves if leaf.measured]
        if not measured or not self.rules:
            return Cell(NOT_MEASURED)
        doubtful = sum(leaf.code in self.codes for leaf in measured)
        if not doubtful:
            return Cell("sesuai", None, "baik", "●")
        if len(leaves) == 1:
            return Cell("berbeda", None, "awas", "▲")
        return Cell(f"berbeda di {id_format.number(doubtful)} kelurahan", None, "awas", "▲")


def _doubt(report: Report, contract: Contract | None) -> Doubt:
    rules = tuple(rule for rule in contract.rules if rule.dimension == ACCURACY) if contract else ()
    if contract is None or not report.source.has("rekaman_pendukung"):
        return Doubt((), frozenset())
    found = report.source.rows(
        """select distinct r.kode_kelurahan as kode from gap g join rekaman_pendukung r using (producer, record_key)
        where g.producer = ? and g.dimensi = ? and r.kode_kelurahan is not null""",
        contract.id,
        ACCURACY,
    )
    return Doubt(rules, frozenset(line["kode"] for line in found))


def population_page(report: Report) -> dict[str, Page]:
    """`penduduk.html`; without a delivery that plays the part it says so, and every share by place is not measured."""
    tree, source = report.tree, report.source
    tables: dict[str, Table] = {}
    told = {}
    if source.has("penduduk_wilayah"):
        told = next(
            iter(source.rows("select any_value(producer) as id, any_value(periode_data) as bulan from penduduk_wilayah")), {}
        )
    contract = report.contracts.get(str(told.get("id")))
    doubt = _doubt(report, contract)
    if told.get("id") and tree.population:
        tables = {"kota": _by_kota(report, doubt), "kelurahan": _by_kelurahan(report, doubt), "umur": _by_age(report)}
    leaves = tree.root.kelurahan
    lacking = [node for node in leaves if not node.measured]
    if told.get("id") and lacking:
        tables["tak_terukur"] = _unmeasured(report, lacking)
    doubtful = sum(leaf.measured and leaf.code in doubt.codes for leaf in leaves)
    made = page(
        report,
        "penduduk.html.j2",
        tables,
        sumber=None
        if contract is None
        else {
            "nama": contract.name,
            "pemilik": contract.parties.first(report.cutoff),
            "bulan": id_format.month(told["bulan"]),
            "tautan": producer_page(contract.id),
        },
        terukur=id_format.number(len(leaves) - len(lacking)),
        semua=id_format.number(len(leaves)),
        penuh=not lacking,
        berbeda=id_format.number(doubtful) if doubtful else None,
        pembanding=[rule.definisi for rule in doubt.rules],
    )
    return {PAGE: made}


def _line(report: Report, doubt: Doubt, node: wilayah.Node, name: str, css: str = "", *, link: str = "") -> Row:
    tree, leaves = report.tree, node.kelurahan
    sasaran = counted(report.cells, place_key(node.path, "sasaran"), nilai="sasaran")
    measured = f"{sum(leaf.measured for leaf in leaves)} dari {len(leaves)}" if leaves else None
    place = "/".join(part for part in node.path if part) or "semua"
    cells = (text(measured, "n"), sasaran, *population_cells(tree, node), doubt.cell(leaves))
    return row(text(name, link=link), *cells, css=css, wilayah=place)


_COLUMNS = ("Kelurahan diukur#", "Sasaran#", "Penduduk#", "Sasaran per penduduk#", "Dibanding registri acuan")


def _by_kota(report: Report, doubt: Doubt) -> Table:
    rows = [
        _line(report, doubt, node, node.name, link=kota_page(node.code) if node.code != wilayah.UNKNOWN else "")
        for node in report.tree.root.children
    ]
    foot = [_line(report, doubt, report.tree.root, "Jumlah")]
    return table("tabel-penduduk-kota", "Penduduk dan data sasaran menurut kota", heads("Kota", *_COLUMNS), rows, foot=foot)


def _by_kelurahan(report: Report, doubt: Doubt) -> Table:
    def bodies() -> Iterator[tuple[Row, ...]]:
        for kota in report.tree.root.children:
            for district in kota.children:
                name = f"{district.name}, {kota.name}"
                lines = (_line(report, doubt, node, node.name, "anak") for node in district.children)
                yield (_line(report, doubt, district, name, "induk"), *lines)

    return Table(
        "tabel-penduduk-kelurahan",
        "Penduduk dan data sasaran menurut kecamatan dan kelurahan",
        heads("Kecamatan dan kelurahan", *_COLUMNS),
        tuple(bodies()),
        "Baris tebal adalah kecamatannya. Di atas kelurahan, penduduk dan bagiannya adalah milik kelurahan yang diukur.",
    )


def _by_age(report: Report) -> Table:
    """Sex and age of the measured kelurahan; each way it adds up to the whole, unknown ones included."""
    made = crosstab(report.cells, "penduduk umur")
    rows = [row(text(age), *made.line(age), umur=age) for age in made.rows]
    foot = [row(text("Jumlah"), *made.line(ALL), umur="semua")]
    columns = heads("Kelompok umur", "Jumlah#", *(f"{name}#" for name in _SEXES.values()))
    return table("tabel-penduduk-umur", "Penduduk menurut kelompok umur dan jenis kelamin", columns, rows, foot=foot)


def _unmeasured(report: Report, lacking: list[wilayah.Node]) -> Table:
    query = "select distinct kode_kelurahan as kode from rekaman_pendukung where kode_kelurahan is not null"
    came = {line["kode"] for line in report.source.rows(query)} if report.source.has("rekaman_pendukung") else set()
    rows = [
        row(
            text(node.name),
            text(node.code),
            text("sebagian selnya tidak ada atau tidak dapat dipakai" if node.code in came else "tidak ada di kiriman"),
            wilayah=node.code,
        )
        for node in lacking
    ]
    columns = heads("Kelurahan", "Kode", "Sebab")
    return table("tabel-penduduk-tak-terukur", "Kelurahan yang tidak dapat diukur", columns, rows)
