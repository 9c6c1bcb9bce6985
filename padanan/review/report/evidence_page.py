"""The analysts' page: the padanan by evidence with its thresholds, bits, fairness and model, and the codes of rules and criteria.

Figures were measured in the run (`ukuran_bukti`, `pasangan_bukti`, `ganda_bukti`, `model_bukti.json`); nothing is judged here,
and examples show levels and bits only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from markupsafe import Markup

from padanan.base.format import number, percent
from padanan.base.sql import literal
from padanan.base.suppress import printed
from padanan.linkage import explain
from padanan.linkage.config import load_linkage_config
from padanan.linkage.result import TAUGHT, TAUGHT_NOT
from padanan.pages import words
from padanan.pages.layout import page
from padanan.pages.page import Page
from padanan.pages.table import Cell, Table, heads, row, table, text
from padanan.published import model_compare
from padanan.published.pairs import pairs_of, thresholds
from padanan.published.report import Report
from padanan.published.revisions import earlier_revision
from padanan.published.tables import MODEL
from padanan.review.report import evidence_tables
from padanan.review.report.evidence_svg import calibration

FILE = "analis.html"
MOST_CHANGES = 60
EXAMPLES = (
    ("padan_bukti", "bobot", "Padan otomatis yang paling dekat ke ambang"),
    ("mungkin_padan", "menyelesaikan desc nulls last, bobot desc", "Menunggu petugas, jawabannya paling menentukan"),
    ("tidak_padan", "bobot desc", "Tidak padan yang bobotnya tertinggi"),
)


def evidence_page(report: Report) -> dict[str, Page]:
    """`analis.html`; of a revision published before the padanan by evidence the codes only."""
    folder = report.home.published(report.source.periode, report.source.revisi)
    if not evidence_tables.has_evidence(report):
        return {FILE: page(report, "analis.html.j2", {"kode": _codes(report)}, bukti=False)}
    evidence_tables.open_evidence(report)
    model = json.loads((folder / MODEL).read_text(encoding="utf-8"))
    measured = evidence_tables.measured(report)
    statuses, found = evidence_tables.statuses(report)
    groups, warnings = evidence_tables.groups(report)
    stated, broken = evidence_tables.calibration(report, model)
    tables = {
        "kode": _codes(report),
        "status": statuses,
        "mutu": evidence_tables.quality(report, measured),
        "kelompok": groups,
        "kelompok_daftar": evidence_tables.groups_by_list(report),
        "kalibrasi": stated,
        "ganda": evidence_tables.doubles(report),
    }
    clerical = evidence_tables.clerical(report, measured)
    if clerical is not None:
        tables["klerikal"] = clerical
    compared, changes = _changes(report, model)
    if changes is not None:
        tables["perubahan"] = changes
    panels = [
        (words.short_name(evidence_tables.model_name(report, group["daftar"], name)), group.get("kalibrasi", []))
        for name, group in sorted(model["kelompok"].items())
    ]
    panels = [(label, rows) for label, rows in panels if rows]
    made = page(
        report,
        "analis.html.j2",
        tables,
        bukti=True,
        kelompok_minimum=load_linkage_config().group_min,
        ringkas=_summary(found, warnings, broken),
        bertentangan=broken,
        pokok=_headline(report, found, measured),
        peringatan=warnings,
        pembanding=compared,
        gambar_kalibrasi=calibration(panels, "kalibrasi") if panels else Markup(""),
        contoh=_examples(report, folder),
        antre=found["mungkin_padan"],
        mengajari=_teaching(report),
    )
    return {FILE: made}


def _codes(report: Report) -> Table:
    """Rules and criteria by name with the code that commands, workbooks and checks know them by."""
    rules = {item.rule.id: item.rule.name for item in report.facts.rules}
    rows = [row(text(name), text("aturan"), text(code), kode=code) for code, name in sorted(rules.items())]
    rows += [row(text(item.keterangan), text("kriteria"), text(item.id), kode=item.id) for item in report.criteria.kriteria]
    return table("tabel-kode", "Kode aturan dan kriteria", heads("Nama", "Jenis", "Kode"), rows)


def _teaching(report: Report) -> dict[str, int]:
    """How many open pairs' answers settle others, how many these are expected to be, and who was settled so already."""
    open_ = "from pasangan_bukti where status = 'mungkin_padan' and menyelesaikan > 0"
    told = f"alasan_bukti in ({literal(TAUGHT)}, {literal(TAUGHT_NOT)})"
    return {
        "pasangan": report.source.value(f"select count(*) {open_}"),
        "ikut": report.source.value(f"select coalesce(round(sum(menyelesaikan)), 0)::bigint {open_}"),
        "sudah": report.source.value(f"select count(*) from padanan_record where {told}"),
    }


def _changes(report: Report, model: Mapping[str, Any]) -> tuple[str, Table | None]:
    """With what the model is compared, and what changed; no table when nothing did or nothing came before."""
    earlier = earlier_revision(report.home, report.source.periode, report.source.revisi)
    if earlier is None or not (report.home.published(*earlier) / MODEL).exists():
        return "", None
    changes = model_compare.compare(model_compare.read(report.home.published(*earlier)), model)
    name = f"{earlier[0].label} revisi {earlier[1]}"
    if not changes:
        return name, None
    known = model["kelompok"]

    def named(group: str) -> str:
        return evidence_tables.model_name(report, known[group]["daftar"], group) if group in known else group

    rows = [
        row(
            text(named(item.model) or "Data dan parameter"),
            text(item.what),
            Cell(model_compare.number(item.before), None, "n"),
            Cell(model_compare.number(item.now), None, "n"),
            Cell(model_compare.number(item.size, sign=True) if item.size else "–", None, "n"),
        )
        for item in changes[:MOST_CHANGES]
    ]
    more = (
        f" Selebihnya, {len(changes) - MOST_CHANGES}, dengan perintah padanan model compare." if len(changes) > len(rows) else ""
    )
    made = table(
        "tabel-model",
        f"Model dibandingkan dengan {name}",
        heads("Model", "Yang berubah", f"{name}#", "Sekarang#", "Selisih#"),
        rows,
        note=f"m: bagian pasangan benar pada tingkat itu; u: bagian pasangan bukan orang yang sama.{more}",
    )
    return name, made


def _examples(report: Report, folder: Path) -> list[dict[str, Any]]:
    """Up to three pairs as drawings; levels and bits only, no key."""
    limits, out = thresholds(folder), []
    for number_, (status, order, caption) in enumerate(EXAMPLES, 1):
        found = report.source.rows(
            f"""select record_key, register_key, producer from pasangan_bukti where status = ? and keputusan is null
            and (status <> 'tidak_padan' or record_key not in (
                select record_key from pasangan_bukti where status <> 'tidak_padan'))
            order by {order}, record_key, register_key limit 1""",
            status,
        )
        for line in found:
            pair = next(p for p in pairs_of(folder, line["record_key"]) if p["register_key"] == line["register_key"])
            steps = explain.parts(pair)
            out.append(
                {
                    "judul": f"{caption} ({evidence_tables.list_name(report, line['producer'])})",
                    "gambar": Markup(explain.waterfall_svg(pair, limits[line["producer"]], f"contoh{number_}")),  # nosec B704  # parts are numbers, constants and escaped texts
                    "terkuat": [
                        f"{step.label}: {step.seen} ({model_compare.number(round(step.bits, 2), sign=True)} bit)"
                        for step in sorted(steps, key=lambda step: -abs(step.bits))[:3]
                    ],
                }
            )
    return out


def _summary(found: Mapping[str, int], warnings: list[str], broken: int) -> dict[str, str]:
    waiting = found["mungkin_padan"]
    text_ = (
        f"Dari {number(found['sisa'])} catatan yang NIK-nya tidak menemukan orangnya, {number(found['padan_bukti'])} "
        f"({percent(found['padan_bukti'], found['sisa'])}) padan lewat bukti lain"
    )
    text_ += f", {number(waiting)} menunggu keputusan petugas" if waiting else ", tidak ada yang menunggu keputusan petugas"
    text_ += f"; {len(warnings)} kelompok tertinggal dari keseluruhan." if warnings else "; tidak ada kelompok yang tertinggal."
    if broken:
        text_ += f" Pada {number(broken)} baris kalibrasi peluang yang dinyatakan lain dari yang teramati."
    return {"kalimat": text_, "css": "buruk" if warnings or broken else "baik"}


def _headline(
    report: Report, found: Mapping[str, int], measured: Mapping[str, Mapping[str, Mapping[str, Any]]]
) -> list[dict[str, str]]:
    conflicts = report.source.value("select count(distinct record_key) from pasangan_bukti where keputusan = 'konflik'")
    decided = report.source.value("select count(*) from pasangan_bukti where keputusan is not null")
    precision = [facts["presisi_harapan"]["nilai"] for facts in measured.values() if "presisi_harapan" in facts]
    least = min((value for value in precision if value is not None), default=None)
    double = report.source.value("select count(distinct kelompok) from ganda_bukti where jenis = 'ganda_adminduk'")
    return [
        {"nama": "catatan sisa setelah NIK", "nilai": number(found["sisa"]), "catatan": "di luar catatan Adminduk sendiri"},
        {"nama": "padan lewat bukti", "nilai": number(found["padan_bukti"]),
         "catatan": percent(found["padan_bukti"], found["sisa"])},
        {"nama": "menunggu keputusan petugas", "nilai": number(found["mungkin_padan"]), "catatan": "tidak digabungkan"},
        {"nama": "pasangan yang sudah diputuskan", "nilai": number(decided), "catatan": f"{number(conflicts)} konflik"},
        {"nama": "presisi diharapkan, daftar terendah", "nilai": percent(least, 1) if least is not None else "tidak diukur",
         "catatan": "di ambang otomatis"},
        {"nama": "mungkin satu penduduk dengan dua NIK", "nilai": printed(double),
         "catatan": "untuk Disdukcapil"},
    ]  # fmt: skip
