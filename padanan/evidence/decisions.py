"""What people decided about pairs, from the signed records `decisions/klerikal`: read, brought to today's records, weighed.

How decisions come in (XLSX) belongs to `clerical`; what they do to a person's id belongs to `resolve`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.keys import load_ring
from padanan.records.kinds import CLERICAL
from padanan.records.log import Log

FIELDS = ("sumber", "entity_key", "sidik", "register_key", "id_penduduk", "keputusan", "nama", "waktu", "alasan")
KEYED = ("entity_key", "sidik", "register_key", "id_penduduk")
"""The pseudonyms among them."""
WORDS = ("padan", "bukan", "ragu")


def log_of(home: Home) -> Log:
    """`decisions/klerikal/keputusan.jsonl`."""
    return Log(home, CLERICAL, "keputusan")


def read(home: Home) -> list[dict[str, str]]:
    """Every decision, oldest first, with the fields of `FIELDS`; its pseudonyms are today's, whatever key was in use then.

    Raises:
        PadananError: a record was changed or forged, or is no decision; with its line.
    """
    log = log_of(home)
    rows: list[dict[str, str]] = []
    if not (records := log.read().records):
        return rows
    ring = load_ring(home)
    for number, row in enumerate(records, 1):
        if any(not row.get(name) for name in FIELDS) or row["keputusan"] not in WORDS:
            raise PadananError(
                "baris keputusan klerikal tidak sah",
                file=log.path.relative_to(home.root),
                place=f"baris {number}",
                cure=log.cure,
            )
        # What a record says in pseudonyms, it says in those of the key that signed it.
        said = {name: ring.today(str(row[name]), str(row["kunci"])) for name in KEYED}
        rows.append({name: str(row[name]) for name in FIELDS} | said)
    return rows


def touching(home: Home, parts: Mapping[str, Sequence[Path]]) -> list[dict[str, str]]:
    """The decisions about records that a period reads, oldest first: only these are an input of its run.

    Args:
        parts: the landed Parquet files by producer.
    """
    rows = read(home)
    found: set[int] = set()
    with duckdb.connect() as con:
        for producer in sorted({row["sumber"] for row in rows} & {name for name, files in parts.items() if files}):
            own = [(number, row["entity_key"]) for number, row in enumerate(rows) if row["sumber"] == producer]
            table = pa.table({"nomor": [number for number, _ in own], "entity_key": [key for _, key in own]})
            con.register("putusan", table)
            con.execute(
                "select nomor from putusan where entity_key in (select _entity_key from read_parquet(?, union_by_name = true))",
                [[str(path) for path in parts[producer]]],
            )
            found |= {int(number) for (number,) in con.fetchall()}
            con.unregister("putusan")
    return [rows[number] for number in sorted(found)]


def arrange(con: duckdb.DuckDBPyConnection, rows: list[dict[str, str]]) -> None:
    """Table `putusan`(record_key, producer, id_awal, register_key, id_penduduk, keputusan) for records and residents of this run.

    A decision applies as long as its record says the same (`sidik`), whatever delivery it comes in, and names its resident by
    a key that outlives Adminduk's deliveries. The last word of each reviewer counts; 'ragu' takes no side; reviewers who
    disagree, or a record confirmed with two residents, are a conflict.
    """
    schema = pa.schema([(name, pa.string()) for name in (*FIELDS, "nomor")])
    table = pa.Table.from_pylist([{**row, "nomor": f"{n:012d}"} for n, row in enumerate(rows)], schema=schema)
    con.register("putusan_masuk", table)
    con.execute(
        """create temp table putusan as
        with suara as (
            select sumber, entity_key, sidik, id_penduduk, nama, arg_max(keputusan, nomor) as keputusan
            from putusan_masuk group by all
        ),
        pasangan as (
            select sumber, entity_key, sidik, id_penduduk,
                bool_or(keputusan = 'padan') as ya, bool_or(keputusan = 'bukan') as tidak
            from suara group by all
        ),
        rekaman_ini as (
            select r.record_key, r.producer, r.id_awal, p.id_penduduk,
                case when ya and tidak then 'konflik' when ya then 'padan' when tidak then 'bukan' else 'ragu' end as kata
            from pasangan p join rekaman r on r.producer = p.sumber and r.entity_key = p.entity_key
            join sidik s on s.record_key = r.record_key and s.sidik = p.sidik
        ),
        -- the records of one person of a source speak with one voice
        orang_ini as (
            select producer, id_awal, id_penduduk,
                case when bool_or(kata = 'konflik') or (bool_or(kata = 'padan') and bool_or(kata = 'bukan')) then 'konflik'
                    when bool_or(kata = 'padan') then 'padan' when bool_or(kata = 'bukan') then 'bukan' else 'ragu' end as kata
            from rekaman_ini group by all
        )
        select o.producer, o.id_awal, p.register_key, o.id_penduduk,
            case when kata = 'padan' and count(*) filter (kata = 'padan') over (partition by o.producer, o.id_awal) > 1
                then 'konflik' else kata end as keputusan
        from orang_ini o join penduduk p using (id_penduduk)"""
    )
    con.unregister("putusan_masuk")


def add_newcomers(con: duckdb.DuckDBPyConnection, producer: str, parts: Sequence[Path]) -> None:
    """Adds to `putusan` whom two reviewers said a newcomer is not (`_bukan` of their rows): no evidence joins them again."""
    con.execute(
        """insert into putusan
        select r.producer, r.id_awal, p.register_key, p.id_penduduk, 'bukan'
        from (select _entity_key, unnest(_bukan) as id_orang from read_parquet(?)) b
        join (select distinct producer, id_awal, entity_key from rekaman) r on r.producer = ? and r.entity_key = b._entity_key
        join penduduk p on p.id_penduduk = b.id_orang
        where not exists (select 1 from putusan q where q.producer = r.producer and q.id_awal = r.id_awal
            and q.id_penduduk = p.id_penduduk)""",
        [[str(path) for path in parts], producer],
    )


def for_linkage(con: duckdb.DuckDBPyConnection, ids: list[str]) -> pa.Table:
    """Rulings as `link` takes them: 'padan' and 'bukan' are settled, 'ragu' and 'konflik' are nobody's link."""
    return con.sql(
        """select producer || '|' || id_awal as entity_key, register_key, keputusan from putusan
        where list_contains(?, producer) order by all""",
        params=[ids],
    ).to_arrow_table()
