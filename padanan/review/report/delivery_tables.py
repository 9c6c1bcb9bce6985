"""The index's tables of deliveries: what came, late, held or not at all, and the account of rows by stage.

Judging a delivery was done when it landed; the account is compared here, not made.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from padanan.base import format as id_format
from padanan.pages import words
from padanan.pages.table import Cell, Column, Row, Table, count, dated, heads, row, table, text
from padanan.published.deliveries import ProducerDeliveries
from padanan.published.report import Report

MOST_NOTES = 6
_COUNTS = {"masuk": "Masuk", "lanjut": "Terus", "disisihkan": "Sisih"}


def arrivals(report: Report) -> Table:
    """One line a producer."""
    columns = (
        Column("Produsen", more=("Pemilik",)),
        *heads("Keadaan", "Data bulan", "Diterima", "Tenggat", "Berkas#", "Baris diteruskan#", "Catatan kiriman"),
    )
    return table(
        "tabel-kiriman",
        "Apa yang datang, terlambat, ditahan, belum ada, atau tidak berlaku",
        columns,
        [_arrival(item) for item in report.deliveries.values()],
        label="Kiriman produsen",
    )


def _arrival(item: ProducerDeliveries) -> Row:
    word, symbol, css = words.DELIVERY_STATES[item.state]
    notes = [str(flag.get("pesan", "")) for flag in item.flags if flag.get("rule_id") != "terlambat"]
    late = [delivery for delivery in item.used if delivery.late and delivery.diterima and item.due]
    days = max(((delivery.diterima - item.due).days for delivery in late if delivery.diterima and item.due), default=0)
    if item.state == "terlambat" and days > 0:
        whole = len(late) == len(item.used)
        word = (
            f"terlambat {days} hari" if whole else f"{len(late)} dari {len(item.used)} berkas terlambat, paling lama {days} hari"
        )
    if item.waiting and item.used:
        notes.insert(0, f"{len(item.waiting)} kiriman lain ditahan atau dikarantina")
    if item.carried:
        word = f"terbawa dari {'; '.join(map(id_format.month, item.carried))}"
    if item.too_old:
        notes.insert(0, f"kiriman {'; '.join(map(id_format.month, item.too_old))} terlalu tua dan tidak dibaca")
    months = sorted({delivery.periode_data for delivery in item.used})
    more = [f"dan {len(notes) - MOST_NOTES} tanda lain"] if len(notes) > MOST_NOTES else []
    return row(
        Cell(item.contract.name, note=item.contract.owner, more=(item.contract.owner,)),
        Cell(word, None, f"{css} satu" if len(word) < 20 else css, symbol),
        text("; ".join(id_format.month(month) for month in months)),
        dated(item.last, short=True),
        dated(item.due if item.in_force else None, short=True),
        count(len(item.used) if item.used else None),
        count(item.rows_on if item.used else None),
        Cell("–", None, "teks", items=(*notes[:MOST_NOTES], *more)),
        produsen=item.contract.id,
        keadaan=item.state,
    )


def account(report: Report) -> Table:
    """One line a producer, three counts a stage; a stage that a producer has no account of stays empty."""
    found = {(line["producer"], line["tahap"]): line for line in report.facts.account}
    stages = [stage for stage in words.STAGES if any(key[1] == stage for key in found)]
    stages += sorted({key[1] for key in found} - set(stages))
    known = [name for name in report.contracts if any(key[0] == name for key in found)]
    producers = known + sorted({key[0] for key in found} - set(known))
    columns = [Column("Produsen")]
    for stage in stages:
        columns += [
            Column(name, "n awal" if key == "masuk" else "n", group=words.STAGES.get(stage, stage))
            for key, name in _COUNTS.items()
        ]
    rows = []
    for producer in producers:
        name = report.contracts[producer].name if producer in report.contracts else producer
        lines = [found.get((producer, stage)) for stage in stages]
        rows.append(row(text(name), *_counts(stages, lines), produsen=producer))
    totals: list[Mapping[str, Any] | None] = [
        {key: sum(line[key] for (_, at), line in found.items() if at == stage) for key in _COUNTS} for stage in stages
    ]
    foot = [row(text("Jumlah"), *_counts(stages, totals))]
    return table(
        "tabel-neraca",
        "Baris masuk, diteruskan dan disisihkan per tahap",
        [*columns, Column("Periksa")],
        rows,
        foot=foot,
        label="Neraca baris",
    )


def _counts(stages: list[str], lines: list[Mapping[str, Any] | None]) -> list[Cell]:
    cells = []
    for stage, line in zip(stages, lines, strict=True):
        for key in _COUNTS:
            value = line[key] if line else None
            cells.append(count(value, css="awal" if key == "masuk" else "", nilai=f"{stage}-{key}"))
    whole = all(line is None or line["masuk"] == line["lanjut"] + line["disisihkan"] for line in lines)
    return [*cells, Cell("cocok", None, "satu baik", "●") if whole else Cell("tidak cocok", None, "satu buruk", "■")]
