"""The real families of a published revision: their sizes, adults and children, PKH and BPNT, and what a scenario adds to each.

Reading and summing is DuckDB's, over published Parquet; which figures may leave is decided in `covered`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from padanan.base.errors import PadananError
from padanan.base.sql import literal
from padanan.contracts.field_rules import FieldRules
from padanan.published.opened import Published
from padanan.simulation.document import CLASSES, deducted, khl_needs, topped_up
from padanan.simulation.parameters import Mode, Parameters

# What a family is known by, in the order of what it is taken from first.
KINDS = {
    "kartu": "Kartu keluarga Adminduk",
    "registri": "Keluarga di registri lain, tanpa kartu keluarga",
    "sendiri": "Orang tanpa keluarga di sumber mana pun, dihitung sendiri",
}
OUTSIDE = "-"
WHOLE = Decimal(1)

# A person of the data sasaran stands in one family: the card of the register, else the family of another registry, tied to that
# registry's card where it has one (`id_keluarga_gabung`), else alone. Counting every registry's families would count the same
# people up to four times. Members are those who are selected: their lines are what the budget pays.
_MEMBERS = """
create or replace temp table simulasi_anggota as
with lain as (
  select a.id_orang, min(k.id_keluarga_gabung) as id_keluarga
  from anggota_keluarga a join padanan_keluarga k on k.id_keluarga = a.id_keluarga
  join sasaran s on s.id_orang = a.id_orang where s.id_keluarga is null group by a.id_orang)
select s.id_orang, s.terpilih, s.desil, s.kelompok_umur, s.id_keluarga as kartu, l.id_keluarga as lain,
  coalesce(s.id_keluarga, l.id_keluarga, 'sendiri ' || s.id_orang) as keluarga,
  case when k.kode_kota is null then null else s.kode_kota end as kode_kota
from sasaran s left join lain l on l.id_orang = s.id_orang
left join (select distinct kode_kota from wilayah) k on k.kode_kota = s.kode_kota
"""
# Tagged by a record that names one of its people, selected or not, or its card: both programs serve families.
_FAMILIES = """
create or replace temp table simulasi_keluarga as
with penerima as (
  select producer, id_orang, id_keluarga from padanan_record where producer in ({cash}, {food}) and ({receives})),
tanda as (
  select distinct m.keluarga, p.producer from penerima p join simulasi_anggota m on m.id_orang = p.id_orang
  union select distinct id_keluarga, producer from penerima where id_keluarga is not null)
select m.keluarga,
  case when bool_or(m.kartu is not null) then 'kartu' when bool_or(m.lain is not null) then 'registri'
    else 'sendiri' end as jenis,
  coalesce(min(m.kode_kota), '{outside}') as kota, coalesce(min(m.desil)::varchar, '{outside}') as desil,
  count(*) filter (m.kelompok_umur is distinct from 'anak') as dewasa,
  count(*) filter (m.kelompok_umur = 'anak') as anak,
  count(*) filter (coalesce(m.kelompok_umur, 'tidak_diketahui') = 'tidak_diketahui') as umur_kosong,
  m.keluarga in (select keluarga from tanda where producer = {cash}) as tunai,
  m.keluarga in (select keluarga from tanda where producer = {food}) as pangan
from simulasi_anggota m where m.terpilih group by m.keluarga
"""
_CLASS = """case when tunai and pangan then 'PKH_BPNT' when tunai then 'PKH' when pangan then 'BPNT' else 'TANPA' end"""
_GROUPED = f"""
select kota, desil, jenis as kind, dewasa as adults, anak as children, {_CLASS} as tag, count(*) as count,
  sum(umur_kosong)::bigint as ageless
from simulasi_keluarga group by all order by all
"""


@dataclass(frozen=True)
class Scenario:
    """What a family needs and what is deducted, rupiah per month.

    `adult` and `child` are per person; `family` is per family (KHL), the others being 0 then.
    """

    name: str
    adult: Decimal
    child: Decimal
    family: Decimal
    given: Mapping[str, Decimal]

    def need(self, adults: int, children: int) -> Decimal:
        """What a family of so many needs a month."""
        return adults * self.adult + children * self.child + self.family

    def top_up(self, adults: int, children: int, kind: str) -> int:
        """What is paid to it, in whole rupiah; a half goes up. 0 where PKH and BPNT are more than it needs, never less."""
        found = topped_up(self.need(adults, children), self.given[kind])
        return int(found.quantize(WHOLE, ROUND_HALF_UP))

    def nothing(self, adults: int, children: int, kind: str) -> bool:
        """Whether PKH and BPNT are all that it needs, or more, so that nothing is added."""
        return self.top_up(adults, children, kind) == 0


@dataclass(frozen=True)
class Group:
    """Families that are alike in everything the simulation looks at, and how many they are."""

    kota: str
    desil: str
    kind: str
    adults: int
    children: int
    tag: str
    count: int
    ageless: int


@dataclass(frozen=True)
class Families:
    """All families of a revision's data sasaran, in groups of alike ones."""

    groups: tuple[Group, ...]
    people: int

    @property
    def count(self) -> int:
        """Families."""
        return sum(one.count for one in self.groups)

    def total(self, scenario: Scenario) -> int:
        """What all of them are paid a month, whole rupiah."""
        return sum(one.count * scenario.top_up(one.adults, one.children, one.tag) for one in self.groups)

    def without(self, scenario: Scenario) -> int:
        """Families whose deduction stops at 0."""
        return sum(one.count for one in self.groups if scenario.nothing(one.adults, one.children, one.tag))


def alternatives(parameters: Parameters, food_line: Decimal, mode: Mode) -> dict[str, Scenario]:
    """The scenarios by id: food line a head, by adults and children, and KHL for a family, each to the whole rupiah.

    With whole rupiah a head no family's own rounding stands in a sum, from which its size could be worked out.

    Args:
        food_line: GKM of the period, rupiah per person and month.
    """
    given, none = deducted(parameters, mode), Decimal(0)
    head, child = (part.quantize(WHOLE, ROUND_HALF_UP) for part in (food_line, food_line * parameters.child.part))
    found = {
        "gkm": Scenario("GKM per orang", head, head, none, given),
        "komposisi": Scenario("GKM dewasa dan anak", head, child, none, given),
    }
    return found | {
        key: Scenario(name, none, none, need.quantize(WHOLE, ROUND_HALF_UP), given) for key, name, need in khl_needs(parameters)
    }


def read_families(source: Published, parameters: Parameters, fields: FieldRules) -> Families:
    """The families of a revision.

    Raises:
        PadananError: nobody is selected, or people went missing between the data sasaran and the families.
        NotPublished: the publication is older than a column that is needed.
    """
    source.rows(_MEMBERS)
    program = {"cash": literal(parameters.cash.program), "food": literal(parameters.food.program)}
    source.rows(_FAMILIES.format(**program, receives=fields.penerima, outside=OUTSIDE))
    groups = tuple(Group(**row) for row in source.rows(_GROUPED))
    selected = source.value("select count(distinct id_orang) from sasaran where terpilih")
    people = sum(one.count * (one.adults + one.children) for one in groups)
    place = f"published/{source.periode.key}/rev-{source.revisi}"
    if not groups:
        raise PadananError("belum ada orang terpilih pada data sasaran revisi ini", file=place, cure="pilih revisi lain")
    if people != selected:
        raise PadananError(
            f"{selected} orang terpilih, tetapi {people} orang di keluarga-keluarganya",
            file=place,
            cure="laporkan: setiap orang terpilih harus dihitung tepat sekali",
        )
    return Families(groups, people)


def paid_each(source: Published, scenario: Scenario) -> int:
    """What all families are paid a month, summed family by family in DuckDB; `read_families` comes first.

    It is counted apart from `Families.total`, so that both can be compared to the rupiah.
    """
    given = " ".join(f"when '{name}' then {scenario.given[name]:f}::decimal(14, 2)" for name in CLASSES)
    parts = [f"{one:f}::decimal(14, 2)" for one in (scenario.adult, scenario.child, scenario.family)]
    need = f"dewasa * {parts[0]} + anak * {parts[1]} + {parts[2]}"
    query = f"""
        select sum(greatest(round(({need}) - case {_CLASS} {given} end, 0), 0)::decimal(18, 0))::varchar as dibayar
        from simulasi_keluarga"""
    return int(Decimal(source.rows(query)[0]["dibayar"]))


def reconciled(source: Published, found: Families, scenarios: Sequence[Scenario]) -> None:
    """Proves that families one by one and groups give the same sum.

    Raises:
        PadananError: they differ, by a rupiah or more.
    """
    for scenario in scenarios:
        each, grouped = paid_each(source, scenario), found.total(scenario)
        if each != grouped:
            raise PadananError(
                f"jumlah per keluarga dan per golongan berbeda {abs(each - grouped)} rupiah ({scenario.name})",
                file=f"published/{source.periode.key}/rev-{source.revisi}",
                cure="laporkan: kedua jumlah harus sama sampai satu rupiah",
            )
