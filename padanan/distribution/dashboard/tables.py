"""The tables of the dashboards: every figure as it was covered, shares only of open figures.

What stands on which page is said in `pages`; the same tables are the downloads' (`files`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from padanan.contracts.contract import load_contracts
from padanan.distribution.aggregate import FAMILIES, GROUPS, NUMBER, PAIR, PEOPLE, UNSERVED
from padanan.distribution.dashboard.figures import KECAMATAN, KELURAHAN, KOTA, PROVINCE, Figure, Figures, below, unknown
from padanan.distribution.dashboard.names import known_places, place_name, program_name, value_name
from padanan.distribution.dashboard.open_data import Exclusive
from padanan.pages import svg
from padanan.pages.table import Cell, Row, Table, count, heads, row, share, table, text

TOP = 30
SHARE_OF_ALL = "Bagian dari DKI"


def kota_file(code: str) -> str:
    """The page of a kota."""
    return f"wilayah-{code.replace('.', '-')}.html"


def figure(one: Figure) -> Cell:
    """A count or its mark."""
    return count(one.value, one.mark)


def of(part: Figure, whole: Figure) -> Cell:
    """The share of one figure in another; a dash where one of them is covered."""
    return share(part.value, whole.value, part.mark is not None or whole.mark is not None)


def bar(part: Figure, whole: Figure, told: str) -> Cell:
    """The same share as a bar."""
    if part.value is None or not whole.value:
        return Cell("")
    parts = [svg.Segment("s1", part.value, told), svg.Segment("sisa", whole.value - part.value, "")]
    return Cell("", picture=svg.bar(parts, told))


def split(figures: Figures, dimension: str, caption: str, *, families: bool = False) -> Table:
    """A dimension over all of DKI, with its bars; the sum at its foot."""
    whole = figures.at(PROVINCE)
    names = ("Kelompok", "Orang#", SHARE_OF_ALL + "#", "Perbandingan") + (("Keluarga#",) if families else ())
    rows = []
    for value in figures.values(dimension):
        one = figures.at(PROVINCE, dimension, value)
        name = value_name(dimension, value)
        cells = [text(name), figure(one), of(one, whole), bar(one, whole, f"{name}: {one.value} orang")]
        if families:
            cells.append(figure(figures.at(PROVINCE, dimension, value, FAMILIES)))
        rows.append(row(*cells, nilai=value))
    foot = [text("Jumlah"), figure(whole), of(whole, whole), Cell("")]
    if families:
        foot.append(figure(figures.at(PROVINCE, unit=FAMILIES)))
    return table(dimension.replace("_", "-"), caption, heads(*names), rows, foot=[row(*foot)])


def places(figures: Figures, level: str, caption: str, within: str = PROVINCE, *, name: str = "", links: bool = False) -> Table:
    """People and families of the places of a level, with their share of DKI."""
    whole = figures.at(PROVINCE)
    rows = []
    counted = list(below(figures, within, level))
    for code in [*known_places(level, within), *(code for code in counted if unknown(code))]:
        link = kota_file(code) if links and not unknown(code) else ""
        cells = [text(place_name(code, level), link=link), figure(figures.at(code)), of(figures.at(code), whole)]
        cells += [figure(figures.at(code, unit=FAMILIES))]
        rows.append(row(*cells, wilayah=code))
    foot = _sum(figures, within) if within == PROVINCE or level != KOTA else []
    return table(name or level, caption, heads(level.capitalize(), "Orang#", SHARE_OF_ALL + "#", "Keluarga#"), rows, foot=foot)


def _sum(figures: Figures, place: str) -> list[Row]:
    one, whole = figures.at(place), figures.at(PROVINCE)
    return [row(text("Jumlah"), figure(one), of(one, whole), figure(figures.at(place, unit=FAMILIES)), wilayah=place)]


def crossed(figures: Figures, dimension: str, level: str, caption: str, within: str = PROVINCE) -> Table:
    """A dimension by the places of a level: counts."""
    values = figures.values(dimension)
    rows = [
        row(
            text(place_name(code, level)),
            *(figure(figures.at(code, dimension, value)) for value in values),
            figure(figures.at(code)),
            wilayah=code,
        )
        for code in below(figures, within, level)
    ]
    foot = row(
        text("Jumlah"),
        *(figure(figures.at(within, dimension, value)) for value in values),
        figure(figures.at(within)),
        wilayah=within,
    )
    columns = heads(level.capitalize(), *(f"{value_name(dimension, value)}#" for value in values), "Semua#")
    return table(f"{dimension.replace('_', '-')}-{level}", caption, columns, rows, foot=[foot])


def pockets(figures: Figures, level: str, caption: str) -> Table:
    """Where most of the data sasaran live: the places of a level by number; covered and unknown ones are none of them (F52)."""
    known = [code for code in figures.places(level) if not unknown(code) and figures.at(code).value]
    ranked = sorted(known, key=lambda code: (-(figures.at(code).value or 0), code))[:TOP]
    whole = figures.at(PROVINCE)
    rows = []
    for place, code in enumerate(ranked, 1):
        upper = [place_name(code[:5], KOTA)] + ([place_name(code[:8], KECAMATAN)] if level == KELURAHAN else [])
        one = figures.at(code)
        rows.append(
            row(text(place_name(code, level)), text(" · ".join(upper)), count(place), figure(one), of(one, whole), wilayah=code)
        )
    columns = heads(level.capitalize(), "Di", "Urutan#", "Orang#", SHARE_OF_ALL + "#")
    return table(f"kantong-{level}", caption, columns, rows)


def coverage(figures: Figures) -> Table:
    """How many of the data sasaran each program reaches (F47)."""
    whole = figures.at(PROVINCE)
    rows = []
    for program in sorted(figures.values("program"), key=program_name):
        one = figures.at(PROVINCE, "program", program)
        name = program_name(program)
        rows.append(row(text(name), figure(one), of(one, whole), bar(one, whole, f"{name}: {one.value} orang"), program=program))
    note = "Satu orang dapat menerima beberapa program; jumlah kolom bukan jumlah orang."
    return table(
        "program", "Penerima menurut program", heads("Program", "Orang#", "Bagian sasaran#", "Perbandingan"), rows, note=note
    )


def grouped(figures: Figures, kind: str, group: str, caption: str) -> Table:
    """Programs, or how many of them, by a group of people over all of DKI (F32); nobody where nobody was counted."""
    values = figures.values(group)
    listed = figures.values(kind) if kind == NUMBER else sorted(figures.values(kind), key=program_name)
    rows = [
        row(
            text(value_name(kind, one)),
            *(figure(figures.at(PROVINCE, f"{kind}.{group}", f"{one}/{value}")) for value in values),
            figure(figures.at(PROVINCE, kind, one)),
            nilai=one,
        )
        for one in listed
    ]
    whole = [figure(figures.at(PROVINCE, group, value)) for value in values]
    # Of programs the columns don't add up: one person may receive several.
    foot = row(text("Jumlah" if kind == NUMBER else "Data sasaran"), *whole, figure(figures.at(PROVINCE)))
    columns = heads("Kelompok", *(f"{value_name(group, value)}#" for value in values), "Semua#")
    return table(f"{kind}-{group}".replace("_", "-"), caption, columns, rows, foot=[foot])


def matrix(figures: Figures, place: str = PROVINCE) -> Table:
    """Program by program in DKI or a kota: who receives both; on the diagonal all recipients of one (F32)."""
    listed = sorted(figures.values("program", place), key=program_name)
    rows = []
    for one in listed:
        cells = []
        for other in listed:
            found = figures.at(place, "program", one) if one == other else figures.at(place, PAIR, "+".join(sorted((one, other))))
            cells.append(count(found.value, found.mark, css="terpilih" if one == other else ""))
        rows.append(row(text(program_name(one)), *cells, program=one))
    columns = heads("Program", *(f"{program_name(one)}#" for one in listed))
    note = "Pada garis miring seluruh penerima program itu; di luarnya orang yang menerima keduanya."
    return table("matriks", "Penerima dua program", columns, rows, note=note)


def unserved(figures: Figures) -> Table:
    """Per agency, of each of its programs: who of the data sasaran receives it, and who is entitled and does not (F32, F52)."""
    contracts = load_contracts()
    kotas = figures.places(KOTA)
    listed = sorted(figures.values(UNSERVED), key=lambda program: (contracts[program].agency, program_name(program)))
    rows = []
    for program in listed:
        counted = [figures.at(code, UNSERVED, program) for code in (PROVINCE, *kotas)]
        served = figures.at(PROVINCE, "program", program)
        cells = [text(contracts[program].agency), text(program_name(program)), figure(served), *map(figure, counted)]
        rows.append(row(*cells, program=program))
    columns = heads("Instansi", "Program", "Penerima#", "Belum dilayani#", *(f"{place_name(code, KOTA)}#" for code in kotas))
    note = "Orang yang berhak dan tidak menerima. Satu orang dapat ditunggu beberapa program; jumlah kolom bukan jumlah orang."
    return table("belum-dilayani", "Sasaran yang belum dilayani program instansinya", columns, rows, note=note)


def exclusive(figures: Figures, pairs: Iterable[Exclusive]) -> Table:
    """Who receives two programs that exclude each other, as far as such pairs were agreed: by kota and by group of people."""
    # A decree whose figures were counted before pairs were counted there has none of these columns; it is not nobody.
    kotas = figures.places(KOTA) if any(figures.values(PAIR, code) for code in figures.places(KOTA)) else []
    groups = [(group, value) for group in GROUPS if figures.values(f"{PAIR}.{group}") for value in figures.values(group)]
    rows = []
    for item in pairs:
        pair = "+".join(item.pair)
        cells = [text(value_name(PAIR, pair)), figure(figures.at(PROVINCE, PAIR, pair))]
        cells += [figure(figures.at(code, PAIR, pair)) for code in kotas]
        cells += [figure(figures.at(PROVINCE, f"{PAIR}.{group}", f"{pair}/{value}")) for group, value in groups]
        rows.append(row(*cells, text(item.source)))
    columns = heads(
        "Pasangan",
        "Orang#",
        *(f"{place_name(code, KOTA)}#" for code in kotas),
        *(f"{value_name(group, value)}#" for group, value in groups),
        "Ketentuan",
    )
    return table("meniadakan", "Program yang saling meniadakan", columns, rows)


def needs(figures: Figures) -> Table:
    """Needs by place for partners (F54): people without a program, and groups who need care or school."""
    asked = ((NUMBER, "0"), ("kelompok_umur", "anak"), ("kelompok_umur", "lansia"), ("desil", "1"))
    rows = []
    for level in (KOTA, KECAMATAN):
        for code in figures.places(level):
            cells = [text(place_name(code, level)), text(level.capitalize()), figure(figures.at(code))]
            cells += [figure(figures.at(code, *one)) for one in asked]
            rows.append(row(*cells, wilayah=code))
    whole = [figure(figures.at(PROVINCE)), *(figure(figures.at(PROVINCE, *one)) for one in asked)]
    foot = row(text("Jumlah"), text(""), *whole, wilayah=PROVINCE)
    columns = heads("Wilayah", "Tingkat", "Data sasaran#", "Tanpa program#", "Anak#", "Lansia#", "Desil 1#")
    return table("kebutuhan", "Kebutuhan intervensi menurut wilayah", columns, rows, foot=[foot])


def course(every: Sequence[Figures], caption: str, unit: str = PEOPLE) -> Table:
    """People (or families) of each decree by kota, oldest decree first."""
    codes = sorted({code for one in every for code in one.places(KOTA)}, key=lambda code: (unknown(code), code))
    columns = heads("Kota", *(f"{one.label}#" for one in every))
    rows = [
        row(text(place_name(code, KOTA)), *(figure(one.at(code, unit=unit)) for one in every), wilayah=code) for code in codes
    ]
    foot = row(text("Jumlah"), *(figure(one.at(PROVINCE, unit=unit)) for one in every), wilayah=PROVINCE)
    return table(f"tren-{unit}", caption, columns, rows, foot=[foot])


def course_of(every: Sequence[Figures], dimension: str, caption: str) -> Table:
    """A dimension over all of DKI by decree."""
    values = list(dict.fromkeys(value for one in every for value in one.values(dimension)))
    columns = heads("Kelompok", *(f"{one.label}#" for one in every))
    rows = [
        row(text(value_name(dimension, value)), *(figure(one.at(PROVINCE, dimension, value)) for one in every), nilai=value)
        for value in values
    ]
    return table(f"tren-{dimension.replace('_', '-')}", caption, columns, rows)
