"""The page of the population by place: delivered figures, the share of them that is data sasaran, and where it isn't measured.

Which kelurahan is counted whole is decided when `penduduk_wilayah` is made, which cells are covered in `wilayah` and `crosstab`.
"""

from __future__ import annotations

from collections.abc import Iterator

from padanan.base import format as id_format
from padanan.base.suppress import ALL
from padanan.pages.layout import page
from padanan.pages.page import Page
from padanan.pages.table import Row, Table, count, heads, row, table, text
from padanan.published import wilayah
from padanan.published.report import Report, kota_page, producer_page
from padanan.review.report.crosstab import crosstab
from padanan.review.report.place_pages import population_cells

PAGE = "penduduk.html"
UNKNOWN = "tidak diketahui"
_SEXES = {"L": "Laki-laki", "P": "Perempuan", UNKNOWN: "Tidak diketahui"}


def population_page(report: Report) -> dict[str, Page]:
    """`penduduk.html`; without a delivery that plays the part it says so, and every share by place is not measured."""
    tree, source = report.tree, report.source
    tables: dict[str, Table] = {}
    told = {}
    if source.has("penduduk_wilayah"):
        told = next(
            iter(source.rows("select any_value(producer) as id, any_value(periode_data) as bulan from penduduk_wilayah")), {}
        )
    if told.get("id") and tree.population:
        tables = {"kota": _by_kota(report), "kelurahan": _by_kelurahan(report), "umur": _by_age(report)}
    leaves = tree.root.kelurahan
    lacking = [node for node in leaves if not node.measured]
    if told.get("id") and lacking:
        tables["tak_terukur"] = _unmeasured(report, lacking)
    contract = report.contracts.get(str(told.get("id")))
    made = page(
        report,
        "penduduk.html.j2",
        tables,
        sumber=None
        if contract is None
        else {
            "nama": contract.name,
            "pemilik": contract.owner,
            "bulan": id_format.month(told["bulan"]),
            "tautan": producer_page(contract.id),
        },
        terukur=id_format.number(len(leaves) - len(lacking)),
        semua=id_format.number(len(leaves)),
        penuh=not lacking,
    )
    return {PAGE: made}


def _line(report: Report, node: wilayah.Node, name: str, css: str = "", *, link: str = "") -> Row:
    tree, leaves = report.tree, node.kelurahan
    sasaran = count(node.values["sasaran"], tree.covered.get((node.path, "sasaran")), nilai="sasaran")
    measured = f"{sum(leaf.measured for leaf in leaves)} dari {len(leaves)}" if leaves else None
    place = "/".join(part for part in node.path if part) or "semua"
    return row(text(name, link=link), text(measured, "n"), sasaran, *population_cells(tree, node), css=css, wilayah=place)


_COLUMNS = ("Kelurahan diukur#", "Sasaran#", "Penduduk#", "Sasaran per penduduk#")


def _by_kota(report: Report) -> Table:
    rows = [
        _line(report, node, node.name, link=kota_page(node.code) if node.code != wilayah.UNKNOWN else "")
        for node in report.tree.root.children
    ]
    foot = [_line(report, report.tree.root, "Jumlah")]
    return table("tabel-penduduk-kota", "Penduduk dan data sasaran menurut kota", heads("Kota", *_COLUMNS), rows, foot=foot)


def _by_kelurahan(report: Report) -> Table:
    def bodies() -> Iterator[tuple[Row, ...]]:
        for kota in report.tree.root.children:
            for district in kota.children:
                name = f"{district.name}, {kota.name}"
                lines = (_line(report, node, node.name, "anak") for node in district.children)
                yield (_line(report, district, name, "induk"), *lines)

    return Table(
        "tabel-penduduk-kelurahan",
        "Penduduk dan data sasaran menurut kecamatan dan kelurahan",
        heads("Kecamatan dan kelurahan", *_COLUMNS),
        tuple(bodies()),
        "Baris tebal adalah kecamatannya. Di atas kelurahan, penduduk dan bagiannya adalah milik kelurahan yang diukur.",
    )


def _by_age(report: Report) -> Table:
    """Sex and age of the measured kelurahan; each way it adds up to the whole, unknown ones included."""
    found = report.source.rows(
        """select kelompok_umur as umur, jenis_kelamin as jk, sum(jiwa)::bigint as n
        from penduduk_wilayah where lengkap group by all"""
    )
    counts = {(line["umur"], line["jk"]): line["n"] for line in found}
    ages = sorted({age for age, _ in counts}, key=lambda age: (age == UNKNOWN, age))
    open_sum = (wilayah.ROOT, "jiwa") not in report.tree.covered
    made = crosstab(counts, ages, list(_SEXES), known={(ALL, ALL)} if open_sum else ())
    rows = [row(text(age), *made.line(age, list(_SEXES)), umur=age) for age in ages]
    foot = [row(text("Jumlah"), *made.line(ALL, list(_SEXES)), umur="semua")]
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
