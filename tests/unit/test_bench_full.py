"""The tables of `make bench-full`, and the deliveries that it makes once and alters by a month."""

import json
from datetime import datetime
from pathlib import Path

import yaml

from benchmarks.scale import deliveries
from benchmarks.scale.full_table import UNMEASURED, Row, Size, tables
from padanan.base.home import Home
from padanan.landing.arrival import SET, arrivals_of

FACTS: dict[str, object] = {"skala": 2, "seed": 1, "profil": "clean", "periode": "2025-S2", "pembuat": "x"}
LETTER = {"diterima": "2025-12-08T12:15:00+07:00", "jumlah_baris": 100, "nomor_surat": "A", "periode_data": "2025-12"}


def size(residents: int, factor: float) -> Size:
    def row(name: str, cpu: float, rows: int | None = None) -> Row:
        return Row(name, rows, cpu * 2, cpu, 500.0, 4_000_000, 2_000_000)

    return Size(
        residents,
        rows=[row("padanan_periode", 30 * factor), row("rancangan_periode", 6 * factor)],
        steps=[row("landing", 10 * factor, 7), row("padanan (bukti)", 8 * factor), row("review (laporan)", 4 * factor)],
        after=[row("daftar", factor**2)],
        floor=row("lantai", 2 * factor, 1_234_567),
        reruns={"tanpa perubahan": row("tanpa perubahan", 3.6 * factor)},
        warehouse=3_000_000_000,
        landing=1_500_000_000,
    )


def line(text: str, name: str, at: int = 0) -> list[str]:
    return [one for one in text.splitlines() if one.startswith(name)][at].removeprefix(name).split()


def test_the_whole_is_held_against_the_floor_without_what_the_floor_has_nothing_of() -> None:
    assert size(10, 1).against_floor == (36 - 8 - 4) / 2
    text = tables([size(10, 1)])
    assert "tanpa pemadanan dan laporan: 12.0 x lantai; gudang 3.00 GB (2.0 x Parquet kiriman)" in text
    assert line(text, "landing") == ["7", "20.0", "10.0", "500", "4", "2", "5.00"]
    assert line(text, "inbox sampai rancangan")[:3] == ["1.234.567", "72.0", "36.0"]
    assert "run ulang, tanpa perubahan: 7.2 dtk, 10% dari run penuh; CPU 3.6 dtk, 10%" in text


def test_what_no_step_used_is_a_line_of_its_own() -> None:
    assert line(tables([size(10, 1)]), UNMEASURED)[1:3] == ["28.0", "14.0"]


def test_growth_is_told_from_each_size_to_the_next_where_it_can_be_told() -> None:
    text = tables([size(10, 1), size(40, 4), size(160, 16)])
    grown = text[text.index("pangkat CPU") :]
    assert line(grown, "landing") == ["1.00", "1.00"]
    assert line(grown, "daftar") == ["2.00", "2.00"]
    assert "pangkat" not in tables([size(10, 1)])
    small = size(10, 1)
    small.steps[0].cpu = 0.1
    assert line(tables([small, size(40, 4)])[-900:], "landing", -1) == ["–"]


def inbox(home: Home) -> Path:
    deliveries.ready(home, FACTS)
    home.inbox("dtks").mkdir(parents=True)
    path = home.inbox("dtks") / "dtks_2025-12.csv"
    path.write_text("nik|nama\n" + "".join(f"{at}|A\n" for at in range(100)), encoding="utf-8")
    path.with_name(path.name + deliveries.LETTER).write_text(yaml.safe_dump(LETTER), encoding="utf-8")
    return path


def test_the_next_month_lacks_a_row_in_fifty_and_arrives_in_that_month(tmp_path: Path) -> None:
    home = Home(tmp_path / "rumah")
    path = inbox(home)
    assert deliveries.next_month(home) == "2026-01"
    found = path.with_name(f"dtks_2026-01{deliveries.NEXT}")
    assert found.read_text(encoding="utf-8").splitlines() == [
        line for at, line in enumerate(path.read_text(encoding="utf-8").splitlines()) if at not in (1, 51)
    ]
    said = yaml.safe_load(found.with_name(found.name + deliveries.LETTER).read_text(encoding="utf-8"))
    assert (said["periode_data"], said["jumlah_baris"]) == ("2026-01", 98)
    arrival = arrivals_of(home, "dtks", [found])[found.name]
    assert (arrival.by, arrival.moment) == (SET, datetime.fromisoformat("2026-01-08T12:15:00+07:00"))


def test_deliveries_serve_again_as_they_arrived_and_other_facts_make_others(tmp_path: Path) -> None:
    home = Home(tmp_path / "rumah")
    path = inbox(home)
    deliveries.made(home, FACTS)
    deliveries.next_month(home)
    (home.root / "published" / "x").mkdir()
    deliveries.closed(home, FACTS)
    assert deliveries.ready(home, FACTS)
    assert sorted(one.name for one in home.inbox("dtks").iterdir()) == [path.name, path.name + deliveries.LETTER]
    assert not list((home.root / "published").iterdir())
    arrival = arrivals_of(home, "dtks", [path])[path.name]
    assert (arrival.by, arrival.moment.isoformat()) == (SET, LETTER["diterima"])
    assert json.loads(home.demo_marker.read_text())["lengkap"] is True
    assert not deliveries.ready(home, {**FACTS, "seed": 2})
    assert not list((home.root / "inbox").iterdir())
    # Broken off while they were made: not whole.
    inbox(home)
    assert not deliveries.ready(home, FACTS)
