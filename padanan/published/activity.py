"""How much of the integrated registry was updated since the period before, by place: what "daerah aktif" is measured by (F46).

An update is a person who came, went, or whose NIK, family card, relation to the head or kelurahan changed: what two publications
hold of a record. What share makes a place active says `expectations/renstra.yaml`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.contracts.renstra import Activeness
from padanan.published.groups import OUTSIDE
from padanan.published.opened import Published
from padanan.published.pseudonyms import today

Place = tuple[str, ...]
"""(kota, kecamatan); `OUTSIDE` where none of DKI is known."""
# The same person may stand in a file several times: least and greatest of the lines' marks say whether any of them changed.
_SIDE = """select entity_key, min(isi) as isi_kecil, max(isi) as isi_besar, min(kode_kelurahan) as kode_kelurahan,
    min(kode_kecamatan) as kode_kecamatan, min(kode_kota) as kode_kota
    from (select *, hash(nik_key, kk_key, shdk, kode_kelurahan) as isi from {table} where producer = $1) group by entity_key"""
_QUERY = """
with kini as ({now}), lalu as ({before}),
dua as (
  select k.entity_key is null as keluar, l.entity_key is null as masuk,
    k.isi_kecil is distinct from l.isi_kecil or k.isi_besar is distinct from l.isi_besar as beda,
    coalesce(k.kode_kelurahan, l.kode_kelurahan) as kode_kelurahan,
    coalesce(k.kode_kecamatan, l.kode_kecamatan) as kode_kecamatan,
    coalesce(k.kode_kota, l.kode_kota) as kode_kota
  from kini k full join lalu l using (entity_key)
)
select coalesce(w.kode_kota, v.kode_kota, '{outside}') as kota, coalesce(w.kode_kecamatan, '{outside}') as kecamatan,
  w.kode_kelurahan as kelurahan, count(*) as n, count(*) filter (beda) as berubah
from dua d left join wilayah w on w.kode_kelurahan = d.kode_kelurahan
left join (select distinct kode_kota from wilayah) v on v.kode_kota = d.kode_kota
group by all order by all
"""


@dataclass
class Updates:
    """Records of either period, those that came, went or changed, and of the judged kelurahan how many are active."""

    records: int = 0
    updated: int = 0
    judged: int = 0
    active: int = 0

    def add(self, other: Updates) -> None:
        """Adds what another place has."""
        self.records += other.records
        self.updated += other.updated
        self.judged += other.judged
        self.active += other.active


@dataclass(frozen=True)
class Activity:
    """The updates of a registry since an earlier publication."""

    since: str
    places: Mapping[Place, Updates]
    rule: Activeness
    kotas: Mapping[str, Updates] = field(default_factory=dict)

    def active(self, kota: str) -> bool | None:
        """Whether a kota is active; None where no kelurahan of it could be judged."""
        found = self.kotas.get(kota, Updates())
        return found.active >= self.rule.kelurahan * found.judged if found.judged else None


def measure(
    home: Home, source: Published, producer: str, earlier: tuple[Periode, int] | None, name: str, rule: Activeness
) -> Activity | None:
    """Compares one producer's records with those of an earlier publication.

    Args:
        earlier: the publication of the period before, `name` in words.

    Returns:
        None where there is none before, or it holds no record of that producer: then nothing can be said.
    """
    if earlier is None or not source.value("select count(*) from padanan_record where producer = ?", producer):
        return None
    table = today(home, source.con, earlier, "padanan_record", other=source.manifest)
    if not source.value(f"select count(*) from {table} where producer = ?", producer):
        return None
    query = _QUERY.format(now=_SIDE.format(table="padanan_record"), before=_SIDE.format(table=table), outside=OUTSIDE)
    places: dict[Place, Updates] = {}
    kotas: dict[str, Updates] = {}
    for row in source.rows(query, producer):
        found = Updates(row["n"], row["berubah"])
        if row["kelurahan"] is not None and row["n"] >= rule.least:
            found.judged = 1
            found.active = int(row["berubah"] >= max(rule.share * row["n"], rule.updated))
        places.setdefault((row["kota"], row["kecamatan"]), Updates()).add(found)
        kotas.setdefault(row["kota"], Updates()).add(found)
    return Activity(name, places, rule, kotas)
