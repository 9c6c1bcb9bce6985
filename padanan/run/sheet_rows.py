"""A line of a worklist that came back as a row of the contract `verivali`: whose visit it was, when, what it found.

What a line may say is `padanan/review/worklist/findings`' question; whether its person has an open line is asked here, of the
running prelist.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import StringIO

import duckdb
import pyarrow as pa

from padanan.base.format import fingerprint
from padanan.base.home import Home
from padanan.base.keys import load_ring, register_hmac
from padanan.base.sql import literal
from padanan.contracts.contract import Contract, load_blanks
from padanan.contracts.feedback import load_catalogue, load_feedback
from padanan.feedback.asked_rows import content_of, numbered
from padanan.feedback.lines import FROM_PADANAN, REASONS, STANDING, open_lines
from padanan.feedback.state import CONCLUSIVE, HOLDING, STATE, Moment, open_state
from padanan.feedback.typed_rows import ROWS, read
from padanan.forms.answers import date_of, shown
from padanan.forms.sealed_book import Fault
from padanan.review.worklist.asked import named_on
from padanan.review.worklist.book import URGENT, Stamp
from padanan.review.worklist.findings import Finding

CONTRACT = "verivali"
VERIFIERS: Mapping[str, str] = {"Verifikasi": "DPPAPP", "Validasi": "DINSOS"}
"""Who visits for a sheet, as the contract's code list spells it; the third sheet is no visit."""
COLUMN_OF = {
    "hasil": "hasil", "domisili": "domisili", "nik_dokumen": "nik_benar", "alamat_dokumen": "alamat_benar", "tanggal": "tanggal",
    "petugas": "petugas", "catatan": "catatan",
}  # fmt: skip
"""The contract's column -> the sheet's."""
EARLIEST = date(1850, 1, 1)


@dataclass(frozen=True)
class Line:
    """A right line with its row: cells by the contract's column names."""

    finding: Finding
    row: Mapping[str, str]


def line_of(finding: Finding, stamp: Stamp, today: date) -> Line:
    """The row of a visit; its number is that of the revision, sheet, person and day, so the same visit sent again is the same."""
    told = finding.answers
    name, born, _ = named_on(finding.card)
    digest = hashlib.sha256(f"{stamp.mark}|{finding.sheet}|{finding.key}|{told['tanggal']}".encode()).hexdigest()
    cells = {mine: told.get(theirs, "") for mine, theirs in COLUMN_OF.items()}
    urgent = cells["hasil"].endswith(URGENT)
    cells["hasil"] = cells["hasil"].removesuffix(URGENT)
    cells |= {name: shown(cells[name]).upper() for name in ("hasil", "domisili")}
    # Left blank where nobody says so: the row of before stays the same row.
    cells["mendesak"] = "YA" if urgent else ""
    return Line(
        finding,
        cells
        | {
            "nomor": f"LK-{fingerprint(digest[:16])}",
            "verifikator": VERIFIERS[finding.sheet],
            "id_orang": finding.key,
            "nama": name,
            "tgl_lahir": date_of(born, EARLIEST, today).isoformat() if born else "",
        },
    )


def written(contract: Contract, lines: Sequence[Line]) -> str:
    """The delivery: the same lines give the same bytes."""
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([column.source for column in contract.columns])
    writer.writerows([line.row.get(column.name, "") for column in contract.columns] for line in lines)
    return text.getvalue()


@dataclass(frozen=True)
class Sorted:
    """Lines by what becomes of them: new ones, those taken in before, and those that nobody may take in."""

    new: tuple[Line, ...]
    again: tuple[Line, ...]
    refused: tuple[tuple[Line, Fault], ...]


def sort_out(con: duckdb.DuckDBPyConnection, home: Home, lines: Sequence[Line], today: date) -> Sorted:
    """Compares lines with the events that there are and with the running prelist.

    A line is closed to an agency when its person has no reason to be seen, or when every one of them is answered by a visit of
    this very agency. What the other agency found closes it to nobody: the two are compared, and may differ.

    Raises:
        PadananError: the store, the register or the publication was changed.
    """
    if not lines:
        return Sorted((), (), ())
    contracts, catalogue = load_feedback(), load_catalogue()
    contract = contracts[CONTRACT]
    open_state(con, home, contracts, Moment(today, today))
    open_lines(con, home, catalogue, today=today, known_at=today)
    strangers = {one[0] for one in con.execute(f"select id_orang from {STATE} where baru").fetchall()}
    lines = [_newcomer(line) if line.finding.key in strangers else line for line in lines]
    register_hmac(con, load_ring(home))
    names = ("_record_key", "_entity_key", "_nik_key", *contract.column_names)
    given = pa.Table.from_pylist(
        [{"_baris": number} | {name: line.row.get(name) or None for name in names} for number, line in enumerate(lines)],
        schema=pa.schema([("_baris", pa.int64()), *((name, pa.string()) for name in names)]),
    )
    con.register("lembar_terisi", given)
    read(con, contract, "lembar_terisi", load_blanks())
    con.unregister("lembar_terisi")
    people = pa.table({"_baris": list(range(len(lines))), "siapa": [line.finding.key for line in lines]})
    con.register("lembar_orang", people)
    standing = ", ".join(map(literal, STANDING))
    conclusive = ", ".join(map(literal, CONCLUSIVE))
    found = con.execute(
        f"""with lama as (select kunci, isi from peristiwa where kontrak = '{CONTRACT}'),
        hadir as (select id_orang, instansi, max(terjadi) as pada from {HOLDING}
          where kontrak = '{CONTRACT}' and hasil in ({conclusive}) group by all),
        baris as (select i._baris, o.siapa as id_orang, verifikator, {numbered(contract, "nomor")} as kunci,
            {content_of(contract)} as isi
          from {ROWS} i join lembar_orang o on o._baris = i._baris)
        select b._baris, bool_or(l.isi is not null and l.isi = b.isi), bool_or(l.isi is not null), count(r.kode),
          coalesce(bool_or(r.status in ({standing}) or h.pada is null
            or h.pada < r.dibuka - case when r.asal = '{FROM_PADANAN}' then {catalogue.hasilBerlakuHari} else 0 end), false)
        from baris b left join lama l on l.kunci = b.kunci
        left join {REASONS} r on r.id_orang = b.id_orang
        left join hadir h on h.id_orang = b.id_orang and h.instansi = b.verifikator
        group by 1 order by 1"""
    ).fetchall()
    new, again, refused = [], [], []
    for line, (_, known, numbered_so, reasons, opened) in zip(lines, found, strict=True):
        if known:
            again.append(line)
        # Another answer for the same visit is taken in as well: a person decides between the two.
        elif numbered_so or (reasons and opened):
            new.append(line)
        else:
            refused.append((line, _closed(line, bool(reasons))))
    return Sorted(tuple(new), tuple(again), tuple(refused))


def _newcomer(line: Line) -> Line:
    """Whom the padanan does not know has no identifier there: NIK, name and birth day of the card lead to them, as before."""
    return Line(line.finding, {**line.row, "id_orang": "", "nik": named_on(line.finding.card)[2]})


def _closed(line: Line, known: bool) -> Fault:
    who = "instansi ini sudah melaporkan hasilnya" if known else "orang ini tidak ada pada prelist yang berjalan"
    cure = "kosongkan barisnya; bila hasil yang dulu keliru, isi yang benar dengan tanggal kunjungan dulu: orang memutuskan"
    other = "kosongkan barisnya; bila orangnya perlu didatangi, sampaikan lewat pengaduan atau musyawarah kelurahan"
    return Fault(line.finding.place("hasil"), f"baris prelist sudah tertutup: {who}", cure if known else other)
