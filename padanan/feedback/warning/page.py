"""The alerts that stand as one page that stands alone: each with its series as a picture and a table of the same figures.

What an alert is belongs to `register`, which figures are covered to the model behind the series.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from markupsafe import Markup

from padanan.base import disk
from padanan.base.commit import write_once
from padanan.base.home import Home
from padanan.contracts.early_warning import EarlyWarning, WarningRule, load_early_warning
from padanan.feedback.warning.judge import bounds
from padanan.feedback.warning.points import Known, Point, SeriesSet
from padanan.feedback.warning.register import Alert, alerts
from padanan.feedback.warning.run import all_series
from padanan.pages.layout import bare_environment
from padanan.pages.svg import amounts
from padanan.pages.table import Cell, Table, heads, row, table, text

FILE, TEMPLATE = "peringatan.html", "peringatan.html.j2"


def write_page(folder: Path, home: Home, day: date, *, today: date, progress: Callable[[str], None] = lambda _: None) -> Path:
    """Writes the page into a folder, which is made; the register is read, not written.

    Raises:
        PadananError: an event, a register or a publication was changed.
    """
    rules = load_early_warning()
    disk.mkdir(folder, parents=True, exist_ok=True)
    path = folder / FILE
    series = all_series(home, day, rules, today=today, progress=progress)
    write_once(path, page(alerts(home), series, rules, day))
    return path


def page(found: Sequence[Alert], series: SeriesSet, rules: EarlyWarning, day: date) -> str:
    """The page over the alerts that stand."""
    standing = [one for one in found if one.standing]
    return str(
        bare_environment()
        .get_template(TEMPLATE)
        .render(
            per=day,
            versi=rules.version,
            belum=sum(not one.notes for one in standing),
            berlaku=[_shown(one, series, rules) for one in standing],
        )
    )


def _shown(alert: Alert, series: SeriesSet, rules: EarlyWarning) -> dict[str, Any]:
    points = series.points.get(alert.where, [])
    rule = rules.rules.get(alert.rule)
    place = series.place(alert.where)
    return {
        "id": alert.id,
        "judul": f"{rule.keterangan if rule else alert.rule}: {place}",
        "kalimat": alert.told,
        "gambar": picture(alert, points, rule, place),
        "tabel": course(alert, points, rule),
        "aturan": alert.rule,
        "versi": alert.version,
        "pelihat": ", ".join(alert.viewers),
        "dicatat": alert.recorded,
        "tanggapan": alert.notes,
    }


def course(alert: Alert, points: Sequence[Point], rule: WarningRule | None) -> Table:
    """The series as it may be printed: each point with its figure, its whole and its measure."""
    lines = []
    for one in points:
        at = None if rule is None else bounds(rule, one)
        exact = at is not None and at[0] == at[1]
        size = f"{at[0]:.1f}".replace(".", ",") if at is not None and exact else "–"
        lines.append(row(text(one.name), _figure(one.value), _figure(one.whole), Cell(size, None, "n")))
    return table(f"deret-{alert.id}", "Deretnya", heads("Titik", "Angka#", "Dari#", "Ukuran#"), lines)


def _figure(known: Known | None) -> Cell:
    if known is None:
        return Cell("–", None, "n")
    return Cell(known.text, known.low if known.low == known.high else None, "n")


def picture(alert: Alert, points: Sequence[Point], rule: WarningRule | None, place: str) -> Markup | None:
    """The figures as bars, a covered one without; None where one point alone is told in words."""
    if len(points) < 2:
        return None
    rows = [(one.name, one.value.low if one.value.low == one.value.high else None, one.value.text) for one in points]
    name = f"{rule.series.name if rule else alert.rule}, {place}"
    return amounts(rows, name, alert.told, f"g-{alert.id}")
