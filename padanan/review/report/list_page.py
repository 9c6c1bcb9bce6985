"""The page of the lists: who lacks a program that they are entitled to, flags on recipients, people without documents (F33-F35),
and who has a reason for a visit and is not visited.

Only counts stand here; names are in the worklists. Whose row is on which list was decided when the tables were made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from padanan.base.suppress import ALL
from padanan.contracts.agencies import PRODUCER_WORDS
from padanan.contracts.entitlements import UNVERIFIED, Entitlements, load_entitlements, unsettled
from padanan.contracts.field_parts import Cause, Unmeasured
from padanan.contracts.field_rules import FieldRules, load_field_rules
from padanan.pages import words
from padanan.pages.layout import page
from padanan.pages.page import Page
from padanan.pages.table import Cell, Column, Row, Table, counted, dated, heads, row, table, text
from padanan.published import lists
from padanan.published.cells.lists import list_key, none_key
from padanan.published.groups import OUTSIDE
from padanan.published.opened import LATER
from padanan.published.report import Report
from padanan.review.report.crosstab import Crosstab, crosstab


def list_page(report: Report) -> dict[str, Page]:
    """`daftar.html`; a list that the publication does not have is said to be missing."""
    rules, entitled = load_field_rules(), load_entitlements()
    tables: dict[str, Table] = {}
    makers: tuple[tuple[str, Callable[[], dict[str, Table]]], ...] = (
        (f"{lists.UNSERVED}/sebab", lambda: {"tanpa_program": _unserved(report, rules)}),
        (f"{lists.UNSERVED}/program", lambda: {"tanpa_program_program": _unserved_by_program(report)}),
        (f"{lists.FLAGS}/bukti", lambda: {"bendera": _flags(report, rules)}),
        (f"{lists.FLAGS}/program", lambda: {"bendera_program": _flags_by_program(report, rules)}),
        (f"{lists.PAPERLESS}/kelompok", lambda: {"tanpa_dokumen": _undocumented(report)}),
        (f"{lists.PAPERS}/dokumen", lambda: {"dokumen_kurang": _papers(report, rules)}),
        (f"{lists.UNVISITED}/alasan", lambda: {"tidak_didatangi": _not_visited(report)}),
    )
    for name, make in makers:
        # Not published then, as a table or a column of it: the template says so.
        tables |= make() if name in report.cells.declared.crosses else {}
    unmeasured = [f"{item.keterangan} ({item.tidak_diukur})" for item in rules.bukti if isinstance(item, Unmeasured)]
    if "tanpa_program" in tables:
        tables["hak"] = _entitled(report, entitled)
    telling = [item.name for item in report.contracts.values() if item.program.get("menyampaikanPemohon")]
    silent = [f"{report.contracts[name].name} ({why})" for name, why in unsettled(entitled, report.contracts).items()]
    made = page(
        report, "daftar.html.j2", tables, tidak_diukur=unmeasured, belum=LATER, aturan=rules.tanpa_dokumen, pemohon=telling,
        hak_tidak_diukur=silent,
    )  # fmt: skip
    return {"daftar.html": made}


def _kotas(report: Report) -> list[str]:
    return [*report.facts.kota_names, OUTSIDE]


def _columns(report: Report, first: str, *before: Column) -> list[Column]:
    names = [report.facts.kota_names.get(kota, words.kota_name("", {})) for kota in _kotas(report)]
    return [Column(first), *before, Column("Orang", "n"), *(Column(name, "n") for name in names)]


def _lines(report: Report, made: Crosstab, names: Mapping[str, str], key: str) -> list[Row]:
    return [row(text(name), *made.line(value), **{key: value}) for value, name in names.items()]


def _by_reason(
    report: Report, name: str, column: str, known: Mapping[str, Cause], first: str
) -> tuple[list[Column], list[Row], list[Row]]:
    """Columns, lines and foot of a list by one of its columns, with what is done; only the last line counts each person once.

    Args:
        name: the list. column: of it, what a line is. known: its values in order; others come behind. first: the head.
    """
    made = crosstab(report.cells, f"{name}/{column}")
    rows = [
        row(
            text(known[value].keterangan if value in known else value, "lebar"),
            *_todo(report, known.get(value)),
            *made.line(value),
            **{column: value},
        )
        for value in made.rows
    ]
    foot = [row(text("Orang berbeda"), *_todo(report, None), *made.line(ALL), **{column: "semua"})]
    return _columns(report, first, *heads("Tindak lanjut", "Penanggung jawab", "Tenggat")), rows, foot


def _unserved(report: Report, rules: FieldRules) -> Table:
    """F33: distinct people by cause; who lacks several programs may stand in several."""
    causes = {item.id: item for item in rules.tanpa_program}
    columns, rows, foot = _by_reason(report, "daftar_tanpa_program", "sebab", causes, "Sebab")
    title = "Orang dalam data sasaran yang belum menerima program yang menjadi haknya, menurut sebab"
    return table("tabel-tanpa-program", title, columns, rows, foot=foot)


def _unserved_by_program(report: Report) -> Table:
    """F33 by program, for its agency: each person once a program, by cause."""
    made = crosstab(report.cells, f"{lists.UNSERVED}/program")
    programs, causes = made.rows, made.columns
    rows = []
    for program in programs:
        contract = report.contracts.get(program)
        named = (contract.name, contract.agency) if contract else ("Tidak berhak atas program yang dapat diukur", "")
        rows.append(row(text(named[0]), text(named[1]), *made.line(program), program=program))
    columns = [*heads("Program", "Pengelola"), Column("Orang", "n"), *(Column(words.title(cause), "n") for cause in causes)]
    return table("tabel-tanpa-program-program", "Yang berhak dan belum menerima, menurut program dan sebab", columns, rows,
                 note="Satu orang dapat berhak atas beberapa program.")  # fmt: skip


def _entitled(report: Report, entitled: Entitlements) -> Table:
    """Who is entitled to what, with the source, marked where nobody has checked it."""
    rows = [
        row(
            text(report.contracts[name].name),
            text(item.siapa, "lebar"),
            text("tanpa batas" if item.desil_maks is None else str(item.desil_maks)),
            text(item.sumber.replace(" [D]", "").replace(UNVERIFIED, "(belum diperiksa)"), "lebar"),
            program=name,
        )
        for name, item in entitled.program.items()
        if item.tidak_diukur is None and name in report.contracts
    ]
    columns = heads("Program", "Yang berhak", "Batas desil aturan program", "Sumber")
    return table("tabel-hak", "Siapa yang dianggap berhak", list(columns), rows)


def _not_visited(report: Report) -> Table:
    """Who has a reason for a visit and no line on the prelist; a person may have several."""
    names = {
        "diperbaiki_di_sumber": "Bukan sasaran, calon, atau penerima dengan bukti: catatannya diperbaiki di sumbernya",
        "program_tanpa_batas_desil": "Desilnya di atas batas data sasaran, tetapi aturan programnya tidak membatasi desil",
    }
    made = crosstab(report.cells, f"{lists.UNVISITED}/alasan")
    foot = [row(text("Orang berbeda"), *made.line(ALL), alasan="semua")]
    return table(
        "tabel-tidak-didatangi", "Punya alasan kunjungan dan tidak didatangi", _columns(report, "Sebab"),
        _lines(report, made, names, "alasan"), foot=foot,
    )  # fmt: skip


def _todo(report: Report, found: Cause | None) -> tuple[Cell, ...]:
    if found is None:
        return Cell(""), Cell(""), Cell("")
    due = report.due(found.hari)
    owners = ["pengelola program" if name in PRODUCER_WORDS else name for name in found.penanggung_jawab]
    return text(found.tindak_lanjut, "teks"), text("; ".join(owners)), dated(due, short=True)


def _flags(report: Report, rules: FieldRules) -> Table:
    """F34: distinct people by evidence; one person may carry several, so only the last line counts everyone once."""
    made = crosstab(report.cells, f"{lists.FLAGS}/bukti")
    names = _evidence(rules, made.rows)
    foot = [row(text("Orang berbeda"), *made.line(ALL), bukti="semua")]
    columns = _columns(report, "Bukti")
    return table(
        "tabel-bendera", "Penerima dengan bukti yang perlu diperiksa", columns, _lines(report, made, names, "bukti"), foot=foot
    )


def _flags_by_program(report: Report, rules: FieldRules) -> Table:
    made = crosstab(report.cells, f"{lists.FLAGS}/program")
    programs, evidence = made.rows, made.columns
    rows = [
        row(text(report.contracts[program].name), *(made.cell(program, bukti) for bukti in evidence), program=program)
        for program in programs
    ]
    columns = [Column("Program"), *(Column(words.title(bukti), "n") for bukti in evidence)]
    return table("tabel-bendera-program", "Bendera menurut program dan bukti", columns, rows,
                 note="Satu orang dapat mempunyai beberapa bukti dan beberapa program.")  # fmt: skip


def _evidence(rules: FieldRules, found: Sequence[str]) -> dict[str, str]:
    known = {item.id: item.keterangan for item in rules.measured}
    return {**known, **{name: name for name in sorted(set(found) - set(known))}}


def _undocumented(report: Report) -> Table:
    """F35: people of whom no source gives a NIK, by whether they are in the data sasaran."""
    names = {"sasaran": "Masuk data sasaran", "lain": "Tidak masuk data sasaran"}
    made = crosstab(report.cells, f"{lists.PAPERLESS}/kelompok")
    foot = [row(text("Jumlah"), *made.line(ALL), kelompok="semua")]
    return table(
        "tabel-tanpa-dokumen", "Orang tanpa NIK pada sumber mana pun", _columns(report, "Kelompok"),
        _lines(report, made, names, "kelompok"), foot=foot,
    )  # fmt: skip


def _papers(report: Report, rules: FieldRules) -> Table:
    """F35: people of the data sasaran without a family card or a birth certificate; a child may lack both."""
    papers = {item.id: item for item in rules.dokumen_lain}
    columns, rows, foot = _by_reason(report, "dokumen_kurang", "dokumen", papers, "Dokumen")
    return table("tabel-dokumen-kurang", "Orang dalam data sasaran tanpa dokumen lain", columns, rows, foot=foot)


def summary(report: Report) -> list[dict[str, Any]]:
    """The index's line on each list: how many distinct people."""
    found = (
        (lists.UNSERVED, list_key(lists.UNSERVED, "sebab"),
         "orang dalam data sasaran yang belum menerima sedikitnya satu program yang menjadi haknya"),
        (f"{lists.UNSERVED}_program_diterima", none_key(), "di antaranya belum menerima program apa pun"),
        (lists.FLAGS, list_key(lists.FLAGS, "bukti"), "penerima dengan bukti yang perlu diperiksa di lapangan"),
        (lists.PAPERLESS, list_key(lists.PAPERLESS, "kelompok"), "orang tanpa NIK pada sumber mana pun"),
    )  # fmt: skip
    return [
        {"id": name, "nama": told, "nilai": counted(report.cells, key).text} for name, key, told in found if report.cells.has(key)
    ]
