"""The covered figures of one decree as pages ask for them: a count or its mark by place, dimension and value.

They were counted and covered by `distribution.aggregate`; a covered figure is not here at all, only its mark.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from padanan.base.format import day as format_day
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.base.suppress import ALL, Cover
from padanan.distribution.aggregate import FILE, PEOPLE, UNKNOWN
from padanan.distribution.dashboard.kinds import DECREED, Kind
from padanan.distribution.prepare import FACTS, prepared_folder
from padanan.distribution.shelf import proved, read_pointer

PROVINCE = "31"
KOTA, KECAMATAN, KELURAHAN = "kota", "kecamatan", "kelurahan"
Key = tuple[str, str, str, str]


@dataclass(frozen=True)
class Figure:
    """A count, or the mark that covers it."""

    value: int | None
    mark: Cover | None = None


NOBODY = Figure(0)


@dataclass(frozen=True)
class Figures:
    """One decree.

    Attributes:
        ke: which decree of the period; of the accepted padanan its revision.
        cells: (unit, place code, dimension, value) -> figure; what is not there was counted as nobody.
        levels: place code -> `provinsi`, `kota`, `kecamatan` or `kelurahan`.
    """

    periode: Periode
    ke: int
    number: str
    day: date
    cells: Mapping[Key, Figure]
    levels: Mapping[str, str] = field(default_factory=dict)
    kind: Kind = DECREED

    @property
    def basis(self) -> str:
        """What the figures come from, as every page and file says it."""
        return self.kind.basis.format(nomor=self.number, tanggal=format_day(self.day), periode=self.periode.label, ke=self.ke)

    @property
    def label(self) -> str:
        """How a decree is called: its period, and which one of the period where it was changed."""
        if self.kind is not DECREED:
            return f"{self.periode.label} revisi {self.ke}"
        return self.periode.label if self.ke == 1 else f"{self.periode.label} perubahan ke-{self.ke - 1}"

    def at(self, place: str, dimension: str = ALL, value: str = ALL, unit: str = PEOPLE) -> Figure:
        """One figure."""
        return self.cells.get((unit, place, dimension, value), NOBODY)

    def values(self, dimension: str, place: str = PROVINCE, unit: str = PEOPLE) -> list[str]:
        """The values of a dimension that a place has, in their order, the unknown one last."""
        found = {key[3] for key in self.cells if key[0] == unit and key[1] == place and key[2] == dimension}
        return sorted(found, key=lambda value: (value == UNKNOWN, not value.isdigit(), value.zfill(3 * value.isdigit())))

    def places(self, level: str) -> list[str]:
        """The places of a level, unknown ones last."""
        return sorted((code for code, of in self.levels.items() if of == level), key=lambda code: (unknown(code), code))


def read_figures(home: Home, periode: Periode, ke: int) -> Figures:
    """The figures of a prepared decree, its files compared with their signed hashes first.

    Raises:
        PadananError: a file was changed or is missing.
    """
    folder = prepared_folder(home, periode, ke)
    proved(home, folder)
    facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    return figures_of(periode, ke, facts, json.loads((folder / FILE).read_text(encoding="utf-8")))


def figures_of(
    periode: Periode, ke: int, facts: Mapping[str, Any], rows: Iterable[Mapping[str, Any]], kind: Kind = DECREED
) -> Figures:
    """Figures from what stands in the files of a decree."""
    cells: dict[Key, Figure] = {}
    levels: dict[str, str] = {}
    for row in rows:
        mark = None if row["ditutup"] is None else Cover(row["ditutup"])
        cells[row["satuan"], row["kode_wilayah"], row["dimensi"], row["nilai"]] = Figure(row["jumlah"], mark)
        levels[row["kode_wilayah"]] = row["tingkat"]
    return Figures(periode, ke, str(facts["nomor"]), date.fromisoformat(str(facts["tanggal"])), cells, levels, kind)


def shown_decrees(home: Home) -> list[tuple[Periode, int]]:
    """The decrees that agencies see, oldest first; empty where none was published."""
    return sorted((Periode.parse(str(key)), int(ke)) for key, ke in read_pointer(home).get("ada", ()))


def unknown(place: str) -> bool:
    """Whether a code stands for people whose place is not known."""
    return UNKNOWN in place


def below(figures: Figures, place: str, level: str) -> Iterator[str]:
    """The places of a level within another place."""
    for code in figures.places(level):
        if place == PROVINCE or code.startswith(f"{place}."):
            yield code


def newest(every: Sequence[Figures]) -> Figures:
    """The decree that is in force: the last of the newest period."""
    return max(every, key=lambda one: (one.periode, one.ke))
