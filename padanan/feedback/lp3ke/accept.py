"""Takes a returned matrix in: all its faults or none, then its answers in the append-only register, with name, time and hash.

Reading it is `returned`'s work. Answers about people (Matriks 3) lie in a file of their own; the register has counts and hash.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from padanan.base import disk
from padanan.base.commit import writing
from padanan.base.digest import file_sha256
from padanan.base.errors import no_space_guard
from padanan.base.format import fingerprint
from padanan.base.home import Home
from padanan.base.period import Quarter
from padanan.base.typed import clean_person
from padanan.feedback.lp3ke.returned import Returned, placed, programs_in, read_back
from padanan.feedback.lp3ke.sheets import Programs
from padanan.forms.handover import REPORTS
from padanan.forms.sealed_book import Fault
from padanan.records import reports


@dataclass(frozen=True)
class Taken:
    """What became of a file: its faults (then nothing was recorded), or its record; `again` where it had been recorded before."""

    matrix: int
    name: str
    answered: int
    faults: tuple[Fault, ...] = ()
    record: Mapping[str, Any] | None = None
    again: bool = False


def accept(home: Home, path: Path, quarter: Quarter, *, by: str, now: datetime) -> Taken:
    """Reads a returned matrix and, where nothing is wrong with it, records its answers.

    Raises:
        PadananError: the file as a whole can't be trusted (see `read_back`), or nobody is named.
    """
    person = clean_person(by)
    edition = reports.newest_edition(home, quarter)
    read = read_back(path, quarter, edition)
    book = read.book
    if read.faults:
        return Taken(book.number, book.name, len(read.answers), tuple(placed(fault, book) for fault in read.faults))
    digest = file_sha256(path)
    before = reports.accepted(home, quarter).get(book.name)
    if before is not None and before["sha256"] == digest:
        return Taken(book.number, book.name, len(read.answers), record=before, again=True)
    entry: dict[str, Any] = {
        "peristiwa": reports.ACCEPTED,
        "triwulan": quarter.label,
        "matriks": book.number,
        "buku": book.name,
        "edisi": book.edition,
        "baris": len(read.answers),
        "sha256": digest,
        "oleh": person,
    }
    if book.number == 3:
        programs = programs_in(edition or {})
        entry |= {"jumlah": _counts(read), "rincian": _keep(home, quarter, read, programs, digest)}
    else:
        entry["jawaban"] = {key: dict(told) for key, told in read.answers.items()}
    record = reports.log_of(home, quarter.year).append([entry], now)[0]
    return Taken(book.number, book.name, len(read.answers), record=record)


def _counts(read: Returned) -> dict[str, int]:
    """What was answered, without any person: results, corrected numbers, who is decreed."""
    found = Counter(str(told.get("verifikasi") or "kosong") for told in read.answers.values())
    decreed = sum(told["ditetapkan"] == "Ya" for told in read.answers.values())
    corrected = sum("nik_benar" in told for told in read.answers.values())
    return {**dict(sorted(found.items())), "ditetapkan": decreed, "perbaikan_nik": corrected}


SCHEMA = pa.schema(
    [
        ("id_orang", pa.string()), ("id_keluarga", pa.string()), ("id_individu", pa.string()), ("nik_benar", pa.string()),
        ("jk", pa.string()), ("hubungan", pa.string()), ("verifikasi", pa.string()), ("ditetapkan", pa.string()),
        ("program", pa.list_(pa.string())),
    ]
)  # fmt: skip
"""A person's answers; `program` are the contracts (or printed headings) answered with Ya, `nik_benar` a corrected NIK or null."""


def _keep(home: Home, quarter: Quarter, read: Returned, programs: Programs, digest: str) -> dict[str, str]:
    """Writes the answers about people, mode 0600; where they lie and their hash."""
    rows = []
    for key, told in read.answers.items():
        hidden = read.hidden[key]
        served = [one.contract or one.heading for one in programs.every if told.get(one.column) == "Ya"]
        known = {name: hidden[name] or None for name in ("id_orang", "id_keluarga", "id_individu")}
        answers = {name: told.get(name) for name in ("nik_benar", "jk", "hubungan", "verifikasi", "ditetapkan")}
        rows.append({**known, **answers, "program": served})
    path = home.root / REPORTS / reports.RETURNED / quarter.key / f"{read.book.name}-{fingerprint(digest[:16])}.parquet"
    disk.mkdir(path.parent, parents=True, exist_ok=True)
    with no_space_guard("isian Matriks 3"), writing(path, mode=0o600) as draft, disk.filling(draft):
        pq.write_table(pa.Table.from_pylist(rows, schema=SCHEMA), draft, compression="zstd")
    return {"berkas": path.relative_to(home.root).as_posix(), "sha256": file_sha256(path)}
