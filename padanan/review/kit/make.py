"""Makes the kits of a revision, one a producer: put into place as a whole and entered in the register.

What is in a kit is decided in `archive`.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from padanan.base import disk
from padanan.base.commit import building
from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError, no_space_guard
from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode
from padanan.base.side_by_side import processes_for, spread
from padanan.base.warehouse import connect_warehouse
from padanan.contracts.contract import load_contracts
from padanan.forms import handover
from padanan.published.opened import open_published
from padanan.published.report import gather, in_order
from padanan.published.run_plan import RunPlan
from padanan.review.kit.archive import Asked, report_papers, write_kit
from padanan.review.report.producer_pages import producer_pages
from padanan.review.worklist.rows import newest_plan

KIND = handover.KITS
COUNTED = ("celah_per_baris", "diperbaiki", "disisihkan")  # of each kit, in its manifest


def make(
    home: Home,
    periode: Periode,
    revisi: int | None = None,
    *,
    now: datetime,
    producer: str | None = None,
    expires: date | None = None,
    again: bool = False,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[Path, dict[str, Any]]:
    """Writes `kit/<period>/rev-<n>/`, one zip a producer that delivered.

    Args:
        producer: only this one's; the other zips of the folder stay.
        expires: the last day on which the files may exist; by default that of the kits beside it, else today and the days of
            `lapangan.yaml`.
        again: make the files anew although they stand or have expired.

    Returns:
        The folder and its manifest; files that stand already are left alone.

    Raises:
        PadananError: see `newest_plan`; the producer is unknown or did not deliver.
    """
    plan, _ = newest_plan(home, periode, revisi)
    delivered = {item.id: item for item in plan.data.contracts if item.deliveries}
    if producer is not None and producer not in delivered:
        raise PadananError(
            f"produsen '{producer[:40]}' tidak dikenal atau tidak mengirim untuk revisi ini",
            cure="pilih salah satu dari " + ", ".join(sorted(delivered)),
        )
    target = handover.folder_of(home, KIND, periode, plan.revisi)
    wanted = [producer] if producer else sorted(delivered)
    standing = handover.standing(home, KIND, periode, plan.revisi, again=again)
    if standing and not again:
        wanted = [name for name in wanted if _zip_name(name, plan) not in standing.facts["berkas"]]
        if not wanted:
            return target, dict(standing.facts)
    # One more kit does not prolong the others.
    wish = standing.expires if standing and not again and expires is None else expires
    last_day = handover.last_day(now, plan.data.lapangan.berlaku_hari, wish)
    # Held until the last kit is made: while somebody reads the warehouse no other revision can be written into it.
    held = connect_warehouse(home)
    published = open_published(home, periode, plan.revisi)
    try:
        contracts = load_contracts()
        report = gather(home, in_order(contracts), published)
        with building(target.parent) as temporary, no_space_guard("paket produsen"):
            files: dict[str, Any] = {}
            if standing:
                for name, facts in standing.facts["berkas"].items():
                    disk.copy(target / name, temporary / name)
                    files[name] = facts
            rows = {name: sum(one.rows_on for one in delivered[name].deliveries) for name in wanted}
            # The largest first: the last one to be finished is then a small one.
            wanted.sort(key=lambda name: (-rows[name], name))
            pages = producer_pages(report)
            paths = {name: temporary / _zip_name(name, plan) for name in wanted}
            asked = (
                Asked(home, plan, delivered[name], contracts[name], report_papers(report, pages, name), path)
                for name, path in paths.items()
            )
            for number, (name, facts) in enumerate(spread(_write, asked, processes_for(sum(rows.values()))), 1):
                files[paths[name].name] = facts
                progress(f"{number} dari {len(wanted)} paket: {name}")
            facts = {
                "periode": periode.label,
                "revisi": plan.revisi,
                "inputs_hash": plan.inputs_hash,
                "dibuat": now.astimezone(JAKARTA).date().isoformat(),
                "kedaluwarsa": last_day.isoformat(),
                "berkas": dict(sorted(files.items())),
            }
            handover.place(home, KIND, temporary, target, facts, now)
    finally:
        published.con.close()
        held.close()
    return target, facts


def _write(asked: Asked) -> tuple[str, dict[str, Any]]:
    counts = write_kit(asked)
    return asked.contract.id, {**counts, "produsen": asked.contract.id, "sha256": file_sha256(asked.path)}


def _zip_name(producer: str, plan: RunPlan) -> str:
    return f"{producer.replace('_', '-')}-{plan.periode.label}-rev-{plan.revisi}.zip"
