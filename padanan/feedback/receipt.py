"""What the sender of feedback is told: every fault with its rows, cause and cure, and the account of rows; no value of anybody.

Which rows are at fault is `judge`'s; how a receipt looks is `padanan/pages/receipt`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from padanan.base.format import day, fingerprint, number
from padanan.base.rows_said import Stretch, rows_in_words, stretches
from padanan.contracts.contract import Contract
from padanan.contracts.feedback import DISPUTED, LOOK, REFUSED
from padanan.feedback.judge import FOUND, Asked
from padanan.pages.receipt import BAD, GOOD, Fault, Paper, sentence, write_beside

NAME = "tanda_terima_isi"
LEADS_TO = {
    REFUSED: "baris tidak diambil karena ini",
    DISPUTED: "disimpan, belum berlaku sampai diputuskan",
    LOOK: "diambil, dan diperiksa",
}
TOLD = 100
"""So many stretches of rows of one fault stand on the page; the rest is counted."""
FOOT = "Tanda terima ini memuat hitungan, letak, sebab, dan perbaikan saja: tanpa NIK, nama, atau alamat."


def write_receipt(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    contract: Contract,
    item: Mapping[str, Any],
    account: Mapping[str, Any],
    questions: Sequence[Asked],
    *,
    sheets: Sequence[str] = (),
) -> None:
    """Writes page, PDF and JSON beside the events; `temuan` must stand in the connection."""
    faults = _faults(con, questions, tuple(map(str, sheets)))
    write_beside(folder / f"{NAME}.html", _paper(contract, item, account, faults))


def _faults(con: duckdb.DuckDBPyConnection, questions: Sequence[Asked], sheets: tuple[str, ...]) -> tuple[Fault, ...]:
    found = dict(con.execute(f"select aturan, list(_baris order by _baris) from {FOUND} group by 1 order by 1").fetchall())
    order = {REFUSED: 0, DISPUTED: 1, LOOK: 2}
    told = []
    for one in sorted((one for one in questions if one.id in found), key=lambda one: order[one.outcome]):
        lines = found[one.id]
        where: list[Stretch] = stretches(lines)
        more = f" dan {number(len(where) - TOLD)} tempat lain" if len(where) > TOLD else ""
        told.append(
            Fault(
                rule=one.id.replace("_", " "),
                outcome=LEADS_TO[one.outcome],
                cause=sentence(f"{number(len(lines))} baris: {one.cause}"),
                cure=sentence(one.cure),
                place=rows_in_words(where[:TOLD], sheets) + more,
                heavy=one.outcome == REFUSED,
            )
        )
    return tuple(told)


def _paper(contract: Contract, item: Mapping[str, Any], account: Mapping[str, Any], faults: tuple[Fault, ...]) -> Paper:
    refused, disputed = int(account["ditolak"]), int(account["sengketa"])
    if refused:
        verdict = f"{number(account['peristiwa'])} dari {number(account['baris'])} baris diambil; {number(refused)} dikembalikan."
        steps = [
            "Perbaiki baris bertanda ■ di bawah, lalu kirim baris itu saja sebagai berkas baru; baris yang sudah diambil tidak "
            "perlu dikirim lagi, dan bila terkirim lagi tidak dihitung dua kali."
        ]
    else:
        verdict, steps = f"semua {number(account['baris'])} baris diambil.", ["Tidak perlu mengirim ulang."]
    if disputed:
        steps.append("Baris yang bersengketa disimpan dan menunggu putusan; catatan yang keliru dibatalkan dengan baris baru.")
    return Paper(
        title=f"Tanda terima isi: {contract.name}",
        verdict=sentence(verdict),
        tone=BAD if refused else GOOD,
        steps=tuple(steps),
        faults=faults,
        counts=(
            ("Baris yang mendarat", number(account["baris"])),
            ("Menjadi peristiwa", number(account["peristiwa"])),
            ("Dikembalikan", number(refused)),
            ("Bersengketa, di antara peristiwa", number(disputed)),
            ("Diperiksa, di antara peristiwa", number(account["periksa"])),
            ("Orang yang belum dikenal, di antara peristiwa", number(account["belum_dikenal"])),
        ),
        facts=(
            ("Pengirim", contract.owner),
            ("Masa data", str(item["periode_data"])),
            ("Dicatat", day(account["dicatat"])),
            ("Nomor tanda terima", fingerprint(str(item["sha16"]))),
        ),
        foot=FOOT,
    )
