"""The pages of Dashboard Bansos (F53): recipients by program, source, overlap and place, each marked as the accepted padanan's.

Tables are `tables`'; a decree's own pages are in `pages`.
"""

from __future__ import annotations

from padanan.contracts.contract import load_contracts
from padanan.distribution.aggregate import FAMILIES, NUMBER, PAIR, PROGRAM, SOURCE
from padanan.distribution.dashboard import tables
from padanan.distribution.dashboard.figures import KECAMATAN, KELURAHAN, KOTA, PROVINCE, Figures, below, unknown
from padanan.distribution.dashboard.names import place_name, program_name
from padanan.distribution.dashboard.open_data import OpenData
from padanan.distribution.dashboard.pages import drawn_map, figure_text, part_text, rendered, tabled, villages
from padanan.pages.map_svg import definitions
from padanan.pages.page import Page
from padanan.pages.table import Table, heads, row, table, text

_SOURCES = {"daerah": "Daerah", "pusat": "Pusat"}


def make_bansos_pages(figures: Figures, data: OpenData) -> dict[str, Page]:
    """All pages but the downloads', by file name."""
    pages = {"index.html": _recipients(figures, data)}
    told = ["Satu orang dapat menerima beberapa program; jumlah kolom bukan jumlah orang."]
    shown = [
        ("Menurut program dan asalnya", programs(figures)),
        ("Menurut kota", tables.crossed(figures, PROGRAM, KOTA, "Penerima menurut program dan kota")),
        ("", tables.crossed(figures, SOURCE, KOTA, "Penerima menurut asal program dan kota")),
    ]
    pages["program.html"] = tabled(figures, data, "program.html", "Program", told, shown)
    shown = [
        ("Penerima dua program", tables.matrix(figures)),
        ("Banyaknya program", tables.crossed(figures, NUMBER, KOTA, "Penerima menurut banyaknya program dan kota")),
    ]
    told = ["Tumpang tindih bukan kesalahan: banyak program dibuat untuk diterima bersama."]
    pages["tumpang-tindih.html"] = tabled(figures, data, "tumpang-tindih.html", "Tumpang tindih", told, shown)
    return pages | _places(figures, data)


def programs(figures: Figures) -> Table:
    """Recipients of each program, with whose program it is and what its list counts; the families beside the people."""
    contracts, whole = load_contracts(), figures.at(PROVINCE)
    rows = []
    for program in sorted(figures.values(PROGRAM), key=program_name):
        contract, one = contracts[program], figures.at(PROVINCE, PROGRAM, program)
        own = contract.properties.program
        cells = [text(program_name(program)), text(_SOURCES[own.asal if own is not None else "daerah"]), text(contract.agency)]
        cells += [text(contract.unit), tables.figure(one), tables.of(one, whole)]
        cells.append(tables.figure(figures.at(PROVINCE, PROGRAM, program, FAMILIES)))
        rows.append(row(*cells, program=program))
    columns = heads("Program", "Asal", "Instansi", "Satuan daftar", "Orang#", "Bagian penerima#", "Keluarga#")
    note = (
        "Orang: yang tercatat pada daftar program itu; pada program per keluarga hanya pengurusnya. Keluarga: keluarga dari "
        "mereka, menurut kartu keluarga; orang tanpa kartu satu keluarga sendiri."
    )
    return table("penerima-program", "Penerima menurut program", columns, rows, note=note)


def _recipients(figures: Figures, data: OpenData) -> Page:
    whole, both = figures.at(PROVINCE), figures.at(PROVINCE, SOURCE, "keduanya")
    boxes = [{"nama": "orang menerima paling sedikit satu program", "nilai": figure_text(whole), "kecil": ""}]
    boxes.append({"nama": "keluarga", "nilai": figure_text(figures.at(PROVINCE, unit=FAMILIES)), "kecil": ""})
    name = "orang menerima program daerah dan pusat"
    boxes.append({"nama": name, "nilai": figure_text(both), "kecil": part_text(both, whole, "penerima")})
    drawn, found = drawn_map(figures, "Bagian penerima DKI menurut kelurahan")
    shown = [
        tables.places(figures, KOTA, "Penerima menurut kota", links=True),
        tables.split(figures, SOURCE, "Penerima menurut asal program"),
        tables.split(figures, NUMBER, "Penerima menurut banyaknya program"),
    ]
    facts = {"angka": boxes, "peta": drawn, "pola": definitions(found), "sumber": found.source}
    return rendered(figures, data, "dasbor_bansos.html.j2", "index.html", shown, **facts)


def _places(figures: Figures, data: OpenData) -> dict[str, Page]:
    told = ["Tempat tinggal menurut padanan; keluarga dihitung satu kali, di tempat penerima pertamanya."]
    shown = [
        ("Kota", tables.places(figures, KOTA, "Penerima menurut kota", links=True)),
        ("Penerima terbanyak", tables.pockets(figures, KELURAHAN, "Kelurahan dengan penerima terbanyak")),
        ("", tables.pockets(figures, KECAMATAN, "Kecamatan dengan penerima terbanyak")),
    ]
    pages = {"wilayah.html": tabled(figures, data, "wilayah.html", "Wilayah", told, shown)}
    for code in figures.places(KOTA):
        if unknown(code):
            continue
        kota = [
            ("Kecamatan", tables.places(figures, KECAMATAN, "Orang dan keluarga penerima", code)),
            ("", tables.crossed(figures, PROGRAM, KECAMATAN, "Penerima menurut program", code)),
            ("", tables.crossed(figures, SOURCE, KECAMATAN, "Penerima menurut asal program", code)),
            ("", tables.crossed(figures, NUMBER, KECAMATAN, "Penerima menurut banyaknya program", code)),
            ("Kelurahan", villages(figures, code)),
        ]
        if figures.values(PAIR, code):
            kota.append(("Siapa menerima beberapa program", tables.matrix(figures, code)))
        if any(figures.values(NUMBER, village) for village in below(figures, code, KELURAHAN)):
            kota.append(
                ("", tables.crossed(figures, NUMBER, KELURAHAN, "Penerima menurut banyaknya program dan kelurahan", code))
            )
        pages[tables.kota_file(code)] = tabled(figures, data, tables.kota_file(code), place_name(code, KOTA), told, kota)
    return pages
