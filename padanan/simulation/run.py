"""One run of the simulation put together: the document in both modes, a sweep, and a revision's real families where asked.

What is shown of it stands in `page`; which command asks for it in `cli`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.base.suppress import LIMIT
from padanan.contracts.contract import load_contracts
from padanan.contracts.field_rules import load_field_rules
from padanan.contracts.poverty import PublishedPoverty
from padanan.published.opened import open_published
from padanan.simulation.covered import Sheet, sheet
from padanan.simulation.document import Figure, composed, document, khl_needs, net_month
from padanan.simulation.families import alternatives, read_families, reconciled
from padanan.simulation.parameters import Mode, Parameters, food_line_on
from padanan.simulation.sweep import Axis, Point, grid


@dataclass(frozen=True)
class Real:
    """The same over a revision's families.

    Attributes:
        line: the survey whose food line was counted with.
        places: (mode, alternative) -> its scenario's place in `sheet`; the sweep's points follow, in their order.
        points: the places of the sweep's points.
    """

    periode: Periode
    revisi: int
    cutoff: str
    sha256: str
    line: PublishedPoverty
    sheet: Sheet
    places: dict[tuple[Mode, str], int]
    points: tuple[int, ...]
    kota_names: dict[str, str]


@dataclass(frozen=True)
class Run:
    """Everything that one run shows."""

    parameters: Parameters
    mode: Mode
    alternative: str
    names: dict[str, str]
    figures: dict[Mode, dict[str, Figure]]
    points: tuple[tuple[Point, Decimal], ...]
    real: Real | None


def simulate(
    parameters: Parameters,
    mode: Mode = Mode.UNIT_CORRECTED,
    alternative: str = "gkm",
    axes: Sequence[Axis] = (),
    published: tuple[Home, Periode, int] | None = None,
) -> Run:
    """Counts everything.

    Args:
        mode, alternative: what the sweep and the tables by kota and desil are counted with; the document stands in both modes.
        published: the revision whose families are counted too.

    Raises:
        PadananError: an alternative that isn't there, parameters that contradict each other at a point of the sweep, a
            revision without people, or sums that do not reconcile.
    """
    names = {key: one.name for key, one in alternatives(parameters, parameters.survey.food_line, mode).items()}
    if alternative not in names:
        raise PadananError("alternatif itu tidak ada", cure=f"pilih salah satu dari {', '.join(names)}")
    points = grid(axes)
    at = [point.of(parameters) for point in points]
    budgets = tuple(net_month(one, mode, average_need(one, alternative)) for one in at)
    figures = {one: document(parameters, one) for one in Mode}
    real = None if published is None else _real(parameters, mode, alternative, points, at, *published)
    return Run(parameters, mode, alternative, names, figures, tuple(zip(points, budgets, strict=True)), real)


def average_need(parameters: Parameters, alternative: str) -> Decimal:
    """What the document's average household needs a month in one alternative; `komposisi` is its example of a family."""
    survey, child = parameters.survey, parameters.child
    if alternative == "gkm":
        return survey.food_line * survey.household
    if alternative == "komposisi":
        return composed(survey.food_line, child.part, child.example.adults, child.example.children)
    return next(need for key, _, need in khl_needs(parameters) if key == alternative)


def _real(
    parameters: Parameters, mode: Mode, alternative: str, points: Sequence[Point], at: Sequence[Parameters],
    home: Home, periode: Periode, revisi: int,
) -> Real:  # fmt: skip
    known = load_contracts()
    for benefit in (parameters.cash, parameters.food):
        if benefit.program not in known:
            raise PadananError(
                f"program {benefit.program} tidak punya kontrak", file="simulasi.yaml", cure="isi 'program' dengan id kontrak"
            )
    source = open_published(home, periode, revisi)
    try:
        cutoff = str(source.manifest["cutoff"])[:10]
        line = food_line_on(date.fromisoformat(cutoff))
        assert line.food_line is not None
        families = read_families(source, parameters, load_field_rules())
        if families.count < LIMIT:
            place = f"published/{periode.key}/rev-{revisi}"
            raise PadananError("keluarganya terlalu sedikit untuk dicetak", file=place, cure="pilih revisi lain")
        found = {(one, key): made for one in Mode for key, made in alternatives(parameters, line.food_line, one).items()}
        scenarios = list(found.values())
        for point, own in zip(points, at, strict=True):
            swept = line.food_line * point.factors.get("GKM", Decimal(1))
            scenarios.append(alternatives(own, swept, mode)[alternative])
        reconciled(source, families, scenarios)
        places = {key: place for place, key in enumerate(found)}
        covered = sheet(families, scenarios, places[mode, alternative])
        names = {row["kode_kota"]: row["nama"] for row in source.rows(_KOTA)}
        swept_places = tuple(range(len(found), len(scenarios)))
        return Real(periode, revisi, cutoff, source.manifest_sha256, line, covered, places, swept_places, names)
    finally:
        source.con.close()


_KOTA = "select kode_kota, any_value(kota) as nama from wilayah group by 1"
