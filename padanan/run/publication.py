"""Publication: the warehouse's finished tables become one immutable folder, renamed into place as a whole.

Whether the tables are right was decided by the checks before; what people read from them is made elsewhere.
"""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import duckdb

from padanan.base import commit, disk
from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError, no_space_guard, safe_reason
from padanan.base.folder_proof import seal
from padanan.base.home import Home
from padanan.base.keys import load_ring, register_hmac
from padanan.base.tabular import write_table
from padanan.base.warehouse import connect_warehouse
from padanan.contracts.criteria_words import record
from padanan.contracts.dbt_yaml import identity_model
from padanan.contracts.feedback import NEWCOMERS
from padanan.published import identities
from padanan.published.revisions import read_manifest
from padanan.published.run_plan import RunPlan
from padanan.published.tables import MODEL, keyed_columns, query_of, tables
from padanan.records import anchors
from padanan.records.field_proof import prove_field

WRITERS = 2


def publish(home: Home, plan: RunPlan) -> Path:
    """Writes `published/<period>/rev-<n>/` with its manifest, or returns it when it stands already.

    The names lie apart, in `identitas/<period>/rev-<n>/`, and are in place before the publication that names their hash.

    Returns:
        The published folder.

    Raises:
        PadananError: a table is missing, belongs to another run, the revision exists with other inputs, or what the run read of
            the field was changed.
    """
    target, private = home.published(plan.periode, plan.revisi), home.identitas(plan.periode, plan.revisi)
    if target.exists():
        # A draft that could not be removed when this revision was published may hold names.
        for parent in (target.parent, private.parent):
            commit.sweep(parent)
        manifest = read_manifest(home, plan.periode, plan.revisi)
        if manifest["inputs_hash"] == plan.inputs_hash:
            return target
        raise PadananError(
            f"revisi {plan.revisi} sudah terbit dengan masukan lain",
            file=target.relative_to(home.root),
            cure="jalankan ulang dari landing/rencana supaya revisi berikutnya dibuka",
        )
    prove_field(home, plan.data)
    con = connect_warehouse(home)
    con.execute("set memory_limit = ?", [os.environ.get("PADANAN_MEMORY", "3GB")])
    con.execute("set temp_directory = ?", [str(home.warehouse / "tmp")])
    try:
        with (
            no_space_guard("tabel terbitan"),
            commit.building(target.parent) as temporary,
            commit.building(private.parent) as names,
        ):
            # Tables are written side by side; each one is still written by one thread, in one order.
            with ThreadPoolExecutor(WRITERS) as pool:
                written = {name: pool.submit(_export, con.cursor(), plan, name, temporary) for name in tables()}
                people = pool.submit(_export, con.cursor(), plan, identity_model(), names)
                results = {name: future.result() for name, future in written.items()}
            apart = {identities.ENTRY: people.result(), anchors.ENTRY: anchors.seen(home)}
            disk.chmod(names / identities.FILE, identities.MODE)
            _write_manifest(temporary, plan, results, {MODEL: _copy_model(home, plan, temporary)}, apart)
            seal(temporary, target.relative_to(home.root).as_posix(), ["manifest.json"])
            # What stands there was left by a run that was killed before it published: nobody's yet.
            commit.replace(names, private)
            if not commit.publish(temporary, target):
                raise PadananError(
                    "revisi ini sedang diterbitkan putaran lain", file=target.relative_to(home.root), cure="ulangi sesudahnya"
                )
    finally:
        con.close()
    return target


def _export(con: duckdb.DuckDBPyConnection, plan: RunPlan, name: str, folder: Path) -> dict[str, Any]:
    try:
        stray = con.execute(
            f"select count(*) from {name} where periode is distinct from ? or revisi is distinct from ?",
            [plan.periode.key, plan.revisi],
        ).fetchall()[0][0]
    except duckdb.Error as error:
        raise PadananError(
            f"tabel {name} tidak ada di warehouse ({safe_reason(error)})",
            file="warehouse/padanan.duckdb",
            cure="jalankan job padanan_periode dari awal",
        ) from None
    if stray:
        raise PadananError(
            f"tabel {name} memuat {stray} baris dari putaran lain",
            file="warehouse/padanan.duckdb",
            cure="jalankan job padanan_periode dari awal",
        )
    query, keyed = query_of(name)
    if keyed:
        register_hmac(con, load_ring())
    written = write_table(con, query, folder / f"{name}.parquet", by_column=True)
    return {"rows": written.rows, "sha256": written.sha256, "row_hash": written.row_hash}


def _copy_model(home: Home, plan: RunPlan, folder: Path) -> dict[str, Any]:
    """The matching model of this very revision, beside the tables; its hash for the manifest."""
    source = home.warehouse / "bukti" / "model.json"
    cure = "jalankan job padanan_periode dari awal"
    try:
        content = source.read_bytes()
        facts = json.loads(content)
    except (OSError, ValueError):
        raise PadananError("model padanan dengan bukti tidak ada", file="warehouse/bukti/model.json", cure=cure) from None
    if (facts.get("periode"), facts.get("revisi")) != (plan.periode.key, plan.revisi):
        raise PadananError("model padanan dari putaran lain", file="warehouse/bukti/model.json", cure=cure)
    disk.write_bytes(folder / MODEL, content)
    return {"sha256": file_sha256(folder / MODEL)}


def manifest_of(plan: RunPlan, tables: dict[str, Any], files: dict[str, Any], apart: dict[str, Any]) -> dict[str, Any]:
    """What `manifest.json` says: the revision's inputs, who did not deliver, what stands in for it, and the tables' hashes.

    Args:
        apart: hashes of what lies elsewhere, `identitas` and `catatan`.
    """
    data = plan.data
    return {
        "periode": plan.periode.key,
        "label": plan.periode.label,
        "revisi": plan.revisi,
        "cutoff": plan.cutoff.isoformat(),
        "inputs_hash": plan.inputs_hash,
        "code_version": data.code_version,
        "expectations_version": data.expectations_version,
        "decisions_version": data.decisions_version,
        "permintaan": list(data.permintaan),
        "key_id": data.key_id,
        "samaran": keyed_columns(),
        "kriteria_versi": data.sasaran.versi,
        "kriteria": record(data.sasaran, data.contracts),
        "deliveries": [
            {"contract": contract.id, "contract_version": contract.version, **delivery.model_dump(), "path": delivery.landed}
            for contract in data.contracts
            for delivery in contract.deliveries
        ],
        # What stands in for a missing delivery is no delivery: its producer is missed all the same.
        "missing": [contract.id for contract in data.contracts if contract.missing],
        "terbawa": [
            {"contract": contract.id, **{name: getattr(delivery, name) for name in ("periode_data", "sha16", "bagian")}}
            for contract in data.contracts
            for delivery in contract.deliveries
            if delivery.terbawa
        ],
        # People whom only the field knows: read like a delivery, and delivered by nobody.
        NEWCOMERS: data.warga_baru.deliveries[0].model_dump(exclude={"path"}) if data.warga_baru is not None else None,
        "tables": tables,
        "files": files,
        **apart,
    }


def _write_manifest(folder: Path, plan: RunPlan, tables: dict[str, Any], files: dict[str, Any], apart: dict[str, Any]) -> None:
    manifest = manifest_of(plan, tables, files, apart)
    disk.write_text(folder / "manifest.json", json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
