"""`padanan report audit`: reads every output of a revision again and tries to rebuild what is covered.

Reading is in `printed` and `documents`, the attack in `attack`; here they are put together and told in words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from padanan.base.format import number, percent
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.contracts.contract import load_contracts
from padanan.published.cells.declared import Key
from padanan.published.cells.model import Cells
from padanan.published.opened import open_published
from padanan.published.report import Report, gather, in_order
from padanan.records.steps import EVERYWHERE, MINORS
from padanan.review.decision import form, form_book, show
from padanan.review.decision.form import FORM
from padanan.review.decision.waived import NO_ADDRESS
from padanan.review.report.gap_book import FILE as GAPS
from padanan.review.report.render import PageMaker, make_pages
from padanan.upkeep.calendar.agenda_data import from_tables
from padanan.upkeep.calendar.page import calendar_pages
from padanan.upkeep.outputs.attack import Attacked, attack
from padanan.upkeep.outputs.documents import papers, read_paper
from padanan.upkeep.outputs.gaps import with_gaps
from padanan.upkeep.outputs.printed import Printed, read_form, read_gaps, read_pages, read_show, read_table

MORE: Sequence[PageMaker] = (calendar_pages,)


@dataclass(frozen=True)
class Audit:
    """What was read, what the attack found, and how much is covered.

    Attributes:
        covered: kind of output -> (covered cells, cells). keys: key totals that are covered. outputs: what was read.
    """

    printed: Printed
    attacked: Attacked
    covered: dict[str, tuple[int, int]]
    keys: tuple[Key, ...]
    outputs: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """No fault in what is printed, nothing rebuilt, no key total covered."""
        return not (self.printed.faults or self.attacked.rebuilt or self.keys)

    def lines(self) -> list[str]:
        """The result in words; counts only."""
        found = self.attacked
        lines = [
            f"Dibaca kembali: {', '.join(self.outputs)}; {number(len(self.printed.cells))} sel, {number(found.equations)} jumlah."
        ]
        lines += ["", "Sel tertutup menurut keluaran:"]
        for name, (hidden, every) in sorted(self.covered.items()):
            lines.append(f"  {name}: {number(hidden)} dari {number(every)} ({percent(hidden, every)})")
        lines += [
            "",
            f"Sel kecil yang diserang: {number(found.tried)}; dapat dihitung balik: {number(len(found.rebuilt))}; "
            f"sel model yang selangnya kurang dari 1–4, sedikitnya dua nilai: {number(len(found.narrow))}.",
            f"Jumlah utama tertutup: {number(len(self.keys))}.",
        ]
        lines += [f"GALAT {fault}" for fault in self.printed.faults]
        lines += [f"GALAT dapat dihitung balik: {key}" for key in found.rebuilt]
        lines += [f"GALAT jumlah utama tertutup: {key}" for key in self.keys]
        return lines


def audit(home: Home, periode: Periode, revisi: int, say: Callable[[str], None] = lambda line: None) -> Audit:
    """Audits one published revision with its report, form, and the papers of its decree, as far as they were made.

    Raises:
        PadananError: the revision is not published.
    """
    source = open_published(home, periode, revisi)
    try:
        say("menghitung dan menyusun halaman")
        report = gather(home, in_order(load_contracts()), source)
        pages = make_pages(report, MORE)
        agenda = from_tables(report, report.facts.blockers)
        folder = home.reports(periode, revisi)
        made = (folder / "index.html").exists()
        printed, outputs = Printed(), ["halaman laporan", "lembar celah per wilayah"]
        read_gaps(printed, report, folder / GAPS if made else None)
        cells = with_gaps(report)
    finally:
        source.con.close()
    outputs += ["berkas HTML dan buku kerja"] if made else []
    read_pages(printed, report, pages, folder if made else None)
    for points in agenda:
        for point in points:
            if point.table is not None:
                read_table(printed, report, point.table, f"bahan rakor {point.table.id}")
    outputs += ["bahan rakor", "padanan review show"]
    read_show(printed, show.render(home, periode, revisi))
    offered = form.offer(home, periode, revisi).blockers
    rows = [{"produsen": one.producer, "aturan": one.rule, "kota": one.kota, "angka": one.figures} for one in offered]
    read_form(printed, rows, EVERYWHERE, MINORS, NO_ADDRESS)
    outputs.append("formulir yang akan dibuat")
    if (folder / FORM).exists():
        values, _ = form_book.read(folder / FORM)
        read_form(printed, values["pengecualian"], EVERYWHERE, MINORS, NO_ADDRESS)
        outputs.append("formulir keputusan")
    found = list(papers(home, report))
    for path in found:
        read_paper(printed, report, path)
    outputs += [path.name for path in found]
    printed.check(cells)
    say("menyerang sel tertutup")
    return _judged(report, cells, printed, outputs)


def _judged(report: Report, cells: Cells, printed: Printed, outputs: Sequence[str]) -> Audit:
    attacked = attack(printed, cells.declared, cells.solved.marks, report.cells.declared.values)
    hidden, every = Counter[str](), Counter[str]()
    for key, texts in printed.cells.items():
        for output in {name.split()[0] for where in texts.values() for name in where}:
            kind = (
                "halaman produsen" if output.startswith("produsen-") else "halaman kota" if output.startswith("kota-") else output
            )
            every[kind] += 1
            hidden[kind] += key in cells.solved.marks
    return Audit(
        printed,
        attacked,
        {kind: (hidden[kind], every[kind]) for kind in every},
        tuple(key for key in cells.declared.key if key in cells.solved.marks),
        tuple(outputs),
    )
