"""The made-up year as people read it: months, money, errors with their definitions, seconds.

Every figure is counted elsewhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from padanan.base.format import number, percent
from padanan.feedback.ranking import Returned
from padanan.feedback.warning.register import Alert
from padanan.synthetic.year_errors import Errors
from padanan.synthetic.year_files import KINDS
from padanan.synthetic.year_month import Told

_AFTER = (
    "warga baru",
    "tertaut",
    "diperingkat",
    "dikembalikan",
    "sengketa",
    "konflik",
    "terbuka",
    "terlambat",
    "alasan selesai",
    "gugur",
)


def told_months(months: Sequence[Told]) -> list[str]:
    """One line a month: rows sent by kind, then how the prelist stands when they were taken in."""
    heads = ["bulan", *KINDS, *_AFTER]
    rows = [
        [
            one.month,
            *(number(one.rows.get(kind, 0)) for kind in KINDS),
            *map(number, (one.compared, one.linked, one.handed, one.refused, one.disputes, one.conflicts, one.lines, one.late)),
            *(number(one.reasons.get(name, 0)) for name in ("selesai", "gugur")),
        ]
        for one in months
    ]
    return [
        "Bulan demi bulan (baris menurut jenis; lalu keadaan sesudah diterima)",
        *_table([heads, *rows]),
        f"Baris prelist terbuka per orang, paling banyak: {max((one.most_lines for one in months), default=0)}",
    ]


def told_money(money: Mapping[str, int]) -> list[str]:
    """What was paid, and where it stands."""
    return [
        "Realisasi, rupiah (tersalur dikurangi kembali)",
        *_table(
            [
                ["dibayar menurut penyalur", number(money["dibayar"])],
                ["= tercatat pada orang", number(money["tercatat"])],
                ["+ menunggu putusan (bersengketa)", number(money["bersengketa"])],
                ["+ pada baris yang dikembalikan dan belum datang lagi", number(money["dikembalikan"])],
            ]
        ),
        f"  {number(money['penyaluran'])} tersalur, {number(money['gagal'])} gagal, {number(money['kembali'])} kembali",
    ]


def told_ranking(found: Returned | None) -> list[str]:
    """Who went to the ranking body, and who came back."""
    if found is None:
        return ["Pemeringkatan: tidak ada yang diserahkan"]
    return [
        f"Pemeringkatan: {number(found.handed)} diserahkan, {number(found.back)} kembali berdesil, {number(found.lost)} belum, "
        f"{number(found.added)} kembali tanpa diserahkan"
    ]


def told_errors(errors: Mapping[str, Errors]) -> list[str]:
    """Both errors of each decree, with definition, numerator and denominator."""
    names = list(errors)
    lines: list[tuple[str, list[str]]] = [
        ("berhak menurut kebenaran (hidup, tinggal di DKI, desil sampai batas)", [number(e.entitled) for e in errors.values()]),
        ("  tidak terpilih", [number(e.missed) for e in errors.values()]),
        ("    di antaranya tidak tercatat di Dukcapil DKI", [number(e.missed_outside) for e in errors.values()]),
        ("kekeliruan eksklusi = tidak terpilih / berhak", [percent(e.missed, e.entitled, 2) for e in errors.values()]),
        ("terpilih", [number(e.selected) for e in errors.values()]),
        ("  di antaranya masuk padanan sebagai warga baru", [number(e.entered) for e in errors.values()]),
        ("    berhak menurut kebenaran", [number(e.helped) for e in errors.values()]),
        ("      tidak tercatat di Dukcapil DKI", [number(e.outside) for e in errors.values()]),
        ("  sudah meninggal", [number(e.dead) for e in errors.values()]),
        ("  sudah pindah atau belum datang", [number(e.away) for e in errors.values()]),
        ("  desil di atas batas", [number(e.above) for e in errors.values()]),
        (
            "kekeliruan inklusi = (meninggal + pindah + di atas batas) / terpilih",
            [percent(e.wrong, e.selected, 2) for e in errors.values()],
        ),
        ("tercatat lebih dari sekali (di luar kedua kekeliruan)", [number(e.twice) for e in errors.values()]),
    ]
    return [
        "Kekeliruan sasaran menurut kebenaran penduduk buatan, pada hari batas penetapan",
        *_table([["", *names], *([name, *values] for name, values in lines)]),
    ]


def told_warnings(found: Sequence[Alert], forgotten: tuple[int, int], in_panti: tuple[int, int]) -> list[str]:
    """Alerts by rule with how many stand, kelurahan that no session reached, residents of panti."""
    rules = sorted({one.rule for one in found})
    rows = [
        [rule, number(sum(one.rule == rule for one in found)), number(sum(one.rule == rule and one.standing for one in found))]
        for rule in rules
    ]
    return [
        "Peringatan dini",
        *_table([["aturan", "dicatat", "berlaku"], *rows]),
        f"Sosialisasi: {number(forgotten[0])} dari {number(forgotten[1])} kelurahan belum dijangkau enam bulan terakhir",
        f"Panti: {number(in_panti[0])} penghuni, {number(in_panti[1])} di antaranya tidak tercatat di Adminduk",
    ]


def told_seconds(seconds: Mapping[str, float]) -> list[str]:
    """Seconds per stage, and together."""
    rows = [[name, _tenth(spent)] for name, spent in seconds.items()]
    return ["Detik per tahap", *_table([*rows, ["jumlah", _tenth(sum(seconds.values()))]])]


def _tenth(seconds: float) -> str:
    return f"{seconds:.1f}".replace(".", ",")


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return [
        "  "
        + row[0].ljust(widths[0])
        + "".join("  " + cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        for row in rows
    ]
