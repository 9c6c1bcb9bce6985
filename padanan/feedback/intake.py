"""Taking in what landed of a feedback contract: rows become events, faults are named, the account closes, a receipt tells.

A delivery is taken in once; its folder is put into place by one rename, and the register names it after that.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from padanan.base import disk
from padanan.base.alone import one_at_a_time
from padanan.base.commit import building, publish
from padanan.base.digest import file_sha256
from padanan.base.duck import private_duckdb
from padanan.base.errors import DiskFault, PadananError, no_space_guard, safe_reason
from padanan.base.folder_proof import seal
from padanan.base.home import Home
from padanan.base.keys import load_ring, register_hmac
from padanan.base.period import JAKARTA, periode_end, periode_start
from padanan.base.sql import literal
from padanan.base.tabular import write_table
from padanan.contracts.blanks import Blanks
from padanan.contracts.contract import Contract, load_blanks, load_contracts
from padanan.contracts.feedback import DISPUTED, LOOK, REFUSED, FeedbackCatalogue, load_catalogue, load_feedback
from padanan.feedback import people, typed_rows
from padanan.feedback.asked_rows import ASKED, Window, arrange
from padanan.feedback.events import open_events
from padanan.feedback.judge import FOUND, Asked, asked, judge, outcomes, standing_disputes
from padanan.feedback.receipt import NAME, write_receipt
from padanan.records import returned
from padanan.records.active import received_on
from padanan.records.delivery_proof import prove_read
from padanan.records.landed_rows import rows_today
from padanan.records.ledger import effective_status, manifests, released
from padanan.records.tombstone import read_nisan


@dataclass(frozen=True)
class Whole:
    """What all deliveries that are taken in together share: rules, and the records by which people are known.

    Attributes:
        ceilings: the programs that aid may be told of, and the most rupiah each pays in a row.
        known: by which publication people are known. records: as `people.gather` made them.
    """

    contracts: Mapping[str, Contract]
    catalogue: FeedbackCatalogue
    blanks: Blanks
    ceilings: dict[str, int]
    known: people.Known | None
    records: Path | None


@dataclass(frozen=True)
class Taken:
    """What became of one delivery: rows that landed, events, rows refused; of the events, how many are disputed or looked at."""

    contract_id: str
    sha16: str
    rows: int
    events: int
    refused: int
    disputed: int
    looked_at: int
    page: Path


def waiting(home: Home, contracts: Mapping[str, Contract]) -> list[tuple[Contract, dict[str, Any]]]:
    """Landed deliveries that are not taken in yet, in the order they came; one destroyed by retention is passed by."""
    freed, found = released(home), []
    for contract in contracts.values():
        done = {str(record["sha16"]) for record in returned.taken(home, contract.id)}
        for item in manifests(home, contract.id):
            if item["sha16"] not in done and effective_status(item, freed) == "diterima" and read_nisan(item["folder"]) is None:
                found.append((contract, item))
    return sorted(found, key=lambda one: (datetime.fromisoformat(one[1]["diterima"]), one[0].id, one[1]["sha16"]))


@one_at_a_time("umpan_balik")
def take_all(
    home: Home,
    *,
    only: str | None = None,
    sha16: str | None = None,
    now: datetime | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> list[Taken]:
    """Takes in every landed delivery of feedback that waits; one that can't be taken in keeps no other waiting.

    Args:
        only: one contract. sha16: one delivery.

    Raises:
        DiskFault: nothing can be written; what was taken in before stays.
        PadananError: a contract or rule is wrong; or a delivery was changed after it landed or its account does not close: the
            first such one, after all others were taken in.
    """
    contracts, catalogue = load_feedback(), load_catalogue()
    if only is not None and only not in contracts:
        raise PadananError(f"kontrak umpan balik '{only[:40]}' tidak ada", cure=f"pakai salah satu: {', '.join(contracts)}")
    chosen = {name: one for name, one in contracts.items() if only in (None, name)}
    found: list[Taken] = []
    stopped: list[PadananError] = []
    queue = [(contract, item) for contract, item in waiting(home, chosen) if sha16 in (None, item["sha16"])]
    if not queue:
        return found
    with no_space_guard("umpan balik"), building(home.umpan_balik) as folder:
        parts: dict[str, list[Path]] = {}
        for contract, item in queue:
            # One that was changed says nothing here, and is told of at the end.
            with suppress(PadananError):
                _prove(home, item)
                parts.setdefault(contract.id, []).append(_part(item))
        known = people.newest(home)
        whole = Whole(contracts, catalogue, load_blanks(), _ceilings(), known, people.gather(home, known, parts, folder))
        for number, (contract, item) in enumerate(queue, 1):
            progress(f"[{number}/{len(queue)}] {contract.id} {item['periode_data']} ({item['rows_on']} baris)")
            try:
                found.append(_take(home, whole, contract, item, now or datetime.now(JAKARTA)))
            except DiskFault:
                raise
            except PadananError as error:
                stopped.append(error)
    if stopped:
        first, more = stopped[0], f"; {len(stopped) - 1} kiriman lain juga belum" if len(stopped) > 1 else ""
        raise PadananError(
            first.cause,
            file=first.file,
            place=first.place,
            cure=f"{first.cure} ({len(found)} kiriman lain yang menunggu sudah diambil{more})",
        ) from first
    return found


def _part(item: Mapping[str, Any]) -> Path:
    return Path(item["folder"]) / "part.parquet"


def _prove(home: Home, item: Mapping[str, Any]) -> None:
    prove_read(home, [_part(item).relative_to(home.root).as_posix()])


def _take(home: Home, whole: Whole, contract: Contract, item: Mapping[str, Any], now: datetime) -> Taken:
    """Takes in one landed delivery; a folder that a killed process left whole is only registered."""
    target = returned.folder_of(home, contract.id, item["sha16"])
    _prove(home, item)
    if not target.exists():
        with no_space_guard(f"umpan balik {contract.id}"), building(target.parent) as folder:
            try:
                _make(home, whole, contract, item, folder, target)
            except duckdb.Error as error:
                raise PadananError(
                    f"umpan balik tidak dapat diolah ({safe_reason(error)})",
                    file=_part(item).relative_to(home.root),
                    cure="laporkan sebagai galat program, tanpa isi data; kirimannya tetap tersimpan",
                ) from None
            publish(folder, target)
    account = json.loads((target / returned.ACCOUNT).read_text(encoding="utf-8"))
    returned.log_of(home, contract.id).append([{"jenis": returned.TAKEN, **account}], now)
    return Taken(
        contract.id, item["sha16"], account["baris"], account["peristiwa"], account["ditolak"], account["sengketa"],
        account["periksa"], target / f"{NAME}.html",
    )  # fmt: skip


def _make(home: Home, whole: Whole, contract: Contract, item: Mapping[str, Any], folder: Path, target: Path) -> None:
    contracts, catalogue, part = whole.contracts, whole.catalogue, _part(item)
    questions, event = asked(contract, catalogue), catalogue.peristiwa[contract.id]
    came, work = received_on(item), folder / "kerja"
    ring = load_ring(home)
    with private_duckdb(work) as con:
        register_hmac(con, ring)
        rows = typed_rows.read(con, contract, rows_today(con, ring, part), whole.blanks)
        # Deaths are asked of lampid, payments of realisasi, numbers of the contract itself.
        before = {name: contracts[name] for name in {contract.id, "lampid"} if name in contracts}
        open_events(con, home, before)
        people.find(con, home, whole.records, contract.column_names)
        register_hmac(con, ring)
        window = Window(came, periode_start(item["periode_data"]), periode_end(item["periode_data"]))
        arrange(con, contract, event, window, whole.ceilings)
        judge(con, ASKED, questions)
        bars = outcomes(questions)
        _mark(con, bars)
        written = write_table(con, _events(contract, event, item, came, questions), folder / returned.EVENTS)
        write_table(con, _faults(questions), folder / returned.FAULTS)
        counted = _counts(con)
        account = {
            "kontrak": contract.id,
            "versi_kontrak": contract.version,
            "versi_aturan": catalogue.version,
            "sha16": item["sha16"],
            "periode_data": item["periode_data"],
            "dicatat": came.isoformat(),
            "baris": rows,
            "peristiwa": written.rows,
            **counted,
            "peristiwa_sha256": written.sha256,
            "peristiwa_sidik": written.row_hash,
            "celah_sha256": file_sha256(folder / returned.FAULTS),
            "kunci_hmac": ring.names[-1],
            "dikenali_dengan": None if whole.known is None else f"{whole.known.periode.key}/rev-{whole.known.revisi}",
        }
        if rows != account["peristiwa"] + account["ditolak"]:
            raise PadananError(
                f"{rows} baris masuk, {account['peristiwa']} menjadi peristiwa + {account['ditolak']} ditolak",
                file=part.relative_to(home.root),
                cure="laporkan sebagai galat program, tanpa isi data",
            )
        write_receipt(con, folder, contract, item, account, questions, sheets=item.get("facts", {}).get("lembar") or ())
    disk.remove_tree(work)
    disk.write_text(folder / returned.ACCOUNT, json.dumps(account, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
    names = sorted(path.name for path in folder.iterdir())
    seal(folder, target.relative_to(home.root).as_posix(), names)


def _ceilings() -> dict[str, int]:
    """The programs that aid may be told of, and the most rupiah each pays in a row."""
    return {one.id: int(one.program["nominalMaks"]) for one in load_contracts().values() if one.kind == "program"}


def _mark(con: duckdb.DuckDBPyConnection, bars: Mapping[str, list[str]]) -> None:
    """Makes `ditolak(_baris)`: the rows that become no event."""
    refused = ", ".join(map(literal, bars.get(REFUSED, []))) or "null"
    con.execute(f"create or replace table ditolak as select distinct _baris from {FOUND} where aturan in ({refused})")
    for outcome, name in ((DISPUTED, "bersengketa"), (LOOK, "diperiksa")):
        chosen = ", ".join(map(literal, bars.get(outcome, []))) or "null"
        con.execute(
            f"create or replace table {name} as select distinct _baris from {FOUND} where aturan in ({chosen}) "
            "and _baris not in (select _baris from ditolak)"
        )


def _counts(con: duckdb.DuckDBPyConnection) -> dict[str, int]:
    found = con.execute(
        "select (select count(*) from ditolak), (select count(*) from bersengketa), (select count(*) from diperiksa), "
        f"(select count(*) from {ASKED} where not dikenal and _orang is not null and _baris not in (select _baris from ditolak))"
    ).fetchall()[0]
    return dict(zip(("ditolak", "sengketa", "periksa", "belum_dikenal"), map(int, found), strict=True))


def _events(contract: Contract, event: Any, item: Mapping[str, Any], came: date, questions: list[Asked]) -> str:
    names = contract.column_names

    def column(name: str, kind: str = "varchar") -> str:
        return f"a.{name}" if name in names else f"null::{kind}"

    disputes = ", ".join(map(literal, standing_disputes(questions))) or "null"
    urgent = "coalesce(a.mendesak = 'ya', false)" if "mendesak" in names else "false"
    place = "a._kelurahan" if "kode_kelurahan" in names else "null::varchar"
    return f"""
        select hmac_hex('p|' || a._entity_key || '|' || a._isi) as id_peristiwa, {literal(contract.id)} as kontrak,
          {literal(str(item["sha16"]))} as sha16, a._baris as baris, a._entity_key as kunci, a._isi as isi,
          a._batal as membatalkan,
          a.tanggal as terjadi, date '{came.isoformat()}' as dicatat, a._orang as id_orang,
          case when a._orang is null then null when a._orang = a._orang_ketemu then a.cara else 'baru' end as cara,
          cast({event.hasil} as varchar) as hasil,
          a._instansi as instansi,
          {"lower(a.program)" if "program" in names else "null::varchar"} as program, {column("masa")} as masa,
          {f"cast({event.nilai} as bigint)" if event.nilai else "null::bigint"} as nilai,
          {f"cast({event.sifat} as varchar)" if event.sifat else "null::varchar"} as sifat,
          {urgent} as mendesak, {place} as kode_kelurahan, {column("tanggal_keluar", "date")} as sampai, s.aturan as sengketa
        from {ASKED} a
        left join (select _baris, string_agg(aturan, ',' order by aturan) as aturan from {FOUND} where aturan in ({disputes})
          group by 1) s on s._baris = a._baris
        where a._baris not in (select _baris from ditolak) order by a._baris"""


def _faults(questions: list[Asked]) -> str:
    outcome = " ".join(f"when {literal(one.id)} then {literal(one.outcome)}" for one in questions)
    place = " ".join(f"when {literal(one.id)} then {literal(one.column)}" for one in questions if one.column)
    return f"""
        select f._baris as baris, a._record_key as record_key, f.aturan, case f.aturan {outcome} end as akibat,
          {f"case f.aturan {place} end" if place else "null::varchar"} as kolom,
          case when f._baris in (select _baris from ditolak) then null else hmac_hex('p|' || a._entity_key || '|' || a._isi) end
            as id_peristiwa
        from {FOUND} f join {ASKED} a on a._baris = f._baris order by f._baris, f.aturan"""
