"""The sub-commands `plan show`, `plan check` and `plan berita-acara`: arguments in, text out.

Reading is in `plan`, judging in `plan_check`, the berita acara in `plan_minutes`.
"""

from __future__ import annotations

import argparse
import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from padanan.base import disk
from padanan.base.default_period import year_of
from padanan.base.errors import ContractError, no_space_guard
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.base.typed import year_argument

if TYPE_CHECKING:
    from padanan.contracts.plan import YearPlan


def add_parsers(commands: Any) -> None:
    """Adds `plan` with its three actions."""
    parser = commands.add_parser("plan", help="rencana data setahun: lihat, periksa, cetak berita acara")
    actions = parser.add_subparsers(dest="aksi", metavar="TINDAKAN", required=True)
    show = actions.add_parser("show", help="tampilkan rencana data satu tahun")
    show.set_defaults(run=_show)
    check = actions.add_parser(
        "check",
        help="periksa kelengkapan rencana dan kesesuaiannya dengan kontrak",
        description="Memeriksa rencana data. Tanpa tahun: semua rencana tahun ini dan sesudahnya; rencana tahun yang sudah "
        "lewat tidak lagi dicocokkan dengan kontrak hari ini.",
    )
    check.set_defaults(run=_check)
    paper = actions.add_parser("berita-acara", help="cetak berita acara kesepakatan (Markdown) dari rencana data")
    paper.add_argument("--out", type=Path, metavar="FILE", help="tulis ke berkas (bawaan: layar)")
    paper.set_defaults(run=_minutes)
    for one in (show, check, paper):
        one.add_argument("tahun", nargs="?", type=year_argument, metavar="TAHUN", help="misalnya 2026 (bawaan: tahun periode)")


def _chosen(year: int) -> YearPlan:
    from padanan.contracts.contract import expectations_dir
    from padanan.contracts.plan import all_plans

    plan = all_plans().get(year)
    if plan is None:
        raise ContractError(
            f"tahun {year} tidak punya rencana data",
            file=expectations_dir() / "plans",
            cure=f"tulis expectations/plans/{year}.yaml; contohnya rencana tahun sebelumnya",
        )
    return plan


def _show(args: argparse.Namespace) -> int:
    from padanan.base.format import day as tanggal
    from padanan.contracts.contract import load_contracts
    from padanan.contracts.plan_check import agreed_columns, in_force_during

    year, note = year_of(Home.from_env(), args.tahun)
    plan = _chosen(year)
    if note:
        print(note, file=sys.stderr)
    contracts = load_contracts()
    state = "berlaku" if plan.counts else f"TIDAK BERLAKU: disepakati setelah 1 Januari {plan.year}"
    print(f"Rencana data {plan.year} versi {plan.version} ({state})")
    print(f"Berita acara {plan.minutes.number}, {tanggal(plan.minutes.day)}, {plan.minutes.place}")
    for label, day in sorted(plan.decree_dates.items()):
        print(f"Penetapan {label}: {tanggal(day)}")
    agreed = plan.criteria
    told = "belum disepakati; penetapan tidak dapat dibuat"
    if agreed is not None:
        told = f"berita acara {agreed.minutes.number}, {tanggal(agreed.minutes.day)}" + (" (contoh)" if agreed.example else "")
    print(f"Kriteria data sasaran: {told}")
    print(f"Rakor: {', '.join(map(tanggal, plan.meetings)) or 'belum direncanakan'}")
    print("Pihak: " + ("; ".join(f"{one.institution} ({one.role})" for one in plan.parties) or "belum diisi"))
    for one in plan.timeline:
        print(f"  {one.start.isoformat()} – {one.end.isoformat()}  {one.name} ({one.owner}; {one.basis})")
    for contract in contracts.values():
        if in_force_during(contract, plan.year):
            print(f"  {contract.id}: {len(agreed_columns(plan, contract))} dari {len(contract.columns)} variabel disepakati")
    for contract_id, paper in sorted(plan.agreements.items()):
        print(f"Perjanjian {contract_id}: {paper.number}, {tanggal(paper.valid_from)} sampai {tanggal(paper.valid_to)}")
    return 0


def _check(args: argparse.Namespace) -> int:
    from padanan.contracts.contract import load_contracts
    from padanan.contracts.plan import all_plans
    from padanan.contracts.plan_check import agreed_columns, open_plans, plan_faults

    contracts = load_contracts()
    plans = [_chosen(args.tahun)] if args.tahun else open_plans(all_plans())
    faults = [fault for plan in plans for fault in plan_faults(plan, contracts)]
    for fault in faults[:-1]:
        print(fault)
    if faults:
        raise faults[-1]
    if not plans:
        raise _none_for(_this_year())
    for plan in plans:
        agreed = sum(len(agreed_columns(plan, contract)) for contract in contracts.values())
        print(f"Rencana {plan.year}: sah, {len(plan.decree_dates)} penetapan, {len(plan.meetings)} rakor, {agreed} variabel.")
    return 0


def _none_for(year: int) -> ContractError:
    from padanan.contracts.contract import expectations_dir

    return ContractError(
        f"belum ada rencana data untuk {year} atau sesudahnya",
        file=expectations_dir() / "plans",
        cure=f"tulis expectations/plans/{year}.yaml",
    )


def _minutes(args: argparse.Namespace) -> int:
    from padanan.contracts.contract import load_contracts
    from padanan.contracts.plan_check import plan_faults
    from padanan.contracts.plan_minutes import minutes

    year, note = year_of(Home.from_env(), args.tahun)
    plan = _chosen(year)
    if note:
        print(note, file=sys.stderr)
    contracts = load_contracts()
    faults = plan_faults(plan, contracts)
    if faults:
        raise ContractError(
            f"rencana {plan.year} belum layak ditandatangani ({len(faults)} kekurangan)",
            file=plan.path,
            cure=f"jalankan 'padanan plan check {plan.year}' dan lengkapi",
        )
    text = minutes(plan, contracts)
    if args.out is None:
        print(text)
        return 0
    with no_space_guard("berita acara"):
        disk.write_text(args.out, text)
    print(f"Berita acara ditulis: {args.out}")
    return 0


def _this_year() -> int:
    return datetime.now(JAKARTA).year
