"""The document's own calculation: average households of one survey, both alternatives, gross and net of PKH and BPNT.

Everything is an exact decimal and nothing is rounded on the way, except RTM to whole households and PKH per month to the sen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from padanan.simulation.parameters import MONTHS, Mode, Parameters

CLASSES = ("PKH_BPNT", "PKH", "BPNT", "TANPA")
CLASS_NAMES = {"PKH_BPNT": "PKH dan BPNT", "PKH": "PKH saja", "BPNT": "BPNT saja", "TANPA": "Tanpa PKH dan BPNT"}


@dataclass(frozen=True)
class Figure:
    """One figure: what it is, how it was counted, its value; `unit` is `keluarga`, `rupiah` or `bagian`."""

    name: str
    formula: str
    value: Decimal
    unit: str


def topped_up(need: Decimal, deducted: Decimal) -> Decimal:
    """What the province adds: the need less what the centre gives, and nothing where that is more. Nobody pays anything back."""
    return max(need - deducted, Decimal(0))


def deducted(parameters: Parameters, mode: Mode) -> Mapping[str, Decimal]:
    """What a family of each class of `CLASSES` receives from the centre, rupiah per month."""
    cash, food = parameters.cash.month(mode), parameters.food.month(mode)
    return {"PKH_BPNT": cash + food, "PKH": cash, "BPNT": food, "TANPA": Decimal(0)}


def families_by_class(parameters: Parameters) -> Mapping[str, int]:
    """The poor households by class; they add up to RTM, and BPNT reaches the same part of PKH families as of the others."""
    cash, rest = parameters.cash_poor_families, parameters.survey.poor_families - parameters.cash_poor_families
    both, only = (int((part * parameters.food.poor).quantize(Decimal(1), ROUND_HALF_UP)) for part in (cash, rest))
    return {"PKH_BPNT": both, "PKH": cash - both, "BPNT": only, "TANPA": rest - only}


def net_month(parameters: Parameters, mode: Mode, need: Decimal) -> Decimal:
    """The budget of a month for all poor households that need this much each, rupiah."""
    given = deducted(parameters, mode)
    return sum(
        (count * topped_up(need, given[name]) for name, count in families_by_class(parameters).items()),
        start=Decimal(0),
    )


def composed(food_line: Decimal, child: Decimal, adults: int, children: int) -> Decimal:
    """A family's food line where a child's is a part of an adult's, rupiah per month."""
    return food_line * (adults + children * child)


def khl_needs(parameters: Parameters) -> Sequence[tuple[str, str, Decimal]]:
    """(id, name, rupiah per family and month) of each addition to the food component."""
    found = []
    for added in parameters.khl.added:
        percent = f"{(added * 100).normalize():f}"
        found.append((f"khl_{percent.replace('.', '_')}", f"KHL pangan +{percent}%", parameters.khl.value * (1 + added)))
    return found


def document(parameters: Parameters, mode: Mode) -> dict[str, Figure]:
    """Every figure of the document's table by its id, in its order."""
    survey, child = parameters.survey, parameters.child
    found = {
        "rtm": Figure("Rumah tangga miskin (RTM)", "penduduk miskin / anggota RTM", Decimal(survey.poor_families), "keluarga"),
        "gk_rtm": Figure("GK per RTM, sebulan", "GK × anggota RTM", survey.line * survey.household, "rupiah"),
        "gkm_rtm": Figure("GKM per RTM, sebulan", "GKM × anggota RTM", survey.food_line * survey.household, "rupiah"),
        "gkm_bagian": Figure("Bagian GKM dari GK", "GKM / GK", survey.food_line / survey.line, "bagian"),
    }
    found |= _alternative(parameters, mode, "gkm", "Alternatif 1 (GKM)", survey.food_line * survey.household)
    need = composed(survey.food_line, child.part, child.example.adults, child.example.children)
    name = f"GKM keluarga {child.example.adults} dewasa dan {child.example.children} anak, sebulan"
    found["komposisi"] = Figure(name, "(dewasa + anak × bagian anak) × GKM", need, "rupiah")
    for key, name, need in khl_needs(parameters):
        found[key] = Figure(f"{name} per keluarga, sebulan", "KHL pangan × (1 + tambahan)", need, "rupiah")
        found |= _alternative(parameters, mode, key, f"Alternatif 2 ({name})", need)
    return found


def _alternative(parameters: Parameters, mode: Mode, key: str, name: str, need: Decimal) -> dict[str, Figure]:
    given = deducted(parameters, mode)
    gross, net = need * parameters.survey.poor_families, net_month(parameters, mode, need)
    both, only = (topped_up(need, given[one]) for one in ("PKH_BPNT", "BPNT"))
    return {
        f"{key}_kotor_bulan": Figure(f"{name}: anggaran kotor sebulan", "nilai × RTM", gross, "rupiah"),
        f"{key}_kotor_tahun": Figure(f"{name}: anggaran kotor setahun", "× 12", gross * MONTHS, "rupiah"),
        f"{key}_keduanya": Figure(f"{name}: tambahan keluarga PKH dan BPNT", "nilai − PKH − BPNT", both, "rupiah"),
        f"{key}_bpnt": Figure(f"{name}: tambahan keluarga BPNT saja", "nilai − BPNT", only, "rupiah"),
        f"{key}_bersih_bulan": Figure(f"{name}: anggaran bersih sebulan", "jumlah tambahan semua RTM", net, "rupiah"),
        f"{key}_bersih_tahun": Figure(f"{name}: anggaran bersih setahun", "× 12", net * MONTHS, "rupiah"),
    }
