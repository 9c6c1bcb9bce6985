"""The berita acara kesepakatan (§3.1.3.1.d) as printable Markdown, made from a year's data plan and the contracts.

Whether the plan may be signed is asked in `plan_check`; the same plan gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping

from padanan.base.format import day as tanggal
from padanan.base.markdown import md_table
from padanan.base.period import Periode
from padanan.contracts.contract import Contract
from padanan.contracts.criteria import load_criteria
from padanan.contracts.criteria_words import sentences
from padanan.contracts.due import duty_deadline
from padanan.contracts.plan import YearPlan
from padanan.contracts.plan_check import NEEDS, agreed_columns, in_force_during


def minutes(plan: YearPlan, contracts: Mapping[str, Contract]) -> str:
    """The berita acara in Markdown: parties, dates, duties and agreed variables, with places to sign."""
    owed = [contract for contract in contracts.values() if in_force_during(contract, plan.year)]
    labels = sorted(plan.decree_dates)
    lines = [
        "# Berita Acara Kesepakatan Rencana Data",
        "",
        f"**Pemadanan data sasaran percepatan penghapusan kemiskinan ekstrem, tahun {plan.year}**",
        "",
        f"Nomor: {plan.minutes.number}",
        "",
        f"Pada tanggal {tanggal(plan.minutes.day)} bertempat di {plan.minutes.place}, sebelum tahun anggaran {plan.year} "
        "berjalan, pihak-pihak di bawah ini menyepakati rencana data menurut Keputusan Sekretaris Daerah Nomor 75 Tahun 2023 "
        f"(§3.1.3.1). Rencana versi {plan.version}.",
        "",
        "## 1. Pihak",
        "",
        *md_table(("No", "Lembaga", "Peran"), ((str(n), one.institution, one.role) for n, one in enumerate(plan.parties, 1))),
        "",
        "## 2. Penetapan dan rapat koordinasi",
        "",
        "Penetapan data sasaran sedikitnya dua kali setahun (§3.1.4.a), rapat koordinasi teknis sedikitnya dua kali (§3.2.2.b).",
        "",
        *md_table(
            ("Kegiatan", "Tanggal"),
            [
                *((f"Penetapan periode {label}", tanggal(day)) for label, day in sorted(plan.decree_dates.items())),
                *((f"Rapat koordinasi ke-{n}", tanggal(day)) for n, day in enumerate(plan.meetings, 1)),
            ],
        ),
        "",
        "## 3. Linimasa",
        "",
        *md_table(
            ("Kegiatan", "Mulai", "Selesai", "Penanggung jawab", "Dasar"),
            ((one.name, tanggal(one.start), tanggal(one.end), one.owner, one.basis) for one in plan.timeline),
        ),
        "",
        "## 4. Kewajiban menyampaikan data",
        "",
        *md_table(
            ("Kumpulan data", "Produsen", "Irama", *(f"Tenggat {label}" for label in labels)),
            ((one.name, one.owner, one.cadence, *(_due(one, label, plan) for label in labels)) for one in owed),
        ),
        "",
        "## 5. Variabel yang disepakati",
        "",
    ]
    for contract in owed:
        columns = agreed_columns(plan, contract)
        lines += [f"**{contract.name}** (kontrak versi {contract.version}), {len(columns)} variabel: {', '.join(columns)}.", ""]
    lines += ["## 6. Kebutuhan", ""]
    for name, words in NEEDS.items():
        lines += [f"{words[:1].upper()}{words[1:]}:", "", *(f"- {item}" for item in getattr(plan.needs, name)), ""]
    if plan.criteria is not None:
        criteria = load_criteria().model_copy(update=plan.criteria.values)
        told = sentences(criteria, {one.id: one.name for one in contracts.values()})
        lines += ["## 7. Kriteria data sasaran", "", *(f"- {one}" for one in told), ""]
    if plan.agreements:
        lines += [
            "## 8. Perjanjian",
            "",
            *md_table(
                ("Kumpulan data", "Nomor", "Berlaku"),
                (
                    (contract_id, one.number, f"{tanggal(one.valid_from)} sampai {tanggal(one.valid_to)}")
                    for contract_id, one in sorted(plan.agreements.items())
                ),
            ),
            "",
        ]
    lines += [
        "Berita acara ini dibuat sebagai komitmen para pihak dan menjadi dasar penerimaan kiriman data pada tahun berjalan.",
        "",
        *md_table(("Lembaga", "Jabatan", "Nama dan tanda tangan"), ((one.institution, one.office, "") for one in plan.parties)),
        "",
    ]
    return "\n".join(lines)


def _due(contract: Contract, label: str, plan: YearPlan) -> str:
    periode = Periode.parse(label)
    if not contract.in_force(periode):
        return "tidak berlaku"
    if contract.cadence == "tahunan" and periode != plan.last_periode:
        return "–"
    return tanggal(duty_deadline(contract, periode, {plan.year: plan}))
