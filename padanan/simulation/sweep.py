"""Sweeps: a parameter multiplied by each factor of a range, alone or several together as a grid.

What is counted at each point is the business of `document` and `families`.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from padanan.base.errors import PadananError
from padanan.base.format import exact
from padanan.simulation.parameters import Parameters, contradiction

MOST = 200
NAMES = {
    "GKM": "garis kemiskinan makanan",
    "KHL": "KHL pangan",
    "PKH": "nilai PKH",
    "BPNT": "nilai BPNT",
    "ANAK": "bagian anak",
    "PENDUDUK": "penduduk miskin",
    "KPM": "KPM PKH",
}
HIGHEST = Decimal(10)
_FACTOR = r"(-?\d{1,4}(?:[.,]\d{1,4})?)"
_AXIS = re.compile(rf"([A-Z]+)={_FACTOR}:{_FACTOR}:{_FACTOR}")


@dataclass(frozen=True)
class Axis:
    """One parameter and its factors, ascending; 1 is the parameter as it stands."""

    name: str
    factors: tuple[Decimal, ...]


def axis(text: str) -> Axis:
    """`gkm=0.5:1.5:0.1`: from, to (included where a step meets it), step.

    Raises:
        PadananError: it can't be read, names no parameter, or its range is empty, negative or too fine.
    """
    form = "tulis NAMA=DARI:SAMPAI:LANGKAH, misalnya gkm=0.5:1.5:0.1"
    found = _AXIS.fullmatch(text.strip().upper())
    if found is None:
        raise PadananError("--sweep tidak terbaca", cure=form)
    name = found[1]
    low, high, step = (Decimal(part.replace(",", ".")) for part in found.groups()[1:])
    if name not in NAMES:
        raise PadananError("--sweep menyebut parameter yang tidak dikenal", cure=f"pilih salah satu dari {', '.join(NAMES)}")
    if low < 0 or high < low or high > HIGHEST or step <= 0:
        raise PadananError(f"rentang sapuan {name} tidak masuk akal", cure=f"0 ≤ DARI ≤ SAMPAI ≤ {HIGHEST} dan LANGKAH > 0")
    count = int((high - low) / step) + 1
    if count > MOST:
        raise PadananError(f"sapuan {name} terdiri atas {count} titik", cure=f"besarkan langkahnya: paling banyak {MOST} titik")
    return Axis(name, tuple(low + step * place for place in range(count)))


@dataclass(frozen=True)
class Point:
    """One point of a grid: parameter -> factor."""

    factors: Mapping[str, Decimal]

    @property
    def name(self) -> str:
        """In words: `garis kemiskinan makanan × 0,5`."""
        return ", ".join(f"{NAMES[name]} × {exact(factor)}" for name, factor in self.factors.items())

    def of(self, parameters: Parameters) -> Parameters:
        """The parameters at this point.

        Raises:
            PadananError: they contradict each other there.
        """
        factor = {name: self.factors.get(name, Decimal(1)) for name in NAMES}
        survey = parameters.survey
        people = int(survey.people * factor["PENDUDUK"])
        child = parameters.child.part * factor["ANAK"]
        if child > 1:
            raise PadananError(f"pada {self.name} bagian anak lebih dari orang dewasa", cure="kecilkan SAMPAI pada --sweep ANAK")
        found = replace(
            parameters,
            survey=replace(survey, people=people, food_line=survey.food_line * factor["GKM"]),
            kpm=parameters.kpm.model_copy(update={"value": int(parameters.kpm.value * factor["KPM"])}),
            cash=parameters.cash.model_copy(update={"value": parameters.cash.value * factor["PKH"]}),
            food=parameters.food.model_copy(update={"value": parameters.food.value * factor["BPNT"]}),
            khl=parameters.khl.model_copy(update={"value": parameters.khl.value * factor["KHL"]}),
            child=parameters.child.model_copy(update={"part": child}),
        )
        if (told := contradiction(found)) is not None:
            _, cause, cure = told
            raise PadananError(f"pada {self.name}: {cause}", cure=f"persempit --sweep; {cure}")
        return found


def grid(axes: Sequence[Axis]) -> list[Point]:
    """Every point of the axes together, the last axis fastest; nothing without axes.

    Raises:
        PadananError: an axis stands twice, or there are too many points.
    """
    names = [one.name for one in axes]
    if twice := {name for name in names if names.count(name) > 1}:
        raise PadananError(f"sapuan {sorted(twice)[0]} diminta dua kali", cure="satukan menjadi satu rentang")
    total = 1
    for one in axes:
        total *= len(one.factors)
    if total > MOST:
        raise PadananError(f"sapuan itu terdiri atas {total} titik", cure=f"besarkan langkahnya: paling banyak {MOST} titik")
    return [] if not axes else list(_points(axes))


def _points(axes: Sequence[Axis]) -> Iterator[Point]:
    for factors in itertools.product(*(one.factors for one in axes)):
        yield Point(dict(zip((one.name for one in axes), factors, strict=True)))
