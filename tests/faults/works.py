"""The work of the second half that is broken: review, decree, worklists, kits, retention, distribution, feedback, addenda.

Each begins from a state of the town (`town`), at times that are given, and can be done again after a fault as a person would.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path

from padanan.base.home import Home
from padanan.base.period import JAKARTA, Periode
from tests.faults import town
from tests.faults.breaker import tree
from tests.faults.scenarios import Scenario
from tests.faults.town import DECREED, DECREED_ON, HEARD, PERIODE, PUBLISHED, home_of

NOW = datetime(2025, 12, 22, 9, tzinfo=JAKARTA)
LONG_AFTER = datetime(2036, 1, 5, 9, tzinfo=JAKARTA)
NUMBER = "981 Tahun 2025"
# A run's own diary, a lock's file, and what says who read which bytes when: none of them is a result.
PASSING = ("warehouse/", "dagster/", "logs/", "distribusi/keadaan.sqlite")
WARM = (
    "pandas", "pyarrow.parquet", "openpyxl", "docx", "typst", "padanan.run.report", "padanan.decree.approve",
    "padanan.decree.documents", "padanan.review.worklist.make", "padanan.review.kit.make", "padanan.upkeep.retention.destroy",
    "padanan.distribution.shelf", "padanan.distribution.dashboard.make", "padanan.distribution.state.store",
    "padanan.distribution.state.copy", "padanan.feedback.intake", "padanan.feedback.newcomers", "padanan.feedback.ranking",
    "padanan.feedback.cycle_page", "padanan.feedback.urgent_steps", "padanan.feedback.addendum_names", "padanan.feedback.aid",
    "padanan.run.prelist_lines", "padanan.run.new_lines", "padanan.run.sheets", "padanan.synthetic.year_decree",
    "padanan.cli", "tests.papers", "tests.feedback.field",
)  # fmt: skip


def result(root: Path) -> dict[str, str]:
    """Every file of the home, but what passes (`PASSING`); of the API's state what it says, without its times and secrets."""
    home = Home(root / "data")
    found = {
        name: state for name, state in tree(home.root).items() if not name.startswith(PASSING) and not name.endswith(".lock")
    }
    # What drafts hold is looked for apart; an empty one is nothing.
    found = {name: state for name, state in found.items() if "/.tmp-" not in f"/{name}"}
    state = home.root / "distribusi" / "keadaan.sqlite"
    if state.exists():
        found["keadaan"] = _state_said(home)
        # A copy of it holds the times and secrets as well.
        found.pop("salinan.sqlite", None)
    return found


def _state_said(home: Home) -> str:
    import sqlite3

    con = sqlite3.connect(home.root / "distribusi" / "keadaan.sqlite")
    try:
        clients = con.execute("select id, instansi, lingkup, dicabut is null from klien order by 1").fetchall()
        events = [json.loads(one[0]) for one in con.execute("select isi from audit order by no").fetchall()]
    finally:
        con.close()
    said = [{name: one[name] for name in ("jenis", "klien", "tindakan") if name in one} for one in events]
    return json.dumps([clients, said])


def _from(state: str, *before: Callable[[Path], None]) -> Callable[[Path], None]:
    """What stands before a work: a copy of a state of the town, and what was done since."""

    def prepare(root: Path) -> None:
        town.copy(states()[state], root)
        # What follows a decision is work of its own (`laporan`): a report costs more than all else here.
        shutil.rmtree(home_of(root).root / "reports", ignore_errors=True)
        for act in before:
            act(root)

    return prepare


def states() -> dict[str, Path]:
    """The town's states, made before anything is forked (`ready`)."""
    return _made


_made: dict[str, Path] = {}


def ready(folder: Path) -> None:
    """Makes the town where it is missing, in processes of their own."""
    _made.update(town.build(folder))


def review(root: Path) -> None:
    """The review meeting with its waivers, the report to the Asisten, the discussion, the draft."""
    from padanan.synthetic.year_decree import accept

    accept(home_of(root), PERIODE, 1, DECREED_ON)


def decree(root: Path) -> None:
    """The freeze and the penetapan with its annex."""
    from padanan.decree.freeze import freeze_draft
    from padanan.records.seals import seals
    from padanan.synthetic.year_decree import seal

    home = home_of(root)
    if not seals(home, PERIODE):
        freeze_draft(home, PERIODE, 1)
    seal(home, PERIODE, 1, DECREED_ON, NUMBER)


def documents(root: Path) -> None:
    """The documents of a revision after its penetapan."""
    from padanan.decree.documents import write_documents

    write_documents(home_of(root), PERIODE, 1)


def report(root: Path) -> None:
    """The report of a revision with its forms, as it is made again after a decision."""
    from padanan.run.report import render_report

    render_report(home_of(root), PERIODE, 1)


def worklists(root: Path) -> None:
    """The workbooks of the field, and one of them handed over."""
    from padanan.forms import handover
    from padanan.review.worklist.make import make

    home = home_of(root)
    folder, facts = make(home, PERIODE, 1, now=NOW)
    name = min(facts["berkas"])
    handed = [one for one in handover.register_of(home).read().records if one["peristiwa"] == handover.HANDED]
    if not handed:
        handover.hand_over(home, [folder / name], to="Siti, pendamping", purpose="verivali", by="contoh.pelapor", now=NOW)


def kits(root: Path) -> None:
    """The producers' kits."""
    from padanan.review.kit.make import make

    make(home_of(root), PERIODE, 1, now=NOW)


def retention(root: Path) -> None:
    """Everything whose time is over ten years later."""
    from padanan.contracts.contract import load_contracts
    from padanan.contracts.retention import load_rules
    from padanan.upkeep.retention.destroy import run

    home, contracts = home_of(root), load_contracts()
    done = run(home, contracts, load_rules(contracts), by="Ani Uji", witness="Budi Uji", now=LONG_AFTER)
    for fault in done.faults:
        raise fault


def empty(root: Path) -> None:
    """A home of the demo's kind with nothing in it but its key."""
    from tests.conftest import write_key

    write_key(root / "kunci" / "hmac.key")
    home_of(root).ensure().demo_marker.write_text("{}")


def by_hand(root: Path) -> None:
    """Two sealed decrees as the distribution's own tests make them: the town's is too small for figures that hide nobody."""
    from padanan.synthetic.decree import seal_decree

    empty(root)
    home = home_of(root)
    seal_decree(home, Periode(2025, 1))
    seal_decree(home, PERIODE, shift=60)


def agencies(root: Path) -> None:
    """A client and its grant, then a copy of the state."""
    from padanan.distribution.audit import AuditWriter
    from padanan.distribution.catalogue import load_catalogue
    from padanan.distribution.clients import AGGREGATE, BNBA, add_client, find_client
    from padanan.distribution.grants import GrantBook, give
    from padanan.distribution.state.copy import copy_state
    from padanan.distribution.state.store import open_store
    from padanan.synthetic.year_decree import APPROVER, PROPOSER

    home = home_of(root)
    store = open_store(home)
    writer = AuditWriter(store)
    try:
        if find_client(store, "dinsos-klj") is None:
            add_client(
                writer, client="dinsos-klj", agency="dinsos", scopes=[AGGREGATE, BNBA], by="Uji", now=NOW,
                secret_until=NOW.date() + timedelta(days=30),
            )  # fmt: skip
    finally:
        writer.close()
        store.close()
    if "klj-dinsos" not in GrantBook(home).all():
        give(home, TERMS, load_catalogue(), proposer=PROPOSER, approver=APPROVER, reason="uji hibah", now=NOW)
    if not (root / "salinan.sqlite").exists():
        copy_state(home, root / "salinan.sqlite")


def distribution(root: Path) -> None:
    """The decree prepared and shown, a client with its grant, the dashboards."""
    from padanan.distribution.dashboard.make import make_dashboard
    from padanan.distribution.shelf import publish_decree

    home = home_of(root)
    publish_decree(home, PERIODE)
    agencies(root)
    make_dashboard(home)


TERMS = {
    "hibah": "klj-dinsos", "klien": "dinsos-klj", "instansi": "dinsos", "program": "klj", "baris": "penerima", "wilayah": ["31"],
    "kolom": ["id_orang", "nik", "nama", "kode_kelurahan", "program"], "layanan": ["sasaran", "cari"], "tujuan": ["verifikasi"],
    "dasar_hukum": "Pergub contoh", "surat": {"nomor": "S-1/2025", "tanggal": "2025-12-16"},
    "keputusan": {"nomor": "TKPK-5/2025", "tanggal": "2025-12-17"}, "mulai": "2025-12-18", "sampai": "2026-12-01",
}  # fmt: skip


def feedback(root: Path) -> None:
    """What the field sent becomes events; newcomers looked up, people to the ranking body, new worklists, the cycle's page."""
    from padanan.feedback.cycle import standing_on
    from padanan.feedback.cycle_page import page_of, write_in_home
    from padanan.feedback.intake import take_all
    from padanan.feedback.newcomers import compare
    from padanan.feedback.ranking import hand_over
    from padanan.run.new_lines import make_new

    home = home_of(root)
    take_all(home, now=NOW)
    compare(home, now=NOW)
    hand_over(home, PERIODE, 1, now=NOW)
    make_new(home, now=NOW)
    with standing_on(home, NOW.date()) as standing:
        write_in_home(home, page_of(standing))


def heard(root: Path) -> None:
    """Events of all that the field sent."""
    from padanan.feedback.intake import take_all

    take_all(home_of(root), now=NOW)


def addenda(root: Path) -> None:
    """Urgent people proposed and decided, the file of their names, the file of the API, the pay list."""
    from padanan.feedback.addendum_names import show_at_door, write
    from padanan.feedback.aid import pay_list, write_pay_list
    from padanan.feedback.urgent_steps import Authority, decide, propose
    from padanan.records import addenda as register
    from padanan.synthetic.year_decree import DECREER, PROPOSER
    from tests.papers import pdf

    home = home_of(root)
    if not register.proposals(home):
        propose(home, None, by=PROPOSER, reason="kunjungan menemukan kebutuhan mendesak", now=NOW)
    if not register.addenda(home):
        letter = root / "surat.pdf"
        letter.write_bytes(pdf("45/TKPK/2025"))
        authority = Authority("45/TKPK/2025", date(2025, 12, 21), letter)
        decide(home, 1, by=DECREER, reason="sesuai surat TKPK", now=NOW, authority=authority)
    (one,) = register.addenda(home)
    name = one.name
    write(home, name, now=NOW)
    show_at_door(home, name, now=NOW)
    write_pay_list(pay_list(home, "klj", today=NOW.date()), root / "daftar-bayar.csv")


def filled(root: Path) -> None:
    """A worklist that comes back with answers."""
    import openpyxl

    from padanan.review.worklist.make import make
    from tests.review.worklist_by_hand import type_into

    home = home_of(root)
    folder, facts = make(home, PERIODE, 1, now=NOW - timedelta(days=3))
    name = max(facts["berkas"], key=lambda one: int(facts["berkas"][one].get("prelist", 0)))
    book = openpyxl.load_workbook(folder / name)
    who = {"tanggal": "20-12-2025", "petugas": "Siti Kader"}
    type_into(book, "Verifikasi", 3, hasil="ditemukan", **who)
    type_into(book, "Validasi", 3, hasil="layak", domisili="ya", **who)
    book.save(root / name)
    (root / "lembar.txt").write_text(name)


def sheets(root: Path) -> None:
    """The filled worklist taken in."""
    from padanan.run.sheets import take_sheet

    home = home_of(root)
    taken = take_sheet(home, root / (root / "lembar.txt").read_text(), now=NOW)
    assert not taken.faults, [str(one.fault.cause) for one in taken.faults]


def events_of_sheets(root: Path) -> dict[str, str]:
    """As `result`; each time that a sheet is taken has its record and receipt, also when everything in it was taken before.

    So has the delivery that is made of its answers: brought again, landing says that it has it already.
    """
    again = "landing/verivali/tanda_terima"
    own = ("decisions/umpan_balik/lembar", "umpan_balik/lembar/", f"{again}/duplikat-")
    return {name: state for name, state in result(root).items() if not name.startswith(own) and name != again}


def prepared(root: Path) -> dict[str, str]:
    """As `result`; of the prepared folders names and rights alone: DuckDB lays the same rows out in other bytes each time.

    That they are what was sealed is proved by `publish_decree` itself each time.
    """
    said = result(root)
    return {name: state.partition(" ")[0] if name.startswith("distribusi/siap/") else state for name, state in said.items()}


AGENCIES = Scenario("klien dan hibah", empty, agencies, result)
"""Part of the distribution, small enough for the suite."""
WORKS = (
    Scenario("reviu", _from(PUBLISHED), review, result),
    Scenario("penetapan", _from(PUBLISHED, review), decree, result),
    Scenario("dokumen", _from(DECREED), documents, result),
    Scenario("laporan", _from(DECREED), report, result),
    Scenario("daftar lapangan", _from(DECREED), worklists, result),
    Scenario("paket produsen", _from(DECREED), kits, result),
    Scenario("retensi", _from(DECREED, worklists), retention, result),
    Scenario("penyaluran", by_hand, distribution, prepared),
    Scenario("umpan balik", _from(HEARD), feedback, result),
    Scenario("adendum", _from(HEARD, heard), addenda, result),
    Scenario("lembar kembali", _from(DECREED, filled), sheets, events_of_sheets),
)
