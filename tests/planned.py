"""A run plan for tests that are not about what it holds: whole and small, changed where the test says so."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.contracts.blanks import BlankPlan
from padanan.contracts.contract import Contract
from padanan.contracts.criteria import Agreed, Criteria, Criterion, Limits
from padanan.contracts.field_parts import Cause, Evidence, Group, Question, Unmeasured
from padanan.contracts.field_rules import FieldPlan
from padanan.contracts.planned import PlanData, PlannedContract, PlannedDelivery, store
from padanan.published.run_plan import RunPlan
from padanan.run.plan import make_plan

TERMS: dict[str, Any] = {"keterangan": "uji", "tindak_lanjut": "uji", "penanggung_jawab": ("Dinas Uji",), "hari": 30}
FIELD = FieldPlan(
    versi="1.0.0", berlaku_hari=90, penerima="true", pelaku=(), tindak_lanjut=(), tanpa_program=(Cause(id="uji", **TERMS),),
    bukti=(Unmeasured(id="uji", keterangan="uji", tidak_diukur="uji"),), tanpa_dokumen=Evidence(id="uji", **TERMS),
    terjawab=(), golongan=(Group(id="uji", keterangan="uji", berlaku="true"),),
    calon=(), pertanyaan=(Question(id="uji", tanya="uji", kode=("uji",)),),
    tugas=(), pemohon=(),
)  # fmt: skip
CRITERIA = Criteria(
    versi="1.0.0", batas_desil=Limits(kemiskinan_ekstrem=1, miskin=2, rentan=4), tingkat="rentan", ktp_pendatang="daftar",
    tanda_kebutuhan="false",
    belum_berdesil="daftar", sumber_desil=("dtsen",), urutan_domisili=("adminduk",),
    disepakati=Agreed(nomor="BA-UJI/2024", tanggal=date(2024, 11, 28)),
    kriteria=(Criterion(id="uji", keterangan="uji", daftar="uji", lolos="true"),),
)  # fmt: skip


def delivery(**changes: Any) -> PlannedDelivery:
    """One delivery of ten rows."""
    values = {"sha16": "0" * 16, "periode_data": "2025-10", "diterima": "2025-10-05", "path": "landing/x/part.parquet"}
    return PlannedDelivery(**{**values, "rows_on": 10, "terbawa": False, **changes})


def contract(contract_id: str, **changes: Any) -> PlannedContract:
    """A producer in force that delivered nothing."""
    values: dict[str, Any] = {
        "version": "1.0.0", "name": contract_id, "owner": "Dinas Uji", "unit": "orang", "kind": "program", "in_force": True,
        "stage_model": "stg_bansos__penerima", "family_complete": False, "columns": {}, "rules": (), "program": {},
        "deliveries": (),
    }  # fmt: skip
    return PlannedContract(id=contract_id, **{**values, **changes})


def plan_data(**changes: Any) -> PlanData:
    """A plan of 2025-S2 without contracts."""
    values: dict[str, Any] = {
        "periode": "2025-07-01", "label": "2025-S2", "cutoff": "2025-12-15", "code_version": "c", "expectations_version": "e",
        "decisions_version": "d", "permintaan": (), "key_id": "k", "contracts": (), "sasaran": CRITERIA, "lapangan": FIELD,
        "kosong": BlankPlan(pola="[ -/]*", pola_nol="[ -0]*", nomor={}),
        "revisi": 1, "inputs_hash": "ab" * 32,
    }  # fmt: skip
    return PlanData(**{**values, **changes})


def write(home: Home, **changes: Any) -> PlanData:
    """The same, on disk."""
    data = plan_data(**changes)
    store(home, data)
    return data


def write_plan(
    home: Home,
    contracts: Mapping[str, Contract],
    periode: Periode,
    *,
    cutoff: date | None = None,
    expectations: Path | None = None,
) -> RunPlan:
    """The plan of a period's real deliveries, written as the pipeline writes it."""
    plan = make_plan(home, contracts, periode, cutoff=cutoff, expectations=expectations)
    store(home, plan.data)
    return plan
