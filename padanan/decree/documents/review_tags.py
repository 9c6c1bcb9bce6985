"""What the documents say about the review: deliveries, gaps and penghalang of the report, and the decisions of the log.

Counting is the report's, deciding the review's; the data sasaran's own figures are in `context`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from padanan.base import format as id_format
from padanan.base.suppress import Cover, printed
from padanan.pages import words
from padanan.pages.headline import headline
from padanan.pages.verdict import verdict
from padanan.published.blockers import key_of
from padanan.published.deliveries import lacking
from padanan.published.facts import TOP_BLOCKERS, largest
from padanan.published.report import Report
from padanan.records import steps
from padanan.records.review_log import ReviewLog
from padanan.records.standing import moment, people, reason, standing

ACTIONS: Mapping[str, str] = {
    steps.WAIVE: "Pengecualian penghalang",
    steps.ACCEPT: "Padanan diterima",
    steps.REFINE: "Padanan ulang diminta",
    steps.REPORT: "Dilaporkan kepada Asisten Kesra",
    steps.DISCUSS: "Dibahas",
    steps.RETURN: "Dikembalikan",
    steps.DRAFT: "Draft disusun",
    steps.DECREE: "Ditetapkan",
    steps.OPEN_CHANGE: "Perubahan dibuka",
}


def report_tags(report: Report, log: ReviewLog) -> dict[str, Any]:
    """The tags that repeat the review report; its first sentence is the decision once there is one."""
    facts, n = report.facts, id_format.number
    lack = lacking(report.deliveries.values())
    said = verdict(report, log)
    owed = [item for item in report.deliveries.values() if item.in_force]
    late = [item.contract.name for item in owed if item.state == "terlambat"]
    came = sum(item.delivered for item in owed)
    told = [f"{n(came)} dari {n(len(owed))} produsen yang wajib mengirim sudah mengirim."]
    for what, names in (
        ("Terlambat", late),
        ("Belum mengirim", lack.missing),
        ("Terbawa dari periode sebelumnya", lack.carried),
        ("Ditahan atau dikarantina", lack.held),
    ):
        told += [f"{what}: {id_format.listed(names)}."] if names else []
    records = sum(facts.rows.values())
    return {
        "saran": said.brief,
        "alasan_saran": said.reasons,
        "pokok": [{**line, "nama": line["nama"][:1].upper() + line["nama"][1:]} for line in headline(report)],
        "kalimat_kiriman": " ".join(told),
        "produsen": [
            {
                "nama": item.contract.name,
                "keadaan": words.DELIVERY_STATES[item.state][0],
                "catatan": n(facts.rows.get(item.contract.id)),
                "celah": n(facts.failing_records.get(item.contract.id, 0)) if item.contract.id in facts.rows else "–",
                "bagian": id_format.percent(facts.failing_records.get(item.contract.id, 0), facts.rows.get(item.contract.id)),
            }
            for item in report.deliveries.values()
            if item.in_force or item.used
        ],
        "jumlah_catatan": n(records),
        "jumlah_celah": n(facts.records_with_gap),
        "bagian_celah": id_format.percent(facts.records_with_gap, records),
        "kalimat_celah": "Celah dengan orang berbeda terbanyak. Satu orang dihitung sekali dalam tiap baris; antarbaris orang "
        "yang sama dapat muncul lagi. Tenggat dihitung dari tanggal batas kiriman.",
        "celah": [
            {
                "aturan": item.rule.name,
                "produsen": report.contracts[item.producer].name,
                "orang": printed(item.orang),
                "tindak_lanjut": item.rule.tindak_lanjut,
                "penanggung_jawab": item.rule.owners,
                "tenggat": id_format.short_day(report.due(item.rule.hari)),
            }
            for item in largest(facts)
        ],
    }


def decision_tags(report: Report, log: ReviewLog) -> dict[str, Any]:
    """The tags of penghalang, waivers and decisions of one revision.

    A penghalang whose count is covered is told without its kota, also where it was waived.
    """
    revisi, n = report.source.revisi, id_format.number
    waived = steps.waivers(log, revisi)
    every, small = report.facts.blockers, {key_of(item) for item in report.small_blockers}
    minors = report.facts.minors
    still = sum(key_of(item) not in waived for item in every)
    shown = report.blockers[:TOP_BLOCKERS]
    names = {item.rule.id: item.rule.name for item in report.facts.rules}
    blocked = f"{words.NO_BLOCKER.capitalize()}." if not minors else "Tidak ada penghalang."
    if every:
        blocked = (
            f"{n(len(every))} gabungan produsen, aturan dan kota melewati ambang kontrak (penghalang); "
            f"{n(len(every) - still)} dikecualikan, {n(still)} masih terbuka."
        )
        if len(shown) < len(every):
            blocked += f" Tabel memuat {n(len(shown))} dengan orang terbanyak"
            blocked += f"; {n(len(small))} bersandar pada jumlah yang ditutup." if small else "."
    if minors:
        open_minors = sum(key_of(item) not in waived for item in minors)
        blocked += f" {words.minor_sentence(minors)}" + (f" {n(open_minors)} masih terbuka." if open_minors else "")
    return {
        "kalimat_penghalang": blocked,
        "penghalang": [
            {
                "produsen": report.contracts[item.producer].name,
                "aturan": item.rule.name,
                "kota": words.kota_name(item.kota, report.facts.kota_names),
                "gagal": n(item.gagal),
                "bagian": id_format.percent(item.gagal, item.total),
                "ambang": id_format.threshold(item.rule.threshold),
            }
            for item in shown
        ],
        "kalimat_pengecualian": f"{n(len(waived))} penghalang atau catatan kecil dikecualikan dengan alasan dan nama."
        if waived
        else "Tidak ada pengecualian.",
        "pengecualian": [
            {"produsen": report.contracts[producer].name if producer in report.contracts else producer, **told}
            for producer, told in _waived(waived, small, names, report.facts.kota_names)
        ],
        "keputusan_reviu": _decision(log, revisi),
        "langkah": [
            {
                "waktu": moment(record),
                "langkah": ACTIONS.get(str(record["tindakan"]), str(record["tindakan"])),
                "oleh": people(record) or "–",
                "alasan": reason(record.get("alasan")) or "–",
            }
            for record in steps.records_of(log, revisi)
        ],
    }


def _waived(
    waived: Mapping[tuple[str, str, str], Mapping[str, Any]],
    small: Collection[tuple[str, str, str]],
    names: Mapping[str, str],
    kotas: Mapping[str, str],
) -> Iterator[tuple[str, dict[str, str]]]:
    """(producer, the row's cells) of each waiver; those of a group are one row."""
    seen: set[tuple[str, str, str]] = set()
    for key, waiver in sorted(waived.items()):
        producer, rule, kota = key
        group = waiver.get("kelompok")
        place = Cover.MORE.text if key in small else words.kota_name(kota, kotas)
        what = ("catatan kecil" if group == steps.MINORS else names.get(rule, rule), "semua" if group else place)
        if group and (producer, *what) in seen:
            continue
        seen.add((producer, *what))
        yield producer, {"aturan": what[0], "kota": what[1], "alasan": reason(waiver.get("alasan")), "oleh": people(waiver)}


def _decision(log: ReviewLog, revisi: int) -> str:
    found = standing(log, revisi)
    if not found.sentence:
        return f"Belum ada keputusan reviu untuk revisi {revisi}."
    return f"{found.sentence} Keadaan sekarang: {found.words.name}."
