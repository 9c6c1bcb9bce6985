"""The run plan: which contracts and which pinned deliveries one revision of a period reads.

It decides what is read and under which revision number; reading, judging and matching belong to the stages.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path

from padanan.base.errors import PadananError, SealedPeriod
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.contracts.contract import Contract, load_blanks
from padanan.contracts.criteria import load_criteria
from padanan.contracts.feedback import load_newcomers
from padanan.contracts.field_rules import field_plan
from padanan.contracts.parts import reference
from padanan.contracts.plan import load_plans
from padanan.contracts.planned import (
    PlanData,
    PlanInputs,
    PlannedColumn,
    PlannedContract,
    PlannedDelivery,
    PlannedRule,
)
from padanan.contracts.version import expectations_version
from padanan.published.revisions import published_revisions
from padanan.published.run_plan import RunPlan
from padanan.records import anchors
from padanan.records.delivery_proof import prove_landed, prove_read
from padanan.records.key_register import prove_key
from padanan.records.log import mend_heads, prove_all
from padanan.records.review_log import read_log
from padanan.records.seals import closed
from padanan.records.steps import requests
from padanan.records.tombstone import gone
from padanan.run.code_version import code_version
from padanan.run.feedback_state import feedback_inputs
from padanan.run.translated import translated


def decisions_version(home: Home, parts: Mapping[str, Sequence[Path]]) -> str:
    """A hash over the decisions of people that touch what a period reads; a decision about other records opens no revision.

    Releases and deliveries read in spite of their age need no place here: they show in which deliveries are pinned.

    Args:
        parts: the pinned Parquet files by contract id.
    """
    from padanan.evidence.decisions import touching

    digest = hashlib.sha256()
    for row in touching(home, parts):
        digest.update(json.dumps(row, sort_keys=True).encode())
    return digest.hexdigest()[:16]


def make_plan(
    home: Home,
    contracts: Mapping[str, Contract],
    periode: Periode,
    *,
    cutoff: date | None = None,
    expectations: Path | None = None,
) -> RunPlan:
    """Pins the deliveries of a period.

    Nothing is written but what the run reads in their place or beside them: rows whose pseudonyms a change of the key made old
    (`translated`), and what the field found up to the cut-off (`feedback_state`).

    The revision is the published one when nothing it depends on has changed, else the next number.

    Args:
        cutoff: the last day whose deliveries count; by default the day of the period's decree.

    Raises:
        SealedPeriod: the period's decree is sealed and no perubahan is open.
        PadananError: the year has no data plan, or Adminduk or every registry is missing.
    """
    from padanan.records.active import active_deliveries

    if (seal := closed(home, periode)) is not None:
        raise SealedPeriod(
            f"periode {periode} sudah ditetapkan; pemadanan ulang ditolak",
            file=seal.path.relative_to(home.root),
            cure="buka perubahan dengan 'padanan decree open-change', atau pilih periode lain",
        )
    # A run beside a register that was tampered with would make its figures look trusted.
    prove_all(home)
    mend_heads(home)
    ring = prove_key(home)
    prove_landed(home)
    plans = load_plans(expectations)
    year = plans.get(periode.year)
    if year is None:
        raise PadananError(
            f"tahun {periode.year} tidak punya rencana data",
            file="expectations/plans",
            cure=f"tulis expectations/plans/{periode.year}.yaml menurut berita acara tahun itu",
        )
    last_day = cutoff or year.decree_date(periode)
    active = active_deliveries(home, contracts, periode, last_day)
    if lost := [item for item in active if item.destroyed is not None]:
        first = lost[0]
        raise PadananError(
            f"periode {periode} tidak dapat diputar ulang: kiriman {first.contract_id} {first.periode_data} "
            + gone(first.destroyed or {})
            + (f", dan {len(lost) - 1} kiriman lain" if len(lost) > 1 else ""),
            file=first.folder.relative_to(home.root),
            cure="pakai terbitan dan penetapan yang ada; lihat 'padanan retention status'",
        )
    prove_read(home, (item.path for item in active))
    paths = translated(home, ring, active)
    by_contract: dict[str, list[PlannedDelivery]] = {}
    for item in sorted(active, key=lambda item: (item.contract_id, item.periode_data, item.bagian or "", item.sha16)):
        by_contract.setdefault(item.contract_id, []).append(
            PlannedDelivery(
                sha16=item.sha16,
                periode_data=item.periode_data,
                diterima=item.diterima.isoformat() if isinstance(item.diterima, date | datetime) else str(item.diterima),
                bagian=item.bagian,
                path=paths[str(item.path)],
                rows_on=item.rows_on,
                terbawa=item.carried,
                terlambat=item.late,
            )
        )
    register = reference(contracts)
    if register.id not in by_contract:
        raise PadananError(
            f"{register.registry.name if register.registry else register.id} belum ada untuk periode {periode} "
            f"(batas {last_day.isoformat()})",
            file=f"landing/{register.id}",
            cure=f"minta {register.owner} mengirim, atau jalankan "
            f"'padanan status --periode {periode}' untuk melihat kiriman yang ditahan atau terlalu tua",
        )
    field = feedback_inputs(home, last_day, expectations)
    newcomers, known = None, contracts
    if field is not None and field.newcomers is not None:
        own = load_newcomers(expectations)
        newcomers, known = planned_contract(own, periode, [field.newcomers]), {**contracts, own.id: own}
    read = {name: [home.root / item.path for item in items] for name, items in by_contract.items()}
    if newcomers is not None:
        read[newcomers.id] = [home.root / item.path for item in newcomers.deliveries]
    criteria = load_criteria(expectations, year.agreed(periode, demo=home.demo_marker.exists()))
    inputs = PlanInputs(
        periode=periode.key,
        label=periode.label,
        cutoff=last_day.isoformat(),
        code_version=code_version(),
        expectations_version=expectations_version(expectations),
        decisions_version=decisions_version(home, read),
        # What the review asked for; accepting and waiving are no input and open no revision.
        permintaan=tuple(requests(read_log(home, periode))),
        key_id=ring.names[-1],
        contracts=tuple(planned_contract(contract, periode, by_contract.get(contract.id, ())) for contract in contracts.values()),
        sasaran=criteria,
        lapangan=field_plan(known, expectations, criteria),
        kosong=load_blanks(expectations).plan(),
        umpan_balik=field.plan if field is not None else None,
        warga_baru=newcomers,
    )
    inputs_hash = hashlib.sha256(json.dumps(inputs.as_json(), sort_keys=True).encode()).hexdigest()
    published = published_revisions(home, periode)
    last, manifest = published[-1] if published else (0, {})
    # Without the decisions that revision was made with the next one would undo them, and nobody would know.
    for fault in anchors.lost(home, manifest):
        raise fault
    unchanged = manifest.get("inputs_hash") == inputs_hash
    revisi = last if unchanged else last + 1
    data = PlanData(**dict(inputs), revisi=revisi, inputs_hash=inputs_hash)
    return RunPlan(periode, revisi, last_day, inputs_hash, unchanged, data)


def planned_contract(contract: Contract, periode: Periode, deliveries: Sequence[PlannedDelivery]) -> PlannedContract:
    """A contract as the plan of a period carries it."""
    return PlannedContract(
        id=contract.id,
        version=contract.version,
        name=contract.name,
        owner=contract.owner,
        dasar_hukum=contract.legal_basis,
        unit=contract.unit,
        kind=contract.kind,
        in_force=contract.in_force(periode),
        stage_model=contract.stage_model,
        peran=contract.roles,
        registri=contract.registry.id if contract.registry else None,
        pasangan=contract.partner,
        family_complete=contract.family_complete,
        family_key=contract.family_key,
        columns={
            column.name: PlannedColumn(
                type=column.type,
                code_list=dict(column.codes),
                code_system=column.code_system,
                date_format=column.date_format,
            )
            for column in contract.columns
        },
        rules=tuple(PlannedRule(**{name: getattr(rule, name) for name in PlannedRule.model_fields}) for rule in contract.rules),
        program=dict(contract.program),
        deliveries=tuple(deliveries),
    )
