"""`python -m orchestration.demo_year`: a made-up year, month by month: a decree, what the field finds, the next decree.

The year's truth and files are `padanan/synthetic/year*`, a month of it `year_month`; here is their order and what is printed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from datetime import time as hour
from typing import TYPE_CHECKING

from orchestration.environment import prepare
from orchestration.guard import told
from padanan.base.arguments import Parser
from padanan.base.errors import PadananError, safe_reason
from padanan.base.home import CHECKOUT, Home
from padanan.base.period import JAKARTA, Periode, Quarter

if TYPE_CHECKING:
    import duckdb

    from padanan.feedback.ranking import Returned
    from padanan.feedback.warning.register import Alert
    from padanan.synthetic.year import Month
    from padanan.synthetic.year_errors import Errors
    from padanan.synthetic.year_month import Told

FIRST, SECOND = Periode(2025, 2), Periode(2026, 1)
NUMBERS = {FIRST: "721 Tahun 2025", SECOND: "412 Tahun 2026"}
START, CONTROL = "2026-01", "kendali"
JUMP_RULE, JUMP_PART = "pengaduan_melonjak", "lainnya"
BEFORE_SECOND, AFTER_SECOND = 6, 3
"""Months of feedback before and after the second decree's run; the sixth month's files come after its cut-off."""


@dataclass
class Clock:
    """Seconds per stage, in the order in which they were first met."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Adds what happens inside to a stage."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.seconds[name] = self.seconds.get(name, 0.0) + time.perf_counter() - begun


def demo_year(scale: int, profile: str, seed: int) -> int:
    """Lives through the year and prints it.

    Returns:
        0, or 1 when a run failed or a promise of the year does not hold (its line is on stderr).

    Raises:
        PadananError: the home is not a demo's, PostgreSQL does not start, a file was not taken in as it must be.
    """
    from orchestration import demo_home
    from orchestration.measure import number
    from padanan.synthetic.embedded_postgres import SERVER, URL_VARIABLE, embedded_postgres

    home, clock = Home.from_env(), Clock()
    facts = {"skala": scale, "profil": profile, "seed": seed, "periode": FIRST.label, demo_home.DECREES: True}
    demo_home.make_ready(home, facts)
    prepare()
    print(f"Setahun Padanan: {number(scale)} penduduk buatan, profil {profile}, benih {seed}", flush=True)
    with embedded_postgres(home.root / "postgres" / SERVER) as url:
        os.environ[URL_VARIABLE] = url
        year = Year(home, scale, profile, seed, url, clock)
        year.live()
    demo_home.close(home, facts)
    print(year.summary())
    if year.broken:
        print("\n".join(f"GALAT: {line}" for line in year.broken), file=sys.stderr)
        return 1
    return 0


class Year:
    """The year in its home: decree, months, decree, months; what is known at its end is its `summary`."""

    def __init__(self, home: Home, scale: int, profile: str, seed: int, url: str, clock: Clock) -> None:
        self.home, self.scale, self.profile, self.seed, self.url, self.clock = home, scale, profile, seed, url, clock
        self.errors: dict[Periode, Errors] = {}
        self.control: Errors | None = None
        self.told: list[Told] = []
        self.reports: list[str] = []
        self.money: dict[str, int] = {}
        self.ranked: Returned | None = None
        self.warned: list[Alert] = []
        self.jumps = 0
        self.forgotten: tuple[int, int] = (0, 0)
        self.in_panti: tuple[int, int] = (0, 0)
        self.broken: list[str] = []
        self.added: list[str] = []

    def live(self) -> None:
        """Everything, in the order of the calendar but for the sixth month (its files come after the second decree's cut-off)."""
        from padanan.feedback.ranking import compare
        from padanan.synthetic.year import months, open_year
        from padanan.synthetic.year_month import money

        year = months(START, BEFORE_SECOND + AFTER_SECOND)
        say(f"1/5 Penetapan {FIRST.label}")
        revisi = self.decree(FIRST)
        with self.clock.stage("kebenaran dan kekeliruan sasaran"):
            con = open_year(
                self.home, residents=self.scale, seed=self.seed, profile=self.profile, start=year[0].first, count=len(year)
            )
        try:
            self.measure(con, FIRST, revisi)
            self.hand_over(con, revisi)
            say(f"2/5 {BEFORE_SECOND} bulan di lapangan")
            self.report(Quarter(2025, 4))
            for place, month in enumerate(year[:BEFORE_SECOND]):
                self.month(con, month, place)
            say(f"3/5 Penetapan {SECOND.label}")
            revisi = self.decree(SECOND)
            self.measure(con, SECOND, revisi)
            self.report(Quarter(2026, 2))
            say(f"4/5 {AFTER_SECOND} bulan sesudahnya")
            for place, month in enumerate(year[BEFORE_SECOND:], BEFORE_SECOND):
                self.month(con, month, place)
            self.look(year[-1])
            self.money = money(con, self.home)
            self.ranked = compare(self.home, FIRST)
            say(f"5/5 Pembanding: {SECOND.label} dari kiriman yang sama, tanpa hasil lapangan")
            self.compare(con)
        finally:
            con.close()
        say("")
        self.judge()

    def decree(self, periode: Periode) -> int:
        """Deliveries of a period, its run, the review's steps by the example officials, draft and seal; the revision."""
        from orchestration.run import run_job
        from padanan.contracts.contract import load_contracts
        from padanan.synthetic import generate
        from padanan.synthetic.year_decree import accept, seal

        day = planned(periode)
        with self.clock.stage(f"kiriman {periode.label}"):
            generate(
                self.home, load_contracts(), residents=self.scale, seed=self.seed, profile=self.profile, periode=periode,
                database_url=self.url,
            )  # fmt: skip
        with self.clock.stage(f"padanan_periode {periode.label}"):
            outcome = run_job("padanan_periode", periode, home=self.home, batas=day.isoformat())
        if not outcome.ok or outcome.revisi is None:
            raise PadananError(f"padanan_periode {periode.label} gagal", cure=outcome.line or "lihat log run di home demo")
        with self.clock.stage(f"reviu dan penetapan {periode.label}"):
            accept(self.home, periode, outcome.revisi, day)
            draft = run_job("rancangan_periode", periode, home=self.home, revisi=outcome.revisi, quiet=True)
            if not draft.ok:
                raise PadananError(f"rancangan_periode {periode.label} gagal", cure=draft.line)
            seal(self.home, periode, outcome.revisi, day, NUMBERS[periode])
        say(f"    {periode.label} ditetapkan: revisi {outcome.revisi}, nomor {NUMBERS[periode]}, tanggal {day.isoformat()}")
        return outcome.revisi

    def measure(self, con: duckdb.DuckDBPyConnection, periode: Periode, revisi: int) -> None:
        """The decree beside the truth of its cut-off day; from now on the field works with this revision."""
        from padanan.synthetic.year import own
        from padanan.synthetic.year_errors import limit_of, measured

        with self.clock.stage("kebenaran dan kekeliruan sasaran"):
            own(con, self.home, periode, revisi, sorted({FIRST, periode}))
            day = planned(periode)
            found = self.errors[periode] = measured(con, day, limit_of(self.home, periode, revisi))
        if found.newcomers:
            say(
                f"    warga baru pada padanan {periode.label}: {count(found.newcomers)}, {count(found.alone)} tanpa registri; "
                f"ditetapkan {count(found.entered)}, {count(found.helped)} berhak menurut kebenaran"
            )

    def hand_over(self, con: duckdb.DuckDBPyConnection, revisi: int) -> None:
        """The first decree's people go to the ranking body, before anything came back that could be in dispute."""
        from padanan.feedback.ranking import hand_over
        from padanan.synthetic.year import handed

        now = datetime.combine(planned(FIRST) + timedelta(days=7), hour(9), JAKARTA)
        with self.clock.stage("serah ke pemeringkatan"):
            _, facts = hand_over(self.home, FIRST, revisi, now=now)
            handed(con, self.home)
        say(f"    diserahkan ke pemeringkatan: {count(int(facts['jumlah']['orang']))} orang")

    def compare(self, con: duckdb.DuckDBPyConnection) -> None:
        """The second period's deliveries once more, in a home where nothing came back: the difference is what the field found."""
        from padanan.synthetic.year import own
        from padanan.synthetic.year_errors import limit_of, measured

        root = self.home.root / CONTROL
        given = {"PADANAN_HOME": str(root), "PADANAN_DAGSTER_STORAGE": str(root / "dagster")}
        words = ["--scale", str(self.scale), "--seed", str(self.seed), "--profile", self.profile, "--periode", SECOND.label]
        with self.clock.stage("pembanding tanpa hasil lapangan"):
            done = subprocess.run(
                [sys.executable, "-m", "orchestration.demo", *words], env={**os.environ, **given}, cwd=CHECKOUT,
                capture_output=True, text=True, check=False,
            )  # fmt: skip
            if done.returncode:
                raise PadananError("run pembanding gagal", cure=done.stderr.strip()[-400:] or "lihat log run di home demo")
            home = Home(root)
            own(con, home, SECOND, 1, [SECOND])
            self.control = measured(con, planned(SECOND), limit_of(home, SECOND, 1))

    def month(self, con: duckdb.DuckDBPyConnection, month: Month, place: int) -> None:
        """The files of a month, made, delivered and taken in; at a quarter's end its LP3KE."""
        from padanan.synthetic.year_month import live_month

        with self.clock.stage("bulan: berkas, penerimaan, keadaan"):
            found = live_month(con, self.home, month, place)
        self.told.append(found)
        events = sum(found.rows.values()) - found.refused
        say(
            f"    {month.label}: {count(events)} peristiwa, {count(found.refused)} dikembalikan, "
            f"{count(found.lines)} baris prelist terbuka"
        )
        self.add(month.received + timedelta(days=2))
        quarter = Quarter.of(month.first)
        if month.last == quarter.end:
            self.warn(month.received)
        if month.last == quarter.end and quarter != Quarter(2026, 2):
            self.report(quarter)

    def warn(self, day: date) -> None:
        """The early warning of a day."""
        from padanan.feedback.warning.run import compute

        with self.clock.stage("peringatan dini"):
            found = compute(self.home, day, now=datetime.combine(day, hour(6, 30), JAKARTA))
        self.jumps += sum(one.rule == JUMP_RULE and one.where.part == JUMP_PART and not one.where.code for one in found.begun)
        say(f"    peringatan dini: {count(len(found.begun))} baru, {count(len(found.standing))} berlaku")

    def look(self, last: Month) -> None:
        """What the year's end shows of alerts, of outreach and of panti; the last day is computed twice."""
        from padanan.base.period import last_day_after
        from padanan.feedback.institutions import WITHOUT, residents
        from padanan.feedback.outreach import coverage
        from padanan.feedback.warning.register import alerts

        day = last_day_after(last.last, 1)
        for _ in range(2):
            self.warn(day)
        self.warned = alerts(self.home)
        with self.clock.stage("jangkauan sosialisasi, panti"):
            reached = coverage(self.home, day)
            self.forgotten = len(reached.forgotten()), len(reached.rows)
            living = residents(self.home, day)
            self.in_panti = living.people, sum(n for (_, column), n in living.listed.items() if column == WITHOUT)

    def add(self, day: date) -> None:
        """An addendum of whom the visits so far said to need help at once, where somebody may enter; nobody stands on two."""
        from padanan.records.addenda import addenda
        from padanan.records.seals import in_force
        from padanan.synthetic.year_decree import add_urgent

        decree = in_force(self.home)
        if day > planned(SECOND) and (decree is None or decree.periode != SECOND):
            return  # the sixth month's files are told of before the second decree, and came after it
        with self.clock.stage("daftar mendesak dan adendum"):
            found = add_urgent(self.home, day)
            if found is None:
                return
            every = addenda(self.home)
        people = [who for one in every for who in one.on(day)]
        if len(people) != len(set(people)):
            self.broken.append(f"{day.isoformat()}: ada orang pada dua adendum yang berlaku")
        self.added.append(f"{every[-1].name}, {day.isoformat()}: {count(len(every[-1].people))} orang, sampai {every[-1].ends}")
        say(f"    {self.added[-1]}")

    def report(self, quarter: Quarter) -> None:
        """The LP3KE of a quarter, made ten days after its end."""
        from padanan.feedback.lp3ke.make import make

        now = datetime.combine(quarter.end + timedelta(days=10), hour(9), JAKARTA)
        with self.clock.stage("LP3KE"):
            _, facts = make(self.home, quarter, now=now)
        people = int(facts["jumlah"]["orang"])
        self.reports.append(f"{quarter.label}: {count(people)} orang di Matriks 3, dari {facts['sumber']}")
        say(f"    LP3KE {quarter.label}: {count(people)} orang")

    def judge(self) -> None:
        """What the year promises, held against what happened."""
        before, after = self.errors[FIRST], self.errors[SECOND]
        if not after.exclusion < before.exclusion:
            self.broken.append("kekeliruan eksklusi tidak turun dari penetapan pertama ke kedua")
        if not after.inclusion < before.inclusion:
            self.broken.append("kekeliruan inklusi tidak turun dari penetapan pertama ke kedua")
        control = self.control
        if control is None or not after.exclusion < control.exclusion:
            self.broken.append("kekeliruan eksklusi penetapan kedua tidak lebih rendah daripada tanpa hasil lapangan")
        for one in self.told:
            self.broken += [f"{one.month}: {n} baris di luar yang disengaja ({rule})" for rule, n in sorted(one.unmeant.items())]
        if self.jumps != 1:
            self.broken.append(f"lonjakan pengaduan yang ditanam disampaikan {self.jumps} kali, seharusnya sekali")
        if not self.forgotten[0] or not self.in_panti[0]:
            self.broken.append("kelurahan tanpa sosialisasi atau penghuni panti tidak terlihat")
        if any(one.most_lines > 1 for one in self.told):
            self.broken.append("ada orang dengan lebih dari satu baris prelist terbuka")
        if not self.added:
            self.broken.append("tidak satu bulan pun menghasilkan adendum")
        if self.money["dibayar"] != self.money["tercatat"] + self.money["bersengketa"] + self.money["dikembalikan"]:
            self.broken.append("realisasi tidak cocok dengan yang dibayar")

    def summary(self) -> str:
        """The year in tables."""
        errors = {periode.label: found for periode, found in self.errors.items()}
        if self.control is not None:
            errors[f"{SECOND.label} tanpa lapangan"] = self.control
        from padanan.synthetic.year_words import (
            told_errors,
            told_money,
            told_months,
            told_ranking,
            told_seconds,
            told_warnings,
        )

        return "\n".join(
            [
                *told_months(self.told),
                "",
                "LP3KE",
                *(f"  {line}" for line in self.reports),
                "",
                "Adendum daftar mendesak",
                *(f"  {line}" for line in self.added),
                "",
                *told_money(self.money),
                "",
                *told_ranking(self.ranked),
                "",
                *told_errors(errors),
                "",
                *told_warnings(self.warned, self.forgotten, self.in_panti),
                "",
                *told_seconds(self.clock.seconds),
            ]
        )


def planned(periode: Periode) -> date:
    """The planned day of a period's decree, which is its cut-off too."""
    from padanan.contracts.plan import load_plans

    return load_plans()[periode.year].decree_date(periode)


def say(line: str) -> None:
    """One line of progress."""
    print(line, flush=True)


def count(value: int) -> str:
    """A whole number as people read it."""
    from padanan.base.format import number

    return number(value)


def main(argv: list[str] | None = None) -> int:
    """The command line; exit code 0 on success, else 1 with one line on stderr."""
    prepare()
    parser = Parser(
        prog="python -m orchestration.demo_year",
        description="Setahun buatan: penetapan, yang ditemukan lapangan bulan demi bulan, penetapan berikutnya.",
    )
    parser.add_argument("--scale", type=int, default=2_000, help="jumlah penduduk buatan")
    parser.add_argument("--profile", default="tahun", help="tahun, default, clean, atau hard")
    parser.add_argument("--seed", type=int, default=1, help="benih: benih sama, data sama")
    options = parser.parse_args(argv)
    try:
        return demo_year(options.scale, options.profile, options.seed)
    except PadananError as error:
        print(error, file=sys.stderr)
    except Exception as error:
        print(
            told(error) or f"GALAT: demo gagal ({safe_reason(error)}). Perbaikan: jalankan make check, lalu ulangi",
            file=sys.stderr,
        )
    return 1


if __name__ == "__main__":
    raise SystemExit(main())
