"""Whether every rule of `expectations/umpan_balik.yaml` can be computed on every contract that it is asked of; no row is read.

What a rule means stands in the file, when it is asked in `padanan/contracts/feedback`.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from padanan.base.config import nearest
from padanan.base.errors import safe_reason
from padanan.base.home import Home
from padanan.base.sql import ident
from padanan.base.yaml_source import YamlSource
from padanan.contracts.contract import FEEDBACK, Contract, expectations_dir, load_blanks
from padanan.contracts.feedback import EXTRA, FeedbackCatalogue, load_catalogue, load_feedback
from padanan.feedback import typed_rows
from padanan.feedback.asked_rows import ASKED, Window, arrange
from padanan.feedback.events import COLUMNS
from padanan.feedback.judge import asked
from padanan.feedback.people import find

_DAY = date(2026, 1, 1)


def check_feedback_rules(folder: Path | None = None) -> int:
    """Binds each rule, each event's expression and each opening of the prelist against empty rows.

    Returns:
        How many rules there are.

    Raises:
        ContractError: one can't be computed; file, line, rule and contract are named.
    """
    base = folder or expectations_dir()
    catalogue, source = load_catalogue(base), YamlSource(base / f"{FEEDBACK}.yaml")
    with duckdb.connect() as con:
        con.execute("create macro hmac_hex(teks) as md5(teks)")
        con.execute(f"create table peristiwa ({', '.join(f'{name} {kind}' for name, kind in COLUMNS.items())})")
        for contract in load_feedback(base).values():
            _bind_contract(con, source, catalogue, contract, base)
        for kode, opening in catalogue.garis.items():
            _bound(con, source, ("garis", kode, "dari"), f"select 1 from peristiwa where {opening.dari}", tuple(COLUMNS))
    return len(catalogue.aturan)


def _bind_contract(
    con: duckdb.DuckDBPyConnection,
    source: YamlSource,
    catalogue: FeedbackCatalogue,
    contract: Contract,
    base: Path,
) -> None:
    names = ["_record_key", "_entity_key", "_nik_key", *contract.column_names]
    cells = ", ".join(f"null::varchar as {ident(name)}" for name in names)
    con.execute(f"create or replace table mendarat as select 1::bigint as _baris, {cells} where false")
    typed_rows.read(con, contract, "mendarat", load_blanks(base))
    # Nobody is known where nothing is published, whatever the home.
    find(con, Home(base), None, contract.column_names)
    arrange(con, contract, catalogue.peristiwa[contract.id], Window(_DAY, _DAY, _DAY), {})
    known = (*contract.column_names, *EXTRA)
    event = catalogue.peristiwa[contract.id]
    for field in ("hasil", "instansi", "nilai", "sifat"):
        if (sql := getattr(event, field)) is not None:
            _bound(con, source, ("peristiwa", contract.id, field), f"select {sql} from {ASKED}", known)
    rules = catalogue.rules(contract)
    for one in asked(contract, catalogue):
        if one.id in rules:
            _bound(con, source, ("aturan", one.id, "gagal"), f"select 1 from {ASKED} where {one.fails}", known, contract.id)


def _bound(
    con: duckdb.DuckDBPyConnection,
    source: YamlSource,
    place: tuple[str, ...],
    query: str,
    known: tuple[str, ...],
    contract_id: str | None = None,
) -> None:
    try:
        con.execute(f"explain {query}")
    except duckdb.Error as error:
        where = f" pada kontrak {contract_id}" if contract_id else ""
        missing = _named(str(error))
        meant = nearest(missing, known) if missing else None
        cure = f"mungkin maksudnya {meant}" if meant else "perbaiki SQL-nya; kolom yang ada tertulis di atas berkas itu"
        what = f"kolom {missing} tidak ada" if missing else safe_reason(error)
        raise source.error(place, f"aturan tidak dapat dihitung{where}: {what}", cure) from None


def _named(message: str) -> str | None:
    """The column that DuckDB did not find."""
    _, found, rest = message.partition('Referenced column "')
    return rest.partition('"')[0] if found else None
