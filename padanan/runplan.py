"""The run plan: which contracts and which pinned deliveries one revision of a period reads.

It decides what is read and under which revision number; reading, judging and matching belong to the stages.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from padanan.contract import Contract, expectations_dir
from padanan.criteria import load_criteria
from padanan.decree.seals import closed
from padanan.errors import PadananError, SealedPeriod, no_space_guard
from padanan.field_rules import field_plan
from padanan.home import CHECKOUT, Home
from padanan.keys import key_id, load_key
from padanan.period import Periode
from padanan.plan import load_plans
from padanan.records.log import prove_all
from padanan.retention.tombstone import gone
from padanan.review.log import read_log
from padanan.review.steps import requests

CODE_FOLDERS = ("padanan", "dbt_project/models", "dbt_project/macros", "dbt_project/seeds")
REGISTER = "adminduk"
"""The contract whose people everybody is matched with: without it there is nothing to run."""
REVIEWERS = "reviewers.yaml"
# Who may review and how long things are kept decide nothing that is published.
NO_INPUT = (REVIEWERS, "retensi.yaml")
CODE_SUFFIXES = {".py", ".sql", ".csv", ".yml"}


@dataclass(frozen=True)
class RunPlan:
    """One revision's inputs. `unchanged` says that this revision is published already and nothing has to run."""

    periode: Periode
    revisi: int
    cutoff: date
    inputs_hash: str
    unchanged: bool
    data: Mapping[str, Any]


def code_version() -> str:
    """A hash over the code that computes published tables: the same on any machine and in any folder."""
    digest = hashlib.sha256()
    for folder in CODE_FOLDERS:
        for path in sorted((CHECKOUT / folder).rglob("*")):
            if path.suffix in CODE_SUFFIXES and "synthetic" not in path.parts:
                digest.update(str(path.relative_to(CHECKOUT)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


def expectations_version(folder: Path | None = None) -> str:
    """A hash over every contract, rule and criterion.

    Who may review is no input of a run, nor is a year's plan: of it a run reads the cut-off, which stands for itself.
    """
    base = folder or expectations_dir()
    digest = hashlib.sha256()
    for path in sorted([*base.glob("*.yaml"), *base.glob("contracts/*.yaml")]):
        if path.name in NO_INPUT:
            continue
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


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


def published_revisions(home: Home, periode: Periode) -> list[tuple[int, dict[str, Any]]]:
    """The published revisions of a period with their manifests, oldest first."""
    found = []
    for path in home.published(periode).glob("rev-*/manifest.json"):
        number = path.parent.name.removeprefix("rev-")
        if number.isdigit():
            found.append((int(number), json.loads(path.read_text(encoding="utf-8"))))
    return sorted(found, key=lambda item: item[0])


def earlier_revision(home: Home, periode: Periode, revisi: int) -> tuple[Periode, int] | None:
    """The published revision before, else the newest one of the nearest period before; None when there is none."""
    own = [number for number, _ in published_revisions(home, periode) if number < revisi]
    if own:
        return periode, own[-1]
    keys = sorted(path.name for path in home.published(periode).parent.glob("*-*-01") if path.name < periode.key)
    for key in reversed(keys):
        earlier = Periode.parse(key)
        if numbers := published_revisions(home, earlier):
            return earlier, numbers[-1][0]
    return None


def make_plan(
    home: Home,
    contracts: Mapping[str, Contract],
    periode: Periode,
    *,
    cutoff: date | None = None,
    expectations: Path | None = None,
) -> RunPlan:
    """Pins the deliveries of a period; nothing is written.

    The revision is the published one when nothing it depends on has changed, else the next number.

    Args:
        cutoff: the last day whose deliveries count; by default the day of the period's decree.

    Raises:
        SealedPeriod: the period's decree is sealed and no perubahan is open.
        PadananError: the year has no data plan, or Adminduk or every registry is missing.
    """
    from padanan.delivery.active import active_deliveries

    if (seal := closed(home, periode)) is not None:
        raise SealedPeriod(
            f"periode {periode} sudah ditetapkan; pemadanan ulang ditolak",
            file=seal.path.relative_to(home.root),
            cure="buka perubahan dengan 'padanan decree open-change', atau pilih periode lain",
        )
    # A run beside a register that was tampered with would make its figures look trusted.
    prove_all(home)
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
    by_contract: dict[str, list[dict[str, Any]]] = {}
    for item in sorted(active, key=lambda item: (item.contract_id, item.periode_data, item.bagian or "", item.sha16)):
        by_contract.setdefault(item.contract_id, []).append(
            {
                "sha16": item.sha16,
                "periode_data": item.periode_data,
                "diterima": item.diterima.isoformat() if isinstance(item.diterima, date | datetime) else str(item.diterima),
                "bagian": item.bagian,
                "path": Path(item.path).relative_to(home.root).as_posix() if Path(item.path).is_absolute() else str(item.path),
                "rows_on": item.rows_on,
                "terbawa": item.carried,
                "terlambat": item.late,
            }
        )
    if REGISTER not in by_contract:
        raise PadananError(
            f"Adminduk belum ada untuk periode {periode} (batas {last_day.isoformat()})",
            file="landing/adminduk",
            cure="minta Disdukcapil mengirim, atau jalankan "
            f"'padanan status --periode {periode}' untuk melihat kiriman yang ditahan atau terlalu tua",
        )
    data: dict[str, Any] = {
        "periode": periode.key,
        "label": periode.label,
        "cutoff": last_day.isoformat(),
        "code_version": code_version(),
        "expectations_version": expectations_version(expectations),
        "decisions_version": decisions_version(
            home, {name: [home.root / item["path"] for item in items] for name, items in by_contract.items()}
        ),
        # What the review asked for; accepting and waiving are no input and open no revision.
        "permintaan": requests(read_log(home, periode)),
        "key_id": key_id(load_key()),
        "contracts": [_contract(contract, periode, by_contract.get(contract.id, [])) for contract in contracts.values()],
        "sasaran": load_criteria(expectations),
        "lapangan": field_plan(contracts, expectations),
    }
    inputs_hash = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
    published = published_revisions(home, periode)
    last, manifest = published[-1] if published else (0, {})
    unchanged = manifest.get("inputs_hash") == inputs_hash
    revisi = last if unchanged else last + 1
    data = {**data, "revisi": revisi, "inputs_hash": inputs_hash}
    return RunPlan(periode, revisi, last_day, inputs_hash, unchanged, data)


def write_plan(
    home: Home,
    contracts: Mapping[str, Contract],
    periode: Periode,
    *,
    cutoff: date | None = None,
    expectations: Path | None = None,
) -> RunPlan:
    """`make_plan`, and `warehouse/rencana.json` with it: from now on the warehouse is built for this revision."""
    plan = make_plan(home, contracts, periode, cutoff=cutoff, expectations=expectations)
    store_plan(home, plan)
    return plan


def store_plan(home: Home, plan: RunPlan) -> None:
    """Writes `warehouse/rencana.json`, which every later step of the run reads."""
    home.warehouse.mkdir(parents=True, exist_ok=True, mode=0o700)
    temporary = home.run_plan.with_suffix(".tmp")
    with no_space_guard("rencana putaran"):
        temporary.write_text(json.dumps(dict(plan.data), indent=1, ensure_ascii=False), encoding="utf-8")
        temporary.replace(home.run_plan)


def rebuild_cure(periode: Periode) -> str:
    """What to do when the warehouse holds another revision than the one that is asked for: names stand nowhere else."""
    return f"bangun gudang untuk periode itu: python -m orchestration.run --periode {periode.label} --rebuild, lalu ulangi"


def missing(contracts: Iterable[Mapping[str, Any]]) -> list[str]:
    """The contracts of a plan that are in force and did not deliver, with or without something carried forward."""
    return [
        contract["id"]
        for contract in contracts
        if contract["in_force"] and not (contract["deliveries"] and not any(one["terbawa"] for one in contract["deliveries"]))
    ]


def read_plan(home: Home) -> RunPlan:
    """The plan that the warehouse was last built from.

    Raises:
        PadananError: no plan was written yet.
    """
    try:
        data = json.loads(home.run_plan.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise PadananError(
            "belum ada rencana putaran", file=home.run_plan, cure="jalankan dahulu aset landing/rencana atau job padanan_periode"
        ) from None
    periode = Periode.parse(data["periode"])
    unchanged = any(
        number == data["revisi"] and manifest.get("inputs_hash") == data["inputs_hash"]
        for number, manifest in published_revisions(home, periode)
    )
    return RunPlan(periode, data["revisi"], date.fromisoformat(data["cutoff"]), data["inputs_hash"], unchanged, data)


def _contract(contract: Contract, periode: Periode, deliveries: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "id": contract.id,
        "version": contract.version,
        "name": contract.name,
        "owner": contract.owner,
        "unit": contract.unit,
        "kind": contract.kind,
        "in_force": contract.in_force(periode),
        "stage_model": contract.stage_model,
        "family_complete": contract.family_complete,
        "family_key": contract.family_key,
        "columns": {
            column.name: {
                "type": column.type,
                "code_list": dict(column.codes),
                "code_system": column.code_system,
                "date_format": column.date_format,
            }
            for column in contract.columns
        },
        "rules": [
            {
                "id": rule.id,
                "dimension": rule.dimension,
                "level": rule.level,
                "stage": rule.stage,
                "threshold": rule.threshold,
                "applies_when": rule.applies_when,
                "fails_when": rule.fails_when,
                "rincian": rule.rincian,
                "definisi": rule.definisi,
                "tindak_lanjut": rule.tindak_lanjut,
                "penanggung_jawab": rule.penanggung_jawab,
                "hari": rule.hari,
            }
            for rule in contract.rules
        ],
        "program": dict(contract.program),
        "deliveries": deliveries,
    }
