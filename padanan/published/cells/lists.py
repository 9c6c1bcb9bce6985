"""The cells of the lists and of the programs: by reason, program and kota, with the distinct people behind them.

Counting is in `published.lists` and `targeting`; rows of which a person may be in several are linked as such, not as sums.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from padanan.base.suppress import ALL
from padanan.contracts.contract import Contract
from padanan.contracts.field_rules import FieldRules
from padanan.published import lists
from padanan.published.cells.declared import Declared, Key, crossed, overlapping
from padanan.published.cells.places import kota_key, place_key
from padanan.published.groups import OUTSIDE
from padanan.published.opened import NotPublished, Published
from padanan.published.targeting import INSIDE, OUT, Targeting, poverty_programs, receiving
from padanan.published.wilayah import ROOT

SIDES = (INSIDE, OUT)
VISITS = ("diperbaiki_di_sumber", "program_tanpa_batas_desil")
PROGRAMS = ("0", "1", "2", "3")
NEWS = ("baru", "tunda", "henti")
"""What a program's manager tells of a person beside that they go on receiving."""


def list_key(name: str, column: str, value: str = ALL, kota: str = ALL) -> Key:
    """People of a list by one of its columns and kota; without a value all of it, each person once."""
    return ("daftar", name, column, value, kota) if value != ALL else ("daftar", name, kota)


def not_in_key(name: str) -> Key:
    """People of one list of those not selected."""
    return ("daftar", lists.NOT_IN, name)


def none_key() -> Key:
    """People of the data sasaran who receive nothing at all."""
    return ("daftar", lists.UNSERVED, "program_diterima", "0")


def prelist_key(question: str = ALL) -> Key:
    """People of the prelist by what is asked of them."""
    return ("prelist", question)


def every_list(
    into: Declared, source: Published, contracts: Mapping[str, Contract], rules: FieldRules, kotas: Sequence[str]
) -> None:
    """Declares every list that the publication has; of an older one those columns that it has."""
    places = [*kotas, OUTSIDE]
    causes, papers = [item.id for item in rules.tanpa_program], [item.id for item in rules.dokumen_lain]
    evidence = [item.id for item in rules.measured]
    makers: tuple[tuple[str, Callable[[], None]], ...] = (
        (lists.UNSERVED, lambda: _by(into, source, lists.UNSERVED, "sebab", causes, places)),
        (lists.UNSERVED, lambda: _unserved_by_program(into, source, contracts, causes)),
        (lists.UNSERVED, lambda: _receiving_nothing(into, source)),
        (lists.FLAGS, lambda: _by(into, source, lists.FLAGS, "bukti", evidence, places)),
        (lists.FLAGS, lambda: _flags_by_program(into, source, contracts, evidence)),
        (lists.PAPERLESS, lambda: _paperless(into, source, places)),
        (lists.PAPERS, lambda: _by(into, source, lists.PAPERS, "dokumen", papers, places)),
        (lists.UNVISITED, lambda: _not_visited(into, source, places)),
        (lists.NOT_IN, lambda: _not_in(into, source)),
        ("prelist", lambda: _prelist(into, source)),
    )
    for name, make in makers:
        # Not published then, as a table or a column of it: its page says so.
        with suppress(NotPublished):
            if source.has(name):
                make()


def _by(into: Declared, source: Published, name: str, column: str, known: Sequence[str], places: Sequence[str]) -> None:
    counts = lists.by(source, name, column)
    _listed(into, name, column, counts, lists.ordered(known, counts), places, lists.distinct(source, name))


def _listed(
    into: Declared,
    name: str,
    column: str,
    counts: Mapping[tuple[str, str], int],
    rows: Sequence[str],
    places: Sequence[str],
    totals: Mapping[str, int] | None,
) -> None:
    keys = {(row, place): list_key(name, column, row, place) for row in (*rows, ALL) for place in (*places, ALL)}
    crossed(into, f"{name}/{column}", counts, rows, places, keys=keys, totals=totals)


def _unserved_by_program(into: Declared, source: Published, contracts: Mapping[str, Contract], known: Sequence[str]) -> None:
    counts = lists.unserved_by_program(source)
    causes = [cause for cause in lists.ordered(known, counts, 1) if any(key[1] == cause for key in counts)]
    programs = [name for name in (*contracts, "") if any(key[0] == name for key in counts)]
    made = crossed(into, f"{lists.UNSERVED}/program", counts, programs, causes, sums_down=False)
    for cause in causes:
        whole = list_key(lists.UNSERVED, "sebab", cause)
        if whole in into.values:
            overlapping(into, whole, [made.keys[program, cause] for program in programs])


def _receiving_nothing(into: Declared, source: Published) -> None:
    into.count(none_key(), lists.people(source, lists.UNSERVED, "program_diterima = 0"), total=True)
    if list_key(lists.UNSERVED, "sebab") in into.values:
        into.rest(list_key(lists.UNSERVED, "sebab"), [none_key()], ("menerima program lain",))


def _flags_by_program(into: Declared, source: Published, contracts: Mapping[str, Contract], known: Sequence[str]) -> None:
    counts = lists.flags_by_program(source)
    evidence = lists.ordered(known, counts, 1)
    programs = [name for name in contracts if any(key[0] == name for key in counts)]
    made = crossed(into, f"{lists.FLAGS}/program", counts, programs, evidence, sums_down=False, sums_across=False)
    for one in evidence:
        whole = list_key(lists.FLAGS, "bukti", one)
        if whole in into.values and programs:
            overlapping(into, whole, [made.keys[program, one] for program in programs])


def _paperless(into: Declared, source: Published, places: Sequence[str]) -> None:
    _listed(into, lists.PAPERLESS, "kelompok", lists.paperless(source), ["sasaran", "lain"], places, None)


def _not_visited(into: Declared, source: Published, places: Sequence[str]) -> None:
    _listed(into, lists.UNVISITED, "alasan", lists.not_visited(source), VISITS, places, lists.distinct(source, lists.UNVISITED))


def _not_in(into: Declared, source: Published) -> None:
    for name, number in lists.not_in(source).items():
        into.count(not_in_key(name), number, total=True)


def _prelist(into: Declared, source: Published) -> None:
    rows = source.rows("select coalesce(pertanyaan, '') as tanya, count(*) as n from prelist group by all order by all")
    parts = [into.count(prelist_key(line["tanya"]), line["n"]) for line in rows]
    into.sum(into.count(prelist_key(), sum(line["n"] for line in rows), total=True), parts)


def together_key(many: str = ALL) -> Key:
    """People of the data sasaran by how many programs reach them, three and more as one."""
    return place_key(ROOT, "sasaran") if many == ALL else ("program per orang", many)


def programs(into: Declared, found: Targeting, kotas: Sequence[str]) -> None:
    """Declares the recipients by kota and by program, inside the data sasaran and outside, and whom no program reaches."""
    places = [*kotas, OUTSIDE]
    whole = {(ALL, side): ("penerima", side) for side in (*SIDES, ALL)}
    made = crossed(into, "penerima/kota", found.by_kota, places, SIDES, keys=whole)
    into.key.update(key for key in (("penerima", side) for side in SIDES) if into.values[key] >= 5)
    for place in places:
        if into.values.get(kota_key(place)) == found.target.get(place, 0):
            into.rest(kota_key(place), [made.keys[place, INSIDE]], ("sasaran tanpa program", place))
    totals = {side: made.values[ALL, side] for side in SIDES}
    by_program = crossed(into, "penerima/program", found.by_program, found.programs, SIDES, keys=whole, totals=totals)
    for program in found.programs:
        into.rest(place_key(ROOT, "sasaran"), [by_program.keys[program, INSIDE]], ("sasaran di luar program", program))


def together(into: Declared, source: Published, contracts: Mapping[str, Contract], rules: FieldRules) -> None:
    """Declares how many programs reach a person of the data sasaran, and what the managers tell of their recipients."""
    found = source.rows(
        f"""select least(coalesce(p.n, 0), 3)::varchar as banyak, count(*) as n from sasaran s
        left join (select id_orang, count(distinct producer) as n from ({receiving(rules.penerima)}) group by all) p
        on p.id_orang = s.id_orang where s.terpilih group by all""",
        list(poverty_programs(contracts.values())),
    )
    counts = {line["banyak"]: line["n"] for line in found}
    parts = [into.count(together_key(many), counts.get(many, 0)) for many in PROGRAMS]
    into.sum(into.count(together_key(), sum(counts.values()), total=True), parts)
    reached = ("penerima", INSIDE)
    if into.values.get(reached, -1) + counts.get("0", 0) == into.values[together_key()]:
        into.sum(together_key(), [reached, together_key("0")])
    told = source.rows(
        """select producer, status_program as kabar, count(distinct id_orang) as n from padanan_record
        where list_contains(?, status_program) group by all""",
        list(NEWS),
    )
    news = {(line["producer"], line["kabar"]): line["n"] for line in told}
    telling = [name for name in contracts if any(name == producer for producer, _ in news)]
    crossed(into, "kabar", news, telling, NEWS, sums_down=False, sums_across=False)
