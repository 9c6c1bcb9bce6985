"""What is owed when, to whom (F42-F44, F57): LP3KE of each quarter, LP2KD, reports of programs, monitoring and evaluation.

How a duty stands on a day is told by the calendar of the year; here only dates follow from the configuration and the contracts.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError
from padanan.base.format import listed
from padanan.base.home import Home
from padanan.base.period import JAKARTA, Quarter, last_day_after, months_before
from padanan.base.typed import clean_person, has_long_number
from padanan.contracts.agencies import Agencies
from padanan.contracts.contract import Contract
from padanan.contracts.lp3ke import MATRICES, Reporting
from padanan.records import reports

LP3KE, LP2KD, REPORT, MONITORING, EVALUATION = KINDS = ("LP3KE", "LP2KD", "laporan program", "pemantauan", "evaluasi")
NOTE_LENGTH = 300


@dataclass(frozen=True)
class Duty:
    """One duty with its due date.

    Attributes:
        kind: one of `KINDS`.
        key: what `padanan lp3ke done` calls it: `2025-TW4 mendagri`, `2025 lp2kd`, `klj laporan`.
        to: who receives it; empty where nothing is handed in. copies: who receives a copy.
        basis: the paragraph that asks for it.
    """

    kind: str
    key: str
    subject: str
    owner: str
    due: date
    basis: str
    to: tuple[str, ...] = ()
    copies: tuple[str, ...] = ()
    quarter: Quarter | None = None
    matrices: tuple[int, ...] = ()


def duties(year: int, contracts: Mapping[str, Contract], agencies: Agencies, reporting: Reporting) -> list[Duty]:
    """Every duty that falls due in a year, by its day."""
    found = [
        one
        for made in (
            lp3ke_duties(year, agencies, reporting),
            _lp2kd(year, agencies, reporting),
            _programs(contracts, reporting),
            _monitoring(year, agencies, reporting),
        )
        for one in made
        if one.due.year == year
    ]
    return sorted(found, key=lambda one: (one.due, KINDS.index(one.kind), one.key))


def lp3ke_duties(year: int, agencies: Agencies, reporting: Reporting) -> Iterator[Duty]:
    """LP3KE of the quarters that may fall due in a year: of each quarter to each recipient."""
    secretariat = agencies.of("sekretariat").singkat
    # The last quarter of the year before falls due in this one, whatever number of months it has.
    for quarter in (Quarter(one, number) for one in range(year - 2, year + 1) for number in (1, 2, 3, 4)):
        if quarter < reporting.since:
            continue
        for key, recipient in reporting.recipients.items():
            named = listed([str(one) for one in recipient.matriks])
            yield Duty(
                LP3KE,
                f"{quarter.label} {key}",
                f"LP3KE {quarter.label}, Matriks {named}, kepada {recipient.kepada}",
                recipient.oleh or f"{secretariat} (Sekretariat TKPK)",
                last_day_after(quarter.end, reporting.months),
                recipient.dasar,
                (recipient.kepada,),
                tuple(recipient.tembusan),
                quarter,
                tuple(recipient.matriks),
            )


def _lp2kd(year: int, agencies: Agencies, reporting: Reporting) -> Iterator[Duty]:
    for reported in range(max(year - 3, reporting.since.year), year):
        yield Duty(
            LP2KD,
            f"{reported} lp2kd",
            f"LP2KD tahun {reported}",
            "TKPK",
            last_day_after(date(reported, 12, 31), reporting.lp2kd.months),
            "§3.6.1.d",
            tuple(reporting.lp2kd.kepada),
        )


def _programs(contracts: Mapping[str, Contract], reporting: Reporting) -> Iterator[Duty]:
    """§3.1.4.c: at most a month after a program was carried out; a program without an end has no due date yet."""
    ended = [
        (item.id, item.name, item.parties.own.singkat, str(item.program["akhir"]))
        for item in contracts.values()
        if item.kind == "program" and item.program.get("akhir")
    ]
    ended += [(key, item.nama, item.lembaga, item.akhir) for key, item in reporting.others.items()]
    for key, name, owner, month in ended:
        yield Duty(
            REPORT,
            f"{key} laporan",
            f"Laporan pelaksanaan {name}",
            owner,
            months_before(_end_of(month), -reporting.ended.months),
            "§3.1.4.c",
            (reporting.ended.kepada,),
        )


def _end_of(month: str) -> date:
    year, number = (int(part) for part in month.split("-")[:2])
    return date(year, number, monthrange(year, number)[1])


def _monitoring(year: int, agencies: Agencies, reporting: Reporting) -> Iterator[Duty]:
    """§3.6.2.c: monitoring every three months, evaluation at least once a year."""
    for number in (1, 2, 3, 4):
        quarter = Quarter(year, number)
        if quarter >= reporting.since:
            subject = f"Pemantauan pelaksanaan PPKE {quarter.label}"
            yield Duty(MONITORING, f"{quarter.label} pemantauan", subject, "TKPK", quarter.end, "§3.6.2.c", quarter=quarter)
    if year >= reporting.since.year:
        subject = f"Evaluasi pelaksanaan PPKE {year}"
        yield Duty(EVALUATION, f"{year} evaluasi", subject, "TKPK", date(year, 12, 31), "§3.6.2.c")


def waiting_books(home: Home, quarter: Quarter, matrices: tuple[int, ...] = MATRICES) -> dict[int, list[str]]:
    """Matrix -> the workbooks of the newest edition that did not come back; a matrix that was never made has one, itself."""
    edition, came = reports.newest_edition(home, quarter), reports.accepted(home, quarter)
    if edition is None:
        return {number: [f"matriks-{number}"] for number in matrices}
    found: dict[int, list[str]] = {}
    for name, facts in edition["buku"].items():
        if facts["matriks"] in matrices and name not in came:
            found.setdefault(int(facts["matriks"]), []).append(name)
    return found


def record_done(
    home: Home,
    key: str,
    day: date,
    contracts: Mapping[str, Contract],
    agencies: Agencies,
    reporting: Reporting,
    *,
    by: str,
    note: str = "",
    file: Path | None = None,
    now: datetime,
) -> Mapping[str, Any]:
    """Records that a duty was done: who says so, when, and the hash of the paper where there is one.

    Raises:
        PadananError: no such duty, it is recorded already, its day lies ahead, nobody is named, or a matrix did not come back.
    """
    person, said = clean_person(by), " ".join(note.split())
    if has_long_number(said) or len(said) > NOTE_LENGTH:
        cure = f"paling panjang {NOTE_LENGTH} huruf, tanpa NIK"
        raise PadananError("catatan memuat nomor panjang atau terlalu panjang", cure=cure)
    if day > now.astimezone(JAKARTA).date():
        raise PadananError("tanggal penyampaian belum tiba", cure="catat setelah tanggalnya")
    duty = _named(key, contracts, agencies, reporting)
    if duty.key in (known := reports.done_on(home)):
        raise PadananError(f"'{duty.key}' sudah dicatat selesai {known[duty.key]}", cure="tidak perlu dicatat lagi")
    if duty.kind == LP3KE and duty.quarter is not None and (open_ := waiting_books(home, duty.quarter, duty.matrices)):
        number, names = min(open_.items())
        raise PadananError(
            f"Matriks {number} {duty.quarter.label} belum diterima kembali ({len(names)} buku kerja)",
            cure="terima dahulu dengan 'padanan lp3ke accept'; lihat 'padanan lp3ke status'",
        )
    entry: dict[str, Any] = {
        "peristiwa": reports.DONE,
        "kewajiban": duty.key,
        "jenis": duty.kind,
        "tenggat": duty.due.isoformat(),
        "tanggal": day.isoformat(),
        "kepada": list(duty.to),
        "tembusan": list(duty.copies),
        "oleh": person,
        "catatan": said,
        "sha256": _digest(file),
    }
    return reports.log_of(home, duty.due.year).append([entry], now)[0]


def _digest(file: Path | None) -> str | None:
    if file is None:
        return None
    if not file.is_file():
        raise PadananError("berkas laporan tidak ada", file=file.name, cure="periksa jalur berkas")
    return file_sha256(file)


def _named(key: str, contracts: Mapping[str, Contract], agencies: Agencies, reporting: Reporting) -> Duty:
    wanted = " ".join(key.split())
    years = {int(found) for found in re.findall(r"\b(20\d\d)\b", wanted)}
    spans = {year + more for year in years for more in (0, 1, 2)}
    spans |= {months_before(_end_of(str(item.program["akhir"])), -reporting.ended.months).year
              for item in contracts.values() if item.program.get("akhir")}  # fmt: skip
    spans |= {months_before(_end_of(item.akhir), -reporting.ended.months).year for item in reporting.others.values()}
    for year in sorted(spans):
        for duty in duties(year, contracts, agencies, reporting):
            if duty.key == wanted:
                return duty
    raise PadananError("kewajiban itu tidak ada", cure="lihat namanya pada 'padanan lp3ke calendar'")
