"""What the published tables say to the points of a rakor (§3.2.2.d.1, d.3–d.5): programs, needs, feedback, what follows of them.

Counts only, small ones covered; the state of the cycle and what is due stand in `agenda`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from padanan.base.format import number
from padanan.base.suppress import ALL
from padanan.contracts.field_rules import FieldRules, load_field_rules
from padanan.pages.table import Cell, Row, Table, counted, dated, heads, part_of, row, table, text
from padanan.published import lists, targeting
from padanan.published.cells.changes import change_key
from padanan.published.cells.declared import Key
from padanan.published.cells.lists import list_key, not_in_key, prelist_key, together_key
from padanan.published.cells.places import place_key
from padanan.published.comparison import CAME_IN, WENT_OUT
from padanan.published.facts import KotaCount
from padanan.published.opened import LATER, NotPublished
from padanan.published.report import Report
from padanan.published.targeting import INSIDE
from padanan.published.wilayah import ROOT
from padanan.review.report.crosstab import crosstab
from padanan.review.report.targeting_tables import by_program

TO_FILL = "[diisi dalam rapat]"
EMPTY_LINES = 4
MOST_RULES = 3
# What a program's manager tells of a person beside that they go on receiving.
_NEWS = {"baru": "Baru", "tunda": "Ditunda", "henti": "Dihentikan"}
_PROGRAMS = {"0": "Belum tercatat pada program mana pun", "1": "Satu program", "2": "Dua program", "3": "Tiga program atau lebih"}


@dataclass(frozen=True)
class Point:
    """One point of the agenda: what it is for (§3.2.2.d), sentences, and a table where there is something to show."""

    title: str
    lines: tuple[str, ...]
    table: Table | None = None


def from_tables(report: Report, waiting: Sequence[KotaCount]) -> tuple[tuple[Point, ...], ...]:
    """The points of one publication, in the order of the decree: those to d.1, to d.3, to d.4, to d.5.

    Args:
        report: the publication as the report gathers it: what is covered there is covered here.
        waiting: the penghalang that nobody waived.
    """
    rules = load_field_rules()
    return (
        (_told(_SAME, lambda: _same_target(report)),),
        (_told(_TOGETHER, lambda: _together(report)), _told(_UNSERVED, lambda: _unserved(report, rules))),
        (_told(_FEEDBACK, lambda: _feedback(report)), _told(_FIELD, lambda: _field(report, rules))),
        (_plan(report, rules, waiting),),
    )


def without_tables() -> tuple[tuple[Point, ...], ...]:
    """The same where nothing is published: only the lines that the meeting writes."""
    return (), (), (), (_written([]),)


def _told(title: str, make: Callable[[], Point]) -> Point:
    try:
        return make()
    except (NotPublished, KeyError):
        # Of an older publication the model of cells doesn't know what it could not count.
        return Point(title, (f"Angka ini {LATER}.",))


_SAME = "Program menyasar data sasaran yang sama (§3.2.2.d.1)"


def _same_target(report: Report) -> Point:
    found, contracts = report.counts.targeting, report.contracts
    if found is None:
        return Point(_SAME, (f"Angka ini {LATER}.",))
    if not found.programs:
        return Point(_SAME, ("Belum ada program untuk penduduk miskin yang menyampaikan penerimanya.",))
    inside, people, selected = ("penerima", INSIDE), ("penerima", ALL), place_key(ROOT, "sasaran")

    def told(key: Key) -> str:
        return counted(report.cells, key).text

    def share_of(part: Key, whole: Key) -> str:
        return part_of(report.cells, part, whole).text

    wanted = targeting.poverty_programs(contracts.values())
    lacking = [contracts[name].name for name in wanted if name not in found.programs]
    lines = (
        f"{told(inside)} dari {told(people)} penerima program untuk penduduk miskin ({share_of(inside, people)}) ada di data "
        f"sasaran; {share_of(inside, selected)} dari {told(selected)} orang di data sasaran dijangkau.",
        *((f"Belum menyampaikan penerimanya: {'; '.join(lacking)}.",) if lacking else ()),
    )
    return Point(_SAME, lines, by_program(report.cells, contracts, found))


_TOGETHER = "Keterpaduan program dengan data sasaran (§3.2.2.d.3)"


def _together(report: Report) -> Point:
    """How many programs reach a person of the data sasaran by their own name."""
    whole = counted(report.cells, together_key())
    rows = [row(text(name), *_share(report, together_key(key)), banyak=key) for key, name in _PROGRAMS.items()]
    shown = table(
        "tabel-keterpaduan",
        "Data sasaran menurut banyaknya program yang mencatat orangnya",
        heads("Program per orang", "Orang#", "Bagian#"),
        rows,
        foot=[row(text("Jumlah"), *_share(report, together_key()), banyak="semua")],
        note="Program per keluarga mencatat satu orang tiap keluarga.",
    )
    return Point(_TOGETHER, (f"{whole.text} orang di data sasaran.",), shown)


def _share(report: Report, key: Key) -> tuple[Cell, ...]:
    return counted(report.cells, key), part_of(report.cells, key, together_key())


_UNSERVED = "Hak yang belum diterima data sasaran menurut sebab (§3.2.2.d.3)"


def _unserved(report: Report, rules: FieldRules) -> Point:
    made = crosstab(report.cells, f"{lists.UNSERVED}/sebab")
    known = {cause.id: cause for cause in rules.tanpa_program}
    rows = [
        row(
            text(known[name].keterangan if name in known else name),
            made.cell(name, ALL),
            text(known[name].tindak_lanjut if name in known else None),
            text("; ".join(known[name].penanggung_jawab) if name in known else None),
            sebab=name,
        )
        for name in made.rows
        if made.values[name, ALL]
    ]
    people, told = made.values[ALL, ALL], made.cell(ALL, ALL).text
    columns = heads("Sebab", "Orang#", "Tindak lanjut", "Penanggung jawab")
    shown = table("tabel-belum-dilayani", "Orang di data sasaran yang belum menerima haknya", columns, rows)
    return Point(
        _UNSERVED,
        (f"{told} orang di data sasaran berhak atas program yang belum diterimanya, atau belum menerima apa pun.",),
        shown if people else None,
    )


_FEEDBACK = "Balikan pengelola program (§3.2.2.d.4)"


def _feedback(report: Report) -> Point:
    made = crosstab(report.cells, "kabar")
    rows = [
        row(text(report.contracts[name].name), *(made.cell(name, news) for news in _NEWS), program=name) for name in made.rows
    ]
    programs = made.rows
    columns = heads("Program", *(f"{name}#" for name in _NEWS.values()))
    lines = (f"{number(len(programs))} program mengabarkan penerima baru, ditunda atau dihentikan.",)
    shown = table("tabel-balikan", "Kabar pengelola program tentang penerimanya", columns, rows) if programs else None
    return Point(_FEEDBACK, lines, shown)


_FIELD = "Pemutakhiran di lapangan dan perubahan data sasaran (§3.2.2.d.4)"


def _field(report: Report, rules: FieldRules) -> Point:
    """The prelist by its questions, who came into and left the data sasaran, and where the integrated registry was updated."""
    source, cells = report.source, report.cells
    lines = []
    earlier = report.history.last_period
    since = next((one for one in report.counts.comparisons if one.before == earlier), None)
    if earlier is None or since is None:
        lines.append("Belum ada periode sebelumnya untuk membandingkan data sasaran dan pemutakhiran DTKS.")
    else:
        came, left = (counted(cells, change_key(since, direction, "*", "*", "*")).text for direction in (CAME_IN, WENT_OUT))
        before = f"{earlier[0].label} revisi {earlier[1]}"
        lines.append(f"Sejak {before}: {came} orang masuk ke data sasaran, {left} orang tidak lagi di dalamnya.")
        found = report.counts.activity
        judged = [found.active(kota) for kota in found.kotas if found.active(kota) is not None] if found else []
        lines += [f"{number(sum(map(bool, judged)))} dari {number(len(judged))} kota aktif memutakhirkan DTKS."] if judged else []
    questions = {item.id: item.asked() for item in rules.pertanyaan}
    asked = source.rows(
        "select coalesce(pertanyaan, '') as tanya, count(*) as n from prelist group by all order by n desc, tanya"
    )
    people = counted(cells, prelist_key()).text
    lines.append(f"{people} orang di prelist untuk verivali; hasil lapangan dicatat pada periode berikutnya.")
    rows = [
        row(text(questions.get(line["tanya"], line["tanya"])), counted(cells, prelist_key(line["tanya"])), tanya=line["tanya"])
        for line in asked
    ]
    shown = table("tabel-prelist-rakor", "Prelist menurut yang ditanyakan", heads("Pertanyaan", "Orang#"), rows) if rows else None
    return Point(_FIELD, tuple(lines), shown)


def _plan(report: Report, rules: FieldRules, waiting: Sequence[KotaCount]) -> Point:
    """What the figures ask for, each with owner and day where the rules name them; what only people can say stays marked."""
    cutoff, contracts, cells = report.cutoff, report.contracts, report.cells
    lines: list[tuple[str, str, date | None]] = []
    places = Counter(item.producer for item in waiting)
    for producer, many in sorted(places.items(), key=lambda item: (-item[1], item[0])):
        own = [item.rule for item in waiting if item.producer == producer]
        named = list(dict.fromkeys(rule.name for rule in own))
        more = f"; dan {number(len(named) - MOST_RULES)} aturan lain" if len(named) > MOST_RULES else ""
        contract = contracts.get(producer)
        name = contract.name if contract else producer
        told = f"{name}: selesaikan {number(many)} penghalang ({'; '.join(named[:MOST_RULES])}{more})"
        lines.append((told, contract.agency if contract else producer, cutoff + timedelta(days=min(rule.hari for rule in own))))
    for cause in rules.tanpa_program:
        key = list_key(lists.UNSERVED, "sebab", cause.id)
        if cells.has(key) and cells.value(key):
            told = f"{cause.tindak_lanjut[:1].upper()}{cause.tindak_lanjut[1:]}: {counted(cells, key).text} orang yang belum "
            lines.append((f"{told}menerima haknya", "; ".join(cause.penanggung_jawab), cutoff + timedelta(days=cause.hari)))
    decided = {one.id for one in rules.calon}
    for name in sorted(decided):
        if cells.has(not_in_key(name)):
            told = f"Putuskan daftar {name.replace('_', ' ')}: {counted(cells, not_in_key(name)).text} orang"
            lines.append((told, "TKPK", None))
    return _written(lines)


def _written(lines: Sequence[tuple[str, str, date | None]]) -> Point:
    """§3.2.2.d.5: proposals from the data, then lines that the meeting writes; all become `--tindak-lanjut` of `rakor record`."""
    rows: list[Row] = [
        row(text(str(place)), text(told), text(owner), dated(day, short=True) if day else Cell(TO_FILL))
        for place, (told, owner, day) in enumerate(lines, 1)
    ]
    rows += [row(text(str(len(lines) + place)), *(Cell(TO_FILL) for _ in range(3))) for place in range(1, EMPTY_LINES + 1)]
    columns = heads("No", "Uraian", "Penanggung jawab", "Tenggat")
    told = f"{number(len(lines))} usul dari data; disetujui, diubah atau ditolak rapat. " if lines else ""
    return Point(
        "Perumusan rencana tindak lanjut (§3.2.2.d.5)",
        (f"{told}Baris {TO_FILL} diisi rapat; semuanya dicatat dengan 'padanan rakor record'.",),
        table("tabel-rencana-tindak-lanjut", "Rencana tindak lanjut", columns, rows),
    )
