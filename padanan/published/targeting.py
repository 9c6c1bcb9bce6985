"""Ketepatan sasaran of one revision: how many recipients of poverty programs are in the data sasaran, how much of it they reach.

Which program is one says its contract (`program.kemiskinan`), who receives `lapangan.yaml`; how it is shown, the pages.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from padanan.contracts.contract import Contract
from padanan.contracts.contract_file import Program
from padanan.contracts.field_rules import load_field_rules
from padanan.published.groups import OUTSIDE
from padanan.published.opened import Published

INSIDE, OUT = "tepat", "luar"
"""A recipient in the data sasaran, and one who is not."""


@dataclass(frozen=True)
class Targeting:
    """Distinct people who receive, by whether they are in the data sasaran.

    Attributes:
        by_program: (contract id, `INSIDE` or `OUT`) -> people; one person may receive from several.
        by_kota: (kota code or `OUTSIDE`, the same) -> people, each once, where they live.
        target: kota code or `OUTSIDE` -> people of the data sasaran, the other denominator.
        programs: the programs that were counted, in the order of the contracts.
    """

    by_program: Mapping[tuple[str, str], int]
    by_kota: Mapping[tuple[str, str], int]
    target: Mapping[str, int]
    programs: tuple[str, ...]

    @property
    def inside(self) -> int:
        """Recipients in the data sasaran, each once."""
        return sum(number for (_, side), number in self.by_kota.items() if side == INSIDE)

    @property
    def people(self) -> int:
        """All recipients, each once."""
        return sum(self.by_kota.values())

    @property
    def selected(self) -> int:
        """All people of the data sasaran."""
        return sum(self.target.values())


class _HasProgram(Protocol):
    """A contract, of this checkout or of a run's plan."""

    @property
    def id(self) -> str: ...
    @property
    def program(self) -> Mapping[str, Any]: ...


def poverty_programs(contracts: Iterable[_HasProgram]) -> tuple[str, ...]:
    """The programs whose recipients are meant to be poor."""
    return tuple(one.id for one in contracts if one.program and Program.model_validate(dict(one.program)).kemiskinan)


def receiving(who: str, table: str = "padanan_record") -> str:
    """A query of (producer, record_key, id_orang, status_program): the records of programs that receive.

    Its one placeholder takes the list of programs.

    Args:
        who: the predicate of `lapangan.yaml` over a program's record.
        table: where the records are.
    """
    return f"""select producer, record_key, id_orang, status_program from {table}
        where list_contains(?, producer) and ({who})"""


def measure(source: Published, contracts: Mapping[str, Contract], delivered: Collection[str]) -> Targeting:
    """Counts one publication.

    Args:
        delivered: the producers whose records the publication holds; a program that delivered nothing is no line.

    Raises:
        NotPublished: the publication is older than the status of a program's record.
    """
    programs = tuple(name for name in poverty_programs(contracts.values()) if name in delivered)
    side = f"case when s.terpilih then '{INSIDE}' else '{OUT}' end as sisi"
    place = f"coalesce(k.kode_kota, '{OUTSIDE}') as kota"
    kota = "left join (select distinct kode_kota from wilayah) k on k.kode_kota = s.kode_kota"
    receivers = f"({receiving(load_field_rules().penerima)}) p join sasaran s on s.id_orang = p.id_orang"
    by_program = source.rows(
        f"select p.producer, {side}, count(distinct p.id_orang) as n from {receivers} group by all", list(programs)
    )
    by_kota = source.rows(
        f"select {place}, {side}, count(distinct p.id_orang) as n from {receivers} {kota} group by all", list(programs)
    )
    target = source.rows(f"select {place}, count(*) as n from sasaran s {kota} where s.terpilih group by all")
    return Targeting(
        {(row["producer"], row["sisi"]): row["n"] for row in by_program},
        {(row["kota"], row["sisi"]): row["n"] for row in by_kota},
        {row["kota"]: row["n"] for row in target},
        programs,
    )
