"""Whether a year's data plan is complete and agrees with the contracts: every fault with its line, not only the first.

Reading a plan is `plan`'s work; what follows from it (due dates) is the calendar's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from padanan.base.period import JAKARTA, Periode
from padanan.base.yaml_source import YamlSource
from padanan.contracts.contract import Contract
from padanan.contracts.plan import ALL_COLUMNS, Needs, YearPlan, late_minutes

# §3.1.4.a and §3.2.2.b: at least two decrees and two coordination meetings a year.
LEAST_DECREES = LEAST_MEETINGS = 2
NEEDS = {"dashboard": "kebutuhan analisis data dalam dashboard", "verifikasi_lapangan": "kebutuhan data verifikasi lapangan"}


def in_force_during(contract: Contract, year: int) -> bool:
    """Whether the producer delivers in any period of the year."""
    return any(contract.in_force(Periode(year, half)) for half in (1, 2))


def agreed_columns(plan: YearPlan, contract: Contract) -> tuple[str, ...]:
    """The columns agreed with a producer for the year, in contract order; empty when none were."""
    names = plan.variables.get(contract.id, ())
    return contract.column_names if names == (ALL_COLUMNS,) else tuple(name for name in contract.column_names if name in names)


def open_plans(plans: Mapping[int, YearPlan], today: date | None = None) -> list[YearPlan]:
    """The plans of this year and later: a year that is over keeps the agreement it had, whatever the contracts say now."""
    day = today or datetime.now(JAKARTA).date()
    return [plan for year, plan in sorted(plans.items()) if year >= day.year]


def plan_faults(plan: YearPlan, contracts: Mapping[str, Contract]) -> list[Exception]:
    """Every fault of one plan, in the order of its lines; an empty list when it may be signed."""
    source = YamlSource(plan.path)
    faults = [*_form(source, plan), *_dates(source, plan), *_variables(source, plan, contracts)]
    return [fault for _, _, fault in sorted((line, index, fault) for index, (line, fault) in enumerate(faults))]


def _form(source: YamlSource, plan: YearPlan) -> Iterator[tuple[int, Exception]]:
    if plan.path.stem != str(plan.year):
        yield _fault(source, ("tahun",), "tahun tidak sama dengan nama berkas", f"beri nama {plan.year}.yaml")
    if not plan.counts:
        yield source.line(("beritaAcara", "tanggal")), late_minutes(source, plan)
    if not plan.parties:
        yield _fault(source, ("pihak",), "rencana tanpa pihak yang bersepakat", "isi pihak: lembaga, peran, jabatan")
    elif not any("TKPK" in party.role for party in plan.parties) or not any("walidata" in party.role for party in plan.parties):
        yield _fault(
            source,
            ("pihak",),
            "pihak tanpa Sekretariat TKPK atau walidata (§3.1.3.1.a)",
            "tulis peran 'Sekretariat TKPK' untuk Bappeda dan 'walidata' untuk Diskominfotik",
        )
    for name, words in NEEDS.items():
        if not getattr(plan.needs, name):
            field = str(Needs.model_fields[name].validation_alias or name)
            yield _fault(source, ("kebutuhan", field), f"rencana tanpa {words} (§3.1.3.1.b)", f"isi kebutuhan.{field}")
    if plan.criteria is None:
        yield _fault(
            source,
            ("kriteria",),
            "rencana tanpa kriteria data sasaran yang disepakati; penetapan tahun itu tidak dapat dibuat",
            "isi kriteria dengan nomor dan tanggal berita acaranya; bentuknya seperti di docs/panduan-reviu.md",
        )
    elif plan.criteria.minutes.day > min(plan.decree_dates.values()):
        yield _fault(
            source,
            ("kriteria", "beritaAcara", "tanggal"),
            "kriteria disepakati sesudah penetapan pertama tahun itu",
            "pakai berita acara yang bertanggal sebelumnya",
        )
    if not plan.timeline:
        yield _fault(source, ("jadwal",), "rencana tanpa linimasa (§3.1.3.1.b)", "isi jadwal")


def _dates(source: YamlSource, plan: YearPlan) -> Iterator[tuple[int, Exception]]:
    if len(plan.decree_dates) < LEAST_DECREES:
        yield _fault(
            source,
            ("penetapan",),
            f"hanya {len(plan.decree_dates)} penetapan direncanakan, paling sedikit dua (§3.1.4.a)",
            f"isi {plan.year}-S1 dan {plan.year}-S2",
        )
    before: date | None = None
    for label, day in sorted(plan.decree_dates.items()):
        if day.year != plan.year:
            yield _fault(
                source, ("penetapan", label), f"penetapan {label} bukan pada tahun {plan.year}", "pilih tanggal dalam tahun itu"
            )
        if before is not None and day <= before:
            yield _fault(source, ("penetapan", label), "penetapan tidak berurutan", "penetapan kedua sesudah yang pertama")
        before = day
    if len(plan.meetings) < LEAST_MEETINGS:
        yield _fault(
            source,
            ("rakor",),
            f"hanya {len(plan.meetings)} rakor direncanakan, paling sedikit dua (§3.2.2.b)",
            "isi rakor dengan dua tanggal",
        )
    for day in plan.meetings:
        if day.year != plan.year:
            yield _fault(source, ("rakor",), f"rakor {day.isoformat()} bukan pada tahun {plan.year}", "pilih tanggal tahun itu")


def _variables(source: YamlSource, plan: YearPlan, contracts: Mapping[str, Contract]) -> Iterator[tuple[int, Exception]]:
    for contract_id, names in plan.variables.items():
        path = ("variabel", contract_id)
        contract = contracts.get(contract_id)
        if contract is None:
            yield _fault(source, path, f"kontrak '{contract_id[:40]}' tidak ada", "pakai id dari expectations/contracts/")
            continue
        if names == (ALL_COLUMNS,):
            continue
        for index, name in enumerate(names):
            if name not in contract.column_names:
                yield _fault(
                    source, (*path, index), f"kolom '{name[:40]}' tidak ada di kontrak {contract_id}", "hapus, atau ubah kontrak"
                )
        unagreed = [name for name in contract.column_names if name not in names]
        if unagreed:
            yield _fault(
                source,
                path,
                f"kontrak {contract_id} meminta kolom yang tidak disepakati: {', '.join(unagreed)}",
                "sepakati kolom itu dalam berita acara, atau hapus dari kontrak",
            )
    for field, names in (
        ()
        if plan.criteria is None
        else (
            ("sumberDesil", plan.criteria.sumber_desil),
            ("urutanDomisili", plan.criteria.urutan_domisili),
        )
    ):
        for index, name in enumerate(names):
            if name not in contracts or not in_force_during(contracts[name], plan.year):
                yield _fault(
                    source,
                    ("kriteria", field, index),
                    f"kontrak '{name[:40]}' tidak ada atau tidak berlaku pada {plan.year}",
                    "pakai id kontrak yang berlaku dari expectations/contracts/",
                )
    for contract in contracts.values():
        if in_force_during(contract, plan.year) and contract.id not in plan.variables:
            yield _fault(
                source,
                ("variabel",),
                f"variabel {contract.id} belum disepakati padahal kontraknya berlaku pada {plan.year}",
                f"tambahkan variabel.{contract.id}",
            )


def _fault(source: YamlSource, path: tuple[Any, ...], cause: str, cure: str) -> tuple[int, Exception]:
    return source.line(path), source.error(path, cause, cure)
