"""The three indicators of Kemensos' Renstra 2020–2024 that padanan data can tell, with numerator, denominator and target.

The targets are those of the document (Tabel 14–15); whether a year is on target is for its reader to say.
"""

from __future__ import annotations

from dataclasses import dataclass

from padanan.contracts.parts import INTEGRATED, with_role
from padanan.pages.table import Table, count, heads, row, share, table, text
from padanan.published.report import Report

YEARS = (2020, 2021, 2022, 2023, 2024)


@dataclass(frozen=True)
class Indicator:
    """One indicator: `part` of `whole`, what each counts, and its yearly targets in percent (empty: the document sets none)."""

    name: str
    part: int
    whole: int
    counted: str
    targets: tuple[int, ...] = ()


def indicators(report: Report) -> tuple[Indicator, ...]:
    """The indicators of one revision; a denominator of 0 means that it can't be measured (no DTKS in force, say)."""
    counted = with_role(report.contracts, INTEGRATED)
    own = counted.id if counted else ""
    source, kinds = report.source, {c.id: c.kind for c in report.contracts.values()}
    people = source.rows(
        """select count(distinct id_orang) as semua, count(distinct id_orang) filter (status in ('padan_nik', 'padan_bukti'))
        as padan from padanan_record where producer = ?""",
        own,
    )[0]
    kota = source.value(
        """select count(distinct r.kode_kota) from padanan_record r semi join wilayah w using (kode_kota)
        where r.producer = ?""",
        own,
    )
    programs = [contract_id for contract_id in report.facts.rows if kinds.get(contract_id) == "program"]
    served = source.rows(
        """select count(distinct r.id_orang) as semua, count(distinct r.id_orang) filter (s.terpilih) as tepat
        from padanan_record r left join sasaran s using (id_orang) where list_contains(?, r.producer)""",
        programs,
    )[0]
    delivered = own in report.facts.rows
    return (
        Indicator(
            "Individu di DTKS yang teridentifikasi pada data Adminduk",
            people["padan"],
            people["semua"],
            "orang berbeda di DTKS yang padan dengan penduduk Adminduk, dari semua orang berbeda di DTKS",
            (30, 40, 50, 60, 100),
        ),
        Indicator(
            "Daerah yang aktif melakukan pemutakhiran DTKS",
            kota,
            len(report.facts.kota_names) if delivered else 0,
            "kota dan kabupaten dengan catatan pada kiriman DTKS periode ini, dari semua kota dan kabupaten di DKI",
            (30, 40, 50, 70, 70),
        ),
        Indicator(
            "Ketepatan sasaran penerima program",
            served["tepat"],
            served["semua"],
            "orang berbeda penerima program yang masuk data sasaran, dari semua orang berbeda penerima program",
        ),
    )


def renstra_table(report: Report) -> Table:
    """The indicators as a table."""
    rows = [
        row(
            text(item.name, note=item.counted, more=(item.counted,)),
            count(item.part if item.whole else None),
            count(item.whole or None),
            share(item.part, item.whole),
            text(
                "; ".join(f"{year} {target}%" for year, target in zip(YEARS, item.targets, strict=True))
                if item.targets
                else "tidak ditetapkan"
            ),
        )
        for item in indicators(report)
    ]
    columns = heads("Indikator", "Pembilang#", "Penyebut#", "Capaian#", "Target Renstra 2020–2024")
    first, *others = columns
    return table(
        "tabel-renstra",
        "Indikator Renstra Kementerian Sosial 2020–2024 yang dapat dihitung dari padanan",
        (type(first)(first.name, more=("Yang dihitung",)), *others),
        rows,
        note="Renstra Kemensos 2020–2024, Tabel 14 dan 15. Renstra tidak menetapkan target ketepatan sasaran.",
    )
