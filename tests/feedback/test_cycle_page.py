"""The cycle's page: its figures are those of the lines, no small cell can be told over all its tables, nobody is on it."""

from __future__ import annotations

import json
import random
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from padanan.base.home import Home
from padanan.base.suppress import ALL, LIMIT
from padanan.cli import main
from padanan.contracts.feedback import load_catalogue
from padanan.distribution.prelist import DATABASE, folder_of
from padanan.feedback import cycle_counts
from padanan.feedback.cycle import EVERY, Standing, stand, standing_on
from padanan.feedback.cycle_cells import REASONS as TABLE_OF_REASONS
from padanan.feedback.cycle_cells import agency_key, cells_of, part_key, place_key, standing_key
from padanan.feedback.cycle_counts import LATE, OPENED, counts_of
from padanan.feedback.cycle_page import BOOK, PAGE, page_of, write
from padanan.feedback.lines import LINES, REASONS, open_lines
from padanan.feedback.state import fold
from padanan.published.cells.declared import Solved
from padanan.run import prelist_lines
from tests.feedback.facts import DAY, event, store
from tests.feedback.field import Field
from tests.review.browser import axe, violations
from tests.unit.test_covering import assert_protected

TODAY = DAY + timedelta(200)
PLACES = ("31.71.01.1001", "31.71.01.1002", "31.71.02.1001", "31.74.01.1001", "31.74.02.1001", "99.99.99.9999")
KINDS = {
    "lampid": ("mati", "pindah", "datang", "lahir"),
    "pengaduan": ("ganda",),
    "realisasi": ("tersalur",),
    "muskel": ("layak",),
}


def crowd(seed: int, people: int, places: tuple[str, ...] = PLACES) -> list[dict[str, Any]]:
    """Events about many people; some were visited, by agencies that sometimes differ, some twice."""
    chance, made = random.Random(seed), []
    for number in range(people):
        who: dict[str, Any] = {
            "id_orang": f"o{number}",
            "kode_kelurahan": places[min(int(chance.expovariate(0.7)), len(places) - 1)],
        }
        for turn in range(chance.choice((1, 1, 2))):
            kind = chance.choice(sorted(KINDS))
            when = DAY + timedelta(chance.randrange(190))
            more = {"pengaduan": {"sifat": "jaki", "mendesak": chance.random() < 0.2}, "muskel": {"sifat": "baru"},
                    "realisasi": {"cara": "baru", "program": "klj", "nilai": 1}}  # fmt: skip
            made.append(
                event(kind, chance.choice(KINDS[kind]), when, when, **who, **more.get(kind, {}), kunci=f"{number}/{turn}/{kind}")
            )
        for agency in chance.choice(((), ("dppapp",), ("dppapp", "dinsos"))):
            when = DAY + timedelta(chance.randrange(195))
            result = chance.choice(("ditemukan", "ditemukan", "ditemukan", "meninggal"))
            made.append(
                event("verivali", result, when, when, id_orang=who["id_orang"], instansi=agency, kunci=f"{number}/{agency}")
            )
    return made


def standing(made: list[dict[str, Any]], home: Path, day: date = TODAY) -> Standing:
    con = store(made)
    fold(con, day)
    open_lines(con, Home(home), load_catalogue(), today=day, known_at=day)
    return stand(con, Home(home), day, len(made))


def one(found: Standing, query: str) -> int:
    return found.number(query)


@pytest.mark.feature("F24")
def test_every_figure_is_that_of_the_lines(tmp_path: Path) -> None:
    found = standing(crowd(1, 300), tmp_path)
    counts = counts_of(found)
    cells = cells_of(counts)
    value = cells.value
    assert value(place_key((), OPENED)) == counts.told.lines == one(found, f"select count(*) from {LINES}") > 50
    assert value(place_key((), LATE)) == counts.told.late == one(found, f"select count(*) from {LINES} where terlambat") > 10
    closed = "select id_orang from alasan_garis group by 1 having not bool_or(status in ('terbuka','menunggu_muskel','konflik'))"
    assert counts.told.done + counts.told.moot == one(found, f"select count(*) from ({closed})")
    assert counts.told.done > 30 and counts.told.moot > 0 and counts.told.conflicts > 0
    for path, name in (
        ((), ""),
        (("31.71",), "31.71"),
        (("31.71", "31.71.01"), "31.71.01"),
        (("31.74", "31.74.01", PLACES[3]), PLACES[3]),
    ):
        assert value(place_key(path, OPENED)) == one(
            found, f"select count(*) from {LINES} where starts_with(kode_kelurahan, '{name}')"
        )
    outside = f"select count(*) from {EVERY} where kode_kelurahan = '{PLACES[5]}' and status = 'selesai'"
    assert value(place_key(("-",), "selesai")) == one(found, outside)
    for agency in ("DPPAPP", "Dinsos"):
        told = one(found, f"select count(*) from {LINES} where list_contains(string_split(pelaku, ', '), '{agency}')")
        assert value(agency_key(counts, agency, OPENED)) == told
    for code, (opened, late) in counts.told.by_reason.items():
        assert value(standing_key(code)) == opened and counts.late_reasons[code] == late
    keys = cells.cross(TABLE_OF_REASONS).keys
    assert {name: value(keys[ALL, name]) for name in counts.told.reasons} == counts.told.reasons
    assert {name: value(part_key("prioritas", name, OPENED)) for name in counts.priorities} == {
        name: opened for name, (opened, _) in counts.told.by_priority.items()
    }
    assert sum(opened for opened, _ in counts.ages.values()) == counts.told.lines


@pytest.mark.parametrize("seed", [2, 3])
def test_the_course_of_months_counts_each_line_from_its_first_reason_to_its_last_answer(tmp_path: Path, seed: int) -> None:
    """Counted day by day: a person is open on a day when one of their reasons is."""
    found = standing(crowd(seed, 150), tmp_path)
    by_person: dict[str, list[tuple[date, date | None]]] = {}
    for who, opened, closed in found.con.execute(f"select id_orang, dibuka, ditutup from {REASONS}").fetchall():
        by_person.setdefault(who, []).append((opened, closed))
    months = counts_of(found).months
    assert len(months) == 12 and months[-1].left == counts_of(found).told.lines
    for month, after in zip(months, [*months[1:], None], strict=True):
        end = after.start - timedelta(1) if after else TODAY
        left = sum(any(a <= end and (b is None or b > end) for a, b in own) for own in by_person.values())
        assert month.left == left
        assert month.before + month.opened - month.closed == month.left
    assert sum(month.opened for month in months) >= len(by_person)


def test_a_line_that_opens_again_is_opened_twice(tmp_path: Path) -> None:
    first, again = DAY, DAY + timedelta(60)
    made = [
        event("lampid", "datang", first, first, kunci="a"),
        event("verivali", "ditemukan", first + timedelta(5), first + timedelta(5), kunci="v"),
        event("pengaduan", "ganda", again, again, kunci="b"),
    ]
    months = {month.start: (month.opened, month.closed, month.left) for month in counts_of(standing(made, tmp_path)).months}
    assert months[date(2026, 1, 1)] == (1, 1, 0) and months[date(2026, 2, 1)] == (0, 0, 0)
    assert months[date(2026, 3, 1)] == (1, 0, 1) and months[date(2026, 7, 1)] == (0, 0, 1)


@pytest.mark.parametrize("people", [100, 300, 500, 1000])
def test_reasons_of_one_day_are_one_line_however_many_there_are(tmp_path: Path, people: int) -> None:
    """Incident: reasons that began on one day stood in two orders in two windows, and a person had two lines now and then."""
    made = [
        event("lampid", kind, DAY, DAY, id_orang=f"o{number}", kunci=f"{number}/{kind}")
        for number in range(people)
        for kind in ("pindah", "datang", "lahir")
    ]
    random.Random(people).shuffle(made)
    found = standing(made, tmp_path, DAY + timedelta(20))
    months = counts_of(found).months
    assert (months[-1].opened, months[-1].left, found.counted().lines) == (people, people, people)


@pytest.fixture
def few_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A Jakarta of five kelurahan, so that every small cell can be asked for by a program of its own."""
    lines = cycle_counts.WILAYAH.read_text().splitlines()
    path = tmp_path / "wilayah.csv"
    path.write_text("\n".join([lines[0], *(line for line in lines if line.startswith(PLACES))]) + "\n")
    monkeypatch.setattr(cycle_counts, "WILAYAH", path)


@pytest.mark.feature("F24", "F50")
@pytest.mark.parametrize(("seed", "people"), [(4, 12), (5, 40), (6, 90), (7, 3)])
def test_no_small_cell_can_be_told_over_all_tables(few_places: None, tmp_path: Path, seed: int, people: int) -> None:
    cells = cells_of(counts_of(standing(crowd(seed, people), tmp_path)))
    declared, solved = cells.declared, cells.solved
    assert isinstance(solved, Solved) and not solved.untold
    assert {0 < value < LIMIT for key, value in declared.values.items() if key not in declared.unseen} == {True, False}
    assert_protected(declared, solved)


def numbers(html: str) -> list[str]:
    return re.findall(r'<t[dh][^>]*class="n[^"]*"[^>]*>([^<]*)</t', html)


def test_the_page_prints_no_small_count_and_nobody(tmp_path: Path) -> None:
    made = page_of(standing(crowd(8, 60), tmp_path))
    html = made.page.html
    assert not set(numbers(html)) & {"1", "2", "3", "4"} and "&lt;5" in html and "ditutup" in html
    assert not re.findall(r"<dd>[1-4]</dd>", html)
    assert not re.search(r"\bo\d+\b", html) and not re.search(r"\d{12}", html) and "http" not in html.split("</style>")[1]
    assert html.count("<details") == 6 and len(re.findall(r'id="kel-', html)) == 267
    folder = tmp_path / "siklus"
    assert write(made, folder) == folder / PAGE and sorted(path.name for path in folder.iterdir()) == [PAGE, BOOK]
    book = openpyxl.load_workbook(folder / BOOK, read_only=True)
    told = {str(cell) for sheet in book for line in sheet.iter_rows(values_only=True) for cell in line if cell is not None}
    assert "Kebayoran Baru · Senayan" in told or any("Senayan" in cell for cell in told)
    small = [line for line in book["Data"].iter_rows(min_row=6, values_only=True) if line[5] == "jumlah" and 0 < line[4] < LIMIT]
    assert small == []


def test_an_empty_home_has_a_page_that_says_so(tmp_path: Path) -> None:
    html = page_of(standing([], tmp_path)).page.html
    assert "0 baris prelist terbuka, tidak ada yang terlambat" in html and "Peta tidak digambar" in html


def test_where_many_lines_are_open_the_map_is_drawn(tmp_path: Path) -> None:
    codes = [line.split(",")[0] for line in cycle_counts.WILAYAH.read_text().splitlines()[1:]]
    made = [
        event("pengaduan", "ganda", when, when, id_orang=f"{code}/{n}", kode_kelurahan=code, sifat="jaki", kunci=f"{code}/{n}")
        for code in codes
        for n in range(14)
        for when in [TODAY - timedelta(5 if n < 6 else 60)]
    ]
    html = page_of(standing(made, tmp_path)).page.html
    assert '<svg class="peta"' in html and "57,1%" in html


@pytest.mark.feature("F24")
def test_the_command_agrees_with_the_prelist(field: Field, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    people = field.people(12)
    field.returned("pengaduan", *(field.row("pengaduan", who, NOMOR_TIKET=f"P{place}") for place, who in enumerate(people)))
    assert main(["prelist", "--as-of", "2025-12-31", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["lines"] == told["people"] > 12 and told["by_actor"].keys() == {"DPPAPP, Dinsos"}
    assert main(["siklus", "halaman", "--as-of", "2025-12-31"]) == 0
    path = Path(capsys.readouterr().out.strip())
    assert path == field.home.root / "reports" / "2025-07-01" / "siklus" / PAGE
    html = path.read_text()
    lines = f"{told['lines']:,}".replace(",", ".")
    assert f"<dd>{lines}</dd>" in html and f"{lines} baris prelist terbuka" in html
    assert ">Pengaduan warga<" in html and not [who for who in people if who["NIK"] in html or who["id"] in html]
    assert main(["siklus", "halaman", "--as-of", "2025-12-31", "--folder", str(tmp_path)]) == 1
    assert "memuat berkas lain" in capsys.readouterr().err and field.home.root.is_dir()


@pytest.mark.lambat
def test_axe_finds_nothing_on_the_page(tmp_path: Path) -> None:
    made = page_of(standing(crowd(9, 400), tmp_path))
    path, folder = tmp_path / PAGE, tmp_path / "uji"
    path.write_text(made.page.html.replace("<details ", "<details open "))
    folder.mkdir()
    found = violations([path], (1280, 400), axe(), folder)
    assert len(found) == 2 and {name: faults for name, faults in found.items() if faults} == {}


def test_a_reason_that_several_contracts_tell_is_one_and_every_agency_asked_goes_there(tmp_path: Path) -> None:
    made = [
        event("realisasi", "tersalur", DAY, DAY, cara="baru", program="klj", nilai=1, kunci="r"),
        event("kesiapan", "siap", DAY, DAY + timedelta(1), cara="baru", program="klj", kunci="k"),
        event("lampid", "lahir", DAY, DAY, kunci="l"),
    ]
    found = standing(made, tmp_path)
    assert found.counted().by_reason == {"lampid_lahir": (1, 1), "warga_baru": (1, 1)}
    assert found.counted().by_actor == {"DPPAPP, Dinsos": (1, 1)}
    urgent = event("pengaduan", "ganda", DAY, DAY, sifat="jaki", mendesak=True, kunci="p")
    birth = event("lampid", "lahir", DAY, DAY, kunci="l")
    assert standing([urgent, birth], tmp_path).counted().by_actor == {"DPPAPP, Dinsos": (1, 1)}, "not the first reason's alone"


@pytest.mark.feature("F24")
def test_the_agencies_lines_bear_the_names_of_their_people(field: Field, monkeypatch: pytest.MonkeyPatch) -> None:
    """Known people by the identities of the publication, newcomers by their own row; each line once, whoever has no name too."""
    known = field.people(2)
    new = {"NAMA": "Warga Baru Sekali", "TANGGAL LAHIR": "01/02/1950", "NIK": ""}
    field.returned("pengaduan", *(field.row("pengaduan", who, NOMOR_TIKET=f"P{n}") for n, who in enumerate(known)))
    taken = field.returned("realisasi", field.row("realisasi", new))
    (stranger,) = [str(one["id_orang"]) for one in field.events(taken)]
    monkeypatch.setattr(prelist_lines, "granted_to_anybody", lambda *_: True)
    with standing_on(field.home, date(2025, 12, 31)) as found:
        shown = prelist_lines.hand_over_lines(found)
        assert shown is not None and shown.lines == found.counted().lines > 3
    path = folder_of(field.home, shown.number) / DATABASE
    with duckdb.connect(str(path), read_only=True) as con:
        rows = con.execute("select id_orang, nama, nik, kode_alasan, alasan, pelaku from prelist").fetchall()
        assert con.execute("select count(*) from prelist where nama is null").fetchall()[0][0] < shown.lines // 4
    told = {row[0]: row[1:] for row in rows}
    assert len(told) == len(rows) == shown.lines and path.stat().st_mode & 0o777 == 0o400
    for who in known:
        name, nik, codes, words, actors = told[who["id"]]
        assert (name, nik) == (who["NAMA"], who["NIK"]) and codes.startswith("pengaduan,") and actors == ["DPPAPP", "Dinsos"]
        assert words.startswith("Pengaduan warga; ") and words.count(";") == codes.count(",")
    assert told[stranger][:2] == ("Warga Baru Sekali", None) and told[stranger][3] == "Orang yang belum ada di data"
