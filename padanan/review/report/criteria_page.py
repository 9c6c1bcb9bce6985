"""The page "Bila kriteria lain": whom another limit, source or residence rule would select, beside published poverty.

Counting is in `published.sensitivity`; the agreed criteria stand in the publication's manifest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from padanan.base import format as id_format
from padanan.base.suppress import ALL, Cover
from padanan.contracts.criteria import LEVELS
from padanan.contracts.poverty import PublishedPoverty, newest, published_poverty
from padanan.pages import words
from padanan.pages.layout import page
from padanan.pages.page import Page
from padanan.pages.table import Cell, Row, Table, count, counted, heads, row, table, text
from padanan.published.cells.people import DIFFERENCE, RESIDENTS, criteria_key
from padanan.published.opened import LATER
from padanan.published.report import Report
from padanan.published.sensitivity import DESILS, Sensitivity
from padanan.review.report.crosstab import crosstab

PAGE = "kriteria.html"
FAR, NEAR = 1.5, 0.5
"""A selection beyond these times the published share is said in a sentence of its own (F51)."""
_KINDS = {"urutan": "Sumber desil", "warisan": "Warisan desil", "domisili": "Aturan domisili"}


@dataclass(frozen=True)
class Beside:
    """A selection beside the published share; `wider`: the agreed level where it is one that takes in more than was published."""

    name: str
    people: int
    residents: int
    published: PublishedPoverty
    percent: float
    wider: str = ""

    @property
    def times(self) -> float:
        """How many times the published share the selected share is."""
        return 100 * self.people / self.residents / self.percent if self.residents else 0.0

    @property
    def far(self) -> bool:
        """Whether the two are too far apart to pass without a word."""
        return not NEAR <= self.times <= FAR

    @property
    def sentence(self) -> str:
        """Both shares, and how far apart they are."""
        share = id_format.percent(self.people, self.residents)
        told = (
            f"{self.name}: {share} dari orang yang tidak tercatat di luar DKI, {id_format.decimal(self.times)} kali angka BPS "
            f"({_percent(self.percent)}%, {id_format.month(self.published.month)})."
        )
        if not self.far:
            return told
        if self.wider and self.times > FAR:
            return f"{told} Kriteria yang disepakati lebih luas ({self.wider}): pastikan memang itu yang dimaksud."
        return f"{told} Jauh berbeda: periksa batas desil atau sumbernya sebelum menetapkan."


def _up_to(limit: int) -> str:
    return "Desil 1" if limit == 1 else f"Desil 1–{limit}"


def _percent(value: float) -> str:
    return f"{value:.2f}".replace(".", ",")


def comparisons(report: Report, found: Sensitivity) -> list[Beside]:
    """The selection and the two lower levels beside the newest published figures of before the cut-off."""
    agreed = report.source.manifest["kriteria"]
    limits, level = agreed["batas_desil"], str(agreed["tingkat"])
    wider = "" if level == "kemiskinan_ekstrem" else f"{LEVELS[level]}, {_up_to(limits[level]).lower()}"
    day, figures = date.fromisoformat(str(report.source.manifest["cutoff"])[:10]), published_poverty()
    asked = (
        ("Data sasaran dibanding kemiskinan ekstrem", found.now[0], "extreme"),
        (
            f"Tingkat kemiskinan ekstrem ({_up_to(limits['kemiskinan_ekstrem']).lower()})",
            found.up_to(limits["kemiskinan_ekstrem"]),
            "extreme",
        ),
        (f"Tingkat miskin ({_up_to(limits['miskin']).lower()})", found.up_to(limits["miskin"]), "poor"),
    )
    return [
        Beside(name, people, found.residents, one, float(getattr(one, kind)), "" if at else wider)
        for at, (name, people, kind) in enumerate(asked)
        if (one := newest(figures, kind, day)) is not None
    ]


def first_screen(report: Report) -> str:
    """The index's sentence on the size of the selection; empty where it is near the published one or not measured."""
    found = report.sensitivity
    far = [one.sentence for one in comparisons(report, found)[:1] if one.far] if found else []
    return far[0] if far else ""


def criteria_page(report: Report) -> dict[str, Page]:
    """`kriteria.html`; a publication from before its criteria were recorded says that it isn't measured."""
    found = report.sensitivity
    if found is None:
        return {PAGE: page(report, "kriteria.html.j2", {}, belum=LATER, banding=[], sumber=[], kalimat=report.criteria_told)}
    beside = comparisons(report, found)
    tables = {
        "batas": _by_limit(report, found),
        "kota": _by_kota(report),
        "lain": _variants(report, found),
        "daftar": _lists(report),
    }
    told = dict.fromkeys(f"{id_format.month(one.published.month)}: {one.published.source}" for one in beside)
    made = page(
        report,
        "kriteria.html.j2",
        tables,
        belum="",
        banding=[{"kalimat": one.sentence, "jauh": one.far} for one in beside],
        sumber=list(told),
        kalimat=report.criteria_told,
    )
    return {PAGE: made}


def _by_limit(report: Report, found: Sensitivity) -> Table:
    rows = []
    for limit in DESILS:
        people, families = (criteria_key(unit, str(limit)) for unit in ("sampai", "keluarga"))
        hidden = report.cells.mark(people) is not None
        told = "–" if hidden else id_format.percent(found.up_to(limit), found.residents)
        rows.append(
            row(
                text(_up_to(limit) + (" (disepakati)" if limit == found.limit else "")),
                counted(report.cells, people),
                counted(report.cells, families),
                Cell(told, css="n", ratio=(people, RESIDENTS)),
                css="induk" if limit == found.limit else "",
                batas=str(limit),
            )
        )
    note = "Kriteria lain tetap. Keluarga: kartu keluarga dengan sedikitnya satu orang itu; orang tanpa kartu dihitung sendiri."
    return table(
        "tabel-batas", "Orang dan keluarga menurut batas desil", heads("Batas", "Orang#", "Keluarga#", "Bagian#"), rows, note=note
    )


def _by_kota(report: Report) -> Table:
    made, names = crosstab(report.cells, "kriteria/desil"), report.facts.kota_names
    kotas = sorted(made.columns, key=lambda kota: (kota == "", kota))

    def line(key: str, name: str) -> Row:
        return row(text(name), *made.line(key, kotas), desil=key)

    columns = heads("Desil", "Jumlah#", *(f"{names.get(kota, 'Tidak diketahui')}#" for kota in kotas))
    rows = [line(desil, f"Desil {desil}") for desil in made.rows]
    return table("tabel-desil-kota", "Orang menurut desil dan kota", columns, rows, foot=[line(ALL, "Jumlah")])


def _variants(report: Report, found: Sensitivity) -> Table:
    rows = []
    for one in found.variants:
        people, families = (criteria_key(unit, one.kind, one.name) for unit in ("orang", "keluarga"))
        rows.append(
            row(
                text(f"{_KINDS[one.kind]}: {one.name}", "lebar"),
                counted(report.cells, people),
                counted(report.cells, families),
                # Both its ends are printed: whoever knows one of them knows it.
                count(one.people - found.now[0], Cover.MORE if report.cells.mark(people) else None, key=(DIFFERENCE, people)),
                jenis=one.kind,
            )
        )
    note = "Satu kriteria diganti, yang lain tetap; yang mewarisi desil tetap memakai warisannya. Selisih di bawah 5 ditutup."
    columns = heads("Bila", "Orang#", "Keluarga#", "Selisih orang#")
    return table("tabel-bila-lain", "Orang dan keluarga bila satu kriteria lain", columns, rows, note=note)


def _lists(report: Report) -> Table:
    """Who is not selected although a source speaks for their need, by list: for TKPK to decide on."""
    told = {item.daftar: item.keterangan for item in report.criteria.kriteria}
    have = report.source.has("daftar_belum_masuk", "daftar")
    found = report.source.rows("select daftar, count(*) as n from daftar_belum_masuk group by all order by all") if have else []
    rows = [
        row(
            text(words.title(line["daftar"])),
            text(told.get(line["daftar"], ""), "lebar"),
            count(line["n"]),
            daftar=line["daftar"],
        )
        for line in found
    ]
    return table(
        "tabel-belum-masuk",
        "Tidak masuk meskipun ada tanda kebutuhan",
        heads("Daftar", "Kriteria yang tidak terpenuhi", "Orang#"),
        rows,
    )
