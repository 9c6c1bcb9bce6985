"""The year's data plan: decree dates, berita acara, agreed variables and agreements, from `expectations/plans/<year>.yaml`.

What a producer owes and in which form stands in its contract; whether plan and contracts agree is asked in `plan_check`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from padanan.base.period import Periode
from padanan.base.yaml_source import YamlSource
from padanan.contracts.contract import expectations_dir

ALL_COLUMNS = "semua"


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
class Party:
    """Who agreed: the institution, its part in the plan, and the office that signs."""

    institution: str
    role: str
    office: str


@dataclass(frozen=True)
class Activity:
    """One line of the year's timeline; `basis` is the paragraph that asks for it."""

    name: str
    start: date
    end: date
    owner: str
    basis: str


@dataclass(frozen=True)
class YearPlan:
    """What TKPK and the producers agreed for one year (§3.1.3.1).

    Attributes:
        decree_dates: planned day of each period's decree, by label.
        agreements: by contract id.
        meetings: planned days of the rakor (§3.2.2.b), in order.
        variables: agreed columns by contract id; `("semua",)` means every column of the contract.
        needs: what dashboard and field verification need (§3.1.3.1.b), by heading.
    """

    year: int
    version: str
    minutes_number: str
    minutes_date: date
    decree_dates: Mapping[str, date]
    agreements: Mapping[str, Agreement]
    path: Path
    minutes_place: str = "Jakarta"
    parties: tuple[Party, ...] = ()
    timeline: tuple[Activity, ...] = ()
    meetings: tuple[date, ...] = ()
    variables: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def counts(self) -> bool:
        """Whether it was agreed before its year began (F01, §3.1.3.1.c)."""
        return self.minutes_date < date(self.year, 1, 1)

    def decree_date(self, periode: Periode) -> date:
        """The planned day of the period's decree."""
        return self.decree_dates.get(periode.label, periode.end)

    @property
    def last_periode(self) -> Periode:
        """The last period of the year that has a decree date."""
        return max((Periode.parse(label) for label in self.decree_dates), default=Periode(self.year, 2))


def load_plans(folder: Path | None = None) -> dict[int, YearPlan]:
    """Every year's plan that counts: one agreed in or after its own year is as good as none (F01).

    Raises:
        ContractError: a plan misses a field or holds one that can't be read; file, line and field are named.
    """
    return {year: plan for year, plan in all_plans(folder).items() if plan.counts}


def all_plans(folder: Path | None = None) -> dict[int, YearPlan]:
    """Every year's plan on file, also those agreed too late; see `load_plans`."""
    plans: dict[int, YearPlan] = {}
    for path in sorted(((folder or expectations_dir()) / "plans").glob("*.yaml")):
        source = YamlSource(path)
        plan = _plan(source, source.data if isinstance(source.data, dict) else {}, path)
        if plan.year in plans:
            raise source.error(("tahun",), f"tahun {plan.year} punya dua rencana data", f"hapus {path.name} atau ubah tahunnya")
        plans[plan.year] = plan
    return plans


def late_minutes(source: YamlSource, plan: YearPlan) -> Exception:
    """The fault of a plan that was agreed after its year began."""
    return source.error(
        ("beritaAcara", "tanggal"),
        f"rencana data {plan.year} disepakati {plan.minutes_date.isoformat()}, setelah tahunnya mulai, jadi tidak berlaku",
        f"pakai berita acara yang bertanggal sebelum 1 Januari {plan.year}",
    )


def _plan(source: YamlSource, data: Mapping[str, Any], path: Path) -> YearPlan:
    for name in ("tahun", "version", "beritaAcara", "penetapan"):
        if not data.get(name):
            raise source.error((name,), f"rencana data tanpa '{name}'", f"isi '{name}'")
    minutes = _mapping(source, ("beritaAcara",), data["beritaAcara"])
    for name in ("nomor", "tanggal"):
        if not minutes.get(name):
            raise source.error(("beritaAcara", name), f"berita acara tanpa '{name}'", f"isi beritaAcara.{name}")
    year = data["tahun"]
    if not isinstance(year, int) or not 2000 <= year <= 2200:
        raise source.error(("tahun",), "tahun tidak terbaca", "tulis tahun empat angka, misalnya 2026")
    return YearPlan(
        year=year,
        version=str(data["version"]),
        minutes_number=str(minutes["nomor"]),
        minutes_date=_day(source, ("beritaAcara", "tanggal"), minutes["tanggal"]),
        decree_dates=_decrees(source, data["penetapan"], year),
        agreements=_agreements(source, data.get("perjanjian")),
        path=path,
        minutes_place=str(minutes.get("tempat") or "Jakarta"),
        parties=tuple(
            Party(item["lembaga"], item["peran"], item["jabatan"])
            for item in _items(source, "pihak", data.get("pihak"), ("lembaga", "peran", "jabatan"))
        ),
        timeline=tuple(_timeline(source, data.get("jadwal"))),
        meetings=tuple(_meetings(source, data.get("rakor"))),
        variables=_texts(source, "variabel", data.get("variabel")),
        needs=_texts(source, "kebutuhan", data.get("kebutuhan")),
    )


def _decrees(source: YamlSource, value: Any, year: int) -> dict[str, date]:
    dates = {}
    for label, day in _mapping(source, ("penetapan",), value).items():
        path = ("penetapan", str(label))
        try:
            periode = Periode.parse(str(label))
        except Exception:
            raise source.error(path, f"periode '{str(label)[:20]}' tidak dikenal", f"tulis {year}-S1 atau {year}-S2") from None
        if periode.year != year:
            raise source.error(path, f"periode {label} bukan dari tahun {year}", "pindahkan ke rencana tahunnya")
        dates[periode.label] = _day(source, path, day)
    return dates


def _agreements(source: YamlSource, value: Any) -> dict[str, Agreement]:
    agreements = {}
    for contract_id, given in _mapping(source, ("perjanjian",), value or {}).items():
        path = ("perjanjian", str(contract_id))
        item = _mapping(source, path, given)
        for name in ("nomor", "berlakuDari", "berlakuSampai"):
            if not item.get(name):
                raise source.error((*path, name), f"perjanjian tanpa '{name}'", f"isi '{name}'")
        start, end = (_day(source, (*path, name), item[name]) for name in ("berlakuDari", "berlakuSampai"))
        if end < start:
            raise source.error((*path, "berlakuSampai"), "perjanjian berakhir sebelum mulai", "perbaiki berlakuSampai")
        agreements[str(contract_id)] = Agreement(str(item["nomor"]), start, end)
    return agreements


def _timeline(source: YamlSource, value: Any) -> list[Activity]:
    found = []
    names = ("kegiatan", "mulai", "selesai", "penanggungJawab", "dasar")
    for index, item in enumerate(_items(source, "jadwal", value, names)):
        start, end = (_day(source, ("jadwal", index, name), item[name]) for name in ("mulai", "selesai"))
        if end < start:
            raise source.error(("jadwal", index, "selesai"), "kegiatan selesai sebelum mulai", "perbaiki 'selesai'")
        found.append(Activity(item["kegiatan"], start, end, item["penanggungJawab"], item["dasar"]))
    return found


def _meetings(source: YamlSource, value: Any) -> list[date]:
    if value is not None and not isinstance(value, list):
        raise source.error(("rakor",), "rakor bukan daftar tanggal", "tulis rakor: [2026-03-12, 2026-09-10]")
    return sorted(_day(source, ("rakor", index), day) for index, day in enumerate(value or []))


def _texts(source: YamlSource, name: str, value: Any) -> dict[str, tuple[str, ...]]:
    found = {}
    for key, given in _mapping(source, (name,), value or {}).items():
        if given == ALL_COLUMNS:
            given = [ALL_COLUMNS]
        if not isinstance(given, list) or not given or not all(isinstance(item, str) and item.strip() for item in given):
            raise source.error(
                (name, str(key)), f"{name} {str(key)[:40]} bukan daftar teks", "tulis daftar, misalnya [nik, nama]"
            )
        if len(set(given)) != len(given):
            raise source.error((name, str(key)), f"{name} {str(key)[:40]} menyebut satu hal dua kali", "hapus yang berulang")
        found[str(key)] = tuple(given)
    return found


def _items(source: YamlSource, name: str, value: Any, needed: tuple[str, ...]) -> list[dict[str, Any]]:
    if value is not None and not isinstance(value, list):
        raise source.error((name,), f"'{name}' bukan daftar", f"tulis satu baris '- {needed[0]}: …' untuk setiap isian")
    found = []
    for index, given in enumerate(value or []):
        item = _mapping(source, (name, index), given)
        for part in needed:
            if item.get(part) in (None, ""):
                raise source.error((name, index, part), f"{name} tanpa '{part}'", f"isi '{part}'")
        found.append(item)
    return found


def _mapping(source: YamlSource, path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise source.error(path, f"'{path[-1]}' bukan pasangan nama: nilai", "tulis sebagai nama: nilai")
    return value


def _day(source: YamlSource, path: tuple[str | int, ...], value: Any) -> date:
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(str(value))
    except ValueError:
        raise source.error(path, "tanggal tidak terbaca", "tulis YYYY-MM-DD") from None
