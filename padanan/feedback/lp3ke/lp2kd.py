"""The skeleton of LP2KD (§3.6.1.d, F43): figures of the year's decrees and duties filled in, what people have to write left open.

Figures come from `served`, duties from `duties`; the document is edited by hand afterwards and is no record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from padanan.base import disk
from padanan.base.errors import PadananError, no_space_guard
from padanan.base.format import day as tanggal
from padanan.base.format import listed, number
from padanan.base.home import Home
from padanan.base.period import Quarter, last_day_after
from padanan.contracts.contract import Contract
from padanan.contracts.lp3ke import STRATEGIES, Reporting
from padanan.feedback.lp3ke.docx import Paper
from padanan.feedback.lp3ke.served import AFTER, BEFORE, MEASURES, Served, compare, decrees_until, told
from padanan.records import reports

TO_FILL = "[diisi TKPK]"


def make(home: Home, year: int, contracts: Mapping[str, Contract], reporting: Reporting, path: Path) -> dict[str, Any]:
    """Writes the skeleton of a year's LP2KD.

    Returns:
        What it speaks about: decrees and quarters.

    Raises:
        PadananError: no decree of that year or before stands, or a file of one was changed.
    """
    found = decrees_until(home, year)
    if not found:
        raise PadananError(
            f"belum ada penetapan sampai {year}", file="decree", cure="LP2KD disusun setelah ada Keputusan Gubernur data sasaran"
        )
    after = found[-1]
    before = found[-2] if len(found) > 1 else None
    served = compare(home, before, after)
    own = [seal for seal in found if seal.periode.year == year]
    paper = Paper(f"LP2KD Provinsi DKI Jakarta Tahun {year}")
    paper.title(f"LAPORAN PELAKSANAAN PENANGGULANGAN KEMISKINAN DAERAH (LP2KD)\nPROVINSI DKI JAKARTA TAHUN {year}")
    due = last_day_after(date(year, 12, 31), reporting.lp2kd.months)
    paper.text(f"Disampaikan kepada {listed(list(reporting.lp2kd.kepada))} selambatnya {tanggal(due)} (§3.6.1.d).")
    paper.head("1. Pendahuluan")
    paper.text(f"Latar belakang, dasar hukum dan tujuan: {TO_FILL}")
    paper.head("2. Data sasaran yang ditetapkan")
    paper.text(
        f"Pada {year} {number(len(own))} periode ditetapkan (paling sedikit dua, §3.1.4.a)."
        if own
        else f"Pada {year} tidak ada penetapan; yang berlaku {told(after)}."
    )
    rows = [[told(seal), tanggal(str(seal.data["tanggal"])), number(int(seal.data["jumlah_orang"]))] for seal in own or [after]]
    paper.table([["Penetapan", "Tanggal", "Orang"]], rows, [8, 4, 3], spans=False)
    paper.head("3. Pelaksanaan program menurut tiga strategi")
    for strategy, name in STRATEGIES.items():
        programs = [
            contracts[key].name for key, line in reporting.program.items() if line.tujuan == strategy and key in contracts
        ]
        paper.text(f"{strategy}. {name}: {listed(programs) if programs else TO_FILL}. Anggaran, realisasi dan kendala: {TO_FILL}")
    paper.head("4. Hasil pemantauan")
    paper.table([["Triwulan", "LP3KE"]], _quarters(home, year), [4, 11], spans=False)
    paper.text(f"Temuan pemantauan dan tindak lanjutnya: {TO_FILL}")
    paper.head("5. Hasil evaluasi: yang terlayani sebelum dan sesudah")
    _before_after(paper, served)
    paper.text(f"Dampak program (Matriks 4 kolom 7) dan pihak independen yang terlibat (§3.6.2.f): {TO_FILL}")
    paper.head("6. Kesimpulan dan rekomendasi")
    paper.text(TO_FILL)
    paper.foot(f"LP2KD {year} · rancangan · angka kecil ditutup (<5)")
    with no_space_guard("LP2KD"):
        disk.mkdir(path.parent, parents=True, exist_ok=True)
        paper.write(path)
    return {
        "penetapan": [seal.periode.label for seal in own],
        "sebelum": before.periode.label if before else None,
        "tenggat": due,
    }


def _quarters(home: Home, year: int) -> list[list[str]]:
    done = reports.done_on(home)
    rows = []
    for quarter in (Quarter(year, place) for place in (1, 2, 3, 4)):
        edition = reports.newest_edition(home, quarter)
        came = len(reports.accepted(home, quarter))
        sent = [f"{key.split()[1]} {tanggal(day)}" for key, day in done.items() if key.startswith(f"{quarter.label} ")]
        made = f"{number(came)} dari {number(len(edition['buku']))} buku kerja diterima kembali" if edition else "belum dibuat"
        rows.append([quarter.title, f"{made}; disampaikan: {listed(sent) if sent else 'belum'}"])
    return rows


def _before_after(paper: Paper, served: Served) -> None:
    if served.before is None:
        paper.text(f"Hanya satu penetapan ({told(served.after)}): belum ada pembandingnya.")
    else:
        paper.text(f"Sebelum: {told(served.before)}. Sesudah: {told(served.after)}. Terlayani menurut program pada penetapannya.")
    ages: Sequence[str] = (BEFORE, AFTER) if served.before else (AFTER,)
    heads = ["Kota", *(f"{age}: {what}" for age in ages for what in MEASURES)]
    rows = [[name, *(served.cells[age, place, what] for age in ages for what in MEASURES)] for place, name in served.places]
    paper.table([heads], rows, [4, *(2 for _ in heads[1:])], spans=False)
    if served.moves:
        moved = [[one, other, text] for (one, other), text in served.moves.items()]
        paper.text("Perpindahan orang antara kedua penetapan:")
        paper.table([["Sebelum", "Sesudah", "Orang"]], moved, [5, 5, 3], spans=False)
