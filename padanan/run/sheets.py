"""A worklist that came back is taken in: right lines become a delivery of `verivali` and its events, every fault is told by cell.

How a workbook is read belongs to `padanan/review/worklist`, how a delivery lands to `padanan/landing`, what an event is to
`padanan/feedback`; which line becomes which row stands in `sheet_rows`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa

from padanan.base import disk
from padanan.base.alone import one_at_a_time
from padanan.base.commit import building, replace
from padanan.base.digest import file_sha256
from padanan.base.errors import PadananError, no_space_guard, safe_reason
from padanan.base.folder_proof import seal
from padanan.base.format import day, fingerprint, number
from padanan.base.home import Home
from padanan.base.period import JAKARTA
from padanan.base.shown import safe_name
from padanan.base.tabular import scratch, write_table
from padanan.contracts.feedback import DISPUTED, LOOK, REFUSED, load_catalogue, load_deliverable, load_feedback
from padanan.feedback import intake
from padanan.feedback.judge import asked
from padanan.feedback.lines import revision_known
from padanan.forms.sealed_book import Fault
from padanan.landing.land import deliver
from padanan.pages import receipt as paper
from padanan.published.revisions import read_manifest
from padanan.records import returned
from padanan.review.worklist.book import MACHINE, Stamp
from padanan.review.worklist.findings import Finding, read_back
from padanan.run.sheet_rows import COLUMN_OF, CONTRACT, VERIFIERS, Line, line_of, sort_out, written

NAME = "tanda_terima_lembar"
ANSWERS = "jawaban.parquet"
FOOT = "Tanda terima ini memuat hitungan, letak, sebab, dan perbaikan saja: tanpa NIK, nama, atau alamat."


class SheetRefused(PadananError):
    """A workbook that can't be trusted as a whole; nothing of it was taken in, and whoever sent it can mend it."""


@dataclass(frozen=True)
class Told:
    """A fault with its cell, and what it leads to; `barred` where its line was not taken in."""

    fault: Fault
    leads_to: str
    barred: bool


_BARRED = "baris tidak diambil"
_LEADS_TO = {REFUSED: _BARRED, DISPUTED: "baris diambil, belum berlaku sampai diputuskan", LOOK: "baris diambil, dan diperiksa"}


@dataclass(frozen=True)
class SheetTaken:
    """What became of a workbook.

    Attributes:
        account: lines by what became of them; `baris` = `diambil` + `sudah_diambil` + `salah` + `kosong`.
        faults: every one with its cell, also of lines that were taken in and are looked at.
        page: the receipt.
    """

    account: Mapping[str, Any]
    faults: tuple[Told, ...]
    page: Path


# Two at once would each find its rows new, and each write them into the register.
@one_at_a_time("lembar")
def take_sheet(home: Home, path: Path, *, now: datetime | None = None) -> SheetTaken:
    """Takes in a filled-in workbook of the running revision; taking the same one again adds nothing.

    Right lines of Verifikasi and Validasi become one delivery of `verivali`, which lands and is taken in as any file is. What
    "Perbaikan sumber" answers is no event of a person: it stays with the account as the answer of its task, and the gap closes
    when the producer's next delivery no longer has it.

    Args:
        now: when it came; by default this moment, as landing records it.

    Raises:
        SheetRefused: the file as a whole can't be trusted (see `read_back`).
        PadananError: nothing is published yet, its rows can't be landed, or the account does not close.
    """
    home.ensure()
    moment = now or datetime.now(JAKARTA)
    today = moment.astimezone(JAKARTA).date()
    running = revision_known(home, today)
    if running is None:
        raise PadananError("belum ada revisi terbit", file=safe_name(path.name), cure="jalankan job padanan_periode")
    periode, revisi, _ = running
    stamp = Stamp.of(periode.label, revisi, read_manifest(home, periode, revisi))
    try:
        read = read_back(path, stamp, today)
    except PadananError as error:
        raise SheetRefused(error.cause, cure=error.cure, file=safe_name(path.name), place=error.place) from None
    except OSError:
        raise
    except Exception as error:  # whatever a broken file does to its readers is this workbook's fault alone
        cause = f"isi lembar tidak terbaca ({safe_reason(error)})"
        raise SheetRefused(cause, cure=MACHINE.cure, file=safe_name(path.name)) from None
    sha256 = file_sha256(path)
    visits = [line_of(one, stamp, today) for one in read.findings if one.sheet in VERIFIERS]
    answers = [one for one in read.findings if one.sheet not in VERIFIERS]
    with building(home.warehouse / "tmp") as work, no_space_guard("lembar lapangan"):
        con = scratch(home)
        try:
            sorted_out = sort_out(con, home, visits, today)
        finally:
            con.close()
        delivery, events, wrong = _delivered(home, sorted_out.new, work, sha256[:16], now, today.strftime("%Y-%m"))
    barred = [*read.faults, *(fault for _, fault in sorted_out.refused)]
    faults = [*(Told(fault, _BARRED, True) for fault in barred), *(told for _, told in wrong)]
    sent_back = {line.row["nomor"] for line, told in wrong if told.barred}
    account: dict[str, Any] = {
        "revisi": stamp.told,
        "sha16": sha256[:16],
        "dicatat": today.isoformat(),
        "baris": read.lines,
        "diambil": events + len(answers),
        "sudah_diambil": len(sorted_out.again),
        "salah": len(read.wrong) + len(sorted_out.refused) + len(sent_back),
        "kosong": read.blank,
        "hilang": read.gone,
        "perbaikan_sumber": len(answers),
        "kiriman": delivery,
    }
    left = read.lines - sum(int(account[name]) for name in ("diambil", "sudah_diambil", "salah", "kosong"))
    if left or events + len(sent_back) != len(sorted_out.new):
        raise PadananError(
            f"{account['baris']} baris pada lembar, {left} tidak terhitung",
            file=safe_name(path.name),
            cure="laporkan sebagai galat program, tanpa isi data",
        )
    return SheetTaken(account, tuple(faults), _kept(home, path, account, answers, faults, moment))


def _delivered(
    home: Home, lines: Sequence[Line], work: Path, sha16: str, now: datetime | None, month: str
) -> tuple[str | None, int, list[tuple[Line, Told]]]:
    """Lands the lines' rows and takes them in: the delivery, its events, and what was found wrong with which line.

    A process that died between the two left the delivery waiting, or taken in: it is found by its bytes.
    """
    if not lines:
        return None, 0, []
    contracts = load_deliverable()
    path = work / f"{CONTRACT}_{month}_lembar-{sha16}.csv"
    disk.write_text(path, written(contracts[CONTRACT], lines))
    landed = deliver(home, contracts, CONTRACT, path, periode_data=month, diterima=now, jumlah_baris=len(lines))
    if landed.status not in ("diterima", "duplikat"):
        flag = next(iter(landed.flags), {})
        raise PadananError(
            f"isi lembar tidak dapat didaratkan ({landed.status}): {flag.get('sebab', flag.get('id', ''))}",
            file=landed.paper.relative_to(home.root),
            cure="lihat tanda terimanya; lembarnya tetap dan dapat diambil lagi sesudahnya",
        )
    feedback, catalogue = load_feedback(), load_catalogue()
    intake.take_all(home, only=CONTRACT, sha16=landed.sha16, now=now)
    record = next((one for one in returned.taken(home, CONTRACT) if one["sha16"] == landed.sha16), None)
    if record is None or int(record["baris"]) != len(lines):
        raise PadananError(
            f"{len(lines)} baris lembar dikirim, {0 if record is None else record['baris']} diambil",
            file=landed.paper.relative_to(home.root),
            cure="jalankan 'padanan umpan-balik ambil', lalu perintah ini lagi",
        )
    words = {one.id: one for one in asked(feedback[CONTRACT], catalogue)}
    found = duckdb.execute(
        "select baris, aturan, akibat, kolom from read_parquet(?) order by baris, aturan",
        [str(returned.folder_of(home, CONTRACT, landed.sha16) / returned.FAULTS)],
    ).fetchall()
    wrong = []
    for row, rule, outcome, column in found:
        line = lines[int(row) - 2]
        cell = COLUMN_OF.get(column or "", "hasil")
        cell = cell if line.finding.answers.get(cell) else "hasil"
        fault = Fault(line.finding.place(cell), words[rule].cause, words[rule].cure)
        wrong.append((line, Told(fault, _LEADS_TO[outcome], outcome == REFUSED)))
    return landed.sha16, int(record["peristiwa"]), wrong


def _kept(
    home: Home, path: Path, account: dict[str, Any], answers: Sequence[Finding], faults: Sequence[Told], moment: datetime
) -> Path:
    """Writes account, answers of tasks and receipt, signed, and names them in the register."""
    log = returned.log_of(home, returned.SHEETS)
    again = sum(record["sha16"] == account["sha16"] for record in log.read().records)
    target = returned.sheet_folder(home, account["sha16"], again + 1)
    with no_space_guard("akun lembar"), building(target.parent) as folder:
        _write_answers(folder / ANSWERS, answers)
        disk.write_text(folder / returned.ACCOUNT, json.dumps(account, indent=1, sort_keys=True) + "\n")
        paper.write_beside(folder / f"{NAME}.html", _paper(path, account, faults))
        digest = file_sha256(folder / returned.ACCOUNT)
        seal(folder, target.relative_to(home.root).as_posix(), sorted(one.name for one in folder.iterdir()))
        replace(folder, target)
    log.append([{"jenis": returned.SHEETS, "ke": again + 1, "akun_sha256": digest, **account}], moment)
    return target / f"{NAME}.html"


def _write_answers(path: Path, answers: Sequence[Finding]) -> None:
    """The answers of tasks at the source: which task, what became of it, when; who wrote it stays in the workbook."""
    rows = [
        {"id_tugas": task, "hasil": one.answers["hasil"], "tanggal": one.answers["tanggal"]}
        for one in answers
        for task in one.tasks
    ]
    given = pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.string()) for name in ("id_tugas", "hasil", "tanggal")]))
    with duckdb.connect() as con:
        con.register("jawaban", given)
        write_table(con, "select * from jawaban order by id_tugas", path)


def _paper(path: Path, account: Mapping[str, Any], faults: Sequence[Told]) -> paper.Paper:
    wrong = int(account["salah"])
    verdict = f"{number(account['diambil'])} baris diambil; {number(wrong)} dikembalikan."
    step = (
        "Perbaiki sel bertanda ■ di bawah pada berkas yang sama, lalu serahkan lagi; baris yang sudah diambil tidak dihitung "
        "dua kali."
        if wrong
        else "Tidak perlu menyerahkan ulang."
    )
    return paper.Paper(
        title="Tanda terima lembar lapangan",
        verdict=paper.sentence(verdict),
        tone=paper.BAD if wrong or account["hilang"] else paper.GOOD,
        steps=(step,),
        faults=tuple(
            paper.Fault(
                rule="isian lembar",
                outcome=one.leads_to,
                cause=paper.sentence(one.fault.cause),
                cure=paper.sentence(one.fault.cure),
                place=one.fault.place,
                heavy=one.barred,
            )
            for one in faults
        ),
        counts=(
            ("Baris pada lembar", number(account["baris"])),
            ("Diambil", number(account["diambil"])),
            ("Sudah diambil dari penyerahan terdahulu", number(account["sudah_diambil"])),
            ("Dikembalikan", number(wrong)),
            ("Tidak diisi", number(account["kosong"])),
            ("Hilang dari berkas", number(account["hilang"])),
            ("Jawaban perbaikan sumber, di antara yang diambil", number(account["perbaikan_sumber"])),
        ),
        facts=(
            ("Berkas", safe_name(path.name)),
            ("Revisi", str(account["revisi"])),
            ("Dicatat", day(account["dicatat"])),
            ("Nilai hash berkas", fingerprint(str(account["sha16"]))),
        ),
        foot=FOOT,
    )
