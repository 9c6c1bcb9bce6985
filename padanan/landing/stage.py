"""From raw columns to the landed Parquet: keys, exact duplicates set aside, figures about the delivery.

Set-based in a private DuckDB; what the figures lead to is decided in `checks`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from padanan.base.duck import first_row, private_duckdb
from padanan.base.keys import KeyRing, register_hmac
from padanan.base.rows_said import Stretch
from padanan.base.sql import ident, literal
from padanan.base.tabular import copy_to
from padanan.contracts.blanks import Blanks
from padanan.contracts.cells import POWER, sixteen
from padanan.contracts.contract import Contract, load_blanks
from padanan.landing import no_record
from padanan.landing.places import STRETCHES, TOLD
from padanan.landing.raw import LINE, NUMERIC, RawTable

UNREADABLE, DUPLICATE, NO_RECORD = "tidak_terbaca", "baris_kembar", "bukan_rekaman"
_BY_SPREADSHEET = ("xlsx", "csv")
PERIOD_COLUMNS = ("periode_program", "periode_data", "periode", "bulan_data")
# Columns that make a person or family recognisable when the source's own id is blank, in this order.
IDENTIFYING = ("id_keluarga_sumber", "id_sumber", "nik", "no_kk", "nama", "tgl_lahir", "jenis_kelamin", "nama_ibu", "alamat")
SAMPLE = 10_000
# The lowest level writes registries smaller than the usual one, for a third less of the time.
ZSTD = ", compression zstd, compression_level 1"
_DIGITS = "regexp_replace({}, '[^0-9]', '', 'g')"


@dataclass(frozen=True)
class Aside:
    """Rows set aside for one cause: how many, their first stretches (`places.TOLD`), and how many stretches there are."""

    count: int
    found: list[Stretch]
    stretches: int

    @property
    def first(self) -> int:
        """The first row."""
        return self.found[0][0]


@dataclass
class Staged:
    """What was landed, counted in the written files themselves.

    Attributes:
        rows_on: rows of part.parquet (footer).
        aside: rows of rejects.parquet by reason (read back).
        fill: share of non-blank values per contract column.
        per_kelurahan: rows per kelurahan code or name, upper case.
        periods: rows per month named in a period column, largest first; `period` is that column.
        number_cells: cells of identity columns that a workbook or a text file holds as long numbers, where there are any.
        digits16: share of values with exactly 16 digits per column, over the first `SAMPLE` rows.
        of_people: of rows with both numbers of sixteen digits, over the same rows, how many numbers of each column are dated as a
            person's is (its own birth day, or a woman's: the day and 40), and how many rows there were.
        causes: unreadable rows by cause.
        no_records: the same of rows that are no records; `twins` of exact repetitions.
    """

    rows_on: int
    aside: dict[str, int]
    fill: dict[str, float] = field(default_factory=dict)
    per_kelurahan: dict[str, int] = field(default_factory=dict)
    periods: dict[str, int] = field(default_factory=dict)
    period: str | None = None
    number_cells: dict[str, int] = field(default_factory=dict)
    digits16: dict[str, float] = field(default_factory=dict)
    of_people: dict[str, int] = field(default_factory=dict)
    causes: dict[str, Aside] = field(default_factory=dict)
    no_records: dict[str, Aside] = field(default_factory=dict)
    twins: dict[str, Aside] = field(default_factory=dict)


def stage(
    raw: RawTable, contract: Contract, sha16: str, ring: KeyRing, folder: Path, work: Path, blanks: Blanks | None = None
) -> Staged:
    """Writes `part.parquet` and `rejects.parquet` into `folder`.

    record_key = HMAC('r|' contract '|' sha16 '|' row text '|' ordinal among identical rows), entity_key =
    HMAC('e|' contract '|' entity columns), nik_key and kk_key = HMAC('nik|' or 'kk|' sixteen digits), each 32 hex
    digits. A row whose entity columns are not all filled is named by its identifying content instead: blank ids
    must not make one person of many. A blank is what `expectations/code_lists.yaml` says (`blanks`); a row that is no record
    (`no_record`) is set aside with its reason.

    Raises:
        duckdb.Error: the caller must not pass its message on.
    """
    part, rejects = folder / "part.parquet", folder / "rejects.parquet"
    blanks = blanks or load_blanks()
    with private_duckdb(work, raw.counted) as con:
        register_hmac(con, ring)
        names = contract.column_names
        cells = ", ".join(
            f"nullif({ident(name)}, '') as {ident(name)}" if name in raw.columns else f"null::varchar as {ident(name)}"
            for name in names
        )
        row = "concat_ws(chr(31), " + ", ".join(f"coalesce({ident(name)}, '')" for name in names) + ")"
        con.execute(f"create temp view mentah as select {cells}, {LINE}, {NUMERIC} from read_parquet({literal(raw.path)})")
        no_record.find(con, raw, contract, blanks)
        no_record.find_footer(con, raw)
        con.execute(
            f"create temp view berteks as select *, {row} as _teks, {LINE} in (select {LINE} from bukan) as _bukan from mentah"
        )
        # Twins are looked for by a cheap hash first; only rows that share one are compared by their whole text.
        con.execute(f"create temp table sidik as select {LINE}, hash(_teks) as sidik from berteks where not _bukan")
        con.execute(
            f"create temp table calon as select {LINE} from sidik "
            "where sidik in (select sidik from sidik group by sidik having count(*) > 1)"
        )
        con.execute("drop table sidik")
        twins = (first_row(con, "select count(*) from calon") or (0,))[0]
        # Picked before their text is made, which the view would make of every row.
        con.execute(
            f"create temp table urutan as select {LINE}, row_number() over (partition by {row} order by {LINE}) as ke "
            f"from (from mentah where {f'{LINE} in (select {LINE} from calon)' if twins else 'false'})"
        )
        base = f"'r|{contract.id}|{sha16}|' || _teks || '|'"
        keys = (
            f"hmac_hex({base} || '1') as _record_key, {_entity(contract, blanks)} as _entity_key, "
            f"{_digit_key('nik', names, blanks)} as _nik_key, {_digit_key('no_kk', names, blanks)} as _kk_key"
        )
        con.execute(f"create temp table lewat as select {LINE} from urutan where ke > 1")
        copy_to(
            con,
            f"select {', '.join(map(ident, names))}, {LINE}, {NUMERIC}, {keys} from berteks "
            f"where not _bukan and {LINE} not in (select {LINE} from lewat)",
            part,
            options=ZSTD,
        )
        content = "cast(to_json({" + ", ".join(f"{literal(name)}: b.{ident(name)}" for name in names) + "}) as varchar)"
        copy_to(
            con,
            f"select r.{LINE}, null::varchar as _record_key, "
            f"if(k.sebab = 'kaki_kueri', '{NO_RECORD}', '{UNREADABLE}') as alasan, coalesce(k.sebab, r.sebab) as sebab, r.isi "
            f"from read_parquet({literal(raw.rejects)}) r left join kaki k using ({LINE}) "
            f"union all select b.{LINE}, null, '{NO_RECORD}', n.sebab, {content} from berteks b join bukan n using ({LINE}) "
            f"union all select b.{LINE}, hmac_hex({base} || u.ke), '{DUPLICATE}', 'sama dengan baris sebelumnya', {content} "
            f"from berteks b join urutan u using ({LINE}) where u.ke > 1 order by {LINE}",
            rejects,
            options=ZSTD,
        )
        staged = Staged(int(pq.read_metadata(part).num_rows), {UNREADABLE: 0, DUPLICATE: 0, NO_RECORD: 0})
        for reason, count in con.execute(f"select alasan, count(*) from read_parquet({literal(rejects)}) group by 1").fetchall():
            staged.aside[reason] = int(count)
        _figures(con, staged, part, rejects, names)
        if raw.facts.get("bentuk") in _BY_SPREADSHEET and staged.rows_on:
            staged.number_cells = _number_cells(
                con, part, [one.name for one in contract.columns if one.id_like and one.name in names]
            )
    return staged


def _entity(contract: Contract, blanks: Blanks) -> str:
    own = [
        f"case when {blanks.sql(ident(name), name)} then '' else upper(trim({ident(name)})) end" for name in contract.entity_key
    ]
    filled = " and ".join(f"{piece} <> ''" for piece in own)
    content = [f"upper(trim(coalesce({ident(name)}, '')))" for name in IDENTIFYING if name in contract.column_names]
    substitute = f"'isi|' || concat_ws('|', {', '.join(content)})" if content else "'isi|' || _teks"
    return f"hmac_hex('e|{contract.id}|' || case when {filled} then concat_ws('|', {', '.join(own)}) else {substitute} end)"


def _digit_key(name: str, names: tuple[str, ...], blanks: Blanks) -> str:
    """A pseudonym only of sixteen digits that are a number: never of decimals, nor of one that stands for no number."""
    if name not in names:
        return "null::varchar"
    return f"hmac_hex('{'nik' if name == 'nik' else 'kk'}|' || {sixteen(ident(name), tuple(blanks.numbers))})"


def _figures(con: duckdb.DuckDBPyConnection, staged: Staged, part: Path, rejects: Path, names: tuple[str, ...]) -> None:
    source = f"read_parquet({literal(part)})"
    if staged.rows_on:
        # What begins with a visible ASCII character is no blank; the few others are trimmed, of every space that Unicode knows.
        filled = ", ".join(
            f"count(case when ({cell} >= '!' and {cell} < chr(127)) or ltrim({cell}) <> '' then 1 end)"
            for cell in map(ident, names)
        )
        counts = first_row(con, f"select {filled} from {source}") or ()
        staged.fill = {name: counts[index] / staged.rows_on for index, name in enumerate(names)}
        # A share that tells a swapped column; the delivery's first rows tell it as well as all of them.
        con.execute(f"create temp table contoh as select {', '.join(map(ident, names))} from (from {source} limit {SAMPLE})")
        digits = ", ".join(
            f"count(case when length({cell}) between 16 and 30 then "
            f"case when length({cell}) - length(translate({cell}, '0123456789', '')) = 16 then 1 end end), "
            f"count(nullif(ltrim({cell}), ''))"
            for cell in map(ident, names)
        )
        sample = first_row(con, f"select {digits} from contoh") or ()
        staged.digits16 = {
            name: sample[2 * index] / sample[2 * index + 1] for index, name in enumerate(names) if sample[2 * index + 1]
        }
        if {"nik", "no_kk"} <= set(names):
            staged.of_people = _of_people(con, "contoh", names)
    place = next((name for name in ("kode_kelurahan", "kelurahan") if name in names and staged.fill.get(name, 0) > 0), None)
    if place:
        staged.per_kelurahan = dict(
            con.execute(
                f"select upper(trim({ident(place)})) as tempat, count(*) from {source} "
                f"where nullif(trim({ident(place)}), '') is not null "
                "group by 1 order by 1"
            ).fetchall()
        )
    period = next((name for name in PERIOD_COLUMNS if name in names), None)
    staged.period = period
    if period:
        staged.periods = dict(
            con.execute(
                f"select left(trim({ident(period)}), 7) as bulan, count(*) from {source} "
                f"where regexp_full_match(trim({ident(period)}), '\\d{{4}}-(0[1-9]|1[0-2])(-\\d{{2}})?') "
                "group by 1 order by 2 desc, 1"
            ).fetchall()
        )
    staged.causes, staged.no_records = _places(con, rejects, UNREADABLE), _places(con, rejects, NO_RECORD)
    staged.twins = _places(con, rejects, DUPLICATE)


def _number_cells(con: duckdb.DuckDBPyConnection, part: Path, names: Sequence[str]) -> dict[str, int]:
    """Long numbers by column: cells of a workbook that are no text, and what a spreadsheet writes into a CSV (3,17E+15)."""
    if not names:
        return {}
    counts = ", ".join(
        f"count(case when (length({cell}) >= 16 and list_contains(string_split({NUMERIC}, ','), {literal(name)})) "
        f"or ((contains({cell}, 'E') or contains({cell}, 'e')) and regexp_full_match({cell}, {literal(POWER)})) then 1 end)"
        for name, cell in zip(names, map(ident, names), strict=True)
    )
    found = first_row(con, f"select {counts} from read_parquet({literal(part)})") or ()
    return {name: count for name, count in zip(names, found, strict=True) if count}


def _of_people(con: duckdb.DuckDBPyConnection, rows: str, names: tuple[str, ...]) -> dict[str, int]:
    """Which of NIK and No KK hold people's numbers: a card's number is dated by the day it was issued, never by a birth."""
    day = "trim(tgl_lahir)" if "tgl_lahir" in names else "null"
    born = (
        f"case when regexp_matches({day}, '^[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}') "
        f"then substr({day}, 9, 2) || substr({day}, 6, 2) || substr({day}, 3, 2) "
        f"when regexp_matches({day}, '^[0-9]{{2}}[/.-][0-9]{{2}}[/.-][0-9]{{4}}$') "
        f"then substr({day}, 1, 2) || substr({day}, 4, 2) || substr({day}, 9, 2) end"
    )
    numbers = f"select {_DIGITS.format('nik')} as nik, {_DIGITS.format('no_kk')} as no_kk, {born} as born from {rows}"
    personal = "count(*) filter (where substr({0}, 7, 6) = born or try_cast(substr({0}, 7, 2) as integer) between 41 and 71)"
    query = f"""with angka as ({numbers}) select {personal.format("nik")}, {personal.format("no_kk")}, count(*)
        from angka where length(nik) = 16 and length(no_kk) = 16"""
    found = first_row(con, query) or (0, 0, 0)
    return dict(zip(("nik", "no_kk", "baris"), map(int, found), strict=True))


def _places(con: duckdb.DuckDBPyConnection, rejects: Path, reason: str) -> dict[str, Aside]:
    """Cause to the rows set aside for one reason."""
    return {
        cause: Aside(int(count), [(int(one["dari"]), int(one["sampai"])) for one in found], int(total))
        for cause, count, found, total in con.execute(
            "select sebab, sum(n), list({dari: dari, sampai: sampai} order by dari)[1:" + str(TOLD) + "], count(*) "
            f"from ({STRETCHES.format(literal(rejects))}) where alasan = '{reason}' group by 1 order by 2 desc, 1"
        ).fetchall()
    }
