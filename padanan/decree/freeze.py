"""The freeze (F18): a published revision's selected people become a read-only snapshot with two hashes, their names beside it.

A snapshot made here is a rancangan; only an approval makes it a decree.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from padanan.base import disk
from padanan.base.commit import building, publish
from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError, SealedPeriod, no_space_guard
from padanan.base.folder_proof import differing, seal, signed_hashes
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.base.sql import literal
from padanan.base.tabular import TableFile, row_hash, scratch, write_table
from padanan.published.identities import BNBA, ENTRY, MODE, write_bnba
from padanan.published.proof import verify_published
from padanan.records.seals import SEAL, closed

SNAPSHOT = "data_sasaran.parquet"
CURE = "pulihkan dari cadangan"


def draft_folder(home: Home, periode: Periode, revisi: int) -> Path:
    """`decree/<period>/rancangan/rev-<n>`."""
    return home.decree(periode) / "rancangan" / f"rev-{revisi}"


def freeze_draft(home: Home, periode: Periode, revisi: int) -> Path:
    """Freezes the selected people of a published revision.

    Returns:
        The draft's folder with `data_sasaran.parquet` and `segel.json` (status `rancangan`), both mode 0400, and `bnba.parquet`,
        mode 0600: the same people by name and address. A publication from before identities lay apart has no such file; its
        snapshot holds the names.

    Raises:
        SealedPeriod: the period's decree is sealed.
        PadananError: the revision is not published, its criteria are not agreed, a published file was changed, or the draft
            stands with other content.
    """
    if (decree := closed(home, periode)) is not None:
        raise SealedPeriod(
            f"periode {periode} sudah ditetapkan; rancangan baru ditolak",
            file=decree.path.relative_to(home.root),
            cure="buka perubahan dengan 'padanan decree open-change'",
        )
    published = home.published(periode, revisi)
    manifest = verify_published(home, periode, revisi)
    require_agreed(manifest, home, periode, revisi)
    target = draft_folder(home, periode, revisi)
    if target.exists():
        existing = verify_draft(home, periode, revisi)
        if existing["published_manifest_sha256"] == file_sha256(published / "manifest.json"):
            return target
        raise PadananError(
            "rancangan revisi ini sudah dibekukan dari terbitan lain",
            file=target.relative_to(home.root),
            cure="buka revisi berikutnya",
        )
    con = scratch(home)
    try:
        with no_space_guard("rancangan data sasaran"), building(target.parent) as temporary:
            snapshot = temporary / SNAPSHOT
            written = write_snapshot(con, published, snapshot)
            seal_data = {
                "status": "rancangan",
                "periode": periode.key,
                "label": periode.label,
                "revisi": revisi,
                "jumlah_orang": written.rows,
                "kriteria_versi": manifest["kriteria_versi"],
                "kriteria": manifest["kriteria"],
                "file": snapshot.name,
                "sha256": written.sha256,
                "row_hash": written.row_hash,
                "published_manifest_sha256": file_sha256(published / "manifest.json"),
                "inputs_hash": manifest["inputs_hash"],
            }
            if ENTRY in manifest:
                seal_data["bnba"] = bnba_facts(write_bnba(con, home, periode, revisi, temporary / BNBA))
            disk.write_text(temporary / SEAL, json.dumps(seal_data, indent=1, sort_keys=True) + "\n")
            seal(temporary, target.relative_to(home.root).as_posix(), [SEAL])
            for path in temporary.iterdir():
                disk.chmod(path, sealed_mode(path.name))
            if not publish(temporary, target):
                raise PadananError(
                    "rancangan ini sedang dibekukan putaran lain", file=target.relative_to(home.root), cure="ulangi sesudahnya"
                )
    finally:
        con.close()
    return target


def require_agreed(manifest: Mapping[str, Any], home: Home, periode: Periode, revisi: int) -> None:
    """No penetapan without criteria that TKPK agreed: who is poor enough is not decided by a default.

    Raises:
        PadananError: the publication does not name the berita acara of its criteria.
    """
    if not (manifest.get("kriteria") or {}).get("disepakati"):
        raise PadananError(
            f"kriteria data sasaran revisi {revisi} belum disepakati; penetapan tidak dapat dibuat",
            file=(home.published(periode, revisi) / "manifest.json").relative_to(home.root),
            cure=f"isi 'kriteria' dengan nomor dan tanggal berita acaranya di expectations/plans/{periode.year}.yaml, jalankan "
            "job padanan_periode, lalu reviu revisi barunya",
        )


def write_snapshot(con: duckdb.DuckDBPyConnection, published: Path, path: Path) -> TableFile:
    """The selected people of a published revision as a file of their own; the same publication gives the same bytes."""
    source = literal(published / "sasaran.parquet")
    return write_table(con, f"select * from read_parquet({source}) where terpilih order by id_orang", path)


def bnba_facts(written: TableFile) -> dict[str, Any]:
    """What a seal says of the file with the names."""
    return {"file": BNBA, "jumlah": written.rows, "sha256": written.sha256, "row_hash": written.row_hash}


def sealed_mode(name: str) -> int:
    """The rights of a file of a draft or a decree: its owner's alone."""
    return MODE if name == BNBA else 0o400


def sealed_tables(seal: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The tables that a seal of a draft or a decree names: the data sasaran, and the names since they lie apart."""
    return [seal, *([seal["bnba"]] if "bnba" in seal else [])]


def verify_draft(home: Home, periode: Periode, revisi: int) -> dict[str, Any]:
    """The seal of a draft, after the bytes and rows of its tables were compared with it (F18: the hash verifies).

    Raises:
        PadananError: a table is missing or was changed.
    """
    folder = draft_folder(home, periode, revisi)
    if (folder / SEAL).exists():
        hashes = signed_hashes(home.root, folder, what="rancangan", cure=CURE)
        for fault in differing(home.root, folder, hashes, what="rancangan", cure=CURE):
            raise fault
    try:
        sealed: dict[str, Any] = json.loads((folder / SEAL).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise PadananError(
            "rancangan belum dibekukan atau segelnya rusak",
            file=(folder / SEAL).relative_to(home.root),
            cure="jalankan job rancangan_periode, atau pulihkan dari cadangan",
        ) from None
    for table in sealed_tables(sealed):
        snapshot = folder / table["file"]
        if not snapshot.exists() or file_sha256(snapshot) != table["sha256"]:
            raise PadananError("isi rancangan berubah", file=snapshot.relative_to(home.root), cure="pulihkan dari cadangan")
        con = scratch(home)
        try:
            if row_hash(con, snapshot) != table["row_hash"]:
                raise PadananError("baris rancangan berubah", file=snapshot.relative_to(home.root), cure="pulihkan dari cadangan")
        finally:
            con.close()
    return sealed
