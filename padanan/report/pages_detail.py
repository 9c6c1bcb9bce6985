"""The figures of the detail pages: one producer, one kota, and the table of places they share with the index.

Which cells are covered is decided in `suppress`; the index is laid out in `pages`.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from padanan.report import format as id_format
from padanan.report import overlap, wilayah, words
from padanan.report.facts import NO_KOTA
from padanan.report.model import Report, kota_page


def _place_cells(report: Report, node: wilayah.Node, small: bool) -> list[str]:
    tree = report.tree
    cells = [tree.text(node, "catatan"), tree.text(node, "celah"), tree.share(node, "celah", "catatan"), tree.text(node, "orang")]
    if not small:
        cells += [tree.text(node, "padan"), tree.share(node, "padan", "orang")]
    return [*cells, tree.text(node, "sasaran"), tree.share(node, "sasaran", "orang")]


def _place_row(
    report: Report, node: wilayah.Node, css: str = "", link: str | None = None, *, small: bool = False
) -> dict[str, Any]:
    key = "/".join(part for part in node.path if part) or "semua"
    return {"kunci": key, "nama": node.name, "css": css, "tautan": link, "sel": _place_cells(report, node, small)}


def kota_table(report: Report) -> dict[str, Any]:
    root = report.tree.root
    rows = [
        _place_row(report, node, link=kota_page(node.code) if node.code != wilayah.UNKNOWN else None) for node in root.children
    ]
    total = {**_place_row(report, root), "nama": "Jumlah"}
    return {
        "id": "tabel-wilayah",
        "judul": "Menurut kota dan kabupaten administrasi",
        "catatan": None,
        "tingkat": "Kota",
        "badan": [rows],
        "jumlah": total,
        "kecil": False,
    }


def kota(report: Report, kota: wilayah.Node) -> dict[str, Any]:
    districts = [_place_row(report, node) for node in kota.children]
    bodies = [
        [
            _place_row(report, district, "induk", small=True),
            *(_place_row(report, node, "anak", small=True) for node in district.children),
        ]
        for district in kota.children
        if district.children
    ]
    total = {**_place_row(report, kota), "nama": "Jumlah"}
    total_small = {**_place_row(report, kota, small=True), "nama": "Jumlah"}
    tables = [
        {
            "id": "tabel-kecamatan",
            "bagian": "Kecamatan",
            "judul": f"{kota.name} menurut kecamatan",
            "catatan": None,
            "tingkat": "Kecamatan",
            "badan": [districts],
            "jumlah": total,
            "kecil": False,
        },
        {
            "id": "tabel-kelurahan",
            "bagian": "Kelurahan",
            "judul": f"{kota.name} menurut kelurahan",
            "catatan": "Baris tebal adalah kecamatannya.",
            "tingkat": "Kelurahan",
            "badan": bodies,
            "jumlah": total_small,
            "kecil": True,
        },
    ]
    overlaps = [
        {"satuan": unit, "judul": f"Irisan {unit} di {kota.name}", "baris": overlap_rows(data, kota.code)}
        for unit, data in report.overlaps.items()
    ]
    return {"kota": {"nama": kota.name, "kode": kota.code}, "tabel_wilayah": tables, "irisan_kota": overlaps}


def producer(report: Report, contract_id: str) -> dict[str, Any]:
    facts, contract, item = report.facts, report.contracts[contract_id], report.deliveries[contract_id]
    rows = facts.rows[contract_id]
    failing = facts.failing_records.get(contract_id, 0)
    blockers = [blocker for blocker in facts.blockers if blocker.producer == contract_id]
    small = Counter(words.rule_name(item.rule.id) for item in report.small_blockers if item.producer == contract_id)
    counts = facts.statuses.get(contract_id, {})
    padan = sum(counts.get(key, 0) for key in words.PADAN)
    word = words.DELIVERY_STATES[item.state][0]
    n, share = id_format.number, id_format.percent
    ordered = sorted(facts.of(contract_id), key=lambda count: (-count.gagal, count.rule.id))
    return {
        "nama": contract.name,
        "css": "buruk" if blockers else "baik",
        "kalimat": words.producer_sentence(contract.name, blockers, rows, failing),
        "versi": contract.version,
        "dasar_hukum": contract.legal_basis,
        "satuan": contract.unit,
        "pemilik": contract.owner,
        "pokok": [
            {"nama": "catatan", "nilai": n(rows), "catatan": f"satuan: {contract.unit}"},
            {"nama": "catatan dengan celah", "nilai": n(failing), "catatan": share(failing, rows)},
            {"nama": "padan dengan Adminduk", "nilai": share(padan, rows), "catatan": f"{n(padan)} catatan"},
            {"nama": "penghalang", "nilai": n(len(blockers)), "catatan": ""},
            {"nama": f"kiriman, tenggat {id_format.day(item.due)}", "nilai": word, "catatan": ""},
        ],
        "aturan": [count for count in ordered if count.gagal],
        "bersih": [words.rule_name(count.rule.id) for count in ordered if not count.gagal],
        "definisi": ordered,
        "kota": [words.kota_name(code, facts.kota_names) for code in (*facts.kota_names, NO_KOTA)],
        "penghalang_kecil": [f"{name} ({count})" for name, count in sorted(small.items())],
        "per_kota": _rules_by_kota(report, contract_id),
        "kiriman": [
            {
                "periode_data": used.periode_data,
                "bagian": used.bagian,
                "diterima": used.diterima,
                "kata": "terlambat" if used.late else "tepat waktu",
                "rows_in": used.rows_in,
                "rows_on": used.rows_on,
                "rows_aside": used.rows_aside,
                "sha16": used.sha16,
            }
            for used in item.used
        ],
    }


def _rules_by_kota(report: Report, contract_id: str) -> list[dict[str, Any]]:
    facts, covered = report.facts, report.covers[contract_id]
    counts = {(item.rule.id, item.kota): item for item in facts.kotas if item.producer == contract_id}
    result = []
    for item in sorted(facts.of(contract_id), key=lambda count: (-count.gagal, count.rule.id)):
        if not item.gagal:
            continue
        cells = []
        for kota in (*facts.kota_names, NO_KOTA):
            count, mark = counts.get((item.rule.id, kota)), covered.get((item.rule.id, kota))
            failed = count.gagal if count else 0
            cells.append(
                {
                    "kota": kota or wilayah.UNKNOWN,
                    "n": mark.text if mark else id_format.number(failed),
                    "bagian": id_format.percent(failed, count.total) if count and not mark else None,
                    "penghalang": bool(count and count.blocker and not mark),
                }
            )
        result.append({"rule": item.rule, "gagal": item.gagal, "sel": cells})
    return result


def overlap_rows(data: overlap.Overlap, kota: str) -> list[dict[str, str]]:
    total = data.total(kota)
    rows = []
    for members, count in data.sets(kota):
        mark = data.covered.get((kota, members))
        share = "–" if mark or (kota, None) in data.covered else id_format.percent(count, total)
        rows.append(
            {
                "kunci": overlap.set_key(members),
                "nama": overlap.set_name(members),
                "n": mark.text if mark else id_format.number(count),
                "bagian": share,
            }
        )
    return rows
