"""What came, what is held, what is due: read from manifests, decisions, contracts and the year's plan.

Nothing is changed here, and no delivery is opened.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from padanan.calendar.due import (
    MONTHLY,
    OVERDUE,
    QUARANTINED,
    REFUSED,
    concerns,
    days_late,
    duty_deadline,
    month_deadline,
    state_of,
)
from padanan.contract import Contract
from padanan.delivery.ledger import effective_status, manifests, quarantined, released
from padanan.delivery.letter import periode_start
from padanan.home import Home
from padanan.period import JAKARTA, Periode
from padanan.plan import YearPlan, load_plans


def status(
    home: Home,
    contracts: Mapping[str, Contract],
    periode: Periode,
    *,
    today: date | None = None,
    plans: Mapping[int, YearPlan] | None = None,
    as_of: bool = False,
) -> dict[str, Any]:
    """The state of one period's deliveries on a day.

    Args:
        today: that day; by default today in Jakarta.
        as_of: leave out what came or was released after that day, so that a past day never changes any more.

    Returns:
        `periode`, `tanggal`, `penetapan`; `produsen`: one entry per contract in force with `tenggat`, `keadaan`
        (`tepat waktu`, `terlambat`, `ditahan`, `karantina`, `ditolak`, `lewat tenggat`, `belum jatuh tempo`) and
        `hari_terlambat`, deliveries of the period and, for a monthly producer, `bulan` (one entry a month that began)
        and `bulan_belum`; `ditahan` and `karantina`: what a person must look at.
    """
    day = today or datetime.now(JAKARTA).date()
    known = plans if plans is not None else load_plans()
    freed = released(home, day if as_of else None)
    rows, held, bad = [], [], []
    for contract_id, contract in sorted(contracts.items()):
        if not contract.in_force(periode):
            continue
        landed = [
            item
            for item in manifests(home, contract_id)
            if concerns(contract, item["periode_data"], periode) and not (as_of and received_on(item) > day)
        ]
        aside = [
            item
            for item in quarantined(home, contract_id)
            if "~" not in item["folder"].name
            and (item["periode_data"] is None or concerns(contract, item["periode_data"], periode))
        ]
        accepted = [item for item in landed if effective_status(item, freed) == "diterima"]
        waiting = [item for item in landed if effective_status(item, freed) == "ditahan"]
        held += waiting
        bad += aside
        due = duty_deadline(contract, periode, known)
        first, late = _arrival(accepted)
        months = _months(contract, periode, accepted, day)
        rows.append(
            {
                "contract_id": contract_id,
                "nama": contract.name,
                "produsen": contract.owner,
                "tenggat": due.isoformat() if due else None,
                "keadaan": _state(first, late, waiting, aside, due, day),
                "diterima": first.isoformat() if first else None,
                "hari_terlambat": days_late(first, due, day) if late or not first else 0,
                "kiriman": [_short(item, freed) for item in sorted(landed, key=lambda item: item["diterima"])],
                "baris": sum(item["rows_on"] for item in _latest(accepted)),
                "bulan": months,
                "bulan_belum": [item["bulan"] for item in months if item["diterima"] is None],
            }
        )
    plan = known.get(periode.year)
    return {
        "periode": periode.label,
        "tanggal": day.isoformat(),
        "penetapan": plan.decree_date(periode).isoformat() if plan else None,
        "produsen": rows,
        "ditahan": [_short(item, freed) for item in held],
        "karantina": [_short(item, freed) for item in bad],
    }


def render(state: Mapping[str, Any]) -> str:
    """The same as a table for a terminal."""
    head = ("kontrak", "tenggat", "keadaan", "kiriman", "baris")
    lines = [
        (
            row["contract_id"],
            row["tenggat"] or "-",
            row["keadaan"],
            str(len(row["kiriman"])),
            f"{row['baris']:,}".replace(",", "."),
        )
        for row in state["produsen"]
    ]
    width = [max(len(line[index]) for line in (head, *lines)) for index in range(len(head))]
    out = [f"Periode {state['periode']}, keadaan {state['tanggal']}, penetapan {state['penetapan'] or 'belum direncanakan'}", ""]
    for line in (head, tuple("-" * one for one in width), *lines):
        cells = [cell.rjust(width[index]) if index > 2 else cell.ljust(width[index]) for index, cell in enumerate(line)]
        out.append("  ".join(cells).rstrip())
    for row in state["produsen"]:
        if row["bulan_belum"]:
            out.append(f"\n{row['contract_id']}: bulan yang belum datang: {', '.join(row['bulan_belum'])}")
    for title, key in (
        ("Ditahan (lepas dengan 'padanan release SIDIK --oleh NAMA --alasan TEKS')", "ditahan"),
        ("Karantina dan ditolak", "karantina"),
    ):
        out += ["", f"{title}: {len(state[key]) or 'tidak ada'}"]
        for item in state[key]:
            out.append(f"  {item['contract_id']} {item['sha16']} periode data {item['periode_data'] or '-'} ({item['berkas']})")
            out += [f"    {flag['rule_id']}: {flag['pesan']}. Perbaikan: {flag['perbaikan']}" for flag in item["sebab"]]
    arrived = sum(1 for row in state["produsen"] if row["kiriman"])
    out += ["", f"{arrived} dari {len(state['produsen'])} kontrak sudah mengirim untuk periode ini."]
    return "\n".join(out)


def _arrival(accepted: list[dict[str, Any]]) -> tuple[date | None, bool | None]:
    """The day on which the duty was done, and whether any part's first delivery was late by its receipt."""
    first: dict[Any, dict[str, Any]] = {}
    for item in sorted(accepted, key=lambda item: item["diterima"]):
        first.setdefault((item["periode_data"], item["bagian"]), item)
    if not first:
        return None, None
    late = [item for item in first.values() if item["late"]]
    return (max if late else min)(received_on(item) for item in late or first.values()), bool(late)


def received_on(item: Mapping[str, Any]) -> date:
    """The day in Jakarta on which a delivery came."""
    return datetime.fromisoformat(item["diterima"]).astimezone(JAKARTA).date()


def _state(first: date | None, late: bool | None, waiting: list[Any], aside: list[Any], due: date | None, day: date) -> str:
    state = state_of(first, late, bool(waiting), due, day)
    if first is None and not waiting and aside:
        # What came is unusable: its own word says more than that nothing usable came, until the deadline has passed.
        word = str(max(aside, key=lambda item: item["diterima"] or "")["status"])
        return word if word in (QUARANTINED, REFUSED) and state != OVERDUE else state
    return state


def _latest(accepted: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Per part the newest accepted delivery: what a run would read."""
    best: dict[Any, dict[str, Any]] = {}
    for item in sorted(accepted, key=lambda item: (periode_start(item["periode_data"]), item["diterima"])):
        best[item["bagian"]] = item
    return list(best.values())


def _months(contract: Contract, periode: Periode, accepted: list[dict[str, Any]], day: date) -> list[dict[str, Any]]:
    """A monthly producer's months of the period that began (F03): when each was due, came, and how it stands."""
    if contract.cadence != MONTHLY:
        return []
    came: dict[tuple[int, int], date] = {}
    for item in accepted:
        start = periode_start(item["periode_data"])
        received = received_on(item)
        came[start.year, start.month] = min(received, came.get((start.year, start.month), received))
    rows = []
    for index in range(6):
        month = date(periode.year, periode.start.month + index, 1)
        if month > day or contract.in_force_from > month or (contract.in_force_to and contract.in_force_to < month):
            continue
        due, received_first = month_deadline(contract, month), came.get((month.year, month.month))
        rows.append(
            {
                "bulan": f"{month:%Y-%m}",
                "tenggat": due.isoformat(),
                "diterima": received_first.isoformat() if received_first else None,
                "keadaan": state_of(received_first, None, False, due, day),
                "hari_terlambat": days_late(received_first, due, day),
            }
        )
    return rows


def _short(item: Mapping[str, Any], freed: set[tuple[str, str]]) -> dict[str, Any]:
    return {
        "contract_id": item["contract_id"],
        "sha16": item["sha16"],
        "berkas": item["file"],
        "status": effective_status(item, freed),
        "dilepas": (item["contract_id"], item["sha16"]) in freed,
        "periode_data": item["periode_data"],
        "bagian": item["bagian"],
        "diterima": item["diterima"],
        "terlambat": item["late"],
        "masuk": item["rows_in"],
        "diteruskan": item["rows_on"],
        "disisihkan": item["rows_aside"],
        "sebab": [flag for flag in item["flags"] if flag["akibat"] != "peringatan"],
    }
