"""Why a pair was matched or not, as a waterfall that a non-statistician can follow: text and SVG, in Indonesian.

The numbers come from the result as they are; nothing is judged here, and no name, NIK or address is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np
import pyarrow.compute as pc

from padanan.errors import PadananError
from padanan.linkage import blocking, household
from padanan.linkage.comparison import COLUMNS, level_of
from padanan.linkage.result import AUTOMATIC, POSSIBLE, LinkResult
from padanan.linkage.threshold import Thresholds

_VERDICT = {AUTOMATIC: "padan berdasarkan bukti (otomatis)", POSSIBLE: "mungkin padan: menunggu keputusan orang"}


@dataclass(frozen=True)
class Part:
    """One step of the waterfall: what was compared, what was seen, and its weight in bits."""

    label: str
    seen: str
    bits: float


def parts(row: Mapping[str, Any]) -> list[Part]:
    """The steps of one pair, in reading order; their bits add up to the pair's `bobot`.

    Args:
        row: one row of `LinkResult.pairs`.
    """
    packed = np.array([int(row["pola"])], dtype=np.int32)
    out = [Part("Titik awal", f"sebelum apa pun dibandingkan; lawan dugaan: {row['pembanding']}", float(row["bit_awal"]))]
    for column in COLUMNS:
        level = int(level_of(packed, column)[0])
        out.append(Part(column.label, column.labels[level], float(row[f"bit_{column.name}"])))
    others = (
        ("bit_kelas_lain", "Dugaan lain", "kemungkinan penjelasan selain lawan dugaan"),
        ("bit_kelangkaan", "Kelangkaan nama", "nama sama; makin jarang namanya makin kuat"),
        ("bit_keluarga", "Kerabat", household.LEVELS[int(row["kerabat"])]),
    )
    out += [Part(label, seen, float(row[name])) for name, label, seen in others if row[name] or name == "bit_keluarga"]
    for name, value in row.items():
        if name.startswith("bit_tambahan_"):
            out.append(Part(name.removeprefix("bit_tambahan_"), "perbandingan tambahan", float(value)))
    if row["bit_putusan"]:
        out.append(Part("Putusan petugas", "sudah diputuskan orang", float(row["bit_putusan"])))
    out.append(Part("Calon lain", "berkurang bila ada calon lain yang juga mirip", float(row["bit_saingan"])))
    return out


def found_by(row: Mapping[str, Any]) -> list[str]:
    """Which blocking keys found the pair."""
    mask = int(row["kunci"])
    return [label for bit, label in enumerate(blocking.LABELS) if mask >> bit & 1]


def in_words(bits: float) -> str:
    """A weight as the odds a person would say."""
    if bits >= 0:
        times = 2.0 ** min(bits, 40)
        return f"{_number(times)} : 1 mendukung orang yang sama"
    return f"{_number(2.0 ** min(-bits, 40))} : 1 mendukung orang yang berbeda"


def _number(value: float) -> str:
    text = f"{value:,.0f}" if value >= 10 else f"{value:,.1f}"
    return text.replace(",", "_").replace(".", ",").replace("_", ".")


def _bits(value: float) -> str:
    return f"{value:+.2f}".replace(".", ",")


def waterfall(row: Mapping[str, Any], limits: Thresholds) -> str:
    """The pair as text: each step with its bits, a bar and the running sum."""
    steps = parts(row)
    lines = [
        f"Rekaman {row['record_key']} dan penduduk {row['register_key']}",
        f"Hasil: {_VERDICT.get(str(row['status']), 'tidak padan')}; peluang {float(row['peluang']) * 100:.2f}%".replace(".", ","),
        "Satu bit menggandakan keyakinan: tanda + mendukung orang yang sama, tanda - mendukung orang yang berbeda.",
        "",
    ]
    width = max(len(step.label) for step in steps)
    running = 0.0
    for step in steps:
        running += step.bits
        bar = ("+" if step.bits >= 0 else "-") * min(round(abs(step.bits)), 24)
        lines.append(f"{step.label:<{width}}  {_bits(step.bits):>8}  jumlah {_bits(running):>8}  {bar:<24}  {step.seen}")
    total = sum(round(step.bits * 100) for step in steps) / 100
    lines += [
        f"{'JUMLAH':<{width}}  {_bits(total):>8}  = {in_words(total)}",
        "",
        f"Ambang otomatis {_bits(limits.upper / 100)} bit; ambang untuk dilihat orang {_bits(limits.lower / 100)} bit.",
        f"Ditemukan lewat: {'; '.join(found_by(row)) or 'tidak tercatat'}.",
    ]
    return "\n".join(lines)


def explain(result: LinkResult, record_key: str, register_key: str | None = None) -> str:
    """The waterfall of a record's best kept pair, or of a given one.

    Raises:
        PadananError: the record has no kept pair.
    """
    mask = pc.equal(result.pairs.column("record_key"), record_key)
    if register_key is not None:
        mask = pc.and_(mask, pc.equal(result.pairs.column("register_key"), register_key))
    rows = result.pairs.filter(mask).slice(0, 1).to_pylist()
    if not rows:
        raise PadananError(
            "rekaman ini tidak mempunyai calon yang disimpan", cure="periksa kunci rekaman; statusnya ada pada tabel padanan"
        )
    return waterfall(rows[0], result.thresholds)


def waterfall_svg(row: Mapping[str, Any], limits: Thresholds) -> str:
    """The pair as one SVG: bars from left to right, the running sum, the threshold line; readable without colour."""
    steps = parts(row)
    ends = np.cumsum([step.bits for step in steps])
    starts = np.r_[0.0, ends[:-1]]
    low = float(min(0.0, ends.min(), limits.lower / 100)) - 1
    high = float(max(0.0, ends.max(), limits.upper / 100)) + 1
    left, wide, line = 250, 430, 26
    height = line * (len(steps) + 3)

    def x(bits: float) -> float:
        return round(left + (bits - low) / (high - low) * wide, 1)

    limit = x(limits.upper / 100)
    body = [
        f'<line x1="{x(0)}" y1="10" x2="{x(0)}" y2="{height - line}" stroke="#444"/>',
        f'<line x1="{limit}" y1="10" x2="{limit}" y2="{height - line}" stroke="#444" stroke-dasharray="5 4"/>',
        f'<text x="{limit}" y="{height - 8}" text-anchor="middle">ambang {_bits(limits.upper / 100)}</text>',
    ]
    for n, (step, start, end) in enumerate(zip(steps, starts, ends, strict=True)):
        y = 14 + n * line
        a, b = x(float(min(start, end))), x(float(max(start, end)))
        fill = "#2b6cb0" if step.bits >= 0 else "#c05621"
        body.append(
            f'<text x="{left - 10}" y="{y + 13}" text-anchor="end">{escape(step.label)}: {escape(_short(step.seen))}</text>'
        )
        body.append(
            f'<rect x="{a}" y="{y}" width="{max(b - a, 1):.1f}" height="16" fill="{fill}">'
            f"<title>{escape(step.seen)}</title></rect>"
        )
        body.append(f'<text x="{b + 4}" y="{y + 13}">{_bits(step.bits)}</text>')
    total = sum(round(step.bits * 100) for step in steps) / 100
    y = 14 + len(steps) * line
    body.append(f'<text x="{left - 10}" y="{y + 13}" text-anchor="end" font-weight="bold">Jumlah</text>')
    body.append(f'<text x="{x(total) + 4}" y="{y + 13}" font-weight="bold">{_bits(total)} bit</text>')
    title = f"Bukti padanan: jumlah {_bits(total)} bit, {in_words(total)}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {left + wide + 90} {height}" role="img" lang="id" '
        f'font-family="sans-serif" font-size="12"><title>{escape(title)}</title>{"".join(body)}</svg>'
    )


def _short(text: str, most: int = 24) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
