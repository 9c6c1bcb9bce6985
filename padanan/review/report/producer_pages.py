"""The pages of the producers: what each sent, what failed and where, whom it touches, and what to do until when.

The same page lies in the producer's kit, so it speaks of one producer only. The table of its rules is in `producer_rules`.
"""

from __future__ import annotations

from padanan.base import format as id_format
from padanan.base.suppress import printed
from padanan.base.suppress import small as small_count
from padanan.contracts.contract import Contract
from padanan.contracts.parts import SUPPORTING
from padanan.pages import words
from padanan.pages.layout import page
from padanan.pages.page import Page
from padanan.pages.table import RULE, Cell, Column, Table, count, counted, dated, heads, row, rule_cell, table, text
from padanan.published import wilayah
from padanan.published.cells.places import rule_key
from padanan.published.facts import NO_KOTA
from padanan.published.followup import FollowUp, summed
from padanan.published.report import Report, producer_page
from padanan.published.touched import by_producer
from padanan.review.report.change_page import OUTCOMES, outcome_cells
from padanan.review.report.producer_rules import ordered, rules_table

# Rules in the tables by kota and of earlier gaps: a page is read in a meeting, the rest stands in the sheets.
MOST_RULES = 5


def producer_pages(report: Report) -> dict[str, Page]:
    """One page a producer that has records."""
    touched = by_producer(report.source)
    return {producer_page(name): _page(report, name, touched.get(name, 0)) for name in report.facts.rows}


def _page(report: Report, contract_id: str, touched: int) -> Page:
    facts, contract, item = report.facts, report.contracts[contract_id], report.deliveries[contract_id]
    rows, failing = facts.rows[contract_id], facts.failing_records.get(contract_id, 0)
    blockers = [blocker for blocker in facts.blockers if blocker.producer == contract_id]
    small = {item.rule.name for item in report.small_blockers if item.producer == contract_id}
    minors = sum(item.producer == contract_id for item in facts.minors)
    counts = facts.statuses.get(contract_id, {})
    padan = sum(counts.get(key, 0) for key in words.PADAN)
    n, part = id_format.number, id_format.percent
    of_all = f"dari {n(facts.selected)} orang data sasaran"
    people = (
        "orang data sasaran tersentuh",
        printed(touched),
        of_all if small_count(touched) else f"{part(touched, facts.selected)} {of_all}",
    )
    headline = [
        ("catatan dengan celah", n(failing), f"{part(failing, rows)} dari {n(rows)} catatan"),
        ("catatan", n(rows), f"satuan: {contract.unit}") if contract.kind == SUPPORTING else people,
        _part_played(report, contract, rows) or ("padan dengan Adminduk", part(padan, rows), f"{n(padan)} catatan"),
        ("penghalang", n(len(blockers)), f"dan {n(minors)} catatan kecil" if minors else ""),
        (f"kiriman, tenggat {id_format.day(item.due)}", words.DELIVERY_STATES[item.state][0], ""),
    ]
    tables = {"aturan": rules_table(report, contract_id), "kota": _by_kota(report, contract_id)}
    if report.follow_ups:
        tables["lanjutan"] = _follow_up(report, report.follow_ups[0], contract_id)
    if item.used:
        tables["kiriman"] = _deliveries(report, contract_id)
    return page(
        report,
        "produsen.html.j2",
        tables,
        p={
            "nama": contract.name,
            "css": "buruk" if blockers else "baik",
            "kalimat": words.producer_sentence(contract.name, blockers, rows, failing),
            "dasar_hukum": contract.legal_basis,
            "satuan": contract.unit,
            "pemilik": contract.parties.first(report.cutoff),
            "pokok": [{"nama": name, "nilai": value, "catatan": note} for name, value, note in headline],
            "bersih": sorted(found.rule.name for found in facts.of(contract_id) if not found.gagal),
            "catatan_kecil": minors,
            "penghalang_kecil": sorted(small),
        },
    )


def _part_played(report: Report, contract: Contract, rows: int) -> tuple[str, str, str] | None:
    """Of supporting data, which are not matched: the records that may be used."""
    if contract.kind != SUPPORTING or not report.source.has("rekaman_pendukung"):
        return None
    query = "select count(*) from rekaman_pendukung where dipakai and producer = ?"
    used = report.source.value(query, contract.id)
    return "catatan dipakai", id_format.percent(used, rows), f"{id_format.number(used)} catatan; data pendukung tidak dipadankan"


def _by_kota(report: Report, contract_id: str) -> Table:
    """The rules with a penghalang first, then those over their threshold somewhere, as far as either may be told."""
    own = [item for item in report.facts.kotas if item.producer == contract_id and not report.covered(item)]
    over, blocked = {item.rule.id for item in own if item.over}, {item.rule.id for item in own if item.blocker}
    found = ordered(report, contract_id)
    shown = sorted(found, key=lambda item: (item.rule.id not in blocked, item.rule.id not in over))[:MOST_RULES]
    rows = [
        row(
            rule_cell(item.rule),
            counted(report.cells, rule_key(contract_id, item.rule.id)),
            *kota_cells(report, contract_id, item.rule.id),
            aturan=item.rule.id,
        )
        for item in shown
    ]
    left = len(found) - len(shown)
    note = f"{id_format.number(left)} aturan lain: lembar celah menurut wilayah." if left else ""
    columns = [RULE, Column("Jumlah", "n"), *kota_columns(report)]
    caption = "Catatan gagal dan bagiannya menurut kota"
    return table("tabel-kota", caption, columns, rows, note=note, label="Celah menurut kota")


def kota_columns(report: Report) -> list[Column]:
    """The columns of `kota_cells`."""
    names = [words.kota_name(code, report.facts.kota_names) for code in (*report.facts.kota_names, NO_KOTA)]
    return [Column(name, "n", more=(f"{name}: bagian", f"{name}: tanda")) for name in names]


def kota_cells(report: Report, contract_id: str, rule_id: str) -> list[Cell]:
    """One rule of one producer by kota: failing records, their share where it may be told, and whether that is a penghalang."""
    covered, cells = report.covers[contract_id], []
    counts = {item.kota: item for item in report.facts.kotas if (item.producer, item.rule.id) == (contract_id, rule_id)}
    for code in (*report.facts.kota_names, NO_KOTA):
        found, mark = counts.get(code), covered.get((rule_id, code))
        failed = found.gagal if found else 0
        over = bool(found and found.blocker and not mark)
        told = id_format.percent(failed, found.total) if found and not mark else ""
        css = "buruk" if over else ""
        cells.append(
            Cell(
                mark.text if mark else id_format.number(failed),
                None if mark else failed,
                f"n {css}".strip(),
                note=f"■ {told}" if over else told,
                note_css=css,
                more=(found.rate if told and found else None, "penghalang" if over else None),
                data={"kota": code or wilayah.UNKNOWN},
                key=rule_key(contract_id, rule_id, code),
            )
        )
    return cells


def _follow_up(report: Report, found: FollowUp, contract_id: str) -> Table:
    """What became of the producer's gaps of before, rule by rule."""
    own = {rule_id: outcome for (producer, rule_id), outcome in found.outcomes.items() if producer == contract_id}
    rules = {item.rule.id: item.rule for item in report.facts.of(contract_id)}
    order = sorted(own, key=lambda rule_id: (-own[rule_id].now, -own[rule_id].before, rule_id))
    rows = [
        row(
            rule_cell(rules[rule_id]) if rule_id in rules else Cell(rule_id),
            *outcome_cells(own[rule_id]),
            aturan=rule_id,
        )
        for rule_id in order[:MOST_RULES]
    ]
    if rest := order[MOST_RULES:]:
        others = summed(own[rule_id] for rule_id in rest)
        rows.append(row(text(f"{id_format.number(len(rest))} aturan lain"), *outcome_cells(others), aturan="lain"))
    foot = [row(text("Jumlah"), *outcome_cells(summed(own.values())), aturan="semua")]
    return table("tabel-lanjutan", f"Celah {found.name} menurut aturan", (RULE, *heads(*OUTCOMES)), rows, foot=foot)


def _deliveries(report: Report, contract_id: str) -> Table:
    names = ("Data bulan", "Bagian", "Diterima", "Keadaan", "Baris masuk#", "Diteruskan#", "Disisihkan#", "Nilai hash")
    rows = [
        row(
            text(id_format.month(used.periode_data)),
            text(used.bagian),
            dated(used.diterima),
            text("terbawa dari periode sebelumnya" if used.carried else "terlambat" if used.late else "tepat waktu"),
            count(used.rows_in),
            count(used.rows_on),
            count(used.rows_aside),
            text(id_format.fingerprint(used.sha16), "jejari"),
        )
        for used in report.deliveries[contract_id].used
    ]
    return table("tabel-kiriman", "Kiriman", heads(*names), rows, label="Kiriman yang dipakai")
