"""What the published tables say to the points of a rakor (§3.2.2.d.1, d.3–d.5): programs, needs, feedback, what follows of them.

Counts only, small ones covered; the state of the cycle and what is due stand in `agenda`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from padanan.base.format import number, percent
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.base.suppress import ALL
from padanan.contracts.contract import Contract
from padanan.contracts.field_rules import FieldRules, load_field_rules
from padanan.contracts.parts import INTEGRATED, with_role
from padanan.contracts.renstra import load_renstra
from padanan.pages.table import Cell, Row, Table, dated, heads, row, share, table, text
from padanan.published import activity, targeting
from padanan.published.facts import KotaCount
from padanan.published.history import period_before
from padanan.published.opened import LATER, NotPublished, Published
from padanan.published.pseudonyms import today
from padanan.published.targeting import Targeting
from padanan.review.report.crosstab import Crosstab, crosstab
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


def from_tables(
    home: Home, contracts: Mapping[str, Contract], source: Published, waiting: Sequence[KotaCount]
) -> tuple[tuple[Point, ...], ...]:
    """The points of one publication, in the order of the decree: those to d.1, to d.3, to d.4, to d.5.

    Args:
        waiting: the penghalang that nobody waived.
    """
    delivered = {line["producer"] for line in source.rows("select distinct producer from padanan_record")}
    same = _told(_SAME, lambda: _same_target(contracts, targeting.measure(source, contracts, delivered)))
    rules = load_field_rules()
    return (
        (same,),
        (
            _told(_TOGETHER, lambda: _together(contracts, source, rules)),
            _told(_UNSERVED, lambda: _unserved(source, rules)),
        ),
        (
            _told(_FEEDBACK, lambda: _feedback(contracts, source)),
            _told(_FIELD, lambda: _field(home, contracts, source, rules)),
        ),
        (_plan(contracts, source, rules, waiting),),
    )


def without_tables() -> tuple[tuple[Point, ...], ...]:
    """The same where nothing is published: only the lines that the meeting writes."""
    return (), (), (), (_written([]),)


def _told(title: str, make: Callable[[], Point]) -> Point:
    try:
        return make()
    except NotPublished:
        return Point(title, (f"Angka ini {LATER}.",))


_SAME = "Program menyasar data sasaran yang sama (§3.2.2.d.1)"


def _same_target(contracts: Mapping[str, Contract], found: Targeting) -> Point:
    if not found.programs:
        return Point(_SAME, ("Belum ada program untuk penduduk miskin yang menyampaikan penerimanya.",))
    wanted = targeting.poverty_programs(contracts.values())
    lacking = [contracts[name].name for name in wanted if name not in found.programs]
    lines = (
        f"{number(found.inside)} dari {number(found.people)} penerima program untuk penduduk miskin "
        f"({percent(found.inside, found.people)}) ada di data sasaran; {percent(found.inside, found.selected)} dari "
        f"{number(found.selected)} orang di data sasaran dijangkau.",
        *((f"Belum menyampaikan penerimanya: {'; '.join(lacking)}.",) if lacking else ()),
    )
    return Point(_SAME, lines, by_program(contracts, found))


_TOGETHER = "Keterpaduan program dengan data sasaran (§3.2.2.d.3)"


def _together(contracts: Mapping[str, Contract], source: Published, rules: FieldRules) -> Point:
    """How many programs reach a person of the data sasaran by their own name."""
    programs = list(targeting.poverty_programs(contracts.values()))
    found = source.rows(
        f"""select least(coalesce(p.n, 0), 3)::varchar as banyak, count(*) as n from sasaran s
        left join (select id_orang, count(distinct producer) as n from ({targeting.receiving(rules.penerima)}) group by all) p
        on p.id_orang = s.id_orang where s.terpilih group by all""",
        programs,
    )
    counts = {(line["banyak"], "n"): line["n"] for line in found}
    made = crosstab(counts, list(_PROGRAMS), ["n"])
    whole = made.values[ALL, ALL]
    rows = [row(text(name), *_share(made, key, whole), banyak=key) for key, name in _PROGRAMS.items()]
    shown = table(
        "tabel-keterpaduan",
        "Data sasaran menurut banyaknya program yang mencatat orangnya",
        heads("Program per orang", "Orang#", "Bagian#"),
        rows,
        foot=[row(text("Jumlah"), *_share(made, ALL, whole), banyak="semua")],
        note="Program per keluarga mencatat satu orang tiap keluarga.",
    )
    return Point(_TOGETHER, (f"{number(whole)} orang di data sasaran.",), shown)


def _share(made: Crosstab, key: str, whole: int) -> tuple[Cell, ...]:
    value = made.values[key, "n"]
    return made.cell(key, "n"), share(value, whole, (key, "n") in made.covered)


def _causes(source: Published) -> tuple[Crosstab, int]:
    """Distinct unserved people by cause, covered, and all of them."""
    found = source.rows(
        "select coalesce(sebab, 'tidak_diketahui') as sebab, count(distinct id_orang) as n from daftar_tanpa_program group by all"
    )
    counts = {(line["sebab"], "n"): line["n"] for line in found}
    people = source.value("select count(distinct id_orang) from daftar_tanpa_program")
    return crosstab(counts, sorted({key for key, _ in counts}), ["n"], totals={"n": people}), people


_UNSERVED = "Hak yang belum diterima data sasaran menurut sebab (§3.2.2.d.3)"


def _unserved(source: Published, rules: FieldRules) -> Point:
    made, people = _causes(source)
    known = {cause.id: cause for cause in rules.tanpa_program}
    order = [*known, *sorted({str(key[0]) for key in made.values if isinstance(key, tuple)} - {*known, ALL})]
    rows = [
        row(
            text(known[name].keterangan if name in known else name),
            made.cell(name, "n"),
            text(known[name].tindak_lanjut if name in known else None),
            text("; ".join(known[name].penanggung_jawab) if name in known else None),
            sebab=name,
        )
        for name in order
        if (name, "n") in made.values
    ]
    told = made.cell(ALL, "n").text
    columns = heads("Sebab", "Orang#", "Tindak lanjut", "Penanggung jawab")
    shown = table("tabel-belum-dilayani", "Orang di data sasaran yang belum menerima haknya", columns, rows)
    return Point(
        _UNSERVED,
        (f"{told} orang di data sasaran berhak atas program yang belum diterimanya, atau belum menerima apa pun.",),
        shown if people else None,
    )


_FEEDBACK = "Balikan pengelola program (§3.2.2.d.4)"


def _feedback(contracts: Mapping[str, Contract], source: Published) -> Point:
    found = source.rows(
        """select producer, status_program as kabar, count(distinct id_orang) as n from padanan_record
        where list_contains(?, status_program) group by all""",
        list(_NEWS),
    )
    counts = {(line["producer"], line["kabar"]): line["n"] for line in found}
    programs = [name for name in contracts if any(name == producer for producer, _ in counts)]
    made = crosstab(counts, programs, list(_NEWS), sums_down=False)
    rows = [row(text(contracts[name].name), *(made.cell(name, news) for news in _NEWS), program=name) for name in programs]
    columns = heads("Program", *(f"{name}#" for name in _NEWS.values()))
    lines = (f"{number(len(programs))} program mengabarkan penerima baru, ditunda atau dihentikan.",)
    shown = table("tabel-balikan", "Kabar pengelola program tentang penerimanya", columns, rows) if programs else None
    return Point(_FEEDBACK, lines, shown)


_FIELD = "Pemutakhiran di lapangan dan perubahan data sasaran (§3.2.2.d.4)"


def _field(home: Home, contracts: Mapping[str, Contract], source: Published, rules: FieldRules) -> Point:
    """The prelist by its questions, who came into and left the data sasaran, and where the integrated registry was updated."""
    lines = []
    earlier = period_before(home, source.periode)
    if earlier is None:
        lines.append("Belum ada periode sebelumnya untuk membandingkan data sasaran dan pemutakhiran DTKS.")
    else:
        before = f"{earlier[0].label} revisi {earlier[1]}"
        came, left = _changed(home, source, earlier)
        lines.append(f"Sejak {before}: {came} orang masuk ke data sasaran, {left} orang tidak lagi di dalamnya.")
        counted = with_role(contracts, INTEGRATED)
        rule = load_renstra().active
        found = activity.measure(home, source, counted.id, earlier, before, rule) if counted else None
        judged = [found.active(kota) for kota in found.kotas if found.active(kota) is not None] if found else []
        lines += [f"{number(sum(map(bool, judged)))} dari {number(len(judged))} kota aktif memutakhirkan DTKS."] if judged else []
    questions = {item.id: item.asked() for item in rules.pertanyaan}
    asked = source.rows(
        "select coalesce(pertanyaan, '') as tanya, count(*) as n from prelist group by all order by n desc, tanya"
    )
    counts = {(line["tanya"], "n"): line["n"] for line in asked}
    made = crosstab(counts, [key for key, _ in counts], ["n"])
    lines.append(f"{made.cell(ALL, ALL).text} orang di prelist untuk verivali; hasil lapangan dicatat pada periode berikutnya.")
    rows = [row(text(questions.get(key, key)), made.cell(key, "n"), tanya=key) for key, _ in counts]
    shown = table("tabel-prelist-rakor", "Prelist menurut yang ditanyakan", heads("Pertanyaan", "Orang#"), rows) if rows else None
    return Point(_FIELD, tuple(lines), shown)


def _changed(home: Home, source: Published, earlier: tuple[Periode, int]) -> tuple[str, str]:
    """People who came into the data sasaran since an earlier publication, and who left; few are covered."""
    old = today(home, source.con, earlier, "sasaran", other=source.manifest)
    found = source.rows(
        f"""with k as (select id_orang from sasaran where terpilih), l as (select id_orang from {old} where terpilih)
        select count(*) filter (l.id_orang is null) as masuk, count(*) filter (k.id_orang is null) as keluar
        from k full join l using (id_orang)"""
    )[0]
    made = crosstab({("x", name): found[name] for name in ("masuk", "keluar")}, ["x"], ["masuk", "keluar"], sums_down=False)
    return made.cell("x", "masuk").text, made.cell("x", "keluar").text


def _plan(contracts: Mapping[str, Contract], source: Published, rules: FieldRules, waiting: Sequence[KotaCount]) -> Point:
    """What the figures ask for, each with owner and day where the rules name them; what only people can say stays marked."""
    cutoff = date.fromisoformat(str(source.manifest["cutoff"])[:10])
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
    if source.has("daftar_tanpa_program", "sebab"):
        made, _ = _causes(source)
        for cause in rules.tanpa_program:
            if made.values.get((cause.id, "n")):
                people = made.cell(cause.id, "n").text
                told = f"{cause.tindak_lanjut[:1].upper()}{cause.tindak_lanjut[1:]}: {people} orang yang belum menerima haknya"
                lines.append((told, "; ".join(cause.penanggung_jawab), cutoff + timedelta(days=cause.hari)))
    if source.has("daftar_belum_masuk", "daftar"):
        decided = {one.id for one in rules.calon}
        found = source.rows("select daftar, count(*) as n from daftar_belum_masuk group by all order by 1")
        counts = crosstab({(line["daftar"], "n"): line["n"] for line in found}, [line["daftar"] for line in found], ["n"])
        for line in found:
            if line["daftar"] in decided:
                told = f"Putuskan daftar {line['daftar'].replace('_', ' ')}: {counts.cell(line['daftar'], 'n').text} orang"
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
