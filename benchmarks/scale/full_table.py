"""The figures of `full` as tables: each step's cost at each size, against the floor, and how it grows with the residents.

Nothing is measured here; the exponent is `growth`'s.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from benchmarks.scale.growth import EXPONENT, LEAST, Growth

BESIDE = ("padanan (bukti)", "review (laporan)")
"""Steps that the floor has nothing of: they are left out where the whole is held against it."""
UNMEASURED = "mulai dan tutup"
GB, MB = 1e9, 1e6


@dataclass
class Row:
    """One step at one size: rows that it handed on, seconds of the clock and the processor, peak MiB, bytes."""

    name: str
    rows: int | None
    wall: float
    cpu: float
    rss: float
    read: int
    written: int


@dataclass
class Size:
    """Everything measured at one size.

    Attributes:
        rows: the jobs as whole processes; `steps` what Dagster ran within them.
        after: worklists and kits.
        floor: the floor on the same files.
        reruns: the jobs again, by what had changed; `month_steps` the steps of the last.
        warehouse, landing: bytes of the warehouse, and of all landed rows.
    """

    residents: int
    rows: list[Row] = field(default_factory=list)
    steps: list[Row] = field(default_factory=list)
    after: list[Row] = field(default_factory=list)
    floor: Row | None = None
    reruns: dict[str, Row] = field(default_factory=dict)
    month_steps: list[Row] = field(default_factory=list)
    warehouse: int = 0
    landing: int = 0

    def lines(self) -> list[Row]:
        """The steps, what the jobs' processes used beside them, and what follows the draft."""
        beside = Row(
            UNMEASURED, None, _beside(self, "wall"), _beside(self, "cpu"), max((one.rss for one in self.rows), default=0.0),
            int(_beside(self, "read")), int(_beside(self, "written")),
        )  # fmt: skip
        return [*self.steps, beside, *self.after]

    @property
    def draft(self) -> Row:
        """From inbox to sealed draft, starts of programs included."""
        return Row(
            "inbox sampai rancangan", self.floor.rows if self.floor else None, sum(one.wall for one in self.rows),
            sum(one.cpu for one in self.rows), max(one.rss for one in self.rows), sum(one.read for one in self.rows),
            sum(one.written for one in self.rows),
        )  # fmt: skip

    @property
    def against_floor(self) -> float:
        """Processor time without linkage and report, in floors."""
        assert self.floor is not None
        return (self.draft.cpu - sum(one.cpu for one in self.steps if one.name in BESIDE)) / self.floor.cpu


def _beside(size: Size, name: str) -> float:
    return max(sum(getattr(one, name) for one in size.rows) - sum(getattr(one, name) for one in size.steps), 0)


def tables(sizes: Sequence[Size]) -> str:
    """Every size's table, the reruns, and the exponents from each size to the next."""
    return "\n".join(line for size in sizes for line in (*_table(size), *_reruns(size))) + "\n".join(_growth(sizes))


def _table(size: Size) -> Iterator[str]:
    assert size.floor is not None
    head = f"{'langkah':<26}{'baris':>13}{'waktu dtk':>11}{'CPU dtk':>10}{'puncak MiB':>12}"
    head += "".join(f"{word:>10}" for word in ("baca MB", "tulis MB", "x lantai"))
    yield f"\n{size.residents:,} penduduk".replace(",", ".")
    yield head
    for one in size.lines():
        yield _line(one, size.floor)
    yield "─" * len(head)
    yield _line(size.draft, size.floor)
    yield _line(size.floor, size.floor)
    share = f" ({size.warehouse / size.landing:.1f} x Parquet kiriman)" if size.landing else ""
    yield f"tanpa pemadanan dan laporan: {size.against_floor:.1f} x lantai; gudang {size.warehouse / GB:.2f} GB{share}"


def _line(one: Row, floor: Row) -> str:
    rows = f"{one.rows:,}".replace(",", ".") if one.rows is not None else "–"
    return (
        f"{one.name:<26}{rows:>13}{one.wall:>11.1f}{one.cpu:>10.1f}{one.rss:>12.0f}{one.read / MB:>10.0f}"
        f"{one.written / MB:>10.0f}{one.cpu / floor.cpu:>10.2f}"
    )


def _reruns(size: Size) -> Iterator[str]:
    for name, one in size.reruns.items():
        yield (
            f"run ulang, {name}: {one.wall:.1f} dtk, {one.wall / size.draft.wall:.0%} dari run penuh; "
            f"CPU {one.cpu:.1f} dtk, {one.cpu / size.draft.cpu:.0%}"
        )


def _growth(sizes: Sequence[Size]) -> Iterator[str]:
    """Exponents of processor time; of a step too short to tell nothing is said."""
    if len(sizes) < 2:
        return
    pairs = list(pairwise(sizes))
    yield f"\n\npangkat CPU terhadap penduduk (batas {EXPONENT})"
    yield f"{'langkah':<26}" + "".join(f"{f'{a.residents} → {b.residents}':>22}" for a, b in pairs)
    costs = [{one.name: one.cpu for one in (*size.lines(), size.draft, *([size.floor] if size.floor else []))} for size in sizes]
    for name in costs[-1]:
        told = ""
        for (small, large), (before, now) in zip(pairs, pairwise(costs), strict=True):
            one = Growth(name, before.get(name, 0.0), now.get(name, 0.0), (small.residents, large.residents), 0.0)
            known = one.small >= LEAST and one.large >= LEAST
            told += f"{f'{one.exponent:.2f}' if known else '–':>22}"
        yield f"{name:<26}{told}"
