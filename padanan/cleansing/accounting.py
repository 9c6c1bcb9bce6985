"""The account of rows: proves over the table `row_account` that no stage lost or invented a row.

Each stage counts for itself and writes its line; this module only adds up, and never counts rows of the data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from padanan.base.errors import PadananError

if TYPE_CHECKING:
    import duckdb

    from padanan.base.home import Home

TABLE = "row_account"


@dataclass(frozen=True)
class Violation:
    """One place where the account doesn't add up; `expected` and `found` are numbers of rows."""

    periode: str
    revisi: int
    tahap: str
    producer: str
    kind: str
    expected: int | None
    found: int | None

    def __str__(self) -> str:
        numbers = "" if self.expected is None or self.found is None else f" (seharusnya {self.expected}, ada {self.found})"
        return f"{self.producer} pada tahap {self.tahap} ({self.periode}, revisi {self.revisi}): {KINDS[self.kind]}{numbers}"


KINDS = {
    "tidak_seimbang": "baris masuk tidak sama dengan baris lanjut ditambah sisih",
    "tanpa_angka": "ada hitungan yang kosong atau negatif",
    "tanpa_alasan": "baris disisihkan tanpa alasan",
    "beda_antar_baris": "satu tahap menulis jumlah masuk atau lanjut yang berbeda",
    "putus": "baris lanjut tidak sama dengan baris masuk tahap berikutnya",
    "tahap_hilang": "tahap tidak menulis hitungannya",
    "kosong": "tabel hitungan baris tidak berisi",
}

# One line per (stage, producer), or one per reason: then `masuk` and `lanjut` stand on each, the aside is that reason's.
_STAGES = """
    select
        periode, revisi, tahap, producer,
        min(masuk) as masuk, max(masuk) as masuk_maks, min(lanjut) as lanjut, max(lanjut) as lanjut_maks,
        coalesce(sum({aside}), 0)::bigint as sisih,
        bool_or(masuk is null or lanjut is null or {aside} is null or masuk < 0 or lanjut < 0 or {aside} < 0) as rusak,
        coalesce(sum({aside}) filter (where {aside} > 0 and {unexplained}), 0)::bigint as tanpa_alasan
    from {table}
    group by all
"""

_CHECKS = """
with tahapan as ({stages}),
urutan as (select unnest($stages) as tahap, unnest(range(1, len($stages) + 1)) as nomor),
bernomor as (select tahapan.*, urutan.nomor from tahapan join urutan using (tahap)),
producer as (select distinct periode, revisi, producer from tahapan),
wajib as (select producer.*, urutan.tahap from producer cross join urutan),
hasil as (
    select periode, revisi, tahap, producer, 'tanpa_angka' as kind, null::bigint as expected, null::bigint as found
    from tahapan where rusak
    union all
    select periode, revisi, tahap, producer, 'tidak_seimbang', masuk, lanjut + sisih
    from tahapan where not rusak and masuk <> lanjut + sisih
    union all
    select periode, revisi, tahap, producer, 'beda_antar_baris',
        case when masuk <> masuk_maks then masuk else lanjut end,
        case when masuk <> masuk_maks then masuk_maks else lanjut_maks end
    from tahapan where not rusak and (masuk <> masuk_maks or lanjut <> lanjut_maks)
    union all
    select periode, revisi, tahap, producer, 'tanpa_alasan', 0, tanpa_alasan from tahapan where tanpa_alasan > 0
    union all
    select awal.periode, awal.revisi, akhir.tahap, awal.producer, 'putus', awal.lanjut, akhir.masuk
    from bernomor as awal
    join bernomor as akhir using (periode, revisi, producer)
    where akhir.nomor = awal.nomor + 1 and awal.lanjut is distinct from akhir.masuk
    union all
    select wajib.periode, wajib.revisi, wajib.tahap, wajib.producer, 'tahap_hilang', 1, 0
    from wajib anti join tahapan using (periode, revisi, tahap, producer)
    -- A producer none of whose rows went on has nothing to count afterwards.
    where (periode, revisi, producer) not in (select (periode, revisi, producer) from tahapan where lanjut = 0)
)
select * from hasil order by all
"""


def account_violations(con: duckdb.DuckDBPyConnection, stages: tuple[str, ...] = (), table: str = TABLE) -> list[Violation]:
    """Everything in the account that doesn't add up: in = on + aside, and on = in of the next stage.

    Args:
        con: a connection on the warehouse, or on anything that holds the table.
        stages: stage names in order, for those whose `lanjut` must be the next one's `masuk`; every producer of the
            account must then have a line in each. Without it only each line is checked.
        table: table or `read_parquet(...)` with columns periode, revisi, tahap, producer, masuk, lanjut, disisihkan
            (or sisih) and, where lines are per reason, alasan; a line aside without reason is then a violation.

    Returns:
        Violations in a fixed order; none when the account is right. An empty account is a violation too.

    Raises:
        PadananError: there is no such table, or it lacks a column.
    """
    import duckdb

    try:
        columns = {row[0] for row in con.execute(f"describe select * from {table}").fetchall()}
        query = _STAGES.format(
            table=table,
            aside="sisih" if "sisih" in columns else "disisihkan",
            unexplained="coalesce(trim(alasan), '') = ''" if "alasan" in columns else "false",
        )
        rows = con.execute(_CHECKS.format(stages=query), {"stages": list(stages)}).fetchall()
        empty = not rows and con.execute(f"select count(*) from {table}").fetchall()[0][0] == 0
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        kind = type(error).__name__
        rows, empty = None, False
    if rows is None:
        raise PadananError(
            f"tabel {table} tidak ada atau tidak lengkap ({kind})", file="warehouse", cure="jalankan dbt review untuk periode ini"
        )
    if empty:
        return [Violation("-", 0, "-", "-", "kosong", None, 0)]
    return [Violation(str(row[0]), int(row[1]), *row[2:]) for row in rows]


def judged_account(home: Home, stages: tuple[str, ...]) -> tuple[list[Violation], int]:
    """The violations in the warehouse's own account, and how many lines (producer and stage) were judged.

    Raises:
        WarehouseLocked: another process holds the file.
        PadananError: there is no warehouse yet.
    """
    from padanan.base.warehouse import connect_warehouse

    with connect_warehouse(home) as con:
        return account_violations(con, stages), con.execute(f"select count(*) from {TABLE}").fetchall()[0][0]
