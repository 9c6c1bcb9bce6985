"""Which kelurahan a share may be measured against: each of its cells stands in one usable row, or the kelurahan is not measured.

Delivering, judging and showing the population are tested with landing, gaps and the report.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from padanan.contracts.contract import load_contracts
from padanan.contracts.parts import DENOMINATOR, with_role

WHOLE, UNUSABLE, LACKING, DOUBLED = "3171011001", "3171011002", "3171011003", "3171011004"


def _cells(contract: Any) -> list[tuple[str, str]]:
    """One spelling of each sex with one of each age group."""
    spelt = [{code: raw for raw, code in contract.column(name).codes.items()} for name in ("jenis_kelamin", "kelompok_umur")]
    return list(product(*(found.values() for found in spelt)))


@pytest.mark.feature("F06")
def test_a_kelurahan_is_measured_when_each_cell_stands_in_one_usable_row(gudang_factory: Any) -> None:
    contract = with_role(load_contracts(), DENOMINATOR)
    assert contract is not None
    cells = _cells(contract)
    home = gudang_factory("penduduk")
    rows = [
        {"kode_kelurahan": place, "kelurahan": place, "jenis_kelamin": sex, "kelompok_umur": age, "jiwa": "10"}
        for place in (WHOLE, UNUSABLE, LACKING, DOUBLED)
        for sex, age in cells
    ]
    rows[len(cells)]["jiwa"] = "sepuluh"
    del rows[2 * len(cells)]
    rows.append(dict(rows[-1]))
    home.land(contract.id, rows)
    home.plan()
    home.dbt("build", "--select", "+penduduk_wilayah", "--exclude-resource-type", "test")
    got = home.rows("""
        select replace(kode_kelurahan, '.', ''), bool_and(lengkap), bool_or(lengkap), sum(jiwa)::int, sum(jumlah_baris)::int
        from penduduk_wilayah group by all order by all
    """)
    n = len(cells)
    assert got == [
        (WHOLE, True, True, 10 * n, n),
        (UNUSABLE, False, False, 10 * (n - 1), n - 1),
        (LACKING, False, False, 10 * (n - 1), n - 1),
        # both rows of the doubled cell are unusable: nobody knows which is right
        (DOUBLED, False, False, 10 * (n - 1), n - 1),
    ]
