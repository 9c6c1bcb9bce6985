"""The figures of the report outside the wilayah tables: grouped queries over one published revision.

How they are worded and laid out is in `pages` and the templates; contracts give the names and thresholds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import sqrt
from statistics import NormalDist
from typing import Any

from padanan.base.errors import PadananError
from padanan.contracts.contract import Contract
from padanan.contracts.rules import DIMENSIONS, Rule
from padanan.published.opened import SUPPORTING_STATUS, Published

NO_KOTA = ""
# Dimensions that rules measure; ketepatan waktu comes from the deliveries.
RULED = tuple(code for code in DIMENSIONS if code != "T")


@dataclass(frozen=True)
class RuleCount:
    """What one rule found at one producer: records that fail, records it speaks about, distinct people behind the first, and
    those of them in the data sasaran.
    """

    producer: str
    rule: Rule
    gagal: int
    total: int
    orang: int
    terpilih: int = 0

    @property
    def rate(self) -> float:
        """Share of failing records among those the rule speaks about."""
        return self.gagal / self.total if self.total else 0.0


@dataclass(frozen=True)
class KotaCount:
    """One (producer, rule, kota); `NO_KOTA` holds the records without an address in DKI, measured against the whole delivery."""

    producer: str
    rule: Rule
    kota: str
    gagal: int
    total: int
    orang: int
    terpilih: int = 0
    """Distinct people of the data sasaran behind the failing records."""

    @property
    def rate(self) -> float:
        """Share of failing records."""
        return self.gagal / self.total if self.total else 0.0

    @property
    def over(self) -> bool:
        """The rate passes the contract's threshold: a penghalang or a catatan kecil."""
        return self.gagal > 0 and self.rate > self.rule.threshold

    @property
    def blocker(self) -> bool:
        """A penghalang: over the threshold by enough records and beyond chance, or a selected person has a gap
        of level `blok` there.
        """
        enough = self.gagal >= self.rule.minimum and lower_bound(self.gagal, self.total) > self.rule.threshold
        return self.over and (enough or (self.rule.level == "blok" and self.terpilih > 0))

    def with_failed(self, failed: int) -> KotaCount:
        """The same with another count of failing records."""
        return replace(self, gagal=failed)

    @property
    def minor(self) -> bool:
        """A catatan kecil: over the threshold, but by few records or perhaps by chance, and no selected person is blocked."""
        return self.over and not self.blocker


# Penghalang as a table to join records to (parameters: `as_table`), never a list to look through a record at a time.
BLOCKED_AT = "(select unnest(?::varchar[]) as producer, unnest(?::varchar[]) as rule_id, unnest(?::varchar[]) as kota)"


def as_table(items: Iterable[KotaCount]) -> tuple[list[str], list[str], list[str]]:
    """The parameters of `BLOCKED_AT`."""
    found = list(items)
    return [item.producer for item in found], [item.rule.id for item in found], [item.kota for item in found]


def lower_bound(failed: int, total: int, confidence: float = 0.95) -> float:
    """The one-sided lower bound of a share (Wilson 1927, score interval); 0 where nothing was counted."""
    if not total or not failed:
        return 0.0
    z, share = NormalDist().inv_cdf(confidence), failed / total
    middle = share + z * z / (2 * total)
    spread = z * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    return max(0.0, (middle - spread) / (1 + z * z / total))


@dataclass(frozen=True)
class Facts:
    """Everything counted once, for every page."""

    rows: Mapping[str, int]
    rules: tuple[RuleCount, ...]
    kotas: tuple[KotaCount, ...]
    scores: Mapping[tuple[str, str], float | None]
    failing_records: Mapping[str, int]
    records_with_gap: int
    people_with_gap: int
    gap_rows: int
    statuses: Mapping[str, Mapping[str, int]]
    people: Mapping[str, int]
    families: tuple[Mapping[str, Any], ...]
    families_joined: int
    people_by_rule: Mapping[str, int]
    account: tuple[Mapping[str, Any], ...]
    selection: Mapping[str, int]
    selected: int
    kota_names: Mapping[str, str] = field(default_factory=dict)
    kota_rows: Mapping[tuple[str, str], int] = field(default_factory=dict)

    @property
    def matched(self) -> int:
        """Records that entered the padanan: all but those of supporting data."""
        return sum(sum(counts.values()) for counts in self.statuses.values())

    @property
    def blockers(self) -> list[KotaCount]:
        """Every penghalang."""
        return [item for item in self.kotas if item.blocker]

    @property
    def minors(self) -> list[KotaCount]:
        """Every catatan kecil."""
        return [item for item in self.kotas if item.minor]

    def of(self, producer: str) -> list[RuleCount]:
        """A producer's rules in the contract's order."""
        return [item for item in self.rules if item.producer == producer]


# Of a group of gaps: failing records, the people behind them, those of these in the data sasaran (`s`).
_COUNTED = """count(distinct record_key) as gagal, count(distinct id_orang) as orang,
        count(distinct id_orang) filter (s.terpilih) as terpilih"""


@dataclass(frozen=True)
class Counted:
    """What the rules found: rows a producer and a (producer, kota), counts a rule, counts a (rule, kota)."""

    rows: Mapping[str, int]
    rules: tuple[RuleCount, ...]
    kotas: tuple[KotaCount, ...]
    kota_names: Mapping[str, str]
    kota_rows: Mapping[tuple[str, str], int]

    def of(self, producer: str) -> list[RuleCount]:
        """A producer's rules in the contract's order."""
        return [item for item in self.rules if item.producer == producer]


def count_rules(source: Published, contracts: Mapping[str, Contract]) -> Counted:
    """Counts the gaps of one published revision; the review's decisions need no more than this.

    Raises:
        PadananError: the manifest's rule totals and the gap table disagree, or the gap table names an unknown rule.
    """
    rows = {
        row["producer"]: row["n"] for row in source.rows("select producer, count(*) as n from rekaman group by all order by all")
    }
    found = source.rows(
        f"""select producer, rule_id, {_COUNTED} from celah
        left join (select id_orang, terpilih from sasaran) as s using (id_orang) group by all"""
    )
    by_kota = source.rows(
        f"""select producer, rule_id, coalesce(kode_kota, '') as kota, {_COUNTED} from celah
        left join (select id_orang, terpilih from sasaran) as s using (id_orang) group by all"""
    )
    kota_rows = {
        (row["producer"], row["kota"]): row["n"]
        for row in source.rows("select producer, coalesce(kode_kota, '') as kota, count(*) as n from rekaman group by all")
    }
    totals, kota_totals = _totals(source)
    rules = _rules(found, rows, totals, contracts)
    applied = {(item.producer, item.rule.id): item for item in rules}
    kotas = tuple(
        KotaCount(
            item["producer"],
            applied[item["producer"], item["rule_id"]].rule,
            item["kota"],
            item["gagal"],
            # Records without a DKI address are measured against the whole delivery: their own group fails by its nature.
            applied[item["producer"], item["rule_id"]].total
            if item["kota"] == NO_KOTA
            else kota_totals.get((item["producer"], item["rule_id"], item["kota"]))
            or kota_rows.get((item["producer"], item["kota"]), 0),
            item["orang"],
            item["terpilih"],
        )
        for item in by_kota
    )
    names = source.rows("select distinct kode_kota, kota from wilayah order by 1")
    return Counted(rows, rules, kotas, {row["kode_kota"]: row["kota"] for row in names}, kota_rows)


def collect(source: Published, contracts: Mapping[str, Contract]) -> Facts:
    """Counts one published revision.

    Raises:
        PadananError: see `count_rules`.
    """
    counted = count_rules(source, contracts)
    first = source.rows(
        "select coalesce(kriteria_gagal, '') as kriteria, count(*) as n from sasaran where not terpilih group by all"
    )
    return Facts(
        rows=counted.rows,
        rules=counted.rules,
        kotas=counted.kotas,
        scores=scores_of(source, contracts),
        failing_records={
            row["producer"]: row["n"]
            for row in source.rows("select producer, count(distinct record_key) as n from gap group by all")
        },
        records_with_gap=source.value("select count(*) from padanan_record semi join gap using (producer, record_key)"),
        people_with_gap=source.value("select count(distinct id_orang) from celah"),
        gap_rows=source.value("select count(*) from gap"),
        statuses=_statuses(source),
        people={
            row["status_identitas"]: row["n"]
            for row in source.rows("select status_identitas, count(*) as n from padanan_orang group by all order by all")
        },
        families=tuple(source.rows(FAMILIES)),
        families_joined=source.value("select count(distinct id_keluarga_gabung) from padanan_keluarga"),
        people_by_rule={
            row["rule_id"]: row["n"]
            for row in source.rows("select rule_id, count(distinct id_orang) as n from celah group by all")
        },
        account=tuple(source.rows(ACCOUNT)),
        selection={row["kriteria"]: row["n"] for row in first},
        selected=source.value("select count(*) from sasaran where terpilih"),
        kota_names=counted.kota_names,
        kota_rows=counted.kota_rows,
    )


FAMILIES = """
select k.sumber, count(*) as keluarga, coalesce(sum(a.anggota), 0)::bigint as anggota,
  count(*) filter (k.jumlah_kepala = 0) as tanpa_kepala, count(*) filter (k.jumlah_kepala > 1) as kepala_ganda,
  count(*) filter (k.terpecah) as terpecah
from padanan_keluarga k
left join (select id_keluarga, count(distinct id_orang) as anggota from anggota_keluarga group by all) a
  on a.id_keluarga = k.id_keluarga
group by all order by 1
"""
ACCOUNT = """
select tahap, producer, sum(masuk)::bigint as masuk, sum(lanjut)::bigint as lanjut, sum(disisihkan)::bigint as disisihkan
from row_account group by all order by all
"""


def scores_of(source: Published, contracts: Mapping[str, Contract]) -> dict[tuple[str, str], float | None]:
    """Share of records without any gap of a dimension; None where the contract measures nothing or there is no record.

    Akurasi is measured on the records that have a resident, since only those can Adminduk contradict, and on supporting data.
    """
    rows = source.rows(
        f"""select producer, count(*) as semua,
        count(*) filter (status in ('padan_nik', 'padan_bukti', '{SUPPORTING_STATUS}')) as padan from rekaman group by all"""
    )
    found = source.rows("select producer, dimensi, count(distinct record_key) as n from gap group by all")
    failing = {(row["producer"], row["dimensi"]): row["n"] for row in found}
    result: dict[tuple[str, str], float | None] = {}
    for row in rows:
        producer = row["producer"]
        contract = contracts.get(producer)
        measured = {rule.dimension for rule in contract.rules} if contract else set()
        for code in RULED:
            base = row["padan"] if code == "A" else row["semua"]
            known = code in measured and base > 0
            result[producer, code] = 1 - failing.get((producer, code), 0) / base if known else None
    return result


def failing_shares(source: Published) -> dict[tuple[str, str], tuple[int, int]]:
    """(failing records, judged records) by (producer, rule) of any publication, also one whose rules the contracts dropped."""
    totals, _ = _totals(source)
    result = {}
    for row in source.rows(
        """select r.producer, g.rule_id, count(distinct g.record_key) as gagal, any_value(r.n) as semua
        from (select producer, count(*) as n from rekaman group by all) r
        left join gap g on g.producer = r.producer group by all"""
    ):
        if row["rule_id"] is not None:
            key = (row["producer"], row["rule_id"])
            result[key] = (row["gagal"], totals[key][1] if key in totals else row["semua"])
    return {**{key: value for key, value in totals.items() if key not in result}, **result}


def _totals(source: Published) -> tuple[dict[tuple[str, str], tuple[int, int]], dict[tuple[str, str, str], int]]:
    """The denominators that the run stored: (producer, rule) -> (gagal, total), and per kota where the manifest tells it."""
    whole: dict[tuple[str, str], tuple[int, int]] = {}
    by_kota: dict[tuple[str, str, str], int] = {}
    for item in source.manifest.get("rules") or ():
        key = (item["producer"], item["rule_id"])
        failed, total = whole.get(key, (0, 0))
        whole[key] = (failed + int(item["gagal"]), total + int(item["total"]))
        if "kode_kota" in item:
            kota = (*key, item["kode_kota"] or NO_KOTA)
            by_kota[kota] = by_kota.get(kota, 0) + int(item["total"])
    return whole, by_kota


def _rules(
    found: list[dict[str, Any]],
    rows: Mapping[str, int],
    totals: Mapping[tuple[str, str], tuple[int, int]],
    contracts: Mapping[str, Contract],
) -> tuple[RuleCount, ...]:
    counted = {(row["producer"], row["rule_id"]): row for row in found}
    result = []
    for producer in rows:
        if producer not in contracts:
            raise PadananError(
                f"tabel terbitan memuat produsen {producer} tanpa kontrak",
                file="expectations/contracts",
                cure="pulihkan kontrak produsen itu; laporan membaca nama dan ambang dari sana",
            )
        for rule in contracts[producer].rules:
            key = (producer, rule.id)
            row = counted.pop(key, {"gagal": 0, "orang": 0, "terpilih": 0})
            stored = totals.get(key)
            if stored is not None and stored[0] != row["gagal"]:
                raise PadananError(
                    f"jumlah celah {rule.id} pada {producer} berbeda: manifest {stored[0]}, tabel gap {row['gagal']}",
                    file="published",
                    cure="jangan memakai revisi ini; jalankan ulang job padanan_periode",
                )
            total = stored[1] if stored is not None else rows[producer]
            result.append(RuleCount(producer, rule, row["gagal"], total, row["orang"], row["terpilih"]))
    if counted:
        producer, rule_id = sorted(counted)[0]
        raise PadananError(
            f"tabel gap memuat aturan {rule_id} yang tidak ada pada kontrak {producer}",
            file="expectations/contracts",
            cure="pakai versi kontrak yang dipakai putaran itu, atau jalankan ulang job padanan_periode",
        )
    return tuple(result)


def _statuses(source: Published) -> dict[str, dict[str, int]]:
    result: dict[str, dict[str, int]] = {}
    for row in source.rows("select producer, status, count(*) as n from padanan_record group by all order by all"):
        result.setdefault(row["producer"], {})[row["status"]] = row["n"]
    return result


TOP_BLOCKERS = 20


TOP_GAPS = 12


def largest(facts: Facts) -> list[RuleCount]:
    """The (producer, rule) with most distinct people."""
    found = sorted(facts.rules, key=lambda item: (-item.orang, -item.gagal, item.producer, item.rule.id))
    return [item for item in found[:TOP_GAPS] if item.gagal]
