"""How many people and families another criterion would select, counted over one published revision in set-based queries.

What was agreed stands in the manifest; wording and covering of small cells are the page's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import permutations
from typing import Any

from padanan.base.sql import literal
from padanan.published.opened import Published

RETURNED = "sumber_desil = 'desil'"
"""Where the ranking body's answer speaks: no order of the registries touches it."""
NEEDED = ("desil", "asal_desil", "di_dki", "ktp_pendatang", "sumber_domisili", "meninggal_terverifikasi", "kode_kota")
DESILS = range(1, 11)


@dataclass(frozen=True)
class Variant:
    """One other criterion: what it asks, and the people and families that it would select."""

    kind: str
    name: str
    people: int
    families: int


@dataclass(frozen=True)
class Sensitivity:
    """People by what another criterion would select.

    Attributes:
        limit: the agreed limit.
        desils: people by (desil, kota code or '') who pass every criterion but the limit.
        families: families with such a person, by limit; a person without a card is a family of their own.
        variants: one criterion changed at a time, the others as agreed.
        residents: people who aren't known to live outside DKI: what a share is a share of.
        now: people and families selected.
    """

    limit: int
    desils: Mapping[tuple[int, str], int]
    families: Mapping[int, int]
    variants: tuple[Variant, ...]
    residents: int
    now: tuple[int, int]

    def up_to(self, limit: int) -> int:
        """People whose desil is known and not above a limit."""
        return sum(n for (desil, _), n in self.desils.items() if desil <= limit)


def measure(source: Published, reference: str, names: Mapping[str, str]) -> Sensitivity | None:
    """Counts one publication; None where it is from before its criteria were recorded.

    Args:
        reference: id of the contract whose residents everybody is matched with.
        names: contract id -> name.
    """
    agreed = source.manifest.get("kriteria") or {}
    if "sumber_desil" not in agreed or not source.has("padanan_orang", *NEEDED):
        return None
    orders = _orders(agreed["sumber_desil"])
    _judged(source, agreed, reference, orders)
    desils = source.rows(
        "select desil, coalesce(kode_kota, '') as kota, count(*) as n from kepekaan where lain and desil > 0 group by all"
    )
    families = source.rows(
        """select desil, count(*) as n
        from (select min(desil) as desil from kepekaan where lain and desil > 0 group by keluarga) group by all"""
    )
    first = {row["desil"]: row["n"] for row in families}
    asked = {
        **{("urutan", " lalu ".join(names.get(one, one) for one in order)): f"urutan_{n}" for n, order in enumerate(orders)},
        ("warisan", "Tanpa warisan: hanya desil pada rekaman orang itu sendiri"): "tanpa_warisan",
        ("domisili", "Domisili belum diketahui tidak masuk"): "domisili_pasti",
        ("domisili", "KTP pendatang masuk"): "dengan_pendatang",
        ("domisili", "KTP pendatang tidak masuk"): "tanpa_pendatang",
        ("domisili", "Hanya yang dicatat registri acuan di DKI Jakarta"): "acuan_saja",
    }
    columns = ", ".join(
        f"count(*) filter ({column}) as o_{column}, count(distinct keluarga) filter ({column}) as k_{column}"
        for column in asked.values()
    )
    [found] = source.rows(
        f"""select {columns}, count(*) filter (di_dki is not false or ktp_pendatang) as semua,
        count(*) filter (terpilih) as o_now, count(distinct keluarga) filter (terpilih) as k_now from kepekaan"""
    )
    return Sensitivity(
        limit=int(agreed["batas"]),
        desils={(row["desil"], row["kota"]): row["n"] for row in desils},
        families={limit: sum(n for desil, n in first.items() if desil <= limit) for limit in DESILS},
        variants=tuple(Variant(*key, found[f"o_{column}"], found[f"k_{column}"]) for key, column in asked.items()),
        residents=found["semua"],
        now=(found["o_now"], found["k_now"]),
    )


def _orders(sources: list[str]) -> list[tuple[str, ...]]:
    """Every order of the agreed sources and each of them alone; of more than three only the agreed one and its reverse."""
    whole = list(permutations(sources)) if len(sources) <= 3 else [tuple(sources), tuple(reversed(sources))]
    return [*whole, *((one,) for one in sources if len(sources) > 1)]


def _judged(source: Published, agreed: Mapping[str, Any], reference: str, orders: list[tuple[str, ...]]) -> None:
    """The table `kepekaan`, one row a person: the answers of all other criteria side by side, in two passes over the records."""
    limit = int(agreed["batas"])
    own = ", ".join(f"min(desil) filter (producer = {literal(one)}) as d{n}" for n, one in enumerate(agreed["sumber_desil"]))
    place = {one: f"d{n}" for n, one in enumerate(agreed["sumber_desil"])}
    enters = "(desil is null and terpilih)"
    here = "di_dki is not false"
    newcomers = "or ktp_pendatang" if agreed["ktp_pendatang"] == "masuk" else ""
    # Who inherits keeps what was inherited under the agreed order; a source that is left out gives nothing.
    chosen = [
        f"coalesce(case when {RETURNED} then desil end, {', '.join(place[one] for one in order)}, "
        "case when asal_desil <> 'langsung' and sumber_desil in "
        f"({', '.join(literal(one) for one in order)}) then desil end)"
        for order in orders
    ]
    poor = f"(desil <= {limit} or {enters})"
    source.rows(
        f"""create or replace temp table kepekaan as
        with milik as (select id_orang, {own} from padanan_record where desil is not null group by id_orang),
        orang as (
            select o.id_orang, o.desil, o.asal_desil, o.sumber_desil, o.di_dki, o.ktp_pendatang, o.sumber_domisili, o.kode_kota,
                not o.meninggal_terverifikasi as hidup, coalesce(s.id_keluarga, o.id_orang) as keluarga, s.terpilih,
                m.* exclude (id_orang)
            from padanan_orang o join sasaran s using (id_orang) left join milik m using (id_orang)
        )
        select *, coalesce(hidup and ({here} {newcomers}), false) as lain,
            {
            ", ".join(f"coalesce(lain and ({sql} <= {limit} or {enters}), false) as urutan_{n}" for n, sql in enumerate(chosen))
        },
            coalesce(lain and ((asal_desil in ('langsung', 'balikan') and desil <= {limit}) or {enters}), false) as tanpa_warisan,
            coalesce(lain and di_dki is not null and {poor}, false) as domisili_pasti,
            coalesce(hidup and ({here} or ktp_pendatang) and {poor}, false) as dengan_pendatang,
            coalesce(hidup and {here} and {poor}, false) as tanpa_pendatang,
            coalesce(lain and di_dki and sumber_domisili = {literal(reference)} and {poor}, false) as acuan_saja
        from orang"""
    )
