"""The identities of a revision: the one file that holds names, numbers and addresses, proved before anybody reads it.

Every other published file holds pseudonyms; who may import this module stands in pyproject.toml (import-linter).
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from padanan.base import disk
from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.base.sql import literal
from padanan.base.tabular import TableFile, write_table
from padanan.published.proof import faults_of_manifest
from padanan.published.revisions import chosen_revision, read_manifest
from padanan.records.tombstone import gone, proved, read_nisan

FILE = "identitas.parquet"
BNBA = "bnba.parquet"
"""The selected people by name and address, as a draft and a decree hold them."""
MODE = 0o600
NEVER, KEPT, OPEN, LOST, DESTROYED = STATES = ("tanpa_berkas", "ada", "terbuka", "hilang", "dimusnahkan")
ENTRY = "identitas"
"""What the manifest of a publication calls the file."""
ANSWERED_IDS = "nomor_balikan"
"""What the registry that Matriks 3 answers calls a person: a list of {keluarga, orang, shdk}."""
# The tables and columns in which publications from before this file hold names.
_NAMED, _NAMES = ("padanan_orang", "sasaran"), {"nik", "nama", "tgl_lahir"}
_SHOWN = (
    "i.id_orang, i.nik, i.no_kk, i.nama, i.tgl_lahir, i.jk, i.alamat, i.rt, i.rw, s.kode_kota, s.kode_kecamatan, s.kode_kelurahan"
)


def identities(home: Home, periode: Periode, revisi: int) -> Path:
    """The identities of a published revision, after their bytes were compared with its manifest.

    Raises:
        PadananError: the revision was published before there was such a file, the file was destroyed by retention, is missing or
            was changed, or others can read it.
    """
    folder = home.identitas(periode, revisi)
    manifest = read_manifest(home, *chosen_revision(home, periode, revisi))
    # Its signature first: a hash that anybody may have written proves nothing.
    for fault in faults_of_manifest(home, home.published(periode, revisi)):
        raise fault
    if ENTRY not in manifest:
        raise PadananError(
            f"revisi {revisi} terbit sebelum ada berkas identitas",
            file=home.published(periode, revisi).relative_to(home.root),
            cure="jalankan job padanan_periode; revisi barunya punya berkas itu",
        )
    if (nisan := read_nisan(folder)) is not None:
        raise PadananError(
            f"identitas {gone(nisan)}",
            file=folder.relative_to(home.root),
            cure="pakai BNBA pada penetapannya, atau jalankan job padanan_periode untuk revisi baru",
        )
    if faults := faults_of_identities(home, periode, revisi, manifest):
        raise faults[0]
    return folder / FILE


def faults_of_identities(home: Home, periode: Periode, revisi: int, manifest: Mapping[str, Any]) -> list[PadananError]:
    """What is wrong with the identities of a publication; none where retention destroyed them or it never had any."""
    facts = manifest.get(ENTRY)
    if facts is None:
        return []
    folder = home.identitas(periode, revisi)
    path, name = folder / FILE, (folder / FILE).relative_to(home.root)
    try:
        if proved(home, folder) is not None:
            return []
    except PadananError as error:
        return [error]
    if not path.is_file() or file_sha256(path) != facts["sha256"]:
        return [
            PadananError(
                f"identitas {'berubah' if path.exists() else 'hilang'}",
                file=name,
                cure="pulihkan folder identitas dari cadangan, atau terbitkan revisi baru",
            )
        ]
    if folder.stat().st_mode & 0o077 or path.stat().st_mode & 0o077:
        return [PadananError("identitas dapat dibaca orang lain", file=name, cure=f"chmod 700 {name.parent}; chmod 600 {name}")]
    return []


def write_bnba(con: duckdb.DuckDBPyConnection, home: Home, periode: Periode, revisi: int, path: Path) -> TableFile:
    """Writes the selected people of a revision with their names; the same publication gives the same bytes.

    Raises:
        PadananError: see `identities`; or somebody selected has no identity.
    """
    people = f"read_parquet({literal(home.published(periode, revisi) / 'sasaran.parquet')})"
    names = f"read_parquet({literal(identities(home, periode, revisi))})"
    columns = {row[0] for row in con.execute(f"describe select * from {names}").fetchall()}
    # A publication of before there were such ids keeps the bytes of its decree.
    shown = f"{_SHOWN}, i.{ANSWERED_IDS}" if ANSWERED_IDS in columns else _SHOWN
    query = f"select {shown} from {people} s join {names} i on i.id_orang = s.id_orang where s.terpilih order by i.id_orang"
    written = write_table(con, query, path)
    disk.chmod(path, MODE)
    selected = con.execute(f"select count(*) from {people} where terpilih").fetchall()[0][0]
    if written.rows != selected:
        raise PadananError(
            f"{selected} orang terpilih, {written.rows} punya identitas",
            file=home.identitas(periode, revisi).relative_to(home.root),
            cure="jalankan job padanan_periode untuk revisi baru; bila tetap begitu, laporkan kepada pengelola sistem",
        )
    return written


def named_tables(home: Home, periode: Periode, revisi: int) -> list[str]:
    """The tables of a publication that hold people's names themselves: it is older than the file of the identities."""
    folder = home.published(periode, revisi)
    found = []
    for name in _NAMED:
        # What is no Parquet file is named by whoever proves the publication.
        with suppress(FileNotFoundError, pa.ArrowInvalid):
            found += [name] if _NAMES & set(pq.read_schema(folder / f"{name}.parquet").names) else []
    return found


def stray_identities(home: Home, periode: Periode) -> list[PadananError]:
    """Identities without a publication: a run was killed between the two, or somebody took the publication away."""
    return [
        PadananError(
            "identitas tanpa terbitan",
            file=folder.relative_to(home.root),
            cure="jalankan job padanan_periode, atau hapus folder itu bila terbitannya memang tidak ada",
        )
        for folder in sorted(home.identitas(periode).glob("rev-*"))
        if not (home.published(periode) / folder.name).exists() and read_nisan(folder) is None
    ]


def state_of(home: Home, periode: Periode, revisi: int) -> str:
    """How the identities of a publication stand, one of `STATES`; their bytes are not read."""
    folder = home.identitas(periode, revisi)
    if ENTRY not in read_manifest(home, periode, revisi):
        return NEVER
    if read_nisan(folder) is not None:
        return DESTROYED
    if not (folder / FILE).is_file():
        return LOST
    return OPEN if (folder.stat().st_mode | (folder / FILE).stat().st_mode) & 0o077 else KEPT


def has_identities(home: Home, periode: Periode, revisi: int) -> bool:
    """Whether the publication has identities that were not destroyed."""
    return ENTRY in read_manifest(home, periode, revisi) and read_nisan(home.identitas(periode, revisi)) is None
