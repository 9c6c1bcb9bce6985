"""What came, what is held, what is due: read from manifests, decisions, contracts and the year's plan.

Nothing is changed here, and no delivery is opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from padanan.base.format import number
from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode, periode_start
from padanan.contracts.contract import Contract
from padanan.contracts.due import MONTHLY, days_late, month_deadline, state_of
from padanan.contracts.plan import YearPlan, load_plans
from padanan.contracts.retention import load_rules
from padanan.landing.inbox import passed_by
from padanan.published.identities import ENTRY
from padanan.published.identities import state_of as state_of_identities
from padanan.published.revisions import published_revisions
from padanan.records.active import ActiveDelivery, received_on
from padanan.records.arrivals import Arrival, arrivals, cutoff_of, unsettled
from padanan.records.ledger import effective_status, released

IDENTITY_TEXT = {
    "ada": "hanya terbaca pemiliknya",
    "terbuka": "PERHATIAN, dapat dibaca orang lain; 'padanan verify' menyebut perbaikannya",
    "hilang": "PERHATIAN, berkasnya hilang; pulihkan dari cadangan",
    "dimusnahkan": "sudah dimusnahkan menurut masa simpannya",
    "tanpa_berkas": "PERHATIAN, nama masih di tabel terbitannya; lihat docs/protection.md",
}


def status(
    home: Home,
    contracts: Mapping[str, Contract],
    periode: Periode,
    *,
    today: date | None = None,
    plans: Mapping[int, YearPlan] | None = None,
    as_of: bool = False,
) -> dict[str, Any]:
    """The state of one period's deliveries on a day; what a period has is asked of `arrivals`.

    Args:
        today: that day; by default today in Jakarta.
        as_of: leave out what came or was released after that day, so that a past day never changes any more.

    Returns:
        `periode`, `tanggal`, `penetapan`, `batas`; `produsen`: one entry per contract in force with `tenggat`, `keadaan`
        (a word of `due`), `datang` (whether the period has what is owed), `terbawa` and `terlalu_tua` (periode_data of what
        stands in for it, and of what is too old to), `hari_terlambat`, deliveries of the period and, for a monthly producer,
        `bulan` (one entry a month that began) and `bulan_belum`; `ditahan` and `karantina`: what a person must look at;
        `periode_lain`: the same of every other period (nothing with `as_of`).
        `diabaikan`: what lies in an inbox now and is no delivery, each with its reason.
        `identitas`: the files with names of its revisions.
    """
    day = today or datetime.now(JAKARTA).date()
    known = plans if plans is not None else load_plans()
    freed = released(home, day if as_of else None)
    found = [item for item in arrivals(home, contracts, periode, day=day, plans=known, as_of=as_of).values() if item.in_force]
    plan = known.get(periode.year)
    return {
        "periode": periode.label,
        "tanggal": day.isoformat(),
        "penetapan": plan.decree_date(periode).isoformat() if plan else None,
        "batas": cutoff_of(periode, known).isoformat(),
        "produsen": [_row(item, periode, freed, day) for item in found],
        "ditahan": [_short(one, freed) for item in found for one in item.waiting],
        "karantina": [_short(one, freed) for item in found for one in item.aside],
        "periode_lain": [] if as_of else _elsewhere(home, contracts, found, freed),
        "diabaikan": [
            {"contract_id": contract_id, "berkas": one.name, "sebab": one.reason}
            for contract_id in contracts
            for one in passed_by(home, contract_id)
        ],
        "identitas": _identities(home, contracts, periode),
    }


def _elsewhere(
    home: Home, contracts: Iterable[str], found: Iterable[Arrival], freed: set[tuple[str, str]]
) -> list[dict[str, Any]]:
    """What waits for a person and is of another period: a letter that names the wrong one is seen nowhere else."""
    here = {(one["contract_id"], one["sha16"]) for item in found for one in (*item.waiting, *item.aside)}
    waiting = (one for contract_id in contracts for one in unsettled(home, contract_id))
    return [_short(one, freed) for one in waiting if (one["contract_id"], one["sha16"]) not in here]


def _identities(home: Home, contracts: Mapping[str, Contract], periode: Periode) -> list[dict[str, Any]]:
    """The files with names of the period's revisions: how many are in them, how long they are kept, how they stand."""
    until = load_rules(contracts)[ENTRY].expires(periode.end)
    return [
        {
            "revisi": revisi,
            "orang": manifest.get(ENTRY, {}).get("rows"),
            "disimpan_sampai": until.isoformat() if until else None,
            "keadaan": state_of_identities(home, periode, revisi),
        }
        for revisi, manifest in published_revisions(home, periode)
    ]


def _row(item: Arrival, periode: Periode, freed: set[tuple[str, str]], day: date) -> dict[str, Any]:
    months = _months(item.contract, periode, item.accepted, day)
    return {
        "contract_id": item.contract.id,
        "nama": item.contract.name,
        "produsen": item.contract.owner,
        "tenggat": item.due.isoformat() if item.due else None,
        "keadaan": item.state,
        "datang": item.delivered,
        "terbawa": _named(item.carried),
        "terlalu_tua": _named(item.too_old),
        "diterima": item.received.isoformat() if item.received else None,
        "hari_terlambat": item.days_late,
        "kiriman": [_short(one, freed) for one in sorted(item.landed, key=lambda one: one["diterima"])],
        "baris": sum(one.rows_on for one in item.used),
        "bulan": months,
        "bulan_belum": [one["bulan"] for one in months if one["diterima"] is None],
    }


def _named(items: tuple[ActiveDelivery, ...]) -> list[dict[str, Any]]:
    return [{"sha16": item.sha16, "periode_data": item.periode_data, "bagian": item.bagian} for item in items]


def render(state: Mapping[str, Any]) -> str:
    """The same as a table for a terminal."""
    head = ("kontrak", "tenggat", "keadaan", "dibaca", "kiriman", "baris")
    lines = [
        (
            row["contract_id"],
            row["tenggat"] or "-",
            row["keadaan"],
            _read(row),
            str(len(row["kiriman"])),
            f"{row['baris']:,}".replace(",", "."),
        )
        for row in state["produsen"]
    ]
    width = [max(len(line[index]) for line in (head, *lines)) for index in range(len(head))]
    out = [f"Periode {state['periode']}, keadaan {state['tanggal']}, penetapan {state['penetapan'] or 'belum direncanakan'}", ""]
    for line in (head, tuple("-" * one for one in width), *lines):
        cells = [cell.rjust(width[index]) if index > 3 else cell.ljust(width[index]) for index, cell in enumerate(line)]
        out.append("  ".join(cells).rstrip())
    for row in state["produsen"]:
        if row["bulan_belum"]:
            out.append(f"\n{row['contract_id']}: bulan yang belum datang: {', '.join(row['bulan_belum'])}")
    old = [(row["contract_id"], item) for row in state["produsen"] for item in row["terlalu_tua"]]
    if old:
        command = f"padanan carry HASH --periode {state['periode']} --by NAMA --reason TEKS"
        out += ["", f"Terlalu tua untuk {state['periode']}, tidak dibaca (baca juga dengan '{command}'): {len(old)}"]
        out += [f"  {contract_id} {item['sha16']} periode data {item['periode_data']}" for contract_id, item in old]
    for title, key in (
        ("Ditahan (lepas dengan 'padanan release HASH --by NAMA --reason TEKS')", "ditahan"),
        ("Karantina dan ditolak", "karantina"),
        ("Ditahan, karantina, atau ditolak di periode lain", "periode_lain"),
    ):
        out += ["", f"{title}: {len(state[key]) or 'tidak ada'}"]
        for item in state[key]:
            out.append(f"  {item['contract_id']} {item['sha16']} periode data {item['periode_data'] or '-'} ({item['berkas']})")
            for flag in item["sebab"]:
                own = f" Pengelola: {flag['pengelola']}." if flag.get("pengelola") else ""
                out.append(f"    {flag['rule_id']}: {flag['pesan']}. Perbaikan: {flag['perbaikan']}.{own}")
    if state["diabaikan"]:
        out += ["", f"Diabaikan di inbox, bukan kiriman: {len(state['diabaikan'])}"]
        out += [f"  {item['contract_id']}: {item['berkas']} ({item['sebab']})" for item in state["diabaikan"]]
    for item in state["identitas"]:
        until = item["disimpan_sampai"] or "seterusnya"
        kept = f"{number(item['orang'])} orang, sampai {until}; " if item["orang"] is not None else ""
        out.append(f"\nIdentitas revisi {item['revisi']}: {kept}{IDENTITY_TEXT[item['keadaan']]}")
    arrived = sum(row["datang"] for row in state["produsen"])
    carried = sum(bool(row["terbawa"]) for row in state["produsen"])
    told = f"; {carried} dibaca dari periode sebelumnya (terbawa)" if carried else ""
    out += ["", f"{arrived} dari {len(state['produsen'])} kontrak sudah mengirim untuk periode ini{told}."]
    return "\n".join(out)


def _read(row: Mapping[str, Any]) -> str:
    """What a run reads of a producer: this period's, what is carried forward, or nothing."""
    if row["terbawa"]:
        return "terbawa " + ", ".join(sorted({item["periode_data"] for item in row["terbawa"]}))
    return "periode ini" if row["datang"] else "-"


def _months(contract: Contract, periode: Periode, accepted: Iterable[Mapping[str, Any]], day: date) -> list[dict[str, Any]]:
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
