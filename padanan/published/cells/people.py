"""The cells of people by sex, age, disability, desil and identity, and of those whom other criteria would select.

Counting is in `groups` and `sensitivity`; the data sasaran has one key on the pages, in the annex and among the criteria.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from padanan.base.suppress import ALL, LIMIT
from padanan.published.cells.declared import Declared, Key, crossed
from padanan.published.cells.places import kota_key, place_key
from padanan.published.groups import BOTH, OUTSIDE, PARTS, UNKNOWN, Groups, SplitCounts, by_kota, by_rule, split_counts
from padanan.published.opened import Published
from padanan.published.sensitivity import DESILS, Sensitivity
from padanan.published.wilayah import ROOT

AGES, SEXES = "kelompok_umur", ("L", "P", "tidak diketahui")
APART = "disabilitas"
FAMILIES, WITHOUT_FAMILY = ("sasaran keluarga",), ("sasaran tanpa keluarga",)
RESIDENTS, DIFFERENCE = ("penduduk tidak di luar DKI",), "selisih"
# Of the data sasaran, as the annex prints it; the same words are columns of the published people.
_STATES = ("desil", "status_identitas")


def split_key(split: str, value: str, measure: str) -> Key:
    """People of one value of a split; its sums are those of the province, but of disability, which is published apart."""
    if value == ALL and split != APART:
        return ("orang bercelah",) if measure == "celah" else place_key(ROOT, measure)
    return ("pilah", measure, split, value)


def target_key(state: str, value: str) -> Key:
    """People of the data sasaran by desil or state of identity."""
    return ("sasaran", state, value)


def groups(into: Declared, found: Groups, kotas: Sequence[str], rules: Iterable[str] = ()) -> None:
    """Declares sex, age and disability: of everybody, of the data sasaran by kota, of those with a gap by rule."""
    for split in found.splits:
        made = split_counts(found, split)
        _split(into, split, made)
        _by_kota(into, found, split, made, kotas)
    for rule in sorted({key[0] for key in found.by_rule}.union(rules)):
        for split in ("jk", "umur"):
            own = by_rule(found, rule, split)
            name = f"orang gagal/{rule}/{split}"
            crossed(into, name, own.counts, [rule], own.values, keys={(rule, ALL): ("orang gagal", rule)}, sums_down=False)
        into.key.add(("orang gagal", rule))  # it stands beside each rule on the first page


def _split(into: Declared, split: str, made: SplitCounts) -> None:
    for measure in ("orang", *PARTS):
        for value in made.shown[measure]:
            into.count(split_key(split, value, measure), made.values[value, measure])
        whole = into.count(split_key(split, ALL, measure), made.values[ALL, measure], total=True)
        into.sum(whole, [split_key(split, value, measure) for value in made.shown[measure]])
    into.key.add(split_key(split, ALL, "celah"))  # it stands on the first page whatever it is
    if (BOTH, "orang") in made.values:
        together = [split_key(split, value, "orang") for value in (made.into, UNKNOWN)]
        into.derived(split_key(split, BOTH, "orang"), together)
    for part in PARTS:
        for value in made.shown[part]:
            whole = split_key(split, *made.whole_of(value, part))
            into.rest(whole, [split_key(split, value, part)], ("bukan", part, split, value))


def _by_kota(into: Declared, found: Groups, split: str, made: SplitCounts, kotas: Sequence[str]) -> None:
    own = by_kota(found, split, kotas)
    keys: dict[tuple[str, str], Key] = {(ALL, ALL): place_key(ROOT, "sasaran")}
    sums = {value: sum(own.counts[kota, value] for kota in kotas) for value in own.values}
    for value in own.values:
        key = split_key(split, value, "sasaran")
        apart = value == own.into and "sasaran" not in made.merged
        if into.values.get(key) == sums[value] and not apart:
            keys[ALL, value] = key
        elif apart:
            keys[ALL, value] = ("pilah", "sasaran", split, f"{value} dan {UNKNOWN}")
    for kota in kotas:
        key = kota_key(kota)
        if into.values.get(key) == sum(own.counts[kota, value] for value in own.values):
            keys[kota, ALL] = key
    if into.values.get(keys[ALL, ALL]) != sum(sums.values()):
        keys = {}  # published apart from the people, and not of the same ones
    crossed(into, f"pilah kota/{split}", own.counts, kotas, own.values, keys=keys)
    if keys and own.into and "sasaran" not in made.merged:
        into.sum(keys[ALL, own.into], [split_key(split, value, "sasaran") for value in (own.into, UNKNOWN)])


def target(into: Declared, source: Published) -> None:
    """Declares the data sasaran by desil and state of identity, and its families: what the decree's annex prints."""
    for state in _STATES:
        if not source.has("sasaran", state):
            continue
        found = source.rows(
            f"select coalesce({state}::varchar, '{UNKNOWN}') as nilai, count(*) as n "
            "from sasaran where terpilih group by all order by all"
        )
        parts = [into.count(target_key(state, line["nilai"]), line["n"]) for line in found]
        into.sum(into.count(place_key(ROOT, "sasaran"), sum(line["n"] for line in found), total=True), parts)
    if source.has("sasaran", "id_keluarga"):
        [line] = source.rows(
            "select count(distinct id_keluarga) as keluarga, count(*) filter (id_keluarga is null) as tanpa "
            "from sasaran where terpilih"
        )
        into.count(FAMILIES, line["keluarga"], total=True)
        into.count(WITHOUT_FAMILY, line["tanpa"])


def criteria_key(kind: str, *cell: str) -> Key:
    """A cell of the page on other criteria."""
    return ("kriteria", kind, *cell)


def criteria(into: Declared, found: Sensitivity) -> None:
    """Declares whom other criteria would select; the agreed ones are the data sasaran."""
    into.count(RESIDENTS, found.residents, total=True)
    kotas = sorted({kota for _, kota in found.desils})
    counts = {(str(desil), kota): found.desils.get((desil, kota), 0) for desil in DESILS for kota in kotas}
    keys: dict[tuple[str, str], Key] = {}
    for desil in DESILS:
        own = target_key("desil", str(desil))
        number = sum(counts[str(desil), kota] for kota in kotas)
        if desil <= found.limit and into.values.get(own) == number:
            keys[str(desil), ALL] = own
    made = crossed(into, "kriteria/desil", counts, [str(desil) for desil in DESILS], kotas, keys=keys)
    before: tuple[Key, ...] = ()
    families: tuple[Key, ...] = ()
    for desil in DESILS:
        up_to = into.count(criteria_key("sampai", str(desil)), found.up_to(desil))
        into.sum(up_to, [*before, made.keys[str(desil), ALL]])
        cards = into.count(criteria_key("keluarga", str(desil)), found.families[desil])
        into.rest(cards, families, criteria_key("keluarga baru", str(desil)))
        before, families = (up_to,), (cards,)
    _agreed(into, found, made.keys, kotas)
    for one in found.variants:
        close = {abs(one.people - found.now[0]), abs(one.families - found.now[1])} & set(range(1, LIMIT))
        for unit, number in (("orang", one.people), ("keluarga", one.families)):
            key = into.count(criteria_key(unit, one.kind, one.name), number)
            if close:
                into.forced.add(key)


def _agreed(into: Declared, found: Sensitivity, keys: Mapping[tuple[str, str], Key], kotas: Sequence[str]) -> None:
    """Links the desil up to the agreed limit with the data sasaran: by kota, as a whole, and its families."""
    limits = [str(desil) for desil in DESILS if desil <= found.limit]
    whole = place_key(ROOT, "sasaran")
    if into.values.get(whole, -1) >= found.up_to(found.limit):
        into.rest(whole, [criteria_key("sampai", str(found.limit))], ("sasaran tanpa desil",))
    for kota in kotas:
        own = kota_key(kota or OUTSIDE)
        parts = [keys[desil, kota] for desil in limits]
        if into.values.get(own, -1) >= sum(into.values[part] for part in parts):
            into.rest(own, parts, ("sasaran tanpa desil", kota))
    cards = criteria_key("keluarga", str(found.limit))
    if FAMILIES in into.values and into.values[cards] == into.values[FAMILIES] + into.values[WITHOUT_FAMILY]:
        into.sum(cards, [FAMILIES, WITHOUT_FAMILY])


def population_ages(into: Declared, source: Published) -> None:
    """Declares sex and age of the measured kelurahan; each way it adds up to the province's population."""
    found = source.rows(
        f"""select {AGES} as umur, jenis_kelamin as jk, sum(jiwa)::bigint as n
        from penduduk_wilayah where lengkap group by all"""
    )
    counts = {(line["umur"], line["jk"]): line["n"] for line in found}
    ages = sorted({age for age, _ in counts}, key=lambda age: (age == SEXES[-1], age))
    crossed(into, "penduduk umur", counts, ages, SEXES, keys={(ALL, ALL): place_key(ROOT, "jiwa")})
