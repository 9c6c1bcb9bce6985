"""The tables of the page on the padanan by evidence: statuses, quality, fairness, calibration, people's answers, doubles.

Figures come from `ukuran_bukti`, `ganda_bukti` and the model as they are; how they stand on the page belongs to `evidence_page`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from padanan.base.format import decimal, number, percent
from padanan.base.sql import literal
from padanan.base.suppress import LIMIT, Cover, Sum, cover
from padanan.contracts.parts import REFERENCE
from padanan.linkage import heldout
from padanan.linkage.config import load_linkage_config
from padanan.pages import words
from padanan.pages.table import Cell, Column, Row, Table, count, heads, row, share, table, text
from padanan.published import model_compare
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


def _group_lines(report: Report, producer: str) -> list[dict[str, Any]]:
    lines = report.source.rows("select * from ukuran_bukti where jenis = 'kelompok' and producer = ?", producer)
    for line in lines:
        line["gagal"] = round(line["n"] * (100 - line["nilai"]) / 100)
    return lines


def _covers(lines: list[dict[str, Any]]) -> dict[Any, Cover]:
    """Which unmatched counts may not be told: small ones, and those that the others would tell by subtraction.

    A group's rest (all without it) can be worked out, and the kota add up to all but the records without an address.
    """
    gone = {line["nama"]: line["gagal"] for line in lines}
    values: dict[Any, int] = dict(gone)
    for line in lines:
        # A group of fewer than 5 records is itself a small cell.
        if 0 < line["n"] < LIMIT:
            values[line["nama"]] = min(values[line["nama"]], LIMIT - 1) or 1
    sums = []
    kota = tuple(name for name in gone if name.startswith("kota "))
    if ALL in gone and kota:
        values["lain"] = gone[ALL] - sum(gone[name] for name in kota)
        sums.append(Sum(ALL, (*kota, "lain")))
    for name in gone:
        if name != ALL and name not in kota:
            values["bukan", name] = gone[ALL] - gone[name]
            sums.append(Sum(ALL, (name, ("bukan", name))))
    return cover(values, sums, fixed={ALL})


def _label(report: Report, name: str) -> str:
    code = name.removeprefix("kota ")
    return name if code == name else report.facts.kota_names.get(code, "luar DKI atau kode tidak dikenal")


def groups(report: Report) -> tuple[Table, list[str]]:
    """Match rate by group over all lists with its interval; and every warning, of any list, as a sentence."""
    lines = _group_lines(report, ALL)
    covered = _covers(lines)
    overall = next((line["nilai"] for line in lines if line["nama"] == ALL), None)
    rows, least = [], load_linkage_config().group_min
    for line in sorted(lines, key=lambda item: (item["nama"] != ALL, item["nama"].startswith("kota "), item["nama"])):
        mark = covered.get(line["nama"])
        name = "Semua catatan" if line["nama"] == ALL else _label(report, line["nama"])
        rate = Cell("–", None, "n") if mark else share(line["nilai"], 100)
        spread = (
            Cell("–", None, "n")
            if mark
            else Cell(f"{percent(line['bawah'], 100)} sampai {percent(line['atas'], 100)}", None, "n")
        )
        away = Cell("–", None, "n")
        if not mark and overall is not None and line["nama"] != ALL:
            away = Cell(
                model_compare.number(round(line["nilai"] - overall, 1), sign=True), round(line["nilai"] - overall, 1), "n"
            )
        state = Cell("wajar", None, "baik", symbol="●")
        if line["peringatan"]:
            state = Cell("peringatan", None, "awas", symbol="▲")
        elif line["n"] < least:
            state = Cell(f"{words.UNJUDGED} (n = {number(line['n'])})", None, "redup", symbol="○")
        rows.append(
            row(text(name[:1].upper() + name[1:]), count(line["n"]), count(line["gagal"], mark), rate, spread, away, state,
                kelompok=line["nama"])
        )  # fmt: skip
    warned = report.source.rows(
        "select * from ukuran_bukti where jenis = 'kelompok' and peringatan order by producer <> 'semua', producer, nama"
    )
    sentences = [
        f"{'Semua daftar' if item['producer'] == ALL else list_name(report, item['producer'])}, {_label(report, item['nama'])}: "
        f"{percent(item['nilai'], 100)} padan dari {number(item['n'])} catatan"
        for item in warned
    ]
    made = table(
        "tabel-kewajaran",
        "Tingkat padan menurut kelompok, semua daftar",
        heads("Kelompok", "Catatan#", "Tidak padan#", "Tingkat padan#", "Selang 95%#", "Selisih (poin)#", "Keadaan"),
        rows,
        note="Padan lewat NIK atau lewat bukti, dari semua catatan di luar Adminduk.",
    )
    return made, sentences


def groups_by_list(report: Report) -> Table:
    """Match rate of each list by group; small cells covered."""
    producers = report.source.rows(
        "select distinct producer from ukuran_bukti where jenis = 'kelompok' and producer <> 'semua' order by 1"
    )
    names = [ALL, "nama satu kata", "perempuan", "usia di atas 60", "anak", "tanpa KK"]
    names += [f"kota {code}" for code in report.facts.kota_names]
    rows = []
    for producer in ordered(report, (item["producer"] for item in producers)):
        lines = _group_lines(report, producer)
        covered, by_name = _covers(lines), {line["nama"]: line for line in lines}
        cells = []
        for name in names:
            line = by_name.get(name)
            if line is None:
                cells.append(Cell("–", None, "n"))
            elif name in covered:
                cells.append(Cell(Cover.MORE.text, None, "n redup"))
            else:
                warn = line["peringatan"]
                cells.append(share(line["nilai"], 100, css="awas" if warn else "", symbol="▲" if warn else ""))
        rows.append(row(text(list_name(report, producer)), *cells, produsen=producer))
    heading = [f"{_label(report, name)[:1].upper()}{_label(report, name)[1:]}#" for name in names]
    return table(
        "tabel-kewajaran-daftar",
        "Tingkat padan menurut daftar dan kelompok",
        heads("Daftar", *heading),
        rows,
        note="“Ditutup”: yang tidak padan kurang dari 5 catatan, atau dapat dihitung balik dari sel lain.",
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
                mark = Cover.SMALL if line["rekaman"] < LIMIT else None
                rows.append(
                    row(
                        text(list_name(report, producer)),
                        text(name),
                        count(line["kelompok"], mark),
                        count(line["rekaman"], mark),
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
