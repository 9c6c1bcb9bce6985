"""One entry, `match_period`: between the two dbt calls, everything step 1 left over is matched by evidence and written down.

How pairs are weighed belongs to `padanan/linkage`, what links do to persons to `resolve`, what people said to `decisions`.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import Enum
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from padanan.base import disk
from padanan.base.commit import building, replace
from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError, no_space_guard, safe_reason
from padanan.base.home import Home
from padanan.base.sql import literal
from padanan.base.tabular import copy_to, write_table
from padanan.base.warehouse import connect_warehouse
from padanan.contracts.contract import Contract
from padanan.evidence import decisions, doubles, kept, quality, resolve, sources
from padanan.linkage import LinkageConfig, LinkResult, link, load_linkage_config
from padanan.linkage.clusters import cluster
from padanan.linkage.comparison import COLUMNS
from padanan.linkage.model import Model
from padanan.linkage.prepare import prepare_register
from padanan.linkage.register import HELD_BYTES, Register
from padanan.linkage.shards import Workers
from padanan.published.run_plan import RunPlan

BITS = ("awal", *(c.name for c in COLUMNS), "kelas_lain", "kelangkaan", "keluarga")
FILES = ("tautan", "pasangan", "klaster", "ukuran", "ganda")
KEPT_REGISTERS = 2


class Keeping(Enum):
    """What a run does with kept linkages: reads and writes them, writes alone (the warehouse is built anew), or neither.

    Neither where the program is not the one that the plan names: what it gives would stand under another program's name.
    """

    ALL, ANEW, NOTHING = range(3)


@dataclass(frozen=True)
class EvidenceResult:
    """What a run of the evidence step wrote.

    Attributes:
        folder: `warehouse/bukti`, holding tautan, pasangan, klaster and ukuran (Parquet) and model.json.
        statuses: records by final status. conflicts: records whose reviewers disagree.
        models: by group of lists: lists, thresholds in bits, completeness, expected precision, recall and F1 on held-out labels.
        warnings: groups of people matched clearly less often than all.
        counts: pasangan (compared), pasangan_disimpan, klaster (groups of provisional persons), rekaman_klaster, and records of
            `ganda` by kind.
        low_completeness, low_precision: models under the configured least value, with it and what was observed.
    """

    folder: Path
    statuses: Mapping[str, int]
    conflicts: int
    models: Mapping[str, Mapping[str, Any]]
    warnings: tuple[Mapping[str, Any], ...]
    counts: Mapping[str, int]
    low_completeness: tuple[Mapping[str, Any], ...]
    low_precision: tuple[Mapping[str, Any], ...]


def evidence_folder(home: Home) -> Path:
    """Where the evidence of the current run stands."""
    return home.warehouse / "bukti"


def prepared_register(home: Home, plan: RunPlan, config: LinkageConfig | None = None) -> Path:
    """Adminduk's residents prepared for matching, once per snapshot; older snapshots' files are dropped.

    Raises:
        PadananError: the warehouse lacks step 1's tables.
    """
    config = config or load_linkage_config()
    snapshot = sources.snapshot_of(plan.data)
    cache = home.warehouse / "acuan" / snapshot
    found = sorted(cache.glob("acuan-*.parquet"))
    if found:
        return found[0]
    con = _connect(home, config)
    try:
        sources.arrange(con, plan.data)
        with no_space_guard("acuan siap pakai"), building(home.warehouse) as folder:
            raw = folder / "acuan.parquet"
            sources.write_register(con, sources.reference_of(plan.data), raw, config)
            path = prepare_register(raw, cache, snapshot, memory=config.memory, threads=config.threads)
    finally:
        con.close()
    _drop_old(cache)
    return path


def register_rows(path: Path) -> int:
    """How many residents a prepared register holds."""
    import pyarrow.parquet as pq

    return int(pq.read_metadata(path).num_rows)


def match_period(
    home: Home,
    plan: RunPlan,
    contracts: Mapping[str, Contract],
    config: LinkageConfig | None = None,
    workers: Workers | None = None,
    keeping: Keeping = Keeping.ALL,
) -> EvidenceResult:
    """Matches what step 1 left over in the warehouse's current revision.

    Each list (one per producer, persons and family heads alike) is judged on the records without a match by NIK; its matches
    by NIK are the labels. Lists with few labels are judged together, one-to-one within each (`sources.groups_of`).

    Args:
        plan: the run plan that the warehouse was built from.
        contracts: the contracts, for the day at which ages are counted only through the plan's period; kept for callers that
            check that every list of the plan has one.
        config: parameters; default `expectations/linkage.yaml`.
        workers: who finds and compares candidates (`padanan.linkage.shards`), when not this process alone.
        keeping: what becomes of results that were kept, and of those made now.

    Raises:
        PadananError: step 1's tables are missing, a decision can't be read, or a list has no contract.
    """
    config = config or load_linkage_config()
    unknown = sorted({c.id for c in plan.data.contracts} - set(contracts))
    if unknown:
        raise PadananError(f"rencana menyebut kontrak yang tidak ada: {', '.join(unknown)}", cure="susun ulang rencana putaran")
    ruled = decisions.read(home)
    register = prepared_register(home, plan, config)
    target = evidence_folder(home)
    con = _connect(home, config)
    try:
        with no_space_guard("bukti padanan"), building(home.warehouse) as work:
            result = _match(con, home, plan, config, register, ruled, work, target, workers, keeping)
            replace(work / "selesai", target)
    finally:
        con.close()
    return result


def _match(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    plan: RunPlan,
    config: LinkageConfig,
    register: Path,
    ruled: list[dict[str, Any]],
    work: Path,
    target: Path,
    workers: Workers | None,
    keeping: Keeping,
) -> EvidenceResult:
    sources.arrange(con, plan.data)
    listings = sources.listings_of(con, plan.data)
    sources.fingerprints(con, sorted({item.model for item in listings}))
    decisions.arrange(con, ruled)
    if (newcomers := plan.data.warga_baru) is not None:
        decisions.add_newcomers(con, newcomers.id, [home.root / item.path for item in newcomers.deliveries])
    raw_register = work / "acuan.parquet"
    if config.plug_ins:
        sources.write_register(con, sources.reference_of(plan.data), raw_register, config)
    results = _linked(
        con, home, plan, config, sources.groups_of(listings, config), (register, raw_register), work, workers, keeping
    )
    found = [result.records.select(resolve.RECORDS.names).cast(resolve.RECORDS) for _, result in results.values()]
    resolve.links(con, pa.concat_tables(found) if found else resolve.RECORDS.empty_table())
    resolve.open_records(con)
    best = _best_model(results)
    resolve.clusters(con, _edges(con, listings, config, best, work))
    resolve.final(con)
    doubles.arrange(con, sources.reference_of(plan.data), register, config, best, work)
    done = work / "selesai"
    disk.mkdir(done)
    _pairs(con, results)
    quality.arrange(con, results, listings, config, plan.periode.end, work)
    run = f"'{plan.periode.key}' as periode, {int(plan.revisi)} as revisi"
    orders = {
        "tautan": "record_key",
        "pasangan": "producer, record_key, bobot desc, register_key",
        "klaster": "producer, record_key",
        "ukuran": "producer, jenis, nama",
        "ganda": "producer, jenis, kelompok, record_key",
    }
    con.execute(
        """create temp table klaster_rekaman as select r.producer, r.record_key, k.id_orang, k.anggota
        from klaster k join rekaman r using (id_awal) semi join terbuka t using (producer, id_awal) where k.anggota > 1"""
    )
    for name in FILES:
        table = "klaster_rekaman" if name == "klaster" else name
        write_table(con, f"select {run}, * from {table} order by {orders[name]}", done / f"{name}.parquet")
    _write_model(done / "model.json", plan, config, results)
    return _result(con, target, config, results)


def _linked(
    con: duckdb.DuckDBPyConnection,
    home: Home,
    plan: RunPlan,
    config: LinkageConfig,
    groups: list[tuple[str, list[sources.Listing]]],
    registers: tuple[Path, Path],
    work: Path,
    workers: Workers | None,
    keeping: Keeping,
) -> dict[str, tuple[list[sources.Listing], LinkResult]]:
    """Each group's lists and their result, by the name of its model; what did not change since it was linked is not linked again.

    Args:
        registers: prepared, and as plug-ins read it.
        keeping: see `match_period`.
    """
    register, raw = registers
    opened: list[Register] = []

    def matched(path: Path, tables: Mapping[str, pa.Table]) -> LinkResult:
        if not opened:
            # Others than this process pass by the register for whoever has workers.
            opened.append(Register(register, 0 if workers else HELD_BYTES))
        source = raw if config.plug_ins else register
        return link(path, source, config, prepared=opened[0], workers=workers, **tables)

    # What the user's own comparisons do, and what they read, no hash of ours knows.
    hashed = keeping is not Keeping.NOTHING and not config.plug_ins
    pinned = (sources.snapshot_of(plan.data), file_sha256(register), config.digest) if hashed else ()
    results: dict[str, tuple[list[sources.Listing], LinkResult]] = {}
    for name, items in groups:
        path = work / "daftar.parquet"
        sources.write_list(con, items, path, config)
        tables = {
            "step1": sources.links_by_nik(con, items),
            "decisions": decisions.for_linkage(con, [item.id for item in items]),
        }
        link_it = partial(matched, path, tables)
        if hashed:
            made_of = kept.sources_hash(con, path, tables, (*pinned, *(item.id for item in items)))
            results[name] = items, kept.linked(home, name, made_of, link_it, anew=keeping is Keeping.ANEW)
        else:
            results[name] = items, link_it()
        disk.unlink(path)
    kept.forget_others(home, results if hashed else ())
    return results


def _result(
    con: duckdb.DuckDBPyConnection,
    target: Path,
    config: LinkageConfig,
    results: Mapping[str, tuple[list[sources.Listing], LinkResult]],
) -> EvidenceResult:
    def counted(query: str) -> dict[str, int]:
        return {str(row[0]): int(row[1]) for row in con.execute(query).fetchall()}

    models = {name: _summary(items, result) for name, (items, result) in results.items()}
    warnings = con.execute("select producer, nama, n, nilai from ukuran where peringatan order by all").fetchall()
    counts = {"pasangan": sum(int(facts["pasangan"]) for facts in models.values())}
    counts |= counted("select 'pasangan_disimpan', count(*) from pasangan")
    counts |= counted("select 'klaster', count(distinct id_orang) from klaster_rekaman")
    counts |= counted("select 'rekaman_klaster', count(*) from klaster_rekaman")
    counts |= counted("select jenis, count(*) from ganda group by 1 order by 1")

    def under(field: str, least: float) -> tuple[Mapping[str, Any], ...]:
        # A list without labels has no figure; that is said in its notes.
        low = {name: facts[field] for name, facts in models.items() if facts[field] is not None and facts[field] < least}
        return tuple({"model": name, "teramati": value, "ambang": least} for name, value in low.items())

    return EvidenceResult(
        folder=target,
        statuses=counted("select status, count(*) from tautan group by 1 order by 1"),
        conflicts=int(con.execute("select count(*) from tautan where alasan like 'konflik:%'").fetchall()[0][0]),
        models=models,
        warnings=tuple(dict(zip(("producer", "kelompok", "n", "persen"), row, strict=True)) for row in warnings),
        counts=counts,
        low_completeness=under("kelengkapan", config.completeness_min),
        low_precision=under("presisi_harapan", config.precision_min),
    )


def _connect(home: Home, config: LinkageConfig) -> duckdb.DuckDBPyConnection:
    con = connect_warehouse(home)
    con.execute(f"set memory_limit='{config.memory}'; set threads={config.threads}; set enable_progress_bar=false")
    con.execute(f"set temp_directory={literal(home.warehouse / '.duckdb_bukti')}")
    try:
        con.execute("select 1 from padanan_cocok limit 0")
        con.execute("select 1 from padanan_identitas limit 0")
    except duckdb.Error as error:
        con.close()
        raise PadananError(
            f"hasil langkah 1 tidak ada di warehouse ({safe_reason(error)})",
            file="warehouse/padanan.duckdb",
            cure="jalankan panggilan dbt pertama (job padanan_periode) dahulu",
        ) from None
    return con


def _drop_old(kept: Path) -> None:
    """Keeps the newest prepared registers: they hold names and dates."""
    others = sorted((p for p in kept.parent.iterdir() if p.is_dir() and p != kept), key=lambda p: p.stat().st_mtime, reverse=True)
    for path in others[KEPT_REGISTERS - 1 :]:
        disk.remove_tree(path, ignore_errors=True)


def _best_model(results: Mapping[str, tuple[list[sources.Listing], LinkResult]]) -> Model | None:
    """The model with the most labels: what true pairs look like, for clusters without labels of their own."""
    ranked = sorted(results.items(), key=lambda item: (-item[1][1].thresholds.labels, item[0]))
    for _, (_, result) in ranked:
        if result.thresholds.labels:
            return result.model
    return None


def _edges(
    con: duckdb.DuckDBPyConnection, listings: list[sources.Listing], config: LinkageConfig, fitted: Model | None, work: Path
) -> pa.Table:
    """Pairs of records of people in no Adminduk that are one person, within and between lists."""
    path = work / "orang.parquet"
    names = sources.staged_columns(config)
    arms = " union all ".join(
        f"""select s.record_key, s.producer, s.producer || '|' || r.id_awal as entity_key, r.sumber || '|' || r.id_keluarga
            as family_id, {names} from {model} s join rekaman r using (record_key) semi join pilih using (record_key)"""
        for model in sorted({item.model for item in listings})
    )
    # People known by NIK in two lists or more are the labels; one record of each list.
    con.register("banyak", _known_twice(con, config.training_max // 2))
    con.execute(
        """create temp table kenal as
        select min(record_key) as record_key, id_awal as id from rekaman semi join banyak using (id_awal)
        where status_nik = 'padan_nik' and not acuan group by producer, id_awal"""
    )
    con.unregister("banyak")
    con.execute("create temp table pilih as select record_key from terbuka union select record_key from kenal")
    copy_to(con, arms, path)
    identity = con.sql("select record_key, id from kenal order by record_key").to_arrow_table()
    tables = []
    for within in (True, False):
        got = cluster(path, config, fitted=fitted, identity=identity, one_per_source=not within)
        strong = got.pairs.filter(got.pairs.column("kuat"))
        flag = pa.array([within], pa.bool_()).take(pa.array([0] * strong.num_rows, pa.int64()))
        tables.append(strong.select(["record_key_a", "record_key_b", "bobot"]).append_column("dalam", flag).cast(resolve.EDGES))
    disk.unlink(path)
    return pa.concat_tables(tables)


def _known_twice(con: duckdb.DuckDBPyConnection, most: int) -> pa.Table:
    """`id_awal` of people whom two lists or more know by NIK, those of the smallest hashes.

    Only hashes that begin with zeros are looked at where enough of them are found: all people of all lists, grouped by their
    texts, fill the memory.
    """
    for zeros in (8, 4, 0):
        found = con.sql(
            f"""select id_awal from rekaman where status_nik = 'padan_nik' and not acuan
            and hash(id_awal) >> {64 - zeros if zeros else 63} <= {0 if zeros else 1} group by id_awal
            having count(distinct producer) > 1 order by hash(id_awal), id_awal limit {most}"""
        ).to_arrow_table()
        if found.num_rows == most:
            break
    return found


def _pairs(con: duckdb.DuckDBPyConnection, results: Mapping[str, tuple[list[sources.Listing], LinkResult]]) -> None:
    """Table `pasangan`: the kept pairs of every list with their parts in bits."""
    bits = ", ".join(f"h.bit_{name}" for name in BITS)
    arms = []
    for number, (_, result) in enumerate(results.values()):
        con.register(f"pasangan_{number}", result.pairs)
        extra = [f"bit_tambahan_{label}" for label in result.plug_in_labels]
        total = " + ".join(f'h."{name}"' for name in extra) or "0.0"
        detail = ", ".join(f"""'{name.removeprefix("bit_tambahan_")}', h."{name}\"""" for name in extra)
        arms.append(
            f"""select r.producer, h.record_key, h.register_key, h.status, h.bobot, h.peluang, h.menyelesaikan,
                h.kunci::bigint as kunci,
                h.pola::integer as pola, h.pembanding, h.kerabat::integer as kerabat, h.penanda::integer as penanda,
                {bits},
                round({total}, 2)::double as bit_tambahan,
                h.bit_putusan, h.bit_saingan, {f"json_object({detail})::varchar" if extra else "null::varchar"} as tambahan,
                p.keputusan
            from pasangan_{number} h join rekaman r using (record_key)
            left join putusan p on p.producer = r.producer and p.id_awal = r.id_awal and p.register_key = h.register_key"""
        )
    if not arms:
        columns = ", ".join(f"null::double as bit_{name}" for name in (*BITS, "tambahan", "putusan", "saingan"))
        arms = [
            f"""select ''::varchar as producer, ''::varchar as record_key, ''::varchar as register_key, ''::varchar as status,
            0.0::double as bobot, 0.0::double as peluang, 0.0::double as menyelesaikan,
            0::bigint as kunci, 0::integer as pola, ''::varchar as pembanding,
            0::integer as kerabat, 0::integer as penanda, {columns},
            null::varchar as tambahan, null::varchar as keputusan where false"""
        ]
    con.execute(f"create temp table pasangan as {' union all '.join(arms)}")


def _summary(items: list[sources.Listing], result: LinkResult) -> dict[str, Any]:
    limits, measures = result.thresholds, result.measures
    return {
        "daftar": [item.id for item in items],
        "model": result.model.name,
        "label": limits.labels,
        "ambang_otomatis_bit": limits.upper / 100,
        "ambang_klerikal_bit": limits.lower / 100,
        "kelengkapan": _finite(measures["kelengkapan_pasangan"]),
        "presisi_harapan": _finite(limits.precision),
        "recall_harapan": _finite(limits.recall),
        "f1_label_uji": _finite(limits.best_f1),
        "pasangan": measures["pasangan"],
    }


def _finite(value: float) -> float | None:
    return round(float(value), 9) if math.isfinite(value) else None


def _write_model(
    path: Path, plan: RunPlan, config: LinkageConfig, results: Mapping[str, tuple[list[sources.Listing], LinkResult]]
) -> None:
    """The model artefact: the same bytes for the same inputs, so no seconds in it."""
    body = {
        "periode": plan.periode.key,
        "revisi": plan.revisi,
        "acuan": sources.snapshot_of(plan.data),
        "konfigurasi": config.digest,
        "presisi_otomatis": config.precision,
        "kelompok": {
            name: {
                **_summary(items, result),
                "ambang": {
                    key: (_finite(value) if isinstance(value, float) else value)
                    for key, value in asdict(result.thresholds).items()
                },
                "catatan": list(result.notes),
                "kalibrasi": [dict(row) for row in result.calibration],
                "klerikal": dict(result.clerical),
                "fitted": json.loads(result.model.to_json()),
            }
            for name, (items, result) in results.items()
        },
    }
    disk.write_text(path, json.dumps(body, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
