"""The overlap of the registries: people and families by the exact set of registries that know them.

The counts come from the published `overlap` table; drawing is in `svg`, covering in `cells`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from padanan.base.format import listed
from padanan.base.suppress import Cover
from padanan.contracts.parts import Registry
from padanan.published.opened import Published

UNITS = ("orang", "keluarga")
ALL = "semua"


@dataclass(frozen=True)
class Overlap:
    """One unit's counts: (kota code, set of registries) -> how many; covered cells have the same keys, None for all sets.

    Attributes:
        names: the registries that the publication counts, by id, in the order of pictures.
        absent: names of registries that this publication did not count yet.
    """

    unit: str
    counts: Mapping[tuple[str, frozenset[str]], int]
    names: Mapping[str, str]
    absent: tuple[str, ...] = ()
    covered: Mapping[tuple[str, frozenset[str] | None], Cover] = field(default_factory=dict)

    def sets(self, kota: str = ALL) -> list[tuple[frozenset[str], int]]:
        """The non-empty sets of a kota (or of all), largest first; covered ones last, so that their place tells nothing."""
        found = [(members, count) for (code, members), count in self.counts.items() if code == kota and count]

        def place(item: tuple[frozenset[str], int]) -> tuple[int, int, list[str]]:
            mark = self.covered.get((kota, item[0]))
            return (0, -item[1], sorted(item[0])) if mark is None else (1, 0, sorted(item[0]))

        return sorted(found, key=place)

    def total(self, kota: str = ALL) -> int:
        """Everyone in at least one registry."""
        return sum(count for _, count in self.sets(kota))

    def within(self, registry: str, kota: str = ALL) -> int:
        """Everyone in one registry."""
        return sum(count for members, count in self.sets(kota) if registry in members)


def build(source: Published, registries: Mapping[str, Registry]) -> dict[str, Overlap]:
    """The overlap by unit; places that are no kota of DKI are one group.

    Raises:
        NotPublished: the publication lacks what every set is counted from.
    """
    if not source.has("overlap"):
        return {unit: Overlap(unit, {}, {}, tuple(item.name for item in registries.values())) for unit in UNITS}
    names = {key: item.name for key, item in registries.items() if source.has("overlap", key)}
    absent = tuple(item.name for key, item in registries.items() if key not in names)
    query = f"""
        select satuan, coalesce(k.kode_kota, '-') as kota, {", ".join(names)}, sum(jumlah)::bigint as jumlah
        from overlap o left join (select distinct kode_kota from wilayah) k on k.kode_kota = o.kode_wilayah
        where o.tingkat = 'kota' group by all
    """
    counts: dict[str, dict[tuple[str, frozenset[str]], int]] = {unit: {} for unit in UNITS}
    for row in source.rows(query):
        members = frozenset(name for name in names if row[name])
        for code in (row["kota"], ALL):
            own = counts[row["satuan"]]
            own[code, members] = own.get((code, members), 0) + row["jumlah"]
    return {unit: Overlap(unit, own, names, absent) for unit, own in counts.items()}


def set_name(members: frozenset[str], names: Mapping[str, str]) -> str:
    """`Adminduk, DTKS dan Carik` or `Hanya Adminduk`."""
    own = [told for name, told in names.items() if name in members]
    return f"Hanya {own[0]}" if len(own) == 1 else listed(own)


def set_key(members: frozenset[str]) -> str:
    """The set as a stable id in the page, for readers that are programs."""
    return "+".join(sorted(members))
