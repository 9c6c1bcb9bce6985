"""The page of the three lists: eligible people whom no program serves, flags on recipients, people without documents (F33-F35).

Only counts stand here; names are in the worklists. Whose row is on which list was decided when the tables were made.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

from padanan.base.suppress import ALL
from padanan.contracts.field_rules import Cause, FieldRules, Unmeasured, load_field_rules
from padanan.pages import words
from padanan.pages.layout import page
from padanan.pages.page import Page
from padanan.pages.table import Cell, Column, Row, Table, dated, heads, row, table, text
from padanan.published.groups import OUTSIDE
from padanan.published.opened import LATER, NotPublished
from padanan.published.report import Report
from padanan.review.report.crosstab import Crosstab, crosstab

_PLACE = f"coalesce(k.kode_kota, '{OUTSIDE}')"
_JOIN = "left join (select distinct kode_kota from wilayah) k on k.kode_kota = t.kode_kota"


def list_page(report: Report) -> dict[str, Page]:
    """`daftar.html`; a list that the publication does not have is said to be missing."""
    rules = load_field_rules()
    tables: dict[str, Table] = {}
    makers: tuple[tuple[str, Callable[[], dict[str, Table]]], ...] = (
        ("daftar_tanpa_program", lambda: {"tanpa_program": _unserved(report, rules)}),
        ("bendera_periksa", lambda: {"bendera": _flags(report, rules), "bendera_program": _flags_by_program(report, rules)}),
        ("tanpa_dokumen", lambda: {"tanpa_dokumen": _undocumented(report)}),
    )
    for name, make in makers:
        # Not published then, as a table or a column of it: the template says so.
        with suppress(NotPublished):
            tables |= make() if report.source.has(name) else {}
    unmeasured = [f"{item.keterangan} ({item.tidak_diukur})" for item in rules.bukti if isinstance(item, Unmeasured)]
    made = page(report, "daftar.html.j2", tables, tidak_diukur=unmeasured, belum=LATER, aturan=rules.tanpa_dokumen)
    return {"daftar.html": made}


def _kotas(report: Report) -> list[str]:
    return [*report.facts.kota_names, OUTSIDE]


def _columns(report: Report, first: str, *before: Column) -> list[Column]:
    names = [report.facts.kota_names.get(kota, words.kota_name("", {})) for kota in _kotas(report)]
    return [Column(first), *before, Column("Orang", "n"), *(Column(name, "n") for name in names)]


def _counted(report: Report, query: str) -> dict[tuple[str, str], int]:
    return {(str(line["baris"]), str(line["kota"])): int(line["n"]) for line in report.source.rows(query)}


def _lines(report: Report, made: Crosstab, names: Mapping[str, str], key: str) -> list[Row]:
    return [row(text(name), *made.line(value, _kotas(report)), **{key: value}) for value, name in names.items()]


def _unserved(report: Report, rules: FieldRules) -> Table:
    """F33: each person once, by the first cause that holds."""
    counts = _counted(
        report,
        f"select coalesce(t.sebab, 'tidak_diketahui') as baris, {_PLACE} as kota, count(distinct t.id_orang) as n "
        f"from daftar_tanpa_program t {_JOIN} group by all",
    )
    causes = {item.id: item for item in rules.tanpa_program}
    order = [*causes, *sorted({key[0] for key in counts} - set(causes))]
    made = crosstab(counts, order, _kotas(report))
    columns = _columns(report, "Sebab", *heads("Tindak lanjut", "Penanggung jawab", "Tenggat"))
    rows = []
    for cause in order:
        found = causes.get(cause)
        rows.append(
            row(
                text(found.keterangan if found else cause, "lebar"),
                *_todo(report, found),
                *made.line(cause, _kotas(report)),
                sebab=cause,
            )
        )
    foot = [row(text("Jumlah"), *_todo(report, None), *made.line(ALL, _kotas(report)), sebab="semua")]
    return table("tabel-tanpa-program", "Orang dalam data sasaran yang tidak menerima program apa pun", columns, rows, foot=foot)


def _todo(report: Report, found: Cause | None) -> tuple[Cell, ...]:
    if found is None:
        return Cell(""), Cell(""), Cell("")
    due = report.due(found.hari)
    return text(found.tindak_lanjut, "teks"), text("; ".join(found.penanggung_jawab)), dated(due, short=True)


def _flags(report: Report, rules: FieldRules) -> Table:
    """F34: distinct people by evidence; one person may carry several, so only the last line counts everyone once."""
    counts = _counted(
        report,
        f"select t.bukti as baris, {_PLACE} as kota, count(distinct t.id_orang) as n from bendera_periksa t {_JOIN} group by all",
    )
    totals = {
        str(line["kota"]): int(line["n"])
        for line in report.source.rows(
            f"select {_PLACE} as kota, count(distinct t.id_orang) as n from bendera_periksa t {_JOIN} group by all"
        )
    }
    names = _evidence(rules, [key[0] for key in counts])
    made = crosstab(counts, list(names), _kotas(report), totals=totals)
    foot = [row(text("Orang berbeda"), *made.line(ALL, _kotas(report)), bukti="semua")]
    columns = _columns(report, "Bukti")
    return table(
        "tabel-bendera", "Penerima dengan bukti yang perlu diperiksa", columns, _lines(report, made, names, "bukti"), foot=foot
    )


def _flags_by_program(report: Report, rules: FieldRules) -> Table:
    found = report.source.rows(
        "select program as baris, bukti as kota, count(distinct id_orang) as n from bendera_periksa group by all order by all"
    )
    counts = {(str(line["baris"]), str(line["kota"])): int(line["n"]) for line in found}
    evidence = _evidence(rules, [key[1] for key in counts])
    programs = [name for name in report.contracts if any(key[0] == name for key in counts)]
    made = crosstab(counts, programs, list(evidence))
    rows = [
        row(text(report.contracts[program].name), *(made.cell(program, bukti) for bukti in evidence), program=program)
        for program in programs
    ]
    columns = [Column("Program"), *(Column(bukti.replace("_", " ").capitalize(), "n") for bukti in evidence)]
    return table("tabel-bendera-program", "Bendera menurut program dan bukti", columns, rows,
                 note="Satu orang dapat mempunyai beberapa bukti dan beberapa program.")  # fmt: skip


def _evidence(rules: FieldRules, found: Sequence[str]) -> dict[str, str]:
    known = {item.id: item.keterangan for item in rules.measured}
    return {**known, **{name: name for name in sorted(set(found) - set(known))}}


def _undocumented(report: Report) -> Table:
    """F35: people of whom no source gives a NIK, by whether they are in the data sasaran."""
    counts = _counted(
        report,
        f"""select case when s.terpilih then 'sasaran' else 'lain' end as baris, {_PLACE} as kota,
        count(distinct t.id_orang) as n
        from tanpa_dokumen t left join sasaran s on s.id_orang = t.id_orang {_JOIN} group by all""",
    )
    names = {"sasaran": "Masuk data sasaran", "lain": "Tidak masuk data sasaran"}
    made = crosstab(counts, list(names), _kotas(report))
    foot = [row(text("Jumlah"), *made.line(ALL, _kotas(report)), kelompok="semua")]
    return table(
        "tabel-tanpa-dokumen", "Orang tanpa NIK pada sumber mana pun", _columns(report, "Kelompok"),
        _lines(report, made, names, "kelompok"), foot=foot,
    )  # fmt: skip


def summary(report: Report) -> list[dict[str, Any]]:
    """The index's line on each list: how many distinct people."""
    lists = (
        ("daftar_tanpa_program", "orang dalam data sasaran tanpa program apa pun"),
        ("bendera_periksa", "penerima dengan bukti yang perlu diperiksa di lapangan"),
        ("tanpa_dokumen", "orang tanpa NIK pada sumber mana pun"),
    )
    found = []
    for name, told in lists:
        if report.source.has(name):
            number = report.source.value(f"select count(distinct id_orang) from {name}")
            made = crosstab({("x", "x"): number}, ["x"], ["x"])
            found.append({"id": name, "nama": told, "nilai": made.cell("x", "x").text})
    return found
