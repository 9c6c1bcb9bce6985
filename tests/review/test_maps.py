"""The maps of the kelurahan say what the tables beside them print and no more, and are drawn from shapes that are complete."""

import csv
import json
import re

import duckdb
import pytest

from padanan.base.errors import PadananError
from padanan.base.format import percent
from padanan.base.home import CHECKOUT
from padanan.pages import map_shapes
from padanan.pages.classes import classes
from padanan.pages.map_shapes import INSET, SHIPPED, shapes
from padanan.run.report import render_report
from tests.contrast import contrast, luminance
from tests.review.pages_back import Page
from tests.review.published_by_hand import PERIODE
from tests.review.test_gap_places import attack

with (CHECKOUT / "dbt_project" / "seeds" / "ref_wilayah.csv").open() as seed:
    NAMES = {row["kode_kelurahan"]: row["kelurahan"] for row in csv.DictReader(seed)}
# Page -> its group of columns on the kota's page, counted from 0, and the query of (kelurahan, part, whole).
RECORDS = "select kode_kelurahan, count(*) filter ({}), count(*) from padanan_record r group by all"
FAILED = "record_key in (select record_key from gap g where g.producer = r.producer and rule_id = '{}')"
PAGES = {
    "peta-nik-kosong": (0, RECORDS.format(FAILED.format("nik_kosong"))),
    "peta-alamat-tidak-lengkap": (1, RECORDS.format(FAILED.format("alamat_tidak_lengkap"))),
    "peta-penghalang": (2, None),
    "peta-sasaran": (3, """select o.kode_kelurahan, count(*) filter (s.terpilih), count(*)
        from padanan_orang o left join sasaran s using (id_orang) group by all"""),
    "peta-belum-terlayani": (4, """select kode_kelurahan, count(*) filter (id_orang in
        (select id_orang from daftar_tanpa_program where program_diterima = 0)), count(*)
        from sasaran where terpilih group by all"""),
}  # fmt: skip
AREA = re.compile(r'<a href="([^"#]+)#([^"]+)" tabindex="-1"><title>(.*?): ([^<]*)</title><use href="#(k\d+)" class="p(.)"/></a>')
LEGEND = re.compile(r'<li><svg class="contoh"[^>]*><rect class="p(.)"[^>]*/></svg>([^<]*) \((\d+) kelurahan\)</li>')
MOST_MAP, MOST_PAGE = 150_000, 400_000


@pytest.fixture(scope="module")
def kotas(counted):
    """(anchor -> the cells of the kelurahan's row) of every kota's page."""
    found = {}
    for path in counted[1].glob("kota-*.html"):
        for _, cells in Page(path).tables["tabel-peta"]:
            if "id" in cells[0][1]:
                found[path.name, cells[0][1]["id"]] = [cell[2].strip() for cell in cells]
    return found


def read(folder, name):
    """The linked map of a page: code -> (row's address, name, shown, class); and the legend's lines."""
    text = (folder / f"{name}.html").read_text(encoding="utf-8")
    first = text[text.index('<figure class="peta">') : text.index("</figure>")]
    areas = {}
    for page, anchor, title, shown, at, kind in AREA.findall(first):
        code = anchor.removeprefix("kel-").replace("-", ".")
        assert code not in areas and f'<path id="{at}" ' in text
        areas[code] = ((page, anchor), title.replace("&#39;", "'"), shown.replace("&lt;", "<").replace("&gt;", ">"), kind)
    return text, first, areas, [(kind, told, int(places)) for kind, told, places in LEGEND.findall(first)]


@pytest.mark.feature("F10")
@pytest.mark.parametrize("name", PAGES)
def test_each_kelurahan_says_what_its_row_prints(counted, kotas, name):
    """Its name, its share or that it is covered, a class whose limits hold the share: on the map as in table and data."""
    _, _, areas, legend = read(counted[1], name)
    group, query = PAGES[name]
    assert set(areas) == set(NAMES) and len({one[0] for one in areas.values()}) == 267
    truth = {}
    if query:
        con = duckdb.connect()
        for path in counted[0].published(PERIODE, 1).glob("*.parquet"):
            con.execute(f"create view {path.stem} as from read_parquet('{path}')")
        truth = {code: (part, whole) for code, part, whole in con.execute(query).fetchall()}
    limits = {kind: [part.strip() for part in told.split(" sampai ")] for kind, told, _ in legend}
    covered = 0
    for code, (row, title, shown, kind) in areas.items():
        cells = kotas[row]
        count, share = cells[1 + 2 * group], cells[2 + 2 * group]
        assert title == NAMES[code] == cells[0] and row[0] == f"kota-{code[:5].replace('.', '-')}.html"
        if kind in "tk":
            covered += kind == "t"
            assert shown == {"t": "ditutup", "k": "tidak ada data"}[kind] and share == "–", (code, shown, share)
        else:
            assert shown == share and count not in ("<5", "ditutup")
            low, high = figure(limits[kind][0]), figure(limits[kind][-1])
            assert low <= figure(shown) <= high, (code, shown, limits[kind])
            if query:
                assert shown == percent(*truth[code]), code
    assert covered > 5 and {kind for *_, kind in areas.values()} == {kind for kind, *_ in legend}
    for kind, _, places in legend:
        assert places == sum(one[3] == kind for one in areas.values())


def figure(text):
    """A printed share as a number that sorts as the shares do."""
    number = float(text.strip("<>%").replace(",", "."))
    return number - 0.05 if text[0] == "<" else number + 0.05 if text[0] == ">" else number


@pytest.mark.feature("F10")
@pytest.mark.parametrize("name", PAGES)
def test_five_classes_of_equal_count(counted, name):
    """No class is larger than a fifth and the ties that stand together; the limits follow each other without overlap."""
    _, _, areas, legend = read(counted[1], name)
    shown = sorted(figure(one[2]) for one in areas.values() if one[3] not in "tk")
    known = [line for line in legend if line[0] not in "tk"]
    assert [kind for kind, *_ in known] == [str(at) for at in range(1, len(known) + 1)]
    # Few of these made-up records stand on a penghalang: most kelurahan have none.
    assert (1 if name == "peta-penghalang" else 3) <= len(known) <= 5
    before = -1.0
    for _, told, places in known:
        low, high = (figure(part) for part in (told.split(" sampai ")[0], told.split(" sampai ")[-1]))
        assert before < low <= high
        assert places == sum(low <= one <= high for one in shown)
        # A class may begin and end with a tie that stands on its limit.
        assert places <= len(shown) / 5 + (shown.count(low) + shown.count(high)) / 2 + 1, told
        before = high
    assert sum(places for *_, places in known) == len(shown)


def test_classes_keep_ties_together_and_tell_their_limits():
    made = classes({f"p{at:02}": share for at, share in enumerate([0, 0, 0, 0.1, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6])})
    assert [(one.low, one.high, one.places) for one in made.found] == [
        ("0%", "0%", 3), ("10,0%", "10,0%", 2), ("20,0%", "20,0%", 1), ("30,0%", "40,0%", 2), ("50,0%", "60,0%", 2)]  # fmt: skip
    assert [made.of[f"p{at:02}"] for at in range(10)] == [1, 1, 1, 2, 2, 3, 4, 4, 5, 5]
    assert classes({}).found == () and len(classes({"a": 0.5, "b": 0.5}).found) == 1
    # Shares that differ and are printed alike are one class: the map shows no more than the table.
    assert classes({"a": 0.12341, "b": 0.12339, "c": 0.5}).of == {"a": 1, "b": 1, "c": 2}


@pytest.mark.feature("F50")
@pytest.mark.parametrize("name", PAGES)
def test_no_small_cell_of_the_maps_table_can_be_worked_out(counted, name):
    group = PAGES[name][0]
    keys, low, high = [("semua",)], [], []
    total = Page(counted[1] / f"{name}.html").rows("tabel-kota", "wilayah")
    rows = {(code,): cells[1] for code, cells in total.items() if code != "semua"}
    for path in sorted(counted[1].glob("kota-*.html")):
        page = Page(path)
        for key, cells in page.rows("tabel-peta", "wilayah").items():
            if "/" in key:
                rows[tuple(key.split("/"))] = cells[1 + 2 * group]
    for text in (total["semua"][1], *rows.values()):
        bounds = {"<5": (1, 4), "ditutup": (0, 10**5)}.get(text)
        low.append(bounds[0] if bounds else int(text.replace(".", "")))
        high.append(bounds[1] if bounds else low[-1])
    keys += list(rows)
    index = {key: at for at, key in enumerate(keys)}
    below = {}
    for key in rows:
        below.setdefault(index[key[:-1] or ("semua",)], []).append(index[key])
    sums = [[(whole, 1), *((part, -1) for part in parts)] for whole, parts in below.items()]
    small = [at for at in range(len(keys)) if (low[at], high[at]) == (1, 4)]
    assert small and attack(keys, low, high, sums, small[:60]) == []


@pytest.mark.feature("F10")
def test_maps_are_small_name_their_source_and_need_no_script(counted):
    pages = [path for path in counted[1].glob("*.html") if 'class="peta"' in path.read_text(encoding="utf-8")]
    assert {path.stem for path in pages} == {*PAGES, "wilayah"}
    for path in pages:
        text = path.read_text(encoding="utf-8")
        shared = len(re.search(r'<svg class="pola".*?</svg>', text, re.DOTALL)[0].encode())
        maps = re.findall(r'<svg class="peta".*?</svg>', text, re.DOTALL)
        assert maps and max(len(one.encode()) for one in maps) + shared <= MOST_MAP
        assert len(text.encode()) <= MOST_PAGE and "<script" not in text
        # The words under the shipped shapes: whose they are, under which licence, and that they bind nobody.
        assert "bukan batas resmi" in text and "Cahya DSN" in text and "lisensi MIT" in text
        ids = re.findall(r'id="([^"]+)"', text)
        assert len(ids) == len(set(ids)) and set(re.findall(r'href="#(k\d+)"', text)) <= set(ids)
        assert {f"h{kind}" for kind in re.findall(r'class="p(.)"', text)} <= set(ids)
        assert all(f'aria-labelledby="{name}-t {name}-d"' in text for name in re.findall(r'title id="([^"]+)-t"', text))


@pytest.mark.feature("F10")
def test_borders_and_hatching_keep_three_to_one_to_every_fill(counted):
    """WCAG 1.4.11, and readable in grey: the fills fall in lightness from class to class, each has its own hatching."""
    text = (counted[1] / "wilayah.html").read_text(encoding="utf-8")
    patterns = re.findall(r'<pattern id="h(.)".*?fill="(#\w+)"/>(.*?)</pattern>', text)
    lines = re.search(r"\.pola pattern path \{[^}]*stroke: (#\w+)", text)[1]
    border = re.search(r"\.peta use \{ stroke: (#\w+)", text)[1]
    assert len(patterns) == 7 and len({drawn for _, _, drawn in patterns}) == 7
    for _, fill, _ in patterns:
        for dark in (lines, border):
            assert contrast(fill, dark) >= 3 and luminance(fill) > luminance(dark)
    light = [luminance(fill) for kind, fill, _ in patterns if kind in "12345"]
    assert light == sorted(light, reverse=True)


def given(folder, change):
    """A changed copy of the shipped file where an official one is laid."""
    data = json.loads(SHIPPED.read_text(encoding="utf-8"))
    change(data)
    (folder / "peta").mkdir(exist_ok=True)
    (folder / "peta" / "kelurahan.geojson").write_text(json.dumps(data), encoding="utf-8")
    return folder


def official(data):
    data.update(sumber="Peta Dasar Uji 2026", batas_resmi=True)


def metres(data):
    data["features"][4]["geometry"]["coordinates"][0][0][1] = [700123.0, 9312345.0]


@pytest.mark.feature("F10")
@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda data: data["features"].pop(100), r"1 kelurahan tidak ada: 31\.7"),
        (lambda data: data["features"].append(data["features"][3]), r"1 kelurahan tertulis dua kali: 31\.01"),
        (lambda data: data["features"][9]["properties"].update(kode="32.01.01.1001"), "1 kelurahan tidak ada"),
        (
            lambda data: data["features"].append({**data["features"][0], "properties": {"kode": "99"}}),
            "1 kode bukan kelurahan DKI: 99",
        ),
        (metres, r"bentuk kelurahan 31\.\S+ bukan Polygon atau MultiPolygon dalam derajat"),
        (lambda data: data["features"][4]["geometry"].update(type="Point", coordinates=[106.8, -6.2]), "bukan Polygon"),
        (lambda data: data["features"][4].update(geometry=None), "bukan Polygon"),
        (lambda data: data.pop("sumber"), "tidak terbaca .tidak ada 'sumber'"),
        (lambda data: data["features"][0]["properties"].pop("kode"), "tidak terbaca .tidak ada 'kode'"),
    ],
)
def test_a_file_of_other_kelurahan_is_refused_with_their_codes(tmp_path, change, said):
    with pytest.raises(PadananError, match=said) as raised:
        shapes(NAMES, given(tmp_path, change))
    assert "peta/kelurahan.geojson" in str(raised.value) and "Perbaikan:" in str(raised.value)


@pytest.mark.feature("F10")
def test_an_official_file_replaces_the_shipped_one(tmp_path):
    found = shapes(NAMES, given(tmp_path, official))
    assert found.source == "Batas kelurahan: Peta Dasar Uji 2026." and list(found.shapes) == sorted(NAMES)
    assert shapes(NAMES, tmp_path / "kosong").source.endswith("bukan batas resmi.")


def corners(path):
    """The rings of a path of whole numbers; discs left out."""
    rings = []
    for ring in re.findall(r"M(-?\d+) (-?\d+)l([^zMa]*)z", path):
        numbers = [int(number) for number in re.findall(r"-?\d+", ring[2])]
        points = [(int(ring[0]), int(ring[1]))]
        for x, y in zip(numbers[::2], numbers[1::2], strict=True):
            points.append((points[-1][0] + x, points[-1][1] + y))
        rings.append(points)
    return rings


def area(ring):
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True))) / 2


@pytest.mark.feature("F10")
def test_shapes_keep_their_size_touch_each_other_and_the_islands_stand_in_an_inset(tmp_path):
    """Each kelurahan's share of the land stays what it is in degrees; nothing is drawn over another or left between."""
    found = shapes(NAMES, tmp_path)
    data = {
        feature["properties"]["kode"]: feature["geometry"]["coordinates"]
        for feature in json.loads(SHIPPED.read_text())["features"]
    }
    land = [code for code in NAMES if not code.startswith("31.01")]
    degrees = {code: sum(area(ring) for polygon in data[code] for ring in polygon) for code in land}
    drawn = {code: sum(area(ring) for ring in corners(found.shapes[code].path)) for code in land}
    scale = sum(drawn.values()) / sum(degrees.values())
    assert max(abs(drawn[code] / (degrees[code] * scale) - 1) for code in land) < 0.06
    assert abs(sum(drawn.values()) / sum(degrees.values()) / scale - 1) < 0.001
    left, top, width, height = INSET
    for code, shape in found.shapes.items():
        points = [point for ring in corners(shape.path) for point in ring]
        inside = all(left <= x <= left + width and top <= y <= top + height for x, y in [*points, shape.middle])
        assert inside == code.startswith("31.01"), code
        assert ("a15 15" in shape.path) == code.startswith("31.01")
    assert sum(len(shape.path) for shape in found.shapes.values()) < 60_000


def test_the_same_bytes_each_time(counted):
    before = {name: (counted[1] / f"{name}.html").read_bytes() for name in PAGES}
    map_shapes._read.cache_clear()
    render_report(counted[0], PERIODE, 1)
    assert {name: (counted[1] / f"{name}.html").read_bytes() for name in PAGES} == before
