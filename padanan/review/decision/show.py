"""Where a revision stands, in lines for a terminal: state, penghalang, pengecualian, head of the log, next step.

It only reads; the pages of the report are drawn elsewhere.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from padanan.base.format import fingerprint, number, percent, threshold
from padanan.base.home import Home
from padanan.base.period import Periode
from padanan.base.suppress import Cover, small
from padanan.published.blockers import Judged, judge
from padanan.published.facts import NO_KOTA, KotaCount
from padanan.published.opened import WILAYAH_SEED
from padanan.published.revisions import newest_revision, published_revisions
from padanan.records import steps
from padanan.records.decided import fingerprint_of
from padanan.records.review_log import ReviewLog, read_log
from padanan.records.standing import standing
from padanan.records.steps import EVERYWHERE, MINORS
from padanan.review.decision.waived import NO_ADDRESS

SHOWN = 40
HIDDEN_KOTA = "kota yang jumlahnya ditutup"
# What a person types, in brackets behind what it does.
_COMMAND = re.compile(r" \('padanan [^']*'\)")


def kota_names() -> dict[str, str]:
    """kode_kota -> name, from the reference seed."""
    with WILAYAH_SEED.open(encoding="utf-8") as handle:
        return {row["kode_kota"]: row["kota"] for row in csv.DictReader(handle)}


def kota_text(code: str, names: Mapping[str, str]) -> str:
    """`Jakarta Selatan (31.74)`, or that there is no address in DKI."""
    return f"{names.get(code, code)} ({code})" if code != NO_KOTA else f"tanpa alamat di DKI ({NO_ADDRESS})"


def outcome(record: Mapping[str, Any]) -> str:
    """One record as a line; counts and officials only."""
    who = (
        f"{record['oleh']['nama']} ({record['oleh']['jabatan']})"
        if "oleh" in record
        else f"{record['penetap']['nama']} mencatat"
        if "penetap" in record
        else f"diusulkan {record['pengusul']['nama']}, disetujui {record['penyetuju']['nama']}"
    )
    what = _what(record)
    reasons = f": {'; '.join(record['alasan'])}" if record["alasan"] else ""
    return f"Revisi {record['revisi']}: {what}, {who}{reasons}."


def _what(record: Mapping[str, Any]) -> str:
    action = record["tindakan"]
    if action == steps.WAIVE:
        return f"{len(record['pengecualian'])} penghalang atau catatan kecil dikecualikan"
    if action == steps.ACCEPT:
        count = record["penghalang"]
        told = f"{count} penghalang, semuanya dikecualikan" if count else "tanpa penghalang"
        minors = record.get("catatan_kecil", 0)  # records from before there were two levels have none
        return f"diterima ({told}{f'; {minors} catatan kecil dikecualikan' if minors else ''})"
    if action == steps.DECREE:
        return f"ditetapkan ke-{record['ke']}, nomor {record['nomor']} tanggal {record['tanggal']}"
    if action == steps.OPEN_CHANGE:
        return f"perubahan ke-{record['ke']} dibuka"
    return {
        steps.REFINE: "diminta padanan ulang",
        steps.REPORT: "dilaporkan ke Asisten Kesra",
        steps.DISCUSS: "dibahas",
        steps.RETURN: "dikembalikan ke reviu",
        steps.DRAFT: "draft Keputusan Gubernur disusun",
    }[action]


def next_step(home: Home, periode: Periode, revisi: int, judged: Judged | None = None, *, commands: bool = True) -> str:
    """What may come next, in one sentence; without `commands` as who has no terminal reads it."""
    said = _next_step(home, periode, revisi, judged)
    return said if commands else _COMMAND.sub("", said).replace("jalankan padanan_periode", "pemadanan dijalankan lagi")


def _next_step(home: Home, periode: Periode, revisi: int, judged: Judged | None) -> str:
    log = read_log(home, periode)
    state = steps.state_of(log, revisi)
    newest = newest_revision(home, periode)
    if steps.refined(log, revisi):
        more = (
            f"reviu revisi {newest}"
            if newest > revisi
            else f"jalankan padanan_periode untuk {periode.label}; revisi {revisi + 1} terbuka"
        )
        return f"{more}."
    if state == steps.DECREED:
        change = steps.change_open(log)
        return (
            f"perubahan ke-{change['ke']} terbuka; jalankan padanan_periode lalu reviu revisi barunya."
            if change
            else "selesai; perubahan dibuka atas usul tertulis ('padanan decree open-change')."
        )
    if state == steps.NOT_REVIEWED:
        if revisi != newest:
            return f"revisi ini usang; reviu revisi {newest}."
        judged = judged or judge(home, periode, revisi)
        counts = ((len(judged.open(log, revisi)), "penghalang"), (len(judged.open_minors(log, revisi)), "catatan kecil"))
        still = " dan ".join(f"{number(count)} {kind}" for count, kind in counts if count)
        if still:
            return f"kecualikan {still} terbuka dengan alasan, atau minta padanan ulang."
        return "terima, atau minta padanan ulang."
    if steps.acceptance(log, revisi) is None:
        return "revisi lain diterima sesudah ini; lanjutkan revisi itu."
    return {
        steps.REVIEWED: "laporkan ke Asisten Kesra ('padanan review report').",
        steps.REPORTED: "bahas penetapannya ('padanan review discuss').",
        steps.DISCUSSED: "susun draft Keputusan Gubernur ('padanan review draft').",
        steps.DRAFTED: "setelah Gubernur menetapkan, catat penetapannya ('padanan decree approve').",
    }[state]


def accepted_revision(home: Home, periode: Periode, log: ReviewLog | None = None) -> int | None:
    """The newest published revision whose acceptance stands; None while none was accepted.

    Raises:
        PadananError: the log is broken.
    """
    log = log or read_log(home, periode)
    found = [revisi for revisi, _ in published_revisions(home, periode) if steps.acceptance(log, revisi) is not None]
    return found[-1] if found else None


@dataclass(frozen=True)
class Summary:
    """Where a period's review stands: the accepted revision's facts, or the newest one's when none is accepted."""

    revisi: int
    text: str
    accepted: bool
    open_blockers: int
    open_minors: int
    waived: int
    records: int
    head: str
    next_step: str


def summary(home: Home, periode: Periode) -> Summary:
    """The state of a period in a few figures.

    Raises:
        PadananError: nothing is published, or the log is broken.
    """
    log = read_log(home, periode)
    newest, accepted = newest_revision(home, periode), accepted_revision(home, periode, log)
    revisi = accepted or newest
    judged = judge(home, periode, revisi)
    return Summary(
        revisi,
        standing(log, revisi).words.name,
        accepted is not None,
        len(judged.open(log, revisi)),
        len(judged.open_minors(log, revisi)),
        len(steps.waivers(log, revisi)),
        len(log.records),
        log.head,
        next_step(home, periode, revisi, judged),
    )


def render(home: Home, periode: Periode, revisi: int) -> str:
    """The whole state of a revision.

    Raises:
        PadananError: the revision is not published, or the log is broken.
    """
    digest = fingerprint_of(home, periode, revisi)
    log = read_log(home, periode)
    names = kota_names()
    newest = newest_revision(home, periode)
    judged = judge(home, periode, revisi)
    still = judged.open(log, revisi)
    lines = [
        f"{periode.label} revisi {revisi}: {standing(log, revisi).words.name}"
        + (f" (yang terbaru revisi {newest})" if newest != revisi else ""),
        f"Nilai hash laporan: {fingerprint(digest)}",
        f"Kepala catatan:     {fingerprint(log.head)} ({number(len(log.records))} catatan)",
        "",
        f"Penghalang: {number(len(judged.found))}, terbuka {number(len(still))}",
    ]
    told = _open_lines(judged, still, names)
    lines += told[:SHOWN]
    if len(told) > SHOWN:
        lines.append(f"  … dan {number(len(told) - SHOWN)} baris lagi; semuanya ada di formulir ('padanan review form')")
    lines += _minor_lines(judged, log, revisi)
    waived = steps.waivers(log, revisi)
    if waived:
        lines += ["", f"Dikecualikan: {number(len(waived))}", *_waived_lines(waived, names, judged.covered)]
    history = steps.records_of(log, revisi)
    if history:
        lines += ["", "Riwayat:", *(f"  {record['waktu'][:16].replace('T', ' ')} {outcome(record)}" for record in history)]
    lines += ["", f"Langkah berikutnya: {next_step(home, periode, revisi, judged)}"]
    return "\n".join(lines)


def _minor_lines(judged: Judged, log: ReviewLog, revisi: int) -> list[str]:
    """The catatan kecil by producer: they are waived so, and their counts are too small to be told by kota."""
    if not judged.minors:
        return []
    still = Counter(item.producer for item in judged.open_minors(log, revisi))
    lines = ["", f"Catatan kecil: {number(len(judged.minors))}, terbuka {number(still.total())}"]
    lines += [f"  {producer}: {number(count)} gabungan aturan dan kota" for producer, count in sorted(still.items())]
    if still:
        lines.append(f"  Sekali per produsen: 'padanan review waive --producer … --rule {MINORS} --kota {EVERYWHERE} …'")
    return lines


def _waived_lines(
    waived: Mapping[tuple[str, str, str], Mapping[str, Any]], names: Mapping[str, str], covered: Collection[tuple[str, str, str]]
) -> list[str]:
    """Each waiver with its reason and people; those of a group are one line, and no covered count is named by its kota."""
    lines: dict[str, int] = {}
    for (producer, rule, kota), item in waived.items():
        group = item.get("kelompok")
        what = f"{rule}, {HIDDEN_KOTA if (producer, rule, kota) in covered else kota_text(kota, names)}"
        if group:
            what = "catatan kecil" if group == MINORS else f"{rule}, semua kota"
        line = (
            f"  {producer} {what}: {item['alasan']} "
            f"(diusulkan {item['pengusul']['nama']}, disetujui {item['penyetuju']['nama']}, {item['waktu'][:10]})"
        )
        lines[line] = lines.get(line, 0) + 1
    return [f"{line} × {number(count)}" if count > 1 else line for line, count in lines.items()]


def figures(item: KotaCount) -> str:
    """Rate, counts and threshold of a penghalang whose count the report prints; few people behind it are told as few."""
    limit = f"ambang {threshold(item.rule.threshold)}"
    people = Cover.SMALL.text if small(item.orang) else number(item.orang)
    return f"{percent(item.gagal, item.total)} ({number(item.gagal)} dari {number(item.total)}, {limit}, {people} orang)"


def _open_lines(judged: Judged, still: Sequence[KotaCount], names: Mapping[str, str]) -> list[str]:
    """The open penghalang; a rule's with covered counts are one line that names neither kota nor how many there are."""
    lines: dict[str, None] = {}
    for item in still:
        if judged.hidden(item):
            lines[f"  {item.producer} {item.rule.id}, {HIDDEN_KOTA}"] = None
        else:
            lines[f"  {item.producer} {item.rule.id}, {kota_text(item.kota, names)}: {figures(item)}"] = None
    return list(lines)
