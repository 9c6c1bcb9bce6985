"""The long sheet of gaps by producer, rule and kelurahan: it adds up to the producers' pages, no small cell can be worked out."""

import zipfile
from types import SimpleNamespace

import duckdb
import numpy as np
import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog
from scipy.sparse import coo_matrix

from padanan.base.errors import PadananError
from padanan.base.suppress import Cover
from padanan.contracts.contract import expectations_dir, load_contracts
from padanan.contracts.rules import load_catalogue
from padanan.published import gap_places
from padanan.published.opened import open_published
from padanan.published.report import gather, in_order
from padanan.published.wilayah import ROOT
from padanan.review.report import gap_book
from padanan.run.report import render_report
from tests.review.pages_back import Page, count
from tests.review.published_by_hand import CANARY_NAME, CANARY_NIK, PERIODE, PRODUCERS

NAMES = {contract.name: contract.id for contract in load_contracts().values()} | {"Semua produsen": "*"}
HEAD = ("Produsen", "Aturan", "Tingkat", "Kota", "Kecamatan", "Kelurahan", "Catatan gagal", "Catatan dinilai", "Bagian gagal",
        "Kode wilayah", "Kode aturan")  # fmt: skip
LEVELS = ("DKI", "kota", "kecamatan", "kelurahan")


def lines(folder):
    """The sheet back: (producer, rule, level, path of names) -> (gagal, dinilai, bagian, kode)."""
    sheet = openpyxl.load_workbook(folder / "celah-wilayah.xlsx", read_only=True).active
    rows = sheet.iter_rows(min_row=5, values_only=True)
    assert next(rows) == HEAD
    found = {}
    for name, _, level, *places, failed, judged, share, code, rule in rows:
        key = (NAMES[name], rule, level, tuple(place or "" for place in places))
        assert key not in found, f"dua baris untuk {key}"
        found[key] = (failed, judged, share, code)
    return found


@pytest.fixture(scope="module")
def sheet(counted):
    return lines(counted[1])


@pytest.fixture(scope="module")
def truth(counted):
    """(producer, rule, level, place's own code or `-`) counted by the tests' own query, and the same of records."""
    con = duckdb.connect()
    for name in ("gap", "padanan_record"):
        con.execute(f"create view {name} as from read_parquet('{counted[0].published(PERIODE, 1) / name}.parquet')")
    code = "coalesce(kode_kelurahan, kode_kecamatan, kode_kota, '-')"
    gaps = con.execute(f"select producer, rule_id, {code}, count(*) from gap group by all").fetchall()
    rows = con.execute(f"select producer, {code}, count(*) from padanan_record group by all").fetchall()
    return gaps, rows


def real(truth, producer, rule, code):
    """The true count of a place: everything whose code begins with its own."""
    gaps, _ = truth
    return sum(n for who, of, where, n in gaps if of == rule and producer in (who, "*") and _inside(where, code))


def judged(truth, producer, code):
    return sum(n for who, where, n in truth[1] if producer in (who, "*") and _inside(where, code))


def _inside(where, code):
    return not code or where == code or where.startswith(code + ".")


@pytest.mark.feature("F10")
def test_every_level_adds_up_to_the_rules_total_on_the_producers_page(counted, sheet, truth):
    """Each open cell is the query's; with the covered ones at their true value every level is the whole rule."""
    pages = {name: Page(counted[1] / f"produsen-{name.replace('_', '-')}.html") for name in PRODUCERS}
    seen = covered = 0
    whole = {key[:2]: found for key, found in sheet.items() if key[2] == "DKI"}
    for (producer, rule), (failed, records, share, _) in whole.items():
        if producer != "*" and failed:
            cells = pages[producer].values("tabel-aturan", "aturan", "nilai")[rule]
            assert (count(cells["gagal"]), count(cells["total"])) == (failed, records)
            assert share == round(failed / records, 6)
        assert (failed, records) == (real(truth, producer, rule, ""), judged(truth, producer, ""))
    known = {}
    for (producer, rule, level, places), (failed, records, share, code) in sheet.items():
        unknown = "tidak diketahui" in " ".join(places) or "Tidak terpetakan" in " ".join(places)
        if unknown or level == "DKI":
            continue
        fails, all_ = real(truth, producer, rule, code), judged(truth, producer, code)
        known[producer, rule, level] = known.get((producer, rule, level), 0) + fails
        for shown, figure in ((failed, fails), (records, all_)):
            if isinstance(shown, str):
                covered += 1
                assert shown == "ditutup" or (shown == "<5" and 1 <= figure <= 4)
            else:
                seen += 1
                assert shown == figure, (producer, rule, places)
        assert (share is None) == (isinstance(failed, str) or isinstance(records, str))
        assert share is None or share == round(fails / all_, 6)
    assert seen > 5000 and covered > 500
    for (producer, rule, level), number in known.items():
        names = [key for key in sheet if key[:3] == (producer, rule, level)]
        rest = whole[producer, rule][0] - number
        assert rest == 0 or any("tidak diketahui" in " ".join(key[3]) or "terpetakan" in " ".join(key[3]) for key in names)
    assert {key[0] for key in sheet} == {"*", *PRODUCERS}
    rules = {(producer, rule.id) for producer in PRODUCERS for rule in load_contracts()[producer].rules}
    assert rules <= set(whole), "setiap aturan setiap produsen ada"


@pytest.mark.feature("F10")
def test_a_place_is_a_line_when_a_record_fails_there_or_its_count_is_covered(sheet, truth):
    """A place without a line has no failing record: what is not written is known to be 0, and nothing else is left out."""
    failing = {
        (producer, rule, where[:length]) for producer, rule, where, _ in truth[0] for length in (5, 8, 13) if len(where) >= length
    }
    told = {(key[0], key[1], found[3]) for key, found in sheet.items() if key[0] != "*"}
    assert len(failing) > 2000 and failing <= told
    empty = [key for key, found in sheet.items() if found[0] == 0 and key[2] != "DKI"]
    assert not empty, empty[:3]


@pytest.mark.feature("F50")
def test_nobody_where_that_may_not_be_told_is_a_line():
    """A covered 0 that were left out would be told by its absence; an open 0 is."""
    root, hidden, empty = ROOT, (*ROOT, "31.71"), (*ROOT, "31.72")
    rule = load_catalogue(expectations_dir())["nik_kosong"]
    layer = gap_places.Layer({root: 6}, {root: 90, hidden: 40, empty: 50}, {hidden: Cover.ANY})
    places = gap_places.GapPlaces({root: "DKI", hidden: "Pusat", empty: "Utara"}, {("dtks", rule.id): layer}, layer, layer, None)
    facts = SimpleNamespace(rules=[SimpleNamespace(rule=rule)], of=lambda _: [SimpleNamespace(rule=rule)])
    places.rules["*", rule.id] = layer
    report = SimpleNamespace(places=places, facts=facts, contracts={"dtks": SimpleNamespace(name="DTKS")})
    assert [codes[0] for words, _, codes in gap_book.lines(report) if words[0] == "DTKS"] == ["", "31.71"]


@pytest.mark.feature("F50")
def test_the_kota_are_those_of_the_producers_pages_covered_or_not(counted, sheet):
    compared = 0
    for producer in PRODUCERS:
        page = Page(counted[1] / f"produsen-{producer.replace('_', '-')}.html")
        for rule, by_kota in page.values("tabel-kota", "aturan", "kota").items():
            own = {found[3]: found[0] for key, found in sheet.items() if key[:3] == (producer, rule, "kota")}
            for kota, text in by_kota.items():
                first = text.split("\n")[0].split("■")[0]
                mine = own.get(kota, 0)
                compared += 1
                assert first.startswith(mine) if isinstance(mine, str) else first.startswith(f"{mine:,}".replace(",", ".")), kota
    assert compared > 200


def variables(sheet, rule):
    """The figures of one rule as a reader holds them: keys, lower and upper bounds, sums as rows (total minus parts = 0)."""
    keys, low, high, records = [], [], [], []
    index = {}
    for (producer, of, level, places), (failed, all_, _, _) in sheet.items():
        if of != rule or (level, len([p for p in places if p])) != (level, LEVELS.index(level)):
            continue
        index[producer, places] = len(keys)
        keys.append((producer, places))
        bounds = {"<5": (1, 4), "ditutup": (0, 10**5)}.get(failed, (failed, failed))
        low.append(bounds[0])
        high.append(min(bounds[1], all_) if isinstance(all_, int) else bounds[1])
        records.append(all_)
    parents = {}
    for producer, places in keys:
        depth = len([p for p in places if p])
        if depth:
            above = tuple(name if at < depth - 1 else "" for at, name in enumerate(places))
            parents.setdefault(index[producer, above], []).append(index[producer, places])
    sums = [[(total, 1), *((part, -1) for part in parts)] for total, parts in parents.items()]
    if any(producer == "*" for producer, _ in keys):
        sums += [
            [(at, 1), *((index[who, places], -1) for who in PRODUCERS if (who, places) in index)]
            for (producer, places), at in index.items()
            if producer == "*"
        ]
    return keys, low, high, sums, records


def attack(keys, low, high, sums, targets):
    """The cells of `targets` that only one value fits: two linear programs a cell."""
    data = [(row, at, sign) for row, line in enumerate(sums) for at, sign in line]
    rows, columns, signs = zip(*data, strict=True)
    matrix = coo_matrix((signs, (rows, columns)), shape=(len(sums), len(keys))).tocsr()
    pinned = []
    for at in targets:
        aim = np.zeros(len(keys))
        aim[at] = 1
        ends = [
            linprog(sign * aim, A_eq=matrix, b_eq=np.zeros(len(sums)), bounds=list(zip(low, high, strict=True)), method="highs")
            for sign in (1, -1)
        ]
        assert all(end.status == 0 for end in ends)
        if -ends[1].fun - ends[0].fun < 1 - 1e-6:
            pinned.append(keys[at])
    return pinned


@pytest.mark.feature("F50")
def test_no_small_cell_can_be_worked_out_of_the_sheet(sheet, truth):
    """Linear programs over all printed figures of a rule, all producers and their sum: every small cell keeps two values."""
    tried = 0
    for rule in ("nik_kosong", "alamat_tidak_lengkap", "nik_ganda_sama", "kk_format"):
        keys, low, high, sums, _ = variables(sheet, rule)
        small = [at for at in range(len(keys)) if (low[at], high[at]) == (1, 4)]
        # Evenly drawn, as two programs a cell take their time: a rule that covers too little leaves many, not one.
        targets = small[:: max(1, len(small) // 60)]
        tried += len(targets)
        assert attack(keys, low, high, sums, targets) == [], rule
    assert tried > 150


@pytest.mark.feature("F50")
def test_the_attack_finds_an_uncovered_complement(sheet, truth):
    """With one covered neighbour of a lone small cell opened again the same attack succeeds: it is no empty test."""
    keys, low, high, sums, _ = variables(sheet, "nik_kosong")
    for line in sums:
        hidden = [at for at, _ in line if low[at] != high[at]]
        small = [at for at in hidden if (low[at], high[at]) == (1, 4)]
        if len(hidden) == 2 and len(small) == 1:
            other = next(at for at in hidden if at not in small)
            code = sheet[next(k for k in sheet if k[:2] == (keys[other][0], "nik_kosong") and k[3] == keys[other][1])][3]
            low[other] = high[other] = real(truth, keys[other][0], "nik_kosong", code)
            assert keys[small[0]] in attack(keys, low, high, sums, small)
            return
    pytest.fail("contoh ini harus memuat satu sel kecil dengan satu pelengkap")


@pytest.mark.feature("F50")
def test_what_passes_is_no_small_number_either(sheet):
    """Below the kota, which the producers' pages print, a reader who subtracts failing from judged records finds no 1 to 4."""
    for (producer, rule, level, places), (failed, records, _, _) in sheet.items():
        if (level in ("kecamatan", "kelurahan") or producer == "*") and isinstance(failed, int) and isinstance(records, int):
            assert not 0 < records - failed < 5, (producer, rule, places)


@pytest.mark.feature("F10")
def test_the_sheet_filters_prints_and_holds_no_person(counted):
    path = counted[1] / "celah-wilayah.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book.active
    assert sheet.freeze_panes == "A6" and sheet.auto_filter.ref == f"A5:K{sheet.max_row}"
    assert sheet.page_setup.orientation == "landscape" and str(sheet.page_setup.paperSize) == "9"
    assert sheet.print_title_rows == "$1:$5" and sheet.sheet_properties.pageSetUpPr.fitToPage
    with zipfile.ZipFile(path) as archive:
        text = archive.read("xl/worksheets/sheet1.xml").decode()
        assert "<f>" not in text and CANARY_NIK not in text and CANARY_NAME not in text
        assert {item.date_time[0] for item in archive.infolist()} == {1980}, "tanpa waktu putaran"


def test_the_same_bytes_each_time(counted):
    before = (counted[1] / "celah-wilayah.xlsx").read_bytes()
    render_report(counted[0], PERIODE, 1)
    assert (counted[1] / "celah-wilayah.xlsx").read_bytes() == before


@pytest.mark.feature("F10")
def test_where_a_rule_judged_some_records_only_the_judged_are_told_as_a_whole(rendered):
    """This manifest stores how many records were judged, and not where: no share below DKI, no guess."""
    found = lines(rendered[1])
    whole = {key: value for key, value in found.items() if key[:2] == ("dtks", "nik_kosong")}
    assert whole.pop(("dtks", "nik_kosong", "DKI", ("", "", "")))[2] is not None
    assert whole and {(judged, share) for _, judged, share, _ in whole.values()} == {(None, None)}


@given(
    st.lists(
        st.tuples(st.integers(0, 12), st.integers(0, 12), st.sampled_from([None, Cover.SMALL, Cover.MORE])),
        min_size=2,
        max_size=6,
    ),
    st.booleans(),
)
def test_a_layer_that_sets_up_no_covering_would_have_covered_nothing(cells, by_place):
    """The short way is no other way: of counts, of what is left beside them, and where the whole is covered itself."""
    places = [(*ROOT, f"31.{number}") for number in range(len(cells))]
    parts = {path: failed for path, (failed, _, _) in zip(places, cells, strict=True)}
    wholes = {path: failed + passed for path, (failed, passed, _) in zip(places, cells, strict=True)} if by_place else {}
    layer = gap_places.Layer(
        parts | {ROOT: sum(parts.values())},
        wholes | {ROOT: sum(wholes.values()) or 1000},
        whole_marks={path: mark for path, (_, _, mark) in zip(places, cells, strict=True) if mark} if by_place else {},
    )
    children = {ROOT: tuple(places)}
    elsewhere = {(*ROOT, "lain"): Cover.SMALL}  # a mark of no place here: nothing but the long way
    assert gap_places._tree_marks(layer, children) == gap_places._tree_marks(layer, children, elsewhere)


def test_counts_that_contradict_the_kota_are_refused(counted, monkeypatch):
    monkeypatch.setattr(gap_places, "_GAPS", gap_places._GAPS.replace("from gap t", "from (from gap limit 300) t"))
    source = open_published(counted[0], PERIODE, 1)
    report = gather(counted[0], in_order(load_contracts()), source)
    with pytest.raises(PadananError, match="menurut kelurahan dan menurut kota berbeda"):
        _ = report.places


def test_a_single_penghalang_of_a_kota_keeps_its_rules_marks(counted):
    """The records behind it are that rule's own: two lines that cover other kelurahan would tell each other's."""
    source = open_published(counted[0], PERIODE, 1)
    report = gather(counted[0], in_order(load_contracts()), source)
    marked = [
        item
        for item in report.facts.kotas
        for path, mark in report.places.rules[item.producer, item.rule.id].marks.items()
        if mark is Cover.MORE and path[1:2] == (item.kota,) and len(path) > 2
    ]
    assert marked, "contoh ini harus memuat pelengkap"
    for one in marked[:5]:
        made = gap_places.build(source, report.facts, report.tree, report.covers, [one])
        own = made.rules[one.producer, one.rule.id]
        inside = [path for path in made.places if path[1:2] == (one.kota,) and len(path) > 2]
        assert [made.blocked.at(path).part for path in inside] == [own.at(path).part for path in inside]
        assert {path: own.marks[path] for path in inside if path in own.marks}.items() <= made.blocked.marks.items()
