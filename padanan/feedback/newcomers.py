"""Newcomers compared with everybody of the newest publication: their landed rows go through the linkage, once for all of them.

What is kept of it, and what people decide about the possible ones, is `links`'; how a pair is weighed is `padanan/linkage`'s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from padanan.base.commit import building
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.keys import load_ring
from padanan.base.sql import literal
from padanan.base.tabular import copy_to, scratch
from padanan.contracts.blanks import Blanks
from padanan.contracts.contract import Contract, load_blanks, load_contracts
from padanan.contracts.feedback import load_catalogue, load_feedback
from padanan.feedback import events, links, renamed
from padanan.feedback.delivered_cells import parts, raw
from padanan.feedback.links import Pair
from padanan.feedback.people import Known, newest
from padanan.feedback.typed_rows import typed_cell
from padanan.linkage import LinkageConfig, LinkResult, load_linkage_config
from padanan.linkage.result import AUTOMATIC, POSSIBLE
from padanan.published.proof import prove_opened
from padanan.published.revisions import read_manifest
from padanan.records.delivery_proof import prove_read
from padanan.records.landed_rows import key_today

NEW, KNOWN = "baru", "dikenal"
"""The two lists that are judged together: a resident whom a file named by NIK stays free for a newcomer to be."""
# The linkage's column -> the delivered one.
_FROM = {
    "nik_bersih": "nik",
    "kk_bersih": "no_kk",
    "nama_bersih": "nama",
    "nama_ibu_bersih": "nama_ibu",
    "tgl_lahir": "tgl_lahir",
    "jk": "jenis_kelamin",
    "alamat_jalan": "alamat",
    "rt": "rt",
    "rw": "rw",
    "kode_kelurahan": "kode_kelurahan",
}
_NAMES = ("nama_bersih", "nama_ibu_bersih")
_TITLES = "^((H|HJ|KH|DR|DRS|DRA|DRG|IR|PROF|TN|NY|SDR|SDRI|UST|ALM|ALMH) )+"
_BIN = "( |^)(BIN|BINTI|BT|ALM|ALMH|ALMARHUM|ALMARHUMAH)( |$)"


@dataclass(frozen=True)
class Compared:
    """What one comparison found.

    Attributes:
        newcomers: how many were compared; lost: those whose rows went by retention, so that nobody can compare them.
        linked: newcomers that are certainly somebody known. queued: newcomers with a candidate that a person decides.
        new: the rest. records: records added to the register.
    """

    newcomers: int
    lost: int
    linked: int
    queued: int
    records: int

    @property
    def new(self) -> int:
        """Those like whom nobody is known."""
        return self.newcomers - self.linked - self.queued


def compare(home: Home, *, now: datetime, progress: Callable[[str], None] = lambda _: None) -> Compared:
    """Compares every newcomer that is not linked yet, and records what was found.

    Raises:
        PadananError: nothing is published yet; an event, a landed row, the publication or a register was changed.
    """
    known = newest(home)
    if known is None:
        raise PadananError("belum ada terbitan untuk dibandingkan", cure="jalankan job padanan_periode dahulu")
    config = load_linkage_config().model_copy(update={"absent_share": load_catalogue().warga_baru.tanpaOrang})
    con = scratch(home)
    try:
        with building(home.umpan_balik, prefix=".kenali-") as folder:
            listed = folder / "daftar.parquet"
            newcomers, lost = _list(con, home, config, listed, progress)
            if not newcomers:
                return Compared(0, lost, 0, 0, 0)
            people = _register(con, home, known, folder / "acuan.parquet")
            progress(f"{newcomers} warga baru dibandingkan dengan {people} orang")
            seen = con.execute(f"select id_orang from read_parquet({literal(listed)}) where producer = '{NEW}'").fetchall()
            result = _linked(con, home, config, folder)
    finally:
        con.close()
    certain, possible = chosen(result, set(links.standing(home).links.values()))
    publication = f"{known.periode.key}/rev-{known.revisi}"
    added = links.record_found(
        home, certain, possible, publication=publication, rules=config.digest, now=now, compared={str(one) for (one,) in seen}
    )
    return Compared(newcomers, lost, len(certain), len({one.sementara for one in possible}), added)


def chosen(result: LinkResult, taken: set[str]) -> tuple[list[Pair], list[Pair]]:
    """(certain, possible) pairs of a comparison, newcomers only.

    One person of the padanan is one newcomer by evidence alone: whoever else looks like them, or like a person of `taken` (linked
    before), may be a brother whom no register has, and waits for a person.
    """
    bounds = result.thresholds
    with duckdb.connect() as con:
        con.register("rekaman", result.records)
        con.register("pasangan", result.pairs)
        con.register("terpakai", pa.table({"id": pa.array(sorted(taken), pa.string())}))
        con.execute(
            f"""create temp table pasti as select entity_key, register_key, max(peluang) as peluang, max(bobot) as bobot
            from rekaman where status = '{AUTOMATIC}' and starts_with(entity_key, '{NEW}|')
            and register_key not in (select id from terpakai) group by all"""
        )
        con.execute(
            f"""create temp table mungkin as
            select r.entity_key, p.register_key, max(p.peluang) as peluang, max(p.bobot) as bobot
            from pasangan p join rekaman r using (record_key)
            where starts_with(r.entity_key, '{NEW}|') and r.entity_key not in (select entity_key from pasti)
              and (p.status in ('{POSSIBLE}', '{AUTOMATIC}') or (p.bobot * 100 >= {bounds.lower} and (p.register_key in
                (select register_key from pasti) or p.register_key in (select id from terpakai))))
            group by all"""
        )

        def pairs(name: str) -> list[Pair]:
            found = con.execute(f"select entity_key, register_key, peluang, bobot from {name} order by all").fetchall()
            return [
                Pair(str(entity).partition("|")[2], str(key), float(chance), float(bits)) for entity, key, chance, bits in found
            ]

        return pairs("pasti"), pairs("mungkin")


def _linked(con: duckdb.DuckDBPyConnection, home: Home, config: LinkageConfig, folder: Path) -> LinkResult:
    from padanan.linkage import link

    people, register = literal(folder / "daftar.parquet"), literal(folder / "acuan.parquet")
    # Only a known person's own row teaches; one whom this publication no longer has teaches nothing.
    labels = con.sql(
        f"select l.record_key, l.id_orang as register_key from read_parquet({people}) l join read_parquet({register}) r "
        f"on r.record_key = l.id_orang where l.producer = '{KNOWN}' order by 1"
    ).to_arrow_table()
    decided = links.standing(home).decided
    answers = pa.table(
        {
            "entity_key": pa.array([f"{NEW}|{one}" for one, _ in decided], pa.string()),
            "register_key": pa.array([person for _, person in decided], pa.string()),
            "keputusan": pa.array([links.SAME if same else links.OTHER for same in decided.values()], pa.string()),
        }
    )
    return link(folder / "daftar.parquet", folder / "acuan.parquet", config, step1=labels, cache=folder, decisions=answers)


def _list(
    con: duckdb.DuckDBPyConnection, home: Home, config: LinkageConfig, path: Path, progress: Callable[[str], None]
) -> tuple[int, int]:
    """Writes newcomers, and people known by NIK or identifier from whom the model learns; (newcomers, those without rows)."""
    contracts = load_feedback()
    events.open_events(con, home, contracts)
    links.apply(con, home)
    # Who entered the padanan is matched with every register by each run, and compared here no more.
    renamed.open_renamed(con, home)
    renamed.apply(con)
    con.execute(
        f"""create or replace table disebut as
        select id_orang, kontrak, sha16, baris, '{NEW}' as producer from peristiwa where cara = 'baru' and id_orang is not null
        union all (select id_orang, kontrak, sha16, baris, '{KNOWN}' from peristiwa
          where cara in ('nik', 'id_orang') and sengketa is null
          qualify row_number() over (partition by id_orang order by id_peristiwa, sha16, baris) = 1
          order by md5(id_orang) limit {config.training_max})"""
    )
    wanted = int(con.execute(f"select count(distinct id_orang) from disebut where producer = '{NEW}'").fetchall()[0][0])
    if not wanted:
        return 0, 0
    con.execute(
        f"create or replace table terisi (kontrak varchar, sha16 varchar, baris bigint, {', '.join(map(_column, _FROM))})"
    )
    blanks = load_blanks()
    for contract_id, sha16, part in parts(con, home, "disebut", progress):
        cells = _cells(contracts[contract_id], blanks)
        con.execute(
            f"insert into terisi select ?, ?, _baris, {cells} from ({_raw(contracts[contract_id], blanks, part)}) "
            "where _baris in (select baris from disebut where kontrak = ? and sha16 = ?)",
            [contract_id, sha16] * 2,
        )
    filled = " + ".join(f"({name} is not null)::int" for name in _FROM)
    # Of several rows of one person the fullest speaks, and the others fill what it leaves empty.
    values = ", ".join(
        f"arg_min({name}, (-({filled}), t.kontrak, t.sha16, t.baris)) filter ({name} is not null) as {name}" for name in _FROM
    )
    copy_to(
        con,
        f"""select d.producer || '|' || d.id_orang as record_key, d.producer || '|' || d.id_orang as entity_key,
            d.producer, d.id_orang, {values}
        from disebut d join terisi t on t.kontrak = d.kontrak and t.sha16 = d.sha16 and t.baris = d.baris
        group by all order by 1""",
        path,
    )
    there = f"select count(*) from read_parquet({literal(path)}) where producer = '{NEW}'"
    count = int(con.execute(there).fetchall()[0][0])
    return count, wanted - count


def _register(con: duckdb.DuckDBPyConnection, home: Home, known: Known, path: Path) -> int:
    """Writes one row a person of the publication: the register's record, else the fullest of the other ones."""
    folder = home.published(known.periode, known.revisi)
    prove_opened(home, known.periode, known.revisi)
    contracts, blanks, ring = load_contracts(), load_blanks(), load_ring(home)
    columns = ", ".join(f"{name} varchar" if name != "tgl_lahir" else f"{name} date" for name in _FROM)
    con.execute(f"create or replace table dasar (record_key varchar, {columns})")
    for item in read_manifest(home, known.periode, known.revisi)["deliveries"]:
        part, contract = home.root / str(item["path"]), contracts.get(str(item["contract"]))
        if contract is None or not part.exists() or "nama" not in pq.read_schema(part).names:
            # Its content went by retention, or speaks of nobody.
            continue
        prove_read(home, [str(item["path"])])
        key = key_today(con, ring, part, "_record_key")
        con.execute(f"insert into dasar select {key}, {_cells(contract, blanks)} from ({_raw(contract, blanks, part)})")
    filled = " + ".join(f"(d.{name} is not null)::int" for name in _FROM)
    taken = ", ".join(f"d.{name}" for name in _FROM if name != "kode_kelurahan")
    copy_to(
        con,
        f"""select r.id_orang as record_key, r.id_orang as entity_key, {taken},
            coalesce(o.kode_kelurahan, d.kode_kelurahan) as kode_kelurahan
        from read_parquet({literal(folder / "padanan_record.parquet")}) r join dasar d using (record_key)
        left join read_parquet({literal(folder / "padanan_orang.parquet")}) o on o.id_orang = r.id_orang
        where r.id_orang is not null and d.nama_bersih is not null
        qualify row_number() over (partition by r.id_orang order by r.metode <> 'acuan', -({filled}), r.record_key) = 1
        order by 1""",
        path,
    )
    con.execute("drop table dasar")
    return int(con.execute(f"select count(*) from read_parquet({literal(path)})").fetchall()[0][0])


def _raw(contract: Contract, blanks: Blanks, part: Path) -> str:
    return raw(_columns(contract), blanks, part)


def _columns(contract: Contract) -> list[str]:
    return [name for name in _FROM.values() if name in contract.column_names]


def _cells(contract: Contract, blanks: Blanks) -> str:
    """The linkage's columns out of `_raw`, in the order of `_FROM`."""
    found = []
    for name, source in _FROM.items():
        column = contract.column(source)
        if column is None:
            found.append(f"null as {name}")
            continue
        cell = typed_cell(column, blanks)
        found.append(f"{_name(cell) if name in _NAMES else cell} as {name}")
    return ", ".join(found)


def _name(cell: str) -> str:
    """A name as it is compared, nothing of it kept: capitals, without degrees behind a comma, titles and marks."""
    letters = f"regexp_replace(regexp_replace(upper(strip_accents({cell})), ',.*$', ''), '[''`´‘’ʼ]', '', 'g')"
    words = f"trim(regexp_replace({letters}, '[^A-Z0-9]+', ' ', 'g'))"
    return f"nullif(trim(regexp_replace(regexp_replace({words}, '{_TITLES}', ''), '{_BIN}', ' ', 'g')), '')"


def _column(name: str) -> str:
    return f"{name} {'date' if name == 'tgl_lahir' else 'varchar'}"


def told(found: Compared) -> Mapping[str, int]:
    """The counts of a comparison, for the screen and for Dagster."""
    return {
        "dibandingkan": found.newcomers,
        "tertaut": found.linked,
        "antrean": found.queued,
        "tetap_baru": found.new,
        "tanpa_isi": found.lost,
    }
