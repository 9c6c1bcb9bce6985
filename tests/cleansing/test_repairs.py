"""Each repair of cleansing against every text there can be: the cleansed value is the raw one up to the documented
normalisation, or nothing; never a valid value out of an invalid one.

Examples run in batches, one query of the macros' benches for each batch; what is right is said here again, without SQL.
"""

from __future__ import annotations

import csv
import itertools
import re
import unicodedata
from datetime import date, timedelta
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from padanan.base.home import CHECKOUT
from padanan.base.period import MONTHS
from padanan.contracts.cells import sixteen
from padanan.contracts.contract import load_blanks

NIK = "3171011207800001"
ANY = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=30)
BATCH = {"min_size": 60, "max_size": 120}
PATIENT = settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
APOSTROPHES = "'`´‘’ʼ"


def blank(text: str | None) -> bool:
    """Nothing but spaces and punctuation, or a word of the list."""
    if text is None or not any(unicodedata.category(one)[0] in "LN" for one in text):
        return True
    bare = "".join(re.findall(r"[0-9A-Z]+", text.upper()))
    return bare in {"".join(re.findall(r"[0-9A-Z]+", word)) for word in load_blanks().words} and text.isascii()


# Numbers -------------------------------------------------------------------------------------------------------------

DIGITS = st.text("0123456789", min_size=13, max_size=17) | st.just(NIK)
PIECES = st.sampled_from(["", "", " ", ".", "-", "'", ",", "\u00a0", "\u200b", ".0", "e+15", "E15", "/", "_", '="', '"', "+"])
NUMBERS = st.builds(
    lambda digits, cuts, front, back: front + "".join(part + mark for part, mark in _cut(digits, cuts)) + back,
    DIGITS, st.lists(st.tuples(st.integers(1, 16), PIECES), max_size=7), PIECES, PIECES,
)  # fmt: skip
GROUPS = {(16,), (6, 6, 4), (4, 4, 4, 4), (2, 2, 2, 6, 4), (2, 2, 2, 2, 2, 2, 4), (6, 2, 2, 2, 4), (2,) * 8, (8, 8)}


def _cut(digits: str, cuts: list[tuple[int, str]]) -> list[tuple[str, str]]:
    places = dict(cuts)
    edges = [0, *sorted(place for place in places if place < len(digits)), len(digits)]
    return [(digits[a:b], places.get(b, "") if b < len(digits) else "") for a, b in itertools.pairwise(edges)]


def is_a_number(raw: str) -> bool:
    """Sixteen digits alone, or in regular groups with one kind of separator."""
    shown = "".join(one for one in raw if unicodedata.category(one) != "Cf")
    core = shown.strip("".join({one for one in shown if unicodedata.category(one)[0] in "ZC"}) + APOSTROPHES + '="')
    parts = re.split(r"([^0-9]+)", core)
    sizes, marks = tuple(len(part) for part in parts[::2]), parts[1::2]
    kinds = {"space" if all(unicodedata.category(one)[0] in "ZC" for one in mark) and len(mark) <= 3 else mark for mark in marks}
    if not core.isascii() and any(not one.isascii() and unicodedata.category(one)[0] not in "ZC" for one in core):
        return False
    return sizes in GROUPS and len(kinds) <= 1 and kinds <= {"space", "-", "."} and not (kinds == {"."} and len(sizes) < 3)


@PATIENT
@given(texts=st.lists(NUMBERS | ANY, **BATCH))
def test_a_number_is_read_only_where_it_stands_whole(bench: Any, texts: list[str]) -> None:
    for row in bench("uji_nik", [(text,) for text in texts]):
        raw, clean = row["a"], row["nik_bersih"]
        assert (row["angka16"] is not None) == is_a_number(raw), (raw, clean)
        if row["angka16"] is not None:
            assert clean == "".join(re.findall("[0-9]", raw)), raw
        elif clean is not None:
            # The value is kept: only marks that are not seen, spaces around it, quotes and apostrophes are gone.
            gone = [one for one in raw if one not in clean]
            assert clean in "".join(one for one in raw if unicodedata.category(one) != "Cf") or not gone, (raw, clean)
            assert not any(unicodedata.category(one)[0] in "LN" for one in gone), (raw, clean)
        else:
            assert blank(raw) or not re.search("[1-9A-Za-z]", raw), raw
        if row["perbaikan"] is None and clean is not None:
            assert clean == raw or row["angka16"] is None, (raw, clean)


def test_every_way_to_cut_a_number(bench: Any) -> None:
    """Exhaustively: wherever a NIK may be cut by one kind of separator, and by what."""
    texts = []
    for cut in range(1 << 15):
        edges = [0, *(place for place in range(1, 16) if cut >> place - 1 & 1), 16]
        parts = [NIK[a:b] for a, b in itertools.pairwise(edges)]
        texts += [mark.join(parts) for mark in (".", "-", " ")]
        texts += [mark.join(parts) for mark in (",", "/", "\u00a0") if len(parts) < 4]
    for row in bench("uji_nik", [(text,) for text in texts]):
        assert (row["angka16"] is not None) == is_a_number(row["a"]), row
        assert row["nik_bersih"] == (NIK if row["angka16"] is not None else row["a"]), row


@PATIENT
@given(texts=st.lists(NUMBERS | ANY, **BATCH))
def test_landing_and_staging_agree_on_what_is_a_number(bench: Any, texts: list[str]) -> None:
    """The pseudonyms that landing makes are those of the numbers that staging reads."""
    con = duckdb.connect()
    for row in bench("uji_nik", [(text,) for text in texts]):
        landed = con.execute(f"select {sixteen('a')} from (select ? as a)", [row["a"]]).fetchall()[0][0]
        invisible = any(unicodedata.category(one) == "Cf" for one in row["a"])
        assert landed == (row["nik_bersih"] if row["angka16"] is not None else None) or (invisible and landed is None), row


@pytest.mark.parametrize(
    ("raw", "kept"),
    [
        ("317101010180001.0", "317101010180001.0"),
        ("31710101018000.35", "31710101018000.35"),
        ("3171010101800010.0", "3171010101800010.0"),
        ("3.17101010180001E+15", "3.17101010180001E+15"),
        ("3,171,010,101,800,010", "3,171,010,101,800,010"),
        ("3.171.010.101.800.010", "3.171.010.101.800.010"),
        ("31710101 0180001.", "31710101 0180001."),
        ("3171010101.800001", "3171010101.800001"),
    ],
)
def test_what_was_once_a_number_of_a_spreadsheet_is_kept_and_named(bench: Any, raw: str, kept: str) -> None:
    from padanan.contracts.rules import load_catalogue

    (row,) = bench("uji_nik", [(raw,)])
    assert (row["nik_bersih"], row["angka16"], row["perbaikan"]) == (kept, None, None)
    rule = load_catalogue(CHECKOUT / "expectations")["nik_rusak_excel"].fails_when
    fields = "select ? as nik_bersih, null::bigint as nik_angka16, false as nik_angka, null::double as nik_persen_nol"
    (broken,) = duckdb.connect().execute(f"select coalesce({rule}, false) from ({fields})", [kept]).fetchall()
    assert broken == (raw != "31710101 0180001.",)


# Names ---------------------------------------------------------------------------------------------------------------

DEGREES = [
    "S.Pd.I",
    "A.Md.Keb",
    "S.Pd.SD",
    "S.Tr.Kes",
    "SE.MM",
    "S.E., M.M.",
    "SH",
    "S.H.",
    "M.Si",
    "S.Kom",
    "Ph.D",
    "ST",
    "M.Pd.I",
    "Sp.A",
]
WORDS = st.sampled_from(
    ["BUDI", "SITI", "CONTOH", "ST", "SE", "MA", "IDA", "PD", "AMD", "H", "SITI-NUR", "D'ARC", "JOSÉ", "S", "I"]
)


@PATIENT
@given(
    texts=st.lists(
        ANY | st.builds(
            lambda words, mark, degree, tail: " ".join(words) + mark + degree + tail,
            st.lists(WORDS, min_size=1, max_size=4), st.sampled_from([", ", " ", ",", ".", ""]),
            st.sampled_from(DEGREES) | ANY, st.sampled_from(["", ".", ",", " X", "Z"]),
        ), **BATCH,
    )
)  # fmt: skip
def test_a_name_loses_whole_words_only(bench: Any, texts: list[str]) -> None:
    plain = dict(
        bench.sql(
            "select x, trim(regexp_replace(regexp_replace(upper(strip_accents(trim(x))), ?, '', 'g'), '[^\\pL\\pN]+', ' ', 'g'))"
            " from (select unnest(?) as x)",
            [f"[{APOSTROPHES}\\p{{Cf}}\\pM]", texts],
        )
    )
    for row in bench("uji_nama", [(text, None) for text in texts]):
        words = plain[row["a"]].split(" ")
        if row["nama_bersih"] is None:
            assert plain[row["a"]] == "" or blank(row["a"]), row
        else:
            kept = row["nama_bersih"].split(" ")
            rest = iter(words)
            assert all(word in rest for word in kept), (row, words)
            dropped = len(words) - len(kept)
            assert dropped == 0 or "gelar" in row["perbaikan"], (row, words)


@pytest.mark.parametrize("degree", DEGREES)
def test_a_degree_goes_whole_or_stays_apart(bench: Any, degree: str) -> None:
    (row,) = bench("uji_nama", [(f"BUDI CONTOH, {degree}", None)])
    assert row["nama_bersih"] == "BUDI CONTOH"
    inside, glued = bench("uji_nama", [(f"BUDI, {degree} CONTOH", None), (f"BUDI CONTOH, {degree}XYZQW", None)])
    assert inside["nama_bersih"].startswith("BUDI ") and inside["nama_bersih"].endswith(" CONTOH")
    assert len(inside["nama_bersih"].split()) > 2 and glued["nama_bersih"].startswith("BUDI CONTOH ")


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("Hj. SITI CONTOH, S.Pd., M.M.", "SITI CONTOH"),
        ("dr. BUDI CONTOH Sp.PD", "BUDI CONTOH"),
        ("PROF.DR.CONTOH UJI", "CONTOH UJI"),
        ("CONTOH UJI,SH,MH", "CONTOH UJI"),
        ("CONTOH UJI,Amd Keb", "CONTOH UJI"),
        ("CONTOH UJI, S.Pd.AUD, M.Pd", "CONTOH UJI"),
        ("CONTOH UJI (ALM)", "CONTOH UJI"),
        ("H. CONTOH MA", "CONTOH MA"),
        ("Hj. CONTOH ST", "CONTOH ST"),
        ("M. SI CONTOH", "M SI CONTOH"),
        ("R.A. CONTOH", "R A CONTOH"),
        ("CONTOH. UJI SP", "CONTOH UJI SP"),
        ("S.E. CONTOH", "S E CONTOH"),
        ("CONTOH UJI, S.ST", "CONTOH UJI S ST"),
        ("SE", "SE"),
        ("ST. AMINAH", "ST AMINAH"),
    ],
)
def test_names_as_offices_write_them(bench: Any, raw: str, clean: str) -> None:
    """A degree goes whole and from the end; what is a name too stays where no comma says otherwise."""
    (row,) = bench("uji_nama", [(raw, None)])
    assert row["nama_bersih"] == clean


def test_words_of_the_list_are_nothing_in_a_name_and_a_number(bench: Any) -> None:
    shapes = [shape.format(word) for word in load_blanks().words for shape in ("{}", " {} ", "({})", "#{}", "<{}>", "{}.")]
    shapes += [shape.lower() for shape in shapes]
    assert {row["nama_bersih"] for row in bench("uji_nama", [(text, None) for text in shapes])} == {None}
    assert {row["nik_bersih"] for row in bench("uji_nik", [(text,) for text in shapes])} == {None}


# Addresses -----------------------------------------------------------------------------------------------------------

HOUSES = [
    "",
    "NO. 123/125",
    "NO 003/005",
    "BLOK C 101/102",
    "BLOK B LT.3 NO.305/310",
    "KAV. 120/121",
    "KAV 001/002",
    "BLOK C 001/002",
    "UNIT 012/014",
    "LANTAI 003/004",
]
LABELS = {
    "RT 04 RW 06": ("004", "006"), "RT.3/5": ("003", "005"), "RT 003/RW 05": ("003", "005"), "RT/RW 003/005": ("003", "005"),
    "RW 05 RT 3": ("003", "005"), "RT 7": ("007", None), "": (None, None),
}  # fmt: skip


def test_a_labelled_pair_wins_and_a_house_number_is_none(bench: Any) -> None:
    cases = [(f"JL. RAYA BOGOR {house} {label}".strip(), house, *LABELS[label]) for house in HOUSES for label in LABELS]
    cases += [(f"JL MAWAR {house} 003/005".replace("  ", " "), house, "003", "005") for house in HOUSES[:3]]
    found = bench("uji_alamat", [(text,) for text, *_ in cases])
    for (text, house, rt, rw), row in zip(cases, found, strict=True):
        assert (row["rt"], row["rw"]) == (rt, rw), (text, row)
        assert house in row["alamat_jalan"], (text, row)


@pytest.mark.parametrize(
    ("text", "street", "rt", "rw"),
    [
        ("JL X RT003RW004", "JL X", "003", "004"),
        ("JL X R.T. 003 R.W. 004", "JL X", "003", "004"),
        ("JL. R.W. MONGINSIDI NO. 3", "JL. R.W. MONGINSIDI NO. 3", None, None),
        ("JL X NO 12 (RT 003 RW 004)", "JL X NO 12", "003", "004"),
        ("JL CONTOH\nNO 3 BLOK A", "JL CONTOH NO 3 BLOK A", None, None),
        ("JL X RT 3 RT 4 RW 5", "JL X", None, "005"),
        ("JL X RT 3 RW 5 RT 003 RW 05", "JL X", "003", "005"),
        ("KP PULO 12/34", "KP PULO 12/34", None, None),
        ("KP PULO 012/034", "KP PULO", "012", "034"),
    ],
)
def test_labels_as_offices_write_them(bench: Any, text: str, street: str, rt: str | None, rw: str | None) -> None:
    """Two different numbers behind one word decide nothing; a street named R.W. is a street."""
    (row,) = bench("uji_alamat", [(text,)])
    assert (row["alamat_jalan"], row["rt"], row["rw"]) == (street, rt, rw)
    assert row["rt_rw_terbaca"] == (text.count("RT") < 2 or rt is not None)


@pytest.mark.parametrize(
    ("text", "rt", "rw"),
    [
        ("JL X RT 1-3 RW 2", None, "002"),
        ("JL X RT 001 & 002 RW 03", None, "003"),
        ("JL X RT 01, 02 DAN 03 RW 04", None, "004"),
        ("JL X RW 3/4 RT 5", "005", None),
        ("JL X RW 2 RT 1/3", None, "002"),
        ("JL X RT 1 RW 2/3", "001", None),
        ("JL X RT.1/2/3", None, None),
        ("JL X RT/RW 1/2/3", None, None),
        ("JL X RT 5 6", None, None),
    ],
)
def test_more_numbers_than_one_pair_decide_nothing(bench: Any, text: str, rt: str | None, rw: str | None) -> None:
    """`RT 1-3 RW 2` became RW 003, though RW is written: what is labelled alone stands, the rest is a gap."""
    (row,) = bench("uji_alamat", [(text,)])
    assert (row["rt"], row["rw"], row["rt_rw_terbaca"]) == (rt, rw, False), row


OWN = [("003", "003"), ("3", "003"), ("RT 3", "003"), ("RT. 003", "003"), ("'003", "003"), (None, None), ("-", None), ("0", None)]
OTHER = ["03-Apr", "003 004", "3;4", "1/2/3", "3.0", "RW 3", "003a", "III", "2025-03-04", "1000"]


def test_a_column_of_its_own_is_read_whole_or_not_at_all(bench: Any) -> None:
    """A date that Excel made of `3/4`, two numbers, the other one's word: never the first digits that come."""
    cases = [(rt, rw and rw.replace("RT", "RW"), a, b) for rt, a in OWN for rw, b in OWN]
    found = bench("uji_alamat", [("JL X", rt, rw) for rt, rw, *_ in cases])
    for (rt, rw, a, b), row in zip(cases, found, strict=True):
        assert (row["rt"], row["rw"], row["rt_rw_terbaca"]) == (a, b, True), (rt, rw, row)
    odd = (
        [(cell, None) for cell in OTHER if cell != "RW 3"]
        + [(cell, "004") for cell in OTHER]
        + [("RW 4", "RW 4"), ("RT 3", "RT 3")]
    )
    for (rt, rw), row in zip(odd, bench("uji_alamat", [("JL X", *cells) for cells in odd]), strict=True):
        assert row["rt"] is None and row["rt_rw_terbaca"] is False, (rt, rw, row)
    # Swapped; with one of them alone the gap stands, for the other is missing.
    swapped = [("RW 4", "RT 3", "003", "004"), ("RW 4", None, None, "004"), (None, "RT 3", "003", None)]
    for (rt, rw, a, b), row in zip(swapped, bench("uji_alamat", [("JL X", rt, rw) for rt, rw, *_ in swapped]), strict=True):
        assert (row["rt"], row["rw"], row["rt_rw_terbaca"]) == (a, b, None not in (a, b)), (rt, rw, row)
    both = ["003/004", "RT 3 RW 4", "RT/RW 003/004", "3-4", "RT. 3 / RW 4"]
    for cell, row in zip(both, bench("uji_alamat", [("JL X", cell) for cell in both]), strict=True):
        assert (row["rt"], row["rw"]) == ("003", "004"), (cell, row)


@PATIENT
@given(
    first=st.lists(st.integers(1, 99), min_size=1, max_size=3), second=st.lists(st.integers(1, 99), max_size=3), data=st.data()
)
def test_a_labelled_number_is_its_word_s_own(bench: Any, first: list[int], second: list[int], data: st.DataObject) -> None:
    """Lists of numbers behind RT and RW in either order: RT is never a number written behind RW alone, and none of a list."""
    words = data.draw(st.sampled_from([("RT", "RW"), ("RW", "RT")]))
    between = data.draw(st.sampled_from(["/", "-", " & ", ", ", " "]))
    lists = [between.join(f"{number:03d}" for number in numbers) for numbers in (first, second)]
    text = f"JL X {words[0]} {lists[0]}" + (f" {words[1]} {lists[1]}" if second else "")
    (row,) = bench("uji_alamat", [(text,)])
    given_ = dict(zip((word.lower() for word in words), (first, second), strict=True))
    for word in ("rt", "rw"):
        behind = given_[word]
        if second:
            assert row[word] == (f"{behind[0]:03d}" if len(behind) == 1 else None), (text, row)
    assert row["rt_rw_terbaca"] or len(first) > 1 or len(second) > 1, (text, row)


@PATIENT
@given(
    texts=st.lists(
        ANY | st.builds("{}{}{}".format, ANY, st.sampled_from(["RT", "RW", "RT/RW", "003/004", "NO 003/004"]), ANY), **BATCH
    )
)
def test_an_rt_stands_in_the_text_or_is_none(bench: Any, texts: list[str]) -> None:
    for row in bench("uji_alamat", [(text,) for text in texts]):
        raw = row["alamat_mentah"] or ""
        for value in (row["rt"], row["rw"]):
            assert value is None or re.search(rf"(?<![0-9])0*{int(value)}(?![0-9])", raw), row
        if row["rt"] is not None or row["rw"] is not None:
            assert re.search(r"\bR[.]? ?[TW]|\b0[0-9]{2} ?/ ?0[0-9]{2}\b", raw, re.ASCII | re.IGNORECASE), row


# Dates ---------------------------------------------------------------------------------------------------------------

DAY = date(1980, 7, 12)
FORMS = [
    "{d:%d/%m/%Y}",
    "{d:%d-%m-%Y}",
    "{d:%d.%m.%Y}",
    "{d:%Y-%m-%d}",
    "{d:%Y/%m/%d}",
    "{d.day} {month} {d.year}",
    "{d:%d / %m / %Y}",
    "{d:%d %m %Y}",
    "{d:%d}\u2013{d:%m}\u2013{d:%Y}",
    "{d:%d}\u200e/{d:%m/%Y}",
]
AROUND = [
    "{}",
    "\u00a0{}",
    " {} ",
    "Jakarta, {}",
    "Jakarta,{}",
    "{} 00:00",
    "{} 00:00:00",
    "{} 07.30",
    "'{}",
    '="{}"',
    "\u200b{}\u00a0",
]


@PATIENT
@given(days=st.lists(st.dates(date(1900, 1, 1), date(2100, 12, 31)), **BATCH), data=st.data())
def test_a_date_that_people_read_is_read(bench: Any, days: list[date], data: st.DataObject) -> None:
    texts = []
    for day in days:
        form, around = data.draw(st.sampled_from(FORMS)), data.draw(st.sampled_from(AROUND))
        texts.append(around.format(form.format(d=day, month=MONTHS[day.month - 1])))
    for day, row in zip(days, bench("uji_tanggal", [(text,) for text in texts]), strict=True):
        assert row["tanggal"] == day, row
        assert row["a"] == day.isoformat() or row["perbaikan"], row


@PATIENT
@given(texts=st.lists(ANY | st.from_regex(r"[0-9]{1,4}[/. -][0-9A-Za-z]{1,9}[/. -][0-9]{1,4}.{0,8}", fullmatch=True), **BATCH))
def test_no_date_is_made_up(bench: Any, texts: list[str]) -> None:
    for row in bench("uji_tanggal", [(text.replace("\x00", ""),) for text in texts]):
        if row["tanggal"] is None:
            continue
        text, day = row["a"], row["tanggal"]
        if re.fullmatch(r"\s*[0-9]{4,5}(\.0+)?\s*", text):
            assert day == date(1899, 12, 30) + timedelta(days=int(float(text))), row
        elif "zona" not in row["perbaikan"] if row["perbaikan"] else True:
            shown = "".join(one for one in text if unicodedata.category(one) != "Cf")
            numbers = [int(one) for one in re.findall("[0-9]+", shown)]
            assert day.year in numbers and day.day in numbers, row
            assert day.month in numbers or any(
                month[:3].upper() in text.upper()
                for month in [*MONTHS, *["May", "Aug", "Oct", "Dec", "Peb", "Ags", "Agt", "Nop"]]
            ), row


@pytest.mark.parametrize("month", ["Agustus", "Agt", "Agst.", "AGS", "Agu", "Aug"])
def test_every_short_form_of_august(bench: Any, month: str) -> None:
    (row,) = bench("uji_tanggal", [(f"12 {month.rstrip('.')} 1980",)])
    assert row["tanggal"] == date(1980, 8, 12)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1980-07-11T17:00:00.000Z", DAY),
        ("1980-07-12T00:30:00+07:00", DAY),
        ("1980-07-11T23:30:00+05:30", DAY),
        ("1980-07-12T16:59:59Z", DAY),
        ("1980-07-12T17:00Z", date(1980, 7, 13)),
        ("12/07/80", None),
        ("31/02/1980", None),
        ("sebelum 12-07-1980", None),
    ],
)
def test_a_zone_is_the_day_in_jakarta(bench: Any, text: str, day: date | None) -> None:
    (row,) = bench("uji_tanggal", [(text,)])
    assert row["tanggal"] == day
    assert day is None or row["perbaikan"] == "zona"


SHORT_DATES = (
    ANY
    | st.from_regex(r" ?[0-9]{5,8}(\.0)? ?", fullmatch=True)
    | st.from_regex(r"[0-9]{1,2}[/.-][0-9]{1,2}[/.-][0-9]{2}", fullmatch=True)
    | st.builds("{:%d%m%Y}".format, st.dates(date(1900, 1, 1), date(2025, 1, 1)))
    | st.builds("{:%d/%m/%y}".format, st.dates(date(1926, 1, 1), date(2025, 1, 1)))
    | st.builds("{:%d-%b-%y}".format, st.dates(date(1900, 1, 1), date(2025, 1, 1)))
)


def readings(text: str) -> set[date]:
    """Every day that a cell without separators or century may mean, as people and spreadsheets write."""
    found: set[date] = set()
    named = re.fullmatch(r"\s*([0-9]{1,2})[ -]*([A-Za-z]{3,9})[ -]*([0-9]{2})\s*", text)
    if named:
        # English, and the short forms that people write.
        further = {"May": 5, "Aug": 8, "Oct": 10, "Dec": 12, "Peb": 2, "Ags": 8, "Agt": 8, "Nop": 11}
        for name, month in [*((one, at) for at, one in enumerate(MONTHS, 1)), *further.items()]:
            if name[:3].upper() == named[2][:3].upper():
                found |= _days(f"{int(named[1]):02}{month:02}{named[3]}", "ddmmyy")
        return found
    digits = re.sub(r"\.0+$", "", text.strip()) if re.fullmatch(r"\s*[0-9]{5,8}(\.0+)?\s*", text) else ""
    parts = re.fullmatch(r"\s*([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{2})\s*", text)
    if parts:
        digits = f"{int(parts[1]):02}{int(parts[2]):02}{parts[3]}"
    if len(digits) == 5:
        found.add(date(1899, 12, 30) + timedelta(days=int(digits)))
    if len(digits) in (5, 6):
        found |= _days(digits.zfill(6), "ddmmyy")
    if len(digits) in (7, 8):
        found |= _days(digits.zfill(8), "ddmmyyyy") | _days(digits.zfill(8), "mmddyyyy") | _days(digits, "yyyymmdd")
    return found


def _days(digits: str, form: str) -> set[date]:
    if len(digits) != len(form):
        return set()
    part = {key: int("".join(one for one, mark in zip(digits, form, strict=True) if mark == key)) for key in "dmy"}
    days = set()
    for year in (1900 + part["y"], 2000 + part["y"]) if form.count("y") == 2 else (part["y"],):
        try:
            days.add(date(year, part["m"], part["d"]))
        except ValueError:
            continue
    return days


@PATIENT
@given(
    texts=st.lists(SHORT_DATES, **BATCH),
    counts=st.tuples(*[st.integers(0, 2)] * 4),
    nik=st.sampled_from([None, NIK, "3171010712800001"]),
)
def test_short_digits_mean_one_day_or_none(bench: Any, texts: list[str], counts: tuple[int, ...], nik: str | None) -> None:
    """What is read is one of the readings; NIK and column decide; with neither, what could mean two days is a gap."""
    for row in bench("uji_tanggal_pendek", [(text, nik, *map(str, counts)) for text in texts]):
        if row["perbaikan"] not in ("serial", "tahun_dua_angka", "tanpa_pemisah") and not row["ambigu"]:
            continue
        may = readings(row["a"])
        assert row["tanggal"] in may or (row["ambigu"] and row["tanggal"] is None), (row, may)
        own = {day for day in may if nik and f"{day:%d%m%y}" == nik[6:12]}
        if not own and not any(counts) and row["tanggal"] is not None and not re.search("[A-Za-z]", row["a"]):
            plausible = {day for day in may if 1900 <= day.year <= 2100}
            assert len(plausible) == 1 or len(row["a"].strip().split(".")[0]) == 5, (row, may)
        if row["tanggal"] is not None and re.search(r"[^0-9][0-9]{2}\s*$", row["a"]) and row["perbaikan"] == "tahun_dua_angka":
            assert row["tanggal"].year % 100 > 25, row


@pytest.mark.parametrize(
    ("text", "nik", "counts", "day"),
    [
        ("12071980", NIK, "0000", DAY),
        ("12071980", None, "0000", None),
        ("12071980", None, "0050", DAY),
        ("12071980", None, "0005", date(1980, 12, 7)),
        ("12071980", "3171010712800001", "0000", date(1980, 12, 7)),
        ("12071980", "3171010712800001", "0050", None),
        ("12071980", NIK, "0005", None),
        ("31121980", None, "0000", date(1980, 12, 31)),
        ("12121980", None, "0000", date(1980, 12, 12)),
        ("19800712", None, "0000", DAY),
        ("7071980", None, "0000", None),
        ("7071980", None, "0040", date(1980, 7, 7)),
        ("31021980", None, "0090", None),
        ("12/07/80", NIK, "0000", DAY),
        ("12/07/80", None, "0000", None),
        ("12/07/80", None, "0400", DAY),
        ("12.7.80", NIK, "0000", DAY),
        ("12-Jul-80", None, "0000", DAY),
        ("12/07/15", NIK, "0000", None),
        ("12-Jul-15", None, "0000", None),
    ],
)
def test_what_the_nik_and_the_column_decide(bench: Any, text: str, nik: str | None, counts: str, day: date | None) -> None:
    (row,) = bench("uji_tanggal_pendek", [(text, nik, *counts)])
    assert (row["tanggal"], row["ambigu"]) == (day, day is None), row


# Places --------------------------------------------------------------------------------------------------------------


# Words as registries also write them; said here again, without SQL.
SHORT = {
    "KAMPUNG": ["KP.", "KP", "KMP"], "KEBON": ["KB.", "KB", "KEBUN"], "PONDOK": ["PD.", "PD"], "TANJUNG": ["TJ.", "TJ"],
    "PASAR": ["PS.", "PSR"], "GUNUNG": ["GN."], "RAWA": ["RW."], "KELAPA": ["KLP."], "PULAU": ["PL.", "PULO"],
    "PULO": ["PL.", "PULAU"], "KARANG": ["KR."], "SELATAN": ["SEL", "SEL."], "UTARA": ["UTR"], "BARAT": ["BRT"],
    "TIMUR": ["TIM", "TMR"], "DUA": ["II", "2"], "TIGA": ["III", "3"], "LIMA": ["V", "5"],
}  # fmt: skip
# A word is cut wherever one of the common first parts ends: RAWASARI is also RAWA SARI.
HEADS = ["RAWA", "KALI", "SUKA", "PINANG", "PAL", "KRAMAT", "JATI", "BALE", "GONDANG", "KEBON", "SETIA", "PULO", "LUBANG",
         "TANJUNG", "PASAR"]  # fmt: skip


def spellings(name: str) -> set[str]:
    """A kelurahan as registries write it: level word, any case, compounds together or apart, short words, numbers, brackets."""
    words = name.upper().split()
    joined = {" ".join([*words[:i], "".join(words[i : i + 2]), *words[i + 2 :]]) for i in range(len(words) - 1)}
    parts = {"".join(words), name, "-".join(words), "/".join(words), f"KEL. {name}", f"Kelurahan {name.title()}", f"  {name}  "}
    parts |= {f"KELURAHAN ({name})", f"{name} (KEL.)", f"3. {name}", f"31.71.01.1001 {name}", f"{name} (1001)", f'"{name}"'}
    parts |= {" ".join([*words[:-1], f"({words[-1]})"])} if len(words) > 1 else set()
    apart = {
        " ".join([*words[:i], head, word[len(head):], *words[i + 1:]])
        for i, word in enumerate(words) for head in HEADS if word.startswith(head) and len(word) > len(head) + 1
    }  # fmt: skip
    choices = [[word, *SHORT.get(word, [])] for word in words] if len(words) > 1 else [[words[0]]]
    short = {" ".join(one) for one in itertools.product(*choices)}
    glued = {one.rstrip(".") + "".join(words[1:]) for one in choices[0][1:]}
    return joined | parts | apart | short | {text.lower() for text in short} | glued


def test_every_spelling_of_the_267_kelurahan_resolves_to_its_own(bench: Any) -> None:
    with (CHECKOUT / "dbt_project" / "seeds" / "ref_wilayah.csv").open(encoding="utf-8") as handle:
        places = {row["kelurahan"].upper(): row["kode_kelurahan"] for row in csv.DictReader(handle)}
    with (CHECKOUT / "dbt_project" / "seeds" / "ref_ejaan_wilayah.csv").open(encoding="utf-8") as handle:
        other = [(row["ejaan"], places[row["nama_baku"]]) for row in csv.DictReader(handle) if row["tingkat"] == "kelurahan"]
    assert len(places) == 267
    asked = [(text, code) for name, code in places.items() for text in spellings(name)] + other
    by_key = {f"|||{text}|||": code for text, code in asked}
    assert len(by_key) > 4000
    for row in bench("uji_wilayah", [(None, None, None, text) for text, _ in asked]):
        assert row["kode_kelurahan"] == by_key[row["place_key"]], row
    # Neighbours in spelling are nobody's.
    wrong = [name + "X" for name in places] + [name[:-1] for name in places if name[:-1] not in places]
    wrong += [f"{name} {number}" for name in places for number in ("1", "4", "I", "IV")] + ["PULAU", "RW 05", "KP", "TIMUR", "2"]
    wrong += [" ".join(name.split()[:-1]) for name in places if " ".join(name.split()[:-1]) not in {"", *places}]
    for row in bench("uji_wilayah", [(None, None, None, text) for text in wrong]):
        assert row["kode_kelurahan"] is None, row


def test_a_spelling_that_two_places_share_is_nobodys(bench: Any) -> None:
    """Were there a Rawa Sari beside Rawasari, either spelling could be the other's."""
    asked = [(None, None, None, text) for text in ("RAWASARI", "RAWA SARI", "RW. SARI", "CIKINI")]
    assert [row["kode_kelurahan"] is not None for row in bench("uji_wilayah", asked)] == [True, True, True, True]
    bench.sql("insert into ref_wilayah by name select * replace ('Rawa Sari' as kelurahan, '31.71.05.1999' as kode_kelurahan)"
              " from ref_wilayah where kelurahan = ?", ["Rawasari"])  # fmt: skip
    try:
        rows = {row["place_key"].strip("|"): row["kode_kelurahan"] for row in bench("uji_wilayah", asked)}
    finally:
        bench.sql("delete from ref_wilayah where kode_kelurahan = ?", ["31.71.05.1999"])
    assert rows == {"RAWASARI": None, "RAWA SARI": None, "RW. SARI": None, "CIKINI": "31.71.06.1003"}
