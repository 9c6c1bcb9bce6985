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

from padanan.base.errors import PadananError
from padanan.linkage import blocking, doubt, household
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
        ("bit_kelangkaan", "Kelangkaan", "nama atau tanggal lahir sama; makin jarang makin kuat, tanggal baku lemah"),
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


def to_heed(row: Mapping[str, Any]) -> list[str]:
    """What a clerk would see in the pair beside its weight: a default date, a twin's name, a card mate who fits as well."""
    return doubt.words(int(row.get("penanda") or 0))


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
        f"Hasil: {verdict(row, limits)}; peluang {float(row['peluang']) * 100:.2f}%".replace(".", ",") + f" ({tested(limits)})",
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
        *(f"Perhatikan: {text}." for text in to_heed(row)),
    ]
    return "\n".join(lines)


def tested(limits: Thresholds) -> str:
    """What stands behind the stated probability: labels, or the model alone."""
    if not limits.labels:
        return "menurut model saja, belum diuji: padanan lewat NIK terlalu sedikit"
    return f"dikalibrasi pada {limits.labels:,} padanan lewat NIK".replace(",", ".")


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


# Width of the drawing's parts, in its own units.
_TEXT, _BARS, _VALUE, _LINE, _HEAD = 330, 400, 70, 30, 44
_STYLE = (
    'font-family="Source Sans 3, Segoe UI, Noto Sans, Liberation Sans, Arial, sans-serif" font-size="13" '
    'style="font-variant-numeric: tabular-nums"'
)


def verdict(row: Mapping[str, Any], limits: Thresholds) -> str:
    """What became of the pair, in words."""
    status = str(row["status"])
    if status not in _VERDICT and float(row["bobot"]) >= limits.upper / 100:
        return "tidak padan: penduduk ini atau catatan ini sudah padan dengan yang lebih kuat"
    return _VERDICT.get(status, "tidak padan")


def waterfall_svg(row: Mapping[str, Any], limits: Thresholds, name: str = "bukti") -> str:
    """The pair as one SVG: a bar for each step from where the last one ended, the sum, the automatic threshold.

    Only levels and bits are drawn. Readable without colour: bars to the right are filled, those to the left are striped, and
    each bears its number.

    Args:
        row: one row of `LinkResult.pairs`. limits: thresholds of its list.
        name: an id that no other drawing of the page has.
    """
    steps = parts(row)
    ends = np.cumsum([step.bits for step in steps])
    starts = np.r_[0.0, ends[:-1]]
    total = sum(round(step.bits * 100) for step in steps) / 100
    upper = limits.upper / 100
    marks = [0.0, upper, *ends.tolist()]
    low, high = min(marks), max(marks)
    span = max(high - low, 1.0)

    def x(bits: float) -> float:
        return float(round(_TEXT + (bits - low) / span * _BARS, 1))

    bottom = _HEAD + _LINE * (len(steps) + 1)
    heed = to_heed(row)
    width, height = _TEXT + _BARS + _VALUE, bottom + 30 + 18 * len(heed)
    body = [
        f'<text x="0" y="16" font-weight="600" font-size="15">{escape(_capital(verdict(row, limits)))}</text>',
        f'<text x="0" y="34" fill="#4d5963">Jumlah {_bits(total)} bit, {escape(in_words(total))}</text>',
        f'<line x1="{x(0)}" y1="{_HEAD}" x2="{x(0)}" y2="{bottom}" stroke="#4d5963"/>',
        f'<line x1="{x(upper)}" y1="{_HEAD}" x2="{x(upper)}" y2="{bottom}" stroke="#1c2227" stroke-dasharray="5 4"/>',
        f'<text x="{x(upper)}" y="{bottom + 18}" text-anchor="{_anchor(x(upper))}">ambang otomatis {_bits(upper)}</text>',
    ]
    for n, (step, start, end) in enumerate(zip(steps, starts, ends, strict=True)):
        y = _HEAD + n * _LINE
        a, b = x(float(min(start, end))), x(float(max(start, end)))
        fill = "#14607e" if step.bits >= 0 else f"url(#{name}-garis)"
        if n:
            body.append(f'<line x1="{x(float(start))}" y1="{y - 8}" x2="{x(float(start))}" y2="{y + 5}" stroke="#8d99a3"/>')
        body.append(
            f'<text x="0" y="{y + 13}">{escape(step.label)}</text>'
            f'<text x="0" y="{y + 26}" font-size="11" fill="#4d5963">{escape(_short(step.seen))}</text>'
        )
        body.append(f'<rect x="{a}" y="{y + 5}" width="{max(b - a, 1):.1f}" height="17" fill="{fill}" stroke="#1c2227"/>')
        body.append(f'<text x="{width}" y="{y + 18}" text-anchor="end">{_bits(step.bits)}</text>')
    y = _HEAD + len(steps) * _LINE
    a, b = sorted((x(0), x(total)))
    body.append(
        f'<text x="0" y="{y + 18}" font-weight="600">Jumlah</text>'
        f'<rect x="{a}" y="{y + 5}" width="{max(b - a, 1):.1f}" height="17" fill="#d5dce1" stroke="#1c2227"/>'
        f'<text x="{width}" y="{y + 18}" text-anchor="end" font-weight="600">{_bits(total)}</text>'
    )
    for n, text in enumerate(heed):
        body.append(f'<text x="0" y="{bottom + 38 + 18 * n}">Perhatikan: {escape(text)}</text>')
    strongest = sorted(steps, key=lambda step: -abs(step.bits))[:3]
    told = "; ".join(f"{step.label}: {step.seen} ({_bits(step.bits)} bit)" for step in strongest)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" role="img" lang="id" '
        f'aria-labelledby="{name}-t {name}-d" class="uraian" {_STYLE} fill="#1c2227">'
        f'<title id="{name}-t">Uraian bukti satu pasangan: {escape(verdict(row, limits))}, jumlah {_bits(total)} bit</title>'
        f'<desc id="{name}-d">Setiap batang menambah (penuh) atau mengurangi (bergaris) keyakinan bahwa keduanya orang yang '
        f"sama; satu bit menggandakan keyakinan. Yang terkuat: {escape(told)}. Jumlah {_bits(total)} bit, ambang otomatis "
        f"{_bits(upper)} bit.</desc>"
        f'<defs><pattern id="{name}-garis" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
        '<rect width="6" height="6" fill="#f6e3d8"/><rect width="2.5" height="6" fill="#9b3d12"/></pattern></defs>'
        f"{''.join(body)}</svg>"
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _anchor(place: float) -> str:
    return "end" if place > _TEXT + 0.7 * _BARS else "start" if place < _TEXT + 0.3 * _BARS else "middle"


def _short(text: str, most: int = 58) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"
