"""The three indicators of Kemensos' Renstra 2020–2024 that padanan data can tell, with numerator, denominator and target.

The targets are those of the document (`expectations/renstra.yaml`); whether a year is on target is for its reader to say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from padanan.contracts.parts import INTEGRATED, with_role
from padanan.contracts.renstra import load_renstra
from padanan.pages.table import Table, count, heads, row, share, table, text
from padanan.published.activity import Activity
from padanan.published.report import Report
from padanan.published.targeting import Targeting
from padanan.review.report.activity_tables import active_kotas

_ACTIVE = (
    "kota dan kabupaten yang memperbarui cukup banyak catatan DTKS di cukup banyak kelurahan sejak periode sebelumnya, dari "
    "semua yang dapat dinilai"
)


@dataclass(frozen=True)
class Indicator:
    """One indicator: `part` of `whole`, what each counts, and its yearly targets in percent (empty: the document sets none)."""

    name: str
    part: int
    whole: int
    counted: str
    targets: Mapping[int, int] = field(default_factory=dict)


def indicators(report: Report, served: Targeting | None, updates: Activity | None) -> tuple[Indicator, ...]:
    """The indicators of one revision; a denominator of 0 means that it can't be measured (no DTKS in force, say).

    Args:
        served: who receives poverty programs; None where the publication does not tell.
        updates: what of DTKS was updated; None where nothing came before.
    """
    counted = with_role(report.contracts, INTEGRATED)
    own = counted.id if counted else ""
    source = report.source
    people = source.rows(
        """select count(distinct id_orang) as semua, count(distinct id_orang) filter (status in ('padan_nik', 'padan_bukti'))
        as padan from padanan_record where producer = ?""",
        own,
    )[0]
    active, judged = active_kotas(report, updates)
    targets = load_renstra().target
    return (
        Indicator(
            "Individu di DTKS yang teridentifikasi pada data Adminduk",
            people["padan"],
            people["semua"],
            "orang berbeda di DTKS yang padan dengan penduduk Adminduk, dari semua orang berbeda di DTKS",
            targets.identified,
        ),
        Indicator(
            "Daerah yang aktif melakukan pemutakhiran DTKS",
            active,
            judged,
            _ACTIVE if judged else f"{_ACTIVE}; belum diukur karena belum ada periode sebelumnya yang memuat DTKS",
            targets.active,
        ),
        Indicator(
            "Ketepatan sasaran penerima program",
            served.inside if served else 0,
            served.people if served else 0,
            "orang berbeda yang menerima program untuk penduduk miskin dan masuk data sasaran, dari semua penerima program itu",
        ),
    )


def renstra_table(report: Report, served: Targeting | None, updates: Activity | None) -> Table:
    """The indicators as a table."""
    rows = [
        row(
            text(item.name, note=item.counted, more=(item.counted,)),
            count(item.part if item.whole else None),
            count(item.whole or None),
            share(item.part, item.whole),
            text("; ".join(f"{year} {target}%" for year, target in item.targets.items()) if item.targets else "tidak ditetapkan"),
        )
        for item in indicators(report, served, updates)
    ]
    columns = heads("Indikator", "Pembilang#", "Penyebut#", "Capaian#", "Target Renstra 2020–2024")
    first, *others = columns
    return table(
        "tabel-renstra",
        "Indikator Renstra Kemensos 2020–2024 yang dapat dihitung dari padanan",
        (type(first)(first.name, more=("Yang dihitung",)), *others),
        rows,
        note="Renstra Kemensos 2020–2024, Tabel 14 dan 15. Renstra tidak menetapkan target ketepatan sasaran.",
    )
