"""Which reader a delivery needs: told by its bytes, compared with the agreed form.

Each format's reading belongs to its own module; nothing is parsed here.
"""

from __future__ import annotations

from pathlib import Path

from padanan.landing.archive import refuse_foreign
from padanan.landing.csv_reader import read_csv
from padanan.landing.parquet_reader import read_parquet
from padanan.landing.raw import DamagedFile, Flag, RawTable, Spec
from padanan.landing.xlsx_reader import read_xlsx

READERS = {"csv": read_csv, "xlsx": read_xlsx, "parquet": read_parquet}


def agreed_forms(spec: Spec) -> tuple[str, ...]:
    """The contract's forms: csv, xlsx, parquet, postgresql."""
    kinds = spec.form.get("jenis", "csv")
    return tuple(kinds) if isinstance(kinds, list | tuple) else (str(kinds),)


def sniff(path: Path) -> str:
    """`parquet`, `xlsx` (any zip or OLE file) or `csv`, by the first bytes.

    Raises:
        DamagedFile: another kind of file that is no table (HTML, JSON, PDF, …).
    """
    with path.open("rb") as handle:
        head = handle.read(512)
    if head.startswith(b"PAR1"):
        return "parquet"
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0")):
        return "xlsx"
    refuse_foreign(head)
    return "csv"


def read_file(path: Path, spec: Spec, work: Path) -> RawTable:
    """Reads a delivered file.

    Raises:
        DamagedFile: see the readers.
    """
    if path.stat().st_size == 0:
        raise DamagedFile("berkas kosong (0 bita)", "kirim ulang berkas yang berisi data")
    kind, agreed = sniff(path), agreed_forms(spec)
    try:
        table = READERS[kind](path, spec, work)
    except DamagedFile as error:
        if kind not in agreed and error.rule == "kolom_hilang":
            raise DamagedFile(f"isi berkas bukan {' atau '.join(agreed)}, dan judul kolom tidak ditemukan", error.cure) from None
        raise
    if kind not in agreed:
        table.flags.append(
            Flag(
                "bentuk_beda",
                "peringatan",
                f"berkas berbentuk {kind}, disepakati {' atau '.join(agreed)}",
                f"kirim sebagai {agreed[0]} berikutnya",
            )
        )
    return table
