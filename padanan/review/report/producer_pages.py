"""The pages of the producers: what each sent, what failed where, what to do until when, and its rules' definitions.

The same page lies in the producer's kit, so it speaks of one producer only.
"""

from __future__ import annotations

from padanan.base import format as id_format
from padanan.contracts.contract import Contract
from padanan.contracts.parts import SUPPORTING
from padanan.contracts.rules import DIMENSIONS
from padanan.pages import words
from padanan.pages.layout import page
from padanan.pages.page import Page
from padanan.pages.table import RULE, Cell, Column, Table, count, counted, dated, heads, limit, row, rule_cell, share, table, text
from padanan.published import wilayah
from padanan.published.cells.places import rule_key
from padanan.published.facts import NO_KOTA
from padanan.published.followup import FollowUp, summed
from padanan.published.report import Report, producer_page
from padanan.review.report.change_page import OUTCOMES, outcome_cells
from padanan.review.report.quality_tables import TODO, todo


def producer_pages(report: Report) -> dict[str, Page]:
    """One page a producer that has records."""
    return {producer_page(contract_id): _page(report, contract_id) for contract_id in report.facts.rows}


def _page(report: Report, contract_id: str) -> Page:
    facts, contract, item = report.facts, report.contracts[contract_id], report.deliveries[contract_id]
    rows, failing = facts.rows[contract_id], facts.failing_records.get(contract_id, 0)
    blockers = [blocker for blocker in facts.blockers if blocker.producer == contract_id]
    small = {item.rule.name for item in report.small_blockers if item.producer == contract_id}
    minors = sum(item.producer == contract_id for item in facts.minors)
    counts = facts.statuses.get(contract_id, {})
    padan = sum(counts.get(key, 0) for key in words.PADAN)
    n, part = id_format.number, id_format.percent
    ordered = sorted(facts.of(contract_id), key=lambda found: (-found.gagal, found.rule.id))
    headline = [
        ("catatan", n(rows), f"satuan: {contract.unit}"),
        ("catatan dengan celah", n(failing), part(failing, rows)),
        _part_played(report, contract, rows) or ("padan dengan Adminduk", part(padan, rows), f"{n(padan)} catatan"),
        ("penghalang", n(len(blockers)), f"dan {n(minors)} catatan kecil" if minors else ""),
        (f"kiriman, tenggat {id_format.day(item.due)}", words.DELIVERY_STATES[item.state][0], ""),
    ]
    tables = {"aturan": _rules(report, contract_id), "kota": _by_kota(report, contract_id)}
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
            "bersih": [found.rule.name for found in ordered if not found.gagal],
            "definisi": ordered,
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


def _rules(report: Report, contract_id: str) -> Table:
    found = sorted(report.facts.of(contract_id), key=lambda item: (-item.gagal, item.rule.id))
    rows = [
        row(
            rule_cell(item.rule),
            text(DIMENSIONS[item.rule.dimension]),
            text(item.rule.level),
            count(item.gagal, nilai="gagal"),
            count(item.total, nilai="total"),
            share(item.gagal, item.total),
            limit(item.rule.threshold),
            count(item.orang, nilai="orang"),
            *todo(report, item.rule),
            aturan=item.rule.id,
        )
        for item in found
        if item.gagal
    ]
    columns = (RULE, *heads("Dimensi", "Tingkat", "Gagal#", "Dinilai#", "Bagian#", "Ambang#", "Orang#"), *TODO)
    return table(
        "tabel-aturan",
        f"Aturan kontrak versi {report.contracts[contract_id].version}",
        columns,
        rows,
        note="“Dinilai” adalah catatan yang dinilai terhadap aturan itu; orang dihitung sekali. "
        "Tenggat dihitung dari tanggal batas data periode ini.",
        label="Celah menurut aturan",
    )


def _by_kota(report: Report, contract_id: str) -> Table:
    rows = []
    for item in sorted(report.facts.of(contract_id), key=lambda found: (-found.gagal, found.rule.id)):
        if item.gagal:
            cells = kota_cells(report, contract_id, item.rule.id)
            rows.append(
                row(rule_cell(item.rule), counted(report.cells, rule_key(contract_id, item.rule.id)), *cells, aturan=item.rule.id)
            )
    columns = [RULE, Column("Jumlah", "n"), *kota_columns(report)]
    return table("tabel-kota", "Catatan gagal dan bagiannya menurut kota", columns, rows, label="Celah menurut kota")


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
        for rule_id in order
    ]
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
