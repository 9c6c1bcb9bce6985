"""Two revisions' matching models side by side: what the levels are worth, thresholds, labels and the data behind them.

Why a figure changed belongs to the reader; how it is shown to a reviewer belongs to the report.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from padanan.base.errors import PadananError
from padanan.linkage.comparison import COLUMNS, column
from padanan.linkage.model import CLASSES
from padanan.published.tables import MODEL

# Smaller changes of m and u are noise of a sample.
LEAST = 0.005
_FIGURES = (
    ("label", "label latih"),
    ("ambang_otomatis_bit", "ambang otomatis (bit)"),
    ("ambang_klerikal_bit", "ambang klerikal (bit)"),
    ("kelengkapan", "kelengkapan pasangan"),
    ("presisi_harapan", "presisi yang diharapkan"),
    ("recall_harapan", "recall yang diharapkan"),
    ("f1_label_uji", "F1 terbaik pada label"),
    ("pasangan", "pasangan dibandingkan"),
)
_HASHES = (("acuan", "cuplikan Adminduk"), ("konfigurasi", "parameter"), ("presisi_otomatis", "presisi yang diminta"))


@dataclass(frozen=True)
class Change:
    """One figure that differs: `model` is the list or group it belongs to, empty for all; `before` and `now` as they stand."""

    model: str
    what: str
    before: float | str | None
    now: float | str | None

    @property
    def size(self) -> float:
        """The difference of two numbers; 0 where one is none."""
        if isinstance(self.before, int | float) and isinstance(self.now, int | float):
            return float(self.now) - float(self.before)
        return 0.0


def read(folder: Path) -> dict[str, Any]:
    """The model artefact of a published revision.

    Raises:
        PadananError: there is none, or it can't be read.
    """
    path = folder / MODEL
    try:
        body = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise PadananError(
            "model padanan tidak ada atau tidak terbaca",
            file=f"{folder.parent.name}/{folder.name}/{MODEL}",
            cure="pilih revisi yang terbit setelah padanan dengan bukti",
        ) from None
    return dict(body)


def compare(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[Change]:
    """What changed: data and parameters first, then each model by name, figures before levels, m before u."""
    out = [Change("", text, before.get(name), now.get(name)) for name, text in _HASHES if before.get(name) != now.get(name)]
    old, new = before["kelompok"], now["kelompok"]
    for name in sorted(old.keys() | new.keys()):
        if name not in old or name not in new:
            out.append(Change(name, "model", "ada" if name in old else "tidak ada", "ada" if name in new else "tidak ada"))
            continue
        out += _one(name, old[name], new[name])
    return out


def _one(name: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    if before["model"] != now["model"]:
        yield Change(name, "jenis model", before["model"], now["model"])
    if before["daftar"] != now["daftar"]:
        yield Change(name, "daftar", ", ".join(before["daftar"]), ", ".join(now["daftar"]))
    for key, text in _FIGURES:
        if before.get(key) != now.get(key):
            yield Change(name, text, before.get(key), now.get(key))
    yield from _levels(name, before["fitted"], now["fitted"])


def _levels(name: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[Change]:
    """Shares of m and u that moved by `LEAST` or more, largest first within each."""
    # Levels may be numbered anew between versions: only those both know are compared, by name.
    places = [
        (k_old, k_new, field, old[level], new[level], level)
        for k_new, (field, new) in enumerate(_ordered(now))
        for k_old, (other, old) in enumerate(_ordered(before))
        if other == field
        for level in new
        if level in old and level != "kosong"
    ]
    tables = [("m", before["m"], now["m"])]
    tables += [(f"u {kind}", before["u"][c], now["u"][c]) for c, kind in enumerate(CLASSES)]
    for label, old, new in tables:
        found = [
            Change(name, f"{label}: {column(field).label} {level.replace('_', ' ')}", old[k_old][i_old], new[k_new][i_new])
            for k_old, k_new, field, i_old, i_new, level in places
        ]
        yield from sorted((item for item in found if abs(item.size) >= LEAST), key=lambda item: (-abs(item.size), item.what))


def _ordered(fitted: Mapping[str, Any]) -> list[tuple[str, Mapping[str, int]]]:
    """Columns in the order of m's rows: the artefact's keys are sorted, the rows follow the comparison columns."""
    return [(c.name, fitted["kolom"][c.name]) for c in COLUMNS if c.name in fitted["kolom"]]


def lines(changes: list[Change]) -> list[str]:
    """The changes as text for the terminal, aligned."""
    if not changes:
        return ["Tidak ada yang berubah: model, ambang, label dan datanya sama."]
    out, last = [], None
    for item in changes:
        if item.model != last:
            out += ["", item.model or "Data dan parameter"]
            last = item.model
        size = f"  ({number(item.size, sign=True)})" if item.size else ""
        out.append(f"  {item.what:<42} {number(item.before):>14} -> {number(item.now):>14}{size}")
    return out[1:] if out and not out[0] else out


def number(value: float | str | None, *, sign: bool = False) -> str:
    """A figure as an Indonesian reads it; a hash in groups of four."""
    if value is None:
        return "tidak diukur"
    if isinstance(value, str):
        plain = len(value) == 16 and all(ch in "0123456789abcdef" for ch in value)
        return "-".join(value[i : i + 4] for i in range(0, 16, 4)) if plain else value
    text = f"{value:+,.4f}" if sign else f"{value:,.4f}"
    whole = f"{value:+,.0f}" if sign else f"{value:,.0f}"
    text = whole if float(value).is_integer() else text.rstrip("0").rstrip(".")
    return text.replace(",", "_").replace(".", ",").replace("_", ".")
