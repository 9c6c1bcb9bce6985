"""What the API reads of a decree: one immutable DuckDB file, made from the sealed tables alone and sorted for keyset reads.

When it is shown to agencies is `shelf`'s affair, who sees which of it `gate`'s; a decree is never changed here.
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
from padanan.base.duck import first_row
from padanan.base.errors import PadananError, no_space_guard
from padanan.base.folder_proof import seal as seal_folder_files
from padanan.base.home import Home
from padanan.base.keys import load_ring, register_hmac
from padanan.base.period import Periode
from padanan.base.sql import ident, literal
from padanan.distribution.aggregate import FILE as AGGREGATE
from padanan.distribution.aggregate import aggregate_text
from padanan.distribution.catalogue import Catalogue, load_catalogue
from padanan.distribution.changes import SINCE, comparable, since_name, write_changes
from padanan.distribution.lines import LINES, NUMBERS, write_lines
from padanan.published.proof import verify_published
from padanan.records.seal_keys import SEAL_SPACE, file_signed
from padanan.records.seals import SEAL, Seal, changed_tables, genuine_seal

DATABASE, FACTS = "sasaran.duckdb", "terbit.json"
# Pseudonyms of people in the audit are made for the audit alone: a line of it leads to no published table.
PURPOSE = "audit distribusi"
ROW_GROUP = 10_240
FORMAT = 2
"""2: with rows as they are sent (`lines`); folders of before are read by queries."""


def prepared_folder(home: Home, periode: Periode, ke: int) -> Path:
    """`distribusi/siap/<period>/ke-<n>`."""
    return home.distribusi / "siap" / periode.key / f"ke-{ke}"


def prepare(home: Home, seal: Seal, *, before: tuple[Seal, ...] = ()) -> Path:
    """Makes the files of one decree; what stands already stays.

    Args:
        seal: the decree, whose tables are compared with their hashes before they are read.
        before: earlier decrees whose differences to this one agencies may ask for, prepared already.

    Returns:
        The folder: `sasaran.duckdb` (tables `sasaran` by id_orang, `nik`, `prioritas`, `perubahan`), the rows as they are sent
        (`lines`), `agregat.json` and `terbit.json`, all mode 0400, and the signed hashes of them.

    Raises:
        PadananError: the decree's files are not those that were sealed, or hold no names apart.
    """
    target = prepared_folder(home, seal.periode, seal.ke)
    if target.exists():
        return target
    tables = _proved(home, seal)
    told = tuple(one for one in before if comparable(home, seal, one))
    catalogue = load_catalogue()
    with no_space_guard("berkas distribusi"), building(target.parent) as folder:
        path = folder / DATABASE
        with disk.filling(path):
            columns = _write(home, seal, tables, path, catalogue, told)
        disk.write_text(folder / AGGREGATE, aggregate_text(path))
        renamed = [since_name(one) for one in before if one not in told]
        facts = {**_facts(seal, columns), "sejak": [since_name(one) for one in told], "samaran_berganti": renamed}
        disk.write_text(folder / FACTS, json.dumps(facts, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
        seal_folder_files(folder, target.relative_to(home.root).as_posix(), [DATABASE, LINES, NUMBERS, AGGREGATE, FACTS])
        for item in folder.iterdir():
            disk.chmod(item, 0o400)
        publish(folder, target)  # another one that was faster made the same
    return target


def _proved(home: Home, seal: Seal) -> Mapping[str, Path]:
    """The decree's tables and, where they still lie there, those of its publication, each compared with what was sealed."""
    if "bnba" not in seal.data:
        raise PadananError(
            "penetapan ini dari sebelum nama dipisahkan; tidak dapat disalurkan lewat API",
            file=seal.path.relative_to(home.root),
            cure="salurkan penetapan yang lebih baru",
        )
    openly = "kunci_segel" not in seal.data or file_signed(home, seal.path, SEAL_SPACE)
    if not openly or not genuine_seal(seal.data):
        place = seal.path.relative_to(home.root)
        raise PadananError("segel berubah atau palsu", file=place, cure="periksa dengan 'padanan verify'")
    found = {"data_sasaran": seal.folder / seal.data["file"], "bnba": seal.folder / seal.data["bnba"]["file"]}
    for path in changed_tables(seal, file_sha256):
        raise PadananError(
            "berkas penetapan hilang atau berubah", file=path.relative_to(home.root), cure="pulihkan dari cadangan"
        )
    published = home.published(seal.periode, int(seal.data["revisi"]))
    if (published / "manifest.json").is_file():
        if file_sha256(published / "manifest.json") != seal.data["published_manifest_sha256"]:
            raise PadananError(
                "terbitan bukan yang ditetapkan", file=published.relative_to(home.root), cure="pulihkan dari cadangan"
            )
        verify_published(home, seal.periode, int(seal.data["revisi"]))
        for name in ("daftar_tanpa_program", "sasaran"):
            if (published / f"{name}.parquet").is_file():
                found[f"terbitan_{name}"] = published / f"{name}.parquet"
    return found


def _write(
    home: Home, seal: Seal, tables: Mapping[str, Path], path: Path, catalogue: Catalogue, before: tuple[Seal, ...]
) -> list[str]:
    spill = path.parent / "tumpah"
    con = duckdb.connect(config={"temp_directory": str(spill), "threads": 2})
    try:
        # Small groups of rows: a page or a person is read out of one of them.
        con.execute(f"attach {literal(path)} as siap (row_group_size {ROW_GROUP})")
        con.execute("use siap")
        register_hmac(con, load_ring(home))
        there = {name: _columns(con, tables[name]) for name in ("data_sasaran", "bnba")}
        columns = [name for name, column in catalogue.kolom.items() if name in there[column.dari]]
        aliases = {"data_sasaran": "s", "bnba": "b"}
        listed = ", ".join(f"{aliases[catalogue.kolom[name].dari]}.{ident(name)}" for name in columns)
        # A person without a line of names is served without one, never left out: left join, and the count is proved below.
        # `urut` is the place in the order of id_orang: in a file that never changes the keyset that is cheapest to look up.
        con.execute(
            f"create table sasaran as select row_number() over (order by id_orang) - 1 as urut, * from (select {listed},"
            f" unhex(hmac_hex({literal(PURPOSE)} || '|' || s.id_orang)) as sidik_orang,"
            " coalesce(list_filter(string_split(s.program, ','), lambda x: x <> ''), []) as program_semua"
            f" from read_parquet({literal(tables['data_sasaran'])}) s left join read_parquet({literal(tables['bnba'])}) b"
            " using (id_orang)) order by urut"
        )
        con.execute("create table nik as select nik, id_orang, urut from sasaran where nik is not null order by nik, urut")
        write_lines(con, path.parent, columns)
        _priority(con, tables)
        written = first_row(con, "select count(*), count(distinct id_orang) from sasaran")
        if written != (seal.data["jumlah_orang"],) * 2:
            raise PadananError(
                "jumlah orang pada berkas distribusi bukan jumlah pada segel",
                file=seal.path.relative_to(home.root),
                cure="periksa dengan 'padanan verify' lalu laporkan",
            )
        con.execute(SINCE)
        for earlier in before:
            write_changes(con, home, seal, earlier, prepared_folder(home, earlier.periode, earlier.ke) / DATABASE, tables)
        placed = "row_number() over (order by sejak, id_orang) - 1 as urut"
        con.execute(f"create table perubahan_urut as select {placed}, * from perubahan order by urut")
        con.execute("drop table perubahan")
        con.execute("alter table perubahan_urut rename to perubahan")
        con.execute("checkpoint")
    finally:
        con.close()
        if spill.exists():
            disk.remove_tree(spill, ignore_errors=True)
    return columns


def _columns(con: duckdb.DuckDBPyConnection, path: Path) -> set[str]:
    return {row[0] for row in con.execute(f"describe select * from read_parquet({literal(path)})").fetchall()}


def _priority(con: duckdb.DuckDBPyConnection, tables: Mapping[str, Path]) -> None:
    """F52: who of a program is entitled and unserved, with the cause; of the sealed people only."""
    source = tables.get("terbitan_daftar_tanpa_program")
    rows = (
        f"select t.program as untuk_program, t.sebab, s.* exclude (urut) from read_parquet({literal(source)}) t"
        " join sasaran s using (id_orang)"
        if source is not None
        else "select null::varchar as untuk_program, null::varchar as sebab, s.* exclude (urut) from sasaran s where false"
    )
    con.execute(
        f"create table prioritas as select row_number() over (order by untuk_program, id_orang) - 1 as urut, * from ({rows})"
        " order by urut"
    )


def _facts(seal: Seal, columns: list[str]) -> dict[str, Any]:
    """What everybody may know of a decree."""
    data = seal.data
    return {
        "format": FORMAT,
        "periode": seal.periode.key,
        "label": seal.periode.label,
        "ke": seal.ke,
        "nomor": data["nomor"],
        "tanggal": data["tanggal"],
        "jumlah_orang": data["jumlah_orang"],
        "row_hash": data["row_hash"],
        "kunci_segel": data.get("kunci_segel"),
        "segel_sha256": file_sha256(seal.folder / SEAL),
        "kolom": columns,
    }
