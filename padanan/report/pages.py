"""Puts the figures into the templates: index, one page a producer, one a kota, definitions.

Counting is in `facts`, `wilayah`, `overlap` and `deliveries`; how it looks is in `templates/`.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from padanan.report import format as id_format
from padanan.report import overlap, pages_detail, svg, wilayah, words
from padanan.report.deliveries import ProducerDeliveries
from padanan.report.facts import Facts, KotaCount, RuleCount
from padanan.report.layout import environment
from padanan.report.model import Page, Report, kota_page, producer_page
from padanan.report.published import REGISTRIES
from padanan.report.suppress import LIMIT
from padanan.rules import DIMENSIONS

TOP_BLOCKERS = 20
TOP_GAPS = 12
# Share of its threshold above which a rule calls for attention.
ATTENTION = 0.5


def render_pages(report: Report) -> dict[str, Page]:
    """All pages by file name."""
    env = environment(report)
    pages = {
        "index.html": Page(env.get_template("index.html.j2").render(_index(report))),
        "metode.html": Page(env.get_template("metode.html.j2").render(_method(report))),
    }
    producer = env.get_template("produsen.html.j2")
    for contract_id in report.facts.rows:
        pages[producer_page(contract_id)] = Page(producer.render(p=pages_detail.producer(report, contract_id)))
    kota = env.get_template("kota.html.j2")
    for node in report.tree.root.children:
        if node.code != wilayah.UNKNOWN:
            pages[kota_page(node.code)] = Page(kota.render(pages_detail.kota(report, node)))
    return pages


def _index(report: Report) -> dict[str, Any]:
    facts, contracts = report.facts, report.contracts
    blockers, small = report.blockers, len(report.small_blockers)
    missing = [item.contract.name for item in report.deliveries.values() if item.state == "belum_ada"]
    held = [item.contract.name for item in report.deliveries.values() if item.state == "ditahan"]
    sentence, tone, reasons = words.recommendation(facts, contracts, blockers, missing, held)
    by_rule, clean = _by_rule(report)
    people = sum(facts.people.values())
    records = sum(facts.rows.values())
    return {
        "f": facts,
        "saran": {"kalimat": sentence, "css": tone, "alasan": reasons},
        "pokok": _headline(report, people, records),
        "sebelumnya": report.before_name,
        "mutu": _matrix(report),
        "penghalang": [_blocker(report, item) for item in blockers[:TOP_BLOCKERS]],
        "penghalang_judul": f"{min(len(blockers), TOP_BLOCKERS)} dari {id_format.number(len(blockers) + small)} penghalang, "
        "terbanyak orangnya lebih dahulu",
        "penghalang_lain": max(len(blockers) - TOP_BLOCKERS, 0),
        "penghalang_kecil": small,
        "terbesar": [
            {
                "tautan": producer_page(c.producer),
                "nama": contracts[c.producer].name,
                "rule": c.rule,
                "orang": c.orang,
                "gagal": c.gagal,
                "total": c.total,
            }
            for c in sorted(facts.rules, key=lambda c: (-c.orang, -c.gagal, c.producer, c.rule.id))[:TOP_GAPS]
            if c.gagal
        ],
        "aturan": by_rule,
        "aturan_bersih": clean,
        "jumlah_catatan": records,
        "kiriman": [_delivery_row(item) for item in report.deliveries.values()],
        "neraca": _account(report),
        "status": [{"nama": words.STATUSES[key][0], "css": words.STATUSES[key][1]} for key in _statuses(facts)],
        "padanan": _matching(report),
        "orang": [
            {"nama": words.IDENTITIES.get(key, key), "n": facts.people.get(key, 0)}
            for key in {**words.IDENTITIES, **facts.people}
        ],
        "jumlah_orang": people,
        "keluarga": _families(report),
        "irisan": [_overlap(report, unit) for unit in overlap.UNITS],
        "tabel": pages_detail.kota_table(report),
        "dinilai": facts.selected + sum(facts.selection.values()),
        "kriteria": _selection(report),
    }


def _headline(report: Report, people: int, records: int) -> list[dict[str, str]]:
    facts, n, share = report.facts, id_format.number, id_format.percent
    owed = [item for item in report.deliveries.values() if item.in_force]
    came = [item for item in owed if item.used]
    late = sum(item.state == "terlambat" for item in came)
    registered = facts.people.get("terdaftar", 0)
    judged = facts.selected + sum(facts.selection.values())
    others = sum(rows for producer, rows in facts.rows.items() if producer != "adminduk")
    padan = sum(
        counts.get(key, 0) for producer, counts in facts.statuses.items() if producer != "adminduk" for key in words.PADAN
    )
    figures = [
        (
            "berkas produsen datang",
            f"{n(len(came))} dari {n(len(owed))}",
            f"{n(late)} terlambat" if late else "tidak ada yang terlambat",
        ),
        ("catatan diproses", n(records), f"{share(facts.records_with_gap, records)} dengan celah"),
        ("catatan padan dengan Adminduk", share(padan, others), "di luar catatan Adminduk sendiri"),
        ("penghalang", n(len(facts.blockers)), "produsen × aturan × kota"),
        ("orang berbeda", n(people), f"{share(registered, people)} terdaftar di Adminduk"),
        ("orang dengan celah", n(facts.people_with_gap), f"{share(facts.people_with_gap, people)} dari semua orang"),
        ("keluarga", n(facts.families_joined), "gabungan semua registri"),
        ("orang masuk data sasaran", n(facts.selected), f"{share(facts.selected, judged)} dari yang dinilai"),
    ]
    return [{"nama": name, "nilai": value, "catatan": note} for name, value, note in figures]


def _matrix(report: Report) -> list[dict[str, Any]]:
    facts = report.facts
    result = []
    for item in report.deliveries.values():
        contract_id = item.contract.id
        if contract_id not in facts.rows and not item.in_force:
            continue
        result.append(
            {
                "id": contract_id,
                "nama": item.contract.name,
                "tautan": producer_page(contract_id) if contract_id in facts.rows else None,
                "catatan": facts.rows.get(contract_id, 0),
                "kosong": None if contract_id in facts.rows else "belum ada kiriman, jadi keenam dimensi tidak diukur",
                "sel": [_cell(report, item, code) for code in DIMENSIONS],
            }
        )
    return result


def _cell(report: Report, item: ProducerDeliveries, code: str) -> dict[str, Any]:
    contract_id = item.contract.id
    score = item.on_time if code == "T" else report.facts.scores.get((contract_id, code))
    if score is None:
        return {"simbol": "○", "kata": id_format.NOT_MEASURED, "angka": None, "ubah": None, "css": "redup"}
    if code == "T":
        word, symbol, css = words.DELIVERY_STATES[item.state]
    else:
        word, symbol, css = _judge(report.facts, contract_id, code)
    change = None if code == "T" else id_format.points(score, report.before.get((contract_id, code)))
    return {"simbol": symbol, "kata": word, "angka": id_format.percent(round(score * 10**6), 10**6), "ubah": change, "css": css}


def _judge(facts: Facts, producer: str, code: str) -> tuple[str, str, str]:
    if any(item.blocker for item in facts.kotas if item.producer == producer and item.rule.dimension == code):
        return "penghalang", "■", "buruk"
    rules = [item for item in facts.of(producer) if item.rule.dimension == code]
    if any(item.gagal and item.rate > ATTENTION * item.rule.threshold for item in rules):
        return "perhatian", "▲", "awas"
    return "baik", "●", "baik"


def _blocker(report: Report, item: KotaCount) -> dict[str, Any]:
    return {
        "tautan": producer_page(item.producer),
        "produsen": report.contracts[item.producer].name,
        "rule": item.rule,
        "kota": words.kota_name(item.kota, report.facts.kota_names),
        "gagal": item.gagal,
        "bagian": id_format.percent(item.gagal, item.total),
        "orang": id_format.number(item.orang) if item.orang >= LIMIT else "–",
    }


def _by_rule(report: Report) -> tuple[list[dict[str, Any]], list[str]]:
    """Rules that found something, most people first, and the names of those that found nothing."""
    grouped: dict[str, list[RuleCount]] = {}
    for item in report.facts.rules:
        grouped.setdefault(item.rule.id, []).append(item)
    rows, clean = [], []
    for rule_id, items in sorted(grouped.items()):
        if not any(item.gagal for item in items):
            clean.append(words.rule_name(rule_id))
            continue
        days = sorted({item.rule.hari for item in items})
        rows.append(
            {
                "rule": items[0].rule,
                "tingkat": " / ".join(sorted({item.rule.level for item in items})),
                "gagal": sum(item.gagal for item in items),
                "total": sum(item.total for item in items),
                "orang": report.facts.people_by_rule.get(rule_id, 0),
                "produsen": f"{sum(item.gagal > 0 for item in items)} dari {len(items)}",
                "tindak_lanjut": _most_common([item.rule.tindak_lanjut for item in items]),
                "penanggung_jawab": _most_common([item.rule.penanggung_jawab for item in items]),
                "hari": f"{days[0]}" if len(days) == 1 else f"{days[0]}–{days[-1]}",
            }
        )
    return sorted(rows, key=lambda row: (-row["orang"], -row["gagal"], row["rule"].id)), clean


def _most_common(texts: list[str]) -> str:
    """What most contracts say; how many say something else."""
    (text, count), *others = Counter(texts).most_common()
    return f"{text} (lain pada {len(texts) - count} produsen)" if others else text


def _delivery_row(item: ProducerDeliveries) -> dict[str, Any]:
    word, symbol, css = words.DELIVERY_STATES[item.state]
    notes = [str(flag.get("pesan", "")) for flag in item.flags if flag.get("rule_id") != "terlambat"]
    late = [delivery for delivery in item.used if delivery.late and delivery.diterima and item.due]
    days = max(((delivery.diterima - item.due).days for delivery in late if delivery.diterima and item.due), default=0)
    if item.state == "terlambat" and days > 0:
        word = (
            f"terlambat {days} hari"
            if len(late) == len(item.used)
            else f"{len(late)} dari {len(item.used)} berkas terlambat, paling lama {days} hari"
        )
    if item.waiting and item.used:
        notes.insert(0, f"{len(item.waiting)} kiriman lain ditahan atau dikarantina")
    months = sorted({delivery.periode_data for delivery in item.used})
    return {
        "id": item.contract.id,
        "nama": item.contract.name,
        "pemilik": item.contract.owner,
        "keadaan": item.state,
        "kata": word,
        "simbol": symbol,
        "css": f"{css} satu" if len(word) < 20 else css,
        "bulan": "; ".join(id_format.month(month) for month in months) or "–",
        "diterima": id_format.short_day(item.last),
        "tenggat": id_format.short_day(item.due if item.in_force else None),
        "berkas": len(item.used) if item.used else None,
        "baris": item.rows_on if item.used else None,
        "tanda": notes[:6] + ([f"dan {len(notes) - 6} tanda lain"] if len(notes) > 6 else []),
    }


def _account(report: Report) -> dict[str, Any]:
    """One line a producer, three counts a stage; a stage that a producer has no account of stays empty."""
    found = {(row["producer"], row["tahap"]): row for row in report.facts.account}
    stages = [stage for stage in words.STAGES if any(key[1] == stage for key in found)]
    stages += sorted({key[1] for key in found} - set(stages))
    known = [name for name in report.contracts if any(key[0] == name for key in found)]
    producers = known + sorted({key[0] for key in found} - set(known))
    empty = {"masuk": None, "lanjut": None, "disisihkan": None}
    lines = []
    for producer in producers:
        cells = [{**empty, **found.get((producer, stage), {}), "id": stage} for stage in stages]
        name = report.contracts[producer].name if producer in report.contracts else producer
        lines.append({"id": producer, "nama": name, "sel": cells, **_balance(cells)})
    total = [
        {"id": stage, **{key: sum(row[key] for (_, at), row in found.items() if at == stage) for key in empty}}
        for stage in stages
    ]
    return {
        "tahap": [{"id": stage, "nama": words.STAGES.get(stage, stage)} for stage in stages],
        "baris": lines,
        "jumlah": {"sel": total, **_balance(total)},
    }


def _balance(cells: list[dict[str, Any]]) -> dict[str, str]:
    whole = all(cell["masuk"] is None or cell["masuk"] == cell["lanjut"] + cell["disisihkan"] for cell in cells)
    return {"kata": "● cocok", "css": "baik"} if whole else {"kata": "■ tidak cocok", "css": "buruk"}


def _statuses(facts: Facts) -> list[str]:
    seen = {status for counts in facts.statuses.values() for status in counts}
    return [status for status in words.STATUSES if status in words.FINAL or status in seen]


def _matching(report: Report) -> list[dict[str, Any]]:
    facts, statuses = report.facts, _statuses(report.facts)
    result = []
    for contract_id, counts in sorted(facts.statuses.items(), key=lambda item: list(report.contracts).index(item[0])):
        rows = sum(counts.values())
        segments = [svg.Segment(words.STATUSES[key][1], counts.get(key, 0), words.STATUSES[key][0]) for key in statuses]
        told = "; ".join(f"{segment.label} {id_format.percent(segment.value, rows)}" for segment in segments if segment.value)
        result.append(
            {
                "id": contract_id,
                "nama": report.contracts[contract_id].name,
                "catatan": rows,
                "sel": [counts.get(key, 0) for key in statuses],
                "padan": sum(counts.get(key, 0) for key in words.PADAN),
                "gambar": svg.bar(segments, told),
            }
        )
    return result


def _families(report: Report) -> list[dict[str, Any]]:
    return [{**row, "nama": REGISTRIES.get(row["sumber"], row["sumber"])} for row in report.facts.families]


def _overlap(report: Report, unit: str) -> dict[str, Any]:
    data = report.overlaps[unit]
    sets, total = data.sets(), data.total()
    known = [name for name in REGISTRIES if data.within(name)]
    rows = [svg.Intersection(members, count) for members, count in sets if (overlap.ALL, members) not in data.covered]
    alone = next((count for members, count in sets if members == frozenset({"adminduk"})), 0)
    several = sum(count for members, count in sets if len(members) > 1)
    unregistered = total - data.within("adminduk")
    message = (
        f"{id_format.number(total)} {unit} ada di sedikitnya satu registri; "
        f"{id_format.number(several)} ({id_format.percent(several, total)}) "
        f"di dua registri atau lebih, {id_format.number(alone)} hanya di Adminduk, dan {id_format.number(unregistered)} "
        f"({id_format.percent(unregistered, total)}) di registri lain tetapi tidak di Adminduk."
    )
    title = f"Irisan {unit}: {id_format.listed([REGISTRIES[name] for name in known])}" if known else f"Irisan {unit}"
    return {
        "satuan": unit,
        "judul": title,
        "pesan": message,
        "gambar": svg.upset([(name, REGISTRIES[name]) for name in known], rows, title, message, f"irisan-{unit}"),
        "baris": pages_detail.overlap_rows(data, overlap.ALL),
        "jumlah": total,
        "per_registri": [{"nama": REGISTRIES[name], "n": data.within(name)} for name in known],
    }


def _selection(report: Report) -> list[dict[str, Any]]:
    texts = {item["id"]: item["keterangan"] for item in report.criteria["kriteria"]}
    known = {**dict.fromkeys(texts, 0), **report.facts.selection}
    return [{"id": key, "nama": texts.get(key, key), "n": count} for key, count in known.items()]


def _method(report: Report) -> dict[str, Any]:
    manifest = report.source.manifest
    rules = {item.rule.id: item for item in report.facts.rules}
    stored = any("kode_kota" in item for item in manifest.get("rules") or ())
    return {
        "aturan": [rules[key] for key in sorted(rules)],
        "kriteria_semua": report.criteria["kriteria"],
        "kontrak": [item.contract for item in report.deliveries.values() if item.in_force or item.used],
        "penyebut_kota": "Penyebut per kota adalah catatan yang dinilai di kota itu."
        if stored
        else "Penyebut per kota adalah semua catatan produsen itu di kota itu.",
        "versi": [
            ("Kode program", id_format.fingerprint(str(manifest.get("code_version", "–")))),
            ("Kontrak dan aturan", id_format.fingerprint(str(manifest.get("expectations_version", "–")))),
            ("Keputusan", id_format.fingerprint(str(manifest.get("decisions_version", "–")))),
            ("Masukan putaran", id_format.fingerprint(str(manifest.get("inputs_hash", "–")))),
            ("Sidik jari terbitan", id_format.fingerprint(report.source.manifest_sha256)),
        ],
    }
