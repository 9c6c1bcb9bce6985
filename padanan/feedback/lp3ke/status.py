"""How a quarter's LP3KE stands: which workbooks are out and back, who received it, who is late.

Nothing is changed here; due dates come from `duties`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from padanan.base.format import day as tanggal
from padanan.base.format import listed, number
from padanan.base.home import Home
from padanan.base.period import Quarter
from padanan.contracts.agencies import Agencies
from padanan.contracts.contract import Contract
from padanan.contracts.due import OVERDUE, days_late, state_of
from padanan.contracts.lp3ke import MATRICES, Reporting
from padanan.feedback.lp3ke.duties import LP3KE, Duty, duties, waiting_books
from padanan.records import reports

NAMED = 5
"""How many workbooks that did not come back are named; the others are counted."""


def lines(
    home: Home, quarter: Quarter, contracts: Mapping[str, Contract], agencies: Agencies, reporting: Reporting, today: date
) -> Iterator[str]:
    """The state as lines for a terminal."""
    edition, came = reports.newest_edition(home, quarter), reports.accepted(home, quarter)
    if edition is None:
        yield f"LP3KE {quarter.label} belum dibuat: padanan lp3ke make --quarter {quarter.label}"
    else:
        source = f"data sasaran {edition['periode']} revisi {edition['revisi']}"
        yield f"LP3KE {quarter.label} edisi ke-{edition['edisi']}, dari {source}"
    open_ = waiting_books(home, quarter)
    for matrix in MATRICES:
        filler = agencies.instansi[reporting.fillers.of(matrix)].singkat
        books = [name for name, one in (edition["buku"] if edition else {}).items() if one["matriks"] == matrix]
        back = sum(name in came for name in books)
        line = f"  Matriks {matrix} ({filler}): {number(back)} dari {number(len(books))} buku kerja diterima kembali"
        missing = open_.get(matrix, [])
        if books and missing:
            rest = f" dan {number(len(missing) - NAMED)} lain" if len(missing) > NAMED else ""
            line += f"; belum: {', '.join(missing[:NAMED])}{rest}"
        yield line
    done = reports.done_on(home)
    for duty in of_quarter(quarter, contracts, agencies, reporting):
        on = done.get(duty.key)
        state = state_of(on, None, False, duty.due, today)
        late = days_late(on, duty.due, today)
        copies = f", tembusan {listed(duty.copies)}" if duty.copies else ""
        when = f"disampaikan {tanggal(on)}" if on else f"tenggat {tanggal(duty.due)}"
        mark = f", {late} hari" if late else ""
        loud = "TERLAMBAT " if state == OVERDUE else ""
        yield f"  {loud}{duty.to[0]}{copies}: {when} ({state}{mark}); penanggung jawab {duty.owner}"


def of_quarter(quarter: Quarter, contracts: Mapping[str, Contract], agencies: Agencies, reporting: Reporting) -> list[Duty]:
    """To whom a quarter's LP3KE goes, in the order of the configuration."""
    return [
        duty
        for year in (quarter.year, quarter.year + 1, quarter.year + 2)
        for duty in duties(year, contracts, agencies, reporting)
        if duty.kind == LP3KE and duty.quarter == quarter
    ]
