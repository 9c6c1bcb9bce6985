"""The year's data plan: decree dates, berita acara and agreements, read from `expectations/plans/<year>.yaml`.

What a producer owes and in which form stands in its contract; here are only the dates the year agreed on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from padanan.contract import Contract, expectations_dir
from padanan.period import Periode, months_before
from padanan.yaml_source import YamlSource


@dataclass(frozen=True)
class Agreement:
    """An agreement under which a registry may be read."""

    number: str
    valid_from: date
    valid_to: date

    def valid_on(self, day: date) -> bool:
        """Whether the agreement covers that day, both ends included."""
        return self.valid_from <= day <= self.valid_to


@dataclass(frozen=True)
class YearPlan:
    """What TKPK and the producers agreed for one year (§3.1.3.1.d)."""

    year: int
    version: str
    minutes_number: str
    minutes_date: date
    decree_dates: Mapping[str, date]
    agreements: Mapping[str, Agreement]
    path: Path

    def decree_date(self, periode: Periode) -> date:
        """The planned day of the period's decree."""
        return self.decree_dates.get(periode.label, periode.end)


def load_plans(folder: Path | None = None) -> dict[int, YearPlan]:
    """Every year's plan.

    Raises:
        ContractError: a plan misses a field or was agreed after its year began (F01).
    """
    plans = {}
    for path in sorted(((folder or expectations_dir()) / "plans").glob("*.yaml")):
        source = YamlSource(path)
        plan = _plan(source, source.data or {}, path)
        plans[plan.year] = plan
    return plans


def _plan(source: YamlSource, data: Mapping[str, Any], path: Path) -> YearPlan:
    for name in ("tahun", "version", "beritaAcara", "penetapan"):
        if not data.get(name):
            raise source.error((name,), f"rencana data tanpa '{name}'", f"isi '{name}'")
    minutes = data["beritaAcara"]
    for name in ("nomor", "tanggal"):
        if not minutes.get(name):
            raise source.error(("beritaAcara", name), f"berita acara tanpa '{name}'", f"isi beritaAcara.{name}")
    year = int(data["tahun"])
    signed = _day(source, ("beritaAcara", "tanggal"), minutes["tanggal"])
    if signed >= date(year, 1, 1):
        raise source.error(
            ("beritaAcara", "tanggal"),
            "rencana data disepakati setelah tahunnya mulai",
            f"pakai tanggal sebelum 1 Januari {year}",
        )
    dates = {label: _day(source, ("penetapan", label), value) for label, value in data["penetapan"].items()}
    for label in dates:
        Periode.parse(label)
    agreements = {}
    for contract_id, item in (data.get("perjanjian") or {}).items():
        for name in ("nomor", "berlakuDari", "berlakuSampai"):
            if not item.get(name):
                raise source.error(("perjanjian", contract_id, name), f"perjanjian tanpa '{name}'", f"isi '{name}'")
        agreements[contract_id] = Agreement(
            str(item["nomor"]),
            _day(source, ("perjanjian", contract_id, "berlakuDari"), item["berlakuDari"]),
            _day(source, ("perjanjian", contract_id, "berlakuSampai"), item["berlakuSampai"]),
        )
    return YearPlan(year, str(data["version"]), str(minutes["nomor"]), signed, dates, agreements, path)


def _day(source: YamlSource, path: tuple[str, ...], value: Any) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise source.error(path, "tanggal tidak terbaca", "tulis YYYY-MM-DD") from None


def deadline(contract: Contract, periode: Periode, plans: Mapping[int, YearPlan]) -> date | None:
    """The last day a producer may deliver for a period; None when the year has no plan.

    §3.1.4.b: Dinsos and DPPAPP two months before the decree; every other producer by its contract's `tenggat`.
    """
    plan = plans.get(periode.year)
    if plan is None:
        return None
    return months_before(plan.decree_date(periode), int(contract.deadline.get("bulanSebelumPenetapan", 0)))
