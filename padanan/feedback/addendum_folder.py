"""The sealed folder of an addendum, beside the decree that it adds to: people by pseudonym, counts by kota, its own seal.

Whether it counts is said by the register (`padanan/records/addenda`); names are in `addendum_names`' files alone.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from padanan.base import disk
from padanan.base.commit import building, publish
from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError, no_space_guard
from padanan.base.home import Home
from padanan.base.signing import sign
from padanan.base.sql import literal
from padanan.base.sshsig import fingerprint
from padanan.base.suppress import Cover
from padanan.base.tabular import TableFile, scratch, write_table
from padanan.feedback.asked_rows import WILAYAH
from padanan.feedback.urgent import Flagged
from padanan.published.cells.declared import Declared, Key
from padanan.published.cells.model import Cells
from padanan.published.wilayah import UNKNOWN, UNKNOWN_NAMES
from padanan.records.addenda import CURE, PEOPLE, PURPOSE, Proposal, folder_of, genuine_folder, seal_text
from padanan.records.seal_keys import SEAL_SPACE, sealing_key, sign_file
from padanan.records.seals import SEAL, Seal

COUNTS = "hitungan.csv"
FORMAT = 1
_WHOLE: tuple[str, ...] = ("adendum", "semua")
_SCHEMA = pa.schema(
    [
        ("id_orang", pa.string()), ("kode_kelurahan", pa.string()), ("program", pa.string()), ("warga_baru", pa.bool_()),
        ("kunjungan", pa.date32()), ("bukti", pa.string()),
    ]
)  # fmt: skip


def make(
    home: Home, decree: Seal, proposal: Proposal, entry: Mapping[str, Any], people: Sequence[Flagged], now: datetime
) -> tuple[Path, str]:
    """Makes the folder and puts it into place by one rename; what a killed process left there and nobody registered is made anew.

    Args:
        entry: the record of the decision as it will stand, without the seal's hash.

    Returns:
        The folder (`adendum.parquet`, `hitungan.csv`, `segel.json`, `segel.json.sig`, all mode 0400), and the seal's SHA-256.

    Raises:
        PadananError: something stands in its place that was not sealed by this program.
    """
    target = folder_of(home, decree.periode, decree.ke, int(entry["adendum"]))
    if target.exists():
        if not genuine_folder(target):
            raise PadananError(
                "folder adendum sudah ada dan bukan buatan program ini",
                file=target.relative_to(home.root),
                cure="keluarkan folder itu, periksa dengan 'padanan verify', lalu ulangi",
            )
        disk.remove_tree(target)
    con = scratch(home)
    try:
        with no_space_guard("segel adendum"), building(target.parent) as folder:
            inner = folder / target.name
            disk.mkdir(inner)
            written = _people(con, people, inner / PEOPLE)
            places = con.execute(
                f"""select coalesce(w.kode_kota, '{UNKNOWN}'), count(*) from read_parquet({literal(inner / PEOPLE)}) p left join
                (select distinct kode_kelurahan, kode_kota from read_csv({literal(WILAYAH)}, all_varchar = true)) w
                using (kode_kelurahan) group by 1"""
            ).fetchall()
            disk.write_text(inner / COUNTS, counts_text(con, {str(kota): int(number) for kota, number in places}))
            key = sealing_key(home, now)
            seal: dict[str, Any] = {
                "format": FORMAT,
                "status": "adendum",
                "periode": decree.periode.key,
                "label": decree.periode.label,
                "ke": decree.ke,
                "penetapan": {
                    "nomor": decree.data["nomor"],
                    "tanggal": decree.data["tanggal"],
                    "row_hash": decree.data["row_hash"],
                    "segel_sha256": file_sha256(decree.path),
                },
                "usul": proposal.number,
                "pengusul": proposal.record["oleh"],
                "penetap": entry["oleh"],
                **{name: entry[name] for name in ("adendum", "tahun", "mulai", "sampai", "rujukan", "kunci_hmac")},
                "jumlah_orang": written.rows,
                "file": PEOPLE,
                "sha256": written.sha256,
                "row_hash": written.row_hash,
                "berkas": {COUNTS: file_sha256(inner / COUNTS)},
                "kunci_segel": fingerprint(key.public),
            }
            seal["tanda"] = sign(PURPOSE, seal_text(seal))
            disk.write_text(inner / SEAL, json.dumps(seal, indent=1, sort_keys=True, ensure_ascii=False) + "\n")
            digest = file_sha256(inner / SEAL)
            sign_file(inner / SEAL, key, SEAL_SPACE)
            for path in inner.iterdir():
                disk.chmod(path, 0o400)
            if not publish(inner, target):
                raise PadananError("folder adendum muncul ketika dibuat", file=target.relative_to(home.root), cure=CURE)
    finally:
        con.close()
    return target, digest


def _people(con: duckdb.DuckDBPyConnection, people: Sequence[Flagged], path: Path) -> TableFile:
    rows = [
        {
            "id_orang": one.id, "kode_kelurahan": one.kelurahan, "program": ",".join(one.programs) or None,
            "warga_baru": one.newcomer, "kunjungan": one.visited, "bukti": one.evidence,
        }
        for one in people
    ]  # fmt: skip
    con.register("orang_adendum", pa.Table.from_pylist(rows, schema=_SCHEMA))
    try:
        return write_table(con, "select * from orang_adendum order by id_orang", path)
    finally:
        con.unregister("orang_adendum")


def counts_text(con: duckdb.DuckDBPyConnection, counts: Mapping[str, int]) -> str:
    """The people of one addendum by kota as CSV, small cells covered by the house's model.

    Args:
        counts: kota code -> people; `-` where the kelurahan is not of DKI or not known.
    """
    seed = f"read_csv({literal(WILAYAH)}, all_varchar = true)"
    names = dict(con.execute(f"select distinct kode_kota, kota from {seed} order by 1").fetchall())
    if UNKNOWN in counts:
        names[UNKNOWN] = UNKNOWN_NAMES["kota"]
    cells = cells_of(counts, list(names))
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["kode_kota", "kota", "jumlah_orang"])
    for code, name in names.items():
        writer.writerow([code, name, _shown(cells, (_WHOLE[0], code))])
    writer.writerow(["", "Semua", _shown(cells, _WHOLE)])
    return text.getvalue()


def cells_of(counts: Mapping[str, int], kota: Sequence[str]) -> Cells:
    """The counts of an addendum in the model that covers: each kota, and their sum."""
    into, found = Declared(), Counter(counts)
    into.count(_WHOLE, sum(found[one] for one in kota), total=True)
    into.sum(_WHOLE, [into.count((_WHOLE[0], one), found[one]) for one in kota])
    return Cells.of(into)


def _shown(cells: Cells, key: Key) -> str:
    mark: Cover | None = cells.mark(key)
    return str(cells.value(key)) if mark is None else mark.text
