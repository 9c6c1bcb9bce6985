"""The pages of the public dashboards: the poverty profile, places, programs, needs and the course over decrees.

Tables are `tables`'; downloads and their metadata are `files`'.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from padanan.base.format import number, percent
from padanan.distribution.aggregate import DISABILITY, FAMILIES, NUMBER, PAIR, PROGRAM, UNSERVED
from padanan.distribution.dashboard import tables
from padanan.distribution.dashboard.figures import KECAMATAN, KELURAHAN, KOTA, PROVINCE, Figure, Figures, below, newest, unknown
from padanan.distribution.dashboard.names import place_name, place_names
from padanan.distribution.dashboard.open_data import OpenData
from padanan.pages.layout import bare_environment
from padanan.pages.map_shapes import shapes
from padanan.pages.map_svg import COVERED, Map, Shown, choropleth, definitions
from padanan.pages.page import Page
from padanan.pages.table import Table

PARTS = {
    "index.html": "Profil",
    "wilayah.html": "Wilayah",
    "program.html": "Program",
    "kebutuhan.html": "Kebutuhan",
    "tren.html": "Tren",
    "unduh.html": "Unduh",
}
"""The bar of every page."""
_GROUPS = {"desil": "desil", "kelompok_umur": "kelompok umur", "jk": "jenis kelamin", DISABILITY: "disabilitas"}


def make_pages(every: Sequence[Figures], data: OpenData) -> dict[str, Page]:
    """All pages but the downloads', by file name.

    Args:
        every: the decrees, oldest first; the pages are of the one in force, the course is over all.
    """
    figures = newest(every)
    pages = {"index.html": _profile(figures, data), "program.html": _programs(figures, data)}
    pages |= _places(figures, data)
    pages["kebutuhan.html"] = _tabled(
        figures,
        data,
        "kebutuhan.html",
        "Kebutuhan intervensi",
        [
            "Bagi mitra yang hendak membantu: berapa orang dalam data sasaran, di mana, dan kelompok apa. Data per orang hanya "
            "diberikan kepada instansi, dan kepada lembaga lain melalui instansi."
        ],
        [("", tables.needs(figures))],
    )
    pages["tren.html"] = _course(every, figures, data)
    return pages


def rendered(figures: Figures, data: OpenData, template: str, file: str, found: Sequence[Table], **context: Any) -> Page:
    """One page of a template."""
    made = bare_environment().get_template(template)
    facts = {"d": figures, "data": data, "bagian": PARTS, "halaman": file, "t": {one.id: one for one in found}, **context}
    title = "".join(made.blocks["judul"](made.new_context(facts))).strip()
    return Page(made.render(facts), title, "", tuple(found))


def _tabled(
    figures: Figures, data: OpenData, file: str, title: str, told: Sequence[str], shown: Sequence[tuple[str, Table]]
) -> Page:
    found = [one for _, one in shown]
    return rendered(figures, data, "dasbor_tabel.html.j2", file, found, judul=title, pengantar=told, isi=shown)


def _told(one: Figure) -> str:
    return one.mark.text if one.mark is not None else number(one.value or 0)


def _profile(figures: Figures, data: OpenData) -> Page:
    whole, families = figures.at(PROVINCE), figures.at(PROVINCE, unit=FAMILIES)
    none, poorest = figures.at(PROVINCE, NUMBER, "0"), figures.at(PROVINCE, "desil", "1")
    boxes = [
        {"nama": "orang dalam data sasaran", "nilai": _told(whole), "kecil": ""},
        {"nama": "keluarga", "nilai": _told(families), "kecil": ""},
        {"nama": "orang pada desil 1", "nilai": _told(poorest), "kecil": _part(poorest, whole)},
        {"nama": "orang tanpa program apa pun", "nilai": _told(none), "kecil": _part(none, whole)},
    ]
    drawn, found = _map(figures)
    shown = [
        tables.places(figures, KOTA, "Data sasaran menurut kota", links=True),
        tables.split(figures, "desil", "Menurut desil kesejahteraan", families=True),
        tables.split(figures, "kelompok_umur", "Menurut kelompok umur"),
        tables.split(figures, "jk", "Menurut jenis kelamin"),
        tables.split(figures, NUMBER, "Menurut banyaknya program yang diterima"),
    ]
    return rendered(
        figures,
        data,
        "dasbor_profil.html.j2",
        "index.html",
        shown,
        angka=boxes,
        peta=drawn,
        pola=definitions(found),
        sumber=found.source,
    )


def _part(one: Figure, whole: Figure) -> str:
    return f"{percent(one.value, whole.value)} dari data sasaran" if one.value is not None and whole.value else ""


def _map(figures: Figures) -> tuple[Map, Any]:
    names = place_names()
    villages = [code for code in names if len(code) == 13]
    found, whole = shapes(villages), figures.at(PROVINCE).value or 0
    shown = {}
    for code in villages:
        one = figures.at(code)
        open_share = one.value / whole if one.value is not None and whole else None
        link = f"{tables.kota_file(code[:5])}#{_anchor(code)}"
        shown[code] = Shown(names[code], link, open_share, COVERED if open_share is None else "")
    kotas = {code: name for code, name in names.items() if len(code) == 5}
    title = "Bagian data sasaran DKI menurut kelurahan"
    return choropleth(found, shown, "peta-sasaran", title, kotas), found


def _anchor(code: str) -> str:
    return f"k{code.replace('.', '')}"


def _places(figures: Figures, data: OpenData) -> dict[str, Page]:
    told = ["Tempat tinggal menurut aturan domisili yang disepakati; keluarga dihitung satu kali, di tempat anggota pertamanya."]
    shown = [
        ("Kota", tables.places(figures, KOTA, "Data sasaran menurut kota", links=True)),
        ("Kantong kemiskinan", tables.pockets(figures, KELURAHAN, "Kelurahan dengan data sasaran terbanyak")),
        ("", tables.pockets(figures, KECAMATAN, "Kecamatan dengan data sasaran terbanyak")),
    ]
    pages = {"wilayah.html": _tabled(figures, data, "wilayah.html", "Wilayah", told, shown)}
    for code in figures.places(KOTA):
        if unknown(code):
            continue
        kota = [
            ("Kecamatan", tables.places(figures, KECAMATAN, "Orang dan keluarga", code)),
            ("", tables.crossed(figures, "desil", KECAMATAN, "Orang menurut desil", code)),
            ("", tables.crossed(figures, "kelompok_umur", KECAMATAN, "Orang menurut kelompok umur", code)),
            ("", tables.crossed(figures, NUMBER, KECAMATAN, "Orang menurut banyaknya program", code)),
            ("Kelurahan", _villages(figures, code)),
        ]
        if figures.values(PAIR, code):
            kota.append(("Siapa menerima beberapa program", tables.matrix(figures, code)))
        if any(figures.values(NUMBER, village) for village in below(figures, code, KELURAHAN)):
            kota.append(("", tables.crossed(figures, NUMBER, KELURAHAN, "Orang menurut banyaknya program dan kelurahan", code)))
        pages[tables.kota_file(code)] = _tabled(figures, data, tables.kota_file(code), place_name(code, KOTA), told, kota)
    return pages


def _villages(figures: Figures, kota: str) -> Table:
    """The kelurahan of a kota, each row reachable from the map."""
    from dataclasses import replace

    made = tables.places(figures, KELURAHAN, "Orang dan keluarga menurut kelurahan", kota)
    body = tuple(
        replace(one, cells=(replace(one.cells[0], id=_anchor(one.data["wilayah"])), *one.cells[1:])) for one in made.bodies[0]
    )
    return replace(made, bodies=(body,))


def _programs(figures: Figures, data: OpenData) -> Page:
    told = ["Keikutsertaan menurut daftar program yang dipadankan untuk penetapan ini (komplementaritas, Kepsekda §2.4.1)."]
    shown = [
        ("Cakupan", tables.coverage(figures)),
        ("Siapa menerima beberapa", tables.matrix(figures)),
        ("", tables.crossed(figures, NUMBER, KOTA, "Orang menurut banyaknya program dan kota")),
        ("", tables.crossed(figures, "program", KOTA, "Penerima menurut program dan kota")),
    ]
    if figures.values(UNSERVED):
        shown.append(("Yang belum dilayani", tables.unserved(figures)))
    for group, name in _GROUPS.items():
        if figures.values(f"{NUMBER}.{group}"):
            shown.append((f"Menurut {name}", tables.grouped(figures, NUMBER, group, f"Banyaknya program menurut {name}")))
            shown.append(("", tables.grouped(figures, PROGRAM, group, f"Penerima program menurut {name}")))
    if data.exclusive:
        shown.append(("Yang saling meniadakan", tables.exclusive(figures, data.exclusive)))
    else:
        told.append("Pasangan program yang saling meniadakan belum disepakati, maka tidak ada yang dihitung sebagai salah.")
    return _tabled(figures, data, "program.html", "Program", told, shown)


def _course(every: Sequence[Figures], figures: Figures, data: OpenData) -> Page:
    if len(every) == 1:
        told = [f"Baru satu penetapan, {figures.label}: {_told(figures.at(PROVINCE))} orang."]
        return _tabled(figures, data, "tren.html", "Tren", told, [])
    shown = [
        ("Orang", tables.course(every, "Data sasaran menurut penetapan")),
        ("Keluarga", tables.course(every, "Keluarga menurut penetapan", FAMILIES)),
        ("Kelompok", tables.course_of(every, "desil", "Orang menurut desil")),
        ("", tables.course_of(every, NUMBER, "Orang menurut banyaknya program")),
    ]
    return _tabled(
        figures, data, "tren.html", "Tren", ["Setiap kolom satu penetapan; kriteria dapat berbeda antarpenetapan."], shown
    )


__all__ = ["PARTS", "make_pages", "rendered"]
