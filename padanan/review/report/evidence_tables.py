"""The tables of the page on the padanan by evidence: statuses, quality, fairness, calibration, people's answers, doubles.

Figures come from `ukuran_bukti`, `ganda_bukti` and the model as they are; how they stand on the page belongs to `evidence_page`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from padanan.base.format import decimal, number, percent
from padanan.base.sql import literal
from padanan.base.suppress import LIMIT
from padanan.contracts.parts import REFERENCE
from padanan.linkage import heldout
from padanan.linkage.config import load_linkage_config
from padanan.pages import words
from padanan.pages.table import Cell, Column, Row, Table, count, counted, heads, row, share, table, text
from padanan.published import model_compare
from padanan.published.cells.matching import RECORDS, double_key, group_key, matched_key
from padanan.published.evidence_groups import EVERY_LIST, Group
from padanan.published.pairs import pairs_table
from padanan.published.report import Report
from padanan.published.tables import MODEL

ALL = "semua"
NEEDED = ("pasangan_bukti", "ukuran_bukti", "ganda_bukti")
_DOUBLES = {
    "ganda_adminduk": "Mungkin satu penduduk dengan dua NIK",
    "ganda_daftar": "Dua catatan menjadi satu orang",
    "nik_dua_orang": "Satu NIK, dua orang",
}
_FIGURES = (
    ("kelengkapan_pasangan", "Kelengkapan pasangan#"),
    ("rasio_reduksi", "Rasio reduksi#"),
    ("label", "Label#"),
    ("ambang_otomatis_bit", "Ambang otomatis (bit)#"),
    ("ambang_klerikal_bit", "Ambang klerikal (bit)#"),
    ("presisi_harapan", "Presisi diharapkan#"),
    ("recall_harapan", "Recall diharapkan#"),
    ("f1_terbaik_harapan", "F1 terbaik#"),
)


def has_evidence(report: Report) -> bool:
    """Whether the revision was published with the padanan by evidence."""
    folder = report.home.published(report.source.periode, report.source.revisi)
    return all((folder / name).exists() for name in (MODEL, *(f"{name}.parquet" for name in NEEDED)))


def open_evidence(report: Report) -> None:
    """Makes the tables of `NEEDED` readable by name; only where `has_evidence`."""
    folder = report.home.published(report.source.periode, report.source.revisi)
    for name in NEEDED:
        place = pairs_table(folder) if name == "pasangan_bukti" else f"read_parquet({literal(folder / f'{name}.parquet')})"
        report.source.con.execute(f"create or replace temp view {name} as select * from {place}")


def measured(report: Report) -> dict[str, dict[str, dict[str, Any]]]:
    """`ukuran_bukti` without the groups: producer, then name (clerical ones as klerikal_<name>)."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for line in report.source.rows("select * from ukuran_bukti where jenis <> 'kelompok' order by all"):
        name = line["nama"] if line["jenis"] == "ukuran" else f"klerikal_{line['nama']}"
        found.setdefault(line["producer"], {})[name] = line
    return found


def ordered(report: Report, ids: Iterable[str]) -> list[str]:
    known = list(report.contracts)
    return sorted(ids, key=lambda item: (known.index(item) if item in known else len(known), item))


def list_name(report: Report, producer: str) -> str:
    return report.contracts[producer].name if producer in report.contracts else producer


def model_name(report: Report, ids: list[str], group: str) -> str:
    return list_name(report, ids[0]) if len(ids) == 1 else f"{len(ids)} daftar kecil bersama"


def statuses(report: Report) -> tuple[Table, dict[str, int]]:
    """What became of the records that NIK left over, by producer; and the sums."""
    kinds = ("padan_bukti", "mungkin_padan", "tidak_padan")
    rows, total = [], dict.fromkeys(("sisa", *kinds), 0)
    for producer in ordered(report, report.facts.statuses):
        if REFERENCE in (report.contracts[producer].roles if producer in report.contracts else ()):
            continue
        counts = report.facts.statuses[producer]
        left = sum(counts.get(kind, 0) for kind in kinds)
        total["sisa"] += left
        for kind in kinds:
            total[kind] += counts.get(kind, 0)
        if left:
            cells = [count(counts.get(kind, 0), nilai=kind) for kind in kinds]
            found = share(counts.get("padan_bukti", 0), left)
            rows.append(row(text(list_name(report, producer)), count(left, nilai="sisa"), *cells, found, produsen=producer))
    foot = [
        row(
            text("Jumlah"),
            count(total["sisa"]),
            *(count(total[kind]) for kind in kinds),
            share(total["padan_bukti"], total["sisa"]),
        )
    ]
    names = [f"{words.STATUSES[kind][0]}#" for kind in kinds]
    made = table(
        "tabel-bukti",
        "Catatan yang tidak padan lewat NIK, menurut hasil akhirnya",
        heads("Produsen", "Sisa setelah NIK#", *names, "Bagian padan#"),
        rows,
        foot=foot,
    )
    return made, total


def quality(report: Report, measured: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Table:
    """Completeness, thresholds and expected precision and recall of every list."""
    rows = []
    for producer in ordered(report, measured):
        facts = measured[producer]
        if "ambang_otomatis_bit" not in facts:
            continue
        cells = []
        for name, _ in _FIGURES:
            value = facts[name]["nilai"] if name in facts else None
            if value is None:
                cells.append(Cell("tidak diukur", None, "n"))
            elif name.endswith("_bit"):
                cells.append(Cell(model_compare.number(value), float(value), "n"))
            elif name == "label":
                cells.append(count(int(value)))
            elif name == "rasio_reduksi":
                cells.append(Cell(percent(value, 1, 3), float(value), "n"))
            else:
                cells.append(share(value, 1))
        rows.append(row(text(list_name(report, producer)), *cells, produsen=producer))
    note = "Daftar dengan sedikit label dinilai bersama: angkanya angka bersama. Tanpa label, presisi dan recall tidak diukur."
    names = [name for _, name in _FIGURES]
    return table("tabel-mutu-bukti", "Mutu padanan dengan bukti menurut daftar", heads("Daftar", *names), rows, note=note)


def _label(report: Report, name: str) -> str:
    code = name.removeprefix("kota ")
    return name if code == name else report.facts.kota_names.get(code, "luar DKI atau kode tidak dikenal")


def groups(report: Report) -> tuple[Table, list[str]]:
    """Match rate by group over all lists with its interval; and every warning, of any list, as a sentence."""
    found = [item for item in report.counts.record_groups if item.producer == EVERY_LIST]
    overall = next((item.rate for item in found if item.name == EVERY_LIST), None)
    rows, least = [], load_linkage_config().group_min
    for item in sorted(found, key=lambda one: (one.name != EVERY_LIST, one.name.startswith("kota "), one.name)):
        failed, every = group_key(item.producer, item.name), group_key(item.producer, item.name, "catatan")
        hidden = report.cells.mark(failed) is not None
        name = "Semua catatan" if item.name == EVERY_LIST else _label(report, item.name)
        rate = replace(Cell("–", None, "n") if hidden else share(item.rate, 100), ratio=(matched_key(item), every))
        told = f"{percent(item.low, 100)} sampai {percent(item.high, 100)}"
        away = Cell("–", None, "n")
        if not hidden and overall is not None and item.name != EVERY_LIST:
            away = Cell(model_compare.number(round(item.rate - overall, 1), sign=True), round(item.rate - overall, 1), "n")
        rows.append(
            row(text(name[:1].upper() + name[1:]), counted(report.cells, every), counted(report.cells, failed), rate,
                Cell("–" if hidden else told, None, "n"), away, _group_state(report, item, hidden, least), kelompok=item.name)
        )  # fmt: skip
    warned = [item for item in report.counts.record_groups if item.warned]
    sentences = [
        f"{'Semua daftar' if item.producer == EVERY_LIST else list_name(report, item.producer)}, {_label(report, item.name)}: "
        f"{percent(item.rate, 100)} padan dari {number(item.records)} catatan"
        for item in sorted(warned, key=lambda one: (one.producer != EVERY_LIST, one.producer, one.name))
        # A rate beside a number of records is a count.
        if not report.cells.mark(group_key(item.producer, item.name))
    ]
    made = table(
        "tabel-kewajaran",
        "Tingkat padan menurut kelompok, semua daftar",
        heads("Kelompok", "Catatan#", "Tidak padan#", "Tingkat padan#", "Selang 95%#", "Selisih (poin)#", "Keadaan"),
        rows,
        note="Padan lewat NIK atau lewat bukti, dari semua catatan di luar Adminduk.",
    )
    return made, sentences


def _group_state(report: Report, item: Group, hidden: bool, least: int) -> Cell:
    """Whether a group is matched as the others are; of a covered one it would bound the count, too few can't be judged."""
    if item.records < least and not item.warned:
        every = counted(report.cells, group_key(item.producer, item.name, "catatan"))
        return Cell(f"{words.UNJUDGED} (n = {every.text})", None, "redup", symbol="○")
    if hidden:
        return Cell("–", None)
    return Cell("peringatan", None, "awas", symbol="▲") if item.warned else Cell("wajar", None, "baik", symbol="●")


def groups_by_list(report: Report) -> Table:
    """Match rate of each list by group; small cells covered."""
    found = {(item.producer, item.name): item for item in report.counts.record_groups if item.producer != EVERY_LIST}
    names = [ALL, "nama satu kata", "perempuan", "usia di atas 60", "anak", "tanpa KK"]
    names += [f"kota {code}" for code in report.facts.kota_names]
    rows = []
    for producer in ordered(report, {key[0] for key in found}):
        cells = []
        for name in names:
            item = found.get((producer, name))
            if item is None:
                cells.append(Cell("–", None, "n"))
                continue
            key = group_key(producer, name)
            if mark := report.cells.mark(key):
                cells.append(Cell(mark.text, None, "n redup", key=key))
            else:
                told = share(item.rate, 100, css="awas" if item.warned else "", symbol="▲" if item.warned else "")
                cells.append(replace(told, ratio=(key, RECORDS)))
        rows.append(row(text(list_name(report, producer)), *cells, produsen=producer))
    heading = [f"{_label(report, name)[:1].upper()}{_label(report, name)[1:]}#" for name in names]
    return table(
        "tabel-kewajaran-daftar",
        "Tingkat padan menurut daftar dan kelompok",
        heads("Daftar", *heading),
        rows,
        note="“<5”: yang tidak padan kurang dari 5 catatan; “ditutup”: dapat dihitung balik dari sel lain.",
    )


_STATES = {heldout.FEW: ("redup", "○"), heldout.KEPT: ("baik", "●"), heldout.BROKEN: ("awas", "▲")}


def calibration(report: Report, model: Mapping[str, Any]) -> tuple[Table, int]:
    """Stated against observed by bin, a body a model, and how many lines observation contradicts.

    A model whose labels are too few has one line that says so: what it states nobody could hold against anything.
    """
    bodies: list[tuple[Row, ...]] = []
    broken = 0
    for name, group in sorted(model["kelompok"].items()):
        label, lines = text(model_name(report, group["daftar"], name)), [r for r in group.get("kalibrasi", []) if r["n"]]
        states = [heldout.verdict(line) for line in lines]
        broken += states.count(heldout.BROKEN)
        bodies.append(
            tuple(
                row(
                    label,
                    text(f"{percent(line['bawah'], 1)} sampai {percent(line['atas'], 1)}", "satu"),
                    count(line.get("label")) if "label" in line else Cell("tidak dicatat", None, "n redup"),
                    count(line["n"]),
                    share(line["dinyatakan"], 1),
                    share(line["teramati"], 1),
                    Cell(f"{percent(line['teramati_bawah'], 1)} sampai {percent(line['teramati_atas'], 1)}", None, "n satu"),
                    Cell(state, None, _STATES[state][0], symbol=_STATES[state][1]),
                    model=name,
                )
                for line, state in zip(lines, states, strict=True)
            )
            or (_untested(label, int(group["label"]), name),)
        )
    names = ("Rata-rata dinyatakan#", "Teramati#", "Selang 95%#", "Keadaan")
    made = Table(
        "tabel-kalibrasi",
        "Kalibrasi: peluang yang dinyatakan dan bagian yang teramati",
        heads("Model", "Peluang dinyatakan", "Label#", "Hasil label#", *names),
        tuple(bodies),
        "Label adalah padanan lewat NIK yang NIK-nya disembunyikan dan tidak dipakai melatih bobot dan peluangnya. Tiap label "
        "dinilai tiga kali: dengan orangnya di Adminduk, tanpa dia, dan dengan nama atau tanggal lahir yang ditolak padanan NIK. "
        f"Baris dengan kurang dari {heldout.FEW_LABELS} label tidak dinilai; “sesuai” berarti yang dinyatakan ada dalam selang, "
        f"atau selisihnya paling banyak {decimal(100 * heldout.TOLERANCE)} poin.",
    )
    return made, broken


def _untested(label: Cell, labels: int, name: str) -> Row:
    """The line of a model that no label tests."""
    few = Cell(heldout.FEW, None, *_STATES[heldout.FEW])
    none = [Cell("–", None, "n") for _ in range(4)]
    return row(label, text("peluang model, belum diuji"), count(labels), *none, few, model=name)


def clerical(report: Report, measured: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> Table | None:
    """People's answers as truth for the model; none before anybody has decided."""
    rows = []
    for producer in ordered(report, measured):
        facts = measured[producer]
        if "klerikal_padan" not in facts:
            continue
        cells = [count(int(facts[f"klerikal_{word}"]["nilai"])) for word in ("padan", "bukan")]
        for name in ("presisi_otomatis", "recall_otomatis", "f1_otomatis", "presisi_klerikal", "recall_klerikal", "f1_klerikal"):
            line = facts[f"klerikal_{name}"]
            told = None if line["nilai"] is None or line["n"] < LIMIT else line["nilai"]
            cells.append(share(told, 1))
        rows.append(row(text(list_name(report, producer)), *cells, produsen=producer))
    if not rows:
        return None
    columns = [*heads("Daftar", "Padan#", "Bukan#")]
    for group in ("Ambang otomatis", "Ambang klerikal"):
        columns += [Column(name, "n", group=group) for name in ("Presisi", "Recall", "F1")]
    return table(
        "tabel-klerikal",
        "Keputusan petugas sebagai kebenaran bagi model",
        columns,
        rows,
        note="Hanya pasangan yang dilihat petugas, bukan bagian dari seluruh daftar. Daftar yang dinilai bersama berbagi angka.",
    )


def doubles(report: Report) -> Table:
    """People who possibly stand twice, by registry and kind."""
    lines = report.source.rows(
        "select producer, jenis, count(distinct kelompok) as kelompok, count(*) as rekaman from ganda_bukti group by all"
    )
    found = {(line["producer"], line["jenis"]): line for line in lines}
    rows = []
    for producer in ordered(report, {line["producer"] for line in lines}):
        for kind, name in _DOUBLES.items():
            line = found.get((producer, kind))
            if line is not None:
                rows.append(
                    row(
                        text(list_name(report, producer)),
                        text(name),
                        *(counted(report.cells, double_key(producer, kind, unit)) for unit in ("kelompok", "rekaman")),
                        produsen=producer,
                        jenis=kind,
                    )
                )
    return table(
        "tabel-ganda",
        "Orang yang mungkin tercatat dua kali",
        heads("Registri", "Jenis", "Kelompok#", "Catatan#"),
        rows,
        note="Penduduk Adminduk yang serupa tidak pernah digabungkan; daftarnya untuk diperiksa Disdukcapil (tabel ganda_bukti, "
        "tanpa nama).",
    )
